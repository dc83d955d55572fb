/* deque.h - a double-ended queue: Python's collections.deque, with an index of O(1).
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/item
 * Use:
 *     PILA_DEQUE(Ints, int)
 *     Ints q = {0};
 *     pila_status st = Ints_append(&q, 2);
 *     if (st == PILA_OK) st = Ints_appendleft(&q, 1);
 *     int first = 0;
 *     if (st == PILA_OK) st = Ints_popleft(&q, &first);
 *     if (st == PILA_OK) printf("%d %zu\n", first, Ints_len(&q));   // prints: 1 1
 *     Ints_done(&q);
 *
 * Two faces: PILA_DEQUE(Name, T) makes a type and inline functions Name_append(&q,
 * item) for a C type; pila_deque takes the descriptor at run time, and items by
 * address. The contracts stand at the latter; the former say the same, with items by
 * value.
 *
 * What is put in is lent and copied with the type's copy. What pop hands out is given:
 * whoever got it drops it. A pointer to an item inside is borrowed and lives until the
 * next structural change; overwriting, reverse and look-ups are none.
 *
 * Where comparing runs code of the user that changes the deque, index, count and the
 * others that look end with PILA_EMUTATED, at the places where Python raises.
 */
#ifndef PILA_DEQUE_H
#define PILA_DEQUE_H

#include "../core/iter.h"

#include <assert.h>

/* No maxlen. */
#define PILA_UNBOUNDED SIZE_MAX

/* ---- the core: blocks of items behind a ring of pointers ---- */

typedef struct pila__deque {  /* {0} is a valid empty deque without a maxlen */
    char *left, *left_stop;   /* the first item; up to where more may go before it */
    char *right, *right_stop; /* behind the last item; up to where more may go */
    uint64_t version;         /* bumped by every structural change */
    char *left_begin;         /* of the first block */
    char *right_end;          /* of the last block */
    char **blocks, *spare;    /* a ring of cap pointers; the block emptied last */
    size_t head, used, cap;   /* first block in the ring, how many; cap a power of 2 */
    size_t cut;               /* SIZE_MAX - maxlen */
} pila__deque;

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__deque_room(pila__deque *d, size_t size, bool left);
PILA_API void pila__deque_step(pila__deque *d, size_t size, bool left);
PILA_API PILA_MUST pila_status pila__deque_put(pila__deque *d, const pila_type *t,
                                               const void *item, bool left);
PILA_API PILA_MUST pila_status pila__deque_discard(pila__deque *d, const pila_type *t,
                                                   bool left);
PILA_API PILA_MUST pila_status pila__deque_extend(pila__deque *d, const pila_type *t,
                                                  pila_iter items, bool left);
PILA_API PILA_MUST pila_status pila__deque_insert(pila__deque *d, const pila_type *t,
                                                  ptrdiff_t i, const void *item);
PILA_API PILA_MUST pila_status pila__deque_set_held(pila__deque *d, const pila_type *t,
                                                    ptrdiff_t i, const void *item);
PILA_API PILA_MUST pila_status pila__deque_del(pila__deque *d, const pila_type *t,
                                               ptrdiff_t i);
PILA_API PILA_MUST pila_status pila__deque_remove(pila__deque *d, const pila_type *t,
                                                  const void *value);
PILA_API PILA_MUST pila_status pila__deque_index(const pila__deque *d,
                                                 const pila_type *t, const void *value,
                                                 ptrdiff_t start, ptrdiff_t stop,
                                                 size_t *out);
PILA_API PILA_MUST pila_status pila__deque_count(const pila__deque *d,
                                                 const pila_type *t, const void *value,
                                                 size_t *out);
PILA_API PILA_MUST pila_status pila__deque_contains(const pila__deque *d,
                                                    const pila_type *t,
                                                    const void *value, bool *out);
PILA_API PILA_MUST pila_status pila__deque_compare(const pila__deque *a,
                                                   const pila__deque *b,
                                                   const pila_type *t, int *out);
