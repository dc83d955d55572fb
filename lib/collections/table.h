/* table.h - the engine of dict and of what is built upon it: a compact hash table in
 * order of insertion. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *
 * The cores here take the table, a pila_pair that says what an entry is, and where it
 * pays the descriptor of the key once more, so that it can be a constant. table.c says
 * how it works.
 */
#ifndef PILA_TABLE_H
#define PILA_TABLE_H

#include "../core/iter.h"

#if defined(__SSE2__) && !defined(PILA_NO_SIMD)
#include <emmintrin.h>
#define PILA__DICT_SSE2 1
#else
#define PILA__DICT_SSE2 0
#endif

enum { PILA__DICT_SLOTS = 12 };

/* One cache line of the index: twelve hash bytes are compared at once, and the number
 * of the entry lies beside them. */
typedef struct pila__dict_group {
    uint8_t
        tag[PILA__DICT_SLOTS]; /* the top byte of the hash, where the slot is taken */
    uint32_t state; /* bits 0-11: slots taken; from bit 16, four counts of four bits:
                       keys that found the group full and went on, by 2 bits of hash */
    uint32_t entry[PILA__DICT_SLOTS];
} pila__dict_group;

enum { PILA__DICT_ALL = (1 << PILA__DICT_SLOTS) - 1, PILA__DICT_SPILL_STUCK = 15 };

typedef struct pila__dict { /* {0} is a valid empty dict */
    char *entries;          /* struct { K key; V value; }, in order of insertion */
    pila__dict_group *groups;
    size_t mask;        /* (groups - 1) * 64: from a hash, the offset of a group */
    size_t front, used; /* entries [front, used): the first and the last are live */
    size_t live, room;  /* live entries; entries allocated */
    uint64_t version;   /* bumped by every structural change */
    uint64_t *hashes;   /* beside the entries, where hashing runs user code; or NULL */
    void *block;        /* holds groups, then a bit an entry: set when it is dead */
    size_t size,
        value_at; /* bytes of an entry, and where its value is: for iterators */
} pila__dict;

#define PILA__DICT_NONE SIZE_MAX

/* What beside a key an entry of a table of keys alone has: nothing. */
static const pila_type pila__nothing
    __attribute__((unused)) = {PILA_KIND_U8, 0,    1,    "nothing", NULL, NULL,
                               NULL,         NULL, NULL, NULL,      NULL};

/* What items of a type are as key and value: pairs, tuples of two, or rows. */
typedef struct pila__two {
    const pila_type *first, *second; /* first NULL: they are none of these */
    size_t second_at;
    bool rows; /* each says how many members it has */
} pila__two;

PILA_BEGIN_C
PILA_API pila__two pila__two_of(const pila_type *t);
/* The item's key, and its value at *second; NULL: a row of more or fewer than two. */
PILA_API const char *pila__two_at(const pila__two *t, const char *item,
                                  const char **second);
PILA_API PILA_MUST pila_status pila__dict_grow(pila__dict *d, const pila_pair *t,
                                               size_t more);
PILA_API PILA_MUST pila_status pila__dict_push_full(pila__dict *d, const pila_pair *t,
                                                    const void *key, const void *value,
                                                    uint64_t hash, void **out);
PILA_API size_t pila__dict_find_more(const pila__dict *d, const pila_pair *t,
                                     const void *key, uint64_t hash, pila_status *st);
PILA_API PILA_MUST pila_status pila__dict_put_slow(pila__dict *d, const pila_pair *t,
                                                   const void *key, const void *value,
                                                   bool overwrite, void **out);
/* d[key] = value of a pair that is held and becomes the dict's, or is dropped; *out is
 * where the value is. PILA_EMUTATED: it was stored over another, whose drop changed d.
 */
PILA_API PILA_MUST pila_status pila__dict_put_given(pila__dict *d, const pila_pair *t,
                                                    pila__held *key, pila__held *value,
                                                    uint64_t hash, void **out);
PILA_API void pila__dict_trim(pila__dict *d);
PILA_API void pila__dict_unlink(pila__dict *d, size_t e, uint64_t hash);
PILA_API PILA_MUST pila_status pila__dict_remove_slow(pila__dict *d, const pila_pair *t,
                                                      const void *key, uint64_t hash,
                                                      void *value_out);
