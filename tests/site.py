"""The documentation as a site: it builds without a warning, and holds what the headers say.

Builds it into a scratch folder; looks for every public function on its header's page, with
the first sentence of its contract; follows every link. Then plants faults in a small tree,
each of which must stop the build, and in headers given to the filter.

usage: site.py SOURCE_DIR
exit:  77, SKIPPED, where Sphinx, Doxygen or their packages are missing
"""
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

SKIPPED = 77


def run_site(root, out):
    return subprocess.run([sys.executable, root / "tools" / "dev" / "site", out],
                          capture_output=True, text=True)


# ---- what was built ----


class Page(html.parser.HTMLParser):
    """The words of a page, its links, and what may be linked to."""

    def __init__(self, path):
        super().__init__()
        self.text, self.links, self.remote, self.ids, self.depth = [], [], [], set(), 0
        self.feed(path.read_text())
        self.words = " ".join("".join(self.text).split())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[key] for key in ("id", "name") if given.get(key)}
        link = given.get("href") or given.get("src")
        if link and re.match(r"[a-z]+:|//", link):
            self.remote += [link] if tag != "a" else []
        elif link:
            self.links.append(link)

    def handle_data(self, data):
        self.text.append(data)


def promised(header):
    """(function, first sentence or None) of each public function of a header."""
    text = header.read_text()
    said = {}
    for comment in re.findall(r"/\* (pila_[\w, ]+ - .*?)(?:\n \*\n|\s*\*/)", text, re.S):
        names, brief = re.sub(r"\s*\n \* ?", " ", comment).split(" - ", 1)
        for name in names.split(", "):
            said[name] = " ".join(brief.replace("`", "").split())
    for name in re.findall(r"^PILA_(?:API|INLINE)\b[^;{()]*?\b(pila_(?!_)\w+)\(", text, re.M):
        yield name, said.get(name)


def contract_trouble(root, pages, out):
    for header in sorted((root / "lib").glob("*/*.h")):
        page = out / "api" / header.parent.name / (header.stem + ".html")
        for name, first in promised(header):
            if page not in pages:
                yield f"{header.name}: {name} has no page"
            elif f"c.{name}" not in pages[page].ids:
                yield f"{page.name}: {name} is not described"
            elif first and first not in pages[page].words:
                yield f"{page.name}: {name} without its contract: {first}"


def link_trouble(pages):
    for path, page in pages.items():
        for link in page.links:
            file, _, anchor = urllib.parse.unquote(link).partition("#")
            to = (path.parent / file.split("?")[0]).resolve() if file else path
            if not to.exists():
                yield f"{path}: no file for {link}"
            elif anchor and to in pages and anchor not in pages[to].ids:
                yield f"{path}: nothing is at {link}"
        for link in page.remote:
            yield f"{path}: loads {link}"


def pair_trouble(root, pages, out):
    """A module's page and its API page lead to each other."""
    for header in sorted((root / "lib").glob("*/*.h")):
        name = f"{header.parent.name}/{header.stem}"
        both = out / "docs" / (name + ".html"), out / "api" / (name + ".html")
        for one, other in (both, both[::-1]):
            if one in pages and other in pages and not any(
                    (one.parent / link.partition("#")[0]).resolve() == other
                    for link in pages[one].links):
                yield f"{one.relative_to(out)} does not lead to {other.relative_to(out)}"


def pages_of(out):
    return {path.resolve(): Page(path) for path in out.rglob("*.html")}


# ---- a small tree, with faults ----

SMALL_MESON = "project('pila', 'c', version: '1')\nmodules = [\n    ['core', 'status'],\n]\n"
SMALL_HEADER = """/* status.h - what a call answers.
 *
 * Needs: nothing
 */

/* pila_name - the name of a status.
 *
 *   st     any number
 *
 * Cost:    O(1)
 * Python:  the class name
 */
PILA_API const char *pila_name(int st);
"""
# what is planted where, and what the tool must name
PLANTED = [
    ("nothing", None, "", "", None),
    ("a label that is none", "lib/core/status.h", "Cost:", "Speed:", "lib/core/status.h:13"),
    ("a row of no parameter", "lib/core/status.h", "  st ", "  sr ", "no parameter sr"),
    ("a contract of another name", "lib/core/status.h", "pila_name -", "pila_text -",
     "the contract of pila_text stands at pila_name"),
    ("a link to no file", "docs/core/status.md", "(../../README.md)", "(../README.md)",
     "docs/core/status.md:3: no file docs/README.md"),
    ("a warning of Sphinx", "docs/core/status.md", "text", "```{toctree}\nno-such-page\n```",
     "no-such-page"),
]


def small_tree(root, folder):
    for part in ("tools/dev/site", "tools/dev/modules.py", "docs/site"):
        to = folder / part
        to.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (root / part).is_dir() else shutil.copy)(root / part, to)
    for file, text in {
            "meson.build": SMALL_MESON, "lib/core/status.h": SMALL_HEADER,
            "README.md": "# small\n\nThe [page](docs/core/status.md).\n",
            "CONTRIBUTING.md": "# work\n",
            "docs/core/status.md": "# status\n\n[back](../../README.md), "
                                   "[header](../../lib/core/status.h)\n\ntext\n"}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)


