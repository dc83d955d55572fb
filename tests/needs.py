"""Each module compiles from exactly the files that its `Needs:` lines name.

The header's first lines say `Needs: package/module ...` (or `nothing`). Those modules'
files, theirs in turn, and the module's own are copied into an empty folder, compiled with
every warning an error, and linked with a program that includes the header alone, and with
the libraries of their `Links:` lines.

usage: needs.py SOURCE_DIR COMPILER...
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools" / "dev"))
import modules

FLAGS = ["-std=c11", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
         "-Wcast-align", "-Werror"]


def build(lib, name, compiler):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        sources = []
        for module in modules.closure([name], lib.parent):
            (root / module).parent.mkdir(exist_ok=True)
            for file in modules.files(module, lib.parent):
                shutil.copy(file, root / file.relative_to(lib))
                sources += [str(file.relative_to(lib))] if file.suffix == ".c" else []
        (root / "main.c").write_text(f'#include "{name}.h"\n'
                                     "int main(void) { return 0; }\n")
        command = compiler + FLAGS + ["main.c"] + sources + ["-o", "main"]
        return subprocess.run(command + modules.links([name], lib.parent), cwd=folder,
                              capture_output=True, text=True)


def main():
    lib = pathlib.Path(sys.argv[1]) / "lib"
    failed = count = 0
    for name in modules.all_headers(lib.parent):
        count += 1
        try:
            done = build(lib, name, sys.argv[2:])
            trouble = done.stderr if done.returncode else None
        except (ValueError, OSError) as e:
            trouble = str(e)
        if trouble:
            failed += 1
            print(f"{name}:\n{trouble}")
    print(f"{count} modules, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
