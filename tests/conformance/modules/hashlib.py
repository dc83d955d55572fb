"""hashlib: digests by name, their parameters, and keys made from passwords."""
import hashlib
import io

from oracle import Said
from values import ValueSubject, encoded

SHAKES = ("shake_128", "shake_256")


def hash_of(name, options):
    """A hash by its name; what the parameters are of has a constructor of its own."""
    if set(options) <= {"usedforsecurity"}:
        return hashlib.new(name, **options)
    return getattr(hashlib, name)(**options)


def of_openssl(error):
    """Whether the text is OpenSSL's own, which is not promised."""
    return str(error).startswith("[") or str(error) == "no reason supplied"


class Module(ValueSubject):
    ERRORS = (ValueError, OverflowError)

    def open(self, request):
        self.kept = None

    def operate(self, op):
        said = super().operate(op)
        if isinstance(said, Said) and isinstance(said.said, dict) and \
                of_openssl(said.said.get("says", "")):
            return Said({"err": "ValueError"})  # as UnsupportedDigestmodError is
        return said

    def state(self):
        return [h and self.shown(h) for h in (self.it, self.kept)]

    def shown(self, h):
        """Enough of a digest to tell it from others."""
        return h.hexdigest(*([8] if h.name in SHAKES else []))[:16]

    def op_new(self, name, options):
        self.it, self.how = hash_of(name, options), (name, options)
        return (self.it.name, self.it.digest_size, self.it.block_size)

    def op_update(self, data):
        self.it.update(data)

    def op_digest(self, *length):
        return self.it.digest(*length)

    def op_hexdigest(self, *length):
        return self.it.hexdigest(*length)

    def op_copy(self):
        """Kept beside the hash, to go on from."""
        self.kept = self.it.copy()

    def op_swap(self):
        self.it, self.kept = self.kept, self.it

    def op_reset(self):
        self.it = hash_of(*self.how)

    def op_finish(self, *length):
        made = self.it.digest(*length)
        self.op_reset()
        return made

    def op_once(self, name, options, data, length=None):
        h = hash_of(name, options)
        h.update(data)
        return h.digest(*([length or 0] if h.name in SHAKES else []))

    def op_each(self, names, pieces):
        """Several hashes of the same data; also of files that hold it."""
        made = [self.shown(hashlib.new(name, b"".join(pieces))) for name in names]
        assert made == [self.shown(hashlib.file_digest(io.BytesIO(b"".join(pieces)), name))
                        for name in names]
        return made

    def op_guaranteed(self):
        return sorted(hashlib.algorithms_guaranteed)

    def op_pbkdf2_hmac(self, *args):
        return hashlib.pbkdf2_hmac(*args)

    def op_scrypt(self, password, salt, n, r, p, maxmem, dklen):
        return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=maxmem, dklen=dklen)


NAMES = sorted(hashlib.algorithms_guaranteed)
MORE = ["sha512_224", "sha512_256", "sm3", "ripemd160", "md5-sha1"]
OTHERS = ["MD5", "SHA1", "SHA256", "sha-256", "SHA2-512", "SHA512-256", "SHA3-256",
          "blake2b512", "shake128", "SHAKE-256", "nope", "", "BLAKE2B", "SHA3_256", "sha256 "]
EDGE = [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 127, 128, 129, 135, 136, 143, 144, 167, 168]


def some_bytes(rng, n):
    """A few that come again and again, for the vectors to be small."""
    few = rng.randbytes(rng.randint(1, 7))
    return (few * n)[:n]


def data_of(rng):
    n = rng.choice([rng.choice(EDGE), rng.randint(0, 20), rng.randint(0, 20)])
    return encoded(some_bytes(rng, n))


def name_of(rng):
    kind = rng.random()
    return rng.choice(NAMES if kind < 0.8 else MORE if kind < 0.95 else OTHERS)


def length_of(rng, name):
    return [rng.choice([0, 1, 9, 32, 33, 136, 168, 300])] if name in SHAKES else []


