"""Print lru_cache_rows.h: the rows of test_lru_cache.c that CPython decides.

    python3 lru_cache_rows.py > lru_cache_rows.h

Which calls reach the function (f), what each one answers, and the counts at the end. The
function of mode 0 doubles; 1 fails for some keys; 2 calls the cache with a smaller key;
3 calls it with the same key, and counts its answers; 4 clears it at times.
"""

import functools
import random


def run(mode, maxsize, keys):
    log, state = [], {"inside": False, "count": 0}

    @functools.lru_cache(maxsize)
    def cached(k):
        log.append(f"f{k}")
        if mode == 1 and k % 7 == 3:
            raise ValueError
        if mode == 2 and k > 0:
            return cached(k - 1 if k % 3 else k // 3) + 1
        if mode == 3:
            if not state["inside"]:
                state["inside"] = True
                cached(k)
                state["inside"] = False
            state["count"] += 1
            return state["count"]
        if mode == 4 and k % 5 == 0:
            cached.cache_clear()
        return 2 * k

    for k in keys:
        if k < 0:
            cached.cache_clear()
            continue
        try:
            log.append(f"={cached(k)}")
        except ValueError:
            log.append("!")
    info = cached.cache_info()
    size = "PILA_UNLIMITED" if maxsize is None else max(maxsize, 0)
    print(f'    {{{mode}, {size}, "{" ".join(map(str, keys))}",\n     "{" ".join(log)}",\n'
          f'     {info.hits}, {info.misses}, {info.currsize}}},')


print("/* lru_cache_rows.h - what CPython does; printed by lru_cache_rows.py. */")
rng = random.Random(5)
for mode in range(5):
    for maxsize in (0, 1, 2, 3, 5, 16, None):
        for span in (3, 8, 24):
            run(mode, maxsize, [rng.randrange(span) if rng.randrange(60) else -1
                                for _ in range(70)])
