"""CPython's file iteration for bench_records.c: lines.py lines|words FILE."""

import sys

from rounds import rounds


def lines(path):
    count = size = 0
    with open(path, "rb") as f:
        for line in f:
            count += 1
            size += len(line.rstrip(b"\n"))
    return (count << 40) + size


def words(path):
    count = size = 0
    with open(path, "rb") as f:
        for line in f:
            found = line.split()
            count += len(found)
            size += sum(map(len, found))
    return (count << 40) + size


def main(what, path):
    read = {"lines": lines, "words": words}[what]
    rounds(lambda _: read(path))


main(*sys.argv[1:])
