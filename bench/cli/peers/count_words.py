"""count_words.py FILE - the ten words that are most common, as `count<TAB>word`."""

import collections
import sys

FILE = sys.argv[1]
top = collections.Counter(open(FILE, "rb").read().split()).most_common(10)
for word, count in top:
    sys.stdout.buffer.write(b"%d\t%s\n" % (count, word))
