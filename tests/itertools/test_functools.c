/* test_functools.c - folds, reduce, partial and cmp_to_key. */
#include "check.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/functools.h>
#include <pila/itertools/records.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

#include <limits.h>

/* The rows are made by CPython. */
enum function { ADD, SUB, MUL, LAST, FIRST, DIGITS };

PILA_FOLD(add, int64_t, int64_t, acc, x, acc + x)
PILA_FOLD(sub, int64_t, int64_t, acc, x, acc - x)
PILA_FOLD(mul, int64_t, int64_t, acc, x, acc *x)
PILA_FOLD(last, int64_t, int64_t, acc, x, ((void)acc, x))
PILA_FOLD(first, int64_t, int64_t, acc, x, ((void)x, acc))
PILA_FOLD_CTX(digits, int64_t, int64_t, acc, x, int64_t, acc **ctx + x)
PILA_FOLD(widen, double, int32_t, acc, x, acc + x)
PILA_FOLD(longest, pila_str, pila_str, acc, x, x.len > acc.len ? x : acc)
PILA_FOLD(own, pila_string, int64_t, acc, x, ((void)x, acc))

typedef struct totals {
    int64_t n, sum;
} totals;
PILA_FOLD(total, totals, int64_t, acc, x, ((totals){acc.n + 1, acc.sum + x}))

typedef struct over {
    _Alignas(64) int64_t sum;
    char rest[192];
} over;
PILA_FOLD(total_over, over, int64_t, acc, x,
          ((void)(acc.sum += (uintptr_t)&acc % 64 ? -1000 : x), acc))
typedef struct aligned {
    _Alignas(32) int64_t sum;
} aligned;
PILA_FOLD(total_aligned, aligned, int64_t, acc, x, ((void)(acc.sum += x), acc))

static pila_fold fold_of(enum function f)
{
    static const int64_t ten = 10;
    const pila_fold all[] = {add, sub, mul, last, first, pila_fold_with(digits, &ten)};

    return all[f];
}

static pila_status call(void *ctx, const void *a, const void *b, void *out)
{
    int64_t acc = *(const int64_t *)a, x = *(const int64_t *)b;
    const int64_t results[] = {acc + x, acc - x, acc * x, x, acc, acc * 10 + x};

    memcpy(out, &results[*(enum function *)ctx], sizeof acc);
    return PILA_OK;
}

#define ARRAY(...)                                                                     \
    {                                                                                  \
        __VA_ARGS__                                                                    \
    }
#define NONE INT64_MIN

static void test_reduce_as_cpython_does(void **state)
{
    static const struct {
        enum function function;
        int64_t items[8];
        size_t n;
        int64_t initial, want;
        pila_status status;
    } rows[] = {
#define REDUCE(f, items, n, initial, want, status) {f, items, n, initial, want, status},
#include "functools_rows.h"
#undef REDUCE
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const int64_t *initial = rows[k].initial == NONE ? NULL : &rows[k].initial;
        pila_iter it = pila_span(rows[k].items, rows[k].n, &pila_i64);
        enum function f = rows[k].function;
        int64_t got = 0;
        CHECK_STATUS(pila_reduce(it, fold_of(f), initial, &got), rows[k].status);
        CHECK_INT(got, rows[k].want);
        got = 0;
        it = pila_span(rows[k].items, rows[k].n, &pila_i64);
        CHECK_STATUS(pila_reduce_fn(it, call, &f, initial, &pila_i64, &got),
                     rows[k].status);
        CHECK_INT(got, rows[k].want);
        if (rows[k].n) continue; /* what has ended already is empty, too */
        got = 0;
        CHECK_STATUS(pila_reduce(pila_failed(PILA_END), fold_of(f), initial, &got),
                     rows[k].status);
        CHECK_INT(got, rows[k].want);
        CHECK_STATUS(pila_reduce_fn(pila_failed(PILA_END), call, &f, initial, &pila_i64,
                                    &got),
                     rows[k].status);
    }
}

static void test_a_fold_scans(void **state)
{
    const int64_t in[] = {1, 2, 3, 4}, want[] = {11, 13, 16, 20};
    int64_t out[4], acc = 10;

    (void)state;
    add.scan(out, in, 4, &acc, add.ctx);
    CHECK(memcmp(out, want, sizeof out) == 0 && acc == 20);
    add.reduce(&acc, in, 0, add.ctx);
    CHECK_INT(acc, 20);
    CHECK(add.in_size == 8 && add.acc_type == &pila_i64);
    CHECK(widen.in_size == 4 && widen.acc_type->kind == PILA_KIND_F64);
    CHECK(total.acc_type->size == sizeof(totals));
}

