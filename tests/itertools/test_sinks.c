/* test_sinks.c - sums, extremes, truth, counting, joining and writing. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include <pila/itertools/adaptors.h>
#include <pila/itertools/records.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

__extension__ typedef __int128 i128;

#define ARRAY(a, type) pila_span(a, COUNT_OF(a), type)

/* ---- a source that counts its drops, and whose container can change ---- */

typedef struct box {
    uint64_t version;
    const char *items;
    size_t n, window;
    const pila_type *type;
    pila_status end; /* what it ends with */
    int drops;
} box;

static bool box_refill(pila_iter *it)
{
    box *b = it->state;
    size_t n = b->n - it->at < b->window ? b->n - it->at : b->window;

    if (n == 0) {
        errno = ENOSPC; /* looked at where end is PILA_EIO */
        return pila_iter_end(it, b->end);
    }
    it->cur = b->items + it->at * b->type->size;
    it->end = it->cur + n * b->type->size;
    it->at += n;
    return true;
}

static pila_iter box_drop(pila_iter *it)
{
    ((box *)it->state)->drops++;
    errno = EBADF; /* a sink keeps the errno of the fault all the same */
    return pila_failed(PILA_END);
}

static pila_iter box_iter(box *b)
{
    static const pila_iter_ops ops = {box_refill, box_drop, NULL};
    pila_iter it = pila_iter_make(b->type, &ops, b);

    it.stamp = &b->version;
    it.seen = b->version;
    return it;
}

static box box_of(const void *items, size_t n, const pila_type *type)
{
    box b = {0, items, n, 3, type, PILA_END, 0};

    return b;
}

/* ---- sums ---- */

static const struct sum_row {
    const char *promise;
    int64_t items[4];
    size_t n;
    pila_status st_i64;
    int64_t sum_i64;
    pila_status st_u64;
    uint64_t sum_u64;
} sum_rows[] = {
    {"nothing is 0", {0}, 0, PILA_OK, 0, PILA_OK, 0},
    {"small numbers", {3, 1, 4}, 3, PILA_OK, 8, PILA_OK, 8},
    {"below 0 has no unsigned sum", {1, -2}, 2, PILA_OK, -1, PILA_EOVERFLOW, 0},
    {"the largest", {INT64_MAX - 1, 1}, 2, PILA_OK, INT64_MAX, PILA_OK, INT64_MAX},
    {"one more", {INT64_MAX, 1}, 2, PILA_EOVERFLOW, 0, PILA_OK, (uint64_t)1 << 63},
    {"the smallest", {INT64_MIN}, 1, PILA_OK, INT64_MIN, PILA_EOVERFLOW, 0},
    {"one less", {INT64_MIN, -1}, 2, PILA_EOVERFLOW, 0, PILA_EOVERFLOW, 0},
    {"over the edge and back",
     {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN},
     4,
     PILA_OK,
     -2,
     PILA_EOVERFLOW,
     0},
    {"under the edge and back",
     {INT64_MIN, INT64_MIN, INT64_MAX, INT64_MAX},
     4,
     PILA_OK,
     -2,
     PILA_EOVERFLOW,
     0},
};

static void test_sums_of_int64(void **state)
{
    (void)state;
    for (const struct sum_row *r = sum_rows; r < sum_rows + COUNT_OF(sum_rows); r++) {
        int64_t got = 77;
        uint64_t ugot = 77;
        box b = box_of(r->items, r->n, &pila_i64);
        ROW(r->promise);
        CHECK_STATUS(pila_sum_i64(box_iter(&b), &got), r->st_i64);
        CHECK_INT(got, r->st_i64 ? 77 : r->sum_i64);
        CHECK_STATUS(pila_sum_u64(box_iter(&b), &ugot), r->st_u64);
        CHECK(ugot == (r->st_u64 ? 77 : r->sum_u64));
        CHECK_INT(b.drops, 2);
    }
    ROW(NULL);
}

static void test_sums_of_every_width(void **state)
{
    const int8_t i8[] = {-128, 127, -5};
    const int16_t i16[] = {-32768, 32767, -5};
    const int32_t i32[] = {INT32_MIN, INT32_MAX, -5};
    const uint8_t u8[] = {255, 255, 1};
    const uint16_t u16[] = {65535, 65535, 1};
    const uint32_t u32[] = {UINT32_MAX, UINT32_MAX, 1};
    const uint64_t u64[] = {UINT64_MAX, 0, 0}, over[] = {UINT64_MAX, 1};
    const float f[] = {1};
    const pila_str s[] = {{"1", 1}};
    int64_t sum;
    uint64_t usum;

    (void)state;
    CHECK_OK(pila_sum_i64(ARRAY(i8, &pila_i8), &sum));
    CHECK_INT(sum, -6);
    CHECK_OK(pila_sum_i64(ARRAY(i16, &pila_i16), &sum));
    CHECK_INT(sum, -6);
    CHECK_OK(pila_sum_i64(ARRAY(i32, &pila_i32), &sum));
    CHECK_INT(sum, -6);
    CHECK_OK(pila_sum_i64(ARRAY(u8, &pila_u8), &sum));
    CHECK_INT(sum, 511);
    CHECK_OK(pila_sum_i64(ARRAY(u16, &pila_u16), &sum));
    CHECK_INT(sum, 131071);
    CHECK_OK(pila_sum_i64(ARRAY(u32, &pila_u32), &sum));
    CHECK_INT(sum, 8589934591);
    CHECK_OK(pila_sum_u64(ARRAY(u64, &pila_u64), &usum));
    CHECK(usum == UINT64_MAX);
    CHECK_STATUS(pila_sum_u64(ARRAY(over, &pila_u64), &usum), PILA_EOVERFLOW);
    CHECK_STATUS(pila_sum_i64(ARRAY(u64, &pila_u64), &sum), PILA_EOVERFLOW);
    CHECK_STATUS(pila_sum_i64(ARRAY(f, &pila_f32), &sum), PILA_ETYPE);
    CHECK_STATUS(pila_sum_i64(ARRAY(s, &pila_view), &sum), PILA_ETYPE);
    CHECK_STATUS(pila_sum_i64(pila_failed(PILA_EIO), &sum), PILA_EIO);
    CHECK_OK(pila_sum_i64(pila_failed(PILA_END), &sum));
    CHECK_INT(sum, 0);
}

/* Sums of random windows of edge numbers in 128 bits; `wrong` drops the model's carry.
 */
static bool sum_agrees(check_rng *r, bool wrong)
{
    static const int64_t edges[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    int64_t items[700], got = 0;
    size_t n = check_rng_below(r, COUNT_OF(items) + 1);
    unsigned bits =
        (unsigned)check_rng_below(r, 64); /* of most items, and all positive */
    bool edgy = check_rng_below(r, 2);
    i128 sum = 0;

    for (size_t k = 0; k < n; k++) {
        items[k] = edgy && check_rng_below(r, 3) == 0
                       ? edges[check_rng_below(r, COUNT_OF(edges))]
                   : edgy ? (int64_t)check_rng_next(r)
                          : (int64_t)(check_rng_next(r) >> 1 >> bits);
        sum += items[k];
        if (wrong) sum = (int64_t)(uint64_t)sum;
    }
    pila_status st = pila_sum_i64(pila_span(items, n, &pila_i64), &got);
    if (sum < INT64_MIN || sum > INT64_MAX) return st == PILA_EOVERFLOW;
    return st == PILA_OK && got == (int64_t)sum;
}

static void test_random_sums_against_128_bits(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 20000; turn++) CHECK(sum_agrees(&r, false));
    for (int turn = 0; turn < 100; turn++) caught += !sum_agrees(&r, true);
    CHECK(caught > 30); /* the planted fault */
}

