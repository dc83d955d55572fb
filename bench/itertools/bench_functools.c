/* bench_functools.c - reduce over an array: (acc ^ x) + 1, by a fold, which
 * sees a window, and by a callback, which sees an item.
 */
#include "../bench.h"

#include <pila/itertools/functools.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_RUST
int64_t fold_rust(const int64_t *data, size_t n);
#endif

PILA_FOLD(mix, uint64_t, int64_t, acc, x, (acc ^ (uint64_t)x) + 1)

typedef struct input {
    int64_t *x;
    size_t n;
} input;

static uint64_t must(pila_status st, uint64_t got)
{
    if (st != PILA_OK) bench_die("reduce: %s", pila_status_text(st));
    return got;
}

static uint64_t by_fold(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t acc = 0;
    pila_status st = pila_reduce(pila_span(in->x, in->n, &pila_i64), mix, &acc, &acc);

    return must(st, acc);
}

static pila_status mix_fn(void *ctx, const void *a, const void *b, void *out)
{
    uint64_t acc = (*(const uint64_t *)a ^ (uint64_t) * (const int64_t *)b) + 1;

    (void)ctx;
    memcpy(out, &acc, sizeof acc);
    return PILA_OK;
}

static uint64_t by_callback(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t acc = 0;
    pila_status st = pila_reduce_fn(pila_span(in->x, in->n, &pila_i64), mix_fn, NULL,
                                    &acc, &pila_u64, &acc);

    return must(st, acc);
}

static uint64_t by_hand(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t acc = 0;

    for (size_t k = 0; k < in->n; k++) acc = (acc ^ (uint64_t)in->x[k]) + 1;
    return acc;
}

static uint64_t by_rust(void *ctx)
{
#ifdef HAVE_RUST
    const input *in = (const input *)ctx;
    return (uint64_t)fold_rust(in->x, in->n);
#else
    (void)ctx;
    return 0;
#endif
}

#ifdef HAVE_RUST
#define NO_RUST NULL
#else
#define NO_RUST "no rustc"
#endif

int main(void)
{
    const bench_bar bars[] = {
        {"pila fold", BENCH_AT_MOST, 1.1, "hand loop"},
        {"pila fold", BENCH_AT_MOST, 1.0, "Rust boxed dyn"},
        {"pila fold", BENCH_FASTER, 15.0, "CPython"},
        {"pila callback", BENCH_FASTER, 15.0, "CPython"},
    };
    size_t n = bench_size(1000000, 100000);
    input in = {(int64_t *)bench_alloc(n, sizeof *in.x), n};
    char text[32];

    for (size_t k = 0; k < n; k++) in.x[k] = (int64_t)(k * 7919 % 1000);
    snprintf(text, sizeof text, "%zu", n);
    bench_begin("reduce: a row's time is that of one item.");
    bench_contestant all[] = {
        {.name = "pila fold", .run = by_fold, .ctx = &in},
        {.name = "pila callback", .run = by_callback, .ctx = &in},
        {.name = "hand loop", .run = by_hand, .ctx = &in},
        {.name = "Rust boxed dyn", .run = by_rust, .ctx = &in, .skipped = NO_RUST},
        bench_python("itertools/peers/fold.py", (const char *[]){text, NULL}),
    };
    bench_run(&(bench_contest){.what = "reduce",
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[4]);
    free(in.x);
    return bench_end();
}
