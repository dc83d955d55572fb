"""Print zlib_rows.h: what CPython's zlib says of scripts, byte for byte.

    /usr/bin/python3 zlib_rows.py > zlib_rows.h

A script is letters with numbers, run by both sides on the same text (make_text here and
in test_zlib.c), and its log is compared.

    compressing     d<n> the next n bytes   f<mode> flush   c go on with a copy
    decompressing   d<n>,<max> the next n bytes of the stream   t<max> the tail again
                    f<length> flush         c go on with a copy
"""

import random
import zlib

TEXTS = 4  # zeros, words, noise, short
MOST = 200000


def make_text(kind, n):
    if kind == 0:
        return bytes(n)
    out, x = bytearray(), 12345 + kind
    while len(out) < n:
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        byte = x >> 56
        if kind == 1:
            out += (b"spam ", b"and ", b"eggs, ", b"bacon ", b"\n")[byte % 5]
        elif kind == 2:
            out.append(byte)
        else:
            out.append(97 + byte % 3)
    return bytes(out[:n])


texts = [make_text(k, MOST) for k in range(TEXTS)]
zdict = b"bacon and eggs, spam spam "


def what(made):
    return f"{len(made)}:{zlib.crc32(made):08x}"


def run(step):
    try:
        return step()
    except (zlib.error, ValueError, OverflowError) as e:
        return str(e)


