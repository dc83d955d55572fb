#!/usr/bin/env python3
"""Digests of files: whole programs, from exec to exit.

    bench_hash.py [--pila PROGRAM]

The contests are those of programs.py. What is read is 520 MB of random bytes, made here:
one file, and the same in eight. Programs write their lines in different ways, so what is
compared is the digests alone.
"""

import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from programs import (QUICK, QUICK_BYTES, Program, contest, digest,  # noqa: E402
                      made_apart, parser, python)

BYTES, FILES, SMALL = 520 * 10**6, 8, 2000

HASH_PY = """import hashlib, sys
for name in sys.argv[2:]:
    with open(name, 'rb') as file:
        print(hashlib.file_digest(file, sys.argv[1]).hexdigest(), '', name)"""
BOTH_PY = """import hashlib, sys
both = hashlib.md5(), hashlib.sha256()
with open(sys.argv[1], 'rb') as file:
    while block := file.read(1 << 18):
        for one in both:
            one.update(block)
for one in both:
    print(one.hexdigest())"""
CRC_PY = """import sys, zlib
crc = 0
with open(sys.argv[1], 'rb') as file:
    while block := file.read(1 << 18):
        crc = zlib.crc32(block, crc)
print('%08x' % crc)"""
HMAC_PY = """import hmac, sys
made = hmac.new(open(sys.argv[1], 'rb').read(), digestmod='sha256')
with open(sys.argv[2], 'rb') as file:
    while block := file.read(1 << 18):
        made.update(block)
print(made.hexdigest())"""


def make(folder):
    chance, size = random.Random(1), QUICK_BYTES if QUICK else BYTES
    with open(os.path.join(folder, "all"), "wb") as whole:
        for k in range(FILES):
            piece = chance.randbytes(size // FILES)
            whole.write(piece)
            with open(os.path.join(folder, f"part{k}"), "wb") as part:
                part.write(piece)
    for k in range(SMALL // (10 if QUICK else 1)):
        with open(os.path.join(folder, f"small{k:04}"), "wb") as out:
            out.write(chance.randbytes(1000))
    with open(os.path.join(folder, "key"), "wb") as out:
        out.write(b"secret")


def hexes(out):
    """Words of hex digits alone."""
    return digest(out, lambda line: b" ".join(re.findall(rb"\b[0-9a-f]{8,128}\b", line)))


def run(pila, folder):
    os.chdir(folder)
    parts = [f"part{k}" for k in range(FILES)]
    small = sorted(name for name in os.listdir() if name.startswith("small"))
    size, each = os.path.getsize("all"), sum(map(os.path.getsize, small))
    contest("sha256 of a file", size, [
        Program("pila", [pila, "hash", "all"]),
        Program("openssl", ["openssl", "dgst", "-sha256", "all"]),
        Program("sha256sum", ["sha256sum", "all"]),
        python(HASH_PY, "sha256", "all")], [(0.95, "openssl"), (2, "sha256sum")], hexes)
    contest(f"sha256 of {FILES} files", size, [
        Program("pila", [pila, "hash", *parts]),
        Program("pila -j1", [pila, "hash", "-j1", *parts]),
        Program("openssl", ["openssl", "dgst", "-sha256", *parts]),
        Program("sha256sum", ["sha256sum", *parts])],
            [(1.8, "pila -j1")] if os.cpu_count() == 2 else [], hexes)
    contest(f"sha256 of {len(small)} files", each, [
        Program("pila", [pila, "hash", *small]),
        Program("sha256sum", ["sha256sum", *small])], [], hexes)
    contest("md5 and sha256 in one read", size, [
        Program("pila", [pila, "hash", "-a", "md5,sha256", "all"]),
        Program("md5sum, sha256sum", ["sh", "-c", "md5sum all; sha256sum all"], "md5sum"),
        python(BOTH_PY, "all")], [], hexes)
    contest("blake2b", size, [
        Program("pila", [pila, "hash", "-a", "blake2b", "all"]),
        Program("b2sum", ["b2sum", "all"])], [], hexes)
    contest("HMAC", size, [
        Program("pila", [pila, "hmac", "-k", "key", "all"]),
        Program("openssl", ["openssl", "dgst", "-sha256", "-hmac", "secret", "all"]),
        python(HMAC_PY, "key", "all")], [(0.95, "openssl")], hexes)
    contest("CRC-32", size, [
        Program("pila", [pila, "crc32", "all"]),
        python(CRC_PY, "all")], [], hexes)


def main():
    options = parser("Digests with whole programs.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_apart(make, folder)
        run(os.path.abspath(options.pila), folder)


main()
