/* zlib.c - see zlib.h.
 *
 * zlib keeps its state in blocks that it asks for, and these come from pila_alloc and
 * are listed. So a copy of their bytes is all that is needed to go back to where an
 * object was: zlib's pointers into them are right again when the bytes are back. That
 * is how a call that finds no memory for its output leaves its object as it was. The
 * copy is made where the call could fail on its way; a call whose output cannot be
 * more than it has room for by now does without. Bytes out of DEFLATE are at most
 * 1032 a byte; into it, 9/8 a byte and what has been held back so far.
 *
 * Rejected: to copy each time (a microsecond for 40 KiB of inflate, ten for the 256 of
 * deflate; as much again as the work itself where pieces are small), and to hand out
 * what has come so far: whoever asks again would have to know where to go on.
 *
 * Output is made in blocks of the sizes that CPython uses, as stored blocks (level 0)
 * end where they do. zlib counts in uInt, so that input comes to it in pieces below
 * 4 GiB. Where no more output is allowed, a spare byte tells whether there is any.
 */
#include "zlib.h"

#include "zlib_steps.h"

#include <limits.h>
#include <stdio.h>
#include <zlib.h>

#ifndef PILA__ZLIB_PIECE /* smaller for tests */
#define PILA__ZLIB_PIECE UINT_MAX
#endif

enum {
    ZLIB_BLOCKS = 8,          /* more than any zlib asks for; deflate: 5, inflate: 2 */
    ZLIB_RATIO = 1032,        /* 258 bytes from two bits */
    ZLIB_PENDING = 16 * 1024, /* more than the bits held by inflate can make */
    ZLIB_SMALL = 64 << 10,    /* room that is made for any call, to do without a copy */
    ZLIB_LARGE = 1 << 20,     /* deflate's copy takes as long as this without one */
    ZLIB_FRAME = 64,          /* header, trailer, and what a flush adds */
    ZLIB_FIRST = 16 << 10     /* Python's DEF_BUF_SIZE */
};

/* The blocks that zlib has by now. */
typedef struct zlib_memory {
    void *block[ZLIB_BLOCKS];
    size_t size[ZLIB_BLOCKS], n;
} zlib_memory;

typedef struct zlib_stream {
    z_stream z;
    zlib_memory memory;
    bool sure; /* out has room for all that can come */
} zlib_stream;

struct pila_zlib_compressobj {
    zlib_stream s;
    size_t owed, most_owed; /* bytes that may come of what has been taken in */
};

struct pila_zlib_decompressobj {
    zlib_stream s;
    pila_buf tail, unused, zdict;
    bool eof, has_zdict;
    bool ready; /* inflate has its window, and asks for no more memory */
};

/* ---- memory ---- */

static voidpf zlib_take(voidpf ctx, uInt n, uInt size)
{
    zlib_memory *m = (zlib_memory *)ctx;
    void *block = m->n < ZLIB_BLOCKS ? pila_alloc(n, size) : NULL;

    if (!block) return NULL;
    m->block[m->n] = block;
    m->size[m->n++] = (size_t)n * size;
    return block;
}

static void zlib_give(voidpf ctx, voidpf block)
{
    zlib_memory *m = (zlib_memory *)ctx;
    size_t k = 0;

    while (k < m->n && m->block[k] != block) k++;
    if (k == m->n) return;
    m->n--;
    memmove(m->block + k, m->block + k + 1, (m->n - k) * sizeof *m->block);
    memmove(m->size + k, m->size + k + 1, (m->n - k) * sizeof *m->size);
    pila_free(block);
}

static void zlib_start(zlib_stream *s)
{
    memset(s, 0, sizeof *s);
    s->z.zalloc = zlib_take;
    s->z.zfree = zlib_give;
    s->z.opaque = &s->memory;
}

/* A stream as it was: the z_stream and the blocks, one behind the other. */
typedef struct zlib_saved {
    char *bytes; /* NULL: not saved */
    size_t blocks;
} zlib_saved;

