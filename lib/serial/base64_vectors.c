/* base64_vectors.c - whole groups, a vector at a time, where the machine has vectors.
 *
 * AVX-512 with VBMI can look bytes up in tables of 64 and 128 of them, and shift each
 * byte of a word by its own amount, so any alphabet is one look-up, and all codecs are
 * short: put the bytes of a group into a word, shift digits out of it, look them up; or
 * look digits up, join neighbours by multiplying and adding, twice, and take the bytes
 * that matter. Base 85 divides instead: by 7225, twice, and then all four digits that
 * are left by 85 at once.
 *
 * AVX2 has tables of 16 alone. There is base64 for it: to a digit is added, from a
 * character taken, what its range asks for. Letters and numbers must be where they
 * always are; 62 and 63 may be any two. The other codecs do well without.
 *
 * A vector that holds what is no digit is decoded up to there, in whole groups, and
 * ends the run: a line of 76 characters costs two vectors, a few groups and the
 * newline.
 *
 * Source:  Mula, Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions",
 *          ACM Trans. Web 12 (2018); "Base64 encoding and decoding at almost the speed
 *          of a memory copy", Software: Practice and Experience 50 (2020). Granlund,
 *          Montgomery, "Division by invariant integers", PLDI 1994
 */
#include "base64_codec.h"

#if defined(__x86_64__) && !defined(PILA_NO_SIMD)
#include <immintrin.h>

#define BASE64_512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi")))
#define BASE64_256 __attribute__((target("avx2,bmi")))

/* ---- AVX-512: base64 ---- */

/* Operations without a mask have a mask here: gcc 12 warns of those that have none. */
#define BASE64_ALL (~(__mmask64)0)

PILA_INLINE BASE64_512 __m512i base64_512_look(__m512i at, __m512i table)
{
    return _mm512_maskz_permutexvar_epi8(BASE64_ALL, at, table);
}

/* Three bytes abc in a lane of 32 bits as b a c b, so that each digit is eight bits in
 * a row somewhere in its 64. */
static const unsigned char base64_512_spread[64] = {
    1,  0,  2,  1,  4,  3,  5,  4,  7,  6,  8,  7,  10, 9,  11, 10,
    13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
    25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34,
    37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46};

static BASE64_512 size_t base64_512_encode(const pila_base64_encoder *e,
                                           const unsigned char *in, size_t n,
                                           char **out)
{
    const __m512i spread = _mm512_loadu_si512(base64_512_spread);
    const __m512i alphabet = _mm512_loadu_si512(e->alphabet);
    /* From which bit on: those of the first byte's top, and so on, twice. */
    const __m512i shifts = _mm512_set1_epi64(0x3036242a1016040a);
    const __mmask64 in_48 = ((__mmask64)1 << 48) - 1;
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 48; k += 48, to += 64) {
        __m512i x = _mm512_maskz_loadu_epi8(in_48, in + k);
        x = base64_512_look(spread, x);
        x = _mm512_maskz_multishift_epi64_epi8(BASE64_ALL, shifts, x);
        _mm512_storeu_si512(to, base64_512_look(x, alphabet));
    }
    *out = to;
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

/* The three bytes of each lane, side by side. */
static const unsigned char base64_512_pack[64] = {2,  1,  0,  6,  5,  4,  10, 9,
                                                  8,  14, 13, 12, 18, 17, 16, 22,
                                                  21, 20, 26, 25, 24, 30, 29, 28,
                                                  34, 33, 32, 38, 37, 36, 42, 41,
                                                  40, 46, 45, 44, 50, 49, 48, 54,
                                                  53, 52, 58, 57, 56, 62, 61, 60};

