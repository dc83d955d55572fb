/* calls.h - the shape of a function that remembers, as bench_lru_cache.c drives it. The
 * function adds one to its key. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct calls_peer {
    const char *name;
    const char *skipped;        /* why it does not take part; NULL: it does */
    void *(*make)(size_t most); /* 0: without a bound */
    void (*free)(void *cache);
    uint64_t (*use)(void *cache, const int64_t *keys,
                    size_t n); /* the sum of answers */
} calls_peer;

extern const calls_peer calls_pila, calls_std;

#ifdef __cplusplus
}
#endif

#endif
