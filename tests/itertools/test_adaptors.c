/* test_adaptors.c - kernels, callbacks, enumerate, chain, islice and sharing. */
#include "check.h"

#include <pila/itertools/adaptors.h>

PILA_MAPPER(square, int64_t, int64_t, x, x *x)
PILA_MAPPER(halve, double, int64_t, x, (double)x / 2)
PILA_MAPPER(narrow, int8_t, int64_t, x, (int8_t)x)
PILA_MAPPER(is_odd, bool, int64_t, x, (x & 1) != 0)
PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)
PILA_PREDICATE(never, int64_t, x, x != x)
PILA_PREDICATE(long_text, pila_str, x, x.len > 2)
PILA_MAPPER_CTX(scale, int64_t, int64_t, x, int64_t, x **ctx)
PILA_PREDICATE_CTX(above, int64_t, x, int64_t, x > *ctx)

typedef struct point {
    int64_t x, y;
} point;
PILA_MAPPER_CTX(make_point, point, int64_t, v, point, ((point){v + ctx->x, v + ctx->y}))

typedef struct over {
    _Alignas(64) char bytes[64];
} over;
PILA_MAPPER(make_over, over, int64_t, v, ((over){{(char)v}}))

typedef struct huge {
    char bytes[10000];
} huge;
PILA_MAPPER(make_huge, huge, int64_t, v, ((huge){{(char)v}}))

/* ---- a container to iterate over: numbers, a version, windows of any size ---- */

typedef struct box {
    uint64_t version;
    int64_t items[64];
    size_t n, window;
    int drops; /* of its iterators */
} box;

static bool box_refill(pila_iter *it)
{
    box *b = it->state;
    size_t n = b->n - it->at < b->window ? b->n - it->at : b->window;

    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)(b->items + it->at);
    it->end = it->cur + n * sizeof(int64_t);
    it->at += n;
    return true;
}

static pila_iter box_drop(pila_iter *it)
{
    ((box *)it->state)->drops++;
    return pila_failed(PILA_END);
}

static size_t box_hint(const pila_iter *it)
{
    return ((const box *)it->state)->n - it->at;
}

static pila_iter box_iter(box *b)
{
    static const pila_iter_ops ops = {box_refill, box_drop, box_hint};
    pila_iter it = pila_iter_make(&pila_i64, &ops, b);

    it.stamp = &b->version;
    it.seen = b->version;
    return it;
}

static box box_of(size_t n, size_t window)
{
    box b = {0, {0}, n, window, 0};

    for (size_t k = 0; k < n; k++) b.items[k] = (int64_t)k;
    return b;
}

/* The items, separated by spaces, and the status if it is not PILA_END; dropped. */
static const char *shown(pila_iter it)
{
    static char text[8192];
    size_t used = 0;

    text[0] = '\0';
    PILA_FOR(int64_t, x, &it)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 used ? " %lld" : "%lld", (long long)*x);
    CHECK(pila_next_item(&it) == NULL);
    if (it.status != PILA_END)
        snprintf(text + used, sizeof text - used, used ? " %s" : "%s",
                 pila_status_name(it.status));
    pila_iter_drop(&it);
    return text;
}

#define SHOWS(it, want) assert_string_equal(shown(it), want)

/* ---- kernels ---- */

static void test_map_and_filter(void **state)
{
    (void)state;
    for (size_t window = 1; window <= 11; window += 5) {
        box b = box_of(10, window);
        int64_t three = 3;
        SHOWS(pila_map(box_iter(&b), square), "0 1 4 9 16 25 36 49 64 81");
        SHOWS(pila_filter(box_iter(&b), by_three), "0 3 6 9");
        SHOWS(pila_map(pila_filter(box_iter(&b), by_three), square), "0 9 36 81");
        SHOWS(pila_filter(pila_map(box_iter(&b), square), by_three), "0 9 36 81");
        SHOWS(pila_filter(box_iter(&b), never), "");
        SHOWS(pila_map(box_iter(&b), pila_kernel_with(scale, &three)),
              "0 3 6 9 12 15 18 21 24 27");
        SHOWS(pila_filter(box_iter(&b), pila_kernel_with(above, &three)),
              "4 5 6 7 8 9");
        CHECK_INT(b.drops, 7);
    }
}

static void test_mappers_to_other_types(void **state)
{
    box b = box_of(10, 4);
    point by = {10, 20};
    int64_t k = 0;

    (void)state;
    pila_iter it = pila_map(box_iter(&b), halve);
    CHECK(it.type == &pila_f64 || it.type->kind == PILA_KIND_F64);
    PILA_FOR(double, x, &it) CHECK(*x == (double)k++ / 2);
    pila_iter_drop(&it);

    it = pila_map(box_iter(&b), narrow);
    CHECK_INT(it.type->kind, PILA_KIND_I8);
    k = 0;
    PILA_FOR(int8_t, x, &it) CHECK_INT(*x, k++);
    pila_iter_drop(&it);

    it = pila_map(box_iter(&b), is_odd);
    k = 0;
    PILA_FOR(bool, x, &it) CHECK_INT(*x, k++ & 1);
    CHECK_INT(k, 10);
    pila_iter_drop(&it);

    it = pila_map(box_iter(&b), pila_kernel_with(make_point, &by));
    k = 0;
    PILA_FOR(point, p, &it) CHECK(p->x == 10 + k && p->y == 20 + k++);
    CHECK_INT(k, 10);
    pila_iter_drop(&it);
}

static void test_large_and_over_aligned_items(void **state)
{
    box b = box_of(10, 4);
    int64_t k = 0;

    (void)state;
    pila_iter it = pila_map(box_iter(&b), make_over);
    PILA_FOR(over, x, &it) {
        CHECK_INT((uintptr_t)x % 64, 0);
        CHECK_INT(x->bytes[0], k++);
    }
    CHECK_INT(k, 10);
    pila_iter_drop(&it);
    it = pila_enumerate(pila_map(box_iter(&b), make_huge), 0);
    struct pair {
        int64_t index;
        huge item;
    };
    k = 0;
    PILA_FOR(struct pair, x, &it) CHECK(x->index == k && x->item.bytes[0] == k++);
    CHECK_INT(k, 10);
    pila_iter_drop(&it);
}

