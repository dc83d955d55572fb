"""pila json: layouts against json.tool, lines and lists there and back, pointers, faults
and their places, and pipelines."""
import json
import os
import random
import subprocess

DOC = ' {"a" : [1.0, {"b":2e5}],\n "c":"\\u00e9 é", "e": [ ], "f": {}}'.encode()
LIST = b'[1, [2,\n3], {"z": 1.50, "a": 2}]'
LINES = b'{"x": 1}\n[1, 2]\n"z"\n'

# name, arguments, stdin, output
ROWS = [
    ("valid says nothing", ["valid"], DOC, b""),
    ("min", ["min"], DOC, '{"a":[1.0,{"b":2e5}],"c":"\\u00e9 é","e":[],"f":{}}\n'.encode()),
    ("pretty --no-indent", ["pretty", "--no-indent"], LIST, b'[1, [2, 3], {"z": 1.50, "a": 2}]\n'),
    ("pretty --indent", ["pretty", "--indent", "1"], b"[1,[]]", b"[\n 1,\n []\n]\n"),
    ("pretty --tab", ["pretty", "--tab"], b'{"a":1}', b'{\n\t"a": 1\n}\n'),
    ("pretty of JSON Lines", ["pretty", "--in=jsonl"], b"[1]\n2", b"[\n    1\n]\n2\n"),
    ("min of JSON Lines", ["min", "--in=jsonl"], b"[ 1 ]\n2 {}", b"[1]\n2\n{}\n"),
    ("lines of a list", ["lines"], LIST, b'1\n[2,3]\n{"z":1.50,"a":2}\n'),
    ("lines of many values", ["lines"], LINES, b'{"x":1}\n[1,2]\n"z"\n'),
    ("lines of lists", ["lines", "--in=jsonl"], b"[1]\n[2 ]", b"[1]\n[2]\n"),
    ("lines of nothing", ["lines"], b" \n", b""),
    ("array", ["array"], LINES, b'[\n{"x":1},\n[1,2],\n"z"\n]\n'),
    ("array of nothing", ["array"], b"", b"[\n]\n"),
    ("get", ["get", "/a/1/b"], DOC, b"2e5\n"),
    ("get as it is written", ["get", "/c"], DOC, '"\\u00e9 é"\n'.encode()),
    ("get the whole", ["get", ""], LIST, LIST + b"\n"),
    ("--sort-keys keeps numbers", ["min", "--sort-keys"], LIST, b'[1,[2,3],{"a":2,"z":1.50}]\n'),
    ("array --sort-keys", ["array", "--sort-keys"], b'{"b":1,"a":1e5}\n2',
     b'[\n{"a":1e5,"b":1},\n2\n]\n'),
    ("numbers stay exact", ["min"], b"[1.00, 123456789012345678901234567890, 1E400]",
     b"[1.00,123456789012345678901234567890,1E400]\n"),
    ("--python reads NaN", ["min", "--python"], b"[NaN, -Infinity, 1E2]",
     b"[NaN,-Infinity,100.0]\n"),
    ("--depth", ["min", "--depth=3"], b"[[[]]]", b"[[[]]]\n"),
]