/* Expected values: CPython 3.12's algorithm, as sum() of 3.12 prints them. */
static const struct float_row {
    const char *promise;
    double items[10];
    size_t n;
    double sum;
} float_rows[] = {
    {"nothing is 0.0", {0}, 0, 0.0},
    {"ten tenths are one", {.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, 10, 1.0},
    {"what is small is not lost", {1e100, 1.0, -1e100}, 3, 1.0},
    {"nor twice", {1.0, 1e100, 1.0, -1e100}, 4, 2.0},
    {"nor beside 2**53", {9007199254740992.0, 1.0, 1.0}, 3, 9007199254740994.0},
    {"infinity stays", {INFINITY, 1.0}, 2, INFINITY},
    {"and does not become nan", {1e308, 1e308, -1e308}, 3, INFINITY},
    {"minus infinity", {1.0, -INFINITY, 5.0}, 3, -INFINITY},
    {"minus zero is added to 0", {-0.0}, 1, 0.0},
};

static void test_sums_of_floats(void **state)
{
    const float floats[] = {0.5f, 0.25f};
    const double both[] = {INFINITY, -INFINITY}, nan_first[] = {NAN, 1.0};
    const int64_t ints[] = {1};
    double sum = 0;

    (void)state;
    for (const struct float_row *r = float_rows; r < float_rows + COUNT_OF(float_rows);
         r++) {
        box b = box_of(r->items, r->n, &pila_f64);
        ROW(r->promise);
        CHECK_OK(pila_sum_f64(box_iter(&b), &sum));
        CHECK(sum == r->sum && !signbit(sum) == !signbit(r->sum));
    }
    ROW(NULL);
    CHECK_OK(pila_sum_f64(ARRAY(both, &pila_f64), &sum));
    CHECK(isnan(sum));
    CHECK_OK(pila_sum_f64(ARRAY(nan_first, &pila_f64), &sum));
    CHECK(isnan(sum));
    CHECK_OK(pila_sum_f64(ARRAY(floats, &pila_f32), &sum));
    CHECK(sum == 0.75);
    CHECK_STATUS(pila_sum_f64(ARRAY(ints, &pila_i64), &sum), PILA_ETYPE);
    CHECK_STATUS(pila_sum_f64(pila_failed(PILA_EIO), &sum), PILA_EIO);
    CHECK(sum == 0.75);
}

/* ---- min and max ---- */

static void test_min_and_max_of_numbers(void **state)
{
    const int64_t i64[] = {3, -1, 4, -1, 5};
    const uint64_t u64[] = {3, UINT64_MAX, 0};
    const int8_t i8[] = {3, -100, 100};
    const uint8_t u8[] = {3, 200, 100};
    const int16_t i16[] = {3, -1, 4};
    const uint16_t u16[] = {3, 60000, 4};
    const int32_t i32[] = {3, -1, 4};
    const uint32_t u32[] = {3, UINT32_MAX, 4};
    const float f32[] = {3.f, -1.f, 4.f};
    const double f64[] = {0.0, -0.0, 1.0}, nan_first[] = {NAN, 1.0},
                 nan_last[] = {1.0, NAN};
    int64_t a = 0, b = 0;
    double x = 5, y = 0;

    (void)state;
    CHECK_OK(pila_min_i64(ARRAY(i64, &pila_i64), &a));
    CHECK_OK(pila_max_i64(ARRAY(i64, &pila_i64), &b));
    CHECK(a == -1 && b == 5);
#define EXTREMES(T, items, type, least, most)                                          \
    do {                                                                               \
        T lo, hi;                                                                      \
        CHECK_OK(pila_min(ARRAY(items, type), type, &lo));                             \
        CHECK_OK(pila_max(ARRAY(items, type), type, &hi));                             \
        CHECK(lo == (least) && hi == (most));                                          \
    } while (0)
    EXTREMES(uint64_t, u64, &pila_u64, 0, UINT64_MAX);
    EXTREMES(int8_t, i8, &pila_i8, -100, 100);
    EXTREMES(uint8_t, u8, &pila_u8, 3, 200);
    EXTREMES(int16_t, i16, &pila_i16, -1, 4);
    EXTREMES(uint16_t, u16, &pila_u16, 3, 60000);
    EXTREMES(int32_t, i32, &pila_i32, -1, 4);
    EXTREMES(uint32_t, u32, &pila_u32, 3, UINT32_MAX);
    EXTREMES(float, f32, &pila_f32, -1.f, 4.f);
#undef EXTREMES
    CHECK_OK(pila_min_f64(ARRAY(f64, &pila_f64), &x));
    CHECK(x == 0 && !signbit(x)); /* the first of equal ones */
    CHECK_OK(pila_max_f64(ARRAY(f64, &pila_f64), &y));
    CHECK(y == 1.0);
    CHECK_OK(pila_min_f64(ARRAY(nan_first, &pila_f64), &x)); /* as min([nan, 1.0]) */
    CHECK(isnan(x));
    CHECK_OK(pila_min_f64(ARRAY(nan_last, &pila_f64), &x));
    CHECK(x == 1.0);
    CHECK_OK(pila_max_f64(ARRAY(nan_last, &pila_f64), &x));
    CHECK(x == 1.0);
}

static void test_min_faults(void **state)
{
    const int32_t small[] = {1};
    const pila_str words[] = {{"a", 1}};
    pila_type plain = PILA_PLAIN_TYPE(int64_t);
    const int64_t two[] = {2, 1};
    int64_t x = 7;
    pila_str view = {NULL, 0};

    (void)state;
    CHECK_STATUS(pila_min_i64(pila_span(NULL, 0, &pila_i64), &x), PILA_EVALUE);
    CHECK_STATUS(pila_min(pila_span(NULL, 0, &pila_view), &pila_view, &view),
                 PILA_EVALUE);
    CHECK_STATUS(pila_max_i64(pila_failed(PILA_END), &x), PILA_EVALUE);
    CHECK_STATUS(pila_min_i64(pila_failed(PILA_EIO), &x), PILA_EIO);
    CHECK_STATUS(pila_min_i64(ARRAY(small, &pila_i32), &x), PILA_ETYPE);
    CHECK_STATUS(pila_min(ARRAY(two, &plain), &plain, &x), PILA_ETYPE);
    CHECK_INT(x, 7);
    CHECK_STATUS(pila_min(ARRAY(words, &pila_view_padded), &pila_view, &view),
                 PILA_ETYPE);
    CHECK_OK(pila_min(ARRAY(words, &pila_view), &pila_view, &view));
    CHECK_TEXT(view, "a");
    box b = box_of(two, 2, &pila_i64);
    b.end = PILA_EIO;
    errno = 0;
    CHECK_STATUS(pila_min_i64(box_iter(&b), &x), PILA_EIO);
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(x, 7);
}

static const pila_str texts[] = {{"pomegranates and oranges", 24},
                                 {"fig", 3},
                                 {"a rather long name for a fig", 28},
                                 {"apple", 5},
                                 {"a rather long name for a fig", 28},
                                 {"zucchini and other vegetables", 29}};

static pila_status text_length(void *ctx, const void *item, void *out)
{
    (void)ctx;
    *(size_t *)out = ((const pila_str *)item)->len;
    return PILA_OK;
}

static pila_status text_copy(void *ctx, const void *item, void *out)
{
    (void)ctx;
    return pila_string_init(out, *(const pila_str *)item);
}

static pila_status sweep_min(void *ctx)
{
    box b = box_of(texts, COUNT_OF(texts), &pila_view_padded);
    pila_string least = {{0, 0}}, most = {{0, 0}}, shortest = {{0, 0}},
                by_copy = {{0, 0}};
    pila_status st;

    (void)ctx;
    st = pila_min(box_iter(&b), &pila_text, &least);
    if (st == PILA_OK) st = pila_max(box_iter(&b), &pila_text, &most);
    if (st == PILA_OK)
        st = pila_min_by(box_iter(&b), &pila_u64, text_length, NULL, &pila_text,
                         &shortest);
    if (st == PILA_OK)
        st = pila_max_by(box_iter(&b), &pila_text, text_copy, NULL, &pila_text,
                         &by_copy);
    if (st == PILA_OK) {
        CHECK_TEXT(pila_string_view(&least), "a rather long name for a fig");
        CHECK_TEXT(pila_string_view(&most), "zucchini and other vegetables");
        CHECK_TEXT(pila_string_view(&shortest), "fig");
        CHECK_TEXT(pila_string_view(&by_copy), "zucchini and other vegetables");
        CHECK_INT(b.drops, 4);
    }
    pila_string_done(&least);
    pila_string_done(&most);
    pila_string_done(&shortest);
    pila_string_done(&by_copy);
    return st;
}

static void test_min_of_text_owns_its_answer(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_min, NULL);
}

