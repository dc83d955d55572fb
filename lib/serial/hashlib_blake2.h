/* hashlib_blake2.h - BLAKE2 with all its parameters: a part of hashlib, not for users.
 *
 * Needs: serial/hashlib
 */
#ifndef PILA_HASHLIB_BLAKE2_H
#define PILA_HASHLIB_BLAKE2_H

#include "hashlib.h"

/* BLAKE2b works on words of 64 bits, BLAKE2s on words of 32 and blocks half as long. */
typedef struct pila__blake2_state {
    bool small; /* BLAKE2s */
    bool last_node;
    size_t digest_size;
    union pila__blake2_words {
        uint64_t b[8];
        uint32_t s[8];
    } first, now;            /* the chain before the first block, and as it is */
    uint64_t seen;           /* bytes compressed; the 2^64th is nobody's */
    size_t key_size, filled; /* bytes in key, and in block */
    unsigned char key[64], block[128];
} pila__blake2_state;

PILA_BEGIN_C

/* PILA_OK, or what is out of range, by CPython's order and messages. */
PILA_MUST pila_status pila__blake2_init(pila__blake2_state *s, bool small,
                                        const pila_hashlib_options *options,
                                        pila_error *err);
void pila__blake2_reset(pila__blake2_state *s);
void pila__blake2_update(pila__blake2_state *s, pila_str data);
/* digest_size bytes; what comes next must be a reset. */
void pila__blake2_final(pila__blake2_state *s, unsigned char *out);

PILA_END_C

#endif
