/* checksum_kernels.h - what checksum.c has from the machine's wide instructions.
 *
 * Needs: core/status
 *
 * A kernel takes the front of some bytes, in whole blocks; checksum.c does the rest.
 */
#ifndef PILA_CHECKSUM_KERNELS_H
#define PILA_CHECKSUM_KERNELS_H

#include "../core/status.h"

enum {
    PILA__CRC32_LEAST = 64,   /* bytes that a kernel asks for at least */
    PILA__ADLER32_LEAST = 64, /* the same */
    PILA__ADLER32_BASE = 65521
};

/* Fold n >= PILA__CRC32_LEAST bytes at p, before which the register was crc, into 16
 * that leave it as they do when it was 0. Returns how many of the n it took. */
typedef size_t pila__crc32_kernel(uint32_t crc, const unsigned char *p, size_t n,
                                  unsigned char folded[16]);

/* Take bytes at p into the sums, which are below 2^16, and are below the base then.
 * Returns how many of the n >= PILA__ADLER32_LEAST it took. */
typedef size_t pila__adler32_kernel(uint32_t sums[2], const unsigned char *p, size_t n);

PILA_BEGIN_C

/* The k-th best kernel that works here; NULL: there is none. */
pila__crc32_kernel *pila__crc32_kernel_at(size_t k);
pila__adler32_kernel *pila__adler32_kernel_at(size_t k);

/* By a kernel, or by plain C: NULL. For tests and benches. */
uint32_t pila__crc32_by(pila__crc32_kernel *kernel, uint32_t value, const void *data,
                        size_t n);
uint32_t pila__adler32_by(pila__adler32_kernel *kernel, uint32_t value,
                          const void *data, size_t n);

PILA_END_C

#endif
