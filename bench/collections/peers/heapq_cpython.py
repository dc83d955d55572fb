"""CPython's heapq for bench_heapq.c: heapq_cpython.py push_pop|nlargest|merge N K FILE."""

import array
import heapq
import sys

from rounds import rounds


def push_pop(items, k):
    heap, out = [], []
    push, pop = heapq.heappush, heapq.heappop
    for x in items:
        push(heap, x)
    while heap:
        out.append(pop(heap))
    return out


def nlargest(items, k):
    return heapq.nlargest(k, items)


def merge(items, ways):
    n = len(items) // ways
    out = []
    for x in heapq.merge(*(items[n * k:n * (k + 1)] for k in range(ways))):
        out.append(x)
    return out


def ordered(items):
    return sum(place * item for place, item in enumerate(items, 1)) % 2**64


def main(operation, n, k, path):
    items = array.array("q")
    with open(path, "rb") as f:
        items.fromfile(f, int(n))
    items = items.tolist()
    run = {"push_pop": push_pop, "nlargest": nlargest, "merge": merge}[operation]
    rounds(lambda _: run(items, int(k)), check=ordered)


main(*sys.argv[1:])
