/* json_write.c - the writing half of json.h.
 *
 * One loop walks the value with a stack of its own: it writes a value, then leaves the
 * containers that are at their end, then writes what separates and the next key. Where
 * it is in the innermost container is in local variables, and in a frame for each one
 * around. The place to write to is a local, too, and at the top of each turn there is
 * room for all that is short: separators, a bracket, a number. What may be longer asks.
 *
 * Text is copied by blocks of 16 bytes (8 without SSE2), each looked through after it
 * has been stored; what must be escaped goes on elsewhere. The last block overlaps the
 * one before, shorter text is copied by loads that overlap each other, and never is a
 * byte read behind the text. Up to 32 bytes the branches do not depend on the length,
 * but for two: to foresee lengths is what cost most. With AVX-512, where the machine
 * has it, a load leaves out what is behind the text, and there is no such branch up
 * to 64. Not so its stores, which took three times as long: all 64 bytes are stored.
 *
 * A cycle is found without marks in the containers, which other threads may be reading:
 * a new container is compared with the one around it at the last depth that was a power
 * of two. What never ends repeats, so that one is met again (R. P. Brent, 1980); and
 * depth stays cheap. Where somebody could see that it went round once more, up to 64
 * around it are compared, as Python does with all.
 *
 * Pieces go straight into a buffer that has no cap; else into 64 KiB, handed on when
 * they are full. So a text that just fits a cap is never refused for the sake of room.
 */
#include "json.h"

#include "number.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#if defined(__SSE2__) && !defined(PILA_NO_SIMD)
#include <emmintrin.h>
#define JSON_SSE2 1
#else
#define JSON_SSE2 0
#endif
#if defined(__x86_64__) && !defined(PILA_NO_SIMD)
#include <immintrin.h>
#define JSON_MASKED __attribute__((target("avx512f,avx512bw,bmi2")))
#endif

enum {
    JSON_SLACK = 128,      /* bytes: room for all that is short, at the top of a turn */
    JSON_PIECE = 1 << 16,  /* bytes handed to a sink */
    JSON_SEGMENT = 4096,   /* bytes of text that room is made for at once */
    JSON_WORST = 6,        /* characters for one byte: \u001f */
    JSON_WORD = 8,         /* bytes of a separator that is stored as a word */
    JSON_SCAN = 64,        /* containers around that a new one is compared with */
    JSON_FALLBACKS = 1000, /* inside one another */
    JSON_DIGITS = 4300,    /* of an integer: CPython's limit */
    JSON_LIMBS = 224,      /* more have more digits than that */
    JSON_STRAIGHT = 64     /* entries sorted by insertion, as CPython does */
};

typedef struct json_frame {
    pila_value of; /* the container, or what a fallback stands for */
    const pila_value *at, *end;
    uint64_t version; /* as it was on the way in */
    pila_entry *sorted;
} json_frame;

typedef struct json_writer {
    char *end;       /* of the room */
    pila_buf *grown; /* written into; or NULL, and then: */
    char *piece;
    pila_json_sink *sink;
    void *sink_ctx;
    const pila_json_dump_options *how;
    pila_str comma, colon;
    char comma_word[JSON_WORD], colon_word[JSON_WORD]; /* the same where words do */
    bool words;
    size_t blanks; /* a level; SIZE_MAX: it is text */
    bool masked;   /* by json_text_masked */
    bool watched;  /* versions: somebody is called who could change the value */
    json_frame *frames;
    size_t depth, room, fallbacks;
    pila_status status;
    char message[120];
} json_writer;

static size_t json_least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- room and faults ---- */

static char *json_fail(json_writer *w, pila_status st, const char *format, ...)
{
    va_list args;

    w->status = st;
    va_start(args, format);
    vsnprintf(w->message, sizeof w->message, format, args);
    va_end(args);
    return NULL;
}

static char *json_fail_status(json_writer *w, pila_status st)
{
    return json_fail(w, st, "%s", pila_status_text(st));
}

/* Make room for n bytes, at most JSON_PIECE, behind what was written up to out. */
static __attribute__((noinline)) char *json_more(json_writer *w, char *out, size_t n)
{
    pila_status st;

    if (w->grown) {
        w->grown->len = (size_t)(out - w->grown->data);
        st = pila_buf_reserve(w->grown, n);
        if (st != PILA_OK) return json_fail_status(w, st); /* there may be no data */
        w->end = w->grown->data + w->grown->room;
        out = w->grown->data + w->grown->len;
    } else {
        st = w->sink(w->sink_ctx, pila_str_of(w->piece, (size_t)(out - w->piece)));
        out = w->piece;
    }
    return st == PILA_OK ? out : json_fail_status(w, st);
}