static BASE64_512 size_t base64_512_decode(const pila_base64_decoder *d,
                                           const unsigned char *in, size_t n, char *out,
                                           size_t room)
{
    const __m512i pack = _mm512_loadu_si512(base64_512_pack);
    const __m512i low = _mm512_loadu_si512(d->what);
    const __m512i high = _mm512_loadu_si512(d->what + 64);
    size_t k = 0;

    for (; n - k >= 64 && room >= 64; out += 48, room -= 48) {
        __m512i x = _mm512_loadu_si512(in + k);
        __m512i digits = _mm512_permutex2var_epi8(low, x, high);
        uint64_t bad = _mm512_movepi8_mask(_mm512_or_si512(digits, x));
        digits = _mm512_maddubs_epi16(digits, _mm512_set1_epi32(0x01400140));
        digits = _mm512_madd_epi16(digits, _mm512_set1_epi32(0x00011000));
        _mm512_storeu_si512(out, base64_512_look(pack, digits));
        if (PILA_UNLIKELY(bad)) return k + (_tzcnt_u64(bad) & ~(size_t)3);
        k += 64;
    }
    return k + pila__base64_decode_plain(d, in + k, n - k, out, room);
}

/* ---- AVX-512: base32 and base16 ---- */

/* Five bytes of each group as a number of 40 bits. */
static const unsigned char base32_512_spread[64] = {
    4,  3,  2,  1,  0,  0, 0, 0, 9,  8,  7,  6,  5,  0, 0, 0,
    14, 13, 12, 11, 10, 0, 0, 0, 19, 18, 17, 16, 15, 0, 0, 0,
    24, 23, 22, 21, 20, 0, 0, 0, 29, 28, 27, 26, 25, 0, 0, 0,
    34, 33, 32, 31, 30, 0, 0, 0, 39, 38, 37, 36, 35, 0, 0, 0};

static BASE64_512 size_t base32_512_encode(const pila_base64_encoder *e,
                                           const unsigned char *in, size_t n,
                                           char **out)
{
    const __m512i spread = _mm512_loadu_si512(base32_512_spread);
    const __m512i alphabet = _mm512_loadu_si512(e->alphabet);
    const __m512i shifts = _mm512_set1_epi64(0x00050a0f14191e23);
    const __mmask64 in_40 = ((__mmask64)1 << 40) - 1;
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 40; k += 40, to += 64) {
        __m512i x = _mm512_maskz_loadu_epi8(in_40, in + k);
        x = base64_512_look(spread, x);
        x = _mm512_maskz_multishift_epi64_epi8(BASE64_ALL, shifts, x);
        _mm512_storeu_si512(to, base64_512_look(x, alphabet));
    }
    *out = to;
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

static const unsigned char base32_512_pack[64] = {4,  3,  2,  1,  0,  12, 11, 10,
                                                  9,  8,  20, 19, 18, 17, 16, 28,
                                                  27, 26, 25, 24, 36, 35, 34, 33,
                                                  32, 44, 43, 42, 41, 40, 52, 51,
                                                  50, 49, 48, 60, 59, 58, 57, 56};

static BASE64_512 size_t base32_512_decode(const pila_base64_decoder *d,
                                           const unsigned char *in, size_t n, char *out,
                                           size_t room)
{
    const __m512i pack = _mm512_loadu_si512(base32_512_pack);
    const __m512i low = _mm512_loadu_si512(d->what);
    const __m512i high = _mm512_loadu_si512(d->what + 64);
    size_t k = 0;

    for (; n - k >= 64 && room >= 64; out += 40, room -= 40) {
        __m512i x = _mm512_loadu_si512(in + k);
        __m512i digits = _mm512_permutex2var_epi8(low, x, high);
        uint64_t bad = _mm512_movepi8_mask(_mm512_or_si512(digits, x));
        digits = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x0120));
        digits = _mm512_madd_epi16(digits, _mm512_set1_epi32(0x00010400));
        digits = _mm512_or_si512(_mm512_maskz_slli_epi64(0xff, digits, 20),
                                 _mm512_maskz_srli_epi64(0xff, digits, 32));
        _mm512_storeu_si512(out, base64_512_look(pack, digits));
        if (PILA_UNLIKELY(bad)) return k + (_tzcnt_u64(bad) & ~(size_t)7);
        k += 64;
    }
    return k + pila__base64_decode_plain(d, in + k, n - k, out, room);
}

