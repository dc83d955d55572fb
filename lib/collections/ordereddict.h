/* ordereddict.h - a dict whose keys can be moved to either end: Python's OrderedDict.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/dict collections/item
 * Use:
 *     PILA_ORDEREDDICT(Recent, char, int)
 *     Recent d = {0};
 *     pila_status st = PILA_OK;
 *     for (char c = 'a'; c < 'e' && st == PILA_OK; c++) st = Recent_set(&d, c, 1);
 *     if (st == PILA_OK) st = Recent_move_to_end(&d, 'b', true);
 *     if (st == PILA_OK) st = Recent_move_to_end(&d, 'd', false);
 *     pila_iter keys = Recent_keys(&d);
 *     PILA_FOR(char, c, &keys) putchar(*c);
 *     putchar('\n');             // prints: dacb
 *     Recent_done(&d);
 *
 * Every dict here keeps the order of insertion. An OrderedDict is one that moves keys,
 * and whose == between two of a kind asks for the same order. Overwriting a value moves
 * nothing; a key that was taken out and put in again is the last.
 */
#ifndef PILA_ORDEREDDICT_H
#define PILA_ORDEREDDICT_H

#include "dict.h"

/* ---- the core ---- */

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__ordereddict_repr(const pila__dict *d,
                                                      const pila_pair *t,
                                                      pila_buf *out);
PILA_END_C

/* ---- the run-time face ---- */

typedef struct pila_ordereddict {
    pila_dict dict; /* it is one: pila_dict_set and so on work on &d->dict */
} pila_ordereddict;

PILA_BEGIN_C

/* pila_ordereddict_init - an empty one.
 *
 *   key    needs hash and eq                                          borrowed
 *   value  any type                                                   borrowed
 *
 * What is not here a pila_dict_ function does, on &d->dict: set, find, pop, popitem at
 * either end, update, merge for |=, or, fromkeys, the iterators, also reversed. With
 * pila_dict_eq it compares to a dict, in any order.
 *
 * Fails:   PILA_EOVERFLOW   an entry would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  OrderedDict()
 */
PILA_API PILA_MUST pila_status pila_ordereddict_init(pila_ordereddict *d,
                                                     const pila_type *key,
                                                     const pila_type *value);

/* pila_ordereddict_done - free all it holds; it is then empty and usable. Twice is
 * fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_ordereddict_done(pila_ordereddict *d);

/* pila_ordereddict_new - the same as pila_ordereddict_init, on the heap.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 */
PILA_API pila_ordereddict *pila_ordereddict_new(const pila_type *key,
                                                const pila_type *value);

/* pila_ordereddict_free - pila_ordereddict_done, and the dict itself.
 *
 *   d      from pila_ordereddict_new, or NULL                         taken
 *
 * Cost:    as pila_ordereddict_done
 */
PILA_API void pila_ordereddict_free(pila_ordereddict *d);

/* pila_ordereddict_copy - an independent duplicate, in the same order.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   as pila_dict_copy
 * Cost:    O(n)
 * Python:  d.copy(), but keys and values are copied with their types' copy
 */
PILA_API PILA_MUST pila_status pila_ordereddict_copy(pila_ordereddict *out,
                                                     const pila_ordereddict *d);

/* pila_ordereddict_move - out takes over all that d holds; d becomes empty.
 *
 *   out    what it held is freed
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_ordereddict_move(pila_ordereddict *out, pila_ordereddict *d);

/* pila_ordereddict_move_to_end - make the key the last one, or the first.
 *
 * A structural change: pointers into the dict end, and so do iterators, by
 * PILA_EMUTATED. A key that is there already stays, and nothing is changed.
 *
 *   key    one key                                                    borrowed
 *   last   false: to the front
 *
 * Fails:   PILA_EKEY        no such key; all is as it was, for each of these
 *          PILA_ENOMEM      no memory for the room that moves use up
 *          PILA_EOVERFLOW   2^32 - 1 entries are in use
 *          any              what a callback answered
 * Cost:    O(1) expected, amortised over moves and insertions at both ends; nothing is
 *          copied or dropped
 * Python:  d.move_to_end(key, last)
 */
