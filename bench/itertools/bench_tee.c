/* bench_tee.c - an array of numbers, or of lines of twenty digits, gone through twice:
 * by two branches in step and one after the other, by cycles of a tenth, by partition.
 */
#include "../bench.h"

#include <pila/itertools/sinks.h>
#include <pila/itertools/tee.h>

#include <stdio.h>

enum { LINE = 20 };

typedef struct input {
    int64_t *x;
    pila_str *lines;
    size_t n;
} input;

static pila_iter numbers(void *ctx)
{
    const input *in = (const input *)ctx;
    return pila_span(in->x, in->n, &pila_i64);
}

static uint64_t ended(pila_iter *it, uint64_t sum)
{
    if (it->status != PILA_END) bench_die("tee: %s", pila_status_text(it->status));
    pila_iter_drop(it);
    return sum;
}

static uint64_t total(pila_iter it)
{
    int64_t sum = 0;
    pila_status st = pila_sum_i64(it, &sum);

    if (st != PILA_OK) bench_die("%s", pila_status_text(st));
    return (uint64_t)sum;
}

/* ---- two branches ---- */

static uint64_t pila_together(void *ctx)
{
    pila_iter b[2];
    uint64_t sum = 0;

    pila_tee(numbers(ctx), 2, 0, b);
    PILA_FOR(int64_t, x, &b[0]) {
        const int64_t *y = (const int64_t *)pila_next(&b[1], sizeof *y);
        if (!y) bench_die("the branches differ");
        sum += (uint64_t)(*x * *y);
    }
    if (pila_next(&b[1], sizeof(int64_t))) bench_die("the branches differ");
    return ended(&b[0], 0) + ended(&b[1], sum);
}

static uint64_t hand_together(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < in->n; k++) sum += (uint64_t)(in->x[k] * in->x[k]);
    return sum;
}

static uint64_t pila_apart(void *ctx)
{
    pila_iter b[2];

    pila_tee(numbers(ctx), 2, 0, b);
    uint64_t first = total(b[0]);
    return first + 2 * total(b[1]);
}

static uint64_t hand_once(const int64_t *x, size_t n)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) sum += (uint64_t)x[k];
    return sum;
}

static uint64_t hand_apart(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t first = hand_once(in->x, in->n);

    return first + 2 * hand_once(in->x, in->n);
}

static uint64_t lengths(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(pila_str, s, &it) sum += s->len;
    return ended(&it, sum);
}

static uint64_t pila_lines(void *ctx)
{
    const input *in = (const input *)ctx;
    pila_iter b[2];

    pila_tee(pila_span(in->lines, in->n, &pila_view), 2, 0, b);
    uint64_t first = lengths(b[0]);
    return first + 2 * lengths(b[1]);
}

static uint64_t hand_lines(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < in->n; k++) sum += in->lines[k].len;
    for (size_t k = 0; k < in->n; k++) sum += 2 * in->lines[k].len;
    return sum;
}

PILA_PREDICATE(even, int64_t, x, x % 2 == 0)

static uint64_t pila_parts(void *ctx)
{
    pila_iter b[2];

    pila_partition(numbers(ctx), even, b);
    uint64_t first = total(b[0]);
    return first + 2 * total(b[1]);
}

static uint64_t hand_parts(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < in->n; k++)
        sum += (uint64_t)(in->x[k] % 2 ? in->x[k] : 2 * in->x[k]);
    return sum;
}

/* ---- again from the start ---- */

static uint64_t pila_cycles(void *ctx)
{
    const input *in = (const input *)ctx;
    pila_iter it = pila_cycle(pila_span(in->x, in->n / 10, &pila_i64));

    return total(pila_islice(it, 0, in->n, 1));
}

static uint64_t pila_times(void *ctx)
{
    const input *in = (const input *)ctx;
    return total(pila_ncycles(pila_span(in->x, in->n / 10, &pila_i64), 10));
}

static uint64_t hand_cycles(void *ctx)
{
    const input *in = (const input *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0, j = 0; k < in->n; k++) {
        sum += (uint64_t)in->x[j];
        j = j + 1 == in->n / 10 ? 0 : j + 1;
    }
    return sum;
}

static uint64_t pila_before(void *ctx)
{
    const int64_t seven = 7;
    return total(pila_prepend(&seven, &pila_i64, numbers(ctx)));
}

static uint64_t hand_before(void *ctx)
{
    const input *in = (const input *)ctx;
    return 7 + hand_once(in->x, in->n);
}

/* ---- contests ---- */

#ifdef HAVE_RUST
uint64_t tee_rust_cycle(const int64_t *data, size_t n);
uint64_t tee_rust_prepend(const int64_t *data, size_t n);

static uint64_t rust_cycle(void *ctx)
{
    return tee_rust_cycle(((const input *)ctx)->x, ((const input *)ctx)->n);
}

static uint64_t rust_prepend(void *ctx)
{
    return tee_rust_prepend(((const input *)ctx)->x, ((const input *)ctx)->n);
}
#define RUST(run) run, NULL
#else
#define RUST(run) NULL, "no rustc"
#endif

typedef uint64_t work(void *ctx);

static void contest(const char *what, const char *operation, input *in, work *pila,
                    work *hand, work *rust, const char *no_rust)
{
    static const bench_bar bars[] = {{"pila", BENCH_FASTER, 15.0, "CPython"},
                                     {"pila", BENCH_AT_MOST, 1.0, "Rust boxed dyn"}};
    bool has_rust = rust || no_rust;
    char n[32];

    snprintf(n, sizeof n, "%zu", in->n);
    bench_contestant all[] = {
        {.name = "pila", .run = pila, .ctx = in},
        bench_python("itertools/peers/tee.py", (const char *[]){operation, n, NULL}),
        {.name = "hand loop", .run = hand, .ctx = in},
        {.name = "Rust boxed dyn", .run = rust, .ctx = in, .skipped = no_rust},
    };
    bench_run(&(bench_contest){.what = what,
                               .n = in->n,
                               .repeat = bench_repeat(in->n),
                               .contestants = all,
                               .count = has_rust ? 4 : 3,
                               .bars = bars,
                               .bar_count = has_rust ? 2 : 1});
    bench_python_end(&all[1]);
}

int main(void)
{
    size_t n = bench_size(1000000, 100000);
    input in = {bench_alloc(n, sizeof(int64_t)), bench_alloc(n, sizeof(pila_str)), n};
    char *text = bench_alloc(n, LINE + 1);

    bench_begin(
        "Items more than once; a row's time is that of one item of the source.");
    for (size_t k = 0; k < n; k++) {
        char *line = text + k * (LINE + 1);
        in.x[k] = (int64_t)k;
        snprintf(line, LINE + 1, "%020zu", k);
        in.lines[k] = pila_str_of(line, LINE);
    }
#define NONE NULL, NULL
    contest("tee, two in step", "together", &in, pila_together, hand_together, NONE);
    contest("tee, one after the other", "apart", &in, pila_apart, hand_apart, NONE);
    contest("tee of lines, one after the other", "lines", &in, pila_lines, hand_lines,
            NONE);
    contest("partition", "partition", &in, pila_parts, hand_parts, NONE);
    contest("cycle, ten times a tenth", "cycle", &in, pila_cycles, hand_cycles,
            RUST(rust_cycle));
    contest("ncycles, ten times a tenth", "ncycles", &in, pila_times, hand_cycles,
            NONE);
    contest("prepend", "prepend", &in, pila_before, hand_before, RUST(rust_prepend));
#undef NONE
    return bench_end();
}
