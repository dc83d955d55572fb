"""binascii: hexadecimal, uuencode, quoted-printable, base64 and checksums."""
import binascii

from values import ValueSubject, encoded


class Module(ValueSubject):
    ERRORS = (binascii.Error,)

    def op_hexlify(self, data, *separated):
        return binascii.hexlify(data, *separated)

    def op_unhexlify(self, text, ignorechars=b""):
        """What 3.15 ignores is taken out here; odd is then only what is all digits."""
        digits = bytes(c for c in text if c not in ignorechars)
        if ignorechars and not set(digits) <= set(b"0123456789abcdefABCDEF"):
            digits = b"??"
        return binascii.unhexlify(digits)

    def op_a2b_uu(self, text):
        return binascii.a2b_uu(text)

    def op_b2a_uu(self, data, backtick=False):
        return binascii.b2a_uu(data, backtick=backtick)

    def op_a2b_qp(self, text, header=False):
        return binascii.a2b_qp(text, header)

    def op_b2a_qp(self, data, quotetabs, istext, header):
        return binascii.b2a_qp(data, quotetabs, istext, header)

    def op_a2b_base64(self, text, strict=False):
        return binascii.a2b_base64(text, strict_mode=strict)

    def op_b2a_base64(self, data, newline=True):
        return binascii.b2a_base64(data, newline=newline)

    def op_crc_hqx(self, data, value):
        return binascii.crc_hqx(data, value)

    def op_crc32(self, data, value=0):
        return binascii.crc32(data, value)


def some_bytes(rng, most=40):
    """Of one sort: any, few, or text."""
    n = rng.choice([rng.randint(0, 8), rng.randint(0, most), rng.choice([3, 44, 45, 46])])
    few = rng.choice([rng.randbytes(4), b"ab ", bytes(range(256)), b"a\0\xff"])
    return bytes(rng.choice(few) for _ in range(n))


def damaged(rng, text, chars):
    for _ in range(rng.choice([0, 1, 1, 2])):
        at = rng.randint(0, len(text))
        put = bytes([rng.choice(chars)])
        text = rng.choice([text[:at], text[:at] + put + text[at:], text[:at] + put +
                           text[at + 1:], text[:at] + text[at + 1:]])
    return text


def hexlify(rng):
    data = encoded(some_bytes(rng))
    if rng.random() < 0.3:
        return ["hexlify", data]
    sep = rng.choice(["\0", "::", encoded(b"_"), encoded(b"ab")]) \
        if rng.random() < 0.15 else rng.choice(":-. ")
    every = rng.choice([1, 1, 2, 3, -1, -2, -3, 4, 0, 7, -7, 39, -40, 100, 2**31 - 1,
                        rng.randint(-50, 50)])
    return ["hexlify", data, sep, every]


def unhexlify(rng):
    text = some_bytes(rng).hex()
    if rng.random() < 0.3:
        text = some_bytes(rng).hex(rng.choice(":-"), rng.choice([1, 2, 3]))
    text = text.upper() if rng.random() < 0.3 else text
    text = damaged(rng, text.encode(), b"0gG:/@`\0\xff \n") if rng.random() < 0.5 else \
        text.encode()
    ignored = [encoded(rng.choice([b":", b"-:", b" \n", b":-g", b""]))] \
        if rng.random() < 0.4 else []
    return ["unhexlify", encoded(text), *ignored]


def b2a_uu(rng):
    data = some_bytes(rng, 46)
    return ["b2a_uu", encoded(data), *([rng.choice([True, False])] if rng.random() < 0.6
                                       else [])]


def a2b_uu(rng):
    """A line; blanks at its end may be lost, or have become more."""
    line = binascii.b2a_uu(some_bytes(rng)[:45], backtick=rng.random() < 0.4)
    line = rng.choice([line, line.rstrip(), line[:-1] + b"\r\n", line[:-1], line + b"  ",
                       line[:-1] + rng.choice([b"`", b" ", b"x", b" x"]) + b"\n"])
    line = damaged(rng, line, b" `a!\x7f\x80\xff\n\r\0_{}")
    return ["a2b_uu", encoded(line or b" ")]