PILA_INLINE char *json_reserve(json_writer *w, char *out, size_t n)
{
    return PILA_LIKELY((size_t)(w->end - out) >= n) ? out : json_more(w, out, n);
}

/* Text as it is, of any length; afterwards there is JSON_SLACK again. */
static char *json_put(json_writer *w, char *out, pila_str text)
{
    while (text.len > 0 && out) {
        size_t n = json_least(text.len, JSON_SEGMENT);
        if (!(out = json_reserve(w, out, n + JSON_SLACK))) break;
        memcpy(out, text.ptr, n);
        out += n;
        text.ptr += n;
        text.len -= n;
    }
    return out ? json_reserve(w, out, JSON_SLACK) : NULL;
}

/* ---- blocks of text ---- */

#if JSON_SSE2
enum { JSON_BLOCK = 16 };
typedef __m128i json_block;

PILA_INLINE json_block json_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

PILA_INLINE void json_store(char *p, json_block b)
{
    _mm_storeu_si128((__m128i *)(void *)p, b);
}

/* What must be escaped: a bit a byte. */
PILA_INLINE uint64_t json_found(json_block b, bool ascii)
{
    json_block low = _mm_cmpeq_epi8(_mm_min_epu8(b, _mm_set1_epi8(0x1f)), b);
    json_block quote = _mm_cmpeq_epi8(b, _mm_set1_epi8('"'));
    json_block slash = _mm_cmpeq_epi8(b, _mm_set1_epi8('\\'));
    json_block found = _mm_or_si128(low, _mm_or_si128(quote, slash));

    if (ascii) {
        json_block del = _mm_cmpeq_epi8(b, _mm_set1_epi8(0x7f));
        found = _mm_or_si128(found, _mm_or_si128(del, b)); /* of b the highest bits */
    }
    return (unsigned)_mm_movemask_epi8(found);
}

/* The number of the first byte that was found. */
PILA_INLINE size_t json_first(uint64_t found) { return (size_t)__builtin_ctzll(found); }
#else
enum { JSON_BLOCK = 8 };
typedef uint64_t json_block;

PILA_INLINE json_block json_load(const char *p)
{
    json_block b;

    memcpy(&b, p, sizeof b);
    return b;
}

PILA_INLINE void json_store(char *p, json_block b) { memcpy(p, &b, sizeof b); }

/* The highest bit of each byte that equals what all bytes of `what` are. */
PILA_INLINE uint64_t json_equal(uint64_t word, uint64_t what)
{
    const uint64_t low = UINT64_MAX / 255 * 0x7f;

    word ^= what;
    return ~(((word & low) + low) | word | low);
}

PILA_INLINE uint64_t json_found(json_block b, bool ascii)
{
    const uint64_t one = UINT64_MAX / 255;
    uint64_t found;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    b = __builtin_bswap64(b);
#endif
    found = ~((b & one * 0x7f) + one * 0x60) & ~b & one * 0x80; /* below a blank */
    found |= json_equal(b, one * '"') | json_equal(b, one * '\\');
    if (ascii) found |= json_equal(b, one * 0x7f) | (b & one * 0x80);
    return found;
}

PILA_INLINE size_t json_first(uint64_t found)
{
    return (size_t)__builtin_ctzll(found) / 8;
}
#endif

/* ---- what must be escaped ---- */

static char *json_escape_unit(char *out, unsigned unit)
{
    static const char hex[] = "0123456789abcdef";

    out[0] = '\\';
    out[1] = 'u';
    out[2] = hex[unit >> 12];
    out[3] = hex[unit >> 8 & 15];
    out[4] = hex[unit >> 4 & 15];
    out[5] = hex[unit & 15];
    return out + 6;
}

static char *json_escape_ascii(char *out, unsigned char c)
{
    static const char letters[] = "btn.fr"; /* of 8 to 13; 11 has none */
    char letter = c >= 8 && c <= 13 && c != 11 ? letters[c - 8]
                  : c == '"' || c == '\\'      ? (char)c
                                               : 0;

    if (!letter) return json_escape_unit(out, c);
    out[0] = '\\';
    out[1] = letter;
    return out + 2;
}

/* A character above ASCII: a unit, or two. A byte of no character is shown as Python's
 * surrogateescape has it. */
static char *json_escape_wide(char *out, const char **text, const char *end)
{
    const unsigned char *p = (const unsigned char *)*text;
    size_t n = (size_t)(end - *text);
    unsigned c = p[0];

    if (c >= 0xc2 && c < 0xe0 && n > 1 && (p[1] & 0xc0) == 0x80) {
        *text += 2;
        return json_escape_unit(out, (c & 0x1f) << 6 | (p[1] & 0x3f));
    }
    if (c >= 0xe0 && c < 0xf0 && n > 2 && (p[1] & 0xc0) == 0x80 &&
        (c > 0xe0 || p[1] >= 0xa0) && (p[2] & 0xc0) == 0x80) {
        *text += 3;
        return json_escape_unit(out,
                                (c & 0xf) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu));
    }
    if (c >= 0xf0 && pila_utf8_sequence(*text, n) == 4) {
        c = (c & 7) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
        *text += 4;
        out = json_escape_unit(out, 0xd7c0 + (c >> 10)); /* 0xd800 - (0x10000 >> 10) */
        return json_escape_unit(out, 0xdc00 + (c & 0x3ff));
    }
    *text += 1;
    return json_escape_unit(out, 0xdc00 + c);
}

