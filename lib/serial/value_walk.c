/* value_walk.c - values that nest: equal, less, hash, copy.
 *
 * Each is a walk in depth with a stack of its own, 16 frames on the machine's stack and
 * then memory: a million levels are as good as two. A walk keeps three promises.
 *
 * It ends. A pair that is met again below itself would be met for ever. Noting every
 * pair would cost more than comparing; so one frame of the path is watched, and a new
 * one is chosen whenever the steps taken have doubled (R. P. Brent, 1980): once the
 * path repeats, the watched frame comes round again within one period.
 *
 * It is linear in what there is, not in the ways to get there: t = (t, t), sixty times,
 * is sixty tuples. What took more than WALK_LARGE steps is remembered by its address,
 * and not walked again; smaller things are cheaper to walk than to look up.
 *
 * It never guesses. A key of a set or dict that nests is looked for among the other's
 * keys of the same hash; each is a candidate, and where one differs, however deep, the
 * walk goes back to the frame that hunts and tries the next.
 *
 * What a call made is itself and nothing else: it hashes by its address. A copy needs
 * no path: it is made from the outside in, shells first, which hold references to the
 * old until their turn comes. As addresses are others then, an index of keys that nest
 * is made anew, when all of them are copied.
 */
#include "memo.h"
#include "value_scalar.h"

enum {
    WALK_LOCAL = 16,  /* frames that need no memory: 1 KB */
    WALK_LARGE = 512, /* steps; what takes more is remembered */
    WALK_TAG = 8      /* bytes before a copied text: its tag */
};
#define WALK_NO_HUNT SIZE_MAX

/* What a frame says: its two are equal, they differ, or this pair decides. */
typedef enum walk_say { WALK_EQUAL, WALK_DIFFER, WALK_PAIR } walk_say;

typedef struct walk_pair {
    pila_value x, y;
} walk_pair;

typedef struct walk_frame {
    walk_pair of;   /* what is walked: a pair; of hash and copy, x alone */
    size_t at;      /* the next item */
    size_t hunt;    /* which candidate for the key before `at`; or WALK_NO_HUNT */
    uint64_t hash;  /* of that key; in a hash, that of the items so far */
    uint64_t begun; /* steps taken then */
} walk_frame;

typedef struct walk {
    walk_frame *frames;
    size_t depth, room;
    size_t watched;        /* the number of a frame */
    uint64_t steps, until; /* until then */
    pila__memo known;      /* eq, less: what x equals; hash, copy: of x */
    pila__memo hashes;     /* of keys; copy: of dicts whose index is to be made */
    walk_frame local[WALK_LOCAL];
} walk;

static void walk_begin(walk *w)
{
    pila__memo none = {0};

    w->frames = w->local;
    w->depth = 0;
    w->room = WALK_LOCAL;
    w->watched = 0;
    w->steps = w->until = 0;
    w->known = none;
    w->hashes = none;
}

static void walk_end(walk *w)
{
    if (w->frames != w->local) pila_free(w->frames);
    pila__memo_done(&w->known);
    pila__memo_done(&w->hashes);
}

static pila_status walk_grow(walk *w)
{
    size_t room = pila_mem_grow(w->room, 2 * w->room, sizeof *w->frames);
    walk_frame *had = w->frames == w->local ? NULL : w->frames, *frames;

    frames = room ? (walk_frame *)pila_realloc(had, room, sizeof *frames) : NULL;
    if (!frames) return PILA_ENOMEM;
    if (!had) memcpy(frames, w->local, sizeof w->local);
    w->frames = frames;
    w->room = room;
    return PILA_OK;
}

static pila_status walk_push(walk *w, pila_value x, pila_value y)
{
    walk_frame *f;

    if (w->depth == w->room) {
        pila_status st = walk_grow(w);
        if (st != PILA_OK) return st;
    }
    f = &w->frames[w->watched];
    if (w->depth && pila__value_same(f->of.x, x) && pila__value_same(f->of.y, y))
        return PILA_ELIMIT;
    if (w->steps >= w->until) {
        w->watched = w->depth;
        w->until = 2 * w->steps + WALK_LOCAL;
    }
    f = &w->frames[w->depth++];
    f->of.x = x;
    f->of.y = y;
    f->at = 0;
    f->hunt = WALK_NO_HUNT;
    f->hash = 0;
    f->begun = w->steps++;
    return PILA_OK;
}

