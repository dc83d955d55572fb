"""CPython's pickletools for bench_pickletools.c: pickletools_cpython.py OPERATION FILE."""

import io
import pickletools
import sys
import zlib

from rounds import rounds


def dis(_):
    out = io.StringIO()
    pickletools.dis(data, out)
    return out


def genops(_):
    return sum(pos * ord(op.code) for op, arg, pos in pickletools.genops(data))


operation, path = sys.argv[1:]
with open(path, "rb") as f:
    data = f.read()
if operation == "dis":
    rounds(dis, check=lambda out: zlib.adler32(out.getvalue().encode()))
elif operation == "genops":
    rounds(genops)
else:
    rounds(lambda _: pickletools.optimize(data), check=zlib.adler32)
