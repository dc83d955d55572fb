/* chainmap.h - several dicts seen as one: Python's ChainMap.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/dict collections/defaultdict collections/item
 * Use:
 *     PILA_DICT(Options, char, int)
 *     PILA_CHAINMAP(Settings, Options)
 *     Options mine = {0}, defaults = {0};
 *     Settings s = {0};
 *     int *n;
 *     pila_status st = Options_set(&defaults, 'v', 1);
 *     if (st == PILA_OK) st = Settings_new_child(&s, &s, &defaults);
 *     if (st == PILA_OK) st = Settings_new_child(&s, &s, &mine);
 *     if (st == PILA_OK) st = Settings_find(&s, 'v', &n);
 *     if (st == PILA_OK) printf("%d\n", *n);   // prints: 1
 *     Settings_done(&s); Options_done(&mine); Options_done(&defaults);
 *
 * A chain is a list of maps and nothing else. A look-up asks one after the other; what
 * writes or deletes does so in the first alone.
 *
 * Whose the maps are. A map that is handed in is borrowed: it outlives every chain that
 * has it. A map that a chain makes (the one of an empty chain, that of new_child
 * without a map, the copied first one of copy and or, the one of fromkeys and ror) is
 * owned: chains made from one another share it, and the last of them frees it. Whoever
 * asks for a map borrows it.
 *
 * A map may itself be a chain, and so a chain may come to lie in itself. What goes
 * deeper than PILA_CHAINMAP_DEPTH chains is PILA_ELIMIT, Python's RecursionError; as in
 * Python a look-up that finds its key before that is none the worse.
 */
#ifndef PILA_CHAINMAP_H
#define PILA_CHAINMAP_H

#include "defaultdict.h"

enum { PILA_CHAINMAP_DEPTH = 300 };

/* ---- one of the maps ---- */

typedef enum pila_mapping_kind {
    PILA_MAPPING_DICT,        /* map is a pila_dict *, or a typed dict */
    PILA_MAPPING_DEFAULTDICT, /* a pila_defaultdict *: c[key] asks its factory */
    PILA_MAPPING_CHAIN        /* a pila_chainmap * */
} pila_mapping_kind;

struct pila__chain_own;

typedef struct pila_mapping { /* a view of a map; made by the functions below */
    pila_mapping_kind kind;
    void *map;
    struct pila__chain_own *own; /* who counts an owned map; NULL: borrowed */
} pila_mapping;

/* ---- the core ---- */

typedef struct pila__chain { /* {0} is one that has an empty dict, which is made late */
    pila_mapping *maps;
    size_t count, special; /* maps; those among them that are no mere dict */
    bool bare;             /* the maps were set to none at all */
} pila__chain;

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__chainmap_at_slow(const pila__chain *c,
                                                      const pila_pair *t,
                                                      const void *key, void **out);
PILA_API PILA_MUST pila_status pila__chainmap_has_slow(const pila__chain *c,
                                                       const pila_pair *t,
                                                       const void *key, bool *out);
PILA_API PILA_MUST pila_status pila__chainmap_len(const pila__chain *c,
                                                  const pila_pair *t, size_t *out);
PILA_API PILA_MUST pila_status pila__chainmap_any(const pila__chain *c, bool *out);
PILA_API PILA_MUST pila_status pila__chainmap_eq(const pila__chain *c,
                                                 const pila_pair *t, pila_mapping m,
                                                 bool *out);
PILA_API PILA_MUST pila_status pila__chainmap_repr(const pila__chain *c,
                                                   const pila_pair *t, pila_buf *out);
PILA_API pila_iter pila__chainmap_keys(const pila__chain *c, const pila_pair *t);
PILA_API pila_iter pila__chainmap_values(const pila__chain *c, const pila_pair *t);
PILA_API pila_iter pila__chainmap_items(const pila__chain *c, const pila_pair *t);
PILA_API PILA_MUST pila_status pila__chainmap_set_slow(pila__chain *c,
                                                       const pila_pair *t,
                                                       const void *key,
                                                       const void *value);
PILA_API PILA_MUST pila_status pila__chainmap_setdefault(pila__chain *c,
                                                         const pila_pair *t,
                                                         const void *key,
                                                         const void *def, void **value);
