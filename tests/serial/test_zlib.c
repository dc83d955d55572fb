/* test_zlib.c - the promises of zlib.h. What CPython says is in zlib_rows.h. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <zlib.h>

#include <pila/serial/zlib.h>

typedef struct pack_row {
    int kind;
    size_t n;
    int level, wbits;
    const char *want;
} pack_row;

typedef struct compress_row {
    int kind, level, wbits, method, mem_level, strategy, zdict;
    const char *script, *want;
} compress_row;

typedef struct stream_row {
    const unsigned char *data;
    size_t n;
} stream_row;

typedef struct unpack_row {
    int stream, wbits;
    const char *want;
} unpack_row;

typedef struct decompress_row {
    int stream, wbits, zdict;
    const char *script, *want;
} decompress_row;

#include "zlib_rows.h"

enum { TEXTS = 4, MOST = 200000 };

/* ---- texts, as zlib_rows.py makes them ---- */

static char texts[TEXTS][MOST + 8];
static pila_str zdicts[4]; /* none, the right one, another, an empty one */

static void make_texts(void)
{
    static const char *const words[] = {"spam ", "and ", "eggs, ", "bacon ", "\n"};

    zdicts[1] = pila_cstr("bacon and eggs, spam spam ");
    zdicts[2] = pila_cstr("wrong");
    for (unsigned kind = 1; kind < TEXTS; kind++) {
        uint64_t x = 12345 + kind;
        for (size_t n = 0; n < MOST;) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            unsigned byte = (unsigned)(x >> 56);
            if (kind == 1)
                for (const char *w = words[byte % 5]; *w;) texts[kind][n++] = *w++;
            else texts[kind][n++] = (char)(kind == 2 ? byte : 97 + byte % 3);
        }
    }
}

static pila_str text_of(int kind, size_t n) { return pila_str_of(texts[kind], n); }

static pila_str stream_of(int k)
{
    return pila_str_of((const char *)streams[k].data, streams[k].n);
}

static void say(pila_buf *log, const char *text)
{
    CHECK_OK(pila_buf_add(log, pila_cstr(text)));
}

static void say_what(pila_buf *log, pila_str made)
{
    char text[40];

    snprintf(text, sizeof text, "%zu:%08lx", made.len,
             crc32(0, (const Bytef *)(made.len ? made.ptr : ""), (uInt)made.len));
    say(log, text);
}

/* What came, or the message; and the buffer begins with what it held before. */
static void say_outcome(pila_buf *log, pila_status st, pila_buf *out,
                        const pila_error *err)
{
    CHECK(out->len >= 3 && memcmp(out->data, "<<<", 3) == 0);
    if (st == PILA_OK) say_what(log, pila_str_of(out->data + 3, out->len - 3));
    else {
        CHECK_INT(out->len, 3);
        CHECK_INT(err->status, st);
        CHECK_INT(err->column, err->offset + 1);
        say(log, err->message);
    }
    out->len = 3;
}

static void begin_out(pila_buf *out)
{
    memset(out, 0, sizeof *out);
    say(out, "<<<");
}

/* Other versions of zlib compress to other bytes, but say the same of faults. */
static bool same_version(void) { return !strcmp(zlibVersion(), ZLIB_ROWS_VERSION); }

static bool is_outcome(const char *want) { return strncmp(want, "Error", 5) != 0; }

/* ---- what CPython says ---- */

static void compress_is_cpythons(void **state)
{
    pila_buf out, log = {0}, back = {0};
    pila_error err;

    (void)state;
    begin_out(&out);
    for (size_t k = 0; k < COUNT_OF(pack_rows); k++) {
        const pack_row *r = &pack_rows[k];
        pila_str text = text_of(r->kind, r->n);
        int wbits = r->wbits == 8 ? 9 : r->wbits; /* which is what zlib takes it for */
        ROW(r->want);
        log.len = back.len = 0;
        pila_status st = pila_zlib_compress(text, r->level, r->wbits, &out, &err);
        if (st == PILA_OK) { /* and back, the limit being just enough */
            pila_str packed = pila_str_of(out.data + 3, out.len - 3);
            CHECK_OK(pila_zlib_decompress(packed, wbits, r->n, &back, &err));
            CHECK(pila_str_eq(pila_buf_view(&back), text));
            back.len = 0;
            if (r->n)
                CHECK_STATUS(pila_zlib_decompress(packed, wbits, r->n - 1, &back, &err),
                             PILA_ELIMIT);
            CHECK_INT(back.len, 0);
        } else CHECK_STATUS(st, PILA_EVALUE);
        say_outcome(&log, st, &out, &err);
        if (same_version() || st != PILA_OK) CHECK_TEXT(pila_buf_view(&log), r->want);
    }
    ROW(NULL);
    pila_buf_done(&out);
    pila_buf_done(&log);
    pila_buf_done(&back);
}

static void decompress_is_cpythons(void **state)
{
    pila_buf out, log = {0};
    pila_error err;

    (void)state;
    begin_out(&out);
    for (size_t k = 0; k < COUNT_OF(unpack_rows); k++) {
        const unpack_row *r = &unpack_rows[k];
        ROW(r->want);
        log.len = 0;
        pila_status st = pila_zlib_decompress(stream_of(r->stream), r->wbits,
                                              PILA_ZLIB_UNLIMITED, &out, &err);
        say_outcome(&log, st, &out, &err);
        CHECK_TEXT(pila_buf_view(&log), r->want);
        pila_status want = !strncmp(r->want, "Error -5", 8)   ? PILA_EEOF
                           : !strncmp(r->want, "Error -2", 8) ? PILA_EVALUE
                           : is_outcome(r->want)              ? PILA_OK
                                                              : PILA_ESYNTAX;
        CHECK_STATUS(st, want);
    }
    ROW(NULL);
    pila_buf_done(&out);
    pila_buf_done(&log);
}

