"""pila hash, hmac and crc32: against hashlib, hmac and zlib, and against sha256sum and its
like: their lines, their lists, their messages. Files on threads, records, pipelines."""
import hashlib
import hmac
import json
import os
import random
import re
import subprocess
import zlib

from test_trouble import strace, traced

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
NAMES = ["a", "with blank", " blank first", "b\\c", "new\nline", "cr\rr", "a) = b", "*star",
         "é",
         "tab\tt", "#hash", "-dash"]
SIZES = [0, 1, 55, 56, 64, 127, 128, 129, 4095, 131071, 131072, 131073, 300000]
DIGESTS = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256",
           "sha3_384", "sha3_512", "blake2b", "blake2s"]
MORE = ["sha512_224", "sha512_256", "ripemd160", "sm3"]


def hex_of(name, data, length=None):
    if name.startswith("shake"):
        return hashlib.new(name, data).hexdigest(length)
    if length:
        return getattr(hashlib, name)(data, digest_size=length).hexdigest()
    return hashlib.new(name, data).hexdigest()


def hashed(t, argv, stdin=b"", command="hash", **how):
    return t.run([command] + list(argv), stdin, **how)


# ---- digests ----

def against_python(t):
    rng = random.Random(1)
    for size in SIZES:
        data = rng.randbytes(size)
        t.write("data", data)
        for name in DIGESTS + [m for m in MORE if m in hashlib.algorithms_available]:
            t.judge(f"{name} of {size} bytes", hashed(t, ["-a", name, "data"]),
                    f"{hex_of(name, data)}  data\n".encode())
        want = "".join(f"{hex_of(name, data)}\n" for name in DIGESTS)
        r = hashed(t, ["-a", ",".join(DIGESTS), "-j1"], data)
        t.judge(f"all in one read of {size}", r)
        got = "".join(line.split(" = ")[1] + "\n" for line in r.out.decode().splitlines())
        t.hold(f"they are the same, of {size}", got == want)
        for bits in (8, 128, 512):
            t.judge(f"blake2b of {bits} bits", hashed(t, ["-a", "blake2b", "-l", str(bits),
                                                          "data"]),
                    f"{hex_of('blake2b', data, bits // 8)}  data\n".encode())
            t.judge(f"shake_256 of {bits} bits", hashed(t, ["-ashake_256", f"-l{bits}",
                                                            "data"]),
                    f"{hex_of('shake_256', data, bits // 8)}  data\n".encode())
        for key in (b"k", b"key\n", bytes(range(256))):
            t.write("key", key)
            for name in ("md5", "sha256", "sha3_512"):
                t.judge(f"hmac {name} of {size} bytes",
                        hashed(t, ["-k", "key", "-a", name, "data"], command="hmac"),
                        f"{hmac.new(key, data, name).hexdigest()}  data\n".encode())
        t.judge(f"crc32 of {size} bytes", hashed(t, ["data"], command="crc32"),
                b"%08x  data\n" % zlib.crc32(data))
        t.judge(f"adler32 of {size} bytes", hashed(t, ["--adler32"], data, command="crc32"),
                b"%08x  -\n" % zlib.adler32(data))


def spellings(t):
    t.write("a", b"abc")
    for said, name in (("SHA256", "sha256"), ("sha2-256", "sha256"),
                       ("SHA-512/256", "sha512_256"),
                       ("SHA3-256", "sha3_256"), ("BLAKE2b512", "blake2b"),
                       ("sha2-512/224", "sha512_224")):
        if name in hashlib.algorithms_available:
            t.judge(f"-a {said}", hashed(t, ["-a", said, "a"]),
                    f"{hex_of(name, b'abc')}  a\n".encode())
    t.judge("-a blake2b-128", hashed(t, ["-a", "blake2b-128", "--tag", "a"]),
            f"BLAKE2b-128 (a) = {hex_of('blake2b', b'abc', 16)}\n".encode())
    t.judge("several times -a", hashed(t, ["-a", "md5", "-a", "sha1", "a"]),
            hashed(t, ["-a", "md5,sha1", "a"]).out)
    t.judge("--out jsonl", hashed(t, ["-amd5,sha3_256", "--out=jsonl", "a"]),
            b'{"name":"a","size":3,"md5":"%s","sha3_256":"%s"}\n'
            % (hex_of("md5", b"abc").encode(), hex_of("sha3_256", b"abc").encode()))
    t.judge("--out csv", hashed(t, ["--out=csv", "a"]), f"a,3,{ABC}\n".encode())
    t.judge("-b", hashed(t, ["-b", "a"]), f"{ABC} *a\n".encode())
    t.judge("-t takes it back", hashed(t, ["-bt", "a"]), f"{ABC}  a\n".encode())
    t.judge("hmac --tag", hashed(t, ["--tag", "-kkey", "a"], command="hmac"),
            b"HMAC-SHA256 (a) = %s\n"
            % hmac.new(t.read("key"), b"abc", "sha256").hexdigest().encode())
    t.judge("crc32 --tag", hashed(t, ["--tag", "a"], command="crc32"),
            b"CRC32 (a) = 352441c2\n")


