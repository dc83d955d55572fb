/* jsontext_kernels.c - see jsontext_kernels.h: its words, made by AVX-512 or AVX2.
 *
 * A kernel is a loop over batches of blocks. It makes the words, asks pila__jt_block
 * what they mean, and writes side by side the bytes that are no white space, and the
 * first bytes of tokens; then it looks for what is rare, and at the tokens' order. It
 * is written for each set of instructions, so that all is inlined into it; which one
 * runs is decided once an object. There is none of plain C: to make the words byte by
 * byte is more work than the machine of jsontext.c has with each byte.
 *
 * To write bytes side by side is one instruction of AVX-512 (vpcompressb). For AVX2
 * each run of bytes is moved with 32 or 64 behind its start, and the next run
 * overwrites what was too much: a block of indented text has three runs or so. First
 * bytes of tokens are copied one by one.
 *
 * Source:  Keiser, Lemire, "Validating UTF-8 in less than one instruction per byte",
 *          Software: Practice and Experience 51 (2021), for its three tables
 */
#include "jsontext_kernels.h"

#if defined(__x86_64__) && !defined(PILA_NO_SIMD)
#include <immintrin.h>

#define JSONTEXT_512                                                                   \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,pclmul,bmi,"          \
                          "bmi2,lzcnt,popcnt")))
#define JSONTEXT_256 __attribute__((target("avx2,pclmul,bmi,bmi2,lzcnt,popcnt")))

