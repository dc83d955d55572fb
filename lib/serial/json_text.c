/* json_text.c - text on its way to json's reader: encodings, UTF-8, escapes.
 *
 * Faults are told as CPython's decoder tells them: a first byte that is none is one
 * byte of fault; a character that breaks off is as many bytes as could have begun one.
 * Where the text ends within a character, that is said instead. ASCII is passed eight
 * bytes at a time.
 *
 * UTF-16 and UTF-32 become UTF-8 as a whole, before anything is read: they are rare,
 * and two more readers would not be worth it. Surrogates become three bytes, unless two
 * of UTF-16 make a character.
 */
#include "json_read.h"

/* ---- UTF-8 ---- */

PILA_INLINE bool json_text_continues(const char *p, const char *end)
{
    return p < end && ((unsigned char)*p & 0xc0) == 0x80;
}

/* What a first byte asks for: bytes behind it, and the range of the second one. */
static size_t json_text_asks(unsigned first, bool surrogates, unsigned *least,
                             unsigned *most)
{
    *least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *most = first == 0xed && !surrogates ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0xc2 || first > 0xf4) return 0;
    return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/* The character at p, which is not ASCII: behind it, or NULL and the fault. */
static const char *json_text_character(const char *p, const char *end, bool surrogates,
                                       pila_str *fault, const char **why)
{
    unsigned least, most;
    size_t n = json_text_asks((unsigned char)*p, surrogates, &least, &most), good = 1;

    *why = n ? "invalid continuation byte" : "invalid start byte";
    while (good <= n && json_text_continues(p + good, end) &&
           (good > 1 || ((unsigned char)p[1] >= least && (unsigned char)p[1] <= most)))
        good++;
    if (n && good > n) return p + good;
    if (n && p + good == end) *why = "unexpected end of data";
    *fault = pila_str_of(p, good);
    return NULL;
}

bool pila__json_utf8_fault(pila_str text, bool surrogates, pila_str *fault,
                           const char **why)
{
    const char *p = text.ptr, *end = p + text.len;

    while (p && p < end) {
        uint64_t word;
        if (end - p >= 8 && (memcpy(&word, p, 8), !(word & 0x8080808080808080))) p += 8;
        else if ((unsigned char)*p < 0x80) p++;
        else p = json_text_character(p, end, surrogates, fault, why);
    }
    return text.len && !p;
}

/* ---- escapes ---- */

