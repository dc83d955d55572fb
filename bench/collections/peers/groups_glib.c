/* groups_glib.c - GHashTable with the count in its value, or with a GArray. */
#include "groups.h"

#include <glib.h>

static gpointer glib_box(int64_t x) { return (gpointer)(intptr_t)x; }

static void *glib_count(const int64_t *keys, size_t n)
{
    GHashTable *made = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (size_t k = 0; k < n; k++) {
        gpointer key = glib_box(keys[k]);
        int64_t count = (int64_t)(intptr_t)g_hash_table_lookup(made, key);
        g_hash_table_insert(made, key, glib_box(count + 1));
    }
    return made;
}

static uint64_t glib_counted(void *table)
{
    GHashTableIter it;
    gpointer key, value;
    uint64_t sum = 0;

    g_hash_table_iter_init(&it, (GHashTable *)table);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        uint64_t count = (uint64_t)(intptr_t)value;
        sum += (uint64_t)(intptr_t)key * count * count;
    }
    g_hash_table_destroy((GHashTable *)table);
    return sum;
}

static void glib_end(gpointer array) { g_array_free((GArray *)array, TRUE); }

static void *glib_group(const int64_t *keys, size_t n)
{
    GHashTable *made =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, glib_end);

    for (size_t k = 0; k < n; k++) {
        gpointer key = glib_box(keys[k]);
        GArray *places = (GArray *)g_hash_table_lookup(made, key);
        int64_t place = (int64_t)k;
        if (!places) {
            places = g_array_new(FALSE, FALSE, sizeof(int64_t));
            g_hash_table_insert(made, key, places);
        }
        g_array_append_val(places, place);
    }
    return made;
}

static uint64_t glib_grouped(void *table)
{
    GHashTableIter it;
    gpointer key, value;
    uint64_t sum = 0;

    g_hash_table_iter_init(&it, (GHashTable *)table);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        const GArray *places = (const GArray *)value;
        uint64_t last = (uint64_t)g_array_index(places, int64_t, places->len - 1);
        sum += (uint64_t)(intptr_t)key * places->len * last;
    }
    g_hash_table_destroy((GHashTable *)table);
    return sum;
}

const groups_peer groups_glib = {.name = "GHashTable",
                                 .count = glib_count,
                                 .counted = glib_counted,
                                 .group = glib_group,
                                 .grouped = glib_grouped};
