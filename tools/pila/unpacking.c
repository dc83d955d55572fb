/* unpacking.c - pila struct unpack: packed records to rows of text.
 *
 * Blocks of a FILE are read into one buffer, and what is left of a record at its end is
 * moved to the front. Whole records become C structs, some kilobytes at a time: for a
 * later stage these are the items, tuples of typed members. The last stage writes them
 * itself, run after run of fields of one type, straight into the output's buffer; going
 * by the descriptors of members took twice as long.
 *
 * A c is read as an s of one byte, so that all text is pila_str and works in a later
 * stage as text does.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "packing.h"

#include <pila/serial/json.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 128 << 10, /* bytes read at a time */
    WINDOW = 16 << 10, /* bytes of C structs: they stay in the nearest cache */
    NUMBER_ROOM = 64,  /* of a number's text; two of a complex one */
    TITLE_MOST = 256
};

typedef enum run_kind {
    RUN_I8,
    RUN_I16,
    RUN_I32,
    RUN_I64,
    RUN_U8,
    RUN_U16,
    RUN_U32,
    RUN_U64,
    RUN_F32,
    RUN_F64,
    RUN_BOOL,
    RUN_COMPLEX_F32,
    RUN_COMPLEX_F64,
    RUN_TEXT
} run_kind;

/* Fields of one type, one behind the other in the C struct. */
typedef struct run {
    run_kind kind;
    size_t at, n, step;
    bool padded; /* s, of which NULs at the end may be left out */
} run;

typedef struct unpacking {
    cli_flow *flow;
    const cli_struct_options *o;
    pila_struct of;
    run *runs;
    size_t n;
    pila_type row;       /* of the last stage, */
    pila_member *member; /* or of others */
    pila_tuple tuple, parts[2];
    cli_input in;
    bool open;
    size_t next, read; /* FILE; those that could be read */
    uint64_t at;       /* in this one: where the data begins */
    uint64_t skip;     /* bytes still to be left out */
    char *data;
    size_t room, from, len; /* data[from..len) is still to be unpacked */
    char *rows;
    size_t most; /* in there */
} unpacking;

/* ---- reading ---- */

/* "FILE: offset N: why", and the file has ended. */
static pila_status malformed(unpacking *p, const char *why)
{
    cli_errors errors = (cli_errors)p->flow->common->errors;

    if (errors == CLI_SKIP) return PILA_OK;
    cli_trouble(p->in.name, "offset %llu: %s", (unsigned long long)p->at, why);
    cli_answer(p->flow, CLI_NO);
    return errors == CLI_FAIL ? CLI_SAID : PILA_OK;
}

/* Bytes before the first record: passed over, or to be read. */
static void start(unpacking *p)
{
    off_t here = lseek(p->in.fd, 0, SEEK_CUR);
    struct stat st;

    p->at = 0;
    p->skip = (uint64_t)p->o->offset;
    if (!p->skip || here < 0 || fstat(p->in.fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size - here < p->o->offset || lseek(p->in.fd, p->o->offset, SEEK_CUR) < 0)
        return;
    p->at = p->skip;
    p->skip = 0;
}

static pila_status open_next(unpacking *p)
{
    const cli_flow *flow = p->flow;
    size_t files = flow->files ? flow->files : 1;

    if (p->next == files) return p->read ? PILA_END : CLI_SAID;
    int code = cli_input_open(&p->in, flow->files ? flow->file[p->next] : "-");
    p->next++;
    p->open = code == CLI_DONE;
    if (p->open) start(p);
    else cli_answer(p->flow, code);
    return PILA_OK;
}

/* The end of a file, or of what can be read of it. PILA_OK: on to the next. */
static pila_status ended(unpacking *p, bool failed)
{
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_str rest = pila_str_of(p->data, p->len);
    pila_status st = PILA_OK;

    if (failed) {
        cli_answer(p->flow, cli_trouble_status(p->in.name, PILA_EIO));
        /* a directory, say: the others are still done */
        st = p->in.started ? CLI_SAID : PILA_OK;
    } else {
        p->read++;
        if (p->skip) st = malformed(p, "it ends before --offset");
        else if (p->len && pila_struct_unpack_many(&p->of, rest, p->rows, &err))
            st = malformed(p, err.message);
    }
    cli_input_close(&p->in);
    p->open = false;
    p->len = 0;
    return st;
}

/* One whole record at least; PILA_END: there are no more. */
static pila_status read_more(unpacking *p)
{
    pila_bytes_in bytes = cli_input_bytes(&p->in, p->flow->common);
    pila_status st = PILA_OK;

    p->at += p->from;
    p->len -= p->from;
    if (p->len) memmove(p->data, p->data + p->from, p->len);
    p->from = 0;
    while (st == PILA_OK && p->len < p->of.size) {
        size_t room = p->room - p->len;
        if (!p->open) {
            st = open_next(p);
            continue;
        }
        if (p->skip && p->skip < room) room = (size_t)p->skip;
        ptrdiff_t got = bytes.read(bytes.ctx, p->data + p->len, room);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) st = ended(p, got < 0);
        else if (p->skip) {
            p->skip -= (uint64_t)got;
            p->at += (uint64_t)got;
        } else p->len += (size_t)got;
    }
    return st;
}

