/* queue_pila.c - pila's deque through its typed face. The walk is a loop by PILA_FOR,
 * block after block. */
#include "queue.h"

#include <pila/collections/deque.h>

#include <stdlib.h>

PILA_DEQUE(Queue, int64_t)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *pila_make(void)
{
    Queue *q = (Queue *)calloc(1, sizeof *q);

    if (!q) abort();
    return q;
}

static void pila_free_queue(void *q)
{
    Queue_done((Queue *)q);
    free(q);
}

static void pila_push(void *q, size_t n)
{
    for (size_t k = 0; k < n; k++) must(Queue_append((Queue *)q, (int64_t)k));
}

static uint64_t pila_sum(void *q)
{
    uint64_t total = 0;
    int64_t item;

    for (uint64_t place = 1; Queue_popleft((Queue *)q, &item) == PILA_OK; place++)
        total += place * (uint64_t)item;
    return total;
}

static uint64_t pila_fifo(void *q, size_t n)
{
    uint64_t total = 0;
    int64_t item;

    for (size_t k = 0; k < n; k++) {
        must(Queue_popleft((Queue *)q, &item));
        total += (uint64_t)item;
        must(Queue_append((Queue *)q, item + 1));
    }
    return total;
}

static uint64_t pila_index(void *q, const int64_t *at, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        total += (uint64_t)*Queue_at((const Queue *)q, (size_t)at[k]);
    }
    return total;
}

static uint64_t pila_rotate(void *q, size_t steps, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        must(Queue_rotate((Queue *)q, (ptrdiff_t)steps));
        total += (uint64_t)*Queue_get((const Queue *)q, 0);
    }
    return total;
}

static uint64_t pila_walk(const void *q)
{
    pila_iter it = Queue_iter((const Queue *)q);
    uint64_t total = 0;

    PILA_FOR(int64_t, x, &it) total += (uint64_t)*x;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return total;
}

const queue_peer queue_pila = {
    .name = "pila",
    .make = pila_make,
    .free = pila_free_queue,
    .push = pila_push,
    .sum = pila_sum,
    .fifo = pila_fifo,
    .index = pila_index,
    .rotate = pila_rotate,
    .walk = pila_walk,
};
