/* test_unique.c - the promises of unique.h; rows decided by CPython are in
 * unique_rows.h.
 */
#include "check.h"
#include "hashed.h"
#include "kinds.h"
#include "logged.h"
#include "numbered.h"
#include "thing.h"

#include <pila/collections/list.h>
#include <pila/collections/unique.h>

/* ---- helpers ---- */

static int value_of(const pila_type *t, const void *item)
{
    int value = 0;

    if (t->kind == PILA_KIND_OTHER) return (int)sample_value(t, item);
    while (!kind_is(t, item, value)) value++;
    return value;
}

/* A source that writes each item over the one before, text included. */
typedef struct source {
    const pila_type *type;
    int items[64];
    size_t at, n;
    pila_status end;
    kind_item item;
    bulky big;
    char text[40];
    void (*act)(void *ctx);
    void *ctx;
} source;

static bool source_refill(pila_iter *it)
{
    source *s = it->state;
    sample sample_room;
    const void *made;

    if (s->act) s->act(s->ctx);
    if (s->at == s->n) return pila_iter_end(it, s->end);
    log_add(".");
    made = item_of(s->type, s->items[s->at++], &sample_room, &s->item);
    if (s->type->kind == PILA_KIND_OTHER) memcpy(&s->big, made, s->type->size);
    if (s->type->kind == PILA_KIND_STR) {
        memcpy(s->text, s->item.view.ptr, s->item.view.len);
        s->item.view.ptr = s->text;
    }
    it->cur = s->type->kind == PILA_KIND_OTHER ? (const char *)&s->big
                                               : (const char *)&s->item;
    it->end = it->cur + s->type->size;
    return true;
}

static pila_iter source_drop(pila_iter *it)
{
    free(it->state);
    return pila_failed(PILA_END);
}

static pila_iter source_of(const char *text, const pila_type *t)
{
    static const pila_iter_ops ops = {source_refill, source_drop, NULL};
    source *s = calloc(1, sizeof *s);

    s->n = numbers(text, s->items);
    s->type = t;
    s->end = PILA_END;
    return pila_iter_make(t, &ops, s);
}

static pila_status key_int(void *ctx, const void *item, void *out)
{
    int value = value_of(ctx, item);

    log_add("k%d", value);
    value /= 10;
    memcpy(out, &value, sizeof value);
    return PILA_OK;
}

static pila_status key_thing(void *ctx, const void *item, void *out)
{
    sample s;
    int value = value_of(ctx, item);

    log_add("k%d", value);
    return thing_copy(&bulky_size, out, sample_of(&bulky_type, value / 10, &s));
}

static char key_room[40];

static pila_status key_view(void *ctx, const void *item, void *out)
{
    int value = value_of(ctx, item);
    pila_str view;

    log_add("k%d", value);
    snprintf(key_room, sizeof key_room, "the key of all from %d on", value / 10);
    view = pila_cstr(key_room);
    memcpy(out, &view, sizeof view);
    return PILA_OK;
}

/* A pair of a number and a view, and a row of two views: shown, not owned. */
typedef struct shown {
    int64_t n;
    pila_str word;
    pila_row row;
} shown;

static pila_tuple shown_row, shown_tuple;
static pila_member shown_members[3];

static pila_status key_shown(void *ctx, const void *item, void *out)
{
    static pila_str both[2];
    pila_str view;
    pila_status st = key_view(ctx, item, &view);
    shown key = {1, view, {both, 2}};

    both[0] = both[1] = view;
    memcpy(out, &key, sizeof key);
    return st;
}

static const pila_type *shown_type(void)
{
    pila_tuple_row(&shown_row, &pila_view);
    shown_members[0].type = &pila_i64;
    shown_members[1].type = &pila_view;
    shown_members[2].type = &shown_row.type;
    (void)!pila_tuple_struct(&shown_tuple, shown_members, 3);
    return &shown_tuple.type;
}

/* ---- rows ---- */

typedef enum unique_op { EVERSEEN, UNIQUE } unique_op;

typedef struct unique_row {
    unique_op op;
    const char *items;
    int by, reverse;
    const char *log;
} unique_row;

static const unique_row rows[] = {
#include "unique_rows.h"
};

static pila_iter make(const unique_row *r, pila_iter src, const pila_key *key)
{
    return r->op == EVERSEEN ? pila_unique_everseen(src, key)
                             : pila_unique(src, key, r->reverse);
}

