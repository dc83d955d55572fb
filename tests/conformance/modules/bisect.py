"""bisect, in each kind of storage that there is: "on" says in which."""
import bisect
from array import array
from collections import deque

from keys import ANY, OF_INTEGERS, FUNCTIONS, key_of
from oracle import Subject, encoded, script


class Row:
    """A sequence that is no list: pila finds its items by callbacks."""

    def __init__(self, items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


class Module(Subject):
    ITEMS = {"insort_left": (0,), "insort_right": (0,), "append": (0,)}

    def open(self, request):
        self.on = request.get("on", "list")
        if self.on == "array":
            return array("q", request["init"])
        items = self.source(request["init"])
        if self.on == "deque":
            return deque(items, request.get("maxlen"))
        return Row(items) if self.on == "by" else list(items)

    def item(self, said):
        return said if self.on == "array" else super().item(said)

    def state(self):
        return encoded(list(self.it))

    def seek(self, call, x, lo=0, hi=None, key=None):
        if key in (None, "same"):
            x = self.item(x)
        return call(self.it, x, lo, hi, key=key_of(self, key))

    def op_bisect_left(self, *args):
        return self.seek(bisect.bisect_left, *args)

    def op_bisect_right(self, *args):
        return self.seek(bisect.bisect_right, *args)

    def op_insort_left(self, x, lo=0, hi=None, key=None):
        bisect.insort_left(self.it, x, lo, hi, key=key_of(self, key))

    def op_insort_right(self, x, lo=0, hi=None, key=None):
        bisect.insort_right(self.it, x, lo, hi, key=key_of(self, key))

    def op_pop(self):
        self.it.pop()

    def op_clear(self):
        while self.it:  # arrays have no clear before 3.13
            self.it.pop()


SEEKS = ["bisect_left", "bisect_right"]
INSORTS = ["insort_left", "insort_right"]


def values(rng, on, plain):
    """What makes an item, and the keys that there are of it."""
    if on == "array" or rng.random() < 0.6:
        most = rng.choice([4, 30])
        return lambda: rng.randint(-3, most), OF_INTEGERS
    if plain or rng.random() < 0.7:
        return lambda: rng.choice(["a", "b", "ab", "", "B", "aa"]), ANY
    return lambda: rng.choice([1, 2, True, None, "1", {"t": [1]}]), None


def bounds(rng):
    low = rng.choice([0, 0, rng.randint(0, 7), rng.randint(0, 7), -1, -3])
    return [low, rng.choice([None, rng.randint(0, 9), rng.randint(0, 9), -1, -2])]


def op(rng, name, value, key, on):
    x = value()
    if name in ("append", *INSORTS):
        args = [x]
    else:
        args = [FUNCTIONS[key](x) if key else x]
    if name == "append":
        return [name, x]
    if name in ("pop", "clear"):
        return [name]
    if on == "items":
        args += [0, None]
    elif rng.random() < 0.5:
        args += bounds(rng)
    elif key:
        args += [0, None]
    return [name, *args, *([key] if key else [])]


def random_case(rng):
    on = rng.choice(3 * ["list"] + 2 * ["deque", "array"] + ["items", "by"])
    says = script(rng, ["less", "less", "key"], [None])
    value, keys = values(rng, on, says)
    keyed = keys and on != "by" and rng.random() < (0.9 if "key" in str(says) else 0.4)
    if on in ("items", "by") and "call" in str(says):
        says = {}  # what is searched must stay where it is
    # Only where comparing or a key calls out are CPython's own items asked, so that
    # what is not sorted makes no difference
    free = keyed or keys is None or (says and on != "array")
    items = [value() for _ in range(rng.randint(0, 9))]
    case = {"m": "bisect", "on": on, "init": items if free else sorted(items), **says}
    if on == "deque" and rng.random() < 0.4:
        case["maxlen"] = rng.choice([3, 6, 9])
    names = SEEKS if on in ("items", "by") else SEEKS + INSORTS
    for event in says.get("script", {}).values():
        if "call" in event:
            event["do"] = op(rng, rng.choice(["append", "pop", "clear"]), value, None, on)
    case["ops"] = []
    for _ in range(rng.randint(1, 5)):
        key = rng.choice(keys) if keyed else None
        case["ops"].append(op(rng, rng.choice(names), value, key, on))
        if not free and case["ops"][-1][0] in INSORTS and len(case["ops"][-1]) > 2:
            break  # with bounds it may leave what is not sorted
    return case


BIG = 2**63 - 1
STORES = ("list", "deque", "array")
EDGES = [
    *({"on": on, "init": [], "ops": [["bisect_left", 1], ["bisect_right", 1],
                                     ["insort_left", 1], ["insort_right", 1],
                                     ["bisect_left", 1, -1], ["insort_left", 1, -1],
                                     ["bisect_right", 1, 5], ["bisect_left", 1, 0, 9],
                                     ["bisect_right", 1, 0, -1]]}
      for on in STORES),
    *({"on": on, "init": [1, 2, 2, 2, 3], "ops": [
        ["bisect_left", 2], ["bisect_right", 2], ["bisect_left", 2, 2],
        ["bisect_right", 2, 0, 2], ["bisect_left", 9, 0, BIG], ["bisect_left", 0, 0, 9],
        ["bisect_right", 5, 3, -7],
        ["insort_right", 2, 1, 3], ["insort_left", 9, BIG],
        ["insort_left", 9, -1, None, "neg"], ["insort_right", 0, 7, 9]]} for on in STORES),
    {"on": "deque", "maxlen": 3, "init": [1, 2, 3],
     "ops": [["insort_left", 2], ["bisect_left", 9], ["insort_right", 0, 0, None, "neg"]]},
    {"on": "by", "init": [1, 2, 2, 3], "ops": [["bisect_left", 2], ["bisect_right", 2],
                                               ["bisect_left", 9, 0, 8],
                                               ["bisect_right", 2, -1],
                                               ["bisect_right", 2, 3, 1]]},
    {"on": "items", "init": [1, 2, 2, 3], "ops": [["bisect_left", 2], ["bisect_right", 2],
                                                  ["bisect_left", -2, 0, None, "neg"]]},
    {"init": list(range(0, 3000, 3)), "ops": [["bisect_left", 999], ["bisect_right", 999],
                                              ["bisect_left", 1000, 100, 900],
                                              ["bisect_right", -5], ["bisect_left", 5000]]},
    {"init": [1, 2, None], "ops": [["bisect_left", 5], ["bisect_left", 1],
                                   ["insort_left", "a"]]},
    {"init": [1, 2, 3, 4], "ops": [["bisect_left", 4], ["insort_left", 0]],
     "script": {"less": {"call": 1, "do": ["clear"]}}},
    {"init": [1, 2, 3, 4], "ops": [["insort_right", 9]],
     "script": {"less": {"call": 2, "do": ["append", 5]}}},
    {"on": "deque", "init": [1, 2, 3, 4], "ops": [["insort_right", 9]],
     "script": {"less": {"call": 3, "do": ["clear"]}}},
    {"on": "array", "init": [1, 2, 3, 4], "ops": [["insort_right", 9, 0, None, "width"]],
     "script": {"key": {"call": 2, "do": ["pop"]}}},
    {"init": [1, 2, 3], "ops": [["insort_left", 2, 0, None, "same"]],
     "script": {"key": {"raise_at": 1}}},
    {"init": [1, 2, 3], "ops": [["bisect_left", -2, 0, None, "neg"], ["insort_left", 2, -1]],
     "script": {"key": {"raise_at": 3}}},
]

# what the cases leave out, or map
DIFFERS = [
    ("where x belongs in numbers or text that are not sorted, without a key",
     "pila's search takes other steps than CPython's; with callbacks it takes the same"),
    ("a callback that changes a C array, or what is searched by callbacks",
     "pila has its address, or its length, from the start; CPython asks the sequence"),
    ("`hi` left out, of a search by callbacks", "pila is told how many items there are"),
]
