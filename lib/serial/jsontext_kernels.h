/* jsontext_kernels.h - the grammar of JSON by bits: 64 bytes of text a step. Internal.
 *
 * Needs: core/status core/mem
 *
 * A kernel (in the source) makes words with one bit a byte: where quotes are, where
 * digits are. The rest is arithmetic on these words, without a branch. A question of
 * the form "what stands behind this?" is a shift, carried from block to block; one
 * about a run of bytes is an addition, whose carry runs through it.
 *
 * A batch is eight blocks. What is seldom there (an escape, a character of several
 * bytes, a number with a dot) is looked for in the whole batch at once and checked in a
 * loop of its own, so that a branch is decided, and guessed, once in 512 bytes.
 *
 * The first bytes of all tokens of a batch are put side by side, and on those the order
 * of tokens is checked as bytes were before: 64 tokens a step, and the next token is
 * the next bit. Only brackets are gone through one by one: they need a stack, of one
 * bit a level.
 *
 * A batch is right, or is not; why, is not asked. A run ends before one with a fault,
 * and the machine of jsontext.c, which is the reference, goes on from there, byte by
 * byte. A run always ends behind the last of {}[]:, that it has seen, for there the
 * state of that machine is known from one byte; what follows is read again.
 *
 * Source:  Langdale, Lemire, "Parsing gigabytes of JSON per second", VLDB J. 28 (2019),
 *          for quotes and escapes; Cameron, Herdy, Lin, "High performance XML parsing
 *          using parallel bit stream technology", CASCON 2008, for additions that run
 */
#ifndef PILA_JSONTEXT_KERNELS_H
#define PILA_JSONTEXT_KERNELS_H

#include "../core/mem.h"

#include <string.h>

enum {
    PILA__JSONTEXT_STEP = 64,  /* bytes of a block */
    PILA__JSONTEXT_BLOCKS = 8, /* of a batch: places in a half of it fit a byte */
    PILA__JSONTEXT_BATCH = PILA__JSONTEXT_STEP * PILA__JSONTEXT_BLOCKS,
    PILA__JSONTEXT_AHEAD = 64, /* bytes readable behind a batch */
    PILA__JSONTEXT_SAVED = 9   /* full words of levels that a batch can change */
};

/* One bit a byte of a block. */
typedef struct pila__jsontext_masks {
    uint64_t quote, backslash, space, control, op; /* op: {}[]:, and, as these are
                                                      faults, 0x0c and 0x1a */
    uint64_t digit, zero, minus;
} pila__jsontext_masks;

/* One bit a token. Brackets: open and close of both sorts, and curly tells them apart.
 */
typedef struct pila__jsontext_kinds {
    uint64_t open, close, curly, comma, colon, quote;
} pila__jsontext_kinds;

/* Made for batches with a backslash alone. */
typedef struct pila__jsontext_escapes {
    uint64_t plain, u, hex; /* "\/bfnrt, u, hexadecimal digits */
} pila__jsontext_escapes;

/* Made for batches with a number that is no integer. */
typedef struct pila__jsontext_reals {
    uint64_t digit, dot, e, sign;
} pila__jsontext_reals;

/* What is carried from block to block, most of it one bit each. */
typedef struct pila__jsontext_carries {
    uint64_t escaped, in_string; /* in_string: all bits, or none */
    uint64_t scalar, word, minus, digit, zero;
    uint64_t real, exponent, must_digit, fraction, power; /* real: any of these */
    uint64_t key, value, must, behind_key; /* what the next token must be, in order: a
                                              key, a value, either or no bracket */
    uint64_t u;
} pila__jsontext_carries;

/* The levels that are open, one bit each, 1 an object: the last up to 64 in `top`, the
 * others in full words below. */
typedef struct pila__jsontext_levels {
    uint64_t top;
    size_t depth, room; /* levels open; levels for which words has room */
    uint64_t *words;
} pila__jsontext_levels;

/* A run of batches. */
typedef struct pila__jsontext_run {
    const char *text, *end;  /* left to be read; a run takes whole batches alone */
    const char *text_before; /* the last block of the last batch; NULL: none yet */
    const char *stopped;     /* behind the last batch ... */
    bool wrong;              /* ... which is followed by one with a fault */
    bool ended;              /* a bracket closed level base */
    char *out;               /* without white space; NULL: not wanted. Has room for all
                                text, and a block */
    size_t out_len;
    uint16_t *op; /* where in out each of {}[]:, is; NULL: not wanted */
    size_t ops;
    size_t lines;           /* newlines gone by */
    const char *line_start; /* behind the last of them; NULL: none */
    pila__jsontext_levels levels;
    size_t base, most; /* ends when a bracket closes level base; levels allowed */
    pila__jsontext_carries carry;
} pila__jsontext_run;