/* The byte at *text that must be escaped, and all above ASCII that follow it. */
static __attribute__((noinline)) char *json_escape(char *out, const char **text,
                                                   const char *end)
{
    if ((unsigned char)**text < 0x80)
        return json_escape_ascii(out, (unsigned char)*(*text)++);
    while (*text < end && (unsigned char)**text >= 0x80)
        out = json_escape_wide(out, text, end);
    return out;
}

PILA_INLINE bool json_escapes(char byte, bool ascii)
{
    unsigned char c = (unsigned char)byte;

    return c < ' ' || c == '"' || c == '\\' || (ascii && c >= 0x7f);
}

/* Text in which something must be escaped; as json_text_blocks. */
static __attribute__((noinline)) char *json_text_dirty(char *out, const char *p,
                                                       const char *end, bool ascii)
{
    while (p < end) {
        if (end - p >= JSON_BLOCK) {
            json_block b = json_load(p);
            uint64_t found = json_found(b, ascii);
            size_t k = found ? json_first(found) : (size_t)JSON_BLOCK;
            json_store(out, b);
            p += k;
            out += k;
            if (!found) continue;
        } else if (!json_escapes(*p, ascii)) {
            *out++ = *p++;
            continue;
        }
        out = json_escape(out, &p, end);
    }
    return out;
}

/* Fewer than JSON_BLOCK bytes, by loads that overlap: four of 4 bytes do for 4 to 15.
 */
PILA_INLINE uint64_t json_copy_few(char *out, const char *p, size_t n, bool ascii)
{
    if (n >= 4) {
        size_t k = n / 8 * 4;
        uint32_t a, b, c, d;
        memcpy(&a, p, 4);
        memcpy(&b, p + k, 4);
        memcpy(&c, p + n - 4 - k, 4);
        memcpy(&d, p + n - 4, 4);
        memcpy(out, &a, 4);
        memcpy(out + k, &b, 4);
        memcpy(out + n - 4 - k, &c, 4);
        memcpy(out + n - 4, &d, 4);
#if JSON_SSE2
        return json_found(_mm_set_epi32((int)d, (int)c, (int)b, (int)a), ascii);
#else
        return json_found(a | (uint64_t)d << 32, ascii); /* 4 to 7 bytes */
#endif
    }
    if (n > 0) {
        char a = p[0], b = p[n / 2], c = p[n - 1];
        out[0] = a;
        out[n / 2] = b;
        out[n - 1] = c;
        return json_escapes(a, ascii) || json_escapes(b, ascii) ||
               json_escapes(c, ascii);
    }
    return 0;
}

/* Text between quotes, where there is room for the worst. Up to two blocks nothing but
 * that depends on the length. */
PILA_INLINE char *json_text_blocks(char *out, const char *p, size_t n, bool ascii)
{
    const char *end = p + n;
    json_block a, b;

    if (n < JSON_BLOCK) {
        if (PILA_UNLIKELY(json_copy_few(out, p, n, ascii)))
            return json_text_dirty(out, p, end, ascii);
        return out + n;
    }
    for (; end - p > 2 * JSON_BLOCK; p += JSON_BLOCK, out += JSON_BLOCK) {
        a = json_load(p);
        json_store(out, a);
        if (PILA_UNLIKELY(json_found(a, ascii)))
            return json_text_dirty(out, p, end, ascii);
    }
    a = json_load(p);
    b = json_load(end - JSON_BLOCK);
    json_store(out, a);
    json_store(out + (end - p) - JSON_BLOCK, b);
    if (PILA_UNLIKELY(json_found(a, ascii) | json_found(b, ascii)))
        return json_text_dirty(out, p, end, ascii);
    return out + (end - p);
}

