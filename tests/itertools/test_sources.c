/* test_sources.c - ranges and counts against rows that CPython made, and against
 * arithmetic in 128 bits that cannot overflow; repeat, arrays backwards and callbacks.
 */
#include "check.h"

#include <pila/itertools/sources.h>

__extension__ typedef __int128 i128;

/* The items, separated by spaces; the iterator is dropped. */
static const char *shown(pila_iter it)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    PILA_FOR(int64_t, x, &it)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 used ? " %lld" : "%lld", (long long)*x);
    CHECK_STATUS(it.status, PILA_END);
    CHECK(pila_next(&it, sizeof(int64_t)) == NULL);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    return text;
}

static const struct row {
    const char *promise;
    int64_t start, stop, step;
    const char *forward, *reversed; /* list(range(...)), list(reversed(range(...))) */
} rows[] = {
    {"counts up", 0, 5, 1, "0 1 2 3 4", "4 3 2 1 0"},
    {"counts down", 5, 0, -1, "5 4 3 2 1", "1 2 3 4 5"},
    {"stop is not yielded", 0, 10, 5, "0 5", "5 0"},
    {"a step beyond stop yields start", 0, 1, 100, "0", "0"},
    {"start at stop is empty", 3, 3, 1, "", ""},
    {"start beyond stop is empty", 4, 3, 1, "", ""},
    {"downwards to a larger stop is empty", 3, 4, -1, "", ""},
    {"negative to positive", -3, 4, 3, "-3 0 3", "3 0 -3"},
    {"down over zero", 4, -5, -3, "4 1 -2", "-2 1 4"},
    {"the upper edge", INT64_MAX - 3, INT64_MAX, 1,
     "9223372036854775804 9223372036854775805 9223372036854775806",
     "9223372036854775806 9223372036854775805 9223372036854775804"},
    {"the upper edge is not passed", INT64_MAX - 3, INT64_MAX, 2,
     "9223372036854775804 9223372036854775806",
     "9223372036854775806 9223372036854775804"},
    {"a step beyond the upper edge", INT64_MAX - 1, INT64_MAX, INT64_MAX,
     "9223372036854775806", "9223372036854775806"},
    {"the lower edge", INT64_MIN + 3, INT64_MIN, -1,
     "-9223372036854775805 -9223372036854775806 -9223372036854775807",
     "-9223372036854775807 -9223372036854775806 -9223372036854775805"},
    {"the lower edge is not passed", INT64_MIN + 3, INT64_MIN, -2,
     "-9223372036854775805 -9223372036854775807",
     "-9223372036854775807 -9223372036854775805"},
    {"a step beyond the lower edge", INT64_MIN + 1, INT64_MIN, INT64_MIN,
     "-9223372036854775807", "-9223372036854775807"},
    {"all of int64 in three steps", INT64_MIN, INT64_MAX, INT64_MAX,
     "-9223372036854775808 -1 9223372036854775806",
     "9223372036854775806 -1 -9223372036854775808"},
    {"all of it in half steps", INT64_MIN, INT64_MAX, 4611686018427387904,
     "-9223372036854775808 -4611686018427387904 0 4611686018427387904",
     "4611686018427387904 0 -4611686018427387904 -9223372036854775808"},
    {"all of it downwards", INT64_MAX, INT64_MIN, INT64_MIN, "9223372036854775807 -1",
     "-1 9223372036854775807"},
    {"all of it down in half steps", INT64_MAX, INT64_MIN, -4611686018427387904,
     "9223372036854775807 4611686018427387903 -1 -4611686018427387905",
     "-4611686018427387905 -1 4611686018427387903 9223372036854775807"},
};

static void test_rows(void **state)
{
    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++) {
        ROW(r->promise);
        assert_string_equal(shown(pila_range(r->start, r->stop, r->step)), r->forward);
        assert_string_equal(shown(pila_range_reversed(r->start, r->stop, r->step)),
                            r->reversed);
    }
    ROW(NULL);
}

static void test_step_0_is_a_fault(void **state)
{
    pila_iter a = pila_range(0, 5, 0), b = pila_range_reversed(0, 5, 0);

    (void)state;
    CHECK_STATUS(a.status, PILA_EVALUE);
    CHECK_STATUS(b.status, PILA_EVALUE);
    pila_iter_drop(&a);
    pila_iter_drop(&b);
}

