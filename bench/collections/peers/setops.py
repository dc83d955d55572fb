"""CPython's set for bench_set.c: setops.py OPERATION FILE N M.

FILE holds the elements of two sets, N and then M int64.
"""

import array
import operator
import sys

from rounds import rounds

EACH = 1 << 48


def numbers(path, n, m):
    found = array.array("q")
    with open(path, "rb") as f:
        found.fromfile(f, n + m)
    return set(found[:n].tolist()), set(found[n:].tolist())


def sums(made):
    return sum(made) + EACH * len(made)


def main(operation, path, n, m):
    a, b = numbers(path, int(n), int(m))
    if operation == "issubset":
        rounds(lambda _: int(a <= b))
    else:
        op = {
            "union": operator.or_,
            "intersection": operator.and_,
            "difference": operator.sub,
            "symmetric difference": operator.xor,
        }[operation]
        rounds(lambda _: op(a, b), check=sums)


main(*sys.argv[1:])
