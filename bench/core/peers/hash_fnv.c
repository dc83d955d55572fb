/* hash_fnv.c - FNV-1a of 64 bits, the loop that is commonly written by hand. No secret,
 * so whoever may choose keys can make them meet. */
#include "hash.h"

#include <string.h>

static uint64_t fnv(const char *p, size_t n)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t k = 0; k < n; k++)
        hash = (hash ^ (unsigned char)p[k]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t fnv_texts(const hash_texts *texts, uint64_t *out)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < texts->n; k++)
        sum += out[k] = fnv(texts->start + k * (texts->len + 1), texts->len);
    return sum;
}

static uint64_t fnv_ints(const int64_t *items, size_t n, uint64_t *out)
{
    uint64_t sum = 0;
    char bytes[sizeof *items];

    for (size_t k = 0; k < n; k++) {
        memcpy(bytes, &items[k], sizeof bytes);
        sum += out[k] = fnv(bytes, sizeof bytes);
    }
    return sum;
}

const hash_peer hash_fnv = {.name = "FNV-1a by hand",
                            .texts = fnv_texts,
                            .ints = fnv_ints};