typedef void pila__jsontext_kernel(pila__jsontext_run *run);

/* What is found in the batch at hand. */
typedef struct pila__jsontext_batch {
    uint64_t bad; /* not 0: there is a fault */
    uint64_t any_escaped, any_odd;
    uint64_t digit; /* the carry of this name, before the batch */
    uint64_t escaped[PILA__JSONTEXT_BLOCKS], number[PILA__JSONTEXT_BLOCKS];
    uint64_t odd[PILA__JSONTEXT_BLOCKS]; /* of a number: neither digit nor a first - */
    uint64_t keep[PILA__JSONTEXT_BLOCKS], op[PILA__JSONTEXT_BLOCKS];
    uint64_t token[PILA__JSONTEXT_BLOCKS], word[PILA__JSONTEXT_BLOCKS];
    size_t out_at[PILA__JSONTEXT_BLOCKS + 1]; /* bytes of output before each block */
    size_t tokens, words, half;               /* half: words in the first half of it */
    char kinds[PILA__JSONTEXT_BATCH + PILA__JSONTEXT_STEP];
    unsigned char words_at[PILA__JSONTEXT_BATCH + PILA__JSONTEXT_STEP];
} pila__jsontext_batch;

PILA_BEGIN_C

/* The k-th best kernel that works here; NULL: there is none. */
pila__jsontext_kernel *pila__jsontext_kernel_at(size_t k);

PILA_END_C

/* ---- the two operations ---- */

PILA_INLINE uint64_t pila__jt_behind(uint64_t x, uint64_t *carry)
{
    uint64_t y = x << 1 | *carry;

    *carry = x >> 63;
    return y;
}

/* The first byte behind each of x that is no gap. */
PILA_INLINE uint64_t pila__jt_beyond(uint64_t x, uint64_t gaps, uint64_t *carry)
{
    uint64_t from = x << 1 | *carry, sum;
    bool over = __builtin_add_overflow(from, gaps, &sum);

    *carry = x >> 63 | (uint64_t)over;
    return sum & ~gaps;
}

/* ---- strings ---- */

/* The bytes behind a backslash that is not behind one itself: in a row of backslashes
 * every other one, which a subtraction finds for rows that begin at even places and at
 * odd ones alike. */
PILA_INLINE uint64_t pila__jt_escaped(uint64_t backslash, uint64_t *carry)
{
    const uint64_t odd = UINT64_MAX / 3 * 2;
    uint64_t first = backslash & ~*carry;
    uint64_t found = ((first << 1 | odd) - first) ^ odd;
    uint64_t escaped = found ^ (backslash | *carry);

    *carry = (found & backslash) >> 63;
    return escaped;
}

PILA_INLINE uint64_t pila__jt_bad_escapes(const pila__jsontext_escapes *m,
                                          uint64_t escaped, uint64_t *carry)
{
    uint64_t u = escaped & m->u, bad = escaped & ~(m->plain | m->u);

    /* The carry holds four bits: how the four behind a u of the last block go on. */
    uint64_t digits = u << 1 | u << 2 | u << 3 | u << 4 | *carry;
    *carry = u >> 63 | u >> 62 | u >> 61 | u >> 60;
    return bad | (digits & ~m->hex);
}

/* Whether the last batch may have ended within a character. */
PILA_INLINE bool pila__jt_pending(const pila__jsontext_run *r)
{
    return r->text_before && r->text_before[PILA__JSONTEXT_STEP - 1] & 0x80;
}

/* ---- scalars outside of strings ---- */

/* Whether nothing of a literal can stand there. */
PILA_INLINE bool pila__jt_ends(char c)
{
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' ||
           c == '\t';
}

/* Whether all that begins as no number does is true, false or null. */
PILA_INLINE bool pila__jt_bad_words(const pila__jsontext_batch *b, const char *text)
{
    bool bad = false;

    for (size_t k = 0; k < b->words; k++) {
        const char *p = text + b->words_at[k] + (k < b->half ? 0 : 256);
        size_t is_false = *p == 'f';
        const char *word = is_false ? "alse" : *p == 't' ? "true" : "null";

        bad |= memcmp(p + is_false, word, 4) != 0 || !pila__jt_ends(p[4 + is_false]);
    }
    return bad;
}

