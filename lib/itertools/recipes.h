/* recipes.h - numbers and arrays from the recipes of Python's itertools page.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        itertools/stage itertools/sinks itertools/combinatorics
 * Use:
 *     uint64_t prime[PILA_FACTORS];
 *     size_t n = pila_factor(99, prime);
 *     for (size_t k = 0; k < n; k++) printf("%llu ", (unsigned long long)prime[k]);
 *     printf("%d\n", pila_is_prime(97));   // prints: 3 3 11 1
 *
 * Most recipes are a line or two of what is in other modules; docs/itertools/recipes.md
 * has all of them. Here are those that are not. Arrays are the caller's, matrices lie
 * row after row, polynomials begin with the coefficient of the highest power. Sums of
 * products are those of pila_dotproduct_i64 and pila_dotproduct_f64: exact, or faults,
 * and nearly exact.
 */
#ifndef PILA_RECIPES_H
#define PILA_RECIPES_H

#include "../core/iter.h"

enum { PILA_FACTORS = 64 }; /* room for the factors of any number of 64 bits */

PILA_BEGIN_C

/* ---- numbers ---- */

/* pila_sieve - the primes below n, as int64_t.
 *
 * Fails:   PILA_ENOMEM   no memory: about sqrt(n) bytes and 80 KiB
 * Cost:    O(log log n) for each number below n
 * Python:  the recipe sieve(n)
 * Source:  C. Bays, R. H. Hudson, "The segmented sieve of Eratosthenes", BIT 17 (1977)
 */
PILA_API pila_iter pila_sieve(int64_t n);

/* pila_is_prime - whether n is a prime.
 *
 * Cost:    O(log n) products, for any n below 2^64; no allocation
 * Python:  the recipe is_prime(n)
 * Source:  J. Sorenson, J. Webster, "Strong pseudoprimes to twelve prime bases", Math.
 *          Comp. 86 (2017)
 */
PILA_API bool pila_is_prime(uint64_t n);

/* pila_factor - the prime factors of n, ascending; how many.
 *
 *   out    room for PILA_FACTORS
 *
 * Of 0 and 1 there are none.
 *
 * Cost:    about the fourth root of n, some milliseconds at most; no allocation
 * Python:  the recipe factor(n)
 * Source:  R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20
 *          (1980)
 */
PILA_API size_t pila_factor(uint64_t n, uint64_t *out);

/* pila_totient - how many of 1 to n have no factor in common with n.
 *
 * Cost:    as pila_factor
 * Python:  the recipe totient(n); of 0 it is 0
 */
PILA_API uint64_t pila_totient(uint64_t n);

/* pila_multinomial - in how many ways things of n kinds can be put in order.
 *
 *   counts   of each kind, n of them                                  borrowed
 *   out      untouched on failure
 *
 * Fails:   PILA_EOVERFLOW   2^64 or more
 * Cost:    O(n), no allocation
 * Python:  the recipe multinomial(*counts)
 */
PILA_API PILA_MUST pila_status pila_multinomial(const size_t *counts, size_t n,
                                                uint64_t *out);

/* ---- arrays ---- */

/* pila_convolve_i64 - the discrete convolution of a signal with a kernel.
 *
 *   signal, kernel   n and m items                                    borrowed
 *   out              room for n + m - 1, not among those; of no meaning on failure
 *
 * Fails:   PILA_EVALUE     m is 0
 *          PILA_EOVERFLOW  a number of the result does not fit
 *          PILA_ENOMEM     no memory for the kernel once more
 * Cost:    O(n * m)
 * Python:  the recipe convolve(signal, kernel)
 */
PILA_API PILA_MUST pila_status pila_convolve_i64(const int64_t *signal, size_t n,
                                                 const int64_t *kernel, size_t m,
                                                 int64_t *out);

/* pila_convolve_f64 - as pila_convolve_i64, but nothing is too large. */
PILA_API PILA_MUST pila_status pila_convolve_f64(const double *signal, size_t n,
                                                 const double *kernel, size_t m,
                                                 double *out);

