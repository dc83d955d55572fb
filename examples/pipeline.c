/* pipeline.c - a pipeline that is put together at run time, at nearly a loop's speed.
 *
 * sum(x * x for x in range(n) if x % 3 == 0), once with kernels, which see a window of
 * items, and once with a callback, which sees one item and may have side effects.
 */
#include <pila/itertools/adaptors.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

#include <stdio.h>

PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)
PILA_MAPPER(square, int64_t, int64_t, x, x *x)

static pila_status square_and_count(void *ctx, const void *item, void *out)
{
    int64_t x = *(const int64_t *)item, y = x * x;

    memcpy(out, &y, sizeof y);
    ++*(int *)ctx;
    return PILA_OK;
}

int main(void)
{
    int64_t by_kernels = 0, by_callback = 0;
    int calls = 0;
    pila_iter threes = pila_filter(pila_range(0, 1000000, 1), by_three);
    pila_status st = pila_sum_i64(pila_map(threes, square), &by_kernels);

    threes = pila_filter(pila_range(0, 1000000, 1), by_three);
    if (st == PILA_OK)
        st = pila_sum_i64(pila_map_fn(threes, &pila_i64, square_and_count, &calls),
                          &by_callback);
    if (st != PILA_OK) {
        fprintf(stderr, "pipeline: %s\n", pila_status_text(st));
        return 2;
    }
    printf("%lld %lld, %d calls\n", (long long)by_kernels, (long long)by_callback,
           calls);
    return 0;
}
