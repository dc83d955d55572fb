"""CPython for bench_value.c: value_cpython.py WHAT N."""

import copy
import sys

from rounds import rounds


def record(k):
    return {"id": k, "name": f"user{k}", "score": k / 4, "tags": [f"a{k % 100}", "b"],
            "ok": True}


def records(n):
    return [record(k) for k in range(n)]


def fill(names):
    made = {}
    for k, name in enumerate(names):
        made[name] = k
    return made


def look_up(index, names):
    total = 0
    for name in names:
        total += index[name]
    return total


def gather(n):
    made = set()
    for k in range(n):
        made.add((k // 2, (k // 2, "b")))
    return len(made)


def main(what, n):
    n = int(n)
    items, same = records(n), records(n)
    names, others = [f"user{k}" for k in range(n)], [f"user{k}" for k in range(n)]
    run = {
        "build": lambda _: len(records(n)),
        "fill": lambda _: len(fill(names)),
        "look up": lambda index: look_up(index, others),
        "tuples in a set": lambda _: gather(n),
        "equal": lambda _: int(items == same),
        "repr": lambda _: len(repr(items)),
        "copy": lambda _: len(copy.deepcopy(items)),
    }[what]
    rounds(run, prepare=(lambda: fill(names)) if what == "look up" else None)


main(*sys.argv[1:])
