/* test_iter.c - the protocol: what an iterator promises to its reader, and what the
 * protocol promises to whoever writes one. The sources and the adaptor here are the
 * plainest there can be, and check on every call that the protocol keeps its word. */
#include "check.h"

/* ---- a source over an array that asks for windows of any size, changes, and fails
 * ---- */

typedef struct walk {
    const int64_t *items;
    size_t n, at, window; /* window: items in the next window at most */
    uint64_t version;     /* of the container that it plays */
    size_t fail_at;       /* refill that fails, from 1; 0: none */
    pila_status fault;
    size_t refills, drops;
    size_t hint_more; /* what the hint claims beyond the truth */
} walk;

static bool walk_refill(pila_iter *it)
{
    walk *w = it->state;

    assert_true(it->cur == it->end && it->status == PILA_OK && *it->stamp == it->seen);
    w->refills++;
    if (w->refills == w->fail_at) return pila_iter_end(it, w->fault);
    if (w->at == w->n) return pila_iter_end(it, PILA_END);
    size_t n = w->n - w->at < w->window ? w->n - w->at : w->window;
    it->cur = (const char *)(w->items + w->at);
    it->end = it->cur + n * sizeof *w->items;
    w->at += n;
    return true;
}

static pila_iter walk_drop(pila_iter *it)
{
    ((walk *)it->state)->drops++;
    return pila_failed(PILA_END);
}

static size_t walk_hint(const pila_iter *it)
{
    const walk *w = it->state;
    return w->n - w->at + w->hint_more;
}

static pila_iter walk_over(walk *w)
{
    static const pila_iter_ops ops = {walk_refill, walk_drop, walk_hint};
    pila_iter it = pila_iter_make(&pila_i64, &ops, w);

    it.stamp = &w->version;
    it.seen = w->version;
    return it;
}

static const int64_t digits[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};

static walk walk_of(size_t n, size_t window)
{
    walk w = {digits, n, 0, window, 7, 0, PILA_OK, 0, 0, 0};
    return w;
}

/* ---- an adaptor that passes windows on ---- */

typedef struct pass {
    pila_iter src;
} pass;

static bool pass_refill(pila_iter *it)
{
    pila_iter *src = &((pass *)it->state)->src;
    size_t n = pila_iter_ready(src);

    assert_true(it->cur == it->end && it->status == PILA_OK && *it->stamp == it->seen);
    if (n == 0) return pila_iter_end(it, src->status);
    it->cur = src->cur;
    it->end = src->end;
    it->stamp = src->stamp;
    it->seen = src->seen;
    pila_iter_skip(src, n);
    return true;
}

static pila_iter pass_drop(pila_iter *it)
{
    pila_iter src = ((pass *)it->state)->src;

    pila_free(it->state);
    return src;
}

static size_t pass_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const pass *)it->state)->src);
}

static pila_iter pass_on(pila_iter src)
{
    static const pila_iter_ops ops = {pass_refill, pass_drop, pass_hint};
    pass *p;

    if (src.status != PILA_OK || !(p = pila_alloc(1, sizeof *p))) {
        pila_status why = src.status != PILA_OK ? src.status : PILA_ENOMEM;
        pila_iter_drop(&src);
        return pila_failed(why);
    }
    p->src = src;
    return pila_iter_make(src.type, &ops, p);
}

/* ---- what every iterator does once it has ended ---- */

/* Nothing comes, for ever, and nothing changes. */
static void check_ended(pila_iter *it, pila_status why)
{
    for (int turn = 0; turn < 3; turn++) {
        CHECK(pila_next(it, sizeof(int64_t)) == NULL);
        CHECK(pila_next(it, 1) == NULL);
        CHECK(pila_next_item(it) == NULL);
        CHECK_INT(pila_iter_ready(it), 0);
        CHECK_INT(pila_iter_length_hint(it), 0);
        CHECK_STATUS(it->status, why);
        CHECK(it->cur == it->end && *it->stamp == it->seen);
    }
    CHECK_STATUS(pila_iter_outcome(it), why == PILA_END ? PILA_OK : why);
}

