"""Print zip_rows.h: the rows of test_zip.c that CPython decides.

    python3 zip_rows.py > zip_rows.h

A source is a string whose letters are its items; `*` stands for one iterator that all
stars of a row share. Each row has what came out, how it ended, in which order the
sources were asked (by number, the shared one as *; what has ended is not asked again),
and what the shared one had left. roundrobin and grouper are the recipes of the
documentation of itertools.
"""

from itertools import cycle, islice, product, zip_longest

FILL = "-"


def roundrobin(*iterables):
    iterators = map(iter, iterables)
    for num_active in range(len(iterables), 0, -1):
        iterators = cycle(islice(iterators, num_active))
        yield from map(next, iterators)


def grouper(iterable, n, incomplete):
    iterators = [iter(iterable)] * n
    if incomplete == "FILL":
        return zip_longest(*iterators, fillvalue=FILL)
    return zip(*iterators, strict=incomplete == "STRICT")


class Source:
    def __init__(self, name, letters, asked):
        self.name, self.letters, self.asked = name, list(letters), asked
        self.ended = False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.ended:
            self.asked.append(self.name)
        if self.letters:
            return self.letters.pop(0)
        self.ended = True
        raise StopIteration


OPERATIONS = {
    "ZIP": zip,
    "STRICT": lambda *sources: zip(*sources, strict=True),
    "LONGEST": lambda *sources: zip_longest(*sources, fillvalue=FILL),
    "ROBIN": roundrobin,
}


def outcome(made):
    out = []
    try:
        for item in made:
            out.append("".join(item))
    except ValueError:
        return out, "PILA_EVALUE"
    return out, "PILA_END"


def row(op, made, specs, shared, asked, n=0):
    out, status = outcome(made)
    left = "".join(shared.letters)
    print(f'    {{{op}, "{" ".join(specs)}", "{shared.given}", {n},')
    print(f'     "{" ".join(out)}", {status}, "{"".join(asked)}", "{left}"}},')


def shared_source(letters, asked):
    shared = Source("*", letters, asked)
    shared.given = letters
    return shared


def sources(op, specs, letters):
    asked = []
    shared = shared_source(letters, asked)
    made = [shared if spec == "*" else Source(str(k), spec.strip("."), asked)
            for k, spec in enumerate(specs)]
    row(op, OPERATIONS[op](*made), specs, shared, asked)


def groups(letters, n, incomplete):
    asked = []
    shared = shared_source(letters, asked)
    row("GROUP_" + incomplete, grouper(shared, n, incomplete), ["*"], shared, asked, n)


LETTERS = ["ABCDE", "rstuv", "KLMNO"]


def spec(k, n):
    return LETTERS[k][:n] + "."  # the stop makes an empty one visible


print("/* zip_rows.h - what CPython does; printed by zip_rows.py. */")
for op in OPERATIONS:
    for lengths in [*product(range(4), repeat=2), *product(range(3), repeat=3), (2,)]:
        sources(op, [spec(k, n) for k, n in enumerate(lengths)], "")
    for n, pattern in product(range(6), ["**", "***", "*1", "0*", "*1*", "0**", "*12"]):
        specs = [c if c == "*" else spec(int(c), 2) for c in pattern]
        sources(op, specs, "abcdefgh"[:n])
for n, size, incomplete in product(range(8), range(5), ["FILL", "STRICT", "IGNORE"]):
    groups("abcdefgh"[:n], size, incomplete)