PILA_API PILA_MUST pila_status pila__deque_eq(const pila__deque *a,
                                              const pila__deque *b, const pila_type *t,
                                              bool *out);
PILA_API void pila__deque_reverse(pila__deque *d, const pila_type *t);
PILA_API PILA_MUST pila_status pila__deque_rotate(pila__deque *d, const pila_type *t,
                                                  ptrdiff_t n);
PILA_API PILA_MUST pila_status pila__deque_copy(pila__deque *to,
                                                const pila__deque *from,
                                                const pila_type *t);
PILA_API PILA_MUST pila_status pila__deque_concat(pila__deque *to, const pila__deque *a,
                                                  const pila__deque *b,
                                                  const pila_type *t);
PILA_API PILA_MUST pila_status pila__deque_repeat(pila__deque *to,
                                                  const pila__deque *from,
                                                  const pila_type *t, ptrdiff_t n);
PILA_API void pila__deque_move(pila__deque *to, pila__deque *from, const pila_type *t);
PILA_API void pila__deque_clear(pila__deque *d, const pila_type *t);
PILA_API void pila__deque_done(pila__deque *d, const pila_type *t);
PILA_API pila_iter pila__deque_iter(const pila__deque *d, const pila_type *t);
PILA_API pila_iter pila__deque_reversed(const pila__deque *d, const pila_type *t);
PILA_API PILA_MUST pila_status pila__deque_repr(const pila__deque *d,
                                                const pila_type *t, pila_buf *out);
/* Whether the invariants hold: for tests. */
PILA_API bool pila__deque_valid(const pila__deque *d, const pila_type *t);
PILA_END_C

/* A block holds 1 << this many items: 4 KiB, but at most 512 items and at least 4. */
PILA_INLINE unsigned pila__deque_shift(size_t size)
{
    return size <= 8    ? 9
           : size > 512 ? 2
                        : 12 - (unsigned)(64 - __builtin_clzll((uint64_t)size - 1));
}

PILA_INLINE size_t pila__deque_block_bytes(size_t size)
{
    return size << pila__deque_shift(size);
}

/* Items are at positions [begin, end), counted from the begin of the first block. */
PILA_INLINE size_t pila__deque_begin(const pila__deque *d, size_t size)
{
    return (size_t)(d->left - d->left_begin) / size;
}

PILA_INLINE size_t pila__deque_end(const pila__deque *d, size_t size)
{
    size_t all = d->used << pila__deque_shift(size);

    return all - (size_t)(d->right_end - d->right) / size;
}

PILA_INLINE size_t pila__deque_len(const pila__deque *d, size_t size)
{
    return pila__deque_end(d, size) - pila__deque_begin(d, size);
}

PILA_INLINE char *pila__deque_at(const pila__deque *d, size_t size, size_t position)
{
    unsigned shift = pila__deque_shift(size);
    size_t inside = position & (((size_t)1 << shift) - 1);

    return d->blocks[(d->head + (position >> shift)) & (d->cap - 1)] + inside * size;
}

/* A position where begin <= position < end, from an index that may be negative. */
PILA_INLINE bool pila__deque_locate(const pila__deque *d, size_t size, ptrdiff_t i,
                                    size_t *position)
{
    size_t begin = pila__deque_begin(d, size), end = pila__deque_end(d, size);

    *position = (size_t)i + (i < 0 ? end : begin);
    return *position - begin < end - begin;
}

PILA_INLINE const void *pila__deque_get(const pila__deque *d, const pila_type *t,
                                        ptrdiff_t i)
{
    size_t position;

    if (!pila__deque_locate(d, t->size, i, &position)) return NULL;
    return pila__deque_at(d, t->size, position);
}

/* Where i is known to be in range: no test of it, but an assert. */
PILA_INLINE const void *pila__deque_nth(const pila__deque *d, const pila_type *t,
                                        size_t i)
{
    assert(i < pila__deque_len(d, t->size));
    return pila__deque_at(d, t->size, pila__deque_begin(d, t->size) + i);
}

