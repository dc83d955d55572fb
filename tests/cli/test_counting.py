"""Counting, ranking, arithmetic: what collections.Counter gives, byte for byte."""
import glob
import itertools
import os
import random

import model
from model import Counter

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LICENCES = "/usr/share/common-licenses/*"

HAND_MADE = [
    ("an empty file", b""),
    ("only white space", b" \t\n\r\x0b\x0c \n\n"),
    ("one word", b"spam"),
    ("one newline", b"\n"),
    ("ties", b"b a c\na c b\nz\n"),
    ("all 256 byte values", bytes(range(256)) * 3),
    ("all 256 byte values, one a line", b"\n".join(bytes([b]) for b in range(256)) + b"\n"),
    ("NULs", b"a\0b\0\0a\0b a\0b\n\0\n\0\n"),
    ("CRLF", b"one two\r\none two\r\n\r\n"),
    ("no final newline", b"one\ntwo\none"),
    ("blank lines", b"\n\nx\n\n"),
    ("vertical tab, form feed", b"a\x0bb\x0ca\x0b\x0cb\n"),
    ("bytes that only str.split splits at", b"a\x1cb\x1da\x85b\xc2\x85a\xa0b\xe2\x80\xa8a"),
    ("UTF-8", "naïve café naïve 日本 日本 𝄞 e\u0301\n".encode()),
    ("invalid UTF-8", b"\xff \xfe\xff \xc3 \xc3\xa9 \xe2\x82 \xf0\x9d\x84 \xff\n"),
    ("UTF-8 that is overlong, a surrogate, too high",
     b"\xc0\xaf\xc0\xaf \xe0\x80\xaf \xed\xa0\x80\xed\xb0\x80 \xf4\x90\x80\x80 \xf8\x88\n"),
    ("UTF-8 cut off at the end", b"ab\xe2\x82"),
    ("UTF-8 cut off by ASCII", b"\xf0\x9d\x84a\xe2\x82b\xc3c\xf0\x9dd\xf0e"),
    ("words of 1 to 40 bytes", b" ".join(b"x" * n for n in range(1, 41)) * 2),
    ("a BOM is a part of the first word", b"\xef\xbb\xbfa a\n"),
]

UNITS = [("lines", []), ("words", ["--words"]), ("chars", ["--chars"])]

# One line a combination of what is shown: options, and what the model calls them.
SHOWN = [
    ([], {}),
    (["-c10"], {"most": 10}),
    (["-c", "1"], {"most": 1}),
    (["--most-common=0"], {"most": 0}),
    (["--least-common", "3"], {"least": 3}),
    (["--least-common", "0"], {"least": 0}),
    (["--min-count", "2"], {"minimum": 2}),
    (["--min-count=2", "-c3"], {"minimum": 2, "most": 3}),
    (["--min-count=2", "--least-common=2"], {"minimum": 2, "least": 2}),
    (["--min-count=-5"], {"minimum": -5}),
    (["--elements"], {"what": "elements"}),
    (["--elements", "--min-count", "2"], {"what": "elements", "minimum": 2}),
    (["--distinct"], {"what": "distinct"}),
    (["--distinct", "--min-count", "2"], {"what": "distinct", "minimum": 2}),
    (["--total"], {"what": "total"}),
    (["--total", "--min-count", "2"], {"what": "total", "minimum": 2}),
    (["--uniq-c"], {"uniq_c": True}),
    (["--uniq-c", "-c2"], {"uniq_c": True, "most": 2}),
] + [option for form in ("lines", "nul", "jsonl", "csv", "tsv") for option in [
    (["--out", form], {"out": form}),
    (["--out=" + form, "--elements"], {"out": form, "what": "elements"}),
    (["--out", form, "--total"], {"out": form, "what": "total"}),
    (["--out", form, "--line-buffered", "-c", "4"], {"out": form, "most": 4}),
]] + [(["--uniq-c", "--out", "nul"], {"uniq_c": True, "out": "nul"})]

OPERATORS = {"--add": lambda a, b: a + b, "--subtract": lambda a, b: a - b,
             "--and": lambda a, b: a & b, "--or": lambda a, b: a | b}


def random_file(rng, kind):
    n = rng.choice([0, 1, 10, 300, 3000])
    alphabet = {"words": b"ab \n", "bytes": bytes(range(256)), "odd": b"a\0\n\r\t\\\"\xc3\xa9 ",
                "few": b"xy\n"}[kind]
    return bytes(rng.choice(alphabet) for _ in range(n))


def python_counts(data):
    """Exactly what the help claims, with no model between."""
    top = Counter(data.split()).most_common(10)
    return b"".join(b"%d\t%s\n" % (n, word) for word, n in top)


def real_texts(t):
    files = [f for f in sorted(glob.glob(LICENCES)) if os.path.isfile(f)]
    if not files:
        t.skip("the licences", "no " + LICENCES)
    corpora = os.environ.get("PILA_CORPORA")  # from where this was started, or from the root
    texts = [text for base in ("", ROOT) if corpora for text in
             sorted(glob.glob(os.path.abspath(os.path.join(base, corpora, "text", "*.txt"))))]
    if not texts:
        t.skip("the corpus", "PILA_CORPORA has no text/*.txt")
    for path in files + sorted(set(texts)):
        with open(path, "rb") as f:
            data = f.read()
        name = os.path.basename(path)
        t.row(name + ": the ten most common words", ["--words", "-c", "10", path],
              python_counts(data))
        for unit, flags in UNITS:
            c = Counter(model.keys(data, unit))
            t.row(f"{name}: all {unit}", flags + [path], model.show(c, unit=unit))
    if len(files) > 1:
        data = [open(path, "rb").read() for path in files]
        c = Counter(itertools.chain.from_iterable(d.split() for d in data))
        t.row("many licences are one count", ["-w"] + files, model.show(c))


