/* bench_adaptors.c - a chain of iterators: range | filter x % 3 == 0 | map x * x | sum;
 * then enumerate, chain and islice, each alone.
 *
 * A million items with CPython among the contestants, a hundred million without: the
 * window that goes from stage to stage stays in the cache either way.
 */
#include "../bench.h"
#include "peers/pipeline.h"

#include <stdio.h>

static const pipeline_peer *const peers[] = {
    &pipeline_pila_kernels, &pipeline_pila_callbacks, &pipeline_hand,
    &pipeline_vtable,       &pipeline_callbacks,      &pipeline_rust_boxed,
    &pipeline_rust_static,
};

static const bench_bar bars[] = {
    {"pila kernels", BENCH_AT_MOST, 3.5, "hand loop"},
    {"pila kernels", BENCH_AT_MOST, 0.8, "Rust boxed dyn"},
    {"pila callbacks", BENCH_AT_MOST, 1.2, "C vtable and callbacks"},
    {"pila callbacks", BENCH_FASTER, 15.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers), BARS = BENCH_COUNT(bars) };

typedef struct lane {
    uint64_t (*work)(int64_t n);
    size_t n;
} lane;

static uint64_t work(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return l->work((int64_t)l->n);
}

/* ---- range | filter | map | sum ---- */

static void contest(size_t n, bench_contestant *python)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k]->sum, n};
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .run = work,
                                    .ctx = &lanes[k]};
    }
    if (python) all[PEERS] = *python;
    bench_run(&(bench_contest){.what = "range | filter | map | sum",
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = PEERS + (python ? 1 : 0),
                               .bars = bars,
                               .bar_count = python ? BARS : BARS - 1});
}

static void with_python(size_t n)
{
    char text[32];

    snprintf(text, sizeof text, "%zu", n);
    bench_contestant python =
        bench_python("itertools/peers/pipeline.py", (const char *[]){text, NULL});
    contest(n, &python);
    bench_python_end(&python);
}

/* ---- one adaptor at a time ---- */

static void alone(const char *what, const char *operation, uint64_t (*pila)(int64_t),
                  uint64_t (*hand)(int64_t))
{
    size_t n = bench_size(1000000, 100000);
    lane lanes[] = {{pila, n}, {hand, n}};
    char text[32];

    snprintf(text, sizeof text, "%zu", n);
    bench_contestant all[] = {
        {.name = adaptor_pila.name, .run = work, .ctx = &lanes[0]},
        {.name = adaptor_hand.name, .run = work, .ctx = &lanes[1]},
        bench_python("itertools/peers/adaptors.py",
                     (const char *[]){operation, text, NULL}),
    };
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all)});
    bench_python_end(&all[2]);
}

int main(void)
{
    const adaptor_peer *pila = &adaptor_pila, *hand = &adaptor_hand;

    bench_begin("Chains of iterators; a row's time is that of one item of the range.");
    with_python(bench_size(1000000, 100000));
    contest(bench_size(100000000, 1000000), NULL);
    alone("enumerate", "enumerate", pila->enumerate, hand->enumerate);
    alone("chain of two halves", "chain", pila->chain, hand->chain);
    alone("islice, the middle eight tenths", "slice", pila->slice, hand->slice);
    alone("islice, every third", "thirds", pila->thirds, hand->thirds);
    return bench_end();
}