# ---- lines as others have them ----

TOOLS = [("md5sum", [], ["-amd5"]), ("sha1sum", [], ["-asha1"]), ("sha256sum", [], []),
         ("sha512sum", [], ["-asha512"]), ("b2sum", [], ["-ablake2b"]),
         ("b2sum", ["-l", "128"], ["-ablake2b", "-l128"])]


def against_tools(t):
    for k, name in enumerate(NAMES):
        t.write(name, b"content of %d\n" % k)
    odd = ["--"] + NAMES
    for tool, options, ours in TOOLS:
        program = t.tool(tool)
        if not program:
            t.skip(f"lines of {tool}", f"no {tool}")
            continue
        for more in ([], ["-b"], ["--tag"], ["-z"], ["--tag", "-z"]):
            name = f"{tool} {' '.join(options + more)}"
            theirs = t.run(options + more + odd, program=program)
            t.judge(f"lines of {name}", hashed(t, ours + more + odd), theirs.out)
            if "-z" in more:
                t.judge(f"-z lists of {name}", hashed(t, ours + ["-zc"], theirs.out),
                        b"".join(b"%s: OK\0" % n.encode() for n in NAMES))
                continue
            back = t.run(["--check"], theirs.out, program=program).out
            t.judge(f"pila checks {name}", hashed(t, ours + ["--check"], theirs.out), back)
            if tool != "b2sum" or "--tag" in more:
                t.judge(f"pila checks {name}, whose algorithm it finds",
                        hashed(t, ["-c"], theirs.out), back)
            t.hold(f"{tool} checks pila's lines",
                   t.run(["-c"], hashed(t, ours + more + odd).out,
                         program=program).out == back)
    others(t)


def others(t):
    """openssl dgst and shasum."""
    t.write("a", b"abc")
    if t.tool("openssl"):
        for name in ("sha256", "md5", "sha1", "sha512-256", "sha3-256", "blake2b512",
                     "blake2s256",
                     "shake128", "sm3", "md5-sha1"):
            theirs = t.run(["dgst", "-" + name, "a"], program=t.tool("openssl"))
            t.judge(f"pila checks openssl dgst -{name}", hashed(t, ["-c"], theirs.out),
                    b"a: OK\n")
        t.write("key", b"secret")
        theirs = t.run(["dgst", "-sha256", "-hmac", "secret", "a"], program=t.tool("openssl"))
        t.judge("pila checks openssl dgst -hmac", hashed(t, ["-c", "-k", "key"], theirs.out,
                                                         command="hmac"), b"a: OK\n")
        theirs = t.run(["dgst", "-sha256", "-r", "a"], program=t.tool("openssl"))
        t.judge("pila checks openssl dgst -r", hashed(t, ["-c"], theirs.out), b"a: OK\n")
    else:
        t.skip("openssl dgst", "no openssl")
    if t.tool("shasum"):
        for bits in ("1", "224", "256", "512256"):
            for more in ([], ["--tag"]):
                theirs = t.run(["-a", bits] + more + ["a"], program=t.tool("shasum"))
                ours = ["-asha512_256"] if bits == "512256" else []
                t.judge(f"pila checks shasum -a {bits} {more}",
                        hashed(t, ours + ["-c"], theirs.out), b"a: OK\n")
    else:
        t.skip("shasum", "no shasum")


