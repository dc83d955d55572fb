/* packing.c - pila struct pack: rows of text to packed records.
 *
 * A record of input becomes cells, each with the column where it begins: the fields of
 * a line, of TSV or CSV, or the members of what an earlier stage made. A cell becomes a
 * value of the kind that its code takes, text being read as Python's int() and float()
 * read it, and the values are packed. JSON has values already; where one does not fit,
 * the line is read again for its column, which costs those nothing that do.
 */
#include "packing.h"

#include <pila/serial/json.h>

#include <stdio.h>
#include <string.h>

enum {
    CHUNK = 64 << 10, /* packed bytes made at a time */
    DIGITS_MOST = 21, /* of an integer: no field holds more than 20 */
    NAME_MOST = 256
};

typedef struct cell {
    pila_str text;
    size_t column; /* from 1; 0: it has none */
} cell;

typedef struct packing {
    cli_flow *flow;
    const cli_struct_options *o;
    pila_iter items;
    char *code; /* of each field */
    pila_value *value;
    size_t columns; /* cells that they are: two of a complex number */
    cell *cells;
    size_t n, room_of_cells;
    size_t *place;          /* -H and --names: of each cell, from 0; NULL: in order */
    size_t inputs;          /* opened, when the header was looked at */
    size_t line, next_line; /* of the record at hand, and the one behind it */
    pila_doc doc;
    pila_buf room; /* of cells that had to be decoded */
    pila_buf out;
    pila_str packed;
} packing;

/* ---- what does not fit ---- */

/* PILA_OK: the record is left out. */
static pila_status refused(packing *p, size_t column, const char *why)
{
    cli_errors errors = (cli_errors)p->flow->common->errors;
    const char *name = p->flow->place.name;

    if (errors == CLI_SKIP) return PILA_OK;
    cli_answer(p->flow, cli_malformed(name ? name : "item", p->line, column, why));
    return errors == CLI_FAIL ? CLI_SAID : PILA_OK;
}

/* Which field begins so many bytes into the packed record. */
static size_t field_at(const packing *p, size_t offset)
{
    const pila_struct *of = &p->o->format;
    size_t field = 0;

    for (size_t k = 0; k < of->ops; k++) {
        const pila_struct_op *op = &of->op[k];
        size_t n = cli_struct_items(op);
        bool text = op->code == 's' || op->code == 'p';
        size_t wide = (size_t)op->wide << cli_struct_is_complex(op->code);
        if (n && offset == op->at) return field;
        if (n && !text && offset > op->at && offset < op->at + n * wide)
            return field + (offset - op->at) / wide;
        field += n;
    }
    return 0;
}

/* The cell that a field begins with. */
static size_t cell_of(const packing *p, size_t field)
{
    size_t at = field;

    for (size_t k = 0; k < field; k++) at += cli_struct_is_complex(p->code[k]);
    return p->place ? p->place[at] : at;
}

/* ---- cells ---- */

static pila_status add_cell(packing *p, cell c)
{
    if (p->n == p->room_of_cells) {
        size_t room = pila_mem_grow(p->room_of_cells, p->n + 1, sizeof c);
        cell *grown = room ? pila_realloc(p->cells, room, sizeof c) : NULL;
        if (!grown) return PILA_ENOMEM;
        p->cells = grown;
        p->room_of_cells = room;
    }
    p->cells[p->n++] = c;
    return PILA_OK;
}

/* A quoted field of CSV; at is behind it. There is room for all of the record. */
static pila_status quoted(packing *p, pila_str record, size_t *at, pila_str *out)
{
    size_t from = p->room.len, k = *at + 1;

    for (;; p->room.data[p->room.len++] = record.ptr[k++]) {
        if (k == record.len) return PILA_ESYNTAX;
        if (record.ptr[k] == '"' && (++k == record.len || record.ptr[k] != '"')) break;
    }
    *at = k;
    *out = pila_str_of(from ? p->room.data + from : p->room.data, p->room.len - from);
    return k == record.len || record.ptr[k] == ',' ? PILA_OK : PILA_ESYNTAX;
}