/* ---- rows ---- */

static void strip(const unpacking *p, size_t n)
{
    for (size_t k = 0; k < p->n; k++) {
        if (!p->runs[k].padded) continue;
        char *at = p->rows + p->runs[k].at;
        for (size_t i = 0; i < n; i++, at += p->of.record_size) {
            pila_str text;
            memcpy(&text, at, sizeof text);
            while (text.len && text.ptr[text.len - 1] == '\0') text.len--;
            memcpy(at, &text, sizeof text);
        }
    }
}

static bool rows_refill(pila_iter *it)
{
    unpacking *p = it->state;
    size_t size = p->of.size;
    pila_status st = p->len - p->from < size ? read_more(p) : PILA_OK;

    if (st != PILA_OK) return pila_iter_end(it, st);
    size_t n = (p->len - p->from) / size;
    if (n > p->most) n = p->most;
    st = pila_struct_unpack_many(&p->of, pila_str_of(p->data + p->from, n * size),
                                 p->rows, NULL);
    if (st != PILA_OK) return pila_iter_end(it, st);
    p->from += n * size;
    if (p->o->strip) strip(p, n);
    it->cur = p->rows;
    it->end = p->rows + n * p->of.record_size;
    return true;
}

/* ---- what a row is ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The format with 1s for each c; it is known to be one. */
static pila_status respell(pila_str format, pila_buf *out)
{
    pila_status st = PILA_OK;

    for (size_t k = 0, from = 0; k < format.len && st == PILA_OK; from = ++k) {
        size_t count = 0;
        while (is_digit(format.ptr[k]))
            count = count * 10 + (size_t)(format.ptr[k++] - '0');
        if (format.ptr[k] != 'c') {
            st = pila_buf_add(out, pila_str_of(format.ptr + from, k + 1 - from));
            continue;
        }
        if (from == k) count = 1;
        for (; count && st == PILA_OK; count--) st = pila_buf_add(out, pila_cstr("1s"));
    }
    return st;
}

static run_kind int_kind(char code, size_t wide)
{
    bool is_signed = code >= 'a';

    switch (wide) {
    case 1: return is_signed ? RUN_I8 : RUN_U8;
    case 2: return is_signed ? RUN_I16 : RUN_U16;
    case 4: return is_signed ? RUN_I32 : RUN_U32;
    default: return is_signed ? RUN_I64 : RUN_U64;
    }
}

static run_kind kind_of(const pila_struct_op *op)
{
    switch (op->code) {
    case '?': return RUN_BOOL;
    case 'e':
    case 'f': return RUN_F32;
    case 'd': return RUN_F64;
    case 'F': return RUN_COMPLEX_F32;
    case 'D': return RUN_COMPLEX_F64;
    case 's':
    case 'p': return RUN_TEXT;
    default: return int_kind(op->code, op->wide);
    }
}

static pila_status bool_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_buf_add(out, pila_cstr(*(const bool *)item ? "true" : "false"));
}

/* Those of core take some microseconds. */
static pila_status float_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_value_repr(pila_value_float((double)*(const float *)item), out);
}

