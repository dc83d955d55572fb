"""CPython's repr of floats for bench_str.c: text.py FILE N.

FILE holds N doubles. The checksum is the length of all their reprs together.
"""

import array
import sys

from rounds import rounds


def main(path, n):
    numbers = array.array("d")
    with open(path, "rb") as f:
        numbers.fromfile(f, int(n))
    items = numbers.tolist()
    rounds(lambda _: sum(map(len, map(repr, items))))


main(*sys.argv[1:])