/* value NULL: it is dropped. */
PILA_API PILA_MUST pila_status pila__chainmap_remove(pila__chain *c, const pila_pair *t,
                                                     const void *key, void *value);
PILA_API PILA_MUST pila_status pila__chainmap_popitem(pila__chain *c,
                                                      const pila_pair *t, void *key,
                                                      void *value);
PILA_API PILA_MUST pila_status pila__chainmap_clear(pila__chain *c, const pila_pair *t);
PILA_API PILA_MUST pila_status pila__chainmap_update(pila__chain *c, const pila_pair *t,
                                                     pila_iter items);
PILA_API PILA_MUST pila_status pila__chainmap_merge(pila__chain *c, const pila_pair *t,
                                                    pila_mapping from);
PILA_API size_t pila__chainmap_map_count(const pila__chain *c);
PILA_API PILA_MUST pila_status pila__chainmap_map(pila__chain *c, const pila_pair *t,
                                                  ptrdiff_t i, pila_mapping *out);
PILA_API PILA_MUST pila_status pila__chainmap_set_maps(pila__chain *c,
                                                       const pila_mapping *maps,
                                                       size_t n);
PILA_API PILA_MUST pila_status pila__chainmap_append_map(pila__chain *c,
                                                         const pila_pair *t,
                                                         pila_mapping m);
PILA_API PILA_MUST pila_status pila__chainmap_new_child(pila__chain *out,
                                                        pila__chain *c,
                                                        const pila_pair *t,
                                                        const pila_mapping *m);
PILA_API PILA_MUST pila_status pila__chainmap_parents(pila__chain *out,
                                                      const pila__chain *c);
PILA_API PILA_MUST pila_status pila__chainmap_copy(pila__chain *out,
                                                   const pila__chain *c,
                                                   const pila_pair *t);
PILA_API PILA_MUST pila_status pila__chainmap_or(pila__chain *out, const pila__chain *c,
                                                 const pila_pair *t, pila_mapping m);
PILA_API PILA_MUST pila_status pila__chainmap_ror(pila__chain *out, const pila__dict *d,
                                                  const pila__chain *c,
                                                  const pila_pair *t);
PILA_API PILA_MUST pila_status pila__chainmap_fromkeys(pila__chain *out,
                                                       const pila_pair *t,
                                                       pila_iter keys,
                                                       const void *value);
PILA_API void pila__chainmap_move(pila__chain *out, pila__chain *c);
PILA_API void pila__chainmap_done(pila__chain *c);
PILA_END_C

PILA_INLINE pila_mapping pila__mapping_of(pila_mapping_kind kind, const void *map)
{
    pila_mapping m;

    m.kind = kind;
    m.map = (void *)(uintptr_t)map;
    m.own = NULL;
    return m;
}

/* The dict that a map is: of any kind but a chain, it is what the map begins with. */
PILA_INLINE pila__dict *pila__mapping_base(const pila_mapping *m)
{
    return (pila__dict *)m->map;
}

/* Whether a look-up runs code of the user, or asks more than dicts. */
PILA_INLINE bool pila__chainmap_is_slow(const pila__chain *c, const pila_type *kt)
{
    return pila_type_calls_out(kt) || c->special;
}

/* PILA_OK and where the value is in the first dict that has the key, or PILA_EKEY. The
 * key is hashed once. An empty dict is passed by: before the first key is put in there
 * may be no secrets to hash with. */
PILA_INLINE pila_status pila__chainmap_at(const pila__chain *c, const pila_type *kt,
                                          const pila_pair *t, const void *key,
                                          void **out)
{
    uint64_t hash = 0;
    pila_status st = PILA_EKEY;

    if (pila__chainmap_is_slow(c, kt)) return pila__chainmap_at_slow(c, t, key, out);
    (void)!pila_type_hash(kt, key, &hash);
    for (size_t i = 0; i < c->count; i++) {
        const pila__dict *d = pila__mapping_base(&c->maps[i]);
        if (d->live == 0) continue;
        size_t e = pila__dict_find(d, kt, t, key, hash, &st);
        if (e == PILA__DICT_NONE) continue;
        *out = pila__dict_entry(d, t, e) + t->second_at;
        return PILA_OK;
    }
    return PILA_EKEY;
}

