/* wordcount_uthash.c - uthash over borrowed words, a node from malloc for each. */
#include "wordcount.h"

#include <stdlib.h>
#include <uthash.h>

typedef struct uth_node {
    wordcount_word word;
    uint64_t count;
    UT_hash_handle hh;
} uth_node;

typedef struct uth_table {
    uth_node *head;
} uth_table;

static uth_node *uth_add(uth_table *table, wordcount_word word, unsigned hash)
{
    uth_node *node = (uth_node *)malloc(sizeof *node);

    if (!node) abort();
    node->word = word;
    node->count = 0;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, table->head, node->word.text, word.len, hash, node);
    return node;
}

static void *uth_count(const wordcount_word *words, size_t n)
{
    uth_table *table = (uth_table *)calloc(1, sizeof *table);

    if (!table) abort();
    for (size_t k = 0; k < n; k++) {
        uth_node *node;
        unsigned hash;
        HASH_VALUE(words[k].text, words[k].len, hash);
        HASH_FIND_BYHASHVALUE(hh, table->head, words[k].text, words[k].len, hash, node);
        if (!node) node = uth_add(table, words[k], hash);
        node->count++;
    }
    return table;
}

static uint64_t uth_sum(void *table)
{
    uint64_t total = 0;

    for (const uth_node *node = ((uth_table *)table)->head; node;
         node = (const uth_node *)node->hh.next) {
        total += wordcount_mix(node->word.text, node->word.len, node->count);
    }
    return total;
}

static void uth_free(void *table)
{
    uth_node *node = ((uth_table *)table)->head;

    HASH_CLEAR(hh, ((uth_table *)table)->head);
    while (node) {
        uth_node *next = (uth_node *)node->hh.next;
        free(node);
        node = next;
    }
    free(table);
}

const wordcount_peer wordcount_uthash = {
    .name = "uthash",
    .count = uth_count,
    .sum = uth_sum,
    .free = uth_free,
};
