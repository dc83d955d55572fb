/* pickle_load.c - reading pickles: see pickle.h.
 *
 * A stack machine of 68 opcodes. Its stack and its marks are two arrays, as in CPython:
 * what lies below the last mark cannot be taken. load_quick runs the opcodes that most
 * pickles consist of, while there is input and room for the longest of them, without
 * looking for either; what it leaves, load_one does with every check.
 *
 * Trust nothing: a length is not believed before as many bytes are there (a window of
 * the input grows by doubling until they are); an index of the memo far beyond what was
 * put costs one entry of a hash table, not an array up to it; and what a few bytes can
 * make large by referring to it again and again has a budget in bytes read: items that
 * a call copies into a set, and the parts of a key, which are hashed as often as they
 * are met. So a pickle costs memory and time in proportion to its length.
 *
 * Objects stay data. Of calls, those are done that CPython itself writes for what is
 * built in: see load_native. A class of the same name is one object, however often it
 * is named, as it is in CPython: so that it is written once.
 *
 * Text is copied into the document piece by piece: that is a few stores for short text,
 * and nothing refers to the input afterwards.
 */
#include "pickle.h"

#include "number.h"
#include "opcodes.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

enum {
    LOAD_AHEAD = 272,      /* bytes that an opcode of load_quick may look at */
    LOAD_WINDOW = 1 << 16, /* of a stream are asked for at a time */
    LOAD_ROOM_FIRST = 16,  /* nodes */
    LOAD_MEMO_BYTES = 64,  /* of the input, for each of which the memo has room ... */
    LOAD_MEMO_FIRST = 1 << 16, /* ... up to so much of it from the start */
    LOAD_MANY = 1000,          /* items of a batch that another may follow */
    LOAD_FAR = 64,             /* a memo index so much beyond is far */
    LOAD_DIGITS_MOST = 4300,   /* of an integer, sys.int_info */
    LOAD_MADE_BYTE = 4,        /* what calls may copy for each byte */
    LOAD_KEY_SHORT = 128,      /* bytes of text that are one part of a key */
    LOAD_KEYS_FREE = 1 << 14,  /* parts of keys that need no input ... */
    LOAD_KEYS_BYTE = 128       /* ... and so many more for each byte */
};

/* ---- faults ---- */

static pila_status load_fault(pila_unpickler *u, pila_status st, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));

static pila_status load_fault(pila_unpickler *u, pila_status st, const char *format,
                              ...)
{
    va_list args;

    if (!u->err) return st;
    va_start(args, format);
    vsnprintf(u->err->message, sizeof u->err->message, format, args);
    va_end(args);
    return st;
}

static const char *load_kind(pila_value v)
{
    static const char *const names[] = {"NoneType", "bool",      "int",       "int",
                                        "float",    "complex",   "Decimal",   "str",
                                        "bytes",    "bytearray", "list",      "tuple",
                                        "dict",     "set",       "frozenset", "object"};

    return names[pila_value_kind_of(v)];
}

static pila_status load_truncated(pila_unpickler *u)
{
    return load_fault(u, PILA_ESYNTAX, "pickle data was truncated");
}

/* ---- input ---- */

static size_t load_have(const pila_unpickler *u) { return (size_t)(u->end - u->at); }

/* More of a stream: what is not yet read moves to the window's start. */
static pila_status load_refill(pila_unpickler *u, size_t need)
{
    size_t have = load_have(u), got = 1;
    pila_status st = PILA_OK;

    if (have) memmove(u->window.data, u->at, have);
    u->before += (size_t)(u->at - u->start);
    u->window.len = have;
    while (st == PILA_OK && got && u->window.len < need) {
        size_t step = need - u->window.len, room = u->window.len + LOAD_WINDOW;

        if (step > room) step = room;
        st = pila_buf_reserve(&u->window, room);
        got = 0;
        if (st == PILA_OK)
            st = u->read(u->read_ctx, u->window.data + u->window.len, step, room, &got);
        if (st == PILA_OK) u->window.len += got;
    }
    u->start = u->at = u->window.data;
    u->end = u->start + u->window.len;
    return st;
}

static pila_status load_need(pila_unpickler *u, size_t n)
{
    pila_status st;

    if (PILA_LIKELY(load_have(u) >= n)) return PILA_OK;
    if (!u->read) return load_truncated(u);
    st = load_refill(u, n);
    if (st != PILA_OK) return st;
    return load_have(u) >= n ? PILA_OK : load_truncated(u);
}

/* Up to a newline, which is read and not part of it. CPython wants `least` characters
 * with the newline. */
static pila_status load_line(pila_unpickler *u, size_t least, pila_str *out)
{
    size_t from = 0, n = load_have(u);
    const char *found = NULL;
    pila_status st = PILA_OK;

    while (st == PILA_OK) {
        if (n > from) found = (const char *)memchr(u->at + from, '\n', n - from);
        if (found) break;
        from = n;
        st = load_need(u, n + 1);
        n = load_have(u);
    }
    if (st != PILA_OK) return st;
    *out = pila_str_of(u->at, (size_t)(found - u->at));
    if (out->len + 1 < least) return load_truncated(u);
    u->at = found + 1;
    return PILA_OK;
}

static uint64_t load_number_at(const char *s, size_t bytes)
{
    uint64_t x = 0;

    for (size_t i = bytes; i--;) x = x << 8 | (unsigned char)s[i];
    return x;
}

static pila_status load_number(pila_unpickler *u, size_t bytes, uint64_t *out)
{
    pila_status st = load_need(u, bytes);

    if (st != PILA_OK) return st;
    *out = load_number_at(u->at, bytes);
    u->at += bytes;
    return PILA_OK;
}

/* Bytes after their length. */
static pila_status load_counted(pila_unpickler *u, size_t bytes, const char *what,
                                pila_str *out)
{
    uint64_t n = 0;
    pila_status st = load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (n > PTRDIFF_MAX)
        return load_fault(u, PILA_EOVERFLOW, "%s of %td bytes", what,
                          (ptrdiff_t)PTRDIFF_MAX);
    st = load_need(u, (size_t)n);
    if (st != PILA_OK) return st;
    *out = pila_str_of(u->at, (size_t)n);
    u->at += n;
    return PILA_OK;
}

/* ---- arrays that grow ---- */

static pila_status load_grow(pila_value **array, size_t *room, size_t need)
{
    size_t more = pila_mem_grow(*room, need, sizeof **array);
    pila_value *p;

    if (more < LOAD_ROOM_FIRST) more = more ? LOAD_ROOM_FIRST : 0;
    if (!more || !(p = (pila_value *)pila_realloc(*array, more, sizeof *p)))
        return PILA_ENOMEM;
    pila_mem_huge(p, more * sizeof *p);
    *array = p;
    *room = more;
    return PILA_OK;
}

static pila_status load_push(pila_unpickler *u, pila_value v)
{
    if (PILA_UNLIKELY(u->len == u->room)) {
        pila_status st = load_grow(&u->stack, &u->room, u->len + 1);
        if (st != PILA_OK) return st;
    }
    u->stack[u->len++] = v;
    return PILA_OK;
}

static pila_status load_underflow(pila_unpickler *u)
{
    return load_fault(u, PILA_ESYNTAX,
                      u->n_marks ? "unexpected MARK found"
                                 : "unpickling stack underflow");
}

/* Whether n things may be taken: what is above the last mark. */
static bool load_has(const pila_unpickler *u, size_t n)
{
    return u->len - u->fence >= n;
}

static pila_status load_mark(pila_unpickler *u)
{
    if (u->n_marks == u->marks_room) {
        size_t room = pila_mem_grow(u->marks_room, u->n_marks + 1, sizeof *u->marks);
        size_t *marks;

        if (!room || !(marks = (size_t *)pila_realloc(u->marks, room, sizeof *marks)))
            return PILA_ENOMEM;
        u->marks = marks;
        u->marks_room = room;
    }
    u->marks[u->n_marks++] = u->fence = u->len;
    return PILA_OK;
}

/* ---- the memo ---- */

static pila_value *load_memo_at(const pila_unpickler *u, uint64_t index)
{
    size_t k;

    if (index < u->memo_end && pila_value_kind_of(u->memo[index]) != PILA__VALUE_DEAD)
        return &u->memo[index];
    if (!u->n_others) return NULL;
    k = pila__memo_get(&u->far, index + 1);
    return k == PILA__MEMO_NONE ? NULL : &u->others[k];
}

