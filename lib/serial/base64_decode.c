/* base64_decode.c - text to bytes, in pieces.
 *
 * A table says what each character is: a digit, or one of a few other things. All that
 * options say of characters, from altchars to casefold, is in it. Whole groups of
 * digits go by the kernel; it stops at anything else, and then characters go one by one
 * until a group ends there.
 *
 * Padding is where decoders differ. Two machines read it: the one of CPython 3.15,
 * which is that of RFC 4648, for the strict and the lax policy and where an option
 * of 3.15 is given; and that of 3.11, which ends at the first padding that completes a
 * group, whatever follows, or, asked to validate, calls what follows a fault. For
 * base32, 3.11 counts all characters and all = at the end, and looks at nothing else.
 *
 * Text at once is known to its end, and so two faults that Python looks for first are
 * looked for first: a length of base32, and how Ascii85's frame ends.
 *
 * A step writes eight bytes at most. Room is reserved for what all of a piece can be;
 * where the buffer's cap forbids that, as much of it as there is, and the last few
 * characters go by a buffer of our own.
 */
#include "base64_codec.h"

#include <stdarg.h>
#include <stdio.h>

/* Where in Ascii85's frame: nothing read, < read, within, ~ read. Behind is now.over.
 */
enum { BASE64_OUTSIDE, BASE64_OPENING, BASE64_INSIDE, BASE64_CLOSING };

static const char base64_blanks[] = " \t\n\r\v"; /* of Python's a85decode */

/* ---- make ---- */

/* What was bad is to be skipped. */
static void base64_skip(pila_base64_decoder *d, pila_str chars)
{
    for (size_t k = 0; k < chars.len; k++) {
        unsigned char c = (unsigned char)chars.ptr[k];
        if (d->what[c] == PILA__BASE64_BAD) d->what[c] = PILA__BASE64_SKIP;
        if (c == '=') d->pad_skips = true;
    }
}

/* As bytes.translate would, which Python's functions call before all else. */
static void base64_translate(pila_base64_decoder *d, const pila_base64_options *o)
{
    if (o->casefold && (d->shape.bits == 5 || d->shape.bits == 4))
        for (int c = 'a'; c <= 'z'; c++) d->what[c] = d->what[c - 'a' + 'A'];
    if (o->map01 && d->codec == PILA_BASE32) {
        d->what[(unsigned char)'0'] = d->what[(unsigned char)'O'];
        d->what[(unsigned char)'1'] = d->what[(unsigned char)o->map01];
    }
}

static void base64_digits(pila_base64_decoder *d, const char *alphabet)
{
    for (unsigned k = 0; k < d->shape.digits; k++)
        d->what[(unsigned char)alphabet[k]] = (unsigned char)k;
}

/* CPython's altchars are read as + and /, which stay what they are. */
static void base64_alternate(pila_base64_decoder *d, const char *alphabet)
{
    base64_digits(d, pila__base64_shapes[PILA_BASE64].alphabet);
    d->what[(unsigned char)alphabet[62]] = 62;
    d->what[(unsigned char)alphabet[63]] = 63;
}

static void base64_fill_table(pila_base64_decoder *d, const char *alphabet,
                              const pila_base64_options *o)
{
    bool python = d->policy == PILA_BASE64_PYTHON, given = o->ignorechars.ptr != NULL;

    memset(d->what, PILA__BASE64_BAD, sizeof d->what);
    if (d->shape.bits > 4 && !o->unpadded)
        d->what[(unsigned char)'='] = PILA__BASE64_PAD;
    if (python && !given && d->shape.bits == 6 && !o->alphabet.ptr)
        base64_alternate(d, alphabet);
    else base64_digits(d, alphabet);
    base64_translate(d, o);
    if (d->codec == PILA_ASCII85) {
        d->what[(unsigned char)'z'] = PILA__BASE64_Z;
        if (o->foldspaces) d->what[(unsigned char)'y'] = PILA__BASE64_Y;
        if (o->adobe) d->what[(unsigned char)'~'] = PILA__BASE64_TILDE;
    }
    base64_skip(d, o->ignorechars);
    if (d->policy == PILA_BASE64_LAX) base64_skip(d, pila_cstr(" \t\n\r\v\f"));
    if (python && !given && d->codec == PILA_ASCII85)
        base64_skip(d, pila_cstr(base64_blanks));
    if (d->policy == PILA_BASE64_STRICT && !given && d->codec == PILA_BASE64_BYTES)
        base64_skip(d, pila_cstr("\r\n"));
    if (python && !given && !o->validate && d->shape.bits == 6) {
        d->pad_skips = true;
        for (size_t c = 0; c < 256; c++)
            if (d->what[c] == PILA__BASE64_BAD) d->what[c] = PILA__BASE64_SKIP;
    }
}

