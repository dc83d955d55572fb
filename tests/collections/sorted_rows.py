"""Print sorted_rows.h: the rows of test_sorted.c that CPython decides.

    python3 sorted_rows.py > sorted_rows.h

What sorted and reversed give; a key is a tenth of an item.
"""

import random

print("/* sorted_rows.h - what CPython does; printed by sorted_rows.py. */")
rng = random.Random(6)
for n in (0, 1, 2, 3, 5, 10, 40):
    for by in (0, 1):
        for reverse in (0, 1):
            items = [rng.randrange(100) for _ in range(n)]
            made = sorted(items, key=(lambda x: x // 10) if by else None, reverse=bool(reverse))
            back = list(reversed(items))
            print(f'    {{"{" ".join(map(str, items))}", {by}, {reverse},')
            print(f'     "{" ".join(map(str, made))}",\n     "{" ".join(map(str, back))}"}},')
