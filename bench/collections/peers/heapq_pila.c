/* heapq_pila.c - pila's heapq in the shape of heapq.h. */
#include "heapq.h"

#include "../../bench.h"

#include <stdlib.h>

#include <pila/collections/heapq.h>

PILA_LIST(Heap, int64_t)
PILA_HEAPQ(Heap)

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("pila: %s", pila_status_text(st));
}

static uint64_t push_pop(const int64_t *items, size_t n)
{
    Heap h = {0};
    uint64_t sum = 0, place = 0;
    int64_t x;

    for (size_t k = 0; k < n; k++) must(Heap_heappush(&h, items[k]));
    while (Heap_heappop(&h, &x) == PILA_OK) sum += ++place * (uint64_t)x;
    Heap_done(&h);
    return sum;
}

static uint64_t nlargest(const int64_t *items, size_t n, size_t k)
{
    pila_list out;
    uint64_t sum = 0, place = 0;

    pila_list_init(&out, &pila_i64);
    must(pila_nlargest(pila_span(items, n, &pila_i64), k, NULL, &out));
    pila_iter it = pila_list_iter(&out);
    PILA_FOR(int64_t, x, &it) sum += ++place * (uint64_t)*x;
    pila_list_done(&out);
    return sum;
}

static uint64_t merge(const int64_t *items, size_t n, size_t ways)
{
    pila_iter *from = (pila_iter *)bench_alloc(ways, sizeof *from);
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < ways; k++)
        from[k] = pila_span(items + n / ways * k, n / ways, &pila_i64);
    pila_iter it = pila_merge(from, ways, NULL, false);
    PILA_FOR(int64_t, x, &it) sum += ++place * (uint64_t)*x;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    free(from);
    return sum;
}

const heapq_peer heapq_pila = {"pila", NULL, push_pop, nlargest, merge};