pila_status pila__base64_decoder_init(pila_base64_decoder *d, pila_base64_codec codec,
                                      const pila_base64_options *options)
{
    char alphabet[PILA__BASE64_TABLE];
    pila_status st = pila__base64_alphabet(codec, options, alphabet);
    pila_base64_options none;

    if (st != PILA_OK) return st;
    memset(&none, 0, sizeof none);
    if (!options) options = &none;
    int one = options->map01 | 0x20;
    if (options->map01 && codec == PILA_BASE32 && (one < 'a' || one > 'z'))
        return PILA_EVALUE;
    d->shape = pila__base64_shapes[codec];
    d->codec = codec;
    d->policy = options->policy;
    d->legacy = d->policy == PILA_BASE64_PYTHON && !options->ignorechars.ptr &&
                !options->unpadded && d->shape.bits > 4;
    d->validate = options->validate;
    d->pad_optional = d->policy == PILA_BASE64_LAX || options->unpadded;
    d->pad_skips = false;
    d->canonical = options->canonical || d->policy == PILA_BASE64_STRICT;
    d->adobe = codec == PILA_ASCII85 && options->adobe;
    d->z_word = d->canonical && codec == PILA_ASCII85 ? 0 : UINT64_MAX;
    d->y_word = d->z_word == 0 && options->foldspaces ? 0x20202020 : UINT64_MAX;
    memset(&d->now, 0, sizeof d->now);
    d->fault.status = PILA_OK;
    d->tabled = false;
    base64_fill_table(d, alphabet, options);
    pila__base64_decode_kernel_at(d, 0);
    return PILA_OK;
}

/* The table again for each place of a digit in a group, for text that pays for it. */
static void base64_make_tables(pila_base64_decoder *d)
{
    static const uint32_t powers[5] = {52200625, 614125, 7225, 85, 1};
    unsigned bits = d->shape.bits;

    for (unsigned k = 0; k < (bits ? 4 : 5); k++)
        for (unsigned c = 0; c < 256; c++) {
            uint32_t what = d->what[c];
            bool digit = what < PILA__BASE64_BAD;
            if (bits) d->tables.four[k][c] = digit ? what << bits * (3 - k) : 1u << 31;
            else
                d->tables.five[k][c] =
                    digit ? (uint64_t)what * powers[k] : (uint64_t)1 << 40;
        }
    d->tabled = true;
}

/* ---- faults ---- */

__attribute__((format(printf, 3, 4))) static bool
base64_fault(pila_base64_decoder *d, size_t offset, const char *format, ...)
{
    va_list args;

    memset(&d->fault, 0, sizeof d->fault);
    d->fault.status = PILA_ESYNTAX;
    d->fault.offset = offset;
    d->fault.line = d->now.lines + 1;
    d->fault.column = offset - (offset < d->now.line_at ? 0 : d->now.line_at) + 1;
    va_start(args, format);
    vsnprintf(d->fault.message, sizeof d->fault.message, format, args);
    va_end(args);
    return false;
}

static bool base64_no_digit(pila_base64_decoder *d, unsigned char c, size_t at)
{
    static const char *const simple[] = {"Only base64 data is allowed",
                                         "Only base64 data is allowed",
                                         "Only base64 data is allowed",
                                         "Non-base32 digit found",
                                         "Non-base32 digit found",
                                         "Non-base16 digit found"};

    if (d->codec < PILA_ASCII85) return base64_fault(d, at, "%s", simple[d->codec]);
    if (d->codec != PILA_ASCII85)
        return base64_fault(d, at, "bad %s character at position %zu",
                            d->codec == PILA_Z85 ? "z85" : "base85", at);
    if (c < 0x80) return base64_fault(d, at, "Non-Ascii85 digit found: %c", c);
    return base64_fault(d, at, "Non-Ascii85 digit found: %c%c", 0xc0 | c >> 6,
                        0x80 | (c & 0x3f));
}

static bool base64_bad_padding(pila_base64_decoder *d, size_t at)
{
    return base64_fault(d, at, "Incorrect padding");
}