/* Let the dense part reach up to an index: what lies between is nobody's. */
static pila_status load_memo_reach(pila_unpickler *u, size_t index)
{
    size_t room = load_have(u) / LOAD_MEMO_BYTES;
    pila_status st = PILA_OK;

    if (room > LOAD_MEMO_FIRST) room = LOAD_MEMO_FIRST;
    if (room <= index || u->memo_room) room = index + 1;
    if (index >= u->memo_room) st = load_grow(&u->memo, &u->memo_room, room);
    if (st != PILA_OK) return st;
    while (u->memo_end <= index)
        u->memo[u->memo_end++] = pila__value_tagged(PILA__VALUE_DEAD, 0);
    return PILA_OK;
}

static pila_status load_memo_far(pila_unpickler *u, uint64_t index, pila_value v)
{
    pila_status st = PILA_OK;

    if (u->n_others == u->others_room)
        st = load_grow(&u->others, &u->others_room, u->n_others + 1);
    if (st == PILA_OK) st = pila__memo_put(&u->far, index + 1, u->n_others);
    if (st == PILA_OK) u->others[u->n_others++] = v;
    return st;
}

static pila_status load_memo_put(pila_unpickler *u, uint64_t index)
{
    pila_value *old, v;
    pila_status st = PILA_OK;

    if (!load_has(u, 1)) return load_underflow(u);
    v = u->stack[u->len - 1];
    if ((old = load_memo_at(u, index))) {
        *old = v;
        return PILA_OK;
    }
    if (index >= u->memo_end && index / 2 < u->memo_len + LOAD_FAR)
        st = load_memo_reach(u, (size_t)index);
    if (st == PILA_OK && index < u->memo_end) u->memo[index] = v;
    else if (st == PILA_OK) st = load_memo_far(u, index, v);
    if (st == PILA_OK) u->memo_len++;
    return st;
}

