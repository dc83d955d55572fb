/* gzip_write.c - writers; see gzip.h.
 *
 *     write -> deflate ---------> room -> sink
 *     write -> blocks (threads) --^
 *
 * What is made waits in `room` until it is full, is flushed, or ends. Without threads
 * there is one deflate stream, and the bytes are those of CPython's GzipFile with the
 * same zlib, however the data is cut. With threads a pool compresses blocks, and the
 * user's own thread, in write, flush and finish, gives the sink those that are done, in
 * order; so the sink is called where the user expects it.
 *
 * The blocks of one member are joined by pila_crc32_combine; each ends with an empty
 * stored block, which brings it to a byte, but the last, which ends the stream. It may
 * be empty: whether a full block is the last one is not known when it is handed out.
 *
 * Whatever failed is kept in `status`, and is what every later call answers: what the
 * sink has got cannot be told from what it has not.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "gzip_pool.h"

#include "checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum {
    GZIP_WRITE_ROOM = 64 << 10,
    GZIP_WRITE_PIECE = 256 << 10, /* bytes: the CRC is taken while they are cached */
    GZIP_WRITE_HEADER = 10,       /* bytes, without a name */
    GZIP_WRITE_FLAGS = 3,         /* where FLG is */
    GZIP_WRITE_XFL = 8,
    GZIP_WRITE_FNAME = 8, /* in FLG */
    GZIP_WRITE_OS_UNIX = 3,
    GZIP_WRITE_OS_UNKNOWN = 255
};

struct pila_gzip_writer {
    pila_gzip_out to;
    int own; /* a descriptor to be closed, or -1 */
    pila_gzip_blocks blocks;
    char header[GZIP_WRITE_HEADER + 256];
    size_t header_len;
    uint64_t at;   /* bytes written, before compression */
    uint64_t size; /* of the member at hand, as far as its blocks are in room */
    uint32_t crc;
    bool begun, finished; /* of the file; of the writer */
    pila_status status;
    size_t len;             /* of room */
    pila__gzip_pool *pool;  /* NULL: no threads */
    pila__gzip_block *fill; /* being filled, or NULL */
    z_stream z;             /* without threads */
    char room[GZIP_WRITE_ROOM];
};

/* ---- out ---- */

static pila_status gzip_write_fd(int fd, pila_str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return PILA_EIO;
        bytes = pila_str_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return PILA_OK;
}

/* Not tried again: after an interrupted fwrite nobody knows what it has written. */
static pila_status gzip_write_file(FILE *file, pila_str bytes)
{
    return fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len ? PILA_OK : PILA_EIO;
}

static pila_status gzip_write_sink(const pila_gzip_out *to, pila_str bytes)
{
    if (bytes.len == 0) return PILA_OK;
    if (to->write) return to->write(to->ctx, bytes);
    if (to->buf) return pila_buf_add(to->buf, bytes);
    return to->file ? gzip_write_file(to->file, bytes) : gzip_write_fd(to->fd, bytes);
}

/* All that is in room. */
static pila_status gzip_write_out(pila_gzip_writer *w)
{
    pila_status st = gzip_write_sink(&w->to, pila_str_of(w->room, w->len));

    if (st == PILA_OK) w->len = 0;
    return st;
}

/* Into room, or to the sink. */
static pila_status gzip_write_put(pila_gzip_writer *w, const char *bytes, size_t n)
{
    if (n > GZIP_WRITE_ROOM - w->len) {
        pila_status st = gzip_write_out(w);

        if (st != PILA_OK) return st;
        if (n >= GZIP_WRITE_ROOM) return gzip_write_sink(&w->to, pila_str_of(bytes, n));
    }
    memcpy(w->room + w->len, bytes, n);
    w->len += n;
    return PILA_OK;
}

static void gzip_write_u32(char *out, uint32_t x)
{
    for (int k = 0; k < 4; k++) out[k] = (char)(x >> (8 * k) & 0xff);
}

/* A header. Of several members, only the first has the name. */
static pila_status gzip_write_begin(pila_gzip_writer *w)
{
    pila_status st = gzip_write_put(w, w->header, w->header_len);

    w->begun = true;
    w->header_len = GZIP_WRITE_HEADER;
    w->header[GZIP_WRITE_FLAGS] = 0;
    return st;
}

static pila_status gzip_write_trailer(pila_gzip_writer *w)
{
    char bytes[8];

    gzip_write_u32(bytes, w->crc);
    gzip_write_u32(bytes + 4, (uint32_t)w->size);
    w->crc = 0;
    w->size = 0;
    return gzip_write_put(w, bytes, sizeof bytes);
}

/* ---- one stream ---- */

