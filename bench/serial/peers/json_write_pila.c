/* json_write_pila.c - pila's contestants: into a buffer that is used again, and piece
 * by piece to nowhere.
 */
#include "json_write.h"

#include <pila/serial/json.h>

typedef struct document {
    pila_doc doc;
    pila_value value;
    pila_buf out;
    size_t bytes;
} document;

static void *pila_load(const char *text, size_t n)
{
    document *d = (document *)pila_alloc_zero(1, sizeof *d);

    if (!d) return NULL;
    if (pila_json_loads(&d->doc, pila_str_of(text, n), NULL, &d->value, NULL) ==
        PILA_OK)
        return d;
    pila_doc_done(&d->doc);
    pila_free(d);
    return NULL;
}

static pila_json_dump_options minified(void)
{
    pila_json_dump_options how = {0};

    how.separated = how.keep_unicode = true;
    how.item_separator = pila_cstr(",");
    how.key_separator = pila_cstr(":");
    return how;
}

static const char *pila_write(void *document_, size_t *n)
{
    document *d = (document *)document_;
    pila_json_dump_options how = minified();

    pila_buf_clear(&d->out);
    if (pila_json_dumps(d->value, &how, &d->out, NULL) != PILA_OK) return NULL;
    *n = d->out.len;
    return d->out.data;
}

static pila_status take(void *ctx, pila_str piece)
{
    document *d = (document *)ctx;

    /* The first round keeps the text, so that it can be compared. */
    if (d->bytes + piece.len > d->out.len) {
        d->bytes += piece.len;
        return pila_buf_add(&d->out, piece);
    }
    d->bytes += piece.len;
    return PILA_OK;
}

static const char *pila_write_pieces(void *document_, size_t *n)
{
    document *d = (document *)document_;
    pila_json_dump_options how = minified();

    d->bytes = 0;
    if (pila_json_encode(d->value, &how, take, d, NULL) != PILA_OK) return NULL;
    *n = d->bytes;
    return d->out.data;
}

static void pila_free_document(void *document_)
{
    document *d = (document *)document_;

    pila_buf_done(&d->out);
    pila_doc_done(&d->doc);
    pila_free(d);
}

const json_write_peer json_write_pila = {.name = "pila",
                                         .load = pila_load,
                                         .write = pila_write,
                                         .free = pila_free_document};
const json_write_peer json_write_pieces = {.name = "pila, in pieces",
                                           .load = pila_load,
                                           .write = pila_write_pieces,
                                           .free = pila_free_document};