static void run_row(const unique_row *r, const pila_type *t, int how)
{
    pila_key keys[] = {{&pila_i32, key_int, (void *)(uintptr_t)t},
                       {&hashed_bulky, key_thing, (void *)(uintptr_t)t},
                       {&pila_view, key_view, (void *)(uintptr_t)t},
                       {shown_type(), key_shown, (void *)(uintptr_t)t}};
    pila_key *key = r->by ? &keys[how] : NULL;

    if (r->op == UNIQUE && how > 1) return; /* those keys are in one place */
    stage_clear();
    check_alloc_start();
    log_text[0] = 0;
    pila_iter it = make(r, source_of(r->items, t), key);
    for (const void *x; (x = pila_next_item(&it)) != NULL;)
        log_add(">%d", value_of(t, x));
    CHECK_STATUS(it.status, PILA_END);
    if (strcmp(log_text, r->log) != 0)
        fail_msg("%s %s %d: got\n%s, want\n%s", t->name, r->items, how, log_text,
                 r->log);
    pila_iter_drop(&it);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int how = 0; how < (rows[i].by ? 4 : 1); how++) {
            ROW(rows[i].items);
            run_row(&rows[i], &hashed_thing, how);
            run_row(&rows[i], &hashed_bulky, how);
            for (size_t k = 0; k < COUNT_OF(kinds); k++)
                run_row(&rows[i], kinds[k], how);
        }
    ROW(NULL);
}

/* Arrays: windows of many, against a plain look-up. */
static void windows(void **state)
{
    check_rng rng = check_rng_start();

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        const pila_type *t = kinds[i % COUNT_OF(kinds)];
        static kind_item items[400];
        int value[400], want[100], seen[100] = {0};
        size_t n = check_rng_below(&rng, 400), wanted = 0, got = 0;
        pila_list l;
        pila_iter it;

        pila_list_init(&l, t);
        for (size_t k = 0; k < n; k++) {
            value[k] = (int)check_rng_below(&rng, i % 2 ? 100 : 7);
            CHECK_OK(pila_list_append(&l, kind_of(t, value[k], &items[k])));
            if (!seen[value[k]]++) want[wanted++] = value[k];
        }
        it = pila_unique_everseen(pila_list_iter(&l), NULL);
        for (const void *x; (x = pila_next_item(&it)) != NULL; got++)
            CHECK(got < wanted && kind_is(t, x, want[got]));
        CHECK_INT(got, wanted);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
        it = pila_unique(pila_list_iter(&l), NULL, false);
        got = 0;
        for (int v = 0; v < 100; v++)
            if (seen[v]) {
                const void *x = pila_next_item(&it);
                CHECK(x && kind_is(t, x, v));
            }
        CHECK(!pila_next_item(&it));
        pila_iter_drop(&it);
        pila_list_done(&l);
    }
    const int64_t plain[] = {1, 2, 3, 3, 4};
    pila_iter it = pila_unique_everseen(pila_span(plain, 5, &pila_i64), NULL);
    CHECK_INT(pila_iter_length_hint(&it), 5);
    CHECK_INT(pila_iter_ready(&it), 3); /* a run, where it lies */
    CHECK(it.cur == (const char *)plain);
    pila_iter_drop(&it);
}

