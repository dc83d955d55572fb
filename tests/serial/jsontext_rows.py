"""Write jsontext_rows.h: what CPython's json makes of texts, its layouts and its faults.

    /usr/bin/python3 tests/serial/jsontext_rows.py > tests/serial/jsontext_rows.h
"""
import json

FAULTS = r'''
|[|]|{|}|[1|[1,|[1,]|[,1]|[1 2]|[1}|{]|{"a"}|{"a":}|{"a":1|{"a":1,|{"a":1,}|{a:1}|{1:1}|{"a" 1}
{"a":1 "b":2}|{"a":1]|[1]]|[1] x|1 2|nul|nulll|[nulll]|[truefalse]|[true1]|tru|True|falsey|[fals]
-|[-]|[-,|01|[01]|-01|1.|[1.]|[1.e5]|1.x|.5|[.5]|+1|[+1]|1e|[1e]|[1e+]|[1e+,2]|1.5.2|[1e5.2]|1e5e5
[1-2]|[--1]|[1+2]|0x10|[1.5.2]|[0.1.2]|[00]|[-00]|1e+|-a|NaN|[NaN]|Infinity|-Infinity|[-Infinit]
-Infinity1|Inf|NaN1|"|"abc|"\|"\q"|["\x41"]|"\u|"\u12|"\u12"|"\u12345"|"\u123g"|"\u1234|"\ud800
"\ud800"|"\ud800\u0041"|["a" "b"]|["a]|{"a|{"a":"b}|["a",]|{"a":[}]|[{]|[[[|[{"a":[1,{"b"|{"":0}
["x",'y']|"\\"|"\\|"\\\"|[1,2|[1 ,, 2]|{,}|{:1}|[:]|[1:2]|{"a"::1}|{"a":1:2}|{"a",1}|"a"b|""""|[]{}
{"a":{"b":{"c":[[],[{}],0]}}}|true|null|0|-0|-0.0e-0|10|1E9|[[[]]]|"/\/\b\f\n\r\t\"\u00e9"|1 |[1]a
'''.strip('\n').replace('\n', '|').split('|')
FAULTS += [' ', '\n\n [1,\n  2,\n ]', '[\n"a\nb"]', '"\t"', '["\x1f"]', '[1,\r\n  x]', ' \t\r\n1\n\n2', '\x0b1',
           '\xa01', '["é", é]', '["漢字",\n "😀" 1]', '\ufeff[]', '\ufefb[]', '\uffff', '"\x7f"', '[1\x00]', '\x00', '"\x00"']

LAYOUTS = ['[]', '{}', '[[]]', '[{}]', '{"a":{}}', '[[],[]]', '1', '"a"', 'null', '[1]', '[1,2]',
           '{"a":1}', '{"a":1,"b":[true,false,null],"c":{"d":[]}}', '[[[1],[2,[3]]],{"x":[{}]}]',
           '[{"k":"[,{:"},"}]","\\\\","\\""]', '{"":""}', '[-1.5,"a b",[]]']
WAYS = [('MIN', 0, 0, dict(separators=(',', ':'))), ('LINE', 0, 0, {}), ('INDENT', 0, 0, dict(indent=0)),
        ('INDENT', 1, 0, dict(indent=1)), ('INDENT', 4, 0, dict(indent=4)), ('INDENT', 0, 1, dict(indent='\t'))]


def quoted(text):
    data = text if isinstance(text, bytes) else text.encode()
    return '"%s"' % ''.join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else '\\%03o' % b for b in data)


def fault(text):
    """Offset and column in bytes, line and message; None: it is fine."""
    try:
        json.loads(text)
    except json.JSONDecodeError as e:
        start = text.rfind('\n', 0, e.pos) + 1
        return (len(text[:e.pos].encode()), e.lineno, len(text[start:e.pos].encode()) + 1, e.msg)
    return None


def main():
    print('/* Made by jsontext_rows.py: what CPython says. */')
    print('/* clang-format off */')
    print('static const fault_row fault_rows[] = {')
    for text in FAULTS:
        at = fault(text)
        where = '%d, %d, %d, %s' % (at[:3] + (quoted(at[3]),)) if at else '0, 0, 0, NULL'
        print('    {%s, %d, %s},' % (quoted(text), len(text.encode()), where))
    print('};')
    print('static const layout_row layout_rows[] = {')
    for text in LAYOUTS:
        for layout, indent, tab, options in WAYS:
            print('    {%s, PILA_JSONTEXT_%s, %d, %d,\n     %s},'
                  % (quoted(text), layout, indent, tab, quoted(json.dumps(json.loads(text), **options))))
    print('};')
    print('/* clang-format on */')


main()
