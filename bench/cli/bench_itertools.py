#!/usr/bin/env python3
"""Rows of three lines, and runs of equal lines: whole programs, from exec to exit.

    bench_itertools.py [--text FILE] [--pila PROGRAM]

As bench_counter.py, whose tables and bars these are: all programs of a contest must give
the same answer before any time is shown, and the rounds are interleaved. What they print
goes to a file for the answer, and to /dev/null for the time. groupby reads the text sorted
by its bytes, which is made once beside it.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
QUICK = os.environ.get("PILA_BENCH_QUICK", "0") not in ("", "0")
PLAIN = dict(os.environ, LC_ALL="C")
LEAST_ROUNDS, MOST_ROUNDS, QUICK_BYTES = 5, 25, 4 * 10**6

ROWS_PY = """import itertools, sys
read, write = open(sys.argv[1], 'rb'), sys.stdout.buffer.write
lines = (line.rstrip(b'\\n') for line in read)
while row := tuple(itertools.islice(lines, 3)):
    write(b'\\t'.join(row) + b'\\n')
"""
RUNS_PY = """import itertools, sys
write = sys.stdout.buffer.write
for key, group in itertools.groupby(open(sys.argv[1], 'rb')):
    write(b'%d\\t%s' % (sum(1 for _ in group), key))
"""
RUNS_AWK = """NR > 1 && $0 "" != last { print n "\\t" last; n = 0 }
{ last = $0 ""; n++ }
END { if (NR) print n "\\t" last }"""
ROWS_AWK = """{ printf "%s%s", $0, NR % 3 ? "\\t" : "\\n"; }
END { if (NR % 3 == 1) print "\\t"; else if (NR % 3 == 2) print "" }"""

# title, who, how many times as fast as, whom
BARS = {"rows of three lines": [("pila", 3, "paste"), ("pila", 15, "CPython")],
        "runs of equal lines": [("pila", 4, "uniq -c"), ("pila", 8, "CPython")]}


class Program:
    def __init__(self, name, tool, argv):
        self.name, self.argv = name, argv
        self.skipped = None if shutil.which(tool) else "not found"
        self.seconds, self.memory = [], 0

    @property
    def median(self):
        return statistics.median(self.seconds)


def spawn(argv, out):
    """Seconds and peak bytes."""
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, PLAIN, setsigdef=[signal.SIGPIPE],
                          file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"bench: {argv}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def answer(program, shape):
    """A digest of what it prints, in the shape that all share."""
    with tempfile.TemporaryFile() as out:
        seconds, _ = spawn(program.argv, out.fileno())
        out.seek(0)
        digest = hashlib.blake2b()
        for line in out:
            digest.update(shape(line))
        return seconds, digest.hexdigest()


def verify(programs, shape):
    took, first = 0, None
    for program in programs:
        seconds, got = answer(program, shape)
        took += seconds
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


def bars(title, programs):
    by_name = {program.name: program for program in programs}
    for who, times, peer in BARS[title]:
        absent = [name for name in (who, peer) if by_name[name].skipped]
        if absent:
            said = f"SKIPPED ({absent[0]} did not take part)"
        else:
            got = by_name[peer].median / by_name[who].median
            said = f"{'met' if got >= times else 'MISSED'} ({number(got)})"
        print(f"- bar: {who} >= {number(times)} x as fast as {peer}: {said}")
    print(flush=True)


# ---- the contests ----


def contest(title, programs, path, shape):
    playing = [program for program in programs if not program.skipped]
    took = verify(playing, shape)
    rounds = 2 if QUICK else int(LEAST_ROUNDS * len(playing) // max(took, 1e-9))
    rounds = rounds if QUICK else min(max(rounds, LEAST_ROUNDS), MOST_ROUNDS)
    measure(playing, rounds)
    table(title, programs, os.path.getsize(path), rounds)
    bars(title, programs)


def whole_rows(line):
    """paste fills the last row with tabs; awk and CPython do not."""
    return line.rstrip(b"\t\n") + b"\n"


def plain_counts(line):
    """uniq -c has spaces where the others have one tab."""
    return re.sub(rb"^ *(\d+)[ \t]", rb"\1\t", line, count=1)


def contests(pila, path, ordered):
    contest("rows of three lines", [
        Program("pila", pila, [pila, "batched", "3", path]),
        Program("paste", "paste", ["sh", "-c", 'paste - - - <"$1"', "sh", path]),
        Program("mawk", "mawk", ["mawk", ROWS_AWK, path]),
        Program("CPython", sys.executable, [sys.executable, "-c", ROWS_PY, path]),
    ], path, whole_rows)
    contest("runs of equal lines", [
        Program("pila", pila, [pila, "groupby", "--count", ordered]),
        Program("uniq -c", "uniq", ["uniq", "-c", ordered]),
        Program("mawk", "mawk", ["mawk", RUNS_AWK, ordered]),
        Program("CPython", sys.executable, [sys.executable, "-c", RUNS_PY, ordered]),
    ], ordered, plain_counts)


def small(path, folder):
    """The first bytes of the text, or made up ones."""
    name, chance = os.path.join(folder, "text"), random.Random(1)
    if os.path.exists(path):
        with open(path, "rb") as f:
            text = f.read(QUICK_BYTES)
        text = text[:text.rfind(b"\n") + 1]
    else:
        text = b"".join(b"a line number %d\n" % int(5000 ** chance.random())
                        for _ in range(QUICK_BYTES // 20))
    with open(name, "wb") as f:
        f.write(text)
    return name


def main():
    parser = argparse.ArgumentParser(description="Rows and runs of lines, by whole programs.")
    text = os.environ.get("PILA_BENCH_TEXT", os.path.join(ROOT, "build/corpus/text"))
    parser.add_argument("--text", default=text)
    parser.add_argument("--pila", default=os.environ.get("PILA", os.path.join(ROOT,
                                                                              "build/pila")))
    options = parser.parse_args()
    if not QUICK and not os.path.exists(options.text):
        sys.exit(f"bench: {options.text} is not there: bench/corpus makes it")
    with tempfile.TemporaryDirectory() as folder:
        path = small(options.text, folder) if QUICK else options.text
        ordered = os.path.join(folder, "sorted")
        with open(ordered, "wb") as out:
            subprocess.run(["sort", path], stdout=out, env=PLAIN, check=True)
        contests(options.pila, path, ordered)


main()
