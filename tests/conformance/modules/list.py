"""list, and sorted and reversed."""
import operator

from keys import ANY, OF_INTEGERS, key_of
from oracle import Subject, script

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


class Module(Subject):
    ITEMS = {"append": (0,), "insert": (1,), "set": (1,), "remove": (0,), "index": (0,),
             "count": (0,), "contains": (0,)}
    SOURCES = {"extend": (0,), "from": (0,), "add": (0,), "set_slice": (3,),
               **{name: (0,) for name in COMPARISONS}}

    def open(self, request):
        return list(self.source(request.get("init", [])))

    def op_extend_self(self):
        self.it.extend(self.it)

    def op_from(self, items):
        self.it[:] = list(items)

    def op_get(self, i):
        return self.it[i]

    def op_set(self, i, x):
        self.it[i] = x

    def op_del(self, i):
        del self.it[i]

    def op_slice(self, *bounds):
        return self.it[slice(*bounds)]

    def op_set_slice(self, i, j, k, items):
        self.it[i:j:k] = items

    def op_set_slice_self(self, *bounds):
        self.it[slice(*bounds)] = self.it

    def op_del_slice(self, *bounds):
        del self.it[slice(*bounds)]

    def op_indices(self, i, j, k, n):
        indices = slice(i, j, k).indices(n)
        return [*indices, len(range(*indices))]

    def op_contains(self, x):
        return x in self.it

    def op_sort(self, reverse=False, key=None):
        was = self.it[:]
        try:
            self.it.sort(key=key_of(self, key), reverse=reverse)
        except ValueError:
            raise
        except Exception:
            self.it[:] = was  # a comparison that failed leaves any order
            raise

    def op_sorted(self, items=None, reverse=False, key=None):
        source = self.it if items is None else self.source(items)
        return sorted(source, key=key_of(self, key), reverse=reverse)

    def op_reversed_of(self, items=None):
        return list(reversed(self.it if items is None else list(self.source(items))))

    def op_mul(self, n):
        return self.it * n

    def op_imul(self, n):
        self.it *= n

    def op_add(self, items):
        return self.it + list(items)

    def op_add_self(self):
        return self.it + self.it


for name in COMPARISONS:
    setattr(Module, "op_" + name, lambda self, items, compare=getattr(operator, name):
            compare(self.it, list(items)))


CHANGES = ["append", "append", "append", "extend", "extend", "extend_self", "from", "insert",
           "insert", "pop", "pop", "pop", "del", "set_slice", "set_slice", "set_slice",
           "set_slice_self", "del_slice", "del_slice", "imul", "clear"]
KEEPS = ["get", "set", "slice", "slice", "slice", "indices", "reverse", "len", "repr", "copy",
         "mul", "add", "add_self", "reversed_of"]
FINDS = ["remove", "index", "count", "contains"]
SORTS = ["sort", "sort", "sorted", "sorted"]
WALKS = ["iter", "reversed"]


class Maker:
    """Makes random operations, of values of one sort."""

    def __init__(self, rng):
        self.rng, self.keys = rng, [None, *ANY]
        self.value = rng.choice([lambda: rng.randint(-2, 5), lambda: rng.randint(-2, 5),
                                 lambda: rng.choice(["a", "b", "ab", "", "B", "aa"]),
                                 lambda: rng.choice([1, "1", None, {"t": [1, 2]}, True])])
        if isinstance(self.value(), int) and isinstance(self.value(), int):
            numbers = [self.value() for _ in range(9)]
            if all(type(x) is int for x in numbers):
                self.keys = [None, *OF_INTEGERS]

    def items(self, most):
        return [self.value() for _ in range(self.rng.randint(0, most))]

    def source(self, most=4):
        items = self.items(most)
        if self.rng.random() < 0.05:
            items.insert(self.rng.randint(0, len(items)), {"raise": True})
        return items

    def bound(self):
        return self.rng.choice([None, self.rng.randint(-7, 8)])

    def slice(self):
        step = self.rng.choice([None, None, 1, 1, 2, 3, -1, -1, -2, -3, 0])
        return [self.bound(), self.bound(), step]

    def sorting(self):
        return [self.rng.random() < 0.4, self.rng.choice(self.keys)]

    def op(self, name):
        rng = self.rng
        if name in ("append", "remove", "count", "contains"):
            return [name, self.value()]
        if name in ("extend", "from", "add", *COMPARISONS):
            return [name, self.source()]
        if name in ("insert", "set"):
            return [name, rng.randint(-5, 8), self.value()]
        if name in ("get", "del"):
            return [name, rng.randint(-5, 7)]
        if name == "pop":
            return [name, *(rng.randint(-5, 6) for _ in range(rng.randint(0, 1)))]
        if name in ("mul", "imul"):
            return [name, rng.randint(-1, 3)]
        if name == "index":
            bounds = [rng.randint(-7, 9) for _ in range(rng.randint(0, 2))]
            return [name, self.value(), *bounds]
        if name in ("slice", "del_slice", "set_slice_self"):
            return [name, *self.slice()]
        if name == "set_slice":
            return [name, *self.slice(), self.source()]
        if name == "indices":
            return [name, *self.slice(), rng.randint(0, 9)]
        if name == "sort":
            return [name, *self.sorting()]
        if name == "sorted":
            return [name, rng.choice([None, self.source(9)]), *self.sorting()]
        if name == "reversed_of":
            return [name, rng.choice([None, self.source()])]
        return [name]