static pila_status zlib_save(const zlib_stream *s, zlib_saved *saved)
{
    size_t n = sizeof s->z;

    for (size_t k = 0; k < s->memory.n; k++) n += s->memory.size[k];
    saved->blocks = s->memory.n;
    saved->bytes = (char *)pila_alloc(n, 1);
    if (!saved->bytes) return PILA_ENOMEM;
    char *to = saved->bytes;
    memcpy(to, &s->z, sizeof s->z);
    to += sizeof s->z;
    for (size_t k = 0; k < saved->blocks; to += s->memory.size[k++])
        memcpy(to, s->memory.block[k], s->memory.size[k]);
    return PILA_OK;
}

static void zlib_restore(zlib_stream *s, const zlib_saved *saved)
{
    const char *from = saved->bytes;

    if (!from) return;
    while (s->memory.n > saved->blocks)
        zlib_give(&s->memory, s->memory.block[s->memory.n - 1]);
    memcpy(&s->z, from, sizeof s->z);
    from += sizeof s->z;
    for (size_t k = 0; k < saved->blocks; from += s->memory.size[k++])
        memcpy(s->memory.block[k], from, s->memory.size[k]);
}

/* ---- faults ---- */

pila_status pila__zlib_say(pila_error *err, pila_status st, size_t offset,
                           const char *message)
{
    if (!err) return st;
    err->status = st;
    err->offset = offset;
    err->line = 1;
    err->column = offset + 1;
    snprintf(err->message, sizeof err->message, "%s", message);
    return st;
}

static size_t zlib_offset(const zlib_stream *s) { return (size_t)s->z.total_in; }

/* No memory, or no room. */
static pila_status zlib_short(pila_error *err, pila_status st, const zlib_stream *s)
{
    return pila__zlib_say(err, st, zlib_offset(s), pila_status_text(st));
}

/* What a code of zlib says, in Python's words. */
static pila_status zlib_fault(pila_error *err, const zlib_stream *s, int code,
                              const char *doing)
{
    const char *why = s->z.msg;
    pila_status st = code == Z_STREAM_ERROR ? PILA_EVALUE
                     : code == Z_BUF_ERROR  ? PILA_EEOF
                     : code == Z_MEM_ERROR  ? PILA_ENOMEM
                                            : PILA_ESYNTAX;
    char text[sizeof err->message];

    if (!why && code == Z_BUF_ERROR) why = "incomplete or truncated stream";
    if (!why && code == Z_STREAM_ERROR) why = "inconsistent stream state";
    if (!why && code == Z_DATA_ERROR) why = "invalid input data";
    snprintf(text, sizeof text, "Error %d %s%s%s", code, doing, why ? ": " : "",
             why ? why : "");
    return pila__zlib_say(err, st, zlib_offset(s), text);
}

/* ---- input and output ---- */

static Bytef *zlib_bytes(const char *p) { return (Bytef *)(uintptr_t)p; }

/* The length that out may have when `most` bytes may be appended. */
static size_t zlib_limit(const pila_buf *out, size_t most)
{
    size_t cap = out->cap ? out->cap : PTRDIFF_MAX;

    return most < cap - out->len ? out->len + most : cap;
}

/* Room for n more bytes, but for none behind the limit. */
static pila_status zlib_reserve(pila_buf *out, size_t limit, size_t n)
{
    size_t cap = out->cap;
    pila_status st = PILA_OK;

    if (n > limit - out->len) n = limit - out->len;
    out->cap = limit;
    if (n) st = pila_buf_reserve(out, n);
    out->cap = cap;
    return st;
}

/* Let zlib write behind out, which is below its limit: n bytes at most. */
static pila_status zlib_open(zlib_stream *s, pila_buf *out, size_t limit, size_t n)
{
    bool sure = s->sure && out->room > out->len;
    pila_status st = sure ? PILA_OK : zlib_reserve(out, limit, n);

    if (st != PILA_OK) return st;
    if (n > limit - out->len) n = limit - out->len;
    if (n > out->room - out->len) n = out->room - out->len;
    s->z.next_out = zlib_bytes(out->data) + out->len;
    s->z.avail_out = n < UINT_MAX ? (uInt)n : UINT_MAX;
    return PILA_OK;
}