static void test_kernels_are_checked_by_size(void **state)
{
    const int32_t small[] = {1, 2};
    const pila_str words[] = {{"a", 1}, {"spam", 4}};
    box b = box_of(3, 3);
    pila_iter it;

    (void)state;
    SHOWS(pila_map(pila_span(small, 2, &pila_i32), square), "PILA_ETYPE");
    SHOWS(pila_filter(pila_span(small, 2, &pila_i32), by_three), "PILA_ETYPE");
    SHOWS(pila_map(box_iter(&b), by_three), "PILA_ETYPE");
    SHOWS(pila_filter(box_iter(&b), square), "PILA_ETYPE");
    CHECK_INT(b.drops, 2);
    it = pila_filter(pila_span(words, 2, &pila_view), long_text);
    PILA_FOR(pila_str, w, &it) CHECK_TEXT(*w, "spam");
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    it = pila_map(box_iter(&b), halve);
    PILA_FOR(int32_t, x, &it) CHECK(!x);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
}

static void test_padded_views_stay_padded(void **state)
{
    const pila_str words[] = {{"spam", 4}};
    pila_iter a = pila_span(words, 1, &pila_view_padded);
    pila_iter b = pila_span(words, 1, &pila_view_padded);
    pila_iter plain = pila_span(words, 1, &pila_view), it;

    (void)state;
    it = pila_islice(pila_filter(a, long_text), 0, 5, 1);
    CHECK(it.type == &pila_view_padded);
    it = pila_chain2(it, b);
    CHECK(it.type == &pila_view_padded);
    it = pila_chain2(it, plain); /* and one that is not makes all of them plain */
    CHECK(it.type != &pila_view_padded && it.type->kind == PILA_KIND_STR);
    int n = 0;
    PILA_FOR(pila_str, w, &it) n += pila_str_eq(*w, words[0]);
    CHECK_INT(n, 3);
    pila_iter_drop(&it);
}

/* ---- callbacks ---- */

typedef struct plan {
    int calls, fail_at; /* the fail_at-th call answers `with` */
    pila_status with;
    box *mutate; /* that call changes the box */
    pila_iter *pull;
    int pulled;
} plan;

static pila_status plan_step(plan *p)
{
    if (++p->calls != p->fail_at) return PILA_OK;
    if (p->mutate) p->mutate->version++;
    if (p->pull) p->pulled += pila_next_item(p->pull) != NULL;
    return p->with;
}

static pila_status square_fn(void *ctx, const void *item, void *out)
{
    int64_t x = *(const int64_t *)item;

    x *= x;
    memcpy(out, &x, sizeof x);
    return plan_step(ctx);
}

static pila_status even_fn(void *ctx, const void *item, bool *keep)
{
    *keep = *(const int64_t *)item % 2 == 0;
    return plan_step(ctx);
}

static void test_a_callback_runs_when_asked_for(void **state)
{
    box b = box_of(10, 10);
    plan p = {0};
    pila_iter it = pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p);

    (void)state;
    CHECK_INT(p.calls, 0);
    pila_next_item(&it);
    CHECK_INT(p.calls, 1);
    pila_next_item(&it);
    CHECK_INT(p.calls, 2);
    pila_iter_drop(&it);
    p.calls = 0;
    it = pila_filter_fn(box_iter(&b), even_fn, &p);
    pila_next_item(&it);
    CHECK_INT(p.calls, 1); /* 0 is even */
    pila_next_item(&it);
    CHECK_INT(p.calls, 3);
    pila_iter_drop(&it);
    p.calls = 0; /* through a kernel, and through islice: still no call ahead */
    it = pila_islice(pila_map(pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p),
                              square),
                     0, 2, 1);
    SHOWS(it, "0 1");
    CHECK_INT(p.calls, 2);
    SHOWS(pila_filter_fn(box_iter(&b), even_fn, &p), "0 2 4 6 8");
}

static void test_callback_fails_at_k(void **state)
{
    (void)state;
    for (int k = 1; k <= 6; k++) {
        for (int which = 0; which < 2; which++) {
            box b = box_of(6, 4);
            plan p = {0, k, (pila_status)(PILA_EUSER + 3), NULL, NULL, 0};
            pila_iter it = which ? pila_filter_fn(box_iter(&b), even_fn, &p)
                                 : pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p);
            int seen = 0;
            PILA_FOR(int64_t, x, &it) seen++;
            CHECK_INT(seen, which ? k / 2 : k - 1);
            CHECK_INT(it.status, PILA_EUSER + 3);
            CHECK(pila_next_item(&it) == NULL);
            CHECK_INT(p.calls, k);
            pila_iter_drop(&it);
            CHECK_INT(b.drops, 1);
        }
    }
    box b = box_of(6, 4);
    plan p = {0,    3,    PILA_END,
              NULL, NULL, 0}; /* StopIteration from a callback ends map */
    SHOWS(pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p), "0 1");
}

static void test_callback_mutates_the_container(void **state)
{
    (void)state;
    for (int k = 1; k <= 6; k++) {
        box b = box_of(6, 4);
        plan p = {0, k, PILA_OK, &b, NULL, 0};
        pila_iter it = pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p);
        int seen = 0;
        PILA_FOR(int64_t, x, &it) seen++;
        CHECK_INT(seen,
                  k); /* as in Python: the result is yielded, the next one fails */
        CHECK_STATUS(it.status, PILA_EMUTATED);
        pila_iter_drop(&it);
        p.calls = 0;
        seen = 0;
        it = pila_filter_fn(box_iter(&b), even_fn, &p);
        PILA_FOR(int64_t, x, &it) seen++;
        CHECK_INT(seen, k / 2);
        CHECK_STATUS(it.status, PILA_EMUTATED);
        pila_iter_drop(&it);
    }
}

static void test_callback_re_enters_its_iterator(void **state)
{
    (void)state;
    for (int k = 1; k <= 4; k++) {
        for (int which = 0; which < 4; which++) {
            box b = box_of(6, 4);
            pila_iter it;
            plan p = {0, k, PILA_OK, NULL, &it, 0};
            it = which & 1 ? pila_filter_fn(box_iter(&b), even_fn, &p)
                           : pila_map_fn(box_iter(&b), &pila_i64, square_fn, &p);
            if (which & 2) /* through what was built on it */
                it = pila_islice(pila_chain2(pila_enumerate(it, 0),
                                             pila_failed(PILA_END)),
                                 0, PILA_TO_END, 1);
            int seen = 0;
            while (pila_next_item(&it)) seen++;
            CHECK_INT(seen, which & 1 ? k / 2 : k - 1);
            CHECK_STATUS(it.status, PILA_EVALUE);
            CHECK_INT(p.pulled, 0);
            pila_iter_drop(&it);
            CHECK_INT(b.drops, 1);
        }
    }
}