/* The places of the bytes of a block. */
static const unsigned char jsontext_places[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
    48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* UTF-8 by what two bytes in a row say: each row maps four bits of them to the faults
 * that these allow, and a fault is what all three do. That two tails stand in a row is
 * none where a byte two or three before asks for it. */
enum {
    UTF8_SHORT = 1,  /* a lead, and no tail */
    UTF8_LONG = 2,   /* a tail behind ASCII */
    UTF8_OVER_2 = 4, /* longer than it need be, of two bytes, of three ... */
    UTF8_OVER_3 = 8,
    UTF8_SURROGATE = 16,
    UTF8_LARGE = 32,  /* above U+10FFFF, from f4 90 on */
    UTF8_OVER_4 = 64, /* of four; and f5 80 and the like, which are too large */
    UTF8_TAILS = 128,
    UTF8_ANY = UTF8_SHORT | UTF8_LONG | UTF8_TAILS,
    UTF8_BEYOND = UTF8_ANY | UTF8_LARGE | UTF8_OVER_4,
    UTF8_TAIL = UTF8_LONG | UTF8_OVER_2 | UTF8_TAILS
};

static const unsigned char jsontext_utf8[3][16] = {
    /* the upper half of the first byte */
    {UTF8_LONG, UTF8_LONG, UTF8_LONG, UTF8_LONG, UTF8_LONG, UTF8_LONG, UTF8_LONG,
     UTF8_LONG, UTF8_TAILS, UTF8_TAILS, UTF8_TAILS, UTF8_TAILS,
     UTF8_SHORT | UTF8_OVER_2, UTF8_SHORT, UTF8_SHORT | UTF8_OVER_3 | UTF8_SURROGATE,
     UTF8_SHORT | UTF8_LARGE | UTF8_OVER_4},
    /* its lower half */
    {UTF8_ANY | UTF8_OVER_2 | UTF8_OVER_3 | UTF8_OVER_4, UTF8_ANY | UTF8_OVER_2,
     UTF8_ANY, UTF8_ANY, UTF8_ANY | UTF8_LARGE, UTF8_BEYOND, UTF8_BEYOND, UTF8_BEYOND,
     UTF8_BEYOND, UTF8_BEYOND, UTF8_BEYOND, UTF8_BEYOND, UTF8_BEYOND,
     UTF8_BEYOND | UTF8_SURROGATE, UTF8_BEYOND, UTF8_BEYOND},
    /* the upper half of the second */
    {UTF8_SHORT, UTF8_SHORT, UTF8_SHORT, UTF8_SHORT, UTF8_SHORT, UTF8_SHORT, UTF8_SHORT,
     UTF8_SHORT, UTF8_TAIL | UTF8_OVER_3 | UTF8_OVER_4,
     UTF8_TAIL | UTF8_OVER_3 | UTF8_LARGE, UTF8_TAIL | UTF8_SURROGATE | UTF8_LARGE,
     UTF8_TAIL | UTF8_SURROGATE | UTF8_LARGE, UTF8_SHORT, UTF8_SHORT, UTF8_SHORT,
     UTF8_SHORT}};

/* ---- AVX-512 ---- */

/* Into a plain register: left alone, the compiler does the arithmetic of words in those
 * for masks, where it takes longer. */
PILA_INLINE uint64_t jsontext_512_word(uint64_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

PILA_INLINE JSONTEXT_512 uint64_t jsontext_512_eq(__m512i x, char c)
{
    return jsontext_512_word(_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(c)));
}

/* Bytes from `from` to `to`. */
PILA_INLINE JSONTEXT_512 uint64_t jsontext_512_in(__m512i x, unsigned from, unsigned to)
{
    __m512i off = _mm512_sub_epi8(x, _mm512_set1_epi8((char)from));

    return jsontext_512_word(
        _mm512_cmple_epu8_mask(off, _mm512_set1_epi8((char)(to - from))));
}

/* White space and {}[]:, by the low four bits of each: what the byte must be, for {}
 * and [] with bit 5 set. What no byte of a row can be stands for none. */
#define JSONTEXT_BLANKS ' ', 0, 1, 1, 1, 1, 1, 1, 1, '\t', '\n', 1, 1, '\r', 1, 1
#define JSONTEXT_OPS 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, ':', '{', ',', '}', 1, 1

PILA_INLINE JSONTEXT_512 __m512i jsontext_512_table(__m128i row, __m512i x)
{
    /* With a mask of all: that without is said to read what is not set, by GCC 12. */
    return _mm512_shuffle_epi8(_mm512_maskz_broadcast_i32x4(0xffff, row), x);
}

PILA_INLINE JSONTEXT_512 void jsontext_512_masks(__m512i x, pila__jsontext_masks *m)
{
    __m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
    __m512i blank = jsontext_512_table(_mm_setr_epi8(JSONTEXT_BLANKS), x);
    __m512i op = jsontext_512_table(_mm_setr_epi8(JSONTEXT_OPS), x);

    m->quote = jsontext_512_eq(x, '"');
    m->backslash = jsontext_512_eq(x, '\\');
    m->space = jsontext_512_word(_mm512_cmpeq_epi8_mask(x, blank));
    m->control = jsontext_512_word(_mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(0x20)));
    m->op = jsontext_512_word(_mm512_cmpeq_epi8_mask(lower, op));
    m->digit = jsontext_512_in(x, '0', '9');
    m->zero = jsontext_512_eq(x, '0');
    m->minus = jsontext_512_eq(x, '-');
}

PILA_INLINE JSONTEXT_512 void jsontext_512_kinds(__m512i x, pila__jsontext_kinds *m)
{
    __m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));

    m->open = jsontext_512_eq(lower, '{');
    m->close = jsontext_512_eq(lower, '}');
    m->curly = jsontext_512_word(_mm512_test_epi8_mask(x, _mm512_set1_epi8(0x20)));
    m->comma = jsontext_512_eq(x, ',');
    m->colon = jsontext_512_eq(x, ':');
    m->quote = jsontext_512_eq(x, '"');
}

PILA_INLINE JSONTEXT_512 void jsontext_512_reals(__m512i x, pila__jsontext_reals *m)
{
    m->digit = jsontext_512_in(x, '0', '9');
    m->dot = jsontext_512_eq(x, '.');
    m->e = jsontext_512_eq(_mm512_or_si512(x, _mm512_set1_epi8(0x20)), 'e');
    m->sign = jsontext_512_eq(x, '+') | jsontext_512_eq(x, '-');
}

