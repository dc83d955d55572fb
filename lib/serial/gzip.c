/* gzip.c - handles and streams of chunks; see gzip.h. Readers are in gzip_read.c, above
 * gzip_member.c, which knows the format, and gzip_ahead.c, its thread; writers in
 * gzip_write.c, above gzip_pool.c, their threads.
 *
 * The two iterators are a reader and a writer between two streams. A reader takes its
 * input from any iterator of views, so that chunks are inflated where they are; what it
 * gives is its window, one item at a time. A writer's sink is a buffer, and what is in
 * it after a chunk, if anything, is the next item: no more than 64 KiB wait in a
 * writer, with threads some blocks.
 *
 * A source that asks the iterator it feeds would find it in the midst of a step: the
 * flag `busy` makes that a fault.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "gzip_member.h"

#include <errno.h>
#include <fcntl.h>

/* ---- handles ---- */

int pila__gzip_open(const char *path, int flags)
{
    int fd;

    do fd = open(path, flags | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

pila_gzip_in pila_gzip_from_fd(int fd)
{
    pila_gzip_in in;

    memset(&in, 0, sizeof in);
    in.fd = fd;
    return in;
}

pila_gzip_in pila_gzip_from_file(FILE *file)
{
    pila_gzip_in in = pila_gzip_from_fd(-1);

    in.file = file;
    return in;
}

pila_gzip_in pila_gzip_from_mem(pila_str data)
{
    pila_gzip_in in = pila_gzip_from_fd(-1);

    in.text = data;
    in.in_memory = true;
    return in;
}

pila_gzip_in pila_gzip_from_read(pila_gzip_source *read, void *ctx)
{
    pila_gzip_in in = pila_gzip_from_fd(-1);

    in.read = read;
    in.ctx = ctx;
    return in;
}

pila_gzip_out pila_gzip_to_fd(int fd)
{
    pila_gzip_out to;

    memset(&to, 0, sizeof to);
    to.fd = fd;
    return to;
}

pila_gzip_out pila_gzip_to_file(FILE *file)
{
    pila_gzip_out to = pila_gzip_to_fd(-1);

    to.file = file;
    return to;
}

pila_gzip_out pila_gzip_to_buf(pila_buf *buf)
{
    pila_gzip_out to = pila_gzip_to_fd(-1);

    to.buf = buf;
    return to;
}

pila_gzip_out pila_gzip_to_sink(pila_gzip_sink *write, void *ctx)
{
    pila_gzip_out to = pila_gzip_to_fd(-1);

    to.write = write;
    to.ctx = ctx;
    return to;
}

/* ---- streams of chunks ---- */

typedef struct gzip_stream {
    pila_iter src;
    pila_gzip_reader *reader; /* of src */
    pila_gzip_writer *writer; /* to out */
    pila_buf out;
    pila_str item;
    pila_error *err;
    bool busy, over;
} gzip_stream;

/* Yield the item; what a busy iterator was asked has ended it, and that stays. */
static bool gzip_stream_yield(pila_iter *it, gzip_stream *s, pila_status st)
{
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK || s->item.len == 0)
        return pila_iter_end(it, st == PILA_OK ? PILA_END : st);
    it->cur = (const char *)&s->item;
    it->end = it->cur + sizeof s->item;
    return true;
}

static bool gzip_stream_inflate(pila_iter *it)
{
    gzip_stream *s = (gzip_stream *)it->state;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    pila_status st = pila_gzip_read_view(s->reader, &s->item);
    if (st != PILA_OK && s->err) {
        *s->err = *pila_gzip_reader_error(s->reader);
        s->err->status = st;
    }
    return gzip_stream_yield(it, s, st);
}

static bool gzip_stream_deflate(pila_iter *it)
{
    gzip_stream *s = (gzip_stream *)it->state;
    pila_status st = PILA_OK;
    pila_str chunk;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    pila_buf_clear(&s->out);
    while (st == PILA_OK && s->out.len == 0 && !s->over) {
        const void *item = pila_next(&s->src, sizeof chunk);

        if (item) {
            memcpy(&chunk, item, sizeof chunk);
            st = pila_gzip_write(s->writer, chunk);
        } else {
            s->over = true;
            st = pila_iter_outcome(&s->src);
            if (st == PILA_OK) st = pila_gzip_finish(s->writer);
        }
    }
    s->item = pila_buf_view(&s->out);
    return gzip_stream_yield(it, s, st);
}

static pila_iter gzip_stream_drop(pila_iter *it)
{
    gzip_stream *s = (gzip_stream *)it->state;
    pila_iter src = s->src;

    pila_gzip_reader_free(s->reader);
    pila_gzip_writer_free(s->writer);
    pila_buf_done(&s->out);
    pila_free(s);
    return src;
}

/* A stream over chunks, without its reader or writer; NULL: it has been dropped. */
static gzip_stream *gzip_stream_new(pila_iter chunks, pila_status *why)
{
    gzip_stream *s = NULL;

    *why = chunks.status == PILA_END ? PILA_OK : chunks.status;
    if (chunks.status == PILA_OK && chunks.type->kind != PILA_KIND_STR)
        *why = PILA_ETYPE;
    if (*why == PILA_OK) {
        s = (gzip_stream *)pila_alloc_zero(1, sizeof *s);
        if (!s) *why = PILA_ENOMEM;
    }
    if (s) s->src = chunks;
    else pila_iter_drop(&chunks);
    return s;
}

static pila_iter gzip_stream_iter(gzip_stream *s, const pila_iter_ops *ops,
                                  pila_status st)
{
    if (!s) return pila_failed(st);
    pila_iter it = pila_iter_make(&pila_view, ops, s);

    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

pila_iter pila_gzip_compressed(pila_iter chunks, const pila_gzip_write_options *options)
{
    static const pila_iter_ops ops = {gzip_stream_deflate, gzip_stream_drop, NULL};
    pila_status st;
    gzip_stream *s = gzip_stream_new(chunks, &st);

    if (s) st = pila_gzip_writer_new(&s->writer, pila_gzip_to_buf(&s->out), options);
    return gzip_stream_iter(s, &ops, st);
}

pila_iter pila_gzip_decompressed(pila_iter chunks, pila_error *err)
{
    static const pila_iter_ops ops = {gzip_stream_inflate, gzip_stream_drop, NULL};
    pila_status st;
    gzip_stream *s = gzip_stream_new(chunks, &st);

    if (s && !(s->reader = pila__gzip_reader_over(&s->src))) st = PILA_ENOMEM;
    if (s) s->err = err;
    return gzip_stream_iter(s, &ops, st);
}
