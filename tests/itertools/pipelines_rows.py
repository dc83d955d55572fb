"""Rows of random pipelines, by CPython: python3 pipelines_rows.py > pipelines_rows.h

A row is a program and its answers. The program is a source, `n s` (n numbers made of the
seed s), and stages, each a letter and its numbers (STAGES says what they mean). Every
stage makes an int64 of an int64, so that any can follow any. The answers are how many
numbers the source had given when the pipeline was built, then for each item `value@given`,
and at the end `.@given` (END) or `!@given` (ValueError); given has a `$` behind it once the
source was asked beyond its last number. Nothing is said of the end where 16 items came. Pipelines
that fail when they are built are left out: here the fault is an iterator's.

An iterator that has ended is not asked again. Python's groupby asks once more after its
last group, and its zip then takes another item of its first source; here END is for ever.
"""
import itertools
import random
from heapq import merge

ROWS, MOST = 3000, 16


class Source:
    def __init__(self, n, seed):
        self.n, self.seed, self.given, self.ended = n, seed, 0, False

    def __iter__(self):
        return self

    def __next__(self):
        if self.given == self.n:
            self.ended = True
            raise StopIteration
        self.given += 1
        return (self.given * 37 + self.seed) % 23 - 5

    def place(self):
        return f"{self.given}{'$' if self.ended else ''}"


def once(it):
    """it, which is not asked again when it has ended."""
    yield from it


def batched(it, n, strict=False):  # as of 3.13
    it = iter(it)
    while batch := tuple(itertools.islice(it, n)):
        if strict and len(batch) != n:
            raise ValueError("incomplete batch")
        yield batch


def sliding_window(it, n):  # recipe
    it = iter(it)
    window = list(itertools.islice(it, n - 1))
    for x in it:
        window.append(x)
        yield tuple(window)
        del window[0]


def roundrobin(*iterables):  # recipe
    iterators = map(iter, iterables)
    for active in range(len(iterables), 0, -1):
        iterators = itertools.cycle(itertools.islice(iterators, active))
        yield from map(next, iterators)


def unique_justseen(it):  # recipe
    return map(next, map(lambda pair: pair[1], itertools.groupby(it)))


def unique_everseen(it):  # recipe
    seen = set()
    for x in itertools.filterfalse(seen.__contains__, it):
        seen.add(x)
        yield x


def shifted(it, n):
    a, b = itertools.tee(it)
    return (x * 3 + y for x, y in zip(a, itertools.islice(b, n, None)))


def doubled(it):
    a, b = itertools.tee(it)
    return (x + y for x, y in zip(a, b))


def twos(it):
    it = iter(it)
    return map(lambda x, y: x * 2 + y, it, it)


def mixed(x, y):
    return x * 2 + y


