"""The iterators of itertools that end, and the built-ins over iterators."""
import copy
import itertools
import math

from expr import Expr, Once, Random, batched, cut, plain, until


def total(items, start):  # sum of floats as of 3.12
    """What rounding takes away is added up too, and put back at the end."""
    lost = 0.0
    for x in items:
        bigger, smaller = sorted((start, x), key=abs, reverse=True)
        start += x
        lost += (bigger - start) + smaller
    return start + lost if lost and math.isfinite(lost) else start


class Module(Expr):
    def open(self, request):
        self.groups = []
        return super().open(request)

    # nodes

    def node_accumulate(self, e, name=None, initial=None):
        call = self.two(name or "add", counted=name is not None)
        if initial is not None:
            initial = self.item(initial)
        return itertools.accumulate(self.build(e), call, initial=initial)

    def node_flatten(self, e):
        return itertools.chain.from_iterable(self.build(e))

    def node_chain_repeat(self, e):
        return itertools.chain.from_iterable(
            itertools.repeat(x, plain(x) % 3) for x in self.build(e))

    def node_compress(self, data, selectors):
        return itertools.compress(self.build(data), map(plain, self.build(selectors)))

    def node_dropwhile(self, name, e):
        return itertools.dropwhile(self.test(name), self.build(e))

    def node_filterfalse(self, name, e):
        return itertools.filterfalse(self.test(name), self.build(e))

    def node_groupby(self, e, key=None):
        return itertools.groupby(self.build(e), self.one(key) if key else None)

    def node_group_lens(self, e, key=None):
        return (self.wrap(len(list(group))) for _, group in self.node_groupby(e, key))

    def node_group_firsts(self, e, key=None):
        return (next(group) for _, group in self.node_groupby(e, key))

    def node_tee_zip(self, e, skip):
        a, b = itertools.tee(self.build(e))
        return zip(a, itertools.islice(b, skip, None))

    def node_tee(self, e, n=2):
        self.tees = itertools.tee(self.build(e), n)
        self.branches = [Once(tee) for tee in self.tees]
        return iter(())

    def node_zip_longest(self, es, fill):
        return itertools.zip_longest(*self.children(es), fillvalue=self.item(fill))

    def node_map_many(self, name, es, strict=False):  # strict as of 3.14
        return itertools.starmap(self.row(name), zip(*self.children(es), strict=strict))

    def node_reversed(self, e):
        return reversed(list(self.build(e)))

    def node_reversed_list(self, items):
        return reversed(self.items(items))

    def node_range(self, *args):
        return map(self.wrap, range(*args))

    def node_range_reversed(self, *args):
        return map(self.wrap, reversed(range(*args)))

    # operations

    def op_outer(self):
        key, group = next(self.it)
        self.groups.append(Once(group))
        return key

    def op_inner(self, k):
        return next(self.groups[k])

    def op_take_inner(self, k, n):
        if k >= len(self.groups):
            raise IndexError
        return self.some(self.groups[k], n)

    def op_fork(self, k):
        branch = Once(copy.copy(self.branches[k].it))
        branch.over = self.branches[k].over
        self.branches.append(branch)

    def op_drop(self, k):
        self.branches[k] = Once(())

    def floats(self, it, what, start):
        """Of floats the sum is 0.0 also for none."""
        items = [plain(x) for x in it]
        return what(items, start=start if self.real else int(start))

    def op_sum(self):
        return self.floats(self.the_rest(), total if self.real else sum, 0.0)

    def op_prod(self):
        return self.floats(self.the_rest(), math.prod, 1.0)

    def op_min(self, key=None):
        return min(self.the_rest(), key=self.one(key) if key else None)

    def op_max(self, key=None):
        return max(self.the_rest(), key=self.one(key) if key else None)

    def op_any(self):
        return any(map(plain, self.the_rest()))

    def op_all(self):
        return all(map(plain, self.the_rest()))


# ---- random cases ----


