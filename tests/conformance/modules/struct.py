"""struct: formats, and values packed and unpacked by them."""
import struct
import sys

from values import FLOATS, STRANGE, ValueSubject, random_float


class Module(ValueSubject):
    ERRORS = (struct.error, OverflowError)

    def op_calcsize(self, format):
        return struct.calcsize(format)

    def op_pack(self, format, values):
        return struct.pack(format, *values)

    def op_pack_into(self, format, buffer, offset, values):
        struct.pack_into(format, buffer, offset, *values)
        return buffer

    def op_unpack(self, format, data):
        return struct.unpack(format, data)

    def op_unpack_from(self, format, data, offset):
        return struct.unpack_from(format, data, offset)

    def op_iter_unpack(self, format, data):
        return list(struct.iter_unpack(format, data))


WIDTHS = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8,
          "n": 8, "N": 8}
CODES = "xcbB?hHiIlLqQefdsp"
NATIVE = "nNP"
WRONG = [None, "text", [1], {"f": "1.5"}, {"b": "00"}, {"i": str(2**64)}, -1, {"f": "nan"}]


def integer(rng, code, native):
    bits = 8 * WIDTHS[code]
    if code in "lL" and not native:
        bits = 32
    low, high = (0, 2**bits - 1) if code.isupper() else (-2**(bits - 1), 2**(bits - 1) - 1)
    x = rng.choice([low, high, low + 1, high - 1, 0, 1, rng.randint(low, high)])
    if rng.random() < 0.03:
        x = rng.choice([low - 1, high + 1, 2**70, -2**70])
    return x if -2**63 <= x < 2**63 else {"i": str(x)}


def value_of(rng, code, count, native):
    """What a code packs, as a request says it."""
    if rng.random() < 0.02:
        return rng.choice(WRONG)
    if code == "c":
        return {"b": rng.randbytes(1 if rng.random() < 0.95 else 2).hex()}
    if code in "sp":
        return {"b": rng.randbytes(rng.choice([0, 1, count, count + 2])).hex()}
    if code == "?":
        return rng.choice([True, False, 0, 1, None, "", "x", []])
    if code == "P":
        return rng.choice([0, 1, 2**40, {"i": str(2**64 - 1)}])
    if code in "efd":
        x = rng.choice(STRANGE + FLOATS) if rng.random() < 0.5 else \
            rng.uniform(-7e4, 7e4) if code == "e" else random_float(rng)
        return rng.choice([{"f": "%.17g" % x}] * 5 + [rng.randint(-9, 9), True])
    return integer(rng, code, native)


def random_format(rng):
    """A format, and what it packs."""
    order = rng.choice(["", "@", "=", "<", ">", "!"])
    native = order in ("", "@")
    text, values = order, []
    for _ in range(rng.randint(1, 6)):
        code = rng.choice(CODES + NATIVE) if native else rng.choice(CODES)
        count = rng.choice([None, None, None, 0, 1, 2, 3, 7])
        if code == "p":
            count = count or 1
        text += rng.choice(["", "", " "]) + ("" if count is None else str(count)) + code
        n = 1 if count is None else count
        if code in "sp":
            values.append(value_of(rng, code, n, native))
        elif code != "x":
            values += [value_of(rng, code, n, native) for _ in range(n)]
    return text, values


def some_bytes(rng, n):
    """Mostly of few kinds, for the vectors to be small."""
    few = rng.randbytes(3) + b"\0\x7f\x80\xff"
    return bytes(rng.choice(few) for _ in range(n)).hex()


def buffer(rng, n):
    return {"b": some_bytes(rng, n)}


def malformed(rng):
    return rng.choice(["y", "3", "<n", "@ 2", "i3", "$i", "i<", "1 2i", "999999999999q",
                       f"{2**62}q", f"{2**63}s", f"{2**64}x", "0", "<P", "f0"])


def size_of(format):
    try:
        size = struct.calcsize(format)
    except struct.error:
        return 8
    return size if size < 1000 else 8


def random_case(rng):
    ops = []
    for _ in range(rng.randint(1, 3)):
        format, values = random_format(rng)
        if rng.random() < 0.05:
            format = malformed(rng)
        if rng.random() < 0.05:
            values = values[1:] if rng.random() < 0.5 else [*values, 1]
        size = size_of(format)
        near = max(0, size + rng.choice([0, 0, 0, -1, 1]))
        offset = rng.choice([0, 1, 3, -size, -1, -size - 9, 40])
        ops.append(rng.choice([
            lambda: ["calcsize", format],
            lambda: ["pack", format, values],
            lambda: ["pack", format, values],
            lambda: ["pack_into", format, {"ba": some_bytes(rng, size + 5)}, offset,
                     values],
            lambda: ["unpack", format, buffer(rng, near)],
            lambda: ["unpack", format, buffer(rng, near)],
            lambda: ["unpack_from", format, buffer(rng, size + 5), offset],
            lambda: ["iter_unpack", format, buffer(rng, rng.randint(0, 4) * size +
                                                   rng.choice([0, 0, 0, 1]))]])())
    return {"m": "struct", "ops": ops}


def halves():
    """Half floats at each rounding and range."""
    for x in (65504.0, 65519.99, 65520.0, -65520.0, 2.0**-24, 2.0**-25, 2.0**-25 * 1.0001,
              1.0009765625, 1.00048828125, 1.001464843750, 6.1e-5, 0.1):
        yield [["pack", order + "e", [{"f": "%.17g" % x}]] for order in "<>@"]


EDGES = [
    *({"ops": ops} for ops in halves()),
    {"ops": [["unpack", order + "e", {"b": "%04x" % bits}] for order in "<>"
             for bits in (0, 0x8000, 0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x0001, 0x03ff, 0x0400)]},
    {"ops": [["calcsize", f] for f in ("", "<", "@", "0s", "0p", "b0l", "b0i", "bq0b",
                                       "xxxl", "l x", "  b  h ", "3x2s", "?0d", "c0q")]},
    {"ops": [["pack", "0p", [{"b": "6162"}]], ["pack", "1p", [{"b": "6162"}]],
             ["pack", "300p", [{"b": "61" * 280}]], ["unpack", "3p", {"b": "ff6162"}],
             ["pack", "0s", [{"b": "61"}]], ["pack", "3s", [{"ba": "61"}]]]},
    {"ops": [["pack", "b", []], ["pack", "b", [1, 2]], ["unpack", "i", {"b": ""}],
             ["iter_unpack", "", {"b": ""}], ["iter_unpack", "3b", {"b": "00"}],
             ["unpack_from", "i", {"b": "00000000"}, 1],
             ["unpack_from", "i", {"b": "00000000"}, -2],
             ["unpack_from", "i", {"b": "00000000"}, -9],
             ["pack_into", "i", {"ba": "00000000"}, 1, [1]],
             ["pack_into", "i", {"ba": "00000000"}, -9, [1]],
             ["pack_into", "i", {"ba": "00000000"}, -4, [1]]]},
]

DIFFERS = [
    ("`0p` unpacked", "b'' here; a SystemError of CPython 3.11"),
    ("a format that is not ASCII", "struct.error here, UnicodeEncodeError there"),
    ("what `pack_into` wrote before it failed", "pila writes nothing"),
]

assert sys.byteorder == "little"  # what the vectors are of
