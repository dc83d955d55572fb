/* rows.c - any item as text: as a key, or as a record of output.
 *
 * What an item is stands in its descriptor: numbers and text are a record of one field;
 * a tuple's members are its fields, separated by tabs or commas, and an array in JSON,
 * or an object where they have names. A tuple in a tuple is an array in an array; in
 * lines and tables it is more fields.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_MOST = 32 }; /* bytes of a number's text */

const pila_type cli_plain = PILA__TYPE(PILA_KIND_STR, pila_str, "str");

/* ---- members, whatever has them ---- */

/* How many members an item of this type has; 0: it is no tuple. */
static size_t members(const pila_type *type, const void *item)
{
    const pila_tuple *t = pila_tuple_of(type);

    return t ? pila_tuple_len(t, item) : pila_pair_of(type) ? 2 : 0;
}

static const void *member(const pila_type *type, const void *item, size_t k,
                          const pila_type **of)
{
    const pila_tuple *t = pila_tuple_of(type);
    const pila_pair *p = pila_pair_of(type);

    if (t) return pila_tuple_at(t, item, k, of);
    *of = k ? p->second : p->first;
    return (const char *)item + (k ? p->second_at : 0);
}

static bool is_tuple(const pila_type *type)
{
    return pila_tuple_of(type) || pila_pair_of(type);
}

/* Text, whether owned or only seen. */
static bool is_text(const pila_type *type, const void *item, pila_str *out)
{
    if (type->kind == PILA_KIND_STR) *out = *(const pila_str *)item;
    else if (type->kind == PILA_KIND_STRING)
        *out = pila_string_view((const pila_string *)item);
    else return false;
    return true;
}

/* ---- as a key ---- */

size_t cli_text_most(const pila_type *type, const void *item)
{
    size_t sum = 0, n = members(type, item);
    pila_str text;

    if (is_text(type, item, &text)) return text.len + 1;
    if (type == &cli_number_type)
        return NUMBER_MOST + ((const cli_number *)item)->digits.len;
    if (!is_tuple(type)) return NUMBER_MOST;
    for (size_t k = 0; k < n; k++) {
        const pila_type *of;
        const void *at = member(type, item, k, &of);
        sum += cli_text_most(of, at);
    }
    return sum;
}

static pila_status add_text(const pila_type *type, const void *item, pila_buf *out)
{
    size_t n = members(type, item);
    pila_status st = PILA_OK;
    pila_str text;

    if (is_text(type, item, &text)) return pila_buf_add(out, text);
    if (!is_tuple(type)) return pila_type_repr(type, item, out);
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_type *of;
        const void *at = member(type, item, k, &of);
        if (k) st = pila_buf_add_char(out, '\t');
        if (st == PILA_OK) st = add_text(of, at, out);
    }
    return st;
}

pila_status cli_text_of(const pila_type *type, const void *item, pila_buf *room,
                        pila_str *out)
{
    size_t from = room->len;
    pila_status st;

    if (is_text(type, item, out)) return PILA_OK;
    st = add_text(type, item, room);
    if (st != PILA_OK) return st;
    *out = room->len > from ? pila_str_of(room->data + from, room->len - from)
                            : pila_cstr("");
    return PILA_OK;
}

/* ---- as output ---- */

static void write_number(cli_output *o, const pila_type *type, const void *item,
                         bool json)
{
    char digits[NUMBER_MOST];
    pila_buf text = {digits, 0, sizeof digits, sizeof digits};

    if (type->kind == PILA_KIND_I64) {
        cli_write_int(o, *(const int64_t *)item);
        return;
    }
    if (type == &cli_number_type) {
        const cli_number *n = item;
        if (n->kind == CLI_NUMBER_LONG) {
            if (n->negative) cli_write_text(o, "-");
            cli_write(o, n->digits.ptr, n->digits.len);
            return;
        }
    }
    if (pila_type_repr(type, item, &text) != PILA_OK) text.len = 0; /* it has room */
    /* as Python's json has them */
    if (json && memchr(digits, 'n', text.len))
        cli_write_text(o, digits[0] == 'n'   ? "NaN"
                          : digits[0] == '-' ? "-Infinity"
                                             : "Infinity");
    else cli_write(o, digits, text.len);
}

/* The fields of a record of CSV or TSV, decoded, as a JSON array or as cells of the
 * other. */
static void write_cells(cli_output *o, const cli_flow *flow, pila_str record)
{
    cli_format out = (cli_format)flow->common->out;
    const char *d = flow->common->separator;
    char tab = d ? *d : '\t', comma = d ? *d : ',';
    pila_buf room = {0};
    size_t column;
    pila_str cell;

    if (out == CLI_JSONL) cli_write_text(o, "[");
    for (size_t k = 0;; k++) {
        pila_status st = PILA_EINDEX;
        room.len = 0;
        if (pila_buf_reserve(&room, 2 * record.len + 1) == PILA_OK)
            st = flow->form == CLI_CSV
                     ? cli_csv_field(record, comma, k, &room, &cell, &column)
                     : cli_tsv_field(record, tab, k, &room, &cell);
        if (st != PILA_OK) break;
        if (k) cli_write_text(o, out == CLI_TSV ? "\t" : ",");
        if (out == CLI_JSONL) cli_write_json(o, cell);
        else if (out == CLI_CSV) cli_write_csv(o, cell, false);
        else cli_write_escaped(o, cell);
    }
    if (out == CLI_JSONL) cli_write_text(o, "]");
    pila_buf_done(&room);
}

/* Text of this form. */
static void write_text(cli_output *o, const cli_flow *flow, cli_format form,
                       pila_str text, bool alone)
{
    cli_format out = (cli_format)flow->common->out;
    bool cells = form == CLI_CSV || form == CLI_TSV;
    bool table = out == CLI_CSV || out == CLI_TSV;

    if (out == CLI_LINES || out == CLI_NUL || (alone && out == form))
        cli_write(o, text.ptr, text.len);
    else if (cells && (out == CLI_JSONL || (alone && table)))
        write_cells(o, flow, text);
    else if (out == CLI_CSV) cli_write_csv(o, text, alone);
    else if (out == CLI_TSV) cli_write_escaped(o, text);
    else if (form == CLI_JSONL) cli_write(o, text.ptr, text.len);
    else cli_write_json(o, text);
}

static void write_value(cli_output *o, const cli_flow *flow, const pila_type *type,
                        const void *item, bool alone)
{
    cli_format out = (cli_format)flow->common->out;
    size_t n = members(type, item);
    const char *const *names = alone ? flow->names : NULL;
    bool json = out == CLI_JSONL;
    pila_str text;

    if (is_text(type, item, &text))
        write_text(o, flow, type == &cli_plain ? CLI_LINES : flow->form, text, alone);
    else if (!is_tuple(type)) write_number(o, type, item, json);
    else {
        if (json) cli_write_text(o, names ? "{" : "[");
        for (size_t k = 0; k < n; k++) {
            const pila_type *of;
            const void *at = member(type, item, k, &of);
            if (k) cli_write_text(o, json || out == CLI_CSV ? "," : "\t");
            if (json && names) {
                cli_write_json(o, pila_cstr(names[k]));
                cli_write_text(o, ":");
            }
            write_value(o, flow, of, at, false);
        }
        if (json) cli_write_text(o, names ? "}" : "]");
    }
}

void cli_write_item(cli_output *o, const cli_flow *flow, const pila_type *type,
                    const void *item)
{
    write_value(o, flow, type, item, true);
}
