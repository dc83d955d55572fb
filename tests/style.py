"""What a machine can check of how the project reads: contracts, names, files, pages.

Each rule below is a function that yields complaints as (file, line, what); they are
printed as `file:line: rule: what`. CONTRIBUTING.md says what the rules are for. Every
rule is first tried on small trees that it must reject or accept (style_cases.py), and
the rule for contracts on the tree itself with each label taken away in turn.

usage: style.py SOURCE_DIR
"""
import functools
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools" / "dev"))
import csource
import modules

WIDTH = 88  # columns of C
LONGEST = 40  # lines of a function's body
MOST_PARAMETERS = 7
FOLDERS = ["lib", "tools", "tests", "bench", "examples", "docs", ".ci"]
KINDS = {".c", ".h", ".cc", ".cpp", ".hpp", ".py", ".sh", ".md", ".build", ".txt", ""}
PLACES = ["lib", "tools", "tests", "bench", "docs", "examples", "core", "collections",
          "itertools", "serial"]
GENERATED = re.compile(r"_rows\.h$")

# What Python has no word for: memory, and the life of an object.
WITHOUT_PYTHON = {"new", "free", "done", "move", "reserve", "shrink", "data",
                  "padded", "type"}
LIBRARY_BANS = {
    "allocates by itself (core/mem.h is for that)":
        "malloc calloc realloc free strdup strndup asprintf getline",
    "prints, ends the program or changes it for all":
        "printf puts putchar vprintf perror exit _exit abort signal sigaction setlocale "
        "system srand",
}
BANS = {
    "writes without a bound, or says nothing of failure":
        "strcpy strcat stpcpy sprintf vsprintf gets atoi atol atoll atof alloca",
    "keeps a state of its own": "strtok rand",
}
MAY_ALLOCATE = "lib/core/mem.c"
# Objects that change and outlive a call; each is told of in docs/design.md.
MUTABLE = {"lib/core/mem.c": {"mem_now"},  # the allocation hook
           "lib/core/hash.c": {"pila__hash", "calls", "state"},  # secrets, drawn once
           "lib/serial/hashlib_evp.c": {"evp_kept"}}  # algorithms, found once
WORDS = r"(?i)(?<![\w.])(TODO|FIXME|XXX|HACK|simplified|for now|not implemented)\b"
MACHINE = r"(?<![\w.*])/(?:work|home|root|mnt)/\w"


