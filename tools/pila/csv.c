/* csv.c - records and fields of CSV (RFC 4180): quotes may hold separators and
 * newlines.
 *
 * A record is a line, joined with those that follow while a quote is open at its end. A
 * quote opens only as the first byte of a field: in 5" it is a byte like any other, as
 * in Python. Lines without a quote, nearly all, pass through as they are. A carriage
 * return before the newline belongs to the line end.
 */
#include "cli.h"

#include <string.h>

typedef struct csv_records {
    pila_iter lines; /* with their ends */
    pila_buf joined;
    pila_str view;
    char separator;
} csv_records;

/* Whether a quote is open behind the line, given whether one is before it. */
static bool csv_open(pila_str line, char separator, bool open)
{
    bool at_start = !open;

    if (!line.len || !memchr(line.ptr, '"', line.len)) return open;
    for (size_t k = 0; k < line.len; k++) {
        char c = line.ptr[k];
        if (open && c == '"' && k + 1 < line.len && line.ptr[k + 1] == '"') k++;
        else if (open && c == '"') open = false;
        else if (at_start && c == '"') open = true;
        at_start = !open && c == separator;
    }
    return open;
}

static pila_str without_end(pila_str line)
{
    if (line.len && line.ptr[line.len - 1] == '\n') line.len--;
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line;
}

/* The lines up to the one that closes the quote, in joined. */
static pila_status csv_join(csv_records *r, pila_str line)
{
    pila_status st = PILA_OK;
    const pila_str *next;

    r->joined.len = 0;
    st = pila_buf_add(&r->joined, line);
    for (bool open = true; st == PILA_OK && open;) {
        next = pila_next(&r->lines, sizeof *next);
        if (!next) return pila_iter_outcome(&r->lines);
        open = csv_open(*next, r->separator, true);
        st = pila_buf_add(&r->joined, *next);
    }
    return st;
}

static bool csv_refill(pila_iter *it)
{
    csv_records *r = it->state;
    const pila_str *line = pila_next(&r->lines, sizeof *line);
    pila_status st = PILA_OK;

    if (!line) return pila_iter_end(it, r->lines.status);
    r->view = *line;
    if (csv_open(*line, r->separator, false)) {
        st = csv_join(r, *line);
        r->view = pila_buf_view(&r->joined);
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    r->view = without_end(r->view);
    it->cur = (const char *)&r->view;
    it->end = (const char *)(&r->view + 1);
    return true;
}

static pila_iter csv_drop(pila_iter *it)
{
    csv_records *r = it->state;
    pila_iter lines = r->lines;

    pila_buf_done(&r->joined);
    pila_free(r);
    return lines;
}

pila_iter cli_csv_records(pila_bytes_in in, char separator, int64_t most)
{
    static const pila_iter_ops ops = {csv_refill, csv_drop, NULL};
    csv_records *r = pila_alloc(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    in.keepends = true;
    r->lines = pila_lines(in);
    memset(&r->joined, 0, sizeof r->joined);
    r->joined.cap = (size_t)most;
    r->separator = separator;
    return pila_iter_make(&pila_view, &ops, r);
}

/* ---- fields ---- */

typedef struct csv_cursor {
    pila_str record;
    size_t at;
    char separator;
} csv_cursor;

/* From the opening quote on: the text inside, undoubled; at is behind the closing one.
 */
static pila_status csv_quoted(csv_cursor *c, pila_buf *room, pila_str *out)
{
    size_t from = room->len, at = c->at + 1;
    pila_status st = PILA_OK;

    for (; at < c->record.len && st == PILA_OK; at++) {
        if (c->record.ptr[at] == '"') {
            if (at + 1 == c->record.len || c->record.ptr[at + 1] != '"') break;
            at++;
        }
        st = pila_buf_add_char(room, c->record.ptr[at]);
    }
    if (st != PILA_OK) return st;
    if (at >= c->record.len) return PILA_ESYNTAX; /* never closed */
    *out = pila_str_of(room->data + from, room->len - from);
    c->at = at + 1;
    return PILA_OK;
}

/* The field that starts at c->at; at is then at the separator or the end. */
static pila_status csv_next(csv_cursor *c, pila_buf *room, pila_str *out)
{
    const char *p = c->record.ptr;

    if (c->at < c->record.len && p[c->at] == '"') {
        pila_status st = csv_quoted(c, room, out);
        if (st != PILA_OK) return st;
        if (c->at < c->record.len && p[c->at] != c->separator) return PILA_ESYNTAX;
        return PILA_OK;
    }
    size_t left = c->record.len - c->at;
    const char *stop = left ? memchr(p + c->at, c->separator, left) : NULL;
    size_t n = stop ? (size_t)(stop - (p + c->at)) : left;
    *out = pila_str_of(p + c->at, n);
    c->at += n;
    return PILA_OK;
}

/* A record with quotes is read to its end: it is malformed whichever field counts. */
pila_status cli_csv_field(pila_str record, char separator, size_t index, pila_buf *room,
                          pila_str *out, size_t *column)
{
    csv_cursor c = {record, 0, separator};
    bool quotes = record.len && memchr(record.ptr, '"', record.len);
    pila_str field;
    pila_status answer = PILA_EINDEX;

    for (size_t k = 0;; k++) {
        size_t was = room->len;
        pila_status st = csv_next(&c, room, &field);
        *column = c.at + 1;
        if (st != PILA_OK) return st;
        if (k == index) *out = field;
        else room->len = was;
        if (k == index) answer = PILA_OK;
        if (c.at == record.len || (k == index && !quotes)) return answer;
        c.at++; /* the separator */
    }
}
