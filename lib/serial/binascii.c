/* binascii.c - hexadecimal, uuencode and quoted-printable, the way CPython does them.
 *
 * Hexadecimal digits and base64 go through base64's codecs; what is left to do is to
 * put separators in, and to name faults as binascii does.
 *
 * Uuencode is three bytes in four characters, a line of at most 45 bytes at a time,
 * with its length in front. Blanks at the end of a line tend to get lost, so characters
 * that are missing are zeros.
 *
 * Quoted-printable decides for each byte whether it is written as it is, by what stands
 * around it: a dot alone on its line is quoted for the sake of SMTP, a blank at the end
 * of one because it gets lost. Lines are cut by a soft break, a = and a newline, where
 * they would be longer than 76. A text whose first newline is behind \r has \r\n for
 * soft breaks, too. All of this is CPython's, to the byte.
 *
 * The checksum goes eight bytes a step, a table for each place ("slicing by 8"), made
 * anew for long input, and a bit at a time for short.
 */
#include "binascii.h"

enum {
    BINASCII_QP_LINE = 76,
    BINASCII_CRC_POLY = 0x1021,
    BINASCII_CRC_SLICES = 8,
    BINASCII_CRC_LONG = 4096 /* bytes that pay for 2048 entries of tables */
};

static pila_status binascii_syntax(pila_error *err, size_t offset, const char *why)
{
    if (err) {
        memset(err, 0, sizeof *err);
        err->status = PILA_ESYNTAX;
        err->offset = offset;
        err->line = 1;
        err->column = offset + 1;
        memcpy(err->message, why, strlen(why));
    }
    return PILA_ESYNTAX;
}

/* ---- hexadecimal ---- */

/* Without separators: base16, whose capital letters a bit makes small; digits have it.
 */
static pila_status binascii_small_digits(pila_str data, pila_buf *out)
{
    const uint64_t small = UINT64_MAX / 255 * 0x20;
    size_t k = out->len;
    pila_status st = pila_b16encode(data, NULL, out);
    uint64_t word;

    for (; out->len - k >= sizeof word; k += sizeof word) {
        memcpy(&word, out->data + k, sizeof word);
        word |= small;
        memcpy(out->data + k, &word, sizeof word);
    }
    for (; k < out->len; k++) out->data[k] |= 0x20;
    return st;
}

/* Two digits a byte. */
static char *binascii_digits(const char *in, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t k = 0; k < n; k++) {
        *out++ = digits[(unsigned char)in[k] >> 4];
        *out++ = digits[in[k] & 15];
    }
    return out;
}

pila_status pila_hexlify(pila_str data, pila_str sep, ptrdiff_t bytes_per_sep,
                         pila_buf *out)
{
    size_t group = (size_t)bytes_per_sep, size, first, n = data.len;

    if (sep.len > 1 || (sep.len == 1 && (unsigned char)*sep.ptr > 127))
        return PILA_EVALUE;
    if (bytes_per_sep < 0) group = 0 - group;
    if (sep.len == 0 || group == 0 || group >= n)
        return binascii_small_digits(data, out);
    if (!pila_mul(n, 2, &size) || !pila_add(size, n / group, &size) ||
        size > PTRDIFF_MAX)
        return PILA_EOVERFLOW;
    size -= n % group == 0; /* as many as there are gaps between groups */
    pila_status st = pila_buf_reserve(out, size);
    if (st != PILA_OK) return st;
    char *to = out->data + out->len;
    first = bytes_per_sep > 0 && n % group ? n % group : group;
    for (size_t k = 0; k < n; first = group) {
        size_t some = first < n - k ? first : n - k;
        if (k) *to++ = *sep.ptr;
        to = binascii_digits(data.ptr + k, some, to);
        k += some;
    }
    out->len += size;
    return PILA_OK;
}

pila_status pila_unhexlify(pila_str text, pila_str ignorechars, pila_buf *out,
                           pila_error *err)
{
    static const char odd[] = "Odd-length string";
    pila_base64_options options;
    pila_error own;

    if (ignorechars.len == 0 && text.len % 2)
        return binascii_syntax(err, text.len, odd);
    memset(&options, 0, sizeof options);
    options.casefold = true;
    options.ignorechars = ignorechars;
    pila_status st = pila_b16decode(text, &options, out, &own);
    if (st == PILA_ESYNTAX && strcmp(own.message, odd) != 0)
        memcpy(own.message, "Non-hexadecimal digit found",
               sizeof "Non-hexadecimal digit found");
    if (st != PILA_OK && err) *err = own;
    return st;
}

/* ---- uuencode ---- */

