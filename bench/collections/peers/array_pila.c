/* array_pila.c - pila's array: through its typed face, through numbers of any kind, and
 * by typecode for the bytes. */
#include "array.h"

#include <pila/collections/array.h>
#include <pila/itertools/sources.h>

#include <stdlib.h>

PILA_ARRAY(Longs, long long)
PILA_ARRAY(Ints, int)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *fresh(size_t size)
{
    void *made = calloc(1, size);

    if (!made) abort();
    return made;
}

static void *typed_append(size_t n)
{
    Longs *made = (Longs *)fresh(sizeof *made);

    for (size_t k = 0; k < n; k++) must(Longs_append(made, (long long)k));
    return made;
}

static void *typed_extend(size_t n)
{
    Longs *made = (Longs *)fresh(sizeof *made);

    must(Longs_extend(made, pila_range(0, (int64_t)n, 1)));
    return made;
}

static void *typed_narrow(size_t n)
{
    Ints *made = (Ints *)fresh(sizeof *made);

    must(Ints_extend(made, pila_range(0, (int64_t)n, 1)));
    return made;
}

static uint64_t typed_sum(void *array)
{
    pila_iter it = Longs_iter((const Longs *)array);
    uint64_t total = 0;

    PILA_FOR(long long, x, &it) total += (uint64_t)*x;
    return total;
}

static uint64_t typed_sum_narrow(void *array)
{
    pila_iter it = Ints_iter((const Ints *)array);
    uint64_t total = 0;

    PILA_FOR(int, x, &it) total += (uint64_t)*x;
    return total;
}

static void typed_free(void *array)
{
    Longs_done((Longs *)array); /* the same for both */
    free(array);
}

static void *dynamic_append(size_t n)
{
    pila_array *made = pila_array_new('q');

    for (size_t k = 0; k < n; k++)
        must(pila_array_append_number(made, pila_number_int((int64_t)k)));
    return made;
}

static uint64_t dynamic_sum(void *array)
{
    pila_iter it = pila_array_iter((const pila_array *)array);
    uint64_t total = 0;

    PILA_FOR(long long, x, &it) total += (uint64_t)*x;
    return total;
}

static void dynamic_free(void *array) { pila_array_free((pila_array *)array); }

const array_peer array_pila = {
    .name = "pila",
    .append = typed_append,
    .extend = typed_extend,
    .narrow = typed_narrow,
    .sum = typed_sum,
    .sum_narrow = typed_sum_narrow,
    .free = typed_free,
};
const array_peer array_dynamic = {
    .name = "pila, by pila_number",
    .append = dynamic_append,
    .sum = dynamic_sum,
    .free = dynamic_free,
};

static void *swap_open(size_t width)
{
    return pila_array_new(width == 2 ? 'H' : width == 4 ? 'I' : 'Q');
}

static void swap_fill(void *array, const void *bytes, size_t n)
{
    pila_array_clear((pila_array *)array);
    must(
        pila_array_frombytes((pila_array *)array, pila_str_of((const char *)bytes, n)));
}

static void swap_swap(void *array) { pila_array_byteswap((pila_array *)array); }

static const void *swap_bytes(void *array)
{
    return pila_array_data((const pila_array *)array);
}

static void swap_copy_out(void *array, void *to)
{
    pila_buf *out = (pila_buf *)to;

    pila_buf_clear(out);
    must(pila_array_tobytes((const pila_array *)array, out));
}

const swap_peer swap_pila = {
    .name = "pila",
    .open = swap_open,
    .fill = swap_fill,
    .swap = swap_swap,
    .bytes = swap_bytes,
    .copy_out = swap_copy_out,
    .close = dynamic_free,
};
