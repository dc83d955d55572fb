/* str.h - text: a borrowed view, an owned string, and a buffer that grows.
 *
 * Needs: core/status core/mem core/hash
 * Use:
 *     pila_buf out = {0};
 *     pila_status st = pila_buf_add(&out, pila_cstr("spam"));
 *     if (st == PILA_OK) st = pila_buf_add(&out, pila_cstr(" and eggs"));
 *     if (st == PILA_OK) printf("%.*s\n", (int)out.len, out.data);
 *     // prints: spam and eggs
 *     pila_buf_done(&out);
 *
 * Text is bytes with a length, NUL allowed; UTF-8 where a function says characters.
 */
#ifndef PILA_STR_H
#define PILA_STR_H

#include "hash.h"
#include "mem.h"

/* ---- the view: borrowed, dies when its owner changes ---- */

typedef struct pila_str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
} pila_str;

/* pila_str_of - a view of len bytes.
 *
 *   ptr    may be NULL when len is 0                                  borrowed
 *
 * Cost:    O(1)
 * Python:  memoryview
 */
PILA_INLINE pila_str pila_str_of(const char *ptr, size_t len)
{
    pila_str s;
    s.ptr = ptr;
    s.len = len;
    return s;
}

/* pila_cstr - a view of a C string, without its NUL.
 *
 *   text   not NULL                                                   borrowed
 *
 * Cost:    O(len)
 */
PILA_INLINE pila_str pila_cstr(const char *text)
{
    return pila_str_of(text, strlen(text));
}

/* pila_str_eq - whether both have the same bytes.
 *
 * Cost:    O(len); O(1) where the lengths differ
 * Python:  a == b
 */
PILA_INLINE bool pila_str_eq(pila_str a, pila_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* pila_str_cmp - below 0, 0 or above 0, by bytes; a prefix comes first.
 *
 * Cost:    O(len)
 * Python:  the order of bytes, and of str where both are UTF-8
 */
PILA_INLINE int pila_str_cmp(pila_str a, pila_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* ---- the owned string: 16 bytes, up to 15 of text inside ----
 *
 * {0} is the empty string. The last byte is the length, and the rest zero padded, so
 * that two short strings are equal when their two words are; or it is PILA_STRING_LONG
 * and the text is a block of its own.
 */

enum { PILA_STRING_SHORT_MAX = 15, PILA_STRING_LONG = 0xff };

typedef union pila_string {
    uint64_t word[2];
    unsigned char small[16];
    struct {
        const char *ptr;
        uint64_t tagged; /* length in the low 56 bits; big-endian: in the high ones */
    } big;
} pila_string;

/* pila_string_is_long - whether the text is a block of its own.
 *
 * Cost:    O(1)
 */
PILA_INLINE bool pila_string_is_long(const pila_string *s)
{
    return s->small[15] == PILA_STRING_LONG;
}

/* pila_string_view - its text; the view dies when the string moves or ends.
 *
 *   s      up to 15 bytes are inside it                               borrowed
 *
 * Cost:    O(1)
 */
PILA_INLINE pila_str pila_string_view(const pila_string *s)
{
    if (PILA_LIKELY(!pila_string_is_long(s)))
        return pila_str_of((const char *)s->small, s->small[15]);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return pila_str_of(s->big.ptr, (size_t)(s->big.tagged >> 8));
#else
    return pila_str_of(s->big.ptr, (size_t)(s->big.tagged & (UINT64_MAX >> 8)));
#endif
}

/* Of more than 15 bytes. */
PILA_INLINE pila_string pila__string_borrow_long(pila_str text)
{
    pila_string s;

    s.big.ptr = text.ptr;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    s.big.tagged = (uint64_t)text.len << 8 | PILA_STRING_LONG;
#else
    s.big.tagged = (uint64_t)text.len | (uint64_t)PILA_STRING_LONG << 56;
#endif
    return s;
}

/* pila_string_borrow - a string that looks at text without owning it when it is long.
 *
 * For passing to a container, which copies what it keeps; never give it to
 * pila_string_done.
 *
 *   text   at most 2^56 - 1 bytes                                     borrowed
 *
 * Cost:    O(1)
 */
PILA_INLINE pila_string pila_string_borrow(pila_str text)
{
    pila_string s = {{0, 0}};
    size_t n = text.len;

    if (PILA_UNLIKELY(n > PILA_STRING_SHORT_MAX)) return pila__string_borrow_long(text);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Two loads that may overlap, rather than a copy of n bytes. */
    if (n >= 8) {
        memcpy(&s.word[0], text.ptr, 8);
        memcpy(&s.word[1], text.ptr + n - 8, 8);
        s.word[1] = s.word[1] >> 1 >> (127 - 8 * n);
    } else if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, text.ptr, 4);
        memcpy(&high, text.ptr + n - 4, 4);
        s.word[0] = low | (uint64_t)high << (8 * n - 32);
    } else if (n) {
        s.small[0] = (unsigned char)text.ptr[0];
        s.small[n / 2] = (unsigned char)text.ptr[n / 2];
        s.small[n - 1] = (unsigned char)text.ptr[n - 1];
    }
#else
    if (n) memcpy(s.small, text.ptr, n);
#endif
    s.small[15] = (unsigned char)n;
    return s;
}

