/* combinatorics.h - product permutations combinations powerset, from any place on.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/stage
 * Use:
 *     const int64_t data[] = {1, 2, 3};
 *     pila_iter it = pila_combinations(pila_span(data, 3, &pila_i64), 2);
 *     typedef struct pair { int64_t a, b; } pair;
 *     PILA_FOR(pair, p, &it) printf("(%d, %d)", (int)p->a, (int)p->b);
 *     if (it.status == PILA_END) printf("\n");   // prints: (1, 2)(1, 3)(2, 3)
 *     pila_iter_drop(&it);
 *
 * A pool is an iterator, which the constructor takes, runs to its end and keeps copies
 * of: text of views with its bytes. So what becomes of a container afterwards does not
 * show. A pool that fails gives an iterator with its fault.
 *
 * Items are in Python's order. They are arrays of r items of the pool, or the C struct
 * of an item of each pool; the empty tuple has one byte. They are borrowed until the
 * next call, and what is in them belongs to the iterator.
 *
 * An item has a number, its place in that order, and there is a way from the number to
 * the item that does not pass those before: `_from` starts there, so that work can be
 * split, and `nth_` finds one alone. There and in what draws at random, pools are given
 * by their sizes and the answer is positions in them, so items may be anything. Numbers
 * have 64 bits; how many items there are may have more.
 */
#ifndef PILA_COMBINATORICS_H
#define PILA_COMBINATORICS_H

#include "../core/iter.h"

#define PILA_ALL SIZE_MAX /* the r of permutations of the whole pool */

PILA_BEGIN_C

/* ---- iterators ---- */

/* pila_product - an item of each pool, the last going fastest.
 *
 *   iters    n pools; the array is borrowed, the iterators in it are taken
 *   repeat   how often the pools follow one another; 0: they are not run
 *
 * Items are the struct of n * repeat members, for one pool the array. Of no pools there
 * is one item, the empty tuple; with an empty pool there is none.
 *
 * Fails:   PILA_EOVERFLOW   an item would exceed PTRDIFF_MAX bytes
 *          PILA_ENOMEM      no memory
 *          any              a pool's fault
 * Cost:    the pools, copied; then O(bytes of an item) an item
 * Python:  itertools.product(*iterables, repeat=1)
 */
PILA_API pila_iter pila_product(const pila_iter *iters, size_t n, size_t repeat);

/* pila_permutations - r items of the pool in every order.
 *
 *   pool   taken
 *   r      PILA_ALL for as many as the pool has; if more, there is no item
 *
 * Fails:   as pila_product
 * Cost:    as pila_product
 * Python:  itertools.permutations(iterable, r=None)
 */
PILA_API pila_iter pila_permutations(pila_iter pool, size_t r);

/* pila_combinations - r items of the pool, in the pool's order.
 *
 *   pool   taken
 *   r      beyond the pool's length there is no item
 *
 * Fails:   as pila_product
 * Cost:    as pila_product
 * Python:  itertools.combinations(iterable, r)
 */
PILA_API pila_iter pila_combinations(pila_iter pool, size_t r);

/* pila_combinations_with_replacement - the same, with items that may come again.
 *
 *   pool   taken
 *
 * Fails:   as pila_product
 * Cost:    as pila_product
 * Python:  itertools.combinations_with_replacement(iterable, r)
 */
PILA_API pila_iter pila_combinations_with_replacement(pila_iter pool, size_t r);

/* pila_powerset - every subset of the pool as a pila_row, shortest first.
 *
 *   pool   taken
 *
 * Fails:   as pila_product
 * Cost:    as pila_product
 * Python:  the recipe powerset(iterable)
 */
PILA_API pila_iter pila_powerset(pila_iter pool);

/* ---- the same from a place on ---- */