static BASE64_512 size_t base16_512_encode(const pila_base64_encoder *e,
                                           const unsigned char *in, size_t n,
                                           char **out)
{
    const __m512i alphabet = _mm512_loadu_si512(e->alphabet);
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 32; k += 32, to += 64) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(in + k));
        __m512i x = _mm512_cvtepu8_epi16(bytes);
        x = _mm512_or_si512(_mm512_srli_epi16(x, 4), _mm512_slli_epi16(x, 8));
        _mm512_storeu_si512(to, base64_512_look(x, alphabet));
    }
    *out = to;
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

static BASE64_512 size_t base16_512_decode(const pila_base64_decoder *d,
                                           const unsigned char *in, size_t n, char *out,
                                           size_t room)
{
    const __m512i low = _mm512_loadu_si512(d->what);
    const __m512i high = _mm512_loadu_si512(d->what + 64);
    size_t k = 0;

    for (; n - k >= 64 && room >= 32; out += 32, room -= 32) {
        __m512i x = _mm512_loadu_si512(in + k);
        __m512i digits = _mm512_permutex2var_epi8(low, x, high);
        uint64_t bad = _mm512_movepi8_mask(_mm512_or_si512(digits, x));
        digits = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x0110));
        _mm256_storeu_si256((__m256i *)(void *)out,
                            _mm512_maskz_cvtepi16_epi8(~(__mmask32)0, digits));
        if (PILA_UNLIKELY(bad)) return k + (_tzcnt_u64(bad) & ~(size_t)1);
        k += 64;
    }
    return k + pila__base64_decode_plain(d, in + k, n - k, out, room);
}

/* ---- AVX-512: base 85 ---- */

/* Of sixteen groups: where each character comes from, the four low digits of each being
 * in one vector and, from 64 on, the first digits in another; and back. */
typedef struct base85_places {
    unsigned char joined[128], four[64], first[64];
} base85_places;

static void base85_512_places(base85_places *p)
{
    memset(p, 0, sizeof *p);
    for (unsigned k = 0; k < 80; k++) {
        unsigned lane = k / 5 * 4, digit = k % 5;
        p->joined[k] = (unsigned char)(digit ? lane + digit - 1 : 64 + lane);
        if (digit) p->four[lane + digit - 1] = (unsigned char)k;
        else p->first[lane] = (unsigned char)k;
    }
}

PILA_INLINE BASE64_512 __m512i base85_512_swap(__m512i x)
{
    const __m512i order =
        _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);

    return _mm512_shuffle_epi8(x, order);
}

/* x / 7225, of 32 bits each. */
PILA_INLINE BASE64_512 __m512i base85_512_divide(__m512i x)
{
    const __m512i inverse = _mm512_set1_epi64(0x9121b243);
    __m512i even = _mm512_maskz_mul_epu32(0xff, x, inverse);
    __m512i odd =
        _mm512_maskz_mul_epu32(0xff, _mm512_maskz_srli_epi64(0xff, x, 32), inverse);

    even = _mm512_maskz_srli_epi64(0xff, even, 44);
    odd = _mm512_maskz_srli_epi64(0xff, odd, 44);
    return _mm512_or_si512(even, _mm512_maskz_slli_epi64(0xff, odd, 32));
}

PILA_INLINE BASE64_512 __m512i base85_512_rest(__m512i x, __m512i quotient)
{
    return _mm512_sub_epi32(x, _mm512_mullo_epi32(quotient, _mm512_set1_epi32(7225)));
}

