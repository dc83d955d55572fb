"""Print sinks_rows.h: the rows of test_sinks.c that CPython decides.

    python3 sinks_rows.py > sinks_rows.h

Integers are Python's, so exact: MANY where int64_t does not hold the answer. The sums of
products of floats are exact fractions, rounded once, which is what math.sumprod of 3.12
gives for them; where a number is not finite the rows are sum(map(mul, p, q)).
"""

import itertools
import math
import operator
import random
import textwrap
from fractions import Fraction

EDGES = [-(2**63), -(2**63) + 1, -(2**32), -3, -1, 0, 1, 2, 2**31, 2**32, 2**62, 2**63 - 1]


def c_int(x):
    if x == -(2**63):
        return "INT64_MIN"
    if x >= 2**63:
        return f"{x}u"
    return str(x)


def lines(start, items, end):
    text = "{" + (", ".join(items) or "0") + "}" + end
    return textwrap.fill(text, 88, initial_indent=start, subsequent_indent="      ")


def answer(x):
    return f"{c_int(x)}, PILA_OK" if -(2**63) <= x < 2**63 else "0, PILA_EOVERFLOW"


def prods(rng):
    cases = [[], [7], [0], [-(2**63)], [2**62, 2, -1], [2**62, 2], [2**40, 2**40, 0]]
    cases += [[-(2**32), 2**31], [2**32, 2**31], [-1, -(2**63)], [2**63 - 1, -1]]
    cases += [[rng.choice(EDGES) for _ in range(rng.randrange(1, 5))] for _ in range(40)]
    for x in cases:
        print(lines("    {", map(c_int, x), ","))
        print(f"     {len(x)}, {answer(math.prod(x))}}},")


def dots(rng):
    for turn in range(60):
        n = rng.randrange(0, 5)
        unsigned = turn % 3 == 0
        pick = [e for e in EDGES if e >= 0] + [2**64 - 1, 2**63] if unsigned else EDGES
        p = [rng.choice(pick) for _ in range(n)]
        q = [rng.choice(EDGES) for _ in range(n)]
        if turn % 4 == 1:  # what cancels
            p, q = p + p, q + [min(-y, 2**63 - 1) for y in q]
        got = sum(map(operator.mul, p, q))
        kind = "true" if unsigned else "false"
        print(f"    {{{kind}, {len(p)}, {answer(got)},")
        cast = "{}u" if unsigned else "(uint64_t){}"
        numbers = map(str, p) if unsigned else map(c_int, p)
        print(lines("     ", map(cast.format, numbers), ","))
        print(lines("     ", map(c_int, q), "},"))


def c_float(x):
    if math.isnan(x):
        return "NAN"
    if math.isinf(x):
        return "INFINITY" if x > 0 else "-INFINITY"
    return x.hex()


def float_dot(p, q):
    """From where a plain sum is not finite, all is added plainly, as sumprod does."""
    plain = list(itertools.accumulate(map(operator.mul, p, q), initial=0.0))
    if not all(map(math.isfinite, plain)):
        return plain[-1]
    return float(sum((Fraction(x) * Fraction(y) for x, y in zip(p, q)), Fraction()))


def float_dots(rng):
    cases = [
        ([], []), ([0.1] * 10, [1.0] * 10), ([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]),
        ([1e100, 1.0, -1e100, 1e-100], [1.0, 1.0, 1.0, 1.0]),
        ([math.inf, 1.0], [1.0, 1.0]), ([math.inf, math.inf], [1.0, -1.0]),
        ([1.0, math.nan, 2.0], [1.0, 1.0, 1.0]), ([1e308, 1e308], [1.0, 1.0]),
        ([1e308, 1e308], [2.0, 2.0]), ([1e300, -1e300, 3.0], [1e8, 1e8, 1.0]),
        ([1.7e308, 1.0, -1.7e308], [1.0, 1.0, 1.0]), ([1e-200, 3.0], [1e-200, 1.0]),
        ([math.inf, 0.0], [0.0, 1.0]), ([0.5, 1e308, 1e308, 1.0], [1.0, 2.0, -2.0, 1.0]),
    ]  # fmt: skip
    for _ in range(30):
        n = rng.randrange(2, 7)
        p = [rng.uniform(-1, 1) * 2.0 ** rng.randrange(-20, 20) for _ in range(n)]
        q = [rng.uniform(-1, 1) * 2.0 ** rng.randrange(-20, 20) for _ in range(n)]
        p, q = p + p, q + [-y * (1 + rng.randrange(3) * 2.0**-52) for y in q]
        cases.append((p, q))
    for p, q in cases:
        print(f"    {{{len(p)}, {c_float(float_dot(p, q))},")
        for numbers in p, q:
            print(lines("     ", map(c_float, numbers), "," if numbers is p else "},"))


print("/* sinks_rows.h - what CPython does; printed by sinks_rows.py. */")
for name, rows in ("PRODS", prods), ("DOTS", dots), ("FLOAT_DOTS", float_dots):
    print(f"#ifdef SINKS_{name}")
    rows(random.Random(20260101))
    print("#endif")
