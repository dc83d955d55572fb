"""-f over lines, NUL, CSV, TSV and JSON Lines: what is a field, and what is malformed."""
import csv
import io
import json
import random

import model
from model import Counter

# ---- columns of lines ----

COLUMNS = [
    # name, input, options, output
    ("white space separates, runs of it once", b"a  b\tc\n  d e f\n", ["-f2"], b"1\tb\n1\te\n"),
    ("the first column may have white space before it", b"  a b\na\n", ["-f", "1"], b"2\ta\n"),
    ("every byte of -d separates", b"a,,b\n,,b\n", ["-f3", "-d,"], b"2\tb\n"),
    ("a field may be empty", b"a,,b\n", ["-f2", "-d", ","], b"1\t\n"),
    ("the last field may be empty", b"a,\n", ["-f2", "-d,"], b"1\t\n"),
    ("a separator of several bytes", b"a::b:c::d\n:::x\n", ["-f2", "-d::"], b"1\tb:c\n1\t:x\n"),
    ("a separator that overlaps itself", b"aaab\n", ["-f2", "-daa"], b"1\tab\n"),
    ("a tab as separator", b"a b\tc\n", ["-f2", "-d\t"], b"1\tc\n"),
    ("a field keeps its bytes", b"a \xff\0\xc3 b\n", ["-f2"], b"1\t\xff\0\xc3\n"),
    ("CR belongs to the last of -d", b"a,b\r\n", ["-f2", "-d,"], b"1\tb\r\n"),
    ("CR is white space", b"a b\r\n", ["-f2"], b"1\tb\n"),
    ("no final newline", b"a b\na b", ["-f2"], b"2\tb\n"),
    ("a name of the header", b"id  kind\n1 x\n2 y\n3 x\n", ["-H", "-f", "kind"], b"2\tx\n1\ty\n"),
    ("a column behind a header", b"id kind\n1 x\n", ["-H", "-f2"], b"1\tx\n"),
    ("a header alone", b"id kind\n", ["-H", "-f", "kind"], b""),
    ("a header of nothing", b"", ["-H", "-f", "kind"], b""),
    ("-H without -f leaves the first line out", b"x\nx\ny\n", ["-H"], b"1\tx\n1\ty\n"),
    ("the first of two equal names", b"a a\n1 2\n", ["-H", "-f", "a"], b"1\t1\n"),
    ("a header with -d", b"a b,c\n1,2\n", ["-H", "-d,", "-f", "a b"], b"1\t1\n"),
    ("a header with a BOM", b"\xef\xbb\xbfid kind\n1 x\n", ["-H", "-f", "id"], b"1\t1\n"),
    ("-z fields may hold newlines", b"a,b\nb\0c,d\0", ["-z", "-d,", "-f2"],
     b"1\tb\nb\x001\td\0"),
    ("-i folds fields", b"1 Ab\n2 aB\n", ["-f2", "-i"], b"2\tab\n"),
    ("-i leaves other letters alone", "É é\n".encode(), ["-w", "-i"], "1\tÉ\n1\té\n".encode()),
]

NO_SUCH_FIELD = [
    ("a line without the column", b"a b\na\n", ["-f2"], r"in:2: no such field"),
    ("an empty line has no column", b"\n", ["-f1"], r"in:1: no such field"),
    ("one separator too few", b"a,b\n", ["-f3", "-d,"], r"in:1: no such field"),
    ("a name that the header lacks", b"a b\n", ["-H", "-f", "c"], r"in:1: the header has no"),
    ("a column of 2^64 and more", b"a b\n", ["-f", "99999999999999999999"], r"in:1: no such"),
    ("a line behind the header is numbered in the file", b"a b\n1 2\n1\n", ["-H", "-f", "b"],
     r"in:3: no such field"),
    ("CSV", b"a,b\na\n", ["--in=csv", "-f2"], r"in:2: no such field"),
    ("CSV behind a record of two lines", b'"a\nb",c\na\n', ["--in=csv", "-f2"],
     r"in:3: no such field"),
    ("CSV behind a header of two lines", b'"a\nb",c\n1,2\na\n', ["--in=csv", "-H", "-f", "c"],
     r"in:4: no such field"),
    ("TSV", b"a\tb\na b\n", ["--in=tsv", "-f2"], r"in:2: no such field"),
    ("JSON", b'{"a":1}\n{"b":1}\n', ["--in=jsonl", "-f/a"], r"in:2: no such field"),
]