#if defined(JSON_MASKED)
/* The same by loads that leave out what is behind the text. */
static inline JSON_MASKED char *json_text_masked(char *out, const char *p, size_t n,
                                                 bool ascii)
{
    const __m512i quote = _mm512_set1_epi8('"'), slash = _mm512_set1_epi8('\\');
    const char *end = p + n;

    for (;; p += 64, out += 64) {
        size_t left = (size_t)(end - p);
        uint64_t there = left < 64 ? _bzhi_u64(UINT64_MAX, (unsigned)left) : UINT64_MAX;
        __m512i b = _mm512_maskz_loadu_epi8(there, p);
        uint64_t found = _mm512_mask_cmplt_epu8_mask(there, b, _mm512_set1_epi8(' ')) |
                         _mm512_cmpeq_epi8_mask(b, quote) |
                         _mm512_cmpeq_epi8_mask(b, slash);

        if (ascii) found |= _mm512_cmpgt_epu8_mask(b, _mm512_set1_epi8(0x7e));
        _mm512_storeu_si512(out, b);
        if (PILA_UNLIKELY(found)) return json_text_dirty(out, p, end, ascii);
        if (PILA_LIKELY(left <= 64)) return out + left;
    }
}

static bool json_can_mask(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2");
}
#else
#define JSON_MASKED
#define json_text_masked json_text_blocks
static bool json_can_mask(void) { return false; }
#endif

/* By segments that do not part a character: only what is left is as it was. */
static __attribute__((noinline)) char *json_text_long(json_writer *w, char *out,
                                                      pila_str text, bool ascii)
{
    while (text.len > 0) {
        size_t n = text.len;
        if (n > JSON_SEGMENT) {
            n = JSON_SEGMENT;
            while (n > JSON_SEGMENT - 3 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80)
                n--;
        }
        out = json_reserve(w, out, n * JSON_WORST + JSON_SLACK);
        if (!out) return NULL;
        out = ascii ? json_text_blocks(out, text.ptr, n, true)
                    : json_text_blocks(out, text.ptr, n, false);
        text.ptr += n;
        text.len -= n;
    }
    return json_reserve(w, out, JSON_SLACK);
}

/* A str in quotes; afterwards there is JSON_SLACK, less one, of room. */
PILA_INLINE char *json_text(json_writer *w, char *out, pila_value v, bool ascii,
                            bool masked)
{
    pila_str text = pila_str_of(v.as.text, (size_t)(v.tag >> 8));

    *out++ = '"';
    if (PILA_LIKELY(text.len <= JSON_SEGMENT &&
                    (size_t)(w->end - out) >= text.len * JSON_WORST + JSON_SLACK))
        out = masked ? json_text_masked(out, text.ptr, text.len, ascii)
                     : json_text_blocks(out, text.ptr, text.len, ascii);
    else if (!(out = json_text_long(w, out, text, ascii))) return NULL;
    *out++ = '"';
    return out;
}

/* ---- numbers ---- */

PILA_INLINE char *json_float(json_writer *w, char *out, double x)
{
    if (PILA_LIKELY(x - x == 0)) return out + pila__double_write(out, x);
    if (w->how->refuse_nan)
        return json_fail(w, PILA_EVALUE,
                         "Out of range float values are not JSON compliant");
    if (x != x) return memcpy(out, "NaN", 3), out + 3;
    if (x < 0) *out++ = '-';
    memcpy(out, "Infinity", 8);
    return out + 8;
}

static char *json_big(json_writer *w, char *out, pila_value v)
{
    uint64_t limbs[JSON_LIMBS];
    char digits[JSON_LIMBS * 20];
    size_t n, len = JSON_DIGITS + 1;
    const uint64_t *own = pila__big_limbs(v, &n);

    if (n <= JSON_LIMBS) {
        memcpy(limbs, own, n * sizeof *limbs);
        len = pila__big_to_decimal(limbs, n, digits);
    }
    if (len > JSON_DIGITS)
        return json_fail(
            w, PILA_EVALUE,
            "Exceeds the limit (4300 digits) for integer string conversion; "
            "use sys.set_int_max_str_digits() to increase the limit");
    if (pila__big_negative(v)) *out++ = '-';
    return json_put(w, out, pila_str_of(digits, len));
}

/* What is neither text nor a container; NULL without a fault: JSON has no such kind. */
static char *json_scalar(json_writer *w, char *out, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: memcpy(out, "null", 4); return out + 4;
    case PILA_VALUE_BOOL:
        memcpy(out, v.as.i ? "true" : "false", 5);
        return out + 5 - v.as.i;
    case PILA_VALUE_INT: return out + pila__int_write(out, v.as.i);
    case PILA_VALUE_FLOAT: return json_float(w, out, v.as.f);
    case PILA_VALUE_BIGINT: return json_big(w, out, v);
    case PILA_VALUE_NUMERAL: return json_put(w, out, pila_value_text(v));
    default: return NULL;
    }
}

static const char *json_type_name(pila_value v)
{
    static const char *const names[] = {"NoneType", "bool",      "int",       "int",
                                        "float",    "complex",   "Decimal",   "str",
                                        "bytes",    "bytearray", "list",      "tuple",
                                        "dict",     "set",       "frozenset", "object"};

    return names[pila_value_kind_of(v)];
}

