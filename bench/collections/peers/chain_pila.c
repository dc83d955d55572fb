/* chain_pila.c - pila's chainmap by its two faces, and a loop by hand over the dicts.
 */
#include "chain.h"

#include <pila/collections/chainmap.h>

#include <stdlib.h>

PILA_DICT(Dict, int64_t, int64_t)
PILA_CHAINMAP(Chain, Dict)

typedef struct chain {
    Dict *dicts;
    size_t depth;
    Chain typed;
    pila_dict *plain;
    pila_chainmap run_time;
} chain;

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *fresh(size_t n, size_t size)
{
    void *made = calloc(n, size);

    if (!made) abort();
    return made;
}

static void *typed_make(size_t n, size_t depth)
{
    chain *c = (chain *)fresh(1, sizeof *c);

    c->dicts = (Dict *)fresh(depth, sizeof *c->dicts);
    c->depth = depth;
    for (size_t k = 0; k < n; k++)
        must(Dict_set(&c->dicts[k % depth], (int64_t)k, (int64_t)k));
    must(Chain_set_maps(&c->typed, NULL, 0));
    for (size_t m = 0; m < depth; m++) must(Chain_append_map(&c->typed, &c->dicts[m]));
    return c;
}

static uint64_t typed_find(void *of, const int64_t *keys, size_t n)
{
    const Chain *c = &((const chain *)of)->typed;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t *value;
        sum += Chain_find(c, keys[k], &value) == PILA_OK ? (uint64_t)*value : 1;
    }
    return sum;
}

static uint64_t keys_of(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(int64_t, key, &it) sum += (uint64_t)*key;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t items_of(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(Dict_item, pair, &it)
        sum += (uint64_t)(pair->key ^ pair->value) + (uint64_t)pair->key;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t typed_keys(void *of)
{
    return keys_of(Chain_keys(&((chain *)of)->typed));
}

static uint64_t typed_items(void *of)
{
    return items_of(Chain_items(&((chain *)of)->typed));
}

static void typed_free(void *of)
{
    chain *c = (chain *)of;

    Chain_done(&c->typed);
    for (size_t m = 0; m < c->depth; m++) Dict_done(&c->dicts[m]);
    free(c->dicts);
    free(c);
}

const chain_peer chain_typed = {
    .name = "pila",
    .make = typed_make,
    .find = typed_find,
    .keys = typed_keys,
    .items = typed_items,
    .free = typed_free,
};

static void *run_time_make(size_t n, size_t depth)
{
    chain *c = (chain *)fresh(1, sizeof *c);

    c->plain = (pila_dict *)fresh(depth, sizeof *c->plain);
    c->depth = depth;
    must(pila_chainmap_init(&c->run_time, &pila_i64, &pila_i64));
    must(pila_chainmap_set_maps(&c->run_time, NULL, 0));
    for (size_t m = 0; m < depth; m++) {
        must(pila_dict_init(&c->plain[m], &pila_i64, &pila_i64));
        must(pila_chainmap_append_map(&c->run_time, pila_mapping_dict(&c->plain[m])));
    }
    for (size_t k = 0; k < n; k++)
        must(pila_dict_set(&c->plain[k % depth], &(int64_t){(int64_t)k},
                           &(int64_t){(int64_t)k}));
    return c;
}

static uint64_t run_time_find(void *of, const int64_t *keys, size_t n)
{
    const pila_chainmap *c = &((const chain *)of)->run_time;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        void *value;
        pila_status st = pila_chainmap_find(c, &keys[k], &value);
        sum += st == PILA_OK ? (uint64_t) * (int64_t *)value : 1;
    }
    return sum;
}

static uint64_t run_time_keys(void *of)
{
    return keys_of(pila_chainmap_keys(&((chain *)of)->run_time));
}

static uint64_t run_time_items(void *of)
{
    return items_of(pila_chainmap_items(&((chain *)of)->run_time));
}

static void run_time_free(void *of)
{
    chain *c = (chain *)of;

    pila_chainmap_done(&c->run_time);
    for (size_t m = 0; m < c->depth; m++) pila_dict_done(&c->plain[m]);
    free(c->plain);
    free(c);
}

const chain_peer chain_run_time = {
    .name = "pila, run-time face",
    .make = run_time_make,
    .find = run_time_find,
    .keys = run_time_keys,
    .items = run_time_items,
    .free = run_time_free,
};

/* ---- the loop one writes without a chain ---- */

static uint64_t hand_find(void *of, const int64_t *keys, size_t n)
{
    const chain *c = (const chain *)of;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t *value;
        pila_status st = PILA_EKEY;
        for (size_t m = 0; m < c->depth && st == PILA_EKEY; m++)
            st = Dict_find(&c->dicts[m], keys[k], &value);
        sum += st == PILA_OK ? (uint64_t)*value : 1;
    }
    return sum;
}

const chain_peer chain_hand = {
    .name = "loop over the dicts by hand",
    .make = typed_make,
    .find = hand_find,
    .free = typed_free,
};