# arguments, stdin, exit status, message
REFUSED = [
    (["valid"], b"[1,]", 1, r"^pila json: stdin:1:4: Expecting value$"),
    (["valid"], b'{"a": 1}\n {', 1, r"^pila json: stdin:2:2: Extra data$"),
    (["valid"], b"[NaN]", 1, r"stdin:1:2: Expecting value$"),
    (["valid"], b'["\xff"]', 1, r"stdin:1:3: not UTF-8: invalid start byte$"),
    (["valid"], b"", 1, r"stdin:1:1: Expecting value$"),
    (["min", "--depth=2"], b"[[[]]]", 1, r"stdin:1:3: nested too deeply$"),
    (["lines"], b"[1,\n2", 1, r"stdin:2:2: Expecting ',' delimiter$"),
    (["get", "/x"], b'{"a": 1}', 1, None),
    (["get", "x"], b"1", 2, r"x: is no JSON Pointer$"),
    (["get", "/x"], b"[", 1, r"stdin:1:2: Expecting value$"),
    (["get"], b"", 2, r"POINTER is missing"),
    ([], b"", 2, r"COMMAND is missing"),
    (["nonsense"], b"", 2, r"'nonsense' is none of valid, pretty"),
    (["min", "--indent=2"], b"1", 2, r"are for pretty$"),
    (["pretty", "--indent=2", "--tab"], b"1", 2, r"one of them$"),
    (["valid", "--sort-keys"], b"1", 2, r"--sort-keys means nothing with valid$"),
    (["min", "--in=csv"], b"1", 2, r"what is read is JSON"),
    (["min", "--out=csv"], b"1", 2, r"what is printed is JSON$"),
    (["min", "-f1"], b"1", 2, r"--field means nothing here"),
    (["get", "", "--in=jsonl"], b"1", 2, r"then json get POINTER$"),
    (["min", "missing"], b"", 2, r"missing: No such file"),
    (["min", "."], b"", 2, r"\.: Is a directory$"),
    (["min", "--python"], b"[" + b"1" * 5000 + b"]", 1, r"4300"),
]


def by_hand(t):
    for name, argv, stdin, want in ROWS:
        t.judge(name, t.run(["json"] + argv, stdin), want)
    for argv, stdin, code, err in REFUSED:
        r = t.run(["json"] + argv, stdin)
        t.judge(f"refused: {' '.join(argv)[:50]} of {stdin[:20]!r}", r, None, code, err)
    t.write("a", DOC)
    t.write("b", b"[1,")
    t.judge("two FILEs", t.run(["json", "min", "a", "a"]),
            t.run(["json", "min", "a"]).out * 2)
    r = t.run(["json", "valid", "b", "a", "b"])
    t.judge("valid looks at all", r, b"", 1, r"b:1:4: Expecting value\n.*b:1:4: Expecting value$")
    t.judge("a fault leaves -o as it was", t.run(["json", "min", "b", "-o", "a"]), b"", 1,
            r"b:1:4: Expecting value$")
    t.hold("it is", t.read("a") == DOC)
    t.judge("-o over its input", t.run(["json", "min", "a", "-o", "a"]), b"")
    t.hold("it is minified", t.read("a").startswith(b'{"a":[1.0,'))


def values(rng, depth=4):
    if depth == 0 or rng.random() < 0.3:
        return rng.choice([0, -1, 10 ** 30, 1.5, 1e-7, True, None, "", "a\n\"\\", "é漢", "x" * 90])
    some = [values(rng, depth - 1) for _ in range(rng.randrange(6))]
    return some if rng.random() < 0.5 else {f"k{k}é": v for k, v in enumerate(some)}


def against_python(t):
    """json.tool, for texts whose numbers are as Python writes them."""
    rng = random.Random(1)
    for k in range(20):
        made = [values(rng) for _ in range(1 + 40 * (k % 2))]
        text = json.dumps(made, indent=rng.choice([None, 0, 3]), ensure_ascii=k % 3 == 0).encode()
        for argv, how in ((["pretty"], {"indent": 4}), (["pretty", "--indent=0"], {"indent": 0}),
                          (["pretty", "--tab"], {"indent": "\t"}), (["pretty", "--no-indent"], {}),
                          (["min"], {"separators": (",", ":")})):
            want = json.dumps(made, ensure_ascii=k % 3 == 0, **how).encode() + b"\n"
            t.judge(f"{argv} {k}", t.run(["json"] + argv, text), want)
            want = json.dumps(made, sort_keys=True, **how).encode() + b"\n"
            t.judge(f"{argv} --python --sort-keys {k}",
                    t.run(["json", "--python", "--sort-keys"] + argv, text), want)
        lines = b"".join(json.dumps(v, separators=(",", ":"), ensure_ascii=k % 3 == 0).encode()
                         + b"\n" for v in made)
        t.judge(f"lines {k}", t.run(["json", "lines"], text), lines)
        t.judge(f"there and back {k}", t.run("json lines then json array then json min".split(),
                                             text), json.dumps(made, separators=(",", ":"),
                                                               ensure_ascii=k % 3 == 0).encode()
                + b"\n")


