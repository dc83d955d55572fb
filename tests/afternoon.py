"""CONTRIBUTING.md's afternoon, as it is written there: a new module in a copy of the tree.

The lines of the section's sh block are run one by one: a command succeeds, or fails where
its comment says so, and prints the lines that follow it (`...` is any text). $EDITOR is this
file, which makes the changes below, one after the other. Beside the commands: each file
that is taken away stops the configure step by name, and what new-module wrote compiles
from what it needs, is formatted, measures itself, and is refused a second time.

usage: afternoon.py SOURCE_DIR
       afternoon.py --edit FILE...   (as $EDITOR, in the copy)
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SECTION = "## An afternoon"
NAME = "collections/slug"
DERIVED = ["lib/collections/slug.h", "tests/collections/test_slug.c",
           "docs/collections/slug.md", "bench/collections/bench_slug.c"]
SOURCE = "lib/collections/slug.c"
LEFT_BEHIND = shutil.ignore_patterns("build*", ".git", "__pycache__")

CONTRACT = """\
/* pila_slug_first - the first item; nothing behind it is looked at.
 *
 *   it     int64_t                                                    taken
 *   out    untouched on failure
 *
 * Fails:   PILA_EVALUE   there is no item
 *          PILA_ETYPE    the items are not int64_t
 *          any           the iterator's fault
 * Cost:    O(1), no allocation
 * Python:  next(iter(x))
 */
PILA_API PILA_MUST pila_status pila_slug_first(pila_iter it, int64_t *out);

PILA_END_C
"""
ROWS = """\
static const struct first_row {
    const char *promise;
    pila_iter (*items)(void);
    pila_status want;
    int64_t first;
} first_rows[] = {
    {"the first of two", far_apart, PILA_OK, INT64_MIN},
    {"nothing has no first", nothing, PILA_EVALUE, -1},
    {"u64 is another type", unsigned_numbers, PILA_ETYPE, -1},
    {"the iterator's fault is told", broken, PILA_EIO, -1},
};

static void test_first(void **state)
{
    (void)state;
    for (const struct first_row *r = first_rows; r < first_rows + COUNT_OF(first_rows);
         r++) {
        int64_t first = -1;
        ROW(r->promise);
        CHECK_STATUS(pila_slug_first(r->items(), &first), r->want);
        CHECK_INT(first, r->first);
    }
    ROW(NULL);
}

/* ---- against a model ---- */
"""
FIRST_TRY = """
pila_status pila_slug_first(pila_iter it, int64_t *out)
{
    const int64_t *x = (const int64_t *)pila_next(&it, sizeof *x);
    pila_status st = x ? PILA_OK : it.status;

    if (x) *out = *x;
    pila_iter_drop(&it);
    return st == PILA_END ? PILA_EVALUE : st;
}
"""
ROW = ("| `max(x) - min(x)`",
       "| `next(iter(x))` | `pila_slug_first` | done |\n| `max(x) - min(x)`")
# file -> its edits, in turn: what is replaced, by what; None is the end of the file.
EDITS = {
    "lib/collections/slug.h": [[("PILA_END_C\n", CONTRACT)]],
    "tests/collections/test_slug.c": [[
        ("/* ---- against a model ---- */\n", ROWS),
        ("        cmocka_unit_test(test_faults),\n",
         "        cmocka_unit_test(test_faults),\n        cmocka_unit_test(test_first),\n")]],
    SOURCE: [
        [(None, FIRST_TRY)],
        [("    const int64_t *x = (const int64_t *)pila_next(&it, sizeof *x);\n"
          "    pila_status st = x ? PILA_OK : it.status;\n",
          "    pila_status st = slug_type(&it);\n"
          "    const int64_t *x = NULL;\n"),
         ("    if (x) *out = *x;\n",
          "    if (st == PILA_OK) {\n"
          "        x = (const int64_t *)pila_next(&it, sizeof *x);\n"
          "        if (!x) st = it.status;\n"
          "    }\n"
          "    if (x) *out = *x;\n")]],
    "docs/collections/slug.md": [[ROW]],
    "docs/parity.md": [[ROW]],
}


def edit(files):
    """Make the next edit of each file; which one that is, is kept in .edits."""
    made = pathlib.Path(".edits")
    for file in files:
        done = made.read_text().split("\n").count(file) if made.exists() else 0
        path = pathlib.Path(file)
        text = path.read_text()
        for old, new in EDITS[file][done]:
            if old is None:
                text += new
            elif text.count(old) == 1:
                text = text.replace(old, new)
            else:
                sys.exit(f"{file} has {text.count(old)} times: {old}")
        path.write_text(text)
        with made.open("a") as log:
            log.write(file + "\n")


def steps(page):
    """(command, lines it prints, whether it fails) of the section's sh block."""
    begin = page.index(SECTION)
    block = re.search(r"^```sh\n(.*?)^```$", page[begin:], re.M | re.S)[1]
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, *printed = part.rstrip("\n").split("\n")
        command, _, comment = command.partition("  #")
        yield command.strip(), printed, comment.strip().startswith("fails")


