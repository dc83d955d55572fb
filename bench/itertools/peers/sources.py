"""CPython's range for bench_sources.c: sources.py for|sum N."""

import sys

from rounds import rounds


def by_item(n):
    total = 0
    for item in range(n):
        total += item
    return total


def main(how, n):
    n = int(n)
    if how == "for":
        rounds(lambda _: by_item(n))
    else:
        rounds(lambda _: sum(range(n)))


main(*sys.argv[1:])
