/* adaptors.h - iterators over iterators: map filter enumerate chain islice, and
 * sharing.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        itertools/kernel itertools/stage
 * Use:
 *     PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)      // at file scope
 *     PILA_MAPPER(square, int64_t, int64_t, x, x * x)
 *
 *     const int64_t data[] = {3, 4, 5, 6};
 *     pila_iter it = pila_span(data, 4, &pila_i64);
 *     it = pila_map(pila_filter(it, by_three), square);
 *     PILA_FOR(int64_t, x, &it) printf("<%lld>", (long long)*x);
 *     if (it.status == PILA_END) printf("\n");   // prints: <9><36>
 *     pila_iter_drop(&it);
 *
 * Every constructor takes its source over. When it fails it drops what it took and
 * returns an iterator that has ended with why; a source that has ended already with a
 * fault gives an iterator with that fault.
 *
 * Items are borrowed until the next call on the adaptor. None reads a shared source
 * (pila_ref) beyond what it yields, and all of them end with PILA_EMUTATED when the
 * container at the bottom has changed since their last item, also when nothing more was
 * to come.
 */
#ifndef PILA_ADAPTORS_H
#define PILA_ADAPTORS_H

#include "../core/iter.h"
#include "kernel.h"

PILA_BEGIN_C

/* pila_map - each item through a mapper, a window at a time.
 *
 *   src      taken
 *   mapper   made by PILA_MAPPER; its ctx must outlive the iterator
 *
 * Fails:   PILA_ETYPE    items of src are not of the size that the mapper takes, or it
 *                        is a predicate
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) an item without a call, one allocation
 * Python:  map(func, iterable), for a func without side effects
 */
PILA_API pila_iter pila_map(pila_iter src, pila_kernel mapper);

/* pila_filter - the items that a predicate keeps, a window at a time.
 *
 *   src         taken
 *   predicate   made by PILA_PREDICATE; its ctx must outlive the iterator
 *
 * Fails:   PILA_ETYPE    items of src are not of the size that the predicate takes, or
 *                        it is a mapper
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) an item without a call, one allocation
 * Python:  filter(func, iterable), for a func without side effects
 */
PILA_API pila_iter pila_filter(pila_iter src, pila_kernel predicate);

/* ---- callbacks: one item a pull ---- */

/* Write an item at out, which is raw room: it is given, and dropped by the map when the
 * next is asked for. The status of a failed call ends the iterator. */
typedef pila_status pila_map_callback(void *ctx, const void *item, void *out);
/* Say at keep whether the item is wanted. */
typedef pila_status pila_filter_callback(void *ctx, const void *item, bool *keep);

/* pila_map_fn - each item through a callback, when it is asked for and not before.
 *
 *   src        taken
 *   out_type   what fn makes; must outlive the iterator                borrowed
 *   fn, ctx    may change anything but must not drop this iterator; pulling an item
 *              from it ends it with PILA_EVALUE
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           later: what fn answered; PILA_END ends it quietly
 * Cost:    one call an item, one allocation
 * Python:  map(func, iterable); re-entry is the ValueError of a generator
 */
PILA_API pila_iter pila_map_fn(pila_iter src, const pila_type *out_type,
                               pila_map_callback *fn, void *ctx);

/* pila_filter_fn - the items that a callback keeps, called when the next is asked for.
 *
 *   src       taken
 *   fn, ctx   as pila_map_fn; must not pull items from src either, which move its item
 *
 * Fails:   PILA_ENOMEM     no memory
 *          PILA_EMUTATED   later: fn changed the container under src
 *          any             later: what fn answered
 * Cost:    one call an item of src, one allocation; items are yielded in place
 * Python:  filter(func, iterable), but the item for which func changed the container is
 *          not yielded before the RuntimeError
 */
PILA_API pila_iter pila_filter_fn(pila_iter src, pila_filter_callback *fn, void *ctx);

/* ---- the rest ---- */