/* What was watched may end: then the frame below it, which led there, is. */
static void walk_pop(walk *w)
{
    w->depth--;
    if (w->watched >= w->depth) w->watched = w->depth ? w->depth - 1 : 0;
}

/* The address of what a value refers to. */
static uint64_t walk_key(pila_value v) { return pila__memo_key(v.as.items); }

/* The top frame's x is known from now on, if it was long to find out. */
static pila_status walk_note(walk *w, uint64_t what)
{
    const walk_frame *f = &w->frames[w->depth - 1];

    if (w->steps - f->begun < WALK_LARGE || what >= PILA__MEMO_NONE) return PILA_OK;
    return pila__memo_put(&w->known, walk_key(f->of.x), (size_t)what);
}

/* The items of a list, tuple or object, one after the other. */
static pila_value *walk_items(pila_value v, size_t *n)
{
    if (pila_value_kind_of(v) == PILA_VALUE_OBJECT) return pila_value_parts(v, n);
    (void)pila_value_data(v, n);
    return pila_value_kind_of(v) == PILA_VALUE_LIST ? v.as.list->items : v.as.items;
}

static bool walk_is_set(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_SET ||
           pila_value_kind_of(v) == PILA_VALUE_FROZENSET;
}

static bool walk_is_keyed(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_DICT || walk_is_set(v);
}

/* ---- hash ---- */

static uint64_t walk_mix(uint64_t so_far, uint64_t hash)
{
    return pila__hash_fold(so_far ^ hash, pila__hash.c) + pila__hash.d;
}

/* The next item of a tuple, frozenset or object; NULL at the end. */
static const pila_value *walk_hash_next(walk_frame *f)
{
    const pila_entry *e;
    size_t n;

    if (pila_value_kind_of(f->of.x) != PILA_VALUE_FROZENSET) {
        const pila_value *items = walk_items(f->of.x, &n);
        return f->at < n ? &items[f->at++] : NULL;
    }
    e = pila__value_entry(f->of.x.as.dict, &f->at);
    return e ? &e->key : NULL;
}

static void walk_hash_take(walk_frame *f, uint64_t hash)
{
    if (pila_value_kind_of(f->of.x) == PILA_VALUE_FROZENSET)
        f->hash += walk_mix(0, hash);
    else f->hash = walk_mix(f->hash, hash);
}

/* The hash of what nests nothing or is known; else its frame. */
static pila_status walk_hash_one(walk *w, pila_value v, uint64_t *out, bool *have)
{
    pila_value_kind kind = pila_value_kind_of(v);
    size_t known;

    *have = true;
    w->steps++;
    if (pila__scalar_is(v)) return pila__scalar_hash(v, out);
    if (pila__object_is_made(v)) {
        *out = pila__hash_u64(walk_key(v));
        return PILA_OK;
    }
    if (kind != PILA_VALUE_TUPLE && kind != PILA_VALUE_FROZENSET &&
        kind != PILA_VALUE_OBJECT)
        return PILA_ETYPE;
    known = w->known.len ? pila__memo_get(&w->known, walk_key(v)) : PILA__MEMO_NONE;
    *out = known;
    *have = known != PILA__MEMO_NONE;
    return *have ? PILA_OK : walk_push(w, v, pila_value_none());
}

static pila_status walk_hash(walk *w, pila_value v, uint64_t *out)
{
    bool have;
    uint64_t hash = 0;
    pila_status st = walk_hash_one(w, v, &hash, &have);

    while (st == PILA_OK && w->depth) {
        walk_frame *f = &w->frames[w->depth - 1];
        const pila_value *item = walk_hash_next(f);

        if (item) {
            st = walk_hash_one(w, *item, &hash, &have);
            if (st == PILA_OK && have) walk_hash_take(f, hash);
            continue;
        }
        /* One bit less: what is remembered must not be PILA__MEMO_NONE. */
        hash = pila__hash_u64(f->hash ^ (f->of.x.tag & 0xffff)) & (SIZE_MAX >> 1);
        st = walk_note(w, hash);
        walk_pop(w);
        if (w->depth) walk_hash_take(&w->frames[w->depth - 1], hash);
    }
    if (st == PILA_OK) *out = hash;
    return st;
}

