"""pila struct: against CPython's struct and json, random formats there and back, records
that straddle reads, stages, places of what does not fit, and what is refused."""
import csv
import io
import json
import math
import os
import random
import struct
import subprocess

from test_trouble import strace, traced

POINTS = [(1, 2, 0.5), (4294967295, 65535, -0.0), (0, 0, math.inf), (7, 8, 1e300),
          (9, 10, 0.1)]
DATA = b"".join(struct.pack("<IHd", *row) for row in POINTS)
LINES = b"1\t2\t0.5\n4294967295\t65535\t-0.0\n0\t0\tinf\n7\t8\t1e+300\n9\t10\t0.1\n"
TEXT = struct.pack("<4sc3p", b"a\tb\0", b"\n", b"\xff\xc3")
CODES = "xcbB?hHiIlLqQefdsp"


# ---- what Python has ----

def unpacked(fmt, data):
    return list(struct.iter_unpack(fmt, data))


def in_json(value):
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def alike(a, b):
    """NaNs are equal, -0.0 and 0.0 are not, and 1 is not 1.0."""
    return [repr(x) for x in a] == [repr(x) for x in b]


def as_text(value):
    if isinstance(value, bytes):
        return value
    return (repr(value).lower() if isinstance(value, bool) else repr(value)).encode()


def random_format(rng):
    prefix = rng.choice(["<", ">", "=", "!", "@", ""])
    codes = CODES + ("nNP" if prefix in "@" else "")
    made = prefix
    for _ in range(rng.randrange(1, 7)):
        code = rng.choice(codes)
        count = rng.choice(["", "", "", "0", "1", "2", "5"])
        made += rng.choice(["", " "]) + (count if code + count != "p0" else "") + code
    return made


# ---- by hand ----

