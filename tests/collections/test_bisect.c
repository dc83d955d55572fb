/* test_bisect.c - the promises of bisect.h; rows decided by CPython are in
 * bisect_rows.h.
 */
#include "check.h"
#include "kinds.h"
#include "logged.h"
#include "numbered.h"
#include "thing.h"

#include <pila/collections/bisect.h>

PILA_LIST(Ints, int)
PILA_BISECT(Ints)
PILA_ARRAY(Doubles, double)
PILA_BISECT(Doubles)
PILA_DEQUE(Queue, int64_t)
PILA_BISECT_DEQUE(Queue)

/* ---- helpers ---- */

static const pila_type orderless = PILA_PLAIN_TYPE(thing);

/* The key of a thing is a thing. */
static pila_status logged_key(void *ctx, const void *item, void *out)
{
    thing key = {((const thing *)item)->value / 10, NULL};

    (void)ctx;
    log_add("k%d", (int)((const thing *)item)->value);
    return thing_copy(&thing_size, out, &key);
}

static pila_status kind_key(void *ctx, const void *item, void *out)
{
    const pila_type *t = ctx;
    int32_t value = 0;

    while (!kind_is(t, item, value)) value++;
    value /= 10;
    memcpy(out, &value, sizeof value);
    return PILA_OK;
}

/* ---- rows ---- */

typedef enum bisect_op {
    BISECT_LEFT,
    BISECT_RIGHT,
    INSORT_LEFT,
    INSORT_RIGHT
} bisect_op;

typedef struct bisect_row {
    bisect_op op;
    const char *items;
    int x;
    ptrdiff_t lo, hi;
    int by;
    pila_status status;
    int result;
    const char *after, *log;
} bisect_row;

static const bisect_row rows[] = {
#include "bisect_rows.h"
};

static pila_status run_list(pila_list *l, const bisect_row *r, const void *x,
                            const pila_key *key, size_t *at)
{
    switch (r->op) {
    case BISECT_LEFT: return pila_bisect_left(l, x, r->lo, r->hi, key, at);
    case BISECT_RIGHT: return pila_bisect_right(l, x, r->lo, r->hi, key, at);
    case INSORT_LEFT: return pila_insort_left(l, x, r->lo, r->hi, key);
    default: return pila_insort_right(l, x, r->lo, r->hi, key);
    }
}

static pila_status run_deque(pila_deque *d, const bisect_row *r, const void *x,
                             const pila_key *key, size_t *at)
{
    switch (r->op) {
    case BISECT_LEFT: return pila_deque_bisect_left(d, x, r->lo, r->hi, key, at);
    case BISECT_RIGHT: return pila_deque_bisect_right(d, x, r->lo, r->hi, key, at);
    case INSORT_LEFT: return pila_deque_insort_left(d, x, r->lo, r->hi, key);
    default: return pila_deque_insort_right(d, x, r->lo, r->hi, key);
    }
}

static pila_status run_array(pila_array *a, const bisect_row *r, const void *x,
                             const pila_key *key, size_t *at)
{
    switch (r->op) {
    case BISECT_LEFT: return pila_array_bisect_left(a, x, r->lo, r->hi, key, at);
    case BISECT_RIGHT: return pila_array_bisect_right(a, x, r->lo, r->hi, key, at);
    case INSORT_LEFT: return pila_array_insort_left(a, x, r->lo, r->hi, key);
    default: return pila_array_insort_right(a, x, r->lo, r->hi, key);
    }
}

static void check_after(const bisect_row *r, const pila_type *t, pila_iter it)
{
    int want[64];
    size_t n = numbers(r->after, want), k = 0;

    for (const void *x; (x = pila_next_item(&it)) != NULL; k++)
        CHECK(k < n && item_is(t, x, want[k]));
    CHECK_INT(k, n);
    pila_iter_drop(&it);
}

/* Ready-made kinds look at other items: in what is not sorted they find other places.
 */