/* ---- keys ---- */

/* Whether an entry is not to be seen: it was deleted, or it cannot be a key. */
static bool json_left_out(const json_writer *w, pila_value key)
{
    pila_value_kind kind = pila_value_kind_of(key);

    if (kind == PILA__VALUE_DEAD) return true;
    return w->how->skip_keys && (kind == PILA_VALUE_COMPLEX || kind > PILA_VALUE_STR);
}

/* A key that is no str, in quotes. */
static char *json_key(json_writer *w, char *out, pila_value key)
{
    *out++ = '"';
    out = json_scalar(w, out, key);
    if (out) *out++ = '"';
    else if (w->status == PILA_OK)
        json_fail(w, PILA_ETYPE, "keys must be str, int, float, bool or None, not %s",
                  json_type_name(key));
    return out;
}

static bool json_key_less(json_writer *w, const pila_entry *a, const pila_entry *b)
{
    pila_value x = a->key, y = b->key;
    bool less = false;
    pila_status st;

    if (pila_value_kind_of(x) == PILA_VALUE_STR &&
        pila_value_kind_of(y) == PILA_VALUE_STR)
        return pila_str_cmp(pila_value_text(x), pila_value_text(y)) < 0;
    st = w->status == PILA_OK ? pila_value_less(x, y, &less) : PILA_OK;
    if (st == PILA_ETYPE)
        json_fail(w, st, "'<' not supported between instances of '%s' and '%s'",
                  json_type_name(x), json_type_name(y));
    else if (st != PILA_OK) json_fail_status(w, st);
    return less;
}

/* CPython's order of comparisons up to JSON_STRAIGHT: the run at the front is found and
 * turned round if it falls, then the others are put in by halving. So the first pair
 * without an order is the same. */
static void json_sort_straight(json_writer *w, pila_entry *e, size_t n)
{
    size_t run = 2;
    bool falls;

    if (n < 2) return;
    falls = json_key_less(w, &e[1], &e[0]);
    while (run < n && json_key_less(w, &e[run], &e[run - 1]) == falls) run++;
    for (size_t k = 0; falls && k < run / 2; k++) {
        pila_entry swap = e[k];
        e[k] = e[run - 1 - k];
        e[run - 1 - k] = swap;
    }
    for (; run < n; run++) {
        pila_entry pivot = e[run];
        size_t low = 0, high = run;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (json_key_less(w, &pivot, &e[middle])) high = middle;
            else low = middle + 1;
        }
        memmove(e + low + 1, e + low, (run - low) * sizeof *e);
        e[low] = pivot;
    }
}

/* Runs of JSON_STRAIGHT, merged in pairs into the spare room and back. */
static void json_sort(json_writer *w, pila_entry *e, size_t n, pila_entry *spare)
{
    for (size_t k = 0; k < n; k += JSON_STRAIGHT)
        json_sort_straight(w, e + k, json_least(n - k, JSON_STRAIGHT));
    for (size_t run = JSON_STRAIGHT; run < n; run *= 2)
        for (size_t k = 0; k + run < n; k += 2 * run) {
            size_t end = n - k < 2 * run ? n : k + 2 * run, a = 0, b = k + run, to = k;
            memcpy(spare, e + k, run * sizeof *e);
            while (a < run && b < end)
                e[to++] = json_key_less(w, &e[b], &spare[a]) ? e[b++] : spare[a++];
            memcpy(e + to, spare + a, (run - a) * sizeof *e);
        }
}

/* The live entries of a dict in order, and behind them room as large. */
static pila_entry *json_sorted(json_writer *w, const pila_dict_body *d)
{
    pila_entry *sorted = (pila_entry *)pila_alloc(d->len, 2 * sizeof *sorted);
    const pila_entry *e;
    size_t n = 0;

    if (!sorted) json_fail_status(w, PILA_ENOMEM);
    for (size_t at = 0; sorted && (e = pila__value_entry(d, &at)) != NULL;)
        sorted[n++] = *e;
    if (sorted) json_sort(w, sorted, n, sorted + n);
    return sorted;
}

/* ---- the stack ---- */

static uint64_t json_version(pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_LIST: return v.as.list->version;
    case PILA_VALUE_DICT: return v.as.dict->version;
    default: return 0;
    }
}

/* Whether v is around itself. */
PILA_INLINE bool json_is_around(const json_writer *w, pila_value v)
{
    const json_frame *f = w->frames, *end = f + w->depth;

    if (!w->watched || PILA_UNLIKELY(w->depth > JSON_SCAN)) {
        if (w->depth > 1) f += (size_t)1 << (63 - __builtin_clzll(w->depth - 1));
        end = w->depth ? f + 1 : f;
    }
    for (; f < end; f++)
        if (PILA_UNLIKELY(f->of.as.i == v.as.i && f->of.tag == v.tag)) return true;
    return false;
}

