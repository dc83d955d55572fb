"""Print functools_rows.h: what CPython's functools do, for test_functools.c.

    python3 functools_rows.py > functools_rows.h

Two tables, chosen by macros: REDUCE(function, items, n, initial or NONE, result), where
an error is its exception's name, and COMPARE(function, a, b, a < b, a == b) of the keys
that cmp_to_key makes.
"""
import functools
import itertools

FUNCTIONS = {
    "ADD": lambda a, x: a + x,
    "SUB": lambda a, x: a - x,
    "MUL": lambda a, x: a * x,
    "LAST": lambda a, x: x,
    "FIRST": lambda a, x: a,
    "DIGITS": lambda a, x: a * 10 + x,
}
COMPARISONS = {
    "ASCENDING": lambda a, b: a - b,
    "DESCENDING": lambda a, b: b - a,
    "BY_LAST_DIGIT": lambda a, b: a % 10 - b % 10,
    "ALL_EQUAL": lambda a, b: 0,
    "ALWAYS_LESS": lambda a, b: -7,
}
LISTS = [[], [7], [3, 4], [1, 2, 3, 4, 5], [9, 0, 9], [-2, 5, -7, 11]]
VALUES = [0, 1, 9, 10, 21, 31, 100]


def reduced(function, items, initial):
    try:
        return str(functools.reduce(function, items, *initial)), "PILA_OK"
    except TypeError:
        return "0", "PILA_ETYPE"


def main():
    print("/* functools_rows.h - what CPython does; printed by functools_rows.py. */")
    print("#ifdef REDUCE")
    for name, function in FUNCTIONS.items():
        for items in LISTS:
            for initial in ((), (100,)):
                got, status = reduced(function, items, initial)
                listed = ", ".join(map(str, items or [0]))
                start = initial[0] if initial else "NONE"
                print(f"REDUCE({name}, ARRAY({listed}), {len(items)}, {start}, {got}, {status})")
    print("#endif\n#ifdef COMPARE")
    for name, function in COMPARISONS.items():
        key = functools.cmp_to_key(function)
        for a, b in itertools.product(VALUES, repeat=2):
            print(f"COMPARE({name}, {a}, {b}, {int(key(a) < key(b))}, {int(key(a) == key(b))})")
    print("#endif\n#ifdef EXTREMES")
    for name, function in COMPARISONS.items():
        if name == "ALWAYS_LESS":
            continue  # CPython's max asks for >, pila's for less, which is the same else
        key = functools.cmp_to_key(function)
        for items in LISTS[1:]:
            listed = ", ".join(map(str, items))
            print(f"EXTREMES({name}, ARRAY({listed}), {len(items)}, "
                  f"{min(items, key=key)}, {max(items, key=key)})")
    print("#endif")


if __name__ == "__main__":
    main()