def pipelines(t):
    t.judge("lines then islice", t.run("json lines then islice 2".split(), LIST), b"1\n[2,3]\n")
    t.judge("lines then filter by a member",
            t.run("json lines then filter -f/z -n --gt=1".split(), b'[{"z":1},{"z":2}]'),
            b'{"z":2}\n')
    t.judge("get of each", t.run("json lines then json get /z".split(), b'[{"z":1.0},{"z":[2 ]}]'),
            b"1.0\n[2]\n")
    t.judge("get of each, one without", t.run("json lines then json get /z".split(),
                                              b'[{"z":1},{}]'), b"1\n", 1)
    t.judge("pretty by the line", t.run("json pretty then islice 1:3".split(), LIST),
            b"    1,\n    [\n")
    t.judge("items as input", t.run("islice 2 then json array".split(), LINES),
            b'[\n{"x":1},\n[1,2]\n]\n')
    t.judge("a malformed item", t.run("islice 2 then json min".split(), b"1\n]\n"), None, 1,
            r"stage 2.*items:2:1: Expecting value$")
    t.judge("no FILE in a later stage", t.run("islice 2 then json min a".split(), b"1\n"), b"", 2,
            r"no FILE can be read here$")


def in_pieces(t):
    """What comes byte by byte gives the same, and a value is out before the text ends."""
    with subprocess.Popen([t.pila, "json", "lines", "then", "islice", "2"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=t.environment) as p:
        try:
            for k in range(len(LIST) * 2000):
                os.write(p.stdin.fileno(), LIST[k % len(LIST):][:1] if k < len(LIST) else b" ")
        except BrokenPipeError:
            pass
        p.stdin.close()
        t.hold("byte by byte", p.stdout.read() == b"1\n[2,3]\n")


def live(t):
    """A line is out before more is read."""
    with subprocess.Popen([t.pila, "json", "lines", "--line-buffered"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=t.environment) as p:
        p.stdin.write(b"[1, [2], 3")
        p.stdin.flush()
        t.hold("two lines are out", p.stdout.readline() + p.stdout.readline() == b"1\n[2]\n")
        p.stdin.close()


def deep(t):
    n = 20000
    text = b"[" * n + b"]" * n
    t.judge("a deep text", t.run(["json", "min", f"--depth={n}"], text), text + b"\n")
    t.judge("a deep text with values",
            t.run(["json", "min", "--sort-keys", f"--depth={n}"], text), text + b"\n")
    t.judge("too deep", t.run(["json", "min"], text), None, 1, r":1:1025: nested too deeply$")


def trouble(t):
    if os.path.exists("/dev/full"):
        for what in (["min"], ["pretty"], ["lines"], ["array"], ["get", ""]):
            with open("/dev/full", "wb") as full:
                p = subprocess.run([t.pila, "json"] + what, input=LIST, stdout=full,
                                   stderr=subprocess.PIPE, env=t.environment)
            t.hold(f"{what}: a full disk", p.returncode == 2 and b"No space left" in p.stderr,
                   p.stderr)


def allocations(t):
    """Each of the first allocations fails in turn: a message, and never half an answer."""
    shim, why = t.shim()
    if not shim:
        t.skip("failing allocations", why)
        return
    for argv in (["valid"], ["pretty"], ["array"], ["get", "/0"], ["min", "--sort-keys"],
                 ["lines", "then", "json", "pretty", "--python"]):
        for n in range(1, 100, 2):
            r = t.run(["json"] + argv, LIST, env={"LD_PRELOAD": shim, "FAIL_AT": str(n)})
            if r.code == 0:
                break
            t.hold(f"{argv}, allocation {n} fails", r.code == 2, f"{r.code} {r.err!r}")


def told(t):
    r = t.run(["json", "--help"])
    t.judge("--help", r)
    page = r.out.decode()
    t.hold("memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
    t.hold("nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)


def rows(t):
    by_hand(t)
    against_python(t)
    pipelines(t)
    in_pieces(t)
    live(t)
    deep(t)
    trouble(t)
    allocations(t)
    told(t)