# ---- --check ----

GOOD, BAD = ABC, ABC[:-1] + "0"
LISTS = [  # what is in the list, options
    ("{g}  a\n", ""), ("{g} *a\n", ""), ("{g} a\n", ""), ("{g}\ta\n", ""), ("  {g}  a\n", ""),
    ("{g}  a\r\n", ""), ("# x\n\n{g}  a", ""), ("{G}  a\n", ""), ("{g}  a\n{g} a\n", ""),
    ("{g} a\n{g}  a\n", ""), ("\\{g}  a\n", ""), ("\\{g}  a\\\\q\n", ""),
    ("\\{g}  a\\0\n", ""),
    ("\\{g}  a\\", ""), ("{g}\n", ""), ("{g} \n", ""), ("{g}  \n", ""), ("{g}z  a\n", ""),
    ("{b}  a\n", ""), ("{b}  a\n{g}  gone\n{g}  a\n", ""), ("{b}  a\n{b}  a\n", ""),
    ("bad\n{g}  a\n", ""), ("bad\nbad\n{g}  a\n", "-w"), ("bad\n", ""), ("bad\n", "-w"),
    ("", ""),
    ("bad\n{g}  a\n", "--strict"), ("bad\n{b}  a\n", "--strict"), ("{g}  gone\n", ""),
    ("{g}  gone\n", "--ignore-missing"), ("{g}  gone\n{g}  a\n", "--ignore-missing"),
    ("{b}  a\n{g}  gone\n", "--ignore-missing"), ("{g}  gone\n{g}  gone\n", ""),
    ("{b}  a\n{g}  a\n", "--quiet"), ("{b}  a\n{g}  a\nbad\n{g}  gone\n", "--status"),
    ("{g}  a\n", "--status"), ("bad\n", "--status"), ("{g}  gone\n",
                                                      "--status --ignore-missing"),
    ("SHA256 (a) = {g}\nSHA256(a)= {g}\nSHA256 (a)={g}\n", ""), ("SHA256  (a) = {g}\n", ""),
    ("SHA256 (a) = {g} \n", ""), ("SHA256 (a) = {g}x\n", ""), ("SHA256 (a) {g}\n", ""),
    ("SHA256 (a = {g}\n", ""), ("SHA256 a) = {g}\n", ""), ("SHA256 (a)) = {g}\n", ""),
    ("MD5 (a) = 900150983cd24fb0d6963f7d28e17f72\n{g}  a\n", ""),
    ("\\SHA256 (a\\q) = {g}\n", ""),
    ("\\SHA256 (new\\nline) = {g}\n", ""), ("SHA256 () = {g}\n", "--quiet"),
    ("{g}  .\n", ""), ("{g}  a\n", "--quiet --strict"), ("#{g}  a\n", ""), (" # x\n", "-w"),
]


def without_quotes(said):
    """Messages, names in them as they are: sha256sum writes 'a b' and 'a'$'\t''b'."""
    said = re.sub(rb"^\S*sha256sum: ", b"pila hash: ", said, flags=re.M)
    said = said.replace(b"$'\\t'", b"\t").replace(b"$'\\r'", b"\r").replace(b"'", b"")
    return sorted(said.splitlines())


def check_like(t, name, text, options, program):
    t.write("list", text)
    theirs = t.run(["-c", "list"] + options, program=program)
    unread = re.search(rb"could not be read|directory$|error$", theirs.err, re.M)
    for more in (["-j1"], ["-j3"]):
        r = hashed(t, ["-asha256", "-c", "list"] + options + more)
        code = 2 if theirs.code and unread else theirs.code
        t.judge(name, r, theirs.out, code, "")
        t.hold(name + ": the messages", without_quotes(r.err) == without_quotes(theirs.err),
               f"want {theirs.err}\ngot  {r.err}")


