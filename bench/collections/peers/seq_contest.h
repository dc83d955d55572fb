/* seq_contest.h - how the peers of seq.h meet, and CPython with them. */
#ifndef SEQ_CONTEST_H
#define SEQ_CONTEST_H

#include "../../bench.h"
#include "seq.h"

#include <stdio.h>

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

#endif
