"""Print what CPython, and the definition of CRC-32, decide.

    python3 checksum_rows.py > checksum_rows.h
    python3 checksum_rows.py table > ../../lib/serial/checksum_table.h
"""

import sys
import zlib

POLY = 0xEDB88320  # reflected: the highest power is the lowest bit


def columns(numbers, indent="    "):
    for k in range(0, len(numbers), 6):
        print(indent + ", ".join(f"0x{x:08x}" for x in numbers[k : k + 6]) + ",")


def table():
    def behind(crc):  # a zero byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLY if crc & 1 else 0)
        return crc

    def square(a):
        product, b = 0, a
        for k in range(31, -1, -1):
            if a >> k & 1:
                product ^= b
            b = b >> 1 ^ (POLY if b & 1 else 0)
        return product

    print("/* checksum_table.h - of CRC-32; printed by tests/serial/checksum_rows.py. */")
    print("#ifndef PILA_CHECKSUM_TABLE_H\n#define PILA_CHECKSUM_TABLE_H\n")
    print('#include "../core/status.h"\n\n/* clang-format off */')
    print("/* [k][b]: what a byte b comes to when k zero bytes follow it. */")
    print("static const uint32_t checksum_slice[16][256] = {")
    row = [behind(b) for b in range(256)]
    for _ in range(16):
        print("    {")
        columns(row, "        ")
        print("    },")
        row = [behind(x) for x in row]
    print("};\n\n/* [k]: x to the power of 2^k; x^(2^32) is x again. */")
    print("static const uint32_t checksum_power[32] = {")
    powers = [0x40000000]
    while len(powers) < 32:
        powers.append(square(powers[-1]))
    assert square(powers[-1]) == powers[0]
    columns(powers)
    print("};\n/* clang-format on */\n\n#endif")


def rows():
    print("/* checksum_rows.h - what CPython says; printed by checksum_rows.py. */")
    print("static const checksum_row checksum_rows[] = {")
    values = (0, 1, 0x12345678, 0xFFFFFFFF, 0xFFF1FFF1, 0xFFF0FFF0, 0xFFFFFFF1, 0x0000FFFF)
    for n in (0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 300, 5552, 5553, 70000):
        for fill in (0, 255, None):  # None: made up
            made = (k * k * 7 + k // 3 if fill is None else fill for k in range(n))
            data = bytes(x & 255 for x in made)
            what = "MADE_UP" if fill is None else fill
            for v in values:
                crc, adler = zlib.crc32(data, v), zlib.adler32(data, v)
                print(f"    {{{n}, {what}, 0x{v:08x}, 0x{crc:08x}, 0x{adler:08x}}},")
    print("};")


table() if sys.argv[1:] == ["table"] else rows()
