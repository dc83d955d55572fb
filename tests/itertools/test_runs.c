/* test_runs.c - neighbours and runs: rows made by CPython, over items of four kinds
 * from a source that spoils its last window at every call; and the copies that are
 * held. */
#include "feeds.h"

#include <math.h>

#include <pila/core/keep.h>
#include <pila/itertools/runs.h>

/* ---- what comes out, as text ---- */

static struct {
    char text[1 << 16];
    size_t used;
} said;

static void say(const char *text)
{
    size_t n = strlen(text);

    CHECK(said.used + n + 1 < sizeof said.text);
    memcpy(said.text + said.used, text, n + 1);
    said.used += n;
}

static void say_nothing(void) { said.text[said.used = 0] = '\0'; }

/* As repr, without quotes and what makes TEXT long. */
static void say_item(const pila_type *type, const void *item)
{
    pila_buf out = {0};

    CHECK_OK(pila_type_repr(type, item, &out));
    for (size_t k = 0; k < out.len; k++) {
        char c[2] = {out.data[k], '\0'};
        if (c[0] == '\'') continue;
        if (strchr("0123456789-(), .einfa", c[0]) == NULL) continue;
        if (c[0] == ' ' && k && out.data[k - 1] != ',') continue;
        if (strchr("einfa", c[0]) && type->kind != PILA_KIND_F64) continue;
        say(c);
    }
    pila_buf_done(&out);
}

/* All items, with the count of those pulled where it is asked for; dropped. */
static void say_all(pila_iter it, const feed *counted)
{
    char text[64];

    for (;;) {
        const void *item = pila_next_item(&it);
        if (said.used) say(" ");
        if (item) say_item(it.type, item);
        else
            say(it.status == PILA_END      ? "END"
                : it.status == PILA_EVALUE ? "ValueError"
                                           : pila_status_name(it.status));
        if (counted) {
            snprintf(text, sizeof text, "@%zu", counted->at);
            say(text);
        }
        if (!item) break;
    }
    CHECK(pila_next_item(&it) == NULL);
    pila_iter_drop(&it);
}

/* ---- the operations ---- */

typedef enum op_id {
    PAIRWISE,
    SLIDING,
    BATCHED,
    STRICT,
    SUM,
    SUM_FROM,
    PRODUCT,
    PRODUCT_FROM,
    MOST,
    JUSTSEEN,
    JUSTSEEN_TENS,
    OPS
} op_id;

#include "runs_rows.h"

PILA_FOLD(product, int64_t, int64_t, acc, x, acc *x)
PILA_FOLD(longest, pila_str, pila_str, acc, x, x.len > acc.len ? x : acc)
PILA_FOLD(halves, double, int64_t, acc, x, acc + (double)x / 2)
PILA_MAPPER(tens, int64_t, int64_t, x, x / 10)
PILA_MAPPER(first_letter, pila_str, pila_str, s, pila_str_of(s.ptr, s.len ? 1 : 0))
PILA_PREDICATE(odd, int64_t, x, x % 2 != 0)

typedef struct plan {
    long calls, fail_at;
    void (*hook)(void *ctx);
    void *ctx;
} plan;

static pila_status plan_step(plan *p)
{
    if (!p) return PILA_OK;
    if (++p->calls == p->fail_at) return PILA_EUSER;
    if (p->hook) p->hook(p->ctx);
    return PILA_OK;
}

typedef struct most_ctx {
    plan *plan;
    const pila_type *type;
} most_ctx;

/* One of the two as it is: a copy of what owns, the same view of what shows. */
static pila_status most_fn(void *ctx, const void *acc, const void *item, void *out)
{
    most_ctx *m = ctx;
    pila_status st = plan_step(m->plan);

    if (st != PILA_OK) return st;
    if (number(m->type, item) > number(m->type, acc)) acc = item;
    return pila_type_copy(m->type, out, acc);
}

static pila_status tens_fn(void *ctx, const void *item, void *out)
{
    const most_ctx *m = ctx;
    int64_t key = number(m->type, item) / 10;
    pila_status st = plan_step(m->plan);

    if (st == PILA_OK) memcpy(out, &key, sizeof key);
    return st;
}

/* Whether an operation is one of this kind of items. */
static bool has_op(op_id op, face_id face)
{
    return face == INT || op < SUM || op == MOST || op > MOST;
}