/* The same where 16 bytes from text.ptr on are readable: no branch on the length. */
PILA_INLINE pila_string pila__string_borrow_padded(pila_str text)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    size_t n = text.len, most = 16 - (n <= 8 ? n : 8);
    uint64_t low, high;
    pila_string s;

    if (PILA_UNLIKELY(n > PILA_STRING_SHORT_MAX)) return pila__string_borrow_long(text);
    memcpy(&low, text.ptr, 8);
    memcpy(&high, text.ptr + 8, 8);
    s.word[0] = low & (n ? UINT64_MAX >> (8 * (most - 8) & 63) : 0);
    s.word[1] = (high & (n > 8 ? UINT64_MAX >> (8 * (16 - n)) : 0)) | (uint64_t)n << 56;
    return s;
#else
    return pila_string_borrow(text);
#endif
}

PILA_BEGIN_C

/* pila_string_init - an owned copy of text.
 *
 *   out    set on success, untouched on failure                       given
 *
 * Fails:   PILA_ENOMEM   text is longer than 15 bytes and there is no memory
 * Cost:    O(n); no allocation up to 15 bytes
 */
PILA_API PILA_MUST pila_status pila_string_init(pila_string *out, pila_str text);

/* pila_string_done - free it and leave it empty; an empty one is fine.
 *
 *   s      made by pila_string_init, or {0}                           taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_string_done(pila_string *s);

PILA_END_C

/* pila_string_eq - whether both have the same text.
 *
 * A long one never equals a short one.
 *
 * Cost:    O(len); two words up to 15 bytes
 * Python:  a == b
 */
PILA_INLINE bool pila_string_eq(const pila_string *a, const pila_string *b)
{
    if (a->word[1] != b->word[1]) return false;
    if (a->word[0] == b->word[0]) return true;
    return pila_string_is_long(a) &&
           pila_str_eq(pila_string_view(a), pila_string_view(b));
}

/* The secrets must be drawn. Agrees with pila__str_hash of the same text. */
PILA_INLINE uint64_t pila__string_hash(const pila_string *s)
{
    if (PILA_LIKELY(!pila_string_is_long(s)))
        return pila__hash_16(s->word[0], s->word[1]);
    pila_str v = pila_string_view(s);
    return pila__hash_long(v.ptr, v.len);
}

PILA_INLINE uint64_t pila__str_hash(pila_str s)
{
    pila_string probe = pila_string_borrow(s);
    return pila__string_hash(&probe);
}

PILA_BEGIN_C

/* pila_utf8_sequence - the bytes of the UTF-8 character at text: 1 to 4, or 0 when no
 * valid one starts there (a stray or missing continuation, overlong, a surrogate, above
 * U+10FFFF).
 *
 *   text, n   at least one byte                                       borrowed
 *
 * Cost:    O(1)
 * Source:  RFC 3629
 */
