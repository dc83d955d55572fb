"""Print array_rows.h: the rows of test_array.c that CPython decides.

    python3 array_rows.py > array_rows.h
"""
from array import array

INTS = "bBhHiIqQ"
INF = float("inf")


def bound(i):
    return "PILA_NONE" if i is None else str(i)


def order(a, b):
    return -1 if a < b else 0 if a == b else 1 if a > b else 2


def row(code, items, op, other="i", values=(), a=0, b=0, c=0):
    l = array(code, items)
    with_ = array(other, values)
    x = values[0] if len(values) else None
    s = slice(a, b, c)
    text, call = {
        "APPEND": (f"append({x})", lambda: l.append(x)),
        "INSERT": (f"insert({a}, {x})", lambda: l.insert(a, x)),
        "SET": (f"[{a}] = {x}", lambda: l.__setitem__(a, x)),
        "GET": (f"[{a}]", lambda: l[a]),
        "DEL": (f".__delitem__({a})", lambda: l.__delitem__(a)),
        "POP": (f"pop({a})", lambda: l.pop(a)),
        "INDEX": (f"index({x}, {a}, {b})", lambda: l.index(x, a, b)),
        "COUNT": (f"count({x})", lambda: l.count(x)),
        "IN": (f"contains {x}", lambda: int(x in l)),
        "REMOVE": (f"remove({x})", lambda: l.remove(x)),
        "REVERSE": ("reverse()", l.reverse),
        "BYTESWAP": ("byteswap()", l.byteswap),
        "CLEAR": ("clear()", lambda: l.__delitem__(slice(None))),
        "REPEAT": (f"* {a}", lambda: l * a),
        "REPEAT_HERE": (f"*= {a}", lambda: l.__imul__(a)),
        "EXTEND": (f"extend(iter({other} {values}))", lambda: l.extend(iter(with_))),
        "EXTEND_ARRAY": (f"extend({other} {values})", lambda: l.extend(with_)),
        "EXTEND_SELF": ("extend(itself)", lambda: l.extend(l)),
        "FROMLIST": (f"fromlist({other} {values})", lambda: l.fromlist(with_.tolist())),
        "FROM": (f"array({code}, {other} {values})", lambda: array(code, with_)),
        "CONCAT": (f"+ {other} {values}", lambda: l + with_),
        "SLICE": (f"[{a}:{b}:{c}]", lambda: l[s]),
        "DEL_SLICE": (f"del [{a}:{b}:{c}]", lambda: l.__delitem__(s)),
        "SET_SLICE": (f"[{a}:{b}:{c}] = {other} {values}",
                      lambda: l.__setitem__(s, with_)),
        "SET_SLICE_SELF": (f"[{a}:{b}:{c}] = itself", lambda: l.__setitem__(s, l)),
        "COMPARE": (f"against {other} {values}", lambda: order(l, with_)),
        "REPR": ("repr", lambda: None),
        "ITEMSIZE": ("itemsize", lambda: l.itemsize),
    }[op]
    status, result = "PILA_OK", "0"
    try:
        got = call()
        if isinstance(got, array):
            l = got
        elif got is not None:
            result = repr(got)
    except IndexError:
        status = "PILA_EEMPTY" if op == "POP" and not len(items) else "PILA_EINDEX"
    except ValueError:
        status = "PILA_EVALUE"
    except TypeError:
        status = "PILA_ETYPE"
    except OverflowError:
        status = "PILA_EOVERFLOW"
    except MemoryError:
        status = "PILA_ENOMEM"
    print(f"    {{\"{text}\", '{code}', \"{' '.join(map(repr, items))}\", {op}, "
          f"'{other}', \"{' '.join(map(repr, values))}\", {bound(a)}, {bound(b)}, "
          f"{bound(c)}, {status}, \"{result}\", \"{l!r}\"}},")


def limits(code):
    if code in "fd":
        return [0.0, -0.0, 1.5, INF, -INF, 1e300]
    bits = 8 * array(code).itemsize
    return [0, 2**bits - 1] if code.isupper() else [-2**(bits - 1), 2**(bits - 1) - 1]


def kind_of(x):
    return "d" if isinstance(x, float) else "Q" if x >= 0 else "q"


print("/* array_rows.h - what CPython does; printed by array_rows.py. */")
nan = float("nan")
for code in INTS + "fd":
    low, high = limits(code)[:2]
    for x in (low, high, int(low) - 1, int(high) + 1, 1.0):
        if -2**63 <= x < 2**64:
            row(code, [7], "APPEND", kind_of(x), [x])
    row(code, [1, 2], "INSERT", "Q", [2**64 - 1], a=1)
    row(code, [1, 2], "INSERT", "q", [-3], a=1)
    row(code, [1, 2], "SET", "q", [3], a=-1)
    row(code, [1, 2], "SET", "q", [-2**40], a=0)
    row(code, [1, 2], "SET", "d", [2.0], a=1)
    row(code, [1, 2], "SET", "d", [2.0], a=2)
    row(code, limits(code), "REPR")
    row(code, limits(code), "GET", a=-1)
    row(code, limits(code), "POP", a=0)
    row(code, [1], "ITEMSIZE")
