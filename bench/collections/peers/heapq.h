/* heapq.h - the shape of a heap, a selection and a merge, as bench_heapq.c drives them.
 * Each answers the sum of (place from 1) * item over what came out, in its order. */
#ifndef BENCH_HEAPQ_H
#define BENCH_HEAPQ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heapq_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    uint64_t (*push_pop)(const int64_t *items, size_t n); /* all in, all out */
    uint64_t (*nlargest)(const int64_t *items, size_t n, size_t k); /* of n */
    /* n items in `ways` sorted pieces of n / ways, one after the other */
    uint64_t (*merge)(const int64_t *items, size_t n, size_t ways);
} heapq_peer;

extern const heapq_peer heapq_pila, heapq_std;

#ifdef __cplusplus
}
#endif

#endif
