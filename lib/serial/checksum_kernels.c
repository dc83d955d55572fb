/* checksum_kernels.c - see checksum_kernels.h: CRC-32 by carry-less products, Adler-32
 * by sums of many bytes at once.
 *
 * CRC-32. Sixteen bytes that stand d bits before others may be multiplied by x^d, taken
 * modulo the polynomial, and added to those. With a factor of 32 bits that needs two
 * products, one of each half, and what comes of it has 96 bits: no reduction is needed
 * on the way. Four registers are folded side by side, as a product takes four cycles or
 * more; at the end they are folded into one another, at the distances they have. Bits
 * are reflected in CRC-32, so a factor for d bits is x^(d + 32) for the half that comes
 * first, x^(d - 32) for the other, reversed and shifted by one.
 *
 * Adler-32. After k blocks of w bytes the first sum has grown by all bytes; the second
 * by w times the first before each block, and by each byte times its distance to the
 * end of its block. So three sums of lanes are kept: the bytes, those before each
 * block, the weighted bytes. Remainders are taken when lanes of 32 bits are full.
 *
 * Source:  Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
 *          Instruction", Intel, 2009
 */
#include "checksum_kernels.h"

#if defined(__x86_64__) && !defined(PILA_NO_SIMD)
#include <immintrin.h>

#define CHECKSUM_512                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512vl,vpclmulqdq,pclmul,sse4.1")))
#define CHECKSUM_128 __attribute__((target("pclmul,sse4.1")))
#define CHECKSUM_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))
#define CHECKSUM_256 __attribute__((target("avx2")))

/* ---- CRC-32 ---- */

/* Factors for 128, 512 and 2048 bits, as often as they are needed. */
static const uint64_t checksum_by_128[2] = {0x1751997d0, 0x0ccaa009e};
static const uint64_t checksum_by_512[8] = {0x154442bd4, 0x1c6e41596, 0x154442bd4,
                                            0x1c6e41596, 0x154442bd4, 0x1c6e41596,
                                            0x154442bd4, 0x1c6e41596};
static const uint64_t checksum_by_2048[8] = {0x11542778a, 0x1322d1430, 0x11542778a,
                                             0x1322d1430, 0x11542778a, 0x1322d1430,
                                             0x11542778a, 0x1322d1430};

static inline CHECKSUM_128 __m128i checksum_load_128(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

static inline CHECKSUM_128 __m128i checksum_fold_128(__m128i x, __m128i by, __m128i on)
{
    return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, by, 0x00),
                                       _mm_clmulepi64_si128(x, by, 0x11)),
                         on);
}

/* The blocks that are left of the n, of which `taken` are in x. */
static inline CHECKSUM_128 size_t checksum_finish_128(__m128i x, const unsigned char *p,
                                                      size_t n, size_t taken,
                                                      unsigned char folded[16])
{
    const __m128i by = checksum_load_128(checksum_by_128);

    for (; n - taken >= 16; taken += 16)
        x = checksum_fold_128(x, by, checksum_load_128(p + taken));
    _mm_storeu_si128((__m128i *)(void *)folded, x);
    return taken;
}

static CHECKSUM_128 size_t checksum_crc_128(uint32_t crc, const unsigned char *p,
                                            size_t n, unsigned char folded[16])
{
    const __m128i by = checksum_load_128(checksum_by_512);
    const __m128i next = checksum_load_128(checksum_by_128);
    __m128i a = checksum_load_128(p), b = checksum_load_128(p + 16);
    __m128i c = checksum_load_128(p + 32), d = checksum_load_128(p + 48);
    size_t taken = 64;

    a = _mm_xor_si128(a, _mm_cvtsi32_si128((int)crc));
    for (; n - taken >= 64; taken += 64) {
        a = checksum_fold_128(a, by, checksum_load_128(p + taken));
        b = checksum_fold_128(b, by, checksum_load_128(p + taken + 16));
        c = checksum_fold_128(c, by, checksum_load_128(p + taken + 32));
        d = checksum_fold_128(d, by, checksum_load_128(p + taken + 48));
    }
    b = checksum_fold_128(a, next, b);
    c = checksum_fold_128(b, next, c);
    return checksum_finish_128(checksum_fold_128(c, next, d), p, n, taken, folded);
}

