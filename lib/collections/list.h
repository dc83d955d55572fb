/* list.h - an array that grows: Python's list, and the sink of iterators.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/sort
 *        collections/item
 * Use:
 *     PILA_LIST(Ints, int)
 *     Ints row = {0};
 *     pila_status st = PILA_OK;
 *     for (int i = 5; i > 0 && st == PILA_OK; i--) st = Ints_append(&row, i * i);
 *     if (st == PILA_OK) st = Ints_sort(&row, NULL, false);
 *     if (st == PILA_OK) printf("%d %d\n", *Ints_get(&row, 0), *Ints_get(&row, -1));
 *     // prints: 1 25
 *     Ints_done(&row);
 *
 * Two faces: PILA_LIST(Name, T) makes a type and inline functions Name_append(&l, item)
 * for a C type; pila_list takes the descriptor at run time, and items by address. The
 * contracts stand at the latter; the former say the same, with items by value.
 *
 * What is put in is lent and copied with the type's copy. What pop hands out is given:
 * whoever got it drops it. A pointer to an item inside is borrowed and lives until the
 * next structural change; overwriting, reverse and look-ups are none.
 *
 * Where comparing runs code of the user that changes the list, the search goes on over
 * what is there, as in Python. Iteration does not: it ends with PILA_EMUTATED.
 */
#ifndef PILA_LIST_H
#define PILA_LIST_H

#include "../core/iter.h"
#include "sort.h"

/* ---- slices ---- */

/* A bound or a step left out. */
#define PILA_NONE PTRDIFF_MIN

typedef struct pila_slice { /* l[start:stop:step]; each may be PILA_NONE or below 0 */
    ptrdiff_t start, stop, step;
} pila_slice;

/* pila_slice_of - a slice of these three.
 *
 * Cost:    O(1)
 * Python:  slice(start, stop, step), where PILA_NONE is None
 */
PILA_INLINE pila_slice pila_slice_of(ptrdiff_t start, ptrdiff_t stop, ptrdiff_t step)
{
    pila_slice s;

    s.start = start;
    s.stop = stop;
    s.step = step;
    return s;
}

/* ---- the core ---- */

typedef struct pila__list { /* {0} is a valid empty list */
    char *items;
    size_t len, room;
    uint64_t version; /* bumped by every structural change */
} pila__list;

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__list_more(pila__list *l, size_t size,
                                               const void **item);
PILA_API PILA_MUST pila_status pila__list_reserve(pila__list *l, size_t size, size_t n);
PILA_API PILA_MUST pila_status pila__list_append_held(pila__list *l, const pila_type *t,
                                                      const void *item);
PILA_API PILA_MUST pila_status pila__list_extend(pila__list *l, const pila_type *t,
                                                 pila_iter items);
PILA_API PILA_MUST pila_status pila__list_from(pila__list *to, const pila_type *t,
                                               pila_iter items);
PILA_API PILA_MUST pila_status pila__list_insert(pila__list *l, const pila_type *t,
                                                 ptrdiff_t i, const void *item);
PILA_API PILA_MUST pila_status pila__list_set_held(pila__list *l, const pila_type *t,
                                                   ptrdiff_t i, const void *item);
PILA_API PILA_MUST pila_status pila__list_pop_at(pila__list *l, const pila_type *t,
                                                 ptrdiff_t i, void *out);
PILA_API PILA_MUST pila_status pila__list_remove(pila__list *l, const pila_type *t,
                                                 const void *value);
PILA_API PILA_MUST pila_status pila__list_index(const pila__list *l, const pila_type *t,
                                                const void *value, ptrdiff_t start,
                                                ptrdiff_t stop, size_t *out);
PILA_API PILA_MUST pila_status pila__list_count(const pila__list *l, const pila_type *t,
                                                const void *value, size_t *out);
PILA_API PILA_MUST pila_status pila__list_contains(const pila__list *l,
                                                   const pila_type *t,
                                                   const void *value, bool *out);
