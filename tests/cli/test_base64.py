"""pila base64, base32, base16, ascii85, base85, z85: against coreutils and Python, faults
and their places, pipelines, and trouble."""
import base64
import os
import random
import select
import signal
import subprocess

from test_trouble import left_alone, limited, strace, traced

# command, what coreutils call it, Python's encoder and decoder
KINDS = [
    (["base64"], ["base64"], base64.b64encode, base64.b64decode),
    (["base64", "--url"], ["basenc", "--base64url"], base64.urlsafe_b64encode,
     base64.urlsafe_b64decode),
    (["base32"], ["base32"], base64.b32encode, base64.b32decode),
    (["base32", "--hex"], ["basenc", "--base32hex"], base64.b32hexencode,
     base64.b32hexdecode),
    (["base16"], ["basenc", "--base16"], base64.b16encode, base64.b16decode),
    (["z85"], ["basenc", "--z85"], None, None),
    (["ascii85"], None, base64.a85encode, base64.a85decode),
    (["base85"], None, base64.b85encode, base64.b85decode),
]


def wrapped(text, columns):
    lines = [text[k:k + columns] for k in range(0, len(text), columns)]
    return b"".join(line + b"\n" for line in lines)


def some(rng, whole):
    for n in [0, 1, 2, 3, 4, 5, 7, 8, 56, 57, 58, 1000, 3000, (256 << 10) - 1, 256 << 10, 600001]:
        yield rng.randbytes(n + -n % whole if whole > 1 else n)


# ---- against others ----

def against_coreutils(t):
    rng = random.Random(1)
    for argv, peer, _, _ in KINDS:
        if not peer or not t.tool(peer[0]):
            t.skip(f"{argv} against coreutils", "it has none, or is not here")
            continue
        for data in some(rng, 4 if argv == ["z85"] else 1):
            n = len(data)
            for columns in ([], ["-w0"], ["-w", "1"], ["-w75"], ["--wrap=64"]):
                if len(data) > 9999 and columns[:2] == ["-w", "1"]:
                    continue
                want = subprocess.run(peer + columns, input=data, stdout=subprocess.PIPE).stdout
                t.judge(f"{argv} {columns} of {n} bytes", t.run(argv + columns, data), want)
                t.judge(f"{argv} {columns}, {n} bytes back", t.run(argv + ["-d"], want), data)


def against_python(t):
    rng = random.Random(2)
    for argv, _, encode, _ in KINDS:
        for data in some(rng, 1):
            if not encode:
                continue
            text = encode(data)
            t.judge(f"{argv} -w0 of {len(data)} bytes", t.run(argv + ["-w0"], data), text)
            t.judge(f"{argv} -w50 of {len(data)} bytes", t.run(argv + ["-w50"], data),
                    wrapped(text, 50))
            t.judge(f"{argv} -d of {len(text)} characters", t.run(argv + ["-d"], text), data)
            t.judge(f"{argv} -d --python", t.run(argv + ["-d", "--python"], text), data)
    blanks = bytes(8) + b"    x" + b"spam"
    for argv, how in ((["--adobe"], {"adobe": True}), (["--foldspaces"], {"foldspaces": True}),
                      (["--pad"], {"pad": True}),
                      (["--adobe", "-w20"], {"adobe": True, "wrapcol": 20})):
        text = base64.a85encode(blanks, **how) + b"\n" * ("-w20" in argv)
        t.judge(f"ascii85 {argv}", t.run(["ascii85"] + argv, blanks), text)
        back = [a for a in argv if a not in ("-w20", "--pad")]
        want = blanks + bytes(-len(blanks) % 4 if "--pad" in argv else 0)
        t.judge(f"ascii85 {argv} back", t.run(["ascii85", "-d"] + back, text), want)
    t.judge("base85 --pad", t.run(["base85", "--pad"], b"spa"), base64.b85encode(b"spa", True))
    t.judge("no wrapping is default for ascii85 and base85",
            t.run(["base85"], b"x" * 4000), base64.b85encode(b"x" * 4000))
    junk = b"Y W*J=j\n\0!YQ=="
    t.judge("--python: junk is skipped", t.run(["base64", "-d", "--python"], junk),
            base64.b64decode(junk))