static void faults(void **state)
{
    const pila_type orderless = PILA_PLAIN_TYPE(int);
    pila_type no_eq = thing_type, no_hash = thing_type;
    const int64_t x = 1;
    sample s;
    faulty f = {0, 3, PILA_EIO, 0};
    pila_iter it;

    (void)state;
    stage_clear();
    no_eq.eq = NULL;
    no_eq.hash = hashed_hash;
    CHECK_STATUS(pila_unique_everseen(pila_span(&x, 1, &orderless), NULL).status,
                 PILA_ETYPE);
    (void)sample_of(&thing_type, 1, &s);
    CHECK_STATUS(pila_unique_everseen(pila_span(&s, 1, &no_eq), NULL).status,
                 PILA_ETYPE);
    CHECK_STATUS(pila_unique_everseen(pila_span(&s, 1, &no_hash), NULL).status,
                 PILA_ETYPE);
    CHECK_STATUS(pila_unique(pila_span(&s, 1, &no_eq), NULL, false).status, PILA_ETYPE);
    CHECK_STATUS(pila_unique(pila_failed(PILA_EEOF), NULL, false).status, PILA_EEOF);
    CHECK_STATUS(pila_unique_everseen(pila_failed(PILA_EEOF), NULL).status, PILA_EEOF);
    CHECK_STATUS(pila_unique(faulty_iter(&f), NULL, false).status, PILA_EIO);
    f.now = 0;
    it = pila_unique_everseen(faulty_iter(&f), NULL);
    for (int k = 0; k < 3; k++) CHECK(pila_next_item(&it));
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EIO);
    pila_iter_drop(&it);
    pila_type huge = hashed_thing;
    huge.size = (size_t)PTRDIFF_MAX + 1;
    pila_key key = {&huge, key_thing, NULL};
    it = pila_unique_everseen(pila_span(&x, 1, &pila_i64), &key);
    CHECK(it.status == PILA_ENOMEM || it.status == PILA_EOVERFLOW);
    for (int op = EVERSEEN; op <= UNIQUE; op++)
        for (int by = 0; by < 2; by++)
            for (int on = ON_COPY; on <= ON_HASH; on *= 2)
                for (long fail = 1, failed = 1; failed; fail++) {
                    unique_row r = {(unique_op)op, "3 30 3 11 3", by, 0, ""};
                    pila_key boxed = {&hashed_bulky, key_thing,
                                      (void *)(uintptr_t)&hashed_thing};
                    check_alloc_start();
                    stage_clear();
                    log_text[0] = 0;
                    stage.on = on & ~ON_DROP;
                    stage.fail_at = fail;
                    it =
                        make(&r, source_of(r.items, &hashed_thing), by ? &boxed : NULL);
                    while (pila_next_item(&it)) continue;
                    failed = stage.calls >= fail;
                    CHECK_STATUS(it.status, failed ? THING_FAULT : PILA_END);
                    pila_iter_drop(&it);
                    stage_clear();
                    check_alloc_stop();
                }
}

/* ---- callbacks that meddle ---- */

typedef struct meddler {
    pila_list list;
    pila_iter *it;
    bool re_enters;
} meddler;

static void meddle(void *ctx)
{
    meddler *m = ctx;

    if (m->re_enters) (void)pila_next_item(m->it);
    else pila_list_clear(&m->list);
}

static void callbacks_that_meddle(void **state)
{
    (void)state;
    for (int op = EVERSEEN; op <= UNIQUE; op++)
        for (int re_enters = 0; re_enters < 2; re_enters++)
            for (int by = 0; by < 2; by++)
                for (int on = ON_COPY; on <= ON_HASH; on *= 2)
                    for (long at = 1; at < 20; at++) {
                        unique_row r = {(unique_op)op, "", by, 0, ""};
                        pila_key boxed = {&hashed_bulky, key_thing,
                                          (void *)(uintptr_t)&hashed_thing};
                        meddler m;
                        pila_iter it = pila_failed(PILA_END);
                        sample s;
                        check_alloc_start();
                        stage_clear();
                        log_text[0] = 0;
                        m.it = &it;
                        m.re_enters = re_enters;
                        pila_list_init(&m.list, &hashed_thing);
                        for (int k = 0; k < 5; k++)
                            CHECK_OK(
                                pila_list_append(&m.list, sample_of(m.list.type,
                                                                    k * 20 % 30, &s)));
                        bool clears_later = !re_enters && op == UNIQUE;
                        if (!clears_later && !re_enters) {
                            stage.on = on;
                            stage.act = meddle;
                            stage.act_at = at;
                            stage.ctx = &m;
                        }
                        it = make(&r, pila_list_iter(&m.list), by ? &boxed : NULL);
                        if (clears_later || re_enters) {
                            stage.on = on;
                            stage.act = meddle;
                            stage.act_at = at;
                            stage.ctx = &m;
                        }
                        while (pila_next_item(&it)) continue;
                        bool acted = !stage.act;
                        stage_clear();
                        if (!acted || clears_later) CHECK_STATUS(it.status, PILA_END);
                        else if (re_enters)
                            CHECK(it.status == PILA_EVALUE || on == ON_DROP);
                        else CHECK_STATUS(it.status, PILA_EMUTATED);
                        CHECK(it.cur == it.end);
                        pila_iter_drop(&it);
                        pila_list_done(&m.list);
                        check_alloc_stop();
                    }
}

static pila_status clearing_key(void *ctx, const void *item, void *out)
{
    pila_str view = pila_string_view(item);

    pila_list_clear(ctx);
    memcpy(out, &view, sizeof view);
    return PILA_OK;
}

static void a_key_that_points_into_what_it_frees(void **state)
{
    pila_list l;
    pila_string text = pila_string_borrow(pila_cstr("one that is long enough"));
    pila_key key = {&pila_view, clearing_key, &l};

    (void)state;
    check_alloc_start();
    pila_list_init(&l, &pila_text);
    CHECK_OK(pila_list_append(&l, &text));
    pila_iter it = pila_unique_everseen(pila_list_iter(&l), &key);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_iter_drop(&it);
    pila_list_done(&l);
    check_alloc_stop();
}