CSV = [
    ("quotes", b'"a","b"\n', ["-f1"], [b"a"]),
    ("doubled quotes", b'"a""b",c\n', ["-f1"], [b'a"b']),
    ("a comma in quotes", b'"a,b",c\n', ["-f2"], [b"c"]),
    ("a newline in quotes", b'"a\nb",c\nx,y\n', ["-f1"], [b"a\nb", b"x"]),
    ("CRLF in quotes stays", b'"a\r\nb",c\r\n', ["-f1"], [b"a\r\nb"]),
    ("CRLF ends a record", b"a,b\r\nc,d\r\n", ["-f2"], [b"b", b"d"]),
    ("many lines in quotes", b'"a\n\n\nb""\n""",c\n', ["-f2"], [b"c"]),
    ("a quote inside a field is a byte", b'5" disk,x\n7" disk,y\n', ["-f2"], [b"x", b"y"]),
    ("also before the separator", b'a",b\nc,d\n', ["-f2"], [b"b", b"d"]),
    ("also behind a space", b'a, "b\nc,d\n', ["-f2"], [b' "b', b"d"]),
    ("also with quoted fields about it", b'"x",5",\'"y"\n"z",6,7\n', ["-f2"], [b'5"', b"6"]),
    ("empty fields", b",,\n", ["-f3"], [b""]),
    ("an empty quoted field", b'"",a\n', ["-f1"], [b""]),
    ("a blank line is no record", b"a\n\nb\n\r\n", ["-f1"], [b"a", b"b"]),
    ("no final newline", b'a,b\nc,"d"', ["-f2"], [b"b", b"d"]),
    ("another separator", b'a;"b;c";d\n', ["-f2", "-d;"], [b"b;c"]),
    ("a tab as separator", b'a\t"b\tc"\n', ["-f2", "-d\t"], [b"b\tc"]),
    ("a header", b"id,kind\n1,x\n", ["-H", "-f", "kind"], [b"x"]),
    ("a quoted header", b'"a ""b""",c\n1,2\n', ["-H", "-f", 'a "b"'], [b"1"]),
    ("a header with a BOM", b'\xef\xbb\xbf"id",kind\n1,x\n', ["-H", "-f", "id"], [b"1"]),
    ("NUL and bytes that are no UTF-8", b'"\0,",\xff\n', ["-f1"], [b"\0,"]),
    ("-i", b'"AB"\nab\n', ["-f1", "-i"], [b"ab", b"ab"]),
]

CSV_MALFORMED = [
    ("a quote that is never closed", b'a\n"b\nc\n', r"^pila counter: in:2:\d+: a quote"),
    ("text behind a quoted field", b'a\n"b"c\n', r"^pila counter: in:2:4: a quote"),
    ("a space behind a quoted field", b'"b" ,c\n', r"^pila counter: in:1:4: a quote"),
]

TSV = [
    ("fields", b"a b\tc\n", ["-f1"], [b"a b"]),
    ("escapes", b"x\ta\\tb\\nc\\rd\\\\e\\0f\n", ["-f2"], [b"a\tb\nc\rd\\e\0f"]),
    ("a backslash before an n", b"a\\\\n\n", ["-f1"], [b"a\\n"]),
    ("empty fields", b"\t\t\n", ["-f3"], [b""]),
    ("another separator", b"a|b\\tc\n", ["-f2", "-d|"], [b"b\tc"]),
    ("an escaped header", b"a\\tb\tc\n1\t2\n", ["-H", "-f", "a\tb"], [b"1"]),
]

# ---- JSON Lines: the raw text of the value, and the key that it gives ----

