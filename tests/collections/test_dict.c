/* test_dict.c - the promises of dict.h; rows decided by CPython are in dict_rows.h. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "hashed.h"
#include "kinds.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <time.h>

#include <pila/collections/dict.h>

typedef struct point {
    int x, y;
} point;

PILA_DICT(Ints, int, int)
PILA_DICT(Longs, int64_t, int64_t)
PILA_DICT(Hashes, uint64_t, uint64_t)
PILA_DICT(Floats, double, int64_t)
PILA_DICT(Words, pila_string, pila_string)
PILA_DICT(Views, pila_str, int64_t)
PILA_DICT(Pointers, void *, int)
PILA_DICT(Points, point, int)
PILA_DICT(Places, int, point)
PILA_DICT_OF(Things, thing, int64_t, &hashed_thing, &pila_i64)

/* ---- helpers ---- */

static void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    hashed_as = NULL;
    check_alloc_start();
}

static bool valid(const pila_dict *d) { return pila__dict_valid(&d->base, &d->types); }

static pila_status try_set(pila_dict *d, int64_t key, int64_t value)
{
    sample k, v;

    return pila_dict_set(d, sample_of(d->types.first, key, &k),
                         sample_of(d->types.second, value, &v));
}

static void set(pila_dict *d, int64_t key, int64_t value)
{
    CHECK_OK(try_set(d, key, value));
}

/* The keys are first .. last, each worth ten times itself. */
static pila_status fill(pila_dict *d, int64_t first, int64_t last)
{
    pila_status st = PILA_OK;

    for (int64_t k = first; k <= last && st == PILA_OK; k++) st = try_set(d, k, 10 * k);
    return st;
}

static void parse(pila_dict *d, const char *pairs)
{
    int64_t key, value;
    int used;

    while (sscanf(pairs, "%" SCNd64 ":%" SCNd64 "%n", &key, &value, &used) == 2) {
        set(d, key, value);
        pairs += used;
    }
}

/* Where the value of an item lies, and the item as a pair of numbers. */
static void item_numbers(const pila_pair *t, const char *item, int64_t *key,
                         int64_t *value)
{
    *key = sample_value(t->first, item);
    *value = sample_value(t->second, item + t->second_at);
}