def by_hand(t):
    t.write("in", DATA)
    t.write("text", TEXT)
    rows = [
        ("lines", ["unpack", "<IHd", "in"], LINES),
        ("of stdin", ["unpack", "<IHd"], LINES),
        ("of FILEs and stdin", ["unpack", "<IHd", "in", "-", "in"], LINES * 3),
        ("records that end with NUL", ["unpack", "-z", "<IHd"], LINES.replace(b"\n", b"\0")),
        ("JSON", ["unpack", "--out=jsonl", "<IHd"],
         b"[1,2,0.5]\n[4294967295,65535,-0.0]\n[0,0,Infinity]\n[7,8,1e+300]\n[9,10,0.1]\n"),
        ("JSON objects", ["unpack", "--out=jsonl", "--names=a,\xe9\",c", "--offset=56", "<IHd"],
         '{"a":9,"\xe9\\"":10,"c":0.1}\n'.encode()),
        ("JSON objects of a later stage", ["unpack", "--names=a,\xe9\",c", "<IHd", "then",
                                           "islice", "1", "--out=jsonl"],
         '{"a":1,"\xe9\\"":2,"c":0.5}\n'.encode()),
        ("CSV", ["unpack", "--out=csv", "<IHd"], LINES.replace(b"\t", b",")),
        ("CSV under titles", ["unpack", "--out=csv", "--names=a,b b,\"c", "<IHd"],
         b'a,b b,"""c"\n' + LINES.replace(b"\t", b",")),
        ("TSV under titles", ["unpack", "--out=tsv", "--names=a,b\tb,c", "<IHd"],
         b"a\tb\\tb\tc\n" + LINES),
        ("text as it is", ["unpack", "<4sc3p", "text"], b"a\tb\0\t\n\t\xff\xc3\n"),
        ("text in TSV", ["unpack", "--out=tsv", "<4sc3p", "text"], b"a\\tb\\0\t\\n\t\xff\xc3\n"),
        ("text in CSV", ["unpack", "--out=csv", "<4sc3p", "text"], b'a\tb\0,"\n",\xff\xc3\n'),
        ("text in JSON", ["unpack", "--out=jsonl", "<4sc3p", "text"],
         b'["a\\tb\\u0000","\\n","\\udcff\\udcc3"]\n'),
        ("--strip", ["unpack", "--strip", "--out=jsonl", "<4sc3p", "text"],
         b'["a\\tb","\\n","\\udcff\\udcc3"]\n'),
        ("--strip before a stage", ["unpack", "--strip", "<4sc3p", "text", "then", "islice", "1",
                                    "--out=jsonl"], b'["a\\tb","\\n","\\udcff\\udcc3"]\n'),
        ("--offset", ["unpack", "--offset=14", "<IHd", "in"], LINES.split(b"\n", 1)[1]),
        ("--offset of stdin", ["unpack", "--offset=28", "<IHd"], LINES.split(b"\n", 2)[2]),
        ("--offset at the end", ["unpack", "--offset=70", "<IHd", "in", "-"], b""),
        ("size", ["size", "<IHd"], b"14\n"),
        ("size, in JSON", ["size", "@bhq", "--out=jsonl"], b"16\n"),
        ("size of nothing", ["size", ""], b"0\n"),
        ("size --fields", ["size", "--fields", "@b2hx3s0sqF"],
         b"0\t1\tb\n2\t2\th\n4\t2\th\n7\t3\t3s\n10\t0\t0s\n16\t8\tq\n24\t8\tF\n"),
        ("size --fields --names", ["size", "--fields", "--names=x,y", ">bI", "--out=jsonl"],
         b'{"offset":0,"bytes":1,"code":"b","name":"x"}\n'
         b'{"offset":1,"bytes":4,"code":"I","name":"y"}\n'),
        ("size --fields then", ["size", "--fields", "9q", "then", "filter", "-n", "-f", "offset",
                                "--gt=60"], b"64\t8\tq\n"),
    ]
    for name, argv, want in rows:
        t.judge("unpack: " + name, t.run(["struct"] + argv, DATA), want)
    more = [
        ("a stage", "struct unpack <IHd then islice 2", LINES[:LINES.index(b"0\t0")]),
        ("a field of a later stage", "struct unpack <IHd then counter -f 2 -c 1", b"1\t2\n"),
        ("a name of a later stage", "struct unpack --names=a,b,c <IHd then filter -n -f c --gt 1e9",
         b"0\t0\tinf\n7\t8\t1e+300\n"),
        ("in order", "struct unpack <IHd then sorted then islice 2 --out=jsonl",
         b"[0,0,Infinity]\n[1,2,0.5]\n"),
        ("in rows", "struct unpack <IHd then batched 2 then islice 1 --out=jsonl",
         b"[[1,2,0.5],[4294967295,65535,-0.0]]\n"),
        ("text in order", "struct unpack <2s12s then sorted -f 1 then counter -f 1 --total", b"5\n"),
        ("nlargest", "struct unpack <IHd then nlargest 1 -f 1", b"4294967295\t65535\t-0.0\n"),
    ]
    for name, line, want in more:
        t.judge("stages: " + name, t.run(line.split(), DATA), want)
    r = t.run("struct unpack <2s12s then batched 5 --out=jsonl".split(), DATA)
    t.hold("stages: text that is kept", json.loads(r.out) == [
        list(map(in_json, row)) for row in unpacked("<2s12s", DATA)], r.out)