class Tree:
    """The files of a source folder, each read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cached_property
    def files(self):
        """Paths from the root of all that people wrote."""
        found = [p.name for p in sorted(self.root.iterdir())
                 if p.is_file() and p.suffix in (".md", ".build")]
        for folder in FOLDERS:
            for p in sorted((self.root / folder).rglob("*")):
                if (p.suffix in KINDS and p.is_file() and not p.is_symlink()
                        and not {"__pycache__", "corpus"} & set(p.parts)):
                    found.append(str(p.relative_to(self.root)))
        return found

    def match(self, pattern):
        return [f for f in self.files if re.search(pattern, f)]

    @functools.lru_cache(None)
    def text(self, file):
        path = self.root / file
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @functools.lru_cache(None)
    def items(self, file):
        return csource.items(self.text(file))

    @functools.lru_cache(None)
    def functions(self, file):
        return csource.functions(self.text(file))

    @functools.cached_property
    def headers(self):
        """The headers of lib."""
        return self.match(r"^lib/[^/]+/[^/]+\.h$")

    @functools.cached_property
    def register(self):
        return modules.modules(self.root) if self.text("meson.build") else []

    @functools.cached_property
    def statuses(self):
        return set(re.findall(r"\bPILA_E[A-Z]+\b", self.text("lib/core/status.h")))

    @functools.cached_property
    def public(self):
        """Names of all functions that users call."""
        return {f.name for h in self.headers for f in self.functions(h)
                if csource.is_public(f.name)}


def find_all(pattern, text):
    for m in re.finditer(pattern, text, re.M):
        yield csource.line_of(text, m.start()), m


# ---- contracts ----

def label_faults(f, in_core, comment):
    """Labels that are unknown, empty, out of order, or that are missing."""
    found = csource.labels(comment)
    known = [label for label in found if label in csource.LABELS]
    first = re.search(r"^ \* (?:Fails|Cost|Python|Source):", comment, re.M)
    for line in comment[first.start():].split("\n") if first else ():
        if re.match(r" \* (?! )(?![A-Z]\w*:)", line):
            yield f"{f.name}: a line behind the labels belongs to none: {line[3:]}"
    for label in found:
        if label not in csource.LABELS:
            yield f"{f.name}: {label}: is none of {' '.join(csource.LABELS)}"
        elif not found[label]:
            yield f"{f.name}: {label}: says nothing"
    if known != sorted(known, key=csource.LABELS.index):
        yield f"{f.name}: the order is {' '.join(csource.LABELS)}"
    allocates = "no allocation" not in found.get("Cost", "")
    can_fail = allocates and (f.result == "pila_iter" or f.result.endswith("*"))
    wanted = {"Cost": True, "Fails": can_fail or f.result == "pila_status",
              "Python": not in_core and f.name.split("_")[-1] not in WITHOUT_PYTHON}
    for label in csource.LABELS:
        if wanted.get(label) and label not in found:
            yield f"{f.name}: no {label}:"


def row_faults(f, comment):
    """Rows of parameters that are none, or whose pointers belong to nobody."""
    broken = re.search(r"^ \*   \w+(?:, \w+)*  .*(?:\n \*    .*)*\n \* (?! )(.+)", comment,
                       re.M)
    if broken and broken[1]:
        yield f"{f.name}: the row of a parameter is broken off before: {broken[1]}"
    for _, names, text in csource.rows(comment):
        if not text:
            yield f"{f.name}: the row of {', '.join(names)} says nothing"
        for name in names:
            kind = f.parameters.get(name)
            if kind is None:
                yield f"{f.name}: there is no parameter {name}"
            elif re.match(r"const\b.*\*|pila_iter ", kind) and not re.search(
                    r"\b(borrowed|given|taken)\b|\bas (in )?pila_\w+", text):
                yield f"{f.name}: {name} is neither borrowed, given nor taken"


def contract_faults(f, in_core, statuses, public, comment):
    if not comment.startswith(f"/* {f.name} - "):
        yield f"{f.name}: no contract that begins with its name directly above"
        return
    for status in re.findall(r"\bPILA_E[A-Z]+\b", comment):
        if status not in statuses:
            yield f"{f.name}: {status} is no status"
    for other in re.findall(r"\bas (?:in )?(pila_[a-z]\w*)\b", comment):
        if other not in public:
            yield f"{f.name}: as {other}, which is no function"
    if not re.match(r"/\* \w+ - as pila_\w+[.;,]", comment):
        yield from label_faults(f, in_core, comment)
    yield from row_faults(f, comment)


def faults_of(tree, header, f, comment):
    in_core = header.startswith("lib/core/")
    return contract_faults(f, in_core, tree.statuses, tree.public, comment)


def contracts(tree):
    """Each function of a header has its contract directly above."""
    for header in tree.headers:
        for f in tree.functions(header):
            if csource.is_public(f.name):
                for what in faults_of(tree, header, f, f.comment):
                    yield header, f.line, what


def exports(tree):
    """What a source defines for others to link with is declared in a header."""
    declared = "".join(tree.text(h) for h in tree.headers)
    for source in tree.match(r"^lib/.*\.c$"):
        for item in tree.items(source):
            name = item.name() if item.body else None
            if name and not re.match(r"static\b|PILA_INLINE\b", item.head):
                if not re.search(rf"\b{name}\(", declared):
                    yield (source, csource.line_of(tree.text(source), item.start),
                           f"{name} is not static, and in no header")


# ---- what needs what ----

def includes(tree, file):
    """(line, path from the root) of what a file includes by quotes."""
    for line, m in find_all(r'^[ \t]*#[ \t]*include "([^"]+)"', tree.text(file)):
        path = pathlib.PurePosixPath(file).parent / m[1]
        parts = []
        for part in path.parts:
            if part == ".." and parts:
                parts.pop()
            else:
                parts.append(part)
        yield line, "/".join(parts)


def included(tree, name):
    """Modules that a module's header and source include: name -> (file, line)."""
    found = {}
    for file in (str(path.relative_to(tree.root))
                 for path in modules.files(name, tree.root)):
        for line, path in includes(tree, file):
            other = modules.owner(path[len("lib/"):-len(".h")], tree.root)
            if other != name:
                found.setdefault(other, (file, line))
    return found