static bool is_sorted(const bisect_row *r)
{
    int value[64];
    size_t n = numbers(r->items, value);

    for (size_t k = 1; k < n; k++)
        if (value[k] < value[k - 1]) return false;
    return true;
}

static void run_row(const bisect_row *r, const pila_type *t)
{
    bool thing_like = t->kind == PILA_KIND_OTHER, insort = r->op >= INSORT_LEFT;
    const pila_type *kt = thing_like ? &logged_type : &pila_i32;
    pila_key by = {kt, thing_like ? logged_key : kind_key, (void *)(uintptr_t)t};
    const pila_key *key = r->by ? &by : NULL;
    int value[64];
    size_t n = numbers(r->items, value), at;
    sample s;
    kind_item k;
    pila_list l;
    pila_deque d;

    stage_clear();
    check_alloc_start();
    pila_list_init(&l, t);
    pila_deque_init(&d, t);
    for (size_t i = 0; i < n; i++) {
        const void *item = item_of(t, value[i], &s, &k);
        CHECK_OK(pila_list_append(&l, item));
        CHECK_OK(pila_deque_append(&d, item));
    }
    const void *x = item_of(r->by && !insort ? kt : t, r->x, &s, &k);
    for (int deque = 0; deque < 2; deque++) {
        at = (size_t)-1;
        log_text[0] = 0;
        CHECK_STATUS(deque ? run_deque(&d, r, x, key, &at)
                           : run_list(&l, r, x, key, &at),
                     r->status);
        CHECK_INT(at, r->result);
        if (t == &logged_type && strcmp(log_text, r->log) != 0)
            fail_msg("%s: asked %s, want %s", r->items, log_text, r->log);
        check_after(r, t, deque ? pila_deque_iter(&d) : pila_list_iter(&l));
    }
    if (r->lo == 0 && r->hi == PILA_NONE && !insort) {
        CHECK_OK((r->op == BISECT_LEFT ? pila_bisect_left_items
                                       : pila_bisect_right_items)(pila_list_data(&l), n,
                                                                  t, x, key, &at));
        CHECK_INT(at, r->result);
    }
    pila_list_done(&l);
    pila_deque_done(&d);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bisect_row *r = &rows[i];
        ROW(r->items);
        run_row(r, &logged_type);
        for (size_t k = 0; is_sorted(r) && k < COUNT_OF(kinds); k++)
            run_row(r, kinds[k]);
    }
    ROW(NULL);
}

static void arrays_are_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bisect_row *r = &rows[i];
        pila_key by = {&pila_i32, kind_key, (void *)(uintptr_t)&pila_f64};
        int value[64];
        size_t n = numbers(r->items, value), at = (size_t)-1;
        double x = r->x;
        int32_t k = r->x;
        pila_array a;

        if (!is_sorted(r)) continue;
        CHECK_OK(pila_array_init(&a, 'd'));
        for (size_t j = 0; j < n; j++) {
            double item = value[j];
            CHECK_OK(pila_array_append(&a, &item));
        }
        CHECK_STATUS(run_array(&a, r,
                               r->by && r->op < INSORT_LEFT ? (void *)&k : (void *)&x,
                               r->by ? &by : NULL, &at),
                     r->status);
        CHECK_INT(at, r->result);
        check_after(r, &pila_f64, pila_array_iter(&a));
        pila_array_done(&a);
    }
}

/* ---- storage by index ---- */

typedef struct shelf {
    int books[64], wanted;
    size_t n;
    long calls, fail_at;
} shelf;

static pila_status book_less(void *ctx, size_t i, bool *out)
{
    shelf *s = ctx;

    CHECK(i < s->n);
    log_add("%d<%d", s->books[i], s->wanted);
    *out = s->books[i] < s->wanted;
    return ++s->calls == s->fail_at ? THING_FAULT : PILA_OK;
}

static pila_status less_than_book(void *ctx, size_t i, bool *out)
{
    shelf *s = ctx;

    CHECK(i < s->n);
    log_add("%d<%d", s->wanted, s->books[i]);
    *out = s->wanted < s->books[i];
    return ++s->calls == s->fail_at ? THING_FAULT : PILA_OK;
}

