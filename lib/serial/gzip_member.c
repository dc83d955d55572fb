/* gzip_member.c - see gzip_member.h.
 *
 * A source gives views: of its memory, of what was read into `room`, or of a chunk.
 * What has not been used of the last one is `left`; nothing else is kept, so that the
 * framing of RFC 1952 is read byte by byte from there, and inflate reads there in
 * place.
 *
 *     HEADER -> BODY -> TRAILER -> zeros, HEADER ... -> PILA_END
 *
 * Faults are those of CPython's gzip.py: the words, and which of two comes first. So
 * reserved flags and the header's CRC are not looked at, and a name may end with the
 * file. All stay in `error`, behind the bytes before them.
 *
 * inflate's window is allocated at the start, by giving it an empty dictionary: what is
 * allocated in the midst of a stream could fail in the midst of it, and zlib would not
 * go on. inflateReset keeps it, so that a file of small members costs no allocations.
 *
 * inflate saves 32 KiB of its output whenever it returns, which is why no piece is
 * small; and none is larger than GZIP_PIECE, so that the CRC finds it in the cache.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "gzip_member.h"

#include "checksum.h"

#include <errno.h>
#include <unistd.h>

enum {
    GZIP_PIECE = 256 << 10, /* bytes inflated at a time, at most */
    GZIP_FHCRC = 2,         /* RFC 1952's FLG */
    GZIP_FEXTRA = 4,
    GZIP_FNAME = 8,
    GZIP_FCOMMENT = 16
};

static const char gzip_member_cut[] =
    "Compressed file ended before the end-of-stream marker was reached";

voidpf pila__gzip_zalloc(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return pila_alloc(items, size);
}

void pila__gzip_zfree(voidpf opaque, voidpf block)
{
    (void)opaque;
    pila_free(block);
}

/* ---- faults ---- */

static pila_status gzip_member_fault(pila__gzip_members *m, pila_status st,
                                     const char *message)
{
    memset(&m->error, 0, sizeof m->error);
    m->error.status = st;
    m->error.offset = (size_t)m->taken - m->left.len;
    snprintf(m->error.message, sizeof m->error.message, "%s", message);
    return st;
}

/* A fault that has no words of gzip's. */
static pila_status gzip_member_stop(pila__gzip_members *m, pila_status st)
{
    return gzip_member_fault(m, st, st == PILA_END ? "" : pila_status_text(st));
}

static pila_status gzip_member_no_magic(pila__gzip_members *m, pila_str magic)
{
    char text[80], room[32];
    pila_buf repr = {room, 0, sizeof room, sizeof room};

    if (pila_buf_add_repr(&repr, magic, false) != PILA_OK) repr.len = 0;
    snprintf(text, sizeof text, "Not a gzipped file (b%.*s)", (int)repr.len, room);
    gzip_member_fault(m, PILA_ESYNTAX, text);
    m->error.offset -= magic.len;
    return PILA_ESYNTAX;
}

/* ---- the source ---- */

/* How many bytes were read into room; -1 and errno. */
static ptrdiff_t gzip_member_source(const pila_gzip_in *in, char *room)
{
    ptrdiff_t n;

    do {
        if (in->read) n = in->read(in->ctx, room, PILA__GZIP_INPUT);
        else if (in->file) {
            errno = 0;
            n = (ptrdiff_t)fread(room, 1, PILA__GZIP_INPUT, in->file);
            if (n == 0 && ferror(in->file)) n = -1;
            if (n < 0 && errno == EINTR) clearerr(in->file);
        } else n = read(in->fd, room, PILA__GZIP_INPUT);
    } while (n < 0 && errno == EINTR);
    return n;
}

static pila_status gzip_member_chunk(pila__gzip_members *m)
{
    const void *item;

    while (m->left.len == 0 && (item = pila_next(m->chunks, sizeof m->left)))
        memcpy(&m->left, item, sizeof m->left);
    return m->left.len ? PILA_OK : m->chunks->status;
}

/* Have at least one byte left. PILA_END: there are none; else a fault, which is noted.
 */
static pila_status gzip_member_more(pila__gzip_members *m)
{
    pila_status st = PILA_OK;

    if (m->left.len) return PILA_OK;
    if (m->ended) return PILA_END;
    if (m->chunks) st = gzip_member_chunk(m);
    else if (m->room) {
        ptrdiff_t n = gzip_member_source(&m->in, m->room);

        if (n < 0 || n > PILA__GZIP_INPUT) st = PILA_EIO;
        else m->left = pila_str_of(m->room, (size_t)n);
    } else m->left = m->in.text;
    m->taken += m->left.len;
    m->ended = m->left.len == 0 || !(m->chunks || m->room);
    if (st != PILA_OK && st != PILA_END) return gzip_member_stop(m, st);
    return m->left.len ? PILA_OK : PILA_END;
}

