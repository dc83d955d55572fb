/* gzip_read.c - readers; see gzip.h.
 *
 *     buf:  base ...... ready.ptr ........ + ready.len
 *           given       to be given
 *
 * A reader has a window of bytes that are inflated but not given; `at` is the place of
 * the first of them. Where it is empty and someone wants many bytes, they are inflated
 * right where he wants them. What has been given stays in the buffer until it is filled
 * anew, so that a seek back over a few bytes costs nothing.
 *
 * With a thread the buffer is two slots, and the window is in the one that is lent: all
 * that differs is read_fill. Why nothing more comes is kept in `error`, behind the
 * window, so that bytes before a fault are always given before the fault.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "gzip_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    GZIP_READ_ROOM = PILA__GZIP_SLOTS * PILA__GZIP_SLOT,
    GZIP_READ_DIRECT = 32 << 10, /* bytes: from here on a copy costs more than a call */
    GZIP_READ_STEP = 64 << 10    /* bytes that a buffer grows by, at least */
};

struct pila_gzip_reader {
    pila__gzip_members members;
    pila__gzip_ahead ahead;
    bool threaded;
    int own; /* a descriptor to be closed, or -1 */
    char *buf;
    size_t room; /* of buf */
    const char *base;
    pila_str ready;
    uint64_t at;
    const pila_gzip_header *header;
    pila_error error;
    pila_str view; /* the item of pila_gzip_chunks */
    char few[64];  /* the buffer of who wants all at once */
};

/* ---- the window ---- */

static void gzip_read_window(pila_gzip_reader *r, const char *bytes, size_t len)
{
    r->base = bytes;
    r->ready = pila_str_of(bytes, len);
}

/* Make a window of at least one byte. PILA_END, or the fault: there is none. */
static pila_status gzip_read_fill(pila_gzip_reader *r)
{
    pila__gzip_slot *slot;
    pila_status st;
    size_t n;

    if (r->ready.len) return PILA_OK;
    if (r->error.status != PILA_OK) return r->error.status;
    if (r->threaded) {
        st = pila__gzip_ahead_next(&r->ahead, &slot);
        if (st != PILA_OK) return st;
        gzip_read_window(r, slot->bytes, slot->len);
        r->header = &slot->header;
        if (slot->len == 0) r->error = slot->error;
    } else {
        st = pila__gzip_members_read(&r->members, r->buf, r->room, &n);
        gzip_read_window(r, r->buf, n);
        if (st != PILA_OK) r->error = r->members.error;
    }
    return r->error.status;
}

static void gzip_read_use(pila_gzip_reader *r, size_t n)
{
    r->ready = pila_str_of(r->ready.ptr + n, r->ready.len - n);
    r->at += n;
}

/* Some of the next bytes, room > 0. */
static pila_status gzip_read_some(pila_gzip_reader *r, char *into, size_t room,
                                  size_t *got)
{
    pila_status st;

    *got = 0;
    if (r->ready.len == 0 && r->error.status == PILA_OK && !r->threaded &&
        (room >= GZIP_READ_DIRECT || room >= r->room)) {
        gzip_read_window(r, r->buf, 0);
        st = pila__gzip_members_read(&r->members, into, room, got);
        if (st != PILA_OK) r->error = r->members.error;
        r->at += *got;
        return st;
    }
    st = gzip_read_fill(r);
    if (st != PILA_OK) return st;
    *got = room < r->ready.len ? room : r->ready.len;
    memcpy(into, r->ready.ptr, *got);
    gzip_read_use(r, *got);
    return PILA_OK;
}

/* The end of all is no fault of who reads. */
static pila_status gzip_read_outcome(pila_status st)
{
    return st == PILA_END ? PILA_OK : st;
}

/* ---- reading ---- */

pila_status pila_gzip_read(pila_gzip_reader *r, void *into, size_t room, size_t *got)
{
    pila_status st = PILA_OK;
    size_t n = 0, some;

    while (n < room && st == PILA_OK) {
        st = gzip_read_some(r, (char *)into + n, room - n, &some);
        n += some;
    }
    *got = n;
    return n ? PILA_OK : gzip_read_outcome(st);
}

pila_status pila_gzip_read1(pila_gzip_reader *r, void *into, size_t room, size_t *got)
{
    *got = 0;
    return room ? gzip_read_outcome(gzip_read_some(r, (char *)into, room, got))
                : PILA_OK;
}

pila_status pila_gzip_peek(pila_gzip_reader *r, pila_str *out)
{
    pila_status st = gzip_read_fill(r);

    *out = r->ready;
    return gzip_read_outcome(st);
}

pila_status pila_gzip_read_view(pila_gzip_reader *r, pila_str *out)
{
    pila_status st = pila_gzip_peek(r, out);

    if (out->len) gzip_read_use(r, out->len);
    return st;
}

