"""docs/parity.md against CPython and against the headers.

Every public name, and every operator, of Python's containers and of itertools has a row in
its part of the page; every row says done, differs and how, not applicable and why, or
planned; every C name in a row is in the headers; and the rows at the end of a module's page
are those of its part. Then rows are taken away, and names put in, that must be missed.

usage: parity.py SOURCE_DIR
"""
import array
import collections
import itertools
import pathlib
import re
import sys

CLASSES = {  # a part of the page, and what of Python it is about
    "list": list, "deque": collections.deque, "dict": dict,
    "OrderedDict": collections.OrderedDict, "defaultdict": collections.defaultdict,
    "Counter": collections.Counter, "ChainMap": collections.ChainMap, "array": array.array,
    "set": set, "frozenset": frozenset, "itertools": itertools}
# What a row about an operator has in it.
OPERATORS = {
    "__add__": " + ", "__sub__": " - ", "__mul__": " * n", "__rmul__": "n * ",
    "__and__": " & ", "__or__": " \\| ", "__ror__": " \\| ", "__xor__": " ^ ",
    "__iadd__": " += ", "__isub__": " -= ", "__imul__": " *= ", "__iand__": " &= ",
    "__ior__": " \\|= ", "__ixor__": " ^= ", "__pos__": "`+", "__neg__": "`-",
    "__lt__": " < ", "__le__": " <= ", "__gt__": " > ", "__ge__": " >= ", "__eq__": " == ",
    "__contains__": " in ", "__len__": "len(", "__iter__": "iter(", "__bool__": "bool(",
    "__reversed__": "reversed(", "__getitem__": "[", "__setitem__": "] = ",
    "__delitem__": "del ", "__repr__": "repr(", "__hash__": "hash(",
    "__missing__": "__missing__", "__copy__": "copy", "__deepcopy__": "copy.deepcopy"}
# Where the operators of sets mean <=, dict's and ChainMap's have none.
UNORDERED = ("dict", "OrderedDict", "defaultdict", "ChainMap")
STATES = re.compile(r"(done|planned)\b|(differs|not applicable): \S")
EVERYWHERE = "What differs everywhere"


# ---- the page ----


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def parts(text):
    """{title: rows} of the tables below each heading, without their heads."""
    found, title = {}, None
    for line in text.split("\n"):
        if heading := re.match(r"##+ (.*)", line):
            title = heading.group(1)
            found[title] = []
        elif line.startswith("|") and not line.startswith(("| Python |", "|---")):
            found.setdefault(title, []).append(cells(line)[:3])  # the fourth is made
    return found


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


# ---- what Python has ----


def names_of(what):
    return [name for name in dir(what) if not name.startswith("_")]


def operators_of(title, what):
    """The operators that a class has of its own."""
    for name, mark in OPERATORS.items():
        own = next((vars(c)[name] for c in what.__mro__ if name in vars(c)), None)
        if own is None or own is vars(object).get(name):
            continue
        if title in UNORDERED and name in ("__lt__", "__le__", "__gt__", "__ge__"):
            continue
        yield name, mark


def python_trouble(page):
    for title, what in CLASSES.items():
        code = [part for row in page.get(title, []) for part in quoted(row[0])]
        for name in names_of(what):
            if not any(re.search(rf"\b{name}\b", part) for part in code):
                yield f"{title}: no row for {name}"
        if what is itertools:
            continue
        shared = [part for row in page.get(EVERYWHERE, []) for part in quoted(row[0])]
        for name, mark in operators_of(title, what):
            there = code + shared if name in ("__copy__", "__deepcopy__") else code
            if not any(mark in f"`{part}`" or mark in f" {part} " for part in there):
                yield f"{title}: no row for {name}"


# ---- what the headers have ----


def names_in_headers(root):
    text = "\n".join(h.read_text() for h in sorted((root / "lib").glob("*/*.h")))
    code = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    # what a typed face makes: Name##_or_##Dict( is Name_or_Dict
    return set(re.findall(r"\b(?:pila|PILA|Name|Dict)_\w+", code.replace("##", "")))