def needs(tree):
    """`Needs:` is what the header and its source include, no less and no more."""
    names = modules.all_headers(tree.root)

    def reach(name, step):
        seen, todo = set(), list(step(name))
        while todo:
            other = todo.pop()
            if other not in seen and other in names:
                seen.add(other)
                todo += step(other)
        return seen

    def declared(name):
        try:
            return modules.needs(name, tree.root)
        except ValueError:
            return []

    for name in names:
        header = f"lib/{name}.h"
        line = next((n for n, _ in find_all(r"^ \* Needs:", tree.text(header))), None)
        if not line:
            yield header, 1, "no Needs: line"
            continue
        for other in declared(name):
            if other not in names:
                yield header, line, f"needs {other}, which there is not"
            elif other not in reach(name, lambda n: included(tree, n)):
                yield header, line, f"needs {other}, and includes it nowhere"
        for other, (file, at) in included(tree, name).items():
            if other not in reach(name, declared):
                yield file, at, f"includes {other}, which Needs: does not name"


def packages(tree):
    """A package includes itself and core."""
    for file in tree.match(r"^lib/.*\.[ch]$"):
        own = file.split("/")[1]
        for line, path in includes(tree, file):
            if path.split("/")[:2] not in (["lib", own], ["lib", "core"]):
                yield file, line, f"{own} may not include {path}"
        for line, m in find_all(r"^#include <pila/", tree.text(file)):
            yield file, line, "lib includes its own files by quotes"


# ---- C ----

def bans(tree):
    """Calls that the library and the command do without."""
    for file in tree.match(r"^(lib|tools/pila)/.*\.[ch]$"):
        why = {word: what for what, words in BANS.items() for word in words.split()}
        if file.startswith("lib/") and file != MAY_ALLOCATE:
            why.update((word, what) for what, words in LIBRARY_BANS.items()
                       for word in words.split())
        calls = rf"(?<![\w.])(?<!->)({'|'.join(why)})\s*\("
        for line, m in find_all(calls, csource.bare(tree.text(file))):
            yield file, line, f"{m[1]}() {why[m[1]]}"
        if file.startswith("lib/"):
            code = csource.bare(tree.text(file))
            for line, m in find_all(r"\b(stdout|stderr)\b", code):
                yield file, line, f"{m[1]} is not the library's"


def asserts(tree):
    """An assert that is compiled out takes nothing with it."""
    for file in tree.match(r"^(lib|tools/pila)/.*\.[ch]$"):
        for line, m in find_all(r"\bassert\((.*)", csource.bare(tree.text(file))):
            if re.search(r"\+\+|--|(?<![=!<>])=(?!=)", m[1]):
                yield file, line, "an assert changes something"


def arrays(tree):
    """The size of an array is known when it is compiled."""
    declared = r"^[ \t]+(?:const )?(?!return\b|else\b)\w+ \**\w+\[([^\]]+)\](?:;|,| =)"
    for file in tree.match(r"^(lib|tools/pila)/.*\.[ch]$"):
        for line, m in find_all(declared, csource.bare(tree.text(file))):
            inside = re.sub(r"\bsizeof\s*(\([^)]*\)|[\w>.-]+)", "", m[1])
            if re.search(r"\b[a-z_]\w*\b", inside):
                yield file, line, f"the size of an array is [{m[1]}]"


