"""CPython's array for bench_array.c: array_cpython.py append|extend|narrow N, or
byteswap|frombytes|tobytes WIDTH FILE."""

from array import array
import sys

from rounds import rounds


def append(n):
    made = array("q")
    add = made.append
    for item in range(n):
        add(item)
    return made


def extend(n, code="q"):
    made = array(code)
    made.extend(range(n))
    return made


def weighed(data):
    words = array("Q", data)
    return sum(place * item for place, item in enumerate(words, 1))


def swapped(made):
    made.byteswap()
    return made


def taken(data):
    made = array("Q")
    made.frombytes(data)
    return made


def main(operation, n, path=None):
    n = int(n)
    if operation == "append":
        rounds(lambda _: append(n), check=sum)
    elif operation == "extend":
        rounds(lambda _: extend(n), check=sum)
    elif operation == "narrow":
        rounds(lambda _: extend(n, "i"), check=sum)
    else:
        with open(path, "rb") as f:
            data = f.read()
        code = {2: "H", 4: "I", 8: "Q"}[n]
        if operation == "byteswap":
            rounds(swapped, prepare=lambda: array(code, data),
                   check=lambda made: weighed(made.tobytes()))
        elif operation == "frombytes":
            rounds(lambda _: taken(data), check=lambda made: weighed(made.tobytes()))
        else:
            given = array(code, data)
            rounds(lambda _: given.tobytes(), check=weighed)


main(*sys.argv[1:])
