"""CPython's ChainMap for bench_chainmap.c: chain_cpython.py find N DEPTH FILE, or
keys|items N DEPTH."""

from array import array
from collections import ChainMap
import sys

from rounds import rounds


def find(chain, keys):
    total = 0
    for key in keys:
        try:
            total += chain[key]
        except KeyError:
            total += 1
    return total


def items(chain):
    total = 0
    for key, value in chain.items():
        total += (key ^ value) + key
    return total


def main(operation, n, depth, path=None):
    n, depth = int(n), int(depth)
    maps = [{} for _ in range(depth)]
    for key in range(n):
        maps[key % depth][key] = key
    chain = ChainMap(*maps)
    if operation == "find":
        with open(path, "rb") as f:
            keys = array("q", f.read()).tolist()
        rounds(lambda _: find(chain, keys))
    elif operation == "keys":
        rounds(lambda _: sum(chain))
    else:
        rounds(lambda _: items(chain))


main(*sys.argv[1:])
