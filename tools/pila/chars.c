/* chars.c - the characters of a stream, as an iterator: Python's iteration over a str.
 *
 * A block is read behind the up to three bytes that were left of a split character, and
 * cut into views. A byte that is part of no UTF-8 character stands for itself. ASCII,
 * most of most text, is cut in a loop of its own.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>

enum { CHARS_BLOCK = 64 << 10, CHARS_WINDOW = 256 };

typedef struct chars_state {
    pila_bytes_in in;
    size_t at, have; /* bytes of the block that are used, that are there */
    bool ended;
    pila_str view[CHARS_WINDOW];
    char block[CHARS_BLOCK];
} chars_state;

/* More bytes behind what is left. False: the iterator has its fault. */
static bool chars_read(pila_iter *it, chars_state *s)
{
    ptrdiff_t n;

    memmove(s->block, s->block + s->at, s->have - s->at);
    s->have -= s->at;
    s->at = 0;
    do n = s->in.read(s->in.ctx, s->block + s->have, sizeof s->block - s->have);
    while (n < 0 && errno == EINTR);
    if (n < 0) return pila_iter_end(it, PILA_EIO);
    s->have += (size_t)n;
    s->ended = n == 0;
    return true;
}

/* Whether the bytes at p may be the start of a character that is not all there yet. */
static bool chars_cut_off(const char *p, size_t n)
{
    char whole[4] = {p[0], (char)0x80, (char)0x80, (char)0x80};

    if (n >= 4 || (unsigned char)p[0] < 0xc2) return false;
    for (size_t k = 1; k < n; k++) whole[k] = p[k];
    if ((unsigned char)p[0] == 0xe0 && n < 2) whole[1] = (char)0xa0;
    if ((unsigned char)p[0] == 0xf0 && n < 2) whole[1] = (char)0x90;
    return pila_utf8_sequence(whole, 4) > n;
}

/* The run of ASCII at hand, as far as there is room: how many views there are then. */
static size_t chars_ascii(chars_state *s, size_t n)
{
    while (n < CHARS_WINDOW && s->at < s->have && !(s->block[s->at] & 0x80))
        s->view[n++] = pila_str_of(s->block + s->at++, 1);
    return n;
}

static bool chars_refill(pila_iter *it)
{
    chars_state *s = it->state;
    size_t n = 0;

    while ((n = chars_ascii(s, n)) < CHARS_WINDOW) {
        const char *p = s->block + s->at;
        size_t left = s->have - s->at;
        if (left < 4 && !s->ended && (left == 0 || chars_cut_off(p, left))) {
            if (n) break; /* the block moves when more is read: yield these first */
            if (!chars_read(it, s)) return false;
            continue;
        }
        if (left == 0) break;
        size_t size = pila_utf8_sequence(p, left);
        s->view[n++] = pila_str_of(p, size ? size : 1);
        s->at += size ? size : 1;
    }
    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)s->view;
    it->end = (const char *)(s->view + n);
    return true;
}

static pila_iter chars_drop(pila_iter *it)
{
    pila_free(it->state);
    return pila_failed(PILA_END);
}

pila_iter cli_chars(pila_bytes_in in)
{
    static const pila_iter_ops ops = {chars_refill, chars_drop, NULL};
    chars_state *s = pila_alloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    s->in = in;
    s->at = s->have = 0;
    s->ended = false;
    return pila_iter_make(&pila_view, &ops, s);
}
