/* setops.h - the shape of a set of int64, as bench_set.c drives it.
 *
 * The loops are on the set's side, so that they are compiled as in a program that uses
 * it. A peer that was not found when configuring has only its name and `skipped` (see
 * absent.c).
 */
#ifndef BENCH_SETOPS_H
#define BENCH_SETOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SETOPS_OR, SETOPS_AND, SETOPS_SUB, SETOPS_XOR, SETOPS_BINARY };

/* What a set sums up to: its elements, and so much for each. */
#define SETOPS_EACH (UINT64_C(1) << 48)

typedef struct setops_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    /* A set of these keys, which differ, put in one by one. */
    void *(*make)(const int64_t *keys, size_t n);
    void (*free)(void *set);
    /* A new set of each kind. */
    void *(*combine[SETOPS_BINARY])(const void *a, const void *b);
    bool (*issubset)(const void *a, const void *b);
    uint64_t (*sum)(const void *set);
} setops_peer;

extern const setops_peer setops_pila, setops_boost, setops_absl, setops_std,
    setops_glib;

#ifdef __cplusplus
}
#endif

#endif