static BASE64_512 size_t base85_512_encode(const pila_base64_encoder *e,
                                           const unsigned char *in, size_t n,
                                           char **out)
{
    const __m512i low = _mm512_loadu_si512(e->alphabet);
    const __m512i high = _mm512_loadu_si512(e->alphabet + 64);
    const uint32_t spaces = e->fold_spaces ? 0x20202020 : 0;
    base85_places places;
    size_t k = 0;

    base85_512_places(&places);
    for (; n - k >= 64; k += 64) {
        __m512i x = base85_512_swap(_mm512_loadu_si512(in + k));
        if (e->fold_zeros &&
            (_mm512_testn_epi32_mask(x, x) |
             _mm512_cmpeq_epi32_mask(x, _mm512_set1_epi32((int)spaces)))) {
            pila__base64_encode_plain(e, in + k, 64, out);
            continue;
        }
        __m512i most = base85_512_divide(x), first = base85_512_divide(most);
        /* Digits 2, 3 as the low half of each lane and 4, 5 as the other. */
        __m512i two =
            _mm512_or_si512(base85_512_rest(most, first),
                            _mm512_maskz_slli_epi32(0xffff, base85_512_rest(x, most),
                                                    16));
        /* 24673 / 2^21 is so near to 1 / 85 that it does for all below 7225. */
        __m512i tens =
            _mm512_srli_epi16(_mm512_mulhi_epu16(two, _mm512_set1_epi16(24673)), 5);
        __m512i ones =
            _mm512_sub_epi16(two, _mm512_mullo_epi16(tens, _mm512_set1_epi16(85)));
        two = _mm512_or_si512(tens, _mm512_slli_epi16(ones, 8));
        two = _mm512_permutex2var_epi8(low, two, high);
        first = _mm512_permutex2var_epi8(low, first, high);
        __m512i begin =
            _mm512_permutex2var_epi8(two, _mm512_loadu_si512(places.joined), first);
        __m512i end =
            _mm512_permutex2var_epi8(two, _mm512_loadu_si512(places.joined + 64),
                                     first);
        _mm512_storeu_si512(*out, begin);
        _mm512_mask_storeu_epi8(*out + 64, 0xffff, end);
        *out += 80;
    }
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

/* Sixteen groups; false: not all of them are fine. */
PILA_INLINE BASE64_512 bool base85_512_take(const pila_base64_decoder *d,
                                            const base85_places *places,
                                            const unsigned char *in, char *out)
{
    const __m512i low = _mm512_loadu_si512(d->what);
    const __m512i high = _mm512_loadu_si512(d->what + 64);
    __m512i x = _mm512_loadu_si512(in);
    __m512i y = _mm512_maskz_loadu_epi8(0xffff, in + 64);
    __m512i begin = _mm512_permutex2var_epi8(low, x, high);
    __m512i end = _mm512_permutex2var_epi8(low, y, high);
    uint64_t bad = _mm512_movepi8_mask(_mm512_or_si512(begin, x)) |
                   (_mm512_movepi8_mask(_mm512_or_si512(end, y)) & 0xffff);
    __m512i four =
        _mm512_permutex2var_epi8(begin, _mm512_loadu_si512(places->four), end);
    __m512i first =
        _mm512_maskz_permutex2var_epi8(0x1111111111111111, begin,
                                       _mm512_loadu_si512(places->first), end);

    four = _mm512_maddubs_epi16(four, _mm512_set1_epi16(0x0155));
    four = _mm512_madd_epi16(four, _mm512_set1_epi32(0x00011c39));
    /* 82 * 85^4 leaves so much of 2^32. */
    __mmask16 over =
        _mm512_cmpgt_epu32_mask(first, _mm512_set1_epi32(82)) |
        _mm512_mask_cmpgt_epu32_mask(_mm512_cmpeq_epi32_mask(first,
                                                             _mm512_set1_epi32(82)),
                                     four, _mm512_set1_epi32(14516045));
    x = _mm512_add_epi32(_mm512_mullo_epi32(first, _mm512_set1_epi32(52200625)), four);
    if (d->z_word == 0) over |= _mm512_testn_epi32_mask(x, x);
    if (d->y_word == 0x20202020)
        over |= _mm512_cmpeq_epi32_mask(x, _mm512_set1_epi32(0x20202020));
    _mm512_storeu_si512(out, base85_512_swap(x));
    return (bad | over) == 0;
}

static BASE64_512 size_t base85_512_decode(const pila_base64_decoder *d,
                                           const unsigned char *in, size_t n, char *out,
                                           size_t room)
{
    base85_places places;
    size_t k = 0;

    if (n >= 80) base85_512_places(&places);
    for (; n - k >= 80 && room >= 64; k += 80, out += 64, room -= 64)
        if (PILA_UNLIKELY(!base85_512_take(d, &places, in + k, out))) break;
    return k + pila__base64_decode_plain(d, in + k, n - k, out, room);
}

/* ---- AVX2 ---- */

/* What is to be added to a digit: for letters, small letters, numbers, 62 and 63. */
static BASE64_256 __m256i base64_256_offsets(const pila_base64_encoder *e)
{
    char of[16] = {'A', 'a' - 26};

    memset(of + 2, '0' - 52, 10);
    of[12] = (char)(e->alphabet[62] - 62);
    of[13] = (char)(e->alphabet[63] - 63);
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(void *)of));
}

