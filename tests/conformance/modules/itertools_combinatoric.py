"""product, permutations, combinations and powerset, also from a place on and one alone."""
import itertools
import math

from expr import Expr, Random, cut, until


def sliced(it, start=None, count=None):
    """What pila has as _from: without the way there, so k may be large."""
    if start is None:
        return it
    return itertools.islice(it, start, None if count is None else start + count)


def unranked(choices, count_from, k):
    """The k-th sequence in order: choices(prefix) are what may come next, and
    count_from(prefix) says in how many ways it goes on."""
    prefix = []
    while (options := choices(prefix)) is not None:
        for x in options:
            n = count_from([*prefix, x])
            if k < n:
                prefix.append(x)
                break
            k -= n
        else:
            raise IndexError
    return prefix


class Draws:
    """Chance that the case gives, in place of the module random."""

    def __init__(self, draws):
        self.draws = iter(draws)

    def randrange(self, n):
        return next(self.draws, 0) % n

    def choice(self, items):
        if not items:
            raise IndexError
        return items[self.randrange(len(items))]


class Module(Expr):
    def node_product(self, es, repeat=1, *part):
        return sliced(itertools.product(*self.children(es), repeat=repeat), *part)

    def node_permutations(self, e, r=None, *part):
        return sliced(itertools.permutations(self.build(e), r), *part)

    def node_combinations(self, e, r, *part):
        return sliced(itertools.combinations(self.build(e), r), *part)

    def node_combinations_with_replacement(self, e, r, *part):
        return sliced(itertools.combinations_with_replacement(self.build(e), r), *part)

    def node_powerset(self, e):  # recipe
        s = list(self.build(e))
        return itertools.chain.from_iterable(itertools.combinations(s, r)
                                             for r in range(len(s) + 1))

    # one alone: positions

    def op_nth_product(self, sizes, repeat, k):
        sizes = sizes * repeat
        if k >= math.prod(sizes):
            raise IndexError
        return unranked(
            lambda p: range(sizes[len(p)]) if len(p) < len(sizes) else None,
            lambda p: math.prod(sizes[len(p):]), k)

    def op_nth_permutation(self, n, r, k):
        r = n if r is None else r
        if k >= math.perm(n, r):
            raise IndexError
        return unranked(
            lambda p: [x for x in range(n) if x not in p] if len(p) < r else None,
            lambda p: math.perm(n - len(p), r - len(p)), k)

    def op_nth_combination(self, n, r, k):
        if k >= math.comb(n, r):
            raise IndexError
        return unranked(
            lambda p: range(p[-1] + 1 if p else 0, n) if len(p) < r else None,
            lambda p: math.comb(n - p[-1] - 1, r - len(p)), k)

    def op_nth_combination_with_replacement(self, n, r, k):
        if k >= self.op_combinations_with_replacement_count(n, r):
            raise IndexError
        return unranked(
            lambda p: range(p[-1] if p else 0, n) if len(p) < r else None,
            lambda p: self.op_combinations_with_replacement_count(n - p[-1], r - len(p)), k)

    # how many

    def op_product_count(self, sizes, repeat):
        return math.prod(sizes) ** repeat

    def op_perm(self, n, r):
        return math.perm(n, r)

    def op_comb(self, n, r):
        return math.comb(n, r)

    def op_combinations_with_replacement_count(self, n, r):
        return math.comb(n + r - 1, r) if n else int(r == 0)

    # by chance: the recipes, of positions

    def op_random_product(self, sizes, repeat, draws):
        chance = Draws(draws)
        return [chance.choice(range(size)) for size in sizes * repeat]

    def op_random_combination_with_replacement(self, n, r, draws):
        chance = Draws(draws)
        return sorted(chance.randrange(n) for _ in range(r))

    def op_random_combination(self, n, r, draws):
        if r > n:  # as random.sample; which it is depends on the algorithm
            raise ValueError
        return True

    def op_random_permutation(self, n, r, draws):
        return self.op_random_combination(n, n if r is None else r, draws)


# ---- random cases ----