def checking(t):
    t.write("a", b"abc")
    t.write("new\nline", b"abc")
    program = t.tool("sha256sum")
    if not program:
        t.skip("messages of sha256sum", "no sha256sum")
    for text, options in LISTS if program else []:
        text = text.format(g=GOOD, G=GOOD.upper(), b=BAD)
        check_like(t, f"{text[:60]!r} {options}", text.encode(), options.split(), program)
    rng = random.Random(2)
    for k in range(60 if program else 0):
        pieces = [GOOD, BAD, "  ", " ", " *", "a", "gone", "\n", "\n", "\\", "SHA256 (",
                  ") = ", "\r",
                  "#", "x", "\t", GOOD + "  a\n", GOOD + "  a\n"]
        text = "".join(rng.choice(pieces) for _ in range(rng.randrange(30)))
        check_like(t, f"made-up list {k}", text.encode(), ["-w"] * (k % 2), program)
    by_hand(t)


def by_hand(t):
    lines = f"{GOOD}  a\n{BAD}  a\n{GOOD}  gone\n".encode()
    said = ("gone: No such file or directory\n(.*\n)*.*1 listed file could not be read\n"
            ".*WARNING: 1 computed checksum did NOT match$")
    r = hashed(t, ["-c", "--out=jsonl"], lines)
    t.judge("a report", r, None, 2, said)
    t.hold("it is JSON", [json.loads(line) for line in r.out.splitlines()] == [
        {"name": "a", "algorithm": "sha256", "result": what}
        for what in ("OK", "FAILED")] + [{"name": "gone", "algorithm": "sha256",
                                          "result": "FAILED open or read"}])
    mixed = "".join(f"{hex_of(n, b'abc')}  a\n" for n in ("md5", "sha1", "sha224", "sha256",
                                                         "sha384", "sha512")).encode()
    t.judge("algorithms by their length", hashed(t, ["-c"], mixed), b"a: OK\n" * 6)
    t.judge("only one of them", hashed(t, ["-c", "-amd5"], mixed), b"a: OK\n", 0,
            "5 lines are improperly formatted")
    t.judge("all that -a has", hashed(t, ["-c", "-amd5,sha512"], mixed), b"a: OK\n" * 2, 0,
            "4 lines are improperly formatted")
    t.judge("several lists", hashed(t, ["-c", "list", "gone", ".", "list2"]), None, 2,
            "gone: No such")
    t.write("sums", hashed(t, ["a", "-ablake2b,blake2s,sm3,sha3_512"]).out
            + hashed(t, ["-ablake2s-64", "-ashake_128", "-l64", "a"]).out)
    t.judge("tags of all", hashed(t, ["-c", "sums"]), b"a: OK\n" * 6)
    t.judge("crc32 --check", hashed(t, ["-c"], b"352441c2  a\nCRC32 (a) = 352441c3\n",
                                    command="crc32"), b"a: OK\na: FAILED\n", 1,
            "1 computed checksum")
    t.judge("--adler32 --check", hashed(t, ["-c", "--adler32"],
                                        b"024d0127  a\nCRC32 (a) = 352441c2\n",
                                        command="crc32"), b"a: OK\n", 0, "1 line is improp")
    t.write("key", b"k")
    made = hashed(t, ["-kkey", "a", "-asha512"], command="hmac").out
    t.judge("hmac --check", hashed(t, ["-c", "-kkey", "-asha512"], made, command="hmac"),
            b"a: OK\n")
    t.judge("hmac --check takes one algorithm", hashed(t, ["-c", "-kkey"], made,
                                                       command="hmac"),
            b"", 1, "no properly formatted")
    t.judge("a digest is no HMAC", hashed(t, ["-c", "-kkey"],
                                          f"SHA256 (a) = {GOOD}\n".encode(),
                                          command="hmac"), b"", 1, "no properly formatted")
    t.write("key", b"other")
    t.judge("another key", hashed(t, ["-c", "-kkey", "-asha512"], made, command="hmac"),
            b"a: FAILED\n", 1, "1 computed checksum did NOT match")
    t.judge("no lists", hashed(t, ["-c", "gone"]), b"", 2, "^pila hash: gone: No such file")
    t.write("out", b"old")
    t.judge("no lists, -o", hashed(t, ["-c", "gone", "-o", "out"]), b"", 2,
            "gone: No such file")
    t.hold("the old file stays", t.read("out") == b"old")
    t.judge("NUL in a name", hashed(t, ["-c"], f"{GOOD}  a\0b\n".encode()), b"", 1,
            "no properly")