JSON_VALUES = [
    ('"spam"', b"spam"), ('""', b""), ('"a\\"\\\\\\/\\b\\f\\n\\r\\tz"', b'a"\\/\b\f\n\r\tz'),
    ('"\\u0041\\u00e9\\u65e5"', "Aé日".encode()), ('"é日𝄞"', "é日𝄞".encode()),
    ('"\\ud834\\udd1e"', "𝄞".encode()), ('"\\uD834\\uDD1E"', "𝄞".encode()),
    ('"\\u0000"', b"\0"), ('"\\ud800"', b"\xed\xa0\x80"), ('"\\udbff\\u0041"', b"\xed\xaf\xbfA"),
    ('"\\ud800\\ud800\\udc00"', b"\xed\xa0\x80\xf0\x90\x80\x80"),
    ('"\\udfff"', b"\xed\xbf\xbf"), ('"\\udcff\\udc80"', b"\xff\x80"),
    ('"\\ud83d\\n"', b"\xed\xa0\xbd\n"), ('"a\x7fb"', b"a\x7fb"),
    ("0", b"0"), ("-0", b"-0"), ("1", b"1"), ("1.0", b"1.0"), ("1e5", b"1e5"),
    ("-12.50E+01", b"-12.50E+01"), ("123456789012345678901234567890",
                                    b"123456789012345678901234567890"),
    ("true", b"true"), ("false", b"false"), ("null", b"null"),
    ("[]", b"[]"), ("{}", b"{}"), ('[1, "a", [ ]]', b'[1, "a", [ ]]'),
    ('{"a" : {"b":[1,2]}}', b'{"a" : {"b":[1,2]}}'), ("NaN", b"NaN"),
    ("-Infinity", b"-Infinity"),
]

POINTERS = [
    # line, pointer, key
    (b'{"a":{"b":"x"}}', "/a/b", b"x"),
    (b'{"a":[10,20,30]}', "/a/2", b"30"),
    (b'[["x"]]', "/0/0", b"x"),
    (b'{"":"x"}', "/", b"x"),
    (b'{"":{"":"x"}}', "//", b"x"),
    (b'{"a/b":"x","a":{"b":"y"}}', "/a~1b", b"x"),
    (b'{"m~n":"x"}', "/m~0n", b"x"),
    (b'{"~1":"x","/":"y"}', "/~01", b"x"),
    (b'{"0":"x"}', "/0", b"x"),
    (b'{"a":"x","a":"y"}', "/a", b"y"),
    (b'{"a":{"b":"x"},"a":{"c":"y"}}', "/a/c", b"y"),
    (b'{"\\u0061":"x"}', "/a", b"x"),
    ('{"é":"x"}'.encode(), "/é", b"x"),
    (b'{"a b":"x"}', "/a b", b"x"),
    (b'{"b":[{"a":"no"}],"a":"x"}', "/a", b"x"),
    (b' \t{ "a" : [ 1 , { "b" : "x" } ] } \r', "/a/1/b", b"x"),
    (b'{"a":"x"}', "", b'{"a":"x"}'),
    (b'  "x"  ', "", b"x"),
]

POINTED_NOWHERE = [
    (b'{"a":1}', "/b"), (b"[1]", "/1"), (b"[1]", "/01"), (b"[1]", "/-"), (b"[1]", "/a"),
    (b'"x"', "/a"), (b'{"a":1,"a":{}}', "/a/b"), (b'{"a":{"b":1},"a":2}', "/a/b"),
    (b"[1]", "/99999999999999999999999"), (b"{}", "/"), (b"[]", "/0"), (b"null", "/a"),
]

NOT_JSON = [
    b"", b" ", b"{", b"[", b"]", b"[1,]", b"[,1]", b'{"a"}', b'{"a":}', b'{"a":1,}', b"{1:2}",
    b"01", b"1.", b".5", b"+1", b"1e", b"-", b"--1", b"nul", b"True", b"'a'", b'"a', b'"\\x"',
    b'"\\u12"', b'"\\u12g4"', b'"\\ud834\\u12"', b'"a\tb"', b'"\x00"', b"1 2", b'{"a":1}x',
    b'{"a" 1}', b"[1 2]", b'"\\', b"\x00", b"\xef\xbb\xbf1", b"[" * 1025 + b"]" * 1025,
]