class Cases(Random):
    whats = ()

    def pool(self, most):
        e = self.src(most)
        return ["islice", e, 0, self.rng.randint(0, most), 1] if self.rng.random() < 0.2 else e

    def part(self):
        """Where to start, and how many."""
        return [] if self.rng.random() < 0.5 else [
            self.rng.choice([0, 1, 2, 5, 17, 60]), self.rng.choice([None, 0, 1, 3, 100])]

    def expr(self):
        rng, part = self.rng, self.part()
        name = rng.choice(["product", "product", "permutations", "combinations",
                           "combinations_with_replacement", "powerset"])
        if name == "product":
            return [name, [self.pool(3) for _ in range(rng.randint(0, 3))],
                    rng.choice([1, 1, 1, 0, 2, 3]), *part]
        e = self.pool(5)
        if name == "powerset":
            return [name, e]
        r = rng.randint(0, 5)
        return [name, e, None if name == "permutations" and r > 3 else r, *part]


def place(rng, count):
    return rng.choice([0, 1, max(count - 1, 0), count, rng.randrange(count + 1)])


MULTISET = "combination_with_replacement"
COUNTS = {  # by kind: the operation that counts them, and what it answers
    "permutation": ("perm", math.perm), "combination": ("comb", math.comb),
    MULTISET: ("combinations_with_replacement_count",
               lambda n, r: math.comb(n + r - 1, r) if n else int(r == 0))}


def of_pools(rng, pick, draws):
    sizes, repeat = [rng.randint(0, 6) for _ in range(rng.randint(0, 4))], rng.randint(0, 3)
    if pick < 0.2:
        return ["random_product", sizes, repeat, draws]
    if pick < 0.45:
        return ["product_count", sizes, repeat]
    return ["nth_product", sizes, repeat, place(rng, math.prod(sizes) ** repeat)]


def alone(rng):
    """An operation on numbers alone."""
    pick, draws = rng.random(), [rng.randrange(1000) for _ in range(6)]
    kind = rng.choice(["product", "permutation", "combination", MULTISET])
    if kind == "product":
        return of_pools(rng, pick, draws)
    n = rng.choice([rng.randint(0, 9), rng.randint(0, 20), rng.randint(20, 60)])
    r = rng.randint(0, min(n + 1, 12))
    name, count = COUNTS[kind]
    if pick < 0.2:
        return ["random_" + kind, max(n, 1), r, draws]
    if pick < 0.45:
        return [name, n, r]
    return ["nth_" + kind, n, None if kind == "permutation" and r == n else r,
            place(rng, min(count(n, r), 2 ** 63 - 1))]


def random_case(rng):
    def make():
        if rng.random() < 0.25:
            return cut(Module, {"m": "itertools_combinatoric",
                                "ops": [alone(rng) for _ in range(rng.randint(1, 3))]})
        g = Cases(rng)
        return cut(Module, g.case("itertools_combinatoric", g.expr(), [
            ["take", rng.randint(0, 6)] if op == ["rest"] else op for op in g.takes(3)]))
    return until(make)


def edge(expr, *ops, sources=([1, 2, 3], ["a", "b"]), **more):
    return {"expr": expr, "sources": list(sources), "ops": list(ops) or [["take", 30]], **more}


A, B = ["src", 0], ["src", 1]
R = "combinations_with_replacement"
FAULT = ([1, {"raise": True}],)