static pila_status minus(void *ctx, const void *item, void *out)
{
    (void)ctx;
    *(int64_t *)out = *(const int64_t *)item / 10;
    return PILA_OK;
}

static void test_the_first_of_equal_keys(void **state)
{
    const int64_t items[] = {15, 23, 11, 27, 12, 21};
    int64_t x = 0;

    (void)state;
    CHECK_OK(
        pila_min_by(ARRAY(items, &pila_i64), &pila_i64, minus, NULL, &pila_i64, &x));
    CHECK_INT(x, 15); /* min([15, 23, 11, 27, 12, 21], key=lambda x: x // 10) */
    CHECK_OK(
        pila_max_by(ARRAY(items, &pila_i64), &pila_i64, minus, NULL, &pila_i64, &x));
    CHECK_INT(x, 23);
    CHECK_STATUS(pila_min_by(pila_span(NULL, 0, &pila_i64), &pila_i64, minus, NULL,
                             &pila_i64, &x),
                 PILA_EVALUE);
}

/* An item that counts itself, and whose comparison fails or mutates at the k-th call.
 */
static struct {
    int calls, fail_at, live;
    box *mutate;
    void *freed; /* by the call that mutates */
} plan;

static pila_status planned_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    if (++plan.calls == plan.fail_at) {
        if (!plan.mutate) return PILA_EUSER;
        plan.mutate->version++;
    }
    *out = *(const int64_t *)a < *(const int64_t *)b;
    if (plan.calls == plan.fail_at && plan.freed) free(plan.freed), *out = true;
    return PILA_OK;
}

static pila_status planned_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    plan.live++;
    memcpy(out, item, sizeof(int64_t));
    return PILA_OK;
}

static void planned_drop(void *ctx, void *item)
{
    (void)ctx;
    (void)item;
    plan.live--;
}

static pila_status planned_key(void *ctx, const void *item, void *out)
{
    plan.live++;
    memcpy(out, item, sizeof(int64_t));
    bool unused;
    pila_status st = planned_less(ctx, item, item, &unused);
    if (st != PILA_OK) plan.live--;
    return st;
}

static const pila_type planned = {
    PILA_KIND_OTHER, sizeof(int64_t), _Alignof(int64_t), "planned", NULL, NULL, NULL,
    planned_less,    planned_copy,    planned_drop,      NULL};

static void planned_run(box *mutate, pila_status want)
{
    const int64_t items[] = {5, 9, 4, 8, 3, 7};

    for (int by = 0; by < 2; by++)
        for (int k = 0; k < 12; k++) {
            box b = box_of(items, COUNT_OF(items), &planned);
            int64_t x = 77;
            int last = by ? 11 : 5; /* calls of a run without fault */
            plan.calls = plan.live = 0;
            plan.fail_at = k;
            plan.mutate = mutate ? &b : NULL;
            pila_status st = by ? pila_max_by(box_iter(&b), &planned, planned_key, NULL,
                                              &planned, &x)
                                : pila_min(box_iter(&b), &planned, &x);
            CHECK_STATUS(st, k && k <= last ? want : PILA_OK);
            CHECK_INT(x, st ? 77 : by ? 9 : 3);
            CHECK_INT(plan.live,
                      st == PILA_OK); /* the answer is given, the rest dropped */
            CHECK_INT(b.drops, 1);
        }
}

static void test_compare_raises_at_k(void **state)
{
    (void)state;
    planned_run(NULL, PILA_EUSER);
}

static void test_mutate_while_iter(void **state)
{
    const int64_t items[] = {5, 9, 4};
    box any;

    (void)state;
    planned_run(&any, PILA_EMUTATED);
    for (int which = 0; which < 4; which++) { /* a source that is mutated already */
        box b = box_of(items, 3, &pila_i64);
        pila_iter it = box_iter(&b);
        int64_t x = 77;
        size_t n = 77;
        bool t = true;
        b.version++;
        pila_status st = which == 0   ? pila_sum_i64(it, &x)
                         : which == 1 ? pila_min_i64(it, &x)
                         : which == 2 ? pila_len(it, &n)
                                      : pila_all(it, &t);
        CHECK_STATUS(st, PILA_EMUTATED);
        CHECK(x == 77 && n == 77 && t);
        CHECK_INT(b.drops, 1);
    }
}

/* The item that was compared is gone: a sanitizer sees it if it is touched again. */
static void test_compare_frees_the_items(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++)
        for (int k = 1; k < 3; k++) {
            int64_t *items = calloc(6, sizeof *items), x = 77;
            box b = box_of(items, 6, &planned);
            plan.calls = plan.live = 0;
            plan.fail_at = k;
            plan.mutate = &b;
            plan.freed = items;
            CHECK_STATUS(by ? pila_min_by(box_iter(&b), &planned, planned_key, NULL,
                                          &planned, &x)
                            : pila_min(box_iter(&b), &planned, &x),
                         PILA_EMUTATED);
            CHECK(x == 77 && plan.live == 0);
        }
    plan.freed = NULL;
}

/* ---- any, all, len ---- */

static void test_any_and_all(void **state)
{
    static const struct {
        const char *promise;
        int64_t items[4];
        size_t n;
        bool any, all;
    } rows[] = {
        {"nothing", {0}, 0, false, true},
        {"all false", {0, 0, 0, 0}, 4, false, false},
        {"one true", {0, 0, 0, 5}, 4, true, false},
        {"all true", {1, -1, 2, 3}, 4, true, true},
        {"one false", {1, -1, 2, 0}, 4, true, false},
    };
    bool any, all;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        box b = box_of(rows[k].items, rows[k].n, &pila_i64);
        ROW(rows[k].promise);
        CHECK_OK(pila_any(box_iter(&b), &any));
        CHECK_OK(pila_all(box_iter(&b), &all));
        CHECK(any == rows[k].any && all == rows[k].all);
        CHECK_INT(b.drops, 2);
    }
    ROW(NULL);
}

static void test_the_truth_of_every_kind(void **state)
{
    const pila_type point = PILA_PLAIN_TYPE(int64_t);
    bool got = false;

    (void)state;
#define TRUTH(T, type, no, yes)                                                        \
    do {                                                                               \
        const T f[] = {no}, t[] = {no, yes};                                           \
        CHECK_OK(pila_any(ARRAY(f, type), &got));                                      \
        CHECK(!got);                                                                   \
        CHECK_OK(pila_any(ARRAY(t, type), &got));                                      \
        CHECK(got);                                                                    \
    } while (0)
#define LIST(...) __VA_ARGS__
    TRUTH(int8_t, &pila_i8, 0, -1);
    TRUTH(int16_t, &pila_i16, 0, 256);
    TRUTH(int32_t, &pila_i32, 0, 65536);
    TRUTH(int64_t, &pila_i64, 0, (int64_t)1 << 40);
    TRUTH(uint8_t, &pila_u8, 0, 128);
    TRUTH(bool, &pila_u8, false, true);
    TRUTH(uint16_t, &pila_u16, 0, 256);
    TRUTH(uint32_t, &pila_u32, 0, 65536);
    TRUTH(uint64_t, &pila_u64, 0, (uint64_t)1 << 63);
    TRUTH(float, &pila_f32, -0.0f, 0.5f);
    TRUTH(double, &pila_f64, -0.0, NAN);
    TRUTH(uintptr_t, &pila_ptr, 0, (uintptr_t)&got);
    TRUTH(pila_str, &pila_view, LIST({NULL, 0}), LIST({"\0", 1}));
    TRUTH(pila_string, &pila_text, LIST({{0, 0}}), LIST({{1, (uint64_t)1 << 56}}));
    CHECK_STATUS(pila_any(pila_span("12345678", 1, &point), &got), PILA_ETYPE);
    CHECK_STATUS(pila_all(pila_failed(PILA_EIO), &got), PILA_EIO);
}

static void test_len_and_consume(void **state)
{
    const int64_t items[10] = {0};
    size_t n = 0;

    (void)state;
    for (size_t k = 0; k <= 10; k++) {
        box b = box_of(items, k, &pila_i64);
        CHECK_OK(pila_len(box_iter(&b), &n));
        CHECK_INT(n, k);
        CHECK_OK(pila_consume(box_iter(&b)));
        b.end = PILA_EUSER;
        CHECK_STATUS(pila_len(box_iter(&b), &n), PILA_EUSER);
        CHECK_STATUS(pila_consume(box_iter(&b)), PILA_EUSER);
        CHECK_INT(b.drops, 4);
    }
}

