"""set and frozenset; elements are said in the order of their reprs."""
import operator

from oracle import Subject, encoded, script

METHODS = ("union", "intersection", "difference")
IN_PLACE = ("update", "intersection_update", "difference_update")
# CPython's read no further than to the last element that there is to keep, pila's read
# all: what comes behind must not fail, nor be counted by a script
INTERSECTIONS = ("intersection", "intersection_update")
QUESTIONS = ("isdisjoint", "issubset", "issuperset")
OPERATORS = ("or", "and", "sub", "xor")
COMPARISONS = ("eq", "ne", "le", "lt", "ge", "gt")


class Module(Subject):
    ITEMS = {"add": (0,), "discard": (0,), "remove": (0,), "contains": (0,)}

    def open(self, request):
        self.kind = frozenset if request.get("frozen") else set
        return self.kind(self.source(request.get("init", [])))

    def state(self):
        return encoded(self.ordered(self.it))

    def ordered(self, x):
        return sorted(x, key=repr)

    def operand(self, said):
        if said == "self":
            return self.it
        if isinstance(said, dict):
            return (set(self.source(said["set"])) if "set" in said else
                    frozenset(self.source(said["frozen"])))
        return self.source(said)

    def other(self, said):
        return self.it if said == "self" else self.kind(self.source(said))

    def op_contains(self, x):
        return x in self.it

    def op_pop(self):
        n, x = len(self.it), self.it.pop()
        gone = x not in self.it and len(self.it) == n - 1
        self.it.add(x)
        return gone

    def op_drain(self):
        return self.ordered([self.it.pop() for _ in range(len(self.it))])

    def op_repr(self):
        return len(repr(self.it)) if len(self.it) > 1 else repr(self.it)

    def op_copy(self):
        return self.ordered(self.it.copy())

    def op_from(self, items):
        self.it = self.kind(self.source(items))

    def op_hash_eq(self, items):
        other = self.other(items)
        return self.it == other and hash(self.it) == hash(other)

    def op_distinct(self, *lists):
        return len({frozenset(self.source(x)) for x in lists})

    def op_next(self):
        return super().op_next() in self.it


def by_name(names, make):
    for name in names:
        setattr(Module, "op_" + name, make(name))


def method(name):
    return lambda self, *said: self.ordered(
        getattr(self.it, name)(*[self.operand(x) for x in said]))


def plain_method(name):
    return lambda self, *said: getattr(self.it, name)(*[self.operand(x) for x in said])


def function(name):
    call = getattr(operator, name)
    return lambda self, said: call(self.it, self.other(said))


def operation(name):
    call = getattr(operator, name + "_" if name in ("or", "and") else name)
    return lambda self, said: self.ordered(call(self.it, self.other(said)))


def in_place(name):
    call = getattr(operator, name)

    def change(self, said):
        self.it = call(self.it, self.other(said))
    return change


by_name((*METHODS, "symmetric_difference"), method)
by_name((*IN_PLACE, "symmetric_difference_update", *QUESTIONS), plain_method)
by_name(COMPARISONS, function)
by_name(OPERATORS, operation)
by_name(["i" + name for name in OPERATORS], in_place)


ONE = ["add", "discard", "remove", "clear"]
CHANGES = [*ONE, "add", "discard", "pop", "drain", "from", *IN_PLACE,
           "symmetric_difference_update", *("i" + name for name in OPERATORS)]
KEEPS = ["contains", "len", "repr", "copy", *METHODS, *METHODS, "symmetric_difference",
         *QUESTIONS, *OPERATORS, *COMPARISONS, "distinct"]


