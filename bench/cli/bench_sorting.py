#!/usr/bin/env python3
"""Sorting, merging, the first ten, repeats and places: whole programs, from exec to exit.

    bench_sorting.py [--text FILE] [--pila PROGRAM]

The contests are those of programs.py. Besides the text they read lines of about 100 bytes
with a number in their third column, made here, and the text dealt out to eight sorted
files. sort is GNU's, in the C locale, with as many threads as it takes by itself.
"""

import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import PLAIN, QUICK, QUICK_BYTES, Program, contest, parser, python  # noqa: E402

NUMBERS_BYTES, MERGED_BYTES, FILES, KEYS = 194 * 10**6, 148 * 10**6, 8, 1000
PADDING = b"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor"

LINES = "import sys; write = sys.stdout.buffer.write; lines = open(sys.argv[1], 'rb')\n"
SORTED_PY = LINES + """lines = sorted(lines.read().split(b'\\n')[:-1])
write(b'\\n'.join(lines) + b'\\n')"""
NUMERIC_PY = LINES + """key = lambda line: float(line.split()[2])
sys.stdout.buffer.writelines(sorted(lines, key=key))"""
LARGEST_PY = LINES + """import heapq
key = lambda line: float(line.split()[2])
sys.stdout.buffer.writelines(heapq.nlargest(10, lines, key=key))"""
MERGE_PY = """import heapq, sys
files = [open(name, 'rb') for name in sys.argv[1:]]
lines = heapq.merge(*files, key=lambda line: line[:-1])
sys.stdout.buffer.writelines(lines)"""
UNIQUE_PY = LINES + """seen = set()
for line in lines:
    if line not in seen:
        seen.add(line)
        write(line)"""
BISECT_PY = LINES + """import bisect
lines = [line.rstrip(b'\\n') for line in lines]
for key in open(sys.argv[2], 'rb'):
    write(b'%d\\n' % bisect.bisect_left(lines, key.rstrip(b'\\n')))"""


# ---- what is read ----


def lines_of(path):
    with open(path, "rb") as f:
        text = f.read(QUICK_BYTES) if QUICK else f.read()
    return text[:text.rfind(b"\n")].split(b"\n")


def made_up():
    chance = random.Random(1)
    return [b"a line number %d" % int(50000 ** chance.random())
            for _ in range(QUICK_BYTES // 20)]


def write_lines(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        out.write(b"\n".join(lines) + b"\n")
    return path


def numbers(folder):
    """A word, a name and a number, and what else a line has."""
    chance, lines, size = random.Random(1), [], 0
    while size < (QUICK_BYTES if QUICK else NUMBERS_BYTES):
        lines.append(b"%d row%d %.3f %s" % (chance.randrange(10**6), chance.randrange(10**7),
                                            chance.random() * 1e6, PADDING))
        size += len(lines[-1]) + 1
    return write_lines(folder, "numbers", lines)


def dealt(folder, lines):
    """Eight sorted files, of lines that are not empty, and lines of the first as keys."""
    lines, some, size = [line for line in lines if line], [], 0
    random.Random(2).shuffle(lines)
    for line in lines:
        size += len(line) + 1
        if size > MERGED_BYTES:
            break
        some.append(line)
    for k in range(FILES):
        write_lines(folder, f"sorted.{k}", sorted(some[k::FILES]))
    write_lines(folder, "keys", random.Random(3).choices(some[::FILES], k=KEYS))


# ---- the contests ----


def sorting(pila, text, table):
    size, rows = os.path.getsize(text), os.path.getsize(table)
    contest("lines in order", size, [
        Program("pila", [pila, "sorted", text]),
        Program("sort", ["sort", text]),
        python(SORTED_PY, text)], [(1, "sort")])
    contest("lines in order, in 50 MB", size, [
        Program("pila", [pila, "sorted", "--mem=50M", text]),
        Program("sort -S 50M", ["sort", "-S", "50M", text])], [(1, "sort -S 50M")])
    contest("lines by a number", rows, [
        Program("pila", [pila, "sorted", "-n", "-f3", table]),
        Program("sort -n", ["sort", "-s", "-n", "-k3,3", table]),
        Program("sort -g", ["sort", "-s", "-g", "-k3,3", table]),
        python(NUMERIC_PY, table)], [(1, "sort -n"), (1, "sort -g")])
    contest("the ten largest numbers", rows, [
        Program("pila", [pila, "nlargest", "10", "-n", "-f3", table]),
        Program("sort", ["sh", "-c", 'sort -s -g -r -k3,3 "$1" | head -n 10', "sh", table]),
        python(LARGEST_PY, table)], [(5, "CPython"), (5, "sort")])


def merging(pila, files):
    contest(f"{len(files)} sorted files", sum(map(os.path.getsize, files)), [
        Program("pila", [pila, "merge", *files]),
        Program("pila --check", [pila, "merge", "--check", *files]),
        Program("sort -m", ["sort", "-m", *files]),
        python(MERGE_PY, *files)], [(1, "sort -m"), (3, "CPython")])


def searching(pila, text, folder):
    one, keys = os.path.join(folder, "sorted.0"), os.path.join(folder, "keys")
    size = os.path.getsize(one)
    contest(f"places of {KEYS} lines in a sorted file", size, [
        Program("pila", [pila, "bisect", "--left", "--keys", keys, one]),
        python(BISECT_PY, one, keys)], [(5, "CPython")])
    with open(keys, "rb") as f:
        prefix = os.fsdecode(f.readline().rstrip(b"\n")[:8])
    contest("lines that begin so, in a sorted file", size, [
        Program("pila", [pila, "bisect", "--range", "--prefix", "--", prefix, one]),
        Program("look", ["look", "--", prefix, one])], [(0.5, "look")])
    contest("lines without repeats", os.path.getsize(text), [
        Program("pila", [pila, "unique", text]),
        Program("mawk", ["mawk", "!seen[$0]++", text]),
        python(UNIQUE_PY, text)], [(2.3, "CPython"), (2.3, "mawk")])


def main():
    options = parser("Sorts and merges with whole programs.").parse_args()
    there = os.path.exists(options.text)
    if not QUICK and not there:
        sys.exit(f"bench: {options.text} is not there: bench/corpus makes it")
    with tempfile.TemporaryDirectory() as folder:
        PLAIN["TMPDIR"] = folder
        child = os.fork()  # the memory that this takes is not that of a contestant
        if not child:
            lines = lines_of(options.text) if there else made_up()
            if QUICK:
                write_lines(folder, "text", lines)
            dealt(folder, lines)
            numbers(folder)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit("bench: what is to be read could not be made")
        path = os.path.join(folder, "text") if QUICK else options.text
        sorting(options.pila, path, os.path.join(folder, "numbers"))
        merging(options.pila, [os.path.join(folder, f"sorted.{k}") for k in range(FILES)])
        searching(options.pila, path, folder)


main()
