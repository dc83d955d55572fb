"""Print defaultdict_rows.h: the rows of test_defaultdict.c that CPython decides.

    python3 defaultdict_rows.py > defaultdict_rows.h
"""
from collections import defaultdict


class Made(Exception):
    pass


def five():
    return 5


def seven():
    return 7


def factory_of(kind, d, act, k):
    """A defaultdict's factory, and how the test's dict shows it."""
    def call():
        if act == "STORES":
            d[k] = 1000
        elif act == "CLEARS":
            d.clear()
        elif act == "DELETES":
            d.pop(1, None)
        elif act == "INSERTS":
            for key in range(100, 130):
                d[key] = key
        elif act == "FORGETS":
            d.default_factory = None
        elif act == "ASKS":
            d.default_factory = five
            d[k + 50]
        elif act == "FAILS":
            raise Made
        return 77

    return {"NONE": None, "EMPTY": int, "VALUE": seven, "CALL": call}[kind]


def row(op, kind, a, b=None, k=0, v=0, act="QUIET"):
    d, b = defaultdict(None, a), dict(b or {})
    d.default_factory = factory_of(kind, d, act, k)
    other = defaultdict(list, b)
    words = {"NONE": "None", "EMPTY": "<class 'int'>", "VALUE": "<value 7>",
             "CALL": "<function>"}
    text, call = {
        "FIND": (f"d[{k}]", lambda: d[k]),
        "FIND_TWICE": (f"d[{k}]; d[{k}]", lambda: (d[k], d[k])[1]),
        "GET": (f"d.get({k}, {v})", lambda: d.get(k, v)),
        "IN": (f"{k} in d", lambda: k in d),
        "POP": (f"d.pop({k})", lambda: d.pop(k)),
        "SETDEFAULT": (f"d.setdefault({k}, {v})", lambda: d.setdefault(k, v)),
        "SET": (f"d[{k}] = {v}", lambda: d.__setitem__(k, v)),
        "DEL": (f"del d[{k}]", lambda: d.__delitem__(k)),
        "CLEAR": ("d.clear()", d.clear),
        "COPY": ("d.copy()", d.copy),
        "MERGE": ("d |= b", lambda: d.__ior__(b)),
        "OR": ("d | defaultdict(list, b)", lambda: d | other),
        "OR_DICT": ("d | b", lambda: d | b),
        "ROR_DICT": ("b | d", lambda: b | d),
        "FROMKEYS": (f"defaultdict.fromkeys(b, {v})",
                     lambda: defaultdict.fromkeys(b, v)),
        "EQ": ("d == defaultdict(list, b)", lambda: d == other),
        "EQ_DICT": ("d == b", lambda: d == b),
    }[op]
    start = f"d = defaultdict({words[kind]}, {dict(a)}); "
    text = start + (f"b = {b}; " if "b" in text.replace("defaultdict", "") else "") + text
    if act != "QUIET":
        text += f" where the factory {act.lower()}"
    status, result, shown = "PILA_OK", 0, d
    try:
        got = call()
        if isinstance(got, dict):
            assert type(got) is defaultdict
            shown = got
        elif got is not None:
            result = int(got)
    except KeyError:
        status = "PILA_EKEY"
    except Made:
        status = "THING_FAULT"
    made_by = shown.default_factory
    name = {None: "None", int: "<class 'int'>", seven: "<value 7>", five: "<value 5>"}.get(
        made_by, "<function>")
    flat = [" ".join(f"{key}:{value}" for key, value in x.items()) for x in (dict(a), b)]
    print(f'    {{"{text}",')
    print(f'     "{flat[0]}", "{flat[1]}", {op}, PILA_FACTORY_{kind}, {k}, {v}, {act}, '
          f'{status}, {result},')
    print(f'     "{dict(shown)}", "{name}"}},')


print("/* defaultdict_rows.h - what CPython does; printed by defaultdict_rows.py. */")
none, three = {}, {3: 30, 1: 10, 2: 20}
kinds = "NONE", "EMPTY", "VALUE", "CALL"
for kind in kinds:
    for d in none, three:
        for k in 1, 9:
            for op in "FIND", "FIND_TWICE", "GET", "IN", "POP", "SETDEFAULT", "SET", "DEL":
                row(op, kind, d, None, k, 99)
        for op in "CLEAR", "COPY":
            row(op, kind, d)
for act in "STORES", "CLEARS", "DELETES", "INSERTS", "FORGETS", "ASKS", "FAILS":
    for d in none, three:
        for k in 1, 9:
            row("FIND", "CALL", d, None, k, 0, act)
for kind in kinds:
    for a, b in ((none, none), (none, three), (three, none), (three, {2: 21, 4: 40}),
                 (three, {1: 10, 2: 20, 3: 30})):
        for op in "MERGE", "OR", "OR_DICT", "ROR_DICT", "EQ", "EQ_DICT":
            row(op, kind, a, b)
        row("FROMKEYS", kind, a, b, 0, 4)
