/* base64_kernels.c - whole groups, many at a time.
 *
 * Plain C goes by tables that are made for longer input (pila__base64_encoder.pairs,
 * pila__base64_decoder.tables), as any alphabet may come: encoding, two digits a
 * look-up; decoding, one digit a look-up, already shifted or multiplied, so that a
 * group is a sum, and a character that is no digit a bit in it that nothing else can
 * set.
 *
 * Vectors are in base64_vectors.c. Built with PILA_BASE64_OPENSSL, base64 of the
 * standard alphabet goes by OpenSSL's codec instead: no faster, but where a policy says
 * that such code is to be one body. It takes white space and ends at a minus; it is
 * given digits alone, and what it says is checked.
 */
#include "base64_codec.h"

#if defined(PILA_BASE64_OPENSSL)
#include <openssl/evp.h>
#endif

/* ---- plain C: encoding ---- */

/* Two characters at a time are stored as they are looked up: putting them together in
 * words first takes a sixth longer. */
PILA_INLINE void base64_pair(const pila_base64_encoder *e, size_t at, char *out)
{
    memcpy(out, e->pairs[at], 2);
}

PILA_INLINE void base64_pairs_64(const pila_base64_encoder *e, uint64_t x, char *out)
{
    base64_pair(e, x >> 52, out);
    base64_pair(e, x >> 40 & 4095, out + 2);
    base64_pair(e, x >> 28 & 4095, out + 4);
    base64_pair(e, x >> 16 & 4095, out + 6);
}

static size_t base64_encode_64(const pila_base64_encoder *e, const unsigned char *in,
                               size_t n, char **out)
{
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 14; k += 12, to += 16) {
        base64_pairs_64(e, pila__base64_load_8(in + k), to);
        base64_pairs_64(e, pila__base64_load_8(in + k + 6), to + 8);
    }
    *out = to;
    return k;
}

static size_t base64_encode_32(const pila_base64_encoder *e, const unsigned char *in,
                               size_t n, char **out)
{
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 8; k += 5, to += 8) {
        uint64_t x = pila__base64_load_8(in + k);
        base64_pair(e, x >> 54, to);
        base64_pair(e, x >> 44 & 1023, to + 2);
        base64_pair(e, x >> 34 & 1023, to + 4);
        base64_pair(e, x >> 24 & 1023, to + 6);
    }
    *out = to;
    return k;
}

static size_t base64_encode_16(const pila_base64_encoder *e, const unsigned char *in,
                               size_t n, char **out)
{
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 4; k += 4, to += 8)
        for (size_t i = 0; i < 4; i++) base64_pair(e, in[k + i], to + 2 * i);
    *out = to;
    return k;
}

static size_t base64_encode_85(const pila_base64_encoder *e, const unsigned char *in,
                               size_t n, char **out)
{
    uint32_t zeros = e->fold_zeros ? 0 : 1, spaces = e->fold_spaces ? 0x20202020 : 0;
    char *to = *out;
    size_t k = 0;

    for (; n - k >= 4; k += 4) {
        uint32_t x = pila__base64_load_4(in + k);
        if (PILA_UNLIKELY((x | zeros) == 0 || (x == spaces && !zeros))) {
            *to++ = x ? 'y' : 'z';
            continue;
        }
        uint32_t high = x / 7225, first = high / 7225;
        *to = e->alphabet[first];
        base64_pair(e, high - first * 7225, to + 1);
        base64_pair(e, x - high * 7225, to + 3);
        to += 5;
    }
    *out = to;
    return k;
}

/* Any shape; the tables where there are some, and group by group what they leave. */
size_t pila__base64_encode_plain(const pila_base64_encoder *e, const unsigned char *in,
                                 size_t n, char **out)
{
    size_t group = e->shape.bytes, k = 0;

    if (e->paired) switch (e->shape.bits) {
        case 6: k = base64_encode_64(e, in, n, out); break;
        case 5: k = base64_encode_32(e, in, n, out); break;
        case 4: k = base64_encode_16(e, in, n, out); break;
        default: k = base64_encode_85(e, in, n, out);
        }
    for (; n - k >= group; k += group) *out = pila__base64_put_group(e, in + k, *out);
    return k;
}