static void zlib_feed(z_stream *z, size_t *left)
{
    z->avail_in = *left < PILA__ZLIB_PIECE ? (uInt)*left : PILA__ZLIB_PIECE;
    *left -= z->avail_in;
}

/* The size of the k-th block of CPython's output. */
static size_t zlib_block(size_t k)
{
    static const unsigned char log[] = {15, 16, 18, 20, 22, 23, 24, 24, 25,
                                        25, 25, 25, 26, 26, 27, 27, 28};

    return (size_t)1 << log[k < sizeof log ? k : sizeof log - 1];
}

/* Compress all of data, in one mode at its end; *code is zlib's last. */
static pila_status zlib_deflate(zlib_stream *s, pila_str data, int mode, pila_buf *out,
                                size_t limit, int *code)
{
    z_stream *z = &s->z;
    size_t left = data.len, blocks = 0;
    Bytef spare;
    bool over = false;

    z->next_in = zlib_bytes(data.ptr);
    z->avail_out = 0;
    do {
        zlib_feed(z, &left);
        do {
            if (!z->avail_out) {
                over = out->len == limit;
                z->next_out = &spare;
                z->avail_out = 1;
                pila_status st =
                    over ? PILA_OK : zlib_open(s, out, limit, zlib_block(blocks++));
                if (st != PILA_OK) return st;
            }
            *code = deflate(z, left ? Z_NO_FLUSH : mode);
            if (over && !z->avail_out) return PILA_ELIMIT;
            if (!over) out->len = (size_t)((char *)z->next_out - out->data);
            if (*code == Z_STREAM_ERROR) return PILA_OK;
        } while (!z->avail_out);
    } while (left);
    return PILA_OK;
}

/* How zlib_inflate is to work, and what came of it. */
typedef struct zlib_reading {
    pila_str data;     /* what is left of it */
    pila_buf *zdict;   /* NULL: none */
    bool whole, stops; /* there is no more than this; it stops at the limit */
    int code;          /* zlib's last */
} zlib_reading;

static pila_status zlib_set_zdict(zlib_stream *s, const pila_buf *zdict,
                                  pila_error *err)
{
    const Bytef *bytes = zdict->len ? zlib_bytes(zdict->data) : (const Bytef *)"";
    int code = inflateSetDictionary(&s->z, bytes, (uInt)zdict->len);

    return code == Z_OK          ? PILA_OK
           : code == Z_MEM_ERROR ? zlib_short(err, PILA_ENOMEM, s)
                                 : zlib_fault(err, s, code, "while setting zdict");
}

/* How much room to make next: as much again as has come, but at first what n bytes
 * become as a rule; at least what there is. */
static size_t zlib_more(const pila_buf *out, size_t start, size_t n)
{
    size_t made = out->len - start, room = out->room - out->len, most = made;

    if (!made) most = n < ZLIB_LARGE ? 4 * n : 4 * (size_t)ZLIB_LARGE;
    if (most < ZLIB_FIRST) most = ZLIB_FIRST;
    return room ? room : most;
}

/* Decompress. Answers a fault of out, or of the dictionary; others are in how->code. */
static pila_status zlib_inflate(zlib_stream *s, zlib_reading *how, pila_buf *out,
                                size_t limit, pila_error *err)
{
    z_stream *z = &s->z;
    const char *end = how->data.len ? how->data.ptr + how->data.len : NULL;
    size_t left = how->data.len, start = out->len;
    pila_status st = PILA_OK;
    Bytef spare;
    bool over = false;

    z->next_in = zlib_bytes(how->data.ptr);
    z->avail_out = 0;
    how->code = Z_OK;
    do {
        zlib_feed(z, &left);
        do {
            if (!z->avail_out) {
                over = out->len == limit;
                if (over && how->stops) goto done;
                z->next_out = &spare;
                z->avail_out = 1;
                if (!over)
                    st = zlib_open(s, out, limit, zlib_more(out, start, how->data.len));
                if (st != PILA_OK) return zlib_short(err, st, s);
            }
            how->code = inflate(z, how->whole && !left ? Z_FINISH : Z_SYNC_FLUSH);
            if (over && !z->avail_out) return zlib_short(err, PILA_ELIMIT, s);
            if (!over) out->len = (size_t)((char *)z->next_out - out->data);
            if (how->code == Z_MEM_ERROR) return zlib_short(err, PILA_ENOMEM, s);
            if (how->code == Z_NEED_DICT && how->zdict) {
                st = zlib_set_zdict(s, how->zdict, err);
                if (st != PILA_OK) return st;
            } else if (how->code < 0 ? how->code != Z_BUF_ERROR
                                     : how->code == Z_NEED_DICT)
                goto done;
        } while (!z->avail_out || how->code == Z_NEED_DICT);
    } while (how->code != Z_STREAM_END && left);
done:
    if (end) {
        how->data.ptr = (const char *)z->next_in;
        how->data.len = (size_t)(end - how->data.ptr);
    }
    return PILA_OK;
}

