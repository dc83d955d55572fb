"""CPython for bench_gzip.c: gzip_cpython.py WHAT FILE."""

import gzip
import io
import sys
import zlib

from rounds import rounds


def read(name):
    crc = 0
    with gzip.open(name) as f:
        while data := f.read1(1 << 16):
            crc = zlib.crc32(data, crc)
    return crc


def write(data):
    out = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, out, 0) as f:
        f.write(data)
    return out.getvalue()


def main(what, name):
    with open(name, "rb") as f:
        data = f.read()
    if what == "read":
        rounds(lambda _: read(name))
    elif what == "once":
        rounds(lambda _: gzip.decompress(data), check=zlib.crc32)
    else:
        rounds(lambda _: write(data), check=lambda packed: zlib.crc32(gzip.decompress(packed)))


main(*sys.argv[1:])
