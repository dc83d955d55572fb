"""The commands of itertools: each by itself, random pipelines of them against Python's,
the merge law of groupby and accumulate, shards of combinatorics, and what is refused."""
import itertools
import json
import os
import random
import signal
import subprocess

import model
import pipelines as py
from model import Malformed
from test_trouble import strace, traced

COMMANDS = ("pairwise batched groupby accumulate takewhile dropwhile filter filterfalse zip "
            "zip-longest chain compress enumerate repeat cycle count product permutations "
            "combinations combinations-with-replacement").split()
ARGUMENTS = {"batched": ["2"], "repeat": ["x", "3"], "compress": ["in"],
             "combinations": ["-r2"], "combinations-with-replacement": ["-r2"]}
READS_NOTHING = ("repeat", "count")
FORMATS = ("lines", "nul", "jsonl", "csv", "tsv")

TEXT = b"a 1\na 2\nb 3\na 4\n"
# name, arguments, output for TEXT as stdin; what Python gives is in the model
ROWS = [
    ("pairwise", ["pairwise"], b"a 1\ta 2\na 2\tb 3\nb 3\ta 4\n"),
    ("batched", ["batched", "3"], b"a 1\ta 2\tb 3\na 4\n"),
    ("batched, in JSON", ["batched", "3", "--out=jsonl"], b'["a 1","a 2","b 3"]\n["a 4"]\n'),
    ("batched --strict that fits", ["batched", "--strict", "2"], b"a 1\ta 2\nb 3\ta 4\n"),
    ("groupby", ["groupby", "-f1"], b"a\ta 1\ta 2\nb\tb 3\na\ta 4\n"),
    ("groupby, in JSON", ["groupby", "-f1", "--out=jsonl"],
     b'{"key":"a","items":["a 1","a 2"]}\n{"key":"b","items":["b 3"]}\n'
     b'{"key":"a","items":["a 4"]}\n'),
    ("groupby --count", ["groupby", "-f1", "--count"], b"2\ta\n1\tb\n1\ta\n"),
    ("groupby --count, in JSON", ["groupby", "-f1", "--count", "--out=jsonl"],
     b'{"count":2,"key":"a"}\n{"count":1,"key":"b"}\n{"count":1,"key":"a"}\n'),
    ("accumulate", ["accumulate", "-f2"], b"1\n3\n6\n10\n"),
    ("accumulate --func mul", ["accumulate", "-f2", "--func=mul"], b"1\n2\n6\n24\n"),
    ("accumulate --initial", ["accumulate", "-f2", "--initial=-10"], b"-10\n-9\n-7\n-4\n0\n"),
    ("accumulate with a float", ["accumulate", "-f2", "--initial", "0.5"],
     b"0.5\n1.5\n3.5\n6.5\n10.5\n"),
    ("accumulate --partial", ["accumulate", "-f2", "--partial"], b"10\n"),
    ("takewhile", ["takewhile", "-f1", "--eq=a"], b"a 1\na 2\n"),
    ("takewhile -n", ["takewhile", "-n", "-f2", "--lt=3.0"], b"a 1\na 2\n"),
    ("dropwhile", ["dropwhile", "-f1", "--eq=a"], b"b 3\na 4\n"),
    ("filter", ["filter", "-n", "-f2", "--gt=1", "--le", "3"], b"a 2\nb 3\n"),
    ("filterfalse", ["filterfalse", "--startswith=a"], b"b 3\n"),
    ("filter --contains", ["filter", "--contains", " 3"], b"b 3\n"),
    ("filter --endswith", ["filter", "--endswith", "4"], b"a 4\n"),
    ("filter, nothing said", ["filter"], TEXT),
    ("zip of the same", ["zip", "-", "-"], b"a 1\ta 2\nb 3\ta 4\n"),
    ("zip of the same, thrice", ["zip", "-", "-", "-"], b"a 1\ta 2\tb 3\n"),
    ("zip of one", ["zip"], TEXT),
    ("zip-longest of the same", ["zip-longest", "--fill=?", "-", "-", "-"],
     b"a 1\ta 2\tb 3\na 4\t?\t?\n"),
    ("chain", ["chain"], TEXT),
    ("lines", ["lines"], TEXT), ("lines, a later stage", ["islice", "2", "then", "lines"],
                                 b"".join(TEXT.splitlines(True)[:2])),
    ("chain with a file", ["chain", "in", "-"], b"x\ny\n" + TEXT),
    ("compress", ["compress", "-n", "flags"], b"a 1\nb 3\n"),
    ("compress --eq", ["compress", "--eq=0", "flags"], b"a 2\n"),
    ("compress, 0 is text", ["compress", "flags"], b"a 1\na 2\nb 3\n"),
    ("enumerate", ["enumerate"], b"0\ta 1\n1\ta 2\n2\tb 3\n3\ta 4\n"),
    ("enumerate --start", ["enumerate", "--start=-1", "--out=jsonl"],
     b'[-1,"a 1"]\n[0,"a 2"]\n[1,"b 3"]\n[2,"a 4"]\n'),
    ("repeat", ["repeat", "a b", "2"], b"a b\na b\n"),
    ("repeat, no time", ["repeat", "a", "0"], b""),
    ("repeat, less than none", ["repeat", "a", "-3"], b""),
    ("repeat for ever", ["repeat", "y", "then", "islice", "3"], b"y\ny\ny\n"),
    ("repeat nothing", ["repeat", "", "2", "-z"], b"\0\0"),
    ("cycle", ["cycle", "then", "islice", "6"], TEXT + b"a 1\na 2\n"),
    ("cycle --times", ["cycle", "--times=2"], TEXT * 2),
    ("cycle --times 0", ["cycle", "--times=0"], b""),
    ("count", ["count", "then", "islice", "2"], b"0\n1\n"),
    ("count, down", ["count", "1", "-2", "then", "islice", "3"], b"1\n-1\n-3\n"),
    ("count, from below", ["count", "-1.5", "then", "islice", "2"], b"-1.5\n-0.5\n"),
    ("count, an integer and then floats", ["count", "1", ".5", "then", "islice", "3"],
     b"1\n1.5\n2.0\n"),
    ("count, in place", ["count", "7", "0", "then", "islice", "2"], b"7\n7\n"),
    ("product", ["product", "in", "in"], b"x\tx\nx\ty\ny\tx\ny\ty\n"),
    ("product --repeat", ["product", "--repeat=2", "in"], b"x\tx\nx\ty\ny\tx\ny\ty\n"),
    ("product --repeat 0", ["product", "--repeat=0", "in", "--out=jsonl"], b"[]\n"),
    ("product --total", ["product", "--total", "in", "-"], b"8\n"),
    ("product from a place on", ["product", "--start=2", "--count=3", "in", "-"],
     b"x\tb 3\nx\ta 4\ny\ta 1\n"),
    ("permutations", ["permutations", "in"], b"x\ty\ny\tx\n"),
    ("permutations -r", ["permutations", "-r1", "in"], b"x\ny\n"),
    ("permutations --total", ["permutations", "--total"], b"24\n"),
    ("combinations", ["combinations", "-r", "2", "--count=2"], b"a 1\ta 2\na 1\tb 3\n"),
    ("combinations --total", ["combinations", "-r2", "--total"], b"6\n"),
    ("combinations of too many", ["combinations", "-r5"], b""),
    ("combinations-with-replacement", ["combinations-with-replacement", "-r2", "in"],
     b"x\tx\nx\ty\ny\ty\n"),
    ("their total", ["combinations-with-replacement", "-r2", "--total"], b"10\n"),
    ("zip with the items", ["count", "1", "then", "zip", "-", "in"], b"1\tx\n2\ty\n"),
    ("zip with the items, behind", ["count", "1", "then", "zip", "in", "-"], b"x\t1\ny\t2\n"),
    ("the items come first", ["count", "1", "then", "zip", "in", "in"], b"1\tx\tx\n2\ty\ty\n"),
    ("the items twice", ["count", "1", "then", "zip", "-", "-", "then", "islice", "2"],
     b"1\t2\n3\t4\n"),
    ("chain among FILEs", ["islice", "1", "then", "chain", "in", "-", "in"],
     b"x\ny\na 1\nx\ny\n"),
    ("rows keep their fields", ["groupby", "-f1", "then", "filter", "-f2", "--endswith", "3"],
     b"b\tb 3\n"),
    ("rows keep their names", ["groupby", "-f1", "--count", "then", "filter", "-n", "-f", "count",
                               "--gt=1", "--out=jsonl"], b'{"count":2,"key":"a"}\n'),
    ("arrays in arrays", ["enumerate", "then", "batched", "2", "then", "islice", "1",
                          "--out=jsonl"], b'[[0,"a 1"],[1,"a 2"]]\n'),
]

