/* array.h - the shapes of an array of int64 and of a byte swap, as bench_array.c drives
 * them. */
#ifndef BENCH_ARRAY_H
#define BENCH_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct array_peer {
    const char *name;
    const char *skipped;          /* why it does not take part; NULL: it does */
    void *(*append)(size_t n);    /* a new array of 0, 1, ... n-1, one at a time */
    void *(*extend)(size_t n);    /* the same from a range */
    void *(*narrow)(size_t n);    /* the same as an array of int32; may be NULL */
    uint64_t (*sum)(void *array); /* of all items of an array of int64 */
    uint64_t (*sum_narrow)(void *array);
    void (*free)(void *array);
} array_peer;

extern const array_peer array_pila, array_dynamic, array_std;

/* One array of a width in bytes (2, 4 or 8), filled anew before each swap. */
typedef struct swap_peer {
    const char *name;
    void *(*open)(size_t width);
    void (*fill)(void *array, const void *bytes, size_t n);
    void (*swap)(void *array);
    const void *(*bytes)(void *array);
    void (*copy_out)(void *array, void *to); /* tobytes; NULL: none of its own */
    void (*close)(void *array);
} swap_peer;

extern const swap_peer swap_pila, swap_hand;

#ifdef __cplusplus
}
#endif

#endif