/* ---- join ---- */

static const struct join_row {
    const char *promise, *sep;
    size_t n; /* of the words below */
    const char *want;
} join_rows[] = {
    {"nothing", ", ", 0, ""},
    {"one has no separator", ", ", 1, "spam"},
    {"an empty item", "-", 2, "spam-"},
    {"two windows", "<>", 5, "spam<><>eggs<>and<>ham"},
    {"an empty separator", "", 5, "spameggsandham"},
};

static void test_join(void **state)
{
    const pila_str words[] = {
        {"spam", 4}, {NULL, 0}, {"eggs", 4}, {"and", 3}, {"ham", 3}};
    pila_string owned[5];

    (void)state;
    for (size_t k = 0; k < 5; k++) owned[k] = pila_string_borrow(words[k]);
    for (const struct join_row *r = join_rows; r < join_rows + COUNT_OF(join_rows);
         r++) {
        box b = box_of(words, r->n, &pila_view), o = box_of(owned, r->n, &pila_text);
        pila_buf out = {0};
        ROW(r->promise);
        CHECK_OK(pila_join(box_iter(&b), pila_cstr(r->sep), &out));
        CHECK_TEXT(pila_buf_view(&out), r->want);
        pila_buf_clear(&out);
        CHECK_OK(pila_join(box_iter(&o), pila_cstr(r->sep), &out));
        CHECK_TEXT(pila_buf_view(&out), r->want);
        pila_buf_done(&out);
        CHECK_INT(b.drops + o.drops, 2);
    }
    ROW(NULL);
}

static void test_join_faults_leave_the_buffer(void **state)
{
    const pila_str words[] = {{"spam", 4}, {"eggs", 4}, {"and", 3}, {"ham", 3}};
    const pila_str vast[] = {{"", SIZE_MAX / 2}, {"", SIZE_MAX / 2}, {"", 3}};
    const int64_t ints[] = {1};
    box b = box_of(words, 4, &pila_view);
    pila_buf out = {0};

    (void)state;
    CHECK_OK(pila_buf_add(&out, pila_cstr("kept")));
    CHECK_STATUS(pila_join(ARRAY(ints, &pila_i64), pila_cstr(","), &out), PILA_ETYPE);
    b.end = PILA_EUSER;
    CHECK_STATUS(pila_join(box_iter(&b), pila_cstr(","), &out), PILA_EUSER);
    CHECK_TEXT(pila_buf_view(&out), "kept");
    CHECK_STATUS(pila_join(ARRAY(vast, &pila_view), pila_cstr(","), &out), PILA_ELIMIT);
    CHECK_STATUS(pila_join(ARRAY(words, &pila_view), pila_str_of("", SIZE_MAX / 2),
                           &out),
                 PILA_ELIMIT);
    out.cap = 4 + 17;
    b.end = PILA_END;
    CHECK_OK(pila_join(box_iter(&b), pila_cstr(","), &out)); /* exactly the cap */
    CHECK_TEXT(pila_buf_view(&out), "keptspam,eggs,and,ham");
    out.len = 5;
    CHECK_STATUS(pila_join(box_iter(&b), pila_cstr(","), &out), PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&out), "kepts");
    CHECK_OK(pila_join(pila_failed(PILA_END), pila_cstr(","), &out));
    pila_buf_done(&out);
}

static pila_status sweep_join(void *ctx)
{
    static char block[400];
    const pila_str words[] = {{block, 400}, {block, 400}, {block, 400}, {block, 400}};
    box b = box_of(words, 4, &pila_view);
    pila_buf out = {0};
    pila_status st = pila_join(box_iter(&b), pila_cstr(","), &out);

    (void)ctx;
    CHECK_INT(out.len, st ? 0 : 1603);
    if (st != PILA_OK && pila_join(box_iter(&b), pila_cstr(","), &out) == PILA_OK)
        CHECK_INT(out.len, 1603); /* used again */
    pila_buf_done(&out);
    return st;
}

static void test_every_allocation_of_join_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_join, NULL);
}

/* ---- writing ---- */

typedef struct disk {
    pila_buf bytes;
    size_t most;     /* bytes taken at a time */
    int calls, fail; /* errno from the `at`-th call on; EINTR: every second call */
    int at;
} disk;

static ptrdiff_t disk_write(void *ctx, const void *bytes, size_t n)
{
    disk *d = ctx;

    d->calls++;
    if (d->fail == EINTR ? d->calls % 2 : d->fail && d->calls >= d->at) {
        errno = d->fail;
        return -1;
    }
    if (n > d->most) n = d->most;
    CHECK_OK(pila_buf_add(&d->bytes, pila_str_of(bytes, n)));
    return (ptrdiff_t)n;
}

/* Lines of every length around the buffer's, and what they are together. */
static size_t many_lines(pila_str *lines, size_t n, pila_buf *want, pila_str end)
{
    static char block[200000];

    memset(block, 'x', sizeof block);
    for (size_t k = 0; k < n; k++) {
        size_t len = k % 97 == 96 ? 65530 + k % 11 : k % 31 == 30 ? 5000 : k % 19;
        if (k == 1) len = sizeof block;
        lines[k] = pila_str_of(block, len);
        CHECK_OK(pila_buf_add(want, lines[k]));
        CHECK_OK(pila_buf_add(want, end));
    }
    return n;
}

static void test_short_writes_and_eintr(void **state)
{
    static const size_t sizes[] = {1, 7, 4096, SIZE_MAX};
    static char long_end[100000];
    const pila_str ends[] = {{"\n", 1},
                             {NULL, 0},
                             {"\r\n", 2},
                             {"a separator of more than 16", 27},
                             {long_end, 100000}};
    pila_str lines[400];

    (void)state;
    for (size_t e = 0; e < COUNT_OF(ends); e++) {
        pila_buf want = {0};
        size_t n = many_lines(lines, e == 4 ? 5 : 400, &want, ends[e]);
        for (size_t k = 0; k < COUNT_OF(sizes); k++)
            for (int fail = 0; fail <= EINTR; fail += EINTR)
                for (int padded = 0; padded < 2; padded++) {
                    disk d = {{0}, sizes[k], 0, fail, 0};
                    box b = box_of(lines, n, padded ? &pila_view_padded : &pila_view);
                    b.window = 100;
                    CHECK_OK(pila_write_lines(box_iter(&b), ends[e],
                                              pila_to_write(disk_write, &d)));
                    CHECK(pila_str_eq(pila_buf_view(&d.bytes), pila_buf_view(&want)));
                    CHECK_INT(b.drops, 1);
                    pila_buf_done(&d.bytes);
                }
        pila_buf_done(&want);
    }
}

static void test_a_failed_write_is_an_error(void **state)
{
    pila_str lines[400];
    pila_buf want = {0};
    size_t n = many_lines(lines, 400, &want, pila_cstr("\n"));

    (void)state;
    for (int at = 1; at < 6; at++) {
        disk d = {{0}, SIZE_MAX, 0, ENOSPC, at};
        box b = box_of(lines, n, &pila_view);
        errno = 0;
        CHECK_STATUS(pila_write_lines(box_iter(&b), pila_cstr("\n"),
                                      pila_to_write(disk_write, &d)),
                     PILA_EIO);
        CHECK_INT(errno, ENOSPC);
        CHECK(memcmp(d.bytes.data ? d.bytes.data : "", want.data, d.bytes.len) == 0);
        pila_buf_done(&d.bytes);
    }
    disk full = {{0}, 0, 0, 0, 0}; /* writes nothing, and says so */
    CHECK_STATUS(pila_write_lines(pila_span(lines, 3, &pila_view), pila_cstr("\n"),
                                  pila_to_write(disk_write, &full)),
                 PILA_EIO);
    CHECK(errno != 0);
    pila_buf_done(&want);
}

