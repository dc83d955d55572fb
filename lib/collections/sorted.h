/* sorted.h - Python's sorted and reversed: iterators over items that are kept.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        collections/list collections/sort collections/item
 * Use:
 *     const int64_t data[] = {3, 1, 2};
 *     pila_iter it = pila_sorted(pila_span(data, 3, &pila_i64), NULL, false);
 *     PILA_FOR(int64_t, x, &it) printf("<%d>", (int)*x);   // prints: <1><2><3>
 *     if (it.status != PILA_END) printf("%s\n", pila_status_name(it.status));
 *     pila_iter_drop(&it);
 *
 * Both read their source to its end when they are made, as Python does, and own copies
 * of its items: text that the source shows in a buffer is copied too, in tuples and
 * rows as well. So what they yield is good until they are dropped, and later changes of
 * the container at the bottom do not matter. To sort for keeps there is pila_list_sort;
 * a list, a deque or a dict is gone through backwards by its own reversed iterator,
 * which copies nothing.
 */
#ifndef PILA_SORTED_H
#define PILA_SORTED_H

#include "../core/iter.h"
#include "sort.h"

PILA_BEGIN_C

/* pila_sorted - the items of an iterator in order, stable.
 *
 *   src      read to its end at once                                  taken
 *   key      called once an item; NULL: items compare themselves      borrowed
 *   reverse  descending; equal items keep their order all the same
 *
 * Fails:   PILA_ETYPE    the items have no order, and there are two
 *          PILA_ENOMEM   no memory
 *          any           the fault of src, or what a callback answered
 * Cost:    O(n log n) comparisons, now; then nothing an item: one window
 * Python:  sorted(iterable, key=key, reverse=reverse)
 */
PILA_API pila_iter pila_sorted(pila_iter src, const pila_key *key, bool reverse);

/* pila_reversed - the items of any iterator, the last one first.
 *
 *   src      read to its end at once                                  taken
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           the fault of src, or what copying answered
 * Cost:    O(n), now; then nothing an item: one window
 * Python:  reversed(list(iterable)); reversed takes no iterators
 */
PILA_API pila_iter pila_reversed(pila_iter src);

PILA_END_C

#endif
