/* lru_pila.c - an OrderedDict as one does it in Python: find, move_to_end, popitem. */
#include "lru.h"

#include <pila/collections/ordereddict.h>

#include <stdlib.h>

PILA_ORDEREDDICT(Recent, int64_t, int64_t)

typedef struct cache {
    Recent keys;
    size_t most;
} cache;

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *pila_make(size_t most)
{
    cache *c = (cache *)calloc(1, sizeof *c);

    if (!c) abort();
    c->most = most;
    return c;
}

static void pila_free_cache(void *given)
{
    Recent_done(&((cache *)given)->keys);
    free(given);
}

static uint64_t pila_use(void *given, const int64_t *keys, size_t n)
{
    cache *c = (cache *)given;
    uint64_t sum = 0;
    int64_t *value;

    for (size_t k = 0; k < n; k++)
        if (Recent_find(&c->keys, keys[k], &value) == PILA_OK) {
            sum += (uint64_t)*value;
            must(Recent_move_to_end(&c->keys, keys[k], true));
        } else {
            sum++;
            if (Recent_len(&c->keys) == c->most)
                must(Recent_popitem(&c->keys, false, NULL, NULL));
            must(Recent_set(&c->keys, keys[k], (int64_t)k));
        }
    return sum;
}

const lru_peer lru_pila = {.name = "pila",
                           .make = pila_make,
                           .free = pila_free_cache,
                           .use = pila_use};
