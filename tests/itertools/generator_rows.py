"""Print generator_rows.h: what CPython's generators do, for test_generator.c.

    python3 generator_rows.py > generator_rows.h

A body is a small program, which both sides interpret:

    y   yield a number            m   yield three, reading the answer of the last only
    p   yield from a list of two  (..) yield from a body of its own
    k   raise KeyError            t   raise StopIteration
    v   return a number           c.. the same, but whatever is raised is caught

and is driven by n(ext), s(end) 5, k: throw(KeyError), g: throw(GeneratorExit), c(lose).
What happens is written down: r5 was sent, v3 was returned from below, xK was caught, a
dot for a body that ended; then how the call ended, and the generator's state.

Three things are as generator.h says, not as CPython does: a fault is an iterator's for
ever (CPython: StopIteration from then on); AttributeError is TypeError; and a body that
leaves with PILA_END in answer to GeneratorExit has raised that, not StopIteration.
"""
import gc
import inspect
import random
import sys

LETTERS = {KeyError: "K", StopIteration: "S", GeneratorExit: "G", RuntimeError: "R",
           ValueError: "V", TypeError: "T", AttributeError: "T"}
STATES = {"GEN_CREATED": "c", "GEN_RUNNING": "r", "GEN_SUSPENDED": "s",
          "GEN_CLOSED": "x"}


class World:
    def __init__(self):
        self.n = 0
        self.log = []


def parse(text):
    """The operations of a program: (letter, program below, caught)."""
    ops, at = [], 0
    while at < len(text):
        caught = text[at] == "c"
        at += caught
        if text[at] == "(":
            depth, end = 1, at + 1
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            ops.append(("(", text[at + 1:end - 1], caught))
            at = end
        else:
            ops.append((text[at], "", caught))
            at += 1
    return ops


def body(text, w):
    asked = False
    try:
        for op, below, caught in parse(text):
            try:
                if op in "ymp(":
                    asked = False
                if op == "y":
                    w.n += 1
                    sent = yield w.n
                    if sent is not None:
                        w.log.append(f"r{sent}")
                elif op == "m":
                    first = w.n + 1
                    w.n += 3
                    for k in range(3):
                        sent = yield first + k
                    if sent is not None:
                        w.log.append(f"r{sent}")
                elif op == "p":
                    w.n += 2
                    yield from iter([w.n - 1, w.n])
                elif op == "(":
                    value = yield from body(below, w)
                    if value is not None:
                        w.log.append(f"v{value}")
                elif op == "k":
                    raise KeyError
                elif op == "t":
                    raise GeneratorExit if asked and not caught else StopIteration
                elif op == "v":
                    w.n += 1
                    return w.n
            except BaseException as e:
                if not caught:
                    raise
                w.log.append("x" + LETTERS[type(e)])
                asked = op in "ymp(" and isinstance(e, GeneratorExit)
    finally:
        w.log.append(".")


class Driver:
    def __init__(self, text):
        self.w = World()
        self.gen = body(text, self.w)
        self.fault = None

    def state(self):
        return STATES[inspect.getgeneratorstate(self.gen)]

    def call(self, op):
        if op == "n":
            return next(self.gen)
        if op == "s":
            return self.gen.send(5)
        if op == "c":
            self.gen.close()
            return "-"
        return self.gen.throw(KeyError if op == "k" else GeneratorExit)

    def step(self, op):
        before = self.state()
        try:
            got = str(self.call(op))
        except StopIteration as e:
            got = "E" if e.value is None else f"E{e.value}"
            if self.fault and op in "ns":
                got = self.fault
        except GeneratorExit:
            got = "E"
        except BaseException as e:
            got = LETTERS[type(e)]
            if self.state() == "x" and before != "x":
                self.fault = got
        done = "".join(self.w.log) + got + self.state()
        self.w.log.clear()
        return done

    def drop(self):
        self.gen = None
        gc.collect()
        return "".join(self.w.log)


def trace(text, ops):
    d = Driver(text)
    steps = [d.step(op) for op in ops]
    return " ".join(steps + ["d" + d.drop()])