/* What is wrong with dots and exponents in a block. */
PILA_INLINE uint64_t pila__jt_bad_reals(const pila__jsontext_reals *m, uint64_t number,
                                        uint64_t odd, pila__jsontext_carries *c,
                                        uint64_t *last_digit)
{
    uint64_t dot = m->dot & odd, e = m->e & odd, sign = m->sign & odd;
    uint64_t digit = m->digit & number;
    uint64_t behind_e = pila__jt_behind(e, &c->exponent);
    uint64_t bad = (odd & ~(dot | e | sign)) | (sign & ~behind_e);

    bad |= (dot | e) & ~pila__jt_behind(digit, last_digit);
    bad |= behind_e & ~(digit | sign);
    bad |= pila__jt_behind(sign | dot, &c->must_digit) & ~digit;
    /* At most one dot, then at most one e. */
    bad |= pila__jt_beyond(dot, digit, &c->fraction) & dot;
    bad |= pila__jt_beyond(e | sign, digit, &c->power) & (dot | e);
    c->real = c->exponent | c->must_digit | c->fraction | c->power;
    return bad;
}

/* What is wrong with numbers: digits, and a minus before them; the rest is odd. */
PILA_INLINE uint64_t pila__jt_bad_numbers(const pila__jsontext_masks *m,
                                          uint64_t number, uint64_t first,
                                          uint64_t *odd, pila__jsontext_carries *c)
{
    uint64_t digit = m->digit & number, minus = m->minus & first;
    uint64_t behind_minus = pila__jt_behind(minus, &c->minus);
    uint64_t zero = m->zero & (first | behind_minus); /* no digit behind it */

    c->digit = digit >> 63;
    *odd = number & ~(digit | minus);
    return (behind_minus & ~digit) | (pila__jt_behind(zero, &c->zero) & digit);
}

/* ---- a block ---- */

/* The quotes that begin and end strings. */
PILA_INLINE uint64_t pila__jt_quotes(pila__jsontext_run *r, pila__jsontext_batch *b,
                                     size_t k, const pila__jsontext_masks *m)
{
    b->escaped[k] = pila__jt_escaped(m->backslash, &r->carry.escaped);
    b->any_escaped |= b->escaped[k];
    return m->quote & ~b->escaped[k];
}

/* parity: bit i is whether an odd number of the quotes up to i are set. */
PILA_INLINE void pila__jt_block(pila__jsontext_run *r, pila__jsontext_batch *b,
                                size_t k, const pila__jsontext_masks *m, uint64_t quote,
                                uint64_t parity)
{
    pila__jsontext_carries *c = &r->carry;
    uint64_t inside = parity ^ c->in_string; /* and opening quotes */
    uint64_t outside = ~(inside | quote), blank = m->space & outside;
    uint64_t op = m->op & outside, scalar = outside & ~(blank | op);
    uint64_t first = scalar & ~pila__jt_behind(scalar, &c->scalar);
    uint64_t word = first & ~(m->digit | m->minus), sum, odd;

    c->in_string = 0 - (inside >> 63);
    /* All of a scalar that begins as a word is one: the carry runs through it. */
    bool over = __builtin_add_overflow(scalar, word | c->word, &sum);
    c->word = over;
    b->bad |= m->control & ~blank;
    b->bad |= pila__jt_bad_numbers(m, scalar & sum, first, &odd, c);
    b->any_odd |= odd;
    b->number[k] = scalar & sum;
    b->odd[k] = odd;
    b->word[k] = word;
    b->op[k] = op;
    b->token[k] = op | first | (quote & inside);
    b->keep[k] = ~blank;
    b->out_at[k + 1] = b->out_at[k] + (size_t)__builtin_popcountll(~blank);
}

/* ---- tokens ---- */

/* Where the innermost open bracket is a curly one. Whatever does not fit is in *bad;
 * the bracket that closes level base ends the run, and all that is valid. */
PILA_INLINE uint64_t pila__jt_brackets(pila__jsontext_run *r,
                                       const pila__jsontext_kinds *m, uint64_t *valid,
                                       uint64_t *bad)
{
    pila__jsontext_levels v = r->levels;
    uint64_t object = 0 - (v.top & 1);

    for (uint64_t left = (m->open | m->close) & *valid; left; left &= left - 1) {
        uint64_t low = left & (0 - left), is_curly = (m->curly & low) != 0;
        bool opens = (m->open & low) != 0;
        size_t under = v.depth - !opens; /* levels around the bracket */
        uint64_t pushed = v.top << 1 | is_curly, popped = v.top >> 1;

        if (PILA_UNLIKELY(under == r->most)) {
            *bad |= low;
            break;
        }
        if (PILA_UNLIKELY(under % 64 == 0 && under)) {
            if (opens) v.words[under / 64 - 1] = v.top;
            else popped = v.words[under / 64 - 1];
        }
        *bad |= opens || (v.top & 1) == is_curly ? 0 : low;
        v.top = opens ? pushed : popped;
        v.depth = under + opens;
        if (PILA_UNLIKELY(v.depth == r->base)) {
            *valid = low | (low - 1);
            r->ended = true;
            break;
        }
        object ^= (object ^ (0 - (v.top & 1))) & (0 - low);
    }
    r->levels = v;
    return object;
}

