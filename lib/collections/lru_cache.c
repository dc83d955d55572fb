/* lru_cache.c - see lru_cache.h.
 *
 * The pairs lie in the table of dict, whose order is the order of use: a pair that is
 * asked for moves behind the others, so the oldest is the first. A hit moves one entry
 * and rewrites one number; the dead entries that this leaves are given up when the room
 * is used up, by closing up what lives, which costs less the more room there is. So a
 * small cache has room for several times what it may hold. CPython's list of links
 * costs a hit three lines of memory; it was rejected, as a table that closes up moves
 * the entries that links would name.
 *
 * A miss is in CPython's order: count it, call the function with the key held, look
 * again if anything has changed meanwhile, put the new pair in, let the oldest go. A
 * step that can fail comes before any that cannot be taken back: the room for the pair
 * that goes, the caller's copy of the value, and the new entry. Drops come last.
 */
#include "lru_cache.h"

#include "item.h"

/* Times the room, and pairs of a small cache. With 17 times, one of 128 pairs answers
 * in 4.4 ns, with 8 times in 4.8. */
enum { LRU_SPARE = 3, LRU_SMALL = 4096, LRU_SPARE_TINY = 17, LRU_TINY = 256 };

static uint64_t lru_hash_at(const pila__dict *d, const pila_pair *t, size_t e)
{
    uint64_t hash = 0;

    if (d->hashes) return d->hashes[e];
    (void)!pila_type_hash(t->first, pila__dict_entry(d, t, e), &hash);
    return hash;
}

/* ---- a hit ---- */

/* By words of bits: in a small cache each pair that is asked for is trimmed once. An
 * entry that lives is behind; bits of what is no longer handed out are 0. */
void pila__lru_trim(pila__dict *d)
{
    uint64_t *dead = pila__dict_dead(d);
    size_t e = d->front, word = e / 64;
    uint64_t gone = dead[word] & UINT64_MAX << (e % 64);

    while (~(gone | ~(UINT64_MAX << (e % 64))) == 0) {
        dead[word++] ^= gone;
        e = word * 64;
        gone = dead[word];
    }
    size_t live = (size_t)__builtin_ctzll(~(gone | ~(UINT64_MAX << (e % 64))));
    uint64_t below = gone & ~(UINT64_MAX << live);
    dead[word] ^= below;
    d->front = word * 64 + live;
}

/* A copy of a value to raw room, by way of a place of its own: a copy may call out, and
 * out stays untouched when anything fails. */
static pila_status lru_hit(pila__lru *c, const pila_pair *t, size_t e, uint64_t hash,
                           void *out)
{
    const char *value = pila__dict_entry(&c->dict, t, e) + t->second_at;
    uint64_t version = c->dict.version;
    pila__held copy;
    pila_status st = PILA_OK;

    if (out) st = pila__hold_copy(&copy, t->second, value);
    if (st != PILA_OK) return st;
    if (c->maxsize != PILA_UNLIMITED && c->dict.version == version)
        st = pila__dict_reorder(&c->dict, t, e, hash, true);
    if (st == PILA_OK) c->hits++;
    if (out && st == PILA_OK) {
        memcpy(out, copy.item, t->second->size);
        pila__room_shut(&copy);
    } else if (out) pila__let_go_copy(&copy);
    return st;
}

/* ---- a miss ---- */

typedef struct lru_miss {
    pila__held key, value; /* copies that become the cache's */
    pila__held copy;       /* of the value, for the caller */
    pila__held gone;       /* room for a pair on its way out */
} lru_miss;

/* Raw room for an item, in what else holds one. */
static pila_status lru_open(pila__held *h, const pila_type *t)
{
    bool large = t->size > sizeof h->room;

    h->type = t;
    h->block = large ? pila_alloc(1, t->size) : NULL;
    h->item = large ? h->block : h->room.bytes;
    return h->item ? PILA_OK : PILA_ENOMEM;
}

static void lru_hand_out(const pila__held *h, void *out)
{
    if (out) memcpy(out, h->item, h->type->size);
}

/* The oldest pairs, as long as there are too many: out of the table, then dropped. */
static void lru_evict(pila__lru *c, const pila_pair *t, const pila__held *gone)
{
    void *room = (void *)(uintptr_t)gone->item;

    while (c->dict.live > c->maxsize) {
        size_t e = c->dict.front;
        uint64_t hash = lru_hash_at(&c->dict, t, e);
        memcpy(room, pila__dict_entry(&c->dict, t, e), t->type.size);
        pila__dict_unlink(&c->dict, e, hash);
        pila_type_drop(t->first, room);
        pila_type_drop(t->second, (char *)room + t->second_at);
    }
}

