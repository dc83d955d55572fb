"""json: text read to values, and values written."""
import json

from values import (FLOATS, STRANGE, ValueSubject, encoded, number, random_float, random_int,
                    random_text)


class Module(ValueSubject):
    ERRORS = (json.JSONDecodeError, ValueError, TypeError)

    def op_loads(self, text, strict=True):
        return json.loads(text, strict=strict)

    def op_raw_decode(self, text, at):
        return json.JSONDecoder().raw_decode(text, at)

    def op_hooks(self, text, hooks):
        """What each hook was given, and what came of it."""
        said = []

        def hook(name, made):
            def called(x):
                said.append((name, x))
                return made(x)
            return called

        made = {"object_hook": lambda x: ("object", len(x)),
                "object_pairs_hook": lambda x: tuple(x), "parse_float": lambda x: x,
                "parse_int": lambda x: x + "!", "parse_constant": lambda x: x.lower()}
        it = json.loads(text, **{name: hook(name, made[name]) for name in hooks})
        return [it, said]

    def op_dumps(self, value, options):
        options = dict(options)
        if "separators" in options:
            options["separators"] = tuple(options["separators"])
        try:
            return json.dumps(value, **options)
        except ValueError as e:  # with indent, CPython says which: nan, inf
            raise ValueError(str(e).removesuffix(": nan").removesuffix(": inf")
                             .removesuffix(": -inf"))

    def op_iterencode(self, value):
        return "".join(json.JSONEncoder().iterencode(value))


# ---- text ----

SPACES = ["", "", "", " ", "\n", "\t", " \r\n "]
STRINGS = ['""', '"a"', '"key"', '"\\u00e9"', '"\\ud834\\udd1e"', '"\\ud800"', '"\\udc00x"',
           '"\\n\\t\\"\\\\\\/\\b\\f\\r"', '"日本\U0001f40d"', '"long ' + "text " * 12 + '"',
           '"\\ud800\\u0041"', '"\\uD834\\uDD1E"', '"é\\u00e9"', '"\\u0000"', '"\x7f"']
NUMBERS = ["0", "-0", "1", "-1", "12345678901234567890", "1.5", "-0.0", "1e5", "1E-7",
           "1e400", "-1e400", "0.1", "123456789012345678901234567890", "5e-324", "2.5E+3",
           "9223372036854775807", "-9223372036854775808", "9223372036854775808",
           "1.7976931348623157e308", "0.30000000000000004", "1e-400",
           "100000000000000000000.0",
           "9007199254740993", "9007199254740993.0", "3.14159265358979323846264338327950288"]
WORDS = ["null", "true", "false", "NaN", "Infinity", "-Infinity"]


def space(rng):
    return rng.choice(SPACES)


def text_of(rng, depth=3):
    """A document."""
    kind = rng.random()
    if depth and kind < 0.25:
        items = [text_of(rng, depth - 1) for _ in range(rng.randint(0, 4))]
        return "[" + space(rng) + ("," + space(rng)).join(items) + space(rng) + "]"
    if depth and kind < 0.5:
        pairs = [rng.choice(STRINGS) + space(rng) + ":" + space(rng) + text_of(rng, depth - 1)
                 for _ in range(rng.randint(0, 4))]
        return "{" + space(rng) + ("," + space(rng)).join(pairs) + space(rng) + "}"
    if kind < 0.8:
        return rng.choice(NUMBERS) if rng.random() < 0.6 else repr(random_float(rng))
    return rng.choice(STRINGS + WORDS)


def damaged(rng, text):
    """With a character less, more, or another."""
    at = rng.randint(0, len(text))
    new = rng.choice(['"', "\\", "{", "}", "[", "]", ",", ":", "x", "0", "-", ".", "e", "\n",
                      "\x01", "", "\\u12", "é", " ", "+", "'", "\ufeff"])
    return text[:at] + new + text[at + rng.choice([0, 1, 1, 5]):]


# ---- values ----


def scalar(rng):
    return rng.choice([lambda: None, lambda: rng.choice([True, False]),
                       lambda: random_int(rng), lambda: random_float(rng),
                       lambda: random_text(rng, True), lambda: random_text(rng, True),
                       lambda: rng.choice(FLOATS + STRANGE)])()


def key_of(rng):
    return rng.choice([lambda: random_text(rng), lambda: random_text(rng),
                       lambda: random_text(rng), lambda: random_int(rng),
                       lambda: random_float(rng), lambda: rng.choice([None, True, False])])()