static void foreign_storage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bisect_row *r = &rows[i];
        shelf s = {.wanted = r->x};
        size_t at = (size_t)-1;

        s.n = numbers(r->items, s.books);
        if (r->op >= INSORT_LEFT || r->by || r->hi == -1) continue;
        if (r->hi != PILA_NONE && r->hi > (ptrdiff_t)s.n) continue;
        ROW(r->items);
        log_text[0] = 0;
        ptrdiff_t hi = r->hi == PILA_NONE ? (ptrdiff_t)s.n : r->hi;
        CHECK_STATUS(r->op == BISECT_LEFT
                         ? pila_bisect_left_by(book_less, &s, r->lo, hi, &at)
                         : pila_bisect_right_by(less_than_book, &s, r->lo, hi, &at),
                     r->status);
        CHECK_INT(at, r->result);
        if (strcmp(log_text, r->log) != 0)
            fail_msg("%s: asked %s, want %s", r->items, log_text, r->log);
        if (s.calls == 0) continue;
        s.fail_at = s.calls + s.calls;
        CHECK_STATUS(r->op == BISECT_LEFT
                         ? pila_bisect_left_by(book_less, &s, r->lo, hi, &at)
                         : pila_bisect_right_by(less_than_book, &s, r->lo, hi, &at),
                     THING_FAULT);
    }
    ROW(NULL);
}

/* ---- by name ---- */

static void lo_negative(void **state)
{
    Ints l = {0};
    size_t at = 7;

    (void)state;
    CHECK_STATUS(Ints_bisect_left(&l, 1, -1, PILA_NONE, &at), PILA_EVALUE);
    CHECK_STATUS(Ints_insort_right(&l, 1, PTRDIFF_MIN, PILA_NONE, NULL), PILA_EVALUE);
    CHECK_STATUS(pila_bisect_right_by(book_less, NULL, -1, 5, &at), PILA_EVALUE);
    CHECK_INT(at, 7);
    CHECK_INT(Ints_len(&l), 0);
    Ints_done(&l);
}

static void hi_beyond_len(void **state)
{
    Ints l = {0};
    size_t at = 7;

    (void)state;
    for (int k = 0; k < 5; k++) CHECK_OK(Ints_append(&l, k));
    CHECK_STATUS(Ints_bisect_left(&l, 9, 0, 100, &at), PILA_EINDEX);
    CHECK_STATUS(Ints_bisect_left(&l, 9, 0, PTRDIFF_MAX, &at), PILA_EINDEX);
    CHECK_INT(at, 7);
    CHECK_OK(Ints_bisect_left(&l, -1, 0, 7, &at)); /* the middle is there, and so on */
    CHECK_INT(at, 0);
    CHECK_OK(Ints_bisect_left(&l, 3, 50, 20, &at));
    CHECK_INT(at, 50);
    CHECK_OK(Ints_insort_left(&l, 3, PTRDIFF_MAX, PTRDIFF_MAX, NULL)); /* at the end */
    CHECK_INT(*Ints_get(&l, -1), 3);
    Ints_done(&l);
}

static pila_status random_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)a;
    (void)b;
    *out = check_rng_next(ctx) & 1;
    return PILA_OK;
}

static void random_comparator_stays_in_bounds(void **state)
{
    check_rng rng = check_rng_start();
    pila_type liar = {PILA_KIND_OTHER,
                      sizeof(int),
                      PILA_ALIGNOF(int),
                      "int",
                      &rng,
                      NULL,
                      NULL,
                      random_less,
                      NULL,
                      NULL,
                      NULL};
    pila_list l;

    (void)state;
    pila_list_init(&l, &liar);
    for (int k = 0; k < 20000; k++) {
        size_t at = SIZE_MAX;
        CHECK_OK(pila_bisect_left(&l, &k, 0, PILA_NONE, NULL, &at));
        CHECK(at <= pila_list_len(&l));
        CHECK_OK(pila_insort_right(&l, &k, 0, PILA_NONE, NULL));
    }
    CHECK_INT(pila_list_len(&l), 20000);
    pila_list_done(&l);
}