static int owned_live;
static pila_iter *pull_from_drop;

static void owned_drop(void *ctx, void *item)
{
    (void)ctx;
    (void)item;
    owned_live--;
    if (pull_from_drop) CHECK(pila_next_item(pull_from_drop) == NULL);
}

static pila_status owned_make(void *ctx, const void *item, void *out)
{
    memcpy(out, item, sizeof(int64_t));
    owned_live++;
    pila_status st = plan_step(ctx);
    if (st != PILA_OK) owned_live--; /* a failed call gives nothing */
    return st;
}

static void test_what_a_callback_gives_is_dropped(void **state)
{
    pila_type owned = pila_i64;

    (void)state;
    owned.kind = PILA_KIND_OTHER;
    owned.drop = owned_drop;
    for (int k = 0; k <= 6; k++) {
        box b = box_of(6, 4);
        plan p = {0, k, PILA_EUSER, NULL, NULL, 0};
        pila_iter it = pila_map_fn(box_iter(&b), &owned, owned_make, &p);
        while (pila_next_item(&it)) CHECK_INT(owned_live, 1);
        CHECK_STATUS(it.status, k ? PILA_EUSER : PILA_END);
        pila_iter_drop(&it);
        CHECK_INT(owned_live, 0);
        it = pila_map_fn(box_iter(&b), &owned, owned_make, &p);
        p.fail_at = 0;
        pila_next_item(&it);
        pila_iter_drop(&it); /* in the middle */
        CHECK_INT(owned_live, 0);
        p.pull = &it; /* re-entry while there is a result */
        p.fail_at = p.calls + 2;
        p.with = PILA_OK;
        it = pila_map_fn(box_iter(&b), &owned, owned_make, &p);
        while (pila_next_item(&it)) CHECK_INT(owned_live, 1);
        CHECK_STATUS(it.status, PILA_EVALUE);
        pila_iter_drop(&it);
        CHECK_INT(owned_live, 0);
    }
}

typedef struct asker {
    pila_iter *whole; /* that it is in */
    int when;         /* 0: asked, it asks; 1: dropped */
    pila_status heard;
} asker;

static void asker_ask(asker *a)
{
    CHECK(!pila_next_item(a->whole));
    a->heard = a->whole->status;
}

static bool asker_refill(pila_iter *it)
{
    asker *a = (asker *)it->state;

    if (a->when == 0) asker_ask(a);
    return it->status == PILA_OK ? pila_iter_end(it, PILA_END) : false;
}

static pila_iter asker_drop(pila_iter *it)
{
    asker *a = (asker *)it->state;

    if (a->when == 1 && a->heard == PILA_OK) asker_ask(a);
    return pila_failed(PILA_END);
}

/* A source that asks the chain it is in, as it ends and as it is dropped. */
static void test_reenter_a_chain(void **state)
{
    static const pila_iter_ops ops = {asker_refill, asker_drop, NULL};
    static const int64_t one = 1;

    (void)state;
    for (int when = 0; when < 2; when++) {
        pila_iter whole;
        asker a = {&whole, when, PILA_OK}, b = {&whole, 2, PILA_OK};
        pila_iter parts[4] = {pila_span(&one, 1, &pila_i64),
                              pila_iter_make(&pila_i64, &ops, &b),
                              pila_iter_make(&pila_i64, &ops, &a),
                              pila_span(&one, 1, &pila_i64)};
        whole = pila_chain(parts, 4);
        CHECK(pila_next_item(&whole));
        CHECK(!pila_next_item(&whole));
        CHECK_STATUS(whole.status, PILA_EVALUE);
        CHECK_STATUS(a.heard, PILA_EVALUE);
        pila_iter_drop(&whole);
    }
}

static void test_reenter_from_drop(void **state)
{
    pila_type owned = pila_i64;
    box b = box_of(6, 4);
    plan p = {0};
    int seen = 0;
    pila_iter it;

    (void)state;
    owned.kind = PILA_KIND_OTHER;
    owned.drop = owned_drop;
    it = pila_map_fn(box_iter(&b), &owned, owned_make, &p);
    pull_from_drop = &it;
    while (pila_next_item(&it)) seen++;
    CHECK_INT(seen, 1);
    CHECK_STATUS(it.status, PILA_EVALUE);
    pila_iter_drop(&it);
    pull_from_drop = NULL;
    CHECK_INT(owned_live, 0);
}

/* ---- enumerate ---- */