PILA_INLINE JSONTEXT_512 void jsontext_512_escapes(__m512i x, pila__jsontext_escapes *m)
{
    __m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));

    m->plain = jsontext_512_eq(x, '"') | jsontext_512_eq(x, '\\') |
               jsontext_512_eq(x, '/') | jsontext_512_eq(x, 'b') |
               jsontext_512_eq(x, 'f') | jsontext_512_eq(x, 'n') |
               jsontext_512_eq(x, 'r') | jsontext_512_eq(x, 't');
    m->u = jsontext_512_eq(x, 'u');
    m->hex = jsontext_512_in(x, '0', '9') | jsontext_512_in(lower, 'a', 'f');
}

/* What is wrong where the half bytes of x, and of those before it, say so. */
PILA_INLINE JSONTEXT_512 __m512i jsontext_512_halves(size_t row, __m512i x)
{
    __m128i table = _mm_loadu_si128((const __m128i *)(const void *)jsontext_utf8[row]);

    return jsontext_512_table(table, _mm512_and_si512(x, _mm512_set1_epi8(15)));
}

PILA_INLINE JSONTEXT_512 uint64_t jsontext_512_bad_utf8(__m512i before, __m512i x)
{
    __m512i lanes =
        _mm512_maskz_alignr_epi32(0xffff, x, before, 12); /* 16 bytes earlier */
    __m512i one = _mm512_alignr_epi8(x, lanes, 15);
    __m512i two = _mm512_alignr_epi8(x, lanes, 14);
    __m512i three = _mm512_alignr_epi8(x, lanes, 13);
    __m512i fault = jsontext_512_halves(1, one);

    fault = _mm512_and_si512(fault, jsontext_512_halves(0, _mm512_srli_epi16(one, 4)));
    fault = _mm512_and_si512(fault, jsontext_512_halves(2, _mm512_srli_epi16(x, 4)));
    /* Their top bits: leads of three bytes and more, and of four. */
    two = _mm512_subs_epu8(two, _mm512_set1_epi8(0xe0 - 0x80));
    three = _mm512_subs_epu8(three, _mm512_set1_epi8(0xf0 - 0x80));
    __m512i tails =
        _mm512_and_si512(_mm512_or_si512(two, three), _mm512_set1_epi8(-128));
    return jsontext_512_word(_mm512_cmpneq_epi8_mask(fault, tails));
}

PILA_INLINE JSONTEXT_512 uint64_t jsontext_512_parity(uint64_t x)
{
    __m128i ones = _mm_set1_epi8(-1);

    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)x), ones, 0));
}

/* Append the bytes of x that `which` says to n others; there is room for 64. */
PILA_INLINE JSONTEXT_512 size_t jsontext_512_add(void *to, size_t n, uint64_t which,
                                                 __m512i x)
{
    _mm512_storeu_si512((char *)to + n, _mm512_maskz_compress_epi8(which, x));
    return n + (size_t)__builtin_popcountll(which);
}

