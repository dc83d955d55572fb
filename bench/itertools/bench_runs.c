/* bench_runs.c - neighbours and runs over an array of numbers, each four times, and of
 * lines of twenty digits; what comes out is added up.
 */
#include "../bench.h"

#include <pila/itertools/runs.h>
#include <pila/itertools/sinks.h>

#include <stdio.h>
#include <string.h>

enum { LINE = 20 };

typedef struct input {
    int64_t *x;
    pila_str *lines;
    size_t n;
} input;

static uint64_t must(pila_iter *it, uint64_t sum)
{
    if (it->status != PILA_END) bench_die("runs: %s", pila_status_text(it->status));
    pila_iter_drop(it);
    return sum;
}

static pila_iter numbers(void *ctx)
{
    const input *in = (const input *)ctx;
    return pila_span(in->x, in->n, &pila_i64);
}

static uint64_t total(pila_iter it)
{
    int64_t sum = 0;
    pila_status st = pila_sum_i64(it, &sum);

    if (st != PILA_OK) bench_die("%s", pila_status_text(st));
    return (uint64_t)sum;
}

/* ---- neighbours ---- */

typedef struct pair {
    int64_t a, b;
} pair;

static uint64_t pila_pairs(void *ctx)
{
    pila_iter it = pila_pairwise(numbers(ctx));
    uint64_t sum = 0;

    PILA_FOR(pair, p, &it) sum += (uint64_t)(p->a * p->b);
    return must(&it, sum);
}

static uint64_t hand_pairs(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 1; k < in->n; k++) sum += (uint64_t)(in->x[k - 1] * in->x[k]);
    return sum;
}

typedef struct four {
    int64_t x[4];
} four;

static uint64_t pila_sliding(void *ctx)
{
    pila_iter it = pila_sliding_window(numbers(ctx), 4);
    uint64_t sum = 0;

    PILA_FOR(four, w, &it) sum += (uint64_t)(w->x[0] * w->x[3]);
    return must(&it, sum);
}

static uint64_t hand_sliding(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 3; k < in->n; k++) sum += (uint64_t)(in->x[k - 3] * in->x[k]);
    return sum;
}

static uint64_t pila_batches(void *ctx)
{
    pila_iter it = pila_batched(numbers(ctx), 8);
    uint64_t sum = 0;

    PILA_FOR(pila_row, r, &it) sum += (uint64_t)((const int64_t *)r->items)[0];
    return must(&it, sum);
}

static uint64_t hand_batches(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < in->n; k += 8) sum += (uint64_t)in->x[k];
    return sum;
}

/* ---- running results ---- */

static uint64_t pila_sums(void *ctx)
{
    return total(pila_accumulate_sum(numbers(ctx), NULL));
}

static uint64_t hand_sums(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;
    int64_t acc = 0;

    for (size_t k = 0; k < in->n; k++) {
        if (__builtin_add_overflow(acc, in->x[k], &acc)) bench_die("overflow");
        sum += (uint64_t)acc;
    }
    return sum;
}

PILA_FOLD(larger, int64_t, int64_t, acc, x, x > acc ? x : acc)

static uint64_t pila_most(void *ctx)
{
    return total(pila_accumulate(numbers(ctx), larger, NULL));
}

static pila_status larger_fn(void *ctx, const void *acc, const void *item, void *out)
{
    int64_t a = *(const int64_t *)acc, x = *(const int64_t *)item;

    (void)ctx;
    if (x > a) a = x;
    memcpy(out, &a, sizeof a);
    return PILA_OK;
}

static uint64_t pila_most_fn(void *ctx)
{
    return total(pila_accumulate_fn(numbers(ctx), &pila_i64, larger_fn, NULL, NULL));
}

static uint64_t hand_most(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;
    int64_t acc = INT64_MIN;

    for (size_t k = 0; k < in->n; k++) {
        acc = in->x[k] > acc ? in->x[k] : acc;
        sum += (uint64_t)acc;
    }
    return sum;
}