/* A digit alone in its group, which is 6 bits of a byte. */
static bool base64_one_digit(pila_base64_decoder *d, size_t at)
{
    if (d->shape.bits != 6) return base64_bad_padding(d, at);
    return base64_fault(
        d, at,
        "Invalid base64-encoded string: number of data characters (%zu) "
        "cannot be 1 more than a multiple of 4",
        d->now.bytes / 3 * 4 + 1);
}

/* ---- groups ---- */

static void base64_emit(pila_base64_decoder *d, uint64_t x, size_t n, char **out)
{
    *out = pila__base64_put_bytes(*out, x, n);
    d->now.bytes += n;
    d->now.group = 0;
    d->now.have = 0;
}

/* What is left of a group of bits, whose padding is right. */
static bool base64_emit_last(pila_base64_decoder *d, char **out)
{
    unsigned bits = d->now.have * d->shape.bits, stray = bits % 8;

    if (d->canonical && d->now.group & ((1u << stray) - 1))
        return base64_fault(d, d->now.digit_at, "Non-zero padding bits");
    base64_emit(d, d->now.group >> stray, bits / 8, out);
    return true;
}

static void base64_add_digit(pila_base64_decoder *d, unsigned digit, char **out)
{
    pila__base64_read *now = &d->now;

    now->group = now->group << d->shape.bits | digit;
    now->digit_at = now->at;
    if (++now->have == d->shape.chars) base64_emit(d, now->group, d->shape.bytes, out);
}

/* Whether so many digits of a group make bytes, without a digit too much. */
static bool base64_splits(const pila_base64_decoder *d, unsigned have)
{
    return have * d->shape.bits % 8 < d->shape.bits && have * d->shape.bits >= 8;
}

/* ---- padding as in CPython 3.15 ---- */

static bool base64_step(pila_base64_decoder *d, unsigned char c, char **out)
{
    pila__base64_read *now = &d->now;
    unsigned what = d->what[c], chars = d->shape.chars;

    if (what < PILA__BASE64_BAD) {
        if (now->pads && !d->pad_skips)
            return base64_fault(d, now->at,
                                now->have + now->pads == chars
                                    ? "Excess data after padding"
                                    : "Discontinuous padding not allowed");
        now->pads = 0;
        base64_add_digit(d, what, out);
        return true;
    }
    if (what == PILA__BASE64_SKIP) return true;
    if (what != PILA__BASE64_PAD) return base64_no_digit(d, c, now->at);
    if (now->pads++ == 0) now->pad_at = now->at;
    if (base64_splits(d, now->have) && now->have + now->pads <= chars) return true;
    if (d->pad_skips) return true;
    if (now->have && !base64_splits(d, now->have)) return base64_one_digit(d, now->at);
    return base64_fault(d, now->at,
                        now->bytes || now->have ? "Excess padding not allowed"
                                                : "Leading padding not allowed");
}

static bool base64_finish(pila_base64_decoder *d, char **out)
{
    pila__base64_read *now = &d->now;

    if (now->have == 0) return true;
    if (!base64_splits(d, now->have)) return base64_one_digit(d, now->at);
    if (now->have + now->pads < d->shape.chars && (now->pads || !d->pad_optional))
        return base64_bad_padding(d, now->at);
    return base64_emit_last(d, out);
}

/* ---- padding as in CPython 3.11 ---- */

static bool base64_legacy_pad(pila_base64_decoder *d, char **out)
{
    pila__base64_read *now = &d->now;

    if (d->validate && now->at == 0)
        return base64_fault(d, 0, "Leading padding not allowed");
    now->padded = true;
    if (now->have < 2 || now->have + ++now->pads < 4) return true;
    now->over = true;
    return base64_emit_last(d, out);
}

static bool base64_legacy_step(pila_base64_decoder *d, unsigned char c, char **out)
{
    pila__base64_read *now = &d->now;
    unsigned what = d->what[c];

    if (now->over)
        return !d->validate || base64_fault(d, now->at, "Excess data after padding");
    if (what == PILA__BASE64_PAD) return base64_legacy_pad(d, out);
    if (what == PILA__BASE64_SKIP) return true;
    if (what >= PILA__BASE64_BAD) return base64_no_digit(d, c, now->at);
    if (d->validate && now->padded)
        return base64_fault(d, now->at, "Discontinuous padding not allowed");
    now->pads = 0;
    base64_add_digit(d, what, out);
    return true;
}

static bool base64_legacy_finish(pila_base64_decoder *d)
{
    if (d->now.have == 1) return base64_one_digit(d, d->now.at);
    return d->now.have == 0 || base64_bad_padding(d, d->now.at);
}

