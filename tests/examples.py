"""Runs every example: `Use:` in headers, C and shell in the pages and the README.

A C block in a page is a whole program; the text block after it is its output, which is
compared, and input for it is a text block before it that starts with "$ input:". A block
of shell has lines "$ command", each followed by what it prints. A block with a file's name
after its language is that file, for the shell blocks of its page. The snippet of a header
is put into main; what it prints is in its "// prints:" comments.

usage: examples.py SOURCE_DIR BUILD_DIR COMPILER...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools" / "dev"))
import modules

LIBRARIES = ["pila-collections", "pila-itertools", "pila-serial", "pila-core"]


class Runner:
    def __init__(self, source, build, compiler):
        self.source, self.build, self.compiler = source, build, compiler
        self.scratch = tempfile.TemporaryDirectory()
        self.run = self.failed = 0

    def report(self, where, what, detail):
        self.failed += 1
        print(f"{where}: {what}\n{detail}\n")

    def compile_and_run(self, where, code, stdin=""):
        program = os.path.join(self.scratch.name, f"example{self.run}")
        with open(program + ".c", "w") as f:
            f.write(code)
        command = self.compiler + ["-std=c11", "-Wall", "-Wextra", "-Werror",
                                   "-D_POSIX_C_SOURCE=200809L",
                                   "-I", os.path.join(self.build, "include"),
                                   program + ".c", "-o", program]
        command += [os.path.join(self.build, f"lib{name}.a") for name in LIBRARIES]
        command += modules.LIBRARIES.values()
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode:
            self.report(where, "does not compile", built.stderr)
            return None
        ran = subprocess.run([program], capture_output=True, input=stdin.encode(),
                             timeout=60)
        if ran.returncode:
            self.report(where, f"exits with {ran.returncode}", ran.stderr.decode())
            return None
        return ran.stdout.decode(errors="surrogateescape")

    def compare(self, where, got, want):
        if got is not None and got.rstrip("\n") != want.rstrip("\n"):
            self.report(where, "prints something else",
                        f"--- want\n{want}\n--- got\n{got}")

    def header(self, name):
        self.run += 1
        where = f"lib/{name}.h"
        try:
            outside, inside, want = modules.example(name, self.source)
        except ValueError as e:
            self.report(where, str(e), "")
            return
        code = (f"#include <stdio.h>\n#include <stdlib.h>\n#include <pila/{name}.h>\n"
                + "\n".join(outside) + "\nint main(void)\n{\n"
                + "\n".join(inside) + "\nreturn 0;\n}\n")
        self.compare(where, self.compile_and_run(where, code), want)

    def page(self, path):
        text = path.read_text()
        blocks = []
        with tempfile.TemporaryDirectory() as folder:
            for m in re.finditer(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", text, re.M | re.S):
                line = text.count("\n", 0, m.start()) + 1
                blocks.append((m[1] if not m[2] else "file", m[3], line))
                if m[2]:
                    pathlib.Path(folder, m[2]).write_text(m[3])
            os.symlink(self.build, os.path.join(folder, "build"))
            os.symlink(self.source, os.path.join(folder, "pila"))
            self.blocks(path, blocks, folder)

    def blocks(self, path, blocks, folder):
        for k, (kind, body, line) in enumerate(blocks):
            where = f"{path.relative_to(self.source)}:{line}"
            following = blocks[k + 1] if k + 1 < len(blocks) else ("", "", 0)
            before = blocks[k - 1] if k else ("", "", 0)
            if kind == "c" and "int main(" in body:
                self.run += 1
                given = before[1] if before[0] == "input" else ""
                got = self.compile_and_run(where, body, given)
                self.compare(where, got, following[1] if following[0] == "text" else "")
            elif kind == "sh":
                self.run += 1
                self.shell(where, body, folder)

    def shell(self, where, body, folder):
        """The "$ " lines, in order; each with its output.

        The folder has the page's files and what its blocks before this one made there, the
        build as `build` and the sources as `pila`.
        """
        environment = dict(os.environ, LC_ALL="C", PATH=self.build + ":/usr/bin:/bin")
        for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
            lines = part.split("\n")
            count = 1
            while lines[count - 1].endswith("\\") or lines[count - 1].endswith("|"):
                count += 1
            ran = subprocess.run("\n".join(lines[:count]), shell=True, cwd=folder,
                                 env=environment, capture_output=True, timeout=60,
                                 executable="/bin/sh")
            got = (ran.stdout + ran.stderr).decode(errors="surrogateescape")
            self.compare(where, got, "\n".join(lines[count:]))


def main():
    source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    r = Runner(source, str(build), sys.argv[3:])
    only = os.environ.get("PILA_EXAMPLES", "")  # of what has this in its name
    for name in modules.modules(source):
        if only in name:
            r.header(name)
    for path in [source / "README.md"] + sorted(source.glob("docs/**/*.md")):
        if only in path.name:
            r.page(path)
    print(f"{r.run} examples, {r.failed} failed")
    return 1 if r.failed or not r.run else 0


if __name__ == "__main__":
    sys.exit(main())
