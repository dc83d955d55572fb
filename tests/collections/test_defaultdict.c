/* test_defaultdict.c - the promises of defaultdict.h; rows decided by CPython are in
 * defaultdict_rows.h. */
#include "check.h"
#include "dicts.h"

#include <pila/collections/defaultdict.h>
#include <pila/collections/list.h>

PILA_LIST(Numbers, int)
PILA_NESTED(Numbers, "list")
PILA_DEFAULTDICT(Tally, char, int)
PILA_DEFAULTDICT(Longs, int64_t, int64_t)
PILA_DEFAULTDICT(Texts, int, pila_string)
PILA_DEFAULTDICT(Words, pila_string, int64_t)
PILA_DICT(Plain, char, int)
PILA_DICT(PlainLongs, int64_t, int64_t)
PILA_DEFAULTDICT_WITH(Tally, Plain)
PILA_DEFAULTDICT_WITH(Tally, PlainLongs)
PILA_DEFAULTDICT_OF(Groups, pila_string, Numbers, &pila_text, &Numbers_nested)
PILA_DEFAULTDICT_OF(Things, thing, int64_t, &hashed_thing, &pila_i64)
PILA_NESTED(Groups, "defaultdict")
PILA_DEFAULTDICT_OF(Nested, int, Groups, &pila_i32, &Groups_nested)

/* ---- helpers ---- */

static void init(pila_defaultdict *d, const pila_type *kt, const pila_type *vt)
{
    CHECK_OK(pila_defaultdict_init(d, kt, vt));
}

static pila_status try_find(pila_defaultdict *d, int64_t key, int64_t *value)
{
    sample k;
    void *at = NULL;
    pila_status st =
        pila_defaultdict_find(d, sample_of(d->dict.types.first, key, &k), &at);

    if (st == PILA_OK) *value = sample_value(d->dict.types.second, at);
    else CHECK(at == NULL); /* untouched */
    return st;
}

static int64_t find(pila_defaultdict *d, int64_t key)
{
    int64_t value = -1;

    CHECK_OK(try_find(d, key, &value));
    return value;
}

static pila_status default_value(pila_defaultdict *d, int64_t value)
{
    sample v;

    return pila_defaultdict_default_value(d,
                                          sample_of(d->dict.types.second, value, &v));
}

/* ---- a factory for tests: what it does to its dict, then what it makes ---- */

typedef enum made_act {
    QUIET,
    STORES,
    CLEARS,
    DELETES,
    INSERTS,
    FORGETS,
    ASKS,
    FAILS,
    ENDS
} made_act;

typedef struct maker {
    pila_defaultdict *d;
    const pila_type *vt;
    int64_t key; /* that is asked for */
    made_act act;
    long calls, fail_at;
} maker;

static void maker_acts(maker *m)
{
    switch (m->act) {
    case STORES: set(&m->d->dict, m->key, 1000); break;
    case CLEARS: pila_dict_clear(&m->d->dict); break;
    case DELETES: (void)!try_del(&m->d->dict, 1); break;
    case INSERTS:
        for (int64_t k = 100; k < 130; k++) set(&m->d->dict, k, k);
        break;
    case FORGETS: pila_defaultdict_default_call(m->d, NULL, NULL); break;
    case ASKS:
        CHECK_OK(default_value(m->d, 5));
        CHECK_INT(find(m->d, m->key + 50), 5);
        break;
    case ENDS: pila_defaultdict_done(m->d); break;
    default: break;
    }
}

static pila_status maker_make(void *ctx, void *value)
{
    maker *m = ctx;
    sample v;

    for (size_t k = 0; k < m->vt->size; k++) CHECK(((char *)value)[k] == 0);
    m->calls++;
    if (m->act == FAILS || m->calls == m->fail_at) return THING_FAULT;
    maker_acts(m);
    return pila_type_copy(m->vt, value, sample_of(m->vt, 77, &v));
}

static void give_factory(pila_defaultdict *d, pila_factory_kind kind, maker *m)
{
    switch (kind) {
    case PILA_FACTORY_NONE: break;
    case PILA_FACTORY_EMPTY: pila_defaultdict_default_empty(d); break;
    case PILA_FACTORY_VALUE: CHECK_OK(default_value(d, 7)); break;
    default: pila_defaultdict_default_call(d, maker_make, m);
    }
    CHECK(pila_defaultdict_factory(d)->kind == kind);
}

/* ---- rows ---- */

typedef enum row_op {
    FIND,
    FIND_TWICE,
    GET,
    IN,
    POP,
    SETDEFAULT,
    SET,
    DEL,
    CLEAR,
    COPY,
    MERGE,
    OR,
    OR_DICT,
    ROR_DICT,
    FROMKEYS,
    EQ,
    EQ_DICT
} row_op;

typedef struct default_row {
    const char *text, *a, *b;
    row_op op;
    pila_factory_kind kind;
    int64_t k, v;
    made_act act;
    pila_status status;
    int64_t result;
    const char *shown, *factory;
} default_row;

static const default_row rows[] = {
#include "defaultdict_rows.h"
};

static pila_status row_look(pila_defaultdict *d, const default_row *r, int64_t *result)
{
    sample k, v;
    const pila_pair *t = &d->dict.types;
    const void *key = sample_of(t->first, r->k, &k), *value = NULL;
    void *at = NULL;
    bool in = false;
    pila_status st;

    switch (r->op) {
    case FIND_TWICE:
        st = pila_defaultdict_find(d, key, &at);
        if (st == PILA_OK) st = pila_defaultdict_find(d, key, &at);
        break;
    case FIND: st = pila_defaultdict_find(d, key, &at); break;
    case GET:
        st = pila_dict_get(&d->dict, key, sample_of(t->second, r->v, &v), &value);
        if (st == PILA_OK) *result = sample_value(t->second, value);
        return st;
    case IN:
        st = pila_dict_contains(&d->dict, key, &in);
        *result = in;
        return st;
    default:
        st = pila_dict_setdefault(&d->dict, key, sample_of(t->second, r->v, &v), &at);
    }
    if (st == PILA_OK) *result = sample_value(t->second, at);
    return st;
}