static bool base32_legacy_step(pila_base64_decoder *d, unsigned char c, char **out)
{
    pila__base64_read *now = &d->now;
    unsigned what = d->what[c];

    if (what == PILA__BASE64_PAD) {
        if (now->pads++ == 0) now->pad_at = now->at;
        return true;
    }
    if (now->pads) return base64_no_digit(d, '=', now->pad_at);
    if (what >= PILA__BASE64_BAD) return base64_no_digit(d, c, now->at);
    base64_add_digit(d, what, out);
    return true;
}

static bool base32_legacy_finish(pila_base64_decoder *d, char **out)
{
    size_t pads = d->now.pads;

    if (d->now.at % 8 || pads > 6 || pads == 2 || pads == 5)
        return base64_bad_padding(d, d->now.at);
    return base64_emit_last(d, out);
}

/* ---- base 85 ---- */

static const char *base85_name(const pila_base64_decoder *d)
{
    return d->codec == PILA_Z85      ? "z85"
           : d->codec == PILA_BASE85 ? "base85"
                                     : "Ascii85";
}

static bool base85_overflow(pila_base64_decoder *d)
{
    if (d->codec == PILA_ASCII85)
        return base64_fault(d, d->now.digit_at, "Ascii85 overflow");
    return base64_fault(d, d->now.digit_at, "%s overflow in hunk starting at byte %zu",
                        base85_name(d), d->now.digit_at);
}

static bool base85_odd(pila_base64_decoder *d)
{
    return base64_fault(d, d->now.digit_at, "Non-canonical %s group", base85_name(d));
}

static bool base85_add_digit(pila_base64_decoder *d, unsigned digit, char **out)
{
    pila__base64_read *now = &d->now;

    if (now->have == 0) now->digit_at = now->at;
    now->group = now->group * 85 + digit;
    if (++now->have < 5) return true;
    if (now->group > UINT32_MAX) return base85_overflow(d);
    if (now->group == d->z_word || now->group == d->y_word) return base85_odd(d);
    base64_emit(d, now->group, 4, out);
    return true;
}

static bool base85_fold(pila_base64_decoder *d, unsigned char c, char **out)
{
    if (d->now.have) return base64_fault(d, d->now.at, "%c inside Ascii85 5-tuple", c);
    base64_emit(d, c == 'z' ? 0 : 0x20202020, 4, out);
    return true;
}

static bool base85_plain_step(pila_base64_decoder *d, unsigned char c, char **out)
{
    unsigned what = d->what[c];

    if (what < PILA__BASE64_BAD) return base85_add_digit(d, what, out);
    if (what == PILA__BASE64_SKIP) return true;
    if (what == PILA__BASE64_Z || what == PILA__BASE64_Y) return base85_fold(d, c, out);
    return base64_no_digit(d, c, d->now.at);
}

/* Between <~, which need not be there, and ~>. */
static bool base85_framed_step(pila_base64_decoder *d, unsigned char c, char **out)
{
    pila__base64_read *now = &d->now;

    if (now->over) {
        if (d->policy != PILA_BASE64_PYTHON && d->what[c] == PILA__BASE64_SKIP)
            return true;
        return base64_no_digit(d, '~', now->pad_at);
    }
    if (now->frame == BASE64_CLOSING) {
        now->over = c == '>';
        return now->over || base64_no_digit(d, '~', now->pad_at);
    }
    if (now->frame == BASE64_OUTSIDE && c == '<') {
        now->frame = BASE64_OPENING;
        return true;
    }
    if (now->frame == BASE64_OUTSIDE && d->policy != PILA_BASE64_PYTHON &&
        d->what[c] == PILA__BASE64_SKIP)
        return true;
    if (d->policy == PILA_BASE64_STRICT &&
        (now->frame == BASE64_OUTSIDE || (now->frame == BASE64_OPENING && c != '~')))
        return base64_fault(d, 0,
                            "Ascii85 encoded byte sequences must start with b'<~'");
    if (now->frame == BASE64_OPENING) {
        now->frame = BASE64_INSIDE;
        if (c == '~') return true;
        now->at--; /* < was a digit */
        base85_add_digit(d, '<' - '!', out);
        now->at++;
    }
    now->frame = BASE64_INSIDE;
    if (d->what[c] != PILA__BASE64_TILDE) return base85_plain_step(d, c, out);
    now->frame = BASE64_CLOSING;
    now->pad_at = now->at;
    return true;
}