def within(rng, most):
    """Mostly in bounds."""
    return rng.choice([0, 1, most, rng.randint(0, most), rng.randint(0, most)]) \
        if rng.random() < 0.97 else rng.choice([-1, most + 1])


def tree_of(rng, width):
    """Where a node stands; each value its own, so that no two are mixed up."""
    options = {}
    for key, most in (("fanout", 255), ("depth", 255), ("leaf_size", 2**32 - 1),
                      ("node_offset", 2**48 - 1 if width == 32 else 2**63 - 1),
                      ("node_depth", 255), ("inner_size", width)):
        if rng.random() < 0.5:
            options[key] = within(rng, most) if key != "node_offset" else \
                rng.choice([0, 1, 2**32, most, rng.randint(0, most)])
    if rng.random() < 0.4:
        options["last_node"] = rng.choice([True, False])
    return options


def blake2_of(rng):
    name = rng.choice(["blake2b", "blake2s"])
    width = 64 if name == "blake2b" else 32
    options = {}
    if rng.random() < 0.6:
        options["digest_size"] = within(rng, width) or 1
    for key, most in (("key", width), ("salt", width // 4), ("person", width // 4)):
        if rng.random() < 0.4:
            options[key] = some_bytes(rng, max(0, within(rng, most)))
    if rng.random() < 0.3:
        options |= tree_of(rng, width)
    return name, options


def new_of(rng):
    if rng.random() < 0.35:
        name, options = blake2_of(rng)
    else:
        name, options = name_of(rng), {}
        if rng.random() < 0.2:
            options["usedforsecurity"] = rng.choice([True, False])
    return name, encoded(options)


def walk(rng):
    """A hash made, fed in pieces, and asked."""
    name, options = new_of(rng)
    ops = [["new", name, options]]
    said = Module({}).operate(ops[0]).said
    if "err" in said:
        return ops
    name, kept = said["t"][0], False
    for _ in range(rng.randint(1, 6)):
        what = rng.choice(["update"] * 6 + ["digest", "hexdigest", "copy", "swap", "finish",
                                            "reset"])
        if what == "swap" and not kept:
            what = "copy"
        kept = kept or what == "copy"
        ops.append([what, *([data_of(rng)] if what == "update" else
                            length_of(rng, name) if what in ("digest", "hexdigest", "finish")
                            else [])])
    return ops


def once(rng):
    name, options = new_of(rng)
    return [["once", name, options, data_of(rng), *length_of(rng, name)]]


def each(rng):
    names = [rng.choice(NAMES) for _ in range(rng.randint(1, 3))]
    return [["each", names, [data_of(rng) for _ in range(rng.randint(0, 3))]]]


def pbkdf2(rng):
    name = rng.choice(["sha1", "sha256", "sha512", "md5", "sha3_256", "blake2b", "SHA1",
                       name_of(rng)])
    return [["pbkdf2_hmac", name, data_of(rng), data_of(rng),
             rng.choice([1, 1, 2, 3, 10, 0, -1, 2**31]),
             rng.choice([None, None, 1, 20, 32, 33, 64, 100, 0, -1, 2**31])]]


def scrypt(rng):
    return [["scrypt", data_of(rng), data_of(rng), rng.choice([2, 4, 16, 16, 1, 0, 3, 2**20]),
             rng.choice([1, 2, 8, 8, 8, 0]), rng.choice([1, 1, 2, 3, 0]),
             rng.choice([0, 0, 0, 2**20, 1, -1, 2**31]),
             rng.choice([64, 64, 1, 33, 100, 0, -1, 2**31])]]


def random_case(rng):
    kind = rng.random()
    ops = (walk if kind < 0.75 else once if kind < 0.85 else each if kind < 0.91 else
           pbkdf2 if kind < 0.98 else scrypt)(rng)
    return {"m": "hashlib", "ops": ops}


NONE = {"d": []}
ALL_OF = {"digest_size": 16, "key": b"bar", "salt": b"baz", "person": b"bing", "fanout": 2,
          "depth": 3, "leaf_size": 4, "node_offset": 5, "node_depth": 6, "inner_size": 7,
          "last_node": True}
EDGES = [
    {"ops": [["guaranteed"]]},
    *({"ops": [["new", name, NONE], ["update", encoded(b"abc")]]}
      for name in NAMES + MORE + OTHERS[:10]),
    *({"ops": [["new", name, NONE]]} for name in OTHERS[10:]),
    # Each length about a block and the padding, at once and as two.
    *({"ops": [["once", name, NONE, encoded(bytes(range(n))),
                *([20] if name in SHAKES else [])] for n in EDGE]} for name in NAMES),
    *({"ops": [["new", name, NONE], ["update", encoded(b"a" * n)], ["copy"],
               ["update", encoded(b"b" * n)], ["swap"]]} for name in NAMES
      for n in (0, 1, 64, 127, 128, 168)),
    *({"ops": [["new", name, encoded(ALL_OF)], ["update", encoded(b"foo")], ["copy"],
               ["reset"], ["swap"]]} for name in ("blake2b", "blake2s")),
    *({"ops": [["new", name, encoded({key: x})]]} for name in ("blake2b", "blake2s")
      for key, x in (("digest_size", 65), ("digest_size", 33), ("digest_size", -1),
                     ("digest_size", 1), ("key", b"k" * 33), ("key", b"k" * 65),
                     ("key", b""), ("salt", b"s" * 9), ("salt", b"s" * 17), ("salt", b"s"),
                     ("person", b"p" * 9), ("person", b"p" * 17), ("person", b"p"),
                     ("fanout", 256), ("fanout", -1), ("fanout", 0), ("depth", 0),
                     ("depth", 256), ("leaf_size", -1), ("leaf_size", 2**32),
                     ("leaf_size", 2**32 - 1), ("node_offset", 2**48),
                     ("node_offset", 2**48 - 1), ("node_depth", -1), ("node_depth", 256),
                     ("inner_size", -1), ("inner_size", 33), ("inner_size", 65),
                     ("last_node", True))),
    *({"ops": [["new", name, encoded({"key": b"k" * 32})], ["update", encoded(b"x" * n)]]}
      for name in ("blake2b", "blake2s") for n in (0, 1, 63, 64, 65, 127, 128, 129, 256)),
    *({"ops": [["new", name, NONE], ["update", encoded(b"abc")],
               *(["digest", n] for n in (0, 1, 167, 168, 169, 400)), ["hexdigest", 0]]}
      for name in SHAKES),
    {"ops": [["new", "sha256", NONE], ["digest", 5], ["hexdigest", 5], ["finish", 5]]},
    {"ops": [["pbkdf2_hmac", name, encoded(b"password"), encoded(b"salt"), n, size]
             for name in ("sha1", "sha256", "sha512") for n, size in
             ((1, None), (2, None), (100, 25), (1, 1), (0, None), (1, 0), (2**31, 1))]},
    {"ops": [["scrypt", encoded(b""), encoded(b""), 16, 1, 1, 0, 64],
             ["scrypt", encoded(b"password"), encoded(b"NaCl"), 1024, 8, 16, 0, 64],
             ["scrypt", encoded(b"p"), encoded(b"s"), 2**15, 8, 1, 0, 64],
             ["scrypt", encoded(b"p"), encoded(b"s"), 2, 2**30, 1, 0, 64]]},
]

DIFFERS = [
    ("`digest_size=0` of BLAKE2", "the default, as of what is not given; ValueError in "
     "CPython"),
    ("numbers below 0 or beyond 64 bits: node_offset, lengths, scrypt's n, r, p",
     "a C type cannot say so"),
    ("`algorithms_available`", "what OpenSSL has here"),
    ("messages that are OpenSSL's", "of scrypt beyond its memory, and of names that "
     "pbkdf2_hmac and hmac do not know: the kind alone"),
]