/* The fields of a record; on PILA_ESYNTAX the column is that of the one to blame. */
static pila_status split(packing *p, pila_str record, size_t *column)
{
    cli_format form = p->flow->form;
    char separator = form == CLI_CSV ? ',' : '\t';
    pila_status st = pila_buf_reserve(&p->room, 2 * record.len + 1);

    if (!record.len && !p->columns) return PILA_OK;
    for (size_t at = 0; st == PILA_OK; at++) {
        size_t left = record.len - at;
        const char *from = left ? record.ptr + at : "";
        cell c = {{from, left}, at + 1};
        *column = at + 1;
        if (form == CLI_CSV && left && *from == '"') {
            st = quoted(p, record, &at, &c.text);
        } else {
            const char *stop = left ? memchr(from, separator, left) : NULL;
            if (stop) c.text.len = (size_t)(stop - from);
            at += c.text.len;
            if (form == CLI_TSV) st = cli_unescape(c.text, &p->room, &c.text);
        }
        if (st == PILA_OK) st = add_cell(p, c);
        if (at == record.len) break;
    }
    return st;
}

/* The members of what an earlier stage made; room is there for their text. */
static pila_status add_members(packing *p, const pila_type *type, const void *item)
{
    const pila_pair *pair = pila_pair_of(type);
    const pila_tuple *tuple = pila_tuple_of(type);
    size_t n = tuple ? pila_tuple_len(tuple, item) : 0;
    pila_status st = PILA_OK;
    cell c = {{NULL, 0}, 0};

    if (pair) {
        st = add_members(p, pair->first, item);
        if (st != PILA_OK) return st;
        return add_members(p, pair->second, (const char *)item + pair->second_at);
    }
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const void *member = pila_tuple_at(tuple, item, k, &type);
        st = add_members(p, type, member);
    }
    if (tuple) return st;
    st = cli_text_of(type, item, &p->room, &c.text);
    return st == PILA_OK ? add_cell(p, c) : st;
}

/* ---- values ---- */

static pila_status truth(pila_str text, pila_value *out)
{
    static const char *const words[] = {"false", "true", "False", "True"};
    cli_number n;

    for (size_t k = 0; k < 4; k++)
        if (pila_str_eq(text, pila_cstr(words[k]))) {
            *out = pila_value_bool(k % 2);
            return PILA_OK;
        }
    pila_status st = cli_number_parse(text, &n);
    if (st == PILA_OK)
        *out = pila_value_bool(n.kind != CLI_NUMBER_INT ? n.value != 0 : n.small != 0);
    return st;
}

/* An integer that is longer than any field is cut: it stays too large. */
static pila_status long_integer(packing *p, const cli_number *n, pila_value *out)
{
    char text[1 + DIGITS_MOST] = "-";
    size_t len = n->digits.len < DIGITS_MOST ? n->digits.len : DIGITS_MOST;

    memcpy(text + 1, n->digits.ptr, len);
    return pila_value_from_decimal(&p->doc,
                                   pila_str_of(text + !n->negative, len + n->negative),
                                   out);
}

static pila_status number(packing *p, pila_str text, bool is_float, pila_value *out)
{
    cli_number n;
    pila_status st = cli_number_parse(text, &n);

    if (st != PILA_OK) return st;
    if (n.kind == CLI_NUMBER_LONG && !is_float) return long_integer(p, &n, out);
    if (n.kind == CLI_NUMBER_INT) n.value = n.negative ? -0.0 : 0.0; /* of "-0" */
    if (n.kind == CLI_NUMBER_INT && n.small) n.value = (double)n.small;
    *out = is_float || n.kind != CLI_NUMBER_INT ? pila_value_float(n.value)
                                                : pila_value_int(n.small);
    return PILA_OK;
}

/* The value of the cell, or of the two, for a code. PILA_ESYNTAX: it says none. */
static pila_status value_of(packing *p, char code, const cell *c, const cell *second,
                            pila_value *out)
{
    pila_value imag;
    pila_status st;

    switch (code) {
    case 's':
    case 'p':
    case 'c': return pila_value_bytes(&p->doc, c->text, out);
    case '?': return truth(c->text, out);
    case 'e':
    case 'f':
    case 'd': return number(p, c->text, true, out);
    case 'F':
    case 'D':
        st = number(p, c->text, true, out);
        if (st == PILA_OK) st = number(p, second->text, true, &imag);
        if (st != PILA_OK) return st;
        return pila_value_complex(&p->doc, out->as.f, imag.as.f, out);
    default: return number(p, c->text, false, out);
    }
}

