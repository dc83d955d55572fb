/* test_pipelines.c - random chains of adaptors give what CPython's give, item by item,
 * and take as much from their source for each. The rows, and what the letters of their
 * programs mean: pipelines_rows.py. */
#include "check.h"

#include <pila/collections/heapq.h>
#include <pila/collections/sorted.h>
#include <pila/collections/unique.h>
#include <pila/itertools/adaptors.h>
#include <pila/itertools/combinatorics.h>
#include <pila/itertools/runs.h>
#include <pila/itertools/select.h>
#include <pila/itertools/sources.h>
#include <pila/itertools/tee.h>
#include <pila/itertools/zip.h>

#include <stdlib.h>

#include "pipelines_rows.h"

enum { ITEMS_MOST = 16, STAGES_MOST = 8 };

/* ---- the source: it counts what it gave ---- */

typedef struct source {
    int64_t n, seed, given;
    bool ended;
} source;

static int64_t number(const source *s, int64_t k)
{
    return (k * 37 + s->seed) % 23 - 5;
}

static pila_status give(void *ctx, void *out)
{
    source *s = ctx;

    if (s->given == s->n) {
        s->ended = true;
        return PILA_END;
    }
    *(int64_t *)out = number(s, ++s->given);
    return PILA_OK;
}

/* ---- what stages do to numbers ---- */

typedef struct args { /* of one stage; it outlives the pipeline's iterators */
    int64_t n[3];
    bool bits[4];
    pila_iter shared;
} args;

typedef struct two {
    int64_t a, b;
} two;

typedef struct group {
    int64_t key;
    pila_iter items;
} group;

static int64_t modulo(int64_t x, int64_t k) { return ((x % k) + k) % k; }
static int64_t floor_div(int64_t x, int64_t k) { return (x - modulo(x, k)) / k; }

PILA_MAPPER_CTX(line, int64_t, int64_t, x, args, x * ctx->n[0] + ctx->n[1])
PILA_MAPPER_CTX(key_of, int64_t, int64_t, x, args, floor_div(x, ctx->n[0]))
PILA_MAPPER(added, int64_t, two, p, p.a + p.b)
PILA_MAPPER(mixed, int64_t, two, p, p.a * 2 + p.b)
PILA_MAPPER(apart, int64_t, two, p, p.b - p.a)
PILA_MAPPER(thrice, int64_t, two, p, p.a * 3 + p.b)
PILA_PREDICATE_CTX(same_rest, int64_t, x, args, modulo(x, ctx->n[0]) == ctx->n[1])
PILA_PREDICATE_CTX(below, int64_t, x, args, x < ctx->n[0])
PILA_FOLD(plus, int64_t, int64_t, acc, x, acc + x)

static pila_status line_fn(void *ctx, const void *item, void *out)
{
    line.run(out, item, 1, ctx);
    return PILA_OK;
}

static pila_status same_rest_fn(void *ctx, const void *item, bool *keep)
{
    same_rest.tell(keep, item, 1, ctx);
    return PILA_OK;
}

static pila_status below_fn(void *ctx, const void *item, bool *keep)
{
    below.tell(keep, item, 1, ctx);
    return PILA_OK;
}

static pila_status key_fn(void *ctx, const void *item, void *out)
{
    key_of.run(out, item, 1, ctx);
    return PILA_OK;
}

/* Sums of rows; ctx says what is added for each item of one. */
static pila_status sum_row(void *ctx, const void *item, void *out)
{
    const pila_row *row = item;
    int64_t sum = *(const int64_t *)ctx * (int64_t)row->n;

    for (size_t k = 0; k < row->n; k++) sum += ((const int64_t *)row->items)[k];
    *(int64_t *)out = sum;
    return PILA_OK;
}

static pila_status sum_window(void *ctx, const void *item, void *out)
{
    const args *a = ctx;

    *(int64_t *)out = 0;
    for (int64_t k = 0; k < a->n[0]; k++) *(int64_t *)out += ((const int64_t *)item)[k];
    return PILA_OK;
}

static pila_status weigh(void *ctx, const void *item, void *out)
{
    const args *a = ctx;

    *(int64_t *)out = 0;
    for (int64_t k = 0, by = 1; k < a->n[0]; k++, by *= 3)
        *(int64_t *)out += ((const int64_t *)item)[k] * by;
    return PILA_OK;
}

static pila_status sum_group(void *ctx, const void *item, void *out)
{
    group g = *(const group *)item;
    int64_t sum = 0;

    (void)ctx;
    PILA_FOR(int64_t, x, &g.items) sum += *x;
    *(int64_t *)out = g.key * 1000 + sum;
    return pila_iter_outcome(&g.items);
}

static pila_status first_of_group(void *ctx, const void *item, void *out)
{
    group g = *(const group *)item;
    const int64_t *first = pila_next(&g.items, sizeof *first);

    (void)ctx;
    if (!first) return g.items.status;
    *(int64_t *)out = g.key + *first;
    return PILA_OK;
}