static void test_what_came_before_a_fault_is_written(void **state)
{
    const pila_str words[] = {{"spam", 4}, {"eggs", 4}};
    const int64_t ints[] = {1};
    box b = box_of(words, 2, &pila_view);
    disk d = {{0}, SIZE_MAX, 0, 0, 0};

    (void)state;
    b.end = PILA_EIO;
    CHECK_STATUS(pila_write_lines(box_iter(&b), pila_cstr(";"),
                                  pila_to_write(disk_write, &d)),
                 PILA_EIO);
    CHECK_INT(errno, ENOSPC);
    CHECK_TEXT(pila_buf_view(&d.bytes), "spam;eggs;");
    CHECK_STATUS(pila_write_lines(ARRAY(ints, &pila_i64), pila_cstr(";"),
                                  pila_to_write(disk_write, &d)),
                 PILA_ETYPE);
    CHECK_TEXT(pila_buf_view(&d.bytes), "spam;eggs;");
    pila_buf_done(&d.bytes);
}

static void test_to_a_file_and_a_descriptor(void **state)
{
    const pila_string words[] = {pila_string_borrow(pila_cstr("spam")),
                                 pila_string_borrow(
                                     pila_cstr("a long one, with 27 letters"))};
    char path[] = "/tmp/test_sinks_XXXXXX", text[200] = {0}, *memory = NULL;
    size_t memory_len = 0;
    int fd = mkstemp(path);
    FILE *f;

    (void)state;
    CHECK(fd >= 0);
    CHECK_OK(
        pila_write_lines(ARRAY(words, &pila_text), pila_cstr("\n"), pila_to_fd(fd)));
    f = fdopen(fd, "r+");
    fseek(f, 0, SEEK_END);
    fputs("before\n", f); /* what the FILE holds goes first */
    CHECK_OK(
        pila_write_lines(ARRAY(words, &pila_text), pila_cstr("\n"), pila_to_file(f)));
    CHECK_INT(ftell(f), 7 + 2 * 33);
    fputs("after\n", f);
    rewind(f);
    CHECK(fread(text, 1, sizeof text - 1, f) > 0);
    assert_string_equal(text, "spam\na long one, with 27 letters\nbefore\nspam\n"
                              "a long one, with 27 letters\nafter\n");
    fclose(f);
    unlink(path);
    f = open_memstream(&memory, &memory_len);
    CHECK_OK(
        pila_write_lines(ARRAY(words, &pila_text), pila_cstr("\n"), pila_to_file(f)));
    fclose(f);
    assert_string_equal(memory, "spam\na long one, with 27 letters\n");
    free(memory);
}

static void test_full_and_closed(void **state)
{
    const pila_str words[] = {{"spam", 4}};
    FILE *f = fopen("/dev/full", "w");

    (void)state;
    CHECK_STATUS(pila_write_lines(ARRAY(words, &pila_view), pila_cstr("\n"),
                                  pila_to_fd(-1)),
                 PILA_EIO);
    CHECK_INT(errno, EBADF);
    if (!f) return;
    CHECK_STATUS(pila_write_lines(ARRAY(words, &pila_view), pila_cstr("\n"),
                                  pila_to_file(f)),
                 PILA_EIO);
    CHECK_INT(errno, ENOSPC);
    fclose(f);
}

static pila_status sweep_write(void *ctx)
{
    const pila_str words[] = {{"spam", 4}};
    box b = box_of(words, 1, &pila_view);
    char text[8];
    FILE *f = fmemopen(text, sizeof text, "w");
    pila_status st = pila_write_lines(box_iter(&b), pila_cstr("\n"), pila_to_file(f));

    (void)ctx;
    CHECK_INT(b.drops, 1);
    CHECK_INT(ftell(f), st ? 0 : 5);
    fclose(f);
    return st;
}

static void test_every_allocation_of_write_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_write, NULL);
}

/* ---- what is refused, and what finds no room ---- */

static void test_sums_refuse_what_is_no_integer(void **state)
{
    typedef struct pair {
        int a, b;
    } pair;
    static const pila_type plain = PILA_PLAIN_TYPE(pair);
    const pair pairs[] = {{1, 2}};
    const double floats[] = {1.5};
    int64_t i = 7;
    uint64_t u = 7;

    (void)state;
    CHECK_STATUS(pila_sum_i64(ARRAY(pairs, &plain), &i), PILA_ETYPE);
    CHECK_STATUS(pila_sum_u64(ARRAY(pairs, &plain), &u), PILA_ETYPE);
    CHECK_STATUS(pila_sum_u64(ARRAY(floats, &pila_f64), &u), PILA_ETYPE);
    CHECK(i == 7 && u == 7);
}

typedef struct large { /* more than is held without an allocation */
    int64_t value;
    char more[200];
} large;

static pila_status large_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = ((const large *)a)->value < ((const large *)b)->value;
    return PILA_OK;
}

static pila_status large_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    memcpy(out, item, sizeof(large));
    return PILA_OK;
}

static void test_extremes_of_large_items(void **state)
{
    static const pila_type type = {PILA_KIND_OTHER,
                                   sizeof(large),
                                   PILA_ALIGNOF(large),
                                   "large",
                                   NULL,
                                   NULL,
                                   NULL,
                                   large_less,
                                   large_copy,
                                   NULL,
                                   NULL};
    large items[] = {{2, ""}, {5, ""}, {1, ""}, {5, ""}, {3, ""}}, out;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(items); k++) items[k].more[199] = (char)('a' + k);
    CHECK_OK(pila_max(ARRAY(items, &type), &type, &out));
    CHECK(out.value == 5 && out.more[199] == 'b'); /* the first of equal ones */
    CHECK_OK(pila_min(ARRAY(items, &type), &type, &out));
    CHECK(out.value == 1 && out.more[199] == 'c');
}

static void test_join_of_nothing_and_beyond_a_cap(void **state)
{
    const pila_str empty[] = {{"", 0}, {"", 0}}, words[] = {{"spam", 4}, {"eggs", 4}};
    pila_buf out = {.cap = 8};

    (void)state;
    CHECK_OK(pila_join(ARRAY(empty, &pila_view), pila_cstr(""), &out));
    CHECK_INT(out.len, 0);
    CHECK_STATUS(pila_join(ARRAY(words, &pila_view), pila_cstr("+"), &out),
                 PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    CHECK_OK(pila_join(ARRAY(words, &pila_view), pila_cstr(""), &out));
    CHECK_TEXT(pila_buf_view(&out), "spameggs");
    pila_buf_done(&out);
}

/* What a FILE held before cannot be written, or the lines themselves in one that has no
 * descriptor. */
static void test_a_file_that_is_full(void **state)
{
    const pila_str words[] = {{"spam", 4}, {"eggs", 4}};
    char room[4];
    FILE *f = fopen("/dev/full", "w");

    (void)state;
    assert_non_null(f);
    CHECK(fputs("before", f) >= 0);
    CHECK_STATUS(pila_write_lines(ARRAY(words, &pila_view), pila_cstr("\n"),
                                  pila_to_file(f)),
                 PILA_EIO);
    fclose(f);
    f = fmemopen(room, sizeof room, "w");
    assert_non_null(f);
    CHECK_STATUS(pila_write_lines(ARRAY(words, &pila_view), pila_cstr("\n"),
                                  pila_to_file(f)),
                 PILA_EIO);
    fclose(f);
    f = fmemopen(room, sizeof room, "w");
    assert_non_null(f);
    setvbuf(f, NULL, _IONBF, 0);
    CHECK_STATUS(pila_write_lines(ARRAY(words, &pila_view), pila_cstr("\n"),
                                  pila_to_file(f)),
                 PILA_EIO);
    fclose(f);
}

static void test_lines_of_what_is_no_text(void **state)
{
    const int64_t ints[] = {1, 2};

    (void)state;
    CHECK_STATUS(pila_write_lines(ARRAY(ints, &pila_i64), pila_cstr("\n"),
                                  pila_to_fd(-1)),
                 PILA_ETYPE);
    CHECK_STATUS(pila_write_lines(pila_failed(PILA_EVALUE), pila_cstr("\n"),
                                  pila_to_fd(1)),
                 PILA_EVALUE);
}

/* ---- products, and sums of them ---- */

static const struct prod_row {
    int64_t items[5];
    size_t n;
    int64_t prod;
    pila_status st;
} prod_rows[] = {
#define SINKS_PRODS
#include "sinks_rows.h"
#undef SINKS_PRODS
};

static void test_products_are_exact_or_overflow(void **state)
{
    const uint8_t small[] = {255, 255, 2};
    const uint64_t high[] = {(uint64_t)1 << 63, 1}, none[] = {UINT64_MAX, 3, 0};
    const int16_t low[] = {-32768, -2, 1};
    const pila_str text[] = {{"1", 1}};
    int64_t got;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(prod_rows); k++) {
        const struct prod_row *r = &prod_rows[k];
        box b = box_of(r->items, r->n, &pila_i64);
        char name[32];
        snprintf(name, sizeof name, "product %zu", k);
        ROW(name);
        got = 77;
        CHECK_STATUS(pila_prod_i64(box_iter(&b), &got), r->st);
        CHECK_INT(got, r->st ? 77 : r->prod);
        CHECK_INT(b.drops, 1);
    }
    ROW(NULL);
    CHECK_OK(pila_prod_i64(ARRAY(small, &pila_u8), &got));
    CHECK_INT(got, 130050);
    CHECK_OK(pila_prod_i64(ARRAY(low, &pila_i16), &got));
    CHECK_INT(got, 65536);
    CHECK_STATUS(pila_prod_i64(ARRAY(high, &pila_u64), &got), PILA_EOVERFLOW);
    CHECK_OK(pila_prod_i64(ARRAY(none, &pila_u64), &got));
    CHECK_INT(got, 0);
    CHECK_STATUS(pila_prod_i64(ARRAY(text, &pila_view), &got), PILA_ETYPE);
    CHECK_STATUS(pila_prod_i64(pila_failed(PILA_EIO), &got), PILA_EIO);
    CHECK_OK(pila_prod_i64(pila_failed(PILA_END), &got));
    CHECK_INT(got, 1);
}

