"""zlib: checksums, streams at once and by objects, and iterators of chunks."""
import zlib

from packed import (Limit, Packing, b, damaged, inflated, made, recipe, said, small, split, t,
                    with_sign)

POLYNOMIAL = 0xedb88320
BASE = 65521


def multiplied(a, c):
    """a * c modulo the polynomial of CRC-32, bits reflected."""
    product = 0
    while a:
        if a & 0x80000000:
            product ^= c
        a = a << 1 & 0xffffffff
        c = c >> 1 ^ (POLYNOMIAL if c & 1 else 0)
    return product


def shifted(crc, n):
    """The CRC with n zero bytes behind what it is of, but for the final inversion."""
    power = 0x00800000  # x**8
    while n:
        if n & 1:
            crc = multiplied(power, crc)
        power = multiplied(power, power)
        n >>= 1
    return crc


def adler_combined(one, two, n):
    low = ((one & 0xffff) + (two & 0xffff) - 1) % BASE
    high = ((one >> 16) + (two >> 16) + (n % BASE) * ((one & 0xffff) - 1)) % BASE
    return high << 16 | low


class Packer:
    """A compressobj, and what has come of it."""

    def __init__(self, it, wbits, zdict, out=b""):
        self.it, self.wbits, self.zdict, self.out = it, wbits, zdict, out


def ends(out, wbits):
    """The header and the trailer: of the format, not of how it was compressed."""
    head, tail = (10, 8) if wbits > 15 else (2, 4) if wbits > 0 else (0, 0)
    return out[:head] + out[len(out) - tail:]


def widest(wbits):
    return 31 if wbits > 15 else 15 if wbits > 0 else -15


class Module(Packing):
    ERRORS = (zlib.error, ValueError)

    def open(self, request):
        super().open(request)
        self.packers, self.unpackers = [], []

    # checksums

    def op_crc32(self, data, value=0):
        return zlib.crc32(made(data), value)

    def op_adler32(self, data, value=1):
        return zlib.adler32(made(data), value)

    def op_crc32_combine(self, one, two, n):
        return shifted(one, int(n)) ^ two

    def op_adler32_combine(self, one, two, n):
        return adler_combined(one, two, int(n))

    # at once

    def op_compress(self, data, level, wbits):
        data = made(data)
        out = self.piece(zlib.compress(data, level, wbits=wbits))
        return [ends(out, wbits), zlib.decompress(out, widest(wbits)) == data]

    def op_decompress(self, data, wbits, most=None):
        data = made(data)
        if most is None:
            return said(zlib.decompress(data, wbits))
        try:
            zlib.decompressobj(wbits)
        except ValueError:
            return said(zlib.decompress(data, wbits))
        out, fault, _ = inflated(data, wbits, None, most)
        if fault:
            raise fault
        return said(out)

    # compressing by pieces

    def packer(self, k):
        return self.packers[k] if k < len(self.packers) else None

    def op_compressobj(self, level, wbits, mem_level, strategy, zdict):
        zdict = made(zdict)
        more = [] if zdict is None else [zdict]
        it = zlib.compressobj(level, zlib.DEFLATED, wbits, mem_level, strategy, *more)
        self.packers.append(Packer(it, wbits, zdict))

    def op_c_compress(self, k, data):
        if p := self.packer(k):
            p.out += self.piece(p.it.compress(made(data)))

    def op_c_flush(self, k, mode):
        if p := self.packer(k):
            p.out += self.piece(p.it.flush(mode))

    def op_c_copy(self, k):
        if p := self.packer(k):
            self.packers.append(Packer(p.it.copy(), p.wbits, p.zdict, p.out))

    def op_c_check(self, k):
        """What can be read of it by now."""
        if p := self.packer(k):
            more = [] if p.zdict is None else [p.zdict]
            d = zlib.decompressobj(widest(p.wbits), *more)
            return [said(d.decompress(p.out)), d.eof, ends(p.out, p.wbits) if d.eof else None]

    # decompressing by pieces

    def unpacker(self, k):
        return self.unpackers[k] if k < len(self.unpackers) else None

    def op_decompressobj(self, wbits, zdict):
        zdict = made(zdict)
        more = [] if zdict is None else [zdict]
        self.unpackers.append(zlib.decompressobj(wbits, *more))

    def after(self, d, out):
        return [said(out), d.eof, said(d.unused_data), said(d.unconsumed_tail)]

    def op_d_decompress(self, k, data, most=0):
        if d := self.unpacker(k):
            return self.after(d, d.decompress(made(data), most))

    def op_d_rest(self, k, most=0):
        """The unconsumed tail, handed in again."""
        if d := self.unpacker(k):
            return self.after(d, d.decompress(d.unconsumed_tail, most))

    def op_d_flush(self, k, length):
        if d := self.unpacker(k):
            return self.after(d, d.flush(length))

    def op_d_copy(self, k):
        if d := self.unpacker(k):
            self.unpackers.append(d.copy())

    def op_d_state(self, k):
        if d := self.unpacker(k):
            return self.after(d, b"")

    # chunks

    def op_compressed(self, data, size, level, wbits, mem_level, strategy, zdict):
        data, zdict = made(data), made(zdict)
        more = [] if zdict is None else [zdict]
        c = zlib.compressobj(level, zlib.DEFLATED, wbits, mem_level, strategy, *more)
        out = b"".join([*map(c.compress, split(data, size)), c.flush()])
        self.piece(out)
        return [ends(out, wbits), True]

    def op_decompressed(self, data, size, wbits, zdict, most=None):
        """All that stands before a fault, and the fault."""
        out, fault, _ = inflated(made(data), wbits, made(zdict), most)
        return [said(out), "limit" if isinstance(fault, Limit) else fault and str(fault)]