/* ---- runs ---- */

typedef struct group {
    int64_t key;
    pila_iter items;
} group;

static uint64_t sum_groups(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(group, g, &it) {
        pila_iter items = g->items;
        uint64_t one = 0;
        PILA_FOR(int64_t, x, &items) one += (uint64_t)*x;
        sum += (uint64_t)g->key * one;
    }
    return must(&it, sum);
}

static uint64_t pila_groups(void *ctx)
{
    return sum_groups(pila_groupby(numbers(ctx)));
}

static uint64_t hand_groups(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0, one;

    for (size_t k = 0; k < in->n;) {
        int64_t key = in->x[k];
        for (one = 0; k < in->n && in->x[k] == key; k++) one += (uint64_t)in->x[k];
        sum += (uint64_t)key * one;
    }
    return sum;
}

PILA_MAPPER(tenth, int64_t, int64_t, x, x / 10)

static uint64_t pila_tens(void *ctx)
{
    return sum_groups(pila_groupby_key(numbers(ctx), tenth));
}

static uint64_t hand_tens(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0, one;

    for (size_t k = 0; k < in->n;) {
        int64_t key = in->x[k] / 10;
        for (one = 0; k < in->n && in->x[k] / 10 == key; k++) one += (uint64_t)in->x[k];
        sum += (uint64_t)key * one;
    }
    return sum;
}

static pila_status tenth_fn(void *ctx, const void *item, void *out)
{
    int64_t key = *(const int64_t *)item / 10;

    (void)ctx;
    memcpy(out, &key, sizeof key);
    return PILA_OK;
}

static uint64_t pila_tens_fn(void *ctx)
{
    return sum_groups(pila_groupby_fn(numbers(ctx), &pila_i64, tenth_fn, NULL));
}

static uint64_t pila_keys(void *ctx)
{
    pila_iter it = pila_groupby(numbers(ctx));
    uint64_t sum = 0;

    PILA_FOR(group, g, &it) sum += (uint64_t)g->key;
    return must(&it, sum);
}

static uint64_t pila_justseen(void *ctx)
{
    return total(pila_unique_justseen(numbers(ctx)));
}

static uint64_t hand_justseen(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = in->n ? (uint64_t)in->x[0] : 0;

    for (size_t k = 1; k < in->n; k++)
        if (in->x[k] != in->x[k - 1]) sum += (uint64_t)in->x[k];
    return sum;
}

typedef struct run {
    int64_t key, count;
} run;

static uint64_t pila_counts(void *ctx)
{
    pila_iter it = pila_count_runs(numbers(ctx));
    uint64_t sum = 0;

    PILA_FOR(run, r, &it) sum += (uint64_t)(r->key * r->count * r->count);
    return must(&it, sum);
}

static uint64_t hand_counts(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0, end; k < in->n; k = end) {
        for (end = k; end < in->n && in->x[end] == in->x[k]; end++) {}
        sum += (uint64_t)in->x[k] * (end - k) * (end - k);
    }
    return sum;
}

typedef struct line_run {
    pila_str key;
    int64_t count;
} line_run;

static uint64_t pila_lines(void *ctx)
{
    const input *in = (const input *)ctx;
    pila_iter it = pila_count_runs(pila_span(in->lines, in->n, &pila_view));
    uint64_t sum = 0;

    PILA_FOR(line_run, r, &it) sum += r->key.len * (uint64_t)(r->count * r->count);
    return must(&it, sum);
}

static uint64_t hand_lines(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0, end; k < in->n; k = end) {
        pila_str key = in->lines[k];
        for (end = k; end < in->n && in->lines[end].len == key.len &&
                      memcmp(in->lines[end].ptr, key.ptr, key.len) == 0;
             end++) {}
        sum += key.len * (end - k) * (end - k);
    }
    return sum;
}

/* ---- contests ---- */

