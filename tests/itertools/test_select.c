/* test_select.c - takewhile, dropwhile, filterfalse and compress, by rows that CPython
 * made (select_rows.py), as kernels and as callbacks. */
#include "letters.h"

#include <math.h>

#include <pila/itertools/select.h>
#include <pila/itertools/sources.h>

/* At most `stop` of the letters; the iterator stays. */
static void show(pila_iter *it, char *out, size_t stop)
{
    const void *item;
    size_t n = 0;

    while (n < stop && (item = pila_next_item(it)) != NULL)
        out[n++] = letter_of(it->type, item);
    out[n] = '\0';
}

static void shows(pila_iter it, const char *want, pila_status status)
{
    char shown[64];

    show(&it, shown, 60);
    assert_string_equal(shown, want);
    CHECK_STATUS(it.status, status);
    CHECK(pila_next_item(&it) == NULL);
    pila_iter_drop(&it);
}

/* ---- predicates: whether a letter is a small one ---- */

PILA_PREDICATE(lower, char, x, x >= 'a' && x <= 'z')
PILA_PREDICATE(lower_view, pila_str, x, *x.ptr >= 'a' && *x.ptr <= 'z')
PILA_PREDICATE(lower_text, pila_string, x, pila_string_view(&x).ptr[0] >= 'a')
PILA_PREDICATE_CTX(below, int64_t, x, int64_t, x < *ctx)
PILA_MAPPER(negated, int64_t, int64_t, x, -x)

static pila_kernel lower_of(enum kind kind)
{
    return kind == BYTES ? lower : kind == VIEWS ? lower_view : lower_text;
}

typedef struct asker {
    enum kind kind;
    char *log;
    int calls, act_at; /* the call that does one of these */
    pila_status fails;
    letters *mutates;
    pila_iter *pulls;
} asker;

static pila_status lower_fn(void *ctx, const void *item, bool *keep)
{
    static const pila_type *const types[] = {&pila_i8, &pila_view, &pila_text};
    asker *a = ctx;

    if (a->log) memcpy(a->log + strlen(a->log), "p", sizeof "p");
    *keep = letter_of(types[a->kind], item) >= 'a';
    if (++a->calls != a->act_at) return PILA_OK;
    if (a->mutates) a->mutates->version++;
    if (a->pulls) CHECK(pila_next_item(a->pulls) == NULL);
    return a->fails;
}

/* ---- rows that CPython made ---- */

enum op { TAKE, DROP, FALSE, COMPRESS };

static const struct row {
    enum op op;
    const char *data, *by;
    size_t stop;
    const char *shown, *asked, *data_left, *by_left;
} rows[] = {
#include "select_rows.h"
};

static pila_iter select_make(enum op op, pila_iter data, bool kernel, asker *a)
{
    pila_kernel told = lower_of(a->kind);

    if (op == TAKE)
        return kernel ? pila_takewhile(data, told)
                      : pila_takewhile_fn(data, lower_fn, a);
    if (op == DROP)
        return kernel ? pila_dropwhile(data, told)
                      : pila_dropwhile_fn(data, lower_fn, a);
    return kernel ? pila_filterfalse(data, told)
                  : pila_filterfalse_fn(data, lower_fn, a);
}

/* The row's trace without the predicate's calls. */
static void without_p(char *out, const char *asked)
{
    for (; *asked; asked++)
        if (*asked != 'p') *out++ = *asked;
    *out = '\0';
}

static void rest_is(pila_iter *it, const char *want)
{
    char left[32];

    show(it, left, 30);
    assert_string_equal(left, want);
    pila_iter_drop(it);
}

