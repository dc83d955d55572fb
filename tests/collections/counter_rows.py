"""Print counter_rows.h: the rows of test_counter.c that CPython decides.

    python3 counter_rows.py > counter_rows.h

a ^ b came with 3.15; before it, the row is made by what its documentation says.
"""
from collections import Counter


def xor(a, b):
    keys = [*a, *(k for k in b if k not in a)]
    apart = Counter({k: abs(a[k] - b[k]) for k in keys if a[k] != b[k]})
    assert not hasattr(a, "__xor__") or list((a ^ b).items()) == list(apart.items())
    return apart


def both(a, b, op):
    """a op b, which a op= b must agree with, order included."""
    made, inplace = Counter(a), Counter(a)
    if op == "+":
        made, inplace = made + b, inplace.__iadd__(b)
    elif op == "-":
        made, inplace = made - b, inplace.__isub__(b)
    elif op == "&":
        made, inplace = made & b, inplace.__iand__(b)
    else:
        made, inplace = made | b, inplace.__ior__(b)
    assert list(made.items()) == list(inplace.items())
    return made


def row(op, a, b=None, k=0, n=0):
    c, b = Counter(a), Counter(b or {})
    ac, bc = f"Counter({dict(c)})", f"Counter({dict(b)})"
    limit = "" if n < 0 else n
    text, call = {
        "COUNT": (f"{ac}[{k}]", lambda: c[k]),
        "ADD": (f"{ac}[{k}] += {n}", lambda: c.__setitem__(k, c[k] + n)),
        "SET": (f"{ac}[{k}] = {n}", lambda: c.__setitem__(k, n)),
        "DEL": (f"del {ac}[{k}]", lambda: c.__delitem__(k)),
        "TOTAL": (f"{ac}.total()", c.total),
        "COPY": (f"{ac}.copy()", c.copy),
        "CLEAR": (f"{ac}.clear()", c.clear),
        "MOST": (f"{ac}.most_common({limit})", lambda: c.most_common(None if n < 0 else n)),
        "LEAST": (f"sorted({ac}.items(), key=itemgetter(1))[:{limit}]",
                  lambda: sorted(c.items(), key=lambda x: x[1])[:None if n < 0 else n]),
        "ELEMENTS": (f"list({ac}.elements())", lambda: list(c.elements())),
        "UPDATE": (f"{ac}.update({bc}.elements())", lambda: c.update(b.elements())),
        "UPDATE_PAIRS": (f"{ac}.update({dict(b)})", lambda: c.update(dict(b))),
        "UPDATE_COUNTER": (f"{ac}.update({bc})", lambda: c.update(b)),
        "UPDATE_SELF": (f"c = {ac}; c.update(c)", lambda: c.update(c)),
        "UPDATE_OWN_KEYS": (f"c = {ac}; c.update(c.keys())", lambda: c.update(iter(c))),
        "SUBTRACT": (f"{ac}.subtract({bc}.elements())", lambda: c.subtract(b.elements())),
        "SUBTRACT_PAIRS": (f"{ac}.subtract({dict(b)})", lambda: c.subtract(dict(b))),
        "SUBTRACT_COUNTER": (f"{ac}.subtract({bc})", lambda: c.subtract(b)),
        "SUBTRACT_SELF": (f"c = {ac}; c.subtract(c)", lambda: c.subtract(c)),
        "PLUS": (f"{ac} + {bc}", lambda: both(c, b, "+")),
        "MINUS": (f"{ac} - {bc}", lambda: both(c, b, "-")),
        "AND": (f"{ac} & {bc}", lambda: both(c, b, "&")),
        "OR": (f"{ac} | {bc}", lambda: both(c, b, "|")),
        "XOR": (f"{ac} ^ {bc}", lambda: xor(c, b)),
        "POS": (f"+{ac}", lambda: +c),
        "NEG": (f"-{ac}", lambda: -c),
        "EQ": (f"{ac} == {bc}", lambda: c == b),
        "LE": (f"{ac} <= {bc}", lambda: c <= b),
        "LT": (f"{ac} < {bc}", lambda: c < b),
    }[op]
    got, result, shown, made = call(), 0, "", c
    if isinstance(got, Counter):
        made = got
    elif isinstance(got, list):
        shown = str(got)
    elif got is not None:
        result = int(got)
    flat = [" ".join(f"{key}:{count}" for key, count in x.items()) for x in (Counter(a), b)]
    print(f'    {{"{text}",')
    print(f'     "{flat[0]}", "{flat[1]}", {op}, {k}, {n}, {result}, "{shown}",')
    print(f'     "{dict(made)}", "{made!r}"}},')


print("/* counter_rows.h - what CPython does; printed by counter_rows.py. */")
none, three, odd = {}, {1: 3, 2: 1, 3: 2}, {5: -2, 1: 0, 4: 2, 3: -1}
ties = {4: 1, 2: 5, 9: 1, 7: 5, 1: 5, 3: 1, 8: 0, 6: -3, 5: 0}
for c in none, three, odd, ties:
    for n in (-1, 0, 1, 2, 3, 5, 9, 20):
        row("MOST", c, None, 0, n)
        row("LEAST", c, None, 0, n)
    for op in ("TOTAL", "COPY", "CLEAR", "ELEMENTS", "UPDATE_SELF", "UPDATE_OWN_KEYS",
               "SUBTRACT_SELF", "POS", "NEG"):
        row(op, c)
    for k in 1, 3, 77:
        row("COUNT", c, None, k)
        row("DEL", c, None, k)
        row("SET", c, None, k, 0)
        for n in 5, -5, 0:
            row("ADD", c, None, k, n)
for a, b in ((none, none), (none, three), (three, none), (none, odd), (odd, none),
             (three, odd), (odd, three), (three, three), (ties, odd), (odd, ties),
             ({1: 1}, {1: 1, 2: 0}), ({2: 0, 1: 1}, {1: 1}), ({1: 1, 2: -1}, {1: 1}),
             ({1: 1}, {1: 1, 2: -1}), ({1: 1, 2: 2}, {2: 3, 1: 1}), ({1: -5}, {}),
             ({}, {1: -5}), ({1: 1, 2: 1}, {1: 2}), ({1: 2}, {1: 1, 2: 1})):
    for op in ("UPDATE", "UPDATE_PAIRS", "UPDATE_COUNTER", "SUBTRACT", "SUBTRACT_PAIRS",
               "SUBTRACT_COUNTER", "PLUS", "MINUS", "AND", "OR", "XOR", "EQ", "LE", "LT"):
        row(op, a, b)
