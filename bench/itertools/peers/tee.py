"""CPython's itertools for bench_tee.c: tee.py OPERATION N."""

import itertools
import operator
import sys

from rounds import rounds


def even(x):
    return x % 2 == 0


def together(data):
    a, b = itertools.tee(data)
    return sum(map(operator.mul, a, b))


def apart(data):
    a, b = itertools.tee(data)
    return sum(a) + 2 * sum(b)


def lines(data):
    a, b = itertools.tee(data)
    return sum(map(len, a)) + 2 * sum(map(len, b))


def cycle(data):
    return sum(itertools.islice(itertools.cycle(data[: len(data) // 10]), len(data)))


def ncycles(data):
    part = data[: len(data) // 10]
    return sum(itertools.chain.from_iterable(itertools.repeat(tuple(part), 10)))


def partition(data):
    a, b = itertools.tee(data)
    return sum(itertools.filterfalse(even, a)) + 2 * sum(filter(even, b))


def prepend(data):
    return sum(itertools.chain([7], data))


def main(operation, n):
    data = list(range(int(n)))
    if operation == "lines":
        data = [f"{x:020}" for x in data]
    run = globals()[operation]
    rounds(lambda _: run(data))


main(*sys.argv[1:])