PILA_INLINE pila_status pila__chainmap_has(const pila__chain *c, const pila_type *kt,
                                           const pila_pair *t, const void *key,
                                           bool *out)
{
    void *at;

    if (pila__chainmap_is_slow(c, kt)) return pila__chainmap_has_slow(c, t, key, out);
    *out = pila__chainmap_at(c, kt, t, key, &at) == PILA_OK;
    return PILA_OK;
}

/* c[key] if key in c: a factory is asked only where some map has the key. */
PILA_INLINE pila_status pila__chainmap_get(const pila__chain *c, const pila_type *kt,
                                           const pila_pair *t, const void *key,
                                           void **out)
{
    bool there = true;
    pila_status st = PILA_OK;

    if (c->special) st = pila__chainmap_has_slow(c, t, key, &there);
    if (st != PILA_OK) return st;
    return there ? pila__chainmap_at(c, kt, t, key, out) : PILA_EKEY;
}

PILA_INLINE pila_status pila__chainmap_set(pila__chain *c, const pila_type *kt,
                                           const pila_pair *t, const void *key,
                                           const void *value)
{
    bool quiet = !pila_type_calls_out(kt) && !pila_type_calls_out(t->second);

    if (quiet && c->count && c->maps[0].kind != PILA_MAPPING_CHAIN)
        return pila__dict_put(pila__mapping_base(&c->maps[0]), kt, t, key, value, true,
                              NULL);
    return pila__chainmap_set_slow(c, t, key, value);
}

/* ---- the run-time face ---- */

typedef struct pila_chainmap {
    pila__chain base;
    pila_pair types;
} pila_chainmap;

PILA_BEGIN_C

/* pila_mapping_dict - a map for a chain.
 *
 * Of an OrderedDict or a Counter it is the dict inside; a missing key is then
 * PILA_EKEY, where Python's Counter in a chain answers 0.
 *
 *   d      outlives the chains it is put into                         borrowed
 *
 * Cost:    O(1)
 * Python:  what is in ChainMap.maps
 */
PILA_API pila_mapping pila_mapping_dict(pila_dict *d);

/* pila_mapping_defaultdict - as pila_mapping_dict, for a defaultdict. */
PILA_API pila_mapping pila_mapping_defaultdict(pila_defaultdict *d);

/* pila_mapping_chain - as pila_mapping_dict, for another chain. */
PILA_API pila_mapping pila_mapping_chain(pila_chainmap *c);

/* pila_chainmap_init - a chain of one empty dict, which is owned.
 *
 *   key    needs hash and eq                                          borrowed
 *   value  any type                                                   borrowed
 *
 * The chain must stay where it is while iterators over it live, or a chain that has it
 * as a map.
 *
 * Fails:   PILA_EOVERFLOW   an entry would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation: the dict is made when it is first needed
 * Python:  ChainMap(); for ChainMap(*maps) set_maps follows
 */
PILA_API PILA_MUST pila_status pila_chainmap_init(pila_chainmap *c,
                                                  const pila_type *key,
                                                  const pila_type *value);

/* pila_chainmap_done - let go of the maps; the chain is then as new. Twice is fine.
 *
 * Cost:    O(maps), and the drops of owned dicts that no other chain has
 */
PILA_API void pila_chainmap_done(pila_chainmap *c);

/* pila_chainmap_new - the same as pila_chainmap_init, on the heap.
 *
 * Fails:   NULL   no memory
 * Cost:    as pila_chainmap_init
 */
PILA_API pila_chainmap *pila_chainmap_new(const pila_type *key, const pila_type *value);

/* pila_chainmap_free - pila_chainmap_done, and the chain itself.
 *
 *   c      from pila_chainmap_new, or NULL                            taken
 *
 * Cost:    as pila_chainmap_done
 */
PILA_API void pila_chainmap_free(pila_chainmap *c);

/* pila_chainmap_map_count - how many maps.
 *
 * Cost:    O(1)
 * Python:  len(c.maps)
 */
PILA_API size_t pila_chainmap_map_count(const pila_chainmap *c);

/* pila_chainmap_map - one of the maps.
 *
 *   i      from the first, or below 0 from the last
 *   out    borrowed; a map that is owned lives as long as a chain has it
 *
 * Fails:   PILA_EINDEX   out of range
 *          PILA_ENOMEM   no memory for the dict of an empty chain
 * Cost:    O(1)
 * Python:  c.maps[i]
 */
