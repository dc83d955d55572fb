/* test_recipes.c - primes, factors, convolutions, polynomials and matrices. */
#include "check.h"

#include <math.h>

#include <pila/itertools/recipes.h>
#include <pila/itertools/sinks.h>

/* ---- numbers ---- */

static const struct factor_row {
    uint64_t n, totient;
    size_t count;
    uint64_t factor[PILA_FACTORS];
} factor_rows[] = {
#define RECIPES_FACTORS
#include "recipes_rows.h"
#undef RECIPES_FACTORS
};

static void test_factors(void **state)
{
    uint64_t got[PILA_FACTORS];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(factor_rows); k++) {
        const struct factor_row *r = &factor_rows[k];
        char name[40];
        snprintf(name, sizeof name, "factors of %llu", (unsigned long long)r->n);
        ROW(name);
        CHECK_INT(pila_factor(r->n, got), r->count);
        for (size_t j = 0; j < r->count; j++) CHECK(got[j] == r->factor[j]);
        CHECK(pila_totient(r->n) == r->totient);
        CHECK(pila_is_prime(r->n) == (r->count == 1));
    }
    ROW(NULL);
    CHECK_INT(pila_factor(0, got), 0);
    CHECK_INT(pila_factor(1, got), 0);
    CHECK(pila_totient(0) == 0 && pila_totient(1) == 1);
    CHECK(!pila_is_prime(0) && !pila_is_prime(1));
}

/* What multiplies to a random number, in order, and each a prime. */
static void test_random_factors(void **state)
{
    check_rng r = check_rng_start();
    uint64_t got[PILA_FACTORS];

    (void)state;
    for (int turn = 0; turn < 1000; turn++) {
        uint64_t n = check_rng_next(&r) >> check_rng_below(&r, 50), product = 1;
        size_t count = pila_factor(n, got);
        for (size_t k = 0; k < count; k++) {
            product *= got[k];
            CHECK(pila_is_prime(got[k]) && (k == 0 || got[k - 1] <= got[k]));
        }
        CHECK(n < 2 || product == n);
    }
}

/* Strong pseudoprimes to the first bases, one after the other. */
static void test_numbers_that_pass_for_primes(void **state)
{
    static const uint64_t liars[] = {2047,
                                     1373653,
                                     25326001,
                                     3215031751u,
                                     2152302898747,
                                     3474749660383,
                                     341550071728321,
                                     3825123056546413051,
                                     561,
                                     41041,
                                     825265,
                                     321197185,
                                     4295098369u,
                                     18446744073709551615u};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(liars); k++) CHECK(!pila_is_prime(liars[k]));
    CHECK(pila_is_prime(18446744073709551557u));
}

/* The sieve and the test agree, and end where they should, at every limit near the
 * edges of segments. */
static void test_the_sieve(void **state)
{
    static const int64_t limits[] = {-5,    0,      1,      2,      3,      4,
                                     5,     10,     30,     65535,  65536,  65537,
                                     65538, 131071, 131072, 131073, 400000, 1 << 20};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(limits); k++) {
        pila_iter it = pila_sieve(limits[k]);
        int64_t n = 2;
        PILA_FOR(int64_t, p, &it) {
            for (; n < *p; n++) CHECK(!pila_is_prime((uint64_t)n));
            CHECK(pila_is_prime((uint64_t)n++));
        }
        for (; n < limits[k]; n++) CHECK(!pila_is_prime((uint64_t)n));
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    size_t count = 0;
    CHECK_OK(pila_len(pila_sieve(20000000), &count));
    CHECK_INT(count, 1270607);
}

static const struct multinomial_row {
    pila_status st;
    uint64_t ways;
    size_t n, counts[21];
} multinomial_rows[] = {
#define RECIPES_MULTINOMIALS
#include "recipes_rows.h"
#undef RECIPES_MULTINOMIALS
};

static void test_multinomials(void **state)
{
    const size_t most[] = {SIZE_MAX, 1};
    uint64_t got;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(multinomial_rows); k++) {
        const struct multinomial_row *r = &multinomial_rows[k];
        got = 77;
        CHECK_STATUS(pila_multinomial(r->counts, r->n, &got), r->st);
        CHECK(got == (r->st ? 77 : r->ways));
    }
    CHECK_OK(pila_multinomial(most, 1, &got));
    CHECK_STATUS(pila_multinomial(most, 2, &got), PILA_EOVERFLOW);
}

