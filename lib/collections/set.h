/* set.h - sets that remember insertion order: Python's set and frozenset.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/table collections/algebra collections/item
 * Use:
 *     PILA_SET(Ints, int)
 *     const int few[] = {3, 1, 4, 1, 5}, more[] = {5, 3, 9};
 *     Ints a = {0};
 *     pila_buf text = {0};
 *     pila_status st = Ints_update(&a, pila_span(few, 5, &pila_i32));
 *     if (!st) st = Ints_difference_update(&a, pila_span(more, 3, &pila_i32));
 *     if (!st) st = Ints_repr(&a, &text);
 *     if (!st) printf("%.*s\n", (int)text.len, text.data);   // prints: {1, 4}
 *     pila_buf_done(&text);
 *     Ints_done(&a);
 *
 * As in Python, the operators (or, and, sub, xor, and in place ior, iand, isub, ixor)
 * take sets, and the methods (union, intersection, difference, symmetric_difference,
 * and in place update, intersection_update and so on) whatever yields items: an
 * iterator, which they take over. One that a set has just made, Ints_iter(&b), stands
 * for the set itself, and the method is then as fast as the operator.
 *
 * Order, which Python leaves open, is that of insertion; what each operation makes of
 * the order of its operands is said with it. Of two equal elements that one is kept
 * which CPython keeps.
 *
 * Elements are lent to a set, which keeps copies made with their type's copy; an
 * iterator over a set yields them in place, and ends with PILA_EMUTATED when one is
 * added or taken away. The set must stay where it is while its iterators live.
 */
#ifndef PILA_SET_H
#define PILA_SET_H

#include "algebra.h"

/* ---- the core ---- */

/* What frozensets share that are copies of one another. */
typedef struct pila__frozen {
    size_t refs; /* how many they are; changed atomically */
    uint64_t hash;
    pila__dict base; /* never changes */
} pila__frozen;

PILA_BEGIN_C
/* The same that make a frozenset at out. keep: what is made holds t as well. */
PILA_API PILA_MUST pila_status pila__frozen_from(pila__frozen **out, const pila_pair *t,
                                                 pila_iter items, bool keep);
PILA_API PILA_MUST pila_status pila__frozen_combine(pila__frozen **out,
                                                    const pila__dict *a,
                                                    const pila__dict *b,
                                                    const pila_pair *t, pila__set_op op,
                                                    bool keep);
PILA_API PILA_MUST pila_status pila__frozen_combine_iter(pila__frozen **out,
                                                         const pila__dict *a,
                                                         const pila_pair *t,
                                                         pila_iter items,
                                                         pila__set_op op, bool keep);
PILA_API void pila__frozen_copy(pila__frozen **out, pila__frozen *f,
                                const pila_pair *t);
PILA_API void pila__frozen_move(pila__frozen **out, pila__frozen **f,
                                const pila_pair *t);
PILA_API void pila__frozen_done(pila__frozen **f, const pila_pair *t);
PILA_API uint64_t pila__frozen_hash(const pila__frozen *f);

/* The callbacks of a typed frozenset's descriptor; ctx is its pila_pair. */
PILA_API pila_status pila__frozen_type_hash(void *ctx, const void *item, uint64_t *out);
PILA_API pila_status pila__frozen_type_eq(void *ctx, const void *a, const void *b,
                                          bool *out);
PILA_API pila_status pila__frozen_type_less(void *ctx, const void *a, const void *b,
                                            bool *out);
PILA_API pila_status pila__frozen_type_copy(void *ctx, void *out, const void *item);
PILA_API void pila__frozen_type_drop(void *ctx, void *item);
PILA_API pila_status pila__frozen_type_repr(void *ctx, const void *item, pila_buf *out);
PILA_END_C

PILA_INLINE const pila__dict *pila__frozen_dict(const pila__frozen *f)
{
    return f ? &f->base : &pila__set_empty;
}

PILA_INLINE pila_status pila__set_add(pila__dict *s, const pila_type *kt,
                                      const pila_pair *t, const void *item)
{
    return pila__dict_put(s, kt, t, item, NULL, false, NULL);
}

PILA_INLINE pila_status pila__set_discard(pila__dict *s, const pila_type *kt,
                                          const pila_pair *t, const void *item)
{
    pila_status st = pila__dict_remove(s, kt, t, item, NULL);
    return st == PILA_EKEY ? PILA_OK : st;
}

PILA_INLINE pila_iter pila__set_iter(const pila__dict *s, const pila_type *kt)
{
    return pila__dict_iter(s, kt, &pila__set_ops, s->front);
}

PILA_INLINE pila_iter pila__set_reversed(const pila__dict *s, const pila_type *kt)
{
    return pila__dict_iter(s, kt, &pila__set_back, s->used);
}

