/* vec_hand.c - a growing array as one writes it by hand, and the C library's qsort. */
#include "vec.h"

#include <stdlib.h>

typedef struct hand {
    int64_t *items;
    size_t len, cap;
} hand;

static void hand_grow(hand *h)
{
    size_t cap = h->cap ? 2 * h->cap : 16;
    int64_t *items = (int64_t *)realloc(h->items, cap * sizeof *items);

    if (!items) abort();
    h->items = items;
    h->cap = cap;
}

static void *hand_append(size_t n)
{
    hand *made = (hand *)calloc(1, sizeof *made);

    if (!made) abort();
    for (size_t k = 0; k < n; k++) {
        if (made->len == made->cap) hand_grow(made);
        made->items[made->len++] = (int64_t)k;
    }
    return made;
}

static uint64_t hand_sum(void *array)
{
    const hand *h = (const hand *)array;
    uint64_t total = 0;

    for (size_t k = 0; k < h->len; k++) total += (uint64_t)h->items[k];
    return total;
}

static void hand_free(void *array)
{
    free(((hand *)array)->items);
    free(array);
}

static int hand_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void hand_sort(int64_t *items, size_t n)
{
    qsort(items, n, sizeof *items, hand_compare);
}

const vec_peer vec_hand = {
    .name = "realloc by hand",
    .append = hand_append,
    .sum = hand_sum,
    .free = hand_free,
};
const sort_peer sort_libc = {.name = "qsort", .sort = hand_sort};