static pila_status load_memo_get(pila_unpickler *u, uint64_t index)
{
    const pila_value *v = load_memo_at(u, index);

    if (v) return load_push(u, *v);
    return load_fault(u, PILA_ESYNTAX, "Memo value not found at index %" PRId64,
                      (int64_t)index);
}

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
        return load_fault(
            u, PILA_EVALUE,
            "Exceeds the limit (%d digits) for integer string conversion: "
            "value has %zu digits",
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

static pila_status load_int(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    int64_t x;
    pila_status st = load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    if (text.len == 2 && text.ptr[0] == '0' &&
        (text.ptr[1] == '0' || text.ptr[1] == '1'))
        return load_push(u, pila_value_bool(text.ptr[1] == '1'));
    if (load_based(load_strip(text), &x)) return load_push(u, pila_value_int(x));
    st = load_decimal(u, text, &v);
    if (st == PILA_EVALUE) load_fault(u, st, "could not convert string to int");
    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_long(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    if (text.ptr[text.len - 1] == 'L') text.len--;
    if (u->err) u->err->message[0] = 0;
    st = load_decimal(u, text, &v);
    if (st == PILA_EVALUE && u->err && !u->err->message[0])
        load_fault(u, st, "invalid literal for int() with base 10: '%.*s\\n'",
                   (int)(text.len < 60 ? text.len : 60), text.ptr);
    return st == PILA_OK ? load_push(u, v) : st;
}

/* The number in a line, of GET and PUT. */
static pila_status load_index_of(pila_unpickler *u, pila_str text, int64_t *out)
{
    pila_value v = pila_value_none();
    pila_status st = load_decimal(u, text, &v);

    if (st == PILA_EVALUE)
        load_fault(u, st, "invalid literal for int() with base 10: '%.*s\\n'",
                   (int)(text.len < 60 ? text.len : 60), text.ptr);
    if (st == PILA_OK && pila_value_to_int64(v, out) != PILA_OK)
        st = load_fault(u, PILA_EOVERFLOW,
                        "Python int too large to convert to C ssize_t");
    return st;
}

static pila_status load_counted_long(pila_unpickler *u, size_t bytes)
{
    pila_value v = pila_value_int(0);
    uint64_t n = 0;
    pila_status st = load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (bytes == 4 && n > INT32_MAX)
        return load_fault(u, PILA_ESYNTAX, "LONG pickle has negative byte count");
    st = load_need(u, (size_t)n);
    if (st == PILA_OK && n)
        st = pila_value_from_bytes(u->doc, pila_str_of(u->at, (size_t)n), &v);
    if (st != PILA_OK) return st;
    u->at += n;
    return load_push(u, v);
}

static bool load_word(pila_str text, const char *word)
{
    size_t n = strlen(word);

    if (text.len != n) return false;
    for (size_t i = 0; i < n; i++)
        if ((text.ptr[i] | 32) != word[i]) return false;
    return true;
}

static pila_status load_float(pila_unpickler *u)
{
    pila_str text = {NULL, 0}, s;
    double x = 0;
    bool negative;
    pila_status st = load_line(u, 2, &text);

    if (st != PILA_OK) return st;
    s = text;
    negative = s.ptr[0] == '-';
    if (negative || s.ptr[0] == '+') s.ptr++, s.len--;
    if (load_word(s, "inf") || load_word(s, "infinity")) x = HUGE_VAL;
    else if (load_word(s, "nan")) x = (double)NAN;
    else if (!s.len || s.ptr[0] == '-' ||
             pila__double_read(s.ptr, s.ptr + s.len, &x) != s.ptr + s.len)
        return load_fault(u, PILA_EVALUE, "could not convert string to float: '%.*s\n'",
                          (int)(text.len < 60 ? text.len : 60), text.ptr);
    else if (x == HUGE_VAL)
        return load_fault(u, PILA_EOVERFLOW,
                          "value too large to convert to float: '%.*s\n'",
                          (int)(text.len < 60 ? text.len : 60), text.ptr);
    return load_push(u, pila_value_float(negative ? -x : x));
}

static double load_double_at(const char *s)
{
    uint64_t bits;
    double x;

    memcpy(&bits, s, 8);
    bits = __builtin_bswap64(bits);
    memcpy(&x, &bits, 8);
    return x;
}

static pila_status load_binfloat(pila_unpickler *u)
{
    pila_status st = load_need(u, 8);

    if (st != PILA_OK) return st;
    u->at += 8;
    return load_push(u, pila_value_float(load_double_at(u->at - 8)));
}

/* ---- text ---- */

/* A str or bytes of the input. */
static pila_status load_text(pila_unpickler *u, pila_value_kind kind, pila_str text,
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
    pila_status st = load_text(u, kind, text, stays, &v);

    return st == PILA_OK ? load_push(u, v) : st;
}

static bool load_is_ascii(pila_str text)
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
    return load_fault(u, PILA_EVALUE,
                      "'utf-8' codec can't decode byte 0x%02x in position %zu: %s", c,
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

static pila_status load_utf8(pila_unpickler *u, pila_str text, bool surrogates)
{
    size_t i = 0, n;

    for (; i < text.len; i += n) {
        n = load_plain_sequence(text.ptr + i, text.len - i);
        if (!n) n = load_sequence(text.ptr + i, text.len - i, surrogates);
        if (!n) return load_utf8_fault(u, text, i);
    }
    return PILA_OK;
}

static pila_status load_unicode_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        load_counted(u, bytes, "BINUNICODE exceeds system's maximum size", &text);

    if (st == PILA_OK) st = load_utf8(u, text, true);
    return st == PILA_OK ? load_push_text(u, PILA_VALUE_STR, text, true) : st;
}

static pila_status load_bytes_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        load_counted(u, bytes, "BINBYTES exceeds system's maximum size", &text);

    return st == PILA_OK ? load_push_text(u, PILA_VALUE_BYTES, text, true) : st;
}

static pila_status load_bytearray(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st =
        load_counted(u, 8, "BYTEARRAY8 exceeds system's maximum size", &text);

    if (st == PILA_OK) st = pila_value_bytearray(u->doc, text, &v);
    return st == PILA_OK ? load_push(u, v) : st;
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
            return load_fault(u, PILA_EVALUE,
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

static pila_status load_unicode_line(pila_unpickler *u)
{
    pila_buf made = {0};
    pila_str text = {NULL, 0};
    pila_status st = load_line(u, 1, &text);

    if (st != PILA_OK) return st;
    if (load_is_ascii(text) && (!text.len || !memchr(text.ptr, '\\', text.len)))
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
    return load_fault(u, PILA_EVALUE,
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
    if (load_is_ascii(text)) return load_push_text(u, PILA_VALUE_STR, text, stays);
    st = load_decode(u, text, &made);
    if (st == PILA_OK)
        st = load_push_text(u, PILA_VALUE_STR, pila_buf_view(&made), false);
    pila_buf_done(&made);
    return st;
}

static pila_status load_string_counted(pila_unpickler *u, size_t bytes)
{
    pila_str text = {NULL, 0};
    pila_status st =
        load_counted(u, bytes, "BINSTRING exceeds system's maximum size", &text);

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
            return load_fault(u, PILA_EVALUE, "invalid \\x escape at position %zu",
                              *at - 2);
        *at += 2;
        return pila_buf_add_char(out, (char)x);
    }
    if (pila_buf_add_char(out, '\\') != PILA_OK) return PILA_ENOMEM;
    return pila_buf_add_char(out, c);
}

static pila_status load_string_line(pila_unpickler *u)
{
    pila_buf made = {0};
    pila_str text = {NULL, 0};
    pila_status st = load_line(u, 1, &text);

    if (st != PILA_OK) return st;
    if (text.len < 2 || text.ptr[0] != text.ptr[text.len - 1] ||
        (text.ptr[0] != '\'' && text.ptr[0] != '"'))
        return load_fault(u, PILA_ESYNTAX, "the STRING opcode argument must be quoted");
    text = pila_str_of(text.ptr + 1, text.len - 2);
    for (size_t i = 0; st == PILA_OK && i < text.len;) {
        char c = text.ptr[i++];

        if (c != '\\') st = pila_buf_add_char(&made, c);
        else if (i < text.len) st = load_escape(u, text, &i, &made);
        else st = load_fault(u, PILA_EVALUE, "Trailing \\ in string");
    }
    if (st == PILA_OK) st = load_string(u, pila_buf_view(&made), false);
    pila_buf_done(&made);
    return st;
}

/* ---- tuples, lists, dicts, sets ---- */

/* The n topmost things become a tuple. */
static pila_status load_tuple(pila_unpickler *u, size_t n)
{
    pila_value v = pila_value_none();
    pila_status st;

    if (!load_has(u, n)) return load_underflow(u);
    st = pila_value_tuple(u->doc, n ? u->stack + u->len - n : NULL, n, &v);
    u->len -= n;
    return st == PILA_OK ? load_push(u, v) : st;
}

static bool load_nests(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    return kind == PILA_VALUE_TUPLE || kind == PILA_VALUE_FROZENSET ||
           (kind == PILA_VALUE_OBJECT && !pila__object_is_made(v));
}

/* What a thing that nests has inside, as nodes with gaps: {how many, where}. */
static pila_value load_inside(pila_value v)
{
    pila_value span;
    size_t n;

    span.tag = v.tag >> 8;
    span.as.items = v.as.items;
    if (pila_value_kind_of(v) == PILA_VALUE_FROZENSET) {
        span.tag = 2 * v.as.dict->used;
        span.as.items = (pila_value *)(void *)v.as.dict->entries;
    } else if (pila_value_kind_of(v) == PILA_VALUE_OBJECT)
        span.as.items = pila_value_parts(v, &n), span.tag = n;
    return span;
}

/* The work of hashing something, nothing inside it counted. */
static size_t load_key_cost(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    if (kind != PILA_VALUE_STR && kind != PILA_VALUE_BYTES && kind != PILA_VALUE_BIGINT)
        return 1;
    return 1 + (size_t)(v.tag >> 8) / LOAD_KEY_SHORT;
}

/* Whether a key may be hashed: all its parts count, as often as they are met. The spans
 * still to be gone through lie on top of the stack. */
static pila_status load_key_parts(pila_unpickler *u, pila_value key)
{
    size_t from = u->len,
           most = LOAD_KEYS_FREE + LOAD_KEYS_BYTE * pila_unpickler_tell(u);
    pila_value part = key;
    pila_status st = PILA_OK;

    for (;;) {
        u->hashed += load_key_cost(part);
        if (u->hashed > most)
            st = load_fault(u, PILA_ELIMIT, "keys have too many parts");
        if (st == PILA_OK && load_nests(part)) st = load_push(u, load_inside(part));
        while (u->len > from && u->stack[u->len - 1].tag == 0) u->len--;
        if (st != PILA_OK || u->len == from) break;
        u->stack[u->len - 1].tag--;
        part = *u->stack[u->len - 1].as.items++;
    }
    u->len = from;
    return st;
}

static pila_status load_key(pila_unpickler *u, pila_value key)
{
    if (!load_nests(key) && load_key_cost(key) == 1) return PILA_OK;
    return load_key_parts(u, key);
}

/* What of n things has no hash, for the message: and in it, along the first tuples. */
static pila_status load_unhashable_of(pila_unpickler *u, const pila_value *items,
                                      size_t n)
{
    pila_value key = pila_value_none();
    uint64_t hash;

    for (size_t i = 0; i < n; i++) {
        if (pila_value_hash(items[i], &hash) == PILA_OK) continue;
        key = items[i];
        if (pila_value_kind_of(key) != PILA_VALUE_TUPLE) break;
        items = pila_value_data(key, &n);
        i = SIZE_MAX;
    }
    return load_fault(u, PILA_ETYPE, "unhashable type: '%s'", load_kind(key));
}

static pila_status load_unhashable(pila_unpickler *u, pila_value key)
{
    return load_unhashable_of(u, &key, 1);
}

static pila_status load_setitem(pila_unpickler *u, pila_value dict, pila_value key,
                                pila_value x)
{
    pila_status st = load_key(u, key);

    if (st == PILA_OK) st = pila_value_setitem(u->doc, dict, key, x);
    return st == PILA_ETYPE ? load_unhashable(u, key) : st;
}

static pila_status load_add_item(pila_unpickler *u, pila_value set, pila_value x)
{
    pila_status st = load_key(u, x);

    if (st == PILA_OK) st = pila_value_add(u->doc, set, x);
    return st == PILA_ETYPE ? load_unhashable(u, x) : st;
}

static bool load_all_short(const pila_value *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pila_value_kind_of(pairs[2 * i]) != PILA_VALUE_STR ||
            pairs[2 * i].tag >> 8 > LOAD_KEY_SHORT)
            return false;
    return true;
}

/* Where the last dict is remembered that had so many keys, of which this was the first.
 */
static const pila_dict_body **load_shape(pila_unpickler *u, pila_value key, size_t n)
{
    uint64_t hash =
        ((uint64_t)(uintptr_t)key.as.text + n) * UINT64_C(0x9e3779b97f4a7c15);

    return &u->shapes[hash >> 32 & (PILA__PICKLE_SHAPES - 1)];
}

/* Put n pairs from `at` on the stack on into a dict. An empty one is filled at once,
 * mostly with keys that another dict of this pickle has as well. */
static pila_status load_pairs(pila_unpickler *u, pila_value dict, size_t at, size_t n)
{
    const pila_value *pairs = u->stack + at;
    pila_status st = PILA_OK;

    if (n && dict.as.dict->room == 0 && load_all_short(pairs, n)) {
        const pila_dict_body **shape = load_shape(u, pairs[0], n);

        st = pila__value_dict_fill(u->doc, dict.as.dict, pairs, n, *shape);
        if (st == PILA_OK) *shape = dict.as.dict;
        return st;
    }
    for (; st == PILA_OK && n; n--, at += 2)
        st = load_setitem(u, dict, u->stack[at], u->stack[at + 1]);
    return st;
}

/* Put n items from `at` on into a list. An empty one gets room for just so many. */
static pila_status load_items(pila_unpickler *u, pila_value list, size_t at, size_t n)
{
    pila_list_body *b = list.as.list;
    pila_value *items;

    if (b->room) return pila_value_extend(u->doc, list, u->stack + at, n);
    items = (pila_value *)pila_doc_alloc(u->doc, n * sizeof *items);
    if (!items) return PILA_ENOMEM;
    memcpy(items, u->stack + at, n * sizeof *items);
    b->items = items;
    b->len = b->room = n;
    b->version++;
    return PILA_OK;
}

/* ---- batches ----
 *
 * A large list or dict comes in batches of 1000. When one ends and a MARK follows, it
 * is most likely that of the next batch: then the items stay on the stack below that
 * mark, held for what lies below them, and all go into it at once when the last batch
 * ends. Should anything else happen to that mark, list or dict, what is held is
 * released first, so that nobody sees the difference. One list or dict at a time.
 */

/* What is held goes to where it belongs; what lies above it moves down. */
static pila_status load_release(pila_unpickler *u)
{
    size_t n = u->held, at = u->held_at;
    pila_value v = u->stack[at - 1];
    pila_status st;

    u->held = 0;
    st = pila_value_kind_of(v) == PILA_VALUE_LIST ? load_items(u, v, at, n)
                                                  : load_pairs(u, v, at, n / 2);
    memmove(u->stack + at, u->stack + at + n, (u->len - at - n) * sizeof *u->stack);
    u->len -= n;
    for (size_t i = u->held_marks - 1; i < u->n_marks; i++) u->marks[i] -= n;
    u->fence = u->marks[u->n_marks - 1];
    return st;
}

/* The same if it belongs to v, whose new items begin at *x. */
static pila_status load_release_of(pila_unpickler *u, pila_value v, size_t *x)
{
    if (!u->held || !pila__value_same(v, u->stack[u->held_at - 1])) return PILA_OK;
    *x -= u->held;
    return load_release(u);
}

/* Take the last mark away: where on the stack it was. */
static pila_status load_unmark(pila_unpickler *u, size_t *at)
{
    pila_status st = PILA_OK;

    if (!u->n_marks) return load_fault(u, PILA_ESYNTAX, "could not find MARK");
    if (u->held && u->held_marks == u->n_marks) st = load_release(u);
    *at = u->marks[--u->n_marks];
    u->fence = u->n_marks ? u->marks[u->n_marks - 1] : 0;
    return st;
}

/* The mark that ends a batch: what was held before it is a part of that. */
static pila_status load_unmark_batch(pila_unpickler *u, size_t *at)
{
    size_t held_at = u->held_at;
    bool resumed = u->held && u->held_marks == u->n_marks;
    pila_status st;

    if (resumed) u->held = 0;
    st = load_unmark(u, at);
    if (resumed) *at = held_at;
    return st;
}

/* Whether the items from `at` on are held: the MARK behind them is then taken. */
static bool load_hold(pila_unpickler *u, size_t at, pila_value_kind kind)
{
    if (u->held || u->len - at < LOAD_MANY || at <= u->fence || !load_have(u) ||
        *u->at != PILA_OP_MARK || pila_value_kind_of(u->stack[at - 1]) != kind)
        return false;
    if (kind == PILA_VALUE_DICT &&
        ((u->len - at) % 2 || u->stack[at - 1].as.dict->used))
        return false;
    if (load_mark(u) != PILA_OK) return false;
    u->at++;
    u->held = u->len - at;
    u->held_at = at;
    u->held_marks = u->n_marks;
    return true;
}

static pila_status load_marked_tuple(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    return st == PILA_OK ? load_tuple(u, u->len - at) : st;
}

static pila_status load_marked_list(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st != PILA_OK) return st;
    st = pila_value_list(u->doc, u->stack + at, u->len - at, &v);
    u->len = at;
    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_new_dict(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_dict(u->doc, 0, &v);

    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_marked_dict(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if ((u->len - at) % 2)
        return load_fault(u, PILA_ESYNTAX, "odd number of items for DICT");
    st = pila_value_dict(u->doc, 0, &v);
    if (st == PILA_OK) st = load_pairs(u, v, at, (u->len - at) / 2);
    u->len = at;
    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_new_list(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_list(u->doc, NULL, 0, &v);

    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_new_set(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_set(u->doc, 0, &v);

    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_frozenset(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    for (size_t i = at; st == PILA_OK && i < u->len; i++) st = load_key(u, u->stack[i]);
    if (st == PILA_OK)
        st = pila_value_frozenset(u->doc, u->stack + at, u->len - at, &v);
    if (st == PILA_ETYPE) st = load_unhashable_of(u, u->stack + at, u->len - at);
    u->len = at;
    return st == PILA_OK ? load_push(u, v) : st;
}

/* ---- objects ---- */

/* The parts of what was made by a call; NULL for anything else. */
static pila_value *load_parts(pila_value v)
{
    size_t n;
    pila_value *parts;

    if (pila_value_kind_of(v) != PILA_VALUE_OBJECT) return NULL;
    parts = pila_value_parts(v, &n);
    return n == PILA_PARTS ? parts : NULL;
}

/* The list among an object's parts, made when it is first needed. */
static pila_status load_part_list(pila_unpickler *u, pila_value *part)
{
    if (pila_value_kind_of(*part) == PILA_VALUE_LIST) return PILA_OK;
    return pila_value_list(u->doc, NULL, 0, part);
}

static pila_status load_no_attribute(pila_unpickler *u, pila_value v, const char *name)
{
    return load_fault(u, PILA_ETYPE, "'%s' object has no attribute '%s'", load_kind(v),
                      name);
}

/* What lies from x on goes into what lies below it. */
static pila_status load_append_from(pila_unpickler *u, size_t x)
{
    pila_value v, *parts;
    size_t n;
    pila_status st = PILA_OK;

    if (x > u->len || x <= u->fence) return load_underflow(u);
    n = u->len - x;
    v = u->stack[x - 1];
    if (n == 0) return PILA_OK;
    st = load_release_of(u, v, &x);
    if (st != PILA_OK) return st;
    parts = load_parts(v);
    if (pila_value_kind_of(v) == PILA_VALUE_LIST) st = load_items(u, v, x, n);
    else if (parts) {
        st = load_part_list(u, &parts[PILA_PART_ITEMS]);
        if (st == PILA_OK)
            st = pila_value_extend(u->doc, parts[PILA_PART_ITEMS], u->stack + x, n);
    } else if (pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY)
        for (size_t i = x; st == PILA_OK && i < u->len; i++)
            st = pila_value_append(u->doc, v, u->stack[i]);
    else st = load_no_attribute(u, v, "append");
    u->len = x;
    return st;
}

static pila_status load_append(pila_unpickler *u)
{
    if (!load_has(u, 2)) return load_underflow(u);
    return load_append_from(u, u->len - 1);
}

static pila_status load_appends(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark_batch(u, &at);

    if (st != PILA_OK || load_hold(u, at, PILA_VALUE_LIST)) return st;
    return load_append_from(u, at);
}

static pila_status load_set_from(pila_unpickler *u, size_t x)
{
    pila_value v, *parts;
    size_t n;
    pila_status st = PILA_OK;

    if (x > u->len || x <= u->fence) return load_underflow(u);
    n = u->len - x;
    v = u->stack[x - 1];
    if (n == 0) return PILA_OK;
    if (n % 2) return load_fault(u, PILA_ESYNTAX, "odd number of items for SETITEMS");
    st = load_release_of(u, v, &x);
    if (st != PILA_OK) return st;
    parts = load_parts(v);
    if (pila_value_kind_of(v) == PILA_VALUE_DICT) st = load_pairs(u, v, x, n / 2);
    else if (parts) {
        st = load_part_list(u, &parts[PILA_PART_PAIRS]);
        if (st == PILA_OK)
            st = pila_value_extend(u->doc, parts[PILA_PART_PAIRS], u->stack + x, n);
    } else
        st = load_fault(u, PILA_ETYPE, "'%s' object does not support item assignment",
                        load_kind(v));
    u->len = x;
    return st;
}

static pila_status load_setitem_op(pila_unpickler *u)
{
    if (u->len < 2) return load_underflow(u);
    return load_set_from(u, u->len - 2);
}

static pila_status load_setitems(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark_batch(u, &at);

    if (st != PILA_OK || load_hold(u, at, PILA_VALUE_DICT)) return st;
    return load_set_from(u, at);
}

static pila_status load_additems(pila_unpickler *u)
{
    pila_value v;
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if (at <= u->fence) return load_underflow(u);
    v = u->stack[at - 1];
    if (at == u->len) return PILA_OK;
    if (load_parts(v)) return load_append_from(u, at);
    if (pila_value_kind_of(v) != PILA_VALUE_SET) return load_no_attribute(u, v, "add");
    for (size_t i = at; st == PILA_OK && i < u->len; i++)
        st = load_add_item(u, v, u->stack[i]);
    u->len = at;
    return st;
}

/* ---- classes and functions ---- */

static bool load_named(pila_str module, pila_str name, const char *m, const char *n)
{
    return pila_str_eq(name, pila_cstr(n)) && pila_str_eq(module, pila_cstr(m));
}

/* Whether a class or function is one that load_native may do. */
static bool load_is_native(pila_str module, pila_str name)
{
    static const char *const builtins[] = {"set", "frozenset", "bytearray", "bytes",
                                           "complex"};

    if (load_named(module, name, "_codecs", "encode")) return true;
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (load_named(module, name, "builtins", builtins[i])) return true;
    return false;
}

static const pila_pickle_class *load_allowed(const pila_unpickler *u, pila_str module,
                                             pila_str name)
{
    const pila_pickle_class *c = u->options.allow;

    for (size_t i = 0; i < u->options.n_allow; i++, c++)
        if (load_named(module, name, c->module, c->name)) return c;
    return NULL;
}

/* What is known of this name, or is made now; module and name are strs of the document.
 */
static pila_status load_class(pila_unpickler *u, pila_value module, pila_value name,
                              pila_value *out)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);
    pila_value key = pila_value_none(), made = pila_value_none();
    pila_buf text = {0};
    const pila_value *found = NULL;
    pila_status st = pila_buf_add(&text, m);

    if (st == PILA_OK) st = pila_buf_add_char(&text, 0);
    if (st == PILA_OK) st = pila_buf_add(&text, n);
    if (st == PILA_OK) found = pila_value_get(u->globals, pila_buf_view(&text));
    if (found) *out = *found;
    if (st == PILA_OK && !found) {
        if (pila_value_kind_of(u->globals) != PILA_VALUE_DICT)
            st = pila_value_dict(u->doc, 0, &u->globals);
        if (st == PILA_OK) st = pila_value_str(u->doc, pila_buf_view(&text), &key);
        if (st == PILA_OK) st = pila_value_object(u->doc, PILA_OBJECT_GLOBAL, 2, &made);
        if (st == PILA_OK) made.as.items[0] = module;
        if (st == PILA_OK) made.as.items[1] = name;
        if (st == PILA_OK) st = pila_value_setitem(u->doc, u->globals, key, made);
        if (st == PILA_OK) *out = made;
    }
    pila_buf_done(&text);
    return st;
}

/* Find a class or function: by the names of Python 3, and if it may be. */
static pila_status load_find(pila_unpickler *u, pila_value module, pila_value name,
                             pila_value *out)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);

    if (u->protocol < 3 && !u->options.keep_names) {
        pila__pickle_names_2to3(&m, &n);
        module = pila_value_str_of(m);
        name = pila_value_str_of(n);
    }
    if (u->options.strict && !load_is_native(m, n) && !load_allowed(u, m, n))
        return load_fault(u, PILA_EREFUSED, "global '%.*s.%.*s' is forbidden",
                          (int)(m.len < 40 ? m.len : 40), m.ptr,
                          (int)(n.len < 40 ? n.len : 40), n.ptr);
    return load_class(u, module, name, out);
}

/* Two lines of UTF-8, or of INST, ASCII. */
static pila_status load_named_lines(pila_unpickler *u, pila_value *out)
{
    pila_value module = pila_value_none(), name = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = load_line(u, 2, &text);

    if (st == PILA_OK) st = load_utf8(u, text, false);
    if (st == PILA_OK) st = load_text(u, PILA_VALUE_STR, text, true, &module);
    if (st == PILA_OK) st = load_line(u, 2, &text);
    if (st == PILA_OK) st = load_utf8(u, text, false);
    if (st == PILA_OK) st = load_text(u, PILA_VALUE_STR, text, true, &name);
    return st == PILA_OK ? load_find(u, module, name, out) : st;
}

static pila_status load_global(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = load_named_lines(u, &v);

    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_stack_global(pila_unpickler *u)
{
    pila_value v = pila_value_none(), module, name;
    pila_status st;

    if (!load_has(u, 2))
        return load_fault(u, PILA_ESYNTAX, "STACK_GLOBAL requires str");
    name = u->stack[u->len - 1];
    module = u->stack[u->len - 2];
    if (pila_value_kind_of(name) != PILA_VALUE_STR ||
        pila_value_kind_of(module) != PILA_VALUE_STR)
        return load_fault(u, PILA_ESYNTAX, "STACK_GLOBAL requires str");
    u->len -= 2;
    st = load_find(u, module, name, &v);
    return st == PILA_OK ? load_push(u, v) : st;
}

/* An object of one part or two. */
static pila_status load_push_object(pila_unpickler *u, pila_object_how how, size_t n,
                                    pila_value first, pila_value second)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_object(u->doc, how, n, &v);

    if (st != PILA_OK) return st;
    v.as.items[0] = first;
    if (n > 1) v.as.items[1] = second;
    return load_push(u, v);
}

static pila_status load_extension(pila_unpickler *u, size_t bytes)
{
    const pila_pickle_extension *e = u->options.extensions;
    pila_value v = pila_value_none();
    uint64_t n = 0;
    pila_status st = load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (n == 0 || n > INT32_MAX)
        return load_fault(u, PILA_ESYNTAX, "EXT specifies code <= 0");
    for (size_t i = 0; i < u->options.n_extensions; i++, e++)
        if (e->code == (int32_t)n) {
            st = load_find(u, pila_value_str_of(pila_cstr(e->module)),
                           pila_value_str_of(pila_cstr(e->name)), &v);
            return st == PILA_OK ? load_push(u, v) : st;
        }
    if (u->options.strict)
        return load_fault(u, PILA_EREFUSED, "unregistered extension code %d", (int)n);
    return load_push_object(u, PILA_OBJECT_EXTENSION, 1, pila_value_int((int64_t)n), v);
}

/* ---- calls ---- */

/* The characters of a str as latin-1 bytes: false where one is beyond. */
static bool load_latin1(pila_str text, char *out, size_t *n)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    *n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned c = s[i];

        if (c >= 0x80) {
            if (c > 0xc3 || i + 1 == text.len) return false;
            c = (c & 3) << 6 | (s[++i] & 0x3f);
        }
        out[(*n)++] = (char)c;
    }
    return true;
}

