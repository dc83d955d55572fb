/* bench_list.c - a growing array of int64: appending, walking, and sorting.
 *
 * Sorting is of random numbers, and of ten ascending runs one after the other, where a
 * sort that sees runs has an easy time.
 */
#include "../bench.h"
#include "peers/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const vec_peer *const arrays[] = {&vec_pila, &vec_std, &vec_glib, &vec_hand};
static const sort_peer *const sorts[] = {&sort_pila, &sort_std_stable, &sort_std,
                                         &sort_libc, &sort_glib};

static const bench_bar append_bars[] = {
    {"pila", BENCH_AT_MOST, 1.1, "std::vector"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};
static const bench_bar walk_bars[] = {{"pila", BENCH_AT_MOST, 1.6, "realloc by hand"}};
static const bench_bar sort_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::stable_sort"},
    {"pila", BENCH_AT_MOST, 1.0, "CPython"},
};

enum { ARRAYS = BENCH_COUNT(arrays), SORTS = BENCH_COUNT(sorts), RUNS = 10 };

/* ---- appending, walking ---- */

typedef struct array_lane {
    const vec_peer *peer;
    size_t n;
    void *array;
} array_lane;

static uint64_t append(void *ctx)
{
    array_lane *l = (array_lane *)ctx;

    l->array = l->peer->append(l->n);
    return 0;
}

static uint64_t appended(void *ctx)
{
    return ((array_lane *)ctx)->peer->sum(((array_lane *)ctx)->array);
}

static void freed(void *ctx)
{
    ((array_lane *)ctx)->peer->free(((array_lane *)ctx)->array);
}

static void made(void *ctx) { append(ctx); }

/* `how` without names; n items. */
static void contest(const char *operation, size_t n, bench_contestant how,
                    const bench_bar *bars, size_t bar_count)
{
    bench_contestant all[ARRAYS + 1];
    array_lane lanes[ARRAYS];
    char text[32], what[64];

    for (size_t k = 0; k < ARRAYS; k++) {
        lanes[k] = (array_lane){arrays[k], n, NULL};
        all[k] = how;
        all[k].name = arrays[k]->name;
        all[k].skipped = arrays[k]->skipped;
        all[k].ctx = &lanes[k];
    }
    snprintf(text, sizeof text, "%zu", n);
    snprintf(what, sizeof what, "list: %s", operation);
    all[ARRAYS] = bench_python("collections/peers/list.py",
                               (const char *[]){operation, text, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = ARRAYS + 1,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[ARRAYS]);
}

static void appends(size_t n)
{
    bench_contestant how = {.run = append, .check = appended, .finish = freed};

    contest("append", n, how, append_bars, BENCH_COUNT(append_bars));
}

static void walks(size_t n)
{
    bench_contestant how = {.run = appended, .prepare = made, .finish = freed};

    contest("walk", n, how, walk_bars, BENCH_COUNT(walk_bars));
}

/* ---- sorting ---- */

typedef struct sort_lane {
    const sort_peer *peer;
    const int64_t *input;
    int64_t *items;
    size_t n;
} sort_lane;

static void copied(void *ctx)
{
    sort_lane *l = (sort_lane *)ctx;
    memcpy(l->items, l->input, l->n * sizeof *l->items);
}

static uint64_t sort(void *ctx)
{
    sort_lane *l = (sort_lane *)ctx;

    l->peer->sort(l->items, l->n);
    return 0;
}

static uint64_t ordered(void *ctx)
{
    const sort_lane *l = (const sort_lane *)ctx;
    uint64_t total = 0;

    for (size_t k = 0; k < l->n; k++) total += (k + 1) * (uint64_t)l->items[k];
    return total;
}

static bench_contestant sort_python(const int64_t *input, size_t n, char **path)
{
    char text[32];

    *path = bench_file(input, n * sizeof *input);
    snprintf(text, sizeof text, "%zu", n);
    return bench_python("collections/peers/list.py",
                        (const char *[]){"sort", text, *path, NULL});
}

static void sorting(const char *what, const int64_t *input, size_t n)
{
    bench_contestant all[SORTS + 1];
    sort_lane lanes[SORTS];
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);
    char *path;

    for (size_t k = 0; k < SORTS; k++) {
        lanes[k] = (sort_lane){sorts[k], input, items, n};
        all[k] = (bench_contestant){.name = sorts[k]->name,
                                    .skipped = sorts[k]->skipped,
                                    .ctx = &lanes[k],
                                    .prepare = copied,
                                    .run = sort,
                                    .check = ordered};
    }
    all[SORTS] = sort_python(input, n, &path);
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .contestants = all,
                               .count = SORTS + 1,
                               .bars = sort_bars,
                               .bar_count = BENCH_COUNT(sort_bars)});
    bench_python_end(&all[SORTS]);
    bench_file_end(path);
    free(items);
}

static void sortings(size_t n)
{
    int64_t *input = (int64_t *)bench_alloc(n, sizeof *input);

    bench_random(input, n, 0);
    sorting("list: sort random numbers", input, n);
    for (size_t k = 0; k < n; k++)
        input[k] = (int64_t)(k % (n / RUNS) * RUNS + k / (n / RUNS));
    sorting("list: sort ten ascending runs", input, n);
    free(input);
}

int main(void)
{
    bench_begin("Growing arrays of int64.");
    appends(1000);
    appends(bench_size(10000000, 10000));
    walks(10000);
    walks(bench_size(1000000, 20000));
    sortings(bench_size(1000000, 10000));
    return bench_end();
}
