"""pila gzip, gunzip and zlib: against gzip, pigz and Python; FILEs beside FILEs, members,
bombs, pipelines, and trouble."""
import gzip
import os
import random
import signal
import stat
import struct
import subprocess
import time
import zlib

import model
from test_trouble import left_alone, limited, strace, traced

TEXT = b"spam and eggs, " * 9000 + bytes(range(256)) * 300
LINES = b"b\na\nb\n"
OLD = 1234567890  # a time long ago


def sizes(rng):
    """Data of the sizes at which blocks begin and end."""
    block = 128 << 10
    for n in (0, 1, 2, 100, block - 1, block, block + 1, 2 * block, 3 * block + 7):
        yield rng.randbytes(n // 3) + b"x" * (n - n // 3)


# ---- bytes ----

def against_others(t):
    others = [name for name in ("gzip", "pigz") if t.tool(name)]
    for name in {"gzip", "pigz"} - set(others):
        t.skip("against " + name, "it is not here")
    for data in sizes(random.Random(1)):
        n = len(data)
        for argv in (["gzip"], ["gzip", "-1"], ["gzip", "--best"], ["gzip", "-p3"],
                     ["gzip", "--members"], ["gzip", "-c", "-"]):
            r = t.run(argv, data)
            t.judge(f"{argv} of {n} bytes", r)
            t.hold(f"{argv} of {n} bytes, read by Python", gzip.decompress(r.out) == data)
            t.judge(f"{argv} of {n} bytes, there and back", t.run(["gunzip"], r.out), data)
            for other in others:
                got = subprocess.run([other, "-dc"], input=r.out, stdout=subprocess.PIPE)
                t.hold(f"{argv} of {n} bytes, read by {other}",
                       got.returncode == 0 and got.stdout == data)
        for other in others:
            packed = subprocess.run([other, "-c"], input=data, stdout=subprocess.PIPE).stdout
            t.judge(f"{n} bytes of {other}", t.run(["gunzip"], packed), data)
            t.judge(f"{n} bytes of {other}, -d", t.run(["gzip", "-d"], packed), data)
        packed = zlib.compress(data)
        t.judge(f"zlib of {n} bytes", t.run(["zlib"], data), packed)
        t.judge(f"zlib -9 of {n} bytes", t.run(["zlib", "-9"], data), zlib.compress(data, 9))
        t.judge(f"zlib -d of {n} bytes", t.run(["zlib", "-d"], packed), data)
        raw = zlib.compress(data, wbits=-15)
        t.judge(f"zlib --raw of {n} bytes", t.run(["zlib", "--raw"], data), raw)
        t.judge(f"zlib -d --raw of {n} bytes", t.run(["zlib", "-d", "--raw"], raw), data)


def threads(t):
    """What comes out does not depend on how many they are."""
    rng = random.Random(2)
    data = b"".join(rng.choice([b"spam ", b"eggs ", rng.randbytes(4)]) for _ in range(200000))
    for more in ([], ["--members"], ["-1"]):
        one = t.run(["gzip", "-p1"] + more, data).out
        for n in ("2", "7"):
            t.hold(f"-p{n} {more} makes what -p1 makes",
                   t.run(["gzip", "-p", n] + more, data).out == one)
        t.hold(f"{more} as a whole", gzip.decompress(one) == data)
    members = t.run(["gzip", "--members"], data).out
    first = zlib.decompressobj(31)
    t.hold("--members: the first is 128 KiB", len(first.decompress(members)) == 128 << 10
           and first.unused_data != b"")


def several(t):
    packed = gzip.compress(b"one\n") + gzip.compress(b"") + gzip.compress(b"two\n")
    t.judge("members, one after the other", t.run(["gunzip"], packed), b"one\ntwo\n")
    t.judge("zeros behind them", t.run(["gunzip"], packed + bytes(1000)), b"one\ntwo\n")
    many = gzip.compress(b"x", 1) * 20000
    t.judge("20000 members", t.run(["gunzip"], many), b"x" * 20000)
    extra = b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff\xff\xff" + b"E" * 65535 + b"name\0comment\0"
    extra += struct.pack("<H", zlib.crc32(extra) & 0xffff)
    extra += zlib.compress(b"spam", wbits=-15) + struct.pack("<II", zlib.crc32(b"spam"), 4)
    t.judge("a header with all there is", t.run(["gunzip"], extra), b"spam")
    t.write("one", b"one\n")
    t.write("two", b"two\n")
    both = t.run(["gzip", "-c", "one", "two"])
    t.hold("two FILEs are two members", gzip.decompress(both.out) == b"one\ntwo\n")
    t.write("both.gz", both.out)
    t.judge("two FILEs decompressed", t.run(["gunzip", "-c", "both.gz", "both.gz"]),
            b"one\ntwo\n" * 2)
    t.judge("zlib of two FILEs is two streams", t.run(["zlib", "one", "two"]),
            zlib.compress(b"one\n") + zlib.compress(b"two\n"))
    t.judge("zlib -d with a dictionary", t.run(["zlib", "-d", "--dictionary", "one"],
            t.run(["zlib", "--dictionary", "one"], b"one\none\n").out), b"one\none\n")


def split(t):
    """Partials: parts of one FILE, cut at lines, that are joined by cat."""
    data = b"".join(b"line %d\n" % k for k in range(50000)) + b"the end"
    t.write("whole", data)
    for n in (1, 2, 5):
        parts = [t.run(["gzip", "-c", f"--split={k + 1}/{n}", "whole"]).out for k in range(n)]
        t.hold(f"--split {n}: the parts are the whole",
               gzip.decompress(b"".join(parts)) == data)
        t.hold(f"--split {n}: parts are of lines",
               all(gzip.decompress(p).endswith(b"\n") for p in parts[:-1]))
    for wrong in ("0/2", "3/2", "x", "1"):
        t.judge(f"--split {wrong}", t.run(["gzip", "-c", "--split", wrong, "whole"]), b"", 2,
                r"--split: '.*' is not I/N")
    t.judge("--split of a pipe", t.run(["gzip", "--split=1/2"], LINES), b"", 2,
            "--split needs a regular file")


# ---- faults of the data ----

def malformed(t):
    packed = gzip.compress(LINES * 50, mtime=0)
    cut = "Compressed file ended before the end-of-stream marker was reached"
    for n in range(2, len(packed)):
        r = t.run(["gunzip"], packed[:n])
        t.judge(f"cut behind byte {n}", r, None, 1, rf"^pila gunzip: stdin: byte \d+: {cut}$")
    t.judge("nothing is no gzip", t.run(["gunzip"], b""), b"", 1, "it is empty, and no gzip$")
    rows = [("no gzip", LINES, r"Not a gzipped file \(b'b\\n'\)$"),
            ("a CRC that is wrong", packed[:-8] + b"\0\0\0\0" + packed[-4:], "CRC check failed"),
            ("a length that is wrong", packed[:-1] + b"\1", "Incorrect length of data produced$"),
            ("an unknown method", packed[:2] + b"\7" + packed[3:], "Unknown compression method$"),
            ("a block of type 3", packed[:10] + b"\7" + packed[11:], "invalid block type$")]
    for name, data, err in rows:
        t.judge(name, t.run(["gunzip"], data), None, 1, "^pila gunzip: stdin: byte .*" + err)
        t.judge(name + ", -t", t.run(["gunzip", "-t"], data), b"", 1, err)
    behind = packed + b"spam"
    where = rf"^pila gunzip: stdin: byte {len(packed)}: "
    t.judge("spam behind it", t.run(["gunzip"], behind), None, 1,
            where + r"Not a gzipped file \(b'sp'\)$")
    t.judge("spam behind it, reported", t.run(["gunzip", "--errors=report"], behind),
            LINES * 50, 1, where + "left out, as it is no gzip$")
    t.judge("spam behind it, skipped", t.run(["gunzip", "--errors=skip"], behind), LINES * 50)
    t.judge("skip is for nothing else", t.run(["gunzip", "--errors=skip"], packed[:-9]), None, 1,
            cut)
    packed = zlib.compress(LINES)
    z = r"^pila zlib: stdin: byte \d+: "
    for n in range(len(packed)):
        t.judge(f"zlib cut behind byte {n}", t.run(["zlib", "-d"], packed[:n]), None, 1,
                z + r"Error -5 while decompressing data: incomplete or truncated stream$")
    t.judge("zlib with something behind", t.run(["zlib", "-d"], packed + b"x"), None, 1,
            rf"^pila zlib: stdin: byte {len(packed)}: more data behind the end$")
    t.judge("no zlib", t.run(["zlib", "-d"], b"spam"), b"", 1, z + "Error -3 .*header check$")
    t.judge("a checksum that is wrong", t.run(["zlib", "-d"], packed[:-1] + b"\0"), None, 1,
            z + "Error -3 .*incorrect data check$")
    t.write("dict", b"spam")
    with_dict = t.run(["zlib", "--dictionary", "dict"], LINES).out
    t.judge("a dictionary is needed", t.run(["zlib", "-d"], with_dict), b"", 1, z + "Error 2 ")
    t.judge("it is missing", t.run(["zlib", "--dictionary", "gone"], LINES), b"", 2,
            "gone: No such file")


def bombs(t):
    size = (8 if t.sanitized else 256) << 20
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    t.write("bomb.gz", bomb)
    t.judge("a bomb is refused", t.run(["gunzip", "--max-size=1M", "bomb.gz"]), b"", 1,
            r"^pila gunzip: bomb.gz: more than 1048576 bytes come of it \(--max-size\)$")
    t.hold("it leaves nothing", not [f for f in os.listdir(t.folder) if f.startswith("bomb")
                                     and f != "bomb.gz"])
    t.judge("as much as is allowed", t.run(["gunzip", f"--max-size={size}", "-t", "bomb.gz"]), b"")
    t.judge("and a byte less", t.run(["gunzip", f"--max-size={size - 1}", "-t", "bomb.gz"]), b"",
            1, "come of it")
    t.judge("before another stage", t.run("gunzip --max-size=1M bomb.gz then batched 2".split()),
            b"", 1, "come of it")
    if not t.sanitized:
        t.judge("in 40 MB", t.run(["gunzip", "-t", "bomb.gz"],
                                  preexec_fn=limited(9, 40 << 20)), b"")


# ---- FILE beside FILE ----

def mode(t, name):
    return stat.S_IMODE(os.stat(t.path(name)).st_mode)


def beside(t):
    t.write("a", TEXT)
    os.chmod(t.path("a"), 0o640)
    os.utime(t.path("a"), (OLD, OLD))
    t.judge("FILE", t.run(["gzip", "a"]), b"")
    t.hold("FILE.gz is there, FILE too", gzip.decompress(t.read("a.gz")) == TEXT
           and t.read("a") == TEXT)
    t.hold("it has the mode and the time", mode(t, "a.gz") == 0o640
           and os.stat(t.path("a.gz")).st_mtime == OLD)
    t.hold("its header has the name and the time", t.read("a.gz")[3:8]
           == b"\x08" + struct.pack("<I", OLD) and t.read("a.gz")[10:12] == b"a\0")
    t.judge("once more", t.run(["gzip", "a"]), b"", 2,
            "^pila gzip: a: a.gz is there already; -f replaces it$")
    t.judge("-f", t.run(["gzip", "-f", "-n", "a"]), b"")
    t.hold("-n: no name, no time", t.read("a.gz")[3:8] == bytes(5))
    t.judge("back", t.run(["gunzip", "a.gz"]), b"", 2, "a.gz: a is there already")
    os.remove(t.path("a"))
    t.judge("back, to where it was", t.run(["gunzip", "a.gz"]), b"")
    t.hold("it is what it was", t.read("a") == TEXT and mode(t, "a") == 0o640
           and os.stat(t.path("a")).st_mtime == OLD)
    t.judge("--rm", t.run(["gzip", "-f", "--rm", "a"]), b"")
    t.hold("FILE is gone", not os.path.exists(t.path("a")) and os.path.exists(t.path("a.gz")))
    t.judge("gunzip --rm -v", t.run(["gunzip", "--rm", "-v", "a.gz"]), b"", 0,
            r"^a.gz: \d\d\.\d%, replaced by a$")
    t.hold("FILE.gz is gone", not os.path.exists(t.path("a.gz")) and t.read("a") == TEXT)
    t.judge("-k is what is done", t.run(["gzip", "-k", "a"]), b"")
    t.judge("a suffix", t.run(["gzip", "-S", ".z", "a"]), b"")
    t.judge("a suffix, back", t.run(["gunzip", "-f", "-S.z", "a.z"]), b"")
    t.judge("FILE.gz is not compressed", t.run(["gzip", "a.gz"]), b"", 2,
            "a.gz: ends with .gz already; -f compresses it$")
    t.judge("FILE is not decompressed", t.run(["gunzip", "a"]), b"", 2,
            "a: does not end with .gz; -c or -o say where to$")
    t.write("b.tgz", gzip.compress(b"tar"))
    t.judge("FILE.tgz", t.run(["gunzip", "b.tgz"]), b"")
    t.hold("is FILE.tar", t.read("b.tar") == b"tar")
    os.makedirs(t.path("d"))
    r = t.run(["gzip", "-f", "gone", "d", "a", "./a"])
    t.judge("the others are done", r, b"", 2, r"gone: No such file.*\n.*d: Is a directory$")
    t.judge("a device", t.run(["gzip", "/dev/null"]), b"", 2, "is no regular file; -c or -o")
    os.symlink("a", t.path("link"))
    t.judge("a link", t.run(["gzip", "link"]), b"")
    t.judge("--rm of a link", t.run(["gzip", "-f", "--rm", "link"]), b"", 2, "is a link")
    t.hold("is not done", os.path.islink(t.path("link")))
    t.write("bad.gz", gzip.compress(TEXT)[:-5])
    t.judge("a fault", t.run(["gunzip", "--rm", "bad.gz", "a.gz", "-f"]), b"", 1, "bad.gz: byte")
    t.hold("leaves nothing, and FILE.gz", os.path.exists(t.path("bad.gz"))
           and not [f for f in os.listdir(t.folder) if f.startswith("bad") and f != "bad.gz"])
    t.hold("and the other is done", not os.path.exists(t.path("a.gz")))
    r = t.run(["gzip", "-f", "a", "-"], LINES)
    t.judge("- among FILEs", r)
    t.hold("goes to stdout", gzip.decompress(r.out) == LINES and os.path.exists(t.path("a.gz")))
    t.write("out", b"old")
    t.judge("-o", t.run(["gunzip", "a.gz", "a.gz", "-o", "out"]), b"")
    t.hold("has them both", t.read("out") == TEXT * 2)
    t.judge("-o over what is read", t.run(["gzip", "out", "-o", "out"]), b"")
    t.hold("is compressed", gzip.decompress(t.read("out")) == TEXT * 2)


def names(t):
    """-N: what the header says, never outside of the folder."""
    def named(said, mtime=OLD):
        return (b"\x1f\x8b\x08\x08" + struct.pack("<I", mtime) + b"\0\xff" + said + b"\0"
                + gzip.compress(b"x")[10:])

    os.makedirs(t.path("n/m"), exist_ok=True)
    for said, made in [(b"spam", "n/spam"), (b"../spam", "n/spam"), (b"/etc/eggs", "n/eggs"),
                       (b"\xe9", "n/é"), ("日".encode(), "n/日"), (b"", "n/f"), (b"..", "n/f"),
                       (b"m/", "n/f")]:
        t.write("n/f.gz", named(said))
        t.judge(f"-N {said}", t.run(["gunzip", "-N", "n/f.gz"]), b"")
        t.hold(f"-N {said} is {made}", os.path.exists(t.path(made))
               and os.stat(t.path(made)).st_mtime == OLD)
        os.remove(t.path(made))
    t.judge("without -N", t.run(["gunzip", "n/f.gz"]), b"")
    t.hold("it is FILE", t.read("n/f") == b"x" and os.stat(t.path("n/f")).st_mtime != OLD)
    t.write("é.txt", b"x")
    t.judge("a name in Latin-1", t.run(["gzip", "é.txt"]), b"")
    t.hold("is in the header", t.read("é.txt.gz")[10:16] == b"\xe9.txt\0")


def listing(t):
    t.write("l", TEXT)
    t.write("l.gz", gzip.compress(TEXT))
    n = len(t.read("l.gz"))
    saved = b"%.1f%%" % (100 - 100 * n / len(TEXT))
    t.judge("-l", t.run(["gzip", "-l", "l.gz"]), b"%d\t%d\t%s\tl.gz\n" % (n, len(TEXT), saved))
    t.judge("-l of several", t.run(["gzip", "-l", "l.gz", "gone", "l", "l.gz", "--out=jsonl"]),
            b'{"compressed":%d,"uncompressed":%d,"ratio":"%s","name":"l.gz"}\n'
            % (n, len(TEXT), saved) * 2, 2, r"gone: No such file.*\n.*l: byte 0: Not a gzipped")
    t.judge("-l then", t.run("gunzip -l l.gz then accumulate -f uncompressed".split()),
            b"%d\n" % len(TEXT))
    t.judge("-t", t.run(["gzip", "-t", "l.gz"]), b"")
    t.judge("-tv", t.run(["gzip", "-tv", "l.gz"]), b"", 0, "^l.gz: OK$")
    t.judge("-t of several", t.run(["gunzip", "-t", "l", "l.gz", "gone"]), b"", 2,
            r"l: byte 0: Not a gz.*\n.*gone: No such file")


# ---- pipelines ----

def pipelines(t):
    t.write("p.gz", gzip.compress(LINES))
    t.write("two.gz", gzip.compress(LINES + b"the end"))
    t.judge("gunzip then counter", t.run("gunzip p.gz then counter -c 1".split()), b"2\tb\n")
    t.judge("of several FILEs", t.run("gunzip p.gz two.gz p.gz then counter".split()),
            b"6\tb\n3\ta\n1\tthe end\n")
    t.judge("no newline is invented", t.run("gunzip two.gz then islice 2:".split()),
            b"b\nthe end")
    t.judge("zlib then counter", t.run("zlib -d then counter -c 1".split(), zlib.compress(LINES)),
            b"2\tb\n")
    t.judge("then gzip", t.run("counter p.gz then islice 0 then gzip".split()), None)
    t.hold("FILEs stay", sorted(f for f in os.listdir(t.folder) if f.startswith("p.")) == ["p.gz"])
    for argv, want in (("counter then gzip", b"2\tb\n1\ta\n"),
                       ("counter then gzip -9 -p2 --out=jsonl",
                        b'{"count":2,"key":"b"}\n{"count":1,"key":"a"}\n'),
                       ("counter then gzip --out=nul", b"2\tb\x001\ta\0"),
                       ("islice 1 then gzip", b"b\n"), ("islice 0 then gzip", b"")):
        t.hold(argv, gzip.decompress(t.run(argv.split(), LINES).out) == want)
    t.hold("no newline is invented, then gzip", gzip.decompress(
        t.run("islice 5 then gzip".split(), b"a\nb").out) == b"a\nb")
    t.hold("then zlib", zlib.decompress(t.run("counter then zlib".split(), LINES).out)
           == b"2\tb\n1\ta\n")
    big = b"".join(b"line %d of many\n" % k for k in range(100000)) + b"y" * 400000
    t.hold("long records too", gzip.decompress(t.run("islice 0: then gzip".split(), big).out)
           == big)
    table = gzip.compress(b'name,n\n"a\nb",1\nc,2\n')
    t.judge("--in csv -H", t.run("gunzip --in=csv -H then sorted -n --reverse -f2 --out=csv".split(), table),
            b'name,n\nc,2\n"a\nb",1\n')
    t.judge("--in jsonl", t.run("gunzip --in=jsonl then sorted -f /k".split(),
                                gzip.compress(b'{"k":2}\n{"k":1}\n')), b'{"k":1}\n{"k":2}\n')
    t.judge("-z", t.run("gunzip -z then counter".split(), gzip.compress(b"a\nb\0a\nb\0")),
            b"2\ta\nb\n")
    t.hold("-H, written as it was", gzip.decompress(t.run(
        "gunzip --in=csv -H then islice 0: then gzip --out=csv".split(), table).out)
        == gzip.decompress(table))
    t.judge("a place", t.run("gunzip --in=jsonl then counter -f /k".split(),
                             gzip.compress(b'{"k":2}\n{"k":\n')), b"", 1, "item:2:6: not valid")
    t.judge("a missing FILE among others", t.run("gunzip gone p.gz then counter".split()),
            b"2\tb\n1\ta\n", 2, "gone: No such file")
    t.judge("a fault", t.run("gunzip then counter".split(), gzip.compress(LINES)[:-3]), b"", 1,
            r"^pila gunzip \(stage 1\): stdin: byte \d+: Compressed file ended")
    t.write("big.gz", gzip.compress(big))
    t.judge("who stops early", t.run("gunzip big.gz then islice 1".split()), b"line 0 of many\n")
    with subprocess.Popen([t.pila, "gunzip", "then", "islice", "1"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=t.environment) as p:
        p.stdin.write(gzip.compress(big[:300000]) + gzip.compress(b"more"))
        p.stdin.flush()
        t.hold("a pipe that stays open is not waited for", p.stdout.readline() != b""
               and p.wait(20) == 0)


REFUSED = [
    ("gzip then counter", "it can only be the last stage"),
    ("counter then gunzip", "it can only be the first stage"),
    ("counter then gzip -t", "it can only be the first stage"),
    ("gunzip -t then counter", "--test makes nothing for another stage"),
    ("zlib then counter", "it can only be the last stage"),
    ("counter then zlib -d", "it can only be the first stage"),
    ("counter then gzip file", "no FILE can be read here"),
    ("gzip --in=csv", "--in is for records"),
    ("gunzip -H", "--header is for records"),
    ("gunzip -z", "--zero is for records"),
    ("gunzip --out=csv", "--out is for the items of a stage before"),
    ("gzip --rm", "--rm is for FILEs that are replaced"),
    ("gzip --rm -k f", "--keep and --rm exclude"),
    ("gunzip --members", "--members is for compressing"),
    ("gunzip --split=1/2", "--split is for compressing"),
    ("gzip --split=1/2 f", "-c or -o say where"),
    ("gzip --max-size=1", "--max-size is for decompressing"),
    ("zlib --max-size=1", "--max-size is for decompressing"),
    ("gzip -p0", "'0' is too small"),
    ("gzip -p1000", "at most 512"),
    ("gzip -S a/b f", "can't be one"),
    ("gzip -f1", None),
    ("gzip --decompres", "did you mean --decompress"),
]


def refused(t):
    for argv, err in REFUSED:
        if err:
            t.judge("refused: " + argv, t.run(argv.split(), LINES), b"", 2, err)
    t.hold("-f1 is two letters", gzip.decompress(t.run(["gzip", "-f1"], LINES).out) == LINES)
    if t.tool("script"):
        run = f"{t.pila} gzip </dev/null; echo $?; {t.pila} gzip -f </dev/null | wc -c"
        r = t.run(["-qec", run, "/dev/null"], program=t.tool("script"))
        t.hold("not to a terminal", b"is a terminal; -f writes gzip there" in r.out
               and b"\n2\r\n20\r\n" in r.out, r.out)
    else:
        t.skip("not to a terminal", "no script(1)")


# ---- trouble ----

def trouble(t):
    t.write("in", TEXT)
    t.write("in.gz", gzip.compress(TEXT))
    runs = [["gzip", "-c", "in"], ["gunzip", "-c", "in.gz"], ["zlib", "in"], ["gzip", "-l", "in.gz"],
            ["counter", "in", "then", "gzip"], ["counter", "in", "then", "zlib"],
            ["gunzip", "in.gz", "then", "counter"]]
    for argv in runs:
        want = t.run(argv).out
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                t.judge(f"{argv}: a full disk", t.run(argv, stdout=full), None, 2,
                        "stdout: No space left on device$")
            t.judge(f"{argv} -o /dev/full", t.run(argv + ["-o", "/dev/full"]), b"", 2,
                    "/dev/full: No space left on device$")
        t.judge(f"{argv}: stdout closed", t.run(argv, before=["sh", "-c", 'exec "$@" >&-', "sh"]),
                b"", 2, "stdout: Bad file descriptor$")
        path = argv[-1] if argv[-1].startswith("in") else argv[1]
        before = strace(t, f"{argv}: EINTR", "read:error=EINTR:when=1+2", path=path)
        if not before:
            continue
        t.judge(f"{argv}: every second read interrupted",
                t.run(argv, before=before, env=traced(t)), want)
        before = strace(t, f"{argv}: EIO", "read:error=EIO:when=2+", path=path)
        t.write("out", b"old")
        t.judge(f"{argv}: EIO", t.run(argv + ["-o", "out"], before=before, env=traced(t)), b"", 2,
                f"{path}: Input/output error$")
        left_alone(t, f"{argv}: EIO")
    t.judge("a closed stdin", t.run(["gunzip"], before=["sh", "-c", 'exec "$@" <&-', "sh"]), b"", 2,
            "stdin: Bad file descriptor$")
    reading, writing = os.pipe()
    os.close(reading)
    r = t.run(["gunzip", "-c", "in.gz"], stdout=writing,
              preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL),
              restore_signals=False)
    os.close(writing)
    t.judge("the reader goes away", r, None, -signal.SIGPIPE)
    small_pieces(t, runs)
    full_files(t)
    killed(t)


def small_pieces(t, runs):
    shim, why = t.shim()
    if not shim:
        t.skip("short reads and writes", why)
        return
    for size in ("1", "7"):
        env = {"LD_PRELOAD": shim, "SHORT_READS": size, "SHORT_WRITES": size}
        for argv in runs:
            t.judge(f"{argv}, {size} bytes a call", t.run(argv, env=env), t.run(argv).out)


def full_files(t):
    """FILE.gz that does not fit: nothing of it is left, and FILE stays."""
    rng = random.Random(3)
    t.write("large", rng.randbytes(600000))
    t.write("large.z", t.run(["gzip", "-c", "large"]).out)
    full = limited(1, 300000, signal.SIGXFSZ)
    for argv, name in ((["gzip", "--rm", "large"], "large.gz"),
                       (["gunzip", "--rm", "-f", "-S.z", "large.z"], "large")):
        had = set(os.listdir(t.folder))
        t.judge(f"{argv}: a file too large", t.run(argv, preexec_fn=full), b"", 2,
                f"{name}: File too large$")
        t.hold(f"{argv}: all is as it was", set(os.listdir(t.folder)) == had
               and len(t.read("large")) == 600000)
        before = strace(t, f"{argv}: ENOSPC", "write:error=ENOSPC")
        if not before:
            continue
        r = t.run(argv, before=before, env=traced(t), stderr=subprocess.DEVNULL)
        t.hold(f"{argv}: ENOSPC", r.code == 2 and set(os.listdir(t.folder)) == had, r.code)
        for fault in ("/^rename", "fchmod", "/utimens"):
            before = strace(t, f"{argv}: {fault}", fault + ":error=EDQUOT")
            t.judge(f"{argv}: {fault} fails", t.run(argv, before=before, env=traced(t)), b"", 2,
                    f"{name}: Disk quota exceeded$")
            t.hold(f"{argv}: {fault}, all is as it was", set(os.listdir(t.folder)) == had)


def killed(t):
    """A signal takes the unfinished file along."""
    os.mkfifo(t.path("slow"))
    t.write("many", os.urandom(30 << 20))
    for sig in (signal.SIGINT, signal.SIGTERM):
        run = subprocess.Popen([t.pila, "gzip", "-9", "many"], cwd=t.folder, env=t.environment)
        end = time.monotonic() + 20
        while time.monotonic() < end and not any(f.startswith("many.") for f in
                                                 os.listdir(t.folder)):
            time.sleep(0.001)
        time.sleep(0.05)
        run.send_signal(sig)
        t.hold(f"{sig.name} ends it", run.wait(20) == -sig, run.returncode)
        t.hold(f"{sig.name}: nothing is left",
               [f for f in os.listdir(t.folder) if f.startswith("many")] == ["many"])
    os.remove(t.path("many"))


def allocations(t):
    """Each allocation fails in turn, once and for ever: a message, and nothing half done."""
    shim, why = t.shim()
    if not shim:
        t.skip("failing allocations", why)
        return
    t.write("s", LINES * 100)
    t.write("s.gz", gzip.compress(LINES * 100))
    t.write("s.zz", zlib.compress(LINES * 100))
    for argv in (["gzip", "-c", "-p2", "s"], ["gzip", "-f", "-p1", "s"], ["gunzip", "-c", "s.gz"],
                 ["gunzip", "-fN", "s.gz"], ["gunzip", "s.gz", "then", "counter"],
                 ["counter", "s", "then", "gzip", "-p1"], ["zlib", "s"], ["zlib", "-d", "s.zz"],
                 ["zlib", "--dictionary", "s", "s"], ["gzip", "-l", "s.gz"], ["gzip", "-t", "s.gz"],
                 ["counter", "s", "then", "zlib"], ["zlib", "-d", "s.zz", "then", "counter"]):
        want = t.run(argv)
        had = sorted(os.listdir(t.folder))
        for forever in ("", "1"):
            for n in range(1, 200):
                r = t.run(argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n),
                                     "FAIL_FOREVER": forever})
                if r.code == 0:
                    break
                t.hold(f"{argv}: allocation {n} fails {forever}", r.code == 2 and not r.out
                       and r.err.endswith(b"out of memory\n")
                       and sorted(os.listdir(t.folder)) == had, f"{r.code} {r.out!r} {r.err!r}")
            t.hold(f"{argv}: then the result", r.out == want.out and n > 3, f"{n} {r.err!r}")


