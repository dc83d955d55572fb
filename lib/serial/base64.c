/* base64.c - the functions by name, and the iterators.
 *
 * The work is done in base64_encode.c, base64_decode.c and, for whole groups,
 * base64_kernels.c. Here are the names that Python has for it, each one codec, some
 * with the alphabet settled; and streams of chunks as iterators.
 *
 * An iterator keeps one buffer, in which it makes the next chunk from the next of its
 * source; chunks that come to nothing, such as two bytes of a group of three, are
 * joined to what follows. The end of the source is the end of the text: what is left
 * comes as a chunk of its own, after which there is PILA_END.
 */
#include "base64_codec.h"

/* ---- by name ---- */

/* The options, but with the codec's own alphabet. */
static const pila_base64_options *base64_settled(const pila_base64_options *options,
                                                 pila_base64_options *own)
{
    memset(own, 0, sizeof *own);
    if (options) *own = *options;
    own->altchars = own->alphabet = pila_str_of(NULL, 0);
    return own;
}

pila_status pila_b64encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_BASE64, data, options, out);
}

pila_status pila_b64decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_BASE64, text, options, out, err);
}

pila_status pila_standard_b64encode(pila_str data, const pila_base64_options *options,
                                    pila_buf *out)
{
    pila_base64_options own;

    return pila_base64_encode(PILA_BASE64, data, base64_settled(options, &own), out);
}

pila_status pila_standard_b64decode(pila_str text, const pila_base64_options *options,
                                    pila_buf *out, pila_error *err)
{
    pila_base64_options own;

    return pila_base64_decode(PILA_BASE64, text, base64_settled(options, &own), out,
                              err);
}

pila_status pila_urlsafe_b64encode(pila_str data, const pila_base64_options *options,
                                   pila_buf *out)
{
    pila_base64_options own;

    return pila_base64_encode(PILA_BASE64_URLSAFE, data, base64_settled(options, &own),
                              out);
}

pila_status pila_urlsafe_b64decode(pila_str text, const pila_base64_options *options,
                                   pila_buf *out, pila_error *err)
{
    pila_base64_options own;

    return pila_base64_decode(PILA_BASE64_URLSAFE, text, base64_settled(options, &own),
                              out, err);
}

pila_status pila_encodebytes(pila_str data, pila_buf *out)
{
    return pila_base64_encode(PILA_BASE64_BYTES, data, NULL, out);
}

pila_status pila_decodebytes(pila_str text, const pila_base64_options *options,
                             pila_buf *out, pila_error *err)
{
    pila_base64_options own;

    return pila_base64_decode(PILA_BASE64_BYTES, text, base64_settled(options, &own),
                              out, err);
}

pila_status pila_b32encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_BASE32, data, options, out);
}

pila_status pila_b32decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_BASE32, text, options, out, err);
}

pila_status pila_b32hexencode(pila_str data, const pila_base64_options *options,
                              pila_buf *out)
{
    return pila_base64_encode(PILA_BASE32HEX, data, options, out);
}

pila_status pila_b32hexdecode(pila_str text, const pila_base64_options *options,
                              pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_BASE32HEX, text, options, out, err);
}

pila_status pila_b16encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_BASE16, data, options, out);
}

pila_status pila_b16decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_BASE16, text, options, out, err);
}

pila_status pila_a85encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_ASCII85, data, options, out);
}

pila_status pila_a85decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_ASCII85, text, options, out, err);
}

pila_status pila_b85encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_BASE85, data, options, out);
}

pila_status pila_b85decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_BASE85, text, options, out, err);
}

pila_status pila_z85encode(pila_str data, const pila_base64_options *options,
                           pila_buf *out)
{
    return pila_base64_encode(PILA_Z85, data, options, out);
}

pila_status pila_z85decode(pila_str text, const pila_base64_options *options,
                           pila_buf *out, pila_error *err)
{
    return pila_base64_decode(PILA_Z85, text, options, out, err);
}

/* ---- iterators ---- */

typedef struct base64_state {
    pila_iter src;
    pila_base64_encoder *encoder; /* one of the two */
    pila_base64_decoder *decoder;
    pila_error *err;
    pila_buf made;
    pila_str chunk; /* the one in the window */
    bool ended;     /* so has the source, and all is made */
} base64_state;

static pila_status base64_feed(base64_state *s, pila_str chunk)
{
    if (s->encoder) return pila_base64_encoder_feed(s->encoder, chunk, &s->made);
    return pila_base64_decoder_feed(s->decoder, chunk, &s->made, s->err);
}

static pila_status base64_end(base64_state *s)
{
    s->ended = true;
    if (s->encoder) return pila_base64_encoder_finish(s->encoder, &s->made);
    return pila_base64_decoder_finish(s->decoder, &s->made, s->err);
}

static bool base64_refill(pila_iter *it)
{
    base64_state *s = (base64_state *)it->state;
    pila_status st = PILA_OK;

    s->made.len = 0;
    while (st == PILA_OK && s->made.len == 0 && !s->ended) {
        const void *item = pila_next(&s->src, sizeof s->chunk);
        if (item) {
            memcpy(&s->chunk, item, sizeof s->chunk);
            st = base64_feed(s, s->chunk);
        } else {
            st = pila_iter_outcome(&s->src);
            if (st == PILA_OK) st = base64_end(s);
        }
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (s->made.len == 0) return pila_iter_end(it, PILA_END);
    s->chunk = pila_buf_view(&s->made);
    it->cur = (const char *)&s->chunk;
    it->end = it->cur + sizeof s->chunk;
    return true;
}

static pila_iter base64_drop(pila_iter *it)
{
    base64_state *s = (base64_state *)it->state;
    pila_iter src = s->src;

    pila_base64_encoder_free(s->encoder);
    pila_base64_decoder_free(s->decoder);
    pila_buf_done(&s->made);
    pila_free(s);
    return src;
}

/* Over chunks that are views, unless there are none for another reason. */
static pila_iter base64_over(pila_iter chunks, pila_base64_codec codec,
                             const pila_base64_options *options, bool encodes,
                             pila_error *err)
{
    static const pila_iter_ops ops = {base64_refill, base64_drop, NULL};
    bool views = chunks.status != PILA_OK || chunks.type->kind == PILA_KIND_STR;
    base64_state *s = views ? (base64_state *)pila_alloc_zero(1, sizeof *s) : NULL;
    pila_status st = !views ? PILA_ETYPE : s ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK && chunks.status != PILA_END) st = chunks.status;
    if (st == PILA_OK)
        st = encodes ? pila_base64_encoder_new(codec, options, &s->encoder)
                     : pila_base64_decoder_new(codec, options, &s->decoder);
    if (st != PILA_OK) {
        pila_free(s);
        pila_iter_drop(&chunks);
        return pila_failed(st);
    }
    s->src = chunks;
    s->err = err;
    return pila_iter_make(&pila_view, &ops, s);
}

pila_iter pila_base64_encoded(pila_iter chunks, pila_base64_codec codec,
                              const pila_base64_options *options)
{
    return base64_over(chunks, codec, options, true, NULL);
}

pila_iter pila_base64_decoded(pila_iter chunks, pila_base64_codec codec,
                              const pila_base64_options *options, pila_error *err)
{
    return base64_over(chunks, codec, options, false, err);
}
