/* vec_pila.c - pila's list through its typed face; its sum is a loop by PILA_FOR. The
 * sort moves the items into a list and out again, as GArray's does. */
#include "vec.h"

#include <pila/collections/list.h>

#include <stdlib.h>
#include <string.h>

PILA_LIST(Ints, int64_t)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *pila_append(size_t n)
{
    Ints *made = (Ints *)calloc(1, sizeof *made);

    if (!made) abort();
    for (size_t k = 0; k < n; k++) must(Ints_append(made, (int64_t)k));
    return made;
}

static uint64_t pila_sum(void *array)
{
    pila_iter it = Ints_iter((const Ints *)array);
    uint64_t total = 0;

    PILA_FOR(int64_t, x, &it) total += (uint64_t)*x;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return total;
}

static void pila_free_list(void *array)
{
    Ints_done((Ints *)array);
    free(array);
}

static void pila_sort(int64_t *items, size_t n)
{
    Ints made = {0};

    must(Ints_from(&made, pila_span(items, n, &pila_i64)));
    must(Ints_sort(&made, NULL, false));
    if (n) memcpy(items, Ints_data(&made), n * sizeof *items);
    Ints_done(&made);
}

const vec_peer vec_pila = {
    .name = "pila",
    .append = pila_append,
    .sum = pila_sum,
    .free = pila_free_list,
};
const sort_peer sort_pila = {.name = "pila", .sort = pila_sort};