static void test_other_accumulators(void **state)
{
    const int32_t small[] = {1, 2, 3};
    totals t = {0, 0};
    double d = 0.5;
    over o = {0, {0}};
    aligned a = {5};

    (void)state;
    CHECK_OK(
        pila_reduce(pila_span(small, 3, &pila_i32), widen, &d, &d)); /* out is in */
    CHECK(d == 6.5);
    CHECK_OK(pila_reduce(pila_range(0, 10000, 1), total, &t, &t));
    CHECK(t.n == 10000 && t.sum == 49995000);
    CHECK_OK(pila_reduce(pila_range(0, 100, 1), total_over, &o, &o));
    CHECK_INT(o.sum, 4950);
    CHECK_OK(pila_reduce(pila_range(0, 100, 1), total_aligned, &a, &a));
    CHECK_INT(a.sum, 4955);
}

static void test_types_are_checked(void **state)
{
    const int32_t small[] = {1, 2};
    const double real[] = {1};
    const pila_str words[] = {{"a", 1}, {"spam", 4}, {"eggs", 4}};
    int64_t sum = 7;
    double d = 7;
    pila_str word = {"", 0};
    pila_string text;

    (void)state;
    CHECK_STATUS(pila_reduce(pila_span(small, 2, &pila_i32), add, NULL, &sum),
                 PILA_ETYPE);
    CHECK_STATUS(pila_reduce(pila_span(small, 2, &pila_i32), add, &sum, &sum),
                 PILA_ETYPE);
    CHECK_STATUS(pila_reduce(pila_span(real, 1, &pila_f64), add, NULL, &sum),
                 PILA_ETYPE);
    CHECK_STATUS(pila_reduce(pila_span(small, 2, &pila_i32), widen, NULL, &d),
                 PILA_ETYPE);
    CHECK_STATUS(pila_reduce(pila_range(0, 3, 1), total, NULL, &sum), PILA_ETYPE);
    CHECK(sum == 7 && d == 7);
    CHECK_OK(pila_reduce(pila_span(words, 3, &pila_view), longest, NULL, &word));
    CHECK_TEXT(word, "spam");
    FILE *file = tmpfile(); /* a reader's buffer moves on, and its views with it */
    CHECK(file && fputs("lumberjack bc", file) >= 0);
    rewind(file);
    CHECK_STATUS(pila_reduce(pila_words(pila_from_file(file)), longest, &word, &word),
                 PILA_ETYPE);
    rewind(file);
    CHECK_STATUS(pila_reduce_fn(pila_words(pila_from_file(file)), call, NULL, NULL,
                                &pila_view, &word),
                 PILA_ETYPE);
    fclose(file);
    CHECK_TEXT(word, "spam");
    CHECK_STATUS(pila_reduce_fn(pila_range(0, 3, 1), call, NULL, NULL, &pila_text,
                                &text),
                 PILA_ETYPE);
    text = pila_string_borrow(pila_cstr("x"));
    CHECK_STATUS(pila_reduce(pila_range(0, 3, 1), own, &text, &text), PILA_ETYPE);
}

static void test_faults_of_the_source(void **state)
{
    int64_t sum = 7;
    enum function f = ADD;

    (void)state;
    CHECK_STATUS(pila_reduce(pila_failed(PILA_EIO), add, &sum, &sum), PILA_EIO);
    CHECK_STATUS(pila_reduce_fn(pila_failed(PILA_EIO), call, &f, &sum, &pila_i64, &sum),
                 PILA_EIO);
    const int64_t two[] = {1, 2};
    for (int with = 0; with < 2; with++) { /* at the end, and at the first item */
        pila_iter it = pila_chain2(pila_span(two, 2, &pila_i64), pila_failed(PILA_EIO));
        CHECK_STATUS(pila_reduce(it, add, with ? &sum : NULL, &sum), PILA_EIO);
        it = pila_chain2(pila_span(two, 2, &pila_i64), pila_failed(PILA_EIO));
        CHECK_STATUS(pila_reduce_fn(it, call, &f, with ? &sum : NULL, &pila_i64, &sum),
                     PILA_EIO);
        it = pila_chain2(pila_span(two, 0, &pila_i64), pila_failed(PILA_EIO));
        CHECK_STATUS(pila_reduce(it, add, with ? &sum : NULL, &sum), PILA_EIO);
        it = pila_chain2(pila_span(two, 0, &pila_i64), pila_failed(PILA_EIO));
        CHECK_STATUS(pila_reduce_fn(it, call, &f, with ? &sum : NULL, &pila_i64, &sum),
                     PILA_EIO);
    }
    CHECK_INT(sum, 7);
}