PILA_INLINE PILA_MUST pila_status pila__deque_set(pila__deque *d, const pila_type *t,
                                                  ptrdiff_t i, const void *item)
{
    size_t position;

    if (!pila_type_plain(t)) return pila__deque_set_held(d, t, i, item);
    if (!pila__deque_locate(d, t->size, i, &position)) return PILA_EINDEX;
    memmove(pila__deque_at(d, t->size, position), item, t->size);
    return PILA_OK;
}

/* Equal pointers may also be the end of one block and the begin of another. */
PILA_INLINE bool pila__deque_empty(const pila__deque *d)
{
    return d->left == d->right && d->used <= 1;
}

/* Without a maxlen the stops are the bounds of the outer blocks. With one, what lies
 * between them is at most maxlen, so an append that meets its stop must look closer. */
PILA_INLINE void pila__deque_set_stops(pila__deque *d)
{
    d->left_stop = d->cut ? d->left : d->left_begin;
    d->right_stop = d->cut ? d->right : d->right_end;
}

/* The n items at an end are gone; they were in one block. */
PILA_INLINE void pila__deque_shrink(pila__deque *d, size_t size, size_t n, bool left)
{
    size_t bytes = pila__deque_block_bytes(size);

    d->version++;
    if (left) d->left += n * size;
    else d->right -= n * size;
    if (left ? d->left == d->left_begin + bytes : d->right == d->right_end - bytes)
        pila__deque_step(d, size, left);
}

/* Room for one more at an end, which is added by the caller, who then sets the stops.
 */
PILA_INLINE PILA_MUST pila_status pila__deque_open(pila__deque *d, size_t size,
                                                   bool left)
{
    if (left ? d->left == d->left_begin : d->right == d->right_end) {
        pila_status st = pila__deque_room(d, size, left);
        if (st != PILA_OK) return st;
    }
    d->version++;
    if (left) d->left -= size;
    else d->right += size;
    return PILA_OK;
}

/* A plain item where the stop was met. At maxlen, the other end gives way after that.
 */
