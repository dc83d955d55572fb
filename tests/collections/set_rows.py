"""Print set_rows.h: the rows of test_set.c that CPython decides.

    python3 set_rows.py > set_rows.h

Which elements are there, which of two equal ones was kept (its letter says from which
operand) and which operands == was asked with are CPython's; the order is what set.h
says, since CPython has none.
"""

asked = []


class Tagged:
    def __init__(self, value, tag):
        self.value, self.tag = value, tag

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        asked.append(self.tag + other.tag)
        return self.value == other.value

    def __repr__(self):
        return f"{self.value}{self.tag}"


def values(items):
    return [x.value for x in items]


def without(items, others):
    return [x for x in items if x not in values_of(others)]


def values_of(items):
    return set(items)


# What set.h says of the order: by the values of a and b.
ORDER = {
    "OR": lambda a, b: a + without(b, a),
    "SUB": lambda a, b: without(a, b),
    "XOR": lambda a, b: without(a, b) + without(b, a),
}


def both(a, b):
    few, many = (b, a) if len(b) <= len(a) else (a, b)
    return [x for x in few if x in many]


def order(op, a, b, read):
    """read: b's values in the order in which they are read, or None for a set."""
    if op != "AND":
        return ORDER[op](a, b if read is None else read)
    return both(a, b) if read is None else [x for x in read if x in a]


OPERATOR = {"OR": "|", "AND": "&", "SUB": "-", "XOR": "^"}
METHOD = {"OR": "union", "AND": "intersection", "SUB": "difference",
          "XOR": "symmetric_difference"}
UPDATE = {"OR": "update", "AND": "intersection_update", "SUB": "difference_update",
          "XOR": "symmetric_difference_update"}


def calls(op, x, y, z):
    """(name, text, what it answers or leaves), for sets x, y and an iterator z."""
    sign, method, update = OPERATOR[op], METHOD[op], UPDATE[op]
    yield op, f"{{a}} {sign} {{b}}", eval(f"lambda: x {sign} y", {"x": x, "y": y}), None
    yield (f"I{op}", f"{{a}} {sign}= {{b}}",
           lambda: in_place(x, f"__i{op.lower()}__", y), None)
    yield op + "_SET", f"{{a}}.{method}({{b}})", lambda: getattr(x, method)(y), None
    yield op + "_ITER", f"{{a}}.{method}(iter({{b}}))", lambda: getattr(x, method)(iter(z)), z
    yield f"I{op}_SET", f"{{a}}.{update}({{b}})", lambda: in_place(x, update, y), None
    yield (f"I{op}_ITER", f"{{a}}.{update}(iter({{b}}))",
           lambda: in_place(x, update, iter(z)), z)


def in_place(x, name, y):
    getattr(x, name)(y)
    return x


def emit(name, text, a, b, result, kept, log):
    text = text.format(a=set(a) or "set()", b=set(b) or "set()")
    flat = [" ".join(map(str, x)) for x in (a, b)]
    print(f'    {{"{text}",')
    print(f'     "{flat[0]}", "{flat[1]}", {name}, {int(result)},')
    print(f'     "{kept}", "{log}"}},')


def combine(a, b):
    for op in OPERATOR:
        for k in range(6):
            x, y = {Tagged(v, "a") for v in a}, {Tagged(v, "b") for v in b}
            z = [Tagged(v, "b") for v in reversed(b)]
            name, text, call, read = list(calls(op, x, y, z))[k]
            asked.clear()
            made = call()
            tags = {e.value: repr(e) for e in made}
            wanted = order(op, a, b, read and values(read))
            assert sorted(wanted) == sorted(tags), (name, a, b)
            emit(name, text, a, b, 0, " ".join(tags[v] for v in wanted),
                 " ".join(sorted(asked)))


def ask(a, b):
    for name, text, call in (
        ("EQ", "{a} == {b}", lambda x, y, z: x == y),
        ("LE", "{a} <= {b}", lambda x, y, z: x <= y),
        ("LT", "{a} < {b}", lambda x, y, z: x < y),
        ("SUBSET_SET", "{a}.issubset({b})", lambda x, y, z: x.issubset(y)),
        ("SUBSET_ITER", "{a}.issubset(iter({b}))", lambda x, y, z: x.issubset(iter(z))),
        ("SUPERSET_SET", "{a}.issuperset({b})", lambda x, y, z: x.issuperset(y)),
        ("SUPERSET_ITER", "{a}.issuperset(iter({b}))",
         lambda x, y, z: x.issuperset(iter(z))),
        ("DISJOINT_SET", "{a}.isdisjoint({b})", lambda x, y, z: x.isdisjoint(y)),
        ("DISJOINT_ITER", "{a}.isdisjoint(iter({b}))",
         lambda x, y, z: x.isdisjoint(iter(z))),
    ):
        x, y = {Tagged(v, "a") for v in a}, {Tagged(v, "b") for v in b}
        z = [Tagged(v, "b") for v in reversed(b)]
        asked.clear()
        result = call(x, y, z)
        # How often depends on the order; in which direction does not.
        emit(name, text, a, b, result, " ".join(f"{v}a" for v in a),
             " ".join(sorted(set(asked))))


print("/* set_rows.h - what CPython does; printed by set_rows.py. */")
many, most = list(range(10, 30)), list(range(40, 9, -1))
for a, b in (([], []), ([], [1, 2]), ([1, 2], []), ([1, 2], [2, 3]), ([2, 3], [2, 1]),
             ([1, 2, 3], [3]), ([3], [1, 2, 3]), ([1, 2], [1, 2]), ([1, 2], [2, 1]),
             ([1], [2]), ([5, 4, 1, 2, 3], [3, 9, 1, 5]), ([4, 3, 2, 1], [1, 2, 3, 4, 5]),
             (many, [12, 5]), (many, [12, 5, 29, 30, 3]), ([12, 5], many), (many, most),
             (most, many), ([13, 11, 50], most)):
    combine(a, b)
    ask(a, b)
