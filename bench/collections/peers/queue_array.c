/* queue_array.c - what one writes by hand: a growing array with a head index. The gap
 * at the front is closed when it is more than half of the array, so a pop is O(1) on
 * average; a rotation moves every item. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

typedef struct array {
    int64_t *items;
    size_t head, end, cap; /* the items are [head, end) */
} array;

static void *array_make(void) { return calloc(1, sizeof(array)); }

static void array_free(void *q)
{
    free(((array *)q)->items);
    free(q);
}

static void array_grow(array *a)
{
    size_t cap = a->cap ? 2 * a->cap : 16;
    int64_t *items = (int64_t *)realloc(a->items, cap * sizeof *items);

    if (!items) abort();
    a->items = items;
    a->cap = cap;
}

static inline void array_append(array *a, int64_t item)
{
    if (a->end == a->cap) array_grow(a);
    a->items[a->end++] = item;
}

static void array_close_gap(array *a)
{
    memmove(a->items, a->items + a->head, (a->end - a->head) * sizeof *a->items);
    a->end -= a->head;
    a->head = 0;
}

static inline int64_t array_popleft(array *a)
{
    int64_t item = a->items[a->head++];

    if (a->head > a->cap / 2) array_close_gap(a);
    return item;
}

static void array_push(void *q, size_t n)
{
    for (size_t k = 0; k < n; k++) array_append((array *)q, (int64_t)k);
}

static uint64_t array_sum(void *q)
{
    array *a = (array *)q;
    uint64_t total = 0;

    for (uint64_t place = 1; a->head < a->end; place++) {
        total += place * (uint64_t)array_popleft(a);
    }
    return total;
}

static uint64_t array_fifo(void *q, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t item = array_popleft((array *)q);
        total += (uint64_t)item;
        array_append((array *)q, item + 1);
    }
    return total;
}

static uint64_t array_index(void *q, const int64_t *at, size_t n)
{
    const array *a = (const array *)q;
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) total += (uint64_t)a->items[a->head + (size_t)at[k]];
    return total;
}

/* The last `steps` items go aside, the rest up, and they come back in front. */
static void array_turn(array *a, size_t steps, int64_t *aside)
{
    int64_t *first = a->items + a->head;
    size_t rest = a->end - a->head - steps;

    memcpy(aside, first + rest, steps * sizeof *first);
    memmove(first + steps, first, rest * sizeof *first);
    memcpy(first, aside, steps * sizeof *first);
}

static uint64_t array_rotate(void *q, size_t steps, size_t n)
{
    array *a = (array *)q;
    int64_t *aside = (int64_t *)malloc(steps * sizeof *aside);
    uint64_t total = 0;

    if (!aside) abort();
    for (size_t k = 0; k < n; k++) {
        array_turn(a, steps, aside);
        total += (uint64_t)a->items[a->head];
    }
    free(aside);
    return total;
}

static uint64_t array_walk(const void *q)
{
    const array *a = (const array *)q;
    uint64_t total = 0;

    for (const int64_t *x = a->items + a->head; x != a->items + a->end; x++)
        total += (uint64_t)*x;
    return total;
}

const queue_peer queue_array = {
    .name = "array by hand",
    .make = array_make,
    .free = array_free,
    .push = array_push,
    .sum = array_sum,
    .fifo = array_fifo,
    .index = array_index,
    .rotate = array_rotate,
    .walk = array_walk,
};
