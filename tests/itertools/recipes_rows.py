"""Print recipes_rows.h: the rows of test_recipes.c that CPython decides.

    python3 recipes_rows.py > recipes_rows.h

The recipes are those of Python's itertools page, but for large numbers, whose factors
are known because they were multiplied here. Where int64_t does not hold an answer the
row says MANY.
"""

import collections
import functools
import itertools
import math
import operator
import random
import textwrap


def primes_below(n):
    return [p for p in range(2, n) if all(p % q for q in range(2, math.isqrt(p) + 1))]


def factor(n):
    found = []
    for prime in primes_below(math.isqrt(n) + 1):
        while n % prime == 0:
            found.append(prime)
            n //= prime
    return found + [n] if n > 1 else found


def convolve(signal, kernel):
    kernel = kernel[::-1]
    n = len(kernel)
    padded = [0] * (n - 1) + signal + [0] * (n - 1)
    return [
        sum(map(operator.mul, kernel, padded[k : k + n])) for k in range(len(padded) - n + 1)
    ]


def from_roots(roots):
    return functools.reduce(convolve, [[1, -r] for r in roots], [1])


def value(c, x):
    return sum(a * x**k for k, a in enumerate(reversed(c)))


def matmul(a, b):
    return [[sum(map(operator.mul, row, col)) for col in zip(*b)] for row in a]


def lines(start, items, end):
    text = "{" + (", ".join(map(c_int, items)) or "0") + "}" + end
    return textwrap.fill(text, 88, initial_indent=start, subsequent_indent="      ")


def c_int(x):
    if x == -(2**63):
        return "INT64_MIN"
    return f"{x}u" if x >= 2**63 else str(x)


def status(numbers):
    fits = all(-(2**63) <= x < 2**63 for x in numbers)
    return "PILA_OK" if fits else "PILA_EOVERFLOW"


def factors():
    large = [2**31 - 1, 2**61 - 1, 4294967291, 4294967279, 18446744073709551557]
    large += [1000003, 1000033, 65537, 999999999989, 257, 251]
    cases = [[p] for p in large]
    cases += [[2] * 63, [3] * 40, [4294967279, 4294967291], [257] * 7, [251] * 8]
    cases += [[65537] * 3, [1000003, 1000003, 1000033], [1000003, 999999999989]]
    cases += [[2, 2, 3, 2**31 - 1, 2**29 - 3], [4294967291] * 2, [257, 257, 65537]]
    cases += [factor(n) for n in [*range(2, 80), 99, 561, 1105, 1681, 1763, 25326001]]
    cases += [[47, 59, 360620266859], [151, 751, 28351], [1000000000000403]]
    rng = random.Random(1)
    small = primes_below(3000)
    for _ in range(40):
        one = []
        while math.prod(one) * 3000 < 2**64:
            one.append(rng.choice(small))
        cases.append(one)
    for found in map(sorted, cases):
        n = math.prod(found)
        if n >= 2**64:
            continue
        apart = collections.Counter(found)
        totient = math.prod((p - 1) * p ** (k - 1) for p, k in apart.items())
        print(f"    {{{n}u, {totient}u, {len(found)},")
        print(lines("     ", found, "},"))


def multinomials():
    for counts in [], [0], [5], [1, 1], [5, 2, 2, 1, 1], [0, 3, 0, 2], [30, 30], [40, 40]:
        ways = math.factorial(sum(counts)) // math.prod(map(math.factorial, counts))
        many = "PILA_EOVERFLOW" if ways >= 2**64 else "PILA_OK"
        print(f"    {{{many}, {0 if ways >= 2**64 else ways}u, {len(counts)},")
        print(lines("     ", counts, "},"))
    for counts in [1] * 20, [1] * 21, [20, 20, 20], [10, 10, 10, 10]:
        ways = math.factorial(sum(counts)) // math.prod(map(math.factorial, counts))
        many = "PILA_EOVERFLOW" if ways >= 2**64 else "PILA_OK"
        print(f"    {{{many}, {0 if ways >= 2**64 else ways}u, {len(counts)},")
        print(lines("     ", counts, "},"))


def convolutions():
    cases = [([1, -1, -20], [1, -3]), ([], [1, 2, 3]), ([5], [7]), ([1, 2], [1, 2, 3, 4])]
    cases += [([2**62, 1], [1, 1]), ([2**62, 2**62], [1, 1]), ([0, 2**62], [1, -2])]
    rng = random.Random(2)
    for _ in range(12):
        cases.append(
            tuple([rng.randrange(-99, 99) for _ in range(rng.randrange(1, 7))] for _ in "ab")
        )
    for signal, kernel in cases:
        got = convolve(signal, kernel)
        st = status(got)
        print(f"    {{{len(signal)}, {len(kernel)}, {st},")
        print(lines("     ", signal, ","))
        print(lines("     ", kernel, ","))
        print(lines("     ", got if st == "PILA_OK" else [], "},"))


def polynomials():
    for roots in [], [7], [5, -4, 3], [1] * 6, [-2, 0, 9, 11, 3], [2**40, -(2**40)]:
        c = from_roots(roots)
        st = status(c)
        c = c if st == "PILA_OK" else []
        x = 3
        print(f"    {{{len(roots)}, {st}, {value(c, x)},")
        print(lines("     ", roots, ","))
        print(lines("     ", c, ","))
        print(lines("     ", [a * (len(c) - 1 - k) for k, a in enumerate(c[:-1])], "},"))


def products():
    rng = random.Random(3)
    shapes = [(1, 1, 1), (2, 2, 2), (2, 3, 2), (3, 2, 4), (1, 4, 1), (4, 1, 3)]
    for rows, inner, columns in shapes:
        a = [[rng.randrange(-9, 9) for _ in range(inner)] for _ in range(rows)]
        b = [[rng.randrange(-9, 9) for _ in range(columns)] for _ in range(inner)]
        flat = itertools.chain.from_iterable
        print(f"    {{{{{rows}, {inner}, {columns}}},")
        for m, end in (a, ","), (b, ","), (matmul(a, b), "},"):
            print(lines("     ", flat(m), end))


print("/* recipes_rows.h - what CPython does; printed by recipes_rows.py. */")
for name, rows in [
    ("FACTORS", factors), ("MULTINOMIALS", multinomials), ("CONVOLUTIONS", convolutions),
    ("POLYNOMIALS", polynomials), ("PRODUCTS", products),
]:  # fmt: skip
    print(f"#ifdef RECIPES_{name}")
    rows()
    print("#endif")
