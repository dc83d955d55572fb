/* pickle_items.c - tuples, lists, dicts and sets of a pickle, and what goes into them.
 *
 * Keys are hashed as often as a pickle puts them somewhere, so their parts have a
 * budget in bytes read. Dicts of one pickle mostly have the keys of another one before
 * them, the same objects: that one is remembered, and then no key is hashed or compared
 * (pila__value_dict_fill). Large lists and dicts come in batches, which are held on the
 * stack until the last: see below.
 */
#include "pickle_load.h"

#include "opcodes.h"

/* ---- tuples, lists, dicts, sets ---- */

pila_status pila__load_tuple(pila_unpickler *u, size_t n)
{
    pila_value v = pila_value_none();
    pila_status st;

    if (!pila__load_has(u, n)) return pila__load_underflow(u);
    st = pila_value_tuple(u->doc, n ? u->stack + u->len - n : NULL, n, &v);
    u->len -= n;
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

static bool load_nests(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    return kind == PILA_VALUE_TUPLE || kind == PILA_VALUE_FROZENSET ||
           (kind == PILA_VALUE_OBJECT && !pila__object_is_made(v));
}

/* What a thing that nests has inside, as nodes with gaps: {how many, where}. */
static pila_value load_inside(pila_value v)
{
    pila_value span;
    size_t n;

    span.tag = v.tag >> 8;
    span.as.items = v.as.items;
    if (pila_value_kind_of(v) == PILA_VALUE_FROZENSET) {
        span.tag = 2 * v.as.dict->used;
        span.as.items = (pila_value *)(void *)v.as.dict->entries;
    } else if (pila_value_kind_of(v) == PILA_VALUE_OBJECT)
        span.as.items = pila_value_parts(v, &n), span.tag = n;
    return span;
}

/* The work of hashing something, nothing inside it counted. */
static size_t load_key_cost(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    if (kind != PILA_VALUE_STR && kind != PILA_VALUE_BYTES && kind != PILA_VALUE_BIGINT)
        return 1;
    return 1 + (size_t)(v.tag >> 8) / LOAD_KEY_SHORT;
}

/* Whether a key may be hashed: all its parts count, as often as they are met. The spans
 * still to be gone through lie on top of the stack. */
static pila_status load_key_parts(pila_unpickler *u, pila_value key)
{
    size_t from = u->len,
           most = LOAD_KEYS_FREE + LOAD_KEYS_BYTE * pila_unpickler_tell(u);
    pila_value part = key;
    pila_status st = PILA_OK;

    for (;;) {
        u->hashed += load_key_cost(part);
        if (u->hashed > most)
            st = pila__load_fault(u, PILA_ELIMIT, "keys have too many parts");
        if (st == PILA_OK && load_nests(part))
            st = pila__load_push(u, load_inside(part));
        while (u->len > from && u->stack[u->len - 1].tag == 0) u->len--;
        if (st != PILA_OK || u->len == from) break;
        u->stack[u->len - 1].tag--;
        part = *u->stack[u->len - 1].as.items++;
    }
    u->len = from;
    return st;
}

pila_status pila__load_key(pila_unpickler *u, pila_value key)
{
    if (!load_nests(key) && load_key_cost(key) == 1) return PILA_OK;
    return load_key_parts(u, key);
}

pila_status pila__load_unhashable_of(pila_unpickler *u, const pila_value *items,
                                     size_t n)
{
    pila_value key = pila_value_none();
    uint64_t hash;

    for (size_t i = 0; i < n; i++) {
        if (pila_value_hash(items[i], &hash) == PILA_OK) continue;
        key = items[i];
        if (pila_value_kind_of(key) != PILA_VALUE_TUPLE) break;
        items = pila_value_data(key, &n);
        i = SIZE_MAX;
    }
    return pila__load_fault(u, PILA_ETYPE, "unhashable type: '%s'",
                            pila__load_kind(key));
}

static pila_status load_unhashable(pila_unpickler *u, pila_value key)
{
    return pila__load_unhashable_of(u, &key, 1);
}

static pila_status load_setitem(pila_unpickler *u, pila_value dict, pila_value key,
                                pila_value x)
{
    pila_status st = pila__load_key(u, key);

    if (st == PILA_OK) st = pila_value_setitem(u->doc, dict, key, x);
    return st == PILA_ETYPE ? load_unhashable(u, key) : st;
}

static pila_status load_add_item(pila_unpickler *u, pila_value set, pila_value x)
{
    pila_status st = pila__load_key(u, x);

    if (st == PILA_OK) st = pila_value_add(u->doc, set, x);
    return st == PILA_ETYPE ? load_unhashable(u, x) : st;
}

static bool load_all_short(const pila_value *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pila_value_kind_of(pairs[2 * i]) != PILA_VALUE_STR ||
            pairs[2 * i].tag >> 8 > LOAD_KEY_SHORT)
            return false;
    return true;
}

