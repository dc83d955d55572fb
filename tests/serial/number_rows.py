"""Print number_rows.h: what CPython makes of numbers, for test_number.c.

    python3 number_rows.py > number_rows.h

Each row is a text, the bits of float(text) and repr(float(text)). Middles between two
doubles come whole, and with the last digit one less and one more.
"""

import random
import struct
from fractions import Fraction


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def of_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def exact(x):
    """A fraction whose denominator is a power of two, in decimal."""
    k = x.denominator.bit_length() - 1
    return f"{x.numerator * 5**k}e-{k}" if k else str(x.numerator)


def middles(b):
    digits, _, e = exact((Fraction(of_bits(b)) + Fraction(of_bits(b + 1))) / 2).partition("e")
    for d in (int(digits) * 10 - 1, int(digits) * 10, int(digits) * 10 + 1):
        yield f"{d}e{int(e or 0) - 1}"


def texts():
    rng = random.Random(1)
    yield from "0 -0 0.0 -0e99 1 10 123 1e0 1E+2 1e-5 0.0001 1e15 1e16 1e22 1e23".split()
    yield from "9007199254740993 9007199254740992.5 9007199254740993e-1".split()
    yield from "1.7976931348623157e308 1.7976931348623159e308 2e308 1e309 1e999999999999".split()
    yield from "5e-324 2e-324 3e-324 2.4703282292062327e-324 2.4703282292062328e-324".split()
    yield from "1e-343 18446744073709551615e-343 1e-99999999999999999999 0e999999999999".split()
    yield from "2.2250738585072011e-308 2.2250738585072014e-308 6929495644600919.5".split()
    yield "0." + "0" * 400 + "1e401"
    yield "1" + "0" * 400 + "e-400"
    yield "1." + "0" * 800 + "1"
    yield "9007199254740993." + "0" * 800 + "1"
    yield "9007199254740993." + "0" * 800
    for e in range(-325, 310, 7):
        yield f"1e{e}"
    for e in rng.sample(range(-1074, 1024), 60):
        yield repr(2.0**e) if e >= -1022 else repr(of_bits(1 << e + 1074))
    for b in (0, 1, 2, (1 << 52) - 1, 1 << 52, bits(1.0), bits(2.0) - 1, bits(0.1), bits(1e300)):
        yield from middles(b)
    for _ in range(60):
        yield repr(of_bits(rng.getrandbits(63) % 0x7FF0000000000000))
        yield str(rng.getrandbits(rng.randrange(1, 80)))
        yield f"{rng.random() * 10 ** rng.randrange(-6, 19):.{rng.randrange(1, 9)}f}"
        yield f"-{rng.getrandbits(70)}e{rng.randrange(-350, 310)}"


print("/* number_rows.h - what CPython makes of numbers; printed by number_rows.py. */")
for text in texts():
    x = float(text)
    chunks = [text[i : i + 60] for i in range(0, len(text), 60)]
    quoted = "\n     ".join(f'"{c}"' for c in chunks)
    print(f'    {{{quoted},\n     0x{bits(x):016x}, "{x!r}"}},')
