/* dict.h - a hash table that remembers insertion order: Python's dict.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/table collections/item
 * Use:
 *     PILA_DICT(Ages, pila_string, int)
 *     Ages ages = {0};
 *     pila_string ada = pila_string_borrow(pila_cstr("ada"));
 *     pila_status st = Ages_set(&ages, ada, 36);
 *     int *age;
 *     if (st == PILA_OK) st = Ages_find(&ages, ada, &age);
 *     if (st == PILA_OK) printf("%d\n", *age);   // prints: 36
 *     Ages_done(&ages);
 *
 * Keys and values are lent to the dict, which keeps copies made with their type's copy.
 * A pointer into the dict lives until the next structural change: a key added or taken
 * away. Overwriting a value is none.
 */
#ifndef PILA_DICT_H
#define PILA_DICT_H

#include "table.h"

/* ---- the run-time face: keys and values by address, types chosen by a descriptor ----
 */

typedef struct pila_dict {
    pila__dict base;
    pila_pair types;
} pila_dict;

PILA_BEGIN_C

/* out takes over what made holds, which is of these types: for what is built on dict.
 */
PILA_API void pila__dict_become(pila_dict *out, pila__dict *made,
                                const pila_pair *types);

/* Whether dicts of these entries compare and combine. */
PILA_API bool pila__dict_alike(const pila_pair *a, const pila_pair *b);

/* pila_dict_init - an empty dict.
 *
 *   key    needs hash and eq                                          borrowed
 *   value  any type                                                   borrowed
 *
 * The dict must stay where it is while iterators over its items live.
 *
 * Fails:   PILA_EOVERFLOW   an entry would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  dict()
 */
PILA_API PILA_MUST pila_status pila_dict_init(pila_dict *d, const pila_type *key,
                                              const pila_type *value);

/* pila_dict_done - free all it holds; the dict is then empty and usable. Twice is fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_dict_done(pila_dict *d);

/* pila_dict_new - the same as pila_dict_init, on the heap.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 */
PILA_API pila_dict *pila_dict_new(const pila_type *key, const pila_type *value);

/* pila_dict_free - pila_dict_done, and the dict itself.
 *
 *   d      from pila_dict_new, or NULL                                taken
 *
 * Cost:    as pila_dict_done
 */
PILA_API void pila_dict_free(pila_dict *d);

/* pila_dict_copy - an independent duplicate, in the same order.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   PILA_ENOMEM     no memory
 *          PILA_EMUTATED   a copy callback changed d
 *          any             what a callback answered
 * Cost:    O(n)
 * Python:  d.copy(), but keys and values are copied with their types' copy
 */
PILA_API PILA_MUST pila_status pila_dict_copy(pila_dict *out, const pila_dict *d);

/* pila_dict_move - out takes over all that d holds; d becomes empty.
 *
 *   out    what it held is freed
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_dict_move(pila_dict *out, pila_dict *d);

/* pila_dict_len - how many keys.
 *
 * Cost:    O(1)
 * Python:  len(d)
 */
PILA_API size_t pila_dict_len(const pila_dict *d);

/* pila_dict_contains - whether the key is there.
 *
 *   key    one key                                                    borrowed
 *   out    untouched on failure
 *
 * Fails:   any   what a callback answered
 * Cost:    O(1) expected
 * Python:  key in d
 */
PILA_API PILA_MUST pila_status pila_dict_contains(const pila_dict *d, const void *key,
                                                  bool *out);

/* pila_dict_find - where the key's value is.
 *
 *   key    one key                                                    borrowed
 *   value  set to the address of the value, untouched on failure      borrowed
 *
 * Fails:   PILA_EKEY   no such key
 *          any         what a callback answered
 * Cost:    O(1) expected, keys chosen by an adversary included
 * Python:  d[key]; the value may be changed in place
 */
PILA_API PILA_MUST pila_status pila_dict_find(const pila_dict *d, const void *key,
                                              void **value);