/* Where the last dict is remembered that had so many keys, of which this was the first.
 */
static const pila_dict_body **load_shape(pila_unpickler *u, pila_value key, size_t n)
{
    uint64_t hash =
        ((uint64_t)(uintptr_t)key.as.text + n) * UINT64_C(0x9e3779b97f4a7c15);

    return &u->shapes[hash >> 32 & (PILA__PICKLE_SHAPES - 1)];
}

/* Put n pairs from `at` on the stack on into a dict. An empty one is filled at once,
 * mostly with keys that another dict of this pickle has as well. */
static pila_status load_pairs(pila_unpickler *u, pila_value dict, size_t at, size_t n)
{
    const pila_value *pairs = pila__load_from(u, at);
    pila_status st = PILA_OK;

    if (n && dict.as.dict->room == 0 && load_all_short(pairs, n)) {
        const pila_dict_body **shape = load_shape(u, pairs[0], n);

        st = pila__value_dict_fill(u->doc, dict.as.dict, pairs, n, *shape);
        if (st == PILA_OK) *shape = dict.as.dict;
        return st;
    }
    for (; st == PILA_OK && n; n--, at += 2)
        st = load_setitem(u, dict, u->stack[at], u->stack[at + 1]);
    return st;
}

/* Put n items from `at` on into a list. An empty one gets room for just so many. */
static pila_status load_items(pila_unpickler *u, pila_value list, size_t at, size_t n)
{
    pila_list_body *b = list.as.list;
    pila_value *items;

    if (b->room) return pila_value_extend(u->doc, list, pila__load_from(u, at), n);
    items = (pila_value *)pila_doc_alloc(u->doc, n * sizeof *items);
    if (!items) return PILA_ENOMEM;
    memcpy(items, u->stack + at, n * sizeof *items);
    b->items = items;
    b->len = b->room = n;
    b->version++;
    return PILA_OK;
}

/* ---- batches ----
 *
 * A large list or dict comes in batches of 1000. When one ends and a MARK follows, it
 * is most likely that of the next batch: then the items stay on the stack below that
 * mark, held for what lies below them, and all go into it at once when the last batch
 * ends. Should anything else happen to that mark, list or dict, what is held is
 * released first, so that nobody sees the difference. One list or dict at a time.
 */

pila_status pila__load_release(pila_unpickler *u)
{
    size_t n = u->held, at = u->held_at;
    pila_value v = u->stack[at - 1];
    pila_status st;

    u->held = 0;
    st = pila_value_kind_of(v) == PILA_VALUE_LIST ? load_items(u, v, at, n)
                                                  : load_pairs(u, v, at, n / 2);
    memmove(u->stack + at, u->stack + at + n, (u->len - at - n) * sizeof *u->stack);
    u->len -= n;
    for (size_t i = u->held_marks - 1; i < u->n_marks; i++) u->marks[i] -= n;
    u->fence = u->marks[u->n_marks - 1];
    return st;
}

