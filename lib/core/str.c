/* str.c - owned strings and the growing buffer.
 *
 * A string of up to 15 bytes is its own storage, zero padded with its length in the
 * last byte. So equality of short strings is two word compares and their hash is one
 * multiply, and a dict of words keeps nearly every key inside its entry. The block of a
 * long string starts at ptr and belongs to the string alone.
 *
 * Rejected: 24 bytes (22 inside): the entry of a word count grows from 24 to 32 bytes
 * and the share of the words of a technical text that fit rises from 91 to 95 per cent.
 */
#include "str.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- strings ---- */

pila_status pila_string_init(pila_string *out, pila_str text)
{
    pila_string made = pila_string_borrow(text);

    if (pila_string_is_long(&made)) {
        char *own = (char *)pila_alloc(text.len, 1);
        if (!own) return PILA_ENOMEM;
        memcpy(own, text.ptr, text.len);
        made.big.ptr = own;
    }
    *out = made;
    return PILA_OK;
}

void pila_string_done(pila_string *s)
{
    pila_string was = *s;

    s->word[0] = s->word[1] = 0;
    if (pila_string_is_long(&was)) pila_free((void *)(uintptr_t)was.big.ptr);
}

/* ---- the buffer ---- */

pila_status pila_buf_reserve(pila_buf *b, size_t n)
{
    size_t cap = b->cap ? b->cap : PTRDIFF_MAX, need, room;

    if (n <= b->room - b->len && b->len + n <= cap) return PILA_OK;
    if (!pila_add(b->len, n, &need) || need > cap) return PILA_ELIMIT;
    room = pila_mem_grow(b->room, need, 1);
    char *data = (char *)pila_realloc(b->data, room < cap ? room : cap, 1);
    if (!data) return PILA_ENOMEM;
    b->data = data;
    b->room = room < cap ? room : cap;
    return PILA_OK;
}

pila_status pila_buf_add(pila_buf *b, pila_str text)
{
    uintptr_t from = (uintptr_t)text.ptr, base = (uintptr_t)b->data;
    bool inside = b->data && from >= base && from < base + b->room;
    pila_status st = pila_buf_reserve(b, text.len);

    if (st != PILA_OK || text.len == 0) return st;
    memcpy(b->data + b->len, inside ? b->data + (from - base) : text.ptr, text.len);
    b->len += text.len;
    return PILA_OK;
}

static pila_status buf_add_decimal(pila_buf *b, uint64_t x, bool negative)
{
    char text[21], *end = text + sizeof text, *p = end;

    do *--p = (char)('0' + x % 10);
    while (x /= 10);
    if (negative) *--p = '-';
    return pila_buf_add(b, pila_str_of(p, (size_t)(end - p)));
}

pila_status pila_buf_add_uint(pila_buf *b, uint64_t x)
{
    return buf_add_decimal(b, x, false);
}

pila_status pila_buf_add_int(pila_buf *b, int64_t x)
{
    return buf_add_decimal(b, x < 0 ? -(uint64_t)x : (uint64_t)x, x < 0);
}

/* Whether the d.ddde+XX of x reads back as x. Below a power of two doubles lie half as
 * far apart as above it: there the decimal nearest to x may read back as the double
 * below while the next decimal, though farther from x, reads back as x; so that one is
 * tried too. No carry: behind a 9 it is a shorter decimal, which was tried before. */
static bool float_reads_back(char *text, double x)
{
    double got = strtod(text, NULL);
    char *last = strchr(text, 'e') - 1;
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    if (got >= x || bits << 12 != 0 || *last == '9') return got == x;
    ++*last;
    return strtod(text, NULL) == x;
}

/* Digits and exponent of the shortest decimal that reads back as x > 0, finite. The
 * locale's decimal point, whatever it is, is the one character that is dropped. */
static int float_digits(double x, char *digits, int *exponent)
{
    char text[40];
    int precision = 0, n = 0;

    do snprintf(text, sizeof text, "%.*e", precision, x);
    while (!float_reads_back(text, x) && precision++ < 17);
    char *e = strchr(text, 'e');
    *exponent = (int)strtol(e + 1, NULL, 10);
    for (char *p = text; p < e; p++)
        if (*p >= '0' && *p <= '9') digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0') n--;
    return n;
}

