"""Print runs_rows.h: the rows of test_runs.c that CPython decides.

    python3 runs_rows.py > runs_rows.h

A row is a source of small numbers, an operation, and what came of each step: `x@k` is
the item x after k items were pulled from the source. batched is the equivalent given in
the documentation of 3.12 and 3.13; sliding_window and unique_justseen are its recipes.
In a script of groupby, `o` asks the groupby, `g` the last group and `p` the one before;
keys are counted too: `x@k/c`.
"""
import collections
import itertools
import operator
import random

END = "END"


class Source:
    def __init__(self, items):
        self.items, self.pulled = iter(items), 0

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        self.pulled += 1
        return item


def sliding_window(iterable, n):
    iterator = iter(iterable)
    window = collections.deque(itertools.islice(iterator, n - 1), maxlen=n)
    for x in iterator:
        window.append(x)
        yield tuple(window)


def batched(iterable, n, strict=False):
    iterator = iter(iterable)
    while batch := tuple(itertools.islice(iterator, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def unique_justseen(iterable, key=None):
    return map(next, map(operator.itemgetter(1), itertools.groupby(iterable, key)))


def tens(x):
    return x // 10


OPERATIONS = {
    "PAIRWISE": lambda s, n: itertools.pairwise(s),
    "SLIDING": sliding_window,
    "BATCHED": batched,
    "STRICT": lambda s, n: batched(s, n, True),
    "SUM": lambda s, n: itertools.accumulate(s),
    "SUM_FROM": lambda s, n: itertools.accumulate(s, initial=n),
    "PRODUCT": lambda s, n: itertools.accumulate(s, operator.mul),
    "PRODUCT_FROM": lambda s, n: itertools.accumulate(s, operator.mul, initial=n),
    "MOST": lambda s, n: itertools.accumulate(s, max),
    "JUSTSEEN": lambda s, n: unique_justseen(s),
    "JUSTSEEN_TENS": lambda s, n: unique_justseen(s, tens),
}


def stepped(it, source):
    said = []
    while True:
        try:
            said.append(f"{next(it)!r}@{source.pulled}")
        except StopIteration:
            said.append(f"{END}@{source.pulled}")
            return " ".join(said)
        except ValueError:
            said.append(f"ValueError@{source.pulled}")
            return " ".join(said)


def grouped(items, script, keyed):
    calls = 0

    def key(x):
        nonlocal calls
        calls += 1
        return x // 10

    source, said = Source(items), []
    it = itertools.groupby(source, key if keyed else None)
    groups = [iter(()), iter(())]
    for step in script:
        try:
            if step == "o":
                k, group = next(it)
                groups = [groups[1], group]
                said.append(f"{k}:")
            else:
                said.append(str(next(groups[step == "g"])))
        except StopIteration:
            said.append(END)
        said[-1] += f"@{source.pulled}" + (f"/{calls}" if keyed else "")
    return " ".join(said)


def c_ints(items):
    return "{" + ", ".join(map(str, items or [0])) + "}, " + str(len(items))


SOURCES = [[], [1], [1, 2], [1, 1], [1, 2, 3], [3, 1, 4, 1, 5, 9, 2],
           [7, 7, 7, 7, 7], [1, 1, 2, 2, 2, 3, 1, 1], [11, 12, 21, 22, 23, 13, 14],
           [5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7]]


def main():
    dice = random.Random(20260101)
    print("/* runs_rows.h - what CPython does; printed by runs_rows.py. */")
    print("static const struct step_row {\n    const char *promise;\n    op_id op;\n"
          "    int64_t n, items[12];\n    size_t count;\n    const char *steps;\n"
          "} step_rows[] = {")
    for name, make in OPERATIONS.items():
        for n in [1, 2, 3, 5] if name in ("SLIDING", "BATCHED", "STRICT") else [4]:
            for items in SOURCES:
                source = Source(items)
                text = stepped(make(source, n), source)
                print(f'    {{"{name.lower()} {n} of {items}",\n     {name}, {n}, '
                      f'{c_ints(items)},\n     "{text}"}},')
    print("};\n")
    print("static const struct group_row {\n    const char *script;\n    bool keyed;\n"
          "    int64_t items[12];\n    size_t count;\n    const char *steps;\n"
          "} group_rows[] = {")
    scripts = ["oooo", "oggggoggggogggg", "ogogogogogogogo", "ggogpoggpp"]
    for turn in range(60):
        scripts.append("".join(dice.choices("ogp", (3, 6, 2), k=dice.randrange(4, 20))))
    for turn, script in enumerate(scripts):
        items = SOURCES[turn % len(SOURCES)]
        for keyed in (False, True):
            print(f'    {{"{script}", {str(keyed).lower()}, {c_ints(items)},\n'
                  f'     "{grouped(items, script, keyed)}"}},')
    print("};")


main()
