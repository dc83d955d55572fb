/* chainmap.c - a list of maps, and who counts those that nobody else owns.
 *
 * Invariant: an owned map is a block that counts the places it has in chains, and the
 * calls at work on it, since a callback may take it out; special counts the maps that
 * are no mere dict. The counts are atomic, as chains of different threads may share a
 * map, and blocks at zero are freed in a loop, however deep chains own chains.
 *
 * A look-up in mere dicts hashes the key once and is inline; a loop by hand over the
 * dicts hashes it once for each. Where user code hashes or compares, or a map is more
 * than a dict, each map is asked as CPython does: KeyError means the next, any other
 * fault ends it. Loops over maps go by index and look again after each callback.
 *
 * Iterating is what CPython does: a dict of all keys is made, from the last map to the
 * first, and values are looked up as their turn comes, so that no change meanwhile is
 * an error but a key that is gone. The price is a copy of every key. Rejected: asking
 * for each key of a map whether an earlier one has it, which needs no copies, but
 * yields in another order and ends when a map changes.
 */
#include "chainmap.h"

#include "item.h"

/* ---- owned maps ---- */

typedef struct pila__chain_own {
    size_t refs;
    pila_mapping_kind kind;
    struct pila__chain_own *next; /* among those to be freed */
    union {
        pila_defaultdict d; /* for a dict too, which it begins with */
        pila_chainmap chain;
    } as;
} chainmap_own;

static pila__chain *chainmap_of(const pila_mapping *m) { return (pila__chain *)m->map; }

static pila_mapping chainmap_owned(chainmap_own *own)
{
    pila_mapping m = pila__mapping_of(own->kind, &own->as);

    m.own = own;
    return m;
}

/* An empty map of its own, or NULL. */
static chainmap_own *chainmap_own_new(pila_mapping_kind kind, const pila_pair *t)
{
    chainmap_own *own = (chainmap_own *)pila_alloc_zero(1, sizeof *own);
    pila_pair *types;

    if (!own) return NULL;
    types = kind == PILA_MAPPING_CHAIN ? &own->as.chain.types : &own->as.d.dict.types;
    own->refs = 1;
    own->kind = kind;
    (void)!pila_pair_init(types, t->first, t->second); /* as it did for t */
    return own;
}

static void chainmap_keep(chainmap_own *own)
{
    if (own) (void)__atomic_add_fetch(&own->refs, 1, __ATOMIC_RELAXED);
}

static void chainmap_count_down(chainmap_own *own, chainmap_own **dead)
{
    if (!own || __atomic_sub_fetch(&own->refs, 1, __ATOMIC_ACQ_REL)) return;
    own->next = *dead;
    *dead = own;
}

static void chainmap_count_down_all(pila__chain *c, chainmap_own **dead)
{
    for (size_t i = 0; i < c->count; i++) chainmap_count_down(c->maps[i].own, dead);
    pila_free(c->maps);
}

static void chainmap_bury(chainmap_own *dead)
{
    while (dead) {
        chainmap_own *own = dead;
        dead = own->next;
        if (own->kind == PILA_MAPPING_CHAIN)
            chainmap_count_down_all(&own->as.chain.base, &dead);
        else pila_defaultdict_done(&own->as.d);
        pila_free(own);
    }
}

/* Whether it was the last to have it. */
static bool chainmap_let_go(chainmap_own *own)
{
    chainmap_own *dead = NULL;
    bool last;

    chainmap_count_down(own, &dead);
    last = dead != NULL;
    chainmap_bury(dead);
    return last;
}

static void chainmap_drop_maps(pila__chain *was)
{
    chainmap_own *dead = NULL;

    chainmap_count_down_all(was, &dead);
    chainmap_bury(dead);
}

/* ---- the list ---- */

static pila__chain chainmap_none(void)
{
    pila__chain none = {NULL, 0, 0, false};
    return none;
}

/* Room for n maps; c is empty. */
static pila_status chainmap_room(pila__chain *c, size_t n)
{
    if (n) c->maps = (pila_mapping *)pila_alloc(n, sizeof *c->maps);
    return n && !c->maps ? PILA_ENOMEM : PILA_OK;
}

/* There is room for it. It is counted by now. */
static void chainmap_push(pila__chain *c, pila_mapping m)
{
    c->maps[c->count++] = m;
    c->special += m.kind != PILA_MAPPING_DICT;
}

/* The maps of `from` but for the first few, shared. */
static void chainmap_push_rest(pila__chain *c, const pila__chain *from, size_t first)
{
    for (size_t i = first; i < from->count; i++) {
        chainmap_keep(from->maps[i].own);
        chainmap_push(c, from->maps[i]);
    }
}

/* out becomes made on success, which is empty afterwards either way. */
static pila_status chainmap_finish(pila__chain *out, pila__chain *made, pila_status st)
{
    if (st == PILA_OK) pila__chainmap_move(out, made);
    pila__chainmap_done(made);
    return st;
}

/* The dict that an empty chain has, made. */
static pila_status chainmap_materialise(pila__chain *c, const pila_pair *t)
{
    chainmap_own *own;

    if (c->count || c->bare) return PILA_OK;
    own = chainmap_own_new(PILA_MAPPING_DICT, t);
    if (!own) return PILA_ENOMEM;
    if (chainmap_room(c, 1) != PILA_OK) {
        chainmap_let_go(own);
        return PILA_ENOMEM;
    }
    chainmap_push(c, chainmap_owned(own));
    return PILA_OK;
}