/* Whether a call within the function has put the key there. */
static pila_status lru_look_again(const pila__lru *c, const pila_pair *t,
                                  const void *key, uint64_t hash, bool *there)
{
    pila_status st = PILA_OK;

    *there = pila__dict_look_up(&c->dict, t, key, hash, &st) != PILA__DICT_NONE;
    return st;
}

/* Room for the pair, and for the moves of a small cache. */
static pila_status lru_reserve(pila__lru *c, const pila_pair *t)
{
    size_t spare = c->maxsize < LRU_TINY ? LRU_SPARE_TINY : LRU_SPARE;
    size_t n = c->maxsize < LRU_SMALL ? (c->maxsize + 1) * spare : 0;

    if (c->dict.room) return PILA_OK;
    return pila__dict_reserve(&c->dict, t, n);
}

/* Key and value are the table's or gone afterwards, whatever the answer. */
static pila_status lru_put(pila__lru *c, const pila_pair *t, lru_miss *m, uint64_t hash)
{
    void *at;
    pila_status st = lru_reserve(c, t);

    if (st != PILA_OK) {
        pila__let_go_copy(&m->value);
        pila__let_go_copy(&m->key);
        return st;
    }
    st = pila__dict_put_given(&c->dict, t, &m->key, &m->value, hash, &at);
    return st == PILA_EMUTATED ? PILA_OK : st; /* it is stored; a drop did that */
}

/* The function has answered: m holds the key and the value. */
static pila_status lru_keep(pila__lru *c, const pila_pair *t, lru_miss *m,
                            uint64_t hash, bool changed, void *out)
{
    bool there = false;
    pila_status st = PILA_OK;

    if (out) st = pila__hold_copy(&m->copy, t->second, m->value.item);
    if (st != PILA_OK) {
        pila__let_go_copy(&m->value);
        pila__let_go_copy(&m->key);
        return st;
    }
    if (changed && c->maxsize != PILA_UNLIMITED)
        st = lru_look_again(c, t, m->key.item, hash, &there);
    if (st == PILA_OK && !there) st = lru_put(c, t, m, hash);
    else {
        pila__let_go_copy(&m->value);
        pila__let_go_copy(&m->key);
    }
    if (out && st == PILA_OK) {
        lru_hand_out(&m->copy, out);
        pila__room_shut(&m->copy);
    } else if (out) pila__let_go_copy(&m->copy);
    return st;
}

static pila_status lru_miss_uncached(pila__lru *c, const pila_pair *t, const void *key,
                                     void *out, pila_lru_callback *fn, void *ctx)
{
    pila__held value;
    pila_status st = lru_open(&value, t->second);

    if (st != PILA_OK) return st;
    c->misses++;
    st = fn(ctx, key, (void *)(uintptr_t)value.item);
    if (st == PILA_OK) lru_hand_out(&value, out);
    if (st == PILA_OK && !out) pila__let_go_copy(&value);
    else pila__room_shut(&value);
    return st;
}

static pila_status lru_miss_of(pila__lru *c, const pila_pair *t, const void *key,
                               uint64_t hash, void *out, pila_lru_callback *fn,
                               void *ctx)
{
    lru_miss m;
    uint64_t version;
    pila_status st = pila__hold_copy(&m.key, t->first, key);

    if (st != PILA_OK) return st;
    st = lru_open(&m.gone, &t->type);
    if (st == PILA_OK && (st = lru_open(&m.value, t->second)) != PILA_OK)
        pila__room_shut(&m.gone);
    if (st != PILA_OK) {
        pila__let_go_copy(&m.key);
        return st;
    }
    c->misses++;
    version = c->dict.version;
    st = fn(ctx, m.key.item, (void *)(uintptr_t)m.value.item);
    if (st == PILA_OK) st = lru_keep(c, t, &m, hash, c->dict.version != version, out);
    else {
        pila__room_shut(&m.value);
        pila__let_go_copy(&m.key);
    }
    lru_evict(c, t, &m.gone);
    pila__room_shut(&m.gone);
    return st;
}

/* The same where bytes are all there is: nothing calls out but the function, and
 * nothing is held, dropped or opened. */