def walking(make, names):
    """Operations with iterators: one that changes the list ends those that go on."""
    ops, walks = [], False
    for _ in range(make.rng.randint(1, 7)):
        name = make.rng.choice(names + WALKS + (["next"] * 15 if walks else []))
        walks = name in WALKS or (walks and name not in CHANGES and name not in SORTS
                                  and name != "remove")
        ops.append(make.op(name))
    return ops


def random_case(rng):
    make = Maker(rng)
    case = {"m": "list", "init": make.items(6)}
    # no extend by nothing and no *= of nothing: whether a sort sees them as changes of
    # the list, which is empty meanwhile, hangs on how memory is allotted
    says = script(rng, ["eq", "eq", "key", "less"], [
        ["extend", [make.value()]],
        *(make.op(name) for name in ("clear", "append", "append", "insert", "pop", "pop",
                                     "reverse", "del_slice"))])
    case.update(says)
    if not says:
        names = CHANGES + KEEPS + FINDS + SORTS + list(COMPARISONS)
        return {**case, "ops": walking(make, names)}
    names = KEEPS + CHANGES + 5 * FINDS + 5 * ["eq", "ne"]
    if "key" in says["script"]:
        names += 15 * SORTS
    if "eq" in says["script"]:
        names += 5 * ["lt", "gt"]  # an Item has no <= to ask
    ops = [make.op(rng.choice(names)) for _ in range(rng.randint(1, 4))]
    if "less" in says["script"]:
        # sorts differ in which items they ask, and in how often: but n items take n - 1
        # comparisons at least, so that a script among these is obeyed by every sort
        case["init"] = [make.value() for _ in range(rng.randint(7, 9))]
        ops.insert(0, rng.choice([["sort"], ["sorted"], ["sort", True],
                                  ["sort", False, "same"], ["sorted", None, True]]))
    return {**case, "ops": ops}