def columns(t):
    for name, data, options, want in COLUMNS:
        t.write("in", data)
        t.row(name, options + ["in"], want)
        t.row(name + ", from stdin", options, want, stdin=data)
    for name, data, options, err in NO_SUCH_FIELD:
        t.write("in", data)
        t.refused("no field: " + name, options + ["in"], err, code=1)


def random_columns(t, rng):
    for k in range(5 if t.sanitized else 30):
        d = rng.choice([None, b",", b"::", b"ab"])
        alphabet = b"ab :,\t" if d != b"ab" else b"abc"
        lines = [bytes(rng.choice(alphabet) for _ in range(rng.randrange(12)))
                 for _ in range(rng.choice([1, 20, 600]))]
        lines = [x for x in lines if x]
        f = rng.randrange(1, 4)
        good = [x for x in lines if len(model.columns(x, "lines", d)) >= f]
        data = b"".join(x + b"\n" for x in good)
        options = ["-f", str(f)] + (["-d", d.decode()] if d else [])
        t.row(f"random columns {k}: {options}", options,
              model.show(Counter(model.fields(data, f, d))), stdin=data)
        bad = len(lines) - len(good)
        if bad:
            data = b"".join(x + b"\n" for x in lines)
            want = model.show(Counter(model.fields(b"".join(x + b"\n" for x in good), f, d)))
            t.row(f"random columns {k}: {bad} skipped", options + ["--errors=skip"], want,
                  stdin=data)
            r = t.counter(options + ["--errors", "report"], data)
            t.judge(f"random columns {k}: {bad} reported", r, want, 1, "no such field")
            t.hold(f"random columns {k}: a line each", r.err.count(b"\n") == bad, r.command)