def packs(t):
    rows = [
        ("lines", ["<IHd"], LINES, DATA),
        ("lines with CR", ["<IHd"], LINES.replace(b"\n", b"\r\n"), DATA),
        ("records that end with NUL", ["-z", "<IHd"], LINES.replace(b"\n", b"\0"), DATA),
        ("blanks around numbers", ["<hh"], b" 1\t2 \n", b"\1\0\2\0"),
        ("JSON", ["--in=jsonl", "<hd"], b"[1,2]\n [ -1 , 1e3 ]\n",
         struct.pack("<hdhd", 1, 2, -1, 1e3)),
        ("JSON, one field", ["--in=jsonl", "<h"], b"1\n[2]\n", b"\1\0\2\0"),
        ("JSON objects", ["--in=jsonl", "--names=a,b", "<hs"],
         b'{"b":"x","c":[],"a":1}\n[2,"y"]\n', b"\1\0x\2\0y"),
        ("JSON, truths", ["--in=jsonl", "6?"], b'[true,false,null,0,"",[1]]\n', b"\1\0\0\0\0\1"),
        ("JSON, bytes of surrogates", ["--in=jsonl", "4s"], b'"\\udc80\\udcff\\u00e9"\n',
         b"\x80\xff\xc3\xa9"),
        ("JSON, a truth as a number", ["--in=jsonl", "B"], b"true\n", b"\1"),
        ("CSV", ["--in=csv", "<h3sB"], b'1,a,3\n\n-2,"b,""\n",4\r\n',
         struct.pack("<h3sBh3sB", 1, b"a", 3, -2, b'b,"', 4)),
        ("CSV, one empty text", ["--in=csv", "2s"], b'""\n', b"\0\0"),
        ("CSV -H, in order", ["--in=csv", "-H", "BB"], b"x,y\n1,2\n", b"\1\2"),
        ("CSV -H, by names", ["--in=csv", "-H", "--names=y,x", "BB"],
         b'\xef\xbb\xbfx,z,"y"\n1,2,3\n4,5,6\n', b"\3\1\6\4"),
        ("TSV", ["--in=tsv", "3s2B"], b"\\t\\n\\0\t1\t2\n", b"\t\n\0\1\2"),
        ("text is cut and filled", ["2s2s2p"], b"abc\tx\tyz\n", b"abx\0\1y"),
        ("truths", ["7?"], b"true\tFalse\tTrue\tfalse\t0\t1e400\t-0.0\n", b"\1\0\1\0\0\1\0"),
        ("large numbers", ["<QqQ"], b"18446744073709551615\t-9223372036854775808\t007\n",
         struct.pack("<QqQ", 2**64 - 1, -2**63, 7)),
        ("floats", ["<ddfe"], b"1e400\t-Infinity\t1\t65504\n",
         struct.pack("<ddfe", math.inf, -math.inf, 1.0, 65504)),
        ("minus nothing", ["<dd2?"], b"-0\t-0.0\t-0\t-1\n", struct.pack("<dd2?", -0.0, -0.0, 0, 1)),
        ("a long integer as a float", ["<d"], b"1" * 400 + b"\n", struct.pack("<d", math.inf)),
        ("complex numbers", ["<FH"], b"1\t-2.5\t3\n", struct.pack("<ffH", 1, -2.5, 3)),
        ("complex numbers, in JSON", ["<FD", "--in=jsonl"], b"[[1,-2.5],3]\n",
         struct.pack("<ffdd", 1, -2.5, 3, 0)),
        ("complex numbers, by names", ["--in=csv", "-H", "--names=a,b", "<FB"],
         b"b,a.imag,a.real\n3,1,2\n", struct.pack("<ffB", 2, 1, 3)),
        ("nothing but padding", ["3x"], b"\n\n", b"\0" * 6),
        ("no records", ["<I"], b"", b""),
    ]
    for name, argv, text, want in rows:
        t.judge("pack: " + name, t.run(["struct", "pack"] + argv, text), want)
    two = struct.pack("<ffB", 1, 2, 3)
    t.judge("unpack: complex numbers", t.run(["struct", "unpack", "<FB"], two), b"1.0\t2.0\t3\n")
    t.judge("unpack: in JSON", t.run(["struct", "unpack", "--out=jsonl", "<FB"], two),
            b"[[1.0,2.0],3]\n")
    t.judge("unpack: in a later stage", t.run(
        ["struct", "unpack", "<FB", "then", "islice", "1", "--out=jsonl"], two), b"[[1.0,2.0],3]\n")
    t.judge("unpack: under titles", t.run(
        ["struct", "unpack", "--out=csv", "--names=z,n", "<FB"], two),
            b"z.real,z.imag,n\n1.0,2.0,3\n")
    t.write("a", b"1\t2\n")
    t.write("b", b"3\t4\n")
    t.judge("pack: FILEs", t.run(["struct", "pack", "BB", "a", "-", "b"], b"5\t6"),
            b"\1\2\5\6\3\4")
    for name, argv, want in (
            ("numbers", "count 1 then islice 3 then struct pack >H", b"\0\1\0\2\0\3"),
            ("floats", "count 0.5 then islice 2 then struct pack >f",
             struct.pack(">ff", 0.5, 1.5)),
            ("lines", "islice 1 a then struct pack BB", b"\1\2"),
            ("rows", "batched 2 a b then struct pack 4s4s", b"1\t2\x003\t4\0"),
            ("rows with names", "counter a then struct pack B3s", b"\x011\t2"),
            ("rows in rows", "enumerate a b then batched 2 then struct pack B4sB4s",
             b"\x001\t2\0\x013\t4\0")):
        t.judge("pack: " + name + " of a stage before", t.run(argv.split()), want)
    t.judge("pack: what was unpacked, in between a stage", t.run(
        "struct unpack <IHd then islice 99 then struct pack <IHd".split(), DATA), DATA)
    t.judge("pack: --line-buffered", t.run(["struct", "pack", "--line-buffered", "<IHd"], LINES),
            DATA)