/* The blocks of a batch; whether not all of them are ASCII. */
PILA_INLINE JSONTEXT_512 bool
jsontext_512_blocks(pila__jsontext_run *r, pila__jsontext_batch *b, const char *text)
{
    __m512i all = _mm512_setzero_si512();
    __m512i places = _mm512_loadu_si512(jsontext_places);

#pragma GCC unroll 8
    for (size_t k = 0; k < PILA__JSONTEXT_BLOCKS; k++) {
        __m512i x = _mm512_loadu_si512(text + k * PILA__JSONTEXT_STEP);
        pila__jsontext_masks m;

        jsontext_512_masks(x, &m);
        uint64_t quote = pila__jt_quotes(r, b, k, &m);
        pila__jt_block(r, b, k, &m, quote, jsontext_512_parity(quote));
        b->tokens = jsontext_512_add(b->kinds, b->tokens, b->token[k], x);
        if (k == PILA__JSONTEXT_BLOCKS / 2) b->half = b->words;
        b->words = jsontext_512_add(b->words_at, b->words, b->word[k], places);
        if (r->out) jsontext_512_add(r->out, b->out_at[k], b->keep[k], x);
        places = _mm512_add_epi8(places, _mm512_set1_epi8(PILA__JSONTEXT_STEP));
        all = _mm512_or_si512(all, x);
    }
    return _mm512_movepi8_mask(all) != 0;
}

/* What only few batches have. */
PILA_INLINE JSONTEXT_512 void jsontext_512_rare(pila__jsontext_run *r,
                                                pila__jsontext_batch *b,
                                                const char *text, bool high)
{
    bool escapes = (b->any_escaped | r->carry.u) != 0;
    bool reals = (b->any_odd | r->carry.real) != 0;

    for (size_t k = 0; escapes && k < PILA__JSONTEXT_BLOCKS; k++) {
        pila__jsontext_escapes m;
        jsontext_512_escapes(_mm512_loadu_si512(text + k * PILA__JSONTEXT_STEP), &m);
        b->bad |= pila__jt_bad_escapes(&m, b->escaped[k], &r->carry.u);
    }
    for (size_t k = 0; reals && k < PILA__JSONTEXT_BLOCKS; k++) {
        pila__jsontext_reals m;
        jsontext_512_reals(_mm512_loadu_si512(text + k * PILA__JSONTEXT_STEP), &m);
        b->bad |= pila__jt_bad_reals(&m, b->number[k], b->odd[k], &r->carry, &b->digit);
    }
    if (!high) return;
    __m512i before =
        r->text_before ? _mm512_loadu_si512(r->text_before) : _mm512_setzero_si512();
    for (size_t k = 0; k < PILA__JSONTEXT_BLOCKS; k++) {
        __m512i x = _mm512_loadu_si512(text + k * PILA__JSONTEXT_STEP);
        b->bad |= jsontext_512_bad_utf8(before, x);
        before = x;
    }
}

PILA_INLINE JSONTEXT_512 void jsontext_512_tokens(pila__jsontext_run *r,
                                                  pila__jsontext_batch *b)
{
    for (size_t k = 0; k < b->tokens && !r->ended; k += PILA__JSONTEXT_STEP) {
        size_t n = b->tokens - k < 64 ? b->tokens - k : 64;
        pila__jsontext_kinds m;
        uint64_t valid;

        jsontext_512_kinds(_mm512_loadu_si512(b->kinds + k), &m);
        b->bad |= pila__jt_bad_order(r, &m, n, &valid);
        if (r->ended) pila__jt_cut(b, k + (size_t)__builtin_popcountll(valid));
    }
}

/* Lines from `text` on to where the run ended. */
PILA_INLINE JSONTEXT_512 void jsontext_512_lines(pila__jsontext_run *r,
                                                 const char *text)
{
    for (; text < r->text; text += PILA__JSONTEXT_STEP) {
        size_t left = (size_t)(r->text - text);
        uint64_t line = jsontext_512_eq(_mm512_loadu_si512(text), '\n');

        if (left < 64) line &= ((uint64_t)1 << left) - 1;
        r->lines += (size_t)__builtin_popcountll(line);
        if (line) r->line_start = text + 64 - __builtin_clzll(line);
    }
}

