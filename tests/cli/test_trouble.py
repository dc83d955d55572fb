"""The failure matrix: full disks, closed streams, faults of reading and writing, memory
that runs out, chosen keys. Never a result that looks complete with status 0, never a
message without a name."""
import os
import random
import resource
import signal
import subprocess
import threading
import time

import model
from model import Counter

BLOCK = 128 << 10  # what is read and written at a time
SMALL = b"b a\nb\na b\n"
RESULTS = [  # what writes to stdout
    ("a result", ["counter", "-w"]), ("a partial", ["counter", "--partial"]),
    ("a number", ["counter", "--total"]), ("--help", ["counter", "--help"]),
    ("--help-json", ["counter", "--help-json"]), ("--version", ["counter", "--version"]),
    ("the help", ["--help"]), ("help", ["help"]), ("help counter", ["help", "counter"]),
    ("--list", ["--list"]), ("the version", ["--version"]),
    ("the JSON of all", ["--help-json"]), ("help in colour", ["--color=always", "--help"]),
    ("a sorted merge", ["counter", "--merge", "--sorted", "partial"]),
    ("digests", ["hash"]), ("gzip", ["gzip"]), ("zlib", ["zlib"]), ("base64", ["base64"]),
    ("then gzip", ["counter", "then", "gzip"]),
]


def strace(t, name, *faults, path=None):
    """The command to run under, or None when that can't be done here."""
    program = t.tool("strace")
    why = "no strace" if not program else ""
    if program and not getattr(t, "strace_works", None):
        tried = t.run(["counter", "--version"], before=[program, "-o", "/dev/null"],
                      env=traced(t))
        why = "" if tried.code == 0 else "strace is not allowed here"
        t.strace_works = not why
    if why:
        t.skip(name, why)
        return None
    command = [program, "-f", "-qq", "-o", "/dev/null"]
    for fault in faults:
        command += ["-e", "inject=" + fault]
    return command + (["-P", t.path(path)] if path else [])


def traced(t):
    """LeakSanitizer does not run under a tracer."""
    return {"ASAN_OPTIONS": "allocator_may_return_null=1:detect_leaks=0"} if t.sanitized else {}


def limited(what, soft, ignore=None):
    def before():
        resource.setrlimit(what, (soft, resource.RLIM_INFINITY if soft < 0 else soft))
        if ignore:
            signal.signal(ignore, signal.SIG_IGN)
    return before


# ---- stdout, stdin ----

def standard_streams(t):
    t.write("partial", b"a\t1\n")
    for name, argv in RESULTS:
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                r = t.run(argv, SMALL, stdout=full)
            t.judge(f"{name} to a full disk", r, None, 2, "stdout: No space left on device")
            with open("/dev/full", "wb") as full:
                r = t.run(argv, SMALL, stdout=full, stderr=full)
            t.hold(f"{name} when stderr is full too", r.code == 2, r.code)
        else:
            t.skip(name + " to a full disk", "no /dev/full")
        closed = ["sh", "-c", 'exec "$@" >&-', "sh"]
        t.judge(f"{name} to a closed stdout", t.run(argv, SMALL, before=closed), b"", 2,
                "stdout: Bad file descriptor")
        both = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh"]
        t.judge(f"{name}, stdout and stderr closed", t.run(argv, SMALL, before=both), b"", 2)
        none = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        t.judge(f"{name}, nothing open", t.run(argv, before=none), b"", 2)
    closed = ["sh", "-c", 'exec "$@" <&-', "sh"]
    for argv in (["-w"], ["--total"], ["-"], ["--merge"], ["--merge", "--sorted"], ["--chars"],
                 ["--partial", "--out=jsonl"]):
        t.refused(f"{argv} from a closed stdin", argv, "stdin: Bad file descriptor",
                  before=closed)
    t.write("in", SMALL)
    t.row("a closed stdin that is not read", ["-wc1", "in"], b"3\tb\n", before=closed)
    t.row("-o with stdout closed", ["-wc1", "in", "-o", "out"], b"",
          before=["sh", "-c", 'exec "$@" >&-', "sh"])
    t.hold("it is written", t.read("out") == b"3\tb\n")
    t.row("stderr closed, a good run", ["-wc1", "in"], b"3\tb\n",
          before=["sh", "-c", 'exec "$@" 2>&-', "sh"])
    t.row("stderr closed, -o: the message is not in the file", ["-w", "in", "gone", "-o", "out"],
          b"", 2, before=["sh", "-c", 'exec "$@" 2>&-', "sh"])
    t.hold("the file has the counts", t.read("out") == b"3\tb\n2\ta\n", t.read("out"))