/* pila_dict_get - the key's value, or a default.
 *
 *   def    returned when there is no such key; may be NULL            borrowed
 *   value  set to the value's address or to def                       borrowed
 *
 * Fails:   any   what a callback answered
 * Cost:    O(1) expected
 * Python:  d.get(key, def)
 */
PILA_API PILA_MUST pila_status pila_dict_get(const pila_dict *d, const void *key,
                                             const void *def, const void **value);

/* pila_dict_set - give the key this value; a new key goes last.
 *
 *   key, value   copied                                               borrowed
 *
 * Fails:   PILA_ENOMEM      no memory
 *          PILA_EOVERFLOW   2^32 - 1 entries are in use
 *          any              what a callback answered
 * Cost:    O(1) expected, amortised
 * Python:  d[key] = value
 */
PILA_API PILA_MUST pila_status pila_dict_set(pila_dict *d, const void *key,
                                             const void *value);

/* pila_dict_setdefault - the key's value, which is set to def first if it is not there.
 *
 *   value  set to the address of the value; may be NULL               borrowed
 *
 * Fails:   as pila_dict_set
 * Cost:    O(1) expected, amortised
 * Python:  d.setdefault(key, def)
 */
PILA_API PILA_MUST pila_status pila_dict_setdefault(pila_dict *d, const void *key,
                                                    const void *def, void **value);

/* pila_dict_del - take the key and its value out and drop them.
 *
 * Fails:   PILA_EKEY     no such key
 *          PILA_ENOMEM   only if an entry exceeds 128 bytes and owns memory
 *          any           what a callback answered
 * Cost:    O(1) expected
 * Python:  del d[key]
 */
PILA_API PILA_MUST pila_status pila_dict_del(pila_dict *d, const void *key);

/* pila_dict_pop - take the key out and hand its value over.
 *
 *   value  room for one value; untouched on failure                   given
 *
 * Fails:   as pila_dict_del
 * Cost:    O(1) expected
 * Python:  d.pop(key); a default is what the caller does on PILA_EKEY
 */
PILA_API PILA_MUST pila_status pila_dict_pop(pila_dict *d, const void *key,
                                             void *value);

/* pila_dict_popitem - take out the pair added last, or first.
 *
 *   last          false: the first, as OrderedDict.popitem(last=False)
 *   key, value    room for one each, or NULL to drop it               given
 *
 * Fails:   PILA_EKEY     the dict is empty
 *          PILA_ENOMEM   as pila_dict_del
 * Cost:    O(1) amortised
 * Python:  d.popitem()
 */
PILA_API PILA_MUST pila_status pila_dict_popitem(pila_dict *d, bool last, void *key,
                                                 void *value);

/* pila_dict_clear - take everything out; the capacity is kept.
 *
 * Cost:    O(n)
 * Python:  d.clear()
 */
PILA_API void pila_dict_clear(pila_dict *d);

/* pila_dict_reserve - make room for n keys in all, so that adding them allocates
 * nothing for the table.
 *
 * Fails:   PILA_ENOMEM, PILA_EOVERFLOW   the dict is as it was
 * Cost:    O(n)
 */
PILA_API PILA_MUST pila_status pila_dict_reserve(pila_dict *d, size_t n);

/* pila_dict_shrink - give back room that the keys there do not need.
 *
 * Fails:   PILA_ENOMEM   no memory for the smaller index; the keys are all there
 * Cost:    O(n)
 */
PILA_API PILA_MUST pila_status pila_dict_shrink(pila_dict *d);

/* pila_dict_update - set every pair that an iterator yields.
 *
 *   items  yields keys with values: pairs, tuples of two, or rows; views of text
 *          may stand for owned strings                                taken
 *
 * Fails:   PILA_ETYPE   the items are no such, or of other types
 *          PILA_EVALUE  a row has not two members
 *          any          as pila_dict_set, or the iterator's fault; what came before it
 *                       stays
 * Cost:    O(items)
 * Python:  d.update(pairs)
 */