QP_PARTS = [b"a", b"b c", b" ", b"\t", b"\n", b"\r\n", b"\r", b".", b"=", b"_", b"\xff",
            b"\0", b"~", b"\x7f", b"?", b"x" * 70, b"y" * 74, b"z" * 75, b"w" * 76, b" \n",
            b"\t\r\n", b".\n", b"\n.", b"\xe9" * 24, b"line of text"]


def b2a_qp(rng):
    data = b"".join(rng.choice(QP_PARTS) for _ in range(rng.randint(0, 9)))
    return ["b2a_qp", encoded(data), *(rng.random() < often for often in (0.3, 0.7, 0.3))]


def a2b_qp(rng):
    text = binascii.b2a_qp(b"".join(rng.choice(QP_PARTS) for _ in range(rng.randint(0, 5))),
                           rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.5)
    text = rng.choice([text, b"".join(rng.choice(
        [b"=", b"=4", b"=41", b"=e9", b"=E9", b"=XX", b"=\n", b"=\r\n", b"=\r", b"= \n", b"==",
         b"a", b"\n", b" ", b"_", b"\xff", b"=\rab\n", b"=g1", b"=1g"])
        for _ in range(rng.randint(0, 8)))])
    return ["a2b_qp", encoded(damaged(rng, text, b"=\r\n_ 4aA\xff")),
            *([rng.choice([True, False])] if rng.random() < 0.5 else [])]


def b2a_base64(rng):
    return ["b2a_base64", encoded(some_bytes(rng)),
            *([rng.choice([True, False])] if rng.random() < 0.6 else [])]


def a2b_base64(rng):
    text = binascii.b2a_base64(some_bytes(rng), newline=rng.random() < 0.3)
    if rng.random() < 0.1:
        text += binascii.b2a_base64(some_bytes(rng, 6))
    if rng.random() < 0.6:
        text = damaged(rng, text, b"==A+/-_ \n\0\xff:")
    return ["a2b_base64", encoded(text), *([rng.choice([True, True, False])]
                                           if rng.random() < 0.6 else [])]


def checksum(rng):
    n = rng.choice([0, 1, 3, 15, 16, 17, 63, 64, 65, 100, 130, 256, rng.randint(0, 400)])
    data = encoded(bytes(rng.choice(b"ab\0\xff") for _ in range(n)))
    if rng.random() < 0.4:
        return ["crc_hqx", data, rng.choice([0, 1, 0xffff, 0x8000, rng.randint(0, 2**16 - 1)])]
    return ["crc32", data, *([rng.choice([0, 1, 2**32 - 1, rng.randint(0, 2**32 - 1)])]
                             if rng.random() < 0.6 else [])]


OPS = [hexlify, unhexlify, unhexlify, b2a_uu, a2b_uu, a2b_uu, b2a_qp, b2a_qp, a2b_qp, a2b_qp,
       b2a_base64, a2b_base64, a2b_base64, checksum]


def random_case(rng):
    return {"m": "binascii", "ops": [rng.choice(OPS)(rng)
                                     for _ in range(rng.choice([1, 1, 2]))]}