static void check_predicate(const struct row *r, enum kind kind, size_t window,
                            bool kernel)
{
    char log[64] = "", shown[32], asked[64];
    letters data = letters_of(kind, r->data, window);
    asker a = {kind, log, 0, 0, PILA_OK, NULL, NULL};

    data.name = 'd';
    data.log = log;
    pila_iter src = letters_iter(&data);
    pila_iter it = select_make(r->op, pila_ref(&src), kernel, &a);
    show(&it, shown, r->stop);
    assert_string_equal(shown, r->shown);
    snprintf(asked, sizeof asked, "%s", r->asked);
    if (kernel) without_p(asked, r->asked);
    if (window == 1) assert_string_equal(log, asked);
    pila_iter_drop(&it);
    rest_is(&src, r->data_left);
    /* and not shared, so that windows are seen whole */
    data.at = 0;
    log[0] = '\0';
    a.log = data.log = NULL;
    it = select_make(r->op, letters_iter(&data), kernel, &a);
    show(&it, shown, r->stop);
    assert_string_equal(shown, r->shown);
    pila_iter_drop(&it);
}

static void check_compress(const struct row *r, enum kind kind, size_t window,
                           size_t by_window)
{
    static char digits[MOST];
    char log[64] = "", shown[32];
    letters data = letters_of(kind, r->data, window);
    letters by = letters_of(BYTES, digits, by_window);

    by.n = strlen(r->by);
    for (size_t k = 0; k < by.n; k++) digits[k] = (char)(r->by[k] - '0');
    data.name = 'd';
    by.name = 's';
    data.log = by.log = log;
    pila_iter src = letters_iter(&data), selectors = letters_iter(&by);
    pila_iter it = pila_compress(pila_ref(&src), pila_ref(&selectors));
    show(&it, shown, r->stop);
    assert_string_equal(shown, r->shown);
    if (window == 1 && by_window == 1) assert_string_equal(log, r->asked);
    pila_iter_drop(&it);
    size_t left = 0;
    while (pila_next_item(&selectors)) left++;
    CHECK_INT(left, strlen(r->by_left));
    pila_iter_drop(&selectors);
    rest_is(&src, r->data_left);
    data.at = by.at = 0;
    data.log = by.log = NULL;
    it = pila_compress(letters_iter(&data), letters_iter(&by));
    show(&it, shown, r->stop);
    assert_string_equal(shown, r->shown);
    pila_iter_drop(&it);
    CHECK_INT(by.drops, 2);
}

static void test_rows(void **state)
{
    static char name[128];

    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++)
        for (int k = 0; k < KINDS; k++)
            for (size_t window = 1; window < (k == OWNED ? 2 : 6); window += 1) {
                snprintf(name, sizeof name, "op %d, '%s' by '%s', at most %zu, %d, %zu",
                         (int)r->op, r->data, r->by, r->stop, k, window);
                ROW(name);
                check_alloc_start();
                if (r->op == COMPRESS)
                    for (size_t other = 1; other < 4; other++)
                        check_compress(r, (enum kind)k, window, other);
                else
                    for (int kernel = 0; kernel < 2; kernel++)
                        check_predicate(r, (enum kind)k, window, kernel);
                check_alloc_stop();
            }
    ROW(NULL);
}

/* ---- windows ---- */

