#!/usr/bin/env python3
"""JSON laid out, minified and checked, and pickles shown: whole programs, from exec to exit.

    bench_json.py [--pila PROGRAM]

The contests are those of programs.py. The JSON is one list of 80 MB of records, made here:
numbers that every program prints alike (of four digits behind the point), text in several
scripts, lists and objects. The pickle is 6.4 MB of the same records, in protocol 4.
"""

import json
import os
import pickle
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import (QUICK, QUICK_BYTES, Program, contest, made_apart,  # noqa: E402
                      parser, python, shell)

JSON_BYTES, PICKLE_BYTES = 80 * 10**6, 6400 * 10**3
WORDS = "spam eggs bacon na\u00efve \u00fcber \u4e2d\u6587 \u0441\u043b\u043e\u0432\u043e " \
        "\U0001f40d a\"quote back\\slash line\nbreak ministry of silly walks".split(" ")

NODE = "const fs = require('fs'); const text = fs.readFileSync(process.argv[1], 'utf8'); "
NODE_PRETTY = NODE + "fs.writeSync(1, JSON.stringify(JSON.parse(text), null, 2) + '\\n')"
NODE_MIN = NODE + "fs.writeSync(1, JSON.stringify(JSON.parse(text)) + '\\n')"
NODE_VALID = NODE + "JSON.parse(text)"
DIS_PY = "import pickletools, sys; pickletools.dis(open(sys.argv[1], 'rb'))"


def record(chance, k):
    return {"id": k, "name": " ".join(chance.choices(WORDS, k=4)),
            "ratio": (chance.randrange(10**6) * 10 + 7) / 10**4, "on": chance.random() < 0.5,
            "tags": chance.choices(WORDS, k=chance.randrange(4)), "parent": None,
            "at": {"x": chance.randrange(-10**9, 10**9), "y": chance.randrange(10**15)}}


def make(folder):
    """The records as JSON with white space, and fewer of them as a pickle."""
    chance = random.Random(1)
    most = QUICK_BYTES if QUICK else JSON_BYTES
    with open(os.path.join(folder, "json"), "w", encoding="utf-8") as out:
        size, k = out.write("["), 0
        while size < most:
            text = json.dumps(record(chance, k), ensure_ascii=False)
            size += out.write(",\n " if k else "")
            size += len(text.encode())
            out.write(text)
            k += 1
        out.write("]\n")
    few = [record(chance, k) for k in range((most if QUICK else PICKLE_BYTES) // 90)]
    with open(os.path.join(folder, "pickle"), "wb") as out:
        pickle.dump(few, out, 4)


def run(pila, folder):
    path, pickled = os.path.join(folder, "json"), os.path.join(folder, "pickle")
    size = os.path.getsize(path)
    wanted = [(12, "jq"), (4, "node")]
    contest("JSON, two blanks a level", size, [
        Program("pila", [pila, "json", "pretty", "--indent=2", path]),
        shell("jq", "jq", 'exec jq . "$1"', path),
        Program("node", ["node", "-e", NODE_PRETTY, path])], wanted)
    contest("JSON without white space", size, [
        Program("pila", [pila, "json", "min", path]),
        shell("jq", "jq", 'exec jq -c . "$1"', path),
        Program("node", ["node", "-e", NODE_MIN, path])], wanted)
    contest("JSON checked", size, [
        Program("pila", [pila, "json", "valid", path]),
        shell("jq", "jq", 'exec jq empty "$1"', path),
        Program("node", ["node", "-e", NODE_VALID, path])], wanted)
    contest("pickle dis", os.path.getsize(pickled), [
        Program("pila", [pila, "pickle", "dis", pickled]),
        python(DIS_PY, pickled)], [(20, "CPython")])


def main():
    options = parser("JSON and pickles with whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_apart(make, folder)
        run(options.pila, folder)


main()
