/* bench_type.c - what comparing int64 through a descriptor costs.
 *
 * How many of n numbers are less than the one before: by hand; with the descriptor a
 * constant, as in a typed face; with one that is known at run time, whose kind is
 * switched on; and with callbacks, of the kind that user code has. Random numbers, in
 * the second cache.
 */
#include "../bench.h"

#include <pila/core/type.h>

#include <stdlib.h>

typedef struct input {
    const int64_t *items;
    size_t n;
    const pila_type *type; /* for those that learn it at run time */
} input;

static uint64_t by_hand(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t count = 0;

    for (size_t k = 1; k < in->n; k++) count += in->items[k] < in->items[k - 1];
    return count;
}

PILA_INLINE uint64_t count_less(const input *in, const pila_type *type)
{
    uint64_t count = 0;

    for (size_t k = 1; k < in->n; k++) {
        bool less = false;
        if (pila_type_less(type, &in->items[k], &in->items[k - 1], &less) != PILA_OK)
            bench_die("a comparison failed");
        count += less;
    }
    return count;
}

static uint64_t by_constant(void *ctx)
{
    return count_less((const input *)ctx, &pila_i64);
}

static uint64_t at_run_time(void *ctx)
{
    const input *in = (const input *)ctx;
    return count_less(in, in->type);
}

static pila_status less_back(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = *(const int64_t *)a < *(const int64_t *)b;
    return PILA_OK;
}

int main(void)
{
    static const bench_bar bars[] = {
        {"constant descriptor", BENCH_AT_MOST, 1.1, "hand loop"},
        {"run-time descriptor", BENCH_AT_MOST, 1.0, "callback"},
    };
    size_t n = bench_size(30000, 3000);
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    pila_type own = pila_i64;

    own.kind = PILA_KIND_OTHER;
    own.less = less_back;
    bench_random(items, n, 0);
    input plain = {items, n, &pila_i64}, called = {items, n, &own};
    bench_contestant all[] = {
        {.name = "constant descriptor", .run = by_constant, .ctx = &plain},
        {.name = "run-time descriptor", .run = at_run_time, .ctx = &plain},
        {.name = "callback", .run = at_run_time, .ctx = &called},
        {.name = "hand loop", .run = by_hand, .ctx = &plain},
    };

    bench_begin("Comparing int64 through a descriptor.");
    bench_run(&(bench_contest){.what = "less than the one before",
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    free(items);
    return bench_end();
}