PILA_API PILA_MUST pila_status pila__list_eq(const pila__list *a, const pila__list *b,
                                             const pila_type *t, bool *out);
PILA_API PILA_MUST pila_status pila__list_compare(const pila__list *a,
                                                  const pila__list *b,
                                                  const pila_type *t, int *out);
PILA_API void pila__list_reverse(pila__list *l, const pila_type *t);
PILA_API PILA_MUST pila_status pila__list_sort(pila__list *l, const pila_type *t,
                                               const pila_key *key, bool reverse);
PILA_API PILA_MUST pila_status pila__list_slice(pila__list *to, const pila__list *from,
                                                const pila_type *t, pila_slice s);
PILA_API PILA_MUST pila_status pila__list_set_slice(pila__list *l, const pila_type *t,
                                                    pila_slice s, pila_iter items);
PILA_API PILA_MUST pila_status pila__list_del_slice(pila__list *l, const pila_type *t,
                                                    pila_slice s);
PILA_API PILA_MUST pila_status pila__list_copy(pila__list *to, const pila__list *from,
                                               const pila_type *t);
PILA_API PILA_MUST pila_status pila__list_concat(pila__list *to, const pila__list *a,
                                                 const pila__list *b,
                                                 const pila_type *t);
PILA_API PILA_MUST pila_status pila__list_repeat(pila__list *to, const pila__list *from,
                                                 const pila_type *t, ptrdiff_t n);
PILA_API void pila__list_move(pila__list *to, pila__list *from, const pila_type *t);
PILA_API void pila__list_clear(pila__list *l, const pila_type *t);
PILA_API void pila__list_done(pila__list *l, const pila_type *t);
PILA_API pila_iter pila__list_iter(const pila__list *l, const pila_type *t);
PILA_API pila_iter pila__list_reversed(const pila__list *l, const pila_type *t);
PILA_API PILA_MUST pila_status pila__list_repr(const pila__list *l, const pila_type *t,
                                               pila_buf *out);
PILA_END_C

/* Whether an index, which may be below 0, is in range; *at is it from the left. */
PILA_INLINE bool pila__list_locate(const pila__list *l, ptrdiff_t i, size_t *at)
{
    *at = (size_t)i + (i < 0 ? l->len : 0);
    return *at < l->len;
}

PILA_INLINE const void *pila__list_get(const pila__list *l, const pila_type *t,
                                       ptrdiff_t i)
{
    size_t at;

    return pila__list_locate(l, i, &at) ? l->items + at * t->size : NULL;
}