static const pila_status whys[] = {
    PILA_END,
    PILA_ENOMEM,
    PILA_EEMPTY,
    PILA_EKEY,
    PILA_EINDEX,
    PILA_EVALUE,
    PILA_ETYPE,
    PILA_EOVERFLOW,
    PILA_EMUTATED,
    PILA_EFULL,
    PILA_ELIMIT,
    PILA_ESYNTAX,
    PILA_EEOF,
    PILA_EIO,
    PILA_EREFUSED,
    PILA_EUSER,
    (pila_status)(PILA_EUSER + 9),
};

static void test_failed(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(whys); k++) {
        pila_iter it = pila_failed(whys[k]);
        ROW(pila_status_name(whys[k]));
        check_ended(&it, whys[k]);
        pila_iter_drop(&it);
        check_ended(&it, PILA_END);
        pila_iter_drop(&it);
        check_ended(&it, PILA_END);
    }
    ROW(NULL);
}

/* PILA_OK is no way to end; whoever asks for it gets an empty iterator. */
static void test_failed_without_a_fault_is_empty(void **state)
{
    pila_iter it = pila_failed(PILA_OK);

    (void)state;
    check_ended((pila_next_item(&it), &it), PILA_END);
    pila_iter_drop(&it);
}

/* From the source or through adaptors: the k-th refill fails, whatever the fault. */
static void test_end_and_every_fault_are_sticky(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(whys); k++)
        for (size_t fail_at = 1; fail_at <= 4; fail_at++)
            for (int links = 0; links < 3; links++) {
                walk w = walk_of(9, 3);
                w.fail_at = fail_at;
                w.fault = whys[k];
                pila_iter it = walk_over(&w);
                size_t count = 0;
                for (int link = 0; link < links; link++) it = pass_on(it);
                ROW(pila_status_name(whys[k]));
                PILA_FOR(int64_t, x, &it) CHECK_INT(*x, digits[count++]);
                CHECK_INT(count, 3 * (fail_at - 1));
                check_ended(&it, whys[k]);
                CHECK_INT(w.refills, fail_at); /* it is not asked again */
                pila_iter_drop(&it);
                check_ended(&it, PILA_END);
                CHECK_INT(w.drops, 1);
            }
    ROW(NULL);
}

/* ---- reading an array ---- */

static void test_array_rows(void **state)
{
    (void)state;
    for (size_t n = 0; n <= COUNT_OF(digits); n++) {
        pila_iter it = pila_span(digits, n, &pila_i64);
        size_t count = 0;
        CHECK(it.cur == it.end &&
              it.status == PILA_OK); /* the first comes from refill */
        CHECK_INT(pila_iter_length_hint(&it), n);
        PILA_FOR(int64_t, x, &it) {
            CHECK(x == &digits[count]); /* lent in place */
            count++;
            CHECK_INT(pila_iter_length_hint(&it), n - count);
        }
        CHECK_INT(count, n);
        check_ended(&it, PILA_END);
        pila_iter_drop(&it);
    }
    pila_iter none = pila_span(NULL, 0, &pila_i64);
    check_ended((pila_next_item(&none), &none), PILA_END);
    pila_iter_drop(&none);
}

static const int8_t some_i8[] = {1, 2, 3};
static const int16_t some_i16[] = {1, 2, 3};
static const int32_t some_i32[] = {1, 2, 3};
static const int64_t some_i64[] = {1, 2, 3};
static const uint8_t some_u8[] = {1, 2, 3};
static const uint16_t some_u16[] = {1, 2, 3};
static const uint32_t some_u32[] = {1, 2, 3};
static const uint64_t some_u64[] = {1, 2, 3};
static const float some_f32[] = {1, 2, 3};
static const double some_f64[] = {1, 2, 3};

