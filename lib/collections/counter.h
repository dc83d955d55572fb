/* counter.h - how often each thing occurs: Python's Counter.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/dict collections/item
 * Use:
 *     PILA_COUNTER(Letters, char)
 *     Letters c = {0};
 *     pila_status st = Letters_update(&c, pila_span("mississippi", 11, &pila_i8));
 *     pila_iter top = Letters_most_common(&c, 1);
 *     PILA_FOR(Letters_item, e, &top) printf("%c %d\n", e->key, (int)e->value);
 *     pila_iter_drop(&top);   // prints: i 4
 *     Letters_done(&c);
 *     if (st != PILA_OK) puts(pila_status_text(st));
 *
 * A counter is a dict from things to int64_t, in order of first occurrence. Counts may
 * be zero or negative; a missing key counts 0.
 */
#ifndef PILA_COUNTER_H
#define PILA_COUNTER_H

#include "dict.h"

/* ---- the core ---- */

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__counter_update(pila__dict *d, const pila_pair *t,
                                                    pila_iter items, int64_t each);
PILA_API PILA_MUST pila_status pila__counter_pairs(pila__dict *d, const pila_pair *t,
                                                   pila_iter pairs, bool subtract);
PILA_API PILA_MUST pila_status pila__counter_merge(pila__dict *d, const pila_pair *t,
                                                   const pila__dict *from,
                                                   bool subtract);
PILA_API PILA_MUST pila_status pila__counter_total(const pila__dict *d,
                                                   const pila_pair *t, int64_t *out);
PILA_API pila_iter pila__counter_ranked(const pila__dict *d, const pila_pair *t,
                                        size_t n, bool most);
PILA_API pila_iter pila__counter_elements(const pila__dict *d, const pila_pair *t);

typedef enum pila__counter_op {
    PILA__COUNTER_ADD,
    PILA__COUNTER_SUB,
    PILA__COUNTER_AND,
    PILA__COUNTER_OR,
    PILA__COUNTER_XOR
} pila__counter_op;

PILA_API PILA_MUST pila_status pila__counter_combine(pila__dict *out,
                                                     const pila__dict *a,
                                                     const pila__dict *b,
                                                     const pila_pair *t,
                                                     pila__counter_op op);
PILA_API PILA_MUST pila_status pila__counter_signed(pila__dict *out,
                                                    const pila__dict *d,
                                                    const pila_pair *t, bool negative);
/* Whether every count of a is at most b's, and whether all are equal. */
PILA_API PILA_MUST pila_status pila__counter_compare(const pila__dict *a,
                                                     const pila__dict *b,
                                                     const pila_pair *t, bool *le,
                                                     bool *eq);
PILA_API PILA_MUST pila_status pila__counter_repr(const pila__dict *d,
                                                  const pila_pair *t, pila_buf *out);
PILA_END_C

/* Add n to the key's count; a new key starts from 0. */
PILA_INLINE pila_status pila__counter_add(pila__dict *d, const pila_type *kt,
                                          const pila_pair *t, const void *key,
                                          int64_t n)
{
    void *at = NULL;
    int64_t count;
    pila_status st = pila__dict_put(d, kt, t, key, NULL, false, &at);

    if (st != PILA_OK) return st;
    memcpy(&count, at, sizeof count);
    if (__builtin_add_overflow(count, n, &count)) return PILA_EOVERFLOW;
    memcpy(at, &count, sizeof count);
    return PILA_OK;
}

PILA_INLINE pila_status pila__counter_get(const pila__dict *d, const pila_type *kt,
                                          const pila_pair *t, const void *key,
                                          int64_t *out)
{
    void *at = NULL;
    pila_status st = pila__dict_at(d, kt, t, key, &at);

    if (st == PILA_OK) memcpy(out, at, sizeof *out);
    else if (st == PILA_EKEY) *out = 0;
    return st == PILA_EKEY ? PILA_OK : st;
}

PILA_INLINE pila_status pila__counter_del(pila__dict *d, const pila_type *kt,
                                          const pila_pair *t, const void *key)
{
    pila_status st = pila__dict_remove(d, kt, t, key, NULL);
    return st == PILA_EKEY ? PILA_OK : st;
}

/* ---- the run-time face ---- */