/* _codecs.encode(str, 'latin1'), which is how bytes are written below protocol 3. */
static pila_status load_encoded(pila_unpickler *u, const pila_value *args, size_t n,
                                pila_value *out, bool *done)
{
    pila_str text = n ? pila_value_text(args[0]) : pila_str_of(NULL, 0);
    char *bytes;
    size_t len;

    if (n != 2 || pila_value_kind_of(args[0]) != PILA_VALUE_STR ||
        pila_value_kind_of(args[1]) != PILA_VALUE_STR ||
        !pila_str_eq(pila_value_text(args[1]), pila_cstr("latin1")))
        return PILA_OK;
    bytes = (char *)pila_doc_alloc(u->doc, text.len + 1);
    if (!bytes) return PILA_ENOMEM;
    if (!load_latin1(text, bytes, &len)) return PILA_OK;
    u->made += text.len;
    if (len == 1)
        bytes = (char *)(uintptr_t)(pila__pickle_bytes + (unsigned char)*bytes);
    *out = pila_value_bytes_of(pila_str_of(bytes, len));
    *done = true;
    return PILA_OK;
}

/* set(list), frozenset(list): an item without a hash is left to the class. */
static pila_status load_set_of(pila_unpickler *u, bool frozen, const pila_value *args,
                               size_t n, pila_value *out, bool *done)
{
    pila_value made = pila_value_none();
    const pila_value *items = NULL;
    size_t k = 0;
    pila_status st = PILA_OK;

    if (n > 1 || (n == 1 && pila_value_kind_of(args[0]) != PILA_VALUE_LIST))
        return PILA_OK;
    if (n) items = pila_value_data(args[0], &k);
    u->made += k;
    for (size_t i = 0; st == PILA_OK && i < k; i++) st = load_key(u, items[i]);
    if (st == PILA_OK) st = pila_value_frozenset(u->doc, items, k, &made);
    if (st == PILA_ETYPE) return load_unhashable_of(u, items, k);
    if (st != PILA_OK) return st;
    if (!frozen) made.tag = PILA_VALUE_SET; /* the bodies are alike */
    *out = made;
    *done = true;
    return PILA_OK;
}

