"""The recipes of the page on itertools, as it has them, and the sinks that pila has
beside Python's built-ins."""
import collections
import fractions
import itertools
import math
import operator

from expr import Expr, Once, Random, batched, cut, plain, until
from oracle import decoded

# ---- the recipes themselves, where Python 3.11 lacks what they use ----


def sumprod(p, q):
    return sum(map(operator.mul, *zip(*zip(p, q, strict=True)))) if p or q else 0


def sliding_window(iterable, n):
    iterator = iter(iterable)
    window = collections.deque(itertools.islice(iterator, n - 1), maxlen=n)
    for x in iterator:
        window.append(x)
        yield tuple(window)


def grouper(iterable, n, incomplete="fill", fillvalue=None):
    iterators = [iter(iterable)] * n
    match incomplete:
        case "fill":
            return itertools.zip_longest(*iterators, fillvalue=fillvalue)
        case "strict":
            return zip(*iterators, strict=True)
        case "ignore":
            return zip(*iterators)


def roundrobin(*iterables):
    iterators = map(iter, iterables)
    for num_active in range(len(iterables), 0, -1):
        iterators = itertools.cycle(itertools.islice(iterators, num_active))
        yield from map(next, iterators)


def unique_justseen(iterable, key=None):
    if key is None:
        return map(operator.itemgetter(0), itertools.groupby(iterable))
    return map(next, map(operator.itemgetter(1), itertools.groupby(iterable, key)))


def unique_everseen(iterable, key=None):
    seen = set()
    if key is None:
        for element in itertools.filterfalse(seen.__contains__, iterable):
            seen.add(element)
            yield element
    else:
        for element in iterable:
            k = key(element)
            if k not in seen:
                seen.add(k)
                yield element


def is_prime(n):
    """Miller and Rabin's test, which is exact below 2^64 by these bases."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if n < 2 or any(n % p == 0 for p in bases):
        return n in bases
    shift = (n - 1 & -(n - 1)).bit_length() - 1
    return all(any(pow(base, (n - 1 >> shift) << k, n) in ((1, n - 1) if k == 0 else (n - 1,))
                   for k in range(shift)) for base in bases)


def divisor(n):
    """Of a number that is no prime: small ones by trial, others by Pollard's walk."""
    small = next((p for p in range(2, 1000) if n % p == 0), None)
    for c in itertools.count(1):
        if small:
            return small
        x = y = 2
        d = 1
        while d == 1:
            x, y = (x * x + c) % n, (y * y + c) % n
            y = (y * y + c) % n
            d = math.gcd(x - y, n)
        small = d if d != n else None