def quoted(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def compress_script(kind, options, script):
    level, wbits, method, mem, strategy, with_dict = options
    log, at = [], 0
    given = {"zdict": zdict} if with_dict else {}
    try:
        c = zlib.compressobj(level, method, wbits, mem, strategy, **given)
    except ValueError as e:
        log.append(str(e))
        script = ""
    whole = b""
    for op in script.split():
        n = int(op[1:] or 0)
        try:
            if op[0] == "d":
                made = c.compress(texts[kind][at : at + n])
                at += n
            elif op[0] == "f":
                made = c.flush(n)
            else:
                made, c = b"", c.copy()
            whole += made
            log.append(what(made))
        except (zlib.error, ValueError) as e:
            log.append(str(e))
    print(
        f"    {{{kind}, {level}, {wbits}, {method}, {mem}, {strategy}, {int(with_dict)},"
        f" {quoted(script)},\n     {quoted('; '.join(log))}}},"
    )


def decompress_script(stream, data, wbits, given, script):
    """given: 0 no dictionary, 1 the right one, 2 another, 3 an empty one"""
    log, at = [], 0
    zd = [None, zdict, b"wrong", b""][given]
    try:
        d = zlib.decompressobj(wbits) if zd is None else zlib.decompressobj(wbits, zd)
    except (ValueError, zlib.error) as e:
        log.append(str(e))
        script = ""
    for op in script.split():
        numbers = [int(x) for x in op[1:].split(",") if x]
        try:
            made = b""
            if op[0] == "d":
                made = d.decompress(data[at : at + numbers[0]], numbers[1])
                at += numbers[0]
            elif op[0] == "t":
                made = d.decompress(d.unconsumed_tail, numbers[0])
            elif op[0] == "f":
                made = d.flush(numbers[0])
            else:
                d = d.copy()
            said = what(made)
        except (zlib.error, ValueError) as e:
            at += numbers[0] if op[0] == "d" else 0
            said = str(e)
        kept = f"{what(d.unconsumed_tail)} {what(d.unused_data)}"
        log.append(f"{said} {int(d.eof)} {kept}")
    print(f"    {{{stream}, {wbits}, {given}, {quoted(script)},")
    print(f"     {quoted('; '.join(log))}}},")


def pack(text, wbits, level=6, zd=None):
    c = zlib.compressobj(level, 8, wbits, 8, 0, *([zd] if zd else []))
    return c.compress(text) + c.flush()


rng = random.Random(3)
wide = (8, 9, 10, 12, 15, -9, -12, -15, 25, 28, 31)
print("/* zlib_rows.h - what CPython says; printed by zlib_rows.py. */")
print(f'#define ZLIB_ROWS_VERSION "{zlib.ZLIB_RUNTIME_VERSION}"')

print("\n/* kind, n, level, wbits, what CPython made */")
print("static const pack_row pack_rows[] = {")
for kind in range(TEXTS):
    for n in (0, 1, 5000, 40000, 200000):
        for level in (0, 1, 6, 9, -1):
            for wbits in (15, -15, 31) if n != 5000 or level < 6 else wide:
                made = run(lambda: what(zlib.compress(texts[kind][:n], level, wbits)))
                print(f"    {{{kind}, {n}, {level}, {wbits}, {quoted(made)}}},")
for level, wbits in ((10, 15), (-2, 15), (6, 0), (6, 7), (6, 16), (6, 24), (6, 32), (6, 47),
                     (6, -8), (6, -16), (6, 100), (6, -7)):
    made = run(lambda: what(zlib.compress(texts[1][:100], level, wbits)))
    print(f"    {{1, 100, {level}, {wbits}, {quoted(made)}}},")
print("};")

print("\nstatic const compress_row compress_rows[] = {")
for options in (
    (10, 15, 8, 8, 0, 0), (-2, 15, 8, 8, 0, 0), (6, 7, 8, 8, 0, 0), (6, 16, 8, 8, 0, 0),
    (6, -8, 8, 8, 0, 0), (6, 15, 7, 8, 0, 0), (6, 15, 8, 10, 0, 0), (6, 15, 8, -1, 0, 0),
    (6, 15, 8, 8, 5, 0), (6, 15, 8, 8, -1, 0), (6, 31, 8, 8, 0, 1), (6, 24, 8, 8, 0, 0),
):
    compress_script(1, options, "d10 f4")
for script in ("f4 f4 d1 d0 c f2 f0", "d5 f6 d5 f-1 f7 f4", "f2 f2 f6 f4", "f0 f5 f1 f2 f3",
               "d100 f1 f1 d1 f5 f5 f3 f3 c f4 c", "d200000 f4", "c c d5 c f4"):
    for level in (0, 1, 6):
        compress_script(1, (level, 15, 8, 8, 0, 0), script)
for _ in range(120):
    kind = rng.randrange(TEXTS)
    options = (rng.choice((-1, 0, 1, 2, 4, 6, 9)), rng.choice(wide), 8, rng.randint(1, 9),
               rng.randrange(5), 0)
    if options[1] < 20:
        options = options[:5] + (rng.randrange(2),)
    ops = []
    for _ in range(rng.randint(1, 8)):
        ops.append(rng.choice((
            f"d{rng.randint(0, 20)}", f"d{rng.randint(0, 3000)}", f"d{rng.randint(0, 40000)}",
            f"f{rng.choice((0, 1, 2, 3, 5))}", "c")))
    compress_script(kind, options, " ".join(ops + ["f4"]))
print("};")

streams = [
    pack(texts[1][:3000], 15), pack(texts[1][:3000], -15), pack(texts[1][:3000], 31),
    pack(texts[0][:100000], 15), pack(texts[3][:300], 15) + b"and trailing bytes",
    pack(texts[2][:90], 31) + pack(texts[2][:90], 31), pack(texts[1][:500], 15, zd=zdict),
    pack(texts[1][:500], -15, zd=zdict), pack(b"", 15), b"", b"neither of them",
    pack(texts[1][:1000], 9), pack(texts[1][:400], 15, level=0)[:-1] + b"!",
]
zeroed = bytearray(streams[0])
zeroed[len(zeroed) // 2] ^= 0x10
streams.append(bytes(zeroed))
streams.append(pack(texts[2][:150], 31)[:-6] + b"\0\0\0\0\0\0")
for k, data in enumerate(streams):
    print(f"\nstatic const unsigned char stream_{k}[] = {{")
    for j in range(0, len(data), 14):
        print("    " + ", ".join(f"0x{b:02x}" for b in data[j : j + 14]) + ",")
    print("    0};")
print("\nstatic const stream_row streams[] = {")
for k in range(len(streams)):
    print(f"    {{stream_{k}, sizeof stream_{k} - 1}},")
print("};")

print("\n/* stream, wbits, what CPython made of it at once */")
print("static const unpack_row unpack_rows[] = {")
for k, data in enumerate(streams):
    for wbits in (15, -15, 31, 47, 0, 9, 8, -8, 25, 40, 7, 16, 23, 48, 100, -16, -7):
        made = run(lambda: what(zlib.decompress(data, wbits)))
        print(f"    {{{k}, {wbits}, {quoted(made)}}},")
print("};")

print("\nstatic const decompress_row decompress_rows[] = {")
for k, data in enumerate(streams):
    for wbits in (15, -15, 31, 47, 7) if k < 9 else (15, 47):
        for given in range(4) if k in (6, 7) else (0,):
            for script in (f"d{len(data)},0 f1 d3,0 c f1", f"d{len(data)},7 t5 c f1 f1 t0 t3",
                           f"d{len(data) // 2},0 d{len(data)},0 d0,0 c f9", "f1 d5,0 d9,1 f1",
                           f"d{len(data)},0 d5,0 d5,9 f1"):
                decompress_script(k, data, wbits, given, script)
right = (15, -15, 31, 47, 47, 47, 0, -15, 0, 15, 15, 9, 15, 15, 31)
for _ in range(200):
    k = rng.randrange(len(streams))
    ops = []
    for _ in range(rng.randint(1, 9)):
        n = rng.choice((rng.randint(0, 5), rng.randint(0, 60), rng.randint(0, 600)))
        most = rng.choice((0, rng.randint(1, 20), rng.randint(1, 600), rng.randint(1, 90000)))
        ops.append(rng.choice((f"d{n},{most}", f"d{n},{most}", f"t{most}", f"t{most}", "c",
                               f"f{rng.randint(1, 500)}" if not rng.randrange(3) else "t0")))
    given = rng.randrange(1, 4) if k in (6, 7) else 0
    if k == 7 and given == 2:
        given = 1
    decompress_script(k, streams[k], right[k], given, " ".join(ops))
print("};")