# ---- random cases ----

WBITS = [15, 15, 15, -15, 31, 9, 12, -9, -12, 25, 28, 14, 10]
READ_WBITS = [*WBITS, 0, 47, 40, 32, 8, -8, 24]
MODES = [zlib.Z_NO_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH,
         zlib.Z_SYNC_FLUSH, zlib.Z_BLOCK]
TOLD = (zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_FINISH)


def level_of(rng):
    return rng.choice([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])


def settings(rng, bad=0.04):
    """level, wbits, mem_level, strategy, zdict of a compressobj."""
    level, wbits = level_of(rng), rng.choice(WBITS)
    mem_level = rng.choice([8, 8, 8, 9, 1, 4]) if level else 8
    strategy = rng.choice([0, 0, 0, 1, 2, 3, 4])
    zdict = None
    if wbits < 16 and rng.random() < 0.3:
        zdict = t("words", rng.randrange(100), rng.choice([0, 5, 40, 300, 40000]))
    if rng.random() < bad:
        return rng.choice([[10, 15, 8, 0, None], [-2, 15, 8, 0, None], [6, 16, 8, 0, None],
                           [6, 7, 8, 0, None], [6, -16, 8, 0, None], [6, 0, 8, 0, None],
                           [6, 15, 10, 0, None], [6, 15, 8, 5, None], [6, 32, 8, 0, None],
                           [6, 31, 8, 0, t("words", 1, 9)], [6, -8, 8, 0, None],
                           [6, 15, 8, -1, None]])
    return [level, wbits, mem_level, strategy, zdict]


def packed(rng, data, wbits, zdict=None):
    """A stream of what CPython makes of data."""
    level = rng.choice([-1, 0, 1, 6, 9]) if len(data) < 300 else 9
    more = [] if zdict is None else [zdict]
    c = zlib.compressobj(level, zlib.DEFLATED, wbits, rng.choice([8, 9, 1]),
                         rng.choice([0, 0, 0, 2, 3, 4] if len(data) < 300 else [0]), *more)
    at = rng.randint(0, len(data))
    out = c.compress(data[:at])
    if rng.random() < 0.2:
        out += c.flush(rng.choice(MODES))
    return out + c.compress(data[at:]) + c.flush()


def stream(rng, wbits=None, zdict=None):
    """A stream, now and then with something behind it, or damaged."""
    wbits = wbits or rng.choice(WBITS)
    if rng.random() < 0.03:
        data = bytes(rng.choice([5000, 70000, 300000]))
    else:
        data = small(rng)
    out = packed(rng, data, wbits, zdict)
    if rng.random() < 0.15:
        out += rng.choice([b"\0", b"more", rng.randbytes(60), out])
    return damaged(rng, out) if rng.random() < 0.35 else out