FIVE = encoded(b"\xb9\x01\xef\x00\x7f")
EDGES = [
    {"ops": [["hexlify", FIVE, "-", n] for n in range(-6, 7)]},
    {"ops": [["hexlify", encoded(b""), ":", n] for n in (-1, 0, 1)] +
            [["hexlify", FIVE, sep, 1] for sep in ("::", "\0", encoded(b":"))]},
    {"ops": [["unhexlify", encoded(text)] for text in (
        b"", b"0", b"00", b"0g", b"g0", b"G", b"aBcD", b"\xff\xff", b" 00", b"00 ", b"0x00")]},
    {"ops": [["a2b_uu", encoded(line)] for line in (
        b" ", b"`", b" \n", b"`\n", b"\x7f", b"\x80", b"\xff", b"\xff\x00", b"!!!!", b"!>   ",
        b"#0V%T", b"#0V%T\n", b"#0V%T \n", b"#0V%T`\r\n", b"#0V%T!", b"#0V", b"#", b"$0V%T`",
        b"#0V\nT", b"#0V%Tx", b"#a", b"M" + b"8" * 60, b"M" + b"8" * 61, b"M" + b"8" * 59)]},
    {"ops": [["b2a_uu", encoded(b"\0Cat" * 20), x] for x in (False, True)] +
            [["b2a_uu", encoded(b"\0" * n), x] for n in (0, 1, 2, 3, 44, 45, 46)
             for x in (False, True)]},
    {"ops": [["a2b_qp", encoded(text), header] for header in (False, True) for text in (
        b"", b"=", b"= ", b"==", b"=\nAB", b"=\r\nAB", b"=\rAB", b"=\rAB\nCD", b"=AB", b"=ab",
        b"=AX", b"=XA", b"=A", b"_", b"=5F", b"=00\r\n=00", b"a=\n", b"a= \t\nb", b"a  \nb")]},
    {"ops": [["b2a_qp", encoded(data), quotetabs, istext, header]
             for quotetabs in (False, True) for istext in (False, True)
             for header in (False, True) for data in (
                 b"x y\tz", b"x \ny\t\n", b"x \ry\t\r", b"x \r\ny\t\r\n", b"x \r", b".",
                 b".\n", b".\r", b"a.\n", b"..\n", b"\n.\n", b"_ =", b"\x7f\x80")]},
    *({"ops": [["b2a_qp", encoded(b"0" * n + end), False, True, False] for end in (
        b"", b"\xff", b"\xff\n", b"\n", b"\r\n", b" ", b" \n", b".", b"=", b"\xff\xff")]}
      for n in (72, 73, 74, 75, 76, 77, 150, 151, 152)),
    {"ops": [["a2b_base64", encoded(text), strict] for strict in (False, True) for text in (
        b"", b"=", b"==", b"===", b"a", b"a=", b"a==", b"ab", b"ab=", b"ab==", b"abc", b"abc=",
        b"abcd", b"abcd=", b"abcd==", b"ab==a", b"ab===", b"ab==:", b"abc=a", b"abc=:",
        b"ab==\n", b"\nab==", b"a\nb==", b"a\0b==", b"ab:(){:|:&};:==", b"ab=c=", b"ab=ab==",
        b"abcdef=", b"a=b=", b"a\nb=", b"A\tB\nC ??DE", b"aaaaa", b"ab=\n=", b"\xff", b"=abc",
        b"ab=:=", b"abcd=efg", b"YWJj====YWJj")]},
    {"ops": [["crc_hqx", encoded(b""), x] for x in (0, 1, 0xffff)] +
            [["crc_hqx", encoded(b"123456789"), 0], ["crc32", encoded(b"123456789")],
             ["crc32", encoded(b""), 2**32 - 1], ["crc32", encoded(b"\0" * 999), 0]] +
            [[name, encoded(bytes(k * 197 + k // 256 & 255 for k in range(n))), 99]
             for name in ("crc_hqx", "crc32") for n in (4095, 4096, 4103, 5000)]},
]

DIFFERS = [
    ("`a2b_uu` of an empty line", "no bytes in pila; CPython reads the NUL behind it, and "
     "says 32"),
    ("`hexlify` by an empty separator, or one that is not ASCII", "none, and ValueError, in "
     "pila; the other way round in CPython 3.11"),
    ("`unhexlify(ignorechars=...)`", "of 3.15: the cases take the characters out first"),
]
