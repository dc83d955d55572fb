"""collections.Counter. Its values are counts, never items."""
import operator
from collections import Counter

import mapping
from mapping import Mapping

COMBINES = {"plus": operator.add, "minus": operator.sub, "and": operator.and_,
            "or": operator.or_, "iplus": operator.iadd, "iminus": operator.isub,
            "iand": operator.iand, "ior": operator.ior}
COMPARES = {name: getattr(operator, name) for name in ("eq", "le", "lt", "ge", "gt")}


class Module(Mapping):
    ITEMS = {name: (0,) for name in (*Mapping.ITEMS, "add")}
    SOURCES = {"update": (0,), "subtract": (0,)}
    PAIRS = {name: (0,) for name in (*COMBINES, *COMPARES, "merge", "subtract_pairs",
                                     "update_counter", "subtract_counter")}

    def made(self, pairs):
        return Counter(dict(pairs))

    def pair(self, said):
        return [self.item(said[0]), said[1]]

    def operate(self, op):
        name = op[0]
        if name in COMPARES:
            return COMPARES[name](self.it, self.made(self.pairs(op[1])))
        if name not in COMBINES:
            return super().operate(op)
        made = COMBINES[name](self.it, self.made(self.pairs(op[1])))
        return None if made is self.it else made

    def op_add(self, key, n):
        self.it[key] += n

    def op_subtract_pairs(self, pairs):
        self.it.subtract(dict(pairs))

    def op_update_counter(self, pairs):
        self.it.update(self.made(pairs))

    def op_subtract_counter(self, pairs):
        self.it.subtract(self.made(pairs))

    def op_elements(self):
        return list(self.it.elements())

    def op_least_common(self, n=None):
        return sorted(self.it.items(), key=operator.itemgetter(1))[:n]

    def op_pos(self):
        return +self.it

    def op_neg(self):
        return -self.it


CHANGES = ["set", "set", "del", "pop", "popitem", "setdefault", "update", "update", "merge",
           "clear", "add", "subtract", "subtract_pairs", "update_counter", "subtract_counter",
           "merge_self"]
# there is no xor in CPython before 3.15
QUIET = ["getitem", "get", "contains", "elements", "most_common", "most_common", "total",
         "least_common", "copy", "pos", "neg", "len", "repr", "keys", "values", "items",
         *COMBINES, *COMPARES]
# what else is counted looks a key up twice in CPython, to read and to write
COMPARED = ["getitem", "get", "contains", "set", "setdefault", "pop"]
HASHED = ["getitem", "get", "contains", "set", "setdefault", "update", "update"]
DOES = ["set", "del", "pop", "popitem", "update", "add", "subtract"]


def some_keys(rng, key):
    keys = [key() for _ in range(rng.randint(0, 5))]
    if rng.random() < 0.04:
        keys.insert(rng.randint(0, len(keys)), {"raise": True})
    return keys


def op(rng, name, key, count):
    if name in ("update", "subtract"):
        return [name, some_keys(rng, key)]
    if name in Module.PAIRS:
        return [name, mapping.some_pairs(rng, key, count, faults=False)]
    if name in ("most_common", "least_common"):
        low = -1 if name == "most_common" else 0
        return [name] + rng.choice([[], [None], [rng.randint(low, 5)], [rng.randint(1, 3)]])
    if name in ("add", "setdefault"):
        return [name, key(), count()]
    return mapping.op(rng, name, key, count)


def scripted(rng):
    key, _ = mapping.kinds(rng, True)
    count = lambda: rng.randint(-2, 4)
    what = rng.choice(["eq", "hash", "drop"])
    make = lambda name: op(rng, name, key, count)
    names = {"eq": COMPARED, "hash": HASHED, "drop": CHANGES}[what]
    return {"init": mapping.distinct_pairs(rng, key, count),
            "script": mapping.script(rng, what, [make(name) for name in DOES]),
            "ops": [make(rng.choice(names)) for _ in range(rng.randint(1, 4))]}


