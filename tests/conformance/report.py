#!/usr/bin/env python3
"""The page of the conformance suite, from what `run --report` wrote.

    report.py REPORT.json [--check]

Writes what lies between the marks of docs/conformance.md: the table of modules, and every
known difference with its reason. --check only says whether the page has them.
"""
import argparse
import json
import pathlib
import re
import sys

import reference

ROOT = reference.HERE.parents[1]
PAGE = ROOT / "docs" / "conformance.md"
MANIFESTS = reference.HERE / "cpython"
# a module's file of CPython's tests
TESTS = {"deque": "test_deque", "heapq": "test_heapq", "bisect": "test_bisect",
         "functools": "test_functools", "defaultdict": "test_defaultdict",
         "ordereddict": "test_ordered_dict", "counter": "test_collections",
         "itertools_terminating": "test_itertools", "struct": "test_struct",
         "json": "test_json", "pickle": "test_pickle", "pickletools": "test_pickletools",
         "base64": "test_base64", "binascii": "test_binascii", "hashlib": "test_hashlib",
         "hmac": "test_hmac", "zlib": "test_zlib", "gzip": "test_gzip"}


def table(head, rows, numbers=False):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(
        "--:" if numbers and k else "---" for k in range(len(head))) + "|"]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def number(n):
    return f"{n:,}"


def modules_table(report):
    """A row a module: vectors, live cases, CPython's tests, core calls."""
    vectors = report.get("tier0", {})
    live = report.get("tier1", {}).get("modules", {})
    files = report.get("tier2", {}).get("files", {})
    rows = []
    for name in reference.NAMES:
        row = files.get(TESTS.get(name), None)
        cases = vectors.get(name, {})
        agree = cases.get("vectors", 0) - cases.get("differ", 0) - cases.get("faults", 0)
        rows.append([
            f"[{name}](../tests/conformance/modules/{name}.py)",
            f"{number(agree)} of {number(cases.get('vectors', 0))}",
            number(live[name]["cases"] - live[name]["differ"]) if name in live else "",
            f"{row['passed']} of {row['applicable']} of {row['all']}" if row else "",
            number(row["core calls"]) if row else ""])
    return table(["module", "vectors that agree", "live cases that agree",
                  "CPython's tests: passed of applicable of all", "core calls in them"], rows,
                 numbers=True)


def differences():
    """What the cases leave out, with the modules that do; and CPython's tests that fail, or
    are not applicable."""
    found = {}
    for name in reference.NAMES:
        for row in getattr(reference.load(name), "DIFFERS", []):
            found.setdefault(row, []).append(name)
    lines = [[", ".join(names), *row] for row, names in found.items()]
    for path in sorted(MANIFESTS.glob("manifest_*.json")):
        for file, listed in json.loads(path.read_text())["files"].items():
            lines += [[file, f"`{test}` fails", why] for test, why in listed["fails"].items()]
            lines += [[file, f"`{test}` is not applicable", why]
                      for test, why in listed["not applicable"].items()]
    return table(["where", "what", "why"], lines)


def generated(report):
    version = report.get("tier2", {}).get("python")
    made = (reference.HERE / "vectors" / "PROVENANCE").read_text().split("\n")[0]
    return "\n".join([
        f"{made} The tests are those of CPython {version}.", "",
        *modules_table(report), "", "## What differs, and why", "",
        "A random case is never one of these; a test of CPython's is listed in the manifest, "
        "and must go on to fail.", "", *differences()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = PAGE.read_text()
    made = re.sub(r"(<!-- made by report.py -->\n).*?(\n<!-- end -->)",
                  lambda m: m[1] + generated(json.loads(options.report.read_text())) + m[2],
                  text, flags=re.S)
    if options.check:
        return made != text
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