/* ---- owned results, and callbacks that fail ---- */

typedef struct plan {
    int calls, fail_at;
    uint64_t *mutate;
} plan;

/* acc + "," + item, as an owned string. */
static pila_status joined(void *ctx, const void *a, const void *b, void *out)
{
    plan *p = ctx;
    pila_buf text = {0};
    pila_status st = pila_buf_add(&text, pila_string_view(a));

    if (++p->calls == p->fail_at) {
        if (p->mutate) ++*p->mutate;
        else st = st == PILA_OK ? (pila_status)(PILA_EUSER + 1) : st;
    }
    if (st == PILA_OK) st = pila_buf_add(&text, pila_cstr(","));
    if (st == PILA_OK) st = pila_buf_add(&text, *(const pila_str *)b);
    if (st == PILA_OK) st = pila_string_init(out, pila_buf_view(&text));
    pila_buf_done(&text);
    return st;
}

static const pila_str words[] = {{"spam", 4},
                                 {"eggs", 4},
                                 {"ham", 3},
                                 {"lumberjack", 10}};

static void test_owned_results(void **state)
{
    pila_string initial = pila_string_borrow(pila_cstr("these are they:")), got;
    plan p = {0, 0, NULL};

    (void)state;
    check_alloc_start();
    CHECK_OK(pila_reduce_fn(pila_span(words, 4, &pila_view), joined, &p, NULL,
                            &pila_text, &got));
    CHECK_TEXT(pila_string_view(&got), "spam,eggs,ham,lumberjack");
    pila_string_done(&got);
    CHECK_INT(p.calls, 3);
    CHECK_OK(pila_reduce_fn(pila_span(words, 2, &pila_view), joined, &p, &initial,
                            &pila_text, &got));
    CHECK_TEXT(pila_string_view(&got), "these are they:,spam,eggs");
    pila_string_done(&got);
    for (p.fail_at = 1; p.fail_at <= 4; p.fail_at++) {
        p.calls = 0;
        got = pila_string_borrow(pila_cstr("untouched"));
        CHECK_INT(pila_reduce_fn(pila_span(words, 4, &pila_view), joined, &p, &initial,
                                 &pila_text, &got),
                  PILA_EUSER + 1);
        CHECK_INT(p.calls, p.fail_at);
        CHECK_TEXT(pila_string_view(&got), "untouched");
    }
    check_alloc_stop();
}

static void test_callback_mutates_the_container(void **state)
{
    (void)state;
    for (int k = 1; k <= 3; k++) {
        uint64_t version = 0;
        plan p = {0, k, &version};
        pila_iter it = pila_span(words, 4, &pila_view);
        pila_string got;
        it.stamp = &version;
        CHECK_STATUS(pila_reduce_fn(it, joined, &p, NULL, &pila_text, &got),
                     PILA_EMUTATED);
        CHECK_INT(p.calls, k);
    }
}

static pila_status keeps(void *ctx, const void *a, const void *b, void *out)
{
    (void)ctx;
    (void)b;
    memcpy(out, a, sizeof(over));
    return PILA_OK;
}

static const pila_type over_type = PILA_PLAIN_TYPE(over);

static pila_status scenario(void *ctx)
{
    pila_string initial = pila_string_borrow(pila_cstr("these are they: ")), got;
    plan p = {0, 0, NULL};
    over o = {0, {0}};
    pila_status st;

    (void)ctx;
    st = pila_reduce(pila_range(0, 10, 1), total_over, &o, &o);
    CHECK_INT(o.sum, st == PILA_OK ? 45 : 0);
    if (st != PILA_OK) return st;
    st = pila_reduce_fn(pila_span(words, 4, &pila_view), joined, &p, &initial,
                        &pila_text, &got);
    if (st == PILA_OK) pila_string_done(&got);
    if (st != PILA_OK) return st;
    return pila_reduce_fn(pila_range(0, 3, 1), keeps, NULL, &o, &over_type, &o);
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    check_alloc_sweep(scenario, NULL);
}