static void test_products_of_floats(void **state)
{
    const double x[] = {.5, -3, 4, .1};
    const float f[] = {.5f, -3};
    const int64_t whole[] = {1};
    double got = 77;

    (void)state;
    CHECK_OK(pila_prod_f64(ARRAY(x, &pila_f64), &got));
    CHECK(got == .5 * -3 * 4 * .1);
    CHECK_OK(pila_prod_f64(ARRAY(f, &pila_f32), &got));
    CHECK(got == -1.5);
    CHECK_OK(pila_prod_f64(pila_span(x, 0, &pila_f64), &got));
    CHECK(got == 1.0);
    CHECK_STATUS(pila_prod_f64(ARRAY(whole, &pila_i64), &got), PILA_ETYPE);
    CHECK_STATUS(pila_prod_f64(pila_failed(PILA_EIO), &got), PILA_EIO);
    CHECK(got == 1.0);
}

static const struct dot_row {
    bool no_sign; /* of the first */
    size_t n;
    int64_t dot;
    pila_status st;
    uint64_t a[8];
    int64_t b[8];
} dot_rows[] = {
#define SINKS_DOTS
#include "sinks_rows.h"
#undef SINKS_DOTS
};

static void test_dot_products_are_exact_or_overflow(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(dot_rows); k++) {
        const struct dot_row *r = &dot_rows[k];
        const pila_type *type = r->no_sign ? &pila_u64 : &pila_i64;
        char name[32];
        snprintf(name, sizeof name, "dot product %zu", k);
        ROW(name);
        for (int turn = 0; turn < 2; turn++) { /* it commutes */
            box a = box_of(r->a, r->n, type), b = box_of(r->b, r->n, &pila_i64);
            int64_t got = 77;
            a.window = 2;
            CHECK_STATUS(pila_dotproduct_i64(box_iter(turn ? &b : &a),
                                             box_iter(turn ? &a : &b), &got),
                         r->st);
            CHECK_INT(got, r->st ? 77 : r->dot);
            CHECK_INT(a.drops + b.drops, 2);
        }
    }
    ROW(NULL);
}

static void test_dot_products_of_every_width(void **state)
{
    const int8_t i8[] = {-128, 127};
    const uint16_t u16[] = {65535, 2};
    const uint64_t u64[] = {UINT64_MAX, UINT64_MAX}, one[] = {1, 0};
    int64_t got;

    (void)state;
    CHECK_OK(pila_dotproduct_i64(ARRAY(i8, &pila_i8), ARRAY(u16, &pila_u16), &got));
    CHECK_INT(got, -128 * 65535 + 254);
    CHECK_STATUS(pila_dotproduct_i64(ARRAY(u64, &pila_u64), ARRAY(u64, &pila_u64),
                                     &got),
                 PILA_EOVERFLOW);
    CHECK_STATUS(pila_dotproduct_i64(ARRAY(u64, &pila_u64), ARRAY(one, &pila_u64),
                                     &got),
                 PILA_EOVERFLOW);
    CHECK_OK(pila_dotproduct_i64(ARRAY(u64, &pila_u64), ARRAY(i8, &pila_i8), &got) ==
                     PILA_EOVERFLOW
                 ? PILA_OK
                 : PILA_EVALUE);
}

static const struct float_dot_row {
    size_t n;
    double dot;
    double a[12], b[12];
} float_dot_rows[] = {
#define SINKS_FLOAT_DOTS
#include "sinks_rows.h"
#undef SINKS_FLOAT_DOTS
};

static void test_dot_products_of_floats(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(float_dot_rows); k++) {
        const struct float_dot_row *r = &float_dot_rows[k];
        box a = box_of(r->a, r->n, &pila_f64), b = box_of(r->b, r->n, &pila_f64);
        double got = 77;
        char name[32];
        snprintf(name, sizeof name, "dot product %zu", k);
        ROW(name);
        b.window = 5;
        CHECK_OK(pila_dotproduct_f64(box_iter(&a), box_iter(&b), &got));
        CHECK(isnan(r->dot) ? isnan(got) : got == r->dot);
        CHECK_INT(a.drops + b.drops, 2);
    }
    ROW(NULL);
}

static void test_dot_products_take_pairs(void **state)
{
    int64_t x[600], got = 77;
    const double real[] = {1, 2};
    double total = 77;
    pila_iter all;

    (void)state;
    for (int k = 0; k < 600; k++) x[k] = k;
    for (size_t n = 0; n < 4; n++)
        for (size_t m = 0; m < 4; m++) {
            box a = box_of(x, n, &pila_i64), b = box_of(x, m, &pila_i64);
            CHECK_STATUS(pila_dotproduct_i64(box_iter(&a), box_iter(&b), &got),
                         n == m ? PILA_OK : PILA_EVALUE);
            a.end = PILA_EIO;
            CHECK_STATUS(pila_dotproduct_i64(box_iter(&a), box_iter(&b), &got),
                         n <= m ? PILA_EIO : PILA_EVALUE);
            a.end = PILA_END;
            b.end = PILA_EIO;
            CHECK_STATUS(pila_dotproduct_i64(box_iter(&a), box_iter(&b), &got),
                         n >= m ? PILA_EIO : PILA_EVALUE);
        }
    CHECK_STATUS(pila_dotproduct_f64(ARRAY(real, &pila_f64),
                                     pila_span(real, 1, &pila_f64), &total),
                 PILA_EVALUE);
    CHECK_STATUS(pila_dotproduct_f64(ARRAY(x, &pila_i64), ARRAY(real, &pila_f64),
                                     &total),
                 PILA_ETYPE);
    CHECK_STATUS(pila_dotproduct_f64(ARRAY(real, &pila_f64), ARRAY(x, &pila_i64),
                                     &total),
                 PILA_ETYPE);
    CHECK_STATUS(pila_dotproduct_i64(ARRAY(x, &pila_i64), ARRAY(real, &pila_f64), &got),
                 PILA_ETYPE);
    CHECK_STATUS(pila_dotproduct_i64(ARRAY(real, &pila_f64), ARRAY(x, &pila_i64), &got),
                 PILA_ETYPE);
    CHECK(total == 77);
    CHECK_OK(pila_dotproduct_i64(pila_range(0, 600, 1), ARRAY(x, &pila_i64), &got));
    CHECK_INT(got, 599 * 600 / 2 * 1199 / 3);
    /* both from one: 0 * 1 + 2 * 3 + ..., and no item is overtaken */
    all = pila_range(0, 10, 1);
    CHECK_OK(pila_dotproduct_i64(pila_ref(&all), pila_ref(&all), &got));
    CHECK_INT(got, 0 * 1 + 2 * 3 + 4 * 5 + 6 * 7 + 8 * 9);
    pila_iter_drop(&all);
    all = pila_range(0, 3, 1); /* as sumprod: it finds that the second has ended */
    CHECK_STATUS(pila_dotproduct_i64(pila_ref(&all), pila_ref(&all), &got),
                 PILA_EVALUE);
    pila_iter_drop(&all);
}

