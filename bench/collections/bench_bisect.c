/* bench_bisect.c - random needles in sorted int64, and putting numbers in their place.
 */
#include "../bench.h"
#include "peers/bisect.h"

#include <stdio.h>
#include <stdlib.h>

static const bisect_peer *const peers[] = {&bisect_pila, &bisect_std};

static const bench_bar search_bars[] = {
    {"pila", BENCH_AT_MOST, 0.8, "std::lower_bound"},
    {"pila", BENCH_FASTER, 15.0, "CPython"},
};
static const bench_bar insort_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::lower_bound"},
    {"pila", BENCH_FASTER, 1.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const bisect_peer *peer;
    const int64_t *items; /* n, then the needles */
    size_t n, needles;    /* none: insort */
} lane;

static uint64_t run(void *ctx)
{
    const lane *l = (const lane *)ctx;

    if (!l->needles) return l->peer->insort(l->items, l->n);
    return l->peer->search(l->items, l->n, l->items + l->n, l->needles);
}

static void contest(const char *what, const int64_t *items, size_t n, size_t needles,
                    const bench_bar *bars)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char n_text[32], m_text[32];
    char *path = bench_file(items, (n + needles) * sizeof *items);

    for (size_t p = 0; p < PEERS; p++) {
        lanes[p] = (lane){peers[p], items, n, needles};
        all[p] = (bench_contestant){.name = peers[p]->name,
                                    .skipped = peers[p]->skipped,
                                    .run = run,
                                    .ctx = &lanes[p]};
    }
    snprintf(n_text, sizeof n_text, "%zu", n);
    snprintf(m_text, sizeof m_text, "%zu", needles);
    all[PEERS] = bench_python("collections/peers/bisect_cpython.py",
                              (const char *[]){needles ? "search" : "insort", n_text,
                                               m_text, path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .amount = (double)(needles ? needles : n),
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = 2});
    bench_python_end(&all[PEERS]);
    bench_file_end(path);
}

static void searches(size_t n, size_t needles)
{
    int64_t *items = (int64_t *)bench_alloc(n + needles, sizeof *items);

    for (size_t k = 0; k < n; k++) items[k] = (int64_t)(2 * k);
    for (size_t k = 0; k < needles; k++)
        items[n + k] = (int64_t)(bench_mix(k) % (2 * n));
    contest("bisect: random needles", items, n, needles, search_bars);
    free(items);
}

int main(void)
{
    size_t needles = bench_size(1000000, 10000), n = bench_size(20000, 2000);
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);

    bench_begin("Binary searches of int64.");
    searches(1000, needles);
    searches(bench_size(1000000, 10000), needles);
    bench_random(items, n, 0);
    contest("bisect: insort", items, n, 0, insort_bars);
    free(items);
    return bench_end();
}
