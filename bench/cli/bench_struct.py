#!/usr/bin/env python3
"""Records of bytes to text and back: whole programs, from exec to exit.

    bench_struct.py [--pila PROGRAM]

The contests are those of programs.py. 20 MB of records '<IHd' are made here: a random
integer of 32 bits, one of 16 and a double in [0, 1e6), whose text has 17 digits. Python
prints a blank behind each comma, which is left out of the comparison.
"""

import array
import os
import random
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import (QUICK, QUICK_BYTES, Program, contest, digest,  # noqa: E402
                      made_apart, parser, python)

FORMAT, BYTES = "<IHd", 20 * 10**6

JSON_PY = """import json, struct, sys
dumps, write = json.dumps, sys.stdout.write
for row in struct.iter_unpack(sys.argv[1], open(sys.argv[2], 'rb').read()):
    write(dumps(row) + '\\n')"""
LINES_PY = """import struct, sys
write = sys.stdout.write
for row in struct.iter_unpack(sys.argv[1], open(sys.argv[2], 'rb').read()):
    write('\\t'.join(map(repr, row)) + '\\n')"""
PACK_PY = """import struct, sys
pack, write = struct.Struct(sys.argv[1]).pack, sys.stdout.buffer.write
for line in open(sys.argv[2], 'rb'):
    a, b, x = line.split(b'\\t')
    write(pack(int(a), int(b), float(x)))"""
PACK_JSON_PY = """import json, struct, sys
loads, pack, write = json.loads, struct.Struct(sys.argv[1]).pack, sys.stdout.buffer.write
for line in open(sys.argv[2], 'rb'):
    write(pack(*loads(line)))"""
BYTES_PY = """import array, sys
data = open(sys.argv[1], 'rb').read()
sys.stdout.write('\\n'.join(map(str, array.array('H', data))) + '\\n')"""


def make(folder):
    """The records, and what they are as lines and as JSON."""
    chance = random.Random(1)
    rows = [(chance.randrange(2**32), chance.randrange(2**16), chance.random() * 1e6)
            for _ in range((QUICK_BYTES if QUICK else BYTES) // struct.calcsize(FORMAT))]
    with open(os.path.join(folder, "records"), "wb") as out:
        out.writelines(struct.pack(FORMAT, *row) for row in rows)
    with open(os.path.join(folder, "lines"), "w") as out:
        out.writelines("\t".join(map(repr, row)) + "\n" for row in rows)
    with open(os.path.join(folder, "json"), "w") as out:
        out.writelines(f"{list(row)}\n" for row in rows)


def compact(out):
    return digest(out, lambda line: line.replace(b", ", b","))


def run(pila, folder):
    records, lines, in_json = (os.path.join(folder, name)
                               for name in ("records", "lines", "json"))
    size = os.path.getsize(records)
    contest("struct to JSON Lines", size, [
        Program("pila", [pila, "struct", "unpack", "--out=jsonl", FORMAT, records]),
        Program("pila, and a stage", [pila, "struct", "unpack", FORMAT, records, "then",
                                      "islice", "0:", "--out=jsonl"]),
        python(JSON_PY, FORMAT, records)], [(15, "CPython")], compact)
    contest("struct to lines", size, [
        Program("pila", [pila, "struct", "unpack", FORMAT, records]),
        python(LINES_PY, FORMAT, records)], [(10, "CPython")])
    contest("lines to struct", os.path.getsize(lines), [
        Program("pila", [pila, "struct", "pack", FORMAT, lines]),
        python(PACK_PY, FORMAT, lines)], [(4, "CPython")])
    contest("JSON Lines to struct", os.path.getsize(in_json), [
        Program("pila", [pila, "struct", "pack", "--in=jsonl", FORMAT, in_json]),
        python(PACK_JSON_PY, FORMAT, in_json)], [(8, "CPython")])
    host = array.array("H", [1]).tobytes()[0]
    contest("numbers of 16 bits, a line each", size, [
        Program("pila", [pila, "struct", "unpack", "<H" if host else ">H", records]),
        Program("od", ["sh", "-c", "od -An -v -w2 -tu2 -- \"$1\"", "sh", records], "od"),
        python(BYTES_PY, records)], [(4, "CPython"), (3, "od")],
            lambda out: digest(out, lambda line: line.lstrip()))


def main():
    options = parser("Records of bytes with whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_apart(make, folder)
        run(options.pila, folder)


main()