/* ---- a source that moves while a view of it is in use ---- */

typedef struct named {
    thing head;
    pila_str name;
    pila_row row;
} named;

static pila_tuple named_row, named_tuple;
static pila_member named_members[3];

static const pila_type *named_type(void)
{
    pila_tuple_row(&named_row, &pila_view);
    named_members[0].type = &hashed_thing;
    named_members[1].type = &pila_view;
    named_members[2].type = &named_row.type;
    (void)!pila_tuple_struct(&named_tuple, named_members, 3);
    return &named_tuple.type;
}

typedef struct grower {
    pila_list list;
    char *text; /* what items without a key show */
} grower;

/* So often that the items move, and what was shown is gone. */
static void grow(void *ctx)
{
    grower *g = ctx;
    size_t n = pila_list_len(&g->list), size = g->list.type->size;
    char room[sizeof(named)];

    for (size_t k = 0; k < 200; k++) {
        memcpy(room, g->list.base.items + k % n * size, size);
        CHECK_OK(pila_list_append(&g->list, room));
    }
    free(g->text);
    g->text = NULL;
}

/* A key that shows the text of an item, which lies among the items. */
static pila_status key_named(void *ctx, const void *item, void *out)
{
    pila_str view = pila_string_view(item);
    named key = {{(int64_t)view.len, pila_alloc(1, 1)}, view, {NULL, 0}};

    (void)ctx;
    if (!key.head.own) return PILA_ENOMEM;
    memcpy(out, &key, sizeof key);
    return PILA_OK;
}

/* Items are texts with a key that shows them, or show a text themselves. */
static void grower_init(grower *g, bool by)
{
    static const char *const texts[] = {"a", "bb", "a", "ccc", "bb", "dddd"};
    static const char all[] = "a bb a ccc bb dddd";

    g->text = malloc(sizeof all);
    memcpy(g->text, all, sizeof all);
    pila_list_init(&g->list, by ? &pila_text : named_type());
    for (size_t k = 0, at = 0; k < 6; at += strlen(texts[k++]) + 1) {
        pila_string text = pila_string_borrow(pila_cstr(texts[k]));
        named item = {{(int64_t)k % 2, NULL}, {g->text + at, strlen(texts[k])}, {0}};
        CHECK_OK(pila_list_append(&g->list, by ? (void *)&text : (void *)&item));
    }
}

static void a_source_that_grows_in_a_callback(void **state)
{
    static const int calls[] = {ON_COPY, ON_EQ, ON_HASH, ON_DROP};

    (void)state;
    for (int by = 0; by < 2; by++)
        for (size_t on = 0; on < COUNT_OF(calls); on++)
            for (long at = 1, acted = 1; acted; at++) {
                pila_key key = {named_type(), key_named, NULL};
                grower g;
                check_alloc_start();
                stage_clear();
                hashed_as = hashed_alike; /* so that eq is asked */
                grower_init(&g, by);
                pila_iter it =
                    pila_unique_everseen(pila_list_iter(&g.list), by ? &key : NULL);
                stage.act = grow;
                stage.on = calls[on];
                stage.act_at = at;
                stage.ctx = &g;
                while (pila_next_item(&it)) continue;
                acted = !stage.act;
                stage_clear();
                CHECK(at > 1 || acted);
                CHECK_STATUS(it.status, acted ? PILA_EMUTATED : PILA_END);
                pila_iter_drop(&it);
                pila_list_done(&g.list);
                free(g.text);
                hashed_as = NULL;
                check_alloc_stop();
            }
}

/* ---- few that differ ---- */

enum { FEW_MOST = 6000 };