# ---- against CPython ----

def random_formats(t):
    rng = random.Random(11)
    for k in range(120):
        fmt = random_format(rng)
        size = struct.calcsize(fmt)
        t.judge(f"size of {fmt!r}", t.run(["struct", "size", fmt]), b"%d\n" % size)
        if not size:
            continue
        data = rng.randbytes(size * rng.randrange(40))
        rows = unpacked(fmt, data)
        made = t.run(["struct", "unpack", "--out=jsonl", fmt], data)
        got = [json.loads(line) for line in made.out.splitlines()]
        t.judge(f"unpack {fmt!r}", made)
        t.hold(f"unpack {fmt!r} to JSON", len(got) == len(rows) and all(
            alike(a, map(in_json, b)) for a, b in zip(got, rows)), f"{got[:2]} {rows[:2]}")
        then = ["struct", "unpack", fmt, "then", "islice", "100", "--out=jsonl"]
        t.judge(f"unpack {fmt!r} as a stage", t.run(then, data), made.out)
        if not any(b"\n" in v for row in rows for v in row if isinstance(v, bytes)):
            t.judge(f"unpack {fmt!r} to lines", t.run(["struct", "unpack", fmt], data),
                    b"".join(b"\t".join(map(as_text, row)) + b"\n" for row in rows))
        for form in ("jsonl", "tsv", "csv"):
            if form == "csv" and not rows[:1] or rows and not rows[0]:
                continue
            text = t.run(["struct", "unpack", "--out", form, fmt], data).out
            back = t.run(["struct", "pack", "--in", form, fmt], text)
            t.judge(f"pack {fmt!r} of {form}", back)
            again = unpacked(fmt, back.out) if len(back.out) == len(data) else []
            t.hold(f"{fmt!r} to {form} and back", len(again) == len(rows) and all(
                alike(a, b) for a, b in zip(again, rows)), f"{again[:2]} {rows[:2]}")


def the_csv(t):
    data = random.Random(4).randbytes(3 * 500)
    text = t.run(["struct", "unpack", "--out=csv", "--names=a,b", "B2s"], data).out
    rows = list(csv.reader(io.StringIO(text.decode("latin-1"), newline="")))
    t.hold("Python's csv reads it", rows == [["a", "b"]] + [
        [str(a), b.decode("latin-1")] for a, b in struct.iter_unpack("B2s", data)], rows[:9])


def out_of_range(t):
    """The message of each code is CPython's, and the column that of the field."""
    for prefix in "<>@":
        for code in "bBhHiIlLqQ" + ("nN" if prefix == "@" else ""):
            for n in (2**64, -2**63 - 1, 10**30, 2**63, -1, 70000, 300, -129):
                try:
                    struct.pack(prefix + "x" + code, n)
                except struct.error as e:
                    why = str(e)
                else:
                    continue
                r = t.run(["struct", "pack", prefix + "B" + code], b"1\t2\n7\t%d\n" % n)
                t.judge(f"{prefix}{code} of {n}", r, None, 1, "^pila struct: stdin:2:3: ")
                t.hold(f"{prefix}{code} of {n}: Python's words",
                       r.err.decode().endswith(": " + why + "\n"), f"{r.err!r}\n{why}")
    for code in "Qqd":
        why = "" if code == "d" else "required argument is not an integer"
        r = t.run(["struct", "pack", code], b"1.5\n")
        t.judge(f"1.5 for {code}", r, None if not why else b"", 1 if why else 0,
                "stdin:1:1: " + why if why else None)