static void test_items_are_yielded_in_place(void **state)
{
    static int64_t items[2000];
    int64_t limit = 1300;

    (void)state;
    for (int64_t k = 0; k < 2000; k++) items[k] = k;
    for (int which = 0; which < 2; which++) {
        pila_iter it = pila_span(items, 2000, &pila_i64);
        pila_kernel small = pila_kernel_with(below, &limit);
        int64_t next = which ? 1300 : 0;
        it = which ? pila_dropwhile(it, small) : pila_takewhile(it, small);
        CHECK_INT(pila_iter_length_hint(&it), 0);
        PILA_FOR(int64_t, x, &it) CHECK(x == items + next++);
        CHECK_INT(next, which ? 2000 : 1300);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_dropwhile(pila_span(items, 2000, &pila_i64),
                                  pila_kernel_with(below, &limit));
    CHECK(pila_next_item(&it));
    CHECK_INT(pila_iter_length_hint(&it), 699); /* known once it has begun */
    pila_iter_drop(&it);
}

static void test_takewhile_loses_one_item(void **state)
{
    int64_t limit = 3;
    pila_iter all = pila_range(0, 10, 1);
    pila_iter it = pila_takewhile(pila_ref(&all), pila_kernel_with(below, &limit));
    int n = 0;

    (void)state;
    while (pila_next_item(&it)) n++;
    CHECK_INT(n, 3);
    CHECK_INT(*(const int64_t *)pila_next_item(&all), 4);
    pila_iter_drop(&it);
    pila_iter_drop(&all);
}

typedef struct large {
    char bytes[5000];
} large;

PILA_MAPPER(make_large, large, int64_t, v, ((large){{(char)v}}))
PILA_PREDICATE(large_odd, large, x, x.bytes[0] & 1)
PILA_MAPPER(to_i32, int32_t, int64_t, x, (int32_t)x)
PILA_PREDICATE(odd_i32, int32_t, x, x & 1)
PILA_PREDICATE(odd, int64_t, x, x & 1)

static void test_items_of_every_size(void **state)
{
    int64_t k = 0;

    (void)state;
    pila_iter it =
        pila_filterfalse(pila_map(pila_range(0, 9, 1), make_large), large_odd);
    PILA_FOR(large, x, &it) {
        CHECK_INT(x->bytes[0], k);
        k += 2;
    }
    CHECK_INT(k, 10);
    pila_iter_drop(&it);
    it = pila_filterfalse(pila_map(pila_range(0, 3000, 1), to_i32), odd_i32);
    k = 0;
    PILA_FOR(int32_t, x, &it) {
        CHECK_INT(*x, k);
        k += 2;
    }
    CHECK_INT(k, 3000);
    pila_iter_drop(&it);
    it = pila_compress(pila_map(pila_range(0, 9, 1), make_large), pila_range(-4, 9, 1));
    k = 0;
    PILA_FOR(large, x, &it) {
        CHECK_INT(x->bytes[0], k);
        k += k == 3 ? 2 : 1; /* its selector is 0 */
    }
    CHECK_INT(k, 9);
    pila_iter_drop(&it);
}

/* ---- what is true ---- */

static void test_truth_of_selectors(void **state)
{
    const int8_t i8[] = {0, -1, 2};
    const uint16_t u16[] = {0, 256, 1};
    const int32_t i32[] = {0, 65536, -1};
    const uint64_t u64[] = {0, UINT64_C(1) << 40, 1};
    const float f32[] = {-0.0f, 0.5f, (float)NAN};
    const double f64[] = {-0.0, 1e-300, (double)NAN};
    void *const ptr[] = {NULL, (void *)(uintptr_t)i8, (void *)(uintptr_t)f64};
    const pila_str view[] = {{"x", 0}, {"x", 1}, {"0", 1}};
    pila_string text[] = {pila_string_borrow(pila_cstr("")),
                          pila_string_borrow(pila_cstr("a")),
                          pila_string_borrow(pila_cstr("longer than inside"))};
    const pila_iter all[] = {
        pila_span(i8, 3, &pila_i8),     pila_span(i8, 3, &pila_u8),
        pila_span(u16, 3, &pila_i16),   pila_span(u16, 3, &pila_u16),
        pila_span(i32, 3, &pila_i32),   pila_span(i32, 3, &pila_u32),
        pila_span(u64, 3, &pila_i64),   pila_span(u64, 3, &pila_u64),
        pila_span(f32, 3, &pila_f32),   pila_span(f64, 3, &pila_f64),
        pila_span(ptr, 3, &pila_ptr),   pila_span(view, 3, &pila_view),
        pila_span(text, 3, &pila_text), pila_span(view, 3, &pila_view_padded),
    };
    static const pila_type plain = PILA_PLAIN_TYPE(int64_t);

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all); k++)
        shows(pila_compress(pila_span("abc", 3, &pila_i8), all[k]), "bc", PILA_END);
    shows(pila_compress(pila_span("abc", 3, &pila_i8), pila_span(u64, 3, &plain)), "",
          PILA_ETYPE);
}

/* ---- faults ---- */

