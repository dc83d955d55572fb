"""Print json_rows.h: the rows of test_json.c that CPython decides.

    python3 json_rows.py > json_rows.h

Texts and bytes, by hand and by chance, with what json.loads makes of each (its repr, or
the fault and its place) and where raw_decode ends.
"""

import json
import random
import sys

BY_HAND = [
    # values
    "0", "-0", "-0.0", "1.5e3", "1E5", "1e999", "-1e999", "0.1e-400", "1e+05",
    "123456789012345678", "1234567890123456789", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "[18446744073709551615]", "[18446744073709551616, -1]", "1" * 60, "[0.1, 1.25]",
    "[123456789.123456789012345, 0.30000000000000004]", "[1e5,1E+5,1e-5]",
    "[5e-324, 2.2250738585072011e-308, 1.7976931348623157e308]",
    "null", "true", "false", "[null,true,false]", "NaN", "[NaN]", "Infinity",
    "-Infinity", "[-Infinity,Infinity]", '""', '"a"', "[]", "{}", "[[]]", "[{}]",
    '{"":""}', '{"a":{}}', " [ ] ", "\t\n\r {\r\n\t } ", "[1,2,3]", "[ 1 , 2 , 3 ]",
    '{"a":1,"b":[2,{"c":null}]}', '{"b":1,"a":2,"b":3}', '{"a":1,"a":1,"a":{}}',
    '{"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":9,"k1":0}',
    '["\\"\\\\\\/\\b\\f\\n\\r\\t"]', '["\\u0041\\u00e9\\u20ac\\ud83d\\ude00"]',
    '["\\ud800"]', '["\\udc00\\ud800"]', '["\\ud83d\\u0041"]', '["\\ud83d\\n"]',
    '["\\u0000a"]', '["\x7f"]', '["\u00e9\U0001f600\u20ac"]', '{"\u00e9":"\\u00e9"}',
    "[" * 40 + "]" * 40, '{"a":' * 20 + "1" + "}" * 20, '["' + "x" * 200 + '"]',
    '["' + "\\n" * 100 + '", "' + "\u20ac" * 70 + '"]', " " * 130 + "[1]" + " " * 130,
    # faults of structure
    "", " ", "[", "]", "{", "}", ",", ":", "[1", "[1,", "[1,]", "[1 2]", "[,1]", "[1,,2]",
    "{1:2}", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"a" 1}', '{"a",1}',
    '{"a":1 "b":2}', '{"a":1]', "[1}", "[1]]", "{}}", "[]x", "[] []", "1 2", "{a:1}",
    "{'a':1}", "[\n1,\n2,\n x]", '\n\n{"k": [1, 2,, 3]}', '["\u00e9", x]', "[[[[",
    '{"a":{"b":{"c":}}}', "//c\n1", "[1]\0", "\0", "\u00a0[1]", "[1\f]", "[\x0b1]",
    '{"a"\f:1}', "[\x1a1]", "[1\x0c2]", "\ufeff[1]", "[1]\ufeff", '"a" "b"', "[1]\n\n x",
    # of words and numbers
    "nul", "nulls", "tru", "True", "[truefalse]", "falsey", "[nan]", "[NaNs]", "Inf",
    "-Inf", "-", "[-]", "+1", "01", "[-01]", "[00]", "[1.]", "[.5]", "[1.e3]", "[1e]",
    "[1e+]", "1.5.2", "[1.0e5.5]", "0x10", "1_000", "[--1]", "1e5e5", "[1 .5]", "-x",
    "[0e]", "[1.5e-]", "[1a]", "[1\"a\"]", "[\"a\"1]", "[\u0661]", "1e", "1.", "-0e",
    # of strings
    '"', '"abc', '"a\nb"', '"a\tb"', '["\0"]', '"\\', '"\\"', '"\\x"', '"\\u', '"\\u12',
    '"\\u12"', '"\\u12G4"', '"\\u123', '"\\u1234', '"\\u1234"', '"\\u 123"', '"\\U0041"',
    '"\\ud800\\u12"', '"\\ud800\\udc00', '"\\ud800\\u', '"\\ud800\\', '"\\ud800\\x"',
    '["\\a"]', '["\u00e9\\q"]', '["a\\\\\\"]', "['a']", '{"a\n":1}', '["\x1f"]',
    '["' + "a" * 62 + '\\"b"]', '["' + "a" * 63 + '\\"b"]', '["' + "a" * 61 + '\\\\"]',
    '["' + "\\\\" * 33 + '"]', '["' + "\\\\" * 33 + '\\"]', "\\", '[\\"a"]', '[1\\"]"]',
]

