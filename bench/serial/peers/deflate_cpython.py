"""CPython for bench_zlib.c: deflate_cpython.py WHAT LEVEL PIECE FILE."""

import sys
import zlib

from rounds import rounds


def compress_pieces(data, level, piece):
    c = zlib.compressobj(level)
    made = [c.compress(data[k : k + piece]) for k in range(0, len(data), piece)]
    return b"".join(made) + c.flush()


def decompress_pieces(packed, piece):
    d = zlib.decompressobj()
    return sum(len(d.decompress(packed[k : k + piece])) for k in range(0, len(packed), piece))


def main(what, level, piece, name):
    level, piece = int(level), int(piece)
    with open(name, "rb") as f:
        data = f.read()
    packed = zlib.compress(data, level)
    if what == "compress":
        make = (lambda _: zlib.compress(data, level)) if not piece else (
            lambda _: compress_pieces(data, level, piece)
        )
        rounds(make, check=lambda made: zlib.crc32(zlib.decompress(made)))
    elif piece:
        rounds(lambda _: decompress_pieces(packed, piece))
    else:
        rounds(lambda _: len(zlib.decompress(packed)))


main(*sys.argv[1:])