/* ---- arrays ---- */

static const struct convolve_row {
    size_t n, m;
    pila_status st;
    int64_t signal[8], kernel[8], result[16];
} convolve_rows[] = {
#define RECIPES_CONVOLUTIONS
#include "recipes_rows.h"
#undef RECIPES_CONVOLUTIONS
};

static void widen(double *out, const int64_t *items, size_t n)
{
    for (size_t k = 0; k < n; k++) out[k] = (double)items[k];
}

static void test_convolutions(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(convolve_rows); k++) {
        const struct convolve_row *r = &convolve_rows[k];
        int64_t got[16];
        double signal[8], kernel[8], real[16];
        char name[40];
        snprintf(name, sizeof name, "convolution %zu", k);
        ROW(name);
        CHECK_STATUS(pila_convolve_i64(r->signal, r->n, r->kernel, r->m, got), r->st);
        widen(signal, r->signal, r->n);
        widen(kernel, r->kernel, r->m);
        CHECK_OK(pila_convolve_f64(signal, r->n, kernel, r->m, real));
        for (size_t j = 0; !r->st && j < r->n + r->m - 1; j++) {
            CHECK_INT(got[j], r->result[j]);
            CHECK(real[j] == (double)r->result[j]);
        }
    }
    ROW(NULL);
    int64_t one = 1, out[1];
    CHECK_STATUS(pila_convolve_i64(&one, 1, &one, 0, out), PILA_EVALUE);
    CHECK_STATUS(pila_convolve_f64(NULL, 0, NULL, 0, NULL), PILA_EVALUE);
}

static const struct polynomial_row {
    size_t n;
    pila_status st;
    int64_t at_3;
    int64_t roots[8], c[9], derivative[8];
} polynomial_rows[] = {
#define RECIPES_POLYNOMIALS
#include "recipes_rows.h"
#undef RECIPES_POLYNOMIALS
};

static void test_polynomials(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(polynomial_rows); k++) {
        const struct polynomial_row *r = &polynomial_rows[k];
        int64_t c[9], d[9], value = 77;
        double roots[8], real[9], slope[9], at = 77;
        char name[40];
        snprintf(name, sizeof name, "polynomial %zu", k);
        ROW(name);
        widen(roots, r->roots, r->n);
        CHECK_STATUS(pila_polynomial_from_roots_i64(r->roots, r->n, c), r->st);
        CHECK_OK(pila_polynomial_from_roots_f64(roots, r->n, real));
        if (r->st) continue;
        for (size_t j = 0; j <= r->n; j++) {
            CHECK_INT(c[j], r->c[j]);
            CHECK(real[j] == (double)r->c[j]);
        }
        CHECK_OK(pila_polynomial_eval_i64(c, r->n + 1, 3, &value));
        CHECK_INT(value, r->at_3);
        CHECK_OK(pila_polynomial_eval_f64(real, r->n + 1, 3, &at));
        CHECK(at == (double)r->at_3);
        CHECK_OK(pila_polynomial_derivative_i64(c, r->n + 1, d));
        pila_polynomial_derivative_f64(real, r->n + 1, slope);
        for (size_t j = 0; j < r->n; j++) {
            CHECK_INT(d[j], r->derivative[j]);
            CHECK(slope[j] == (double)r->derivative[j]);
        }
    }
    ROW(NULL);
}

