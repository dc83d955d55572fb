/* keys.c - from the bytes of an input to the keys that a command works on.
 *
 * Records come from the reader in windows of views. Where the key is the record itself
 * they pass straight on; else this adaptor takes the field out of each, still as views
 * into the reader's buffer, and copies only what has to be decoded or folded. Room for
 * that is made before a record is decoded, so that no view of the window moves.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_WINDOW = 256, KEYS_ROOM = 64 << 10 };

typedef struct keys_state {
    pila_iter records;
    cli_key key;
    size_t line;   /* of the record at hand, from 1 */
    size_t column; /* of a field, from 0 */
    bool by_column;
    bool header_to_come;
    char separator; /* of CSV and TSV */
    pila_buf room;
    pila_str view[KEYS_WINDOW];
} keys_state;

static bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The index-th run of bytes that are not white space. */
static pila_status field_of_words(pila_str record, size_t index, pila_str *out)
{
    size_t at = 0;

    for (;; index--) {
        while (at < record.len && is_white(record.ptr[at])) at++;
        size_t from = at;
        if (at == record.len) return PILA_EINDEX;
        while (at < record.len && !is_white(record.ptr[at])) at++;
        *out = pila_str_of(record.ptr + from, at - from);
        if (index == 0) return PILA_OK;
    }
}

/* The index-th of the fields that a separator of n > 0 bytes makes. */
static pila_status field_by(pila_str record, pila_str sep, size_t index, pila_str *out)
{
    const char *from = record.ptr, *end = record.ptr + record.len;

    for (;; index--) {
        const char *at = from;
        while (at < end && (at = memchr(at, sep.ptr[0], (size_t)(end - at)))) {
            if ((size_t)(end - at) >= sep.len && memcmp(at, sep.ptr, sep.len) == 0)
                break;
            at++;
        }
        if (!at || at > end) at = end;
        *out = pila_str_of(from, (size_t)(at - from));
        if (index == 0) return PILA_OK;
        if (at == end) return PILA_EINDEX;
        from = at + sep.len;
    }
}

/* What cli_write_escaped wrote, read back. */
pila_status cli_unescape(pila_str text, pila_buf *room, pila_str *out)
{
    static const char from[] = "tnr\\0", to[] = "\t\n\r\\";
    size_t start = room->len;
    pila_status st = PILA_OK;

    *out = text;
    if (!text.len || !memchr(text.ptr, '\\', text.len)) return PILA_OK;
    for (size_t k = 0; k < text.len && st == PILA_OK; k++) {
        char c = text.ptr[k];
        const char *at = c == '\\' && k + 1 < text.len && text.ptr[k + 1]
                             ? strchr(from, text.ptr[k + 1])
                             : NULL;
        if (c == '\\' && !at) return PILA_ESYNTAX;
        if (at) k++;
        st = pila_buf_add_char(room, at ? to[at - from] : c);
    }
    *out = pila_str_of(room->data + start, room->len - start);
    return st;
}

/* The field of one record. *column is set for a fault in the record's syntax. */
static pila_status keys_field(keys_state *s, pila_str record, pila_str *out,
                              size_t *column)
{
    const cli_common *o = s->key.common;
    pila_status st;

    if (o->in == CLI_JSONL)
        return cli_json_value(record, o->field ? o->field : "", &s->room, out, column);
    if (!s->by_column) {
        *out = record;
        return PILA_OK;
    }
    if (o->in == CLI_CSV)
        return cli_csv_field(record, s->separator, s->column, &s->room, out, column);
    if (o->in == CLI_TSV) {
        st = field_by(record, pila_str_of(&s->separator, 1), s->column, out);
        return st == PILA_OK ? cli_unescape(*out, &s->room, out) : st;
    }
    if (o->separator) return field_by(record, pila_cstr(o->separator), s->column, out);
    return field_of_words(record, s->column, out);
}

