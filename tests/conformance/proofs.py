#!/usr/bin/env python3
"""The last column of docs/parity.md: the cases that prove each row.

    proofs.py [--check]

A row names functions of pila; an operation of a conformance module calls some of them; and
the golden vectors have cases that use it. So the column has, by module, how many. Where no
vector reaches a function it has the unit tests that name it. --check only says whether the
page is as it would be written.
"""
import collections
import gzip
import json
import pathlib
import re
import sys

import reference

ROOT = reference.HERE.parents[1]
PAGE = ROOT / "docs" / "parity.md"
HEAD = re.compile(r"^\| Python \| here \| \|( cases \|)?$")
FUNCTION = re.compile(r"^(?:static |const )*[\w ]+?\**(\w+)\([^;{]*?\)\n\{\n(.*?)^\}", re.M | re.S)


# ---- which operation calls which functions of pila ----


def sources_of(module):
    """The text of a module's adapter, and of the shared headers that it includes."""
    text, waiting = "", [reference.HERE / "modules" / f"{module}.c"]
    seen = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        own = path.read_text()
        text += own
        waiting += [path.parent / name for name in re.findall(r'#include "(\w+\.h)"', own)]
    return text


def calls_of(module):
    """{name of an operation: functions of pila that it calls}."""
    text = sources_of(module)
    bodies = {name: set(re.findall(r"\b(\w+)\b", body)) for name, body in FUNCTION.findall(text)}
    found = {}
    for operation, function in re.findall(r'\{\s*"(\w+)",\s*(\w+)', text):
        reached, waiting = set(), [function]
        while waiting:
            name = waiting.pop()
            for other in bodies.get(name, ()):
                if other.startswith("pila_"):
                    reached.add(other)
                elif other in bodies and other not in reached:
                    reached.add(other)
                    waiting.append(other)
        found.setdefault(operation, set()).update(n for n in reached if n.startswith("pila_"))
    return found


# ---- which operations the vectors use ----


def names_in(said):
    """The operations of a request: names at the head of lists, at any depth."""
    if isinstance(said, list):
        if said and isinstance(said[0], str):
            yield said[0]
        for part in said:
            yield from names_in(part)
    elif isinstance(said, dict):
        for part in said.values():
            yield from names_in(part)


def used_in(module):
    """{name of an operation: how many cases of the vectors have it}."""
    count = collections.Counter()
    path = reference.HERE / "vectors" / f"{module}.jsonl.gz"
    if not path.exists():
        return count
    with gzip.open(path, "rt") as lines:
        for line in lines:
            case = json.loads(line)
            count.update(set(names_in([case.get("ops"), case.get("expr")])))
    return count


def proofs():
    """{function of pila: {module: cases}}."""
    found = collections.defaultdict(collections.Counter)
    for module in reference.NAMES:
        used = used_in(module)
        for operation, functions in calls_of(module).items():
            for function in functions:
                found[function][module] += used[operation]
    return found


# ---- the column ----


def tests_naming(function):
    return [path for path in sorted((ROOT / "tests").glob("*/test_*.c"))
            if re.search(rf"\b{function}\b", path.read_text())]


def cell_of(title, row, found, tests):
    here = [re.match(r"\w*", part).group() for part in re.findall(r"`([^`]+)`", row[1])]
    full = [name if name.startswith("pila_") else f"pila_{title.lower()}_{name}"
            for name in here if name]
    cases = collections.Counter()
    for name in full:
        for module, n in found.get(name, {}).items():
            cases[module] = max(cases[module], n)
    if cases[title.lower()]: # a module of the part's own name says enough
        cases = collections.Counter({title.lower(): cases[title.lower()]})
    links = [f"[{n:,} of {module}](../tests/conformance/modules/{module}.py)"
             for module, n in cases.most_common(2) if n]
    for name in [] if links else full:
        if name not in tests:
            tests[name] = tests_naming(name)
        links += [f"[{path.name}](../{path.relative_to(ROOT)})" for path in tests[name][:1]]
    return ", ".join(dict.fromkeys(links))


def written(text):
    found, tests = proofs(), {}
    lines, title, inside = [], "", False
    for line in text.split("\n"):
        if heading := re.match(r"##+ (.*)", line):
            title = heading.group(1)
        if HEAD.match(line):
            inside, line = True, "| Python | here | | cases |"
        elif inside and line.startswith("|---"):
            line = "|---|---|---|---|"
        elif inside and line.startswith("|"):
            cells = [c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]][:3]
            proof = cell_of(title, cells, found, tests)
            line = f"| {' | '.join(cells)} | {proof} |".replace("|  |", "| |")
        else:
            inside = False
        lines.append(line)
    return "\n".join(lines)


def main():
    text = PAGE.read_text()
    made = written(text)
    if "--check" in sys.argv[1:]:
        if made != text:
            print("docs/parity.md is not what proofs.py writes")
        return made != text
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
