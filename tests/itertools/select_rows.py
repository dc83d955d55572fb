"""Print select_rows.h: the rows of test_select.c that CPython decides.

    python3 select_rows.py > select_rows.h

Items are letters; a predicate is true for lower case. For compress the selectors are
digits, true unless 0. Each row has what came out, in which order the sources were asked
(d data, s selectors, p the predicate; what has ended is not asked again), and what was
left of both.
"""

from itertools import compress, dropwhile, filterfalse, product, takewhile

asked = []


class Source:
    def __init__(self, name, items):
        self.name, self.items, self.ended = name, list(items), False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.ended:
            asked.append(self.name)
        if self.items:
            return self.items.pop(0)
        self.ended = True
        raise StopIteration


def lower(letter):
    asked.append("p")
    return letter.islower()


OPERATIONS = {
    "TAKE": lambda data, _: takewhile(lower, data),
    "DROP": lambda data, _: dropwhile(lower, data),
    "FALSE": lambda data, _: filterfalse(lower, data),
    "COMPRESS": lambda data, by: compress(data, map(int, by)),
}


def row(op, letters, digits, stop):
    """Stop: take so many items only, to see that nothing more is asked for."""
    asked.clear()
    data, by = Source("d", letters), Source("s", digits)
    made = OPERATIONS[op](data, by)
    out = []
    for item in made:
        out.append(item)
        if len(out) == stop:
            break
    print(f'    {{{op}, "{letters}", "{digits}", {stop}, "{"".join(out)}",')
    print(f'     "{"".join(asked)}", "{"".join(data.items)}", "{"".join(by.items)}"}},')


WORDS = ["".join(letters) for n in range(5) for letters in product("aB", repeat=n)]

print("/* select_rows.h - what CPython does; printed by select_rows.py. */")
for op in ["TAKE", "DROP", "FALSE"]:
    for word in WORDS:
        named = "".join(chr(ord(c) + k) for k, c in enumerate(word))
        for stop in [9, 1, 2] if len(word) > 2 else [9]:
            row(op, named, "", stop)
for n, by in product(range(5), ["", "0", "1", "00", "01", "10", "11", "0110", "1001"]):
    for stop in [9, 1]:
        row("COMPRESS", "abcdef"[:n], by, stop)
