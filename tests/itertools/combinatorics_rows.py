"""Print combinatorics_rows.h: the rows of test_combinatorics.c that CPython decides.

    python3 combinatorics_rows.py > combinatorics_rows.h

Pools are letters, "AB|CD" is two of them; results are words, "." the empty tuple. A row
has every result of a call, or those of itertools.islice(call, start, start + count).
"""

import itertools
import math
import random
import textwrap

ALL = "PILA_ALL"
REST = "UINT64_MAX"


def call(order, pools, r):
    if order == "PRODUCT":
        return itertools.product(*pools, repeat=r)
    if order == "PERMUTATIONS":
        return itertools.permutations(pools[0], None if r == ALL else r)
    if order == "POWERSET":
        s = list(pools[0])
        return itertools.chain.from_iterable(
            itertools.combinations(s, k) for k in range(len(s) + 1)
        )
    name = {"CHOOSE": "combinations", "AGAIN": "combinations_with_replacement"}[order]
    return getattr(itertools, name)(pools[0], r)


def words(results):
    return " ".join("".join(t) if t else "." for t in results)


def title(order, pools, r, start, count):
    text = f"{order.lower()}({'|'.join(pools)}, {'None' if r == ALL else r})"
    if (start, count) != (0, REST):
        text += f"[{start}:{'' if count == REST else start + count}]"
    return text


def quoted(text, width=76):
    """A C string, in lines that are no longer than the page is wide."""
    parts = [text[k : k + width] for k in range(0, len(text), width)] or [""]
    return "\n     ".join(f'"{part}"' for part in parts)


def lines(text):
    return textwrap.fill(text, 84, initial_indent="     ", subsequent_indent="      ")


def row(order, pools, r, start=0, count=REST):
    stop = None if count == REST else start + count
    got = words(itertools.islice(call(order, pools, r), start, stop))
    n = len(pools) if order == "PRODUCT" else 1
    print(f'    {{"{title(order, pools, r, start, count)}",')
    print(f'     {order}, "{"|".join(pools)}", {n}, {r}, {start}, {count},')
    print(f"     {quoted(got)}}},")


def whole():
    for pool in "", "A", "AB", "ABC", "ABCD", "AAB":
        for r in 0, 1, 2, 3, 4, 5:
            for order in "PERMUTATIONS", "CHOOSE", "AGAIN":
                row(order, [pool], r)
        row("PERMUTATIONS", [pool], ALL)
        row("POWERSET", [pool], 0)
    row("PERMUTATIONS", ["ABCDE"], ALL)
    row("POWERSET", ["ABCDEF"], 0)
    products = [
        [], [""], ["A"], ["AB"], ["ABC"], ["AB", "CDE"], ["", "AB"], ["AB", ""],
        ["A", "B", "C"], ["ABC", "D", "EF"],
    ]  # fmt: skip
    for pools in products:
        for repeat in 0, 1, 2, 3:
            if math.prod(map(len, pools)) ** repeat < 200:
                row("PRODUCT", pools, repeat)


def parts():
    rng = random.Random(20260101)
    cases = [
        ("PRODUCT", ["ABC", "DE"], 2), ("PRODUCT", ["AB"], 5), ("PRODUCT", [], 3),
        ("PERMUTATIONS", ["ABCDE"], 3), ("PERMUTATIONS", ["ABCDE"], ALL),
        ("PERMUTATIONS", ["ABC"], 2), ("PERMUTATIONS", ["ABCD"], 1),
        ("CHOOSE", ["ABCDEFG"], 3), ("CHOOSE", ["ABCDE"], 5), ("CHOOSE", ["ABC"], 0),
        ("AGAIN", ["ABCD"], 3), ("AGAIN", ["A"], 4), ("AGAIN", ["ABC"], 2),
    ]  # fmt: skip
    for order, pools, r in cases:
        total = sum(1 for _ in call(order, pools, r))
        row(order, pools, r, 0, 0)
        row(order, pools, r, total - 1, REST)
        row(order, pools, r, total, REST)
        row(order, pools, r, total + 7, 3)
        for _ in range(4):
            start = rng.randrange(total)
            row(order, pools, r, start, rng.choice([1, 2, 5, REST]))


