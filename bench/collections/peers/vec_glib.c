/* vec_glib.c - GArray. Its sort moves the items into a GArray and out again, which is
 * nothing beside the sorting. */
#include "vec.h"

#include <glib.h>
#include <string.h>

static GArray *glib_new(void) { return g_array_new(FALSE, FALSE, sizeof(int64_t)); }

static void *glib_append(size_t n)
{
    GArray *made = glib_new();

    for (size_t k = 0; k < n; k++) {
        int64_t item = (int64_t)k;
        g_array_append_val(made, item);
    }
    return made;
}

static uint64_t glib_sum(void *array)
{
    const GArray *a = (const GArray *)array;
    uint64_t total = 0;

    for (guint k = 0; k < a->len; k++) total += (uint64_t)g_array_index(a, int64_t, k);
    return total;
}

static void glib_free(void *array) { g_array_free((GArray *)array, TRUE); }

static gint glib_compare(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void glib_sort(int64_t *items, size_t n)
{
    GArray *a = glib_new();

    g_array_append_vals(a, items, (guint)n);
    g_array_sort(a, glib_compare);
    memcpy(items, a->data, n * sizeof *items);
    glib_free(a);
}

const vec_peer vec_glib = {
    .name = "GArray",
    .append = glib_append,
    .sum = glib_sum,
    .free = glib_free,
};
const sort_peer sort_glib = {.name = "GArray sort", .sort = glib_sort};