def gone_reader(t):
    big = b"".join(b"%d\n" % k for k in range(100000))
    t.write("big", big)
    for name, ignored in (("the signal", False), ("ignored", True)):
        def before():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN if ignored else signal.SIG_DFL)
        for argv in (["counter", "big"], ["counter", "--help"], ["--list"]):
            reading, writing = os.pipe()
            os.close(reading)
            r = t.run(argv, stdout=writing, preexec_fn=before, restore_signals=False)
            os.close(writing)
            if ignored:
                t.judge(f"{argv}: the reader goes away, SIGPIPE ignored", r, None, 2,
                        "stdout: Broken pipe")
            else:
                t.judge(f"{argv}: the reader goes away", r, None, -signal.SIGPIPE)
    head = t.run(["-c", '"$0" counter big | head -n 1', t.pila], program="sh")
    t.judge("pila | head", head, b"1\t0\n")


# ---- files ----

def files(t):
    t.write("in", SMALL)
    os.mkdir(t.path("folder"))
    counts, twice = b"3\tb\n2\ta\n", b"6\tb\n4\ta\n"
    missing = r"^pila counter: gone: No such file or directory$"
    t.row("a missing FILE among others", ["-w", "in", "gone", "in"], twice, 2, missing)
    t.row("a directory among others", ["-w", "in", "folder", "in"], twice, 2,
          r"^pila counter: folder: Is a directory$")
    t.row("both, each with a message", ["-w", "gone", "folder", "in"], counts, 2,
          "gone: No such file or directory\n.*folder: Is a directory")
    t.row("trouble stays trouble when data is malformed",
          ["-f2", "--errors=report", "gone", "in"], b"1\ta\n1\tb\n", 2, "gone.*\n.*no such field")
    t.row("and the other way round", ["-f2", "--errors=report", "in", "gone"], b"1\ta\n1\tb\n",
          2, "no such field\n.*gone")
    t.refused("trouble, then data that ends the run", ["-f2", "gone", "in"], "no such field")
    for argv in (["-w"], ["--total"], ["--distinct"], ["--partial"], ["--merge"],
                 ["--partial", "--out=jsonl"], ["--merge", "--sorted"]):
        t.refused(f"{argv}: nothing can be read, nothing is printed", argv + ["gone", "folder"],
                  "gone")
    t.write("out", b"old")
    for argv in (["-w"], ["--merge"], ["--merge", "--sorted"]):
        t.refused(f"{argv} -o: nothing can be read", argv + ["gone", "-o", "out"], missing)
        t.hold("the old file stays", t.read("out") == b"old")
    t.refused("no result when the one to subtract is missing",
              ["-w", "in", "--subtract", "gone"], missing)
    t.refused("or malformed", ["-f2", "in", "--subtract", "in"], "no such field", code=1)
    t.refused("a name in a FILE's place", ["in/x"], "in/x: Not a directory")
    t.refused("an empty name", [""], "No such file")
    t.refused("a name too long", ["x" * 300], "File name too long")
    os.symlink("loop", t.path("loop"))
    t.refused("a link to itself", ["loop"], "Too many levels of symbolic links")
    unreadable(t)
    changing(t)