def guards(tree):
    """A header is guarded, by a name that no other one has."""
    seen = {}
    for file in tree.match(r"^(lib|tools/pila|tests|bench)/.*\.h$"):
        if GENERATED.search(file):
            continue
        text = tree.text(file)
        code = csource.without_comments(text).strip().split("\n")
        name = re.match(r"#ifndef (\w+)$", code[0])
        stem = pathlib.PurePosixPath(file).stem.upper()
        if not name or len(code) < 2 or code[1] != f"#define {name[1]}":
            yield file, 1, "no include guard"
        elif code[-1].strip() != "#endif":
            yield file, len(text.splitlines()), "something is behind the include guard"
        elif file.startswith("lib/") and not re.fullmatch(rf"PILA_(\w+_)?{stem}_H",
                                                          name[1]):
            yield file, 1, f"the guard is {name[1]}, not PILA_{stem}_H"
        elif name[1] in seen:
            yield file, 1, f"{name[1]} guards {seen[name[1]]} too"
        elif "#pragma once" in text:
            yield file, 1, "#pragma once beside a guard"
        if name:
            seen.setdefault(name[1], file)


def lengths(tree):
    """A function of more than 40 lines says why, in a comment that begins `long:`."""
    for file in tree.match(r"^(lib|tools/pila|bench|examples)/.*\.[ch]$"):
        text = tree.text(file)
        for item in tree.items(file):
            if not item.body:
                continue
            begin, end = (csource.line_of(text, at) for at in item.body)
            around = csource.comment_above(text, item.start)[0] + text[slice(*item.body)]
            said = re.search(r"(/\*|\* |//) *long: \w", around)
            if end - begin - 1 > LONGEST and not said:
                yield (file, csource.line_of(text, item.start),
                       f"{item.name()} has {end - begin - 1} lines, and no `long:` why")
            if file.startswith(("lib/", "tools/")) and item.name().islower() and (
                    len(csource.parameters(item.head)) > MOST_PARAMETERS):
                yield (file, csource.line_of(text, item.start),
                       f"{item.name()} has more than {MOST_PARAMETERS} parameters")


def names_of_source(text, source_items):
    """What a source defines for itself: (name, line); all sources go into one file."""
    for item in source_items:
        line = csource.line_of(text, item.start)
        if item.body:
            if item.head.startswith("static"):
                yield item.name(), line
            continue
        code = csource.bare(text[item.start:])
        whole = code[:code.index(";", code.index("}") if item.braces else 0)]
        if item.head.startswith("static ") and not item.name():
            for name in re.findall(r"\b(\w+)(?:\[[^\]]*\])*(?=$|,| =)", item.head):
                yield name, line
        tag = re.match(r"(?:typedef )?(?:struct|union|enum)(?: (\w+))?", item.head)
        if tag and item.braces:
            if tag[1]:
                yield tag[1], line
            if "enum" in tag[0]:
                for name in re.findall(r"[{,]\s*(\w+)", whole):
                    yield name, line
        if item.head.startswith("typedef"):
            last = re.search(r"\(\*(\w+)\)\(|(\w+)\s*(?:\([^()]*\))?$", whole)
            if last and (last[1] or last[2]) != (tag[1] if tag else None):
                yield last[1] or last[2], line
    kept = {}
    for line, m in find_all(r"^[ \t]*#[ \t]*(define|undef) (\w+)", text):
        if m[1] == "define":
            kept.setdefault(m[2], line)
        else:
            kept.pop(m[2], None)
    for name, line in kept.items():
        if name != "_DEFAULT_SOURCE":
            yield name, line