static void test_kernels_are_checked(void **state)
{
    const int32_t small[] = {1, 2};

    (void)state;
    for (int which = 0; which < 3; which++) {
        pila_iter (*make)(pila_iter, pila_kernel) = which == 0   ? pila_takewhile
                                                    : which == 1 ? pila_dropwhile
                                                                 : pila_filterfalse;
        letters s = letters_of(BYTES, "ab", 1);
        shows(make(pila_span(small, 2, &pila_i32), odd), "", PILA_ETYPE);
        shows(make(pila_range(0, 2, 1), negated), "", PILA_ETYPE);
        shows(make(letters_iter(&s), odd), "", PILA_ETYPE);
        CHECK_INT(s.drops, 1);
        shows(make(pila_failed(PILA_EIO), odd), "", PILA_EIO);
        shows(make(pila_failed(PILA_END), odd), "", PILA_END);
    }
}

static void test_faults_flow_through(void **state)
{
    letters s = letters_of(BYTES, "abc", 1);
    asker a = {0};

    (void)state;
    for (int k = TAKE; k <= FALSE; k++)
        shows(select_make((enum op)k, pila_failed(PILA_EIO), false, &a), "", PILA_EIO);
    shows(pila_compress(pila_failed(PILA_EIO), letters_iter(&s)), "", PILA_EIO);
    shows(pila_compress(letters_iter(&s), pila_failed(PILA_EKEY)), "", PILA_EKEY);
    shows(pila_compress(pila_failed(PILA_EIO), pila_failed(PILA_EKEY)), "", PILA_EIO);
    shows(pila_compress(pila_failed(PILA_END), pila_failed(PILA_EKEY)), "", PILA_EKEY);
    CHECK_INT(s.drops, 2);
    pila_iter src = letters_iter(&s);
    shows(pila_compress(pila_failed(PILA_END), pila_ref(&src)), "", PILA_END);
    CHECK_INT(s.at, 0);
    shows(pila_compress(pila_ref(&src), pila_failed(PILA_END)), "", PILA_END);
    CHECK_INT(s.at, 1); /* an item is gone, as in Python */
    pila_iter_drop(&src);
}

/* Item k of the output of "aBcDe" comes at this ask or call. */
static void test_callback_fails_at_k(void **state)
{
    static const char *const data[] = {"abcde", "abcde", "abcde"};
    static const char *const shown[][6] = {{"", "a", "ab", "abc", "abcd"},
                                           {"", "", "", "", ""},
                                           {"", "", "", "", ""}};

    (void)state;
    for (int k = TAKE; k <= FALSE; k++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int at = 1; at <= 5; at++) {
                letters s = letters_of((enum kind)kind, data[k], 2);
                asker a = {(enum kind)kind,
                           NULL,
                           0,
                           at,
                           (pila_status)(PILA_EUSER + 2),
                           NULL,
                           NULL};
                check_alloc_start();
                shows(select_make((enum op)k, letters_iter(&s), false, &a),
                      shown[k][at - 1], (pila_status)(PILA_EUSER + 2));
                CHECK_INT(a.calls, at);
                a = (asker){(enum kind)kind, NULL, 0, at, PILA_END, NULL, NULL};
                s.at = 0;
                shows(select_make((enum op)k, letters_iter(&s), false, &a),
                      shown[k][at - 1], PILA_END);
                check_alloc_stop();
            }
}

static void test_a_source_fails_at_k(void **state)
{
    static const char *const by = "\1\1\1\1\1";

    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t at = 1; at <= 5; at++)
            for (int who = 0; who < 2; who++) {
                letters s = letters_of((enum kind)kind, "abcde", 1);
                letters t = letters_of(BYTES, by, 1);
                letters *bad = who ? &t : &s;
                bad->act_at = at;
                bad->fails = PILA_EIO;
                check_alloc_start();
                char want[6] = "abcde";
                want[at - 1] = '\0';
                shows(pila_compress(letters_iter(&s), letters_iter(&t)), want,
                      PILA_EIO);
                CHECK_INT(t.drops, 1);
                check_alloc_stop();
            }
    for (int k = TAKE; k <= FALSE; k++)
        for (int kernel = 0; kernel < 2; kernel++) {
            letters s = letters_of(BYTES, k == TAKE ? "abc" : "ABC", 1);
            asker a = {0};
            s.act_at = 3;
            s.fails = PILA_EIO;
            shows(select_make((enum op)k, letters_iter(&s), kernel, &a),
                  k == TAKE ? "ab" : "AB", PILA_EIO);
        }
}

