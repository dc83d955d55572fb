"""Expressions over counted sources, for the modules of itertools and functools: the
counterpart of modules/expr.h, which says what a request is.

Every node is wrapped in Once, as an iterator that has ended with END or with a fault is
never asked again in pila. CPython's zip and groupby would ask.
"""
import itertools

from oracle import Item, Planted, Subject, encoded, plain

MOST, LIMIT = 40, 2 ** 63


class TooBig(BaseException):
    """A number beyond 64 bits: such cases are left out."""


def fits(x):
    if isinstance(x, int) and not -LIMIT <= x < LIMIT:
        raise TooBig
    return x


ONE = {"same": lambda x: x, "neg": lambda x: -x, "inc": lambda x: x + 1,
       "square": lambda x: x * x, "half": lambda x: x >> 1,
       "even": lambda x: int(x % 2 == 0), "lt3": lambda x: int(x < 3),
       "mod3": lambda x: x % 3}
TWO = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
       "mix": lambda x, y: 2 * x + y, "larger": max, "first": lambda x, y: x,
       "second": lambda x, y: y}


class Once:
    """An iterator that stays as it ended."""

    def __init__(self, it):
        self.it, self.over = iter(it), None

    def __iter__(self):
        return self

    def __next__(self):
        if self.over:
            raise self.over
        try:
            return next(self.it)
        except Exception as e:
            self.over = e
            raise


class Counted:
    """A source: it counts what it gave, and fails where a member says so."""

    def __init__(self, items):
        self.items, self.taken, self.ended = iter(items), 0, False

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items, self)
        if item is self or isinstance(item, Planted):
            self.ended = True
            raise StopIteration if item is self else Exception("planted")
        self.taken += 1
        return item


def batched(it, n, strict=False):  # as of 3.13
    if n < 1:
        raise ValueError
    return _batches(iter(it), n, strict)


def _batches(it, n, strict):
    while batch := tuple(itertools.islice(it, n)):
        if strict and len(batch) != n:
            raise ValueError
        yield batch


class Expr(Subject):
    def open(self, request):
        self.failed = False
        self.branches = []
        self.counts = request.get("window", 1) == 1
        self.sources = [Counted(self.items(said)) for said in request.get("sources", ())]
        self.once = [Once(source) for source in self.sources]
        return self.build(request["expr"]) if "expr" in request else iter(())

    def state(self):
        return self.op_taken() if self.counts else None

    def wrap(self, value):
        return Item(fits(value), self) if self.script else fits(value)

    # functions

    def one(self, name):
        def call(x):
            self.call_out("fn")
            return x if name == "same" else self.wrap(ONE[name](plain(x)))
        return call

    def test(self, name):
        if name is None:
            return lambda x: bool(plain(x))
        call = self.one(name)
        return lambda x: bool(plain(call(x)))

    def two(self, name, counted=True):
        def call(x, y):
            if counted:
                self.call_out("fn")
            if name in ("first", "second"):
                return x if name == "first" else y
            return self.wrap(TWO[name](plain(x), plain(y)))
        return call

    def row(self, name):
        """From the left over all members of a row; of none it is 0."""
        def call(*row):
            self.call_out("fn")
            total = 0
            for k, x in enumerate(row):
                total = fits(TWO[name](total, plain(x))) if k else plain(x)
            return self.wrap(total)
        return call

    # nodes

    def build(self, e):
        name, *args = e
        return Once(getattr(self, "node_" + name)(*args))

    def children(self, es):
        return [self.build(e) for e in es]

    def node_src(self, k):
        return self.once[k]

    real = False  # whether sums are of floats, also where there is none to see

    def node_floats(self, k):
        self.real = True
        return self.once[k]

    def node_chain(self, es):
        return itertools.chain(*self.children(es))

    def node_islice(self, e, *args):
        return itertools.islice(self.build(e), *args)

    def node_map(self, name, e):
        return map(self.one(name), self.build(e))

    def node_starmap(self, name, e):
        return itertools.starmap(self.row(name), self.build(e))

    def node_filter(self, name, e):
        return filter(self.test(name), self.build(e))

    def node_takewhile(self, name, e):
        return itertools.takewhile(self.test(name), self.build(e))

    def node_zip(self, es, strict=False):
        return zip(*self.children(es), strict=strict)

    def node_enumerate(self, e, start=0):
        return enumerate(self.build(e), start)

    def node_batched(self, e, n, strict=False):
        return batched(self.build(e), n, strict)

    def node_pairwise(self, e):
        return itertools.pairwise(self.build(e))

    # operations

    def some(self, it, n):
        """Up to n items, and behind them the fault, if it ended with one."""
        got = []
        try:
            for _ in range(n):
                got.append(next(it))
        except StopIteration:
            pass
        except Exception as e:
            self.failed = True
            got.append("!" + type(e).__name__)
        return got

    def op_next(self):
        return next(self.it)

    def op_take(self, n):
        return self.some(self.it, n)

    def op_rest(self):
        return self.some(self.it, MOST)

    def op_taken(self):
        return [-1 - s.taken if s.ended else s.taken for s in self.sources]

    def op_skip(self, n):
        for _ in itertools.islice(self.it, n):
            pass

    def the_rest(self):
        """What the expression made, for a sink, after which nothing is left."""
        it, self.it = self.it, iter(())
        return it

    def op_of(self, k):
        return next(self.branches[k])

    def op_take_of(self, k, n):
        return self.some(self.branches[k], n)

    def op_drop(self, k):
        self.branches[k] = iter(())


