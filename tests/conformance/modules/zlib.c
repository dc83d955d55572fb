/* zlib.c - zlib: checksums, streams at once and by objects, iterators of chunks. */
#include "packed.h"

#include <pila/serial/checksum.h>
#include <pila/serial/zlib.h>

enum { MOST_OBJECTS = 16 };

typedef struct packer { /* a compressobj, and what has come of it */
    pila_zlib_compressobj *it;
    pila_buf out;
    int wbits;
    pila_str zdict;
    bool has_zdict;
} packer;

static packer packers[MOST_OBJECTS];
static pila_zlib_decompressobj *unpackers[MOST_OBJECTS];
static size_t packers_n, unpackers_n;

static pila_status begin(const json *request)
{
    (void)request;
    packed_signed = 0;
    packers_n = unpackers_n = 0;
    return PILA_OK;
}

static void finish(void)
{
    for (size_t k = 0; k < packers_n; k++) {
        pila_zlib_compressobj_free(packers[k].it);
        pila_buf_done(&packers[k].out);
    }
    for (size_t k = 0; k < unpackers_n; k++) pila_zlib_decompressobj_free(unpackers[k]);
    packed_forget();
}

/* zlib.error, or ValueError: by what is said. */
static void say_fault(pila_status st, const pila_error *err)
{
    bool own = begins_with(err->message, "Error ") || begins_with(err->message, "Bad ");

    if (st == PILA_EVALUE || st == PILA_ESYNTAX || st == PILA_EEOF)
        say_raised(own ? "error" : "ValueError", err->message);
    else say_status(st);
}

static int arg_level(const json *op, size_t k) { return (int)arg_int(op, k, 0); }

/* The k-th argument as a number of bytes: a limit where it is null or `none`. */
static size_t arg_most(const json *op, size_t k, int64_t none)
{
    int64_t most = arg_int(op, k, none);

    return most == none ? PILA_ZLIB_UNLIMITED : (size_t)most;
}

static int widest(int wbits) { return wbits > 15 ? 31 : wbits > 0 ? 15 : -15; }

static void say_stream_ends(pila_str out, int wbits)
{
    if (wbits > 15) say_ends(out, 10, 8);
    else if (wbits > 0) say_ends(out, 2, 4);
    else say_ends(out, 0, 0);
}

/* Whether out is a stream of data and nothing else. */
static bool reads_back(pila_str out, int wbits, pila_str zdict, pila_str data)
{
    pila_zlib_decompressobj *d;
    pila_buf back = {0};
    bool same = false;

    if (pila_zlib_decompressobj_new(widest(wbits), zdict.ptr ? &zdict : NULL, &d,
                                    NULL) != PILA_OK)
        return false;
    if (pila_zlib_decompressobj_decompress(d, out, PILA_ZLIB_UNLIMITED, &back, NULL) ==
        PILA_OK)
        same = pila_zlib_decompressobj_eof(d) &&
               pila_str_eq(pila_buf_view(&back), data) &&
               pila_zlib_decompressobj_unused_data(d).len == 0;
    pila_zlib_decompressobj_free(d);
    pila_buf_done(&back);
    return same;
}

/* ---- checksums ---- */

static void crc32_of(const json *op)
{
    say_int(pila_crc32((uint32_t)arg_int(op, 2, PILA_CRC32_START), arg_data(op, 1)));
}

static void adler32_of(const json *op)
{
    say_int(
        pila_adler32((uint32_t)arg_int(op, 2, PILA_ADLER32_START), arg_data(op, 1)));
}

static void crc32_combined(const json *op)
{
    say_int(pila_crc32_combine((uint32_t)arg_int(op, 1, 0), (uint32_t)arg_int(op, 2, 0),
                               strtoull(arg(op, 3)->text, NULL, 10)));
}

static void adler32_combined(const json *op)
{
    say_int(pila_adler32_combine((uint32_t)arg_int(op, 1, 0),
                                 (uint32_t)arg_int(op, 2, 0),
                                 strtoull(arg(op, 3)->text, NULL, 10)));
}

/* ---- at once ---- */

/* On failure a buffer must be as it was: "keep". */
static bool begun(pila_buf *out)
{
    return pila_buf_add(out, pila_cstr("keep")) == PILA_OK;
}

static pila_str since(const pila_buf *out)
{
    return pila_str_of(out->data + 4, out->len - 4);
}

static bool kept(const pila_buf *out)
{
    if (pila_str_eq(pila_buf_view(out), pila_cstr("keep"))) return true;
    say_error("the buffer is not as it was");
    return false;
}

static void compress_once(const json *op)
{
    pila_str data = arg_data(op, 1);
    int wbits = arg_level(op, 3);
    pila_buf out = {0};
    pila_error err;
    pila_status st = begun(&out) ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK)
        st = pila_zlib_compress(data, arg_level(op, 2), wbits, &out, &err);
    if (st == PILA_OK) {
        packed_sign(since(&out));
        say_open('[');
        say_stream_ends(since(&out), wbits);
        say_bool(reads_back(since(&out), wbits, pila_str_of(NULL, 0), data));
        say_close(']');
    } else if (kept(&out)) say_fault(st, &err);
    pila_buf_done(&out);
}