/* Let deflate make what it makes of its input, until it has room left. */
static pila_status gzip_write_deflate(pila_gzip_writer *w, int flush)
{
    do {
        pila_status st = w->len < GZIP_WRITE_ROOM ? PILA_OK : gzip_write_out(w);

        if (st != PILA_OK) return st;
        w->z.next_out = (Bytef *)(w->room + w->len);
        w->z.avail_out = (uInt)(GZIP_WRITE_ROOM - w->len);
        int r = deflate(&w->z, flush);
        w->len = GZIP_WRITE_ROOM - w->z.avail_out;
        if (r == Z_STREAM_ERROR) return PILA_EVALUE;
    } while (w->z.avail_out == 0);
    return PILA_OK;
}

static pila_status gzip_write_stream(pila_gzip_writer *w, pila_str data)
{
    pila_status st = PILA_OK;

    while (data.len && st == PILA_OK) {
        size_t n = data.len < GZIP_WRITE_PIECE ? data.len : (size_t)GZIP_WRITE_PIECE;

        w->crc = pila_crc32(w->crc, pila_str_of(data.ptr, n));
        w->size += n;
        w->z.next_in = (Bytef *)data.ptr;
        w->z.avail_in = (uInt)n;
        st = gzip_write_deflate(w, Z_NO_FLUSH);
        data = pila_str_of(data.ptr + n, data.len - n);
    }
    return st;
}

/* ---- blocks ---- */

/* Put out a block that is done. */
static pila_status gzip_write_done(pila_gzip_writer *w, const pila__gzip_block *b)
{
    pila_status st = b->status;

    if (st == PILA_OK && !w->begun) st = gzip_write_begin(w);
    if (st == PILA_OK) st = gzip_write_put(w, b->out, b->made);
    w->crc = pila_crc32_combine(w->crc, b->crc, b->len);
    w->size += b->len;
    if (st == PILA_OK && b->flush == Z_FINISH) {
        st = gzip_write_trailer(w);
        w->begun = false;
    }
    return st;
}

/* Put out what is done; all: wait for what is not. */
static pila_status gzip_write_drain(pila_gzip_writer *w, bool all)
{
    const pila__gzip_block *b;
    pila_status st = PILA_OK;

    while (st == PILA_OK && (b = pila__gzip_pool_oldest(w->pool, all)) != NULL)
        st = gzip_write_done(w, b);
    return st;
}

/* Have a block to fill. */
static pila_status gzip_write_room(pila_gzip_writer *w)
{
    pila_status st = w->fill ? PILA_OK : pila__gzip_pool_block(w->pool, &w->fill);

    if (st != PILA_OK || w->fill) return st;
    st = gzip_write_done(w, pila__gzip_pool_oldest(w->pool, true));
    return st == PILA_OK ? pila__gzip_pool_block(w->pool, &w->fill) : st;
}

/* The block at hand is whole: have it compressed. */
static pila_status gzip_write_submit(pila_gzip_writer *w, int flush, bool last)
{
    bool member = last || w->blocks == PILA_GZIP_MEMBERS;
    pila_status st = gzip_write_room(w);

    if (st == PILA_OK)
        st = pila__gzip_pool_submit(w->pool, member ? Z_FINISH : flush, last);
    w->fill = NULL;
    return st;
}

static pila_status gzip_write_blocks(pila_gzip_writer *w, pila_str data)
{
    pila_status st = PILA_OK;

    while (data.len && st == PILA_OK) {
        st = gzip_write_room(w);
        if (st != PILA_OK) break;
        pila__gzip_block *b = w->fill;
        size_t n = PILA_GZIP_BLOCK - b->len;
        if (n > data.len) n = data.len;
        memcpy(b->in + PILA__GZIP_WINDOW + b->len, data.ptr, n);
        b->len += n;
        data = pila_str_of(data.ptr + n, data.len - n);
        if (b->len < PILA_GZIP_BLOCK) break;
        st = gzip_write_submit(w, Z_SYNC_FLUSH, false);
        if (st == PILA_OK) st = gzip_write_drain(w, false);
    }
    return st;
}

/* ---- what users call ---- */

static pila_status gzip_write_ready(const pila_gzip_writer *w)
{
    if (w->status != PILA_OK) return w->status;
    return w->finished ? PILA_EVALUE : PILA_OK;
}

pila_status pila_gzip_write(pila_gzip_writer *w, pila_str data)
{
    pila_status st = gzip_write_ready(w);

    if (st != PILA_OK || data.len == 0) return st;
    if (!w->pool && !w->begun) st = gzip_write_begin(w);
    if (st == PILA_OK)
        st = w->pool ? gzip_write_blocks(w, data) : gzip_write_stream(w, data);
    w->at += data.len;
    return w->status = st;
}