PILA_API PILA_MUST pila_status pila_dict_update(pila_dict *d, pila_iter items);

/* pila_dict_merge - set every pair of another dict.
 *
 *   from   of the same types; may be d itself                         borrowed
 *
 * Fails:   PILA_ETYPE      other types
 *          PILA_EMUTATED   a callback changed from
 *          any             as pila_dict_set; what came before it stays
 * Cost:    O(len(from))
 * Python:  d.update(from), d |= from
 */
PILA_API PILA_MUST pila_status pila_dict_merge(pila_dict *d, const pila_dict *from);

/* pila_dict_or - a new dict: a's pairs, then b's set over them.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   as pila_dict_copy and pila_dict_merge
 * Cost:    O(len(a) + len(b))
 * Python:  a | b
 */
PILA_API PILA_MUST pila_status pila_dict_or(pila_dict *out, const pila_dict *a,
                                            const pila_dict *b);

/* pila_dict_fromkeys - a new dict of every key an iterator yields, all with one value.
 *
 *   out    initialised and empty; unchanged on failure
 *   keys   yields keys; views of text may stand for owned strings     taken
 *   value  copied for each; NULL: zero bytes                          borrowed
 *
 * Fails:   PILA_ETYPE   the items are no keys of this type
 *          any          as pila_dict_set, or the iterator's fault
 * Cost:    O(items)
 * Python:  dict.fromkeys(keys, value)
 */
PILA_API PILA_MUST pila_status pila_dict_fromkeys(pila_dict *out, pila_iter keys,
                                                  const void *value);

/* pila_dict_eq - whether both hold the same keys with equal values, in any order.
 *
 * Fails:   PILA_ETYPE      other types, or values without eq
 *          PILA_EMUTATED   a callback changed a or b
 *          any             what a callback answered
 * Cost:    O(n)
 * Python:  a == b
 */
PILA_API PILA_MUST pila_status pila_dict_eq(const pila_dict *a, const pila_dict *b,
                                            bool *out);

/* pila_dict_items - the pairs, in order: struct { K key; V value; }, in place.
 *
 * The fast way through a dict: a window is a run of entries. pila_dict_keys and
 * pila_dict_values yield from the same entries, one call an item.
 *
 * Cost:    O(1), no allocation
 * Python:  d.items()
 */
PILA_API pila_iter pila_dict_items(const pila_dict *d);

/* pila_dict_keys - the keys, in order. What iterating over a dict means in Python.
 *
 * Cost:    O(1), no allocation
 * Python:  iter(d), d.keys()
 */
PILA_API pila_iter pila_dict_keys(const pila_dict *d);

/* pila_dict_values - the values, in order.
 *
 * Cost:    O(1), no allocation
 * Python:  d.values()
 */
PILA_API pila_iter pila_dict_values(const pila_dict *d);

/* pila_dict_items_reversed - the pairs, the last added first.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(d.items())
 */
PILA_API pila_iter pila_dict_items_reversed(const pila_dict *d);

/* pila_dict_keys_reversed - the keys, the last added first.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(d)
 */
PILA_API pila_iter pila_dict_keys_reversed(const pila_dict *d);

/* pila_dict_values_reversed - the values, the last added first.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(d.values())
 */
PILA_API pila_iter pila_dict_values_reversed(const pila_dict *d);

/* pila_dict_keys_and - the keys of a that are in b, in a's order.
 *
 *   a, b   of the same key type; both must stay unchanged             borrowed
 *
 * Fails:   by the iterator's status: PILA_ENOMEM, PILA_ETYPE for other key types,
 *          PILA_EMUTATED, or what a callback answered
 * Cost:    O(1), then O(1) expected a key of a
 * Python:  a.keys() & b.keys(), which gives a set, in no order
 */
