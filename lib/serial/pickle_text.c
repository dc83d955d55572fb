/* pickle_text.c - opcodes of numbers as text and of text, of all protocols.
 *
 * Numbers in lines are what Python's int() and float() read, underscores, blanks and
 * all, with C's octal and hexadecimal for INT, as in CPython. Text is UTF-8 in which
 * lone surrogates may stand as three bytes; UNICODE is raw-unicode-escape, STRING a
 * literal of Python 2 in an encoding that the caller names. Text is copied into the
 * document piece by piece, unless it may be borrowed.
 */
#include "pickle_load.h"

#include "number.h"

#include <math.h>

/* ---- numbers as text ---- */

static bool load_is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static pila_str load_strip(pila_str s)
{
    while (s.len && load_is_blank(s.ptr[0])) s.ptr++, s.len--;
    while (s.len && load_is_blank(s.ptr[s.len - 1])) s.len--;
    return s;
}

/* Digits without what Python lets stand in front of them and between them. */
static pila_status load_digits(pila_unpickler *u, pila_str text, pila_buf *out)
{
    size_t n = 0;
    pila_status st = PILA_OK;
    bool gap = true; /* an underscore may not come now */

    text = load_strip(text);
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        if (text.ptr[0] == '-') st = pila_buf_add_char(out, '-');
        text.ptr++, text.len--;
    }
    for (size_t i = 0; st == PILA_OK && i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '_' && !gap && i + 1 < text.len) {
            gap = true;
            continue;
        }
        if (c < '0' || c > '9') return PILA_EVALUE;
        gap = false;
        n++;
        st = pila_buf_add_char(out, c);
    }
    if (st != PILA_OK) return st;
    if (!n || gap) return PILA_EVALUE;
    if (n > LOAD_DIGITS_MOST)
        return pila__load_fault(
            u, PILA_EVALUE,
            "Exceeds the limit (%d digits) for integer string conversion: "
            "value has %zu digits; use sys.set_int_max_str_digits() to increase the "
            "limit",
            LOAD_DIGITS_MOST, n);
    return PILA_OK;
}

/* An integer in decimal. */
static pila_status load_decimal(pila_unpickler *u, pila_str text, pila_value *out)
{
    pila_buf digits = {0};
    pila_status st = load_digits(u, text, &digits);

    if (st == PILA_OK)
        st = pila_value_from_decimal(u->doc, pila_buf_view(&digits), out);
    pila_buf_done(&digits);
    return st;
}

/* Hexadecimal and octal, which C's strtol reads and CPython therefore does. */
static bool load_based(pila_str text, int64_t *out)
{
    bool negative = text.len && text.ptr[0] == '-';
    uint64_t x = 0;
    int base = 8;

    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) text.ptr++, text.len--;
    if (text.len < 2 || text.ptr[0] != '0' || text.len > 15) return false;
    text.ptr++, text.len--;
    if ((text.ptr[0] | 32) == 'x') base = 16, text.ptr++, text.len--;
    for (size_t i = 0; i < text.len; i++) {
        int c = text.ptr[i] | 32, digit = c >= 'a' ? c - 'a' + 10 : text.ptr[i] - '0';

        if (digit < 0 || digit >= base) return false;
        x = x * (unsigned)base + (unsigned)digit;
    }
    *out = negative ? -(int64_t)x : (int64_t)x;
    return text.len > 0;
}

