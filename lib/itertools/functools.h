/* functools.h - reduce, partial and cmp_to_key.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter itertools/fold
 * Use:
 *     PILA_FOLD(mul, int64_t, int64_t, acc, x, acc * x)      // at file scope
 *
 *     const int64_t data[] = {2, 3, 7};
 *     int64_t product = 0;
 *     pila_status st = pila_reduce(pila_span(data, 3, &pila_i64), mul, NULL, &product);
 *     if (st == PILA_OK) printf("%d\n", (int)product);   // prints: 42
 *
 * lru_cache is in collections/lru_cache.h; a fold (PILA_FOLD) is explained in fold.h.
 */
#ifndef PILA_FUNCTOOLS_H
#define PILA_FUNCTOOLS_H

#include "../core/iter.h"
#include "fold.h"

/* Write what comes of a and b at out, which is raw room: it is given. */
typedef pila_status pila_binary_callback(void *ctx, const void *a, const void *b,
                                         void *out);

PILA_BEGIN_C

/* ---- reduce ---- */

/* pila_reduce - what a fold makes of all items, a window at a time.
 *
 *   it        taken
 *   fold      made by PILA_FOLD                                        borrowed
 *   initial   what it starts from; NULL: the first item                borrowed
 *   out       one of fold.acc_type; untouched on failure, may be initial
 *
 * Fails:   PILA_ETYPE    there is no item and no initial; items are not of the size
 *                        that the fold takes; there is no initial and they are not
 *                        what it makes; it makes owned strings, or views of a
 *                        reader's buffer
 *          PILA_ENOMEM   no memory for an accumulator of more than 128 bytes
 *          any           the iterator's fault
 * Cost:    O(n), the loop of the fold; no allocation up to 128 bytes
 * Python:  functools.reduce(function, iterable, initial), for a function without side
 *          effects
 */
PILA_API PILA_MUST pila_status pila_reduce(pila_iter it, pila_fold fold,
                                           const void *initial, void *out);

/* pila_reduce_fn - what a callback makes of all items, one by one.
 *
 *   it        taken
 *   fn, ctx   called with what there is so far and the next item; its result takes the
 *             place of the former, which is dropped
 *   initial   what it starts from, copied; NULL: the first item        borrowed
 *   type      of the result; pila_text to own the text of views        borrowed
 *   out       raw room for one; untouched on failure                   given
 *
 * A callback for pila_accumulate_fn is one for this, too.
 *
 * Fails:   PILA_ETYPE    there is no item and no initial; `type` cannot hold the first
 *                        one; or it is pila_view and the items are of a reader's buffer
 *          PILA_ENOMEM   no memory
 *          any           the iterator's fault, or what fn answered
 * Cost:    O(n) calls; no allocation up to 64 bytes
 * Python:  functools.reduce(function, iterable, initial)
 */
PILA_API PILA_MUST pila_status pila_reduce_fn(pila_iter it, pila_binary_callback *fn,
                                              void *ctx, const void *initial,
                                              const pila_type *type, void *out);

/* ---- partial ---- */

PILA_END_C

/* A function of two whose first argument is there already: {fn, ctx, &first}. It is the
 * ctx of the two functions below, and must outlive what it is given to. A kernel gets
 * its own by pila_kernel_with, a fold by pila_fold_with. */
typedef struct pila_partial {
    pila_binary_callback *fn;
    void *ctx;
    const void *first; /*                                              borrowed */
} pila_partial;

PILA_BEGIN_C

/* pila_partial_call - fn(first, item): for pila_map_fn, and for keys.
 *
 *   partial   a pila_partial                                           borrowed
 *   out       as fn wants it                                           given
 *
 * Fails:   any           what fn answered
 * Cost:    one call
 * Python:  functools.partial(func, first)(item)
 */
PILA_API PILA_MUST pila_status pila_partial_call(void *partial, const void *item,
                                                 void *out);

/* pila_partial_test - the same for pila_filter_fn, where fn writes a bool.
 *
 *   partial   a pila_partial                                           borrowed
 *
 * Fails:   any           what fn answered
 * Cost:    one call
 * Python:  functools.partial(func, first)(item)
 */
PILA_API PILA_MUST pila_status pila_partial_test(void *partial, const void *item,
                                                 bool *keep);

/* ---- cmp_to_key ---- */

PILA_END_C

/* Below 0, 0 or above 0 at out, as a is before b, equal, or behind. */
typedef pila_status pila_cmp_callback(void *ctx, const void *a, const void *b,
                                      int *out);

/* A type whose items are ordered by a function. It must stay where it is: its type
 * points back at it. */
typedef struct pila_cmp {
    const pila_type *base;
    pila_cmp_callback *fn;
    void *ctx;
    pila_type type; /* items of base, compared by fn; they have no hash */
} pila_cmp;

PILA_BEGIN_C

/* pila_cmp_to_key - fill in a type that orders items of another by a function.
 *
 *   base      of the items; outlives it                                borrowed
 *   fn, ctx   may fail; called by less and eq
 *
 * A container of &c->type holds items of base in that order: a heap, a sorted list.
 * Where a key is asked for, it is {&c->type, pila_cmp_key, c}.
 *
 * Cost:    O(1), no allocation
 * Python:  functools.cmp_to_key(func)
 */
PILA_API void pila_cmp_to_key(pila_cmp *c, const pila_type *base, pila_cmp_callback *fn,
                              void *ctx);

/* pila_cmp_key - the key of an item: a copy of it, which compares by the function.
 *
 *   cmp    a pila_cmp                                                  borrowed
 *   out    raw room for one of cmp->type                               given
 *
 * Fails:   any           from copying it
 * Cost:    a copy
 * Python:  functools.cmp_to_key(func)(item)
 */
PILA_API PILA_MUST pila_status pila_cmp_key(void *cmp, const void *item, void *out);

PILA_END_C

#endif