static void test_windows_of_4_KiB(void **state)
{
    pila_iter it = pila_range(7, 7 + 1500, 1);
    int64_t next = 7;
    size_t n, sizes = 0;

    (void)state;
    CHECK(it.cur == it.end);
    while ((n = pila_iter_ready(&it)) > 0) {
        CHECK(n * it.type->size <= 4096);
        for (size_t k = 0; k < n; k++)
            CHECK_INT(((const int64_t *)(const void *)it.cur)[k], next++);
        pila_iter_skip(&it, n);
        sizes++;
    }
    CHECK_INT(next, 1507);
    CHECK_INT(sizes, 3);
    pila_iter_drop(&it);
    pila_iter_drop(&it);
}

static void test_length_hint(void **state)
{
    pila_iter it = pila_range(0, 1000, 3), all = pila_range(INT64_MIN, INT64_MAX, 1);
    pila_iter none = pila_range(0, 0, 1);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), 334);
    pila_next(&it, sizeof(int64_t));
    CHECK_INT(pila_iter_length_hint(&it), 333);
    CHECK(pila_iter_length_hint(&all) == UINT64_MAX);
    CHECK_INT(pila_iter_length_hint(&none), 0);
    pila_iter_drop(&it);
    pila_iter_drop(&all);
    pila_iter_drop(&none);
    CHECK_INT(pila_iter_length_hint(&it), 0);
}

/* Whether the range's items are start, start + step, ... before stop, both ways.
 * `wrong` makes the model wrong by one, to see that this check can fail. */
static bool agrees(int64_t start, int64_t stop, int64_t step, int wrong)
{
    pila_iter it = pila_range(start, stop, step);
    pila_iter back = pila_range_reversed(start, stop, step);
    i128 next = start, end = stop;
    bool same = true;
    size_t left = pila_iter_length_hint(&it);

    PILA_FOR(int64_t, x, &it) {
        same = same && *x == next + wrong && (step > 0 ? next < end : next > end);
        next += step;
        same = same && pila_iter_length_hint(&it) == --left;
    }
    same = same && (step > 0 ? next >= end : next <= end) && it.status == PILA_END;
    PILA_FOR(int64_t, x, &back) {
        next -= step;
        same = same && *x == next;
    }
    same = same && next == start;
    pila_iter_drop(&it);
    pila_iter_drop(&back);
    return same;
}

static int64_t anywhere(check_rng *r)
{
    static const int64_t edges[] = {INT64_MIN, -1, 0, INT64_MAX};
    int64_t near = (int64_t)check_rng_below(r, 3000);
    uint64_t edge = (uint64_t)edges[check_rng_below(r, 4)];

    return (int64_t)(check_rng_below(r, 2) ? edge + (uint64_t)near
                                           : edge - (uint64_t)near);
}

static void test_random_against_a_model(void **state)
{
    check_rng r = check_rng_start();
    int faults = 0, not_empty = 0;

    (void)state;
    for (int turn = 0; turn < 4000; turn++) {
        int64_t start = anywhere(&r), stop = anywhere(&r), step = anywhere(&r);
        i128 span = (i128)stop - start;
        if (step == 0) continue;
        if (span / step > 5000) step = (int64_t)(span / 5000);
        if (step == 0) continue;
        CHECK(agrees(start, stop, step, 0));
        faults += !agrees(start, stop, step, 1);
        not_empty += span != 0 && (span > 0) == (step > 0);
    }
    CHECK(not_empty > 500);
    CHECK_INT(faults,
              not_empty); /* the planted fault is seen, wherever there is an item */
}

static pila_status sweep(void *ctx)
{
    pila_iter a = pila_range(0, 10, 1), b = pila_range_reversed(0, 10, 1);
    pila_status st = a.status ? a.status : b.status;

    (void)ctx;
    PILA_FOR(int64_t, x, &a) CHECK(*x < 10);
    PILA_FOR(int64_t, x, &b) CHECK(*x < 10);
    CHECK(a.status == PILA_END || a.status == PILA_ENOMEM);
    pila_iter_drop(&a);
    pila_iter_drop(&b);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep, NULL);
}

/* ---- count ---- */

