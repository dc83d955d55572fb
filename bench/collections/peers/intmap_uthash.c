/* intmap_uthash.c - uthash; a node from malloc for each key, as it is commonly used.
 * The hash of a key is computed once for "look up, else add". */
#include "intmap.h"

#include <stdlib.h>
#include <uthash.h>

typedef struct uth_node {
    int64_t key, value;
    UT_hash_handle hh;
} uth_node;

typedef struct uth_map {
    uth_node *head;
} uth_map;

static void *uth_make(void) { return calloc(1, sizeof(uth_map)); }

static void uth_free(void *map)
{
    uth_node *node = ((uth_map *)map)->head;

    HASH_CLEAR(hh, ((uth_map *)map)->head);
    while (node) {
        uth_node *next = (uth_node *)node->hh.next;
        free(node);
        node = next;
    }
    free(map);
}

static uth_node *uth_add(uth_map *m, int64_t key, unsigned hash)
{
    uth_node *node = (uth_node *)malloc(sizeof *node);

    if (!node) abort();
    node->key = key;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, m->head, &node->key, sizeof key, hash, node);
    return node;
}

static void uth_insert(void *map, const int64_t *keys, size_t n)
{
    uth_map *m = (uth_map *)map;

    for (size_t k = 0; k < n; k++) {
        uth_node *node;
        unsigned hash;
        HASH_VALUE(&keys[k], sizeof keys[k], hash);
        HASH_FIND_BYHASHVALUE(hh, m->head, &keys[k], sizeof keys[k], hash, node);
        if (!node) node = uth_add(m, keys[k], hash);
        node->value = (int64_t)k;
    }
}

static uint64_t uth_find(void *map, const int64_t *keys, size_t n)
{
    uth_map *m = (uth_map *)map;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        uth_node *node;
        HASH_FIND(hh, m->head, &keys[k], sizeof keys[k], node);
        if (node) sum += (uint64_t)node->value;
    }
    return sum;
}

static uint64_t uth_erase(void *map, const int64_t *keys, size_t n)
{
    uth_map *m = (uth_map *)map;
    uint64_t count = 0;

    for (size_t k = 0; k < n; k++) {
        uth_node *node;
        HASH_FIND(hh, m->head, &keys[k], sizeof keys[k], node);
        if (!node) continue;
        HASH_DELETE(hh, m->head, node);
        free(node);
        count++;
    }
    return count;
}

static uint64_t uth_iterate(void *map)
{
    uint64_t sum = 0;

    for (uth_node *node = ((uth_map *)map)->head; node;
         node = (uth_node *)node->hh.next) {
        sum += (uint64_t)node->key + (uint64_t)node->value;
    }
    return sum;
}

const intmap_peer intmap_uthash = {
    .name = "uthash",
    .make = uth_make,
    .free = uth_free,
    .insert = uth_insert,
    .find = uth_find,
    .erase = uth_erase,
    .iterate = uth_iterate,
};
