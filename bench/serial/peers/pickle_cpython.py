"""CPython's pickle for bench_pickle.c: pickle_cpython.py OPERATION FILE."""

import pickle
import sys
import zlib

from rounds import rounds

operation, path = sys.argv[1:]
with open(path, "rb") as f:
    data = f.read()
if operation == "loads":
    rounds(lambda _: pickle.loads(data), check=lambda v: zlib.adler32(pickle.dumps(v, 5)))
else:
    value = pickle.loads(data)
    rounds(lambda _: pickle.dumps(value, 5), check=zlib.adler32)
