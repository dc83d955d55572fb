#!/usr/bin/env python3
"""Write the golden vectors: what CPython answered to hand-written and random requests.

    vectors.py [NAME...]

A module's cases are vectors/NAME.jsonl.gz, one a line: a request, and as its last key
"want", the answer's "r" and "state". Made again with the same Python and SEED they are
the same, byte for byte; PROVENANCE says by what, SHA256SUMS what they are.
"""
import gzip
import hashlib
import pathlib
import platform
import random
import sys

import oracle
import reference

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE / "vectors"
SEED, RANDOM = 20260815, 20000
GENERATOR = [HERE / f"{name}.py" for name in ("oracle", "vectors", "mapping", "keys", "expr")]


def sha256(*paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def cases(name, module):
    """Edges first, then RANDOM cases; each that the oracle itself supports."""
    rng = random.Random(f"{SEED} {name}")
    for number in range(len(module.EDGES) + RANDOM):
        case = (module.EDGES[number] if number < len(module.EDGES) else
                module.random_case(rng))
        request = {"id": number + 1, **case, "m": name}
        said = oracle.answer(module, request)
        if {"err": "unsupported"} in said["r"]:
            sys.exit(f"{name}: the oracle can't: {request}")
        yield {**request, "want": {"r": said["r"], "state": said["state"]}}


def write(name):
    text = "".join(reference.dumps(case) + "\n" for case in cases(name, reference.load(name)))
    with open(VECTORS / f"{name}.jsonl.gz", "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(text.encode())
    print(f"{name}: {text.count(chr(10))} cases, {len(text)} bytes")


def main():
    for name in sys.argv[1:] or reference.NAMES:
        write(name)
    files = sorted(VECTORS.glob("*.jsonl.gz"))
    (VECTORS / "SHA256SUMS").write_text(
        "".join(f"{sha256(file)}  {file.name}\n" for file in files))
    rows = [f"{name} {sha256(*GENERATOR, HERE / 'modules' / (name + '.py'))}\n"
            for name in reference.NAMES]
    (VECTORS / "PROVENANCE").write_text(
        f"Made by vectors.py with CPython {platform.python_version()}, seed {SEED}.\n"
        "The sha256 of " + ", ".join(path.name for path in GENERATOR) +
        " and the module's own file, by module:\n"
        + "".join(rows))


if __name__ == "__main__":
    main()
