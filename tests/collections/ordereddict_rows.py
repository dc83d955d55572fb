"""Print ordereddict_rows.h: the rows of test_ordereddict.c that CPython decides.

    python3 ordereddict_rows.py > ordereddict_rows.h
"""
from collections import OrderedDict


def popitem(d, last):
    key, value = d.popitem(last)
    return key * 1000 + value


def setitem(d, k, v):
    d[k] = v


def reset(d, k, v):
    del d[k]
    d[k] = v


def row(op, a, b=None, k=0, v=0):
    d, b = OrderedDict(a), OrderedDict(b or {})
    plain = dict(b)
    text, call = {
        "MOVE_LAST": (f"d.move_to_end({k})", lambda: d.move_to_end(k)),
        "MOVE_FIRST": (f"d.move_to_end({k}, last=False)",
                       lambda: d.move_to_end(k, last=False)),
        "POPITEM": ("d.popitem()", lambda: popitem(d, True)),
        "POPFIRST": ("d.popitem(last=False)", lambda: popitem(d, False)),
        "SET": (f"d[{k}] = {v}", lambda: setitem(d, k, v)),
        "RESET": (f"del d[{k}]; d[{k}] = {v}", lambda: reset(d, k, v)),
        "DEL": (f"del d[{k}]", lambda: d.__delitem__(k)),
        "POP": (f"d.pop({k})", lambda: d.pop(k)),
        "SETDEFAULT": (f"d.setdefault({k}, {v})", lambda: d.setdefault(k, v)),
        "CLEAR": ("d.clear()", d.clear),
        "COPY": ("d.copy()", d.copy),
        "UPDATE": ("d.update(b.items())", lambda: d.update(b.items())),
        "MERGE": ("d |= b", lambda: d.__ior__(b)),
        "MERGE_DICT": ("d |= dict(b)", lambda: d.__ior__(plain)),
        "OR": ("d | b", lambda: d | b),
        "OR_DICT": ("d | dict(b)", lambda: d | plain),
        "ROR_DICT": ("dict(b) | d", lambda: plain | d),
        "FROMKEYS": (f"OrderedDict.fromkeys(b, {v})", lambda: OrderedDict.fromkeys(b, v)),
        "EQ": ("d == b", lambda: d == b),
        "EQ_DICT": ("d == dict(b)", lambda: d == plain),
        "EQ_SELF": ("d == d", lambda: d == d),
        "KEYS": ("list(d)", lambda: list(d)),
        "ITEMS": ("list(d.items())", lambda: list(d.items())),
        "KEYS_BACK": ("list(reversed(d))", lambda: list(reversed(d))),
        "VALUES_BACK": ("list(reversed(d.values()))", lambda: list(reversed(d.values()))),
        "ITEMS_BACK": ("list(reversed(d.items()))", lambda: list(reversed(d.items()))),
    }[op]
    text = f"d = {dict(a)}; " + (f"b = {plain}; " if "b" in text else "") + text
    status, result, shown = "PILA_OK", 0, d
    try:
        got = call()
        if isinstance(got, list):
            shown = got
        elif isinstance(got, dict):
            assert type(got) is OrderedDict
            shown = got
        elif got is not None:
            result = int(got)
    except KeyError:
        status = "PILA_EKEY"
    if isinstance(shown, dict):
        shown = dict(shown)
    flat = [" ".join(f"{key}:{value}" for key, value in x.items()) for x in (dict(a), b)]
    print(f'    {{"{text}",')
    print(f'     "{flat[0]}", "{flat[1]}", {op}, {k}, {v}, {status}, {result},')
    print(f'     "{shown}"}},')


print("/* ordereddict_rows.h - what CPython does; printed by ordereddict_rows.py. */")
none, one, three = {}, {7: 70}, {3: 30, 1: 10, 2: 20}
for d in none, one, three:
    for op in ("POPITEM", "POPFIRST", "CLEAR", "COPY", "EQ_SELF", "KEYS", "ITEMS", "KEYS_BACK",
               "VALUES_BACK", "ITEMS_BACK"):
        row(op, d)
    for k in 3, 1, 2, 7, 5:
        for op in "MOVE_LAST", "MOVE_FIRST", "SET", "RESET", "DEL", "POP", "SETDEFAULT":
            row(op, d, None, k, 99)
for a, b in ((none, none), (none, three), (three, none), (three, {2: 21, 4: 40}),
             (three, three), (three, {1: 10, 2: 20, 3: 30}), (three, {3: 30, 1: 10, 2: 21}),
             (three, {3: 30, 2: 20, 1: 10}), (one, three), (one, one), ({1: 1}, {2: 1}),
             (three, {3: 30, 1: 10})):
    for op in ("UPDATE", "MERGE", "MERGE_DICT", "OR", "OR_DICT", "ROR_DICT", "EQ", "EQ_DICT"):
        row(op, a, b)
    row("FROMKEYS", a, b, 0, 4)