static void test_enumerate(void **state)
{
    struct pair {
        int64_t index, item;
    };
    struct text_pair {
        int64_t index;
        pila_str item;
    };
    struct small_pair {
        int64_t index;
        char item;
    };
    const pila_str words[] = {{"spam", 4}, {"eggs", 4}};
    pila_buf out = {0};
    int64_t k = 0;

    (void)state;
    for (size_t window = 1; window < 12; window += 3) {
        box b = box_of(10, window);
        pila_iter it = pila_enumerate(box_iter(&b), -3);
        CHECK_INT(it.type->size, sizeof(struct pair));
        CHECK_INT(pila_iter_length_hint(&it), 10);
        k = 0;
        PILA_FOR(struct pair, p, &it) CHECK(p->item == k && p->index == k++ - 3);
        CHECK_INT(k, 10);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_enumerate(pila_span(words, 2, &pila_view), 1);
    PILA_FOR(struct text_pair, p, &it) CHECK_OK(pila_type_repr(it.type, p, &out));
    CHECK_TEXT(pila_buf_view(&out), "(1, 'spam')(2, 'eggs')");
    pila_iter_drop(&it);
    pila_buf_done(&out);
    const int32_t small[] = {7, 8};
    struct int_pair {
        int64_t index;
        int32_t item;
    };
    it = pila_enumerate(pila_span(small, 2, &pila_i32), 0);
    CHECK_INT(it.type->size, sizeof(struct int_pair));
    PILA_FOR(struct int_pair, p, &it) CHECK(p->item == 7 + p->index);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    it = pila_enumerate(pila_span("ab", 2, &pila_i8), 0);
    CHECK_INT(it.type->size, sizeof(struct small_pair));
    k = 0;
    PILA_FOR(struct small_pair, p, &it) CHECK(p->item == "ab"[k] && p->index == k++);
    pila_iter_drop(&it);
}

static void test_enumerate_stops_at_the_last_index(void **state)
{
    (void)state;
    for (size_t window = 1; window < 12; window += 3) {
        box b = box_of(10, window);
        pila_iter it = pila_enumerate(box_iter(&b), INT64_MAX - 2);
        int n = 0;
        while (pila_next_item(&it)) n++;
        CHECK_INT(n, 3);
        CHECK_STATUS(it.status, PILA_EOVERFLOW);
        pila_iter_drop(&it);
        b.n = 3; /* no more items than indices: no fault */
        it = pila_enumerate(box_iter(&b), INT64_MAX - 2);
        while (pila_next_item(&it)) n++;
        CHECK_INT(n, 6);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
}

static void test_enumerate_derives_the_type(void **state)
{
    pila_string words[] = {pila_string_borrow(
                               pila_cstr("a text of more than 15 bytes")),
                           pila_string_borrow(pila_cstr("b"))};
    struct pair {
        int64_t index;
        pila_string item;
    } first, again, second;
    bool same = false;
    uint64_t h1 = 0, h2 = 0, h3 = 0;

    (void)state;
    check_alloc_start();
    pila_hash_init();
    pila_iter it = pila_enumerate(pila_span(words, 2, &pila_text), 0);
    const pila_type *t = it.type;
    const struct pair *p = pila_next_item(&it);
    CHECK_OK(pila_type_copy(t, &first, p));
    CHECK_OK(pila_type_copy(t, &again, p));
    CHECK(first.item.big.ptr != words[0].big.ptr);
    CHECK_OK(pila_type_copy(t, &second, pila_next_item(&it)));
    CHECK_OK(pila_type_eq(t, &first, &again, &same));
    CHECK(same);
    CHECK_OK(pila_type_eq(t, &first, &second, &same));
    CHECK(!same);
    CHECK_OK(pila_type_less(t, &first, &second, &same));
    CHECK(same);
    CHECK_OK(pila_type_less(t, &first, &again, &same));
    CHECK(!same);
    CHECK_OK(pila_type_hash(t, &first, &h1));
    CHECK_OK(pila_type_hash(t, &again, &h2));
    CHECK_OK(pila_type_hash(t, &second, &h3));
    CHECK(h1 == h2 && h1 != h3);
    pila_type_drop(t, &first);
    pila_type_drop(t, &again);
    pila_type_drop(t, &second);
    pila_iter_drop(&it);
    check_alloc_stop();
}

static void test_size_overflow_of_a_pair(void **state)
{
    pila_type vast = PILA_PLAIN_TYPE(char);
    pila_iter it;

    (void)state;
    vast.size = SIZE_MAX - 4;
    it = pila_enumerate(pila_iter_make(&vast, pila_failed(PILA_END).ops, NULL), 0);
    CHECK_STATUS(it.status, PILA_EOVERFLOW);
    vast.size = SIZE_MAX / 2 - 64; /* fits a size, not a machine */
    it = pila_enumerate(pila_iter_make(&vast, pila_failed(PILA_END).ops, NULL), 0);
    CHECK_STATUS(it.status, PILA_ENOMEM);
    it = pila_map_fn(pila_iter_make(&vast, pila_failed(PILA_END).ops, NULL), &vast,
                     NULL, NULL);
    CHECK_STATUS(it.status, PILA_ENOMEM);
}

/* ---- chain ---- */

static void test_chain(void **state)
{
    (void)state;
    for (size_t window = 1; window < 5; window++) {
        box a = box_of(3, window), b = box_of(0, window), c = box_of(2, window);
        pila_iter three[] = {box_iter(&a), box_iter(&b), box_iter(&c)};
        pila_iter it = pila_chain(three, 3);
        CHECK_INT(pila_iter_length_hint(&it), 5);
        SHOWS(it, "0 1 2 0 1");
        SHOWS(pila_chain2(box_iter(&a), box_iter(&c)), "0 1 2 0 1");
        SHOWS(pila_chain2(box_iter(&b), box_iter(&b)), "");
        SHOWS(pila_chain(NULL, 0), "");
        CHECK_INT(a.drops, 2);
        CHECK_INT(b.drops, 3);
        CHECK_INT(c.drops, 2);
    }
}

static void test_chain_of_chains_is_one(void **state)
{
    (void)state;
    for (size_t window = 1; window < 5; window++) {
        box a = box_of(3, window);
        pila_iter left = pila_chain2(box_iter(&a), box_iter(&a));
        pila_iter right = pila_chain2(box_iter(&a), box_iter(&a));
        /* both have been read from: what is left of them is not lost */
        CHECK_INT(*(const int64_t *)pila_next_item(&left), 0);
        CHECK_INT(*(const int64_t *)pila_next_item(&right), 0);
        CHECK_INT(*(const int64_t *)pila_next_item(&right), 1);
        pila_iter it = pila_chain2(left, right);
        CHECK_INT(pila_iter_length_hint(&it), 9);
        SHOWS(it, "1 2 0 1 2 2 0 1 2");
        CHECK_INT(a.drops, 4);
        right = pila_chain2(box_iter(&a), box_iter(&a));
        CHECK_INT(*(const int64_t *)pila_next_item(&right), 0);
        SHOWS(pila_chain2(box_iter(&a), right), "0 1 2 1 2 0 1 2");
        CHECK_INT(a.drops, 7);
        pila_iter first[] = {pila_chain2(box_iter(&a), box_iter(&a)), box_iter(&a)};
        SHOWS(pila_chain(first, 2), "0 1 2 0 1 2 0 1 2");
    }
}

static void test_chain_passes_faults_on(void **state)
{
    const int32_t small[] = {1};
    box a = box_of(2, 2);

    (void)state;
    SHOWS(pila_chain2(pila_failed(PILA_EIO), box_iter(&a)), "PILA_EIO");
    SHOWS(pila_chain2(box_iter(&a), pila_failed(PILA_EIO)), "0 1 PILA_EIO");
    SHOWS(pila_chain2(pila_failed(PILA_END), box_iter(&a)), "0 1");
    SHOWS(pila_chain2(pila_failed(PILA_END), pila_failed(PILA_EKEY)), "PILA_EKEY");
    SHOWS(pila_chain2(pila_failed(PILA_EKEY), pila_failed(PILA_END)), "PILA_EKEY");
    SHOWS(pila_chain2(box_iter(&a), pila_span(small, 1, &pila_i32)), "PILA_ETYPE");
    SHOWS(pila_chain2(pila_chain2(box_iter(&a), box_iter(&a)),
                      pila_span(small, 1, &pila_i32)),
          "PILA_ETYPE");
    CHECK_INT(a.drops, 6);
    pila_iter ended = pila_chain2(box_iter(&a), box_iter(&a));
    while (pila_next_item(&ended)) {}
    SHOWS(pila_chain2(ended, box_iter(&a)), "0 1");
    CHECK_INT(a.drops, 9);
}

enum { DEEP = 1000000 };

static void test_chain_depth_1e6(void **state)
{
    const int64_t one[] = {1};
    pila_iter left = pila_span(one, 1, &pila_i64), right = left, between;
    size_t n = 0;

    (void)state;
    for (int k = 1; k < DEEP; k++) {
        left = pila_chain2(left, pila_span(one, 1, &pila_i64));
        right = pila_chain2(pila_span(one, 1, &pila_i64), right);
    }
    CHECK_INT(pila_iter_length_hint(&left), DEEP);
    left = pila_chain2(left, right);
    PILA_FOR(int64_t, x, &left) n += (size_t)*x;
    CHECK_INT(n, 2 * DEEP);
    pila_iter_drop(&left);
    /* with another adaptor between: dropped without recursion, too */
    between = pila_span(one, 1, &pila_i64);
    for (int k = 1; k < DEEP / 4; k++)
        between =
            pila_chain2(pila_islice(between, 0, 1, 1), pila_span(one, 1, &pila_i64));
    pila_iter_drop(&between);
}

/* ---- islice ---- */

static const struct slice {
    const char *promise;
    size_t start, stop, step;
    const char *items;
    int next; /* what the source then yields, -1 for nothing */
} slices[] = {
    {"0 to 5 by 1", 0, 5, 1, "0 1 2 3 4", 5},
    {"0 to 5 by 3", 0, 5, 3, "0 3", 5},
    {"0 to 6 by 3", 0, 6, 3, "0 3", 6},
    {"0 to 7 by 3", 0, 7, 3, "0 3 6", 7},
    {"2 to 2 by 1", 2, 2, 1, "", 2},
    {"0 to 0 by 1", 0, 0, 1, "", 0},
    {"0 to 0 by 5", 0, 0, 5, "", 0},
    {"5 to 3 by 1", 5, 3, 1, "", 5},
    {"5 to 3 by 2", 5, 3, 2, "", 5},
    {"1 to None by 3", 1, PILA_TO_END, 3, "1 4 7", -1},
    {"3 to 10 by 100", 3, 10, 100, "3", -1},
    {"0 to 4 by 2", 0, 4, 2, "0 2", 4},
    {"12 to 20 by 1", 12, 20, 1, "", -1},
    {"2 to 15 by 4", 2, 15, 4, "2 6", -1},
    {"0 to None by 1", 0, PILA_TO_END, 1, "0 1 2 3 4 5 6 7 8 9", -1},
    {"9 to None by 1", 9, PILA_TO_END, 1, "9", -1},
    {"10 to None by 1", 10, PILA_TO_END, 1, "", -1},
    {"10 to 11 by 2", 10, 11, 2, "", -1},
    {"7 to 9 by 5", 7, 9, 5, "7", 9},
    {"1 to 10 by 9", 1, 10, 9, "1", -1},
    {"1 to 9 by 8", 1, 9, 8, "1", 9},
    {"4 to 8 by 3", 4, 8, 3, "4 7", 8},
};

static void test_islice_consumes_as_python(void **state)
{
    (void)state;
    for (const struct slice *s = slices; s < slices + COUNT_OF(slices); s++)
        for (size_t window = 1; window < 13; window++)
            for (int shared = 0; shared < 2; shared++) {
                box b = box_of(10, window);
                pila_iter src = box_iter(&b);
                ROW(s->promise);
                SHOWS(pila_islice(shared ? pila_ref(&src) : box_iter(&b), s->start,
                                  s->stop, s->step),
                      s->items);
                const int64_t *next = pila_next_item(&src);
                if (shared) CHECK_INT(next ? *next : -1, s->next);
                pila_iter_drop(&src);
            }
    ROW(NULL);
}

static void test_islice_faults_and_sizes(void **state)
{
    static const char bytes[] = "0123456789";
    const pila_str words[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
    box b = box_of(10, 3);
    pila_iter it;
    size_t n = 0;

    (void)state;
    SHOWS(pila_islice(box_iter(&b), 0, 5, 0), "PILA_EVALUE");
    SHOWS(pila_islice(pila_failed(PILA_EIO), 0, 5, 1), "PILA_EIO");
    SHOWS(pila_islice(box_iter(&b), 3, SIZE_MAX, SIZE_MAX), "3");
    SHOWS(pila_islice(box_iter(&b), SIZE_MAX, SIZE_MAX, SIZE_MAX), "");
    CHECK_INT(b.drops, 3);
    it = pila_islice(pila_span(bytes, 10, &pila_i8), 1, 9, 3);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    PILA_FOR(char, c, &it) CHECK_INT(*c, "147"[n++]);
    CHECK_INT(n, 3);
    pila_iter_drop(&it);
    it = pila_islice(pila_span(words, 5, &pila_view), 0, PILA_TO_END, 2);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    PILA_FOR(pila_str, w, &it) CHECK_INT(*w->ptr, "ace"[n++ - 3]);
    CHECK_INT(n, 6);
    pila_iter_drop(&it);
    static int32_t many[5000]; /* more than a window of what is picked */
    for (int32_t k = 0; k < 5000; k++) many[k] = k;
    it = pila_islice(pila_span(many, 5000, &pila_i32), 1, 4998, 3);
    n = 1;
    PILA_FOR(int32_t, x, &it) {
        CHECK_INT(*x, n);
        n += 3;
    }
    CHECK_INT(n, 4999);
    pila_iter_drop(&it);
    it = pila_islice(pila_span(bytes, 10, &pila_i8), 20, 30, 1);
    CHECK_INT(pila_iter_length_hint(&it), 0);
    pila_iter_drop(&it);
}

/* ---- ref ---- */

static void test_a_shared_source_is_never_read_ahead(void **state)
{
    const int64_t three = 3;

    (void)state;
    for (int which = 0; which < 7; which++) {
        box b = box_of(10, 10);
        pila_iter src = box_iter(&b), it = pila_ref(&src);
        plan p = {0};
        if (which == 1) it = pila_map(it, square);
        if (which == 2) it = pila_filter(it, pila_kernel_with(above, &three));
        if (which == 3) it = pila_enumerate(it, 0);
        if (which == 4) it = pila_chain2(it, box_iter(&b));
        if (which == 5) it = pila_map_fn(it, &pila_i64, square_fn, &p);
        if (which == 6) it = pila_filter_fn(it, even_fn, &p);
        pila_next_item(&it);
        pila_next_item(&it);
        int64_t want = which == 2 ? 6 : which == 6 ? 3 : 2;
        CHECK_INT(*(const int64_t *)pila_next_item(&src), want);
        pila_next_item(&it); /* and they go on where the source is */
        want = which == 6 ? 5 : want + 2;
        CHECK_INT(*(const int64_t *)pila_next_item(&src), want);
        pila_iter_drop(&it);
        CHECK_INT(b.drops, which == 4);
        pila_iter_drop(&src);
    }
}

static void test_ref_ends_with_its_source(void **state)
{
    box b = box_of(2, 2);
    pila_iter src = box_iter(&b), a = pila_ref(&src), c = pila_ref(&src);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&a), 2);
    SHOWS(a, "0 1");
    SHOWS(c, "");
    SHOWS(pila_ref(&src), "");
    pila_iter_drop(&src);
    src = pila_failed(PILA_EIO);
    SHOWS(pila_ref(&src), "PILA_EIO");
}

/* ---- mutation, drops, memory ---- */

enum { KINDS = 10 };

/* Each adaptor over the container, so that every item of it comes through. */
static pila_iter built(int which, box *b, pila_iter *src, plan *p)
{
    static const int64_t below = -1, one = 1;
    pila_iter it = box_iter(b), two[2];

    switch (which) {
    case 0: return pila_map(it, pila_kernel_with(scale, &one));
    case 1: return pila_filter(it, pila_kernel_with(above, &below));
    case 2: return pila_map_fn(it, &pila_i64, square_fn, p);
    case 3: return pila_filter_fn(pila_filter_fn(it, even_fn, p), even_fn, p);
    case 4: return pila_enumerate(it, 0);
    case 5: return pila_chain2(it, box_iter(b));
    case 6: return pila_islice(it, 0, PILA_TO_END, 1);
    case 7: return pila_islice(it, 0, PILA_TO_END, 2);
    case 8: *src = it; return pila_ref(src);
    default:
        two[0] = pila_map(pila_enumerate(it, 0), (pila_kernel){0});
        CHECK_STATUS(two[0].status, PILA_ETYPE);
        two[0] = pila_islice(pila_filter(box_iter(b), pila_kernel_with(above, &below)),
                             0, PILA_TO_END, 2);
        two[1] = pila_map_fn(box_iter(b), &pila_i64, square_fn, p);
        return pila_map(pila_chain(two, 2), pila_kernel_with(scale, &one));
    }
}

static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (int which = 0; which < KINDS; which++)
        for (size_t window = 1; window <= 8; window++)
            for (int at = 0; at < 3; at++) {
                box b = box_of(8, window);
                plan p = {0};
                pila_iter src = pila_failed(PILA_END), it = built(which, &b, &src, &p);
                for (int k = 0; k < at; k++) CHECK(pila_next_item(&it));
                b.version++;
                CHECK(pila_next_item(&it) == NULL);
                CHECK_STATUS(it.status, PILA_EMUTATED);
                CHECK(pila_next_item(&it) == NULL);
                pila_iter_drop(&it);
                pila_iter_drop(&it);
                pila_iter_drop(&src);
                CHECK(b.drops > 0);
            }
}

