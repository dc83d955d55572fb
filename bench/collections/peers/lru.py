"""CPython's OrderedDict for bench_ordereddict.c: lru.py MOST N FILE.

FILE holds N keys as int64. A cache of MOST keys that has seen them all already sees them
again.
"""

import array
import collections
import sys

from rounds import rounds


def use(made, most, keys):
    total = 0
    move_to_end, popitem = made.move_to_end, made.popitem
    for place, key in enumerate(keys):
        if key in made:
            total += made[key]
            move_to_end(key)
        else:
            total += 1
            if len(made) == most:
                popitem(last=False)
            made[key] = place
    return total


def main(most, n, path):
    keys, most = array.array("q"), int(most)
    with open(path, "rb") as f:
        keys.fromfile(f, int(n))
    keys = keys.tolist()
    made = collections.OrderedDict()
    use(made, most, keys)
    rounds(lambda given: use(given, most, keys), prepare=made.copy)


main(*sys.argv[1:])
