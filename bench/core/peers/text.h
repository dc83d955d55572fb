/* text.h - the shape of a buffer that grows, as bench_str.c drives it. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Piece k is bytes [at[k], at[k + 1]) of text; there are n. */
typedef struct text_pieces {
    const char *text;
    const uint32_t *at;
    size_t n;
} text_pieces;

typedef struct text_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    /* All pieces, one after the other, in an empty buffer that reserved nothing. */
    void *(*append)(const text_pieces *pieces);
    /* All bytes of the text, one by one. */
    void *(*append_chars)(const char *text, size_t n);
    const char *(*data)(void *buffer, size_t *len);
    void (*free)(void *buffer);
} text_peer;

extern const text_peer text_pila, text_std, text_glib, text_hand;

#ifdef __cplusplus
}
#endif

#endif
