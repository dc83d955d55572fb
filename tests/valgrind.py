"""Runs test programs under valgrind: nothing lost, nothing read that was not written.

usage: valgrind.py [--must-fail PROGRAM]... COMMAND...

A COMMAND is a program and its arguments, separated by spaces. Each must end well, with
no error and every block freed. A program after --must-fail must be reported: valgrind
that sees nothing proves nothing. As many run at a time as there are processors, each
for LIMIT seconds at most.
"""
import concurrent.futures
import os
import subprocess
import sys

LIMIT = 240
VALGRIND = ["valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=all",
            "--show-leak-kinds=all", "--error-exitcode=99"]

# Without outside data: it takes long, and shows valgrind nothing new.
PLAIN = {name: value for name, value in os.environ.items() if name != "PILA_CORPORA"}


def run(command):
    """The exit code, None when there was no time, and what was printed."""
    try:
        done = subprocess.run(VALGRIND + command.split(), capture_output=True, text=True,
                              errors="replace", timeout=LIMIT, env=PLAIN)
    except subprocess.TimeoutExpired:
        return None, f"not done after {LIMIT} s"
    return done.returncode, done.stdout + done.stderr


def main():
    arguments = sys.argv[1:]
    wanted = {}  # a command: the exit code it must have
    while arguments:
        word = arguments.pop(0)
        if word == "--must-fail":
            wanted[arguments.pop(0)] = 99
        else:
            wanted[word] = 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command, (code, text) in zip(wanted, pool.map(run, wanted)):
            if code != wanted[command]:
                failed += 1
                print(f"{command}: exit code {code}, want {wanted[command]}\n{text[-4000:]}")
    print(f"{len(wanted)} cases, {failed} failed")
    return 1 if failed or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
