"""The merge law: for any split between records, merging the partials in their order is
byte-identical to one run; and a partial that was cut short is refused."""
import random

import model
from model import Counter

# name, options that say what a record is, options that --merge shares, separator to cut
# behind, alphabet or maker of a file
KINDS = [
    ("lines", [], [], b"\n", b"ab\n\n\t\\\r\0\xff "),
    ("few lines", [], [], b"\n", b"x\n"),
    ("words", ["--words"], [], b" \t\n\r\x0b\x0c", b"abc  \n\t\x0c\0\\\xc3\xa9"),
    ("folded words", ["-w", "-i"], [], b" \t\n\r\x0b\x0c", b"aAbB  \n"),
    ("characters", ["--chars"], ["--chars"], b"\n", "aé日𝄞\n\n\t\\\0".encode() + b"\xff"),
    ("NUL records", ["-z"], ["-z"], b"\0", b"ab\0\0\n\t\\"),
    ("words with -z", ["--words", "-z"], ["-z"], b" \t\n\r\x0b\x0c", b"ab\0\0 \n"),
    ("columns", ["-f2"], [], b"\n", None),
    ("columns by -d", ["-f", "2", "-d,"], [], b"\n", None),
    ("TSV", ["--in=tsv", "-f2"], ["--out", "tsv"], b"\n", None),
    ("TSV with a header", ["--in=tsv", "-H", "-f", "the key"], [], None, None),
    ("TSV, a column behind a header", ["--in=tsv", "-H", "-f2"], [], None, None),
    ("JSON Lines", ["--in=jsonl", "-f/k"], ["--out", "jsonl"], b"\n", None),
    ("JSON Lines to lines", ["--in=jsonl", "-f/k"], [], b"\n", None),
]

TRUNCATED = [
    # name, partial, options
    ("the count is missing", b"a\t1\nb\t\n", []),
    ("the tab is missing", b"a\t1\nb\n", []),
    ("a line is empty", b"a\t1\n\n", []),
    ("the newline is missing", b"a\t1\nb\t2", []),
    ("a part of the key", b"a\t1\nb", []),
    ("a count that is no number", b"a\tx\n", []),
    ("a count with a space before it", b"a\t 1\n", []),
    ("a count with a return before it", b"a\t\r1\n", []),
    ("a count with a plus", b"a\t+1\n", []),
    ("a count with a fraction", b"a\t1.0\n", []),
    ("only a minus", b"a\t-\n", []),
    ("a count with NUL behind it", b"a\t1\0\n", []),
    ("a count with CR behind it", b"a\t1\r\n", []),
    ("a count of 2^63", b"a\t9223372036854775808\n", []),
    ("a count of 25 digits", b"a\t1000000000000000000000000\n", []),
    ("an escape that is none", b"a\\x\t1\n", []),
    ("a backslash at the end", b"a\\\t1\n", []),
    ("no NUL at the end", b"a\t1\0b\t2", ["-z"]),
    ("JSON: nothing at all", b"", ["--in=jsonl"]),
    ("JSON: no count record", b'["a",1]\n', ["--in=jsonl"]),
    ("JSON: no count record in the second", b'["a",1]\n{"keys":1}\n["a",1]\n', ["--in=jsonl"]),
    ("JSON: too few", b'["a",1]\n{"keys":2}\n', ["--in=jsonl"]),
    ("JSON: too many", b'["a",1]\n["b",1]\n{"keys":1}\n', ["--in=jsonl"]),
    ("JSON: cut in a line", b'["a",1]\n["b', ["--in=jsonl"]),
    ("JSON: cut in the count record", b'["a",1]\n{"keys":1', ["--in=jsonl"]),
    ("JSON: a count that is no integer", b'["a",1.5]\n{"keys":1}\n', ["--in=jsonl"]),
    ("JSON: no count", b'["a"]\n{"keys":1}\n', ["--in=jsonl"]),
    ("JSON: an object", b'{"a":1}\n{"keys":1}\n', ["--in=jsonl"]),
    ("JSON: text", b'a\t1\n{"keys":1}\n', ["--in=jsonl"]),
]


