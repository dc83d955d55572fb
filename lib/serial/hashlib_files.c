/* hashlib_files.c - files, chunks and lists of files, into several hashes in one pass.
 *
 * What reads works on copies of the hashes, which take the place of the others when all
 * went well: a disk that fails in the middle leaves the hashes as they were.
 *
 * A block is read once, by READ bytes, and goes to the hashes by PIECE bytes: the block
 * is small enough to lie in the second cache, a piece in the first one, so that all but
 * the first of the hashes find it there. Blocks of 64 KiB cost more system calls, of
 * 1 MiB more memory traffic; between 128 and 512 KiB nothing could be told apart.
 *
 * mmap was rejected: a file that is cut short under it would end the program.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "hashlib.h"

#include "hashlib_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILES_READ = 256 << 10, FILES_PIECE = 16 << 10 /* bytes */ };

pila_status pila_hashlib_update_each(pila_hashlib *h, size_t n, pila_str data)
{
    size_t most = n > 1 ? (size_t)FILES_PIECE : data.len;

    while (data.len) {
        pila_str piece = pila_str_of(data.ptr, data.len < most ? data.len : most);
        for (size_t k = 0; k < n; k++) {
            pila_status st = pila_hashlib_update(&h[k], piece);
            if (st != PILA_OK) return st;
        }
        data = pila_str_of(data.ptr + piece.len, data.len - piece.len);
        if (n == 0) break;
    }
    return PILA_OK;
}

/* ---- copies, for what may fail halfway ---- */

static void files_end(pila_hashlib *h, size_t n)
{
    if (!h) return;
    for (size_t k = 0; k < n; k++) pila_hashlib_done(&h[k]);
    pila_free(h);
}

/* Copies of n hashes; NULL: no memory. */
static pila_hashlib *files_copy(const pila_hashlib *h, size_t n)
{
    pila_hashlib *made = (pila_hashlib *)pila_alloc_zero(n, sizeof *made);

    for (size_t k = 0; made && k < n; k++) {
        if (pila_hashlib_copy(&h[k], &made[k]) == PILA_OK) continue;
        files_end(made, k);
        return NULL;
    }
    return made;
}

/* Put the copies in their place, or drop them where st is a fault. */
static pila_status files_settle(pila_hashlib *h, pila_hashlib *made, size_t n,
                                pila_status st)
{
    for (size_t k = 0; st == PILA_OK && k < n; k++) {
        pila_hashlib old = h[k];
        h[k] = made[k];
        made[k] = old;
    }
    files_end(made, n);
    return st;
}

pila_status pila_hashlib_update_from(pila_hashlib *h, size_t n, pila_iter chunks)
{
    bool fits = chunks.status != PILA_OK || chunks.type->kind == PILA_KIND_STR;
    pila_hashlib *made = fits ? files_copy(h, n) : NULL;
    pila_status st = !fits ? PILA_ETYPE : made ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK) {
        PILA_FOR(pila_str, chunk, &chunks) {
            st = pila_hashlib_update_each(made, n, *chunk);
            if (st != PILA_OK) break;
        }
        if (st == PILA_OK) st = pila_iter_outcome(&chunks);
        st = files_settle(h, made, n, st);
    }
    pila_iter_drop(&chunks);
    return st;
}

/* ---- one file ---- */

/* Some of the next bytes, 0 at the end, or -1 and errno. A FILE that is interrupted
 * gives what it has. */
