/* lru_cache.h - a function that remembers what it answered: Python's
 * functools.lru_cache.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/table collections/item
 * Use:
 *     PILA_LRU_CACHE(Squares, int, int)
 *     static pila_status square(void *ctx, const int *x, int *out)   // at file scope
 *     { (void)ctx; printf("<%d>", *x); *out = *x * *x; return PILA_OK; }
 *
 *     Squares cache = Squares_of(square, NULL, 128);
 *     int y = 0;
 *     pila_status st = Squares_call(&cache, 7, &y);
 *     if (st == PILA_OK) st = Squares_call(&cache, 7, &y);
 *     if (st == PILA_OK) printf(" %d\n", y);   // prints: <7> 49
 *     Squares_done(&cache);
 *
 * A call with a key that is there answers with a copy of its value. Another calls the
 * function; what it answers is kept, and where the cache is full the pair that was not
 * asked for the longest goes. A function that fails leaves nothing behind. It may use
 * the cache itself: fib(n) calls fib(n - 1) through it.
 */
#ifndef PILA_LRU_CACHE_H
#define PILA_LRU_CACHE_H

#include "table.h"

/* No bound; Python's maxsize=None. */
#define PILA_UNLIMITED SIZE_MAX

typedef struct pila_lru_info {
    size_t hits, misses;
    size_t maxsize; /* PILA_UNLIMITED for none */
    size_t currsize;
} pila_lru_info;

/* Answer for a key at out, which is raw room: it is given. */
typedef pila_status pila_lru_callback(void *ctx, const void *key, void *out);

/* ---- the core ---- */

typedef struct pila__lru {
    pila__dict dict; /* in order of use: the oldest first */
    size_t maxsize, hits, misses;
} pila__lru;

PILA_BEGIN_C
/* What the inline half leaves: any types, any place of the key, and misses. */
PILA_API PILA_MUST pila_status pila__lru_call(pila__lru *c, const pila_pair *t,
                                              const void *key, void *out,
                                              pila_lru_callback *fn, void *ctx);
/* The first entry is dead: on to the first that lives. */
PILA_API void pila__lru_trim(pila__dict *d);
PILA_API void pila__lru_clear(pila__lru *c, const pila_pair *t);
PILA_API void pila__lru_done(pila__lru *c, const pila_pair *t);
PILA_END_C

PILA_INLINE pila_lru_info pila__lru_info(const pila__lru *c)
{
    pila_lru_info info;

    info.hits = c->hits;
    info.misses = c->misses;
    info.maxsize = c->maxsize;
    info.currsize = c->dict.live;
    return info;
}

/* Entry e, found in this slot of the index, moved behind the others. There is room. */
PILA_INLINE char *pila__lru_move(pila__dict *d, const pila_pair *t, uint32_t *slot)
{
    size_t e = *slot, to = d->used;
    char *entry = pila__dict_entry(d, t, to);

    memcpy(entry, pila__dict_entry(d, t, e), t->type.size);
    *slot = (uint32_t)to;
    d->used = to + 1;
    pila__dict_dead(d)[e / 64] ^= (uint64_t)1 << (e % 64);
    d->version++;
    if (PILA_UNLIKELY(e == d->front)) pila__lru_trim(d);
    return entry;
}

/* Inline is a hit on plain data at once, at the first candidate of the first group. */
PILA_INLINE PILA_MUST pila_status pila__lru_get(pila__lru *c, const pila_type *kt,
                                                const pila_pair *t, const void *key,
                                                void *out, pila_lru_callback *fn,
                                                void *ctx)
{
    pila__dict *d = &c->dict;
    uint64_t hash = 0;

    if (pila_type_calls_out(kt) || !pila_type_plain(t->second) || d->live == 0)
        return pila__lru_call(c, t, key, out, fn, ctx);
    (void)!pila_type_hash(kt, key, &hash);
    pila__dict_group *g = pila__dict_group_at(d, hash);
    uint32_t found = pila__dict_match(g, hash);
    if (PILA_UNLIKELY(!found)) return pila__lru_call(c, t, key, out, fn, ctx);
    uint32_t *slot = &g->entry[(unsigned)__builtin_ctz(found)];
    char *entry = pila__dict_entry(d, t, *slot);
    bool same = false;
    (void)!pila_type_eq(kt, entry, key, &same);
    bool last = *slot + 1 == d->used || c->maxsize == PILA_UNLIMITED;
    if (PILA_UNLIKELY(!same || (!last && d->used == d->room)))
        return pila__lru_call(c, t, key, out, fn, ctx);
    if (!last) entry = pila__lru_move(d, t, slot);
    c->hits++;
    if (out) memcpy(out, entry + t->second_at, t->second->size);
    return PILA_OK;
}

/* ---- the run-time face ---- */

typedef struct pila_lru_cache {
    pila__lru base;
    pila_pair types;
    pila_lru_callback *fn;
    void *ctx;
} pila_lru_cache;

PILA_BEGIN_C

/* pila_lru_cache_init - an empty cache before a function.
 *
 *   key       needs hash and eq                                       borrowed
 *   value     any type                                                borrowed
 *   fn, ctx   called for a key that is not there
 *   maxsize   pairs kept at most; PILA_UNLIMITED, or 0 for none at all
 *
 * Fails:   PILA_EOVERFLOW   a pair would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  functools.lru_cache(maxsize)(func); functools.cache is one without a bound
 */
