/* bench_heapq.c - heaps, selections and merges of int64.
 *
 * Sorted pieces are merged once where random numbers take turns, and once where long
 * runs of one piece come before the others.
 */
#include "../bench.h"
#include "peers/heapq.h"

#include <stdio.h>
#include <stdlib.h>

static const heapq_peer *const peers[] = {&heapq_pila, &heapq_std};

static const bench_bar bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::priority_queue"},
    {"pila", BENCH_FASTER, 15.0, "CPython"},
};
static const bench_bar heap_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::priority_queue"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef enum work { PUSH_POP, NLARGEST, MERGE } work;

typedef struct lane {
    const heapq_peer *peer;
    work what;
    const int64_t *items;
    size_t n, k;
} lane;

static uint64_t run(void *ctx)
{
    const lane *l = (const lane *)ctx;

    if (l->what == PUSH_POP) return l->peer->push_pop(l->items, l->n);
    if (l->what == NLARGEST) return l->peer->nlargest(l->items, l->n, l->k);
    return l->peer->merge(l->items, l->n, l->k);
}

static void contest(const char *title, work what, const int64_t *items, size_t n,
                    size_t k)
{
    static const char *const words[] = {"push_pop", "nlargest", "merge"};
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char n_text[32], k_text[32], *path = bench_file(items, n * sizeof *items);

    for (size_t p = 0; p < PEERS; p++) {
        lanes[p] = (lane){peers[p], what, items, n, k};
        all[p] = (bench_contestant){.name = peers[p]->name,
                                    .skipped = peers[p]->skipped,
                                    .run = run,
                                    .ctx = &lanes[p]};
    }
    if (what == NLARGEST) all[1].name = "std::partial_sort_copy";
    snprintf(n_text, sizeof n_text, "%zu", n);
    snprintf(k_text, sizeof k_text, "%zu", k);
    all[PEERS] =
        bench_python("collections/peers/heapq_cpython.py",
                     (const char *[]){words[what], n_text, k_text, path, NULL});
    bench_bar mine[2] = {what == PUSH_POP ? heap_bars[0] : bars[0],
                         what == PUSH_POP ? heap_bars[1] : bars[1]};
    mine[0].peer = all[1].name;
    bench_run(&(bench_contest){.what = title,
                               .n = n,
                               .repeat = n < 100000 ? bench_repeat(n) : 1,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = mine,
                               .bar_count = 2});
    bench_python_end(&all[PEERS]);
    bench_file_end(path);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void merges(int64_t *items, size_t n, size_t ways)
{
    char title[64];

    n = n / ways * ways;
    bench_random(items, n, 0);
    for (size_t k = 0; k < ways; k++)
        qsort(items + n / ways * k, n / ways, sizeof *items, by_value);
    snprintf(title, sizeof title, "heapq: merge %zu pieces, items take turns", ways);
    contest(title, MERGE, items, n, ways);
    for (size_t k = 0; k < n; k++) /* runs of 100 */
        items[k] = (int64_t)(k % (n / ways) / 100 * 100 * ways + k / (n / ways) * 100 +
                             k % (n / ways) % 100);
    snprintf(title, sizeof title, "heapq: merge %zu pieces, runs of 100", ways);
    contest(title, MERGE, items, n, ways);
}

int main(void)
{
    size_t most = bench_size(10000000, 20000), n = bench_size(1000000, 10000);
    int64_t *items = (int64_t *)bench_alloc(most, sizeof *items);

    bench_begin("Heaps, selections and merges of int64.");
    bench_random(items, n, 0);
    contest("heapq: push all, pop all", PUSH_POP, items, n < 10000 ? n : 10000, 0);
    contest("heapq: push all, pop all", PUSH_POP, items, n, 0);
    bench_random(items, most, 0);
    contest("heapq: nlargest 100", NLARGEST, items, most, 100);
    merges(items, n, 2);
    merges(items, n, 8);
    merges(items, n, 100);
    free(items);
    return bench_end();
}
