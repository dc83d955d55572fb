/* calls_pila.c - pila's lru_cache in the shape of calls.h. */
#include "calls.h"

#include "../../bench.h"

#include <stdlib.h>

#include <pila/collections/lru_cache.h>

PILA_LRU_CACHE(Next, int64_t, int64_t)

static pila_status next(void *ctx, const int64_t *key, int64_t *out)
{
    (void)ctx;
    *out = *key + 1;
    return PILA_OK;
}

static void *make(size_t most)
{
    Next *c = (Next *)bench_alloc(1, sizeof *c);

    *c = Next_of(next, NULL, most ? most : PILA_UNLIMITED);
    return c;
}

static void drop(void *cache)
{
    Next_done((Next *)cache);
    free(cache);
}

static uint64_t use(void *cache, const int64_t *keys, size_t n)
{
    uint64_t sum = 0;
    int64_t value = 0;

    for (size_t k = 0; k < n; k++) {
        if (Next_call((Next *)cache, keys[k], &value) != PILA_OK)
            bench_die("pila: a call failed");
        sum += (uint64_t)value;
    }
    return sum;
}

const calls_peer calls_pila = {"pila", NULL, make, drop, use};