PILA_API size_t pila_utf8_sequence(const char *text, size_t n);

PILA_END_C

/* ---- the buffer: bytes that grow, up to a cap ---- */

typedef struct pila_buf { /* {0} is a valid empty buffer without a cap of its own */
    char *data;
    size_t len, room; /* bytes used, bytes allocated */
    size_t cap;       /* len never exceeds this; 0 means no cap but PTRDIFF_MAX */
} pila_buf;

/* pila_buf_view - what it holds; the view dies when the buffer changes.
 *
 *   b      keeps the bytes                                            borrowed
 *
 * Cost:    O(1)
 * Python:  io.BytesIO.getbuffer
 */
PILA_INLINE pila_str pila_buf_view(const pila_buf *b)
{
    return pila_str_of(b->data, b->len);
}

PILA_BEGIN_C

/* pila_buf_reserve - make room for n more bytes.
 *
 * Fails:   PILA_ELIMIT   len + n exceeds the cap
 *          PILA_ENOMEM   no memory; the buffer is as it was
 * Cost:    amortised O(n) over a run of calls
 */
PILA_API PILA_MUST pila_status pila_buf_reserve(pila_buf *b, size_t n);

/* pila_buf_add - append text.
 *
 *   text   may lie inside the buffer itself                           borrowed
 *
 * Fails:   as pila_buf_reserve
 * Cost:    amortised O(n)
 */
PILA_API PILA_MUST pila_status pila_buf_add(pila_buf *b, pila_str text);

/* pila_buf_add_int - append a number in decimal.
 *
 * Fails:   as pila_buf_reserve
 * Cost:    O(digits)
 */
PILA_API PILA_MUST pila_status pila_buf_add_int(pila_buf *b, int64_t x);

/* pila_buf_add_uint - append an unsigned number in decimal.
 *
 * Fails:   as pila_buf_reserve
 * Cost:    O(digits)
 */
PILA_API PILA_MUST pila_status pila_buf_add_uint(pila_buf *b, uint64_t x);

/* pila_buf_add_float - append a number as Python's repr: the shortest decimal that
 * reads back as the same double.
 *
 * Fails:   as pila_buf_reserve
 * Cost:    at most 17 conversions; for diagnostics, not for bulk
 * Python:  repr(float)
 */
PILA_API PILA_MUST pila_status pila_buf_add_float(pila_buf *b, double x);

/* pila_buf_add_repr - append text in quotes, as Python's repr writes a str or bytes.
 *
 *   text   any bytes, not inside the buffer itself                    borrowed
 *   utf8   keep valid UTF-8 as it is; else every byte above ASCII is \xNN
 *
 * Fails:   as pila_buf_reserve
 * Cost:    O(n)
 * Python:  repr(str), where all UTF-8 above ASCII counts as printable; repr(bytes)
 *          without its b
 */
PILA_API PILA_MUST pila_status pila_buf_add_repr(pila_buf *b, pila_str text, bool utf8);

/* pila_buf_clear - empty it, keeping its room.
 *
 * Cost:    O(1)
 */
PILA_API void pila_buf_clear(pila_buf *b);

/* pila_buf_done - free it and leave it empty; twice is fine.
 *
 *   b      any buffer, {0} included                                   taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_buf_done(pila_buf *b);

PILA_END_C

/* pila_buf_add_char - append one byte.
 *
 * Fails:   as pila_buf_reserve
 * Cost:    amortised O(1)
 */
PILA_INLINE PILA_MUST pila_status pila_buf_add_char(pila_buf *b, char c)
{
    if (PILA_UNLIKELY(b->len == b->room || (b->cap && b->len >= b->cap))) {
        pila_status st = pila_buf_reserve(b, 1);
        if (st != PILA_OK) return st;
    }
    b->data[b->len++] = c;
    return PILA_OK;
}

#endif