static pila_status load_complex(pila_unpickler *u, const pila_value *args, size_t n,
                                pila_value *out, bool *done)
{
    if (n != 2 || pila_value_kind_of(args[0]) != PILA_VALUE_FLOAT ||
        pila_value_kind_of(args[1]) != PILA_VALUE_FLOAT)
        return PILA_OK;
    *done = true;
    return pila_value_complex(u->doc, args[0].as.f, args[1].as.f, out);
}

static pila_status load_builtin(pila_unpickler *u, pila_str name,
                                const pila_value *args, size_t n, pila_value *out,
                                bool *done)
{
    pila_str bytes = n ? pila_value_text(args[0]) : pila_str_of(NULL, 0);

    if (pila_str_eq(name, pila_cstr("complex")))
        return load_complex(u, args, n, out, done);
    if (pila_str_eq(name, pila_cstr("set")) ||
        pila_str_eq(name, pila_cstr("frozenset")))
        return load_set_of(u, name.len > 3, args, n, out, done);
    if (pila_str_eq(name, pila_cstr("bytes")) && n == 0) {
        *out = pila_value_bytes_of(pila_str_of(pila__pickle_bytes, 0));
        *done = true;
    }
    if (!pila_str_eq(name, pila_cstr("bytearray")) || n > 1 ||
        (n && pila_value_kind_of(args[0]) != PILA_VALUE_BYTES))
        return PILA_OK;
    u->made += bytes.len;
    *done = true;
    return pila_value_bytearray(u->doc, bytes, out);
}

/* Do a call that makes what is built into Python, as CPython writes it, if it is one:
 * *done. What it would copy must have been read: else, and for other arguments, it
 * stays data. */