/* What is in room, and in the FILE. */
static pila_status gzip_write_through(pila_gzip_writer *w)
{
    pila_status st = gzip_write_out(w);

    if (st != PILA_OK || !w->to.file) return st;
    return fflush(w->to.file) == 0 ? PILA_OK : PILA_EIO;
}

pila_status pila_gzip_flush(pila_gzip_writer *w, pila_gzip_flush_mode mode)
{
    int flush = mode == PILA_GZIP_FULL_FLUSH ? Z_FULL_FLUSH : Z_SYNC_FLUSH;
    pila_status st = gzip_write_ready(w);

    if (st != PILA_OK) return st;
    if (w->pool && w->fill && w->fill->len) st = gzip_write_submit(w, flush, false);
    if (st == PILA_OK && w->pool) st = gzip_write_drain(w, true);
    if (st == PILA_OK && !w->begun && !w->at) st = gzip_write_begin(w);
    if (st == PILA_OK && !w->pool) st = gzip_write_deflate(w, flush);
    if (st == PILA_OK) st = gzip_write_through(w);
    return w->status = st;
}

static pila_status gzip_write_last(pila_gzip_writer *w)
{
    pila_status st = PILA_OK;
    bool whole = w->blocks == PILA_GZIP_MEMBERS && w->at && !(w->fill && w->fill->len);

    if (w->pool) {
        if (!whole) st = gzip_write_submit(w, Z_FINISH, true);
        return st == PILA_OK ? gzip_write_drain(w, true) : st;
    }
    if (!w->begun) st = gzip_write_begin(w);
    if (st == PILA_OK) st = gzip_write_deflate(w, Z_FINISH);
    return st == PILA_OK ? gzip_write_trailer(w) : st;
}

pila_status pila_gzip_finish(pila_gzip_writer *w)
{
    pila_status st = gzip_write_ready(w);

    if (st == PILA_OK) {
        w->finished = true;
        st = gzip_write_last(w);
        if (st == PILA_OK) st = gzip_write_through(w);
        w->status = st;
    }
    pila__gzip_pool_free(w->pool);
    w->pool = NULL;
    w->fill = NULL;
    if (w->own >= 0 && close(w->own) != 0 && st == PILA_OK) w->status = st = PILA_EIO;
    w->own = -1;
    return st;
}

uint64_t pila_gzip_write_tell(const pila_gzip_writer *w) { return w->at; }

pila_status pila_gzip_write_seek(pila_gzip_writer *w, int64_t offset, int whence)
{
    static const char zeros[1024] = {0};
    uint64_t target = (uint64_t)offset;
    pila_status st = gzip_write_ready(w);

    if (st != PILA_OK) return st;
    if (offset < 0 || (whence != SEEK_SET && whence != SEEK_CUR)) return PILA_EVALUE;
    if (whence == SEEK_CUR) target += w->at;
    if (target < w->at) return PILA_EVALUE;
    while (w->at < target && st == PILA_OK) {
        uint64_t n = target - w->at;
        st = pila_gzip_write(w, pila_str_of(zeros, n < sizeof zeros ? (size_t)n
                                                                    : sizeof zeros));
    }
    return st;
}

/* ---- the header ---- */

/* The last part of a path, less ".gz", in Latin-1; 0: it has no such name. */
static size_t gzip_write_name(pila_str path, char out[256])
{
    const char *p = path.ptr, *end;
    size_t n = 0;

    if (path.len == 0) return 0;
    end = p + path.len;
    for (const char *q = p; q < end; q++)
        if (*q == '/') p = q + 1;
    if (end - p >= 3 && memcmp(end - 3, ".gz", 3) == 0) end -= 3;
    while (p < end) {
        unsigned c = (unsigned char)*p;
        size_t bytes = pila_utf8_sequence(p, (size_t)(end - p));

        if (bytes == 2) c = (c & 0x1f) << 6 | ((unsigned char)p[1] & 0x3f);
        if (bytes == 0 || bytes > 2 || c == 0 || c > 0xff || n == 255) return 0;
        out[n++] = (char)c;
        p += bytes;
    }
    out[n++] = 0;
    return n > 1 ? n : 0;
}

