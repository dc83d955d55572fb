"""Write binascii_rows.h: what CPython's binascii makes of bytes and texts, faults included.

    /usr/bin/python3 tests/serial/binascii_rows.py > tests/serial/binascii_rows.h
"""
import binascii
import random

QP = [b"", b"a", b"=", b".", b"..", b".\n", b"a.\n.\n", b".\r\n", b" ", b"a ", b"a \n",
    b"a\t\n", b"\t\r\n",
      b" \r\nx", b"\r", b"\n", b"\r\n", b"a\rb", b"a\r\nb\n", b"_", b"a b_c",
          b"\x7f\x80\xff\0", b"\x1f~}",
      b"x" * 75, b"x" * 76, b"x" * 77, b"=" * 30, b"x" * 73 + b"=", b"x" * 72 + b"=x",
          b"y" * 75 + b"\n",
      b"y" * 76 + b"\n", b"y" * 74 + b" \n", b"." * 160, b"\n.\r\n.\n", b"x" * 152 + b".",
          b"=\r=\n", b" " * 80,
      b"\r\n" + b"\xe9" * 40, b"a\0.\0"]
QP_TEXTS = [b"", b"=", b"a=", b"=3D", b"=3d", b"=3", b"=3\n", b"=G0", b"=0G", b"==",
    b"===3D", b"=\n", b"a=\nb",
            b"a=\r\nb", b"a=\rb\nc", b"a=\r", b"a= \nb", b"_", b"=_", b"=5F", b"a_b=20c",
                b"\xff=FF", b"=\0", b"=x"]
UU = [b" ", b"`", b"!", b"!\n", b"!!!\n", b"#86)C\n", b"#86)C", b"#86)C  \r\n", b"#86)C`\n",
    b"#86)C x\n",
      b"#86)", b"#8\n", b"#8\x1f)C\n", b"#86)a", b"\x1f", b"\x7f", b"M", b"M" + b"@" * 60,
          b"#86\rC\n", b"$86)C9 "]
B64 = [b"", b"\n", b"YWJj", b"YWJj\n", b"YW Jj", b"YQ", b"Y", b"YQ==", b"=YQ==", b"YQ=",
    b"YQ==x", b"YWJj=", b"Y=Q="]


def quoted(data):
    return '"%s"' % "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else "\\%03o" % b
                            for b in data)


def row(name, call, data, a=0, b=0, c=0):
    try:
        made = call()
        want = "%s, %d, NULL" % (quoted(made), len(made))
    except (binascii.Error, ValueError) as e:
        want = "NULL, 0, %s" % quoted(str(e).encode())
    print("    {%s, %s, %d, %d, %d, %d,\n     %s}," % (name, quoted(data), len(data), a, b,
        c, want))


def main():
    rng = random.Random(2045)
    odd = [bytes(rng.choice(b" \t\r\n.=_a\0A\xff") for _ in range(rng.randrange(1,
        160))) for _ in range(40)]
    print("/* Made by binascii_rows.py: what CPython says. */")
    print("/* clang-format off */")
    print("static const binascii_row binascii_rows[] = {")
    for n in (0, 1, 2, 3, 5, 8):
        data = bytes(range(0x9a, 0x9a + 11 * n, 11))
        row("HEXLIFY", lambda: binascii.hexlify(data), data)
        for per in (-9, -3, -2, -1, 0, 1, 2, 3, 4, 9):
            row("HEXLIFY", lambda: binascii.hexlify(data, "-", per), data, ord("-"), per)
    for text in (b"", b"0", b"00", b"aFfA", b"0g", b"g0", b"0 1 ", b"123", b"00\xff\xff",
        b"0123456789abcdefABCDEF"):
        row("UNHEXLIFY", lambda: binascii.unhexlify(text), text)
    for data in (b"", b"a", b"ab", b"abc", b"\0\0\0", bytes(range(45)), bytes(range(200,
        245)), b"\xff" * 44):
        for tick in (0, 1):
            row("B2A_UU", lambda: binascii.b2a_uu(data, backtick=bool(tick)), data, tick)
    for text in UU:
        row("A2B_UU", lambda: binascii.a2b_uu(text), text)
    for data in QP + odd:
        for how in range(8):
            q, t, h = how & 1, how >> 1 & 1, how >> 2
            row("B2A_QP", lambda: binascii.b2a_qp(data, bool(q), bool(t), bool(h)), data, q,
                t, h)
    for text in QP_TEXTS + odd:
        for h in (0, 1):
            row("A2B_QP", lambda: binascii.a2b_qp(text, header=bool(h)), text, h)
    for text in B64:
        for strict in (0, 1):
            row("A2B_BASE64", lambda: binascii.a2b_base64(text, strict_mode=bool(strict)),
                text, strict)
    for data in (b"", b"a", b"ab", bytes(60)):
        for newline in (0, 1):
            row("B2A_BASE64", lambda: binascii.b2a_base64(data, newline=bool(newline)),
                data, newline)
    for data in (b"", b"a", b"123456789", bytes(range(256)), b"\xff" * 9):
        for value in (0, 1, 0x1d0f, 0xffff):
            row("CRC_HQX", lambda: b"%04x" % binascii.crc_hqx(data, value), data, value)
    print("};")
    print("/* clang-format on */")


main()