def csv_rows(t, rng):
    for name, data, options, keys in CSV:
        t.row("CSV: " + name, ["--in", "csv", "--out", "jsonl"] + options,
              model.show(Counter(keys), "jsonl"), stdin=data)
    for name, data, err in CSV_MALFORMED:
        t.write("in", data)
        t.refused("CSV: " + name, ["--in=csv", "-f1", "in"], err, code=1)
    t.row("CSV: malformed records can be skipped", ["--in=csv", "-f1", "--errors=skip"],
          b"1\ta\n1\td\n", stdin=b'a\n"b"c\nd\n')
    for k in range(5 if t.sanitized else 40):
        table = [["".join(rng.choice('ab,"\n\r \té;') for _ in range(rng.randrange(6)))
                  for _ in range(3)] for _ in range(rng.choice([1, 10, 400]))]
        text = io.StringIO()
        comma = rng.choice(",;")
        csv.writer(text, delimiter=comma, lineterminator=rng.choice(["\n", "\r\n"]),
                   quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(table)
        data = text.getvalue().encode()
        for f in (1, 2, 3):
            keys = Counter(row[f - 1].encode() for row in table)
            options = ["--in=csv", f"-f{f}"] + (["-d;"] if comma == ";" else [])
            for form in ("lines", "csv", "jsonl"):
                t.row(f"CSV of Python's writer {k}: column {f}, --out {form}",
                      options + ["--out", form], model.show(keys, form), stdin=data)
    # quotes anywhere: Python's reader agrees on every record that it takes strictly
    for k in range(10 if t.sanitized else 150):
        data = "".join(rng.choice('ab,""\n') for _ in range(rng.randrange(1, 30))) + "\n"
        try:
            table = list(csv.reader(io.StringIO(data, newline="\n"), strict=True))
        except csv.Error:
            t.row(f"CSV as Python's reader {k}: malformed", ["--in=csv", "-f1"], b"", 1,
                  "a quote", stdin=data.encode())
            continue
        keys = Counter(row[0].encode() for row in table if row)
        t.row(f"CSV as Python's reader {k}: {data!r}", ["--in=csv", "-f1", "--out=jsonl"],
              model.show(keys, "jsonl"), stdin=data.encode())


def round_trips(t, rng):
    """What one run writes, another reads: the keys survive every format."""
    keys = [b"", b"a\tb", b"a\nb", b"a\rb", b"a\\b", b"a\\tb", b'a"b', b",", b"\0", b"\xff",
            "é𝄞".encode(), b"\xed\xa0\x80", b" ", b"\\", b"\\0", b"a,b\n\"c\""]
    elements = [k for k in keys for _ in range(rng.randrange(1, 4))]
    c = Counter(elements)
    partial = model.partial(c)
    for form in ("csv", "tsv", "jsonl"):
        made = t.counter(["--merge", "--elements", "--out", form], partial)
        t.judge("keys to " + form, made, model.show(c, form, what="elements"))
        options = ["--in", form] + ([] if form == "jsonl" else ["-f1"])
        t.row(f"keys through {form}", options + ["--partial"], partial, stdin=made.out)
    made = t.counter(["--merge", "--out", "csv"], partial)
    table = list(csv.reader(io.StringIO(made.out.replace(b"\0", b"NUL").decode("latin-1"),
                                        newline="")))
    t.hold("Python's csv reads what --out csv writes",
           [(row[1].encode("latin-1").replace(b"NUL", b"\0"), int(row[0])) for row in table]
           == c.most_common(), made.command)
    made = t.counter(["--merge", "--out", "jsonl"], partial)
    objects = [json.loads(line) for line in made.out.splitlines()]
    t.hold("Python's json reads what --out jsonl writes",
           [(o["key"].encode("utf-8", "surrogateescape"), o["count"]) for o in objects]
           == c.most_common(), made.command)


def tsv(t):
    for name, data, options, keys in TSV:
        t.row("TSV: " + name, ["--in", "tsv", "--out", "jsonl"] + options,
              model.show(Counter(keys), "jsonl"), stdin=data)
    for bad in (b"\\x", b"a\\", b"\\u0041"):
        t.write("in", b"ok\n" + bad + b"\n")
        t.refused(f"TSV: {bad} is no escape", ["--in=tsv", "-f1", "in"],
                  r"^pila counter: in:2: bad escape|in:2:\d+: bad escape", code=1)


def jsonl(t, rng):
    data = "".join(raw + "\n" for raw, _ in JSON_VALUES for _ in range(2)).encode()
    want = Counter(key for _, key in JSON_VALUES for _ in range(2))
    t.row("JSON: every kind of value", ["--in", "jsonl", "--out", "nul"],
          model.show(want, "nul"), stdin=data)
    for raw, key in JSON_VALUES:
        if raw.startswith('"'):
            t.hold(f"JSON: the model agrees with Python on {raw}",
                   model.json_bytes(json.loads(raw)) == key)
        line = f'{{"x": {raw} , "k":[{raw},{{"v":{raw}}}]}}\n'.encode()
        for where in ("/x", "/k/0", "/k/1/v"):
            t.row(f"JSON: {raw} at {where}", ["--in=jsonl", "-f", where, "--partial"],
                  model.partial(Counter([key])), stdin=line)
    for line, path, key in POINTERS:
        t.row(f"JSON: {line} at '{path}'", ["--in", "jsonl", "-f", path, "--partial"],
              model.partial(Counter([key])), stdin=line + b"\n")
        t.row(f"JSON: {line} at '{path}', no final newline",
              ["--in", "jsonl", "--partial", "--field=" + path],
              model.partial(Counter([key])), stdin=line)
    for line, path in POINTED_NOWHERE:
        t.write("in", line + b"\n")
        t.refused(f"JSON: {line} has no {path}", ["--in=jsonl", "-f", path, "in"],
                  "in:1: no such field", code=1)
    for line in NOT_JSON:
        t.write("in", b"1\n" + line + b"\n")
        t.refused(f"JSON: {line[:20]} is malformed", ["--in=jsonl", "in"],
                  r"^pila counter: in:2:\d+: not valid JSON", code=1)
    data = b"1\n{\n1\n[\n2\n"
    t.row("JSON: malformed lines can be skipped", ["--in=jsonl", "--errors=skip"],
          b"2\t1\n1\t2\n", stdin=data)
    t.row("JSON: malformed lines can be reported", ["--in=jsonl", "--errors=report"],
          b"2\t1\n1\t2\n", 1, r"stdin:2:\d+: not valid JSON\n.*stdin:4:", stdin=data)
    deep = b"[" * 1024 + b"]" * 1024
    t.row("JSON: 1024 levels are read", ["--in=jsonl", "--distinct"], b"1\n", stdin=deep)
    random_json(t, rng)


def random_value(rng, depth=0):
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind < 3:
        return "".join(rng.choice('ab"\\/\n\té日𝄞\ud800\udc41\0') for _ in range(rng.randrange(5)))
    if kind == 3:
        return rng.choice([0, -1, 10**20, 1.5, -2.5e-10])
    if kind == 4:
        return rng.choice([True, False, None])
    if kind == 5:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    names = ["a", "b", "", "a/b", "~", "é"]
    return {rng.choice(names): random_value(rng, depth + 1) for _ in range(rng.randrange(4))}


def paths(value, at=""):
    yield at, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, at + "/" + name.replace("~", "~0").replace("/", "~1"))
    if isinstance(value, list):
        for k, inner in enumerate(value):
            yield from paths(inner, f"{at}/{k}")


