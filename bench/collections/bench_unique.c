/* bench_unique.c - numbers without repeats, where few or many differ. */
#include "peers/seq_contest.h"

#include <stdlib.h>

static const bench_bar seen_bars[] = {
    {"pila", BENCH_AT_MOST, 0.7, "C++ std"},
    {"pila", BENCH_FASTER, 5.0, "CPython"},
};
static const bench_bar sorted_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "C++ std"},
    {"pila", BENCH_FASTER, 1.5, "CPython"},
};

static void everseen(int64_t *items, size_t n, size_t differ)
{
    for (size_t k = 0; k < n; k++) items[k] = (int64_t)(bench_mix(k) % differ);
    contest(differ < n / 2 ? "unique: everseen, few differ"
                           : "unique: everseen, most differ",
            "everseen", (seq_work *const[]){seq_pila.everseen, seq_std.everseen}, items,
            n, seen_bars);
}

int main(void)
{
    size_t n = bench_size(1000000, 10000);
    int64_t *items = (int64_t *)bench_alloc(n, sizeof *items);

    bench_begin("Numbers without repeats.");
    everseen(items, n, 1000);
    everseen(items, n, 10 * n);
    contest("unique: sorted first", "unique",
            (seq_work *const[]){seq_pila.unique, seq_std.unique}, items, n,
            sorted_bars);
    free(items);
    return bench_end();
}