static JSONTEXT_512 void jsontext_512_run(pila__jsontext_run *out)
{
    pila__jsontext_run run = *out, *r = &run;
    pila__jsontext_batch batch, *b = &batch;
    pila__jsontext_saved saved;
    const char *text = r->text;

    b->out_at[PILA__JSONTEXT_BLOCKS] = 0;
    for (; pila__jt_goes_on(r, text); text += PILA__JSONTEXT_BATCH) {
        pila__jt_begin(r, b, b->out_at[PILA__JSONTEXT_BLOCKS]);
        pila__jt_save(r, &saved);
        bool high = jsontext_512_blocks(r, b, text);
        jsontext_512_rare(r, b, text, high || pila__jt_pending(r));
        b->bad |= pila__jt_bad_words(b, text);
        jsontext_512_tokens(r, b);
        if (PILA_UNLIKELY(b->bad)) {
            pila__jt_restore(r, &saved);
            break;
        }
        pila__jt_commit(r, b, text);
        r->text_before = text + PILA__JSONTEXT_BATCH - PILA__JSONTEXT_STEP;
    }
    r->stopped = text;
    jsontext_512_lines(r, out->text);
    *out = run;
}

/* ---- AVX2 ---- */

typedef struct jsontext_256 {
    __m256i low, high;
} jsontext_256;

PILA_INLINE JSONTEXT_256 uint64_t jsontext_256_bits(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

PILA_INLINE JSONTEXT_256 uint64_t jsontext_256_eq(const jsontext_256 *x, unsigned c)
{
    __m256i want = _mm256_set1_epi8((char)c);

    return jsontext_256_bits(_mm256_cmpeq_epi8(x->low, want),
                             _mm256_cmpeq_epi8(x->high, want));
}

PILA_INLINE JSONTEXT_256 uint64_t jsontext_256_in(const jsontext_256 *x, unsigned from,
                                                  unsigned to)
{
    __m256i base = _mm256_set1_epi8((char)from);
    __m256i most = _mm256_set1_epi8((char)(to - from));
    __m256i low = _mm256_sub_epi8(x->low, base), high = _mm256_sub_epi8(x->high, base);

    return jsontext_256_bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low, most), low),
                             _mm256_cmpeq_epi8(_mm256_min_epu8(high, most), high));
}

PILA_INLINE JSONTEXT_256 jsontext_256 jsontext_256_lower(const jsontext_256 *x)
{
    __m256i bit = _mm256_set1_epi8(0x20);
    jsontext_256 lower;

    lower.low = _mm256_or_si256(x->low, bit);
    lower.high = _mm256_or_si256(x->high, bit);
    return lower;
}

PILA_INLINE JSONTEXT_256 uint64_t jsontext_256_same(const jsontext_256 *x,
                                                    const jsontext_256 *y)
{
    return jsontext_256_bits(_mm256_cmpeq_epi8(x->low, y->low),
                             _mm256_cmpeq_epi8(x->high, y->high));
}

PILA_INLINE JSONTEXT_256 jsontext_256 jsontext_256_table(__m128i row,
                                                         const jsontext_256 *x)
{
    __m256i rows = _mm256_broadcastsi128_si256(row);
    jsontext_256 y;

    y.low = _mm256_shuffle_epi8(rows, x->low);
    y.high = _mm256_shuffle_epi8(rows, x->high);
    return y;
}

PILA_INLINE JSONTEXT_256 void jsontext_256_masks(const jsontext_256 *x,
                                                 pila__jsontext_masks *m)
{
    jsontext_256 lower = jsontext_256_lower(x);
    jsontext_256 blank = jsontext_256_table(_mm_setr_epi8(JSONTEXT_BLANKS), x);
    jsontext_256 op = jsontext_256_table(_mm_setr_epi8(JSONTEXT_OPS), x);

    m->quote = jsontext_256_eq(x, '"');
    m->backslash = jsontext_256_eq(x, '\\');
    m->space = jsontext_256_same(x, &blank);
    m->control = jsontext_256_in(x, 0, 0x1f);
    m->op = jsontext_256_same(&lower, &op);
    m->digit = jsontext_256_in(x, '0', '9');
    m->zero = jsontext_256_eq(x, '0');
    m->minus = jsontext_256_eq(x, '-');
}

