"""CPython's list for bench_list.c: list.py append|walk N, or sort N FILE."""

import array
import sys

from rounds import rounds


def append(n):
    made = []
    add = made.append
    for item in range(n):
        add(item)
    return made


def numbers(path, n):
    found = array.array("q")
    with open(path, "rb") as f:
        found.fromfile(f, n)
    return found.tolist()


def sorted_in_place(items):
    items.sort()
    return items


def ordered(items):
    return sum(place * item for place, item in enumerate(items, 1))


def main(operation, n, path=None):
    n = int(n)
    if operation == "append":
        rounds(lambda _: append(n), check=sum)
    elif operation == "walk":
        rounds(sum, prepare=list(range(n)).copy)
    else:
        items = numbers(path, n)
        rounds(sorted_in_place, prepare=items.copy, check=ordered)


main(*sys.argv[1:])