def told(t):
    for name in ("gzip", "gunzip", "zlib"):
        page = t.run([name, "--help"]).out.decode()
        t.hold(f"{name}: memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
        t.hold(f"{name}: nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)
        letters = [line.split(",")[0] for line in page.split("\n") if line.startswith("  -")]
        t.hold(f"{name}: a letter is one option", len(letters) == len(set(letters)))


def random_runs(t):
    """There and back, by any options; and one fault in the data that must be seen."""
    rng = random.Random(4)
    for k in range(40):
        data = b"".join(rng.choice([b"spam", b"\n", rng.randbytes(3)])
                        for _ in range(rng.choice([0, 1, 50, 5000, 90000])))
        argv = ["gzip", f"-{rng.randint(1, 9)}", f"-p{rng.randint(1, 4)}"]
        argv += rng.choice([[], ["--members"], ["-n"]])
        packed = t.run(argv, data).out
        t.hold(f"random {k}: {argv}", t.run(["gunzip"], packed).out == data)
        at = rng.randrange(10, len(packed))
        broken = packed[:at] + bytes([packed[at] ^ 1 << rng.randrange(8)]) + packed[at + 1:]
        r = t.run(["gunzip"], broken)
        t.hold(f"random {k}: a bit of byte {at}", r.code == 1 or r.out == data, r.code)


def rows(t):
    os.chmod(t.folder, 0o755)
    against_others(t)
    threads(t)
    several(t)
    split(t)
    malformed(t)
    bombs(t)
    beside(t)
    names(t)
    listing(t)
    pipelines(t)
    refused(t)
    trouble(t)
    allocations(t)
    told(t)
    random_runs(t)
