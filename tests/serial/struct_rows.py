"""Print struct_rows.h: the rows of test_struct.c that CPython 3.11 decides.

    /usr/bin/python3 struct_rows.py > struct_rows.h

Values are written as a kind and its text: i42, x400 for 10**400, f and the bits of a
double in hex, b and a with the bytes of bytes and bytearray in hex, sabc, n for None, t
for True. Rows are of a little-endian machine whose long has 64 bits.
"""

import random
import struct

rng = random.Random(11)


def value(x):
    if x is None or x is True:
        return "n" if x is None else "t"
    if isinstance(x, int):
        return f"i{x}" if x < 10**99 else "x" + str(len(str(x)) - 1)
    if isinstance(x, float):
        return "f" + struct.pack(">d", x).hex()
    if isinstance(x, str):
        return "s" + x
    return ("b" if isinstance(x, bytes) else "a") + x.hex()


def text(s):
    made = "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n"}.get(c, c) for c in s)
    pieces = [made[k:k + 76] for k in range(0, len(made), 76)] or [""]
    return "\n     ".join(f'"{piece}"' for piece in pieces)


def attempt(f, *args):
    """The answer and "", or "" and the exception with its message."""
    try:
        return f(*args), ""
    except Exception as e:
        return "", f"{type(e).__name__}: {e}"


def head(name, what):
    print(f"\n/* {what} */\nstatic const {name}_row {name}_rows[] = {{")


def row(*cells):
    line = "    {" + ", ".join(cells) + "},"
    if len(line) > 88:
        line = "    {" + ",\n     ".join(cells) + "},"
    print(line)


def packs(fmt, *args):
    packed, error = attempt(struct.pack, fmt, *args)
    row(text(fmt), text(" ".join(map(value, args))), text(packed.hex() if packed else ""),
        text(error))


def unpacks(fmt, data):
    values, error = attempt(struct.unpack, fmt, data)
    row(text(fmt), text(data.hex()), text(repr(values) if not error else ""), text(error))


print("/* struct_rows.h - what CPython does; printed by struct_rows.py. */")

head("size", "format, size, items, error")
MOST = 2**63 - 1
for fmt in ["", "<", "@", "3", "3 i", "z", "i<", "<<i", "99999999999999999999i", "0",
            f"{MOST}s", f"{MOST}c", f"{MOST}ss", f"{MOST + 1}s", f"{2**62}h", f"{2**61}d",
            f"{MOST}x", f"x{MOST}x", f"{MOST}p", f"b{MOST}xi", f"{MOST - 1}si", f"{MOST}h",
            f"{MOST}", "99999999999999999999", "3000000000i", "1000000000000x", "0i", "0l",
            "b0l", "b0q", "<b0l", "bi", "bh", "bP",
            " < i", " i", "i\n", "i  i ", "0p", "0s", "3s2p", "<n", "=N",
            "!P", "nNP", "i3", "00003i", "0 i", "bhilq", "bHILQ", "x", "3x", "xi", "<xi",
            "cbB?hHiIlLqQnNefdspP", "<cbB?hHiIlLqQefdsp", "bebebfbd", "llh0l", "llh"]:
    s, error = attempt(struct.Struct, fmt)
    size, items = 0, 0
    if not error:
        size = s.size
        few = 0 <= size < 1000
        counts = few and "0p" not in fmt
        items = len(s.unpack(bytes(size))) if counts else "SIZE_MAX"
    row(text(fmt), str(size), str(items), text(error))
print("};")

head("pack", "format, values, packed, error")
for c in "bBhHiIlLqQnNP":
    for order in "@=<>!":
        if order != "@" and c in "nNP":
            continue
        bits = 8 * struct.calcsize(order + c)
        some = {-1, 2 ** (bits - 1), -2 ** (bits - 1), -2 ** (bits - 1) - 1, 2**bits}
        more = {0, 1, 2 ** (bits - 1) - 1, 2**bits - 1, 2**63, 2**64, -2**63 - 1, 10**40}
        for x in sorted(some if order in "=!" else some | more):
            packs(order + c, x)
    packs("<" + c if c not in "nNP" else c, True)
    for x in (1.5, None, "a", b"a"):
        packs(c, x)