typedef struct pila_counter {
    pila_dict dict; /* a counter is one: what pila_dict_ offers works on it too */
} pila_counter;

PILA_BEGIN_C

/* pila_counter_init - an empty counter.
 *
 *   key    needs hash and eq                                          borrowed
 *
 * Fails:   PILA_EOVERFLOW   an entry would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  Counter()
 */
PILA_API PILA_MUST pila_status pila_counter_init(pila_counter *c, const pila_type *key);

/* pila_counter_done - free all it holds; it is then empty and usable. Twice is fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_counter_done(pila_counter *c);

/* pila_counter_new - the same as pila_counter_init, on the heap.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 */
PILA_API pila_counter *pila_counter_new(const pila_type *key);

/* pila_counter_free - pila_counter_done, and the counter itself.
 *
 *   c      from pila_counter_new, or NULL                             taken
 *
 * Cost:    as pila_counter_done
 */
PILA_API void pila_counter_free(pila_counter *c);

/* pila_counter_copy - an independent duplicate, in the same order.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   as pila_dict_copy
 * Cost:    O(n)
 * Python:  c.copy()
 */
PILA_API PILA_MUST pila_status pila_counter_copy(pila_counter *out,
                                                 const pila_counter *c);

/* pila_counter_move - out takes over all that c holds; c becomes empty.
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_counter_move(pila_counter *out, pila_counter *c);

/* pila_counter_len - how many keys, whatever their counts.
 *
 * Cost:    O(1)
 * Python:  len(c)
 */
PILA_API size_t pila_counter_len(const pila_counter *c);

/* pila_counter_clear - take everything out; the capacity is kept.
 *
 * Cost:    O(n)
 * Python:  c.clear()
 */
PILA_API void pila_counter_clear(pila_counter *c);

/* pila_counter_count - how often the key was counted; 0 if it is not there.
 *
 *   key    one key                                                    borrowed
 *   out    untouched on failure
 *
 * Fails:   any   what a callback answered
 * Cost:    O(1) expected
 * Python:  c[key]
 */
PILA_API PILA_MUST pila_status pila_counter_count(const pila_counter *c,
                                                  const void *key, int64_t *out);

/* pila_counter_add - add n to the key's count.
 *
 *   key    copied if it is new                                        borrowed
 *   n      may be negative
 *
 * Fails:   PILA_EOVERFLOW   the count would leave int64_t; it is as it was
 *          any              as pila_dict_set
 * Cost:    O(1) expected, amortised
 * Python:  c[key] += n
 */
PILA_API PILA_MUST pila_status pila_counter_add(pila_counter *c, const void *key,
                                                int64_t n);

/* pila_counter_set - give the key this count.
 *
 * Fails:   as pila_dict_set
 * Cost:    O(1) expected, amortised
 * Python:  c[key] = n
 */
PILA_API PILA_MUST pila_status pila_counter_set(pila_counter *c, const void *key,
                                                int64_t n);

/* pila_counter_del - take the key out, if it is there.
 *
 * Fails:   PILA_ENOMEM   as pila_dict_del
 *          any           what a callback answered
 * Cost:    O(1) expected
 * Python:  del c[key], which is no error for a missing key
 */
PILA_API PILA_MUST pila_status pila_counter_del(pila_counter *c, const void *key);

/* pila_counter_update - count every item that an iterator yields.
 *
 * A window is counted as a whole: its keys are hashed and their places fetched into the
 * cache together, then counted.
 *
 *   items  yields keys; views of text may stand for owned strings     taken
 *
 * Fails:   PILA_ETYPE   the items are no keys of this type
 *          any          as pila_counter_add, or the iterator's fault; what came before
 *                       it stays counted
 * Cost:    O(items); allocates once per distinct key at most
 * Python:  c.update(iterable)
 */
PILA_API PILA_MUST pila_status pila_counter_update(pila_counter *c, pila_iter items);

/* pila_counter_update_pairs - add to every key its count.
 *
 *   pairs  yields keys with an int64_t: pairs, tuples of two, rows     taken
 *
 * Fails:   as pila_counter_update; PILA_EVALUE where a row has not two members
 * Cost:    O(pairs)
 * Python:  c.update(mapping)
 */
PILA_API PILA_MUST pila_status pila_counter_update_pairs(pila_counter *c,
                                                         pila_iter pairs);

