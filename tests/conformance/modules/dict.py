"""dict."""
import operator

import mapping
from mapping import Mapping


class Module(Mapping):
    def made(self, pairs):
        return dict(pairs)

    def combined(self, pairs, combine):
        """A set of keys in the order of both dicts: that of a set is nobody's."""
        other = dict(pairs)
        keys = combine(self.it.keys(), other.keys())
        return [key for key in dict.fromkeys([*self.it, *other]) if key in keys]

    def op_keys_and(self, pairs):
        return self.combined(pairs, operator.and_)

    def op_keys_sub(self, pairs):
        return self.combined(pairs, operator.sub)

    def op_keys_or(self, pairs):
        return self.combined(pairs, operator.or_)

    def op_keys_xor(self, pairs):
        return self.combined(pairs, operator.xor)

    def op_keys_le(self, pairs):
        return self.it.keys() <= dict(pairs).keys()

    def op_keys_isdisjoint(self, pairs):
        return self.it.keys().isdisjoint(dict(pairs).keys())


CHANGES = ["set", "set", "del", "pop", "popitem", "setdefault", "update", "merge", "clear"]
QUIET = ["getitem", "get", "contains", "ior", "ior_pairs", "update_self", "merge_self",
         "copy", "or", "ror", "fromkeys", "eq", "len", "repr", "keys", "values", "items",
         "keys_and", "keys_sub", "keys_or", "keys_xor", "keys_le", "keys_isdisjoint"]
LOOKUPS = ["getitem", "get", "contains", "del"]
# CPython has the hashes of a dict's keys by it, pila asks again when it copies or merges;
# and CPython pops from an empty dict without asking for one
HASHED = LOOKUPS + ["set", "setdefault", "update", "ior_pairs", "fromkeys"]
# a dict that is changed while it is compared, or merged into another, is an error of pila
COMPARED = HASHED + ["pop", "merge", "ior", "or", "copy"]
# what is done when an item ends; rows that are no pairs end late in the adapter
DROPPED = CHANGES + ["getitem", "contains"]


def scripted(rng):
    key, value = mapping.kinds(rng, True)
    what = rng.choice(["eq", "eq", "hash", "drop", "drop"])
    make = lambda name: mapping.op(rng, name, key, value, what != "drop")
    does = mapping.script(rng, what, [make(name) for name in CHANGES])
    names = {"eq": COMPARED, "hash": HASHED, "drop": DROPPED}[what]
    if what != "drop" and does[what].get("do") == ["clear"]:
        names = LOOKUPS  # CPython 3.11 then spoils a dict that it is about to add to
    return {"init": mapping.distinct_pairs(rng, key, value), "script": does,
            "ops": [make(rng.choice(names)) for _ in range(rng.randint(1, 4))]}


def random_case(rng):
    if rng.random() < 0.25:
        return scripted(rng)
    key, value = mapping.kinds(rng, False)
    make = lambda name: mapping.op(rng, name, key, value)
    case = {"init": mapping.some_pairs(rng, key, value, 4)}
    if rng.random() < 0.25:
        return {**case, "ops": mapping.walk(rng, CHANGES, make, ["iter", "reversed"])}
    return {**case, "ops": [make(rng.choice(CHANGES + QUIET))
                            for _ in range(rng.randint(1, 5))]}


