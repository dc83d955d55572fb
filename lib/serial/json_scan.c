/* json_scan.c - the index of a JSON text.
 *
 * 64 bytes become bit masks, and the masks become numbers.
 *
 * Each way (AVX-512, AVX2) compares a block with what matters and makes one bit of each
 * byte: quotes, backslashes, structural characters, blanks, control characters. What
 * follows is arithmetic on these words and the same for all: which characters are
 * escaped, by a carry through runs of backslashes; what lies in strings, by the parity
 * of the quotes before each bit, that is a product without carries by all ones; where
 * a run of other characters begins. UTF-8 is checked by three look-ups in tables of 16,
 * of the halves of neighbouring bytes, that hold the possible faults as bits; where
 * two blocks in a row are ASCII nothing is looked up.
 *
 * Unlike its model, the index has both quotes of a string, so that the length of one
 * without escapes is a difference, and the backslashes in it, so that the reader knows
 * which those are. Bytes are copied on their way, as they are in registers anyway.
 *
 * Source: G. Langdale, D. Lemire, Parsing gigabytes of JSON per second, 2019;
 * J. Keiser, D. Lemire, Validating UTF-8 in less than one instruction per byte, 2021.
 */
#include "json_scan.h"

#if defined(__x86_64__) && !defined(PILA_NO_SIMD)
/* g++ 12 finds the registers uninitialised that its own header leaves undefined. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* What a block has, a bit for each byte. */
typedef struct json_scan_block {
    uint64_t quotes, backslashes, structure, blanks, controls;
} json_scan_block;

/* Which characters a backslash escapes. In a run of backslashes every other one does;
 * one that starts at an odd place is found by adding its first bit to the run. */
PILA_INLINE uint64_t json_scan_escaped(pila__json_scan *s, uint64_t backslashes)
{
    const uint64_t even = 0x5555555555555555;
    uint64_t follows, odd_starts, carried;

    if (PILA_LIKELY(!backslashes)) {
        uint64_t first = s->escaped;
        s->escaped = 0;
        return first;
    }
    backslashes &= ~s->escaped;
    follows = backslashes << 1 | s->escaped;
    odd_starts = backslashes & ~even & ~follows;
    s->escaped = __builtin_add_overflow(odd_starts, backslashes, &carried);
    return (even ^ carried << 1) & follows;
}

/* The tokens of a block. parity: of the quotes up to each bit. */
PILA_INLINE uint64_t json_scan_tokens(pila__json_scan *s, const json_scan_block *b,
                                      uint64_t escaped, uint64_t quotes,
                                      uint64_t parity)
{
    uint64_t inside = parity ^ s->in_string; /* with the first quote, not the last */
    uint64_t scalar = ~(b->structure | b->blanks | quotes | inside);
    uint64_t starts = scalar & ~(scalar << 1 | s->scalar);

    s->in_string = (uint64_t)((int64_t)inside >> 63);
    s->scalar = scalar >> 63;
    s->controls |= b->controls & inside;
    return (b->structure & ~inside) | quotes | starts |
           (b->backslashes & ~escaped & inside);
}

/* Faults of two bytes in a row. */
enum {
    JSON_SHORT = 1 << 0,  /* a first byte, and no continuation */
    JSON_LONG = 1 << 1,   /* ASCII, and a continuation */
    JSON_OVER_3 = 1 << 2, /* 11100000 100_____ */
    JSON_BIG = 1 << 3,    /* above U+10FFFF: 11110100 1001____ and on */
    JSON_HALF = 1 << 4,   /* a surrogate: 11101101 101_____ */
    JSON_OVER_2 = 1 << 5, /* 1100000_ 10______ */
    JSON_OVER_4 = 1 << 6, /* 11110000 1000____, and 11110101 and on 1000____ */
    JSON_TWO = 1 << 7,    /* two continuations: fine in three bytes and four */
    JSON_ANY = JSON_SHORT | JSON_LONG | JSON_TWO
};

/* By the first byte's high half, its low half, and the second's high half. */
#define JSON_FIRST_HIGH                                                                \
    JSON_LONG, JSON_LONG, JSON_LONG, JSON_LONG, JSON_LONG, JSON_LONG, JSON_LONG,       \
        JSON_LONG, (char)JSON_TWO, (char)JSON_TWO, (char)JSON_TWO, (char)JSON_TWO,     \
        JSON_SHORT | JSON_OVER_2, JSON_SHORT, JSON_SHORT | JSON_OVER_3 | JSON_HALF,    \
        JSON_SHORT | JSON_BIG | JSON_OVER_4