pila_status pila__load_int(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    int64_t x;
    pila_status st = pila__load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    if (text.len == 2 && text.ptr[0] == '0' &&
        (text.ptr[1] == '0' || text.ptr[1] == '1'))
        return pila__load_push(u, pila_value_bool(text.ptr[1] == '1'));
    if (load_based(load_strip(text), &x)) return pila__load_push(u, pila_value_int(x));
    st = load_decimal(u, text, &v);
    if (st == PILA_EVALUE) pila__load_fault(u, st, "could not convert string to int");
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_long(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = pila__load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    if (text.ptr[text.len - 1] == 'L') text.len--;
    if (u->err) u->err->message[0] = 0;
    st = load_decimal(u, text, &v);
    if (st == PILA_EVALUE && u->err && !u->err->message[0])
        pila__load_fault(u, st, "invalid literal for int() with base 10: '%.*s\\n'",
                         (int)(text.len < 60 ? text.len : 60), text.ptr);
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_index_of(pila_unpickler *u, pila_str text, int64_t *out)
{
    pila_value v = pila_value_none();
    pila_status st = load_decimal(u, text, &v);

    if (st == PILA_EVALUE)
        pila__load_fault(u, st, "invalid literal for int() with base 10: '%.*s\\n'",
                         (int)(text.len < 60 ? text.len : 60), text.ptr);
    if (st == PILA_OK && pila_value_to_int64(v, out) != PILA_OK)
        st = pila__load_fault(u, PILA_EOVERFLOW,
                              "Python int too large to convert to C ssize_t");
    return st;
}

pila_status pila__load_counted_long(pila_unpickler *u, size_t bytes)
{
    pila_value v = pila_value_int(0);
    uint64_t n = 0;
    pila_status st = pila__load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (bytes == 4 && n > INT32_MAX)
        return pila__load_fault(u, PILA_ESYNTAX, "LONG pickle has negative byte count");
    st = pila__load_need(u, (size_t)n);
    if (st == PILA_OK && n)
        st = pila_value_from_bytes(u->doc, pila_str_of(u->at, (size_t)n), &v);
    if (st != PILA_OK) return st;
    u->at += n;
    return pila__load_push(u, v);
}

static bool load_word(pila_str text, const char *word)
{
    size_t n = strlen(word);

    if (text.len != n) return false;
    for (size_t i = 0; i < n; i++)
        if ((text.ptr[i] | 32) != word[i]) return false;
    return true;
}

pila_status pila__load_float(pila_unpickler *u)
{
    pila_str text = {NULL, 0}, s;
    double x = 0;
    bool negative;
    pila_status st = pila__load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    s = text;
    negative = s.ptr[0] == '-';
    if (negative || s.ptr[0] == '+') s.ptr++, s.len--;
    if (load_word(s, "inf") || load_word(s, "infinity")) x = HUGE_VAL;
    else if (load_word(s, "nan")) x = (double)NAN;
    else if (!s.len || s.ptr[0] == '-' ||
             pila__double_read(s.ptr, s.ptr + s.len, &x) != s.ptr + s.len)
        return pila__load_fault(u, PILA_EVALUE,
                                "could not convert string to float: '%.*s\n'",
                                (int)(text.len < 60 ? text.len : 60), text.ptr);
    else if (x == HUGE_VAL)
        return pila__load_fault(u, PILA_EOVERFLOW,
                                "value too large to convert to float: '%.*s\n'",
                                (int)(text.len < 60 ? text.len : 60), text.ptr);
    return pila__load_push(u, pila_value_float(negative ? -x : x));
}

pila_status pila__load_binfloat(pila_unpickler *u)
{
    pila_status st = pila__load_need(u, 8);

    if (st != PILA_OK) return st;
    u->at += 8;
    return pila__load_push(u, pila_value_float(pila__load_double_at(u->at - 8)));
}

/* ---- text ---- */

pila_status pila__load_text(pila_unpickler *u, pila_value_kind kind, pila_str text,
                            bool stays, pila_value *out)
{
    char *copy;

    if (!(stays && u->options.borrow && !u->read)) {
        copy = (char *)pila_doc_alloc(u->doc, text.len ? text.len : 1);
        if (!copy) return PILA_ENOMEM;
        if (text.len) memcpy(copy, text.ptr, text.len);
        text.ptr = copy;
    }
    *out = pila__value_text_of(kind, text);
    return PILA_OK;
}

static pila_status load_push_text(pila_unpickler *u, pila_value_kind kind,
                                  pila_str text, bool stays)
{
    pila_value v = pila_value_none();
    pila_status st = pila__load_text(u, kind, text, stays, &v);

    return st == PILA_OK ? pila__load_push(u, v) : st;
}

bool pila__load_is_ascii(pila_str text)
{
    size_t i = 0;
    uint64_t word;

    for (; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.ptr + i, 8);
        if (word & UINT64_C(0x8080808080808080)) return false;
    }
    for (; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

/* The bytes of a character, a surrogate in three bytes if `surrogates`; 0: none. */
static size_t load_sequence(const char *text, size_t n, bool surrogates)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t bytes = s[0] < 0x80 ? 1 : pila_utf8_sequence(text, n);

    if (bytes || !surrogates) return bytes;
    return n >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] < 0xc0 &&
                   (s[2] & 0xc0) == 0x80
               ? 3
               : 0;
}

/* What CPython says of a byte where no character is. */
static pila_status load_utf8_fault(pila_unpickler *u, pila_str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    size_t want = c < 0xc2 || c > 0xf4 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, have = 1;

    while (have < want && at + have < text.len &&
           ((unsigned char)text.ptr[at + have] & 0xc0) == 0x80)
        have++;
    return pila__load_fault(
        u, PILA_EVALUE, "'utf-8' codec can't decode byte 0x%02x in position %zu: %s", c,
        at,
        !want                   ? "invalid start byte"
        : at + have >= text.len ? "unexpected end of data"
                                : "invalid continuation byte");
}

static bool load_follows(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* The bytes of what most text is made of, if that is here: eight characters of ASCII,
 * one, or one of those with two or three bytes of which no first byte needs a look at
 * the second. */
static size_t load_plain_sequence(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0];
    uint64_t word;

    if (c < 0x80) {
        if (n < 8) return 1;
        memcpy(&word, s, 8);
        return word & UINT64_C(0x8080808080808080) ? 1 : 8;
    }
    if (c > 0xe0 && c < 0xf0 && c != 0xed)
        return n > 2 && load_follows(s[1]) && load_follows(s[2]) ? 3 : 0;
    return c > 0xc1 && c < 0xe0 && n > 1 && load_follows(s[1]) ? 2 : 0;
}

pila_status pila__load_utf8(pila_unpickler *u, pila_str text, bool surrogates)
{
    size_t i = 0, n;

    for (; i < text.len; i += n) {
        n = load_plain_sequence(text.ptr + i, text.len - i);
        if (!n) n = load_sequence(text.ptr + i, text.len - i, surrogates);
        if (!n) return load_utf8_fault(u, text, i);
    }
    return PILA_OK;
}

pila_status pila__load_unicode_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        pila__load_counted(u, bytes, "BINUNICODE exceeds system's maximum size", &text);

    if (st == PILA_OK) st = pila__load_utf8(u, text, true);
    return st == PILA_OK ? load_push_text(u, PILA_VALUE_STR, text, true) : st;
}