static pila_status keys_fold(keys_state *s, pila_str *key)
{
    size_t from = s->room.len;
    pila_status st = pila_buf_add(&s->room, *key);

    if (st != PILA_OK || !key->len) return st;
    for (size_t k = from; k < s->room.len; k++)
        if (s->room.data[k] >= 'A' && s->room.data[k] <= 'Z') s->room.data[k] |= 0x20;
    *key = pila_str_of(s->room.data + from, key->len);
    return PILA_OK;
}

/* A malformed record was said; trouble seen before it is worse, and stays. */
static void keys_answer(keys_state *s, int code)
{
    if (*s->key.exit_code < code) *s->key.exit_code = code;
}

/* A record that has no key: said, skipped, or the end. */
static pila_status keys_refused(keys_state *s, pila_status why, size_t column)
{
    const cli_common *o = s->key.common;

    if (why != PILA_ESYNTAX && why != PILA_EINDEX && why != PILA_EKEY) return why;
    const char *reason = why != PILA_ESYNTAX  ? "no such field"
                         : o->in == CLI_JSONL ? "not valid JSON"
                         : o->in == CLI_TSV
                             ? "bad escape"
                             : "a quote is not closed, or text follows it";
    if (o->errors != CLI_SKIP)
        keys_answer(s, cli_malformed(s->key.file, s->line,
                                     why == PILA_ESYNTAX ? column : 0, reason));
    return o->errors == CLI_FAIL ? PILA_ESYNTAX : PILA_EKEY;
}

/* The column of the name in the header record. */
static pila_status keys_read_header(keys_state *s, pila_str record)
{
    const cli_common *o = s->key.common;
    pila_str want = pila_cstr(o->field), name;
    pila_status st = PILA_OK;
    size_t column = 0;

    if (record.len >= 3 && memcmp(record.ptr, "\xef\xbb\xbf", 3) == 0) /* a BOM */
        record = pila_str_of(record.ptr + 3, record.len - 3);
    s->by_column = true;
    for (s->column = 0;; s->column++) {
        s->room.len = 0;
        st = keys_field(s, record, &name, &column);
        if (st != PILA_OK || pila_str_eq(name, want)) break;
    }
    s->room.len = 0;
    if (st == PILA_OK) return PILA_OK;
    keys_answer(s, cli_malformed(s->key.file, 1, 0, "the header has no such field"));
    return PILA_ESYNTAX;
}

static size_t newlines(pila_str text)
{
    size_t n = 0;
    for (size_t k = 0; k < text.len; k++) n += text.ptr[k] == '\n';
    return n;
}

/* One record to view[*n], if it has a key. */
static pila_status keys_take(keys_state *s, pila_str record, size_t *n)
{
    const cli_common *o = s->key.common;
    pila_str key;
    size_t column = 0;
    pila_status st = PILA_OK;

    s->line++;
    if (s->header_to_come) {
        s->header_to_come = false;
        if (o->field && !s->by_column) st = keys_read_header(s, record);
        if (o->in == CLI_CSV) s->line += newlines(record);
        return st;
    }
    if (o->in == CLI_CSV && o->field && !record.len) return PILA_OK; /* a blank line */
    if (s->key.words) key = record;
    else st = keys_field(s, record, &key, &column);
    if (st == PILA_OK && s->key.fold) st = keys_fold(s, &key);
    if (st == PILA_OK) s->view[(*n)++] = key;
    else st = keys_refused(s, st, column);
    if (o->in == CLI_CSV) s->line += newlines(record);
    return st == PILA_EKEY ? PILA_OK : st;
}

/* Room to decode the record, moving nothing that is in the window. False: first yield.
 */
static bool keys_make_room(keys_state *s, pila_str record, size_t n, pila_status *st)
{
    size_t need = 2 * record.len; /* decoded, then folded */

    if (s->room.room - s->room.len >= need) return true;
    if (n) return false;
    *st = pila_buf_reserve(&s->room, need > KEYS_ROOM ? need : KEYS_ROOM);
    return true;
}

