#!/usr/bin/env python3
"""Bytes as text and back: whole programs, from exec to exit.

    bench_base64.py [--pila PROGRAM] [--text TEXT]

The contests are those of programs.py; the bytes are those of the text, 200 MB, of which the
slower alphabets get a tenth.
"""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import Program, contest, parser, python, text_for  # noqa: E402

ENCODE_PY = """import base64, sys
data = open(sys.argv[2], 'rb').read()
sys.stdout.buffer.write(getattr(base64, sys.argv[1])(data))"""


def made_up(chance):
    for _ in range(20000):
        yield chance.randbytes(200) + b"\n"


def run(pila, path, folder):
    size = os.path.getsize(path)
    text, part = os.path.join(folder, "base64"), os.path.join(folder, "part")
    with open(text, "wb") as out:
        subprocess.run([pila, "base64", path], stdout=out, check=True)
    with open(path, "rb") as f, open(part, "wb") as out:
        out.write(f.read(size // 40 * 4))
    contest("base64", size, [
        Program("pila", [pila, "base64", path]),
        Program("coreutils", ["base64", path]),
        Program("openssl", ["openssl", "base64", "-in", path])],
            [(1.4, "coreutils"), (1.4, "openssl")], shape=joined)
    contest("base64 -d", size, [
        Program("pila", [pila, "base64", "-d", text]),
        Program("coreutils", ["base64", "-d", text]),
        python(ENCODE_PY, "decodebytes", text)], [(3, "coreutils"), (3, "CPython")])
    for name, peer, code in (("base32", ["base32"], "b32"), ("base16", ["basenc", "--base16"],
                                                             "b16"),
                             ("z85", ["basenc", "--z85"], None), ("ascii85", None, "a85"),
                             ("base85", None, "b85")):
        coded = os.path.join(folder, name)
        with open(coded, "wb") as out:
            subprocess.run([pila, name, "-w0", part], stdout=out, check=True)
        rivals = [Program("coreutils", peer + ["-w0", part])] if peer else []
        rivals += [python(ENCODE_PY, code + "encode", part)] if code else []
        contest(name, size // 10, [Program("pila", [pila, name, "-w0", part])] + rivals,
                [(1 if p.name == "coreutils" else 3, p.name) for p in rivals])
        rivals = [Program("coreutils", peer + ["-d", coded])] if peer else []
        rivals += [python(ENCODE_PY, code + "decode", coded)] if code else []
        contest(name + " -d", size // 10, [Program("pila", [pila, name, "-d", coded])] + rivals,
                [(1 if p.name == "coreutils" else 3, p.name) for p in rivals])


def joined(out):
    """The text without its newlines: openssl's lines have 64 characters."""
    return subprocess.run("tr -d '\\n' | sha256sum", shell=True, stdin=out, check=True,
                          stdout=subprocess.PIPE).stdout


def main():
    options = parser("base64 and its family with whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(options.pila, text_for(options.text, folder, made_up), folder)


main()
