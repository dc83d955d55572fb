#!/usr/bin/env python3
"""Counting the words of a file: whole programs, from exec to exit.

    bench_counter.py [--text FILE] [--pila PROGRAM] [--rust PROGRAM]

The table and the bars are those of bench.h's contests: all programs must name the same
ten counts before any time is shown, and the rounds are interleaved. The peak memory is
that of the largest process (of a shell pipeline: of its largest part), but never below
that of this script, some 20 MB, which the kernel carries over an exec.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
QUICK = os.environ.get("PILA_BENCH_QUICK", "0") not in ("", "0")
PLAIN = dict(os.environ, LC_ALL="C")
LEAST_ROUNDS, MOST_ROUNDS, QUICK_BYTES = 5, 25, 4 * 10**6

# who, what of it, how many times better than, whom
BARS = [
    ("pila", "time", 2.5, "Rust"),
    ("pila", "time", 8, "mawk"),
    ("pila", "time", 5, "CPython"),
    ("pila", "memory", 1 / 1.5, "Rust"),
]


class Program:
    def __init__(self, name, argv, skipped=None):
        self.name, self.argv, self.skipped = name, argv, skipped
        self.seconds, self.memory = [], 0

    @property
    def median(self):
        return statistics.median(self.seconds)


# ---- running ----


def spawn(argv, out):
    how = {
        "file_actions": [(os.POSIX_SPAWN_DUP2, out, 1)],
        "setsigdef": [signal.SIGPIPE],  # Python ignores it, which would be passed on
    }
    return os.posix_spawnp(argv[0], argv, PLAIN, **how)


def run(program):
    """Seconds, peak bytes and what it printed."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        pid = spawn(program.argv, out.fileno())
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            sys.exit(f"bench: {program.name}: status {status}")
        out.seek(0)
        return seconds, usage.ru_maxrss * 1024, out.read()


def counts(printed):
    """The counts alone: which words come first among equals is free."""
    return [int(line.split()[0]) for line in printed.splitlines()]


def verify(programs):
    """Each once: the answers are compared and the page cache warmed. Seconds taken."""
    start, first = time.perf_counter(), None
    for program in programs:
        answer = counts(run(program)[2])
        first = first or (program.name, answer)
        if answer != first[1] or len(answer) != 10:
            sys.exit(f"bench: {program.name} counts {answer}, {first[0]} {first[1]}")
    return time.perf_counter() - start


def measure(programs, rounds):
    order = random.Random(1)
    for _ in range(rounds):
        for program in order.sample(programs, len(programs)):
            seconds, memory, _ = run(program)
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
    ratio = number(program.median / first.median)
    memory = number(program.memory / 1e6)
    median = number(program.median)
    return f"| {program.name} | {median} | {low} to {high} | {ratio} | {memory} |"


def table(programs, size, rounds):
    first = next(program for program in programs if not program.skipped)
    print(f"### whole programs: top ten words, n = {size} bytes\n")
    print(
        f"| program | median, s | fastest to slowest of {rounds} | time / {first.name} "
        "| peak MB |\n|---|--:|--:|--:|--:|"
    )
    for program in programs:
        print(row(program, first))
    print()


def wording(who, what, times, peer):
    if times < 1:
        return f"{who} {what} <= {number(1 / times)} x {peer}"
    return f"{who} >= {number(times)} x as fast as {peer}"


def verdict(mine, its, times):
    """'met (got)' or 'MISSED (got)'; below 1, the promise is about mine / its."""
    got = mine / its if times < 1 else its / mine
    return f"{'met' if its >= times * mine else 'MISSED'} ({number(got)})"


def bars(programs):
    by_name = {program.name: program for program in programs}
    for who, what, times, peer in BARS:
        absent = [name for name in (who, peer) if by_name[name].skipped]
        if absent:
            said = f"SKIPPED ({absent[0]} did not take part)"
        else:
            pick = (lambda p: p.median) if what == "time" else (lambda p: p.memory)
            said = verdict(pick(by_name[who]), pick(by_name[peer]), times)
        print(f"- bar: {wording(who, what, times, peer)}: {said}")


# ---- the contest ----


def made_up(out):
    """Words whose frequency falls off as 1/rank, about as in real text."""
    chance, size = random.Random(1), 0
    while size < QUICK_BYTES:
        ranks = (int(50000 ** chance.random()) for _ in range(10))
        size += out.write(b" ".join(b"w%x" % (rank * 40503) for rank in ranks) + b"\n")


def small(path, out):
    if os.path.exists(path):
        with open(path, "rb") as f:
            text = f.read(QUICK_BYTES)
        out.write(text[: text.rfind(b"\n") + 1])
    else:
        made_up(out)
    out.flush()
    return out.name


def program(name, tool, argv):
    path = shutil.which(tool) if tool else None
    return Program(name, argv, None if path else "not found")


def shell(name, tool, line, path):
    return program(name, tool, ["sh", "-c", line, "sh", path])


def contestants(options, path):
    peers = os.path.join(HERE, "peers")
    script, awk = (os.path.join(peers, "count_words." + end) for end in ("py", "awk"))
    top = "sort -rn | head -n 10"
    pila = [options.pila, "counter", "--words", "-c", "10", path]
    return [
        program("pila", options.pila, pila),
        program("Rust", options.rust, [options.rust, path]),
        Program("CPython", [sys.executable, script, path]),
        shell("mawk", "mawk", f"mawk -f '{awk}' \"$1\" | {top}", path),
        shell("gawk", "gawk", f"gawk -b -f '{awk}' \"$1\" | {top}", path),
        shell("tr, sort, uniq", "tr", "tr -s '[:space:]' '\\n' <\"$1\" | sort "
              f"| uniq -c | {top}", path),
    ]


def contest(options, path):
    programs = contestants(options, path)
    playing = [program for program in programs if not program.skipped]
    took = verify(playing)
    rounds = 2 if QUICK else int(LEAST_ROUNDS * len(playing) // max(took, 1e-9))
    rounds = rounds if QUICK else min(max(rounds, LEAST_ROUNDS), MOST_ROUNDS)
    measure(playing, rounds)
    table(programs, os.path.getsize(path), rounds)
    bars(programs)
    print(flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="Counts words with whole programs.")
    text = os.environ.get("PILA_BENCH_TEXT", os.path.join(ROOT, "build/corpus/text"))
    pila = os.environ.get("PILA", os.path.join(ROOT, "build/pila"))
    parser.add_argument("--text", default=text)
    parser.add_argument("--pila", default=pila)
    parser.add_argument("--rust", help="count_words.rs, compiled")
    return parser.parse_args()


def main():
    options = arguments()
    if QUICK:
        with tempfile.NamedTemporaryFile() as out:
            contest(options, small(options.text, out))
    elif os.path.exists(options.text):
        contest(options, options.text)
    else:
        sys.exit(f"bench: {options.text} is not there: bench/corpus makes it")


main()