def make_fields(rng, kind, n):
    pool = [b"", b"a", b"b", b"ab", b"A", b"x" * 30, b"\\\\", b"\\t", b"\\n\\0"]
    lines = []
    if "header" in kind:
        lines.append(b"n\tthe key")
    for k in range(n):
        key = rng.choice(pool)
        if kind == "columns":
            lines.append(b"%d %s z" % (k, key or b"c"))
        elif kind == "columns by -d":
            lines.append(b"%d,%s,z" % (k, key))
        elif kind.startswith("TSV"):
            lines.append(b"%d\t%s" % (k, key))
        else:
            text = rng.choice(["a", "b", "", "\\t", "\\n", "\\\\", "é", "\\u0000", "\\udcff",
                               "\\ud834\\udd1e", "a\\tb\\nc\\\\d"])
            lines.append(b'{"n":%d,"k":"%s"}' % (k, text.encode()))
    data = b"\n".join(lines)
    return data + b"\n" if lines and rng.random() < 0.8 else data


def make_file(rng, kind, alphabet):
    n = rng.choice([0, 1, 2, 7, 60, 500])
    if alphabet is None:
        return make_fields(rng, kind, n)
    symbols = [bytes([b]) for b in alphabet]
    if kind == "characters":
        symbols = [c.encode("utf-8", "surrogateescape")
                   for c in alphabet.decode("utf-8", "surrogateescape")]
    return b"".join(rng.choice(symbols) for _ in range(n))


def cut(rng, data, separators, parts):
    """Pieces of data, each ended behind a separator but the last."""
    places = [k + 1 for k, b in enumerate(data) if b in separators]
    at = sorted(rng.choice(places) for _ in range(parts - 1)) if places else []
    return [data[a:b] for a, b in zip([0] + at, at + [len(data)])]


def partials_of(t, name, options, pieces):
    """Files with the partials of pieces given on stdin."""
    files = []
    for k, piece in enumerate(pieces):
        r = t.counter(options, piece)
        if not t.judge(f"{name}: part {k + 1} of {len(pieces)}", r):
            return None
        files.append(t.write(f"p{k}", r.out))
    return files


def split_parts(t, name, options, n):
    files = []
    for k in range(n):
        r = t.counter(options + ["--split", f"{k + 1}/{n}", "in"])
        if not t.judge(f"{name}: --split {k + 1}/{n}", r):
            return None
        files.append(t.write(f"p{k}", r.out))
    return files


def the_law(t, rng):
    for kind, options, shared, separators, alphabet in KINDS:
        for k in range(1 if t.sanitized else 3):
            data = make_file(rng, kind, alphabet)
            while k == 0 and len(data) < 100:
                data = make_file(rng, kind, alphabet)
            t.write("in", data)
            out = [] if "--out" not in shared else shared
            form = ["-z"] if "-z" in shared else []
            whole = t.counter(options + out + ["in"]).out
            top = t.counter(options + out + ["-c", "4", "in"]).out
            by_key = t.counter(options + form + ["--partial", "--sorted", "in"]).out
            for n in range(1, 8):
                name = f"{kind} {k}"
                text = split_parts(t, name, options + form + ["--partial"], n)
                if not text:
                    continue
                t.row(f"{name}: {n} parts", ["--merge"] + shared + text, whole)
                t.row(f"{name}: {n} parts, the most common",
                      ["--merge", "-c4"] + shared + text, top)
                t.row(f"{name}: {n} parts on stdin", ["--merge"] + shared, whole,
                      stdin=b"".join(t.read(p) for p in text))
                merge = ["--merge", "--partial"] + form
                t.row(f"{name}: {n} parts into one partial", merge + text,
                      t.counter(options + form + ["--partial", "in"]).out)
                ordered = split_parts(t, name, options + form + ["--partial", "--sorted"], n)
                t.row(f"{name}: {n} sorted parts into one", merge + ["--sorted"] + ordered,
                      by_key)
                if "-z" not in shared:
                    json = split_parts(t, name, options + ["--partial", "--out=jsonl"], n)
                    t.row(f"{name}: {n} parts in JSON",
                          ["--merge", "--in=jsonl"] + shared + json, whole)
            if separators:
                pieces = cut(rng, data, separators, rng.randrange(1, 8))
                text = partials_of(t, f"{kind} {k}, cut by hand", options + form + ["--partial"],
                                   pieces)
                if text:
                    t.row(f"{kind} {k}: cut by hand", ["--merge"] + shared + text, whole)