static pila_status row_make(pila_defaultdict *d, const pila_defaultdict *b,
                            const default_row *r)
{
    const pila_pair *t = &d->dict.types;
    pila_defaultdict out;
    pila_status st;
    sample v;

    init(&out, t->first, t->second);
    pila_defaultdict_default_empty(&out); /* to be replaced */
    set(&out.dict, 500, 5);
    switch (r->op) {
    case COPY: st = pila_defaultdict_copy(&out, d); break;
    case OR:
    case OR_DICT: st = pila_defaultdict_or(&out, d, &b->dict); break;
    case ROR_DICT: st = pila_defaultdict_ror(&out, &b->dict, d); break;
    default:
        st = pila_defaultdict_fromkeys(&out, pila_dict_keys(&b->dict),
                                       sample_of(t->second, r->v, &v));
    }
    CHECK(valid(&d->dict) && valid(&out.dict));
    pila_defaultdict_move(d, &out);
    pila_defaultdict_move(d, d); /* onto itself: nothing */
    CHECK_INT(pila_dict_len(&out.dict), 0);
    CHECK(pila_defaultdict_factory(&out)->kind == PILA_FACTORY_NONE);
    pila_defaultdict_done(&out);
    return st;
}

static pila_status row_run(pila_defaultdict *d, const pila_defaultdict *b,
                           const default_row *r, int64_t *result)
{
    sample k, v;
    const void *key = sample_of(d->dict.types.first, r->k, &k);
    bool yes = false;
    pila_status st;

    switch (r->op) {
    case POP:
        st = pila_dict_pop(&d->dict, key, &v);
        if (st != PILA_OK) return st;
        *result = sample_value(d->dict.types.second, &v);
        pila_type_drop(d->dict.types.second, &v);
        return st;
    case SET: return try_set(&d->dict, r->k, r->v);
    case DEL: return try_del(&d->dict, r->k);
    case CLEAR: pila_dict_clear(&d->dict); return PILA_OK;
    case MERGE: return pila_dict_merge(&d->dict, &b->dict);
    case EQ:
    case EQ_DICT:
        st = pila_dict_eq(&d->dict, &b->dict, &yes);
        *result = yes;
        return st;
    case COPY:
    case OR:
    case OR_DICT:
    case ROR_DICT:
    case FROMKEYS: return row_make(d, b, r);
    default: return row_look(d, r, result);
    }
}

static void repr_is(const pila_defaultdict *d, const default_row *r)
{
    pila_buf text = {0}, want = {0};

    CHECK_OK(pila_buf_add(&want, pila_cstr("defaultdict(")));
    CHECK_OK(pila_buf_add(&want, pila_cstr(r->factory)));
    CHECK_OK(pila_buf_add(&want, pila_cstr(", ")));
    CHECK_OK(pila_buf_add(&want, pila_cstr(r->shown)));
    CHECK_OK(pila_buf_add_char(&want, ')'));
    CHECK_OK(pila_buf_add_char(&want, '\0'));
    CHECK_OK(pila_defaultdict_repr(d, &text));
    CHECK_TEXT(pila_buf_view(&text), want.data);
    pila_buf_done(&text);
    pila_buf_done(&want);
}

static void row_holds(const default_row *r, const pila_type *kt, const pila_type *vt)
{
    pila_defaultdict d, b;
    int64_t result = 0;
    maker m = {&d, vt, r->k, r->act, 0, 0};

    setup_row(r->text);
    init(&d, kt, vt);
    init(&b, kt, vt);
    parse(&d.dict, r->a);
    parse(&b.dict, r->b);
    give_factory(&d, r->kind, &m);
    CHECK_STATUS(row_run(&d, &b, r, &result), r->status);
    CHECK_INT(result, r->result);
    CHECK(valid(&d.dict) && valid(&b.dict));
    check_shows(&d.dict, r->shown);
    if (kt->kind != PILA_KIND_STRING && vt->kind == PILA_KIND_I64) repr_is(&d, r);
    pila_defaultdict_done(&d);
    pila_defaultdict_done(&d);
    pila_defaultdict_done(&b);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++)
        for (size_t kt = 0; kt < KEY_TYPES; kt++)
            for (int vt = 0; vt < SAMPLE_TYPES; vt++)
                row_holds(&rows[k], key_type_at(kt), sample_type(vt));
    ROW(NULL);
}

/* ---- the typed face ---- */

static void tally_is(const Tally *d, const char *want)
{
    pila_buf text = {0};

    CHECK_OK(Tally_repr(d, &text));
    CHECK_TEXT(pila_buf_view(&text), want);
    pila_buf_done(&text);
}

static pila_status makes_nine(void *ctx, void *value)
{
    int nine = 9;

    (void)ctx;
    memcpy(value, &nine, sizeof nine);
    return PILA_OK;
}

static void typed_face_says_the_same(void **state)
{
    Tally d = {0}, e = {0}, f = {0};
    int *at = NULL, x = 0;
    char key = 0;
    bool yes = false;

    (void)state;
    setup_row("typed face");
    tally_is(&d, "defaultdict(None, {})");
    CHECK_STATUS(Tally_find(&d, 'a', &at), PILA_EKEY);
    CHECK(at == NULL);
    Tally_default_empty(&d);
    for (const char *c = "banana"; *c; c++) {
        CHECK_OK(Tally_find(&d, *c, &at));
        ++*at;
    }
    tally_is(&d, "defaultdict(<class 'int'>, {98: 1, 97: 3, 110: 2})");
    CHECK_OK(Tally_default_value(&d, 40));
    CHECK_OK(Tally_find(&d, 'c', &at));
    CHECK_INT(*at, 40);
    CHECK(Tally_factory(&d)->kind == PILA_FACTORY_VALUE);
    CHECK_OK(Tally_copy(&e, &d));
    CHECK(Tally_factory(&e)->value != Tally_factory(&d)->value); /* its own */
    CHECK_OK(Tally_eq(&e, &d, &yes));
    CHECK(yes);
    Tally_default_call(&d, makes_nine, NULL);
    CHECK_OK(Tally_find(&d, 'd', &at));
    CHECK_INT(*at, 9);
    CHECK_OK(Tally_find(&e, 'e', &at));
    CHECK_INT(*at, 40);
    CHECK_OK(Tally_get(&d, 'x', -1, &x)); /* asks no factory */
    CHECK_INT(x, -1);
    CHECK_STATUS(Tally_pop(&d, 'x', &x), PILA_EKEY);
    CHECK_OK(Tally_or(&f, &d, &e));
    CHECK(Tally_factory(&f)->make == makes_nine);
    CHECK_OK(Tally_popitem(&f, true, &key, &x));
    CHECK_INT(key, 'e');
    CHECK_OK(Tally_merge(&e, &f));
    CHECK_OK(Tally_fromkeys(&f, Tally_keys(&e), 1));
    tally_is(&f, "defaultdict(None, {98: 1, 97: 1, 110: 1, 99: 1, 101: 1, 100: 1})");
    Tally_default_call(&d, NULL, NULL);
    CHECK_STATUS(Tally_find(&d, 'y', &at), PILA_EKEY);
    CHECK_OK(Tally_del(&d, 'a'));
    Tally_move(&f, &e);
    Tally_move(&f, &f);
    CHECK(Tally_factory(&f)->kind == PILA_FACTORY_VALUE);
    CHECK(Tally_factory(&e)->kind == PILA_FACTORY_NONE && Tally_len(&e) == 0);
    Tally_clear(&f); /* keeps the factory */
    CHECK_OK(Tally_find(&f, 'z', &at));
    CHECK_INT(*at, 40);
    Tally_done(&d);
    Tally_done(&e);
    Tally_done(&f);
    Tally_done(&f);
    check_alloc_stop();
}