static pila_iter make(op_id op, int64_t n, pila_iter src, most_ctx *ctx)
{
    static most_ctx none;

    if (!ctx) {
        none.plan = NULL;
        none.type = src.type;
        ctx = &none;
    }
    switch (op) {
    case PAIRWISE: return pila_pairwise(src);
    case SLIDING: return pila_sliding_window(src, (size_t)n);
    case BATCHED: return pila_batched(src, (size_t)n);
    case STRICT: return pila_batched_strict(src, (size_t)n);
    case SUM: return pila_accumulate_sum(src, NULL);
    case SUM_FROM: return pila_accumulate_sum(src, &n);
    case PRODUCT: return pila_accumulate(src, product, NULL);
    case PRODUCT_FROM: return pila_accumulate(src, product, &n);
    case MOST: return pila_accumulate_fn(src, src.type, most_fn, ctx, NULL);
    case JUSTSEEN: return pila_unique_justseen(src);
    case JUSTSEEN_TENS:
        return src.type == &pila_i64 && !ctx->plan
                   ? pila_unique_justseen_key(src, tens)
                   : pila_unique_justseen_fn(src, &pila_i64, tens_fn, ctx);
    default: return pila_failed(PILA_END);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (const struct step_row *r = step_rows; r < step_rows + COUNT_OF(step_rows);
         r++) {
        ROW(r->promise);
        for (face_id face = INT; face < FACES; face++) {
            if (!has_op(r->op, face)) continue;
            for (size_t window = 1; window <= 12; window += window == 1 ? 1 : 3) {
                feed f = feed_of(face, r->items, r->count, window);
                check_alloc_start();
                say_nothing();
                say_all(make(r->op, r->n, feed_iter(&f), NULL),
                        window == 1 ? &f : NULL);
                assert_string_equal(said.text,
                                    window == 1 ? r->steps : uncounted(r->steps));
                CHECK_INT(f.drops, 1);
                check_alloc_stop();
            }
        }
    }
    CHECK_INT(boxes.live, 0);
    ROW(NULL);
}

/* A shared source: what is not asked for stays there. */
static void test_rows_over_a_shared_source(void **state)
{
    (void)state;
    for (const struct step_row *r = step_rows; r < step_rows + COUNT_OF(step_rows);
         r++) {
        ROW(r->promise);
        for (face_id face = INT; face < FACES; face++) {
            if (!has_op(r->op, face)) continue;
            feed f = feed_of(face, r->items, r->count, 12);
            pila_iter all = feed_iter(&f);
            say_nothing();
            say_all(make(r->op, r->n, pila_ref(&all), NULL), NULL);
            assert_string_equal(said.text, uncounted(r->steps));
            pila_iter_drop(&all);
        }
    }
    ROW(NULL);
}

/* Held items are copies before others may move a shared source. */
static void test_others_move_a_shared_source(void **state)
{
    static const int64_t v[] = {1, 2, 3, 3, 5, 6, 7, 8};
    static const struct {
        op_id op;
        const char *want;
    } rows[] = {
        {PAIRWISE, "(1, 2) (2, 4) (4, 6) (6, 8)"},
        {MOST, "1 3 5 7"},
        {JUSTSEEN, "1 3 5 7"},
        {JUSTSEEN_TENS, "1"},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        for (face_id face = INT; face < FACES; face++) {
            static int64_t w[8];
            memcpy(w, v, sizeof v);
            if (k == 0) w[3] = 4;
            feed f = feed_of(face, w, 8, 1);
            pila_iter all = feed_iter(&f),
                      it = make(rows[k].op, 0, pila_ref(&all), NULL);
            say_nothing();
            for (const void *item; (item = pila_next_item(&it));) {
                if (said.used) say(" ");
                say_item(it.type, item);
                pila_next_item(&all); /* one goes by us, and spoils the window */
            }
            assert_string_equal(said.text, rows[k].want);
            pila_iter_drop(&it);
            pila_iter_drop(&all);
        }
    }
}

/* ---- groupby ---- */

static void say_step(const feed *f, const plan *p)
{
    char text[64];

    snprintf(text, sizeof text, p ? "@%zu/%ld" : "@%zu", f->at, p ? p->calls : 0);
    say(text);
}

static void run_script(pila_iter it, const char *script, const feed *f, const plan *p)
{
    size_t size = it.type->size;
    pila_iter groups[2];

    groups[0] = groups[1] = pila_failed(PILA_END);
    say_nothing();
    for (; *script; script++) {
        const pila_pair *pair = pila_pair_of(it.type);
        if (said.used) say(" ");
        if (*script == 'o') {
            const char *entry = pila_next(&it, size);
            if (entry) {
                say_item(pair->first, entry);
                say(":");
                groups[0] = groups[1];
                memcpy(&groups[1], entry + pair->second_at, sizeof groups[1]);
            }
            if (!entry) say("END");
        } else {
            pila_iter *group = &groups[*script == 'g'];
            const void *item = pila_next_item(group);
            if (item) say_item(group->type, item);
            else
                say(group->status == PILA_END ? "END"
                                              : pila_status_name(group->status));
        }
        if (f) say_step(f, p);
    }
    pila_iter_drop(&it);
}

static void test_groupby_rows(void **state)
{
    (void)state;
    for (const struct group_row *r = group_rows; r < group_rows + COUNT_OF(group_rows);
         r++) {
        ROW(r->script);
        for (int turn = 0; turn < 2 * FACES + 2; turn++) {
            face_id face = turn < 2 * FACES ? (face_id)(turn / 2) : INT;
            size_t window = turn % 2 ? 5 : 1;
            feed f = feed_of(face, r->items, r->count, window);
            plan p = {0};
            most_ctx ctx = {&p, face_types[face]};
            check_alloc_start();
            pila_iter it =
                !r->keyed ? pila_groupby(feed_iter(&f))
                : turn >= 2 * FACES
                    ? pila_groupby_key(feed_iter(&f), tens)
                    : pila_groupby_fn(feed_iter(&f), &pila_i64, tens_fn, &ctx);
            bool counts = window == 1 && turn < 2 * FACES;
            run_script(it, r->script, counts ? &f : NULL, r->keyed ? &p : NULL);
            assert_string_equal(said.text, counts ? r->steps : uncounted(r->steps));
            check_alloc_stop();
        }
    }
    CHECK_INT(boxes.live, 0);
    ROW(NULL);
}

/* All groups kept, as list(groupby(...)) does: every one is empty. */
static void test_groups_die_with_their_turn(void **state)
{
    static const int64_t v[] = {1, 1, 1, 2, 2, 3, 3, 3};
    struct entry {
        int64_t key;
        pila_iter group;
    };
    pila_iter kept[3], half;
    int n = 0;

    (void)state;
    pila_iter it = pila_groupby(pila_span(v, 8, &pila_i64));
    PILA_FOR(struct entry, e, &it) {
        kept[n] = e->group;
        half = e->group;
        CHECK(pila_next_item(&half)); /* a copy that has been read from */
        if (n++ == 0) {
            CHECK_INT(*(const int64_t *)pila_next_item(&half), 1);
            CHECK_INT(*(const int64_t *)pila_next_item(&half), 1);
            CHECK(pila_next_item(&half) == NULL);    /* the three are taken ... */
            CHECK(pila_next_item(&kept[0]) == NULL); /* ... for all copies */
        }
    }
    CHECK_INT(n, 3);
    CHECK_STATUS(it.status, PILA_END);
    for (int k = 0; k < n; k++) {
        CHECK(pila_next_item(&kept[k]) == NULL);
        CHECK_STATUS(kept[k].status, PILA_END);
    }
    pila_iter_drop(&it);
}

static void test_groupby_by_text(void **state)
{
    static const int64_t v[] = {12, 17, 2, 25, 31, 300};
    feed f = feed_of(VIEW, v, 6, 2);
    pila_iter it = pila_groupby_key(feed_iter(&f), first_letter);

    (void)state;
    run_script(it, "oggogogoggog", NULL, NULL);
    assert_string_equal(said.text, "1: 12 17 2: 2 3: 31 END END END END END");
    f = feed_of(VIEW, v, 6, 4);
    run_script(pila_groupby_key(feed_iter(&f), first_letter), "oooo", NULL, NULL);
    assert_string_equal(said.text, "1: 2: 3: END");
}

/* ---- numbers ---- */

static void test_sums_of_every_kind(void **state)
{
    const int8_t i8[] = {-128, -128, 127};
    const uint8_t u8[] = {255, 255, 1};
    const int16_t i16[] = {-32768, -1, 5};
    const uint16_t u16[] = {65535, 1, 1};
    const int32_t i32[] = {INT32_MAX, INT32_MAX, -1};
    const uint32_t u32[] = {UINT32_MAX, 1, 1};
    const int64_t i64[] = {INT64_MAX - 1, 1, -5};
    const uint64_t u64[] = {UINT64_MAX - 1, 1, 0};
    const float f32[] = {0.5f, 0.25f, 1};
    const double f64[] = {-0.0, -0.0, 0.1};
    const struct {
        const void *items;
        const pila_type *type, *made;
        const char *want;
    } rows[] = {
        {i8, &pila_i8, &pila_i64, "-128 -256 -129 END"},
        {u8, &pila_u8, &pila_i64, "255 510 511 END"},
        {i16, &pila_i16, &pila_i64, "-32768 -32769 -32764 END"},
        {u16, &pila_u16, &pila_i64, "65535 65536 65537 END"},
        {i32, &pila_i32, &pila_i64, "2147483647 4294967294 4294967293 END"},
        {u32, &pila_u32, &pila_i64, "4294967295 4294967296 4294967297 END"},
        {i64, &pila_i64, &pila_i64,
         "9223372036854775806 9223372036854775807 9223372036854775802 END"},
        {u64, &pila_u64, &pila_u64,
         "18446744073709551614 18446744073709551615 18446744073709551615 END"},
        {f32, &pila_f32, &pila_f64, "0.5 0.75 1.75 END"},
        {f64, &pila_f64, &pila_f64, "-0.0 -0.0 0.1 END"},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        pila_iter it =
            pila_accumulate_sum(pila_span(rows[k].items, 3, rows[k].type), NULL);
        CHECK(it.type == rows[k].made || it.type->kind == rows[k].made->kind);
        say_nothing();
        say_all(it, NULL);
        assert_string_equal(said.text, rows[k].want);
    }
}

static void test_sums_end_where_they_do_not_fit(void **state)
{
    const int64_t up[] = {INT64_MAX, 1, -1}, down[] = {-5, INT64_MIN, 7};
    const uint64_t high[] = {1, UINT64_MAX, 0};
    const int64_t one = 1;
    pila_iter all = pila_span(up, 3, &pila_i64);

    (void)state;
    say_nothing();
    say_all(pila_accumulate_sum(pila_ref(&all), NULL), NULL);
    assert_string_equal(said.text, "9223372036854775807 PILA_EOVERFLOW");
    CHECK_INT(*(const int64_t *)pila_next_item(&all), -1); /* two were taken */
    say_nothing();
    say_all(pila_accumulate_sum(pila_span(down, 3, &pila_i64), NULL), NULL);
    assert_string_equal(said.text, "-5 PILA_EOVERFLOW");
    say_nothing();
    say_all(pila_accumulate_sum(pila_span(high, 3, &pila_u64), NULL), NULL);
    assert_string_equal(said.text, "1 PILA_EOVERFLOW");
    say_nothing();
    say_all(pila_accumulate_sum(pila_span(up, 3, &pila_i64), &one), NULL);
    assert_string_equal(said.text, "1 PILA_EOVERFLOW");
}

static void test_folds_and_callbacks(void **state)
{
    static const int64_t v[] = {3, 1, 4444, 15, 9, 26535, 8};
    const double half = 0.5;

    (void)state;
    for (size_t window = 1; window < 8; window += 3) {
        feed f = feed_of(VIEW, v, 7, window);
        say_nothing();
        say_all(pila_accumulate(feed_iter(&f), longest, NULL), NULL);
        assert_string_equal(said.text, "3 3 4444 4444 4444 26535 26535 END");
        pila_str first = pila_cstr("777");
        f = feed_of(VIEW, v, 7, window);
        say_nothing();
        say_all(pila_accumulate(feed_iter(&f), longest, &first), NULL);
        assert_string_equal(said.text, "777 777 777 4444 4444 4444 26535 26535 END");
        f = feed_of(INT, v, 3, window);
        say_nothing();
        say_all(pila_accumulate(feed_iter(&f), halves, &half), NULL);
        assert_string_equal(said.text, "0.5 2.0 2.5 2224.5 END");
        most_ctx ctx = {NULL, &pila_text}; /* views into owned text */
        for (int initial = 0; initial < 2; initial++) {
            pila_string start = pila_string_borrow(pila_cstr("16"));
            f = feed_of(initial ? TEXT : VIEW, v, 7, window);
            say_nothing();
            if (initial) {
                say_all(pila_accumulate_fn(feed_iter(&f), &pila_text, most_fn, &ctx,
                                           &start),
                        NULL);
                assert_string_equal(said.text,
                                    "16 16 16 4444 4444 4444 26535 26535 END");
            } else {
                ctx.type = &pila_view; /* for items; results of no matter */
                say_all(pila_accumulate_fn(feed_iter(&f), &pila_view, most_fn, &ctx,
                                           NULL),
                        NULL);
                assert_string_equal(said.text, "3 3 4444 4444 4444 26535 26535 END");
                ctx.type = &pila_text;
            }
        }
    }
}

static pila_status join_fn(void *ctx, const void *acc, const void *item, void *out)
{
    pila_str a = pila_string_view(acc), b = *(const pila_str *)item;
    char text[256];
    int n =
        snprintf(text, sizeof text, "%.*s%.*s", (int)a.len, a.ptr, (int)b.len, b.ptr);

    (void)ctx;
    return pila_string_init(out, pila_str_of(text, (size_t)n));
}

typedef struct named {
    int64_t n;
    pila_str text;
} named;
PILA_PAIR(named_pair, named, text, &pila_i64, &pila_view);

/* A pair whose text is that of the item: it is copied. */
static pila_status named_fn(void *ctx, const void *acc, const void *item, void *out)
{
    const named *was = acc;
    named made = {was->n + 1, *(const pila_str *)item};

    (void)ctx;
    if (was->n % 2) made.text = was->text;
    memcpy(out, &made, sizeof made);
    return PILA_OK;
}

static void test_accumulate_text(void **state)
{
    static const int64_t v[] = {1, 20, 300};
    feed f = feed_of(VIEW, v, 3, 1);
    named start = {0, {"x", 1}};

    (void)state;
    say_nothing();
    say_all(pila_accumulate_fn(feed_iter(&f), &pila_text, join_fn, NULL, NULL), NULL);
    assert_string_equal(said.text, "1 120 120300 END");
    f = feed_of(VIEW, v, 3, 1);
    say_nothing();
    say_all(pila_accumulate_fn(feed_iter(&f), &named_pair.type, named_fn, NULL, &start),
            NULL);
    assert_string_equal(said.text, "(0, ) (1, 1) (2, 1) (3, 300) END");
}

static void test_nan_is_itself(void **state)
{
    const double v[] = {NAN, NAN, 1, 1, -0.0, 0.0};
    struct run {
        double key;
        int64_t count;
    };
    int64_t counts[8];
    int n = 0;

    (void)state;
    pila_iter it = pila_count_runs(pila_span(v, 6, &pila_f64));
    PILA_FOR(struct run, r, &it) counts[n++] = r->count;
    CHECK_INT(n, 3);
    CHECK(counts[0] == 2 && counts[1] == 2 && counts[2] == 2);
    pila_iter_drop(&it);
}

/* ---- faults, changes, re-entry ---- */

/* A count of what comes before the end, and the end. */
static pila_status drained(pila_iter *it, int *n)
{
    for (*n = 0; pila_next_item(it); ++*n) {}
    return it->status;
}

static const int64_t ten[] = {0, 1, 1, 2, 3, 13, 14, 14, 15, 25};

static void test_faults_of_the_source(void **state)
{
    (void)state;
    for (op_id op = PAIRWISE; op < OPS; op++) {
        for (face_id face = INT; face < FACES; face++) {
            if (!has_op(op, face)) continue;
            for (size_t at = 1; at <= 10; at++) {
                feed f = feed_of(face, ten, 10, 1), g = feed_of(face, ten, at - 1, 1);
                int n, want;
                f.fail_at = at;
                f.fault = PILA_EIO;
                check_alloc_start();
                pila_iter it = make(op, 3, feed_iter(&f), NULL);
                CHECK_STATUS(drained(&it, &n), PILA_EIO);
                CHECK_INT(f.refills, at);
                CHECK(!pila_next_item(&it));
                pila_iter_drop(&it);
                it = make(op == STRICT ? BATCHED : op, 3, feed_iter(&g), NULL);
                drained(&it, &want);
                pila_iter_drop(&it);
                if (op == BATCHED || op == STRICT) want = (int)(at - 1) / 3;
                CHECK_INT(n, want);
                check_alloc_stop();
            }
        }
    }
}

static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (op_id op = PAIRWISE; op < OPS; op++) {
        for (size_t window = 1; window < 12; window += 9) {
            feed f = feed_of(INT, ten, 10, window);
            pila_iter it = make(op, 3, feed_iter(&f), NULL);
            CHECK(pila_next_item(&it));
            f.version++;
            if (op != SUM_FROM && op != PRODUCT_FROM) CHECK(!pila_next_item(&it));
            int n;
            CHECK_STATUS(drained(&it, &n), PILA_EMUTATED);
            pila_iter_drop(&it);
        }
    }
    feed f = feed_of(INT, ten, 10, 10);
    pila_iter it = pila_groupby(feed_iter(&f)), group;
    const pila_pair *pair = pila_pair_of(it.type);
    memcpy(&group, (const char *)pila_next_item(&it) + pair->second_at, sizeof group);
    f.version++;
    CHECK(!pila_next_item(&group) && group.status == PILA_EMUTATED);
    CHECK(!pila_next_item(&it) && it.status == PILA_EMUTATED);
    pila_iter_drop(&it);
    f = feed_of(INT, ten, 10, 10);
    it = pila_count_runs(feed_iter(&f));
    CHECK(pila_next_item(&it));
    f.version++;
    CHECK(!pila_next_item(&it) && it.status == PILA_EMUTATED);
    pila_iter_drop(&it);
}