pila_status pila_value_hash(pila_value v, uint64_t *out)
{
    walk w;
    pila_status st;

    pila_hash_init();
    if (pila__scalar_is(v)) return pila__scalar_hash(v, out);
    walk_begin(&w);
    st = walk_hash(&w, v, out);
    walk_end(&w);
    return st;
}

/* The hash of a key, by what this walk knows of others. */
static pila_status walk_hash_key(walk *w, pila_value v, uint64_t *out)
{
    walk in;
    pila_status st;

    walk_begin(&in);
    in.known = w->hashes;
    st = walk_hash(&in, v, out);
    w->hashes = in.known;
    in.known.slots = NULL;
    walk_end(&in);
    return st;
}

/* ---- equality ---- */

/* What can be said of a pair without looking inside. */
static walk_say walk_compare(pila_value x, pila_value y)
{
    if (pila__value_same(x, y)) return WALK_EQUAL;
    if (pila__scalar_is(x) || pila__scalar_is(y))
        return pila__scalar_eq(x, y) ? WALK_EQUAL : WALK_DIFFER;
    if (walk_is_set(x) && walk_is_set(y))
        return x.as.dict->len == y.as.dict->len ? WALK_PAIR : WALK_DIFFER;
    if (x.tag != y.tag) return WALK_DIFFER; /* kind, length of tuples, how */
    if (pila__object_is_made(x)) return WALK_DIFFER;
    switch (pila_value_kind_of(x)) {
    case PILA_VALUE_LIST:
        return x.as.list->len == y.as.list->len ? WALK_PAIR : WALK_DIFFER;
    case PILA_VALUE_DICT:
        return x.as.dict->len == y.as.dict->len ? WALK_PAIR : WALK_DIFFER;
    default: return WALK_PAIR;
    }
}

/* The pairs of lists, tuples, objects. */
static walk_say walk_eq_items(walk *w, walk_frame *f, walk_pair *p)
{
    size_t n, first = f->at;
    const pila_value *xs = walk_items(f->of.x, &n), *ys = walk_items(f->of.y, &n);
    walk_say say = WALK_EQUAL;

    while (say == WALK_EQUAL && f->at < n) {
        p->x = xs[f->at];
        p->y = ys[f->at++];
        say = walk_compare(p->x, p->y);
    }
    w->steps += f->at - first;
    return say;
}

/* The entry that is the k-th candidate of a hash; NULL: it is none. Whether there are
 * more is in *more. A slot of the index has the upper half of the hash, and the number
 * of the entry + 1. */
static const pila_entry *walk_candidate(const pila_dict_body *d, uint64_t hash,
                                        size_t k, bool *more)
{
    const pila_entry *e = NULL;

    if (d->index) {
        uint64_t slot = d->index[((size_t)(hash >> 32) + k) & d->mask];

        *more = slot != 0;
        if (slot && slot >> 32 == hash >> 32) e = &d->entries[(slot & UINT32_MAX) - 1];
    } else {
        *more = k < d->used;
        if (*more) e = &d->entries[k];
    }
    return e && pila_value_kind_of(e->key) != PILA__VALUE_DEAD ? e : NULL;
}

/* Whether two keys that nest have one hash, where no index says so. */
static pila_status walk_same_hash(walk *w, const walk_frame *f, pila_value key,
                                  bool *out)
{
    uint64_t hash = f->hash;
    pila_status st = PILA_OK;

    if (f->of.y.as.dict->len > 1 && !f->of.y.as.dict->index)
        st = walk_hash_key(w, key, &hash);
    *out = hash == f->hash;
    return st;
}

/* The next candidate for the key before f->at, from f->hunt on: the pair of keys, or
 * that there is none. */
static pila_status walk_hunt(walk *w, walk_frame *f, walk_pair *p, walk_say *say)
{
    const pila_dict_body *d = f->of.y.as.dict;
    bool more = true, same;

    p->x = f->of.x.as.dict->entries[f->at - 1].key;
    for (;; f->hunt++) {
        const pila_entry *e = walk_candidate(d, f->hash, f->hunt, &more);

        w->steps++;
        if (!more) {
            *say = WALK_DIFFER;
            return PILA_OK;
        }
        if (!e) continue;
        p->y = e->key;
        *say = walk_compare(p->x, p->y);
        if (*say == WALK_EQUAL) return PILA_OK;
        if (*say == WALK_DIFFER) continue;
        pila_status st = walk_same_hash(w, f, p->y, &same);
        if (st != PILA_OK || same) return st;
    }
}