static inline CHECKSUM_512 __m512i checksum_fold_512(__m512i x, __m512i by, __m512i on)
{
    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(x, by, 0x00),
                                     _mm512_clmulepi64_epi128(x, by, 0x11), on, 0x96);
}

static CHECKSUM_512 size_t checksum_crc_512(uint32_t crc, const unsigned char *p,
                                            size_t n, unsigned char folded[16])
{
    const __m512i by = _mm512_loadu_si512(checksum_by_512);
    const __m128i next = checksum_load_128(checksum_by_128);
    __m512i a = _mm512_loadu_si512(p);
    uint64_t parts[8];
    size_t taken = 64;

    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
    if (n >= 512) {
        const __m512i far = _mm512_loadu_si512(checksum_by_2048);
        __m512i b = _mm512_loadu_si512(p + 64), c = _mm512_loadu_si512(p + 128);
        __m512i d = _mm512_loadu_si512(p + 192);
        for (taken = 256; n - taken >= 256; taken += 256) {
            a = checksum_fold_512(a, far, _mm512_loadu_si512(p + taken));
            b = checksum_fold_512(b, far, _mm512_loadu_si512(p + taken + 64));
            c = checksum_fold_512(c, far, _mm512_loadu_si512(p + taken + 128));
            d = checksum_fold_512(d, far, _mm512_loadu_si512(p + taken + 192));
        }
        b = checksum_fold_512(a, by, b);
        c = checksum_fold_512(b, by, c);
        a = checksum_fold_512(c, by, d);
    }
    for (; n - taken >= 64; taken += 64)
        a = checksum_fold_512(a, by, _mm512_loadu_si512(p + taken));
    _mm512_storeu_si512(parts, a);
    __m128i x = checksum_load_128(parts);
    for (size_t k = 2; k < 8; k += 2)
        x = checksum_fold_128(x, next, checksum_load_128(parts + k));
    return checksum_finish_128(x, p, n, taken, folded);
}

pila__crc32_kernel *pila__crc32_kernel_at(size_t k)
{
    if (__builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
        if (k == 0) return checksum_crc_512;
        k--;
    }
    return k == 0 && __builtin_cpu_supports("pclmul") &&
                   __builtin_cpu_supports("sse4.1")
               ? checksum_crc_128
               : NULL;
}

/* ---- Adler-32 ---- */

/* Distances to the end of a block of 64. */
static const signed char checksum_weights[64] = {64, 63, 62, 61, 60, 59, 58, 57, 56, 55,
                                                 54, 53, 52, 51, 50, 49, 48, 47, 46, 45,
                                                 44, 43, 42, 41, 40, 39, 38, 37, 36, 35,
                                                 34, 33, 32, 31, 30, 29, 28, 27, 26, 25,
                                                 24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
                                                 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,
                                                 4,  3,  2,  1};

/* Blocks between remainders: a lane of weighted bytes gets 4 * 255 * 64 from each at
 * most, which then is below 2^32. */
static const size_t checksum_blocks = 65536;

/* k blocks of w bytes, of whose sums the lanes are these. */
static inline void checksum_sums(uint32_t sums[2], size_t k, size_t w, uint64_t bytes,
                                 uint64_t before, uint64_t weighted)
{
    uint64_t b = sums[1] + (uint64_t)sums[0] * (k * w) + before * w + weighted;

    sums[0] = (uint32_t)((sums[0] + bytes) % PILA__ADLER32_BASE);
    sums[1] = (uint32_t)(b % PILA__ADLER32_BASE);
}

static uint64_t checksum_lanes(const uint32_t *lane, size_t n)
{
    uint64_t sum = 0;

    while (n--) sum += *lane++;
    return sum;
}

static uint64_t checksum_wide_lanes(const uint64_t *lane, size_t n)
{
    uint64_t sum = 0;

    while (n--) sum += *lane++;
    return sum;
}

