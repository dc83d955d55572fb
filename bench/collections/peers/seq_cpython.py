"""CPython for bench_sorted.c and bench_unique.c: seq_cpython.py WHAT N FILE.

WHAT is sorted or reversed, or a recipe of the itertools page: everseen, unique.
"""

import array
import sys
from itertools import filterfalse, groupby
from operator import itemgetter

from rounds import rounds


def everseen(iterable):
    seen = set()
    for element in filterfalse(seen.__contains__, iterable):
        seen.add(element)
        yield element


WORK = {
    "sorted": sorted,
    "reversed": lambda items: list(reversed(list(items))),
    "everseen": lambda items: list(everseen(items)),
    "unique": lambda items: list(map(itemgetter(0), groupby(sorted(items)))),
}


def ordered(items):
    return sum(place * item for place, item in enumerate(items, 1)) % 2**64


def main(what, n, path):
    items = array.array("q")
    with open(path, "rb") as f:
        items.fromfile(f, int(n))
    items = items.tolist()
    rounds(lambda _: WORK[what](items), check=ordered)


main(*sys.argv[1:])