NUMBERS = [b"1", b"-1", b"0", b"-0", b"007", b"1.0", b"-0.0", b"1e3", b".5", b"5.", b"1E-2", b" 12 ",
           b"+3", b"inf", b"-Infinity", b"nan", b"9007199254740993", b"9007199254740992.0",
           b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
           b"-9223372036854775809", b"9223372036854775808.0", b"1e19", b"10000000000000000000",
           b"10000000000000000001", b"1" + b"0" * 400, b"-1" + b"0" * 400, b"1e400", b"-1e400",
           b"1" + b"0" * 308, b"1e308", b"0.1", b"0.1000000000000000055511151231257827",
           b"123456789012345.6", b"1" * 30 + b".5", b"\t7\r"]
NO_NUMBERS = [b"", b" ", b"x", b"1_0", b"0x10", b"1e", b"1 2", b"--1", b"+-1", b"+", b"-", b".", b"e5",
              b"nan(1)", b"infin", b"1\0", b"1.2.3", b"\xd9\xa1", b"0b1", b"1,5", b"- 1", b"1e+",
              b"True"]

REFUSED = [
    # arguments, message, exit
    (["batched"], "N is missing", 2),
    (["batched", "0"], "N: '0' is too small", 2),
    (["batched", "-1"], "no option -1", 2),
    (["batched", "x"], "N: 'x' is no integer", 2),
    (["batched", "1.5"], "N: '1.5' is no integer", 2),
    (["batched", "9" * 30], "is too large", 2),
    (["batched", "3", "--strict"], "the last row has too few records", 1),
    (["zip", "--strict", "in", "-"], "one of the inputs is shorter", 1),
    (["zip", "-f1", "in"], "--field means nothing here", 2),
    (["takewhile", "-n", "--lt", "x"], "'x' is no number", 2),
    (["filter", "-n", "--contains", "1"], "of text, not of numbers", 2),
    (["filter", "-n", "-f1"], r"stdin:1: not a number", 1),
    (["filter", "-f3"], r"stdin:1: no such field", 1),
    (["accumulate"], r"stdin:1: not a number", 1),
    (["accumulate", "--initial=x"], "'x' is no number", 2),
    (["accumulate", "--initial=1", "--partial"], "takes no --initial", 2),
    (["accumulate", "--func=sub"], "is none of add", 2),
    (["accumulate", "-f2", "--initial=9223372036854775807"], "the next result exceeds 64 bits", 1),
    (["accumulate", "-f2", "--func=mul", "--initial=9223372036854775808"], "exceeds 64 bits", 1),
    (["combinations"], "-r is missing", 2),
    (["combinations-with-replacement"], "-r is missing", 2),
    (["permutations", "--total", "--start=1"], "--total is of all", 2),
    (["product", "--total", "--count=1"], "--total is of all", 2),
    (["product", "--total", "--repeat=70", "in"], r"there are 2\^64 of them, or more", 1),
    (["repeat"], "TEXT is missing", 2),
    (["repeat", "a", "x"], "TIMES: 'x' is no integer", 2),
    (["repeat", "a", "1", "in"], "in: is one too many; no FILE is read", 2),
    (["repeat", "a", "-f1"], "--field means nothing here: nothing is read", 2),
    (["count", "x"], "START: 'x' is no number", 2),
    (["count", "1", "y"], "STEP: 'y' is no number", 2),
    (["count", "9" * 30], "START: .* is too large", 2),
    (["count", "1", "2", "3"], "3: is one too many", 2),
    (["count", "--in=csv"], "--in means nothing here", 2),
    (["count", "9223372036854775806"], "the next number exceeds 64 bits", 1),
    (["islice", "1", "then", "count"], r"count \(stage 2\): it reads nothing", 2),
    (["islice", "1", "then", "repeat", "x"], "it can only be the first stage", 2),
    (["islice", "1", "then", "filter", "in"], "no FILE can be read here", 2),
    (["compress"], "SELECTORS is missing", 2),
    (["compress", "-"], "SELECTORS can't be - too", 2),
    (["islice", "1", "then", "compress", "-"], "SELECTORS can't be - too", 2),
    (["groupby", "--merge", "-f1"], "--merge reads partials", 2),
    (["groupby", "--merge", "--errors=skip"], "whatever --errors", 2),
    (["groupby", "--partial", "--out=csv"], "--partial is written as lines or nul", 2),
    (["islice", "1", "then", "groupby", "--merge"], "for the first stage", 2),
    (["groupby", "--partial", "then", "islice", "1"], "for the last stage", 2),
    (["enumerate", "then", "groupby", "--partial"], "of records, not of rows", 2),
    (["enumerate", "--start=9223372036854775807"], "the next number exceeds 64 bits", 1),
    (["enumerate", "then", "chain", "-", "in"], "rows or numbers", 2),
    (["islice", "1", "then", "chain", "-", "-"], "write - once", 2),
    (["islice", "1", "then", "zip", "--in=jsonl", "in"], "must be what the items are", 2),
    (["zip-longest", "--in=jsonl", "--fill=x", "in"], "'x' is no JSON value", 2),
    (["filter", "--eqq", "1"], "did you mean --eq", 2),
    (["takewhile", "--partial"], "no option --partial", 2),
]


