/* array_hand.c - a byte swap as one writes it by hand: a loop over the items. */
#include "array.h"

#include <stdlib.h>
#include <string.h>

typedef struct hand {
    char *items;
    size_t n, width; /* bytes */
} hand;

static void *hand_open(size_t width)
{
    hand *made = (hand *)calloc(1, sizeof *made);

    if (!made) abort();
    made->width = width;
    return made;
}

static void hand_fill(void *array, const void *bytes, size_t n)
{
    hand *h = (hand *)array;

    if (!h->items) h->items = (char *)malloc(n);
    if (!h->items) abort();
    h->n = n;
    memcpy(h->items, bytes, n);
}

#define HAND_LOOP(T, turn)                                                             \
    {                                                                                  \
        T *items = (T *)(void *)h->items;                                              \
        for (size_t k = 0; k < h->n / sizeof(T); k++) items[k] = turn(items[k]);       \
    }

static void hand_swap(void *array)
{
    hand *h = (hand *)array;

    if (h->width == 2) HAND_LOOP(uint16_t, __builtin_bswap16)
    else if (h->width == 4) HAND_LOOP(uint32_t, __builtin_bswap32)
    else HAND_LOOP(uint64_t, __builtin_bswap64)
}

static const void *hand_bytes(void *array) { return ((hand *)array)->items; }

static void hand_close(void *array)
{
    free(((hand *)array)->items);
    free(array);
}

const swap_peer swap_hand = {
    .name = "loop by hand",
    .open = hand_open,
    .fill = hand_fill,
    .swap = hand_swap,
    .bytes = hand_bytes,
    .close = hand_close,
};