PILA_API PILA_MUST pila_status pila__dict_take(pila__dict *d, const pila_pair *t,
                                               size_t e, uint64_t hash, void *key,
                                               void *value);
PILA_API PILA_MUST pila_status pila__dict_popitem(pila__dict *d, const pila_pair *t,
                                                  bool last, void *key, void *value);
PILA_API PILA_MUST pila_status pila__dict_reorder(pila__dict *d, const pila_pair *t,
                                                  size_t e, uint64_t hash, bool last);
PILA_API PILA_MUST pila_status pila__dict_move_to_end_slow(pila__dict *d,
                                                           const pila_pair *t,
                                                           const void *key, bool last);
PILA_API PILA_MUST pila_status pila__dict_reserve(pila__dict *d, const pila_pair *t,
                                                  size_t n);
PILA_API PILA_MUST pila_status pila__dict_shrink(pila__dict *d, const pila_pair *t);
PILA_API void pila__dict_clear(pila__dict *d, const pila_pair *t);
PILA_API void pila__dict_done(pila__dict *d, const pila_pair *t);
PILA_API void pila__dict_move(pila__dict *out, pila__dict *d, const pila_pair *t);
PILA_API PILA_MUST pila_status pila__dict_copy(pila__dict *out, const pila__dict *d,
                                               const pila_pair *t);
PILA_API PILA_MUST pila_status pila__dict_update(pila__dict *d, const pila_pair *t,
                                                 pila_iter items);
PILA_API PILA_MUST pila_status pila__dict_merge(pila__dict *d, const pila_pair *t,
                                                const pila__dict *from);
PILA_API PILA_MUST pila_status pila__dict_or(pila__dict *out, const pila__dict *a,
                                             const pila__dict *b, const pila_pair *t);
PILA_API PILA_MUST pila_status pila__dict_fromkeys(pila__dict *out, const pila_pair *t,
                                                   pila_iter keys, const void *value);
PILA_API PILA_MUST pila_status pila__dict_eq(const pila__dict *a, const pila__dict *b,
                                             const pila_pair *t, bool *out);
PILA_API PILA_MUST pila_status pila__dict_eq_ordered(const pila__dict *a,
                                                     const pila__dict *b,
                                                     const pila_pair *t, bool *out);
PILA_API PILA_MUST pila_status pila__dict_repr(const pila__dict *d, const pila_pair *t,
                                               pila_buf *out);
PILA_API bool pila__dict_valid(const pila__dict *d, const pila_pair *t);
PILA_END_C

PILA_INLINE char *pila__dict_entry(const pila__dict *d, const pila_pair *t, size_t e)
{
    return d->entries + e * t->type.size;
}

PILA_INLINE uint64_t *pila__dict_dead(const pila__dict *d)
{
    return (uint64_t *)(void *)((char *)d->groups + d->mask + sizeof(pila__dict_group));
}

/* Which count of a group's state is this hash's, as a shift. */
PILA_INLINE unsigned pila__dict_lane(uint64_t hash)
{
    return 16 + 4 * ((unsigned)(hash >> 54) & 3);
}

PILA_INLINE pila__dict_group *pila__dict_group_at(const pila__dict *d, size_t at)
{
    return (pila__dict_group *)(void *)((char *)d->groups + (at & d->mask));
}

/* A bit for each slot taken whose tag is that of the hash. */
PILA_INLINE uint32_t pila__dict_match(const pila__dict_group *g, uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 56);
#if PILA__DICT_SSE2
    __m128i line = _mm_loadu_si128((const __m128i *)(const void *)g);
    /* Spread by a multiply: gcc 12 would spill a byte and reload four, which stalls. */
    __m128i same = _mm_cmpeq_epi8(line, _mm_set1_epi32((int)(tag * 0x01010101u)));

    return (uint32_t)_mm_movemask_epi8(same) & g->state; /* bits 12-15 of state are 0 */
#else
    uint32_t found = 0;

    for (unsigned k = 0; k < PILA__DICT_SLOTS; k++)
        found |= (uint32_t)(g->tag[k] == tag) << k;
    return found & g->state;
#endif
}

