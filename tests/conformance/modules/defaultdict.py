"""collections.defaultdict. What is said of a factory: see defaultdict.c."""
from collections import defaultdict

import mapping
from mapping import Mapping, Value


class Call(Value):
    def __call__(self):
        self.case.call_out("factory")
        return super().__call__()

    def __repr__(self):
        return "<function>"


class Count(Call):
    def __call__(self):
        made = super().__call__()
        self.said += 1
        return made


class Module(Mapping):
    ITEMS = {**Mapping.ITEMS, "copy": (0,), "or": (1,), "ror": (1,), "fromkeys": (1, 2)}

    def open(self, request):
        return defaultdict(self.factory(request.get("factory")),
                           self.pairs(request.get("init", [])))

    def factory(self, said):
        for name, kind in ("call", Call), ("count", Count), ("value", Value), ("empty", Value):
            if said and name in said:
                return kind(self, said[name])

    def op_factory(self, said):
        self.it.default_factory = self.factory(said)

    def op_has_factory(self):
        return self.it.default_factory is not None

    def made(self, pairs):
        return dict(pairs)

    def asked(self, made, *key):
        if key:
            made[key[0]]
        return made

    def op_copy(self, *key):
        return self.asked(self.it.copy(), *key)

    def op_or(self, pairs, *key):
        return self.asked(self.it | dict(pairs), *key)

    def op_ror(self, pairs, *key):
        return self.asked(dict(pairs) | self.it, *key)

    def op_fromkeys(self, keys, value=None, *key):
        return self.asked(self.it.fromkeys(keys, value), *key)


CHANGES = ["set", "del", "pop", "popitem", "setdefault", "update", "merge", "clear",
           "getitem", "getitem", "getitem", "getitem", "factory"]
QUIET = ["get", "contains", "has_factory", "ior", "ior_pairs", "update_self",
         "merge_self", "copy", "copy", "or", "ror", "fromkeys", "eq", "len", "repr", "keys",
         "items"]
DOES = ["set", "del", "pop", "popitem", "setdefault", "update", "clear", "getitem"]
# CPython asks a missing key for its hash again when what the factory made is stored
HASHED = ["get", "contains", "set", "setdefault", "del", "update"]
DROPPED = DOES + 3 * ["getitem"]


def factory(rng, value):
    """One whose repr is alike whatever the items are."""
    kind = rng.choice(["value", "call", "call", "count", None])
    if kind == "count":
        return {kind: rng.randint(0, 9)}
    return kind and {kind: value()}


def op(rng, name, key, value, faults=True):
    if name == "factory":
        return [name, factory(rng, value)]
    said = mapping.op(rng, name, key, value, faults)
    if name in ("copy", "or", "ror") and rng.random() < 0.5:
        said.append(key())
    if name == "fromkeys" and len(said) == 3 and rng.random() < 0.3:
        said.append(key())
    return said


def scripted(rng):
    key, value = mapping.kinds(rng, True)
    what = rng.choice(["eq", "hash", "factory", "factory", "factory", "drop", "drop"])
    make = lambda name: op(rng, name, key, value, what != "drop")
    does = mapping.script(rng, what, [make(name) for name in DOES])
    names = {"hash": HASHED, "drop": DROPPED}.get(what, HASHED + 9 * ["getitem"])
    if what == "eq" and does[what].get("do") == ["clear"]:
        names = ["get", "contains", "del"]  # as dict.py
    # where ends are scripted, each value must be one of its own
    makes = {"call": value()} if what == "drop" else factory(rng, value)
    return {"init": mapping.distinct_pairs(rng, key, value, 3), "factory": makes,
            "script": does,
            "ops": [make(rng.choice(names)) for _ in range(rng.randint(1, 4))]}


