"""CPython's Counter for bench_counter.c: wordcount.py FILE.

The words are split before the clock runs, but for each run anew: a bytes object keeps
its hash, and the other contestants have to hash every word.
"""

import collections
import sys

from rounds import rounds


def sums(counts):
    return sum(
        count * (count + 131 * len(word) + 7 * word[0] + word[-1])
        for word, count in counts.items()
    )


with open(sys.argv[1], "rb") as f:
    text = f.read()
rounds(collections.Counter, prepare=text.split, check=sums)