pila_status pila_gzip_readline(pila_gzip_reader *r, size_t most, pila_buf *out)
{
    size_t before = out->len;
    pila_status st = PILA_OK;
    const void *end = NULL;

    while (!end && out->len - before < most) {
        size_t n = most - (out->len - before);

        st = gzip_read_fill(r);
        if (st != PILA_OK) break;
        if (n > r->ready.len) n = r->ready.len;
        end = memchr(r->ready.ptr, '\n', n);
        if (end) n = (size_t)((const char *)end - r->ready.ptr) + 1;
        st = pila_buf_add(out, pila_str_of(r->ready.ptr, n));
        if (st != PILA_OK) {
            out->len = before;
            return st;
        }
        gzip_read_use(r, n);
    }
    return out->len > before ? PILA_OK : gzip_read_outcome(st);
}

/* How many bytes out has room for, of at most `most`. */
static size_t gzip_read_space(const pila_buf *out, size_t most)
{
    size_t n = out->room - out->len;

    if (out->cap && out->len >= out->cap) return 0;
    if (out->cap && n > out->cap - out->len) n = out->cap - out->len;
    return n < most ? n : most;
}

/* More room in out, which is full: half as much again, but never for more than `most`
 * bytes, or exactly that if it is exact. */
static pila_status gzip_read_grow(pila_buf *out, size_t most, bool exact)
{
    size_t cap = out->cap, step = out->len / 2, all;
    pila_status st;

    if (step < GZIP_READ_STEP) step = GZIP_READ_STEP;
    if (cap && most > (cap > out->len ? cap - out->len : 0))
        most = cap > out->len ? cap - out->len : 0;
    if (most == 0) return PILA_ELIMIT;
    if (exact || step > most) step = most;
    if (pila_add(out->len, most, &all)) out->cap = all; /* so that no more is taken */
    st = pila_buf_reserve(out, step);
    out->cap = cap;
    return st;
}

pila_status pila_gzip_read_all(pila_gzip_reader *r, size_t most, pila_buf *out)
{
    size_t before = out->len, got;
    pila_status st = PILA_OK;

    while (st == PILA_OK) {
        size_t left = most - (out->len - before), space = gzip_read_space(out, left);

        if (space == 0) {
            st = gzip_read_fill(r);
            if (st == PILA_OK) st = gzip_read_grow(out, left, false);
            continue;
        }
        st = gzip_read_some(r, out->data + out->len, space, &got);
        out->len += got;
    }
    if (st == PILA_END) return PILA_OK;
    out->len = before;
    return st;
}

ptrdiff_t pila_gzip_read_callback(void *reader, void *into, size_t room)
{
    size_t got, most = room < PTRDIFF_MAX ? room : (size_t)PTRDIFF_MAX;
    pila_status st = pila_gzip_read1((pila_gzip_reader *)reader, into, most, &got);

    if (st == PILA_OK) return (ptrdiff_t)got;
    if (st != PILA_EIO) errno = st == PILA_ENOMEM ? ENOMEM : EBADMSG;
    return -1;
}

static bool gzip_read_chunk(pila_iter *it)
{
    pila_gzip_reader *r = (pila_gzip_reader *)it->state;
    pila_status st = pila_gzip_read_view(r, &r->view);

    if (st != PILA_OK || r->view.len == 0)
        return pila_iter_end(it, st == PILA_OK ? PILA_END : st);
    it->cur = (const char *)&r->view;
    it->end = it->cur + sizeof r->view;
    return true;
}

pila_iter pila_gzip_chunks(pila_gzip_reader *r)
{
    static const pila_iter_ops ops = {gzip_read_chunk, NULL, NULL};

    return pila_iter_make(&pila_view, &ops, r);
}

/* ---- places ---- */

uint64_t pila_gzip_tell(const pila_gzip_reader *r) { return r->at; }

pila_status pila_gzip_rewind(pila_gzip_reader *r)
{
    bool can = pila__gzip_members_can_rewind(&r->members);

    if (!can) errno = ESPIPE;
    if (!can) return PILA_EIO;
    if (r->threaded) pila__gzip_ahead_stop(&r->ahead);
    gzip_read_window(r, r->buf, 0);
    r->at = 0;
    r->header = &r->members.header;
    memset(&r->error, 0, sizeof r->error);
    if (pila__gzip_members_rewind(&r->members)) return PILA_OK;
    r->error.status = PILA_EIO;
    return PILA_EIO;
}

/* Read on up to a place, or the end. */
static pila_status gzip_read_skip(pila_gzip_reader *r, uint64_t target)
{
    pila_status st = PILA_OK;

    while (r->at < target && (st = gzip_read_fill(r)) == PILA_OK) {
        uint64_t far = target - r->at;
        gzip_read_use(r, far < r->ready.len ? (size_t)far : r->ready.len);
    }
    return gzip_read_outcome(st);
}

