/* bench_sources.c - range: adding up its items one by one, and by the sink for it; then
 * the other sources, each alone.
 *
 * A range of ten shows what making and dropping one costs, a hundred million what an
 * item does; CPython takes part up to a million. The hand loop's empty asm makes each
 * number unknown to the compiler, which could otherwise compute the sum at once.
 */
#include "../bench.h"
#include "peers/series_contest.h"

#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

#include <stdio.h>

#define BY_ITEM "pila, PILA_FOR"
#define BY_SINK "pila, pila_sum_i64"

static const bench_bar bars[] = {
    {BY_ITEM, BENCH_AT_MOST, 3.0, "hand loop"},
    {BY_SINK, BENCH_AT_MOST, 2.0, "hand loop"},
    {BY_ITEM, BENCH_FASTER, 15.0, "CPython, for"},
    {BY_SINK, BENCH_FASTER, 15.0, "CPython, sum"},
};

enum { OF_PYTHON = 2, BARS = BENCH_COUNT(bars) }; /* the last bars are about CPython */

static int64_t count_of(void *ctx)
{
    const size_t *n = (const size_t *)ctx;
    return (int64_t)*n;
}

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("range: %s", pila_status_text(st));
}

static uint64_t by_item(void *ctx)
{
    pila_iter it = pila_range(0, count_of(ctx), 1);
    uint64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += (uint64_t)*x;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t by_sink(void *ctx)
{
    int64_t sum = 0;

    must(pila_sum_i64(pila_range(0, count_of(ctx), 1), &sum));
    return (uint64_t)sum;
}

static uint64_t by_hand(void *ctx)
{
    int64_t n = count_of(ctx);
    uint64_t sum = 0;

    for (int64_t k = 0; k < n; k++) {
        __asm__ volatile("" : : "r"(k));
        sum += (uint64_t)k;
    }
    return sum;
}

static bench_contestant python(const char *name, const char *how, size_t n)
{
    char text[32];

    snprintf(text, sizeof text, "%zu", n);
    bench_contestant made =
        bench_python("itertools/peers/sources.py", (const char *[]){how, text, NULL});
    made.name = name;
    return made;
}

static void contest(size_t n, bool with_python)
{
    bench_contestant all[5] = {
        {.name = BY_ITEM, .run = by_item, .ctx = &n},
        {.name = BY_SINK, .run = by_sink, .ctx = &n},
        {.name = "hand loop", .run = by_hand, .ctx = &n},
    };
    size_t count = 3;

    if (with_python) {
        all[count++] = python("CPython, for", "for", n);
        all[count++] = python("CPython, sum", "sum", n);
    }
    bench_run(&(bench_contest){.what = "the sum of a range",
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = count,
                               .bars = bars,
                               .bar_count = with_python ? BARS : BARS - OF_PYTHON});
    while (count > 3) bench_python_end(&all[--count]);
}

/* Of so few items making the range is all: there is no bar. */
static void short_ranges(void)
{
    size_t n = 10;
    bench_contestant all[] = {
        {.name = BY_ITEM, .run = by_item, .ctx = &n},
        {.name = BY_SINK, .run = by_sink, .ctx = &n},
        {.name = "hand loop", .run = by_hand, .ctx = &n},
        python("CPython, for", "for", n),
        python("CPython, sum", "sum", n),
    };

    bench_run(&(bench_contest){.what = "the sum of a range",
                               .n = n,
                               .amount = 1,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all)});
    bench_python_end(&all[3]);
    bench_python_end(&all[4]);
}

int main(void)
{
    size_t n = bench_size(1000000, 100000);

    bench_begin("Sources. A row's time is that of an item; at n = 10, of the range.");
    short_ranges();
    contest(n, true);
    contest(bench_size(100000000, 1000000), false);
    series_contest("range, boxed", "range", offsetof(series_peer, range), n, 0);
    series_contest("count", "count", offsetof(series_peer, count), n, 1);
    series_contest("count of doubles", "count_f64", offsetof(series_peer, count_f64), n,
                   1);
    series_contest("repeat", "repeat", offsetof(series_peer, repeat), n, 1);
    series_contest("an array reversed", "reversed", offsetof(series_peer, reversed), n,
                   1);
    series_contest("a function's items, until a sentinel in Python", "from_fn",
                   offsetof(series_peer, from_fn), n, 1);
    return bench_end();
}