# ---- what is taken ----

TAKEN = [  # command, options of -d, text, what comes of it
    ("base64", [], b"YWJj\nYQ==\n", b"abca"),
    ("base64", [], b"\n\nY\nW\nJj", b"abc"),
    ("base64", ["-i"], b"Y-W%J\0j\r\n Y Q\xff==", b"abca"),
    ("base64", ["--ignore-garbage"], b"", b""),
    ("base64", ["-i", "--url"], b"-_+/-_", base64.urlsafe_b64decode(b"-_-_")),
    ("base64", ["--lax"], b" YW Jj\r\nYQ", b"abca"),
    ("base64", ["--unpadded"], b"YWJjYQ", b"abca"),
    ("base64", ["--url"], b"-_-_", b"\xfb\xff\xbf"),
    ("base64", ["--strict"], b"YWJj", b"abc"),
    ("base32", ["--casefold"], b"mfrgG===", b"abc"),
    ("base32", ["-i"], b"MF RG G1===", b"abc"),
    ("base16", ["--casefold"], b"6a6B", b"jk"),
    ("base16", ["-i"], b"6x1:62", b"ab"),
    ("ascii85", ["-i"], b"z \xff~!!", b"\0\0\0\0\0"),
    ("ascii85", ["-i", "--adobe"], b"<~z \xff!!~>", b"\0\0\0\0\0"),
    ("ascii85", ["--foldspaces"], b"y", b"    "),
    ("base85", ["-i"], b"VPa!s\n \"", base64.b85decode(b"VPa!s")),
    ("z85", [], b"Hello\nWorld", bytes.fromhex("864FD26FB559F75B")),
]

MALFORMED = [  # command, options of -d, text, what is printed, where and why
    ("base64", [], b"YWJj\nYQ=*", r"2:4: Only base64 data is allowed$"),
    ("base64", [], b"YW Jj", r"1:3: Only base64 data is allowed$"),
    ("base64", [], b"YWJj\r\n", r"1:5: Only base64 data is allowed$"),
    ("base64", [], b"\n\n\nYWJj-", r"4:5: Only base64 data is allowed$"),
    ("base64", [], b"YQ", r"1:3: Incorrect padding$"),
    ("base64", [], b"YR==", r"1:\d: .*"),
    ("base64", [], b"YQ==YQ==", r"1:5: "),
    ("base64", [], b"YWJj\n=", r"2:1: "),
    ("base64", ["--strict"], b"YWJj\nYWJj", r"1:5: Only base64 data"),
    ("base64", ["--url"], b"+/+/", r"1:1: Only base64 data"),
    ("base64", ["--unpadded"], b"YQ==", r"1:3: "),
    ("base32", [], b"mfrgg===", r"1:1: Non-base32 digit found$"),
    ("base32", [], b"MFRGG==", r"1:\d: Incorrect padding$"),
    ("base16", [], b"616", r"1:\d: "),
    ("base16", [], b"61\n6g", r"2:2: Non-base16 digit found$"),
    ("ascii85", [], b"zv", r"1:2: Non-Ascii85 digit found: v$"),
    ("ascii85", [], b"!z", r"1:2: "),
    ("ascii85", [], b"uuuuu", r"1:\d: "),
    ("ascii85", ["--adobe"], b"z", r"1:\d: "),
    ("base85", [], b"00000\n00\"", r"2:3: bad base85 character at position \d$"),
    ("base85", [], b"~~~~~", r"1:\d: base85 overflow"),
    ("z85", [], b"Hello\nWor", r"byte 9: the length must be a multiple of 5 characters$"),
]


