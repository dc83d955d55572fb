"""unique, nlargest, nsmallest, sorted, merge, bisect: what Python's sorted, heapq and
bisect give for the same records, byte for byte, in every format, in whatever memory."""
import bisect
import csv
import heapq
import io
import json
import os
import random
import resource
import signal
import subprocess
import time

from test_trouble import limited, strace, traced

FORMS = ["lines", "-z", "-f2", "-f2 -d,", "tsv", "tsv -H", "csv", "csv -H", "jsonl"]
NUMBERS = [b"0", b"-0", b"0.0", b"1", b"01", b"+1", b"1.0", b"1e0", b" 7 ", b"10", b"9", b"-3",
           b"-2.5", b"1e3", b"1000", b"9007199254740992", b"9007199254740993",
           b"9007199254740992.0", b"9223372036854775807", b"9223372036854775808",
           b"-9223372036854775809", b"1" + b"0" * 30, b"1e30", b"1" + b"0" * 400, b"inf",
           b"-inf", b"1e308", b"123456789.125", b".5", b"5.", b"1e-7", b"3.14159265358979312"]
NOT_NUMBERS = [b"", b"x", b"1x", b"0x1", b"1_0", b"--1", b"1 2", b".", b"1e", b"\0"]


# ---- the model ----

def number(text):
    """A number as the commands order it: a NaN behind all others."""
    text = text.strip(b" \t\n\r\x0b\x0c")
    digits = text.lstrip(b"+-") if text[:1] in (b"+", b"-") else text
    value = int(text) if digits.isdigit() and len(text) - len(digits) <= 1 else float(text)
    return (value != value, 0 if value != value else value)