def random_case(rng):
    if rng.random() < 0.3:
        return scripted(rng)
    key, value = mapping.kinds(rng, False)
    make = lambda name: op(rng, name, key, value)
    case = {"init": mapping.some_pairs(rng, key, value), "factory": factory(rng, value)}
    if rng.random() < 0.15:
        return {**case, "ops": mapping.walk(rng, CHANGES, make, ["iter", "reversed"])}
    case["ops"] = [make(rng.choice(CHANGES + QUIET)) for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.2:
        case["factory"] = {"empty": {int: 0, str: ""}.get(type(key()))}
        case["ops"] = [said for said in case["ops"] if said[0] != "repr"]
    return case


EDGES = [
    {"init": [], "factory": {"empty": 0}, "ops": [["getitem", 3], ["getitem", 3], ["len"],
                                                  ["get", 4], ["contains", 4], ["pop", 4]]},
    {"init": [], "factory": {"empty": ""},
     "ops": [["getitem", "a"], ["setdefault", "b", "c"]]},
    {"init": [[1, 2]], "factory": None, "ops": [["getitem", 2], ["repr"], ["has_factory"],
                                                ["factory", {"value": 7}], ["getitem", 2],
                                                ["repr"], ["factory", None], ["getitem", 3]]},
    {"init": [], "factory": {"value": [1, {"t": []}]},
     "ops": [["getitem", 1], ["repr"], ["getitem", [1]], ["items"]]},
    {"init": [[1, 1]], "factory": {"count": 5},
     "ops": [["getitem", 2], ["copy", 3], ["or", [[4, 4]], 5], ["ror", [[4, 4]], 6],
             ["getitem", 3], ["fromkeys", [1, 2], 0], ["fromkeys", [1, 2], 0, 3]]},
    {"init": [[1, 1], [2, 2]], "factory": {"call": 3},
     "ops": [["iter"], ["next"], ["getitem", 2], ["next"], ["getitem", 5], ["next"]]},
    {"init": [[1, 1]], "factory": {"call": 3}, "ops": [["getitem", 2], ["getitem", 2]],
     "script": {"factory": {"raise_at": 1}}},
    {"init": [[1, 1]], "factory": {"call": 3}, "ops": [["getitem", 2], ["items"]],
     "script": {"factory": {"call": 1, "do": ["set", 2, 8]}}},
    {"init": [[1, 1]], "factory": {"call": 3}, "ops": [["getitem", 2], ["items"]],
     "script": {"factory": {"call": 1, "do": ["clear"]}}},
    {"init": [[1, 1]], "factory": {"count": 3}, "ops": [["getitem", 2], ["items"]],
     "script": {"factory": {"call": 1, "do": ["getitem", 2]}}},
    {"init": [[1, 1]], "factory": {"count": 3}, "ops": [["getitem", 2], ["getitem", 4]],
     "script": {"factory": {"call": 1, "do": ["factory", None]}}},
    {"init": [[1, 1]], "factory": {"count": 3}, "ops": [["getitem", 2], ["keys"]],
     "script": {"factory": {"call": 1, "do": ["update", [[k, k] for k in range(3, 20)]]}}},
    {"init": [[1, 1]], "factory": {"count": 3}, "ops": [["get", 2], ["setdefault", 2, 2],
                                                        ["pop", 3, 3], ["contains", 4]],
     "script": {"factory": {"raise_at": 1}}},
    {"init": [[1, 1]], "factory": {"value": 3}, "ops": [["getitem", 1], ["getitem", 1]],
     "script": {"eq": {"call": 1, "do": ["del", 1]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("an unhashable key popped from what is empty",
     "TypeError in pila, which asks for the hash first; KeyError, or the default, in CPython"),
    ("a walk after a change that leaves the length as it was, or a second time after any",
     "RuntimeError each time in pila; CPython may go on, or say it once and then end"),
    ("an eq or a hash that clears what is about to get a key",
     "pila puts the key in; CPython 3.11 leaves one that is not found, or is there twice"),
    ("how often hash is called for `d[key]` of a missing key",
     "once in pila; CPython asks again to store what the factory made"),
    ("how often hash is called by a copy, a merge, or the operators of keys",
     "pila asks again for the hash, CPython has it by the key, or asks other keys"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
    ("repr of a factory that is a function",
     "`<function>` in pila; with an address in CPython"),
]