EDGES = [
    {"init": [[1, 2], [3, 4]], "ops": [["popitem"], ["popitem"], ["popitem"], ["clear"],
                                       ["len"], ["repr"], ["copy"], ["eq", []]]},
    {"init": [[1, 0], [True, 1]], "ops": [["set", True, 2], ["items"], ["del", True]]},
    {"init": [[1, 2]], "ops": [["iter"], ["next"], ["set", 2, 2], ["next"], ["next"]]},
    {"init": [[1, 2]], "ops": [["iter", "items"], ["set", 1, 7], ["next"], ["next"],
                               ["set", 3, 3], ["next"]]},
    {"init": [[1, 2], [2, 3]], "ops": [["reversed"], ["next"], ["del", 1], ["next"]]},
    {"init": [[k, k] for k in range(13)], "ops": [["del", 0], ["del", 5], ["set", 5, 1],
                                                  ["keys"], ["reversed"], ["next"]]},
    {"init": [[k, 1] for k in range(130)], "ops": [["del", k] for k in range(0, 130, 3)]},
    {"init": [[k, k] for k in range(12)],
     "ops": [["del", 3], ["set", 20, 1], ["getitem", 11], ["contains", 0], ["set", 4, 5]]},
    {"init": [["k%d" % k, ""] for k in range(99)],
     "ops": [["set", "k7", "x"], ["merge_self"], ["update_self"], ["getitem", "k98"]]},
    {"init": [["", ""], ["\u0000", "\n'\"\\"], ["\u00e9\u4e2d", "\U0001f600"]],
     "ops": [["repr"], ["getitem", "\u00e9\u4e2d"], ["contains", "\u0000"]]},
    {"init": [[-1, -2], [-2, -1], [2**63 - 1, -2**63]],
     "ops": [["getitem", -2], ["getitem", -1], ["repr"], ["pop", 2**63 - 1]]},
    {"init": [[[1], 2]], "ops": [["len"]]},
    {"init": [[1, 2, 3]], "ops": [["len"]]},
    {"init": [[1, [2, {"t": [3]}]]], "ops": [["set", [1], 0], ["contains", [1]],
                                             ["getitem", {"t": [[1]]}], ["repr"]]},
    {"init": [[1, 1]], "ops": [["update", [[2, 2], {"raise": True}, [3, 3]]],
                               ["fromkeys", [1, {"raise": True}], 1], ["fromkeys", []]]},
    {"init": [[1, 1], [2, 2]], "ops": [["eq", [[2, 2], [1, 1]]], ["eq", [[1, 1]]],
                                       ["eq", [[1, 1], [2, 3]]], ["or", [[1, 7], [3, 3]]],
                                       ["ror", [[1, 7], [3, 3]]]]},
    {"init": [[1, 1], [2, 2]], "ops": [["getitem", 2], ["getitem", 2]],
     "script": {"eq": {"call": 1, "do": ["clear"]}}},
    {"init": [[1, 1], [2, 2]], "ops": [["contains", 2], ["contains", 1]],
     "script": {"eq": {"call": 1, "do": ["del", 1]}}},
    {"init": [[1, 1], [2, 2]], "ops": [["pop", 2], ["set", 3, 3]],
     "script": {"eq": {"call": 1, "do": ["popitem"]}}},
    {"init": [[1, 1], [2, 2]], "ops": [["set", 2, 9], ["items"]],
     "script": {"eq": {"call": 1, "do": ["update", [[3, 3], [4, 4], [5, 5], [6, 6]]]}}},
    {"init": [[1, 1]], "ops": [["set", 2, 2], ["del", 2]],
     "script": {"hash": {"call": 2, "do": ["clear"]}}},
    {"init": [[1, 1], [2, 2]], "ops": [["eq", [[1, 1], [2, 2]]], ["eq", [[2, 2], [1, 1]]]],
     "script": {"eq": {"raise_at": 4}}},
    # of keys that hash otherwise none is compared
    {"init": [[k, 1] for k in range(400)], "ops": [["len"]],
     "script": {"eq": {"raise_at": 1}}},
    *({"init": [[1, 1]], "ops": [["ror", [[1, 9]]]], "script": {"eq": {"call": 1, "do": do}}}
      for do in (["clear"], ["set", 9, 9])),
    {"init": [[1, 1], [2, 2]], "ops": [["update_self"], ["items"]],
     "script": {"hash": {"call": 3, "do": ["clear"]}}},
    {"init": [[1, 1]], "ops": [["fromkeys", [1, 2, 3], 0], ["or", [[1, 3], [4, 5]]]],
     "script": {"hash": {"raise_at": 4}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("an unhashable key popped from what is empty",
     "TypeError in pila, which asks for the hash first; KeyError, or the default, in CPython"),
    ("a walk after a change that leaves the length as it was, or a second time after any",
     "RuntimeError each time in pila; CPython may go on, or say it once and then end"),
    ("an eq or a hash that clears what is about to get a key",
     "pila puts the key in; CPython 3.11 leaves one that is not found, or is there twice"),
    ("a dict that a callback changes while it is copied or compared",
     "RuntimeError in pila; CPython calls none to copy, and compares on with what is there"),
    ("how often hash is called by a copy, a merge, or the operators of keys",
     "pila asks again for the hash, CPython has it by the key, or asks other keys"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
    ("the order of `a.keys() & b.keys()` and its kin",
     "that of the dicts in pila; a set's in CPython, which is nobody's"),
]
