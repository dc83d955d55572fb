"""Write base64_rows.h: what CPython's base64 makes of bytes and of texts, faults included.

    /usr/bin/python3 tests/serial/base64_rows.py > tests/serial/base64_rows.h
"""
import base64
import binascii
import itertools
import random

CODECS = {"b64": "PILA_BASE64", "urlsafe_b64": "PILA_BASE64_URLSAFE", "b32": "PILA_BASE32",
          "b32hex": "PILA_BASE32HEX", "b16": "PILA_BASE16", "a85": "PILA_ASCII85",
          "b85": "PILA_BASE85"}
RAW = [b"", b"f", b"fo", b"foo", b"foob", b"fooba", b"foobar", bytes(4), bytes(5), b"    ",
        b"    \0",
       bytes(range(0, 256, 5)), b"\xff" * 11, b"\xfb\xef\xbe", bytes(range(120, 190))]
TEXTS = {
    "b64": ["", "=", "==", "A", "AA", "AAA", "A=", "A==", "AA=", "AA==", "AAA=", "AAAA=",
        "AA===", "AA=A",
            "AA==A", "AA==AAAA", "AAA=AAAA", "=AAA", "AB==", "AAB=", "A A A A", "AAAA\n",
            "AAAA\nBBBB\r\n",
            "AA\n==", "-_-_", "+/+/", "!AAAA", "AAAA!", "AA=!=", "A=A=A=A=", "AAAAA",
            "AAAAAA", "AAAAAAAAA",
            "\x80AAA", "AAA\xff", "AAAA====", "AAAA=AAAA", "YW==Jj", "YWJ=j"],
    "b32": ["", "=", "A", "AA======", "AAAA====", "AAAAA===", "AAAAAAA=", "AAAAAAAA",
        "AA=====A", "AB======",
            "A=======", "AAA=====", "AAAAAA==", "========", "AAAAAAAA========", "aa======",
            "10======", "AA1=====",
            "OO0=====", "AA======AA======", "=AAAAAAA", "AAAAAAA!", "AAAA AAA",
            "MZXW6YTBOI======", "AAAAAAAA="],
    "b16": ["", "0", "00", "fF", "0G", "0 ", "000", "AB C", "0123456789ABCDEF", "abcdef",
        "G", "=="],
    "a85": ["", "!", "!!", "!!!!!", "z", "zz", "!z", "y", "!!y", "s8W-!", "s8W-\"",
        "s8W-u", "uuuuu", "u", "uu",
            "v", "87cUR", "87cURD]i,\"Ebo80", "87c UR\n", "<~87cURD]i,~>", "~>", "<~~>",
            "<~>", "<~", "~", "<~z~>",
            "<~!~>\n", "<~!!~>~>", "<~!!~x~>", "!!!!\x0b!", "\x80", "<!!!!", "<<~>",
            "87cUR\x00", "!!x!!"],
    "b85": ["", "0", "00", "00000", "|NsC0", "|NsC1", "~~~~~", "~", "~~", "~~~", "~~~~",
        "0\"", "0000 ", "000000\x80",
            "cXxL#aCvlSZ*DGca%T", "|Ns~", "00000,"],
}
TEXTS["urlsafe_b64"] = TEXTS["b64"]
TEXTS["b32hex"] = TEXTS["b32"]
KEYS = {"b64": [dict(validate=v, altchars=a) for v in (0, 1) for a in (None, b"-_", b"+=",
        b"--", b"Az")],
        "urlsafe_b64": [{}], "b32": [dict(casefold=c, map01=m) for c in (0,
        1) for m in (None, b"L", b"l")],
        "b32hex": [dict(casefold=0), dict(casefold=1)], "b16": [dict(casefold=0),
        dict(casefold=1)],
        "a85": [dict(foldspaces=f, adobe=a) for f in (0, 1) for a in (0, 1)]
        + [dict(ignorechars=b""), dict(ignorechars=b"vx ")], "b85": [{}]}


def quoted(data):
    return '"%s"' % "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else "\\%03o" % b
                            for b in data)


def result(f, data, options):
    try:
        made = f(data, **options)
        return "%s, %d, NULL" % (quoted(made), len(made))
    except (binascii.Error, ValueError) as e:
        return "NULL, 0, %s" % quoted(str(e).split("\0")[0].encode())


def row(codec, f, data, encodes, options):
    o = {**options}
    text = ", ".join(quoted(o[k]) + ", %d" % len(o[k]) if o.get(k) is not None else "NULL, 0"
                     for k in ("altchars", "ignorechars"))
    flags = "".join(c if o.get(k) else "-" for c, k in
                    zip("vcspa", ("validate", "casefold", "foldspaces", "pad", "adobe")))
    m = o.get("map01")
    print("    {%s, %s, %s, %d, %s, \"%s\", %s, %d,\n     %s},"
          % (codec, "true" if encodes else "false", quoted(data), len(data), text, flags,
             "'%s'" % m.decode() if m else "0", o.get("wrapcol", 0), result(f, data,
             options)))


def main():
    rng = random.Random(4648)
    print("/* Made by base64_rows.py: what CPython says. */")
    print("/* clang-format off */")
    print("static const base64_row base64_rows[] = {")
    for name, codec in CODECS.items():
        encode, decode = getattr(base64, name + "encode"), getattr(base64, name + "decode")
        ways = [{}]
        if name == "b64":
            ways = [{}, dict(altchars=b"-_"), dict(altchars=b"@@")]
        if name == "b85":
            ways = [{}, dict(pad=True)]
        if name == "a85":
            ways = [dict(foldspaces=f, pad=p, adobe=a, wrapcol=w) for f, p, a, w in
                    itertools.product((0, 1), (0, 1), (0, 1), (0, 1, 2, 3, 7, 20))]
        for data in RAW:
            for options in ways if len(ways) < 5 else rng.sample(ways, 8):
                row(codec, encode, data, True, options)
        for text in TEXTS[name]:
            for options in KEYS[name]:
                row(codec, decode, text.encode("latin-1"), False, options)
    for data in RAW + [bytes(57), bytes(58), bytes(114)]:
        row("PILA_BASE64_BYTES", base64.encodebytes, data, True, {})
    for text in TEXTS["b64"]:
        row("PILA_BASE64_BYTES", base64.decodebytes, text.encode("latin-1"), False, {})
    print("};")
    print("/* clang-format on */")


main()