/* 24 bytes, of 28 that can be read. */
PILA_INLINE BASE64_256 void base64_256_put(const unsigned char *in, __m256i offsets,
                                           char *out)
{
    const __m256i spread =
        _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1,
                         4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)in);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(in + 12));
    __m256i x = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
    /* Each of the four digits to a byte of its own, by shifts of 16 bits. */
    __m256i odd = _mm256_and_si256(x, _mm256_set1_epi32(0x0fc0fc00));
    __m256i even = _mm256_and_si256(x, _mm256_set1_epi32(0x003f03f0));

    x = _mm256_or_si256(_mm256_mulhi_epu16(odd, _mm256_set1_epi32(0x04000040)),
                        _mm256_mullo_epi16(even, _mm256_set1_epi32(0x01000010)));
    /* Which range: 0 below 26, 1 below 52, and one for each from there on. */
    __m256i range = _mm256_subs_epu8(x, _mm256_set1_epi8(51));
    range = _mm256_sub_epi8(range, _mm256_cmpgt_epi8(x, _mm256_set1_epi8(25)));
    x = _mm256_add_epi8(x, _mm256_shuffle_epi8(offsets, range));
    _mm256_storeu_si256((__m256i *)(void *)out, x);
}

static BASE64_256 size_t base64_256_encode(const pila_base64_encoder *e,
                                           const unsigned char *in, size_t n,
                                           char **out)
{
    const __m256i offsets = base64_256_offsets(e);
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 100; k += 96, to += 128) {
        base64_256_put(in + k, offsets, to);
        base64_256_put(in + k + 24, offsets, to + 32);
        base64_256_put(in + k + 48, offsets, to + 64);
        base64_256_put(in + k + 72, offsets, to + 96);
    }
    for (; n - k >= 28; k += 24, to += 32) base64_256_put(in + k, offsets, to);
    *out = to;
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

/* Letters and numbers: a bit for each row of 16 that holds such a character, by the low
 * half of it, where it is none; and by the high half, what to add. */
static BASE64_256 __m256i base64_256_digits(__m256i x, __m256i alt_62, __m256i alt_63,
                                            uint32_t *bad)
{
    /* Rows 3, 4 and 6, 5 and 7: bits 0, 1, 2; all other rows: bit 3. */
    const __m256i by_low =
        _mm256_setr_epi8(10, 8, 8, 8, 8, 8, 8, 8, 8, 8, 9, 13, 13, 13, 13, 13, 10, 8, 8,
                         8, 8, 8, 8, 8, 8, 8, 9, 13, 13, 13, 13, 13);
    const __m256i by_high =
        _mm256_setr_epi8(8, 8, 8, 1, 2, 4, 2, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1, 2,
                         4, 2, 4, 8, 8, 8, 8, 8, 8, 8, 8);
    const __m256i add =
        _mm256_setr_epi8(0, 0, 0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                         0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i half = _mm256_set1_epi8(15);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(x, 4), half);
    __m256i low = _mm256_and_si256(x, half);
    __m256i none = _mm256_and_si256(_mm256_shuffle_epi8(by_low, low),
                                    _mm256_shuffle_epi8(by_high, high));
    __m256i is_62 = _mm256_cmpeq_epi8(x, alt_62), is_63 = _mm256_cmpeq_epi8(x, alt_63);
    __m256i fine = _mm256_cmpeq_epi8(none, _mm256_setzero_si256());

    fine = _mm256_or_si256(fine, _mm256_or_si256(is_62, is_63));
    *bad = ~(uint32_t)_mm256_movemask_epi8(fine);
    x = _mm256_add_epi8(x, _mm256_shuffle_epi8(add, high));
    x = _mm256_blendv_epi8(x, _mm256_set1_epi8(62), is_62);
    return _mm256_blendv_epi8(x, _mm256_set1_epi8(63), is_63);
}