def decoding(t):
    for name, options, text, want in TAKEN:
        t.judge(f"{name} -d {options} of {text}", t.run([name, "-d"] + options, text), want)
    for name, options, text, err in MALFORMED:
        r = t.run([name, "-d"] + options, text)
        t.judge(f"{name} -d {options} of {text}", r, b"", 1, f"^pila {name}: stdin:? ?{err}")
    t.judge("z85 of 5 bytes", t.run(["z85"], b"12345"), None, 1,
            r"stdin: byte 5: the length must be a multiple of 4 bytes$")
    t.judge("z85 --pad of 5 bytes", t.run(["z85", "--pad", "-w0"], b"12345"),
            t.run(["z85", "-w0"], b"12345\0\0\0").out)
    long = wrapped(base64.b64encode(bytes(900000)), 76)
    at = 77 * 9000 + 40
    bad = long[:at] + b"*" + long[at + 1:]
    t.write("bad", bad)
    r = t.run(["base64", "-d", "bad"])
    t.judge("a fault far on", r, None, 1, r"^pila base64: bad:9001:41: Only base64 data")
    t.hold("nothing beyond it is printed", set(r.out) <= {0} and len(r.out) <= 57 * 9000 + 30)
    t.write("out", b"old")
    t.judge("-o", t.run(["base64", "-d", "bad", "-o", "out"]), b"", 1, "bad:9001:41: ")
    left_alone(t, "a fault")
    with subprocess.Popen(["cat", t.path("bad")], stdout=subprocess.PIPE) as cat:
        t.judge("a fault far on in a pipe", t.run(["base64", "-d"], cat.stdout), None, 1,
                "stdin:9001:41: ")


def files(t):
    t.write("a", b"spam")
    t.write("b", b"eggs")
    t.judge("each FILE by itself", t.run(["base64", "a", "b"]), b"c3BhbQ==\nZWdncw==\n")
    t.judge("-w0", t.run(["base64", "-w0", "a", "b"]), b"c3BhbQ==ZWdncw==")
    t.write("A", b"c3BhbQ==\n")
    t.judge("and back", t.run(["base64", "-d", "A", "A"]), b"spamspam")
    t.judge("a missing one and a folder among others", t.run(["base64", "gone", "a", "."]),
            b"c3BhbQ==\n", 2, r"gone: No such file or directory\n.*\.: Is a directory$")
    t.judge("nothing can be read", t.run(["base64", "gone", "-o", "A"]), b"", 2, "gone: No such")
    t.hold("the old file stays", t.read("A") == b"c3BhbQ==\n")
    t.judge("-o over what is read", t.run(["base64", "A", "-o", "A"]), b"")
    t.hold("is encoded", t.read("A") == base64.b64encode(b"c3BhbQ==\n") + b"\n")


def pipelines(t):
    lines = b"b\na\nb\n"
    text = base64.b64encode(lines)
    for argv, stdin, want in [
            ("base64 -d then counter", text, b"2\tb\n1\ta\n"),
            ("base64 -w2 then islice 2", lines, b"Yg\nph\n"),
            ("base64 then islice 0:", b"", b""),
            ("base64 -w0 then islice 0:", lines, text),
            ("counter then base64", lines, b"Mgli\nMQlh\n"),
            ("islice 0: then base64 then base64 -d", lines, lines),
            ("islice 0: then base16 then counter -c1", lines, b"2\t62\n"),
            ("islice 0: then base64 --out=jsonl", lines, b'"Yg=="\n"YQ=="\n"Yg=="\n'),
            ("islice 0: then base64 -d", b"YQ==\n\nYg==\n", b"a\n\nb\n"),
            ("base64 -d --in=csv -H then sorted -f2 --out=csv", base64.b64encode(b"n,m\nx,2\ny,1\n"),
             b"n,m\ny,1\nx,2\n"),
            ("base64 -d -z then counter", base64.b64encode(b"a\0b\0a\0"), b"2\ta\n1\tb\n")]:
        t.judge(argv, t.run(argv.split(), stdin), want)
    many = b"".join(b"%d\n" % k * (k % 40) for k in range(3000))
    t.judge("many items there and back",
            t.run("islice 0: then ascii85 then base32 then base32 -d then ascii85 -d".split(), many),
            many)
    r = t.run("islice 0: then base64 -d".split(), b"YQ==\nYg==\nY\nYQ==\n")
    t.judge("a malformed item", r, None, 1, r"^pila base64 \(stage 2\): items:3:2: ")
    t.judge("a z85 item", t.run("islice 0: then z85".split(), b"1234\n123\n"), None, 1,
            "items:2:4: the length must be a multiple of 4 bytes$")
    t.judge("a malformed text", t.run("base64 -d then counter".split(), text + b"*"), b"", 1,
            r"^pila base64 \(stage 1\): stdin:1:9: ")


