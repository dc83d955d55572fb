"""The rules of style.py on trees of a few files: what each must say, and what not.

A case is a rule, what it promises, the files that the base tree gets or loses (None), and
the complaints, in order. The base tree breaks no rule.
"""
import pathlib
import tempfile

UNSEEN = 0.05  # of the labels in contracts may be taken away without a complaint

STATUS = """\
/* status.h - what a call may answer.
 *
 * Needs: nothing
 * Use:
 *     return PILA_ENOMEM;
 */
#ifndef PILA_STATUS_H
#define PILA_STATUS_H
typedef enum pila_status { PILA_OK, PILA_ENOMEM, PILA_EKEY } pila_status;
#endif
"""
HEADER = """\
/* box.h - room for a number.
 *
 * Needs: core/status
 * Use:
 *     pila_box_len(NULL);
 */
#ifndef PILA_BOX_H
#define PILA_BOX_H

#include "../core/status.h"

/* pila_box_put - put a number in.
 *
 *   b      a box
 *   what   the number                                                 borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(1)
 * Python:  b.append(x)
 */
PILA_API PILA_MUST pila_status pila_box_put(pila_box *b, const int *what);

/* pila_box_len - how many.
 *
 * Cost:    O(1)
 * Python:  len(b)
 */
PILA_API size_t pila_box_len(const pila_box *b);

#endif
"""
SOURCE = """\
/* box.c - see box.h.
 *
 * A box is a number and whether it is there.
 */
#include "box.h"

enum { BOX_ROOM = 8 };

static size_t box_count(const pila_box *b) { return b->n; }

size_t pila_box_len(const pila_box *b)
{
    int row[BOX_ROOM] = {0}, more[sizeof row];

    return box_count(b) + (size_t)row[0] + (size_t)more[0];
}
"""
REGISTER = "modules = [\n    ['core', 'status'],\n    ['collections', 'box'],\n]\n"
CXX = "/* headers.cc - every header. */\n#include <pila/"
BASE = {
    "meson.build": REGISTER,
    "README.md": "[status](docs/core/status.md) [box](docs/collections/box.md)\n",
    "docs/core/status.md": "# status\n",
    "docs/collections/box.md": "See [box.h](../../lib/collections/box.h), `lib/core`.\n",
    "docs/parity.md": "| [box](collections/box.md) |\n",
    "tests/core/headers.cc": CXX + "core/status.h>\n",
    "tests/headers.cc": CXX + "collections/box.h>\n",
    "lib/core/status.h": STATUS,
    "lib/collections/box.h": HEADER,
    "lib/collections/box.c": SOURCE,
}
BOX_H, BOX_C = "lib/collections/box.h", "lib/collections/box.c"


def header(old, new):
    assert HEADER.count(old) == 1, old
    return {BOX_H: HEADER.replace(old, new)}


def source(old, new):
    assert SOURCE.count(old) == 1, old
    return {BOX_C: SOURCE.replace(old, new)}


def added(text):
    """At the end of the source."""
    return {BOX_C: SOURCE + text}


def another(text):
    """A second source."""
    return {"lib/core/status.c": "/* status.c - see status.h.\n *\n * Words.\n */\n" + text}


LONG_BODY = "static void box_long(void)\n{\n" + "    box_step();\n" * 41 + "}\n"