/* ---- all at once ---- */

pila_status pila_zlib_compress(pila_str data, int level, int wbits, pila_buf *out,
                               pila_error *err)
{
    size_t start = out->len, limit = zlib_limit(out, SIZE_MAX), room;
    pila_status st;
    zlib_stream s;

    zlib_start(&s);
    int code = deflateInit2(&s.z, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) return zlib_short(err, PILA_ENOMEM, &s);
    if (code == Z_STREAM_ERROR)
        return pila__zlib_say(err, PILA_EVALUE, 0, "Bad compression level");
    if (code != Z_OK) return zlib_fault(err, &s, code, "while compressing data");
    room = data.len < ZLIB_LARGE ? (size_t)deflateBound(&s.z, (uLong)data.len)
                                 : (size_t)ZLIB_LARGE;
    s.sure = room < ZLIB_LARGE && room <= limit - start;
    st = zlib_reserve(out, limit, room);
    if (st == PILA_OK) st = zlib_deflate(&s, data, Z_FINISH, out, limit, &code);
    if (st != PILA_OK) zlib_short(err, st, &s);
    deflateEnd(&s.z);
    if (st != PILA_OK) out->len = start;
    return st;
}

pila_status pila_zlib_decompress(pila_str data, int wbits, size_t most, pila_buf *out,
                                 pila_error *err)
{
    size_t start = out->len;
    zlib_reading how = {data, NULL, true, false, Z_OK};
    pila_status st;
    zlib_stream s;

    zlib_start(&s);
    int code = inflateInit2(&s.z, wbits);
    if (code == Z_MEM_ERROR) return zlib_short(err, PILA_ENOMEM, &s);
    if (code != Z_OK)
        return zlib_fault(err, &s, code, "while preparing to decompress data");
    st = zlib_inflate(&s, &how, out, zlib_limit(out, most), err);
    if (st == PILA_OK && how.code != Z_STREAM_END)
        st = zlib_fault(err, &s, how.code, "while decompressing data");
    inflateEnd(&s.z);
    if (st != PILA_OK) out->len = start;
    return st;
}

/* ---- compressing ---- */

/* The most that n bytes can become, without what frames them. */
static bool zlib_bound(size_t n, size_t *out)
{
    return pila_add(n, (n >> 3) + (n >> 6) + 16, out);
}

static pila_status zlib_set_options(zlib_stream *s, const pila_zlib_options *o,
                                    pila_error *err)
{
    const pila_str *zdict = o->zdict;

    if (!zdict) return PILA_OK;
    const Bytef *bytes = zdict->len ? zlib_bytes(zdict->ptr) : (const Bytef *)"";
    if (deflateSetDictionary(&s->z, bytes, (uInt)zdict->len) == Z_OK) return PILA_OK;
    return pila__zlib_say(err, PILA_EVALUE, 0, "Invalid dictionary");
}

static pila_status zlib_too_long(pila_error *err)
{
    return pila__zlib_say(err, PILA_EOVERFLOW, 0,
                          "zdict length does not fit in an unsigned int");
}

static pila_status zlib_invalid(pila_error *err)
{
    return pila__zlib_say(err, PILA_EVALUE, 0, "Invalid initialization option");
}