static void decompress_once(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st = begun(&out) ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK)
        st = pila_zlib_decompress(arg_data(op, 1), arg_level(op, 2),
                                  arg_most(op, 3, -1), &out, &err);
    if (st == PILA_OK) say_data(since(&out));
    else if (kept(&out)) say_fault(st, &err);
    pila_buf_done(&out);
}

/* ---- compressing by pieces ---- */

static pila_zlib_options options_of(const json *op, size_t k, pila_str *zdict)
{
    pila_zlib_options options = {0};

    options.mem_level = arg_level(op, k);
    options.strategy = arg_level(op, k + 1);
    *zdict = arg_data(op, k + 2);
    if (has_arg(op, k + 2)) options.zdict = zdict;
    return options;
}

static void compressobj(const json *op)
{
    packer *p = &packers[packers_n];
    pila_error err;

    memset(p, 0, sizeof *p);
    p->wbits = arg_level(op, 2);
    p->has_zdict = has_arg(op, 5);
    pila_zlib_options options = options_of(op, 3, &p->zdict);
    pila_status st =
        pila_zlib_compressobj_new(arg_level(op, 1), p->wbits, &options, &p->it, &err);
    if (st != PILA_OK) say_fault(st, &err);
    else {
        packers_n++;
        say_null();
    }
}

static packer *packer_of(const json *op)
{
    size_t k = (size_t)arg_int(op, 1, 0);

    return k < packers_n ? &packers[k] : NULL;
}

/* What a piece adds to the stream, after a call that was asked to add it. */
static void say_piece(packer *p, size_t before, pila_status st, const pila_error *err)
{
    if (st == PILA_OK) {
        const char *piece = p->out.len ? p->out.data + before : NULL;
        packed_sign(pila_str_of(piece, p->out.len - before));
        say_null();
    } else if (p->out.len != before) say_error("the buffer is not as it was");
    else say_fault(st, err);
}

static void c_compress(const json *op)
{
    packer *p = packer_of(op);
    pila_error err;

    if (!p) {
        say_null();
        return;
    }
    size_t before = p->out.len;
    say_piece(p, before,
              pila_zlib_compressobj_compress(p->it, arg_data(op, 2), &p->out, &err),
              &err);
}

static void c_flush(const json *op)
{
    packer *p = packer_of(op);
    pila_error err;

    if (!p) {
        say_null();
        return;
    }
    size_t before = p->out.len;
    say_piece(p, before,
              pila_zlib_compressobj_flush(p->it, arg_level(op, 2), &p->out, &err),
              &err);
}

static void c_copy(const json *op)
{
    packer *p = packer_of(op), *q = &packers[packers_n];
    pila_error err;

    if (!p) {
        say_null();
        return;
    }
    pila_zlib_compressobj *it;
    pila_status st = pila_zlib_compressobj_copy(p->it, &it, &err);
    if (st != PILA_OK) {
        say_fault(st, &err);
        return;
    }
    *q = *p;
    memset(&q->out, 0, sizeof q->out);
    q->it = it;
    packers_n++;
    if (pila_buf_add(&q->out, pila_buf_view(&p->out)) != PILA_OK) abort();
    say_null();
}

/* What can be read of a stream by now. */
static void c_check(const json *op)
{
    packer *p = packer_of(op);
    pila_zlib_decompressobj *d;
    pila_buf back = {0};

    if (!p) {
        say_null();
        return;
    }
    if (pila_zlib_decompressobj_new(widest(p->wbits), p->has_zdict ? &p->zdict : NULL,
                                    &d, NULL) != PILA_OK)
        abort();
    pila_status st =
        pila_zlib_decompressobj_decompress(d, pila_buf_view(&p->out),
                                           PILA_ZLIB_UNLIMITED, &back, NULL);
    if (st != PILA_OK) say_status(st);
    else {
        say_open('[');
        say_data(pila_buf_view(&back));
        say_bool(pila_zlib_decompressobj_eof(d));
        if (pila_zlib_decompressobj_eof(d))
            say_stream_ends(pila_buf_view(&p->out), p->wbits);
        else say_null();
        say_close(']');
    }
    pila_zlib_decompressobj_free(d);
    pila_buf_done(&back);
}

/* ---- decompressing by pieces ---- */

static void decompressobj(const json *op)
{
    pila_str zdict = arg_data(op, 2);
    pila_error err;
    pila_status st =
        pila_zlib_decompressobj_new(arg_level(op, 1), has_arg(op, 2) ? &zdict : NULL,
                                    &unpackers[unpackers_n], &err);

    if (st != PILA_OK) say_fault(st, &err);
    else {
        unpackers_n++;
        say_null();
    }
}

static pila_zlib_decompressobj *unpacker_of(const json *op)
{
    size_t k = (size_t)arg_int(op, 1, 0);

    return k < unpackers_n ? unpackers[k] : NULL;
}