/* How many keys went on from the group on the walk of this hash; STUCK: or more. */
PILA_INLINE uint32_t pila__dict_spilt(const pila__dict_group *g, uint64_t hash)
{
    return g->state >> pila__dict_lane(hash) & 15;
}

/* Where a walk goes on: an odd number of groups further, so that it visits every one,
 * and by the tag, so that walks part again. */
PILA_INLINE size_t pila__dict_next(size_t at, uint64_t hash)
{
    return at + (2 * (size_t)(hash >> 56) + 1) * sizeof(pila__dict_group);
}

/* The number of the entry with this key, or PILA__DICT_NONE; *st is only written when a
 * callback failed. d has groups. kt is t->first, apart so that it can be a constant.
 *
 * Inline is the common case alone, the first candidate of the first group: a look-up is
 * then so short that the processor has a dozen of them in flight. */
PILA_INLINE size_t pila__dict_find(const pila__dict *d, const pila_type *kt,
                                   const pila_pair *t, const void *key, uint64_t hash,
                                   pila_status *st)
{
    const pila__dict_group *g = pila__dict_group_at(d, hash);
    uint32_t found = pila__dict_match(g, hash);

    if (!pila_type_calls_out(kt) && PILA_LIKELY(found)) {
        size_t e = g->entry[(unsigned)__builtin_ctz(found)];
        bool same = false;
        (void)!pila_type_eq(kt, pila__dict_entry(d, t, e), key, &same);
        if (PILA_LIKELY(same)) return e;
    }
    if (!found && PILA_LIKELY(!pila__dict_spilt(g, hash))) return PILA__DICT_NONE;
    return pila__dict_find_more(d, t, key, hash, st);
}

/* Write the entry's number into the index. There is a free slot somewhere. */
PILA_INLINE void pila__dict_link(pila__dict *d, uint64_t hash, size_t e)
{
    for (size_t at = hash;; at = pila__dict_next(at, hash)) {
        pila__dict_group *g = pila__dict_group_at(d, at);
        uint32_t empty = ~g->state & PILA__DICT_ALL;
        if (PILA_LIKELY(empty)) {
            unsigned slot = (unsigned)__builtin_ctz(empty);
            g->state |= 1u << slot;
            g->tag[slot] = (uint8_t)(hash >> 56);
            g->entry[slot] = (uint32_t)e;
            return;
        }
        if (pila__dict_spilt(g, hash) != PILA__DICT_SPILL_STUCK)
            g->state += 1u << pila__dict_lane(hash);
    }
}

/* Entry e, which is out of the index, marked dead; its bytes are not touched. */
PILA_INLINE void pila__dict_bury(pila__dict *d, size_t e)
{
    pila__dict_dead(d)[e / 64] ^= (uint64_t)1 << (e % 64);
    d->live--;
    d->version++;
    if (PILA_UNLIKELY(e == d->front || e + 1 == d->used)) pila__dict_trim(d);
}

/* ---- operations, each over any pair of types ---- */

/* PILA_OK and where the value is, or PILA_EKEY, or what a callback answered. */
PILA_INLINE pila_status pila__dict_at(const pila__dict *d, const pila_type *kt,
                                      const pila_pair *t, const void *key, void **out)
{
    pila_status st = PILA_EKEY, hashed;
    uint64_t hash = 0;

    if (!pila_type_calls_out(kt) && d->live == 0) return PILA_EKEY;
    hashed = pila_type_hash(kt, key, &hash);
    if (hashed != PILA_OK) return hashed;
    if (d->live == 0) return PILA_EKEY;
    size_t e = pila__dict_find(d, kt, t, key, hash, &st);
    if (e == PILA__DICT_NONE) return st;
    *out = pila__dict_entry(d, t, e) + t->second_at;
    return PILA_OK;
}

PILA_INLINE pila_status pila__dict_has(const pila__dict *d, const pila_type *kt,
                                       const pila_pair *t, const void *key, bool *out)
{
    void *at;
    pila_status st = pila__dict_at(d, kt, t, key, &at);

    if (st == PILA_OK || st == PILA_EKEY) *out = st == PILA_OK;
    return st == PILA_EKEY ? PILA_OK : st;
}

/* Append the pair as a new entry; the key is not there. Neither type calls out. value
 * NULL: zero bytes. */
