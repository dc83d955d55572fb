/* lru.h - the shape of a cache that keeps the keys used last, as bench_ordereddict.c
 * drives it. */
#ifndef BENCH_LRU_H
#define BENCH_LRU_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lru_peer {
    const char *name;
    const char *skipped;        /* why it does not take part; NULL: it does */
    void *(*make)(size_t most); /* empty; holds so many keys at most */
    void (*free)(void *cache);
    /* Each key in turn. There: it becomes the newest. Not there: the oldest key goes if
     * the cache is full, and this one comes in, worth its place in `keys`. The sum of
     * what was found, and of one for each key that was not. */
    uint64_t (*use)(void *cache, const int64_t *keys, size_t n);
} lru_peer;

extern const lru_peer lru_pila, lru_std, lru_glib;

#ifdef __cplusplus
}
#endif

#endif