/* The same if it belongs to v, whose new items begin at *x. */
static pila_status load_release_of(pila_unpickler *u, pila_value v, size_t *x)
{
    if (!u->held || !pila__value_same(v, u->stack[u->held_at - 1])) return PILA_OK;
    *x -= u->held;
    return pila__load_release(u);
}

pila_status pila__load_unmark(pila_unpickler *u, size_t *at)
{
    pila_status st = PILA_OK;

    if (!u->n_marks) return pila__load_fault(u, PILA_ESYNTAX, "could not find MARK");
    if (u->held && u->held_marks == u->n_marks) st = pila__load_release(u);
    *at = u->marks[--u->n_marks];
    u->fence = u->n_marks ? u->marks[u->n_marks - 1] : 0;
    return st;
}

/* The mark that ends a batch: what was held before it is a part of that. */
static pila_status load_unmark_batch(pila_unpickler *u, size_t *at)
{
    size_t held_at = u->held_at;
    bool resumed = u->held && u->held_marks == u->n_marks;
    pila_status st;

    if (resumed) u->held = 0;
    st = pila__load_unmark(u, at);
    if (resumed) *at = held_at;
    return st;
}

/* Whether the items from `at` on are held: the MARK behind them is then taken. */
static bool load_hold(pila_unpickler *u, size_t at, pila_value_kind kind)
{
    if (u->held || u->len - at < LOAD_MANY || at <= u->fence || !pila__load_have(u) ||
        *u->at != PILA_OP_MARK || pila_value_kind_of(u->stack[at - 1]) != kind)
        return false;
    if (kind == PILA_VALUE_DICT &&
        ((u->len - at) % 2 || u->stack[at - 1].as.dict->used))
        return false;
    if (pila__load_mark(u) != PILA_OK) return false;
    u->at++;
    u->held = u->len - at;
    u->held_at = at;
    u->held_marks = u->n_marks;
    return true;
}

pila_status pila__load_marked_tuple(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    return st == PILA_OK ? pila__load_tuple(u, u->len - at) : st;
}