/* Of a text that is whole: "<~>" ends with what it begins with, for Python. */
static bool base85_closed(const pila_base64_decoder *d)
{
    bool shared = d->policy == PILA_BASE64_PYTHON && d->now.at == 3 &&
                  d->now.have == 1 && d->now.digit_at == 2;

    return !d->adobe || d->now.over || (shared && d->now.group == '>' - '!');
}

/* The last group, of fewer digits than five: as if the highest digit followed. */
static bool base85_finish(pila_base64_decoder *d, char **out)
{
    pila__base64_read *now = &d->now;
    uint64_t x = now->group, kept, unit = 1;
    unsigned have = now->have, bytes = have ? have - 1 : 0;

    if (!base85_closed(d))
        return base64_fault(d, now->at,
                            "Ascii85 encoded byte sequences must end with b'~>'");
    if (have == 0 || (d->adobe && !now->over)) return true;
    for (unsigned k = have; k < 5; k++) {
        x = x * 85 + 84;
        unit *= 85;
    }
    if (x > UINT32_MAX) return base85_overflow(d);
    kept = x >> (32 - 8 * bytes);
    if (d->canonical ? (kept << (32 - 8 * bytes)) / unit != now->group || have == 1
                     : have == 1 && d->policy != PILA_BASE64_PYTHON)
        return base85_odd(d);
    base64_emit(d, kept, bytes, out);
    return true;
}

/* ---- pieces ---- */

static bool base64_step_any(pila_base64_decoder *d, unsigned char c, char **out)
{
    if (d->adobe) return base85_framed_step(d, c, out);
    if (d->shape.bits == 0) return base85_plain_step(d, c, out);
    if (!d->legacy) return base64_step(d, c, out);
    return d->shape.bits == 6 ? base64_legacy_step(d, c, out)
                              : base32_legacy_step(d, c, out);
}

static bool base64_finish_any(pila_base64_decoder *d, char **out)
{
    if (d->shape.bits == 0) return base85_finish(d, out);
    if (d->shape.bits == 4)
        return d->now.have == 0 || base64_fault(d, d->now.at, "Odd-length string");
    if (!d->legacy) return base64_finish(d, out);
    return d->shape.bits == 6 ? base64_legacy_finish(d) : base32_legacy_finish(d, out);
}

/* Whether digits may come in whole groups, as far as has been read. */
static bool base64_at_group(const pila_base64_decoder *d)
{
    const pila__base64_read *now = &d->now;

    return now->have == 0 && now->pads == 0 && !now->padded && !now->over &&
           (!d->adobe || now->frame == BASE64_INSIDE);
}

/* Read until the end, a fault (NULL), or too little room for another step. */
static const unsigned char *base64_run(pila_base64_decoder *d, const unsigned char *p,
                                       const unsigned char *end, char **out,
                                       char *out_end)
{
    while (p != end && out_end - *out >= PILA__BASE64_GROUP) {
        if (base64_at_group(d)) {
            size_t k =
                d->kernel(d, p, (size_t)(end - p), *out, (size_t)(out_end - *out));
            size_t bytes = k / d->shape.chars * d->shape.bytes;
            p += k;
            *out += bytes;
            d->now.at += k;
            d->now.bytes += bytes;
            if (k && (p == end || out_end - *out < PILA__BASE64_GROUP)) break;
        }
        do {
            if (!base64_step_any(d, *p, out)) return NULL;
            d->now.at++;
            if (*p++ == '\n') {
                d->now.lines++;
                d->now.line_at = d->now.at;
            }
        } while (p != end && d->what[*p] == PILA__BASE64_SKIP);
    }
    return p;
}

/* The most that n characters become, but for z and y. */
static size_t base64_decoded_size(const pila_base64_decoder *d, size_t n)
{
    return (n / d->shape.chars + 1) * d->shape.bytes;
}

/* Some characters at least, by as much room as the cap allows; NULL: a fault. */
static pila_status base64_decode_some(pila_base64_decoder *d, const unsigned char **p,
                                      const unsigned char *end, pila_buf *out)
{
    size_t want = base64_decoded_size(d, (size_t)(end - *p)) + PILA__BASE64_GROUP;
    pila_status st = pila_buf_reserve(out, want);
    char few[PILA__BASE64_GROUP], *to = few;

    if (st == PILA_ELIMIT && out->cap && out->cap - out->len >= PILA__BASE64_GROUP) {
        want = out->cap - out->len;
        st = pila_buf_reserve(out, want);
    }
    if (st == PILA_OK) {
        to = out->data + out->len;
        *p = base64_run(d, *p, end, &to, to + want);
        out->len = (size_t)(to - out->data);
    } else if (st == PILA_ELIMIT) {
        *p = base64_run(d, *p, *p + 1, &to, few + sizeof few);
        st = pila_buf_add(out, pila_str_of(few, (size_t)(to - few)));
    }
    return *p || st != PILA_OK ? st : PILA_ESYNTAX;
}

