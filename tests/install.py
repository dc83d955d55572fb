"""What `meson install` gives, used by small programs outside the tree.

Installs into a scratch prefix and builds the same program there in C and in C++, shared
and static, by pkg-config, by CMake, and with the project as a Meson subproject. Looks at
what the shared libraries export.

usage: install.py SOURCE_DIR
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PACKAGES = ["core", "collections", "itertools", "serial"]

PROGRAM = r"""
#include <stdio.h>
#include <pila/collections/deque.h>
#include <pila/itertools/sinks.h>

PILA_DEQUE(Ints, int64_t)

int main(void)
{
    Ints q = {EMPTY};
    int64_t total = 0;
    pila_status st = Ints_append(&q, 30);

    if (st == PILA_OK) st = Ints_appendleft(&q, 12);
    if (st == PILA_OK) st = pila_sum_i64(Ints_iter(&q), &total);
    printf("%d\n", (int)total);
    Ints_done(&q);
    return st != PILA_OK;
}
"""

CMAKE = """cmake_minimum_required(VERSION 3.13)
project(consumer C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PILA REQUIRED IMPORTED_TARGET pila-collections pila-itertools)
add_executable(inc main.c)
target_link_libraries(inc PRIVATE PkgConfig::PILA)
add_executable(incpp main.cpp)
target_link_libraries(incpp PRIVATE PkgConfig::PILA)
"""

MESON = """project('consumer', 'c', 'cpp', default_options: ['cpp_std=c++17'])
pila = [dependency('pila-collections', fallback: 'pila'), dependency('pila-itertools')]
executable('inc', 'main.c', dependencies: pila)
executable('incpp', 'main.cpp', dependencies: pila)
"""


class Failure(Exception):
    pass


def run(command, folder, env=None):
    done = subprocess.run([str(part) for part in command], cwd=folder, text=True,
                          capture_output=True, env=dict(os.environ, **(env or {})))
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(what, got, want):
    if got != want:
        raise Failure(f"{what}: got {got!r}, want {want!r}")


class Installed:
    def __init__(self, source, scratch):
        self.source, self.scratch = source, scratch
        self.prefix = scratch / "prefix"
        self.lib = self.prefix / "lib"
        self.env = {"PKG_CONFIG_PATH": str(self.lib / "pkgconfig"),
                    "LD_LIBRARY_PATH": str(self.lib)}
        run(["meson", "setup", "build", source, f"--prefix={self.prefix}", "--libdir=lib"],
            scratch)
        run(["meson", "install", "-C", "build"], scratch)

    def folder(self, name):
        made = self.scratch / name
        made.mkdir()
        (made / "main.c").write_text(PROGRAM.replace("EMPTY", "0"))
        (made / "main.cpp").write_text(PROGRAM.replace("EMPTY", ""))
        return made

    def flags(self, *options):
        return run(["pkg-config", *options, "pila-collections", "pila-itertools"],
                   self.scratch, self.env).split()

    # ---- the cases ----

    def pkg_config(self):
        """C and C++, with the flags of pkg-config, shared."""
        where = self.folder("shared")
        for compiler, file in (["cc", "-std=c11"], "main.c"), (["c++", "-std=c++17"],
                                                               "main.cpp"):
            run([*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", file,
                 *self.flags("--cflags", "--libs"), "-o", "out"], where)
            expect(file, run(["./out"], where, self.env), "42\n")
            needed = run(["readelf", "-d", "out"], where)
            for package in "core", "collections", "itertools":
                if package != "core" and f"libpila-{package}.so.0]" not in needed:
                    raise Failure(f"libpila-{package}.so.0 is not needed:\n{needed}")

    def static(self):
        """The static libraries, and nothing of the shared ones."""
        where = self.folder("static")
        archives = [self.lib / f"libpila-{p}.a" for p in reversed(PACKAGES)]
        run(["cc", "main.c", *self.flags("--cflags"), *archives, "-o", "out"], where)
        expect("static", run(["./out"], where), "42\n")

    def cmake(self):
        """A CMake project, through pkg-config."""
        where = self.folder("cmake")
        (where / "CMakeLists.txt").write_text(CMAKE)
        run(["cmake", "-S", ".", "-B", "build"], where, self.env)
        run(["cmake", "--build", "build"], where, self.env)
        for name in "inc", "incpp":
            expect(name, run([f"build/{name}"], where, self.env), "42\n")

    def subproject(self):
        """A Meson project that has this one as a subproject."""
        where = self.folder("meson")
        (where / "meson.build").write_text(MESON)
        (where / "subprojects").mkdir()
        (where / "subprojects" / "pila").symlink_to(self.source)
        run(["meson", "setup", "build", "--wrap-mode=forcefallback",
             "-Dpila:default_library=static"], where)
        run(["ninja", "-C", "build", "inc", "incpp"], where)
        for name in "inc", "incpp":
            expect(name, run([f"build/{name}"], where), "42\n")

    def exports(self):
        """Only what an installed header declares, and a soname with a version."""
        text = "".join(h.read_text() for h in self.prefix.glob("include/pila/*/*.h"))
        declared = set(re.findall(r"\bpila_\w+", text))
        for package in PACKAGES:
            library = self.lib / f"libpila-{package}.so"
            symbols = run(["nm", "-D", "--defined-only", library], self.scratch)
            names = {line.split()[-1] for line in symbols.splitlines()}
            if not names:
                raise Failure(f"{library} exports nothing")
            if names - declared:
                raise Failure(f"{library} exports {sorted(names - declared)}")
            soname = re.search(r"SONAME.*\[(.*)\]",
                               run(["readelf", "-d", library], self.scratch))
            expect("soname", soname and soname.group(1), f"libpila-{package}.so.0")

    def headers(self):
        """Each installed header compiles by itself."""
        where = self.folder("headers")
        for header in sorted(self.prefix.glob("include/pila/*/*.h")):
            file = header.relative_to(self.prefix / "include")
            (where / "one.c").write_text(f"#include <{file}>\nint nothing;\n")
            run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", *self.flags("--cflags"),
                 "-c", "one.c"], where)

    def command(self):
        """The command, found by its name."""
        shown = run([self.prefix / "bin" / "pila", "--version"], self.scratch)
        if not shown.startswith("pila "):
            raise Failure(f"pila --version printed {shown!r}")


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        try:
            installed = Installed(source, pathlib.Path(scratch))
        except Failure as e:
            print(f"installing: {e}")
            return 1
        cases = [installed.pkg_config, installed.static, installed.subproject,
                 installed.exports, installed.headers, installed.command]
        if shutil.which("cmake"):
            cases.append(installed.cmake)
        else:
            print("SKIPPED: cmake is not there")
        for case in cases:
            try:
                case()
            except Failure as e:
                failed += 1
                print(f"{case.__doc__}\n{e}\n")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