/* ---- the run-time face: elements by address, their type by a descriptor ---- */

typedef struct pila_set {
    pila__dict base;
    pila_pair types;
} pila_set;

PILA_BEGIN_C

/* pila_set_init - an empty set.
 *
 *   type   needs hash and eq; must outlive the set                    borrowed
 *
 * Fails:   PILA_ETYPE       items have no bytes
 *          PILA_EOVERFLOW   an item exceeds PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  set()
 */
PILA_API PILA_MUST pila_status pila_set_init(pila_set *s, const pila_type *type);

/* pila_set_done - free all it holds; the set is then empty and usable. Twice is fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_set_done(pila_set *s);

/* pila_set_new - the same as pila_set_init, on the heap.
 *
 * Fails:   NULL   no memory, or as pila_set_init
 * Cost:    O(1), one allocation
 */
PILA_API pila_set *pila_set_new(const pila_type *type);

/* pila_set_free - pila_set_done, and the set itself.
 *
 *   s      from pila_set_new, or NULL                                 taken
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_set_free(pila_set *s);

/* pila_set_from - a new set of all that an iterator yields, in order of first
 * occurrence.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged
 *   items  yields elements; views of text may stand for owned strings taken
 *
 * Fails:   as pila_set_update
 * Cost:    O(items)
 * Python:  set(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_from(pila_set *out, pila_iter items);

/* pila_set_copy - an independent duplicate, in the same order.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   PILA_ENOMEM     no memory
 *          PILA_EMUTATED   a copy callback changed s
 *          any             what a callback answered
 * Cost:    O(n)
 * Python:  s.copy(), but elements are copied with their type's copy
 */
PILA_API PILA_MUST pila_status pila_set_copy(pila_set *out, const pila_set *s);

/* pila_set_move - out takes over all that s holds; s becomes empty.
 *
 *   out    what it held is dropped
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_set_move(pila_set *out, pila_set *s);

/* pila_set_len - how many elements.
 *
 * Cost:    O(1)
 * Python:  len(s)
 */
PILA_API size_t pila_set_len(const pila_set *s);

/* pila_set_contains - whether the item is there.
 *
 *   item   one item                                                   borrowed
 *   out    untouched on failure
 *
 * Fails:   any   what a callback answered
 * Cost:    O(1) expected, items chosen by an adversary included
 * Python:  item in s
 */
PILA_API PILA_MUST pila_status pila_set_contains(const pila_set *s, const void *item,
                                                 bool *out);

/* pila_set_add - put the item in, last, unless it is there: then nothing changes.
 *
 *   item   copied                                                     borrowed
 *
 * Fails:   PILA_ENOMEM      no memory
 *          PILA_EOVERFLOW   2^32 - 1 entries are in use
 *          any              what a callback answered
 * Cost:    O(1) expected, amortised
 * Python:  s.add(item)
 */
PILA_API PILA_MUST pila_status pila_set_add(pila_set *s, const void *item);

/* pila_set_discard - take the item out and drop it, if it is there.
 *
 * Fails:   PILA_ENOMEM   only if an item exceeds 128 bytes and owns memory
 *          any           what a callback answered
 * Cost:    O(1) expected
 * Python:  s.discard(item)
 */
PILA_API PILA_MUST pila_status pila_set_discard(pila_set *s, const void *item);

/* pila_set_remove - take the item out and drop it.
 *
 * Fails:   PILA_EKEY   it is not there
 *          any         as pila_set_discard
 * Cost:    O(1) expected
 * Python:  s.remove(item)
 */
PILA_API PILA_MUST pila_status pila_set_remove(pila_set *s, const void *item);

/* pila_set_pop - take out the element added last.
 *
 *   out    room for one item, or NULL to drop it                      given
 *
 * Fails:   PILA_EKEY     the set is empty
 *          PILA_ENOMEM   as pila_set_discard
 * Cost:    O(1) amortised
 * Python:  s.pop(), which takes an arbitrary one
 */
PILA_API PILA_MUST pila_status pila_set_pop(pila_set *s, void *out);

/* pila_set_clear - take everything out; the capacity is kept.
 *
 * Cost:    O(n)
 * Python:  s.clear()
 */
PILA_API void pila_set_clear(pila_set *s);

/* pila_set_reserve - make room for n elements in all, so that adding them allocates
 * nothing for the table.
 *
 * Fails:   PILA_ENOMEM, PILA_EOVERFLOW   the set is as it was
 * Cost:    O(n)
 */
PILA_API PILA_MUST pila_status pila_set_reserve(pila_set *s, size_t n);

/* pila_set_shrink - give back room that the elements there do not need.
 *
 * Fails:   PILA_ENOMEM   no memory for the smaller index; the elements are all there
 * Cost:    O(n)
 */
