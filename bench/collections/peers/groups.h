/* groups.h - counting and grouping by key, as bench_defaultdict.c drives it. */
#ifndef BENCH_GROUPS_H
#define BENCH_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct groups_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    /* A new table of how often each key occurs. */
    void *(*count)(const int64_t *keys, size_t n);
    /* The sum of key times count times count, modulo 2^64; frees the table. */
    uint64_t (*counted)(void *table);
    /* A new table of the places of each key, from 0; NULL: it only counts. */
    void *(*group)(const int64_t *keys, size_t n);
    /* The sum of key times how many times the last place; frees the table. */
    uint64_t (*grouped)(void *table);
} groups_peer;

extern const groups_peer groups_pila, groups_setdefault, groups_counter, groups_std,
    groups_glib;

#ifdef __cplusplus
}
#endif

#endif