static void pull(void *ctx)
{
    CHECK(pila_next_item(ctx) == NULL);
    CHECK_STATUS(((pila_iter *)ctx)->status, PILA_EVALUE);
}

static void test_a_source_re_enters(void **state)
{
    (void)state;
    for (op_id op = PAIRWISE; op < OPS; op++) {
        for (size_t at = 1; at <= 6; at++) {
            feed f = feed_of(BOXED, ten, 10, 1);
            if (!has_op(op, BOXED)) f.face = INT;
            f.hook = pull;
            f.hook_at = at;
            pila_iter it = make(op, 3, feed_iter(&f), NULL);
            f.hook_ctx = &it;
            int n;
            CHECK_STATUS(drained(&it, &n), PILA_EVALUE);
            CHECK(n < (int)at + 1);
            pila_iter_drop(&it);
        }
    }
    CHECK_INT(boxes.live, 0);
    for (int which = 0; which < 2; which++) {
        feed f = feed_of(BOXED, ten, 10, 1);
        f.hook = pull;
        f.hook_at = 3;
        pila_iter it =
            which ? pila_count_runs(feed_iter(&f)) : pila_groupby(feed_iter(&f));
        int n;
        f.hook_ctx = &it;
        CHECK_STATUS(drained(&it, &n), PILA_EVALUE);
        pila_iter_drop(&it);
    }
    CHECK_INT(boxes.live, 0);
}

