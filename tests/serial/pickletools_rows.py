"""Print pickletools_rows.h: the rows of test_pickletools.c that CPython decides.

    python3 pickletools_rows.py > pickletools_rows.h

Of each pickle: what dis prints, how it and genops end, the arguments that genops yields,
and what optimize makes of it. Words of a fault are cut to what a pila_error holds.
"""

import io
import pickle
import pickletools

FAULTS = {
    ValueError: "PILA_EVALUE",
    UnicodeDecodeError: "PILA_EVALUE",
    IndexError: "PILA_EINDEX",
    TypeError: "PILA_ETYPE",
}


class Reduced:
    def __reduce__(self):
        return (list, (), {"state": 1}, iter([1, 2]), iter([("k", 2)]))


shared = ["shared"]
cycle = []
cycle.append((cycle,))
values = [1, 2.5, "text", b"bytes", None, True, (1, 2, 3), {"key": [shared, shared]}, {7}]

PICKLES = [
    (f"values, protocol {p}", pickle.dumps([values, cycle], p)) for p in (0, 2, 5)
]
PICKLES += [
    (f"numbers, protocol {p}", pickle.dumps([0, 255, 256, -1, 65536, 2**31, -(2**70)], p))
    for p in (0, 2)
]
PICKLES += [
    (f"an object, protocol {p}", pickle.dumps(Reduced(), p)) for p in (1, 4)
]
PICKLES += [
    ("a bytearray and a frozenset", pickle.dumps([bytearray(b"a'\x00"), frozenset("a")], 5)),
    ("text that has to be escaped", pickle.dumps("\t\n\r\\'\x7f\x00 \"", 4)),
    ("one quote", pickle.dumps("it's", 4)),
    ("characters of two, three and four bytes", pickle.dumps("\xe9\u20ac\U0001f600", 4)),
    ("a lone surrogate", pickle.dumps("a\ud800b", 4)),
    ("STOP alone", b"."),
    ("nothing", b""),
    ("no STOP", b"N"),
    ("what follows STOP does not matter", b"N.garbage"),
    ("an unknown opcode", b"(N\xff"),
    ("more than one thing is left", b"NN."),
    ("marks are left", b"((N."),
    ("a pop from nothing", b"0."),
    ("too few for a pair", b"N\x86."),
    ("POP takes a mark", b"N(0."),
    ("POP_MARK", b"N(NN1."),
    ("no mark to build upon", b"Nt."),
    ("a mark is taken by what takes none", b"(\x85t."),
    ("DUP", b"N2\x86."),
    ("OBJ and INST", b"(cm\nn\nNo(icls\nname\n\x86."),
    ("SETITEMS, ADDITEMS and FROZENSET", b"}(NNu0\x8f(N\x900(\x91."),
    ("extensions and persistent ids", b"\x82\x01\x83\x01\x00\x84\xff\xff\xff\xffPid\nQ\x87"
     b"\x86."),
    ("buffers", b"\x97\x98."),
    ("Python 2's strings", b"S'a\\n\\x41\\101'\nU\x02\xe9\xffT\x01\x00\x00\x00a\x87."),
    ("PUT twice", b"Nq\x00q\x00."),
    ("True is 1 to the memo", b"Np01\nNp1\n."),
    ("PUT of nothing", b"q\x00."),
    ("PUT of a mark", b"(q\x00."),
    ("GET before PUT", b"h\x07."),
    ("GET before PUT, in protocol 0", b"g7\n."),
    ("a memo that is far apart", b"Nr\xff\xff\xff\xffj\xff\xff\xff\xff\x86."),
    ("a number of the memo that is below 0", b"Np-1\ng-1\n\x86."),
    ("a number of the memo beyond all", b"Np99999999999999999999\ng99999999999999999999\n"
     b"\x86."),
    ("a long number of the memo, twice", (b"Np" + b"9" * 210 + b"\n") * 2 + b"."),
    ("more is left than can be said", b"N" * 50 + b"."),
    ("MEMOIZE after PUT of its number", b"Nq\x00\x94q\x02\x94."),
    ("MEMOIZE after PUT of a later number", b"Nq\x01\x94."),
    ("MEMOIZE of nothing", b"\x94."),
    ("memo and protocol 4", b"\x80\x04]\x94]\x94h\x01\x87."),
    ("memo entries nobody gets", b"\x80\x02]q\x00]q\x01h\x01\x87."),
    ("an entry that is stored anew", b"Nq\x01h\x010Nq\x02."),
    ("a protocol that is none", b"\x80\x06N."),
    ("the highest protocol counts, wherever it is", b"N\x80\x020."),
    ("PROTO twice", b"\x80\x02\x80\x04N."),
    ("an entry in protocol 0", b"(p0\nNp1\ng1\nt."),
    ("more than 255 entries", b"\x80\x02(" + b"".join(b"Nr" + k.to_bytes(4, "little") + b"j"
     + k.to_bytes(4, "little") for k in range(250, 258)) + b"t."),
    ("a frame that lies", b"\x95\xff\xff\xff\xff\xff\xff\xff\xffN."),
    ("floats as text", b"F1.5\nF-inf\nF 1_0e1_0 \nFnan\n\x87\x86."),
    ("a float that is none", b"F1.5x\n."),
    ("a float with a loose _", b"F1_.5\n."),
    ("an empty float", b"F\n."),
    ("a float without digits", b"F.e5\n."),
    ("integers as text", b"I 0_0_7 \nI-12\nL+5L\n\x87."),
    ("bools as text", b"I00\nI01\n\x86."),
    ("00 of LONG is a number", b"L00\n."),
    ("a letter in an integer", b"I12a\n."),
    ("two _ in an integer", b"I1__2\n."),
    ("an L where none may be", b"I12L\n."),
    ("an empty integer", b"I\n."),
    ("a NUL in an integer", b"I1\x00\n."),
    ("two bytes of a number", b"\x8a\x02\xff\x7f."),
    ("a number of no bytes", b"\x8a\x00."),
    ("a line that does not end", b"I12"),
    ("unicode that does not end", b"Vabc"),
    ("unicode escapes", b"V\\u20ac\\U0001f600\\n\\\\u0041\xe9\n."),
    ("half a unicode escape", b"Va\\u20\n."),
    ("a unicode escape of one character", b"V\\\n."),
    ("a character beyond Unicode", b"V\\U00110000\n."),
    ("half a long unicode escape", b"Va\\U0001f60G\n."),
    ("hex digits, capital and small", b"V\\u00eA\\u00Ae\nS'\\x4A\\x4a'\n\x86."),
    ("no quotes", b"Sabc\n."), ("no string", b"S\n."), ("half a string", b"S'abc"),
    ("no line at all", b"I"), ("no length", b"B\x01"), ("no module", b"c"),
    ("an escape without digits", b"S'\\x'\n."), ("half hex digits", b"S'\\xg0'\n."),
    ("a short octal number", b"S'\\7a\\18'\n."), ("empty names", b"c\n\n."),
    ("a long float with _", b"F1_0_0.5_0\n."), ("_ behind a point", b"F1._5\n."),
    ("_ before anything", b"F_1\n."), ("_ at the end", b"F1_\n."),
    ("a sign alone", b"F-\n."), ("two signs", b"F+-1\n."), ("a plus", b"F+1\nI+1\n\x86."),
    ("infinity, in full", b"FInfinity\nF+iNF\n\x86."), ("infinite", b"Finfinite\n."),
    ("20 digits with _", b"I-1_2345678901234567890\n."),
    ("characters of four bytes, the limits", b"\x8c\x08\xf0\x90\x80\x80\xf4\x8f\xbf\xbf."),
    ("an overlong one of three", b"\x8c\x03\xe0\x80\x80."),
    ("an overlong one of four", b"\x8c\x04\xf0\x80\x80\x80."),
    ("an empty str, bytes and names", b"\x8c\x00C\x00V\n\x87."),
    ("one quote alone", b"S'\n."),
    ("different quotes", b"S'abc\"\n."),
    ("different quotes, the other way", b"S\"it's\n."),
    ("a backslash at the end", b"S'a\\'\n."),
    ("half an escape", b"S'ab\\x4'\n."),
    ("beyond ASCII by an escape", b"S'\\xff'\n."),
    ("an octal number beyond a byte", b"S'\\501'\n."),
    ("an escape that is none", b"S'\\q'\n."),
    ("names with escapes", b"cm\\x6fd\nname\n."),
    ("a name beyond ASCII", b"cm\xff\nname\n."),
    ("half a name", b"cmod\nname"),
    ("no uint1", b"K"), ("no uint2", b"M\x00"), ("no int4", b"J\x00\x00\x00"),
    ("no uint4", b"r\x00"), ("no uint8", b"\x95\x00"), ("no float8", b"G\x00"),
    ("no string1", b"U\x05ab"), ("no string4", b"T\x05\x00\x00\x00ab"),
    ("a string below 0", b"T\xff\xff\xff\xff"), ("no bytes1", b"C\x01"),
    ("no bytes4", b"B\xff\xff\xff\xffab"), ("no bytes8", b"\x8e" + b"\x05" * 7 + b"\x00."),
    ("bytes beyond all", b"\x8e" + b"\xff" * 8),
    ("no bytearray8", b"\x96" + b"\xff" * 7 + b"\x00"),
    ("a bytearray beyond all", b"\x96" + b"\xff" * 8),
    ("no unicodestring1", b"\x8c\x05ab"), ("no unicodestring4", b"X\x05\x00\x00\x00ab"),
    ("no unicodestring8", b"\x8d\x05\x00\x00\x00\x00\x00\x00\x40ab"),
    ("a str beyond all", b"\x8d" + b"\xff" * 8),
    ("no long1", b"\x8a\x05ab"), ("no long4", b"\x8b\x05\x00\x00\x00ab"),
    ("a long below 0", b"\x8b\xff\xff\xff\xff"),
    ("a byte that starts nothing", b"\x8c\x02a\x80."),
    ("an overlong character", b"\x8c\x02\xc0\x80."),
    ("a character that is cut", b"\x8c\x03a\xe2\x82."),
    ("a character that is broken", b"\x8c\x04\xf0\x9f\x98a."),
    ("half a surrogate", b"\x8c\x02\xed\xa0."),
    ("half a surrogate, broken", b"\x8c\x03\xed\xa0a."),
    ("beyond Unicode in UTF-8", b"\x8c\x04\xf4\x90\x80\x80."),
]