PILA_INLINE PILA_MUST pila_status pila__deque_put_plain(pila__deque *d, size_t size,
                                                        const void *item, bool left)
{
    pila_status st = pila__deque_open(d, size, left);

    if (st != PILA_OK) return st;
    memcpy(left ? d->left : d->right - size, item, size);
    if (d->cut && pila__deque_len(d, size) > SIZE_MAX - d->cut)
        pila__deque_shrink(d, size, 1, !left);
    pila__deque_set_stops(d);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__deque_append(pila__deque *d, const pila_type *t,
                                                     const void *item)
{
    char *slot = d->right;

    if (!pila_type_plain(t)) return pila__deque_put(d, t, item, false);
    if (PILA_UNLIKELY(slot == d->right_stop))
        return pila__deque_put_plain(d, t->size, item, false);
    d->right = slot + t->size;
    d->version++;
    memcpy(slot, item, t->size); /* last: for all that is known, it changes a cursor */
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__deque_appendleft(pila__deque *d,
                                                         const pila_type *t,
                                                         const void *item)
{
    if (!pila_type_plain(t)) return pila__deque_put(d, t, item, true);
    if (PILA_UNLIKELY(d->left == d->left_stop))
        return pila__deque_put_plain(d, t->size, item, true);
    char *slot = d->left - t->size;
    d->left = slot;
    d->version++;
    memcpy(slot, item, t->size);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__deque_popleft(pila__deque *d,
                                                      const pila_type *t, void *out)
{
    if (PILA_UNLIKELY(pila__deque_empty(d))) return PILA_EEMPTY;
    if (!out) return pila__deque_discard(d, t, true);
    char *slot = d->left, *block_end = d->left_begin + pila__deque_block_bytes(t->size);
    d->left = slot + t->size;
    d->version++;
    memcpy(out, slot, t->size);
    if (PILA_UNLIKELY(slot + t->size == block_end)) pila__deque_step(d, t->size, true);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__deque_pop(pila__deque *d, const pila_type *t,
                                                  void *out)
{
    if (PILA_UNLIKELY(pila__deque_empty(d))) return PILA_EEMPTY;
    if (!out) return pila__deque_discard(d, t, false);
    char *slot = d->right - t->size;
    char *block_begin = d->right_end - pila__deque_block_bytes(t->size);
    d->right = slot;
    d->version++;
    memcpy(out, slot, t->size);
    if (PILA_UNLIKELY(slot == block_begin)) pila__deque_step(d, t->size, false);
    return PILA_OK;
}

/* ---- the run-time face ---- */

typedef struct pila_deque {
    pila__deque base;
    const pila_type *type; /* outlives the deque */
} pila_deque;

PILA_BEGIN_C

/* pila_deque_init - an empty deque.
 *
 *   d      raw storage                                                given
 *   type   must outlive the deque                                     borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  deque()
 */
PILA_API void pila_deque_init(pila_deque *d, const pila_type *type);

/* pila_deque_init_max - an empty deque that never holds more than maxlen items: one
 * more at one end, and the item at the other end is dropped, after the new one is in.
 *
 *   maxlen   0 included; PILA_UNBOUNDED for none
 *
 * Cost:    O(1), no allocation
 * Python:  deque(maxlen=maxlen)
 */
PILA_API void pila_deque_init_max(pila_deque *d, const pila_type *type, size_t maxlen);

/* pila_deque_new - the same on the heap, for pila_deque_free.
 *
 * Fails:   NULL  no memory
 * Cost:    O(1)
 */
PILA_API pila_deque *pila_deque_new(const pila_type *type, size_t maxlen);

/* pila_deque_len - how many items.
 *
 * Cost:    O(1)
 * Python:  len(d)
 */
PILA_API size_t pila_deque_len(const pila_deque *d);

/* pila_deque_maxlen - the bound, or PILA_UNBOUNDED.
 *
 * Cost:    O(1)
 * Python:  d.maxlen
 */
PILA_API size_t pila_deque_maxlen(const pila_deque *d);

/* pila_deque_get - the item at an index, inside the deque.
 *
 *   i      from the left, or below 0 from the right
 *
 * Fails:   NULL  the index is out of range (PILA_EINDEX elsewhere)
 * Cost:    O(1)
 * Python:  d[i], where it is O(n) in the middle
 */
PILA_API const void *pila_deque_get(const pila_deque *d, ptrdiff_t i);

/* pila_deque_at - the item at an index that is known to be in range, inside the deque.
 *
 * For loops over indices: nothing is tested but by assert.
 *
 *   i      0 <= i < pila_deque_len(d), or the behaviour is undefined
 *
 * Cost:    O(1), two loads, no allocation
 * Python:  d[i]
 */
PILA_API const void *pila_deque_at(const pila_deque *d, size_t i);

/* pila_deque_iter - the items from left to right, a block at a time.
 *
 * It ends with PILA_EMUTATED if the deque was changed meanwhile; overwriting an item
 * and pila_deque_reverse are no change.
 *
 *   d      must outlive the iterator                                  borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  iter(d)
 */
PILA_API pila_iter pila_deque_iter(const pila_deque *d);

/* pila_deque_reversed - the items from right to left, one at a time.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(d)
 */
PILA_API pila_iter pila_deque_reversed(const pila_deque *d);

/* pila_deque_index - where the first equal item is.
 *
 *   value  compared as eq(item, value)                                borrowed
 *   start, stop   look at [start, stop) only; below 0 from the right; 0 and PTRDIFF_MAX
 *          for all
 *   out    an index from the left; untouched on failure
 *
 * Fails:   PILA_EVALUE    no equal item there
 *          PILA_EMUTATED  a comparison that found nothing changed the deque
 *          PILA_ETYPE     the type has no eq
 *          any            what comparing or copying answered
 * Cost:    O(n)
 * Python:  d.index(value, start, stop)
 */
PILA_API PILA_MUST pila_status pila_deque_index(const pila_deque *d, const void *value,
                                                ptrdiff_t start, ptrdiff_t stop,
                                                size_t *out);

/* pila_deque_contains - whether an item is equal.
 *
 * Fails:   as pila_deque_index, but for PILA_EVALUE
 * Cost:    O(n)
 * Python:  value in d
 */
PILA_API PILA_MUST pila_status pila_deque_contains(const pila_deque *d,
                                                   const void *value, bool *out);

/* pila_deque_count - how many items are equal.
 *
 * Fails:   PILA_EMUTATED  a comparison changed the deque, whatever it found
 *          PILA_ETYPE, any   as pila_deque_index
 * Cost:    O(n)
 * Python:  d.count(value)
 */
PILA_API PILA_MUST pila_status pila_deque_count(const pila_deque *d, const void *value,
                                                size_t *out);

/* pila_deque_eq - whether both have equal items in the same order; maxlen is not looked
 * at.
 *
 * Fails:   PILA_ETYPE     the types differ, or have no eq
 *          PILA_EMUTATED  a comparison changed one of them
 *          any            what comparing or copying answered
 * Cost:    O(n); O(1) where the lengths differ
 * Python:  a == b
 */
PILA_API PILA_MUST pila_status pila_deque_eq(const pila_deque *a, const pila_deque *b,
                                             bool *out);

/* pila_deque_compare - the order of two deques: of the first items that differ, else of
 * their lengths.
 *
 *   out    -1 for a < b, 0 for equal, 1 for a > b; 2 where the items that differ have
 *          no order (a NaN): then each of Python's <, <=, >, >= is False
 *
 * Fails:   as pila_deque_eq; PILA_ETYPE also where the type has no less. A type without
 *          eq goes by less alone
 * Cost:    O(n)
 * Python:  a < b, a <= b, a > b, a >= b
 */
PILA_API PILA_MUST pila_status pila_deque_compare(const pila_deque *a,
                                                  const pila_deque *b, int *out);

/* pila_deque_repr - append the deque as Python shows it.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_ETYPE    the type has no repr
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 *          any           what the callback answered
 * Cost:    O(length of the text); a copy of the items where repr is the user's
 * Python:  repr(d), as deque([1, 2], maxlen=3)
 */
PILA_API PILA_MUST pila_status pila_deque_repr(const pila_deque *d, pila_buf *out);

/* pila_deque_append - add an item at the right end.
 *
 *   item   copied; may be inside d                                    borrowed
 *
 * Fails:   PILA_ENOMEM   no memory; nothing was dropped either
 *          any           what copying answered
 * Cost:    O(1)
 * Python:  d.append(x)
 */
PILA_API PILA_MUST pila_status pila_deque_append(pila_deque *d, const void *item);

/* pila_deque_appendleft - add an item at the left end.
 *
 * Fails:   as pila_deque_append
 * Cost:    O(1)
 * Python:  d.appendleft(x)
 */
PILA_API PILA_MUST pila_status pila_deque_appendleft(pila_deque *d, const void *item);

/* pila_deque_pop - take the item at the right end.
 *
 *   out    raw room for it, NULL to drop it                           given
 *
 * Fails:   PILA_EEMPTY   there is none
 *          PILA_ENOMEM   out is NULL and the type has a drop and more than 64 bytes
 * Cost:    O(1)
 * Python:  d.pop()
 */
PILA_API PILA_MUST pila_status pila_deque_pop(pila_deque *d, void *out);

/* pila_deque_popleft - take the item at the left end.
 *
 * Fails:   as pila_deque_pop
 * Cost:    O(1)
 * Python:  d.popleft()
 */
PILA_API PILA_MUST pila_status pila_deque_popleft(pila_deque *d, void *out);

/* pila_deque_extend - append all items of an iterator.
 *
 * An iterator over d itself is read to its end first. With maxlen 0 the iterator is
 * consumed all the same.
 *
 *   items  dropped, on failure too                                    taken
 *
 * Fails:   PILA_ETYPE    its items are of another type (views of text become owned
 *                        strings); nothing was consumed
 *          PILA_ENOMEM, any   no memory, what copying answered, or the fault of the
 *                        iterator: what was appended before stays
 * Cost:    O(n); a memcpy a window for plain items without maxlen
 * Python:  d.extend(iterable), d += iterable
 */
PILA_API PILA_MUST pila_status pila_deque_extend(pila_deque *d, pila_iter items);

/* pila_deque_extendleft - appendleft all items of an iterator: the last one is
 * leftmost.
 *
 * Fails:   as pila_deque_extend
 * Cost:    O(n)
 * Python:  d.extendleft(iterable)
 */
PILA_API PILA_MUST pila_status pila_deque_extendleft(pila_deque *d, pila_iter items);

/* pila_deque_insert - put an item before the one at an index.
 *
 *   i      beyond an end means that end; below 0 from the right
 *
 * Fails:   PILA_EINDEX   the deque holds maxlen items (Python: IndexError)
 *          PILA_ENOMEM, any   as pila_deque_append
 * Cost:    O(distance to the nearer end)
 * Python:  d.insert(i, x)
 */
PILA_API PILA_MUST pila_status pila_deque_insert(pila_deque *d, ptrdiff_t i,
                                                 const void *item);

/* pila_deque_set - put another item in place of the one at an index, which is dropped.
 *
 * Fails:   PILA_EINDEX   out of range
 *          PILA_ENOMEM, any   as pila_deque_append
 * Cost:    O(1); no structural change
 * Python:  d[i] = x
 */
PILA_API PILA_MUST pila_status pila_deque_set(pila_deque *d, ptrdiff_t i,
                                              const void *item);

/* pila_deque_del - drop the item at an index.
 *
 * Fails:   PILA_EINDEX   out of range
 *          PILA_ENOMEM   the type has a drop and more than 64 bytes
 * Cost:    O(distance to the nearer end)
 * Python:  del d[i]
 */
PILA_API PILA_MUST pila_status pila_deque_del(pila_deque *d, ptrdiff_t i);

/* pila_deque_remove - drop the first equal item.
 *
 * Fails:   PILA_EVALUE    there is none
 *          PILA_EMUTATED  a comparison changed the deque (Python: IndexError), even one
 *                         that found the item; nothing is removed
 *          PILA_ENOMEM, PILA_ETYPE, any   as pila_deque_index and pila_deque_del
 * Cost:    O(n)
 * Python:  d.remove(value)
 */
PILA_API PILA_MUST pila_status pila_deque_remove(pila_deque *d, const void *value);

/* pila_deque_reverse - turn the order round, in place.
 *
 * Cost:    O(n), no allocation; no structural change
 * Python:  d.reverse()
 */
PILA_API void pila_deque_reverse(pila_deque *d);

/* pila_deque_rotate - move n items from the right end to the left one; below 0, from
 * left to right.
 *
 * Fails:   PILA_ENOMEM   no memory for one block
 * Cost:    O(the fewer of n and len - n, mod len); nothing is copied or dropped
 * Python:  d.rotate(n)
 */
PILA_API PILA_MUST pila_status pila_deque_rotate(pila_deque *d, ptrdiff_t n);

/* pila_deque_copy - make `to` an independent duplicate, maxlen included.
 *
 *   to     initialised; its items are dropped, and its type becomes that of `from`.
 *          Untouched on failure
 *
 * Fails:   PILA_ENOMEM    no memory
 *          PILA_EMUTATED  copying an item changed `from`
 *          any            what copying answered
 * Cost:    O(n)
 * Python:  d.copy()
 */
PILA_API PILA_MUST pila_status pila_deque_copy(pila_deque *to, const pila_deque *from);

/* pila_deque_concat - make `to` the items of a, then those of b, with the maxlen of a.
 *
 *   to     as in pila_deque_copy; may be a or b
 *
 * Fails:   as pila_deque_copy; PILA_ETYPE  b's items are of another type
 * Cost:    O(n)
 * Python:  a + b
 */
PILA_API PILA_MUST pila_status pila_deque_concat(pila_deque *to, const pila_deque *a,
                                                 const pila_deque *b);

/* pila_deque_repeat - make `to` the items of d, n times over, with its maxlen.
 *
 *   to     as in pila_deque_copy; d itself for Python's *=
 *   n      0 and less make it empty
 *
 * Fails:   as pila_deque_copy; PILA_ENOMEM also where n * len is no size
 * Cost:    O(n * len), never more than maxlen + len
 * Python:  d * n, d *= n
 */
PILA_API PILA_MUST pila_status pila_deque_repeat(pila_deque *to, const pila_deque *d,
                                                 ptrdiff_t n);

/* pila_deque_move - take over the items, type and maxlen of `from`, which becomes empty
 * and keeps its type and maxlen.
 *
 *   to     initialised; its items are dropped. `from` itself is fine
 *
 * Cost:    O(1), and the drops
 */
PILA_API void pila_deque_move(pila_deque *to, pila_deque *from);

/* pila_deque_clear - drop all items; one block and the ring are kept.
 *
 * Items are detached before the first drop runs, which may use the deque.
 *
 * Cost:    O(n); O(blocks) for plain items
 * Python:  d.clear()
 */
PILA_API void pila_deque_clear(pila_deque *d);

/* pila_deque_done - drop all items and free the storage. It is then empty, without a
 * maxlen, and may be used again.
 *
 *   d      initialised; twice is fine                                 taken
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_deque_done(pila_deque *d);

/* pila_deque_free - the same for what pila_deque_new made; NULL is fine.
 *
 * Cost:    as pila_deque_done
 */
PILA_API void pila_deque_free(pila_deque *d);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_DEQUE(Name, T) defines struct Name and Name_append(Name *, T) and so on, one for
 * each function above but init, new and free: {0} is an empty one. Name_init_max(&q, n)
 * sets a maxlen; Name_get(&q, i) is a const T *, borrowed, or NULL; index, remove and
 * the like take the value as a T. PILA_DEQUE_OF takes the descriptor as well, for a
 * struct whose items are to be compared, copied, dropped or shown.
 */
#define PILA_DEQUE(Name, T)                                                            \
    static const pila_type Name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(T);  \
    PILA_DEQUE_OF(Name, T, PILA_TYPE_OF(T, &Name##_plain))

#define PILA_DEQUE_OF(Name, T, descriptor)                                             \
    typedef struct Name {                                                              \
        pila__deque base;                                                              \
    } Name;                                                                            \
    PILA_INLINE const pila_type *Name##_type(void) { return descriptor; }              \
    PILA_FACE void Name##_init_max(Name *d, size_t maxlen)                             \
    {                                                                                  \
        memset(d, 0, sizeof *d);                                                       \
        d->base.cut = SIZE_MAX - maxlen;                                               \
    }                                                                                  \
    PILA_FACE size_t Name##_len(const Name *d)                                         \
    {                                                                                  \
        return pila__deque_len(&d->base, sizeof(T));                                   \
    }                                                                                  \
    PILA_FACE size_t Name##_maxlen(const Name *d) { return SIZE_MAX - d->base.cut; }   \
    PILA_FACE const T *Name##_get(const Name *d, ptrdiff_t i)                          \
    {                                                                                  \
        return (const T *)pila__deque_get(&d->base, Name##_type(), i);                 \
    }                                                                                  \
    PILA_FACE const T *Name##_at(const Name *d, size_t i)                              \
    {                                                                                  \
        return (const T *)pila__deque_nth(&d->base, Name##_type(), i);                 \
    }                                                                                  \
    PILA_FACE pila_iter Name##_iter(const Name *d)                                     \
    {                                                                                  \
        return pila__deque_iter(&d->base, Name##_type());                              \
    }                                                                                  \
    PILA_FACE pila_iter Name##_reversed(const Name *d)                                 \
    {                                                                                  \
        return pila__deque_reversed(&d->base, Name##_type());                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_index(const Name *d, T value,               \
                                                 ptrdiff_t start, ptrdiff_t stop,      \
                                                 size_t *out)                          \
    {                                                                                  \
        return pila__deque_index(&d->base, Name##_type(), &value, start, stop, out);   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *d, T value, bool *out) \
    {                                                                                  \
        return pila__deque_contains(&d->base, Name##_type(), &value, out);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_count(const Name *d, T value, size_t *out)  \
    {                                                                                  \
        return pila__deque_count(&d->base, Name##_type(), &value, out);                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        return pila__deque_eq(&a->base, &b->base, Name##_type(), out);                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_compare(const Name *a, const Name *b,       \
                                                   int *out)                           \
    {                                                                                  \
        return pila__deque_compare(&a->base, &b->base, Name##_type(), out);            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *d, pila_buf *out)          \
    {                                                                                  \
        return pila__deque_repr(&d->base, Name##_type(), out);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_append(Name *d, T item)                     \
    {                                                                                  \
        return pila__deque_append(&d->base, Name##_type(), &item);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_appendleft(Name *d, T item)                 \
    {                                                                                  \
        return pila__deque_appendleft(&d->base, Name##_type(), &item);                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pop(Name *d, T *out)                        \
    {                                                                                  \
        return pila__deque_pop(&d->base, Name##_type(), out);                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_popleft(Name *d, T *out)                    \
    {                                                                                  \
        return pila__deque_popleft(&d->base, Name##_type(), out);                      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_extend(Name *d, pila_iter items)            \
    {                                                                                  \
        return pila__deque_extend(&d->base, Name##_type(), items, false);              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_extendleft(Name *d, pila_iter items)        \
    {                                                                                  \
        return pila__deque_extend(&d->base, Name##_type(), items, true);               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_insert(Name *d, ptrdiff_t i, T item)        \
    {                                                                                  \
        return pila__deque_insert(&d->base, Name##_type(), i, &item);                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set(Name *d, ptrdiff_t i, T item)           \
    {                                                                                  \
        return pila__deque_set(&d->base, Name##_type(), i, &item);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_del(Name *d, ptrdiff_t i)                   \
    {                                                                                  \
        return pila__deque_del(&d->base, Name##_type(), i);                            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_remove(Name *d, T value)                    \
    {                                                                                  \
        return pila__deque_remove(&d->base, Name##_type(), &value);                    \
    }                                                                                  \
    PILA_FACE void Name##_reverse(Name *d)                                             \
    {                                                                                  \
        pila__deque_reverse(&d->base, Name##_type());                                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_rotate(Name *d, ptrdiff_t n)                \
    {                                                                                  \
        return pila__deque_rotate(&d->base, Name##_type(), n);                         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *to, const Name *from)            \
    {                                                                                  \
        return pila__deque_copy(&to->base, &from->base, Name##_type());                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_concat(Name *to, const Name *a,             \
                                                  const Name *b)                       \
    {                                                                                  \
        return pila__deque_concat(&to->base, &a->base, &b->base, Name##_type());       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repeat(Name *to, const Name *d,             \
                                                  ptrdiff_t n)                         \
    {                                                                                  \
        return pila__deque_repeat(&to->base, &d->base, Name##_type(), n);              \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *to, Name *from)                                   \
    {                                                                                  \
        pila__deque_move(&to->base, &from->base, Name##_type());                       \
    }                                                                                  \
    PILA_FACE void Name##_clear(Name *d)                                               \
    {                                                                                  \
        pila__deque_clear(&d->base, Name##_type());                                    \
    }                                                                                  \
    PILA_FACE void Name##_done(Name *d) { pila__deque_done(&d->base, Name##_type()); }

#endif