class Cases(Random):
    """x: expressions of items; row: of tuples, pair: of two members."""

    whats = ("fn", "fn", "fn", "fn", "eq", "less")

    def fn(self):
        return self.rng.choice([None, *["even", "lt3", "mod3", "half", "same"] * 2])

    def x(self, depth):
        rng = self.rng
        if depth == 0:
            return self.src()
        e, pick = self.x(depth - 1), rng.randrange(20 if self.numbers else 8)
        if pick == 0:
            return ["chain", [e, *(self.x(rng.randint(0, depth - 1))
                                   for _ in range(rng.randint(0, 2)))]]
        if pick in (1, 2):
            start = rng.randint(0, 3)
            return ["islice", e, start, rng.choice([None, rng.randint(0, 7)]),
                    rng.randint(1, 3)]
        if pick == 3:
            # not of zip, whose rows are structs to pila
            n = rng.randint(1, 3)
            return ["flatten", rng.choice([["batched", e, n], ["pairwise", e]])]
        if pick == 4:
            return ["reversed", e] if rng.random() < 0.5 else [
                "reversed_list", [self.value() for _ in range(rng.randint(0, 4))]]
        if pick == 5:
            return ["group_firsts", e, *([self.one()] if self.numbers else [])]
        if pick == 6:
            return ["accumulate", e, rng.choice(["first", "second"])]
        if pick == 7 and not self.numbers:
            return self.src()
        if pick == 7:
            return [rng.choice(["range", "range_reversed"]), rng.randint(-5, 5),
                    rng.randint(-5, 9), rng.choice([-3, -2, -1, 1, 1, 2, 4])]
        if pick in (8, 9):
            return ["accumulate", e, *rng.choice([[], [self.two()], [self.two(), self.value()],
                                                  [None, self.value()]])]
        if pick == 10:
            return ["chain_repeat", e]
        if pick == 11:
            return ["compress", e, self.x(rng.randint(0, depth - 1))]
        if pick in (12, 13, 14):
            return [rng.choice(["dropwhile", "takewhile", "filterfalse", "filter"]),
                    self.fn(), e]
        if pick == 15:
            return ["group_lens", e, *rng.choice([[], [self.one()]])]
        if pick == 16:
            return ["starmap", self.two(), self.row(depth, False)]
        if pick == 17:
            return ["map_many", self.two(), [e, *(self.x(rng.randint(0, depth - 1)) for _ in
                                                  range(rng.randint(0, 2)))],
                    *([True] if rng.random() < 0.4 else [])]
        return ["map", self.one(), e]

    def row(self, depth, nested):
        """nested: members may be rows too, which functions don't know."""
        rng = self.rng
        part = self.any_of if nested else self.x
        less = max(depth - 1, 0)
        pick = rng.randrange(7)
        if pick == 0:
            return ["pairwise", self.x(less)]
        if pick == 1:
            n = rng.randint(1, 4)
            return ["batched", part(less), n, *([True] if rng.random() < 0.4 else [])]
        if pick in (2, 3):
            es = [part(rng.randint(0, less)) for _ in range(rng.randint(1, 3))]
            return ["zip", es, *([True] if rng.random() < 0.4 else [])]
        if pick == 4:
            es = [self.x(rng.randint(0, less)) for _ in range(rng.randint(1, 3))]
            return ["zip_longest", es, self.value()]
        if pick == 5:
            return ["tee_zip", self.x(less), rng.randint(0, 2)]
        # an index is no item where rows are made flat
        return ["enumerate", part(less), rng.randint(-2, 5)] if nested else [
            "pairwise", self.x(less)]

    def any_of(self, depth):
        return self.x(depth) if self.rng.random() < 0.6 else self.row(depth, True)


def pipeline(g):
    if g.rng.random() < 0.65:
        return g.x(g.rng.randint(1, 3)), g.takes()
    return g.row(g.rng.randint(1, 2), True), g.takes()


def sink(g):
    names = ["min", "max"] if not g.numbers else ["sum", "prod", "min", "max", "any", "all"]
    name = g.rng.choice(names)
    key = [g.one()] if g.numbers and name in ("min", "max") and g.rng.random() < 0.5 else []
    ops = [["take", g.rng.randint(0, 2)]] if g.rng.random() < 0.3 else []
    return g.x(g.rng.randint(0, 2)), [*ops, [name, *key], ["next"]]