/* A group asked by the source that it asks, and the groupby by its group's source. */
static void test_a_group_re_enters(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        feed f = feed_of(INT, ten, 10, 1);
        pila_iter it = pila_groupby(feed_iter(&f)), group;
        size_t at = pila_pair_of(it.type)->second_at;
        memcpy(&group, (const char *)pila_next_item(&it) + at, sizeof group);
        CHECK(pila_next_item(&group));
        f.hook = pull;
        f.hook_at = 2;
        f.hook_ctx = which ? &it : &group;
        CHECK(pila_next_item(&group) == NULL);
        CHECK_STATUS(group.status, which ? PILA_END : PILA_EVALUE);
        if (!which) CHECK(pila_next_item(&it) != NULL);
        else CHECK(!pila_next_item(&it) && it.status == PILA_EVALUE);
        pila_iter_drop(&it);
    }
}

static void test_callbacks_fail_at_k(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        for (int which = 0; which < 3; which++) {
            for (long k = 1; k <= 9; k++) {
                feed f = feed_of(face, ten, 10, 4);
                plan p = {0, k, NULL, NULL};
                most_ctx ctx = {&p, face_types[face]};
                pila_iter it =
                    which == 0 ? make(MOST, 0, feed_iter(&f), &ctx)
                    : which == 1
                        ? make(JUSTSEEN_TENS, 0, feed_iter(&f), &ctx)
                        : pila_groupby_fn(feed_iter(&f), &pila_i64, tens_fn, &ctx);
                int n;
                CHECK_STATUS(drained(&it, &n), PILA_EUSER);
                CHECK_INT(p.calls, k);
                if (which == 0) CHECK_INT(n, k);
                pila_iter_drop(&it);
            }
        }
    }
    CHECK_INT(boxes.live, 0);
}

/* A key that fails while the group is read ends the groupby too. */
static void test_a_key_fails_in_the_group(void **state)
{
    feed f = feed_of(INT, ten, 10, 4);
    plan p = {0, 3, NULL, NULL};
    most_ctx ctx = {&p, &pila_i64};
    pila_iter it = pila_groupby_fn(feed_iter(&f), &pila_i64, tens_fn, &ctx);

    (void)state;
    run_script(it, "oggggo", NULL, NULL);
    assert_string_equal(said.text, "0: 0 1 PILA_EUSER PILA_EUSER END");
    CHECK_INT(p.calls, 3);
}

static void test_comparing_and_copying_fail_at_k(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        for (op_id op = PAIRWISE; op < OPS + 2; op++) {
            if (op < OPS && !has_op(op, BOXED)) continue;
            for (long k = 1; k < 40; k++) {
                feed f = feed_of(BOXED, ten, 10, 3);
                boxes.copies = boxes.asked = 0;
                *(which ? &boxes.eq_fails : &boxes.copy_fails) = k;
                pila_iter it = op == OPS + 1 ? pila_groupby(feed_iter(&f))
                               : op == OPS   ? pila_count_runs(feed_iter(&f))
                                             : make(op, 3, feed_iter(&f), NULL);
                int n;
                pila_status st = drained(&it, &n);
                bool failed = (which ? boxes.asked : boxes.copies) >= k;
                CHECK_STATUS(st, failed         ? PILA_EUSER
                                 : op == STRICT ? PILA_EVALUE
                                                : PILA_END);
                boxes.eq_fails = boxes.copy_fails = 0;
                pila_iter_drop(&it);
                CHECK_INT(boxes.live, 0);
                if (!failed) break;
            }
        }
    }
}

static void bump(void *ctx) { ++*(uint64_t *)ctx; }

static void test_comparing_changes_the_container(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        feed f = feed_of(BOXED, ten, 10, 3);
        plan p = {0, 0, bump, &f.version};
        most_ctx ctx = {&p, &boxed_type};
        pila_iter it = which == 0   ? pila_groupby(feed_iter(&f))
                       : which == 1 ? pila_count_runs(feed_iter(&f))
                                    : pila_unique_justseen_fn(feed_iter(&f), &pila_i64,
                                                              tens_fn, &ctx);
        int n;
        boxes.in_eq = bump;
        boxes.ctx = &f.version;
        CHECK_STATUS(drained(&it, &n), PILA_EMUTATED);
        boxes.in_eq = NULL;
        pila_iter_drop(&it);
    }
    CHECK_INT(boxes.live, 0);
}

static void pull_quietly(void *ctx)
{
    boxes.in_drop = NULL;
    CHECK(pila_next_item(ctx) == NULL);
}

static void test_reenter_from_drop(void **state)
{
    (void)state;
    for (op_id op = PAIRWISE; op < OPS + 2; op++) {
        if (op < OPS && !has_op(op, BOXED)) continue;
        for (int after = 1; after < 4; after++) {
            feed f = feed_of(BOXED, ten, 10, 1);
            pila_iter it = op == OPS + 1 ? pila_groupby(feed_iter(&f))
                           : op == OPS   ? pila_count_runs(feed_iter(&f))
                                         : make(op, 3, feed_iter(&f), NULL);
            int n;
            for (n = 0; n < after && pila_next_item(&it); n++) {}
            boxes.ctx = &it;
            boxes.in_drop = pull_quietly;
            CHECK_STATUS(drained(&it, &n), PILA_EVALUE);
            boxes.in_drop = NULL;
            pila_iter_drop(&it);
            CHECK_INT(boxes.live, 0);
        }
    }
}

static void pull_once(void *ctx)
{
    boxes.in_copy = NULL;
    CHECK(pila_next_item(ctx) == NULL);
}

/* What is held is copied by code of the user's, which asks for more. */
static void test_reenter_from_copy(void **state)
{
    (void)state;
    for (op_id op = PAIRWISE; op < OPS + 2; op++) {
        if (op < OPS && !has_op(op, BOXED)) continue;
        feed f = feed_of(BOXED, ten, 10, 1);
        pila_iter it = op == OPS + 1 ? pila_groupby(feed_iter(&f))
                       : op == OPS   ? pila_count_runs(feed_iter(&f))
                                     : make(op, 3, feed_iter(&f), NULL);
        int n;
        boxes.ctx = &it;
        boxes.in_copy = pull_once;
        CHECK_STATUS(drained(&it, &n), PILA_EVALUE);
        pila_iter_drop(&it);
        CHECK_INT(boxes.live, 0);
    }
}

/* The first letters of a text, which the item keeps. */
static pila_status letters_fn(void *ctx, const void *item, void *out)
{
    pila_str s = *(const pila_str *)item;

    s.len = *(size_t *)ctx;
    memcpy(out, &s, sizeof s);
    return PILA_OK;
}

static void test_keys_that_show_the_item(void **state)
{
    static const int64_t v[] = {100, 101, 110, 210, 211, 212};

    (void)state;
    for (size_t window = 1; window < 8; window += 3) {
        feed f = feed_of(VIEW, v, 6, window);
        size_t n = 2;
        pila_iter it = pila_groupby_fn(feed_iter(&f), &pila_view, letters_fn, &n);
        run_script(it, "oggogggoggggo", NULL, NULL);
        assert_string_equal(said.text,
                            "10: 100 101 11: 110 END END 21: 210 211 212 END END");
        n = 1;
        f = feed_of(VIEW, v, 6, window);
        say_nothing();
        say_all(pila_unique_justseen_fn(feed_iter(&f), &pila_view, letters_fn, &n),
                NULL);
        assert_string_equal(said.text, "100 210 END");
        f = feed_of(VIEW, v, 6, window);
        say_nothing();
        say_all(pila_unique_justseen_key(feed_iter(&f), first_letter), NULL);
        assert_string_equal(said.text, "100 210 END");
    }
}