BAD = [
    # arguments, input, message, exit
    (["pack", "<hH"], b"1\t2\n1\t-1\n", "stdin:2:3: ushort format requires 0 <= number <= 65535$",
     1),
    (["pack", "<hH"], b"1\tx\n", "stdin:1:3: not a number$", 1),
    (["pack", "<hH"], b"1\t\n", "stdin:1:3: not a number$", 1),
    (["pack", "<hH"], b"1\n", r"stdin:1: pack expected 2 items for packing \(got 1\)$", 1),
    (["pack", "<hH"], b"1\t2\t3\n", r"stdin:1: pack expected 2 items for packing \(got 3\)$", 1),
    (["pack", "<e"], b"70000\n", "stdin:1:1: float too large to pack with e format$", 1),
    (["pack", "c"], b"ab\n", "stdin:1:1: char format requires a bytes object of length 1$", 1),
    (["pack", "?"], b"yes\n", "stdin:1:1: not a number$", 1),
    (["pack", "--in=tsv", "s"], b"\\x\n", "stdin:1:1: bad escape$", 1),
    (["pack", "--in=csv", "BB"], b'1,2\n"3\n",4\n1,"x"y\n',
     "stdin:4:3: a quote is not closed, or text follows it$", 1),
    (["pack", "--in=csv", "BB"], b'"3\n",4\n"1",256\n', "stdin:3:5: ubyte format requires", 1),
    (["pack", "--in=csv", "-H", "--names=a,b", "BB"], b"a,c\n1,2\n",
     "stdin:1: the header has no field 'b'$", 1),
    (["pack", "--in=csv", "-H", "--names=a,b", "BB"], b"a,x,b\n1,2\n", "stdin:2: no such field$",
     1),
    (["pack", "--in=jsonl", "BB"], b"[1,2]\n[3,\n", "stdin:2:4: Expecting value$", 1),
    (["pack", "--in=jsonl", "BB"], b'[ 1 , 256]\n', "stdin:1:7: ubyte format", 1),
    (["pack", "--in=jsonl", "BB"], b'["1",2]\n', "stdin:1:2: required argument is not an integer$",
     1),
    (["pack", "--in=jsonl", "B"], b' 1.5\n', "stdin:1:2: required argument is not an integer$", 1),
    (["pack", "--in=jsonl", "BB"], b"[1,2,3]\n", "stdin:1: pack expected 2 items", 1),
    (["pack", "--in=jsonl", "BB"], b'{"a":1,"b":2}\n', "stdin:1: an object, and no --names$", 1),
    (["pack", "--in=jsonl", "--names=a,b", "BB"], b'{"a":1}\n', "stdin:1: no such field$", 1),
    (["pack", "--in=jsonl", "--names=a,b", "BB"], b'{"b":1,"x":[{"a":0}],"b":256,"a":1}\n',
     "stdin:1:26: ubyte format", 1),
    (["pack", "--in=jsonl", "s"], b"1\n", "stdin:1:1: argument for 's' must be a bytes object$", 1),
    (["pack", "--in=jsonl", "F"], b"[[1,2,3]]\n", "stdin:1:2: required argument is not a complex$",
     1),
    (["pack", "<hH", "--max-record=2"], b"", "longer than 2 bytes", 2),
    (["unpack", "<IHd"], DATA[:-1],
     "stdin: offset 56: iterative unpacking requires a buffer of a multiple of 14 bytes$", 1),
    (["unpack", "<IHd"], DATA[:5],
     "stdin: offset 0: iterative unpacking requires a buffer of a multiple of 14 bytes$", 1),
    (["unpack", "--offset=1", "<IHd"], DATA, "stdin: offset 57: iterative unpacking", 1),
    (["unpack", "--offset=71", "<IHd"], DATA, "stdin: offset 70: it ends before --offset$", 1),
    (["unpack", "--offset=71", "<IHd", "in"], DATA, "in: offset 70: it ends before --offset$", 1),
    (["unpack", "<IHd", "short", "in"], DATA, "short: offset 14: iterative unpacking", 1),
    (["unpack"], b"", "FORMAT is missing", 2),
    ([], b"", "unpack, pack or size is missing", 2),
    (["show", "b"], b"", "^pila struct: show: is not unpack, pack or size$", 2),
    (["unpack", "<iy"], b"", "^pila struct: FORMAT: '<iy': offset 2: bad char in struct format$",
     2),
    (["size", "3"], b"", "offset 0: repeat count given without format specifier$", 2),
    (["size", "9" * 30 + "s"], b"", "total struct size too long$", 2),
    (["unpack", "0s"], b"", "a record has no bytes$", 2),
    (["unpack", "1000s", "--max-record=999"], b"", "longer than 999 bytes", 2),
    (["unpack", "BB", "--names=a"], b"", "--names: 1 for 2 fields$", 2),
    (["unpack", "B", "--names=a,b"], b"", "--names: 2 for 1 field$", 2),
    (["unpack", "BB", "--names=a,a"], b"", "--names: 'a' is there twice$", 2),
    (["unpack", "B", b"--names=\xff"], b"", "--names: no UTF-8$", 2),
    (["unpack", "B", "--fields"], b"", "--fields is for size$", 2),
    (["pack", "B", "--strip"], b"", "--strip is for unpack$", 2),
    (["size", "B", "--offset=1"], b"", "--offset is for unpack$", 2),
    (["unpack", "B", "--in=csv"], b"", "--in is for pack$", 2),
    (["size", "B", "-H"], b"", "--header is for pack$", 2),
    (["pack", "B", "--out=csv"], b"", "--out means nothing here", 2),
    (["unpack", "B", "-f1"], b"", "--field means nothing here", 2),
    (["size", "B", "in"], b"", "in: is one too many", 2),
    (["pack", "B", "then", "islice", "1"], b"1\n", "it can only be the last stage$", 2),
    (["unpack", "<IHd", "none", "gone"], b"", "^pila struct: none: No such file", 2),
    (["unpack", "<IHd", "."], b"", r"^pila struct: \.: Is a directory", 2),
    (["pack", "<IHd", "none"], b"", "^pila struct: none: No such file", 2),
]


