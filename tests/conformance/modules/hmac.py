"""hmac: keyed digests, and bytes compared in constant time."""
import hmac

from values import ValueSubject, encoded

DIGESTS = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256",
           "sha3_384", "sha3_512", "blake2b", "blake2s", "sha512_256", "sha512_224", "SHA256",
           "SHA512-256", "sm3", "ripemd160"]
BLOCK = {"sha384": 128, "sha512": 128, "sha512_256": 128, "sha512_224": 128,
         "SHA512-256": 128, "blake2b": 128, "sha3_224": 144, "sha3_256": 136,
         "sha3_384": 104, "sha3_512": 72}


class Module(ValueSubject):
    def open(self, request):
        self.kept = None

    def state(self):
        return [h and h.hexdigest()[:16] for h in (self.it, self.kept)]

    def op_new(self, key, digestmod):
        self.it, self.how = hmac.new(key, None, digestmod), (key, None, digestmod)
        return (self.it.name, self.it.digest_size, self.it.block_size)

    def op_update(self, data):
        self.it.update(data)

    def op_digest(self):
        return self.it.digest()

    def op_hexdigest(self):
        return self.it.hexdigest()

    def op_copy(self):
        """Kept beside the other, to go on from."""
        self.kept = self.it.copy()

    def op_swap(self):
        self.it, self.kept = self.kept, self.it

    def op_reset(self):
        self.it = hmac.new(*self.how)

    def op_finish(self):
        made = self.it.digest()
        self.op_reset()
        return made

    def op_once(self, key, message, digestmod):
        return hmac.digest(key, message, digestmod)

    def op_compare_digest(self, a, b):
        return hmac.compare_digest(a, b)


def some_bytes(rng, n):
    """A few that come again and again, for the vectors to be small."""
    few = rng.randbytes(rng.randint(1, 7))
    return (few * n)[:n]


def digest_of(rng):
    return rng.choice(DIGESTS if rng.random() < 0.97 else ["nope", "", "shake_128"])


def key_of(rng, digestmod):
    """Of a length about the block's, or any."""
    block = BLOCK.get(digestmod, 64)
    n = rng.choice([0, 1, block - 1, block, block + 1, block + 40, rng.randint(0, 20),
                    rng.randint(0, 20), rng.randint(0, 200)])
    return encoded(some_bytes(rng, n))


def data_of(rng):
    n = rng.choice([0, 1, 63, 64, 65, 127, 128, 129, *([rng.randint(0, 24)] * 8)])
    return encoded(some_bytes(rng, n))


def walk(rng):
    digestmod = digest_of(rng)
    ops = [["new", key_of(rng, digestmod), digestmod]]
    if digestmod in ("nope", "", "shake_128"):
        return ops
    kept = False
    for _ in range(rng.randint(1, 6)):
        what = rng.choice(["update"] * 6 + ["digest", "hexdigest", "copy", "swap", "finish",
                                            "reset"])
        if what == "swap" and not kept:
            what = "copy"
        kept = kept or what == "copy"
        ops.append([what, *([data_of(rng)] if what == "update" else [])])
    return ops


def once(rng):
    digestmod = digest_of(rng) or "md5"
    return [["once", key_of(rng, digestmod), data_of(rng), digestmod]]


def compare(rng):
    a = some_bytes(rng, rng.randint(0, 40))
    b = a if rng.random() < 0.5 else some_bytes(rng, len(a) if rng.random() < 0.7 else 3)
    if a and rng.random() < 0.4:  # but one bit
        at = rng.randrange(len(a))
        b = a[:at] + bytes([a[at] ^ 1 << rng.randrange(8)]) + a[at + 1:]
    if rng.random() < 0.2:
        return [["compare_digest", a.hex(), b.hex()]]
    return [["compare_digest", encoded(a), encoded(b)]]


def random_case(rng):
    kind = rng.random()
    return {"m": "hmac",
            "ops": (walk if kind < 0.65 else once if kind < 0.9 else compare)(rng)}


EDGES = [
    *({"ops": [["once", encoded(bytes(range(n))), encoded(b"Hi There"), name] for n in
               (0, 1, BLOCK.get(name, 64) - 1, BLOCK.get(name, 64), BLOCK.get(name, 64) + 1,
                200)]} for name in DIGESTS),
    *({"ops": [["new", encoded(b"k" * n), name], ["update", encoded(b"ab")], ["copy"],
               ["update", encoded(b"c")], ["digest"], ["swap"], ["finish"], ["hexdigest"]]}
      for name in DIGESTS for n in (3, 150)),
    *({"ops": [["new", encoded(b"k"), name]]} for name in ("", "nope", "shake_256", "sha-1")),
    {"ops": [["once", encoded(b"k"), encoded(b"m"), name] for name in ("nope", "shake_128")]},
    {"ops": [["compare_digest", a, b] for a, b in (
        ("", ""), ("a", ""), ("", "a"), ("abc", "abc"), ("abc", "abd"), ("abc", "bbc"),
        ("abcdefgh", "abcdefgi"), ("abcdefghabcdefgh", "abcdefghabcdefgH"))]},
    {"ops": [["compare_digest", encoded(bytes(n)), encoded(bytes(n)[:-1] + b"\x80")]
             for n in (1, 7, 8, 9, 16, 31, 32, 33, 64)]},
]

DIFFERS = [
    ("messages that are OpenSSL's", "of scrypt beyond its memory, and of names that "
     "pbkdf2_hmac and hmac do not know: the kind alone"),
    ("`hmac.digest` by an empty name", "TypeError in pila, as of `hmac.new`; ValueError in "
     "CPython"),
    ("`compare_digest` of text that is not ASCII", "bytes in pila; TypeError in CPython"),
]