def floats(g):
    g.numbers = False  # functions are of integers
    g.sources = [[{"f": "%.17g" % (g.rng.randint(-40, 40) / 8)}
                  for _ in range(g.rng.randint(0, 7))]]
    name = g.rng.choice(["sum", "prod", "min", "max", "rest"])
    return ["islice", ["floats", 0], g.rng.randint(0, 2), None, g.rng.randint(1, 2)], [[name]]


def groups(g):
    g.value = g.value if not g.numbers else lambda: g.rng.randint(0, 3)
    key = [g.one()] if g.numbers and g.rng.random() < 0.6 else []
    ops, n = [], 0
    for _ in range(g.rng.randint(2, 8)):
        pick = g.rng.random()
        if pick < 0.4 or n == 0:
            ops.append(["outer"])
            n += 1
        elif pick < 0.7:
            ops.append(["inner", g.rng.choice([n - 1, n - 1, g.rng.randrange(n)])])
        elif pick < 0.9:
            ops.append(["take_inner", n - 1, g.rng.randint(1, 4)])
        else:
            ops.append(["taken"])
    return ["groupby", g.x(g.rng.choice([0, 0, 1])) if g.rng.random() < 0.4 else g.src(8),
            *key], ops


def tees(g):
    n, ops = g.rng.randint(1, 3), []
    e = ["tee", g.x(g.rng.choice([0, 0, 1])), n]
    for _ in range(g.rng.randint(2, 8)):
        pick, k = g.rng.random(), g.rng.randrange(n)
        if pick < 0.12 and n < 6:
            ops.append(["fork", k])
            n += 1
        elif pick < 0.2:
            ops.append(["drop", k])
        elif pick < 0.7:
            ops.append(["of", k])
        elif pick < 0.9:
            ops.append(["take_of", k, g.rng.randint(1, 4)])
        else:
            ops.append(["taken"])
    return e, ops


def shares_badly(expr):
    """Whether a source is shared with
    - a row of pairwise that flatten lends: its second member is the source's own, and
      gone with the source's next item;
    - zip_longest or accumulate with an initial value, behind what has read it to its
      end already: it has no type then, and no fill; and no initial value is yielded."""
    text = str(expr)
    shared = any(text.count(f"['src', {k}]") > 1 for k in range(4))
    return shared and ("'flatten', ['pairwise'" in text or
                       "'reversed'" in text and
                       ("'zip_longest'" in text or "'accumulate'" in text))


def counts_otherwise(expr):
    """Whether groupby may ask for another number of comparisons than CPython's.

    That compares the two keys once more where a group was read to its end, and pila
    remembers that they differ; and it asks nothing of an object that comes twice."""
    return any(f"'{name}'" in str(expr) for name in (
        "groupby", "group_lens", "chain_repeat", "pairwise", "first"))


def random_case(rng):
    def make():
        g = Cases(rng)
        kind = rng.choice([pipeline] * 10 + [sink] * 3 + [groups] * 3 + [tees] * 3 + [floats])
        if g.numbers is False and g.value == g.any and kind is sink:
            g.value = g.word  # what has an order
        case = g.case("itertools_terminating", *kind(g))
        again = "eq" in case.get("script", {}) and counts_otherwise(case["expr"])
        return None if again or shares_badly(case["expr"]) else cut(Module, case)
    return until(make)


def edge(expr, *ops, sources=([1, 2, 3], [4, 5]), **more):
    return {"expr": expr, "sources": list(sources), "ops": list(ops) or [["rest"]], **more}


A, B = ["src", 0], ["src", 1]
NONE = ([], [])
FAULT = ([1, {"raise": True}, 3], [4, 5])
HUGE, MAX = 2 ** 62, 2 ** 63 - 1

