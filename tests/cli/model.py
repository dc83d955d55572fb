"""pila counter in Python, written from its help alone: what the rows compare with.

A Counter of bytes, the options as keyword arguments. Nothing is shared with the program.
"""
import collections
import io
import json
import re

Counter = collections.Counter

ESCAPES = {b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r", b"\0": b"\\0", b"\\": b"\\\\"}
BACK = {escaped: byte for byte, escaped in ESCAPES.items()}
UPPER = bytes(range(65, 91))


class Malformed(Exception):
    """The input is not what it should be: exit 1, and this line of it."""

    def __init__(self, line):
        self.line = line


# ---- reading ----

def records(data, separator=b"\n"):
    parts = data.split(separator)
    if parts[-1] == b"":
        parts.pop()
    return parts


def chars(data):
    text = data.decode("utf-8", "surrogateescape")
    return [c.encode("utf-8", "surrogateescape") for c in text]


def unescape(text):
    if re.search(rb"\\(?![tnr0\\])", re.sub(rb"\\\\", b"", text)):
        raise ValueError
    return re.sub(rb"\\.", lambda m: BACK[m.group()], text, flags=re.S)


def escape(text):
    return re.sub(rb"[\t\n\r\0\\]", lambda m: ESCAPES[m.group()], text)


def json_bytes(text):
    """Of a decoded JSON string; U+DC80..U+DCFF are the bytes that they stand for."""
    return b"".join(bytes([ord(c) & 255]) if "\udc80" <= c <= "\udcff"
                    else c.encode("utf-8", "surrogatepass") for c in text)


def pointer(value, path):
    """The value at a JSON Pointer; KeyError when there is none."""
    for token in path.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            if not re.fullmatch("0|[1-9][0-9]*", token) or int(token) >= len(value):
                raise KeyError(token)
            value = value[int(token)]
        elif isinstance(value, dict):
            value = value[token]
        else:
            raise KeyError(token)
    return value


def columns(record, into, d):
    """The fields of a record of lines or TSV."""
    if into == "tsv":
        return record.split(d or b"\t")
    return record.split(d) if d else record.split()


def fields(data, f, d=None, header=False, into="lines"):
    """The column f (from 1, or a name of the header) of lines, nul or tsv."""
    names, out = None, []
    for n, record in enumerate(records(data, b"\0" if into == "nul" else b"\n"), 1):
        cells = columns(record, into, d)
        if header and names is None:
            names = [unescape(c) if into == "tsv" else c for c in cells]
            k = f - 1 if isinstance(f, int) else names.index(f)
            continue
        if not header:
            k = f - 1
        if k >= len(cells):
            raise Malformed(n)
        try:
            out.append(unescape(cells[k]) if into == "tsv" else cells[k])
        except ValueError:
            raise Malformed(n) from None
    return out


def keys(data, unit="lines", zero=False, fold=False):
    made = {"lines": lambda: records(data, b"\0" if zero else b"\n"),
            "words": data.split, "chars": lambda: chars(data)}[unit]()
    return [fold_case(k) for k in made] if fold else made


def fold_case(key):
    return key.translate(bytes(b | 32 if b in UPPER else b for b in range(256)))


# ---- showing ----

def quoted(key, alone=False):
    if re.search(rb'[,"\r\n]', key) or (alone and not key):
        return b'"' + key.replace(b'"', b'""') + b'"'
    return key


def json_text(key):
    """As Python writes it with surrogateescape, but for the short escapes \\b and \\f."""
    text = key.decode("utf-8", "surrogateescape")
    short = {"\\b": "\\u0008", "\\f": "\\u000c"}
    made = re.sub(r"\\.", lambda m: short.get(m.group(), m.group()),
                  json.dumps(text, ensure_ascii=False))
    return re.sub("[\udc80-\udcff]", lambda m: f"\\u{ord(m.group()):04x}", made).encode()


def shown_key(key, out, unit, alone=False):
    if out == "csv":
        return quoted(key, alone)
    if out == "jsonl":
        return json_text(key)
    if out == "tsv":
        return escape(key)
    if out == "lines" and unit == "chars" and key in (b"\t", b"\n", b"\r"):
        return escape(key)
    return key


def line(key, n, out, unit, uniq_c):
    k = shown_key(key, out, unit)
    if out == "jsonl":
        return b'{"count":%d,"key":%s}' % (n, k)
    if uniq_c:
        return b"%7d %s" % (n, k)
    return b"%d%s%s" % (n, b"," if out == "csv" else b"\t", k)


def ranked(c, most=None, least=None, minimum=None):
    if least is not None:
        items = sorted(c.items(), key=lambda item: item[1])
    else:
        items = c.most_common(most)
    items = [(k, n) for k, n in items if minimum is None or n >= minimum]
    return items if least is None else items[:least]


def show(c, out="lines", unit="lines", uniq_c=False, what="counts", most=None, least=None,
         minimum=None):
    """All of stdout."""
    end = b"\0" if out == "nul" else b"\n"
    enough = {k: n for k, n in c.items() if minimum is None or n >= minimum}
    if what == "distinct":
        lines = [b"%d" % len(enough)]
    elif what == "total":
        lines = [b"%d" % sum(enough.values())]
    elif what == "elements":
        lines = [shown_key(k, out, unit, True) for k in Counter(enough).elements()]
    else:
        lines = [line(k, n, out, unit, uniq_c) for k, n in ranked(c, most, least, minimum)]
    return b"".join(text + end for text in lines)


def partial(c, out="lines", by_key=False):
    end = b"\0" if out == "nul" else b"\n"
    items = sorted(c.items()) if by_key else c.items()
    if out == "jsonl":
        lines = [b"[%s,%d]" % (json_text(k), n) for k, n in items]
        lines.append(b'{"keys":%d}' % len(c))
    else:
        lines = [escape(k) + b"\t%d" % n for k, n in items]
    return b"".join(text + end for text in lines)
