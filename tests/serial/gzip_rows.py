"""Print gzip_rows.h: the rows of test_gzip.c that CPython decides.

    python3.11 gzip_rows.py > gzip_rows.h

What gzip.decompress says of whole data and GzipFile of the same; what headers they write,
and where a seek goes. Deflate streams are written by hand or stored, so that the rows are
those of every zlib.
"""

import gzip
import io
import struct
import zlib

SPAM = b"spam, spam and eggs\n"


def c_bytes(data):
    """As C strings, a line each."""
    lines = [""]
    for b in data:
        text = f"\\{b:03o}" if b < 32 or b > 126 or b in b'"\\?' else chr(b)
        if len(lines[-1]) + len(text) > 78:
            lines.append("")
        lines[-1] += text
    return "\n     ".join(f'"{line}"' for line in lines)


def member(data, flags=0, fields=b"", method=8, crc=None, size=None, body=None, mtime=7):
    if body is None:  # stored blocks
        body = b"\1" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
    crc = zlib.crc32(data) if crc is None else crc
    size = len(data) if size is None else size
    head = struct.pack("<BBBBLBB", 0x1F, 0x8B, method, flags, mtime, 0, 255)
    return head + fields + body + struct.pack("<LL", crc, size)


def verdict(f, *args):
    try:
        return "PILA_OK", "", f(*args)
    except EOFError as e:
        return "PILA_EEOF", str(e), b""
    except (OSError, zlib.error) as e:
        return "PILA_ESYNTAX", str(e), b""


def reads():
    one, two = member(SPAM), member(b"more\n", 8, b"name\0")
    rows = [
        ("nothing at all", b""),
        ("one member", one),
        ("two members", one + two),
        ("zeros behind a member", one + bytes(3)),
        ("zeros between members", one + bytes(30) + two),
        ("zeros before a member", b"\0" + one),
        ("zeros only", bytes(8)),
        ("an empty member", member(b"")),
        ("empty members around one", member(b"") + one + member(b"")),
        ("an empty fixed block", member(b"", body=b"\3\0")),
        ("half a magic number", b"\x1f"),
        ("half of a second one", one + b"\x1f"),
        ("another magic number", b"PK\3\4"),
        ("quotes in it", b"'\"ab"),
        ("one quote in it", b"'\\ab"),
        ("white space in it", b"\n\t"),
        ("beyond ASCII", b"\xc3\xa9"),
        ("garbage behind a member", one + b"garbage"),
        ("a zero, then garbage", one + b"\0g"),
        ("one byte of garbage", one + b"g"),
        ("another method", member(SPAM, method=7)),
        ("a header cut short", one[:9]),
        ("only a header", one[:10]),
        ("a body cut short", one[:20]),
        ("no trailer", one[:-8]),
        ("half a trailer", one[:-3]),
        ("a wrong CRC", member(SPAM, crc=0x1234)),
        ("a CRC of zero", member(SPAM, crc=0)),
        ("a wrong length", member(SPAM, size=5)),
        ("both wrong", member(SPAM, crc=0xDEADBEEF, size=5)),
        ("a wrong CRC later", one + member(b"x", crc=1)),
        ("an extra field", member(SPAM, 4, b"\3\0abc")),
        ("an empty extra field", member(SPAM, 4, b"\0\0")),
        ("an extra field cut short", member(SPAM, 4, b"\xff\xffabc")),
        ("no length of an extra field", one[:3] + b"\4" + one[4:10] + b"\1"),
        ("a name", member(SPAM, 8, b"caf\xe9\0")),
        ("a name that does not end", one[:3] + b"\x08" + one[4:10] + b"name"),
        ("a comment", member(SPAM, 16, b"hello\0")),
        ("a comment that does not end", one[:3] + b"\x10" + one[4:10] + b"name"),
        ("a header's CRC, which is wrong", member(SPAM, 2, b"\0\0")),
        ("half a header's CRC", one[:3] + b"\2" + one[4:10] + b"\1"),
        ("all fields", member(SPAM, 31, b"\2\0abname\0comment\0\0\0")),
        ("reserved flags", member(SPAM, 0xE0)),
        ("no such block type", member(SPAM, body=b"\7")),
        ("stored lengths that differ", member(SPAM, body=b"\1\1\0\0\0x")),
        ("a distance too far back", member(SPAM, body=b"\x63\0\x42\0")),
        ("too many symbols", member(SPAM, body=b"\xfd\xff\xff")),
        ("no code lengths", member(SPAM, body=b"\5\0\0\0")),
    ]
    print("static const gzip_read_row gzip_read_rows[] = {")
    for name, data in rows:
        status, message, out = verdict(gzip.decompress, data)
        same, words, got = verdict(lambda: gzip.GzipFile(fileobj=io.BytesIO(data)).read())
        assert status == same and out == got, name
        print(f'    {{"{name}", {len(data)},\n     {c_bytes(data)},')
        print(f"     {status},\n     {c_bytes(message.encode())},")
        print(f"     {c_bytes(words.encode())},")
        print(f"     {len(out)}, {c_bytes(out)}}},")
    print("};\n")


def headers():
    names = ["", "spam.txt", "spam.txt.gz", "a/b/spam.gz", "/spam", "a/b/", ".gz", "x.gz.gz",
             "caf\u00e9.gz", "\u20ac", "a\u20ac.gz", "a\u00ff", "gz", "spam.GZ"]
    print("static const gzip_header_row gzip_header_rows[] = {")
    for name in names:
        out = io.BytesIO()
        gzip.GzipFile(name, "wb", 9, out, 0).flush()
        head = out.getvalue()
        n = 10 + (head.index(b"\0", 10) - 9 if head[3] else 0)
        text = c_bytes(name.encode())
        print(f"    {{{text}, {len(name.encode())}, 9, 0, {n},\n     {c_bytes(head[:n])}}},")
    for level in range(-1, 10):
        for mtime in (0, 1, 0x12345678, 2**32 - 1):
            out = io.BytesIO()
            gzip.GzipFile("", "wb", level, out, mtime).close()
            print(f'    {{"", 0, {level}, {mtime}, 10, {c_bytes(out.getvalue()[:10])}}},')
    print("};\n")
    print("static const gzip_header_row gzip_compress_rows[] = {")
    for level in range(-1, 10):
        for mtime in (0, 1, 0x12345678, 2**32 - 1):
            head = gzip.compress(SPAM, level, mtime=mtime)[:10]
            print(f'    {{"", 0, {level}, {mtime}, 10, {c_bytes(head)}}},')
    print("};\n")


def seeks():
    """Over bytes 0 to 255, 40 times."""
    data = bytes(range(256)) * 40
    f = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data)))
    print("static const gzip_seek_row gzip_seek_rows[] = {")
    for offset, whence in ((5, 0), (0, 1), (10, 1), (-3, 1), (-100, 1), (-4, 0), (10230, 0),
                           (100, 1), (0, 2), (-10, 2), (7, 2), (-99999, 2), (99999, 0),
                           (300, 0), (-1, 1), (9000, 0), (-8999, 1)):
        f.seek(offset, whence)
        at = f.tell()
        got = f.read(3)
        print(f"    {{{offset}, {whence}, {at}, {len(got)}, {c_bytes(got)}}},")
    print("};")


print("/* gzip_rows.h - what CPython does; printed by gzip_rows.py. */")
reads()
headers()
seeks()
