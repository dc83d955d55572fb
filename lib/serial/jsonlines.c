/* jsonlines.c - see jsonlines.h.
 *
 * Both iterators cut text into lines, and read each by pila_json_loads into a document
 * that is emptied first: clearing keeps a block, so that reading allocates nothing once
 * the longest line has been seen.
 *
 * The items of a list are brought into lines by pila_jsontext, which checks the text as
 * a whole, drops the brackets and commas around the items, and writes each on one line:
 * no raw newline can stand within minified JSON. The price is that an item is looked at
 * twice, at some GB/s the first time; what it saves is a second reader that can stop
 * anywhere. A fault of the text waits until the lines before it have been yielded.
 *
 *     chunks -> pila_jsontext -> lines (minified) -> pila_json_loads -> the item
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "jsonlines.h"

#include "jsontext.h"

#include <errno.h>
#include <unistd.h>

enum { JSONLINES_CHUNK = 64 << 10 /* bytes read, or written, at a time */ };

typedef struct jsonlines_state {
    pila_iter src; /* lines, or chunks; ended where there is another source */
    pila_jsonlines_options options;
    pila_doc doc;
    pila_value item;
    size_t line, offset; /* of the line at hand: from 1, bytes before it */
    bool busy;
    pila_str text; /* in memory: what is left of it */
    /* items */
    pila_jsontext *lister; /* NULL: lines */
    pila_buf lines;        /* what it made ... */
    size_t at;             /* ... and how much has been read */
    pila_status fault;     /* to end with when the lines are used up */
    FILE *file;
    int fd;      /* -1: none */
    char *chunk; /* room for what is read; NULL: in memory, or chunks */
} jsonlines_state;

/* ---- one line ---- */

static bool jsonlines_is_blank(pila_str line)
{
    for (size_t k = 0; k < line.len; k++)
        if (!memchr(" \t\r\n", line.ptr[k], 4)) return false;
    return true;
}

/* The error of a line as one of the whole text. */
static void jsonlines_place(const jsonlines_state *s, pila_json_error *error)
{
    error->at.offset += s->offset;
    error->at.line += s->line - 1;
    error->lineno += s->line - 1;
}

static bool jsonlines_read(pila_iter *it, jsonlines_state *s, pila_str line)
{
    pila_json_error *error = s->options.error;

    pila_doc_clear(&s->doc);
    s->busy = true;
    pila_status st = pila_json_loads(&s->doc, line, &s->options.load, &s->item, error);
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK) {
        if (error) jsonlines_place(s, error);
        return pila_iter_end(it, st);
    }
    s->offset += line.len + 1;
    it->cur = (const char *)&s->item;
    it->end = it->cur + sizeof s->item;
    return true;
}

/* The first line of text, which is not empty; the rest stays there. */
static pila_str jsonlines_cut(pila_str *text)
{
    const char *end = (const char *)memchr(text->ptr, '\n', text->len);
    pila_str line = pila_str_of(text->ptr, end ? (size_t)(end - text->ptr) : text->len);
    size_t used = line.len + (end != NULL);

    *text = pila_str_of(text->ptr + used, text->len - used);
    return line;
}

/* The next line; false, and why the lines have ended. */
static bool jsonlines_next(jsonlines_state *s, pila_str *line, pila_status *why)
{
    if (s->text.len) {
        *line = jsonlines_cut(&s->text);
        return true;
    }
    s->busy = true;
    const void *item = pila_next(&s->src, sizeof *line);
    s->busy = false;
    *why = s->src.status;
    if (item) memcpy(line, item, sizeof *line);
    return item != NULL;
}

static bool jsonlines_refill(pila_iter *it)
{
    jsonlines_state *s = (jsonlines_state *)it->state;
    pila_status why = PILA_END;
    pila_str line;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    while (jsonlines_next(s, &line, &why)) {
        if (it->status != PILA_OK) return false;
        s->line++;
        if (s->options.strict || !jsonlines_is_blank(line))
            return jsonlines_read(it, s, line);
        s->offset += line.len + 1;
    }
    return it->status == PILA_OK && pila_iter_end(it, why);
}

/* ---- the items of a list ---- */

static pila_status items_take(void *ctx, pila_str text)
{
    return pila_buf_add(&((jsonlines_state *)ctx)->lines, text);
}