size_t pila__chainmap_map_count(const pila__chain *c)
{
    return c->count || c->bare ? c->count : 1;
}

pila_status pila__chainmap_map(pila__chain *c, const pila_pair *t, ptrdiff_t i,
                               pila_mapping *out)
{
    size_t count = pila__chainmap_map_count(c), at = (size_t)i + (i < 0 ? count : 0);
    pila_status st;

    if (at >= count) return PILA_EINDEX;
    st = chainmap_materialise(c, t);
    if (st == PILA_OK) *out = c->maps[at];
    return st;
}

/* A map that is owned here stays so, though it is told by its address alone. */
static pila_mapping chainmap_recall(const pila__chain *c, pila_mapping m)
{
    for (size_t i = 0; i < c->count && !m.own; i++)
        if (c->maps[i].map == m.map) m.own = c->maps[i].own;
    return m;
}

pila_status pila__chainmap_set_maps(pila__chain *c, const pila_mapping *maps, size_t n)
{
    pila__chain made = chainmap_none();
    pila_status st = chainmap_room(&made, n);

    made.bare = n == 0;
    for (size_t i = 0; st == PILA_OK && i < n; i++) {
        pila_mapping m = chainmap_recall(c, maps[i]);
        chainmap_keep(m.own);
        chainmap_push(&made, m);
    }
    return chainmap_finish(c, &made, st);
}

pila_status pila__chainmap_append_map(pila__chain *c, const pila_pair *t,
                                      pila_mapping m)
{
    pila__chain made = chainmap_none();
    pila_status st = chainmap_materialise(c, t);

    if (st == PILA_OK) st = chainmap_room(&made, c->count + 1);
    if (st == PILA_OK) {
        m = chainmap_recall(c, m);
        chainmap_push_rest(&made, c, 0);
        chainmap_keep(m.own);
        chainmap_push(&made, m);
    }
    return chainmap_finish(c, &made, st);
}

/* What the first of the maps is in the end: the first of a first chain's. */
static pila_status chainmap_first(pila__chain *c, const pila_pair *t, pila_mapping *out)
{
    for (size_t depth = 0; depth < PILA_CHAINMAP_DEPTH; depth++) {
        pila_status st = chainmap_materialise(c, t);
        if (st != PILA_OK) return st;
        if (c->count == 0) return PILA_EINDEX;
        *out = c->maps[0];
        if (out->kind != PILA_MAPPING_CHAIN) return PILA_OK;
        c = chainmap_of(out);
    }
    return PILA_ELIMIT;
}

/* The same, kept over what is about to be done to it; chainmap_let_go follows. */
static pila_status chainmap_first_kept(pila__chain *c, const pila_pair *t,
                                       pila_mapping *out)
{
    pila_status st = chainmap_first(c, t, out);

    if (st == PILA_OK) chainmap_keep(out->own);
    return st;
}

/* ---- looking ---- */

static pila_status chainmap_at(const pila__chain *c, const pila_pair *t,
                               const void *key, void **out, size_t depth);

/* Of a chain whose empty dict is not made yet: that would hash the key, which may fail.
 */
static pila_status chainmap_hash(const pila__chain *c, const pila_pair *t,
                                 const void *key)
{
    uint64_t hash;

    if (c->count || c->bare || !pila_type_calls_out(t->first)) return PILA_OK;
    return pila_type_hash(t->first, key, &hash);
}

static pila_status chainmap_at_map(const pila_mapping *m, const pila_pair *t,
                                   const void *key, void **out, size_t depth)
{
    switch (m->kind) {
    case PILA_MAPPING_CHAIN: return chainmap_at(chainmap_of(m), t, key, out, depth + 1);
    case PILA_MAPPING_DEFAULTDICT:
        return pila_defaultdict_find((pila_defaultdict *)m->map, key, out);
    case PILA_MAPPING_DICT: break;
    }
    return pila__dict_at(pila__mapping_base(m), t->first, t, key, out);
}