#define JSON_BIG_LOW (char)(JSON_ANY | JSON_BIG | JSON_OVER_4)
#define JSON_FIRST_LOW                                                                 \
    (char)(JSON_ANY | JSON_OVER_2 | JSON_OVER_3 | JSON_OVER_4),                        \
        (char)(JSON_ANY | JSON_OVER_2), (char)JSON_ANY, (char)JSON_ANY,                \
        (char)(JSON_ANY | JSON_BIG), JSON_BIG_LOW, JSON_BIG_LOW, JSON_BIG_LOW,         \
        JSON_BIG_LOW, JSON_BIG_LOW, JSON_BIG_LOW, JSON_BIG_LOW, JSON_BIG_LOW,          \
        (char)(JSON_ANY | JSON_BIG | JSON_OVER_4 | JSON_HALF), JSON_BIG_LOW,           \
        JSON_BIG_LOW
#define JSON_SECOND (JSON_LONG | JSON_OVER_2 | JSON_TWO)
#define JSON_SECOND_HIGH                                                               \
    JSON_SHORT, JSON_SHORT, JSON_SHORT, JSON_SHORT, JSON_SHORT, JSON_SHORT,            \
        JSON_SHORT, JSON_SHORT, (char)(JSON_SECOND | JSON_OVER_3 | JSON_OVER_4),       \
        (char)(JSON_SECOND | JSON_OVER_3 | JSON_BIG),                                  \
        (char)(JSON_SECOND | JSON_HALF | JSON_BIG),                                    \
        (char)(JSON_SECOND | JSON_HALF | JSON_BIG), JSON_SHORT, JSON_SHORT,            \
        JSON_SHORT, JSON_SHORT

/* Blanks, and structural characters with bit 5 set, by their low halves. */
#define JSON_BLANKS ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0
#define JSON_STRUCTURE 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0

#define JSON_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define JSON_AVX512                                                                    \
    __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul,avx512f,avx512bw,avx512vl,"     \
                          "avx512vbmi,avx512vbmi2")))

PILA_INLINE JSON_AVX2 uint64_t json_scan_parity(uint64_t bits)
{
    __m128i all = _mm_set1_epi8((char)0xff);
    __m128i word = _mm_set_epi64x(0, (long long)bits);

    return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(word, all, 0));
}

/* ---- AVX-512 ---- */

PILA_INLINE JSON_AVX512 __m512i json_scan_table512(__m128i table)
{
    return _mm512_broadcast_i32x4(table);
}

PILA_INLINE JSON_AVX512 void json_scan_compare512(__m512i in, json_scan_block *b)
{
    __m512i blanks = json_scan_table512(_mm_setr_epi8(JSON_BLANKS));
    __m512i structure = json_scan_table512(_mm_setr_epi8(JSON_STRUCTURE));
    __m512i lower = _mm512_or_si512(in, _mm512_set1_epi8(0x20));

    b->quotes = _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8('"'));
    b->backslashes = _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8('\\'));
    b->controls = _mm512_cmplt_epu8_mask(in, _mm512_set1_epi8(0x20));
    b->blanks = _mm512_cmpeq_epi8_mask(in, _mm512_shuffle_epi8(blanks, in));
    b->structure = _mm512_cmpeq_epi8_mask(lower, _mm512_shuffle_epi8(structure, in));
}

/* The bytes n before, from the block before. */
#define JSON_BEFORE512(in, shifted, n) _mm512_alignr_epi8(in, shifted, 16 - (n))

PILA_INLINE JSON_AVX512 uint64_t json_scan_utf512(__m512i in, __m512i last)
{
    const __m512i low = _mm512_set1_epi8(0x0f);
    __m512i shifted = _mm512_alignr_epi64(in, last, 6);
    __m512i one = JSON_BEFORE512(in, shifted, 1);
    __m512i high1 = _mm512_and_si512(_mm512_srli_epi16(one, 4), low);
    __m512i high2 = _mm512_and_si512(_mm512_srli_epi16(in, 4), low);
    __m512i a =
        _mm512_shuffle_epi8(json_scan_table512(_mm_setr_epi8(JSON_FIRST_HIGH)), high1);
    __m512i b = _mm512_shuffle_epi8(json_scan_table512(_mm_setr_epi8(JSON_FIRST_LOW)),
                                    _mm512_and_si512(one, low));
    __m512i c =
        _mm512_shuffle_epi8(json_scan_table512(_mm_setr_epi8(JSON_SECOND_HIGH)), high2);
    __m512i faults = _mm512_and_si512(_mm512_and_si512(a, b), c);
    __m512i third =
        _mm512_subs_epu8(JSON_BEFORE512(in, shifted, 2), _mm512_set1_epi8(0xe0 - 0x80));
    __m512i fourth =
        _mm512_subs_epu8(JSON_BEFORE512(in, shifted, 3), _mm512_set1_epi8(0xf0 - 0x80));
    __m512i due = _mm512_and_si512(_mm512_or_si512(third, fourth),
                                   _mm512_set1_epi8((char)JSON_TWO));

    return _mm512_cmpneq_epi8_mask(due, faults);
}