/* The next piece of text; an empty one: there are no more. */
static pila_status items_chunk(jsonlines_state *s, pila_str *out)
{
    ptrdiff_t n = 0;

    *out = pila_str_of(NULL, 0);
    if (s->file) {
        n = (ptrdiff_t)fread(s->chunk, 1, JSONLINES_CHUNK, s->file);
        if (n == 0 && ferror(s->file)) return PILA_EIO;
    } else if (s->fd >= 0) {
        do n = read(s->fd, s->chunk, JSONLINES_CHUNK);
        while (n < 0 && errno == EINTR);
        if (n < 0) return PILA_EIO;
    } else if (s->text.len) {
        size_t most = JSONLINES_CHUNK;
        if (most > s->text.len) most = s->text.len;
        *out = pila_str_of(s->text.ptr, most);
        s->text = pila_str_of(s->text.ptr + most, s->text.len - most);
        return PILA_OK;
    } else {
        while (out->len == 0) {
            s->busy = true;
            const void *item = pila_next(&s->src, sizeof *out);
            s->busy = false;
            if (!item) return pila_iter_outcome(&s->src);
            memcpy(out, item, sizeof *out);
        }
        return PILA_OK;
    }
    if (n > 0) *out = pila_str_of(s->chunk, (size_t)n);
    return PILA_OK;
}

/* Turn a chunk into lines; the fault, or PILA_END where there are no more. */
static pila_status items_more(jsonlines_state *s)
{
    pila_json_error *error = s->options.error;
    pila_error at;
    pila_str chunk;
    pila_status st = items_chunk(s, &chunk);

    if (st != PILA_OK) return st;
    st = chunk.len ? pila_jsontext_feed(s->lister, chunk, &at) : PILA_OK;
    if (st == PILA_OK)
        st = chunk.len ? pila_jsontext_flush(s->lister, &at)
                       : pila_jsontext_finish(s->lister, &at);
    if (st == PILA_OK) return chunk.len ? PILA_OK : PILA_END;
    if (error) {
        error->at = at;
        error->pos = at.offset;
        error->lineno = at.line;
        error->colno = at.column;
    }
    return st;
}

static bool items_refill(pila_iter *it)
{
    jsonlines_state *s = (jsonlines_state *)it->state;
    const char *from, *end;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    for (;;) {
        from = s->at ? s->lines.data + s->at : s->lines.data;
        end = s->lines.len > s->at
                  ? (const char *)memchr(from, '\n', s->lines.len - s->at)
                  : NULL;
        if (end) break;
        if (s->fault != PILA_OK) return pila_iter_end(it, s->fault);
        if (s->at) memmove(s->lines.data, from, s->lines.len -= s->at);
        s->at = 0;
        s->fault = items_more(s);
        if (it->status != PILA_OK) return false;
    }
    s->at += (size_t)(end - from) + 1;
    s->line++;
    s->offset = 0;
    return jsonlines_read(it, s, pila_str_of(from, (size_t)(end - from)));
}

/* ---- make and end ---- */

static pila_iter jsonlines_drop(pila_iter *it)
{
    jsonlines_state *s = (jsonlines_state *)it->state;
    pila_iter src = s->src;

    pila_doc_done(&s->doc);
    pila_jsontext_free(s->lister);
    pila_buf_done(&s->lines);
    pila_free(s->chunk);
    pila_free(s);
    return src;
}