static void test_size_overflow(void **state)
{
    static const pila_type whale = {PILA_KIND_OTHER,
                                    SIZE_MAX / 2 + 1,
                                    1,
                                    "whale",
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL};
    pila_type deep = whale;
    const int64_t x = 1;
    over o = {3, {0}};
    char out;

    (void)state;
    CHECK_STATUS(pila_reduce_fn(pila_span(&x, 1, &pila_i64), call, NULL, &x, &whale,
                                &out),
                 PILA_ENOMEM);
    deep.size = SIZE_MAX / 2;
    deep.align = 64;
    CHECK_STATUS(pila_reduce_fn(pila_span(&x, 1, &pila_i64), call, NULL, &x, &deep,
                                &out),
                 PILA_ENOMEM);
    CHECK_OK(
        pila_reduce_fn(pila_span(&x, 1, &pila_i64), keeps, NULL, &o, &over_type, &o));
    CHECK_INT(o.sum, 3);
}

/* ---- partial ---- */

static pila_status divides(void *ctx, const void *a, const void *b, void *out)
{
    int64_t divisor = *(const int64_t *)a, x = *(const int64_t *)b;

    ++*(int *)ctx;
    if (divisor == 0) return PILA_EVALUE;
    *(bool *)out = x % divisor == 0;
    return PILA_OK;
}

static void test_partial(void **state)
{
    const int64_t ten = 10, three = 3, zero = 0;
    enum function f = SUB;
    int calls = 0;
    pila_partial from_ten = {call, &f, &ten}, by_three = {divides, &calls, &three};
    pila_partial by_zero = {divides, &calls, &zero};
    int64_t sum = 0;

    (void)state;
    CHECK_OK(pila_sum_i64(pila_map_fn(pila_range(0, 4, 1), &pila_i64, pila_partial_call,
                                      &from_ten),
                          &sum));
    CHECK_INT(sum, 10 + 9 + 8 + 7);
    CHECK_OK(
        pila_sum_i64(pila_filter_fn(pila_range(0, 10, 1), pila_partial_test, &by_three),
                     &sum));
    CHECK_INT(sum, 0 + 3 + 6 + 9);
    CHECK_INT(calls, 10);
    CHECK_STATUS(pila_consume(
                     pila_filter_fn(pila_range(0, 3, 1), pila_partial_test, &by_zero)),
                 PILA_EVALUE);
    CHECK_INT(calls, 11);
    int64_t greatest = 0; /* as a key: the item for which 10 - x is greatest */
    CHECK_OK(pila_max_by(pila_range(2, 9, 1), &pila_i64, pila_partial_call, &from_ten,
                         &pila_i64, &greatest));
    CHECK_INT(greatest, 2);
}

/* ---- cmp_to_key ---- */

enum comparison { ASCENDING, DESCENDING, BY_LAST_DIGIT, ALL_EQUAL, ALWAYS_LESS };

typedef struct order {
    enum comparison by;
    int calls, fail_at;
} order;

static pila_status compare(void *ctx, const void *a, const void *b, int *out)
{
    order *o = ctx;
    int x = (int)*(const int64_t *)a, y = (int)*(const int64_t *)b;
    const int results[] = {x - y, y - x, (x % 10 + 10) % 10 - (y % 10 + 10) % 10, 0,
                           -7};

    if (++o->calls == o->fail_at) return PILA_EUSER;
    *out = results[o->by];
    return PILA_OK;
}