static __attribute__((noinline)) json_frame *json_grow(json_writer *w)
{
    size_t room = pila_mem_grow(w->room, w->depth + 1, sizeof *w->frames);
    json_frame *f = NULL;

    if (room) f = (json_frame *)pila_realloc(w->frames, room, sizeof *f);
    if (!f) return json_fail_status(w, PILA_ENOMEM), f;
    w->frames = f;
    w->room = room;
    return f;
}

/* A frame for v; the one around goes on at `at`. NULL: it failed. */
PILA_INLINE json_frame *json_push(json_writer *w, pila_value v, const pila_value *at)
{
    json_frame *f;

    if (PILA_UNLIKELY(w->depth == w->room) && !json_grow(w)) return NULL;
    f = &w->frames[w->depth];
    if (w->depth) f[-1].at = at;
    if (!w->how->trust_no_cycle && json_is_around(w, v)) {
        json_fail(w, PILA_EVALUE, "Circular reference detected");
        return NULL;
    }
    w->depth++;
    f->of = v;
    f->at = f->end = NULL;
    f->sorted = NULL;
    f->version = w->watched ? json_version(v) : 0;
    return f;
}

/* The dict's entries in order; what fails is in w. */
static __attribute__((noinline)) void json_open_sorted(json_writer *w, json_frame *f)
{
    f->sorted = json_sorted(w, f->of.as.dict);
    f->at = (const pila_value *)f->sorted;
    if (f->at) f->end = f->at + 2 * f->of.as.dict->len;
}

/* Where its items are; of a dict keys and values in turn. */
PILA_INLINE void json_open(json_frame *f, pila_value_kind kind)
{
    if (kind == PILA_VALUE_DICT) {
        f->at = (const pila_value *)f->of.as.dict->entries;
        f->end = f->at + 2 * f->of.as.dict->used;
    } else if (kind == PILA_VALUE_LIST) {
        f->at = f->of.as.list->items;
        f->end = f->at + f->of.as.list->len;
    } else {
        f->at = f->of.as.items;
        f->end = f->at + (f->of.tag >> 8);
    }
}

/* What takes the place of a value that JSON lacks; it is around that, as Python has it.
 */
static bool json_fallback(json_writer *w, pila_value *v, const pila_value *at)
{
    pila_status st;

    if (!w->how->fallback) {
        json_fail(w, PILA_ETYPE, "Object of type %s is not JSON serializable",
                  json_type_name(*v));
        return false;
    }
    if (w->fallbacks == JSON_FALLBACKS) return json_fail_status(w, PILA_ELIMIT), false;
    if (!json_push(w, *v, at)) return false;
    w->fallbacks++;
    st = w->how->fallback(w->how->ctx, *v, v);
    if (st != PILA_OK) json_fail_status(w, st);
    return st == PILA_OK;
}

/* What indents by one level. */
static char *json_level(json_writer *w, char *out)
{
    if (w->how->indent_text.len) return json_put(w, out, w->how->indent_text);
    for (size_t n = w->blanks; n > 0 && out;) {
        size_t part = json_least(n, JSON_SEGMENT);
        if (!(out = json_reserve(w, out, part + JSON_SLACK))) return NULL;
        memset(out, ' ', part);
        out += part;
        n -= part;
    }
    return out;
}

/* A new line, and the indentation of the depth. */
static char *json_line(json_writer *w, char *out, size_t depth)
{
    if (PILA_LIKELY(w->blanks <= JSON_SLACK && depth * w->blanks < JSON_SEGMENT)) {
        size_t n = depth * w->blanks;
        if (!(out = json_reserve(w, out, n + 1 + JSON_SLACK))) return NULL;
        *out++ = '\n';
        memset(out, ' ', n);
        return out + n;
    }
    for (out = json_put(w, out, pila_cstr("\n")); out && depth > 0; depth--)
        out = json_level(w, out);
    return out;
}

/* ---- the loop ---- */

/* Leave the innermost container, which is at its end; *at and *end are those of the one
 * around. */
PILA_INLINE char *json_pop(json_writer *w, char *out, const pila_value **at,
                           const pila_value **end, bool *dict)
{
    json_frame *f = &w->frames[--w->depth];
    pila_value_kind kind = pila_value_kind_of(f->of);

    *at = *end = NULL;
    if (PILA_UNLIKELY(f->sorted != NULL)) pila_free(f->sorted);
    if (PILA_UNLIKELY(kind < PILA_VALUE_LIST || kind > PILA_VALUE_DICT)) w->fallbacks--;
    else {
        if (PILA_UNLIKELY(w->how->indented)) out = json_line(w, out, w->depth);
        if (!out) return NULL;
        *out++ = *dict ? '}' : ']';
    }
    if (w->depth == 0) return out;
    f--;
    if (PILA_UNLIKELY(w->watched && f->version != json_version(f->of)))
        return json_fail_status(w, PILA_EMUTATED);
    *at = f->at;
    *end = f->end;
    *dict = pila_value_kind_of(f->of) == PILA_VALUE_DICT;
    return out;
}