def c_names(title, row):
    """The C names of a row, in full."""
    for part in quoted(row[1]):
        if name := re.match(r"[A-Za-z]\w*", part):
            full = re.match(r"pila_|PILA_|Name_|Dict_", part)
            yield name.group() if full else f"pila_{title.lower()}_{name.group()}"


def header_trouble(page, known):
    for title, rows in page.items():
        for row in rows:
            for name in c_names(title, row):
                if name not in known:
                    yield f"{title}: {row[0]}: there is no {name}"


# ---- rows by themselves, and on the pages of modules ----


def state_trouble(page):
    for title, rows in page.items():
        for row in rows:
            if len(row) != 3:
                yield f"{title}: a row of {len(row)} cells: {row}"
                continue
            state = row[1] if "](" in row[2] or not row[2] else row[2]
            if not STATES.match(state):
                yield f"{title}: {row[0]}: done, differs: how, not applicable: why, or planned?"
            elif state.startswith("planned") and quoted(row[1]):
                yield f"{title}: {row[0]}: planned, and {row[1]} is there"


def page_trouble(root, page):
    """A module's page ends with the rows of its part."""
    titles = {title.lower(): title for title in page if title}
    for path in sorted((root / "docs").glob("collections/*.md")) + sorted(
            (root / "docs").glob("serial/*.md")) + sorted(
            (root / "docs").glob("itertools/*.md")):
        tables = re.findall(r"^\| Python \| here \| \|\n\|---\|---\|---\|\n((?:\|.*\n?)+)",
                            path.read_text(), re.M)
        own = [cells(line) for table in tables for line in table.strip().split("\n")]
        here = page.get(titles.get(path.stem), [])
        also = page.get("frozenset", []) if path.stem == "set" else []
        for row in own:
            if row not in here + also:
                yield f"{path.name}: not in parity.md, so: {' | '.join(row)}"
        for row in here + also:
            if row not in own:
                yield f"{path.name}: only in parity.md: {' | '.join(row)}"


def all_trouble(root, page, known):
    return [*state_trouble(page), *python_trouble(page), *header_trouble(page, known),
            *page_trouble(root, page)]


# ---- faults that must be noticed ----


def planted(root, page, known):
    """(what, page with a fault): without the rows of a name, each; with rows that are wrong."""
    for title, what in CLASSES.items():
        for name in names_of(what):
            less = [row for row in page[title]
                    if not any(re.search(rf"\b{name}\b", part) for part in quoted(row[0]))]
            yield f"{title} without {name}", {**page, title: less}, python_trouble
    for row, check in (
            (["`x`", "`no_such_name`", "done"], lambda p: header_trouble(p, known)),
            (["`x`", "`pila_no_such_name`", "done"], lambda p: header_trouble(p, known)),
            (["`x`", "`append`", "differs"], state_trouble),
            (["`x`", "", "not applicable"], state_trouble),
            (["`x`", "", "some day"], state_trouble),
            (["`x`", "`append`", "done"], lambda p: page_trouble(root, p))):
        yield f"a row {row}", {**page, "deque": page["deque"] + [row]}, check
    for k, row in enumerate(page["deque"]):
        less = page["deque"][:k] + page["deque"][k + 1:]
        yield f"deque without {row[0]}", {**page, "deque": less}, lambda p: page_trouble(root, p)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    page = parts((root / "docs" / "parity.md").read_text())
    known = names_in_headers(root)
    failed = all_trouble(root, page, known)
    count = sum(len(rows) for rows in page.values())
    if set(CLASSES) <= set(page):
        for what, broken, check in planted(root, page, known):
            count += 1
            if not any(True for _ in check(broken)):
                failed.append(f"goes unnoticed: {what}")
    else:
        failed.append(f"no part {sorted(set(CLASSES) - set(page))}")
    for line in failed:
        print(line)
    print(f"{count} cases, {len(failed)} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
