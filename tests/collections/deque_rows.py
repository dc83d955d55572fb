"""Print deque_rows.h: the rows of test_deque.c that CPython decides.

    python3 deque_rows.py > deque_rows.h
"""
from collections import deque


def row(items, maxlen, op, a=0, b=0):
    d = deque(items, maxlen)
    made = f"deque({list(items)}" + (")" if maxlen is None else f", {maxlen})")
    text, call = {
        "APPEND": (f"{made}.append({a})", lambda: d.append(a)),
        "APPENDLEFT": (f"{made}.appendleft({a})", lambda: d.appendleft(a)),
        "POP": (f"{made}.pop()", d.pop),
        "POPLEFT": (f"{made}.popleft()", d.popleft),
        "INSERT": (f"{made}.insert({a}, {b})", lambda: d.insert(a, b)),
        "SET": (f"{made}[{a}] = {b}", lambda: d.__setitem__(a, b)),
        "GET": (f"{made}[{a}]", lambda: d[a]),
        "DEL": (f"del {made}[{a}]", lambda: d.__delitem__(a)),
        "REMOVE": (f"{made}.remove({a})", lambda: d.remove(a)),
        "ROTATE": (f"{made}.rotate({a})", lambda: d.rotate(a)),
        "REVERSE": (f"{made}.reverse()", d.reverse),
        "CLEAR": (f"{made}.clear()", d.clear),
        "COUNT": (f"{made}.count({a})", lambda: d.count(a)),
        "IN": (f"{a} in {made}", lambda: int(a in d)),
        "INDEX": (f"{made}.index(2, {a}, {b})", lambda: d.index(2, a, b)),
        "REPEAT": (f"{made} * {a}", lambda: d * a),
        "EXTEND_SELF": (f"d = {made}; d.extend(d)", lambda: d.extend(d)),
        "EXTENDLEFT_SELF": (f"d = {made}; d.extendleft(d)", lambda: d.extendleft(d)),
        "EXTEND": (f"{made}.extend([1, 2, 3])", lambda: d.extend([1, 2, 3])),
        "EXTENDLEFT": (f"{made}.extendleft([1, 2, 3])", lambda: d.extendleft([1, 2, 3])),
        "CONCAT": (f"{made} + deque([1, 2, 3])", lambda: d + deque([1, 2, 3])),
        "CONCAT_SELF": (f"d = {made}; d + d", lambda: d + d),
        "COPY": (f"{made}.copy()", d.copy),
    }[op]
    status, result = "PILA_OK", 0
    try:
        got = call()
        if isinstance(got, deque):
            d = got
        elif got is not None:
            result = got
    except IndexError:
        status = "PILA_EEMPTY" if op in ("POP", "POPLEFT") else "PILA_EINDEX"
    except ValueError:
        status = "PILA_EVALUE"
    bound = "PILA_UNBOUNDED" if maxlen is None else maxlen
    print(f'    {{"{text}",')
    print(f'     "{" ".join(map(str, items))}", {bound}, {op}, {a}, {b}, '
          f'{status}, {result}, "{d!r}"}},')


print("/* deque_rows.h - what CPython does; printed by deque_rows.py. */")
for maxlen in (None, 0, 1, 3, 5):
    for items in [], [7], [1, 2, 3]:
        if maxlen is not None and len(items) > maxlen:
            continue
        for op in ("APPEND", "APPENDLEFT", "POP", "POPLEFT", "EXTEND", "EXTENDLEFT",
                   "EXTEND_SELF", "EXTENDLEFT_SELF", "CONCAT", "CONCAT_SELF", "COPY",
                   "CLEAR", "REVERSE"):
            row(items, maxlen, op, 9 if op.startswith("APPEND") else 0)
        for n in (-2, 0, 1, 2, 5):
            row(items, maxlen, "REPEAT", n)
        for i in (-9, -1, 0, 2, 9):
            row(items, maxlen, "INSERT", i, 8)
for items in [], [7], [1, 2], [1, 2, 3, 4, 5]:
    for n in (-7, -5, -2, -1, 0, 1, 2, 3, 5, 13):
        row(items, None, "ROTATE", n)
for i in (-4, -3, -1, 0, 2, 3):
    row([1, 2, 3], None, "SET", i, 8)
    row([1, 2, 3], None, "GET", i)
    row([1, 2, 3], None, "DEL", i)
for value in (1, 2, 3, 4):
    for op in ("REMOVE", "COUNT", "IN"):
        row([1, 2, 3, 2], None, op, value)
for start, stop in ((0, 100), (0, 1), (2, 4), (2, 3), (-1, 100), (-3, -1), (-100, -2),
                    (-100, 2), (3, 2), (9, 99)):
    row([1, 2, 3, 2], None, "INDEX", start, stop)
