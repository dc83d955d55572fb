/* bench_lru_cache.c - a function that remembers: hits of small and large caches, hits
 * without a bound, and misses, where each call lets a pair go.
 */
#include "../bench.h"
#include "peers/calls.h"

#include <stdio.h>
#include <stdlib.h>

static const calls_peer *const peers[] = {&calls_pila, &calls_std};

static const bench_bar hit_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::list + unordered_map"},
    {"pila", BENCH_FASTER, 15.0, "CPython"},
};
static const bench_bar miss_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::list + unordered_map"},
    {"pila", BENCH_FASTER, 4.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const calls_peer *peer;
    const int64_t *keys;
    size_t n, most;
    void *cache;
} lane;

static void warm(void *ctx)
{
    lane *l = (lane *)ctx;

    l->cache = l->peer->make(l->most);
    (void)l->peer->use(l->cache, l->keys, l->n);
}

static uint64_t use(void *ctx)
{
    lane *l = (lane *)ctx;

    return l->peer->use(l->cache, l->keys, l->n);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->cache); }

/* n calls with keys out of so many. */
static void contest(const char *what, size_t most, size_t keys, size_t n,
                    const bench_bar *bars)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    char n_text[32], most_text[32];

    for (size_t k = 0; k < n; k++)
        items[k] = (int64_t)(bars == miss_bars ? k % keys : bench_mix(k) % keys);
    char *path = bench_file(items, n * sizeof *items);
    for (size_t p = 0; p < PEERS; p++) {
        lanes[p] = (lane){peers[p], items, n, most, NULL};
        all[p] = (bench_contestant){.name = peers[p]->name,
                                    .skipped = peers[p]->skipped,
                                    .prepare = warm,
                                    .run = use,
                                    .finish = freed,
                                    .ctx = &lanes[p]};
    }
    snprintf(n_text, sizeof n_text, "%zu", n);
    snprintf(most_text, sizeof most_text, "%zu", most);
    all[PEERS] = bench_python("collections/peers/calls_cpython.py",
                              (const char *[]){most_text, n_text, path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = keys,
                               .amount = (double)n,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = 2});
    bench_python_end(&all[PEERS]);
    bench_file_end(path);
    free(items);
}

int main(void)
{
    size_t n = bench_size(1000000, 20000);

    bench_begin("A function that remembers its answers.");
    contest("lru_cache: hits, maxsize 128", 128, 128, n, hit_bars);
    contest("lru_cache: hits, maxsize 100000", 100000, bench_size(100000, 1000), n,
            hit_bars);
    contest("lru_cache: hits, unlimited", 0, 1000, n, hit_bars);
    contest("lru_cache: misses, maxsize 128", 128, 1000, n, miss_bars);
    return bench_end();
}