/* d.ddde+XX */
static void float_scientific(char *out, const char *digits, int n, int exponent)
{
    *out++ = digits[0];
    if (n > 1) *out++ = '.';
    for (int k = 1; k < n; k++) *out++ = digits[k];
    snprintf(out, 16, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

/* ddd.ddd, with zeros up to the point or behind it, and at least one digit after it. */
static void float_plain(char *out, const char *digits, int n, int exponent)
{
    int whole = exponent + 1; /* digits before the point */

    if (whole <= 0) *out++ = '0';
    for (int k = 0; k < whole; k++) *out++ = k < n ? digits[k] : '0';
    *out++ = '.';
    for (int k = whole; k < 0; k++) *out++ = '0';
    for (int k = whole > 0 ? whole : 0; k < n; k++) *out++ = digits[k];
    if (whole >= n) *out++ = '0';
    *out = '\0';
}

pila_status pila_buf_add_float(pila_buf *b, double x)
{
    char digits[24] = {0}, text[48], *out = text;
    int exponent = 0;

    if (x != x) return pila_buf_add(b, pila_cstr("nan"));
    if (__builtin_signbit(x)) *out++ = '-';
    if (x - x != 0) snprintf(out, 8, "inf");
    else if (x == 0) snprintf(out, 8, "0.0");
    else {
        int n = float_digits(x < 0 ? -x : x, digits, &exponent);
        if (exponent < -4 || exponent >= 16) float_scientific(out, digits, n, exponent);
        else float_plain(out, digits, n, exponent);
    }
    return pila_buf_add(b, pila_cstr(text));
}

size_t pila_utf8_sequence(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t size = p[0] < 0x80   ? 1
                  : p[0] < 0xc2 ? 0
                  : p[0] < 0xe0 ? 2
                  : p[0] < 0xf0 ? 3
                  : p[0] < 0xf5 ? 4
                                : 0;

    if (size == 0 || size > n) return 0;
    for (size_t k = 1; k < size; k++)
        if ((p[k] & 0xc0) != 0x80) return 0;
    if (size == 3 && ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)))
        return 0; /* overlong, or a surrogate */
    if (size == 4 && ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)))
        return 0; /* overlong, or above U+10FFFF */
    return size;
}

static pila_status repr_char(pila_buf *b, unsigned char c, char quote)
{
    static const char hex[] = "0123456789abcdef";
    char out[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
    size_t n = 2;

    if (c == '\n') out[1] = 'n';
    else if (c == '\r') out[1] = 'r';
    else if (c == '\t') out[1] = 't';
    else if (c == '\\' || c == (unsigned char)quote) out[1] = (char)c;
    else if (c < 0x20 || c >= 0x7f) n = 4;
    else {
        out[0] = (char)c;
        n = 1;
    }
    return pila_buf_add(b, pila_str_of(out, n));
}

pila_status pila_buf_add_repr(pila_buf *b, pila_str text, bool utf8)
{
    bool single = text.len && memchr(text.ptr, '\'', text.len);
    bool twice = text.len && memchr(text.ptr, '"', text.len);
    char quote = single && !twice ? '"' : '\'';
    size_t was = b->len;
    pila_status st = pila_buf_add_char(b, quote);

    for (size_t k = 0; k < text.len && st == PILA_OK;) {
        const unsigned char *p = (const unsigned char *)text.ptr + k;
        size_t size = utf8 ? pila_utf8_sequence((const char *)p, text.len - k) : 0;
        if (size > 1) st = pila_buf_add(b, pila_str_of((const char *)p, size));
        else st = repr_char(b, *p, quote);
        k += size ? size : 1;
    }
    if (st == PILA_OK) st = pila_buf_add_char(b, quote);
    if (st != PILA_OK) b->len = was;
    return st;
}

void pila_buf_clear(pila_buf *b) { b->len = 0; }

void pila_buf_done(pila_buf *b)
{
    pila_free(b->data);
    b->data = NULL;
    b->len = b->room = 0;
}
