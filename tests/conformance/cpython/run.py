#!/usr/bin/env python3
"""CPython's own, unmodified tests, run on pila's modules through the binding.

    run.py [--lacks] [--report FILE] [--asan] [--list] [test_NAME...]

The manifest of the Python that is here (manifest_VERSION.json) says of each test whether
it is about what a library does ("ours"), about the binding, or not applicable and why;
and which are known to fail. A failure that is not listed, a listed one that passes, and a
listed test that did not run each fail the run. --lacks says what is missing, if anything;
--list prints every outcome. $PYTHON names the interpreter.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PATIENCE = 240  # seconds a file
# extension -> its sources here
EXTENSIONS = {
    "pila_collections": ["binding.c", "collections.c", "deque.c", "mapping.c",
                         "ordereddict.c", "defaultdict.c", "counter.c"],
    "pila_heapq": ["binding.c", "heapq.c"],
    "pila_bisect": ["binding.c", "bisect.c"],
    "pila_itertools": ["binding.c", "itertools.c", "itertools_sources.c",
                       "itertools_select.c", "itertools_several.c",
                       "itertools_combinatoric.c", "itertools_groupby.c",
                       "itertools_tee.c"],
    "pila_functools": ["binding.c", "functools.c"],
    "pila_struct": ["binding.c", "values.c", "struct.c"],
    "pila_json": ["binding.c", "values.c", "json.c"],
    "pila_pickle": ["binding.c", "values.c", "pickle.c", "pickler.c", "pickle_save.c",
                    "unpickler.c", "pickle_load.c"],
    "pila_pickletools": ["binding.c", "values.c", "pickletools.c"],
    "pila_base64": ["binding.c", "base64.c"],
    "pila_binascii": ["binding.c", "binascii.c"],
    "pila_hashlib": ["binding.c", "hashlib.c", "hmac.c"],
    "pila_zlib": ["binding.c", "zlib.c"],
    "pila_gzip_core": ["binding.c", "gzip.c"],
}
FACTS = """
import json, sys, sysconfig, pathlib
include = sysconfig.get_paths()["include"]
try:
    import test.test_deque
    tests = True
except ImportError:
    tests = False
print(json.dumps({"version": "%d.%d" % sys.version_info[:2], "include": include,
                  "headers": pathlib.Path(include, "Python.h").exists(), "tests": tests}))