PILA_INLINE bool json_is_empty(pila_value v, pila_value_kind kind)
{
    return kind == PILA_VALUE_DICT   ? v.as.dict->len == 0
           : kind == PILA_VALUE_LIST ? v.as.list->len == 0
                                     : v.tag >> 8 == 0;
}

/* long: the loop that the essay speaks of; its state is what a split would pass on. */
PILA_INLINE char *json_run(json_writer *w, char *out, pila_value v, bool ascii,
                           bool masked)
{
    const bool plain = w->words && !w->how->indented;
    const size_t comma_len = w->comma.len, colon_len = w->colon.len;
    const pila_value *at = NULL, *end = NULL;
    uint64_t comma, colon; /* in registers: a store through out could be one to w */
    bool dict = false, first;

    memcpy(&comma, w->comma_word, sizeof comma);
    memcpy(&colon, w->colon_word, sizeof colon);
    for (;;) {
        pila_value_kind kind = pila_value_kind_of(v);
        first = false;
        if (kind == PILA_VALUE_STR) out = json_text(w, out, v, ascii, masked);
        else if (kind == PILA_VALUE_INT) out += pila__int_write(out, v.as.i);
        else if (kind == PILA_VALUE_FLOAT) out = json_float(w, out, v.as.f);
        else if (kind >= PILA_VALUE_LIST && kind <= PILA_VALUE_DICT) {
            bool opens = kind == PILA_VALUE_DICT;
            *out++ = opens ? '{' : '[';
            if (json_is_empty(v, kind)) *out++ = opens ? '}' : ']';
            else {
                json_frame *f = json_push(w, v, at);
                if (PILA_UNLIKELY(!f)) return NULL;
                if (PILA_UNLIKELY(opens && w->how->sort_keys)) {
                    json_open_sorted(w, f);
                    if (w->status != PILA_OK) return NULL;
                } else json_open(f, kind);
                at = f->at;
                end = f->end;
                dict = opens;
                first = true;
                if (PILA_UNLIKELY(w->how->indented)) out = json_line(w, out, w->depth);
            }
        } else if (kind <= PILA_VALUE_NUMERAL && kind != PILA_VALUE_COMPLEX)
            out = json_scalar(w, out, v);
        else {
            pila_value other = v; /* so that the address of v is not taken */
            if (!json_fallback(w, &other, at)) return NULL;
            v = other;
            at = end = NULL;
            dict = false;
            continue;
        }
        if (PILA_UNLIKELY(!out)) return NULL;
        for (;;) {
            out = json_reserve(w, out, JSON_SLACK);
            if (PILA_UNLIKELY(!out)) return NULL;
            if (at == end) {
                if (w->depth == 0) return out;
                first = false;
                out = json_pop(w, out, &at, &end, &dict);
                if (PILA_UNLIKELY(!out)) return NULL;
                continue;
            }
            if (!dict || pila_value_kind_of(*at) == PILA_VALUE_STR) break;
            if (!json_left_out(w, *at)) break;
            at += 2;
        }
        if (!first && PILA_LIKELY(plain)) {
            memcpy(out, &comma, sizeof comma);
            out += comma_len;
        } else if (!first) {
            out = json_put(w, out, w->comma);
            if (PILA_UNLIKELY(w->how->indented)) out = json_line(w, out, w->depth);
            if (PILA_UNLIKELY(!out)) return NULL;
        }
        if (dict) {
            out = pila_value_kind_of(*at) == PILA_VALUE_STR
                      ? json_text(w, out, *at, ascii, masked)
                      : json_key(w, out, *at);
            at++;
            if (PILA_UNLIKELY(!out)) return NULL;
            if (PILA_LIKELY(plain)) {
                memcpy(out, &colon, sizeof colon);
                out += colon_len;
            } else if (!(out = json_put(w, out, w->colon))) return NULL;
        }
        v = *at++;
    }
}

static char *json_run_ascii(json_writer *w, char *out, pila_value v)
{
    return json_run(w, out, v, true, false);
}

static char *json_run_text(json_writer *w, char *out, pila_value v)
{
    return json_run(w, out, v, false, false);
}

static JSON_MASKED char *json_run_ascii_masked(json_writer *w, char *out, pila_value v)
{
    return json_run(w, out, v, true, true);
}

static JSON_MASKED char *json_run_text_masked(json_writer *w, char *out, pila_value v)
{
    return json_run(w, out, v, false, true);
}