PILA_API PILA_MUST pila_status pila_set_shrink(pila_set *s);

/* pila_set_iter - the elements, in order, in place: a window is a run of them.
 *
 * Cost:    O(1), no allocation
 * Python:  iter(s)
 */
PILA_API pila_iter pila_set_iter(const pila_set *s);

/* pila_set_reversed - the elements, the last added first.
 *
 * Cost:    O(1), no allocation
 * Python:  none: sets have no order there
 */
PILA_API pila_iter pila_set_reversed(const pila_set *s);

/* pila_set_update - add all that an iterator yields.
 *
 *   items  yields elements; views of text may stand for owned strings taken
 *
 * Fails:   PILA_ETYPE      the items are no elements of this type
 *          PILA_EMUTATED   a callback changed the set that items stands for
 *          any             as pila_set_add, or the iterator's fault; what came before
 *                          it stays
 * Cost:    O(items)
 * Python:  s.update(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_update(pila_set *s, pila_iter items);

/* pila_set_intersection_update - keep what an iterator yields as well.
 *
 * Fails:   as pila_set_intersection; on failure s is unchanged
 * Cost:    O(items)
 * Python:  s.intersection_update(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_intersection_update(pila_set *s,
                                                            pila_iter items);

/* pila_set_difference_update - take out all that an iterator yields.
 *
 * Fails:   as pila_set_update
 * Cost:    O(items)
 * Python:  s.difference_update(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_difference_update(pila_set *s, pila_iter items);

/* pila_set_symmetric_difference_update - of the different items that an iterator
 * yields, take out those that are there and add those that are not.
 *
 * Fails:   as pila_set_update
 * Cost:    O(items), and a set of them unless items stands for one
 * Python:  s.symmetric_difference_update(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_symmetric_difference_update(pila_set *s,
                                                                    pila_iter items);

/* pila_set_update_many - pila_set_update with each of n iterators in turn.
 *
 *   items  n iterators; after a fault the rest are dropped unread     taken
 *
 * Fails:   as pila_set_update
 * Cost:    O(items), of all together
 * Python:  s.update(*iterables)
 */
PILA_API PILA_MUST pila_status pila_set_update_many(pila_set *s, const pila_iter *items,
                                                    size_t n);

/* pila_set_intersection_update_many - keep what each of n iterators yields.
 *
 * Fails:   as pila_set_intersection; on failure s is unchanged
 * Cost:    O(items), of all together
 * Python:  s.intersection_update(*iterables); none change nothing
 */
PILA_API PILA_MUST pila_status pila_set_intersection_update_many(pila_set *s,
                                                                 const pila_iter *items,
                                                                 size_t n);

/* pila_set_difference_update_many - take out all that n iterators yield.
 *
 * Fails:   as pila_set_update
 * Cost:    O(items), of all together
 * Python:  s.difference_update(*iterables)
 */
PILA_API PILA_MUST pila_status pila_set_difference_update_many(pila_set *s,
                                                               const pila_iter *items,
                                                               size_t n);

/* pila_set_union - a new set: s, then what an iterator yields that is not in s.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be s
 *   items  yields elements; views of text may stand for owned strings taken
 *
 * Fails:   PILA_ETYPE      the items are no elements of this type
 *          PILA_ENOMEM     no memory
 *          PILA_EMUTATED   a callback changed s, or the set that items stands for
 *          any             what a callback answered, or the iterator's fault
 * Cost:    O(len(s) + items)
 * Python:  s.union(iterable); with several, copy and pila_set_update_many
 */
PILA_API PILA_MUST pila_status pila_set_union(pila_set *out, const pila_set *s,
                                              pila_iter items);

/* pila_set_intersection - a new set: what an iterator yields that is in s.
 *
 * The elements are those of the iterator, in its order, which is read until all of s
 * was among them; where it stands for a set, see pila_set_and.
 *
 * Fails:   as pila_set_union
 * Cost:    O(items)
 * Python:  s.intersection(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_intersection(pila_set *out, const pila_set *s,
                                                     pila_iter items);

/* pila_set_difference - a new set: the elements of s that an iterator does not yield.
 *
 * Fails:   as pila_set_union
 * Cost:    O(len(s) + items)
 * Python:  s.difference(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_difference(pila_set *out, const pila_set *s,
                                                   pila_iter items);

/* pila_set_symmetric_difference - a new set: the elements of s that an iterator does
 * not yield, then what it yields that is not in s.
 *
 * Fails:   as pila_set_union
 * Cost:    O(len(s) + items), and a set of them unless items stands for one
 * Python:  s.symmetric_difference(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_symmetric_difference(pila_set *out,
                                                             const pila_set *s,
                                                             pila_iter items);

/* pila_set_or - a new set: a, then the elements of b that are not in a.
 *
 * The four of this kind have forms in place: pila_set_ior is a |= b.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *   a, b   of the same type; may be the same                          borrowed
 *
 * Fails:   PILA_ETYPE      another type
 *          PILA_ENOMEM     no memory
 *          PILA_EMUTATED   a callback changed a or b
 *          any             what a callback answered
 * Cost:    O(len(a) + len(b))
 * Python:  a | b
 */
