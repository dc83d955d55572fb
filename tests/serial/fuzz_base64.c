/* fuzz_base64.c - any text, by each codec and policy: the vectors and plain C, at once
 * and in pieces, must say the same; and what is read, written again and read again, is
 * the same, and by the strict policy the same text.
 */
#include "fuzz.h"

#include <pila/serial/base64.h>

enum { TEXT_MOST = 1 << 14 };

static char text[TEXT_MOST];

static pila_status decode_by(size_t kernel, size_t cut, pila_base64_codec codec,
                             pila_str from, const pila_base64_options *o, pila_buf *out,
                             pila_error *err)
{
    pila_base64_decoder *d;
    pila_status st = pila_base64_decoder_new(codec, o, &d);

    out->len = 0;
    memset(err, 0, sizeof *err);
    if (st != PILA_OK) return st;
    pila__base64_decoder_use(d, kernel);
    while (st == PILA_OK && from.len) {
        size_t n = cut < from.len ? cut : from.len;
        st = pila_base64_decoder_feed(d, pila_str_of(from.ptr, n), out, err);
        from = pila_str_of(from.ptr + n, from.len - n);
    }
    if (st == PILA_OK) st = pila_base64_decoder_finish(d, out, err);
    pila_base64_decoder_free(d);
    return st;
}

static void encode_by(size_t kernel, size_t cut, pila_base64_codec codec, pila_str from,
                      const pila_base64_options *o, pila_buf *out)
{
    pila_base64_encoder *e;

    out->len = 0;
    FUZZ_CHECK(pila_base64_encoder_new(codec, o, &e) == PILA_OK);
    pila__base64_encoder_use(e, kernel);
    while (from.len) {
        size_t n = cut < from.len ? cut : from.len;
        FUZZ_CHECK(pila_base64_encoder_feed(e, pila_str_of(from.ptr, n), out) ==
                   PILA_OK);
        from = pila_str_of(from.ptr + n, from.len - n);
    }
    FUZZ_CHECK(pila_base64_encoder_finish(e, out) == PILA_OK);
    pila_base64_encoder_free(e);
}

/* Bytes that were read from a text: by all kernels the same text, and read back. */
static void check_again(pila_base64_codec codec, pila_str from, pila_str bytes,
                        const pila_base64_options *o, size_t cut)
{
    pila_buf whole = {0}, parts = {0}, back = {0};
    bool plain = o->policy == PILA_BASE64_STRICT && !o->ignorechars.ptr &&
                 !o->wrapcol && !o->casefold && codec != PILA_BASE64_BYTES &&
                 !o->adobe && !o->pad;
    pila_error err;

    encode_by(99, SIZE_MAX, codec, bytes, o, &whole);
    for (size_t kernel = 0; kernel < 2; kernel++) {
        encode_by(kernel, kernel ? cut : SIZE_MAX, codec, bytes, o, &parts);
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&whole), pila_buf_view(&parts)));
    }
    if (plain) FUZZ_CHECK(pila_str_eq(pila_buf_view(&whole), from));
    if (!o->pad && !o->wrapcol) {
        FUZZ_CHECK(decode_by(0, cut, codec, pila_buf_view(&whole), o, &back, &err) ==
                   PILA_OK);
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&back), bytes));
    }
    pila_buf_done(&whole);
    pila_buf_done(&parts);
    pila_buf_done(&back);
}

/* The rest of the input, as often as it says, so that it fills vectors. */
static pila_str make_text(fuzz_in *in)
{
    size_t times = 1 + fuzz_byte(in) % 16, n = (size_t)(in->end - in->p), len = 0;

    for (; n && times && n <= TEXT_MOST - len; times--) {
        memcpy(text + len, in->p, n);
        len += n;
    }
    return pila_str_of(text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    pila_base64_codec codec = (pila_base64_codec)fuzz_below(&in, PILA_Z85 + 1);
    unsigned how = fuzz_byte(&in), more = fuzz_byte(&in);
    size_t cut = 1 + fuzz_byte(&in);
    pila_base64_options o;
    pila_buf want = {0}, got = {0};
    pila_error want_err, got_err;

    fuzz_start();
    memset(&o, 0, sizeof o);
    o.policy = (pila_base64_policy)(how % 3);
    o.unpadded = how & 4;
    o.validate = how & 8;
    o.canonical = how & 16;
    o.casefold = how & 32;
    o.foldspaces = how & 64;
    o.adobe = how & 128;
    o.pad = more & 1;
    o.wrapcol = more & 2 ? more / 4 % 32 : 0;
    o.wrap_exactly = more & 128;
    if (more & 64) o.ignorechars = pila_cstr("\n=");
    fuzz_arm(&in);
    pila_str from = make_text(&in);
    pila_status st = decode_by(99, SIZE_MAX, codec, from, &o, &want, &want_err);
    if (!fuzz_starved(st)) {
        if (FUZZ_PLANTED && st == PILA_OK && want.len == 3) want.data[2] ^= 1;
        for (size_t kernel = 0; kernel < 3; kernel++) {
            pila_status is = decode_by(kernel, kernel ? cut : SIZE_MAX, codec, from, &o,
                                       &got, &got_err);
            FUZZ_CHECK(is == st && memcmp(&want_err, &got_err, sizeof got_err) == 0);
            FUZZ_CHECK(st != PILA_OK ||
                       pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
        }
        if (st == PILA_OK) check_again(codec, from, pila_buf_view(&want), &o, cut);
    }
    pila_buf_done(&want);
    pila_buf_done(&got);
    fuzz_stop();
    return 0;
}