REFUSED = [
    (["hash", "-a", "sha265"], r"unsupported hash type sha265; did you mean sha256\?$"),
    (["hash", "-a", ""], "unsupported hash type"),
    (["hash", "-a", "md5,md5"], "md5 is there twice$"),
    (["hash", "-l8"], "--length is for blake2b"),
    (["hash", "-l7", "-ablake2b"], "no multiple of 8$"),
    (["hash", "-l520", "-ablake2b"], "at most 512 bits"),
    (["hash", "-ashake_128"], "shake_128 needs"),
    (["hash", "--quiet"], "--quiet is for --check$"),
    (["hash", "-c", "--tag"], "--tag means nothing"),
    (["hash", "-c", "-b"], "--binary means nothing"),
    (["hash", "--records", "--names"], "one of them$"),
    (["hash", "-f1"], "--field is for --records"),
    (["hash", "--in=csv"], "--in is for --records"),
    (["hash", "--tag", "--out=csv"], "--tag is for lines$"),
    (["hash", "-j0"], "'0' is too small$"),
    (["hmac", "a"], "--key FILE is missing"),
    (["hmac", "-k", "gone", "a"], "^pila hmac: gone: No such"),
    (["hmac", "-k", "nothing", "a"], "nothing: the key is empty$"),
    (["hmac", "-k", ".", "a"], "a dir"),
    (["hmac", "--key-fd=77", "a"], "descriptor 77: Bad file descriptor$"),
    (["hmac", "-kkey", "--key-fd=0"], "one of them$"),
    (["hmac", "-kkey", "-ashake_128"], "shake_128"),
    (["hmac", "-klarge"], "large: a key has at most 1048576 bytes$"),
    (["crc32", "--merge", "--check"], "go with no --check$"),
    (["crc32", "--split=3/2"], "is not I/N"),
    (["crc32", "--split=1/2", "--merge"], "one of them$"),
    (["crc32", "-amd5"], "no option -a"),
    (["crc32", "--split=1/2"], "--split needs a regular file$"),
    (["islice", "1", "then", "hash", "a"], "no FILE can be read here$"),
    (["hash", "--tag", "then", "hash", "gone"], "no FILE can be read here$"),
]


def refused(t):
    t.write("nothing", b"")
    t.write("key", b"k")
    t.write("large", b"k" * ((1 << 20) + 1))
    for argv, err in REFUSED:
        t.judge("refused: " + " ".join(argv), t.run(argv, b"x"), b"", 2, err)


def keys(t):
    t.write("a", b"abc")
    want = hmac.new(b"key\n", b"abc", "sha256").hexdigest().encode()
    t.judge("--key-fd", t.run(["-c", '"$0" hmac --key-fd 3 a 3<key', t.pila], program="sh"),
            hmac.new(b"k", b"abc", "sha256").hexdigest().encode() + b"  a\n")
    t.judge("-k -", hashed(t, ["-k-", "a"], b"key\n", command="hmac"), want + b"  a\n")


# ---- threads ----

def on_threads(t):
    names = []
    for k in range(300):
        names.append(t.write(f"file{k:03}", bytes([k % 256]) * (k * k * 7 % 9000)))
    t.write("file050", bytes(3000000))
    want = b"".join(f"{hex_of('sha256', t.read(n))}  {n}\n".encode() for n in names)
    for j in ("1", "2", "7", "300"):
        t.judge(f"300 files, -j{j}", hashed(t, ["-j", j] + names), want)
        r = hashed(t, ["-j", j, "gone1"] + names[:150] + ["gone2", "."] + names[150:])
        t.judge(f"some are not there, -j{j}", r, want, 2,
                "gone1: No.*\n.*gone2: No.*\n.*: Is a dir")
        t.write("list", want)
        t.judge(f"--check, -j{j}", hashed(t, ["-c", "-j", j, "list"]),
                b"".join(b"%s: OK\n" % n.encode() for n in names))
        t.judge(f"early exit, -j{j}", t.run(["hash", "-j", j] + names
                                            + "then islice 2 then count".split()), None, 2, "")
        t.judge(f"stdin comes first, -j{j}", hashed(t, ["-j", j, "-", "-", "a", "-"], b"abc"),
                (ABC + "  -\n" + hex_of("sha256", b"") + "  -\n" + ABC + "  a\n"
                 + hex_of("sha256", b"") + "  -\n").encode())
    t.judge("names of 300 files", hashed(t, ["--names"], "\n".join(names).encode()), want)
    t.judge("-z --names", hashed(t, ["-z", "--names"], "\0".join(names).encode()),
            want.replace(b"\n", b"\0"))