static void test_callback_mutates_the_container(void **state)
{
    (void)state;
    for (int k = TAKE; k <= FALSE; k++)
        for (size_t window = 1; window <= 4; window++)
            for (int at = 1; at <= 4; at++) {
                letters s = letters_of(BYTES, k == TAKE ? "abcdef" : "ABCDEF", window);
                asker a = {BYTES, NULL, 0, at, PILA_OK, &s, NULL};
                char want[8] = "";
                /* not the item for which it was done, and none after */
                if (k == DROP && at > 1) memcpy(want, "ABCDEF", 7);
                else memcpy(want, s.text, (size_t)at - 1);
                shows(select_make((enum op)k, letters_iter(&s), false, &a), want,
                      k == DROP && at > 1 ? PILA_END : PILA_EMUTATED);
            }
    letters s = letters_of(BYTES, "abC", 3); /* what ends it is not looked at */
    asker a = {BYTES, NULL, 0, 3, PILA_OK, &s, NULL};
    shows(pila_takewhile_fn(letters_iter(&s), lower_fn, &a), "ab", PILA_END);
}

static void test_callback_re_enters_its_iterator(void **state)
{
    (void)state;
    for (int k = TAKE; k <= FALSE; k++)
        for (int at = 1; at <= (k == DROP ? 1 : 3); at++) {
            letters s = letters_of(BYTES, k == TAKE ? "abcdef" : "ABCDEF", 2);
            pila_iter it;
            asker a = {BYTES, NULL, 0, at, PILA_OK, NULL, &it};
            int n = 0;
            it = select_make((enum op)k, letters_iter(&s), false, &a);
            while (pila_next_item(&it)) n++;
            CHECK_INT(n, at - 1);
            CHECK_STATUS(it.status, PILA_EVALUE);
            pila_iter_drop(&it);
            CHECK_INT(s.drops, 1);
        }
}

static void test_a_source_pulls_from_compress(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t at = 1; at <= 3; at++)
            for (int who = 0; who < 2; who++) {
                letters s = letters_of((enum kind)kind, "abcde", 1);
                letters t = letters_of(BYTES, "\1\1\1\1\1", 1);
                letters *bad = who ? &t : &s;
                pila_iter it;
                size_t n = 0;
                bad->act_at = at;
                bad->pulls = &it;
                check_alloc_start();
                it = pila_compress(letters_iter(&s), letters_iter(&t));
                while (pila_next_item(&it)) n++;
                CHECK_INT(n, at - 1);
                CHECK_STATUS(it.status, PILA_EVALUE);
                pila_iter_drop(&it);
                check_alloc_stop();
            }
}

static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (int k = TAKE; k <= FALSE; k++)
        for (int kernel = 0; kernel < 2; kernel++)
            for (size_t window = 1; window <= 6; window++)
                for (int at = 0; at < 3; at++) {
                    letters s =
                        letters_of(BYTES, k == TAKE ? "abcdef" : "ABCDEF", window);
                    asker a = {0};
                    pila_iter it =
                        select_make((enum op)k, letters_iter(&s), kernel, &a);
                    for (int n = 0; n < at; n++) CHECK(pila_next_item(&it));
                    s.version++;
                    CHECK(pila_next_item(&it) == NULL);
                    CHECK_STATUS(it.status, PILA_EMUTATED);
                    pila_iter_drop(&it);
                    CHECK_INT(s.drops, 1);
                }
}