class Maker:
    """Makes random operations, of values of one sort."""

    def __init__(self, rng, scripted):
        self.rng, self.scripted = rng, scripted
        # -1 and -2 have one hash in CPython: no script counts what that asks
        least = 0 if scripted else -2
        kinds = [lambda: rng.randint(least, 5), lambda: rng.randint(least, 9),
                 lambda: rng.choice(["a", "b", "ab", "", "B", "aa"])]
        if not scripted:
            kinds.append(lambda: rng.choice([0, 1, True, False, None, "1", {"t": [1]},
                                             {"t": [True]}, {"t": []}]))
        self.value = rng.choice(kinds)

    def items(self, most=4):
        return [self.value() for _ in range(self.rng.randint(0, most))]

    def source(self, most=4, fails=True):
        items = self.items(most)
        if fails and self.rng.random() < 0.04:
            items.insert(self.rng.randint(0, len(items)), {"raise": True})
        return items

    def operand(self, own=True, fails=True):
        """In a script an iterable: of a set, any may be asked first."""
        kinds = ["iter", "iter", "set", "set", "frozen"] + ["self"] * own
        how = "iter" if self.scripted else self.rng.choice(kinds)
        if how == "self":
            return how
        return {how: self.items()} if how != "iter" else self.source(fails=fails)

    def op(self, name):
        rng = self.rng
        if name in ("add", "discard", "remove", "contains"):
            return [name, self.value()]
        if name in METHODS or name in IN_PLACE:
            n = rng.choice([0, 1, 1, 1, 1, 1, 2, 3])
            if self.scripted and name in INTERSECTIONS:
                n = 1
            # an iterator of the set itself ends when what comes before changes the set
            own = n == 1 or name in METHODS
            fails = name not in INTERSECTIONS
            return [name, *(self.operand(own, fails) for _ in range(n))]
        if name in QUESTIONS or name.startswith("symmetric"):
            return [name, self.operand()]
        if name in COMPARISONS or name.lstrip("i") in OPERATORS or name == "hash_eq":
            itself = rng.random() < 0.1 and not self.scripted
            return [name, "self" if itself else self.source()]
        if name == "from":
            return [name, self.source()]
        if name == "distinct":
            return [name, *(self.items(2) for _ in range(rng.randint(1, 4)))]
        return [name]


def walking(make, frozen):
    """Operations with an iterator: CPython tells a change of it by the length alone, so
    that nothing may come between a change and its next."""
    ops, walks = [], False
    for _ in range(make.rng.randint(1, 6)):
        name = make.rng.choice((KEEPS + ["hash_eq"] * 4 if frozen else KEEPS + CHANGES * 2)
                               + ["iter"] * 3 + ["next"] * (20 if walks else 0))
        ops.append(make.op(name))
        if name in ONE and walks:
            ops.append(["next"])
        walks = name == "iter" or (walks and name not in CHANGES)
    return ops


def random_case(rng):
    says = script(rng, ["eq", "hash"], [None])
    make = Maker(rng, says)
    obeys = "call" in str(says)
    frozen = rng.random() < 0.25 and not obeys
    case = {"m": "set", "init": make.items(6), **({"frozen": True} if frozen else {})}
    if not says:
        return {**case, "ops": walking(make, frozen)}
    names = ["contains", *METHODS]
    if obeys and "eq" in says["script"]:
        # an == that takes its element out and says yes: what is added then is there for
        # CPython, which looks no more; pila looks again, and adds it. So nothing is added
        # twice, neither at first
        case["init"] = sorted(set(case["init"]))
        names = ["contains", "discard", "remove", "difference_update", "intersection_update",
                 "intersection", "difference", "isdisjoint", "issuperset"]
    elif not frozen:
        names += ["add", "add", "discard", "discard", "remove", *IN_PLACE]
    for event in says["script"].values():
        if obeys:
            event["do"] = make.op(rng.choice(["add", "discard", "clear", "remove"]))
    if "hash" in says["script"]:
        names += [*QUESTIONS, "symmetric_difference", *OPERATORS, *COMPARISONS]
    elif not obeys:
        names += ["isdisjoint", "issuperset"]
    # an element that is in no operand: an intersection never has all, and reads on
    case["init"].append("z" if isinstance(make.value(), str) else 99)
    ops = []
    for _ in range(rng.randint(1, 4)):
        ops.append(make.op(rng.choice(names)))
        if ops[-1][0] == "intersection_update":
            break
    return {**case, **says, "ops": ops}


