/* bisect.h - the shape of a search in sorted items, as bench_bisect.c drives it. */
#ifndef BENCH_BISECT_H
#define BENCH_BISECT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bisect_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    /* The sum of the places of m needles among n sorted items, from the left. */
    uint64_t (*search)(const int64_t *items, size_t n, const int64_t *needles,
                       size_t m);
    /* m items put in their place one by one; the sum of (place from 1) * item. */
    uint64_t (*insort)(const int64_t *items, size_t m);
} bisect_peer;

extern const bisect_peer bisect_pila, bisect_std;

#ifdef __cplusplus
}
#endif

#endif
