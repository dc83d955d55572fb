"""CPython's sinks for bench_sinks.c: sinks.py OPERATION FILE.

FILE holds int64 or double items as they are in memory, or text. What write_lines wrote
is checked in a temporary file beforehand; its rounds go to /dev/null.
"""

import array
import itertools
import math
import operator
import os
import sys
import tempfile
import zlib

from rounds import rounds


def scaled(number):
    return int(number * 1024)


def items(code, path):
    found = array.array(code)
    with open(path, "rb") as f:
        found.frombytes(f.read())
    return found.tolist()


def text(path):
    with open(path, "rb") as f:
        return f.read()


def write(lines, path):
    with open(path, "wb") as f:
        f.writelines(line + b"\n" for line in lines)


def checked_write(lines):
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        write(lines, path)
        answer = zlib.adler32(text(path))
    finally:
        os.unlink(path)

    def run(_):
        write(lines, os.devnull)
        return answer

    return run


def all_equal(found):
    return len(list(itertools.islice(itertools.groupby(found), 2))) <= 1


NUMBERS = {
    "sum_i64": ("q", sum),
    "min_i64": ("q", min),
    "sum_f64": ("d", lambda found: scaled(sum(found))),
    "fsum": ("d", lambda found: scaled(math.fsum(found))),
    "max_f64": ("d", lambda found: scaled(max(found))),
    "prod_i64": ("q", lambda found: math.prod(found)),
    "dot_i64": ("q", lambda found: sum(map(operator.mul, found, found))),
    "dot_f64": ("d", lambda found: scaled(sum(map(operator.mul, found, found)))),
    "equal": ("q", lambda found: all(map(operator.eq, found, found))),
    "all_equal": ("q", lambda found: all_equal(found)),
    "take": ("q", lambda found: len(list(itertools.islice(iter(found), len(found))))),
}


def main(operation, path):
    if operation in NUMBERS:
        code, sink = NUMBERS[operation]
        found = items(code, path)
        rounds(lambda _: sink(found))
    elif operation == "join":
        words = text(path).split()
        rounds(lambda _: b", ".join(words), check=zlib.adler32)
    else:
        rounds(checked_write(text(path).removesuffix(b"\n").split(b"\n")))


main(*sys.argv[1:])
