/* zip.h - several iterators side by side: zip zip_longest starmap roundrobin grouper.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/kernel itertools/stage itertools/adaptors
 * Use:
 *     const int64_t count[] = {3, 1, 4};
 *     const double price[] = {0.5, 2, 1.25};
 *     struct pair { int64_t count; double price; };
 *     pila_iter it = pila_zip2(pila_span(count, 3, &pila_i64),
 *                              pila_span(price, 3, &pila_f64));
 *     PILA_FOR(struct pair, p, &it) printf("<%g>", (double)p->count * p->price);
 *     if (it.status == PILA_END) printf("\n");   // prints: <1.5><2><5>
 *     pila_iter_drop(&it);
 *
 * A row of a zip is the C struct that the compiler would lay out for the items of its
 * sources, in their order; its descriptor (pila_tuple_of) lives as long as the iterator
 * and compares, hashes, copies and shows a row as a Python tuple. Members are borrowed
 * until the next call, as items are.
 *
 * Every constructor takes its sources over. When it fails it drops them and returns an
 * iterator that has ended with why; the first source that has ended already with a
 * fault gives an iterator with that fault. The same iterator may come several times,
 * by pila_ref: items are asked for in Python's order, one at a time, and none more than
 * Python asks for.
 *
 * A change of a container below any source is PILA_EMUTATED: at the next item, but for
 * rows of numbers over several containers, of which a window may still be yielded as
 * they were. A source that pulls from the iterator which is asking it ends that with
 * PILA_EVALUE.
 */
#ifndef PILA_ZIP_H
#define PILA_ZIP_H

#include "../core/iter.h"
#include "adaptors.h"

PILA_BEGIN_C

/* pila_zip - rows of an item of each of n iterators, until one of them ends.
 *
 *   iters   n iterators; the array is borrowed, the iterators in it are taken
 *   n       0: there are no rows
 *
 * What is asked for in vain is gone: where the k-th iterator ends first, those before
 * it have each lost one item more.
 *
 * Fails:   PILA_EOVERFLOW  a row would exceed PTRDIFF_MAX bytes; or n is more than any
 *                          array holds, and then nothing is read or dropped
 *          PILA_ENOMEM     no memory; later: for an item held while others are asked
 *          any             later: a source's fault
 * Cost:    O(n) a row without a call where all have a window, two allocations; an item
 *          is copied where a source after it has to be asked
 * Python:  zip(*iterables)
 */
PILA_API pila_iter pila_zip(const pila_iter *iters, size_t n);

/* pila_zip2 - rows of an item of a and one of b.
 *
 *   a, b    taken
 *
 * Fails:   as pila_zip
 * Cost:    as pila_zip
 * Python:  zip(a, b)
 */
PILA_API pila_iter pila_zip2(pila_iter a, pila_iter b);

/* pila_zip_strict - rows of n iterators that must end together.
 *
 *   iters   n iterators; the array is borrowed, the iterators in it are taken
 *
 * Fails:   PILA_EVALUE   later: one ended before the others, seen in Python's order
 *          any           as pila_zip
 * Cost:    as pila_zip
 * Python:  zip(*iterables, strict=True)
 */
PILA_API pila_iter pila_zip_strict(const pila_iter *iters, size_t n);

/* pila_zip_longest - rows of n iterators until all have ended, filled where one has.
 *
 *   iters   n iterators; the array is borrowed, the iterators in it are taken
 *   fills   an item for each, of its type, which is copied; NULL: zero   borrowed
 *
 * Zero is an item of zero bytes: 0, or empty text; it is everywhere if fills is NULL.
 * Of pila_failed(PILA_END), whose items have no type, the member has no bytes.
 *
 * Fails:   as pila_zip
 * Cost:    as pila_zip, and an allocation
 * Python:  itertools.zip_longest(*iterables, fillvalue=...), but a fill for each
 */
PILA_API pila_iter pila_zip_longest(const pila_iter *iters, size_t n,
                                    const void *const *fills);