static void shorten(void *ctx)
{
    pila_list *l = ctx;

    while (pila_list_len(l) > 1) (void)!pila_list_pop(l, -1, NULL);
}

static void lengthen(void *ctx)
{
    pila_list *l = ctx;
    sample s;

    for (int k = 0; k < 100; k++)
        (void)!pila_list_append(l, sample_of(l->type, 1000, &s));
}

/* The search goes on over what is there; what no longer is, is PILA_EINDEX. */
static void mutating_comparator(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++)
        for (int on = ON_COPY; on <= ON_DROP; on *= 2)
            for (long at = 1; at < 12; at++) {
                pila_key key = {&thing_type, logged_key, NULL};
                sample s;
                size_t out = 99;
                pila_list l;

                stage_clear();
                check_alloc_start();
                pila_list_init(&l, &thing_type);
                for (int k = 0; k < 9; k++)
                    CHECK_OK(pila_list_append(&l, sample_of(l.type, k * 10, &s)));
                stage.on = on;
                stage.act = how % 2 ? lengthen : shorten;
                stage.act_at = at;
                stage.ctx = &l;
                log_text[0] = 0;
                (void)sample_of(l.type, how < 2 ? 75 : 7, &s);
                pila_status st = at % 2 ? pila_bisect_left(&l, &s, 0, PILA_NONE,
                                                           how < 2 ? NULL : &key, &out)
                                        : pila_insort_right(&l, &s, 0, PILA_NONE,
                                                            how < 2 ? NULL : &key);
                bool acted = !stage.act;
                stage_clear();
                CHECK(st == PILA_OK || (st == PILA_EINDEX && acted && how % 2 == 0));
                pila_list_done(&l);
                check_alloc_stop();
            }
}

static void callbacks_that_fail(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++)
        for (int on = ON_COPY; on <= ON_LESS; on *= 2)
            for (long fail = 1, failed = 1; failed; fail++) {
                pila_key key = {&bulky_type, logged_key, NULL};
                sample s;
                pila_list l;

                stage_clear();
                check_alloc_start();
                pila_list_init(&l, &bulky_type);
                for (int k = 0; k < 9; k++)
                    CHECK_OK(pila_list_append(&l, sample_of(l.type, k * 10, &s)));
                stage.on = on;
                stage.fail_at = fail;
                log_text[0] = 0;
                key.type = &thing_type;
                pila_status st = pila_insort_left(&l, sample_of(l.type, 33, &s), 0,
                                                  PILA_NONE, by ? &key : NULL);
                failed = stage.calls >= fail;
                stage_clear();
                CHECK_STATUS(st, failed ? THING_FAULT : PILA_OK);
                CHECK_INT(pila_list_len(&l), failed ? 9 : 10);
                pila_list_done(&l);
                check_alloc_stop();
            }
    pila_list l;
    thing t = {1, NULL};
    size_t at = 7;
    pila_list_init(&l, &orderless);
    CHECK_OK(
        pila_insort_left(&l, &t, 0, PILA_NONE, NULL)); /* nothing to compare with */
    CHECK_STATUS(pila_bisect_left(&l, &t, 0, PILA_NONE, NULL, &at), PILA_ETYPE);
    pila_list_done(&l);
}

