"""CPython's bisect for bench_bisect.c: bisect_cpython.py search|insort N M FILE.

FILE holds N items and, for a search, M needles behind them, as int64.
"""

import array
import bisect
import sys

from rounds import rounds


def search(items, needles):
    total, find = 0, bisect.bisect_left
    for x in needles:
        total += find(items, x)
    return total


def insort(items):
    row, put = [], bisect.insort
    for x in items:
        put(row, x)
    return row


def ordered(items):
    return sum(place * item for place, item in enumerate(items, 1)) % 2**64


def main(operation, n, m, path):
    n, m, numbers = int(n), int(m), array.array("q")
    with open(path, "rb") as f:
        numbers.fromfile(f, n + m)
    numbers = numbers.tolist()
    if operation == "search":
        items, needles = numbers[:n], numbers[n:]
        rounds(lambda _: search(items, needles))
    else:
        rounds(lambda _: insort(numbers), check=ordered)


main(*sys.argv[1:])