pila_status pila_gzip_seek(pila_gzip_reader *r, int64_t offset, int whence)
{
    uint64_t from = 0, far = offset < 0 ? -(uint64_t)offset : (uint64_t)offset, target;
    pila_status st = PILA_OK;

    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END)
        return PILA_EVALUE;
    if (whence == SEEK_END) st = gzip_read_skip(r, UINT64_MAX);
    if (st != PILA_OK) return st;
    if (whence != SEEK_SET) from = r->at;
    target = from + far;
    if (offset < 0) target = far < from ? from - far : 0;
    if (target < r->at) {
        uint64_t back = r->at - target;

        if (back <= (size_t)(r->ready.ptr - r->base)) {
            r->ready = pila_str_of(r->ready.ptr - back, r->ready.len + (size_t)back);
            r->at = target;
            return PILA_OK;
        }
        st = pila_gzip_rewind(r);
    }
    return st == PILA_OK ? gzip_read_skip(r, target) : st;
}

/* ---- what is known ---- */

const pila_gzip_header *pila_gzip_reader_header(const pila_gzip_reader *r)
{
    return r->header->member ? r->header : NULL;
}

const pila_error *pila_gzip_reader_error(const pila_gzip_reader *r)
{
    return &r->error;
}

/* ---- make and end ---- */

/* Without a buffer: at_once, which has one in itself. */
static pila_gzip_reader *gzip_read_make(pila_gzip_in in, pila_iter *chunks,
                                        bool at_once, bool ahead)
{
    pila_gzip_reader *r = (pila_gzip_reader *)pila_alloc_zero(1, sizeof *r);
    pila_status st;

    if (!r) return NULL;
    r->own = -1;
    r->buf = r->few;
    r->room = sizeof r->few;
    if (!at_once) {
        r->buf = (char *)pila_alloc(GZIP_READ_ROOM, 1);
        r->room = GZIP_READ_ROOM;
    }
    r->base = r->ready.ptr = r->buf;
    r->header = &r->members.header;
    st = r->buf ? pila__gzip_members_init(&r->members, in, chunks) : PILA_ENOMEM;
    if (st == PILA_OK && ahead) {
        st = pila__gzip_ahead_init(&r->ahead, &r->members, r->buf);
        if (st == PILA_OK) r->threaded = true;
        else pila__gzip_members_done(&r->members);
    }
    r->members.at_once = at_once;
    if (st == PILA_OK) return r;
    if (!at_once) pila_free(r->buf);
    pila_free(r);
    return NULL;
}

pila_gzip_reader *pila_gzip_reader_new(pila_gzip_in in,
                                       const pila_gzip_read_options *options)
{
    return gzip_read_make(in, NULL, false, options && options->ahead);
}

pila_gzip_reader *pila__gzip_reader_over(pila_iter *chunks)
{
    return gzip_read_make(pila_gzip_from_fd(-1), chunks, false, false);
}

pila_status pila_gzip_open(pila_gzip_reader **out, const char *path,
                           const pila_gzip_read_options *options)
{
    int fd = pila__gzip_open(path, O_RDONLY);

    if (fd < 0) return PILA_EIO;
    pila_gzip_reader *r = pila_gzip_reader_new(pila_gzip_from_fd(fd), options);
    if (r) r->own = fd;
    else close(fd);
    if (r) *out = r;
    return r ? PILA_OK : PILA_ENOMEM;
}

void pila_gzip_reader_free(pila_gzip_reader *r)
{
    if (!r) return;
    if (r->threaded) pila__gzip_ahead_done(&r->ahead);
    pila__gzip_members_done(&r->members);
    if (r->own >= 0) close(r->own);
    if (r->buf != r->few) pila_free(r->buf);
    pila_free(r);
}

/* What the last four bytes say that one member holds; 0 where that cannot be. */
static size_t gzip_read_hint(pila_str data)
{
    size_t n = 0;

    if (data.len < 18) return 0;
    for (size_t k = 0; k < 4; k++)
        n |= (size_t)(unsigned char)data.ptr[data.len - 4 + k] << (8 * k);
    return n / 1032 < data.len ? n : 0;
}

pila_status pila_gzip_decompress(pila_str data, size_t most, pila_buf *out,
                                 pila_error *err)
{
    pila_gzip_reader *r = gzip_read_make(pila_gzip_from_mem(data), NULL, true, false);
    size_t hint = gzip_read_hint(data);
    pila_status st = r ? PILA_OK : PILA_ENOMEM;

    if (r && hint && hint <= most && gzip_read_space(out, hint) < hint) {
        st = gzip_read_grow(out, hint, true);
        if (st == PILA_ELIMIT) st = PILA_OK; /* it may say what is not so */
    }
    if (st == PILA_OK) st = pila_gzip_read_all(r, most, out);
    if (err && st != PILA_OK) {
        memset(err, 0, sizeof *err);
        if (r && r->error.status == st) *err = r->error;
        else snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
        err->status = st;
    }
    pila_gzip_reader_free(r);
    return st;
}