PILA_INLINE pila_status pila__dict_push(pila__dict *d, const pila_type *kt,
                                        const pila_pair *t, const void *key,
                                        const void *value, uint64_t hash, void **out)
{
    if (PILA_UNLIKELY(d->used == d->room))
        return pila__dict_push_full(d, t, key, value, hash, out);
    char *entry = pila__dict_entry(d, t, d->used);
    pila_status st = pila_type_copy(kt, entry, key);
    if (st != PILA_OK) return st;
    if (!value) memset(entry + t->second_at, 0, t->second->size);
    else if ((st = pila_type_copy(t->second, entry + t->second_at, value)) != PILA_OK) {
        pila_type_drop(kt, entry);
        return st;
    }
    pila__dict_link(d, hash, d->used++);
    d->live++;
    d->version++;
    if (out) *out = entry + t->second_at;
    return PILA_OK;
}

/* The value of the key, which is added if it is not there. overwrite: an old value is
 * replaced. *out, if asked for, is where the value is. */
PILA_INLINE pila_status pila__dict_put(pila__dict *d, const pila_type *kt,
                                       const pila_pair *t, const void *key,
                                       const void *value, bool overwrite, void **out)
{
    uint64_t hash = 0;
    size_t e = PILA__DICT_NONE;
    pila_status st;

    if (pila_type_calls_out(kt) || pila_type_calls_out(t->second))
        return pila__dict_put_slow(d, t, key, value, overwrite, out);
    if (PILA_UNLIKELY(!d->groups) && (st = pila__dict_grow(d, t, 1)) != PILA_OK)
        return st;
    st = pila_type_hash(kt, key, &hash);
    if (st == PILA_OK) e = pila__dict_find(d, kt, t, key, hash, &st);
    if (e == PILA__DICT_NONE)
        return st == PILA_OK ? pila__dict_push(d, kt, t, key, value, hash, out) : st;
    char *at = pila__dict_entry(d, t, e) + t->second_at;
    if (out) *out = at;
    if (!overwrite) return PILA_OK;
    if (pila_type_plain(t->second)) {
        memmove(at, value, t->second->size); /* may be the same: d.update(d.items()) */
        return PILA_OK;
    }
    return pila__dict_put_slow(d, t, key, value, overwrite, out);
}

/* Take the key's entry out; its value goes to value_out, or is dropped where that is
 * NULL. Inline is plain data found at once. */
PILA_INLINE pila_status pila__dict_remove(pila__dict *d, const pila_type *kt,
                                          const pila_pair *t, const void *key,
                                          void *value_out)
{
    uint64_t hash = 0;
    pila_status st;

    if (!pila_type_calls_out(kt) && d->live == 0) return PILA_EKEY;
    if ((st = pila_type_hash(kt, key, &hash)) != PILA_OK) return st;
    if (d->live == 0) return PILA_EKEY;
    if (pila_type_calls_out(kt) || !pila_type_plain(kt) || !pila_type_plain(t->second))
        return pila__dict_remove_slow(d, t, key, hash, value_out);

    pila__dict_group *g = pila__dict_group_at(d, hash);
    uint32_t found = pila__dict_match(g, hash);
    if (PILA_LIKELY(found)) {
        size_t e = g->entry[(unsigned)__builtin_ctz(found)];
        const char *entry = pila__dict_entry(d, t, e);
        bool same = false;
        (void)!pila_type_eq(kt, entry, key, &same);
        if (PILA_LIKELY(same)) {
            if (value_out) memcpy(value_out, entry + t->second_at, t->second->size);
            g->state &= ~(found & (0u - found));
            pila__dict_bury(d, e);
            return PILA_OK;
        }
    }
    return pila__dict_remove_slow(d, t, key, hash, value_out);
}

/* The key's entry made the last one, or the first. Nothing is copied or dropped. */
PILA_INLINE pila_status pila__dict_move_to_end(pila__dict *d, const pila_type *kt,
                                               const pila_pair *t, const void *key,
                                               bool last)
{
    uint64_t hash = 0;
    pila_status st = PILA_EKEY;

    if (d->live == 0) return PILA_EKEY; /* the key is not hashed, as in CPython */
    if (pila_type_calls_out(kt)) return pila__dict_move_to_end_slow(d, t, key, last);
    (void)!pila_type_hash(kt, key, &hash);
    size_t e = pila__dict_find(d, kt, t, key, hash, &st);
    return e == PILA__DICT_NONE ? st : pila__dict_reorder(d, t, e, hash, last);
}