static pila_status wrong_count(packing *p, size_t want, size_t got)
{
    char why[NAME_MOST];

    snprintf(why, sizeof why, "pack expected %zu items for packing (got %zu)", want,
             got);
    return refused(p, 0, why);
}

static bool is_fault(pila_status st) { return st == PILA_ENOMEM || st == PILA_ELIMIT; }

static pila_status pack_cells(packing *p)
{
    size_t items = p->o->format.items, at = 0;
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_status st = PILA_OK;

    if (!p->place && p->n != p->columns) return wrong_count(p, p->columns, p->n);
    for (size_t k = 0; p->place && k < p->columns; k++)
        if (p->place[k] >= p->n) return refused(p, 0, "no such field");
    for (size_t k = 0; k < items && st == PILA_OK; k++, at++) {
        size_t next = at + cli_struct_is_complex(p->code[k]);
        const cell *c = &p->cells[p->place ? p->place[at] : at];
        st = value_of(p, p->code[k], c, &p->cells[p->place ? p->place[next] : next],
                      &p->value[k]);
        if (st == PILA_ESYNTAX) return refused(p, c->column, "not a number");
        at = next;
    }
    if (st == PILA_OK)
        st = pila_struct_pack_values(&p->o->format, p->value, items, &p->out, &err);
    if (st == PILA_OK || is_fault(st)) return st;
    return refused(p, p->cells[cell_of(p, field_at(p, err.offset))].column,
                   err.message);
}

/* ---- JSON ---- */

static void skip_blanks(pila_str text, size_t *at)
{
    while (*at < text.len && text.ptr[*at] && strchr(" \t\r\n", text.ptr[*at])) ++*at;
}

/* The column of a field in a line of JSON that has been read before; 0: none. */
static size_t json_column(packing *p, pila_str text, size_t field)
{
    size_t at = 0, column = 0;
    pila_value v;
    bool dict, is_field;

    skip_blanks(text, &at);
    dict = text.ptr[at] == '{';
    if (!dict && text.ptr[at] != '[') return at + 1;
    for (size_t k = 0; at < text.len && strchr("[{,", text.ptr[at]); k++) {
        at++;
        skip_blanks(text, &at);
        is_field = k == field;
        if (dict) {
            if (pila_json_raw_decode(&p->doc, text, &at, NULL, &v, NULL)) return 0;
            is_field = pila_str_eq(pila_value_text(v), pila_cstr(p->o->name[field]));
            skip_blanks(text, &at);
            at++; /* the colon */
            skip_blanks(text, &at);
        }
        if (is_field) column = at + 1;
        if (column && !dict) return column;
        if (pila_json_raw_decode(&p->doc, text, &at, NULL, &v, NULL)) return 0;
        skip_blanks(text, &at);
    }
    return column; /* of an object with a name twice, that of the last */
}

/* A string as bytes: lone surrogates of Python's surrogateescape are bytes. */
static pila_status bytes_of(packing *p, pila_str text, pila_value *out)
{
    size_t from = p->room.len;
    pila_status st = pila_buf_reserve(&p->room, text.len + 1);

    if (st != PILA_OK) return st;
    for (size_t k = 0; k < text.len; k++) {
        const unsigned char *c = (const unsigned char *)text.ptr + k;
        bool is_byte = text.len - k >= 3 && c[0] == 0xed && (c[1] & 0xfe) == 0xb2;
        if (is_byte) k += 2;
        p->room.data[p->room.len++] =
            is_byte ? (char)((c[1] & 3) << 6 | (c[2] & 0x3f)) : text.ptr[k];
    }
    return pila_value_bytes(&p->doc,
                            pila_str_of(from ? p->room.data + from : p->room.data,
                                        p->room.len - from),
                            out);
}

