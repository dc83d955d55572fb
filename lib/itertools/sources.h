/* sources.h - iterators that compute their items: range count repeat, and callbacks.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/stage
 * Use:
 *     pila_iter it = pila_range(10, 0, -3);
 *     PILA_FOR(int64_t, x, &it) printf("%lld ", (long long)*x);
 *     if (it.status == PILA_END) printf("done\n");   // prints: 10 7 4 1 done
 *     pila_iter_drop(&it);
 *
 * An array is a source too, and so is nothing: pila_span and pila_failed(PILA_END) are
 * in core/iter.h.
 */
#ifndef PILA_SOURCES_H
#define PILA_SOURCES_H

#include "../core/iter.h"

PILA_BEGIN_C

/* pila_range - start, start + step, ... as int64_t, up to and without stop.
 *
 *   step   negative counts down; a range that is empty yields nothing
 *
 * The whole of int64_t is in reach: nothing overflows at either edge.
 *
 * Fails:   PILA_EVALUE   step is 0
 *          PILA_ENOMEM   no memory, 4 KiB
 * Cost:    O(1) and one allocation; then a window of 512 items at a time
 * Python:  iter(range(start, stop, step)), of 64 bits
 */
PILA_API pila_iter pila_range(int64_t start, int64_t stop, int64_t step);

/* pila_range_reversed - the items of pila_range(start, stop, step), last one first.
 *
 * Fails:   as pila_range
 * Cost:    as pila_range
 * Python:  reversed(range(start, stop, step))
 */
PILA_API pila_iter pila_range_reversed(int64_t start, int64_t stop, int64_t step);

/* pila_count - start, start + step, ... as int64_t, without end.
 *
 *   step   may be negative; 0 repeats start
 *
 * Fails:   PILA_ENOMEM     no memory, 4 KiB
 *          PILA_EOVERFLOW  later: the next item would not fit int64_t
 * Cost:    as pila_range
 * Python:  itertools.count(start, step), whose integers go on
 */
PILA_API pila_iter pila_count(int64_t start, int64_t step);

/* pila_count_f64 - start, start + step, ... as double, by repeated addition.
 *
 * Fails:   PILA_ENOMEM   no memory, 4 KiB
 * Cost:    O(1) and one allocation; then an addition an item
 * Python:  itertools.count(start, step) of floats
 */
PILA_API pila_iter pila_count_f64(double start, double step);

#define PILA_FOREVER SIZE_MAX

/* pila_repeat - an item, again and again.
 *
 *   item    is copied once; of a view also the text                   borrowed
 *   type    must outlive the iterator                                 borrowed
 *   times   PILA_FOREVER for no end
 *
 * Fails:   PILA_ETYPE    items have no bytes
 *          PILA_ENOMEM   no memory
 *          any           what the type's copy answered
 * Cost:    two allocations at most; then O(1) a window, of up to 4 KiB
 * Python:  itertools.repeat(object, times)
 */
PILA_API pila_iter pila_repeat(const void *item, const pila_type *type, size_t times);

/* pila_span_reversed - the n items of an array, last one first.
 *
 *   items  n items of type->size bytes                                borrowed
 *   type   must outlive the iterator                                  borrowed
 *
 * Fails:   PILA_ENOMEM   no memory, 4 KiB
 *          any           as pila_span
 * Cost:    O(1) an item, one allocation
 * Python:  reversed(sequence)
 */
PILA_API pila_iter pila_span_reversed(const void *items, size_t n,
                                      const pila_type *type);

/* ---- callbacks: one item a pull ---- */

/* Write the next item at out, which is raw room: it is given, and dropped when the next
 * is asked for. PILA_END: there is none; another status ends the iterator with it. */
typedef pila_status pila_make_callback(void *ctx, void *out);

/* pila_from_fn - what a callback makes, until it answers PILA_END.
 *
 *   type      what fn makes; must outlive the iterator                borrowed
 *   fn, ctx   called when an item is asked for and not before; must not drop this
 *             iterator, and pulling from it ends it with PILA_EVALUE
 *
 * Fails:   PILA_ETYPE    items have no bytes
 *          PILA_ENOMEM   no memory
 *          any           later: what fn answered
 * Cost:    one call an item, one allocation
 * Python:  a generator; the recipes repeatfunc, iter_except and tabulate
 */
PILA_API pila_iter pila_from_fn(const pila_type *type, pila_make_callback *fn,
                                void *ctx);

/* pila_from_fn_until - the same, until it makes an item that equals the sentinel.
 *
 *   type       as pila_from_fn
 *   fn, ctx    as pila_from_fn
 *   sentinel   an item that must outlive the iterator                 borrowed
 *
 * Fails:   PILA_ETYPE    later: the type has no eq
 *          any           as pila_from_fn; later: what eq answered
 * Cost:    as pila_from_fn, and a comparison
 * Python:  iter(callable, sentinel)
 */
PILA_API pila_iter pila_from_fn_until(const pila_type *type, pila_make_callback *fn,
                                      void *ctx, const void *sentinel);

PILA_END_C

#endif