def live(t):
    """A name's line is out before more names come."""
    t.write("a", b"abc")
    with subprocess.Popen([t.pila, "hash", "--names", "--line-buffered"],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, cwd=t.folder, env=t.environment) as p:
        for _ in range(3):
            p.stdin.write(b"a\n")
            p.stdin.flush()
            t.hold("a line for a name", p.stdout.readline() == f"{ABC}  a\n".encode())
        p.stdin.close()


# ---- records, pipelines ----

def pipelines(t):
    t.write("a", b"abc")
    t.write("b", b"abc")
    one = hex_of("sha256", b"1").encode()
    t.judge("--records", hashed(t, ["--records"], b"abc\n1\n\n"),
            ABC.encode() + b"\tabc\n" + one + b"\t1\n" + hex_of("sha256",
                                                                b"").encode() + b"\t\n")
    t.judge("-f", hashed(t, ["--records", "-f2", "--in=csv", "-H"], b'x,y\n5,"abc"\n'),
            ABC.encode() + b"\tabc\n")
    t.judge("a field's name", hashed(t, ["--records", "-fy", "--in=csv", "-H", "--out=jsonl"],
                                     b'x,y\n5,"abc"\n'),
            b'{"sha256":"%s","item":"abc"}\n' % ABC.encode())
    t.judge("items", t.run("islice 1 then hash -amd5,crc32".split(), b"abc\nx\n"), b"", 2,
            "unsupported")
    t.judge("items of a stage", t.run("islice 1 then hash".split(), b"abc\nx\n"),
            ABC.encode() + b"\tabc\n")
    t.judge("many items", t.run("count 1 1 then islice 1000 then crc32".split()),
            b"".join(b"%08x\t%d\n" % (zlib.crc32(b"%d" % k), k) for k in range(1, 1001)))
    t.judge("names of a stage", t.run("islice 1: then hash --names".split(), b"x\na\nb\n"),
            f"{ABC}  a\n{ABC}  b\n".encode())
    t.judge("what is there twice",
            t.run("hash a b key then counter -f sha256 --min-count 2".split()),
            f"2\t{ABC}\n".encode())
    t.judge("lines of a stage are checked", t.run("islice 1 then hash -c".split(),
                                                  f"{ABC}  a\n".encode()), b"a: OK\n")
    t.judge("results go on", t.run("hash -c then counter -f result".split(),
                                   f"{ABC}  a\n{ABC}  b\n".encode()), b"2\tOK\n")
    t.judge("hmac of items", t.run("islice 1 then hmac -k key".split(), b"abc\n"),
            hmac.new(t.read("key"), b"abc", "sha256").hexdigest().encode() + b"\tabc\n")