/* Sixteen of the numbers in `packed`, from which on the low bytes are. */
PILA_INLINE JSON_AVX512 void json_scan_sixteen(__m512i base, __m128i packed,
                                               uint32_t *out)
{
    _mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(packed)));
}

/* Numbers of the bits, sixteen at a time: half of the blocks of a text have no more,
 * and a text is like itself. */
PILA_INLINE JSON_AVX512 size_t json_scan_write512(uint64_t bits, uint32_t from,
                                                  uint32_t *out)
{
    static const char numbers[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                     13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                                     26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
                                     39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
                                     52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    size_t n = (size_t)__builtin_popcountll(bits);
    __m512i base = _mm512_set1_epi32((int)from);
    __m512i packed = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(numbers));

    json_scan_sixteen(base, _mm512_castsi512_si128(packed), out);
    if (n > 16) {
        json_scan_sixteen(base, _mm512_extracti32x4_epi32(packed, 1), out + 16);
        if (n > 32) {
            json_scan_sixteen(base, _mm512_extracti32x4_epi32(packed, 2), out + 32);
            json_scan_sixteen(base, _mm512_extracti32x4_epi32(packed, 3), out + 48);
        }
    }
    return n;
}

static JSON_AVX512 size_t json_scan_avx512(pila__json_scan *state, const char *text,
                                           char *to, size_t n, uint32_t *tokens)
{
    uint32_t *out = tokens;
    pila__json_scan s = *state;
    __m512i last = _mm512_loadu_si512(s.last);

    for (size_t k = 0; k < n; k++) {
        __m512i in = _mm512_loadu_si512(text + k * PILA__JSON_BLOCK);
        uint64_t high = _mm512_movepi8_mask(in), escaped, quotes;
        json_scan_block b;

        if (to) _mm512_storeu_si512(to + k * PILA__JSON_BLOCK, in);
        json_scan_compare512(in, &b);
        if (high | s.high) s.invalid |= json_scan_utf512(in, last);
        s.high = high;
        last = in;
        escaped = json_scan_escaped(&s, b.backslashes);
        quotes = b.quotes & ~escaped;
        out += json_scan_write512(json_scan_tokens(&s, &b, escaped, quotes,
                                                   json_scan_parity(quotes)),
                                  (uint32_t)(k * PILA__JSON_BLOCK), out);
    }
    _mm512_storeu_si512(s.last, last);
    *state = s;
    return (size_t)(out - tokens);
}

/* ---- AVX2: two halves ---- */

