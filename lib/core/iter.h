/* iter.h - the iterator protocol: stdio for items.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 * Use:
 *     const int64_t data[] = {3, 1, 4};
 *     pila_iter it = pila_span(data, 3, &pila_i64);
 *     int64_t sum = 0;
 *     PILA_FOR(int64_t, x, &it) sum += *x;
 *     if (it.status == PILA_END) printf("%lld\n", (long long)sum);   // prints: 8
 *     pila_iter_drop(&it);
 *
 * getc() is fast because a FILE is a window of ready bytes and a refill. A pila_iter is
 * the same for items: a loop bumps a pointer through the window [cur, end) and calls
 * refill only when it is empty; an adaptor works on its source's window as a whole.
 *
 * Invariants
 *   - status is PILA_OK while items may come; then PILA_END or a fault, for ever, and
 *     the window is empty.
 *   - a new iterator's window is empty: the first item comes from refill.
 *   - items in the window are borrowed until the next call on this iterator.
 *   - *stamp == seen, or the container under the window has changed and the window is
 *     not read again: the iterator ends with PILA_EMUTATED.
 *
 * An iterator is a value. Whoever builds one upon another takes it over; dropping the
 * last drops the chain. A constructor that fails drops what it took and returns an
 * iterator that has ended with that status, so a chain is checked once, after its loop.
 */
#ifndef PILA_ITER_H
#define PILA_ITER_H

#include "type.h"

typedef struct pila_iter pila_iter;

/* How an iterator works: for whoever writes one. */
typedef struct pila_iter_ops {
    /* Make a window of at least one item, or pila_iter_end(it, why) and false. Called
     * with an empty window, status PILA_OK and an unchanged stamp only. */
    bool (*refill)(pila_iter *it);
    /* Free the state and hand back the source it held (pila_failed(PILA_END) for none,
     * pila_iter_sources for several): a chain is dropped in a loop, however long. NULL:
     * there is nothing to free. */
    pila_iter (*drop)(pila_iter *it);
    /* Items still to come after the window, SIZE_MAX for many; NULL: unknown, 0. */
    size_t (*length_hint)(const pila_iter *it);
} pila_iter_ops;

struct pila_iter {
    const char *cur, *end; /* the window: items ready now */
    const uint64_t *stamp; /* version of the container the window points into ... */
    uint64_t seen;         /* ... when the iterator was made; PILA__OVER: see there */
    const pila_type *type; /* what an item is */
    const pila_iter_ops *ops;
    void *state;
    size_t at; /* a container's own iterator allocates nothing: where it is */
    pila_status status;
};

PILA_BEGIN_C

/* pila_failed - an iterator that has ended already, with why.
 *
 *   why    PILA_END for an empty one
 *
 * Cost:    O(1), no allocation
 */
PILA_API pila_iter pila_failed(pila_status why);

/* pila_span - the n items of an array, one window.
 *
 *   items  n items of type->size bytes                                borrowed
 *   type   must outlive the iterator                                  borrowed
 *
 * Fails:   PILA_EOVERFLOW   n * size exceeds PTRDIFF_MAX
 *          PILA_ETYPE       items have no bytes
 * Cost:    O(1), no allocation
 * Python:  iter(memoryview)
 */
PILA_API pila_iter pila_span(const void *items, size_t n, const pila_type *type);

/* pila_iter_drop - free the chain; the iterator has then ended with PILA_END.
 *
 *   it     any iterator, ended or not; twice is fine                  taken
 *
 * Cost:    O(length of the chain), no recursion
 */
PILA_API void pila_iter_drop(pila_iter *it);

/* pila_iter_length_hint - about how many items are still to come.
 *
 * Only a hint, for reserving room: it may be wrong, it saturates at SIZE_MAX.
 *
 * Cost:    O(length of the chain)
 * Python:  operator.length_hint(it, 0)
 */
PILA_API size_t pila_iter_length_hint(const pila_iter *it);

/* Sources that a drop hands back together: a block of its own, which is freed after
 * them, and may hold them. */
typedef struct pila_sources {
    struct pila_sources *next; /* more of them, or NULL */
    size_t n;
    pila_iter *iter; /* n of them, to be dropped */
} pila_sources;

/* pila_iter_sources - what ops.drop hands back when it held several sources.
 *
 *   first, last   a list of blocks from pila_alloc, linked by next      taken
 *
 * Cost:    O(1), no allocation
 */
PILA_API pila_iter pila_iter_sources(pila_sources *first, pila_sources *last);

/* The cold path of next: mutation, end, refill. `size` is what the caller takes an item
 * to be, 0 for whatever it is; another ends the iterator with PILA_ETYPE. */
