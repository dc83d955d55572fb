"""Print json_write_rows.h: what json.dumps of CPython 3.11 answers, for test_json_write.c.

    python3 json_write_rows.py > json_write_rows.h

Each row is a value as its repr, the keyword arguments as JSON, and the text or the error.
With an indentation CPython's other encoder names the float that is refused; here it is
never named.
"""

import json
import random

VALUES = [
    None, True, False, 0, -1, 999, 1000, 10**18, -(2**63), 2**63, 10**4299, -(10**4299),
    [10**4300], 0.0, -0.0, 1e16, 1.5e-7, 123456.789,
    [float("inf"), float("-inf"), float("nan")],
    "", "plain", 'a"b\\c/d', "\x00\x01\x08\t\n\x0b\x0c\r\x1f\x20\x7e\x7f\x80\x9f\xa0",
    "\xe9\u20ac\u2028\U0001f600\U0010ffff", "\ud800", "\udfff\ud800x", "\ud83d\ude00",
    [], {}, (), [[]], [{}], {"a": []}, ([], ()), [1, [2, [3, [4]]], 5],
    {"b": 1, "a": [{"x": None}, {}], "\xe9": "\xfc"}, {1: 2, None: 3, True: 4, 2.5: 5},
    {float("nan"): 1, float("inf"): 2}, {-7: 0, 2**70: 1}, {(1, 2): 3}, {(1, 2): 3, "a": 4},
    {"a": 4, (1, 2): 3, "b": 5}, {b"x": 1}, b"bytes", [set()], {"s": {1}}, [1, b"", 2],
    {"z": {"y": {"x": {"w": (1.5, "v")}}}}, {"b": 1, "a": 2, "": 3, "ab": 4, "aa": 5},
    {3: 1, 1: 2, 2.5: 3, True: 4}, {"a": 1, 2: 3}, {2: 3, "a": 1}, {None: 1, "a": 1},
    {"a": 1, "b": 2, None: 3}, {1: 3, None: 4, 1.5: 5}, {"\uffff": 1, "\U00010000": 2},
    {10**4300: 1},
]  # fmt: skip
OPTIONS = [
    {}, {"ensure_ascii": False}, {"indent": 2}, {"indent": 0}, {"indent": -3},
    {"indent": "\t"}, {"indent": "abcdefghi", "separators": ["<item separator>", "<key>"]},
    {"separators": [",", ":"]}, {"separators": ["", ""]},
    {"indent": 1, "separators": [" ,", " : "]},
    {"sort_keys": True}, {"sort_keys": True, "indent": 1, "skipkeys": True},
    {"allow_nan": False}, {"skipkeys": True}, {"check_circular": False},
    {"indent": 130, "ensure_ascii": False},
]  # fmt: skip


def rows():
    for value in VALUES:
        for how in OPTIONS:
            yield value, how
    rng = random.Random(5)
    alphabet = 'abc" \\\x00\x1f\x7f\x80\u07ff\u0800\uffff\ud912\U00010000e'
    for n in range(70):
        text = "x" * n
        yield text, {}
        for _ in range(3):
            at = rng.randrange(n + 1)
            dirty = text[:at] + rng.choice(alphabet) + text[at:]
            yield dirty, {"ensure_ascii": rng.random() < 0.5}
    for n in (2, 3, 63, 64, 65, 130, 300):
        keys = [f"{rng.randrange(10**6)}" for _ in range(n)]
        yield dict.fromkeys(keys, 0), {"sort_keys": True}
        yield dict.fromkeys(sorted(keys), 0), {"sort_keys": True}
        yield dict.fromkeys(sorted(keys, reverse=True), 0), {"sort_keys": True}


def answer(value, how):
    try:
        return json.dumps(value, **how)
    except (TypeError, ValueError) as e:
        return f"!{type(e).__name__}: {str(e).split(': ')[0]}"


def quoted(text):
    """A C string, in lines that are not too long."""
    out = ['"']
    for byte in text.encode("utf-8", "surrogatepass"):
        c = chr(byte)
        plain = " " <= c <= "~" and c not in '"\\?'
        out[-1] += c if plain else "\\" + c if c in '"\\' else f"\\{byte:03o}"
        if len(out[-1]) > 74:
            out[-1] += '"'
            out.append('"')
    out[-1] += '"'
    return "\n     ".join(out)


def shown(value):
    """repr, where an integer may be longer than str allows."""
    if isinstance(value, int) and abs(value) >= 10**4299:
        return "-" * (value < 0) + "10**" + str(len(hex(value)) > 3580 and 4300 or 4299)
    if isinstance(value, list) and value[:1] == [10**4300]:
        return "[10**4300]"
    if isinstance(value, dict) and 10**4300 in value:
        return "{10**4300: 1}"
    return ascii(value)


print("/* json_write_rows.h - what json.dumps answers; printed by json_write_rows.py. */")
seen = set()
for value, how in rows():
    text = answer(value, how)
    row = (shown(value), json.dumps(how), text)
    if "10**" in row[0] and not text.startswith("!"):
        continue  # tried by the test itself: these are long
    if row in seen or (how and text == answer(value, {})):
        continue
    seen.add(row)
    n = len(text.encode("utf-8", "surrogatepass"))
    print("    {%s,\n     %s,\n     %s, %d}," % (*map(quoted, row), n))