def refused(t):
    t.write("in", DATA)
    t.write("short", DATA[:20])
    for argv, given, err, code in BAD:
        t.judge(f"refused: {argv} of {given[:30]!r}", t.run(["struct"] + argv, given), b"", code,
                err)
    for argv in ("islice 1 then struct unpack B", "islice 1 then struct size B"):
        t.judge("refused: " + argv, t.run(argv.split(), b"x\n"), b"", 2,
                "it can only be the first stage$")
    for argv, err in (("count -1 then islice 1 then struct pack B", "item:1: ubyte format"),
                      ("pairwise then struct pack B", "item:1: pack expected 1 items"),
                      ("islice 3 then struct pack B", "item:2: not a number|item:2:1: not a num")):
        t.judge("refused: " + argv, t.run(argv.split(), b"1\nx\n3\n"), b"", 1, err)
    t.judge("one FILE is missing: the others are unpacked",
            t.run(["struct", "unpack", "<IHd", "none", "in"]), LINES, 2, "none: No such file")
    for how, err in (("skip", None), ("report", "stdin:2:1: not a number$")):
        t.judge(f"pack --errors={how}", t.run(["struct", "pack", "--errors", how, "B"],
                                              b"1\nx\n3\n"), b"\1\3", 1 if err else 0, err)
    for how, err in (("skip", None), ("report", "^pila struct: short: offset 14: ")):
        t.judge(f"unpack --errors={how}", t.run(
            ["struct", "unpack", "--errors", how, "<IHd", "short", "in"]),
                LINES.split(b"\n", 1)[0] + b"\n" + LINES, 1 if err else 0, err)
    t.write("out", b"old")
    r = t.run(["struct", "unpack", "<IHd", "short", "-o", "out"])
    t.hold("a cut record, -o: the old file stays", r.code and t.read("out") == b"old", r.err)
    t.judge("-o", t.run(["struct", "pack", "B", "-o", "out"], b"65\n"), b"")
    t.hold("-o has it", t.read("out") == b"A")


def hostile(t):
    """Damaged text: what fits is packed, the rest is said, and nothing else happens."""
    rng = random.Random(9)
    texts = {"csv": b'1,"a ""b""",2.5,x\n-7,c,nan,"y"\n' * 3, "tsv": b"1\ta\\tb\t2.5\tx\n" * 4,
             "jsonl": b'[1,"a\\udc80",2.5,"x"]\n{"a":2,"b":"","c":1e5,"d":"y"}\n' * 3}
    for form, whole in texts.items():
        argv = ["struct", "pack", "--in", form, "--names=a,b,c,d", "--errors=report", "<h3sdc"]
        for k in range(60):
            text = bytearray(whole)
            for _ in range(rng.randrange(1, 4)):
                text[rng.randrange(len(text))] = rng.choice(b'",\t\n\\[]{}:9-e\0\xff ')
            r = t.run(argv, bytes(text))
            t.judge(f"damaged {form} {k}", r, None, 1 if r.err else 0, "" if r.err else None)
            lost = r.err.count(b"pila struct: stdin:")
            t.hold(f"damaged {form} {k}: each record is packed or said",
                   len(r.out) % 14 == 0 and r.err.count(b"\n") == lost, r.err)


