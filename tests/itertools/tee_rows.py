"""Print tee_rows.h: the rows of test_tee.c that CPython decides.

    python3 tee_rows.py > tee_rows.h

A row is a source of small numbers and a script. Of a tee of two: `a` to `d` ask a
branch, `A` to `D` copy one, and the copy gets the next letter. Each step says the item,
END, or nothing for a copy, and how many items were pulled from the source by then. cycle
and the recipes are asked twenty times. partition, of the even, is asked by `f` and `t`.
"""
import copy
import itertools
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


def ncycles(iterable, n):
    return itertools.chain.from_iterable(itertools.repeat(tuple(iterable), n))


def prepend(value, iterable):
    return itertools.chain([value], iterable)


def even(x):
    return x % 2 == 0


def partition(iterable):
    a, b = itertools.tee(iterable)
    return itertools.filterfalse(even, a), filter(even, b)


def asked(it, source):
    try:
        return f"{next(it)}@{source.pulled}"
    except StopIteration:
        return f"{END}@{source.pulled}"


def teed(items, script):
    source, said = Source(items), []
    branches = list(itertools.tee(source, 2))
    for step in script:
        branch = branches["abcdefghij".index(step.lower())]
        if step.isupper():
            branches.append(copy.copy(branch))
            said.append(f"copy@{source.pulled}")
        else:
            said.append(asked(branch, source))
    return " ".join(said)


def parted(items, script):
    source = Source(items)
    false, true = partition(source)
    return " ".join(asked(true if step == "t" else false, source) for step in script)


def c_ints(items):
    return "{" + ", ".join(map(str, items or [0])) + "}, " + str(len(items))


SOURCES = [[], [1], [1, 2], [3, 1, 4, 1, 5, 9, 2, 6], [2, 4, 6], [1, 3, 5, 8]]


def row(op, n, script, items, text):
    print(f'    {{{op}, {n}, "{script}", {c_ints(items)},\n     "{text}"}},')


def main():
    dice = random.Random(20260101)
    print("/* tee_rows.h - what CPython does; printed by tee_rows.py. */")
    print("static const struct tee_row {\n    op_id op;\n    size_t n;\n"
          "    const char *script;\n    int64_t items[8];\n    size_t count;\n"
          "    const char *steps;\n} tee_rows[] = {")
    for turn in range(60):
        script, letters = "", "ab"
        for _ in range(dice.randrange(4, 30)):
            letter = dice.choice(letters)
            if dice.random() < 0.1 and len(letters) < 8:
                letters += chr(ord(letters[-1]) + 1)
                letter = letter.upper()
            script += letter
        items = SOURCES[turn % len(SOURCES)]
        row("TEE", 2, script, items, teed(items, script))
        script = "".join(dice.choices("ft", k=dice.randrange(2, 14)))
        row("PARTITION", 2, script, items, parted(items, script))
    for items in SOURCES:
        for op, n in [("CYCLE", 0), ("PREPEND", 7)] + [("NCYCLES", k) for k in range(4)]:
            source = Source(items)
            it = (itertools.cycle(source) if op == "CYCLE" else
                  prepend(n, source) if op == "PREPEND" else ncycles(source, n))
            row(op, n, "", items, " ".join(asked(it, source) for _ in range(20)))
    print("};")


main()