/* What is wrong with the order of n tokens, of which the run reads those in *valid. A
 * bracket itself counts as inside of it. */
PILA_INLINE uint64_t pila__jt_bad_order(pila__jsontext_run *r,
                                        const pila__jsontext_kinds *m, size_t n,
                                        uint64_t *valid)
{
    pila__jsontext_carries *c = &r->carry;
    uint64_t bad = 0, start = ~(m->close | m->comma | m->colon);
    uint64_t first = m->open | m->comma;

    *valid = UINT64_MAX >> (64 - n);
    uint64_t object = pila__jt_brackets(r, m, valid, &bad);
    uint64_t keyed = first & object, valued = (first & ~object) | m->colon;
    uint64_t musts = m->comma | m->colon;
    uint64_t key = keyed << 1 | c->key, value = valued << 1 | c->value;
    uint64_t must = musts << 1 | c->must, keys = key & m->quote;
    uint64_t behind_key = keys << 1 | c->behind_key;

    c->key = keyed >> (n - 1) & 1;
    c->value = valued >> (n - 1) & 1;
    c->must = musts >> (n - 1) & 1;
    c->behind_key = keys >> (n - 1) & 1;
    bad |= (key & ~(m->quote | m->close)) | (value & ~(start | m->close));
    bad |= (must & ~start) | (behind_key ^ m->colon) | (start & ~(key | value));
    return bad & *valid;
}

/* ---- a batch ---- */

PILA_INLINE void pila__jt_begin(const pila__jsontext_run *r, pila__jsontext_batch *b,
                                size_t out_len)
{
    b->bad = b->any_escaped = b->any_odd = 0;
    b->tokens = b->words = 0;
    b->digit = r->carry.digit;
    b->out_at[0] = out_len;
}

/* Of a batch in which the run ended: only the first n tokens are of it. */
PILA_INLINE void pila__jt_cut(pila__jsontext_batch *b, size_t n)
{
    for (size_t k = 0; k < PILA__JSONTEXT_BLOCKS; k++) {
        uint64_t left = b->token[k];

        for (; left && n; n--) left &= left - 1;
        if (left) b->op[k] &= (left & (0 - left)) - 1;
    }
}

/* The batch at `text` is right: the run is now behind the last of its {}[]:, . */
PILA_INLINE void pila__jt_commit(pila__jsontext_run *r, const pila__jsontext_batch *b,
                                 const char *text)
{
    size_t k = PILA__JSONTEXT_BLOCKS;

    for (size_t i = 0; r->op && i < k; i++)
        for (uint64_t op = b->op[i]; op; op &= op - 1)
            r->op[r->ops++] =
                (uint16_t)(b->out_at[i] +
                           (size_t)__builtin_popcountll(b->keep[i] & (op - 1) & ~op));
    while (k && !b->op[k - 1]) k--;
    if (!k) return;
    unsigned off = (unsigned)__builtin_clzll(b->op[--k]);
    r->text = text + PILA__JSONTEXT_STEP * k + (64 - off);
    r->out_len =
        b->out_at[k] + (size_t)__builtin_popcountll(b->keep[k] & UINT64_MAX >> off);
}

/* Whether there is another batch to look at. */
PILA_INLINE bool pila__jt_goes_on(const pila__jsontext_run *r, const char *text)
{
    return !r->ended && r->end - text >= PILA__JSONTEXT_BATCH + PILA__JSONTEXT_AHEAD;
}

/* The levels as they were, when a batch turns out to be wrong. */
typedef struct pila__jsontext_saved {
    pila__jsontext_levels levels;
    size_t from; /* of the words */
    uint64_t words[PILA__JSONTEXT_SAVED];
} pila__jsontext_saved;

PILA_INLINE void pila__jt_save(const pila__jsontext_run *r, pila__jsontext_saved *s)
{
    size_t full = (r->levels.depth - 1) / 64;

    s->levels = r->levels;
    s->from = full > PILA__JSONTEXT_SAVED ? full - PILA__JSONTEXT_SAVED : 0;
    for (size_t k = s->from; k < full; k++) s->words[k - s->from] = r->levels.words[k];
}

PILA_INLINE void pila__jt_restore(pila__jsontext_run *r, const pila__jsontext_saved *s)
{
    size_t full = (s->levels.depth - 1) / 64;

    r->levels = s->levels;
    for (size_t k = s->from; k < full; k++) r->levels.words[k] = s->words[k - s->from];
    r->wrong = true;
    r->ended = false;
}

#endif