pila_status pila__load_bytes_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        pila__load_counted(u, bytes, "BINBYTES exceeds system's maximum size", &text);

    return st == PILA_OK ? load_push_text(u, PILA_VALUE_BYTES, text, true) : st;
}

pila_status pila__load_bytearray(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st =
        pila__load_counted(u, 8, "BYTEARRAY8 exceeds system's maximum size", &text);

    if (st == PILA_OK) st = pila_value_bytearray(u->doc, text, &v);
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

/* Append a character as UTF-8, a surrogate as three bytes. */
static pila_status load_add(pila_buf *out, uint32_t c)
{
    pila_status st = pila_buf_reserve(out, 4);
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

    if (st != PILA_OK) return st;
    out->data[out->len++] =
        (char)(more ? (0xf0u << (3 - more) & 0xff) | c >> 6 * more : c);
    while (more--) out->data[out->len++] = (char)(0x80 | (c >> 6 * more & 0x3f));
    return PILA_OK;
}

static int load_hex(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* Hexadecimal digits at text[*at, n), up to `most` of them; how many there are. */
static int load_hexes(pila_str text, size_t at, int most, uint32_t *out)
{
    int k = 0;

    for (*out = 0; k < most && at < text.len && load_hex(text.ptr[at]) >= 0; k++)
        *out = *out << 4 | (uint32_t)load_hex(text.ptr[at++]);
    return k;
}

/* raw-unicode-escape as UTF-8. */
static pila_status load_unescape(pila_unpickler *u, pila_str text, pila_buf *out)
{
    pila_status st = PILA_OK;

    for (size_t i = 0; st == PILA_OK && i < text.len;) {
        char c = text.ptr[i++], kind = i < text.len ? text.ptr[i] : 0;
        uint32_t x;
        int most = kind == 'u' ? 4 : 8, digits;

        if (c != '\\' || i == text.len) {
            st = load_add(out, (unsigned char)c);
            continue;
        }
        i++;
        if (kind != 'u' && kind != 'U') {
            st = load_add(out, '\\');
            if (st == PILA_OK) st = load_add(out, (unsigned char)kind);
            continue;
        }
        digits = load_hexes(text, i, most, &x);
        if (digits < most || x > 0x10ffff)
            return pila__load_fault(
                u, PILA_EVALUE,
                "'rawunicodeescape' codec can't decode bytes in position "
                "%zu-%zu: %s",
                i - 2, i - 1 + (size_t)digits,
                digits == most ? "\\Uxxxxxxxx out of range"
                : kind == 'u'  ? "truncated \\uXXXX escape"
                               : "truncated \\UXXXXXXXX escape");
        i += (size_t)most;
        st = load_add(out, x);
    }
    return st;
}

pila_status pila__load_unicode_line(pila_unpickler *u)
{
    pila_buf made = {0};
    pila_str text = {NULL, 0};
    pila_status st = pila__load_line(u, 1, &text);

    if (st != PILA_OK) return st;
    if (pila__load_is_ascii(text) && (!text.len || !memchr(text.ptr, '\\', text.len)))
        return load_push_text(u, PILA_VALUE_STR, text, true);
    st = load_unescape(u, text, &made);
    if (st == PILA_OK)
        st = load_push_text(u, PILA_VALUE_STR, pila_buf_view(&made), false);
    pila_buf_done(&made);
    return st;
}

/* ---- str of Python 2 ---- */

/* A byte that is not of the encoding. */
static pila_status load_undecodable(pila_unpickler *u, pila_str text, size_t at,
                                    pila_buf *out)
{
    unsigned char c = (unsigned char)text.ptr[at];

    switch (u->options.errors) {
    case PILA_PICKLE_IGNORE: return PILA_OK;
    case PILA_PICKLE_REPLACE: return load_add(out, 0xfffd);
    case PILA_PICKLE_SURROGATEESCAPE: return load_add(out, 0xdc00u + c);
    default: break;
    }
    if (u->options.encoding == PILA_PICKLE_UTF8) return load_utf8_fault(u, text, at);
    return pila__load_fault(
        u, PILA_EVALUE,
        "'ascii' codec can't decode byte 0x%02x in position %zu: ordinal "
        "not in range(128)",
        c, at);
}

static pila_status load_decode(pila_unpickler *u, pila_str text, pila_buf *out)
{
    bool utf8 = u->options.encoding == PILA_PICKLE_UTF8;
    pila_status st = PILA_OK;

    for (size_t i = 0, n; st == PILA_OK && i < text.len; i += n) {
        unsigned char c = (unsigned char)text.ptr[i];

        n = c < 0x80 ? 1 : utf8 ? pila_utf8_sequence(text.ptr + i, text.len - i) : 0;
        if (n) st = pila_buf_add(out, pila_str_of(text.ptr + i, n));
        else if (u->options.encoding == PILA_PICKLE_LATIN1) st = load_add(out, c);
        else st = load_undecodable(u, text, i, out);
        if (!n) n = 1;
    }
    return st;
}

static pila_status load_string(pila_unpickler *u, pila_str text, bool stays)
{
    pila_buf made = {0};
    pila_status st;

    if (u->options.encoding == PILA_PICKLE_BYTES)
        return load_push_text(u, PILA_VALUE_BYTES, text, stays);
    if (pila__load_is_ascii(text))
        return load_push_text(u, PILA_VALUE_STR, text, stays);
    st = load_decode(u, text, &made);
    if (st == PILA_OK)
        st = load_push_text(u, PILA_VALUE_STR, pila_buf_view(&made), false);
    pila_buf_done(&made);
    return st;
}

pila_status pila__load_string_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        pila__load_counted(u, bytes, "BINSTRING exceeds system's maximum size", &text);

    return st == PILA_OK ? load_string(u, text, true) : st;
}

/* The escape at text[*at], after its backslash; at least one character is there. */
static pila_status load_escape(pila_unpickler *u, pila_str text, size_t *at,
                               pila_buf *out)
{
    static const char plain[] = "\\'\"bftnrva", meant[] = "\\'\"\b\f\t\n\r\v\a";
    char c = text.ptr[(*at)++];
    const char *found = c ? strchr(plain, c) : NULL;
    uint32_t x = 0;

    if (c == '\n') return PILA_OK;
    if (found) return pila_buf_add_char(out, meant[found - plain]);
    if (c >= '0' && c <= '7') {
        int more = 2;

        for (x = (uint32_t)(c - '0'); more && *at < text.len; more--) {
            c = text.ptr[*at];
            if (c < '0' || c > '7') break;
            x = x << 3 | (uint32_t)(c - '0');
            ++*at;
        }
        return pila_buf_add_char(out, (char)x);
    }
    if (c == 'x') {
        if (load_hexes(text, *at, 2, &x) < 2)
            return pila__load_fault(u, PILA_EVALUE,
                                    "invalid \\x escape at position %zu", *at - 2);
        *at += 2;
        return pila_buf_add_char(out, (char)x);
    }
    if (pila_buf_add_char(out, '\\') != PILA_OK) return PILA_ENOMEM;
    return pila_buf_add_char(out, c);
}

pila_status pila__load_string_line(pila_unpickler *u)
{
    pila_buf made = {0};
    pila_str text = {NULL, 0};
    pila_status st = pila__load_line(u, 1, &text);

    if (st != PILA_OK) return st;
    if (text.len < 2 || text.ptr[0] != text.ptr[text.len - 1] ||
        (text.ptr[0] != '\'' && text.ptr[0] != '"'))
        return pila__load_fault(u, PILA_ESYNTAX,
                                "the STRING opcode argument must be quoted");
    text = pila_str_of(text.ptr + 1, text.len - 2);
    for (size_t i = 0; st == PILA_OK && i < text.len;) {
        char c = text.ptr[i++];

        if (c != '\\') st = pila_buf_add_char(&made, c);
        else if (i < text.len) st = load_escape(u, text, &i, &made);
        else st = pila__load_fault(u, PILA_EVALUE, "Trailing \\ in string");
    }
    if (st == PILA_OK) st = load_string(u, pila_buf_view(&made), false);
    pila_buf_done(&made);
    return st;
}