/* ---- plain C: decoding ---- */

static size_t base64_decode_64(const pila_base64_decoder *d, const unsigned char *in,
                               size_t n, char *out)
{
    const uint32_t(*t)[256] = d->tables.four;
    size_t k = 0;

    for (; n - k >= 12; k += 8, out += 6) {
        const unsigned char *p = in + k;
        uint32_t high = t[0][p[0]] | t[1][p[1]] | t[2][p[2]] | t[3][p[3]];
        uint32_t low = t[0][p[4]] | t[1][p[5]] | t[2][p[6]] | t[3][p[7]];
        if (PILA_UNLIKELY((high | low) >> 31)) break;
        pila__base64_store_8(out, ((uint64_t)high << 24 | low) << 16);
    }
    return k;
}

static size_t base64_decode_32(const pila_base64_decoder *d, const unsigned char *in,
                               size_t n, char *out)
{
    const uint32_t(*t)[256] = d->tables.four;
    size_t k = 0;

    for (; n - k >= 16; k += 8, out += 5) {
        const unsigned char *p = in + k;
        uint32_t high = t[0][p[0]] | t[1][p[1]] | t[2][p[2]] | t[3][p[3]];
        uint32_t low = t[0][p[4]] | t[1][p[5]] | t[2][p[6]] | t[3][p[7]];
        if (PILA_UNLIKELY((high | low) >> 31)) break;
        pila__base64_store_8(out, ((uint64_t)high << 20 | low) << 24);
    }
    return k;
}

static size_t base64_decode_16(const pila_base64_decoder *d, const unsigned char *in,
                               size_t n, char *out)
{
    const uint32_t(*t)[256] = d->tables.four;
    size_t k = 0;

    for (; n - k >= 4; k += 4, out += 2) {
        const unsigned char *p = in + k;
        uint32_t x = t[0][p[0]] | t[1][p[1]] | t[2][p[2]] | t[3][p[3]];
        if (PILA_UNLIKELY(x >> 31)) break;
        pila__base64_put_bytes(out, x, 2);
    }
    return k;
}

static size_t base64_decode_85(const pila_base64_decoder *d, const unsigned char *in,
                               size_t n, char *out)
{
    const uint64_t(*t)[256] = d->tables.five;
    size_t k = 0;

    for (; n - k >= 5; k += 5, out += 4) {
        uint64_t x = t[0][in[k]] + t[1][in[k + 1]] + t[2][in[k + 2]] + t[3][in[k + 3]] +
                     t[4][in[k + 4]];
        if (PILA_UNLIKELY(x > UINT32_MAX || x == d->z_word || x == d->y_word)) break;
        pila__base64_store_4(out, (uint32_t)x);
    }
    return k;
}

/* One group; false: it holds what is no digit, or is no number of its bytes. */
static bool base64_take_group(const pila_base64_decoder *d, const unsigned char *in,
                              char *out)
{
    unsigned bits = d->shape.bits, seen = 0;
    uint64_t x = 0;

    for (size_t k = 0; k < d->shape.chars; k++) {
        unsigned what = d->what[in[k]];
        seen |= what;
        x = bits ? x << bits | what : x * 85 + what;
    }
    if (seen & PILA__BASE64_BAD) return false;
    if (!bits && (x > UINT32_MAX || x == d->z_word || x == d->y_word)) return false;
    pila__base64_put_bytes(out, x, d->shape.bytes);
    return true;
}

