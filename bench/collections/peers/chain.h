/* chain.h - the shape of a chain of dicts from int64 to int64, as bench_chainmap.c
 * drives it. Map m of `depth` has the keys k < n with k % depth == m, each its own
 * value. */
#ifndef BENCH_CHAIN_H
#define BENCH_CHAIN_H

#include <stddef.h>
#include <stdint.h>

typedef struct chain_peer {
    const char *name;
    void *(*make)(size_t n, size_t depth);
    /* The sum of what these keys find; a miss counts 1. */
    uint64_t (*find)(void *chain, const int64_t *keys, size_t n);
    uint64_t (*keys)(void *chain);  /* the sum of all; NULL: takes no part */
    uint64_t (*items)(void *chain); /* of all key ^ value + key */
    void (*free)(void *chain);
} chain_peer;

extern const chain_peer chain_typed, chain_run_time, chain_hand;

#endif