static const struct integers {
    int64_t start, step;
    size_t n; /* 6 if there are more */
    int64_t items[6];
} integer_rows[] = {
#define ROWS_OF_INTEGERS
#include "sources_rows.h"
#undef ROWS_OF_INTEGERS
};

static const struct floats {
    double start, step, items[4], last; /* item 5000 */
} float_rows[] = {
#include "sources_rows.h"
};

static void test_count_of_integers(void **state)
{
    (void)state;
    for (const struct integers *r = integer_rows;
         r < integer_rows + COUNT_OF(integer_rows); r++) {
        pila_iter it = pila_count(r->start, r->step);
        CHECK(pila_iter_length_hint(&it) >= r->n);
        for (size_t k = 0; k < r->n; k++) {
            const int64_t *x = pila_next_item(&it);
            CHECK(x && *x == r->items[k]);
        }
        if (r->n < 6) {
            CHECK(pila_next_item(&it) == NULL);
            CHECK_STATUS(it.status, PILA_EOVERFLOW);
        }
        CHECK(pila_next_item(&it) || r->n < 6);
        pila_iter_drop(&it);
    }
}

static void test_count_ends_at_the_edge_of_int64(void **state)
{
    (void)state;
    for (int64_t step = -3; step <= 3; step++) {
        int64_t last = step > 0 ? INT64_MAX - 1000 : INT64_MIN + 1000;
        int n = 0;
        if (step == 0) continue;
        pila_iter it = pila_count(last, step);
        last -= step;
        PILA_FOR(int64_t, x, &it) {
            CHECK(*x - step == last);
            last = *x;
            n++;
        }
        CHECK_INT(n, 1000 / (step > 0 ? step : -step) + 1);
        CHECK_STATUS(it.status, PILA_EOVERFLOW);
        pila_iter_drop(&it);
    }
    pila_iter all = pila_count(INT64_MIN, 1), fixed = pila_count(7, 0);
    CHECK(pila_iter_length_hint(&all) == SIZE_MAX);
    CHECK(pila_iter_length_hint(&fixed) == SIZE_MAX);
    for (int k = 0; k < 2000; k++)
        CHECK_INT(*(const int64_t *)pila_next_item(&fixed), 7);
    pila_iter_drop(&all);
    pila_iter_drop(&fixed);
}

static void test_count_of_floats(void **state)
{
    (void)state;
    for (const struct floats *r = float_rows; r < float_rows + COUNT_OF(float_rows);
         r++) {
        pila_iter it = pila_count_f64(r->start, r->step);
        size_t k = 0;
        CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
        PILA_FOR(double, x, &it) {
            if (k < 4) CHECK(memcmp(x, &r->items[k], sizeof *x) == 0);
            if (k == 5000) CHECK(memcmp(x, &r->last, sizeof *x) == 0);
            if (k++ == 5000) break;
        }
        CHECK_INT(k, 5001);
        pila_iter_drop(&it);
    }
}

/* ---- repeat ---- */

static void test_repeat(void **state)
{
    static const size_t times[] = {0, 1, 2, 511, 512, 513, 3000};
    int64_t seven = 7;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(times); k++) {
        pila_iter it = pila_repeat(&seven, &pila_i64, times[k]);
        size_t n = 0;
        CHECK_INT(pila_iter_length_hint(&it), times[k]);
        seven = 8; /* it was copied */
        PILA_FOR(int64_t, x, &it) {
            CHECK_INT(*x, 7);
            CHECK_INT(pila_iter_length_hint(&it), times[k] - ++n);
        }
        seven = 7;
        CHECK_INT(n, times[k]);
        CHECK_STATUS(it.status, PILA_END);
        CHECK(it.type == &pila_i64);
        pila_iter_drop(&it);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_repeat(&seven, &pila_i64, PILA_FOREVER);
    for (int k = 0; k < 5000; k++) CHECK_INT(*(const int64_t *)pila_next_item(&it), 7);
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
}