# ---- reading and writing ----

def reading(t):
    """Records that straddle reads, files and blocks."""
    rng = random.Random(3)
    data = rng.randbytes(14 * 30000)
    t.write("in", data)
    want = t.run(["struct", "unpack", "<IHd", "in"]).out
    t.hold("420 kB", want == b"".join(b"\t".join(map(as_text, row)) + b"\n"
                                      for row in unpacked("<IHd", data)))
    pipe = subprocess.run(["sh", "-c", f"dd if=in bs=1009 2>/dev/null | '{t.pila}' struct unpack "
                           "'<IHd' - | cksum"], cwd=t.folder, env=t.environment,
                          capture_output=True)
    plain = subprocess.run(["cksum"], input=want, capture_output=True)
    t.hold("in pieces of 1009 bytes", pipe.stdout == plain.stdout, pipe)
    big = rng.randbytes(3 * 300001)
    t.write("big", big)
    r = t.run(["struct", "unpack", "--out=jsonl", "300000sB", "big"])
    t.hold("records longer than a block", [json.loads(line) for line in r.out.splitlines()] == [
        list(map(in_json, row)) for row in unpacked("300000sB", big)])
    t.judge("and back", t.run(["struct", "pack", "--in=jsonl", "300000sB"], r.out), big)
    wide = rng.randbytes(2 * 100000)
    t.judge("100000 fields", t.run(["struct", "unpack", "100000B"], wide), b"".join(
        b"\t".join(b"%d" % c for c in wide[k:k + 100000]) + b"\n" for k in (0, 100000)))
    t.judge("100000 fields and back", t.run(["struct", "pack", "100000B"], t.run(
        ["struct", "unpack", "100000B"], wide).out), wide)
    shim, why = t.shim()
    for argv, given, out in ((["unpack", "<IHd", "in"], b"", want),
                             (["pack", "<IHd", "text"], b"", None)):
        t.write("text", t.run(["struct", "unpack", "--out=tsv", "<IHd", "in"]).out)
        argv = ["struct"] + argv
        out = out or t.run(argv).out
        if shim:
            env = {"LD_PRELOAD": shim, "SHORT_READS": "7", "SHORT_WRITES": "7"}
            t.judge(f"{argv}, 7 bytes a call", t.run(argv, given, env=env), out)
        else:
            t.skip(f"{argv}, 7 bytes a call", why)
        name = f"every second read of {argv} is interrupted"
        before = strace(t, name, "read:error=EINTR:when=1+2", path=argv[-1])
        if not before:
            continue
        t.judge(name, t.run(argv, before=before, env=traced(t)), out)
        name = f"EIO in the middle of {argv}"
        before = strace(t, name, "read:error=EIO:when=2+", path=argv[-1])
        r = t.run(argv, before=before, env=traced(t))
        t.judge(name, r, None, 2, rf"^pila struct: {argv[-1]}: Input/output error$")
        t.hold(name + " gives nothing complete", len(r.out) < len(out))


def at_once(t):
    """A record is shown when it has come, whatever follows."""
    for argv, given, want in ((["unpack", "--line-buffered", "<I"], b"\1\0\0\0\2", b"1\n"),
                              (["pack", "--line-buffered", "<I"], b"1\n2", b"\1\0\0\0")):
        run = subprocess.Popen([t.pila, "struct"] + argv, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, cwd=t.folder, env=t.environment)
        run.stdin.write(given)
        run.stdin.flush()
        got = os.read(run.stdout.fileno(), 100)
        run.stdin.write(b"\0\0\0" if argv[0] == "unpack" else b"\n")
        run.stdin.close()
        rest = run.stdout.read()
        t.hold(f"{argv} does not wait", got == want and run.wait(20) == 0, (got, rest))