def against_the_model(t, rng):
    """The law compares the program with itself; this with Python."""
    for kind, options, _, _, alphabet in KINDS[:5]:
        unit = {"--words": "words", "-w": "words", "--chars": "chars"}.get(
            options[0] if options else "", "lines")
        data = make_file(rng, kind, alphabet)
        c = Counter(model.keys(data, unit, fold="-i" in options))
        for form in ("lines", "nul", "jsonl"):
            for by_key in (False, True):
                t.row(f"--partial of {kind}, {form}, sorted {by_key}",
                      options + ["--partial", "--out", form] + ["--sorted"] * by_key,
                      model.partial(c, form, by_key), stdin=data)
    c = Counter({bytes([b]) * n: n for b in range(256) for n in (1, 15, 16)})
    for form in ("lines", "nul", "jsonl"):
        text = model.partial(c, form)
        t.row(f"every byte through {form}", ["--merge", "--partial", "--in", form, "--out", form],
              text, stdin=text)
        ordered = model.partial(c, form, by_key=True)
        t.row(f"every byte, sorted, through {form}",
              ["--merge", "--sorted", "--partial", "--in", form, "--out", form], ordered,
              stdin=ordered)


def sorted_merge(t, rng):
    for k in range(3 if t.sanitized else 25):
        counts = [Counter({rng.choice([b"a", b"b", b"\t", b"\n", b"\\", b"\0", b"\xff", b""])
                           * rng.randrange(1, 20): rng.randrange(-3, 9)
                           for _ in range(rng.randrange(30))}) for _ in range(rng.randrange(1, 6))]
        total = Counter()
        for c in counts:
            total.update(c)
        order = Counter(dict(sorted(total.items())))
        for form in ("lines", "jsonl"):
            files = [t.write(f"s{n}", model.partial(c, form, by_key=True))
                     for n, c in enumerate(counts)]
            argv = ["--merge", "--sorted", "--in", form] + files
            for out in ("lines", "jsonl", "csv", "tsv", "nul"):
                want = b"".join(model.line(key, n, out, "lines", False) +
                                (b"\0" if out == "nul" else b"\n") for key, n in order.items())
                t.row(f"sorted {form} {k} to {out}, by key", argv + ["--out", out], want)
            t.row(f"sorted {form} {k}: --partial", argv + ["--partial", "--out", form],
                  model.partial(total, form, by_key=True))
            some = Counter({key: n for key, n in order.items() if n >= 4})
            t.row(f"sorted {form} {k}: --min-count", argv + ["--min-count=4"],
                  b"".join(b"%d\t%s\n" % (n, key) for key, n in some.items()))
            t.row(f"sorted {form} {k}: the same as unsorted, by key",
                  ["--merge", "--in", form, "--partial", "--sorted"] + files,
                  model.partial(total, "lines", by_key=True))
    t.write("ok", b"a\t1\nb\t1\n")
    t.write("bad", b"a\t1\nc\t1\nb\t1\n")
    t.refused("unsorted input is found", ["--merge", "--sorted", "ok", "bad"],
              "bad:3: the keys are not in order", code=1)
    t.refused("unsorted stdin is found", ["--merge", "--sorted"],
              "stdin:3: the keys are not in order", code=1, stdin=b"a\t1\nc\t1\nb\t1\n")
    t.row("equal keys in one input are summed", ["--merge", "--sorted"], b"5\ta\n",
          stdin=b"a\t2\na\t3\n")
    t.refused("cut short", ["--merge", "--sorted", "ok", "-"], "stdin:1: no partial count",
              code=1, stdin=b"a\t1")
    t.row("nothing", ["--merge", "--sorted"], b"", stdin=b"")
    t.row("a missing file among sorted ones", ["--merge", "--sorted", "ok", "gone", "ok"],
          b"2\ta\n2\tb\n", 2, "gone: No such file")
    t.row("a directory among sorted ones", ["--merge", "--sorted", ".", "ok"],
          b"1\ta\n1\tb\n", 2, "Is a directory")
    t.refused("a sum of 2^63, sorted", ["--merge", "--sorted"], "exceeds 64 bits", code=1,
              stdin=b"a\t9223372036854775807\na\t1\n")


def memory(t):
    """Where there is no room for the keys, --merge --sorted needs none."""
    if t.sanitized:
        t.skip("the memory of --merge --sorted", "a sanitizer reserves terabytes")
        return
    data = b"".join(b"a rather long key %08d\t1\n" % k for k in range(400000))
    t.write("in", data)
    limit = ["sh", "-c", 'ulimit -v 20000; exec "$@"', "sh"]
    t.row("20 MB are too few to merge 400,000 keys", ["--merge", "in"], b"", 2,
          "out of memory", before=limit)
    t.row("and enough when they are sorted", ["--merge", "--sorted", "--partial", "in"], data,
          before=limit)