static double sum_i8(pila_iter *it)
{
    double s = 0;
    PILA_FOR(int8_t, x, it) s += *x;
    return s;
}
static double sum_i16(pila_iter *it)
{
    double s = 0;
    PILA_FOR(int16_t, x, it) s += *x;
    return s;
}
static double sum_i32(pila_iter *it)
{
    double s = 0;
    PILA_FOR(int32_t, x, it) s += *x;
    return s;
}
static double sum_i64(pila_iter *it)
{
    double s = 0;
    PILA_FOR(int64_t, x, it) s += (double)*x;
    return s;
}
static double sum_u8(pila_iter *it)
{
    double s = 0;
    PILA_FOR(uint8_t, x, it) s += *x;
    return s;
}
static double sum_u16(pila_iter *it)
{
    double s = 0;
    PILA_FOR(uint16_t, x, it) s += *x;
    return s;
}
static double sum_u32(pila_iter *it)
{
    double s = 0;
    PILA_FOR(uint32_t, x, it) s += *x;
    return s;
}
static double sum_u64(pila_iter *it)
{
    double s = 0;
    PILA_FOR(uint64_t, x, it) s += (double)*x;
    return s;
}
static double sum_f32(pila_iter *it)
{
    double s = 0;
    PILA_FOR(float, x, it) s += (double)*x;
    return s;
}
static double sum_f64(pila_iter *it)
{
    double s = 0;
    PILA_FOR(double, x, it) s += *x;
    return s;
}

static const struct number_row {
    const char *promise;
    const void *items;
    const pila_type *type;
    double (*sum)(pila_iter *it);
} numbers[] = {
    {"i8", some_i8, &pila_i8, sum_i8},     {"i16", some_i16, &pila_i16, sum_i16},
    {"i32", some_i32, &pila_i32, sum_i32}, {"i64", some_i64, &pila_i64, sum_i64},
    {"u8", some_u8, &pila_u8, sum_u8},     {"u16", some_u16, &pila_u16, sum_u16},
    {"u32", some_u32, &pila_u32, sum_u32}, {"u64", some_u64, &pila_u64, sum_u64},
    {"f32", some_f32, &pila_f32, sum_f32}, {"f64", some_f64, &pila_f64, sum_f64},
};

static void test_for_over_every_number_type(void **state)
{
    (void)state;
    for (const struct number_row *r = numbers; r < numbers + COUNT_OF(numbers); r++) {
        pila_iter it = pila_span(r->items, 3, r->type);
        ROW(r->promise);
        CHECK(r->sum(&it) == 6);
        check_ended(&it, PILA_END);
        pila_iter_drop(&it);
    }
    ROW(NULL);
}

static void test_for_over_pointers_and_text(void **state)
{
    void *pointers[] = {&pointers[1], &pointers[0], NULL};
    const pila_str views[] = {pila_cstr("spam"), pila_cstr(""), pila_cstr("eggs")};
    pila_string texts[3];
    pila_iter it = pila_span(pointers, 3, &pila_ptr);
    size_t k = 0;

    (void)state;
    PILA_FOR(void *, p, &it) CHECK(*p == pointers[k++]);
    CHECK_INT(k, 3);
    it = pila_span(views, 3, &pila_view);
    k = 0;
    PILA_FOR(pila_str, v, &it) CHECK(pila_str_eq(*v, views[k++]));
    CHECK_INT(k, 3);
    for (k = 0; k < 3; k++) texts[k] = pila_string_borrow(views[k]);
    it = pila_span(texts, 3, &pila_text);
    k = 0;
    PILA_FOR(pila_string, s, &it) CHECK(pila_string_eq(s, &texts[k++]));
    CHECK_INT(k, 3);
    check_ended(&it, PILA_END);
}

