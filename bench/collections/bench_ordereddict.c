/* bench_ordereddict.c - a cache that keeps the keys used last, by move_to_end and
 * popitem(last=False), against the list and map that one writes elsewhere.
 *
 * There are twice as many keys as the cache may hold. uniform: each is asked for alike,
 * so half of all are hits. skewed: the k-th key with a weight of 1/k, as pages and
 * words are; nearly all are hits. The cache has seen all the keys once before the clock
 * runs.
 */
#include "../bench.h"
#include "peers/lru.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const lru_peer *const peers[] = {&lru_pila, &lru_std, &lru_glib};

static const bench_bar bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::list + unordered_map"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct work {
    const int64_t *keys;
    size_t n, most;
} work;

typedef struct lane {
    const lru_peer *peer;
    const work *w;
    void *cache;
} lane;

static void warm(void *ctx)
{
    lane *l = (lane *)ctx;

    l->cache = l->peer->make(l->w->most);
    (void)l->peer->use(l->cache, l->w->keys, l->w->n);
}

static uint64_t use(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->use(l->cache, l->w->keys, l->w->n);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->cache); }

static bench_contestant python(const work *w, const char *path)
{
    char n[32], most[32];

    snprintf(n, sizeof n, "%zu", w->n);
    snprintf(most, sizeof most, "%zu", w->most);
    return bench_python("collections/peers/lru.py",
                        (const char *[]){most, n, path, NULL});
}

static void contest(const char *name, const work *w)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char what[64], *path = bench_file(w->keys, w->n * sizeof *w->keys);

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k], w, NULL};
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .ctx = &lanes[k],
                                    .prepare = warm,
                                    .run = use,
                                    .finish = freed};
    }
    all[PEERS] = python(w, path);
    snprintf(what, sizeof what, "cache of %zu: %s", w->most, name);
    bench_run(&(bench_contest){.what = what,
                               .n = w->n,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[PEERS]);
    bench_file_end(path);
}

/* ---- the keys ---- */

static double unit(size_t k) { return (double)(bench_mix(k + 1) >> 11) * 0x1p-53; }

/* So that neighbours in rank are none in value. */
static int64_t key_of(double rank) { return (int64_t)bench_mix((uint64_t)rank); }

int main(void)
{
    bench_begin("A cache of the keys used last: an OrderedDict of int64 to int64.");
    work w = {NULL, bench_size(1000000, 20000), bench_size(100000, 1000)};
    int64_t *keys = (int64_t *)bench_alloc(w.n, sizeof *keys);
    double all = 2.0 * (double)w.most;

    w.keys = keys;
    for (size_t k = 0; k < w.n; k++) keys[k] = key_of(all * unit(k));
    contest("uniform", &w);
    for (size_t k = 0; k < w.n; k++) keys[k] = key_of(pow(all, unit(k)) - 1);
    contest("skewed", &w);
    free(keys);
    return bench_end();
}
