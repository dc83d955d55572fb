/* bench_chainmap.c - chains of dicts from int64 to int64: looking up, and going
 * through.
 *
 * The keys looked up are random, nine in ten of them there, in any map alike. The loop
 * by hand is over the same dicts.
 */
#include "../bench.h"
#include "peers/chain.h"

#include <stdio.h>
#include <stdlib.h>

static const chain_peer *const chains[] = {&chain_typed, &chain_run_time, &chain_hand};

static const bench_bar find_bars[] = {
    {"pila", BENCH_AT_MOST, 1.1, "loop over the dicts by hand"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};
static const bench_bar walk_bars[] = {{"pila", BENCH_FASTER, 2.0, "CPython"}};

enum { CHAINS = BENCH_COUNT(chains), LOOKUPS = 100000 };

typedef struct chain_lane {
    const chain_peer *peer;
    void *chain;
    const int64_t *keys;
    size_t n;
    uint64_t (*walk)(void *chain);
} chain_lane;

static uint64_t find(void *ctx)
{
    chain_lane *l = (chain_lane *)ctx;
    return l->peer->find(l->chain, l->keys, l->n);
}

static uint64_t walk(void *ctx)
{
    chain_lane *l = (chain_lane *)ctx;
    return l->walk(l->chain);
}

/* n keys in all, over `depth` maps; `amount` items in a run. */
static void contest(const char *operation, size_t n, size_t depth, size_t amount,
                    const int64_t *keys, const char *path, const bench_bar *bars,
                    size_t bar_count)
{
    bench_contestant all[CHAINS + 1];
    chain_lane lanes[CHAINS];
    char size[32], deep[32], what[96];
    size_t taking = 0;

    for (size_t k = 0; k < CHAINS; k++) {
        const chain_peer *p = chains[k];
        uint64_t (*how)(void *) = operation[0] == 'k' ? p->keys : p->items;
        if (!keys && !how) continue;
        lanes[taking] = (chain_lane){p, p->make(n, depth), keys, amount, how};
        all[taking] = (bench_contestant){.name = p->name,
                                         .ctx = &lanes[taking],
                                         .run = keys ? find : walk};
        taking++;
    }
    snprintf(size, sizeof size, "%zu", n);
    snprintf(deep, sizeof deep, "%zu", depth);
    snprintf(what, sizeof what, "chainmap: %s, %zu maps", operation, depth);
    all[taking] = bench_python("collections/peers/chain_cpython.py",
                               (const char *[]){operation, size, deep, path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .amount = (double)amount,
                               .repeat = bench_repeat(amount),
                               .contestants = all,
                               .count = taking + 1,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[taking]);
    for (size_t k = 0; k < taking; k++) lanes[k].peer->free(lanes[k].chain);
}

static void finding(size_t n, size_t depth)
{
    size_t lookups = bench_size(LOOKUPS, 10000);
    int64_t *keys = (int64_t *)bench_alloc(lookups, sizeof *keys);
    char *path;

    for (size_t k = 0; k < lookups; k++)
        keys[k] = (int64_t)(bench_mix(k) % (n + n / 9));
    path = bench_file(keys, lookups * sizeof *keys);
    contest("find", n, depth, lookups, keys, path, find_bars, BENCH_COUNT(find_bars));
    bench_file_end(path);
    free(keys);
}

static void walking(const char *operation, size_t n, size_t depth)
{
    contest(operation, n, depth, n, NULL, NULL, walk_bars, BENCH_COUNT(walk_bars));
}

int main(void)
{
    static const size_t depths[] = {1, 3, 8};

    bench_begin("Chains of dicts from int64 to int64.");
    for (size_t k = 0; k < BENCH_COUNT(depths); k++) finding(1000, depths[k]);
    for (size_t k = 0; k < BENCH_COUNT(depths); k++)
        finding(bench_size(100000, 10000), depths[k]);
    walking("keys", bench_size(100000, 10000), 3);
    walking("items", bench_size(100000, 10000), 3);
    return bench_end();
}
