"""pila pickle: dis against CPython's pickletools, values to JSON and back, what pickles
name, and what is refused."""
import collections
import datetime
import decimal
import fractions
import io
import json
import math
import pickle
import pickletools
import random

HOSTILE = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x02ls\x94\x85\x94R\x940N."


class Point:
    """Written by NEWOBJ and BUILD."""

    def __init__(self, x):
        self.x = x


def dis(data, **how):
    """What pickletools.dis prints for each of the pickles in data, and its complaint."""
    out, file, memo = io.StringIO(), io.BytesIO(data), {} if how.pop("memo", 0) else None
    try:
        while file.tell() < len(data):
            pickletools.dis(file, out, memo, **how)
    except (ValueError, IndexError) as e:
        return out.getvalue().encode(), str(e)
    return out.getvalue().encode(), None


# ---- dis ----

def disassembly(t):
    values = [1, -2, 3.5, "caf\xe9 '\ud800", b"b\x00", None, [(), (1,)], {"k": {7}}, 1 << 70]
    for protocol in range(6):
        data = pickle.dumps(values, protocol)
        t.write("p", data)
        t.judge(f"dis, protocol {protocol}", t.run(["pickle", "dis", "p"]), dis(data)[0])
        t.judge(f"dis of stdin, protocol {protocol}",
                t.run(["pickle", "dis", "--indent", "1"], data), dis(data, indentlevel=1)[0])
    several = b"".join(pickle.dumps(values, p) for p in range(6))
    t.judge("dis of several", t.run(["pickle", "dis"], several), dis(several)[0])
    t.write("p", several)
    t.judge("dis of files", t.run(["pickle", "dis", "p", "-"], b"N."),
            dis(several)[0] + dis(b"N.")[0])
    t.judge("dis --memo", t.run(["pickle", "dis", "--memo"], b"Nq\x07.h\x07."),
            dis(b"Nq\x07.h\x07.", memo=True)[0])
    t.judge("dis then islice", t.run("pickle dis p then islice 1:3".split()),
            b"".join(dis(several)[0].splitlines(True)[1:3]))
    t.judge("dis --out jsonl", t.run("pickle dis --out jsonl".split(), b"N."),
            b"".join(json.dumps(line).encode() + b"\n"
                     for line in dis(b"N.")[0].decode().splitlines()))
    lines = t.run(["pickle", "dis", "--annotate"], HOSTILE).out.decode().splitlines()
    t.hold("dis --annotate: all begin in one column",
           len({line.find(word) for line, word in
                zip(lines, ("the protocol", "a str", "the top into"))}) == 1, lines)


def malformed_dis(t):
    rng = random.Random(7)
    whole = pickle.dumps([1, {"a": ("b", 2.5)}, b"c"], 4)
    cases = [whole[:k] for k in range(len(whole))]
    cases += [b"\xff", b"Nt.", b"NN.", b"0.", b"h\x01.", b"q\x00.", b"(\x85t.", b"I1x\n."]
    for _ in range(60):
        data = bytearray(whole)
        data[rng.randrange(len(data))] = rng.choice(b"(t.0q\x94\x85h]}")
        cases.append(bytes(data))
    for data in cases:
        out, why = dis(data)
        if why is None and data:
            t.judge(f"dis {data!r}", t.run(["pickle", "dis"], data), out)
            continue
        why = why or "pickle exhausted before seeing STOP"
        r = t.run(["pickle", "dis"], data)
        t.judge(f"dis {data!r}", r, out, 1, r"^pila pickle: stdin: offset \d+: ")
        t.hold(f"dis {data!r}: Python's words", r.err.decode().rstrip("\n").endswith(why[:199]),
               f"{r.err!r}\n{why}")


def names(t):
    values = [collections.OrderedDict(a=1), print, decimal.Decimal(1), datetime.date.today()]
    data = HOSTILE + pickle.dumps(values, 4) + pickle.dumps(fractions.Fraction(1, 2), 1)
    want = ("os:system collections:OrderedDict builtins:print decimal:Decimal datetime:date "
            "fractions:Fraction").split()
    t.judge("dis --globals", t.run(["pickle", "dis", "--globals"], data),
            "".join(name + "\n" for name in want).encode())
    t.judge("globals of the memo, and of a name that is no text",
            t.run(["pickle", "dis", "--globals"],
                  b"\x8c\x02os\x94\x8c\x01x\x940h\x00h\x01\x93NN\x93iin\nst\n\x82\x05."),
            b"os:x\n?:?\nin:st\nextension:5\n")
    t.judge("globals up to where it is malformed",
            t.run(["pickle", "dis", "--globals"], b"cos\nsystem\n\xff"), b"os:system\n", 1,
            "offset 11: at position 11, opcode b'.xff' unknown")