/* pila_counter_update_counter - add all counts of another one.
 *
 *   from   of the same key type; may be c itself                      borrowed
 *
 * Fails:   PILA_ETYPE   another key type
 *          any          as pila_counter_add; what came before it stays
 * Cost:    O(len(from))
 * Python:  c.update(from): zero and negative counts are kept
 */
PILA_API PILA_MUST pila_status pila_counter_update_counter(pila_counter *c,
                                                           const pila_counter *from);

/* pila_counter_subtract - count every item that an iterator yields down by one.
 *
 * Fails:   as pila_counter_update
 * Cost:    O(items)
 * Python:  c.subtract(iterable)
 */
PILA_API PILA_MUST pila_status pila_counter_subtract(pila_counter *c, pila_iter items);

/* pila_counter_subtract_pairs - take from every key its count.
 *
 * Fails:   as pila_counter_update_pairs
 * Cost:    O(pairs)
 * Python:  c.subtract(mapping)
 */
PILA_API PILA_MUST pila_status pila_counter_subtract_pairs(pila_counter *c,
                                                           pila_iter pairs);

/* pila_counter_subtract_counter - take all counts of another one.
 *
 * Fails:   as pila_counter_update_counter
 * Cost:    O(len(from))
 * Python:  c.subtract(from): zero and negative counts are kept
 */
PILA_API PILA_MUST pila_status pila_counter_subtract_counter(pila_counter *c,
                                                             const pila_counter *from);

/* pila_counter_total - the sum of all counts.
 *
 * Fails:   PILA_EOVERFLOW   it does not fit int64_t
 * Cost:    O(n)
 * Python:  c.total()
 */
PILA_API PILA_MUST pila_status pila_counter_total(const pila_counter *c, int64_t *out);

/* pila_counter_most_common - the n highest counts, highest first.
 *
 * Yields the pairs in place: struct { K key; int64_t value; }. Equal counts come in
 * order of first occurrence.
 *
 *   n      SIZE_MAX for all
 *
 * Fails:   by the iterator's status: PILA_ENOMEM, PILA_EMUTATED
 * Cost:    O(len) for all; O(len log n) and O(n) memory for fewer
 * Python:  c.most_common(n)
 */
PILA_API pila_iter pila_counter_most_common(const pila_counter *c, size_t n);

/* pila_counter_least_common - the n lowest counts, lowest first.
 *
 * Fails:   as pila_counter_most_common
 * Cost:    as pila_counter_most_common
 * Python:  sorted(c.items(), key=itemgetter(1))[:n]
 */
PILA_API pila_iter pila_counter_least_common(const pila_counter *c, size_t n);

/* pila_counter_elements - each key as often as its count, in order of first occurrence.
 *
 * Fails:   by the iterator's status: PILA_ENOMEM, PILA_EMUTATED
 * Cost:    O(1), then a call an item
 * Python:  c.elements(): keys with counts below 1 are left out
 */
PILA_API pila_iter pila_counter_elements(const pila_counter *c);

/* pila_counter_plus - a + b: counts added, those below 1 left out.
 *
 * The five of this kind put a's keys first. Each has an in-place form:
 * pila_counter_iplus is a += b.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *   a, b   of the same key type; may be the same                      borrowed
 *
 * Fails:   PILA_ETYPE       another key type
 *          PILA_EOVERFLOW   a count would leave int64_t
 *          PILA_ENOMEM      no memory
 *          any              what a callback answered
 * Cost:    O(len(a) + len(b))
 * Python:  a + b
 */
PILA_API PILA_MUST pila_status pila_counter_plus(pila_counter *out,
                                                 const pila_counter *a,
                                                 const pila_counter *b);

/* pila_counter_minus - a - b: counts subtracted, those below 1 left out.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  a - b
 */
PILA_API PILA_MUST pila_status pila_counter_minus(pila_counter *out,
                                                  const pila_counter *a,
                                                  const pila_counter *b);

/* pila_counter_and - a & b: the lower count of each, those below 1 left out.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  a & b
 */
PILA_API PILA_MUST pila_status pila_counter_and(pila_counter *out,
                                                const pila_counter *a,
                                                const pila_counter *b);