def by_hand(t):
    t.write("in", b"x\ny\n")
    t.write("flags", b"1\n0\n1\n")
    for name, argv, want in ROWS:
        t.judge(name, t.run(argv, TEXT), want)
    for argv, err, code in REFUSED:
        t.judge(f"refused: {' '.join(argv)[:60]}", t.run(argv, TEXT), b"", code,
                "^pila .*" + err)


# ---- numbers ----

def numbers(t):
    """What is one, and how they compare: as CPython has it."""
    for text in NUMBERS:
        r = t.run(["accumulate", "--func=min", "-z"], text)
        t.judge(f"{text[:30]} is a number", r, py.text(py.number(text)) + b"\0")
    for text in NO_NUMBERS:
        t.judge(f"{text!r} is none", t.run(["accumulate"], text + b"\n"), b"", 1,
                "stdin:1: not a number$")
        if b"\0" not in text:
            t.judge(f"{text!r} is none for a condition",
                    t.run(["filter", "-n", b"--eq=" + text], b"1\n"), b"", 2, "is no number$")
    data = b"".join(n + b"\0" for n in NUMBERS)
    for x in NUMBERS:
        for name in ("eq", "ne", "lt", "le", "gt", "ge"):
            want = list(filter(py.condition([(name, x)], numeric=True), NUMBERS))
            t.judge(f"--{name} {x[:30]}", t.run(["filter", "-nz", b"--" + name.encode(), x],
                                                data) if x[:1] != b"-" else
                    t.run(["filter", "-nz", b"--" + name.encode() + b"=" + x], data),
                    b"".join(n + b"\0" for n in want))
    want = b"".join(n + b"\0" for n in filter(py.condition([], numeric=True), NUMBERS))
    t.judge("what is true", t.run(["filter", "-nz"], data), want)
    rng = random.Random(5)
    for k in range(60):
        some = [rng.choice(NUMBERS) for _ in range(rng.randrange(1, 9))]
        for func in ("add", "mul", "min", "max"):
            accumulate_row(t, f"accumulate {func} {k}", some, func)
    step = [b"%d" % rng.randrange(10**rng.randrange(1, 19)) for _ in range(3000)]
    for func in ("add", "min", "max"):
        accumulate_row(t, f"accumulate {func} of 3000", step, func)


def accumulate_row(t, name, some, func):
    argv, data = ["accumulate", "-z", "--func", func], b"".join(s + b"\0" for s in some)
    try:
        want = py.output(py.accumulate(some, func), "nul")
    except py.Overflow:
        t.judge(name, t.run(argv, data), b"", 1, "the next result exceeds 64 bits$")
        return
    t.judge(name, t.run(argv, data), want)


# ---- random pipelines ----

WORDS = [b"a", b"b", b"ab", b"", b"a b", b"1", b"2", b"10", b"a 1", b"b 2", b"a 3 x", b"-5", b"2.5",
         b"x,y", b'q"', b"t\tt", b"\xff", b"\xc3\xa9 z", b"c\r", b"12 7", b"9 9 9", b" "]
MOST = 3000  # items that a pipeline may make