static void test_a_failed_constructor_flows_through(void **state)
{
    plan p = {0};
    pila_iter it = pila_failed(PILA_ENOMEM);

    (void)state;
    it = pila_islice(pila_map(pila_filter(it, by_three), square), 0, 5, 2);
    it = pila_filter_fn(pila_map_fn(it, &pila_i64, square_fn, &p), even_fn, &p);
    it = pila_map(pila_filter(pila_failed(PILA_ENOMEM), square), by_three);
    CHECK_INT(pila_iter_length_hint(&it), 0);
    SHOWS(pila_enumerate(it, 0), "PILA_ENOMEM");
}

static pila_status sweep(void *ctx)
{
    int which = *(int *)ctx;
    box b = box_of(8, 3);
    plan p = {0};
    pila_iter src = pila_failed(PILA_END), it = built(which, &b, &src, &p);
    pila_status st = it.status;
    int n = 0;

    while (pila_next_item(&it)) n++;
    CHECK(st != PILA_OK ? n == 0 : n > 0);
    if (st == PILA_OK && it.status == PILA_ENOMEM) st = it.status; /* inside a chain */
    pila_iter_drop(&it);
    pila_iter_drop(&src);
    CHECK(b.drops > 0); /* what was taken has been dropped */
    it = box_iter(&b);  /* and what lies below is as it was */
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 0);
    pila_iter_drop(&it);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (int which = 0; which < KINDS - 1; which++)
        if (which != 8) check_alloc_sweep(sweep, &which); /* a ref allocates nothing */
}

