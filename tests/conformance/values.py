"""Values of every kind in requests and answers; modules/values.h is the counterpart.

null, truths, integers of 64 bits, text and lists are themselves. The rest is a map:

    {"i": "digits"}  {"f": "%.17g"}  {"c": [real, imag]}  {"s": hex of UTF-8}
    {"b": hex}  {"ba": hex}  {"t": [...]}  {"d": [[key, value], ...]}
    {"set": [...]}  {"fs": [...]}  in the order of their members' reprs
    {"def": n, "v": value}  and later {"ref": n}: the same object

A bool is no integer here, and what is no longer than 64 bits is never {"i"}.
"""
from oracle import Said, Subject


def shown(value):
    return repr(value).encode("utf-8", "surrogatepass")


# ---- from JSON ----


def sequence(said, made, known):
    made.extend(decoded(x, known) for x in said)
    return made


def decoded_map(said, known):
    [(what, x)] = said.items()
    if what == "i":
        return int(x)
    if what == "f":
        return float(x)
    if what == "c":
        return complex(*(float(part["f"]) for part in x))
    if what == "s":
        return bytes.fromhex(x).decode("utf-8", "surrogatepass")
    if what == "b":
        return bytes.fromhex(x)
    if what == "ba":
        return bytearray.fromhex(x)
    if what == "ref":
        return known[x]
    made = {"t": tuple, "set": set, "fs": frozenset, "d": dict}[what]
    return made([decoded(y, known) for y in x] if what != "d" else
                [(decoded(k, known), decoded(y, known)) for k, y in x])


def decoded(said, known=None):
    """The value that JSON says. A list or dict may hold itself by {"ref"}."""
    known = {} if known is None else known
    if isinstance(said, str):  # an object of its own: pickle tells them apart
        return said.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
    if isinstance(said, list):
        return sequence(said, [], known)
    if not isinstance(said, dict):
        return said
    if "def" not in said:
        return decoded_map(said, known)
    inner = said["v"]
    if isinstance(inner, list):
        known[said["def"]] = made = []
        return sequence(inner, made, known)
    if isinstance(inner, dict) and "d" in inner:
        known[said["def"]] = made = {}
        made.update((decoded(k, known), decoded(x, known)) for k, x in inner["d"])
        return made
    made = known[said["def"]] = decoded(inner, known)
    return made


# ---- to JSON ----


def text(value):
    try:
        value.encode()
        return value
    except UnicodeEncodeError:
        return {"s": value.encode("utf-8", "surrogatepass").hex()}


def number(value):
    return {"f": "%.17g" % value}


def encoded(value):
    """How an answer says a value."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -2**63 <= value < 2**63 else {"i": str(value)}
    if isinstance(value, float):
        return number(value)
    if isinstance(value, complex):
        return {"c": [number(value.real), number(value.imag)]}
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, bytearray):
        return {"ba": value.hex()}
    if isinstance(value, list):
        return [encoded(x) for x in value]
    if isinstance(value, tuple):
        return {"t": [encoded(x) for x in value]}
    if isinstance(value, dict):
        return {"d": [[encoded(k), encoded(x)] for k, x in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set" if isinstance(value, set) else "fs":
                [encoded(x) for x in sorted(value, key=shown)]}
    raise TypeError(type(value))


class ValueSubject(Subject):
    """A case whose operations take and give values; errors come with their text.

    An operation is a method op_NAME of decoded arguments. ERRORS are the exceptions
    whose text is promised; of others the kind alone. A UnicodeDecodeError is a ValueError
    here: there is one status for both.
    """

    ERRORS = ()

    def open(self, request):
        return None

    def state(self):
        return None

    def operate(self, op):
        name, *args = op
        call = getattr(self, "op_" + name, None)
        if call is None:
            return super().operate(op)
        try:
            return Said(encoded(call(*(decoded(x) for x in args))))
        except self.ERRORS as e:
            kind = ValueError if isinstance(e, UnicodeError) else type(e)
            return Said({"err": kind.__name__, "says": str(e)})
        except UnicodeError as e:
            raise ValueError from e


# ---- for random cases ----

WORDS = ["", "a", "b", "key", "spam", "eggs", "naïve", "日本", "\U0001f40d", "x" * 40,
         'a"b', "back\\slash", "tab\tnew\nline", "\x00", "\x7f", "é" * 9, "/", "é"]
INTEGERS = [0, 1, -1, 127, 128, -128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -2**31,
            -2**31 - 1, 2**32, 2**63 - 1, -2**63]
BIG = [2**63, -2**63 - 1, 2**64, 10**25, -10**40, 2**200]
FLOATS = [0.0, -0.0, 0.5, 1.0, -2.5, 1e16, 1e-5, 0.1, 1e300, 5e-324, 123456.789, 1e22]
STRANGE = [float("inf"), float("-inf"), float("nan")]


def random_float(rng):
    return rng.choice(FLOATS) if rng.random() < 0.5 else rng.uniform(-1e6, 1e6) * \
        10.0 ** rng.randint(-20, 20)


def random_int(rng, big=True):
    if rng.random() < 0.4:
        return rng.choice(INTEGERS)
    return rng.choice(BIG) if big and rng.random() < 0.1 else rng.randint(-1000, 1000)


def random_text(rng, surrogates=False):
    if rng.random() < 0.5:
        return rng.choice(WORDS)
    if surrogates and rng.random() < 0.1:
        return rng.choice(["\ud800", "a\udfffb", "\udc80\ud834"])
    letters = rng.choice(["abcdef", "aé日\U0001f40d", 'a"\\\n\t\x01', "a b/"])
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 24)))