# ---- JSON ----

def alike(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if type(a) is not type(b):
        return False
    if isinstance(a, complex):
        return alike([a.real, a.imag], [b.real, b.imag])
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(alike, a.values(), b.values()))
    return a == b


VALUES = [
    None, True, 0, -1, 1 << 100, 2.5, -0.0, math.inf, -math.inf, math.nan, "", "\xe9\u20ac",
    "a\ud800", b"", b"\x00\xff", bytearray(b"xyz"), [], [1, [2]], (), (1, (2, "3")), {},
    {"a": {"b": []}}, {1: 2, None: (), (1, 2): 3}, {"__bytes__": 1}, {"__x": 1}, set(),
    {1, "a"}, frozenset([1, (2, 3)]), 1 + 2j, complex(math.nan, math.inf),
    collections.OrderedDict(a=1, b=[2]), collections.Counter("hello"), datetime.date(2020, 1, 2),
    decimal.Decimal("1.50"), fractions.Fraction(1, 3), print, len, range(3),
    collections.defaultdict(list, {"k": [1]}), collections.deque([1, 2], 5),
]


def round_trips(t):
    for protocol in range(6):
        data = b"".join(pickle.dumps(v, protocol) for v in VALUES)
        made = t.run(["pickle", "to-json", "--tuples"], data)
        t.judge(f"to-json, protocol {protocol}", made)
        lines = made.out.splitlines()
        t.hold(f"to-json, protocol {protocol}: a line for each", len(lines) == len(VALUES))
        t.hold("every line is JSON", all(json.loads(line) is not ... for line in lines))
        for into in (0, 2, 4, 5):
            r = t.run(["pickle", "from-json", "--protocol", str(into)], made.out)
            t.judge(f"from-json, protocol {protocol} to {into}", r)
            file, back = io.BytesIO(r.out), []
            while file.tell() < len(r.out):
                back.append(pickle.load(file))
            wrong = [(a, b) for a, b in zip(VALUES, back) if not alike(a, b)]
            t.hold(f"there and back, protocol {protocol} to {into}",
                   len(back) == len(VALUES) and not wrong, str(wrong[:3]))


def depth(t):
    deep = ()
    for _ in range(900):
        deep = (deep,)
    r = t.run("pickle to-json --tuples".split(), pickle.dumps(deep, 4))
    t.judge("900 tuples in one another", r)
    t.judge("900 tuples, back", t.run(["pickle", "from-json"], r.out), pickle.dumps(deep, 4))
    t.judge("1001 lists", t.run(["pickle", "to-json"], b"]" * 1001 + b"a" * 1000 + b"."), b"",
            1, "nests deeper than 1000")


def json_rows(t):
    rows = [
        ("plain values", {"a": [1, 2.5, None, True, "x"]}, {"a": [1, 2.5, None, True, "x"]}),
        ("a tuple is an array", (1, (2,)), [1, [2]]),
        ("bytes", b"spam", {"__bytes__": "c3BhbQ=="}),
        ("a bytearray", bytearray(b"s"), {"__bytearray__": "cw=="}),
        ("a set", {7}, {"__set__": [7]}),
        ("a frozenset", frozenset([7]), {"__frozenset__": [7]}),
        ("keys that are no text", {1: 2}, {"__dict__": [[1, 2]]}),
        ("keys that look like ours", {"__set__": 2}, {"__dict__": [["__set__", 2]]}),
        ("nan", math.nan, {"__float__": "nan"}),
        ("a complex number", 1 + 2j, {"__complex__": [1.0, 2.0]}),
        ("a function", print, {"__global__": "builtins:print"}),
        ("a date", datetime.date(2020, 1, 2),
         {"__object__": "datetime:date", "how": "reduce", "args": [{"__bytes__": "B+QBAg=="}]}),
    ]
    for name, value, want in rows:
        r = t.run(["pickle", "to-json"], pickle.dumps(value, 4))
        t.judge("to-json: " + name, r)
        t.hold("to-json: " + name, r.out and json.loads(r.out) == want, repr(r.out))
    r = t.run(["pickle", "to-json"], pickle.dumps(Point(7), 4))
    made = json.loads(r.out)
    t.hold("to-json: a class of one's own", made["__object__"].endswith(":Point") and
           made["how"] == "newobj" and made["state"] == {"x": 7}, r.out)
    t.judge("to-json does nothing", t.run(["pickle", "to-json"], HOSTILE), b"null\n")
    t.judge("to-json: what would be done",
            t.run(["pickle", "to-json"], HOSTILE.replace(b"0N.", b".")),
            b'{"__object__":"os:system","how":"reduce","args":["ls"]}\n')
    t.judge("from-json of a stage before",
            t.run("islice 1 then pickle from-json".split(), b"[1]\n[2]\n"),
            pickle.dumps([1], 4))
    t.judge("to-json for a later stage",
            t.run("pickle to-json then islice 1:2".split(), b"N.K\x07."), b"7\n")