/* "{1: 10, 2: 20}" whatever the types are. */
static void show(const pila_dict *d, pila_buf *out)
{
    pila_iter it = pila_dict_items(d);
    const char *item, *between = "{";
    int64_t key, value;
    char line[64];

    pila_buf_clear(out);
    while ((item = pila_next_item(&it)) != NULL) {
        item_numbers(&d->types, item, &key, &value);
        snprintf(line, sizeof line, "%s%" PRId64 ": %" PRId64, between, key, value);
        CHECK_OK(pila_buf_add(out, pila_cstr(line)));
        between = ", ";
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_OK(pila_buf_add(out, pila_cstr(between[0] == '{' ? "{}" : "}")));
}

/* A number for what a dict holds, in order. Allocates nothing, calls nothing back. */
static uint64_t digest(const pila_dict *d)
{
    pila_iter it = pila_dict_items(d);
    uint64_t sum = pila_dict_len(d);
    const char *item;
    int64_t key, value;

    while ((item = pila_next_item(&it)) != NULL) {
        item_numbers(&d->types, item, &key, &value);
        sum = (sum ^ (uint64_t)key) * 0x9e3779b97f4a7c15u;
        sum = (sum ^ (uint64_t)value) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- rows ---- */

typedef enum dict_op {
    SET,
    DEL,
    RESET,
    FIND,
    GET,
    IN,
    POP,
    POPITEM,
    POPFIRST,
    SETDEFAULT,
    CLEAR,
    COPY,
    UPDATE,
    MERGE,
    MERGE_SELF,
    OR,
    OR_SELF,
    FROMKEYS,
    EQ,
    EQ_SELF,
    WITHIN,
    APART,
    KEYS,
    VALUES,
    ITEMS,
    KEYS_BACK,
    VALUES_BACK,
    ITEMS_BACK,
    KEYS_AND,
    KEYS_SUB,
    KEYS_OR,
    KEYS_XOR
} dict_op;

typedef struct dict_row {
    const char *text, *a, *b;
    dict_op op;
    int64_t k, v;
    pila_status status;
    int64_t result;
    const char *shown;
} dict_row;

static const dict_row rows[] = {
#include "dict_rows.h"
};

/* "[1, 2]" or "[(1, 10), (2, 20)]". The iterator is taken. */
static void show_list(const pila_dict *d, pila_iter it, pila_buf *out)
{
    const char *item, *between = "[";
    char line[64];
    int64_t key, value;

    pila_buf_clear(out);
    while ((item = pila_next_item(&it)) != NULL) {
        if (it.type == &d->types.type) {
            item_numbers(&d->types, item, &key, &value);
            snprintf(line, sizeof line, "%s(%" PRId64 ", %" PRId64 ")", between, key,
                     value);
        } else
            snprintf(line, sizeof line, "%s%" PRId64, between,
                     sample_value(it.type, item));
        CHECK_OK(pila_buf_add(out, pila_cstr(line)));
        between = ", ";
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK(!pila_next_item(&it) && it.status == PILA_END); /* the end is sticky */
    pila_iter_drop(&it);
    CHECK_OK(pila_buf_add(out, pila_cstr(between[0] == '[' ? "[]" : "]")));
}

static pila_iter iter_of(const pila_dict *a, const pila_dict *b, dict_op op)
{
    switch (op) {
    case KEYS: return pila_dict_keys(a);
    case VALUES: return pila_dict_values(a);
    case ITEMS: return pila_dict_items(a);
    case KEYS_BACK: return pila_dict_keys_reversed(a);
    case VALUES_BACK: return pila_dict_values_reversed(a);
    case ITEMS_BACK: return pila_dict_items_reversed(a);
    case KEYS_AND: return pila_dict_keys_and(a, b);
    case KEYS_SUB: return pila_dict_keys_sub(a, b);
    case KEYS_OR: return pila_dict_keys_or(a, b);
    default: return pila_dict_keys_xor(a, b);
    }
}

static pila_status row_look(const pila_dict *d, const dict_row *r, int64_t *result)
{
    sample k, v;
    const void *key = sample_of(d->types.first, r->k, &k), *value = NULL;
    void *at = NULL;
    bool in = false;
    pila_status st;

    if (r->op == IN) {
        st = pila_dict_contains(d, key, &in);
        *result = in;
        return st;
    }
    if (r->op == GET)
        st = pila_dict_get(d, key, sample_of(d->types.second, r->v, &v), &value);
    else {
        st = pila_dict_find(d, key, &at);
        value = at;
    }
    if (st == PILA_OK) *result = sample_value(d->types.second, value);
    return st;
}

static pila_status row_take(pila_dict *d, const dict_row *r, int64_t *result)
{
    sample k, key, value;
    pila_status st;

    if (r->op == POP) {
        st = pila_dict_pop(d, sample_of(d->types.first, r->k, &k), &value);
        if (st == PILA_OK) *result = sample_value(d->types.second, &value);
    } else {
        st = pila_dict_popitem(d, r->op == POPITEM, &key, &value);
        if (st != PILA_OK) return st;
        *result = sample_value(d->types.first, &key) * 1000 +
                  sample_value(d->types.second, &value);
        pila_type_drop(d->types.first, &key);
    }
    if (st == PILA_OK) pila_type_drop(d->types.second, &value);
    return st;
}

static pila_status row_change(pila_dict *d, const dict_row *r, int64_t *result)
{
    sample k, v;
    const void *key = sample_of(d->types.first, r->k, &k);
    const void *value = sample_of(d->types.second, r->v, &v);
    void *at = NULL;
    pila_status st;

    switch (r->op) {
    case SET: return pila_dict_set(d, key, value);
    case DEL: return pila_dict_del(d, key);
    case RESET:
        st = pila_dict_del(d, key);
        return st == PILA_OK ? pila_dict_set(d, key, value) : st;
    case SETDEFAULT:
        st = pila_dict_setdefault(d, key, value, &at);
        if (st == PILA_OK) *result = sample_value(d->types.second, at);
        return st;
    default: pila_dict_clear(d); return PILA_OK;
    }
}

/* What makes a new dict, which then takes the place of d. */
static pila_status row_make(pila_dict *d, const pila_dict *b, const dict_row *r)
{
    pila_dict out;
    sample v;
    pila_status st;

    CHECK_OK(pila_dict_init(&out, d->types.first, d->types.second));
    switch (r->op) {
    case COPY: st = pila_dict_copy(&out, d); break;
    case OR: st = pila_dict_or(&out, d, b); break;
    case OR_SELF: st = pila_dict_or(&out, d, d); break;
    default:
        st = pila_dict_fromkeys(&out, pila_dict_keys(b),
                                sample_of(d->types.second, r->v, &v));
    }
    pila_dict_move(d, &out);
    CHECK_INT(pila_dict_len(&out), 0);
    pila_dict_done(&out);
    return st;
}

static pila_status row_ask(const pila_dict *d, const pila_dict *b, dict_op op,
                           int64_t *result)
{
    bool yes = false;
    pila_status st = op == EQ        ? pila_dict_eq(d, b, &yes)
                     : op == EQ_SELF ? pila_dict_eq(d, d, &yes)
                     : op == WITHIN  ? pila_dict_keys_within(d, b, &yes)
                                     : pila_dict_keys_isdisjoint(d, b, &yes);
    *result = yes;
    return st;
}

static pila_status row_run(pila_dict *d, pila_dict *b, const dict_row *r,
                           int64_t *result)
{
    switch (r->op) {
    case FIND:
    case GET:
    case IN: return row_look(d, r, result);
    case POP:
    case POPITEM:
    case POPFIRST: return row_take(d, r, result);
    case COPY:
    case OR:
    case OR_SELF:
    case FROMKEYS: return row_make(d, b, r);
    case UPDATE: return pila_dict_update(d, pila_dict_items(b));
    case MERGE: return pila_dict_merge(d, b);
    case MERGE_SELF: return pila_dict_merge(d, d);
    case EQ:
    case EQ_SELF:
    case WITHIN:
    case APART: return row_ask(d, b, r->op, result);
    default: return row_change(d, r, result);
    }
}

static void row_holds(const dict_row *r, const pila_type *kt, const pila_type *vt)
{
    pila_dict d, b;
    pila_buf text = {0};
    int64_t result = 0;

    setup_row(r->text);
    CHECK_OK(pila_dict_init(&d, kt, vt));
    CHECK_OK(pila_dict_init(&b, kt, vt));
    parse(&d, r->a);
    parse(&b, r->b);
    if (r->op >= KEYS) show_list(&d, iter_of(&d, &b, r->op), &text);
    else {
        CHECK_STATUS(row_run(&d, &b, r, &result), r->status);
        show(&d, &text);
        CHECK(valid(&d) && valid(&b));
    }
    CHECK_INT(result, r->result);
    CHECK_TEXT(pila_buf_view(&text), r->shown);
    if (r->op < KEYS && kt->kind != PILA_KIND_STRING) { /* text shows in quotes */
        pila_buf_clear(&text);
        CHECK_OK(pila_dict_repr(&d, &text));
        CHECK_TEXT(pila_buf_view(&text), r->shown);
    }
    pila_buf_done(&text);
    pila_dict_done(&d);
    pila_dict_done(&d);
    pila_dict_done(&b);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++)
        for (size_t kt = 0; kt < KEY_TYPES; kt++) {
            row_holds(&rows[k], key_type_at(kt), &pila_i64);
            row_holds(&rows[k], key_type_at(kt), &thing_type);
        }
    ROW(NULL);
}

/* ---- the typed face ---- */

static void typed_face_says_the_same(void **state)
{
    Ints d = {0}, e = {0}, f = {0};
    int x = 0, key = 0, *at = NULL;
    bool yes = true;
    pila_buf text = {0};
    static const int keys[] = {3, 1, 3};

    (void)state;
    setup_row("typed face");
    CHECK_STATUS(Ints_find(&d, 1, &at), PILA_EKEY);
    CHECK_STATUS(Ints_pop(&d, 1, &x), PILA_EKEY);
    CHECK_STATUS(Ints_popitem(&d, true, &key, &x), PILA_EKEY);
    CHECK_OK(Ints_get(&d, 1, -1, &x));
    CHECK_INT(x, -1);
    CHECK_OK(Ints_set(&d, 1, 10));
    CHECK_OK(Ints_setdefault(&d, 2, 20, &at));
    CHECK_INT(*at, 20);
    CHECK_OK(Ints_setdefault(&d, 1, 99, NULL));
    CHECK_OK(Ints_find(&d, 1, &at));
    *at += 1; /* a value may be changed in place */
    CHECK_OK(Ints_get(&d, 1, -1, &x));
    CHECK_INT(x, 11);
    CHECK_OK(Ints_contains(&d, 3, &yes));
    CHECK(!yes);
    CHECK_OK(Ints_fromkeys(&e, pila_span(keys, 3, &pila_i32), 7));
    CHECK_OK(Ints_repr(&e, &text));
    CHECK_TEXT(pila_buf_view(&text), "{3: 7, 1: 7}");
    CHECK_OK(Ints_or(&f, &d, &e));
    pila_buf_clear(&text);
    CHECK_OK(Ints_repr(&f, &text));
    CHECK_TEXT(pila_buf_view(&text), "{1: 7, 2: 20, 3: 7}");
    CHECK_OK(Ints_merge(&d, &e));
    CHECK_OK(Ints_eq(&d, &f, &yes));
    CHECK(yes);
    CHECK_OK(Ints_keys_within(&e, &d, &yes));
    CHECK(yes);
    CHECK_OK(Ints_keys_isdisjoint(&e, &d, &yes));
    CHECK(!yes);
    CHECK_OK(Ints_del(&d, 2));
    CHECK_STATUS(Ints_del(&d, 2), PILA_EKEY);
    CHECK_OK(Ints_update(&d, Ints_items(&f)));
    CHECK_INT(Ints_len(&d), 3);
    Ints_done(&e);
    CHECK_OK(Ints_copy(&e, &d));
    CHECK_OK(Ints_popitem(&e, false, &key, &x));
    CHECK_INT(key * 100 + x, 107);
    CHECK_OK(Ints_popitem(&e, true, &key, NULL));
    CHECK_INT(key, 2);
    CHECK_OK(Ints_pop(&e, 3, &x));
    CHECK_INT(Ints_len(&e), 0);
    CHECK_OK(Ints_reserve(&e, 1000));
    Ints_move(&e, &d);
    CHECK_INT(Ints_len(&d) * 10 + Ints_len(&e), 3);
    CHECK_OK(Ints_shrink(&e));
    Ints_clear(&e);
    CHECK_INT(Ints_len(&e), 0);
    Ints_done(&d);
    Ints_done(&e);
    Ints_done(&f);
    Ints_done(&f);
    pila_buf_done(&text);
    check_alloc_stop();
}

static int64_t sum_of(pila_iter it)
{
    int64_t sum = 0, place = 1;

    PILA_FOR(int, x, &it) sum += *x * (place *= 10);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    return sum;
}

static void typed_iterators_yield_in_order(void **state)
{
    Ints a = {0}, b = {0};
    int64_t sum = 0;

    (void)state;
    setup_row("typed iterators");
    for (int k = 1; k <= 5; k++) CHECK_OK(Ints_set(&a, k, k + 1));
    CHECK_OK(Ints_del(&a, 2));
    CHECK_OK(Ints_set(&b, 4, 0));
    CHECK_OK(Ints_set(&b, 7, 0));
    CHECK_INT(sum_of(Ints_keys(&a)), 10 * 1 + 100 * 3 + 1000 * 4 + 10000 * 5);
    CHECK_INT(sum_of(Ints_values(&a)), 10 * 2 + 100 * 4 + 1000 * 5 + 10000 * 6);
    CHECK_INT(sum_of(Ints_keys_reversed(&a)), 10 * 5 + 100 * 4 + 1000 * 3 + 10000 * 1);
    CHECK_INT(sum_of(Ints_values_reversed(&a)),
              10 * 6 + 100 * 5 + 1000 * 4 + 10000 * 2);
    CHECK_INT(sum_of(Ints_keys_and(&a, &b)), 10 * 4);
    CHECK_INT(sum_of(Ints_keys_sub(&a, &b)), 10 * 1 + 100 * 3 + 1000 * 5);
    CHECK_INT(sum_of(Ints_keys_or(&a, &b)),
              10 * 1 + 100 * 3 + 1000 * 4 + 10000 * 5 + 100000 * 7);
    CHECK_INT(sum_of(Ints_keys_xor(&a, &b)), 10 * 1 + 100 * 3 + 1000 * 5 + 10000 * 7);
    pila_iter it = Ints_items(&a);
    CHECK_INT(pila_iter_length_hint(&it), 4);
    PILA_FOR(Ints_item, e, &it) sum = 100 * sum + e->key * 10 + e->value;
    CHECK_INT(sum, 12344556);
    pila_iter_drop(&it);
    it = Ints_items_reversed(&a);
    CHECK_INT(pila_iter_length_hint(&it), 4);
    sum = 0;
    PILA_FOR(Ints_item, e, &it) sum = 100 * sum + e->key * 10 + e->value;
    CHECK_INT(sum, 56453412);
    pila_iter_drop(&it);
    it = Ints_items(&a); /* read as what it is not */
    PILA_FOR(int, x, &it) sum = *x;
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
    Ints_done(&a);
    Ints_done(&b);
    check_alloc_stop();
}

/* >>> d = {}; d[0.0] = 1; d[-0.0] = 2; n = float("nan"); d[n] = 3; d[n] = 4; d
 * {0.0: 2, nan: 4} */
static void float_keys_are_as_python_compares(void **state)
{
    Floats d = {0};
    pila_buf text = {0};
    int64_t *at;
    uint64_t other_bits = 0x7ff8000000000abcu;
    double other;

    (void)state;
    setup_row("floats");
    memcpy(&other, &other_bits, sizeof other);
    CHECK_OK(Floats_set(&d, 0.0, 1));
    CHECK_OK(Floats_set(&d, -0.0, 2));
    CHECK_OK(Floats_set(&d, (double)NAN, 3));
    CHECK_OK(Floats_set(&d, (double)NAN, 4));
    CHECK_STATUS(Floats_find(&d, other, &at), PILA_EKEY); /* as another NaN object */
    CHECK_OK(Floats_repr(&d, &text));
    CHECK_TEXT(pila_buf_view(&text), "{0.0: 2, nan: 4}");
    CHECK_OK(Floats_set(&d, 1e22, 5));
    CHECK_OK(Floats_set(&d, (double)INFINITY, 6));
    CHECK_OK(Floats_set(&d, -1.5, 7));
    CHECK_OK(Floats_del(&d, -0.0));
    CHECK_OK(Floats_del(&d, (double)NAN));
    pila_buf_clear(&text);
    CHECK_OK(Floats_repr(&d, &text));
    CHECK_TEXT(pila_buf_view(&text), "{1e+22: 5, inf: 6, -1.5: 7}");
    CHECK(pila__dict_valid(&d.base, &Floats_types));
    Floats_done(&d);
    pila_buf_done(&text);
    check_alloc_stop();
}

static pila_string lent(const char *text)
{
    return pila_string_borrow(pila_cstr(text));
}

/* Rows of repr: keys and values by CPython 3.11. */
static void text_keys_show_as_python_shows_them(void **state)
{
    Words d = {0};
    pila_buf text = {0};
    pila_string *at, value;

    (void)state;
    setup_row("text");
    CHECK_OK(Words_set(&d, lent("it's"), lent("a \"b\"")));
    CHECK_OK(Words_set(&d, lent("both ' and \""), lent("tab\tnl\n\\")));
    CHECK_OK(Words_set(&d, lent(""), lent("caf\xc3\xa9")));
    CHECK_OK(Words_set(&d, lent("more than fifteen bytes of key"), lent("x")));
    CHECK_OK(Words_repr(&d, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "{\"it's\": 'a \"b\"', 'both \\' and \"': 'tab\\tnl\\n\\\\', "
               "'': 'caf\xc3\xa9', 'more than fifteen bytes of key': 'x'}");
    CHECK_OK(Words_set(&d, lent(""), lent("a value of more than fifteen bytes")));
    CHECK_OK(Words_find(&d, lent(""), &at));
    CHECK_TEXT(pila_string_view(at), "a value of more than fifteen bytes");
    CHECK_OK(
        Words_setdefault(&d, lent("more than fifteen bytes of key"), lent("y"), &at));
    CHECK_TEXT(pila_string_view(at), "x");
    CHECK_OK(Words_pop(&d, lent(""), &value)); /* given */
    CHECK_TEXT(pila_string_view(&value), "a value of more than fifteen bytes");
    pila_string_done(&value);
    CHECK_OK(Words_popitem(&d, true, &value, NULL));
    CHECK_TEXT(pila_string_view(&value), "more than fifteen bytes of key");
    pila_string_done(&value);
    CHECK_OK(Words_del(&d, lent("it's")));
    CHECK_INT(Words_len(&d), 1);
    Words_done(&d);
    pila_buf_done(&text);
    check_alloc_stop();
}

static void other_types_work_too(void **state)
{
    Views v = {0};
    Pointers p = {0};
    Places s = {0};
    Hashes h = {0};
    Things t = {0};
    int64_t *at;
    int here = 0, x = 0;
    point *where = NULL;
    thing lent_thing = {5, NULL};
    static const char words[] = "spamspam";

    (void)state;
    setup_row("views, pointers, structs");
    CHECK_OK(Views_set(&v, pila_str_of(words, 4), 1)); /* by their bytes */
    CHECK_OK(Views_find(&v, pila_str_of(words + 4, 4), &at));
    CHECK_OK(Views_set(&v, pila_str_of("a\0b", 3), 2));
    CHECK_STATUS(Views_find(&v, pila_str_of("a\0c", 3), &at), PILA_EKEY);
    CHECK_STATUS(Views_find(&v, pila_str_of(NULL, 0), &at), PILA_EKEY);
    CHECK_OK(Views_set(&v, pila_str_of(NULL, 0), 3));
    CHECK_OK(Views_find(&v, pila_str_of("", 0), &at));
    CHECK_OK(Pointers_set(&p, &here, 4)); /* by their address */
    CHECK_OK(Pointers_get(&p, &x, 0, &x));
    CHECK_INT(x, 0);
    CHECK_OK(Pointers_get(&p, &here, 0, &x));
    CHECK_INT(x, 4);
    CHECK_OK(Places_set(&s, 1, (point){2, 3}));
    CHECK_OK(Places_set(&s, 1, (point){4, 5}));
    CHECK_OK(Places_find(&s, 1, &where));
    CHECK_INT(where->x * 10 + where->y, 45);
    CHECK_OK(Hashes_set(&h, UINT64_MAX, 1));
    CHECK_OK(Hashes_set(&h, 0, 2));
    CHECK_INT(Hashes_len(&h), 2);
    CHECK_OK(Things_set(&t, lent_thing, 6));
    CHECK_OK(Things_set(&t, lent_thing, 7));
    CHECK_OK(Things_find(&t, lent_thing, &at));
    CHECK_INT(*at, 7);
    CHECK_INT(Things_len(&t), 1);
    Views_done(&v);
    Pointers_done(&p);
    Places_done(&s);
    Hashes_done(&h);
    Things_done(&t);
    check_alloc_stop();
}

/* ---- Fails: ---- */

static const pila_type no_hash = {
    .kind = PILA_KIND_OTHER, .size = 8, .align = 8, .name = "odd", .eq = thing_eq};
static const pila_type no_eq = {.kind = PILA_KIND_OTHER,
                                .size = sizeof(thing),
                                .align = 8,
                                .name = "odd",
                                .hash = hashed_hash};
static const pila_type huge = {.kind = PILA_KIND_OTHER,
                               .size = PTRDIFF_MAX - 64,
                               .align = 8,
                               .name = "huge"};

static void what_a_type_lacks_is_named(void **state)
{
    pila_dict d, e;
    Points p = {0};
    point place = {1, 2};
    thing key = {1, NULL};
    int64_t one = 1;
    bool yes = true;
    void *at = &one;
    pila_buf text = {0};

    (void)state;
    setup_row("types");
    CHECK_OK(pila_dict_init(&d, &no_hash, &pila_i64));
    CHECK_STATUS(pila_dict_set(&d, &one, &one), PILA_ETYPE);
    CHECK_STATUS(pila_dict_find(&d, &one, &at),
                 PILA_ETYPE); /* of an empty one as well */
    CHECK_STATUS(pila_dict_contains(&d, &one, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_dict_del(&d, &one), PILA_ETYPE);
    CHECK_STATUS(Points_set(&p, place, 1), PILA_ETYPE);
    CHECK(yes && at == &one); /* untouched */
    pila_dict_done(&d);
    CHECK_OK(pila_dict_init(&d, &no_eq, &no_hash));
    CHECK_OK(pila_dict_set(&d, &key, &one));
    CHECK_STATUS(pila_dict_set(&d, &key, &one), PILA_ETYPE); /* the second asks */
    CHECK_INT(pila_dict_len(&d), 1);
    CHECK_STATUS(pila_dict_repr(&d, &text), PILA_ETYPE);
    CHECK_INT(text.len, 0);
    pila_dict_done(&d);
    CHECK_OK(pila_dict_init(&d, &pila_i64, &no_eq)); /* values without eq */
    CHECK_OK(pila_dict_init(&e, &pila_i64, &no_eq));
    CHECK_OK(pila_dict_set(&d, &one, &key));
    CHECK_OK(pila_dict_set(&e, &one, &key));
    CHECK_STATUS(pila_dict_eq(&d, &e, &yes), PILA_ETYPE);
    pila_dict_done(&e);
    CHECK_OK(pila_dict_eq(&d, &e, &yes)); /* of another length: not asked */
    CHECK(!yes);
    pila_dict_done(&d);
    CHECK_STATUS(pila_dict_init(&d, &pila_i64, &huge), PILA_OK);
    CHECK_STATUS(pila_dict_init(&d, &huge, &huge), PILA_EOVERFLOW);
    CHECK(pila_dict_new(&huge, &huge) == NULL);
    pila_buf_done(&text);
    check_alloc_stop();
}

static void other_types_are_refused(void **state)
{
    pila_dict ints, texts, odd;
    bool yes = true;
    pila_dict out;
    int64_t one = 1;

    (void)state;
    setup_row("of other types");
    CHECK_OK(pila_dict_init(&ints, &pila_i64, &pila_i64));
    CHECK_OK(pila_dict_init(&texts, &pila_text, &pila_i64));
    CHECK_OK(pila_dict_init(&odd, &pila_i64, &pila_f64));
    CHECK_OK(pila_dict_init(&out, &pila_i64, &pila_i64));
    set(&ints, 1, 1);
    set(&texts, 1, 1);
    CHECK_STATUS(pila_dict_merge(&ints, &texts), PILA_ETYPE);
    CHECK_STATUS(pila_dict_merge(&ints, &odd), PILA_ETYPE);
    CHECK_STATUS(pila_dict_or(&out, &ints, &texts), PILA_ETYPE);
    CHECK_STATUS(pila_dict_eq(&ints, &odd, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_dict_keys_within(&ints, &texts, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_dict_keys_isdisjoint(&ints, &texts, &yes), PILA_ETYPE);
    CHECK(yes);
    CHECK_OK(pila_dict_keys_within(&ints, &odd, &yes)); /* only keys matter */
    CHECK(!yes);
    for (dict_op op = KEYS_AND; op <= KEYS_XOR; op++) {
        pila_iter it = iter_of(&ints, &texts, op);
        CHECK_STATUS(it.status, PILA_ETYPE);
        pila_iter_drop(&it);
    }
    CHECK_STATUS(pila_dict_update(&ints, pila_dict_items(&texts)), PILA_ETYPE);
    CHECK_STATUS(pila_dict_update(&ints, pila_dict_items(&odd)), PILA_ETYPE);
    CHECK_STATUS(pila_dict_update(&ints, pila_span(&one, 1, &pila_i64)), PILA_ETYPE);
    CHECK_STATUS(pila_dict_update(&ints, pila_failed(PILA_EIO)), PILA_EIO);
    CHECK_OK(pila_dict_update(&ints, pila_failed(PILA_END)));
    CHECK_STATUS(pila_dict_fromkeys(&odd, pila_dict_keys(&texts), NULL), PILA_ETYPE);
    CHECK_STATUS(pila_dict_fromkeys(&odd, pila_failed(PILA_EIO), NULL), PILA_EIO);
    CHECK_INT(pila_dict_len(&ints), 1);
    pila_dict_done(&ints);
    pila_dict_done(&texts);
    pila_dict_done(&odd);
    pila_dict_done(&out);
    check_alloc_stop();
}

/* What a dict is made of may be the dict itself, and what it held may be of other
 * types. */
static void results_take_the_place_of_what_was_there(void **state)
{
    pila_dict a, b, out;
    pila_buf text = {0};

    (void)state;
    for (size_t t = 0; t < KEY_TYPES; t++) {
        setup_row("out is an operand");
        CHECK_OK(pila_dict_init(&a, key_type_at(t), &thing_type));
        CHECK_OK(pila_dict_init(&b, key_type_at(t), &thing_type));
        CHECK_OK(pila_dict_init(&out, &pila_view, &pila_f64));
        pila_str word = pila_cstr("gone");
        double x = 1;
        CHECK_OK(pila_dict_set(&out, &word, &x));
        parse(&a, "1:10 2:20");
        parse(&b, "2:21 3:30");
        CHECK_OK(pila_dict_or(&out, &a, &b));
        show(&out, &text);
        CHECK_TEXT(pila_buf_view(&text), "{1: 10, 2: 21, 3: 30}");
        CHECK_OK(pila_dict_or(&a, &a, &b));
        show(&a, &text);
        CHECK_TEXT(pila_buf_view(&text), "{1: 10, 2: 21, 3: 30}");
        CHECK_OK(pila_dict_or(&b, &a, &b));
        CHECK_OK(pila_dict_copy(&b, &b));
        CHECK_OK(pila_dict_or(&b, &b, &b));
        show(&b, &text);
        CHECK_TEXT(pila_buf_view(&text), "{1: 10, 2: 21, 3: 30}");
        pila_iter it = pila_dict_items(&b);
        CHECK(pila_next_item(&it));
        CHECK_OK(pila_dict_copy(&b, &a));
        CHECK(!pila_next_item(&it));
        CHECK_STATUS(it.status, PILA_EMUTATED);
        CHECK(valid(&a) && valid(&b) && valid(&out));
        pila_dict_move(&out, &out);
        CHECK_INT(pila_dict_len(&out), 3);
        pila_dict_done(&a);
        pila_dict_done(&b);
        pila_dict_done(&out);
        pila_buf_done(&text);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* An iterator that fails half-way: what came before stays, and it is dropped. */
static void a_failing_source_is_passed_on(void **state)
{
    pila_dict d;
    faulty f = {0, 3, PILA_EIO, 0};
    int64_t seven = 7;

    (void)state;
    setup_row("a source fails");
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    set(&d, 9, 9);
    CHECK_STATUS(pila_dict_fromkeys(&d, faulty_iter(&f), &seven), PILA_EIO);
    CHECK_INT(pila_dict_len(&d), 1); /* fromkeys: unchanged */
    CHECK_INT(f.dropped, 1);
    CHECK_STATUS(pila_dict_update(&d, faulty_iter(&f)), PILA_ETYPE);
    CHECK_INT(f.dropped, 2);
    f = (faulty){0, 3, PILA_END, 0};
    CHECK_OK(pila_dict_fromkeys(&d, faulty_iter(&f), &seven));
    CHECK_INT(pila_dict_len(&d), 3); /* what it held is gone */
    f = (faulty){0, 3, PILA_END, 0};
    pila_dict_clear(&d);
    CHECK_OK(pila_dict_fromkeys(&d, faulty_iter(&f), NULL)); /* zero bytes */
    void *at;
    int64_t three = 3;
    CHECK_OK(pila_dict_find(&d, &three, &at));
    CHECK_INT(*(int64_t *)at, 0);
    pila_dict_done(&d);
    check_alloc_stop();
}

/* dict([[1, 2], (3, 4)]): tuples of two and rows are keys with values too. */
static void rows_of_two_are_pairs(void **state)
{
    typedef struct two {
        char key;
        int64_t value;
    } two;
    pila_member member[] = {{&pila_u8, offsetof(two, key)},
                            {&pila_i64, offsetof(two, value)}};
    static const two twos[] = {{'a', 1}, {'b', 2}, {'a', 3}};
    int64_t flat[] = {1, 2, 3, 4, 5, 6};
    pila_row uneven[] = {{flat, 2}, {flat + 2, 2}, {flat + 4, 1}};
    pila_tuple pairs, each, any, three;
    pila_dict d;

    (void)state;
    setup_row("rows of two");
    CHECK_OK(pila_tuple_struct(&pairs, member, 2));
    CHECK_OK(pila_dict_init(&d, &pila_u8, &pila_i64));
    CHECK_OK(pila_dict_update(&d, pila_span(twos, 3, &pairs.type)));
    CHECK_INT(pila_dict_len(&d), 2);
    void *at;
    CHECK_OK(pila_dict_find(&d, "a", &at));
    CHECK_INT(*(int64_t *)at, 3);
    pila_dict_done(&d);
    pila_tuple_row(&any, &pila_i64);
    CHECK_OK(pila_tuple_array(&each, &pila_i64, 2));
    CHECK_OK(pila_tuple_array(&three, &pila_i64, 3));
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    CHECK_OK(pila_dict_update(&d, pila_span(flat, 3, &each.type)));
    CHECK_INT(pila_dict_len(&d), 3);
    CHECK_STATUS(pila_dict_update(&d, pila_span(flat, 2, &three.type)), PILA_ETYPE);
    pila_dict_clear(&d);
    CHECK_STATUS(pila_dict_update(&d, pila_span(uneven, 3, &any.type)), PILA_EVALUE);
    CHECK_INT(pila_dict_len(&d), 2); /* what came before stays */
    CHECK_OK(pila_dict_find(&d, &flat[2], &at));
    CHECK_INT(*(int64_t *)at, 4);
    pila_dict_done(&d);
    check_alloc_stop();
}

/* Views of text stand for owned strings, in keys and in values. */
static void views_stand_for_strings(void **state)
{
    typedef struct pair {
        pila_str key, value;
    } pair;
    PILA_PAIR(pair_types, pair, value, &pila_view, &pila_view);
    char held[] = "k|the key that is long|value|the value that is long";
    pair pairs[] = {{{held, 1}, {held + 23, 5}}, {{held + 2, 20}, {held + 29, 22}}};
    Words d = {0};
    pila_buf text = {0};

    (void)state;
    setup_row("views");
    CHECK_OK(Words_update(&d, pila_span(pairs, 2, &pair_types.type)));
    CHECK_OK(Words_update(&d, pila_span(pairs, 2, &pair_types.type)));
    memset(held, '#', sizeof held - 1); /* the dict has its own */
    CHECK_OK(Words_repr(&d, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "{'k': 'value', 'the key that is long': 'the value that is long'}");
    Words_done(&d);
    pila_str keys[] = {pila_cstr("x"), pila_cstr("sixteen bytes or more"),
                       pila_cstr("x")};
    CHECK_OK(Words_fromkeys(&d, pila_span(keys, 3, &pila_view), lent("v")));
    pila_buf_clear(&text);
    CHECK_OK(Words_repr(&d, &text));
    CHECK_TEXT(pila_buf_view(&text), "{'x': 'v', 'sixteen bytes or more': 'v'}");
    Words_done(&d);
    pila_buf_done(&text);
    check_alloc_stop();
}

/* ---- every call, by a number: for what goes through them all ---- */

typedef enum call {
    C_SET_NEW,
    C_SET_OLD,
    C_SETDEFAULT_NEW,
    C_SETDEFAULT_OLD,
    C_FIND,
    C_MISS,
    C_IN,
    C_GET,
    C_DEL,
    C_DEL_MISSING,
    C_POP,
    C_POPITEM,
    C_POPFIRST,
    C_CLEAR,
    C_RESERVE,
    C_SHRINK,
    C_COPY,
    C_OR,
    C_FROMKEYS,
    C_MERGE,
    C_UPDATE,
    C_UPDATE_SELF,
    C_EQ,
    C_EQ_SAME,
    C_WITHIN,
    C_APART,
    C_REPR,
    C_AND,
    C_SUB,
    C_OR_KEYS,
    C_XOR,
    C_MOVE,
    C_DONE,
    CALLS
} call;

static const char *const call_names[CALLS] = {
    "set new",        "set old",    "setdefault new",
    "setdefault old", "find",       "find missing",
    "contains",       "get",        "del",
    "del missing",    "pop",        "popitem",
    "popitem first",  "clear",      "reserve",
    "shrink",         "copy",       "or",
    "fromkeys",       "merge",      "update",
    "update self",    "eq",         "eq the same",
    "within",         "isdisjoint", "repr",
    "keys &",         "keys -",     "keys |",
    "keys ^",         "move",       "done"};

static pila_status drain(pila_iter it)
{
    while (pila_next_item(&it)) continue;
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status call_make(pila_dict *a, pila_dict *b, call c)
{
    pila_dict out; /* holds something, which is kept if the call fails */
    sample v;

    CHECK_OK(pila_dict_init(&out, a->types.first, a->types.second));
    pila_status st = try_set(&out, 900, 1);
    uint64_t was = digest(&out);
    if (st != PILA_OK) {
        pila_dict_done(&out);
        return st;
    }
    if (c == C_COPY || c == C_EQ_SAME) st = pila_dict_copy(&out, a);
    else if (c == C_OR) st = pila_dict_or(&out, a, b);
    else
        st = pila_dict_fromkeys(&out, pila_dict_keys(a),
                                sample_of(a->types.second, 1, &v));
    bool yes;
    CHECK(valid(&out));
    if (st != PILA_OK) CHECK(digest(&out) == was);
    if (st == PILA_OK && c == C_EQ_SAME) st = pila_dict_eq(a, &out, &yes);
    pila_dict_done(&out);
    return st;
}

static pila_status call_take(pila_dict *a, call c)
{
    sample k, key, value;
    pila_status st;

    if (c == C_POP) st = pila_dict_pop(a, sample_of(a->types.first, 3, &k), &value);
    else {
        st = pila_dict_popitem(a, c == C_POPITEM, &key, &value);
        if (st == PILA_OK) pila_type_drop(a->types.first, &key);
    }
    if (st == PILA_OK) pila_type_drop(a->types.second, &value);
    return st;
}

static pila_status call_look(pila_dict *a, call c)
{
    sample k, v;
    bool in;
    void *at;
    const void *got, *key = sample_of(a->types.first, c == C_MISS ? 77 : 3, &k);

    if (c == C_IN) return pila_dict_contains(a, key, &in);
    if (c == C_GET)
        return pila_dict_get(a, key, sample_of(a->types.second, 1, &v), &got);
    return pila_dict_find(a, key, &at);
}

static pila_status call_put(pila_dict *a, call c)
{
    sample k, v;
    void *at;
    bool old = c == C_SET_OLD || c == C_SETDEFAULT_OLD;
    const void *key = sample_of(a->types.first, old ? 3 : 88, &k);
    const void *value = sample_of(a->types.second, 5, &v);

    if (c == C_SET_NEW || c == C_SET_OLD) return pila_dict_set(a, key, value);
    return pila_dict_setdefault(a, key, value, &at);
}

static pila_status call_run(pila_dict *a, pila_dict *b, call c)
{
    pila_buf text = {0};
    sample k;
    bool yes;
    pila_status st;

    switch (c) {
    case C_FIND:
    case C_MISS:
    case C_IN:
    case C_GET: return call_look(a, c);
    case C_SET_NEW:
    case C_SET_OLD:
    case C_SETDEFAULT_NEW:
    case C_SETDEFAULT_OLD: return call_put(a, c);
    case C_DEL: return pila_dict_del(a, sample_of(a->types.first, 3, &k));
    case C_DEL_MISSING: return pila_dict_del(a, sample_of(a->types.first, 77, &k));
    case C_POP:
    case C_POPITEM:
    case C_POPFIRST: return call_take(a, c);
    case C_CLEAR: pila_dict_clear(a); return PILA_OK;
    case C_RESERVE: return pila_dict_reserve(a, 500);
    case C_SHRINK: return pila_dict_shrink(a);
    case C_COPY:
    case C_OR:
    case C_FROMKEYS:
    case C_EQ_SAME: return call_make(a, b, c);
    case C_MERGE: return pila_dict_merge(a, b);
    case C_UPDATE: return pila_dict_update(a, pila_dict_items(b));
    case C_UPDATE_SELF: return pila_dict_update(a, pila_dict_items(a));
    case C_EQ: return pila_dict_eq(a, b, &yes);
    case C_WITHIN: return pila_dict_keys_within(a, b, &yes);
    case C_APART: return pila_dict_keys_isdisjoint(a, b, &yes);
    case C_REPR:
        st = pila_dict_repr(a, &text);
        if (st != PILA_OK) CHECK_INT(text.len, 0);
        pila_buf_done(&text);
        return st;
    case C_AND: return drain(pila_dict_keys_and(a, b));
    case C_SUB: return drain(pila_dict_keys_sub(a, b));
    case C_OR_KEYS: return drain(pila_dict_keys_or(a, b));
    case C_XOR: return drain(pila_dict_keys_xor(a, b));
    case C_MOVE: pila_dict_move(a, b); return PILA_OK;
    default: pila_dict_done(a); return PILA_OK;
    }
}

/* What a call may answer when nothing goes wrong. */
static bool call_went_well(call c, pila_status st)
{
    return st == PILA_OK || (st == PILA_EKEY && (c == C_MISS || c == C_DEL_MISSING));
}

/* Those of which a failure leaves what came before it. */
static bool call_is_stepwise(call c)
{
    return c == C_MERGE || c == C_UPDATE || c == C_UPDATE_SELF;
}

/* ---- allocation fails ---- */

typedef struct sweep {
    const pila_type *kt, *vt;
    call c;
} sweep;

/* Once the n-th allocation has failed, the call may be made again. */
static pila_status call_again(pila_dict *a, pila_dict *b, call c)
{
    uint64_t was_a = digest(a), was_b = digest(b);
    pila_status st = call_run(a, b, c);

    CHECK(valid(a) && valid(b));
    if (call_went_well(c, st)) return PILA_OK;
    CHECK_STATUS(st, PILA_ENOMEM);
    CHECK(digest(b) == was_b);
    if (!call_is_stepwise(c)) CHECK(digest(a) == was_a);
    pila_status second = call_run(a, b, c);
    CHECK(call_went_well(c, second) || second == PILA_ENOMEM); /* it fails for ever */
    CHECK(valid(a) && valid(b));
    second = try_set(a, 1000, 1);
    CHECK(second == PILA_OK || second == PILA_ENOMEM);
    CHECK(valid(a));
    return st;
}

static pila_status sweep_call(void *ctx)
{
    const sweep *s = ctx;
    pila_dict a, b;

    CHECK_OK(pila_dict_init(&a, s->kt, s->vt));
    CHECK_OK(pila_dict_init(&b, s->kt, s->vt));
    pila_status st = fill(&a, 1, s->c == C_SHRINK ? 40 : 12);
    sample k;
    for (int64_t key = 8; st == PILA_OK && s->c == C_SHRINK && key <= 40; key++)
        st = pila_dict_del(&a, sample_of(s->kt, key, &k));
    if (st == PILA_OK) st = fill(&b, 3, 14);
    CHECK(valid(&a) && valid(&b));
    if (st == PILA_OK) st = call_again(&a, &b, s->c);
    pila_dict_done(&a);
    pila_dict_done(&b);
    return st;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    setup_row(NULL);
    check_alloc_stop();
    for (size_t t = 0; t < 2 * KEY_TYPES; t++)
        for (call c = 0; c < CALLS; c++) {
            sweep s = {key_type_at(t / 2), t % 2 ? &thing_type : &pila_i64, c};
            ROW(call_names[c]);
            check_alloc_sweep(sweep_call, &s);
        }
    ROW(NULL);
}

static pila_status sweep_growth(void *ctx)
{
    const sweep *s = ctx;
    pila_dict d;
    pila_status st = PILA_OK, first = PILA_OK;

    CHECK_OK(pila_dict_init(&d, s->kt, s->vt));
    for (int64_t k = 1; k <= 60; k++) {
        size_t len = pila_dict_len(&d);
        uint64_t was = digest(&d);
        st = try_set(&d, k, k);
        CHECK(valid(&d));
        if (st == PILA_OK) continue;
        CHECK_STATUS(st, PILA_ENOMEM);
        CHECK(digest(&d) == was && pila_dict_len(&d) == len);
        if (first == PILA_OK) first = st;
    }
    if (first == PILA_OK) CHECK_INT(pila_dict_len(&d), 60);
    pila_dict_clear(&d);
    CHECK(valid(&d));
    st = try_set(&d, 1, 1);
    pila_dict_done(&d);
    return first == PILA_OK ? st : first;
}

/* Words own their text, so each copy of one may fail half-way. */
static pila_status sweep_words(void *ctx)
{
    Words d = {0}, e = {0};
    pila_status st = PILA_OK;
    char key[40];

    (void)ctx;
    for (int k = 0; k < 30 && st == PILA_OK; k++) {
        snprintf(key, sizeof key, k % 2 ? "%d" : "a key of some length: %d", k);
        st = Words_set(&d, lent(key), lent("a value of some length"));
        CHECK(pila__dict_valid(&d.base, &Words_types));
    }
    if (st == PILA_OK) st = Words_copy(&e, &d);
    if (st == PILA_OK) st = Words_merge(&d, &e);
    CHECK(pila__dict_valid(&d.base, &Words_types));
    if (st == PILA_OK) CHECK_INT(Words_len(&d), 30);
    Words_done(&e);
    if (st == PILA_OK) st = Words_or(&e, &d, &d);
    if (st == PILA_OK) st = Words_update(&d, Words_items(&e));
    if (st == PILA_OK)
        st = Words_fromkeys(&e, Words_keys(&d), lent("another long value"));
    Words_clear(&d);
    Words_done(&d);
    Words_done(&e);
    return st;
}

static pila_status sweep_heap(void *ctx)
{
    pila_dict *d = pila_dict_new(&pila_i64, &pila_i64);

    (void)ctx;
    pila_dict_free(d);
    return d ? PILA_OK : PILA_ENOMEM;
}

/* Where growing fails nothing has moved: a walk over the entries goes on. */
static pila_status sweep_under_a_walk(void *ctx)
{
    const sweep *s = ctx;
    pila_dict d;
    int64_t sum = 0;
    const char *item;

    CHECK_OK(pila_dict_init(&d, s->kt, s->vt));
    pila_status st = fill(&d, 1, 12);
    pila_iter it = pila_dict_items(&d);
    for (int64_t n = 1; st == PILA_OK && (item = pila_next_item(&it)) != NULL; n++) {
        sum += sample_value(s->kt, item);
        if (n == 4) st = try_set(&d, 99, 99);
        if (st == PILA_OK) continue;
        while ((item = pila_next_item(&it)) != NULL) sum += sample_value(s->kt, item);
        CHECK_STATUS(it.status, PILA_END);
        CHECK_INT(sum, 78);
    }
    if (st == PILA_OK) CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_dict_done(&d);
    return st;
}

static void growth_may_fail(void **state)
{
    (void)state;
    for (size_t t = 0; t < 2 * KEY_TYPES; t++) {
        sweep s = {key_type_at(t / 2), t % 2 ? &thing_type : &pila_i64, CALLS};
        stage_clear();
        check_alloc_sweep(sweep_growth, &s);
        check_alloc_sweep(sweep_under_a_walk, &s);
    }
    check_alloc_sweep(sweep_words, NULL);
    check_alloc_sweep(sweep_heap, NULL);
}

/* An entry of more than 128 bytes that owns memory needs room on its way out. */
static void a_large_entry_may_not_come_out(void **state)
{
    pila_dict d;
    sample k;

    (void)state;
    setup_row("large entry");
    CHECK_OK(pila_dict_init(&d, &hashed_thing, &bulky_type));
    CHECK(d.types.type.size > 128);
    set(&d, 1, 1);
    for (int n = 1;; n++) {
        check_alloc_fail(n, 1);
        pila_status st = pila_dict_popitem(&d, true, NULL, NULL);
        check_alloc_fail(0, 0);
        if (st == PILA_OK) break;
        CHECK_STATUS(st, PILA_ENOMEM);
        CHECK(valid(&d) && pila_dict_len(&d) == 1);
        CHECK(n < 5);
    }
    CHECK_INT(pila_dict_len(&d), 0);
    set(&d, 1, 1);
    CHECK_OK(pila_dict_del(&d, sample_of(d.types.first, 1, &k)));
    pila_dict_done(&d);
    check_alloc_stop();
}

/* ---- callbacks that fail ---- */

static void make_two(pila_dict *a, pila_dict *b, const pila_type *t, bool alike)
{
    stage_clear();
    hashed_as = alike ? hashed_alike : NULL;
    check_alloc_start();
    CHECK_OK(pila_dict_init(a, t, &thing_type));
    CHECK_OK(pila_dict_init(b, t, &thing_type));
    CHECK_OK(fill(a, 1, 5));
    CHECK_OK(fill(b, 3, 7));
}

static void end_two(pila_dict *a, pila_dict *b)
{
    stage_clear();
    CHECK(valid(a) && valid(b));
    set(a, 500, 1); /* both go on */
    set(b, 500, 1);
    CHECK(valid(a) && valid(b));
    pila_dict_done(a);
    pila_dict_done(b);
    check_alloc_stop();
}

/* Whether there was a k-th call. */
static bool raises_at(const pila_type *t, bool alike, call c, long k)
{
    pila_dict a, b;

    make_two(&a, &b, t, alike);
    uint64_t was_a = digest(&a), was_b = digest(&b);
    stage.on = ON_ANY & ~ON_DROP;
    stage.fail_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.calls >= k;
    stage_clear();
    if (!reached) CHECK(call_went_well(c, st));
    else {
        CHECK_STATUS(st, THING_FAULT);
        CHECK(digest(&b) == was_b);
        if (!call_is_stepwise(c)) CHECK(digest(&a) == was_a);
    }
    end_two(&a, &b);
    return reached;
}

static void compare_raises_at_k(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (int how = 0; how < 4; how++) {
            const pila_type *t = how & 1 ? &hashed_bulky : &hashed_thing;
            ROW(call_names[c]);
            for (long k = 1; raises_at(t, how & 2, c, k); k++) continue;
        }
    ROW(NULL);
}

/* ---- callbacks that change the dict ---- */

typedef enum act_kind {
    ACT_CLEAR,
    ACT_DONE,
    ACT_GROW,
    ACT_DEL,
    ACT_POPITEM,
    ACT_OVERWRITE,
    ACT_SHRINK,
    ACT_REFILL,
    ACTS
} act_kind;

typedef struct act {
    pila_dict *d;
    act_kind kind;
} act;

static void act_now(void *ctx)
{
    act *x = ctx;
    sample k;

    switch (x->kind) {
    case ACT_CLEAR: pila_dict_clear(x->d); break;
    case ACT_DONE: pila_dict_done(x->d); break;
    case ACT_GROW: CHECK_OK(fill(x->d, 100, 160)); break;
    case ACT_DEL:
        (void)!pila_dict_del(x->d, sample_of(x->d->types.first, 3, &k));
        (void)!pila_dict_del(x->d, sample_of(x->d->types.first, 1, &k));
        break;
    case ACT_POPITEM: (void)!pila_dict_popitem(x->d, false, NULL, NULL); break;
    case ACT_OVERWRITE: CHECK_OK(fill(x->d, 3, 5)); break;
    case ACT_SHRINK: CHECK_OK(pila_dict_shrink(x->d)); break;
    default: pila_dict_done(x->d); CHECK_OK(fill(x->d, 1, 20));
    }
}

/* Change a or b from the k-th callback of a call. Whatever it answers, nothing freed is
 * touched, both are whole and nothing is lost. */
static bool changes_at(const pila_type *t, int how, int on, call c, act_kind kind,
                       long k)
{
    pila_dict a, b;

    make_two(&a, &b, t, how & 1);
    act x = {how & 2 ? &b : &a, kind};
    stage.on = on;
    stage.act = act_now;
    stage.ctx = &x;
    stage.act_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.act == NULL;
    CHECK(st == PILA_OK || st == PILA_EKEY || st == PILA_EMUTATED);
    end_two(&a, &b);
    return reached;
}

static void callbacks_may_change_the_dict(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (act_kind kind = 0; kind < ACTS; kind++)
            for (int how = 0; how < 4; how++) {
                ROW(call_names[c]);
                for (long k = 1; changes_at(&hashed_thing, how, ON_ANY, c, kind, k);
                     k++)
                    continue;
            }
    ROW(NULL);
}

static void reenter_from_drop(void **state)
{
    static const call droppers[] = {C_CLEAR, C_DEL,  C_SET_OLD,  C_POPITEM, C_POPFIRST,
                                    C_DONE,  C_MOVE, C_FROMKEYS, C_POP,     C_MERGE};

    (void)state;
    for (size_t c = 0; c < COUNT_OF(droppers); c++)
        for (act_kind kind = 0; kind < ACTS; kind++)
            for (int how = 0; how < 4; how++) {
                long k = 1;
                ROW(call_names[droppers[c]]);
                while (changes_at(&hashed_bulky, how, ON_DROP, droppers[c], kind, k))
                    k++;
                CHECK(k > 1); /* something was dropped */
            }
    ROW(NULL);
}

/* A key that is lent by the dict itself may move when the dict grows. */
static void keys_may_be_lent_by_the_dict(void **state)
{
    pila_dict d;
    void *at;
    int64_t key = 1, got = 0;

    (void)state;
    setup_row("lent by itself");
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    for (int round = 0; round < 200; round++) { /* 1: 1001, 1001: 2001, ... */
        if (round) CHECK_OK(pila_dict_find(&d, &key, &at));
        else at = &key;
        int64_t next = key + 1000, was = *(int64_t *)at;
        CHECK_OK(pila_dict_set(&d, at, &next));
        CHECK(was == key || was == next);
        CHECK_OK(pila_dict_find(&d, &was, &at));
        got = *(int64_t *)at;
        CHECK_INT(got, next);
        CHECK_OK(pila_dict_set(&d, at, at)); /* the value as a key, and as its value */
        CHECK_OK(pila_dict_del(&d, &next));
        key = next;
        CHECK_OK(pila_dict_set(&d, &key, &key));
    }
    CHECK(valid(&d));
    pila_dict_done(&d);
    check_alloc_stop();
}

/* ---- walks ---- */

typedef enum change {
    ADD_ONE,
    DEL_ONE,
    POP_LAST,
    POP_FIRST,
    CLEAR_ALL,
    RESERVE,
    DONE,
    CHANGES
} change;

static void change_now(pila_dict *d, change c)
{
    sample k, v;

    switch (c) {
    case ADD_ONE: set(d, 50, 1); break;
    case DEL_ONE: CHECK_OK(pila_dict_del(d, sample_of(d->types.first, 4, &k))); break;
    case POP_LAST: CHECK_OK(pila_dict_popitem(d, true, NULL, NULL)); break;
    case POP_FIRST:
        CHECK_OK(pila_dict_popitem(d, false, NULL, &v));
        pila_type_drop(d->types.second, &v);
        break;
    case CLEAR_ALL: pila_dict_clear(d); break;
    case RESERVE: CHECK_OK(pila_dict_reserve(d, 10000)); break;
    default: pila_dict_done(d);
    }
}

static void walk_sees(dict_op op, change c, const pila_type *kt, bool other)
{
    pila_dict a, b;

    setup_row("mutate_while_iter");
    CHECK_OK(pila_dict_init(&a, kt, &pila_i64));
    CHECK_OK(pila_dict_init(&b, kt, &pila_i64));
    CHECK_OK(fill(&a, 1, 6));
    CHECK_OK(fill(&b, 4, 9));
    pila_iter it = iter_of(&a, &b, op);
    CHECK(pila_next_item(&it));
    CHECK(pila_next_item(&it));
    change_now(other ? &b : &a, c);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EMUTATED);
    CHECK(!pila_next_item(&it)); /* for ever */
    CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_iter_drop(&it);
    pila_dict_done(&a);
    pila_dict_done(&b);
    check_alloc_stop();
}

static void mutate_while_iter(void **state)
{
    (void)state;
    for (size_t t = 0; t < KEY_TYPES; t++)
        for (change c = 0; c < CHANGES; c++)
            for (dict_op op = KEYS; op <= KEYS_XOR; op++) {
                walk_sees(op, c, key_type_at(t), false);
                if (op >= KEYS_AND) walk_sees(op, c, key_type_at(t), true);
            }
    ROW(NULL);
}

/* >>> for k in d: d[k] = -1 */
static void overwriting_is_no_mutation(void **state)
{
    pila_dict d;
    const char *item;
    int64_t seen = 0;

    (void)state;
    for (size_t t = 0; t < KEY_TYPES; t++) {
        setup_row("overwrite under a walk");
        CHECK_OK(pila_dict_init(&d, key_type_at(t), &thing_type));
        CHECK_OK(fill(&d, 1, 9));
        uint64_t version = d.base.version;
        pila_iter it = pila_dict_items(&d);
        for (int64_t k = 1; (item = pila_next_item(&it)) != NULL; k++) {
            CHECK_INT(sample_value(&thing_type, item + d.types.second_at),
                      k > 1 ? -1 : 10);
            for (int64_t all = 1; all <= 9; all++) set(&d, all, -1);
            seen++;
        }
        CHECK_STATUS(it.status, PILA_END);
        CHECK(d.base.version == version);
        pila_dict_done(&d);
        check_alloc_stop();
    }
    CHECK_INT(seen, 9 * KEY_TYPES);
    ROW(NULL);
}

/* ---- sizes ---- */

static void grow_overflow(void **state)
{
    static const size_t sizes[] = {(size_t)PTRDIFF_MAX - 64, (size_t)PTRDIFF_MAX / 2,
                                   (size_t)PTRDIFF_MAX / 12,
                                   (size_t)PTRDIFF_MAX / 12 + 1};
    pila_dict d;
    int64_t key = 1;

    (void)state;
    ROW("huge values");
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        pila_type wide = {.kind = PILA_KIND_OTHER,
                          .size = sizes[k],
                          .align = 1,
                          .name = "wide"};
        CHECK_OK(pila_dict_init(&d, &pila_i64, &wide));
        CHECK_STATUS(pila_dict_set(&d, &key, &key),
                     PILA_ENOMEM); /* not one byte is read */
        CHECK_STATUS(pila_dict_setdefault(&d, &key, &key, NULL), PILA_ENOMEM);
        CHECK_STATUS(pila_dict_reserve(&d, 1), PILA_ENOMEM);
        CHECK(valid(&d) && pila_dict_len(&d) == 0);
        pila_dict_clear(&d);
        pila_dict_done(&d);
    }
    ROW(NULL);
}

static void reserve_wraparound(void **state)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2,
                                   SIZE_MAX / 64 + 1, (size_t)1 << 32};
    pila_dict d;

    (void)state;
    ROW("reserve");
    for (int full = 0; full < 2; full++)
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
            if (full) CHECK_OK(fill(&d, 1, 30));
            uint64_t was = digest(&d);
            CHECK_STATUS(pila_dict_reserve(&d, sizes[k]), PILA_EOVERFLOW);
            CHECK(valid(&d) && digest(&d) == was);
            CHECK_OK(fill(&d, 1, 40));
            CHECK_INT(pila_dict_len(&d), 40);
            pila_dict_done(&d);
        }
    ROW(NULL);
}

/* After a reserve that many keys are added without an allocation, dead ones or not. */
static void reserved_room_is_there(void **state)
{
    pila_dict d;
    sample k;

    (void)state;
    setup_row("reserve");
    for (int64_t n = 1; n < 400; n = n * 3 / 2 + 1) {
        CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
        CHECK_OK(fill(&d, 1, 30));
        for (int64_t key = 3; key < 25; key++)
            CHECK_OK(pila_dict_del(&d, sample_of(&pila_i64, key, &k)));
        CHECK_OK(pila_dict_reserve(&d, (size_t)n));
        check_alloc_fail(1, 1);
        pila_status st = fill(&d, 1001, 1000 + n - 8);
        check_alloc_fail(0, 0);
        CHECK_OK(st);
        CHECK(valid(&d));
        CHECK_OK(pila_dict_shrink(&d));
        CHECK(valid(&d));
        pila_dict_done(&d);
    }
    check_alloc_stop();
}

/* ---- against a naive model ---- */

enum { MODEL_MOST = 3000 };

typedef struct model {
    int64_t value[MODEL_MOST];
    uint64_t at[MODEL_MOST]; /* when the key came in, from 1; 0: it is not there */
    uint64_t clock;
    size_t live;
    int universe, fault; /* keys; which promise the model breaks, 0 for none */
} model;

enum { FAULT_ORDER = 1, FAULT_POPITEM, FAULT_DEFAULT, FAULT_LOST, FAULTS };

static void model_set(model *m, int64_t k, int64_t v)
{
    if (!m->at[k]) {
        m->live++;
        m->at[k] = ++m->clock;
    } else if (m->fault == FAULT_ORDER)
        m->at[k] = ++m->clock; /* as if moved to the end */
    m->value[k] = v;
}

static void model_del(model *m, int64_t k)
{
    if (m->fault == FAULT_LOST && k == m->universe / 2) return;
    m->live -= m->at[k] != 0;
    m->at[k] = 0;
}

static int64_t model_end(const model *m, bool last)
{
    int64_t best = -1;

    for (int64_t k = 0; k < m->universe; k++)
        if (m->at[k] && (best < 0 || (m->at[k] > m->at[best]) == last)) best = k;
    return best;
}

/* Whether the dict holds what the model does, in its order. */
static bool model_agrees(const model *m, const pila_dict *d)
{
    pila_iter it = pila_dict_items(d);
    uint64_t before = 0;
    size_t n = 0;
    const char *item;
    int64_t key, value;

    for (; (item = pila_next_item(&it)) != NULL; n++) {
        item_numbers(&d->types, item, &key, &value);
        if (m->at[key] <= before || m->value[key] != value) return false;
        before = m->at[key];
    }
    return it.status == PILA_END && n == m->live && pila_dict_len(d) == m->live;
}

static bool model_look(const model *m, const pila_dict *d, int64_t k)
{
    sample s;
    const void *key = sample_of(d->types.first, k, &s), *got = NULL;
    void *at;
    bool in = false;
    pila_status st = pila_dict_find(d, key, &at);

    if (st != (m->at[k] ? PILA_OK : PILA_EKEY)) return false;
    if (st == PILA_OK && sample_value(d->types.second, at) != m->value[k]) return false;
    CHECK_OK(pila_dict_contains(d, key, &in));
    CHECK_OK(pila_dict_get(d, key, NULL, &got));
    return in == (m->at[k] != 0) && (got != NULL) == in;
}

static bool model_pop(model *m, pila_dict *d, check_rng *r)
{
    bool last = check_rng_below(r, 2);
    int64_t want = model_end(m, m->fault == FAULT_POPITEM ? !last : last), got = -1;
    sample key, value;
    pila_status st = pila_dict_popitem(d, last, &key, &value);

    if (st == PILA_OK) {
        got = sample_value(d->types.first, &key);
        bool same =
            got == want && sample_value(d->types.second, &value) == m->value[got];
        pila_type_drop(d->types.first, &key);
        pila_type_drop(d->types.second, &value);
        if (!same) return false;
        model_del(m, got);
    }
    return got == want;
}

/* Some keys from another dict, by one of four ways. */
static void model_merge(model *m, pila_dict *d, check_rng *r)
{
    pila_dict other, out;
    uint64_t way = check_rng_below(r, 4), n = check_rng_below(r, 12);

    CHECK_OK(pila_dict_init(&other, d->types.first, d->types.second));
    for (uint64_t k = 0; k < n; k++)
        set(&other, (int64_t)check_rng_below(r, (uint64_t)m->universe), -(int64_t)k);
    pila_iter it = pila_dict_items(&other);
    const char *item;
    int64_t key, value;
    while ((item = pila_next_item(&it)) != NULL) {
        item_numbers(&d->types, item, &key, &value);
        model_set(m, key, value);
    }
    if (way == 0) CHECK_OK(pila_dict_merge(d, &other));
    else if (way == 1) CHECK_OK(pila_dict_update(d, pila_dict_items(&other)));
    else if (way == 2) CHECK_OK(pila_dict_or(d, d, &other));
    else {
        CHECK_OK(pila_dict_init(&out, d->types.first, d->types.second));
        CHECK_OK(pila_dict_or(&out, d, &other));
        pila_dict_move(d, &out);
        pila_dict_done(&out);
    }
    pila_dict_done(&other);
}

/* The dict becomes a copy of itself; of the same keys if shrunk. */
static void model_renew(pila_dict *d, uint64_t how)
{
    pila_dict out;
    bool same = false;

    if (how == 0) CHECK_OK(pila_dict_shrink(d));
    else if (how == 1) CHECK_OK(pila_dict_reserve(d, pila_dict_len(d) * 2));
    else {
        CHECK_OK(pila_dict_init(&out, d->types.first, d->types.second));
        CHECK_OK(pila_dict_copy(&out, d));
        CHECK_OK(pila_dict_eq(&out, d, &same));
        CHECK(same && valid(&out));
        pila_dict_move(d, &out);
        pila_dict_done(&out);
    }
}

/* One operation on both; false when they differ. */
static bool model_step(model *m, pila_dict *d, check_rng *r)
{
    uint64_t what = check_rng_below(r, 1000);
    int64_t k = (int64_t)check_rng_below(r, (uint64_t)m->universe),
            v = (int64_t)(what * 7);
    sample ks, vs;
    void *at;
    pila_status st;

    if (what < 380) {
        model_set(m, k, v);
        set(d, k, v);
    } else if (what < 650) {
        st = pila_dict_del(d, sample_of(d->types.first, k, &ks));
        if (st != (m->at[k] ? PILA_OK : PILA_EKEY)) return false;
        model_del(m, k);
    } else if (what < 850) return model_look(m, d, k);
    else if (what < 900) {
        if (!m->at[k] || m->fault == FAULT_DEFAULT) model_set(m, k, v);
        CHECK_OK(pila_dict_setdefault(d, sample_of(d->types.first, k, &ks),
                                      sample_of(d->types.second, v, &vs), &at));
        return sample_value(d->types.second, at) == m->value[k];
    } else if (what < 980) return model_pop(m, d, r);
    else if (what < 990) model_merge(m, d, r);
    else if (what < 998) model_renew(d, what % 3);
    else if (what == 998) {
        pila_dict_clear(d);
        memset(m->at, 0, sizeof m->at);
        m->live = 0;
    } else
        for (int n = 0; n < m->universe / 2; n++) { /* a burst, to grow */
            k = (int64_t)check_rng_below(r, (uint64_t)m->universe);
            model_set(m, k, n);
            set(d, k, n);
        }
    return true;
}

/* Whether dict and model agreed all the way. */
static bool model_run(const pila_type *kt, int universe, int steps, int fault)
{
    static model m;
    pila_dict d;
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    memset(&m, 0, sizeof m);
    m.universe = universe;
    m.fault = fault;
    CHECK_OK(
        pila_dict_init(&d, kt, kt->kind == PILA_KIND_OTHER ? &thing_type : &pila_i64));
    for (int k = 0; k < steps && good; k++) {
        bool every = universe <= 100 || k % 256 == 0;
        good = model_step(&m, &d, &r) && pila_dict_len(&d) == m.live;
        if (good && every) good = model_agrees(&m, &d);
        if (every) CHECK(valid(&d));
    }
    good = good && model_agrees(&m, &d);
    pila_dict_done(&d);
    check_alloc_stop();
    return good;
}

static void a_model_agrees(void **state)
{
    (void)state;
    stage_clear();
    hashed_as = NULL;
    for (size_t t = 0; t < KEY_TYPES; t++) {
        ROW(key_type_at(t)->name);
        CHECK(model_run(key_type_at(t), 40, t ? 30000 : 100000, 0));
        CHECK(model_run(key_type_at(t), MODEL_MOST, t ? 30000 : 100000, 0));
    }
    hashed_as = hashed_alike;
    CHECK(model_run(&hashed_thing, 30, 10000, 0));
    hashed_as = NULL;
    for (int fault = 1; fault < FAULTS; fault++) { /* and it would have told */
        CHECK(!model_run(&pila_i64, 40, 100000, fault));
        CHECK(!model_run(&pila_i64, MODEL_MOST, 100000, fault));
    }
    ROW(NULL);
}

/* The check of the invariant itself sees what is broken. */
static void broken_tables_are_told(void **state)
{
    pila_dict d;

    (void)state;
    setup_row("broken");
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    CHECK_OK(fill(&d, 1, 30));
    CHECK(valid(&d));
    pila__dict was = d.base;
    d.base.live++;
    CHECK(!valid(&d));
    d.base = was;
    d.base.used--;
    CHECK(!valid(&d));
    d.base = was;
    ((int64_t *)(void *)d.base.entries)[2 * 7] ^= 1; /* a key other than its slot's */
    CHECK(!valid(&d));
    ((int64_t *)(void *)d.base.entries)[2 * 7] ^= 1;
    pila__dict_dead(&d.base)[0] ^= 1;
    CHECK(!valid(&d));
    pila__dict_dead(&d.base)[0] ^= 1;
    CHECK(valid(&d));
    pila_dict_done(&d);
    check_alloc_stop();
}

/* ---- chosen keys ---- */

static uint64_t low_bits_alike(int64_t value) { return (uint64_t)value << 56 | 0x40; }
static uint64_t tags_alike(int64_t value)
{
    return 0xabu << 24 | (uint64_t)value << 6 | (uint64_t)0xab << 56;
}

static long eq_calls(const pila_dict *d, int64_t key)
{
    sample s;
    bool in = true;

    stage_clear();
    stage.on = ON_EQ;
    CHECK_OK(pila_dict_contains(d, sample_of(d->types.first, key, &s), &in));
    CHECK(!in);
    stage.on = 0;
    return stage.calls;
}

/* Every key on the same walk: marks stick at 15, and all still works. */
static void walks_may_fill_up(void **state)
{
    static uint64_t (*const hashes[])(int64_t) = {hashed_alike, low_bits_alike,
                                                  tags_alike};
    pila_dict d;
    sample s;
    bool in;

    (void)state;
    for (size_t h = 0; h < COUNT_OF(hashes); h++) {
        setup_row("one walk");
        hashed_as = hashes[h];
        CHECK_OK(pila_dict_init(&d, &hashed_thing, &pila_i64));
        for (int round = 0; round < 3; round++) {
            CHECK_OK(fill(&d, 1, 250));
            CHECK(valid(&d));
            for (int64_t k = 1; k <= 250; k++) {
                CHECK_OK(pila_dict_contains(&d, sample_of(&hashed_thing, k, &s), &in));
                CHECK(in);
            }
            if (hashes[h] == hashed_alike) CHECK_INT(eq_calls(&d, 999), 250);
            if (hashes[h] == low_bits_alike) CHECK_INT(eq_calls(&d, 0), 0);
            for (int64_t k = 2; k <= 250; k += 1 + (k % 3 == 0)) {
                CHECK_OK(pila_dict_del(&d, sample_of(&hashed_thing, k, &s)));
                if (k % 16 == 0) CHECK(valid(&d));
            }
            (void)eq_calls(&d, 2); /* deleted: a miss ends */
            CHECK(valid(&d));
        }
        pila_dict_done(&d);
        check_alloc_stop();
    }
    hashed_as = NULL;
    ROW(NULL);
}

static double flood_factor(void)
{
    const char *set_to = getenv("PILA_FLOOD_FACTOR");
    return set_to ? strtod(set_to, NULL) : 2.0;
}

enum { FLOOD = 1000000, FLOOD_ROUNDS = 25 };

typedef struct flood {
    const char *name;
    void (*make)(void *keys, uint64_t factor);
    uint64_t factor;
    double best; /* seconds */
} flood;

/* Time each set of keys until all are within the factor of the first, which is random;
 * noise only ever adds time, so the least of the rounds counts. */
static void floods_cost_the_same(flood *all, size_t n, void *keys,
                                 double (*run)(const void *))
{
    double factor = flood_factor(), worst = 0;
    const char *slowest = "";

    for (size_t k = 0; k < n; k++) all[k].best = 1e9;
    for (int round = 0; round < FLOOD_ROUNDS && (round < 3 || worst > factor);
         round++) {
        for (size_t k = 0; k < n; k++) {
            all[k].make(keys, all[k].factor);
            double took = run(keys);
            if (took < all[k].best) all[k].best = took;
        }
        worst = 0;
        for (size_t k = 1; k < n; k++) {
            if (all[k].best <= worst * all[0].best) continue;
            worst = all[k].best / all[0].best;
            slowest = all[k].name;
        }
    }
    printf("random keys %.0f ms; at worst %.2f times that: %s\n", all[0].best * 1e3,
           worst, slowest);
    if (worst > factor)
        fail_msg("%s: %.2f times as long as random keys (PILA_FLOOD_FACTOR)", slowest,
                 worst);
}

static double flood_ints(const void *keys)
{
    const uint64_t *key = keys;
    Hashes d = {0};
    uint64_t *at, sum = 0;
    double from = now();

    for (size_t k = 0; k < FLOOD; k++) CHECK_OK(Hashes_set(&d, key[k], k));
    for (size_t k = 0; k < FLOOD; k++)
        if (Hashes_find(&d, key[k], &at) == PILA_OK) sum += *at - k;
    double took = now() - from;
    CHECK(sum == 0 && Hashes_len(&d) == FLOOD);
    Hashes_done(&d);
    return took;
}

static void multiples(void *keys, uint64_t factor)
{
    for (uint64_t k = 0; k < FLOOD; k++) ((uint64_t *)keys)[k] = k * factor;
}

static void reversed_bits(void *keys, uint64_t factor)
{
    (void)factor;
    for (uint64_t k = 0; k < FLOOD; k++) {
        uint64_t x = 0;
        for (int bit = 0; bit < 64; bit++) x |= (k >> bit & 1) << (63 - bit);
        ((uint64_t *)keys)[k] = x;
    }
}

static void random_ints(void *keys, uint64_t factor)
{
    check_rng r = {factor};

    for (size_t k = 0; k < FLOOD; k++) ((uint64_t *)keys)[k] = check_rng_next(&r);
}

static void flood_int_1e6(void **state)
{
    flood all[] = {{"random", random_ints, 1, 0},
                   {"sequential", multiples, 1, 0},
                   {"multiples of 2", multiples, 2, 0},
                   {"multiples of 2^6", multiples, 1 << 6, 0},
                   {"multiples of 2^12", multiples, 1 << 12, 0},
                   {"multiples of 2^20", multiples, 1 << 20, 0},
                   {"multiples of 2^32", multiples, (uint64_t)1 << 32, 0},
                   {"multiples of 2^44", multiples, (uint64_t)1 << 44, 0},
                   {"multiples of 2^61 - 1", multiples, ((uint64_t)1 << 61) - 1, 0},
                   {"multiples of 2^64 / phi", multiples, 0x9e3779b97f4a7c15u, 0},
                   {"bits reversed", reversed_bits, 0, 0}};
    uint64_t *keys = malloc(FLOOD * sizeof *keys);

    (void)state;
    assert_non_null(keys);
    if (!timing_is_off()) floods_cost_the_same(all, COUNT_OF(all), keys, flood_ints);
    free(keys);
}

enum { FLOOD_TEXT = 40 }; /* bytes a string: 20 pairs */

static double flood_strs(const void *keys)
{
    const char *key = keys;
    Views d = {0};
    int64_t *at, sum = 0;
    double from = now();

    for (int64_t k = 0; k < FLOOD; k++)
        CHECK_OK(Views_set(&d, pila_str_of(key + k * FLOOD_TEXT, FLOOD_TEXT), k));
    for (int64_t k = 0; k < FLOOD; k++)
        if (Views_find(&d, pila_str_of(key + k * FLOOD_TEXT, FLOOD_TEXT), &at) ==
            PILA_OK)
            sum += *at - k;
    double took = now() - from;
    CHECK(sum == 0 && Views_len(&d) == FLOOD);
    Views_done(&d);
    return took;
}

/* A number in the last bytes (or the first), the rest the same in all. */
static void texts_with_number_at(void *keys, uint64_t at)
{
    char *key = keys, digits[16];

    for (int k = 0; k < FLOOD; k++, key += FLOOD_TEXT) {
        memset(key, 'x', FLOOD_TEXT);
        snprintf(digits, sizeof digits, "%08d", k);
        memcpy(key + at, digits, 8);
    }
}

/* "Aa" and "BB" have the same polynomial hash to the base 31, and so have all strings
 * of as many such pairs. */
static void same_polynomial(void *keys, uint64_t factor)
{
    char *key = keys;

    (void)factor;
    for (int k = 0; k < FLOOD; k++)
        for (int pair = 0; pair < FLOOD_TEXT / 2; pair++, key += 2)
            memcpy(key, k >> pair & 1 ? "BB" : "Aa", 2);
}

static void random_texts(void *keys, uint64_t factor)
{
    check_rng r = {factor};

    for (size_t k = 0; k < (size_t)FLOOD * FLOOD_TEXT; k++)
        ((char *)keys)[k] = (char)('0' + check_rng_below(&r, 64));
}

static void flood_str_1e6(void **state)
{
    flood all[] = {{"random", random_texts, 2, 0},
                   {"same prefix", texts_with_number_at, FLOOD_TEXT - 8, 0},
                   {"same suffix", texts_with_number_at, 0, 0},
                   {"same ends", texts_with_number_at, 16, 0},
                   {"same polynomial", same_polynomial, 0, 0}};
    char *keys = malloc((size_t)FLOOD * FLOOD_TEXT);

    (void)state;
    assert_non_null(keys);
    if (!timing_is_off()) floods_cost_the_same(all, COUNT_OF(all), keys, flood_strs);
    free(keys);
}

/* ---- long runs ---- */

/* First in, first out: the table is made anew once in many steps, however full it is.
 */
static void queues_stay_linear_and_small(void **state)
{
    static const int64_t lengths[] = {1, 7, 11, 12, 18, 35, 100, 4607, 4608, 9215};
    int64_t key = 0, value = 0, steps = timing_is_off() ? 20000 : 1000000;

    (void)state;
    setup_row("queue");
    for (size_t l = 0; l < COUNT_OF(lengths); l++) {
        Longs d = {0};
        for (int64_t k = 0; k < lengths[l]; k++) CHECK_OK(Longs_set(&d, k, k));
        uint64_t version = d.base.version;
        for (int64_t k = 0; k < steps; k++) {
            CHECK_OK(Longs_popitem(&d, false, &key, &value));
            CHECK(key == k && value == k);
            CHECK_OK(Longs_set(&d, k + lengths[l], k + lengths[l]));
        }
        uint64_t rebuilt = d.base.version - version - 2 * (uint64_t)steps;
        CHECK(rebuilt * d.base.room <= 6 * (uint64_t)steps + 4 * d.base.room);
        CHECK(d.base.room <= 4 * (size_t)lengths[l] + 24);
        CHECK(pila__dict_valid(&d.base, &Longs_types));
        Longs_done(&d);
    }
    check_alloc_stop();
}

/* The same at any place: a key goes, another comes. */
static void churn_stays_linear(void **state)
{
    check_rng r = check_rng_start();
    Longs d = {0};

    (void)state;
    setup_row("churn");
    for (int64_t k = 0; k < 9216; k++) CHECK_OK(Longs_set(&d, k, k));
    uint64_t version = d.base.version, steps = 100000;
    for (uint64_t k = 0; k < steps; k++) {
        int64_t key = (int64_t)check_rng_below(&r, 9216);
        CHECK_OK(Longs_del(&d, key));
        CHECK_OK(Longs_set(&d, key, key));
    }
    uint64_t rebuilt = d.base.version - version - 2 * steps;
    CHECK(rebuilt * d.base.room <= 6 * steps + 4 * d.base.room);
    CHECK(pila__dict_valid(&d.base, &Longs_types));
    Longs_done(&d);
    check_alloc_stop();
}

static void few_among_many_dead_are_found_fast(void **state)
{
    enum { MANY = 1000000 };
    Longs d = {0};
    int64_t sum = 0;
    bool slow = timing_is_off();

    (void)state;
    setup_row("few left");
    for (int64_t k = 0; k < MANY; k++) CHECK_OK(Longs_set(&d, k, k));
    for (int64_t k = 1; k < MANY - 1; k++)
        if (k != MANY / 2) CHECK_OK(Longs_del(&d, k));
    double from = now();
    for (int k = 0; k < 1000; k++) {
        pila_iter it = Longs_items(&d);
        PILA_FOR(Longs_item, e, &it) sum += e->value;
    }
    CHECK_INT(sum, 1000LL * (MANY / 2 + MANY - 1));
    if (!slow) CHECK(now() - from < 2); /* 0.02 s, when walking over 64 dead a step */
    int64_t key, value;
    for (int k = 0; k < 3; k++) CHECK_OK(Longs_popitem(&d, k % 2, &key, &value));
    CHECK_INT(Longs_len(&d), 0);
    CHECK(pila__dict_valid(&d.base, &Longs_types));
    Longs_done(&d);
    check_alloc_stop();
}

/* ---- concurrent readers ---- */

typedef struct shared {
    const pila_dict *longs;
    const Words *words;
    int64_t sum;
} shared;

static void *read_all(void *ctx)
{
    shared *s = ctx;
    char key[40];
    sample k;
    void *at;
    pila_string *word;
    bool yes = false;

    for (int64_t n = 0; n < 2000; n++) {
        if (pila_dict_find(s->longs, sample_of(&pila_i64, n, &k), &at) == PILA_OK)
            s->sum += *(int64_t *)at;
        snprintf(key, sizeof key, "a key of some length: %d", (int)n);
        if (Words_find(s->words, lent(key), &word) == PILA_OK) s->sum++;
    }
    pila_iter it = pila_dict_keys_reversed(s->longs);
    PILA_FOR(int64_t, x, &it) s->sum += *x;
    pila_dict own;
    if (pila_dict_init(&own, &pila_i64, &pila_i64) != PILA_OK) return NULL;
    if (pila_dict_copy(&own, s->longs) != PILA_OK) return NULL;
    if (pila_dict_eq(&own, s->longs, &yes) == PILA_OK) s->sum += yes;
    if (pila_dict_keys_within(&own, s->longs, &yes) == PILA_OK) s->sum += yes;
    pila_dict_done(&own);
    return NULL;
}

static void readers_may_be_many(void **state)
{
    enum { READERS = 4 };
    pila_dict longs;
    Words words = {0};
    pthread_t readers[READERS];
    shared s[READERS];
    char key[40];

    (void)state;
    ROW("readers"); /* no hook: its counters are not for threads */
    CHECK_OK(pila_dict_init(&longs, &pila_i64, &pila_i64));
    CHECK_OK(fill(&longs, 1, 1000));
    for (int k = 0; k < 100; k++) {
        snprintf(key, sizeof key, "a key of some length: %d", k);
        CHECK_OK(Words_set(&words, lent(key), lent("x")));
    }
    for (int k = 0; k < READERS; k++) {
        s[k] = (shared){&longs, &words, 0};
        CHECK_INT(pthread_create(&readers[k], NULL, read_all, &s[k]), 0);
    }
    for (int k = 0; k < READERS; k++) CHECK_INT(pthread_join(readers[k], NULL), 0);
    for (int k = 0; k < READERS; k++)
        CHECK_INT(s[k].sum, 10 * 500500 + 100 + 500500 + 1 + 1);
    pila_dict_done(&longs);
    Words_done(&words);
    ROW(NULL);
}

/* ---- what is chosen by kind of key ---- */

static void every_kind_of_key_by_the_run_time_face(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const pila_type *t = kinds[k];
        pila_dict d;
        kind_item key;
        void *at = NULL;
        const void *found = NULL;
        bool there = true;
        int64_t out = 0, def = -1;
        setup_row(t->name);
        CHECK_OK(pila_dict_init(&d, t, &pila_i64));
        for (int n = 0; n < 50; n++) {
            int64_t value = 10 * n;
            CHECK_OK(pila_dict_set(&d, kind_of(t, n, &key), &value));
        }
        CHECK_OK(pila_dict_contains(&d, kind_of(t, 60, &key), &there));
        CHECK(!there);
        CHECK_OK(pila_dict_find(&d, kind_of(t, 7, &key), &at));
        CHECK_INT(*(int64_t *)at, 70);
        CHECK_OK(pila_dict_get(&d, kind_of(t, 61, &key), &def, &found));
        CHECK(found == &def);
        CHECK_OK(pila_dict_setdefault(&d, kind_of(t, 62, &key), &def, &at));
        CHECK_INT(*(int64_t *)at, -1);
        CHECK_OK(pila_dict_del(&d, kind_of(t, 8, &key)));
        CHECK_STATUS(pila_dict_del(&d, kind_of(t, 8, &key)), PILA_EKEY);
        CHECK_OK(pila_dict_pop(&d, kind_of(t, 9, &key), &out));
        CHECK_INT(out, 90);
        CHECK_INT(pila_dict_len(&d), 49);
        CHECK(valid(&d));
        pila_dict_done(&d);
        check_alloc_stop();
    }
}

/* A default that lies in the dict itself, which moves as the key is added. */
static void a_default_may_be_lent_by_the_dict(void **state)
{
    pila_dict d;
    void *lent_value = NULL, *at = NULL;

    (void)state;
    setup_row("setdefault(k, d[1])");
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_text));
    set(&d, 1, 77);
    for (int64_t k = 2; k < 200; k++) {
        sample key;
        CHECK_OK(pila_dict_find(&d, sample_of(&pila_i64, 1, &key), &lent_value));
        CHECK_OK(
            pila_dict_setdefault(&d, sample_of(&pila_i64, k, &key), lent_value, &at));
        CHECK_INT(sample_value(&pila_text, at), 77);
    }
    CHECK(valid(&d));
    pila_dict_done(&d);
    check_alloc_stop();
}

static void a_dict_moves_onto_itself(void **state)
{
    Longs d = {0};

    (void)state;
    setup_row("move(d, d)");
    CHECK_OK(Longs_set(&d, 1, 2));
    Longs_move(&d, &d);
    CHECK_INT(Longs_len(&d), 1);
    Longs_done(&d);
    check_alloc_stop();
}

static void values_of_plain_structs_merge(void **state)
{
    Places a = {0}, b = {0};
    point *p = NULL;

    (void)state;
    setup_row("merge of structs");
    for (int k = 0; k < 20; k++) CHECK_OK(Places_set(&a, k, (point){k, 0}));
    for (int k = 10; k < 30; k++) CHECK_OK(Places_set(&b, k, (point){k, 1}));
    CHECK_OK(Places_merge(&a, &b));
    CHECK_INT(Places_len(&a), 30);
    CHECK_OK(Places_find(&a, 15, &p));
    CHECK(p->x == 15 && p->y == 1);
    Places_done(&a);
    Places_done(&b);
    check_alloc_stop();
}

/* Hints of iterators that are at their end but have not said so. */
static void hints_come_down_to_nothing(void **state)
{
    Longs d = {0};

    (void)state;
    setup_row("hints");
    for (int64_t k = 0; k < 5; k++) CHECK_OK(Longs_set(&d, k, k));
    pila_iter its[] = {Longs_keys(&d), Longs_keys_reversed(&d)};
    for (size_t which = 0; which < COUNT_OF(its); which++) {
        for (size_t left = 5; left > 0; left--) {
            CHECK_INT(pila_iter_length_hint(&its[which]), left);
            CHECK(pila_next_item(&its[which]));
        }
        CHECK_INT(its[which].status, PILA_OK);
        CHECK_INT(pila_iter_length_hint(&its[which]), 0);
    }
    Longs_done(&d);
    check_alloc_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(typed_iterators_yield_in_order),
        cmocka_unit_test(float_keys_are_as_python_compares),
        cmocka_unit_test(text_keys_show_as_python_shows_them),
        cmocka_unit_test(other_types_work_too),
        cmocka_unit_test(what_a_type_lacks_is_named),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(results_take_the_place_of_what_was_there),
        cmocka_unit_test(a_failing_source_is_passed_on),
        cmocka_unit_test(rows_of_two_are_pairs),
        cmocka_unit_test(views_stand_for_strings),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(growth_may_fail),
        cmocka_unit_test(a_large_entry_may_not_come_out),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(callbacks_may_change_the_dict),
        cmocka_unit_test(reenter_from_drop),
        cmocka_unit_test(keys_may_be_lent_by_the_dict),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(overwriting_is_no_mutation),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(reserve_wraparound),
        cmocka_unit_test(reserved_room_is_there),
        cmocka_unit_test(a_model_agrees),
        cmocka_unit_test(broken_tables_are_told),
        cmocka_unit_test(walks_may_fill_up),
        cmocka_unit_test(flood_int_1e6),
        cmocka_unit_test(flood_str_1e6),
        cmocka_unit_test(queues_stay_linear_and_small),
        cmocka_unit_test(churn_stays_linear),
        cmocka_unit_test(few_among_many_dead_are_found_fast),
        cmocka_unit_test(readers_may_be_many),
        cmocka_unit_test(every_kind_of_key_by_the_run_time_face),
        cmocka_unit_test(a_default_may_be_lent_by_the_dict),
        cmocka_unit_test(a_dict_moves_onto_itself),
        cmocka_unit_test(values_of_plain_structs_merge),
        cmocka_unit_test(hints_come_down_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