for order in "@<>":
    for x in (0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 65519.99, 65520.0, -65520.0, 2.0**-14,
              2.0**-24, 2.0**-25, 2.0**-25 * 1.0001, 3 * 2.0**-25, 2049.0, 2051.0, 1e300,
              float("inf"), float("-inf"), float("nan"), 5e-324, 3.4028235677973362e38,
              3.4028235677973366e38, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 2.0**-14 * (1 - 2.0**-12),
              7, 2**200, 10**400, True, None, "1", b"1"):
        for c in "efd":
            packs(order + c, x)
for c in "csp":
    for x in (b"", b"a", b"ab", bytearray(b"x"), bytearray(b"xyz"), 1, "a", None):
        packs(c, x)
for fmt in ("0s", "0p", "1p", "2p", "3s", "3p", "5s", "5p", "<5p"):
    for x in (b"", b"abc", b"abcdef", bytearray(b"q")):
        packs(fmt, x)
for x in (None, 0, 2, 0.0, "", "a", b"", True):
    packs("?", x)
packs("ii", 1)
packs("ii", 1, 2, 3)
packs("3x", 1)
packs("3x")
packs("")
packs("ii", 2**40, 2**80)
packs("hhl", 1, 2, 3)
packs("bhilq", 1, 2, 3, 4, 5)
packs("lhb0l", 1, 2, 3)
packs("2I 3s x", 1, 2, b"ab")
packs(">2hx3i?", 1, -2, 3, 4, 5, True)
packs("<bx2sd", -1, b"ab", 1.5)
print("};")

head("unpack", "format, packed, the tuple, error")
for fmt in ("<e", ">e"):
    for half in (0, 1, 0x3FF, 0x400, 0x3C00, 0x7BFF, 0x7C00, 0x7C01, 0x7E00, 0x8000, 0xFC00,
                 0xFE00, 0xB555):
        unpacks(fmt, half.to_bytes(2, "big"))
for fmt in ("b", "B", "?", "c", "s", "p", "<h", ">h", "<H", ">H", "=i", "!i", "=I", "!I",
            "<l", ">l", "<L", ">L", "l", "L", "<q", ">q", "<Q", ">Q", "q", "Q", "n", "N", "P",
            "f", "<f", ">f", "d", "<d", ">d", "3s", "4p", "2c", "0s", "hbi", ">hbi", "bhilqd",
            ">bhilqd", "2h3bx2d", "<2h3bx2d", "3?", "b0q", "x", "3x2c", ">4H", ">3Q", "<9h"):
    for fill in (0, 1, 2):
        n = struct.calcsize(fmt)
        data = [bytes(n), bytes(range(0xF8, 0xF8 + 8)) * n, rng.randbytes(n)][fill][:n]
        unpacks(fmt, data)
unpacks("3p", b"\xffab")
unpacks("1p", b"\xff")
unpacks("i", b"")
unpacks("i", b"12345")
unpacks("", b"")
unpacks("", b"1")
print("};")

head("place", "format, length of the buffer, offset, errors of pack_into and unpack_from")
for fmt in ("i", "<IHd", "0i"):
    for n in (0, 4, 10):
        for offset in (0, 1, 6, 7, 10, 11, 100, -1, -3, -4, -10, -11, -100, MOST, -MOST):
            args = {"i": [0], "<IHd": [0, 0, 0], "0i": []}[fmt]
            _, into = attempt(struct.pack_into, fmt, bytearray(n), offset, *args)
            _, out = attempt(struct.unpack_from, fmt, bytes(n), offset)
            row(text(fmt), str(n), str(offset), text(into), text(out))
print("};")

head("iter", "format, length, error, records")
for fmt in ("i", "", "<IHb", "b", "0s", "3x"):
    for n in (0, 2, 3, 7, 12, 14, 21):
        it, error = attempt(struct.iter_unpack, fmt, bytes(n))
        row(text(fmt), str(n), text(error), str(len(list(it))))
print("};")
