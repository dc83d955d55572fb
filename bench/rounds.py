"""The Python side of a contest: answers each line on stdin with `seconds checksum`.

A line holds the number of runs in the round. Only `run` is timed; it is given what
`prepare` returned (or None). A checksum is what `run` returned plus, when there is a
`check`, what that made of it, modulo 2**64. See bench_python in bench.h.
"""

import gc
import sys
import time


def rounds(run, prepare=None, check=None):
    clock = time.perf_counter
    gc.freeze()
    for line in sys.stdin:
        seconds, total = 0.0, 0
        for _ in range(int(line)):
            given = prepare() if prepare else None
            start = clock()
            result = run(given)
            seconds += clock() - start
            total += check(result) if check else result
            del given, result
        print(seconds, total % 2**64, flush=True)