/* pila_counter_or - a | b: the higher count of each, those below 1 left out.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  a | b
 */
PILA_API PILA_MUST pila_status pila_counter_or(pila_counter *out, const pila_counter *a,
                                               const pila_counter *b);

/* pila_counter_xor - a ^ b: how far the counts are apart, equal ones left out.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  a ^ b, new in 3.15
 */
PILA_API PILA_MUST pila_status pila_counter_xor(pila_counter *out,
                                                const pila_counter *a,
                                                const pila_counter *b);

/* pila_counter_iplus - c += b. On failure c is as it was, for all five.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  c += b
 */
PILA_API PILA_MUST pila_status pila_counter_iplus(pila_counter *c,
                                                  const pila_counter *b);

/* pila_counter_iminus - c -= b.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  c -= b
 */
PILA_API PILA_MUST pila_status pila_counter_iminus(pila_counter *c,
                                                   const pila_counter *b);

/* pila_counter_iand - c &= b.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  c &= b
 */
PILA_API PILA_MUST pila_status pila_counter_iand(pila_counter *c,
                                                 const pila_counter *b);

/* pila_counter_ior - c |= b.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  c |= b
 */
PILA_API PILA_MUST pila_status pila_counter_ior(pila_counter *c, const pila_counter *b);

/* pila_counter_ixor - c ^= b.
 *
 * Fails:   as pila_counter_plus
 * Cost:    as pila_counter_plus
 * Python:  c ^= b, new in 3.15
 */
PILA_API PILA_MUST pila_status pila_counter_ixor(pila_counter *c,
                                                 const pila_counter *b);

/* pila_counter_pos - +c: a new counter of the counts above 0.
 *
 * Fails:   as pila_counter_plus
 * Cost:    O(n)
 * Python:  +c
 */
PILA_API PILA_MUST pila_status pila_counter_pos(pila_counter *out,
                                                const pila_counter *c);

/* pila_counter_neg - -c: a new counter of the counts below 0, their sign changed.
 *
 * Fails:   as pila_counter_plus
 * Cost:    O(n)
 * Python:  -c
 */
PILA_API PILA_MUST pila_status pila_counter_neg(pila_counter *out,
                                                const pila_counter *c);

/* pila_counter_eq - whether all counts agree; a missing key counts 0.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE      another key type
 *          PILA_EMUTATED   a callback changed a or b
 *          any             what a callback answered
 * Cost:    O(len(a) + len(b))
 * Python:  a == b
 */
PILA_API PILA_MUST pila_status pila_counter_eq(const pila_counter *a,
                                               const pila_counter *b, bool *out);

/* pila_counter_le - whether every count of a is at most b's: a sub-multiset.
 *
 * Fails:   as pila_counter_eq
 * Cost:    as pila_counter_eq
 * Python:  a <= b; a >= b is b <= a
 */
PILA_API PILA_MUST pila_status pila_counter_le(const pila_counter *a,
                                               const pila_counter *b, bool *out);

/* pila_counter_lt - whether a <= b and a != b.
 *
 * Fails:   as pila_counter_eq
 * Cost:    as pila_counter_eq
 * Python:  a < b; a > b is b < a
 */
PILA_API PILA_MUST pila_status pila_counter_lt(const pila_counter *a,
                                               const pila_counter *b, bool *out);

/* pila_counter_repr - append the counter as Python shows it, most common first.
 *
 * Fails:   PILA_ETYPE      the key type has no repr
 *          any             what a callback answered; out is as it was
 * Cost:    O(n)
 * Python:  repr(c)
 */
PILA_API PILA_MUST pila_status pila_counter_repr(const pila_counter *c, pila_buf *out);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_COUNTER(Name, K) defines the counter Name with the functions above, and those of
 * a dict that a counter does not do its own way; its items are Name_item { K key;
 * int64_t value; }.
 */
