"""Each module compiles from exactly the files that its `Needs:` lines name.

The header's first lines say `Needs: package/module ...` (or `nothing`). Those modules'
files, theirs in turn, and the module's own are copied into an empty folder. There the
module's are compiled, with every warning an error, and a program that includes the header
alone; it is linked with what was made so of the modules named, and with the libraries of
their `Links:` lines.

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


def objects(lib, name, compiler, folder):
    """Objects of a module and of a program on it, from what it needs: (made, the fault)."""
    root = folder / name.replace("/", "_")
    for module in modules.closure([name], lib.parent):
        (root / module).parent.mkdir(parents=True, exist_ok=True)
        for file in modules.files(module, lib.parent):
            shutil.copy(file, root / file.relative_to(lib))
    (root / "main.c").write_text(f'#include "{name}.h"\nint main(void) {{ return 0; }}\n')
    own = [str(file.relative_to(lib)) for file in modules.sources(name, lib.parent)]
    done = subprocess.run(compiler + FLAGS + ["-c", "main.c", *own], cwd=root,
                          capture_output=True, text=True)
    return [root / (pathlib.Path(file).stem + ".o") for file in own], done


def build(lib, name, compiler, folder=None, made=None):
    """How the last of a module's commands ended; made: of other modules, in the folder."""
    if folder is None:
        with tempfile.TemporaryDirectory() as scratch:
            return build(lib, name, compiler, pathlib.Path(scratch), {})
    for module in modules.closure([name], lib.parent):
        if module not in made:
            made[module] = objects(lib, module, compiler, folder)
        if made[module][1].returncode:
            return made[module][1]
    main = folder / name.replace("/", "_") / "main.o"
    parts = [part for module in modules.closure([name], lib.parent)
             for part in made[module][0]]
    return subprocess.run(compiler + [main, *parts, "-o", folder / "main"]
                          + modules.links([name], lib.parent), capture_output=True, text=True)


def main():
    lib = pathlib.Path(sys.argv[1]) / "lib"
    scratch = tempfile.TemporaryDirectory()
    failed, count, made = 0, 0, {}
    for name in modules.all_headers(lib.parent):
        count += 1
        try:
            done = build(lib, name, sys.argv[2:], pathlib.Path(scratch.name), made)
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