#ifdef HAVE_RUST
uint64_t runs_rust_sums(const int64_t *data, size_t n);
uint64_t runs_rust_most(const int64_t *data, size_t n);

static uint64_t rust_sums(void *ctx)
{
    return runs_rust_sums(((const input *)ctx)->x, ((const input *)ctx)->n);
}

static uint64_t rust_most(void *ctx)
{
    return runs_rust_most(((const input *)ctx)->x, ((const input *)ctx)->n);
}
#define RUST(run) run, NULL
#else
#define RUST(run) NULL, "no rustc"
#endif

typedef uint64_t work(void *ctx);

static void contest(const char *what, const char *operation, input *in, work *pila,
                    work *callback, work *hand, work *rust, const char *no_rust)
{
    char n[32];

    snprintf(n, sizeof n, "%zu", in->n);
    bench_contestant all[5] = {
        {.name = "pila", .run = pila, .ctx = in},
        bench_python("itertools/peers/runs.py", (const char *[]){operation, n, NULL}),
        {.name = "hand loop", .run = hand, .ctx = in},
    };
    bench_bar bars[3] = {{"pila", BENCH_FASTER, 15.0, "CPython"}};
    size_t count = 3, bar_count = 1;
    if (callback) {
        all[count++] =
            (bench_contestant){.name = "pila, callback", .run = callback, .ctx = in};
        bars[bar_count++] =
            (bench_bar){"pila, callback", BENCH_FASTER, 15.0, "CPython"};
    }
    if (rust || no_rust) {
        all[count++] = (bench_contestant){.name = "Rust boxed dyn",
                                          .run = rust,
                                          .ctx = in,
                                          .skipped = no_rust};
        bars[bar_count++] = (bench_bar){"pila", BENCH_AT_MOST, 1.0, "Rust boxed dyn"};
    }
    bench_run(&(bench_contest){.what = what,
                               .n = in->n,
                               .repeat = bench_repeat(in->n),
                               .contestants = all,
                               .count = count,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[1]);
}

static void contests(input *in)
{
#define NONE NULL, NULL
    contest("pairwise", "pairwise", in, pila_pairs, NULL, hand_pairs, NONE);
    contest("sliding_window of 4", "sliding", in, pila_sliding, NULL, hand_sliding,
            NONE);
    contest("batched by 8", "batches", in, pila_batches, NULL, hand_batches, NONE);
    contest("accumulate: sums", "sums", in, pila_sums, NULL, hand_sums,
            RUST(rust_sums));
    contest("accumulate: max", "most", in, pila_most, pila_most_fn, hand_most,
            RUST(rust_most));
    contest("groupby, runs of 4", "groups", in, pila_groups, NULL, hand_groups, NONE);
    contest("groupby x / 10, runs of 40", "tens", in, pila_tens, pila_tens_fn,
            hand_tens, NONE);
    contest("groupby, groups not read", "keys", in, pila_keys, NULL, hand_justseen,
            NONE);
    contest("unique_justseen", "justseen", in, pila_justseen, NULL, hand_justseen,
            NONE);
    contest("count_runs", "counts", in, pila_counts, NULL, hand_counts, NONE);
    contest("count_runs of lines", "lines", in, pila_lines, NULL, hand_lines, NONE);
#undef NONE
}

int main(void)
{
    size_t n = bench_size(1000000, 100000);
    input in = {bench_alloc(n, sizeof(int64_t)), bench_alloc(n, sizeof(pila_str)), n};
    char *text = bench_alloc(n, LINE + 1);

    bench_begin("Neighbours and runs; a row's time is that of one item of the source.");
    for (size_t k = 0; k < n; k++) {
        char *line = text + k * (LINE + 1);
        in.x[k] = (int64_t)(k / 4);
        snprintf(line, LINE + 1, "%020zu", k / 4);
        in.lines[k] = pila_str_of(line, LINE);
    }
    contests(&in);
    return bench_end();
}
