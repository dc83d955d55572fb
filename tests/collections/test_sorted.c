/* test_sorted.c - the promises of sorted.h; rows decided by CPython are in
 * sorted_rows.h.
 */
#include "check.h"
#include "kinds.h"
#include "numbered.h"
#include "thing.h"

#include <pila/collections/list.h>
#include <pila/collections/sorted.h>

/* ---- helpers ---- */

static pila_status tens(void *ctx, const void *item, void *out)
{
    int value = 0;
    pila_status st = stage_pass(ON_REPR);

    while (!item_is(ctx, item, value)) value++;
    value /= 10;
    memcpy(out, &value, sizeof value);
    return st;
}

/* What a reader does: views, rows and pairs of them in a buffer that is written over
 * before each item. */
typedef struct entry {
    pila_row row; /* of owned text */
    pila_str word;
    int64_t n;
} entry;

typedef struct reader {
    int now, last;
    char bytes[40];
    pila_string owned[2];
    entry item;
    pila_status end;
    pila_member member[3];
    pila_tuple row, tuple;
} reader;

static bool reader_refill(pila_iter *it)
{
    reader *r = it->state;

    memset(r->bytes, '#', sizeof r->bytes);
    for (int k = 0; k < 2; k++) pila_string_done(&r->owned[k]);
    if (r->now == r->last) return pila_iter_end(it, r->end);
    int n = r->now++ * 7 % 10;
    r->item.n = n;
    snprintf(r->bytes, sizeof r->bytes, "%d and so on, for %d bytes", n, n);
    r->item.word = pila_cstr(r->bytes);
    for (int k = 0; k < 2; k++)
        if (pila_string_init(&r->owned[k], r->item.word) != PILA_OK)
            return pila_iter_end(it, PILA_ENOMEM);
    r->item.row.items = r->owned;
    r->item.row.n = (size_t)(n % 3);
    it->cur = (const char *)&r->item;
    it->end = it->cur + sizeof r->item;
    return true;
}

static pila_iter reader_drop(pila_iter *it)
{
    reader *r = it->state;

    for (int k = 0; k < 2; k++) pila_string_done(&r->owned[k]);
    free(r);
    return pila_failed(PILA_END);
}

static pila_iter reader_of(int last)
{
    static const pila_iter_ops ops = {reader_refill, reader_drop, NULL};
    reader *r = calloc(1, sizeof *r);

    r->last = last;
    r->end = PILA_END;
    pila_tuple_row(&r->row, &pila_text);
    r->member[0].type = &r->row.type;
    r->member[1].type = &pila_view;
    r->member[2].type = &pila_i64;
    (void)!pila_tuple_struct(&r->tuple, r->member, 3);
    return pila_iter_make(&r->tuple.type, &ops, r);
}

static pila_status entry_key(void *ctx, const void *item, void *out)
{
    (void)ctx;
    memcpy(out, &((const entry *)item)->n, sizeof(int64_t));
    return stage_pass(ON_REPR);
}

static void check_entry(const entry *e, int n)
{
    char want[40];

    snprintf(want, sizeof want, "%d and so on, for %d bytes", n, n);
    CHECK_INT(e->n, n);
    CHECK_TEXT(e->word, want);
    CHECK_INT(e->row.n, n % 3);
    for (size_t k = 0; k < e->row.n; k++)
        CHECK_TEXT(pila_string_view((const pila_string *)e->row.items + k), want);
}

/* ---- rows ---- */

static const struct {
    const char *items;
    int by, reverse;
    const char *sorted, *reversed;
} rows[] = {
#include "sorted_rows.h"
};