static void test_rows_of_other_sizes(void **state)
{
    const int32_t v[] = {1, 2, 3, 4};
    const int64_t w[] = {1, 2, 3, 4};

    (void)state;
    say_nothing();
    say_all(pila_pairwise(pila_span(v, 4, &pila_i32)), NULL);
    assert_string_equal(said.text, "(1, 2) (2, 3) (3, 4) END");
    say_nothing();
    say_all(pila_sliding_window(pila_span(w, 4, &pila_i64), 3), NULL);
    assert_string_equal(said.text, "(1, 2, 3) (2, 3, 4) END");
    say_nothing();
    say_all(pila_sliding_window(pila_span(v, 4, &pila_i32), 1), NULL);
    assert_string_equal(said.text, "(1,) (2,) (3,) (4,) END");
}

/* ---- constructors ---- */

static void test_a_failed_constructor_flows_through(void **state)
{
    const int64_t one = 1;
    const double real = 1;
    const pila_str text = {"a", 1};
    feed f;
    pila_iter it;

    (void)state;
    for (op_id op = PAIRWISE; op < OPS; op++) {
        it = make(op, 3, pila_failed(PILA_EIO), NULL);
        CHECK_STATUS(it.status, PILA_EIO);
        it = make(op, 3, pila_failed(PILA_END), NULL);
        CHECK(op == PRODUCT_FROM || it.status == PILA_END);
        pila_iter_drop(&it);
    }
    say_nothing();
    say_all(make(PRODUCT_FROM, 3, pila_failed(PILA_END), NULL), NULL);
    assert_string_equal(said.text, "3 END");
    most_ctx ctx = {NULL, &pila_i64};
    say_nothing();
    say_all(pila_accumulate_fn(pila_failed(PILA_END), &pila_i64, most_fn, &ctx, &one),
            NULL);
    assert_string_equal(said.text, "1 END");
    CHECK_STATUS(pila_groupby(pila_failed(PILA_EIO)).status, PILA_EIO);
    CHECK_STATUS(pila_count_runs(pila_failed(PILA_EIO)).status, PILA_EIO);
#define REFUSED(why, made)                                                             \
    f = feed_of(INT, ten, 10, 1);                                                      \
    CHECK_STATUS((made).status, why);                                                  \
    CHECK_INT(f.drops, 1)
    REFUSED(PILA_EVALUE, pila_sliding_window(feed_iter(&f), 0));
    REFUSED(PILA_EOVERFLOW, pila_sliding_window(feed_iter(&f), SIZE_MAX));
    REFUSED(PILA_EOVERFLOW, pila_sliding_window(feed_iter(&f), SIZE_MAX / 8));
    REFUSED(PILA_ENOMEM, pila_sliding_window(feed_iter(&f), PTRDIFF_MAX / 8));
    REFUSED(PILA_EVALUE, pila_batched(feed_iter(&f), 0));
    REFUSED(PILA_EVALUE, pila_batched_strict(feed_iter(&f), 0));
    REFUSED(PILA_ETYPE, pila_accumulate(feed_iter(&f), halves, NULL));
    REFUSED(PILA_ETYPE, pila_accumulate(feed_iter(&f), longest, &text));
    REFUSED(PILA_ETYPE,
            pila_accumulate_fn(feed_iter(&f), &pila_f64, most_fn, &ctx, NULL));
    REFUSED(PILA_ETYPE, pila_groupby_key(feed_iter(&f), odd));
    REFUSED(PILA_ETYPE, pila_groupby_key(feed_iter(&f), first_letter));
#undef REFUSED
    (void)real;
    f = feed_of(VIEW, ten, 10, 1);
    CHECK_STATUS(pila_accumulate_sum(feed_iter(&f), NULL).status, PILA_ETYPE);
    void *p = NULL;
    CHECK_STATUS(pila_accumulate_sum(pila_span(&p, 1, &pila_ptr), NULL).status,
                 PILA_ETYPE);
    CHECK_STATUS(pila_accumulate_sum(pila_span(&text, 1, &boxed_type), NULL).status,
                 PILA_ETYPE);
}

/* No eq: the fault comes with the item that would be compared. */
static void test_items_that_do_not_compare(void **state)
{
    static const pila_type plain = PILA_PLAIN_TYPE(int64_t);
    struct run {
        int64_t key, count;
    };

    (void)state;
    for (int which = 0; which < 3; which++) {
        pila_iter src = pila_span(ten, 3, &plain);
        pila_iter it = which == 0   ? pila_groupby(src)
                       : which == 1 ? pila_count_runs(src)
                                    : pila_unique_justseen(src);
        int n;
        CHECK_STATUS(drained(&it, &n), PILA_ETYPE);
        CHECK_INT(n, which != 1);
        pila_iter_drop(&it);
    }
}

static void test_a_batch_of_any_size(void **state)
{
    int64_t many[1000];
    feed f;

    (void)state;
    for (int k = 0; k < 1000; k++) many[k] = k;
    for (face_id face = INT; face < FACES; face++) {
        f = feed_of(face, many, 1000, 7);
        pila_iter it = pila_batched(feed_iter(&f), SIZE_MAX);
        const pila_row *row = pila_next_item(&it);
        CHECK(row && row->n == 1000);
        for (size_t k = 0; k < 1000; k++)
            CHECK_INT(number(face_types[face],
                             (const char *)row->items + k * face_types[face]->size),
                      k);
        CHECK(!pila_next_item(&it) && it.status == PILA_END);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_batched(pila_span(many, 1000, &pila_i64), 1);
    size_t n = 0;
    PILA_FOR(pila_row, row, &it)
        CHECK(row->n == 1 && *(const int64_t *)row->items == (int64_t)n++);
    CHECK_INT(n, 1000);
    pila_iter_drop(&it);
}

typedef struct over {
    _Alignas(64) int64_t x;
} over;
PILA_FOLD(over_last, over, over, acc, x, ((over){acc.x + x.x}))

static pila_status over_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    CHECK((uintptr_t)a % 64 == 0);
    *out = memcmp(a, b, sizeof(int64_t)) == 0;
    return PILA_OK;
}

static void test_over_aligned_items(void **state)
{
    static over v[7];
    pila_type type = PILA_PLAIN_TYPE(over);
    struct pair {
        over a, b;
    };
    struct run {
        over key;
        int64_t count;
    };
    int64_t n = 0;

    (void)state;
    type.eq = over_eq;
    for (int k = 0; k < 7; k++) v[k].x = k / 2;
    pila_iter all = pila_span(v, 7, &type), it = pila_pairwise(pila_ref(&all));
    PILA_FOR(struct pair, p, &it)
        CHECK((uintptr_t)p % 64 == 0 && p->a.x == n / 2 && p->b.x == ++n / 2);
    CHECK_INT(n, 6);
    pila_iter_drop(&it);
    all = pila_span(v, 7, &type);
    it = pila_batched(pila_ref(&all), 4);
    n = 0;
    PILA_FOR(pila_row, r, &it) {
        CHECK((uintptr_t)r->items % 64 == 0);
        n += (int64_t)r->n;
    }
    CHECK_INT(n, 7);
    pila_iter_drop(&it);
    n = 0;
    it = pila_accumulate(pila_span(v, 7, &type), over_last, NULL);
    PILA_FOR(over, o, &it) n = o->x;
    CHECK_INT(n, 9);
    pila_iter_drop(&it);
    n = 0;
    it = pila_count_runs(pila_span(v, 7, &type));
    PILA_FOR(struct run, r, &it) CHECK(r->key.x == n++ && r->count == (n < 4 ? 2 : 1));
    CHECK_INT(n, 4);
    pila_iter_drop(&it);
}

