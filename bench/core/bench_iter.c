/* bench_iter.c - what the protocol costs a reader: the sum of int64.
 *
 * From an array, which is one window, item by item and a window at a time; from a
 * source that hands the same array out in windows of 4 KiB; by a pointer in a loop; and
 * by the usual iterator of C, a call through a pointer for each item. A loop does
 * nothing but add, so this is the protocol at its worst.
 */
#include "../bench.h"

#include <pila/core/iter.h>

#include <stdlib.h>

enum { WINDOW = 512 }; /* items: 4 KiB */

typedef struct input {
    const int64_t *items;
    size_t n;
} input;

static uint64_t by_pointer(void *ctx)
{
    const input *in = (const input *)ctx;
    const int64_t *end = in->items + in->n;
    uint64_t sum = 0;

    for (const int64_t *x = in->items; x < end; x++) sum += (uint64_t)*x;
    return sum;
}

static uint64_t item_by_item(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += (uint64_t)*x;
    if (it.status != PILA_END) bench_die("%s", pila_status_text(it.status));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t from_array(void *ctx)
{
    const input *in = (const input *)ctx;
    return item_by_item(pila_span(in->items, in->n, &pila_i64));
}

static uint64_t by_window(void *ctx)
{
    const input *in = (const input *)ctx;
    pila_iter it = pila_span(in->items, in->n, &pila_i64);
    uint64_t sum = 0;
    size_t n;

    while ((n = pila_iter_ready(&it)) > 0) {
        const int64_t *x = (const int64_t *)(const void *)it.cur;
        for (size_t k = 0; k < n; k++) sum += (uint64_t)x[k];
        pila_iter_skip(&it, n);
    }
    pila_iter_drop(&it);
    return sum;
}

/* ---- windows of 4 KiB ---- */

static bool chunk_refill(pila_iter *it)
{
    const input *in = (const input *)it->state;
    size_t left = in->n - it->at, n = left < WINDOW ? left : WINDOW;

    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)(in->items + it->at);
    it->end = it->cur + n * sizeof *in->items;
    it->at += n;
    return true;
}

static uint64_t from_chunks(void *ctx)
{
    static const pila_iter_ops ops = {chunk_refill, NULL, NULL};
    return item_by_item(pila_iter_make(&pila_i64, &ops, ctx));
}

/* ---- a call for each item ---- */

typedef struct caller {
    bool (*next)(struct caller *c, int64_t *out);
    const int64_t *at, *end;
} caller;

static bool array_next(caller *c, int64_t *out)
{
    if (c->at == c->end) return false;
    *out = *c->at++;
    return true;
}

static bool (*volatile next_now)(caller *, int64_t *) = array_next;

static uint64_t by_call(void *ctx)
{
    const input *in = (const input *)ctx;
    caller c = {next_now, in->items, in->items + in->n};
    uint64_t sum = 0;
    int64_t x;

    while (c.next(&c, &x)) sum += (uint64_t)x;
    return sum;
}

static void contest(size_t n)
{
    static const bench_bar bars[] = {
        {"PILA_FOR over an array", BENCH_AT_MOST, 1.6, "pointer loop"},
        {"PILA_FOR over windows of 4 KiB", BENCH_AT_MOST, 1.6, "pointer loop"},
        {"a window at a time", BENCH_AT_MOST, 1.1, "pointer loop"},
    };
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    input in = {items, n};
    bench_contestant all[] = {
        {.name = "PILA_FOR over an array", .run = from_array, .ctx = &in},
        {.name = "PILA_FOR over windows of 4 KiB", .run = from_chunks, .ctx = &in},
        {.name = "a window at a time", .run = by_window, .ctx = &in},
        {.name = "pointer loop", .run = by_pointer, .ctx = &in},
        {.name = "a call for each item", .run = by_call, .ctx = &in},
    };

    bench_random(items, n, 0);
    bench_run(&(bench_contest){.what = "sum of int64",
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    free(items);
}

int main(void)
{
    bench_begin("Reading items through the protocol.");
    contest(bench_size(10000, 1000));
    contest(bench_size(10000000, 10000));
    return bench_end();
}
