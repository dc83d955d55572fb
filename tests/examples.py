"""Runs every example: `Use:` in headers, C and shell in the pages and the README.

A C block in a page is a whole program; the text block after it is its output, which is
compared, and input for it is a text block before it that starts with "$ input:". A block
of shell has lines "$ command", each followed by what it prints. The snippet of a header
is put into main; what it prints is in its "// prints:" comments.

usage: examples.py SOURCE_DIR BUILD_DIR COMPILER...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LIBRARIES = ["pila-collections", "pila-itertools", "pila-core"]


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

    def header(self, path):
        text = path.read_text()
        use = re.search(r"^ \* Use:\n((?: \*(?:     .*)?\n)+)", text, re.M)
        where = path.relative_to(self.source)
        if not use:
            self.report(where, "has no Use: example", "")
            return
        self.run += 1
        lines = [line[3:].strip() for line in use.group(1).splitlines() if line[3:].strip()]
        want = "\n".join(re.findall(r"// prints: (.*)$", "\n".join(lines), re.M))
        outside = [l for l in lines if re.match(r"PILA_(?!FOR)[A-Z_]+\(\w+,|typedef |static const",
                                                l)]
        inside = [l for l in lines if l not in outside]
        code = ("#include <stdio.h>\n#include <stdlib.h>\n"
                f"#include <pila/{path.parent.name}/{path.name}>\n"
                + "\n".join(outside) + "\nint main(void)\n{\n"
                + "\n".join(inside) + "\nreturn 0;\n}\n")
        self.compare(where, self.compile_and_run(where, code), want)

    def page(self, path):
        text = path.read_text()
        blocks = [(m.group(1), m.group(2), text.count("\n", 0, m.start()) + 1)
                  for m in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)]
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
                self.shell(where, body)

    def shell(self, where, body):
        """All "$ " lines in one folder of their own, in order; each with its output."""
        environment = dict(os.environ, LC_ALL="C", PATH=self.build + ":/usr/bin:/bin")
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(self.build, os.path.join(folder, "build"))
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
    for path in sorted(source.glob("lib/*/*.h")):
        if (source / "docs" / path.parent.name / (path.stem + ".md")).exists():
            r.header(path)
    for path in [source / "README.md"] + sorted(source.glob("docs/**/*.md")):
        r.page(path)
    print(f"{r.run} examples, {r.failed} failed")
    return 1 if r.failed or not r.run else 0


if __name__ == "__main__":
    sys.exit(main())
