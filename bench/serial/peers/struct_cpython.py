"""CPython's struct: records of 14 bytes. See bench_struct.c.

usage: struct_cpython.py pack|unpack|sum FORMAT N
"""

import pathlib
import struct
import sys
from collections import deque

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from rounds import rounds

what, fmt, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = struct.Struct(fmt)
records = [(k, k % 65536, k / 2) for k in range(n)]
data = b"".join(s.pack(*r) for r in records)


def unpack(_):
    deque(s.iter_unpack(data), 0)
    return 0


def sum_values(_):
    return int(sum(r[2] for r in s.iter_unpack(data)))


if what == "pack":
    whole = struct.Struct(fmt[0] + fmt[1:] * n)
    flat = [x for r in records for x in r]
    rounds(lambda _: whole.pack(*flat), check=sum)
elif what == "unpack":
    rounds(unpack, check=lambda _: sum(a + b + int(2 * c) for a, b, c in records))
else:
    rounds(sum_values)