pila_status pila_zlib_compressobj_new(int level, int wbits,
                                      const pila_zlib_options *options,
                                      pila_zlib_compressobj **out, pila_error *err)
{
    pila_zlib_options o = {0, 0, 0, NULL};
    pila_zlib_compressobj *c;

    if (options) o = *options;
    if (!o.method) o.method = Z_DEFLATED;
    if (!o.mem_level) o.mem_level = 8;
    if (o.zdict && o.zdict->len > UINT_MAX) return zlib_too_long(err);
    c = (pila_zlib_compressobj *)pila_alloc(1, sizeof *c);
    if (!c) return pila__zlib_say(err, PILA_ENOMEM, 0, pila_status_text(PILA_ENOMEM));
    zlib_start(&c->s);
    int code = deflateInit2(&c->s.z, level, o.method, wbits, o.mem_level, o.strategy);
    pila_status st =
        code == Z_OK          ? zlib_set_options(&c->s, &o, err)
        : code == Z_MEM_ERROR ? zlib_short(err, PILA_ENOMEM, &c->s)
        : code == Z_STREAM_ERROR
            ? zlib_invalid(err)
            : zlib_fault(err, &c->s, code, "while creating compression object");
    if (st == PILA_OK) {
        /* Pending bytes, and a block, each of up to four bytes a symbol; the window. */
        c->most_owed = ((size_t)8 << (o.mem_level + 6)) + (80 << 10);
        c->owed = ZLIB_FRAME;
        *out = c;
    } else pila_zlib_compressobj_free(c);
    return st;
}

/* Compress, or leave all as it was. */
static pila_status zlib_compress_some(pila_zlib_compressobj *c, pila_str data, int mode,
                                      pila_buf *out, int *code, pila_error *err)
{
    size_t start = out->len, limit = zlib_limit(out, SIZE_MAX), need = SIZE_MAX;
    zlib_saved saved = {NULL, 0};
    bool known = zlib_bound(data.len, &need) && pila_add(need, c->owed, &need);
    c->s.sure = known && need <= ZLIB_LARGE && need <= limit - start;
    pila_status st =
        c->s.sure ? zlib_reserve(out, limit, need) : zlib_save(&c->s, &saved);

    if (st == PILA_OK) {
        st = zlib_deflate(&c->s, data, mode, out, limit, code);
        if (st != PILA_OK) zlib_restore(&c->s, &saved);
    }
    pila_free(saved.bytes);
    if (st != PILA_OK) {
        out->len = start;
        return zlib_short(err, st, &c->s);
    }
    size_t made = out->len - start;
    c->owed = known && need > made ? need - made : c->most_owed;
    if (c->owed > c->most_owed) c->owed = c->most_owed;
    return PILA_OK;
}

pila_status pila_zlib_compressobj_compress(pila_zlib_compressobj *c, pila_str data,
                                           pila_buf *out, pila_error *err)
{
    int code = Z_OK;
    pila_status st = zlib_compress_some(c, data, Z_NO_FLUSH, out, &code, err);

    if (st == PILA_OK && code == Z_STREAM_ERROR)
        st = zlib_fault(err, &c->s, code, "while compressing data");
    return st;
}

pila_status pila_zlib_compressobj_flush(pila_zlib_compressobj *c, int mode,
                                        pila_buf *out, pila_error *err)
{
    int code = Z_OK;

    if (mode == Z_NO_FLUSH) return PILA_OK;
    c->owed += ZLIB_FRAME;
    pila_status st = zlib_compress_some(c, pila_str_of(NULL, 0), mode, out, &code, err);
    if (st != PILA_OK) return st;
    if (code == Z_STREAM_END) deflateEnd(&c->s.z);
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return zlib_fault(err, &c->s, code, "while flushing");
    if (mode <= Z_FINISH) c->owed = ZLIB_FRAME; /* all of it is out */
    return PILA_OK;
}

