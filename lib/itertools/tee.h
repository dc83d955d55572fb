/* tee.h - items more than once: tee cycle ncycles partition prepend.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/kernel itertools/stage itertools/adaptors itertools/select
 * Use:
 *     const int64_t data[] = {3, 1, 4};
 *     pila_iter both[2];
 *     pila_tee(pila_span(data, 3, &pila_i64), 2, 0, both);
 *     PILA_FOR(int64_t, x, &both[0]) printf("<%lld>", (long long)*x);
 *     PILA_FOR(int64_t, x, &both[1]) printf("(%lld)", (long long)*x);
 *     printf("\n");   // prints: <3><1><4>(3)(1)(4)
 *     pila_iter_drop(&both[0]);
 *     pila_iter_drop(&both[1]);
 *
 * Constructors take their source over and drop it when they fail; one that has ended
 * already gives iterators that have ended like it. What is kept is copied, with the
 * text that views show: nothing here needs a reader's buffer to stay as it is.
 *
 * A source that pulls from what is asking it ends that with PILA_EVALUE.
 */
#ifndef PILA_TEE_H
#define PILA_TEE_H

#include "../core/iter.h"
#include "adaptors.h"

PILA_BEGIN_C

/* ---- branches ---- */

/* pila_tee - n iterators over the items of one, each at its own pace.
 *
 *   src       taken; asked when the branch that leads needs an item, and dropped with
 *             the last branch
 *   lag_cap   items that may wait for the branch that lags; 0: no cap
 *   out       room for n iterators, given; when it fails all have ended with why
 *
 * An item waits until it is in the window of every branch. A fault of src comes to each
 * branch at the same place. A change of the container under src is PILA_EMUTATED at the
 * next item for a branch whose last items came from src directly; the others are given
 * what waits for them first. Of a tee, it makes further branches, with its cap.
 *
 * Fails:   PILA_ENOMEM   no memory; later: to keep an item, for all branches
 *          PILA_ELIMIT   later: more than lag_cap items would wait; for the branch that
 *                        leads, the others go on
 * Cost:    O(n), n + 2 allocations; then a copy of each item, a window at a time.
 *          Memory for what waits and, at either end of that, for a window or as much
 *          again, 8 MiB at most
 * Python:  itertools.tee(iterable, n), which has no cap
 */
PILA_API void pila_tee(pila_iter src, size_t n, size_t lag_cap, pila_iter *out);

/* pila_tee_copy - one more branch, from where this one is.
 *
 *   branch   made by pila_tee or pila_tee_copy; stays as it is          borrowed
 *
 * Fails:   PILA_ETYPE    it is no branch
 *          PILA_ENOMEM   no memory
 *          any           what it has ended with
 * Cost:    O(1), one allocation
 * Python:  copy.copy(branch)
 */
PILA_API pila_iter pila_tee_copy(const pila_iter *branch);

/* pila_partition - the items for which a predicate is false, and those for which it is
 * true.
 *
 *   src         taken
 *   predicate   made by PILA_PREDICATE; its ctx must outlive the iterators
 *   out         room for two: the false ones first; when it fails both have ended with
 *               why                                                     given
 *
 * Fails:   PILA_ETYPE    as pila_filter
 *          PILA_ENOMEM   no memory
 * Cost:    as pila_tee, and the predicate twice an item, without a call
 * Python:  partition(predicate, iterable) of the itertools recipes
 */
PILA_API void pila_partition(pila_iter src, pila_kernel predicate, pila_iter *out);

/* pila_partition_fn - the same with a callback, called when an item is asked for.
 *
 *   src       taken
 *   fn, ctx   as pila_filter_fn; called for an item by each of the two
 *   out       as pila_partition
 *
 * Fails:   as pila_partition; later what fn answered, for the one that called it
 * Cost:    as pila_tee, and two calls an item
 * Python:  partition(predicate, iterable) of the itertools recipes
 */
PILA_API void pila_partition_fn(pila_iter src, pila_filter_callback *fn, void *ctx,
                                pila_iter *out);

/* ---- again from the start ---- */

/* pila_cycle - the items, and then again for ever.
 *
 *   src    taken
 *
 * The first time they are yielded where src has them, then from copies, windows at a
 * time. A change of the container is PILA_EMUTATED the first time, and no matter later.
 *
 * Fails:   PILA_ENOMEM   no memory; later: for a copy
 *          any           later: the fault of src
 * Cost:    O(1) an item; memory for all of them
 * Python:  itertools.cycle(iterable)
 */
PILA_API pila_iter pila_cycle(pila_iter src);

/* pila_ncycles - the items n times.
 *
 *   src    taken; read to its end before this returns, also if n is 0
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           the fault of src
 * Cost:    O(items of src), then O(1) an item; memory for all of them
 * Python:  ncycles(iterable, n) of the itertools recipes
 */
PILA_API pila_iter pila_ncycles(pila_iter src, size_t n);

/* pila_prepend - an item, then those of src.
 *
 *   item   of the type; outlives the iterator                         borrowed
 *   type   outlives the iterator                                      borrowed
 *   src    taken
 *
 * Fails:   as pila_chain2
 * Cost:    as pila_chain2
 * Python:  prepend(value, iterable) of the itertools recipes
 */
PILA_API pila_iter pila_prepend(const void *item, const pila_type *type, pila_iter src);

PILA_END_C

#endif
