#!/usr/bin/env python3
"""Compressing and decompressing: whole programs, from exec to exit.

    bench_gzip.py [--pila PROGRAM] [--text TEXT]

The contests are those of programs.py. Compressed are the first 100 MB of the text, at level 6
unless the title says another; compressed bytes differ between programs, so what is compared
is what they hold, and how many they are is printed. Decompressed is what gzip made of it.
"""

import gzip
import os
import shutil
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import (Program, contest, digest, made_apart, parser, python,  # noqa: E402
                      shell, text_for)

BYTES = 100 * 10**6

GUNZIP_PY = """import gzip, shutil, sys
shutil.copyfileobj(gzip.open(sys.argv[1]), sys.stdout.buffer, 1 << 17)"""
ZLIB_PY = """import sys, zlib
sys.stdout.buffer.write(zlib.compress(open(sys.argv[1], 'rb').read()))"""
UNZLIB_PY = """import sys, zlib
sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1], 'rb').read()))"""
COUNT_PY = """import gzip, sys
from collections import Counter
for key, n in Counter(gzip.open(sys.argv[1])).most_common(10):
    sys.stdout.buffer.write(b'%d\\t%s' % (n, key))"""


def made_up(chance):
    words = [b"%x" % chance.randrange(1 << chance.randrange(4, 30)) for _ in range(20000)]
    for _ in range(60000):
        yield b" ".join(chance.choices(words, k=chance.randrange(1, 12))) + b"\n"


def held(out):
    """What a gzip file holds; how long it is is told."""
    size = os.fstat(out.fileno()).st_size
    print(f"- {size} bytes", flush=True)
    return digest(gzip.GzipFile(fileobj=out))


def make(text, folder):
    path = os.path.join(folder, "plain")
    with open(text, "rb") as f, open(path, "wb") as out:
        out.write(f.read(BYTES))
    with open(path, "rb") as f, open(path + ".gz", "wb") as out:
        with gzip.GzipFile("", "wb", 6, out, 0) as packed:
            shutil.copyfileobj(f, packed, 1 << 20)
    with open(path, "rb") as f, open(path + ".zz", "wb") as out:
        out.write(zlib.compress(f.read()))


def run(pila, path):
    size, packed = os.path.getsize(path), path + ".gz"
    for level, threads in ((6, 1), (6, 2), (1, 2), (9, 2)):
        how = [f"-{level}", f"-p{threads}"]
        contest(f"gzip {' '.join(how)}", size, [
            Program("pila", [pila, "gzip", "-c"] + how + [path]),
            Program("pigz", ["pigz", "-c"] + how + [path]),
            Program("gzip", ["gzip", "-c", how[0], path])], [(1, "pigz")], held)
    contest("gunzip", size, [
        Program("pila", [pila, "gunzip", "-c", packed]),
        Program("pigz", ["pigz", "-dc", packed]),
        Program("gzip", ["gzip", "-dc", packed]),
        python(GUNZIP_PY, packed)], [(1, "pigz"), (1.5, "gzip")])
    contest("gunzip, the ten most common lines", size, [
        Program("pila", [pila, "gunzip", packed, "then", "counter", "-c10"]),
        shell("pila, through a pipe", "gzip", f'gzip -dc "$1" | {pila} counter -c10', packed),
        python(COUNT_PY, packed)], [(2, "CPython")])
    contest("zlib", size, [Program("pila", [pila, "zlib", path]), python(ZLIB_PY, path)],
            [(0.95, "CPython")])
    contest("zlib -d", size, [Program("pila", [pila, "zlib", "-d", path + ".zz"]),
                              python(UNZLIB_PY, path + ".zz")], [(1, "CPython")])


def main():
    options = parser("gzip and zlib with whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = text_for(options.text, folder, made_up)
        made_apart(make, text, folder)
        run(options.pila, os.path.join(folder, "plain"))


main()