/* Numbers, of which so many differ, against a plain look-up. */
static void few_run(const pila_type *t, size_t differ)
{
    static int64_t items[4 * FEW_MOST];
    static bool seen[FEW_MOST];
    check_rng rng = check_rng_start();
    size_t n = COUNT_OF(items), size = t->size, at = 0;
    char *bytes = (char *)items;

    memset(seen, 0, sizeof seen);
    for (size_t k = 0; k < n; k++) {
        int64_t wide = (int64_t)check_rng_below(&rng, differ);
        int32_t narrow = (int32_t)wide;
        double real = (double)wide;
        const void *from = size == 4 ? (void *)&narrow : (void *)&wide;
        if (t == &pila_f64) from = &real;
        memcpy(bytes + k * size, from, size);
    }
    pila_iter it = pila_unique_everseen(pila_span(items, n, t), NULL);
    for (size_t k = 0; k < n; k++) {
        double real;
        memcpy(&real, bytes + k * size, size < 8 ? size : 8);
        int64_t wide = 0;
        memcpy(&wide, bytes + k * size, size);
        size_t v = t == &pila_f64 ? (size_t)real : (size_t)wide;
        if (seen[v]) continue;
        seen[v] = true;
        const char *x = pila_next_item(&it);
        CHECK(x && memcmp(x, bytes + k * size, size) == 0);
        at++;
    }
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_END);
    CHECK(at <= differ);
    pila_iter_drop(&it);
}

static void few_that_differ(void **state)
{
    static const pila_type *const types[] = {&pila_i32, &pila_i64, &pila_f64};
    static double zeros[2000];
    double nan = strtod("nan", NULL);

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(types); k++) {
        few_run(types[k], 1);
        few_run(types[k], 700);
        few_run(types[k], FEW_MOST);
    }
    for (size_t k = 0; k < COUNT_OF(zeros); k++)
        zeros[k] = k < 1000 || k % 3 == 0 ? 1 : k % 3 == 1 ? -0.0 : nan;
    zeros[1500] = 0.0; /* equal to one that came before, of other bytes */
    pila_iter it = pila_unique_everseen(pila_span(zeros, 2000, &pila_f64), NULL);
    size_t n = 0;
    while (pila_next_item(&it)) n++;
    CHECK_INT(n, 3);
    pila_iter_drop(&it);
    check_alloc_stop();
}

static pila_status few_scenario(void *ctx)
{
    int32_t more[1200];

    (void)ctx;
    for (int k = 0; k < 1200; k++) more[k] = k % 900;
    pila_iter it = pila_unique_everseen(pila_span(more, 1200, &pila_i32), NULL);
    while (pila_next_item(&it)) continue;
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status scenario(void *ctx)
{
    const pila_key *key = ctx;
    const pila_type *t = key ? key->ctx : &pila_text;
    pila_status st = PILA_OK;

    for (int op = EVERSEEN; op <= UNIQUE && st == PILA_OK; op++) {
        unique_row r = {(unique_op)op, "3 1 44 3 1 12 33 95 81 72 65 10 20 30 44 53", 0,
                        0, ""};
        if (op == UNIQUE && key && key->type->kind == PILA_KIND_STR) break;
        if (op == UNIQUE && key && key->fn == key_shown) break;
        log_text[0] = 0;
        pila_iter it = make(&r, source_of(r.items, t), key);
        while (pila_next_item(&it)) continue;
        st = pila_iter_outcome(&it);
        pila_iter_drop(&it);
    }
    return st;
}

static void without_memory(void **state)
{
    pila_key keys[] = {{&pila_i32, key_int, (void *)(uintptr_t)&hashed_bulky},
                       {&hashed_bulky, key_thing, (void *)(uintptr_t)&hashed_thing},
                       {&pila_view, key_view, (void *)(uintptr_t)&pila_i32},
                       {shown_type(), key_shown, (void *)(uintptr_t)&pila_text}};

    (void)state;
    stage_clear();
    check_alloc_sweep(scenario, NULL);
    check_alloc_sweep(few_scenario, NULL);
    for (size_t k = 0; k < COUNT_OF(keys); k++) check_alloc_sweep(scenario, &keys[k]);
}

static void dropped_half_way(void **state)
{
    pila_key key = {&hashed_bulky, key_thing, (void *)(uintptr_t)&pila_text};

    (void)state;
    stage_clear();
    check_alloc_start();
    for (int op = EVERSEEN; op <= UNIQUE; op++) {
        unique_row r = {(unique_op)op, "3 1 44 3", 1, 0, ""};
        log_text[0] = 0;
        pila_iter it = make(&r, source_of(r.items, &pila_text), &key);
        CHECK(pila_next_item(&it));
        pila_iter_drop(&it);
        it = make(&r, source_of(r.items, &pila_text), &key);
        pila_iter_drop(&it);
        pila_iter_drop(&it);
    }
    check_alloc_stop();
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(windows),
        cmocka_unit_test(faults),
        cmocka_unit_test(callbacks_that_meddle),
        cmocka_unit_test(a_key_that_points_into_what_it_frees),
        cmocka_unit_test(a_source_that_grows_in_a_callback),
        cmocka_unit_test(few_that_differ),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(dropped_half_way),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