PILA_API PILA_MUST pila_status pila_ordereddict_move_to_end(pila_ordereddict *d,
                                                            const void *key, bool last);

/* pila_ordereddict_eq - whether both hold the same keys with equal values in one order.
 *
 * The pairs are compared as pila_dict_eq does it, and then the keys side by side.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE      other types, or values without eq
 *          PILA_EMUTATED   a callback changed a or b
 *          any             what a callback answered
 * Cost:    O(n)
 * Python:  a == b of two OrderedDicts
 */
PILA_API PILA_MUST pila_status pila_ordereddict_eq(const pila_ordereddict *a,
                                                   const pila_ordereddict *b,
                                                   bool *out);

/* pila_ordereddict_repr - append it as Python shows it: OrderedDict({'a': 1}).
 *
 * Fails:   PILA_ETYPE      a type has no repr
 *          PILA_EMUTATED   a callback changed d
 *          any             what a callback answered; out is as it was
 * Cost:    O(n)
 * Python:  repr(d), since 3.12; an empty one is OrderedDict()
 */
PILA_API PILA_MUST pila_status pila_ordereddict_repr(const pila_ordereddict *d,
                                                     pila_buf *out);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_ORDEREDDICT(Name, K, V) defines the OrderedDict Name with all that PILA_DICT
 * gives a dict, Name_move_to_end(&d, key, last), and eq and repr of its own. {0} is a
 * valid empty Name. For keys and values other than those of PILA_DICT there is
 * PILA_ORDEREDDICT_OF.
 */
#define PILA_ORDEREDDICT(Name, K, V)                                                   \
    static const pila_type Name##_plain_key __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(K);                                                            \
    static const pila_type Name##_plain_val __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(V);                                                            \
    PILA_ORDEREDDICT_OF(Name, K, V, PILA_TYPE_OF(K, &Name##_plain_key),                \
                        PILA_TYPE_OF(V, &Name##_plain_val))

#define PILA_ORDEREDDICT_OF(Name, K, V, key_type, value_type)                          \
    PILA__DICT_FACE(Name, K, V, key_type, value_type)                                  \
    PILA__DICT_MAPPING(Name, K, key_type)                                              \
    PILA__DICT_MAKERS(Name, V)                                                         \
    PILA_FACE PILA_MUST pila_status Name##_move_to_end(Name *d, K key, bool last)      \
    {                                                                                  \
        return pila__dict_move_to_end(&d->base, key_type, &Name##_types, &key, last);  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__dict_eq_ordered(&a->base, &b->base, &Name##_types, out);          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *d, pila_buf *out)          \
    {                                                                                  \
        return pila__ordereddict_repr(&d->base, &Name##_types, out);                   \
    }

/* PILA_ORDEREDDICT_WITH(Name, Dict) makes the two work together, where Dict is a typed
 * dict of any kind with the same keys and values: Name_or_Dict is name | dict and
 * Dict_or_Name is dict | name, both a Name; Name_merge_Dict is name |= dict, and
 * Name_eq_Dict is name == dict, in any order. Other types are PILA_ETYPE. */
#define PILA_ORDEREDDICT_WITH(Name, Dict)                                              \
    PILA__DICT_WITH(Name, Dict)                                                        \
    PILA_FACE PILA_MUST pila_status Name##_or_##Dict(Name *out, const Name *a,         \
                                                     const Dict *b)                    \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__dict_or(&out->base, &a->base, &b->base, &Name##_types);           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Dict##_or_##Name(Name *out, const Dict *a,         \
                                                     const Name *b)                    \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__dict_or(&out->base, &a->base, &b->base, &Name##_types);           \
    }

#endif
