/* intmap_pila.c - pila's dict through its typed face. The walk reads the items a window
 * at a time, as PILA_FOR does; it cannot fail, nor can a look-up of integers. */
#include "intmap.h"

#include <pila/collections/dict.h>

#include <stdlib.h>

PILA_DICT(Map, int64_t, int64_t)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *pila_make(void)
{
    Map *m = (Map *)calloc(1, sizeof *m);

    if (!m) abort();
    return m;
}

static void pila_free_map(void *map)
{
    Map_done((Map *)map);
    free(map);
}

static void pila_insert(void *map, const int64_t *keys, size_t n)
{
    Map *m = (Map *)map;

    for (size_t k = 0; k < n; k++) must(Map_set(m, keys[k], (int64_t)k));
}

static uint64_t pila_find(void *map, const int64_t *keys, size_t n)
{
    const Map *m = (const Map *)map;
    uint64_t sum = 0;
    int64_t *value;

    for (size_t k = 0; k < n; k++)
        if (Map_find(m, keys[k], &value) == PILA_OK) sum += (uint64_t)*value;
    return sum;
}

static uint64_t pila_erase(void *map, const int64_t *keys, size_t n)
{
    Map *m = (Map *)map;
    uint64_t count = 0;

    for (size_t k = 0; k < n; k++) count += Map_del(m, keys[k]) == PILA_OK;
    return count;
}

static uint64_t pila_iterate(void *map)
{
    pila_iter it = Map_items((const Map *)map);
    uint64_t sum = 0;

    PILA_FOR(Map_item, x, &it) sum += (uint64_t)x->key + (uint64_t)x->value;
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    must(st);
    return sum;
}

const intmap_peer intmap_pila = {
    .name = "pila",
    .make = pila_make,
    .free = pila_free_map,
    .insert = pila_insert,
    .find = pila_find,
    .erase = pila_erase,
    .iterate = pila_iterate,
};
