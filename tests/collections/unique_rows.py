"""Print unique_rows.h: the rows of test_unique.c that CPython decides.

    python3 unique_rows.py > unique_rows.h

The recipes unique_everseen and unique of the itertools page, with what each pull takes
from the source (.), which keys it makes (k) and what it yields; a key is a tenth of an
item. `unique` reads its source when it is called.
"""

import random
from itertools import filterfalse, groupby

log = []


def source(items):
    for x in items:
        log.append(".")
        yield x


def key(x):
    log.append(f"k{x}")
    return x // 10


def unique_everseen(iterable, key=None):
    seen = set()
    if key is None:
        for element in filterfalse(seen.__contains__, iterable):
            seen.add(element)
            yield element
    else:
        for element in iterable:
            k = key(element)
            if k not in seen:
                seen.add(k)
                yield element


def unique(iterable, key=None, reverse=False):
    made = sorted(iterable, key=key, reverse=reverse)
    if key is None:
        return (k for k, _ in groupby(made))
    return (next(group) for _, group in groupby(made, key))


def run(what, items, by, reverse):
    log.clear()
    f = key if by else None
    if what == "EVERSEEN":
        made = unique_everseen(source(items), f)
    else:
        made = unique(source(items), f, bool(reverse))
    for x in made:
        log.append(f">{x}")
    print(f'    {{{what}, "{" ".join(map(str, items))}", {by}, {reverse},')
    print(f'     "{" ".join(log)}"}},')


print("/* unique_rows.h - what CPython does; printed by unique_rows.py. */")
rng = random.Random(7)
for n in (0, 1, 2, 3, 6, 15, 40):
    for span in (4, 30, 100):
        items = [rng.randrange(span) for _ in range(n)]
        for by in (0, 1):
            run("EVERSEEN", items, by, 0)
            for reverse in (0, 1):
                run("UNIQUE", items, by, reverse)