PILA_INLINE PILA_MUST pila_status pila__list_append(pila__list *l, const pila_type *t,
                                                    const void *item)
{
    size_t len = l->len;

    if (!pila_type_plain(t)) return pila__list_append_held(l, t, item);
    if (PILA_UNLIKELY(len == l->room)) {
        pila_status st = pila__list_more(l, t->size, &item);
        if (st != PILA_OK) return st;
    }
    l->len = len + 1;
    l->version++;
    memcpy(l->items + len * t->size, item, t->size);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__list_pop(pila__list *l, const pila_type *t,
                                                 ptrdiff_t i, void *out)
{
    if (i != -1 || !out || l->len == 0) return pila__list_pop_at(l, t, i, out);
    l->len--;
    l->version++;
    memcpy(out, l->items + l->len * t->size, t->size);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__list_set(pila__list *l, const pila_type *t,
                                                 ptrdiff_t i, const void *item)
{
    size_t at;

    if (!pila_type_plain(t)) return pila__list_set_held(l, t, i, item);
    if (!pila__list_locate(l, i, &at)) return PILA_EINDEX;
    memmove(l->items + at * t->size, item, t->size);
    return PILA_OK;
}

/* ---- the run-time face ---- */

typedef struct pila_list {
    pila__list base;
    const pila_type *type; /* outlives the list */
} pila_list;

PILA_BEGIN_C

/* pila_slice_indices - the indices that a slice means in a sequence of len items.
 *
 *   out    start, stop and step without PILA_NONE: the items are start, start + step
 *          and so on, before stop; which is -1 where the step is below 0 and they
 *          reach the begin
 *   n      how many they are
 *
 * Fails:   PILA_EVALUE   the step is 0; out and n are untouched
 * Cost:    O(1)
 * Python:  slice(start, stop, step).indices(len)
 */
PILA_API PILA_MUST pila_status pila_slice_indices(pila_slice s, size_t len,
                                                  pila_slice *out, size_t *n);

/* pila_list_init - an empty list.
 *
 *   l      raw storage                                                given
 *   type   must outlive the list                                      borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  []
 */
PILA_API void pila_list_init(pila_list *l, const pila_type *type);

/* pila_list_new - the same on the heap, for pila_list_free.
 *
 * Fails:   NULL  no memory
 * Cost:    O(1)
 */
PILA_API pila_list *pila_list_new(const pila_type *type);

/* pila_list_from - make `to` the items of an iterator.
 *
 *   to     initialised; its items are dropped. Untouched on failure; the iterator may
 *          be over it
 *   items  dropped, on failure too                                    taken
 *
 * Fails:   PILA_ETYPE    its items are of another type (views of text become owned
 *                        strings)
 *          PILA_ENOMEM, any   no memory, what copying answered, the iterator's fault
 * Cost:    O(n); a memcpy a window for plain items
 * Python:  to = list(iterable)
 */
PILA_API PILA_MUST pila_status pila_list_from(pila_list *to, pila_iter items);

/* pila_list_reserve - make room for n items in all, so that appends up to there cannot
 * fail for memory where the type is plain.
 *
 * Fails:   PILA_ENOMEM   no memory, or n items are no size
 * Cost:    O(len) at most
 */
PILA_API PILA_MUST pila_status pila_list_reserve(pila_list *l, size_t n);

/* pila_list_len - how many items.
 *
 * Cost:    O(1)
 * Python:  len(l)
 */
PILA_API size_t pila_list_len(const pila_list *l);

/* pila_list_data - the items, one after the other; may be NULL when there are none.
 *
 * A view: it dies at the next structural change. Items may be overwritten through it.
 *
 * Cost:    O(1), no allocation
 */
PILA_API void *pila_list_data(const pila_list *l);

/* pila_list_get - the item at an index, inside the list.
 *
 *   i      from the left, or below 0 from the right
 *
 * Fails:   NULL  the index is out of range (PILA_EINDEX elsewhere)
 * Cost:    O(1)
 * Python:  l[i]
 */
PILA_API const void *pila_list_get(const pila_list *l, ptrdiff_t i);

/* pila_list_iter - the items from left to right, in one window.
 *
 * It ends with PILA_EMUTATED where the list was changed meanwhile (Python goes on over
 * the changed list); overwriting an item and pila_list_reverse are no change.
 *
 *   l      must outlive the iterator                                  borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  iter(l)
 */
PILA_API pila_iter pila_list_iter(const pila_list *l);

/* pila_list_reversed - the items from right to left, one at a time.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(l)
 */
PILA_API pila_iter pila_list_reversed(const pila_list *l);

/* pila_list_index - where the first equal item is.
 *
 *   value  compared as eq(item, value)                                borrowed
 *   start, stop   look at [start, stop) only; below 0 from the right; 0 and PTRDIFF_MAX
 *          for all
 *   out    an index from the left; untouched on failure
 *
 * Fails:   PILA_EVALUE   no equal item there
 *          PILA_ETYPE    the type has no eq
 *          any           what comparing or copying answered
 * Cost:    O(n)
 * Python:  l.index(value, start, stop)
 */
PILA_API PILA_MUST pila_status pila_list_index(const pila_list *l, const void *value,
                                               ptrdiff_t start, ptrdiff_t stop,
                                               size_t *out);

/* pila_list_contains - whether an item is equal.
 *
 * Fails:   as pila_list_index, but for PILA_EVALUE
 * Cost:    O(n)
 * Python:  value in l
 */
PILA_API PILA_MUST pila_status pila_list_contains(const pila_list *l, const void *value,
                                                  bool *out);

/* pila_list_count - how many items are equal.
 *
 * Fails:   as pila_list_index, but for PILA_EVALUE
 * Cost:    O(n)
 * Python:  l.count(value)
 */
PILA_API PILA_MUST pila_status pila_list_count(const pila_list *l, const void *value,
                                               size_t *out);

/* pila_list_eq - whether both have equal items in the same order.
 *
 * Fails:   PILA_ETYPE    the types differ, or have no eq
 *          any           what comparing or copying answered
 * Cost:    O(n); O(1) where the lengths differ
 * Python:  a == b
 */
PILA_API PILA_MUST pila_status pila_list_eq(const pila_list *a, const pila_list *b,
                                            bool *out);

/* pila_list_compare - the order of two lists: of the first items that differ, else of
 * their lengths.
 *
 *   out    -1 for a < b, 0 for equal, 1 for a > b; 2 where the items that differ have
 *          no order (a NaN): then each of Python's <, <=, >, >= is False
 *
 * Fails:   as pila_list_eq; PILA_ETYPE also where the type has no less. A type without
 *          eq goes by less alone
 * Cost:    O(n)
 * Python:  a < b, a <= b, a > b, a >= b
 */
PILA_API PILA_MUST pila_status pila_list_compare(const pila_list *a, const pila_list *b,
                                                 int *out);

/* pila_list_repr - append the list as Python shows it.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_ETYPE    the type has no repr
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 *          any           what the callback answered
 * Cost:    O(length of the text)
 * Python:  repr(l)
 */
PILA_API PILA_MUST pila_status pila_list_repr(const pila_list *l, pila_buf *out);

/* pila_list_append - add an item at the end.
 *
 *   item   copied; may be inside l                                    borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           what copying answered
 * Cost:    amortised O(1)
 * Python:  l.append(x)
 */
PILA_API PILA_MUST pila_status pila_list_append(pila_list *l, const void *item);

/* pila_list_extend - append all items of an iterator; one over l is read to its end
 * first.
 *
 *   items  dropped, on failure too                                    taken
 *
 * Fails:   PILA_ETYPE    its items are of another type (views of text become owned
 *                        strings); nothing was consumed
 *          PILA_ENOMEM, any   no memory, what copying answered, or the fault of the
 *                        iterator: what was appended before stays
 * Cost:    O(n); a memcpy a window for plain items
 * Python:  l.extend(iterable), l += iterable
 */
PILA_API PILA_MUST pila_status pila_list_extend(pila_list *l, pila_iter items);

/* pila_list_insert - put an item before the one at an index.
 *
 *   i      beyond an end means that end; below 0 from the right
 *   item   copied; may be inside l                                    borrowed
 *
 * Fails:   as pila_list_append
 * Cost:    O(len - i)
 * Python:  l.insert(i, x)
 */
PILA_API PILA_MUST pila_status pila_list_insert(pila_list *l, ptrdiff_t i,
                                                const void *item);

/* pila_list_set - put another item in place of the one at an index, which is dropped.
 *
 * Fails:   PILA_EINDEX   out of range
 *          PILA_ENOMEM, any   as pila_list_append
 * Cost:    O(1); no structural change
 * Python:  l[i] = x
 */
PILA_API PILA_MUST pila_status pila_list_set(pila_list *l, ptrdiff_t i,
                                             const void *item);

/* pila_list_pop - take the item at an index; -1 is the last.
 *
 *   out    raw room for it, NULL to drop it                           given
 *
 * Fails:   PILA_EEMPTY   there is none at all
 *          PILA_EINDEX   out of range
 *          PILA_ENOMEM   out is NULL and the type has a drop and more than 64 bytes
 * Cost:    O(len - i)
 * Python:  l.pop(i)
 */
PILA_API PILA_MUST pila_status pila_list_pop(pila_list *l, ptrdiff_t i, void *out);

/* pila_list_del - drop the item at an index.
 *
 * Fails:   PILA_EINDEX   out of range
 *          PILA_ENOMEM   the type has a drop and more than 64 bytes
 * Cost:    O(len - i)
 * Python:  del l[i]
 */
PILA_API PILA_MUST pila_status pila_list_del(pila_list *l, ptrdiff_t i);

/* pila_list_remove - drop the first equal item.
 *
 * Where the comparison that found it changed the list, what is at its index then goes,
 * as in Python.
 *
 * Fails:   as pila_list_index and pila_list_del
 * Cost:    O(n)
 * Python:  l.remove(value)
 */
PILA_API PILA_MUST pila_status pila_list_remove(pila_list *l, const void *value);

/* pila_list_reverse - turn the order round, in place.
 *
 * Cost:    O(n), no allocation; no structural change
 * Python:  l.reverse()
 */
PILA_API void pila_list_reverse(pila_list *l);

/* pila_list_sort - sort in place, stable, by less alone.
 *
 * While it runs the list is seen to be empty; what a callback puts in is dropped.
 *
 *   key      made once for each item, in order; NULL: items compare
 *            themselves                                               borrowed
 *   reverse  descending; equal items keep their order all the same
 *
 * Fails:   PILA_EVALUE   a callback changed the list, which is sorted all the same
 *          PILA_ETYPE    the type has no order, and there are two items
 *          PILA_ENOMEM   no memory; the order is as it was
 *          any           what less or the key answered. After less the order is any; no
 *                        item is lost
 * Cost:    O(n log n), O(n) on what is in order, or in reverse, or a few such pieces
 * Python:  l.sort(key=key, reverse=reverse)
 */
PILA_API PILA_MUST pila_status pila_list_sort(pila_list *l, const pila_key *key,
                                              bool reverse);

/* pila_list_slice - make `to` a copy of a slice.
 *
 *   to     initialised; its items are dropped, and its type becomes that of l, which it
 *          may be. Untouched on failure
 *
 * Fails:   PILA_EVALUE    the step is 0
 *          PILA_ENOMEM    no memory
 *          PILA_EMUTATED  copying an item changed l
 *          any            what copying answered
 * Cost:    O(length of the slice)
 * Python:  to = l[start:stop:step]
 */
PILA_API PILA_MUST pila_status pila_list_slice(pila_list *to, const pila_list *l,
                                               pila_slice s);

/* pila_list_set_slice - put the items of an iterator in place of a slice.
 *
 * The iterator, which may be over l, is read to its end before l changes.
 *
 *   s      with a step of 1 the number of items may change; with another it may not
 *   items  dropped, on failure too                                    taken
 *
 * Fails:   PILA_EVALUE   the step is 0, or another number of items for a step that is
 *                        not 1
 *          PILA_ETYPE, PILA_ENOMEM, any   as pila_list_extend; l is as it was
 * Cost:    O(len + n)
 * Python:  l[start:stop:step] = iterable
 */
PILA_API PILA_MUST pila_status pila_list_set_slice(pila_list *l, pila_slice s,
                                                   pila_iter items);

/* pila_list_del_slice - drop a slice.
 *
 * Fails:   PILA_EVALUE   the step is 0
 *          PILA_ENOMEM   the type has a drop: no room for the items on their way out
 * Cost:    O(len - start)
 * Python:  del l[start:stop:step]
 */
PILA_API PILA_MUST pila_status pila_list_del_slice(pila_list *l, pila_slice s);

/* pila_list_copy - make `to` an independent duplicate.
 *
 * Fails:   as pila_list_slice
 * Cost:    O(n)
 * Python:  l.copy()
 */
PILA_API PILA_MUST pila_status pila_list_copy(pila_list *to, const pila_list *from);

/* pila_list_concat - make `to` the items of a, then those of b.
 *
 *   to     as in pila_list_slice; may be a or b
 *
 * Fails:   as pila_list_slice; PILA_ETYPE  b's items are of another type
 * Cost:    O(n)
 * Python:  a + b
 */
PILA_API PILA_MUST pila_status pila_list_concat(pila_list *to, const pila_list *a,
                                                const pila_list *b);

/* pila_list_repeat - make `to` the items of l, n times over.
 *
 *   to     as in pila_list_slice; l itself for Python's *=
 *   n      0 and less make it empty
 *
 * Fails:   as pila_list_slice; PILA_ENOMEM also where n * len is no size
 * Cost:    O(n * len)
 * Python:  l * n, l *= n
 */
PILA_API PILA_MUST pila_status pila_list_repeat(pila_list *to, const pila_list *l,
                                                ptrdiff_t n);

/* pila_list_move - take over the items and the type of `from`, which becomes empty.
 *
 *   to     initialised; its items are dropped. `from` itself is fine
 *
 * Cost:    O(1), and the drops
 */
PILA_API void pila_list_move(pila_list *to, pila_list *from);

/* pila_list_clear - drop all items; the room is kept.
 *
 * Items are detached before the first drop runs, which may use the list.
 *
 * Cost:    O(n); O(1) for plain items
 * Python:  l.clear()
 */
PILA_API void pila_list_clear(pila_list *l);

/* pila_list_done - drop all items and free the storage. It is then empty and may be
 * used again.
 *
 *   l      initialised; twice is fine                                 taken
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_list_done(pila_list *l);

/* pila_list_free - the same for what pila_list_new made; NULL is fine.
 *
 * Cost:    as pila_list_done
 */
PILA_API void pila_list_free(pila_list *l);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_LIST(Name, T) defines struct Name and Name_append(Name *, T) and so on, one for
 * each function above but init, new and free: {0} is an empty one. Name_get(&l, i) is a
 * const T *, borrowed, or NULL; Name_data(&l) is a T *; index, remove and the like take
 * the value as a T. PILA_LIST_OF takes the descriptor as well, for a struct whose items
 * are to be compared, copied, dropped or shown.
 */
#define PILA_LIST(Name, T)                                                             \
    static const pila_type Name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(T);  \
    PILA_LIST_OF(Name, T, PILA_TYPE_OF(T, &Name##_plain))

/* What every kind of list has; what arrays do their own way is apart. */
#define PILA__LIST_FACE(Name, T, descriptor)                                           \
    typedef struct Name {                                                              \
        pila__list base;                                                               \
    } Name;                                                                            \
    PILA_INLINE const pila_type *Name##_type(void) { return descriptor; }              \
    PILA_FACE PILA_MUST pila_status Name##_reserve(Name *l, size_t n)                  \
    {                                                                                  \
        return pila__list_reserve(&l->base, sizeof(T), n);                             \
    }                                                                                  \
    PILA_FACE size_t Name##_len(const Name *l) { return l->base.len; }                 \
    PILA_FACE T *Name##_data(const Name *l) { return (T *)(void *)l->base.items; }     \
    PILA_FACE const T *Name##_get(const Name *l, ptrdiff_t i)                          \
    {                                                                                  \
        return (const T *)pila__list_get(&l->base, Name##_type(), i);                  \
    }                                                                                  \
    PILA_FACE pila_iter Name##_iter(const Name *l)                                     \
    {                                                                                  \
        return pila__list_iter(&l->base, Name##_type());                               \
    }                                                                                  \
    PILA_FACE pila_iter Name##_reversed(const Name *l)                                 \
    {                                                                                  \
        return pila__list_reversed(&l->base, Name##_type());                           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_append(Name *l, T item)                     \
    {                                                                                  \
        return pila__list_append(&l->base, Name##_type(), &item);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_insert(Name *l, ptrdiff_t i, T item)        \
    {                                                                                  \
        return pila__list_insert(&l->base, Name##_type(), i, &item);                   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set(Name *l, ptrdiff_t i, T item)           \
    {                                                                                  \
        return pila__list_set(&l->base, Name##_type(), i, &item);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pop(Name *l, ptrdiff_t i, T *out)           \
    {                                                                                  \
        return pila__list_pop(&l->base, Name##_type(), i, out);                        \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_del(Name *l, ptrdiff_t i)                   \
    {                                                                                  \
        return l->base.len ? pila__list_pop_at(&l->base, Name##_type(), i, NULL)       \
                           : PILA_EINDEX;                                              \
    }                                                                                  \
    PILA_FACE void Name##_reverse(Name *l)                                             \
    {                                                                                  \
        pila__list_reverse(&l->base, Name##_type());                                   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_slice(Name *to, const Name *l,              \
                                                 pila_slice s)                         \
    {                                                                                  \
        return pila__list_slice(&to->base, &l->base, Name##_type(), s);                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_del_slice(Name *l, pila_slice s)            \
    {                                                                                  \
        return pila__list_del_slice(&l->base, Name##_type(), s);                       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *to, const Name *from)            \
    {                                                                                  \
        return pila__list_copy(&to->base, &from->base, Name##_type());                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_concat(Name *to, const Name *a,             \
                                                  const Name *b)                       \
    {                                                                                  \
        return pila__list_concat(&to->base, &a->base, &b->base, Name##_type());        \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *to, Name *from)                                   \
    {                                                                                  \
        pila__list_move(&to->base, &from->base, Name##_type());                        \
    }                                                                                  \
    PILA_FACE void Name##_clear(Name *l)                                               \
    {                                                                                  \
        pila__list_clear(&l->base, Name##_type());                                     \
    }                                                                                  \
    PILA_FACE void Name##_done(Name *l) { pila__list_done(&l->base, Name##_type()); }

#define PILA_LIST_OF(Name, T, descriptor)                                              \
    PILA__LIST_FACE(Name, T, descriptor)                                               \
    PILA_FACE PILA_MUST pila_status Name##_from(Name *to, pila_iter items)             \
    {                                                                                  \
        return pila__list_from(&to->base, Name##_type(), items);                       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_index(const Name *l, T value,               \
                                                 ptrdiff_t start, ptrdiff_t stop,      \
                                                 size_t *out)                          \
    {                                                                                  \
        return pila__list_index(&l->base, Name##_type(), &value, start, stop, out);    \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *l, T value, bool *out) \
    {                                                                                  \
        return pila__list_contains(&l->base, Name##_type(), &value, out);              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_count(const Name *l, T value, size_t *out)  \
    {                                                                                  \
        return pila__list_count(&l->base, Name##_type(), &value, out);                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__list_eq(&a->base, &b->base, Name##_type(), out);                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_compare(const Name *a, const Name *b,       \
                                                   int *out)                           \
    {                                                                                  \
        return pila__list_compare(&a->base, &b->base, Name##_type(), out);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *l, pila_buf *out)          \
    {                                                                                  \
        return pila__list_repr(&l->base, Name##_type(), out);                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_extend(Name *l, pila_iter items)            \
    {                                                                                  \
        return pila__list_extend(&l->base, Name##_type(), items);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_remove(Name *l, T value)                    \
    {                                                                                  \
        return pila__list_remove(&l->base, Name##_type(), &value);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_sort(Name *l, const pila_key *key,          \
                                                bool reverse)                          \
    {                                                                                  \
        return pila__list_sort(&l->base, Name##_type(), key, reverse);                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set_slice(Name *l, pila_slice s,            \
                                                     pila_iter items)                  \
    {                                                                                  \
        return pila__list_set_slice(&l->base, Name##_type(), s, items);                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repeat(Name *to, const Name *l,             \
                                                  ptrdiff_t n)                         \
    {                                                                                  \
        return pila__list_repeat(&to->base, &l->base, Name##_type(), n);               \
    }

#endif