static size_t number_of(const char **script)
{
    char *end;
    long n = strtol(*script, &end, 10);

    *script = end;
    return (size_t)n;
}

static void compress_script(const compress_row *r, pila_buf *log)
{
    pila_zlib_options o = {r->method, r->mem_level, r->strategy, NULL};
    pila_zlib_compressobj *c = NULL, *other = NULL;
    const char *at = r->script, *text = texts[r->kind];
    pila_buf out;
    pila_error err;

    begin_out(&out);
    if (r->zdict) o.zdict = &zdicts[1];
    pila_status st = pila_zlib_compressobj_new(r->level, r->wbits, &o, &c, &err);
    if (st != PILA_OK) {
        CHECK_STATUS(st, PILA_EVALUE);
        say_outcome(log, st, &out, &err);
        CHECK(!c);
    }
    for (const char *sep = ""; c && *at; sep = "; ", at += *at == ' ') {
        char op = *at++;
        size_t n = op == 'c' ? 0 : number_of(&at);
        say(log, sep);
        if (op == 'd') {
            st = pila_zlib_compressobj_compress(c, pila_str_of(text, n), &out, &err);
            text += n;
        } else if (op == 'f') st = pila_zlib_compressobj_flush(c, (int)n, &out, &err);
        else {
            st = pila_zlib_compressobj_copy(c, &other, &err);
            if (st == PILA_OK) {
                pila_zlib_compressobj_free(c);
                c = other;
            }
        }
        say_outcome(log, st, &out, &err);
        if (st != PILA_OK) CHECK_STATUS(st, PILA_EVALUE);
    }
    pila_zlib_compressobj_free(c);
    pila_buf_done(&out);
}

static void compressobj_is_cpythons(void **state)
{
    pila_buf log = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(compress_rows); k++) {
        const compress_row *r = &compress_rows[k];
        if (!same_version() && *r->script) continue;
        ROW(r->script);
        log.len = 0;
        compress_script(r, &log);
        CHECK_TEXT(pila_buf_view(&log), r->want);
    }
    ROW(NULL);
    pila_buf_done(&log);
}

/* An empty script is that of an object which could not be made. */
static void decompress_script(const decompress_row *r, pila_buf *log)
{
    pila_zlib_decompressobj *d = NULL, *other = NULL;
    const char *at = r->script, *text = (const char *)streams[r->stream].data;
    const char *end = text + streams[r->stream].n;
    pila_buf out;
    pila_error err;
    char eof[8];

    begin_out(&out);
    pila_status st =
        pila_zlib_decompressobj_new(r->wbits, r->zdict ? &zdicts[r->zdict] : NULL, &d,
                                    &err);
    if (st != PILA_OK) say_outcome(log, st, &out, &err);
    for (const char *sep = ""; d && *at; sep = "; ", at += *at == ' ') {
        char op = *at++;
        size_t n = op == 'c' ? 0 : number_of(&at), max = n;
        if (op == 'd') {
            at++;
            max = number_of(&at);
            if (n > (size_t)(end - text)) n = (size_t)(end - text);
        }
        if (!max) max = PILA_ZLIB_UNLIMITED;
        say(log, sep);
        if (op == 'd') {
            st = pila_zlib_decompressobj_decompress(d, pila_str_of(text, n), max, &out,
                                                    &err);
            text += n;
        } else if (op == 't') {
            pila_str tail = pila_zlib_decompressobj_unconsumed_tail(d);
            st = pila_zlib_decompressobj_decompress(d, tail, max, &out, &err);
        } else if (op == 'f')
            st = pila_zlib_decompressobj_flush(d, n, PILA_ZLIB_UNLIMITED, &out, &err);
        else {
            st = pila_zlib_decompressobj_copy(d, &other, &err);
            if (st == PILA_OK) {
                pila_zlib_decompressobj_free(d);
                d = other;
            }
        }
        say_outcome(log, st, &out, &err);
        snprintf(eof, sizeof eof, " %d ", pila_zlib_decompressobj_eof(d));
        say(log, eof);
        say_what(log, pila_zlib_decompressobj_unconsumed_tail(d));
        say(log, " ");
        say_what(log, pila_zlib_decompressobj_unused_data(d));
    }
    pila_zlib_decompressobj_free(d);
    pila_buf_done(&out);
}

static void decompressobj_is_cpythons(void **state)
{
    pila_buf log = {0};
    char name[300];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(decompress_rows); k++) {
        const decompress_row *r = &decompress_rows[k];
        snprintf(name, sizeof name, "stream %d, wbits %d, zdict %d: %s", r->stream,
                 r->wbits, r->zdict, r->script);
        ROW(name);
        log.len = 0;
        decompress_script(r, &log);
        CHECK_TEXT(pila_buf_view(&log), r->want);
    }
    ROW(NULL);
    pila_buf_done(&log);
}

/* ---- limits ---- */

static pila_buf pack(pila_str text, int level, int wbits)
{
    pila_buf out = {0};

    CHECK_OK(pila_zlib_compress(text, level, wbits, &out, NULL));
    return out;
}

/* Bytes of the library that live, and the most that ever did: each block is behind its
 * size. */
static struct {
    size_t now, most;
} usage;

static void *usage_resize(void *ctx, void *p, size_t bytes)
{
    size_t *head = p ? (size_t *)p - 2 : NULL, was = head ? *head : 0;

    (void)ctx;
    head = realloc(head, bytes + 2 * sizeof *head);
    if (!head) return NULL;
    *head = bytes;
    usage.now += bytes - was;
    if (usage.most < usage.now) usage.most = usage.now;
    return head + 2;
}