static pila_status lru_miss_plain(pila__lru *c, const pila_pair *t, const void *key,
                                  uint64_t hash, void *out, pila_lru_callback *fn,
                                  void *ctx)
{
    char own[16] __attribute__((aligned(16))); /* no ready-made kind is larger */
    char value[16] __attribute__((aligned(16)));
    uint64_t version = c->dict.version;
    bool there = false;
    pila_status st;

    memcpy(own, key, t->first->size);
    c->misses++;
    st = fn(ctx, own, value);
    if (st != PILA_OK) return st;
    if (c->dict.version != version) st = lru_look_again(c, t, own, hash, &there);
    if (there && c->maxsize == PILA_UNLIMITED)
        st = pila__dict_put(&c->dict, t->first, t, own, value, true, NULL);
    if (!there) st = lru_reserve(c, t);
    if (!there && st == PILA_OK)
        st = pila__dict_push(&c->dict, t->first, t, own, value, hash, NULL);
    if (st != PILA_OK) return st;
    if (c->dict.live > c->maxsize)
        pila__dict_unlink(&c->dict, c->dict.front,
                          lru_hash_at(&c->dict, t, c->dict.front));
    if (out) memcpy(out, value, t->second->size);
    return PILA_OK;
}

static bool lru_is_plain(const pila_type *t)
{
    return pila_type_plain(t) && !pila_type_calls_out(t);
}

pila_status pila__lru_call(pila__lru *c, const pila_pair *t, const void *key, void *out,
                           pila_lru_callback *fn, void *ctx)
{
    uint64_t hash = 0;
    size_t e;
    pila_status st;

    if (c->maxsize == 0) return lru_miss_uncached(c, t, key, out, fn, ctx);
    pila_hash_init();
    st = pila_type_hash(t->first, key, &hash);
    if (st != PILA_OK) return st;
    e = pila__dict_look_up(&c->dict, t, key, hash, &st);
    if (st != PILA_OK) return st;
    if (e != PILA__DICT_NONE) return lru_hit(c, t, e, hash, out);
    if (lru_is_plain(t->first) && lru_is_plain(t->second))
        return lru_miss_plain(c, t, key, hash, out, fn, ctx);
    return lru_miss_of(c, t, key, hash, out, fn, ctx);
}

/* ---- the whole ---- */

void pila__lru_clear(pila__lru *c, const pila_pair *t)
{
    c->hits = c->misses = 0;
    pila__dict_clear(&c->dict, t);
}

void pila__lru_done(pila__lru *c, const pila_pair *t)
{
    c->hits = c->misses = 0;
    pila__dict_done(&c->dict, t);
}

/* ---- the run-time face ---- */

pila_status pila_lru_cache_init(pila_lru_cache *c, const pila_type *key,
                                const pila_type *value, pila_lru_callback *fn,
                                void *ctx, size_t maxsize)
{
    pila_pair types;
    pila_status st = pila_pair_init(&types, key, value);

    if (st != PILA_OK) return st;
    memset(c, 0, sizeof *c);
    c->base.maxsize = maxsize;
    c->fn = fn;
    c->ctx = ctx;
    return pila_pair_init(&c->types, key, value);
}

pila_lru_cache *pila_lru_cache_new(const pila_type *key, const pila_type *value,
                                   pila_lru_callback *fn, void *ctx, size_t maxsize)
{
    pila_lru_cache *c = (pila_lru_cache *)pila_alloc(1, sizeof *c);

    if (c && pila_lru_cache_init(c, key, value, fn, ctx, maxsize) == PILA_OK) return c;
    pila_free(c);
    return NULL;
}

pila_status pila_lru_cache_call(pila_lru_cache *c, const void *key, void *out){
#define LRU_CALL(kt) pila__lru_get(&c->base, kt, &c->types, key, out, c->fn, c->ctx)
    PILA__BY_KIND(c->types.first, LRU_CALL, LRU_CALL(c->types.first))
#undef LRU_CALL
}

pila_lru_info pila_lru_cache_info(const pila_lru_cache *c)
{
    return pila__lru_info(&c->base);
}

void pila_lru_cache_clear(pila_lru_cache *c) { pila__lru_clear(&c->base, &c->types); }
void pila_lru_cache_done(pila_lru_cache *c) { pila__lru_done(&c->base, &c->types); }

void pila_lru_cache_free(pila_lru_cache *c)
{
    if (c) pila_lru_cache_done(c);
    pila_free(c);
}
