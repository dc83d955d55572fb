/* fibonacci.c - an endless sequence, of which others take what they need.
 *
 * The generator is the definition; that it has no end does not matter, since an
 * iterator is asked for one item at a time, and dropped when there were enough. How
 * many are to be shown is read from standard input.
 */
#include <pila/itertools/adaptors.h>
#include <pila/itertools/generator.h>
#include <pila/itertools/select.h>
#include <pila/itertools/sinks.h>

#include <stdio.h>

PILA_PREDICATE(below_4_million, int64_t, x, x < 4000000)
PILA_PREDICATE(even, int64_t, x, x % 2 == 0)

static pila_status fibonacci(pila_generator *g, void *ctx)
{
    int64_t x = 0, before = 1;
    pila_status st;

    (void)ctx;
    while ((st = pila_yield(g, &x)) == PILA_OK) {
        int64_t next;
        if (__builtin_add_overflow(x, before, &next)) return PILA_EOVERFLOW;
        before = x;
        x = next;
    }
    return st; /* PILA_END, when nobody wants more */
}

int main(void)
{
    int64_t sum = 0;
    size_t n;

    if (scanf("%zu", &n) != 1) return 2;
    pila_iter some = pila_islice(pila_generate(fibonacci, NULL, &pila_i64), 0, n, 1);
    PILA_FOR(int64_t, x, &some) printf("%lld ", (long long)*x);
    printf("...\n");
    pila_status st = pila_iter_outcome(&some);
    pila_iter_drop(&some);

    pila_iter small =
        pila_takewhile(pila_generate(fibonacci, NULL, &pila_i64), below_4_million);
    if (st == PILA_OK) st = pila_sum_i64(pila_filter(small, even), &sum);
    else pila_iter_drop(&small);
    if (st == PILA_OK)
        printf("the even ones below 4 million add up to %lld\n", (long long)sum);

    if (st == PILA_OK) { /* and where they leave 64 bits */
        size_t count = 0;
        pila_iter all = pila_generate(fibonacci, NULL, &pila_i64);
        while (pila_next(&all, sizeof(int64_t))) count++;
        printf("%zu of them, then: %s\n", count, pila_status_text(all.status));
        pila_iter_drop(&all);
    }
    if (st != PILA_OK) fprintf(stderr, "fibonacci: %s\n", pila_status_text(st));
    return st == PILA_OK ? 0 : 2;
}
