/* pipeline_pila.c - pila's chains. With kernels the stages work on a window at a time,
 * with callbacks on an item at a time; the sum is a loop by PILA_FOR, since
 * pila_sum_u64 is exact and would refuse what exceeds 64 bits. Nothing but memory can
 * fail. */
#include "pipeline.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/sources.h>

#include <stdlib.h>

PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)
PILA_MAPPER(square, uint64_t, int64_t, x, (uint64_t)x *(uint64_t)x)

static void end(pila_iter *it)
{
    if (pila_iter_outcome(it) != PILA_OK) abort();
    pila_iter_drop(it);
}

static uint64_t total(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(uint64_t, x, &it) sum += *x;
    end(&it);
    return sum;
}

/* ---- range | filter | map ---- */

static uint64_t kernels_sum(int64_t n)
{
    return total(pila_map(pila_filter(pila_range(0, n, 1), by_three), square));
}

static pila_status keep_thirds(void *ctx, const void *item, bool *keep)
{
    (void)ctx;
    *keep = *(const int64_t *)item % 3 == 0;
    return PILA_OK;
}

static pila_status put_square(void *ctx, const void *item, void *out)
{
    int64_t x = *(const int64_t *)item;

    (void)ctx;
    *(uint64_t *)out = (uint64_t)x * (uint64_t)x;
    return PILA_OK;
}

static uint64_t callbacks_sum(int64_t n)
{
    pila_iter it = pila_filter_fn(pila_range(0, n, 1), keep_thirds, NULL);

    return total(pila_map_fn(it, &pila_u64, put_square, NULL));
}

const pipeline_peer pipeline_pila_kernels = {.name = "pila kernels",
                                             .sum = kernels_sum};
const pipeline_peer pipeline_pila_callbacks = {.name = "pila callbacks",
                                               .sum = callbacks_sum};

/* ---- one adaptor at a time ---- */

typedef struct numbered {
    int64_t index, item;
} numbered;

static uint64_t pila_numbered(int64_t n)
{
    pila_iter it = pila_enumerate(pila_range(0, n, 1), 1);
    uint64_t sum = 0;

    PILA_FOR(numbered, x, &it) sum += (uint64_t)x->index * (uint64_t)x->item;
    end(&it);
    return sum;
}

static uint64_t pila_two(int64_t n)
{
    return total(pila_chain2(pila_range(0, n / 2, 1), pila_range(n / 2, n, 1)));
}

static uint64_t pila_middle(int64_t n)
{
    size_t tenth = (size_t)n / 10;

    return total(pila_islice(pila_range(0, n, 1), tenth, (size_t)n - tenth, 1));
}

static uint64_t pila_thirds(int64_t n)
{
    return total(pila_islice(pila_range(0, n, 1), 0, PILA_TO_END, 3));
}

const adaptor_peer adaptor_pila = {
    .name = "pila",
    .enumerate = pila_numbered,
    .chain = pila_two,
    .slice = pila_middle,
    .thirds = pila_thirds,
};
