/* setops_pila.c - pila's set through its typed face. */
#include "setops.h"

#include <pila/collections/set.h>

#include <stdlib.h>

PILA_SET(Longs, int64_t)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static Longs *empty(void)
{
    Longs *s = (Longs *)calloc(1, sizeof *s);

    if (!s) abort();
    return s;
}

static void *pila_make(const int64_t *keys, size_t n)
{
    Longs *s = empty();

    for (size_t k = 0; k < n; k++) must(Longs_add(s, keys[k]));
    return s;
}

static void pila_free_set(void *set)
{
    Longs_done((Longs *)set);
    free(set);
}

static void *pila_or(const void *a, const void *b)
{
    Longs *out = empty();

    must(Longs_or(out, (const Longs *)a, (const Longs *)b));
    return out;
}

static void *pila_and(const void *a, const void *b)
{
    Longs *out = empty();

    must(Longs_and(out, (const Longs *)a, (const Longs *)b));
    return out;
}

static void *pila_sub(const void *a, const void *b)
{
    Longs *out = empty();

    must(Longs_sub(out, (const Longs *)a, (const Longs *)b));
    return out;
}

static void *pila_xor(const void *a, const void *b)
{
    Longs *out = empty();

    must(Longs_xor(out, (const Longs *)a, (const Longs *)b));
    return out;
}

static bool pila_issubset(const void *a, const void *b)
{
    bool yes = false;

    must(Longs_le((const Longs *)a, (const Longs *)b, &yes));
    return yes;
}

static uint64_t pila_sum(const void *set)
{
    pila_iter it = Longs_iter((const Longs *)set);
    uint64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += (uint64_t)*x + SETOPS_EACH;
    pila_iter_drop(&it);
    return sum;
}

const setops_peer setops_pila = {
    .name = "pila",
    .make = pila_make,
    .free = pila_free_set,
    .combine = {pila_or, pila_and, pila_sub, pila_xor},
    .issubset = pila_issubset,
    .sum = pila_sum,
};
