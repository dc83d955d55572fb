"""What the oracle's modules of dict and its kin, ChainMap too, have in common."""
from oracle import Subject


class Mapping(Subject):
    """PAIRS says which arguments are lists of pairs: an iterator that yields them."""

    ITEMS = {"getitem": (0,), "get": (0, 1), "contains": (0,), "set": (0, 1),
             "setdefault": (0, 1), "del": (0,), "pop": (0, 1), "fromkeys": (1,)}
    SOURCES = {"fromkeys": (0,)}
    PAIRS = {"update": (0,), "merge": (0,), "or": (0,), "ror": (0,), "ior": (0,),
             "ior_pairs": (0,), "eq": (0,), "keys_and": (0,), "keys_sub": (0,),
             "keys_or": (0,), "keys_xor": (0,), "keys_le": (0,), "keys_isdisjoint": (0,)}

    def open(self, request):
        return self.made(self.pairs(request.get("init", [])))

    def made(self, pairs):
        raise NotImplementedError

    def each(self, said, make):
        """Made one at a time, so that each ends before the next, as in the adapter."""
        for x in said:
            if isinstance(x, dict) and "raise" in x:
                raise Exception("planted")
            yield make(x)

    def pair(self, said):
        return [self.item(x) for x in said]

    def pairs(self, said):
        return self.each(said, self.pair)

    def source(self, said):
        return self.each(said, self.item)

    def operate(self, op):
        name, *args = op
        for k in self.PAIRS.get(name, ()):
            args[k] = self.pairs(args[k])
        return super().operate([name, *args])

    def op_getitem(self, key):
        return self.it[key]

    def op_set(self, key, value):
        self.it[key] = value

    def op_del(self, key):
        del self.it[key]

    def op_contains(self, key):
        return key in self.it

    def op_merge(self, pairs):
        self.it.update(dict(pairs))

    def op_ior(self, pairs):
        self.it |= dict(pairs)

    def op_ior_pairs(self, pairs):
        self.it |= pairs

    def op_or(self, pairs):
        return self.it | dict(pairs)

    def op_ror(self, pairs):
        return dict(pairs) | self.it

    def op_eq(self, pairs):
        return self.it == self.made(pairs)

    def op_update_self(self):
        self.it.update(self.it.items())

    def op_merge_self(self):
        self.it.update(self.it)

    def op_iter(self, what="keys"):
        self.walk = iter(getattr(self.it, what)())

    def op_reversed(self, what="keys"):
        self.walk = reversed(getattr(self.it, what)())


class Value:
    """A factory that pila has as a value, and shows as one."""

    def __init__(self, case, said):
        self.case, self.said = case, said

    def __call__(self):
        return self.case.item(self.said)

    def __repr__(self):
        return f"<value {self.case.item(self.said)!r}>"


# ---- for random cases ----


def mixed(rng):
    return rng.choice([1, "1", None, {"t": [1, 2]}, True, 0, ""])


def kinds(rng, scripted):
    """What makes keys, and what makes values. Keys that a script counts the callbacks of
    are none that hash alike by chance: which do is the implementation's own."""
    kind = rng.choice(["int", "int", "text"] if scripted else
                      ["int", "int", "int", "text", "mixed"])
    if kind == "int":
        return (lambda: rng.randint(0, 5)), (lambda: rng.randint(0, 9))
    if kind == "text":
        texts = ["a", "b", "ab", "c"] + ([] if scripted else [""])
        return 2 * ((lambda: rng.choice(texts)),)
    return (lambda: [1] if rng.random() < 0.04 else mixed(rng)), (lambda: mixed(rng))


def some_pairs(rng, key, value, most=3, faults=True):
    """Pairs; seldom one that is none, or a fault of the iterator that yields them."""
    pairs = [[key(), value()] for _ in range(rng.randint(0, most))]
    if faults and rng.random() < 0.05:
        bad = rng.choice([{"raise": True}, [], [key()], [key(), value(), value()]])
        pairs.insert(rng.randint(0, len(pairs)), bad)
    return pairs


def distinct_pairs(rng, key, value, most=4):
    """Pairs that fill a mapping without a comparison."""
    return [list(pair) for pair in dict(some_pairs(rng, key, value, most, False)).items()]


def some_keys(rng, key):
    return [key() for _ in range(rng.randint(0, 3))]


def op(rng, name, key, value, faults=True):
    """An operation that mappings share, with random arguments."""
    if name in Mapping.PAIRS:
        return [name, some_pairs(rng, key, value, faults=faults)]
    if name in ("getitem", "contains", "del"):
        return [name, key()]
    if name in ("get", "pop", "setdefault"):
        k = key()
        if name == "pop" and k == [1]:
            k = 1  # CPython does not ask for its hash where an empty dict is popped from
        return [name, k] + ([value()] if rng.random() < 0.6 else [])
    if name == "set":
        return [name, key(), value()]
    if name == "fromkeys":
        return [name, some_keys(rng, key)] + ([value()] if rng.random() < 0.8 else [])
    if name in ("iter", "reversed"):
        return [name] + rng.choice([[], ["values"], ["items"]])
    return [name]


def script(rng, what, dos):
    """A call of a callback that fails, or that does an operation."""
    call = rng.randint(1, 6)
    fails = what != "drop" and rng.random() < 0.4
    return {what: {"raise_at": call} if fails else {"call": call, "do": rng.choice(dos)}}


def walk(rng, changes, make, ways):
    """Operations of a walk with at most one that changes the mapping, since CPython does
    not notice changes that leave the length as it was."""
    steps = [["next"] for _ in range(rng.randint(1, 5))]
    steps.insert(rng.randint(0, len(steps)), make(rng.choice(changes)))
    return [make(rng.choice(ways)), *steps]
