/* seq_pila.c - pila's sorted and unique in the shape of seq.h. */
#include "seq.h"

#include "../../bench.h"

#include <pila/collections/sorted.h>
#include <pila/collections/unique.h>

static uint64_t total(pila_iter it)
{
    uint64_t sum = 0, place = 0;

    PILA_FOR(int64_t, x, &it) sum += ++place * (uint64_t)*x;
    if (it.status != PILA_END) bench_die("pila: %s", pila_status_text(it.status));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t sorted(const int64_t *items, size_t n)
{
    return total(pila_sorted(pila_span(items, n, &pila_i64), NULL, false));
}

static uint64_t reversed(const int64_t *items, size_t n)
{
    return total(pila_reversed(pila_span(items, n, &pila_i64)));
}

static uint64_t everseen(const int64_t *items, size_t n)
{
    return total(pila_unique_everseen(pila_span(items, n, &pila_i64), NULL));
}

static uint64_t unique(const int64_t *items, size_t n)
{
    return total(pila_unique(pila_span(items, n, &pila_i64), NULL, false));
}

const seq_peer seq_pila = {"pila", NULL, sorted, reversed, everseen, unique};
