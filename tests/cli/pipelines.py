"""Commands as Python's itertools, written from their help alone: what the rows of
test_itertools.py compare with.

An item is bytes (a record), an int or a float, or a tuple of items. A stage is a generator
over the stage before it, so that what Python never reaches is not reached here either. A
record that ends its file without a separator is a Last: where it comes out as it is, at
the end, none is invented.
"""
import itertools
import json
import math
import operator

import model
from model import Malformed


class Last(bytes):
    """The last record of a file that has no newline behind it."""


class Overflow(Exception):
    """Beyond what the command's integers hold: exit 1."""


class Short(Exception):
    """--strict: exit 1."""


class Endless(Exception):
    """More than a test can wait for."""


class Budget:
    """How many items all stages together may make."""

    def __init__(self, items):
        self.left = items

    def of(self, items):
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise Endless
            yield item


GROUP, COUNT = ("key", "items"), ("count", "key")
LOW, HIGH = -2**63, 2**63


def records(data, zero=False):
    end = b"\0" if zero else b"\n"
    made = model.records(data, end)
    if made and not data.endswith(end):
        made[-1] = Last(made[-1])
    return made


# ---- items as text, keys, numbers ----

def text(item):
    if isinstance(item, bytes):
        return bytes(item)
    if isinstance(item, tuple):
        return b"\t".join(text(i) for i in item)
    return repr(item).encode()


def members(item):
    return [m for i in item for m in members(i)] if isinstance(item, tuple) else [item]


def key(item, f):
    """The k-th column; words of a record, members of a row."""
    if f is None:
        return text(item)
    cells = item.split() if isinstance(item, bytes) else members(item)
    if f > len(cells):
        raise Malformed(0)
    return text(cells[f - 1])


def number(data):
    """As int() and float() read bytes, without underscores."""
    try:
        if b"_" in data:
            raise ValueError
        try:
            return int(data)
        except ValueError:
            return float(data)
    except ValueError:
        raise Malformed(0) from None


TESTS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
         "gt": operator.gt, "ge": operator.ge, "contains": lambda a, b: b in a,
         "startswith": bytes.startswith, "endswith": bytes.endswith}


def condition(tests, f=None, numeric=False):
    def holds(item):
        value = key(item, f)
        if numeric:
            value = number(value)
        if not tests:
            return bool(value)
        return all(TESTS[name](value, number(x) if numeric else x) for name, x in tests)
    return holds


# ---- stages ----

def batched(items, n, strict=False):
    it = iter(items)
    while row := tuple(itertools.islice(it, n)):
        if strict and len(row) < n:
            raise Short
        yield row


def groupby(items, f=None):
    for k, group in itertools.groupby(items, key=lambda i: key(i, f)):
        yield k, tuple(group)


def group_counts(items, f=None):
    for k, group in itertools.groupby(items, key=lambda i: key(i, f)):
        yield sum(1 for _ in group), k


def in_range(x):
    if isinstance(x, int) and not LOW <= x < HIGH:
        raise Overflow
    return x


def calculate(made):
    """Integers are of 64 bits, before and behind; a long one becomes a float as any does."""
    def step(a, b):
        if isinstance(a, int) and isinstance(b, int):
            return in_range(made(in_range(a), in_range(b)))
        try:
            return made(float(a), float(b))
        except OverflowError:
            raise Overflow from None
    return step


STEPS = {"add": calculate(operator.add), "mul": calculate(operator.mul), "min": min, "max": max}


def accumulate(items, func, initial=None, f=None):
    return itertools.accumulate((number(key(i, f)) for i in items), STEPS[func],
                                initial=initial)


def counter(items):
    c = model.Counter(text(i) for i in items)
    yield from ((n, k) for k, n in c.most_common())


def later(function, *args, **named):
    """An iterator that is made when its first item is asked for: those of combinatorics read
    their pools at once."""
    yield from function(*args, **named)


def cycle(items, times=None):
    """Copies have ends of their own."""
    if times is not None:
        kept = [plain(i) for i in items]
        yield from kept * times
        return
    kept = []
    for i in items:
        yield i
        kept.append(plain(i))
    while kept:
        yield from kept


def plain(item):
    return bytes(item) if isinstance(item, bytes) else item


def count(start, step):
    for x in itertools.count(start, step):
        yield in_range(x)


def textual(items):
    """zip-longest fills with text, so numbers and rows become text."""
    return (i if isinstance(i, bytes) else text(i) for i in items)


# ---- output ----

def as_json(item, names=None):
    if isinstance(item, bytes):
        return model.json_text(bytes(item))
    if isinstance(item, tuple):
        parts = [as_json(i) for i in item]
        if names:
            return b"{" + b",".join(b'"%s":%s' % (n.encode(), p)
                                    for n, p in zip(names, parts)) + b"}"
        return b"[" + b",".join(parts) + b"]"
    if isinstance(item, float) and not math.isfinite(item):
        return json.dumps(item).encode()
    return repr(item).encode()


def shown(item, out, names=None, inside=False):
    if out == "jsonl":
        return as_json(item, names)
    if isinstance(item, tuple):
        return (b"," if out == "csv" else b"\t").join(shown(i, out, inside=True) for i in item)
    if out == "csv":
        return model.quoted(text(item), isinstance(item, bytes) and not inside)
    return model.escape(text(item)) if out == "tsv" else text(item)


def output(items, out="lines", names=None):
    """All of stdout. Of plain text, the last record of a file may have no end."""
    end = b"\0" if out == "nul" else b"\n"
    made, last = [], None
    for last in items:
        made.append(shown(last, out, names) + end)
    if made and isinstance(last, Last) and out in ("lines", "nul"):
        made[-1] = made[-1][:-1]
    return b"".join(made)
