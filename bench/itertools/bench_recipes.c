/* bench_recipes.c - primes, factors, a product of matrices and a convolution, against
 * the recipes of Python's page, run by CPython; the sieve also against one by hand.
 */
#include "../bench.h"

#include <pila/itertools/recipes.h>
#include <pila/itertools/sinks.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KERNEL = 32, NUMBERS = 100 };

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("a recipe: %s", pila_status_text(st));
}

static uint64_t pila_primes(void *ctx)
{
    size_t n = 0;

    must(pila_len(pila_sieve((int64_t) * (size_t *)ctx), &n));
    return n;
}

/* One array for all odd numbers. */
static uint64_t plain_primes(void *ctx)
{
    size_t n = *(size_t *)ctx, half = n / 2, count = n > 2;
    unsigned char *crossed = (unsigned char *)bench_alloc(half + 1, 1);

    memset(crossed, 0, half + 1);
    for (size_t k = 1; k < half; k++) {
        if (crossed[k]) continue;
        count++;
        for (size_t m = 2 * k * (k + 1); m < half; m += 2 * k + 1) crossed[m] = 1;
    }
    free(crossed);
    return count;
}

static uint64_t pila_factors(void *ctx)
{
    size_t n = *(size_t *)ctx;
    uint64_t prime[PILA_FACTORS], sum = 0;

    for (size_t k = n; k < n + NUMBERS; k++)
        for (size_t j = pila_factor(k, prime); j > 0; j--) sum += prime[j - 1];
    return sum;
}

static int64_t *items(size_t n, size_t by)
{
    int64_t *made = (int64_t *)bench_alloc(n, sizeof *made);

    for (size_t k = 0; k < n; k++) made[k] = (int64_t)(k * by % 19) - 9;
    return made;
}

static uint64_t total(const int64_t *x, size_t n)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) sum += (uint64_t)x[k];
    return sum;
}

static uint64_t pila_product_of_two(void *ctx)
{
    size_t n = *(size_t *)ctx;
    pila_matmul_shape shape = {n, n, n};
    int64_t *a = items(n * n, 7), *b = items(n * n, 11), *out = items(n * n, 0);

    must(pila_matmul_i64(shape, a, b, out));
    uint64_t sum = total(out, n * n);
    free(a);
    free(b);
    free(out);
    return sum;
}

static uint64_t pila_convolution(void *ctx)
{
    size_t n = *(size_t *)ctx;
    int64_t *signal = items(n, 7), *kernel = items(KERNEL, 11),
            *out = items(n + KERNEL, 0);

    must(pila_convolve_i64(signal, n, kernel, KERNEL, out));
    uint64_t sum = total(out, n + KERNEL - 1);
    free(signal);
    free(kernel);
    free(out);
    return sum;
}

static void contest(const char *what, const char *operation, uint64_t (*run)(void *),
                    uint64_t (*hand)(void *), size_t n, double bar)
{
    const bench_bar bars[] = {{"pila", BENCH_FASTER, bar, "CPython"}};
    char text[32];

    snprintf(text, sizeof text, "%zu", n);
    bench_contestant all[3] = {
        {.name = "pila", .run = run, .ctx = &n},
        bench_python("itertools/peers/recipes.py",
                     (const char *[]){operation, text, NULL}),
        {.name = "one array, by hand", .run = hand, .ctx = &n},
    };
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .unit = BENCH_MS,
                               .contestants = all,
                               .count = hand ? 3 : 2,
                               .bars = bars,
                               .bar_count = 1});
    bench_python_end(&all[1]);
}

int main(void)
{
    bench_begin("Recipes of numbers and arrays.");
    contest("primes below n", "sieve", pila_primes, plain_primes,
            bench_size(10000000, 1000000), 4);
    contest("factors of a hundred numbers from n on", "factor", pila_factors, NULL,
            bench_size(1000000000, 10000000), 15);
    contest("product of n by n matrices", "matmul", pila_product_of_two, NULL,
            bench_size(100, 40), 15);
    contest("convolution of n with 32", "convolve", pila_convolution, NULL,
            bench_size(100000, 10000), 15);
    return bench_end();
}
