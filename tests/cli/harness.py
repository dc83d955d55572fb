"""What the tables of rows stand on: run a command, compare, count, report."""
import os
import re
import shlex
import shutil
import subprocess

SHOWN = 300  # bytes of an output that a report shows
SECONDS = 120  # what no row may take


class Result:
    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err


def shown(text):
    if not isinstance(text, bytes):
        return repr(text)
    cut = f"... ({len(text)} bytes)" if len(text) > SHOWN else ""
    return repr(text[:SHOWN]) + cut


def first_difference(got, want):
    for k, (a, b) in enumerate(zip(got, want)):
        if a != b:
            return k
    return min(len(got), len(want))


class Tests:
    def __init__(self, pila, top, shim, verbose):
        self.pila_path, self.pila, self.top, self.verbose = pila, str(pila), top, verbose
        self.given_shim = shim
        self.sanitized = b"__asan_init" in pila.read_bytes()
        self.passed = self.failed = 0
        self.skipped = {}
        self.module, self.folder = "", None
        self.environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C",
                            "HOME": str(top), "TERM": "dumb"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        if self.sanitized:  # a failed allocation is NULL, as it is without
            options = self.environment.get("ASAN_OPTIONS", "")
            self.environment["ASAN_OPTIONS"] = "allocator_may_return_null=1:" + options

    def begin(self, module, folder):
        self.module, self.folder = module, folder

    # ---- files ----

    def path(self, name):
        return os.path.join(str(self.folder), name)

    def write(self, name, data):
        """A file of the module's folder, where commands run; its name."""
        with open(self.path(name), "wb") as f:
            f.write(data)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def tool(self, name):
        return shutil.which(name, path=self.environment["PATH"] + ":/usr/sbin:/sbin")

    def shim(self):
        """failmalloc.c as a shared module, or None and why."""
        if self.sanitized:
            return None, "a sanitizer has an allocator of its own"
        if self.given_shim:
            return str(self.given_shim), ""
        made = self.path("failmalloc.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "failmalloc.c")
        compiler = self.tool("cc")
        if compiler and subprocess.run([compiler, "-O1", "-shared", "-fPIC", source, "-o",
                                        made]).returncode == 0:
            return made, ""
        return None, "no compiler for failmalloc.c"

    # ---- running ----

    def run(self, argv, stdin=b"", env=None, program=None, before=(), **how):
        """The program with argv, in the module's folder. `before` is a command that runs
        it, such as strace. A stdin of bytes is fed, another is passed on."""
        command = list(before) + [program or self.pila] + list(argv)
        if isinstance(stdin, bytes):
            how["input"] = stdin
        else:
            how["stdin"] = stdin
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        full = dict(self.environment, **(env or {}))
        said = " ".join(shlex.quote(os.fsdecode(a)) for a in command)
        try:
            ran = subprocess.run(command, cwd=self.folder, env=full, timeout=SECONDS, **how)
        except subprocess.TimeoutExpired:
            return Result(said, "no end", b"", b"")
        return Result(said, ran.returncode, ran.stdout, ran.stderr)

    def counter(self, argv, stdin=b"", **how):
        return self.run(["counter"] + list(argv), stdin, **how)

    # ---- rows ----

    def hold(self, name, ok, detail=""):
        """One promise."""
        full = f"{self.module}: {name}"
        if self.verbose:
            print(("ok   " if ok else "FAIL ") + full)
        if ok:
            self.passed += 1
            return True
        self.failed += 1
        print(f"FAILED {full}\n{detail}\n", flush=True)
        return False

    def skip(self, name, why):
        self.skipped.setdefault(why, []).append(f"{self.module}: {name}")

    def judge(self, name, r, out=None, code=0, err=None):
        """out: bytes, or None for anything; err: None for nothing at all, else a pattern
        to be found."""
        wrong = []
        if r.code != code:
            wrong.append(f"  exit: want {code}, got {r.code}")
        if out is not None and r.out != out:
            at = first_difference(r.out, out)
            wrong.append(f"  stdout, differs at byte {at}:\n    want {shown(out)}\n"
                         f"    got  {shown(r.out)}")
        said = (r.err or b"").decode(errors="replace")
        if err is None and said:
            wrong.append(f"  stderr: want nothing, got {shown(r.err)}")
        elif err is not None and not re.search(err, said, re.M):
            wrong.append(f"  stderr: want /{err}/, got {shown(r.err)}")
        elif r.code in (0, 1, 2) and re.search("Sanitizer|runtime error:", said):
            wrong.append(f"  stderr: {said}")
        return self.hold(name, not wrong, f"  $ {r.command}\n" + "\n".join(wrong))

    def row(self, name, argv, out=None, code=0, err=None, stdin=b"", **how):
        """pila counter argv."""
        return self.judge(name, self.counter(argv, stdin, **how), out, code, err)

    def refused(self, name, argv, err, code=2, stdin=b"x\n", **how):
        """A message, and nothing on stdout."""
        return self.row(name, argv, b"", code, err, stdin, **how)