static BASE64_256 size_t base64_256_decode(const pila_base64_decoder *d,
                                           const unsigned char *in, size_t n, char *out,
                                           size_t room)
{
    const __m256i pack =
        _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1,
                         0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i alt_62 = _mm256_set1_epi8((char)d->alt[0]);
    const __m256i alt_63 = _mm256_set1_epi8((char)d->alt[1]);
    size_t k = 0;

    for (; n - k >= 32 && room >= 32; out += 24, room -= 24) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(in + k));
        uint32_t bad;
        x = base64_256_digits(x, alt_62, alt_63, &bad);
        x = _mm256_maddubs_epi16(x, _mm256_set1_epi32(0x01400140));
        x = _mm256_madd_epi16(x, _mm256_set1_epi32(0x00011000));
        x = _mm256_shuffle_epi8(x, pack);
        _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(x));
        _mm_storeu_si128((__m128i *)(void *)(out + 12), _mm256_extracti128_si256(x, 1));
        if (PILA_UNLIKELY(bad)) return k + (_tzcnt_u32(bad) & ~(size_t)3);
        k += 32;
    }
    return k + pila__base64_decode_plain(d, in + k, n - k, out, room);
}

/* Whether letters and numbers are where the ranges say. */
static bool base64_usual(const char *alphabet)
{
    return memcmp(alphabet, pila__base64_shapes[PILA_BASE64].alphabet, 62) == 0;
}

static bool base64_reads_usual(pila_base64_decoder *d)
{
    const char *usual = pila__base64_shapes[PILA_BASE64].alphabet;
    bool found[2] = {false, false};

    for (unsigned k = 0; k < 62; k++)
        if (d->what[(unsigned char)usual[k]] != k) return false;
    for (unsigned c = 0; c < 256; c++)
        if (d->what[c] == 62 || d->what[c] == 63) {
            d->alt[d->what[c] - 62] = (unsigned char)c;
            found[d->what[c] - 62] = true;
        }
    return found[0] && found[1];
}

static bool base64_has_512(void)
{
    return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi");
}

static bool base64_has_256(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}

/* The k-th best of this machine for what it is asked, or NULL. */
pila__base64_encode_kernel *pila__base64_encode_vector(const pila_base64_encoder *e,
                                                       size_t k)
{
    if (base64_has_512()) {
        if (k == 0) switch (e->shape.bits) {
            case 6: return base64_512_encode;
            case 5: return base32_512_encode;
            case 4: return base16_512_encode;
            default: return base85_512_encode;
            }
        k--;
    }
    if (k || e->shape.bits != 6 || !base64_has_256()) return NULL;
    return base64_usual(e->alphabet) ? base64_256_encode : NULL;
}

pila__base64_decode_kernel *pila__base64_decode_vector(pila_base64_decoder *d, size_t k)
{
    if (base64_has_512()) {
        if (k == 0) switch (d->shape.bits) {
            case 6: return base64_512_decode;
            case 5: return base32_512_decode;
            case 4: return base16_512_decode;
            default: return base85_512_decode;
            }
        k--;
    }
    if (k || d->shape.bits != 6 || !base64_has_256()) return NULL;
    return base64_reads_usual(d) ? base64_256_decode : NULL;
}

#else

pila__base64_encode_kernel *pila__base64_encode_vector(const pila_base64_encoder *e,
                                                       size_t k)
{
    (void)e, (void)k;
    return NULL;
}

pila__base64_decode_kernel *pila__base64_decode_vector(pila_base64_decoder *d, size_t k)
{
    (void)d, (void)k;
    return NULL;
}

#endif