def random_case(rng):
    if rng.random() < 0.15:
        return scripted(rng)
    key, _ = mapping.kinds(rng, False)
    count = lambda: rng.randint(-2, 4)
    make = lambda name: op(rng, name, key, count)
    case = {"init": mapping.some_pairs(rng, key, count, 5, False)}
    if rng.random() < 0.1:
        return {**case, "ops": mapping.walk(rng, CHANGES, make, ["iter", "reversed"])}
    return {**case, "ops": [make(rng.choice(CHANGES + QUIET))
                            for _ in range(rng.randint(1, 5))]}


BIG = 2**63 - 1
EDGES = [
    {"init": [], "ops": [["update", list("mississippi")], ["repr"], ["most_common", 2],
                         ["most_common", 0], ["most_common", -1], ["most_common", 99],
                         ["elements"], ["total"], ["getitem", "x"], ["contains", "x"]]},
    {"init": [], "ops": [["repr"], ["total"], ["elements"], ["most_common"], ["pos"], ["neg"],
                         ["eq", []], ["lt", []], ["ge", []], ["del", 1], ["pop", 1]]},
    {"init": [[1, 0], [2, -3], [3, 4]],
     "ops": [["elements"], ["pos"], ["neg"], ["total"], ["eq", [[3, 4], [2, -3]]],
             ["le", [[3, 4]]], ["ge", [[2, -3]]], ["lt", [[1, 1], [3, 4]]], ["len"]]},
    {"init": [[k, k % 5] for k in range(20)],
     "ops": [["most_common"], ["most_common", 7], ["least_common", 7]]},
    {"init": [[k, -k * k] for k in range(40)], "ops": [["most_common", 3], ["neg"], ["repr"]]},
    {"init": [[1, BIG], [2, -BIG], [3, BIG], [4, -BIG - 1]],
     "ops": [["total"], ["most_common"], ["least_common", 2], ["repr"]]},
    {"init": [[1, BIG - 1]], "ops": [["add", 1, 1], ["getitem", 1], ["minus", [[1, BIG]]],
                                     ["subtract_pairs", [[1, BIG]]], ["getitem", 1]]},
    {"init": [[1, -BIG - 1]], "ops": [["subtract_pairs", [[1, -BIG - 1]]], ["items"],
                                      ["and", [[1, BIG]]], ["or", [[1, BIG]]]]},
    {"init": [[1, 1], [2, 2]], "ops": [["iminus", [[1, 3], [3, -1]]], ["iplus", [[2, -2]]],
                                       ["update_counter", [[2, -2]]], ["items"]]},
    {"init": [[1, 1]], "ops": [["iter"], ["next"], ["add", 1, 5], ["next"], ["next"]]},
    {"init": [[1, 1]], "ops": [["iter"], ["update", [1, 2]], ["next"]]},
    {"init": [[1, 2]], "ops": [["update", [2, [1], 3]], ["update", [4, {"raise": True}, 5]],
                               ["subtract", [1, {"raise": True}]], ["getitem", [1]]]},
    {"init": [], "ops": [["update", [True, 1, {"t": [1]}, None, None]], ["items"], ["repr"]]},
    {"init": [[1, 1]], "ops": [["update", [2, 3, 1, 2]], ["items"]],
     "script": {"hash": {"raise_at": 4}}},
    {"init": [[1, 1], [2, 2]], "ops": [["getitem", 2], ["getitem", 2]],
     "script": {"eq": {"call": 1, "do": ["clear"]}}},
    {"init": [[1, 1], [2, 2]], "ops": [["getitem", 3], ["update", [1, 1]]],
     "script": {"hash": {"call": 4, "do": ["clear"]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("an unhashable key popped from what is empty",
     "TypeError in pila, which asks for the hash first; KeyError, or the default, in CPython"),
    ("a walk after a change that leaves the length as it was, or a second time after any",
     "RuntimeError each time in pila; CPython may go on, or say it once and then end"),
    ("counts beyond 64 bits, and their total", "OverflowError in pila; CPython's grow"),
    ("how often hash and eq are called to count",
     "pila looks a key up once, CPython to read and to write"),
    ("least_common(n) where counts are equal",
     "in order in pila; `most_common()[:-n-1:-1]` of CPython has the last first"),
    ("how often hash is called by a copy, a merge, or the operators of keys",
     "pila asks again for the hash, CPython has it by the key, or asks other keys"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
]