static void test_repeat_holds_one_copy(void **state)
{
    char buffer[] = "a text that is too long to be inside of a string";
    pila_str view = pila_cstr(buffer);
    pila_string text = {{0}};
    size_t n = 0;

    (void)state;
    CHECK_OK(pila_string_init(&text, view));
    check_alloc_start();
    pila_iter owned = pila_repeat(&text, &pila_text, 1000);
    pila_iter shown = pila_repeat(&view, &pila_view, 1000);
    CHECK(check_alloc_live() <= 4);
    memset(buffer, '?', sizeof buffer - 1);
    PILA_FOR(pila_string, x, &owned) {
        CHECK_TEXT(pila_string_view(x),
                   "a text that is too long to be inside of a string");
        n++;
    }
    PILA_FOR(pila_str, x, &shown) {
        CHECK_TEXT(*x, "a text that is too long to be inside of a string");
        n++;
    }
    CHECK_INT(n, 2000);
    pila_iter_drop(&owned);
    pila_iter_drop(&shown);
    check_alloc_stop();
    pila_string_done(&text);
}

typedef struct large {
    char bytes[5000];
} large;

static void test_items_without_bytes_or_with_many(void **state)
{
    static const pila_type large_type = PILA_PLAIN_TYPE(large);
    static large items[3];
    pila_type nothing = PILA_PLAIN_TYPE(char);
    int n = 0;

    (void)state;
    nothing.size = 0;
    CHECK_STATUS(pila_repeat("", &nothing, 3).status, PILA_ETYPE);
    CHECK_STATUS(pila_span_reversed("", 0, &nothing).status, PILA_ETYPE);
    CHECK_STATUS(pila_from_fn(&nothing, NULL, NULL).status, PILA_ETYPE);
    CHECK_STATUS(pila_span_reversed(items, SIZE_MAX, &large_type).status,
                 PILA_EOVERFLOW);
    for (int k = 0; k < 3; k++) items[k].bytes[4999] = (char)k;
    pila_iter it = pila_span_reversed(items, 3, &large_type);
    PILA_FOR(large, x, &it) CHECK_INT(x->bytes[4999], 2 - n++);
    CHECK_INT(n, 3);
    pila_iter_drop(&it);
    it = pila_repeat(items + 2, &large_type, 3);
    PILA_FOR(large, x, &it) n += x->bytes[4999];
    CHECK_INT(n, 9);
    pila_iter_drop(&it);
}

/* ---- an array backwards ---- */

static void test_span_reversed(void **state)
{
    static char bytes[3 * 5000];
    static const size_t sizes[] = {1, 2, 3, 4, 8, 16, 24};
    static const size_t lengths[] = {0, 1, 2, 3, 255, 256, 257, 513};

    (void)state;
    for (size_t k = 0; k < sizeof bytes; k++) bytes[k] = (char)(k * 7 + k / 251);
    for (size_t s = 0; s < COUNT_OF(sizes); s++)
        for (size_t l = 0; l < COUNT_OF(lengths); l++) {
            pila_type type = PILA_PLAIN_TYPE(char);
            size_t left = lengths[l];
            const char *x;
            type.size = sizes[s];
            pila_iter it = pila_span_reversed(bytes, left, &type);
            for (; (x = pila_next_item(&it)) != NULL;) {
                CHECK(left-- > 0);
                CHECK(memcmp(x, bytes + left * type.size, type.size) == 0);
                CHECK_INT(pila_iter_length_hint(&it), left);
            }
            CHECK_INT(left, 0);
            CHECK_STATUS(it.status, PILA_END);
            pila_iter_drop(&it);
        }
}

/* ---- callbacks ---- */

enum { LONG = 20 };

/* Makes 1, 2, ... as numbers or as strings too long to be inside, and ends after n. */
typedef struct maker {
    const pila_type *type;
    int calls, n;
    int act_at; /* the call that does one of these */
    pila_status fails;
    pila_iter *pulls;
} maker;

static pila_status make(void *ctx, void *out)
{
    maker *m = ctx;
    char text[LONG];
    int64_t x = ++m->calls;

    if (m->calls == m->act_at) {
        if (m->pulls) CHECK(pila_next_item(m->pulls) == NULL);
        if (m->fails) return m->fails;
    }
    if (m->calls > m->n) return PILA_END;
    memset(text, (int)('0' + x), sizeof text);
    if (m->type == &pila_text)
        return pila_string_init(out, (pila_str){text, sizeof text});
    memcpy(out, &x, sizeof x);
    return PILA_OK;
}