static pila_status double_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_value_repr(pila_value_float(*(const double *)item), out);
}

#define TYPE(of, T, what, function)                                                    \
    {                                                                                  \
        .kind = of, .size = sizeof(T), .align = PILA_ALIGNOF(T), .name = what,         \
        .repr = function                                                               \
    }

static const pila_type truth = TYPE(PILA_KIND_U8, bool, "bool", bool_repr),
                       single = TYPE(PILA_KIND_F32, float, "float", float_repr),
                       twofold = TYPE(PILA_KIND_F64, double, "float", double_repr);

static const pila_type *type_of(unpacking *p, run_kind kind)
{
    static const pila_type *const types[] = {
        [RUN_I8] = &pila_i8,   [RUN_I16] = &pila_i16, [RUN_I32] = &pila_i32,
        [RUN_I64] = &pila_i64, [RUN_U8] = &pila_u8,   [RUN_U16] = &pila_u16,
        [RUN_U32] = &pila_u32, [RUN_U64] = &pila_u64, [RUN_F32] = &single,
        [RUN_F64] = &twofold,  [RUN_BOOL] = &truth,   [RUN_TEXT] = &pila_view};

    if (kind == RUN_COMPLEX_F32) return &p->parts[0].type;
    return kind == RUN_COMPLEX_F64 ? &p->parts[1].type : types[kind];
}

static pila_status find_runs(unpacking *p)
{
    size_t n = p->of.ops ? p->of.ops : 1;
    pila_status st = pila_tuple_array(&p->parts[0], &single, 2);

    if (st == PILA_OK) st = pila_tuple_array(&p->parts[1], &twofold, 2);
    p->runs = pila_alloc(n, sizeof *p->runs);
    if (!p->runs) return PILA_ENOMEM;
    for (size_t k = 0; k < p->of.ops; k++) {
        const pila_struct_op *op = &p->of.op[k];
        run *r = &p->runs[p->n];
        if ((r->n = cli_struct_items(op)) == 0) continue;
        r->kind = kind_of(op);
        r->at = op->to;
        r->step = type_of(p, r->kind)->size;
        r->padded = op->code == 's' && op->count > 1; /* one byte may be a c */
        p->n++;
    }
    return st;
}

/* The descriptor of a row for later stages: each member has one. */
static pila_status find_members(unpacking *p)
{
    size_t at = 0;

    p->member = pila_alloc(p->of.items + 1, sizeof *p->member);
    if (!p->member) return PILA_ENOMEM;
    for (size_t k = 0; k < p->n; k++)
        for (size_t i = 0; i < p->runs[k].n; i++)
            p->member[at++].type = type_of(p, p->runs[k].kind);
    return pila_tuple_struct(&p->tuple, p->member, at);
}

static pila_status prepare(unpacking *p)
{
    bool last = p->flow->stage == p->flow->stages;
    pila_buf format = {0};
    pila_status st = respell(p->o->format.format, &format);

    if (st == PILA_OK) st = pila_struct_init(&p->of, pila_buf_view(&format), NULL);
    pila_buf_done(&format);
    if (st == PILA_OK) st = find_runs(p);
    if (st == PILA_OK && !last) st = find_members(p);
    if (st != PILA_OK) return st;
    p->row = (pila_type)PILA_PLAIN_TYPE(char);
    p->row.size = p->of.record_size;
    p->most = p->of.record_size < WINDOW ? WINDOW / p->of.record_size : 1;
    p->room = p->of.size < BLOCK ? BLOCK / p->of.size * p->of.size : p->of.size;
    p->rows = pila_alloc_zero(p->most, p->of.record_size);
    p->data = pila_alloc(p->room, 1);
    return p->rows && p->data ? PILA_OK : PILA_ENOMEM;
}

pila_iter cli_unpack(cli_flow *flow)
{
    static const pila_iter_ops ops = {rows_refill, NULL, NULL};
    const cli_struct_options *o = flow->options;
    unpacking *p = pila_alloc_zero(1, sizeof *p);

    flow->own = p;
    if (!p) return pila_failed(PILA_ENOMEM);
    p->flow = flow;
    p->o = o;
    flow->names = o->name;
    pila_status st = prepare(p);
    if (st != PILA_OK) return pila_failed(st);
    return pila_iter_make(p->member ? &p->tuple.type : &p->row, &ops, p);
}