class Form:
    """A way to write records with a key: options, how to write and read them."""

    def __init__(self, name):
        self.name = name
        self.header = "-H" in name
        self.kind = name.split()[0]
        self.end = b"\0" if name == "-z" else b"\n"
        self.options = {"lines": [], "-z": ["-z"], "-f2": ["-f2"], "-f2 -d,": ["-f2", "-d,"],
                        "tsv": ["--in=tsv", "-f2"], "tsv -H": ["--in=tsv", "-H", "-f", "key"],
                        "csv": ["--in=csv", "-f2"], "csv -H": ["--in=csv", "-H", "-fkey"],
                        "jsonl": ["--in=jsonl", "-f/k"]}[name]
        self.shared = [o for o in self.options if o[:2] in ("-z", "--")]

    def head(self):
        return {"tsv": b"n\tkey", "csv": b"n,key"}[self.kind] if self.header else None

    def write(self, k, key, number):
        """The k-th record, of this key."""
        if self.kind in ("lines", "-z"):
            return key
        if self.kind == "-f2":
            return b"%d %s  end" % (k, key) if self.name == "-f2" else b"%d,%s,end" % (k, key)
        if self.kind == "tsv":
            for plain, escape in ((b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\n", b"\\n"),
                                  (b"\r", b"\\r"), (b"\0", b"\\0")):
                key = key.replace(plain, escape)
            return b"%d\t%s\tend" % (k, key)
        if self.kind == "csv":
            out = io.StringIO()
            csv.writer(out, lineterminator="\r\n").writerow(
                [k, key.decode("utf-8", "surrogateescape"), "x"])
            return out.getvalue()[:-2].encode("utf-8", "surrogateescape")
        if number and k % 2:
            text = key.strip().decode()
            try:
                json.loads(text)
                return b'{"n":%d,"k":%s}' % (k, text.encode())
            except ValueError:
                pass
        return b'{"n":%d,"k":%s}' % (k, json.dumps(key.decode("utf-8", "surrogateescape"))
                                     .encode())

    def file(self, records, final=True):
        records = [self.head()] * self.header + records
        data = self.end.join(records)
        return data + self.end if records and (final or records[-1] == b"") else data

    def out(self, records):
        return b"".join(record + self.end for record in records)


def good_key(form, key):
    if form.kind == "lines":
        return b"\n" not in key
    if form.kind == "-z":
        return b"\0" not in key
    if form.name == "-f2":
        return key and not any(c in b" \t\n\r\x0b\x0c" for c in key)
    if form.name == "-f2 -d,":
        return b"," not in key and b"\n" not in key
    if form.kind in ("csv", "jsonl"):
        return b"\0" not in key
    return True


def random_keys(rng, form, n, numbers):
    if numbers:
        pool = [k for k in NUMBERS if good_key(form, k)]
        pool += [b"%d" % rng.randrange(-50, 50) for _ in range(20)]
        pool += [b"%.3f" % rng.uniform(-9, 9) for _ in range(20)]
        return [rng.choice(pool) for _ in range(n)]
    alphabet = rng.choice([b"ab", b"abc\0\xff", bytes(range(256)), b"a", b"xyz\t\\\",\r"])
    longest = rng.choice([3, 12, 40])
    keys = []
    while len(keys) < n:
        key = bytes(rng.choice(alphabet) for _ in range(rng.randrange(longest + 1)))
        key = rng.choice([b"", b"", b"commonprefix", b"commonprefixofmanybytesandmore"]) + key
        keys.append(key if good_key(form, key) else b"k%d" % rng.randrange(20))
    return keys


def cases(t, rng, few, many):
    """form, numeric, [(key, record)] of random files."""
    for name in FORMS:
        form = Form(name)
        for numbers in (False, True):
            for _ in range(few if t.sanitized else many):
                n = rng.choice([0, 1, 2, 9, 60, 400])
                keys = random_keys(rng, form, n, numbers)
                yield form, numbers, [(key, form.write(k, key, numbers))
                                      for k, key in enumerate(keys)]


def by(numbers):
    """The key of such a pair."""
    return (lambda pair: number(pair[0])) if numbers else (lambda pair: pair[0])


def run(t, name, argv, out=None, code=0, err=None, stdin=b"", **how):
    return t.judge(name, t.run(argv, stdin, **how), out, code, err)


def refused(t, name, argv, err, code=2, stdin=b"x\n", **how):
    return run(t, name, argv, b"", code, err, stdin, **how)


# ---- sorted ----

def sorted_rows(t, rng):
    for k, (form, numbers, pairs) in enumerate(cases(t, rng, 1, 3)):
        t.write("in", form.file([r for _, r in pairs]))
        options = form.options + ["-n"] * numbers
        for reverse in (False, True):
            want = [r for _, r in sorted(pairs, key=by(numbers), reverse=reverse)]
            head = [form.head()] if form.header else []
            same_form = form.shared and form.kind != "-z"
            out = ["--out", form.kind] if same_form else []
            want = form.out(head * bool(out) + want)
            flags = options + ["-r"] * reverse
            name = f"sorted {k} {form.name} {flags}"
            run(t, name, ["sorted"] + flags + out + ["in"], want)
            for memory in ("1", "3000"):
                run(t, f"{name} in {memory} bytes",
                    ["sorted", "--mem", memory] + flags + out + ["in"], want)
    for memory in ([], ["--mem=100K"]):
        lines = [b"%d" % rng.randrange(10**9) for _ in range(60000)]
        data = b"\n".join(lines) + b"\n"
        run(t, f"60000 numbers as text {memory}", ["sorted"] + memory,
            b"\n".join(sorted(lines)) + b"\n", stdin=data)
        run(t, f"60000 numbers {memory}", ["sorted", "-n"] + memory,
            b"\n".join(sorted(lines, key=int)) + b"\n", stdin=data)
        run(t, f"60000 numbers, descending {memory}", ["sorted", "-nr"] + memory,
            b"\n".join(sorted(lines, key=int, reverse=True)) + b"\n", stdin=data)
        pairs = [(rng.choice(b"abc"), k) for k in range(60000)]
        data = b"".join(b"%c %d\n" % pair for pair in pairs)
        want = b"".join(b"%c %d\n" % p for p in sorted(pairs, key=lambda p: p[0]))
        run(t, f"60000 lines of three keys stay in order {memory}",
            ["sorted", "-f1"] + memory, want, stdin=data)
        prefix = b"x" * 500
        lines = [prefix + b"%05d" % rng.randrange(1000) for _ in range(3000)]
        run(t, f"long common prefixes {memory}", ["sorted"] + memory,
            b"".join(line + b"\n" for line in sorted(lines)),
            stdin=b"".join(line + b"\n" for line in lines))
        lines = [b"a" * rng.randrange(300) for _ in range(3000)]
        run(t, f"each a prefix of others {memory}", ["sorted", "-r"] + memory,
            b"".join(line + b"\n" for line in sorted(lines, reverse=True)),
            stdin=b"".join(line + b"\n" for line in lines))
        lines = [b"same"] * 5000
        run(t, f"all the same {memory}", ["sorted"] + memory, b"same\n" * 5000,
            stdin=b"same\n" * 5000)
    run(t, "NaN is behind all, also in reverse before them", ["sorted", "-n", "-r"],
        b"nan\nNaN\ninf\n2\n", stdin=b"2\nnan\ninf\nNaN\n")
    run(t, "many files are one input", ["sorted", "-", "a", "-"], b"1\n2\n3\n", stdin=b"3\n1\n"
        ) if t.write("a", b"2") else None
    run(t, "CRLF is kept", ["sorted"], b"a\r\nb\r\n", stdin=b"b\r\na\r\n")
    run(t, "an empty file", ["sorted"], b"")
    t.write("h1", b"k\nb\n")
    t.write("h2", b"other\na\n")
    t.write("h0", b"")
    run(t, "the first header is that of all", ["sorted", "-H", "h0", "h1", "h2", "h0"],
        b"k\na\nb\n")
    t.write("out", b"b\na\n")
    run(t, "in = out", ["sorted", "out", "-o", "out"], b"")
    t.hold("is sorted", t.read("out") == b"a\nb\n")


def locales(t):
    made = t.path("en_US.UTF-8")
    maker = t.tool("localedef")
    able = maker and subprocess.run([maker, "-i", "en_US", "-f", "UTF-8", made],
                                    stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL).returncode == 0
    lines = [b"b", b"B", b"a", b"A", b"\xc3\xa4", b"a\0b", b"a\0a", b"\xff", b"", b"zz"]
    data = b"\n".join(lines) + b"\n"
    want = b"".join(line + b"\n" for line in sorted(lines))
    run(t, "--locale in the C locale is the order of bytes", ["sorted", "--locale"], want,
        stdin=data)
    run(t, "without --locale nothing depends on it", ["sorted"], want, stdin=data,
        env={"LC_ALL": "en_US.UTF-8", "LOCPATH": str(t.folder)})
    if not able:
        t.skip("collation of a language", "localedef can't make one")
        return
    env = {"LC_ALL": "en_US.UTF-8", "LOCPATH": str(t.folder)}
    code = ("import locale,sys; locale.setlocale(locale.LC_ALL,''); "
            "l=sys.stdin.read().split('\\n')[:-1]; "
            "print('\\n'.join(sorted(l,key=locale.strxfrm)))")
    words = "b B a A ä Ä z Zz zz Z ö o é e f".split()
    text = ("\n".join(words) + "\n").encode()
    ran = subprocess.run(["python3", "-c", code], input=text, stdout=subprocess.PIPE,
                         env=dict(t.environment, **env))
    for memory in ([], ["--mem=1"]):
        run(t, f"--locale is strxfrm's order {memory}", ["sorted", "--locale"] + memory,
            ran.stdout, stdin=text, env=env)
    r = t.run(["nlargest", "3", "--locale"], text, env=env)
    t.hold("nlargest knows it too", r.out.decode().split() == ran.stdout.decode().split()[:-4:-1],
           r.out)
    run(t, "merge knows it too", ["merge", "--check", "--locale"], ran.stdout,
        stdin=ran.stdout, env=env)


# ---- unique ----

def unique_rows(t, rng):
    for k, (form, numbers, pairs) in enumerate(cases(t, rng, 1, 2)):
        t.write("in", form.file([r for _, r in pairs], final=False))
        options = form.options + ["-n"] * numbers
        out = ["--out", form.kind] if form.shared and form.kind != "-z" else []
        head = [form.head()] if form.header and out else []
        key = by(numbers)
        seen, ever, just, last = set(), [], [], object()
        for pair in pairs:
            value = key(pair)
            if value not in seen:
                ever.append(pair[1])
            seen.add(value)
            if value != last:
                just.append(pair[1])
            last = value
        for flag, kept in ([], ever), (["--justseen"], just):
            want = form.out(head + kept)
            plain = form.kind != "csv" and kept and kept[-1] == pairs[-1][1] and \
                pairs[-1][1] != b"" and (ever if not flag else just)[-1] is pairs[-1][1]
            if plain:
                want = want[:-1]
            run(t, f"unique {k} {form.name} {flag} {options}", ["unique"] + flag + options + out +
                ["in"], want)
    run(t, "JSON values of one text are one", ["unique", "--in=jsonl"], b'"a"\n{"b":1}\n',
        stdin=b'"a"\n"\\u0061"\n{"b":1}\n{"b":1}\n')
    run(t, "rows of a stage before", ["counter", "--words", "then", "unique", "-f", "count"],
        b"2\tb\n1\ta\n", stdin=b"b b a c")
    first = subprocess.Popen([t.pila, "unique", "--line-buffered"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, env=t.environment)
    first.stdin.write(b"a\na\nb\n")
    first.stdin.flush()
    got = first.stdout.readline() + first.stdout.readline()
    t.hold("what is new comes at once", got == b"a\nb\n", got)
    first.communicate()


# ---- nlargest, nsmallest ----

def first_rows(t, rng):
    for k, (form, numbers, pairs) in enumerate(cases(t, rng, 1, 2)):
        t.write("in", form.file([r for _, r in pairs]))
        out = ["--out", form.kind] if form.shared and form.kind != "-z" else []
        options = form.options + ["-n"] * numbers
        for command, model in (("nlargest", heapq.nlargest), ("nsmallest", heapq.nsmallest)):
            for n in (0, 1, 3, len(pairs), len(pairs) + 5):
                best = [r for _, r in model(n, pairs, key=by(numbers))]
                head = [form.head()] if form.header and out and n else []
                want = form.out(head + best)
                name = f"{command} {n} {k} {form.name} {options}"
                run(t, name, [command, str(n)] + options + out + ["in"], want)
                if form.kind != "csv":
                    law(t, rng, name, command, n, form, options, numbers, out, want)


def law(t, rng, name, command, n, form, options, numbers, out, want):
    """Partials of any parts, merged in any order, are one run."""
    parts = rng.randrange(1, 6)
    nul = ["-z"] if form.kind == "-z" else []
    files = []
    for i in range(1, parts + 1):
        r = t.run([command, str(n)] + options + ["--partial", "--split", f"{i}/{parts}", "in"])
        if not t.judge(f"{name}: part {i}/{parts}", r):
            return
        files.append(t.write(f"p{i}", r.out))
    rng.shuffle(files)
    shared = ["-n"] * numbers + [o for o in form.shared if o not in ("-H", "-z")] + nul + out
    run(t, f"{name}: {parts} parts, shuffled", [command, str(n), "--merge"] + shared + files,
        want)
    half = t.run([command, str(n), "--merge", "--partial"] + ["-n"] * numbers + nul + files[:2])
    t.judge(f"{name}: two into one", half)
    t.write("half", half.out)
    run(t, f"{name}: a merge of merged", [command, str(n), "--merge"] + shared + ["half"] +
        files[2:], want)


def first_more(t, rng):
    lines = [b"%d pad %d end" % (rng.randrange(1000), k) for k in range(20000)]
    t.write("in", b"\n".join(lines) + b"\n")
    for command, model in (("nlargest", heapq.nlargest), ("nsmallest", heapq.nsmallest)):
        for n in (1, 10, 1500, 30000):
            want = model(n, lines, key=lambda line: int(line.split()[0]))
            run(t, f"{command} {n} of 20000 with ties", [command, str(n), "-n", "-f1", "in"],
                b"".join(line + b"\n" for line in want))
            want = model(n, lines)
            run(t, f"{command} {n} of 20000, whole lines", [command, str(n), "in"],
                b"".join(line + b"\n" for line in want))
        climbing = [b"%d" % k for k in range(5000)]
        for order in (climbing, climbing[::-1]):
            data = b"\n".join(order) + b"\n"
            run(t, f"{command} of what climbs, or falls", [command, "3", "-n"],
                b"".join(line + b"\n" for line in model(3, order, key=int)), stdin=data)
    bad = lines[:9000] + [b"oops"] + lines[9000:]
    t.write("bad", b"\n".join(bad) + b"\n")
    refused(t, "what is no number is found far behind", ["nlargest", "2", "-n", "-f1", "bad"],
            "^pila nlargest: bad:9001: not a number$", 1)
    run(t, "or passed over", ["nlargest", "2", "-n", "-f1", "--errors=skip", "bad"],
        t.run(["nlargest", "2", "-n", "-f1", "in"]).out)
    run(t, "or said", ["nlargest", "2", "-n", "-f1", "--errors=report", "bad"],
        t.run(["nlargest", "2", "-n", "-f1", "in"]).out, 1, "bad:9001: not a number")
    columns = [b"  a\t%s   %s " % (rng.choice(NUMBERS).strip() or b"1", rng.choice(NUMBERS).strip())
               for _ in range(4000)]
    t.write("in", b"\n".join(columns) + b"\n")
    for column in (2, 3):
        want = heapq.nlargest(7, columns, key=lambda line: number(line.split()[column - 1]))
        run(t, f"all kinds of numbers in column {column}", ["nlargest", "7", "-n", "-f",
            str(column), "in"], b"".join(line + b"\n" for line in want))
    rows = [b"%s;%s;%s" % tuple(rng.choice(NUMBERS) for _ in range(3)) for _ in range(4000)]
    t.write("in", b"\n".join(rows) + b"\n")
    for column in (1, 2, 3):
        want = heapq.nsmallest(7, rows, key=lambda line: number(line.split(b";")[column - 1]))
        run(t, f"behind a separator, column {column}", ["nsmallest", "7", "-n", "-d;", "-f",
            str(column), "in"], b"".join(line + b"\n" for line in want))
    stopped = t.run(["nlargest", "0", "gone"])
    t.judge("nlargest 0 reads nothing, as in Python", stopped, b"")
    for name, data in (("cut in a line", b"1\t1\t0/0"), ("no part", b"1\t1\tx\n"),
                       ("a part of none", b"1\t1\t0/2\tx\n"), ("a part too high", b"1\t1\t3/2\tx\n"),
                       ("no newline", b"1\t1\t0/0\tx"), ("a field too many", b"1\t1\t0/0\tx\ty\n"),
                       ("a bad escape", b"1\t1\t0/0\t\\x\n"), ("nothing", b"\n"),
                       ("no file", b"1\t\t0/0\tx\n")):
        refused(t, "a partial: " + name, ["nlargest", "1", "--merge"],
                "^pila nlargest: stdin:1: no partial record, or one cut short$", 1, data)
    refused(t, "a partial: no number", ["nlargest", "1", "-n", "--merge"],
            "stdin:1: not a number", 1, b"x\t1\t0/0\tx\n")
    run(t, "partials of stdin go by the order given", ["nlargest", "2", "--merge", "-n", "b", "a"],
        b"1 second\n1 first\n") if (
            t.write("a", t.run(["nlargest", "2", "-nf1", "--partial"], b"1 first\n").out) and
            t.write("b", t.run(["nlargest", "2", "-nf1", "--partial"], b"1 second\n").out)) else None
    t.write("many1", b"k 1\nk 2\n")
    t.write("many2", b"k 3\nk 4\n")
    whole = t.run(["nlargest", "9", "-f1", "many1", "many2"]).out
    files = [t.write(f"q{i}", t.run(["nlargest", "9", "-f1", "--partial", "--split", f"{i}/2",
                                     "many1", "many2"]).out) for i in (2, 1)]
    run(t, "many files are split each, and ties are those of one run",
        ["nlargest", "9", "--merge"] + files, whole)


# ---- merge ----

def merge_rows(t, rng):
    for k, (form, numbers, pairs) in enumerate(cases(t, rng, 1, 3)):
        n = rng.randrange(1, 7)
        for reverse in (False, True):
            for in_order in (True, False):
                parts = [pairs[i::n] for i in range(n)]
                if in_order:
                    parts = [sorted(p, key=by(numbers), reverse=reverse) for p in parts]
                files = [t.write(f"m{i}", form.file([r for _, r in p]))
                         for i, p in enumerate(parts)]
                out = ["--out", form.kind] if form.shared and form.kind != "-z" else []
                head = [form.head()] if form.header and out else []
                want = [r for _, r in heapq.merge(*parts, key=by(numbers), reverse=reverse)]
                argv = ["merge"] + form.options + ["-n"] * numbers + ["-r"] * reverse + out
                name = f"merge {k} {form.name} of {n} {argv} {in_order}"
                run(t, name, argv + files, form.out(head + want))
                if in_order:
                    run(t, name + " --check", argv + ["--check"] + files, form.out(head + want))
                else:
                    checked(t, name, argv, parts, files, form, numbers, reverse)


def checked(t, name, argv, parts, files, form, numbers, reverse):
    key = by(numbers)
    bad = set()
    for i, p in enumerate(parts):
        for j in range(1, len(p)):
            a, b = key(p[j - 1]), key(p[j])
            if (a < b) if reverse else (b < a):
                lines = sum(r.count(b"\n") + 1 for _, r in p[:j]) + form.header + 1
                bad.add(f"pila merge: m{i}:{lines}: not in order\n".encode())
                break
    r = t.run(argv + ["--check"] + files)
    ok = (r.code == 1 and r.err in bad) if bad else r.code == 0
    t.hold(name + " --check", ok, f"{r.command}: {r.code} {r.err} {bad}")


def merge_more(t, rng):
    t.write("a", b"1\n3")
    t.write("b", b"2\n4")
    run(t, "no newline is invented at the end", ["merge", "a", "b"], b"1\n2\n3\n4")
    run(t, "nor lost within", ["merge", "b", "a"], b"1\n2\n3\n4")
    run(t, "stdin", ["merge", "a", "-"], b"1\n2\n3", stdin=b"2\n")
    run(t, "no FILE", ["merge"], b"2\n1\n", stdin=b"2\n1\n")
    run(t, "a missing FILE among others", ["merge", "a", "gone", "b"], b"1\n2\n3\n4", 2,
        "^pila merge: gone: No such file or directory$")
    run(t, "a directory among others", ["merge", ".", "b"], b"2\n4", 2, "Is a directory")
    t.write("out", b"old")
    refused(t, "none can be read", ["merge", "gone", ".", "-o", "out"], "gone: No such file")
    t.hold("the old file stays", t.read("out") == b"old")
    refused(t, "- twice", ["merge", "-", "-"], "- can be one input only")
    refused(t, "nothing is printed before what is not in order at once",
            ["merge", "--check", "a", "-"], "^pila merge: stdin:2: not in order$", 1, b"z\na\n")
    refused(t, "numbers that are none", ["merge", "-n", "a", "-"], "stdin:1: not a number", 1,
            b"x\n")
    run(t, "a later stage: what it is given is the first", ["sorted", "then", "merge", "a"],
        b"1\n2\n3\n4\n", stdin=b"4\n2\n")
    run(t, "or where - stands", ["sorted", "then", "merge", "-f1", "a", "-"], b"1 x\n1 y\n",
        stdin=b"1 y\n") if t.write("a", b"1 x\n") else None
    run(t, "rows alone", ["counter", "then", "merge", "-r", "-f", "count", "--check"],
        b"2\tb\n1\ta\n", stdin=b"a\nb\nb\n")
    refused(t, "rows that are not in order", ["counter", "then", "merge", "-f1", "--check"],
            "an item is not in order", 1, b"a\nb\nb\n")
    refused(t, "rows beside a FILE", ["counter", "then", "merge", "a"], "are no records")
    t.write("h1", b"k\na\n")
    t.write("h2", b"k\nb\n")
    run(t, "one header", ["merge", "-H", "h1", "h2"], b"k\na\nb\n")
    many = [t.write(f"x{i}", b"%d\n" % (i * 7 % 300)) for i in range(300)]
    run(t, "300 files", ["merge", "-n"] + many,
        b"".join(b"%d\n" % k for k in sorted(i * 7 % 300 for i in range(300))))
    long = b"y" * 300000
    t.write("l1", long + b"a\n" + long + b"c\n")
    t.write("l2", long + b"b\n")
    run(t, "long lines", ["merge", "--check", "l2", "l1"],
        long + b"a\n" + long + b"b\n" + long + b"c\n")
    live = subprocess.Popen([t.pila, "merge", "--line-buffered", "-", "b"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=t.folder,
                            env=t.environment)
    live.stdin.write(b"1\n")
    live.stdin.flush()
    got = live.stdout.readline()
    t.hold("what is known comes at once", got == b"1\n", got)
    live.communicate()


# ---- bisect ----

def bisect_rows(t, rng):
    for k, (form, numbers, pairs) in enumerate(cases(t, rng, 1, 3)):
        pairs = sorted(pairs, key=by(numbers))
        records = [r for _, r in pairs]
        data = form.file(records, rng.random() < 0.5)
        t.write("in", data)
        keys = [by(numbers)(p) for p in pairs]
        wanted = random_keys(rng, form, 6, numbers) + [p[0] for p in rng.sample(
            pairs, min(len(pairs), 4))]
        wanted = [w for w in wanted if b"\n" not in w and b"\0" not in w]
        end = form.end
        t.write("keys", b"".join(w + end for w in wanted))
        options = form.options + ["-n"] * numbers
        marks = [number(w) if numbers else w for w in wanted]
        for side, model in (("--left", bisect.bisect_left), ("--right", bisect.bisect_right)):
            places = [model(keys, m) for m in marks]
            name = f"bisect {k} {form.name} {side} {numbers}"
            said = b"".join(b"%d" % p + end for p in places)
            argv = ["bisect", side] + options
            run(t, name, argv + ["--keys", "keys", "in"], said)
            run(t, name + ", a stream", argv + ["--keys", "keys", "-"], said, stdin=data)
            texts = [w.decode("utf-8", "surrogateescape") for w in wanted]
            each = [x for w in texts for x in ("--key", w)]
            if texts:
                run(t, name + ", keys as options", argv + each + ["in"], said)
                run(t, name + ", as operands", argv + ["--"] + texts + ["in"], said)
            if form.kind != "csv":
                starts = [0]
                at = len(form.head()) + 1 if form.header and data else 0
                starts = [at]
                for r in records:
                    at = min(at + len(r) + 1, len(data))
                    starts.append(at)
                run(t, name + ", offsets", argv + ["--offset", "--keys", "keys", "in"],
                    b"".join(b"%d" % starts[p] + end for p in places))
        ranges(t, f"bisect {k} {form.name} {numbers}", form, options, pairs, keys, marks, data)
        if not numbers and form.kind != "csv":
            prefixes(t, rng, k, form, keys, records, data)


def ranges(t, name, form, options, pairs, keys, marks, data):
    out = ["--out", form.kind] if form.shared and form.kind != "-z" else []
    kept = [p[1] for p, key in zip(pairs, keys) if key in marks]
    head = [form.head()] if form.header and out and data else []
    want = form.out(head + kept)
    if kept and form.kind != "csv" and kept[-1] is pairs[-1][1] and not data.endswith(form.end):
        want = want[:-1]
    code = 0 if kept else 1
    argv = ["bisect", "--range"] + options + out + ["--keys", "keys"]
    run(t, name + " --range", argv + ["in"], want, code)
    run(t, name + " --range, a stream", argv + ["-"], want, code, stdin=data)


def prefixes(t, rng, k, form, keys, records, data):
    marks = {key[:rng.randrange(len(key) + 1)] for key in rng.sample(keys, min(len(keys), 5))}
    marks = [m for m in marks if m and b"\0" not in m and b"\n" not in m]
    end = form.end
    t.write("keys", b"".join(m + end for m in marks))
    argv = ["bisect", "--prefix", "--keys", "keys"] + form.options
    for side, model in (("--left", bisect.bisect_left), ("--right", bisect.bisect_right)):
        places = [model([key[:len(m)] for key in keys], m) for m in marks]
        want = b"".join(b"%d" % p + end for p in places)
        run(t, f"bisect {k} {form.name} --prefix {side}", argv + [side, "in"], want)
        run(t, f"bisect {k} {form.name} --prefix {side}, a stream", argv + [side, "-"], want,
            stdin=data)
    kept = [r for r, key in zip(records, keys) if any(key.startswith(m) for m in marks)]
    for source, stdin in (("in", b""), ("-", data)):
        r = t.run(argv + ["--range", source], stdin)
        got = r.out.split(end) if r.out else []
        got = got[:-1] if got and got[-1] == b"" else got
        t.hold(f"bisect {k} {form.name} --prefix --range {source}",
               got == kept and r.code == (0 if kept else 1), f"{r.command} {r.code}")


def bisect_more(t):
    data = b"".join(b"%06d\n" % (2 * k) for k in range(200000))
    t.write("in", data)
    run(t, "a large file", ["bisect", "000001", "399999", "200000", "in"], b"1\n200000\n100001\n")
    run(t, "its offsets", ["bisect", "--offset", "000001", "399999", "in"], b"7\n1400000\n")
    before = strace(t, "only O(log n) reads of a file")
    if before:
        log = t.path("log")
        command = [t.tool("strace"), "-f", "-qq", "-e", "trace=pread64,read", "-o", log]
        run(t, "a search under strace", ["bisect", "--offset", "000001", "300000", "in"],
            b"7\n1050007\n", before=command, env=traced(t))
        with open(log) as f:
            reads = [line for line in f if "pread64" in line]
        t.hold("only O(log n) reads of a file", len(reads) <= 60, len(reads))
    stops = subprocess.Popen([t.pila, "bisect", "b", "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, env=t.environment)
    stops.stdin.write(b"a\nb\nc\n")
    stops.stdin.flush()
    got = stops.stdout.read()
    t.hold("a stream is read up to the key", got == b"2\n", got)
    stops.communicate()
    t.write("bad", b"1\n2\nx\n4\n5\n")
    refused(t, "a record that is no number", ["bisect", "-n", "3", "bad"],
            "^pila bisect: bad:3: not a number$", 1)
    run(t, "is passed over", ["bisect", "-n", "--errors=skip", "4", "bad"], b"3\n")
    refused(t, "a record without the field", ["bisect", "-f2", "3", "bad"],
            "^pila bisect: bad:3: no such field$", 1)
    refused(t, "a key that is no number", ["bisect", "-n", "x", "bad"], "'x' is not a number")
    t.write("keys", b"1\nx\n")
    refused(t, "one in a file", ["bisect", "-n", "--keys=keys", "bad"],
            "^pila bisect: keys:2: not a number$", 1)
    refused(t, "no key", ["bisect"], "KEY is missing")
    refused(t, "two FILEs", ["bisect", "--key=a", "in", "bad"], "one FILE can be searched")
    refused(t, "a missing FILE", ["bisect", "a", "gone"], "gone: No such file")
    refused(t, "missing keys", ["bisect", "--keys=gone", "in"], "gone: No such file")
    refused(t, "a directory", ["bisect", "a", "."], "Is a directory")
    refused(t, "offsets of a stream", ["bisect", "--offset", "a"], "--offset needs a FILE")
    refused(t, "offsets of a pipe", ["bisect", "--offset", "a", "/dev/null"],
            "--offset needs a regular file")
    refused(t, "offsets of CSV", ["bisect", "--offset", "--in=csv", "a", "in"], "not CSV")
    refused(t, "--prefix of numbers", ["bisect", "--prefix", "-n", "1", "in"], "--prefix")
    refused(t, "--offset of a range", ["bisect", "--range", "--offset", "1", "in"], "--offset")
    refused(t, "a FILE in a later stage", ["counter", "then", "bisect", "--key=a", "in"],
            "no FILE can be read here")
    refused(t, "rows without a field", ["counter", "then", "bisect", "a"], "rows need --field")
    run(t, "places of items", ["sorted", "then", "bisect", "b"], b"2\n", stdin=b"c\nb\na\n")
    run(t, "numbers of items are numbers", ["counter", "then", "sorted", "-f", "count", "then",
        "bisect", "-f", "count", "2", "10"], b"1\n2\n", stdin=b"a\n" + b"b\n" * 10 + b"")
    run(t, "places go on as numbers", ["bisect", "000001", "in", "then", "sorted", "--out=jsonl"],
        b"1\n")
    run(t, "an empty file", ["bisect", "a", "/dev/null"], b"0\n")
    t.write("empty", b"")
    run(t, "an empty regular file", ["bisect", "--left", "a", "empty"], b"0\n")
    run(t, "no keys", ["bisect", "--keys=empty", "in"], b"")
    run(t, "a range of none", ["bisect", "--range", "--keys=empty", "in"], b"", 1)
    long = b"a" * 100000 + b"\n" + b"b" * 100000 + b"\n" + b"c" * 100000
    t.write("long", long)
    run(t, "records longer than a block", ["bisect", "--offset", "b", "b" * 99999 + "z", "long"],
        b"100001\n200002\n")
    refused(t, "a record beyond --max-record", ["bisect", "--max-record=9", "b", "long"],
            "longer than 9 bytes", 1)


# ---- pipelines ----

def pipelines(t, rng):
    words = [rng.choice([b"a", b"b", b"cc", b"d d", b"\xff", b"x,y"]) for _ in range(300)]
    data = b"\n".join(words) + b"\n"
    count = {}
    for w in words:
        count[w] = count.get(w, 0) + 1
    rows = sorted(((n, w) for w, n in count.items()), key=lambda r: -r[0])
    out = lambda rows: b"".join(b"%d\t%s\n" % row for row in rows)
    for memory in ([], ["--mem=1"]):
        run(t, f"rows are tuples {memory}", ["counter", "then", "sorted"] + memory,
            out(sorted(rows)), stdin=data)
        run(t, f"descending {memory}", ["counter", "then", "sorted", "-r"] + memory,
            out(sorted(rows, reverse=True)), stdin=data)
        run(t, f"by a member {memory}", ["counter", "then", "sorted", "-f", "key"] + memory,
            out(sorted(rows, key=lambda r: r[1])), stdin=data)
        run(t, f"by a number {memory}", ["counter", "then", "sorted", "-f1"] + memory,
            out(sorted(rows, key=lambda r: r[0])), stdin=data)
        run(t, f"as JSON {memory}", ["counter", "then", "sorted", "-fcount", "--out=jsonl"]
            + memory, None, stdin=data)
        run(t, f"batches {memory}", ["batched", "3", "then", "sorted"] + memory,
            b"".join(b"\t".join(r) + b"\n" for r in sorted(
                words[k:k + 3] for k in range(0, len(words), 3))), stdin=data)
        run(t, f"numbers {memory}", ["count", "5", "then", "islice", "9", "then", "sorted", "-r"]
            + memory, b"".join(b"%d\n" % n for n in range(13, 4, -1)))
        run(t, f"exact sums {memory}", ["accumulate", "then", "sorted", "-r"] + memory,
            b"9223372036854775807\n3\n1\n", stdin=b"1\n2\n9223372036854775804\n")
    run(t, "nlargest of rows", ["counter", "then", "nlargest", "2", "-f", "count"],
        out(heapq.nlargest(2, rows, key=lambda r: r[0])), stdin=data)
    run(t, "nsmallest of tuples", ["counter", "then", "nsmallest", "4"],
        out(heapq.nsmallest(4, rows)), stdin=data)
    run(t, "nlargest of 2000 rows", ["enumerate", "then", "nlargest", "1100"],
        b"".join(b"%d\tx\n" % k for k in range(2999, 1899, -1)), stdin=b"x\n" * 3000)
    run(t, "sorted, unique, nlargest", ["sorted", "then", "unique", "--justseen", "then",
        "nlargest", "2"], b"x,y\nd d\n", stdin=data.replace(b"\xff", b"a"))
    run(t, "what stops early reads no more", ["sorted", "then", "islice", "2"], b"a\na\n",
        stdin=b"b\na\na\n")


# ---- trouble ----

def options(t):
    for argv, err in (
            (["nlargest"], "N is missing"), (["nlargest", "x"], "x"), (["nlargest", "-1"], ""),
            (["nlargest", "--", "-1"], "-1"),
            (["nlargest", "1", "--merge", "-f1"], "--merge reads partials"),
            (["nlargest", "1", "--merge", "--errors=skip"], "--merge stops"),
            (["nlargest", "1", "--partial", "--out=jsonl"], "--partial is written"),
            (["nlargest", "1", "--partial", "--locale"], "--locale"),
            (["nlargest", "1", "--split=3/2"], "--split"),
            (["nlargest", "1", "--split=1/2", "--in=csv", "-f1"], "--split cannot cut CSV"),
            (["nlargest", "1", "--partial", "then", "islice", "1"], "--partial is for the last"),
            (["sorted", "then", "nlargest", "1", "--partial"], "for the first stage"),
            (["sorted", "then", "nlargest", "1", "--merge"], "for the first stage"),
            (["sorted", "--mem", "0"], "--mem"), (["sorted", "--mem", "x"], "--mem"),
            (["sorted", "--revers"], "did you mean --reverse"),
            (["sorted", "-f", "name"], "names need --header"),
            (["counter", "then", "merge", "--check"], "rows need --field")):
        refused(t, " ".join(argv), argv, err)
    for command in ("unique", "nlargest", "nsmallest", "sorted", "merge", "bisect"):
        r = t.run([command, "--help"])
        t.judge(f"{command} --help", r)
        t.hold(f"{command} --help states its memory", b"O(" in r.out and b"Python" in r.out)
    for command in (["sorted"], ["sorted", "-n"], ["nlargest", "9"], ["nsmallest", "9", "-n"],
                    ["unique", "-n"], ["merge", "-n"]):
        for text in NOT_NUMBERS:
            if "-n" in command and b"\n" not in text:
                refused(t, f"{command}: {text} is no number", command + ["a"],
                        r"^pila \w+: a:2: not a number$", 1) if t.write(
                            "a", b"1\n" + text + b"\n") else None
    t.write("a", b"b\na\n")
    for command in (["sorted"], ["nlargest", "9"], ["unique"]):
        run(t, f"{command}: a missing FILE among others", command + ["a", "gone"],
            None, 2, "gone: No such file")
        refused(t, f"{command}: only missing ones", command + ["gone"], "gone: No such file")
        t.write("out", b"old")
        refused(t, f"{command} -o, only missing ones", command + ["gone", "-o", "out"], "gone")
        t.hold("the old file stays", t.read("out") == b"old")


def temporary_files(t):
    data = b"".join(b"line %d\n" % (k * 7919 % 100003) for k in range(100003))
    t.write("in", data)
    want = b"".join(sorted(data.splitlines(True)))
    folder = t.path("tmp")
    os.mkdir(folder)
    env = {"TMPDIR": folder}
    run(t, "runs in TMPDIR", ["sorted", "--mem=300K", "in"], want, env=env)
    t.hold("leave nothing there", os.listdir(folder) == [])
    refused(t, "a TMPDIR that is not there", ["sorted", "--mem=1K", "in"],
            "temporary file: No such file", env={"TMPDIR": t.path("gone")})
    run(t, "is not looked for without need", ["sorted", "in"], want,
        env={"TMPDIR": t.path("gone")})
    t.write("out", b"old")
    refused(t, "a disk that is full", ["sorted", "--mem=300K", "in", "-o", "out"],
            "temporary file: File too large",
            preexec_fn=limited(resource.RLIMIT_FSIZE, 30000, signal.SIGXFSZ), env=env)
    t.hold("the old file stays", t.read("out") == b"old")
    before = strace(t, "ENOSPC in a temporary file", "write:error=ENOSPC:when=2")
    if before:
        refused(t, "ENOSPC in a temporary file", ["sorted", "--mem=300K", "in"],
                "temporary file: No space left", before=before, env=dict(env, **traced(t)))
    before = strace(t, "a temporary file that can't be read", "lseek:error=EIO:when=1")
    if before:
        refused(t, "a temporary file that can't be read", ["sorted", "--mem=300K", "in"],
                "temporary file: Input/output error", before=before,
                env=dict(env, **traced(t)))
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        ran = subprocess.Popen([t.pila, "sorted", "--mem=100K"], cwd=t.folder,
                               env=dict(t.environment, **env), stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ran.stdin.write(data)
        ran.stdin.flush()
        time.sleep(0.1)
        ran.send_signal(sig)
        ran.wait(20)
        ran.stdin.close()
        t.hold(f"{sig.name} leaves none", os.listdir(folder) == [], os.listdir(folder))
    limit = (resource.RLIMIT_NOFILE, 100)
    run(t, "thousands of runs with 100 descriptors", ["sorted", "--mem=1K", "in"], want,
        preexec_fn=lambda: resource.setrlimit(limit[0], (limit[1], limit[1])), env=env)
    if t.sanitized:
        t.skip("memory of sorted", "a sanitizer reserves terabytes")
        return
    big = b"".join(b"%09d a line of some length\n" % (k * 7919 % 1000003) for k in range(1000003))
    t.write("big", big)
    run(t, "30 MB in 20", ["sorted", "--mem=4M", "big"], b"".join(sorted(big.splitlines(True))),
        preexec_fn=limited(resource.RLIMIT_AS, 20 << 20))
    refused(t, "not without --mem", ["sorted", "big"], "^pila sorted: out of memory$",
            preexec_fn=limited(resource.RLIMIT_AS, 20 << 20))
    run(t, "nlargest needs N", ["nlargest", "1", "big"], max(big.splitlines(True)),
        preexec_fn=limited(resource.RLIMIT_AS, 12 << 20))
    run(t, "unique --justseen needs one", ["unique", "--justseen", "big"], big,
        preexec_fn=limited(resource.RLIMIT_AS, 12 << 20))


def streams(t):
    t.write("in", b"b\na\n")
    for argv in (["sorted"], ["unique"], ["nlargest", "3"], ["merge"], ["bisect", "x"]):
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                r = t.run(argv, b"b\na\n", stdout=full)
            t.judge(f"{argv} to a full disk", r, None, 2, "stdout: No space left on device")
        r = t.run(argv, before=["sh", "-c", 'exec "$@" <&-', "sh"])
        t.judge(f"{argv} from a closed stdin", r, b"", 2, "stdin: Bad file descriptor")
        reading, writing = os.pipe()
        os.close(reading)
        r = t.run(argv, b"b\na\n" * 100000, stdout=writing, restore_signals=True)
        os.close(writing)
        t.judge(f"{argv}: the reader goes away", r, None, -signal.SIGPIPE)
    for argv in (["sorted", "in"], ["unique", "in"], ["nlargest", "3", "in"], ["merge", "in"],
                 ["bisect", "x", "in"], ["bisect", "--range", "b", "in"]):
        before = strace(t, f"{argv}: EIO", "read,pread64:error=EIO:when=1", path="in")
        if before:
            refused(t, f"{argv}: EIO", argv, "in: Input/output error", before=before,
                    env=traced(t))
        before = strace(t, f"{argv}: EINTR", "read,pread64:error=EINTR:when=1..3", path="in")
        if before:
            want = t.run(argv)
            r = t.run(argv, before=before, env=traced(t))
            t.hold(f"{argv}: EINTR", (r.code, r.out) == (want.code, want.out), r.err)
    shim, why = t.shim()
    if not shim:
        t.skip("short reads and writes of sorting", why)
        return
    data = b"".join(b"%d line\n" % (k * 37 % 1009) for k in range(1009))
    t.write("in", data)
    sorted_data = b"".join(sorted(data.splitlines(True)))
    t.write("sorted", sorted_data)
    for size in ("1", "7"):
        env = {"LD_PRELOAD": shim, "SHORT_READS": size, "SHORT_WRITES": size}
        run(t, f"sorted, {size} bytes a call", ["sorted", "in"], sorted_data, env=env)
        run(t, f"runs, {size} bytes a call", ["sorted", "--mem=2K", "in"], sorted_data, env=env)
        run(t, f"merge, {size} bytes a call", ["merge", "--check", "sorted"], sorted_data, env=env)


def memory(t):
    shim, why = t.shim()
    if not shim:
        t.skip("the n-th allocation fails, sorting", why)
        return
    many = b"".join(b"%d a long line %d of many\n" % (k * 7 % 120, k % 60) for k in range(120))
    t.write("in", many)
    t.write("sorted", b"".join(sorted(many.splitlines(True))))
    t.write("json", b"".join(b'{"k":"\\n%d"}\n' % k for k in range(100)))
    t.write("part", t.run(["nlargest", "5", "-nf1", "--partial", "in"]).out)
    t.write("keys", b"1 a\n50\n77\n")
    runs = [["sorted", "in"], ["sorted", "-n", "-f1", "in"], ["sorted", "--mem=1K", "in"],
            ["sorted", "--mem=200", "-nf1", "in"], ["sorted", "--locale", "in"],
            ["sorted", "--in=jsonl", "-f/k", "json"], ["counter", "in", "then", "sorted"],
            ["counter", "in", "then", "sorted", "--mem=300"],
            ["unique", "in"], ["unique", "-nf1", "in"], ["unique", "--justseen", "in"],
            ["nlargest", "5", "in"], ["nlargest", "5", "-nf1", "in"],
            ["nsmallest", "5", "-nf1", "--partial", "in"],
            ["nlargest", "5", "-n", "--merge", "part", "part"],
            ["merge", "sorted", "sorted"], ["merge", "--check", "-f2", "in", "in"],
            ["merge", "-n", "-f1", "sorted", "in"],
            ["bisect", "5", "sorted"], ["bisect", "-nf1", "--keys=keys", "sorted"],
            ["bisect", "--range", "5", "--prefix", "sorted"], ["bisect", "--key=7", "-"]]
    for argv in runs:
        for forever in ("", "1"):
            sweep(t, shim, argv, forever)


def sweep(t, shim, argv, forever):
    want = t.run(argv)
    for n in range(1, 3000):
        r = t.run(argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n), "FAIL_FOREVER": forever})
        if (r.code, r.out) == (want.code, want.out):
            break
        ok = r.code == 2 and not r.out and r.err.endswith(b": out of memory\n")
        if not t.hold(f"{argv}: allocation {n} fails {'for ever' if forever else 'once'}", ok,
                      f"{r.command}\n{(r.code, r.out[:100], r.err)}"):
            break
    t.hold(f"{argv}: {n - 1} allocations, and then the result",
           (r.code, r.out) == (want.code, want.out) and n > 3, f"{n}: {(r.code, r.err)}")


def rows(t):
    rng = random.Random(33)
    sorted_rows(t, rng)
    locales(t)
    unique_rows(t, rng)
    first_rows(t, rng)
    first_more(t, rng)
    merge_rows(t, rng)
    merge_more(t, rng)
    bisect_rows(t, rng)
    bisect_more(t)
    pipelines(t, rng)
    options(t)
    temporary_files(t)
    streams(t)
    memory(t)