BYTES = [
    b"[1]", b"\xef\xbb\xbf[1, x]", b"\xef\xbb\xbf\xef\xbb\xbf1", b"[\"\xff\"]", b"\xff",
    b'["\xc3"]', b'["\xc3\xa9\xed\xa0\x80"]', b'"\xe2\x82', b'"\xf0\x9f\x98"', b'"\xf4\x90"',
    b'"\xc0\x80"', b'"\xe0\x80\x80"', b'"\xed\xb0\x80"', b'"\xf0\x8f\xbf\xbf"', b'"\xf5"',
    b'"\x80"', b'"\xe2\x28"', b'"\xf0\x9f\x28"', b'"a\xf0', b'"a\xf0\x9f\x98', b'"\xfe"',
    *('["\u00e9\U0001f600", 1, x]'.encode(e) for e in (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le",
        "utf-32-be")),
    *('{"\u20ac\\n": [1.5]}'.encode(e) for e in (
        "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le",
        "utf-32-be")),
    '"\ud83d"'.encode("utf-16", "surrogatepass"), "1".encode("utf-16-be"),
    "1".encode("utf-16-le"), b"", b"1", b"11", b"\0", b"\0\0", b"1\0\0", b"1\0\0\0",
]


def literal(data):
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    out = []
    for byte in data:
        char = chr(byte)
        plain = " " <= char <= "~" and char not in '"\\?'
        out.append(char if plain else f"\\{byte:03o}")
    lines = [""]
    for piece in out:
        if len(lines[-1]) + len(piece) > 70:
            lines.append("")
        lines[-1] += piece
    return "\n     ".join(f'"{line}"' for line in lines)


def row(kind, data, lax=False):
    raw = -1
    if kind == "TEXT":
        try:
            end = json.JSONDecoder(strict=not lax).raw_decode(data)[1]
            raw = len(data[:end].encode("utf-8", "surrogatepass"))
        except ValueError:
            pass
    try:
        shown, why, place = repr(json.loads(data, strict=not lax)), None, (0, 0, 0)
    except json.JSONDecodeError as e:
        shown, why, place = None, e.msg, (e.pos, e.lineno, e.colno)
    except UnicodeDecodeError as e:
        if "utf-8" not in str(e):
            return
        start = len(data[:e.start].decode("utf-8", "surrogatepass"))
        shown, why, place = None, str(e), (start, 1, start + 1)
    size = len(data.encode("utf-8", "surrogatepass")) if kind == "TEXT" else len(data)
    print(f"    {{{kind}, {literal(data)}, {size}, {int(lax)},")
    print(f"     {literal(shown) if shown is not None else 'NULL'},")
    print(f"     {literal(why) if why else 'NULL'},")
    print(f"     {place[0]}, {place[1]}, {place[2]}, {raw}}},")


def by_chance(rng):
    text = rng.choice([t for t in BY_HAND if 2 < len(t) < 90])
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        what = rng.choice(["", rng.choice('[]{},:"\\eE.-+0179nt \n\t\x00\u00e9u')])
        text = text[:at] + what + text[at + rng.randrange(2):]
    return text


def main():
    rng = random.Random(8259)
    seen = set()
    print("/* json_rows.h - what CPython does; printed by json_rows.py. */")
    for text in BY_HAND + [by_chance(rng) for _ in range(300)]:
        if text not in seen:
            row("TEXT", text)
            if any(c < " " for c in text):
                row("TEXT", text, True)
        seen.add(text)
    for data in BYTES:
        row("BYTES", data)


sys.stdout.reconfigure(encoding="ascii")
main()
