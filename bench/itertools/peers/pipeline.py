"""CPython's filter and map with lambdas for bench_adaptors.c: pipeline.py N."""

import sys

from rounds import rounds

n = int(sys.argv[1])
rounds(lambda _: sum(map(lambda x: x * x, filter(lambda x: x % 3 == 0, range(n)))))
