"""Print heapq_rows.h: the rows of test_heapq.c that CPython decides.

    python3 heapq_rows.py > heapq_rows.h

An operation on a heap leaves a list, and has asked for comparisons, both as CPython's C
code does; a comparison may fail at the k-th call. What a failed operation had on its
way out CPython drops; heapq.h says that it goes to the end of the list, and so do the
rows. heappush_max and heappushpop_max are new in 3.14: they, and the restoring of one item,
are written down here as the C code does it, by exchanging items.
"""

import heapq
import random

asked, fail_at = [], 0


class Failed(Exception):
    pass


class Item:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        asked.append(f"{self.value}<{other.value}")
        if len(asked) == fail_at:
            raise Failed
        return self.value < other.value


def down(heap, start, pos, most):
    while pos > start:
        up = (pos - 1) // 2
        if not (heap[up] < heap[pos] if most else heap[pos] < heap[up]):
            break
        heap[up], heap[pos] = heap[pos], heap[up]
        pos = up


def up(heap, start, most):
    pos, n = start, len(heap)
    while pos < n // 2:
        child = 2 * pos + 1
        if child + 1 < n:
            a, b = heap[child], heap[child + 1]
            child += not (b < a if most else a < b)
        heap[child], heap[pos] = heap[pos], heap[child]
        pos = child
    down(heap, start, pos, most)


def push_max(heap, item):
    heap.append(item)
    down(heap, 0, len(heap) - 1, True)


def pushpop_max(heap, item):
    if heap and item < heap[0]:
        item, heap[0] = heap[0], item
        up(heap, 0, True)
    return item


def changed(most):
    def run(heap, at):
        up(heap, at.value % len(heap), most)
        down(heap, 0, at.value % len(heap), most)
    return run


OPS = {
    "HEAPIFY": (heapq.heapify, heapq._heapify_max, 0),
    "PUSH": (heapq.heappush, push_max, 1),
    "POP": (heapq.heappop, heapq._heappop_max, 0),
    "PUSHPOP": (heapq.heappushpop, pushpop_max, 1),
    "REPLACE": (heapq.heapreplace, heapq._heapreplace_max, 1),
    "CHANGED": (changed(False), changed(True), 1),
}


def text(items):
    return " ".join(str(x.value) for x in items)


def run(op, most, before, arg, fail):
    global fail_at
    heap, item = [Item(v) for v in before], Item(arg)
    top = heap[0] if heap else None
    asked.clear()
    fail_at, status, result = fail, "PILA_OK", -1
    try:
        made = OPS[op][most](heap, item) if OPS[op][2] else OPS[op][most](heap)
        result = made.value if made is not None else -1
    except IndexError:
        status = "PILA_EEMPTY"
    except Failed:
        status = "THING_FAULT"
        if op == "POP" or op == "REPLACE" or op == "PUSHPOP" and item in heap:
            heap.append(top)
    print(f'    {{{op}, {most}, "{" ".join(map(str, before))}", {arg}, {fail}, {status}, '
          f'{result},\n     "{text(heap)}", "{" ".join(asked)}"}},')
    return len(asked), [x.value for x in heap]


def heaps():
    rng = random.Random(1)
    print("#ifdef HEAP_ROWS")
    for op in OPS:
        for most in (0, 1):
            for n in (0, 1, 2, 3, 4, 5, 7, 8, 12, 20):
                if op == "CHANGED" and n == 0:
                    continue
                items = [rng.randrange(10 if n % 2 else 100) for _ in range(n)]
                if op not in ("HEAPIFY", "CHANGED"):
                    (heapq._heapify_max if most else heapq.heapify)(items)
                arg = rng.randrange(100)
                calls, _ = run(op, most, items, arg, 0)
                for fail in range(1, calls + 1) if n < 9 else ():
                    run(op, most, items, arg, fail)
    print("#endif\n#ifdef HEAP_LARGE_ROWS")
    for n in (2500, 2501, 3000, 4097, 10000):
        for most in (0, 1):
            items = [k * 7919 % 10007 for k in range(n)]
            (heapq._heapify_max if most else heapq.heapify)(items)
            total = 0
            for v in items:
                total = (total * 31 + v) % 2**64
            log = [Item(k * 7919 % 10007) for k in range(n)]
            asked.clear()
            (heapq._heapify_max if most else heapq.heapify)(log)
            order = 0
            for pair in asked:
                a, b = pair.split("<")
                order = (order * 31 + int(a) * 10007 + int(b)) % 2**64
            print(f"    {{{n}, {most}, {total}u, {order}u}},")
    print("#endif")


def merges():
    rng = random.Random(2)
    log = []

    def source(name, items):
        for x in items:
            log.append(name)
            yield x
        log.append(name.upper())

    def key(x):
        log.append("k")
        return x // 10

    print("#ifdef MERGE_ROWS")
    shapes = [[], [0], [3], [0, 0], [2, 2], [5, 0], [0, 4], [1, 1, 1], [3, 3, 3], [6, 2, 4],
              [9, 1], [4, 0, 4, 4], [2] * 7, [8, 8, 8, 8, 8]]
    for shape in shapes:
        for by, reverse, is_sorted in ((0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1), (0, 0, 0),
                                       (1, 1, 0)):
            lists = [[rng.randrange(40) for _ in range(n)] for n in shape]
            if is_sorted:
                for x in lists:
                    x.sort(key=(lambda v: v // 10) if by else None, reverse=bool(reverse))
            log.clear()
            names = "abcdefgh"
            for x in heapq.merge(*(source(names[k], x) for k, x in enumerate(lists)),
                                 key=key if by else None, reverse=bool(reverse)):
                log.append(f">{x}")
            given = "|".join(" ".join(map(str, x)) for x in lists)
            print(f'    {{"{given}", {len(lists)}, {by}, {reverse},\n     "{" ".join(log)}"}},')
    print("#endif")


def best():
    rng = random.Random(3)
    print("#ifdef BEST_ROWS")
    for size in (0, 1, 5, 30, 700):
        items = [rng.randrange(100) for _ in range(size)]
        for n in sorted({0, 1, 2, 3, 10, size, size + 5}):
            for most in (0, 1):
                for by in (0, 1):
                    f = heapq.nlargest if most else heapq.nsmallest
                    made = f(n, items, key=(lambda v: v // 10) if by else None)
                    if size == 700:
                        made = made[:12]
                    given = " ".join(map(str, items)) if size < 700 else ""
                    print(f'    {{{size}, "{given}", {n}, {most}, {by}, '
                          f'"{" ".join(map(str, made))}"}},')
        if size == 700:
            print("#define BEST_700 " + '"' + " ".join(map(str, items)) + '"')
    print("#endif")


print("/* heapq_rows.h - what CPython does; printed by heapq_rows.py. */")
heaps()
merges()
best()