/* ---- equal ---- */

static const struct equal_row {
    const char *promise;
    const char *a, *b; /* words */
    bool equal;
    bool all_equal; /* those of a */
} equal_rows[] = {
    {"nothing and nothing", "", "", true, true},
    {"nothing and something", "", "x", false, true},
    {"something and nothing", "x", "", false, true},
    {"the same one", "x", "x", true, true},
    {"another one", "x", "y", false, true},
    {"a prefix", "x x x x", "x x x x x", false, true},
    {"longer than the other", "x x x x x", "x x x x", false, true},
    {"the last differs", "x x x x y", "x x x x z", false, false},
    {"the first differs", "y x x x x", "z x x x x", false, false},
    {"text longer than a string has room for",
     "one-that-is-longer-than-fifteen one-that-is-longer-than-fifteen",
     "one-that-is-longer-than-fifteen one-that-is-longer-than-fifteen", true, true},
    {"which differs in its last letter", "one-that-is-longer-than-fiftees",
     "one-that-is-longer-than-fifteen", false, true},
};

static pila_iter words(const char *text)
{
    return pila_words(pila_from_mem(pila_cstr(text)));
}

static pila_status own_text(void *ctx, const void *item, void *out)
{
    (void)ctx;
    return pila_string_init(out, *(const pila_str *)item);
}

static void test_equal_text(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(equal_rows); k++) {
        const struct equal_row *r = &equal_rows[k];
        bool got = !r->equal;
        ROW(r->promise);
        CHECK_OK(pila_equal(words(r->a), words(r->b), &got));
        CHECK(got == r->equal);
        CHECK_OK(pila_equal(words(r->b),
                            pila_map_fn(words(r->a), &pila_text, own_text, NULL),
                            &got));
        CHECK(got == r->equal);
        CHECK_OK(pila_equal(pila_map_fn(words(r->a), &pila_text, own_text, NULL),
                            words(r->b), &got));
        CHECK(got == r->equal);
        CHECK_OK(pila_all_equal(words(r->a), &got));
        CHECK(got == r->all_equal);
        CHECK_OK(
            pila_all_equal(pila_map_fn(words(r->a), &pila_text, own_text, NULL), &got));
        CHECK(got == r->all_equal);
    }
    ROW(NULL);
}

/* Windows of every two sizes, in each type that has a loop of its own and one that has
 * not. */
static void test_equal_numbers(void **state)
{
    static const pila_type *const number[] = {&pila_i32, &pila_i64, &pila_u64,
                                              &pila_f64, &pila_i16};
    union {
        int32_t i32[9];
        int64_t i64[9];
        double f64[9];
        int16_t i16[9];
    } a, b;

    (void)state;
    for (size_t t = 0; t < COUNT_OF(number); t++)
        for (size_t windows = 0; windows < 25; windows++)
            for (size_t differ = 0; differ < 10; differ++) {
                box x = box_of(&a, 9, number[t]), y = box_of(&b, 9, number[t]);
                size_t size = number[t]->size;
                bool got = false;
                x.window = 1 + windows / 5;
                y.window = 1 + windows % 5;
                memset(&a, 0, sizeof a);
                memset(&b, 0, sizeof b);
                if (differ < 9) ((char *)&b)[differ * size + size - 1] = 1;
                CHECK_OK(pila_equal(box_iter(&x), box_iter(&y), &got));
                CHECK(got == (differ == 9));
                CHECK_OK(pila_all_equal(box_iter(&y), &got));
                CHECK(got == (differ == 9));
                CHECK_INT(x.drops + y.drops, 3);
            }
}

static void test_equal_types_and_faults(void **state)
{
    const double nan[] = {NAN, NAN}, zeros[] = {0.0, -0.0};
    const int32_t i32[] = {1};
    const int64_t i64[] = {1};
    const pila_str s[] = {{"1", 1}};
    bool got = false;
    pila_iter all;

    (void)state;
    CHECK_OK(pila_all_equal(ARRAY(nan, &pila_f64), &got)); /* as `is` finds one */
    CHECK(got);
    CHECK_OK(pila_all_equal(ARRAY(zeros, &pila_f64), &got));
    CHECK(got);
    CHECK_STATUS(pila_equal(ARRAY(i32, &pila_i32), ARRAY(i64, &pila_i64), &got),
                 PILA_ETYPE);
    CHECK_STATUS(pila_equal(ARRAY(s, &pila_view), ARRAY(i64, &pila_i64), &got),
                 PILA_ETYPE);
    CHECK_STATUS(pila_equal(ARRAY(i64, &pila_i64), ARRAY(s, &pila_view), &got),
                 PILA_ETYPE);
    CHECK_STATUS(pila_equal(pila_failed(PILA_EIO), ARRAY(i64, &pila_i64), &got),
                 PILA_EIO);
    CHECK_STATUS(pila_equal(ARRAY(i64, &pila_i64), pila_failed(PILA_EIO), &got),
                 PILA_EIO);
    CHECK_STATUS(pila_equal(pila_failed(PILA_END), pila_failed(PILA_EIO), &got),
                 PILA_EIO);
    CHECK_STATUS(pila_all_equal(pila_failed(PILA_EIO), &got), PILA_EIO);
    CHECK_OK(pila_equal(pila_failed(PILA_END), pila_failed(PILA_END), &got));
    CHECK(got);
    all = pila_map_fn(words("a a b b c c"), &pila_text, own_text, NULL); /* of one */
    CHECK_OK(pila_equal(pila_ref(&all), pila_ref(&all), &got));
    CHECK(got);
    pila_iter_drop(&all);
    all = words("a a b c d e");
    CHECK_OK(pila_equal(pila_ref(&all), pila_ref(&all), &got));
    CHECK(!got);
    pila_string next;
    CHECK_OK(pila_nth(pila_ref(&all), 0, &pila_text, &next)); /* it stopped there */
    CHECK_TEXT(pila_string_view(&next), "d");
    pila_iter_drop(&all);
}

/* ---- items that count themselves, and answer badly ---- */

typedef struct coin {
    int64_t side;
    char *owned;
} coin;

static struct {
    long live, calls, fail_at; /* calls of eq and copy */
    uint64_t *changes;         /* a version, at that call */
} coins;

static pila_status coin_call(void)
{
    if (++coins.calls != coins.fail_at) return PILA_OK;
    if (!coins.changes) return PILA_EUSER + 3;
    ++*coins.changes;
    return PILA_OK;
}

static pila_status coin_eq(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = coin_call();

    (void)ctx;
    if (st == PILA_OK) *out = ((const coin *)a)->side == ((const coin *)b)->side;
    return st;
}

static pila_status coin_copy(void *ctx, void *out, const void *item)
{
    coin *to = out;
    pila_status st = coin_call();

    (void)ctx;
    if (st != PILA_OK) return st;
    to->side = ((const coin *)item)->side;
    to->owned = pila_alloc(1, 1);
    if (!to->owned) return PILA_ENOMEM;
    coins.live++;
    return PILA_OK;
}

static void coin_drop(void *ctx, void *item)
{
    (void)ctx;
    coins.live--;
    pila_free(((coin *)item)->owned);
}

static const pila_type coin_type = {PILA_KIND_OTHER, sizeof(coin), PILA_ALIGNOF(coin),
                                    "coin",          NULL,         NULL,
                                    coin_eq,         NULL,         coin_copy,
                                    coin_drop,       NULL};

static const coin same_coins[] = {
    {1, NULL}, {1, NULL}, {1, NULL}, {1, NULL}, {1, NULL}};

