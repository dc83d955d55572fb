/* test_deque.c - the promises of deque.h; rows decided by CPython are in deque_rows.h.
 */
#include "check.h"
#include "kinds.h"
#include "thing.h"

#include <inttypes.h>
#include <math.h>

#include <pila/collections/deque.h>

PILA_DEQUE(Ints, int)
PILA_DEQUE(Longs, int64_t)
PILA_DEQUE(Texts, pila_string)
PILA_DEQUE(Floats, double)
PILA_DEQUE_OF(Things, thing, &thing_type)

/* ---- helpers ---- */

static void fill(pila_deque *d, const int64_t *values, size_t n)
{
    sample s;

    for (size_t k = 0; k < n; k++)
        CHECK_OK(pila_deque_append(d, sample_of(d->type, values[k], &s)));
}

static void fill_to(pila_deque *d, int64_t n)
{
    sample s;

    for (int64_t k = 1; k <= n; k++)
        CHECK_OK(pila_deque_append(d, sample_of(d->type, k, &s)));
}

static int64_t at(const pila_deque *d, ptrdiff_t i)
{
    const void *item = pila_deque_get(d, i);

    if (!item) fail_msg("%s: no item %td", check_row ? check_row : "", i);
    return sample_value(d->type, item);
}

static bool holds(const pila_deque *d, const int64_t *values, size_t n)
{
    if (!pila__deque_valid(&d->base, d->type) || pila_deque_len(d) != n) return false;
    for (size_t k = 0; k < n; k++)
        if (at(d, (ptrdiff_t)k) != values[k] ||
            pila_deque_at(d, k) != pila_deque_get(d, (ptrdiff_t)k))
            return false;
    return true;
}

static bool counts_to(const pila_deque *d, int64_t n)
{
    if (!pila__deque_valid(&d->base, d->type) || pila_deque_len(d) != (size_t)n)
        return false;
    for (int64_t k = 0; k < n; k++)
        if (at(d, (ptrdiff_t)k) != k + 1) return false;
    return true;
}

static void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    check_alloc_start();
}

/* ---- rows ---- */

typedef enum deque_op {
    APPEND,
    APPENDLEFT,
    POP,
    POPLEFT,
    INSERT,
    SET,
    GET,
    DEL,
    REMOVE,
    ROTATE,
    REVERSE,
    CLEAR,
    COUNT,
    IN,
    INDEX,
    REPEAT,
    EXTEND,
    EXTENDLEFT,
    EXTEND_SELF,
    EXTENDLEFT_SELF,
    CONCAT,
    CONCAT_SELF,
    COPY
} deque_op;

typedef struct deque_row {
    const char *text, *items;
    size_t maxlen;
    deque_op op;
    int64_t a, b;
    pila_status status;
    int64_t result;
    const char *repr;
} deque_row;

static const deque_row rows[] = {
#include "deque_rows.h"
};

static const int64_t one_two_three[] = {1, 2, 3};

static pila_status run_change(pila_deque *d, const deque_row *r)
{
    const pila_type *t = d->type;
    sample s;

    switch (r->op) {
    case APPEND: return pila_deque_append(d, sample_of(t, r->a, &s));
    case APPENDLEFT: return pila_deque_appendleft(d, sample_of(t, r->a, &s));
    case INSERT: return pila_deque_insert(d, (ptrdiff_t)r->a, sample_of(t, r->b, &s));
    case SET: return pila_deque_set(d, (ptrdiff_t)r->a, sample_of(t, r->b, &s));
    case DEL: return pila_deque_del(d, (ptrdiff_t)r->a);
    case REMOVE: return pila_deque_remove(d, sample_of(t, r->a, &s));
    case ROTATE: return pila_deque_rotate(d, (ptrdiff_t)r->a);
    case REVERSE: pila_deque_reverse(d); return PILA_OK;
    case CLEAR: pila_deque_clear(d); return PILA_OK;
    case REPEAT: return pila_deque_repeat(d, d, (ptrdiff_t)r->a);
    case EXTEND_SELF: return pila_deque_extend(d, pila_deque_iter(d));
    case EXTENDLEFT_SELF: return pila_deque_extendleft(d, pila_deque_iter(d));
    case CONCAT_SELF: return pila_deque_concat(d, d, d);
    case COPY: return pila_deque_copy(d, d);
    default: return PILA_EUSER;
    }
}

static pila_status run_with_others(pila_deque *d, deque_op op)
{
    pila_deque other, out;
    pila_status st;

    pila_deque_init(&other, d->type);
    pila_deque_init_max(&out, &pila_f64, 17); /* of another type before */
    fill(&other, one_two_three, 3);
    if (op == CONCAT) st = pila_deque_concat(&out, d, &other);
    else if (op == EXTEND) st = pila_deque_extend(d, pila_deque_iter(&other));
    else st = pila_deque_extendleft(d, pila_deque_iter(&other));
    if (op == CONCAT) pila_deque_move(d, &out);
    pila_deque_done(&other);
    pila_deque_done(&out);
    return st;
}

static pila_status run_look(pila_deque *d, const deque_row *r, int64_t *result)
{
    size_t n = 0;
    bool in = false;
    sample s;
    pila_status st;

    switch (r->op) {
    case COUNT:
        st = pila_deque_count(d, sample_of(d->type, r->a, &s), &n);
        *result = (int64_t)n;
        return st;
    case IN:
        st = pila_deque_contains(d, sample_of(d->type, r->a, &s), &in);
        *result = in;
        return st;
    case INDEX:
        st = pila_deque_index(d, sample_of(d->type, 2, &s), (ptrdiff_t)r->a,
                              (ptrdiff_t)r->b, &n);
        *result = (int64_t)n;
        return st;
    case GET:
        if (!pila_deque_get(d, (ptrdiff_t)r->a)) return PILA_EINDEX;
        *result = at(d, (ptrdiff_t)r->a);
        return PILA_OK;
    default: return PILA_EUSER;
    }
}

static pila_status run_pop(pila_deque *d, deque_op op, int64_t *result)
{
    sample out;
    pila_status st = op == POP ? pila_deque_pop(d, &out) : pila_deque_popleft(d, &out);

    if (st != PILA_OK) return st;
    *result = sample_value(d->type, &out);
    pila_type_drop(d->type, &out);
    return PILA_OK;
}

