/* test_chainmap.c - the promises of chainmap.h; rows decided by CPython are in
 * chainmap_rows.h. */
#include "check.h"
#include "hashed.h"

#include <inttypes.h>
#include <pthread.h>

#include <pila/collections/chainmap.h>

PILA_DICT(Ints, int, int)
PILA_CHAINMAP(Chain, Ints)
PILA_DICT(Texts, pila_string, pila_string)
PILA_CHAINMAP(TextChain, Texts)

/* ---- helpers ---- */

static void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    hashed_as = NULL;
    check_alloc_start();
}

/* The invariant: whoever counts an owned map is in some chain, special is right. */
static bool valid_chain(const pila__chain *c)
{
    size_t special = 0;

    for (size_t i = 0; i < c->count; i++)
        special += c->maps[i].kind != PILA_MAPPING_DICT;
    return special == c->special && (c->maps || !c->count) && !(c->bare && c->count);
}

static bool valid(const pila_chainmap *c) { return valid_chain(&c->base); }

static pila_str repr_of(const pila_chainmap *c)
{
    static pila_buf text;
    static char copy[4096];

    CHECK_OK(pila_chainmap_repr(c, &text));
    CHECK(text.len < sizeof copy);
    memcpy(copy, text.data, text.len);
    pila_str view = pila_str_of(copy, text.len);
    pila_buf_done(&text);
    return view;
}

/* ---- maps from text, as chainmap_rows.py has them ---- */

enum { PARTS = 16 };

typedef struct parts { /* what a text made, for the end of the test */
    pila_defaultdict dicts[PARTS];
    pila_chainmap chains[PARTS];
    size_t dict_count, chain_count;
    const pila_type *type;
} parts;

static void parts_start(parts *p, const pila_type *type)
{
    p->dict_count = p->chain_count = 0;
    p->type = type;
}

static void parts_end(parts *p)
{
    while (p->chain_count) pila_chainmap_done(&p->chains[--p->chain_count]);
    while (p->dict_count) pila_defaultdict_done(&p->dicts[--p->dict_count]);
}

static pila_mapping parse_dict(parts *p, const char **text)
{
    bool factory = **text == 'd';
    pila_defaultdict *d = &p->dicts[p->dict_count++];
    int64_t key, value;
    int used;
    sample k, v;

    CHECK_OK(pila_defaultdict_init(d, p->type, p->type));
    *text += factory ? 2 : 1;
    while (sscanf(*text, "%" SCNd64 ": %" SCNd64 "%n", &key, &value, &used) == 2) {
        CHECK_OK(pila_dict_set(&d->dict, sample_of(p->type, key, &k),
                               sample_of(p->type, value, &v)));
        *text += used;
        *text += strspn(*text, ", ");
    }
    ++*text; /* the brace */
    if (!factory) return pila_mapping_dict(&d->dict);
    pila_defaultdict_default_empty(d);
    return pila_mapping_defaultdict(d);
}

static void parse_maps(parts *p, pila_chainmap *c, const char **text)
{
    pila_mapping maps[PARTS];
    size_t n = 0;

    for (; **text && **text != ')'; *text += strspn(*text, " ")) {
        if (**text != '(') maps[n++] = parse_dict(p, text);
        else {
            pila_chainmap *inner = &p->chains[p->chain_count++];
            CHECK_OK(pila_chainmap_init(inner, p->type, p->type));
            ++*text;
            parse_maps(p, inner, text);
            ++*text;
            maps[n++] = pila_mapping_chain(inner);
        }
    }
    CHECK_OK(pila_chainmap_set_maps(c, maps, n));
}

/* A chain of what the text says, in *p. */
static pila_chainmap *parse(parts *p, const char *text)
{
    pila_chainmap *c = &p->chains[p->chain_count++];
    int on = stage.on;

    stage.on = 0; /* the callbacks are not watched yet */
    CHECK_OK(pila_chainmap_init(c, p->type, p->type));
    parse_maps(p, c, &text);
    stage.on = on;
    return c;
}

/* ---- rows of CPython ---- */

typedef enum chain_op {
    FIND,
    GET,
    IN,
    LEN,
    BOOL,
    KEYS,
    VALUES,
    ITEMS,
    SET,
    DEL,
    POP,
    POPITEM,
    CLEAR,
    SETDEFAULT,
    EQ,
    MERGE,
    MERGE_SELF,
    UPDATE,
    OR,
    ROR,
    NEW_CHILD,
    NEW_CHILD_OF,
    PARENTS,
    COPY,
    APPEND,
    /* not in the rows of CPython */
    FROMKEYS,
    MAP,
    SET_MAPS,
    REPR
} chain_op;

typedef struct chain_row {
    const char *text, *maps;
    chain_op op;
    int64_t k, v;
    const char *other;
    pila_status status;
    const char *result, *repr;
} chain_row;

static const chain_row rows[] = {
#include "chainmap_rows.h"
};

static void put_number(pila_buf *out, int64_t x) { CHECK_OK(pila_buf_add_int(out, x)); }

static pila_status run_look(pila_chainmap *c, const chain_row *r, pila_buf *out)
{
    const pila_type *t = c->types.first;
    size_t n = 0;
    bool yes = false;
    void *at = NULL;
    const void *got = NULL;
    sample k, v;
    pila_status st;

    sample_of(t, r->k, &k);
    sample_of(t, r->v, &v);
    switch (r->op) {
    case FIND: st = pila_chainmap_find(c, &k, &at); break;
    case GET:
        st = pila_chainmap_get(c, &k, &v, &got);
        at = (void *)(uintptr_t)got;
        break;
    case SETDEFAULT: st = pila_chainmap_setdefault(c, &k, &v, &at); break;
    case IN: st = pila_chainmap_contains(c, &k, &yes); break;
    case BOOL: st = pila_chainmap_any(c, &yes); break;
    default: st = pila_chainmap_len(c, &n);
    }
    if (st != PILA_OK) return st;
    if (r->op == FIND || r->op == GET || r->op == SETDEFAULT)
        put_number(out, sample_value(t, at));
    else put_number(out, r->op == LEN ? (int64_t)n : yes);
    return PILA_OK;
}