def hand_made(t):
    for name, data in HAND_MADE:
        t.write("in", data)
        t.row(name + ": the ten most common words", ["--words", "-c10", "in"],
              python_counts(data))
        for unit, flags in UNITS:
            for zero in (False, True):
                for fold in (False, True):
                    c = Counter(model.keys(data, unit, zero, fold))
                    more = ["-z"] * zero + ["-i"] * fold
                    want = model.show(c, "nul" if zero else "lines", unit)
                    t.row(f"{name}: {unit} {more}", flags + more + ["in"], want)
    data = b"b a b\nc a\n"
    t.row("ties are in order of first occurrence", ["-w"], b"2\tb\n2\ta\n1\tc\n", stdin=data)
    t.row("the lowest too", ["-w", "--least-common", "2"], b"1\tc\n2\tb\n", stdin=data)
    t.row("elements come by first occurrence", ["-w", "--elements"], b"b\nb\na\na\nc\n",
          stdin=data)


def shown(t, rng):
    """Every way to show, over random files."""
    files = [(kind, random_file(rng, kind)) for kind in ("words", "bytes", "odd", "few")
             for _ in range(1 if t.sanitized else 4)]
    for k, (kind, data) in enumerate(files):
        t.write("in", data)
        for unit, flags in UNITS:
            c = Counter(model.keys(data, unit))
            for options, what in SHOWN:
                want = model.show(c, unit=unit, **what)
                t.row(f"random {kind} {k}: {unit} {' '.join(options)}",
                      flags + options + ["in"], want)


def arithmetic(t, rng):
    for k in range(4 if t.sanitized else 12):
        data = [random_file(rng, rng.choice(["words", "odd", "few"])) for _ in range(4)]
        for n, d in enumerate(data):
            t.write(f"f{n}", d)
        for unit, flags in UNITS:
            counts = [Counter(model.keys(d, unit)) for d in data]
            for op, combine in OPERATORS.items():
                c = combine(counts[0], counts[1])
                t.row(f"{op} {k} of {unit}", flags + ["f0", op, "f1"],
                      model.show(c, unit=unit))
            ops = [rng.choice(list(OPERATORS)) for _ in range(3)]
            c, argv = counts[0], ["f0"]
            for n, op in enumerate(ops, 1):
                c = OPERATORS[op](c, counts[n])
                argv.append(f"{op}=f{n}")
            t.row(f"{ops} {k} of {unit}, in the order they are given", flags + argv,
                  model.show(c, unit=unit))
    t.write("a", b"x\nx\ny\n")
    t.write("b", b"x\ny\ny\nz\n")
    t.row("what a subtraction takes below 1 is left out", ["a", "--subtract", "b"], b"1\tx\n")
    t.row("a - a is nothing", ["a", "--subtract", "a"], b"")
    t.row("a & b", ["a", "--and", "b"], b"1\tx\n1\ty\n")
    t.row("a | b", ["a", "--or", "b"], b"2\tx\n2\ty\n1\tz\n")
    t.row("a + b", ["a", "--add", "b"], b"3\tx\n3\ty\n1\tz\n")
    t.row("two FILEs are one count, then b is taken", ["a", "b", "--subtract", "b"],
          b"2\tx\n1\ty\n")
    t.row("stdin minus a file", ["-", "--subtract", "b"], b"2\tx\n", stdin=b"x\nx\nx\n")
    t.row("a file minus stdin", ["a", "--subtract", "-"], b"1\tx\n1\ty\n", stdin=b"x\n")
    t.write("pa", b"k\t5\n")
    t.write("pb", b"k\t2\n")
    t.row("partials combine too", ["--merge", "pa", "--subtract", "pb"], b"3\tk\n")


def blocks(t, rng):
    """Records that lie across the blocks that are read."""
    for size in (131071, 131072, 131073, 65536, 65537, 262144):
        for tail in (b"", b"\n", b" x\n", "é".encode(), b"\xc3", "日".encode()[:2]):
            data = b"a" * (size - 2) + "é\n".encode() + b"b" * 5 + tail
            t.write("in", data)
            for unit, flags in UNITS:
                c = Counter(model.keys(data, unit))
                t.row(f"{unit} across a block at {size} {tail}", flags + ["in"],
                      model.show(c, unit=unit))
    many = b"".join(b"%d\n" % rng.randrange(5000) for _ in range(100000))
    t.write("in", many)
    t.row("100,000 lines", ["in"], model.show(Counter(model.records(many))))
    text = "".join(chr(rng.choice([65, 97, 0xe9, 0x416, 0x65e5, 0x1d11e]) + rng.randrange(9))
                   for _ in range(100000)).encode()
    for flags, fold in ([], False), (["-i"], True):
        c = Counter(model.keys(text, "chars", fold=fold))
        t.row(f"100,000 characters of 1 to 4 bytes {flags}", ["--chars"] + flags,
              model.show(c, unit="chars"), stdin=text)


def rows(t):
    rng = random.Random(20)
    hand_made(t)
    shown(t, rng)
    arithmetic(t, rng)
    blocks(t, rng)
    real_texts(t)
