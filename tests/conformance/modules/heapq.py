"""heapq: of its twins for the greatest, those that CPython has had before 3.14."""
import heapq

from keys import ANY, OF_INTEGERS, key_of
from oracle import Subject, script


class Module(Subject):
    ITEMS = {name: (0,) for name in ("heappush", "heapreplace", "heapreplace_max",
                                     "heappushpop", "append")} | {"set": (1,)}

    def open(self, request):
        return list(self.source(request.get("init", [])))

    def op_heapify(self):
        heapq.heapify(self.it)

    def op_heapify_max(self):
        heapq._heapify_max(self.it)

    op_heapify_items = op_heapify_by = op_heapify
    op_heapify_items_max = op_heapify_max

    def op_heappush(self, x):
        heapq.heappush(self.it, x)

    def op_heappop(self):
        return heapq.heappop(self.it)

    def op_heappop_max(self):
        return heapq._heappop_max(self.it)

    def op_heapreplace(self, x):
        return heapq.heapreplace(self.it, x)

    def op_heapreplace_max(self, x):
        return heapq._heapreplace_max(self.it, x)

    def op_heappushpop(self, x):
        return heapq.heappushpop(self.it, x)

    def op_changed(self, i):
        i = range(len(self.it))[i]
        heapq._siftup(self.it, i)
        heapq._siftdown(self.it, 0, i)

    op_changed_items = op_changed_by = op_changed

    def op_changed_max(self, i):
        i = range(len(self.it))[i]
        heapq._siftup_max(self.it, i)
        heapq._siftdown_max(self.it, 0, i)

    def op_set(self, i, x):
        self.it[i] = x

    def best(self, choose, n, items, key=None):
        source = self.it if items is None else self.source(items)
        return choose(n, source, key=key_of(self, key))

    def op_nlargest(self, *args):
        return self.best(heapq.nlargest, *args)

    def op_nsmallest(self, *args):
        return self.best(heapq.nsmallest, *args)

    def merged(self, lists, key=None, reverse=False):
        return heapq.merge(*map(self.source, lists), key=key_of(self, key), reverse=reverse)

    def op_iter_merge(self, *args):
        self.walk = self.merged(*args)

    def op_merge(self, *args):
        return list(self.merged(*args))


LEAST = ["heapify", "heappush", "heappush", "heappush", "heappop", "heappop", "heapreplace",
         "heappushpop", "heappushpop"]
GREATEST = ["heapify_max", "heappop_max", "heappop_max", "heapreplace_max"]
CHANGED = ["set", "changed", "changed", "changed_max", "changed_items", "changed_by"]
ARRAYS = ["heapify_items", "heapify_items_max", "heapify_by"]
BEST = ["nlargest", "nsmallest"]
MERGES = ["merge", "iter_merge"]


class Maker:
    """Makes random operations, of values of one sort."""

    def __init__(self, rng, mixed, obeys):
        self.rng, self.mixed, self.keys = rng, mixed, [None, *ANY]
        # pila ends an iterator over a heap that a key changes, CPython goes on
        self.own = [] if obeys else [None]
        self.value = lambda: rng.choice(["a", "b", "ab", "", "B", "aa"])
        if mixed:
            self.value = lambda: rng.choice([1, 2, True, None, "1"])
        elif rng.random() < 0.75:
            most = rng.choice([4, 20])
            self.value = lambda: rng.randint(-2, most)
            self.keys = [None, *OF_INTEGERS]

    def items(self, least, most):
        return [self.value() for _ in range(self.rng.randint(least, most))]

    def source(self, most):
        """Of mixed items it doesn't fail: another fault might come first."""
        items = self.items(0, most)
        if self.rng.random() < 0.05 and not self.mixed:
            items.insert(self.rng.randint(0, len(items)), {"raise": True})
        return items

    def op(self, name):
        rng = self.rng
        if name in ("heappush", "heapreplace", "heapreplace_max", "heappushpop", "append"):
            return [name, self.value()]
        if name == "set":
            return [name, rng.randint(-6, 6), self.value()]
        if name in ("changed", "changed_max"):
            return [name, rng.randint(-5, 8)]
        if name in ("changed_items", "changed_by"):
            return [name, rng.randint(0, 8)]
        if name in BEST:
            return [name, rng.choice([0, 1, 1, 2, 3, 5, 9, -1]),
                    rng.choice([*self.own, self.source(9)]), rng.choice(self.keys)]
        if name in MERGES:
            return [name, [sorted(self.source(3), key=lambda x: rng.random() if x == {
                "raise": True} else 0) for _ in range(rng.randint(0, 4))],
                rng.choice(self.keys), rng.random() < 0.4]
        return [name]