static pila_status coin_sink(int which, box *a, box *b)
{
    bool got;
    coin out[5];
    size_t n = 0;
    pila_status st;

    switch (which) {
    case 0: return pila_all_equal(box_iter(a), &got);
    case 1: return pila_equal(box_iter(a), box_iter(b), &got);
    case 2:
        st = pila_take(box_iter(a), 4, &coin_type, out, &n);
        for (size_t k = 0; st == PILA_OK && k < n; k++) coin_drop(NULL, &out[k]);
        return st;
    default:
        st = pila_nth(box_iter(a), 3, &coin_type, out);
        if (st == PILA_OK) coin_drop(NULL, out);
        return st;
    }
}

static void test_callbacks_that_fail_or_change(void **state)
{
    (void)state;
    check_alloc_start();
    for (int which = 0; which < 4; which++)
        for (int changes = 0; changes < 3; changes++)
            for (long k = 1;; k++) {
                box a = box_of(same_coins, 5, &coin_type);
                box b = box_of(same_coins, 5, &coin_type);
                b.window = 2;
                coins.calls = 0;
                coins.fail_at = k;
                coins.changes = changes == 1   ? &a.version
                                : changes == 2 ? &b.version
                                               : NULL;
                pila_status st = coin_sink(which, &a, &b), want = PILA_EMUTATED;
                if (changes == 0) want = PILA_EUSER + 3;
                if (changes == 2 && which != 1) want = PILA_OK;
                CHECK_STATUS(st, coins.calls < k ? PILA_OK : want);
                CHECK_INT(coins.live, 0);
                if (coins.calls < k) break;
            }
    coins.fail_at = 0;
    coins.changes = NULL;
    check_alloc_stop();
}

static pila_status coin_scenario(void *ctx)
{
    box a = box_of(same_coins, 5, &coin_type), b = box_of(same_coins, 5, &coin_type);
    pila_status st = coin_sink(*(int *)ctx, &a, &b);

    CHECK_INT(coins.live, 0);
    if (st == PILA_OK && *(int *)ctx < 2) { /* and large items */
        static char wide[3][200];
        static const pila_type type = {PILA_KIND_OTHER, 200,  1,    "large", NULL, NULL,
                                       coin_eq,         NULL, NULL, NULL,    NULL};
        bool same;
        box c = box_of(wide, 3, &type), d = box_of(wide, 3, &type);
        st = *(int *)ctx ? pila_equal(box_iter(&c), box_iter(&d), &same)
                         : pila_all_equal(box_iter(&c), &same);
    }
    return st;
}

static void test_memory_of_coins(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) check_alloc_sweep(coin_scenario, &which);
}

/* ---- take, nth, advance ---- */

static void test_take_and_nth(void **state)
{
    int64_t x[] = {10, 11, 12, 13, 14, 15, 16}, got[9];
    size_t n = 77;

    (void)state;
    for (size_t ask = 0; ask < 9; ask++) {
        box b = box_of(x, 7, &pila_i64);
        pila_iter all = box_iter(&b);
        memset(got, 0, sizeof got);
        CHECK_OK(pila_take(pila_ref(&all), ask, &pila_i64, got, &n));
        CHECK_INT(n, ask < 7 ? ask : 7);
        for (size_t k = 0; k < n; k++) CHECK_INT(got[k], 10 + (int64_t)k);
        CHECK_STATUS(pila_nth(pila_ref(&all), 0, &pila_i64, got),
                     ask < 7 ? PILA_OK : PILA_END);
        if (ask < 7) CHECK_INT(got[0], 10 + (int64_t)ask);
        pila_iter_drop(&all);
        CHECK_STATUS(pila_nth(box_iter(&b), ask, &pila_i64, got),
                     ask < 7 ? PILA_OK : PILA_END);
        if (ask < 7) CHECK_INT(got[0], x[ask]);
        all = box_iter(&b);
        CHECK_OK(pila_advance(&all, ask));
        CHECK_OK(pila_take(all, 9, &pila_i64, got, &n));
        CHECK_INT(n, ask < 7 ? 7 - ask : 0);
        CHECK_INT(b.drops, 3);
    }
    n = 77;
    CHECK_STATUS(pila_take(ARRAY(x, &pila_i64), 3, &pila_i32, got, &n), PILA_ETYPE);
    CHECK_STATUS(pila_nth(ARRAY(x, &pila_i64), 3, &pila_f64, got), PILA_ETYPE);
    box lent = box_of(x, 1, &pila_view_padded); /* of a reader's buffer */
    CHECK_STATUS(pila_take(box_iter(&lent), 2, &pila_view, got, &n), PILA_ETYPE);
    CHECK_STATUS(pila_take(pila_failed(PILA_EIO), 3, &pila_i32, got, &n), PILA_EIO);
    CHECK_STATUS(pila_nth(pila_failed(PILA_EIO), 0, &pila_i32, got), PILA_EIO);
    CHECK_INT(n, 77);
    CHECK_OK(pila_take(pila_failed(PILA_END), 3, &pila_i32, got, &n));
    CHECK_INT(n, 0);
    box b = box_of(x, 2, &pila_i64);
    b.end = PILA_EIO;
    CHECK_STATUS(pila_take(box_iter(&b), 3, &pila_i64, got, &n), PILA_EIO);
    CHECK_STATUS(pila_nth(box_iter(&b), 2, &pila_i64, got), PILA_EIO);
    pila_iter all = box_iter(&b);
    CHECK_STATUS(pila_advance(&all, 3), PILA_EIO);
    pila_iter_drop(&all);
}

static void test_take_owns_text(void **state)
{
    pila_string got[3];
    size_t n = 0;

    (void)state;
    CHECK_OK(pila_take(words("short one-that-is-longer-than-fifteen x y"), 3,
                       &pila_text, got, &n));
    CHECK_INT(n, 3);
    CHECK_TEXT(pila_string_view(&got[1]), "one-that-is-longer-than-fifteen");
    for (size_t k = 0; k < n; k++) pila_string_done(&got[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_of_int64),
        cmocka_unit_test(test_sums_of_every_width),
        cmocka_unit_test(test_random_sums_against_128_bits),
        cmocka_unit_test(test_sums_of_floats),
        cmocka_unit_test(test_min_and_max_of_numbers),
        cmocka_unit_test(test_min_faults),
        cmocka_unit_test(test_min_of_text_owns_its_answer),
        cmocka_unit_test(test_the_first_of_equal_keys),
        cmocka_unit_test(test_compare_raises_at_k),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_compare_frees_the_items),
        cmocka_unit_test(test_any_and_all),
        cmocka_unit_test(test_the_truth_of_every_kind),
        cmocka_unit_test(test_len_and_consume),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_faults_leave_the_buffer),
        cmocka_unit_test(test_every_allocation_of_join_fails),
        cmocka_unit_test(test_short_writes_and_eintr),
        cmocka_unit_test(test_a_failed_write_is_an_error),
        cmocka_unit_test(test_what_came_before_a_fault_is_written),
        cmocka_unit_test(test_to_a_file_and_a_descriptor),
        cmocka_unit_test(test_full_and_closed),
        cmocka_unit_test(test_every_allocation_of_write_fails),
        cmocka_unit_test(test_sums_refuse_what_is_no_integer),
        cmocka_unit_test(test_extremes_of_large_items),
        cmocka_unit_test(test_join_of_nothing_and_beyond_a_cap),
        cmocka_unit_test(test_a_file_that_is_full),
        cmocka_unit_test(test_lines_of_what_is_no_text),
        cmocka_unit_test(test_products_are_exact_or_overflow),
        cmocka_unit_test(test_products_of_floats),
        cmocka_unit_test(test_dot_products_are_exact_or_overflow),
        cmocka_unit_test(test_dot_products_of_every_width),
        cmocka_unit_test(test_dot_products_of_floats),
        cmocka_unit_test(test_dot_products_take_pairs),
        cmocka_unit_test(test_equal_text),
        cmocka_unit_test(test_equal_numbers),
        cmocka_unit_test(test_equal_types_and_faults),
        cmocka_unit_test(test_callbacks_that_fail_or_change),
        cmocka_unit_test(test_memory_of_coins),
        cmocka_unit_test(test_take_and_nth),
        cmocka_unit_test(test_take_owns_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