/* pila_zip_longest_with - the same with one fill, for iterators of one type.
 *
 *   iters       as pila_zip_longest
 *   type, fill  an item of the type of all of them, which is copied     borrowed
 *
 * Of pila_failed(PILA_END), whose items have no type, there are fills.
 *
 * Fails:   PILA_ETYPE    the items of one are not of that type
 *          any           as pila_zip
 * Cost:    as pila_zip_longest
 * Python:  itertools.zip_longest(*iterables, fillvalue=fill)
 */
PILA_API pila_iter pila_zip_longest_with(const pila_iter *iters, size_t n,
                                         const pila_type *type, const void *fill);

/* pila_roundrobin - an item of each in turn; one that has ended is left out.
 *
 *   iters   n iterators; the array is borrowed, the iterators in it are taken
 *
 * A change of a container is seen when its source's turn comes.
 *
 * Fails:   PILA_ETYPE      the items are not all of one type
 *          PILA_EOVERFLOW  n is more than any array holds; nothing is read or dropped
 *          PILA_ENOMEM     no memory
 *          any             later: a source's fault
 * Cost:    O(1) an item, two allocations; in place where a source has to be asked
 * Python:  the recipe roundrobin(*iterables)
 */
PILA_API pila_iter pila_roundrobin(const pila_iter *iters, size_t n);

/* What becomes of the last items when they are too few for a group. */
typedef enum pila_incomplete {
    PILA_INCOMPLETE_FILL,   /* they are a group, filled up */
    PILA_INCOMPLETE_STRICT, /* PILA_EVALUE */
    PILA_INCOMPLETE_IGNORE  /* they are left out */
} pila_incomplete;

/* pila_grouper - the items in arrays of n.
 *
 *   src         taken
 *   n           items of a group; 0: there are no groups, and nothing is asked for
 *   incomplete  what to do with fewer than n at the end
 *   fill        an item of src's type for PILA_INCOMPLETE_FILL, which is copied; NULL
 *               for zero bytes                                       borrowed
 *
 * Fails:   PILA_EOVERFLOW  a group would exceed PTRDIFF_MAX bytes
 *          PILA_EVALUE     no such way; later: the last group is incomplete
 *          PILA_ENOMEM     no memory; later: for items held while others are asked for
 *          any             later: the fault of src
 * Cost:    O(1) a window, in place, where src has n items ready; else a copy of each.
 *          Up to four allocations
 * Python:  the recipe grouper(iterable, n, incomplete=..., fillvalue=...)
 */
PILA_API pila_iter pila_grouper(pila_iter src, size_t n, pila_incomplete incomplete,
                                const void *fill);

PILA_END_C

/* pila_starmap - each row through a mapper whose item is the row's struct.
 *
 *   src      of rows                                                  taken
 *   mapper   made by PILA_MAPPER; its ctx must outlive the iterator
 *
 * It is pila_map, under the name that Python has for it. Over pila_zip it is the map of
 * several iterables.
 *
 * Fails:   as pila_map
 * Cost:    as pila_map
 * Python:  itertools.starmap(function, iterable), for a function without side effects;
 *          map(function, *iterables) over pila_zip
 */
PILA_INLINE pila_iter pila_starmap(pila_iter src, pila_kernel mapper)
{
    return pila_map(src, mapper);
}

/* pila_starmap_fn - each row through a callback, when it is asked for and not before.
 *
 *   src        of rows                                                taken
 *   out_type   what fn makes; must outlive the iterator                borrowed
 *   fn, ctx    as pila_map_fn
 *
 * Fails:   as pila_map_fn
 * Cost:    as pila_map_fn
 * Python:  itertools.starmap(function, iterable)
 */
PILA_INLINE pila_iter pila_starmap_fn(pila_iter src, const pila_type *out_type,
                                      pila_map_callback *fn, void *ctx)
{
    return pila_map_fn(src, out_type, fn, ctx);
}

#endif