static void test_array_sizes(void **state)
{
    pila_type nothing = PILA_PLAIN_TYPE(char), huge = PILA_PLAIN_TYPE(char);
    pila_iter it = pila_span(digits, SIZE_MAX / 8 + 1, &pila_i64); /* wraps to 0 */

    (void)state;
    check_ended(&it, PILA_EOVERFLOW);
    it = pila_span(digits, SIZE_MAX, &pila_i64);
    check_ended(&it, PILA_EOVERFLOW);
    it = pila_span(digits, SIZE_MAX / 8, &pila_i64);
    check_ended(&it, PILA_EOVERFLOW);
    huge.size = (size_t)PTRDIFF_MAX + 1;
    it = pila_span(digits, 1, &huge);
    check_ended(&it, PILA_EOVERFLOW);
    nothing.size = 0;
    it = pila_span(digits, 3, &nothing);
    check_ended(&it, PILA_ETYPE);
}

/* ---- another size than an item's ---- */

static void test_wrong_size_is_a_type_error(void **state)
{
    static const size_t sizes[] = {1, 2, 4, 7, 9, 16, 4096, SIZE_MAX};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(sizes); k++)
        for (int links = 0; links < 2; links++) {
            walk w = walk_of(10, 4);
            pila_iter it = walk_over(&w);
            if (links) it = pass_on(it);
            CHECK(pila_next(&it, sizes[k]) == NULL);
            check_ended(&it, PILA_ETYPE);
            CHECK_INT(w.refills, 0);
            pila_iter_drop(&it);
        }
    pila_iter it = pila_span(digits, 10, &pila_i64);
    size_t turns = 0;
    PILA_FOR(int32_t, x, &it) turns += x != NULL;
    CHECK_INT(turns, 0);
    check_ended(&it, PILA_ETYPE);
    pila_iter_drop(&it);
}

/* ---- mutation ---- */

static const struct change_row {
    const char *promise;
    size_t window, read; /* items in a window; items read before the change */
    pila_status want;
} changes[] = {
    {"before the first item", 4, 0, PILA_EMUTATED},
    {"inside a window", 4, 2, PILA_EMUTATED},
    {"between two windows", 4, 4, PILA_EMUTATED},
    {"after the last item, before its end was seen", 4, 10, PILA_EMUTATED},
    {"with one item a window", 1, 3, PILA_EMUTATED},
    {"with everything in one window", 10, 3, PILA_EMUTATED},
};

static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (const struct change_row *r = changes; r < changes + COUNT_OF(changes); r++)
        for (int links = 0; links < 3; links++)
            for (int change = -1; change <= 1; change += 2) {
                walk w = walk_of(10, r->window);
                pila_iter it = walk_over(&w);
                for (int link = 0; link < links; link++) it = pass_on(it);
                ROW(r->promise);
                for (size_t k = 0; k < r->read; k++)
                    CHECK_INT(*(const int64_t *)pila_next_item(&it), digits[k]);
                w.version += (uint64_t)change;
                check_ended((pila_next_item(&it), &it), r->want);
                w.version -= (uint64_t)change; /* too late */
                check_ended(&it, r->want);
                pila_iter_drop(&it);
                CHECK_INT(w.drops, 1);
            }
    ROW(NULL);
}

/* Once the end was seen there is nothing left to go wrong: list(d) then d[k] = v. */
static void test_change_after_the_end_is_no_fault(void **state)
{
    walk w = walk_of(3, 2);
    pila_iter it = pass_on(walk_over(&w));

    (void)state;
    PILA_FOR(int64_t, x, &it) CHECK(*x > 0);
    w.version++;
    check_ended(&it, PILA_END);
    pila_iter_drop(&it);
}

static void test_ready_sees_the_change_too(void **state)
{
    walk w = walk_of(10, 5);
    pila_iter it = walk_over(&w);

    (void)state;
    CHECK_INT(pila_iter_ready(&it), 5);
    pila_iter_skip(&it, 2);
    CHECK_INT(pila_iter_ready(&it), 3);
    w.version++;
    CHECK_INT(pila_iter_ready(&it), 0);
    check_ended(&it, PILA_EMUTATED);
    pila_iter_drop(&it);
}