class Maker:
    """Random stages: arguments, and what they are in Python."""

    def __init__(self, rng, files):
        self.rng, self.files, self.names, self.ends = rng, files, None, True

    def pick(self):
        """A FILE: its name, and an iterator over its records."""
        name = self.rng.choice(sorted(self.files))
        return name, iter(py.records(self.files[name]))

    def field(self):
        return self.rng.choice([None, None, None, 1, 1, 2])

    def condition(self):
        rng = self.rng
        numeric = rng.random() < 0.25
        f = self.field()
        tests = []
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            name = rng.choice(list(py.TESTS)[:6] if numeric else list(py.TESTS))
            tests.append((name, rng.choice([b"0", b"1", b"2.5", b"10"] if numeric else
                                           [b"a", b"b", b"1", b"", b"a ", b"2"])))
        argv = ["-n"] * numeric + (["-f", str(f)] if f else [])
        return argv + [b"--%s=%s" % (n.encode(), x) for n, x in tests], py.condition(
            tests, f, numeric)

    def first(self):
        rng = self.rng
        kind = rng.choice(["file"] * 8 + ["count", "repeat"])
        if kind == "count":
            start, step = rng.choice([(1, 1), (-3, 2), (0.5, 1), (1, 0.25), (0, 0)])
            return ["count", str(start), str(step)], py.count(start, step)
        if kind == "repeat":
            n = rng.randrange(6)
            return ["repeat", "a b", str(n)], itertools.repeat(b"a b", n)
        return None, None

    def stage(self, items, is_first, names):
        """The arguments, the items, their names; FILEs first where it is the first."""
        rng = self.rng
        file = []
        if is_first:
            name, items = self.pick()
            file = [name]
            if rng.random() < 0.3:
                more, others = self.pick()
                file.append(more)
                items = itertools.chain(items, others)
        kinds = ["islice", "pairwise", "batched", "groupby", "counts", "accumulate", "takewhile",
                 "dropwhile", "filter", "filterfalse", "zip", "zip-longest", "compress",
                 "enumerate", "cycle", "product", "permutations", "combinations",
                 "combinations-with-replacement", "counter"]
        kind = rng.choice(kinds)
        return self.make(kind, items, names, file, is_first)

    def make(self, kind, items, names, file, is_first):
        rng = self.rng
        if kind == "islice":
            a = rng.choice([None, 0, 1, 3])
            b = rng.choice([None, 2, 5, 9])
            c = rng.choice([None, 1, 2])
            spec = f"{'' if a is None else a}:{'' if b is None else b}" + (f":{c}" if c else "")
            return ["islice", spec] + file, itertools.islice(items, a, b, c), names
        if kind == "pairwise":
            return ["pairwise"] + file, itertools.pairwise(items), None
        if kind == "batched":
            n = rng.randrange(1, 5)
            return ["batched", str(n)] + file, py.batched(items, n), None
        if kind == "groupby":
            f = self.field()
            return ["groupby"] + [f"-f{f}"] * bool(f) + file, py.groupby(items, f), py.GROUP
        if kind == "counts":
            f = self.field()
            return (["groupby", "--count"] + [f"-f{f}"] * bool(f) + file,
                    py.group_counts(items, f), py.COUNT)
        if kind == "accumulate":
            f, func = self.field(), rng.choice(["add", "min", "max"])
            first = rng.choice([None, None, 0, 2.5])
            argv = ["accumulate", "--func", func] + [f"-f{f}"] * bool(f)
            return (argv + ([] if first is None else [f"--initial={first}"]) + file,
                    py.accumulate(items, func, first, f), None)
        if kind in ("takewhile", "dropwhile", "filter", "filterfalse"):
            argv, holds = self.condition()
            made = {"filter": filter}.get(kind) or getattr(itertools, kind)
            return [kind] + argv + file, made(holds, items), names
        if kind == "compress":
            name, selectors = self.pick()
            argv, holds = self.condition()
            return (["compress"] + argv + [name] + file,
                    itertools.compress(items, map(holds, selectors)), names)
        if kind == "enumerate":
            n = rng.choice([0, 1, -2])
            return ["enumerate", f"--start={n}"] + file, enumerate(items, n), None
        if kind == "cycle":
            n = rng.choice([None, 0, 1, 2])
            argv = ["cycle"] + ([] if n is None else [f"--times={n}"])
            return argv + file, py.cycle(items, n), names
        if kind == "counter":
            return ["counter"] + file, py.counter(items), py.COUNT
        if kind in ("permutations", "combinations", "combinations-with-replacement"):
            r = rng.randrange(3)
            made = getattr(itertools, kind.replace("-", "_"))
            start, n = rng.choice([(None, None), (None, None), (2, 3), (0, 5)])
            argv = [kind, f"-r{r}"] + (
                [] if start is None else [f"--start={start}", f"--count={n}"])
            rows = py.later(made, items, r)
            if start is not None:
                rows = itertools.islice(rows, start, start + n)
            return argv + file, rows, None
        return self.side_by_side(kind, items, is_first)

    def side_by_side(self, kind, items, is_first):
        rng = self.rng
        inputs = [self.pick() for _ in range(rng.randrange(1, 3))]
        names, iters = [n for n, _ in inputs], [i for _, i in inputs]
        if not is_first:
            at = rng.randrange(len(names) + 1)
            if at or rng.random() < 0.5:
                names.insert(at, "-")
            iters.insert(at, items)
        if kind == "zip":
            return ["zip"] + names, zip(*iters), None
        if kind == "zip-longest":
            fill = rng.choice([None, "?", "a b"])
            argv = ["zip-longest"] + ([] if fill is None else ["--fill", fill]) + names
            return argv, itertools.zip_longest(*map(py.textual, iters),
                                               fillvalue=(fill or "").encode()), None
        repeat = rng.choice([1, 1, 2])
        return (["product", f"--repeat={repeat}"] + names,
                py.later(itertools.product, *iters, repeat=repeat), None)