void cli_unpack_done(cli_flow *flow)
{
    unpacking *p = flow->own;

    if (!p) return;
    if (p->open) cli_input_close(&p->in);
    pila_struct_done(&p->of);
    pila_free(p->runs);
    pila_free(p->member);
    pila_free(p->data);
    pila_free(p->rows);
}

/* ---- writing ---- */

typedef struct writing {
    const unpacking *p;
    cli_output *out;
    cli_format to;
    bool json, alone; /* alone: a row has one field */
    char separator, open, close, end;
    pila_buf keys;   /* of JSON objects: "a": and so on ... */
    size_t *key_end; /* ... up to where; NULL: they are arrays */
} writing;

/* What a number is as a value; of 64 bits without a sign, its bits. */
static pila_value number_at(run_kind kind, const void *at)
{
    switch (kind) {
    case RUN_I8: return pila_value_int(*(const int8_t *)at);
    case RUN_I16: return pila_value_int(*(const int16_t *)at);
    case RUN_I32: return pila_value_int(*(const int32_t *)at);
    case RUN_U8: return pila_value_int(*(const uint8_t *)at);
    case RUN_U16: return pila_value_int(*(const uint16_t *)at);
    case RUN_U32: return pila_value_int(*(const uint32_t *)at);
    case RUN_F32: return pila_value_float((double)*(const float *)at);
    case RUN_F64: return pila_value_float(*(const double *)at);
    default: return pila_value_int(*(const int64_t *)at);
    }
}

/* A number as its repr, where Python's json has no other word for it. */
static pila_status add_number(const writing *w, run_kind kind, const void *at,
                              pila_buf *to)
{
    pila_value v = pila_value_none();

    if (kind == RUN_BOOL) return bool_repr(NULL, at, to);
    v = number_at(kind, at);
    if (kind == RUN_U64 && v.as.i < 0) return pila_buf_add_uint(to, (uint64_t)v.as.i);
    if (!w->json || (kind != RUN_F32 && kind != RUN_F64) || v.as.f - v.as.f == 0)
        return pila_value_repr(v, to);
    return pila_buf_add(to, pila_cstr(v.as.f != v.as.f ? "NaN"
                                      : v.as.f > 0     ? "Infinity"
                                                       : "-Infinity"));
}

static pila_status add_complex(const writing *w, run_kind kind, const char *at,
                               pila_buf *to)
{
    run_kind part = kind == RUN_COMPLEX_F32 ? RUN_F32 : RUN_F64;
    size_t wide = kind == RUN_COMPLEX_F32 ? sizeof(float) : sizeof(double);
    pila_status st = w->json ? pila_buf_add_char(to, '[') : PILA_OK;

    if (st == PILA_OK) st = add_number(w, part, at, to);
    if (st == PILA_OK) st = pila_buf_add_char(to, w->separator);
    if (st == PILA_OK) st = add_number(w, part, at + wide, to);
    return st == PILA_OK && w->json ? pila_buf_add_char(to, ']') : st;
}

static void write_number(const writing *w, run_kind kind, const char *at)
{
    pila_buf to = {cli_write_room(w->out, NUMBER_ROOM), 0, NUMBER_ROOM, NUMBER_ROOM};
    bool is_complex = kind == RUN_COMPLEX_F32 || kind == RUN_COMPLEX_F64;
    pila_status st =
        is_complex ? add_complex(w, kind, at, &to) : add_number(w, kind, at, &to);

    if (st != PILA_OK) to.len = 0; /* there is room */
    w->out->used -= NUMBER_ROOM - to.len;
}

static void write_text(const writing *w, const char *at)
{
    pila_str text;

    memcpy(&text, at, sizeof text);
    if (w->json) cli_write_json(w->out, text);
    else if (w->to == CLI_CSV) cli_write_csv(w->out, text, w->alone);
    else if (w->to == CLI_TSV) cli_write_escaped(w->out, text);
    else cli_write(w->out, text.ptr, text.len);
}