BIG = 2**63 - 1
EDGES = [
    {"init": [1, 2, 3], "ops": [["index", 3, -1, 100], ["index", 1, 1], ["index", 9],
                                ["index", 1, -100, -2], ["index", 3, 0, BIG]]},
    {"init": [], "ops": [["pop"], ["pop", 0], ["get", 0], ["set", 0, 1], ["del", 0],
                         ["remove", 1], ["reverse"], ["sort"], ["repr"], ["mul", 3],
                         ["set_slice_self", None, None, -1], ["slice", None, None, -1]]},
    {"init": [1, 2, 3], "ops": [["slice", -BIG, BIG, BIG], ["slice", BIG, -BIG, -BIG],
                                ["indices", -BIG, BIG, 2, 7], ["indices", BIG, -BIG, -2, 7],
                                ["indices", None, None, 0, 7], ["insert", BIG, 9],
                                ["insert", -BIG, 8], ["mul", -BIG], ["get", BIG],
                                ["pop", -BIG], ["del_slice", 1, BIG, BIG]]},
    {"init": [0, 1, 2, 3, 4, 5, 6], "ops": [["set_slice", 5, 2, None, [9, 9]],
                                            ["set_slice", None, None, 2, [7, 7]],
                                            ["set_slice", None, None, 2, [7, 7, 7, 7, 7]],
                                            ["set_slice", 5, 2, 2, []],
                                            ["set_slice", 1, 3, 0, [{"raise": True}]],
                                            ["del_slice", None, None, -3]]},
    {"init": [1, 2, 3], "ops": [["set_slice", 0, 0, None, [7, {"raise": True}]],
                                ["extend", [4, {"raise": True}]], ["from", [{"raise": True}]],
                                ["set_slice", 1, 2, -1, [{"raise": True}]]]},
    {"init": [1, 2, 3], "ops": [["iter"], ["next"], ["set", 1, 9], ["next"], ["reverse"],
                                ["next"], ["next"], ["next"]]},
    {"init": [1, 2, 3], "ops": [["reversed"], ["next"], ["set", 1, 9], ["next"], ["next"],
                                ["next"], ["next"]]},
    {"init": [3, -1, 2, 1, -2], "ops": [["sort", False, "mod"], ["sort", True, "mod"],
                                        ["sort", False, "neg"], ["sort", True, "width"],
                                        ["sorted", None, False, "repr"]]},
    {"init": [1, True, 1, True, 0, False], "ops": [["sort"], ["sort", True], ["remove", True],
                                                   ["count", 1], ["repr"]]},
    {"init": [1, "a", None], "ops": [["sort"], ["sorted"], ["lt", ["a"]], ["lt", [1, "b"]],
                                     ["lt", [1, "a", 3]], ["sort", False, "repr"]]},
    {"init": [{"t": [2, "a"]}, {"t": [1, "b"]}, {"t": [1]}], "ops": [["sort"], ["repr"]]},
    {"init": [["b", 1], ["a"], []], "ops": [["sort"], ["contains", ["a"]], ["repr"]]},
    {"init": [40, 3, 17, 8, 25, 31, 12, 5, 33, 20, 9, 2, 38, 1, 14, 27, 6, 22, 35, 11, 29, 4,
              18, 37, 7, 24, 13, 39, 30, 16, 10, 21, 36, 0, 26, 15, 34, 19, 32, 23, 28] * 2,
     "ops": [["sort", False, "mod"], ["sort", True, "width"], ["sort"], ["sort", True]]},
    {"init": [1, 2, 3, 4], "ops": [["count", 3]],
     "script": {"eq": {"call": 2, "do": ["clear"]}}},
    {"init": [1, 2, 3, 4], "ops": [["remove", 4]],
     "script": {"eq": {"call": 1, "do": ["append", 9]}}},
    {"init": [1, 2, 3, 4], "ops": [["remove", 3]],
     "script": {"eq": {"call": 3, "do": ["del_slice", 0, 2, None]}}},
    *({"init": [1, 2, 3, 4], "ops": [["remove", 2], ["len"]],
       "script": {"drop": {"call": 1, "do": do}}}
      for do in (["clear"], ["append", 9], ["insert", 0, 7], ["pop"])),
    {"init": [1, 2, 3, 4], "ops": [["index", 4, -2]],
     "script": {"eq": {"call": 1, "do": ["insert", 0, 7]}}},
    {"init": [1, 2, 3], "ops": [["eq", [1, 2, 3]]],
     "script": {"eq": {"call": 1, "do": ["pop"]}}},
    {"init": [1, 2, 3], "ops": [["lt", [1, 2, 4]]],
     "script": {"eq": {"call": 3, "do": ["clear"]}}},
    {"init": [3, 2, 1], "ops": [["sort"]],
     "script": {"less": {"call": 1, "do": ["append", 5]}}},
    {"init": [3, 2, 1], "ops": [["sort"]], "script": {"less": {"call": 2, "do": ["len"]}}},
    {"init": [3, 2, 1], "ops": [["sort", False, "mod"], ["len"]],
     "script": {"key": {"call": 3, "do": ["insert", 0, 5]}}},
    {"init": [3, 2, 1], "ops": [["sort", True, "neg"]], "script": {"key": {"raise_at": 2}}},
    {"init": [3], "ops": [["sort", True, "neg"]], "script": {"key": {"raise_at": 1}}},
    {"init": [3, 1], "ops": [["sorted", None, True, "same"], ["len"]],
     "script": {"key": {"call": 1, "do": ["clear"]}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("a list that changes under its iterator, by a sort or `l *= 1` too",
     "RuntimeError in pila; CPython goes on over the changed list"),
    ("what a callback of a sort does to the list, which is empty meanwhile",
     "`l *= n` and `l.sort()` are a change to pila, so ValueError, and `extend` by nothing "
     "is none; in CPython that hangs on what memory the list has then"),
    ("which items a sort compares, and how often", "the algorithm is pila's own"),
    ("what a comparison that failed leaves of a sort",
     "the items in some order, in both; the cases put back what was there"),
    ("`<=` and `>=` of lists of items with an order of their own",
     "pila asks for less alone, CPython for the items' own `<=`"),
    ("a NaN", "found by the same bits in pila, by the same object in CPython"),
    ("where a NaN is after a sort", "any place in both, and not the same one"),
]
