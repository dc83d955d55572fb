"""gzip: at once, readers and writers, and iterators of chunks."""
import gzip
import io
import struct
import zlib

from packed import (TRUNCATED, WORDS, Limit, Packing, b, damaged, inflated, made, recipe,
                    said, small, t, with_sign)

CUT = "Compressed file ended before the end-of-stream marker was reached"
FHCRC, FEXTRA, FNAME, FCOMMENT = 2, 4, 8, 16


class error(Exception):
    """zlib's or struct's, of a level or an mtime: the kind alone is promised."""


# ---- what a file holds: all that stands before a fault, and the fault ----


def name_of(data):
    """The name in a header that has been found to be right."""
    if not data[3] & FNAME:
        return b""
    at = 12 + struct.unpack_from("<H", data, 10)[0] if data[3] & FEXTRA else 10
    name = data[at:].partition(b"\0")[0]
    return name if len(name) < 256 else b""


def members(data):
    """[(header, what it holds)], and what is wrong behind that, if anything."""
    found, at = [], 0
    while True:
        while found and data[at:at + 1] == b"\0":
            at += 1
        fp = io.BytesIO(data[at:])
        try:
            if gzip._read_gzip_header(fp) is None:
                return found, None
        except (EOFError, gzip.BadGzipFile) as e:
            return found, e
        flags, mtime, xfl, os = struct.unpack_from("<BIBB", data, at + 3)
        header = [mtime, flags, xfl, os, name_of(data[at:])]
        out, fault, rest = inflated(data[at + fp.tell():], -15)
        found.append((header, out))
        if fault or len(rest) < 8:
            cut = not fault or str(fault) == TRUNCATED
            return found, EOFError(CUT) if cut else fault
        crc, size = struct.unpack_from("<II", rest)
        if crc != zlib.crc32(out):
            return found, gzip.BadGzipFile(
                f"CRC check failed {hex(crc)} != {hex(zlib.crc32(out))}")
        if size != len(out):
            return found, gzip.BadGzipFile("Incorrect length of data produced")
        at = len(data) - len(rest) + 8


class Faulty(io.BytesIO):
    """What stands before a fault, and then the fault: CPython's reader has less of it."""

    def __init__(self, data, fault):
        super().__init__(data)
        self.fault, self.size = fault, len(data)

    def read(self, n=-1):
        out = super().read(n)
        if n < 0 or (n and not out):
            raise self.fault
        return out

    def readline(self, n=-1):
        out = super().readline(n)
        if n and not out:
            raise self.fault
        return out

    def seek(self, offset, whence=0):
        if whence not in (0, 1, 2):
            raise ValueError
        if whence == 2:
            super().seek(0, 2)
            raise self.fault
        to = max(0, offset + (self.tell() if whence == 1 else 0))
        super().seek(min(to, self.size))
        if to > self.size:
            raise self.fault
        return to


def told(fault):
    """A fault as part of an answer."""
    return fault and [type(fault).__name__, str(fault)]


def ends(out, header=10):
    return out[:header] + out[-8:]