/* pila_enumerate - each item with its index, as `struct { int64_t index; T item; }`.
 *
 *   src     taken
 *   start   the first index
 *
 * The pair's descriptor compares, hashes, copies, drops and shows its members; it lives
 * as long as the iterator. An item in a pair is borrowed as it is in src.
 *
 * Fails:   PILA_ENOMEM     no memory
 *          PILA_EOVERFLOW  an item is too large; later: the index would pass INT64_MAX
 * Cost:    O(1) an item, one allocation
 * Python:  enumerate(iterable, start), with 64-bit indices
 */
PILA_API pila_iter pila_enumerate(pila_iter src, int64_t start);

/* pila_chain - the items of n iterators, one after the other.
 *
 *   iters   n iterators; the array is borrowed, the iterators in it are taken
 *
 * A chain in a chain becomes one: however it is built up, an item costs the same and
 * nothing recurses. An iterator that ended with a fault ends the chain when its turn
 * comes.
 *
 * Fails:   PILA_ETYPE    the items are not all of one type
 *          PILA_ENOMEM   no memory
 *          PILA_EVALUE   later: a source, asked for an item or dropped, asks the chain
 * Cost:    O(n) allocations; then O(1) a window, items are yielded in place
 * Python:  itertools.chain(*iterables)
 */
PILA_API pila_iter pila_chain(const pila_iter *iters, size_t n);

/* pila_chain2 - the items of a, then those of b.
 *
 *   a, b    taken
 *
 * Fails:   as pila_chain
 * Cost:    O(1), whether a or b are chains or not
 * Python:  itertools.chain(a, b)
 */
PILA_API pila_iter pila_chain2(pila_iter a, pila_iter b);

/* pila_chain_from_iterable - the items of rows, or of tuples of one type, one after the
 * other.
 *
 *   src    of pila_row, or of arrays, as batched or combinations yield them   taken
 *
 * Fails:   PILA_ETYPE    the items of src are no such things
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) a row, one allocation; items are yielded in place
 * Python:  itertools.chain.from_iterable(iterable); the recipe flatten
 */
PILA_API pila_iter pila_chain_from_iterable(pila_iter src);

/* Make an iterator of an item at *out: given. The item lives as long as it. */
typedef pila_status pila_chain_callback(void *ctx, const void *item, pila_iter *out);

/* pila_chain_from_fn - the items of an iterator for each item, made when its turn
 * comes.
 *
 *   src       taken
 *   type      what all those iterators yield; must outlive this one     borrowed
 *   fn, ctx   called when the iterator before has ended, as pila_map_fn
 *
 * Fails:   PILA_ENOMEM   no memory
 *          PILA_ETYPE    later: fn made an iterator of another type
 *          any           later: what fn answered, or an iterator of its making
 * Cost:    one call an item of src, one allocation; items are yielded in place
 * Python:  itertools.chain.from_iterable(map(func, iterable))
 */
PILA_API pila_iter pila_chain_from_fn(pila_iter src, const pila_type *type,
                                      pila_chain_callback *fn, void *ctx);

#define PILA_TO_END SIZE_MAX

/* pila_islice - the items at start, start + step, ... before stop.
 *
 *   src     taken
 *   stop    PILA_TO_END for all the rest
 *
 * Consumes as Python does: what lies before an item is skipped when that item is asked
 * for, and when the end is, what lies before stop; start beyond stop skips start items.
 *
 * Fails:   PILA_EVALUE   step is 0
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) an item of src, one allocation; in place when step is 1
 * Python:  itertools.islice(iterable, start, stop, step)
 */
PILA_API pila_iter pila_islice(pila_iter src, size_t start, size_t stop, size_t step);

/* pila_ref - the items of an iterator that stays the caller's.
 *
 *   it     must outlive this one, and not move                         borrowed
 *
 * What is yielded is gone from `it`; what is not stays there, for others to take: the
 * window is one item, so that nothing built on it reads further. That item is good
 * until anybody takes the next one of `it`: what two readers take in turn must be plain
 * bytes, or be a member of a zip, which copies its own.
 *
 * Cost:    O(1), no allocation; a call an item
 * Python:  passing the same iterator twice
 */
PILA_API pila_iter pila_ref(pila_iter *it);

PILA_END_C

#endif
