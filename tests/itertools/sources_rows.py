"""Print sources_rows.h: the rows of test_sources.c that CPython decides.

    python3 sources_rows.py > sources_rows.h

Of a count: the first items as they are, and of a long way the last one. Floats are
printed in full (%a), so that they can be compared bit by bit.
"""

from itertools import count, islice, product

MOST, LEAST = 2**63 - 1, -(2**63)


def constant(n):
    return f"INT64_C({n})" if n != LEAST else "INT64_MIN"


def integers(start, step):
    found = list(islice(count(start, step), 6))
    fits = [x for x in found if LEAST <= x <= MOST]
    shown = ", ".join(constant(x) for x in fits)
    print(f"    {{{constant(start)}, {constant(step)}, {len(fits)}, {{{shown}}}}},")


def floats(start, step):
    first = list(islice(count(start, step), 4))
    last = next(islice(count(start, step), 5000, None))
    shown = ", ".join(x.hex() for x in first)
    print(f"    {{{start.hex()}, {step.hex()}, {{{shown}}}, {last.hex()}}},")


print("/* sources_rows.h - what CPython does; printed by sources_rows.py. */")
print("#ifdef ROWS_OF_INTEGERS")
for start, step in product([0, -7, MOST, MOST - 2, LEAST, LEAST + 2],
                           [1, -1, 2, 3, 2**62, MOST, LEAST, 0]):
    integers(start, step)
print("#else")
for start, step in product([0.0, -0.0, 0.1, 1e16, -3.5, 1e308],
                           [0.1, 1.0, -0.3, 1e-17, 0.0]):
    floats(start, step)
print("#endif")
