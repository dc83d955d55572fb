/* hash.h - keyed hashing: 64 bits out, secrets drawn once a process.
 *
 * Needs: core/status
 * Use:
 *     uint64_t a = pila_hash_bytes("spam", 4);
 *     uint64_t b = pila_hash_bytes("spam", 4);
 *     printf("%s\n", a == b ? "same" : "different");   // prints: same
 *
 * Whoever does not know the secrets cannot make keys collide, integers included; so a
 * table needs no defence of its own against chosen keys. Two processes see different
 * hashes: never store one, never let an order depend on one.
 */
#ifndef PILA_HASH_H
#define PILA_HASH_H

#include "status.h"

#include <string.h>

typedef struct pila_hash_secrets {
    uint64_t a, b, c, d;
} pila_hash_secrets;

PILA_BEGIN_C

/* Zero until pila_hash_init; a container calls that before its first look-up can hash.
 */
PILA_API extern pila_hash_secrets pila__hash;

/* pila_hash_init - draw the secrets, once; later calls return at once, from any thread.
 *
 * Cost:    one getentropy the first time
 * Python:  PYTHONHASHSEED=random
 */
PILA_API void pila_hash_init(void);

/* pila_hash_bytes - the hash of n bytes.
 *
 *   p, n   n bytes, NUL or not                                        borrowed
 *
 * Cost:    O(n), about 10 bytes a ns
 * Python:  hash(bytes); views and owned strings of the same text hash alike
 * Source:  the folded 64x64 multiply of wyhash (Wang Yi, 2019), its constants replaced
 *          by the secrets
 */
PILA_API uint64_t pila_hash_bytes(const void *p, size_t n);

/* pila_hash_int - the hash of a 64-bit integer.
 *
 * Cost:    O(1), one multiply
 */
PILA_API uint64_t pila_hash_int(uint64_t x);

/* Of more than 15 bytes; the secrets must be drawn. */
PILA_API uint64_t pila__hash_long(const char *p, size_t n);

PILA_END_C

/* The high and the low half of a * b, folded: every bit of both factors reaches all. */
PILA_INLINE uint64_t pila__hash_fold(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 pila__u128;
    pila__u128 product = (pila__u128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
    uint64_t middle = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
    uint64_t low = (middle << 32) | (uint32_t)ll;

    return low ^ (hh + (lh >> 32) + (hl >> 32) + (middle >> 32));
#endif
}

/* The inline forms, for containers: the secrets must be drawn.
 *
 * A multiply alone is linear in its input: for about one secret in twenty, keys that
 * lie some stride apart then crowd into a part of a table. So an integer goes into both
 * factors, once with its bytes turned round, and the product of a string's two words is
 * folded again by a rotation. Measured over 300 secrets each, 26 strides of integers
 * and 11 patterns of strings, by the share of keys that find their group of 12 slots
 * full at an average of 8: 1.6 per cent at random, at worst 93 and 42 for the bare
 * multiply, and 3.1 and 5.6 as it is here.
 */
PILA_INLINE uint64_t pila__hash_u64(uint64_t x)
{
    return pila__hash_fold(x ^ pila__hash.a, __builtin_bswap64(x) + pila__hash.b);
}

PILA_INLINE uint64_t pila__hash_16(uint64_t low, uint64_t high)
{
    uint64_t x = pila__hash_fold(low ^ pila__hash.a, high ^ pila__hash.b);

    return x ^ (x >> 23 | x << 41);
}

#endif