static int64_t made_of(const pila_type *type, const void *item)
{
    return type == &pila_text ? pila_string_view(item).ptr[LONG - 1] - '0'
                              : *(const int64_t *)item;
}

static const pila_type *const made_types[] = {&pila_i64, &pila_text};

static void test_from_fn_calls_when_asked(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++) {
        maker m = {made_types[t], 0, 3, 0, PILA_OK, NULL};
        check_alloc_start();
        pila_iter it = pila_from_fn(m.type, make, &m);
        CHECK_INT(m.calls, 0);
        CHECK_INT(pila_iter_length_hint(&it), 0);
        for (int k = 1; k <= 3; k++) {
            const void *x = pila_next_item(&it);
            CHECK(x && made_of(m.type, x) == k);
            CHECK_INT(m.calls, k);
        }
        CHECK(pila_next_item(&it) == NULL);
        CHECK(pila_next_item(&it) == NULL);
        CHECK_STATUS(it.status, PILA_END);
        CHECK_INT(m.calls, 4);
        pila_iter_drop(&it);
        m.calls = 0;
        it = pila_from_fn(m.type, make, &m);
        CHECK(pila_next_item(&it));
        pila_iter_drop(&it); /* half-way */
        check_alloc_stop();
    }
}

static void test_from_fn_fails_at_k(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++)
        for (int k = 1; k <= 4; k++) {
            maker m = {made_types[t], 0, 9, k, PILA_EIO, NULL};
            int n = 0;
            check_alloc_start();
            pila_iter it = pila_from_fn(m.type, make, &m);
            while (pila_next_item(&it)) n++;
            CHECK_INT(n, k - 1);
            CHECK_STATUS(it.status, PILA_EIO);
            CHECK_INT(m.calls, k);
            pila_iter_drop(&it);
            check_alloc_stop();
        }
}

static void test_from_fn_re_enters_itself(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++)
        for (int k = 1; k <= 4; k++) {
            pila_iter it;
            maker m = {made_types[t], 0, 9, k, PILA_OK, &it};
            int n = 0;
            check_alloc_start();
            it = pila_from_fn(m.type, make, &m);
            while (pila_next_item(&it)) n++;
            CHECK_INT(n, k - 1);
            CHECK_STATUS(it.status, PILA_EVALUE);
            pila_iter_drop(&it);
            check_alloc_stop();
        }
}

/* iter(callable, sentinel): for 1 2 3, until k. */
static void test_from_fn_until(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++)
        for (int64_t k = 0; k <= 5; k++) {
            maker m = {made_types[t], 0, 3, 0, PILA_OK, NULL};
            char text[LONG];
            memset(text, (int)('0' + k), sizeof text);
            pila_string borrowed = pila_string_borrow((pila_str){text, sizeof text});
            int n = 0;
            check_alloc_start();
            pila_iter it =
                pila_from_fn_until(m.type, make, &m, t ? (const void *)&borrowed : &k);
            for (const void *x; (x = pila_next_item(&it)) != NULL;)
                CHECK_INT(made_of(m.type, x), ++n);
            CHECK_INT(n, k >= 1 && k <= 3 ? k - 1 : 3);
            CHECK_INT(m.calls, k >= 1 && k <= 3 ? k : 4); /* and no call after it */
            CHECK_STATUS(it.status, PILA_END);
            pila_iter_drop(&it);
            check_alloc_stop();
        }
}

typedef struct asked {
    int calls, fail_at;
    bool pulls;
    pila_iter it;
    int live;
} asked;

static pila_status asked_eq(void *ctx, const void *a, const void *b, bool *out)
{
    asked *c = ctx;

    CHECK_INT(*(const int64_t *)a, 99); /* the sentinel comes first */
    if (++c->calls == c->fail_at) {
        if (!c->pulls) return PILA_EUSER;
        CHECK(pila_next_item(&c->it) == NULL);
    }
    *out = *(const int64_t *)b == 99;
    return PILA_OK;
}

static void asked_drop(void *ctx, void *item)
{
    (void)item;
    ((asked *)ctx)->live--;
}

static pila_status asked_make(void *ctx, void *out)
{
    static const int64_t one = 1;

    memcpy(out, &one, sizeof one);
    ((asked *)ctx)->live++;
    return PILA_OK;
}

