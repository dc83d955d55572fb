/* test_list.c - the promises of list.h and sort.h; rows decided by CPython are in
 * list_rows.h. */
#include "check.h"
#include "kinds.h"
#include "thing.h"

#include <inttypes.h>
#include <math.h>

#include <pila/collections/list.h>

PILA_LIST(Ints, int)
PILA_LIST(Longs, int64_t)
PILA_LIST(Texts, pila_string)
PILA_LIST(Floats, double)
PILA_LIST_OF(Things, thing, &thing_type)

/* ---- helpers ---- */

static bool valid(const pila_list *l)
{
    return l->base.len <= l->base.room && (l->base.items || l->base.room == 0);
}

static void fill(pila_list *l, const int64_t *values, size_t n)
{
    sample s;

    for (size_t k = 0; k < n; k++)
        CHECK_OK(pila_list_append(l, sample_of(l->type, values[k], &s)));
}

static void fill_to(pila_list *l, int64_t n)
{
    sample s;

    for (int64_t k = 1; k <= n; k++)
        CHECK_OK(pila_list_append(l, sample_of(l->type, k, &s)));
}

static int64_t at(const pila_list *l, ptrdiff_t i)
{
    const void *item = pila_list_get(l, i);

    if (!item) fail_msg("%s: no item %td", check_row ? check_row : "", i);
    return sample_value(l->type, item);
}

static bool holds(const pila_list *l, const int64_t *values, size_t n)
{
    if (!valid(l) || pila_list_len(l) != n) return false;
    for (size_t k = 0; k < n; k++)
        if (at(l, (ptrdiff_t)k) != values[k]) return false;
    return true;
}

static bool counts_to(const pila_list *l, int64_t n)
{
    if (!valid(l) || pila_list_len(l) != (size_t)n) return false;
    for (int64_t k = 0; k < n; k++)
        if (at(l, (ptrdiff_t)k) != k + 1) return false;
    return true;
}

static void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    check_alloc_start();
}

/* ---- rows ---- */

typedef enum list_op {
    APPEND,
    POP,
    INSERT,
    SET,
    GET,
    DEL,
    REMOVE,
    REVERSE,
    SORT,
    CLEAR,
    COUNT,
    IN,
    INDEX,
    REPEAT,
    EXTEND,
    EXTEND_SELF,
    CONCAT,
    CONCAT_SELF,
    COPY,
    /* not in the rows of CPython */
    SLICE,
    SET_SLICE,
    SET_EXTENDED,
    DEL_SLICE,
    DEL_EXTENDED,
    FROM,
    EQ,
    COMPARE,
    REPR,
    SORT_KEY
} list_op;

typedef struct list_row {
    const char *text, *items;
    list_op op;
    int64_t a, b;
    pila_status status;
    int64_t result;
    const char *repr;
} list_row;

static const list_row rows[] = {
#define LIST_ROWS
#include "list_rows.h"
#undef LIST_ROWS
};

static const struct {
    const char *text;
    int64_t size;
    int assigned; /* -1: the list itself, -2: none, read and deleted */
    uint64_t hash;
} slice_rows[] = {
#include "list_rows.h"
};

static const int64_t one_two_three[] = {1, 2, 3};

static pila_status key_of(void *ctx, const void *item, void *out)
{
    pila_status st = stage_pass(ON_REPR); /* the key of a thing passes there */
    int64_t value = sample_value(ctx, item), key = value % 3;

    if (st == PILA_OK) memcpy(out, &key, sizeof key);
    return st;
}

static pila_status run_sort_key(pila_list *l)
{
    pila_key key = {&pila_i64, key_of, (void *)(uintptr_t)l->type};

    return pila_list_sort(l, &key, false);
}

static pila_status run_slices(pila_list *l, list_op op)
{
    switch (op) {
    case SLICE: return pila_list_slice(l, l, pila_slice_of(1, PILA_NONE, 2));
    case SET_SLICE:
        return pila_list_set_slice(l, pila_slice_of(1, 3, 1), pila_list_iter(l));
    case SET_EXTENDED:
        return pila_list_set_slice(l, pila_slice_of(PILA_NONE, PILA_NONE, -1),
                                   pila_list_iter(l));
    case DEL_SLICE: return pila_list_del_slice(l, pila_slice_of(1, 3, PILA_NONE));
    case DEL_EXTENDED: return pila_list_del_slice(l, pila_slice_of(-1, PILA_NONE, -2));
    case FROM: return pila_list_from(l, pila_list_reversed(l));
    default: return PILA_EUSER;
    }
}

static pila_status run_change(pila_list *l, const list_row *r)
{
    const pila_type *t = l->type;
    sample s;

    switch (r->op) {
    case APPEND: return pila_list_append(l, sample_of(t, r->a, &s));
    case INSERT: return pila_list_insert(l, (ptrdiff_t)r->a, sample_of(t, r->b, &s));
    case SET: return pila_list_set(l, (ptrdiff_t)r->a, sample_of(t, r->b, &s));
    case DEL: return pila_list_del(l, (ptrdiff_t)r->a);
    case REMOVE: return pila_list_remove(l, sample_of(t, r->a, &s));
    case REVERSE: pila_list_reverse(l); return PILA_OK;
    case SORT: return pila_list_sort(l, NULL, r->a != 0);
    case SORT_KEY: return run_sort_key(l);
    case CLEAR: pila_list_clear(l); return PILA_OK;
    case REPEAT: return pila_list_repeat(l, l, (ptrdiff_t)r->a);
    case EXTEND_SELF: return pila_list_extend(l, pila_list_iter(l));
    case CONCAT_SELF: return pila_list_concat(l, l, l);
    case COPY: return pila_list_copy(l, l);
    default: return run_slices(l, r->op);
    }
}

static pila_status run_with_others(pila_list *l, list_op op)
{
    pila_list other, out;
    pila_status st;

    pila_list_init(&other, l->type);
    pila_list_init(&out, &pila_f64); /* of another type before */
    fill(&other, one_two_three, 3);
    if (op == CONCAT) st = pila_list_concat(&out, l, &other);
    else st = pila_list_extend(l, pila_list_iter(&other));
    if (op == CONCAT) pila_list_move(l, &out);
    pila_list_done(&other);
    pila_list_done(&out);
    return st;
}

static pila_status run_look(pila_list *l, const list_row *r, int64_t *result)
{
    size_t n = 0;
    bool in = false;
    sample s;
    pila_status st;

    switch (r->op) {
    case COUNT:
        st = pila_list_count(l, sample_of(l->type, r->a, &s), &n);
        *result = (int64_t)n;
        return st;
    case IN:
        st = pila_list_contains(l, sample_of(l->type, r->a, &s), &in);
        *result = in;
        return st;
    case INDEX:
        st = pila_list_index(l, sample_of(l->type, 2, &s), (ptrdiff_t)r->a,
                             (ptrdiff_t)r->b, &n);
        *result = (int64_t)n;
        return st;
    case GET:
        if (!pila_list_get(l, (ptrdiff_t)r->a)) return PILA_EINDEX;
        *result = at(l, (ptrdiff_t)r->a);
        return PILA_OK;
    default: return PILA_EUSER;
    }
}

static pila_status run_pop(pila_list *l, ptrdiff_t i, int64_t *result)
{
    sample out;
    pila_status st = pila_list_pop(l, i, &out);

    if (st != PILA_OK) return st;
    *result = sample_value(l->type, &out);
    pila_type_drop(l->type, &out);
    return PILA_OK;
}