/* pila_product_from - items number start, start + 1, ... of pila_product.
 *
 *   iters    n pools, taken as by pila_product
 *   start    beyond the last item nothing is yielded
 *   count    at most so many items; UINT64_MAX for all the rest
 *
 * Fails:   as pila_product
 * Cost:    as pila_product; finding the start is O(n * repeat)
 * Python:  itertools.islice(product(...), start, start + count), without the way there
 */
PILA_API pila_iter pila_product_from(const pila_iter *iters, size_t n, size_t repeat,
                                     uint64_t start, uint64_t count);

/* pila_permutations_from - items number start, start + 1, ... of pila_permutations.
 *
 *   pool           taken
 *   start, count   as pila_product_from
 *
 * Fails:   as pila_product
 * Cost:    as pila_product; finding the start is O(n * r) for a pool of n
 * Python:  as pila_product_from
 */
PILA_API pila_iter pila_permutations_from(pila_iter pool, size_t r, uint64_t start,
                                          uint64_t count);

/* pila_combinations_from - items number start, start + 1, ... of pila_combinations.
 *
 *   pool           taken
 *   start, count   as pila_product_from
 *
 * Fails:   as pila_product
 * Cost:    as pila_product; finding the start is O(n + r) for a pool of n
 * Python:  as pila_product_from
 */
PILA_API pila_iter pila_combinations_from(pila_iter pool, size_t r, uint64_t start,
                                          uint64_t count);

/* pila_combinations_with_replacement_from - the same of those with replacement.
 *
 *   pool           taken
 *   start, count   as pila_product_from
 *
 * Fails:   as pila_product
 * Cost:    as pila_combinations_from
 * Python:  as pila_product_from
 */
PILA_API pila_iter pila_combinations_with_replacement_from(pila_iter pool, size_t r,
                                                           uint64_t start,
                                                           uint64_t count);

/* ---- how many there are ---- */

/* pila_product_count - how many items pila_product has.
 *
 *   sizes   n lengths of pools                                        borrowed
 *   out     untouched on failure
 *
 * Fails:   PILA_EOVERFLOW   2^64 or more
 * Cost:    O(n * repeat), no allocation
 * Python:  math.prod(sizes) ** repeat
 */
PILA_API PILA_MUST pila_status pila_product_count(const size_t *sizes, size_t n,
                                                  size_t repeat, uint64_t *out);

/* pila_permutations_count - how many ways to put r of n items in order.
 *
 *   r      PILA_ALL for n
 *   out    untouched on failure; 0 if r > n
 *
 * Fails:   as pila_product_count
 * Cost:    O(r) at most, no allocation
 * Python:  math.perm(n, r)
 */
PILA_API PILA_MUST pila_status pila_permutations_count(size_t n, size_t r,
                                                       uint64_t *out);

/* pila_combinations_count - how many ways to choose r of n items.
 *
 *   out    untouched on failure; 0 if r > n
 *
 * Fails:   as pila_product_count
 * Cost:    O(1): at most 34 products
 * Python:  math.comb(n, r)
 */
PILA_API PILA_MUST pila_status pila_combinations_count(size_t n, size_t r,
                                                       uint64_t *out);

/* pila_combinations_with_replacement_count - the same where items may come again.
 *
 *   out    untouched on failure
 *
 * Fails:   as pila_product_count
 * Cost:    as pila_combinations_count
 * Python:  math.comb(n + r - 1, r)
 */
PILA_API PILA_MUST pila_status pila_combinations_with_replacement_count(size_t n,
                                                                        size_t r,
                                                                        uint64_t *out);

/* ---- one alone ---- */

/* pila_nth_product - positions in the pools of item number k of pila_product.
 *
 *   sizes   n lengths of pools                                        borrowed
 *   out     room for n * repeat positions; untouched on failure
 *
 * Fails:   PILA_EINDEX   there are not so many
 * Cost:    O(n * repeat), no allocation
 * Python:  more_itertools.nth_product(k, *pools, repeat=1), of positions
 */
PILA_API PILA_MUST pila_status pila_nth_product(const size_t *sizes, size_t n,
                                                size_t repeat, uint64_t k, size_t *out);

