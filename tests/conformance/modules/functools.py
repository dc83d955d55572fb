"""functools: reduce, partial, cmp_to_key and lru_cache."""
import heapq
from functools import cmp_to_key, lru_cache, partial, reduce

from expr import TWO, Expr, Random, cut, plain, until
from oracle import script

CMP = {"up": lambda a, b: (a > b) - (a < b), "down": lambda a, b: (a < b) - (a > b),
       "mod3": lambda a, b: a % 3 - b % 3, "same": lambda a, b: 0}


class Module(Expr):
    def open(self, request):
        self.cached, self.made = None, 0
        if "cache" in request:
            self.cached = lru_cache(request["cache"])(self.count_call)
        return super().open(request)

    def state(self):
        return self.op_info() if self.cached else super().state()

    # partial

    def node_partial_map(self, name, first, e):
        return map(partial(self.two(name), *self.items(first)), self.build(e))

    def node_partial_filter(self, name, first, e):
        call = partial(self.two(name), *self.items(first))
        return filter(lambda x: plain(call(x)), self.build(e))

    # cmp_to_key

    def by(self, name):
        def compare(a, b):
            self.call_out("fn")
            return CMP[name](plain(a), plain(b))
        return cmp_to_key(compare)

    def node_sorted_by(self, name, e, reverse=False):
        return iter(sorted(self.build(e), key=self.by(name), reverse=reverse))

    def op_min_by(self, name):
        return min(self.the_rest(), key=self.by(name))

    def op_max_by(self, name):
        return max(self.the_rest(), key=self.by(name))

    def op_heap_by(self, name):
        """All in, one by one, and out again; a fault on the way out is the last."""
        heap, got, key = [], [], self.by(name)
        for x in self.the_rest():
            heapq.heappush(heap, key(x))
        while heap:
            try:
                got.append(heapq.heappop(heap).obj)
            except Exception:
                self.failed = True
                return [*got, "!Exception"]
        return got

    # reduce

    def op_reduce(self, name, initial=None):
        initial = () if initial is None else (self.item(initial),)
        return reduce(self.two(name), self.the_rest(), *initial)

    def op_reduce_scaled(self, by):
        def scaled(acc, x):
            self.call_out("fn")
            return self.wrap(plain(acc) * by + plain(x))
        return reduce(scaled, self.the_rest())

    # lru_cache

    ITEMS = {"call": (0,)}

    def count_call(self, key):
        self.call_out("fn")
        self.made += 1
        return self.made

    def op_call(self, key):
        return self.cached(key)

    def op_info(self):
        return list(self.cached.cache_info())

    def op_clear(self):
        self.cached.cache_clear()


# ---- random cases ----


class Cases(Random):
    def e(self):
        rng, e = self.rng, self.src(6)
        first = [self.value()]
        if self.numbers and rng.random() < 0.3:
            return [rng.choice(["partial_map", "partial_filter"]), self.two(), first, e]
        return ["chain", [e, self.src(3)]] if rng.random() < 0.2 else e


def reduced(g):
    name = g.two() if g.numbers else g.rng.choice(["first", "second"])
    op = ["reduce", name, *([g.value()] if g.rng.random() < 0.4 else [])]
    if g.numbers and g.rng.random() < 0.2:
        op = ["reduce_scaled", g.rng.randint(-3, 10)]
    return g.e(), [*([["next"]] if g.rng.random() < 0.2 else []), op, ["next"]]


def partials(g):
    e = [g.rng.choice(["partial_map", "partial_filter"]), g.two(), [g.value()], g.e()]
    return e, g.takes(3)


def compared(g):
    name = g.rng.choice(list(CMP))
    if g.rng.random() < 0.4:
        g.whats = ()  # how often sorting compares is the sort's own
        return ["sorted_by", name, g.src(9), g.rng.random() < 0.5], g.takes(2)
    return g.src(9), [[g.rng.choice(["min_by", "max_by", "heap_by"]), name], ["taken"]]


