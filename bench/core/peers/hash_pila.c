/* hash_pila.c - pila's, in the inline forms that its containers use. */
#include "hash.h"

#include <pila/core/str.h>

static uint64_t pila_texts(const hash_texts *texts, uint64_t *out)
{
    uint64_t sum = 0;

    pila_hash_init();
    for (size_t k = 0; k < texts->n; k++) {
        const char *text = texts->start + k * (texts->len + 1);
        sum += out[k] = pila__str_hash(pila_str_of(text, texts->len));
    }
    return sum;
}

static uint64_t pila_ints(const int64_t *items, size_t n, uint64_t *out)
{
    uint64_t sum = 0;

    pila_hash_init();
    for (size_t k = 0; k < n; k++) sum += out[k] = pila__hash_u64((uint64_t)items[k]);
    return sum;
}

const hash_peer hash_pila = {.name = "pila", .texts = pila_texts, .ints = pila_ints};
