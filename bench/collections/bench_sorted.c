/* bench_sorted.c - a million numbers read, kept, and sorted or turned round. */
#include "peers/seq_contest.h"

#include <stdlib.h>

static const bench_bar sorted_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "C++ std"},
    {"pila", BENCH_FASTER, 1.0, "CPython"}, /* where each comparison is as fast */
};
static const bench_bar reversed_bars[] = {
    {"pila", BENCH_AT_MOST, 1.5, "C++ std"},
    {"pila", BENCH_FASTER, 2.0, "CPython"}, /* which moves pointers */
};

int main(void)
{
    size_t n = bench_size(1000000, 10000);
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);

    bench_begin("Iterators over what is kept.");
    bench_random(items, n, 0);
    contest("sorted: random numbers", "sorted",
            (seq_work *const[]){seq_pila.sorted, seq_std.sorted}, items, n,
            sorted_bars);
    contest("sorted: reversed", "reversed",
            (seq_work *const[]){seq_pila.reversed, seq_std.reversed}, items, n,
            reversed_bars);
    free(items);
    return bench_end();
}