/* Any shape; the tables where there are some, and group by group what they leave. */
size_t pila__base64_decode_plain(const pila_base64_decoder *d, const unsigned char *in,
                                 size_t n, char *out, size_t room)
{
    size_t chars = d->shape.chars, bytes = d->shape.bytes, k = 0;

    if (n / chars > room / bytes) n = room / bytes * chars;
    if (d->tabled) switch (d->shape.bits) {
        case 6: k = base64_decode_64(d, in, n, out); break;
        case 5: k = base64_decode_32(d, in, n, out); break;
        case 4: k = base64_decode_16(d, in, n, out); break;
        default: k = base64_decode_85(d, in, n, out);
        }
    for (out += k / chars * bytes; n - k >= chars && base64_take_group(d, in + k, out);
         out += bytes)
        k += chars;
    return k;
}

/* ---- OpenSSL's codec, for the standard alphabet ---- */

#if defined(PILA_BASE64_OPENSSL)

enum { BASE64_BLOCK = 3 << 18 }; /* bytes a call: its lengths are ints */

/* It writes a NUL behind the text, so the last group is not for it. */
static size_t base64_openssl_encode(const pila_base64_encoder *e,
                                    const unsigned char *in, size_t n, char **out)
{
    size_t k = 0;

    while (n - k >= 6) {
        size_t some = (n - k - 3) / 3 * 3;
        if (some > BASE64_BLOCK) some = BASE64_BLOCK;
        *out += EVP_EncodeBlock((unsigned char *)*out, in + k, (int)some);
        k += some;
    }
    return k + pila__base64_encode_plain(e, in + k, n - k, out);
}

/* It takes more than digits, so it is given nothing else; a block that it does not take
 * nevertheless is decoded without it. */
static size_t base64_openssl_decode(const pila_base64_decoder *d,
                                    const unsigned char *in, size_t n, char *out,
                                    size_t room)
{
    size_t k = 0;

    for (;;) {
        size_t some = n - k < BASE64_BLOCK ? n - k : (size_t)BASE64_BLOCK, fine = 0;
        if (some / 4 > room / 3) some = room / 3 * 4;
        while (fine < some && !(d->what[in[k + fine]] & PILA__BASE64_BAD)) fine++;
        fine -= fine % 4;
        if (fine == 0) return k;
        int got = EVP_DecodeBlock((unsigned char *)out, in + k, (int)fine);
        if (got < 0 || (size_t)got != fine / 4 * 3)
            return k + pila__base64_decode_plain(d, in + k, fine, out, room);
        k += fine;
        out += got;
        room -= (size_t)got;
    }
}

#endif

/* ---- which ---- */

bool pila__base64_encode_kernel_at(pila_base64_encoder *e, size_t k)
{
    pila__base64_encode_kernel *vector = pila__base64_encode_vector(e, k);

    e->kernel = vector ? vector : pila__base64_encode_plain;
    e->vector = vector != NULL;
#if defined(PILA_BASE64_OPENSSL)
    if (e->shape.bits == 6 && k == 0 &&
        memcmp(e->alphabet, pila__base64_shapes[PILA_BASE64].alphabet, 64) == 0)
        e->kernel = base64_openssl_encode;
#endif
    return vector != NULL;
}

bool pila__base64_decode_kernel_at(pila_base64_decoder *d, size_t k)
{
    pila__base64_decode_kernel *vector = pila__base64_decode_vector(d, k);

    d->kernel = vector ? vector : pila__base64_decode_plain;
    d->vector = vector != NULL;
#if defined(PILA_BASE64_OPENSSL)
    bool standard = d->shape.bits == 6 && k == 0;
    for (unsigned c = 0; standard && c < 64; c++)
        standard =
            d->what[(unsigned char)pila__base64_shapes[PILA_BASE64].alphabet[c]] == c;
    for (unsigned c = 0, digits = 0; standard && c < 256; c++)
        standard = (digits += d->what[c] < 64) <= 64;
    if (standard) d->kernel = base64_openssl_decode;
#endif
    return vector != NULL;
}