static pila_status run_walk(pila_chainmap *c, chain_op op, pila_buf *out)
{
    pila_iter it = op == KEYS     ? pila_chainmap_keys(c)
                   : op == VALUES ? pila_chainmap_values(c)
                                  : pila_chainmap_items(c);
    const char *item, *between = "[";
    pila_status st;

    while ((item = (const char *)pila_next_item(&it)) != NULL) {
        CHECK_OK(pila_buf_add(out, pila_cstr(between)));
        between = ", ";
        if (op == ITEMS) CHECK_OK(pila_buf_add_char(out, '('));
        put_number(out, sample_value(c->types.first, item));
        if (op != ITEMS) continue;
        CHECK_OK(pila_buf_add(out, pila_cstr(", ")));
        put_number(out, sample_value(c->types.second, item + c->types.second_at));
        CHECK_OK(pila_buf_add_char(out, ')'));
    }
    if (between[0] == '[') CHECK_OK(pila_buf_add_char(out, '['));
    CHECK_OK(pila_buf_add_char(out, ']'));
    st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status run_take(pila_chainmap *c, const chain_row *r, pila_buf *out)
{
    const pila_type *t = c->types.first;
    sample k, v;
    int64_t key;
    pila_status st;

    if (r->op == POP) {
        st = pila_chainmap_pop(c, sample_of(t, r->k, &k), &v);
        if (st != PILA_OK) return st;
        put_number(out, sample_value(t, &v));
    } else {
        st = pila_chainmap_popitem(c, &k, &v);
        if (st != PILA_OK) return st;
        key = sample_value(t, &k);
        char text[64];
        sprintf(text, "(%lld, %lld)", (long long)key, (long long)sample_value(t, &v));
        CHECK_OK(pila_buf_add(out, pila_cstr(text)));
        pila_type_drop(t, &k);
    }
    pila_type_drop(t, &v);
    return PILA_OK;
}

static pila_status run_update(pila_chainmap *c, const chain_row *r)
{
    pila_dict pairs;
    sample k, v;
    pila_status st;

    CHECK_OK(pila_dict_init(&pairs, c->types.first, c->types.second));
    st = pila_dict_set(&pairs, sample_of(c->types.first, r->k, &k),
                       sample_of(c->types.first, r->v, &v));
    if (st == PILA_OK)
        st = pila_dict_set(&pairs, sample_of(c->types.first, 1, &k),
                           sample_of(c->types.first, 8, &v));
    if (st == PILA_OK) st = pila_chainmap_update(c, pila_dict_items(&pairs));
    pila_dict_done(&pairs);
    return st;
}

static pila_status run_change(pila_chainmap *c, const chain_row *r)
{
    const pila_type *t = c->types.first;
    sample k, v;

    switch (r->op) {
    case SET:
        return pila_chainmap_set(c, sample_of(t, r->k, &k), sample_of(t, r->v, &v));
    case DEL: return pila_chainmap_del(c, sample_of(t, r->k, &k));
    case CLEAR: return pila_chainmap_clear(c);
    case UPDATE: return run_update(c, r);
    case MERGE_SELF: return pila_chainmap_merge(c, pila_mapping_chain(c));
    default: return PILA_EUSER;
    }
}

/* What makes a chain: shown, and then it ends. */
static pila_status run_make(pila_chainmap *c, const chain_row *r, parts *p,
                            pila_buf *out)
{
    pila_chainmap made;
    pila_mapping m = pila_mapping_chain(c);
    pila_status st;

    CHECK_OK(pila_chainmap_init(&made, &pila_i8, &pila_view)); /* another type before */
    if (r->other[0]) CHECK_OK(pila_chainmap_map(parse(p, r->other), 0, &m));
    switch (r->op) {
    case OR: st = pila_chainmap_or(&made, c, m); break;
    case ROR: st = pila_chainmap_ror(&made, (pila_dict *)m.map, c); break;
    case NEW_CHILD: st = pila_chainmap_new_child(&made, c, NULL); break;
    case NEW_CHILD_OF: st = pila_chainmap_new_child(&made, c, &m); break;
    case PARENTS: st = pila_chainmap_parents(&made, c); break;
    case COPY: st = pila_chainmap_copy(&made, c); break;
    case FROMKEYS:
        pila_chainmap_done(&made);
        CHECK_OK(pila_chainmap_init(&made, c->types.first, c->types.second));
        st = pila_chainmap_fromkeys(&made, pila_chainmap_keys(c), NULL);
        break;
    default: st = PILA_EUSER;
    }
    CHECK(valid(&made));
    if (st == PILA_OK) st = pila_chainmap_repr(&made, out);
    pila_chainmap_done(&made);
    return st;
}

static pila_status run_with(pila_chainmap *c, const chain_row *r, parts *p,
                            pila_buf *out)
{
    pila_mapping m;
    bool yes = false;
    pila_status st = pila_chainmap_map(parse(p, r->other), 0, &m);

    if (st != PILA_OK) return st;
    if (r->op == APPEND) return pila_chainmap_append_map(c, m);
    if (r->op == MERGE) return pila_chainmap_merge(c, m);
    st = pila_chainmap_eq(c, m, &yes);
    if (st == PILA_OK) put_number(out, yes);
    return st;
}

static pila_status run_row(pila_chainmap *c, const chain_row *r, parts *p,
                           pila_buf *out)
{
    switch (r->op) {
    case FIND:
    case GET:
    case SETDEFAULT:
    case IN:
    case BOOL:
    case LEN: return run_look(c, r, out);
    case KEYS:
    case VALUES:
    case ITEMS: return run_walk(c, r->op, out);
    case POP:
    case POPITEM: return run_take(c, r, out);
    case OR:
    case ROR:
    case NEW_CHILD:
    case NEW_CHILD_OF:
    case PARENTS:
    case FROMKEYS:
    case COPY: return run_make(c, r, p, out);
    case EQ:
    case MERGE:
    case APPEND: return run_with(c, r, p, out);
    default: return run_change(c, r);
    }
}

static bool has_factory(const chain_row *r)
{
    return strchr(r->maps, 'd') || strchr(r->other, 'd');
}

static void rows_of_cpython_hold(void **state)
{
    static parts p;
    char row[256];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows) * 3; k++) {
        static const pila_type *const types[] = {&pila_i64, &hashed_thing,
                                                 &hashed_bulky};
        const chain_row *r = &rows[k / 3];
        pila_buf out = {0};
        pila_chainmap *c;
        if (k % 3 && has_factory(r)) continue; /* it would be shown by another name */
        snprintf(row, sizeof row, "%s: %s", r->maps, r->text);
        setup_row(row);
        parts_start(&p, types[k % 3]);
        c = parse(&p, r->maps);
        CHECK_STATUS(run_row(c, r, &p, &out), r->status);
        if (r->status == PILA_OK) CHECK_TEXT(pila_buf_view(&out), r->result);
        pila_buf_done(&out);
        CHECK_TEXT(repr_of(c), r->repr);
        CHECK(valid(c));
        parts_end(&p);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- chains in themselves, chains too deep ---- */

/* c = ChainMap({1: 2}); c.maps.append(c), and the other way round; from CPython. */
static void chains_in_themselves(void **state)
{
    static const struct {
        const char *text;
        bool itself_first;
        chain_row does;
        const char *result;
    } table[] = {
#define DOES(op, k, other, status) {"", "", op, k, 0, other, status, "", ""}
        {"what comes before is found", false, DOES(FIND, 1, "", PILA_OK), "2"},
        {"a miss has no end", false, DOES(FIND, 9, "", PILA_ELIMIT), ""},
        {"in, found", false, DOES(IN, 1, "", PILA_OK), "1"},
        {"in, a miss", false, DOES(IN, 9, "", PILA_ELIMIT), ""},
        {"get, found", false, DOES(GET, 1, "", PILA_OK), "2"},
        {"get, a miss", false, DOES(GET, 9, "", PILA_ELIMIT), ""},
        {"setdefault, found", false, DOES(SETDEFAULT, 1, "", PILA_OK), "2"},
        {"setdefault, a miss", false, DOES(SETDEFAULT, 9, "", PILA_ELIMIT), ""},
        {"len", false, DOES(LEN, 0, "", PILA_ELIMIT), ""},
        {"keys", false, DOES(KEYS, 0, "", PILA_ELIMIT), ""},
        {"values", false, DOES(VALUES, 0, "", PILA_ELIMIT), ""},
        {"items", false, DOES(ITEMS, 0, "", PILA_ELIMIT), ""},
        {"bool", false, DOES(BOOL, 0, "", PILA_OK), "1"},
        {"==", false, DOES(EQ, 0, "{1: 2}", PILA_ELIMIT), ""},
        {"copy", false, DOES(COPY, 0, "", PILA_OK),
         "ChainMap({1: 2}, ChainMap({1: 2}, ...))"},
        {"set, first", true, DOES(SET, 1, "", PILA_ELIMIT), ""},
        {"find, first", true, DOES(FIND, 1, "", PILA_ELIMIT), ""},
        {"setdefault, first", true, DOES(SETDEFAULT, 1, "", PILA_ELIMIT), ""},
        {"del, first", true, DOES(DEL, 1, "", PILA_ELIMIT), ""},
        {"pop, first", true, DOES(POP, 1, "", PILA_ELIMIT), ""},
        {"popitem, first", true, DOES(POPITEM, 1, "", PILA_ELIMIT), ""},
        {"clear, first", true, DOES(CLEAR, 1, "", PILA_ELIMIT), ""},
        {"update, first", true, DOES(UPDATE, 1, "", PILA_ELIMIT), ""},
        {"|=, first", true, DOES(MERGE, 1, "{1: 2}", PILA_ELIMIT), ""},
        {"|, first", true, DOES(OR, 1, "{1: 2}", PILA_ELIMIT), ""},
        {"copy, first", true, DOES(COPY, 1, "", PILA_ELIMIT), ""},
        {"bool, first", true, DOES(BOOL, 1, "", PILA_ELIMIT), ""},
        {"r|, first", true, DOES(ROR, 1, "{1: 2}", PILA_ELIMIT), ""},
        {"new_child, first", true, DOES(NEW_CHILD, 1, "", PILA_OK),
         "ChainMap({}, ChainMap(..., {1: 2}), {1: 2})"},
        {"parents, first", true, DOES(PARENTS, 1, "", PILA_OK), "ChainMap({1: 2})"},
#undef DOES
    };
    static parts p;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table) * 2; k++) {
        pila_buf out = {0};
        pila_chainmap *c, *corner;
        pila_mapping m, both[2];
        bool round = k % 2; /* a corner, by way of another chain */
        if (round && table[k / 2].result[0] == 'C') continue; /* shown otherwise */
        setup_row(table[k / 2].text);
        parts_start(&p, &pila_i64);
        c = parse(&p, "{1: 2}");
        corner = parse(&p, "{}");
        CHECK_OK(pila_chainmap_map(c, 0, &m));
        both[0] = pila_mapping_chain(c);
        if (round) {
            CHECK_OK(pila_chainmap_set_maps(corner, both, 1));
            both[0] = pila_mapping_chain(corner);
        }
        both[1] = m;
        if (!table[k / 2].itself_first) CHECK_OK(pila_chainmap_append_map(c, both[0]));
        else CHECK_OK(pila_chainmap_set_maps(c, both, 2));
        CHECK_STATUS(run_row(c, &table[k / 2].does, &p, &out),
                     table[k / 2].does.status);
        if (table[k / 2].does.status == PILA_OK)
            CHECK_TEXT(pila_buf_view(&out), table[k / 2].result);
        pila_buf_done(&out);
        if (!round)
            CHECK_TEXT(repr_of(c), table[k / 2].itself_first ? "ChainMap(..., {1: 2})"
                                                             : "ChainMap({1: 2}, ...)");
        CHECK(valid(c));
        parts_end(&p);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void chains_too_deep(void **state)
{
    static const chain_op ops[] = {FIND, IN,  LEN,     KEYS, ITEMS, BOOL,
                                   SET,  DEL, POPITEM, COPY, REPR};
    static pila_chainmap chains[PILA_CHAINMAP_DEPTH + 1];
    static parts p;
    pila_dict d;
    int64_t one = 1;

    (void)state;
    setup_row("as deep as may be, and one deeper");
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    CHECK_OK(pila_dict_set(&d, &one, &one));
    parts_start(&p, &pila_i64);
    for (size_t k = 0; k <= PILA_CHAINMAP_DEPTH; k++) {
        pila_mapping m = k ? pila_mapping_chain(&chains[k - 1]) : pila_mapping_dict(&d);
        CHECK_OK(pila_chainmap_init(&chains[k], &pila_i64, &pila_i64));
        CHECK_OK(pila_chainmap_set_maps(&chains[k], &m, 1));
    }
    for (size_t k = 0; k < COUNT_OF(ops) * 2; k++) {
        pila_chainmap *c = &chains[PILA_CHAINMAP_DEPTH - k % 2];
        chain_row does = {"", "", ops[k / 2], 1, 1, "", PILA_OK, "", ""};
        pila_buf out = {0};
        pila_status st;
        CHECK_OK(pila_dict_set(&d, &one, &one));
        if (ops[k / 2] == REPR) st = pila_chainmap_repr(c, &out);
        else st = run_row(c, &does, &p, &out);
        /* the copy's repr is of what was a chain in the chain: just as deep */
        CHECK_STATUS(st, k % 2 ? PILA_OK : PILA_ELIMIT);
        pila_buf_done(&out);
    }
    for (size_t k = 0; k <= PILA_CHAINMAP_DEPTH; k++) pila_chainmap_done(&chains[k]);
    pila_dict_done(&d);
    check_alloc_stop();
}

/* ---- the typed face ---- */

static void typed_face_says_the_same(void **state)
{
    Ints d = {0}, e = {0}, *own = NULL;
    Chain c = {0}, child = {0}, other = {0};
    int *at = NULL, x = 0, key = 0;
    size_t n = 9;
    bool yes = true;
    pila_buf text = {0};
    int64_t sum = 0;

    (void)state;
    setup_row("the typed face");
    CHECK_INT(Chain_map_count(&c), 1);
    CHECK_OK(Chain_any(&c, &yes));
    CHECK(!yes);
    CHECK_OK(Chain_len(&c, &n));
    CHECK_INT(n, 0);
    CHECK_STATUS(Chain_find(&c, 1, &at), PILA_EKEY);
    CHECK_STATUS(Chain_del(&c, 1), PILA_EKEY);
    CHECK_STATUS(Chain_popitem(&c, &key, &x), PILA_EKEY);
    CHECK_OK(Chain_clear(&c));
    CHECK_OK(Chain_set(&c, 1, 10));
    CHECK_OK(Ints_set(&d, 2, 20));
    CHECK_OK(Ints_set(&d, 1, 11));
    CHECK_OK(Ints_set(&e, 3, 30));
    CHECK_OK(Chain_append_map(&c, &d));
    CHECK_OK(Chain_new_child(&child, &c, &e));
    CHECK_OK(Chain_find(&child, 2, &at));
    CHECK(*at == 20);
    CHECK_OK(Chain_get(&child, 9, -1, &x));
    CHECK_INT(x, -1);
    CHECK_OK(Chain_get(&child, 1, -1, &x));
    CHECK_INT(x, 10);
    CHECK_OK(Chain_contains(&child, 3, &yes));
    CHECK(yes);
    CHECK_OK(Chain_contains(&c, 3, &yes));
    CHECK(!yes);
    CHECK_OK(Chain_len(&child, &n));
    CHECK_INT(n, 3);
    CHECK_OK(Chain_repr(&child, &text));
    CHECK_TEXT(pila_buf_view(&text), "ChainMap({3: 30}, {1: 10}, {2: 20, 1: 11})");
    pila_iter it = Chain_items(&child);
    PILA_FOR(Ints_item, pair, &it) {
        sum = sum * 100 + pair->key * 10 + pair->value / 10;
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(sum, 221133);
    pila_iter_drop(&it);
    it = Chain_keys(&child);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    pila_iter_drop(&it);
    it = Chain_values(&child);
    CHECK_INT(pila_iter_length_hint(&it), 0); /* not made yet */
    CHECK_INT(*(const int *)pila_next(&it, sizeof(int)), 20);
    CHECK_INT(pila_iter_length_hint(&it), 2);
    pila_iter_drop(&it);
    CHECK_OK(Chain_map(&c, 0, &own));
    CHECK_INT(Ints_len(own), 1);
    CHECK_OK(Chain_map(&c, -1, &own));
    CHECK(own == &d);
    CHECK_STATUS(Chain_map(&c, 2, &own), PILA_EINDEX);
    CHECK_STATUS(Chain_map(&c, -3, &own), PILA_EINDEX);
    CHECK_OK(Chain_setdefault(&child, 1, 5, &at));
    CHECK(*at == 10);
    CHECK_OK(Chain_setdefault(&child, 7, 70, &at));
    CHECK(*at == 70 && Ints_len(&e) == 2);
    CHECK_OK(Chain_setdefault(&child, 8, 80, NULL));
    CHECK_OK(Chain_pop(&child, 8, &x));
    CHECK_INT(x, 80);
    CHECK_STATUS(Chain_pop(&child, 2, &x), PILA_EKEY);
    CHECK_OK(Chain_del(&child, 7));
    CHECK_OK(Chain_copy(&other, &child));
    CHECK_OK(Chain_eq_chain(&other, &child, &yes));
    CHECK(yes);
    CHECK_OK(Chain_set(&other, 3, 31));
    CHECK_OK(Chain_eq_chain(&other, &child, &yes));
    CHECK(!yes);
    CHECK_OK(Chain_eq(&child, &d, &yes));
    CHECK(!yes);
    CHECK_OK(Chain_merge_chain(&other, &child));
    CHECK_OK(Chain_merge(&other, &d));
    CHECK_OK(Chain_eq(&other, &e, &yes));
    CHECK(!yes);
    CHECK_OK(Chain_update(&other, Ints_items(&e)));
    CHECK_OK(Chain_or(&other, &child, &d));
    CHECK_OK(Chain_or_chain(&other, &other, &c));
    pila_buf_clear(&text);
    CHECK_OK(Chain_repr(&other, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "ChainMap({3: 30, 2: 20, 1: 10}, {1: 10}, {2: 20, 1: 11})");
    CHECK_OK(Chain_ror(&other, &e, &c));
    pila_buf_clear(&text);
    CHECK_OK(Chain_repr(&other, &text));
    CHECK_TEXT(pila_buf_view(&text), "ChainMap({3: 30, 2: 20, 1: 10})");
    CHECK_OK(Chain_parents(&child, &child));
    CHECK_INT(Chain_map_count(&child), 2);
    CHECK_OK(Chain_fromkeys(&other, Chain_keys(&child), 4));
    CHECK_OK(Chain_popitem(&other, &key, &x));
    CHECK(key == 1 && x == 4);
    CHECK_OK(Chain_clear(&other));
    pila_mapping maps[] = {Chain_mapping(&d), Chain_mapping(&e)};
    CHECK_OK(Chain_set_maps(&other, maps, 2));
    CHECK_OK(Chain_set(&other, 5, 5));
    CHECK_INT(Ints_len(&d), 3);
    Chain_move(&child, &other);
    CHECK_INT(Chain_map_count(&other), 1);
    CHECK_OK(Chain_set_maps(&other, NULL, 0));
    CHECK_STATUS(Chain_set(&other, 1, 1), PILA_EINDEX);
    CHECK_INT(Chain_map_count(&other), 0);
    Chain_done(&child);
    Chain_done(&c);
    Chain_done(&c);
    Chain_done(&other);
    CHECK_OK(Chain_set(&other, 1, 1)); /* as new */
    Chain_done(&other);
    Ints_done(&d);
    Ints_done(&e);
    pila_buf_done(&text);
    check_alloc_stop();
}

static pila_string str(const char *text) { return pila_string_borrow(pila_cstr(text)); }

static void owned_strings(void **state)
{
    static const char a[] = "a key that is long", b[] = "another long key";
    Texts d = {0};
    TextChain c = {0}, merged = {0};
    pila_string *at = NULL, value;
    pila_buf text = {0};
    bool yes;

    (void)state;
    setup_row("keys and values that own memory");
    CHECK_OK(Texts_set(&d, str(a), str("a value that is long")));
    CHECK_OK(Texts_set(&d, str(b), str("short")));
    CHECK_OK(TextChain_append_map(&c, &d));
    CHECK_OK(TextChain_set(&c, str(b), str("over the other, and long")));
    CHECK_OK(TextChain_find(&c, str(a), &at));
    CHECK_TEXT(pila_string_view(at), "a value that is long");
    CHECK_OK(TextChain_merge_chain(&c, &c)); /* lent from inside of it */
    CHECK_OK(TextChain_or_chain(&merged, &c, &c));
    CHECK_OK(TextChain_eq_chain(&merged, &c, &yes));
    CHECK(yes);
    CHECK_OK(TextChain_repr(&c, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "ChainMap({'another long key': 'over the other, and long', 'a key that "
               "is long': 'a value that is long'}, {'a key that is long': 'a value "
               "that is long', 'another long key': 'short'})");
    CHECK_OK(TextChain_pop(&c, str(a), &value));
    CHECK_TEXT(pila_string_view(&value), "a value that is long");
    pila_string_done(&value);
    pila_buf_done(&text);
    TextChain_done(&c);
    TextChain_done(&merged);
    Texts_done(&d);
    check_alloc_stop();
}

/* ---- whose the maps are ---- */

static void owned_maps_end_with_the_last_chain(void **state)
{
    pila_chainmap a, b, c;
    pila_mapping m;
    int64_t one = 1, two = 2;
    void *at = NULL;

    (void)state;
    setup_row("a child outlives its parents");
    CHECK_OK(pila_chainmap_init(&a, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_init(&b, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_init(&c, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_new_child(&b, &a, NULL)); /* a's dict is made for it */
    CHECK_OK(pila_chainmap_set(&a, &one, &two));
    CHECK_OK(pila_chainmap_find(&b, &one, &at));
    pila_chainmap_done(&a);
    CHECK_OK(pila_chainmap_find(&b, &one, &at));
    CHECK_INT(*(int64_t *)at, 2);
    CHECK_OK(pila_chainmap_parents(&c, &b));
    pila_chainmap_done(&b);
    CHECK_OK(pila_chainmap_find(&c, &one, &at));
    ROW("a map that was asked for goes back as owned, by its handle or its address");
    CHECK_OK(pila_chainmap_map(&c, 0, &m));
    CHECK_OK(pila_chainmap_set_maps(&c, &m, 1));
    CHECK_OK(pila_chainmap_set_maps(&a, &m, 1));
    m = pila_mapping_dict((pila_dict *)m.map);
    CHECK_OK(pila_chainmap_set_maps(&c, &m, 1));
    pila_chainmap_done(&a);
    CHECK_OK(pila_chainmap_append_map(&c, m)); /* twice the same */
    CHECK_OK(pila_chainmap_new_child(&c, &c, &m));
    CHECK_OK(pila_chainmap_set_maps(&c, &m, 1));
    CHECK_OK(pila_chainmap_find(&c, &one, &at));
    ROW("copies of chains in chains");
    m = pila_mapping_chain(&c);
    CHECK_OK(pila_chainmap_set_maps(&a, &m, 1));
    CHECK_OK(pila_chainmap_copy(&b, &a)); /* owns a chain that owns a dict */
    CHECK_OK(pila_chainmap_map(&b, 0, &m));
    CHECK_INT(m.kind, PILA_MAPPING_CHAIN);
    CHECK_OK(pila_chainmap_set((pila_chainmap *)m.map, &two, &two));
    CHECK_STATUS(pila_chainmap_find(&c, &two, &at), PILA_EKEY);
    CHECK_OK(pila_chainmap_find(&b, &two, &at));
    pila_chainmap_move(&a, &b);
    pila_chainmap_move(&a, &a);
    CHECK_OK(pila_chainmap_find(&a, &two, &at));
    CHECK_STATUS(pila_chainmap_find(&b, &two, &at), PILA_EKEY);
    pila_chainmap_done(&a);
    pila_chainmap_done(&c);
    check_alloc_stop();
}

static void copies_keep_their_factory(void **state)
{
    pila_defaultdict d;
    pila_chainmap c, e;
    pila_mapping m;
    int64_t one = 1;
    void *at = NULL;

    (void)state;
    setup_row("the copy of a defaultdict is one");
    CHECK_OK(pila_defaultdict_init(&d, &pila_i64, &pila_i64));
    pila_defaultdict_default_empty(&d);
    CHECK_OK(pila_chainmap_init(&c, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_init(&e, &pila_i64, &pila_i64));
    m = pila_mapping_defaultdict(&d);
    CHECK_OK(pila_chainmap_set_maps(&c, &m, 1));
    CHECK_OK(pila_chainmap_copy(&e, &c));
    CHECK_OK(pila_chainmap_find(&e, &one, &at));
    CHECK_INT(*(int64_t *)at, 0);
    CHECK_INT(pila_dict_len(&d.dict), 0);
    CHECK_TEXT(repr_of(&e), "ChainMap(defaultdict(<class 'int'>, {1: 0}))");
    pila_chainmap_done(&e);
    pila_chainmap_done(&c);
    pila_defaultdict_done(&d);
    check_alloc_stop();
}

/* ---- what changes while one looks ---- */

static void mutate_while_iter(void **state)
{
    static parts p;
    pila_chainmap *c;
    pila_iter it;
    sample k, v;
    int64_t seen = 0;

    (void)state;
    setup_row("keys that are added are not seen");
    parts_start(&p, &pila_i64);
    c = parse(&p, "{1: 1, 2: 2} {3: 3}");
    it = pila_chainmap_keys(c);
    PILA_FOR(int64_t, key, &it) {
        seen = 10 * seen + *key;
        CHECK_OK(pila_chainmap_set(c, sample_of(&pila_i64, *key + 100, &k),
                                   sample_of(&pila_i64, 0, &v)));
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(seen, 312);
    pila_iter_drop(&it);
    ROW("a key that is gone is a KeyError when its turn comes");
    it = pila_chainmap_items(c);
    CHECK(pila_next_item(&it));
    CHECK_OK(pila_chainmap_clear(c));
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EKEY);
    CHECK(!pila_next_item(&it));
    pila_iter_drop(&it);
    ROW("a value is looked up when its turn comes");
    parts_end(&p);
    c = parse(&p, "{1: 1} {3: 3, 4: 4}");
    it = pila_chainmap_values(c);
    seen = 0;
    PILA_FOR(int64_t, x, &it) {
        seen = 10 * seen + *x;
        CHECK_OK(pila_chainmap_set(c, sample_of(&pila_i64, 4, &k),
                                   sample_of(&pila_i64, 9, &v)));
    }
    CHECK_INT(seen, 391);
    pila_iter_drop(&it);
    ROW("items and values start when the first is asked for, keys at once");
    parts_end(&p);
    c = parse(&p, "{}");
    it = pila_chainmap_items(c);
    pila_iter keys = pila_chainmap_keys(c);
    CHECK_OK(
        pila_chainmap_set(c, sample_of(&pila_i64, 4, &k), sample_of(&pila_i64, 9, &v)));
    CHECK(pila_next_item(&it) && !pila_next_item(&it));
    CHECK(!pila_next_item(&keys));
    CHECK_STATUS(keys.status, PILA_END);
    pila_iter_drop(&it);
    pila_iter_drop(&keys);
    parts_end(&p);
    check_alloc_stop();
}

/* What a callback does to the chain that it was called for. */
static pila_chainmap *meddled;
static int meddle_how;

static void meddle(void *ctx)
{
    pila_mapping m;
    sample k, v;

    (void)ctx;
    switch (meddle_how) {
    case 0: CHECK_OK(pila_chainmap_set_maps(meddled, NULL, 0)); break;
    case 1:
        if (meddled->base.count) (void)!pila_chainmap_clear(meddled);
        break;
    case 2:
        if (pila_chainmap_map(meddled, -1, &m) == PILA_OK &&
            m.kind != PILA_MAPPING_CHAIN)
            pila_dict_clear((pila_dict *)m.map);
        break;
    case 3: pila_chainmap_done(meddled); break;
    case 4:
        (void)!pila_chainmap_set(meddled, sample_of(&hashed_thing, 77, &k),
                                 sample_of(&hashed_thing, 78, &v));
        break;
    default: CHECK_OK(pila_chainmap_new_child(meddled, meddled, NULL));
    }
}

enum { MEDDLES = 6 };

/* Chains of owned maps alone, so that a callback can end them. */
static void make_owned(pila_chainmap *c)
{
    sample k, v;

    CHECK_OK(pila_chainmap_init(c, &hashed_thing, &hashed_thing));
    for (int64_t map = 0; map < 3; map++) {
        if (map) CHECK_OK(pila_chainmap_new_child(c, c, NULL));
        for (int64_t key = map; key < map + 3; key++)
            CHECK_OK(pila_chainmap_set(c, sample_of(&hashed_thing, key, &k),
                                       sample_of(&hashed_thing, 10 * map + key, &v)));
    }
}

static const chain_row calling[] = {
    {"find", "", FIND, 1, 0, "", PILA_OK, "", ""},
    {"find nothing", "", FIND, 9, 0, "", PILA_OK, "", ""},
    {"get", "", GET, 0, 0, "", PILA_OK, "", ""},
    {"in", "", IN, 0, 0, "", PILA_OK, "", ""},
    {"len", "", LEN, 0, 0, "", PILA_OK, "", ""},
    {"keys", "", KEYS, 0, 0, "", PILA_OK, "", ""},
    {"values", "", VALUES, 0, 0, "", PILA_OK, "", ""},
    {"items", "", ITEMS, 0, 0, "", PILA_OK, "", ""},
    {"set", "", SET, 4, 9, "", PILA_OK, "", ""},
    {"set anew", "", SET, 9, 9, "", PILA_OK, "", ""},
    {"del", "", DEL, 3, 0, "", PILA_OK, "", ""},
    {"pop", "", POP, 3, 0, "", PILA_OK, "", ""},
    {"popitem", "", POPITEM, 0, 0, "", PILA_OK, "", ""},
    {"clear", "", CLEAR, 0, 0, "", PILA_OK, "", ""},
    {"setdefault", "", SETDEFAULT, 9, 9, "", PILA_OK, "", ""},
    {"setdefault what a callback sets", "", SETDEFAULT, 77, 9, "", PILA_OK, "", ""},
    {"update", "", UPDATE, 9, 9, "", PILA_OK, "", ""},
    {"merge itself", "", MERGE_SELF, 0, 0, "", PILA_OK, "", ""},
    {"merge", "", MERGE, 0, 0, "{0: 1, 3: 9, 8: 8}", PILA_OK, "", ""},
    {"==", "", EQ, 0, 0, "{0: 0, 1: 11, 2: 22, 3: 23, 4: 24}", PILA_OK, "", ""},
    {"|", "", OR, 0, 0, "{0: 1, 3: 9}", PILA_OK, "", ""},
    {"r|", "", ROR, 0, 0, "{0: 1, 3: 9}", PILA_OK, "", ""},
    {"copy", "", COPY, 0, 0, "", PILA_OK, "", ""},
    {"fromkeys", "", FROMKEYS, 0, 0, "", PILA_OK, "", ""},
    {"new_child", "", NEW_CHILD, 0, 0, "", PILA_OK, "", ""},
};

/* Every callback at its every call does every thing; ASan and the count of blocks are
 * the judges, and that the chain is whole and can be used. */
static void callbacks_may_change_the_chain(void **state)
{
    static parts p;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(calling) * MEDDLES; k++) {
        const chain_row *r = &calling[k / MEDDLES];
        for (long at = 1;; at++) {
            pila_chainmap c;
            pila_buf out = {0};
            long calls;
            setup_row(r->text);
            parts_start(&p, &hashed_thing);
            make_owned(&c);
            meddled = &c;
            meddle_how = (int)(k % MEDDLES);
            stage.on = ON_ANY;
            stage.act = meddle;
            stage.act_at = at;
            pila_status st = run_row(&c, r, &p, &out);
            CHECK(st == PILA_OK || st == PILA_EKEY || st == PILA_EMUTATED ||
                  st == PILA_EINDEX);
            calls = stage.calls;
            stage_clear();
            CHECK(valid(&c));
            (void)repr_of(&c);
            pila_buf_done(&out);
            pila_chainmap_done(&c);
            parts_end(&p);
            check_alloc_stop();
            if (calls < at) break;
        }
    }
    ROW(NULL);
}

static void compare_raises_at_k(void **state)
{
    static parts p;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(calling); k++) {
        const chain_row *r = &calling[k];
        for (long at = 1;; at++) {
            pila_chainmap c;
            pila_buf out = {0};
            pila_status st;
            long calls;
            setup_row(r->text);
            parts_start(&p, &hashed_thing);
            make_owned(&c);
            stage.on = ON_HASH | ON_EQ | ON_COPY | ON_REPR;
            stage.fail_at = at;
            st = run_row(&c, r, &p, &out);
            calls = stage.calls;
            stage_clear();
            CHECK(calls < at || st == THING_FAULT);
            CHECK(valid(&c));
            if (st == THING_FAULT && r->op != UPDATE && r->op != MERGE &&
                r->op != MERGE_SELF)
                CHECK_TEXT(repr_of(&c),
                           "ChainMap({2: 22, 3: 23, 4: 24}, {1: 11, 2: 12, "
                           "3: 13}, {0: 0, 1: 1, 2: 2})");
            pila_buf_done(&out);
            pila_chainmap_done(&c);
            parts_end(&p);
            check_alloc_stop();
            if (calls < at) break;
        }
    }
    ROW(NULL);
}

/* The dict that an empty chain has is made late, and still refuses such keys. */
static void an_empty_chain_asks_for_the_hash(void **state)
{
    pila_chainmap c;
    sample room;
    bool in = true;
    void *at = NULL;
    const void *value = NULL;

    (void)state;
    setup_row("ChainMap()");
    CHECK_OK(pila_chainmap_init(&c, &hashed_thing, &hashed_thing));
    const void *key = sample_of(&hashed_thing, 1, &room);
    for (int op = 0; op < 3; op++) {
        stage_clear();
        stage.on = ON_HASH;
        stage.fail_at = 1;
        CHECK((op == 0   ? pila_chainmap_find(&c, key, &at)
               : op == 1 ? pila_chainmap_get(&c, key, NULL, &value)
                         : pila_chainmap_contains(&c, key, &in)) == THING_FAULT);
    }
    stage_clear();
    CHECK_OK(pila_chainmap_contains(&c, key, &in));
    CHECK(!in && pila_chainmap_find(&c, key, &at) == PILA_EKEY);
    pila_chainmap_done(&c);
    check_alloc_stop();
    ROW(NULL);
}

static void reenter_from_drop(void **state)
{
    (void)state;
    for (int how = 0; how < MEDDLES; how++)
        for (long at = 1; at < 12; at++) {
            pila_chainmap c;
            setup_row("a drop that uses the chain that ends");
            make_owned(&c);
            meddled = &c;
            meddle_how = how;
            stage.on = ON_DROP;
            stage.act = meddle;
            stage.act_at = at;
            pila_chainmap_done(&c);
            stage_clear();
            CHECK(valid(&c));
            pila_chainmap_done(&c);
            check_alloc_stop();
        }
    ROW(NULL);
}

static pila_status make_fails(void *ctx, void *value)
{
    (void)value;
    return *(const pila_status *)ctx;
}

static void factories_may_fail(void **state)
{
    static const pila_status faults[] = {PILA_EKEY, PILA_EVALUE};
    static parts p;
    sample k;
    void *at = NULL;

    (void)state;
    for (size_t n = 0; n < COUNT_OF(faults); n++) {
        setup_row("a factory's KeyError means the next map, another fault is one");
        parts_start(&p, &pila_i64);
        pila_chainmap *c = parse(&p, "d{} {1: 5}");
        pila_defaultdict_default_call(&p.dicts[0], make_fails,
                                      (void *)(uintptr_t)&faults[n]);
        CHECK_STATUS(pila_chainmap_find(c, sample_of(&pila_i64, 1, &k), &at),
                     n ? PILA_EVALUE : PILA_OK);
        if (!n) CHECK_INT(*(int64_t *)at, 5);
        CHECK_STATUS(pila_chainmap_find(c, sample_of(&pila_i64, 2, &k), &at),
                     faults[n]);
        parts_end(&p);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- types ---- */

static void types_must_match(void **state)
{
    pila_dict keys, values;
    pila_chainmap c, other, *heap;
    pila_mapping m;
    int64_t one = 1;
    bool yes;

    (void)state;
    setup_row("keys or values of another type");
    CHECK_OK(pila_dict_init(&keys, &pila_i32, &pila_i64));
    CHECK_OK(pila_dict_init(&values, &pila_i64, &pila_f64));
    CHECK_OK(pila_chainmap_init(&c, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_init(&other, &pila_i64, &pila_u64));
    CHECK_OK(pila_chainmap_set(&c, &one, &one));
    for (int k = 0; k < 3; k++) {
        m = k == 0   ? pila_mapping_dict(&keys)
            : k == 1 ? pila_mapping_dict(&values)
                     : pila_mapping_chain(&other);
        CHECK_STATUS(pila_chainmap_set_maps(&c, &m, 1), PILA_ETYPE);
        CHECK_STATUS(pila_chainmap_append_map(&c, m), PILA_ETYPE);
        CHECK_STATUS(pila_chainmap_new_child(&c, &c, &m), PILA_ETYPE);
        CHECK_STATUS(pila_chainmap_merge(&c, m), PILA_ETYPE);
        CHECK_STATUS(pila_chainmap_or(&c, &c, m), PILA_ETYPE);
        CHECK_STATUS(pila_chainmap_eq(&c, m, &yes), PILA_ETYPE);
        if (k < 2)
            CHECK_STATUS(pila_chainmap_ror(&c, (pila_dict *)m.map, &c), PILA_ETYPE);
    }
    CHECK_STATUS(pila_chainmap_update(&c, pila_dict_items(&keys)), PILA_ETYPE);
    CHECK_STATUS(pila_chainmap_fromkeys(&c, pila_dict_keys(&keys), &one), PILA_ETYPE);
    CHECK_TEXT(repr_of(&c), "ChainMap({1: 1})");
    ROW("on the heap");
    heap = pila_chainmap_new(&pila_i64, &pila_i64);
    CHECK_OK(pila_chainmap_set(heap, &one, &one));
    pila_chainmap_move(&other, heap); /* and of its types */
    CHECK_TEXT(repr_of(&other), "ChainMap({1: 1})");
    CHECK(other.types.second == &pila_i64);
    pila_chainmap_free(heap);
    pila_chainmap_free(NULL);
    pila_chainmap_done(&c);
    pila_chainmap_done(&other);
    pila_dict_done(&keys);
    pila_dict_done(&values);
    check_alloc_stop();
}

static void every_kind_of_key(void **state)
{
    static const pila_type *const types[] = {&pila_i8,   &pila_i32, &pila_i64,
                                             &pila_u64,  &pila_f64, &pila_ptr,
                                             &pila_view, &pila_text};
    static const char text[] = "abcdefgh a longer one";

    (void)state;
    for (size_t k = 0; k < COUNT_OF(types); k++) {
        const pila_type *t = types[k];
        union {
            char bytes[16];
            double f64;
            pila_str view;
            pila_string string;
        } key[3];
        pila_chainmap c;
        const void *got = NULL;
        void *at = NULL;
        size_t n = 0;
        int64_t value = 5;
        bool in = false;
        setup_row(t->name);
        memset(key, 0, sizeof key);
        for (size_t i = 0; i < 3; i++) {
            if (t->kind == PILA_KIND_F64) key[i].f64 = (double)i;
            else if (t->kind == PILA_KIND_STR) key[i].view = pila_str_of(text, 5 * i);
            else if (t->kind == PILA_KIND_STRING)
                key[i].string = pila_string_borrow(pila_str_of(text, 10 * i));
            else key[i].bytes[0] = (char)(i + 1);
        }
        CHECK_OK(pila_chainmap_init(&c, t, &pila_i64));
        CHECK_OK(pila_chainmap_set(&c, &key[0], &value));
        CHECK_OK(pila_chainmap_new_child(&c, &c, NULL));
        CHECK_OK(pila_chainmap_set(&c, &key[1], &value));
        for (size_t i = 0; i < 3; i++) {
            CHECK_STATUS(pila_chainmap_find(&c, &key[i], &at),
                         i < 2 ? PILA_OK : PILA_EKEY);
            CHECK_OK(pila_chainmap_get(&c, &key[i], NULL, &got));
            CHECK((got != NULL) == (i < 2));
            CHECK_OK(pila_chainmap_contains(&c, &key[i], &in));
            CHECK(in == (i < 2));
        }
        CHECK_OK(pila_chainmap_len(&c, &n));
        CHECK_INT(n, 2);
        CHECK_OK(pila_chainmap_merge(&c, pila_mapping_chain(&c)));
        pila_iter it = pila_chainmap_values(&c);
        PILA_FOR(int64_t, x, &it) {
            n += (size_t)*x;
        }
        CHECK_INT(n, 12);
        pila_iter_drop(&it);
        pila_chainmap_done(&c);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void grow_overflow(void **state)
{
    static const pila_type huge = {PILA_KIND_OTHER,
                                   PTRDIFF_MAX,
                                   1,
                                   "huge",
                                   NULL,
                                   NULL,
                                   NULL,
                                   NULL,
                                   NULL,
                                   NULL,
                                   NULL};
    pila_chainmap c;

    (void)state;
    setup_row("an entry that is no size");
    CHECK_STATUS(pila_chainmap_init(&c, &pila_i64, &huge), PILA_EOVERFLOW);
    CHECK(!pila_chainmap_new(&huge, &huge));
    check_alloc_stop();
}

/* ---- allocation ---- */

static pila_status sweep_scenario(void *ctx)
{
    static parts p;
    const chain_row *r = ctx;
    pila_chainmap c;
    pila_buf out = {0};
    pila_mapping m;
    sample k, v;
    pila_status st = pila_buf_reserve(&out, 4096); /* for what is shown by the test */

    parts_start(&p, &hashed_thing);
    CHECK_OK(pila_chainmap_init(&c, &hashed_thing, &hashed_thing));
    if (st == PILA_OK)
        st = pila_chainmap_set(&c, sample_of(&hashed_thing, 1, &k),
                               sample_of(&hashed_thing, 5, &v));
    if (st == PILA_OK) st = pila_chainmap_new_child(&c, &c, NULL);
    if (st == PILA_OK)
        st = pila_chainmap_set(&c, sample_of(&hashed_thing, 3, &k),
                               sample_of(&hashed_thing, 6, &v));
    if (st == PILA_OK) {
        switch (r->op) {
        case MERGE: st = pila_chainmap_merge(&c, pila_mapping_chain(&c)); break;
        case EQ: {
            bool yes;
            st = pila_chainmap_eq(&c, pila_mapping_chain(&c), &yes);
            break;
        }
        case OR: st = pila_chainmap_or(&c, &c, pila_mapping_chain(&c)); break;
        case COPY: {
            pila_chainmap outer;
            m = pila_mapping_chain(&c);
            CHECK_OK(pila_chainmap_init(&outer, &hashed_thing, &hashed_thing));
            st = pila_chainmap_set_maps(&outer, &m, 1);
            if (st == PILA_OK) st = pila_chainmap_copy(&outer, &outer);
            CHECK(valid(&outer));
            pila_chainmap_done(&outer);
            break;
        }
        case NEW_CHILD: st = pila_chainmap_new_child(&c, &c, NULL); break;
        case PARENTS: st = pila_chainmap_parents(&c, &c); break;
        case FROMKEYS:
            st = pila_chainmap_fromkeys(&c, pila_chainmap_keys(&c),
                                        sample_of(&hashed_thing, 6, &v));
            break;
        case REPR: st = pila_chainmap_repr(&c, &out); break;
        case APPEND:
            CHECK_OK(pila_chainmap_map(&c, 0, &m));
            st = pila_chainmap_append_map(&c, m);
            break;
        case SET_MAPS:
            CHECK_OK(pila_chainmap_map(&c, 0, &m));
            st = pila_chainmap_set_maps(&c, &m, 1);
            break;
        case MAP:
            pila_chainmap_done(&c);
            st = pila_chainmap_map(&c, 0, &m);
            break;
        case ROR: {
            pila_dict d;
            CHECK_OK(pila_dict_init(&d, &hashed_thing, &hashed_thing));
            st = pila_chainmap_ror(&c, &d, &c);
            pila_dict_done(&d);
            break;
        }
        default: st = run_row(&c, r, &p, &out);
        }
        if (st != PILA_OK && r->op != MAP) { /* as it was */
            CHECK_INT(pila_chainmap_map_count(&c), 2);
            CHECK_INT(pila__mapping_base(&c.base.maps[1])->live, 1);
            CHECK(pila__mapping_base(&c.base.maps[0])->live == 1 || r->op == UPDATE ||
                  r->op == MERGE);
            CHECK_OK(pila_chainmap_popitem(&c, NULL, NULL)); /* and it works */
            CHECK_OK(pila_chainmap_clear(&c));
        }
    }
    CHECK(valid(&c));
    pila_buf_done(&out);
    pila_chainmap_done(&c);
    parts_end(&p);
    return st;
}

static pila_status sweep_new(void *ctx)
{
    pila_chainmap *c = pila_chainmap_new(&pila_i64, &pila_i64);
    pila_status st = c ? pila_chainmap_set(c, ctx, ctx) : PILA_ENOMEM;

    pila_chainmap_free(c);
    return st;
}

/* The dict of an empty chain is made for whoever needs it. */
static pila_status sweep_empty(void *ctx)
{
    static const chain_op ops[] = {APPEND, NEW_CHILD, SET, MAP};
    pila_chainmap c;
    pila_dict d;
    pila_mapping m;
    int64_t one = 1;
    pila_status st;

    CHECK_OK(pila_chainmap_init(&c, &pila_i64, &pila_i64));
    CHECK_OK(pila_dict_init(&d, &pila_i64, &pila_i64));
    switch (ops[*(const size_t *)ctx]) {
    case APPEND: st = pila_chainmap_append_map(&c, pila_mapping_dict(&d)); break;
    case NEW_CHILD: st = pila_chainmap_new_child(&c, &c, NULL); break;
    case SET: st = pila_chainmap_set(&c, &one, &one); break;
    default: st = pila_chainmap_map(&c, 0, &m);
    }
    CHECK(valid(&c) && (st == PILA_OK || pila_chainmap_map_count(&c) == 1));
    pila_chainmap_done(&c);
    pila_dict_done(&d);
    return st;
}

static void allocation_sweep(void **state)
{
    static const chain_op ops[] = {LEN,        KEYS,      VALUES,  ITEMS,    SET,
                                   SETDEFAULT, EQ,        MERGE,   UPDATE,   OR,
                                   COPY,       NEW_CHILD, PARENTS, FROMKEYS, REPR,
                                   APPEND,     SET_MAPS,  MAP,     FIND,     GET,
                                   DEL,        ROR};
    int64_t one = 1;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(ops); k++) {
        chain_row r = {"sweep", "", ops[k], 9, 9, "", PILA_OK, "", ""};
        char row[32];
        if (ops[k] == FIND || ops[k] == DEL) r.k = 3;
        sprintf(row, "sweep of %d", (int)ops[k]);
        ROW(row);
        stage_clear();
        hashed_as = NULL;
        check_alloc_sweep(sweep_scenario, &r);
    }
    for (size_t k = 0; k < 4; k++) {
        ROW("of an empty chain");
        check_alloc_sweep(sweep_empty, &k);
    }
    ROW("new");
    check_alloc_sweep(sweep_new, &one);
    ROW(NULL);
}

/* ---- threads: chains of different threads share an owned map ---- */

static void *share(void *ctx)
{
    pila_chainmap *c = ctx, mine;
    void *at;
    int64_t one = 1;

    CHECK_OK(pila_chainmap_init(&mine, &pila_i64, &pila_i64));
    for (int k = 0; k < 2000; k++) {
        CHECK_OK(pila_chainmap_parents(&mine, c));
        CHECK_OK(pila_chainmap_find(&mine, &one, &at));
    }
    pila_chainmap_done(&mine);
    pila_chainmap_done(c);
    return NULL;
}

static void threads_share_owned_maps(void **state)
{
    enum { THREADS = 4 };
    pila_chainmap base, chains[THREADS];
    pthread_t threads[THREADS];
    int64_t one = 1;

    (void)state;
    ROW("the count of an owned map is atomic");
    CHECK_OK(pila_chainmap_init(&base, &pila_i64, &pila_i64));
    CHECK_OK(pila_chainmap_set(&base, &one, &one));
    for (int k = 0; k < THREADS; k++) {
        CHECK_OK(pila_chainmap_init(&chains[k], &pila_i64, &pila_i64));
        CHECK_OK(pila_chainmap_new_child(&chains[k], &base, NULL));
    }
    pila_chainmap_done(&base);
    for (int k = 0; k < THREADS; k++)
        CHECK(pthread_create(&threads[k], NULL, share, &chains[k]) == 0);
    for (int k = 0; k < THREADS; k++) CHECK(pthread_join(threads[k], NULL) == 0);
    ROW(NULL);
}

/* ---- against a model: an array for each map, -1 where there is no key ---- */

enum { KEYS_OF_MODEL = 12, MAPS_OF_MODEL = 6 };

typedef struct model {
    int64_t values[MAPS_OF_MODEL][KEYS_OF_MODEL];
    size_t n;
} model;

static int64_t model_find(const model *m, int64_t key)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->values[i][key] >= 0) return m->values[i][key];
    return -1;
}

static void model_push(model *m)
{
    memmove(m->values[1], m->values[0], m->n * sizeof *m->values);
    memset(m->values[0], 0xff, sizeof *m->values);
    m->n++;
}

static bool model_step(pila_chainmap *c, model *m, check_rng *r, bool lie)
{
    const pila_type *t = c->types.first;
    int64_t key = (int64_t)check_rng_below(r, KEYS_OF_MODEL), has = m->values[0][key];
    int64_t value = (int64_t)check_rng_below(r, 1000), found = model_find(m, key);
    uint64_t what = check_rng_below(r, 100);
    void *at = NULL;
    sample k, v;
    pila_status st;

    sample_of(t, key, &k);
    sample_of(t, value, &v);
    if (what < 25) {
        CHECK_OK(pila_chainmap_set(c, &k, &v));
        m->values[0][key] = value;
    } else if (what < 50) {
        st = pila_chainmap_find(c, &k, &at);
        if (lie && what == 49) found = m->values[m->n - 1][key];
        return found < 0 ? st == PILA_EKEY
                         : st == PILA_OK && sample_value(t, at) == found;
    } else if (what < 60) {
        st = pila_chainmap_del(c, &k);
        m->values[0][key] = -1;
        return st == (has < 0 ? PILA_EKEY : PILA_OK);
    } else if (what < 68) {
        CHECK_OK(pila_chainmap_setdefault(c, &k, &v, &at));
        if (found < 0) m->values[0][key] = found = value;
        return sample_value(t, at) == found;
    } else if (what < 76 && m->n < MAPS_OF_MODEL) {
        CHECK_OK(pila_chainmap_new_child(c, c, NULL));
        model_push(m);
    } else if (what < 84 && m->n > 1) {
        CHECK_OK(pila_chainmap_parents(c, c));
        m->n--;
        memmove(m->values[0], m->values[1], m->n * sizeof *m->values);
    } else if (what < 88) {
        CHECK_OK(pila_chainmap_copy(c, c));
    } else if (what < 92) {
        CHECK_OK(pila_chainmap_or(c, c, pila_mapping_chain(c)));
        for (key = 0; key < KEYS_OF_MODEL; key++)
            m->values[0][key] = model_find(m, key);
    } else if (what < 94) {
        CHECK_OK(pila_chainmap_clear(c));
        memset(m->values[0], 0xff, sizeof *m->values);
    }
    return true;
}

static bool model_holds(const pila_chainmap *c, const model *m)
{
    const pila_type *t = c->types.first;
    pila_iter it = pila_chainmap_items(c);
    size_t n = 0, keys = 0, len = 0;
    const char *item;

    for (int64_t key = 0; key < KEYS_OF_MODEL; key++) keys += model_find(m, key) >= 0;
    while ((item = (const char *)pila_next_item(&it)) != NULL) {
        int64_t value = sample_value(t, item + c->types.second_at);
        if (value != model_find(m, sample_value(t, item))) break;
        n++;
    }
    pila_iter_drop(&it);
    CHECK_OK(pila_chainmap_len(c, &len));
    return n == keys && len == keys && valid(c) && pila_chainmap_map_count(c) == m->n;
}

static bool model_agrees(const pila_type *t, check_rng *r, long steps, bool lie)
{
    static model m;
    pila_chainmap c;
    bool same = true;

    memset(m.values, 0xff, sizeof m.values);
    m.n = 1;
    CHECK_OK(pila_chainmap_init(&c, t, t));
    for (long k = 0; k < steps && same; k++)
        same = model_step(&c, &m, r, lie) && model_holds(&c, &m);
    pila_chainmap_done(&c);
    return same;
}

static void random_operations_agree_with_a_model(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < KEY_TYPES; k++) {
        setup_row(key_type_at(k)->name);
        CHECK(model_agrees(key_type_at(k), &r, 3000, false));
        check_alloc_stop();
    }
    ROW("the run must catch a look-up that asks the last map alone");
    CHECK(!model_agrees(&pila_i64, &r, 20000, true));
    ROW(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(chains_in_themselves),
        cmocka_unit_test(chains_too_deep),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(owned_strings),
        cmocka_unit_test(owned_maps_end_with_the_last_chain),
        cmocka_unit_test(copies_keep_their_factory),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(callbacks_may_change_the_chain),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(an_empty_chain_asks_for_the_hash),
        cmocka_unit_test(reenter_from_drop),
        cmocka_unit_test(factories_may_fail),
        cmocka_unit_test(types_must_match),
        cmocka_unit_test(every_kind_of_key),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(allocation_sweep),
        cmocka_unit_test(threads_share_owned_maps),
        cmocka_unit_test(random_operations_agree_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