PILA_API PILA_MUST pila_status pila_set_or(pila_set *out, const pila_set *a,
                                           const pila_set *b);

/* pila_set_and - a new set: the elements of the smaller of a and b (of b, when they are
 * of one length) that are in the other, in their order.
 *
 * Fails:   as pila_set_or
 * Cost:    O(min(len(a), len(b))); a == b: O(len(a))
 * Python:  a & b
 */
PILA_API PILA_MUST pila_status pila_set_and(pila_set *out, const pila_set *a,
                                            const pila_set *b);

/* pila_set_sub - a new set: the elements of a that are not in b, in a's order.
 *
 * Fails:   as pila_set_or
 * Cost:    O(len(a)), whatever b is
 * Python:  a - b
 */
PILA_API PILA_MUST pila_status pila_set_sub(pila_set *out, const pila_set *a,
                                            const pila_set *b);

/* pila_set_xor - a new set: the elements of a not in b, then those of b not in a.
 *
 * Fails:   as pila_set_or
 * Cost:    O(len(a) + len(b))
 * Python:  a ^ b
 */
PILA_API PILA_MUST pila_status pila_set_xor(pila_set *out, const pila_set *a,
                                            const pila_set *b);

/* pila_set_ior - s |= b: add the elements of b.
 *
 * Fails:   as pila_set_or; for ior, isub and ixor what came before a fault stays
 * Cost:    O(len(b)) amortised
 * Python:  s |= b
 */
PILA_API PILA_MUST pila_status pila_set_ior(pila_set *s, const pila_set *b);

/* pila_set_iand - s &= b: s becomes what pila_set_and gives.
 *
 * Fails:   as pila_set_or; on failure s is unchanged
 * Cost:    O(min(len(s), len(b))) and the drops of what goes
 * Python:  s &= b
 */
PILA_API PILA_MUST pila_status pila_set_iand(pila_set *s, const pila_set *b);

/* pila_set_isub - s -= b: take out the elements of b.
 *
 * Fails:   as pila_set_ior
 * Cost:    O(min(len(s), len(b)))
 * Python:  s -= b
 */
PILA_API PILA_MUST pila_status pila_set_isub(pila_set *s, const pila_set *b);

/* pila_set_ixor - s ^= b: of the elements of b take out those that are there and add
 * those that are not, which come last.
 *
 * Fails:   as pila_set_ior
 * Cost:    O(len(s) + len(b)) at most
 * Python:  s ^= b
 */
PILA_API PILA_MUST pila_status pila_set_ixor(pila_set *s, const pila_set *b);

/* pila_set_isdisjoint - whether nothing that an iterator yields is in s.
 *
 *   items  read as far as the first that is; where it stands for a set, the smaller of
 *          the two is gone through                                    taken
 *
 * Fails:   PILA_ETYPE      the items are no elements of this type
 *          PILA_EMUTATED   a callback changed s, or the set that items stands for
 *          any             what a callback answered, or the iterator's fault
 * Cost:    O(items)
 * Python:  s.isdisjoint(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_isdisjoint(const pila_set *s, pila_iter items,
                                                   bool *out);

/* pila_set_issubset - whether an iterator yields every element of s.
 *
 * Fails:   PILA_ENOMEM   no memory for a set of the items
 *          any           as pila_set_isdisjoint
 * Cost:    O(items), and a set of them unless items stands for one: then O(len(s))
 * Python:  s.issubset(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_issubset(const pila_set *s, pila_iter items,
                                                 bool *out);

/* pila_set_issuperset - whether all that an iterator yields is in s.
 *
 *   items  read as far as the first that is not                       taken
 *
 * Fails:   as pila_set_isdisjoint
 * Cost:    O(items)
 * Python:  s.issuperset(iterable)
 */
PILA_API PILA_MUST pila_status pila_set_issuperset(const pila_set *s, pila_iter items,
                                                   bool *out);

/* pila_set_eq - whether both have the same elements, in any order.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE      another type
 *          PILA_EMUTATED   a callback changed a or b
 *          any             what a callback answered
 * Cost:    O(n); O(1) when the lengths differ
 * Python:  a == b
 */
PILA_API PILA_MUST pila_status pila_set_eq(const pila_set *a, const pila_set *b,
                                           bool *out);

