/* lru_glib.c - a GQueue in order of use, and a GHashTable from a key to its link. */
#include "lru.h"

#include <glib.h>

typedef struct pair {
    int64_t key, value;
} pair;

typedef struct cache {
    GQueue *order;
    GHashTable *links;
    size_t most;
} cache;

static void *glib_make(size_t most)
{
    cache *c = g_new(cache, 1);

    c->order = g_queue_new();
    c->links = g_hash_table_new(g_direct_hash, g_direct_equal);
    c->most = most;
    return c;
}

static void glib_free(void *given)
{
    cache *c = (cache *)given;

    g_hash_table_destroy(c->links);
    g_queue_free_full(c->order, g_free);
    g_free(c);
}

static gconstpointer glib_box(int64_t x) { return (gconstpointer)(intptr_t)x; }

static void glib_add(cache *c, int64_t key, int64_t value)
{
    pair *made = g_new(pair, 1);

    if (c->order->length == c->most) {
        pair *oldest = (pair *)g_queue_pop_head(c->order);
        g_hash_table_remove(c->links, glib_box(oldest->key));
        g_free(oldest);
    }
    made->key = key;
    made->value = value;
    g_queue_push_tail(c->order, made);
    g_hash_table_insert(c->links, (gpointer)glib_box(key),
                        g_queue_peek_tail_link(c->order));
}

static uint64_t glib_use(void *given, const int64_t *keys, size_t n)
{
    cache *c = (cache *)given;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        GList *link = (GList *)g_hash_table_lookup(c->links, glib_box(keys[k]));
        if (link) {
            sum += (uint64_t)((pair *)link->data)->value;
            g_queue_unlink(c->order, link);
            g_queue_push_tail_link(c->order, link);
        } else {
            sum++;
            glib_add(c, keys[k], (int64_t)k);
        }
    }
    return sum;
}

const lru_peer lru_glib = {.name = "GQueue + GHashTable",
                           .make = glib_make,
                           .free = glib_free,
                           .use = glib_use};