pila_status pila__load_marked_list(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st != PILA_OK) return st;
    st = pila_value_list(u->doc, pila__load_from(u, at), u->len - at, &v);
    u->len = at;
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_new_dict(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_dict(u->doc, 0, &v);

    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_marked_dict(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if ((u->len - at) % 2)
        return pila__load_fault(u, PILA_ESYNTAX, "odd number of items for DICT");
    st = pila_value_dict(u->doc, 0, &v);
    if (st == PILA_OK) st = load_pairs(u, v, at, (u->len - at) / 2);
    u->len = at;
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_new_list(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_list(u->doc, NULL, 0, &v);

    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_new_set(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_set(u->doc, 0, &v);

    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_frozenset(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    for (size_t i = at; st == PILA_OK && i < u->len; i++)
        st = pila__load_key(u, u->stack[i]);
    if (st == PILA_OK)
        st = pila_value_frozenset(u->doc, pila__load_from(u, at), u->len - at, &v);
    if (st == PILA_ETYPE)
        st = pila__load_unhashable_of(u, pila__load_from(u, at), u->len - at);
    u->len = at;
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

/* ---- objects ---- */

pila_value *pila__load_parts(pila_value v)
{
    size_t n;
    pila_value *parts;

    if (pila_value_kind_of(v) != PILA_VALUE_OBJECT) return NULL;
    parts = pila_value_parts(v, &n);
    return n == PILA_PARTS ? parts : NULL;
}

/* The list among an object's parts, made when it is first needed. */
static pila_status load_part_list(pila_unpickler *u, pila_value *part)
{
    if (pila_value_kind_of(*part) == PILA_VALUE_LIST) return PILA_OK;
    return pila_value_list(u->doc, NULL, 0, part);
}

pila_status pila__load_no_attribute(pila_unpickler *u, pila_value v, const char *name)
{
    return pila__load_fault(u, PILA_ETYPE, "'%s' object has no attribute '%s'",
                            pila__load_kind(v), name);
}

/* What lies from x on goes into what lies below it. */
static pila_status load_append_from(pila_unpickler *u, size_t x)
{
    pila_value v, *parts;
    size_t n;
    pila_status st = PILA_OK;

    if (x > u->len || x <= u->fence) return pila__load_underflow(u);
    n = u->len - x;
    v = u->stack[x - 1];
    if (n == 0) return PILA_OK;
    st = load_release_of(u, v, &x);
    if (st != PILA_OK) return st;
    parts = pila__load_parts(v);
    if (pila_value_kind_of(v) == PILA_VALUE_LIST) st = load_items(u, v, x, n);
    else if (parts) {
        st = load_part_list(u, &parts[PILA_PART_ITEMS]);
        if (st == PILA_OK)
            st = pila_value_extend(u->doc, parts[PILA_PART_ITEMS],
                                   pila__load_from(u, x), n);
    } else if (pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY)
        for (size_t i = x; st == PILA_OK && i < u->len; i++)
            st = pila_value_append(u->doc, v, u->stack[i]);
    else st = pila__load_no_attribute(u, v, "append");
    u->len = x;
    return st;
}

pila_status pila__load_append(pila_unpickler *u)
{
    if (!pila__load_has(u, 2)) return pila__load_underflow(u);
    return load_append_from(u, u->len - 1);
}

pila_status pila__load_appends(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark_batch(u, &at);

    if (st != PILA_OK || load_hold(u, at, PILA_VALUE_LIST)) return st;
    return load_append_from(u, at);
}

static pila_status load_set_from(pila_unpickler *u, size_t x)
{
    pila_value v, *parts;
    size_t n;
    pila_status st = PILA_OK;

    if (x > u->len || x <= u->fence) return pila__load_underflow(u);
    n = u->len - x;
    v = u->stack[x - 1];
    if (n == 0) return PILA_OK;
    if (n % 2)
        return pila__load_fault(u, PILA_ESYNTAX, "odd number of items for SETITEMS");
    st = load_release_of(u, v, &x);
    if (st != PILA_OK) return st;
    parts = pila__load_parts(v);
    if (pila_value_kind_of(v) == PILA_VALUE_DICT) st = load_pairs(u, v, x, n / 2);
    else if (parts) {
        st = load_part_list(u, &parts[PILA_PART_PAIRS]);
        if (st == PILA_OK)
            st = pila_value_extend(u->doc, parts[PILA_PART_PAIRS],
                                   pila__load_from(u, x), n);
    } else
        st = pila__load_fault(u, PILA_ETYPE,
                              "'%s' object does not support item assignment",
                              pila__load_kind(v));
    u->len = x;
    return st;
}

pila_status pila__load_setitem_op(pila_unpickler *u)
{
    if (u->len < 2) return pila__load_underflow(u);
    return load_set_from(u, u->len - 2);
}

pila_status pila__load_setitems(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark_batch(u, &at);

    if (st != PILA_OK || load_hold(u, at, PILA_VALUE_DICT)) return st;
    return load_set_from(u, at);
}

pila_status pila__load_additems(pila_unpickler *u)
{
    pila_value v;
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if (at <= u->fence) return pila__load_underflow(u);
    v = u->stack[at - 1];
    if (at == u->len) return PILA_OK;
    if (pila__load_parts(v)) return load_append_from(u, at);
    if (pila_value_kind_of(v) != PILA_VALUE_SET)
        return pila__load_no_attribute(u, v, "add");
    for (size_t i = at; st == PILA_OK && i < u->len; i++)
        st = load_add_item(u, v, u->stack[i]);
    u->len = at;
    return st;
}