static pila_status chainmap_at(const pila__chain *c, const pila_pair *t,
                               const void *key, void **out, size_t depth)
{
    pila_status st;

    if (depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    st = chainmap_hash(c, t, key);
    if (st == PILA_OK) st = PILA_EKEY;
    for (size_t i = 0; i < c->count && st == PILA_EKEY; i++) {
        pila_mapping m = c->maps[i];
        void *at = NULL;
        chainmap_keep(m.own);
        st = chainmap_at_map(&m, t, key, &at, depth);
        if (chainmap_let_go(m.own) && st == PILA_OK) st = PILA_EMUTATED;
        if (st == PILA_OK) *out = at;
    }
    return st;
}

pila_status pila__chainmap_at_slow(const pila__chain *c, const pila_pair *t,
                                   const void *key, void **out)
{
    return chainmap_at(c, t, key, out, 0);
}

/* By any kind of key. */
static pila_status chainmap_find(const pila__chain *c, const pila_pair *t,
                                 const void *key, void **out)
{
#define CHAINMAP_CALL(kt) pila__chainmap_at(c, kt, t, key, out)
    PILA__BY_KIND(t->first, CHAINMAP_CALL, CHAINMAP_CALL(t->first))
#undef CHAINMAP_CALL
}

static pila_status chainmap_has(const pila__chain *c, const pila_pair *t,
                                const void *key, bool *out, size_t depth)
{
    pila_status st;
    bool there = false;

    if (depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    st = chainmap_hash(c, t, key);
    for (size_t i = 0; i < c->count && st == PILA_OK && !there; i++) {
        pila_mapping m = c->maps[i];
        chainmap_keep(m.own);
        if (m.kind == PILA_MAPPING_CHAIN)
            st = chainmap_has(chainmap_of(&m), t, key, &there, depth + 1);
        else st = pila__dict_has(pila__mapping_base(&m), t->first, t, key, &there);
        chainmap_let_go(m.own);
    }
    if (st == PILA_OK) *out = there;
    return st;
}

pila_status pila__chainmap_has_slow(const pila__chain *c, const pila_pair *t,
                                    const void *key, bool *out)
{
    return chainmap_has(c, t, key, out, 0);
}

static pila_status chainmap_any(const pila__chain *c, bool *out, size_t depth)
{
    pila_status st = PILA_OK;
    bool any = false;

    if (depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    for (size_t i = 0; i < c->count && st == PILA_OK && !any; i++) {
        const pila_mapping *m = &c->maps[i];
        if (m->kind == PILA_MAPPING_CHAIN)
            st = chainmap_any(chainmap_of(m), &any, depth + 1);
        else any = pila__mapping_base(m)->live > 0;
    }
    if (st == PILA_OK) *out = any;
    return st;
}

pila_status pila__chainmap_any(const pila__chain *c, bool *out)
{
    return chainmap_any(c, out, 0);
}

/* ---- the set of all keys ---- */

/* A value that takes no room; of a ready-made kind, so that it runs no user code. */

PILA_INLINE pila_status chainmap_collect_as(pila__dict *keys, const pila_type *kt,
                                            const pila_pair *set, const pila__dict *d,
                                            const pila_pair *t)
{
    pila_iter it = pila__dict_items(d, t);
    pila_status st = PILA_OK;

    for (size_t n; st == PILA_OK && (n = pila_iter_ready(&it)) > 0;) {
        for (size_t k = 0; k < n && st == PILA_OK; k++)
            st = pila__dict_put(keys, kt, set, it.cur + k * t->type.size, NULL, false,
                                NULL);
        pila_iter_skip(&it, n);
    }
    return st;
}

/* The same where user code may run: a key is held, and the map watched. */
static pila_status chainmap_collect_calling(pila__dict *keys, const pila_pair *set,
                                            const pila__dict *d, const pila_pair *t)
{
    pila_iter it = pila__dict_keys(d, t);
    pila_status st = PILA_OK;
    const void *key;

    while (st == PILA_OK && (key = pila_next_item(&it)) != NULL) {
        pila__held held;
        if ((st = pila__hold_copy(&held, set->first, key)) != PILA_OK) break;
        st = pila__dict_put(keys, set->first, set, held.item, NULL, false, NULL);
        pila__let_go_copy(&held);
    }
    return st == PILA_OK ? pila_iter_outcome(&it) : st;
}

static pila_status chainmap_collect_dict(pila__dict *keys, const pila_pair *set,
                                         const pila__dict *d, const pila_pair *t)
{
    pila_status st;

    if (d->live == 0) return PILA_OK;
    st = pila__dict_reserve(keys, set, keys->live > d->live ? keys->live : d->live);
    if (st != PILA_OK) return st;
    if (pila_type_calls_out(t->first)) return chainmap_collect_calling(keys, set, d, t);
#define CHAINMAP_CALL(kt) chainmap_collect_as(keys, kt, set, d, t)
    PILA__BY_KIND(t->first, CHAINMAP_CALL, CHAINMAP_CALL(t->first))
#undef CHAINMAP_CALL
}

/* From the last map to the first. A chain among them would give its own keys in the
 * order that its maps do, so those are gone through at once. */
static pila_status chainmap_collect(const pila__chain *c, pila__dict *keys,
                                    const pila_pair *set, const pila_pair *t,
                                    size_t depth)
{
    pila_status st = PILA_OK;

    if (depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    for (size_t i = c->count; i-- > 0 && st == PILA_OK;) {
        if (i >= c->count) break; /* a callback has taken maps away */
        pila_mapping m = c->maps[i];
        chainmap_keep(m.own);
        if (m.kind == PILA_MAPPING_CHAIN)
            st = chainmap_collect(chainmap_of(&m), keys, set, t, depth + 1);
        else st = chainmap_collect_dict(keys, set, pila__mapping_base(&m), t);
        chainmap_let_go(m.own);
    }
    return st;
}

pila_status pila__chainmap_len(const pila__chain *c, const pila_pair *t, size_t *out)
{
    size_t keyed = 0, live = 0;
    bool nested = false;
    pila__dict keys = {0};
    pila_pair set;
    pila_status st;

    for (size_t i = 0; i < c->count && !nested; i++) {
        nested = c->maps[i].kind == PILA_MAPPING_CHAIN;
        if (nested || pila__mapping_base(&c->maps[i])->live == 0) continue;
        live = pila__mapping_base(&c->maps[i])->live;
        keyed++;
    }
    if (!nested && keyed <= 1) {
        *out = live;
        return PILA_OK;
    }
    st = pila_pair_init(&set, t->first, &pila__nothing);
    if (st == PILA_OK) st = chainmap_collect(c, &keys, &set, t, 0);
    if (st == PILA_OK) *out = keys.live;
    pila__dict_done(&keys, &set);
    return st;
}

/* ---- iterators ---- */

/* The keys, and a walk through them. Behind it is room for the pair that items yields.
 */
typedef struct chainmap_walk {
    const pila__chain *chain;
    const pila_pair *types;
    pila_pair set;
    pila__dict keys;
    pila_iter at;
    bool made;
    bool holds; /* user code may run while an item is looked at: it is a copy */
    bool held;
    pila__held value;
} chainmap_walk;

/* Bytes of it, so that a pair behind it is aligned as malloc aligns. */
enum { CHAINMAP_WALK = (sizeof(chainmap_walk) + 15) / 16 * 16 };

static pila_status chainmap_walk_make(chainmap_walk *w)
{
    pila_status st = chainmap_collect(w->chain, &w->keys, &w->set, w->types, 0);

    w->made = true;
    w->at = pila__dict_keys(&w->keys, &w->set);
    return st;
}

static void chainmap_walk_let_go(chainmap_walk *w)
{
    if (!w->held) return;
    w->held = false;
    pila__let_go_copy(&w->value);
}

static bool chainmap_refill_keys(pila_iter *it)
{
    chainmap_walk *w = (chainmap_walk *)it->state;
    size_t n = pila_iter_ready(&w->at);

    if (n == 0) return pila_iter_end(it, w->at.status);
    it->cur = w->at.cur;
    it->end = w->at.end;
    pila_iter_skip(&w->at, n);
    return true;
}

/* The next key, or NULL, and its value. */
static const void *chainmap_walk_next(chainmap_walk *w, const void **value,
                                      pila_status *st)
{
    const void *key;
    void *at = NULL;

    chainmap_walk_let_go(w);
    *st = w->made ? PILA_OK : chainmap_walk_make(w);
    if (*st != PILA_OK) return NULL;
    key = pila_next_item(&w->at);
    *st = key ? chainmap_find(w->chain, w->types, key, &at) : w->at.status;
    if (*st != PILA_OK) return NULL;
    *value = at;
    if (w->holds) {
        *st = pila__hold_copy(&w->value, w->types->second, at);
        w->held = *st == PILA_OK;
        *value = w->value.item;
    }
    return *st == PILA_OK ? key : NULL;
}

static bool chainmap_refill_values(pila_iter *it)
{
    chainmap_walk *w = (chainmap_walk *)it->state;
    const void *value;
    pila_status st;

    if (!chainmap_walk_next(w, &value, &st)) return pila_iter_end(it, st);
    it->cur = (const char *)value;
    it->end = it->cur + it->type->size;
    return true;
}

static bool chainmap_refill_items(pila_iter *it)
{
    chainmap_walk *w = (chainmap_walk *)it->state;
    char *pair = (char *)w + CHAINMAP_WALK;
    const void *value, *key;
    pila_status st;

    if (!(key = chainmap_walk_next(w, &value, &st))) return pila_iter_end(it, st);
    memcpy(pair, key, w->types->first->size);
    memcpy(pair + w->types->second_at, value, w->types->second->size);
    it->cur = pair;
    it->end = pair + it->type->size;
    return true;
}

static pila_iter chainmap_walk_drop(pila_iter *it)
{
    chainmap_walk *w = (chainmap_walk *)it->state;

    chainmap_walk_let_go(w);
    pila__dict_done(&w->keys, &w->set);
    pila_free(w);
    return pila_failed(PILA_END);
}

static size_t chainmap_walk_hint(const pila_iter *it)
{
    const chainmap_walk *w = (const chainmap_walk *)it->state;

    return w->made ? pila_iter_length_hint(&w->at) : 0;
}

static pila_iter chainmap_walk_over(const pila__chain *c, const pila_pair *t,
                                    const pila_type *type, const pila_iter_ops *ops)
{
    size_t bytes;
    chainmap_walk *w = NULL;

    if (pila_add(t->type.size, CHAINMAP_WALK, &bytes))
        w = (chainmap_walk *)pila_alloc_zero(bytes, 1);
    if (!w) return pila_failed(PILA_ENOMEM);
    w->chain = c;
    w->types = t;
    w->holds = pila_type_calls_out(t->first) || pila_type_calls_out(t->second);
    (void)!pila_pair_init(&w->set, t->first, &pila__nothing); /* smaller than t's */
    return pila_iter_make(type, ops, w);
}

pila_iter pila__chainmap_keys(const pila__chain *c, const pila_pair *t)
{
    static const pila_iter_ops ops = {chainmap_refill_keys, chainmap_walk_drop,
                                      chainmap_walk_hint};
    pila_iter it = chainmap_walk_over(c, t, t->first, &ops);
    pila_status st;

    if (it.status != PILA_OK) return it;
    st = chainmap_walk_make((chainmap_walk *)it.state);
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

pila_iter pila__chainmap_values(const pila__chain *c, const pila_pair *t)
{
    static const pila_iter_ops ops = {chainmap_refill_values, chainmap_walk_drop,
                                      chainmap_walk_hint};
    return chainmap_walk_over(c, t, t->second, &ops);
}

pila_iter pila__chainmap_items(const pila__chain *c, const pila_pair *t)
{
    static const pila_iter_ops ops = {chainmap_refill_items, chainmap_walk_drop,
                                      chainmap_walk_hint};
    return chainmap_walk_over(c, t, &t->type, &ops);
}

/* ---- comparing, showing ---- */

pila_status pila__chainmap_eq(const pila__chain *c, const pila_pair *t, pila_mapping m,
                              bool *out)
{
    pila__dict mine = {0}, other = {0};
    const pila__dict *with = pila__mapping_base(&m);
    pila_status st = pila__dict_update(&mine, t, pila__chainmap_items(c, t));

    if (m.kind == PILA_MAPPING_CHAIN) {
        with = &other;
        if (st == PILA_OK)
            st = pila__dict_update(&other, t, pila__chainmap_items(chainmap_of(&m), t));
    }
    if (st == PILA_OK) st = pila__dict_eq(&mine, with, t, out);
    pila__dict_done(&mine, t);
    pila__dict_done(&other, t);
    return st;
}

/* The chains that are being shown, from the inmost out. */
typedef struct chainmap_path {
    const pila__chain *chain;
    const struct chainmap_path *outer;
    size_t depth;
} chainmap_path;

static bool chainmap_on_path(const pila__chain *c, const chainmap_path *path)
{
    while (path && path->chain != c) path = path->outer;
    return path != NULL;
}

static pila_status chainmap_show(const pila__chain *c, const pila_pair *t,
                                 const chainmap_path *outer, pila_buf *out);

static pila_status chainmap_show_map(const pila_mapping *m, const pila_pair *t,
                                     const chainmap_path *path, pila_buf *out)
{
    switch (m->kind) {
    case PILA_MAPPING_CHAIN: return chainmap_show(chainmap_of(m), t, path, out);
    case PILA_MAPPING_DEFAULTDICT:
        return pila_defaultdict_repr((const pila_defaultdict *)m->map, out);
    case PILA_MAPPING_DICT: break;
    }
    return pila__dict_repr(pila__mapping_base(m), t, out);
}

static pila_status chainmap_show(const pila__chain *c, const pila_pair *t,
                                 const chainmap_path *outer, pila_buf *out)
{
    chainmap_path path = {c, outer, outer ? outer->depth + 1 : 0};
    pila_status st;

    if (chainmap_on_path(c, outer)) return pila_buf_add(out, pila_cstr("..."));
    if (path.depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    st = pila_buf_add(out, pila_cstr("ChainMap("));
    if (st == PILA_OK && !c->count && !c->bare) st = pila_buf_add(out, pila_cstr("{}"));
    for (size_t i = 0; i < c->count && st == PILA_OK; i++) {
        pila_mapping m = c->maps[i];
        chainmap_keep(m.own);
        if (i) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = chainmap_show_map(&m, t, &path, out);
        chainmap_let_go(m.own);
    }
    return st == PILA_OK ? pila_buf_add_char(out, ')') : st;
}

pila_status pila__chainmap_repr(const pila__chain *c, const pila_pair *t, pila_buf *out)
{
    size_t was = out->len;
    pila_status st = chainmap_show(c, t, NULL, out);

    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- the first map ---- */

pila_status pila__chainmap_set_slow(pila__chain *c, const pila_pair *t, const void *key,
                                    const void *value)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) return st;
    st = pila__dict_put_slow(pila__mapping_base(&m), t, key, value, true, NULL);
    chainmap_let_go(m.own);
    return st;
}

/* A look-up in all, and the default set when that is a KeyError. Only where user code
 * has put the key in meanwhile must it be looked up again to say where it is. */
static pila_status chainmap_put_default(pila__dict *d, const pila_pair *t,
                                        const void *key, const void *def, void **at)
{
    pila_status st;

    *at = NULL;
    st = pila__dict_put_slow(d, t, key, def, true, at);
    return st == PILA_OK && !*at ? pila__dict_at(d, t->first, t, key, at) : st;
}

pila_status pila__chainmap_setdefault(pila__chain *c, const pila_pair *t,
                                      const void *key, const void *def, void **value)
{
    void *at = NULL;
    pila_mapping m;
    pila_status st = chainmap_find(c, t, key, &at);

    if (st == PILA_EKEY) {
        st = chainmap_first_kept(c, t, &m);
        if (st != PILA_OK) return st;
        st = chainmap_put_default(pila__mapping_base(&m), t, key, def, &at);
        if (chainmap_let_go(m.own) && st == PILA_OK) st = PILA_EMUTATED;
    }
    if (st == PILA_OK && value) *value = at;
    return st;
}

pila_status pila__chainmap_remove(pila__chain *c, const pila_pair *t, const void *key,
                                  void *value)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) return st;
    st = pila__dict_remove(pila__mapping_base(&m), t->first, t, key, value);
    chainmap_let_go(m.own);
    return st;
}

pila_status pila__chainmap_popitem(pila__chain *c, const pila_pair *t, void *key,
                                   void *value)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) return st;
    st = pila__dict_popitem(pila__mapping_base(&m), t, true, key, value);
    chainmap_let_go(m.own);
    return st;
}

pila_status pila__chainmap_clear(pila__chain *c, const pila_pair *t)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) return st;
    pila__dict_clear(pila__mapping_base(&m), t);
    chainmap_let_go(m.own);
    return PILA_OK;
}

