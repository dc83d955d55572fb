#!/usr/bin/env python3
"""CPython itself, speaking the protocol of the suite: what the vectors were made by.

    reference.py < requests > answers

It is also the example of an implementation for `run --impl`.
"""
import importlib.util
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import oracle

NAMES = sorted(path.stem for path in (HERE / "modules").glob("*.py"))


def load(name):
    """The oracle's module of a name; by its path, as some are named as Python's own."""
    spec = importlib.util.spec_from_file_location("oracle_" + name,
                                                  HERE / "modules" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dumps(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    modules = {name: load(name) for name in NAMES}
    for line in sys.stdin:
        request = json.loads(line)
        module = modules.get(request.get("m"))
        said = oracle.answer(module, request) if module else {"err": "unsupported"}
        print(dumps(said), flush=True)


if __name__ == "__main__":
    main()
