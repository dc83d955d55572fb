"""Every module taken alone: its single header, alone and with a second one.

Each is written into an empty folder, with a program of two translation units: the
header's `Use:` example beside the implementation, and a second include. It is built with
every warning an error, as C11 and as C++17, and run. Then the module's own tests run
against the single header.

usage: single.py programs|tests [MODULE...]

Without names: all of the register, the programs of each by two of the four compilers in
turns; and the tests but for those that take long, of modules that others include.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools" / "dev"))
import modules

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
ALONE = [["gcc", "-std=c11"], ["clang++", "-std=c++17", "-x", "c++"]]
WITH_ANOTHER = [["clang", "-std=c11"], ["g++", "-std=c++17", "-x", "c++"]]
LONG = ["collections/dict", "collections/set", "itertools/tee", "serial/value"]
DEQUE_TEXT = 2048  # bytes that a typed deque may add at -O2


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def single_header(names, folder):
    """Write the header of the modules; its name."""
    file = "pila_" + "_".join(name.split("/")[1] for name in names) + ".h"
    done = run([ROOT / "tools" / "dev" / "single-header", *names, "-o", file], folder)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return file


def program(name, headers, cxx):
    """The example of a module as main, beside the implementation of the headers."""
    outside, inside, want = modules.example(name)
    lines = ["#define PILA_IMPLEMENTATION", *[f'#include "{h}"' for h in headers],
             "#include <stdio.h>", "#include <stdlib.h>", *outside,
             "const void *other(void);", "int main(void) {", *inside,
             "return other() == NULL; }", ""]
    text = "\n".join(lines)
    return (text.replace("= {0}", "= {}") if cxx else text), want


def try_program(name, second, language):
    """None, or what is wrong with a program of the header, and of a second if named."""
    cxx = "c++" in language[-1]
    with tempfile.TemporaryDirectory() as folder:
        headers = [single_header([name], folder)]
        if second:
            headers.append(single_header([second], folder))
        text, want = program(name, headers, cxx)
        pathlib.Path(folder, "one.c").write_text(text)
        pathlib.Path(folder, "two.c").write_text(
            "\n".join(f'#include "{h}"' for h in reversed(headers)) +
            "\nconst void *other(void);\n"
            "const void *other(void) { return (const void *)pila_status_text(PILA_OK); }\n")
        built = run([*language[:2], *WARNINGS, *language[2:], "one.c", "two.c",
                     "-o", "program", *modules.links([name] + [second] * bool(second))],
                    folder)
        if built.returncode:
            return built.stderr[:4000]
        ran = run(["./program"], folder)
        if ran.returncode or ran.stdout.rstrip("\n") != want:
            return f"exit {ran.returncode}, printed\n{ran.stdout}wanted\n{want}"
    return None


def included(path, seen):
    """Headers of pila that a test and its own headers include."""
    if path in seen:
        return set()
    seen.add(path)
    found = set()
    for mark, file in re.findall(r'^#include ([<"])([^>"]+)[>"]', path.read_text(), re.M):
        if mark == "<" and file.startswith("pila/"):
            found.add(file[5:-2])
        for folder in (path.parent, ROOT / "tests" / "support"):
            if mark == '"' and (folder / file).exists():
                found |= included(folder / file, seen)
    return found


def try_tests(name):
    """None, or how the module's tests fail against its single header.

    What the tests include beyond it comes from a second single header.
    """
    test = ROOT / "tests" / name.split("/")[0] / f"test_{name.split('/')[1]}.c"
    check = ROOT / "tests" / "support" / "check.c"
    seen = set()
    used = included(test, seen) | included(check, seen)
    parts = modules.parts(name)
    used = {modules.owner(other) for other in used}
    own = modules.closure([name])
    more = [other for other in sorted(used) if other not in own]
    with tempfile.TemporaryDirectory() as folder:
        headers = [single_header([name], folder)]
        if more:
            headers.append(single_header(more, folder))
        for other in modules.closure([name] + more):
            path = pathlib.Path(folder, "pila", other + ".h")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#include "{headers[0 if other in own else 1]}"\n')
        for part in parts:  # which a user of the module does not see
            text = re.sub(r'^#include "\.\./.*\n', "", part.read_text(), flags=re.M)
            pathlib.Path(folder, "pila", name).parent.joinpath(part.name).write_text(text)
        pathlib.Path(folder, "all.c").write_text(
            "#define PILA_IMPLEMENTATION\n" +
            "".join(f'#include "{h}"\n' for h in headers))
        built = run(["gcc", "-std=c11", "-O1", "-I.", f"-I{check.parent}", "all.c",
                     str(test), str(check), "-o", "tests", "-lcmocka", "-lm", "-lpthread",
                     *modules.LIBRARIES.values()], folder)  # tests compare with them
        if built.returncode:
            return built.stderr[:4000]
        ran = run(["./tests"], folder)
        return (ran.stdout + ran.stderr)[-4000:] if ran.returncode else None


def text_bytes(compiler, folder, code):
    pathlib.Path(folder, "size.c").write_text(code)
    built = run([compiler, "-std=c11", "-O2", "-c", "size.c"], folder)
    if built.returncode:
        raise RuntimeError(built.stderr)
    rows = run(["size", "size.o"], folder).stdout.splitlines()
    return int(rows[1].split()[0])


def deque_text(compiler):
    """Bytes of text that a typed deque in use adds at -O2."""
    use = ("int use(Ints *q); int use(Ints *q) { int x = 0; const int *y;\n"
           "if (Ints_append(q, 1) != PILA_OK || Ints_appendleft(q, 2) != PILA_OK) return 1;\n"
           "if (Ints_pop(q, &x) != PILA_OK || Ints_popleft(q, &x) != PILA_OK) return 2;\n"
           "y = Ints_get(q, 0); if (y) x += *y;\n"
           "pila_iter it = Ints_iter(q); PILA_FOR(int, z, &it) x += *z;\n"
           "Ints_done(q); return x; }\n")
    with tempfile.TemporaryDirectory() as folder:
        include = f'#include "{single_header(["collections/deque"], folder)}"\n'
        return (text_bytes(compiler, folder, f"{include}PILA_DEQUE(Ints, int)\n{use}")
                - text_bytes(compiler, folder, include))


def try_deque_text(compiler):
    """None, or by how much a typed deque in use adds too much text."""
    added = deque_text(compiler)
    return f"it adds {added} bytes" if added > DEQUE_TEXT else None


def cases(what, names):
    register = modules.modules()
    some = names == register
    if what == "tests":
        return {name: (try_tests, name) for name in names if not some or name not in LONG}
    found = {}
    for k, name in enumerate(names):
        second = register[(register.index(name) + 1) % len(register)]
        for language in ALONE[k % 2:k % 2 + 1] if some else ALONE:
            if shutil.which(language[0]):
                found[f"{name}, {language[0]}"] = (try_program, name, None, language)
        for language in WITH_ANOTHER[1 - k % 2:2 - k % 2] if some else WITH_ANOTHER:
            if shutil.which(language[0]):
                found[f"{name} with {second}, {language[0]}"] = (try_program, name, second,
                                                                language)
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler):
            found[f"text of a typed deque, {compiler}"] = (try_deque_text, compiler)
    return found


def main():
    what, names = sys.argv[1], sys.argv[2:] or modules.modules()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        todo = {what: pool.submit(*call) for what, call in cases(what, names).items()}
        for case, result in todo.items():
            try:
                trouble = result.result()
            except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as e:
                trouble = str(e)
            if trouble:
                failed += 1
                print(f"{case}:\n{trouble}\n")
    print(f"{len(todo)} cases, {failed} failed")
    return 1 if failed or not todo else 0


if __name__ == "__main__":
    sys.exit(main())