NAMED = [
    ("items one by one, then the end for ever", "yy", "nnnnn"),
    ("send answers the yield", "yyy", "nsss"),
    ("send of a value before the start is TypeError, and harmless", "yy", "snsnn"),
    ("send after the end", "y", "nnss"),
    ("the value of return comes with the end", "yv", "nnn"),
    ("throw before the start ends it without running it", "yy", "knnk"),
    ("close before the start ends it without running it", "yy", "cnck"),
    ("close ends it", "yy", "nccn"),
    ("close twice, and after the end", "y", "nnccn"),
    ("throw after the end raises what was thrown", "y", "nnkkgn"),
    ("throw ends a body that does not catch it", "yy", "nknk"),
    ("throw is caught, and the next item is throw's", "cyyy", "nknn"),
    ("GeneratorExit may be thrown, and caught", "cyyy", "ngnn"),
    ("GeneratorExit thrown and not caught", "yy", "ngn"),
    ("a body that yields when it is closed is RuntimeError, and goes on", "cyyy", "ncnn"),
    ("a body that catches close and returns", "cy", "ncn"),
    ("a body that catches close and returns a value", "cyv", "ncn"),
    ("a body that catches close and raises", "cyk", "ncnc"),
    ("a fault is for ever", "yk", "nnnsc"),
    ("StopIteration raised in a body is RuntimeError (PEP 479)", "yt", "nnn"),
    ("StopIteration caught in a body", "yctyv", "nnnn"),
    ("no item at all", "", "nnc"),
    ("a value and no item", "v", "nn"),
    ("many are one by one", "my", "nnnnn"),
    ("what is sent into the midst of many is lost", "my", "nssss"),
    ("throw into the midst of many", "cmy", "nnkn"),
    ("close in the midst of many", "my", "nnc"),
    ("yield from a list", "py", "nnnn"),
    ("send to a list is AttributeError in the body", "cpy", "nsn"),
    ("... which it need not catch", "py", "nsn"),
    ("throw into a list is raised in the body", "cpy", "nkn"),
    ("close while in a list", "py", "nc"),
    ("yield from a generator", "(yy)y", "nnnn"),
    ("send goes to the inner one", "(yyy)y", "nssss"),
    ("the inner one's value", "(yv)y", "nnn"),
    ("throw goes to the inner one", "(cyy)y", "nknn"),
    ("... and out of it, into the outer one", "c(y)y", "nkn"),
    ("... and out of both", "(y)y", "nkn"),
    ("close goes to the inner one first", "(y)y", "nc"),
    ("the inner one disobeys: RuntimeError in the outer one", "c(cyy)y", "ncn"),
    ("... which may let it pass", "(cyy)y", "ncn"),
    ("the inner one catches close and returns: closed all the same", "c(cyv)y", "ncn"),
    ("an inner one fails when it is closed", "c(cyk)y", "ncn"),
    ("the outer one disobeys", "c(y)yy", "ncn"),
    ("GeneratorExit thrown closes the inner one", "c(cyy)y", "ngn"),
    ("an inner one's StopIteration is RuntimeError in the outer one", "c(yt)y", "nnn"),
    ("three levels", "((yy)y)y", "nnnnnn"),
    ("three levels, thrown through two", "c((y)y)y", "nknn"),
    ("three levels, the middle one disobeys", "c(c(y)yy)y", "ncnn"),
    ("the middle one yields from another when it is closed", "c(c(y)(yy)y)y", "ncnn"),
    ("the middle one yields from a list when it is closed", "c(c(y)py)y", "ncnn"),
    ("dropped half-way", "(yy)y", "nn"),
    ("dropped half-way, and disobeys", "c(cyy)yy", "n"),
    ("dropped, and both go on until they yield", "c(cycycy)cycy", "nn"),
    ("an inner one that is empty", "()y", "nn"),
    ("an inner one that fails at once", "c(k)y", "nn"),
    ("a list in an inner one, sent to", "c(cpy)y", "nsnn"),
]


def random_program(r, depth):
    text = ""
    for _ in range(r.randint(1, 4)):
        text += "c" if r.random() < 0.4 else ""
        op = r.choice("yyymp((((kktv" if depth else "yyympkktv")
        text += f"({random_program(r, depth - 1)})" if op == "(" else op
    return text


def row(promise, text, ops):
    print(f'    {{"{promise}",\n     "{text}", "{ops}",\n     "{trace(text, ops)}"}},')


def main():
    sys.unraisablehook = lambda _: None
    print("/* generator_rows.h - what CPython does; printed by generator_rows.py. */")
    for promise, text, ops in NAMED:
        row(promise, text, ops)
    r = random.Random(5)
    seen = set()
    while len(seen) < 500:
        text = random_program(r, 3)
        ops = "n" * r.randint(0, 3) + "".join(r.choices("nskgc", (5, 2, 2, 1, 1), k=7))
        if text not in seen and len(text) <= 40:
            seen.add(text)
            row(f"random {len(seen)}", text, ops)


if __name__ == "__main__":
    main()
