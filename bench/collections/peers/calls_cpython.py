"""CPython's functools.lru_cache for bench_lru_cache.c: calls_cpython.py MOST N FILE.

MOST 0 is no bound. The cache has seen the keys once before the clock runs.
"""

import array
import functools
import sys

from rounds import rounds


def main(most, n, path):
    keys = array.array("q")
    with open(path, "rb") as f:
        keys.fromfile(f, int(n))
    keys = keys.tolist()

    @functools.lru_cache(int(most) or None)
    def next_of(key):
        return key + 1

    def use(_):
        total = 0
        for key in keys:
            total += next_of(key)
        return total

    use(None)
    rounds(use)


main(*sys.argv[1:])