static pila_status load_native(pila_unpickler *u, pila_value callable, pila_value args,
                               pila_value *out, bool *done)
{
    pila_str module, name;
    const pila_value *items;
    size_t n;

    *done = false;
    if (pila_value_how(callable) != PILA_OBJECT_GLOBAL) return PILA_OK;
    module = pila_value_text(callable.as.items[0]);
    name = pila_value_text(callable.as.items[1]);
    items = pila_value_data(args, &n);
    if (u->made > LOAD_MADE_BYTE * pila_unpickler_tell(u)) return PILA_OK;
    if (load_named(module, name, "_codecs", "encode"))
        return load_encoded(u, items, n, out, done);
    if (!load_is_native(module, name)) return PILA_OK;
    return load_builtin(u, name, items, n, out, done);
}

/* The name of the class an object is of: what was called, or what that was given. */
static pila_value load_class_of(pila_value v)
{
    pila_value callable = v.as.items[PILA_PART_CALLABLE];
    size_t n;
    const pila_value *args = pila_value_data(v.as.items[PILA_PART_ARGS], &n);

    if (pila_value_kind_of(callable) != PILA_VALUE_OBJECT ||
        pila_value_how(callable) != PILA_OBJECT_GLOBAL)
        return pila_value_none();
    if (!n || !pila_str_eq(pila_value_text(callable.as.items[0]), pila_cstr("copyreg")))
        return callable;
    if (pila_value_kind_of(args[0]) != PILA_VALUE_OBJECT ||
        pila_value_how(args[0]) != PILA_OBJECT_GLOBAL)
        return callable;
    return args[0];
}

/* Note that an allow-list wants to see an object. */
static pila_status load_note(pila_unpickler *u, pila_value v)
{
    pila_value class_ = load_class_of(v);
    const pila_pickle_class *c;
    pila_status st = PILA_OK;

    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT) return PILA_OK;
    c = load_allowed(u, pila_value_text(class_.as.items[0]),
                     pila_value_text(class_.as.items[1]));
    if (!c || !c->view) return PILA_OK;
    if (u->viewed_room - u->n_viewed < 2)
        st = load_grow(&u->viewed, &u->viewed_room, u->n_viewed + 2);
    if (st != PILA_OK) return st;
    u->viewed[u->n_viewed++] = v;
    u->viewed[u->n_viewed++] = pila_value_int(c - u->options.allow);
    return PILA_OK;
}

/* Push what a call made. */
static pila_status load_push_call(pila_unpickler *u, pila_object_how how,
                                  pila_value callable, pila_value args,
                                  pila_value kwargs)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_object(u->doc, how, PILA_PARTS, &v);

    if (st != PILA_OK) return st;
    v.as.items[PILA_PART_CALLABLE] = callable;
    v.as.items[PILA_PART_ARGS] = args;
    v.as.items[PILA_PART_KWARGS] = kwargs;
    if (u->options.n_allow) st = load_note(u, v);
    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_reduce(pila_unpickler *u)
{
    pila_value callable, args, made = pila_value_none();
    bool done = false;
    pila_status st = u->held ? load_release(u) : PILA_OK;

    if (st != PILA_OK) return st;
    if (!load_has(u, 2)) return load_underflow(u);
    args = u->stack[u->len - 1];
    callable = u->stack[u->len - 2];
    if (pila_value_kind_of(callable) != PILA_VALUE_OBJECT)
        return load_fault(u, PILA_ETYPE, "'%s' object is not callable",
                          load_kind(callable));
    if (pila_value_kind_of(args) != PILA_VALUE_TUPLE)
        return load_fault(u, PILA_ETYPE, "argument list must be a tuple");
    u->len -= 2;
    st = load_native(u, callable, args, &made, &done);
    if (st != PILA_OK) return st;
    if (done) return load_push(u, made);
    return load_push_call(u, PILA_OBJECT_REDUCE, callable, args, made);
}

static pila_status load_newobj(pila_unpickler *u, bool ex)
{
    const char *op = ex ? "NEWOBJ_EX" : "NEWOBJ";
    pila_value class_, args, kwargs = pila_value_none();

    if (!load_has(u, ex ? 3 : 2)) return load_underflow(u);
    if (ex) kwargs = u->stack[--u->len];
    args = u->stack[u->len - 1];
    class_ = u->stack[u->len - 2];
    u->len -= 2;
    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT)
        return load_fault(u, PILA_ESYNTAX, "%s class argument must be a type, not %s",
                          op, load_kind(class_));
    if (pila_value_kind_of(args) != PILA_VALUE_TUPLE)
        return load_fault(u, PILA_ESYNTAX, "%s args argument must be a tuple, not %s",
                          op, load_kind(args));
    if (ex && pila_value_kind_of(kwargs) != PILA_VALUE_DICT)
        return load_fault(u, PILA_ESYNTAX, "%s kwargs argument must be a dict, not %s",
                          op, load_kind(kwargs));
    return load_push_call(u, ex ? PILA_OBJECT_NEWOBJ_EX : PILA_OBJECT_NEWOBJ, class_,
                          args, kwargs);
}

/* What lies from `at` on becomes the arguments of a class. */
static pila_status load_instance(pila_unpickler *u, pila_object_how how,
                                 pila_value class_, size_t at, size_t first)
{
    pila_value args = pila_value_none();
    pila_status st = pila_value_tuple(u->doc, u->stack + first, u->len - first, &args);

    u->len = at;
    if (st != PILA_OK) return st;
    return load_push_call(u, how, class_, args, pila_value_none());
}

static pila_status load_inst(pila_unpickler *u)
{
    pila_value class_ = pila_value_none();
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st == PILA_OK) st = load_named_lines(u, &class_);
    return st == PILA_OK ? load_instance(u, PILA_OBJECT_INST, class_, at, at) : st;
}

static pila_status load_obj(pila_unpickler *u)
{
    pila_value class_;
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if (u->len == at) return load_underflow(u);
    class_ = u->stack[at];
    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT)
        return load_fault(u, PILA_ETYPE, "'%s' object is not callable",
                          load_kind(class_));
    return load_instance(u, PILA_OBJECT_OBJ, class_, at, at + 1);
}

static pila_status load_build(pila_unpickler *u)
{
    pila_value *parts, v;

    if (!load_has(u, 2)) return load_underflow(u);
    v = u->stack[u->len - 2];
    parts = load_parts(v);
    if (!parts) return load_no_attribute(u, v, "__dict__");
    parts[PILA_PART_STATE] = u->stack[--u->len];
    return PILA_OK;
}

/* ---- what is elsewhere ---- */

static pila_status load_persistent(pila_unpickler *u, pila_value id)
{
    pila_value v = pila_value_none();
    pila_status st;

    if (u->options.persistent_load) {
        st = u->held ? load_release(u) : PILA_OK;
        if (st != PILA_OK) return st;
        st = u->options.persistent_load(u->options.ctx, u->doc, id, &v);
        return st == PILA_OK ? load_push(u, v) : st;
    }
    if (u->options.strict)
        return load_fault(u, PILA_ESYNTAX,
                          "A load persistent id instruction was encountered, but no "
                          "persistent_load function was specified.");
    return load_push_object(u, PILA_OBJECT_PERSISTENT, 1, id, v);
}

static pila_status load_persid(pila_unpickler *u)
{
    pila_value id = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = load_line(u, 1, &text);

    if (st == PILA_OK && !load_is_ascii(text))
        return load_fault(u, PILA_ESYNTAX,
                          "persistent IDs in protocol 0 must be ASCII strings");
    if (st == PILA_OK) st = load_text(u, PILA_VALUE_STR, text, true, &id);
    return st == PILA_OK ? load_persistent(u, id) : st;
}

static pila_status load_binpersid(pila_unpickler *u)
{
    if (!load_has(u, 1)) return load_underflow(u);
    return load_persistent(u, u->stack[--u->len]);
}

static pila_status load_next_buffer(pila_unpickler *u)
{
    size_t k = u->next_buffer;
    const pila_pickle_buffer *b = u->options.buffers + k;
    pila_value v = pila_value_none();
    pila_status st;

    if (!u->options.buffers && u->options.strict)
        return load_fault(u, PILA_ESYNTAX,
                          "pickle stream refers to out-of-band data but no *buffers* "
                          "argument was given");
    if (u->options.buffers && k >= u->options.n_buffers)
        return load_fault(u, PILA_ESYNTAX, "not enough out-of-band buffers");
    u->next_buffer++;
    if (!u->options.buffers)
        return load_push_object(u, PILA_OBJECT_BUFFER, 2, pila_value_int((int64_t)k),
                                pila_value_bool(false));
    if (b->readonly) return load_push(u, pila_value_bytes_of(b->bytes));
    st = pila_value_bytearray(u->doc, b->bytes, &v);
    return st == PILA_OK ? load_push(u, v) : st;
}