pila_status pila__chainmap_update(pila__chain *c, const pila_pair *t, pila_iter items)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) {
        pila_iter_drop(&items);
        return st;
    }
    st = pila__dict_update(pila__mapping_base(&m), t, items);
    chainmap_let_go(m.own);
    return st;
}

/* The pairs of any map into a dict. */
static pila_status chainmap_pour(pila__dict *d, const pila_pair *t, pila_mapping from)
{
    if (from.kind == PILA_MAPPING_CHAIN)
        return pila__dict_update(d, t, pila__chainmap_items(chainmap_of(&from), t));
    return pila__dict_merge(d, t, pila__mapping_base(&from));
}

pila_status pila__chainmap_merge(pila__chain *c, const pila_pair *t, pila_mapping from)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(c, t, &m);

    if (st != PILA_OK) return st;
    chainmap_keep(from.own);
    st = chainmap_pour(pila__mapping_base(&m), t, from);
    chainmap_let_go(from.own);
    chainmap_let_go(m.own);
    return st;
}

/* ---- new chains ---- */

pila_status pila__chainmap_new_child(pila__chain *out, pila__chain *c,
                                     const pila_pair *t, const pila_mapping *m)
{
    pila__chain made = chainmap_none();
    pila_mapping first;
    chainmap_own *own = NULL;
    pila_status st = chainmap_materialise(c, t);

    if (st == PILA_OK) st = chainmap_room(&made, c->count + 1);
    if (st == PILA_OK && !m) {
        own = chainmap_own_new(PILA_MAPPING_DICT, t);
        if (!own) st = PILA_ENOMEM;
    }
    if (st == PILA_OK) {
        first = own ? chainmap_owned(own) : chainmap_recall(c, *m);
        if (!own) chainmap_keep(first.own);
        chainmap_push(&made, first);
        chainmap_push_rest(&made, c, 0);
    }
    return chainmap_finish(out, &made, st);
}

