/* checksum.c - see checksum.h.
 *
 * CRC-32 is the remainder of a polynomial, so it is linear: what a byte does to the
 * register later on is a number that can be looked up, whatever else is there. Plain C
 * takes sixteen bytes at a time, each by a table of its own, and the sixteen look-ups
 * do not wait for one another; by one table each would (a tenth of the speed).
 * A kernel (checksum_kernels.c) folds a long text into sixteen bytes with the same
 * remainder, which then are taken like that.
 *
 * To append n bytes multiplies by x^(8n): powers x^(2^k) are in a table of 32, as
 * x^(2^32) is x again, and those of n's bits are multiplied.
 *
 * Adler-32 is two sums modulo 65521, of the bytes, and of the first sum after each
 * byte. A remainder is taken once in 5552 bytes: so long neither sum passes 2^32, even
 * from sums that no text has. Such are taken, as zlib does; with a single byte it
 * takes no remainder, but subtracts the modulus once.
 *
 * Source:  Sarwate, "Computation of cyclic redundancy checks via table look-up", CACM
 *          31 (1988); Kounavis, Berry, "Novel table lookup-based algorithms for
 *          high-performance CRC generation", IEEE Trans. Computers 57 (2008)
 */
#include "checksum.h"

#include "checksum_kernels.h"
#include "checksum_table.h"

static const uint32_t checksum_poly = 0xedb88320; /* x^32's remainder, x^0 on top */
static const size_t checksum_run = 5548;          /* see above */

/* ---- CRC-32 ---- */

static uint64_t checksum_word(const unsigned char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* What eight bytes come to when k bytes follow them. */
static uint32_t checksum_eight(uint64_t word, size_t k)
{
    const uint32_t(*slice)[256] = checksum_slice + k;

    return slice[7][word & 255] ^ slice[6][word >> 8 & 255] ^
           slice[5][word >> 16 & 255] ^ slice[4][word >> 24 & 255] ^
           slice[3][word >> 32 & 255] ^ slice[2][word >> 40 & 255] ^
           slice[1][word >> 48 & 255] ^ slice[0][word >> 56];
}

/* The register after n bytes. */
static uint32_t checksum_crc_plain(uint32_t crc, const unsigned char *p, size_t n)
{
    for (; n >= 16; p += 16, n -= 16)
        crc = checksum_eight(crc ^ checksum_word(p), 8) ^
              checksum_eight(checksum_word(p + 8), 0);
    if (n >= 8) {
        crc = checksum_eight(crc ^ checksum_word(p), 0);
        p += 8, n -= 8;
    }
    for (; n; p++, n--) crc = crc >> 8 ^ checksum_slice[0][(crc ^ *p) & 255];
    return crc;
}

uint32_t pila__crc32_by(pila__crc32_kernel *kernel, uint32_t value, const void *data,
                        size_t n)
{
    const unsigned char *p = (const unsigned char *)data;
    unsigned char folded[16];
    uint32_t crc = ~value;

    if (kernel && n >= PILA__CRC32_LEAST) {
        size_t taken = kernel(crc, p, n, folded);
        crc = checksum_crc_plain(0, folded, sizeof folded);
        p += taken, n -= taken;
    }
    return ~checksum_crc_plain(crc, p, n);
}

uint32_t pila_crc32(uint32_t value, pila_str data)
{
    pila__crc32_kernel *kernel =
        data.len >= PILA__CRC32_LEAST ? pila__crc32_kernel_at(0) : NULL;

    return pila__crc32_by(kernel, value, data.ptr, data.len);
}

/* The product of two remainders. */
static uint32_t checksum_times(uint32_t a, uint32_t b)
{
    uint32_t product = 0;

    for (int k = 32; k--;) {
        product ^= b & (0 - (a >> k & 1));
        b = b >> 1 ^ (checksum_poly & (0 - (b & 1))); /* times x */
    }
    return product;
}

uint32_t pila_crc32_combine(uint32_t crc1, uint32_t crc2, uint64_t len2)
{
    for (size_t k = 3; len2; k++, len2 >>= 1) /* 2^3 bits a byte */
        if (len2 & 1) crc1 = checksum_times(checksum_power[k % 32], crc1);
    return crc1 ^ crc2;
}

/* ---- Adler-32 ---- */

static void checksum_adler_plain(uint32_t sums[2], const unsigned char *p, size_t n)
{
    uint32_t a = sums[0], b = sums[1];

    for (size_t left = n; left;) {
        size_t run = left < checksum_run ? left : checksum_run;
        for (left -= run; run >= 8; run -= 8, p += 8) {
            b += 8 * a + 8u * p[0] + 7u * p[1] + 6u * p[2] + 5u * p[3] + 4u * p[4] +
                 3u * p[5] + 2u * p[6] + p[7];
            a += (uint32_t)p[0] + p[1] + p[2] + p[3] + p[4] + p[5] + p[6] + p[7];
        }
        for (; run; run--) b += a += *p++;
        a %= PILA__ADLER32_BASE;
        b %= PILA__ADLER32_BASE;
    }
    sums[0] = a % PILA__ADLER32_BASE;
    sums[1] = b % PILA__ADLER32_BASE;
}

static uint32_t checksum_less(uint32_t x, uint32_t most)
{
    return x >= most ? x - most : x;
}

uint32_t pila__adler32_by(pila__adler32_kernel *kernel, uint32_t value,
                          const void *data, size_t n)
{
    const unsigned char *p = (const unsigned char *)data;
    uint32_t sums[2] = {value & 0xffff, value >> 16};

    if (n == 1) {
        sums[0] = checksum_less(sums[0] + *p, PILA__ADLER32_BASE);
        sums[1] = checksum_less(sums[1] + sums[0], PILA__ADLER32_BASE);
    } else {
        size_t taken = kernel && n >= PILA__ADLER32_LEAST ? kernel(sums, p, n) : 0;
        checksum_adler_plain(sums, taken ? p + taken : p, n - taken);
    }
    return sums[1] << 16 | sums[0];
}

uint32_t pila_adler32(uint32_t value, pila_str data)
{
    pila__adler32_kernel *kernel =
        data.len >= PILA__ADLER32_LEAST ? pila__adler32_kernel_at(0) : NULL;

    return pila__adler32_by(kernel, value, data.ptr, data.len);
}

/* B's sums began at 1 and 0: at A's, the first is a1 - 1 more after each byte. */
uint32_t pila_adler32_combine(uint32_t adler1, uint32_t adler2, uint64_t len2)
{
    const uint32_t base = PILA__ADLER32_BASE;
    uint32_t n = (uint32_t)(len2 % base), a1 = adler1 & 0xffff;
    uint32_t a = a1 + (adler2 & 0xffff) + base - 1;
    uint32_t b = (uint32_t)((uint64_t)n * a1 % base) + (adler1 >> 16) + (adler2 >> 16) +
                 base - n;

    a = checksum_less(checksum_less(a, base), base);
    b = checksum_less(checksum_less(b, 2 * base), base);
    return b << 16 | a;
}
