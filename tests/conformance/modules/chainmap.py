"""collections.ChainMap. How a map is said: see chainmap.c."""
from collections import ChainMap, defaultdict

import mapping
from mapping import Mapping, Value
from oracle import encoded


def listed(made):
    """A chain as the list of its maps."""
    if isinstance(made, ChainMap):
        return [listed(m) for m in made.maps]
    return made


class Module(Mapping):
    PAIRS = {"update": (0,), "merge": (0,), "ror": (0,)}

    def open(self, request):
        return ChainMap(*map(self.map, request.get("maps", [])))

    def map(self, said):
        if isinstance(said, list):
            return dict(self.pairs(said))
        if "chain" in said:
            made = ChainMap()
            made.maps = [self.map(x) for x in said["chain"]]
            return made
        return defaultdict(Value(self, said["value"]), self.pairs(said["pairs"]))

    def state(self):
        return encoded(listed(self.it))

    def operate(self, op):
        return listed(super().operate(op))

    def op_iter(self, what="keys"):
        # its keys() is asked for them when the first is, and pila's as iter
        self.walk = iter(self.it if what == "keys" else getattr(self.it, what)())

    def op_any(self):
        return bool(self.it)

    def op_map_count(self):
        return len(self.it.maps)

    def op_map(self, i):
        return self.it.maps[i]

    def op_set_maps(self, maps):
        self.it.maps = [self.map(said) for said in maps]

    def op_append_map(self, said):
        self.it.maps.append(self.map(said))

    def op_new_child(self, said=None):
        self.it, self.walk = self.it.new_child(said if said is None else self.map(said)), None

    def op_parents(self):
        self.it, self.walk = self.it.parents, None

    def op_or(self, said):
        return self.it | self.map(said)

    def op_ior(self, said):
        self.it |= self.map(said)

    def op_eq(self, said):
        return self.it == self.map(said)


CHANGES = ["set", "set", "del", "pop", "popitem", "setdefault", "setdefault", "update",
           "merge", "ior", "clear", "new_child", "new_child", "parents", "append_map",
           "set_maps"]
QUIET = ["getitem", "getitem", "get", "contains", "len", "any", "map_count", "map", "copy",
         "or", "ror", "eq", "eq", "fromkeys", "repr", "keys", "values", "items"]
LOOKUPS = ["getitem", "contains", "del"]
# get asks two times in CPython, for the key and then for its value
COMPARED = LOOKUPS + ["set", "pop", "setdefault", "update"]
HASHED = LOOKUPS + ["set", "update"]
DOES = ["set", "del", "pop", "popitem", "update", "clear"]


def some_map(rng, key, value, kinds=True):
    pairs = mapping.some_pairs(rng, key, value, 2, False)
    odds = rng.random() if kinds else 1
    if odds < 0.06:
        return {"value": value(), "pairs": pairs}
    if odds < 0.12:
        return {"chain": [mapping.some_pairs(rng, key, value, 2, False)
                          for _ in range(rng.randint(1, 2))]}
    return pairs


def op(rng, name, key, value, faults=True):
    if name in ("append_map", "or", "ior", "eq"):
        return [name, some_map(rng, key, value)]
    if name == "set_maps":
        return [name, [some_map(rng, key, value) for _ in range(rng.randint(1, 2))]]
    if name == "new_child":
        return [name] + ([some_map(rng, key, value)] if rng.random() < 0.6 else [])
    if name == "map":
        return [name, rng.randint(-3, 3)]
    return mapping.op(rng, name, key, value, faults)


def scripted(rng):
    key, value = mapping.kinds(rng, True)
    what = rng.choice(["eq", "hash", "drop"])
    make = lambda name: op(rng, name, key, value, what != "drop")
    does = mapping.script(rng, what, [make(name) for name in DOES])
    names = {"eq": COMPARED, "hash": HASHED, "drop": DOES + ["setdefault"]}[what]
    if what != "drop" and does[what].get("do") == ["clear"]:
        names = LOOKUPS  # as dict.py
    return {"maps": [mapping.distinct_pairs(rng, key, value, 2)
                     for _ in range(rng.randint(0, 3))],
            "script": does, "ops": [make(rng.choice(names)) for _ in range(rng.randint(1, 4))]}


def random_case(rng):
    if rng.random() < 0.15:
        return scripted(rng)
    key, value = mapping.kinds(rng, False)
    make = lambda name: op(rng, name, key, value)
    case = {"maps": [some_map(rng, key, value) for _ in range(rng.randint(0, 3))]}
    if rng.random() < 0.2:
        names = CHANGES + 20 * ["next"]
        return {**case, "ops": [make("iter")] + [make(rng.choice(names))
                                                 for _ in range(rng.randint(1, 5))]}
    return {**case, "ops": [make(rng.choice(CHANGES + QUIET))
                            for _ in range(rng.randint(1, 4))]}


