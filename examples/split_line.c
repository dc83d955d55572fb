/* split_line.c - one line of any length, split at a separator of several bytes.
 *
 * A generator reads a chunk at a time and yields each piece as soon as it ends; a
 * separator may be cut by the edge of a chunk. So memory is that of a chunk and of the
 * longest piece, however long the line: first for what is on standard input, then for a
 * line of 32 MiB, where an allocator that counts is witness.
 */
#include <pila/itertools/generator.h>
#include <pila/itertools/sinks.h>

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 4096 };

typedef struct splitter {
    FILE *file;
    pila_str separator;
} splitter;

/* Where the separator begins in text, at or after `from`; SIZE_MAX: nowhere. */
static size_t find(pila_str text, pila_str separator, size_t from)
{
    while (from + separator.len <= text.len) {
        const char *at = (const char *)memchr(text.ptr + from, separator.ptr[0],
                                              text.len - from - separator.len + 1);
        if (!at) break;
        if (memcmp(at, separator.ptr, separator.len) == 0)
            return (size_t)(at - text.ptr);
        from = (size_t)(at - text.ptr) + 1;
    }
    return SIZE_MAX;
}

/* Yield the pieces that end in held, and keep the rest. */
static pila_status yield_pieces(pila_generator *g, pila_str separator, pila_buf *held,
                                size_t searched)
{
    pila_str text = pila_buf_view(held);
    pila_status st = PILA_OK;
    size_t start = 0, at;

    while (st == PILA_OK && (at = find(text, separator, searched)) != SIZE_MAX) {
        pila_str piece = pila_str_of(text.ptr + start, at - start);
        start = searched = at + separator.len;
        st = pila_yield(g, &piece);
    }
    held->len -= start;
    if (held->len) memmove(held->data, held->data + start, held->len);
    return st;
}

static pila_status pieces(pila_generator *g, void *ctx)
{
    const splitter *s = (const splitter *)ctx;
    pila_buf held = {0};
    pila_status st = PILA_OK;
    size_t n;

    do {
        size_t overlap = s->separator.len - 1; /* it may have begun in what is held */
        size_t searched = held.len > overlap ? held.len - overlap : 0;
        st = pila_buf_reserve(&held, CHUNK);
        n = st == PILA_OK ? fread(held.data + held.len, 1, CHUNK, s->file) : 0;
        held.len += n;
        if (n > 0) st = yield_pieces(g, s->separator, &held, searched);
    } while (st == PILA_OK && n > 0);
    if (st == PILA_OK && ferror(s->file)) st = PILA_EIO;
    if (st == PILA_OK) { /* what is behind the last separator */
        pila_str last = pila_buf_view(&held);
        st = pila_yield(g, &last);
    }
    pila_buf_done(&held);
    return st;
}

/* ---- an allocator that counts ---- */

typedef struct account {
    size_t now, most;
} account;

static void *count_resize(void *ctx, void *p, size_t bytes)
{
    account *a = (account *)ctx;
    size_t *block = p ? (size_t *)p - 2 : NULL, before = block ? *block : 0;

    block = (size_t *)realloc(block, bytes + 2 * sizeof *block);
    if (!block) return NULL;
    *block = bytes;
    a->now += bytes - before;
    if (a->now > a->most) a->most = a->now;
    return block + 2;
}

static void count_release(void *ctx, void *p)
{
    size_t *block = p ? (size_t *)p - 2 : NULL;

    if (block) ((account *)ctx)->now -= *block;
    free(block);
}

/* ---- the two lines ---- */

static int split_input(void)
{
    splitter s = {stdin, pila_cstr("<->")};
    pila_iter it = pila_generate(pieces, &s, &pila_view);

    PILA_FOR(pila_str, piece, &it) printf("[%.*s]\n", (int)piece->len, piece->ptr);
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st == PILA_OK;
}

static FILE *huge_line(size_t bytes)
{
    static const char piece[] = "no line is too long for an iterator<->";
    FILE *file = tmpfile();

    for (size_t n = 0; file && n < bytes; n += sizeof piece - 1) fputs(piece, file);
    if (file) rewind(file);
    return file;
}

static int split_huge_line(void)
{
    account a = {0, 0};
    const pila_allocator hook = {count_resize, count_release, &a};
    splitter s = {huge_line((size_t)32 << 20), pila_cstr("<->")};
    size_t n = 0;

    if (!s.file) return 0;
    pila_mem_hook(&hook);
    pila_status st = pila_len(pila_generate(pieces, &s, &pila_view), &n);
    pila_mem_hook(NULL);
    fclose(s.file);
    printf("%zu pieces of 32 MiB, in %s\n", n,
           a.most <= 4 * (size_t)CHUNK ? "four chunks at most" : "too much memory");
    return st == PILA_OK && a.now == 0 && a.most <= 4 * (size_t)CHUNK;
}

int main(void)
{
    if (split_input() && split_huge_line()) return 0;
    fprintf(stderr, "split_line: failed\n");
    return 2;
}