pila_status pila__chainmap_parents(pila__chain *out, const pila__chain *c)
{
    pila__chain made = chainmap_none();
    pila_status st = PILA_OK;

    if (c->count > 1) st = chainmap_room(&made, c->count - 1);
    if (st == PILA_OK) chainmap_push_rest(&made, c, 1);
    return chainmap_finish(out, &made, st);
}

/* A chain of this owned map and the rest of c's, which c still has. own is counted
 * down on failure. */
static pila_status chainmap_of_own(pila__chain *out, chainmap_own *own,
                                   const pila__chain *c)
{
    pila__chain made = chainmap_none();
    pila_status st = chainmap_room(&made, c && c->count ? c->count : 1);

    if (st != PILA_OK) chainmap_let_go(own);
    else {
        chainmap_push(&made, chainmap_owned(own));
        if (c) chainmap_push_rest(&made, c, 1);
    }
    return chainmap_finish(out, &made, st);
}

static pila_status chainmap_copy(pila__chain *out, const pila__chain *c,
                                 const pila_pair *t, size_t depth);

static pila_status chainmap_copy_map(chainmap_own *own, const pila_mapping *m,
                                     const pila_pair *t, size_t depth)
{
    switch (m->kind) {
    case PILA_MAPPING_CHAIN:
        return chainmap_copy(&own->as.chain.base, chainmap_of(m), t, depth + 1);
    case PILA_MAPPING_DEFAULTDICT:
        return pila_defaultdict_copy(&own->as.d, (const pila_defaultdict *)m->map);
    case PILA_MAPPING_DICT: break;
    }
    return pila__dict_copy(&own->as.d.dict.base, pila__mapping_base(m), t);
}

