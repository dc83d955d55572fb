/* base64_encode.c - bytes to text, in pieces.
 *
 * Input goes in whole groups; what is left of a piece, four bytes at most, is kept for
 * the next one. Without lines the kernel writes straight into the caller's buffer. With
 * them it fills a small buffer, of which lines are copied out: a line of 76 characters
 * is too short for vectors to get going on, while copying it costs nothing beside.
 *
 * A newline is written before the character that would go beyond the line, so none is
 * at the end; what wants one there (PILA_BASE64_BYTES) adds it. That is how Python's
 * join of lines looks, and what makes the output independent of the pieces.
 *
 * A piece that fails leaves the encoder as it was: its state is a few words, which are
 * put back.
 */
#include "base64_codec.h"

enum {
    BASE64_CHUNK = 1920, /* bytes between copies of lines: a multiple of all groups, and
                            of the vectors' 48 */
    BASE64_LINE = 76     /* of PILA_BASE64_BYTES */
};

const pila__base64_shape pila__base64_shapes[PILA_Z85 + 1] = {
    {6, 3, 4, 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"},
    {6, 3, 4, 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
    {6, 3, 4, 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"},
    {5, 5, 8, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    {5, 5, 8, 32, "0123456789ABCDEFGHIJKLMNOPQRSTUV"},
    {4, 1, 2, 16, "0123456789ABCDEF"},
    {0, 4, 5, 85,
     "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmn"
     "opqrstu"},
    {0, 4, 5, 85,
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`"
     "{|}~"},
    {0, 4, 5, 85,
     "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}"
     "@%$#"},
};

/* ---- make ---- */

/* No two the same, and no padding. */
static bool base64_distinct(const char *alphabet, size_t n, bool pads)
{
    bool seen[256] = {false};

    seen[(unsigned char)'='] = pads;
    for (size_t k = 0; k < n; k++) {
        if (seen[(unsigned char)alphabet[k]]) return false;
        seen[(unsigned char)alphabet[k]] = true;
    }
    return true;
}

pila_status pila__base64_alphabet(pila_base64_codec codec,
                                  const pila_base64_options *options,
                                  char alphabet[PILA__BASE64_TABLE])
{
    const pila__base64_shape *shape;

    if ((unsigned)codec > PILA_Z85) return PILA_EVALUE;
    shape = &pila__base64_shapes[codec];
    memcpy(alphabet, shape->alphabet, shape->digits);
    if (!options) return PILA_OK;
    if ((unsigned)options->policy > PILA_BASE64_LAX) return PILA_EVALUE;
    if (options->alphabet.ptr && codec != PILA_BASE16 && codec != PILA_ASCII85) {
        if (options->alphabet.len != shape->digits) return PILA_EVALUE;
        memcpy(alphabet, options->alphabet.ptr, shape->digits);
    } else if (!options->altchars.ptr || shape->bits != 6) return PILA_OK;
    if (options->altchars.ptr && shape->bits == 6) {
        if (options->altchars.len != 2) return PILA_EVALUE;
        memcpy(alphabet + 62, options->altchars.ptr, 2);
    }
    if (options->policy == PILA_BASE64_PYTHON) return PILA_OK;
    return base64_distinct(alphabet, shape->digits, shape->bits != 0) ? PILA_OK
                                                                      : PILA_EVALUE;
}

/* Characters a line: whole groups, as in Python 3.15, or exactly so many. */
static size_t base64_width(const pila_base64_encoder *e, pila_base64_codec codec,
                           const pila_base64_options *options)
{
    size_t width = options->wrapcol, group = e->shape.chars;

    if (width == 0) return codec == PILA_BASE64_BYTES ? (size_t)BASE64_LINE : 0;
    if (codec == PILA_ASCII85) return e->adobe && width < 2 ? 2 : width;
    if (options->wrap_exactly) return width;
    return width < group ? group : width - width % group;
}

pila_status pila__base64_encoder_init(pila_base64_encoder *e, pila_base64_codec codec,
                                      const pila_base64_options *options)
{
    pila_status st = pila__base64_alphabet(codec, options, e->alphabet);
    pila_base64_options none;

    if (st != PILA_OK) return st;
    memset(&none, 0, sizeof none);
    if (!options) options = &none;
    e->shape = pila__base64_shapes[codec];
    for (size_t k = e->shape.digits; k < PILA__BASE64_TABLE; k++)
        e->alphabet[k] = e->alphabet[k - e->shape.digits];
    e->padded = !options->unpadded;
    e->fill = options->pad;
    e->fold_zeros = codec == PILA_ASCII85;
    e->fold_spaces = e->fold_zeros && options->foldspaces;
    e->adobe = e->fold_zeros && options->adobe;
    e->lines = codec == PILA_BASE64_BYTES;
    e->width = base64_width(e, codec, options);
    memset(&e->now, 0, sizeof e->now);
    e->paired = false;
    pila__base64_encode_kernel_at(e, 0);
    return PILA_OK;
}

/* All that two digits in a row can be, for input that pays for it. */
static void base64_make_pairs(pila_base64_encoder *e)
{
    size_t n = e->shape.digits;

    for (size_t high = 0; high < n; high++)
        for (size_t low = 0; low < n; low++) {
            e->pairs[high * n + low][0] = e->alphabet[high];
            e->pairs[high * n + low][1] = e->alphabet[low];
        }
    e->paired = true;
}

/* ---- groups ---- */

static void base64_put_85(const char *alphabet, uint32_t x, char *out)
{
    for (size_t k = 5; k-- > 0; x /= 85) out[k] = alphabet[x % 85];
}

char *pila__base64_put_group(const pila_base64_encoder *e, const unsigned char *in,
                             char *out)
{
    uint64_t x = pila__base64_number(in, e->shape.bytes);
    unsigned bits = e->shape.bits, chars = e->shape.chars;

    if ((e->fold_zeros && x == 0) || (e->fold_spaces && x == 0x20202020)) {
        *out = x ? 'y' : 'z';
        return out + 1;
    }
    if (!bits) base64_put_85(e->alphabet, (uint32_t)x, out);
    for (size_t k = 0; bits && k < chars; k++)
        out[k] = e->alphabet[x >> bits * (chars - 1 - k) & ((1u << bits) - 1)];
    return out + chars;
}

/* The last group, of n bytes: only as many digits as these need. */
static char *base64_put_last(const pila_base64_encoder *e, const unsigned char *in,
                             size_t n, char *out)
{
    unsigned char group[PILA__BASE64_GROUP] = {0};
    size_t bits = e->shape.bits, digits = bits ? (n * 8 + bits - 1) / bits : n + 1;

    memcpy(group, in, n);
    if (bits || e->fill) {
        char *end = pila__base64_put_group(e, group, out);
        if (!bits) return end;
    } else base64_put_85(e->alphabet, (uint32_t)pila__base64_number(group, 4), out);
    if (!bits || !e->padded) return out + digits;
    memset(out + digits, '=', e->shape.chars - digits);
    return out + e->shape.chars;
}

/* ---- lines ---- */

/* The most that n bytes may become, lines and all; false: more than memory holds. */
static bool base64_encoded_size(const pila_base64_encoder *e, size_t n, size_t *out)
{
    size_t size;

    if (n > PTRDIFF_MAX || !pila_mul(n / e->shape.bytes + 2, e->shape.chars, &size))
        return false;
    if (e->width && !pila_add(size, size / e->width + 2, &size)) return false;
    if (size > PTRDIFF_MAX) return false;
    *out = size;
    return true;
}

/* Append text, with newlines where lines are full. */
static pila_status base64_lay(pila_base64_encoder *e, const char *text, size_t n,
                              pila_buf *out)
{
    size_t column = e->now.column, width = e->width ? e->width : SIZE_MAX;

    if (n == 0) return PILA_OK;
    pila_status st =
        pila_buf_reserve(out, n + (e->width ? (column + n - 1) / width : 0));
    if (st != PILA_OK) return st;
    char *to = out->data + out->len;
    while (n) {
        if (column == width) {
            *to++ = '\n';
            column = 0;
        }
        size_t some = width - column < n ? width - column : n;
        memcpy(to, text, some);
        to += some;
        text += some;
        column += some;
        n -= some;
    }
    e->now.column = e->width ? column : 0;
    out->len = (size_t)(to - out->data);
    return PILA_OK;
}

/* Append whole groups. */
static pila_status base64_encode_groups(pila_base64_encoder *e, const unsigned char *in,
                                        size_t n, pila_buf *out)
{
    char chunk[BASE64_CHUNK / 3 * 8];
    pila_status st = PILA_OK;

    if (!n) return PILA_OK;
    if (!e->width) {
        /* Where z made it shorter it may fit, though this does not. */
        st = pila_buf_reserve(out, n / e->shape.bytes * e->shape.chars);
        if (st == PILA_OK) {
            char *to = out->data + out->len;
            e->kernel(e, in, n, &to);
            out->len = (size_t)(to - out->data);
            return PILA_OK;
        }
        if (st != PILA_ELIMIT || !e->fold_zeros) return st;
        st = PILA_OK;
    }
    while (n && st == PILA_OK) {
        size_t some = n < BASE64_CHUNK ? n : (size_t)BASE64_CHUNK;
        char *to = chunk;
        e->kernel(e, in, some, &to);
        st = base64_lay(e, chunk, (size_t)(to - chunk), out);
        in += some;
        n -= some;
    }
    return st;
}

/* ---- pieces ---- */

static pila_status base64_encode_begin(pila_base64_encoder *e, pila_buf *out)
{
    bool framed = e->adobe && !e->now.begun;

    e->now.begun = true;
    return framed ? base64_lay(e, "<~", 2, out) : PILA_OK;
}

/* Not put back on failure. */
static pila_status base64_encode_piece(pila_base64_encoder *e, pila_str piece,
                                       pila_buf *out)
{
    const unsigned char *in = (const unsigned char *)piece.ptr;
    size_t n = piece.len, group = e->shape.bytes, have = e->now.have;
    pila_status st = base64_encode_begin(e, out);

    if (st == PILA_OK && have) {
        size_t more = group - have < n ? group - have : n;
        memcpy(e->now.kept + have, in, more);
        in += more;
        n -= more;
        e->now.have = (unsigned char)(have + more);
        if (e->now.have == group) {
            e->now.have = 0;
            st = base64_encode_groups(e, e->now.kept, group, out);
        }
    }
    if (st != PILA_OK || n == 0) return st;
    if (!e->paired && !e->vector && n / group >= PILA__BASE64_TABLED)
        base64_make_pairs(e);
    st = base64_encode_groups(e, in, n - n % group, out);
    e->now.have = (unsigned char)(n % group);
    memcpy(e->now.kept, in + (n - n % group), n % group);
    return st;
}

pila_status pila_base64_encoder_feed(pila_base64_encoder *e, pila_str piece,
                                     pila_buf *out)
{
    pila__base64_written before = e->now;
    size_t len = out->len, size;
    pila_status st = PILA_OK;

    if (!base64_encoded_size(e, piece.len, &size)) return PILA_EOVERFLOW;
    if (piece.len) st = base64_encode_piece(e, piece, out);
    if (st != PILA_OK) {
        e->now = before;
        out->len = len;
    }
    return st;
}

/* The end of the frame, on its line if it fits there. */
static pila_status base64_encode_frame(pila_base64_encoder *e, pila_buf *out)
{
    pila_status st = base64_encode_begin(e, out);

    if (st == PILA_OK && e->width && e->now.column + 2 > e->width)
        st = pila_buf_add_char(out, '\n');
    return st == PILA_OK ? pila_buf_add(out, pila_cstr("~>")) : st;
}

pila_status pila_base64_encoder_finish(pila_base64_encoder *e, pila_buf *out)
{
    pila__base64_written before = e->now;
    size_t len = out->len;
    pila_status st = PILA_OK;
    char last[PILA__BASE64_GROUP];

    if (e->now.have) {
        char *end = base64_put_last(e, e->now.kept, e->now.have, last);
        st = base64_lay(e, last, (size_t)(end - last), out);
    }
    if (st == PILA_OK && e->adobe) st = base64_encode_frame(e, out);
    if (st == PILA_OK && e->lines && e->now.begun) st = pila_buf_add_char(out, '\n');
    if (st == PILA_OK) {
        memset(&e->now, 0, sizeof e->now);
    } else {
        e->now = before;
        out->len = len;
    }
    return st;
}

/* ---- public ---- */

pila_status pila_base64_encoder_new(pila_base64_codec codec,
                                    const pila_base64_options *options,
                                    pila_base64_encoder **out)
{
    pila_base64_encoder *e = (pila_base64_encoder *)pila_alloc(1, sizeof *e);
    pila_status st = e ? pila__base64_encoder_init(e, codec, options) : PILA_ENOMEM;

    if (st == PILA_OK) *out = e;
    else pila_free(e);
    return st;
}

void pila_base64_encoder_free(pila_base64_encoder *e) { pila_free(e); }

bool pila__base64_encoder_use(pila_base64_encoder *e, size_t k)
{
    return pila__base64_encode_kernel_at(e, k);
}

pila_status pila_base64_encode(pila_base64_codec codec, pila_str data,
                               const pila_base64_options *options, pila_buf *out)
{
    size_t len = out->len, size;
    pila_base64_encoder e;
    pila_status st = pila__base64_encoder_init(&e, codec, options);

    if (st != PILA_OK) return st;
    if (!base64_encoded_size(&e, data.len, &size)) return PILA_EOVERFLOW;
    st = pila_buf_reserve(out, size);
    if (st == PILA_ENOMEM) return st;
    st = pila_base64_encoder_feed(&e, data, out);
    if (st == PILA_OK) st = pila_base64_encoder_finish(&e, out);
    if (st != PILA_OK) out->len = len;
    return st;
}