CASES = [
    ("contracts", "a function has one", header("/* pila_box_len - how many.", "/* How many."),
     [f"{BOX_H}:28: pila_box_len: no contract that begins with its name directly above"]),
    ("contracts", "nothing stands between the two",
     header("len(b)\n */\n", "len(b)\n */\n\n"),
     [f"{BOX_H}:29: pila_box_len: no contract that begins with its name directly above"]),
    ("contracts", "a status has Fails:",
     header(" * Fails:   PILA_ENOMEM   no memory\n", ""),
     [f"{BOX_H}:20: pila_box_put: no Fails:"]),
    ("contracts", "Cost: is always there",
     header(" * Cost:    O(1)\n * Python:  b.app", " * Python:  b.app"),
     [f"{BOX_H}:20: pila_box_put: no Cost:"]),
    ("contracts", "so is Python:, outside of core", header(" * Python:  len(b)\n", ""),
     [f"{BOX_H}:27: pila_box_len: no Python:"]),
    ("contracts", "but not for what Python has no word for",
     {BOX_H: HEADER.replace("box_len", "box_free").replace(" * Python:  len(b)\n", "")}, []),
    ("contracts", "an iterator that allocates fails",
     header("PILA_API size_t pila_box_len", "PILA_API pila_iter pila_box_len"),
     [f"{BOX_H}:28: pila_box_len: no Fails:"]),
    ("contracts", "one that does not need not say so",
     {BOX_H: HEADER.replace("size_t pila_box_len", "pila_iter pila_box_len")
                   .replace("O(1)", "O(1), no allocation")}, []),
    ("contracts", "labels have an order",
     header(" * Fails:   PILA_ENOMEM   no memory\n * Cost:    O(1)\n",
            " * Cost:    O(1)\n * Fails:   PILA_ENOMEM   no memory\n"),
     [f"{BOX_H}:21: pila_box_put: the order is Fails Cost Python Source"]),
    ("contracts", "there are no others",
     header(" * Python:  len(b)\n", " * Python:  len(b)\n * Note:    slow\n"),
     [f"{BOX_H}:29: pila_box_len: Note: is none of Fails Cost Python Source"]),
    ("contracts", "a label says something", header(" * Python:  len(b)\n", " * Python:\n"),
     [f"{BOX_H}:28: pila_box_len: Python: says nothing"]),
    ("contracts", "a broken line is seen",
     header(" * Python:  len(b)\n", " * Python:  len(b),\n * of boxes\n"),
     [f"{BOX_H}:29: pila_box_len: a line behind the labels belongs to none: of boxes"]),
    ("contracts", "a row that was broken is seen",
     header("   b      a box\n", "   b      a box\n * of numbers\n"),
     [f"{BOX_H}:22: pila_box_put: the row of a parameter is broken off before: of numbers"]),
    ("contracts", "a status exists", header("PILA_ENOMEM   no", "PILA_EMEMORY   no"),
     [f"{BOX_H}:21: pila_box_put: PILA_EMEMORY is no status"]),
    ("contracts", "a parameter exists", header("   b      a box", "   box    a box"),
     [f"{BOX_H}:21: pila_box_put: there is no parameter box"]),
    ("contracts", "a pointer is somebody's",
     header("the number                                                 borrowed",
            "the number"),
     [f"{BOX_H}:21: pila_box_put: what is neither borrowed, given nor taken"]),
    ("contracts", "what it refers to exists", header("O(1)\n * Python:  len",
                                                     "as pila_box_size\n * Python:  len"),
     [f"{BOX_H}:28: pila_box_len: as pila_box_size, which is no function"]),
    ("contracts", "the short form is one",
     header("/* pila_box_len - how many.\n *\n * Cost:    O(1)\n * Python:  len(b)\n */",
            "/* pila_box_len - as pila_box_put, but it counts. */"), []),
    ("contracts", "what begins with pila__ needs none",
     header("#endif\n", "PILA_API void pila__box_grow(pila_box *b);\n#endif\n"), []),
    ("exports", "a function of a source is in a header",
     added("\nvoid pila_box_grow(pila_box *b) { b->n++; }\n"),
     [f"{BOX_C}:18: pila_box_grow is not static, and in no header"]),
    ("exports", "or static", added("\nstatic void box_grow(pila_box *b) { b->n++; }\n"), []),
    ("needs", "the line is there", header(" * Needs: core/status\n", ""),
     [f"{BOX_H}:1: no Needs: line"]),
    ("needs", "what it names exists", header("core/status\n", "core/status core/mem\n"),
     [f"{BOX_H}:3: needs core/mem, which there is not"]),
    ("needs", "and is included", header('#include "../core/status.h"\n', ""),
     [f"{BOX_H}:3: needs core/status, and includes it nowhere"]),
    ("needs", "what is included is named", header("Needs: core/status", "Needs: nothing"),
     [f"{BOX_H}:10: includes core/status, which Needs: does not name"]),
    ("needs", "in the source too",
     {**source('#include "box.h"\n', '#include "box.h"\n#include "lid.h"\n'),
      "lib/collections/lid.h": "/* lid.h - a lid.\n *\n * Needs: nothing\n */\n"},
     [f"{BOX_C}:6: includes collections/lid, which Needs: does not name"]),
    ("packages", "a package includes itself and core",
     header('#include "../core/status.h"\n', '#include "../itertools/sinks.h"\n'),
     [f"{BOX_H}:10: collections may not include lib/itertools/sinks.h"]),
    ("packages", "by quotes",
     source('#include "box.h"\n', "#include <pila/collections/box.h>\n"),
     [f"{BOX_C}:5: lib includes its own files by quotes"]),
    ("bans", "memory comes from core/mem", source("{0}, more", "{malloc(1)}, more"),
     [f"{BOX_C}:13: malloc() allocates by itself (core/mem.h is for that)"]),
    ("bans", "core/mem itself may", {"lib/core/mem.c": "void f(void) { free(NULL); }\n"}, []),
    ("bans", "nothing is printed", added('void f(void) { printf("x"); }\n'),
     [f"{BOX_C}:17: printf() prints, ends the program or changes it for all"]),
    ("bans", "no stream is taken for granted", added("void f(void) { fflush(stdout); }\n"),
     [f"{BOX_C}:17: stdout is not the library's"]),
    ("bans", "no write without a bound, in the command either",
     {"tools/pila/main.c": "/* main.c - x */\nvoid f(char *p) { strcpy(p, p); }\n"},
     ["tools/pila/main.c:2: strcpy() writes without a bound, or says nothing of failure"]),
    ("bans", "the command prints and allocates",
     {"tools/pila/main.c": "/* main.c - x */\nvoid f(void) { free(NULL); puts(0); }\n"}, []),
    ("bans", "in a comment or a string, or of an object, it is a word",
     added('/* free(x) */\nvoid f(void) { g("free(x)"); o->free(x); o.exit(1); }\n'), []),
    ("asserts", "an assert changes nothing", added("void f(int k) { assert(k++ < 3); }\n"),
     [f"{BOX_C}:17: an assert changes something"]),
    ("asserts", "it may compare",
     added("void f(int k) { assert(k <= 3 && k == 3 && k != 2); }\n"), []),
    ("arrays", "sizes are known", source("row[BOX_ROOM] =", "row[b->n] ="),
     [f"{BOX_C}:13: the size of an array is [b->n]"]),
    ("arrays", "an index is no size", source("    return box", "    b->row[b->n] = 1;\n"
                                                               "    return box"), []),
    ("guards", "there is one", header("#ifndef PILA_BOX_H\n", ""),
     [f"{BOX_H}:1: no include guard"]),
    ("guards", "of the header's name",
     {BOX_H: HEADER.replace("PILA_BOX_H", "PILA_CASE_H")},
     [f"{BOX_H}:1: the guard is PILA_CASE_H, not PILA_BOX_H"]),
    ("guards", "that is its own",
     {"lib/itertools/box.h": HEADER},
     ["lib/itertools/box.h:1: PILA_BOX_H guards lib/collections/box.h too"]),
    ("guards", "around all of it", header("#endif\n", "#endif\nint x;\n"),
     [f"{BOX_H}:31: something is behind the include guard"]),
    ("guards", "without the pragma", header("#define PILA_BOX_H\n",
                                            "#define PILA_BOX_H\n#pragma once\n"),
     [f"{BOX_H}:1: #pragma once beside a guard"]),
    ("lengths", "forty lines", added(LONG_BODY),
     [f"{BOX_C}:17: box_long has 41 lines, and no `long:` why"]),
    ("lengths", "or a reason", added("/* long: one step after the other */\n" + LONG_BODY), []),
    ("lengths", "seven parameters",
     added("static void box_many(int a, int b, int c, int d, int e, int f, int g, int h)\n"
           "{\n}\n"), [f"{BOX_C}:17: box_many has more than 7 parameters"]),
    ("lengths", "of which none may be void (*f)(int, int)",
     added("static void box_many(int a, int b, int c, int d, int e, int f,\n"
           "                     void (*g)(int, int))\n{\n}\n"), []),
    ("statics", "a function has its name alone",
     another("static void box_count(void) {}\n"),
     [f"lib/core/status.c:5: box_count is in {BOX_C} too; call it <module>_..."]),
    ("statics", "so has a constant", another("enum { BOX_ROOM = 9 };\n"),
     [f"lib/core/status.c:5: BOX_ROOM is in {BOX_C} too; call it <module>_..."]),
    ("statics", "an object",
     {**added("static const int box_row[2] = {1, 2};\n"),
      **another("static const char *const box_row = NULL;\n")},
     [f"lib/core/status.c:5: box_row is in {BOX_C} too; call it <module>_..."]),
    ("statics", "a type",
     {**added("typedef struct lid { int x; } lid;\n"), **another("struct lid { int y; };\n")},
     [f"lib/core/status.c:5: lid is in {BOX_C} too; call it <module>_..."]),
    ("statics", "a type of a function",
     {**added("typedef int lid(int x);\n"), **another("typedef int (*lid)(void);\n")},
     [f"lib/core/status.c:5: lid is in {BOX_C} too; call it <module>_..."]),
    ("statics", "and a macro", {**added("#define LID 1\n"), **another("#define LID 2\n")},
     [f"lib/core/status.c:5: LID is in {BOX_C} too; call it <module>_..."]),
    ("statics", "until it is undefined",
     {**added("#define LID 1\n#undef LID\n"), **another("#define LID 2\n")}, []),
    ("statics", "declared and defined is once",
     added("static int box_x(void);\nstatic int box_x(void) { return 1; }\n"), []),
    ("mutables", "no object changes", added("static int box_calls;\n"),
     [f"{BOX_C}:17: box_calls may change; that is for the caller's objects"]),
    ("mutables", "nor one with a value", added("static const char *box_name = NULL;\n"),
     [f"{BOX_C}:17: box_name may change; that is for the caller's objects"]),
    ("mutables", "nor a global one", added("int box_row[2] = {1, 2};\n"),
     [f"{BOX_C}:17: box_row may change; that is for the caller's objects"]),
    ("mutables", "nor one in a function", added("void f(void)\n{\n    static int k = 0;\n}\n"),
     [f"{BOX_C}:19: k may change; that is for the caller's objects"]),
    ("mutables", "constants are fine",
     added("static const char *const box_names[] = {NULL};\nstatic const int box_one = 1;\n"
           "void f(void)\n{\n    static const int two = 2;\n}\n"), []),
    ("mutables", "and so is the hook", {"lib/core/mem.c": "static hook mem_now = {0};\n"}, []),
    ("text_of_files", "no tabs", source("    int row", "\tint row"), [f"{BOX_C}:13: a tab"]),
    ("text_of_files", "no blanks at the end", source("return box", "return  \n    box"),
     [f"{BOX_C}:15: blanks at the end"]),
    ("text_of_files", "but what a program prints may have them",
     {"docs/parity.md": "[box](collections/box.md)\n```text\n1 2 \n```\n"}, []),
    ("text_of_files", "nor in a page", {"docs/parity.md": "[box](collections/box.md) \n"},
     ["docs/parity.md:1: blanks at the end"]),
    ("text_of_files", "one newline at the end", {"docs/parity.md": "[box]"},
     ["docs/parity.md:1: does not end with one newline"]),
    ("text_of_files", "lib is ASCII", source("A box is", "A box \u2013 is"),
     [f"{BOX_C}:3: not ASCII"]),
    ("text_of_files", "pages need not be", {"docs/parity.md": "A box \u2013 is\n"}, []),
    ("widths", "88 columns", added("/* " + "x" * 83 + " */\n"), [f"{BOX_C}:17: 89 columns"]),
    ("widths", "unless clang-format is off",
     added("/* clang-format off */\n/* " + "x" * 90 + " */\n/* clang-format on */\n"), []),
    ("widths", "the \\ of a macro is not counted", added("#define BOX" + " " * 80 + "\\\n 1\n"),
     []),
    ("openings", "a file says what it is for", source("/* box.c - see", "/* See"),
     [f"{BOX_C}:1: does not begin with `/* box.c - what it is for`"]),
    ("openings", "a source tells why",
     source(" see box.h.\n *\n * A box is a number and whether it is there.\n */\n",
            " see box.h. */\n"),
     [f"{BOX_C}:1: no essay: what represents what, the invariant, and why"]),
    ("openings", "a module has an example", header(" * Use:\n *     pila_box_len(NULL);\n", ""),
     [f"{BOX_H}:1: no Use: example"]),
    ("openings", "a script has a docstring", {"tests/x.py": "import sys\n"},
     ["tests/x.py:1: no docstring"]),
    ("words", "nothing is unfinished", added("/* TODO: more */\n"),
     [f"{BOX_C}:17: says TODO"]),
    ("words", "nor on one machine", {"docs/parity.md": "in /home/ada/pila\n"},
     ["docs/parity.md:1: names /home/a, a place on one machine"]),
    ("words", "/tmp is for examples", {"docs/parity.md": "a\n```sh\n$ ls /tmp/x\n```\n/tmp/x\n"},
     ["docs/parity.md:5: names /tmp outside of an example"]),
    ("words", "mktemp's are letters", added('/* "a.XXXXXX" */\n'), []),
    ("links", "a link leads somewhere", {"docs/parity.md": "[box](collections/bag.md#x)\n"},
     ["docs/parity.md:1: links to collections/bag.md, which there is not"]),
    ("links", "a path exists", {"docs/parity.md": "[box](collections/box.md) `lib/core/bag.h`\n"},
     ["docs/parity.md:1: names lib/core/bag.h, which there is not"]),
    ("links", "from lib too", {"docs/parity.md": "`collections/box.h` and `core/status`\n"}, []),
    ("links", "code is not a page", {"docs/parity.md": "```c\na[1](x); // `lib/bag.h`\n```\n"}, []),
    ("registered", "in the README", {"README.md": "[status](docs/core/status.md)\n"},
     ["README.md:1: does not have [box](docs/collections/box.md)"]),
    ("registered", "in parity.md", {"docs/parity.md": "# Parity\n"},
     ["docs/parity.md:1: does not have (collections/box.md)"]),
    ("registered", "and as C++", {"tests/headers.cc": "/* headers.cc - x */\n"},
     ["tests/headers.cc:1: does not have #include <pila/collections/box.h>"]),
]


def run(tree_of, complaints):
    """One line for each case that goes wrong; tree_of and complaints are style.py's."""
    cases = [(None, "the base tree breaks no rule", {}, [])] + CASES
    for rule, promise, files, want in cases:
        with tempfile.TemporaryDirectory() as folder:
            for file, text in {**BASE, **files}.items():
                path = pathlib.Path(folder, file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            got = list(complaints(tree_of(folder), [rule]) if rule
                       else complaints(tree_of(folder)))
        want = [line.replace(": ", f": {rule}: ", 1) for line in want]
        if got != want:
            yield f"style_cases.py: {rule}: {promise}: got {got}, want {want}"
