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
BOLD, NAME, PLAIN = b"\033[1m", b"\033[36m", b"\033[0m"


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


# environment, options, whether what is on a terminal has colour
COLOURED = [
    ({}, [], True),
    ({"NO_COLOR": "1"}, [], False),
    ({"NO_COLOR": ""}, [], True),
    ({"TERM": "dumb"}, [], False),
    ({"TERM": ""}, [], False),
    ({"TERM": None}, [], False),
    ({}, ["--color=never"], False),
    ({}, ["--color=auto"], True),
    ({"NO_COLOR": "1"}, ["--color=always"], True),
    ({"TERM": "dumb"}, ["--color=always"], True),
]


def colour(t):
    for env, options, red in COLOURED:
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
    for options in ([], ["--color=always"]):
        term = Terminal(t, ["counter", "-w", "in"] + options, ["stdout", "stderr"])
        term.finish()
        t.hold(f"results have no colour, {options}", term.seen == b"3\tb\n2\ta\n", term.seen)
    for out in ("lines", "nul", "jsonl", "csv", "tsv"):
        argv = ["-w", "in", "--out", out]
        t.row(f"results in {out} have no colour", argv + ["--color=always"], t.counter(argv).out)
    term = Terminal(t, ["counter", "gone"], ["stdout"])
    _, _, err = term.finish()
    t.hold("stdout on a terminal does not colour stderr", b"\033" not in err, err)
    term = Terminal(t, ["--color=never", "counter", "gone"], ["stderr"])
    term.finish()
    t.hold("what pila is told holds for its command", b"\033" not in term.seen, term.seen)
    term = Terminal(t, ["--color=never", "counter", "--color=auto", "gone"], ["stderr"])
    term.finish()
    t.hold("what the command is told holds more", RED.encode() in term.seen, term.seen)
    for argv in (["conter"], ["--bogus"], []):
        term = Terminal(t, argv, ["stderr"])
        term.finish()
        t.hold(f"pila {argv}: only the prefix is red",
               term.seen.startswith(RED.encode() + b"pila:\033[0m ") and
               term.seen.count(b"\033") == 2, term.seen)


def coloured_help(t):
    """Headings and names, on a terminal; and nothing but that."""
    pages = [["--help"], ["counter", "--help"], ["help"], ["help", "counter"]]
    for argv in pages:
        page = t.run(argv).out
        t.hold(f"{argv}: a pipe gets no colour", b"\033" not in page)
        for env, options, there in COLOURED:
            if argv[0] == "counter":
                full = ["counter"] + options + argv[1:]
            else:
                full = options + argv
            term = Terminal(t, full, ["stdout"], env=env)
            code, _, err = term.finish()
            t.hold(f"{env} {full}: colour {there}", (code, err) == (0, b"") and
                   (b"\033" in term.seen) == there, term.seen[:200])
            t.hold(f"{env} {full}: the text is the same",
                   re.sub(rb"\033\[\d*m", b"", term.seen) == page)
        shown = t.run(["--color=always"] + argv if argv[0] != "counter"
                      else argv + ["--color=always"]).out
        t.hold(f"{argv}: --color=always without a terminal",
               b"\033" in shown and re.sub(rb"\033\[\d*m", b"", shown) == page)
        t.hold(f"{argv}: what starts ends, on its line", all(
            re.fullmatch(rb"(?:[^\033]|\033\[(?:1|36)m[^\033]+\033\[0m)*", line)
            for line in shown.split(b"\n")))
        t.hold(f"{argv}: headings are bold", all(
            BOLD + h + PLAIN in shown for h in (b"Examples:", b"usage:", b"Options:", b"Exit:")))
        t.hold(f"{argv}: names are coloured", b"\n      " + NAME + b"--help" + PLAIN in shown)
        t.hold(f"{argv}: only names and headings are", not re.search(
            rb"\033\[36m(?!(?:-., )?--[a-z-]+\033|[a-z0-9-]+\033)", shown))
    shown = t.counter(["--help", "--color=always"]).out
    for name in (b"-c, --most-common", b"--in"):
        t.hold(name.decode() + " is coloured", NAME + name + PLAIN + b" " in shown)
    for heading in (b"What is counted", b"Memory:", b"In Python:"):
        t.hold(heading.decode() + " is bold", BOLD + heading + PLAIN in shown)
    term = Terminal(t, ["counter", "--help"], ["stderr"])
    _, out, _ = term.finish()
    t.hold("stderr on a terminal does not colour stdout", b"\033" not in out)
    for argv in (["--list"], ["--version"], ["--help-json"], ["counter", "--help-json"]):
        term = Terminal(t, argv, ["stdout"])
        term.finish()
        t.hold(f"{argv} has no colour", term.seen == t.run(argv).out and b"\033" not in term.seen)


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
    for name, options, there, env in [("slow work", [], True, {}),
                                      ("NO_COLOR", [], True, {"NO_COLOR": "1"}),
                                      ("--no-progress", ["--no-progress"], False, {}),
                                      ("TERM=dumb", [], False, {"TERM": "dumb"}),
                                      ("no TERM", [], False, {"TERM": None}),
                                      ("TERM=dumb, --progress", ["--progress"], True,
                                       {"TERM": "dumb"})]:
        term = Terminal(t, ["counter", "-w"] + options, ["stderr"], stdin=None, env=env)
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
    coloured_help(t)
    progress(t)
    flushing(t)