/* ---- the ways to read ---- */

static void test_next_ready_and_skip_mix(void **state)
{
    walk w = walk_of(10, 4);
    pila_iter it = walk_over(&w);

    (void)state;
    CHECK_INT(*(const int64_t *)pila_next(&it, 8), 3);
    CHECK_INT(pila_iter_ready(&it), 3);
    CHECK_INT(*(const int64_t *)(const void *)it.cur, 1);
    pila_iter_skip(&it, 3);
    CHECK_INT(w.refills, 1); /* nothing is fetched before it is asked for */
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 5);
    CHECK_INT(pila_iter_ready(&it), 3);
    pila_iter_skip(&it, 0);
    CHECK_INT(pila_iter_ready(&it), 3);
    pila_iter_skip(&it, 3);
    CHECK_INT(pila_iter_ready(&it), 2);
    pila_iter_skip(&it, 2);
    CHECK_INT(pila_iter_ready(&it), 0);
    check_ended(&it, PILA_END);
    pila_iter_drop(&it);
}

/* break leaves the rest to the next loop; continue and nesting are C's own. */
static void test_for_is_a_loop(void **state)
{
    pila_iter it = pila_span(digits, 10, &pila_i64);
    int64_t odd = 0, rest = 0, inner = 0, turns = 0;

    (void)state;
    PILA_FOR(int64_t, x, &it) {
        if (*x == 9) break;
        if (*x % 2 == 0) continue;
        odd += *x;
        pila_iter again = pila_span(digits, 2, &pila_i64);
        PILA_FOR(int64_t, y, &again) inner += *y;
    }
    PILA_FOR(int64_t, x, &it) rest += *x;
    it = pila_span(digits, 10, &pila_i64);
    PILA_FOR(int64_t, x, &it) turns++; /* an item that nobody looks at */
    CHECK_INT(turns, 10);
    CHECK_INT(odd, 3 + 1 + 1 + 5);
    CHECK_INT(inner, 4 * (3 + 1));
    CHECK_INT(rest, 2 + 6 + 5 + 3);
    check_ended(&it, PILA_END);
}

/* The iterator's expression is evaluated once a turn, as a function's argument would
 * be, so one without effects is asked for; the item's type may be any type's name. */
static void test_for_over_an_expression(void **state)
{
    struct {
        pila_iter it;
    } holder = {pila_span(digits, 3, &pila_i64)}, *h = &holder;
    int64_t sum = 0;

    (void)state;
    PILA_FOR(int64_t, x, &h->it) sum += *x;
    CHECK_INT(sum, 8);
}

/* ---- length hints ---- */

static void test_length_hint(void **state)
{
    walk w = walk_of(10, 4);
    pila_iter it = pass_on(pass_on(walk_over(&w)));

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), 10);
    for (size_t k = 1; k <= 10; k++) {
        pila_next_item(&it);
        CHECK_INT(pila_iter_length_hint(&it), 10 - k);
    }
    CHECK_STATUS(it.status, PILA_OK); /* the end was not seen yet */
    pila_iter_drop(&it);
    CHECK_INT(pila_iter_length_hint(&it), 0);
}

static void test_length_hint_saturates(void **state)
{
    walk w = walk_of(10, 4);
    pila_iter it = walk_over(&w);

    (void)state;
    w.hint_more = SIZE_MAX - 10;
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_next_item(&it); /* three in the window, six and SIZE_MAX - 10 to come */
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX - 1);
    w.hint_more = SIZE_MAX - 6;
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
}

static void test_unknown_length_is_what_is_ready(void **state)
{
    static const pila_iter_ops ops = {walk_refill, walk_drop, NULL};
    walk w = walk_of(10, 4);
    pila_iter it = pila_iter_make(&pila_i64, &ops, &w);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), 0);
    pila_next_item(&it);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    pila_iter_drop(&it);
}