PILA_API bool pila__iter_refill(pila_iter *it, size_t size);

/* pila_iter_end - set the window empty and the status; false, for refill to return.
 *
 *   why    PILA_END or a fault, for ever
 *
 * Cost:    O(1)
 * Python:  raise StopIteration, or another exception, in __next__
 */
PILA_API bool pila_iter_end(pila_iter *it, pila_status why);

/* Never changes: the stamp of what is no container. */
PILA_API extern const uint64_t pila__still;

PILA_END_C

/* In `seen`, where *stamp is no container's version: another value of it is no fault,
 * but PILA_END. So an iterator that lends a window to another can take it back. */
#define PILA__OVER ((uint64_t)1 << 63)

/* pila_iter_make - an iterator to be filled by ops, over nothing that changes.
 *
 *   type   what an item is; outlives the iterator                     borrowed
 *   ops    outlives the iterator                                      borrowed
 *   state  what ops.drop frees; may be NULL                           taken
 *
 * Cost:    O(1), no allocation
 * Python:  a class with __iter__ and __next__
 */
PILA_INLINE pila_iter pila_iter_make(const pila_type *type, const pila_iter_ops *ops,
                                     void *state)
{
    pila_iter it;

    it.cur = it.end = NULL;
    it.stamp = &pila__still;
    it.seen = 0;
    it.type = type;
    it.ops = ops;
    it.state = state;
    it.at = 0;
    it.status = PILA_OK;
    return it;
}

/* Whether the window has items and may be read. Two branches: one, of both conditions
 * together, takes a sixth longer
 * (gcc 12). */
PILA_INLINE bool pila__iter_warm(const pila_iter *it)
{
    return PILA_LIKELY(it->cur != it->end) && PILA_LIKELY(*it->stamp == it->seen);
}

/* Whether there is a next item of size bytes, which pila__iter_take then yields. */
PILA_INLINE bool pila__iter_more(pila_iter *it, size_t size)
{
    return pila__iter_warm(it) || pila__iter_refill(it, size);
}

PILA_INLINE const void *pila__iter_take(pila_iter *it, size_t size)
{
    const void *item = it->cur;

    it->cur += size;
    return item;
}

/* pila_next - the next item of size bytes, borrowed until the next call on it.
 *
 * PILA_FOR and pila_next_item are the usual ways to call it.
 *
 * Fails:   NULL   it->status says why: PILA_END, or a fault
 * Cost:    a compare and an add, until the window is empty
 * Python:  next(it)
 */
PILA_INLINE const void *pila_next(pila_iter *it, size_t size)
{
    return pila__iter_more(it, size) ? pila__iter_take(it, size) : NULL;
}

/* pila_next_item - pila_next with the size that the iterator knows.
 *
 * Fails:   as pila_next
 * Cost:    as pila_next
 * Python:  next(it)
 */
PILA_INLINE const void *pila_next_item(pila_iter *it)
{
    return pila_next(it, it->type->size);
}

/* for each item: `x` is a const T *, borrowed for one turn. After the loop it->status
 * is PILA_END, or the fault; PILA_ETYPE if items are not of sizeof(T) bytes, which is
 * seen when a window is made: whoever reads one iterator reads it with one T. */
#define PILA_FOR(T, x, it)                                                             \
    for (const T *x;                                                                   \
         pila__iter_more((it), sizeof(T)) &&                                           \
         (x = (const T *)pila__iter_take((it), sizeof(T)), (void)x, true);)

/* pila_iter_ready - how many items are ready now, after a refill if there were none.
 *
 * For what works on a window at a time: read it->cur, then pila_iter_skip what was
 * used.
 *
 * Fails:   0   it->status says why: PILA_END, or a fault
 * Cost:    O(1), and a refill
 */
PILA_INLINE size_t pila_iter_ready(pila_iter *it)
{
    if (!pila__iter_warm(it) && !pila__iter_refill(it, 0)) return 0;
    return (size_t)(it->end - it->cur) / it->type->size;
}

/* pila_iter_skip - go beyond n items of those that are ready.
 *
 *   n      at most what pila_iter_ready answered
 *
 * Cost:    O(1)
 */
PILA_INLINE void pila_iter_skip(pila_iter *it, size_t n)
{
    it->cur += n * it->type->size;
}

/* pila_iter_outcome - the status of what consumed an iterator to its end.
 *
 * Fails:   any   the fault it ended with; PILA_OK for PILA_END
 * Cost:    O(1)
 */
PILA_INLINE pila_status pila_iter_outcome(const pila_iter *it)
{
    return it->status == PILA_END ? PILA_OK : it->status;
}

#endif
