"""CPython for bench_base64.c and bench_binascii.c: base64_cpython.py FUNCTION FILE."""

import base64
import binascii
import sys

from rounds import rounds


def main(name, path):
    with open(path, "rb") as f:
        data = f.read()
    f = getattr(base64, name, None) or getattr(binascii, name)
    if name == "crc_hqx":
        rounds(lambda _: f(data, 0))
    else:
        rounds(lambda _: f(data), check=len)


main(*sys.argv[1:])