static void test_compress_over_a_container_that_changes(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) /* data, selectors, or both have one */
        for (size_t window = 1; window <= 3; window++)
            for (int victim = 0; victim < 2; victim++) {
                letters s = letters_of(BYTES, "abcdefgh", window);
                letters t = letters_of(BYTES, "\1\1\1\1\1\1\1\1", window);
                pila_iter data =
                    which == 1 ? pila_span("abcdefgh", 8, &pila_i8) : letters_iter(&s);
                pila_iter by = which == 0 ? pila_range(1, 9, 1) : letters_iter(&t);
                pila_iter it = pila_compress(data, by);
                int more = 0;
                if (which != 2 && which != victim) {
                    pila_iter_drop(&it);
                    continue;
                }
                CHECK(pila_next_item(&it));
                CHECK(pila_next_item(&it));
                if (victim) t.version++;
                else s.version++;
                while (pila_next_item(&it)) more++;
                CHECK_STATUS(it.status, PILA_EMUTATED);
                CHECK(which == 2 && victim ? more < (int)window : more == 0);
                pila_iter_drop(&it);
            }
}

/* The selectors share their iterator with data: every other letter is its own truth. */
static void test_data_and_selectors_of_one_iterator(void **state)
{
    static const char given[] = "a\1b\0c\1d"; /* compress(it, it) */

    (void)state;
    for (size_t window = 1; window <= 7; window++) {
        letters s = letters_of(BYTES, given, window);
        s.n = 7;
        pila_iter star = letters_iter(&s);
        shows(pila_compress(pila_ref(&star), pila_ref(&star)), "ac", PILA_END);
        pila_iter_drop(&star);
    }
    for (size_t window = 1; window <= 3; window++) { /* views that move: all are true */
        letters s = letters_of(VIEWS, "abcdef", window);
        pila_iter star = letters_iter(&s);
        shows(pila_compress(pila_ref(&star), pila_ref(&star)), "ace", PILA_END);
        pila_iter_drop(&star);
    }
}

/* ---- drops and memory ---- */

static void test_trees_1e5_deep_are_dropped_without_recursion(void **state)
{
    enum { DEEP = 100000, ROWS = 5000 };
    const int64_t one[] = {1};
    asker a = {0};
    pila_iter it = pila_span(one, 1, &pila_i64), by = it;

    (void)state;
    for (int k = 0; k < DEEP; k++)
        it = k % 2 ? pila_takewhile_fn(it, lower_fn, &a)
                   : pila_dropwhile_fn(it, lower_fn, &a);
    pila_iter_drop(&it);
    it = by;
    for (int k = 0; k < ROWS; k++) {
        it = pila_compress(it, pila_span(one, 1, &pila_i64));
        by = pila_compress(pila_span(one, 1, &pila_i64), by);
    }
    it = pila_compress(it, by);
    CHECK_STATUS(it.status, PILA_OK);
    pila_iter_drop(&it);
}

typedef struct sweep_ctx {
    enum op op;
    enum kind kind;
    bool kernel;
} sweep_ctx;

static pila_status sweep(void *ctx)
{
    const sweep_ctx *c = ctx;
    letters s = letters_of(c->kind, c->op == TAKE ? "abcd" : "ABCD", 2);
    letters t = letters_of(BYTES, "\1\0\1", 1); /* the NUL is one of them */
    asker a = {c->kind, NULL, 0, 0, PILA_OK, NULL, NULL};
    t.n = 3;
    pila_iter data = letters_iter(&s);
    pila_iter it = c->op == COMPRESS ? pila_compress(data, letters_iter(&t))
                                     : select_make(c->op, data, c->kernel, &a);
    char shown[16];

    show(&it, shown, 16);
    pila_status st = it.status == PILA_END ? PILA_OK : it.status;
    pila_iter_drop(&it);
    if (c->kind != OWNED) CHECK_INT(s.drops, 1);
    if (c->op == COMPRESS) CHECK_INT(t.drops, 1);
    if (st == PILA_OK) assert_string_equal(shown, c->op == COMPRESS ? "AC" : s.text);
    if (c->kind == OWNED) return st;
    s.at = 0; /* and what lies below is as it was */
    it = letters_iter(&s);
    CHECK(pila_next_item(&it));
    pila_iter_drop(&it);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (int k = TAKE; k <= COMPRESS; k++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int kernel = 0; kernel < 2; kernel++) {
                sweep_ctx c = {(enum op)k, (enum kind)kind, kernel};
                check_alloc_sweep(sweep, &c);
            }
}

