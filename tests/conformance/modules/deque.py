"""collections.deque."""
from collections import deque

from oracle import Subject, encoded, script


class Module(Subject):
    ITEMS = {"append": (0,), "appendleft": (0,), "insert": (1,), "set": (1,), "remove": (0,),
             "index": (0,), "count": (0,), "contains": (0,)}
    SOURCES = {"extend": (0,), "extendleft": (0,), "add": (0,), "eq": (0,), "lt": (0,)}

    def open(self, request):
        return deque(self.source(request.get("init", [])), request.get("maxlen"))

    def op_get(self, i):
        return self.it[i]

    def op_set(self, i, x):
        self.it[i] = x

    def op_del(self, i):
        del self.it[i]

    def op_contains(self, x):
        return x in self.it

    def op_extend_self(self):
        self.it.extend(self.it)

    def op_mul(self, n):
        return self.it * n

    def op_add(self, items):
        return self.it + deque(items)

    def op_eq(self, items):
        return self.it == deque(items)

    def op_lt(self, items):
        return self.it < deque(items)


QUIET = ["append", "append", "append", "appendleft", "appendleft", "pop", "popleft", "extend",
         "extendleft", "insert", "set", "get", "del", "reverse", "rotate", "rotate", "clear",
         "len", "repr", "copy", "mul", "add", "iter", "reversed", "next", "next", "next",
         "extend_self"]
DROPS = ["append", "append", "appendleft", "set", "set", "del", "clear", "pop", "popleft",
         "remove", "insert", "rotate"]
COMPARES = ["remove", "index", "count", "contains", "eq", "lt"]


def op(rng, name, value):
    i = rng.randint(-4, 9)
    if name in ("append", "appendleft", "remove", "count", "contains"):
        return [name, value()]
    if name in ("extend", "extendleft", "add", "eq", "lt"):
        items = [value() for _ in range(rng.randint(0, 4))]
        if rng.random() < 0.05:
            items.insert(rng.randint(0, len(items)), {"raise": True})
        return [name, items]
    if name in ("insert", "set"):
        return [name, i, value()]
    if name in ("get", "del", "rotate"):
        return [name, i]
    if name == "mul":
        return [name, rng.randint(-1, 3)]
    if name == "index":
        return [name, value(), *(rng.randint(-7, 9) for _ in range(rng.randint(0, 2)))]
    return [name]


def random_case(rng):
    value = rng.choice([lambda: rng.randint(0, 5), lambda: rng.randint(0, 5),
                        lambda: rng.choice(["a", "b", "ab", ""]),
                        lambda: rng.choice([1, "1", None, {"t": [1, 2]}, True])])
    case = {"m": "deque", "init": [value() for _ in range(rng.randint(0, 6))]}
    if rng.random() < 0.4:
        case["maxlen"] = rng.choice([0, 1, 3, 5, 8])
    case.update(script(rng, ["eq", "eq", "less", "drop"],
                       [op(rng, n, value) for n in ("clear", "append", "pop", "rotate",
                                                    "appendleft", "popleft")]))
    # comparing deques, CPython asks the items that differ twice: no script counts that
    names = QUIET + 5 * COMPARES[:-2] if "script" in case else QUIET + COMPARES
    if "drop" in case.get("script", ()):
        names, value = DROPS, lambda: rng.randint(0, 5)
        case["init"] = [value() for _ in range(rng.randint(2, 6))]
    case["ops"] = [op(rng, rng.choice(names), value) for _ in range(rng.randint(1, 10))]
    return case


EDGES = [
    {"init": [1, 2, 3], "ops": [["index", 3, -1, 100], ["index", 1, 1], ["index", 9]]},
    {"init": [1, 2], "ops": [["mul", 100], ["rotate", 1000001], ["rotate", -1000001]]},
    {"init": [1, 2, 3], "ops": [["iter"], ["next"], ["append", 4], ["next"], ["next"]]},
    {"init": [], "ops": [["pop"], ["popleft"], ["get", 0], ["set", 0, 1], ["del", 0],
                         ["remove", 1], ["rotate", 3], ["reverse"]]},
    {"init": [1, 2, 3], "maxlen": 3, "ops": [["insert", 0, 9], ["append", 4],
                                             ["extend_self"], ["add", [7, 8]], ["mul", 2]]},
    {"init": [1, 2, 3, 4], "ops": [["count", 3]],
     "script": {"eq": {"call": 2, "do": ["clear"]}}},
    {"init": [1, 2, 3, 4], "ops": [["remove", 4]],
     "script": {"eq": {"call": 1, "do": ["append", 9]}}},
    {"init": [{"t": [1, "a"]}, None, True], "ops": [["count", 1], ["repr"], ["index", None]]},
]

# what the cases leave out, or map
DIFFERS = [
    ("`remove` while a comparison changes the deque",
     "PILA_EMUTATED, a RuntimeError, in pila; IndexError in CPython; the adapter maps it"),
    ("an iterator that has ended, asked again after a change",
     "ended in pila; RuntimeError in CPython"),
    ("a reversed iterator after its last item, or after a fault, of a deque that has changed",
     "RuntimeError in pila, each time; ended in CPython; the adapter maps it"),
    ("how often eq is called when deques are compared",
     "CPython asks again about the two items that differ"),
    ("`<=` and `>=` of items with an order of their own",
     "pila asks for less alone, CPython for the items' own `<=`"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
]