def cut(e):
    return str(e)[:199]


def quoted(data):
    """A C string, in lines."""
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    made, line = [], ""
    for c in data:
        plain = 32 <= c < 127 and c not in b'"\\?'
        line += chr(c) if plain else "\\n" if c == 10 else f"\\{c:03o}"
        if len(line) > 66:
            made.append(line)
            line = ""
    return "\n     ".join(f'"{line}"' for line in [*made, line])


def genops(data):
    text, status, words = "", "PILA_END", ""
    try:
        for op, arg, pos in pickletools.genops(data):
            if arg is not None:
                text += f"{pos} {arg!r}\n"
    except tuple(FAULTS) as e:
        status, words = FAULTS[type(e)], cut(e)
    return text, status, words


def dis(data):
    out, status, words = io.StringIO(), "PILA_OK", ""
    try:
        pickletools.dis(data, out, indentlevel=2)
    except tuple(FAULTS) as e:
        status, words = FAULTS[type(e)], cut(e)
    return out.getvalue(), status, words


def optimize(data):
    try:
        return pickletools.optimize(data), "PILA_OK", ""
    except tuple(FAULTS) as e:
        return b"", FAULTS[type(e)], cut(e)


def row(promise, data):
    yield f'    {{"{promise}",\n     {quoted(data)}, {len(data)},\n'
    for text, status, words in (genops(data), dis(data), optimize(data)):
        n = len(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        yield f"     {{{quoted(text)}, {n},\n      {status}, {quoted(words)}}},\n"
    yield "    },\n"


def opcode(op):
    before = "".join(f"{x.name} " for x in op.stack_before)
    after = "".join(f"{x.name} " for x in op.stack_after)
    return f'    {{"{op.name}", {ord(op.code)}, {op.proto}, "{before}", "{after}"}},\n'


print("/* Made by pickletools_rows.py with CPython; not to be edited. */")
print("/* clang-format off */")
print("static const opcode_row opcode_rows[] = {")
print("".join(map(opcode, pickletools.opcodes)), end="")
print("};\n\nstatic const row rows[] = {")
for each in PICKLES:
    print("".join(row(*each)), end="")
print("};\n/* clang-format on */")