/* pila_set_le - whether every element of a is in b.
 *
 * Fails:   as pila_set_eq
 * Cost:    O(len(a)); O(1) when a is the longer
 * Python:  a <= b; a >= b is b <= a
 */
PILA_API PILA_MUST pila_status pila_set_le(const pila_set *a, const pila_set *b,
                                           bool *out);

/* pila_set_lt - whether a <= b and a != b.
 *
 * Fails:   as pila_set_eq
 * Cost:    as pila_set_le
 * Python:  a < b; a > b is b < a
 */
PILA_API PILA_MUST pila_status pila_set_lt(const pila_set *a, const pila_set *b,
                                           bool *out);

/* pila_set_repr - append the set as Python shows it: {1, 2}, or set().
 *
 * Fails:   PILA_ETYPE      the type has no repr
 *          PILA_EMUTATED   a callback changed s
 *          any             what a callback answered; out is as it was
 * Cost:    O(n)
 * Python:  repr(s)
 */
PILA_API PILA_MUST pila_status pila_set_repr(const pila_set *s, pila_buf *out);

PILA_END_C

/* ---- frozensets ----
 *
 * A frozenset does not change, so its copies share their elements, and its hash is
 * computed when it is made. It can be a key of a dict and an element of a set. Copies
 * may be used and dropped by different threads.
 */

typedef struct pila_frozenset {
    pila__frozen *at; /* NULL: empty */
    const pila_type *type;
} pila_frozenset;

PILA_BEGIN_C

/* pila_frozenset_init - an empty frozenset.
 *
 *   type   needs hash and eq; must outlive it and all its copies      borrowed
 *
 * Fails:   as pila_set_init
 * Cost:    O(1), no allocation
 * Python:  frozenset()
 */
PILA_API PILA_MUST pila_status pila_frozenset_init(pila_frozenset *f,
                                                   const pila_type *type);

/* pila_frozenset_done - let go of the elements, and free them with the last of the
 * copies; it is then empty. Twice is fine.
 * Cost:    O(1), or O(n) drops
 */
PILA_API void pila_frozenset_done(pila_frozenset *f);

/* pila_frozenset_new - the same as pila_frozenset_init, on the heap.
 *
 * Fails:   NULL   no memory, or as pila_set_init
 * Cost:    O(1), one allocation
 */
PILA_API pila_frozenset *pila_frozenset_new(const pila_type *type);

/* pila_frozenset_free - pila_frozenset_done, and the frozenset itself.
 *
 *   f      from pila_frozenset_new, or NULL                           taken
 *
 * Cost:    as pila_frozenset_done
 */
PILA_API void pila_frozenset_free(pila_frozenset *f);

/* pila_frozenset_from - a frozenset of all that an iterator yields.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged
 *   items  yields elements; views of text may stand for owned strings taken
 *
 * Fails:   as pila_set_from
 * Cost:    O(items)
 * Python:  frozenset(iterable)
 */
PILA_API PILA_MUST pila_status pila_frozenset_from(pila_frozenset *out,
                                                   pila_iter items);

/* pila_frozenset_copy - a duplicate, which shares the elements.
 *
 *   out    initialised; what it held is dropped. May be f
 *
 * Cost:    O(1)
 * Python:  f.copy(), which is f itself
 */
PILA_API void pila_frozenset_copy(pila_frozenset *out, const pila_frozenset *f);

/* pila_frozenset_move - out takes over what f holds; f becomes empty.
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_frozenset_move(pila_frozenset *out, pila_frozenset *f);

/* pila_frozenset_len - how many elements.
 *
 * Cost:    O(1)
 * Python:  len(f)
 */
PILA_API size_t pila_frozenset_len(const pila_frozenset *f);

/* pila_frozenset_contains - whether the item is there.
 *
 * Fails:   any   what a callback answered
 * Cost:    O(1) expected
 * Python:  item in f
 */
PILA_API PILA_MUST pila_status pila_frozenset_contains(const pila_frozenset *f,
                                                       const void *item, bool *out);

/* pila_frozenset_hash - a hash that does not depend on the order of the elements.
 *
 * Cost:    O(1)
 * Python:  hash(f), but keyed: another in every process
 */
PILA_API uint64_t pila_frozenset_hash(const pila_frozenset *f);

/* pila_frozenset_iter - the elements, in order, in place; stands for the frozenset
 * where a method takes an iterator.
 *
 * Cost:    O(1), no allocation
 * Python:  iter(f)
 */
PILA_API pila_iter pila_frozenset_iter(const pila_frozenset *f);

/* pila_frozenset_reversed - as pila_set_reversed. */
PILA_API pila_iter pila_frozenset_reversed(const pila_frozenset *f);

/* pila_frozenset_union - as pila_set_union, and makes a frozenset; so do the next
 * seven.
 *
 * Fails:   as pila_set_union
 * Python:  f.union(iterable)
 */
