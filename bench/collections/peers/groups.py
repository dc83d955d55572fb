"""CPython's defaultdict for bench_defaultdict.c: groups.py OPERATION N FILE.

FILE holds N keys as int64.
"""

import array
import collections
import sys

from rounds import rounds


def count(keys):
    made = collections.defaultdict(int)
    for key in keys:
        made[key] += 1
    return made


def counted(made):
    return sum(key * times * times for key, times in made.items())


def group(keys):
    made = collections.defaultdict(list)
    for place, key in enumerate(keys):
        made[key].append(place)
    return made


def grouped(made):
    return sum(key * len(places) * places[-1] for key, places in made.items())


def main(operation, n, path):
    keys = array.array("q")
    with open(path, "rb") as f:
        keys.fromfile(f, int(n))
    keys = keys.tolist()
    if operation == "count":
        rounds(lambda _: count(keys), check=counted)
    else:
        rounds(lambda _: group(keys), check=grouped)


main(*sys.argv[1:])