def random_case(rng):
    says = script(rng, ["less", "less", "key"], [None])
    obeys = "call" in str(says)
    make = Maker(rng, not says and rng.random() < 0.1, obeys)
    case = {"m": "heapq", "init": make.items(0, 9)}
    names = LEAST * 3 + GREATEST
    if not says:
        # CPython's own for what has changed are no C: they leave a hole where they fail;
        # a merge of what does not compare may yield some of it first
        names += BEST * 3 + ARRAYS + ([] if make.mixed else CHANGED + MERGES * 3)
    elif "key" in says["script"]:
        names = BEST * 4 + MERGES * 4 + LEAST
    else:
        # nlargest, nsmallest and merge compare in another order than CPython's do; an
        # array has no way to change its length
        names += [] if obeys else ARRAYS
    for event in says.get("script", {}).values():
        if obeys:
            event["do"] = make.op(rng.choice(["clear", "append", "pop", "heappush", "heappop",
                                              "heapify"]))
    ops = [make.op(rng.choice(names)) for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.8 and not case["init"] == []:
        ops.insert(0, [rng.choice(["heapify", "heapify", "heapify_max"])])
    if any(op[0] == "iter_merge" for op in ops):
        ops += [["next"]] * rng.randint(1, 6)
    return {**case, **says, "ops": ops}


LONG = [(x * 7919) % 4001 for x in range(2600)]
DOWN = list(range(9, 0, -1))
EDGES = [
    {"init": [], "ops": [["heapify"], ["heappop"], ["heapreplace", 1], ["heappushpop", 1],
                         ["heappop_max"], ["heapreplace_max", 1], ["heapify_items"],
                         ["heapify_by"], ["changed", 0], ["nlargest", 3, None],
                         ["merge", []], ["merge", [[], []]], ["heappush", 1], ["heappop"]]},
    {"init": LONG, "ops": [["heapify"], ["heappop"], ["heappop"]]},  # CPython: another order
    {"init": LONG, "ops": [["heapify_max"], ["heappop_max"]]},
    {"init": LONG[:300], "ops": [["heapify"]] + [["heappop"], ["heappushpop", 100]] * 20},
    {"init": LONG[:200], "ops": [["nlargest", 10, None], ["nsmallest", 10, None, "mod"],
                                 ["nlargest", 10, None, "width"], ["nlargest", 2**62, [3, 1]],
                                 ["nsmallest", 199, None], ["nlargest", -1, [{"raise": True}]],
                                 ["nlargest", 0, [{"raise": True}]]]},
    {"init": [3, 1, 2], "ops": [["nsmallest", 1, []], ["nlargest", 1, [], "neg"],
                                ["nlargest", 1, [1, True, 1]], ["nsmallest", 1, [True, 1]],
                                ["nlargest", 2, [1, True, 0, False]]]},
    {"init": [1, "a", 2, None], "ops": [["heapify"], ["heappush", 0], ["heappop"],
                                        ["heapreplace", 3], ["heappushpop", 5]]},
    {"init": [], "ops": [["merge", [[1, 4], [True, 3], [0, 1, {"raise": True}]]],
                         ["iter_merge", [[1, 4], [1, {"raise": True}], [2]]], ["next"],
                         ["next"], ["next"], ["next"], ["next"]]},
    {"init": [], "ops": [["merge", [[5, 3, 1], [4, 4], [6]], None, True],
                         ["merge", [[3, 1], [2, 0], [9]], "neg"],
                         ["merge", [["a", "bb"], ["c", "ddd"]], "width"]]},
    {"init": DOWN, "ops": [["heapify"]], "script": {"less": {"raise_at": 4}}},
    {"init": DOWN, "ops": [["heapify"]], "script": {"less": {"call": 4, "do": ["clear"]}}},
    {"init": [1, 2, 3, 4, 5], "ops": [["heappop"], ["heappop"]],
     "script": {"less": {"call": 2, "do": ["append", 0]}}},
    {"init": [1, 2, 3, 4, 5], "ops": [["heapreplace", 9]],
     "script": {"less": {"call": 2, "do": ["pop"]}}},
    {"init": [1, 2, 3], "ops": [["heappushpop", 2]],
     "script": {"less": {"call": 1, "do": ["clear"]}}},
    {"init": [1, 2, 3], "ops": [["heappushpop", 2]], "script": {"less": {"raise_at": 1}}},
    {"init": [1, 2, 3], "ops": [["heappushpop", 2]], "script": {"less": {"raise_at": 2}}},
    {"init": [1, 2, 3], "ops": [["heappushpop", 2], ["heappush", 0]],
     "script": {"less": {"call": 3, "do": ["heappush", 7]}}},
    {"init": [5, 6, 7, 8], "ops": [["heappush", 1]],
     "script": {"less": {"call": 2, "do": ["heappop"]}}},
    {"init": [], "ops": [["iter_merge", [[1, 3], [2]], "neg", True], ["next"], ["next"],
                         ["next"], ["next"]], "script": {"key": {"raise_at": 3}}},
    {"init": [1, 2], "ops": [["nlargest", 2, None, "neg"]],
     "script": {"key": {"raise_at": 2}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("the item that heappop and its kin took, where a comparison then fails",
     "at the end of the list in pila; dropped by CPython; the adapter drops it"),
    ("what a comparison that fails leaves of a changed item",
     "pila puts it where it came to; CPython's is Python code, and has one item twice then"),
    ("how often nlargest, nsmallest and merge compare",
     "in another order; CPython's merge compares lists, which ask for eq first"),
    ("merge of equal items without an order, as None",
     "TypeError in pila, which asks for less alone; CPython's eq says yes first"),
    ("a heap that a key changes while nlargest or nsmallest goes through it",
     "RuntimeError in pila, as of a list; CPython goes on"),
    ("a NaN in a merge", "before or after all numbers in pila"),
    ("n below 0", "none in CPython; a size_t cannot say so, and the adapter says 0"),
]