def random_json(t, rng):
    for k in range(10 if t.sanitized else 120):
        value = random_value(rng)
        how = {"ensure_ascii": rng.random() < 0.5,
               "separators": rng.choice([(",", ":"), (", ", ": "), (" ,", " :")])}
        line = json.dumps(value, **how).encode("utf-8", "surrogatepass")
        there = list(paths(value))
        for path, inner in rng.sample(there, min(3, len(there))):
            key = (model.json_bytes(inner) if isinstance(inner, str)
                   else json.dumps(inner, **how).encode("utf-8", "surrogatepass"))
            if isinstance(inner, str) and not how["ensure_ascii"]:
                key = inner.encode("utf-8", "surrogatepass")  # raw bytes stay what they are
            t.row(f"random JSON {k} at {path!r}", ["--in=jsonl", "-f", path, "--partial"],
                  model.partial(Counter([key])), stdin=line + b"\n")
        path = rng.choice(["/a/b", "/0", "/zz", "/a/0", "//", "/~0"])
        try:
            model.pointer(value, path)
        except KeyError:
            t.row(f"random JSON {k} has no {path}", ["--in=jsonl", "-f", path], b"", 1,
                  "no such field", stdin=line)


def windows(t):
    """More records than are decoded at a time, of sizes that outgrow the room for it."""
    for size in (1, 50, 3000):
        keys = [b"%d" % (k % 700) + b"x" * (k * 7 % size) for k in range(2000)]
        data = b"".join(b'{"k":"\\u0041%s"}\n' % k for k in keys)
        t.row(f"2000 JSON strings of up to {size} bytes", ["--in=jsonl", "-f/k"],
              model.show(Counter(b"A" + k for k in keys)), stdin=data)
        data = b"".join(b'1,"""%s"\n' % k for k in keys)
        t.row(f"2000 CSV fields of up to {size} bytes", ["--in=csv", "-f2"],
              model.show(Counter(b'"' + k for k in keys)), stdin=data)
        data = b"".join(b"1\t\\\\%s\n" % k for k in keys)
        t.row(f"2000 TSV fields of up to {size} bytes", ["--in=tsv", "-f2", "-i"],
              model.show(Counter(b"\\" + k for k in keys)), stdin=data)


def rows(t):
    rng = random.Random(21)
    columns(t)
    random_columns(t, rng)
    csv_rows(t, rng)
    tsv(t)
    jsonl(t, rng)
    round_trips(t, rng)
    windows(t)