def factor(n):
    if n < 2 or is_prime(n):
        return [n] if n > 1 else []
    d = divisor(n)
    return sorted(factor(d) + factor(n // d))


class Module(Expr):
    # nodes

    def node_prepend(self, value, e):
        return itertools.chain(self.items(value), self.build(e))

    def node_ncycles(self, e, n):
        return itertools.chain.from_iterable(itertools.repeat(tuple(self.build(e)), n))

    def node_tabulate(self, name, start):
        return map(self.one(name), map(self.wrap, itertools.count(start)))

    def turns(self):
        """A function that answers with the number of its call."""
        count = itertools.count(1)

        def call():
            self.call_out("fn")
            return self.wrap(next(count))
        return call

    def node_repeatfunc(self, times=None):
        if times is None:
            return itertools.starmap(self.turns(), itertools.repeat(()))
        return itertools.starmap(self.turns(), itertools.repeat((), times))

    def node_iter_until(self, sentinel):
        return iter(self.turns(), self.items(sentinel)[0])

    def node_iter_except(self, items):
        items = self.items(items)
        try:
            while True:
                yield items.pop()
        except IndexError:
            pass

    def node_tail(self, e, n):
        return iter(collections.deque(self.build(e), maxlen=n))

    def key(self, name):
        return self.one(name) if name else None

    def node_unique_justseen(self, e, key=None):
        return unique_justseen(self.build(e), self.key(key))

    def node_unique_everseen(self, e, key=None):
        return unique_everseen(self.build(e), self.key(key))

    def node_unique(self, e, key=None, reverse=False):
        call = self.key(key)
        return unique_justseen(sorted(self.build(e), key=call, reverse=reverse), call)

    def node_sorted(self, e, key=None, reverse=False):
        return iter(sorted(self.build(e), key=self.key(key), reverse=reverse))

    def node_count_runs(self, e):
        return ((k, len(list(g))) for k, g in itertools.groupby(self.build(e)))

    def node_sliding_window(self, e, n):
        if n < 1:
            raise ValueError  # as the recipe, but when it is made
        return sliding_window(self.build(e), n)

    def node_grouper(self, e, n, how, fill):
        return grouper(self.build(e), n, how, self.item(fill))

    def node_roundrobin(self, es):
        return roundrobin(*self.children(es))

    def node_partition(self, name, e):
        t1, t2 = itertools.tee(self.build(e))
        self.branches = [Once(itertools.filterfalse(self.test(name), t1)),
                         Once(filter(self.test(name), t2))]
        return iter(())

    def node_both(self, a, b):
        self.branches = self.children([a, b])
        return iter(())

    def node_sieve(self, n):
        return map(self.wrap, filter(is_prime, range(n)))

    # sinks

    def op_nth(self, n):
        return next(itertools.islice(self.the_rest(), n, None))

    def op_take_copies(self, n):
        return list(itertools.islice(self.it, n))

    def op_len(self):
        return sum(1 for _ in self.the_rest())

    def op_consume(self):
        collections.deque(self.the_rest(), maxlen=0)

    def op_all_equal(self):
        groups = itertools.groupby(self.the_rest())
        return len(list(itertools.islice(groups, 2))) <= 1

    def op_quantify(self, name):
        return sum(1 for _ in filter(self.test(name), self.the_rest()))

    def op_first_true(self, name):
        return next(filter(self.test(name), self.the_rest()))

    def op_equal(self):
        """list(a) == list(b), as far as it takes to know."""
        end = object()
        return all(x == y for x, y in itertools.zip_longest(*self.branches, fillvalue=end))

    def op_dotproduct(self):
        """math.sumprod of 3.12: of floats as if they were rounded once."""
        exact = fractions.Fraction if self.real else int
        rows = [(plain(x), plain(y)) for x, y in zip(*self.branches, strict=True)]
        total = sum(exact(x) * exact(y) for x, y in rows)
        return float(total) if self.real else total

    # text

    def op_join(self, sep, items):
        return sep.join(items)

    def op_writelines(self, end, items):
        return "".join(item + end for item in items)

    # numbers and arrays

    def op_is_prime(self, n):
        return is_prime(n)

    def op_factor(self, n):
        return factor(n)

    def op_totient(self, n):
        for prime in set(factor(n)):
            n -= n // prime
        return n

    def op_multinomial(self, counts):
        return math.prod(map(math.comb, itertools.accumulate(counts), counts))

    def op_convolve(self, signal, kernel):
        kernel = decoded(kernel)[::-1]
        n = len(kernel)
        padded = itertools.chain(itertools.repeat(0, n - 1), decoded(signal),
                                 itertools.repeat(0, n - 1))
        return [sumprod(kernel, window) for window in sliding_window(padded, n)]

    def op_polynomial_from_roots(self, roots):
        made = [1.0 if roots and isinstance(roots[0], dict) else 1]
        for root in decoded(roots):
            made = [a - root * b for a, b in zip([*made, 0], [0, *made])]
        return made

    def op_polynomial_eval(self, coefficients, x):
        coefficients, x = decoded(coefficients), decoded(x)
        if not coefficients:
            return type(x)(0)
        powers = map(pow, itertools.repeat(x), reversed(range(len(coefficients))))
        return sumprod(coefficients, list(powers))

    def op_polynomial_derivative(self, coefficients):
        coefficients = decoded(coefficients)
        powers = reversed(range(1, len(coefficients)))
        return list(map(operator.mul, coefficients, powers))

    def op_transpose(self, items, rows, columns):
        return list(itertools.chain(*zip(*batched(decoded(items), columns), strict=True)))

    def op_matmul(self, a, b, rows, inner, columns):
        a = list(batched(decoded(a), inner))
        b = list(zip(*batched(decoded(b), columns)))
        return list(itertools.starmap(sumprod, itertools.product(a, b)))


# ---- random cases ----


# what makes items of items, and ends
OVER = ("prepend", "ncycles", "tail", "unique_justseen", "unique_everseen", "unique", "sorted",
        "roundrobin", "iter_except")


class Cases(Random):
    def under(self):
        if self.rng.random() < 0.7:
            return self.src(6)
        if self.rng.random() < 0.4:
            return ["chain", [self.src(3), self.src(3)]]
        return until(lambda: (lambda e: e if e[0] in OVER else None)(self.made()))

    def wrapped(self):
        """Perhaps within what holds items, or lends several at once."""
        e, pick = self.made(), self.rng.random()
        if pick < 0.6:
            return e
        return self.rng.choice([["pairwise", e], ["batched", e, self.rng.randint(1, 3)],
                                ["zip", [e, self.under()]], ["zip", [self.under(), e]],
                                ["enumerate", e, 0], ["islice", e, 1, None, 2]])

    def made(self):
        rng, key = self.rng, self.rng.random() < 0.5 and self.numbers
        e = self.under()
        if self.numbers and rng.random() < 0.15:
            e = [rng.choice(["filter", "map"]), self.one(), e]
        keyed = [e, *([self.one()] if key else [])]
        turned = [e, self.one() if key else None, rng.random() < 0.5]
        names = [lambda: ["prepend", [self.value()], e],
                 lambda: ["ncycles", e, rng.randint(-1, 3)],
                 lambda: ["tail", e, rng.randint(0, 4)],
                 lambda: ["unique_justseen", *keyed], lambda: ["unique_everseen", *keyed],
                 lambda: ["unique", *turned], lambda: ["sorted", *turned],
                 lambda: ["count_runs", e],
                 lambda: ["sliding_window", e, rng.randint(1, 4)],
                 lambda: ["grouper", e, rng.randint(0, 4), rng.choice(
                     ["fill", "strict", "ignore"]), self.value()],
                 lambda: ["roundrobin", [e, *(self.src(4) for _ in range(rng.randint(0, 2)))]],
                 lambda: ["iter_except", [self.value() for _ in range(rng.randint(0, 4))]]]
        if self.numbers:
            names += [lambda: ["tabulate", self.one(), rng.randint(-5, 5)],
                      lambda: ["repeatfunc", rng.choice([None, 0, 2, 5])],
                      lambda: ["iter_until", [rng.randint(1, 6)]],
                      lambda: ["sieve", rng.choice([rng.randint(-2, 60), 1000])]]
        return rng.choice(names)()


def pipelines(g):
    return g.wrapped(), [["take", g.rng.randint(0, 8)] if op == ["rest"] else op
                      for op in g.takes(3)]


def sinks(g):
    names = ["nth", "take_copies", "len", "consume", "all_equal"]
    name = g.rng.choice(names + ["quantify", "first_true"] if g.numbers else names)
    args = ([g.rng.randint(0, 4)] if name in ("nth", "take_copies") else
            [g.rng.choice([None, g.one()])] if name in ("quantify", "first_true") else [])
    if name == "all_equal":
        g.value = lambda: g.rng.randint(0, 1)
    e = g.src(6)
    return e, [*g.rng.choice([[], [["next"]], [["skip", 2]]]), [name, *args],
               g.rng.choice([["next"], ["taken"]])]


def branches(g):
    if g.rng.random() < 0.5:
        g.value = lambda: g.rng.randint(0, 2)
        n = g.rng.randint(0, 4)
        g.numbers = True
        name = g.rng.choice(["equal", "dotproduct"])
        g.sources = [[g.value() for _ in range(n)], g.values(4)]
        if g.rng.random() < 0.5:
            g.sources[1] = g.sources[0][:]
        return ["both", ["src", 0], ["src", 1]], [[name], ["taken"]]
    if not g.numbers:
        g.numbers, g.value = True, g.number
    ops = [g.rng.choice([["of", g.rng.randrange(2)], ["taken"],
                         ["take_of", g.rng.randrange(2), g.rng.randint(1, 4)]])
           for _ in range(g.rng.randint(2, 6))]
    return ["partition", g.one(), g.src(6)], ops


def number(rng, real):
    return {"f": "%.17g" % (rng.randint(-40, 40) / 8)} if real else rng.randint(-9, 9)


def array(rng, n, real):
    return [number(rng, real) for _ in range(n)]


def arrays(rng):
    real, n, m, k = rng.random() < 0.4, *(rng.randint(1, 4) for _ in range(3))
    name = rng.choice(["convolve", "polynomial_from_roots", "polynomial_eval",
                       "polynomial_derivative", "transpose", "matmul"])
    if name == "convolve":
        return [name, array(rng, n, real), array(rng, m, real)]
    if name == "polynomial_eval":
        return [name, array(rng, n, real), number(rng, real)]
    if name == "transpose":
        return [name, array(rng, n * m, real), n, m]
    if name == "matmul":
        return [name, array(rng, n * m, real), array(rng, m * k, real), n, m, k]
    return [name, array(rng, n, real)]


def numbers(rng):
    name = rng.choice(["is_prime", "factor", "totient", "multinomial", "join", "writelines"])
    if name == "multinomial":
        return [name, [rng.randint(0, 5) for _ in range(rng.randint(0, 4))]]
    if name in ("join", "writelines"):
        return [name, rng.choice(["", ",", "--", "\n"]),
                [rng.choice(["", "a", "bc", "\u00e9", "x\0y"]) for _ in
                 range(rng.randint(0, 5))]]
    n = rng.choice([rng.randint(0, 30), rng.randint(0, 10 ** 4), rng.randint(0, 10 ** 9),
                    rng.randint(1, 999) ** 2, rng.randint(1, 99) ** 4])
    return [name, n]


def random_case(rng):
    def make():
        pick = rng.random()
        if pick < 0.3:
            return cut(Module, {"m": "itertools_recipes", "ops": [
                rng.choice([arrays, numbers])(rng) for _ in range(rng.randint(1, 2))]})
        g = Cases(rng)
        if g.value == g.any:
            g.value = g.word  # what has an order
        kind = pipelines if pick < 0.7 else sinks if pick < 0.85 else branches
        return cut(Module, g.case("itertools_recipes", *kind(g)))
    return until(make)


def edge(expr, *ops, sources=([1, 1, 2, 3, 3], [4, 5]), **more):
    return {"expr": expr, "sources": list(sources), "ops": list(ops) or [["rest"]], **more}


def f(*xs):
    return [{"f": "%.17g" % x} for x in xs]


A, B = ["src", 0], ["src", 1]
NONE = ([], [])
FAULT = ([1, 1, {"raise": True}, 3],)
HUGE = 2 ** 62

NODES = [
    ["prepend", [0], A], ["ncycles", A, 0], ["ncycles", A, 2], ["tail", A, 0], ["tail", A, 2],
    ["tail", A, 9], ["unique_justseen", A], ["unique_justseen", A, "half"],
    ["unique_everseen", A], ["unique_everseen", A, "mod3"], ["unique", A],
    ["unique", A, None, True], ["unique", A, "neg"], ["unique", A, "mod3", True],
    ["sorted", A, "neg"], ["sorted", A, "mod3", True], ["count_runs", A],
    ["sliding_window", A, 1], ["sliding_window", A, 2], ["sliding_window", A, 9],
    *(["grouper", A, n, how, 0] for n in (0, 1, 2, 9) for how in ("fill", "strict", "ignore")),
    ["roundrobin", [A]]]

EDGES = [
    *(edge(e, ["rest"], ["taken"], sources=sources) for e in NODES
      for sources in (NONE, ([1, 1, 2, 3, 3],), FAULT)),
    edge(["roundrobin", []]), edge(["roundrobin", [A, B]]), edge(["roundrobin", [B, A, B]]),
    edge(["sliding_window", A, 0]), edge(["sliding_window", A, -1]),
    edge(["ncycles", A, -1], ["next"]), edge(["tail", A, -1]),
    edge(["tabulate", "square", -3], ["take", 5]), edge(["repeatfunc", 3]),
    edge(["repeatfunc"], ["take", 3]), edge(["repeatfunc", 0]),
    edge(["repeatfunc", 5], script={"fn": {"raise_at": 3}}),
    edge(["iter_until", [1]]), edge(["iter_until", [4]]), edge(["iter_except", [1, "a"]]),
    edge(["iter_except", []]),
    *(edge(["sieve", n], ["take", 30]) for n in (-1, 0, 1, 2, 3, 4, 5, 97, 98)),
    edge(["sieve", 70000], ["skip", 6900], ["rest"]),
    *(edge(A, [*op], ["taken"], ["next"], sources=sources)
      for op in (["nth", 0], ["nth", 2], ["nth", 9], ["take_copies", 0], ["take_copies", 2],
                 ["take_copies", 9], ["len"], ["consume"], ["all_equal"], ["quantify", "even"],
                 ["first_true", "even"], ["first_true", None])
      for sources in (NONE, ([1, 1, 2, 3],), ([1, 1, 1],))),
    *(edge(["both", A, B], [name], ["taken"], sources=sources)
      for name in ("equal", "dotproduct")
      for sources in (NONE, ([1], []), ([], [1]), ([1, 2], [1, 2]), ([1, 2], [1, 3]),
                      ([1, 2, 3], [1, 2]), ([1, {"raise": True}], [1, 2]),
                      ([HUGE, HUGE, HUGE], [1, 0, -1]),
                      ([2 ** 40, 2 ** 40], [2 ** 40, -2 ** 40]))),
    edge(["both", ["floats", 0], ["floats", 1]], ["dotproduct"],
         sources=(f(1e16, 1, -1e16), f(1, 1, 1))),
    edge(["both", ["floats", 0], ["floats", 1]], ["dotproduct"], sources=NONE),
    edge(["partition", "even", A], ["take_of", 0, 9], ["taken"], ["take_of", 1, 9], ["of", 1]),
    edge(["partition", "even", A], ["of", 1], ["drop", 1], ["of", 0], ["of", 0], ["of", 0]),
    edge(["partition", "even", A], ["of", 1], ["of", 0], script={"fn": {"raise_at": 4}}),
    *({"ops": [[name, n] for name in ("is_prime", "factor", "totient")]} for n in (
        0, 1, 2, 3, 4, 25, 561, 2047, 3215031751, 2 ** 31 - 1, 2 ** 32, 2 ** 61 - 1, 2 ** 62,
        3 ** 39, 2 ** 63 - 1, 2 ** 63 - 25, 999999937 * 999999929, 1000003 ** 3,
        3825123056546413051, 4611686018427387847)),
    {"ops": [["multinomial", x] for x in ([], [0], [5], [0, 0, 3], [1] * 20, [33, 33])]},
    {"ops": [["convolve", [], [1]], ["convolve", [], [1, 2]], ["convolve", [HUGE], [1]],
             ["convolve", [1], f(0.5, 0.25)]]},
    {"ops": [["polynomial_from_roots", []], ["polynomial_eval", [], 3],
             ["polynomial_eval", [], *f(3)], ["polynomial_eval", [HUGE], 10 ** 9],
             ["polynomial_eval", [0, 5], 0], ["polynomial_derivative", []],
             ["polynomial_derivative", [7]], ["polynomial_derivative", f(7)]]},
    {"ops": [["transpose", [7], 1, 1], ["matmul", [HUGE, HUGE], [1, -1], 1, 2, 1],
             ["matmul", f(0.5), f(3), 1, 1, 1]]},
    {"ops": [["join", ",", []], ["join", ",", [""]], ["join", "", ["a", "b"]],
             ["join", "\u00e9\0", ["", "\u20ac", ""]], ["writelines", "\n", []],
             ["writelines", "", ["a", "bcdefghijk"]], ["writelines", "\n", ["a", "", "b\n"]]]},
]

# what the cases leave out, or map
DIFFERS = [
    ("sliding_window(it, 0)",
     "ValueError when it is made in pila, when first asked in Python"),
    ("an n below 0: nth, take, tail, ncycles, grouper",
     "ValueError or nothing in Python; a size_t cannot say so"),
    ("how often hash is called by unique_everseen",
     "once an item in pila, twice by the recipe"),
    ("factor, is_prime, totient, multinomial beyond 64 bits, or below 0",
     "of 64 bits, and unsigned, in pila"),
    ("convolve by what is infinite or NaN",
     "pila does not multiply what lies beside the signal, the recipe by 0"),
    ("polynomial_eval of doubles that round",
     "powers are multiplied up in pila; pow in Python"),
    ("transpose and matmul of arrays of other sizes than said",
     "pila believes what it is told; ValueError in Python"),
]
