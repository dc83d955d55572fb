/* sources.h - iterators that compute their items.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
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

PILA_END_C

#endif