REFUSED = [
    ("base64 -d -w3", "--wrap is not for --decode"),
    ("base64 -i", "--ignore-garbage is for --decode"),
    ("base64 --strict", "--strict is for --decode"),
    ("base64 --lax", "--lax is for --decode"),
    ("base16 --casefold", "--casefold is for --decode"),
    ("base64 -d -i --lax", "one of them"),
    ("base85 -d --pad", "--pad is not for --decode"),
    ("base64 -w-1", "'-1' is too small"),
    ("base64 --in=csv", "--in is for records"),
    ("base64 -z", "--zero is for records"),
    ("base64 --out=csv", "--out is for the items of a stage before"),
    ("islice 1 then base64 -w3", "--wrap: an item"),
    ("islice 1 then base64 f", "no FILE can be read here"),
    ("base46", "did you mean 'base64'"),
    ("base64 --decoed", "did you mean --decode"),
]


def trouble(t):
    rng = random.Random(3)
    t.write("in", rng.randbytes(700000))
    for name in ("base64", "base32", "base16", "ascii85", "base85", "z85"):
        t.write("text", t.run([name, "in"]).out)
        for argv, path, want in (([name, "in"], "in", t.read("text")),
                                 ([name, "-d", "text"], "text", t.read("in")),
                                 (["islice", "0:", "in", "then", name], "in", None)):
            if want is None and name == "z85":
                continue
            want = want or t.run(argv).out
            if os.path.exists("/dev/full"):
                with open("/dev/full", "wb") as full:
                    t.judge(f"{argv}: a full disk", t.run(argv, stdout=full), None, 2,
                            "stdout: No space left on device$")
            t.judge(f"{argv}: stdout closed",
                    t.run(argv, before=["sh", "-c", 'exec "$@" >&-', "sh"]), b"", 2,
                    "stdout: Bad file descriptor$")
            before = strace(t, f"{argv}: EINTR", "read:error=EINTR:when=1+2", path=path)
            if not before:
                continue
            t.judge(f"{argv}: every second read interrupted",
                    t.run(argv, before=before, env=traced(t)), want)
            with open(t.path("stdout"), "wb") as out:
                before = strace(t, name, "write:error=EINTR:when=1+2", path="stdout")
                r = t.run(argv, before=before, env=traced(t), stdout=out)
            t.judge(f"{argv}: every second write interrupted", r)
            t.hold(f"{argv}: nothing is lost", t.read("stdout") == want)
            t.write("out", b"old")
            before = strace(t, f"{argv}: EIO", "read:error=EIO:when=2+", path=path)
            t.judge(f"{argv}: EIO", t.run(argv + ["-o", "out"], before=before, env=traced(t)), b"",
                    2, f"{path}: Input/output error$")
            left_alone(t, f"{argv}: EIO")
            before = strace(t, f"{argv}: ENOSPC", "write:error=ENOSPC:when=2")
            t.judge(f"{argv}: ENOSPC", t.run(argv + ["-o", "out"], before=before, env=traced(t)),
                    b"", 2, "out: No space left on device$")
            left_alone(t, f"{argv}: ENOSPC")
    t.judge("a closed stdin", t.run(["base64"], before=["sh", "-c", 'exec "$@" <&-', "sh"]), b"", 2,
            "stdin: Bad file descriptor$")
    reading, writing = os.pipe()
    os.close(reading)
    r = t.run(["base64", "in"], stdout=writing, restore_signals=False,
              preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
    os.close(writing)
    t.judge("the reader goes away", r, None, -signal.SIGPIPE)


def in_pieces(t):
    """What comes and goes a few bytes at a time is the same."""
    data = random.Random(4).randbytes(3000)
    text = t.run(["base64"], data).out
    shim, why = t.shim()
    if not shim:
        t.skip("short reads and writes", why)
    for size in ("1", "7") if shim else ():
        env = {"LD_PRELOAD": shim, "SHORT_READS": size, "SHORT_WRITES": size}
        t.judge(f"base64, {size} bytes a call", t.run(["base64"], data, env=env), text)
        t.judge(f"base64 -d, {size} bytes a call", t.run(["base64", "-d"], text, env=env), data)
    with subprocess.Popen([t.pila, "base64", "-d", "--line-buffered"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=t.environment) as p:
        p.stdin.write(base64.b64encode(b"a line") + b"\n")
        p.stdin.flush()
        ready, _, _ = select.select([p.stdout], [], [], 20)
        t.hold("--line-buffered: what is there is out", ready and os.read(p.stdout.fileno(), 9)
               == b"a line")
        p.stdin.close()


def memory(t):
    shim, why = t.shim()
    if not shim:
        t.skip("failing allocations", why)
        return
    t.write("m", b"spam\neggs\n" * 30)
    t.write("m64", base64.b64encode(t.read("m")))
    for argv in (["base64", "m"], ["base64", "-d", "m64"], ["base32", "-w0", "m"],
                 ["ascii85", "m"], ["base64", "-di", "m64"], ["base64", "-d", "m64", "then", "counter"],
                 ["counter", "m", "then", "base64"], ["base64", "m", "then", "base64", "-d"]):
        want = t.run(argv)
        for forever in ("", "1"):
            for n in range(1, 200):
                r = t.run(argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n),
                                     "FAIL_FOREVER": forever})
                if r.code == 0:
                    break
                t.hold(f"{argv}: allocation {n} fails {forever}", r.code == 2 and not r.out
                       and r.err.endswith(b"out of memory\n"), f"{r.code} {r.out!r} {r.err!r}")
            t.hold(f"{argv}: then the result", r.out == want.out and r.code == want.code and n > 3,
                   f"{n} {r.err!r}")
    if t.sanitized:
        t.skip("O(1) memory", "a sanitizer has its own")
        return
    size = 40 << 20
    t.write("big", bytes(size))
    for argv in (["base64", "big"], ["ascii85", "big"], ["base64", "big", "then", "islice", "9"]):
        r = t.run(argv, preexec_fn=limited(9, 20 << 20), stdout=subprocess.DEVNULL)
        t.judge(f"{argv}: 40 MB in 20 MB", r)


