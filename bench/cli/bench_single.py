"""How long the single header of each module takes the compiler, and what it adds.

A file that includes the header and uses its example is what a program has many of; the
file that implements it is there once. Medians of five, gcc, at -O2 and at -O0. The text
is what a typed deque in use adds to an object file that includes the header anyway.

usage: bench_single.py
"""
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "dev"), str(ROOT / "tests")]
import modules
import single

ROUNDS = 5
INCLUDE_BAR = 0.5  # seconds
TEXT_BAR = single.DEQUE_TEXT


def seconds(folder, file, level):
    """Of the compiler's own time: others may be at work."""
    times = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = single.run(["gcc", "-std=c11", level, "-c", file, "-o", "out.o"], folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(done.stderr)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(times)


def measure(name):
    with tempfile.TemporaryDirectory() as folder:
        header = single.single_header([name], folder)
        text, _ = single.program(name, [header], cxx=False)
        implement = f'#define PILA_IMPLEMENTATION\n#include "{header}"\n'
        pathlib.Path(folder, "use.c").write_text(
            text.replace("#define PILA_IMPLEMENTATION\n", ""))
        pathlib.Path(folder, "all.c").write_text(implement)
        return [seconds(folder, file, level) for file in ("use.c", "all.c")
                for level in ("-O2", "-O0")]


def main():
    slowest = 0.0
    print("### a single header\n")
    print("| module | a file that uses it, -O2, s | -O0, s "
          "| the file that implements it, -O2, s | -O0, s |")
    print("|---|--:|--:|--:|--:|")
    for name in modules.modules():
        row = measure(name)
        slowest = max(slowest, row[0])
        print(f"| {name} | " + " | ".join(f"{s:.2f}" for s in row) + " |", flush=True)
    added = single.deque_text("gcc")
    results = [
        (f"a file that uses a module <= {INCLUDE_BAR} s at -O2", slowest <= INCLUDE_BAR,
         f"{slowest:.2f}"),
        (f"text of a typed deque <= {TEXT_BAR} bytes at -O2", added <= TEXT_BAR, added)]
    print()
    for bar, met, got in results:
        print(f"- bar: {bar}: {'met' if met else 'MISSED'} ({got})")
    met = sum(result[1] for result in results)
    print(f"\nBars: {met} met, {len(results) - met} missed, 0 skipped.")


if __name__ == "__main__":
    main()
