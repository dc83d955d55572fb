/* keys.c - from items to the keys that a command works on.
 *
 * Records come from the reader in windows of views. Where the key is the record itself
 * they pass straight on; else this adaptor takes the field out of each, still as views
 * into the reader's buffer, and copies only what has to be decoded or folded. Room for
 * that is made before a record is decoded, so that no view of the window moves. Items
 * of an earlier stage that have members are not made text first: their k-th member is
 * the field.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_WINDOW = 256, KEYS_ROOM = 64 << 10 };

/* A record without a key, behind others that have one: they are yielded first, for the
 * one that reads may want no more. */
#define KEYS_LATER ((pila_status)(PILA_EUSER + 1))

typedef struct keys_state {
    pila_iter items;
    cli_flow *flow;
    bool fold, paired; /* with the item behind the key */
    bool numbers;      /* keys are cli_numbers */
    size_t line;       /* of the record at hand, from 1 */
    size_t column;     /* of a field, from 0 */
    bool by_column;
    cli_format form; /* of the items: what the stage makes of them may have another */
    size_t inputs;   /* of flow->place, when the column was looked up */
    char separator;  /* of CSV and TSV */
    pila_buf room;
    pila_pair pair;
    char *window; /* views, or pairs */
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

pila_status cli_tsv_field(pila_str record, char separator, size_t index, pila_buf *room,
                          pila_str *out)
{
    pila_status st = field_by(record, pila_str_of(&separator, 1), index, out);

    return st == PILA_OK ? cli_unescape(*out, room, out) : st;
}

/* The field of one record. *column is set for a fault in the record's syntax. */
static pila_status keys_field(keys_state *s, pila_str record, pila_str *out,
                              size_t *column)
{
    const cli_common *o = s->flow->common;
    cli_format form = s->form;

    if (form == CLI_JSONL)
        return cli_json_value(record, o->field ? o->field : "", &s->room, out, column);
    if (!s->by_column) {
        *out = record;
        return PILA_OK;
    }
    if (form == CLI_CSV)
        return cli_csv_field(record, s->separator, s->column, &s->room, out, column);
    if (form == CLI_TSV)
        return cli_tsv_field(record, s->separator, s->column, &s->room, out);
    if (o->separator) return field_by(record, pila_cstr(o->separator), s->column, out);
    return field_of_words(record, s->column, out);
}

/* The member of an item that is not text: of tuples in tuples, the k-th of all. */
static const void *member_at(const pila_type **type, const void *item, size_t *k)
{
    const pila_pair *p = pila_pair_of(*type);
    const pila_tuple *t = pila_tuple_of(*type);
    const void *found = NULL;

    if (p) {
        const pila_type *second = p->second;
        *type = p->first;
        if ((found = member_at(type, item, k))) return found;
        *type = second;
        return member_at(type, (const char *)item + p->second_at, k);
    }
    if (!t) return (*k)-- == 0 ? item : NULL;
    for (size_t i = 0, n = pila_tuple_len(t, item); i < n && !found; i++) {
        const void *member = pila_tuple_at(t, item, i, type);
        found = member_at(type, member, k);
    }
    return found;
}

/* The key of an item. Records have fields, other items have members. */
static pila_status keys_of(keys_state *s, const void *item, pila_str *out,
                           size_t *column)
{
    const pila_type *type = s->items.type;
    size_t k = s->column;

    if (type->kind == PILA_KIND_STR)
        return keys_field(s, *(const pila_str *)item, out, column);
    if (s->by_column && !(item = member_at(&type, item, &k))) return PILA_EINDEX;
    return cli_text_of(type, item, &s->room, out);
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

static bool keys_is_refusal(pila_status why)
{
    return why == PILA_ESYNTAX || why == PILA_EINDEX || why == PILA_EKEY ||
           why == PILA_EVALUE;
}

/* A record that has no key: said, skipped, or the end. */
static pila_status keys_refused(keys_state *s, pila_status why, size_t column)
{
    const cli_common *o = s->flow->common;
    cli_format form = s->form;

    if (!keys_is_refusal(why)) return why;
    const char *reason = why == PILA_EVALUE    ? "not a number"
                         : why != PILA_ESYNTAX ? "no such field"
                         : form == CLI_JSONL   ? "not valid JSON"
                         : form == CLI_TSV
                             ? "bad escape"
                             : "a quote is not closed, or text follows it";
    if (o->errors != CLI_SKIP)
        cli_answer(s->flow,
                   cli_malformed(s->flow->place.name ? s->flow->place.name : "item",
                                 s->line, why == PILA_ESYNTAX ? column : 0, reason));
    return o->errors == CLI_FAIL ? CLI_SAID : PILA_EKEY;
}

/* The column of the name in the header record. */
static pila_status keys_read_header(keys_state *s)
{
    pila_str record = pila_buf_view(&s->flow->place.header);
    pila_str want = pila_cstr(s->flow->common->field), name;
    pila_status st = PILA_OK;
    size_t column = 0;

    if (record.len >= 3 && memcmp(record.ptr, "\xef\xbb\xbf", 3) == 0) /* a BOM */
        record = pila_str_of(record.ptr + 3, record.len - 3);
    s->by_column = true;
    for (s->column = 0;; s->column++) {
        s->room.len = 0;
        st = pila_buf_reserve(&s->room, 2 * record.len + 1);
        if (st != PILA_OK) return st;
        st = keys_field(s, record, &name, &column);
        if (st != PILA_OK || pila_str_eq(name, want)) break;
    }
    s->room.len = 0;
    if (st == PILA_OK) return PILA_OK;
    cli_answer(s->flow, cli_malformed(s->flow->place.name, 1, 0,
                                      "the header has no such field"));
    return CLI_SAID;
}

/* A window has come: the line of its first record, and of a new file the column. */
static pila_status keys_window(keys_state *s)
{
    const cli_place *place = &s->flow->place;
    const cli_common *o = s->flow->common;
    bool named = o->field && o->field[strspn(o->field, "0123456789")];

    if (!place->name) return PILA_OK;
    s->line = place->line - 1;
    if (s->inputs == place->inputs || !s->flow->common->header) return PILA_OK;
    s->inputs = place->inputs;
    return place->has_header && named ? keys_read_header(s) : PILA_OK;
}

int cli_check_no_key(const cli_flow *flow)
{
    if (!flow->common->field) return CLI_DONE;
    return cli_trouble(NULL, "--field means nothing here: records count whole");
}

int cli_check_no_input(const cli_flow *flow)
{
    const cli_common *o = flow->common;

    if (o->field || o->separator || o->header || (o->in && !o->zero))
        return cli_trouble(NULL, "--%s means nothing here: nothing is read",
                           o->field       ? "field"
                           : o->separator ? "delimiter"
                           : o->header    ? "header"
                                          : "in");
    return CLI_DONE;
}

static size_t newlines(pila_str text)
{
    size_t n = 0;
    for (size_t k = 0; k < text.len; k++) n += text.ptr[k] == '\n';
    return n;
}

/* The key, and the item behind it, to the window. */
static pila_status keys_put(keys_state *s, pila_str text, const void *item, size_t *n)
{
    size_t size = s->paired ? s->pair.type.size : s->pair.first->size;
    char *at = s->window + *n * size;
    pila_status st = PILA_OK;

    if (s->numbers) st = cli_number_parse(text, (cli_number *)(void *)at);
    else memcpy(at, &text, sizeof text);
    if (st != PILA_OK) return st == PILA_ESYNTAX ? PILA_EVALUE : st;
    if (s->paired) memcpy(at + s->pair.second_at, item, s->pair.second->size);
    ++*n;
    return PILA_OK;
}

/* One item to the window, if it has a key. */
static pila_status keys_take(keys_state *s, const void *item, size_t *n)
{
    const cli_common *o = s->flow->common;
    bool csv = s->form == CLI_CSV && s->items.type->kind == PILA_KIND_STR;
    pila_str key;
    size_t column = 0;

    s->line++;
    if (csv && o->field && !((const pila_str *)item)->len)
        return PILA_OK; /* a blank line */
    pila_status st = PILA_OK;
    if (s->flow->keyless) key = pila_str_of(s->numbers ? "0" : "", s->numbers);
    else st = keys_of(s, item, &key, &column);
    if (st == PILA_OK && s->fold) st = keys_fold(s, &key);
    if (st == PILA_OK) st = keys_put(s, key, item, n);
    if (st != PILA_OK && *n && o->errors != CLI_SKIP && keys_is_refusal(st)) {
        s->line--; /* again, and then said, when it is asked for */
        return KEYS_LATER;
    }
    if (st != PILA_OK) st = keys_refused(s, st, column);
    if (csv && s->flow->place.name) s->line += newlines(*(const pila_str *)item);
    return st == PILA_EKEY ? PILA_OK : st;
}

/* Room to decode the item, moving nothing that is in the window. False: first yield. */
static bool keys_make_room(keys_state *s, const void *item, size_t n, pila_status *st)
{
    bool text = s->items.type->kind == PILA_KIND_STR;
    size_t need = text ? 2 * ((const pila_str *)item)->len /* decoded, then folded */
                       : 2 * cli_text_most(s->items.type, item);

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
        bool warm = pila__iter_warm(&s->items);
        if (n && !warm) break; /* a refill would move the views */
        bool more = pila_iter_ready(&s->items) > 0;
        if (!warm && (more || s->items.status == PILA_END)) st = keys_window(s);
        if (!more) return pila_iter_end(it, st == PILA_OK ? s->items.status : st);
        if (st != PILA_OK || !keys_make_room(s, s->items.cur, n, &st)) break;
        if (st == PILA_OK) st = keys_take(s, s->items.cur, &n);
        if (st == KEYS_LATER) break;
        pila_iter_skip(&s->items, 1);
    }
    if (st != PILA_OK && st != KEYS_LATER) return pila_iter_end(it, st);
    it->cur = s->window;
    it->end = s->window + n * it->type->size;
    return true;
}

static pila_iter keys_drop(pila_iter *it)
{
    keys_state *s = it->state;
    pila_iter items = s->items;

    pila_buf_done(&s->room);
    pila_free(s->window);
    pila_free(s);
    return items;
}

/* The place of a name among those of the members; the number of names if it is none. */
static size_t name_at(const char *const *names, const char *want)
{
    size_t k = 0;

    while (names && names[k] && strcmp(names[k], want) != 0) k++;
    return k;
}

static pila_iter keys_over(cli_flow *flow, pila_iter items, const pila_type *key,
                           bool fold, bool paired)
{
    static const pila_iter_ops ops = {keys_refill, keys_drop, NULL};
    const cli_common *o = flow->common;
    keys_state *s = items.status == PILA_OK ? pila_alloc(1, sizeof *s) : NULL;
    pila_status st = items.status != PILA_OK ? items.status : s ? PILA_OK : PILA_ENOMEM;

    if (s) memset(s, 0, sizeof *s);
    if (st == PILA_OK) st = pila_pair_init(&s->pair, key, items.type);
    if (st == PILA_OK) {
        s->window = pila_alloc(KEYS_WINDOW, s->pair.type.size);
        st = s->window ? PILA_OK : PILA_ENOMEM;
    }
    if (st != PILA_OK) {
        pila_free(s);
        pila_iter_drop(&items);
        return pila_failed(st);
    }
    s->items = items;
    s->flow = flow;
    s->form = flow->form;
    s->fold = fold;
    s->paired = paired;
    s->numbers = key == &cli_number_type;
    s->separator = o->separator ? o->separator[0] : flow->form == CLI_TSV ? '\t' : ',';
    if (o->field && flow->form != CLI_JSONL &&
        o->field[strspn(o->field, "0123456789")] == 0) {
        s->by_column = true;
        s->column = (size_t)strtoull(o->field, NULL, 10) - 1;
    } else if (o->field && flow->names) {
        s->by_column = true;
        s->column = name_at(flow->names, o->field);
    }
    return pila_iter_make(paired ? &s->pair.type : key, &ops, s);
}

pila_iter cli_keys(cli_flow *flow, pila_iter items, bool fold)
{
    const cli_common *o = flow->common;
    bool is_text = items.status == PILA_OK && items.type->kind == PILA_KIND_STR;

    if (!fold && is_text && !o->field && flow->form != CLI_JSONL) return items;
    return keys_over(flow, items, &pila_view, fold, false);
}

pila_iter cli_keyed(cli_flow *flow, pila_iter items)
{
    return keys_over(flow, items, &pila_view, false, true);
}

pila_iter cli_numbered(cli_flow *flow, pila_iter items)
{
    return keys_over(flow, items, &cli_number_type, false, true);
}

/* ---- the items of pairs, without their keys ---- */

typedef struct unkeyed_state {
    pila_iter keyed;
    const pila_pair *pair;
    char *window;
} unkeyed_state;

static bool unkeyed_refill(pila_iter *it)
{
    unkeyed_state *s = it->state;
    size_t n = pila_iter_ready(&s->keyed), size = s->pair->second->size;
    const char *from = s->keyed.cur;

    if (n == 0) return pila_iter_end(it, s->keyed.status);
    if (n > KEYS_WINDOW) n = KEYS_WINDOW;
    for (size_t k = 0; k < n; k++)
        memcpy(s->window + k * size, from + k * s->pair->type.size + s->pair->second_at,
               size);
    pila_iter_skip(&s->keyed, n);
    it->cur = s->window;
    it->end = s->window + n * size;
    return true;
}

static pila_iter unkeyed_drop(pila_iter *it)
{
    unkeyed_state *s = it->state;
    pila_iter keyed = s->keyed;

    pila_free(s->window);
    pila_free(s);
    return keyed;
}

pila_iter cli_unkeyed(pila_iter keyed)
{
    static const pila_iter_ops ops = {unkeyed_refill, unkeyed_drop, NULL};
    unkeyed_state *s = keyed.status == PILA_OK ? pila_alloc(1, sizeof *s) : NULL;
    pila_status st = keyed.status != PILA_OK ? keyed.status : PILA_ENOMEM;

    if (s) {
        s->keyed = keyed;
        s->pair = pila_pair_of(keyed.type);
        s->window = pila_alloc(KEYS_WINDOW, s->pair->second->size);
        if (s->window) return pila_iter_make(s->pair->second, &ops, s);
        pila_free(s);
    }
    pila_iter_drop(&keyed);
    return pila_failed(st);
}

/* ---- what was asked for ---- */

/* Whether -f fits what the stage is given. */
static int check_field(const cli_flow *flow)
{
    const cli_common *o = flow->common;
    const char *f = o->field;
    bool number = *f && f[strspn(f, "0123456789")] == '\0';

    if (flow->form == CLI_JSONL)
        return !*f || *f == '/'
                   ? CLI_DONE
                   : cli_trouble(NULL, "--field: '%s' is no JSON Pointer", f);
    if (number && strtoull(f, NULL, 10) == 0)
        return cli_trouble(NULL, "--field: columns are counted from 1");
    if (number || o->header) return CLI_DONE;
    if (flow->names && flow->names[name_at(flow->names, f)]) return CLI_DONE;
    return cli_trouble(NULL, "--field: '%s' is no column%s", f,
                       flow->stage > 1 ? "" : "; names need --header");
}

int cli_check_key(const cli_flow *flow)
{
    const cli_common *o = flow->common;
    const char *d = o->separator;
    bool cells = flow->form == CLI_CSV || flow->form == CLI_TSV;

    if (o->zero && o->in != CLI_NUL)
        return cli_trouble(NULL,
                           "--zero: records of jsonl, csv and tsv end with a newline");
    if (d && !*d) return cli_trouble(NULL, "--delimiter: it is empty");
    if (d && !o->field)
        return cli_trouble(NULL, "--delimiter means nothing without --field");
    if (d && cells && d[1])
        return cli_trouble(NULL, "--delimiter: '%s' is more than one byte", d);
    if (d && flow->form == CLI_JSONL)
        return cli_trouble(NULL, "--delimiter means nothing with --in jsonl");
    if (o->header && flow->form == CLI_JSONL)
        return cli_trouble(NULL, "--header means nothing with --in jsonl");
    return o->field ? check_field(flow) : CLI_DONE;
}
