/* select.h - which items are wanted: takewhile dropwhile filterfalse compress.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/kernel itertools/stage itertools/adaptors
 * Use:
 *     PILA_PREDICATE(small, int64_t, x, x < 5)      // at file scope
 *
 *     const int64_t data[] = {1, 4, 6, 3, 8};
 *     pila_iter it = pila_takewhile(pila_span(data, 5, &pila_i64), small);
 *     PILA_FOR(int64_t, x, &it) printf("<%lld>", (long long)*x);
 *     if (it.status == PILA_END) printf("\n");   // prints: <1><4>
 *     pila_iter_drop(&it);
 *
 * Each comes with a predicate (PILA_PREDICATE) that sees a window at a time, and with a
 * callback (_fn) that sees an item when Python's would. Constructors take their source
 * over; when they fail they drop it and return an iterator that has ended with why, and
 * a source that has ended already gives one that has ended like it. A change of the
 * container at the bottom is PILA_EMUTATED at the next item.
 */
#ifndef PILA_SELECT_H
#define PILA_SELECT_H

#include "../core/iter.h"
#include "adaptors.h"

PILA_BEGIN_C

/* pila_takewhile - the items before the first for which the predicate is false.
 *
 *   src         taken; loses that item too, and no more
 *   predicate   made by PILA_PREDICATE; its ctx must outlive the iterator
 *
 * Fails:   PILA_ETYPE    items of src are not of the size that the predicate takes, or
 *                        it is a mapper
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) an item without a call, one allocation; items are yielded in place
 * Python:  itertools.takewhile(predicate, iterable), for one without side effects
 */
PILA_API pila_iter pila_takewhile(pila_iter src, pila_kernel predicate);

/* pila_takewhile_fn - the same with a callback, called when the next is asked for.
 *
 *   src       taken
 *   fn, ctx   as pila_filter_fn
 *
 * Fails:   as pila_filter_fn
 * Cost:    one call an item, one allocation; items are yielded in place
 * Python:  itertools.takewhile(predicate, iterable)
 */
PILA_API pila_iter pila_takewhile_fn(pila_iter src, pila_filter_callback *fn,
                                     void *ctx);

/* pila_dropwhile - the first item for which the predicate is false, and all after it.
 *
 *   src         taken
 *   predicate   made by PILA_PREDICATE; its ctx must outlive the iterator
 *
 * Fails:   as pila_takewhile
 * Cost:    O(1) an item without a call until then, O(1) a window after; one allocation,
 *          items are yielded in place
 * Python:  itertools.dropwhile(predicate, iterable), for one without side effects
 */
PILA_API pila_iter pila_dropwhile(pila_iter src, pila_kernel predicate);

/* pila_dropwhile_fn - the same with a callback, which is not called again after it
 * was false.
 *
 *   src       taken
 *   fn, ctx   as pila_filter_fn
 *
 * Fails:   as pila_filter_fn
 * Cost:    one call an item until then, O(1) a window after; one allocation, items are
 *          yielded in place
 * Python:  itertools.dropwhile(predicate, iterable)
 */
PILA_API pila_iter pila_dropwhile_fn(pila_iter src, pila_filter_callback *fn,
                                     void *ctx);

/* pila_filterfalse - the items for which the predicate is false, a window at a time.
 *
 *   src         taken
 *   predicate   made by PILA_PREDICATE; its ctx must outlive the iterator
 *
 * Fails:   as pila_takewhile
 * Cost:    O(1) an item without a call, one allocation
 * Python:  itertools.filterfalse(predicate, iterable), for one without side effects
 */
PILA_API pila_iter pila_filterfalse(pila_iter src, pila_kernel predicate);

/* pila_filterfalse_fn - the same with a callback, called when the next is asked for.
 *
 *   src       taken
 *   fn, ctx   as pila_filter_fn
 *
 * Fails:   as pila_filter_fn
 * Cost:    one call an item of src, one allocation; items are yielded in place
 * Python:  itertools.filterfalse(predicate, iterable)
 */
PILA_API pila_iter pila_filterfalse_fn(pila_iter src, pila_filter_callback *fn,
                                       void *ctx);

/* pila_compress - the items of data whose selector is true, until either ends.
 *
 *   data        taken; where the selectors end first it has lost one item more
 *   selectors   numbers, pointers or text: true is not 0, not NULL, not empty    taken
 *
 * A change of a container is PILA_EMUTATED at the next item; where both have one, that
 * of the selectors may be seen a window later.
 *
 * Fails:   PILA_ETYPE    selectors of another type
 *          PILA_ENOMEM   no memory; later: for an item held while a selector is asked
 *                        for
 *          PILA_EVALUE   later: a source pulls from this iterator
 *          any           later: the fault of data, or of selectors
 * Cost:    O(1) an item without a call, two allocations
 * Python:  itertools.compress(data, selectors)
 */
PILA_API pila_iter pila_compress(pila_iter data, pila_iter selectors);

PILA_END_C

#endif