PILA_INLINE JSON_AVX2 uint64_t json_scan_bits(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

PILA_INLINE JSON_AVX2 uint64_t json_scan_equal(__m256i low, __m256i high, char c)
{
    __m256i all = _mm256_set1_epi8(c);

    return json_scan_bits(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

PILA_INLINE JSON_AVX2 void json_scan_compare256(__m256i low, __m256i high,
                                                json_scan_block *b)
{
    __m256i blanks = _mm256_setr_epi8(JSON_BLANKS, JSON_BLANKS);
    __m256i structure = _mm256_setr_epi8(JSON_STRUCTURE, JSON_STRUCTURE);
    __m256i bit = _mm256_set1_epi8(0x20), most = _mm256_set1_epi8(0x1f);

    b->quotes = json_scan_equal(low, high, '"');
    b->backslashes = json_scan_equal(low, high, '\\');
    b->controls = json_scan_bits(_mm256_cmpeq_epi8(_mm256_max_epu8(low, most), most),
                                 _mm256_cmpeq_epi8(_mm256_max_epu8(high, most), most));
    b->blanks =
        json_scan_bits(_mm256_cmpeq_epi8(low, _mm256_shuffle_epi8(blanks, low)),
                       _mm256_cmpeq_epi8(high, _mm256_shuffle_epi8(blanks, high)));
    b->structure =
        json_scan_bits(_mm256_cmpeq_epi8(_mm256_or_si256(low, bit),
                                         _mm256_shuffle_epi8(structure, low)),
                       _mm256_cmpeq_epi8(_mm256_or_si256(high, bit),
                                         _mm256_shuffle_epi8(structure, high)));
}

#define JSON_BEFORE256(in, shifted, n) _mm256_alignr_epi8(in, shifted, 16 - (n))

PILA_INLINE JSON_AVX2 uint64_t json_scan_utf256(__m256i in, __m256i last)
{
    const __m256i low = _mm256_set1_epi8(0x0f);
    __m256i shifted = _mm256_permute2x128_si256(last, in, 0x21);
    __m256i one = JSON_BEFORE256(in, shifted, 1);
    __m256i high1 = _mm256_and_si256(_mm256_srli_epi16(one, 4), low);
    __m256i high2 = _mm256_and_si256(_mm256_srli_epi16(in, 4), low);
    __m256i a =
        _mm256_shuffle_epi8(_mm256_setr_epi8(JSON_FIRST_HIGH, JSON_FIRST_HIGH), high1);
    __m256i b = _mm256_shuffle_epi8(_mm256_setr_epi8(JSON_FIRST_LOW, JSON_FIRST_LOW),
                                    _mm256_and_si256(one, low));
    __m256i c =
        _mm256_shuffle_epi8(_mm256_setr_epi8(JSON_SECOND_HIGH, JSON_SECOND_HIGH),
                            high2);
    __m256i faults = _mm256_and_si256(_mm256_and_si256(a, b), c);
    __m256i third =
        _mm256_subs_epu8(JSON_BEFORE256(in, shifted, 2), _mm256_set1_epi8(0xe0 - 0x80));
    __m256i fourth =
        _mm256_subs_epu8(JSON_BEFORE256(in, shifted, 3), _mm256_set1_epi8(0xf0 - 0x80));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth),
                                   _mm256_set1_epi8((char)JSON_TWO));

    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(due, faults));
}

/* Eight at a time, whether there are so many or not. */
PILA_INLINE JSON_AVX2 size_t json_scan_write256(uint64_t bits, uint32_t from,
                                                uint32_t *out)
{
    size_t n = (size_t)__builtin_popcountll(bits);

    for (size_t done = 0; done < n; done += 8)
        for (size_t k = 0; k < 8; k++) {
            out[done + k] = from + (uint32_t)_tzcnt_u64(bits);
            bits = _blsr_u64(bits);
        }
    return n;
}

static JSON_AVX2 size_t json_scan_avx2(pila__json_scan *state, const char *text,
                                       char *to, size_t n, uint32_t *tokens)
{
    uint32_t *out = tokens;
    pila__json_scan s = *state;
    __m256i last = _mm256_loadu_si256((const __m256i *)(const void *)(s.last + 32));

    for (size_t k = 0; k < n; k++) {
        const __m256i *p = (const __m256i *)(const void *)(text + k * PILA__JSON_BLOCK);
        __m256i low = _mm256_loadu_si256(p), high = _mm256_loadu_si256(p + 1);
        uint64_t above = json_scan_bits(low, high), escaped, quotes;
        json_scan_block b;

        if (to) {
            __m256i *q = (__m256i *)(void *)(to + k * PILA__JSON_BLOCK);
            _mm256_storeu_si256(q, low);
            _mm256_storeu_si256(q + 1, high);
        }
        json_scan_compare256(low, high, &b);
        if (above | s.high)
            s.invalid |= json_scan_utf256(low, last) | json_scan_utf256(high, low);
        s.high = above;
        last = high;
        escaped = json_scan_escaped(&s, b.backslashes);
        quotes = b.quotes & ~escaped;
        out += json_scan_write256(json_scan_tokens(&s, &b, escaped, quotes,
                                                   json_scan_parity(quotes)),
                                  (uint32_t)(k * PILA__JSON_BLOCK), out);
    }
    _mm256_storeu_si256((__m256i *)(void *)(s.last + 32), last);
    *state = s;
    return (size_t)(out - tokens);
}

pila__json_scan_fn *pila__json_scan_way(unsigned number)
{
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
                __builtin_cpu_supports("pclmul");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512vbmi") &&
                  __builtin_cpu_supports("avx512vbmi2");

    if (avx512 && number-- == 0) return json_scan_avx512;
    return avx2 && number == 0 ? json_scan_avx2 : NULL;
}

#else

pila__json_scan_fn *pila__json_scan_way(unsigned number)
{
    (void)number;
    return NULL;
}

#endif