def statics(tree):
    """What a source keeps to itself has a name that no other source uses."""
    seen = {}
    for file in tree.match(r"^lib/.*\.c$"):
        for name, line in names_of_source(tree.text(file), tree.items(file)):
            other = seen.setdefault(name, file)
            if other != file:
                yield file, line, f"{name} is in {other} too; call it <module>_..."


NO_OBJECT = re.compile(
    r"typedef|struct \w+$|union|enum|_Static_assert|.*\bextern\b|PILA_\w+ ?\(")


def mutables(tree):
    """Nothing in the library changes behind a call but what MUTABLE lists."""
    for file in tree.match(r"^lib/.*\.[ch]$"):
        text = tree.text(file)
        found = []
        for item in tree.items(file):
            head = item.head
            if item.body:
                inside = csource.bare(text[slice(*item.body)])
                first = csource.line_of(text, item.body[0])
                found += [(first + line - 1, m[1]) for line, m in
                          find_all(r"^\s+static ([^=;({]+)(?==|;)", inside)]
            elif not item.name() and not NO_OBJECT.match(head):
                if not (head.startswith("struct") and item.braces and "=" not in head):
                    line = csource.line_of(text, item.start)
                    found.append((line, head.split(" =")[0]))
        for line, what in found:
            what = re.sub(r"__attribute__ ?\(\(.*?\)\)|^static ", "", what).strip()
            name = re.sub(r"\[.*", "", what).split()[-1].lstrip("*")
            constant = (re.search(r"\*\s*const\b", what) if "*" in what
                        else re.search(r"\bconst\b", what))
            if not constant and name not in MUTABLE.get(file, ()):
                yield file, line, f"{name} may change; that is for the caller's objects"


# ---- text ----

def text_of_files(tree):
    """No tabs, no blanks at the end, a final newline; lib is ASCII."""
    for file in tree.files:
        text = tree.text(file)
        if file.endswith(".md"):  # what a program printed may end with a blank
            text = re.sub(r"^```.*?^```$", lambda m: re.sub(r" +$", "", m[0], flags=re.M),
                          text, flags=re.M | re.S)
        lines = text.split("\n")
        for k, line in enumerate(lines, 1):
            if "\t" in line and not GENERATED.search(file) and not file.endswith(".md"):
                yield file, k, "a tab"
            if line != line.rstrip():
                yield file, k, "blanks at the end"
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield file, len(lines), "does not end with one newline"
        if file.startswith("lib/") and not text.isascii():
            at = next(k for k, line in enumerate(lines, 1) if not line.isascii())
            yield file, at, "not ASCII"


def widths(tree):
    """Lines of C have 88 columns, where clang-format is on."""
    for file in tree.match(r"\.[ch]$|\.cc$"):
        if GENERATED.search(file):
            continue
        on = True
        for k, line in enumerate(tree.text(file).split("\n"), 1):
            on = on if "clang-format o" not in line else "clang-format on" in line
            if on and len(re.sub(r" *\\$", "", line)) > WIDTH:
                yield file, k, f"{len(line)} columns"


def openings(tree):
    """A file says first what it is for."""
    for file in tree.files:
        text, name = tree.text(file), pathlib.PurePosixPath(file).name
        if re.search(r"^(lib|tools/pila|tests|bench|examples)/.*\.(c|h|cc)$", file):
            if GENERATED.search(file):
                continue
            head = re.match(rf"(/\*|//) {re.escape(name)} - \S", text)
            if not head:
                yield file, 1, f"does not begin with `/* {name} - what it is for`"
                continue
            essay = text[:text.find("*/")].count("\n") + 1 if head[1] == "/*" else 2
            if file.startswith("lib/") and file.endswith(".c") and essay < 2:
                yield file, 1, "no essay: what represents what, the invariant, and why"
        elif file.endswith(".py") and not re.match(r'(#!.*\n)?r?"""', text):
            yield file, 1, "no docstring"
    for module in tree.register:
        if not re.search(r"^ \* Use:\n \*     \S", tree.text(f"lib/{module}.h"), re.M):
            yield f"lib/{module}.h", 1, "no Use: example"


