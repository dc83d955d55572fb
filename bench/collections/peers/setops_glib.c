/* setops_glib.c - GHashTable as a set; the elements live in its pointers. */
#include "setops.h"

#include <glib.h>

_Static_assert(sizeof(gpointer) == sizeof(int64_t), "an int64 must fit a pointer");

static GHashTable *of(const void *set) { return (GHashTable *)(uintptr_t)set; }

static GHashTable *glib_empty(void)
{
    return g_hash_table_new(g_direct_hash, g_direct_equal);
}

static void *glib_make(const int64_t *keys, size_t n)
{
    GHashTable *s = glib_empty();

    for (size_t k = 0; k < n; k++) g_hash_table_add(s, (gpointer)(intptr_t)keys[k]);
    return s;
}

static void glib_free(void *set) { g_hash_table_destroy(of(set)); }

/* The elements of `from` into made: all, those that `other` has, those it has not. */
static void glib_add(GHashTable *made, const void *from, const void *other, bool wanted)
{
    GHashTableIter it;
    gpointer x;

    g_hash_table_iter_init(&it, of(from));
    while (g_hash_table_iter_next(&it, &x, NULL))
        if (!other || g_hash_table_contains(of(other), x) == wanted)
            g_hash_table_add(made, x);
}

static void *glib_or(const void *a, const void *b)
{
    GHashTable *made = glib_empty();

    glib_add(made, a, NULL, true);
    glib_add(made, b, NULL, true);
    return made;
}

static void *glib_and(const void *a, const void *b)
{
    GHashTable *made = glib_empty();

    if (g_hash_table_size(of(b)) < g_hash_table_size(of(a))) glib_add(made, b, a, true);
    else glib_add(made, a, b, true);
    return made;
}

static void *glib_sub(const void *a, const void *b)
{
    GHashTable *made = glib_empty();

    glib_add(made, a, b, false);
    return made;
}

static void *glib_xor(const void *a, const void *b)
{
    GHashTable *made = glib_empty();

    glib_add(made, a, b, false);
    glib_add(made, b, a, false);
    return made;
}

static bool glib_issubset(const void *a, const void *b)
{
    GHashTableIter it;
    gpointer x;

    if (g_hash_table_size(of(a)) > g_hash_table_size(of(b))) return false;
    g_hash_table_iter_init(&it, of(a));
    while (g_hash_table_iter_next(&it, &x, NULL))
        if (!g_hash_table_contains(of(b), x)) return false;
    return true;
}

static uint64_t glib_sum(const void *set)
{
    GHashTableIter it;
    gpointer x;
    uint64_t sum = 0;

    g_hash_table_iter_init(&it, of(set));
    while (g_hash_table_iter_next(&it, &x, NULL))
        sum += (uint64_t)(intptr_t)x + SETOPS_EACH;
    return sum;
}

const setops_peer setops_glib = {
    .name = "GHashTable",
    .make = glib_make,
    .free = glib_free,
    .combine = {glib_or, glib_and, glib_sub, glib_xor},
    .issubset = glib_issubset,
    .sum = glib_sum,
};
