"""Print value_rows.h: the rows of test_value.c that CPython decides.

    python3 value_rows.py > value_rows.h

A value is written as a recipe for a stack: i12 f3ff0000000000000 c s6869 b00 y00 l2 t2
d1 S2 z2, that is an int, a float by its bits, a complex of two floats, str, bytes and
bytearray in hex, and containers of so many values (a dict: pairs). Then come its repr,
and of the first ones, how each compares with each: == as 0 or 1, < as 0, 1 or E for a
TypeError. Recipes of sets are in CPython's order, which its repr shows.
"""

import random
import struct

NAN = float("nan")
BIG = 10**30

VALUES = [
    None, False, True, 0, 1, -1, 2, 255, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**63,
    -(2**63) - 1, 2**64, 2**1023, 2**1024, -(2**1024), BIG, 0.0, -0.0, 1.0, -1.0, 1.5,
    float(2**53), float(2**63), -float(2**63), 2.0**64, 2.0**1023, float(BIG), 1e308,
    float("inf"), -float("inf"), NAN, 1 + 0j, 1 + 2j, -0j, complex(0, NAN),
    complex(-0.0, 2), complex(2**63, 0), complex(1e20, -0.0), complex(NAN, -float("inf")),
    "", "1", "a", "ab", "b", "\ud800", "\ue000", "\U00010000", "\uffff", "\x00",
    b"", b"1", b"a", b"\xff", bytearray(b""), bytearray(b"a"), bytearray(b"b"),
    [], [1], [1.0], [1, 2], [[1], 2], [NAN], [None], ["a", 1], [1, "a"], [[[[]]]],
    (), (1,), (True,), (1, 2), (1, (2, 3)), (1, (2.0, 4)), (NAN,), ("a",), ((),), ((), ()),
    {}, {1: 2}, {1.0: 2.0}, {1: 2, 3: 4}, {3: 4, 1: 2}, {"a": []}, {(1, (2,)): [1]},
    {(1.0, (2,)): [True]}, {(1, (2,)): [0]},
    {frozenset({(1,), (2,)}): 1}, {frozenset({(2,), (1.0,)}): 1},
    {(frozenset({(k, (k,))}), k): [k] for k in range(12)},
    {(frozenset({(k, (k,))}), k): [k + 0.0] for k in reversed(range(12))},
    {(frozenset({(k, (k,))}), k): [k] for k in range(1, 13)},
    set(), {1}, {1, 2}, {1.0, 2}, {1, 2, 3}, {frozenset({1})}, {(1, 2)},
    frozenset(), frozenset({1}), frozenset({1, 2}), frozenset({frozenset({1})}),
    frozenset({(1, 2)}), {k for k in range(20)}, frozenset({float(k) for k in range(20)}),
    {(k, k) for k in range(9)}, frozenset({(k, float(k)) for k in range(9)}),
    frozenset({frozenset({frozenset()}), frozenset()}),
]

TEXTS = [
    "'", '"', "'\"", "a'b", "\\", "\t\n\r\x1b\x7f", "\x80\xa0\xad\xff", "caf\xe9",
    "\u200b\u2028\u3000\u0378", "\U0001f600", "\U000e0001\U0010ffff\U0003134a\U0003134b",
    "\ud800", "\udfff\udc80x", "\ufeff\ufffd\uffff", "\u1734\u1715\u0c5d\u0870",
]
NUMBERS = [
    1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 0.1,
    2.5, -2.0, complex(1, 2), complex(-1.5, -2), complex(0, 1e16), complex(-0.0, 0),
    complex(0, float("inf")), complex(float("inf"), NAN), complex(1e-7, -0.0),
    10**1200, -(10**1200), 10**999 - 1, 2**64 - 1,
]


def recipe(x):
    t = type(x)
    if x is None:
        return "N"
    if t is bool:
        return "T" if x else "F"
    if t is int:
        return f"i{x}"
    if t is float:
        return f"f{struct.unpack('>Q', struct.pack('>d', x))[0]:016x}"
    if t is complex:
        return f"{recipe(x.real)} {recipe(x.imag)} c"
    if t is str:
        return "s" + x.encode("utf-8", "surrogatepass").hex()
    if t in (bytes, bytearray):
        return ("b" if t is bytes else "y") + x.hex()
    if t is dict:
        items = [y for pair in x.items() for y in pair]
        return " ".join([*map(recipe, items), f"d{len(x)}"])
    letter = {list: "l", tuple: "t", set: "S", frozenset: "z"}[t]
    return " ".join([*map(recipe, x), f"{letter}{len(x)}"])


def some(rng, depth):
    kind = rng.randrange(5 if depth == 0 else 10)
    if kind < 2:
        return rng.choice(VALUES[:19] + NUMBERS)
    if kind < 4:
        return "".join(rng.choice("ab'\"\\\n\xe9\u20ac\ud812\U0001f40d") for _ in range(4))
    if kind == 4:
        return bytes(rng.choice(b"ab'\"\\\n\x00\xff") for _ in range(4))
    items = [some(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind < 7:
        return items
    if kind == 7:
        return tuple(items)
    if kind == 8:
        return {n: x for n, x in enumerate(items)}
    return {rng.randrange(8)} if rng.random() < 0.5 else frozenset({len(items)})


def quoted(data):
    out = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}"
                  for b in data)
    return '"\n     "'.join(out[i:i + 1500] for i in range(0, len(out), 1500))


def compared(x):
    eq = "".join(str(int(x == y)) for y in VALUES)
    less = ""
    for y in VALUES:
        try:
            less += str(int(x < y))
        except TypeError:
            less += "E"
    return f'"{eq}", "{less}"'


def hashed(x):
    try:
        hash(x)
    except TypeError:
        return 0
    return 1


def main():
    rng = random.Random(22)
    print("/* value_rows.h - printed by value_rows.py. */")
    print("/* clang-format off */")
    rows = VALUES + TEXTS + NUMBERS + [some(rng, 4) for _ in range(250)]
    for n, x in enumerate(rows):
        shown = repr(x).encode("utf-8", "surrogatepass")
        row = f'    {{"{recipe(x)}",\n     "{quoted(shown)}", {hashed(x)}, '
        print(row + (compared(x) if n < len(VALUES) else "NULL, NULL") + "},")
    print("/* clang-format on */")


main()