/* The entry of a scalar key. Equal dicts mostly have one order: the place that it has
 * in the other is looked at first. */
static pila_status walk_find(const pila_dict_body *d, pila_value key, size_t place,
                             size_t *at)
{
    *at = place;
    if (place < d->used && (pila__value_same(d->entries[place].key, key) ||
                            pila__scalar_eq(d->entries[place].key, key)))
        return PILA_OK;
    return pila__value_find(d, key, at);
}

/* The next key of x and what is at its place in y; *found is NULL while it is undecided
 * or there is none, as *say tells. */
static pila_status walk_seek(walk *w, walk_frame *f, walk_pair *p, walk_say *say,
                             const pila_entry **found)
{
    const pila_dict_body *d = f->of.y.as.dict;
    const pila_entry *e = pila__value_entry(f->of.x.as.dict, &f->at);
    size_t at = SIZE_MAX;
    bool more;
    pila_status st;

    *found = NULL;
    *say = WALK_EQUAL;
    w->steps++;
    if (!e) return PILA_OK;
    if (pila__scalar_is(e->key)) {
        st = walk_find(d, e->key, f->at - 1, &at);
        *say = at == SIZE_MAX ? WALK_DIFFER : WALK_EQUAL;
        if (at != SIZE_MAX) *found = &d->entries[at];
        return st;
    }
    f->hunt = 0;
    st = d->len > 1 || d->index ? walk_hash_key(w, e->key, &f->hash) : PILA_OK;
    if (st == PILA_OK) st = walk_hunt(w, f, p, say);
    if (st != PILA_OK || *say != WALK_EQUAL) return st;
    *found = walk_candidate(d, f->hash, f->hunt, &more);
    return PILA_OK;
}

/* The pairs of dicts and sets: each key with its candidates, then its two values. */
static pila_status walk_eq_keyed(walk *w, walk_frame *f, bool differed, walk_pair *p,
                                 walk_say *say)
{
    const pila_entry *found = NULL;
    bool more;
    pila_status st = PILA_OK;

    *say = WALK_DIFFER;
    if (differed && f->hunt == WALK_NO_HUNT) return PILA_OK;
    if (differed) {
        f->hunt++;
        st = walk_hunt(w, f, p, say);
        if (st != PILA_OK || *say != WALK_EQUAL) return st;
    }
    for (;;) {
        if (f->hunt != WALK_NO_HUNT)
            found = walk_candidate(f->of.y.as.dict, f->hash, f->hunt, &more);
        else st = walk_seek(w, f, p, say, &found);
        if (st != PILA_OK || !found) return st;
        f->hunt = WALK_NO_HUNT;
        if (walk_is_set(f->of.x)) continue;
        p->x = f->of.x.as.dict->entries[f->at - 1].value;
        p->y = found->value;
        *say = walk_compare(p->x, p->y);
        if (*say != WALK_EQUAL) return PILA_OK;
    }
}

static pila_status walk_eq_step(walk *w, bool differed, walk_pair *p, walk_say *say)
{
    walk_frame *f = &w->frames[w->depth - 1];

    if (walk_is_keyed(f->of.x)) return walk_eq_keyed(w, f, differed, p, say);
    *say = differed ? WALK_DIFFER : walk_eq_items(w, f, p);
    return PILA_OK;
}

static bool walk_known_equal(const walk *w, walk_pair p)
{
    return w->known.len && pila__memo_get(&w->known, walk_key(p.x)) == walk_key(p.y);
}

/* Whether the pair is equal; of two sets, whether x is in y. */
static pila_status walk_eq(walk *w, pila_value x, pila_value y, bool *out)
{
    bool differed = false;
    walk_pair p;
    walk_say say = WALK_PAIR;
    pila_status st = walk_push(w, x, y);

    while (st == PILA_OK && w->depth) {
        st = walk_eq_step(w, differed, &p, &say);
        if (st != PILA_OK) break;
        differed = say == WALK_DIFFER;
        if (say == WALK_PAIR) {
            if (!walk_known_equal(w, p)) st = walk_push(w, p.x, p.y);
            continue;
        }
        if (!differed) st = walk_note(w, walk_key(w->frames[w->depth - 1].of.y));
        walk_pop(w);
    }
    if (st == PILA_OK) *out = !differed;
    return st;
}