def parts(t):
    rng = random.Random(3)
    data = rng.randbytes(10007)
    t.write("data", data)
    for how, of in (([], zlib.crc32), (["--adler32"], zlib.adler32)):
        for n in (1, 2, 7, 100):
            lines = b"".join(hashed(t, how + ["--partial", f"--split={k}/{n}", "data"],
                                    command="crc32").out for k in range(1, n + 1))
            t.judge(f"{how} {n} parts merge to the whole", hashed(t, how + ["--merge"], lines,
                                                                  command="crc32"),
                    hashed(t, how, data, command="crc32").out)
            t.judge(f"{how} {n} parts merge to a part",
                    hashed(t, how + ["--merge", "--partial"], lines, command="crc32"),
                    b"%08x\t%d\n" % (of(data), len(data)))
        t.judge("no parts", hashed(t, how + ["--merge"], command="crc32"),
                b"%08x  -\n" % of(b""))
    t.judge("a merge as JSON", hashed(t, ["--merge", "--out=jsonl"], b"352441c2\t3\n",
                                      command="crc32"),
            b'{"name":"-","size":3,"crc32":"352441c2"}\n')
    for bad in (b"352441c2", b"352441c2 3", b"352441cg\t3", b"352441c2\t", b"352441c2\t-3",
                b"352441c2\t99999999999999999999"):
        t.judge(f"no part: {bad}", hashed(t, ["--merge"], b"352441c2\t3\n" + bad + b"\n",
                                          command="crc32"), b"", 1,
                "^pila crc32: stdin:2: no checksum, tab and length$")
    t.judge("lengths beyond 2^63", hashed(t, ["--merge"],
                                          b"352441c2\t900000000000000000\n" * 11,
                                          command="crc32"), b"", 1,
            "stdin:11: the sum of the lengths")


# ---- trouble ----

def trouble(t):
    t.write("a", b"abc")
    t.write("list", f"{ABC}  a\n".encode())
    runs = [["hash", "a"], ["hash", "-c", "list"], ["hash", "--out=jsonl", "a"],
            ["hmac", "-kkey", "a"],
            ["crc32", "a"], ["hash", "--records", "a"], ["crc32", "--merge"],
            ["hash", "--help"]]
    for argv in runs:
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                t.judge(f"{argv}: a full disk", t.run(argv, stdout=full), None, 2,
                        "stdout: No space left on device")
        t.judge(f"{argv}: a closed stdout",
                t.run(argv, before=["sh", "-c", 'exec "$@" >&-', "sh"]), b"", 2,
                "Bad file desc")
    for argv in (["hash"], ["hash", "-"], ["hash", "-c"], ["crc32"], ["hmac", "-k-", "a"],
                 ["hash", "--names"], ["hash", "--records"]):
        t.judge(f"{argv}: a closed stdin", t.run(argv, before=["sh", "-c", 'exec "$@" <&-',
                                                               "sh"]),
                b"", 2, "stdin: Bad file descriptor")
    t.judge("nothing could be read, -o", hashed(t, ["gone", ".", "-o", "new"]), b"", 2,
            "gone: No such")
    t.hold("no file is made", not os.path.exists(t.path("new")))
    t.judge("-o", hashed(t, ["a", "-o", "new"]), b"")
    t.hold("it is there", t.read("new") == f"{ABC}  a\n".encode())
    system_calls(t)
    small_pieces(t)


def system_calls(t):
    data = bytes(1 << 20)
    t.write("big", data)
    want = f"{hex_of('sha256', data)}  big\n".encode()
    before = strace(t, "EIO in the middle", "read:error=EIO:when=3+", path="big")
    if not before:
        return
    r = hashed(t, ["big", "a"], before=before, env=traced(t))
    t.judge("EIO in the middle", r, f"{ABC}  a\n".encode(), 2,
            "^pila hash: big: Input/output error$")
    t.write("list", want)
    t.judge("EIO in a file that is checked", hashed(t, ["-c", "list"], before=before,
                                                    env=traced(t)),
            b"big: FAILED open or read\n", 2, "big: Input/output error")
    t.judge("EIO in one that may be missing", hashed(t, ["-c", "--ignore-missing", "list"],
                                                     before=before, env=traced(t)),
            b"big: FAILED open or read\n", 2, "big: Input/output error")
    before = strace(t, "EIO in a list", "read:error=EIO:when=1+", path="list")
    t.judge("EIO in a list", hashed(t, ["-c", "list"], before=before, env=traced(t)), b"", 2,
            "^pila hash: list: Input/output error$")
    before = strace(t, "EINTR", "read:error=EINTR:when=1+2", path="big")
    for argv in (["big"], ["-j2", "big", "a"]):
        t.judge(f"every second read of {argv} is interrupted",
                hashed(t, argv, before=before, env=traced(t)),
                want + (f"{ABC}  a\n".encode() if "a" in argv else b""))
    no_library(t)