/* ---- dropping ---- */

enum { DEPTH = 1000000 };

/* Recursion would need hundreds of megabytes of stack here. */
static void test_chain_depth_1e6(void **state)
{
    walk w = walk_of(3, 3);
    pila_iter it = walk_over(&w);

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < DEPTH; k++) it = pass_on(it);
    CHECK_INT(check_alloc_live(), DEPTH);
    pila_iter_drop(&it);
    CHECK_INT(check_alloc_live(), 0);
    CHECK_INT(w.drops, 1);
    check_ended(&it, PILA_END);
    check_alloc_stop();
}

static void test_drop_in_the_middle_and_twice(void **state)
{
    (void)state;
    check_alloc_start();
    for (size_t read = 0; read <= 10; read++) {
        walk w = walk_of(10, 4);
        pila_iter it = pass_on(pass_on(walk_over(&w)));
        for (size_t k = 0; k < read; k++) pila_next_item(&it);
        pila_iter_drop(&it);
        pila_iter_drop(&it);
        CHECK_INT(w.drops, 1);
        CHECK_INT(check_alloc_live(), 0);
        check_ended(&it, PILA_END);
    }
    check_alloc_stop();
}

/* A source whose drop reads and drops the very iterator that is being dropped. */
typedef struct reenter {
    pila_iter *outer;
    int drops;
} reenter;

static bool reenter_refill(pila_iter *it) { return pila_iter_end(it, PILA_END); }

static pila_iter reenter_drop(pila_iter *it)
{
    reenter *r = it->state;

    r->drops++;
    CHECK(pila_next_item(r->outer) == NULL);
    CHECK_STATUS(r->outer->status, PILA_END);
    pila_iter_drop(r->outer);
    return pila_failed(PILA_END);
}

static void test_reenter_from_drop(void **state)
{
    static const pila_iter_ops ops = {reenter_refill, reenter_drop, NULL};
    reenter r = {NULL, 0};
    pila_iter it = pila_iter_make(&pila_i64, &ops, &r);

    (void)state;
    check_alloc_start();
    it = pass_on(pass_on(it));
    r.outer = &it;
    pila_iter_drop(&it);
    CHECK_INT(r.drops, 1);
    check_alloc_stop();
}

/* ---- construction never needs a check ---- */

static void test_a_failed_constructor_drops_what_it_took(void **state)
{
    (void)state;
    for (long fail_at = 1; fail_at <= 5; fail_at++) {
        walk w = walk_of(10, 4);
        size_t turns = 0;
        check_alloc_start();
        check_alloc_fail(fail_at, 0);
        pila_iter it = pass_on(pass_on(pass_on(pass_on(pass_on(walk_over(&w))))));
        check_alloc_fail(0, 0);
        PILA_FOR(int64_t, x, &it) turns += *x > 0;
        CHECK_INT(turns, 0);
        check_ended(&it, PILA_ENOMEM);
        CHECK_INT(w.drops, 1);
        CHECK_INT(check_alloc_live(), 0);
        pila_iter_drop(&it);
        check_alloc_stop();
    }
}

static pila_status sum_through_ten(void *ctx)
{
    walk w = walk_of(10, 3);
    pila_iter it = walk_over(&w);
    int64_t sum = 0;

    (void)ctx;
    for (int link = 0; link < 10; link++) it = pass_on(it);
    PILA_FOR(int64_t, x, &it) sum += *x;
    pila_status st = pila_iter_outcome(&it);
    CHECK_INT(sum, st == PILA_OK ? 39 : 0);
    pila_iter_drop(&it);
    CHECK_INT(w.drops, 1);
    return st;
}

static void test_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(sum_through_ten, NULL);
}

/* ---- a random run against an index into the array ---- */

enum { MOST = 200 };

/* One operation on both; false when they answer differently. From the model: the next
 * item is items[*at], there are n, and *ended says with what it has ended. */
