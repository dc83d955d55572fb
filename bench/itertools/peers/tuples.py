"""CPython's itertools for bench_combinatorics.c: tuples.py OPERATION N R.

Of each result the first item and the last are added up, of a subset its length too.
"""

import itertools
import sys

from rounds import rounds


def ends(results):
    total = 0
    for t in results:
        total += t[0] + t[-1]
    return total


def subsets(n):
    total = 0
    pool = list(range(n))
    for t in itertools.chain.from_iterable(
        itertools.combinations(pool, r) for r in range(n + 1)
    ):
        total += len(t)
        if t:
            total += t[-1]
    return total


WAYS = {
    "product": lambda n, r: ends(itertools.product(range(n), repeat=r)),
    "permutations": lambda n, r: ends(itertools.permutations(range(n), r)),
    "combinations": lambda n, r: ends(itertools.combinations(range(n), r)),
    "again": lambda n, r: ends(itertools.combinations_with_replacement(range(n), r)),
    "powerset": lambda n, r: subsets(n),
}


def main(operation, n, r):
    rounds(lambda _: WAYS[operation](int(n), int(r)))


main(*sys.argv[1:])
