"""What a header says of its module: the files that it takes, and its example.

A module is named package/name, as in `Needs:` lines: collections/deque. Its files are
lib/<package>/<name>.h and .c, if there is one, and what else is called <name>_*.c there,
with the headers of that name that only they include: its parts.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = {"zlib": "-lz", "libcrypto": "-lcrypto", "threads": "-lpthread"}


def header(name, root=ROOT):
    return root / "lib" / (name + ".h")


def owner(stem, root=ROOT):
    """The module that a file belongs to, both as package/name."""
    package, name = stem.split("/")
    words = name.split("_")
    for n in range(len(words) - 1, 0, -1):
        other = f"{package}/{'_'.join(words[:n])}"
        if header(other, root).exists():
            public = f'#include "{name}.h"' in header(other, root).read_text()
            return stem if public else owner(other, root)
    return stem


def parts(name, root=ROOT):
    """The headers that only a module's own sources include, each after what it includes."""
    folder = header(name, root).parent
    left = sorted(path for path in folder.glob(f"{name.split('/')[1]}_*.h")
                  if owner(f"{folder.name}/{path.stem}", root) == name)
    order = []
    while left:
        free = [path for path in left if not any(
            f'#include "{other.name}"' in path.read_text() for other in left)]
        order += free or left
        left = [path for path in left if path not in order]
    return order


def sources(name, root=ROOT):
    """The sources of a module."""
    path = header(name, root).with_suffix(".c")
    return [p for p in [path, *sorted(path.parent.glob(f"{path.stem}_*.c"))]
            if p.exists() and owner(f"{path.parent.name}/{p.stem}", root) == name]


def files(name, root=ROOT):
    """All of a module's files: its header first, then its parts, then its sources."""
    return [header(name, root), *parts(name, root), *sources(name, root)]


def needs(name, root=ROOT):
    """The modules of a header's `Needs:` line, in its order; none for `nothing`."""
    text = header(name, root).read_text()
    found = re.search(r"^ \* Needs: (.*?)(?=^ \* \w+:|^ \*$|^ \*/)", text, re.M | re.S)
    if not found:
        raise ValueError(f"{name}: no Needs: line")
    return re.findall(r"[a-z_]+/[a-z_0-9]+", found.group(1))


def closure(names, root=ROOT):
    """The modules and all they need, each after what it needs."""
    order = []

    def visit(name, path):
        if name in path:
            raise ValueError(f"{name} needs itself, by {' '.join(path)}")
        if name in order:
            return
        for other in needs(name, root):
            visit(other, path + [name])
        order.append(name)

    for name in names:
        visit(name, [])
    return order


def links(names, root=ROOT):
    """What the modules and all they need are linked with: their headers' `Links:` lines."""
    found = set()
    for name in closure(names, root):
        line = re.search(r"^ \* Links: (.*)$", header(name, root).read_text(), re.M)
        found |= set(line.group(1).split()) if line else set()
    return [LIBRARIES[word] for word in LIBRARIES if word in found]


def all_headers(root=ROOT):
    """Every header of lib but parts, as package/name: modules, and what they share."""
    names = (f"{h.parent.name}/{h.stem}" for h in (root / "lib").glob("*/*.h"))
    return sorted(name for name in names if owner(name, root) == name)


def modules(root=ROOT):
    """The modules of the register in meson.build, in its order."""
    text = (root / "meson.build").read_text()
    register = re.search(r"^modules = \[\n(.*?)^\]", text, re.M | re.S).group(1)
    return ["/".join(pair) for pair in re.findall(r"\['(\w+)', '(\w+)'\]", register)]


def example(name, root=ROOT):
    """The `Use:` example of a header: lines outside of main, inside, what it prints."""
    text = header(name, root).read_text()
    use = re.search(r"^ \* Use:\n((?: \*(?:     .*)?\n)+)", text, re.M)
    if not use:
        raise ValueError(f"{name}: no Use: example")
    lines = [line[3:].strip() for line in use.group(1).splitlines() if line[3:].strip()]
    want = "\n".join(re.findall(r"// prints: (.*)$", "\n".join(lines), re.M))
    is_outside = re.compile(r"PILA_(?!FOR)[A-Z_]+\(\w+[,)]|typedef |static const")
    outside, inside, function = [], [], False
    for line in lines:
        if re.match(r"static pila_status \w+\(", line):
            function, depth = True, 0
        (outside if function or is_outside.match(line) else inside).append(line)
        if function and re.search("[{}]", line):
            depth += line.count("{") - line.count("}")
            function = depth > 0
    return outside, inside, want