static void usage_release(void *ctx, void *p)
{
    (void)ctx;
    if (!p) return;
    usage.now -= ((size_t *)p)[-2];
    free((size_t *)p - 2);
}

static const pila_allocator usage_hook = {usage_resize, usage_release, NULL};

enum { BOMB = 64 << 20, CAP = 1 << 20, SLACK = 256 << 10 };

static void usage_stop(size_t cap)
{
    CHECK_INT(usage.now, 0);
    CHECK(usage.most <= cap + SLACK);
    pila_mem_hook(NULL);
}

static void usage_start(void)
{
    memset(&usage, 0, sizeof usage);
    pila_mem_hook(&usage_hook);
}

static void bomb_1028x(void **state)
{
    char *zeros = calloc(BOMB, 1);
    pila_buf bomb = pack(pila_str_of(zeros, BOMB), 9, PILA_ZLIB_WBITS), out = {0};
    pila_str data = pila_buf_view(&bomb);
    pila_zlib_decompressobj *d;
    pila_error err;
    size_t all = 0;

    (void)state;
    free(zeros);
    CHECK(BOMB / bomb.len >= 1027);
    usage_start(); /* at once */
    CHECK_STATUS(pila_zlib_decompress(data, PILA_ZLIB_WBITS, CAP, &out, &err),
                 PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    pila_buf_done(&out);
    usage_stop(CAP);

    usage_start(); /* by an object, whose buffer has a cap: it can go on afterwards */
    out.cap = CAP;
    CHECK_OK(pila_zlib_decompressobj_new(PILA_ZLIB_WBITS, NULL, &d, &err));
    CHECK_STATUS(pila_zlib_decompressobj_decompress(d, data, PILA_ZLIB_UNLIMITED, &out,
                                                    &err),
                 PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    for (pila_str left = data; !pila_zlib_decompressobj_eof(d); all += out.len) {
        out.len = 0;
        CHECK_OK(pila_zlib_decompressobj_decompress(d, left, CAP, &out, &err));
        left = pila_zlib_decompressobj_unconsumed_tail(d);
    }
    CHECK_INT(all, BOMB);
    pila_zlib_decompressobj_free(d);
    pila_buf_done(&out);
    usage_stop(CAP + bomb.len); /* the tail is kept */

    usage_start(); /* by an iterator */
    pila_iter it = pila_zlib_decompressed(pila_span(&data, 1, &pila_view),
                                          PILA_ZLIB_WBITS, NULL, CAP, &err);
    all = 0;
    PILA_FOR(pila_str, v, &it) all += v->len;
    CHECK_STATUS(it.status, PILA_ELIMIT);
    CHECK_STATUS(err.status, PILA_ELIMIT);
    CHECK_INT(all, CAP);
    pila_iter_drop(&it);
    usage_stop(0);
    pila_buf_done(&bomb);
}

static void a_limit_that_is_just_enough_is_enough(void **state)
{
    pila_buf packed = pack(text_of(1, 70000), 6, PILA_ZLIB_GZIP), out = {0};
    pila_zlib_decompressobj *d;

    (void)state;
    for (size_t most = 69998; most <= 70001; most++) {
        pila_str data = pila_buf_view(&packed);
        pila_status want = most < 70000 ? PILA_ELIMIT : PILA_OK;
        CHECK_STATUS(pila_zlib_decompress(data, PILA_ZLIB_GZIP, most, &out, NULL),
                     want);
        CHECK_INT(out.len, want ? 0 : 70000);
        out.len = 0;
        CHECK_OK(pila_zlib_decompressobj_new(PILA_ZLIB_GZIP, NULL, &d, NULL));
        CHECK_OK(pila_zlib_decompressobj_decompress(d, data, 0, &out, NULL));
        CHECK_INT(out.len, 0); /* and all of it is the tail */
        CHECK_INT(pila_zlib_decompressobj_unconsumed_tail(d).len, data.len);
        CHECK_STATUS(pila_zlib_decompressobj_flush(d, 1, most, &out, NULL), want);
        CHECK_INT(out.len, want ? 0 : 70000);
        CHECK_INT(pila_zlib_decompressobj_eof(d), want == PILA_OK);
        CHECK_INT(pila_zlib_decompressobj_unconsumed_tail(d).len, want ? data.len : 0);
        out.len = 0;
        if (want) /* it is as it was */
            CHECK_OK(pila_zlib_decompressobj_flush(d, 1, 70000, &out, NULL));
        out.len = 0;
        pila_zlib_decompressobj_free(d);
        pila_iter it = pila_zlib_decompressed(pila_span(&data, 1, &pila_view),
                                              PILA_ZLIB_GZIP, NULL, most, NULL);
        while (pila_next_item(&it)) {}
        CHECK_STATUS(pila_iter_outcome(&it), want);
        pila_iter_drop(&it);
    }
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

static void a_full_buffer_leaves_the_compressor_as_it_was(void **state)
{
    pila_str noise = text_of(2, 50000);
    pila_zlib_compressobj *c;
    pila_buf out = {0}, want = {0};
    pila_error err;

    (void)state;
    for (int level = 0; level < 10; level += 3) {
        CHECK_OK(pila_zlib_compressobj_new(level, PILA_ZLIB_WBITS, NULL, &c, &err));
        out.len = 0;
        for (int turn = 0; turn < 40; turn++) {
            size_t len = out.len;
            out.cap = len + (size_t)turn * 100 + 1;
            pila_status st = pila_zlib_compressobj_compress(c, noise, &out, &err);
            if (st != PILA_OK) {
                CHECK_STATUS(st, PILA_ELIMIT);
                CHECK_INT(out.len, len);
                out.cap = 0;
                CHECK_OK(pila_zlib_compressobj_compress(c, noise, &out, &err));
            }
        }
        size_t len = out.len;
        out.cap = len + 1;
        CHECK_STATUS(pila_zlib_compressobj_flush(c, PILA_Z_FINISH, &out, &err),
                     PILA_ELIMIT);
        out.cap = 0;
        CHECK_OK(pila_zlib_compressobj_flush(c, PILA_Z_FINISH, &out, &err));
        pila_zlib_compressobj_free(c);
        want.len = 0;
        CHECK_OK(pila_zlib_decompress(pila_buf_view(&out), PILA_ZLIB_WBITS, 40 * 50000,
                                      &want, &err));
        for (size_t k = 0; k < 40; k++)
            CHECK(memcmp(want.data + k * noise.len, noise.ptr, noise.len) == 0);
    }
    pila_buf_done(&out);
    pila_buf_done(&want);
}

/* ---- data that is not whole, or more than that ---- */

static void truncated_at_every_byte(void **state)
{
    static const int all_wbits[] = {PILA_ZLIB_WBITS, PILA_ZLIB_RAW, PILA_ZLIB_GZIP};
    const char *message =
        "Error -5 while decompressing data: incomplete or truncated stream";
    pila_zlib_decompressobj *d;
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all_wbits); k++) {
        pila_buf packed = pack(text_of(3, 900), 6, all_wbits[k]);
        for (size_t n = 0; n < packed.len; n++) {
            pila_str cut = pila_str_of(packed.data, n);
            out.len = 0;
            CHECK_STATUS(pila_zlib_decompress(cut, all_wbits[k], 900, &out, &err),
                         PILA_EEOF);
            CHECK_TEXT(pila_cstr(err.message), message);
            CHECK_INT(err.offset, n);
            CHECK_INT(out.len, 0);
            CHECK_OK(pila_zlib_decompressobj_new(all_wbits[k], NULL, &d, &err));
            CHECK_OK(pila_zlib_decompressobj_decompress(d, cut, PILA_ZLIB_UNLIMITED,
                                                        &out, &err));
            CHECK_OK(
                pila_zlib_decompressobj_flush(d, 1, PILA_ZLIB_UNLIMITED, &out, &err));
            CHECK(!pila_zlib_decompressobj_eof(d));
            CHECK(out.len <= 900 && !memcmp(out.data, texts[3], out.len));
            pila_zlib_decompressobj_free(d);
            size_t before = out.len, got = 0;
            pila_iter it = pila_zlib_decompressed(pila_span(&cut, 1, &pila_view),
                                                  all_wbits[k], NULL, 900, &err);
            PILA_FOR(pila_str, v, &it) got += v->len;
            CHECK_INT(got, before); /* what stands before the end is yielded */
            CHECK_STATUS(it.status, PILA_EEOF);
            CHECK_TEXT(pila_cstr(err.message), message);
            pila_iter_drop(&it);
        }
        pila_buf_done(&packed);
    }
    pila_buf_done(&out);
}

static void trailing_data_is_unused_data(void **state)
{
    pila_buf packed = pack(text_of(1, 500), 6, PILA_ZLIB_GZIP), out = {0};
    size_t whole = packed.len;
    pila_zlib_decompressobj *d;

    (void)state;
    CHECK_OK(pila_buf_add(&packed, pila_cstr("left over")));
    for (size_t cut = 0; cut <= packed.len; cut++) {
        out.len = 0;
        CHECK_OK(pila_zlib_decompressobj_new(PILA_ZLIB_GZIP, NULL, &d, NULL));
        CHECK_OK(pila_zlib_decompressobj_decompress(d, pila_str_of(packed.data, cut),
                                                    PILA_ZLIB_UNLIMITED, &out, NULL));
        CHECK_INT(pila_zlib_decompressobj_eof(d), cut >= whole);
        CHECK_OK(pila_zlib_decompressobj_decompress(d,
                                                    pila_str_of(packed.data + cut,
                                                                packed.len - cut),
                                                    PILA_ZLIB_UNLIMITED, &out, NULL));
        CHECK(pila_zlib_decompressobj_eof(d));
        CHECK_INT(out.len, 500);
        CHECK_TEXT(pila_zlib_decompressobj_unused_data(d), "left over");
        /* what it keeps itself may be what it is given */
        for (int k = 0; k < 6; k++)
            CHECK_OK(pila_zlib_decompressobj_decompress(
                d, pila_zlib_decompressobj_unused_data(d), 5, &out, NULL));
        CHECK_INT(pila_zlib_decompressobj_unused_data(d).len, 64 * strlen("left over"));
        pila_zlib_decompressobj_free(d);
    }
    CHECK_OK(
        pila_zlib_decompress(pila_buf_view(&packed), PILA_ZLIB_GZIP, 500, &out, NULL));
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

static void dictionaries_have_less_than_4_gib(void **state)
{
    pila_str huge = pila_str_of("", (size_t)UINT32_MAX + 1);
    pila_zlib_options o = {0};
    pila_zlib_compressobj *c = NULL;
    pila_zlib_decompressobj *d = NULL;
    pila_error err;

    (void)state;
    o.zdict = &huge;
    CHECK_STATUS(pila_zlib_compressobj_new(6, PILA_ZLIB_WBITS, &o, &c, &err),
                 PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(err.message), "zdict length does not fit in an unsigned int");
    CHECK_STATUS(pila_zlib_decompressobj_new(PILA_ZLIB_WBITS, &huge, &d, &err),
                 PILA_EOVERFLOW);
    CHECK(!c && !d);
    pila_iter it =
        pila_zlib_compressed(pila_span(NULL, 0, &pila_view), 6, PILA_ZLIB_WBITS, &o);
    CHECK_STATUS(it.status, PILA_EOVERFLOW);
    it = pila_zlib_decompressed(pila_span(NULL, 0, &pila_view), PILA_ZLIB_WBITS, &huge,
                                1, NULL);
    CHECK_STATUS(it.status, PILA_EOVERFLOW);
}

static void flush_wants_a_length(void **state)
{
    pila_zlib_decompressobj *d;
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_OK(pila_zlib_decompressobj_new(PILA_ZLIB_WBITS, NULL, &d, NULL));
    CHECK_STATUS(pila_zlib_decompressobj_flush(d, 0, 1, &out, &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "length must be greater than zero");
    pila_zlib_decompressobj_free(d);
    pila_zlib_decompressobj_free(NULL);
    pila_zlib_compressobj_free(NULL);
}

/* ---- memory that runs out ---- */

/* What a run does with two objects, a call at a time; a call that finds no memory is
 * made again when there is some, and must then do what it would have done. */
typedef struct reuse {
    pila_zlib_compressobj *c;
    pila_zlib_decompressobj *d;
    pila_buf packed, back;
    size_t steps; /* calls made by now */
} reuse;

static pila_status reuse_step(reuse *r, size_t step, size_t *at)
{
    pila_zlib_compressobj *c;
    pila_zlib_decompressobj *d;
    pila_str piece =
        pila_str_of(texts[step % 3] + step * 1000, step * step * 400 % 30011);
    pila_status st;

    if (step % 7 == 3) {
        st = pila_zlib_compressobj_copy(r->c, &c, NULL);
        if (st != PILA_OK) return st;
        pila_zlib_compressobj_free(r->c);
        r->c = c;
    } else if (step % 7 == 5)
        return pila_zlib_compressobj_flush(r->c, PILA_Z_SYNC_FLUSH, &r->packed, NULL);
    else if (step % 7 == 6) {
        st = pila_zlib_decompressobj_copy(r->d, &d, NULL);
        if (st != PILA_OK) return st;
        pila_zlib_decompressobj_free(r->d);
        r->d = d;
    } else if (step % 7 == 4) {
        size_t max = step % 2 ? PILA_ZLIB_UNLIMITED : 9000;
        st = pila_zlib_decompressobj_decompress(r->d,
                                                pila_str_of(r->packed.data + *at,
                                                            r->packed.len - *at),
                                                max, &r->back, NULL);
        if (st != PILA_OK) return st;
        *at = r->packed.len - pila_zlib_decompressobj_unconsumed_tail(r->d).len;
    } else return pila_zlib_compressobj_compress(r->c, piece, &r->packed, NULL);
    return PILA_OK;
}

/* Run, the n-th allocation failing; whether any did. */
static bool reuse_run(long n, int forever, const pila_buf *want, pila_buf *got)
{
    reuse r = {0};
    size_t at = 0;
    bool failed = false;

    check_alloc_start();
    CHECK_OK(pila_zlib_compressobj_new(1, PILA_ZLIB_WBITS, NULL, &r.c, NULL));
    CHECK_OK(pila_zlib_decompressobj_new(PILA_ZLIB_WBITS, NULL, &r.d, NULL));
    check_alloc_fail(n, forever);
    for (size_t step = 0; step < 36; step++) {
        size_t packed = r.packed.len, back = r.back.len;
        pila_status st = reuse_step(&r, step, &at);
        if (st != PILA_OK) {
            CHECK_STATUS(st, PILA_ENOMEM);
            CHECK(r.packed.len == packed && r.back.len == back);
            check_alloc_fail(0, 0);
            failed = true;
            CHECK_OK(reuse_step(&r, step, &at));
        }
    }
    check_alloc_fail(0, 0);
    CHECK_OK(pila_zlib_compressobj_flush(r.c, PILA_Z_FINISH, &r.packed, NULL));
    CHECK_OK(pila_zlib_decompressobj_decompress(r.d,
                                                pila_str_of(r.packed.data + at,
                                                            r.packed.len - at),
                                                PILA_ZLIB_UNLIMITED, &r.back, NULL));
    CHECK(pila_zlib_decompressobj_eof(r.d));
    if (want) CHECK(pila_str_eq(pila_buf_view(&r.back), pila_buf_view(want)));
    pila_zlib_compressobj_free(r.c);
    pila_zlib_decompressobj_free(r.d);
    pila_buf_done(&r.packed);
    if (got) { /* outlives the hook */
        got->data = malloc(r.back.len);
        got->len = r.back.len;
        memcpy(got->data, r.back.data, r.back.len);
    }
    pila_buf_done(&r.back);
    check_alloc_stop();
    return failed;
}

static void oom_then_reuse(void **state)
{
    pila_buf want = {0};
    long runs = 0;

    (void)state;
    CHECK(!reuse_run(0, 0, NULL, &want));
    CHECK(want.len > 100000);
    for (int forever = 0; forever < 2; forever++)
        for (long n = 1; reuse_run(n, forever, &want, NULL); n++) runs++;
    CHECK(runs > 80);
    free(want.data);
}

static pila_status all_at_once(void *ctx)
{
    pila_buf packed = {0}, back = {0};
    pila_error err;
    pila_status st = pila_zlib_compress(text_of(*(int *)ctx, 150000), 1, PILA_ZLIB_GZIP,
                                        &packed, &err);

    if (st == PILA_OK)
        st = pila_zlib_decompress(pila_buf_view(&packed), PILA_ZLIB_GZIP, 150000, &back,
                                  &err);
    if (st == PILA_OK) CHECK_INT(back.len, 150000);
    else {
        CHECK_STATUS(err.status, st);
        CHECK_INT(back.len, 0);
    }
    pila_buf_done(&packed);
    pila_buf_done(&back);
    return st;
}

static pila_status make_objects(void *ctx)
{
    pila_zlib_options o = {0, 1, 0, &zdicts[1]};
    pila_zlib_compressobj *c = NULL, *c2 = NULL;
    pila_zlib_decompressobj *d = NULL, *d2 = NULL;
    int raw = *(int *)ctx ? PILA_ZLIB_RAW : PILA_ZLIB_WBITS;
    pila_buf packed = {0}, back = {0};

    pila_status st = pila_zlib_compressobj_new(6, raw, &o, &c, NULL);
    if (st == PILA_OK) st = pila_zlib_compressobj_copy(c, &c2, NULL);
    if (st == PILA_OK)
        st = pila_zlib_compressobj_compress(c2, text_of(1, 3000), &packed, NULL);
    if (st == PILA_OK)
        st = pila_zlib_compressobj_flush(c2, PILA_Z_FINISH, &packed, NULL);
    if (st == PILA_OK) st = pila_zlib_decompressobj_new(raw, &zdicts[1], &d, NULL);
    if (st == PILA_OK)
        st = pila_zlib_decompressobj_decompress(d, pila_buf_view(&packed), 100, &back,
                                                NULL);
    if (st == PILA_OK) st = pila_zlib_decompressobj_copy(d, &d2, NULL);
    if (st == PILA_OK) st = pila_zlib_decompressobj_flush(d2, 9, 5000, &back, NULL);
    if (st == PILA_OK) CHECK(pila_str_eq(pila_buf_view(&back), text_of(1, 3000)));
    pila_zlib_compressobj_free(c);
    pila_zlib_compressobj_free(c2);
    pila_zlib_decompressobj_free(d);
    pila_zlib_decompressobj_free(d2);
    pila_buf_done(&packed);
    pila_buf_done(&back);
    return st;
}

/* ---- iterators ---- */

/* A source of views of `cut` bytes each, and then a status; it may ask `asks`. */
typedef struct pieces {
    pila_str text, view;
    size_t cut;
    pila_status end;
    pila_iter *asks;
    int drops;
} pieces;

static bool pieces_refill(pila_iter *it)
{
    pieces *p = it->state;
    size_t n = p->cut < p->text.len ? p->cut : p->text.len;

    if (p->asks) CHECK(!pila_next_item(p->asks));
    if (n == 0) return pila_iter_end(it, p->end);
    p->view = pila_str_of(p->text.ptr, n);
    p->text = pila_str_of(p->text.ptr + n, p->text.len - n);
    it->cur = (const char *)&p->view;
    it->end = it->cur + sizeof p->view;
    return true;
}

static pila_iter pieces_drop(pila_iter *it)
{
    ((pieces *)it->state)->drops++;
    return pila_failed(PILA_END);
}

static pila_iter pieces_of(pieces *p, pila_str text, size_t cut)
{
    static const pila_iter_ops ops = {pieces_refill, pieces_drop, NULL};

    memset(p, 0, sizeof *p);
    p->text = text;
    p->cut = cut;
    p->end = PILA_END;
    return pila_iter_make(&pila_view, &ops, p);
}

static pila_status gather(pila_iter *it, pila_buf *out)
{
    pila_status st = PILA_OK;

    PILA_FOR(pila_str, v, it) {
        CHECK(v->len && v->len <= 64 << 10);
        if (st == PILA_OK) st = pila_buf_add(out, *v);
    }
    if (st == PILA_OK) st = pila_iter_outcome(it);
    CHECK(!pila_next_item(it)); /* for ever */
    pila_iter_drop(it);
    return st;
}

static void iterators_take_any_pieces(void **state)
{
    static const size_t cuts[] = {1, 7, 1000, 65536, MOST};
    pila_buf packed = {0}, back = {0};
    pieces p;

    (void)state;
    for (int kind = 0; kind < TEXTS; kind++)
        for (size_t k = 0; k < COUNT_OF(cuts); k++) {
            packed.len = back.len = 0;
            pila_iter it =
                pila_zlib_compressed(pieces_of(&p, text_of(kind, MOST), cuts[k]), 1,
                                     PILA_ZLIB_GZIP, NULL);
            CHECK_OK(gather(&it, &packed));
            CHECK_INT(p.drops, 1);
            CHECK_OK(pila_buf_add(&packed, pila_cstr("trailing")));
            it = pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), cuts[k]),
                                        PILA_ZLIB_AUTO, NULL, MOST, NULL);
            CHECK_OK(gather(&it, &back));
            CHECK_INT(p.drops, 1);
            CHECK(pila_str_eq(pila_buf_view(&back), text_of(kind, MOST)));
        }
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

static void iterators_begin_with_a_dictionary(void **state)
{
    pila_zlib_options o = {0, 0, 0, &zdicts[1]};
    pila_buf packed = {0}, back = {0};
    pila_error err;
    pieces p;

    (void)state;
    pila_iter it = pila_zlib_compressed(pieces_of(&p, text_of(1, 999), 9), 6, 15, &o);
    CHECK_OK(gather(&it, &packed));
    it = pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), 9), 15,
                                &zdicts[1], 999, &err);
    CHECK_OK(gather(&it, &back));
    CHECK(pila_str_eq(pila_buf_view(&back), text_of(1, 999)));
    it = pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), 9), 15, NULL, 999,
                                &err);
    CHECK_STATUS(gather(&it, &back), PILA_ESYNTAX);
    CHECK_TEXT(pila_cstr(err.message), "Error 2 while decompressing data");
    it = pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), 9), 15,
                                &zdicts[2], 999, &err);
    CHECK_STATUS(gather(&it, &back), PILA_ESYNTAX);
    CHECK_TEXT(pila_cstr(err.message),
               "Error -3 while setting zdict: invalid input data");
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

