/* merge.h - the tree of losers under pila_merge, and the keys of items that heapq
 * keeps. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/sort
 */
#ifndef PILA_COLLECTIONS_MERGE_H
#define PILA_COLLECTIONS_MERGE_H

#include "../core/iter.h"
#include "sort.h"

PILA_BEGIN_C

/* pila_merge. */
pila_iter pila__merge(const pila_iter *iters, size_t n, const pila_key *key,
                      bool reverse);

/* What keys are kept as. */
const pila_type *pila__merge_key_type(const pila_key *key);

/* The key of the next item of an iterator, of that type. A view becomes text of the
 * key's own, as what it shows may end before the key does. */
PILA_MUST pila_status pila__merge_key(const pila_key *key, const pila_type *type,
                                      const pila_iter *it, const void *item, void *out);

PILA_END_C

#endif
