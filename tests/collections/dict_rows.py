"""Print dict_rows.h: the rows of test_dict.c that CPython decides.

    python3 dict_rows.py > dict_rows.h
"""
from collections import OrderedDict


def keys_op(name, a, b):
    """The set that Python gives, in the order that dict.h promises."""
    got = {"KEYS_AND": lambda: a.keys() & b.keys(), "KEYS_SUB": lambda: a.keys() - b.keys(),
           "KEYS_OR": lambda: a.keys() | b.keys(),
           "KEYS_XOR": lambda: a.keys() ^ b.keys()}[name]()
    return [k for k in [*a, *(k for k in b if k not in a)] if k in got]


def popfirst(d):
    o = OrderedDict(d)
    key, value = o.popitem(last=False)
    d.pop(key)
    return key * 1000 + value


def popitem(d):
    key, value = d.popitem()
    return key * 1000 + value


def row(op, a, b=None, k=0, v=0):
    d, b = dict(a), dict(b or {})
    text, call = {
        "SET": (f"{d}[{k}] = {v}", lambda: d.__setitem__(k, v)),
        "DEL": (f"del {d}[{k}]", lambda: d.__delitem__(k)),
        "RESET": (f"d = {d}; del d[{k}]; d[{k}] = {v}",
                  lambda: (d.__delitem__(k), d.__setitem__(k, v))[1]),
        "FIND": (f"{d}[{k}]", lambda: d[k]),
        "GET": (f"{d}.get({k}, {v})", lambda: d.get(k, v)),
        "IN": (f"{k} in {d}", lambda: k in d),
        "POP": (f"{d}.pop({k})", lambda: d.pop(k)),
        "POPITEM": (f"{d}.popitem()", lambda: popitem(d)),
        "POPFIRST": (f"OrderedDict({d}).popitem(last=False)", lambda: popfirst(d)),
        "SETDEFAULT": (f"{d}.setdefault({k}, {v})", lambda: d.setdefault(k, v)),
        "CLEAR": (f"{d}.clear()", d.clear),
        "COPY": (f"{d}.copy()", d.copy),
        "UPDATE": (f"{d}.update({b}.items())", lambda: d.update(b.items())),
        "MERGE": (f"{d} |= {b}", lambda: d.__ior__(b)),
        "MERGE_SELF": (f"d = {d}; d |= d", lambda: d.__ior__(d)),
        "OR": (f"{d} | {b}", lambda: d | b),
        "OR_SELF": (f"d = {d}; d | d", lambda: d | d),
        "FROMKEYS": (f"dict.fromkeys({list(b)}, {v})", lambda: dict.fromkeys(b, v)),
        "EQ": (f"{d} == {b}", lambda: d == b),
        "EQ_SELF": (f"d = {d}; d == d", lambda: d == d),
        "WITHIN": (f"{d}.keys() <= {b}.keys()", lambda: d.keys() <= b.keys()),
        "APART": (f"{d}.keys().isdisjoint({b}.keys())",
                  lambda: d.keys().isdisjoint(b.keys())),
        "KEYS": (f"list({d})", lambda: list(d)),
        "VALUES": (f"list({d}.values())", lambda: list(d.values())),
        "ITEMS": (f"list({d}.items())", lambda: list(d.items())),
        "KEYS_BACK": (f"list(reversed({d}))", lambda: list(reversed(d))),
        "VALUES_BACK": (f"list(reversed({d}.values()))",
                        lambda: list(reversed(d.values()))),
        "ITEMS_BACK": (f"list(reversed({d}.items()))", lambda: list(reversed(d.items()))),
        "KEYS_AND": (f"{d}.keys() & {b}.keys()", lambda: keys_op(op, d, b)),
        "KEYS_SUB": (f"{d}.keys() - {b}.keys()", lambda: keys_op(op, d, b)),
        "KEYS_OR": (f"{d}.keys() | {b}.keys()", lambda: keys_op(op, d, b)),
        "KEYS_XOR": (f"{d}.keys() ^ {b}.keys()", lambda: keys_op(op, d, b)),
    }[op]
    status, result, shown = "PILA_OK", 0, d
    try:
        got = call()
        if isinstance(got, (dict, list)):
            shown = got
        elif got is not None:
            result = int(got)
    except KeyError:
        status = "PILA_EKEY"
    flat = [" ".join(f"{key}:{value}" for key, value in x.items()) for x in (dict(a), b)]
    print(f'    {{"{text}",')
    print(f'     "{flat[0]}", "{flat[1]}", {op}, {k}, {v}, {status}, {result},')
    print(f'     "{shown}"}},')


print("/* dict_rows.h - what CPython does; printed by dict_rows.py. */")
none, one, three = {}, {7: 70}, {3: 30, 1: 10, 2: 20}
for d in none, one, three:
    for op in ("POPITEM", "POPFIRST", "CLEAR", "COPY", "MERGE_SELF", "OR_SELF", "EQ_SELF",
               "KEYS", "VALUES", "ITEMS", "KEYS_BACK", "VALUES_BACK", "ITEMS_BACK"):
        row(op, d)
    for k in 3, 2, 7, 5:
        for op in "SET", "DEL", "RESET", "FIND", "GET", "IN", "POP", "SETDEFAULT":
            row(op, d, None, k, 99)
for a, b in ((none, none), (none, three), (three, none), (three, {2: 21, 4: 40}),
             (three, {1: 10, 2: 20, 3: 30}), (three, {1: 10, 2: 20, 3: 31}), (one, three),
             ({1: 1}, {2: 1}), ({2: 5, 1: 5}, {4: 6, 3: 6, 2: 6, 1: 6})):
    for op in ("UPDATE", "MERGE", "OR", "EQ", "WITHIN", "APART", "KEYS_AND", "KEYS_SUB",
               "KEYS_OR", "KEYS_XOR"):
        row(op, a, b)
    row("FROMKEYS", a, b, 0, 4)
