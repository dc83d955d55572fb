/* base64.c - base64: bytes as text and back, at once, in pieces and as chunks. */
#include "values.h"

#include <pila/serial/base64.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

/* ---- codecs: each by its own function, and by its name ---- */

typedef pila_status encoder(pila_str, const pila_base64_options *, pila_buf *);
typedef pila_status decoder(pila_str, const pila_base64_options *, pila_buf *,
                            pila_error *);

typedef struct codec {
    const char *name;
    pila_base64_codec codec;
    encoder *encode;
    decoder *decode;
} codec;

static pila_status encodebytes(pila_str data, const pila_base64_options *how,
                               pila_buf *out)
{
    (void)how;
    return pila_encodebytes(data, out);
}

static const codec codecs[] = {
    {"b64", PILA_BASE64, pila_b64encode, pila_b64decode},
    {"standard_b64", PILA_BASE64, pila_standard_b64encode, pila_standard_b64decode},
    {"urlsafe_b64", PILA_BASE64_URLSAFE, pila_urlsafe_b64encode,
     pila_urlsafe_b64decode},
    {"bytes", PILA_BASE64_BYTES, encodebytes, pila_decodebytes},
    {"b32", PILA_BASE32, pila_b32encode, pila_b32decode},
    {"b32hex", PILA_BASE32HEX, pila_b32hexencode, pila_b32hexdecode},
    {"b16", PILA_BASE16, pila_b16encode, pila_b16decode},
    {"a85", PILA_ASCII85, pila_a85encode, pila_a85decode},
    {"b85", PILA_BASE85, pila_b85encode, pila_b85decode},
    {"z85", PILA_Z85, pila_z85encode, pila_z85decode}};

static const codec *codec_of(const json *op)
{
    const codec *c = codecs;

    while (!json_is(arg(op, 1), c->name)) c++;
    return c;
}

static void set_option(pila_base64_options *how, const char *name, pila_value x)
{
    const struct {
        const char *name;
        bool *set;
    } flags[] = {{"unpadded", &how->unpadded}, {"wrap_exactly", &how->wrap_exactly},
                 {"pad", &how->pad},           {"validate", &how->validate},
                 {"casefold", &how->casefold}, {"foldspaces", &how->foldspaces},
                 {"adobe", &how->adobe}};

    for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
        if (strcmp(name, flags[k].name) == 0) *flags[k].set = pila_value_truth(x);
    if (strcmp(name, "altchars") == 0) how->altchars = pila_value_text(x);
    if (strcmp(name, "alphabet") == 0) how->alphabet = pila_value_text(x);
    if (strcmp(name, "ignorechars") == 0) how->ignorechars = pila_value_text(x);
    if (strcmp(name, "map01") == 0) how->map01 = pila_value_text(x).ptr[0];
    if (strcmp(name, "wrapcol") == 0) how->wrapcol = (size_t)x.as.i;
}

static pila_base64_options options_of(const json *op, pila_base64_policy policy)
{
    pila_base64_options how = {.policy = policy};

    for (const json *j = json_get(arg(op, 3), "d")->first; j; j = j->next)
        set_option(&how, json_at(j, 0)->text, value_of(json_at(j, 1)));
    return how;
}

static pila_str data_of(const json *op) { return pila_value_text(arg_value(op, 2)); }

/* ---- at once ---- */

static void encode(const json *op)
{
    pila_base64_options how = options_of(op, PILA_BASE64_PYTHON);
    pila_buf out = {0};
    pila_status st = codec_of(op)->encode(data_of(op), &how, &out);

    if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else say_status(st);
    pila_buf_done(&out);
}

static void decode(const json *op)
{
    const codec *c = codec_of(op);
    pila_base64_options how = options_of(op, PILA_BASE64_PYTHON);
    pila_buf out = {0};
    pila_error err;
    pila_status st = c->decode(data_of(op), &how, &out, &err);

    if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else if (st == PILA_ESYNTAX)
        say_exception(c->codec < PILA_ASCII85 ? "Error" : "ValueError", err.message);
    else say_status(st);
    pila_buf_done(&out);
}

/* By a policy of pila's own: null is a fault of the text. */
static void by_policy(const json *op, pila_base64_policy policy)
{
    pila_base64_options how = options_of(op, policy);
    pila_buf out = {0};
    pila_status st = codec_of(op)->decode(data_of(op), &how, &out, NULL);

    if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else if (st == PILA_ESYNTAX) say_null();
    else say_status(st);
    pila_buf_done(&out);
}

