/* bench_combinatorics.c - product, permutations, combinations and powerset of int64.
 *
 * The consumer adds up the first item and the last of each result. Triples are made by
 * Rust as well, of what std has: boxed flat_map in flat_map. A start far inside is
 * timed by itself: there is nobody to compare with.
 */
#include "../bench.h"

#include <pila/itertools/combinatorics.h>
#include <pila/itertools/sources.h>

#include <stdio.h>

#ifdef HAVE_RUST
uint64_t tuples_rust_product(int64_t n);
uint64_t tuples_rust_combinations(int64_t n);
uint64_t tuples_rust_again(int64_t n);
#define RUST(name) name
static const char *const no_rustc = NULL;
#else
static uint64_t no_rust(int64_t n) { return (uint64_t)n; }
#define RUST(name) no_rust
static const char *const no_rustc = "no rustc";
#endif

typedef struct job {
    size_t n, r;
    pila_iter (*make)(size_t n, size_t r);
    uint64_t (*rust)(int64_t n);
} job;

typedef pila_status order_count(size_t n, size_t r, uint64_t *out);

static pila_iter pool(size_t n) { return pila_range(0, (int64_t)n, 1); }

static pila_iter make_product(size_t n, size_t r)
{
    pila_iter one = pool(n);
    return pila_product(&one, 1, r);
}

static pila_iter make_permutations(size_t n, size_t r)
{
    return pila_permutations(pool(n), r);
}

static pila_iter make_combinations(size_t n, size_t r)
{
    return pila_combinations(pool(n), r);
}

static pila_iter make_again(size_t n, size_t r)
{
    return pila_combinations_with_replacement(pool(n), r);
}

static void done(pila_iter *it)
{
    if (it->status != PILA_END)
        bench_die("it ends with %s", pila_status_text(it->status));
    pila_iter_drop(it);
}

static uint64_t ends(void *ctx)
{
    const job *j = (const job *)ctx;
    pila_iter it = j->make(j->n, j->r);
    size_t size = it.type->size;
    uint64_t total = 0;

    while (pila__iter_more(&it, size)) {
        const int64_t *x = (const int64_t *)pila__iter_take(&it, size);
        total += (uint64_t)(x[0] + x[j->r - 1]);
    }
    done(&it);
    return total;
}

static uint64_t subsets(void *ctx)
{
    const job *j = (const job *)ctx;
    pila_iter it = pila_powerset(pool(j->n));
    uint64_t total = 0;

    PILA_FOR(pila_row, row, &it) {
        total += row->n;
        if (row->n) total += (uint64_t)((const int64_t *)row->items)[row->n - 1];
    }
    done(&it);
    return total;
}

static uint64_t rust(void *ctx)
{
    const job *j = (const job *)ctx;
    return j->rust((int64_t)j->n);
}

static void contest(const char *what, const char *operation, uint64_t (*run)(void *ctx),
                    job j, size_t results)
{
    const bench_bar bars[] = {{"pila", BENCH_FASTER, 15.0, "CPython"},
                              {"pila", BENCH_AT_MOST, 1.0, "Rust boxed dyn"}};
    char n[32], r[32];
    size_t count = 2;

    snprintf(n, sizeof n, "%zu", j.n);
    snprintf(r, sizeof r, "%zu", j.r);
    bench_contestant all[3] = {
        {.name = "pila", .run = run, .ctx = &j},
        bench_python("itertools/peers/tuples.py",
                     (const char *[]){operation, n, r, NULL}),
    };
    if (j.rust)
        all[count++] = (bench_contestant){.name = "Rust boxed dyn",
                                          .skipped = no_rustc,
                                          .run = rust,
                                          .ctx = &j};
    bench_run(&(bench_contest){.what = what,
                               .n = results,
                               .repeat = bench_repeat(results),
                               .contestants = all,
                               .count = count,
                               .bars = bars,
                               .bar_count = count - 1});
    bench_python_end(&all[1]);
}

/* ---- a start far inside ---- */

static uint64_t far_start(void *ctx)
{
    const job *j = (const job *)ctx;
    pila_iter it = pila_combinations_from(pool(j->n), j->r, UINT64_MAX / 2, 1);
    const int64_t *x = (const int64_t *)pila_next_item(&it);
    uint64_t last = x ? (uint64_t)x[j->r - 1] : 0;

    pila_iter_drop(&it);
    return last;
}

static size_t count_of(order_count *count, size_t n, size_t r)
{
    uint64_t ways = 0;

    if (count(n, r, &ways) != PILA_OK) bench_die("there are too many");
    return (size_t)ways;
}

static void triples(void)
{
    size_t n = bench_size(100, 40), m = bench_size(180, 60);
    job product = {n, 3, make_product, RUST(tuples_rust_product)};
    job choose = {m, 3, make_combinations, RUST(tuples_rust_combinations)};
    job again = {m, 3, make_again, RUST(tuples_rust_again)};
    job permute = {n, 3, make_permutations, NULL};

    contest("product of three", "product", ends, product, n * n * n);
    contest("combinations of three", "combinations", ends, choose,
            count_of(pila_combinations_count, m, 3));
    contest("combinations of three, with replacement", "again", ends, again,
            count_of(pila_combinations_with_replacement_count, m, 3));
    contest("permutations of three", "permutations", ends, permute,
            count_of(pila_permutations_count, n, 3));
}

/* Results whose last position has few items to go through. */
static void short_runs(void)
{
    size_t n = bench_size(10, 8), m = bench_size(22, 16), k = bench_size(20, 14);
    job permute = {n, n, make_permutations, NULL};
    job half = {m, m / 2, make_combinations, NULL};
    job powerset = {k, 0, NULL, NULL};

    contest("permutations of all", "permutations", ends, permute,
            count_of(pila_permutations_count, n, n));
    contest("combinations of half the pool", "combinations", ends, half,
            count_of(pila_combinations_count, m, m / 2));
    contest("powerset", "powerset", subsets, powerset, (size_t)1 << k);
}

int main(void)
{
    job far = {100, 50, NULL, NULL};
    bench_contestant alone[] = {{.name = "pila", .run = far_start, .ctx = &far}};

    bench_begin("Combinatorics; a row's time is that of one result.");
    triples();
    short_runs();
    bench_run(&(bench_contest){.what = "combinations_from, 50 of 100, in the middle",
                               .n = 1,
                               .repeat = 1000,
                               .contestants = alone,
                               .count = 1});
    return bench_end();
}