EDGES = [
    {"init": [], "ops": [["pop"], ["drain"], ["remove", 1], ["discard", 1], ["repr"],
                         ["clear"], ["union"], ["intersection"], ["difference"], ["update"],
                         ["intersection_update"], ["difference_update"], ["eq", []],
                         ["lt", []], ["le", []], ["isdisjoint", []], ["isdisjoint", "self"]]},
    {"init": [], "frozen": True, "ops": [["repr"], ["union"], ["copy"], ["hash_eq", []],
                                         ["hash_eq", [1]], ["eq", "self"], ["lt", "self"]]},
    {"init": [1], "ops": [["repr"], ["add", True], ["repr"], ["or", [True]], ["and", [True]],
                          ["sub", [True]], ["xor", [True]], ["intersection", [True]],
                          ["union", [True]], ["update", [True]], ["repr"]]},
    {"init": [1, 0], "ops": [["iand", [True, False]], ["repr"]]},
    {"init": [1, 0, 5], "ops": [["intersection", {"set": [True, False]}], ["repr"],
                                ["intersection_update", [True, False, True]]]},
    {"init": [1, 2], "ops": [["intersection", {"set": [True, 5]}], ["and", [True, 5, 6]],
                             ["and", [True]]]},
    {"init": [1], "frozen": True, "ops": [["repr"], ["or", [True]], ["hash_eq", [True]],
                                          ["distinct", [1, 2], [2, True], [], []]]},
    {"init": [1, [2]], "ops": []},
    {"init": [1], "ops": [["add", [2]], ["contains", []], ["update", [3, [], 4]], ["len"],
                          ["difference_update", [3, [1]]], ["issuperset", [[]]],
                          ["issubset", [[]]], ["isdisjoint", [1, []]],
                          ["symmetric_difference_update", [1, []]], ["discard", [1]],
                          ["intersection_update", [[], 1]], ["remove", [1]]]},
    {"init": [1, 2, 3], "ops": [["update", [4], [5, {"raise": True}], [6]], ["len"],
                                ["intersection_update", [1], [{"raise": True}]], ["len"],
                                ["difference_update", [1], [{"raise": True}]], ["len"],
                                ["symmetric_difference_update", [9, {"raise": True}]],
                                ["update", [7], {"set": [{"raise": True}]}], ["len"]]},
    {"init": [1, 2, 3], "ops": [["symmetric_difference_update", [3, 3, 4, 4]],
                                ["symmetric_difference", [1, 1, 9, 9, 9]],
                                ["ixor", "self"], ["len"]]},
    {"init": [1, 2, 3], "ops": [["ior", "self"], ["iand", "self"], ["update", "self"],
                                ["difference", "self"], ["issubset", "self"],
                                ["difference_update", "self"], ["len"]]},
    {"init": [1, 2], "ops": [["iter"], ["next"], ["next"], ["next"], ["add", 3], ["next"]]},
    {"init": [1, 2], "ops": [["iter"], ["next"], ["next"], ["add", 3], ["next"], ["next"]]},
    {"init": [1, 2], "ops": [["iter"], ["add", 2], ["discard", 7], ["next"], ["remove", 1],
                             ["next"], ["next"]]},
    {"init": [1, 2], "ops": [["iter"], ["clear"], ["next"], ["iter"], ["next"]]},
    {"init": list(range(40)), "ops": [["difference_update", {"set": [3, 50]}],
                                      ["difference", {"set": [4]}], ["isub", [5]],
                                      ["sub", list(range(0, 40, 2))],
                                      ["intersection", list(range(30, 60)), [35, 36, 99]]]},
    {"init": [1, 2, 3], "ops": [["add", 9]], "script": {"hash": {"raise_at": 4}}},
    {"init": [1, 2, 3], "ops": [["add", 9]], "script": {"hash": {"raise_at": 2}}},
    {"init": [1], "ops": [["intersection", [2, {"raise": True}]],
                          ["intersection", [2, 3, []]]]},
    {"init": [1], "ops": [["intersection", [1, {"raise": True}]], ["intersection", [1, []]]]},
    {"init": [1], "ops": [["ixor", [1]]], "script": {"eq": {"raise_at": 1}}},
    {"init": [1, 2, 3], "ops": [["add", 3]], "script": {"eq": {"call": 1, "do": ["add", 4]}}},
    {"init": [1, 2, 3], "ops": [["discard", 3]],
     "script": {"eq": {"call": 1, "do": ["discard", 3]}}},
    {"init": [1, 2, 3], "ops": [["remove", 3]],
     "script": {"eq": {"call": 1, "do": ["remove", 3]}}},
    {"init": [1, 2, 3], "ops": [["contains", 3]],
     "script": {"eq": {"call": 1, "do": ["update", [4, 5, 6, 7, 8, 9]]}}},
    {"init": [1, 2, 3], "ops": [["update", [7, 8]]],
     "script": {"hash": {"call": 5, "do": ["clear"]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("`add`, `update`, `ior` of an element whose eq removes the one there, and says yes",
     "pila looks again, and adds it; CPython leaves it out"),
    ("a set that a callback changes while an operation goes through it",
     "RuntimeError in pila, by the operators, comparisons and questions; CPython goes on"),
    ("`s.update(x, s)` and its kin of several, where x changes s",
     "an iterator of s itself ends with RuntimeError in pila; CPython reads s as it is then"),
    ("a walk after a change that leaves the length as it was, or a second time after any",
     "RuntimeError each time in pila; CPython may go on, or say it once and then end"),
    ("the order of elements, which one `pop` takes, and which is asked first",
     "insertion's, and the last, in pila; CPython leaves it open"),
    ("how often eq is called where hashes of different keys meet",
     "the table and the hash are pila's own; in CPython even -1 and -2 have one hash"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
    ("what a frozenset hashes to", "keyed in pila, another in each process"),
]
