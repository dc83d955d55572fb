"""CPython's dict for bench_dict.c: intmap.py OPERATION FILE N.

FILE holds four arrays of N int64: the keys, the keys shuffled, keys that are absent,
and the keys in another order.
"""

import array
import sys

from rounds import rounds


def numbers(path, n):
    found = array.array("q")
    with open(path, "rb") as f:
        found.fromfile(f, 4 * n)
    return [found[k * n : (k + 1) * n].tolist() for k in range(4)]


def insert(keys):
    made = {}
    for value, key in enumerate(keys):
        made[key] = value
    return made


def sums(made):
    return sum(made) + sum(made.values())


def erase(made, keys):
    for key in keys:
        del made[key]
    return len(keys)


def main(operation, path, n):
    keys, hits, misses, order = numbers(path, int(n))
    made = insert(keys)
    if operation == "insert":
        rounds(lambda _: insert(keys), check=sums)
    elif operation == "hit":
        rounds(lambda _: sum(map(made.__getitem__, hits)))
    elif operation == "miss":
        rounds(lambda _: sum(1 for key in misses if key in made))
    elif operation == "iterate":
        rounds(lambda _: sums(made))
    else:
        rounds(lambda given: erase(given, order), prepare=lambda: dict(made))


main(*sys.argv[1:])
