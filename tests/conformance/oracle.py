"""What the oracle's modules share: items as requests say them, scripts, and answers.

A module (modules/NAME.py) has

    class Module(Subject)   CPython's own object under the operations of a request
    random_case(rng)        a request without its id
    EDGES                   requests written by hand

and is the counterpart of modules/NAME.c. docs/conformance.md has the protocol.
"""


class Unsupported(Exception):
    """An operation that there is none of."""


class Said:
    """An answer as JSON has it."""

    def __init__(self, said):
        self.said = said


class Item:
    """What stands for a value in a case with a script: its callbacks count calls."""

    def __init__(self, value, case):
        self.value, self.case = value, case

    def __eq__(self, other):
        self.case.call_out("eq")
        return self.value == plain(other)

    def __lt__(self, other):
        self.case.call_out("less")
        return self.value < plain(other)

    def __hash__(self):
        self.case.call_out("hash")
        return hash(self.value)

    def __del__(self):
        self.case.call_out("drop")

    def __repr__(self):
        return repr(self.value)


def plain(x):
    return x.value if isinstance(x, Item) else x


def decoded(said):
    """The value that JSON says."""
    if isinstance(said, dict):
        if "t" in said:
            return tuple(decoded(x) for x in said["t"])
        if "f" in said:
            return float(said["f"])
        raise ValueError(f"no value: {said}")
    if isinstance(said, list):
        return [decoded(x) for x in said]
    return said


def encoded(value):
    """How an answer says a value."""
    value = plain(value)
    if isinstance(value, Said):
        return value.said
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"f": "%.17g" % value}
    if isinstance(value, tuple):
        return {"t": [encoded(x) for x in value]}
    if isinstance(value, dict):
        return {"d": [[encoded(k), encoded(v)] for k, v in value.items()]}
    return [encoded(x) for x in value]


def error(exception):
    """The kind of error: its text is the implementation's own."""
    return {"err": type(exception).__name__}


class Source:
    """An iterator of a list, which fails where a member says so."""

    def __init__(self, items):
        self.items = iter(items)

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        if isinstance(item, Planted):
            raise Exception("planted")
        return item


class Planted:
    """A place where a source fails."""


class Subject:
    """One case. `it` is the object that the operations are of.

    An operation `name` is the method op_name, or else one of `it`; ITEMS says which
    arguments are items, SOURCES which are iterables of them, and those left are plain.
    """

    ITEMS = {}
    SOURCES = {}

    def __init__(self, request):
        self.script = request.get("script") or {}
        self.calls = {}
        self.walk = None
        self.it = self.open(request)

    def open(self, request):
        raise NotImplementedError

    def state(self):
        return encoded(self.it)

    # items

    def item(self, said):
        value = decoded(said)
        return Item(value, self) if self.script else value

    def items(self, said):
        return [Planted() if isinstance(x, dict) and "raise" in x else self.item(x)
                for x in said]

    def source(self, said):
        return Source(self.items(said))

    # scripts

    def call_out(self, what):
        says = self.script.get(what)
        if says is None:
            return
        self.calls[what] = call = self.calls.get(what, 0) + 1
        if says.get("raise_at") == call:
            raise Exception("planted")
        if says.get("call") == call:
            try:
                self.operate(says["do"])
            except Exception:
                pass

    # operations

    def operate(self, op):
        name, *args = op
        for k in self.ITEMS.get(name, ()):
            if k < len(args):
                args[k] = self.item(args[k])
        for k in self.SOURCES.get(name, ()):
            if k < len(args):
                args[k] = self.source(args[k])
        call = getattr(self, "op_" + name, None) or getattr(self.it, name, None)
        if call is None:
            raise Unsupported(name)
        return call(*args)

    def op_len(self):
        return len(self.it)

    def op_repr(self):
        return repr(self.it)

    def op_iter(self):
        self.walk = iter(self.it)

    def op_reversed(self):
        self.walk = reversed(self.it)

    def op_next(self):
        """What has ended stays so, as the iterator protocol demands of all."""
        try:
            return next(self.walk or iter(()))
        except StopIteration:
            self.walk = None
            raise


def answer(module, request):
    """What CPython answers to a request."""
    said = {"id": request.get("id", -1), "r": []}
    try:
        case = module.Module(request)
    except Exception as e:
        return {**said, "r": [error(e)], "state": None}
    for op in request.get("ops", ()):
        try:
            said["r"].append(encoded(case.operate(op)))
        except Unsupported:
            said["r"].append({"err": "unsupported"})
        except Exception as e:
            said["r"].append(error(e))
    case.script = {}  # what the state and the end call is not counted
    return {**said, "state": case.state()}


# ---- for random cases ----


def script(rng, whats, ops):
    """A script for one case in five: a call that fails, or that does an operation."""
    if rng.random() < 0.8:
        return {}
    what, call = rng.choice(whats), rng.randint(1, 6)
    fails = what != "drop" and rng.random() < 0.4
    return {"script": {what: {"raise_at": call} if fails else
                       {"call": call, "do": rng.choice(ops)}}}