static bool step(pila_iter *it, walk *w, size_t *at, pila_status *ended, check_rng *r)
{
    size_t left = *ended == PILA_OK ? w->n - *at : 0, n;

    w->window = 1 + check_rng_below(r, 9);
    switch (check_rng_below(r, 40)) {
    case 0: w->version++; return true;
    case 1:
    case 2: return pila_iter_length_hint(it) == left;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
        n = pila_iter_ready(it);
        if (*ended == PILA_OK && *it->stamp == it->seen && w->version == 7) {
            if (left == 0) *ended = PILA_END;
        } else if (*ended == PILA_OK) *ended = PILA_EMUTATED;
        if (*ended != PILA_OK) return n == 0 && it->status == *ended;
        if (n == 0 || n > left ||
            (const int64_t *)(const void *)it->cur != w->items + *at)
            return false;
        n = check_rng_below(r, n + 1);
        pila_iter_skip(it, n);
        *at += n;
        return true;
    default: {
        const int64_t *x = pila_next_item(it);
        if (*ended == PILA_OK && w->version != 7) *ended = PILA_EMUTATED;
        else if (*ended == PILA_OK && left == 0) *ended = PILA_END;
        if (*ended != PILA_OK) return x == NULL && it->status == *ended;
        return x == w->items + (*at)++;
    }
    }
}

/* The window lies in the array, on an item's edge, and ended means empty. */
static bool valid(const pila_iter *it, const walk *w)
{
    const char *from = (const char *)w->items, *to = (const char *)(w->items + w->n);

    if (it->status != PILA_OK) return it->cur == it->end;
    if (it->cur == it->end) return true;
    return it->cur >= from && it->end <= to && it->cur < it->end &&
           (size_t)(it->cur - from) % 8 == 0 && (size_t)(it->end - it->cur) % 8 == 0;
}

static bool random_run(int rounds, int fault_at)
{
    static int64_t items[MOST];
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    for (int round = 0; round < rounds && good; round++) {
        walk w = {items, check_rng_below(&r, MOST), 0, 1, 7, 0, PILA_OK, 0, 0, 0};
        pila_iter it = walk_over(&w);
        size_t at = 0;
        pila_status ended = PILA_OK;
        for (uint64_t links = check_rng_below(&r, 4); links > 0; links--)
            it = pass_on(it);
        for (int turn = 0; turn < 100 && good; turn++) {
            good = step(&it, &w, &at, &ended, &r) && valid(&it, &w);
            if (round >= fault_at && turn == 3) at++;
        }
        pila_iter_drop(&it);
        good = good && w.drops == 1;
    }
    check_alloc_stop();
    return good;
}

static void test_random_run(void **state)
{
    (void)state;
    CHECK(random_run(5000, 1 << 30));
    CHECK(!random_run(5000, 100)); /* the planted fault is seen */
}

/* An iterator over nothing that has a size has nothing to count. */
static void test_hint_of_items_without_bytes(void **state)
{
    static const pila_type empty = {.kind = PILA_KIND_OTHER, .align = 1, .name = "()"};
    static const pila_iter_ops ops = {NULL, NULL, NULL};
    pila_iter it = pila_iter_make(&empty, &ops, NULL);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), 0);
}

/* ---- several sources ---- */

enum { FAN = 3 };

/* Sources in their own block, some of them in a second one that is linked to it. */
typedef struct fan {
    pila_sources drop;
    pila_sources *more;
    pila_iter src[FAN];
} fan;

static pila_iter fan_drop(pila_iter *it)
{
    fan *f = it->state;
    pila_sources *last = f->more ? f->more : &f->drop;

    f->drop.n = FAN;
    f->drop.iter = f->src;
    f->drop.next = f->more;
    return pila_iter_sources(&f->drop, last);
}

static pila_iter fan_of(const pila_iter *src)
{
    static const pila_iter_ops ops = {NULL, fan_drop, NULL};
    fan *f = pila_alloc(1, sizeof *f);

    if (!f) return pila_failed(PILA_ENOMEM);
    f->more = NULL;
    memcpy(f->src, src, sizeof f->src);
    return pila_iter_make(&pila_i64, &ops, f);
}