PILA_API PILA_MUST pila_status pila_frozenset_union(pila_frozenset *out,
                                                    const pila_frozenset *f,
                                                    pila_iter items);
/* pila_frozenset_intersection - as pila_set_intersection. */
PILA_API PILA_MUST pila_status pila_frozenset_intersection(pila_frozenset *out,
                                                           const pila_frozenset *f,
                                                           pila_iter items);
/* pila_frozenset_difference - as pila_set_difference. */
PILA_API PILA_MUST pila_status pila_frozenset_difference(pila_frozenset *out,
                                                         const pila_frozenset *f,
                                                         pila_iter items);
/* pila_frozenset_symmetric_difference - as pila_set_symmetric_difference. */
PILA_API PILA_MUST pila_status pila_frozenset_symmetric_difference(
    pila_frozenset *out, const pila_frozenset *f, pila_iter items);
/* pila_frozenset_or - as pila_set_or. */
PILA_API PILA_MUST pila_status pila_frozenset_or(pila_frozenset *out,
                                                 const pila_frozenset *a,
                                                 const pila_frozenset *b);
/* pila_frozenset_and - as pila_set_and. */
PILA_API PILA_MUST pila_status pila_frozenset_and(pila_frozenset *out,
                                                  const pila_frozenset *a,
                                                  const pila_frozenset *b);
/* pila_frozenset_sub - as pila_set_sub. */
PILA_API PILA_MUST pila_status pila_frozenset_sub(pila_frozenset *out,
                                                  const pila_frozenset *a,
                                                  const pila_frozenset *b);
/* pila_frozenset_xor - as pila_set_xor. */
PILA_API PILA_MUST pila_status pila_frozenset_xor(pila_frozenset *out,
                                                  const pila_frozenset *a,
                                                  const pila_frozenset *b);

/* pila_frozenset_isdisjoint - as pila_set_isdisjoint. */
PILA_API PILA_MUST pila_status pila_frozenset_isdisjoint(const pila_frozenset *f,
                                                         pila_iter items, bool *out);
/* pila_frozenset_issubset - as pila_set_issubset. */
PILA_API PILA_MUST pila_status pila_frozenset_issubset(const pila_frozenset *f,
                                                       pila_iter items, bool *out);
/* pila_frozenset_issuperset - as pila_set_issuperset. */
PILA_API PILA_MUST pila_status pila_frozenset_issuperset(const pila_frozenset *f,
                                                         pila_iter items, bool *out);
/* pila_frozenset_eq - as pila_set_eq; O(1) when the hashes differ. */
PILA_API PILA_MUST pila_status pila_frozenset_eq(const pila_frozenset *a,
                                                 const pila_frozenset *b, bool *out);
/* pila_frozenset_le - as pila_set_le. */
PILA_API PILA_MUST pila_status pila_frozenset_le(const pila_frozenset *a,
                                                 const pila_frozenset *b, bool *out);
/* pila_frozenset_lt - as pila_set_lt. */
PILA_API PILA_MUST pila_status pila_frozenset_lt(const pila_frozenset *a,
                                                 const pila_frozenset *b, bool *out);

/* pila_frozenset_repr - append it as Python shows it: frozenset({1, 2}).
 *
 * Fails:   as pila_set_repr
 * Cost:    O(n)
 * Python:  repr(f)
 */
PILA_API PILA_MUST pila_status pila_frozenset_repr(const pila_frozenset *f,
                                                   pila_buf *out);

/* pila_frozenset_type - the descriptor of frozensets of these elements, for a container
 * of pila_frozenset: it hashes, compares (less is a proper subset), copies in O(1),
 * drops and shows them.
 *
 *   inner  the elements' type; must outlive the descriptor            borrowed
 *
 * Cost:    O(1)
 */
PILA_API pila_type pila_frozenset_type(const pila_type *inner);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_SET(Name, T) defines the set Name, and PILA_FROZENSET(Name, T) the frozenset
 * Name, with a function Name_op for each pila_set_op, or pila_frozenset_op, above but
 * init, new and free; items are passed by value. T is an integer, a float, void *,
 * pila_str or pila_string; for any other PILA_SET_OF and PILA_FROZENSET_OF name the
 * descriptor, &pila_ptr for a T *. {0} is a valid empty Name. Name_type is the
 * descriptor of a frozenset Name: PILA_SET_OF(Sets, Name, &Name_type).
 */