static void gzip_member_use(pila__gzip_members *m, size_t n)
{
    m->left = pila_str_of(m->left.ptr + n, m->left.len - n);
}

/* The next n bytes, or fewer where the source ends; into may be NULL. */
static pila_status gzip_member_take(pila__gzip_members *m, unsigned char *into,
                                    size_t n, size_t *got)
{
    pila_status st = PILA_OK;

    for (*got = 0; *got < n && (st = gzip_member_more(m)) == PILA_OK;) {
        size_t some = m->left.len < n - *got ? m->left.len : n - *got;
        if (into) memcpy(into + *got, m->left.ptr, some);
        gzip_member_use(m, some);
        *got += some;
    }
    return st == PILA_END ? PILA_OK : st;
}

/* The next n bytes, or a fault. */
static pila_status gzip_member_exact(pila__gzip_members *m, unsigned char *into,
                                     size_t n)
{
    size_t got;
    pila_status st = gzip_member_take(m, into, n, &got);

    if (st != PILA_OK || got == n) return st;
    return gzip_member_fault(m, PILA_EEOF, gzip_member_cut);
}

/* ---- the header and the trailer ---- */

/* Text up to a NUL, or to the end of all; kept in the header if it is the name. */
static pila_status gzip_member_text(pila__gzip_members *m, bool name)
{
    pila_status st;
    size_t n = 0;

    while ((st = gzip_member_more(m)) == PILA_OK) {
        const void *nul = memchr(m->left.ptr, 0, m->left.len);
        size_t some = nul ? (size_t)((const char *)nul - m->left.ptr) : m->left.len;

        if (name && n <= 255 && some <= 255 - n)
            memcpy(m->header.name + n, m->left.ptr, some);
        n = n <= 255 && some <= 255 - n ? n + some : 256;
        gzip_member_use(m, some + (nul != NULL));
        if (nul) break;
    }
    if (name) m->header.name_len = (uint8_t)(n <= 255 ? n : 0);
    if (name) m->header.name[m->header.name_len] = 0;
    return st == PILA_END ? PILA_OK : st;
}

static uint32_t gzip_member_u32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What the flags of a header announce. */
static pila_status gzip_member_fields(pila__gzip_members *m)
{
    unsigned char len[2];
    unsigned flags = m->header.flags;
    pila_status st = PILA_OK;

    if (flags & GZIP_FEXTRA) {
        st = gzip_member_exact(m, len, 2);
        if (st == PILA_OK)
            st = gzip_member_exact(m, NULL, len[0] | (size_t)len[1] << 8);
    }
    if (st == PILA_OK && flags & GZIP_FNAME) st = gzip_member_text(m, true);
    if (st == PILA_OK && flags & GZIP_FCOMMENT) st = gzip_member_text(m, false);
    if (st == PILA_OK && flags & GZIP_FHCRC) st = gzip_member_exact(m, NULL, 2);
    return st;
}

/* Up to the next member's body; PILA_END: there is none. */
static pila_status gzip_member_header(pila__gzip_members *m)
{
    unsigned char b[10];
    pila_status st = PILA_OK;
    size_t got;

    if (m->members)
        while ((st = gzip_member_more(m)) == PILA_OK && m->left.ptr[0] == 0)
            gzip_member_use(m, 1);
    if (st == PILA_OK) st = gzip_member_take(m, b, 2, &got);
    if (st == PILA_END || (st == PILA_OK && got == 0))
        return gzip_member_stop(m, PILA_END);
    if (st != PILA_OK) return st;
    if (got < 2 || b[0] != 0x1f || b[1] != 0x8b)
        return gzip_member_no_magic(m, pila_str_of((const char *)b, got));
    st = gzip_member_exact(m, b + 2, 8);
    if (st != PILA_OK) return st;
    if (b[2] != 8)
        return gzip_member_fault(m, PILA_ESYNTAX, "Unknown compression method");
    memset(&m->header, 0, sizeof m->header);
    m->header.flags = b[3];
    m->header.mtime = gzip_member_u32(b + 4);
    m->header.xfl = b[8];
    m->header.os = b[9];
    m->header.member = ++m->members;
    m->crc = 0;
    m->size = 0;
    m->full = false;
    m->phase = PILA__GZIP_BODY;
    if (inflateReset(&m->z) != Z_OK) return gzip_member_stop(m, PILA_EVALUE);
    return gzip_member_fields(m);
}

static pila_status gzip_member_trailer(pila__gzip_members *m)
{
    unsigned char b[8];
    char text[80];
    pila_status st = gzip_member_exact(m, b, 8);

    if (st != PILA_OK) return st;
    uint32_t crc = gzip_member_u32(b);
    m->phase = PILA__GZIP_HEADER;
    if (crc != m->crc) {
        snprintf(text, sizeof text, "CRC check failed 0x%lx != 0x%lx",
                 (unsigned long)crc, (unsigned long)m->crc);
        return gzip_member_fault(m, PILA_ESYNTAX,
                                 m->at_once ? "CRC check failed" : text);
    }
    if (gzip_member_u32(b + 4) == (uint32_t)m->size) return PILA_OK;
    return gzip_member_fault(m, PILA_ESYNTAX, "Incorrect length of data produced");
}