def read_wbits(rng, wbits):
    """That of the stream, another that may read it, or any."""
    if rng.random() < 0.6:
        return wbits
    return rng.choice([0, 47, 15, 32, 14] if wbits > 0 else [-15, -15, -9]) \
        if rng.random() < 0.7 else rng.choice([*READ_WBITS, 7, 16, 48, -16, 23, -7])


def checksum_ops(rng):
    data = recipe(rng, 20000)
    name = rng.choice(["crc32", "adler32"])
    kind = rng.random()
    if kind < 0.3:
        return [[name, data]]
    if kind < 0.55:
        return [[name, data, rng.choice([0, 1, 0xffffffff, 0xdeadbeef, rng.getrandbits(32)])]]
    n = rng.choice([0, 1, 7, 65520, 65521, 65522, 2**31, 2**32, 2**63, 2**64 - 1,
                    rng.getrandbits(16), rng.getrandbits(40)])
    if name == "adler32":
        one, two = (rng.randrange(BASE) << 16 | rng.randrange(BASE) for _ in "ab")
    else:
        one, two = rng.getrandbits(32), rng.getrandbits(32)
    return [[name + "_combine", one, two, str(n)]]


def compress_ops(rng):
    level, wbits = level_of(rng), rng.choice(WBITS)
    if rng.random() < 0.05:
        level, wbits = rng.choice([(10, 15), (-2, 15), (6, 16), (6, 0), (6, 7), (6, 8),
                                   (6, -8), (6, 47), (6, 24)])
    return [["compress", recipe(rng, 20000 if level else 3000), level, wbits]]