static pila_status chainmap_copy(pila__chain *out, const pila__chain *c,
                                 const pila_pair *t, size_t depth)
{
    pila__chain none = chainmap_none();
    chainmap_own *own;
    pila_mapping m;
    pila_status st;

    if (depth >= PILA_CHAINMAP_DEPTH) return PILA_ELIMIT;
    if (c->count == 0)
        return chainmap_finish(out, &none, c->bare ? PILA_EINDEX : PILA_OK);
    m = c->maps[0];
    own = chainmap_own_new(m.kind, t);
    if (!own) return PILA_ENOMEM;
    chainmap_keep(m.own);
    st = chainmap_copy_map(own, &m, t, depth);
    chainmap_let_go(m.own);
    if (st == PILA_OK) return chainmap_of_own(out, own, c);
    chainmap_let_go(own);
    return st;
}

pila_status pila__chainmap_copy(pila__chain *out, const pila__chain *c,
                                const pila_pair *t)
{
    return chainmap_copy(out, c, t, 0);
}

pila_status pila__chainmap_or(pila__chain *out, const pila__chain *c,
                              const pila_pair *t, pila_mapping m)
{
    pila__chain made = chainmap_none();
    pila_status st = chainmap_copy(&made, c, t, 0);

    if (st == PILA_OK) st = pila__chainmap_merge(&made, t, m);
    return chainmap_finish(out, &made, st);
}