PILA_API pila_iter pila_dict_keys_and(const pila_dict *a, const pila_dict *b);

/* pila_dict_keys_sub - the keys of a that are not in b, in a's order.
 *
 * Fails:   as pila_dict_keys_and
 * Cost:    as pila_dict_keys_and
 * Python:  a.keys() - b.keys()
 */
PILA_API pila_iter pila_dict_keys_sub(const pila_dict *a, const pila_dict *b);

/* pila_dict_keys_or - the keys of a, then those of b that are not in a.
 *
 * Fails:   as pila_dict_keys_and
 * Cost:    as pila_dict_keys_and, for both dicts
 * Python:  a.keys() | b.keys()
 */
PILA_API pila_iter pila_dict_keys_or(const pila_dict *a, const pila_dict *b);

/* pila_dict_keys_xor - the keys of a not in b, then those of b not in a.
 *
 * Fails:   as pila_dict_keys_and
 * Cost:    as pila_dict_keys_and, for both dicts
 * Python:  a.keys() ^ b.keys()
 */
PILA_API pila_iter pila_dict_keys_xor(const pila_dict *a, const pila_dict *b);

/* pila_dict_keys_within - whether every key of a is in b.
 *
 * Fails:   PILA_ETYPE      other key types
 *          PILA_EMUTATED   a callback changed a
 *          any             what a callback answered
 * Cost:    O(len(a)) expected
 * Python:  a.keys() <= b.keys(); < is this and a smaller length, == and equal lengths
 */
PILA_API PILA_MUST pila_status pila_dict_keys_within(const pila_dict *a,
                                                     const pila_dict *b, bool *out);

/* pila_dict_keys_isdisjoint - whether no key of a is in b.
 *
 * Fails:   as pila_dict_keys_within
 * Cost:    O(len(a)) expected
 * Python:  a.keys().isdisjoint(b.keys())
 */
PILA_API PILA_MUST pila_status pila_dict_keys_isdisjoint(const pila_dict *a,
                                                         const pila_dict *b, bool *out);

/* pila_dict_repr - append the dict as Python shows it.
 *
 * Fails:   PILA_ETYPE      a type has no repr
 *          PILA_EMUTATED   a callback changed d
 *          any             what a callback answered; out is as it was
 * Cost:    O(n)
 * Python:  repr(d)
 */
PILA_API PILA_MUST pila_status pila_dict_repr(const pila_dict *d, pila_buf *out);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_DICT(Name, K, V) defines the dict Name, the struct Name_item { K key; V value; }
 * that its items are, and a function Name_op for each pila_dict_op above, with keys and
 * values passed by value. K is an integer, a float, void *, pila_str or pila_string;
 * for any other PILA_DICT_OF names the descriptors, &pila_ptr for a T *. {0} is a valid
 * empty Name.
 */
