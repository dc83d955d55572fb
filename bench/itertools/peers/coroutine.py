"""CPython's generators for bench_generator.c: coroutine.py OPERATION N."""

import sys

from rounds import rounds

LEVELS, FEW = 100, 3


def count(n):
    for k in range(n):
        yield k


def numbers(n):
    total = 0
    for x in count(n):
        total += x
    return total


def echo():
    item = 0
    while True:
        item = (yield item) + 1


def dialogue(n):
    g, total = echo(), 0
    next(g)
    send = g.send
    for k in range(n):
        total += send(k)
    return total


def from_below(n, above):
    if above:
        yield from from_below(n, above - 1)
    else:
        yield from count(n)


def levels(n):
    total = 0
    for x in from_below(n, LEVELS):
        total += x
    return total


def few(n):
    total = 0
    for _ in range(n):
        for x in count(FEW):
            total += x
    return total


work = {f.__name__: f for f in (numbers, dialogue, levels, few)}[sys.argv[1]]
size = int(sys.argv[2])
rounds(lambda _: work(size))