/* What stands before the k-th field. */
static void write_before(const writing *w, size_t k)
{
    if (k) *cli_write_room(w->out, 1) = w->separator;
    if (!w->key_end) return;
    size_t from = k ? w->key_end[k - 1] : 0;
    cli_write(w->out, w->keys.data + from, w->key_end[k] - from);
}

static void write_row(const writing *w, const char *row)
{
    size_t k = 0;

    if (w->json) *cli_write_room(w->out, 1) = w->open;
    for (const run *r = w->p->runs, *stop = r + w->p->n; r < stop; r++) {
        const char *at = row + r->at;
        for (size_t i = 0; i < r->n; i++, at += r->step) {
            write_before(w, k++);
            if (r->kind == RUN_TEXT) write_text(w, at);
            else write_number(w, r->kind, at);
        }
    }
    if (w->json) *cli_write_room(w->out, 1) = w->close;
    cli_end_line(w->out, w->end);
}

/* The names as members of a JSON object. */
static pila_status find_keys(writing *w)
{
    const pila_json_dump_options how = {.keep_unicode = true};
    const char **name = w->p->o->name;
    size_t n = w->p->of.items;
    pila_doc doc = {0};
    pila_value v;

    w->key_end = pila_alloc(n + 1, sizeof *w->key_end);
    pila_status st = w->key_end ? PILA_OK : PILA_ENOMEM;
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        st = pila_value_str(&doc, pila_cstr(name[k]), &v);
        if (st == PILA_OK) st = pila_json_dumps(v, &how, &w->keys, NULL);
        if (st == PILA_OK) st = pila_buf_add_char(&w->keys, ':');
        w->key_end[k] = w->keys.len;
    }
    pila_doc_done(&doc);
    return st;
}

static void write_title(const writing *w, const char *name, const char *part)
{
    char text[TITLE_MOST];
    int n = snprintf(text, sizeof text, "%s%s", name, part);
    pila_str title = n < TITLE_MOST ? pila_str_of(text, (size_t)n) : pila_cstr(name);

    if (w->to == CLI_CSV) cli_write_csv(w->out, title, w->alone);
    else cli_write_escaped(w->out, title);
}

/* The names as the first record of a table. */
static void write_titles(const writing *w)
{
    const char **name = w->p->o->name;
    size_t k = 0;

    for (size_t j = 0; j < w->p->n; j++)
        for (size_t i = 0; i < w->p->runs[j].n; i++, k++) {
            run_kind kind = w->p->runs[j].kind;
            bool two = kind == RUN_COMPLEX_F32 || kind == RUN_COMPLEX_F64;
            write_before(w, k);
            write_title(w, name[k], two ? ".real" : "");
            if (two) *cli_write_room(w->out, 1) = w->separator;
            if (two) write_title(w, name[k], ".imag");
        }
    cli_end_line(w->out, w->end);
}

pila_status cli_unpack_write(cli_flow *flow, cli_output *out, pila_iter *rows)
{
    const cli_struct_options *o = flow->options;
    cli_format to = (cli_format)flow->common->out;
    writing w = {.p = flow->own, .out = out, .to = to, .json = to == CLI_JSONL};
    pila_status st = PILA_OK;
    const char *row;

    w.alone = o->format.items == 1;
    w.separator = to == CLI_JSONL || to == CLI_CSV ? ',' : '\t';
    w.open = o->name ? '{' : '[';
    w.close = o->name ? '}' : ']';
    w.end = to == CLI_NUL ? '\0' : '\n';
    (void)pila_iter_ready(rows); /* a fault comes before the first byte */
    if (rows->status != PILA_OK && rows->status != PILA_END) return rows->status;
    if (o->name && w.json) st = find_keys(&w);
    if (o->name && (to == CLI_CSV || to == CLI_TSV)) write_titles(&w);
    while (st == PILA_OK && !out->failed && (row = pila_next_item(rows)))
        write_row(&w, row);
    pila_buf_done(&w.keys);
    pila_free(w.key_end);
    return st == PILA_OK ? rows->status : st;
}