#define PILA_DICT(Name, K, V)                                                          \
    static const pila_type Name##_plain_key __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(K);                                                            \
    static const pila_type Name##_plain_val __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(V);                                                            \
    PILA_DICT_OF(Name, K, V, PILA_TYPE_OF(K, &Name##_plain_key),                       \
                 PILA_TYPE_OF(V, &Name##_plain_val))

/* The parts that the kinds of dict are put together from. Counter is a FACE and does
 * the rest its own way; an ordered dict is one that compares and shows its own way;
 * what has more than a base takes the parts that do not make or end one.
 */

/* What an entry is. */
#define PILA__DICT_ITEM(Name, K, V, key_type, value_type)                              \
    typedef struct Name##_item {                                                       \
        K key;                                                                         \
        V value;                                                                       \
    } Name##_item;                                                                     \
    PILA_PAIR(Name##_types, Name##_item, value, key_type, value_type);

/* What every kind does alike. */
#define PILA__DICT_COMMON(Name, K, V, key_type, value_type)                            \
    PILA_FACE size_t Name##_len(const Name *d) { return d->base.live; }                \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *d, K key, bool *out)   \
    {                                                                                  \
        return pila__dict_has(&d->base, key_type, &Name##_types, &key, out);           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_get(const Name *d, K key, V def, V *value)  \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st = pila__dict_at(&d->base, key_type, &Name##_types, &key, &at);  \
        if (st == PILA_OK) *value = *(V *)at;                                          \
        else if (st == PILA_EKEY) *value = def;                                        \
        return st == PILA_EKEY ? PILA_OK : st;                                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set(Name *d, K key, V value)                \
    {                                                                                  \
        return pila__dict_put(&d->base, key_type, &Name##_types, &key, &value, true,   \
                              NULL);                                                   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_setdefault(Name *d, K key, V def,           \
                                                      V **value)                       \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st =                                                               \
            pila__dict_put(&d->base, key_type, &Name##_types, &key, &def, false, &at); \
        if (st == PILA_OK && value) *value = (V *)at;                                  \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pop(Name *d, K key, V *value)               \
    {                                                                                  \
        return pila__dict_remove(&d->base, key_type, &Name##_types, &key, value);      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_popitem(Name *d, bool last, K *key,         \
                                                   V *value)                           \
    {                                                                                  \
        return pila__dict_popitem(&d->base, &Name##_types, last, key, value);          \
    }                                                                                  \
    PILA_FACE void Name##_clear(Name *d)                                               \
    {                                                                                  \
        pila__dict_clear(&d->base, &Name##_types);                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_reserve(Name *d, size_t n)                  \
    {                                                                                  \
        return pila__dict_reserve(&d->base, &Name##_types, n);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_shrink(Name *d)                             \
    {                                                                                  \
        return pila__dict_shrink(&d->base, &Name##_types);                             \
    }                                                                                  \
    PILA_FACE pila_iter Name##_items(const Name *d)                                    \
    {                                                                                  \
        return pila__dict_items(&d->base, &Name##_types);                              \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys(const Name *d)                                     \
    {                                                                                  \
        return pila__dict_keys(&d->base, &Name##_types);                               \
    }                                                                                  \
    PILA_FACE pila_iter Name##_values(const Name *d)                                   \
    {                                                                                  \
        return pila__dict_values(&d->base, &Name##_types);                             \
    }                                                                                  \
    PILA_FACE pila_iter Name##_items_reversed(const Name *d)                           \
    {                                                                                  \
        return pila__dict_iter(&d->base, &Name##_types.type, &pila__dict_items_back,   \
                               d->base.used);                                          \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys_reversed(const Name *d)                            \
    {                                                                                  \
        return pila__dict_iter(&d->base, key_type, &pila__dict_keys_back,              \
                               d->base.used);                                          \
    }                                                                                  \
    PILA_FACE pila_iter Name##_values_reversed(const Name *d)                          \
    {                                                                                  \
        return pila__dict_iter(&d->base, value_type, &pila__dict_values_back,          \
                               d->base.used);                                          \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys_and(const Name *a, const Name *b)                  \
    {                                                                                  \
        return pila__dict_keys_op(&a->base, &Name##_types, &b->base, &Name##_types,    \
                                  PILA__KEYS_AND);                                     \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys_sub(const Name *a, const Name *b)                  \
    {                                                                                  \
        return pila__dict_keys_op(&a->base, &Name##_types, &b->base, &Name##_types,    \
                                  PILA__KEYS_SUB);                                     \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys_or(const Name *a, const Name *b)                   \
    {                                                                                  \
        return pila__dict_keys_op(&a->base, &Name##_types, &b->base, &Name##_types,    \
                                  PILA__KEYS_OR);                                      \
    }                                                                                  \
    PILA_FACE pila_iter Name##_keys_xor(const Name *a, const Name *b)                  \
    {                                                                                  \
        return pila__dict_keys_op(&a->base, &Name##_types, &b->base, &Name##_types,    \
                                  PILA__KEYS_XOR);                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_keys_within(const Name *a, const Name *b,   \
                                                       bool *out)                      \
    {                                                                                  \
        return pila__dict_keys_within(&a->base, &Name##_types, &b->base,               \
                                      &Name##_types, out);                             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_keys_isdisjoint(const Name *a,              \
                                                           const Name *b, bool *out)   \
    {                                                                                  \
        return pila__dict_keys_apart(&a->base, &Name##_types, &b->base, &Name##_types, \
                                     out);                                             \
    }

/* Of a kind that is a base and nothing more: its life, and a look-up that fails. */
#define PILA__DICT_FACE(Name, K, V, key_type, value_type)                              \
    typedef struct Name {                                                              \
        pila__dict base;                                                               \
    } Name;                                                                            \
    PILA__DICT_ITEM(Name, K, V, key_type, value_type)                                  \
    PILA_FACE void Name##_done(Name *d) { pila__dict_done(&d->base, &Name##_types); }  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *out, const Name *d)              \
    {                                                                                  \
        return pila__dict_copy(&out->base, &d->base, &Name##_types);                   \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *out, Name *d)                                     \
    {                                                                                  \
        pila__dict_move(&out->base, &d->base, &Name##_types);                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_find(const Name *d, K key, V **value)       \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st = pila__dict_at(&d->base, key_type, &Name##_types, &key, &at);  \
        if (st == PILA_OK) *value = (V *)at;                                           \
        return st;                                                                     \
    }                                                                                  \
    PILA__DICT_COMMON(Name, K, V, key_type, value_type)

/* What a mapping does, and a counter does not. */
#define PILA__DICT_MAPPING(Name, K, key_type)                                          \
    PILA_FACE PILA_MUST pila_status Name##_del(Name *d, K key)                         \
    {                                                                                  \
        return pila__dict_remove(&d->base, key_type, &Name##_types, &key, NULL);       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_update(Name *d, pila_iter items)            \
    {                                                                                  \
        return pila__dict_update(&d->base, &Name##_types, items);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_merge(Name *d, const Name *from)            \
    {                                                                                  \
        return pila__dict_merge(&d->base, &Name##_types, &from->base);                 \
    }

/* What makes a new one that is a base and nothing more. */
#define PILA__DICT_MAKERS(Name, V)                                                     \
    PILA_FACE PILA_MUST pila_status Name##_or(Name *out, const Name *a, const Name *b) \
    {                                                                                  \
        return pila__dict_or(&out->base, &a->base, &b->base, &Name##_types);           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_fromkeys(Name *out, pila_iter keys,         \
                                                    V value)                           \
    {                                                                                  \
        return pila__dict_fromkeys(&out->base, &Name##_types, keys, &value);           \
    }

#define PILA__DICT_EQ(Name)                                                            \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__dict_eq(&a->base, &b->base, &Name##_types, out);                  \
    }

/* With a dict of another name: |= and, whatever the order, ==. */
#define PILA__DICT_WITH(Name, Dict)                                                    \
    PILA_FACE PILA_MUST pila_status Name##_merge_##Dict(Name *d, const Dict *from)     \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__dict_merge(&d->base, &Name##_types, &from->base);                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq_##Dict(const Name *a, const Dict *b,     \
                                                     bool *out)                        \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__dict_eq(&a->base, &b->base, &Name##_types, out);                  \
    }

#define PILA_DICT_OF(Name, K, V, key_type, value_type)                                 \
    PILA__DICT_FACE(Name, K, V, key_type, value_type)                                  \
    PILA__DICT_MAPPING(Name, K, key_type)                                              \
    PILA__DICT_MAKERS(Name, V)                                                         \
    PILA__DICT_EQ(Name)                                                                \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *d, pila_buf *out)          \
    {                                                                                  \
        return pila__dict_repr(&d->base, &Name##_types, out);                          \
    }

#endif