class Module(Packing):
    ERRORS = (gzip.BadGzipFile, EOFError, zlib.error)

    def open(self, request):
        super().open(request)
        self.writer = None
        self.op_reader(b"")

    # at once

    def op_compress(self, data, level, mtime):
        data = made(data)
        try:
            out = gzip.compress(data, level, mtime=mtime)
        except (zlib.error, struct.error) as e:
            raise error from e
        self.piece(out)
        return [ends(out), gzip.decompress(out) == data]

    def op_decompress(self, data, most=None):
        data = made(data)
        found, fault = members(data)
        if most is not None and sum(len(out) for _, out in found) > most:
            raise Limit
        return said(gzip.decompress(data))

    # chunks

    def op_compressed(self, data, size, level, mtime):
        data, out = made(data), io.BytesIO()
        with gzip.GzipFile("", "wb", level, out, mtime) as file:
            file.write(data)
        self.piece(out.getvalue())
        return [ends(out.getvalue()), True]

    def op_decompressed(self, data, size):
        found, fault = members(made(data))
        return [said(b"".join(out for _, out in found)), told(fault)]

    # reading

    def op_reader(self, data, size=0, ahead=False):
        """From memory, or `size` bytes at a time by a callback; ahead: by a thread."""
        data = made(data)
        self.found, self.fault = members(data)
        self.all = b"".join(out for _, out in self.found)
        if self.fault:
            self.reader = Faulty(self.all, self.fault)
        else:
            self.reader = gzip.GzipFile(fileobj=io.BytesIO(data))

    def op_r_read(self, n):
        return said(self.reader.read(n))

    def op_r_read1(self, n):
        """At least one byte, but at the end; and with the rest, n of them."""
        return said(self.reader.read(n))

    def op_r_peek(self):
        """The next byte; and the reader is where it was."""
        at = self.reader.tell()
        out = self.reader.read(1)
        self.reader.seek(at)
        return said(out)

    def op_r_readline(self, n):
        return said(self.reader.readline(n))

    def op_r_lines(self):
        """How many lines there are, up to the end or the fault."""
        rest = self.all[self.reader.tell():]
        self.reader.read(len(rest))
        return [len(rest.splitlines(True)) if b"\r" not in rest else len(
            io.BytesIO(rest).readlines()), told(self.fault)]

    def op_r_seek(self, offset, whence):
        return self.reader.seek(offset, whence)

    def op_r_tell(self):
        return self.reader.tell()

    def op_r_rewind(self):
        self.reader.seek(0)

    def op_r_header(self):
        """The next byte, and the header of the member that it is in."""
        at = self.reader.tell()
        if not self.reader.read(1):
            return None
        for header, out in self.found:
            if at < len(out):
                return header
            at -= len(out)

    def op_r_drain(self, how):
        """All that is left before the end or the fault, by one of several ways."""
        rest = self.all[self.reader.tell():]
        self.reader.read(len(rest))
        return [said(rest), told(self.fault)]

    # writing

    def op_writer(self, level, mtime, name, threads, blocks):
        self.out, self.threads, self.blocks = io.BytesIO(), threads, blocks
        self.held, self.head = b"", 10
        try:
            self.writer = gzip.GzipFile(name, "wb", level, self.out, mtime)
        except (ValueError, struct.error):
            self.writer = None
            raise error
        self.head = len(self.out.getvalue())

    def op_w_write(self, data):
        if self.writer:
            self.writer.write(made(data))

    def op_w_flush(self, full):
        if self.writer:
            self.writer.flush(zlib.Z_FULL_FLUSH if full else zlib.Z_SYNC_FLUSH)

    def op_w_seek(self, offset, whence):
        if self.writer:
            try:
                return self.writer.seek(offset, whence)
            except OSError as e:
                raise OSError from e

    def op_w_tell(self):
        if self.writer:
            return self.writer.tell()

    def op_w_check(self):
        """What can be read of it after a flush."""
        if self.writer:
            out = self.out.getvalue()
            return said(zlib.decompressobj(-15).decompress(out[self.head:]))

    def op_w_finish(self):
        """The header, the trailer, what it holds; the bytes, without threads."""
        if self.writer:
            self.writer.close()
            out = self.out.getvalue()
            if not self.threads:
                self.piece(out)
            tail = 0 if self.threads and self.blocks == 2 else 8
            return [out[:self.head] + out[len(out) - tail:], said(gzip.decompress(out))]


# ---- random cases ----

NAMES = ["", "a.txt", "dir/b.gz", "naïve.gz", "日本.gz", "x.gz.gz", ".gz", "a/b/", "gz", "c.GZ",
         "n" * 200 + ".gz", "a b/\xff"]


def level_of(rng):
    return rng.choice([-1, 0, 1, 2, 6, 9, 9])