static CHECKSUM_VNNI void checksum_adler_run_512(uint32_t sums[2],
                                                 const unsigned char *p, size_t k)
{
    const __m512i weights = _mm512_loadu_si512(checksum_weights);
    const __m512i zero = _mm512_setzero_si512();
    __m512i bytes = zero, before = zero, one = zero, other = zero;
    uint32_t lanes[16];
    uint64_t wide[16];
    size_t n = k;

    for (; n >= 2; n -= 2, p += 128) { /* two sums, as each takes five cycles */
        __m512i x = _mm512_loadu_si512(p), y = _mm512_loadu_si512(p + 64);
        __m512i between = _mm512_add_epi64(bytes, _mm512_sad_epu8(x, zero));
        before = _mm512_add_epi64(before, _mm512_add_epi64(bytes, between));
        bytes = _mm512_add_epi64(between, _mm512_sad_epu8(y, zero));
        one = _mm512_dpbusd_epi32(one, x, weights);
        other = _mm512_dpbusd_epi32(other, y, weights);
    }
    if (n) {
        __m512i x = _mm512_loadu_si512(p);
        before = _mm512_add_epi64(before, bytes);
        bytes = _mm512_add_epi64(bytes, _mm512_sad_epu8(x, zero));
        one = _mm512_dpbusd_epi32(one, x, weights);
    }
    _mm512_storeu_si512(lanes, _mm512_add_epi32(one, other));
    _mm512_storeu_si512(wide, bytes);
    _mm512_storeu_si512(wide + 8, before);
    checksum_sums(sums, k, 64, checksum_wide_lanes(wide, 8),
                  checksum_wide_lanes(wide + 8, 8), checksum_lanes(lanes, 16));
}

static CHECKSUM_VNNI size_t checksum_adler_512(uint32_t sums[2], const unsigned char *p,
                                               size_t n)
{
    size_t blocks = n / 64;

    for (size_t left = blocks; left;) {
        size_t k = left < checksum_blocks ? left : checksum_blocks;
        checksum_adler_run_512(sums, p, k);
        p += 64 * k, left -= k;
    }
    return blocks * 64;
}

static inline CHECKSUM_256 __m256i checksum_weigh_256(const unsigned char *p,
                                                      const signed char *weights,
                                                      __m256i *bytes)
{
    const __m256i w = _mm256_loadu_si256((const __m256i *)(const void *)weights);
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)p);

    *bytes = _mm256_sad_epu8(x, _mm256_setzero_si256());
    return _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1));
}

static CHECKSUM_256 void checksum_adler_run_256(uint32_t sums[2],
                                                const unsigned char *p, size_t k)
{
    __m256i bytes = _mm256_setzero_si256(), before = bytes, weighted = bytes, x, y;
    uint32_t lanes[8];
    uint64_t wide[8];

    for (size_t n = k; n; n--, p += 64) {
        weighted =
            _mm256_add_epi32(weighted, checksum_weigh_256(p, checksum_weights, &x));
        weighted =
            _mm256_add_epi32(weighted,
                             checksum_weigh_256(p + 32, checksum_weights + 32, &y));
        before = _mm256_add_epi64(before, bytes);
        bytes = _mm256_add_epi64(bytes, _mm256_add_epi64(x, y));
    }
    _mm256_storeu_si256((__m256i *)(void *)lanes, weighted);
    _mm256_storeu_si256((__m256i *)(void *)wide, bytes);
    _mm256_storeu_si256((__m256i *)(void *)(wide + 4), before);
    checksum_sums(sums, k, 64, checksum_wide_lanes(wide, 4),
                  checksum_wide_lanes(wide + 4, 4), checksum_lanes(lanes, 8));
}

static CHECKSUM_256 size_t checksum_adler_256(uint32_t sums[2], const unsigned char *p,
                                              size_t n)
{
    size_t blocks = n / 64;

    for (size_t left = blocks; left;) { /* two halves of a block a lane */
        size_t k = left < checksum_blocks / 2 ? left : checksum_blocks / 2;
        checksum_adler_run_256(sums, p, k);
        p += 64 * k, left -= k;
    }
    return blocks * 64;
}

pila__adler32_kernel *pila__adler32_kernel_at(size_t k)
{
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) {
        if (k == 0) return checksum_adler_512;
        k--;
    }
    return k == 0 && __builtin_cpu_supports("avx2") ? checksum_adler_256 : NULL;
}

#else

pila__crc32_kernel *pila__crc32_kernel_at(size_t k)
{
    (void)k;
    return NULL;
}

pila__adler32_kernel *pila__adler32_kernel_at(size_t k)
{
    (void)k;
    return NULL;
}

#endif