def decompress_ops(rng):
    wbits = rng.choice(WBITS)
    data = stream(rng, wbits)
    by = read_wbits(rng, wbits)
    if rng.random() < 0.03:
        data = rng.randbytes(rng.randrange(40))
    op = ["decompress", b(data), by]
    if rng.random() < 0.4:
        n = len(inflated(data, 15 if by in (7, 16, 48, -16, 23, -7) else by)[0])
        op.append(max(0, rng.choice([n - 1, n, n, n + 1, n // 2, 0, 10**6])))
    return [op]


def packer_ops(rng):
    setting = settings(rng)
    ops, n, room = [["compressobj", *setting]], 1, 4000 if setting[0] == 0 else 30000
    for _ in range(rng.randint(1, 6)):
        k = rng.randrange(n)
        kind = rng.random()
        if kind < 0.55:
            data = recipe(rng, min(room, 20000))
            if data["t"][2] <= room:
                room -= data["t"][2]
                ops.append(["c_compress", k, data])
        elif kind < 0.85:
            mode = rng.choice(MODES) if rng.random() < 0.95 else rng.choice([6, 7, -1])
            ops.append(["c_flush", k, mode])
            if mode in TOLD:
                ops.append(["c_check", k])
        elif n < 3:
            ops.append(["c_copy", k])
            n += 1
    for k in range(n):
        ops += [["c_flush", k, zlib.Z_FINISH], ["c_check", k]]
        if rng.random() < 0.08:
            ops.append(rng.choice([["c_compress", k, b(b"x")], ["c_flush", k, 4],
                                   ["c_copy", k], ["c_flush", k, 0]]))
    return ops


def unpacker_ops(rng):
    wbits = rng.choice(WBITS)
    zdict = None
    if wbits < 16 and rng.random() < 0.25:
        zdict = t("words", rng.randrange(100), rng.choice([1, 5, 40, 300, 40000]))
    data = stream(rng, wbits, made(zdict))
    if rng.random() < 0.06:
        zdict = rng.choice([None, t("words", 7, 30)])
    ops, n = [["decompressobj", read_wbits(rng, wbits), zdict]], 1
    size = rng.choice([1, 2, 7, 20, len(data) + 1, len(data) + 1, 100])
    chunks = split(data, size)
    if len(chunks) > 14:
        chunks = [*chunks[:13], b"".join(chunks[13:])]
    for chunk in chunks:
        k = rng.randrange(n)
        most = rng.choice([0, 0, 1, 5, 50, 1000, 2**62])
        ops.append(["d_decompress", k, b(chunk), *([most] if most else [])])
        while rng.random() < (0.6 if most else 0.05):
            ops.append(["d_rest", k, rng.choice([0, 1, 10, 100])])
        if n < 3 and rng.random() < 0.06:
            ops.append(["d_copy", k])
            n += 1
        if rng.random() < 0.04:
            ops.append(["d_flush", k, rng.choice([1, 16384, 0])])
    for k in range(n):
        if rng.random() < 0.5:
            ops.append(["d_flush", k, rng.choice([1, 10, 16384, 16384, 100000])])
        if rng.random() < 0.1:
            ops.append(rng.choice([["d_decompress", k, b(b"more")], ["d_copy", k],
                                   ["d_flush", k, 5]]))
    return ops


def chunk_ops(rng):
    size = rng.choice([1, 5, 64, 1000, 10**6])
    if rng.random() < 0.4:
        level, *rest = settings(rng, 0)
        data = recipe(rng, 20000 if level else 3000)
        return [["compressed", data, max(size, data["t"][2] // 500 + 1), level, *rest]]
    wbits = rng.choice(WBITS)
    zdict = None
    if wbits < 16 and rng.random() < 0.2:
        zdict = t("words", rng.randrange(100), 300)
    data = stream(rng, wbits, made(zdict))
    by = rng.choice([wbits, wbits, wbits, 47 if wbits > 0 else -15])
    op = ["decompressed", b(data), size, by, zdict]
    if rng.random() < 0.4:
        n = len(inflated(data, by, made(zdict))[0])
        op.append(max(0, rng.choice([n - 1, n, n + 1, n // 2, 0])))
    return [op]


COMPRESS = {"compress", "c_compress", "c_flush", "compressed"}


def signed(case):
    return with_sign(Module, COMPRESS, case)


def random_case(rng):
    [ops] = rng.choices([checksum_ops, compress_ops, decompress_ops, packer_ops, unpacker_ops,
                         chunk_ops], [10, 10, 25, 17, 28, 10])
    return signed({"m": "zlib", "ops": ops(rng)})


# ---- by hand ----

TEXT = t("words", 3, 2000)
FOO = bytes.fromhex("789c4bcbcf070002820145")
HELLO = zlib.compress(b"hello " * 20)
BOMB = zlib.compress(bytes(10**6), 9)
EDGES = [
    {"ops": [["crc32", b(b"")], ["crc32", b(b""), 432], ["adler32", b(b"")],
             ["adler32", b(b""), 0], ["adler32", b(b""), 432],
             ["adler32", b(b"abc"), 2**32 - 1], ["crc32", b(b"penguin"), 1],
             ["adler32", t("same", 255, 6000)],
             ["adler32", t("same", 255, 5552), 0xfff0fff0], ["crc32", t("noise", 5, 200000)],
             ["adler32", t("noise", 5, 200000)]]},
    *({"ops": [[name, t("noise", n, n), 12345] for n in range(start, start + 40)]}
      for name in ("crc32", "adler32") for start in (0, 40, 80, 120, 240, 1000)),
    {"ops": [["crc32_combine", 1, 2, str(n)] for n in (0, 1, 2**32 - 1, 2**64 - 1)] +
            [["adler32_combine", 1, 1, str(n)] for n in (0, 1, BASE, 2**64 - 1)]},
    *(signed({"ops": [["compress", TEXT, level, wbits] for level in range(-2, 11)]})
      for wbits in (15, -15, 31, 9, -9, 8, -8, 24, 16, 0, 32)),
    # where zlib's own bound of what comes of data is too low
    *(signed({"ops": [["compress", t("noise", n, n), 0, wbits] for n in range(40)]})
      for wbits in (9, 10, 12, -9, -14, 25)),
    *(signed({"ops": [op for level in range(-1, 10) for op in (
        ["compressobj", level, 15, 8, strategy, None], ["c_compress", level + 1, TEXT],
        ["c_flush", level + 1, 4], ["c_check", level + 1])]}) for strategy in range(5)),
    *(signed({"ops": [["compressobj", 6, 15, 8, 0, None], ["c_compress", 0, TEXT],
                         ["c_flush", 0, mode], ["c_compress", 0, TEXT], ["c_flush", 0, 4],
                         ["c_check", 0], ["c_compress", 0, TEXT], ["c_flush", 0, 4],
                         ["c_copy", 0], ["c_flush", 0, 0]]}) for mode in range(-1, 8)),
    *({"ops": [["decompress", b(HELLO), wbits]]} for wbits in range(-17, 50)),
    *({"ops": [["decompress", b(FOO[:n]), 15], ["decompress", b(FOO[:n]), 15, 3],
               ["decompressobj", 15, None], ["d_decompress", 0, b(FOO[:n])],
               ["d_flush", 0, 1], ["d_decompress", 0, b(FOO[n:])], ["d_flush", 0, 9]]}
      for n in range(len(FOO) + 1)),
    *({"ops": [["decompress", b(data), wbits]]} for data, wbits in (
        (b"", 15), (b"x", 15), (b"\x78\x9d", 15), (b"\x79\x9c", 15), (b"\x88\x1c", 15),
        (b"\x1f\x8b\x07\0\0\0\0\0\0\0", 31), (b"\x1f\x8b\x08\xe0\0\0\0\0\0\0", 31),
        (b"\x1f\x8b\x08\x02\0\0\0\0\0\0\0\0", 31), (b"\x07", -15), (b"\x01\0\0\0\0", -15),
        (b"\x01\0\0\xff\xff", -15), (b"\x01\x03\0\xfc\xffabc", -15), (b"\x63\0\0", -15),
        (b"\x04\xe0\x81\x08\0\0\0\0\x20\x7f\xeb\x0b\0\0", -15), (b"\xfc\xff\xff", -15),
        (b"\x04\0\xfe\xff", -15), (b"\x04\0\x24\x49\0", -15), (b"\x04\0\x24\xe9\xff\xff", -15),
        (b"\x04\0\x24\xe9\xff\x6d", -15), (b"\x04\x80\x49\x92\x24\x49\x92\x24\x0f\xb4\xff\xff"
                                           b"\xc3\x84", -15),
        (b"\x02\x7e\xff\xff", -15), (b"\x0c\xc0\x81\0\0\0\0\0\x90\xff\x6b\x04\0", -15),
        (b"\x06\0", -15), (b"\x62\x18\x05\x40\x0c\0", -15))),
    {"ops": [["decompress", b(BOMB), 15, 10**6 + most] for most in (0, -1, 1, -10**6)]},
    {"ops": [["decompressobj", 15, None], ["d_decompress", 0, b(BOMB + b"rest"), 1000],
             ["d_copy", 0], *(["d_rest", 1, 333] for _ in range(5)), ["d_flush", 0, 1],
             ["d_flush", 1, 10**6], ["d_state", 0], ["d_state", 1]]},
    *({"ops": [["decompressobj", 15, None], *(["d_decompress", 0, b(part), *most] for part in
                                              split(FOO + b"0123456789", size)),
               ["d_flush", 0, 16384], ["d_decompress", 0, b(b"x")], ["d_copy", 0]]}
      for size in (1, 2, len(FOO), 100) for most in ([], [1], [1000])),
    {"ops": [["decompressobj", 15, None], ["d_flush", 0, 1], ["d_flush", 0, 0],
             ["d_decompress", 0, b(b"")], ["d_decompress", 0, b(HELLO), 1], ["d_rest", 0],
             ["d_flush", 0, 1]]},
    *({"ops": [["decompressobj", wbits, None]]} for wbits in (-16, -7, 7, 16, 23, 48, -8, 8)),
    *({"ops": [["decompressed", b(BOMB), 10, 15, None, most]]} for most in (0, 999999, 10**6)),
]

DIFFERS = [
    ("compressed bytes, with another version of zlib", "zlib's own: asked is whether they are "
     "those of CPython's zlib if that is the same, and else whether they can be read"),
    ("memLevel 0", "8 in pila, as one that is not said; ValueError in CPython"),
    ("a max_length or a length below 0", "ValueError in CPython; a size_t cannot say so"),
    ("`crc32_combine`, `adler32_combine`", "of 3.15: the oracle is their arithmetic"),
    ("a stream that is longer than `most`", "PILA_ELIMIT; CPython has no such cap"),
]
