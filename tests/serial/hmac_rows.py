"""Print hmac_rows.h: what CPython's hmac says, for test_hmac.c.

    python3 hmac_rows.py > hmac_rows.h

Data is as in hashlib_rows.py. A chain is the SHA-256 of the digests of messages of 0, 3,
6 ... 297 bytes, each with a key of 5 bytes more than the one before, modulo 301.
"""
import hashlib
import hmac

DATA = bytes((31 * k + 7) & 255 for k in range(5000))


def text(s):
    return '"' + s + '"'


def table(kind, rows):
    print(f"static const {kind}_row {kind}_rows[] = {{")
    for row in rows:
        print("    {" + ", ".join(str(x) for x in row) + "},")
    print("};")


def algorithms():
    for name in sorted(hashlib.algorithms_available) + ["SHA-256", "sha512-256"]:
        if name.startswith("shake"):
            continue
        chain = hashlib.sha256()
        for k in range(100):
            chain.update(hmac.digest(DATA[:5 * k % 301], DATA[9:9 + 3 * k], name))
        h = hmac.new(DATA[:5], b"abc", name)
        yield (text(name), text(h.name), h.digest_size, h.block_size, text(h.hexdigest()),
               text(chain.hexdigest()))


# Keys and messages of the RFCs; the digests are what they list, or begin with it.
RFC2202 = [(b"\x0b" * 16, b"Hi There", "md5", "9294727a3638bb1c13f48ef8158bfc9d"),
           (b"\x0b" * 20, b"Hi There", "sha1", "b617318655057264e28bc0b6fb378c8ef146be00")]
RFC2202 += [(key, message, name, "") for name, size in (("md5", 16), ("sha1", 20))
            for key, message in (
    (b"Jefe", b"what do ya want for nothing?"),
    (b"\xaa" * size, b"\xdd" * 50), (bytes(range(1, 26)), b"\xcd" * 50),
    (b"\x0c" * size, b"Test With Truncation"),
    (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First"),
    (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key and Larger Than One "
     b"Block-Size Data"))]
RFC4231 = [(key, message, name, known if name == "sha256" else "")
           for name in ("sha224", "sha256", "sha384", "sha512")
           for key, message, known in (
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7"),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a7"),
    (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a"),
    (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f"),
    (b"\xaa" * 131, b"This is a test using a larger than block-size key and a larger t"
     b"han block-size data. The key needs to be hashed before being used by the HMAC algo"
     b"rithm.", "9b09ffa71b942fcb27635fbcd5b0e944"))]


def rfcs():
    for key, message, name, known in RFC2202 + RFC4231:
        digest = hmac.new(key, message, name).hexdigest()
        assert digest.startswith(known)
        yield text(name), text(key.hex()), text(message.hex()), text(digest)


print("/* Made by hmac_rows.py: what CPython says. */")
print("/* clang-format off */")
table("algorithm", algorithms())
table("rfc", rfcs())