def pipeline(rng, files, length):
    maker, argv, names = Maker(rng, files), [], None
    budget = py.Budget(MOST)
    first, items = maker.first()
    argv = first or []
    for _ in range(length):
        made, items, names = maker.stage(items and budget.of(items), not argv, names)
        argv = argv + ["then"] * bool(argv) + made
    return argv, budget.of(items), names


def expected(items, out, names):
    """Output, exit status; None where it is too much, or has no end."""
    try:
        return py.output(items, out, names), 0
    except py.Endless:
        return None
    except (Malformed, py.Overflow, py.Short):
        return b"", 1


def random_pipelines(t):
    rng = random.Random(19)
    wanted, done, tried = (150 if t.sanitized else 1500), 0, 0
    ended = {0: 0, 1: 0}
    while done < wanted:
        tried += 1
        files = {}
        for name in ("f", "g", "h"):
            n = rng.choice([0, 1, 2, 3, 5, 12])
            pool = [w for w in WORDS if rng.random() < 0.5] or [b"a"]
            if rng.random() < 0.4:
                pool = [b"%d" % rng.randrange(-9, 30) for _ in range(4)]
            if rng.random() < 0.3:
                pool = [b"%c %d" % (rng.choice(b"ab"), rng.randrange(9)) for _ in range(4)]
            data = b"".join(rng.choice(pool) + b"\n" for _ in range(n))
            files[name] = data[:-1] if data and rng.random() < 0.3 else data
        argv, items, names = pipeline(rng, files, rng.choice([1, 2, 2, 3, 3, 4, 5]))
        out = rng.choice(("lines",) * 4 + FORMATS)
        want = expected(items, out, names)
        if want is None:
            continue
        for name, data in files.items():
            t.write(name, data)
        r = t.run(argv + ["--out", out])
        err = "not a number|no such field|64 bits" if want[1] else None
        t.judge(f"random {done} {files}" if want[1] else f"random {done}", r, want[0], want[1],
                err)
        ended[want[1]] += 1
        done += 1
    t.hold(f"most of the random pipelines say something: {ended}", ended[0] > ended[1])


# ---- other formats ----

def formats(t):
    rng = random.Random(3)
    for k in range(10 if t.sanitized else 60):
        values = [rng.choice(['{"k":"a","n":1}', '{"k":"b","n":2.5}', '{"k":"a","n":30}',
                              '{"k":"\\u00e9\\n","n":-4}']) for _ in range(rng.randrange(12))]
        data = "".join(v + "\n" for v in values).encode()
        held = [(json.loads(v), v.encode()) for v in values]
        runs = [(k, [v for _, v in g]) for k, g in itertools.groupby(held, lambda h: h[0]["k"])]
        want = b"".join(b'{"key":%s,"items":[%s]}\n' % (model.json_text(k.encode()), b",".join(g))
                        for k, g in runs)
        js = ["--in=jsonl", "--out=jsonl"]
        t.judge(f"JSON {k}: groupby", t.run(["groupby", "-f/k"] + js, data), want)
        want = b"".join(v + b"\n" for h, v in held if h["n"] > 1)
        t.judge(f"JSON {k}: filter", t.run(["filter", "-n", "-f/n", "--gt=1"] + js, data), want)
        want = b"".join(b"%s\n" % py.text(x)
                        for x in itertools.accumulate(h["n"] for h, _ in held))
        t.judge(f"JSON {k}: accumulate", t.run(["accumulate", "-f/n", "--in=jsonl"], data), want)
        want = b"".join(b"[%s]\n" % b",".join(g) for g in py.batched([v for _, v in held], 4))
        t.judge(f"JSON {k}: batched", t.run(["batched", "4"] + js, data), want)
        t.write("j", data)
        t.write("one", b"[1]\n")
        rows = itertools.zip_longest([v for _, v in held], [b"[1]"], fillvalue=b"null")
        t.judge(f"JSON {k}: zip-longest", t.run(["zip-longest", "j", "one"] + js),
                b"".join(b"[%s,%s]\n" % row for row in rows))
    table = b'id,city\n1,"Paris, Texas"\n2,Rome\n3,"Rome"\n4,"a\nb"\n'
    csv = ["--in=csv", "-H"]
    t.judge("CSV: groupby by a name, as JSON",
            t.run(["groupby", "-f", "city", "--out=jsonl"] + csv, table),
            b'{"key":"Paris, Texas","items":[["1","Paris, Texas"]]}\n'
            b'{"key":"Rome","items":[["2","Rome"],["3","Rome"]]}\n'
            b'{"key":"a\\nb","items":[["4","a\\nb"]]}\n')
    t.judge("CSV: filter keeps header and quotes",
            t.run(["filter", "-f", "city", "--contains", "R", "--out=csv"] + csv, table),
            b'id,city\n2,Rome\n3,"Rome"\n')
    t.judge("CSV: accumulate a column", t.run(["accumulate", "-f", "id"] + csv, table),
            b"1\n3\n6\n10\n")
    t.judge("CSV: the line of what is no number",
            t.run(["accumulate", "-f", "city", "--errors=report"] + csv, table), b"", 1,
            "stdin:2: not a number\n.*stdin:3: .*\n.*stdin:4: .*\n.*stdin:5: not a number$")
    t.judge("--errors=skip", t.run(["accumulate", "--errors=skip"], b"1\nx\n2\n"), b"1\n3\n")
    t.judge("--errors=report", t.run(["accumulate", "--errors=report"], b"1\nx\n2\n"),
            b"1\n3\n", 1, "^pila accumulate: stdin:2: not a number$")
    t.judge("what is not reached is not said", t.run(["takewhile", "-n", "--lt=3"],
                                                     b"1\n2\n3\nx\n"), b"1\n2\n")
    t.judge("what is reached is", t.run(["takewhile", "-n", "--lt=3"], b"1\n2\nx\n"), b"", 1,
            "stdin:3: not a number")
    t.write("n", b"1\n2\n")
    t.write("bad", b"3\nx\n")
    t.judge("the place is in the second FILE", t.run(["filter", "-n", "n", "bad"]), b"", 1,
            "bad:2: not a number")
    t.judge("the place of a selector", t.run(["compress", "-n", "bad", "n"]), b"", 1,
            "bad:2: not a number")
    t.judge("an item has no FILE", t.run(["islice", "5", "then", "accumulate"], b"1\nx\n"), b"", 1,
            r"^pila accumulate \(stage 2\): item:2: not a number$")
    for argv in (["chain"], ["filter"], ["filter", "-f1"], ["dropwhile", "--eq=zz"],
                 ["takewhile", "--ne=zz"], ["compress", "sel"], ["cycle", "then", "islice", "3"]):
        t.write("sel", b"1\n1\n1\n")
        for data in (b"a\nb\0\r\nc\xff", b"a\nb\0\r\nc\xff\n"):
            t.judge(f"{argv}: bytes in are bytes out", t.run(argv, data), data)
    t.judge("CRLF in rows", t.run(["batched", "2", "-z"], b"a\r\n\0b\0"), b"a\r\n\tb\0")