def cache(rng):
    value = rng.choice([lambda: rng.randint(0, 5), lambda: rng.randint(0, 5),
                        lambda: rng.choice(["a", "b", "ab", ""]),
                        lambda: rng.choice([7, "1", None, {"t": [1, 2]}])])
    ops = [["call", value()] if rng.random() < 0.8 else
           rng.choice([["info"], ["info"], ["info"], ["clear"]])
           for _ in range(rng.randint(1, 14))]
    case = {"m": "functools", "cache": rng.choice([None, 0, 1, 2, 3, 4, 128, -1]), "ops": ops}
    case.update(script(rng, ["fn", "fn", "fn", "eq", "hash"],
                       [["call", value()], ["call", value()], ["clear"]]))
    return case


def random_case(rng):
    def make():
        if rng.random() < 0.45:
            return cache(rng)
        g = Cases(rng)
        kind = rng.choice([reduced, partials, compared])
        if not g.numbers and kind is not reduced:
            g.numbers, g.value = True, g.number
        return cut(Module, g.case("functools", *kind(g)))
    return until(make)


def edge(expr, *ops, sources=([3, 1, 2],), **more):
    return {"expr": expr, "sources": list(sources), "ops": list(ops) or [["rest"]], **more}


def calls(maxsize, *ops, **more):
    return {"cache": maxsize, "ops": [op if isinstance(op, list) else ["call", op]
                                      for op in ops], **more}


A = ["src", 0]
INFO, CLEAR = ["info"], ["clear"]

EDGES = [
    *(edge(A, op, ["next"], ["taken"], sources=[source])
      for op in (["reduce", "add"], ["reduce", "add", 5], ["reduce", "first"],
                 ["reduce", "second"], ["reduce", "second", 0], ["reduce_scaled", 10],
                 ["min_by", "down"], ["max_by", "down"], ["min_by", "same"],
                 ["max_by", "same"], ["heap_by", "down"])
      for source in ([], [4], [3, 1, 2], [1, {"raise": True}, 2])),
    *(edge(A, ["reduce", name], sources=[["a", "b", "ab"]]) for name in ("first", "second")),
    *(edge(A, [*op], script={"fn": {"raise_at": at}}) for at in (1, 2, 3)
      for op in (["reduce", "add"], ["reduce", "add", 0], ["min_by", "up"],
                 ["heap_by", "up"])),
    *(edge([name, "sub", [2], A]) for name in ("partial_map", "partial_filter")),
    edge(["partial_map", "mul", [3], ["partial_map", "sub", [1], A]]),
    edge(["partial_map", "add", [1], A], script={"fn": {"raise_at": 2}}),
    *(edge(["sorted_by", name, A, reverse], sources=[[3, 1, 2, 6, 4, 5, 1]])
      for name in CMP for reverse in (False, True)),
    edge(["sorted_by", "up", A], sources=[[]]), edge(["sorted_by", "same", A, True]),
    edge(["sorted_by", "up", A], sources=[[1, {"raise": True}]]),
    *(calls(n, 1, 1, 2, 1, 3, 1, 2, INFO, CLEAR, INFO, 1, INFO)
      for n in (None, 0, 1, 2, 3, -1, 2 ** 40)),
    calls(2, INFO, CLEAR, INFO), calls(1, "a", "a", None, None, {"t": [1]}, {"t": [1]}, INFO),
    # what fails leaves nothing behind, but a miss
    *(calls(n, 1, INFO, 1, 1, INFO, script={"fn": {"raise_at": 1}}) for n in (None, 0, 2)),
    # from within the function: another key, the same one, and all gone
    *(calls(n, 0, 1, 1, 2, 3, INFO, 9, INFO, script={"fn": {"call": at, "do": op}})
      for n in (None, 0, 1, 2) for at in (1, 2) for op in (["call", 1], ["call", 9], CLEAR)),
]

# what the cases leave out, or map
DIFFERS = [
    ("which items are compared by cmp_to_key in a sort, and how often",
     "the algorithm is pila's own"),
    ("a comparison that contradicts itself",
     "pila asks for less alone, CPython for greater too"),
    ("a heap by cmp_to_key after a fault", "as heapq: the item goes to the end of the list"),
    ("lru_cache of equal keys of two types, as 1 and True",
     "one call in pila; CPython caches some types apart"),
    ("lru_cache(maxsize) below 0",
     "0 in CPython; a size_t cannot say so, and the adapter says 0"),
    ("the first item as result of a reduce", "of the result's type in pila, or TypeError"),
    ("results beyond 64 bits", "a C type in pila; CPython's grow"),
]
