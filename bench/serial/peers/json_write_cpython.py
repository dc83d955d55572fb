"""CPython's json.dumps for bench_json_write.c: json_write_cpython.py FILE TIMES."""

import json
import sys
import zlib

from rounds import rounds

with open(sys.argv[1], "rb") as f:
    document = json.load(f)


def write(_):
    for _ in range(int(sys.argv[2])):
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text


rounds(write, check=lambda text: zlib.adler32(text.encode()))
