#!/usr/bin/env python3
"""Rows of three lines, and runs of equal lines: whole programs, from exec to exit.

    bench_itertools.py [--text FILE] [--pila PROGRAM]

groupby reads the text sorted by its bytes, which is made once beside it. How the contests
are held is in programs.py.
"""

import functools
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import (PLAIN, QUICK_BYTES, Program, contest, digest, parser,  # noqa: E402
                      python, shell, text_for)

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


def whole_rows(line):
    """paste fills the last row with tabs; awk and CPython do not."""
    return line.rstrip(b"\t\n") + b"\n"


def plain_counts(line):
    """uniq -c has spaces where the others have one tab."""
    return re.sub(rb"^ *(\d+)[ \t]", rb"\1\t", line, count=1)


def contests(pila, path, ordered):
    contest("rows of three lines", os.path.getsize(path), [
        Program("pila", [pila, "batched", "3", path]),
        shell("paste", "paste", 'paste - - - <"$1"', path),
        Program("mawk", ["mawk", ROWS_AWK, path]),
        python(ROWS_PY, path),
    ], [(3, "paste"), (15, "CPython")], functools.partial(digest, line_of=whole_rows))
    contest("runs of equal lines", os.path.getsize(ordered), [
        Program("pila", [pila, "groupby", "--count", ordered]),
        Program("uniq -c", ["uniq", "-c", ordered]),
        Program("mawk", ["mawk", RUNS_AWK, ordered]),
        python(RUNS_PY, ordered),
    ], [(4, "uniq -c"), (8, "CPython")], functools.partial(digest, line_of=plain_counts))


def made_up(chance):
    for _ in range(QUICK_BYTES // 20):
        yield b"a line number %d\n" % int(5000 ** chance.random())


def main():
    options = parser("Rows and runs of lines, by whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = text_for(options.text, folder, made_up)
        ordered = os.path.join(folder, "sorted")
        with open(ordered, "wb") as out:
            subprocess.run(["sort", path], stdout=out, env=PLAIN, check=True)
        contests(options.pila, path, ordered)


main()