static void test_hints(void **state)
{
    static const struct {
        op_id op;
        size_t n, want;
    } rows[] = {{PAIRWISE, 0, 9},  {SLIDING, 4, 7},  {SLIDING, 11, 0},
                {BATCHED, 3, 4},   {BATCHED, 5, 2},  {SUM, 0, 10},
                {SUM_FROM, 0, 11}, {PRODUCT, 0, 10}, {PRODUCT_FROM, 0, 11},
                {MOST, 0, 10}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        feed f = feed_of(INT, ten, 10, 2);
        pila_iter it = make(rows[k].op, (int64_t)rows[k].n, feed_iter(&f), NULL);
        size_t hint = pila_iter_length_hint(&it), n = 0;
        CHECK_INT(hint, rows[k].want);
        while (pila_next_item(&it)) n++;
        CHECK_INT(n, rows[k].want);
        pila_iter_drop(&it);
        f = feed_of(INT, ten, 0, 2);
        it = make(rows[k].op, (int64_t)rows[k].n, feed_iter(&f), NULL);
        f.n = SIZE_MAX;
        hint = pila_iter_length_hint(&it);
        CHECK(hint == SIZE_MAX);
        f.n = 0;
        pila_iter_drop(&it);
    }
    int64_t one = 1;
    most_ctx ctx = {NULL, &pila_i64};
    feed f = feed_of(INT, ten, 10, 2);
    pila_iter it = pila_accumulate_fn(feed_iter(&f), &pila_i64, most_fn, &ctx, &one);
    CHECK_INT(pila_iter_length_hint(&it), 11);
    pila_iter_drop(&it);
}

/* ---- allocations ---- */

typedef struct sweep {
    op_id op;
    face_id face;
    size_t window;
} sweep;

static pila_status sweep_run(void *ctx)
{
    const sweep *s = ctx;
    feed f = feed_of(s->face, ten, 10, s->window);
    most_ctx most = {NULL, face_types[s->face]};
    pila_iter it = s->op == OPS       ? pila_count_runs(feed_iter(&f))
                   : s->op == OPS + 1 ? pila_groupby(feed_iter(&f))
                   : s->op == OPS + 2
                       ? pila_groupby_fn(feed_iter(&f), &pila_i64, tens_fn, &most)
                       : make(s->op, 3, feed_iter(&f), NULL);
    int n;
    pila_status st = drained(&it, &n);

    pila_iter_drop(&it);
    CHECK_INT(f.drops, 1);
    return st == PILA_EVALUE ? PILA_OK : st == PILA_END ? PILA_OK : st;
}

/* Text as results, with and without one to start from, by a fold and by a callback. */
static pila_status sweep_text(void *ctx)
{
    pila_str start = pila_cstr("1");
    most_ctx most = {NULL, &pila_view};
    pila_status st = PILA_END;
    size_t letters = 1;
    int n;

    for (int which = 0; which < 5 && st == PILA_END; which++) {
        feed f = feed_of(VIEW, ten, 10, *(size_t *)ctx);
        pila_iter src = feed_iter(&f);
        const pila_str *initial = which % 2 ? &start : NULL;
        pila_iter it =
            which < 2   ? pila_accumulate(src, longest, initial)
            : which < 4 ? pila_accumulate_fn(src, &pila_view, most_fn, &most, initial)
                        : pila_groupby_fn(src, &pila_view, letters_fn, &letters);
        st = drained(&it, &n);
        pila_iter_drop(&it);
        CHECK_INT(f.drops, 1);
    }
    return st == PILA_END ? PILA_OK : st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (size_t window = 1; window < 12; window += 4)
        check_alloc_sweep(sweep_text, &window);
    for (op_id op = PAIRWISE; op < OPS + 3; op++)
        for (face_id face = INT; face < FACES; face++)
            for (size_t window = 1; window < 12; window += 4) {
                sweep s = {op, face, window};
                if (op < OPS && !has_op(op, face)) continue;
                check_alloc_sweep(sweep_run, &s);
            }
    CHECK_INT(boxes.live, 0);
}

/* ---- random runs against a model ---- */

static void model_item(int64_t x)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)x);
    say(text);
}

static void model_tuple(const int64_t *v, size_t n)
{
    say("(");
    for (size_t k = 0; k < n; k++) {
        if (k) say(", ");
        model_item(v[k]);
    }
    say(n == 1 ? ",) " : ") ");
}

static void model_count(int64_t key, size_t n)
{
    int64_t both[2] = {key, (int64_t)n};

    model_tuple(both, 2);
}

/* What an operation yields, from the whole array. */
static void model(int which, const int64_t *v, size_t count, size_t n)
{
    size_t k = 0;

    if (which == 0)
        for (; k + n <= count; k++) model_tuple(v + k, n);
    else if (which == 1)
        for (; k < count; k += n) model_tuple(v + k, count - k < n ? count - k : n);
    else
        while (k < count) {
            size_t end = k;
            while (end < count && v[end] == v[k]) end++;
            if (which == 2) model_count(v[k], end - k);
            else {
                model_item(v[k]);
                say(" ");
            }
            k = end;
        }
    say("END");
}

static bool agrees(check_rng *r, bool planted)
{
    static char want[1 << 16];
    int64_t v[200];
    size_t count = check_rng_below(r, 200), n = 1 + check_rng_below(r, 6);
    size_t alike = 1 + check_rng_below(r, 4);
    int which = (int)check_rng_below(r, 4);
    feed f = feed_of((face_id)check_rng_below(r, FACES), v, count,
                     1 + check_rng_below(r, FEED_MOST));

    for (size_t k = 0; k < count; k++) v[k] = (int64_t)check_rng_below(r, alike);
    say_nothing();
    model(which, v, count, n);
    memcpy(want, said.text, said.used + 1);
    if (planted && count) v[check_rng_below(r, count)] ^= 1;
    pila_iter src = feed_iter(&f);
    say_nothing();
    say_all(which == 0   ? pila_sliding_window(src, n)
            : which == 1 ? pila_batched(src, n)
            : which == 2 ? pila_count_runs(src)
                         : pila_unique_justseen(src),
            NULL);
    return strcmp(want, said.text) == 0;
}

static void test_random_run(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 4000; turn++) CHECK(agrees(&r, false));
    for (int turn = 0; turn < 200; turn++) caught += !agrees(&r, true);
    CHECK(caught > 150); /* the planted fault */
    CHECK_INT(boxes.live, 0);
}

/* Windows larger than ours, of plain numbers in memory. */
static void test_large_windows(void **state)
{
    static int64_t many[10000];
    struct run {
        int64_t key, count;
    };
    struct pair {
        int64_t a, b;
    };
    int64_t n = 0, sum = 0;

    (void)state;
    for (int k = 0; k < 10000; k++) many[k] = k / 3;
    pila_iter it = pila_count_runs(pila_span(many, 10000, &pila_i64));
    PILA_FOR(struct run, r, &it) CHECK(r->key == n++ && r->count == (n < 3334 ? 3 : 1));
    CHECK_INT(n, 3334);
    pila_iter_drop(&it);
    n = 0;
    it = pila_unique_justseen(pila_span(many, 10000, &pila_i64));
    PILA_FOR(int64_t, x, &it) CHECK(*x == n++);
    CHECK_INT(n, 3334);
    pila_iter_drop(&it);
    n = 0;
    it = pila_pairwise(pila_span(many, 10000, &pila_i64));
    PILA_FOR(struct pair, p, &it) CHECK(p->a == n / 3 && p->b == ++n / 3);
    CHECK_INT(n, 9999);
    pila_iter_drop(&it);
    it = pila_accumulate_sum(pila_span(many, 10000, &pila_i64), NULL);
    n = 0;
    PILA_FOR(int64_t, x, &it) CHECK(*x == (sum += many[n++]));
    CHECK_INT(n, 10000);
    pila_iter_drop(&it);
    it = pila_accumulate(pila_span(many, 10000, &pila_i64), halves, &(double){0});
    n = 0;
    PILA_FOR(double, x, &it) n++;
    CHECK_INT(n, 10001);
    pila_iter_drop(&it);
    it = pila_groupby_key(pila_span(many, 10000, &pila_i64), tens);
    int groups = 0;
    while (pila_next_item(&it)) groups++;
    CHECK_INT(groups, 334);
    pila_iter_drop(&it);
}

