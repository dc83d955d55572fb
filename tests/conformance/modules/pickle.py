"""pickle: values written by every protocol, and streams read."""
import io
import pickle
import pickletools

from streams import Maker, any_stream
from values import ValueSubject, encoded


class Refused(Exception):
    pass


class Unpickler(pickle.Unpickler):
    """Nothing is called but what makes values of Python 2 and of old protocols."""

    KINDS = {"set", "frozenset", "bytearray", "complex", "bytes"}
    ALLOWED = {"builtins": KINDS, "__builtin__": KINDS, "_codecs": {"encode"}}

    def find_class(self, module, name):
        if name not in self.ALLOWED.get(module, ()):
            raise Refused(f"{module}.{name}")
        call = super().find_class(module, name)

        def called(*args):
            try:
                return call(*args)
            except Exception as e:
                raise LookupError from e  # in pila it stays data
        return called

    def persistent_load(self, pid):
        raise Refused("an id")


class Whole:
    """Gives all there is at once: then a stream is read as loads reads it."""

    def __init__(self, data):
        self.data = data

    def read(self, n):
        data, self.data = self.data, b""
        return data

    def readline(self):
        return self.read(0)

    def readinto(self, room):
        return 0


def fills_memory(data):
    """CPython's memo is as long as the highest number in it: 9 bytes can cost gigabytes."""
    try:
        return any("PUT" in op.name and (arg or 0) > 1 << 20
                   for op, arg, _ in pickletools.genops(data))
    except Exception:
        return False  # what stands before a fault was looked at


class Module(ValueSubject):
    ERRORS = (pickle.UnpicklingError, EOFError, pickle.PicklingError)

    def op_dumps(self, value, protocol):
        return pickle.dumps(value, protocol)

    def read(self, data, encoding="ASCII"):
        try:
            value = Unpickler(Whole(data), encoding=encoding).load()
        except AttributeError as e:
            raise TypeError from e  # the nearest status
        try:
            encoded(value)
        except TypeError as e:
            raise LookupError from e  # a function is in it
        return value

    def op_loads(self, data, encoding="ASCII"):
        return self.read(data, encoding)

    def op_again(self, data, protocol):
        """What is written of what was read."""
        return pickle.dumps(self.read(data), protocol)

    def op_fast(self, value, protocol):
        out = io.BytesIO()
        pickler = pickle.Pickler(out, protocol)
        pickler.fast = True
        pickler.dump(value)
        return out.getvalue()

    def op_several(self, values, protocol):
        """One pickler, whose memo lasts, and one unpickler that reads it all."""
        out = io.BytesIO()
        pickler = pickle.Pickler(out, protocol)
        for value in values:
            pickler.dump(value)
        data = out.getvalue()
        unpickler = Unpickler(io.BytesIO(data))
        return [data, [unpickler.load() for _ in values]]


def random_case(rng):
    """But for what pila has no answer to: calls that fail, sizes without end."""
    while True:
        case, said = any_case(rng), None
        op, about = case["ops"][0][:2]
        if op in ("loads", "again") and fills_memory(bytes.fromhex(about["b"])):
            continue
        try:
            said = Module({}).operate(case["ops"][0]).said
        except Exception as e:
            if type(e) in (MemoryError, LookupError):
                continue
        if "underflow" not in str(said) or "93" not in str(case):
            return case  # of STACK_GLOBAL, 3.11.2 and 3.11.7 say different things


def any_case(rng):
    protocol = rng.randint(0, 5)
    kind = rng.random()
    if kind < 0.4:
        op = [rng.choice(["dumps", "dumps", "dumps", "fast"]), Maker(rng).value(), protocol]
    elif kind < 0.5:
        maker = Maker(rng)
        op = ["several", [maker.value() for _ in range(rng.randint(1, 3))], protocol]
    else:
        said = {"b": any_stream(rng).hex()}
        op = ["again", said, protocol] if rng.random() < 0.4 else ["loads", said]
    return {"m": "pickle", "ops": [op]}


SHARED = {"def": 1, "v": [1, "two", {"f": "3.5"}]}
EDGES = [
    *({"ops": [["dumps", value, protocol] for protocol in range(6)]} for value in (
        [SHARED, {"ref": 1}], {"def": 1, "v": [{"ref": 1}]},
        {"def": 1, "v": {"d": [["me", {"ref": 1}]]}}, {"def": 1, "v": [{"t": [{"ref": 1}]}]},
        {"def": 1, "v": {"d": [["me", {"t": [1, {"ref": 1}]}]]}},
        list(range(2500)), {"d": [[k, str(k)] for k in range(1500)]},
        {"t": [{"t": [{"t": []}]}]}, [{"t": [1]}, {"t": [1, 2]}, {"t": [1, 2, 3]},
                                      {"t": [1, 2, 3, 4]}],
        {"set": [[1, 2]][:0]}, {"fs": []}, {"set": [7]}, {"fs": [7]},
        ["x" * 255, "x" * 256, "é" * 200], [{"b": "61" * 255}, {"b": "61" * 256}],
        ["y" * 66000, "z" * 10, {"b": "00" * 66000}], {"ba": "616263"}, {"ba": ""},
        [{"i": str(2**k)} for k in (63, 64, 2039, 2040, 2047, 2048)],
        {"c": [{"f": "1"}, {"f": "-0"}]}, ["\n\\\u1234", "a\nb\0c\x1a"],
        [None, True, False, 0, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -2**31],
        [{"f": "nan"}, {"f": "inf"}, {"f": "-inf"}, {"f": "-0"}])),
    *({"ops": [["loads", {"b": data.hex()}]]} for data in (
        b"", b".", b"(.", b"N", b"N.", b"0.", b"1.", b"2.", b"a.", b"q\0.", b"h\0.",
        b"g5\n.", b"\xff", b"(I1\n", b"I1", b"Ix\n.", b"L\n.", b"\x8b\xff\xff\xff\xff.",
        b"\x80\x06N.", b"\x80\x04\x95\x05\0\0\0\0\0\0\0N.", b"(((.", b"]]a]]a.",
        b"}NNs.", b"}]Ns.", b"\x8f(]\x90.", b"S'a.", b"Sa\n.", b"S'\n.", b"S'\\xg'\n.",
        b"T\xff\xff\xff\xff.", b"X\xff\xff\xff\xff.", b"Nr\xff\xff\xff\x0f.",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", b"p-1\n.", b"Np-1\n.", b"(t.", b"NNt.",
        b"cos\nsystem\n(S'x'\ntR.", b"P1\n.", b"\x82\x01.", b"NNb.", b"N)R.", b"N)\x81.",
        b"X\x01\0\0\0\xff.", b"\x8c\x03\xed\xa0\x80.", b"\x95\0\0\0\0\0\0\0\x40N.")),
]

DIFFERS = [
    ("what a stream calls", "refused on both sides, but for what values of old protocols "
     "are made by; tests/serial/test_pickle.c has objects as data"),
]