def mtime_of(rng):
    return rng.choice([0, 0, 1, 42, 123456789, 2**31, 2**32 - 1])


def lines(rng, n):
    """Text that becomes small: some lines, again and again."""
    part = made(recipe(rng, 90)) + rng.choice([b"", b"\n", b"\r\n", b"\n\n"])
    return (part * (n // (len(part) + 1) + 1))[:n]


def member(rng, data):
    """With all that a header may have."""
    flags, fields = 0, b""
    if rng.random() < 0.4:
        flags = rng.choice([0, FNAME, FEXTRA, FCOMMENT, FHCRC, FNAME | FCOMMENT,
                            FEXTRA | FNAME | FHCRC, 31, 1, 0xe0])
    if flags & FEXTRA:
        extra = rng.randbytes(rng.choice([0, 5, 40]))
        fields += struct.pack("<H", len(extra)) + extra
    if flags & FNAME:
        fields += rng.choice([b"", b"name.txt", b"\xe9t\xe9", b"n" * 40]) + b"\0"
    if flags & FCOMMENT:
        fields += rng.choice([b"", b"a comment"]) + b"\0"
    if flags & FHCRC:
        fields += rng.randbytes(2)
    head = struct.pack("<HBBIBB", 0x8b1f, 8 if rng.random() < 0.98 else 7, flags,
                       mtime_of(rng), rng.choice([0, 2, 4]), rng.choice([255, 3, 0]))
    few = len(data) < 300
    c = zlib.compressobj(rng.choice([0, 1, 6, 9]) if few else 9, zlib.DEFLATED, -15,
                         strategy=rng.choice([0, 0, 0, 2, 4]) if few else 0)
    body = c.compress(data) + c.flush()
    trailer = struct.pack("<II", zlib.crc32(data), len(data))
    if rng.random() < 0.03:
        trailer = rng.choice([rng.randbytes(4) + trailer[4:], trailer[:4] + rng.randbytes(4)])
    return head + fields + body + trailer


def holding(rng):
    kind = rng.random()
    if kind < 0.04:
        return bytes(rng.choice([70000, 300000]))
    if kind < 0.15:
        return lines(rng, rng.choice([9000, 70000, 140000]))
    return small(rng, 300)


def stream(rng, whole=None):
    """Members, zeros, and now and then something else, or damage."""
    parts = []
    for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3])):
        parts.append(member(rng, holding(rng)))
        if rng.random() < 0.2:
            parts.append(bytes(rng.choice([1, 2, 50])))
    data = b"".join(parts)
    kind = rng.random()
    if whole or kind < 0.6:
        return data
    if kind < 0.7:
        return data + rng.choice([b"x", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08", b"garbage",
                                  b"\0\0x", rng.randbytes(9)])
    return damaged(rng, data)


