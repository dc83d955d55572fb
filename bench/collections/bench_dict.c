/* bench_dict.c - a map from int64 to int64, against the maps of C, C++ and CPython.
 *
 * Random keys, one set for each size: insert them into an empty map that reserved
 * nothing; look each up in another order; look up as many absent ones; erase all in a
 * third order; walk over all and add up keys and values. The value of a key is its
 * place in the input.
 */
#include "../bench.h"
#include "peers/intmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pila first: the ratios are to it. */
static const intmap_peer *const peers[] = {
    &intmap_pila, &intmap_boost, &intmap_absl,   &intmap_std,
    &intmap_tsl,  &intmap_glib,  &intmap_uthash,
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct inputs {
    size_t n;
    int64_t *keys; /* start a block of 4n, which the Python peer reads as a whole */
    int64_t *hits, *misses, *order;
} inputs;

typedef struct lane {
    const intmap_peer *peer;
    const inputs *in;
    void *full;    /* holds all keys, for hit, miss and iterate */
    void *scratch; /* lives for one run */
} lane;

static inputs make_inputs(size_t n)
{
    int64_t *all = (int64_t *)bench_alloc(4 * n, sizeof *all);
    inputs in = {n, all, all + n, all + 2 * n, all + 3 * n};

    bench_random(in.keys, n, 0);
    memcpy(in.hits, in.keys, n * sizeof *all);
    bench_random(in.misses, n, UINT64_C(1) << 40);
    memcpy(in.order, in.keys, n * sizeof *all);
    bench_shuffle(in.hits, n, 1);
    bench_shuffle(in.order, n, 2);
    return in;
}

/* ---- what a run does ---- */

static void empty(void *ctx) { ((lane *)ctx)->scratch = ((lane *)ctx)->peer->make(); }

static void filled(void *ctx)
{
    lane *l = (lane *)ctx;

    empty(l);
    l->peer->insert(l->scratch, l->in->keys, l->in->n);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->scratch); }

static uint64_t insert(void *ctx)
{
    lane *l = (lane *)ctx;

    l->peer->insert(l->scratch, l->in->keys, l->in->n);
    return 0;
}

static uint64_t inserted(void *ctx)
{
    return ((lane *)ctx)->peer->iterate(((lane *)ctx)->scratch);
}

static uint64_t hit(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->find(l->full, l->in->hits, l->in->n);
}

static uint64_t miss(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->find(l->full, l->in->misses, l->in->n);
}

static uint64_t erase(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->erase(l->scratch, l->in->order, l->in->n);
}

static uint64_t iterate(void *ctx)
{
    return ((lane *)ctx)->peer->iterate(((lane *)ctx)->full);
}

/* ---- contests ---- */

static const bench_bar hit_bar = {"pila", BENCH_AT_MOST, 1.2,
                                  "boost::unordered_flat_map"};
static const bench_bar walk_bar = {"pila", BENCH_FASTER, 3.0,
                                   "boost::unordered_flat_map"};
static const bench_bar mean_bar = {"pila", BENCH_AT_MOST, 1.0, NULL};

typedef struct operation {
    const char *name;
    bench_contestant how;
    const bench_bar *bar;
    size_t bar_from; /* the smallest n that the bar is about */
} operation;

static const operation operations[] = {
    {"insert",
     {.run = insert, .prepare = empty, .check = inserted, .finish = freed},
     NULL,
     0},
    {"hit", {.run = hit}, &hit_bar, 100000},
    {"miss", {.run = miss}, NULL, 0},
    {"erase", {.run = erase, .prepare = filled, .finish = freed}, NULL, 0},
    {"iterate", {.run = iterate}, &walk_bar, 0},
};

static void contest(const operation *op, lane *lanes, const char *path,
                    bench_tally *tally)
{
    bench_contestant all[PEERS + 1];
    char what[64], n[32];
    const inputs *in = lanes[0].in;

    for (size_t k = 0; k < PEERS; k++) {
        all[k] = op->how;
        all[k].name = lanes[k].peer->name;
        all[k].skipped = lanes[k].peer->skipped;
        all[k].ctx = &lanes[k];
    }
    snprintf(what, sizeof what, "int64 map: %s", op->name);
    snprintf(n, sizeof n, "%zu", in->n);
    all[PEERS] = bench_python("collections/peers/intmap.py",
                              (const char *[]){op->name, path, n, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = in->n,
                               .repeat = bench_repeat(in->n),
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = op->bar,
                               .bar_count = op->bar && in->n >= op->bar_from ? 1 : 0,
                               .tally = tally});
    bench_python_end(&all[PEERS]);
}

static void size(size_t n, bench_tally *tally)
{
    inputs in = make_inputs(n);
    char *path = bench_file(in.keys, 4 * n * sizeof *in.keys);
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){.peer = peers[k], .in = &in};
        if (peers[k]->skipped) continue;
        lanes[k].full = peers[k]->make();
        peers[k]->insert(lanes[k].full, in.keys, n);
    }
    for (size_t k = 0; k < BENCH_COUNT(operations); k++) {
        contest(&operations[k], lanes, path, tally);
    }
    for (size_t k = 0; k < PEERS; k++) {
        if (!peers[k]->skipped) peers[k]->free(lanes[k].full);
    }
    bench_file_end(path);
    free(in.keys);
}

int main(void)
{
    static const size_t sizes[] = {1000, 100000, 1000000, 10000000};
    static const size_t quick[] = {300, 1000, 3000, 10000};
    bench_tally tally = {0};
    size_t done = 0;

    bench_begin("Maps from int64 to int64, random keys.");
    for (size_t k = 0; k < BENCH_COUNT(sizes); k++) {
        size_t n = bench_size(sizes[k], quick[k]);
        if (n > done) size(n, &tally);
        done = n;
    }
    bench_tally_report(&tally, "int64 map: all operations and sizes", &mean_bar, 1);
    return bench_end();
}
