"""Print hashlib_rows.h: what CPython's hashlib says, for test_hashlib.c.

    python3 hashlib_rows.py > hashlib_rows.h

Data is the first n of the bytes 7, 38, 69 ... (31 k + 7, below 256). A chain is one
digest for many: the SHA-256 of the digests of the first 0, 1, 2 ... 299 bytes.
"""
import hashlib
import random

DATA = bytes((31 * k + 7) & 255 for k in range(5000))
SHAKE = 77  # bytes of a SHAKE's digest


def text(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def digest(h):
    return h.digest(SHAKE) if h.digest_size == 0 else h.digest()


def table(kind, rows):
    print(f"static const {kind}_row {kind}_rows[] = {{")
    for row in rows:
        print("    {" + ", ".join(str(x) for x in row) + "},")
    print("};")


def algorithms():
    for name in sorted(hashlib.algorithms_available):
        chain = hashlib.sha256()
        for n in range(300):
            chain.update(digest(hashlib.new(name, DATA[:n])))
        h = hashlib.new(name, b"abc")
        yield (text(name), h.digest_size, h.block_size, text(digest(h).hex()),
               text(chain.hexdigest()), int(name in hashlib.algorithms_guaranteed))


def spellings():
    for name in """SHA256 Sha256 sha-256 SHA2-256 sha2-256 SHA-512/256 sha512-256 SHA512_256
            SHA512_224 SHA512_2 sha512_ SHA512_257 SHA1 sha-1 SHA3-256 sha3-256 SHA3_256 MD5
            md-5 SHAKE128 shake-256 SHAKE_128 blake2b512 BLAKE2B BLAKE2b blake2s256 BLAKE2S-256
            RIPEMD rmd160 RIPEMD160 SM3 ssl3-md5 MD5-SHA1 1.2.840.113549.2.5 foo sha25 sha2566
            x sha256. sha256:sha1""".split() + ["", " sha256", "a" * 63, "a" * 64, "a" * 300]:
        try:
            yield text(name), text(hashlib.new(name).name)
        except ValueError:
            yield text(name), "NULL"


# ---- BLAKE2 ----

def blake2():
    rng = random.Random(2)
    for k in range(120):
        small = k % 2
        most, words = (32, 8) if small else (64, 16)
        some = lambda n: rng.choice((0, 1, n // 2, n - 1, n))  # noqa: E731
        size = 1 + some(most - 1)
        key, salt, person = some(most), some(words), some(words)
        tree = k % 3 == 0
        fanout, depth = (some(255), 1 + some(254)) if tree else (1, 1)
        leaf = some(2**32 - 1) if tree else 0
        offset = some(2**48 - 1 if small else 2**64 - 1) if tree else 0
        node_depth, inner = (some(255), some(most)) if tree else (0, 0)
        last = tree and rng.random() < 0.5
        n = rng.choice((0, 1, 63, 64, 65, 127, 128, 129, 192, 255, 256, 257, 1000, 4096))
        h = (hashlib.blake2s if small else hashlib.blake2b)(
            DATA[:n], digest_size=size, key=DATA[1:1 + key], salt=DATA[2:2 + salt],
            person=DATA[3:3 + person], fanout=fanout, depth=depth, leaf_size=leaf,
            node_offset=offset, node_depth=node_depth, inner_size=inner, last_node=last)
        yield (small, size, key, salt, person, int(tree), fanout, depth, f"{leaf}u",
               f"{offset}u", node_depth, inner, int(last), n, text(h.hexdigest()))


# What is wrong, as test_hashlib.c sets it, by bits from the lowest.
WRONG = [{"digest_size": 65}, {"digest_size": -1}, {"salt": b"x" * 17},
         {"person": b"x" * 17}, {"fanout": 256}, {"fanout": -1}, {"depth": 0},
         {"depth": 256}, {"leaf_size": 2**32}, {"leaf_size": -1}, {"node_depth": 256},
         {"node_depth": -1}, {"inner_size": 65}, {"inner_size": -1}, {"key": b"x" * 65},
         {"node_offset": 2**48}]


def wrong():
    for small in (0, 1):
        for i in range(len(WRONG)):
            for j in range(i + 1):
                both = WRONG[j] | WRONG[i]
                if len(both) != (1 if i == j else 2):
                    continue
                try:
                    (hashlib.blake2s if small else hashlib.blake2b)(**both)
                except (ValueError, OverflowError) as e:
                    kind = "PILA_EVALUE" if isinstance(e, ValueError) else "PILA_EOVERFLOW"
                    yield small, hex(1 << i | 1 << j), kind, text(str(e))
                else:
                    yield small, hex(1 << i | 1 << j), "PILA_OK", '""'


# ---- keys from passwords ----

def pbkdf2():
    for name in ("sha1", "SHA-256", "sha512", "md5", "sha3_256", "blake2b", "ripemd160"):
        for password, salt, iterations, dklen in (
                (0, 0, 1, None), (8, 4, 3, 1), (200, 300, 2, 200), (64, 0, 1000, 33)):
            key = hashlib.pbkdf2_hmac(name, DATA[:password], DATA[5:5 + salt], iterations,
                                      dklen)
            yield (text(name), password, salt, iterations,
                   "PILA_DKLEN_NONE" if dklen is None else dklen, "PILA_OK", text(key.hex()))
    for iterations, dklen in ((0, 1), (-1, None), (-2**63, 0), (1, 0), (1, -1), (2**31, 0),
                              (2**31, 2**31), (1, 2**31), (0, -1)):
        try:
            hashlib.pbkdf2_hmac("sha1", b"", b"", iterations, dklen)
        except (ValueError, OverflowError) as e:
            kind = "PILA_EVALUE" if isinstance(e, ValueError) else "PILA_EOVERFLOW"
            low = "INT64_MIN" if iterations == -2**63 else iterations
            yield (text("sha1"), 0, 0, low, "PILA_DKLEN_NONE" if dklen is None else dklen,
                   kind, text(str(e)))


def scrypt():
    for password, salt, n, r, p, maxmem, dklen in (
            (0, 0, 2, 1, 1, 0, 1), (8, 4, 16, 1, 1, 0, 64), (8, 4, 1024, 8, 2, 0, 65),
            (300, 200, 64, 3, 3, 1 << 20, 200), (1, 1, 16384, 8, 1, 0, 32),
            (1, 1, 3, 1, 1, 0, 1), (1, 1, 0, 1, 1, -1, 1), (1, 1, 1, 1, 1, 0, 1),
            (1, 1, 6, 0, 0, 0, 1), (1, 1, 2, 0, 1, 0, 1), (1, 1, 2, 1, 0, 0, 1),
            (1, 1, 2, 1, 1, -1, 1), (1, 1, 2, 1, 1, 2**31, 0), (1, 1, 2, 1, 1, 0, 0),
            (1, 1, 2, 1, 1, 0, -1), (1, 1, 2, 1, 1, 0, 2**31), (1, 1, 2**15, 8, 1, 0, 1),
            (1, 1, 2**14, 8, 1, 1000, 1), (1, 1, 2**40, 1, 1, 0, 1), (1, 1, 2**16, 1, 1, 0, 1),
            (1, 1, 2, 2**30, 1, 0, 1), (1, 1, 2, 1024, 2**20, 0, 1), (1, 1, 2**63, 1, 1, 0, 1),
            (1, 1, 2, 2**63, 2**63, 0, 1), (1, 1, 2**16, 1, 1, 2**31 - 1, 8)):
        row = password, salt, f"{n}u", f"{r}u", f"{p}u", maxmem, dklen
        try:
            key = hashlib.scrypt(DATA[:password], salt=DATA[5:5 + salt], n=n, r=r, p=p,
                                 maxmem=maxmem, dklen=dklen)
            yield *row, "PILA_OK", text(key.hex())
        except ValueError as e:
            yield *row, "PILA_EVALUE", text(str(e))


def zeros(name, n):
    h, some = hashlib.new(name), bytes(1 << 20)
    for left in range(n, 0, -len(some)):
        h.update(some[:left])
    return h.hexdigest()


print("/* Made by hashlib_rows.py: what CPython says. */")
print("/* clang-format off */")
print(f"enum {{ SHAKE_BYTES = {SHAKE} }};")
table("algorithm", algorithms())
table("spelling", spellings())
table("blake2", blake2())
table("wrong", wrong())
table("pbkdf2", pbkdf2())
table("scrypt", scrypt())
print(f"static const char long_sha1[] = {text(zeros('sha1', 2**32 + 1))};")