/* pila_nth_permutation - positions in a pool of n of item number k.
 *
 *   r      PILA_ALL for n
 *   out    room for r positions; untouched on failure
 *
 * Fails:   as pila_nth_product
 * Cost:    O(r^2), no allocation
 * Python:  more_itertools.nth_permutation(range(n), r, k)
 */
PILA_API PILA_MUST pila_status pila_nth_permutation(size_t n, size_t r, uint64_t k,
                                                    size_t *out);

/* pila_nth_combination - positions in a pool of n of item number k.
 *
 *   out    room for r positions; untouched on failure
 *
 * Fails:   as pila_nth_product
 * Cost:    O(n + r), no allocation
 * Python:  the recipe nth_combination(range(n), r, k)
 */
PILA_API PILA_MUST pila_status pila_nth_combination(size_t n, size_t r, uint64_t k,
                                                    size_t *out);

/* pila_nth_combination_with_replacement - positions in a pool of n of item number k.
 *
 *   out    room for r positions; untouched on failure
 *
 * Fails:   as pila_nth_product
 * Cost:    as pila_nth_combination
 * Python:  more_itertools.nth_combination_with_replacement(range(n), r, k)
 */
PILA_API PILA_MUST pila_status pila_nth_combination_with_replacement(size_t n, size_t r,
                                                                     uint64_t k,
                                                                     size_t *out);

/* ---- one by chance ---- */

/* Where chance comes from: a number from 0 to n - 1, each as likely; n is not 0. */
typedef struct pila_chance {
    uint64_t (*below)(void *ctx, uint64_t n);
    void *ctx;
} pila_chance;

/* pila_random_product - positions of one item of each pool.
 *
 *   sizes    n lengths of pools                                       borrowed
 *   chance   asked once a position, in order
 *   out      room for n * repeat positions; of no meaning on failure
 *
 * Fails:   PILA_EINDEX   a pool is empty
 *          PILA_EVALUE   chance gave a number that is not below n
 * Cost:    O(n * repeat), no allocation
 * Python:  the recipe random_product(*iterables, repeat=1), of positions
 */
PILA_API PILA_MUST pila_status pila_random_product(const size_t *sizes, size_t n,
                                                   size_t repeat, pila_chance chance,
                                                   size_t *out);

/* pila_random_permutation - positions of r of n items, in any order.
 *
 *   r      PILA_ALL for n
 *   out    room for r positions; of no meaning on failure
 *
 * Fails:   PILA_EVALUE   r > n, or as pila_random_product
 * Cost:    O(n) or O(r^2), whichever is less; no allocation
 * Python:  the recipe random_permutation(range(n), r)
 * Source:  J. S. Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985),
 *          algorithm R
 */
PILA_API PILA_MUST pila_status pila_random_permutation(size_t n, size_t r,
                                                       pila_chance chance, size_t *out);

/* pila_random_combination - positions of r of n items, ascending.
 *
 *   out    room for r positions; of no meaning on failure
 *
 * Fails:   as pila_random_permutation
 * Cost:    as pila_random_permutation, and sorting
 * Python:  the recipe random_combination(range(n), r)
 */
PILA_API PILA_MUST pila_status pila_random_combination(size_t n, size_t r,
                                                       pila_chance chance, size_t *out);

/* pila_random_combination_with_replacement - r positions drawn one by one, then sorted.
 *
 *   out    room for r positions; of no meaning on failure
 *
 * As with the recipe not each combination is as likely: those of different items are
 * likelier than those that repeat one.
 *
 * Fails:   as pila_random_product
 * Cost:    O(r), and sorting
 * Python:  the recipe random_combination_with_replacement(range(n), r)
 */
PILA_API PILA_MUST pila_status pila_random_combination_with_replacement(
    size_t n, size_t r, pila_chance chance, size_t *out);

PILA_END_C

#endif
