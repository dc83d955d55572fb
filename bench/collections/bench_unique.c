/* bench_unique.c - numbers without repeats, where few or many differ. */
#include "../bench.h"
#include "peers/seq.h"

#include <stdio.h>
#include <stdlib.h>

static const seq_peer *const peers[] = {&seq_pila, &seq_std};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    seq_work *run;
    const int64_t *items;
    size_t n;
} lane;

static uint64_t run(void *ctx)
{
    const lane *l = (const lane *)ctx;

    return l->run(l->items, l->n);
}

/* runs: the work of each peer, in their order. */
static void contest(const char *what, const char *word, seq_work *const *runs,
                    const int64_t *items, size_t n, const bench_bar *bars)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char text[32], *path = bench_file(items, n * sizeof *items);

    for (size_t p = 0; p < PEERS; p++) {
        lanes[p] = (lane){runs[p], items, n};
        all[p] = (bench_contestant){.name = peers[p]->name,
                                    .skipped = peers[p]->skipped,
                                    .run = run,
                                    .ctx = &lanes[p]};
    }
    snprintf(text, sizeof text, "%zu", n);
    all[PEERS] = bench_python("collections/peers/seq_cpython.py",
                              (const char *[]){word, text, path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = 2});
    bench_python_end(&all[PEERS]);
    bench_file_end(path);
}

static const bench_bar seen_bars[] = {
    {"pila", BENCH_AT_MOST, 0.7, "C++ std"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};
static const bench_bar sorted_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "C++ std"},
    {"pila", BENCH_FASTER, 1.5, "CPython"},
};

static void everseen(int64_t *items, size_t n, size_t differ)
{
    for (size_t k = 0; k < n; k++) items[k] = (int64_t)(bench_mix(k) % differ);
    contest(differ < n / 2 ? "unique: everseen, few differ"
                           : "unique: everseen, most differ",
            "everseen", (seq_work *const[]){seq_pila.everseen, seq_std.everseen}, items,
            n, seen_bars);
}

int main(void)
{
    size_t n = bench_size(1000000, 10000);
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);

    bench_begin("Numbers without repeats.");
    everseen(items, n, 1000);
    everseen(items, n, 10 * n);
    contest("unique: sorted first", "unique",
            (seq_work *const[]){seq_pila.unique, seq_std.unique}, items, n,
            sorted_bars);
    free(items);
    return bench_end();
}