/* ---- building ---- */

static pila_iter with(pila_iter a, pila_iter b, pila_kernel f)
{
    return pila_starmap(pila_zip2(a, b), f);
}

static pila_iter numbers(const args *a) { return pila_range(a->n[0], a->n[1], 1); }

static pila_iter build_map(char letter, pila_iter it, args *a)
{
    switch (letter) {
    case 'M': return pila_map(it, pila_kernel_with(line, a));
    case 'm': return pila_map_fn(it, &pila_i64, line_fn, a);
    case 'F': return pila_filter(it, pila_kernel_with(same_rest, a));
    case 'f': return pila_filter_fn(it, same_rest_fn, a);
    case 'X': return pila_filterfalse(it, pila_kernel_with(same_rest, a));
    case 'x': return pila_filterfalse_fn(it, same_rest_fn, a);
    case 'T': return pila_takewhile(it, pila_kernel_with(below, a));
    case 't': return pila_takewhile_fn(it, below_fn, a);
    case 'D': return pila_dropwhile(it, pila_kernel_with(below, a));
    case 'd': return pila_dropwhile_fn(it, below_fn, a);
    default: fail_msg("no stage %c", letter); return it;
    }
}

static pila_iter build_runs(char letter, pila_iter it, args *a)
{
    static int64_t none = 0, hundred = 100;
    size_t n = (size_t)a->n[0];

    switch (letter) {
    case 'E': return pila_starmap(pila_enumerate(it, a->n[0]), added);
    case 'P': return pila_starmap(pila_pairwise(it), apart);
    case 'B': return pila_map_fn(pila_batched(it, n), &pila_i64, sum_row, &hundred);
    case 'b': return pila_map_fn(pila_batched_strict(it, n), &pila_i64, sum_row, &none);
    case 'W': return pila_map_fn(pila_sliding_window(it, n), &pila_i64, sum_window, a);
    case 'A': return pila_accumulate(it, plus, NULL);
    case 'a': return pila_accumulate_sum(it, &a->n[0]);
    case 'G':
        return pila_map_fn(pila_groupby_key(it, pila_kernel_with(key_of, a)), &pila_i64,
                           sum_group, NULL);
    case 'g':
        return pila_map_fn(pila_groupby_fn(it, &pila_i64, key_fn, a), &pila_i64,
                           first_of_group, NULL);
    case 'U': return pila_unique_justseen(it);
    case 'u': return pila_unique_everseen(it, NULL);
    default: return build_map(letter, it, a);
    }
}

static pila_iter longest(pila_iter it, const args *a)
{
    pila_iter both[] = {it, numbers(a)};

    return pila_starmap(pila_zip_longest_with(both, 2, &pila_i64, &a->n[2]), mixed);
}

static pila_iter picked(pila_iter it, args *a)
{
    for (int k = 0; k < 4; k++) a->bits[k] = a->n[0] >> k & 1;
    return pila_compress(it, pila_cycle(pila_span(a->bits, 4, &pila_u8)));
}

static pila_iter teed(pila_iter it, size_t skip, pila_kernel f)
{
    pila_iter both[2];

    pila_tee(it, 2, 0, both);
    if (skip) both[1] = pila_islice(both[1], skip, PILA_TO_END, 1);
    return with(both[0], both[1], f);
}

static pila_iter build(char letter, pila_iter it, args *a)
{
    pila_iter both[2] = {it, pila_failed(PILA_END)};
    size_t x = (size_t)a->n[0], y = (size_t)a->n[1], z = (size_t)a->n[2];

    switch (letter) {
    case 'S': return pila_islice(it, x, y, z);
    case 's': return pila_islice(it, x, PILA_TO_END, y);
    case 'C': return pila_chain2(it, numbers(a));
    case 'c': return pila_chain2(numbers(a), it);
    case 'p': return pila_prepend(&a->n[0], &pila_i64, it);
    case 'Z': return with(it, numbers(a), mixed);
    case 'z': return with(numbers(a), it, mixed);
    case 'L': return longest(it, a);
    case 'K': return picked(it, a);
    case 'Y': return pila_islice(pila_cycle(it), 0, x, 1);
    case 'R': both[1] = numbers(a); return pila_roundrobin(both, 2);
    case 'H': both[1] = numbers(a); return pila_merge(both, 2, NULL, false);
    case 'Q': return teed(it, 0, added);
    case 'q': return teed(it, x, thrice);
    case 'I':
        a->shared = it;
        return with(pila_ref(&a->shared), pila_ref(&a->shared), mixed);
    case 'V': return pila_sorted(it, NULL, false);
    case 'O': return pila_reversed(it);
    case 'J':
        return pila_map_fn(pila_combinations(pila_islice(it, 0, 6, 1), x), &pila_i64,
                           weigh, a);
    default: return build_runs(letter, it, a);
    }
}

/* ---- running ---- */