pila_status pila_zlib_compressobj_copy(pila_zlib_compressobj *c,
                                       pila_zlib_compressobj **out, pila_error *err)
{
    pila_zlib_compressobj *made = (pila_zlib_compressobj *)pila_alloc(1, sizeof *made);

    if (!made) return zlib_short(err, PILA_ENOMEM, &c->s);
    zlib_start(&made->s);
    made->owed = c->owed;
    made->most_owed = c->most_owed;
    c->s.z.opaque = &made->s.memory; /* of both while it copies */
    int code = deflateCopy(&made->s.z, &c->s.z);
    c->s.z.opaque = &c->s.memory;
    if (code == Z_OK) {
        *out = made;
        return PILA_OK;
    }
    pila_free(made);
    if (code == Z_MEM_ERROR) return zlib_short(err, PILA_ENOMEM, &c->s);
    return pila__zlib_say(err, PILA_EVALUE, zlib_offset(&c->s),
                          "Inconsistent stream state");
}

void pila_zlib_compressobj_free(pila_zlib_compressobj *c)
{
    if (c) deflateEnd(&c->s.z);
    pila_free(c);
}

pila_status pila__zlib_deflate_step(pila_zlib_compressobj *c, pila_str *data, int mode,
                                    pila__zlib_step *step, pila_error *err)
{
    z_stream *z = &c->s.z;
    size_t left = data->len;

    z->next_in = zlib_bytes(data->ptr);
    zlib_feed(z, &left);
    size_t fed = z->avail_in;
    z->next_out = zlib_bytes(step->into);
    z->avail_out = (uInt)step->room;
    int code = deflate(z, left ? Z_NO_FLUSH : mode);
    step->made = step->room - z->avail_out;
    step->ended = code == Z_STREAM_END;
    fed -= z->avail_in;
    if (fed) *data = pila_str_of(data->ptr + fed, data->len - fed);
    return code != Z_STREAM_ERROR
               ? PILA_OK
               : zlib_fault(err, &c->s, code, "while compressing data");
}

/* ---- decompressing ---- */

pila_status pila_zlib_decompressobj_new(int wbits, const pila_str *zdict,
                                        pila_zlib_decompressobj **out, pila_error *err)
{
    pila_zlib_decompressobj *d;

    if (zdict && zdict->len > UINT_MAX) return zlib_too_long(err);
    d = (pila_zlib_decompressobj *)pila_alloc_zero(1, sizeof *d);
    if (!d) return pila__zlib_say(err, PILA_ENOMEM, 0, pila_status_text(PILA_ENOMEM));
    zlib_start(&d->s);
    d->has_zdict = zdict != NULL;
    pila_status st = zdict ? pila_buf_add(&d->zdict, *zdict) : PILA_OK;
    if (st == PILA_OK) {
        int code = inflateInit2(&d->s.z, wbits);
        if (code == Z_MEM_ERROR) st = PILA_ENOMEM;
        else if (code != Z_OK)
            st = code == Z_STREAM_ERROR
                     ? zlib_invalid(err)
                     : zlib_fault(err, &d->s, code,
                                  "while creating decompression object");
        else if (zdict && wbits < 0) st = zlib_set_zdict(&d->s, &d->zdict, err);
    }
    if (st == PILA_ENOMEM) zlib_short(err, st, &d->s);
    if (st == PILA_OK) *out = d;
    else pila_zlib_decompressobj_free(d);
    return st;
}

/* Whether data lies in the buffer; then, how far into it. */
static bool zlib_inside(const pila_buf *b, pila_str data, size_t *at)
{
    uintptr_t from = (uintptr_t)data.ptr, base = (uintptr_t)b->data;
    bool inside = b->data && data.len && from >= base && from - base < b->room;

    if (inside) *at = from - base;
    return inside;
}

/* Room for n bytes in all; a view into the buffer stays right. */
static pila_status zlib_hold(pila_buf *b, size_t n, pila_str *data)
{
    size_t at = 0;
    bool inside = zlib_inside(b, *data, &at);
    pila_status st = n > b->room ? pila_buf_reserve(b, n - b->len) : PILA_OK;

    if (st == PILA_OK && inside) data->ptr = b->data + at;
    return st;
}

