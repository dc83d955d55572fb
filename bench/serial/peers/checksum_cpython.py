"""CPython for bench_checksum.c: checksum_cpython.py crc32|adler32 FILE."""

import sys
import zlib

from rounds import rounds


def main(what, name):
    with open(name, "rb") as f:
        data = f.read()
    function = getattr(zlib, what)
    rounds(lambda _: function(data))


main(*sys.argv[1:])