static pila_status base64_report(pila_status st, const pila_error *fault,
                                 pila_error *err)
{
    if (!err) return st;
    if (st == PILA_ESYNTAX) {
        *err = *fault;
        return st;
    }
    memset(err, 0, sizeof *err);
    err->status = st;
    err->line = err->column = 1;
    snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
    return st;
}

pila_status pila_base64_decoder_feed(pila_base64_decoder *d, pila_str piece,
                                     pila_buf *out, pila_error *err)
{
    pila__base64_read before = d->now;
    const unsigned char *p = (const unsigned char *)piece.ptr;
    const unsigned char *end = p ? p + piece.len : p;
    size_t len = out->len;
    pila_status st = d->fault.status;

    if (piece.len > PTRDIFF_MAX) return base64_report(PILA_EOVERFLOW, NULL, err);
    if (!d->tabled && !d->vector && piece.len / d->shape.chars >= PILA__BASE64_TABLED)
        base64_make_tables(d);
    while (st == PILA_OK && p != end) st = base64_decode_some(d, &p, end, out);
    if (st == PILA_OK) return st;
    out->len = len;
    if (st != PILA_ESYNTAX) d->now = before;
    return base64_report(st, &d->fault, err);
}

pila_status pila_base64_decoder_finish(pila_base64_decoder *d, pila_buf *out,
                                       pila_error *err)
{
    pila__base64_read before = d->now;
    char last[PILA__BASE64_GROUP], *to = last;
    pila_status st = d->fault.status;

    if (st == PILA_OK && !base64_finish_any(d, &to)) st = PILA_ESYNTAX;
    if (st == PILA_OK) st = pila_buf_add(out, pila_str_of(last, (size_t)(to - last)));
    if (st == PILA_OK) {
        memset(&d->now, 0, sizeof d->now);
        return st;
    }
    if (st != PILA_ESYNTAX) d->now = before;
    return base64_report(st, &d->fault, err);
}

/* ---- public ---- */

pila_status pila_base64_decoder_new(pila_base64_codec codec,
                                    const pila_base64_options *options,
                                    pila_base64_decoder **out)
{
    pila_base64_decoder *d = (pila_base64_decoder *)pila_alloc(1, sizeof *d);
    pila_status st = d ? pila__base64_decoder_init(d, codec, options) : PILA_ENOMEM;

    if (st == PILA_OK) *out = d;
    else pila_free(d);
    return st;
}

void pila_base64_decoder_free(pila_base64_decoder *d) { pila_free(d); }

bool pila__base64_decoder_use(pila_base64_decoder *d, size_t k)
{
    return pila__base64_decode_kernel_at(d, k);
}

/* What Python finds before it reads. */
static bool base64_whole(pila_base64_decoder *d, pila_str text)
{
    size_t n = text.len;

    if (d->legacy && d->shape.bits == 5 && n % 8) return base64_bad_padding(d, n);
    if (d->policy != PILA_BASE64_PYTHON || !d->adobe) return true;
    return (n >= 2 && memcmp(text.ptr + n - 2, "~>", 2) == 0) ||
           base64_fault(d, n, "Ascii85 encoded byte sequences must end with b'~>'");
}

pila_status pila_base64_decode(pila_base64_codec codec, pila_str text,
                               const pila_base64_options *options, pila_buf *out,
                               pila_error *err)
{
    size_t len = out->len;
    pila_base64_decoder d;
    pila_status st = pila__base64_decoder_init(&d, codec, options);

    if (text.len > PTRDIFF_MAX) st = PILA_EOVERFLOW;
    if (st != PILA_OK || !base64_whole(&d, text))
        return base64_report(st == PILA_OK ? PILA_ESYNTAX : st, &d.fault, err);
    st = pila_base64_decoder_feed(&d, text, out, err);
    if (st == PILA_OK) st = pila_base64_decoder_finish(&d, out, err);
    if (st != PILA_OK) out->len = len;
    return st;
}
