"""collections.OrderedDict."""
from collections import OrderedDict

import mapping
from mapping import Mapping


class Module(Mapping):
    ITEMS = {**Mapping.ITEMS, "move_to_end": (0,)}
    PAIRS = {**Mapping.PAIRS, "eq_dict": (0,)}

    def made(self, pairs):
        return OrderedDict(pairs)

    def op_eq_dict(self, pairs):
        return self.it == dict(pairs)

    def op_repr(self):
        """As of 3.12; before, a list of pairs was shown."""
        return f"OrderedDict({dict(self.it)!r})" if self.it else "OrderedDict()"


CHANGES = ["set", "set", "del", "pop", "popitem", "popitem", "setdefault", "update", "merge",
           "clear", "move_to_end", "move_to_end", "move_to_end", "move_to_end"]
QUIET = ["getitem", "get", "contains", "ior", "ior_pairs", "update_self", "merge_self", "copy",
         "or", "ror", "fromkeys", "eq", "eq", "eq_dict", "len", "repr", "keys", "values",
         "items"]
STEPS = 30 * ["next"] + [name for name in CHANGES if name != "clear"]
# other operations look a key up in the dict and then in CPython's list of nodes, with a
# call of a callback for each
LOOKUPS = ["getitem", "get", "contains"]
HASHED = LOOKUPS + ["set", "del", "move_to_end", "update"]


def op(rng, name, key, value):
    if name == "move_to_end":
        return [name, key()] + rng.choice([[], [True], [False], [False]])
    if name == "popitem":
        return [name] + rng.choice([[], [True], [False]])
    if name == "eq_dict":
        return [name, mapping.some_pairs(rng, key, value)]
    return mapping.op(rng, name, key, value)


def scripted(rng):
    key, value = mapping.kinds(rng, True)
    what = rng.choice(["eq", "eq", "hash"])  # a drop that changes it spoils CPython's
    names = LOOKUPS if what == "eq" else HASHED
    make = lambda name: op(rng, name, key, value)
    return {"init": mapping.distinct_pairs(rng, key, value),
            "script": mapping.script(rng, what, [make(name) for name in CHANGES]),
            "ops": [make(rng.choice(names)) for _ in range(rng.randint(1, 4))]}


def random_case(rng):
    if rng.random() < 0.15:
        return scripted(rng)
    key, value = mapping.kinds(rng, False)
    make = lambda name: op(rng, name, key, value)
    init = mapping.some_pairs(rng, key, value, 4)
    if rng.random() < 0.3:
        # its iterators notice every change, so there may be several; they end with it,
        # but after clear CPython's fail again and again
        ops = [make(rng.choice(["iter", "reversed"]))]
        ops += [make(rng.choice(STEPS)) for _ in range(rng.randint(1, 6))]
    else:
        ops = [make(rng.choice(CHANGES + QUIET)) for _ in range(rng.randint(1, 6))]
    return {"init": init, "ops": ops}


EDGES = [
    {"init": [[1, 1], [2, 2], [3, 3]],
     "ops": [["iter"], ["next"], ["move_to_end", 3], ["next"], ["move_to_end", 1, False],
             ["next"], ["set", 2, 9], ["next"]]},
    {"init": [[1, 1], [2, 2], [3, 3]],
     "ops": [["iter", "items"], ["next"], ["move_to_end", 1], ["next"], ["next"]]},
    {"init": [[1, 1], [2, 2]], "ops": [["iter"], ["next"], ["clear"], ["next"]]},
    {"init": [[1, 1]], "ops": [["iter"], ["next"], ["set", 2, 2], ["next"]]},
    {"init": [[1, 1]], "ops": [["reversed", "values"], ["next"], ["set", 2, 2], ["next"]]},
    {"init": [], "ops": [["popitem"], ["popitem", False], ["move_to_end", 1], ["repr"],
                         ["move_to_end", [1]], ["eq", []], ["eq_dict", []], ["copy"]]},
    {"init": [[1, 1], [2, 2]], "ops": [["eq", [[2, 2], [1, 1]]], ["eq", [[1, 1], [2, 2]]],
                                       ["eq_dict", [[2, 2], [1, 1]]], ["move_to_end", 9],
                                       ["eq_dict", [[2, 2], [1, 0]]]]},
    {"init": [[k, k] for k in range(13)],
     "ops": [["move_to_end", 12, False], ["move_to_end", 5], ["popitem", False], ["keys"],
             ["move_to_end", 6, False], ["move_to_end", 0], ["items"]]},
    {"init": [[k, 1] for k in range(99)],
     "ops": [["move_to_end", k % 7 * 9, k % 2 == 0] for k in range(40)]},
    {"init": [[1, 1], [2, 2]], "ops": [["del", 1], ["set", 1, 3], ["set", 2, 4], ["repr"]]},
    {"init": [[1, 1], [2, 2]], "ops": [["move_to_end", {"t": []}], ["set", [1], 1]]},
    {"init": [[1, 1], [2, 2]], "ops": [["move_to_end", 1], ["set", 3, 3], ["keys"]],
     "script": {"hash": {"raise_at": 3}}},
    {"init": [[1, 1], [2, 2]], "ops": [["move_to_end", 1], ["keys"]],
     "script": {"eq": {"raise_at": 1}}},
    {"init": [[1, 1], [2, 2]], "ops": [["contains", 2], ["keys"]],
     "script": {"eq": {"call": 1, "do": ["move_to_end", 1]}}},
    {"init": [[1, 1], [2, 2], [3, 3]], "ops": [["getitem", 2], ["keys"]],
     "script": {"eq": {"call": 1, "do": ["popitem", False]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("an iterator that has given the last key, asked again after a change",
     "RuntimeError in pila; ended in CPython; the adapter maps it"),
    ("an iterator that was told of a change, asked again",
     "RuntimeError each time in pila; in CPython only after clear, and else ended"),
    ("two OrderedDicts of which a callback changes one while they are compared",
     "RuntimeError in pila; CPython notices some changes, between keys"),
    ("how often hash and eq are called, by walks too",
     "CPython looks keys up in the dict and in its list of nodes, pila once"),
    ("a key whose hash has changed", "pila does not ask again; KeyError in CPython"),
    ("an item whose end changes the OrderedDict",
     "pila goes on; CPython 3.11 forgets keys, or has nodes without keys"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
    ("repr", "as of 3.12; CPython 3.11 shows a list of pairs"),
]