/* Over src or text, lines or items. */
static pila_iter jsonlines_make(pila_iter src, pila_str text, bool items, bool reads,
                                const pila_jsonlines_options *options)
{
    static const pila_iter_ops of_lines = {jsonlines_refill, jsonlines_drop, NULL};
    static const pila_iter_ops of_items = {items_refill, jsonlines_drop, NULL};
    jsonlines_state *s = (jsonlines_state *)pila_alloc_zero(1, sizeof *s);
    bool made = s != NULL;

    if (!s) {
        pila_iter_drop(&src);
        return pila_failed(PILA_ENOMEM);
    }
    s->src = src;
    s->text = text;
    s->fd = -1;
    if (options) s->options = *options;
    s->options.load.borrow = false;
    if (items) {
        pila_jsontext_options list;
        memset(&list, 0, sizeof list);
        list.values = PILA_JSONTEXT_ITEMS;
        list.python = !s->options.load.refuse_nan;
        list.depth = s->options.load.max_depth ? s->options.load.max_depth
                                               : (size_t)PILA_JSONTEXT_DEPTH;
        if (list.depth < SIZE_MAX) list.depth++; /* the list itself */
        s->lister = pila_jsontext_new(&list, items_take, s);
        made = s->lister != NULL;
    }
    if (reads && made)
        made = (s->chunk = (char *)pila_alloc(JSONLINES_CHUNK, 1)) != NULL;
    pila_iter it = pila_iter_make(&pila_value_type, items ? &of_items : &of_lines, s);
    if (made) return it;
    pila_iter_drop(&it);
    return pila_failed(PILA_ENOMEM);
}

/* Lines or chunks must be views, unless there are none for another reason. */
static pila_iter jsonlines_over(pila_iter src, bool items,
                                const pila_jsonlines_options *options)
{
    pila_status st = src.status == PILA_OK && src.type->kind != PILA_KIND_STR
                         ? PILA_ETYPE
                         : src.status;

    if (st != PILA_OK && st != PILA_END) {
        pila_iter_drop(&src);
        return pila_failed(st);
    }
    return jsonlines_make(src, pila_str_of(NULL, 0), items, false, options);
}

pila_iter pila_jsonlines(pila_iter lines, const pila_jsonlines_options *options)
{
    return jsonlines_over(lines, false, options);
}

pila_iter pila_jsonlines_of(pila_str text, const pila_jsonlines_options *options)
{
    return jsonlines_make(pila_failed(PILA_END), text, false, false, options);
}

pila_iter pila_json_items(pila_iter chunks, const pila_jsonlines_options *options)
{
    return jsonlines_over(chunks, true, options);
}

pila_iter pila_json_items_of(pila_str text, const pila_jsonlines_options *options)
{
    return jsonlines_make(pila_failed(PILA_END), text, true, false, options);
}

pila_iter pila_json_items_file(FILE *file, const pila_jsonlines_options *options)
{
    pila_iter it = jsonlines_make(pila_failed(PILA_END), pila_str_of(NULL, 0), true,
                                  true, options);

    if (it.status == PILA_OK) ((jsonlines_state *)it.state)->file = file;
    return it;
}

pila_iter pila_json_items_fd(int fd, const pila_jsonlines_options *options)
{
    pila_iter it = jsonlines_make(pila_failed(PILA_END), pila_str_of(NULL, 0), true,
                                  true, options);

    if (it.status == PILA_OK) ((jsonlines_state *)it.state)->fd = fd;
    return it;
}

/* ---- writing ---- */

static pila_status jsonlines_put(const pila_value *v, const pila_json_dump_options *how,
                                 pila_buf *out, pila_error *error)
{
    pila_status st = pila_json_dumps(*v, how, out, error);

    return st == PILA_OK ? pila_buf_add_char(out, '\n') : st;
}

pila_status pila_jsonlines_write(pila_iter values, const pila_json_dump_options *how,
                                 pila_json_sink *sink, void *ctx, pila_error *error)
{
    bool fits = values.type->hash == pila__value_type_hash || values.status != PILA_OK;
    pila_status st = !fits ? PILA_ETYPE : how && how->indented ? PILA_EVALUE : PILA_OK;
    pila_buf out = {NULL, 0, 0, 0};
    size_t line = 0;

    if (st == PILA_OK) {
        PILA_FOR(pila_value, v, &values) {
            size_t before = out.len;

            line++;
            st = jsonlines_put(v, how, &out, error);
            if (st != PILA_OK) {
                out.len = before;
                if (error) error->line = line;
                break;
            }
            if (out.len < JSONLINES_CHUNK) continue;
            st = sink(ctx, pila_buf_view(&out));
            out.len = 0;
            if (st != PILA_OK) break;
        }
        pila_status rest = out.len ? sink(ctx, pila_buf_view(&out)) : PILA_OK;
        if (st == PILA_OK) st = pila_iter_outcome(&values);
        if (st == PILA_OK) st = rest;
    }
    pila_buf_done(&out);
    pila_iter_drop(&values);
    return st;
}
