"""value: what Python's operators say of values of every kind."""
from values import (BIG, FLOATS, INTEGERS, STRANGE, ValueSubject, encoded, random_float,
                    random_int, random_text)


class Module(ValueSubject):
    """An operation of each; what changes a value answers with the value."""

    def op_eq(self, a, b):
        return a == b

    def op_less(self, a, b):
        return a < b

    def op_repr(self, a):
        return repr(a)

    def op_len(self, a):
        return len(a)

    def op_truth(self, a):
        return bool(a)

    def op_float(self, a):
        if isinstance(a, (str, bytes, bytearray)):
            raise TypeError  # these it would read
        return float(a)

    def op_hashable(self, a):
        hash(a)
        return True

    def op_same_hash(self, a, b):
        return a != b or hash(a) == hash(b)

    def op_contains(self, a, x):
        return x in a

    def op_getitem(self, a, key):
        return a[key]

    def op_iter(self, a):
        return list(a)

    def op_change(self, a, steps):
        """Each step's answer, and what there is then."""
        said = []
        for name, *args in steps:
            try:
                said.append(self.step(a, name, *args))
            except Exception as e:
                said.append(type(e).__name__)
        return [said, a, list(a.items()) if isinstance(a, dict) else None]

    def step(self, a, name, *args):
        if name == "setitem":
            a[args[0]] = args[1]
        elif name == "delitem":
            del a[args[0]]
        else:
            getattr(a, name)(*args)


def scalar(rng):
    return rng.choice([
        lambda: None, lambda: rng.choice([True, False]), lambda: random_int(rng),
        lambda: rng.choice(INTEGERS + BIG), lambda: rng.choice(FLOATS + STRANGE[:2]),
        lambda: float(rng.choice(INTEGERS + BIG[:4])), lambda: random_float(rng),
        lambda: rng.randint(0, 3), lambda: float(rng.randint(0, 3)),
        lambda: random_text(rng, True), lambda: rng.choice("ab"),
        lambda: rng.randbytes(rng.choice([0, 1, 3])), lambda: bytearray(b"ab"),
        lambda: complex(rng.randint(0, 2), rng.choice([0.0, -0.0, 1.5]))])()


def hashable(rng, depth=2):
    if depth and rng.random() < 0.15:
        made, most = (tuple, 2) if rng.random() < 0.7 else (frozenset, 1)
        return made([hashable(rng, depth - 1) for _ in range(rng.randint(0, most))])
    while isinstance(x := scalar(rng), bytearray):
        pass
    return x


def value_of(rng, depth=2):
    kind = rng.random()
    n = rng.randint(0, 3)
    if not depth or kind < 0.5:
        return scalar(rng)
    if kind < 0.65:
        return [value_of(rng, depth - 1) for _ in range(n)]
    if kind < 0.8:
        return tuple(value_of(rng, depth - 1) for _ in range(n))
    if kind < 0.92:
        return {hashable(rng): value_of(rng, depth - 1) for _ in range(n)}
    return rng.choice([set, frozenset])([hashable(rng)][:n])


def near(rng, value):
    """A value much like it, or another one."""
    if rng.random() < 0.4:
        return value_of(rng)
    if isinstance(value, (list, tuple)) and value and rng.random() < 0.7:
        items = list(value)
        items[rng.randrange(len(items))] = near(rng, rng.choice(items))
        return type(value)(items)
    if isinstance(value, dict) and rng.random() < 0.5:
        return dict(reversed(value.items()))
    if isinstance(value, (bool, int)) and rng.random() < 0.8:
        return rng.choice([value + 0, value + 1, float(value),
                           complex(value) if abs(value) < 2**53 else value])
    return value


