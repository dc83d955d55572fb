"""CPython's itertools for bench_adaptors.c: adaptors.py OPERATION N."""

import itertools
import operator
import sys

from rounds import rounds


def enumerated(n):
    return sum(itertools.starmap(operator.mul, enumerate(range(n), 1)))


def chained(n):
    return sum(itertools.chain(range(n // 2), range(n // 2, n)))


def middle(n):
    return sum(itertools.islice(range(n), n // 10, n - n // 10))


def thirds(n):
    return sum(itertools.islice(range(n), 0, None, 3))


def main(operation, n):
    named = {"enumerate": enumerated, "chain": chained}
    named |= {"slice": middle, "thirds": thirds}
    rounds(lambda _: named[operation](int(n)))


main(*sys.argv[1:])
