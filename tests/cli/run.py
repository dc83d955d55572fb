"""Runs the command as a person would: every test_*.py beside this file.

usage: run.py PILA SCRATCH [--shim SHARED_MODULE] [--only MODULE] [--list]

PILA is the program, SCRATCH a folder to work in (made, and emptied, as needed). The shim
is failmalloc.c as a shared module; without it, it is compiled with cc. A program that
holds the symbol __asan_init is taken to be built with AddressSanitizer: then sizes are
smaller, and rows that a sanitizer makes senseless are skipped. PILA_CORPORA names a
folder of texts to count too; PILA_BIG=1 adds lines of 1 GB.

Each row is a promise. One that does not hold is printed with its command, what it should
give and what it gave. What can't be tried here is SKIPPED, with the reason.
"""
import argparse
import importlib
import os
import pathlib
import shutil
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True

from harness import Tests  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def take_signals_as_usual():
    """A shell starts its background jobs with SIGINT ignored, nohup with SIGHUP; the
    programs under test would inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pila", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--shim", type=pathlib.Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--list", action="store_true", help="name every row as it is run")
    args = parser.parse_args()
    take_signals_as_usual()

    shim = args.shim.resolve() if args.shim else None
    tests = Tests(args.pila.resolve(), args.scratch.resolve(), shim, args.list)
    for path in sorted(HERE.glob("test_*.py")):
        name = path.stem[len("test_"):]
        if args.only and name not in args.only:
            continue
        folder = tests.top / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tests.begin(name, folder)
        start, before = time.monotonic(), tests.passed
        try:
            importlib.import_module(path.stem).rows(tests)
        except Exception:
            tests.hold("the table runs to its end", False, traceback.format_exc())
        print(f"{name}: {tests.passed - before} passed in {time.monotonic() - start:.1f} s",
              flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    for why, names in tests.skipped.items():
        print(f"SKIPPED ({why}): {', '.join(names)}")
    skipped = sum(len(names) for names in tests.skipped.values())
    print(f"{tests.passed} passed, {tests.failed} failed, {skipped} skipped")
    return 1 if tests.failed or not tests.passed else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