static pila_status walk_eq_alone(pila_value x, pila_value y, bool *out)
{
    walk w;
    pila_status st;

    pila_hash_init();
    walk_begin(&w);
    st = walk_eq(&w, x, y, out);
    walk_end(&w);
    return st;
}

pila_status pila_value_eq(pila_value a, pila_value b, bool *out)
{
    walk_say say;

    if (pila__scalar_is(a) || pila__scalar_is(b)) {
        *out = pila__scalar_eq(a, b); /* a NaN is not even itself */
        return PILA_OK;
    }
    say = walk_compare(a, b);
    if (say == WALK_PAIR) return walk_eq_alone(a, b, out);
    *out = say == WALK_EQUAL;
    return PILA_OK;
}

/* ---- order ---- */

static bool walk_is_bytes(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_BYTES ||
           pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY;
}

static bool walk_has_order(pila_value v)
{
    return pila__scalar_is_number(v) && pila_value_kind_of(v) != PILA_VALUE_COMPLEX;
}

/* Of all but lists and tuples. Code points order as the bytes of their UTF-8 do, lone
 * surrogates included. */
static pila_status walk_less_flat(pila_value a, pila_value b, bool *out)
{
    bool both_str = pila_value_kind_of(a) == PILA_VALUE_STR &&
                    pila_value_kind_of(b) == PILA_VALUE_STR;

    if (walk_has_order(a) && walk_has_order(b)) {
        *out = pila__scalar_compare(a, b) == -1;
        return PILA_OK;
    }
    if (both_str || (walk_is_bytes(a) && walk_is_bytes(b))) {
        *out = pila_str_cmp(pila_value_text(a), pila_value_text(b)) < 0;
        return PILA_OK;
    }
    if (!walk_is_set(a) || !walk_is_set(b)) return PILA_ETYPE;
    if (a.as.dict->len < b.as.dict->len) return walk_eq_alone(a, b, out);
    *out = false;
    return PILA_OK;
}

static bool walk_is_sequence(pila_value a, pila_value b)
{
    pila_value_kind kind = pila_value_kind_of(a);

    return kind == pila_value_kind_of(b) &&
           (kind == PILA_VALUE_LIST || kind == PILA_VALUE_TUPLE);
}

/* A pair of items: equal; else *decided, and *out is the answer; or a frame more. */
static pila_status walk_less_pair(walk *w, walk_pair p, bool *decided, bool *out)
{
    bool same = false;
    pila_status st;

    if (pila__value_same(p.x, p.y)) return PILA_OK;
    if (walk_is_sequence(p.x, p.y))
        return walk_known_equal(w, p) ? PILA_OK : walk_push(w, p.x, p.y);
    st = pila_value_eq(p.x, p.y, &same);
    if (st != PILA_OK || same) return st;
    *decided = true;
    return walk_less_flat(p.x, p.y, out);
}

/* The first items that differ decide, at whatever depth. */
static pila_status walk_less(walk *w, bool *out)
{
    bool decided = false;
    pila_status st = PILA_OK;

    *out = false;
    while (st == PILA_OK && !decided && w->depth) {
        walk_frame *f = &w->frames[w->depth - 1];
        size_t n, m;
        const pila_value *xs = pila_value_data(f->of.x, &n);
        const pila_value *ys = pila_value_data(f->of.y, &m);

        if (f->at < n && f->at < m) {
            walk_pair p = {xs[f->at], ys[f->at]};

            f->at++;
            w->steps++;
            st = walk_less_pair(w, p, &decided, out);
            continue;
        }
        decided = n != m;
        *out = n < m;
        st = walk_note(w, walk_key(f->of.y));
        walk_pop(w);
    }
    return st;
}

pila_status pila_value_less(pila_value a, pila_value b, bool *out)
{
    bool less = false;
    walk w;
    pila_status st;

    if (walk_is_sequence(a, b)) {
        walk_begin(&w);
        st = walk_push(&w, a, b);
        if (st == PILA_OK) st = walk_less(&w, &less);
        walk_end(&w);
    } else st = walk_less_flat(a, b, &less);
    if (st == PILA_OK) *out = less;
    return st;
}