STAGES = {  # letter: (what its numbers may be, the stage)
    "M": ([(-2, 3), (-4, 4)], lambda it, a, b: map(lambda x: x * a + b, it)),
    "F": ([(2, 4), (0, 1)], lambda it, k, r: filter(lambda x: x % k == r, it)),
    "X": ([(2, 4), (0, 1)], lambda it, k, r: itertools.filterfalse(lambda x: x % k == r, it)),
    "T": ([(3, 17)], lambda it, k: itertools.takewhile(lambda x: x < k, it)),
    "D": ([(-3, 9)], lambda it, k: itertools.dropwhile(lambda x: x < k, it)),
    "S": ([(0, 4), (0, 20), (1, 3)], lambda it, a, b, c: itertools.islice(it, a, b, c)),
    "s": ([(0, 4), (1, 3)], lambda it, a, c: itertools.islice(it, a, None, c)),
    "E": ([(-2, 5)], lambda it, s: map(lambda pair: pair[0] + pair[1], enumerate(it, s))),
    "P": ([], lambda it: map(lambda pair: pair[1] - pair[0], itertools.pairwise(it))),
    "B": ([(1, 5)], lambda it, n: map(lambda b: sum(b) + 100 * len(b), batched(it, n))),
    "b": ([(1, 3)], lambda it, n: map(sum, batched(it, n, True))),
    "W": ([(1, 4)], lambda it, n: map(sum, sliding_window(it, n))),
    "A": ([], lambda it: itertools.accumulate(it)),
    "a": ([(-3, 3)], lambda it, x: itertools.accumulate(it, initial=x)),
    "C": ([(0, 3), (0, 6)], lambda it, a, b: itertools.chain(it, range(a, b))),
    "c": ([(0, 3), (0, 6)], lambda it, a, b: itertools.chain(range(a, b), it)),
    "p": ([(-9, 9)], lambda it, x: itertools.chain([x], it)),
    "Z": ([(0, 2), (0, 12)], lambda it, a, b: itertools.starmap(mixed, zip(it, range(a, b)))),
    "z": ([(0, 2), (0, 12)], lambda it, a, b: itertools.starmap(mixed, zip(range(a, b), it))),
    "L": ([(0, 2), (0, 9), (-1, 1)], lambda it, a, b, fill: itertools.starmap(
        mixed, itertools.zip_longest(it, range(a, b), fillvalue=fill))),
    "K": ([(1, 15)], lambda it, bits: itertools.compress(
        it, itertools.cycle([bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3 & 1]))),
    "G": ([(2, 6)], lambda it, k: (
        key * 1000 + sum(group) for key, group in itertools.groupby(it, lambda x: x // k))),
    "g": ([(2, 6)], lambda it, k: (
        key + next(group) for key, group in itertools.groupby(it, lambda x: x // k))),
    "U": ([], unique_justseen),
    "u": ([], unique_everseen),
    "Y": ([(0, 30)], lambda it, n: itertools.islice(itertools.cycle(it), n)),
    "R": ([(0, 2), (0, 7)], lambda it, a, b: roundrobin(it, range(a, b))),
    "H": ([(0, 2), (0, 12)], lambda it, a, b: merge(it, range(a, b))),
    "Q": ([], doubled),
    "q": ([(0, 4)], shifted),
    "I": ([], twos),
    "V": ([], lambda it: iter(sorted(it))),
    "O": ([], lambda it: reversed(list(it))),
    "J": ([(2, 3)], lambda it, r: map(
        lambda t: sum(x * 3 ** k for k, x in enumerate(t)),
        itertools.combinations(itertools.islice(it, 6), r))),
}
BOTH_FORMS = {"M": "m", "F": "f", "X": "x", "T": "t", "D": "d"}  # kernel, callback


def answers(program):
    words = program.split()
    source = Source(int(words[0]), int(words[1]))
    it = iter(source)
    for word in words[2:]:
        numbers = [int(x) for x in word[1:].split(",") if x]
        letter = {v: k for k, v in BOTH_FORMS.items()}.get(word[0], word[0])
        it = once(STAGES[letter][1](it, *numbers))
    said = [source.place()]
    try:
        for _ in range(MOST):
            said.append(f"{next(it)}@{source.place()}")
    except StopIteration:
        said.append(f".@{source.place()}")
    except ValueError:
        said.append(f"!@{source.place()}")
    return " ".join(said)


def stage(r):
    letter = r.choice(sorted(STAGES))
    numbers = [r.randint(low, high) for low, high in STAGES[letter][0]]
    if letter in "FX":
        numbers[1] %= numbers[0]
    if letter in BOTH_FORMS and r.random() < 0.5:
        letter = BOTH_FORMS[letter]
    return letter + ",".join(map(str, numbers))


def main():
    r = random.Random(11)
    print("/* Made by pipelines_rows.py: do not edit. */")
    print("static const struct row {\n    const char *program, *answers;\n} rows[] = {")
    print("    /* clang-format off */")
    rows = 0
    while rows < ROWS:
        program = " ".join([str(r.choice([0, 1, 2, 5, 11, 30])), str(r.randint(0, 22))] +
                           [stage(r) for _ in range(r.randint(1, 6))])
        try:
            print(f'    {{"{program}",\n     "{answers(program)}"}},')
        except ValueError:
            continue
        rows += 1
    print("    /* clang-format on */\n};")


if __name__ == "__main__":
    main()
