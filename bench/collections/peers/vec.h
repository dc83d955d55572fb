/* vec.h - the shapes of a growing array and of a sort, as bench_list.c drives them. */
#ifndef BENCH_VEC_H
#define BENCH_VEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vec_peer {
    const char *name;
    const char *skipped;          /* why it does not take part; NULL: it does */
    void *(*append)(size_t n);    /* a new array of 0, 1, ... n-1, nothing reserved */
    uint64_t (*sum)(void *array); /* of all items */
    void (*free)(void *array);
} vec_peer;

typedef struct sort_peer {
    const char *name;
    const char *skipped;
    void (*sort)(int64_t *items, size_t n); /* ascending */
} sort_peer;

extern const vec_peer vec_pila, vec_std, vec_glib, vec_hand;
extern const sort_peer sort_pila, sort_std, sort_std_stable, sort_libc, sort_glib;

#ifdef __cplusplus
}
#endif

#endif