static void typed_faces(void **state)
{
    Ints l = {0};
    Doubles a = {0};
    Queue q = {0};
    pila_key key = {&pila_i32, kind_key, (void *)(uintptr_t)&pila_i32};
    int32_t seven = 7;
    size_t at = 0;

    (void)state;
    for (int k = 99; k >= 0; k--) {
        CHECK_OK(Ints_insort_left(&l, k, 0, PILA_NONE, NULL));
        CHECK_OK(Doubles_insort_right(&a, k, 0, PILA_NONE, NULL));
        CHECK_OK(Queue_insort_right(&q, k % 10, 0, PILA_NONE, NULL));
    }
    CHECK_OK(Ints_bisect_left(&l, 50, 0, PILA_NONE, &at));
    CHECK_INT(at, 50);
    CHECK_OK(Ints_bisect_right(&l, 50, 2, 90, &at));
    CHECK_INT(at, 51);
    CHECK_OK(Ints_bisect_left_key(&l, &seven, 0, PILA_NONE, &key, &at));
    CHECK_INT(at, 70);
    CHECK_OK(Ints_bisect_right_key(&l, &seven, 0, PILA_NONE, &key, &at));
    CHECK_INT(at, 80);
    CHECK_OK(Doubles_bisect_right(&a, 12.5, 0, PILA_NONE, &at));
    CHECK_INT(at, 13);
    CHECK_OK(Queue_bisect_left(&q, 3, 0, PILA_NONE, &at));
    CHECK_INT(at, 30);
    CHECK_OK(Queue_bisect_right(&q, 3, 0, PILA_NONE, &at));
    CHECK_INT(at, 40);
    Ints_done(&l);
    Doubles_done(&a);
    Queue_done(&q);
}

/* Large, in every ready-made way, against counting. */
static void against_a_count(void **state)
{
    check_rng rng = check_rng_start();

    (void)state;
    for (size_t n = 0; n < 300; n++) {
        int64_t items[300], x = (int64_t)check_rng_below(&rng, 60);
        size_t less = 0, not_more = 0, at = 0;
        for (size_t k = 0; k < n; k++) items[k] = (int64_t)check_rng_below(&rng, 50);
        CHECK_OK(pila__sort(items, n, &pila_i64, NULL, false));
        for (size_t k = 0; k < n; k++) {
            less += items[k] < x;
            not_more += items[k] <= x;
        }
        CHECK_OK(pila_bisect_left_items(items, n, &pila_i64, &x, NULL, &at));
        CHECK_INT(at, less);
        CHECK_OK(pila_bisect_right_items(items, n, &pila_i64, &x, NULL, &at));
        CHECK_INT(at, not_more);
    }
}

static pila_status big_key(void *ctx, const void *item, void *out)
{
    return thing_copy(ctx, out, item); /* bulky: more than is held without memory */
}

static pila_status scenario(void *ctx)
{
    pila_list l;
    pila_deque d;
    pila_key key = {&bulky_type, big_key, &bulky_size};
    sample s;
    size_t had = 0;
    pila_status st = PILA_OK;

    pila_list_init(&l, ctx);
    pila_deque_init(&d, ctx);
    for (int k = 0; k < 9 && st == PILA_OK; k++) {
        st = pila_insort_left(&l, sample_of(ctx, k * 7 % 9, &s), 0, PILA_NONE,
                              ctx == &bulky_type ? &key : NULL);
        had += st == PILA_OK;
        if (st == PILA_OK)
            st = pila_deque_insort_right(&d, sample_of(ctx, k, &s), 0, PILA_NONE, NULL);
    }
    CHECK_INT(pila_list_len(&l), had);
    for (size_t k = 1; k < had; k++)
        CHECK(sample_value(ctx, pila_list_get(&l, (ptrdiff_t)k - 1)) <=
              sample_value(ctx, pila_list_get(&l, (ptrdiff_t)k)));
    pila_list_done(&l);
    pila_deque_done(&d);
    return st;
}

static void without_memory(void **state)
{
    (void)state;
    stage_clear();
    check_alloc_sweep(scenario, (void *)(uintptr_t)&pila_i64);
    check_alloc_sweep(scenario, (void *)(uintptr_t)&thing_type);
    check_alloc_sweep(scenario, (void *)(uintptr_t)&bulky_type);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(arrays_are_lists),
        cmocka_unit_test(foreign_storage),
        cmocka_unit_test(lo_negative),
        cmocka_unit_test(hi_beyond_len),
        cmocka_unit_test(random_comparator_stays_in_bounds),
        cmocka_unit_test(mutating_comparator),
        cmocka_unit_test(callbacks_that_fail),
        cmocka_unit_test(typed_faces),
        cmocka_unit_test(against_a_count),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