def change_op(rng):
    """A container, and a dozen steps that change it."""
    a = rng.choice([lambda: [scalar(rng) for _ in range(rng.randint(0, 6))],
                    lambda: {hashable(rng): scalar(rng) for _ in range(rng.randint(0, 14))},
                    lambda: {hashable(rng, 0) for _ in range(rng.choice([0, 1, 12]))},
                    lambda: bytearray(rng.randbytes(5))])()
    keys = [*a, *(hashable(rng) for _ in range(12))]
    steps = []
    for _ in range(rng.randint(1, 14)):
        x, place = scalar(rng), rng.randint(-7, 7)
        if isinstance(a, list):
            steps.append(["clear"] if rng.random() < 0.03 else
                         rng.choice([["append", x], ["insert", place, x],
                                     ["setitem", place, x], ["delitem", place],
                                     ["extend", [x, x]]]))
        elif isinstance(a, dict):
            steps.append(rng.choice([["setitem", rng.choice(keys), x],
                                     ["delitem", rng.choice(keys)]]))
        elif isinstance(a, set):
            steps.append([rng.choice(["add", "discard"]), rng.choice(keys)])
        else:
            steps.append(rng.choice([["append", rng.randint(0, 255)], ["append", x],
                                     ["setitem", place, rng.randint(-1, 256)]]))
    return ["change", encoded(a), encoded(steps)]


def random_op(rng):
    a = value_of(rng)
    name = rng.choice(["eq", "eq", "less", "less", "repr", "repr", "len", "truth", "float",
                       "hashable", "same_hash", "contains", "getitem", "iter", "change",
                       "change"])
    if name == "change":
        return change_op(rng)
    if name in ("eq", "less", "same_hash"):
        b = near(rng, a)
        return [name, encoded(a), encoded(b)]
    if name == "contains":
        inside = [*a] if isinstance(a, (list, tuple, dict, str)) else []
        x = rng.choice(inside) if inside and rng.random() < 0.5 else scalar(rng)
        return [name, encoded(a), encoded(x)]
    if name == "getitem":
        key = rng.choice([*a]) if isinstance(a, dict) and a else rng.choice(
            [rng.randint(-4, 4), scalar(rng)])
        return [name, encoded(a), encoded(key)]
    if name == "iter" and isinstance(a, (set, frozenset, str, bytes, bytearray)):
        a = [a]
    return [name, encoded(a)]


def random_case(rng):
    return {"m": "value", "ops": [random_op(rng) for _ in range(rng.randint(1, 3))]}


EDGES = [
    {"ops": [["repr", encoded(x)] for x in (
        "'", '"', "'\"", "\x00\x1f\x7f\x80\xa0\xad", "\u200b\u2028\ud800\U0010ffff",
        "é日\U0001f40d", b"'", b"\x00\xff\"'", (), (1,), [], {}, set(), frozenset(), {1: {}},
        1e16, 1e15, 1e-4, 1e-5, 1j, -0.0j, complex(0, float("nan")), complex(-0.0, 1),
        complex(float("inf"), -1), bytearray(b"a'b"), bytearray(b"'\""),
        10**100, -2**63, True, None)]},
    {"ops": [["eq", encoded(a), encoded(b)] for a, b in (
        (1, True), (1, 1.0), (2**53 + 1, 2.0**53), (2**64, 2.0**64), (10**25, 1e25),
        (1, 1 + 0j), (float("nan"), float("nan")),
        (0.0, -0.0), (b"a", bytearray(b"a")), ("a", b"a"), ([1], (1,)), ({1}, frozenset({1})),
        ({1: 2, 3: 4}, {3: 4, 1: 2}), ([float("nan")], [1]), (None, 0), ("", None))]},
    {"ops": [["less", encoded(a), encoded(b)] for a, b in (
        (2**53, 2.0**53 + 2), (2**63, 2.0**63), (-2**70, -2.0**70), (10**400, float("inf")),
        (-10**400, float("-inf")), (1, float("nan")), ("a", "b"), ("\uffff", "\U00010000"),
        ("\ud800", "\ue000"), ([1, 2], [1]), ([1], [1, 2]), ((1, "a"), (1, 2)), ({1}, {1, 2}),
        ({1}, {1}), (None, None), (1j, 2j), (1, "a"), ({}, {}), (True, 2),
        (b"a", bytearray(b"b")))]},
]

DIFFERS = [
    ("a NaN inside a container", "one NaN is another of the same bits"),
    ("values that CPython hashes, and how", "hashes are keyed; only that equal ones are the "
     "same is asked"),
]