static pila_status sweep_chain(void *ctx)
{
    box b = box_of(2, 2);
    pila_iter three[] = {box_iter(&b), box_iter(&b), box_iter(&b)};
    pila_iter it = pila_chain(three, 3);
    pila_status st = it.status;

    (void)ctx;
    it = pila_chain2(it, pila_chain2(box_iter(&b), box_iter(&b)));
    int n = 0;
    while (pila_next_item(&it)) n++;
    if (st == PILA_OK && it.status != PILA_END) st = it.status;
    CHECK(n == 10 || st != PILA_OK);
    pila_iter_drop(&it);
    CHECK_INT(b.drops, 5);
    return st;
}

static void test_every_allocation_of_a_chain_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_chain, NULL);
}

/* ---- a random pipeline against arrays ---- */

typedef struct model {
    int64_t items[512];
    size_t n;
} model;

static void model_filter(model *m)
{
    size_t kept = 0;

    for (size_t k = 0; k < m->n; k++)
        if (m->items[k] % 3 == 0) m->items[kept++] = m->items[k];
    m->n = kept;
}

static void model_slice(model *m, size_t start, size_t stop, size_t step)
{
    size_t kept = 0;

    for (size_t k = start; k < m->n && k < stop; k += step)
        m->items[kept++] = m->items[k];
    m->n = kept;
}

static int64_t largest(const model *m)
{
    int64_t most = 0;

    for (size_t k = 0; k < m->n; k++) most = m->items[k] > most ? m->items[k] : most;
    return most;
}