/* Kinds that have a loop of their own, and one that has not. */
static void test_runs_of_each_kind(void **state)
{
    const int32_t i32[] = {1, 1, 2};
    const uint8_t u8[] = {1, 1, 2};
    const int16_t i16[] = {1, 1, 2};
    const struct {
        const void *items;
        const pila_type *type;
    } rows[] = {{i32, &pila_i32}, {u8, &pila_u8}, {i16, &pila_i16}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        say_nothing();
        say_all(pila_count_runs(pila_span(rows[k].items, 3, rows[k].type)), NULL);
        assert_string_equal(said.text, "(1, 2) (2, 1) END");
        run_script(pila_groupby(pila_span(rows[k].items, 3, rows[k].type)), "ogggogg",
                   NULL, NULL);
        assert_string_equal(said.text, "1: 1 1 END 2: 2 END");
    }
}

/* ---- copies that are held (keep.h) ---- */

typedef struct trio {
    pila_str view;
    boxed box;
    pila_row row;
} trio;

/* pila__keep of what holds everything: each member is good when the first is spoilt. */
static void test_keep_of_a_nested_item(void **state)
{
    char text[] = "spam";
    pila_str words[2] = {{text, 4}, {text + 1, 2}};
    pila_tuple row, all;
    pila_tuple_row(&row, &pila_view);
    pila_member member[3] = {{&pila_view, 0}, {&boxed_type, 0}, {&row.type, 0}};
    pila_buf held = {0};
    trio out[2];

    (void)state;
    boxes.copies = 0;
    CHECK_OK(pila_tuple_struct(&all, member, 3));
    CHECK_INT(all.type.size, sizeof(trio));
    CHECK(!pila__keep_is_plain(&all.type));
    trio in[2] = {{words[0], boxed_of(7), {words, 2}},
                  {words[1], boxed_of(8), {words, 0}}};
    for (long fail = 0; fail < 3; fail++) {
        boxes.copies = 0;
        boxes.copy_fails = fail;
        long live = boxes.live;
        pila_status st = pila__keep(&all.type, out, in, 2, &held);
        CHECK_STATUS(st, fail ? PILA_EUSER : PILA_OK);
        if (fail) {
            CHECK_INT(boxes.live, live);
            continue;
        }
        memset(text, '#', 4);
        memset(words, 0, sizeof words);
        CHECK_TEXT(out[0].view, "spam");
        CHECK_TEXT(out[1].view, "pa");
        CHECK_INT(*out[0].box.at, 7);
        const pila_str *kept = out[0].row.items;
        CHECK_INT(out[0].row.n, 2);
        CHECK_TEXT(kept[0], "spam");
        CHECK_TEXT(kept[1], "pa");
        CHECK_INT(out[1].row.n, 0);
        pila__unkeep(&all.type, out, 2);
        CHECK_INT(boxes.live, live);
        memcpy(text, "spam", 4);
        words[0] = pila_str_of(text, 4);
        words[1] = pila_str_of(text + 1, 2);
    }
    boxes.copy_fails = 0;
    boxed_drop(NULL, &in[0].box);
    boxed_drop(NULL, &in[1].box);
    pila_buf_done(&held);
}

/* A row of what owns: the copies are ours, and so are their drops. */
static void test_keep_of_rows_that_own(void **state)
{
    boxed items[3] = {boxed_of(1), boxed_of(2), boxed_of(3)};
    pila_row in = {items, 3}, out;
    pila_tuple row, array;
    pila_buf held = {0};
    boxed three[3];

    (void)state;
    pila_tuple_row(&row, &boxed_type);
    CHECK_OK(pila_tuple_array(&array, &boxed_type, 3));
    for (long fail = 0; fail <= 3; fail++) {
        boxes.copies = 0;
        boxes.copy_fails = fail;
        CHECK_STATUS(pila__keep(&row.type, &out, &in, 1, &held),
                     fail ? PILA_EUSER : PILA_OK);
        if (!fail) {
            CHECK_INT(*((const boxed *)out.items)[2].at, 3);
            CHECK_INT(boxes.live, 6);
            pila__unkeep(&row.type, &out, 1);
        }
        CHECK_INT(boxes.live, 3);
        boxes.copies = 0;
        CHECK_STATUS(pila__keep(&array.type, three, items, 1, &held),
                     fail ? PILA_EUSER : PILA_OK);
        if (!fail) pila__unkeep(&array.type, three, 1);
        CHECK_INT(boxes.live, 3);
    }
    boxes.copy_fails = 0;
    for (int k = 0; k < 3; k++) boxed_drop(NULL, &items[k]);
    pila_buf_done(&held);
}

/* Pairs, of which either member may fail; and padding behind the last view. */
static void test_keep_of_pairs(void **state)
{
    struct both {
        boxed a, b;
    } in = {boxed_of(1), boxed_of(2)}, out;
    pila_pair pair, numbers;
    pila_buf held = {0};

    (void)state;
    CHECK_OK(pila_pair_init(&pair, &boxed_type, &boxed_type));
    CHECK_OK(pila_pair_init(&numbers, &pila_i64, &pila_f64));
    CHECK(pila__keep_is_plain(&numbers.type) && !pila__keep_is_plain(&pair.type));
    for (long fail = 0; fail <= 2; fail++) {
        boxes.copies = 0;
        boxes.copy_fails = fail;
        CHECK_STATUS(pila__keep(&pair.type, &out, &in, 1, &held),
                     fail ? PILA_EUSER : PILA_OK);
        if (!fail) pila__unkeep(&pair.type, &out, 1);
        CHECK_INT(boxes.live, 2);
    }
    boxes.copy_fails = 0;
    boxed_drop(NULL, &in.a);
    boxed_drop(NULL, &in.b);
    pila_buf_done(&held);
}

/* Whole words may be loaded behind every padded view, the empty one too. */
static void test_keep_pads_views(void **state)
{
    const pila_str views[] = {{NULL, 0}, {"spam", 4}, {"", 0}};
    pila_str out[3];
    pila_buf held = {0};

    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        char room[16];
        CHECK_OK(pila__keep(&pila_view_padded, out, views, n, &held));
        for (size_t k = 0; k < n; k++) {
            CHECK(pila_str_eq(out[k], views[k]));
            memcpy(room, out[k].ptr, sizeof room);
        }
        pila__unkeep(&pila_view_padded, out, n);
    }
    pila_buf_done(&held);
}

/* What is plain, member by member; and what is copied by memcpy then. */
static void test_keep_is_plain(void **state)
{
    pila_tuple numbers, words, with_words, many, row;
    pila_member plain[2] = {{&pila_i8, 0}, {&pila_f64, 0}};
    pila_member mixed[2] = {{&pila_i8, 0}, {&pila_view, 0}};
    pila_member nested[2] = {{&pila_text, 0}, {NULL, 0}};
    pila_pair half;
    pila_str in[2][2] = {{{"a", 1}, {"bc", 2}}, {{"", 0}, {"d", 1}}}, out[2][2];
    pila_buf held = {0};

    (void)state;
    CHECK_OK(pila_tuple_struct(&numbers, plain, 2));
    CHECK_OK(pila_tuple_struct(&words, mixed, 2));
    CHECK_OK(pila_tuple_array(&with_words, &pila_view, 2));
    CHECK_OK(pila_tuple_array(&many, &pila_i64, 4));
    CHECK_OK(pila_pair_init(&half, &pila_i64, &pila_view));
    pila_tuple_row(&row, &pila_i64);
    nested[1].type = &numbers.type;
    CHECK(pila__keep_is_plain(&numbers.type) && pila__keep_is_plain(&many.type));
    CHECK(!pila__keep_is_plain(&words.type) && !pila__keep_is_plain(&with_words.type));
    CHECK(!pila__keep_is_plain(&half.type) && !pila__keep_is_plain(&row.type));
    CHECK(!pila__keep_is_plain(&pila_text) && !pila__keep_is_plain(&pila_view));
    CHECK(pila__keep_is_plain(&pila_i64) && !pila__keep_is_plain(&boxed_type));
    CHECK_OK(pila__keep(&with_words.type, out, in, 2, &held));
    CHECK(out[0][0].ptr != in[0][0].ptr);
    for (int k = 0; k < 4; k++) CHECK(pila_str_eq(out[k / 2][k % 2], in[k / 2][k % 2]));
    pila__unkeep(&with_words.type, out, 2);
    struct owner {
        pila_string text;
        struct {
            int8_t a;
            double b;
        } numbers;
    } one = {pila_string_borrow(pila_cstr("a text that is long enough")), {1, 2}}, two;
    pila_tuple owner;
    CHECK_OK(pila_tuple_struct(&owner, nested, 2));
    CHECK_INT(owner.type.size, sizeof one);
    CHECK_OK(pila__keep(&owner.type, &two, &one, 1, &held));
    CHECK_TEXT(pila_string_view(&two.text), "a text that is long enough");
    CHECK(two.numbers.a == 1 && two.numbers.b == 2);
    pila__unkeep(&owner.type, &two, 1);
    pila_buf_done(&held);
}

