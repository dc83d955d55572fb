/* series_contest.c - see series_contest.h. What is read by PILA_FOR is held against a
 * for loop in Python, and what a sink adds up against the built-in sum. */
#include "series_contest.h"
#include "../../bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 6, PAIRS = 3 };

static const series_peer *const peers[] = {&series_pila, &series_pila_sum,
                                           &series_pila_fn, &series_rust};

static const bench_bar all_bars[PAIRS] = {
    {"pila, PILA_FOR", BENCH_FASTER, 15.0, "CPython, for"},
    {"pila, pila_sum_i64", BENCH_FASTER, 15.0, "CPython, sum"},
    {"pila, PILA_FOR", BENCH_AT_MOST, 1.0, "Rust boxed dyn"},
};

typedef struct lane {
    series_work *work;
    series given;
} lane;

static uint64_t work(void *ctx)
{
    const lane *l = (const lane *)ctx;

    return l->work(&l->given);
}

static series_work *member(const series_peer *peer, size_t at)
{
    series_work *found;

    memcpy(&found, (const char *)peer + at, sizeof found);
    return found;
}

static bool present(const bench_contestant *all, size_t count, const char *name)
{
    for (size_t k = 0; k < count; k++)
        if (strcmp(all[k].name, name) == 0) return true;
    return false;
}

static void given_init(series *s, size_t n)
{
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    uint8_t *flags = (uint8_t *)bench_alloc(n, sizeof *flags);

    for (size_t k = 0; k < n; k++) {
        items[k] = (int64_t)k;
        flags[k] = k % 3 == 0;
    }
    s->n = (int64_t)n;
    s->items = items;
    s->flags = flags;
}

void series_contest(const char *what, const char *operation, size_t at, size_t n,
                    int python)
{
    bench_contestant all[MOST];
    bench_bar bars[PAIRS];
    lane lanes[BENCH_COUNT(peers)];
    char text[32];
    size_t count = 0, first_python, bar_count = 0;
    series given;

    given_init(&given, n);
    snprintf(text, sizeof text, "%zu", n);
    for (size_t k = 0; k < BENCH_COUNT(peers); k++) {
        series_work *found = member(peers[k], at);
        if (!found && !peers[k]->skipped) continue;
        lanes[k] = (lane){found, given};
        all[count++] = (bench_contestant){.name = peers[k]->name,
                                          .skipped = peers[k]->skipped,
                                          .run = work,
                                          .ctx = &lanes[k]};
    }
    first_python = count;
    for (int sum = 0; python && sum <= (member(&series_pila_sum, at) != NULL); sum++) {
        all[count] =
            bench_python("itertools/peers/series.py",
                         (const char *[]){operation, sum ? "sum" : "for", text, NULL});
        all[count++].name = sum ? "CPython, sum" : "CPython, for";
    }
    for (size_t k = 0; k < PAIRS; k++)
        if (present(all, count, all_bars[k].who) &&
            present(all, count, all_bars[k].peer))
            bars[bar_count++] = all_bars[k];
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = count,
                               .bars = bars,
                               .bar_count = bar_count});
    while (count > first_python) bench_python_end(&all[--count]);
    free((void *)(uintptr_t)given.items);
    free((void *)(uintptr_t)given.flags);
}