static char *json_text_put(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

enum { JSON_TEXT_NO_DIGIT = 16 };
#define JSON_TEXT_NONE UINT32_MAX /* no character */

static uint32_t json_text_nibble(char c)
{
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0');
    c = (char)(c | 0x20);
    if (c >= 'a' && c <= 'f') return (uint32_t)(c - 'a' + 10);
    return JSON_TEXT_NO_DIGIT;
}

/* Four digits. */
static uint32_t json_text_hex(const char *p, const char *end)
{
    uint32_t c = 0, all = 0;

    if (end - p < 4) return JSON_TEXT_NONE;
    for (size_t k = 0; k < 4; k++) {
        uint32_t digit = json_text_nibble(p[k]);
        all |= digit;
        c = c << 4 | digit;
    }
    return all & JSON_TEXT_NO_DIGIT ? JSON_TEXT_NONE : c;
}

/* The character of \u at *p, which moves behind it: a pair of surrogates is one. */
static uint32_t json_text_unicode(const char **p, const char *end)
{
    uint32_t c = json_text_hex(*p + 2, end), low;

    *p += 6;
    if (c < 0xd800 || c > 0xdbff || end - *p < 6) return c;
    if ((*p)[0] != '\\' || (*p)[1] != 'u') return c;
    low = json_text_hex(*p + 2, end);
    if (low < 0xdc00 || low > 0xdfff) return c;
    *p += 6;
    return 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
}

static char json_text_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* Whether one of eight bytes is a backslash: it becomes 0, and only from a 0 byte on
 * can a borrow set a high bit that was not there. */
PILA_INLINE bool json_text_has_backslash(uint64_t word)
{
    word ^= 0x5c5c5c5c5c5c5c5c;
    return ((word - 0x0101010101010101) & ~word & 0x8080808080808080) != 0;
}

char *pila__json_unescape(const char *text, const char *end, char *to)
{
    while (text < end) {
        uint64_t word;
        if (end - text >= 8 &&
            (memcpy(&word, text, 8), !json_text_has_backslash(word))) {
            memcpy(to, &word, 8);
            to += 8;
            text += 8;
        } else if (*text != '\\') {
            *to++ = *text++;
        } else if (text[1] == 'u') {
            uint32_t c = json_text_unicode(&text, end);
            if (c == JSON_TEXT_NONE) return NULL;
            to = json_text_put(to, c);
        } else {
            char c = json_text_escape(text[1]);
            if (!c) return NULL;
            *to++ = c;
            text += 2;
        }
    }
    return to;
}

/* ---- other encodings ---- */

pila_json_encoding pila_json_detect_encoding(pila_str bytes)
{
    const unsigned char *b = (const unsigned char *)(const void *)bytes.ptr;
    size_t n = bytes.len;

    if (n >= 4 && ((b[0] == 0xff && b[1] == 0xfe && !b[2] && !b[3]) ||
                   (!b[0] && !b[1] && b[2] == 0xfe && b[3] == 0xff)))
        return PILA_JSON_UTF_32;
    if (n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return PILA_JSON_UTF_16;
    if (n >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf)
        return PILA_JSON_UTF_8_SIG;
    if (n >= 4 && !b[0]) return b[1] ? PILA_JSON_UTF_16_BE : PILA_JSON_UTF_32_BE;
    if (n >= 4 && !b[1])
        return b[2] || b[3] ? PILA_JSON_UTF_16_LE : PILA_JSON_UTF_32_LE;
    if (n == 2 && !b[0]) return PILA_JSON_UTF_16_BE;
    if (n == 2 && !b[1]) return PILA_JSON_UTF_16_LE;
    return PILA_JSON_UTF_8;
}

/* A unit of `width` bytes. */
static uint32_t json_text_unit(const char *p, size_t width, bool big)
{
    uint32_t c = 0;

    for (size_t k = 0; k < width; k++)
        c = c << 8 | (unsigned char)p[big ? k : width - 1 - k];
    return c;
}

pila_status pila__json_to_utf8(pila_str bytes, pila_json_encoding encoding,
                               pila_buf *out, size_t *at)
{
    size_t width = encoding >= PILA_JSON_UTF_32 ? 4 : 2, k = 0;
    bool marked = encoding == PILA_JSON_UTF_16 || encoding == PILA_JSON_UTF_32;
    bool big = encoding == PILA_JSON_UTF_16_BE || encoding == PILA_JSON_UTF_32_BE;

    if (marked) {
        big = (unsigned char)bytes.ptr[0] != 0xff;
        k = width;
    }
    for (; k < bytes.len; k += width) {
        uint32_t c, low;
        pila_status st = pila_buf_reserve(out, 4);
        if (st != PILA_OK) return st;
        *at = k;
        if (bytes.len - k < width) return PILA_ESYNTAX;
        c = json_text_unit(bytes.ptr + k, width, big);
        if (c > 0x10ffff) return PILA_ESYNTAX;
        if (width == 2 && c >= 0xd800 && c <= 0xdbff && bytes.len - k >= 4) {
            low = json_text_unit(bytes.ptr + k + 2, 2, big);
            if (low >= 0xdc00 && low <= 0xdfff) {
                c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
                k += 2;
            }
        }
        out->len = (size_t)(json_text_put(out->data + out->len, c) - out->data);
    }
    return PILA_OK;
}
