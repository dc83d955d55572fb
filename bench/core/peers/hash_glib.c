/* hash_glib.c - g_str_hash, up to the NUL, and g_int64_hash: 32 bits, no secret. */
#include "hash.h"

#include <glib.h>

static uint64_t glib_texts(const hash_texts *texts, uint64_t *out)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < texts->n; k++)
        sum += out[k] = g_str_hash(texts->start + k * (texts->len + 1));
    return sum;
}

static uint64_t glib_ints(const int64_t *items, size_t n, uint64_t *out)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) sum += out[k] = g_int64_hash(&items[k]);
    return sum;
}

const hash_peer hash_glib = {.name = "g_str_hash, g_int64_hash",
                             .texts = glib_texts,
                             .ints = glib_ints};