static void check_items(pila_iter it, const pila_type *t, const char *text)
{
    int want[64];
    size_t n = numbers(text, want), k = 0;

    CHECK_INT(pila_iter_length_hint(&it), n);
    for (const void *x; (x = pila_next_item(&it)) != NULL; k++)
        CHECK(k < n && item_is(t, x, want[k]));
    CHECK_INT(k, n);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t k = 0; k < COUNT_OF(kinds) + 2; k++) {
            const pila_type *t = k < COUNT_OF(kinds) ? kinds[k]
                                 : k % 2             ? &thing_type
                                                     : &bulky_type;
            pila_key key = {&pila_i32, tens, (void *)(uintptr_t)t};
            int value[64];
            size_t n = numbers(rows[i].items, value);
            sample s;
            kind_item item;
            pila_list l;

            ROW(rows[i].items);
            stage_clear();
            check_alloc_start();
            pila_list_init(&l, t);
            for (size_t j = 0; j < n; j++)
                CHECK_OK(pila_list_append(&l, item_of(t, value[j], &s, &item)));
            pila_iter it = pila_sorted(pila_list_iter(&l), rows[i].by ? &key : NULL,
                                       rows[i].reverse);
            pila_iter back = pila_reversed(pila_list_iter(&l));
            pila_list_done(&l); /* what was read is nobody else's */
            check_items(it, t, rows[i].sorted);
            check_items(back, t, rows[i].reversed);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* Text, rows of text and tuples of them outlive the reader's buffer. */
static void readers_are_copied(void **state)
{
    pila_key key = {&pila_i64, entry_key, NULL};

    (void)state;
    stage_clear();
    for (int back = 0; back < 2; back++) {
        int n = back ? 9 : 0;
        check_alloc_start();
        pila_iter it = pila_sorted(reader_of(10), &key, back);
        if (back) it = pila_reversed(pila_reversed(it)); /* and copies of copies */
        PILA_FOR(entry, e, &it) check_entry(e, back ? n-- : n++);
        CHECK_INT(n, back ? -1 : 10);
        pila_iter_drop(&it);
        check_alloc_stop();
    }
    check_alloc_start();
    char big[50000];
    memset(big, 'x', sizeof big);
    pila_str views[] = {{big, sizeof big}, {"", 0}, {big, 3}, {big, 16000}, {big, 390}};
    pila_iter it = pila_sorted(pila_span(views, 5, &pila_view_padded), NULL, false);
    memset(big, 'y', sizeof big);
    CHECK(it.type == &pila_view_padded);
    const size_t len[] = {0, 3, 390, 16000, 50000};
    for (int k = 0; k < 5; k++) {
        const pila_str *v = pila_next_item(&it);
        CHECK_INT(v->len, len[k]);
        for (size_t j = 0; j < v->len; j++) CHECK(v->ptr[j] == 'x');
    }
    pila_iter_drop(&it);
    pila_pair pair;
    struct both {
        int64_t n;
        pila_str word;
    } both[] = {{2, {"two", 3}}, {1, {"one", 3}}};
    CHECK_OK(pila_pair_init(&pair, &pila_i64, &pila_view));
    it = pila_sorted(pila_span(both, 2, &pair.type), NULL, false);
    PILA_FOR(struct both, b, &it) {
        CHECK(b->word.ptr != both[0].word.ptr && b->word.ptr != both[1].word.ptr);
        CHECK_TEXT(b->word, b->n == 1 ? "one" : "two");
    }
    pila_iter_drop(&it);
    pila_tuple three;
    pila_str words[] = {{"b", 1}, {"c", 1}, {"a", 1}};
    CHECK_OK(pila_tuple_array(&three, &pila_view, 3));
    it = pila_reversed(pila_span(words, 1, &three.type));
    const pila_str *got = pila_next_item(&it);
    CHECK(got[0].ptr != words[0].ptr);
    CHECK_TEXT(got[2], "a");
    pila_iter_drop(&it);
    check_alloc_stop();
}

static void faults(void **state)
{
    const pila_type orderless = PILA_PLAIN_TYPE(thing);
    thing things[] = {{2, 0}, {1, 0}, {3, 0}};
    faulty f = {0, 3, PILA_EIO, 0};

    (void)state;
    CHECK_STATUS(pila_sorted(pila_failed(PILA_EEOF), NULL, false).status, PILA_EEOF);
    CHECK_STATUS(pila_reversed(pila_failed(PILA_END)).status, PILA_END);
    CHECK_STATUS(pila_sorted(faulty_iter(&f), NULL, true).status, PILA_EIO);
    CHECK_STATUS(pila_reversed(faulty_iter(&f)).status, PILA_EIO);
    CHECK_INT(f.dropped, 2);
    CHECK_STATUS(pila_sorted(pila_span(things, 3, &orderless), NULL, 0).status,
                 PILA_ETYPE);
    for (int on = ON_COPY; on <= ON_REPR; on *= 2)
        for (long fail = 1, failed = 1; failed; fail++) {
            pila_key key = {&pila_i32, tens, (void *)(uintptr_t)&thing_type};
            check_alloc_start();
            stage_clear();
            stage.on = on & ~ON_DROP;
            stage.fail_at = fail;
            pila_iter it = pila_sorted(pila_span(things, 3, &thing_type),
                                       on == ON_REPR ? &key : NULL, false);
            failed = stage.calls >= fail;
            CHECK_STATUS(it.status, failed ? THING_FAULT : PILA_OK);
            pila_iter_drop(&it);
            stage_clear();
            check_alloc_stop();
        }
}

static void shorten(void *ctx) { pila_list_clear(ctx); }

static void copies_that_mutate(void **state)
{
    pila_list l;
    pila_pair pair;
    sample s;
    struct both {
        thing head;
        pila_str word;
    } item = {{1, NULL}, {"w", 1}};

    (void)state;
    for (int pairs = 0; pairs < 2; pairs++) {
        check_alloc_start();
        stage_clear();
        CHECK_OK(pila_pair_init(&pair, &thing_type, &pila_view));
        pila_list_init(&l, pairs ? &pair.type : &thing_type);
        for (int k = 0; k < 3; k++)
            CHECK_OK(pila_list_append(&l, pairs ? (void *)&item
                                                : sample_of(&thing_type, k, &s)));
        stage.on = ON_COPY;
        stage.act = shorten;
        stage.act_at = 2;
        stage.ctx = &l;
        CHECK_STATUS(pila_reversed(pila_list_iter(&l)).status, PILA_EMUTATED);
        stage_clear();
        pila_list_done(&l);
        check_alloc_stop();
    }
}

static pila_status scenario(void *ctx)
{
    pila_key key = {&pila_i64, entry_key, NULL};
    int64_t total = 0;
    pila_iter it = reader_of(10);

    (void)ctx;
    it = pila_reversed(pila_sorted(it, &key, true));
    PILA_FOR(entry, e, &it) total += e->n;
    pila_status st = pila_iter_outcome(&it);
    CHECK(st != PILA_OK || total == 45);
    pila_iter_drop(&it);
    int64_t plain[1000] = {0};
    if (st == PILA_OK) {
        it = pila_sorted(pila_span(plain, 1000, &pila_i64), NULL, false);
        st = it.status;
        pila_iter_drop(&it);
    }
    return st;
}

static void without_memory(void **state)
{
    (void)state;
    stage_clear();
    check_alloc_sweep(scenario, NULL);
}

/* Pairs of rows of pairs: what is shown is copied at every depth, or not at all. */
static pila_status nested_scenario(void *ctx)
{
    struct named {
        pila_str name;
        pila_string own;
    } in[2];
    struct line {
        pila_row row;
        struct two {
            pila_row row;
            int64_t n;
        } two;
    } lines[2] = {{{in, 2}, {{in, 1}, 1}}, {{in, 1}, {{in, 2}, 0}}};
    pila_pair named, two, line;
    pila_tuple row;
    pila_status st = PILA_OK;

    in[0].name = pila_cstr("a");
    in[1].name = pila_cstr("b");
    in[0].own = pila_string_borrow(pila_cstr("text that needs a block"));
    in[1].own = pila_string_borrow(pila_cstr("and another one of those"));
    CHECK_OK(pila_pair_init(&named, &pila_view, &pila_text));
    pila_tuple_row(&row, &named.type);
    CHECK_OK(pila_pair_init(&two, &row.type, &pila_i64));
    CHECK_OK(pila_pair_init(&line, &row.type, &two.type));
    pila_iter it = pila_reversed(pila_span(lines, 2, ctx ? &two.type : &line.type));
    st = it.status;
    if (st == PILA_OK && !ctx) {
        const struct line *x = pila_next_item(&it);
        const struct named *y = x->two.row.items;
        CHECK_INT(x->row.n, 1);
        CHECK_INT(x->two.row.n, 2);
        CHECK(y != in && y[1].name.ptr != in[1].name.ptr);
        CHECK_TEXT(y[1].name, "b");
        CHECK_TEXT(pila_string_view(&y[1].own), "and another one of those");
    }
    pila_iter_drop(&it);
    return st;
}

static void nested_tuples(void **state)
{
    const int64_t numbers_[] = {1, 2, 3, 4};
    pila_member member[2] = {{&pila_i64, 0}, {&pila_i64, 0}};
    pila_tuple t;
    pila_row huge = {numbers_, SIZE_MAX / 2};

    (void)state;
    check_alloc_sweep(nested_scenario, NULL);
    CHECK_OK(pila_tuple_struct(&t, member, 2)); /* shows nothing: a window is copied */
    pila_iter it = pila_sorted(pila_span(numbers_, 2, &t.type), NULL, true);
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 3);
    pila_iter_drop(&it);
    CHECK_OK(pila_tuple_array(&t, &pila_i64, 2));
    it = pila_sorted(pila_span(numbers_, 2, &t.type), NULL, true);
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 3);
    pila_iter_drop(&it);
    pila_tuple_row(&t, &pila_i64);
    CHECK_STATUS(pila_reversed(pila_span(&huge, 1, &t.type)).status, PILA_ENOMEM);
}