def told(t):
    for name in ("base64", "base32", "base16", "ascii85", "base85", "z85"):
        page = t.run([name, "--help"]).out.decode()
        t.hold(f"{name}: memory and exits", "Memory: O(1)" in page and "Exit: 0 " in page)
        t.hold(f"{name}: nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)


def random_runs(t):
    """There and back by any options; and a character changed, which strict reading sees."""
    rng = random.Random(5)
    for k in range(60):
        argv, _, _, _ = rng.choice(KINDS)
        data = rng.randbytes(rng.choice([0, 1, 5, 100, 5000]))
        data += bytes(-len(data) % 4 if argv == ["z85"] else 0)
        wrap = rng.choice([[], ["-w0"], ["-w", str(rng.randint(1, 90))]])
        text = t.run(argv + wrap, data).out
        t.hold(f"random {k}: {argv} {wrap}", t.run(argv + ["-d"], text).out == data)
        digits = [i for i, c in enumerate(text) if c not in b"\n"]
        if digits and argv[0] != "ascii85":
            at = rng.choice(digits)
            r = t.run(argv + ["-d"], text[:at] + b"\x7f" + text[at + 1:])
            t.hold(f"random {k}: character {at} is wrong", r.code == 1 and
                   f":{text[:at].count(10) + 1}:".encode() in r.err, r.err)


def rows(t):
    os.chmod(t.folder, 0o755)
    against_coreutils(t)
    against_python(t)
    decoding(t)
    files(t)
    pipelines(t)
    for argv, err in REFUSED:
        t.judge("refused: " + argv, t.run(argv.split(), b"x"), b"", 2, err)
    trouble(t)
    in_pieces(t)
    memory(t)
    told(t)
    random_runs(t)