PILA_INLINE pila_iter pila__dict_iter(const pila__dict *d, const pila_type *type,
                                      const pila_iter_ops *ops, size_t at)
{
    pila_iter it = pila_iter_make(type, ops, (void *)(uintptr_t)d);

    it.stamp = &d->version;
    it.seen = d->version;
    it.at = at;
    return it;
}

/* The same with a state of its own. */
PILA_INLINE pila_iter pila__dict_iter_over(const pila__dict *d, const pila_type *type,
                                           const pila_iter_ops *ops, void *state)
{
    pila_iter it = pila__dict_iter(d, type, ops, 0);

    it.state = state;
    return it;
}

/* What two dicts' keys have in common, and so on: see pila_dict_keys_and. */
typedef enum pila__dict_op {
    PILA__KEYS_AND,
    PILA__KEYS_SUB,
    PILA__KEYS_OR,
    PILA__KEYS_XOR
} pila__dict_op;

PILA_BEGIN_C
PILA_API extern const pila_iter_ops pila__dict_keys_ops, pila__dict_values_ops,
    pila__dict_items_ops, pila__dict_keys_back, pila__dict_values_back,
    pila__dict_items_back;

PILA_API pila_iter pila__dict_keys_op(const pila__dict *a, const pila_pair *ta,
                                      const pila__dict *b, const pila_pair *tb,
                                      pila__dict_op op);
PILA_API PILA_MUST pila_status pila__dict_keys_within(const pila__dict *a,
                                                      const pila_pair *ta,
                                                      const pila__dict *b,
                                                      const pila_pair *tb, bool *out);
PILA_API PILA_MUST pila_status pila__dict_keys_apart(const pila__dict *a,
                                                     const pila_pair *ta,
                                                     const pila__dict *b,
                                                     const pila_pair *tb, bool *out);
PILA_END_C

PILA_INLINE pila_iter pila__dict_keys(const pila__dict *d, const pila_pair *t)
{
    return pila__dict_iter(d, t->first, &pila__dict_keys_ops, d->front);
}

PILA_INLINE pila_iter pila__dict_values(const pila__dict *d, const pila_pair *t)
{
    return pila__dict_iter(d, t->second, &pila__dict_values_ops, d->front);
}

PILA_INLINE pila_iter pila__dict_items(const pila__dict *d, const pila_pair *t)
{
    return pila__dict_iter(d, &t->type, &pila__dict_items_ops, d->front);
}

/* ---- set algebra: what set.c needs of the table ---- */

PILA_BEGIN_C
/* The keys of a set, whose entries are keys alone: told by its address. */
PILA_API extern const pila_iter_ops pila__set_ops, pila__set_back;

/* The first entry at or after e that is dead, or that is live; d->used if none is. */
PILA_API size_t pila__dict_scan(const pila__dict *d, size_t e, bool dead);

/* As pila__dict_find, by any kind of key, also where there are no groups. */
PILA_API size_t pila__dict_look_up(const pila__dict *d, const pila_pair *t,
                                   const void *key, uint64_t hash, pila_status *st);

/* How many entries a table made for n of them has room for. */
PILA_API size_t pila__dict_room_for(size_t n);

/* A table of plain bytes copied as it is into made, which is {0}. */
PILA_API PILA_MUST pila_status pila__dict_clone(pila__dict *made, const pila__dict *d,
                                                const pila_pair *t);

/* A table made of n > 0 entries, at most 2^32 - 1, with keys that differ and do not
 * call out. made is {0}. entries, with room for so many, become its own; on failure
 * they are as they were. */
PILA_API PILA_MUST pila_status pila__dict_adopt(pila__dict *made, const pila_pair *t,
                                                char *entries, size_t n, size_t room);

/* The key added with a value of zero bytes, unless it is there. fresh: it is not, and
 * nobody else can change d. */
PILA_API PILA_MUST pila_status pila__dict_put_hashed(pila__dict *d, const pila_pair *t,
                                                     const void *key, uint64_t hash,
                                                     bool fresh);
PILA_END_C

#endif