"""


def output(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def facts(python):
    done = output(python, "-c", FACTS)
    return json.loads(done.stdout) if done.returncode == 0 else None


def manifest_of(version):
    return HERE / f"manifest_{version}.json"


def lacks(python):
    """None, or what this interpreter lacks to run the tests."""
    known = facts(python)
    if not known:
        return f"{python} does not run"
    if not known["tests"]:
        return f"{python} has no test suite (libpython{known['version']}-testsuite)"
    if not known["headers"]:
        return f"{python} has no headers (python3-dev)"
    if not manifest_of(known["version"]).exists():
        return f"there is no manifest of Python {known['version']}"
    return None


def interpreter():
    """The first that has all, and why there is none."""
    first = None
    for python in filter(None, (os.environ.get("PYTHON"), "/usr/bin/python3",
                                sys.executable)):
        why = lacks(python)
        if why is None:
            return python, None
        first = first or why
    return None, first


# ---- the extension modules ----


def compile_all(python, folder, asan):
    """Build each extension into the folder."""
    cc = [os.environ.get("CC", "cc"), "-O1", "-g", "-fPIC", "-w", f"-I{folder}/include",
          "-I" + facts(python)["include"]]
    if asan:
        cc.append("-fsanitize=address")
    (folder / "include").mkdir()
    (folder / "include" / "pila").symlink_to(ROOT / "lib")
    sources = [*sorted((ROOT / "lib").glob("*/*.c")),
               *sorted({HERE / s for names in EXTENSIONS.values() for s in names})]

    def compiled(source):
        package = source.parent.name
        made = folder / f"{package}_{source.stem}.o"
        standard = "-std=gnu11" if package == "cpython" else "-std=c11"
        return made, output(*cc, standard, "-c", str(source), "-o", str(made))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = dict(pool.map(compiled, sources))
    for made, result in done.items():
        if result.returncode:
            sys.exit(f"run.py: {made.name} does not compile:\n{result.stderr[:2000]}")
    library = [str(made) for made in done if not made.name.startswith("cpython_")]
    output("ar", "rc", str(folder / "libpila.a"), *library)
    for name, sources in EXTENSIONS.items():
        objects = [str(folder / f"cpython_{pathlib.Path(s).stem}.o") for s in sources]
        result = output(*cc, "-shared", *objects, str(folder / "libpila.a"), "-lm", "-lz",
                        "-lcrypto", "-lpthread", "-o", str(folder / f"{name}.so"))
        if result.returncode:
            sys.exit(f"run.py: {name} does not link:\n{result.stderr[:2000]}")


# ---- one file of tests ----


def run_file(python, folder, name, listed, asan):
    """Its outcomes, id -> (outcome, text, core calls); and how the process ended."""
    environment = dict(os.environ, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    if asan:
        library = output(os.environ.get("CC", "cc"), "-print-file-name=libasan.so").stdout
        environment |= {"LD_PRELOAD": library.strip(),
                        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1"}
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = output(python, "-X", "faulthandler", str(HERE / "one_file.py"), str(folder),
                          name, ",".join(listed["modules"]), cwd=scratch, env=environment,
                          input=json.dumps(list(listed["not applicable"])),
                          timeout=PATIENCE)
            text, ended = done.stdout, done.returncode
            said = done.stderr
        except subprocess.TimeoutExpired as e:
            text, ended, said = (e.stdout or b"").decode(), "no end", ""
    outcomes, running = {}, None
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # what a test printed
        if "starts" in row:
            running = row["starts"]
            continue
        running = None
        outcomes[row["id"]] = (row["outcome"], row["text"], row["calls"])
    if running or ended:
        outcomes[running or f"test.{name}.end"] = (
            "fail", f"the process ended with {ended}: {said[-1500:]}", 0)
    return outcomes


def judged(name, listed, outcomes):
    """The row of a file, and what is not as its manifest says."""
    row = {"passed": 0, "applicable": 0, "all": 0, "core calls": 0}
    trouble = []
    short = {key.removeprefix(f"test.{name}."): value for key, value in outcomes.items()}
    expected = [*listed["ours"], *listed["binding"]]
    for test, (outcome, text, calls) in short.items():
        row["core calls"] += calls
        known = test in listed["fails"]
        if outcome == "fail" and not known:
            trouble.append(f"{name}: {test} fails: {text}")
        if outcome == "pass" and known:
            trouble.append(f"{name}: {test} passes, and is listed as failing")
        if outcome == "pass" and test not in expected:
            print(f"   {name}: {test} is not listed; it passes")
    for test in expected:
        outcome = short.get(test, ("absent",))[0]
        if outcome == "absent":
            trouble.append(f"{name}: {test} did not run")
        row["applicable"] += outcome != "skip"
        row["passed"] += outcome == "pass"
    row["all"] = listed["all"]
    return row, trouble


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lacks", action="store_true")
    parser.add_argument("--asan", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    python, why = interpreter()
    if options.lacks or why:
        print(why or "", end="\n" if why else "")
        return why is not None
    manifest = json.loads(manifest_of(facts(python)["version"]).read_text())
    rows, wrong = {}, []
    print(f"tier 2: CPython's tests, {output(python, '--version').stdout.strip()}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        compile_all(python, folder, options.asan)
        for name in options.names or manifest["files"]:
            listed = manifest["files"][name]
            outcomes = run_file(python, folder, name, listed, options.asan)
            if options.list:
                for test, outcome in sorted(outcomes.items()):
                    print(json.dumps([test, *outcome]))
            rows[name], trouble = judged(name, listed, outcomes)
            row = rows[name]
            print(f"{name:20} {row['passed']:5} passed of {row['applicable']:4} applicable "
                  f"of {row['all']:4}, {row['core calls']:8} core calls  "
                  f"{'FAILED' if trouble else 'ok'}", flush=True)
            wrong += trouble
    print("".join(f"  {line}\n" for line in wrong[:20]), end="")
    if options.report:
        options.report.write_text(json.dumps({"python": manifest["python"], "files": rows},
                                             indent=1) + "\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
