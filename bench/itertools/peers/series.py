"""CPython's itertools for bench_zip, bench_select and bench_sources.

    series.py OPERATION for|sum N

`for` adds up in a loop, `sum` by the built-in where that is the same work.
"""

import itertools
import operator
import sys

from rounds import rounds


def roundrobin(*iterables):
    iterators = map(iter, iterables)
    for num_active in range(len(iterables), 0, -1):
        iterators = itertools.cycle(itertools.islice(iterators, num_active))
        yield from map(next, iterators)


def grouper(iterable, n):
    return zip(*[iter(iterable)] * n, strict=True)


def counted_to(n):
    """A function that makes 0, 1, ... and then n for ever."""
    following = 0

    def make():
        nonlocal following
        made = following
        following += made < n
        return made

    return make


def products(rows):
    return itertools.starmap(operator.mul, rows)


def by_item(made):
    total = 0
    for item in made:
        total += item
    return total


def made(operation, n, items, flags):
    limit = n // 10 * 9
    return {
        "zip": lambda: products(zip(range(n), range(n))),
        "longest": lambda: products(
            itertools.zip_longest(range(n), range(n // 2), fillvalue=1)),
        "starmap": lambda: map(operator.mul, range(n), range(n)),
        "robin": lambda: roundrobin(*[range(n // 3)] * 3),
        "grouper": lambda: products(grouper(range(n), 2)),
        "takewhile": lambda: itertools.takewhile(lambda x: x < limit, range(n)),
        "dropwhile": lambda: itertools.dropwhile(lambda x: x < limit, range(n)),
        "filterfalse": lambda: itertools.filterfalse(lambda x: x % 3 == 0, range(n)),
        "compress": lambda: itertools.compress(items, flags),
        "range": lambda: range(n),
        "count": lambda: itertools.islice(itertools.count(1, 2), n),
        "count_f64": lambda: itertools.islice(itertools.count(0.0, 0.5), n),
        "repeat": lambda: itertools.repeat(7, n),
        "reversed": lambda: reversed(items),
        "from_fn": lambda: iter(counted_to(n), n),
    }[operation]


def main(operation, how, n):
    n = int(n)
    items = list(range(n))
    make = made(operation, n, items, [x % 3 == 0 for x in items])
    add = by_item if how == "for" else sum
    rounds(lambda _: int(add(make())))


main(*sys.argv[1:])