EDGES = [
    *(edge(e, ["next"], ["next"], sources=NONE) for e in (
        ["chain", []], ["chain", [A, B]], ["islice", A, 0, None, 1], ["map", "neg", A],
        ["filter", None, A], ["zip", []], ["zip", [A, B]], ["zip", [A, B], True],
        ["zip_longest", [A, B], 0], ["zip_longest", [], 0], ["enumerate", A, 0],
        ["pairwise", A], ["batched", A, 3], ["batched", A, 3, True], ["accumulate", A],
        ["accumulate", A, "mul", 7], ["compress", A, B], ["takewhile", "even", A],
        ["dropwhile", "even", A], ["filterfalse", None, A], ["flatten", ["batched", A, 2]],
        ["group_lens", A], ["reversed", A], ["reversed_list", []], ["tee_zip", A, 1],
        ["starmap", "add", ["pairwise", A]], ["map_many", "add", [A, B]])),
    *(edge(e, ["rest"]) for e in (
        ["islice", A, 0, 0, 1], ["islice", A, 5, 2, 1], ["islice", A, 0, None, 5],
        ["islice", A, 2, None, 1], ["islice", A, 1, 2, 9], ["chain", [A, A]], ["zip", [A, A]],
        ["zip", [A, A], True], ["zip", [A, B], True], ["zip", [B, A], True],
        ["zip_longest", [A, B, A], 0], ["batched", A, 2, True], ["batched", A, 2],
        ["batched", A, 2 ** 40], ["enumerate", A, 2 ** 63 - 3], ["enumerate", A, -2 ** 63],
        ["compress", A, B], ["compress", B, A], ["compress", A, A], ["accumulate", A, "sub"],
        ["flatten", ["pairwise", A]], ["map_many", "mix", [A, B, A]],
        ["map_many", "add", [A, B], True], ["tee_zip", A, 9], ["chain_repeat", A],
        ["zip", [["pairwise", A], ["enumerate", B, 1]]], ["batched", ["zip", [A, B]], 2],
        ["reversed", ["chain", [A, B]]], ["dropwhile", "lt3", A], ["takewhile", "lt3", A])),
    # what is left in a source that another has read from
    *(edge(["chain", [e, A]], sources=[[1, 2, 3, 4], [1]]) for e in (
        ["takewhile", "lt3", A], ["compress", A, B], ["islice", A, 1, 2, 1],
        ["dropwhile", "lt3", ["islice", A, 0, 3, 1]])),
    *(edge([name, *args], ["next"], ["rest"]) for name in ("range", "range_reversed")
      for args in ((0, 0, 1), (5, 0, 1), (0, 5, -1), (MAX - 5, MAX, 3), (0, 7, MAX),
                   (-MAX - 1, MAX, MAX), (MAX, -MAX - 1, -MAX), (-MAX, -MAX - 1, -1),
                   (3, 9, 0))),
    # what is out of range is refused when it is made
    *(edge(e, ["rest"]) for e in (
        ["islice", A, -1, None, 1], ["islice", A, 0, -1, 1], ["islice", A, 0, 1, 0],
        ["islice", A, 0, 1, -1], ["batched", A, 0], ["batched", A, -1], ["tee", A, -1])),
    # a fault of a source, behind what came before
    *(edge(e, ["rest"], sources=FAULT) for e in (
        A, ["chain", [B, A]], ["islice", A, 2, None, 1], ["map", "neg", A], ["zip", [B, A]],
        ["filter", "even", A], ["zip_longest", [A, B], 0], ["enumerate", A, 0],
        ["pairwise", A], ["batched", A, 3], ["accumulate", A], ["compress", A, B],
        ["compress", B, A], ["takewhile", "lt3", A], ["dropwhile", "even", A],
        ["flatten", ["batched", A, 1]], ["group_lens", A], ["group_firsts", A],
        ["reversed", A], ["tee_zip", A, 0])),
    *(edge(A, [name], ["next"], sources=sources) for sources in (NONE, FAULT, ([0, 0, 2, 1],))
      for name in ("sum", "prod", "min", "max", "any", "all")),
    *(edge(A, [name], ["next"], sources=[[HUGE, HUGE - 1, -HUGE, 1, 0]])
      for name in ("sum", "min", "max")),
    edge(A, ["sum"], sources=[[HUGE, HUGE, HUGE, -HUGE, -HUGE, -HUGE]]),
    edge(A, ["prod"], sources=[[HUGE, 0, HUGE]]), edge(A, ["prod"], sources=[[-HUGE, 2]]),
    edge(["accumulate", A], sources=[[HUGE, HUGE - 1, -HUGE]]),
    *(edge(["floats", 0], [name], sources=[[]]) for name in ("sum", "prod", "min", "max")),
    *(edge(["floats", 0], [name], sources=[[{"f": "inf"}, {"f": "-inf"}, {"f": "1.5"}]])
      for name in ("sum", "prod", "min", "max", "rest")),
    *(edge(["floats", 0], ["sum"], sources=[[{"f": "%.17g" % x} for x in items]])
      for items in ([0.1] * 10, [1e16, 1, -1e16], [1, 1e100, 1, -1e100])),
    *(edge(["floats", 0], [name], sources=[[{"f": "nan"}, {"f": "1"}]])
      for name in ("sum", "prod", "min", "max")),
    # groups: what is not read of one is skipped, and it is then empty
    edge(["groupby", A], ["outer"], ["inner", 0], ["outer"], ["inner", 0], ["inner", 1],
         ["taken"], ["outer"], ["outer"], sources=[[1, 1, 1, 2, 2]]),
    edge(["groupby", A, "mod3"], ["outer"], ["outer"], ["take_inner", 1, 5],
         ["take_inner", 0, 5], ["outer"], ["taken"], sources=[[0, 3, 1, 4, 2]]),
    edge(["groupby", A], ["outer"], ["take_inner", 0, 1], ["taken"], ["outer"], ["taken"],
         sources=[["a", "a", "b"]]),
    # tee: a branch may lead, lag, end and be dropped
    edge(["tee", A, 2], ["take_of", 0, 9], ["of", 1], ["fork", 1], ["take_of", 2, 9],
         ["drop", 1], ["of", 0], ["of", 2]),
    edge(["tee_zip", ["range", 0, 4000, 1], 1100], ["skip", 2890], ["take", 5]),
    edge(["tee", A, 0], ["taken"]), edge(["tee", A, 1], ["of", 0], ["drop", 0], ["taken"]),
    edge(["tee", A, 2], ["take_of", 0, 9], ["taken"], sources=FAULT),
    *(edge(e, ["rest"], sources=[[1, 2, 3, 4]], script={"fn": {"raise_at": at}})
      for at in (1, 3) for e in (
          ["map", "neg", A], ["filter", "even", A], ["filterfalse", "even", A],
          ["takewhile", "same", A], ["dropwhile", "same", A], ["accumulate", A, "add"],
          ["accumulate", A, "add", 0], ["group_lens", A, "half"], ["group_firsts", A, "half"],
          ["starmap", "add", ["pairwise", A]], ["map_many", "add", [A, A]])),
]