static void a_fault_comes_behind_what_stands_before_it(void **state)
{
    pila_buf packed = pack(text_of(2, 3000), 0, PILA_ZLIB_WBITS), back = {0};
    pila_error err;
    pieces p;

    (void)state;
    packed.data[packed.len - 1] ^= 1;
    pila_iter it =
        pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), packed.len),
                               PILA_ZLIB_WBITS, NULL, PILA_ZLIB_UNLIMITED, &err);
    CHECK_STATUS(gather(&it, &back), PILA_ESYNTAX);
    CHECK_INT(back.len, 3000);
    CHECK_TEXT(pila_cstr(err.message),
               "Error -3 while decompressing data: incorrect data check");
    CHECK_INT(err.offset, packed.len);
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

static void faults_of_iterators(void **state)
{
    const int64_t number = 1;
    pila_buf packed = pack(text_of(1, 100), 6, PILA_ZLIB_WBITS), out = {0};
    pila_error err;
    pieces p;

    (void)state;
    pila_iter it = pila_zlib_compressed(pila_span(&number, 1, &pila_i64), 6, 15, NULL);
    CHECK_STATUS(it.status, PILA_ETYPE);
    it = pila_zlib_decompressed(pila_span(&number, 1, &pila_i64), 15, NULL, 9, NULL);
    CHECK_STATUS(it.status, PILA_ETYPE);
    it = pila_zlib_compressed(pieces_of(&p, text_of(1, 9), 3), 99, 15, NULL);
    CHECK_STATUS(it.status, PILA_EVALUE);
    CHECK_INT(p.drops, 1);
    it = pila_zlib_decompressed(pieces_of(&p, text_of(1, 9), 3), 99, NULL, 9, &err);
    CHECK_STATUS(it.status, PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "Invalid initialization option");
    CHECK_INT(p.drops, 1);
    it = pila_zlib_compressed(pila_failed(PILA_EIO), 6, 15, NULL);
    CHECK_STATUS(gather(&it, &out), PILA_EIO);

    it = pila_zlib_compressed(pieces_of(&p, text_of(1, 9), 3), 6, 15, NULL);
    p.end = PILA_EIO;
    CHECK_STATUS(gather(&it, &out), PILA_EIO);
    pila_str half = pila_str_of(packed.data, packed.len / 2);
    it = pila_zlib_decompressed(pieces_of(&p, half, 3), 15, NULL, 100, NULL);
    p.end = PILA_EIO;
    CHECK_STATUS(gather(&it, &out), PILA_EIO);

    it = pila_zlib_compressed(pieces_of(&p, text_of(1, 9), 3), 6, 15, NULL);
    p.asks = &it; /* a source that asks who asks it */
    CHECK_STATUS(gather(&it, &out), PILA_EVALUE);
    it = pila_zlib_decompressed(pieces_of(&p, pila_buf_view(&packed), 3), 15, NULL, 100,
                                NULL);
    p.asks = &it;
    CHECK_STATUS(gather(&it, &out), PILA_EVALUE);
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

static pila_status iterate(void *ctx)
{
    pila_buf back = {0};
    pieces p;
    pila_status st;

    (void)ctx;
    pila_iter it = pila_zlib_decompressed(
        pila_zlib_compressed(pieces_of(&p, text_of(2, MOST), 50000), 1, 15, NULL), 15,
        NULL, MOST, NULL);
    st = gather(&it, &back);
    if (st == PILA_OK) CHECK_INT(back.len, MOST);
    CHECK_INT(p.drops, 1);
    pila_buf_done(&back);
    return st;
}

static void memory_may_run_out(void **state)
{
    int kinds[] = {0, 1, 2};

    (void)state;
    for (int k = 0; k < 3; k++) check_alloc_sweep(all_at_once, &kinds[k]);
    for (int k = 0; k < 2; k++) check_alloc_sweep(make_objects, &kinds[k]);
    check_alloc_sweep(iterate, NULL);
}

/* ---- a random run ---- */

/* Compress a text in pieces, flushed now and then, and take it apart in others, with
 * limits, caps, copies and tails; the model is the text. planted: it has a wrong byte.
 */
static bool random_run(check_rng *r, bool planted)
{
    static const int all_wbits[] = {9, 15, -9, -15, 25, 31};
    int wbits = all_wbits[check_rng_below(r, COUNT_OF(all_wbits))];
    size_t n = check_rng_below(r, 30000), most = 1 + check_rng_below(r, 8000);
    pila_str text = text_of((int)check_rng_below(r, TEXTS), n);
    pila_zlib_options o = {0, 1 + (int)check_rng_below(r, 9),
                           (int)check_rng_below(r, 5), NULL};
    pila_zlib_compressobj *c;
    pila_zlib_decompressobj *d, *copy;
    pila_buf packed = {0}, back = {0};

    CHECK_OK(
        pila_zlib_compressobj_new((int)check_rng_below(r, 10), wbits, &o, &c, NULL));
    for (size_t at = 0, k; at < n; at += k) {
        k = 1 + check_rng_below(r, most);
        if (k > n - at) k = n - at;
        CHECK_OK(pila_zlib_compressobj_compress(c, pila_str_of(text.ptr + at, k),
                                                &packed, NULL));
        if (check_rng_below(r, 4) == 0)
            CHECK_OK(pila_zlib_compressobj_flush(c, (int)check_rng_below(r, 4), &packed,
                                                 NULL));
    }
    CHECK_OK(pila_zlib_compressobj_flush(c, PILA_Z_FINISH, &packed, NULL));
    pila_zlib_compressobj_free(c);
    CHECK_OK(pila_zlib_decompressobj_new(wbits, NULL, &d, NULL));
    for (size_t at = 0; !pila_zlib_decompressobj_eof(d);) {
        pila_str tail = pila_zlib_decompressobj_unconsumed_tail(d);
        size_t k = check_rng_below(r, most), room = check_rng_below(r, 5000);
        size_t max = check_rng_below(r, 3) ? room : PILA_ZLIB_UNLIMITED;
        if (k > packed.len - at) k = packed.len - at;
        pila_str piece = tail.len ? tail : pila_str_of(packed.data + at, k);
        at += tail.len ? 0 : k;
        back.cap = check_rng_below(r, 3) ? 0 : back.len + 1 + check_rng_below(r, 900);
        pila_status st = pila_zlib_decompressobj_decompress(d, piece, max, &back, NULL);
        if (st == PILA_ELIMIT) {
            back.cap = 0;
            CHECK_OK(pila_zlib_decompressobj_decompress(
                d, tail.len ? pila_zlib_decompressobj_unconsumed_tail(d) : piece, max,
                &back, NULL));
        } else CHECK_OK(st);
        if (check_rng_below(r, 5) == 0) {
            CHECK_OK(pila_zlib_decompressobj_copy(d, &copy, NULL));
            pila_zlib_decompressobj_free(d);
            d = copy;
        }
    }
    pila_zlib_decompressobj_free(d);
    if (planted && n) texts[3][n / 2]++;
    bool good = pila_str_eq(pila_buf_view(&back), text);
    if (planted && n) texts[3][n / 2]--;
    pila_buf_done(&packed);
    pila_buf_done(&back);
    return good;
}

static void what_is_packed_is_unpacked_however_it_is_cut(void **state)
{
    check_rng r = check_rng_start();
    bool seen = false;

    (void)state;
    for (int k = 0; k < 400; k++) CHECK(random_run(&r, false));
    for (int k = 0; k < 40; k++) seen = !random_run(&r, true) || seen;
    CHECK(seen); /* the run sees a planted fault */
}

/* ---- outside data ---- */

/* All of a file, or NULL where there is none. */
static pila_str load(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    size_t n = 0, got;

    if (!f) return pila_str_of(NULL, 0);
    do {
        data = realloc(data, n + (1 << 16));
        n += got = fread(data + n, 1, 1 << 16, f);
    } while (got);
    fclose(f);
    return pila_str_of(data, n);
}

/* What the corpus' own column says: "name:len=..,crc=..,eof=..,unused=.." or a message.
 * By an object, all at once. */
static void verdict(pila_str data, const char *name, int wbits, const char *want)
{
    pila_zlib_decompressobj *d;
    pila_buf out = {0};
    pila_error err;
    char got[300];

    CHECK_OK(pila_zlib_decompressobj_new(wbits, NULL, &d, &err));
    pila_status st =
        pila_zlib_decompressobj_decompress(d, data, PILA_ZLIB_UNLIMITED, &out, &err);
    if (st == PILA_OK)
        snprintf(got, sizeof got, "%s:len=%zu,crc=%08lx,eof=%d,unused=%zu", name,
                 out.len,
                 crc32(0, (const Bytef *)(out.len ? out.data : ""), (uInt)out.len),
                 pila_zlib_decompressobj_eof(d),
                 pila_zlib_decompressobj_unused_data(d).len);
    else snprintf(got, sizeof got, "%s:%s", name, err.message);
    CHECK_TEXT(pila_cstr(want), got);
    pila_zlib_decompressobj_free(d);
    pila_buf_done(&out);
}

static void streams_of_others_are_read_as_python_reads_them(void **state)
{
    const char *corpora = getenv("PILA_CORPORA");
    static const struct {
        const char *name;
        int wbits;
    } columns[] = {{"gzip", 31}, {"zlib", 15}, {"raw", -15}, {"auto", 47}};
    char path[600], file[900];
    size_t rows = 0;

    (void)state;
    if (!corpora) skip();
    snprintf(path, sizeof path, "%s/deflate/python311_zlib_verdict.tsv", corpora);
    pila_str table = load(path);
    CHECK(table.ptr);
    for (const char *at = table.ptr, *end = at + table.len; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        char line[1200];
        CHECK(stop && stop - at < (ptrdiff_t)sizeof line);
        snprintf(line, sizeof line, "%.*s", (int)(stop - at), at);
        at = stop + 1;
        char *save, *name = strtok_r(line, "\t", &save);
        ROW(name);
        snprintf(file, sizeof file, "%s/deflate/%s", corpora, name);
        pila_str data = load(file);
        for (size_t k = 0; data.ptr && k < COUNT_OF(columns); k++) {
            const char *want = strtok_r(NULL, "\t", &save);
            CHECK(want);
            verdict(data, columns[k].name, columns[k].wbits, want);
        }
        free((char *)(uintptr_t)data.ptr);
        rows += data.ptr != NULL;
    }
    printf("%zu streams\n", rows); /* the table may name some that are not there */
    CHECK(rows >= 20);
    ROW(NULL);
    free((char *)(uintptr_t)table.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compress_is_cpythons),
        cmocka_unit_test(decompress_is_cpythons),
        cmocka_unit_test(compressobj_is_cpythons),
        cmocka_unit_test(decompressobj_is_cpythons),
        cmocka_unit_test(bomb_1028x),
        cmocka_unit_test(a_limit_that_is_just_enough_is_enough),
        cmocka_unit_test(a_full_buffer_leaves_the_compressor_as_it_was),
        cmocka_unit_test(truncated_at_every_byte),
        cmocka_unit_test(trailing_data_is_unused_data),
        cmocka_unit_test(dictionaries_have_less_than_4_gib),
        cmocka_unit_test(flush_wants_a_length),
        cmocka_unit_test(oom_then_reuse),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(iterators_take_any_pieces),
        cmocka_unit_test(iterators_begin_with_a_dictionary),
        cmocka_unit_test(a_fault_comes_behind_what_stands_before_it),
        cmocka_unit_test(faults_of_iterators),
        cmocka_unit_test(what_is_packed_is_unpacked_however_it_is_cut),
        cmocka_unit_test(streams_of_others_are_read_as_python_reads_them),
    };

    make_texts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