/* >>> defaultdict(int, a=1) | {'b': 2}; {'b': 2} | defaultdict(int, a=1); |=; == */
static void typed_dicts_work_together(void **state)
{
    Tally d = {0}, out = {0};
    Plain plain = {0};
    PlainLongs longs = {0};
    bool yes = false;

    (void)state;
    setup_row("with a dict");
    CHECK_OK(Tally_default_value(&d, 5));
    CHECK_OK(Tally_set(&d, 1, 10));
    CHECK_OK(Plain_set(&plain, 2, 20));
    CHECK_OK(Tally_or_Plain(&out, &d, &plain));
    tally_is(&out, "defaultdict(<value 5>, {1: 10, 2: 20})");
    CHECK_OK(Plain_or_Tally(&out, &plain, &d));
    tally_is(&out, "defaultdict(<value 5>, {2: 20, 1: 10})");
    CHECK_OK(Tally_merge_Plain(&d, &plain));
    tally_is(&d, "defaultdict(<value 5>, {1: 10, 2: 20})");
    CHECK_OK(Plain_set(&plain, 1, 10));
    CHECK_OK(Tally_eq_Plain(&d, &plain, &yes));
    CHECK(yes);
    CHECK_STATUS(Tally_or_PlainLongs(&out, &d, &longs), PILA_ETYPE);
    CHECK_STATUS(PlainLongs_or_Tally(&out, &longs, &d), PILA_ETYPE);
    CHECK_STATUS(Tally_merge_PlainLongs(&d, &longs), PILA_ETYPE);
    CHECK_STATUS(Tally_eq_PlainLongs(&d, &longs, &yes), PILA_ETYPE);
    Tally_done(&d);
    Tally_done(&out);
    Plain_done(&plain);
    check_alloc_stop();
}

static pila_string lent(const char *text)
{
    return pila_string_borrow(pila_cstr(text));
}

/* >>> d = defaultdict(list); d['odd'].append(1) ... */
static void groups_hold_lists(void **state)
{
    Groups g = {0}, h = {0};
    Numbers *list = NULL;
    pila_buf text = {0};
    bool yes = false;

    (void)state;
    setup_row("groups");
    Groups_default_empty(&g);
    for (int k = 1; k < 200; k++) {
        CHECK_OK(Groups_find(&g, lent(k % 2 ? "odd" : "even and a long key"), &list));
        if (k < 6) CHECK_OK(Numbers_append(list, k));
    }
    CHECK_OK(Groups_repr(&g, &text));
    CHECK_TEXT(pila_buf_view(&text), "defaultdict(<class 'list'>, {'odd': [1, 3, 5], "
                                     "'even and a long key': [2, 4]})");
    CHECK_OK(Groups_copy(&h, &g));
    CHECK_OK(Groups_eq(&g, &h, &yes));
    CHECK(yes);
    CHECK_OK(Groups_find(&h, lent("odd"), &list));
    CHECK_OK(Numbers_append(list, 7)); /* a copy is its own */
    CHECK_OK(Groups_eq(&g, &h, &yes));
    CHECK(!yes);
    CHECK_OK(Groups_default_value(&h, *list));
    CHECK_OK(Groups_find(&h, lent("more"), &list));
    CHECK_INT(Numbers_len(list), 4);
    Groups_done(&g);
    Groups_done(&h);
    pila_buf_done(&text);
    check_alloc_stop();
}

static pila_status makes_groups(void *ctx, void *value)
{
    (void)ctx;
    Groups_default_empty((Groups *)value); /* of zero bytes before */
    return PILA_OK;
}