static void test_polynomials_too_large(void **state)
{
    const int64_t least[] = {INT64_MIN}, c[] = {INT64_MAX, 1, 1}, one[] = {1, 0, 0};
    const double real[] = {1, 0, 0, 1};
    int64_t out[4] = {77};
    double value = 77;

    (void)state;
    CHECK_STATUS(pila_polynomial_from_roots_i64(least, 1, out), PILA_EOVERFLOW);
    CHECK_STATUS(pila_polynomial_derivative_i64(c, 3, out), PILA_EOVERFLOW);
    CHECK_OK(pila_polynomial_derivative_i64(c, 0, out));
    out[0] = 77;
    CHECK_STATUS(pila_polynomial_eval_i64(one, 3, INT64_MAX, out), PILA_EOVERFLOW);
    CHECK_STATUS(pila_polynomial_eval_i64(c, 2, INT64_MAX, out), PILA_EOVERFLOW);
    CHECK_INT(out[0], 77);
    CHECK_OK(
        pila_polynomial_eval_i64(c, 1, INT64_MAX, out)); /* x itself is not needed */
    CHECK_INT(out[0], INT64_MAX);
    CHECK_OK(pila_polynomial_eval_i64(c, 0, 5, out));
    CHECK_INT(out[0], 0);
    CHECK_STATUS(pila_polynomial_eval_f64(real, 4, 1e200, &value), PILA_EOVERFLOW);
    CHECK(value == 77);
    CHECK_OK(pila_polynomial_eval_f64(real, 2, 1e308, &value));
    CHECK(value == 1e308);
    CHECK_OK(pila_polynomial_eval_f64(real, 1, INFINITY, &value));
    CHECK(value == 1);
    CHECK_OK(pila_polynomial_eval_f64(real, 0, 1, &value));
    CHECK(value == 0);
}

static const struct product_row {
    pila_matmul_shape shape;
    int64_t a[12], b[12], out[12];
} product_rows[] = {
#define RECIPES_PRODUCTS
#include "recipes_rows.h"
#undef RECIPES_PRODUCTS
};

static void test_products_of_matrices(void **state)
{
    const int64_t large[] = {INT64_MAX, INT64_MAX};
    int64_t got[12];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(product_rows); k++) {
        const struct product_row *r = &product_rows[k];
        double a[12], b[12], real[12];
        size_t n = r->shape.rows * r->shape.columns;
        CHECK_OK(pila_matmul_i64(r->shape, r->a, r->b, got));
        widen(a, r->a, 12);
        widen(b, r->b, 12);
        CHECK_OK(pila_matmul_f64(r->shape, a, b, real));
        for (size_t j = 0; j < n; j++) {
            CHECK_INT(got[j], r->out[j]);
            CHECK(real[j] == (double)r->out[j]);
        }
    }
    pila_matmul_shape shape = {2, 1, 1}, nothing = {1, 0, 1};
    CHECK_STATUS(pila_matmul_i64(shape, large, large, got), PILA_EOVERFLOW);
    CHECK_OK(pila_matmul_i64(nothing, large, large, got));
    CHECK_INT(got[0], 0);
}

static void test_transpose(void **state)
{
    const char text[] = "ABCDEF";
    char out[7] = {0};

    (void)state;
    pila_transpose(text, 2, 3, 1, out);
    assert_string_equal(out, "ADBECF");
    pila_transpose(text, 2, 1, 3, out);
    assert_string_equal(out, "ABCDEF");
    pila_transpose(text, 0, 3, 1, out);
}

/* ---- memory ---- */

static pila_status scenario(void *ctx)
{
    const int64_t x[] = {1, 2, 3, 4};
    const double f[] = {1, 2, 3, 4};
    pila_matmul_shape shape = {2, 2, 2};
    int64_t out[8], value;
    double real[8], total;
    size_t n;
    pila_status st = pila_len(pila_sieve(1000), &n);

    (void)ctx;
    if (st == PILA_OK) st = pila_convolve_i64(x, 4, x, 2, out);
    if (st == PILA_OK) st = pila_convolve_f64(f, 4, f, 2, real);
    if (st == PILA_OK) st = pila_polynomial_eval_i64(x, 4, 2, &value);
    if (st == PILA_OK) st = pila_polynomial_eval_f64(f, 4, 2, &total);
    if (st == PILA_OK) st = pila_matmul_i64(shape, x, x, out);
    if (st == PILA_OK) st = pila_matmul_f64(shape, f, f, real);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    check_alloc_sweep(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors),
        cmocka_unit_test(test_random_factors),
        cmocka_unit_test(test_numbers_that_pass_for_primes),
        cmocka_unit_test(test_the_sieve),
        cmocka_unit_test(test_multinomials),
        cmocka_unit_test(test_convolutions),
        cmocka_unit_test(test_polynomials),
        cmocka_unit_test(test_polynomials_too_large),
        cmocka_unit_test(test_products_of_matrices),
        cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_every_allocation_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