PILA_API PILA_MUST pila_status pila_lru_cache_init(pila_lru_cache *c,
                                                   const pila_type *key,
                                                   const pila_type *value,
                                                   pila_lru_callback *fn, void *ctx,
                                                   size_t maxsize);

/* pila_lru_cache_new - the same on the heap, for pila_lru_cache_free.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 */
PILA_API pila_lru_cache *pila_lru_cache_new(const pila_type *key,
                                            const pila_type *value,
                                            pila_lru_callback *fn, void *ctx,
                                            size_t maxsize);

/* pila_lru_cache_call - the value of a key, from the cache or from the function.
 *
 *   key    copied if it is new; held while the function runs          borrowed
 *   out    raw room for a copy of the value; NULL: not wanted. Untouched on failure
 *                                                                     given
 *
 * What the function answers is kept and handed out. If a call within it has put the
 * same key there, that pair stays (without a bound its value is replaced), as in
 * CPython. What goes is dropped when all is in place and out is written.
 *
 * Fails:   PILA_ENOMEM      no memory; only the count of misses may have changed
 *          PILA_EOVERFLOW   2^32 - 1 pairs are kept
 *          any              what the function or another callback answered; the same
 * Cost:    O(1) expected; for a miss, the function's
 * Python:  func(key)
 */
PILA_API PILA_MUST pila_status pila_lru_cache_call(pila_lru_cache *c, const void *key,
                                                   void *out);

/* pila_lru_cache_info - how it has been used.
 *
 * Cost:    O(1)
 * Python:  func.cache_info(); func.cache_parameters()["maxsize"]
 */
PILA_API pila_lru_info pila_lru_cache_info(const pila_lru_cache *c);

/* pila_lru_cache_clear - drop all pairs, and begin to count anew.
 *
 * Cost:    O(n)
 * Python:  func.cache_clear()
 */
PILA_API void pila_lru_cache_clear(pila_lru_cache *c);

/* pila_lru_cache_done - drop all pairs and free the storage. It is then empty, and may
 * be used again. Twice is fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_lru_cache_done(pila_lru_cache *c);

/* pila_lru_cache_free - pila_lru_cache_done, and the cache itself; NULL is fine.
 *
 * Cost:    as pila_lru_cache_done
 */
PILA_API void pila_lru_cache_free(pila_lru_cache *c);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_LRU_CACHE(Name, K, V) defines the cache Name of a function
 * pila_status fn(void *ctx, const K *key, V *out): Name_of(fn, ctx, maxsize) is an
 * empty one, Name_call(&c, key, &value), Name_info(&c), Name_clear(&c), Name_done(&c).
 * For keys and values other than those of PILA_DICT there is PILA_LRU_CACHE_OF.
 */
#define PILA_LRU_CACHE(Name, K, V)                                                     \
    static const pila_type Name##_plain_key __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(K);                                                            \
    static const pila_type Name##_plain_val __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(V);                                                            \
    PILA_LRU_CACHE_OF(Name, K, V, PILA_TYPE_OF(K, &Name##_plain_key),                  \
                      PILA_TYPE_OF(V, &Name##_plain_val))

#define PILA_LRU_CACHE_OF(Name, K, V, key_type, value_type)                            \
    typedef pila_status Name##_fn(void *ctx, const K *key, V *out);                    \
    typedef struct Name##_item {                                                       \
        K key;                                                                         \
        V value;                                                                       \
    } Name##_item;                                                                     \
    PILA_PAIR(Name##_types, Name##_item, value, key_type, value_type);                 \
    typedef struct Name {                                                              \
        pila__lru base;                                                                \
        Name##_fn *fn;                                                                 \
        void *ctx;                                                                     \
    } Name;                                                                            \
    PILA_FACE Name Name##_of(Name##_fn *fn, void *ctx, size_t maxsize)                 \
    {                                                                                  \
        Name c;                                                                        \
        memset(&c, 0, sizeof c);                                                       \
        c.base.maxsize = maxsize;                                                      \
        c.fn = fn;                                                                     \
        c.ctx = ctx;                                                                   \
        return c;                                                                      \
    }                                                                                  \
    PILA_FACE pila_status Name##_ask(void *self, const void *key, void *out)           \
    {                                                                                  \
        const Name *c = (const Name *)self;                                            \
        return c->fn(c->ctx, (const K *)key, (V *)out);                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_call(Name *c, K key, V *out)                \
    {                                                                                  \
        return pila__lru_get(&c->base, key_type, &Name##_types, &key, out, Name##_ask, \
                             c);                                                       \
    }                                                                                  \
    PILA_FACE pila_lru_info Name##_info(const Name *c)                                 \
    {                                                                                  \
        return pila__lru_info(&c->base);                                               \
    }                                                                                  \
    PILA_FACE void Name##_clear(Name *c) { pila__lru_clear(&c->base, &Name##_types); } \
    PILA_FACE void Name##_done(Name *c) { pila__lru_done(&c->base, &Name##_types); }

#endif