static void test_sentinel_is_compared_by_the_type(void **state)
{
    static const int64_t sentinel = 99;

    (void)state;
    for (int pulls = 0; pulls < 2; pulls++)
        for (int k = 1; k <= 3; k++) {
            asked c = {0, k, pulls, pila_failed(PILA_END), 0};
            pila_type type = pila_i64;
            int n = 0;
            type.kind = PILA_KIND_OTHER;
            type.ctx = &c;
            type.eq = asked_eq;
            type.drop = asked_drop;
            c.it = pila_from_fn_until(&type, asked_make, &c, &sentinel);
            while (pila_next_item(&c.it)) n++;
            CHECK_INT(n, k - 1);
            CHECK_STATUS(c.it.status, pulls ? PILA_EVALUE : PILA_EUSER);
            pila_iter_drop(&c.it);
            CHECK_INT(c.live, 0);
            type.eq = NULL;
            c.it = pila_from_fn_until(&type, asked_make, &c, &sentinel);
            CHECK(pila_next_item(&c.it) == NULL);
            CHECK_STATUS(c.it.status, PILA_ETYPE);
            pila_iter_drop(&c.it);
            CHECK_INT(c.live, 0);
        }
}

static pila_iter *pull_from_drop;

static void pulling_drop(void *ctx, void *item)
{
    asked_drop(ctx, item);
    if (pull_from_drop) CHECK(pila_next_item(pull_from_drop) == NULL);
}

static void test_reenter_from_drop(void **state)
{
    asked c = {0};
    pila_type type = pila_i64;
    int n = 0;

    (void)state;
    type.kind = PILA_KIND_OTHER;
    type.ctx = &c;
    type.drop = pulling_drop;
    pila_iter it = pila_from_fn(&type, asked_make, &c);
    pull_from_drop = &it;
    while (n < 5 && pila_next_item(&it)) n++;
    CHECK_INT(n, 1);
    CHECK_STATUS(it.status, PILA_EVALUE);
    pull_from_drop = NULL;
    pila_iter_drop(&it);
    CHECK_INT(c.live, 0);
}

static pila_status sweep_sources(void *ctx)
{
    int which = *(int *)ctx, n = 0;
    static const int64_t items[] = {1, 2, 3};
    pila_string text = pila_string_borrow(pila_cstr("too long to be inside of one"));
    pila_str view = pila_string_view(&text);
    maker m = {&pila_text, 0, 3, 0, PILA_OK, NULL};
    pila_iter it;

    switch (which) {
    case 0: it = pila_count(INT64_MAX - 2, 1); break;
    case 1: it = pila_count_f64(0, 1); break;
    case 2: it = pila_repeat(&text, &pila_text, 3); break;
    case 3: it = pila_repeat(&view, &pila_view, 3); break;
    case 4: it = pila_span_reversed(items, 3, &pila_i64); break;
    case 5: it = pila_from_fn(&pila_text, make, &m); break;
    default: it = pila_from_fn_until(&pila_text, make, &m, &text);
    }
    while (n < 3 && pila_next_item(&it)) n++;
    pila_status st = it.status;
    CHECK(n == 3 || st == PILA_ENOMEM);
    pila_iter_drop(&it);
    return st;
}

static void test_every_allocation_of_the_others_fails(void **state)
{
    (void)state;
    for (int which = 0; which < 7; which++) check_alloc_sweep(sweep_sources, &which);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_step_0_is_a_fault),
        cmocka_unit_test(test_windows_of_4_KiB),
        cmocka_unit_test(test_length_hint),
        cmocka_unit_test(test_random_against_a_model),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_count_of_integers),
        cmocka_unit_test(test_count_ends_at_the_edge_of_int64),
        cmocka_unit_test(test_count_of_floats),
        cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_repeat_holds_one_copy),
        cmocka_unit_test(test_items_without_bytes_or_with_many),
        cmocka_unit_test(test_span_reversed),
        cmocka_unit_test(test_from_fn_calls_when_asked),
        cmocka_unit_test(test_from_fn_fails_at_k),
        cmocka_unit_test(test_from_fn_re_enters_itself),
        cmocka_unit_test(test_from_fn_until),
        cmocka_unit_test(test_sentinel_is_compared_by_the_type),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_every_allocation_of_the_others_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