/* A value of JSON as its code takes it: text as bytes, two numbers as a complex one. */
static pila_status json_value(packing *p, char code, pila_value v, pila_value *out)
{
    const pila_list_body *list =
        pila_value_kind_of(v) == PILA_VALUE_LIST ? v.as.list : NULL;
    double real, imag;

    *out = v;
    if (strchr("spc", code) && pila_value_kind_of(v) == PILA_VALUE_STR)
        return bytes_of(p, pila_value_text(v), out);
    if (!cli_struct_is_complex(code) || !list || list->len != 2 ||
        pila_value_to_double(list->items[0], &real) != PILA_OK ||
        pila_value_to_double(list->items[1], &imag) != PILA_OK)
        return PILA_OK;
    return pila_value_complex(&p->doc, real, imag, out);
}

/* The values of an array, of an object by their names, or the only one. */
static pila_status json_values(packing *p, pila_value v, bool *refusal)
{
    size_t n = p->o->format.items, got = 1;
    pila_value_kind kind = pila_value_kind_of(v);
    const pila_value *item = &v;
    pila_status st = PILA_OK;

    *refusal = true;
    if (kind == PILA_VALUE_LIST) {
        item = v.as.list->items;
        got = v.as.list->len;
    } else if (kind == PILA_VALUE_DICT) {
        if (!p->o->name) return refused(p, 0, "an object, and no --names");
        got = n;
    }
    if (got != n) return wrong_count(p, n, got);
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_value *one = item + k;
        if (kind == PILA_VALUE_DICT) one = pila_value_get(v, pila_cstr(p->o->name[k]));
        if (!one) return refused(p, 0, "no such field");
        st = json_value(p, p->code[k], *one, &p->value[k]);
    }
    *refusal = false;
    return st;
}

static pila_status pack_json(packing *p, pila_str text)
{
    pila_json_error at;
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_value v;
    bool refusal;
    pila_status st = pila_json_loads(&p->doc, text, NULL, &v, &at);

    if (st == PILA_ENOMEM) return st;
    if (st != PILA_OK) return refused(p, at.at.column, at.at.message);
    st = json_values(p, v, &refusal);
    if (st != PILA_OK || refusal) return st;
    st = pila_struct_pack_values(&p->o->format, p->value, p->o->format.items, &p->out,
                                 &err);
    if (st == PILA_OK || is_fault(st)) return st;
    return refused(p, json_column(p, text, field_at(p, err.offset)), err.message);
}

/* ---- records ---- */

static pila_status refused_split(packing *p, size_t column)
{
    return refused(p, column,
                   p->flow->form == CLI_TSV
                       ? "bad escape"
                       : "a quote is not closed, or text follows it");
}

static pila_status no_title(packing *p, const char *title)
{
    char why[NAME_MOST];

    snprintf(why, sizeof why, "the header has no field '%s'", title);
    cli_answer(p->flow, cli_malformed(p->flow->place.name, 1, 0, why));
    return CLI_SAID;
}

/* Where a column of this title is among the cells. */
static pila_status find_title(packing *p, const char *name, const char *part,
                              size_t *out)
{
    char title[NAME_MOST];

    snprintf(title, sizeof title, "%s%s", name, part);
    for (*out = 0; *out < p->n; ++*out)
        if (pila_str_eq(p->cells[*out].text, pila_cstr(title))) return PILA_OK;
    return no_title(p, title);
}

/* After -H: where the named fields are in the records of this FILE. */
static pila_status read_header(packing *p)
{
    pila_str record = pila_buf_view(&p->flow->place.header);
    const char **name = p->o->name;
    size_t column, at = 0;
    pila_status st;

    p->inputs = p->flow->place.inputs;
    if (!name || !p->flow->place.has_header) return PILA_OK;
    if (record.len >= 3 && memcmp(record.ptr, "\xef\xbb\xbf", 3) == 0) /* a BOM */
        record = pila_str_of(record.ptr + 3, record.len - 3);
    if (!p->place) p->place = pila_alloc(p->columns, sizeof *p->place);
    if (!p->place) return PILA_ENOMEM;
    st = split(p, record, &column);
    if (st == PILA_ESYNTAX) return no_title(p, name[0]);
    for (size_t k = 0; name[k] && st == PILA_OK; k++) {
        bool two = cli_struct_is_complex(p->code[k]);
        st = find_title(p, name[k], two ? ".real" : "", &p->place[at++]);
        if (st == PILA_OK && two) st = find_title(p, name[k], ".imag", &p->place[at++]);
    }
    p->n = p->room.len = 0;
    return st;
}