/* Rows that were not reached when a copy failed show nothing that is not theirs. */
static void rows_not_reached(void **state)
{
    thing things[3] = {{1, NULL}, {2, NULL}, {3, NULL}};
    pila_row rows_[3] = {{things, 2}, {things + 1, 2}, {things, 3}};
    pila_member member[3];
    pila_tuple row, t;

    (void)state;
    pila_tuple_row(&row, &thing_type);
    for (int k = 0; k < 3; k++) member[k].type = &row.type;
    CHECK_OK(pila_tuple_struct(&t, member, 3));
    for (long fail = 1, failed = 1; failed; fail++) {
        check_alloc_start();
        stage_clear();
        stage.on = ON_COPY;
        stage.fail_at = fail;
        pila_iter it = pila_reversed(pila_span(rows_, 1, &t.type));
        failed = stage.calls >= fail;
        CHECK_STATUS(it.status, failed ? THING_FAULT : PILA_OK);
        pila_iter_drop(&it);
        stage_clear();
        check_alloc_stop();
    }
    pila_pair pair;
    CHECK_OK(pila_pair_init(&pair, &row.type, &t.type));
    struct {
        pila_row first, rest[3];
    } all = {{things, 3}, {{things, 2}, {things + 1, 2}, {things, 3}}};
    stage.on = ON_COPY;
    stage.fail_at = 2;
    check_alloc_start();
    CHECK_STATUS(pila_reversed(pila_span(&all, 1, &pair.type)).status, THING_FAULT);
    check_alloc_stop();
    stage_clear();
}

static void dropped_half_way(void **state)
{
    pila_key key = {&pila_i64, entry_key, NULL};
    pila_iter it;

    (void)state;
    check_alloc_start();
    it = pila_sorted(reader_of(10), &key, false);
    pila_iter_drop(&it);
    it = pila_sorted(reader_of(10), &key, false);
    check_entry(pila_next_item(&it), 0);
    pila_iter_drop(&it);
    pila_iter_drop(&it);
    check_alloc_stop();
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(readers_are_copied),
        cmocka_unit_test(faults),
        cmocka_unit_test(copies_that_mutate),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(nested_tuples),
        cmocka_unit_test(rows_not_reached),
        cmocka_unit_test(dropped_half_way),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