static void strict(const json *op) { by_policy(op, PILA_BASE64_STRICT); }
static void lax(const json *op) { by_policy(op, PILA_BASE64_LAX); }

/* ---- in pieces: by an object, with each of its kernels, and by an iterator ---- */

typedef struct pieces {
    pila_str all[2048];
    size_t n;
} pieces;

/* The data cut into pieces of the sizes, in turn. */
static void cut(const json *op, pieces *p)
{
    pila_str data = data_of(op);
    const json *sizes = arg(op, 4);

    p->n = 0;
    for (size_t at = 0, len; at < data.len; at += len) {
        len = (size_t)json_at(sizes, p->n % sizes->n)->number;
        if (len > data.len - at || p->n == 2047) len = data.len - at;
        p->all[p->n++] = pila_str_of(data.ptr + at, len);
    }
}

static pila_status fed_encoder(const codec *c, const pila_base64_options *how,
                               const pieces *p, size_t kernel, bool *last,
                               pila_buf *out)
{
    pila_base64_encoder *e;
    pila_status st = pila_base64_encoder_new(c->codec, how, &e);

    if (st != PILA_OK) return st;
    *last = !pila__base64_encoder_use(e, kernel);
    for (size_t k = 0; st == PILA_OK && k < p->n; k++)
        st = pila_base64_encoder_feed(e, p->all[k], out);
    if (st == PILA_OK) st = pila_base64_encoder_finish(e, out);
    pila_base64_encoder_free(e);
    return st;
}

static pila_status fed_decoder(const codec *c, const pila_base64_options *how,
                               const pieces *p, size_t kernel, bool *last,
                               pila_buf *out)
{
    pila_base64_decoder *d;
    pila_error err;
    pila_status st = pila_base64_decoder_new(c->codec, how, &d);

    if (st != PILA_OK) return st;
    *last = !pila__base64_decoder_use(d, kernel);
    for (size_t k = 0; st == PILA_OK && k < p->n; k++)
        st = pila_base64_decoder_feed(d, p->all[k], out, &err);
    if (st == PILA_OK) st = pila_base64_decoder_finish(d, out, &err);
    pila_base64_decoder_free(d);
    return st;
}

static pila_status joined(pila_iter it, pila_buf *out)
{
    pila_status st = PILA_OK;

    PILA_FOR(pila_str, chunk, &it)
        if (st == PILA_OK) st = pila_buf_add(out, *chunk);
    if (st == PILA_OK && it.status != PILA_END) st = it.status;
    pila_iter_drop(&it);
    return st;
}

/* What all ways say, if it is the same: the first is said. */
static void in_pieces(const json *op, bool back)
{
    const codec *c = codec_of(op);
    pila_base64_options how = options_of(op, PILA_BASE64_PYTHON);
    pila_error err;
    static pieces p;
    bool last = false, same = true;
    pila_buf out = {0}, again = {0};

    cut(op, &p);
    pila_iter chunks = pila_span(p.all, p.n, &pila_view);
    pila_status st = joined(back ? pila_base64_decoded(chunks, c->codec, &how, &err)
                                 : pila_base64_encoded(chunks, c->codec, &how),
                            &out);
    for (size_t kernel = 0; same && !last; kernel++) {
        again.len = 0;
        last = true;
        pila_status other =
            (back ? fed_decoder : fed_encoder)(c, &how, &p, kernel, &last, &again);
        same = st == other && (st != PILA_OK ||
                               pila_str_eq(pila_buf_view(&out), pila_buf_view(&again)));
    }
    if (!same) say_error("one way says another thing");
    else if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else if (st == PILA_ESYNTAX) say_null();
    else say_status(st);
    pila_buf_done(&out);
    pila_buf_done(&again);
}

static void encode_pieces(const json *op) { in_pieces(op, false); }
static void decode_pieces(const json *op) { in_pieces(op, true); }

static const operation operations[] = {{"encode", encode},
                                       {"decode", decode},
                                       {"strict", strict},
                                       {"lax", lax},
                                       {"encode_pieces", encode_pieces},
                                       {"decode_pieces", decode_pieces},
                                       {NULL, NULL}};

const module base64_module = {"base64", operations, true,
                              begin,    say_null,   value_forget};
