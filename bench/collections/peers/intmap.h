/* intmap.h - the shape of a map from int64 to int64, as bench_dict.c drives it.
 *
 * The loops are on the map's side, so that an operation is compiled into them as it
 * would be in a program that uses the map. A peer that was not found when configuring
 * has only its name and `skipped` (see absent.c).
 */
#ifndef BENCH_INTMAP_H
#define BENCH_INTMAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct intmap_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    void *(*make)(void); /* an empty map, nothing reserved */
    void (*free)(void *map);
    /* keys[k] -> k, for all k */
    void (*insert)(void *map, const int64_t *keys, size_t n);
    /* The sum of the values of those keys that are there. */
    uint64_t (*find)(void *map, const int64_t *keys, size_t n);
    /* How many of the keys were there. */
    uint64_t (*erase)(void *map, const int64_t *keys, size_t n);
    /* The sum of all keys and values. */
    uint64_t (*iterate)(void *map);
} intmap_peer;

extern const intmap_peer intmap_pila, intmap_boost, intmap_absl, intmap_std, intmap_tsl,
    intmap_glib, intmap_uthash;

#ifdef __cplusplus
}
#endif

#endif