pila_status pila__chainmap_ror(pila__chain *out, const pila__dict *d,
                               const pila__chain *c, const pila_pair *t)
{
    chainmap_own *own = chainmap_own_new(PILA_MAPPING_DICT, t);
    pila_status st;

    if (!own) return PILA_ENOMEM;
    st = pila__dict_copy(&own->as.d.dict.base, d, t);
    for (size_t i = c->count; i-- > 0 && st == PILA_OK;) {
        if (i >= c->count) break;
        pila_mapping m = c->maps[i];
        chainmap_keep(m.own);
        st = chainmap_pour(&own->as.d.dict.base, t, m);
        chainmap_let_go(m.own);
    }
    if (st == PILA_OK) return chainmap_of_own(out, own, NULL);
    chainmap_let_go(own);
    return st;
}

pila_status pila__chainmap_fromkeys(pila__chain *out, const pila_pair *t,
                                    pila_iter keys, const void *value)
{
    chainmap_own *own = chainmap_own_new(PILA_MAPPING_DICT, t);
    pila_status st;

    if (!own) {
        pila_iter_drop(&keys);
        return PILA_ENOMEM;
    }
    st = pila__dict_fromkeys(&own->as.d.dict.base, t, keys, value);
    if (st == PILA_OK) return chainmap_of_own(out, own, NULL);
    chainmap_let_go(own);
    return st;
}

void pila__chainmap_move(pila__chain *out, pila__chain *c)
{
    pila__chain was = *out;

    if (out == c) return;
    *out = *c;
    *c = chainmap_none();
    chainmap_drop_maps(&was);
}

void pila__chainmap_done(pila__chain *c)
{
    pila__chain was = *c;

    *c = chainmap_none();
    chainmap_drop_maps(&was);
}

/* ---- the run-time face ---- */

pila_mapping pila_mapping_dict(pila_dict *d)
{
    return pila__mapping_of(PILA_MAPPING_DICT, d);
}

pila_mapping pila_mapping_defaultdict(pila_defaultdict *d)
{
    return pila__mapping_of(PILA_MAPPING_DEFAULTDICT, d);
}

pila_mapping pila_mapping_chain(pila_chainmap *c)
{
    return pila__mapping_of(PILA_MAPPING_CHAIN, c);
}

/* Whether a map's entries are those of the chain, in the same places. */
static bool chainmap_fits(const pila_pair *t, const pila_mapping *m)
{
    const pila_pair *of = m->kind == PILA_MAPPING_CHAIN
                              ? &((const pila_chainmap *)m->map)->types
                              : &((const pila_dict *)m->map)->types;

    return pila__dict_alike(t, of) && t->second_at == of->second_at &&
           t->type.size == of->type.size;
}

pila_status pila_chainmap_init(pila_chainmap *c, const pila_type *key,
                               const pila_type *value)
{
    pila_pair types;
    pila_status st = pila_pair_init(&types, key, value);

    if (st != PILA_OK) return st;
    c->base = chainmap_none();
    return pila_pair_init(&c->types, key, value);
}

void pila_chainmap_done(pila_chainmap *c) { pila__chainmap_done(&c->base); }

pila_chainmap *pila_chainmap_new(const pila_type *key, const pila_type *value)
{
    pila_chainmap *c = (pila_chainmap *)pila_alloc(1, sizeof *c);

    if (c && pila_chainmap_init(c, key, value) == PILA_OK) return c;
    pila_free(c);
    return NULL;
}

void pila_chainmap_free(pila_chainmap *c)
{
    if (c) pila_chainmap_done(c);
    pila_free(c);
}

/* out is of the types of what was made, from now on. */
static pila_status chainmap_become(pila_chainmap *out, pila__chain *made,
                                   const pila_pair *types, pila_status st)
{
    if (st == PILA_OK) {
        (void)!pila_pair_init(&out->types, types->first, types->second);
        pila__chainmap_move(&out->base, made);
    }
    pila__chainmap_done(made);
    return st;
}

size_t pila_chainmap_map_count(const pila_chainmap *c)
{
    return pila__chainmap_map_count(&c->base);
}

pila_status pila_chainmap_map(pila_chainmap *c, ptrdiff_t i, pila_mapping *out)
{
    return pila__chainmap_map(&c->base, &c->types, i, out);
}

pila_status pila_chainmap_set_maps(pila_chainmap *c, const pila_mapping *maps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!chainmap_fits(&c->types, &maps[i])) return PILA_ETYPE;
    return pila__chainmap_set_maps(&c->base, maps, n);
}

pila_status pila_chainmap_append_map(pila_chainmap *c, pila_mapping m)
{
    if (!chainmap_fits(&c->types, &m)) return PILA_ETYPE;
    return pila__chainmap_append_map(&c->base, &c->types, m);
}

pila_status pila_chainmap_new_child(pila_chainmap *out, pila_chainmap *c,
                                    const pila_mapping *m)
{
    pila__chain made = chainmap_none();
    pila_status st;

    if (m && !chainmap_fits(&c->types, m)) return PILA_ETYPE;
    st = pila__chainmap_new_child(&made, &c->base, &c->types, m);
    return chainmap_become(out, &made, &c->types, st);
}

pila_status pila_chainmap_parents(pila_chainmap *out, const pila_chainmap *c)
{
    pila__chain made = chainmap_none();

    return chainmap_become(out, &made, &c->types,
                           pila__chainmap_parents(&made, &c->base));
}

pila_status pila_chainmap_copy(pila_chainmap *out, const pila_chainmap *c)
{
    pila__chain made = chainmap_none();
    pila_status st = pila__chainmap_copy(&made, &c->base, &c->types);

    return chainmap_become(out, &made, &c->types, st);
}

