"""The recipes of Python's itertools page for bench_recipes.c: recipes.py OPERATION N.

sieve counts the primes below n; factor adds up the prime factors of a hundred
numbers from n on; matmul and convolve work on small integers, and add up the result.
"""

import itertools
import math
import operator
import sys

from rounds import rounds


def sieve(n):
    if n > 2:
        yield 2
    data = bytearray((0, 1)) * (n // 2)
    for p in range(3, math.isqrt(n) + 1, 2):
        if data[p]:
            data[p * p : n : p + p] = bytes(len(range(p * p, n, p + p)))
    yield from itertools.compress(range(3, n, 2), data[3:n:2])


def factor(n):
    for prime in sieve(math.isqrt(n) + 1):
        while not n % prime:
            yield prime
            n //= prime
            if n == 1:
                return
    if n > 1:
        yield n


def factors(n):
    return sum(sum(factor(k)) for k in range(n, n + 100))


def items(n, by):
    return [k * by % 19 - 9 for k in range(n)]


def rows(n, by):
    flat = items(n * n, by)
    return [flat[k : k + n] for k in range(0, n * n, n)]


def product(n):
    a, b = rows(n, 7), list(zip(*rows(n, 11)))
    return sum(sum(map(operator.mul, p, q)) for p, q in itertools.product(a, b))


def convolve(n):
    signal, kernel = items(n, 7), items(32, 11)[::-1]
    padded = [0] * 31 + signal + [0] * 31
    return sum(
        sum(map(operator.mul, kernel, padded[k : k + 32])) for k in range(n + 31)
    )


WAYS = {
    "sieve": lambda n: sum(1 for _ in sieve(n)),
    "factor": factors,
    "matmul": product,
    "convolve": convolve,
}


def main(operation, n):
    rounds(lambda _: WAYS[operation](int(n)))


main(*sys.argv[1:])
