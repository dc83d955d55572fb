"""Print bisect_rows.h: the rows of test_bisect.c that CPython decides.

    python3 bisect_rows.py > bisect_rows.h

What bisect_left, bisect_right and the two insorts answer, and which comparisons and keys
they ask for, also in lists that are not sorted.
"""

import bisect
import random

asked = []


class Item:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        asked.append(f"{self.value}<{other.value}")
        return self.value < other.value


def key(item):
    asked.append(f"k{item.value}")
    return Item(item.value // 10)


def run(op, values, x, lo, hi, by):
    items = [Item(v) for v in values]
    f = getattr(bisect, op)
    asked.clear()
    status, result = "PILA_OK", -1
    try:
        made = f(items, Item(x), lo, hi, key=key if by else None)
        result = made if made is not None else -1
    except ValueError:
        status = "PILA_EVALUE"
    except IndexError:
        status = "PILA_EINDEX"
    end = "PILA_NONE" if hi is None else hi
    text = " ".join(str(i.value) for i in items)
    print(f'    {{{op.upper()}, "{" ".join(map(str, values))}", {x}, {lo}, {end}, {by}, '
          f'{status}, {result},\n     "{text}", "{" ".join(asked)}"}},')


print("/* bisect_rows.h - what CPython does; printed by bisect_rows.py. */")
rng = random.Random(4)
for op in ("bisect_left", "bisect_right", "insort_left", "insort_right"):
    for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 20):
        for by in (0, 1):
            for lo, hi in ((0, None), (0, n), (1, None), (0, n - 1), (n // 2, n // 2), (n + 3, None),
                           (-1, None), (0, n + 5), (0, -1), (0, -7), (n // 3, n + 1)):
                values = sorted(rng.randrange(100) for _ in range(n))
                if rng.randrange(4) == 0:
                    rng.shuffle(values)
                x = rng.choice(values) if values and rng.randrange(2) else rng.randrange(100)
                run(op, values, x // 10 if by and "bisect" in op else x, lo, hi, by)