class Afternoon:
    def __init__(self, source, folder):
        self.tree = pathlib.Path(folder, "pila")
        shutil.copytree(source, self.tree, ignore=LEFT_BEHIND, symlinks=True)
        # Of the examples those of the new module; all of them are a test of their own.
        editor = [sys.executable, str(self.tree / "tests" / "afternoon.py"), "--edit"]
        self.environment = dict(os.environ, LC_ALL="C", PILA_EXAMPLES="slug", CFLAGS="-O0",
                                EDITOR=" ".join(editor))
        self.environment.pop("DESTDIR", None)
        self.count = self.failed = 0

    def run(self, command):
        """(exit status, all it printed)"""
        done = subprocess.run(["/bin/sh", "-c", command], cwd=self.tree, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=self.environment, timeout=300)
        return done.returncode, done.stdout

    def expect(self, command, printed=(), fails=False):
        """One case: how it ends, and lines of what it prints, in their order."""
        self.count += 1
        status, text = self.run(command)
        pattern = ".*".join(".*".join(re.escape(part) for part in line.split("..."))
                            for line in printed)
        if (status != 0) == fails and re.search(pattern, text, re.S):
            return
        self.failed += 1
        print(f"$ {command}: exits with {status}, {'must' if fails else 'may not'} fail, "
              f"must print {list(printed)}; printed\n{text[-3000:]}")

    def missing_files(self):
        """Each file that is derived from the register, away for a moment."""
        for file in DERIVED:
            path = self.tree / file
            path.rename(path.with_suffix(".away"))
            self.expect("meson setup --reconfigure build",
                        [f"module {NAME} has no {file}"], fails=True)
            path.with_suffix(".away").rename(path)

    def names(self):
        """What new-module refuses, and says why."""
        new = "tools/dev/new-module "
        self.expect(new + NAME, [f"there is {NAME} already"], fails=True)
        self.expect(new + "core/slug", [f"there is {NAME} already"], fails=True)
        self.expect(new + "core/Slug", ["Slug is not", "small letters"], fails=True)
        self.expect(new + "slug", ["slug is not PACKAGE/NAME"], fails=True)
        self.expect(new + "nowhere/slug", ["there is no package nowhere; there are"],
                    fails=True)

    def the_rest(self):
        """Needs, format, bench; for each package's form of a module."""
        flags = "-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
        self.expect(f"cc {flags} -O2 -Ibuild/include -DBENCH_DIR='\"bench\"' bench/bench.c "
                    "bench/collections/bench_slug.c build/libpila-collections.a "
                    "build/libpila-core.a -lm -o bench_slug")
        self.expect("PILA_BENCH_QUICK=1 ./bench_slug", ["bar: pila", "0 missed"])
        needs = ("import sys, pathlib; sys.path.insert(0, 'tests'); import needs; "
                 "done = needs.build(pathlib.Path('lib'), sys.argv[1], ['cc']); "
                 "print(done.stderr); sys.exit(done.returncode)")
        self.expect(f'python3 -c "{needs}" {NAME}')
        self.expect("tools/dev/new-module core/as_long_as_maybe")
        self.expect("tools/dev/new-module itertools/ab")
        for suite in "style", "parity":
            self.expect(f"python3 tests/{suite}.py .", [" cases, 0 failed"])
        if shutil.which("clang-format"):
            self.expect("clang-format --dry-run -Werror */*/*slug.[ch] "
                        "*/*/*as_long_as_maybe.[ch] */itertools/*ab.[ch]")
        else:
            print("SKIPPED: clang-format is not there")


def main():
    if sys.argv[1] == "--edit":
        return edit(sys.argv[2:])
    source = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        a = Afternoon(source, folder)
        for command, printed, fails in steps((source / "CONTRIBUTING.md").read_text()):
            a.expect(command, printed, fails)
            if command.startswith("meson setup"):
                a.missing_files()
        edited = (a.tree / ".edits").read_text().split() if a.count else []
        a.count += 1
        if sorted(edited) != sorted(f for f, turns in EDITS.items() for _ in turns):
            a.failed += 1
            print(f"the edits were other ones: {edited}")
        a.names()
        a.the_rest()
    print(f"{a.count} cases, {a.failed} failed")
    return 1 if a.failed or not a.count else 0


if __name__ == "__main__":
    sys.exit(main())