/* One item to packed bytes. */
static pila_status take(packing *p, const void *item)
{
    const pila_type *type = p->items.type;
    bool record = type->kind == PILA_KIND_STR;
    pila_str text = record ? *(const pila_str *)item : pila_str_of(NULL, 0);
    cli_format form = p->flow->form;
    size_t column = 0;
    pila_status st;

    p->n = p->room.len = 0;
    pila_doc_clear(&p->doc);
    p->line = p->next_line++;
    for (size_t k = 0; form == CLI_CSV && k < text.len; k++)
        p->next_line += text.ptr[k] == '\n';
    if (record && form == CLI_JSONL) return pack_json(p, text);
    if (record && form == CLI_CSV && !text.len) return PILA_OK; /* a blank line */
    if (record) st = split(p, text, &column);
    else {
        st = pila_buf_reserve(&p->room, cli_text_most(type, item));
        if (st == PILA_OK) st = add_members(p, type, item);
    }
    if (record && st == PILA_ESYNTAX) return refused_split(p, column);
    return st == PILA_OK ? pack_cells(p) : st;
}

/* What is ready upstream, and no more: packed records do not wait. */
static bool packs_refill(pila_iter *it)
{
    packing *p = it->state;
    pila_status st = PILA_OK;

    pila_buf_clear(&p->out);
    while (p->out.len == 0 || (p->items.cur < p->items.end && p->out.len < CHUNK)) {
        bool fresh = p->items.cur == p->items.end;
        const void *item = pila_next_item(&p->items);
        if (!item) return pila_iter_end(it, p->items.status);
        if (fresh && p->flow->place.name) p->next_line = p->flow->place.line;
        if (fresh && p->inputs != p->flow->place.inputs) st = read_header(p);
        if (st == PILA_OK) st = take(p, item);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    p->packed = pila_buf_view(&p->out);
    it->cur = (const char *)&p->packed;
    it->end = (const char *)(&p->packed + 1);
    return true;
}

static pila_iter packs_drop(pila_iter *it)
{
    packing *p = it->state;
    pila_iter items = p->items;

    p->items = pila_failed(PILA_END);
    return items;
}

/* ---- the action ---- */

static pila_status prepare(packing *p)
{
    const pila_struct *of = &p->o->format;
    size_t at = 0;

    p->code = pila_alloc(of->items + 1, 1);
    p->value = pila_alloc(of->items + 1, sizeof *p->value);
    if (!p->code || !p->value) return PILA_ENOMEM;
    for (size_t k = 0; k < of->ops; k++)
        for (size_t n = cli_struct_items(&of->op[k]); n; n--, p->columns++) {
            p->columns += cli_struct_is_complex(of->op[k].code);
            p->code[at++] = of->op[k].code;
        }
    return PILA_OK;
}

pila_iter cli_pack(cli_flow *flow)
{
    static const pila_iter_ops ops = {packs_refill, packs_drop, NULL};
    packing *p = pila_alloc_zero(1, sizeof *p);

    flow->own = p;
    if (!p) return pila_failed(PILA_ENOMEM);
    p->flow = flow;
    p->o = flow->options;
    p->next_line = 1;
    pila_status st = prepare(p);
    if (st != PILA_OK) return pila_failed(st);
    p->items = cli_items(flow);
    return pila_iter_make(&pila_view, &ops, p);
}

/* Records have no end that could be flushed at: their last byte stands for it. */
pila_status cli_pack_write(cli_flow *flow, cli_output *out, pila_iter *packed)
{
    const cli_struct_options *o = flow->options;
    size_t size = o->format.size;
    const pila_str *some;

    while (!out->failed && (some = pila_next(packed, sizeof *some))) {
        if (!out->by_line) cli_write(out, some->ptr, some->len);
        for (size_t at = 0; out->by_line && at < some->len; at += size)
            cli_write_line(out, some->ptr + at, size - 1, some->ptr[at + size - 1]);
    }
    return packed->status;
}

void cli_pack_done(cli_flow *flow)
{
    packing *p = flow->own;

    if (!p) return;
    pila_free(p->code);
    pila_free(p->value);
    pila_free(p->cells);
    pila_free(p->place);
    pila_doc_done(&p->doc);
    pila_buf_done(&p->room);
    pila_buf_done(&p->out);
}
