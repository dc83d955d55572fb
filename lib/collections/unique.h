/* unique.h - the items of an iterator without repeats.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        collections/sorted collections/list collections/sort collections/table
 *        collections/item
 * Use:
 *     const int64_t data[] = {3, 1, 3, 2, 1};
 *     pila_iter it = pila_unique_everseen(pila_span(data, 5, &pila_i64), NULL);
 *     PILA_FOR(int64_t, x, &it) printf("<%d>", (int)*x);   // prints: <3><1><2>
 *     if (it.status != PILA_END) printf("%s\n", pila_status_name(it.status));
 *     pila_iter_drop(&it);
 *
 * These are recipes of Python's itertools page. pila_unique_everseen keeps the order
 * and remembers what it has seen; pila_unique sorts first.
 */
#ifndef PILA_UNIQUE_H
#define PILA_UNIQUE_H

#include "../core/iter.h"
#include "sort.h"

PILA_BEGIN_C

/* pila_unique_everseen - the items that have not come before.
 *
 *   src    taken
 *   key    called once an item, when it is asked for: items of one key are one; NULL:
 *          items themselves. Needs hash and eq; copied                borrowed
 *
 * Items are yielded in place, and what tells them apart is copied, text that views show
 * included. Items that compare without calling out are taken a window at a time.
 *
 * Fails:   PILA_ETYPE      items, or keys, have no hash or no eq
 *          PILA_ENOMEM     no memory
 *          PILA_EMUTATED   later: a callback changed the container under src
 *          PILA_EVALUE     later: a callback asked the iterator that called it
 *          any             later: the fault of src, or what a callback answered
 * Cost:    O(1) expected an item; O(distinct) memory
 * Python:  unique_everseen(iterable, key) of the itertools recipes
 */
PILA_API pila_iter pila_unique_everseen(pila_iter src, const pila_key *key);

/* pila_unique - the items in order, and of equal ones the first alone.
 *
 *   src      read to its end at once                                  taken
 *   key      as in pila_sorted; then called once more for each item, when it is asked
 *            for, to tell it from the one before. Needs eq; copied    borrowed
 *   reverse  as in pila_sorted
 *
 * Fails:   as pila_sorted; PILA_ETYPE also where there is no eq
 *          PILA_EVALUE   later: a callback asked the iterator that called it
 *          any           later: what a callback answered
 * Cost:    as pila_sorted, and one comparison an item
 * Python:  unique(iterable, key, reverse) of the itertools recipes, 3.13
 */
PILA_API pila_iter pila_unique(pila_iter src, const pila_key *key, bool reverse);

PILA_END_C

#endif
