"""CPython's functools.reduce for bench_functools.c: fold.py N."""

import functools
import sys

from rounds import rounds

data = [(k * 7919) % 1000 for k in range(int(sys.argv[1]))]


def step(acc, x):
    return (acc ^ x) + 1


rounds(lambda _: functools.reduce(step, data, 0))