PILA_API PILA_MUST pila_status pila_chainmap_map(pila_chainmap *c, ptrdiff_t i,
                                                 pila_mapping *out);

/* pila_chainmap_set_maps - make these the maps; those there were are let go of.
 *
 *   maps   n maps of the chain's types; what pila_chainmap_map of any chain gave may
 *          be among them, and stays owned                             borrowed
 *   n      0: none at all, not even an empty one: writing is then PILA_EINDEX
 *
 * A chain that is owned and is put into itself is never freed.
 *
 * Fails:   PILA_ETYPE    keys or values of another type
 *          PILA_ENOMEM   no memory; the maps are as they were
 * Cost:    O(n + maps)
 * Python:  c.maps = maps
 */
PILA_API PILA_MUST pila_status pila_chainmap_set_maps(pila_chainmap *c,
                                                      const pila_mapping *maps,
                                                      size_t n);

/* pila_chainmap_append_map - one map more, to be asked last.
 *
 * Fails:   as pila_chainmap_set_maps
 * Cost:    O(maps)
 * Python:  c.maps.append(m)
 */
PILA_API PILA_MUST pila_status pila_chainmap_append_map(pila_chainmap *c,
                                                        pila_mapping m);

/* pila_chainmap_new_child - a chain of one more map, and then those of c.
 *
 *   out    initialised; what it held is let go of, on failure it is unchanged. May be
 *          c
 *   m      asked first; NULL: an empty dict, which is owned           borrowed
 *
 * Fails:   PILA_ETYPE    m has keys or values of another type
 *          PILA_ENOMEM   no memory
 * Cost:    O(maps)
 * Python:  out = c.new_child(m)
 */
PILA_API PILA_MUST pila_status pila_chainmap_new_child(pila_chainmap *out,
                                                       pila_chainmap *c,
                                                       const pila_mapping *m);

/* pila_chainmap_parents - a chain of all maps of c but the first.
 *
 *   out    as in pila_chainmap_new_child
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(maps)
 * Python:  out = c.parents; where c has one map, an empty chain
 */
PILA_API PILA_MUST pila_status pila_chainmap_parents(pila_chainmap *out,
                                                     const pila_chainmap *c);

/* pila_chainmap_copy - a chain of a copy of the first map, and of the others.
 *
 *   out    as in pila_chainmap_new_child
 *
 * Fails:   PILA_EINDEX   c has no maps at all
 *          PILA_ELIMIT   first maps nested too deep
 *          any           as pila_dict_copy
 * Cost:    O(len of the first map + maps)
 * Python:  out = c.copy()
 */
PILA_API PILA_MUST pila_status pila_chainmap_copy(pila_chainmap *out,
                                                  const pila_chainmap *c);

/* pila_chainmap_move - out takes over the maps of c, which is then as new.
 *
 * Cost:    O(1), and letting go of what out held
 */
PILA_API void pila_chainmap_move(pila_chainmap *out, pila_chainmap *c);

/* pila_chainmap_find - where the key's value is, in the first map that has it.
 *
 * A map that is a defaultdict makes the value, as long as no map before it has the key.
 *
 *   key    one key                                                    borrowed
 *   value  set to the address of the value, untouched on failure      borrowed
 *
 * Fails:   PILA_EKEY       no map has it
 *          PILA_ELIMIT     chains nested too deep
 *          PILA_EMUTATED   a callback took the map out of the chain meanwhile
 *          any             what a callback or a factory answered
 * Cost:    O(maps) expected; the key is hashed once unless that runs user code
 * Python:  c[key]
 */
PILA_API PILA_MUST pila_status pila_chainmap_find(const pila_chainmap *c,
                                                  const void *key, void **value);

/* pila_chainmap_get - the key's value, or a default.
 *
 * Asks whether some map has the key first, and then as pila_chainmap_find: a factory
 * makes nothing for a key that is nowhere, but does for one that is in a later map.
 *
 *   def    returned when no map has the key; may be NULL              borrowed
 *
 * Fails:   as pila_chainmap_find, but for PILA_EKEY
 * Cost:    O(maps) expected
 * Python:  c.get(key, def)
 */
