/* wordcount_pila.c - pila's counter through its typed face, fed by an iterator over the
 * words as they are: a wordcount_word is laid out as a pila_str. It owns its keys;
 * words of up to 15 bytes lie in the table, so most are never allocated. */
#include "wordcount.h"

#include <pila/collections/counter.h>

#include <assert.h>
#include <stdlib.h>

PILA_COUNTER(Words, pila_string)

static_assert(sizeof(wordcount_word) == sizeof(pila_str) &&
                  offsetof(wordcount_word, text) == offsetof(pila_str, ptr) &&
                  offsetof(wordcount_word, len) == offsetof(pila_str, len),
              "a word is a view");

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *pila_count(const wordcount_word *words, size_t n)
{
    Words *table = (Words *)calloc(1, sizeof *table);

    if (!table) abort();
    must(Words_update(table, pila_span(words, n, &pila_view)));
    return table;
}

static uint64_t pila_sum(void *table)
{
    pila_iter it = Words_items((const Words *)table);
    uint64_t total = 0;

    PILA_FOR(Words_item, x, &it) {
        pila_str word = pila_string_view(&x->key);
        total += wordcount_mix(word.ptr, word.len, (uint64_t)x->value);
    }
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    must(st);
    return total;
}

static void pila_free_table(void *table)
{
    Words_done((Words *)table);
    free(table);
}

const wordcount_peer wordcount_pila = {
    .name = "pila",
    .count = pila_count,
    .sum = pila_sum,
    .free = pila_free_table,
};