/* ---- copy ---- */

/* The bytes that a value refers to, where they never change. */
static size_t walk_copy_bytes(pila_value v)
{
    size_t n;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_BIGINT: (void)pila__big_limbs(v, &n); return n * sizeof *v.as.limbs;
    case PILA_VALUE_COMPLEX: return 2 * sizeof *v.as.parts;
    case PILA_VALUE_NUMERAL:
    case PILA_VALUE_STR:
    case PILA_VALUE_BYTES: return pila_value_text(v).len;
    default: return 0;
    }
}

static bool walk_is_text(pila_value v)
{
    return pila_value_kind_of(v) >= PILA_VALUE_NUMERAL &&
           pila_value_kind_of(v) <= PILA_VALUE_BYTES;
}

/* Text, big integers, complex numbers. Two views may begin at one place and have two
 * lengths: so a copy has its tag in front, which says what it is a copy of, and leads
 * by its own address to the next copy of what begins there. */
static pila_status walk_copy_flat(walk *w, pila_doc *doc, pila_value *v)
{
    size_t n = walk_copy_bytes(*v), made, need;
    uint64_t key = pila__memo_key(v->as.text);
    const char *old = v->as.text;
    char *p;

    if (n == 0) { /* None, a number; "", whose address says nothing */
        if (walk_is_text(*v)) v->as.text = "";
        return PILA_OK;
    }
    while ((made = pila__memo_get(&w->known, key)) != PILA__MEMO_NONE) {
        p = (char *)(uintptr_t)made;
        v->as.text = p;
        if (memcmp(p - WALK_TAG, &v->tag, sizeof v->tag) == 0) return PILA_OK;
        key = pila__memo_key(p);
    }
    p = pila_add(n, WALK_TAG, &need) ? (char *)pila_doc_alloc(doc, need) : NULL;
    if (!p) return PILA_ENOMEM;
    memcpy(p, &v->tag, sizeof v->tag);
    p += WALK_TAG;
    memcpy(p, old, n);
    v->as.text = p;
    return pila__memo_put(&w->known, key, (size_t)(uintptr_t)p);
}

/* Whether all keys are text and numbers, whose copies hash as they do. */
static bool walk_is_plain(const pila_dict_body *d)
{
    const pila_entry *e;
    size_t at = 0;

    while ((e = pila__value_entry(d, &at)) != NULL)
        if (!pila__scalar_is(e->key)) return false;
    return true;
}

/* A dict or set with the old keys and values. */
static pila_status walk_copy_keyed(walk *w, pila_doc *doc, pila_value *v)
{
    const pila_dict_body *d = v->as.dict;
    pila_dict_body *made = (pila_dict_body *)pila_doc_alloc(doc, sizeof *made);
    size_t slots = d->index ? d->mask + 1 : 0;

    if (!made) return PILA_ENOMEM;
    *made = *d;
    made->version = 0;
    made->room = d->used;
    made->entries =
        (pila_entry *)pila_doc_alloc(doc, d->used * sizeof *made->entries + 8);
    if (!made->entries) return PILA_ENOMEM;
    if (d->used) memcpy(made->entries, d->entries, d->used * sizeof *made->entries);
    if (slots) {
        made->index = (uint64_t *)pila_doc_alloc(doc, slots * sizeof *made->index);
        if (!made->index) return PILA_ENOMEM;
        memcpy(made->index, d->index, slots * sizeof *made->index);
    }
    v->as.dict = made;
    if (!slots || walk_is_plain(d)) return PILA_OK;
    return pila__memo_put(&w->hashes, pila__memo_key(made), 0);
}

/* When all is copied: the indexes in which keys nest. */
static pila_status walk_copy_indexes(const walk *w)
{
    pila_status st = PILA_OK;

    for (size_t i = 0; w->hashes.len && st == PILA_OK && i <= w->hashes.mask; i++)
        if (w->hashes.slots[i].key)
            st = pila__value_reindex(
                (pila_dict_body *)(uintptr_t)w->hashes.slots[i].key);
    return st;
}

