/* intmap_glib.c - GHashTable; keys and values live in its pointers, which saves it an
 * allocation for each. */
#include "intmap.h"

#include <glib.h>

_Static_assert(sizeof(gpointer) == sizeof(int64_t), "an int64 must fit a pointer");

static gpointer glib_box(int64_t x) { return (gpointer)(intptr_t)x; }

static void *glib_make(void) { return g_hash_table_new(g_direct_hash, g_direct_equal); }

static void glib_free(void *map) { g_hash_table_destroy((GHashTable *)map); }

static void glib_insert(void *map, const int64_t *keys, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        g_hash_table_insert((GHashTable *)map, glib_box(keys[k]), glib_box((int64_t)k));
    }
}

static uint64_t glib_find(void *map, const int64_t *keys, size_t n)
{
    uint64_t sum = 0;
    gpointer value;

    for (size_t k = 0; k < n; k++) {
        if (g_hash_table_lookup_extended((GHashTable *)map, glib_box(keys[k]), NULL,
                                         &value)) {
            sum += (uint64_t)(intptr_t)value;
        }
    }
    return sum;
}

static uint64_t glib_erase(void *map, const int64_t *keys, size_t n)
{
    uint64_t count = 0;

    for (size_t k = 0; k < n; k++) {
        count += g_hash_table_remove((GHashTable *)map, glib_box(keys[k])) ? 1 : 0;
    }
    return count;
}

static uint64_t glib_iterate(void *map)
{
    GHashTableIter it;
    gpointer key, value;
    uint64_t sum = 0;

    g_hash_table_iter_init(&it, (GHashTable *)map);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        sum += (uint64_t)(intptr_t)key + (uint64_t)(intptr_t)value;
    }
    return sum;
}

const intmap_peer intmap_glib = {
    .name = "GHashTable",
    .make = glib_make,
    .free = glib_free,
    .insert = glib_insert,
    .find = glib_find,
    .erase = glib_erase,
    .iterate = glib_iterate,
};
