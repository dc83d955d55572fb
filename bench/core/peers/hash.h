/* hash.h - the shape of a hash function, as bench_hash.c drives it.
 *
 * Hashes differ from peer to peer, and from run to run, so it is not they that are
 * compared: see `check` in bench_hash.c. The loops are on the peer's side, so that a
 * hash is compiled into them as it would be in a program that uses it.
 */
#ifndef BENCH_HASH_H
#define BENCH_HASH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* n texts of len bytes each and a NUL, one behind the other. */
typedef struct hash_texts {
    const char *start;
    size_t n, len;
} hash_texts;

typedef struct hash_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    uint64_t (*texts)(const hash_texts *texts, uint64_t *out); /* into out; their sum */
    uint64_t (*ints)(const int64_t *items, size_t n, uint64_t *out);
} hash_peer;

extern const hash_peer hash_pila, hash_std, hash_absl, hash_glib, hash_fnv;

#ifdef __cplusplus
}
#endif

#endif
