"""What the modules of compressed data share: data by recipe, streams that are damaged, and
what is said of them; modules/packed.h is the counterpart.

Data is {"b": hex}, or made:

    {"t": ["words", seed, n]}   {"t": ["noise", seed, n]}   {"t": ["same", byte, n]}

of n bytes. In answers data of more than 24 bytes is its length and its CRC, {"t": [n, crc]}.

What deflate makes of data is zlib's own business, and other versions make other bytes. So
an answer tells whether they can be read back; and ["sign", version, number], the last
operation of a case that compresses, whether all pieces were byte for byte those that the
vectors' zlib made, or this one is of another version.
"""
import contextlib
import zlib

from values import ValueSubject, decoded

WORDS = [b"spam", b"eggs", b" and ", b"bacon", b"\n", b"the quick brown fox ", b"lorem ",
         b"ipsum", b"0123456789", b"a", b"bb", b"ccc", b"\0\0\0\0", b"<tag>", b"</tag>\n",
         b"sausage, "]


def step(seed):
    return (seed * 1103515245 + 12345) & 0x7fffffff


def words(seed, n):
    out, size = [], 0
    while size < n:
        seed = step(seed)
        out.append(WORDS[seed >> 16 & 15])
        size += len(out[-1])
    return b"".join(out)[:n]


def noise(seed, n):
    out = bytearray()
    for _ in range(n):
        seed = step(seed)
        out.append(seed >> 16 & 255)
    return bytes(out)


def made(data):
    """The bytes of a recipe, decoded or not; bytes as they are."""
    if isinstance(data, dict):
        data = decoded(data)
    if data is None or isinstance(data, bytes):
        return data
    kind, seed, n = data
    return {"words": words, "noise": noise, "same": lambda x, n: bytes([x]) * n}[kind](seed, n)


def split(data, size):
    """Cut into chunks of a size."""
    return [data[i:i + size] for i in range(0, len(data), size)]


def said(data):
    return data if len(data) <= 24 else (len(data), zlib.crc32(data))


class Packing(ValueSubject):
    """A case whose pieces are signed, as they come."""

    def open(self, request):
        self.signed = 0

    def piece(self, out):
        self.signed = zlib.crc32(b"%d;" % len(out) + out, self.signed)
        return out

    def op_sign(self, version, number):
        return version != zlib.ZLIB_RUNTIME_VERSION or number == self.signed


def with_sign(module, compress, case):
    """The case, which ends with what its pieces must be where it compresses any."""
    if not any(op[0] in compress for op in case["ops"]):
        return case
    subject = module(case)
    for op in case["ops"]:
        with contextlib.suppress(Exception):
            subject.operate(op)
    return {**case, "ops": [*case["ops"],
                            ["sign", zlib.ZLIB_RUNTIME_VERSION, subject.signed]]}


# ---- what stands before a fault ----


Limit = RecursionError  # there is more than `most`: the name of that status
TRUNCATED = "Error -5 while decompressing data: incomplete or truncated stream"


def inflated(data, wbits, zdict=None, most=None):
    """What can be had of one stream: the output, what ended it, and what is behind.

    A byte at a time, so that all that stands before a fault is seen.
    """
    d = zlib.decompressobj(wbits, zdict) if zdict is not None else zlib.decompressobj(wbits)
    out = bytearray()
    for at in range(len(data)):
        try:
            out += d.decompress(data[at:at + 1])
        except zlib.error as e:
            return bytes(out), e, b""
        if most is not None and len(out) > most:
            return bytes(out[:most]), Limit(), b""
        if d.eof:
            return bytes(out), None, data[at + 1:]
    return bytes(out), zlib.error(TRUNCATED), b""


# ---- for random cases ----


def recipe(rng, most=20000):
    """Data, mostly small."""
    n = rng.choice([0, 1, 3, 10, 40, 40, 200, 200, 500, 1000, 1000, 3000, most])
    n = rng.randint(n // 2, n)
    kind = rng.choice(["words", "words", "words", "noise", "same"])
    return t(kind, rng.randrange(256 if kind == "same" else 10**6), n)


def small(rng, most=400):
    """Data whose stream goes into a request as it is."""
    kind = rng.random()
    if kind < 0.2:
        return bytes(rng.randrange(97, 100) for _ in range(rng.randrange(60)))
    n = rng.choice([0, 1, 10, 40, 100, most])
    return made(("words", rng.randrange(10**6), n)) if kind < 0.8 else rng.randbytes(n // 4)


def damaged(rng, data):
    """With a byte changed, less or more, or cut off."""
    if not data:
        return data
    at = rng.randrange(min(len(data), 30)) if rng.random() < 0.5 else rng.randrange(len(data))
    if rng.random() < 0.2:
        at = max(0, len(data) - rng.randint(1, 9))
    return rng.choice([
        lambda: data[:at], lambda: data[:at] + rng.randbytes(1) + data[at + 1:],
        lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:],
        lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:],
        lambda: data[:at] + data[at + 1:], lambda: data[:at] + rng.randbytes(1) + data[at:],
        lambda: data[:at] + rng.randbytes(4)])()


def b(data):
    return {"b": data.hex()}


def t(*recipe):
    return {"t": list(recipe)}