EDGES = [
    # the empty tuple, once; no item at all
    *(edge(e, ["take", 3], ["taken"], sources=([], [])) for e in (
        ["product", []], ["product", [], 0], ["product", [], 3], ["product", [A]],
        ["product", [A, B], 0], ["product", [A, B], 2], ["permutations", A],
        ["permutations", A, 0], ["permutations", A, 1], ["combinations", A, 0],
        ["combinations", A, 1], [R, A, 0], [R, A, 1], ["powerset", A])),
    *(edge(e) for e in (
        ["product", [A, B]], ["product", [A], 2], ["product", [A, B], 2], ["product", [A, A]],
        ["product", [["pairwise", A], B]], ["permutations", A], ["permutations", A, None],
        ["permutations", A, 2], ["permutations", A, 3], ["permutations", A, 4],
        ["combinations", A, 0], ["combinations", A, 2], ["combinations", A, 3],
        ["combinations", A, 4], [R, A, 0], [R, A, 1], [R, A, 2], [R, A, 4], [R, B, 3],
        ["powerset", A], ["powerset", ["zip", [A, B]]], ["permutations", ["enumerate", B, 1]],
        ["product", [A, B], 1, 2, 3], ["product", [A, B], 1, 6, 1], ["product", [A], 3, 26, 9],
        ["product", [], 1, 0, None], ["product", [], 1, 1, None], ["permutations", A, 2, 3, 2],
        ["permutations", A, None, 5, None], ["permutations", A, None, 6, None],
        ["combinations", A, 2, 1, 1], ["combinations", A, 2, 3, None], [R, A, 2, 5, None],
        [R, A, 0, 0, None], [R, A, 0, 1, None], [R, A, 2, 2, 0])),
    *(edge(e, ["next"]) for e in (
        ["product", [A], -1], ["permutations", A, -1], ["combinations", A, -1], [R, A, -1])),
    *(edge(e, ["next"], sources=FAULT) for e in (
        ["product", [A]], ["permutations", A, 1], ["combinations", A, 1], [R, A, 1],
        ["powerset", A])),
    edge(["product", [A], 20], ["take", 2], sources=[[0, 1]]),
    # far away
    edge(["islice", ["combinations", A, 3], 0, None, 100], ["take", 20],
         sources=[list(range(20))]),
    *({"ops": [op]} for op in (
        ["nth_permutation", 20, None, 2 ** 60], ["nth_permutation", 5, 5, 119],
        ["nth_permutation", 5, 5, 120], ["nth_permutation", 0, 0, 0],
        ["nth_permutation", 0, 0, 1],
        ["nth_permutation", 3, 4, 0], ["nth_combination", 60, 30, 2 ** 56],
        ["nth_combination", 64, 32, 10 ** 18], ["nth_combination", 5, 6, 0],
        ["nth_combination", 0, 0, 0], ["nth_combination_with_replacement", 30, 20, 10 ** 12],
        ["nth_combination_with_replacement", 0, 0, 0],
        ["nth_combination_with_replacement", 0, 1, 0], ["nth_product", [], 1, 0],
        ["nth_product", [], 0, 1], ["nth_product", [2], 62, 2 ** 61 + 5],
        ["nth_product", [3, 0], 1, 0], ["nth_product", [10], 18, 10 ** 18 - 1],
        ["perm", 20, None], ["perm", 20, 21], ["perm", 0, 0], ["perm", 2 ** 31, 2],
        ["comb", 66, 33], ["comb", 2 ** 31, 2], ["comb", 10 ** 9, 10 ** 9 - 2], ["comb", 3, 4],
        ["comb", 10 ** 18, 1], ["comb", 0, 0], ["combinations_with_replacement_count", 0, 0],
        ["combinations_with_replacement_count", 0, 5],
        ["combinations_with_replacement_count", 10, 20], ["product_count", [], 5],
        ["product_count", [2], 62], ["product_count", [10 ** 6, 10 ** 6, 10 ** 6], 1],
        ["product_count", [0, 10 ** 18], 1], ["product_count", [10 ** 18, 10 ** 18, 0], 1],
        ["product_count", [5], 0], ["random_product", [3, 0], 1, [1]],
        ["random_product", [], 3, []], ["random_permutation", 3, 4, [0]],
        ["random_permutation", 10, None, [5, 4, 3, 2, 1]], ["random_combination", 3, 4, [0]],
        ["random_combination", 9, 9, [0]], ["random_combination_with_replacement", 3, 0, []])),
]

# what the cases leave out, or map
DIFFERS = [
    ("how many there are, beyond 64 bits", "OverflowError in pila; CPython's grow"),
    ("an r of items that no memory holds", "OverflowError in pila; MemoryError in CPython"),
    ("a negative number of nth_combination",
     "pila's are unsigned; the recipe counts from the end"),
    ("a negative n or r",
     "ValueError in CPython; a size_t cannot say so, and the adapter does"),
    ("which random_combination or random_permutation it is",
     "the algorithm is pila's own; the cases ask whether it is one"),
]
