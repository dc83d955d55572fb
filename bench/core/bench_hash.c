/* bench_hash.c - hashing texts of one length, and integers.
 *
 * The texts lie one behind the other and fit the second cache. The second half of the
 * input repeats the first at other addresses; what is verified is that equal inputs
 * have equal hashes and neighbours different ones.
 */
#include "../bench.h"
#include "peers/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pila first: the ratios are to it. */
static const hash_peer *const peers[] = {&hash_pila, &hash_std, &hash_absl, &hash_glib,
                                         &hash_fnv};

enum { PEERS = BENCH_COUNT(peers), LONG = 1024 };

typedef struct lane {
    const hash_peer *peer;
    hash_texts texts;     /* or */
    const int64_t *items; /* n of them, if not NULL */
    size_t n;
    uint64_t *out;
    uint64_t sum; /* so that nothing is left out by the compiler */
} lane;

static uint64_t hashed(void *ctx)
{
    lane *l = (lane *)ctx;

    l->sum += l->items ? l->peer->ints(l->items, l->n, l->out)
                       : l->peer->texts(&l->texts, l->out);
    return 0;
}

static uint64_t check(void *ctx)
{
    const lane *l = (const lane *)ctx;
    size_t half = l->n / 2;
    uint64_t good = 0;

    for (size_t k = 0; k < half; k++)
        good += l->out[k] == l->out[half + k] && l->out[k] != l->out[(k + 1) % half];
    return good;
}

static void contest(const char *what, lane input, double bytes, const bench_bar *bar)
{
    bench_contestant all[PEERS];
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = input;
        lanes[k].peer = peers[k];
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .run = hashed,
                                    .check = check,
                                    .ctx = &lanes[k]};
    }
    bench_run(&(bench_contest){.what = what,
                               .n = bytes > 0 ? input.texts.len : input.n,
                               .unit = bytes > 0 ? BENCH_GB_S : BENCH_NS_ITEM,
                               .amount = bytes,
                               .repeat = bench_repeat(input.n * 10),
                               .contestants = all,
                               .count = PEERS,
                               .bars = bar,
                               .bar_count = bar ? 1 : 0});
}

/* Letters, no NUL inside, as g_str_hash needs. */
static void texts(size_t len, size_t bytes)
{
    size_t n = bytes / len / 2 * 2, half = n / 2;
    char *start = (char *)bench_alloc(n, len + 1);
    uint64_t *out = (uint64_t *)bench_alloc(n, sizeof *out);
    lane input = {.texts = {start, n, len}, .n = n, .out = out};
    const bench_bar rate = {"pila", BENCH_RATE, 10, NULL}; /* what hash.h says */

    for (size_t k = 0; k < half * (len + 1); k++)
        start[k] = k % (len + 1) == len ? '\0' : (char)('a' + bench_mix(k) % 26);
    memcpy(start + half * (len + 1), start, half * (len + 1));
    contest("hashing texts of n bytes", input, (double)(n * len),
            len >= LONG ? &rate : NULL);
    free(out);
    free(start);
}

static void ints(size_t n)
{
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    uint64_t *out = (uint64_t *)bench_alloc(n, sizeof *out);
    lane input = {.items = items, .n = n, .out = out};
    const bench_bar bar = {"pila", BENCH_AT_MOST, 1.2, "absl::Hash"};

    bench_random(items, n / 2, 0);
    memcpy(items + n / 2, items, n / 2 * sizeof *items);
    contest("hashing integers", input, 0, &bar);
    free(out);
    free(items);
}

int main(void)
{
    static const size_t lengths[] = {8, 16, 64, 1 << 10, 1 << 16};
    size_t bytes = bench_size(1 << 18, 1 << 18);

    bench_begin("Hash functions. std::hash leaves integers as they are.");
    for (size_t k = 0; k < BENCH_COUNT(lengths); k++) texts(lengths[k], bytes);
    ints(bench_size(10000, 1000));
    return bench_end();
}