/* What was not read: behind the end of the stream it is unused, else the tail; and the
 * tail, too, where there was one before, as in Python. */
static pila_status zlib_keep(pila_zlib_decompressobj *d, const zlib_reading *how)
{
    pila_str rest = how->data;
    size_t unused = d->unused.len;
    bool ended = how->code == Z_STREAM_END, tail = d->tail.len || (rest.len && !ended);
    pila_status st = PILA_OK;

    if (rest.len && ended) {
        st = zlib_hold(&d->unused, unused + rest.len, &rest);
        if (st == PILA_OK) st = pila_buf_add(&d->unused, rest);
    }
    if (st == PILA_OK && tail) st = zlib_hold(&d->tail, rest.len, &rest);
    if (st == PILA_OK && tail) {
        if (rest.len) memmove(d->tail.data, rest.ptr, rest.len);
        d->tail.len = rest.len;
    }
    if (st != PILA_OK) d->unused.len = unused;
    return st;
}

/* Get ready for a call that may append `most` bytes: room for what may come, or a copy
 * of how things are. */
static pila_status zlib_prepare(pila_zlib_decompressobj *d, pila_str *data, size_t most,
                                pila_buf *out, size_t limit, zlib_saved *saved)
{
    size_t n = data->len, bound = ZLIB_PENDING + ZLIB_RATIO * ZLIB_SMALL;
    pila_status st = PILA_OK;

    if (n <= ZLIB_SMALL) bound = ZLIB_PENDING + ZLIB_RATIO * n;
    if (bound > most) bound = most;
    d->s.sure = d->ready && n <= ZLIB_SMALL && bound <= limit - out->len &&
                (bound <= ZLIB_SMALL || bound <= out->room - out->len);
    if (!d->s.sure) return zlib_save(&d->s, saved);
    if (n) st = zlib_hold(&d->unused, d->unused.len + n, data);
    if (st == PILA_OK && n) st = zlib_hold(&d->tail, n, data);
    return st == PILA_OK ? zlib_reserve(out, limit, bound) : st;
}

/* Decompress and keep the rest, or leave all as it was, unless the data is wrong. */
static pila_status zlib_read(pila_zlib_decompressobj *d, zlib_reading *how, size_t most,
                             pila_buf *out, pila_error *err)
{
    size_t start = out->len, limit = zlib_limit(out, most);
    zlib_saved saved = {NULL, 0};
    pila_status st;

    if (how->stops && limit - start < most) how->stops = false; /* out's cap */
    st = zlib_prepare(d, &how->data, most, out, limit, &saved);
    if (st != PILA_OK) {
        pila_free(saved.bytes);
        return zlib_short(err, st, &d->s);
    }
    st = zlib_inflate(&d->s, how, out, limit, err);
    if (st == PILA_OK) {
        st = zlib_keep(d, how);
        if (st != PILA_OK) zlib_short(err, st, &d->s);
    }
    if (st == PILA_ENOMEM || st == PILA_ELIMIT) zlib_restore(&d->s, &saved);
    else if (d->s.z.total_out) d->ready = true;
    if (st != PILA_OK) out->len = start;
    pila_free(saved.bytes);
    return st;
}

pila_status pila_zlib_decompressobj_decompress(pila_zlib_decompressobj *d,
                                               pila_str data, size_t max_length,
                                               pila_buf *out, pila_error *err)
{
    zlib_reading how = {data, d->has_zdict ? &d->zdict : NULL, false, true, Z_OK};
    size_t start = out->len;
    pila_status st = zlib_read(d, &how, max_length, out, err);

    if (st != PILA_OK) return st;
    if (how.code == Z_STREAM_END) d->eof = true;
    else if (how.code != Z_OK && how.code != Z_BUF_ERROR) {
        out->len = start;
        return zlib_fault(err, &d->s, how.code, "while decompressing data");
    }
    return PILA_OK;
}