void pila_chainmap_move(pila_chainmap *out, pila_chainmap *c)
{
    pila__chain made = c->base;

    if (out == c) return;
    c->base = chainmap_none();
    (void)!chainmap_become(out, &made, &c->types, PILA_OK);
}

pila_status pila_chainmap_find(const pila_chainmap *c, const void *key, void **value)
{
    return chainmap_find(&c->base, &c->types, key, value);
}

static pila_status chainmap_get(const pila_chainmap *c, const void *key, void **out){
#define CHAINMAP_CALL(kt) pila__chainmap_get(&c->base, kt, &c->types, key, out)
    PILA__BY_KIND(c->types.first, CHAINMAP_CALL, CHAINMAP_CALL(c->types.first))
#undef CHAINMAP_CALL
}

pila_status pila_chainmap_get(const pila_chainmap *c, const void *key, const void *def,
                              const void **value)
{
    void *at = NULL;
    pila_status st = chainmap_get(c, key, &at);

    if (st == PILA_OK) *value = at;
    else if (st == PILA_EKEY) *value = def;
    return st == PILA_EKEY ? PILA_OK : st;
}

pila_status pila_chainmap_contains(const pila_chainmap *c, const void *key, bool *out){
#define CHAINMAP_CALL(kt) pila__chainmap_has(&c->base, kt, &c->types, key, out)
    PILA__BY_KIND(c->types.first, CHAINMAP_CALL, CHAINMAP_CALL(c->types.first))
#undef CHAINMAP_CALL
}

pila_status pila_chainmap_len(const pila_chainmap *c, size_t *out)
{
    return pila__chainmap_len(&c->base, &c->types, out);
}

pila_status pila_chainmap_any(const pila_chainmap *c, bool *out)
{
    return pila__chainmap_any(&c->base, out);
}

pila_iter pila_chainmap_keys(const pila_chainmap *c)
{
    return pila__chainmap_keys(&c->base, &c->types);
}

pila_iter pila_chainmap_values(const pila_chainmap *c)
{
    return pila__chainmap_values(&c->base, &c->types);
}

pila_iter pila_chainmap_items(const pila_chainmap *c)
{
    return pila__chainmap_items(&c->base, &c->types);
}

pila_status pila_chainmap_eq(const pila_chainmap *c, pila_mapping m, bool *out)
{
    if (!chainmap_fits(&c->types, &m)) return PILA_ETYPE;
    return pila__chainmap_eq(&c->base, &c->types, m, out);
}

pila_status pila_chainmap_repr(const pila_chainmap *c, pila_buf *out)
{
    return pila__chainmap_repr(&c->base, &c->types, out);
}

/* By way of the dict's own face, where a value lent from inside of it is no danger. */
pila_status pila_chainmap_set(pila_chainmap *c, const void *key, const void *value)
{
    pila_mapping m;
    pila_status st = chainmap_first_kept(&c->base, &c->types, &m);

    if (st != PILA_OK) return st;
    st = pila_dict_set((pila_dict *)m.map, key, value);
    chainmap_let_go(m.own);
    return st;
}

pila_status pila_chainmap_setdefault(pila_chainmap *c, const void *key, const void *def,
                                     void **value)
{
    return pila__chainmap_setdefault(&c->base, &c->types, key, def, value);
}

pila_status pila_chainmap_del(pila_chainmap *c, const void *key)
{
    return pila__chainmap_remove(&c->base, &c->types, key, NULL);
}

pila_status pila_chainmap_pop(pila_chainmap *c, const void *key, void *value)
{
    return pila__chainmap_remove(&c->base, &c->types, key, value);
}

pila_status pila_chainmap_popitem(pila_chainmap *c, void *key, void *value)
{
    return pila__chainmap_popitem(&c->base, &c->types, key, value);
}

pila_status pila_chainmap_clear(pila_chainmap *c)
{
    return pila__chainmap_clear(&c->base, &c->types);
}

pila_status pila_chainmap_update(pila_chainmap *c, pila_iter items)
{
    return pila__chainmap_update(&c->base, &c->types, items);
}

pila_status pila_chainmap_merge(pila_chainmap *c, pila_mapping from)
{
    if (!chainmap_fits(&c->types, &from)) return PILA_ETYPE;
    return pila__chainmap_merge(&c->base, &c->types, from);
}

pila_status pila_chainmap_or(pila_chainmap *out, const pila_chainmap *c, pila_mapping m)
{
    pila__chain made = chainmap_none();

    if (!chainmap_fits(&c->types, &m)) return PILA_ETYPE;
    return chainmap_become(out, &made, &c->types,
                           pila__chainmap_or(&made, &c->base, &c->types, m));
}

pila_status pila_chainmap_ror(pila_chainmap *out, const pila_dict *d,
                              const pila_chainmap *c)
{
    pila__chain made = chainmap_none();
    pila_mapping m = pila__mapping_of(PILA_MAPPING_DICT, d);

    if (!chainmap_fits(&c->types, &m)) return PILA_ETYPE;
    return chainmap_become(out, &made, &c->types,
                           pila__chainmap_ror(&made, &d->base, &c->base, &c->types));
}

pila_status pila_chainmap_fromkeys(pila_chainmap *out, pila_iter keys,
                                   const void *value)
{
    return pila__chainmap_fromkeys(&out->base, &out->types, keys, value);
}