# ---- random cases ----


def beyond(said):
    """Whether an answer has a number of more than 64 bits."""
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        return any(beyond(x) for x in said)
    return isinstance(said, int) and not -LIMIT <= said < LIMIT


def cut(module, case):
    """The case without what comes after a fault, where pila's iterators stay failed and
    Python's may go on. None: a number in it is too big."""
    ops = []
    try:
        subject = module({**case})
        for op in case["ops"]:
            if subject.failed and op != ["taken"]:
                continue
            ops.append(op)
            try:
                if beyond(encoded(subject.operate(op))):
                    return None
            except StopIteration:
                pass
            except Exception:
                subject.failed = True
    except TooBig:
        return None
    except Exception:
        ops = case["ops"][:1]
    return {**case, "ops": ops}


def until(make):
    """What make() makes first that is not None."""
    while (made := make()) is None:
        pass
    return made


class Random:
    """Random expressions. numbers: items are integers, so that functions may be called."""

    def __init__(self, rng):
        self.rng, self.sources = rng, []
        self.script = {}
        self.numbers = rng.random() < 0.85
        self.value = self.number if self.numbers else rng.choice([self.word, self.any])

    def number(self):
        return self.rng.randint(-2, 6)

    def word(self):
        return self.rng.choice(["a", "b", "ab", ""])

    def any(self):
        return self.rng.choice([1, "1", None, {"t": [1, 2]}, True])

    def values(self, most=5):
        values = [self.value() for _ in range(self.rng.randint(0, most))]
        if self.rng.random() < 0.3:
            values.sort(key=str)  # so that there are runs
        if self.rng.random() < 0.04:
            values.insert(self.rng.randint(0, len(values)), {"raise": True})
        return values

    def src(self, most=5):
        if self.sources and (len(self.sources) == 4 or self.rng.random() < 0.12):
            return ["src", self.rng.randrange(len(self.sources))]
        self.sources.append(self.values(most))
        return ["src", len(self.sources) - 1]

    def one(self):
        return self.rng.choice(list(ONE))

    def two(self):
        return self.rng.choice(["add", "add", "sub", "mix", "larger", "mul"])

    def case(self, m, expr, ops):
        case = {"m": m, "expr": expr, "sources": self.sources, "ops": ops}
        if self.whats and self.numbers and self.rng.random() < 0.15:
            what = self.rng.choice(self.whats)
            case["script"] = {what: {"raise_at": self.rng.randint(1, 6)}}
        elif self.rng.random() < 0.3:
            case["window"] = self.rng.choice([2, 3, 64])
            case["ops"] = [op for op in ops if op != ["taken"]] or [["next"]]
        return case

    whats = ("fn",)  # what a script may have fail

    def takes(self, most=4):
        """Operations on the items of an expression."""
        ops = []
        for _ in range(self.rng.randint(1, most)):
            n = self.rng.randint(0, 5)
            ops.append(self.rng.choice([["next"], ["take", n], ["taken"]]))
        if self.rng.random() < 0.6:
            ops.append(["rest"])
        return ops