static pila_status run_row(pila_list *l, const list_row *r, int64_t *result)
{
    switch (r->op) {
    case POP: return run_pop(l, (ptrdiff_t)r->a, result);
    case COUNT:
    case IN:
    case INDEX:
    case GET: return run_look(l, r, result);
    case EXTEND:
    case CONCAT: return run_with_others(l, r->op);
    default: return run_change(l, r);
    }
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows) * SAMPLE_TYPES; k++) {
        const list_row *r = &rows[k / SAMPLE_TYPES];
        const pila_type *t = sample_type((int)(k % SAMPLE_TYPES));
        int64_t value, result = 0;
        int used, offset = 0;
        sample s;
        pila_list l;
        pila_buf text = {0};

        setup_row(r->text);
        if (r->op == SORT && t->kind == PILA_KIND_STRING) continue; /* another order */
        pila_list_init(&l, t);
        while (sscanf(r->items + offset, "%" SCNd64 "%n", &value, &used) == 1) {
            CHECK_OK(pila_list_append(&l, sample_of(t, value, &s)));
            offset += used;
        }
        CHECK_STATUS(run_row(&l, r, &result), r->status);
        CHECK_INT(result, r->result);
        CHECK(valid(&l));
        if (t->kind != PILA_KIND_STRING) { /* those show in quotes */
            CHECK_OK(pila_list_repr(&l, &text));
            CHECK_TEXT(pila_buf_view(&text), r->repr);
        }
        pila_buf_done(&text);
        pila_list_done(&l);
        pila_list_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- slices ---- */

typedef struct hasher {
    uint64_t h;
} hasher;

static void hash_add(hasher *h, int64_t x)
{
    h->h = (h->h ^ ((uint64_t)x & 0xff)) * 0x100000001b3u;
}

static void hash_list(hasher *h, const pila_list *l)
{
    for (ptrdiff_t k = 0; k < (ptrdiff_t)pila_list_len(l); k++) hash_add(h, at(l, k));
}

static pila_status slice_read(pila_list *l, pila_slice s, hasher *h)
{
    pila_list part;
    pila_slice in;
    size_t n = 99;
    pila_status st;

    pila_list_init(&part, l->type);
    st = pila_list_slice(&part, l, s);
    if (st == PILA_OK) {
        hash_list(h, &part);
        CHECK_OK(pila_slice_indices(s, pila_list_len(l), &in, &n));
        CHECK_INT(n, pila_list_len(&part));
        hash_add(h, in.start);
        hash_add(h, in.stop);
        hash_add(h, in.step);
        st = pila_list_del_slice(l, s);
    } else CHECK_STATUS(pila_list_del_slice(l, s), st);
    pila_list_done(&part);
    return st;
}

static pila_status slice_assign(pila_list *l, pila_slice s, int assigned)
{
    pila_list with;
    pila_status st;
    sample x;

    if (assigned < 0) return pila_list_set_slice(l, s, pila_list_iter(l));
    pila_list_init(&with, l->type);
    for (int k = 0; k < assigned; k++)
        CHECK_OK(pila_list_append(&with, sample_of(l->type, 100 + k, &x)));
    st = pila_list_set_slice(l, s, pila_list_iter(&with));
    pila_list_done(&with);
    return st;
}

static void slice_once(const pila_type *t, size_t row, pila_slice s, hasher *h)
{
    int64_t size = slice_rows[row].size;
    pila_list l;
    pila_status st;

    pila_list_init(&l, t);
    fill_to(&l, size);
    if (slice_rows[row].assigned == -2) st = slice_read(&l, s, h);
    else st = slice_assign(&l, s, slice_rows[row].assigned);
    if (st == PILA_OK) hash_list(h, &l);
    else {
        CHECK_STATUS(st, PILA_EVALUE);
        CHECK(counts_to(&l, size));
        hash_add(h, 255);
    }
    pila_list_done(&l);
}

static void slices_are_those_of_cpython(void **state)
{
    static const ptrdiff_t steps[] = {PILA_NONE, -4, -2, -1, 0, 1, 2, 4};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(slice_rows) * SAMPLE_TYPES; k++) {
        size_t row = k / SAMPLE_TYPES;
        ptrdiff_t least = -(ptrdiff_t)slice_rows[row].size - 3, most = -least;
        hasher h = {0xcbf29ce484222325u};
        setup_row(slice_rows[row].text);
        for (ptrdiff_t i = least; i < most; i++)
            for (ptrdiff_t j = least; j < most; j++)
                for (size_t n = 0; n < COUNT_OF(steps); n++) {
                    pila_slice s = {i == least ? PILA_NONE : i,
                                    j == least ? PILA_NONE : j, steps[n]};
                    slice_once(sample_type((int)(k % SAMPLE_TYPES)), row, s, &h);
                }
        CHECK(h.h == slice_rows[row].hash);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* From slice(...).indices(5) of CPython, and the length of the range. */
static void extreme_slices(void **state)
{
    static const struct {
        const char *text;
        pila_slice s, out;
        size_t n;
    } table[] = {
        {"[max::]", {PTRDIFF_MAX, PILA_NONE, PILA_NONE}, {5, 5, 1}, 0},
        {"[:max:]", {PILA_NONE, PTRDIFF_MAX, 1}, {0, 5, 1}, 5},
        {"[::max]", {PILA_NONE, PILA_NONE, PTRDIFF_MAX}, {0, 5, PTRDIFF_MAX}, 1},
        {"[::-max]", {PILA_NONE, PILA_NONE, -PTRDIFF_MAX}, {4, -1, -PTRDIFF_MAX}, 1},
        {"[-max:]", {-PTRDIFF_MAX, PILA_NONE, 1}, {0, 5, 1}, 5},
        {"[:-max:-1]", {PILA_NONE, -PTRDIFF_MAX, -1}, {4, -1, -1}, 5},
        {"[max:-max:-max]",
         {PTRDIFF_MAX, -PTRDIFF_MAX, -PTRDIFF_MAX},
         {4, -1, -PTRDIFF_MAX},
         1},
    };
    pila_slice out = {7, 7, 7};
    size_t n = 7;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        ROW(table[k].text);
        CHECK_OK(pila_slice_indices(table[k].s, 5, &out, &n));
        CHECK_INT(out.start, table[k].out.start);
        CHECK_INT(out.stop, table[k].out.stop);
        CHECK_INT(out.step, table[k].out.step);
        CHECK_INT(n, table[k].n);
    }
    ROW("a step of 0");
    n = 7;
    CHECK_STATUS(pila_slice_indices(pila_slice_of(0, 5, 0), 5, &out, &n), PILA_EVALUE);
    CHECK_INT(n, 7);
    ROW(NULL);
}

/* ---- the typed face ---- */

static void typed_face_says_the_same(void **state)
{
    static const int more[] = {5, 6};
    Ints l = {0}, e = {0};
    int x = 0, order = 0;
    size_t n = 0;
    bool yes = false;
    pila_buf text = {0};

    (void)state;
    setup_row("typed face");
    CHECK_OK(Ints_reserve(&l, 10));
    CHECK_OK(Ints_append(&l, 3));
    CHECK_OK(Ints_insert(&l, 0, 1));
    CHECK_OK(Ints_extend(&l, pila_span(more, 2, &pila_i32)));
    CHECK_INT(Ints_len(&l), 4);
    CHECK_INT(*Ints_get(&l, -1), 6);
    CHECK_INT(Ints_data(&l)[1], 3);
    CHECK(Ints_get(&l, 4) == NULL && Ints_get(&l, -5) == NULL);
    CHECK_OK(Ints_index(&l, 5, 0, PTRDIFF_MAX, &n));
    CHECK_INT(n, 2);
    CHECK_OK(Ints_count(&l, 5, &n));
    CHECK_INT(n, 1);
    CHECK_OK(Ints_contains(&l, 4, &yes));
    CHECK(!yes);
    CHECK_OK(Ints_copy(&e, &l));
    CHECK_OK(Ints_eq(&l, &e, &yes));
    CHECK(yes);
    CHECK_OK(Ints_set(&e, 0, 7));
    CHECK_OK(Ints_compare(&l, &e, &order));
    CHECK_INT(order, -1);
    CHECK_OK(Ints_del(&e, 1));
    CHECK_OK(Ints_remove(&e, 6));
    Ints_reverse(&e);
    CHECK_OK(Ints_concat(&e, &e, &e));
    CHECK_OK(Ints_repeat(&e, &e, 2));
    CHECK_OK(Ints_slice(&e, &e, pila_slice_of(PILA_NONE, 5, PILA_NONE)));
    CHECK_OK(Ints_set_slice(&e, pila_slice_of(0, 0, 1), Ints_iter(&l)));
    CHECK_OK(Ints_del_slice(&e, pila_slice_of(PILA_NONE, PILA_NONE, 3)));
    CHECK_OK(Ints_repr(&e, &text));
    CHECK_TEXT(pila_buf_view(&text), "[3, 5, 5, 7, 7, 5]");
    CHECK_OK(Ints_sort(&e, NULL, true));
    CHECK_OK(Ints_pop(&e, -1, &x));
    CHECK_INT(x, 3);
    CHECK_OK(Ints_pop(&e, 0, NULL));
    CHECK_OK(Ints_from(&l, Ints_reversed(&e)));
    CHECK_INT(Ints_len(&l), 4);
    Ints_move(&l, &e);
    CHECK_INT(Ints_len(&e), 0);
    CHECK_STATUS(Ints_pop(&e, -1, &x), PILA_EEMPTY);
    CHECK_STATUS(Ints_del(&e, -1), PILA_EINDEX);
    Ints_clear(&l);
    Ints_done(&l);
    Ints_done(&e);
    pila_buf_done(&text);
    check_alloc_stop();
}

static void run_time_face_on_the_heap(void **state)
{
    pila_list *l;
    pila_buf text = {0};
    int64_t x = 4;

    (void)state;
    setup_row("heap");
    l = pila_list_new(&pila_i64);
    assert_non_null(l);
    CHECK_OK(pila_list_append(l, &x));
    for (int k = 0; k < 40; k++) /* lent by the list, which grows meanwhile */
        CHECK_OK(pila_list_append(l, pila_list_get(l, 0)));
    CHECK_OK(pila_list_insert(l, 0, pila_list_get(l, -1)));
    CHECK_OK(pila_list_extend(l, pila_span(pila_list_data(l), 40, &pila_i64)));
    for (ptrdiff_t k = 0; k < 82; k++) CHECK_INT(at(l, k), 4);
    CHECK_OK(pila_list_del_slice(l, pila_slice_of(2, PILA_NONE, 1)));
    CHECK_OK(pila_list_repr(l, &text));
    CHECK_TEXT(pila_buf_view(&text), "[4, 4]");
    pila_buf_done(&text);
    pila_list_free(l);
    pila_list_free(NULL);
    check_alloc_stop();
}

static void views_become_owned_strings(void **state)
{
    char bytes[] = "a text of more than fifteen bytes";
    pila_str views[2] = {pila_cstr(bytes), pila_cstr("it's")};
    pila_buf text = {0};
    Texts l = {0};
    Longs n = {0};

    (void)state;
    setup_row("views");
    CHECK_OK(Texts_from(&l, pila_span(views, 2, &pila_view)));
    CHECK_OK(
        Texts_set_slice(&l, pila_slice_of(0, 1, 1), pila_span(views, 2, &pila_view)));
    memset(bytes, 'x', sizeof bytes - 1);
    CHECK_OK(Texts_repr(&l, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "['a text of more than fifteen bytes', \"it's\", \"it's\"]");
    CHECK_STATUS(Longs_extend(&n, pila_span(views, 2, &pila_view)), PILA_ETYPE);
    CHECK_STATUS(Longs_from(&n, pila_failed(PILA_EIO)), PILA_EIO);
    CHECK_OK(Longs_from(&n, pila_failed(PILA_END)));
    CHECK_INT(Longs_len(&n), 0);
    pila_buf_done(&text);
    Texts_done(&l);
    check_alloc_stop();
}

static void nan_has_no_order(void **state)
{
    static const struct {
        const char *text;
        double a[2], b[2];
        size_t na, nb;
        int order;
    } table[] = {
        {"[nan] and [1.0] are unordered", {NAN}, {1}, 1, 1, 2},
        {"[nan, 1] < [nan, 2]: the same NaN is equal", {NAN, 1}, {NAN, 2}, 2, 2, -1},
        {"[] < [nan]", {0}, {NAN}, 0, 1, -1},
        {"[1, 2] > [1]", {1, 2}, {1}, 2, 1, 1},
        {"[0.0] == [-0.0]", {0.0}, {-0.0}, 1, 1, 0},
        {"[2] > [1, 9]", {2}, {1, 9}, 1, 2, 1},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        Floats a = {0}, b = {0};
        int order = 7;
        setup_row(table[k].text);
        CHECK_OK(Floats_extend(&a, pila_span(table[k].a, table[k].na, &pila_f64)));
        CHECK_OK(Floats_extend(&b, pila_span(table[k].b, table[k].nb, &pila_f64)));
        CHECK_OK(Floats_compare(&a, &b, &order));
        CHECK_INT(order, table[k].order);
        Floats_done(&a);
        Floats_done(&b);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void less_alone_gives_an_order(void **state)
{
    pila_type less_only = thing_type;
    pila_list a, b;
    int order = 7;
    bool yes;
    sample s;

    (void)state;
    setup_row("a type without eq");
    less_only.eq = NULL;
    pila_list_init(&a, &less_only);
    pila_list_init(&b, &less_only);
    fill_to(&a, 3);
    fill_to(&b, 3);
    CHECK_OK(pila_list_compare(&a, &b, &order));
    CHECK_INT(order, 0);
    CHECK_OK(pila_list_set(&b, -1, sample_of(&less_only, 2, &s)));
    CHECK_OK(pila_list_compare(&a, &b, &order));
    CHECK_INT(order, 1);
    CHECK_STATUS(pila_list_eq(&a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_list_remove(&b, sample_of(&less_only, 2, &s)), PILA_ETYPE);
    pila_list_done(&a);
    pila_list_done(&b);
    check_alloc_stop();
}

/* ---- iteration ---- */

static void mutate_while_iter(void **state)
{
    static const struct {
        list_row does;
        pila_status end;
    } table[] = {
        {{"append", "", APPEND, 9, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"pop", "", POP, -1, 0, PILA_OK, 3, ""}, PILA_EMUTATED},
        {{"pop(0)", "", POP, 0, 0, PILA_OK, 1, ""}, PILA_EMUTATED},
        {{"insert", "", INSERT, 1, 9, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"del", "", DEL, 1, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"remove", "", REMOVE, 2, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"clear", "", CLEAR, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"sort", "", SORT, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"repeat", "", REPEAT, 2, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"extend", "", EXTEND, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"del slice", "", DEL_SLICE, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"del extended", "", DEL_EXTENDED, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"set slice", "", SET_SLICE, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"set is no change", "", SET, 1, 2, PILA_OK, 0, ""}, PILA_END},
        {{"reverse is no change", "", REVERSE, 0, 0, PILA_OK, 0, ""}, PILA_END},
        {{"set extended is no change", "", SET_EXTENDED, 0, 0, PILA_OK, 0, ""},
         PILA_END},
        {{"count is no change", "", COUNT, 2, 0, PILA_OK, 1, ""}, PILA_END},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table) * 2; k++) {
        const list_row *r = &table[k / 2].does;
        int64_t result = 0;
        size_t n = 1;
        pila_list l;
        pila_iter it;
        setup_row(r->text);
        pila_list_init(&l, &thing_type);
        fill(&l, one_two_three, 3);
        it = k % 2 ? pila_list_iter(&l) : pila_list_reversed(&l);
        CHECK_INT(pila_iter_length_hint(&it), 3);
        CHECK(pila_next_item(&it) != NULL);
        CHECK_INT(pila_iter_length_hint(&it), 2);
        CHECK_STATUS(run_row(&l, r, &result), PILA_OK);
        CHECK_INT(result, r->result);
        while (pila_next_item(&it)) n++;
        CHECK_STATUS(it.status, table[k / 2].end);
        CHECK_INT(n, table[k / 2].end == PILA_END ? 3 : 1);
        CHECK(pila_next_item(&it) == NULL);
        pila_list_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void fault_keeps_what_came_before(void **state)
{
    faulty f = {0, 3, PILA_EIO, 0};
    Longs l = {0};

    (void)state;
    setup_row("a faulty source");
    CHECK_STATUS(Longs_extend(&l, faulty_iter(&f)), PILA_EIO);
    CHECK_INT(Longs_len(&l), 3);
    CHECK_INT(f.dropped, 1);
    f.now = 0;
    CHECK_STATUS(Longs_from(&l, faulty_iter(&f)), PILA_EIO); /* list() makes none */
    CHECK_INT(Longs_len(&l), 3);
    f.now = 0;
    CHECK_STATUS(Longs_set_slice(&l, pila_slice_of(0, 1, 1), faulty_iter(&f)),
                 PILA_EIO);
    CHECK_STATUS(Longs_set_slice(&l, pila_slice_of(0, 1, 0), faulty_iter(&f)),
                 PILA_EVALUE);
    CHECK_INT(Longs_len(&l), 3);
    CHECK_INT(f.dropped, 4);
    Longs_done(&l);
    check_alloc_stop();
}

/* ---- allocation ---- */

typedef struct sweep_case {
    list_row does;
    const pila_type *type;
    size_t items;
} sweep_case;

static pila_status sweep_scenario(void *ctx)
{
    const sweep_case *c = ctx;
    int64_t was[100], result;
    size_t n = 0;
    sample s;
    pila_list l;
    pila_status st = PILA_OK;

    pila_list_init(&l, c->type);
    while (n < c->items && st == PILA_OK) {
        was[n] = (int64_t)(c->items - n);
        st = pila_list_append(&l, sample_of(c->type, was[n], &s));
        if (st == PILA_OK) n++;
    }
    if (st == PILA_OK) {
        st = run_row(&l, &c->does, &result);
        if (st != PILA_OK) CHECK(holds(&l, was, n));
    }
    CHECK(valid(&l));
    if (st != PILA_OK && n > 1) { /* and it works */
        CHECK_OK(run_pop(&l, 0, &result));
        CHECK_INT(result, was[0]);
        pila_list_reverse(&l);
        CHECK_INT(at(&l, -1), was[1]);
    }
    pila_list_done(&l);
    return st;
}

static void allocation_sweep(void **state)
{
    static const struct {
        list_op op;
        int64_t a, b;
    } ops[] = {{APPEND, 9, 0},    {INSERT, 1, 9},       {SET, 0, 9},
               {DEL, 1, 0},       {REMOVE, 2, 0},       {REPEAT, 3, 0},
               {COPY, 0, 0},      {CONCAT_SELF, 0, 0},  {EXTEND_SELF, 0, 0},
               {SORT, 0, 0},      {SORT, 1, 0},         {SORT_KEY, 0, 0},
               {SLICE, 0, 0},     {SET_SLICE, 0, 0},    {SET_EXTENDED, 0, 0},
               {DEL_SLICE, 0, 0}, {DEL_EXTENDED, 0, 0}, {FROM, 0, 0}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(ops) * SAMPLE_TYPES * 2; k++) {
        sweep_case c = {{"sweep", "", POP, 0, 0, PILA_OK, 0, ""}, NULL, 0};
        c.does.op = ops[k / 8].op;
        c.does.a = ops[k / 8].a;
        c.does.b = ops[k / 8].b;
        c.type = sample_type((int)(k / 2 % SAMPLE_TYPES));
        c.items = k % 2 ? 80 : 8; /* 8 and 20 and 38 and 65 are the first rooms */
        stage_clear();
        ROW(c.type->name);
        check_alloc_sweep(sweep_scenario, &c);
    }
    ROW(NULL);
}

static void grow_overflow(void **state)
{
    pila_type huge = PILA_PLAIN_TYPE(char);
    pila_list l;
    char byte = 0;

    (void)state;
    setup_row("sizes beyond memory");
    pila_list_init(&l, &pila_i64);
    fill_to(&l, 3);
    CHECK_STATUS(pila_list_repeat(&l, &l, PTRDIFF_MAX), PILA_ENOMEM);
    CHECK_STATUS(pila_list_repeat(&l, &l, PTRDIFF_MAX / 3), PILA_ENOMEM);
    CHECK(counts_to(&l, 3));
    pila_list_done(&l);
    huge.size = (size_t)PTRDIFF_MAX + 1;
    pila_list_init(&l, &huge);
    CHECK_STATUS(pila_list_append(&l, &byte), PILA_ENOMEM);
    CHECK_INT(pila_list_len(&l), 0);
    pila_list_done(&l);
    check_alloc_stop();
}

static void reserve_wraparound(void **state)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 8 + 1, SIZE_MAX / 8 + 2,
                                   (size_t)PTRDIFF_MAX / 8 + 1};
    pila_list l;

    (void)state;
    setup_row("n * 8 wraps");
    pila_list_init(&l, &pila_i64);
    fill_to(&l, 3);
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        CHECK_STATUS(pila_list_reserve(&l, sizes[k]), PILA_ENOMEM);
        CHECK(counts_to(&l, 3));
    }
    CHECK_STATUS(pila_list_repeat(&l, &l, (ptrdiff_t)(SIZE_MAX / 3 + 1)), PILA_ENOMEM);
    CHECK(counts_to(&l, 3));
    CHECK_OK(pila_list_reserve(&l, 1000));
    check_alloc_fail(1, 1);
    for (int k = 0; k < 997; k++) CHECK_OK(pila_list_append(&l, &sizes[0]));
    check_alloc_fail(0, 0);
    pila_list_done(&l);
    check_alloc_stop();
}

/* ---- callbacks that fail ---- */

static pila_status run_any(pila_list *l, const pila_list *twin, list_op op, int64_t a,
                           int64_t b)
{
    list_row r = {"", "", op, a, b, PILA_OK, 0, ""};
    int64_t result;
    int order;
    bool yes;
    pila_buf text = {0};
    pila_status st;

    if (op == EQ) return pila_list_eq(l, twin, &yes);
    if (op == COMPARE) return pila_list_compare(l, twin, &order);
    if (op == REPR) {
        st = pila_buf_add(&text, pila_cstr("x"));
        if (st == PILA_OK) st = pila_list_repr(l, &text);
        if (st != PILA_OK && text.data) CHECK_TEXT(pila_buf_view(&text), "x");
        pila_buf_done(&text);
        return st;
    }
    return run_row(l, &r, &result);
}

static const struct {
    const char *text;
    list_op op;
    int64_t a, b;
} callers[] = {
    {"append", APPEND, 9, 0},
    {"insert", INSERT, 2, 9},
    {"set", SET, 2, 9},
    {"index", INDEX, 2, 9},
    {"contains", IN, 7, 0},
    {"count", COUNT, 2, 0},
    {"remove", REMOVE, 4, 0},
    {"copy", COPY, 0, 0},
    {"repeat", REPEAT, 3, 0},
    {"concat", CONCAT_SELF, 0, 0},
    {"extend", EXTEND_SELF, 0, 0},
    {"eq", EQ, 0, 0},
    {"compare", COMPARE, 0, 0},
    {"repr", REPR, 0, 0},
    {"clear", CLEAR, 0, 0},
    {"del", DEL, 2, 0},
    {"reverse", REVERSE, 0, 0},
    {"sort", SORT, 0, 0},
    {"sort reverse", SORT, 1, 0},
    {"sort key", SORT_KEY, 0, 0},
    {"slice", SLICE, 0, 0},
    {"set slice", SET_SLICE, 0, 0},
    {"set extended", SET_EXTENDED, 0, 0},
    {"del slice", DEL_SLICE, 0, 0},
    {"del extended", DEL_EXTENDED, 0, 0},
    {"from", FROM, 0, 0},
};

static bool is_permutation(const pila_list *l, int64_t n)
{
    int64_t sum = 0, squares = 0;

    if (!valid(l) || pila_list_len(l) != (size_t)n) return false;
    for (ptrdiff_t k = 0; k < n; k++) {
        sum += at(l, k);
        squares += at(l, k) * at(l, k);
    }
    return sum == n * (n + 1) / 2 && squares == n * (n + 1) * (2 * n + 1) / 6;
}

/* Each caller, over each type of thing; the k-th call it makes fails, for every k. */
static void compare_raises_at_k(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT_OF(callers) * 2; c++) {
        const pila_type *t = c % 2 ? &bulky_type : &thing_type;
        list_op op = callers[c / 2].op;
        long k = 1;
        for (bool failed = true; failed; k++) {
            pila_list l, twin;
            pila_status st;
            setup_row(callers[c / 2].text);
            pila_list_init(&l, t);
            pila_list_init(&twin, t);
            fill_to(&l, 5);
            fill_to(&twin, 5);
            stage.on = ON_COPY | ON_EQ | ON_LESS | ON_REPR;
            stage.fail_at = k;
            st = run_any(&l, &twin, op, callers[c / 2].a, callers[c / 2].b);
            failed = stage.calls >= k;
            stage_clear();
            if (failed) {
                CHECK_STATUS(st, THING_FAULT);
                CHECK(op == SORT ? is_permutation(&l, 5) : counts_to(&l, 5));
                fill_to(&l, 1);
            }
            CHECK(valid(&l) && counts_to(&twin, 5));
            pila_list_done(&l);
            pila_list_done(&twin);
            check_alloc_stop();
            if (k > 1000) fail_msg("no end");
        }
    }
    ROW(NULL);
}

/* ---- callbacks that change the list they are called from ---- */

static void act_append(void *ctx)
{
    sample s;
    CHECK_OK(pila_list_append(ctx, sample_of(((pila_list *)ctx)->type, 9, &s)));
}

static void act_clear(void *ctx) { pila_list_clear(ctx); }
static void act_done(void *ctx) { pila_list_done(ctx); }
static void act_pop(void *ctx) { (void)!pila_list_pop(ctx, -1, NULL); }
static void act_del(void *ctx)
{
    (void)!pila_list_del_slice(ctx, pila_slice_of(0, 2, 1));
}
static void act_sort(void *ctx) { CHECK_OK(pila_list_sort(ctx, NULL, true)); }

static void act_set(void *ctx)
{
    sample s;
    pila_list *l = ctx;

    for (ptrdiff_t i = 0; i < (ptrdiff_t)pila_list_len(l); i++)
        CHECK_OK(pila_list_set(l, i, sample_of(l->type, 50, &s)));
}

static void (*const acts[])(void *) = {act_append, act_clear, act_done, act_pop,
                                       act_del,    act_sort,  act_set};

/* Under ASan: nothing is read or dropped that has gone, whatever a callback did. */
static void callbacks_may_change_the_list(void **state)
{
    static const int on[] = {ON_EQ, ON_LESS, ON_COPY, ON_DROP, ON_REPR};

    (void)state;
    for (size_t n = 0; n < COUNT_OF(callers) * COUNT_OF(acts) * COUNT_OF(on) * 2; n++) {
        const pila_type *t = n % 2 ? &bulky_type : &thing_type;
        size_t c = n / 2 % COUNT_OF(callers), a = n / 2 / COUNT_OF(callers);
        bool acted = true;
        for (long k = 1; acted; k++) {
            pila_list l, twin;
            pila_status st;
            setup_row(callers[c].text);
            pila_list_init(&l, t);
            pila_list_init(&twin, t);
            fill_to(&l, 5);
            fill_to(&twin, 5);
            stage.on = on[a % COUNT_OF(on)];
            stage.act_at = k;
            stage.act = acts[a / COUNT_OF(on)];
            stage.ctx = k % 3 ? &l : &twin;
            st = run_any(&l, &twin, callers[c].op, callers[c].a, callers[c].b);
            acted = !stage.act;
            stage_clear();
            CHECK(st == PILA_OK || st == PILA_EMUTATED || st == PILA_EVALUE ||
                  st == PILA_EINDEX);
            CHECK(valid(&l) && valid(&twin));
            fill_to(&l, 2);
            CHECK_INT(at(&l, -1), 2);
            pila_list_done(&l);
            pila_list_done(&twin);
            check_alloc_stop();
        }
    }
    ROW(NULL);
}

/* As CPython, with an __eq__ that appends 9 to, or clears, or deletes from the list, at
 * its k-th call. */
/* clang-format off */
static const struct {
    const char *text;
    list_op op;
    int64_t a, b;
    long k;
    void (*act)(void *);
    pila_status status;
    int64_t items[4];
    size_t n;
} eq_changes[] = {
    {"index finds what was appended",       INDEX,  0, 99, 1, act_append, PILA_OK,     {1, 2, 3, 9}, 4},
    {"9 in: it goes on to the new item",    IN,     9,  0, 1, act_append, PILA_OK,     {1, 2, 3, 9}, 4},
    {"index ends where the list now does",  INDEX,  0, 99, 1, act_clear,  PILA_EVALUE, {0}, 0},
    {"count goes on",                       COUNT,  9,  0, 1, act_append, PILA_OK,     {1, 2, 3, 9}, 4},
    {"count of a list cleared",             COUNT,  3,  0, 1, act_clear,  PILA_OK,     {0}, 0},
    {"remove of a list cleared when found", REMOVE, 1,  0, 1, act_clear,  PILA_OK,     {0}, 0},
    {"remove of a list cleared before",     REMOVE, 2,  0, 1, act_clear,  PILA_EVALUE, {0}, 0},
    {"remove takes what is at the index",   REMOVE, 1,  0, 1, act_del,    PILA_OK,     {0}, 0},
};
/* clang-format on */

static void change_in_eq_is_taken_as_in_python(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT_OF(eq_changes); n++) {
        pila_list l;
        setup_row(eq_changes[n].text);
        pila_list_init(&l, &thing_type);
        fill(&l, one_two_three, 3);
        stage.on = ON_EQ;
        stage.act_at = eq_changes[n].k;
        stage.act = eq_changes[n].act;
        stage.ctx = &l;
        CHECK_STATUS(run_any(&l, NULL, eq_changes[n].op, eq_changes[n].a,
                             eq_changes[n].b),
                     eq_changes[n].status);
        CHECK(stage.act == NULL);
        CHECK(holds(&l, eq_changes[n].items, eq_changes[n].n));
        stage_clear();
        pila_list_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* Every drop that an operation runs re-enters the list. */
static void reenter_from_drop(void **state)
{
    static const list_op ops[] = {CLEAR,        DEL,       SET,          REMOVE,
                                  REPEAT,       COPY,      EXTEND,       SET_SLICE,
                                  SET_EXTENDED, DEL_SLICE, DEL_EXTENDED, FROM,
                                  SLICE};

    (void)state;
    for (size_t n = 0; n < COUNT_OF(ops) * COUNT_OF(acts) * 2; n++) {
        const pila_type *t = n % 2 ? &bulky_type : &thing_type;
        bool acted = true;
        for (long k = 1; acted; k++) {
            pila_list l;
            pila_status st;
            setup_row("re-entered");
            pila_list_init(&l, t);
            fill_to(&l, 6);
            stage.on = ON_DROP;
            stage.act = acts[n / 2 / COUNT_OF(ops)];
            stage.act_at = k;
            stage.ctx = &l;
            st = run_any(&l, NULL, ops[n / 2 % COUNT_OF(ops)], 2, 9);
            acted = !stage.act;
            CHECK(st == PILA_OK || st == PILA_EMUTATED || st == PILA_EINDEX ||
                  st == PILA_EVALUE);
            CHECK(valid(&l));
            stage.act = act_append; /* and while it is done with */
            stage.calls = 0;
            stage.act_at = 1;
            pila_list_done(&l);
            stage_clear();
            pila_list_done(&l);
            check_alloc_stop();
        }
    }
    ROW(NULL);
}

/* ---- sorting ---- */

/* {the callback at which the list is changed, how, what comes of it} */
static void mutating_comparator(void **state)
{
    static const struct {
        const char *text;
        list_op op;
        int on;
        void (*act)(void *);
        pila_status status;
    } table[] = {
        {"append in less", SORT, ON_LESS, act_append, PILA_EVALUE},
        {"append in the key", SORT_KEY, ON_REPR, act_append, PILA_EVALUE},
        {"clear of the empty list is no change", SORT, ON_LESS, act_clear, PILA_OK},
        {"pop of the empty list is no change", SORT, ON_LESS, act_pop, PILA_OK},
        {"set of nothing is no change", SORT_KEY, ON_REPR, act_set, PILA_OK},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        pila_list l;
        setup_row(table[k].text);
        pila_list_init(&l, &thing_type);
        fill(&l, (const int64_t[]){3, 1, 2}, 3);
        stage.on = table[k].on;
        stage.act = table[k].act;
        stage.act_at = 2;
        stage.ctx = &l;
        CHECK_STATUS(run_any(&l, NULL, table[k].op, 0, 0), table[k].status);
        CHECK(stage.act == NULL);
        if (table[k].op == SORT) CHECK(counts_to(&l, 3));
        else CHECK(holds(&l, (const int64_t[]){3, 1, 2}, 3)); /* 0, 1, 2 modulo 3 */
        stage_clear();
        pila_list_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

typedef struct liar {
    check_rng rng;
    long calls;
} liar;

static pila_status liar_less(void *ctx, const void *a, const void *b, bool *out)
{
    liar *l = ctx;

    (void)*(const volatile int64_t *)a; /* for ASan: both are items */
    (void)*(const volatile int64_t *)b;
    l->calls++;
    *out = check_rng_next(&l->rng) & 1;
    return PILA_OK;
}

/* A comparator that answers at random, a million times: in bounds, and nothing lost. */
static void random_comparator_1e6(void **state)
{
    liar l = {check_rng_start(), 0};
    pila_type type = PILA_PLAIN_TYPE(int64_t);

    (void)state;
    setup_row("random");
    type.ctx = &l;
    type.less = liar_less;
    while (l.calls < 1000000) {
        size_t n = 1 + (size_t)check_rng_below(&l.rng, 3000);
        pila_list list;
        pila_list_init(&list, &type);
        for (int64_t k = 1; k <= (int64_t)n; k++) CHECK_OK(pila_list_append(&list, &k));
        CHECK_OK(pila_list_sort(&list, NULL, n % 2));
        int64_t sum = 0, squares = 0;
        for (size_t k = 0; k < n; k++) {
            int64_t x = ((const int64_t *)pila_list_data(&list))[k];
            sum += x;
            squares += x * x;
        }
        CHECK_INT(sum, (int64_t)n * ((int64_t)n + 1) / 2);
        CHECK_INT(squares, (int64_t)n * ((int64_t)n + 1) * (2 * (int64_t)n + 1) / 6);
        pila_list_done(&list);
    }
    check_alloc_stop();
    ROW(NULL);
}

/* NaN among numbers: the fast merge takes no order for granted either. */
static void nan_stays_in_bounds(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (size_t n = 2; n < 4000; n = n * 3 / 2 + 1) {
        Floats l = {0};
        size_t nans = 0;
        double sum = 0;
        setup_row("nan");
        for (size_t k = 0; k < n; k++)
            CHECK_OK(Floats_append(&l, check_rng_below(&r, 3) ? (double)k : NAN));
        for (size_t k = 0; k < n; k++) sum += isnan(Floats_data(&l)[k]) ? 0 : (double)k;
        for (size_t k = 0; k < n; k++) nans += isnan(Floats_data(&l)[k]) ? 1 : 0;
        CHECK_OK(Floats_sort(&l, NULL, n % 2));
        for (size_t k = 0; k < n; k++) {
            double x = Floats_data(&l)[k];
            nans -= isnan(x) ? 1 : 0;
            sum -= isnan(x) ? 0 : x;
        }
        CHECK(nans == 0 && sum >= 0 && sum <= 0);
        Floats_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

enum { SHAPES = 9 };

/* Value k of n in an input that sorts are known to stumble over. */
static int64_t shape_value(int shape, int64_t k, int64_t n, check_rng *r)
{
    switch (shape) {
    case 0: return k;
    case 1: return n - k;
    case 2: return (int64_t)check_rng_below(r, 1000000);
    case 3: return (int64_t)check_rng_below(r, 4);
    case 4: return k % 17;                             /* saw */
    case 5: return k < n / 2 ? k : n - k;              /* pipe of an organ */
    case 6: return check_rng_below(r, 50) ? k : n - k; /* nearly sorted */
    case 7: return k / 40 * 40 + 39 - k % 40;          /* runs down */
    default: return (k * 7919) % n + (k & 1 ? 0 : n);  /* two heaps */
    }
}

typedef struct pair {
    int64_t key, order; /* order: where it was, which no comparison looks at */
} pair;

typedef struct wide {
    pair head;
    char more[80]; /* more than insertion holds on the stack */
} wide;

static long pair_calls;

static pila_status pair_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    pair_calls++;
    *out = ((const pair *)a)->key < ((const pair *)b)->key;
    return PILA_OK;
}

static pila_status pair_key(void *ctx, const void *item, void *out)
{
    (void)ctx;
    memcpy(out, &((const pair *)item)->key, sizeof(int64_t));
    return PILA_OK;
}

static pila_status pair_key_f64(void *ctx, const void *item, void *out)
{
    double key = (double)((const pair *)item)->key;

    (void)ctx;
    memcpy(out, &key, sizeof key);
    return PILA_OK;
}

static bool pairs_are_sorted(const pila_list *l, bool reverse)
{
    for (ptrdiff_t k = 1; k < (ptrdiff_t)pila_list_len(l); k++) {
        const pair *a = pila_list_get(l, k - 1), *b = pila_list_get(l, k);
        if (reverse ? a->key < b->key : a->key > b->key) return false;
        if (a->key == b->key && a->order >= b->order) return false;
    }
    return true;
}

/* by: 0 with less, 1 and 2 with a key. */
static void sort_shape(int shape, int64_t n, bool reverse, int by, bool is_wide,
                       check_rng *r)
{
    pila_type type = PILA_PLAIN_TYPE(pair);
    pila_key key = {by == 1 ? &pila_i64 : &pila_f64, by == 1 ? pair_key : pair_key_f64,
                    NULL};
    pila_list l;
    double most = 0;

    type.size = is_wide ? sizeof(wide) : sizeof(pair);
    type.less = by ? NULL : pair_less;
    pila_list_init(&l, &type);
    for (int64_t k = 0; k < n; k++) {
        wide w;
        memset(&w, 0, sizeof w);
        w.head.key = shape_value(shape, k, n, r);
        w.head.order = k;
        CHECK_OK(pila_list_append(&l, &w));
    }
    pair_calls = 0;
    CHECK_OK(pila_list_sort(&l, by ? &key : NULL, reverse));
    CHECK(pairs_are_sorted(&l, reverse));
    for (int64_t m = n; m > 0; m >>= 1) most += 1;
    CHECK((double)pair_calls <= (double)n * (most + 1));
    if (!by && shape == (reverse ? 1 : 0) && n) CHECK_INT(pair_calls, n - 1);
    pila_list_done(&l);
}

static void sorting_is_stable(void **state)
{
    static const int64_t lengths[] = {0,  1,  2,  3,   5,    20,  47,
                                      48, 49, 97, 200, 1000, 5000};
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < COUNT_OF(lengths) * SHAPES * 12; k++) {
        int shape = (int)(k / 12 % SHAPES);
        int64_t n = lengths[k / 12 / SHAPES];
        setup_row("stable");
        sort_shape(shape, n, k & 1, (int)(k % 12 / 4), k & 2, &r);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* Numbers go by the merge without branches: checked against the merge of pairs. */
static void numbers_sort_as_pairs_do(void **state)
{
    static const size_t lengths[] = {2, 10, 49, 96, 97, 100, 500, 3000, 20000};
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < COUNT_OF(lengths) * SHAPES * 2; k++) {
        size_t n = lengths[k / 2 / SHAPES];
        Longs l = {0};
        Ints i = {0};
        int64_t sum = 0;
        setup_row("numbers");
        for (size_t x = 0; x < n; x++) {
            int64_t v = shape_value((int)(k / 2 % SHAPES), (int64_t)x, (int64_t)n, &r);
            sum += v * v;
            CHECK_OK(Longs_append(&l, v));
            CHECK_OK(Ints_append(&i, (int)v));
        }
        CHECK_OK(Longs_sort(&l, NULL, k % 2));
        CHECK_OK(Ints_sort(&i, NULL, k % 2));
        for (size_t x = 0; x < n; x++) {
            const int64_t *data = Longs_data(&l);
            sum -= data[x] * data[x];
            CHECK(data[x] == Ints_data(&i)[x]);
            if (x) CHECK(k % 2 ? data[x - 1] >= data[x] : data[x - 1] <= data[x]);
        }
        CHECK_INT(sum, 0);
        Longs_done(&l);
        Ints_done(&i);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* A less that fails at call k of a sort with merges leaves all items there. */
static void failing_less_loses_nothing(void **state)
{
    (void)state;
    for (long k = 1; k < 3000; k += k < 300 ? 1 : 37) {
        check_rng r = {77};
        pila_list l;
        pila_status st;
        setup_row("less fails");
        pila_list_init(&l, &thing_type);
        for (int64_t x = 0; x < 300; x++) {
            sample s;
            CHECK_OK(
                pila_list_append(&l, sample_of(&thing_type, (x * 7) % 300 + 1, &s)));
        }
        for (ptrdiff_t x = 0; x < 300; x += 3) { /* some disorder */
            ptrdiff_t y = (ptrdiff_t)check_rng_below(&r, 300);
            int64_t a = at(&l, x), b = at(&l, y);
            sample s;
            CHECK_OK(pila_list_set(&l, x, sample_of(&thing_type, b, &s)));
            CHECK_OK(pila_list_set(&l, y, sample_of(&thing_type, a, &s)));
        }
        stage.on = ON_LESS;
        stage.fail_at = k;
        st = pila_list_sort(&l, NULL, k % 2);
        CHECK_STATUS(st, stage.calls >= k ? THING_FAULT : PILA_OK);
        stage_clear();
        CHECK(is_permutation(&l, 300));
        pila_list_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

static pila_status text_itself(void *ctx, const void *item, void *out)
{
    pila_str view =
        pila_string_view(item); /* points into the item, that stays in place */

    (void)ctx;
    memcpy(out, &view, sizeof view);
    return PILA_OK;
}

static pila_status text_owned(void *ctx, const void *item, void *out)
{
    (void)ctx;
    return pila_string_init(out, pila_string_view(item));
}

static void texts_sort_by_texts(void **state)
{
    static pila_status (*const keys[])(void *, const void *,
                                       void *) = {NULL, text_itself, text_owned};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(keys) * 2; k++) {
        pila_key key = {keys[k / 2] == text_itself ? &pila_view : &pila_text,
                        keys[k / 2], NULL};
        Texts l = {0};
        char word[40];
        setup_row("texts");
        for (int x = 0; x < 2000; x++) {
            snprintf(word, sizeof word, x % 3 ? "%d" : "%030d", (x * 7919) % 2000);
            CHECK_OK(Texts_append(&l, pila_string_borrow(pila_cstr(word))));
        }
        CHECK_OK(Texts_sort(&l, keys[k / 2] ? &key : NULL, k % 2));
        for (ptrdiff_t x = 1; x < 2000; x++) {
            int order = pila_str_cmp(pila_string_view(Texts_get(&l, x - 1)),
                                     pila_string_view(Texts_get(&l, x)));
            CHECK(k % 2 ? order >= 0 : order <= 0);
        }
        Texts_done(&l);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void what_has_no_order_does_not_sort(void **state)
{
    pila_type none = PILA_PLAIN_TYPE(pair);
    pila_list l;
    pair p = {1, 2};

    (void)state;
    setup_row("no less");
    pila_list_init(&l, &none);
    CHECK_OK(pila_list_append(&l, &p));
    CHECK_OK(pila_list_sort(&l, NULL, false));
    CHECK_OK(pila_list_append(&l, &p));
    CHECK_STATUS(pila_list_sort(&l, NULL, false), PILA_ETYPE);
    CHECK_INT(pila_list_len(&l), 2);
    pila_list_done(&l);
    check_alloc_stop();
}

/* ---- against a model ---- */

enum { MODEL_MOST = 3000 };

typedef struct model {
    int64_t items[MODEL_MOST];
    size_t n;
} model;

static void model_insert(model *m, size_t i, int64_t value)
{
    memmove(m->items + i + 1, m->items + i, (m->n - i) * sizeof *m->items);
    m->items[i] = value;
    m->n++;
}

static void model_del(model *m, size_t i)
{
    m->n--;
    memmove(m->items + i, m->items + i + 1, (m->n - i) * sizeof *m->items);
}

static void model_sort(model *m, bool reverse)
{
    for (size_t k = 1; k < m->n; k++)
        for (size_t j = k; j > 0; j--) {
            int64_t a = m->items[j - 1], b = m->items[j];
            if (reverse ? a >= b : a <= b) break;
            m->items[j - 1] = b;
            m->items[j] = a;
        }
}

/* One random operation on both; false when they tell different things. */
static bool model_step(pila_list *l, model *m, check_rng *r, int64_t value, bool lie)
{
    size_t i = m->n ? check_rng_below(r, m->n) : 0,
           j = m->n ? check_rng_below(r, m->n) : 0;
    size_t n = 0, step = 1 + (size_t)check_rng_below(r, 4);
    ptrdiff_t back = value % 2 ? (ptrdiff_t)m->n : 0;
    int64_t result = 0;
    uint64_t what = check_rng_below(r, 100);
    sample s;
    const void *item = sample_of(l->type, value, &s);

    if (m->n > MODEL_MOST / 2 - 5) what = 99;
    if (what < 40) {
        CHECK_OK(pila_list_append(l, item));
        model_insert(m, m->n, value);
    } else if (what < 60) {
        pila_status st = run_pop(l, what % 2 ? -1 : (ptrdiff_t)i - back, &result);
        if (m->n == 0) return st == PILA_EEMPTY;
        if (st != PILA_OK || result != m->items[what % 2 ? m->n - 1 : i]) return false;
        model_del(m, what % 2 ? m->n - 1 : i);
    } else if (what < 70) {
        CHECK_OK(pila_list_insert(l, (ptrdiff_t)i - (m->n ? back : 0), item));
        model_insert(m, i, value);
    } else if (what < 76 && m->n) {
        CHECK_OK(pila_list_del(l, (ptrdiff_t)i - back));
        model_del(m, i);
    } else if (what < 82 && m->n) {
        CHECK_OK(pila_list_set(l, (ptrdiff_t)i - back, item));
        m->items[i] = value;
    } else if (what < 85) {
        pila_slice in = {(ptrdiff_t)i, (ptrdiff_t)j,
                         (ptrdiff_t)(lie ? step + 1 : step)};
        CHECK_OK(pila_list_del_slice(l, in));
        for (size_t k = i, gone = 0; k < j; k += step) model_del(m, k - gone++);
    } else if (what < 88) {
        faulty f = {0, (int64_t)(value % 9), PILA_END, 0};
        if (l->type->kind != PILA_KIND_I64) return true;
        CHECK_OK(pila_list_set_slice(l, pila_slice_of((ptrdiff_t)i, (ptrdiff_t)j, 1),
                                     faulty_iter(&f)));
        for (size_t k = i; k < j; k++) model_del(m, i);
        for (int64_t k = 0; k < value % 9; k++) model_insert(m, i + (size_t)k, k + 1);
    } else if (what < 91 && l->type->kind != PILA_KIND_STRING) {
        CHECK_OK(pila_list_sort(l, NULL, what == 90));
        model_sort(m, what == 90);
    } else if (what < 94) {
        pila_list_reverse(l);
        for (size_t k = 0; k < m->n / 2; k++) {
            int64_t x = m->items[k];
            m->items[k] = m->items[m->n - 1 - k];
            m->items[m->n - 1 - k] = x;
        }
    } else if (what < 97 && m->n) {
        sample_of(l->type, m->items[i], &s);
        CHECK_OK(pila_list_index(l, &s, 0, PTRDIFF_MAX, &n));
        if (n > i || m->items[n] != m->items[i]) return false;
    } else if (what < 98) {
        CHECK_OK(pila_list_repeat(l, l, 2));
        for (size_t k = 0, was = m->n; k < was; k++) model_insert(m, m->n, m->items[k]);
    } else if (what == 99 && m->n > 200) {
        pila_list_clear(l);
        m->n = 0;
    }
    return true;
}

static bool model_agrees(const pila_type *t, check_rng *r, long steps, bool lie)
{
    static model m;
    pila_list l;
    bool same = true;

    m.n = 0;
    pila_list_init(&l, t);
    for (long k = 0; k < steps && same; k++) {
        same = model_step(&l, &m, r, (int64_t)check_rng_below(r, 1000), lie) &&
               valid(&l) && pila_list_len(&l) == m.n;
        if (k % 16 == 0) same = same && holds(&l, m.items, m.n);
    }
    same = same && holds(&l, m.items, m.n);
    pila_list_done(&l);
    return same;
}

static void random_operations_agree_with_a_model(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (int k = 0; k < SAMPLE_TYPES * 3; k++) {
        const pila_type *t = sample_type(k % SAMPLE_TYPES);
        setup_row(t->name);
        CHECK(model_agrees(t, &r, 6000, false));
        check_alloc_stop();
    }
    ROW("the run must catch a slice whose step is one too long");
    CHECK(!model_agrees(&pila_i64, &r, 20000, true));
    ROW(NULL);
}

static void moving_and_copying_between_types(void **state)
{
    pila_list a, b;
    bool yes;
    int order;

    (void)state;
    setup_row("to becomes of the type of from");
    pila_list_init(&a, &thing_type);
    pila_list_init(&b, &pila_text);
    fill_to(&a, 4);
    fill_to(&b, 3);
    CHECK_STATUS(pila_list_eq(&a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_list_compare(&a, &b, &order), PILA_ETYPE);
    CHECK_STATUS(pila_list_concat(&b, &a, &b), PILA_ETYPE);
    CHECK(counts_to(&b, 3));
    CHECK_OK(pila_list_copy(&b, &a));
    CHECK(b.type == &thing_type && counts_to(&b, 4));
    CHECK_OK(pila_list_eq(&a, &b, &yes));
    CHECK(yes);
    pila_list_move(&b, &b);
    CHECK(counts_to(&b, 4));
    pila_list_move(&b, &a);
    CHECK(counts_to(&b, 4) && counts_to(&a, 0));
    pila_list_done(&a);
    pila_list_done(&b);
    check_alloc_stop();
}

/* ---- what is chosen by kind of type ---- */

static void every_kind_is_found_moved_and_sorted(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const pila_type *t = kinds[k];
        pila_list l;
        kind_item item, out;
        size_t at = 99;
        setup_row(t->name);
        pila_list_init(&l, t);
        for (int n = 0; n < 50; n++)
            CHECK_OK(pila_list_append(&l, kind_of(t, n * 37 % 50, &item)));
        CHECK_OK(pila_list_index(&l, kind_of(t, 37, &item), 0, PTRDIFF_MAX, &at));
        CHECK_INT(at, 1);
        CHECK_OK(pila_list_count(&l, kind_of(t, 12, &item), &at));
        CHECK_INT(at, 1);
        CHECK_OK(pila_list_sort(&l, NULL, false));
        for (int n = 0; n < 50; n++) CHECK(kind_is(t, pila_list_get(&l, n), n));
        CHECK_OK(pila_list_set(&l, 0, kind_of(t, 70, &item)));
        CHECK(kind_is(t, pila_list_get(&l, 0), 70));
        CHECK_OK(pila_list_pop(&l, -1, &out));
        CHECK(kind_is(t, &out, 49));
        pila_type_drop(t, &out);
        pila_list_done(&l);
        check_alloc_stop();
    }
}

/* Each pair of lists of at most three items, whose type has less and nothing else; and
 * less failing at its k-th call. */
static void less_alone_orders_any_two(void **state)
{
    pila_type less_only = thing_type;
    pila_list a, b;
    long calls, fail_at = 0;

    (void)state;
    setup_row("less alone");
    less_only.eq = NULL;
    pila_list_init(&a, &less_only);
    pila_list_init(&b, &less_only);
    do {
        calls = 0;
        fail_at++;
        for (int two = 0; two < 64; two++) {
            int digits[2][3] = {{two & 1, two >> 1 & 1, two >> 2 & 1},
                                {two >> 3 & 1, two >> 4 & 1, two >> 5 & 1}};
            int order = 7, want = 0;
            sample s;
            for (int k = 0; k < 3; k++) {
                CHECK_OK(pila_list_append(&a, sample_of(&less_only, digits[0][k], &s)));
                CHECK_OK(pila_list_append(&b, sample_of(&less_only, digits[1][k], &s)));
                if (!want) want = digits[0][k] - digits[1][k];
            }
            stage_clear();
            stage.on = ON_LESS;
            stage.fail_at = fail_at;
            pila_status st = pila_list_compare(&a, &b, &order);
            CHECK_STATUS(st, stage.calls >= fail_at ? THING_FAULT : PILA_OK);
            CHECK_INT(order, st == PILA_OK ? want : 7);
            if (stage.calls > calls) calls = stage.calls;
            stage_clear();
            pila_list_clear(&a);
            pila_list_clear(&b);
        }
    } while (calls >= fail_at);
    CHECK(fail_at > 6);
    pila_list_done(&a);
    pila_list_done(&b);
    check_alloc_stop();
}

static void sorting_passes_on_a_fault_of_less(void **state)
{
    (void)state;
    for (long fail_at = 1;;
         fail_at++) { /* two runs of which one skips into the other */
        Things l = {0};
        int64_t sum = 0;
        setup_row("less fails while runs are merged");
        for (int64_t k = 0; k < 150; k++) {
            thing lent = {k < 100 ? 3 * k : 3 * (k - 100) + 100, NULL};
            CHECK_OK(Things_append(&l, lent));
        }
        stage.on = ON_LESS;
        stage.fail_at = fail_at;
        pila_status st = Things_sort(&l, NULL, false);
        bool failed = stage.calls >= fail_at;
        CHECK_STATUS(st, failed ? THING_FAULT : PILA_OK);
        stage_clear();
        for (ptrdiff_t k = 0; k < 150; k++) sum += Things_get(&l, k)->value;
        CHECK_INT(sum, 3 * 99 * 100 / 2 + 3 * 49 * 50 / 2 + 50 * 100);
        Things_done(&l);
        check_alloc_stop();
        if (!failed) break;
    }
}

static void count_needs_eq(void **state)
{
    static const pila_type blind = PILA_PLAIN_TYPE(thing);
    thing one = {1, NULL};
    pila_list l;
    size_t n = 77;

    (void)state;
    setup_row("count without eq");
    pila_list_init(&l, &blind);
    CHECK_OK(pila_list_append(&l, &one));
    CHECK_STATUS(pila_list_count(&l, &one, &n), PILA_ETYPE);
    CHECK_INT(n, 77);
    pila_list_done(&l);
    check_alloc_stop();
}

static pila_status concat_scenario(void *ctx)
{
    Texts a = {0}, b = {0}, to = {0};
    const pila_string text = pila_string_borrow(pila_cstr("longer than fifteen bytes"));
    pila_status st = Texts_append(&a, text);

    (void)ctx;
    if (st == PILA_OK) st = Texts_append(&b, text);
    if (st == PILA_OK) st = Texts_append(&to, text);
    if (st == PILA_OK) {
        st = Texts_concat(&to, &a, &b);
        CHECK_INT(Texts_len(&to), st == PILA_OK ? 2 : 1);
    }
    Texts_done(&a);
    Texts_done(&b);
    Texts_done(&to);
    return st;
}

static pila_status new_scenario(void *ctx)
{
    pila_list *l = pila_list_new(&pila_i64);
    pila_status st = l ? PILA_OK : PILA_ENOMEM;

    (void)ctx;
    pila_list_free(l);
    return st;
}

static void concat_and_new_without_memory(void **state)
{
    (void)state;
    setup_row("concat");
    check_alloc_sweep(concat_scenario, NULL);
    setup_row("new");
    check_alloc_sweep(new_scenario, NULL);
    pila_mem_hook(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(slices_are_those_of_cpython),
        cmocka_unit_test(extreme_slices),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(run_time_face_on_the_heap),
        cmocka_unit_test(views_become_owned_strings),
        cmocka_unit_test(nan_has_no_order),
        cmocka_unit_test(less_alone_gives_an_order),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(fault_keeps_what_came_before),
        cmocka_unit_test(allocation_sweep),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(reserve_wraparound),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(callbacks_may_change_the_list),
        cmocka_unit_test(change_in_eq_is_taken_as_in_python),
        cmocka_unit_test(reenter_from_drop),
        cmocka_unit_test(mutating_comparator),
        cmocka_unit_test(random_comparator_1e6),
        cmocka_unit_test(nan_stays_in_bounds),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(numbers_sort_as_pairs_do),
        cmocka_unit_test(failing_less_loses_nothing),
        cmocka_unit_test(texts_sort_by_texts),
        cmocka_unit_test(what_has_no_order_does_not_sort),
        cmocka_unit_test(random_operations_agree_with_a_model),
        cmocka_unit_test(moving_and_copying_between_types),
        cmocka_unit_test(every_kind_is_found_moved_and_sorted),
        cmocka_unit_test(less_alone_orders_any_two),
        cmocka_unit_test(sorting_passes_on_a_fault_of_less),
        cmocka_unit_test(count_needs_eq),
        cmocka_unit_test(concat_and_new_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