pila_status pila_zlib_decompressobj_flush(pila_zlib_decompressobj *d, size_t length,
                                          size_t most, pila_buf *out, pila_error *err)
{
    zlib_reading how = {pila_buf_view(&d->tail), d->has_zdict ? &d->zdict : NULL, true,
                        false, Z_OK};
    pila_status st;

    if (length == 0)
        return pila__zlib_say(err, PILA_EVALUE, zlib_offset(&d->s),
                              "length must be greater than zero");
    st = zlib_reserve(out, zlib_limit(out, most), length);
    if (st != PILA_OK) return zlib_short(err, st, &d->s);
    d->ready = false; /* let the state be copied */
    st = zlib_read(d, &how, most, out, err);
    if (st == PILA_OK && how.code == Z_STREAM_END) {
        d->eof = true;
        inflateEnd(&d->s.z);
    }
    return st;
}

bool pila_zlib_decompressobj_eof(const pila_zlib_decompressobj *d) { return d->eof; }

pila_str pila_zlib_decompressobj_unused_data(const pila_zlib_decompressobj *d)
{
    return pila_buf_view(&d->unused);
}

pila_str pila_zlib_decompressobj_unconsumed_tail(const pila_zlib_decompressobj *d)
{
    return pila_buf_view(&d->tail);
}

pila_status pila_zlib_decompressobj_copy(pila_zlib_decompressobj *d,
                                         pila_zlib_decompressobj **out, pila_error *err)
{
    pila_zlib_decompressobj *made =
        (pila_zlib_decompressobj *)pila_alloc_zero(1, sizeof *made);

    if (!made) return zlib_short(err, PILA_ENOMEM, &d->s);
    zlib_start(&made->s);
    made->eof = d->eof;
    made->has_zdict = d->has_zdict;
    pila_status st = pila_buf_add(&made->tail, pila_buf_view(&d->tail));
    if (st == PILA_OK) st = pila_buf_add(&made->unused, pila_buf_view(&d->unused));
    if (st == PILA_OK) st = pila_buf_add(&made->zdict, pila_buf_view(&d->zdict));
    if (st == PILA_OK) {
        d->s.z.opaque = &made->s.memory; /* of both while it copies */
        int code = inflateCopy(&made->s.z, &d->s.z);
        d->s.z.opaque = &d->s.memory;
        if (code == Z_MEM_ERROR) st = PILA_ENOMEM;
        else if (code != Z_OK)
            st = pila__zlib_say(err, PILA_EVALUE, zlib_offset(&d->s),
                                "Inconsistent stream state");
    }
    if (st == PILA_ENOMEM) zlib_short(err, st, &d->s);
    if (st == PILA_OK) *out = made;
    else pila_zlib_decompressobj_free(made);
    return st;
}

void pila_zlib_decompressobj_free(pila_zlib_decompressobj *d)
{
    if (!d) return;
    inflateEnd(&d->s.z);
    pila_buf_done(&d->tail);
    pila_buf_done(&d->unused);
    pila_buf_done(&d->zdict);
    pila_free(d);
}

size_t pila__zlib_taken(const pila_zlib_decompressobj *d) { return zlib_offset(&d->s); }

pila_status pila__zlib_inflate_step(pila_zlib_decompressobj *d, pila_str *data,
                                    pila__zlib_step *step, pila_error *err)
{
    z_stream *z = &d->s.z;
    size_t left = data->len;
    int code;

    z->next_in = zlib_bytes(data->ptr);
    zlib_feed(z, &left);
    size_t fed = z->avail_in;
    z->next_out = zlib_bytes(step->into);
    z->avail_out = (uInt)step->room;
    step->made = 0;
    step->ended = false;
    while ((code = inflate(z, Z_SYNC_FLUSH)) == Z_NEED_DICT && d->has_zdict) {
        pila_status st = zlib_set_zdict(&d->s, &d->zdict, err);
        if (st != PILA_OK) return st;
    }
    step->made = step->room - z->avail_out;
    step->ended = code == Z_STREAM_END;
    fed -= z->avail_in;
    if (fed) *data = pila_str_of(data->ptr + fed, data->len - fed);
    if (code == Z_OK || code == Z_BUF_ERROR || step->ended) return PILA_OK;
    return zlib_fault(err, &d->s, code, "while decompressing data");
}