def no_library(t):
    """Where there is no libcrypto.so: a message, and all that needs none."""
    name = "no libcrypto.so"
    looked = t.run(["-c", "ldconfig -p | sed -n 's/.*libcrypto.so.3.*=> //p'"], program="sh",
                   env={"PATH": "/usr/sbin:/sbin:" + t.environment["PATH"]})
    paths = looked.out.decode().split()
    before = strace(t, name, "/^open:error=ENOENT")
    if not before or not paths:
        t.skip(name, "libcrypto.so is not to be found")
        return
    for path in paths:
        before += ["-P", path]
    missing = "libcrypto.so.3 is not there$"
    for argv in (["hash", "a"], ["hmac", "-kkey", "a"], ["hash", "-c", "list"]):
        t.judge(f"{name}: {argv}", t.run(argv, before=before, env=traced(t)), b"", 2, missing)
    for argv in (["crc32", "a"], ["hash", "-ablake2b", "-l128", "a"], ["hash", "--help"]):
        t.judge(f"{name}: {argv}", t.run(argv, before=before, env=traced(t)), None, 0, "")


def small_pieces(t):
    shim, why = t.shim()
    if not shim:
        t.skip("short reads and writes", why)
        return
    data = bytes(range(256)) * 20
    t.write("data", data)
    for size in ("1", "7"):
        env = {"LD_PRELOAD": shim, "SHORT_READS": size, "SHORT_WRITES": size}
        for argv in (["hash", "-amd5,sha1", "data"], ["crc32", "data"],
                     ["hash", "-j2", "data", "a"],
                     ["hmac", "-kkey", "data"], ["hash", "--out=jsonl", "data"]):
            t.judge(f"{argv}, {size} bytes a call", t.run(argv, env=env), t.run(argv).out)
        t.write("list", t.run(["hash", "data", "a"]).out)
        t.judge(f"--check, {size} bytes a call", hashed(t, ["-c", "list"], env=env),
                b"data: OK\na: OK\n")


def allocations(t):
    """Each allocation fails in turn, OpenSSL's too: a message, and never half an answer."""
    shim, why = t.shim()
    if not shim:
        t.skip("failing allocations", why)
        return
    t.write("list", hashed(t, ["a", "-amd5,sha256"]).out)
    runs = [["hash", "-j1", "a"], ["hash", "-j1", "-c", "list"], ["hmac", "-j1", "-kkey", "a"],
            ["crc32", "-j1", "a"], ["hash", "--records", "list"], ["crc32", "--merge"],
            ["hash", "-ablake2b-64", "-j1", "a", "a"], ["hash", "-j2", "a", "list"]]
    for argv in runs:
        want = t.run(argv)
        for forever in ("", "1"):
            seen, n, good = 0, 1, 0
            while n < 20000 and good < 3:  # OpenSSL does without some of its own
                r = t.run(argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n),
                                     "FAIL_FOREVER": forever})
                ok = r.code == 0 and r.out == want.out or r.code == 2 and r.err
                seen += r.code == 2
                good = good + 1 if r.code == 0 else 0
                if not ok:
                    t.hold(f"{argv}, allocation {n} fails {forever}", False,
                           f"{r.command}\n{r.code} {r.out!r} {r.err!r}")
                n += 1 if n < 40 else 1 + n // 12
            t.hold(f"{argv}: failing allocations are told {forever}", seen > 3, f"{seen} {n}")


def told(t):
    for command in ("hash", "hmac", "crc32"):
        r = t.run([command, "--help"])
        t.judge(f"{command} --help", r)
        page = r.out.decode()
        t.hold(f"{command}: memory and exits", "Memory: O(" in page and "Exit: 0 " in page)
        t.hold(f"{command}: nothing is wider than 80", max(map(len, page.split("\n"))) <= 80)
    if t.tool("ldd"):
        linked = t.run([t.pila], program=t.tool("ldd")).out
        t.hold("starting pila does not load OpenSSL", b"libc.so" in linked
               and b"libcrypto" not in linked, linked)


def rows(t):
    against_python(t)
    spellings(t)
    against_tools(t)
    checking(t)
    refused(t)
    keys(t)
    on_threads(t)
    live(t)
    pipelines(t)
    parts(t)
    trouble(t)
    allocations(t)
    told(t)
