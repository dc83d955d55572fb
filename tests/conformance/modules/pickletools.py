"""pickletools: streams taken apart."""
import io
import pickle
import pickletools

from streams import any_stream
from values import ValueSubject


class Module(ValueSubject):
    ERRORS = (ValueError,)

    def op_dis(self, data, indent=4):
        """The text, and what ended it."""
        out = io.StringIO()
        try:
            pickletools.dis(data, out, indentlevel=indent)
        except ValueError as e:
            return [out.getvalue(), str(e)]
        return [out.getvalue(), None]

    def op_genops(self, data):
        return [(op.name, arg, pos) for op, arg, pos in pickletools.genops(data)]

    def op_optimize(self, data):
        return pickletools.optimize(data)


def random_case(rng):
    said = {"b": any_stream(rng).hex()}
    name = rng.choice(["dis", "dis", "genops", "optimize"])
    return {"m": "pickletools",
            "ops": [[name, said, *([rng.choice([1, 2])] if name == "dis" and
                                   rng.random() < 0.2 else [])]]}


def said(data):
    return {"b": data.hex()}


MANY = pickle.dumps([[n, str(n % 40)] for n in range(400)], 4)
EDGES = [
    *({"ops": [[name, said(data)] for name in ("dis", "genops", "optimize")]} for data in (
        b"", b"N", b".", b"(.", b"N.", b"N.N.", b"(K\x01t.", b"cos\nsystem\n.", b"\xff.",
        b"Nq\0q\0.", b"h\0.", b"0.", b"a.", b"Np0\ng0\n.", b"\x80\x04\x95", b"J\0\0.",
        b"S'a\\x00'\n.", b"Sa\n.", b"S'a\n.", b"Vaz\\u00e9\n.", b"\x8a\x03\1\2.", b"I01\n.",
        b"L5L\n.", b"F1e400\n.", b"\x8c\x02\xc3.", b"(lp0\n(dp1\na.", b"]\x94]\x94h\0.",
        MANY, pickle.dumps(["x" * 70000, "y"], 4), pickle.dumps({"a": (1,)}, 0)))]

DIFFERS = [
    ("`dis(annotate=...)`", "the lines are pila's own, not CPython's"),
    ("kinds of errors that are no ValueError", "the kind alone"),
]
