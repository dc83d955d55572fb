"""A test that can't fail is a defect: programs with a planted fault must be caught."""
import contextlib
import io
import os

from harness import Tests

FAULTS = [
    # name, what is run instead of the program
    ("a wrong count", "\"$PILA\" \"$@\" | sed 's/^3/4/'"),
    ("a lost line", '"$PILA" "$@" | head -n 1'),
    ("a missing newline at the end", 'printf %s "$("$PILA" "$@")"'),
    ("a line too many", '"$PILA" "$@"; echo 0'),
    ("no output", '"$PILA" "$@" >/dev/null'),
    ("a chatty stderr", '"$PILA" "$@"; echo done >&2'),
    ("exit 1", '"$PILA" "$@"; exit 1'),
    ("a signal", '"$PILA" "$@"; kill -KILL $$'),
    ("a sanitizer's report", '"$PILA" "$@"; echo "x.c:1: runtime error: y" >&2'),
]


def caught(t, program, **row):
    """How many failures a row gives with that program."""
    inner = Tests(t.pila_path, t.top, None, False)
    inner.begin("inner", t.folder)
    inner.pila = program
    with contextlib.redirect_stdout(io.StringIO()):
        inner.row("planted", ["-w", "in"], **row)
    return inner.failed


def rows(t):
    t.write("in", b"b a\nb\na b\n")
    want = b"3\tb\n2\ta\n"
    t.hold("the program as it is passes", caught(t, t.pila, out=want) == 0)
    for name, script in FAULTS:
        path = t.path(t.write("fault", f"#!/bin/sh\nPILA='{t.pila}'\n{script}\n".encode()))
        os.chmod(path, 0o755)
        t.hold(name + " is caught", caught(t, path, out=want) == 1)
    t.hold("a message that is not there is caught", caught(t, t.pila, out=want, err="x") == 1)
    t.hold("a wrong exit is caught", caught(t, t.pila, out=want, code=2) == 1)
