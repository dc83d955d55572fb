/* wordcount_glib.c - GHashTable from a borrowed word to its node, which holds the
 * count: one look-up for a word that is known. The hash is that of g_str_hash. */
#include "wordcount.h"

#include <glib.h>

typedef struct glib_node {
    wordcount_word word;
    uint64_t count;
} glib_node;

static guint glib_hash(gconstpointer key)
{
    const wordcount_word *word = (const wordcount_word *)key;
    guint hash = 5381;

    for (size_t k = 0; k < word->len; k++)
        hash = hash * 33 + (unsigned char)word->text[k];
    return hash;
}

static gboolean glib_equal(gconstpointer a, gconstpointer b)
{
    const wordcount_word *x = (const wordcount_word *)a, *y = (const wordcount_word *)b;
    return x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

static glib_node *glib_add(GHashTable *table, wordcount_word word)
{
    glib_node *node = g_new(glib_node, 1);

    node->word = word;
    node->count = 0;
    g_hash_table_insert(table, &node->word, node);
    return node;
}

static void *glib_count(const wordcount_word *words, size_t n)
{
    GHashTable *table = g_hash_table_new_full(glib_hash, glib_equal, NULL, g_free);

    for (size_t k = 0; k < n; k++) {
        glib_node *node = (glib_node *)g_hash_table_lookup(table, &words[k]);
        if (!node) node = glib_add(table, words[k]);
        node->count++;
    }
    return table;
}

static uint64_t glib_sum(void *table)
{
    GHashTableIter it;
    gpointer value;
    uint64_t total = 0;

    g_hash_table_iter_init(&it, (GHashTable *)table);
    while (g_hash_table_iter_next(&it, NULL, &value)) {
        const glib_node *node = (const glib_node *)value;
        total += wordcount_mix(node->word.text, node->word.len, node->count);
    }
    return total;
}

static void glib_free(void *table) { g_hash_table_destroy((GHashTable *)table); }

const wordcount_peer wordcount_glib = {
    .name = "GHashTable",
    .count = glib_count,
    .sum = glib_sum,
    .free = glib_free,
};