def planted_trouble(root, file, old, new, named):
    """None, or how a fault went unnoticed."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, "tree")
        small_tree(root, folder)
        if file:
            text = (folder / file).read_text()
            assert old in text
            (folder / file).write_text(text.replace(old, new, 1))
        done = run_site(folder, pathlib.Path(scratch, "out"))
        said = done.stdout + done.stderr
        if not named:
            return said or "it failed" if done.returncode or said else None
        if done.returncode != 1 or named not in said:
            return f"exit {done.returncode}, and said: {said}"
        return "something was built" if pathlib.Path(scratch, "out").exists() else None


# ---- the filter by itself: a header, and what Doxygen reads or the fault ----

FUNCTION = "PILA_API PILA_MUST int pila_f(int a, const char *b);\n"
FILTERED = [
    ("a contract", "/* pila_f - as f() < 1, `x`.\n *\n *   a, b   both; on\n *          two lines"
     "      taken\n *\n * Fails:   PILA_EIO   no\n *          any        else\n * Cost:    O(1)\n"
     " */\n" + FUNCTION,
     ["as f() \\< 1, <tt>x</tt>.", "\\param a \\e taken: both; on two lines",
      "\\param b \\e taken: both", "\\par Fails\n- <tt>PILA_EIO</tt>: no\n- <tt>any</tt>: else",
      "\\par Cost\nO(1)", "\nint pila_f(int a, const char *b);"]),
    ("a body is left out", "/* pila_f - one. */\nPILA_INLINE int pila_f(int a)\n{\n"
     "    return '}' + a; /* { */\n}\n" + "/* pila_g - two. */\nPILA_API void pila_g(void);\n",
     ["one.", "\nint pila_f(int a);", "two.", "\nvoid pila_g(void);"]),
    ("a member's remark", "typedef struct pila_t { /* {0} is one */\n    int n; /* how many */\n"
     "    pila__t base;\n} pila_t;\n", ["/** {0} is one */", "int n; /**< how many */"]),
    ("internals are left out", "/* Not seen. */\nPILA_API int pila__f(void);\n"
     "#define PILA__X(Name) int\nPILA_API int pila__g(int), pila__h(void);\n", None),
    ("a macro of a typed face", "/* ---- the typed face ----\n *\n * PILA_ROW(Name, T) makes "
     "one.\n */\n#define PILA_ROW(Name, T) \\\n    struct Name { T x; };\n",
     ["PILA_ROW(Name, T) makes one.", "\n#define PILA_ROW(Name, T)\n"]),
    ("what C++ has", "#if defined(__cplusplus)\n/* pila_c - no. */\nvoid pila_c(void);\n#else\n"
     "/* pila_d - yes. */\nPILA_API void pila_d(void);\n#endif\n", ["\nvoid pila_d(void);"]),
    ("labels in another order", "/* pila_f - f.\n *\n * Cost:    O(1)\n * Fails:   any   x\n */\n"
     + FUNCTION, "'Fails:' comes before 'Cost:'"),
    ("a label twice", "/* pila_f - f.\n *\n * Cost:    O(1)\n * Cost:    O(n)\n */\n" + FUNCTION,
     "'Cost:' twice"),
    ("a label that says nothing", "/* pila_f - f.\n *\n * Cost:\n */\n" + FUNCTION,
     "'Cost:' says nothing"),
    ("text below the labels", "/* pila_f - f.\n *\n * Cost:    O(1)\n *\n * And so.\n */\n"
     + FUNCTION, "text below the labels"),
    ("no contract", FUNCTION, "pila_f has no contract"),
]


def filter_trouble(contracts, header, want):
    head = "/* a.h - a header.\n *\n * Needs: nothing\n */\n#include \"b.h\"\n\n"
    try:
        got = contracts.doxygen(head + header, "a.h")
    except contracts.Fault as fault:
        got = str(fault)
    if isinstance(want, str):
        return None if want in got and re.match(r"a\.h:\d+: ", got) else got
    if want is None:
        return got if "pila" in got else None
    absent = [part for part in want if part not in got]
    return f"no {absent[0]!r} in\n{got}" if absent or "pila_c" in got else None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(root / "docs" / "site"))
    sys.dont_write_bytecode = True
    import filter as contracts
    failed, count = [], 0
    for what, header, want in FILTERED:
        count += 1
        if trouble := filter_trouble(contracts, header, want):
            failed.append(f"filter, {what}: {trouble}")
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch).resolve() / "site"
        done = run_site(root, out)
        if done.returncode == SKIPPED:
            print(f"SKIPPED: {done.stderr.strip()}")
            return SKIPPED if not failed else 1
        if done.returncode or done.stdout or done.stderr:
            failed.append(f"the site: {done.stdout}{done.stderr}")
        else:
            pages = pages_of(out)
            functions = [name for header in (root / "lib").glob("*/*.h")
                         for name, _ in promised(header)]
            count += len(pages) + len(functions)
            failed += [*contract_trouble(root, pages, out), *pair_trouble(root, pages, out),
                       *link_trouble(pages)]
            if not functions:
                failed.append("no function was looked for")
            # a checker of links that finds nothing wrong checks nothing
            (out / "bad.html").write_text('<a href="none.html">x</a><a href="#none">y</a>'
                                          '<img src="https://example.org/z.png">')
            bad = (out / "bad.html")
            if len(list(link_trouble({bad: Page(bad)}))) != 3:
                failed.append("links that lead nowhere go unnoticed")
    for what, *plant in PLANTED:
        count += 1
        if trouble := planted_trouble(root, *plant):
            failed.append(f"planted, {what}: {trouble}")
    for line in failed:
        print(line)
    print(f"{count} cases, {len(failed)} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
