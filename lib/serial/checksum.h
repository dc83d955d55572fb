/* checksum.h - CRC-32 and Adler-32, running, and of parts put together.
 *
 * Needs: core/status core/mem core/hash core/str
 * Use:
 *     uint32_t crc = pila_crc32(0, pila_cstr("spam and "));
 *     crc = pila_crc32(crc, pila_cstr("eggs"));
 *     printf("%08x\n", (unsigned)crc);   // prints: 2c0e6100
 *
 * CRC-32 is that of gzip, PNG and Ethernet. A value that was returned is the start of
 * the next piece; checksums of pieces that were made apart are put together by combine.
 */
#ifndef PILA_CHECKSUM_H
#define PILA_CHECKSUM_H

#include "../core/str.h"

enum {
    PILA_CRC32_START = 0,  /* of no bytes */
    PILA_ADLER32_START = 1 /* of no bytes */
};

PILA_BEGIN_C

/* pila_crc32 - the CRC-32 of what `value` is the checksum of, and data behind it.
 *
 *   value   PILA_CRC32_START, or what a call answered
 *   data    any number of bytes                                       borrowed
 *
 * Cost:    O(n), no allocation
 * Python:  zlib.crc32(data, value), binascii.crc32(data, value)
 * Source:  RFC 1952, section 8
 */
PILA_API uint32_t pila_crc32(uint32_t value, pila_str data);

/* pila_adler32 - the Adler-32 of what `value` is the checksum of, and data behind it.
 *
 *   value   PILA_ADLER32_START, or what a call answered; any other is taken as zlib
 *           takes it
 *   data    any number of bytes                                       borrowed
 *
 * Cost:    O(n), no allocation
 * Python:  zlib.adler32(data, value)
 * Source:  RFC 1950, section 8.2
 */
PILA_API uint32_t pila_adler32(uint32_t value, pila_str data);

/* pila_crc32_combine - the CRC-32 of A and B behind it.
 *
 *   crc1, crc2   of A, and of B
 *   len2         the length of B in bytes
 *
 * Cost:    O(log len2), no allocation
 * Python:  zlib.crc32_combine(crc1, crc2, len2), 3.15; lengths go up to 2**64 - 1, and
 *          none is negative
 */
PILA_API uint32_t pila_crc32_combine(uint32_t crc1, uint32_t crc2, uint64_t len2);

/* pila_adler32_combine - the Adler-32 of A and B behind it.
 *
 *   adler1, adler2   of A, and of B
 *   len2             the length of B in bytes
 *
 * Cost:    O(1), no allocation
 * Python:  zlib.adler32_combine(adler1, adler2, len2), 3.15; as pila_crc32_combine
 */
PILA_API uint32_t pila_adler32_combine(uint32_t adler1, uint32_t adler2, uint64_t len2);

PILA_END_C

#endif