# ---- what is refused ----

def refused(t):
    def no(name, argv, err, code=2, stdin=b"N.", out=b""):
        t.judge(name, t.run(["pickle"] + argv, stdin), out, code, err)

    cycle = []
    cycle.append(cycle)
    no("no action", [], "missing")
    no("no such action", ["show"], "^pila pickle: show: is not dis, to-json or from-json$")
    no("no such file", ["dis", "none"], "^pila pickle: none: No such file")
    no("a folder", ["to-json", "."], "^pila pickle: \\.: Is a directory")
    no("a protocol above 5", ["from-json", "--protocol", "6"], "--protocol is 0 to 5")
    no("--annotate of to-json", ["to-json", "--annotate"], "are for dis")
    no("--tuples of dis", ["dis", "--tuples"], "is for to-json")
    no("from-json before others", "from-json then islice 1".split(), "only be the last stage")
    t.judge("dis after others", t.run("islice 1 then pickle dis".split(), b"N."), b"", 2,
            "only be the first stage")
    no("to-json of a pickle that is cut", ["to-json"], "^pila pickle: stdin: offset ", 1, b"(N")
    no("to-json of a second one that is cut", ["to-json"], "stdin: offset 2: ", 1, b"N.K",
       b"null\n")
    no("to-json of what contains itself", ["to-json"], "contains itself", 1,
       pickle.dumps(cycle), None)
    no("to-json of nothing", ["to-json"], "offset 0: Ran out of input", 1, b"")
    no("from-json of no JSON", ["from-json"], "^pila pickle: stdin:2:4: Expecting value$", 1,
       b"1\n[1,\n", None)
    for text in ('{"__bytes__":1}', '{"__bytes__":"a"}', '{"__bytes__":"a=a="}',
                 '{"__set__":[[]]}', '{"__frozenset__":[{}]}', '{"__dict__":[1]}',
                 '{"__dict__":[[[],1]]}', '{"__float__":"x"}', '{"__complex__":[1]}',
                 '{"__global__":"os"}', '{"__object__":"os:system"}',
                 '{"__object__":"os:system","how":"x"}'):
        no("from-json of " + text, ["from-json"], "^pila pickle: stdin:1", 1, text.encode())
    t.write("out", b"old")
    no("a malformed pickle, -o", ["dis", "-o", "out"], "offset", 1, b"NN")
    t.hold("a malformed pickle, -o: the old file stays", t.read("out") == b"old")


def hostile(t):
    for name, data in (("memo_2^28", b"Nr\xff\xff\xff\x0f."), ("binbytes8_2^62",
                       b"\x8e" + bytes(7) + b"@"), ("frame_2^62", b"\x95" + bytes(7) + b"@N."),
                       ("long4_negative", b"\x8b\xff\xff\xff\xff"), ("marks", b"(" * 1000)):
        for action in ("dis", "to-json"):
            r = t.run(["pickle", action], data)
            t.hold(f"{name}, {action}: ends", r.code in (0, 1), f"{r.code} {r.err!r}")


def allocations(t):
    shim, why = t.shim()
    if not shim:
        t.skip("failing memory", why)
        return
    data = pickle.dumps([VALUES[:20], "\u20ac"], 4)
    text = t.run(["pickle", "to-json"], data).out
    for argv, given in ((["dis"], data), (["dis", "--globals"], data), (["to-json"], data),
                        (["from-json"], text)):
        for n in range(1, 200, 3):
            r = t.run(["pickle"] + argv, given,
                      env={"LD_PRELOAD": shim, "FAIL_AT": str(n)})
            if r.code == 0:
                break
            t.hold(f"{argv}, allocation {n} fails", r.code == 2, f"{r.code} {r.err!r}")


def told(t):
    r = t.run(["pickle", "--help"])
    t.judge("--help", r)
    page = r.out.decode()
    t.hold("memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
    t.hold("nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)


def rows(t):
    disassembly(t)
    malformed_dis(t)
    names(t)
    round_trips(t)
    depth(t)
    json_rows(t)
    refused(t)
    hostile(t)
    allocations(t)
    told(t)