pila_status pila_a2b_uu(pila_str text, pila_buf *out, pila_error *err)
{
    unsigned char made[63];
    size_t want = text.len ? ((unsigned char)text.ptr[0] - 32u) & 63 : 0, at = 1, n = 0;
    unsigned bits = 0, x = 0;

    for (; n < want; at++) {
        unsigned char c = at < text.len ? (unsigned char)text.ptr[at] : '\n';
        if (c == '\n' || c == '\r') c = ' '; /* blanks were lost */
        if (c < ' ' || c > ' ' + 64) return binascii_syntax(err, at, "Illegal char");
        x = x << 6 | ((c - ' ') & 63u);
        bits += 6;
        if (bits >= 8) made[n++] = (unsigned char)(x >> (bits -= 8));
    }
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c != ' ' && c != '`' && c != '\n' && c != '\r')
            return binascii_syntax(err, at, "Trailing garbage");
    }
    return pila_buf_add(out, pila_str_of((const char *)made, n));
}

pila_status pila_b2a_uu(pila_str data, bool backtick, pila_buf *out)
{
    char line[2 + (PILA_UU_LINE + 2) / 3 * 4], *to = line;
    char zero = backtick ? '`' : ' ';

    if (data.len > PILA_UU_LINE) return PILA_EVALUE;
    *to++ = data.len ? (char)(' ' + data.len) : zero;
    for (size_t k = 0; k < data.len; k += 3) {
        unsigned x = 0;
        for (size_t i = k; i < k + 3; i++)
            x = x << 8 | (i < data.len ? (unsigned char)data.ptr[i] : 0u);
        for (unsigned shift = 24; shift > 0; shift -= 6) {
            unsigned digit = x >> (shift - 6) & 63;
            *to++ = digit ? (char)(' ' + digit) : zero;
        }
    }
    *to++ = '\n';
    return pila_buf_add(out, pila_str_of(line, (size_t)(to - line)));
}

/* ---- quoted-printable ---- */

static int binascii_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What stands at a =: its byte to *out if there is one; returns what is behind it. */
static const char *binascii_unquote(const char *p, const char *end, char **out)
{
    if (++p == end) return p;
    if (*p == '\n' || *p == '\r') { /* a soft break, up to its \n */
        while (p != end && *p != '\n') p++;
        return p == end ? p : p + 1;
    }
    if (*p == '=') { /* broken, but known: == stands for = */
        *(*out)++ = '=';
        return p + 1;
    }
    if (end - p >= 2 && binascii_hex(p[0]) >= 0 && binascii_hex(p[1]) >= 0) {
        *(*out)++ = (char)(binascii_hex(p[0]) << 4 | binascii_hex(p[1]));
        return p + 2;
    }
    *(*out)++ = '=';
    return p;
}

/* The highest bit of the first byte that is c, and maybe of others behind it. */
static uint64_t binascii_same(uint64_t word, char c)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t x = word ^ ones * (unsigned char)c;

    return (x - ones) & ~x & ones * 0x80;
}

/* Copy what stands for itself, eight bytes at a time; there is room for all of it. */
static const char *binascii_plain_run(const char *p, const char *end, bool header,
                                      char **to)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - p >= 8) {
        uint64_t word, found;
        memcpy(&word, p, 8);
        memcpy(*to, &word, 8);
        found = binascii_same(word, '=');
        if (header) found |= binascii_same(word, '_');
        size_t n = found ? (size_t)__builtin_ctzll(found) / 8 : 8;
        p += n;
        *to += n;
        if (found) return p;
    }
#endif
    while (p != end && *p != '=' && !(header && *p == '_')) *(*to)++ = *p++;
    return p;
}

pila_status pila_a2b_qp(pila_str text, bool header, pila_buf *out)
{
    pila_status st = pila_buf_reserve(out, text.len);
    const char *p = text.ptr, *end = p ? p + text.len : p;

    if (st != PILA_OK || text.len == 0) return st;
    char *to = out->data + out->len;
    while ((p = binascii_plain_run(p, end, header, &to)) != end) {
        if (*p == '=') p = binascii_unquote(p, end, &to);
        else p++, *to++ = ' ';
    }
    out->len = (size_t)(to - out->data);
    return PILA_OK;
}

typedef struct binascii_qp {
    pila_str data;
    bool quotetabs, istext, header, crlf;
    char *to;
    size_t column;
} binascii_qp;

static bool binascii_at(const binascii_qp *q, size_t at, char c)
{
    return at < q->data.len && q->data.ptr[at] == c;
}

/* Whether the byte must be quoted. */
static bool binascii_quotes(const binascii_qp *q, size_t at)
{
    unsigned char c = (unsigned char)q->data.ptr[at];
    bool last = at + 1 == q->data.len;

    if (c > 126 || c == '=' || (q->header && c == '_')) return true;
    if (c == '.' && q->column == 0)
        return last || binascii_at(q, at + 1, '\n') || binascii_at(q, at + 1, '\r') ||
               binascii_at(q, at + 1, '\0');
    if (!q->istext && (c == '\r' || c == '\n')) return true;
    if ((c == '\t' || c == ' ') && last) return true;
    return c < 33 && c != '\r' && c != '\n' &&
           (q->quotetabs || (c != '\t' && c != ' '));
}

static void binascii_newline(binascii_qp *q)
{
    if (q->crlf) *q->to++ = '\r';
    *q->to++ = '\n';
    q->column = 0;
}