PILA_API PILA_MUST pila_status pila_chainmap_get(const pila_chainmap *c,
                                                 const void *key, const void *def,
                                                 const void **value);

/* pila_chainmap_contains - whether some map has the key. No factory is asked.
 *
 * Fails:   PILA_ELIMIT   chains nested too deep
 *          any           what a callback answered
 * Cost:    O(maps) expected
 * Python:  key in c
 */
PILA_API PILA_MUST pila_status pila_chainmap_contains(const pila_chainmap *c,
                                                      const void *key, bool *out);

/* pila_chainmap_len - how many keys there are in all maps together.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ENOMEM     no memory for the set of keys
 *          PILA_ELIMIT     chains nested too deep
 *          PILA_EMUTATED   a callback changed a map
 *          any             what a callback answered
 * Cost:    O(sum of the maps' lengths), with a copy of every key; O(maps) where all but
 *          one are empty
 * Python:  len(c)
 */
PILA_API PILA_MUST pila_status pila_chainmap_len(const pila_chainmap *c, size_t *out);

/* pila_chainmap_any - whether any map has a key.
 *
 * Fails:   PILA_ELIMIT   chains nested too deep
 * Cost:    O(maps)
 * Python:  bool(c)
 */
PILA_API PILA_MUST pila_status pila_chainmap_any(const pila_chainmap *c, bool *out);

/* pila_chainmap_keys - every key once, in the order of the last map, then of the one
 * before it, and so on.
 *
 * A set of all keys is made at once, so a map that changes later changes nothing.
 *
 *   c      must outlive the iterator, and stay where it is            borrowed
 *
 * Fails:   by the iterator's status: as pila_chainmap_len
 * Cost:    as pila_chainmap_len, then a pointer bump an item
 * Python:  iter(c), c.keys()
 */
PILA_API pila_iter pila_chainmap_keys(const pila_chainmap *c);

/* pila_chainmap_values - the value of every key, found by a look-up when its turn
 * comes.
 *
 * The set of keys is made when the first is asked for. A value is borrowed until the
 * next one is asked for or its map changes; where user code copies keys or values it is
 * a copy, and only the former counts.
 *
 * Fails:   by the iterator's status: as pila_chainmap_len and pila_chainmap_find;
 *          PILA_EKEY where a key has gone meanwhile, as in Python
 * Cost:    as pila_chainmap_len, then a look-up an item
 * Python:  c.values()
 */
PILA_API pila_iter pila_chainmap_values(const pila_chainmap *c);

/* pila_chainmap_items - the pairs: struct { K key; V value; }, as a dict yields them.
 *
 * Fails:   as pila_chainmap_values
 * Cost:    as pila_chainmap_values
 * Python:  c.items()
 */
PILA_API pila_iter pila_chainmap_items(const pila_chainmap *c);

/* pila_chainmap_eq - whether c has the same keys with equal values as another mapping.
 *
 *   m      a dict, a defaultdict or a chain of the same types         borrowed
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE   other types, or values without eq
 *          any          as pila_chainmap_items and pila_dict_eq
 * Cost:    O(sum of all lengths), with copies of all keys and values
 * Python:  c == m: by items(), so a defaultdict may make values
 */
PILA_API PILA_MUST pila_status pila_chainmap_eq(const pila_chainmap *c, pila_mapping m,
                                                bool *out);

/* pila_chainmap_repr - append it as Python shows it: ChainMap({'a': 1}, {}).
 *
 * A chain inside of itself is shown as three dots.
 *
 * Fails:   PILA_ELIMIT     chains nested too deep, or the cap of the buffer
 *          PILA_ETYPE      a type has no repr
 *          any             as pila_dict_repr; out is as it was
 * Cost:    O(sum of the maps' lengths)
 * Python:  repr(c); an OrderedDict or a Counter is shown as the dict that it is
 */
PILA_API PILA_MUST pila_status pila_chainmap_repr(const pila_chainmap *c,
                                                  pila_buf *out);

/* pila_chainmap_set - give the key this value, in the first map.
 *
 *   key, value   copied                                               borrowed
 *
 * Fails:   PILA_EINDEX   there are no maps at all
 *          PILA_ELIMIT   first maps nested too deep
 *          any           as pila_dict_set
 * Cost:    O(1) expected, amortised
 * Python:  c[key] = value
 */
