"""What people see: hints, progress, colour. On a terminal (a pty), and never without."""
import os
import pty
import re
import select
import subprocess
import termios
import time

SMALL = b"b a\nb\na b\n"
RED = "\033[1;31m"


class Terminal:
    """A pty; the program gets one end as the streams that are named."""

    def __init__(self, t, argv, on, stdin=b"", env=None):
        self.outer, inner = pty.openpty()
        quiet = termios.tcgetattr(inner)
        quiet[3] &= ~termios.ECHO
        quiet[1] &= ~termios.OPOST
        termios.tcsetattr(inner, termios.TCSANOW, quiet)
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        streams.update({name: inner for name in on})
        full = {**t.environment, "TERM": "xterm", **(env or {})}
        full = {name: value for name, value in full.items() if value is not None}
        self.seen = b""
        self.run = subprocess.Popen([t.pila] + argv, cwd=t.folder, env=full, **streams)
        os.close(inner)
        if "stdin" not in on and stdin is not None:
            self.run.stdin.write(stdin)
            self.run.stdin.close()

    def read_some(self):
        """What the terminal shows by now, or in a moment."""
        while select.select([self.outer], [], [], 0.02)[0]:
            try:
                self.seen += os.read(self.outer, 65536)
            except OSError:  # EIO: nobody holds the other end
                return

    def finish(self):
        """Exit code and all that the terminal showed."""
        while self.run.poll() is None:
            self.read_some()
        self.read_some()
        code = self.run.returncode
        out = self.run.stdout.read() if self.run.stdout else b""
        err = self.run.stderr.read() if self.run.stderr else b""
        for stream in (self.run.stdin, self.run.stdout, self.run.stderr):
            if stream:
                stream.close()
        os.close(self.outer)
        return code, out, err


def hints(t):
    for name, argv in (("no operand", ["counter", "-w"]), ("-", ["counter", "-w", "-"])):
        term = Terminal(t, argv, ["stdin"], stdin=None)
        os.write(term.outer, SMALL + b"\x04")
        code, out, err = term.finish()
        t.hold(f"stdin is a terminal, {name}: a hint, on stderr",
               (code, out) == (0, b"3\tb\n2\ta\n") and
               err == b"pila counter: reading from the terminal; end with Ctrl-D\n",
               (code, out, err))
    term = Terminal(t, ["counter", "-w", "in"], ["stdin"], stdin=None)
    code, out, err = term.finish()
    t.hold("stdin is a terminal that is not read: no hint", (code, err) == (0, b""), err)
    t.row("stdin is a pipe: no hint", ["-w"], b"3\tb\n2\ta\n", stdin=SMALL)


def colour(t):
    cases = [
        # environment, options, whether the message on a terminal has colour
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, [], True),
        ({"TERM": "dumb"}, [], False),
        ({"TERM": None}, [], False),
        ({}, ["--color=never"], False),
        ({}, ["--color=auto"], True),
        ({"NO_COLOR": "1"}, ["--color=always"], True),
        ({"TERM": "dumb"}, ["--color=always"], True),
    ]
    for env, options, red in cases:
        for argv in (["gone"], ["--bogus"], ["--total", "-c1"]):
            term = Terminal(t, ["counter"] + options + argv, ["stderr"], env=env)
            code, _, _ = term.finish()
            t.hold(f"{env} {options} {argv}: colour {red}",
                   code == 2 and (RED.encode() in term.seen) == red and
                   (b"\033" in term.seen) == red, term.seen)
    said = r"^\033\[1;31mpila counter:\033\[0m gone: No such file"
    t.row("--color=always without a terminal", ["--color=always", "gone"], b"", 2, said)
    t.row("no terminal, no colour", ["gone"], b"", 2, "^pila counter: gone: No such",
          env={"TERM": "xterm"})
    term = Terminal(t, ["counter", "-w", "in"], ["stdout", "stderr"])
    code, _, _ = term.finish()
    t.hold("results have no colour", (code, term.seen) == (0, b"3\tb\n2\ta\n"), term.seen)
    term = Terminal(t, ["counter", "--help"], ["stdout", "stderr"])
    term.finish()
    t.hold("help is the same on a terminal", term.seen == t.counter(["--help"]).out)


def progress(t):
    mark = rb"counter: \d+ MB of 3 MB  \d+%"
    t.write("mega", b"word\n" * 600000)
    r = t.counter(["-w", "mega", "--progress"])
    t.hold("--progress without a terminal", r.code == 0 and r.out == b"600000\tword\n" and
           re.search(mark, r.err), r.err)
    t.hold("it is wiped away at the end", r.err.endswith(b"\r\033[K"), r.err)
    t.row("no terminal, no progress", ["-w", "mega"], b"600000\tword\n")
    t.row("--no-progress after --progress", ["-w", "mega", "--progress", "--no-progress"],
          b"600000\tword\n")
    r = t.counter(["-w", "--progress"], b"a b\n" * 100)
    t.hold("--progress of a pipe has no total", re.search(rb"counter: 0 MB(?! of)", r.err), r.err)
    term = Terminal(t, ["counter", "-w", "in"], ["stderr"])
    term.finish()
    t.hold("what is quick shows no progress on a terminal", term.seen == b"", term.seen)
    for name, options, there in [("slow work", [], True),
                                 ("--no-progress", ["--no-progress"], False)]:
        term = Terminal(t, ["counter", "-w"] + options, ["stderr"], stdin=None)
        for _ in range(8):
            term.run.stdin.write(b"a b " * 1000)
            term.run.stdin.flush()
            time.sleep(0.1)
        term.run.stdin.close()
        term.run.stdin = None
        code, out, _ = term.finish()
        t.hold(f"a terminal, {name}: progress {there}", code == 0 and
               (b"counter: 0 MB" in term.seen) == there and out == b"8000\ta\n8000\tb\n",
               (code, out, term.seen))
    r = t.counter(["--progress", "mega", "gone"])
    t.hold("a message begins on a line of its own",
           re.search(rb"\r\033\[Kpila counter: gone: No such", r.err), r.err)


def flushing(t):
    """By line with --line-buffered and on a terminal: seen as system calls."""
    program = t.tool("strace")
    lines = b"".join(b"%d\n" % k for k in range(50))
    t.write("fifty", lines)

    def writes(argv, **how):
        r = t.run(["-f", "-qq", "-e", "trace=write", "-o", t.path("calls"), t.pila] + argv,
                  program=program, env={"ASAN_OPTIONS": "detect_leaks=0"}, **how)
        if r.code not in (0, 1):
            return None
        return t.read("calls").count(b"write(1,")
    if not program or writes(["counter", "fifty"]) is None:
        t.skip("flushing", "no strace, or it is not allowed")
        return
    t.hold("a pipe gets blocks", writes(["counter", "fifty"]) == 1)
    t.hold("--line-buffered gives a line at a time",
           writes(["counter", "fifty", "--line-buffered"]) == 50)
    t.hold("--line-buffered elements",
           writes(["counter", "fifty", "--elements", "--line-buffered"]) == 50)
    t.hold("--line-buffered partials",
           writes(["counter", "fifty", "--partial", "--line-buffered"]) == 50)
    inner_out, inner = pty.openpty()
    n = writes(["counter", "fifty"], stdout=inner)
    os.close(inner)
    os.close(inner_out)
    t.hold("a terminal gets a line at a time", n == 50, n)


def rows(t):
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as e:
        t.skip("the whole table", f"no terminal can be made: {e}")
        return
    t.write("in", SMALL)
    hints(t)
    colour(t)
    progress(t)
    flushing(t)
