/* bisect_pila.c - pila's bisect in the shape of bisect.h. */
#include "bisect.h"

#include "../../bench.h"

#include <pila/collections/bisect.h>

PILA_LIST(Row, int64_t)
PILA_BISECT(Row)

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("pila: %s", pila_status_text(st));
}

static uint64_t search(const int64_t *items, size_t n, const int64_t *needles, size_t m)
{
    Row row = {{(char *)(uintptr_t)items, n, n, 0}}; /* borrowed: only read */
    uint64_t sum = 0;
    size_t at = 0;

    for (size_t k = 0; k < m; k++) {
        must(Row_bisect_left(&row, needles[k], 0, PILA_NONE, &at));
        sum += at;
    }
    return sum;
}

static uint64_t insort(const int64_t *items, size_t m)
{
    Row row = {0};
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < m; k++)
        must(Row_insort_right(&row, items[k], 0, PILA_NONE, NULL));
    pila_iter it = Row_iter(&row);
    PILA_FOR(int64_t, x, &it) sum += ++place * (uint64_t)*x;
    Row_done(&row);
    return sum;
}

const bisect_peer bisect_pila = {"pila", NULL, search, insort};