# ---- partials ----

def cut(rng, lines, parts):
    at = sorted(rng.randrange(len(lines) + 1) for _ in range(parts - 1))
    return [lines[a:b] for a, b in zip([0] + at, at + [len(lines)])]


def the_law(t):
    rng = random.Random(8)
    pools = [(b"a", b"b"), (b"", b"a"), (b"a\tb", b"\\", b"\\t"), (b"a",), (b"x\0", b"x\r", b"\xff"),
             (b"a 1", b"a 2", b"b 1")]
    for k in range(20 if t.sanitized else 120):
        pool = rng.choice(pools)
        lines = [rng.choice(pool) for _ in range(rng.choice([0, 1, 2, 5, 30, 700]))]
        end = rng.choice([b"\n", b"\0"])
        zero = ["-z"] if end == b"\0" else []
        field = ["-f1"] if pool[0] == b"a 1" else []
        data = b"".join(x + end for x in lines)
        for count in ([], ["--count"]):
            whole = t.run(["groupby"] + count + field + zero, data).out
            shown = t.run(["groupby", "--out=jsonl"] + count + field + zero, data).out
            one = t.run(["groupby", "--partial"] + count + field + zero, data).out
            parts = []
            for n, part in enumerate(cut(rng, lines, rng.randrange(1, 7))):
                r = t.run(["groupby", "--partial"] + count + field + zero,
                          b"".join(x + end for x in part))
                t.judge(f"law {k} {count}: part {n}", r)
                parts.append(t.write(f"p{n}", r.out))
            merge = ["groupby", "--merge"] + count + zero
            t.judge(f"law {k} {count}", t.run(merge + parts), whole)
            t.judge(f"law {k} {count}, in JSON", t.run(merge + parts + ["--out=jsonl"]), shown)
            t.judge(f"law {k} {count}, on stdin",
                    t.run(merge, b"".join(t.read(p) for p in parts)), whole)
            t.judge(f"law {k} {count}, into one partial",
                    t.run(merge + ["--partial"] + parts), one)
    for k in range(30):
        values = [b"%d" % rng.randrange(-99, 99) for _ in range(rng.randrange(1, 60))]
        for func in ("add", "min", "max"):
            whole = t.run(["accumulate", "--func", func], b"\n".join(values)).out
            parts = [p for p in cut(rng, values, 4) if p]
            totals = b"".join(t.run(["accumulate", "--func", func, "--partial"],
                                    b"\n".join(p)).out for p in parts)
            before = t.run(["accumulate", "--func", func], totals).out.split(b"\n")
            got = b""
            for n, p in enumerate(parts):
                start = [b"--initial=" + before[n - 1], "then", "islice", "1:"] if n else []
                got += t.run(["accumulate", "--func", func] + start, b"\n".join(p)).out
            t.hold(f"accumulate in two passes {k} {func}", got == whole, got)
    for name, data, why in [
            ("no last run", b"a\t1\t[\n", "the partial ends without its last run"),
            ("no first run", b"a\t1\t\nb\t1\t]\n", "the partial starts without its first run"),
            ("a part within a part", b"a\t1\t[\na\t1\t[]\n", "the partial before ends without"),
            ("no edge", b"a\t1\n", "no run of a partial"), ("no count", b"a\tx\t[]\n", "no run"),
            ("another edge", b"a\t1\t[[\n", "no run"), ("no end", b"a\t1\t[]", "was cut short"),
            ("an escape that is none", b"\\x\t1\t[]\n", "no run"), ("nothing", b"\n", "no run"),
            ("a count of none", b"a\t0\t[]\n", "no run"),
            ("a sum beyond 64 bits", b"a\t9223372036854775807\t[]\na\t1\t[]\n", "64 bits")]:
        t.judge("groupby --merge: " + name, t.run(["groupby", "--merge", "--count"], data), b"", 1,
                why)


# ---- combinatorics ----