PILA_INLINE JSONTEXT_256 void jsontext_256_kinds(const jsontext_256 *x,
                                                 pila__jsontext_kinds *m)
{
    jsontext_256 lower = jsontext_256_lower(x);

    m->open = jsontext_256_eq(&lower, '{');
    m->close = jsontext_256_eq(&lower, '}');
    m->curly =
        jsontext_256_bits(_mm256_slli_epi16(x->low, 2), _mm256_slli_epi16(x->high, 2));
    m->comma = jsontext_256_eq(x, ',');
    m->colon = jsontext_256_eq(x, ':');
    m->quote = jsontext_256_eq(x, '"');
}

PILA_INLINE JSONTEXT_256 void jsontext_256_reals(const jsontext_256 *x,
                                                 pila__jsontext_reals *m)
{
    jsontext_256 lower = jsontext_256_lower(x);

    m->digit = jsontext_256_in(x, '0', '9');
    m->dot = jsontext_256_eq(x, '.');
    m->e = jsontext_256_eq(&lower, 'e');
    m->sign = jsontext_256_eq(x, '+') | jsontext_256_eq(x, '-');
}

PILA_INLINE JSONTEXT_256 void jsontext_256_escapes(const jsontext_256 *x,
                                                   pila__jsontext_escapes *m)
{
    jsontext_256 lower = jsontext_256_lower(x);

    m->plain = jsontext_256_eq(x, '"') | jsontext_256_eq(x, '\\') |
               jsontext_256_eq(x, '/') | jsontext_256_eq(x, 'b') |
               jsontext_256_eq(x, 'f') | jsontext_256_eq(x, 'n') |
               jsontext_256_eq(x, 'r') | jsontext_256_eq(x, 't');
    m->u = jsontext_256_eq(x, 'u');
    m->hex = jsontext_256_in(x, '0', '9') | jsontext_256_in(&lower, 'a', 'f');
}

PILA_INLINE JSONTEXT_256 __m256i jsontext_256_halves(size_t row, __m256i x)
{
    __m128i table = _mm_loadu_si128((const __m128i *)(const void *)jsontext_utf8[row]);

    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table),
                               _mm256_and_si256(x, _mm256_set1_epi8(15)));
}

/* As jsontext_512_bad_utf8, of 32 bytes: not 0 where there is a fault. */
PILA_INLINE JSONTEXT_256 __m256i jsontext_256_bad_utf8(__m256i before, __m256i x)
{
    __m256i lanes = _mm256_permute2x128_si256(before, x, 0x21);
    __m256i one = _mm256_alignr_epi8(x, lanes, 15);
    __m256i two = _mm256_alignr_epi8(x, lanes, 14);
    __m256i three = _mm256_alignr_epi8(x, lanes, 13);
    __m256i fault = jsontext_256_halves(1, one);

    fault = _mm256_and_si256(fault, jsontext_256_halves(0, _mm256_srli_epi16(one, 4)));
    fault = _mm256_and_si256(fault, jsontext_256_halves(2, _mm256_srli_epi16(x, 4)));
    two = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80));
    three = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));
    __m256i tails =
        _mm256_and_si256(_mm256_or_si256(two, three), _mm256_set1_epi8(-128));
    return _mm256_xor_si256(fault, tails);
}

PILA_INLINE JSONTEXT_256 jsontext_256 jsontext_256_load(const char *p)
{
    jsontext_256 x;

    x.low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    x.high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return x;
}

/* The bytes that `keep` says, side by side: each run of them is moved with all that
 * follows it, which the next run overwrites. Reads up to 63 bytes behind the block. */