/* Sums that wrap in either member of a pair, and in a row on its way. */
static void test_keep_refuses_sums(void **state)
{
    const pila_str huge = {"x", SIZE_MAX - 4}, whole = {"x", SIZE_MAX - 16};
    struct pair {
        pila_str a, b;
    } first = {huge, {"", 0}}, second = {{"", 0}, huge}, out;
    const pila_row rows[] = {{&huge, 1}}, bytes[] = {{NULL, SIZE_MAX - 16}};
    struct row_and {
        pila_str text;
        pila_row row;
    } both = {whole, {&huge, 0}}, copy;
    pila_tuple row, byte_row, tuple;
    pila_member member[2] = {{&pila_view, 0}, {NULL, 0}};
    pila_pair pair;
    pila_row out_row;
    pila_buf held = {0};

    (void)state;
    CHECK_OK(pila_pair_init(&pair, &pila_view, &pila_view));
    pila_tuple_row(&row, &pila_view);
    pila_tuple_row(&byte_row, &pila_u8);
    member[1].type = &row.type;
    CHECK_OK(pila_tuple_struct(&tuple, member, 2));
    CHECK_STATUS(pila__keep(&pair.type, &out, &first, 1, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&pair.type, &out, &second, 1, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&row.type, &out_row, rows, 1, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&byte_row.type, &out_row, bytes, 1, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&tuple.type, &copy, &both, 1, &held), PILA_EOVERFLOW);
    pila_buf_done(&held);
}

static void test_keep_refuses_sizes(void **state)
{
    const pila_str views[] = {{"spam", SIZE_MAX}, {"eggs", 4}};
    const pila_row rows[] = {{NULL, SIZE_MAX / 8}};
    pila_tuple row;
    pila_str out[2];
    pila_buf held = {0};

    (void)state;
    pila_tuple_row(&row, &pila_view);
    CHECK_STATUS(pila__keep(&pila_view, out, views, 2, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&row.type, out, rows, 1, &held), PILA_EOVERFLOW);
    CHECK_STATUS(pila__keep(&pila_view, out, (const pila_str[]){{"x", PTRDIFF_MAX / 2}},
                            1, &held),
                 PILA_ENOMEM);
    pila_buf_done(&held);
}

/* A copy that lengthens what the item shows: there is room for what was measured. */
static pila_status lengthening_copy(void *ctx, void *out, const void *item)
{
    ((pila_str *)ctx)->len = 1000;
    memcpy(out, item, sizeof(int64_t));
    return PILA_OK;
}

static void test_keep_of_what_grows(void **state)
{
    static const char text[1000] = "spam";
    struct counted {
        int64_t n;
        pila_str text;
    } in = {1, {text, 4}}, out;
    pila_type n = PILA_PLAIN_TYPE(int64_t);
    pila_member member[2] = {{&n, 0}, {&pila_view, 0}};
    pila_tuple tuple;
    pila_buf held = {0};

    (void)state;
    n.ctx = &in.text;
    n.copy = lengthening_copy;
    CHECK_OK(pila_tuple_struct(&tuple, member, 2));
    CHECK_STATUS(pila__keep(&tuple.type, &out, &in, 1, &held), PILA_EMUTATED);
    CHECK_OK(pila__keep(&tuple.type, &out, &in, 1, &held));
    CHECK_INT(out.text.len, 1000);
    pila__unkeep(&tuple.type, &out, 1);
    pila_buf_done(&held);
}

/* A window of rows of lines: what is built upon what. */
static void test_adaptors_upon_adaptors(void **state)
{
    static const int64_t v[] = {1, 1, 2, 3, 3, 3, 4};

    (void)state;
    for (size_t window = 1; window < 9; window += 3) {
        for (face_id face = INT; face < FACES; face++) {
            feed f = feed_of(face, v, 7, window);
            say_nothing();
            say_all(pila_pairwise(pila_batched(feed_iter(&f), 2)), NULL);
            assert_string_equal(said.text,
                                "((1, 1), (2, 3)) ((2, 3), (3, 3)) ((3, 3), (4,)) END");
            f = feed_of(face, v, 7, window);
            say_nothing();
            say_all(pila_batched(pila_pairwise(pila_count_runs(feed_iter(&f))), 2),
                    NULL);
            assert_string_equal(said.text, "(((1, 2), (2, 1)), ((2, 1), (3, 3))) "
                                           "(((3, 3), (4, 1)),) END");
            f = feed_of(face, v, 7, window);
            say_nothing();
            say_all(pila_count_runs(pila_sliding_window(feed_iter(&f), 2)), NULL);
            assert_string_equal(said.text, "((1, 1), 1) ((1, 2), 1) ((2, 3), 1) "
                                           "((3, 3), 2) ((3, 4), 1) END");
        }
    }
    CHECK_INT(boxes.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_over_a_shared_source),
        cmocka_unit_test(test_others_move_a_shared_source),
        cmocka_unit_test(test_groupby_rows),
        cmocka_unit_test(test_groups_die_with_their_turn),
        cmocka_unit_test(test_groupby_by_text),
        cmocka_unit_test(test_sums_of_every_kind),
        cmocka_unit_test(test_sums_end_where_they_do_not_fit),
        cmocka_unit_test(test_folds_and_callbacks),
        cmocka_unit_test(test_accumulate_text),
        cmocka_unit_test(test_nan_is_itself),
        cmocka_unit_test(test_faults_of_the_source),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_a_source_re_enters),
        cmocka_unit_test(test_a_group_re_enters),
        cmocka_unit_test(test_callbacks_fail_at_k),
        cmocka_unit_test(test_a_key_fails_in_the_group),
        cmocka_unit_test(test_comparing_and_copying_fail_at_k),
        cmocka_unit_test(test_comparing_changes_the_container),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_reenter_from_copy),
        cmocka_unit_test(test_keys_that_show_the_item),
        cmocka_unit_test(test_rows_of_other_sizes),
        cmocka_unit_test(test_a_failed_constructor_flows_through),
        cmocka_unit_test(test_items_that_do_not_compare),
        cmocka_unit_test(test_a_batch_of_any_size),
        cmocka_unit_test(test_over_aligned_items),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_random_run),
        cmocka_unit_test(test_large_windows),
        cmocka_unit_test(test_runs_of_each_kind),
        cmocka_unit_test(test_keep_of_a_nested_item),
        cmocka_unit_test(test_keep_of_rows_that_own),
        cmocka_unit_test(test_keep_of_pairs),
        cmocka_unit_test(test_keep_pads_views),
        cmocka_unit_test(test_keep_is_plain),
        cmocka_unit_test(test_keep_refuses_sums),
        cmocka_unit_test(test_keep_refuses_sizes),
        cmocka_unit_test(test_keep_of_what_grows),
        cmocka_unit_test(test_adaptors_upon_adaptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