static bool keys_refill(pila_iter *it)
{
    keys_state *s = it->state;
    size_t n = 0;
    pila_status st = PILA_OK;

    s->room.len = 0;
    while (n < KEYS_WINDOW && st == PILA_OK) {
        if (n && !pila__iter_warm(&s->records))
            break; /* a refill would move the views */
        if (!pila_iter_ready(&s->records)) return pila_iter_end(it, s->records.status);
        pila_str record = *(const pila_str *)(const void *)s->records.cur;
        if (!keys_make_room(s, record, n, &st)) break;
        if (st == PILA_OK) st = keys_take(s, record, &n);
        pila_iter_skip(&s->records, 1);
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    it->cur = (const char *)s->view;
    it->end = (const char *)(s->view + n);
    return true;
}

static pila_iter keys_drop(pila_iter *it)
{
    keys_state *s = it->state;
    pila_iter records = s->records;

    pila_buf_done(&s->room);
    pila_free(s);
    return records;
}

static pila_iter keys_over(pila_iter records, const cli_key *key)
{
    static const pila_iter_ops ops = {keys_refill, keys_drop, NULL};
    const cli_common *o = key->common;
    keys_state *s = pila_alloc(1, sizeof *s);

    if (!s) {
        pila_iter_drop(&records);
        return pila_failed(PILA_ENOMEM);
    }
    memset(s, 0, offsetof(keys_state, view));
    s->records = records;
    s->key = *key;
    s->header_to_come = o->header && !key->words && !key->chars;
    s->separator = o->separator ? o->separator[0] : o->in == CLI_TSV ? '\t' : ',';
    if (o->field && o->in != CLI_JSONL &&
        o->field[strspn(o->field, "0123456789")] == 0) {
        s->by_column = true;
        s->column = (size_t)strtoull(o->field, NULL, 10) - 1;
    }
    return pila_iter_make(&pila_view, &ops, s);
}

pila_iter cli_keys(cli_input *in, const cli_key *key)
{
    const cli_common *o = key->common;
    pila_bytes_in bytes = cli_input_bytes(in, o);
    char separator = cli_separator(o), comma = o->separator ? o->separator[0] : ',';
    pila_iter records;

    if (key->chars) records = cli_chars(bytes);
    else if (key->words) records = pila_words(bytes);
    else if (o->in == CLI_CSV) records = cli_csv_records(bytes, comma, o->max_record);
    else records = pila_records(bytes, pila_str_of(&separator, 1));
    if (records.status != PILA_OK) return records;
    if (!key->fold && !o->header &&
        (key->chars || key->words || (!o->field && o->in != CLI_JSONL)))
        return records;
    cli_key used = *key;
    used.words = key->words || key->chars; /* the record is the key */
    return keys_over(records, &used);
}

int cli_check_key(const cli_common *o)
{
    const char *f = o->field, *d = o->separator;
    bool number = f && *f && f[strspn(f, "0123456789")] == '\0';
    bool cells = o->in == CLI_CSV || o->in == CLI_TSV;

    if (o->zero && o->in != CLI_NUL)
        return cli_trouble(NULL,
                           "--zero: records of jsonl, csv and tsv end with a newline");
    if (d && !*d) return cli_trouble(NULL, "--delimiter: it is empty");
    if (d && !f) return cli_trouble(NULL, "--delimiter means nothing without --field");
    if (d && cells && d[1])
        return cli_trouble(NULL, "--delimiter: '%s' is more than one byte", d);
    if (d && o->in == CLI_JSONL)
        return cli_trouble(NULL, "--delimiter means nothing with --in jsonl");
    if (o->header && o->in == CLI_JSONL)
        return cli_trouble(NULL, "--header means nothing with --in jsonl");
    if (!f) return CLI_DONE;
    if (o->in == CLI_JSONL)
        return !*f || *f == '/'
                   ? CLI_DONE
                   : cli_trouble(NULL, "--field: '%s' is no JSON Pointer", f);
    if (number && strtoull(f, NULL, 10) == 0)
        return cli_trouble(NULL, "--field: columns are counted from 1");
    if (!number && !o->header)
        return cli_trouble(NULL, "--field: '%s' is no column; names need --header", f);
    return CLI_DONE;
}