def shards(t):
    t.write("a", b"1\n2\n3\n4\n")
    t.write("b", b"x\ny")
    for argv in (["product", "a", "b", "a"], ["product", "--repeat=3", "a"],
                 ["permutations", "a"], ["permutations", "-r2", "a"],
                 ["combinations", "-r2", "a"], ["combinations", "-r0", "a"],
                 ["combinations-with-replacement", "-r3", "a"]):
        whole = t.run(argv).out
        total = int(t.run(argv + ["--total"]).out)
        t.hold(f"{argv}: --total", total == whole.count(b"\n"))
        for size in (1, 5, 1000):
            got = b"".join(t.run(argv + [f"--start={k}", f"--count={size}"]).out
                           for k in range(0, total, size))
            t.hold(f"{argv}: shards of {size} are the whole", got == whole, got)
        t.judge(f"{argv} from beyond the end", t.run(argv + [f"--start={total}"]), b"")
    t.write("many", b"".join(b"%d\n" % k for k in range(60)))
    t.judge("far away at once", t.run(["combinations", "-r30", "many", "--start",
                                       "118264581564861423", "--count", "2"]),
            b"\t".join(b"%d" % k for k in range(30, 60)) + b"\n")
    t.judge("a total near 2^64", t.run(["combinations", "-r30", "many", "--total"]),
            b"118264581564861424\n")


# ---- reading no more than is needed; trouble ----

def files(t):
    t.write("in", TEXT)
    os.mkdir(t.path("folder"))
    for argv in (["takewhile", "--eq=a 1", "in", "gone"], ["filter", "in", "gone", "then", "islice",
                                                           "2"]):
        r = t.run(argv)
        t.hold(f"{argv}: a FILE that is not needed is not opened", r.code == 0 and not r.err, r.err)
    for name in COMMANDS:
        if name in READS_NOTHING:
            continue
        argv = [name] + ARGUMENTS.get(name, [])
        if name == "accumulate":
            argv += ["-f2"]
        several = name in ("zip", "zip-longest", "product")
        r = t.run(argv + ["gone"])
        t.judge(f"{name}: a missing FILE", r, b"", 2, f"^pila {name}: gone: No such file")
        t.judge(f"{name}: a folder", t.run(argv + ["folder"]), b"", 2, "folder: Is a directory")
        if not several and name != "cycle":
            r = t.run(argv + ["gone", "in"])
            t.judge(f"{name}: a missing FILE among others", r, t.run(argv + ["in"]).out, 2, "gone")
        t.judge(f"{name} of nothing", t.run(argv, b""),
                b"\n" if name == "permutations" else b"")
        t.write("out", b"old")
        t.judge(f"{name} -o, and the FILE is missing", t.run(argv + ["gone", "-o", "out"]), b"", 2,
                "gone")
        t.hold(f"{name}: the old file stays", t.read("out") == b"old")
        if name != "cycle":
            want = t.run(argv + ["in"]).out
            t.judge(f"{name} -o", t.run(argv + ["in", "-o", "out"]), b"")
            t.hold(f"{name}: -o has it", t.read("out") == want)
        data = TEXT * 3000
        t.write("big", data)
        if name in ("product", "permutations", "combinations", "combinations-with-replacement"):
            continue
        if name in ("dropwhile", "filterfalse"):
            argv += ["--eq=z"]
        for way in ("zip", "chain"):
            if several or name == "chain":
                r = t.run(argv + ["big", "then", "islice", "1"])
            else:
                if name == "accumulate":
                    way = "chain"
                r = t.run([way, "big", "then"] + argv + ["then", "islice", "1"])
            t.hold(f"{name}: behind {way}, one record", r.out.count(b"\n") == 1 and r.code == 0,
                   r.err)


