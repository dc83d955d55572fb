"""CPython for bench_jsontext.c and bench_jsonlines.c: jsontext_cpython.py WHAT FILE."""

import json
import sys

from rounds import rounds


def minify(data):
    return len(json.dumps(json.loads(data), separators=(",", ":"), ensure_ascii=False).encode())


def pretty(data):
    return len(json.dumps(json.loads(data), indent=4, ensure_ascii=False).encode())


def main(what, name):
    with open(name, "rb") as f:
        data = f.read()
    run = {
        "valid": lambda _: int(json.loads(data) is not None),
        "minify": lambda _: minify(data),
        "pretty": lambda _: pretty(data),
        "lines": lambda _: sum(json.loads(line)["id"] for line in data.splitlines()),
        "items": lambda _: sum(item["id"] for item in json.loads(data)),
    }[what]
    rounds(run)


main(*sys.argv[1:])