EDGES = [
    {"maps": [], "ops": [["len"], ["any"], ["repr"], ["getitem", [1]], ["contains", [1]],
                         ["get", [1]], ["map_count"], ["parents"], ["set", 1, 1], ["popitem"],
                         ["popitem"], ["del", 1], ["eq", []]]},
    {"maps": [[[1, 1]]], "ops": [["set_maps", []], ["map_count"], ["len"], ["getitem", 1],
                                 ["contains", 1], ["set", 1, 1], ["del", 1], ["pop", 1],
                                 ["popitem"], ["clear"], ["copy"], ["update", [[1, 1]]],
                                 ["parents"], ["map_count"]]},
    {"maps": [[[1, 1]]], "ops": [["set_maps", []], ["new_child"], ["set", 1, 2]]},
    {"maps": [[[1, 1], [2, 2]], [[2, 9], [3, 3]]],
     "ops": [["getitem", 2], ["getitem", 3], ["set", 3, 0], ["getitem", 3], ["del", 3],
             ["del", 3], ["getitem", 3], ["pop", 3], ["items"], ["repr"], ["len"]]},
    {"maps": [[[3, 1]], [[2, 1]], [[1, 1], [3, 3]]], "ops": [["keys"], ["values"], ["items"]]},
    {"maps": [[[1, 1]], [[2, 2]]], "ops": [["iter"], ["next"], ["set", 5, 5], ["clear"],
                                           ["next"], ["next"]]},
    {"maps": [[[1, 1]], [[2, 2]]], "ops": [["iter", "values"], ["next"], ["del", 1], ["next"],
                                           ["next"]]},
    {"maps": [[[1, 1]], [[2, 2]]], "ops": [["iter", "items"], ["set", 0, 0], ["next"],
                                           ["set", 1, 7], ["next"], ["set", 8, 8], ["next"]]},
    {"maps": [[[1, 1]], {"value": 7, "pairs": [[2, 2]]}, [[3, 3]]],
     "ops": [["get", 9, 0], ["contains", 9], ["getitem", 9], ["get", 3], ["pop", 2, 0],
             ["setdefault", 4, 5], ["items"], ["repr"], ["eq", {"chain": [[[1, 1]]]}]]},
    {"maps": [{"chain": [[[1, 1]], [[2, 2]]]}, [[3, 3]]],
     "ops": [["set", 2, 0], ["map", 0], ["map", -1], ["map", 2], ["pop", 2], ["popitem"],
             ["copy"], ["or", [[4, 4]]], ["keys"], ["repr"], ["clear"], ["len"]]},
    {"maps": [{"chain": []}, [[3, 3]]], "ops": [["getitem", 3], ["set", 1, 1], ["len"]]},
    {"maps": [[[1, 1]], [[2, 2]]], "ops": [["ror", [[1, 0], [5, 5]]], ["or", [[2, 0]]],
                                           ["or", {"chain": [[[4, 4]], [[1, 9]]]}],
                                           ["ior", {"chain": [[[2, 4]], [[1, 9]]]}],
                                           ["fromkeys", [1, 2], 3], ["fromkeys", [[1]]]]},
    {"maps": [[[1, 1]], [[True, 2], [1, 3]]], "ops": [["keys"], ["items"], ["len"]]},
    {"maps": [[[1, 1]]], "ops": [["update", [[2, 2], {"raise": True}]], ["update", [[3]]],
                                 ["update", [[4, 4], [5, 5, 5]]], ["new_child", [[6, 6]]]]},
    {"maps": [], "ops": [["getitem", 1], ["contains", 1], ["set", 1, 1]],
     "script": {"hash": {"raise_at": 2}}},
    {"maps": [[[1, 1]], [[2, 2]]], "ops": [["getitem", 2], ["contains", 2]],
     "script": {"hash": {"raise_at": 4}}},
    {"maps": [[[1, 1]], [[1, 2]]], "ops": [["getitem", 1], ["getitem", 1]],
     "script": {"eq": {"call": 1, "do": ["del", 1]}}},
    {"maps": [[[1, 1]], [[1, 2]]], "ops": [["setdefault", 1, 5], ["keys"]],
     "script": {"eq": {"call": 1, "do": ["popitem"]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("an unhashable key popped from what is empty",
     "TypeError in pila, which asks for the hash first; KeyError, or the default, in CPython"),
    ("how often hash and eq are called by `get`",
     "pila looks the key up once, CPython for `in` and then for its value"),
    ("a change between `c.keys()` and the first of them",
     "pila has the keys when it is called, CPython when the first is asked for"),
    ("a walk that came upon a key that is gone, asked again",
     "KeyError each time in pila; ended in CPython; the adapter maps it"),
    ("`update` by nothing of a chain without maps", "IndexError in pila; nothing in CPython"),
    ("a Counter or an OrderedDict among the maps",
     "a dict in pila: shown as one, without the 0 of a missing key"),
    ("chains nested deep",
     "RecursionError from 300 on in pila; CPython's depends on the call"),
    ("an eq or a hash that clears what is about to get a key",
     "pila puts the key in; CPython 3.11 leaves one that is not found, or is there twice"),
    ("how often hash is called by a copy, a merge, or the operators of keys",
     "pila asks again for the hash, CPython has it by the key, or asks other keys"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
]
