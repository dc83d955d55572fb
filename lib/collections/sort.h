/* sort.h - the stable sort of an array, and the key of an item.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 *        collections/item
 * Use:
 *     int64_t row[] = {3, 1, 2};
 *     pila_status st = pila__sort(row, 3, &pila_i64, NULL, false);
 *     if (st == PILA_OK) printf("%d %d %d\n", (int)row[0], (int)row[1], (int)row[2]);
 *     // prints: 1 2 3
 *
 * Inside the package: lists sort through it, and users through them.
 */
#ifndef PILA_SORT_H
#define PILA_SORT_H

#include "../core/type.h"

/* What Python passes as key=: fn writes the key of an item, of the given type. The key
 * is then the sort's, which drops it; it may look into the item, that stays in place.
 */
typedef struct pila_key {
    const pila_type *type;
    pila_status (*fn)(void *ctx, const void *item, void *out);
    void *ctx;
} pila_key;

PILA_BEGIN_C

/* pila__sort - sort n items in place, stable, by less alone.
 *
 *   items    n items of type->size bytes, which nothing else may reach meanwhile
 *   key      each item's key is made once, in order; NULL: items compare themselves
 *   reverse  descending; equal items keep their order all the same
 *
 * Whatever less answers, the items are a permutation of what they were; if it failed
 * they are that as well, and untouched where a key failed.
 *
 * Fails:   PILA_ETYPE    the type has no order, and n > 1
 *          PILA_ENOMEM   no room for n/2 items; with a key, for n of each
 *          any           what less or the key answered
 * Cost:    O(n log n), O(n) on what is in order, or in reverse, or a few such pieces
 * Python:  list.sort
 * Source:  Munro and Wild, "Nearly-Optimal Mergesorts", ESA 2018 (powersort)
 */
PILA_API PILA_MUST pila_status pila__sort(void *items, size_t n, const pila_type *type,
                                          const pila_key *key, bool reverse);

PILA_END_C

#endif