typedef struct pipeline {
    source from;
    int64_t numbers[64]; /* the same, as an array */
    args stage[STAGES_MOST];
    size_t stages;
    pila_iter it;
} pipeline;

/* counted: over the source that counts; else over an array, by whole windows. */
static void pipeline_start(pipeline *p, const char *program, bool counted)
{
    char *at;

    memset(p, 0, sizeof *p);
    p->from.n = strtoll(program, &at, 10);
    p->from.seed = strtoll(at, &at, 10);
    for (int64_t k = 0; k < p->from.n; k++) p->numbers[k] = number(&p->from, k + 1);
    p->it = counted ? pila_from_fn(&pila_i64, give, &p->from)
                    : pila_span(p->numbers, (size_t)p->from.n, &pila_i64);
    while (*at == ' ') {
        args *a = &p->stage[p->stages++];
        char letter = at[1];
        a->shared = pila_failed(PILA_END);
        at += 2;
        for (size_t k = 0; *at && *at != ' '; at += *at == ',')
            a->n[k++] = strtoll(at, &at, 10);
        p->it = build(letter, p->it, a);
    }
}

static void pipeline_end(pipeline *p)
{
    pila_iter_drop(&p->it);
    while (p->stages) pila_iter_drop(&p->stage[--p->stages].shared);
}

static size_t add_place(char *text, size_t used, size_t room, const pipeline *p)
{
    return used + (size_t)snprintf(text + used, room - used, "%lld%s",
                                   (long long)p->from.given, p->from.ended ? "$" : "");
}

/* What the rows say, of this pipeline; without the places when it is not counted. */
static const char *answers(pipeline *p, bool counted)
{
    static char text[4096];
    size_t used = counted ? add_place(text, 0, sizeof text, p) : 0;
    const int64_t *x = NULL;

    for (int k = 0; k < ITEMS_MOST && (k == 0 || x); k++) {
        if (used) text[used++] = ' ';
        x = pila_next(&p->it, sizeof *x);
        if (x) used += (size_t)snprintf(text + used, 32, "%lld", (long long)*x);
        else
            text[used++] = p->it.status == PILA_END      ? '.'
                           : p->it.status == PILA_EVALUE ? '!'
                                                         : '?';
        if (counted) {
            text[used++] = '@';
            used = add_place(text, used, sizeof text, p);
        }
    }
    text[used] = '\0';
    return text;
}

/* A row's answers without the places. */
static const char *values_of(const char *text)
{
    static char values[4096];
    char *to = values;

    text = strchr(text, ' ') + 1;
    for (bool place = false; *text; text++) {
        place = *text == '@' || (place && *text != ' ');
        if (!place) *to++ = *text;
    }
    *to = '\0';
    return values;
}

static void test_pipelines(void **state)
{
    size_t wrong = 0, n = sizeof rows / sizeof *rows;

    (void)state;
    for (size_t k = 0; k < 2 * n; k++) {
        const struct row *r = &rows[k / 2];
        bool counted = k % 2 == 0;
        const char *want = counted ? r->answers : values_of(r->answers);
        pipeline p;
        pipeline_start(&p, r->program, counted);
        const char *got = answers(&p, counted);
        pipeline_end(&p);
        if (strcmp(got, want) == 0) continue;
        print_error("%s%s\n  want %s\n  got  %s\n", r->program,
                    counted ? "" : " (over an array)", want, got);
        wrong++;
    }
    CHECK_INT(wrong, 0);
}

/* A pipeline is dropped half-way, after any number of items, and leaks nothing. */
static void test_dropped_half_way(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        pipeline p;
        pipeline_start(&p, rows[k].program, k % 2 == 0);
        for (size_t i = 0; i < k % 5; i++) (void)pila_next(&p.it, sizeof(int64_t));
        pipeline_end(&p);
    }
}

/* With the n-th allocation failing: what comes is what should, up to the fault, if the
 * pipeline comes to that. How many allocations there were. */
static long run_short_of_memory(const struct row *r, long n, int forever)
{
    pipeline p;

    check_alloc_start();
    check_alloc_fail(n, forever);
    pipeline_start(&p, r->program, false);
    const char *got = answers(&p, false), *want = values_of(r->answers);
    size_t end = strlen(got) - 1;
    bool short_of = p.it.status == PILA_ENOMEM;
    pipeline_end(&p);
    long asked = check_alloc_fail(0, 0);
    check_alloc_stop();
    if (short_of ? got[end] != '?' || strncmp(got, want, end) != 0
                 : strcmp(got, want) != 0)
        fail_msg("%s, allocation %ld\n  want %s\n  got  %s", r->program, n, want, got);
    return asked;
}

static void test_allocations_fail(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k += 7)
        for (int forever = 0; forever < 2; forever++)
            for (long n = 1; run_short_of_memory(&rows[k], n, forever) >= n; n++)
                continue;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelines),
        cmocka_unit_test(test_dropped_half_way),
        cmocka_unit_test(test_allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