/* One more stage on both; `wrong` makes the model skip the filter. */
static pila_iter grow(pila_iter it, model *m, check_rng *r, box *b, plan *p, bool wrong)
{
    static const int64_t two = 2;
    size_t start = check_rng_below(r, 4), stop = check_rng_below(r, 60);
    size_t step = 1 + check_rng_below(r, 4);

    switch (check_rng_below(r, 6)) {
    case 0:
        for (size_t k = 0; k < m->n; k++) m->items[k] *= 2;
        return pila_map(it, pila_kernel_with(scale, &two));
    case 1:
        if (!wrong) model_filter(m);
        return pila_filter(it, by_three);
    case 2:
        for (size_t k = 0; k < m->n; k++) m->items[k] *= m->items[k];
        return pila_map_fn(it, &pila_i64, square_fn, p);
    case 3:
        model_slice(m, start, stop, step);
        return pila_islice(it, start, stop, step);
    case 4:
        for (size_t k = 0; k < b->n; k++) m->items[m->n++] = b->items[k];
        return pila_chain2(it, box_iter(b));
    default:
        memmove(m->items + b->n, m->items, m->n * sizeof *m->items);
        memcpy(m->items, b->items, b->n * sizeof *m->items);
        m->n += b->n;
        return pila_chain2(box_iter(b), it);
    }
}

static bool agrees(check_rng *r, bool wrong)
{
    box b = box_of(check_rng_below(r, 20), 1 + check_rng_below(r, 8));
    model m = {{0}, b.n};
    plan p = {0};
    pila_iter it = box_iter(&b);
    size_t stages = check_rng_below(r, 8), k = 0;
    bool same = true;

    memcpy(m.items, b.items, sizeof b.items);
    while (stages--) {
        if (largest(&m) > 1000000) break; /* its square would not fit */
        it = grow(it, &m, r, &b, &p, wrong);
    }
    PILA_FOR(int64_t, x, &it) {
        same = same && k < m.n && *x == m.items[k];
        k++;
    }
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    return same && k == m.n;
}

static void test_random_pipelines_against_a_model(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 20000; turn++) CHECK(agrees(&r, false));
    for (int turn = 0; turn < 200; turn++) caught += !agrees(&r, true);
    CHECK(caught > 50); /* the planted fault */
}

/* ---- windows and hints at their ends ---- */

static void test_enumerate_cuts_a_large_window(void **state)
{
    static int64_t many[10000];
    struct pair {
        int64_t index, item;
    };
    int64_t k = 0;

    (void)state;
    for (; k < 10000; k++) many[k] = 3 * k;
    pila_iter it = pila_enumerate(pila_span(many, 10000, &pila_i64), 5);
    k = 0;
    PILA_FOR(struct pair, p, &it) {
        CHECK(p->index == k + 5 && p->item == 3 * k);
        k++;
    }
    CHECK_INT(k, 10000);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
}

static void test_a_chain_has_one_type(void **state)
{
    const int64_t ints[] = {1, 2};
    const double floats[] = {1, 2};
    const pila_str words[] = {{"spam", 4}, {"eggs", 4}};

    (void)state;
    SHOWS(pila_chain2(pila_span(ints, 2, &pila_i64), pila_span(floats, 2, &pila_f64)),
          "PILA_ETYPE");
    for (int turn = 0; turn < 2; turn++) { /* the weaker of two readings, either way */
        pila_iter plain = pila_span(words, 1, &pila_view);
        pila_iter padded = pila_span(words + 1, 1, &pila_view_padded);
        pila_iter it = turn ? pila_chain2(plain, padded) : pila_chain2(padded, plain);
        CHECK(it.type == &pila_view);
        pila_iter_drop(&it);
    }
}

static void test_a_chain_outlives_the_source_that_gave_its_type(void **state)
{
    const int64_t items[] = {7, 8};
    struct pair {
        int64_t index, item;
    };

    (void)state;
    for (int spliced = 0; spliced < 3; spliced++) {
        pila_iter part[3];
        int n = 0;
        for (int k = 0; k < 3; k++)
            part[k] = pila_enumerate(pila_span(items, 2, &pila_i64), 0);
        pila_iter it = pila_chain(part, 3);
        if (spliced) { /* after its first source has gone */
            for (; n < 3; n++) CHECK(pila_next_item(&it));
            pila_iter more = pila_enumerate(pila_span(items, 2, &pila_i64), 0);
            it = spliced == 1 ? pila_chain2(pila_failed(PILA_END), it)
                              : pila_chain2(more, it);
            if (spliced == 1) it = pila_chain2(it, more);
        }
        PILA_FOR(struct pair, p, &it) {
            CHECK_INT(p->item, items[p->index]);
            n++;
        }
        CHECK_INT(n, spliced ? 8 : 6);
        CHECK(pila_next_item(&it) == NULL);
        pila_iter_drop(&it);
    }
    pila_string text =
        pila_string_borrow(pila_cstr("owned")); /* of the same size ... */
    pila_str view = {"view", 4};
    pila_iter it = pila_chain2(pila_span(&text, 1, &pila_text), /* ... not the same */
                               pila_span(&view, 1, &pila_view));
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
}

static bool endless_refill(pila_iter *it)
{
    static const int64_t zero = 0;

    it->cur = (const char *)&zero;
    it->end = (const char *)(&zero + 1);
    return true;
}

static size_t endless_hint(const pila_iter *it)
{
    (void)it;
    return SIZE_MAX;
}

/* ---- chain of what is in items ---- */

/* 0 to n - 1 for an item n; the k-th call fails; or what else a plan says. */
typedef struct nest {
    int calls, fail_at;
    pila_status why;
    pila_iter *again;    /* asked from within */
    const pila_type *as; /* another type than was said */
    bool failed_inner;
} nest;

static pila_status count_up(void *ctx, const void *item, pila_iter *out)
{
    static const int64_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    nest *s = ctx;
    int64_t n = *(const int64_t *)item;

    if (++s->calls == s->fail_at) return s->why;
    if (s->again) CHECK(pila_next_item(s->again) == NULL);
    *out = s->failed_inner ? pila_failed(PILA_EIO)
                           : pila_span(numbers, (size_t)n, s->as ? s->as : &pila_i64);
    return PILA_OK;
}