# what the cases leave out, or map
DIFFERS = [
    ("an iterator that failed, asked again: of all modules of iterators",
     "it stays failed in pila; in CPython map, filter, accumulate, groupby, tee and others "
     "go on"),
    ("a source that ended, asked again", "never in pila; by CPython's zip and groupby"),
    ("how often eq is called by groupby",
     "CPython compares again where a group was read to its end, and not what is one object"),
    ("a container that changes under an adaptor",
     "RuntimeError from it in pila; CPython's goes on where the container's iterator does"),
    ("a callback that asks the iterator that is calling it",
     "ValueError in pila; CPython's recurse, but tee's RuntimeError"),
    ("how far ahead a source is read that has several items ready",
     "by such windows in pila, where kernels see items that nobody asks for"),
    ("two readers of one iterator, by pila_ref, of items that are not plain bytes",
     "what one was lent may be gone when the other asks"),
    ("zip_longest over an iterator that is used up when it is made",
     "it may have no type in pila then, and the fill none to be of: TypeError"),
    ("chain.from_iterable of what zip and enumerate yield",
     "C structs, so TypeError in pila: there are rows of batched and pairwise"),
    ("sums, products and indices beyond 64 bits", "OverflowError in pila; CPython's grow"),
    ("accumulate of text without a function", "TypeError in pila; CPython joins it"),
    ("any and all of items that are no numbers, pointers or text", "TypeError in pila"),
    ("a sum of no floats", "0.0 in pila, which knows the type; 0 in CPython"),
    ("a sum of floats that rounds", "as of 3.12 in pila; CPython 3.11 does not compensate"),
    ("groups of NaNs", "by their bits in pila, by the object in CPython"),
]
