/* text_pila.c - pila_buf. */
#include "text.h"

#include <pila/core/str.h>

#include <stdlib.h>

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static pila_buf *fresh(void)
{
    pila_buf *b = (pila_buf *)calloc(1, sizeof *b);

    if (!b) abort();
    return b;
}

static void *pila_append(const text_pieces *pieces)
{
    pila_buf *b = fresh();

    for (size_t k = 0; k < pieces->n; k++) {
        uint32_t at = pieces->at[k];
        must(pila_buf_add(b, pila_str_of(pieces->text + at, pieces->at[k + 1] - at)));
    }
    return b;
}

static void *pila_append_chars(const char *text, size_t n)
{
    pila_buf *b = fresh();

    for (size_t k = 0; k < n; k++) must(pila_buf_add_char(b, text[k]));
    return b;
}

static const char *pila_data(void *buffer, size_t *len)
{
    *len = ((pila_buf *)buffer)->len;
    return ((pila_buf *)buffer)->data;
}

static void pila_free_buffer(void *buffer)
{
    pila_buf_done((pila_buf *)buffer);
    free(buffer);
}

const text_peer text_pila = {
    .name = "pila",
    .append = pila_append,
    .append_chars = pila_append_chars,
    .data = pila_data,
    .free = pila_free_buffer,
};
