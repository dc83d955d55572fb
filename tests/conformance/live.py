#!/usr/bin/env python3
"""Fresh random cases: what an implementation and this CPython answer, and where they differ.

    live.py [--impl COMMAND] [--cases N] [--seed N] [--keep] [--report FILE] [NAME...]

A case that differs is made smaller as long as it still differs, and printed; --keep adds
it to vectors/found.jsonl, which is judged with the others from then on.
"""
import argparse
import json
import pathlib
import random
import select
import shlex
import subprocess
import sys
import time

import oracle
import reference

FOUND = reference.HERE / "vectors" / "found.jsonl"
PATIENCE = 10  # seconds for an answer


class Implementation:
    """A program that speaks the protocol; started again when it fails."""

    def __init__(self, command):
        self.command, self.child = shlex.split(command), None

    def start(self):
        self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)

    def stop(self):
        if self.child:
            self.child.kill()
            self.child.wait()
            self.child.stdin.close()
            self.child.stdout.close()
        self.child = None

    def answer(self, request):
        """Its answer, or a text that says why there is none."""
        if not self.child:
            self.start()
        try:
            self.child.stdin.write(reference.dumps(request).encode() + b"\n")
            self.child.stdin.flush()
            if not select.select([self.child.stdout], [], [], PATIENCE)[0]:
                self.stop()
                return f"no answer for {PATIENCE} s"
            line = self.child.stdout.readline()
        except OSError:
            line = b""
        if not line:
            status = self.child.wait()
            self.stop()
            return f"ended with status {status}"
        try:
            return json.loads(line)
        except ValueError:
            return f"no JSON: {line[:200]!r}"


def differs(implementation, module, request):
    """None, or what was said, where that is not what CPython says."""
    want = oracle.answer(module, request)
    said = implementation.answer(request)
    return None if said == want else said


def without(items, k):
    return items[:k] + items[k + 1:]


def smaller(request):
    """The same request with one operation, item or script less, in turn."""
    for key, value in request.items():
        if isinstance(value, list) and key != "expr":
            for k in reversed(range(len(value))):
                yield {**request, key: without(value, k)}
                if key in ("ops", "sources") and isinstance(value[k], list):
                    for j in range(1, len(value[k])):
                        if isinstance(value[k][j], list) and value[k][j]:
                            fewer = [*value[k][:j], value[k][j][1:], *value[k][j + 1:]]
                            yield {**request, key: [*value[:k], fewer, *value[k + 1:]]}
    if "script" in request:
        yield {k: v for k, v in request.items() if k != "script"}


def shrunk(implementation, module, request):
    """The smallest request found that still differs."""
    until = time.monotonic() + 20
    again = True
    while again and time.monotonic() < until:
        again = False
        for candidate in smaller(request):
            try:
                bad = differs(implementation, module, candidate) is not None
            except Exception:  # the oracle can't: no request any more
                continue
            if bad:
                request, again = candidate, True
                break
    return request


def try_module(name, options, implementation):
    """How many cases, how many differ."""
    module = reference.load(name)
    rng = random.Random(f"{options.seed} {name}")
    wrong = 0
    for number in range(options.cases):
        request = {"id": number + 1, **module.random_case(rng), "m": name}
        if differs(implementation, module, request) is None:
            continue
        wrong += 1
        if wrong > 3:
            continue
        request = shrunk(implementation, module, request)
        want = oracle.answer(module, request)
        print(f"{name}: differs, with --seed {options.seed}\n"
              f"  asked  {reference.dumps(request)}\n  wanted {reference.dumps(want)}\n"
              f"  said   {differs(implementation, module, request)}")
        if options.keep:
            kept = {**request, "want": {"r": want["r"], "state": want["state"]}}
            with open(FOUND, "a") as file:
                file.write(reference.dumps(kept) + "\n")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--impl", default=f"{sys.executable} {reference.HERE}/reference.py")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    implementation = Implementation(options.impl)
    rows = {}
    for name in options.names or reference.NAMES:
        wrong = try_module(name, options, implementation)
        rows[name] = {"cases": options.cases, "differ": wrong}
        print(f"{name:22} {options.cases:7} cases {wrong:7} differ  "
              f"{'FAILED' if wrong else 'ok'}", flush=True)
    implementation.stop()
    if options.report:
        options.report.write_text(json.dumps({"seed": options.seed, "modules": rows},
                                             indent=1) + "\n")
    return any(row["differ"] for row in rows.values())


if __name__ == "__main__":
    sys.exit(main())
