"""Print list_rows.h: the rows of test_list.c that CPython decides.

    python3 list_rows.py > list_rows.h
"""


def row(items, op, a=0, b=0):
    l = list(items)
    text, call = {
        "APPEND": (f"{l}.append({a})", lambda: l.append(a)),
        "POP": (f"{l}.pop({a})", lambda: l.pop(a)),
        "INSERT": (f"{l}.insert({a}, {b})", lambda: l.insert(a, b)),
        "SET": (f"{l}[{a}] = {b}", lambda: l.__setitem__(a, b)),
        "GET": (f"{l}[{a}]", lambda: l[a]),
        "DEL": (f"del {l}[{a}]", lambda: l.__delitem__(a)),
        "REMOVE": (f"{l}.remove({a})", lambda: l.remove(a)),
        "REVERSE": (f"{l}.reverse()", l.reverse),
        "SORT": (f"{l}.sort(reverse={bool(a)})", lambda: l.sort(reverse=bool(a))),
        "CLEAR": (f"{l}.clear()", l.clear),
        "COUNT": (f"{l}.count({a})", lambda: l.count(a)),
        "IN": (f"{a} in {l}", lambda: int(a in l)),
        "INDEX": (f"{l}.index(2, {a}, {b})", lambda: l.index(2, a, b)),
        "REPEAT": (f"{l} * {a}", lambda: l * a),
        "EXTEND_SELF": (f"l = {l}; l.extend(l)", lambda: l.extend(l)),
        "EXTEND": (f"{l}.extend([1, 2, 3])", lambda: l.extend([1, 2, 3])),
        "CONCAT": (f"{l} + [1, 2, 3]", lambda: l + [1, 2, 3]),
        "CONCAT_SELF": (f"l = {l}; l + l", lambda: l + l),
        "COPY": (f"{l}.copy()", l.copy),
    }[op]
    status, result = "PILA_OK", 0
    try:
        got = call()
        if isinstance(got, list):
            l = got
        elif got is not None:
            result = got
    except IndexError:
        status = "PILA_EEMPTY" if op == "POP" and not items else "PILA_EINDEX"
    except ValueError:
        status = "PILA_EVALUE"
    print(f'    {{"{text}",')
    print(f'     "{" ".join(map(str, items))}", {op}, {a}, {b}, '
          f'{status}, {result}, "{l!r}"}},')


def slice_hash(size, assigned):
    """FNV-1a of what every small slice of a list reads, deletes or assigns."""
    h = 0xcbf29ce484222325

    def add(x):
        nonlocal h
        h = (h ^ (x & 0xff)) * 0x100000001b3 & 0xffffffffffffffff

    bounds = [None, *range(-size - 2, size + 3)]
    for start in bounds:
        for stop in bounds:
            for step in (None, -4, -2, -1, 0, 1, 2, 4):
                s, l = slice(start, stop, step), list(range(1, size + 1))
                try:
                    if assigned is None:
                        for x in l[s]:
                            add(x)
                        for x in s.indices(size):
                            add(x)
                        del l[s]
                    else:
                        l[s] = l if assigned < 0 else range(100, 100 + assigned)
                    for x in l:
                        add(x)
                except ValueError:
                    add(255)
    return h


print("/* list_rows.h - what CPython does; printed by list_rows.py. */")
print("#ifdef LIST_ROWS")
for items in [], [7], [1, 2, 3], [2, 1, 3, 1, 2]:
    for op in ("APPEND", "EXTEND", "EXTEND_SELF", "CONCAT", "CONCAT_SELF", "COPY", "CLEAR",
               "REVERSE"):
        row(items, op, 9 if op == "APPEND" else 0)
    for n in (-2, 0, 1, 2, 5):
        row(items, "REPEAT", n)
    for i in (-9, -1, 0, 2, 9):
        row(items, "INSERT", i, 8)
    for i in (-4, -3, -1, 0, 2, 3):
        row(items, "POP", i)
        row(items, "SET", i, 8)
        row(items, "GET", i)
        row(items, "DEL", i)
    for value in (1, 2, 3, 4):
        for op in ("REMOVE", "COUNT", "IN"):
            row(items, op, value)
    row(items, "SORT", 0)
    row(items, "SORT", 1)
for start, stop in ((0, 100), (0, 1), (2, 4), (2, 3), (-1, 100), (-3, -1), (-100, -2),
                    (-100, 2), (3, 2), (9, 99)):
    row([1, 2, 3, 2], "INDEX", start, stop)
print("#else")
for size in (0, 1, 2, 3, 5, 6):
    for assigned in (None, -1, 0, 1, 2, 3, 7):
        what = ("read and deleted" if assigned is None else "assigned from itself"
                if assigned < 0 else f"assigned {assigned} items")
        print(f'    {{"slices of {size} items, {what}", {size}, '
              f'{-2 if assigned is None else assigned}, {slice_hash(size, assigned)}u}},')
print("#endif")