def value_of(rng, depth=3):
    kind = rng.random()
    if depth and kind < 0.2:
        return [value_of(rng, depth - 1) for _ in range(rng.randint(0, 4))]
    if depth and kind < 0.25:
        return tuple(value_of(rng, depth - 1) for _ in range(rng.randint(0, 3)))
    if depth and kind < 0.5:
        text = rng.random() < 0.7
        return {(random_text(rng) if text else key_of(rng)): value_of(rng, depth - 1)
                for _ in range(rng.randint(0, 4))}
    if kind > 0.985:
        return rng.choice([b"x", {1}, 1j, {(1, 2): 3}, {b"k": 1}])
    return scalar(rng)


def options_of(rng):
    options = {}
    if rng.random() < 0.4:
        options["indent"] = rng.choice([0, 1, 2, 4, -1, "\t", "--", None])
    if rng.random() < 0.3:
        options["separators"] = rng.choice([[",", ":"], [", ", " : "], [";", "="]])
    for name, often in (("sort_keys", 0.25), ("ensure_ascii", 0.4), ("allow_nan", 0.2),
                        ("skipkeys", 0.2), ("check_circular", 0.1)):
        if rng.random() < often:
            options[name] = rng.choice([True, False])
    return options


def read_op(rng):
    text = space(rng) + text_of(rng) + space(rng)
    if rng.random() < 0.45:
        text = damaged(rng, text)
    said = encoded(text)
    kind = rng.random()
    if kind < 0.1:
        return ["raw_decode", said, rng.choice([0, 0, min(1, len(text)), len(text)])]
    if kind < 0.2:
        hooks = rng.sample(["object_hook", "parse_float", "parse_int", "parse_constant"],
                           rng.randint(1, 3))
        return ["hooks", said, hooks if rng.random() < 0.7 else ["object_pairs_hook"]]
    return ["loads", said, *([False] if rng.random() < 0.2 else [])]


def write_op(rng):
    value = encoded(value_of(rng))
    if rng.random() < 0.1:
        return ["iterencode", value]
    return ["dumps", value, encoded(options_of(rng))]


def random_case(rng):
    return {"m": "json", "ops": [rng.choice([read_op, write_op])(rng)
                                 for _ in range(rng.randint(1, 2))]}


CIRCLE = {"def": 1, "v": [1, {"ref": 1}]}
CIRCLES = [CIRCLE, {"def": 1, "v": {"d": [["a", [{"ref": 1}]]]}},
           {"def": 1, "v": {"d": [["a", {"t": [{"ref": 1}]}]]}}]
EDGES = [
    *({"ops": [["loads", text], ["loads", text, False]]}
      for text in ("", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", '{"a"', '{"a":',
                   '{"a":1', '{"a":1,', '{"a":1,}', "{1:2}", "{'a':1}", '"', '"a', '"\\',
                   '"\\u', '"\\u12', '"\\u12g4"', '"\\x"', '"\n"', '"\t"', "01", "-", "+1",
                   "1.", ".5", "1e", "1e+", "-Infinit", "nan", "NaN", "tru", "nul", "[1 2]",
                   '{"a" 1}', "1 2", "[]]", "\ufeff1", '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}',
                   "\xa01", "[1,\n2,\n]", "é x", '["é", x]', "-01", "1_0", "0x1", "1e5.5",
                   "\x00", "[" * 50 + "]" * 50)),
    {"ops": [["loads", "1" * 4300], ["loads", "-" + "1" * 4301], ["loads", "1" * 4301]]},
    {"ops": [["dumps", circle, {"d": []}] for circle in CIRCLES]},
    {"ops": [["dumps", {"i": "7" * 4300}, {"d": []}]]},
    {"ops": [["dumps", encoded({1: 1, "1": 2, True: 3, None: 4, 1.5: 5}), {"d": []}],
             ["dumps", encoded({1: 1, "a": 2}), {"d": [["sort_keys", True]]}],
             ["dumps", encoded({(1, 2): 3, "a": 1}), {"d": [["skipkeys", True]]}],
             ["dumps", encoded({b"x": 3}), {"d": []}], ["dumps", encoded({1, 2}), {"d": []}],
             ["dumps", number(float("nan")), {"d": [["allow_nan", False]]}],
             ["dumps", encoded({float("inf"): 1}), {"d": []}]]},
    {"ops": [["dumps", [[], encoded({}), encoded(()), [[]], encoded({"a": []})],
              {"d": [["indent", indent]]}] for indent in (0, 1, -1, "\t", None, 3)]},
]

DIFFERS = [
    ("NaN and infinities that are refused", "the text is that of CPython's C encoder; with "
     "`indent` CPython adds which"),
    ("documents whose depth is above 1024", "a bound that can be set; CPython's is that of "
     "its stack"),
    ("lone surrogates in text that is read", "the reader's text is UTF-8"),
]
