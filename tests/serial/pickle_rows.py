"""Rows for test_pickle.c: what CPython writes, and what it says of broken pickles.

Run by CPython 3.11: pickle_rows.py > pickle_rows.h; and pickle_rows.py names >
lib/serial/pickle_names.h.
"""

import _compat_pickle
import collections
import datetime
import decimal
import fractions
import pickle
import random
import sys
import uuid

NAMES_OPENING = """\
/* pickle_names.h - what moved or was renamed between Python 2 and 3.
 *
 * Needs: nothing
 * Use:
 *     (void)pickle_names_exceptions, (void)pickle_names_2to3, (void)pickle_names_3to2;
 *     (void)pickle_modules_2to3, (void)pickle_modules_3to2;
 *     printf("%s\\n", pickle_names_2to3[0][0]);   // prints: UserDict
 *
 * For pickle_known.c alone. Written by tests/serial/pickle_rows.py from the tables of
 * CPython 3.11's _compat_pickle.
 */
#ifndef PILA_PICKLE_NAMES_H
#define PILA_PICKLE_NAMES_H
"""


def table(name, rows, comment):
    print(f"/* {comment} */")
    print(f"static const char *const {name}[][{len(rows[0])}] = {{")
    for row in rows:
        print("    {" + ", ".join(f'"{x}"' for x in row) + "},")
    print("};\n")


def names():
    to3, to2 = _compat_pickle.NAME_MAPPING, _compat_pickle.REVERSE_NAME_MAPPING
    same = sorted(
        name
        for (module, name), new in to3.items()
        if module == "exceptions" and new == ("builtins", name) and to2[new] == (module, name)
    )
    rows3 = [k + v for k, v in to3.items() if k[0] != "exceptions" or k[1] not in same]
    rows2 = [k + v for k, v in to2.items() if k[0] != "builtins" or k[1] not in same]
    print(NAMES_OPENING)
    table("pickle_names_2to3", sorted(rows3), "module and name in Python 2, and in Python 3")
    table("pickle_names_3to2", sorted(rows2), "module and name in Python 3, and in Python 2")
    moved = sorted(_compat_pickle.IMPORT_MAPPING.items())
    table("pickle_modules_2to3", moved, "what modules of Python 2 are in Python 3")
    moved = sorted(_compat_pickle.REVERSE_IMPORT_MAPPING.items())
    table("pickle_modules_3to2", moved, "what modules of Python 3 are in Python 2")
    print("/* in builtins, and in Python 2 in exceptions */")
    print("static const char *const pickle_names_exceptions[] = {")
    for name in same:
        print(f'    "{name}",')
    print("};\n\n#endif")


def recursive():
    a = []
    b = {"a": a}
    a.append(b)
    t = ([], 1)
    t[0].append(t)
    u = ([], 1, 2, 3)
    u[0].append(u)
    return [a, t, u]


CHARS = "ab\n\\\r\0\x1a\x7f\x80\xe9\xff\u0100\u20ac\ud800\udfff\U0001f600"


def text(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.choice([0, 1, 2, 3, 9])))


def number(rng):
    edge = rng.choice([0, 255, 65535, 2**31, -(2**31), 2**63, -(2**63), 2**64, 2**2040])
    return edge + rng.randrange(-1, 2)


def some(rng, depth, seen):
    """A random value; what was made before may come again."""
    k = rng.randrange(14 if depth else 8)
    n = rng.choice([0, 1, 1, 2, 3, 4])
    if k == 0:
        x = rng.choice([None, True, False])
    elif k == 1:
        x = number(rng)
    elif k == 2:
        x = rng.choice([0.0, -0.0, 1e16, 1e-5, 5e-324, float("inf"), rng.random()])
    elif k == 3:
        x = text(rng)
    elif k == 4:
        x = bytes(rng.randrange(256) for _ in range(rng.choice([0, 2, 5])))
    elif k == 5:
        x = bytearray(rng.randrange(256) for _ in range(n))
    elif k == 6:
        x = complex(rng.random(), n)
    elif k == 7:
        x = rng.choice(seen) if seen else 7
    elif k < 10:
        x = [some(rng, depth - 1, seen) for _ in range(n)]
    elif k == 10:
        x = tuple(some(rng, depth - 1, seen) for _ in range(n))
    elif k < 13:
        x = {text(rng): some(rng, depth - 1, seen) for _ in range(n)}
    else:
        x = rng.choice([set, frozenset])(number(rng) for _ in range(n))
    seen.append(x)
    return x


