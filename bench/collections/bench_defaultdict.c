/* bench_defaultdict.c - counting and grouping int64 keys with what makes a missing
 * value.
 *
 * What is timed is one table from empty to full. The keys are drawn at random from so
 * many distinct ones. A hit should cost what one of dict costs, so the same is done
 * with dict's setdefault, and counting with Counter's add.
 */
#include "../bench.h"
#include "peers/groups.h"

#include <stdio.h>
#include <stdlib.h>

static const groups_peer *const peers[] = {&groups_pila, &groups_setdefault,
                                           &groups_counter, &groups_std, &groups_glib};

static const bench_bar count_bars[] = {
    {"pila", BENCH_AT_MOST, 1.05, "dict, setdefault"},
    {"Counter, add", BENCH_AT_MOST, 1.05, "dict, setdefault"},
    {"pila", BENCH_AT_MOST, 1.0, "std::unordered_map"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};
static const bench_bar group_bars[] = {
    {"pila", BENCH_AT_MOST, 1.05, "dict, setdefault"},
    {"pila", BENCH_AT_MOST, 1.0, "std::unordered_map"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const groups_peer *peer;
    const int64_t *keys;
    size_t n;
    void *table;
} lane;

static uint64_t count(void *ctx)
{
    lane *l = (lane *)ctx;

    l->table = l->peer->count(l->keys, l->n);
    return 0;
}

static uint64_t group(void *ctx)
{
    lane *l = (lane *)ctx;

    l->table = l->peer->group(l->keys, l->n);
    return 0;
}

static uint64_t counted(void *ctx)
{
    return ((lane *)ctx)->peer->counted(((lane *)ctx)->table);
}

static uint64_t grouped(void *ctx)
{
    return ((lane *)ctx)->peer->grouped(((lane *)ctx)->table);
}

static void contest(bool grouping, const int64_t *keys, size_t n, size_t distinct)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    size_t entered = 0;
    char what[64], number[32], *path = bench_file(keys, n * sizeof *keys);

    for (size_t k = 0; k < PEERS; k++) {
        if (grouping && !peers[k]->group) continue;
        lanes[entered] = (lane){peers[k], keys, n, NULL};
        all[entered] = (bench_contestant){.name = peers[k]->name,
                                          .skipped = peers[k]->skipped,
                                          .ctx = &lanes[entered],
                                          .run = grouping ? group : count,
                                          .check = grouping ? grouped : counted};
        entered++;
    }
    snprintf(number, sizeof number, "%zu", n);
    all[entered] = bench_python("collections/peers/groups.py",
                                (const char *[]){grouping ? "group" : "count", number,
                                                 path, NULL});
    snprintf(what, sizeof what, "%s, %zu distinct keys",
             grouping ? "grouping" : "counting", distinct);
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = entered + 1,
                               .bars = grouping ? group_bars : count_bars,
                               .bar_count = grouping ? BENCH_COUNT(group_bars)
                                                     : BENCH_COUNT(count_bars)});
    bench_python_end(&all[entered]);
    bench_file_end(path);
}

int main(void)
{
    static const size_t distinct[] = {1000, 100000};
    size_t n = bench_size(1000000, 20000);
    int64_t *keys = (int64_t *)bench_alloc(n, sizeof *keys);

    bench_begin("Counting and grouping keys with a defaultdict.");
    for (size_t d = 0; d < BENCH_COUNT(distinct); d++) {
        for (size_t k = 0; k < n; k++)
            keys[k] = (int64_t)bench_mix(bench_mix(k + 1) % distinct[d]);
        contest(false, keys, n, distinct[d]);
        contest(true, keys, n, distinct[d]);
    }
    free(keys);
    return bench_end();
}