def unreadable(t):
    name = "an unreadable file among others"
    t.write("secret", SMALL)
    os.chmod(t.path("secret"), 0)

    def nobody():
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
    try:
        runs = t.counter(["--version"], preexec_fn=nobody).code == 0
    except PermissionError:  # the folders above it are closed to others
        runs = False
    if not runs:
        t.skip(name, "nobody may not run the program where it is")
        return
    t.row(name, ["-w", "secret", "in"], b"3\tb\n2\ta\n", 2,
          "^pila counter: secret: Permission denied$", preexec_fn=nobody)
    if os.geteuid() == 0:
        t.refused("-o in a folder that may not be written", ["-w", "in", "-o", "new"],
                  "^pila counter: new: Permission denied", preexec_fn=nobody)


def changing(t):
    """A file that vanishes or shrinks while others are read: a pipe holds the program."""
    os.mkfifo(t.path("pipe"))

    def held(argv, change):
        run = subprocess.Popen([t.pila, "counter"] + argv, cwd=t.folder, env=t.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with open(t.path("pipe"), "wb") as pipe:
            pipe.write(b"z\n")
            change()
        out, err = run.communicate(timeout=60)
        return run.returncode, out, err
    t.write("short-lived", SMALL)
    got = held(["-w", "pipe", "short-lived", "in"], lambda: os.remove(t.path("short-lived")))
    t.hold("a file that vanishes before it is opened",
           got == (2, b"3\tb\n2\ta\n1\tz\n",
                   b"pila counter: short-lived: No such file or directory\n"), got)
    t.write("shrinking", b"word\n" * 300000)
    with open(t.path("shrinking"), "rb") as f:
        r = t.run(["-c", '"$0" counter shrinking', t.pila], program="sh")
    t.judge("a file before it shrinks", r, b"300000\tword\n")
    before = strace(t, "a file that is truncated while it is read",
                    "read:delay_enter=700000:when=2", path="shrinking")
    if before:
        cut = threading.Timer(0.35, lambda: os.truncate(t.path("shrinking"), BLOCK - 2))
        cut.start()
        r = t.counter(["shrinking"], before=before, env=traced(t))
        cut.join()
        t.hold("a file that is truncated while it is read ends there",
               r.code == 0 and r.out.endswith(b"\tword\n1\two\n") and not r.err
               or r.code == 0 and r.out.startswith(b"2621"), (r.code, r.out, r.err))
    t.write("deleted", SMALL * 60000)
    before = strace(t, "a file that is deleted while it is read",
                    "read:delay_enter=500000:when=2", path="deleted")
    if before:
        cut = threading.Timer(0.25, lambda: os.remove(t.path("deleted")))
        cut.start()
        t.row("a file that is deleted while it is read is read to its end",
              ["-wc1", "deleted"], b"180000\tb\n", before=before, env=traced(t))
        cut.join()


# ---- faults of system calls ----

def system_calls(t):
    words = b"".join(b"word%d " % (k % 5000) for k in range(100000))
    lines = b"".join(b"%d line\n" % k for k in range(60000))
    partial = model.partial(Counter(model.records(lines)), by_key=True)
    t.write("words", words)
    t.write("lines", lines)
    t.write("partial", partial)
    want = model.show(Counter(words.split()))
    runs = [(["-w", "words"], "words", want),
            (["lines"], "lines", model.show(Counter(model.records(lines)))),
            (["--chars", "lines"], "lines", model.show(Counter(model.chars(lines)), unit="chars")),
            (["--in=csv", "-f1", "lines"], "lines", model.show(Counter(model.records(lines)))),
            (["--merge", "partial"], "partial",
             model.show(Counter(dict(sorted(Counter(model.records(lines)).items()))))),
            (["--merge", "--sorted", "--partial", "partial"], "partial", partial)]
    for argv, path, want in runs:
        name = f"EIO in the middle of {argv}"
        before = strace(t, name, "read:error=EIO:when=2+", path=path)
        if not before:
            return
        streams = "--sorted" in argv  # what a stream has written can't be taken back
        r = t.counter(argv, before=before, env=traced(t))
        t.judge(name, r, None if streams else b"", 2,
                f"^pila counter: {path}: Input/output error$")
        t.hold(name + " gives nothing complete", len(r.out) < len(want))
        t.write("out", b"old")
        t.refused(name + ", -o", argv + ["-o", "out"], "Input/output error", before=before,
                  env=traced(t))
        t.hold(name + ", -o: the old file stays, no other", t.read("out") == b"old"
               and not [f for f in os.listdir(t.folder) if f.startswith("out.")])
        before = strace(t, name, "read:error=EINTR:when=1+2", path=path)
        t.row(f"every second read of {argv} is interrupted", argv, want, before=before,
              env=traced(t))
        with open(t.path("stdout"), "wb") as out:
            before = strace(t, name, "write:error=EINTR:when=1+2", path="stdout")
            r = t.counter(argv, before=before, env=traced(t), stdout=out)
        t.judge(f"every second write of {argv} is interrupted", r)
        t.hold("and nothing is lost", t.read("stdout") == want)
    before = strace(t, "EIO at first", "read:error=EIO", path="words")
    t.write("short", b"x\n")
    t.row("a file that can't be read at all, among others", ["-w", "words", "short"],
          b"1\tx\n", 2, "words: Input/output error", before=before, env=traced(t))
    for fault in ("fchmod", "/^rename"):
        name = f"-o: {fault[-6:]} fails"
        t.write("out", b"old")
        before = strace(t, name, fault + ":error=EDQUOT")
        t.refused(name, ["short", "-o", "out"], "^pila counter: out: Disk quota exceeded$",
                  before=before, env=traced(t))
        left_alone(t, name)
    with open(t.path("stdout"), "wb") as out:
        before = strace(t, "closing stdout fails", "close:error=EIO", path="stdout")
        r = t.counter(["short"], before=before, env=traced(t), stdout=out)
    t.judge("closing stdout fails", r, None, 2, "^pila counter: stdout: Input/output error$")
    before = strace(t, "the hash needs no entropy", "getrandom:error=ENOSYS")
    t.row("no entropy, the same counts", ["-w", "words"],
          model.show(Counter(words.split())), before=before, env=traced(t))


def left_alone(t, name, folder=""):
    where = t.path(folder)
    rest = [f for f in os.listdir(where) if f.startswith("out.")]
    t.hold(name + ": no temporary file is left", not rest, rest)
    t.hold(name + ": the old file stays", t.read(os.path.join(folder, "out")) == b"old")


def small_pieces(t):
    """Pipes that give 1 and 7 bytes a read, a shim that takes as few a write."""
    data = "Où, \"où\"\n\nx,y\r\n日本 é\n".encode() + b"\xff\0 z"
    runs = [(["-w"], model.show(Counter(data.split()))),
            ([], model.show(Counter(model.records(data)))),
            (["--chars"], model.show(Counter(model.chars(data)), unit="chars")),
            (["-z"], model.show(Counter(model.records(data, b"\0")), "nul"))]
    for size in (1, 7):
        for argv, want in runs:
            run = subprocess.Popen([t.pila, "counter"] + argv, env=t.environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for k in range(0, len(data), size):
                os.write(run.stdin.fileno(), data[k:k + size])
                time.sleep(0.0005)
            out, _ = run.communicate(timeout=60)
            t.hold(f"{argv} through a pipe, {size} bytes at a time", out == want, out)
    shim, why = t.shim()
    if not shim:
        t.skip("short reads and writes", why)
        return
    big = data * 300
    more = [(argv, t.counter(argv, big).out) for argv, _ in runs] + [
        (argv, t.counter(argv, given).out) for argv, given in [
            (["--in=csv", "-f1", "--errors=skip"], b'"a\nb",c\nd"\n' * 300)]]
    for size in ("1", "7"):
        env = {"LD_PRELOAD": shim, "SHORT_READS": size, "SHORT_WRITES": size}
        for argv, want in more[:-1]:
            t.row(f"{argv}, {size} bytes a call", argv, want, stdin=big, env=env)
        t.row(f"CSV, {size} bytes a call", more[-1][0], more[-1][1],
              stdin=b'"a\nb",c\nd"\n' * 300, env=env)
        t.row(f"-o, {size} bytes a call", ["-w", "-o", "out"], b"", stdin=big, env=env)
        t.hold(f"-o has all, {size} bytes a call", t.read("out") == more[0][1])


# ---- -o ----

def output_files(t):
    t.write("in", SMALL)
    counts = b"3\tb\n2\ta\n"
    t.row("-o makes a file", ["-w", "in", "-o", "new"], b"")
    t.hold("of the result", t.read("new") == counts)
    t.hold("with the mode that umask leaves", os.stat(t.path("new")).st_mode & 0o777 == 0o644)
    os.chmod(t.path("new"), 0o600)
    t.row("-o over a file", ["-w", "in", "--output=new", "-c1"], b"")
    t.hold("is the new result", t.read("new") == b"3\tb\n")
    t.hold("with the old mode", os.stat(t.path("new")).st_mode & 0o777 == 0o600)
    t.write("both", SMALL)
    t.row("in = out", ["-w", "both", "-oboth"], b"")
    t.hold("is counted, then replaced", t.read("both") == counts)
    t.write("target", b"old")
    os.symlink("target", t.path("pointer"))
    t.row("-o over a link", ["-w", "in", "-o", "pointer"], b"")
    t.hold("replaces what it leads to",
           os.path.islink(t.path("pointer")) and t.read("target") == counts)
    os.makedirs(t.path("deep/er"))
    t.write("deep/er/target", b"old")
    os.symlink("deep/er/target", t.path("far"))
    t.row("-o over a link into a folder", ["-w", "in", "-o", "far"], b"")
    t.hold("too", os.path.islink(t.path("far")) and t.read("deep/er/target") == counts
           and os.listdir(t.path("deep/er")) == ["target"])
    for device in ("/dev/null", "/dev/stdout"):
        was = os.lstat(device)
        t.row(f"-o {device}", ["-w", "in", "-o", device],
              counts if device == "/dev/stdout" else b"")
        t.hold(f"{device} stays what it is", os.lstat(device) == was or
               os.lstat(device).st_mode == was.st_mode)
    if os.path.exists("/dev/full"):
        t.refused("-o /dev/full", ["-w", "in", "-o", "/dev/full"],
                  "^pila counter: /dev/full: No space left on device$")
    t.refused("-o folder", ["in", "-o", "."], r"^pila counter: \.: Is a directory")
    t.refused("-o in no folder", ["in", "-o", "no/where"], "no/where: No such file")
    t.refused("-o ''", ["in", "-o", ""], "No such file")
    t.refused("-o, and the FILE is missing", ["gone", "-o", "fresh"], "gone: No such file")
    t.hold("no file is made", not os.path.exists(t.path("fresh")))
    t.row("-o of nothing is an empty file", ["-o", "empty"], b"", stdin=b"")
    t.hold("it is there", t.read("empty") == b"")
    os.mkfifo(t.path("outlet"))
    got = []
    reader = threading.Thread(target=lambda: got.append(t.read("outlet")))
    reader.start()
    t.row("-o into a pipe", ["-w", "in", "-o", "outlet"], b"")
    reader.join(10)
    t.hold("arrives", got == [counts], got)


def signals(t):
    """A run that is ended from outside leaves the old file, and none of its own."""
    t.write("out", b"old")
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        run = subprocess.Popen([t.pila, "counter", "--merge", "--sorted", "-o", "out"],
                               cwd=t.folder, env=t.environment, stdin=subprocess.PIPE)
        run.stdin.write(b"a\t1\nb\t1\n")
        run.stdin.flush()
        end = time.monotonic() + 20
        while time.monotonic() < end and not any(f.startswith("out.") for f in
                                                 os.listdir(t.folder)):
            time.sleep(0.005)
        time.sleep(0.05)
        run.send_signal(sig)
        run.stdin.close()
        t.hold(f"-o: {sig.name} ends the run by that signal", run.wait(20) == -sig)
        left_alone(t, f"-o: {sig.name}")

    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    run = subprocess.Popen([t.pila, "counter", "--merge", "--sorted", "-o", "out"], cwd=t.folder,
                           env=t.environment, stdin=subprocess.PIPE, preexec_fn=ignore)
    run.stdin.write(b"a\t1\nb\t1\n")
    run.stdin.flush()
    time.sleep(0.2)
    run.send_signal(signal.SIGHUP)
    run.stdin.close()
    t.hold("-o under nohup goes on", run.wait(20) == 0 and t.read("out") == b"1\ta\n1\tb\n")


def full_disks(t):
    big = b"".join(b"a line of its own, number %d\n" % k for k in range(40000))
    t.write("big", big)
    t.write("out", b"old")
    t.refused("-o beyond the size that a file may have", ["big", "-o", "out"],
              "^pila counter: out: File too large$",
              preexec_fn=limited(resource.RLIMIT_FSIZE, 300000, signal.SIGXFSZ))
    left_alone(t, "-o beyond the size that a file may have")
    r = t.counter(["big", "-o", "out"], preexec_fn=limited(resource.RLIMIT_FSIZE, 300000))
    t.hold("-o beyond it, by the signal", r.code == -signal.SIGXFSZ, r.code)
    left_alone(t, "-o beyond it, by the signal")
    small = [(["big"], "a result"), (["--partial", "big"], "a partial"),
             (["--merge", "--sorted", "--partial", "sorted"], "a sorted merge")]
    t.write("sorted", model.partial(Counter(model.records(big)), by_key=True))
    for argv, name in small:
        with open(t.path("part"), "wb") as f:
            r = t.counter(argv, stdout=f, preexec_fn=limited(resource.RLIMIT_FSIZE, 300000,
                                                           signal.SIGXFSZ))
        t.judge(f"{name}, stdout beyond the size that a file may have", r, None, 2,
                "^pila counter: stdout: File too large$")
    for argv, name in small:
        before = strace(t, f"-o, ENOSPC in {name}", "write:error=ENOSPC:when=2")
        if before:
            t.refused(f"-o, ENOSPC in {name}", argv + ["-o", "out"],
                      "^pila counter: out: No space left on device$", before=before,
                      env=traced(t))
            left_alone(t, f"-o, ENOSPC in {name}")
    os.mkdir(t.path("disk"))
    mounted = os.geteuid() == 0 and t.tool("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", t.path("disk")],
        stderr=subprocess.DEVNULL).returncode == 0
    if not mounted:
        t.skip("-o on a full file system", "no tmpfs can be mounted here")
        return
    try:
        t.write("disk/out", b"old")
        for argv, name in small:
            t.refused(f"-o, {name} on a full file system", argv + ["-o", "disk/out"],
                      "^pila counter: disk/out: No space left on device$")
            left_alone(t, f"-o, {name} on a full file system", "disk")
        t.row("-o on it, of what fits", ["-c1", "big", "-o", "disk/out"], b"")
        t.hold("is there", t.read("disk/out") == b"1\ta line of its own, number 0\n")
    finally:
        subprocess.run(["umount", t.path("disk")], check=False)


# ---- memory ----

def memory(t):
    name = "the n-th allocation fails"
    shim, why = t.shim()
    if not shim:
        t.skip(name, why)
        return
    many = b"".join(b"a long key %d of many,\t%d\n" % (k % 30, k % 60) for k in range(120))
    t.write("in", many)
    t.write("json", b"".join(b'{"k":"\\n%s"}\n' % line.strip().replace(b"\t", b"")
                             for line in many.splitlines()))
    t.write("csv", b"".join(b'"%s ""x""\n",y\n' % line for line in many.splitlines()))
    t.write("partial", model.partial(Counter(model.records(many)), by_key=True))
    t.write("partial.json", model.partial(Counter(model.records(many)), "jsonl"))
    t.write("long", b"x" * 900000 + b"\n" + b"y" * 900000)
    runs = [["-w", "in"], ["-wi", "in"], ["-c5", "in"], ["--least-common=3", "in"],
            ["--chars", "in"],
            ["-f2", "in"], ["--in=jsonl", "-f/k", "json"], ["--in=csv", "-f1", "csv"],
            ["--in=csv", "-H", "-f2", "csv"], ["--in=tsv", "-f1", "in"],
            ["--merge", "partial"], ["--merge", "--in=jsonl", "partial.json"],
            ["--merge", "--sorted", "partial", "partial"], ["--partial", "--sorted", "in"],
            ["--subtract", "partial", "in"], ["--and=in", "in"], ["--elements", "in"],
            ["-w", "in", "-o", "out"], ["--distinct", "long"], ["--split=2/3", "in"]]
    for argv in runs:
        for forever in ("", "1"):
            sweep(t, shim, argv, forever)


def sweep(t, shim, argv, forever):
    want = t.counter(argv)
    t.write("out", b"old")
    want_out = b"old" if "-o" in argv else None
    for n in range(1, 400):
        r = t.counter(argv, env={"LD_PRELOAD": shim, "FAIL_AT": str(n), "FAIL_FOREVER": forever})
        if r.code == 0:
            break
        ok = (r.code == 2 and not r.out and r.err == b"pila counter: out of memory\n")
        ok = ok and (want_out is None or t.read("out") == want_out)
        t.hold(f"{argv}: allocation {n} fails {'for ever' if forever else 'once'}", ok,
               f"{r.command}\n{(r.code, r.out[:100], r.err)}")
    t.hold(f"{argv}: {n - 1} allocations, and then the result", r.code == 0 and r.out == want.out
           and n > 3, f"{n}: {(r.code, r.err)}")
    t.hold(f"{argv}: no temporary file is left",
           not [f for f in os.listdir(t.folder) if f.startswith("out.")])


def limits(t):
    if t.sanitized:
        t.skip("RLIMIT_AS", "a sanitizer reserves terabytes")
        return
    t.write("many", b"".join(b"a distinct word of some length %09d\n" % k
                             for k in range(600000)))
    t.write("out", b"old")
    for argv in (["many"], ["--in=csv", "-f1", "many"], ["--partial", "--sorted", "many"],
                 ["many", "-o", "out"]):
        t.refused(f"{argv} in 40 MB", argv, "^pila counter: out of memory$",
                  preexec_fn=limited(resource.RLIMIT_AS, 40 << 20))
    t.hold("the old file stays", t.read("out") == b"old")
    t.write("few", b"a word\n" * 3000000)
    t.row("20 MB of few words in 12 MB", ["-w", "few"], b"3000000\ta\n3000000\tword\n",
          preexec_fn=limited(resource.RLIMIT_AS, 12 << 20))
    t.write("line", b"x" * (64 << 20))
    t.refused("a line of 64 MB in 50 MB", ["--total", "line"], "out of memory",
              preexec_fn=limited(resource.RLIMIT_AS, 50 << 20))
    t.row("its characters in 12 MB", ["--chars", "line"], b"%d\tx\n" % (64 << 20),
          preexec_fn=limited(resource.RLIMIT_AS, 12 << 20))


# ---- large and hostile ----

def long_lines(t):
    size = (8 if t.sanitized else 64) << 20
    t.write("long", b"x" * size + b"\n" + b"y" * size)
    t.row(f"two lines of {size >> 20} MB", ["--distinct", "long"], b"2\n")
    t.row(f"two words of {size >> 20} MB", ["--distinct", "-w", "long"], b"2\n")
    t.row("a part of a long line is one record", ["--total", "--split=1/3", "long"], b"1\n")
    t.refused("refused by --max-record", ["--max-record=1M", "long"],
              r"^pila counter: long: a record is longer than 1048576 bytes \(--max-record\)$",
              code=1)
    t.refused("words too", ["-w", "--max-record=1M", "long"], "long: a record is longer", code=1)
    t.row("exactly as long", [f"--max-record={size}", "--total", "long"], b"2\n")
    t.refused("one byte less", [f"--max-record={size - 1}", "--total", "long"], "longer", code=1)
    t.write("quote", b'"' + b"x\n" * (1 << 20))
    t.refused("a quote that is never closed is refused at --max-record",
              ["--in=csv", "-f1", "--max-record=1M", "quote"], "longer than", code=1)
    size = (1 if t.sanitized else 32) << 20
    t.write("nul", b"\0" * size)
    t.row("a file of NULs is a line", ["--total", "nul"], b"1\n")
    t.row("and a word", ["-w", "--total", "nul"], b"1\n")
    t.row("and many characters", ["--chars", "nul"], b"%d\t\0\n" % size)
    t.row("and many records of -z", ["-z", "nul"], b"%d\t\0" % size)
    if os.environ.get("PILA_BIG") != "1":
        t.skip("a line of 1 GB", "PILA_BIG is not 1")
        return
    with open(t.path("big"), "wb") as f:
        for _ in range(1024):
            f.write(b"x" * (1 << 20))
    t.row("a line of 1 GB", ["--total", "big"], b"1\n")
    t.row("a word of 1 GB", ["-w", "--total", "big"], b"1\n")
    with open(t.path("big"), "ab") as f:
        f.write(b"x")
    t.refused("a line of 1 GB and a byte", ["--total", "big"], "longer than 1073741824 bytes",
              code=1)
    t.row("unless it is allowed", ["--total", "--max-record=2G", "big"], b"1\n")
    os.remove(t.path("big"))


def chosen_keys(t):
    """A million words that share long prefixes, and that collide under h = 31 h + byte."""
    if t.sanitized:
        t.skip("a million chosen words", "a sanitizer's times mean nothing")
        return
    rng = random.Random(5)
    n = 1 << 20
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    noise = rng.choices(alphabet, k=40 * n)
    texts = {
        "random": ["".join(noise[40 * k:40 * k + 40]) for k in range(n)],
        "prefix": ["a" * 33 + "%07d" % k for k in range(n)],
        "colliding": [f"{k:020b}".replace("0", "Aa").replace("1", "BB") for k in range(n)],
    }
    assert {len(w) for words in texts.values() for w in words[:10]} == {40}
    for name, words in texts.items():
        t.write(name, ("\n".join(words) + "\n").encode())
    best = {name: 1e9 for name in texts}
    for _ in range(5):
        for name in texts:
            start = time.perf_counter()
            r = t.counter(["-w", "--distinct", name])
            best[name] = min(best[name], time.perf_counter() - start)
            if r.out != b"%d\n" % n:
                t.hold("a million distinct words", False, r.out)
    for name in ("prefix", "colliding"):
        ratio = best[name] / best["random"]
        t.hold(f"a million {name} words take at most twice the time of random ones",
               ratio <= 2, f"{best}: {ratio:.2f}")


def rows(t):
    os.chmod(t.folder, 0o755)
    standard_streams(t)
    gone_reader(t)
    files(t)
    system_calls(t)
    small_pieces(t)
    output_files(t)
    signals(t)
    full_disks(t)
    memory(t)
    limits(t)
    long_lines(t)
    chosen_keys(t)
