/* zlib_steps.h - the objects of zlib.h, one call of zlib at a time: for iterators.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/zlib
 */
#ifndef PILA_ZLIB_STEPS_H
#define PILA_ZLIB_STEPS_H

#include "zlib.h"

/* Where a step writes to, and what it did. */
typedef struct pila__zlib_step {
    char *into;
    size_t room, made; /* bytes; made == room: there may be more */
    bool ended;        /* the stream, or the compressor */
} pila__zlib_step;

PILA_BEGIN_C

/* Take from the front of *data. What was made is good whatever the answer; a fault of
 * the data comes again at the next step, which makes nothing. */
pila_status pila__zlib_deflate_step(pila_zlib_compressobj *c, pila_str *data, int mode,
                                    pila__zlib_step *step, pila_error *err);
pila_status pila__zlib_inflate_step(pila_zlib_decompressobj *d, pila_str *data,
                                    pila__zlib_step *step, pila_error *err);

/* Bytes taken in. */
size_t pila__zlib_taken(const pila_zlib_decompressobj *d);

/* Fill *err, if there is one; st. */
pila_status pila__zlib_say(pila_error *err, pila_status st, size_t offset,
                           const char *message);

PILA_END_C

#endif