static void test_dropped_half_way(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int taken = 0; taken < 3; taken++) {
            letters s = letters_of((enum kind)kind, "abcdef", 2);
            letters t = letters_of(BYTES, "\1\1\1\1\1\1", 1);
            check_alloc_start();
            pila_iter it = pila_compress(letters_iter(&s), letters_iter(&t));
            for (int k = 0; k < taken; k++) CHECK(pila_next_item(&it));
            pila_iter_drop(&it);
            pila_iter_drop(&it);
            check_alloc_stop();
            CHECK_INT(t.drops, 1);
        }
}

/* ---- a random run against a naive model ---- */

enum { ITEMS = 3000 };

static pila_iter chopped(check_rng *r, const int64_t *items, size_t n)
{
    size_t cut = check_rng_below(r, n + 1);

    return pila_chain2(pila_span(items, cut, &pila_i64),
                       pila_span(items + cut, n - cut, &pila_i64));
}

static size_t model_run(enum op op, const int64_t *in, size_t n, const int64_t *by,
                        size_t m, int64_t limit, int64_t *out)
{
    size_t made = 0;
    bool on = op == TAKE;

    for (size_t k = 0; k < n && (op != COMPRESS || k < m); k++) {
        bool yes = in[k] < limit;
        if (op == TAKE) on = on && yes;
        if (op == DROP) on = on || !yes;
        if (op == FALSE) on = !yes;
        if (op == COMPRESS) on = by[k] != 0;
        if (on) out[made++] = in[k];
    }
    return made;
}

/* `wrong` moves the model's limit, or drops its last selector. */
static bool agrees(check_rng *r, bool wrong)
{
    static int64_t in[ITEMS], by[ITEMS], want[ITEMS];
    enum op op = (enum op)check_rng_below(r, 4);
    size_t n = check_rng_below(r, check_rng_below(r, 2) ? ITEMS : 8), at = 0;
    size_t m = check_rng_below(r, n + 2 < ITEMS ? n + 2 : ITEMS);
    int64_t limit = (int64_t)check_rng_below(r, ITEMS);
    bool same = true;

    for (size_t k = 0; k < n; k++)
        in[k] = op == FALSE ? (int64_t)check_rng_below(r, ITEMS) : (int64_t)k;
    for (size_t k = 0; k < m; k++) by[k] = (int64_t)check_rng_below(r, 3) - 1;
    size_t made = model_run(op, in, n, by, m - (wrong && m), limit + wrong, want);
    pila_kernel small = pila_kernel_with(below, &limit);
    pila_iter it = chopped(r, in, n);
    if (op == TAKE) it = pila_takewhile(it, small);
    if (op == DROP) it = pila_dropwhile(it, small);
    if (op == FALSE) it = pila_filterfalse(it, small);
    if (op == COMPRESS) it = pila_compress(it, chopped(r, by, m));
    PILA_FOR(int64_t, x, &it) {
        same = same && at < made && *x == want[at];
        at++;
    }
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    return same && at == made;
}

static void test_random_against_a_model(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 4000; turn++) CHECK(agrees(&r, false));
    for (int turn = 0; turn < 400; turn++) caught += !agrees(&r, true);
    CHECK(caught > 50); /* the planted fault */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_items_are_yielded_in_place),
        cmocka_unit_test(test_takewhile_loses_one_item),
        cmocka_unit_test(test_items_of_every_size),
        cmocka_unit_test(test_truth_of_selectors),
        cmocka_unit_test(test_kernels_are_checked),
        cmocka_unit_test(test_faults_flow_through),
        cmocka_unit_test(test_callback_fails_at_k),
        cmocka_unit_test(test_a_source_fails_at_k),
        cmocka_unit_test(test_callback_mutates_the_container),
        cmocka_unit_test(test_callback_re_enters_its_iterator),
        cmocka_unit_test(test_a_source_pulls_from_compress),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_compress_over_a_container_that_changes),
        cmocka_unit_test(test_data_and_selectors_of_one_iterator),
        cmocka_unit_test(test_trees_1e5_deep_are_dropped_without_recursion),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_dropped_half_way),
        cmocka_unit_test(test_random_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