/* ---- what is called ---- */

static bool json_word(char *word, pila_str text)
{
    memset(word, 0, JSON_WORD);
    if (text.len > JSON_WORD) return false;
    if (text.len) memcpy(word, text.ptr, text.len);
    return true;
}

static void json_begin(json_writer *w, const pila_json_dump_options *how)
{
    w->how = how;
    w->comma = how->separated  ? how->item_separator
               : how->indented ? pila_cstr(",")
                               : pila_cstr(", ");
    w->colon = how->separated ? how->key_separator : pila_cstr(": ");
    w->masked = json_can_mask();
    w->words = json_word(w->comma_word, w->comma);
    w->words = json_word(w->colon_word, w->colon) && w->words;
    w->watched = w->sink || how->fallback;
    w->blanks = how->indent_text.len ? SIZE_MAX
                : how->indent > 0    ? (size_t)how->indent
                                     : 0;
}

static char *json_write(json_writer *w, char *out, pila_value v)
{
    if (w->masked)
        return w->how->keep_unicode ? json_run_text_masked(w, out, v)
                                    : json_run_ascii_masked(w, out, v);
    return w->how->keep_unicode ? json_run_text(w, out, v) : json_run_ascii(w, out, v);
}

static pila_status json_end(json_writer *w, pila_error *error)
{
    while (w->depth) pila_free(w->frames[--w->depth].sorted);
    pila_free(w->frames);
    pila_free(w->piece);
    if (w->status == PILA_OK || !error) return w->status;
    memset(error, 0, sizeof *error);
    error->status = w->status;
    memcpy(error->message, w->message, sizeof w->message);
    return w->status;
}

pila_status pila_json_encode(pila_value v, const pila_json_dump_options *how,
                             pila_json_sink *sink, void *ctx, pila_error *error)
{
    const pila_json_dump_options none = {0};
    json_writer w = {0};
    char *out = NULL;

    w.sink = sink;
    w.sink_ctx = ctx;
    json_begin(&w, how ? how : &none);
    w.piece = (char *)pila_alloc(JSON_PIECE, 1);
    if (w.piece) {
        w.end = w.piece + JSON_PIECE;
        out = json_write(&w, w.piece, v);
    } else json_fail_status(&w, PILA_ENOMEM);
    if (out && out != w.piece) (void)!json_more(&w, out, 0);
    return json_end(&w, error);
}

static pila_status json_to_buf(void *ctx, pila_str piece)
{
    return pila_buf_add((pila_buf *)ctx, piece);
}

/* To the end of a buffer without a cap. */
static pila_status json_append(json_writer *w, pila_value v, pila_buf *out,
                               pila_error *error)
{
    size_t start = out->len;
    char *p;

    w->grown = out;
    p = json_more(w, start ? out->data + start : out->data, JSON_SLACK);
    if (p) p = json_write(w, p, v);
    out->len = p ? (size_t)(p - out->data) : start;
    return json_end(w, error);
}

pila_status pila__json_dumps_narrow(pila_value v, const pila_json_dump_options *how,
                                    pila_buf *out, pila_error *error)
{
    json_writer w = {0};

    json_begin(&w, how);
    w.masked = false;
    return json_append(&w, v, out, error);
}

pila_status pila_json_dumps(pila_value v, const pila_json_dump_options *how,
                            pila_buf *out, pila_error *error)
{
    const pila_json_dump_options none = {0};
    json_writer w = {0};
    size_t start = out->len;
    pila_status st;

    if (out->cap) {
        st = pila_json_encode(v, how, json_to_buf, out, error);
        if (st != PILA_OK) out->len = start;
        return st;
    }
    json_begin(&w, how ? how : &none);
    return json_append(&w, v, out, error);
}

static pila_status json_to_file(void *ctx, pila_str piece)
{
    return fwrite(piece.ptr, 1, piece.len, (FILE *)ctx) == piece.len ? PILA_OK
                                                                     : PILA_EIO;
}

pila_status pila_json_dump(pila_value v, const pila_json_dump_options *how, FILE *file,
                           pila_error *error)
{
    return pila_json_encode(v, how, json_to_file, file, error);
}

static pila_status json_to_fd(void *ctx, pila_str piece)
{
    while (piece.len > 0) {
        ssize_t n = write(*(const int *)ctx, piece.ptr, piece.len);
        if (n < 0 && errno != EINTR) return PILA_EIO;
        if (n > 0) piece = pila_str_of(piece.ptr + n, piece.len - (size_t)n);
    }
    return PILA_OK;
}

pila_status pila_json_dump_fd(pila_value v, const pila_json_dump_options *how, int fd,
                              pila_error *error)
{
    return pila_json_encode(v, how, json_to_fd, &fd, error);
}