print("/* combinatorics_rows.h - what CPython does; printed by combinatorics_rows.py. */")
print("#ifdef COMBINATORICS_RESULTS")
whole()
parts()
print("#endif")


# ---- counts, and numbers far inside ----


def count_of(order, n, r):
    if order == "PERMUTATIONS":
        return math.perm(n, r)
    if order == "CHOOSE":
        return math.comb(n, r)
    if order == "PRODUCT":
        return n**r
    return math.comb(n + r - 1, r) if n + r else 1


def counts():
    cases = [(n, r) for n in (0, 1, 2, 3, 20, 21, 64) for r in (0, 1, 2, 3, 20, 21, 64)]
    cases += [(66, 33), (67, 33), (68, 34), (67, 32), (2**32, 2), (2**32 + 1, 2)]
    cases += [(2**63, 1), (2**64 - 1, 1), (2**64 - 1, 2), (2**64 - 1, 2**64 - 2)]
    cases += [(1, 2**64 - 1), (2, 2**64 - 1), (2, 2**64 - 2), (10**6, 3), (10**6, 4)]
    for n, r in cases:
        got = []
        for order in "PRODUCT", "PERMUTATIONS", "CHOOSE", "AGAIN":
            if r > 1000 and order in ("PRODUCT", "PERMUTATIONS"):
                big = n > 1 and r <= n or order == "PRODUCT" and n > 1
                value = None if big else count_of(order, n, 1) if r <= n else 0
                if order == "PRODUCT" and n == 1:
                    value = 1
            elif r > 1000 and n - r > 1000 or n == 2**64 - 1 and r > 1000:
                value = {"CHOOSE": n if n - r == 1 else None, "AGAIN": None}[order]
            elif r > 1000:
                value = {1: 1, 2: r + 1}[n] if order == "AGAIN" else 0
            else:
                value = count_of(order, n, r)
            got.append("MANY" if value is None or value >= 2**64 else f"{value}u")
        print(f"    {{{n}u, {r}u,")
        print(lines("{" + ", ".join(got) + "}},"))


print("#ifdef COMBINATORICS_COUNTS")
counts()
print("#endif")


def nth(order, n, r, k):
    """By counting down from Python's own integers, as the recipe nth_combination."""
    out, first = [], 0
    pool = list(range(n))
    for left in range(r - 1, -1, -1):
        if order == "PRODUCT":
            digit, k = divmod(k, n**left)
            out.append(digit)
            continue
        if order == "PERMUTATIONS":
            digit, k = divmod(k, math.perm(len(pool) - 1, left))
            out.append(pool.pop(digit))
            continue
        again = order == "AGAIN"
        while True:
            rest = n - first if again else n - first - 1
            ways = count_of(order, rest, left)
            if k < ways:
                break
            k -= ways
            first += 1
        out.append(first)
        first += not again
    return out


def far():
    for order, n, r in [
        ("PRODUCT", 10, 19), ("PRODUCT", 10, 30), ("PRODUCT", 3, 41),
        ("PERMUTATIONS", 20, 20), ("PERMUTATIONS", 25, 25), ("PERMUTATIONS", 40, 12),
        ("CHOOSE", 60, 30), ("CHOOSE", 100, 50), ("CHOOSE", 5000, 5),
        ("AGAIN", 40, 30), ("AGAIN", 100, 50), ("AGAIN", 3000, 5),
    ]:  # fmt: skip
        total = count_of(order, n, r)
        rng = random.Random(n)
        top = min(total, 2**64)
        for k in 0, 1, top // 3, rng.randrange(top), top - 1:
            at = ", ".join(map(str, nth(order, n, r, k)))
            print(f"    {{{order}, {n}, {r}, {k}u,")
            print(lines("{" + at + "}},"))


print("#ifdef COMBINATORICS_FAR")
far()
print("#endif")
