"""Random values that are shared, and streams of pickle's opcodes, whole and damaged."""
import pickle

from values import FLOATS, STRANGE, decoded, encoded, random_float, random_int, random_text

# ---- values ----


def scalar(rng):
    return encoded(rng.choice([
        lambda: None, lambda: rng.choice([True, False]), lambda: random_int(rng),
        lambda: random_int(rng), lambda: random_float(rng),
        lambda: rng.choice(FLOATS + STRANGE), lambda: random_text(rng, True),
        lambda: random_text(rng), lambda: rng.randbytes(rng.choice([0, 1, 5, 300])),
        lambda: bytearray(rng.randbytes(rng.choice([0, 1, 5]))),
        lambda: complex(rng.choice(FLOATS), 1.5)])())


def key_of(rng):
    return encoded(rng.choice([lambda: random_text(rng), lambda: random_text(rng),
                               lambda: random_int(rng), lambda: None,
                               lambda: (random_int(rng), "k"),
                               lambda: rng.randbytes(3)])())


class Maker:
    """A value as a request says it, in which some things are there more than once."""

    def __init__(self, rng):
        self.rng, self.made, self.open = rng, 0, []

    def defined(self, said):
        """Now and then with a number, to be met again."""
        if self.rng.random() < 0.6 or self.made > 40 or said in (None, True, False):
            return said
        self.made += 1
        self.open.append(self.made)
        return {"def": self.made, "v": said}

    def value(self, depth=3):
        rng = self.rng
        kind = rng.random()
        if self.open and kind < 0.12:
            return {"ref": rng.choice(self.open)}
        if not depth or kind < 0.45:
            said = scalar(rng)
            return self.defined(said) if isinstance(said, (str, dict)) else said
        n = rng.choice([0, 1, 2, 3, 4])
        if kind < 0.6:
            return self.defined([self.value(depth - 1) for _ in range(n)])
        if kind < 0.75:
            return self.defined({"t": [self.value(depth - 1) for _ in range(n)]})
        if kind < 0.93:
            return self.defined({"d": [[key_of(rng), self.value(depth - 1)]
                                       for _ in range(n)]})
        return self.defined({rng.choice(["set", "fs"]): [key_of(rng)][:n]})


# ---- streams ----


def stream_of(rng):
    return pickle.dumps(decoded(Maker(rng).value()), rng.randint(0, 5))


LINES = [b"I1\n", b"I01\n", b"L5L\n", b"F1.5\n", b"S'a\\x00b'\n", b"Vaz\\u00e9\n", b"N",
         b"K\x05", b"M\x05\x01", b"J\xff\xff\xff\xff", b"\x8a\x02\x00\x80",
         b"G?\xf8\0\0\0\0\0\0", b"\x88", b"\x89", b"(", b")", b"]", b"}", b"\x8f",
         b"\x8c\x01a", b"X\x02\0\0\0ab", b"C\x02\x00\xff", b"B\x01\0\0\0z",
         b"\x96\x02\0\0\0\0\0\0\0xy", b"U\x01a", b"T\x01\0\0\0b"]
DOES = [b"t", b"l", b"d", b"a", b"e", b"s", b"u", b"\x85", b"\x86", b"\x87", b"\x90", b"\x91",
        b"0", b"1", b"2", b"q\x00", b"h\x00", b"\x94", b"p1\n", b"g1\n", b"r\x05\0\0\0",
        b"j\x05\0\0\0", b"\x80\x04", b"\x95\x03\0\0\0\0\0\0\0"]


def woven(rng):
    """Opcodes as they come."""
    parts = [rng.choice(LINES if rng.random() < 0.6 else DOES)
             for _ in range(rng.randint(1, 10))]
    return b"".join(parts) + (b"." if rng.random() < 0.95 else b"")


def damaged(rng, data):
    if not data:
        return data
    at = rng.randrange(len(data))
    return rng.choice([data[:at], data[:at] + rng.randbytes(1) + data[at + 1:],
                       data[:at] + data[at + 1:]])


def any_stream(rng):
    """Woven or written, and now and then damaged."""
    data = woven(rng) if rng.random() < 0.4 else stream_of(rng)
    return damaged(rng, data) if rng.random() < 0.3 else data