/* ---- the body ---- */

static uInt gzip_member_least(size_t a, size_t b) { return (uInt)(a < b ? a : b); }

/* Inflate some into room, which is not empty. */
static pila_status gzip_member_body(pila__gzip_members *m, char *into, size_t room,
                                    size_t *got)
{
    uInt in, out = gzip_member_least(room, GZIP_PIECE);
    char text[160];

    if (m->left.len == 0 && !m->full) {
        pila_status st = gzip_member_more(m);
        if (st == PILA_END) return gzip_member_fault(m, PILA_EEOF, gzip_member_cut);
        if (st != PILA_OK) return st;
    }
    in = gzip_member_least(m->left.len, 1u << 30);
    m->z.next_in = (Bytef *)m->left.ptr;
    m->z.avail_in = in;
    m->z.next_out = (Bytef *)into;
    m->z.avail_out = out;
    int r = inflate(&m->z, Z_NO_FLUSH);
    gzip_member_use(m, in - m->z.avail_in);
    *got = out - m->z.avail_out;
    m->full = m->z.avail_out == 0;
    m->crc = pila_crc32(m->crc, pila_str_of(into, *got));
    m->size += *got;
    if (r == Z_STREAM_END) m->phase = PILA__GZIP_TRAILER;
    if (r == Z_STREAM_END || r == Z_OK || r == Z_BUF_ERROR) return PILA_OK;
    snprintf(text, sizeof text, "Error %d while decompressing data: %s", r,
             m->z.msg ? m->z.msg : "");
    return gzip_member_fault(m, PILA_ESYNTAX, text);
}

pila_status pila__gzip_members_read(pila__gzip_members *m, char *into, size_t room,
                                    size_t *got)
{
    size_t n = 0;

    while (n < room && m->error.status == PILA_OK) {
        size_t some = 0;
        pila_status st;

        /* Before waiting for input; and a header is that of the bytes just given. */
        if (n && (m->left.len == 0 || m->phase == PILA__GZIP_HEADER)) break;
        if (m->phase == PILA__GZIP_HEADER) st = gzip_member_header(m);
        else if (m->phase == PILA__GZIP_TRAILER) st = gzip_member_trailer(m);
        else st = gzip_member_body(m, into + n, room - n, &some);
        n += some;
        m->error.status = st;
    }
    *got = n;
    return n ? PILA_OK : m->error.status;
}

/* ---- make, go back, end ---- */

static void gzip_member_restart(pila__gzip_members *m)
{
    memset(&m->error, 0, sizeof m->error);
    memset(&m->header, 0, sizeof m->header);
    m->left = pila_str_of(NULL, 0);
    m->taken = m->members = 0;
    m->ended = false;
    m->phase = PILA__GZIP_HEADER;
}

pila_status pila__gzip_members_init(pila__gzip_members *m, pila_gzip_in in,
                                    pila_iter *chunks)
{
    static const Bytef nothing[1] = {0};
    bool reads = !chunks && !in.in_memory;

    memset(m, 0, sizeof *m);
    m->in = in;
    m->chunks = chunks;
    m->start = -1;
    if (reads && !in.read)
        m->start = in.file ? ftello(in.file) : lseek(in.fd, 0, SEEK_CUR);
    m->z.zalloc = pila__gzip_zalloc;
    m->z.zfree = pila__gzip_zfree;
    gzip_member_restart(m);
    if (inflateInit2(&m->z, -MAX_WBITS) != Z_OK) return PILA_ENOMEM;
    if (inflateSetDictionary(&m->z, nothing, 0) == Z_OK)
        if (!reads || (m->room = (char *)pila_alloc(PILA__GZIP_INPUT, 1)) != NULL)
            return PILA_OK;
    inflateEnd(&m->z);
    return PILA_ENOMEM;
}

void pila__gzip_members_done(pila__gzip_members *m)
{
    inflateEnd(&m->z);
    pila_free(m->room);
}

bool pila__gzip_members_can_rewind(const pila__gzip_members *m)
{
    return m->in.read ? m->in.rewind != NULL : m->in.in_memory || m->start >= 0;
}

bool pila__gzip_members_rewind(pila__gzip_members *m)
{
    bool back = true;

    if (m->in.read) back = m->in.rewind(m->in.ctx);
    else if (m->in.file) back = fseeko(m->in.file, m->start, SEEK_SET) == 0;
    else if (!m->in.in_memory) back = lseek(m->in.fd, m->start, SEEK_SET) >= 0;
    if (back) gzip_member_restart(m);
    return back;
}