PILA_INLINE JSONTEXT_256 void jsontext_256_compress(const char *from, uint64_t keep,
                                                    char *to)
{
    while (keep) {
        unsigned start = (unsigned)__builtin_ctzll(keep);
        uint64_t rest = ~(keep >> start); /* its lowest bit is where the run ends */
        unsigned run = rest ? (unsigned)__builtin_ctzll(rest) : 64;
        jsontext_256 x = jsontext_256_load(from + start);

        _mm256_storeu_si256((__m256i *)(void *)to, x.low);
        if (run > 32) _mm256_storeu_si256((__m256i *)(void *)(to + 32), x.high);
        to += run;
        if (start + run >= 64) break;
        keep &= UINT64_MAX << (start + run);
    }
}

PILA_INLINE JSONTEXT_256 uint64_t jsontext_256_parity(uint64_t x)
{
    __m128i ones = _mm_set1_epi8(-1);

    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)x), ones, 0));
}

/* Append the first bytes of tokens, and where words are: eight at a time, so that it is
 * seldom guessed wrong how many there are. What is too much is overwritten; the byte of
 * a bit that is not there is the one behind the block. */
PILA_INLINE JSONTEXT_256 void jsontext_256_note(pila__jsontext_batch *b, size_t k,
                                                const char *text)
{
    const char *from = text + k * PILA__JSONTEXT_STEP;
    char *to = b->kinds + b->tokens;

    for (uint64_t left = b->token[k]; left; to += 8)
        for (size_t i = 0; i < 8; i++, left &= left - 1) to[i] = from[_tzcnt_u64(left)];
    b->tokens += (size_t)__builtin_popcountll(b->token[k]);
    for (uint64_t left = b->word[k]; left; left &= left - 1)
        b->words_at[b->words++] =
            (unsigned char)(k * PILA__JSONTEXT_STEP + (size_t)_tzcnt_u64(left));
}

/* The blocks of a batch; whether not all of them are ASCII. */
PILA_INLINE JSONTEXT_256 bool
jsontext_256_blocks(pila__jsontext_run *r, pila__jsontext_batch *b, const char *text)
{
    __m256i all = _mm256_setzero_si256();

    for (size_t k = 0; k < PILA__JSONTEXT_BLOCKS; k++) {
        const char *from = text + k * PILA__JSONTEXT_STEP;
        jsontext_256 x = jsontext_256_load(from);
        pila__jsontext_masks m;

        jsontext_256_masks(&x, &m);
        uint64_t quote = pila__jt_quotes(r, b, k, &m);
        pila__jt_block(r, b, k, &m, quote, jsontext_256_parity(quote));
        if (k == PILA__JSONTEXT_BLOCKS / 2) b->half = b->words;
        jsontext_256_note(b, k, text);
        if (r->out) jsontext_256_compress(from, b->keep[k], r->out + b->out_at[k]);
        all = _mm256_or_si256(all, _mm256_or_si256(x.low, x.high));
    }
    return _mm256_movemask_epi8(all) != 0;
}

/* What only few batches have. */
PILA_INLINE JSONTEXT_256 void jsontext_256_rare(pila__jsontext_run *r,
                                                pila__jsontext_batch *b,
                                                const char *text, bool high)
{
    bool escapes = (b->any_escaped | r->carry.u) != 0;
    bool reals = (b->any_odd | r->carry.real) != 0;

    for (size_t k = 0; escapes && k < PILA__JSONTEXT_BLOCKS; k++) {
        pila__jsontext_escapes m;
        jsontext_256 x = jsontext_256_load(text + k * PILA__JSONTEXT_STEP);
        jsontext_256_escapes(&x, &m);
        b->bad |= pila__jt_bad_escapes(&m, b->escaped[k], &r->carry.u);
    }
    for (size_t k = 0; reals && k < PILA__JSONTEXT_BLOCKS; k++) {
        pila__jsontext_reals m;
        jsontext_256 x = jsontext_256_load(text + k * PILA__JSONTEXT_STEP);
        jsontext_256_reals(&x, &m);
        b->bad |= pila__jt_bad_reals(&m, b->number[k], b->odd[k], &r->carry, &b->digit);
    }
    if (!high) return;
    __m256i before = _mm256_setzero_si256(), bad = before;
    if (r->text_before) before = jsontext_256_load(r->text_before).high;
    for (size_t k = 0; k < PILA__JSONTEXT_BLOCKS; k++) {
        jsontext_256 x = jsontext_256_load(text + k * PILA__JSONTEXT_STEP);
        bad = _mm256_or_si256(bad, jsontext_256_bad_utf8(before, x.low));
        bad = _mm256_or_si256(bad, jsontext_256_bad_utf8(x.low, x.high));
        before = x.high;
    }
    b->bad |= !_mm256_testz_si256(bad, bad);
}