static void binascii_soft_break(binascii_qp *q)
{
    *q->to++ = '=';
    binascii_newline(q);
}

static void binascii_quote(binascii_qp *q, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    if (q->column + 3 >= BINASCII_QP_LINE) binascii_soft_break(q);
    *q->to++ = '=';
    *q->to++ = digits[c >> 4];
    *q->to++ = digits[c & 15];
    q->column += 3;
}

/* An end of line of a text; a blank before it is quoted where it stands. */
static size_t binascii_hard_break(binascii_qp *q, size_t at, const char *start)
{
    char before = q->to != start ? q->to[-1] : 'x';

    if (before == ' ' || before == '\t') {
        q->to--;
        q->column = 0; /* whatever it is: a newline follows */
        binascii_quote(q, (unsigned char)before);
    }
    at += q->data.ptr[at] == '\r' ? 2 : 1;
    binascii_newline(q);
    return at;
}

/* A byte as it is, unless the line is full. */
static void binascii_plain(binascii_qp *q, size_t at)
{
    char c = q->data.ptr[at];

    if (at + 1 != q->data.len && !binascii_at(q, at + 1, '\n') &&
        q->column + 1 >= BINASCII_QP_LINE)
        binascii_soft_break(q);
    q->column++;
    *q->to++ = q->header && c == ' ' ? '_' : c;
}

pila_status pila_b2a_qp(pila_str data, bool quotetabs, bool istext, bool header,
                        pila_buf *out)
{
    const char *line;
    binascii_qp q = {data, quotetabs, istext, header, false, NULL, 0};
    size_t size;

    /* Three bytes each, and three of soft break for 24 of these at least. */
    if (!pila_mul(data.len, 4, &size) || size > PTRDIFF_MAX) return PILA_EOVERFLOW;
    if (data.len == 0) return PILA_OK;
    line = (const char *)memchr(data.ptr, '\n', data.len);
    q.crlf = line && line > data.ptr && line[-1] == '\r';
    char *made = (char *)pila_alloc(size, 1);
    if (!made) return PILA_ENOMEM;
    q.to = made;
    for (size_t at = 0; at < data.len;) {
        bool end =
            istext && (binascii_at(&q, at, '\n') ||
                       (binascii_at(&q, at, '\r') && binascii_at(&q, at + 1, '\n')));
        if (binascii_quotes(&q, at)) binascii_quote(&q, (unsigned char)data.ptr[at++]);
        else if (end) at = binascii_hard_break(&q, at, made);
        else binascii_plain(&q, at++);
    }
    pila_status st = pila_buf_add(out, pila_str_of(made, (size_t)(q.to - made)));
    pila_free(made);
    return st;
}

/* ---- base64 ---- */

pila_status pila_a2b_base64(pila_str text, bool strict_mode, pila_buf *out,
                            pila_error *err)
{
    pila_base64_options options;

    memset(&options, 0, sizeof options);
    options.policy = PILA_BASE64_PYTHON;
    options.validate = strict_mode;
    return pila_b64decode(text, &options, out, err);
}

pila_status pila_b2a_base64(pila_str data, bool newline, pila_buf *out)
{
    size_t len = out->len;
    pila_status st = pila_b64encode(data, NULL, out);

    if (st == PILA_OK && newline) st = pila_buf_add_char(out, '\n');
    if (st != PILA_OK) out->len = len;
    return st;
}

/* ---- the checksum ---- */

static uint16_t binascii_crc_byte(uint16_t crc)
{
    for (int k = 0; k < 8; k++)
        crc = (uint16_t)(crc << 1 ^ (crc >> 15 ? BINASCII_CRC_POLY : 0));
    return crc;
}

/* Slice k: what a byte does to the sum, k bytes later. */
static void binascii_crc_tables(uint16_t t[BINASCII_CRC_SLICES][256])
{
    for (unsigned c = 0; c < 256; c++) t[0][c] = binascii_crc_byte((uint16_t)(c << 8));
    for (size_t k = 1; k < BINASCII_CRC_SLICES; k++)
        for (size_t c = 0; c < 256; c++)
            t[k][c] = (uint16_t)(t[k - 1][c] << 8 ^ t[0][t[k - 1][c] >> 8]);
}

uint16_t pila_crc_hqx(uint16_t value, pila_str data)
{
    const unsigned char *p = (const unsigned char *)data.ptr;
    size_t n = data.len;
    uint16_t t[BINASCII_CRC_SLICES][256];

    if (n >= BINASCII_CRC_LONG) {
        binascii_crc_tables(t);
        for (; n >= 8; n -= 8, p += 8)
            value = (uint16_t)(t[7][p[0] ^ value >> 8] ^ t[6][p[1] ^ (value & 255)] ^
                               t[5][p[2]] ^ t[4][p[3]] ^ t[3][p[4]] ^ t[2][p[5]] ^
                               t[1][p[6]] ^ t[0][p[7]]);
    }
    for (; n > 0; n--, p++) value = binascii_crc_byte((uint16_t)(value ^ *p << 8));
    return value;
}
