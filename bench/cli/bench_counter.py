#!/usr/bin/env python3
"""Counting the words of a file: whole programs, from exec to exit.

    bench_counter.py [--text FILE] [--pila PROGRAM] [--rust PROGRAM]

All programs must name the same ten counts. How the contest is held is in programs.py.
"""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from programs import QUICK_BYTES, Program, contest, parser, shell, text_for  # noqa: E402


def counts(printed):
    """The counts alone: which words come first among equals is free."""
    found = [int(line.split()[0]) for line in printed]
    return found if len(found) == 10 else sys.exit(f"bench: {len(found)} counts, not ten")


def made_up(chance):
    """Words whose frequency falls off as 1/rank, about as in real text."""
    size = 0
    while size < QUICK_BYTES:
        ranks = (int(50000 ** chance.random()) for _ in range(10))
        line = b" ".join(b"w%x" % (rank * 40503) for rank in ranks) + b"\n"
        size += len(line)
        yield line


def contestants(options, path):
    peers = os.path.join(HERE, "peers")
    script, awk = (os.path.join(peers, "count_words." + end) for end in ("py", "awk"))
    top = "sort -rn | head -n 10"
    return [
        Program("pila", [options.pila, "counter", "--words", "-c", "10", path]),
        Program("Rust", [options.rust, path], options.rust),
        Program("CPython", [sys.executable, script, path]),
        shell("mawk", "mawk", f"mawk -f '{awk}' \"$1\" | {top}", path),
        shell("gawk", "gawk", f"gawk -b -f '{awk}' \"$1\" | {top}", path),
        shell("tr, sort, uniq", "tr", "tr -s '[:space:]' '\\n' <\"$1\" | sort "
              f"| uniq -c | {top}", path),
    ]


def main():
    arguments = parser("Counts words with whole programs.")
    arguments.add_argument("--rust", help="count_words.rs, compiled")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = text_for(options.text, folder, made_up)
        contest("top ten words", os.path.getsize(path), contestants(options, path),
                [(2.5, "Rust"), (8, "mawk"), (5, "CPython"), (1.5, "Rust", "memory")], counts)


main()