static pila_status load_readonly(pila_unpickler *u)
{
    pila_value *v;

    if (!load_has(u, 1)) return load_underflow(u);
    v = &u->stack[u->len - 1];
    if (pila_value_kind_of(*v) == PILA_VALUE_BYTEARRAY)
        *v = pila_value_bytes_of(pila_value_text(*v));
    else if (pila_value_kind_of(*v) == PILA_VALUE_OBJECT &&
             pila_value_how(*v) == PILA_OBJECT_BUFFER)
        v->as.items[1] = pila_value_bool(true);
    else if (pila_value_kind_of(*v) != PILA_VALUE_BYTES)
        return load_fault(u, PILA_ETYPE,
                          "memoryview: a bytes-like object is required, not '%s'",
                          load_kind(*v));
    return PILA_OK;
}

/* ---- the rest ---- */

static pila_status load_pop(pila_unpickler *u)
{
    size_t at;

    if (u->n_marks && u->marks[u->n_marks - 1] == u->len) return load_unmark(u, &at);
    if (!load_has(u, 1)) return load_underflow(u);
    u->len--;
    return PILA_OK;
}

static pila_status load_pop_mark(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = load_unmark(u, &at);

    if (st == PILA_OK) u->len = at;
    return st;
}

static pila_status load_dup(pila_unpickler *u)
{
    if (!load_has(u, 1)) return load_underflow(u);
    return load_push(u, u->stack[u->len - 1]);
}

static pila_status load_get_line(pila_unpickler *u)
{
    int64_t index = 0;
    pila_str line = {NULL, 0};
    pila_status st = load_line(u, 2, &line);

    if (st == PILA_OK) st = load_index_of(u, line, &index);
    return st == PILA_OK ? load_memo_get(u, (uint64_t)index) : st;
}

static pila_status load_put_line(pila_unpickler *u)
{
    int64_t index = 0;
    pila_str line = {NULL, 0};
    pila_status st = load_line(u, 2, &line);

    if (st == PILA_OK && !load_has(u, 1)) return load_underflow(u);
    if (st == PILA_OK) st = load_index_of(u, line, &index);
    if (st == PILA_OK && index < 0)
        return load_fault(u, PILA_EVALUE, "negative PUT argument");
    return st == PILA_OK ? load_memo_put(u, (uint64_t)index) : st;
}

static pila_status load_get(pila_unpickler *u, size_t bytes)
{
    uint64_t index = 0;
    pila_status st = load_number(u, bytes, &index);

    return st == PILA_OK ? load_memo_get(u, index) : st;
}

static pila_status load_put(pila_unpickler *u, size_t bytes)
{
    uint64_t index = 0;
    pila_status st = load_number(u, bytes, &index);

    return st == PILA_OK ? load_memo_put(u, index) : st;
}

static pila_status load_binint(pila_unpickler *u, size_t bytes)
{
    uint64_t x = 0;
    pila_status st = load_number(u, bytes, &x);

    if (st != PILA_OK) return st;
    return load_push(u, pila_value_int(bytes == 4 ? (int32_t)x : (int64_t)x));
}

static pila_status load_proto(pila_unpickler *u)
{
    uint64_t protocol = 0;
    pila_status st = load_number(u, 1, &protocol);

    if (st != PILA_OK) return st;
    if (protocol > PILA_PICKLE_HIGHEST)
        return load_fault(u, PILA_EVALUE, "unsupported pickle protocol: %d",
                          (int)protocol);
    u->protocol = (int)protocol;
    return PILA_OK;
}

/* The length is looked at, and that so much is there; a frame means nothing else. */
static pila_status load_frame(pila_unpickler *u)
{
    pila_str frame = {NULL, 0};
    pila_status st =
        load_counted(u, 8, "FRAME length exceeds system's maximum", &frame);

    if (st == PILA_OK) u->at -= frame.len;
    return st;
}

static pila_status load_unknown(pila_unpickler *u, unsigned char c)
{
    if (c >= 0x20 && c <= 0x7e && c != '\'' && c != '\\')
        return load_fault(u, PILA_ESYNTAX, "invalid load key, '%c'.", c);
    return load_fault(u, PILA_ESYNTAX, "invalid load key, '\\x%02x'.", c);
}

/* long: one case an opcode. */
static pila_status load_do(pila_unpickler *u, unsigned char op)
{
    switch (op) {
    case PILA_OP_NONE: return load_push(u, pila_value_none());
    case PILA_OP_NEWTRUE: return load_push(u, pila_value_bool(true));
    case PILA_OP_NEWFALSE: return load_push(u, pila_value_bool(false));
    case PILA_OP_BININT: return load_binint(u, 4);
    case PILA_OP_BININT1: return load_binint(u, 1);
    case PILA_OP_BININT2: return load_binint(u, 2);
    case PILA_OP_INT: return load_int(u);
    case PILA_OP_LONG: return load_long(u);
    case PILA_OP_LONG1: return load_counted_long(u, 1);
    case PILA_OP_LONG4: return load_counted_long(u, 4);
    case PILA_OP_FLOAT: return load_float(u);
    case PILA_OP_BINFLOAT: return load_binfloat(u);
    case PILA_OP_SHORT_BINBYTES: return load_bytes_counted(u, 1);
    case PILA_OP_BINBYTES: return load_bytes_counted(u, 4);
    case PILA_OP_BINBYTES8: return load_bytes_counted(u, 8);
    case PILA_OP_BYTEARRAY8: return load_bytearray(u);
    case PILA_OP_NEXT_BUFFER: return load_next_buffer(u);
    case PILA_OP_READONLY_BUFFER: return load_readonly(u);
    case PILA_OP_SHORT_BINSTRING: return load_string_counted(u, 1);
    case PILA_OP_BINSTRING: return load_string_counted(u, 4);
    case PILA_OP_STRING: return load_string_line(u);
    case PILA_OP_UNICODE: return load_unicode_line(u);
    case PILA_OP_SHORT_BINUNICODE: return load_unicode_counted(u, 1);
    case PILA_OP_BINUNICODE: return load_unicode_counted(u, 4);
    case PILA_OP_BINUNICODE8: return load_unicode_counted(u, 8);
    case PILA_OP_EMPTY_TUPLE: return load_tuple(u, 0);
    case PILA_OP_TUPLE1: return load_tuple(u, 1);
    case PILA_OP_TUPLE2: return load_tuple(u, 2);
    case PILA_OP_TUPLE3: return load_tuple(u, 3);
    case PILA_OP_TUPLE: return load_marked_tuple(u);
    case PILA_OP_EMPTY_LIST: return load_new_list(u);
    case PILA_OP_LIST: return load_marked_list(u);
    case PILA_OP_EMPTY_DICT: return load_new_dict(u);
    case PILA_OP_DICT: return load_marked_dict(u);
    case PILA_OP_EMPTY_SET: return load_new_set(u);
    case PILA_OP_ADDITEMS: return load_additems(u);
    case PILA_OP_FROZENSET: return load_frozenset(u);
    case PILA_OP_OBJ: return load_obj(u);
    case PILA_OP_INST: return load_inst(u);
    case PILA_OP_NEWOBJ: return load_newobj(u, false);
    case PILA_OP_NEWOBJ_EX: return load_newobj(u, true);
    case PILA_OP_GLOBAL: return load_global(u);
    case PILA_OP_STACK_GLOBAL: return load_stack_global(u);
    case PILA_OP_APPEND: return load_append(u);
    case PILA_OP_APPENDS: return load_appends(u);
    case PILA_OP_BUILD: return load_build(u);
    case PILA_OP_DUP: return load_dup(u);
    case PILA_OP_BINGET: return load_get(u, 1);
    case PILA_OP_LONG_BINGET: return load_get(u, 4);
    case PILA_OP_GET: return load_get_line(u);
    case PILA_OP_MARK: return load_mark(u);
    case PILA_OP_BINPUT: return load_put(u, 1);
    case PILA_OP_LONG_BINPUT: return load_put(u, 4);
    case PILA_OP_PUT: return load_put_line(u);
    case PILA_OP_MEMOIZE: return load_memo_put(u, u->memo_len);
    case PILA_OP_POP: return load_pop(u);
    case PILA_OP_POP_MARK: return load_pop_mark(u);
    case PILA_OP_SETITEM: return load_setitem_op(u);
    case PILA_OP_SETITEMS: return load_setitems(u);
    case PILA_OP_PERSID: return load_persid(u);
    case PILA_OP_BINPERSID: return load_binpersid(u);
    case PILA_OP_REDUCE: return load_reduce(u);
    case PILA_OP_PROTO: return load_proto(u);
    case PILA_OP_FRAME: return load_frame(u);
    case PILA_OP_EXT1: return load_extension(u, 1);
    case PILA_OP_EXT2: return load_extension(u, 2);
    case PILA_OP_EXT4: return load_extension(u, 4);
    default: return load_unknown(u, op);
    }
}

