#!/usr/bin/env python3
"""The negative control: cores that are wrong, which the vectors must tell from the right.

    mutants.py [WORD...]

Each mutant is one fault planted in a copy of a source. The adapter is built with it, and
judged by the vectors of the modules it concerns: a mutant that passes all is a hole in the
suite, and fails the run. WORDs choose those whose name has one. Needs a C compiler.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CC = [os.environ.get("CC", "cc"), "-O1", "-w"]
DEQUE, DEQUE_H = "lib/collections/deque.c", "lib/collections/deque.h"
HEAPQ, BISECT = "lib/collections/heapq.c", "lib/collections/bisect.c"

# what is wrong, modules that must see it, file, (old, new)...
MUTANTS = [
    ("rotate by one too many", "deque", DEQUE,
     ("(size_t)n % len : (len - back % len) % len",
      "((size_t)n + 1) % len : (len - back % len) % len")),
    ("insert before the first puts at the end", "deque", DEQUE,
     ("if (at > n) at = i < 0 ? 0 : n;", "if (at > n) at = n;")),
    ("extendleft keeps the order", "deque", DEQUE,
     ("return left ? pila__deque_appendleft(d, t, item) : pila__deque_append(d, t, item);",
      "return pila__deque_append(d, t, item);")),
    ("maxlen drops the wrong item", "deque", DEQUE,
     ("maxlen ? deque_last(d, t->size, !left) : item",
      "maxlen ? deque_last(d, t->size, left) : item")),
    ("a negative start counts from the left", "deque", DEQUE,
     ("i = deque_bound(start, n);", "i = start < 0 ? 0 : deque_bound(start, n);")),
    ("drop before update", "deque", DEQUE,
     ("    else deque_slide_left(d, t->size, i + 1, n - 1 - i);\n"
      "    pila__deque_shrink(d, t->size, 1, left);\n"
      "    pila__room_drop(&out, t);\n",
      "    else deque_slide_left(d, t->size, i + 1, n - 1 - i);\n"
      "    pila__room_drop(&out, t);\n"
      "    pila__deque_shrink(d, t->size, 1, left);\n")),
    ("no hold during eq", "deque", DEQUE,
     ("    pila_status st = pila__hold_copy(&item, t, deque_item(d, t->size, i));\n\n"
      "    if (st != PILA_OK) return st;\n"
      "    st = pila_type_eq(t, item.item, value, same);\n"
      "    pila__let_go_copy(&item);\n"
      "    return st;\n",
      "    char bytes[64];\n"
      "    (void)item;\n"
      "    memcpy(bytes, deque_item(d, t->size, i), t->size);\n"
      "    pila_status st = pila_type_eq(t, bytes, value, same);\n"
      "    bool again;\n"
      "    return st == PILA_OK ? pila_type_eq(t, bytes, bytes, &again) : st;\n")),
    ("a deletion bumps no version", "deque", DEQUE_H,
     ("    size_t bytes = pila__deque_block_bytes(size);\n\n    d->version++;\n",
      "    size_t bytes = pila__deque_block_bytes(size);\n\n")),
    ("clear without detaching", "deque", DEQUE,
     ("    deque_detach(d, &was);\n    ring = was.blocks;\n",
      "    for (size_t i = 0, n = pila__drops(t) ? deque_len(d, t) : 0; i < n; i++)\n"
      "        pila_type_drop(t, deque_item(d, t->size, i));\n"
      "    deque_detach(d, &was);\n    ring = was.blocks;\n"),
     ("    was.spare = NULL;\n"
      "    for (size_t i = 0, n = pila__drops(t) ? deque_len(&was, t) : 0; i < n; i++)\n"
      "        pila_type_drop(t, deque_item(&was, t->size, i));\n",
      "    was.spare = NULL;\n")),
    ("count takes a fault for no", "deque", DEQUE,
     ("    if (st == PILA_OK) *out = found;\n    return st;\n",
      "    *out = found;\n    return PILA_OK;\n")),
    ("a change during index is not seen", "deque", DEQUE,
     ("        if (version != d->version) st = PILA_EMUTATED;\n"
      "        if (st == PILA_OK) st = deque_same(d, t, *i, v.item, same);\n",
      "        if (*i >= deque_len(d, t)) break;\n"
      "        if (st == PILA_OK) st = deque_same(d, t, *i, v.item, same);\n"),
     ("    if (st == PILA_OK && version != d->version) st = PILA_EMUTATED;\n"
      "    pila__let_go_copy(&v);\n    return st;\n}\n\n/* PILA_OK and the first equal",
      "    pila__let_go_copy(&v);\n    return st;\n}\n\n/* PILA_OK and the first equal")),
]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def compiled(source, made, include):
    standard = "-std=gnu11" if "conformance" in str(source) else "-std=c11"
    done = run(*CC, standard, f"-I{include}", "-c", str(source), "-o", str(made))
    if done.returncode:
        sys.exit(f"mutants: {source} does not compile:\n{done.stderr[:2000]}")
    return made


def sources():
    return [*sorted((ROOT / "lib").glob("*/*.c")), HERE / "adapter.c", HERE / "json.c",
            *sorted((HERE / "modules").glob("*.c"))]


def object_name(source):
    return f"{source.parent.name}_{source.stem}.o"


def build_right(folder):
    """The objects of the right program, and the judge."""
    (folder / "include").mkdir()
    (folder / "include" / "pila").symlink_to(ROOT / "lib")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda s: compiled(s, folder / object_name(s), folder / "include"),
                      sources()))
    done = run(*CC, "-std=gnu11", str(HERE / "judge.c"), str(HERE / "json.c"), "-o",
               str(folder / "judge"))
    assert done.returncode == 0, done.stderr


def planted(file, changes):
    """The text of a source with its faults."""
    text = (ROOT / file).read_text()
    for old, new in changes:
        if text.count(old) != 1:
            sys.exit(f"mutants: {file} has changed: mend the mutant of\n{old}")
        text = text.replace(old, new)
    return text


def includers(file):
    """Sources to build anew for a changed file: itself, or who includes the header."""
    if file.endswith(".c"):
        return [ROOT / file]
    return [s for s in sources() if pathlib.Path(file).name in s.read_text() or
            s.stem == pathlib.Path(file).stem]


def build_wrong(right, folder, file, changes):
    """The adapter with the faults; its path."""
    lib = folder / "include" / "pila"
    for package in (ROOT / "lib").iterdir():
        (lib / package.name).mkdir(parents=True)
        for source in package.iterdir():
            (lib / package.name / source.name).symlink_to(source)
    changed = lib / pathlib.Path(file).relative_to("lib")
    changed.unlink()
    changed.write_text(planted(file, changes))
    objects = {o.name: o for o in right.glob("*.o")}
    for source in includers(file):
        inside = source.is_relative_to(ROOT / "lib")
        taken = lib / source.relative_to(ROOT / "lib") if inside else source
        # a quoted include is looked for beside the file it stands in: make that the copy
        if inside and taken.is_symlink():
            text = taken.read_text()
            taken.unlink()
            taken.write_text(text)
        made = folder / object_name(source)
        objects[made.name] = compiled(taken, made, folder / "include")
    program = folder / "adapter"
    done = run(*CC, *map(str, objects.values()), "-lm", "-o", str(program))
    assert done.returncode == 0, done.stderr
    return program


def tried(right, mutant):
    """How many cases differ, or are faults."""
    name, modules, file, *changes = mutant
    with tempfile.TemporaryDirectory() as folder:
        program = build_wrong(right, pathlib.Path(folder), file, changes)
        files = [str(HERE / "vectors" / f"{m}.jsonl.gz") for m in modules.split()]
        done = run(str(right / "judge"), "-q", "-t", "5", *files, "--", str(program))
    rows = [line.split() for line in done.stdout.splitlines() if " cases " in line]
    return sum(int(row[3]) + int(row[5]) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    chosen = [m for m in MUTANTS
              if not options.words or any(word in m[0] for word in options.words)]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        right = pathlib.Path(folder)
        build_right(right)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for mutant, cases in zip(chosen, pool.map(lambda m: tried(right, m), chosen)):
                print(f"{mutant[1]:24} {mutant[0]:44} "
                      f"{f'rejected by {cases}' if cases else 'SURVIVED'}", flush=True)
                survivors += not cases
    print(f"{len(chosen)} mutants, {survivors} survived")
    return bool(survivors) or not chosen


if __name__ == "__main__":
    sys.exit(main())
