"""CPython for the benches of hashlib, hmac and secrets: hashlib_cpython.py WORK ARGUMENT...

    bulk NAME FILE      one digest of a file's bytes
    small NAME N        N digests, each of 64 bytes: k and zeros
    hmac N              N HMAC-SHA256 of such messages
    tokens N            the length of N tokens of 32 bytes
"""

import hashlib
import hmac
import secrets
import sys

from rounds import rounds


def word(digest):
    return int.from_bytes(digest[:8], "little")


def messages(n):
    return [k.to_bytes(8, "little") + bytes(56) for k in range(n)]


def bulk(name, path):
    with open(path, "rb") as f:
        data = f.read()
    if name == "blake2b-32":
        return lambda _: word(hashlib.blake2b(data, digest_size=32).digest())
    return lambda _: word(hashlib.new(name, data).digest())


def small(name, n):
    make, texts = getattr(hashlib, name), messages(int(n))
    return lambda _: sum(word(make(text).digest()) for text in texts)


def hmacs(n):
    texts = messages(int(n))
    return lambda _: sum(word(hmac.digest(b"k" * 32, text, "sha256")) for text in texts)


def tokens(n):
    return lambda _: sum(len(secrets.token_bytes(32)) for _ in range(int(n)))


work = {"bulk": bulk, "small": small, "hmac": hmacs, "tokens": tokens}
rounds(work[sys.argv[1]](*sys.argv[2:]))
