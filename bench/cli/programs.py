"""Contests of whole programs, from exec to exit: what the benches of commands share.

All programs of a contest must print the same before any time is shown, and the rounds are
interleaved. What they print goes to a file for the answer, and to /dev/null for the time.
The peak memory is that of the largest process (of a shell pipeline: of its largest part),
but never below that of this script, some 20 MB, which the kernel carries over an exec.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUICK = os.environ.get("PILA_BENCH_QUICK", "0") not in ("", "0")
PLAIN = dict(os.environ, LC_ALL="C")
LEAST_ROUNDS, MOST_ROUNDS, QUICK_BYTES = 5, 25, 4 * 10**6


class Program:
    """tool: what must be there for it to take part; None if it is not."""

    def __init__(self, name, argv, tool=""):
        self.name, self.argv = name, argv
        tool = argv[0] if tool == "" else tool
        self.skipped = None if tool and shutil.which(tool) else "not found"
        self.seconds, self.memory = [], 0

    @property
    def median(self):
        return statistics.median(self.seconds)


def python(code, *arguments):
    return Program("CPython", [sys.executable, "-c", code, *arguments])


def shell(name, tool, line, path):
    return Program(name, ["sh", "-c", line, "sh", path], tool)


def spawn(argv, out):
    """Seconds and peak bytes."""
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, PLAIN, setsigdef=[signal.SIGPIPE],
                          file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"bench: {argv}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def digest(out, line_of=None):
    """Of all that a program printed, or of its lines as line_of has them."""
    made = hashlib.blake2b()
    if line_of:
        for line in out:
            made.update(line_of(line))
    while block := out.read(1 << 20):
        made.update(block)
    return made.hexdigest()


def verify(programs, shape):
    """Each once: seconds taken."""
    took, first = 0, None
    for program in programs:
        with tempfile.TemporaryFile() as out:
            took += spawn(program.argv, out.fileno())[0]
            out.seek(0)
            got = shape(out)
        first = first or got
        if got != first:
            sys.exit(f"bench: {program.name} and {programs[0].name} do not print the same")
    return took


def measure(programs, rounds):
    order = random.Random(1)
    with open(os.devnull, "wb") as out:
        for _ in range(rounds):
            for program in order.sample(programs, len(programs)):
                seconds, memory = spawn(program.argv, out.fileno())
                program.seconds.append(seconds)
                program.memory = max(program.memory, memory)


# ---- printing ----


def number(value):
    """Three digits that say something, as bench.c prints them."""
    steps = [(99.95, 0), (9.995, 1), (0.0995, 2)]
    decimals = next((few for least, few in steps if value >= least), 4)
    return f"{value:.{decimals}f}"


def row(program, first):
    if program.skipped:
        return f"| {program.name} | SKIPPED: {program.skipped} | | | |"
    low, high = number(min(program.seconds)), number(max(program.seconds))
    ratio, memory = number(program.median / first.median), number(program.memory / 1e6)
    return f"| {program.name} | {number(program.median)} | {low} to {high} | {ratio} | {memory} |"


def table(title, programs, size, rounds):
    first = next(program for program in programs if not program.skipped)
    print(f"### whole programs: {title}, n = {size} bytes\n")
    print(f"| program | median, s | fastest to slowest of {rounds} | time / {first.name} "
          "| peak MB |\n|---|--:|--:|--:|--:|")
    for program in programs:
        print(row(program, first))
    print()


def verdict(what, times, mine, other):
    """Memory is at most so many times another's, time at least as many times less."""
    if what == "memory":
        got = mine.memory / other.memory
        good, wording = got <= times, f"{mine.name} memory <= {number(times)} x {other.name}"
    else:
        got = other.median / mine.median
        good = got >= times
        wording = f"{mine.name} >= {number(times)} x as fast as {other.name}"
    return f"{wording}: {'met' if good else 'MISSED'} ({number(got)})"


def bars(programs, wanted):
    by_name = {program.name: program for program in programs}
    for times, peer, *what in wanted:
        mine, other = programs[0], by_name[peer]
        absent = [p.name for p in (mine, other) if p.skipped]
        if absent:
            print(f"- bar: {mine.name} against {peer}: SKIPPED ({absent[0]} did not take part)")
        else:
            print(f"- bar: {verdict(what[0] if what else 'time', times, mine, other)}")
    print(flush=True)


def contest(title, size, programs, wanted, shape=digest):
    """The first program is ours; wanted: how many times as fast as whom, or how many times
    the memory; shape: what of a file of output all must have alike."""
    playing = [program for program in programs if not program.skipped]
    took = verify(playing, shape)
    rounds = 2 if QUICK else int(LEAST_ROUNDS * len(playing) // max(took, 1e-9))
    rounds = rounds if QUICK else min(max(rounds, LEAST_ROUNDS), MOST_ROUNDS)
    measure(playing, rounds)
    table(title, programs, size, rounds)
    bars(programs, wanted)


# ---- what is read ----


def made_apart(make, *arguments):
    """Call make in a process of its own: the memory that it takes is no contestant's."""
    child = os.fork()
    if not child:
        make(*arguments)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("bench: what is to be read could not be made")



def parser(description):
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--text", default=os.environ.get(
        "PILA_BENCH_TEXT", os.path.join(ROOT, "build/corpus/text")))
    made.add_argument("--pila", default=os.environ.get("PILA", os.path.join(ROOT,
                                                                            "build/pila")))
    return made


def text_for(path, folder, made_up):
    """The text to read: in a quick run its first bytes, or lines that made_up yields."""
    if not QUICK:
        if not os.path.exists(path):
            sys.exit(f"bench: {path} is not there: bench/corpus makes it")
        return path
    name = os.path.join(folder, "text")
    with open(name, "wb") as out:
        if os.path.exists(path):
            with open(path, "rb") as f:
                text = f.read(QUICK_BYTES)
            out.write(text[:text.rfind(b"\n") + 1])
        else:
            out.writelines(made_up(random.Random(1)))
    return name