/* Of a level that is zlib's. */
static pila_status gzip_write_header(pila_gzip_writer *w, int level, int64_t mtime,
                                     pila_str name)
{
    static const char start[] = {0x1f, (char)0x8b, 8, 0};
    size_t n = gzip_write_name(name, w->header + GZIP_WRITE_HEADER);

    if (level < -1 || level > 9) return PILA_EVALUE;
    if (mtime == PILA_GZIP_NOW) mtime = (int64_t)((uint64_t)time(NULL) & UINT32_MAX);
    if (mtime < 0 || mtime > (int64_t)UINT32_MAX) return PILA_EVALUE;
    memcpy(w->header, start, sizeof start);
    if (n) w->header[GZIP_WRITE_FLAGS] = GZIP_WRITE_FNAME;
    gzip_write_u32(w->header + 4, (uint32_t)mtime);
    w->header[GZIP_WRITE_XFL] = (char)(level == 9 ? 2 : level == 1 ? 4 : 0);
    w->header[GZIP_WRITE_XFL + 1] = (char)GZIP_WRITE_OS_UNKNOWN;
    w->header_len = GZIP_WRITE_HEADER + n;
    return PILA_OK;
}

/* ---- make and end ---- */

/* Of a level that is zlib's. */
static pila_status gzip_write_make(pila_gzip_writer **out, pila_gzip_out to, int level,
                                   const pila_gzip_write_options *options)
{
    pila_gzip_writer *w = (pila_gzip_writer *)pila_alloc(1, sizeof *w);
    pila_status st;
    int r = Z_OK;

    if (!w) return PILA_ENOMEM;
    memset(w, 0, offsetof(pila_gzip_writer, room));
    w->to = to;
    w->own = -1;
    w->blocks = options->blocks;
    st = gzip_write_header(w, level, options->mtime, options->name);
    if (st == PILA_OK && options->threads) {
        w->pool = pila__gzip_pool_new(level, options->threads,
                                      options->blocks == PILA_GZIP_LINKED);
        if (!w->pool) st = PILA_ENOMEM;
    } else if (st == PILA_OK) {
        w->z.zalloc = pila__gzip_zalloc;
        w->z.zfree = pila__gzip_zfree;
        r = deflateInit2(&w->z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        if (r != Z_OK) st = PILA_ENOMEM;
    }
    if (st == PILA_OK) *out = w;
    else pila_free(w);
    return st;
}

pila_status pila_gzip_writer_new(pila_gzip_writer **out, pila_gzip_out to,
                                 const pila_gzip_write_options *options)
{
    static const pila_gzip_write_options plain = {0, 0, {NULL, 0}, 0, PILA_GZIP_LINKED};
    const pila_gzip_write_options *o = options ? options : &plain;
    int level = o->level == 0 ? 9 : o->level == PILA_GZIP_STORED ? 0 : o->level;

    return gzip_write_make(out, to, level, o);
}

pila_status pila_gzip_create(pila_gzip_writer **out, const char *path, char mode,
                             const pila_gzip_write_options *options)
{
    pila_gzip_write_options o = {0, 0, {NULL, 0}, 0, PILA_GZIP_LINKED};
    int flags = mode == 'w' ? O_TRUNC : mode == 'a' ? O_APPEND : O_EXCL, fd;
    pila_gzip_writer *w;
    pila_status st;

    if (mode != 'w' && mode != 'a' && mode != 'x') return PILA_EVALUE;
    if (options) o = *options;
    if (o.name.len == 0) o.name = pila_cstr(path);
    st = pila_gzip_writer_new(&w, pila_gzip_to_fd(-1), &o);
    if (st != PILA_OK) return st;
    fd = pila__gzip_open(path, O_WRONLY | O_CREAT | flags);
    w->own = w->to.fd = fd;
    if (fd >= 0) *out = w;
    else pila_gzip_writer_free(w);
    return fd >= 0 ? PILA_OK : PILA_EIO;
}

void pila_gzip_writer_free(pila_gzip_writer *w)
{
    if (!w) return;
    pila__gzip_pool_free(w->pool);
    deflateEnd(&w->z);
    if (w->own >= 0) close(w->own);
    pila_free(w);
}

pila_status pila_gzip_compress(pila_str data, int level, int64_t mtime, pila_buf *out)
{
    pila_gzip_write_options o = {0, mtime, {NULL, 0}, 0, PILA_GZIP_LINKED};
    pila_gzip_writer *w;
    size_t before = out->len;
    pila_status st = gzip_write_make(&w, pila_gzip_to_buf(out), level, &o);

    if (st != PILA_OK) return st;
    if (mtime == 0) { /* Python leaves this header to zlib */
        w->header[GZIP_WRITE_XFL] = (char)(level == 9                 ? 2
                                           : level == 0 || level == 1 ? 4
                                                                      : 0);
        w->header[GZIP_WRITE_XFL + 1] = GZIP_WRITE_OS_UNIX;
    }
    st = pila_gzip_write(w, data);
    if (st == PILA_OK) st = pila_gzip_finish(w);
    pila_gzip_writer_free(w);
    if (st != PILA_OK) out->len = before;
    return st;
}
