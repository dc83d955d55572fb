"""Contests of whole programs, from exec to exit: what the benches of commands share.

All programs of a contest must print the same before any time is shown, and the rounds are
interleaved. What they print goes to a file for the answer, and to /dev/null for the time.
The peak memory is that of the largest process, but never below that of this script, some
20 MB, which the kernel carries over an exec.
"""

import hashlib
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time

QUICK = os.environ.get("PILA_BENCH_QUICK", "0") not in ("", "0")
PLAIN = dict(os.environ, LC_ALL="C")
LEAST_ROUNDS, MOST_ROUNDS, QUICK_BYTES = 5, 25, 4 * 10**6


class Program:
    def __init__(self, name, argv):
        self.name, self.argv = name, argv
        self.skipped = None if shutil.which(argv[0]) else "not found"
        self.seconds, self.memory = [], 0

    @property
    def median(self):
        return statistics.median(self.seconds)


def python(code, *arguments):
    return Program("CPython", [sys.executable, "-c", code, *arguments])


def spawn(argv, out):
    """Seconds and peak bytes."""
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, PLAIN, setsigdef=[signal.SIGPIPE],
                          file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"bench: {argv}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def answer(program):
    """Seconds, and a digest of what it prints."""
    with tempfile.TemporaryFile() as out:
        seconds, _ = spawn(program.argv, out.fileno())
        out.seek(0)
        digest = hashlib.blake2b()
        while block := out.read(1 << 20):
            digest.update(block)
        return seconds, digest.hexdigest()


def verify(programs):
    """Each once: seconds taken."""
    took, first = 0, None
    for program in programs:
        seconds, got = answer(program)
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


def bars(programs, wanted):
    by_name = {program.name: program for program in programs}
    for times, peer in wanted:
        mine, other = programs[0], by_name[peer]
        absent = [p.name for p in (mine, other) if p.skipped]
        if absent:
            said = f"SKIPPED ({absent[0]} did not take part)"
        else:
            got = other.median / mine.median
            said = f"{'met' if got >= times else 'MISSED'} ({number(got)})"
        print(f"- bar: {mine.name} >= {number(times)} x as fast as {peer}: {said}")
    print(flush=True)


def contest(title, size, programs, wanted):
    """The first program is ours; wanted: how many times as fast as whom."""
    playing = [program for program in programs if not program.skipped]
    took = verify(playing)
    rounds = 2 if QUICK else int(LEAST_ROUNDS * len(playing) // max(took, 1e-9))
    rounds = rounds if QUICK else min(max(rounds, LEAST_ROUNDS), MOST_ROUNDS)
    measure(playing, rounds)
    table(title, programs, size, rounds)
    bars(programs, wanted)