/* ---- what most pickles consist of ---- */

/* Copy text to where words may be written over, from where they may be read beyond;
 * whether it is ASCII. */
static bool load_copy(char *to, const char *from, size_t n)
{
    uint64_t word, any = 0;
    size_t i = 0;

    for (; i + 8 < n; i += 8) {
        memcpy(&word, from + i, 8);
        memcpy(to + i, &word, 8);
        any |= word;
    }
    memcpy(&word, from + i, 8);
    memcpy(to + i, &word, 8);
    if (n > i) any |= word << 8 * (8 - (n - i));
    return !(any & UINT64_C(0x8080808080808080));
}

/* An integer of 1 to 8 bytes, from where 8 may be read. */
static int64_t load_signed_at(const char *s, size_t bytes)
{
    uint64_t x = load_number_at(s, 8) << 8 * (8 - bytes);

    return (int64_t)x >> 8 * (8 - bytes);
}

/* The opcodes without a look at input and room: there is enough of both for each. It
 * ends before any other opcode, and before what is at fault.
 * long: one loop, whose variables stay in registers. */
static void load_quick(pila_unpickler *u)
{
    const char *at = u->at, *end = u->end - LOAD_AHEAD;
    pila_value *top = u->stack + u->len, *full = u->stack + u->room;
    pila_doc *doc = u->doc;

    while (at < end && top < full) {
        size_t n = (unsigned char)at[1];
        char *copy;

        switch ((unsigned char)at[0]) {
        case PILA_OP_BININT1:
            *top++ = pila_value_int((int64_t)n);
            at += 2;
            break;
        case PILA_OP_BININT2:
            *top++ = pila_value_int((int64_t)load_number_at(at + 1, 2));
            at += 3;
            break;
        case PILA_OP_BININT:
            *top++ = pila_value_int((int32_t)load_number_at(at + 1, 4));
            at += 5;
            break;
        case PILA_OP_BINFLOAT:
            *top++ = pila_value_float(load_double_at(at + 1));
            at += 9;
            break;
        case PILA_OP_NONE:
            *top++ = pila_value_none();
            at++;
            break;
        case PILA_OP_NEWTRUE:
        case PILA_OP_NEWFALSE:
            *top++ = pila_value_bool((unsigned char)at[0] == PILA_OP_NEWTRUE);
            at++;
            break;
        case PILA_OP_LONG1:
            if (n - 1 > 7) goto done;
            *top++ = pila_value_int(load_signed_at(at + 2, n));
            at += n + 2;
            break;
        case PILA_OP_SHORT_BINUNICODE:
            if (u->options.borrow) goto done;
            copy = (char *)pila_doc_alloc(doc, n | 1);
            if (!copy) goto done;
            if (!load_copy(copy, at + 2, n) &&
                load_utf8(u, pila_str_of(at + 2, n), true) != PILA_OK)
                goto done;
            *top++ = pila_value_str_of(pila_str_of(copy, n));
            at += n + 2;
            break;
        case PILA_OP_MEMOIZE:
            if (u->memo_len != u->memo_end || u->memo_end >= u->memo_room ||
                u->n_others || top - u->stack <= (ptrdiff_t)u->fence)
                goto done;
            u->memo[u->memo_end++] = top[-1];
            u->memo_len++;
            at++;
            break;
        case PILA_OP_BINGET:
            if (n >= u->memo_end || pila_value_kind_of(u->memo[n]) == PILA__VALUE_DEAD)
                goto done;
            *top++ = u->memo[n];
            at += 2;
            break;
        case PILA_OP_EMPTY_DICT:
            if (pila_value_dict(doc, 0, top) != PILA_OK) goto done;
            top++;
            at++;
            break;
        case PILA_OP_EMPTY_LIST:
            if (pila_value_list(doc, NULL, 0, top) != PILA_OK) goto done;
            top++;
            at++;
            break;
        case PILA_OP_MARK:
            if (u->n_marks == u->marks_room) goto done;
            u->marks[u->n_marks++] = u->fence = (size_t)(top - u->stack);
            at++;
            break;
        default: goto done;
        }
    }
done:
    u->at = at;
    u->len = (size_t)(top - u->stack);
}

/* ---- the unpickler ---- */

/* What the allow-list makes of the objects. */
static pila_status load_views(pila_unpickler *u)
{
    pila_status st = PILA_OK;

    for (size_t i = 0; st == PILA_OK && i < u->n_viewed; i += 2) {
        const pila_pickle_class *c = &u->options.allow[u->viewed[i + 1].as.i];
        pila_value view = pila_value_none();

        st = c->view(c->ctx, u->doc, u->viewed[i], &view);
        if (st == PILA_OK) u->viewed[i].as.items[PILA_PART_VIEW] = view;
    }
    return st;
}

static pila_status load_pickle(pila_unpickler *u, size_t *op_at)
{
    pila_status st = PILA_OK;

    while (st == PILA_OK) {
        unsigned char op;

        if (load_have(u) > LOAD_AHEAD) load_quick(u);
        *op_at = pila_unpickler_tell(u);
        st = load_need(u, 1);
        if (st == PILA_ESYNTAX) return load_fault(u, PILA_EEOF, "Ran out of input");
        if (st != PILA_OK) return st;
        op = (unsigned char)*u->at++;
        if (op == PILA_OP_STOP) break;
        st = load_do(u, op);
    }
    if (st == PILA_OK && u->held) st = load_release(u);
    if (st == PILA_OK && !load_has(u, 1)) return load_underflow(u);
    return st == PILA_OK ? load_views(u) : st;
}

pila_status pila_unpickler_load(pila_unpickler *u, pila_value *out, pila_error *err)
{
    pila_error none = {PILA_OK, 0, 0, 0, ""};
    size_t op_at = 0;
    pila_status st;

    if (err) *err = none;
    u->err = err;
    u->len = u->fence = u->n_marks = u->n_viewed = u->held = 0;
    u->made = u->hashed = 0;
    u->protocol = 0;
    memset(u->shapes, 0, sizeof u->shapes);
    st = load_pickle(u, &op_at);
    u->err = NULL;
    if (st == PILA_OK) *out = u->stack[u->len - 1];
    else if (err) {
        err->status = st;
        err->offset = op_at;
        if (!err->message[0])
            snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
    }
    return st;
}

void pila_unpickler_init(pila_unpickler *u, pila_doc *doc,
                         const pila_pickle_load_options *options)
{
    pila_unpickler empty = {0};

    *u = empty;
    u->doc = doc;
    if (options) u->options = *options;
}

void pila_unpickler_open(pila_unpickler *u, pila_str text)
{
    u->start = u->at = text.len ? text.ptr : "";
    u->end = u->at + text.len;
    u->before = 0;
    u->read = NULL;
}

void pila_unpickler_open_read(pila_unpickler *u, pila_pickle_read *read, void *ctx)
{
    pila_unpickler_open(u, pila_str_of(NULL, 0));
    u->read = read;
    u->read_ctx = ctx;
}

size_t pila_unpickler_tell(const pila_unpickler *u)
{
    return u->before + (size_t)(u->at - u->start);
}

void pila_unpickler_done(pila_unpickler *u)
{
    pila_unpickler empty = {0};

    pila_buf_done(&u->window);
    pila__memo_done(&u->far);
    pila_free(u->stack);
    pila_free(u->marks);
    pila_free(u->memo);
    pila_free(u->others);
    pila_free(u->viewed);
    *u = empty;
}

pila_status pila_pickle_loads(pila_doc *doc, pila_str text,
                              const pila_pickle_load_options *options, pila_value *out,
                              size_t *used, pila_error *err)
{
    pila_unpickler u;
    pila_status st;

    pila_unpickler_init(&u, doc, options);
    pila_unpickler_open(&u, text);
    st = pila_unpickler_load(&u, out, err);
    if (st == PILA_OK && used) *used = pila_unpickler_tell(&u);
    pila_unpickler_done(&u);
    return st;
}

static pila_status load_from_file(void *ctx, char *room, size_t least, size_t most,
                                  size_t *got)
{
    FILE *file = (FILE *)ctx;

    (void)most;
    *got = fread(room, 1, least, file);
    return ferror(file) ? PILA_EIO : PILA_OK;
}

pila_status pila_pickle_load(pila_doc *doc, FILE *file,
                             const pila_pickle_load_options *options, pila_value *out,
                             pila_error *err)
{
    pila_unpickler u;
    pila_status st;

    pila_unpickler_init(&u, doc, options);
    pila_unpickler_open_read(&u, load_from_file, file);
    st = pila_unpickler_load(&u, out, err);
    pila_unpickler_done(&u);
    return st;
}