PILA_INLINE JSONTEXT_256 void jsontext_256_tokens(pila__jsontext_run *r,
                                                  pila__jsontext_batch *b)
{
    for (size_t k = 0; k < b->tokens && !r->ended; k += PILA__JSONTEXT_STEP) {
        size_t n = b->tokens - k < 64 ? b->tokens - k : 64;
        jsontext_256 x = jsontext_256_load(b->kinds + k);
        pila__jsontext_kinds m;
        uint64_t valid;

        jsontext_256_kinds(&x, &m);
        b->bad |= pila__jt_bad_order(r, &m, n, &valid);
        if (r->ended) pila__jt_cut(b, k + (size_t)__builtin_popcountll(valid));
    }
}

/* Lines from `text` on to where the run ended. */
PILA_INLINE JSONTEXT_256 void jsontext_256_lines(pila__jsontext_run *r,
                                                 const char *text)
{
    for (; text < r->text; text += PILA__JSONTEXT_STEP) {
        size_t left = (size_t)(r->text - text);
        jsontext_256 x = jsontext_256_load(text);
        uint64_t line = jsontext_256_eq(&x, '\n');

        if (left < 64) line &= ((uint64_t)1 << left) - 1;
        r->lines += (size_t)__builtin_popcountll(line);
        if (line) r->line_start = text + 64 - __builtin_clzll(line);
    }
}

static JSONTEXT_256 void jsontext_256_run(pila__jsontext_run *out)
{
    pila__jsontext_run run = *out, *r = &run;
    pila__jsontext_batch batch, *b = &batch;
    pila__jsontext_saved saved;
    const char *text = r->text;

    b->out_at[PILA__JSONTEXT_BLOCKS] = 0;
    for (; pila__jt_goes_on(r, text); text += PILA__JSONTEXT_BATCH) {
        pila__jt_begin(r, b, b->out_at[PILA__JSONTEXT_BLOCKS]);
        pila__jt_save(r, &saved);
        bool high = jsontext_256_blocks(r, b, text);
        jsontext_256_rare(r, b, text, high || pila__jt_pending(r));
        b->bad |= pila__jt_bad_words(b, text);
        jsontext_256_tokens(r, b);
        if (PILA_UNLIKELY(b->bad)) {
            pila__jt_restore(r, &saved);
            break;
        }
        pila__jt_commit(r, b, text);
        r->text_before = text + PILA__JSONTEXT_BATCH - PILA__JSONTEXT_STEP;
    }
    r->stopped = text;
    jsontext_256_lines(r, out->text);
    *out = run;
}

static bool jsontext_has_512(void)
{
    return __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
}

static bool jsontext_has_256(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("pclmul");
}

pila__jsontext_kernel *pila__jsontext_kernel_at(size_t k)
{
    if (jsontext_has_512()) {
        if (k == 0) return jsontext_512_run;
        k--;
    }
    return k == 0 && jsontext_has_256() ? jsontext_256_run : NULL;
}

#else

pila__jsontext_kernel *pila__jsontext_kernel_at(size_t k)
{
    (void)k;
    return NULL;
}

#endif