static pila_status run_row(pila_deque *d, const deque_row *r, int64_t *result)
{
    switch (r->op) {
    case POP:
    case POPLEFT: return run_pop(d, r->op, result);
    case COUNT:
    case IN:
    case INDEX:
    case GET: return run_look(d, r, result);
    case EXTEND:
    case EXTENDLEFT:
    case CONCAT: return run_with_others(d, r->op);
    default: return run_change(d, r);
    }
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows) * SAMPLE_TYPES; k++) {
        const deque_row *r = &rows[k / SAMPLE_TYPES];
        const pila_type *t = sample_type((int)(k % SAMPLE_TYPES));
        int64_t value, result = 0;
        int used, offset = 0;
        sample s;
        pila_deque d;
        pila_buf text = {0};

        setup_row(r->text);
        pila_deque_init_max(&d, t, r->maxlen);
        while (sscanf(r->items + offset, "%" SCNd64 "%n", &value, &used) == 1) {
            CHECK_OK(pila_deque_append(&d, sample_of(t, value, &s)));
            offset += used;
        }
        CHECK_STATUS(run_row(&d, r, &result), r->status);
        CHECK_INT(result, r->result);
        CHECK(pila__deque_valid(&d.base, d.type));
        if (t->kind != PILA_KIND_STRING) { /* those show in quotes */
            CHECK_OK(pila_deque_repr(&d, &text));
            CHECK_TEXT(pila_buf_view(&text), r->repr);
        }
        pila_buf_done(&text);
        pila_deque_done(&d);
        pila_deque_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- the typed face ---- */

static void typed_face_says_the_same(void **state)
{
    Ints d = {0}, e = {0};
    int x = 0, order = 0;
    size_t n = 0;
    bool yes = false;
    pila_buf text = {0};
    static const int more[] = {5, 6};

    (void)state;
    setup_row("typed face");
    CHECK_OK(Ints_append(&d, 3));
    CHECK_OK(Ints_appendleft(&d, 1));
    CHECK_OK(Ints_insert(&d, 1, 2));
    CHECK_OK(Ints_extend(&d, pila_span(more, 2, &pila_i32)));
    CHECK_OK(Ints_extendleft(&d, pila_span(more, 2, &pila_i32)));
    CHECK_INT(Ints_len(&d), 7);
    CHECK_INT(*Ints_get(&d, 0), 6);
    CHECK_INT(*Ints_get(&d, -1), 6);
    CHECK(Ints_get(&d, 7) == NULL && Ints_get(&d, -8) == NULL);
    CHECK_OK(Ints_index(&d, 5, 2, PTRDIFF_MAX, &n));
    CHECK_INT(n, 5);
    CHECK_OK(Ints_count(&d, 5, &n));
    CHECK_INT(n, 2);
    CHECK_OK(Ints_contains(&d, 4, &yes));
    CHECK(!yes);
    CHECK_OK(Ints_copy(&e, &d));
    CHECK_OK(Ints_eq(&d, &e, &yes));
    CHECK(yes);
    CHECK_OK(Ints_set(&e, 0, 7));
    CHECK_OK(Ints_compare(&d, &e, &order));
    CHECK_INT(order, -1);
    CHECK_OK(Ints_del(&e, -1));
    CHECK_OK(Ints_remove(&e, 5));
    Ints_reverse(&e);
    CHECK_OK(Ints_rotate(&e, 1));
    CHECK_OK(Ints_repr(&e, &text));
    CHECK_TEXT(pila_buf_view(&text), "deque([7, 5, 3, 2, 1])");
    CHECK_OK(Ints_concat(&e, &e, &e));
    CHECK_OK(Ints_repeat(&e, &e, 2));
    CHECK_INT(Ints_len(&e), 20);
    CHECK_OK(Ints_pop(&e, &x));
    CHECK_INT(x, 1);
    CHECK_OK(Ints_popleft(&e, NULL));
    Ints_move(&d, &e);
    CHECK_INT(Ints_len(&e), 0);
    CHECK_STATUS(Ints_pop(&e, &x), PILA_EEMPTY);
    CHECK_INT(Ints_len(&d), 18);
    pila_iter it = Ints_reversed(&d);
    PILA_FOR(int, p, &it) x += *p;
    CHECK_STATUS(it.status, PILA_END);
    Ints_clear(&d);
    Ints_init_max(&e, 2);
    CHECK_INT(Ints_maxlen(&e), 2);
    CHECK(Ints_maxlen(&d) == PILA_UNBOUNDED);
    Ints_done(&d);
    Ints_done(&e);
    pila_buf_done(&text);
    check_alloc_stop();
}

/* The inline paths of a bounded deque, over many blocks' worth of appends. */
static void typed_ring_keeps_the_last(void **state)
{
    Longs d;
    int64_t x = 0;

    (void)state;
    setup_row("typed ring");
    Longs_init_max(&d, 700);
    for (int64_t k = 0; k < 5000; k++) {
        CHECK_OK(Longs_append(&d, k));
        CHECK_INT(Longs_len(&d), k < 700 ? k + 1 : 700);
        CHECK_INT(*Longs_get(&d, 0), k < 700 ? 0 : k - 699);
    }
    for (int64_t k = 0; k < 5000; k++) {
        CHECK_OK(Longs_appendleft(&d, -k));
        CHECK_INT(*Longs_get(&d, -1), k < 699 ? 4998 - k : 699 - k);
        CHECK(Longs_at(&d, 699) == Longs_get(&d, -1));
        CHECK_INT(Longs_len(&d), 700);
    }
    for (int64_t k = 0; k < 300; k++) { /* room at both ends, for 300 in all */
        CHECK_OK(k % 2 ? Longs_pop(&d, &x) : Longs_popleft(&d, &x));
        CHECK(pila__deque_valid(&d.base, &pila_i64));
    }
    for (int64_t k = 0; k < 1000; k++) {
        CHECK_OK(k % 3 ? Longs_append(&d, k) : Longs_appendleft(&d, k));
        CHECK_INT(Longs_len(&d), k < 300 ? 401 + k : 700);
        CHECK(pila__deque_valid(&d.base, &pila_i64));
    }
    Longs_done(&d);
    check_alloc_stop();
}

static void maxlen_shows_in_repr(void **state)
{
    pila_deque *d;
    pila_buf text = {0};

    (void)state;
    setup_row("repr");
    d = pila_deque_new(&pila_i64, 3);
    assert_non_null(d);
    fill(d, one_two_three, 2);
    CHECK_OK(pila_deque_repr(d, &text));
    CHECK_TEXT(pila_buf_view(&text), "deque([1, 2], maxlen=3)");
    pila_buf_clear(&text);
    pila_deque_free(d);
    pila_deque_free(NULL);
    Texts words = {0};
    CHECK_OK(Texts_append(&words, pila_string_borrow(pila_cstr("it's"))));
    CHECK_OK(Texts_repr(&words, &text));
    CHECK_TEXT(pila_buf_view(&text), "deque([\"it's\"])");
    Texts_done(&words);
    pila_buf_done(&text);
    check_alloc_stop();
}

static void views_become_owned_strings(void **state)
{
    char bytes[] = "a text of more than fifteen bytes";
    pila_str views[2] = {pila_cstr(bytes), pila_cstr("short")};
    Texts d = {0};
    Longs n = {0};

    (void)state;
    setup_row("views");
    CHECK_OK(Texts_extend(&d, pila_span(views, 2, &pila_view)));
    memset(bytes, 'x', sizeof bytes - 1);
    CHECK_TEXT(pila_string_view(Texts_get(&d, 0)), "a text of more than fifteen bytes");
    CHECK_TEXT(pila_string_view(Texts_get(&d, 1)), "short");
    CHECK_STATUS(Longs_extend(&n, pila_span(views, 2, &pila_view)), PILA_ETYPE);
    CHECK_STATUS(Longs_extend(&n, pila_failed(PILA_EIO)), PILA_EIO);
    CHECK_OK(Longs_extend(&n, pila_failed(PILA_END)));
    CHECK_INT(Longs_len(&n), 0);
    Texts_done(&d);
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
    pila_deque a, b;
    int order = 7;
    bool yes;
    sample s;

    (void)state;
    setup_row("a type without eq");
    less_only.eq = NULL;
    pila_deque_init(&a, &less_only);
    pila_deque_init(&b, &less_only);
    fill_to(&a, 3);
    fill_to(&b, 3);
    CHECK_OK(pila_deque_compare(&a, &b, &order));
    CHECK_INT(order, 0);
    CHECK_OK(pila_deque_set(&b, -1, sample_of(&less_only, 2, &s)));
    CHECK_OK(pila_deque_compare(&a, &b, &order));
    CHECK_INT(order, 1);
    CHECK_STATUS(pila_deque_eq(&a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_deque_remove(&b, sample_of(&less_only, 2, &s)), PILA_ETYPE);
    pila_deque_done(&a);
    pila_deque_done(&b);
    check_alloc_stop();
}

/* ---- iteration ---- */

static void iteration_walks_whole_blocks(void **state)
{
    (void)state;
    for (int k = 0; k < SAMPLE_TYPES; k++) {
        pila_deque d;
        pila_iter it;
        int64_t next = 1;
        const void *item;
        setup_row(sample_type(k)->name);
        pila_deque_init(&d, sample_type(k));
        fill_to(&d, 3000);
        it = pila_deque_iter(&d);
        CHECK_INT(pila_iter_length_hint(&it), 3000);
        CHECK(pila_iter_ready(&it) >= 32);
        while ((item = pila_next_item(&it)) != NULL) {
            CHECK_INT(sample_value(d.type, item), next);
            next++;
            CHECK_INT(pila_iter_length_hint(&it), 3001 - next);
        }
        CHECK_STATUS(it.status, PILA_END);
        it = pila_deque_reversed(&d);
        CHECK_INT(pila_iter_length_hint(&it), 3000);
        while ((item = pila_next_item(&it)) != NULL)
            CHECK_INT(sample_value(d.type, item), --next);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
        pila_deque_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* {what is done while an iterator is half way, how the iterator ends} */
static void mutate_while_iter(void **state)
{
    static const struct {
        deque_row does;
        pila_status end;
    } table[] = {
        {{"append", "", 0, APPEND, 9, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"appendleft", "", 0, APPENDLEFT, 9, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"pop", "", 0, POP, 0, 0, PILA_OK, 3, ""}, PILA_EMUTATED},
        {{"popleft", "", 0, POPLEFT, 0, 0, PILA_OK, 1, ""}, PILA_EMUTATED},
        {{"insert", "", 0, INSERT, 1, 9, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"del", "", 0, DEL, 1, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"remove", "", 0, REMOVE, 2, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"rotate", "", 0, ROTATE, 1, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"rotate by 0", "", 0, ROTATE, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"clear", "", 0, CLEAR, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"repeat", "", 0, REPEAT, 2, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"extend", "", 0, EXTEND, 0, 0, PILA_OK, 0, ""}, PILA_EMUTATED},
        {{"set is no change", "", 0, SET, 1, 2, PILA_OK, 0, ""}, PILA_END},
        {{"reverse is no change", "", 0, REVERSE, 0, 0, PILA_OK, 0, ""}, PILA_END},
        {{"count is no change", "", 0, COUNT, 2, 0, PILA_OK, 1, ""}, PILA_END},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table) * 2; k++) {
        const deque_row *r = &table[k / 2].does;
        int64_t result = 0;
        pila_deque d;
        pila_iter it;
        setup_row(r->text);
        pila_deque_init(&d, &thing_type);
        fill(&d, one_two_three, 3);
        it = k % 2 ? pila_deque_iter(&d) : pila_deque_reversed(&d);
        CHECK(pila_next_item(&it) != NULL);
        CHECK_STATUS(run_row(&d, r, &result), PILA_OK);
        CHECK_INT(result, r->result);
        while (pila_next_item(&it)) continue;
        CHECK_STATUS(it.status, table[k / 2].end);
        CHECK(pila_next_item(&it) == NULL);
        pila_deque_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- what consumes iterators ---- */

static void fault_keeps_what_came_before(void **state)
{
    static const struct {
        const char *text;
        size_t maxlen;
        bool left;
        pila_status end;
        const char *repr;
    } table[] = {
        {"extend keeps what was consumed", PILA_UNBOUNDED, false, PILA_EIO,
         "deque([1, 2, 3])"},
        {"extendleft too", PILA_UNBOUNDED, true, PILA_EIO, "deque([3, 2, 1])"},
        {"with a maxlen", 2, false, PILA_EIO, "deque([2, 3], maxlen=2)"},
        {"maxlen 0 consumes its source", 0, false, PILA_END, "deque([], maxlen=0)"},
        {"and sees its fault", 0, true, PILA_EIO, "deque([], maxlen=0)"},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        faulty f = {0, 3, table[k].end, 0};
        pila_status want = table[k].end == PILA_END ? PILA_OK : table[k].end;
        pila_deque d;
        pila_buf text = {0};
        setup_row(table[k].text);
        pila_deque_init_max(&d, &pila_i64, table[k].maxlen);
        CHECK_STATUS(table[k].left ? pila_deque_extendleft(&d, faulty_iter(&f))
                                   : pila_deque_extend(&d, faulty_iter(&f)),
                     want);
        CHECK_INT(f.dropped, 1);
        CHECK_INT(f.now, 3);
        CHECK_OK(pila_deque_repr(&d, &text));
        CHECK_TEXT(pila_buf_view(&text), table[k].repr);
        pila_buf_done(&text);
        pila_deque_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- allocation ---- */

static void queue_in_steady_state_allocates_nothing(void **state)
{
    Longs d = {0};
    int64_t x = 0;

    (void)state;
    setup_row("steady");
    for (int64_t k = 0; k < 5000; k++) CHECK_OK(Longs_append(&d, k));
    for (int64_t k = 0; k < 600; k++) { /* one block goes round: the first spare */
        CHECK_OK(Longs_popleft(&d, &x));
        CHECK_OK(Longs_append(&d, k));
    }
    check_alloc_fail(0, 0);
    for (int64_t k = 0; k < 100000; k++) {
        CHECK_OK(Longs_append(&d, k));
        CHECK_OK(Longs_popleft(&d, &x));
    }
    CHECK_INT(check_alloc_fail(0, 0), 0);
    Longs_done(&d);
    check_alloc_stop();
}

/* One step of the sweep: after a failure the deque is as it was, and works. */
static pila_status sweep_step(pila_deque *d, pila_status st, const int64_t *was,
                              size_t n)
{
    sample out;

    if (st == PILA_OK) return st;
    CHECK(holds(d, was, n));
    if (n > 1) {
        CHECK_OK(pila_deque_pop(d, &out));
        pila_type_drop(d->type, &out);
        pila_deque_reverse(d);
        CHECK(pila__deque_valid(&d->base, d->type));
        CHECK_INT(at(d, -1), was[0]);
    }
    return st;
}

typedef struct sweep_case {
    deque_row does;
    const pila_type *type;
    size_t items, maxlen;
} sweep_case;

/* d is filled until its right block is full, so that each change meets a new block. */
static pila_status sweep_scenario(void *ctx)
{
    const sweep_case *c = ctx;
    int64_t was[600], result;
    size_t n = 0;
    sample s;
    pila_deque d;
    pila_status st = PILA_OK;

    pila_deque_init_max(&d, c->type, c->maxlen);
    while (n < c->items && st == PILA_OK) {
        was[n] = (int64_t)n + 1;
        st = sweep_step(&d, pila_deque_append(&d, sample_of(c->type, was[n], &s)), was,
                        n);
        if (st == PILA_OK) n++;
    }
    if (st == PILA_OK && c->does.op == EXTEND) { /* partial by contract */
        st = pila_deque_extend(&d, pila_deque_reversed(&d));
        CHECK(pila__deque_valid(&d.base, d.type));
        if (st != PILA_OK && c->maxlen == PILA_UNBOUNDED) CHECK_INT(at(&d, 0), 1);
    } else if (st == PILA_OK)
        st = sweep_step(&d, run_row(&d, &c->does, &result), was, n);
    pila_deque_done(&d);
    return st;
}

static void allocation_sweep(void **state)
{
    static const struct {
        deque_op op;
        int64_t a, b;
    } ops[] = {{APPEND, 9, 0},  {APPENDLEFT, 9, 0}, {INSERT, 1, 9}, {INSERT, -1, 9},
               {SET, 0, 9},     {DEL, 1, 0},        {REMOVE, 2, 0}, {ROTATE, 2, 0},
               {ROTATE, -2, 0}, {REPEAT, 3, 0},     {COPY, 0, 0},   {CONCAT_SELF, 0, 0},
               {EXTEND, 0, 0},  {CLEAR, 0, 0}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(ops) * SAMPLE_TYPES * 2; k++) {
        sweep_case c = {{"sweep", "", 0, POP, 0, 0, PILA_OK, 0, ""}, NULL, 0, 0};
        size_t block;
        c.does.op = ops[k / 8].op;
        c.does.a = ops[k / 8].a;
        c.does.b = ops[k / 8].b;
        c.type = sample_type((int)(k / 2 % SAMPLE_TYPES));
        block = (size_t)1 << pila__deque_shift(c.type->size);
        c.items = k % 2 && block < 300 ? block : 5;
        c.maxlen = k % 2 ? c.items : PILA_UNBOUNDED;
        if (c.maxlen == c.items && c.does.op == INSERT)
            c.maxlen++; /* else it is full */
        stage_clear();
        check_row = pila_status_name(PILA_ENOMEM);
        check_alloc_sweep(sweep_scenario, &c);
    }
    ROW(NULL);
}

static void grow_overflow(void **state)
{
    pila_type huge = PILA_PLAIN_TYPE(char);
    pila_deque d;
    char byte = 0;

    (void)state;
    setup_row("sizes beyond memory");
    pila_deque_init(&d, &pila_i64);
    fill_to(&d, 3);
    CHECK_STATUS(pila_deque_repeat(&d, &d, PTRDIFF_MAX), PILA_ENOMEM);
    CHECK_STATUS(pila_deque_repeat(&d, &d, PTRDIFF_MAX / 3), PILA_ENOMEM);
    CHECK(counts_to(&d, 3));
    pila_deque_done(&d);
    huge.size = (size_t)PTRDIFF_MAX / 2; /* a block of 4 is no size */
    pila_deque_init(&d, &huge);
    CHECK_STATUS(pila_deque_append(&d, &byte), PILA_ENOMEM);
    CHECK_STATUS(pila_deque_appendleft(&d, &byte), PILA_ENOMEM);
    CHECK_INT(pila_deque_len(&d), 0);
    huge.size = SIZE_MAX / 4 + 1; /* 4 of them wrap to 0 */
    CHECK_STATUS(pila_deque_append(&d, &byte), PILA_ENOMEM);
    pila_deque_done(&d);
    check_alloc_stop();
}

/* A deque reserves blocks only: what wraps is the product of repeat with a maxlen. */
static void reserve_wraparound(void **state)
{
    pila_deque d;

    (void)state;
    setup_row("n * len wraps to 8");
    pila_deque_init_max(&d, &pila_i64, 5);
    fill_to(&d, 4);
    CHECK_OK(pila_deque_repeat(&d, &d, PTRDIFF_MAX)); /* the last five of very many */
    CHECK(holds(&d, (const int64_t[]){4, 1, 2, 3, 4}, 5));
    pila_deque_done(&d);
    pila_deque_init_max(&d, &pila_i64, SIZE_MAX - 1);
    fill_to(&d, 4);
    CHECK_STATUS(pila_deque_repeat(&d, &d, (ptrdiff_t)(SIZE_MAX / 4 + 3)), PILA_ENOMEM);
    CHECK(counts_to(&d, 4));
    pila_deque_done(&d);
    check_alloc_stop();
}

/* ---- callbacks that fail ---- */

typedef enum look { LOOK_EQ = 100, LOOK_COMPARE, LOOK_REPR } look;

static pila_status run_any(pila_deque *d, const pila_deque *twin, int op, int64_t a,
                           int64_t b)
{
    deque_row r = {"", "", 0, POP, a, b, PILA_OK, 0, ""};
    int64_t result;
    int order;
    bool yes;
    pila_buf text = {0};
    pila_status st;

    if (op == LOOK_EQ) return pila_deque_eq(d, twin, &yes);
    if (op == LOOK_COMPARE) return pila_deque_compare(d, twin, &order);
    if (op == LOOK_REPR) {
        st = pila_buf_add(&text, pila_cstr("x"));
        if (st == PILA_OK) st = pila_deque_repr(d, &text);
        if (st != PILA_OK && text.data) CHECK_TEXT(pila_buf_view(&text), "x");
        pila_buf_done(&text);
        return st;
    }
    r.op = (deque_op)op;
    return run_row(d, &r, &result);
}

static const struct {
    const char *text;
    int op;
    int64_t a, b;
} callers[] = {
    {"append", APPEND, 9, 0},
    {"appendleft", APPENDLEFT, 9, 0},
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
    {"extendleft", EXTENDLEFT_SELF, 0, 0},
    {"eq", LOOK_EQ, 0, 0},
    {"compare", LOOK_COMPARE, 0, 0},
    {"repr", LOOK_REPR, 0, 0},
    {"clear", CLEAR, 0, 0},
    {"del", DEL, 2, 0},
    {"rotate", ROTATE, 2, 0},
    {"reverse", REVERSE, 0, 0},
};

/* Each caller, over each type of thing; the k-th call it makes fails, for every k. */
static void compare_raises_at_k(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT_OF(callers) * 2; c++) {
        const pila_type *t = c % 2 ? &bulky_type : &thing_type;
        long k = 1;
        for (bool failed = true; failed; k++) {
            pila_deque d, twin;
            pila_status st;
            setup_row(callers[c / 2].text);
            pila_deque_init(&d, t);
            pila_deque_init(&twin, t);
            fill_to(&d, 5);
            fill_to(&twin, 5);
            stage.on = ON_COPY | ON_EQ | ON_LESS | ON_REPR;
            stage.fail_at = k;
            st = run_any(&d, &twin, callers[c / 2].op, callers[c / 2].a,
                         callers[c / 2].b);
            failed = stage.calls >= k;
            stage_clear();
            if (failed) {
                CHECK_STATUS(st, THING_FAULT);
                CHECK(counts_to(&d, 5));
                fill_to(&d, 1);
            }
            CHECK(pila__deque_valid(&d.base, d.type));
            CHECK(counts_to(&twin, 5));
            pila_deque_done(&d);
            pila_deque_done(&twin);
            check_alloc_stop();
            if (k > 1000) fail_msg("no end");
        }
    }
    ROW(NULL);
}

/* ---- callbacks that change the deque they are called from ---- */

static void act_append(void *ctx)
{
    sample s;
    CHECK_OK(pila_deque_append(ctx, sample_of(((pila_deque *)ctx)->type, 9, &s)));
}

static void act_clear(void *ctx) { pila_deque_clear(ctx); }
static void act_done(void *ctx) { pila_deque_done(ctx); }
static void act_popleft(void *ctx) { (void)!pila_deque_popleft(ctx, NULL); }
static void act_rotate(void *ctx) { CHECK_OK(pila_deque_rotate(ctx, 2)); }
static void act_del(void *ctx) { (void)!pila_deque_del(ctx, 1); }

static void act_set(void *ctx)
{
    sample s;
    pila_deque *d = ctx;

    for (ptrdiff_t i = 0; i < (ptrdiff_t)pila_deque_len(d); i++)
        CHECK_OK(pila_deque_set(d, i, sample_of(d->type, 50, &s)));
}

static void (*const acts[])(void *) = {act_append, act_clear, act_done, act_popleft,
                                       act_rotate, act_del,   act_set};

/* Under ASan: nothing is read or dropped that has gone, whatever a callback did. */
static void callbacks_may_change_the_deque(void **state)
{
    static const int on[] = {ON_EQ, ON_LESS, ON_COPY, ON_DROP, ON_REPR};

    (void)state;
    for (size_t n = 0; n < COUNT_OF(callers) * COUNT_OF(acts) * COUNT_OF(on) * 2; n++) {
        const pila_type *t = n % 2 ? &bulky_type : &thing_type;
        size_t c = n / 2 % COUNT_OF(callers), a = n / 2 / COUNT_OF(callers);
        bool acted = true;
        for (long k = 1; acted; k++) {
            pila_deque d, twin;
            pila_status st;
            setup_row(callers[c].text);
            pila_deque_init_max(&d, t, k % 2 ? 7 : PILA_UNBOUNDED);
            pila_deque_init(&twin, t);
            fill_to(&d, 5);
            fill_to(&twin, 5);
            stage.on = on[a % COUNT_OF(on)];
            stage.act_at = k;
            stage.act = acts[a / COUNT_OF(on)];
            stage.ctx = k % 3 ? &d : &twin;
            st = run_any(&d, &twin, callers[c].op, callers[c].a, callers[c].b);
            acted = !stage.act;
            stage_clear();
            CHECK(st == PILA_OK || st == PILA_EMUTATED || st == PILA_EVALUE ||
                  st == PILA_EINDEX);
            CHECK(pila__deque_valid(&d.base, t) && pila__deque_valid(&twin.base, t));
            fill_to(&d, 2);
            CHECK_INT(at(&d, -1), d.base.cut == SIZE_MAX ? 0 : 2);
            pila_deque_done(&d);
            pila_deque_done(&twin);
            check_alloc_stop();
        }
    }
    ROW(NULL);
}

/* As CPython, with an __eq__ that appends at its k-th call. */
static void change_in_eq_is_told_as_in_python(void **state)
{
    static const struct {
        const char *text;
        int op;
        int64_t a, b;
        long k;
        pila_status status;
    } table[] = {
        {"index that found it does not look", INDEX, 0, 99, 2, PILA_OK},
        {"index goes no further", INDEX, 0, 99, 1, PILA_EMUTATED},
        {"contains that found it does not look", IN, 2, 0, 2, PILA_OK},
        {"contains goes no further", IN, 2, 0, 1, PILA_EMUTATED},
        {"contains: the last one too", IN, 9, 0, 3, PILA_EMUTATED},
        {"count always looks", COUNT, 3, 0, 3, PILA_EMUTATED},
        {"count looks at once", COUNT, 3, 0, 1, PILA_EMUTATED},
        {"remove looks even where it found it", REMOVE, 2, 0, 2, PILA_EMUTATED},
        {"remove goes no further", REMOVE, 2, 0, 1, PILA_EMUTATED},
        {"eq of all equal looks after the last", LOOK_EQ, 0, 0, 3, PILA_EMUTATED},
        {"compare likewise", LOOK_COMPARE, 0, 0, 3, PILA_EMUTATED},
        {"repr shows it as it was", LOOK_REPR, 0, 0, 1, PILA_OK},
    };

    (void)state;
    for (size_t n = 0; n < COUNT_OF(table); n++) {
        pila_deque d, twin;
        setup_row(table[n].text);
        pila_deque_init(&d, &thing_type);
        pila_deque_init(&twin, &thing_type);
        fill(&d, one_two_three, 3);
        fill(&twin, one_two_three, 3);
        stage.on = table[n].op == LOOK_REPR ? ON_REPR : ON_EQ;
        stage.act_at = table[n].k;
        stage.act = act_append;
        stage.ctx = &d;
        CHECK_STATUS(run_any(&d, &twin, table[n].op, table[n].a, table[n].b),
                     table[n].status);
        CHECK(stage.act == NULL);
        CHECK(holds(&d, (const int64_t[]){1, 2, 3, 9}, 4));
        stage_clear();
        pila_deque_done(&d);
        pila_deque_done(&twin);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* Every drop that an operation runs re-enters the deque. */
static void reenter_from_drop(void **state)
{
    static const int ops[] = {CLEAR,      DEL,    SET,  REMOVE, APPEND,
                              APPENDLEFT, REPEAT, COPY, EXTEND, EXTENDLEFT};

    (void)state;
    for (size_t n = 0; n < COUNT_OF(ops) * COUNT_OF(acts) * 2; n++) {
        const pila_type *t = n % 2 ? &bulky_type : &thing_type;
        bool acted = true;
        for (long k = 1; acted; k++) {
            pila_deque d;
            pila_status st;
            setup_row("re-entered");
            pila_deque_init_max(&d, t, 6); /* appends evict */
            fill_to(&d, 6);
            stage.on = ON_DROP;
            stage.act = acts[n / 2 / COUNT_OF(ops)];
            stage.act_at = k;
            stage.ctx = &d;
            st = run_any(&d, NULL, ops[n / 2 % COUNT_OF(ops)], 2, 9);
            acted = !stage.act;
            CHECK(st == PILA_OK || st == PILA_EMUTATED || st == PILA_EINDEX ||
                  st == PILA_EVALUE);
            CHECK(pila__deque_valid(&d.base, t));
            stage.act = act_append; /* and while it is done with */
            stage.calls = 0;
            stage.act_at = 1;
            pila_deque_done(&d);
            stage_clear();
            pila_deque_done(&d);
            check_alloc_stop();
        }
    }
    ROW(NULL);
}

static void eviction_is_after_insertion(void **state)
{
    pila_deque d;
    sample s;

    (void)state;
    setup_row("a copy that fails evicts nothing");
    pila_deque_init_max(&d, &thing_type, 3);
    fill_to(&d, 3);
    stage.on = ON_COPY;
    stage.fail_at = 1;
    CHECK_STATUS(pila_deque_append(&d, sample_of(d.type, 9, &s)), THING_FAULT);
    CHECK(counts_to(&d, 3));
    stage_clear();
    stage.on = ON_DROP;
    CHECK_OK(pila_deque_append(&d, sample_of(d.type, 9, &s)));
    CHECK_INT(stage.calls, 1);
    CHECK(holds(&d, (const int64_t[]){2, 3, 9}, 3));
    CHECK_OK(
        pila_deque_append(&d, pila_deque_get(&d, 0))); /* lent by the deque itself */
    CHECK(holds(&d, (const int64_t[]){3, 9, 2}, 3));
    stage_clear();
    pila_deque_done(&d);
    check_alloc_stop();
}

static void a_value_lent_from_inside_may_go(void **state)
{
    pila_deque d;

    (void)state;
    setup_row("remove(d[0]) while eq clears d");
    pila_deque_init(&d, &bulky_type);
    fill_to(&d, 3);
    stage.on = ON_EQ;
    stage.act = act_clear;
    stage.act_at = 1;
    stage.ctx = &d;
    CHECK_STATUS(pila_deque_remove(&d, pila_deque_get(&d, 0)), PILA_EMUTATED);
    CHECK_INT(pila_deque_len(&d), 0);
    stage_clear();
    pila_deque_done(&d);
    check_alloc_stop();
}

/* ---- against a model ---- */

enum { MODEL_MOST = 3000 };

typedef struct model {
    int64_t items[MODEL_MOST];
    size_t n, maxlen;
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

static void model_rotate(model *m)
{
    int64_t last = m->items[m->n - 1];

    m->n--;
    model_insert(m, 0, last);
}

/* One random operation on both; false when they tell different things. */
static bool model_step(pila_deque *d, model *m, check_rng *r, int64_t value, bool lie)
{
    size_t i = m->n ? check_rng_below(r, m->n) : 0, n = 0;
    int64_t result = 0;
    uint64_t what = check_rng_below(r, 100);
    sample s;
    const void *item = sample_of(d->type, value, &s);

    if (m->n + 5 > MODEL_MOST) what = 99;
    if (what < 22) {
        CHECK_OK(pila_deque_append(d, item));
        model_insert(m, m->n, value);
        if (m->n > m->maxlen) model_del(m, 0);
    } else if (what < 40) {
        CHECK_OK(pila_deque_appendleft(d, item));
        model_insert(m, 0, value);
        if (m->n > m->maxlen) model_del(m, m->n - 1);
    } else if (what < 64) {
        bool left = what % 2;
        pila_status st = run_pop(d, left ? POPLEFT : POP, &result);
        if (m->n == 0) return st == PILA_EEMPTY;
        if (st != PILA_OK || result != m->items[left ? 0 : m->n - 1]) return false;
        model_del(m, left ? 0 : m->n - 1);
    } else if (what < 74) {
        pila_status st = pila_deque_insert(d, (ptrdiff_t)i, item);
        if (m->n == m->maxlen) return st == PILA_EINDEX;
        model_insert(m, i, value);
    } else if (what < 82 && m->n) {
        CHECK_OK(pila_deque_del(d, (ptrdiff_t)i - (what % 2 ? (ptrdiff_t)m->n : 0)));
        model_del(m, i);
    } else if (what < 86 && m->n) {
        CHECK_OK(pila_deque_set(d, (ptrdiff_t)i, item));
        m->items[i] = value;
    } else if (what < 92 && m->n) {
        CHECK_OK(pila_deque_rotate(d, (ptrdiff_t)i + (lie && m->n > 40)));
        for (size_t k = 0; k < i; k++) model_rotate(m);
    } else if (what < 94) {
        pila_deque_reverse(d);
        for (size_t k = 0; k < m->n / 2; k++) {
            int64_t x = m->items[k];
            m->items[k] = m->items[m->n - 1 - k];
            m->items[m->n - 1 - k] = x;
        }
    } else if (what < 97 && m->n) {
        sample_of(d->type, m->items[i], &s);
        CHECK_OK(pila_deque_index(d, &s, 0, PTRDIFF_MAX, &n));
        if (n > i || m->items[n] != m->items[i]) return false;
    } else if (what < 98 && m->n < 300) {
        CHECK_OK(pila_deque_repeat(d, d, 2));
        for (size_t k = 0, was = m->n; k < was; k++) model_insert(m, m->n, m->items[k]);
        while (m->n > m->maxlen) model_del(m, 0);
    } else if (what == 99 && m->n > 200) {
        pila_deque_clear(d);
        m->n = 0;
    }
    return true;
}

static bool model_agrees(const pila_type *t, size_t maxlen, check_rng *r, long steps,
                         bool lie)
{
    static model m;
    pila_deque d;
    bool same = true;

    m.n = 0;
    m.maxlen = maxlen;
    pila_deque_init_max(&d, t, maxlen);
    for (long k = 0; k < steps && same; k++) {
        same = model_step(&d, &m, r, (int64_t)check_rng_below(r, 1000), lie) &&
               pila__deque_valid(&d.base, t) && pila_deque_len(&d) == m.n;
        if (k % 16 == 0 || lie) same = same && holds(&d, m.items, m.n);
    }
    same = same && holds(&d, m.items, m.n);
    pila_deque_done(&d);
    return same;
}

static void random_operations_agree_with_a_model(void **state)
{
    static const size_t bounds[] = {PILA_UNBOUNDED, 0, 1, 7, 700};
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < COUNT_OF(bounds) * SAMPLE_TYPES; k++) {
        const pila_type *t = sample_type((int)(k % SAMPLE_TYPES));
        setup_row(t->name);
        CHECK(model_agrees(t, bounds[k / SAMPLE_TYPES], &r, 6000, false));
        check_alloc_stop();
    }
    ROW("the run must catch a rotate that goes one too far");
    CHECK(!model_agrees(&pila_i64, PILA_UNBOUNDED, &r, 20000, true));
    ROW(NULL);
}

/* Every rotation of lengths about the size of a block. */
static void rotation_crosses_blocks(void **state)
{
    static const int64_t lengths[] = {2, 31, 32, 33, 64, 65, 511, 512, 513, 1024, 1500};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(lengths) * SAMPLE_TYPES; k++) {
        int64_t n = lengths[k / SAMPLE_TYPES], shift = 0, x;
        pila_deque d;
        setup_row("rotate");
        pila_deque_init(&d, sample_type((int)(k % SAMPLE_TYPES)));
        fill_to(&d, n);
        for (int64_t by = -n - 1; by <= n + 1; by += n > 70 ? 37 : 1) {
            CHECK_OK(pila_deque_rotate(&d, (ptrdiff_t)by));
            CHECK(pila__deque_valid(&d.base, d.type));
            shift = ((shift + by) % n + n) % n;
            for (x = 0; x<n; x += n> 70 ? 13 : 1)
                CHECK_INT(at(&d, (ptrdiff_t)((x + shift) % n)), x + 1);
        }
        CHECK_OK(pila_deque_rotate(&d, PTRDIFF_MIN));
        CHECK_OK(pila_deque_rotate(&d, PTRDIFF_MAX));
        pila_deque_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void moving_and_copying_between_types(void **state)
{
    pila_deque a, b;
    bool yes;
    int order;

    (void)state;
    setup_row("to becomes of the type of from");
    pila_deque_init_max(&a, &thing_type, 4);
    pila_deque_init(&b, &pila_text);
    fill_to(&a, 4);
    fill_to(&b, 3);
    CHECK_STATUS(pila_deque_eq(&a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_deque_compare(&a, &b, &order), PILA_ETYPE);
    CHECK_STATUS(pila_deque_concat(&b, &a, &b), PILA_ETYPE);
    CHECK(counts_to(&b, 3));
    CHECK_OK(pila_deque_copy(&b, &a));
    CHECK(b.type == &thing_type && pila_deque_maxlen(&b) == 4 && counts_to(&b, 4));
    CHECK_OK(pila_deque_eq(&a, &b, &yes));
    CHECK(yes);
    pila_deque_move(&b, &b);
    CHECK(counts_to(&b, 4));
    pila_deque_move(&b, &a);
    CHECK(counts_to(&b, 4) && counts_to(&a, 0) && pila_deque_maxlen(&a) == 4);
    pila_deque_done(&a);
    pila_deque_done(&b);
    check_alloc_stop();
}

/* ---- what is chosen by kind of type ---- */

static void every_kind_is_found_and_moved(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const pila_type *t = kinds[k];
        pila_deque d;
        kind_item item, out;
        size_t at = 99;
        bool there = false;
        setup_row(t->name);
        pila_deque_init(&d, t);
        for (int n = 1; n < 6; n++)
            CHECK_OK(pila_deque_append(&d, kind_of(t, n, &item)));
        CHECK_OK(pila_deque_appendleft(&d, kind_of(t, 3, &item)));
        CHECK_OK(pila_deque_index(&d, kind_of(t, 4, &item), 0, PTRDIFF_MAX, &at));
        CHECK_INT(at, 4);
        CHECK_OK(pila_deque_count(&d, kind_of(t, 3, &item), &at));
        CHECK_INT(at, 2);
        CHECK_OK(pila_deque_contains(&d, kind_of(t, 7, &item), &there));
        CHECK(!there);
        CHECK_OK(pila_deque_set(&d, 1, kind_of(t, 7, &item)));
        CHECK(kind_is(t, pila_deque_get(&d, 1), 7) &&
              kind_is(t, pila_deque_at(&d, 2), 2));
        CHECK_OK(pila_deque_pop(&d, &out));
        CHECK(kind_is(t, &out, 5));
        pila_type_drop(t, &out);
        CHECK_OK(pila_deque_popleft(&d, &out));
        CHECK(kind_is(t, &out, 3));
        pila_type_drop(t, &out);
        CHECK_OK(pila_deque_pop(&d, NULL));
        CHECK_INT(pila_deque_len(&d), 3);
        pila_deque_done(&d);
        check_alloc_stop();
    }
}

static void count_needs_eq(void **state)
{
    static const pila_type blind = PILA_PLAIN_TYPE(thing);
    thing one = {1, NULL};
    pila_deque d;
    size_t n = 77;

    (void)state;
    setup_row("count without eq");
    pila_deque_init(&d, &blind);
    CHECK_OK(pila_deque_append(&d, &one));
    CHECK_STATUS(pila_deque_count(&d, &one, &n), PILA_ETYPE);
    CHECK_INT(n, 77);
    pila_deque_done(&d);
    check_alloc_stop();
}

/* A block emptied from one end, filled again at the same end and at the other. */
static void an_emptied_block_is_used_from_either_end(void **state)
{
    Longs d = {0};
    int64_t out;

    (void)state;
    setup_row("an emptied block");
    for (int turn = 0; turn < 4; turn++) {
        bool put_left = turn & 1, then_left = turn & 2;
        for (int64_t k = 0; k < 300; k++)
            CHECK_OK(put_left ? Longs_appendleft(&d, k) : Longs_append(&d, k));
        while (Longs_len(&d))
            CHECK_OK(put_left ? Longs_popleft(&d, &out) : Longs_pop(&d, &out));
        CHECK(pila__deque_valid(&d.base, &pila_i64));
        CHECK_OK(then_left ? Longs_appendleft(&d, 7) : Longs_append(&d, 7));
        CHECK(pila__deque_valid(&d.base, &pila_i64) && *Longs_get(&d, 0) == 7);
        CHECK_OK(Longs_pop(&d, NULL));
    }
    Longs_done(&d);
    check_alloc_stop();
}

/* The invariant that the other tests check must be able to say no. */
static void valid_sees_every_broken_field(void **state)
{
    enum { BLOCK = 512 * sizeof(int64_t) };
    Longs d = {0}, bounded, empty = {0};
    char *elsewhere = (char *)&empty;

    (void)state;
    setup_row("valid");
    Longs_init_max(&bounded, 600);
    for (int64_t k = 0; k < 700; k++) CHECK_OK(Longs_append(&d, k));
    for (int64_t k = 0; k < 100; k++) CHECK_OK(Longs_append(&bounded, k));
    for (int64_t k = 0; k < 10; k++) CHECK_OK(Longs_popleft(&bounded, &(int64_t){0}));

#define BROKEN(of, change)                                                             \
    do {                                                                               \
        pila__deque broken = (of).base;                                                \
        CHECK(pila__deque_valid(&broken, &pila_i64));                                  \
        change;                                                                        \
        ROW(#change);                                                                  \
        CHECK(!pila__deque_valid(&broken, &pila_i64));                                 \
    } while (0)
    BROKEN(d, broken.cap = 3);
    BROKEN(d, broken.used = broken.cap + 1);
    BROKEN(d, broken.blocks = NULL);
    BROKEN(empty, broken.left = elsewhere);
    BROKEN(empty, broken.left_begin = elsewhere);
    BROKEN(empty, broken.left_stop = elsewhere);
    BROKEN(empty, broken.right = elsewhere);
    BROKEN(empty, broken.right_end = elsewhere);
    BROKEN(empty, broken.right_stop = elsewhere);
    BROKEN(d, broken.left_begin += 8);
    BROKEN(d, broken.right_end -= 8);
    BROKEN(d, broken.left = broken.left_begin - 8);
    BROKEN(d, broken.left = broken.left_begin + BLOCK);
    BROKEN(d, broken.right = broken.right_end + 8);
    BROKEN(d, broken.right = broken.right_end - BLOCK - 8);
    BROKEN(d, broken.right = broken.right_end - BLOCK); /* an empty block at the end */
    BROKEN(bounded, broken.left = broken.right + 8);
    BROKEN(d, broken.left_stop += 8);
    BROKEN(d, broken.right_stop -= 8);
    BROKEN(bounded, broken.left_stop = broken.left_begin - 8);
    BROKEN(bounded, broken.left_stop = broken.left + 8);
    BROKEN(bounded, broken.right_stop = broken.right_end + 8);
    BROKEN(bounded, broken.right_stop = broken.right - 8);
    BROKEN(bounded, broken.cut = SIZE_MAX - 20); /* holds more than maxlen */
#undef BROKEN
    Longs_done(&d);
    Longs_done(&bounded);
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
        CHECK(pila__deque_valid(&to.base, &pila_text));
    }
    Texts_done(&a);
    Texts_done(&b);
    Texts_done(&to);
    return st;
}

static pila_status new_scenario(void *ctx)
{
    pila_deque *d = pila_deque_new(&pila_i64, 5);
    pila_status st = d ? PILA_OK : PILA_ENOMEM;

    (void)ctx;
    pila_deque_free(d);
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

static void repr_stops_at_any_cap(void **state)
{
    Ints d = {0};
    pila_buf whole = {0};

    (void)state;
    setup_row("repr with a cap");
    for (int k = 1; k < 4; k++) CHECK_OK(Ints_append(&d, k));
    CHECK_OK(Ints_repr(&d, &whole));
    CHECK_TEXT(pila_buf_view(&whole), "deque([1, 2, 3])");
    for (size_t cap = 1; cap < whole.len; cap++) {
        pila_buf out = {.cap = cap};
        CHECK_STATUS(Ints_repr(&d, &out), PILA_ELIMIT);
        CHECK_INT(out.len, 0);
        pila_buf_done(&out);
    }
    pila_buf_done(&whole);
    Ints_done(&d);
    check_alloc_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(typed_ring_keeps_the_last),
        cmocka_unit_test(maxlen_shows_in_repr),
        cmocka_unit_test(views_become_owned_strings),
        cmocka_unit_test(nan_has_no_order),
        cmocka_unit_test(less_alone_gives_an_order),
        cmocka_unit_test(iteration_walks_whole_blocks),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(fault_keeps_what_came_before),
        cmocka_unit_test(queue_in_steady_state_allocates_nothing),
        cmocka_unit_test(allocation_sweep),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(reserve_wraparound),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(callbacks_may_change_the_deque),
        cmocka_unit_test(change_in_eq_is_told_as_in_python),
        cmocka_unit_test(reenter_from_drop),
        cmocka_unit_test(eviction_is_after_insertion),
        cmocka_unit_test(a_value_lent_from_inside_may_go),
        cmocka_unit_test(random_operations_agree_with_a_model),
        cmocka_unit_test(rotation_crosses_blocks),
        cmocka_unit_test(moving_and_copying_between_types),
        cmocka_unit_test(every_kind_is_found_and_moved),
        cmocka_unit_test(count_needs_eq),
        cmocka_unit_test(an_emptied_block_is_used_from_either_end),
        cmocka_unit_test(valid_sees_every_broken_field),
        cmocka_unit_test(concat_and_new_without_memory),
        cmocka_unit_test(repr_stops_at_any_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