PILA_API PILA_MUST pila_status pila_chainmap_set(pila_chainmap *c, const void *key,
                                                 const void *value);

/* pila_chainmap_setdefault - the key's value in any map; where it is in none it is set
 * to def in the first.
 *
 *   value  set to the address of the value; may be NULL               borrowed
 *
 * Fails:   as pila_chainmap_find, but for PILA_EKEY, and pila_chainmap_set
 * Cost:    O(maps) expected
 * Python:  c.setdefault(key, def)
 */
PILA_API PILA_MUST pila_status pila_chainmap_setdefault(pila_chainmap *c,
                                                        const void *key,
                                                        const void *def, void **value);

/* pila_chainmap_del - take the key out of the first map.
 *
 * Fails:   PILA_EKEY     not in the first map, though it may be in a later one
 *          PILA_EINDEX   there are no maps at all
 *          PILA_ELIMIT   first maps nested too deep
 *          any           as pila_dict_del
 * Cost:    O(1) expected
 * Python:  del c[key]
 */
PILA_API PILA_MUST pila_status pila_chainmap_del(pila_chainmap *c, const void *key);

/* pila_chainmap_pop - take the key out of the first map and hand its value over.
 *
 *   value  room for one value; untouched on failure                   given
 *
 * Fails:   as pila_chainmap_del
 * Cost:    O(1) expected
 * Python:  c.pop(key)
 */
PILA_API PILA_MUST pila_status pila_chainmap_pop(pila_chainmap *c, const void *key,
                                                 void *value);

/* pila_chainmap_popitem - take out the pair that was added last to the first map.
 *
 *   key, value    room for one each, or NULL to drop it               given
 *
 * Fails:   PILA_EKEY   the first map is empty
 *          any         as pila_chainmap_del
 * Cost:    O(1) amortised
 * Python:  c.popitem()
 */
PILA_API PILA_MUST pila_status pila_chainmap_popitem(pila_chainmap *c, void *key,
                                                     void *value);

/* pila_chainmap_clear - empty the first map.
 *
 * Fails:   PILA_EINDEX   there are no maps at all
 *          PILA_ELIMIT   first maps nested too deep
 * Cost:    O(len of the first map)
 * Python:  c.clear()
 */
PILA_API PILA_MUST pila_status pila_chainmap_clear(pila_chainmap *c);

/* pila_chainmap_update - set every pair that an iterator yields, in the first map.
 *
 *   items  dropped, on failure too                                    taken
 *
 * Fails:   as pila_chainmap_set and pila_dict_update
 * Cost:    O(items)
 * Python:  c.update(pairs)
 */
PILA_API PILA_MUST pila_status pila_chainmap_update(pila_chainmap *c, pila_iter items);

/* pila_chainmap_merge - set every pair of another mapping, in the first map.
 *
 *   from   of the same types; may be one of the maps, or c            borrowed
 *
 * Fails:   PILA_ETYPE   other types
 *          any          as pila_chainmap_set, pila_dict_merge and pila_chainmap_items
 * Cost:    O(len(from)); for a chain as pila_chainmap_items
 * Python:  c.update(from), c |= from
 */
PILA_API PILA_MUST pila_status pila_chainmap_merge(pila_chainmap *c, pila_mapping from);

/* pila_chainmap_or - a copy of c, with another mapping's pairs set in its first map.
 *
 *   out    as in pila_chainmap_new_child
 *
 * Fails:   as pila_chainmap_copy and pila_chainmap_merge
 * Cost:    as pila_chainmap_copy and pila_chainmap_merge
 * Python:  out = c | m
 */
PILA_API PILA_MUST pila_status pila_chainmap_or(pila_chainmap *out,
                                                const pila_chainmap *c, pila_mapping m);

/* pila_chainmap_ror - a chain of one dict, which is owned: a dict's pairs, then those
 * of the maps of c set over them, the last map first.
 *
 *   out    as in pila_chainmap_new_child
 *
 * Fails:   PILA_ETYPE   other types
 *          any          as pila_dict_copy, pila_dict_merge and pila_chainmap_items
 * Cost:    O(sum of all lengths)
 * Python:  out = d | c
 */
