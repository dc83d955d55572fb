/* series_pila.c - pila's iterators, each read by PILA_FOR; with callbacks where the
 * others have kernels; and by the sink that adds up exactly, as Python's sum does.
 * Nothing but memory can fail. */
#include "series.h"

#include <pila/itertools/select.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>
#include <pila/itertools/zip.h>

#include <stdlib.h>
#include <string.h>

typedef struct pair {
    int64_t a, b;
} pair;

PILA_MAPPER(mul, int64_t, pair, p, p.a *p.b)
PILA_PREDICATE_CTX(below, int64_t, x, int64_t, x < *ctx)
PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)

static void end(pila_iter *it)
{
    if (pila_iter_outcome(it) != PILA_OK) abort();
    pila_iter_drop(it);
}

static uint64_t total(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += (uint64_t)*x;
    end(&it);
    return sum;
}

static uint64_t products(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(pair, p, &it) sum += (uint64_t)p->a * (uint64_t)p->b;
    end(&it);
    return sum;
}

static uint64_t summed(pila_iter it)
{
    int64_t sum = 0;

    if (pila_sum_i64(it, &sum) != PILA_OK) abort();
    return (uint64_t)sum;
}

static pila_iter up_to(int64_t n) { return pila_range(0, n, 1); }

/* ---- zip ---- */

static uint64_t do_zip(const series *s)
{
    return products(pila_zip2(up_to(s->n), up_to(s->n)));
}

static uint64_t do_longest(const series *s)
{
    pila_iter both[] = {up_to(s->n), up_to(s->n / 2)};
    int64_t one = 1;

    return products(pila_zip_longest_with(both, 2, &pila_i64, &one));
}

static uint64_t do_starmap(const series *s)
{
    return total(pila_starmap(pila_zip2(up_to(s->n), up_to(s->n)), mul));
}

static uint64_t do_robin(const series *s)
{
    int64_t third = s->n / 3;
    pila_iter three[] = {up_to(third), up_to(third), up_to(third)};

    return total(pila_roundrobin(three, 3));
}

static uint64_t do_grouper(const series *s)
{
    return products(pila_grouper(up_to(s->n), 2, PILA_INCOMPLETE_STRICT, NULL));
}

/* ---- select ---- */

static uint64_t do_takewhile(const series *s)
{
    int64_t limit = s->n / 10 * 9;

    return total(pila_takewhile(up_to(s->n), pila_kernel_with(below, &limit)));
}

static uint64_t do_dropwhile(const series *s)
{
    int64_t limit = s->n / 10 * 9;

    return total(pila_dropwhile(up_to(s->n), pila_kernel_with(below, &limit)));
}

static uint64_t do_filterfalse(const series *s)
{
    return total(pila_filterfalse(up_to(s->n), by_three));
}

static pila_iter compressed(const series *s)
{
    return pila_compress(pila_span(s->items, (size_t)s->n, &pila_i64),
                         pila_span(s->flags, (size_t)s->n, &pila_u8));
}

static uint64_t do_compress(const series *s) { return total(compressed(s)); }

static pila_status ask_below(void *ctx, const void *item, bool *keep)
{
    *keep = *(const int64_t *)item < *(const int64_t *)ctx;
    return PILA_OK;
}

static pila_status ask_by_three(void *ctx, const void *item, bool *keep)
{
    (void)ctx;
    *keep = *(const int64_t *)item % 3 == 0;
    return PILA_OK;
}

static uint64_t do_takewhile_fn(const series *s)
{
    int64_t limit = s->n / 10 * 9;

    return total(pila_takewhile_fn(up_to(s->n), ask_below, &limit));
}

static uint64_t do_dropwhile_fn(const series *s)
{
    int64_t limit = s->n / 10 * 9;

    return total(pila_dropwhile_fn(up_to(s->n), ask_below, &limit));
}

static uint64_t do_filterfalse_fn(const series *s)
{
    return total(pila_filterfalse_fn(up_to(s->n), ask_by_three, NULL));
}

/* ---- sources ---- */

static pila_iter counted(const series *s)
{
    return pila_islice(pila_count(1, 2), 0, (size_t)s->n, 1);
}

static pila_iter repeated(const series *s)
{
    int64_t seven = 7;

    return pila_repeat(&seven, &pila_i64, (size_t)s->n);
}

static pila_iter backwards(const series *s)
{
    return pila_span_reversed(s->items, (size_t)s->n, &pila_i64);
}

static uint64_t do_range(const series *s) { return total(up_to(s->n)); }
static uint64_t do_count(const series *s) { return total(counted(s)); }
static uint64_t do_repeat(const series *s) { return total(repeated(s)); }
static uint64_t do_reversed(const series *s) { return total(backwards(s)); }

static uint64_t do_count_f64(const series *s)
{
    pila_iter it = pila_islice(pila_count_f64(0, 0.5), 0, (size_t)s->n, 1);
    double sum = 0;

    PILA_FOR(double, x, &it) sum += *x;
    end(&it);
    return (uint64_t)sum;
}

typedef struct maker {
    int64_t next, n;
} maker;

static pila_status make(void *ctx, void *out)
{
    maker *m = (maker *)ctx;

    memcpy(out, &m->next, sizeof m->next);
    return m->next++ < m->n ? PILA_OK : PILA_END;
}

static uint64_t do_from_fn(const series *s)
{
    maker m = {0, s->n};

    return total(pila_from_fn(&pila_i64, make, &m));
}

static uint64_t sum_range(const series *s) { return summed(up_to(s->n)); }
static uint64_t sum_count(const series *s) { return summed(counted(s)); }

const series_peer series_pila = {
    .name = "pila, PILA_FOR",
    .zip = do_zip,
    .longest = do_longest,
    .starmap = do_starmap,
    .robin = do_robin,
    .grouper = do_grouper,
    .takewhile = do_takewhile,
    .dropwhile = do_dropwhile,
    .filterfalse = do_filterfalse,
    .compress = do_compress,
    .range = do_range,
    .count = do_count,
    .count_f64 = do_count_f64,
    .repeat = do_repeat,
    .reversed = do_reversed,
    .from_fn = do_from_fn,
};

const series_peer series_pila_fn = {
    .name = "pila callbacks",
    .takewhile = do_takewhile_fn,
    .dropwhile = do_dropwhile_fn,
    .filterfalse = do_filterfalse_fn,
};

const series_peer series_pila_sum = {
    .name = "pila, pila_sum_i64",
    .range = sum_range,
    .count = sum_count,
};