def refusals(t):
    for name, data, options in TRUNCATED:
        t.write("p", data)
        t.refused("cut short: " + name, ["--merge"] + options + ["p"], r"^pila counter: p:\d+: ",
                  code=1)
        t.refused("cut short, sorted: " + name, ["--merge", "--sorted"] + options + ["p"],
                  r"^pila counter: p:\d+: ", code=1)
        t.write("out", b"old")
        t.refused("cut short, -o: " + name, ["--merge", "-o", "out"] + options + ["p"],
                  r"p:\d+: ", code=1)
        t.hold("the old file stays: " + name, t.read("out") == b"old")
    t.refused("a sum of 2^63", ["--merge"], "a count exceeds 64 bits", code=1,
              stdin=b"a\t9223372036854775807\na\t1\n")
    t.row("the lowest count", ["--merge"], b"-9223372036854775808\ta\n",
          stdin=b"a\t-9223372036854775808\n")
    t.refused("the lowest count less one", ["--merge"], "a count exceeds 64 bits", code=1,
              stdin=b"a\t-9223372036854775808\na\t-1\n")
    t.refused("a total of 2^63", ["--merge", "--total"], "too large", code=2,
              stdin=b"a\t9223372036854775807\nb\t1\n")
    t.row("partials one after another are one", ["--merge", "--in=jsonl"], b"3\ta\n",
          stdin=b'["a",1]\n{"keys":1}\n["a",2]\n{"keys":1}\n')
    t.row("an empty text partial is that of an empty part", ["--merge"], b"", stdin=b"")
    t.row("an empty JSON partial has its record", ["--merge", "--in=jsonl"], b"",
          stdin=b'{"keys":0}\n')
    t.row("a key of tabs", ["--merge"], b"1\ta\tb\n", stdin=b"a\\tb\t1\n")
    t.row("an unescaped tab is a part of the key", ["--merge"], b"1\ta\tb\n", stdin=b"a\tb\t1\n")
    t.row("negative counts, zero counts", ["--merge"], b"0\tb\n-2\ta\n",
          stdin=b"a\t-2\nb\t3\nb\t-3\n")


def splitting(t):
    data = b"".join(b"%d\n" % k for k in range(100))
    t.write("in", data)
    for n in (1, 2, 3, 10, 99, 100, 101, 190, 191, 1000, 1000000000):
        want = Counter()
        for k in range(1, min(n, 200) + 1):
            r = t.counter(["--split", f"{k}/{n}", "in"])
            want.update(r.out.split(b"\n")[:-1])
        if n <= 200:
            t.hold(f"{n} parts hold each record once",
                   want == Counter(b"1\t%d" % k for k in range(100)), r.command)
    for k in (1, 10**9):
        t.row(f"part {k} of far too many is empty", ["--split", f"{k}/1000000000", "in"], b"")
    t.write("one", b"x" * 1000)
    for k in range(1, 4):
        t.row(f"a file of one record, part {k} of 3", ["--split", f"{k}/3", "one", "--total"],
              b"1\n" if k == 1 else b"0\n")
    t.write("a", b"1\n2\n3\n4\n")
    t.row("many FILEs are split each", ["--split=1/2", "a", "a"], b"2\t1\n2\t2\n")
    t.row("so are the others", ["--split=2/2", "a", "--subtract", "a"], b"")
    with open(t.path("a"), "rb") as f:
        t.row("a file as stdin can be split", ["--split=2/2"], b"1\t3\n1\t4\n", stdin=f)
    t.refused("a pipe can't be", ["--split=1/2"], "stdin: --split needs a regular file")
    for text in ("0/2", "3/2", "1", "1/", "/2", "1/0", "-1/2", "x/2", "1/2x", "", "1/2/3",
                 "1/1000000001", "1/9999999999999999999999"):
        t.refused(f"--split={text}", ["--split=" + text, "a"], "is not I/N")
    t.refused("CSV can't be split", ["--in=csv", "-f1", "--split=1/2", "a"],
              "a quote may hold a newline")


def rows(t):
    rng = random.Random(22)
    the_law(t, rng)
    against_the_model(t, rng)
    sorted_merge(t, rng)
    memory(t)
    refusals(t)
    splitting(t)