static void test_a_drop_hands_back_several(void **state)
{
    (void)state;
    check_alloc_start();
    for (int more = 0; more < 4; more++) {
        walk w = walk_of(10, 3);
        pila_iter src[FAN] = {walk_over(&w), walk_over(&w), walk_over(&w)};
        pila_iter it = fan_of(src);
        if (more) { /* a block with more - 1 sources behind its head */
            struct block {
                pila_sources head;
                pila_iter src[2];
            } *b = pila_alloc(1, sizeof *b);
            assert_non_null(b);
            b->head.n = (size_t)more - 1;
            b->head.iter = b->src;
            b->src[0] = b->src[1] = walk_over(&w);
            ((fan *)it.state)->more = &b->head;
        }
        it = pass_on(it); /* as the source of another */
        pila_iter_drop(&it);
        CHECK_INT(w.drops, FAN + (more ? more - 1 : 0));
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
        CHECK_INT(w.drops, FAN + (more ? more - 1 : 0));
    }
    check_alloc_stop();
}

/* The deep branch comes first, in the middle, last, or now here and now there. */
static void test_tree_depth_1e6(void **state)
{
    (void)state;
    for (int place = 0; place <= FAN; place++) {
        walk w = walk_of(10, 3);
        pila_iter it = walk_over(&w);
        check_alloc_start();
        for (int k = 0; k < 1000000; k++) {
            pila_iter src[FAN] = {walk_over(&w), walk_over(&w), walk_over(&w)};
            src[place < FAN ? place : k % FAN] = it;
            it = fan_of(src);
            assert_true(it.status == PILA_OK);
        }
        pila_iter_drop(&it);
        CHECK_INT(w.drops, 2 * 1000000 + 1);
        check_alloc_stop();
    }
}

/* Sources that hold several in their turn, and chains between them. */
static void test_a_full_tree(void **state)
{
    walk w = walk_of(10, 3);
    pila_iter level[243];

    (void)state;
    check_alloc_start();
    for (int k = 0; k < 243; k++) level[k] = walk_over(&w);
    for (int n = 81; n; n /= 3)
        for (int k = 0; k < n; k++)
            level[k] = pass_on(fan_of(level + (ptrdiff_t)3 * k));
    pila_iter_drop(&level[0]);
    CHECK_INT(w.drops, 243);
    check_alloc_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_failed_without_a_fault_is_empty),
        cmocka_unit_test(test_end_and_every_fault_are_sticky),
        cmocka_unit_test(test_array_rows),
        cmocka_unit_test(test_for_over_every_number_type),
        cmocka_unit_test(test_for_over_pointers_and_text),
        cmocka_unit_test(test_array_sizes),
        cmocka_unit_test(test_wrong_size_is_a_type_error),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_change_after_the_end_is_no_fault),
        cmocka_unit_test(test_ready_sees_the_change_too),
        cmocka_unit_test(test_next_ready_and_skip_mix),
        cmocka_unit_test(test_for_is_a_loop),
        cmocka_unit_test(test_for_over_an_expression),
        cmocka_unit_test(test_length_hint),
        cmocka_unit_test(test_length_hint_saturates),
        cmocka_unit_test(test_unknown_length_is_what_is_ready),
        cmocka_unit_test(test_chain_depth_1e6),
        cmocka_unit_test(test_drop_in_the_middle_and_twice),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_a_failed_constructor_drops_what_it_took),
        cmocka_unit_test(test_alloc_sweep),
        cmocka_unit_test(test_random_run),
        cmocka_unit_test(test_hint_of_items_without_bytes),
        cmocka_unit_test(test_a_drop_hands_back_several),
        cmocka_unit_test(test_tree_depth_1e6),
        cmocka_unit_test(test_a_full_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