#define PILA_SET(Name, T)                                                              \
    static const pila_type Name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(T);  \
    PILA_SET_OF(Name, T, PILA_TYPE_OF(T, &Name##_plain))

#define PILA_FROZENSET(Name, T)                                                        \
    static const pila_type Name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(T);  \
    PILA_FROZENSET_OF(Name, T, PILA_TYPE_OF(T, &Name##_plain))

/* An entry, which is a key alone, as the engine wants it told. */
#define PILA__SET_TYPES(Name, T, item_type)                                            \
    static const pila_pair Name##_types                                                \
        __attribute__((unused)) = {item_type,                                          \
                                   &pila__nothing,                                     \
                                   sizeof(T),                                          \
                                   {PILA_KIND_OTHER, sizeof(T), PILA_ALIGNOF(T), #T,   \
                                    NULL, NULL, NULL, NULL, NULL, NULL, NULL}};

#define PILA__SET_IN(s) (&(s)->base)
#define PILA__FROZEN_IN(f) pila__frozen_dict((f)->at)

/* What sets and frozensets can be asked; IN gives the table. */
#define PILA__SET_READS(Name, T, item_type, IN, frozen)                                \
    PILA_FACE size_t Name##_len(const Name *s) { return IN(s)->live; }                 \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *s, T item, bool *out)  \
    {                                                                                  \
        return pila__dict_has(IN(s), item_type, &Name##_types, &item, out);            \
    }                                                                                  \
    PILA_FACE pila_iter Name##_iter(const Name *s)                                     \
    {                                                                                  \
        return pila__set_iter(IN(s), item_type);                                       \
    }                                                                                  \
    PILA_FACE pila_iter Name##_reversed(const Name *s)                                 \
    {                                                                                  \
        return pila__set_reversed(IN(s), item_type);                                   \
    }                                                                                  \
    PILA__SET_ASKS(Name, isdisjoint, PILA__SET_ISDISJOINT, IN)                         \
    PILA__SET_ASKS(Name, issubset, PILA__SET_ISSUBSET, IN)                             \
    PILA__SET_ASKS(Name, issuperset, PILA__SET_ISSUPERSET, IN)                         \
    PILA_FACE PILA_MUST pila_status Name##_le(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__set_le(IN(a), IN(b), &Name##_types, out);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_lt(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__set_lt(IN(a), IN(b), &Name##_types, out);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *s, pila_buf *out)          \
    {                                                                                  \
        return pila__set_repr(IN(s), &Name##_types, frozen, out);                      \
    }

#define PILA__SET_ASKS(Name, verb, question, IN)                                       \
    PILA_FACE PILA_MUST pila_status Name##_##verb(const Name *s, pila_iter items,      \
                                                  bool *out)                           \
    {                                                                                  \
        return pila__set_ask(IN(s), &Name##_types, items, question, out);              \
    }

/* An operator, the method of the same meaning, and both in place. */
#define PILA__SET_OPERATES(Name, op, verb, change_verb, which)                         \
    PILA_FACE PILA_MUST pila_status Name##_##op(Name *out, const Name *a,              \
                                                const Name *b)                         \
    {                                                                                  \
        return pila__set_combine(&out->base, &a->base, &b->base, &Name##_types,        \
                                 which);                                               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_i##op(Name *s, const Name *b)               \
    {                                                                                  \
        return pila__set_change(&s->base, &b->base, &Name##_types, which);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_##verb(Name *out, const Name *s,            \
                                                  pila_iter items)                     \
    {                                                                                  \
        return pila__set_combine_iter(&out->base, &s->base, &Name##_types, items,      \
                                      which);                                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_##change_verb(Name *s, pila_iter items)     \
    {                                                                                  \
        return pila__set_change_iter(&s->base, &Name##_types, items, which);           \
    }

#define PILA__SET_CHANGES_MANY(Name, verb, which)                                      \
    PILA_FACE PILA_MUST pila_status Name##_##verb##_many(Name *s,                      \
                                                         const pila_iter *items,       \
                                                         size_t n)                     \
    {                                                                                  \
        return pila__set_change_many(&s->base, &Name##_types, items, n, which);        \
    }

#define PILA_SET_OF(Name, T, item_type)                                                \
    typedef struct Name {                                                              \
        pila__dict base;                                                               \
    } Name;                                                                            \
    PILA__SET_TYPES(Name, T, item_type)                                                \
    PILA_FACE void Name##_done(Name *s) { pila__dict_done(&s->base, &Name##_types); }  \
    PILA_FACE PILA_MUST pila_status Name##_from(Name *out, pila_iter items)            \
    {                                                                                  \
        return pila__set_from(&out->base, &Name##_types, items);                       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *out, const Name *s)              \
    {                                                                                  \
        return pila__set_copy(&out->base, &s->base, &Name##_types);                    \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *out, Name *s)                                     \
    {                                                                                  \
        pila__dict_move(&out->base, &s->base, &Name##_types);                          \
    }                                                                                  \
    PILA__SET_READS(Name, T, item_type, PILA__SET_IN, false)                           \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__set_eq(&a->base, &b->base, &Name##_types, out);                   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_add(Name *s, T item)                        \
    {                                                                                  \
        return pila__set_add(&s->base, item_type, &Name##_types, &item);               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_discard(Name *s, T item)                    \
    {                                                                                  \
        return pila__set_discard(&s->base, item_type, &Name##_types, &item);           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_remove(Name *s, T item)                     \
    {                                                                                  \
        return pila__dict_remove(&s->base, item_type, &Name##_types, &item, NULL);     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pop(Name *s, T *out)                        \
    {                                                                                  \
        return pila__dict_popitem(&s->base, &Name##_types, true, out, NULL);           \
    }                                                                                  \
    PILA_FACE void Name##_clear(Name *s)                                               \
    {                                                                                  \
        pila__dict_clear(&s->base, &Name##_types);                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_reserve(Name *s, size_t n)                  \
    {                                                                                  \
        return pila__dict_reserve(&s->base, &Name##_types, n);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_shrink(Name *s)                             \
    {                                                                                  \
        return pila__dict_shrink(&s->base, &Name##_types);                             \
    }                                                                                  \
    PILA__SET_OPERATES(Name, or, union, update, PILA__SET_OR)                          \
    PILA__SET_OPERATES(Name, and, intersection, intersection_update, PILA__SET_AND)    \
    PILA__SET_OPERATES(Name, sub, difference, difference_update, PILA__SET_SUB)        \
    PILA__SET_OPERATES(Name, xor, symmetric_difference, symmetric_difference_update,   \
                       PILA__SET_XOR)                                                  \
    PILA__SET_CHANGES_MANY(Name, update, PILA__SET_OR)                                 \
    PILA__SET_CHANGES_MANY(Name, intersection_update, PILA__SET_AND)                   \
    PILA__SET_CHANGES_MANY(Name, difference_update, PILA__SET_SUB)

/* An operator and the method of the same meaning. */
#define PILA__FROZEN_OPERATES(Name, op, verb, which)                                   \
    PILA_FACE PILA_MUST pila_status Name##_##op(Name *out, const Name *a,              \
                                                const Name *b)                         \
    {                                                                                  \
        return pila__frozen_combine(&out->at, PILA__FROZEN_IN(a), PILA__FROZEN_IN(b),  \
                                    &Name##_types, which, false);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_##verb(Name *out, const Name *f,            \
                                                  pila_iter items)                     \
    {                                                                                  \
        return pila__frozen_combine_iter(&out->at, PILA__FROZEN_IN(f), &Name##_types,  \
                                         items, which, false);                         \
    }

#define PILA_FROZENSET_OF(Name, T, item_type)                                          \
    typedef struct Name {                                                              \
        pila__frozen *at;                                                              \
    } Name;                                                                            \
    PILA__SET_TYPES(Name, T, item_type)                                                \
    static const pila_type Name##_type                                                 \
        __attribute__((unused)) = {PILA_KIND_OTHER,        sizeof(Name),               \
                                   PILA_ALIGNOF(Name),     "frozenset",                \
                                   (void *)&Name##_types,  pila__frozen_type_hash,     \
                                   pila__frozen_type_eq,   pila__frozen_type_less,     \
                                   pila__frozen_type_copy, pila__frozen_type_drop,     \
                                   pila__frozen_type_repr};                            \
    PILA_FACE void Name##_done(Name *f) { pila__frozen_done(&f->at, &Name##_types); }  \
    PILA_FACE PILA_MUST pila_status Name##_from(Name *out, pila_iter items)            \
    {                                                                                  \
        return pila__frozen_from(&out->at, &Name##_types, items, false);               \
    }                                                                                  \
    PILA_FACE void Name##_copy(Name *out, const Name *f)                               \
    {                                                                                  \
        pila__frozen_copy(&out->at, f->at, &Name##_types);                             \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *out, Name *f)                                     \
    {                                                                                  \
        pila__frozen_move(&out->at, &f->at, &Name##_types);                            \
    }                                                                                  \
    PILA__SET_READS(Name, T, item_type, PILA__FROZEN_IN, true)                         \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__frozen_type_eq((void *)&Name##_types, a, b, out);                 \
    }                                                                                  \
    PILA_FACE uint64_t Name##_hash(const Name *f) { return pila__frozen_hash(f->at); } \
    PILA__FROZEN_OPERATES(Name, or, union, PILA__SET_OR)                               \
    PILA__FROZEN_OPERATES(Name, and, intersection, PILA__SET_AND)                      \
    PILA__FROZEN_OPERATES(Name, sub, difference, PILA__SET_SUB)                        \
    PILA__FROZEN_OPERATES(Name, xor, symmetric_difference, PILA__SET_XOR)

#endif
