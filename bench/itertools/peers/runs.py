"""CPython's itertools for bench_runs.c: runs.py OPERATION N."""

import collections
import itertools
import operator
import sys

from rounds import rounds


def sliding_window(iterable, n):
    iterator = iter(iterable)
    window = collections.deque(itertools.islice(iterator, n - 1), maxlen=n)
    for x in iterator:
        window.append(x)
        yield tuple(window)


def batched(iterable, n):
    iterator = iter(iterable)
    while batch := tuple(itertools.islice(iterator, n)):
        yield batch


def pairwise(data):
    return sum(itertools.starmap(operator.mul, itertools.pairwise(data)))


def sliding(data):
    return sum(w[0] * w[3] for w in sliding_window(data, 4))


def batches(data):
    return sum(map(operator.itemgetter(0), batched(data, 8)))


def sums(data):
    return sum(itertools.accumulate(data))


def most(data):
    return sum(itertools.accumulate(data, max))


def groups(data):
    return sum(key * sum(group) for key, group in itertools.groupby(data))


def tens(data):
    return sum(key * sum(group) for key, group in itertools.groupby(data, lambda x: x // 10))


def keys(data):
    return sum(map(operator.itemgetter(0), itertools.groupby(data)))


def justseen(data):
    return sum(map(next, map(operator.itemgetter(1), itertools.groupby(data))))


def counts(data):
    return sum(key * len(list(group)) ** 2 for key, group in itertools.groupby(data))


def lines(data):
    return sum(len(key) * len(list(group)) ** 2 for key, group in itertools.groupby(data))


def main(operation, n):
    data = [x // 4 for x in range(int(n))]
    if operation == "lines":
        data = [f"{x:020}" for x in data]
    run = globals()[operation]
    rounds(lambda _: run(data))


main(*sys.argv[1:])