def words(tree):
    """Words of what is not finished, and places of one machine."""
    for file in tree.match(r"^(lib|tools|docs|examples|bench)/|^[^/]*\.md$"):
        for line, m in find_all(WORDS, tree.text(file)):
            yield file, line, f"says {m[1]}"
        for line, m in find_all(MACHINE, tree.text(file)):
            yield file, line, f"names {m[0]}, a place on one machine"
    for file in tree.match(r"\.md$"):
        text = outside_fences(tree.text(file))
        for line, m in find_all(r"(?<![\w.*])/tmp/", text):
            yield file, line, "names /tmp outside of an example"


# ---- pages ----

def outside_fences(text):
    """A page, its blocks of code blank."""
    return re.sub(r"^```.*?^```$", lambda m: csource.blanks(m[0]), text, flags=re.M | re.S)


def links(tree):
    """What a page links to or names in backticks is there."""
    for file in tree.match(r"\.md$"):
        folder = (tree.root / file).parent
        text = outside_fences(tree.text(file))
        for line, m in find_all(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if not (folder / m[1]).exists():
                yield file, line, f"links to {m[1]}, which there is not"
        named = rf"`((?:{'|'.join(PLACES)})/[\w./-]+)`"
        for line, m in find_all(named, text):
            places = [tree.root, tree.root / "lib", folder]
            if not any((place / (m[1] + end)).exists()
                       for place in places for end in ("", ".h")):
                yield file, line, f"names {m[1]}, which there is not"


def registered(tree):
    """Each module is in the README, in parity.md, and among the headers for C++."""
    for module in tree.register:
        package, name = module.split("/")
        wanted = [("README.md", f"[{name}](docs/{module}.md)")]
        if package != "core":
            wanted.append(("docs/parity.md", f"({module}.md)"))
        cxx = "tests/core/headers.cc" if package == "core" else "tests/headers.cc"
        wanted.append((cxx, f"#include <pila/{module}.h>"))
        for file, what in wanted:
            if what not in tree.text(file):
                yield file, 1, f"does not have {what}"


RULES = {rule.__name__: rule for rule in (
    contracts, exports, needs, packages, bans, asserts, arrays, guards, lengths, statics,
    mutables, text_of_files, widths, openings, words, links, registered)}


def complaints(tree, names=RULES):
    """Lines, as they are printed."""
    for name in names:
        for file, line, what in RULES[name](tree):
            yield f"{file}:{line}: {name}: {what}"


def lost_labels(tree):
    """Of all labels of all contracts, how many could go unseen: (all, those)."""
    count, unseen = 0, []
    for header in tree.headers:
        for f in tree.functions(header):
            for label in csource.labels(f.comment) if csource.is_public(f.name) else ():
                lines = rf"\n \* {label}:(?: .*)?((?:\n \*  .*)*)"
                cut = re.sub(lines, "", f.comment, count=1)
                count += 1
                if not any(faults_of(tree, header, f, cut)):
                    unseen.append(f"{header}:{f.line}: {f.name} without {label}:")
    return count, unseen


def main():
    import style_cases

    tree = Tree(pathlib.Path(sys.argv[1]).resolve())
    failed = 0
    for trouble in style_cases.run(Tree, complaints):
        failed += 1
        print(trouble)
    for name in RULES:
        found = list(complaints(tree, [name]))
        failed += bool(found)
        print("\n".join(found), end="\n" if found else "")
    count, unseen = lost_labels(tree)
    if not count or len(unseen) > count * style_cases.UNSEEN:
        failed += 1
        print(f"of {count} labels in contracts {len(unseen)} could go unseen", *unseen,
              sep="\n")
    print(f"{len(style_cases.CASES) + len(RULES) + 1} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
