"""CPython's deque for bench_deque.c: queue.py OPERATION N HELD [FILE].

N operations on a deque of HELD items; FILE holds N places as int64, for index.
"""

import array
import collections
import sys

from rounds import rounds


def push(n):
    made = collections.deque()
    append = made.append
    for item in range(n):
        append(item)
    return made


def weighed(made):
    return sum(place * item for place, item in enumerate(made, 1))


def fifo(made, n):
    popleft, append, total = made.popleft, made.append, 0
    for _ in range(n):
        item = popleft()
        total += item
        append(item + 1)
    return total


def rotate(made, n):
    turn, total = made.rotate, 0
    for _ in range(n):
        turn(7)
        total += made[0]
    return total


def places(path, n):
    found = array.array("q")
    with open(path, "rb") as f:
        found.fromfile(f, n)
    return found.tolist()


def main(operation, n, held, path=None):
    n, made = int(n), collections.deque(range(int(held)))
    if operation == "push":
        rounds(lambda _: push(n), check=weighed)
    elif operation == "fifo":
        rounds(lambda given: fifo(given, n), prepare=made.copy)
    elif operation == "index":
        at = places(path, n)
        rounds(lambda _: sum(map(made.__getitem__, at)))
    elif operation == "walk":
        rounds(lambda _: sum(made))
    else:
        rounds(lambda given: rotate(given, n), prepare=made.copy)


main(*sys.argv[1:])