static ptrdiff_t files_read(FILE *file, int fd, char *into)
{
    ptrdiff_t got;

    do {
        if (file) {
            got = (ptrdiff_t)fread(into, 1, FILES_READ, file);
            if (!ferror(file)) return got;
            if (errno != EINTR) return -1;
            clearerr(file);
            if (got == 0) got = -1;
        } else got = read(fd, into, FILES_READ);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* All that is left, to the hashes themselves. errno is that of what failed. */
static pila_status files_feed(pila_hashlib *h, size_t n, FILE *file, int fd, char *room)
{
    ptrdiff_t got;

    while ((got = files_read(file, fd, room)) > 0) {
        pila_status st = pila_hashlib_update_each(h, n, pila_str_of(room, (size_t)got));
        if (st != PILA_OK) return st;
    }
    return got < 0 ? PILA_EIO : PILA_OK;
}

static pila_status files_digest(pila_hashlib *h, size_t n, FILE *file, int fd)
{
    char *room = (char *)pila_alloc(FILES_READ, 1);
    pila_hashlib *made = room ? files_copy(h, n) : NULL;
    pila_status st = made ? files_feed(made, n, file, fd, room) : PILA_ENOMEM;
    int error = errno;

    if (made) st = files_settle(h, made, n, st);
    pila_free(room);
    errno = error;
    return st;
}

pila_status pila_hashlib_file_digest(pila_hashlib *h, size_t n, FILE *file)
{
    clearerr(file); /* of what was before, so that a fault is told */
    return files_digest(h, n, file, -1);
}

pila_status pila_hashlib_file_digest_fd(pila_hashlib *h, size_t n, int fd)
{
    return files_digest(h, n, NULL, fd);
}

/* ---- by name ---- */

/* An open descriptor; `text` gets the path with a NUL behind it. */
static pila_status files_open(pila_str path, pila_buf *text, int *fd)
{
    if (path.len && memchr(path.ptr, 0, path.len)) return PILA_EVALUE;
    text->len = 0;
    pila_status st = pila_buf_add(text, path);
    if (st == PILA_OK) st = pila_buf_add_char(text, '\0');
    if (st != PILA_OK) return st;
    do *fd = open(text->data, O_RDONLY | O_CLOEXEC);
    while (*fd < 0 && errno == EINTR);
    return *fd < 0 ? PILA_EIO : PILA_OK;
}

static void files_close(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
}

pila_status pila_hashlib_file_digest_path(pila_hashlib *h, size_t n, pila_str path)
{
    pila_buf text = {NULL, 0, 0, 0};
    int fd = -1;
    pila_status st = files_open(path, &text, &fd);
    int error = errno;

    pila_buf_done(&text);
    errno = error;
    if (st != PILA_OK) return st;
    st = files_digest(h, n, NULL, fd);
    files_close(fd);
    return st;
}

/* ---- many files ---- */

typedef struct files_state {
    pila_iter paths;
    size_t n;
    pila_hashlib *first, *now; /* what each file starts from, and the one at hand */
    char *room;                /* of FILES_READ bytes */
    pila_buf text, digest;
    pila_file_digest item;
    pila_member member[4];
    pila_tuple tuple; /* what an item is */
} files_state;

static pila_status files_one(files_state *s, pila_str path)
{
    int fd = -1;
    pila_status st = files_open(path, &s->text, &fd);

    if (st != PILA_OK) return st;
    for (size_t k = 0; k < s->n && st == PILA_OK; k++)
        st = pila__hashlib_assign(&s->now[k], &s->first[k]);
    if (st == PILA_OK) st = files_feed(s->now, s->n, NULL, fd, s->room);
    files_close(fd);
    for (size_t k = 0; k < s->n && st == PILA_OK; k++)
        st = pila_hashlib_finish(&s->now[k], 0, &s->digest);
    return st;
}

static bool files_refill(pila_iter *it)
{
    files_state *s = (files_state *)it->state;
    const pila_str *path = (const pila_str *)pila_next(&s->paths, sizeof *path);

    if (!path) return pila_iter_end(it, s->paths.status);
    s->digest.len = 0;
    pila_status st = files_one(s, *path);
    if (st == PILA_ENOMEM) return pila_iter_end(it, st);
    s->item.path = *path;
    s->item.digest = st == PILA_OK ? pila_buf_view(&s->digest) : pila_str_of(NULL, 0);
    s->item.status = (int32_t)st;
    s->item.error = st == PILA_EIO ? errno : 0;
    it->cur = (const char *)&s->item;
    it->end = it->cur + sizeof s->item;
    return true;
}

static pila_iter files_drop(pila_iter *it)
{
    files_state *s = (files_state *)it->state;
    pila_iter paths = s->paths;

    files_end(s->first, s->n);
    files_end(s->now, s->n);
    pila_free(s->room);
    pila_buf_done(&s->text);
    pila_buf_done(&s->digest);
    pila_free(s);
    return paths;
}

static size_t files_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const files_state *)it->state)->paths);
}

static pila_status files_make(files_state *s, const pila_hashlib *h)
{
    s->first = files_copy(h, s->n);
    s->now = s->first ? files_copy(h, s->n) : NULL;
    s->room = s->now ? (char *)pila_alloc(FILES_READ, 1) : NULL;
    if (!s->room) return PILA_ENOMEM;
    s->member[0].type = s->member[1].type = &pila_view;
    s->member[2].type = s->member[3].type = &pila_i32;
    return pila_tuple_struct(&s->tuple, s->member, 4);
}

pila_iter pila_hashlib_files(pila_iter paths, const pila_hashlib *h, size_t n)
{
    static const pila_iter_ops ops = {files_refill, files_drop, files_hint};
    bool fits = paths.status != PILA_OK || paths.type->kind == PILA_KIND_STR;
    files_state *s = fits ? (files_state *)pila_alloc_zero(1, sizeof *s) : NULL;

    if (!s) {
        pila_iter_drop(&paths);
        return pila_failed(fits ? PILA_ENOMEM : PILA_ETYPE);
    }
    s->paths = paths;
    s->n = n;
    pila_iter it = pila_iter_make(&s->tuple.type, &ops, s);
    pila_status st = files_make(s, h);
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}