/* >>> d = defaultdict(lambda: defaultdict(list)); d[1]['a'].append(5) */
static void defaultdicts_nest(void **state)
{
    Nested n = {0};
    Groups *inner = NULL;
    Numbers *list = NULL;
    pila_buf text = {0};

    (void)state;
    setup_row("nested");
    Nested_default_call(&n, makes_groups, NULL);
    for (int k = 0; k < 40; k++) {
        CHECK_OK(Nested_find(&n, k / 20, &inner));
        CHECK_OK(Groups_find(inner, lent(k % 2 ? "a" : "b"), &list));
        if (k % 20 < 3) CHECK_OK(Numbers_append(list, k));
    }
    CHECK_OK(Nested_repr(&n, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "defaultdict(<function>, {"
               "0: defaultdict(<class 'list'>, {'b': [0, 2], 'a': [1]}), "
               "1: defaultdict(<class 'list'>, {'b': [20, 22], 'a': [21]})})");
    Nested_done(&n);
    pila_buf_done(&text);
    check_alloc_stop();
}

static void other_types_work_too(void **state)
{
    Texts t = {0};
    Words w = {0};
    Things s = {0};
    pila_string *text = NULL;
    int64_t *at = NULL;
    thing five = {5, NULL};

    (void)state;
    setup_row("texts and things");
    CHECK_OK(Texts_default_value(&t, lent("a value of more than fifteen bytes")));
    for (int k = 0; k < 30; k++) CHECK_OK(Texts_find(&t, k, &text));
    CHECK_TEXT(pila_string_view(text), "a value of more than fifteen bytes");
    Texts_default_empty(&t);
    CHECK_OK(Texts_find(&t, 100, &text));
    CHECK_TEXT(pila_string_view(text), "");
    Words_default_empty(&w);
    CHECK_OK(Words_find(&w, lent("a key of more than fifteen bytes"), &at));
    *at = 3;
    CHECK_OK(Words_find(&w, lent("a key of more than fifteen bytes"), &at));
    CHECK_INT(*at, 3);
    Things_default_empty(&s);
    for (int k = 0; k < 3; k++) {
        CHECK_OK(Things_find(&s, five, &at));
        ++*at;
    }
    CHECK_INT(*at, 3);
    Texts_done(&t);
    Words_done(&w);
    Things_done(&s);
    check_alloc_stop();
}

/* The run-time face has an instance for each common kind, and one for the rest. */
static void every_kind_of_key_is_found(void **state)
{
    static const pila_type *const kinds[] = {&pila_i8,  &pila_i32, &pila_i64,
                                             &pila_u64, &pila_f64, &pila_ptr};
    static const char text[] = "abcdefghijklmnopqrstuvwxyz";

    (void)state;
    for (size_t k = 0; k <= COUNT_OF(kinds); k++) {
        const pila_type *t = k < COUNT_OF(kinds) ? kinds[k] : &pila_view;
        pila_defaultdict d;
        setup_row(t->name);
        init(&d, t, &pila_i64);
        for (int64_t n = 0; n < 26 * 3; n++) {
            int64_t number = n % 26;
            pila_str view = pila_str_of(text + number, 1);
            void *at = NULL;
            if (n == 0) pila_defaultdict_default_empty(&d);
            if (n == 9) CHECK_OK(default_value(&d, 7));
            CHECK_OK(pila_defaultdict_find(
                &d, t == &pila_view ? (const void *)&view : &number, &at));
            CHECK_INT(*(int64_t *)at, number < 9 ? 0 : 7);
        }
        CHECK_INT(pila_dict_len(&d.dict), 26);
        CHECK(valid(&d.dict));
        pila_defaultdict_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- who asks the factory ---- */

static void only_find_asks_the_factory(void **state)
{
    (void)state;
    for (size_t kt = 0; kt < KEY_TYPES; kt++) {
        pila_defaultdict d;
        maker m = {&d, &thing_type, 0, QUIET, 0, 0};
        sample k, v;
        const void *got = NULL;
        void *at = NULL;
        bool yes;
        setup_row("who asks");
        init(&d, key_type_at(kt), &thing_type);
        give_factory(&d, PILA_FACTORY_CALL, &m);
        const void *key = sample_of(d.dict.types.first, 4, &k);
        CHECK_STATUS(pila_dict_find(&d.dict, key, &at), PILA_EKEY);
        CHECK_OK(pila_dict_get(&d.dict, key, NULL, &got));
        CHECK_OK(pila_dict_contains(&d.dict, key, &yes));
        CHECK_STATUS(pila_dict_pop(&d.dict, key, &v), PILA_EKEY);
        CHECK_STATUS(pila_dict_del(&d.dict, key), PILA_EKEY);
        CHECK(got == NULL && !yes);
        CHECK_OK(
            pila_dict_setdefault(&d.dict, key, sample_of(&thing_type, 6, &v), &at));
        CHECK_INT(m.calls, 0);
        CHECK_INT(find(&d, 4), 6);
        CHECK_INT(m.calls, 0);
        CHECK_INT(find(&d, 5), 77);
        CHECK_INT(find(&d, 5), 77);
        CHECK_INT(m.calls, 1);
        pila_defaultdict_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

static pila_status hash_says_no_key(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    (void)item;
    (void)out;
    return PILA_EKEY;
}

/* >>> class K: __hash__ raises KeyError; defaultdict(int)[K()] raises it, and is empty
 */
static void a_fault_of_hash_is_no_missing_key(void **state)
{
    pila_type t = hashed_thing;
    pila_defaultdict d;
    maker m = {&d, &pila_i64, 0, QUIET, 0, 0};
    int64_t value;

    (void)state;
    setup_row("hash answers PILA_EKEY");
    t.hash = hash_says_no_key;
    init(&d, &t, &pila_i64);
    give_factory(&d, PILA_FACTORY_CALL, &m);
    CHECK_STATUS(try_find(&d, 1, &value), PILA_EKEY);
    CHECK_INT(m.calls, 0);
    CHECK_INT(pila_dict_len(&d.dict), 0);
    pila_defaultdict_done(&d);
    check_alloc_stop();
}

/* A key of the user's is hashed once, and once more by CPython as it stores. */
static void a_missing_key_is_hashed_once(void **state)
{
    pila_defaultdict d;

    (void)state;
    setup_row("hash of a missing key");
    init(&d, &hashed_thing, &pila_i64);
    pila_defaultdict_default_empty(&d);
    stage.on = ON_HASH;
    CHECK_INT(find(&d, 1), 0);
    CHECK_INT(stage.calls, 1);
    CHECK_INT(find(&d, 2), 0);
    CHECK_INT(stage.calls, 2);
    stage_clear();
    pila_defaultdict_done(&d);
    check_alloc_stop();
}

/* The k-th call of the factory fails: nothing is stored, and the next look-up asks. */
static void factory_fails_at_k(void **state)
{
    (void)state;
    for (size_t kt = 0; kt < KEY_TYPES; kt++)
        for (long fail_at = 1; fail_at < 30; fail_at++) {
            pila_defaultdict d;
            maker m = {&d, &bulky_type, 0, QUIET, 0, fail_at};
            int64_t value;
            setup_row("factory_fails_at_k");
            init(&d, key_type_at(kt), &bulky_type);
            give_factory(&d, PILA_FACTORY_CALL, &m);
            for (int64_t k = 1; k < 30; k++) {
                uint64_t was = digest(&d.dict), version = d.dict.base.version;
                pila_status st = try_find(&d, k, &value);
                CHECK_STATUS(st, k == fail_at ? THING_FAULT : PILA_OK);
                CHECK(valid(&d.dict));
                if (st == PILA_OK) continue;
                CHECK(digest(&d.dict) == was && d.dict.base.version == version);
                CHECK_INT(find(&d, k), 77);
            }
            CHECK_INT(pila_dict_len(&d.dict), 29);
            CHECK_INT(m.calls, 30);
            pila_defaultdict_done(&d);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* What the factory has stored under the key is dropped, and its drop may do anything.
 */
static void a_drop_while_storing_is_seen(void **state)
{
    (void)state;
    for (size_t kt = 0; kt < KEY_TYPES; kt++)
        for (act_kind kind = 0; kind < ACTS; kind++) {
            pila_defaultdict d;
            maker m = {&d, &thing_type, 9, STORES, 0, 0};
            int64_t value = 0;
            setup_row("drop while storing");
            init(&d, key_type_at(kt), &thing_type);
            CHECK_OK(fill(&d.dict, 1, 5));
            give_factory(&d, PILA_FACTORY_CALL, &m);
            act x = {&d.dict, kind};
            stage.on = ON_DROP;
            stage.act = act_now;
            stage.ctx = &x;
            /* Of own keys first what is held while comparing them; then the value. */
            stage.act_at = 1;
            pila_status st = try_find(&d, 9, &value);
            CHECK(stage.act == NULL);
            CHECK(st == PILA_OK || st == PILA_EMUTATED);
            if (st == PILA_OK) CHECK_INT(value, 77);
            if (kt < 2 && kind == ACT_CLEAR) CHECK_STATUS(st, PILA_EMUTATED);
            stage_clear();
            CHECK(valid(&d.dict));
            pila_defaultdict_done(&d);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* A factory that ends its dict: CPython's stays alive, and so does this one's storage
 * as far as it is used. The value is stored in what is an empty dict then. */
static void a_factory_may_end_its_dict(void **state)
{
    (void)state;
    for (size_t kt = 0; kt < KEY_TYPES; kt++) {
        pila_defaultdict d;
        maker m = {&d, &thing_type, 9, ENDS, 0, 0};
        setup_row("factory ends its dict");
        init(&d, key_type_at(kt), &thing_type);
        CHECK_OK(fill(&d.dict, 1, 40));
        give_factory(&d, PILA_FACTORY_CALL, &m);
        CHECK_INT(find(&d, 99), 77);
        check_shows(&d.dict, "{99: 77}");
        CHECK(pila_defaultdict_factory(&d)->kind == PILA_FACTORY_NONE);
        CHECK(valid(&d.dict));
        pila_defaultdict_done(&d);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* A key that is lent by the dict itself may move when the dict grows, or go. */
static void keys_may_be_lent_by_the_dict(void **state)
{
    static const pila_factory_kind kinds[] = {PILA_FACTORY_EMPTY, PILA_FACTORY_VALUE,
                                              PILA_FACTORY_CALL};
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++)
        for (int64_t n = 1; n < 120; n++) {
            pila_defaultdict d;
            maker m = {&d, &pila_text, 0, CLEARS, 0, 0};
            sample s;
            void *at = NULL;
            setup_row("lent by itself");
            init(&d, &pila_text, &pila_text);
            for (int64_t i = 1; i <= n; i++) set(&d.dict, i, 1001 + 2 * i);
            give_factory(&d, kinds[k], &m);
            CHECK_OK(pila_defaultdict_find(&d, sample_of(&pila_text, n, &s), &at));
            CHECK_OK(pila_defaultdict_find(&d, at, &at)); /* the value as a key */
            CHECK_OK(
                pila_dict_find(&d.dict, sample_of(&pila_text, 1001 + 2 * n, &s), &at));
            CHECK(valid(&d.dict));
            pila_defaultdict_done(&d);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* ---- Fails: ---- */

static const pila_type odd_type = {.kind = PILA_KIND_OTHER,
                                   .size = 8,
                                   .align = 8,
                                   .name = "odd"};
static const pila_type huge = {.kind = PILA_KIND_OTHER,
                               .size = PTRDIFF_MAX - 64,
                               .align = 8,
                               .name = "huge"};

static void what_a_type_lacks_is_named(void **state)
{
    pila_defaultdict d, e, f;
    pila_buf text = {0};
    int64_t one = 1;
    void *at = NULL;

    (void)state;
    setup_row("types");
    init(&d, &odd_type, &pila_i64);
    init(&e, &pila_i64, &odd_type);
    init(&f, &pila_i64, &pila_i64);
    pila_defaultdict_default_empty(&d);
    CHECK_STATUS(pila_defaultdict_find(&d, &one, &at), PILA_ETYPE); /* no hash */
    CHECK_STATUS(pila_defaultdict_or(&f, &f, &e.dict), PILA_ETYPE);
    CHECK_STATUS(pila_defaultdict_ror(&f, &e.dict, &f), PILA_ETYPE);
    CHECK_STATUS(pila_defaultdict_fromkeys(&f, pila_span("ab", 2, &pila_i8), &one),
                 PILA_ETYPE);
    CHECK_OK(pila_defaultdict_default_value(&e, &one));
    CHECK_STATUS(pila_defaultdict_repr(&e, &text), PILA_ETYPE);
    CHECK_INT(text.len, 0);
    CHECK_OK(pila_defaultdict_find(&e, &one, &at)); /* plain bytes are a value */
    CHECK_INT(*(int64_t *)at, 1);
    pila_defaultdict_done(&d);
    pila_defaultdict_done(&e);
    pila_defaultdict_done(&f);
    CHECK_STATUS(pila_defaultdict_init(&d, &huge, &huge), PILA_EOVERFLOW);
    CHECK(pila_defaultdict_new(&huge, &huge) == NULL);
    pila_defaultdict_free(NULL);
    pila_buf_done(&text);
    check_alloc_stop();
}

static pila_status never_called(void *ctx, void *value)
{
    (void)value;
    ++*(long *)ctx;
    return THING_FAULT;
}

static void grow_overflow(void **state)
{
    static const size_t sizes[] = {(size_t)PTRDIFF_MAX - 64, (size_t)PTRDIFF_MAX / 2,
                                   (size_t)PTRDIFF_MAX / 12 + 1};
    pila_defaultdict d;
    int64_t key = 1;
    void *at = NULL;
    long calls = 0;

    (void)state;
    ROW("huge values");
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        pila_type wide = {.kind = PILA_KIND_OTHER,
                          .size = sizes[k],
                          .align = 1,
                          .name = "wide"};
        init(&d, &pila_i64, &wide);
        pila_defaultdict_default_empty(&d);
        CHECK_STATUS(pila_defaultdict_find(&d, &key, &at), PILA_ENOMEM);
        CHECK_STATUS(pila_defaultdict_default_value(&d, &key), PILA_ENOMEM);
        CHECK(pila_defaultdict_factory(&d)->kind == PILA_FACTORY_EMPTY);
        pila_defaultdict_default_call(&d, never_called, &calls);
        CHECK_STATUS(pila_defaultdict_find(&d, &key, &at), PILA_ENOMEM);
        CHECK_INT(calls, 0);
        CHECK(valid(&d.dict) && pila_dict_len(&d.dict) == 0);
        pila_defaultdict_done(&d);
    }
    ROW(NULL);
}

static void reserve_wraparound(void **state)
{
    pila_defaultdict d;

    (void)state;
    setup_row("reserve");
    init(&d, &pila_i64, &pila_i64);
    pila_defaultdict_default_empty(&d);
    CHECK_OK(fill(&d.dict, 1, 30));
    CHECK_STATUS(pila_dict_reserve(&d.dict, SIZE_MAX), PILA_EOVERFLOW);
    CHECK_OK(pila_dict_reserve(&d.dict, 300));
    check_alloc_fail(1, 1);
    for (int64_t k = 31; k <= 300; k++) CHECK_INT(find(&d, k), 0);
    check_alloc_fail(0, 0);
    CHECK(valid(&d.dict));
    pila_defaultdict_done(&d);
    check_alloc_stop();
    ROW(NULL);
}

/* ---- every call: with allocations that fail, callbacks that fail or act ---- */

typedef enum call {
    C_HIT,
    C_MISS,
    C_DEFAULT_VALUE,
    C_DEFAULT_EMPTY,
    C_COPY,
    C_COPY_SELF,
    C_OR,
    C_ROR,
    C_FROMKEYS,
    C_REPR,
    C_MOVE,
    C_CLEAR,
    C_DONE,
    CALLS
} call;

static const char *const call_names[CALLS] = {"find",
                                              "find of a missing key",
                                              "default_value",
                                              "default_empty",
                                              "copy",
                                              "copy onto itself",
                                              "|",
                                              "dict |",
                                              "fromkeys",
                                              "repr",
                                              "move",
                                              "clear",
                                              "done"};

/* a has a factory of the kind at hand, b a value; out of a call is b. */
static pila_status call_run(pila_defaultdict *a, pila_defaultdict *b, call c)
{
    pila_buf text = {0};
    sample v;
    int64_t value;
    pila_status st = PILA_OK;

    switch (c) {
    case C_HIT: return try_find(a, 2, &value);
    case C_MISS: return try_find(a, 9, &value);
    case C_DEFAULT_VALUE: return default_value(a, 8);
    case C_DEFAULT_EMPTY: pila_defaultdict_default_empty(b); return st;
    case C_COPY: return pila_defaultdict_copy(b, a);
    case C_COPY_SELF: return pila_defaultdict_copy(a, a);
    case C_OR: return pila_defaultdict_or(b, a, &b->dict);
    case C_ROR: return pila_defaultdict_ror(b, &b->dict, a);
    case C_FROMKEYS:
        return pila_defaultdict_fromkeys(b, pila_dict_keys(&a->dict),
                                         sample_of(a->dict.types.second, 1, &v));
    case C_REPR:
        st = pila_defaultdict_repr(a, &text);
        if (st != PILA_OK) CHECK_INT(text.len, 0);
        pila_buf_done(&text);
        return st;
    case C_MOVE: pila_defaultdict_move(b, a); return st;
    case C_CLEAR: pila_dict_clear(&a->dict); return st;
    default: pila_defaultdict_done(a); return st;
    }
}

static bool call_must_go_well(pila_factory_kind kind, call c)
{
    return c != C_MISS || kind != PILA_FACTORY_NONE;
}

/* Which factory is there, as a number; nothing is called back. */
static uint64_t factory_digest(const pila_defaultdict *d)
{
    const pila_factory *f = pila_defaultdict_factory(d);
    uint64_t sum = (uint64_t)f->kind;

    if (f->kind == PILA_FACTORY_VALUE)
        sum += 10 * (uint64_t)sample_value(d->dict.types.second, f->value);
    return sum;
}

static uint64_t both_digest(const pila_defaultdict *d)
{
    return digest(&d->dict) * 31 + factory_digest(d);
}

static pila_status make_two(pila_defaultdict *a, pila_defaultdict *b,
                            const pila_type *kt, const pila_type *vt,
                            pila_factory_kind kind, maker *m)
{
    pila_status st;

    init(a, kt, vt);
    init(b, kt, vt);
    *m = (maker){a, vt, 9, QUIET, 0, 0};
    st = fill(&a->dict, 1, 5);
    if (st == PILA_OK) st = fill(&b->dict, 3, 7);
    if (st == PILA_OK) st = default_value(b, 44);
    if (kind == PILA_FACTORY_EMPTY) pila_defaultdict_default_empty(a);
    if (kind == PILA_FACTORY_CALL) pila_defaultdict_default_call(a, maker_make, m);
    if (kind == PILA_FACTORY_VALUE && st == PILA_OK) st = default_value(a, 7);
    return st;
}

static void end_two(pila_defaultdict *a, pila_defaultdict *b)
{
    CHECK(valid(&a->dict) && valid(&b->dict));
    pila_defaultdict_done(a);
    pila_defaultdict_done(b);
}

typedef struct sweep {
    const pila_type *kt, *vt;
    pila_factory_kind kind;
    call c;
} sweep;

static pila_status sweep_call(void *ctx)
{
    const sweep *s = ctx;
    pila_defaultdict a, b;
    maker m;
    int64_t value;
    pila_status st = make_two(&a, &b, s->kt, s->vt, s->kind, &m);

    if (st == PILA_OK) {
        uint64_t was_a = both_digest(&a), was_b = both_digest(&b);
        st = call_run(&a, &b, s->c);
        if (st == PILA_ENOMEM)
            CHECK(both_digest(&a) == was_a && both_digest(&b) == was_b);
        else if (!call_must_go_well(s->kind, s->c)) {
            CHECK_STATUS(st, PILA_EKEY);
            st = PILA_OK;
        }
    }
    pila_defaultdict_default_empty(&a); /* both are usable */
    for (int64_t k = 50; k < 70 && st == PILA_OK; k++) st = try_find(&a, k, &value);
    if (st == PILA_OK) st = try_set(&b.dict, 50, 50);
    end_two(&a, &b);
    return st;
}

static pila_status sweep_heap(void *ctx)
{
    pila_defaultdict *d = pila_defaultdict_new(&pila_i64, &pila_i64);

    (void)ctx;
    pila_defaultdict_free(d);
    return d ? PILA_OK : PILA_ENOMEM;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    stage_clear();
    hashed_as = NULL;
    check_alloc_sweep(sweep_heap, NULL);
    for (size_t kt = 0; kt < KEY_TYPES; kt++)
        for (int vt = 0; vt < SAMPLE_TYPES; vt++)
            for (int kind = 0; kind <= PILA_FACTORY_CALL; kind++)
                for (call c = 0; c < CALLS; c++) {
                    sweep s = {key_type_at(kt), sample_type(vt),
                               (pila_factory_kind)kind, c};
                    ROW(call_names[c]);
                    check_alloc_sweep(sweep_call, &s);
                }
    ROW(NULL);
}

static pila_status sweep_groups(void *ctx)
{
    Groups g = {0}, h = {0};
    Numbers *list = NULL;
    pila_status st = PILA_OK;

    (void)ctx;
    Groups_default_empty(&g);
    for (int k = 0; k < 60 && st == PILA_OK; k++) {
        char key[40];
        snprintf(key, sizeof key, k % 2 ? "%d" : "a key of some length: %d", k / 3);
        st = Groups_find(&g, lent(key), &list);
        if (st == PILA_OK) st = Numbers_append(list, k);
        CHECK(pila__dict_valid(&g.base, &Groups_types));
    }
    if (st == PILA_OK) st = Groups_copy(&h, &g);
    if (st == PILA_OK) st = Groups_or(&g, &h, &g);
    Groups_done(&g);
    Groups_done(&h);
    return st;
}

static void any_allocation_of_groups_may_fail(void **state)
{
    (void)state;
    ROW("groups");
    check_alloc_sweep(sweep_groups, NULL);
    ROW(NULL);
}

static void start_two(pila_defaultdict *a, pila_defaultdict *b, const pila_type *t,
                      bool alike, pila_factory_kind kind, maker *m)
{
    stage_clear();
    hashed_as = alike ? hashed_alike : NULL;
    check_alloc_start();
    CHECK_OK(
        make_two(a, b, t, t == &hashed_bulky ? &bulky_type : &thing_type, kind, m));
}

/* Whether there was a k-th call. */
static bool raises_at(const pila_type *t, bool alike, pila_factory_kind kind, call c,
                      long k)
{
    pila_defaultdict a, b;
    maker m;

    start_two(&a, &b, t, alike, kind, &m);
    uint64_t was_a = both_digest(&a), was_b = both_digest(&b);
    stage.on = ON_ANY & ~ON_DROP;
    stage.fail_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.calls >= k;
    stage_clear();
    if (!reached) CHECK_STATUS(st, call_must_go_well(kind, c) ? PILA_OK : PILA_EKEY);
    else {
        CHECK_STATUS(st, THING_FAULT);
        CHECK(both_digest(&a) == was_a && both_digest(&b) == was_b);
    }
    end_two(&a, &b);
    check_alloc_stop();
    return reached;
}

static void compare_raises_at_k(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (int kind = 0; kind <= PILA_FACTORY_CALL; kind++)
            for (int how = 0; how < 4; how++) {
                const pila_type *t = how & 1 ? &hashed_bulky : &hashed_thing;
                ROW(call_names[c]);
                for (long k = 1; raises_at(t, how & 2, (pila_factory_kind)kind, c, k);
                     k++)
                    continue;
            }
    ROW(NULL);
}

/* Beside what dicts.h has them do, callbacks set another factory. */
typedef struct factory_act {
    act dict;
    pila_defaultdict *d;
    int how; /* below 0: only the dict */
} factory_act;

enum { FACTORY_ACTS = 4 };

static void factory_act_now(void *ctx)
{
    factory_act *x = ctx;

    switch (x->how) {
    case 0: pila_defaultdict_default_call(x->d, NULL, NULL); break;
    case 1: pila_defaultdict_default_empty(x->d); break;
    case 2: CHECK_OK(default_value(x->d, 66)); break;
    case 3: pila_defaultdict_done(x->d); break;
    default: act_now(&x->dict);
    }
}

static bool changes_at(int how, int on, pila_factory_kind kind, call c, int what,
                       long k)
{
    pila_defaultdict a, b;
    maker m;

    start_two(&a, &b, how & 1 ? &hashed_bulky : &hashed_thing, how & 2, kind, &m);
    pila_defaultdict *d = how & 4 ? &b : &a;
    factory_act x = {{&d->dict, (act_kind)(what - FACTORY_ACTS)},
                     d,
                     what < FACTORY_ACTS ? what : -1};
    stage.on = on;
    stage.act = factory_act_now;
    stage.ctx = &x;
    stage.act_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.act == NULL;
    stage_clear();
    CHECK(st == PILA_OK || st == PILA_EKEY || st == PILA_EMUTATED);
    set(&a.dict, 500, 1); /* both go on */
    set(&b.dict, 500, 1);
    end_two(&a, &b);
    pila_defaultdict_done(&a); /* what a drop has put in */
    pila_defaultdict_done(&b);
    check_alloc_stop();
    return reached;
}

static void callbacks_may_change_the_dict(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (int kind = 0; kind <= PILA_FACTORY_CALL; kind++)
            for (int what = 0; what < FACTORY_ACTS + ACTS; what++)
                for (int how = 0; how < 8; how++) {
                    ROW(call_names[c]);
                    for (long k = 1;
                         changes_at(how, ON_ANY, (pila_factory_kind)kind, c, what, k);
                         k++)
                        continue;
                }
    ROW(NULL);
}

static void reenter_from_drop(void **state)
{
    static const call droppers[] = {C_DEFAULT_EMPTY, C_DEFAULT_VALUE, C_COPY, C_OR,
                                    C_ROR,           C_FROMKEYS,      C_MOVE, C_CLEAR,
                                    C_DONE};
    (void)state;
    for (size_t c = 0; c < COUNT_OF(droppers); c++)
        for (int what = 0; what < FACTORY_ACTS + ACTS; what++)
            for (int how = 0; how < 8; how++) {
                long k = 1;
                ROW(call_names[droppers[c]]);
                while (
                    changes_at(how, ON_DROP, PILA_FACTORY_VALUE, droppers[c], what, k))
                    k++;
                CHECK(k > 1); /* something was dropped */
            }
    ROW(NULL);
}

/* ---- walks ---- */

/* >>> for k in d: d[k + 1]   # a value made is a key added; one found is not */
static void mutate_while_iter(void **state)
{
    (void)state;
    for (size_t t = 0; t < KEY_TYPES; t++)
        for (int kind = 1; kind <= PILA_FACTORY_CALL; kind++) {
            pila_defaultdict d;
            maker m = {&d, &thing_type, 0, QUIET, 0, 1};
            int64_t value;
            setup_row("mutate_while_iter");
            init(&d, key_type_at(t), &thing_type);
            CHECK_OK(fill(&d.dict, 1, 6));
            give_factory(&d, (pila_factory_kind)kind, &m);
            pila_iter it = pila_dict_items(&d.dict);
            CHECK(pila_next_item(&it));
            CHECK_INT(find(&d, 3), 30);
            CHECK(pila_next_item(&it));
            if (kind == PILA_FACTORY_CALL) {
                CHECK_STATUS(try_find(&d, 50, &value), THING_FAULT);
                CHECK(pila_next_item(&it)); /* a fault changes nothing */
            }
            CHECK_OK(try_find(&d, 50, &value));
            CHECK(!pila_next_item(&it));
            CHECK_STATUS(it.status, PILA_EMUTATED);
            pila_iter_drop(&it);
            pila_defaultdict_done(&d);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* ---- against a naive model ---- */

enum { MODEL_KEYS = 60 };
enum { FAULT_LOST = 1, FAULT_STALE, FAULT_ORDER, FAULTS };

typedef struct model {
    int64_t value[MODEL_KEYS], at[MODEL_KEYS]; /* when it came in; 0: it is not there */
    int64_t clock, makes;                      /* what the factory makes now */
    bool has_factory;
    int fault;
} model;

static void model_put(model *m, int64_t k, int64_t v)
{
    if (!m->at[k] || (m->fault == FAULT_ORDER && k == 7)) m->at[k] = ++m->clock;
    m->value[k] = v;
}

static bool model_agrees(const model *m, const pila_dict *d)
{
    pila_iter it = pila_dict_items(d);
    int64_t key, value, before = 0;
    size_t n = 0, live = 0;
    const char *item;

    for (; (item = pila_next_item(&it)) != NULL; n++) {
        item_numbers(&d->types, item, &key, &value);
        if (m->at[key] <= before || m->value[key] != value) return false;
        before = m->at[key];
    }
    for (int k = 0; k < MODEL_KEYS; k++) live += m->at[k] != 0;
    return live == n;
}

static void model_set_factory(model *m, pila_defaultdict *d, maker *made, uint64_t how)
{
    if (m->fault != FAULT_STALE || how != 2) m->makes = (int64_t[]){0, 0, 123, 77}[how];
    m->has_factory = how != 0;
    if (how == 0) pila_defaultdict_default_call(d, NULL, NULL);
    else if (how == 1) pila_defaultdict_default_empty(d);
    else if (how == 2) CHECK_OK(default_value(d, 123));
    else pila_defaultdict_default_call(d, maker_make, made);
}

static bool model_find(model *m, pila_defaultdict *d, int64_t k)
{
    int64_t got = -1;
    pila_status st = try_find(d, k, &got);

    if (!m->at[k] && m->has_factory) model_put(m, k, m->makes);
    if (!m->at[k]) return st == PILA_EKEY;
    if (m->fault == FAULT_LOST && k == 5) m->at[k] = 0;
    return st == PILA_OK && got == m->value[k];
}

static void model_renew(pila_defaultdict *d, uint64_t how)
{
    pila_defaultdict out;

    if (how == 0) {
        CHECK_OK(pila_defaultdict_copy(d, d));
        return;
    }
    init(&out, d->dict.types.first, d->dict.types.second);
    if (how == 1) CHECK_OK(pila_defaultdict_or(&out, d, &d->dict));
    else CHECK_OK(pila_defaultdict_ror(&out, &d->dict, d));
    pila_defaultdict_move(d, &out);
    pila_defaultdict_done(&out);
}

static bool model_step(model *m, pila_defaultdict *d, maker *made, check_rng *r)
{
    uint64_t what = check_rng_below(r, 100);
    int64_t k = (int64_t)check_rng_below(r, MODEL_KEYS), v = (int64_t)what;

    if (what < 50) return model_find(m, d, k);
    if (what < 65) {
        set(&d->dict, k, v);
        model_put(m, k, v);
    } else if (what < 90) {
        if (try_del(&d->dict, k) != (m->at[k] ? PILA_OK : PILA_EKEY)) return false;
        m->at[k] = 0;
    } else if (what < 95) model_set_factory(m, d, made, check_rng_below(r, 4));
    else if (what < 99) model_renew(d, check_rng_below(r, 3));
    else if (check_rng_below(r, 8) == 0) {
        pila_dict_clear(&d->dict);
        memset(m->at, 0, sizeof m->at);
    }
    return true;
}

static bool model_run(const pila_type *kt, const pila_type *vt, int steps, int fault)
{
    model m = {.fault = fault};
    pila_defaultdict d;
    maker made = {&d, vt, 0, QUIET, 0, 0};
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    init(&d, kt, vt);
    for (int k = 0; k < steps && good; k++) {
        CHECK(valid(&d.dict));
        good = model_step(&m, &d, &made, &r) && model_agrees(&m, &d.dict);
        CHECK(valid(&d.dict));
    }
    pila_defaultdict_done(&d);
    check_alloc_stop();
    return good;
}

static void a_model_agrees(void **state)
{
    (void)state;
    stage_clear();
    hashed_as = NULL;
    for (size_t kt = 0; kt < KEY_TYPES; kt++)
        for (int vt = 0; vt < SAMPLE_TYPES; vt++) {
            ROW(key_type_at(kt)->name);
            CHECK(model_run(key_type_at(kt), sample_type(vt), 5000, 0));
        }
    hashed_as = hashed_alike;
    CHECK(model_run(&hashed_thing, &thing_type, 5000, 0));
    hashed_as = NULL;
    for (int fault = 1; fault < FAULTS; fault++) /* and it would have told */
        CHECK(!model_run(&pila_i64, &pila_i64, 20000, fault));
    ROW(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(typed_dicts_work_together),
        cmocka_unit_test(groups_hold_lists),
        cmocka_unit_test(defaultdicts_nest),
        cmocka_unit_test(other_types_work_too),
        cmocka_unit_test(every_kind_of_key_is_found),
        cmocka_unit_test(only_find_asks_the_factory),
        cmocka_unit_test(a_fault_of_hash_is_no_missing_key),
        cmocka_unit_test(a_missing_key_is_hashed_once),
        cmocka_unit_test(factory_fails_at_k),
        cmocka_unit_test(a_drop_while_storing_is_seen),
        cmocka_unit_test(a_factory_may_end_its_dict),
        cmocka_unit_test(keys_may_be_lent_by_the_dict),
        cmocka_unit_test(what_a_type_lacks_is_named),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(reserve_wraparound),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(any_allocation_of_groups_may_fail),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(callbacks_may_change_the_dict),
        cmocka_unit_test(reenter_from_drop),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(a_model_agrees),
    };
    return cmocka_run_group_tests_name("collections/defaultdict", tests, NULL, NULL);
}