/* pila_polynomial_from_roots_i64 - the coefficients of (x - r[0]) * (x - r[1]) * ...
 *
 *   roots   n of them                                                 borrowed
 *   out     room for n + 1; of no meaning on failure
 *
 * Fails:   PILA_EOVERFLOW  a coefficient, also of a shorter product, does not fit
 * Cost:    O(n^2), no allocation
 * Python:  the recipe polynomial_from_roots(roots)
 */
PILA_API PILA_MUST pila_status pila_polynomial_from_roots_i64(const int64_t *roots,
                                                              size_t n, int64_t *out);

/* pila_polynomial_from_roots_f64 - as pila_polynomial_from_roots_i64, but nothing is
 * too large. */
PILA_API PILA_MUST pila_status pila_polynomial_from_roots_f64(const double *roots,
                                                              size_t n, double *out);

/* pila_polynomial_eval_i64 - the value of a polynomial at x.
 *
 *   c      n coefficients                                             borrowed
 *   out    untouched on failure; 0 for none
 *
 * Fails:   PILA_EOVERFLOW  the value, or a power of x, does not fit
 *          PILA_ENOMEM     no memory for the powers
 * Cost:    O(n)
 * Python:  the recipe polynomial_eval(coefficients, x)
 */
PILA_API PILA_MUST pila_status pila_polynomial_eval_i64(const int64_t *c, size_t n,
                                                        int64_t x, int64_t *out);

/* pila_polynomial_eval_f64 - as pila_polynomial_eval_i64; a power that is too large for
 * double is PILA_EOVERFLOW. Powers are products of powers, and rounded as such. */
PILA_API PILA_MUST pila_status pila_polynomial_eval_f64(const double *c, size_t n,
                                                        double x, double *out);

/* pila_polynomial_derivative_i64 - the coefficients of the derivative.
 *
 *   c      n coefficients                                             borrowed
 *   out    room for n - 1, may be c; of no meaning on failure
 *
 * Fails:   PILA_EOVERFLOW  a coefficient does not fit
 * Cost:    O(n), no allocation
 * Python:  the recipe polynomial_derivative(coefficients)
 */
PILA_API PILA_MUST pila_status pila_polynomial_derivative_i64(const int64_t *c,
                                                              size_t n, int64_t *out);

/* pila_polynomial_derivative_f64 - as pila_polynomial_derivative_i64, but it cannot
 * fail.
 *
 *   c      n coefficients                                             borrowed
 *
 * Cost:    O(n), no allocation
 * Python:  the recipe polynomial_derivative(coefficients)
 */
PILA_API void pila_polynomial_derivative_f64(const double *c, size_t n, double *out);

/* pila_transpose - columns for rows, of items of any size.
 *
 *   items   rows * columns of them, of size bytes                     borrowed
 *   out     room for as many, not among those
 *
 * Cost:    O(rows * columns), no allocation
 * Python:  the recipe transpose(matrix)
 */
PILA_API void pila_transpose(const void *items, size_t rows, size_t columns,
                             size_t size, void *out);

/* A product of matrices: rows * inner times inner * columns. */
typedef struct pila_matmul_shape {
    size_t rows, inner, columns;
} pila_matmul_shape;

/* pila_matmul_i64 - the product of two matrices.
 *
 *   a, b   rows * inner and inner * columns items                     borrowed
 *   out    room for rows * columns, not among those; of no meaning on failure
 *
 * Fails:   PILA_EOVERFLOW  an item of the product does not fit
 *          PILA_ENOMEM     no memory for b once more
 * Cost:    O(rows * inner * columns)
 * Python:  the recipe matmul(m1, m2)
 */
PILA_API PILA_MUST pila_status pila_matmul_i64(pila_matmul_shape shape,
                                               const int64_t *a, const int64_t *b,
                                               int64_t *out);

/* pila_matmul_f64 - as pila_matmul_i64, but nothing is too large. */
PILA_API PILA_MUST pila_status pila_matmul_f64(pila_matmul_shape shape, const double *a,
                                               const double *b, double *out);

PILA_END_C

#endif