static void say_after(pila_zlib_decompressobj *d, pila_str out)
{
    say_open('[');
    say_data(out);
    say_bool(pila_zlib_decompressobj_eof(d));
    say_data(pila_zlib_decompressobj_unused_data(d));
    say_data(pila_zlib_decompressobj_unconsumed_tail(d));
    say_close(']');
}

/* Data, or the tail where it has no pointer, with a limit; 0 is none, as in Python. */
static void unpack(pila_zlib_decompressobj *d, pila_str data, size_t most)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st = begun(&out) ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK)
        st = pila_zlib_decompressobj_decompress(d, data,
                                                most ? most : PILA_ZLIB_UNLIMITED, &out,
                                                &err);
    if (st == PILA_OK) say_after(d, since(&out));
    else if (kept(&out)) say_fault(st, &err);
    pila_buf_done(&out);
}

static void d_decompress(const json *op)
{
    pila_zlib_decompressobj *d = unpacker_of(op);

    if (d) unpack(d, arg_data(op, 2), (size_t)arg_int(op, 3, 0));
    else say_null();
}

static void d_rest(const json *op)
{
    pila_zlib_decompressobj *d = unpacker_of(op);

    if (d)
        unpack(d, pila_zlib_decompressobj_unconsumed_tail(d),
               (size_t)arg_int(op, 2, 0));
    else say_null();
}

static void d_flush(const json *op)
{
    pila_zlib_decompressobj *d = unpacker_of(op);
    pila_buf out = {0};
    pila_error err;

    if (!d) {
        say_null();
        return;
    }
    pila_status st = begun(&out) ? PILA_OK : PILA_ENOMEM;
    if (st == PILA_OK)
        st = pila_zlib_decompressobj_flush(d, (size_t)arg_int(op, 2, 0),
                                           PILA_ZLIB_UNLIMITED, &out, &err);
    if (st == PILA_OK) say_after(d, since(&out));
    else if (kept(&out)) say_fault(st, &err);
    pila_buf_done(&out);
}

static void d_copy(const json *op)
{
    pila_zlib_decompressobj *d = unpacker_of(op);
    pila_error err;
    pila_status st =
        d ? pila_zlib_decompressobj_copy(d, &unpackers[unpackers_n], &err) : PILA_OK;

    if (d && st == PILA_OK) unpackers_n++;
    if (st == PILA_OK) say_null();
    else say_fault(st, &err);
}

static void d_state(const json *op)
{
    pila_zlib_decompressobj *d = unpacker_of(op);

    if (d) say_after(d, pila_str_of("", 0));
    else say_null();
}

/* ---- chunks ---- */

static void compressed(const json *op)
{
    pila_str zdict;
    pila_zlib_options options = options_of(op, 5, &zdict);
    int wbits = arg_level(op, 4);
    pila_iter it =
        pila_zlib_compressed(packed_chunks(op), arg_level(op, 3), wbits, &options);
    pila_buf out = {0};
    pila_status st = packed_gather(&it, &out);

    if (st == PILA_OK) {
        packed_sign(pila_buf_view(&out));
        say_open('[');
        say_stream_ends(pila_buf_view(&out), wbits);
        say_bool(reads_back(pila_buf_view(&out), wbits, zdict, arg_data(op, 1)));
        say_close(']');
    } else say_status(st);
    pila_buf_done(&out);
}

static void decompressed(const json *op)
{
    pila_str zdict = arg_data(op, 4);
    pila_error err = {0};
    pila_iter it = pila_zlib_decompressed(packed_chunks(op), arg_level(op, 3),
                                          has_arg(op, 4) ? &zdict : NULL,
                                          arg_most(op, 5, -1), &err);
    pila_buf out = {0};
    pila_status st = packed_gather(&it, &out);

    say_open('[');
    say_data(pila_buf_view(&out));
    if (st == PILA_OK) say_null();
    else if (st == PILA_ELIMIT) say_text("limit", 5);
    else say_text(err.message, strlen(err.message));
    say_close(']');
    pila_buf_done(&out);
}

static const operation operations[] = {{"crc32", crc32_of},
                                       {"adler32", adler32_of},
                                       {"crc32_combine", crc32_combined},
                                       {"adler32_combine", adler32_combined},
                                       {"compress", compress_once},
                                       {"decompress", decompress_once},
                                       {"compressobj", compressobj},
                                       {"c_compress", c_compress},
                                       {"c_flush", c_flush},
                                       {"c_copy", c_copy},
                                       {"c_check", c_check},
                                       {"decompressobj", decompressobj},
                                       {"d_decompress", d_decompress},
                                       {"d_rest", d_rest},
                                       {"d_flush", d_flush},
                                       {"d_copy", d_copy},
                                       {"d_state", d_state},
                                       {"compressed", compressed},
                                       {"decompressed", decompressed},
                                       {"sign", say_signed},
                                       {NULL, NULL}};

const module zlib_module = {"zlib", operations, true, begin, say_null, finish};