def once_ops(rng):
    kind = rng.random()
    if kind < 0.3:
        level, mtime = level_of(rng), mtime_of(rng)
        if rng.random() < 0.05:
            level, mtime = rng.choice([(10, 0), (10, 1), (-2, 1), (6, 2**32), (6, 2**40)])
        return [["compress", recipe(rng, 20000 if level else 3000), level, mtime]]
    if kind < 0.4:
        level = rng.choice([-1, 1, 6, 9])
        data = recipe(rng)
        return [["compressed", data, rng.choice([1000, 7000, 10**6]), level, mtime_of(rng)]]
    data = stream(rng)
    if kind < 0.65:
        return [["decompressed", b(data), rng.choice([1, 2, 10, 1000, 10**6])
                 if len(data) < 3000 else 1000]]
    op = ["decompress", b(data)]
    if rng.random() < 0.4:
        n = sum(len(out) for _, out in members(data)[0])
        op.append(max(0, rng.choice([n, n, n - 1, n + 1, n // 2, 0])))
    return [op]


def reader_op(rng, n):
    return rng.choice([
        lambda: ["r_read", rng.choice([0, 1, 5, 10, 100, 8192, 40000])],
        lambda: ["r_read", rng.randint(0, n + 1)],
        lambda: ["r_read1", rng.choice([1, 5, 100, 8192, 50000])],
        lambda: ["r_peek"], lambda: ["r_tell"],
        lambda: ["r_readline", rng.choice([-1, -1, 0, 1, 7, 100])],
        lambda: ["r_readline", -1],
        lambda: ["r_seek", rng.randint(-5, n + 5), 0],
        lambda: ["r_seek", rng.choice([-20, -3, 0, 1, 9, 3000, -9000]), 1],
        lambda: ["r_seek", rng.choice([-20, -1, 0, 1, -n]), 2],
        lambda: ["r_seek", 0, rng.choice([0, 1, 3])],
        lambda: ["r_rewind"], lambda: ["r_header"]])()


def reader_ops(rng):
    data = stream(rng)
    ops = [["reader", b(data), rng.choice([0, 0, 1, 7, 500, 10**6]) if len(data) < 3000 else
            rng.choice([0, 1000]), rng.random() < 0.04]]
    n = sum(len(out) for _, out in members(data)[0])
    ops += [reader_op(rng, n) for _ in range(rng.randint(0, 8))]
    last = rng.choice([["r_drain", 0], ["r_drain", 1], ["r_drain", 2], ["r_drain", 3],
                       ["r_read", -1], ["r_read", -1], ["r_lines"]])
    ops.append(last)
    if rng.random() < 0.3:
        ops += [["r_tell"], ["r_rewind"], ["r_drain", rng.randrange(4)]]
    return ops


def writer_ops(rng):
    threads = rng.choice([1, 2, 4]) if rng.random() < 0.06 else 0
    level = rng.choice([1, 6, 9, -1, 9]) if rng.random() < 0.9 else 0
    mtime, name = mtime_of(rng), rng.choice(NAMES)
    if rng.random() < 0.03:
        level, mtime = rng.choice([(11, 0), (-2, 0), (6, 2**32)])
    ops = [["writer", level, mtime, name, threads, rng.randrange(3) if threads else 0]]
    room = 2000 if level == 0 else 300000 if threads else 30000
    for _ in range(rng.randint(0, 6)):
        kind = rng.random()
        if kind < 0.6:
            data = recipe(rng, min(20000 if not threads else 200000, room))
            if data["t"][2] <= room:
                room -= data["t"][2]
                ops.append(["w_write", data])
        elif kind < 0.8 and level:
            ops.append(["w_flush", rng.random() < 0.4])
            if not (threads and ops[0][5] == 2):
                ops.append(["w_check"])
        elif kind < 0.9:
            n = min(room, rng.choice([0, 1, 100, 1024, 1025, room // 3]))
            room -= n
            ops.append(["w_seek", n, 1])
        else:
            ops.append(rng.choice([["w_seek", -1, 1], ["w_seek", 0, 2], ["w_seek", 5, 0],
                                   ["w_tell"]]))
    return [*ops, ["w_tell"], ["w_finish"]]


COMPRESS = {"compress", "compressed", "w_finish"}


def signed(case):
    return with_sign(Module, COMPRESS, case)


def random_case(rng):
    [ops] = rng.choices([once_ops, reader_ops, writer_ops], [25, 50, 25])
    return signed({"m": "gzip", "ops": ops(rng)})


# ---- by hand ----

TEXT = b"".join(WORDS) * 3
ONE = gzip.compress(TEXT, mtime=123456789)
TWO = gzip.compress(b"second\nmember\n", 1, mtime=5)
NONE = gzip.compress(b"", mtime=7)
LONG = gzip.compress(bytes(70000) + b"\n" + b"ab\n" * 40000, mtime=1)
EXTRA = bytes.fromhex("1f8b0804b217635102ff05004578747261" "0b492d2e010032d14d7804000000")
FILES = [b"", ONE, ONE + TWO, ONE + bytes(50), ONE + bytes(3) + TWO + bytes(9), NONE,
         NONE + NONE + TWO, TWO + NONE, ONE + b"x", ONE + b"\0\0x", ONE + ONE[:5], EXTRA,
         TWO + EXTRA + ONE, bytes(5), bytes(5) + ONE, b"\x1f", b"\x1f\x8b\x07", b"\x1e\x8b",
         ONE[:-8] + bytes(8), ONE[:-4] + bytes(4), TEXT, LONG, LONG[:-9] + ONE, LONG[:-8]]


def drains(data):
    yield {"ops": [["decompress", b(data)]]}
    for size in (0, 1, 1000) if len(data) < 2000 else (0, 1000):
        for how in range(4):
            yield {"ops": [["reader", b(data), size, size == 1000], ["r_drain", how],
                           ["r_tell"], ["r_rewind"], ["r_lines"]]}
    yield {"ops": [["decompressed", b(data), max(1, len(data) // 200)]]}


EDGES = [
    *(case for data in FILES for case in drains(data)),
    *({"ops": [["decompress", b(TWO[:n])], ["reader", b(TWO[:n]), 0, False], ["r_read", -1]]}
      for n in range(len(TWO))),
    *({"ops": [["decompress", b(ONE + TWO), most]]} for most in
      (0, 1, len(TEXT), len(TEXT) + 13, len(TEXT) + 14, 10**9)),
    *({"ops": [["reader", b(LONG), 0, False], ["r_seek", *where], ["r_readline", -1],
               ["r_seek", *where], ["r_readline", 3], ["r_peek"], ["r_seek", -3, 1],
               ["r_read", 9], ["r_seek", 0, 2], ["r_read", 1], ["r_seek", 69990, 0],
               ["r_readline", -1]]}
      for where in ((0, 0), (70000, 0), (70001, 0), (100000, 0), (-4, 2), (-130000, 2),
                    (10**9, 0), (-5, 0))),
    *({"ops": [["reader", b(ONE + TWO + NONE + EXTRA), size, ahead], ["r_header"],
               ["r_read", len(TEXT) - 1], ["r_header"], ["r_read", 13], ["r_header"],
               ["r_seek", 0, 0], ["r_header"], ["r_seek", -2, 2], ["r_header"]]}
      for size in (0, 1, 1000) for ahead in (False, True)),
    *(signed({"ops": [["compress", t("words", 9, 3000), level, mtime]]})
      for level in range(-2, 11) for mtime in (0, 123456789)),
    *(signed({"ops": [["writer", level, 9, name, threads, blocks],
                         ["w_write", t("words", 4, n)], ["w_flush", False],
                         ["w_seek", 700, 1], ["w_write", t("words", 5, n)],
                         ["w_flush", True], ["w_tell"], ["w_finish"]]})
      for level, n in ((1, 200000), (9, 1000)) for name in NAMES[:6]
      for threads, blocks in ((0, 0), (2, 0), (3, 1), (2, 2))),
    signed({"ops": [["writer", 9, 0, "", 0, 0], ["w_tell"], ["w_finish"]]}),
]

DIFFERS = [
    ("compressed bytes", "as zlib's; of a writer with threads, whether they can be read"),
    ("what stands before a fault", "given by pila's reader, and then the fault; CPython drops "
     "the data that came with it"),
    ("how much `read1` and `peek` give", "what is ready, of 128 KiB; of 8 KiB in CPython"),
    ("names of more than 255 bytes", "left out of a header; written by CPython"),
    ("an mtime that is not given", "0 in pila, which asks no clock"),
    ("the header of `compress` with mtime 0", "as of 3.11 and 3.12, zlib's own"),
    ("`close` of what has been closed", "`pila_gzip_finish` is a ValueError then"),
]