def values():
    s = "shared"
    cycle = []
    cycle.append(cycle)
    yield "None", None
    yield "truths", [True, False]
    yield "small integers", [0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, -(2**31)]
    yield "long integers", [2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 2**64, -(2**80), 2**2047]
    yield "floats", [0.0, -0.0, 1.5, 1e16, 1e-5, 5e-324, float("inf"), -float("inf")]
    yield "characters that escape", CHARS
    yield "one latin-1 character is one object", ["a", "\xe9", "a", "\xe9", "", ""]
    yield "the same str twice", [s, s]
    yield "bytes", [b"", b"a", b"\x00\xff", bytes(range(256)), b""]
    yield "bytearrays", [bytearray(), bytearray(b"a"), bytearray(b"abc\xff")]
    yield "complex numbers", [1j, 2 - 3j]
    yield "tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]
    yield "the empty tuple twice", [(), ()]
    yield "sets", [set(), {1}, frozenset(), frozenset([1])]
    yield "one item in a list or dict", [[1], {"k": 1}]
    yield "a list in itself", cycle
    yield "cycles", recursive()
    yield "classes", [collections.OrderedDict, ValueError, len, range, set, BrokenPipeError]
    yield "an OrderedDict", collections.OrderedDict(z=1, a=2)
    yield "a defaultdict", collections.defaultdict(list, a=[1])
    yield "a Counter", collections.Counter("abca")
    yield "deques", [collections.deque([1, 2], 5), collections.deque()]
    yield "dates", [datetime.date(2020, 1, 2), datetime.timedelta(1, 2, 3)]
    zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
    yield "times", [datetime.time(1, 2, 3), datetime.datetime(2020, 1, 2, 3, 4, 5, 6, zone)]
    yield "numbers", [decimal.Decimal("1.50"), fractions.Fraction(1, 3)]
    yield "a UUID", uuid.UUID(int=0x123456789ABCDEF0123456789ABCDEF0)
    rng = random.Random(7)
    for k in range(80):
        yield f"random value {k}", some(rng, 3, [])


BROKEN = [
    b"", b"\x80\x04", b"\x80\x06.", b"\x80", b".", b"K", b"J\x01\x02\x03", b"]", b"(.", b"(e.",
    b"e.", b"]e.", b"0.", b"1.", b"2.", b"q\x00.", b"h\x05.", b"j\x05\x00\x00\x00.",
    b"g5\n.", b"g-1\n.", b"gx\n.", b"Np-1\n.", b"pX\n.", b"Npx\n.", b"\x94.", b"'", b"\\",
    b"\xff.", b"z.", b"\x8b\xff\xff\xff\xff.", b"\x8b\x05\x00\x00\x00a", b"\x8a\x02a",
    b"I\n.", b"Ix\n.", b"I1", b"L\n.", b"Lx\n.", b"Fx\n.", b"F\n.", b"F1e999\n.",
    b"Sabc\n.", b"S'a\n.", b"S'\\x1'\n.", b"S'\xe9'\n.", b"U\x01\xe9.", b"S'",
    b"V\\u12\n.", b"V\\U00110000\n.", b"V", b"X\x01\x00\x00\x00\xff.", b"X\x02\x00\x00\x00\xc3a.",
    b"X\x01\x00\x00\x00\xc3.", b"X\x05\x00\x00\x00a", b"B\x05\x00\x00\x00a", b"C\x05a",
    b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
    b"\x96\xff\xff\xff\xff\xff\xff\xff\xff.", b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.",
    b"\x95\x05\x00\x00\x00\x00\x00\x00\x00N.", b"}K\x01u.", b"(K\x01d.", b"}(K\x01u.", b"}]Ns.",
    b"}(]\x85Nu.", b"}}Ns.", b"}(]Nu.", b"\x8f(]\x90.", b"(]\x91.", b"NNa.", b"N(Ne.",
    b"N(N\x90.", b"NNNs.", b"a.", b"Na.", b"s.", b"Ns.", b"b.", b"\x85.", b"N\x86.",
    b"(\x85.", b"R.", b"N)R.", b"\x81.", b"K\x01)\x81.", b"N)}\x92.", b"(o.", b"t.", b"l.",
    b"d.", b"(c\n\n.", b"ca\n", b"ca", b"c\n.", b"\x93.", b"NN\x93.", b"\x82\x00.",
    b"\x84\xff\xff\xff\xff.", b"\x98.", b"(0.", b"N(1", b"i\n.", b"(i\n.",
]  # fmt: skip
STATUS = {
    pickle.UnpicklingError: "PILA_ESYNTAX",
    EOFError: "PILA_EEOF",
    ValueError: "PILA_EVALUE",
    UnicodeDecodeError: "PILA_EVALUE",
    TypeError: "PILA_ETYPE",
    AttributeError: "PILA_ETYPE",
    OverflowError: "PILA_EOVERFLOW",
}


def quoted(data):
    return '"' + "".join(f"\\{c:03o}" for c in data) + '"'


def rows():
    print("/* Rows for test_pickle.c: written by pickle_rows.py, run by CPython 3.11. */\n")
    print("/* clang-format off */")
    print("static const pickle_row pickle_rows[] = {")
    for name, value in values():
        for protocol in range(6):
            data = pickle.dumps(pickle.loads(pickle.dumps(value, protocol)), protocol)
            print(f'    {{"{name}", {protocol}, {len(data)},')
            for at in range(0, len(data), 20):
                print("     " + quoted(data[at : at + 20]))
            print("    },")
    print("};\n")
    print("static const pickle_fault_row pickle_fault_rows[] = {")
    for data in BROKEN:
        try:
            pickle.loads(data)
        except tuple(STATUS) as e:
            message = str(e).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            print(f'    {{{quoted(data)}, {len(data)}, {STATUS[type(e)]},\n     "{message}"}},')
        else:
            print(f"{data} is a pickle", file=sys.stderr)
    print("};\n/* clang-format on */")


if __name__ == "__main__":
    names() if "names" in sys.argv[1:] else rows()