PILA_API PILA_MUST pila_status pila_chainmap_ror(pila_chainmap *out, const pila_dict *d,
                                                 const pila_chainmap *c);

/* pila_chainmap_fromkeys - a chain of one dict, which is owned, of every key that an
 * iterator yields, all with one value.
 *
 *   out    as in pila_chainmap_new_child
 *   keys   yields keys; views of text may stand for owned strings     taken
 *   value  copied for each; NULL: zero bytes                          borrowed
 *
 * Fails:   as pila_dict_fromkeys
 * Cost:    O(items)
 * Python:  ChainMap.fromkeys(keys, value)
 */
PILA_API PILA_MUST pila_status pila_chainmap_fromkeys(pila_chainmap *out,
                                                      pila_iter keys,
                                                      const void *value);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_CHAINMAP(Name, Dict) defines the chain Name of dicts that PILA_DICT, or one of
 * its kin that is a dict alone, has made as Dict; all its maps are such. It has a
 * function for each pila_chainmap_op above, with keys and values by value and maps as
 * Dict *. Where the other side may be a dict or a chain there are two: Name_or(&out,
 * &c, &dict) and Name_or_chain(&out, &c, &chain), and so for merge and eq. {0} is a
 * valid Name, Python's ChainMap().
 */
#define PILA_CHAINMAP(Name, Dict)                                                      \
    PILA_CHAINMAP_OF(Name, Dict, __typeof__(((Dict##_item *)0)->key),                  \
                     __typeof__(((Dict##_item *)0)->value))

/* The same with K and V named. */
#define PILA_CHAINMAP_OF(Name, Dict, K, V)                                             \
    typedef struct Name {                                                              \
        pila__chain base;                                                              \
    } Name;                                                                            \
    PILA_FACE pila_mapping Name##_mapping(Dict *d)                                     \
    {                                                                                  \
        return pila__mapping_of(PILA_MAPPING_DICT, d);                                 \
    }                                                                                  \
    PILA_FACE void Name##_done(Name *c) { pila__chainmap_done(&c->base); }             \
    PILA_FACE void Name##_move(Name *out, Name *c)                                     \
    {                                                                                  \
        pila__chainmap_move(&out->base, &c->base);                                     \
    }                                                                                  \
    PILA_FACE size_t Name##_map_count(const Name *c)                                   \
    {                                                                                  \
        return pila__chainmap_map_count(&c->base);                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_map(Name *c, ptrdiff_t i, Dict **out)       \
    {                                                                                  \
        pila_mapping m;                                                                \
        pila_status st = pila__chainmap_map(&c->base, &Dict##_types, i, &m);           \
        if (st == PILA_OK) *out = (Dict *)m.map;                                       \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_append_map(Name *c, Dict *d)                \
    {                                                                                  \
        return pila__chainmap_append_map(&c->base, &Dict##_types, Name##_mapping(d));  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set_maps(Name *c, const pila_mapping *maps, \
                                                    size_t n)                          \
    {                                                                                  \
        return pila__chainmap_set_maps(&c->base, maps, n);                             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_new_child(Name *out, Name *c, Dict *d)      \
    {                                                                                  \
        pila_mapping m = Name##_mapping(d);                                            \
        return pila__chainmap_new_child(&out->base, &c->base, &Dict##_types,           \
                                        d ? &m : NULL);                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_parents(Name *out, const Name *c)           \
    {                                                                                  \
        return pila__chainmap_parents(&out->base, &c->base);                           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *out, const Name *c)              \
    {                                                                                  \
        return pila__chainmap_copy(&out->base, &c->base, &Dict##_types);               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_find(const Name *c, K key, V **value)       \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st =                                                               \
            pila__chainmap_at(&c->base, Dict##_types.first, &Dict##_types, &key, &at); \
        if (st == PILA_OK) *value = (V *)at;                                           \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_get(const Name *c, K key, V def, V *value)  \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st = pila__chainmap_get(&c->base, Dict##_types.first,              \
                                            &Dict##_types, &key, &at);                 \
        if (st == PILA_OK) *value = *(V *)at;                                          \
        else if (st == PILA_EKEY) *value = def;                                        \
        return st == PILA_EKEY ? PILA_OK : st;                                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *c, K key, bool *out)   \
    {                                                                                  \
        return pila__chainmap_has(&c->base, Dict##_types.first, &Dict##_types, &key,   \
                                  out);                                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_len(const Name *c, size_t *out)             \
    {                                                                                  \
        return pila__chainmap_len(&c->base, &Dict##_types, out);                       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_any(const Name *c, bool *out)               \
    {                                                                                  \
        return pila__chainmap_any(&c->base, out);                                      \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys(const Name *c)                                     \
    {                                                                                  \
        return pila__chainmap_keys(&c->base, &Dict##_types);                           \
    }                                                                                  \
    PILA_FACE pila_iter Name##_values(const Name *c)                                   \
    {                                                                                  \
        return pila__chainmap_values(&c->base, &Dict##_types);                         \
    }                                                                                  \
    PILA_FACE pila_iter Name##_items(const Name *c)                                    \
    {                                                                                  \
        return pila__chainmap_items(&c->base, &Dict##_types);                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *c, const Dict *d, bool *out) \
    {                                                                                  \
        return pila__chainmap_eq(&c->base, &Dict##_types,                              \
                                 pila__mapping_of(PILA_MAPPING_DICT, d), out);         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq_chain(const Name *a, const Name *b,      \
                                                    bool *out)                         \
    {                                                                                  \
        return pila__chainmap_eq(&a->base, &Dict##_types,                              \
                                 pila__mapping_of(PILA_MAPPING_CHAIN, b), out);        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *c, pila_buf *out)          \
    {                                                                                  \
        return pila__chainmap_repr(&c->base, &Dict##_types, out);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set(Name *c, K key, V value)                \
    {                                                                                  \
        return pila__chainmap_set(&c->base, Dict##_types.first, &Dict##_types, &key,   \
                                  &value);                                             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_setdefault(Name *c, K key, V def,           \
                                                      V **value)                       \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st =                                                               \
            pila__chainmap_setdefault(&c->base, &Dict##_types, &key, &def, &at);       \
        if (st == PILA_OK && value) *value = (V *)at;                                  \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_del(Name *c, K key)                         \
    {                                                                                  \
        return pila__chainmap_remove(&c->base, &Dict##_types, &key, NULL);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pop(Name *c, K key, V *value)               \
    {                                                                                  \
        return pila__chainmap_remove(&c->base, &Dict##_types, &key, value);            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_popitem(Name *c, K *key, V *value)          \
    {                                                                                  \
        return pila__chainmap_popitem(&c->base, &Dict##_types, key, value);            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_clear(Name *c)                              \
    {                                                                                  \
        return pila__chainmap_clear(&c->base, &Dict##_types);                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_update(Name *c, pila_iter items)            \
    {                                                                                  \
        return pila__chainmap_update(&c->base, &Dict##_types, items);                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_merge(Name *c, const Dict *from)            \
    {                                                                                  \
        return pila__chainmap_merge(&c->base, &Dict##_types,                           \
                                    pila__mapping_of(PILA_MAPPING_DICT, from));        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_merge_chain(Name *c, const Name *from)      \
    {                                                                                  \
        return pila__chainmap_merge(&c->base, &Dict##_types,                           \
                                    pila__mapping_of(PILA_MAPPING_CHAIN, from));       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_or(Name *out, const Name *c, const Dict *d) \
    {                                                                                  \
        return pila__chainmap_or(&out->base, &c->base, &Dict##_types,                  \
                                 pila__mapping_of(PILA_MAPPING_DICT, d));              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_or_chain(Name *out, const Name *a,          \
                                                    const Name *b)                     \
    {                                                                                  \
        return pila__chainmap_or(&out->base, &a->base, &Dict##_types,                  \
                                 pila__mapping_of(PILA_MAPPING_CHAIN, b));             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_ror(Name *out, const Dict *d,               \
                                               const Name *c)                          \
    {                                                                                  \
        return pila__chainmap_ror(&out->base, &d->base, &c->base, &Dict##_types);      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_fromkeys(Name *out, pila_iter keys,         \
                                                    V value)                           \
    {                                                                                  \
        return pila__chainmap_fromkeys(&out->base, &Dict##_types, keys, &value);       \
    }

#endif