static void test_chain_from_rows_and_arrays(void **state)
{
    static const int64_t v[] = {1, 2, 3, 4, 5, 6};
    const pila_row some[] = {{v, 2}, {v, 0}, {v + 3, 3}, {NULL, 0}};
    pila_tuple row, array, none;

    (void)state;
    pila_tuple_row(&row, &pila_i64);
    CHECK_OK(pila_tuple_array(&array, &pila_i64, 3));
    CHECK_OK(pila_tuple_array(&none, &pila_i64, 0));
    SHOWS(pila_chain_from_iterable(pila_span(some, 4, &row.type)), "1 2 4 5 6");
    SHOWS(pila_chain_from_iterable(pila_span(some + 1, 1, &row.type)), "");
    SHOWS(pila_chain_from_iterable(pila_span(v, 2, &array.type)), "1 2 3 4 5 6");
    SHOWS(pila_chain_from_iterable(pila_span(v, 2, &none.type)), "PILA_ETYPE");
    SHOWS(pila_chain_from_iterable(pila_span(v, 2, &pila_i64)), "PILA_ETYPE");
    SHOWS(pila_chain_from_iterable(pila_failed(PILA_EIO)), "PILA_EIO");

    pila_iter rows = pila_span(some, 4, &row.type);
    pila_iter it = pila_chain_from_iterable(pila_ref(&rows));
    CHECK(pila_next_item(&it));
    CHECK_INT(pila_iter_ready(&rows), 3); /* one row is taken, no more */
    pila_iter_drop(&it);
}

static void test_chain_from_fn(void **state)
{
    nest s = {0};

    (void)state;
    for (size_t window = 1; window <= 5; window += 2) {
        box b = box_of(5, window);
        SHOWS(pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s),
              "0 0 1 0 1 2 0 1 2 3");
        CHECK_INT(b.drops, 1);
    }
    SHOWS(pila_chain_from_fn(pila_failed(PILA_EIO), &pila_i64, count_up, &s),
          "PILA_EIO");
    for (int k = 1; k <= 4; k++) {
        box b = box_of(4, 2);
        s = (nest){0, k, PILA_EINDEX, NULL, NULL, false};
        static const char *const want[] = {"PILA_EINDEX", "PILA_EINDEX",
                                           "0 PILA_EINDEX", "0 0 1 PILA_EINDEX"};
        SHOWS(pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s), want[k - 1]);
        CHECK_INT(b.drops, 1);
    }
    box b = box_of(3, 2);
    s = (nest){0, 0, PILA_OK, NULL, &pila_f64, false};
    SHOWS(pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s), "PILA_ETYPE");
    s = (nest){0, 0, PILA_OK, NULL, NULL, true};
    SHOWS(pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s), "PILA_EIO");
    s = (nest){0};
    pila_iter it = pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s);
    CHECK_INT(s.calls, 0);
    CHECK(pila_next_item(&it));
    CHECK_INT(s.calls, 2); /* of 0, which has none, and of 1 */
    pila_iter_drop(&it);
    it = pila_chain_from_fn(box_iter(&b), &pila_i64, count_up, &s);
    s.again = &it;
    CHECK(pila_next_item(&it) == NULL);
    CHECK_STATUS(it.status, PILA_EVALUE);
    pila_iter_drop(&it);
}

static pila_status sweep_nested(void *ctx)
{
    static const int64_t v[] = {1, 2, 3, 4};
    pila_tuple array;
    nest s = {0};
    int64_t sum = 0;

    (void)ctx;
    CHECK_OK(pila_tuple_array(&array, &pila_i64, 2));
    pila_iter it = pila_chain_from_iterable(pila_span(v, 2, &array.type));
    it = pila_chain_from_fn(it, &pila_i64, count_up, &s);
    PILA_FOR(int64_t, x, &it) sum += *x;
    pila_status st = pila_iter_outcome(&it);
    if (st == PILA_OK) CHECK_INT(sum, 0 + 1 + 3 + 6);
    pila_iter_drop(&it);
    return st;
}

static void test_every_allocation_of_nested_ones_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_nested, NULL);
}

static void test_hints_saturate(void **state)
{
    static const pila_iter_ops ops = {endless_refill, NULL, endless_hint};
    pila_iter endless = pila_iter_make(&pila_i64, &ops, NULL);
    pila_iter it = pila_chain2(endless, endless);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), (int64_t)SIZE_MAX);
    CHECK(pila_next_item(&it));
    CHECK_INT(pila_iter_length_hint(&it), (int64_t)SIZE_MAX);
    pila_iter_drop(&it);
    it = pila_islice(endless, 2, 10, 3);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    CHECK(pila_next_item(&it));
    CHECK_INT(pila_iter_length_hint(&it), 2);
    pila_iter_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_and_filter),
        cmocka_unit_test(test_mappers_to_other_types),
        cmocka_unit_test(test_large_and_over_aligned_items),
        cmocka_unit_test(test_kernels_are_checked_by_size),
        cmocka_unit_test(test_padded_views_stay_padded),
        cmocka_unit_test(test_a_callback_runs_when_asked_for),
        cmocka_unit_test(test_callback_fails_at_k),
        cmocka_unit_test(test_callback_mutates_the_container),
        cmocka_unit_test(test_callback_re_enters_its_iterator),
        cmocka_unit_test(test_what_a_callback_gives_is_dropped),
        cmocka_unit_test(test_reenter_a_chain),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_enumerate),
        cmocka_unit_test(test_enumerate_stops_at_the_last_index),
        cmocka_unit_test(test_enumerate_derives_the_type),
        cmocka_unit_test(test_size_overflow_of_a_pair),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_chain_of_chains_is_one),
        cmocka_unit_test(test_chain_passes_faults_on),
        cmocka_unit_test(test_chain_depth_1e6),
        cmocka_unit_test(test_islice_consumes_as_python),
        cmocka_unit_test(test_islice_faults_and_sizes),
        cmocka_unit_test(test_a_shared_source_is_never_read_ahead),
        cmocka_unit_test(test_ref_ends_with_its_source),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_a_failed_constructor_flows_through),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_every_allocation_of_a_chain_fails),
        cmocka_unit_test(test_random_pipelines_against_a_model),
        cmocka_unit_test(test_enumerate_cuts_a_large_window),
        cmocka_unit_test(test_a_chain_has_one_type),
        cmocka_unit_test(test_a_chain_outlives_the_source_that_gave_its_type),
        cmocka_unit_test(test_chain_from_rows_and_arrays),
        cmocka_unit_test(test_chain_from_fn),
        cmocka_unit_test(test_every_allocation_of_nested_ones_fails),
        cmocka_unit_test(test_hints_saturate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
