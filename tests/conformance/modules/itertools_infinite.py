"""itertools.count, cycle and repeat, and what is cut off of them."""
import itertools

from expr import Expr, Random, cut, until
from oracle import decoded


class Module(Expr):
    def node_count(self, start=0, step=1):
        return map(self.wrap, itertools.count(start, 1 if step is None else step))

    def node_count_float(self, start, step):
        return itertools.count(float(decoded(start)), decoded(step))

    def node_cycle(self, e):
        return itertools.cycle(self.build(e))

    def node_repeat(self, x, times=None):
        return itertools.repeat(self.item(x), *([] if times is None else [times]))

    def node_repeat_float(self, x, times=None):
        return itertools.repeat(float(decoded(x)), *([] if times is None else [times]))


# ---- random cases ----


class Cases(Random):
    def real(self):
        x = self.rng.choice([self.rng.randint(-40, 40) / 8, self.rng.uniform(-3, 3), 0.1, -0.3,
                             1e300, -0.0])
        return {"f": "%.17g" % x}

    def times(self):
        return self.rng.choice([None, None, -1, 0, 1, 2, 3, 5])

    def endless(self, depth):
        rng, pick = self.rng, self.rng.randrange(8)
        if pick < 3 and self.numbers:
            start = rng.choice([rng.randint(-9, 9), rng.randint(-9, 9),
                                rng.randint(-10 ** 6, 10 ** 6)])
            return ["count", start, *rng.choice([[], [rng.randint(-4, 4)], [1]])]
        if pick == 3:
            return ["repeat", self.value(), *rng.choice([[], [self.times()]])]
        return ["cycle", self.x(rng.randint(0, depth))]

    def x(self, depth):
        rng = self.rng
        if depth == 0:
            return self.src()
        pick = rng.randrange(9 if self.numbers else 5)
        if pick in (0, 1):
            return self.endless(depth - 1)
        e = self.x(depth - 1)
        if pick == 2:
            return ["chain", [e, self.endless(0)]]
        if pick in (3, 4):
            return ["islice", e, rng.randint(0, 3), rng.choice([None, rng.randint(0, 9)]),
                    rng.randint(1, 3)]
        if pick == 5:
            return ["starmap", self.two(), ["zip", [e, self.endless(0)]]]
        if pick == 6:
            return ["takewhile", rng.choice(["even", "lt3", "mod3"]), ["islice", e, 0, 20, 1]]
        return ["map", self.one(), e]

    def row(self):
        rng, es = self.rng, [self.endless(1), self.x(1)]
        rng.shuffle(es)
        return rng.choice([["zip", es], ["zip", [*es, self.endless(0)]], ["pairwise", es[0]],
                           ["batched", es[0], rng.randint(1, 4)],
                           ["enumerate", es[0], rng.randint(-3, 3)]])


def reals(g):
    g.numbers = False  # functions are of integers
    e = ["count_float", g.real(), g.rng.choice([g.real(), g.real(), 1, -2, 0])]
    if g.rng.random() < 0.2:
        e = ["repeat_float", g.real(), g.rng.choice([None, 0, 3])]
    if g.rng.random() < 0.3:
        e = ["zip", [e, g.endless(0)]]
    if g.rng.random() < 0.3:
        e = ["islice", e, g.rng.randint(0, 9), None, g.rng.randint(1, 4)]
    return e


def random_case(rng):
    def make():
        g = Cases(rng)
        pick = rng.random()
        expr = (reals(g) if pick < 0.15 else g.endless(2) if pick < 0.4 else g.row()
                if pick < 0.55 else g.x(rng.randint(1, 3)))
        # functions see what is ahead too: nothing large goes into one
        ops = [["take", rng.randint(0, 6)] if op == ["rest"] else op for op in g.takes(3)]
        if pick < 0.4 and rng.random() < 0.2:
            ops.insert(rng.randrange(len(ops) + 1), ["skip", rng.choice([3, 100, 511, 1025])])
        return cut(Module, g.case("itertools_infinite", expr, ops))
    return until(make)


def edge(expr, *ops, sources=([1, 2, 3],), **more):
    return {"expr": expr, "sources": list(sources), "ops": list(ops) or [["take", 7]], **more}


A, MAX = ["src", 0], 2 ** 63 - 1


def f(x):
    return {"f": x}


EDGES = [
    edge(["count"]), edge(["count", 5, 0]), edge(["count", 0, -3]), edge(["count", -7, 2]),
    # the whole of 64 bits; what comes behind is an error here and a long in Python
    edge(["count", MAX - 3], ["take", 4]), edge(["count", -MAX + 1, -1], ["take", 3]),
    edge(["count", -MAX - 1, MAX], ["take", 3]), edge(["count", 0, -MAX - 1], ["take", 2]),
    edge(["count", MAX], ["next"]), edge(["count", -MAX - 1], ["next"], ["next"]),
    edge(["count", 3], ["skip", 511], ["take", 3], ["skip", 4096], ["next"]),
    edge(["count_float", f("0.5"), f("0.25")]),
    edge(["count_float", f("0.10000000000000001"), 1]),
    edge(["count_float", f("0"), f("0.10000000000000001")], ["skip", 1000], ["take", 3]),
    edge(["count_float", f("1"), f("-0.29999999999999999")], ["take", 9]),
    edge(["count_float", f("inf"), -1], ["take", 2]),
    edge(["count_float", f("nan"), 1], ["take", 2]),
    edge(["count_float", f("9007199254740992"), 1], ["take", 3]),
    edge(["count_float", f("1.7976931348623157e+308"), f("1e+308")], ["take", 3]),
    edge(["cycle", A]), edge(["cycle", A], ["next"], ["next"], sources=[[]]),
    edge(["cycle", A], ["take", 2], ["take", 2], ["next"], sources=[[1, 2, {"raise": True}]]),
    edge(["cycle", A], ["taken"], ["next"], ["taken"], ["skip", 1000], ["taken"], ["next"]),
    edge(["cycle", ["cycle", A]]), edge(["cycle", ["repeat", 1, 2]]),
    edge(["cycle", ["map", "neg", A]], script={"fn": {"raise_at": 3}}),
    edge(["cycle", ["map", "neg", A]], script={"fn": {"raise_at": 4}}),
    *(edge(["repeat", x]) for x in (1, "a", "", None, {"t": [1, "b"]}, True)),
    *(edge(["repeat", 4, n], ["take", 3], ["next"]) for n in (-5, -1, 0, 1, 2, 3, 4, 2 ** 40)),
    edge(["repeat_float", f("-0"), 2], ["take", 3]),
    edge(["zip", [["count"], A, ["repeat", 0]]]), edge(["zip", [A, ["count", 10, 10]]]),
    edge(["map", "square", ["islice", ["count", 1], 0, None, 3]]),
    edge(["starmap", "mul", ["zip", [["count", 1], ["repeat", 2], ["cycle", A]]]]),
    edge(["chain", [A, ["count"]]], ["take", 5], ["taken"]),
    edge(["takewhile", "lt3", ["count"]], ["take", 5], ["next"]),
]

# what the cases leave out, or map
DIFFERS = [
    ("count beyond 64 bits", "OverflowError in pila; CPython goes on"),
    ("what a kernel is called for", "items ahead too, by the window"),
    ("repeat(x, n) below 0",
     "none in CPython; a size_t cannot say so, and the adapter says 0"),
]