#define PILA_COUNTER(Name, K)                                                          \
    static const pila_type Name##_plain_key __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(K);                                                            \
    PILA_COUNTER_OF(Name, K, PILA_TYPE_OF(K, &Name##_plain_key))

#define PILA_COUNTER_OF(Name, K, key_type)                                             \
    PILA__DICT_FACE(Name, K, int64_t, key_type, &pila_i64)                             \
    PILA_FACE PILA_MUST pila_status Name##_count(const Name *c, K key, int64_t *out)   \
    {                                                                                  \
        return pila__counter_get(&c->base, key_type, &Name##_types, &key, out);        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_add(Name *c, K key, int64_t n)              \
    {                                                                                  \
        return pila__counter_add(&c->base, key_type, &Name##_types, &key, n);          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_del(Name *c, K key)                         \
    {                                                                                  \
        return pila__counter_del(&c->base, key_type, &Name##_types, &key);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_update(Name *c, pila_iter items)            \
    {                                                                                  \
        return pila__counter_update(&c->base, &Name##_types, items, 1);                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_update_pairs(Name *c, pila_iter pairs)      \
    {                                                                                  \
        return pila__counter_pairs(&c->base, &Name##_types, pairs, false);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_update_counter(Name *c, const Name *from)   \
    {                                                                                  \
        return pila__counter_merge(&c->base, &Name##_types, &from->base, false);       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_subtract(Name *c, pila_iter items)          \
    {                                                                                  \
        return pila__counter_update(&c->base, &Name##_types, items, -1);               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_subtract_pairs(Name *c, pila_iter pairs)    \
    {                                                                                  \
        return pila__counter_pairs(&c->base, &Name##_types, pairs, true);              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_subtract_counter(Name *c, const Name *from) \
    {                                                                                  \
        return pila__counter_merge(&c->base, &Name##_types, &from->base, true);        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_total(const Name *c, int64_t *out)          \
    {                                                                                  \
        return pila__counter_total(&c->base, &Name##_types, out);                      \
    }                                                                                  \
    PILA_FACE pila_iter Name##_most_common(const Name *c, size_t n)                    \
    {                                                                                  \
        return pila__counter_ranked(&c->base, &Name##_types, n, true);                 \
    }                                                                                  \
    PILA_FACE pila_iter Name##_least_common(const Name *c, size_t n)                   \
    {                                                                                  \
        return pila__counter_ranked(&c->base, &Name##_types, n, false);                \
    }                                                                                  \
    PILA_FACE pila_iter Name##_elements(const Name *c)                                 \
    {                                                                                  \
        return pila__counter_elements(&c->base, &Name##_types);                        \
    }                                                                                  \
    PILA__COUNTER_BINARY(Name, plus, PILA__COUNTER_ADD)                                \
    PILA__COUNTER_BINARY(Name, minus, PILA__COUNTER_SUB)                               \
    PILA__COUNTER_BINARY(Name, and, PILA__COUNTER_AND)                                 \
    PILA__COUNTER_BINARY(Name, or, PILA__COUNTER_OR)                                   \
    PILA__COUNTER_BINARY(Name, xor, PILA__COUNTER_XOR)                                 \
    PILA_FACE PILA_MUST pila_status Name##_pos(Name *out, const Name *c)               \
    {                                                                                  \
        return pila__counter_signed(&out->base, &c->base, &Name##_types, false);       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_neg(Name *out, const Name *c)               \
    {                                                                                  \
        return pila__counter_signed(&out->base, &c->base, &Name##_types, true);        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        bool le;                                                                       \
        return pila__counter_compare(&a->base, &b->base, &Name##_types, &le, out);     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_le(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        bool eq;                                                                       \
        return pila__counter_compare(&a->base, &b->base, &Name##_types, out, &eq);     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_lt(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        bool le, eq;                                                                   \
        pila_status st =                                                               \
            pila__counter_compare(&a->base, &b->base, &Name##_types, &le, &eq);        \
        if (st == PILA_OK) *out = le && !eq;                                           \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *c, pila_buf *out)          \
    {                                                                                  \
        return pila__counter_repr(&c->base, &Name##_types, out);                       \
    }

/* One operator and its in-place form. */
#define PILA__COUNTER_BINARY(Name, verb, op)                                           \
    PILA_FACE PILA_MUST pila_status Name##_##verb(Name *out, const Name *a,            \
                                                  const Name *b)                       \
    {                                                                                  \
        return pila__counter_combine(&out->base, &a->base, &b->base, &Name##_types,    \
                                     op);                                              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_i##verb(Name *c, const Name *b)             \
    {                                                                                  \
        return Name##_##verb(c, c, b);                                                 \
    }

#endif