def streams(t):
    t.write("in", DATA)
    for argv in (["unpack", "<IHd"], ["unpack", "--out=jsonl", "--names=a,b,c", "<IHd"],
                 ["size", "<IHd"], ["size", "--fields", "<IHd"], ["pack", "<IHd", "--in=tsv"]):
        given = LINES if argv[0] == "pack" else DATA
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                t.judge(f"{argv} to a full disk", t.run(["struct"] + argv, given, stdout=full),
                        None, 2, "stdout: No space left on device")
        closed = ["sh", "-c", 'exec "$@" >&-', "sh"]
        t.judge(f"{argv} to a closed stdout", t.run(["struct"] + argv, given, before=closed), b"",
                2, "stdout: Bad file descriptor")
        if argv[0] != "size":
            closed = ["sh", "-c", 'exec "$@" <&-', "sh"]
            t.judge(f"{argv} of a closed stdin", t.run(["struct"] + argv, before=closed), b"", 2,
                    "stdin: Bad file descriptor")
    big = subprocess.run(["sh", "-c", f"'{t.pila}' struct unpack B /dev/zero | head -c 9 | cksum"],
                         cwd=t.folder, env=t.environment, capture_output=True, timeout=60)
    t.hold("the reader may go", big.returncode == 0 and not big.stderr, big)
    t.judge("and a later stage", t.run("struct unpack B /dev/zero then islice 2".split()),
            b"0\n0\n")


def allocations(t):
    shim, why = t.shim()
    if not shim:
        t.skip("failing memory", why)
        return
    t.write("in", DATA + bytes(14))
    t.write("text", b'x,"a ""b"""\n1,y\n22,"z,"\n')
    t.write("json", b'{"a":[1,2],"b":"\\udc80\\u00e9"}\n[[3,4],"x"]\n')
    for argv in (["unpack", "<IHd", "in"], ["unpack", "--names=a,b,c,d", "--out=jsonl", "<Icch6x",
                                            "in"],
                 ["unpack", "<2F?3s2x", "--offset=14", "in", "then", "islice", "2"],
                 ["unpack", "<2s4cQ", "in", "then", "sorted"],
                 ["size", "--fields", "--names=a,b", "BB"],
                 ["pack", "5s5s", "--in=csv", "text"], ["pack", "--in=csv", "-H", "--names=a \"b\",x",
                                                        "3sB", "text", "--errors=skip"],
                 ["pack", "--in=jsonl", "--names=a,b", "F3s", "json"],
                 ["pack", "--in=jsonl", "--names=a,b", "FB", "json", "--errors=skip"]):
        want = t.run(["struct"] + argv)
        for n in range(1, 400):
            r = t.run(["struct"] + argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n)})
            if r.code == want.code and r.out == want.out and not r.err:
                break
            if r.code != 2 or b"out of memory" not in r.err or len(r.out) > len(want.out):
                t.hold(f"{argv}: allocation {n} fails", False, (r.code, r.out[:80], r.err))
                break
        t.hold(f"{argv}: each allocation is failed once", 2 < n < 399, n)


def memory(t):
    if t.sanitized or not os.path.exists("/proc/self/status"):
        t.skip("little memory", "a sanitizer needs more, or there is no /proc")
        return
    with open(t.path("long"), "wb") as f:
        f.truncate(64 << 20)
    for argv in (["unpack", "QQ", "long"], ["unpack", "QQ", "long", "then", "islice", "9999999:"]):
        run = subprocess.run(["sh", "-c", 'ulimit -v 40000; exec "$@" | tail -n 1', "sh", t.pila,
                              "struct"] + argv, cwd=t.folder, env=t.environment,
                             capture_output=True)
        t.hold(f"{argv} of 64 MB in 40", not run.stderr, run)


def told(t):
    r = t.run(["struct", "--help"])
    t.judge("--help", r)
    page = r.out.decode()
    t.hold("examples, usage, options",
           0 < page.index("Examples:") < page.index("usage:") < page.index("Options:"))
    t.hold("memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
    t.hold("nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)


def rows(t):
    by_hand(t)
    packs(t)
    random_formats(t)
    the_csv(t)
    out_of_range(t)
    refused(t)
    hostile(t)
    reading(t)
    at_once(t)
    streams(t)
    allocations(t)
    memory(t)
    told(t)