def pipes(t):
    """A reader that goes away; input that never ends."""
    t.write("in", TEXT)
    for argv in (["count"], ["repeat", "y"], ["cycle", "in"], ["count", "0", ".5"]):
        run = subprocess.Popen([t.pila] + argv, cwd=t.folder, env=t.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL),
                               restore_signals=False)
        run.stdout.read(100000)
        run.stdout.close()
        err = run.stderr.read()
        t.hold(f"{argv}: the reader goes away", run.wait(20) == -signal.SIGPIPE and not err, err)
        run.stderr.close()
    for argv in (["pairwise"], ["batched", "1"], ["enumerate"], ["accumulate"], ["filter"],
                 ["zip", "-", "-"], ["groupby"]):
        run = subprocess.Popen([t.pila] + argv + ["--line-buffered"], cwd=t.folder,
                               env=t.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        run.stdin.write(b"1\n2\n")
        run.stdin.flush()
        got = run.stdout.readline()
        t.hold(f"{argv}: what is there comes out before more is there", got, got)
        run.stdin.close()
        run.stdout.close()
        run.wait(20)
    if not t.sanitized:
        limit = ["sh", "-c", 'ulimit -v 30000; exec "$@"', "sh"]
        for argv in (["filter"], ["batched", "2"], ["pairwise"], ["groupby"], ["enumerate"]):
            t.judge(f"{argv}: 20 MB in little memory",
                    t.run(argv + ["then", "islice", "2000000:"], b"a\nb\n" * 2000000,
                          before=limit), None)


def big_groups(t):
    """Runs, rows and pairs that go over many windows."""
    for n in (255, 256, 257, 511, 512, 3000):
        for run in (1, 2, 255, 256, 257, 1000):
            data = [b"%d" % (k // run) for k in range(n)]
            for argv, want in ((["groupby"], py.groupby(data)),
                               (["groupby", "--count"], py.group_counts(data)),
                               (["batched", str(run)], py.batched(data, run)),
                               (["pairwise"], itertools.pairwise(data))):
                t.judge(f"{argv}: {n} records in runs of {run}",
                        t.run(argv, b"".join(d + b"\n" for d in data)), py.output(want))
    long = [b"x" * 200000, b"x" * 200000, b"y" * 131072, b"z" * 131070, b"z" * 131070, b"a"]
    data = b"".join(x + b"\n" for x in long)
    for argv, want in ((["groupby"], py.groupby(long)), (["pairwise"], itertools.pairwise(long)),
                       (["groupby", "--count"], py.group_counts(long)),
                       (["batched", "2"], py.batched(long, 2)), (["enumerate"], enumerate(long)),
                       (["batched", "5"], py.batched(long, 5))):
        t.judge(f"{argv}: records longer than the buffers", t.run(argv, data), py.output(want))


# ---- allocations ----

def allocations(t):
    shim, why = t.shim()
    if not shim:
        t.skip("failing allocations", why)
        return
    t.write("in", b"a 1\n" * 300 + TEXT)
    t.write("flags", b"1\n0\n1\n" * 200)
    t.write("p", b"a\ta\t[\nb\tb\t]\n" * 3)
    t.write("num", b"1\n2.5\n" + b"9" * 30 + b"\n")
    for argv in (["pairwise", "in"], ["batched", "200", "in"], ["groupby", "-f1", "in"],
                 ["groupby", "--count", "in"], ["groupby", "--merge", "p"],
                 ["accumulate", "--func=max", "num"], ["filter", "-n", "-f2", "in"],
                 ["takewhile", "in"], ["dropwhile", "-f1", "--eq=a", "in"], ["filterfalse", "in"],
                 ["zip", "in", "flags"], ["zip-longest", "in", "flags"],
                 ["compress", "-n", "flags", "in"], ["enumerate", "in"],
                 ["repeat", "x", "3"], ["cycle", "--times=2", "flags"],
                 ["count", "then", "islice", "2"], ["count", "1", ".5", "then", "islice", "2"],
                 ["product", "p", "num"], ["product", "--total", "p", "num"],
                 ["permutations", "-r2", "p"], ["combinations", "-r2", "p"],
                 ["combinations-with-replacement", "-r2", "p"], ["zip", "-", "-"],
                 ["islice", "2", "in", "then", "chain", "p", "-", "num"],
                 ["count", "then", "zip-longest", "-", "num", "then", "islice", "5"]):
        want = t.run(argv, TEXT).out
        for n in range(1, 400):
            r = t.run(argv, TEXT, env={"LD_PRELOAD": shim, "FAIL_AT": str(n)})
            if r.code == 0 and r.out == want and not r.err:
                break
            if r.code != 2 or b"out of memory" not in r.err or len(r.out) > len(want):
                t.hold(f"{argv}: allocation {n} fails", False, (r.code, r.out[:80], r.err))
                break
        t.hold(f"{argv}: each allocation is failed once", n < 399, n)


def system_calls(t):
    """Reads and writes that give little, are interrupted, or fail."""
    data = b"".join(b"%d %d\n" % (k // 3, k) for k in range(20000))
    t.write("in", data)
    shim, why = t.shim()
    runs = [[name] + ARGUMENTS.get(name, []) + (["-f2"] if name == "accumulate" else [])
            for name in COMMANDS if name not in READS_NOTHING + (
                "cycle", "product", "permutations", "combinations",
                "combinations-with-replacement")] + [["groupby", "-f1"], ["groupby", "--count",
                                                                          "-f1", "--partial"]]
    for argv in runs:
        want = t.run(argv + ["in"]).out
        if shim:
            env = {"LD_PRELOAD": shim, "SHORT_READS": "7", "SHORT_WRITES": "7"}
            t.judge(f"{argv}, 7 bytes a call", t.run(argv + ["in"], env=env), want)
        else:
            t.skip(f"{argv}, 7 bytes a call", why)
        name = f"every second read of {argv} is interrupted"
        before = strace(t, name, "read:error=EINTR:when=1+2", path="in")
        if not before:
            continue
        t.judge(name, t.run(argv + ["in"], before=before, env=traced(t)), want)
        if argv == ["filterfalse"]:
            continue  # prints nothing
        name = f"EIO in the middle of {argv}"
        before = strace(t, name, "read:error=EIO:when=2+", path="in")
        r = t.run(argv + ["in"], before=before, env=traced(t))
        t.judge(name, r, None, 2, r"^pila [\w-]+: in: Input/output error$")
        t.hold(name + " gives nothing complete", len(r.out) < len(want) or argv[0] in (
            "dropwhile", "compress"))
        t.write("out", b"old")
        t.judge(name + ", -o", t.run(argv + ["in", "-o", "out"], before=before, env=traced(t)),
                b"", 2, "Input/output error")
        t.hold(name + ", -o: the old file stays", t.read("out") == b"old")


# ---- what is told ----

def told(t):
    for name in COMMANDS:
        r = t.run([name, "--help"])
        t.judge(f"{name} --help", r)
        page = r.out.decode()
        t.hold(f"{name}: examples first, then usage, then options",
               0 < page.index("Examples:") < page.index("usage:") < page.index("Options:"))
        t.hold(f"{name}: memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
        t.hold(f"{name}: nothing is wider than 80", max(map(len, page.split("\n"))) <= 80,
               max(page.split("\n"), key=len))
        about = json.loads(t.run([name, "--help-json"]).out)
        t.hold(f"{name}: Python's name for it", about["python"] and name.replace("-", "_") in
               about["python"], about["python"])
        if name not in ("groupby", "accumulate"):
            t.hold(f"{name}: no --partial, and why",
                   "--partial" not in [o["name"] for o in about["options"]] and
                   (name in READS_NOTHING + ("cycle",) or "Many machines" in page))


def rows(t):
    by_hand(t)
    numbers(t)
    random_pipelines(t)
    formats(t)
    the_law(t)
    shards(t)
    files(t)
    pipes(t)
    big_groups(t)
    allocations(t)
    system_calls(t)
    told(t)
