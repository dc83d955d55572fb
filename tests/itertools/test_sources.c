/* test_sources.c - ranges against rows that CPython made, and against arithmetic in 128
 * bits that cannot overflow. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_step_0_is_a_fault),
        cmocka_unit_test(test_windows_of_4_KiB),
        cmocka_unit_test(test_length_hint),
        cmocka_unit_test(test_random_against_a_model),
        cmocka_unit_test(test_every_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