/* A container of the old items in the place of *v. */
static pila_status walk_copy_shell(walk *w, pila_doc *doc, pila_value *v)
{
    pila_value old = *v;
    size_t n;
    const pila_value *items;
    pila_status st;

    switch (pila_value_kind_of(old)) {
    case PILA_VALUE_BYTEARRAY:
        return pila_value_bytearray(doc, pila_value_text(old), v);
    case PILA_VALUE_LIST:
        items = pila_value_data(old, &n);
        return pila_value_list(doc, items, n, v);
    case PILA_VALUE_TUPLE:
        items = pila_value_data(old, &n);
        return pila_value_tuple(doc, items, n, v);
    case PILA_VALUE_OBJECT:
        items = pila_value_parts(old, &n);
        st = pila_value_object(doc, pila_value_how(old), n, v);
        if (st == PILA_OK) memcpy(v->as.items, items, n * sizeof *items);
        return st;
    default: return walk_copy_keyed(w, doc, v);
    }
}

/* The places that a container has for values, in a row. */
static pila_value *walk_slots(pila_value v, size_t *n)
{
    if (!walk_is_keyed(v)) return walk_items(v, n);
    *n = 2 * v.as.dict->used;
    return (pila_value *)v.as.dict->entries;
}

/* A tuple or object of nothing: its address is also that of what came next. */
static bool walk_is_hollow(pila_value v)
{
    size_t n = 1;

    if (pila_value_kind_of(v) == PILA_VALUE_TUPLE ||
        pila_value_kind_of(v) == PILA_VALUE_OBJECT)
        (void)walk_items(v, &n);
    return n == 0;
}

/* The value's copy in its place; the frame of a container that is new. */
static pila_status walk_copy_one(walk *w, pila_doc *doc, pila_value *v)
{
    pila_value_kind kind = pila_value_kind_of(*v);
    uint64_t key = walk_key(*v);
    size_t made;
    pila_status st;

    if (kind < PILA_VALUE_BYTEARRAY || kind == PILA__VALUE_DEAD)
        return walk_copy_flat(w, doc, v);
    if (walk_is_hollow(*v)) {
        v->as.items = NULL;
        return PILA_OK;
    }
    made = pila__memo_get(&w->known, key);
    if (made != PILA__MEMO_NONE) {
        v->as.items = (pila_value *)(uintptr_t)made;
        return PILA_OK;
    }
    st = walk_copy_shell(w, doc, v);
    if (st == PILA_OK)
        st = pila__memo_put(&w->known, key, (size_t)(uintptr_t)v->as.items);
    if (st != PILA_OK || kind == PILA_VALUE_BYTEARRAY) return st;
    return walk_push(w, *v, pila_value_none());
}

pila_status pila_value_copy(pila_doc *doc, pila_value v, pila_value *out)
{
    pila_doc_mark mark = pila_doc_here(doc);
    walk w;
    pila_status st;

    walk_begin(&w);
    st = walk_copy_one(&w, doc, &v);
    while (st == PILA_OK && w.depth) {
        walk_frame *f = &w.frames[w.depth - 1];
        size_t n;
        pila_value *slots = walk_slots(f->of.x, &n);

        if (f->at < n) st = walk_copy_one(&w, doc, &slots[f->at++]);
        else walk_pop(&w);
    }
    if (st == PILA_OK) st = walk_copy_indexes(&w);
    walk_end(&w);
    if (st == PILA_OK) *out = v;
    else pila_doc_release(doc, mark);
    return st;
}

/* ---- the callbacks of pila_value_type ---- */

pila_status pila__value_type_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    return pila_value_hash(*(const pila_value *)item, out);
}

/* `is or ==`, as the items of containers are compared. */
pila_status pila__value_type_eq(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_value *x = (const pila_value *)a, *y = (const pila_value *)b;

    (void)ctx;
    if (!pila__value_same(*x, *y)) return pila_value_eq(*x, *y, out);
    *out = true;
    return PILA_OK;
}

pila_status pila__value_type_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    return pila_value_less(*(const pila_value *)a, *(const pila_value *)b, out);
}

pila_status pila__value_type_copy(void *ctx, void *out, const void *item)
{
    return pila_value_copy((pila_doc *)ctx, *(const pila_value *)item,
                           (pila_value *)out);
}