for x in (2**53 + 1, 1e300, INF, 2**64 - 1, -2**63, 16777217):
    row("f", [], "APPEND", kind_of(x), [x])
    row("d", [], "APPEND", kind_of(x), [x])
for code in INTS:
    row(code, [1, 2, *limits(code)], "BYTESWAP")
for code in "bBqQ":
    for x in (0, -1, 255, 2**64 - 1, 2**63, -2**63, 1.0, 1.5, INF, nan, 2.0**63, -2.0**63,
              2.0**64):
        row(code, [1, 0, *limits(code), 1], "INDEX", kind_of(x), [x], a=0, b=100)
    for op in "COUNT", "IN", "REMOVE":
        for x in (1, 1.0, -1, 0.5, 2):
            row(code, [1, 0, *limits(code), 1], op, kind_of(x), [x])
for code in "fd":
    held = [0.1, -0.0, 2.0**63, 2.0**64, nan, INF, 16777216.0, 2.0**53, 1.0]
    for x in (0.1, 0.0, 0, 1, 2**63, 2**63 - 1, 2**64 - 1, nan, INF, 16777217, 2**53,
              2**53 + 1, -1, 1e300):
        row(code, held, "INDEX", kind_of(x), [x], a=0, b=100)
    for op in "COUNT", "IN", "REMOVE":
        for x in (1, 0.0, nan, 3):
            row(code, held, op, kind_of(x), [x])
for start, stop in ((0, 100), (0, 1), (2, 4), (2, 3), (-1, 100), (-3, -1), (-100, -2),
                    (-100, 2), (3, 2), (9, 99)):
    row("h", [1, 2, 3, 2], "INDEX", "q", [2], a=start, b=stop)

sources = {"b": [-1, 127], "B": [0, 255], "h": [1, -300], "H": [65535], "i": [5, -2**31],
           "I": [2**32 - 1, 1], "l": [7, 2**31 - 1], "L": [7], "q": [2**40, -1, 3],
           "Q": [1, 2**64 - 1, 2], "f": [1.5, -0.0], "d": [0.1, 1e300]}
for code in INTS + "lLfd":
    for other, values in sources.items():
        row(code, [1, 2], "EXTEND", other, values)
        if code in "bQlf":
            for op in ("EXTEND_ARRAY", "FROMLIST", "FROM", "CONCAT"):
                row(code, [1, 2], op, other, values)
            row(code, [1, 2, 3, 4], "SET_SLICE", other, values, a=1, b=3, c=1)
    row(code, [1, 2], "EXTEND_SELF")

for code in "hd":
    for items in [], [7], [1, 2, 3, 2]:
        row(code, items, "EXTEND_SELF")
        row(code, items, "CLEAR")
        row(code, items, "REVERSE")
        row(code, items, "REPR")
        for n in (-2, 0, 1, 2, 5, 2**62, 2**63 - 1, -2**63 + 1):
            row(code, items, "REPEAT", a=n)
        row(code, items, "REPEAT_HERE", a=3)
        for i in (-9, -1, 2, 9):
            row(code, items, "INSERT", "q", [8], a=i)
        for i in (-5, -4, -1, 0, 3, 4):
            row(code, items, "POP", a=i)
            row(code, items, "SET", "q", [8], a=i)
            row(code, items, "GET", a=i)
            row(code, items, "DEL", a=i)

bounds = [(None, None), (1, 4), (4, 1), (-2, None), (9, -9)]
for code, items in ("B", [1, 2, 3, 4, 5, 6]), ("d", [1.0, 2.0, 3.0]):
    for start, stop in bounds:
        for step in (None, 1, 2, -1, 0):
            row(code, items, "SLICE", a=start, b=stop, c=step)
            row(code, items, "DEL_SLICE", a=start, b=stop, c=step)
            row(code, items, "SET_SLICE_SELF", a=start, b=stop, c=step)
            for values in [], [9], [9, 8, 7]:
                row(code, items, "SET_SLICE", code, values, a=start, b=stop, c=step)
row("i", [1], "SET_SLICE", "l", [1], a=0, b=1, c=0)
row("i", [1], "SET_SLICE", "l", [], a=0, b=1, c=2)

arrays = [("i", []), ("b", [-1]), ("B", [255]), ("B", [255, 1]), ("Q", [2**64 - 1]),
          ("q", [-1]), ("q", [2**53 + 1]), ("Q", [2**53 + 1]), ("f", [2.0**53]),
          ("Q", [2**63]), ("d", [2.0**63]), ("q", [2**63 - 1]), ("q", [-2**63]),
          ("d", [-2.0**63]), ("d", [-2.0**64]), ("d", [2.0**64]), ("d", [nan]),
          ("d", [INF]), ("d", [-0.5]), ("d", [0.5]), ("i", [0]), ("f", [-0.0]),
          ("d", [0.1]), ("f", [0.1]), ("i", [1, 2]), ("d", [1.0, 2.5]), ("h", [1, 2, 3]),
          ("h", [1, 2, 4]), ("d", [1.0, nan]), ("d", [-1.5]), ("q", [-2])]
for k, (code, items) in enumerate(arrays):  # the test turns them round as well
    for other, values in arrays[k:]:
        row(code, items, "COMPARE", other, values)