static void test_cmp_to_key_as_cpython_does(void **state)
{
    static const struct {
        enum comparison by;
        int64_t a, b;
        int less, eq;
    } pairs[] = {
#define COMPARE(by, a, b, less, eq) {by, a, b, less, eq},
#include "functools_rows.h"
#undef COMPARE
    };
    static const struct {
        enum comparison by;
        int64_t items[8];
        size_t n;
        int64_t least, greatest;
    } extremes[] = {
#define EXTREMES(by, items, n, least, greatest) {by, items, n, least, greatest},
#include "functools_rows.h"
#undef EXTREMES
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(pairs); k++) {
        order o = {pairs[k].by, 0, 0};
        pila_cmp c;
        bool less = false, eq = false;
        pila_cmp_to_key(&c, &pila_i64, compare, &o);
        CHECK_OK(pila_type_less(&c.type, &pairs[k].a, &pairs[k].b, &less));
        CHECK_OK(pila_type_eq(&c.type, &pairs[k].a, &pairs[k].b, &eq));
        CHECK(less == (pairs[k].less != 0) && eq == (pairs[k].eq != 0));
    }
    for (size_t k = 0; k < COUNT_OF(extremes); k++) {
        order o = {extremes[k].by, 0, 0};
        pila_cmp c;
        int64_t got = 0;
        pila_cmp_to_key(&c, &pila_i64, compare, &o);
        pila_iter it = pila_span(extremes[k].items, extremes[k].n, &pila_i64);
        CHECK_OK(pila_min_by(it, &c.type, pila_cmp_key, &c, &pila_i64, &got));
        CHECK_INT(got, extremes[k].least);
        it = pila_span(extremes[k].items, extremes[k].n, &pila_i64);
        CHECK_OK(pila_max_by(it, &c.type, pila_cmp_key, &c, &pila_i64, &got));
        CHECK_INT(got, extremes[k].greatest);
        it = pila_span(extremes[k].items, extremes[k].n,
                       &c.type); /* items of that type */
        CHECK_OK(pila_min(it, &c.type, &got));
        CHECK_INT(got, extremes[k].least);
    }
}

static pila_status by_length(void *ctx, const void *a, const void *b, int *out)
{
    size_t x = pila_string_view(a).len, y = pila_string_view(b).len;

    (void)ctx;
    *out = x < y ? -1 : x > y;
    return PILA_OK;
}

static void test_cmp_to_key_of_strings(void **state)
{
    pila_cmp c;
    pila_string a = pila_string_borrow(pila_cstr("a text of more than fifteen")), key;
    uint64_t hash;
    pila_buf shown = {0};

    (void)state;
    check_alloc_start();
    pila_cmp_to_key(&c, &pila_text, by_length, NULL);
    CHECK(c.type.size == sizeof(pila_string) && !pila_type_plain(&c.type));
    CHECK_OK(pila_cmp_key(&c, &a, &key));
    CHECK_TEXT(pila_string_view(&key), "a text of more than fifteen");
    CHECK_STATUS(pila_type_hash(&c.type, &key, &hash), PILA_ETYPE);
    CHECK_OK(pila_type_repr(&c.type, &key, &shown));
    CHECK_TEXT(pila_buf_view(&shown), "'a text of more than fifteen'");
    pila_buf_done(&shown);
    pila_type_drop(&c.type, &key);
    check_alloc_fail(1, 1);
    CHECK_STATUS(pila_type_copy(&c.type, &key, &a), PILA_ENOMEM);
    CHECK_STATUS(pila_cmp_key(&c, &a, &key), PILA_ENOMEM);
    check_alloc_fail(0, 0);
    CHECK_OK(pila_type_copy(&c.type, &key, &a));
    pila_type_drop(&c.type, &key);
    check_alloc_stop();
}

static void test_compare_fails_at_k(void **state)
{
    const int64_t items[] = {5, 3, 4, 1, 2};

    (void)state;
    for (int k = 1; k <= 4; k++) {
        order o = {ASCENDING, 0, k};
        pila_cmp c;
        int64_t got = 77;
        bool answer = true;
        pila_cmp_to_key(&c, &pila_i64, compare, &o);
        CHECK(pila_type_plain(&c.type));
        CHECK_STATUS(pila_min_by(pila_span(items, 5, &pila_i64), &c.type, pila_cmp_key,
                                 &c, &pila_i64, &got),
                     PILA_EUSER);
        CHECK(got == 77 && o.calls == k);
        o.calls = k - 1;
        CHECK_STATUS(pila_type_eq(&c.type, items, items + 1, &answer), PILA_EUSER);
        CHECK(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reduce_as_cpython_does),
        cmocka_unit_test(test_a_fold_scans),
        cmocka_unit_test(test_other_accumulators),
        cmocka_unit_test(test_types_are_checked),
        cmocka_unit_test(test_faults_of_the_source),
        cmocka_unit_test(test_owned_results),
        cmocka_unit_test(test_callback_mutates_the_container),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_size_overflow),
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_cmp_to_key_as_cpython_does),
        cmocka_unit_test(test_cmp_to_key_of_strings),
        cmocka_unit_test(test_compare_fails_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
