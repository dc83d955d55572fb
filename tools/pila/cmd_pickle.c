/* cmd_pickle.c - pila pickle: what pickles hold, without running them.
 *
 * Pickles are no records: FILEs are read whole, and one pickle after the other is
 * turned into text. Alone, or as the last stage, that goes straight to the output; for
 * a later stage the text of one pickle at a time is cut into lines. The way back takes
 * records, and its pickles are written without anything between them.
 */
#include "cli.h"
#include "pickling.h"

#include <pila/serial/pickle.h>
#include <pila/serial/pickletools.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { READ_AT_ONCE = 1 << 16, LINES_AT_ONCE = 256 };

typedef enum action { DIS, TO_JSON, FROM_JSON } action;

typedef struct pickle_options {
    cli_common common;
    action what;
    int annotate, memo, globals, tuples;
    int64_t indent, protocol;
} pickle_options;

#define AT(member) offsetof(pickle_options, member)

static const cli_option options[] = {
    CLI_GROUP("dis"),
    {0, "indent", CLI_INT, AT(indent), 0, "N", "blanks for each mark, 4 if not given"},
    {0, "annotate", CLI_SET, AT(annotate), 1, NULL, "say what the opcodes mean"},
    {0, "memo", CLI_SET, AT(memo), 1, NULL,
     "one memo for all pickles, as one Pickler writes them"},
    {0, "globals", CLI_SET, AT(globals), 1, NULL,
     "print only what is named to be imported, as module:name"},
    CLI_GROUP("to-json, from-json"),
    {0, "tuples", CLI_SET, AT(tuples), 1, NULL,
     "tuples are no arrays, so that they come back as tuples"},
    {0, "protocol", CLI_INT, AT(protocol), 0, "N", "0 to 5; 4 if not given"},
    CLI_LAST};

/* What make() leaves for the rest. */
typedef struct pickling {
    cli_flow *flow;
    cli_input in;
    bool open, begun; /* an input is, and something of it was taken */
    size_t next;      /* FILE */
    pila_buf data;    /* of the input, all of it */
    size_t at;        /* the next pickle */
    pila_dis_memo memo;
    pila_buf text; /* of one pickle */
    size_t shown;  /* of that, passed on */
    pila_str lines[LINES_AT_ONCE];
    pila_iter items; /* from-json: what it is given */
    size_t line;     /* of the record at hand */
    pila_buf room;
} pickling;

/* ---- FILEs ---- */

/* "FILE: offset N: why", of the data; or the status, if it is none of that. */
static pila_status malformed(pickling *p, pila_status st, size_t offset,
                             const char *why)
{
    if (st == PILA_ENOMEM || !*why) return st;
    cli_trouble(p->in.name, "offset %zu: %s", offset, why);
    cli_answer(p->flow, CLI_NO);
    return CLI_SAID;
}

static pila_status read_whole(pickling *p)
{
    pila_bytes_in bytes = cli_input_bytes(&p->in, p->flow->common);
    pila_status st = PILA_OK;
    ptrdiff_t got = 1;

    pila_buf_clear(&p->data);
    while (st == PILA_OK && got != 0) {
        st = pila_buf_reserve(&p->data, READ_AT_ONCE);
        if (st != PILA_OK) break;
        got = bytes.read(bytes.ctx, p->data.data + p->data.len,
                         p->data.room - p->data.len);
        if (got > 0) p->data.len += (size_t)got;
        else if (got < 0 && errno != EINTR) {
            cli_answer(p->flow, cli_trouble_status(p->in.name, PILA_EIO));
            st = CLI_SAID;
        }
    }
    return st;
}

/* Make sure that there is a pickle to be read; PILA_END: there are no more. */
static pila_status find(pickling *p)
{
    size_t files = p->flow->files ? p->flow->files : 1;
    pila_status st;

    while (!p->open || (p->begun && p->at >= p->data.len)) {
        if (p->open) cli_input_close(&p->in);
        p->open = p->begun = false;
        if (p->next == files) return PILA_END;
        const char *operand = p->flow->files ? p->flow->file[p->next] : "-";
        p->next++;
        int code = cli_input_open(&p->in, operand);
        if (code != CLI_DONE) cli_answer(p->flow, code);
        if (code != CLI_DONE) continue;
        p->open = true;
        p->at = 0;
        if ((st = read_whole(p)) != PILA_OK) return st;
    }
    p->begun = true;
    return PILA_OK;
}

/* ---- what a pickle names ---- */

typedef struct naming {
    pila_doc doc;
    pila_value *stack; /* text, True for a mark, or None for anything else */
    size_t n, room;
    pila_value memo; /* a dict */
    cli_sink *write;
    void *ctx;
} naming;

static pila_status push(naming *g, pila_value v)
{
    if (g->n == g->room) {
        size_t room = pila_mem_grow(g->room, g->n + 1, sizeof v);
        pila_value *grown =
            room ? (pila_value *)pila_realloc(g->stack, room, sizeof v) : NULL;
        if (!grown) return PILA_ENOMEM;
        g->stack = grown;
        g->room = room;
    }
    g->stack[g->n++] = v;
    return PILA_OK;
}

static pila_value pop(naming *g) { return g->n ? g->stack[--g->n] : pila_value_none(); }

static pila_status say(naming *g, pila_str module, pila_str name)
{
    pila_buf line = {0};
    pila_status st = pila_buf_add(&line, module);

    if (st == PILA_OK) st = pila_buf_add_char(&line, ':');
    if (st == PILA_OK) st = pila_buf_add(&line, name);
    if (st == PILA_OK) st = pila_buf_add_char(&line, '\n');
    if (st == PILA_OK) st = g->write(g->ctx, pila_buf_view(&line));
    pila_buf_done(&line);
    return st;
}

/* Text on the stack may be anything else that became of a call: then it is a "?". */
static pila_str named(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_STR ? pila_value_text(v)
                                                   : pila_cstr("?");
}

/* Two lines, which the argument has with a blank between them. */
static pila_status say_pair(naming *g, pila_str pair)
{
    const char *blank = (const char *)memchr(pair.ptr, ' ', pair.len);
    size_t n = blank ? (size_t)(blank - pair.ptr) : pair.len;

    return say(g, pila_str_of(pair.ptr, n),
               pila_str_of(pair.ptr + n + (blank != NULL),
                           pair.len - n - (blank != NULL)));
}

static pila_status say_code(naming *g, int64_t code)
{
    pila_buf digits = {0};
    pila_status st = pila_buf_add_int(&digits, code);

    if (st == PILA_OK) st = say(g, pila_cstr("extension"), pila_buf_view(&digits));
    pila_buf_done(&digits);
    return st;
}

static pila_status memoize(naming *g, pila_value key)
{
    if (!g->n || pila_value_kind_of(g->stack[g->n - 1]) == PILA_VALUE_BOOL)
        return PILA_OK;
    return pila_value_setitem(&g->doc, g->memo, key, g->stack[g->n - 1]);
}

/* What it takes from the stack, down to the mark if that is asked for. */
static void take(naming *g, const char *before)
{
    const char *mark = strchr(before, 'm');

    if (mark)
        while (g->n && pila_value_kind_of(pop(g)) != PILA_VALUE_BOOL) continue;
    for (size_t k = mark ? (size_t)(mark - before) : strlen(before); k > 0; k--)
        (void)pop(g);
}

/* long: a few lines for each opcode that moves text */
static pila_status meet(naming *g, const pila_pickle_op *op)
{
    pila_value v = op->arg, found = pila_value_none(), name;
    size_t len;
    pila_status st = PILA_OK;

    switch (op->info->code) {
    case PILA_OP_MARK: return push(g, pila_value_bool(true));
    case PILA_OP_DUP: return push(g, g->n ? g->stack[g->n - 1] : found);
    case PILA_OP_GET:
    case PILA_OP_BINGET:
    case PILA_OP_LONG_BINGET:
        (void)!pila_value_getitem(g->memo, v, &found);
        return push(g, found);
    case PILA_OP_PUT:
    case PILA_OP_BINPUT:
    case PILA_OP_LONG_BINPUT:
        if (pila_value_kind_of(v) == PILA_VALUE_BIGINT)
            st = pila_value_copy(&g->doc, v, &v);
        return st == PILA_OK ? memoize(g, v) : st;
    case PILA_OP_MEMOIZE:
        st = pila_value_len(g->memo, &len);
        return st == PILA_OK ? memoize(g, pila_value_int((int64_t)len)) : st;
    case PILA_OP_STACK_GLOBAL:
        name = pop(g);
        st = say(g, named(pop(g)), named(name));
        return st == PILA_OK ? push(g, found) : st;
    case PILA_OP_EXT1:
    case PILA_OP_EXT2:
    case PILA_OP_EXT4: st = say_code(g, v.as.i); break;
    case PILA_OP_GLOBAL:
    case PILA_OP_INST: st = say_pair(g, pila_value_text(v)); break;
    default: break;
    }
    take(g, op->info->before);
    if (pila_value_kind_of(v) == PILA_VALUE_STR && strchr("uS", *op->info->after) &&
        st == PILA_OK)
        return pila_value_copy(&g->doc, v, &v) == PILA_OK ? push(g, v) : PILA_ENOMEM;
    for (const char *k = op->info->after; *k && st == PILA_OK; k++) st = push(g, found);
    return st;
}

/* By the opcodes, whatever the pickle does with the objects: and up to where it is
 * malformed. */
static pila_status globals(pickling *p, cli_sink *write, void *ctx, pila_error *err)
{
    naming g = {.write = write, .ctx = ctx};
    pila_iter it = pila_pickle_genops(pila_buf_view(&p->data), p->at);
    pila_status st = pila_value_dict(&g.doc, 0, &g.memo);

    while (st == PILA_OK) {
        const pila_pickle_op *op = (const pila_pickle_op *)pila_next(&it, sizeof *op);
        if (!op) break;
        p->at = op->end;
        st = meet(&g, op);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    if (pila_pickle_genops_error(&it)) *err = *pila_pickle_genops_error(&it);
    pila_iter_drop(&it);
    pila_doc_done(&g.doc);
    pila_free(g.stack);
    return st;
}

/* ---- text of a pickle ---- */

static pila_status to_json(pickling *p, cli_sink *write, void *ctx, pila_error *err)
{
    const pickle_options *o = p->flow->options;
    pila_str rest =
        pila_str_of(p->at ? p->data.data + p->at : p->data.data, p->data.len - p->at);
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    const char *why = NULL;
    size_t used = 0;
    pila_status st = pila_pickle_loads(&doc, rest, NULL, &v, &used, err);

    if (st != PILA_OK) err->offset += p->at;
    if (st == PILA_OK) {
        st = cli_pickle_to_json(v, o->tuples, write, ctx, &why);
        err->offset = p->at;
        if (why) snprintf(err->message, sizeof err->message, "%s", why);
        p->at += used;
    }
    pila_doc_done(&doc);
    return st == PILA_OK ? write(ctx, pila_cstr("\n")) : st;
}

/* The text of the next pickle; PILA_END: there is none. */
static pila_status show_next(pickling *p, cli_sink *write, void *ctx)
{
    const pickle_options *o = p->flow->options;
    pila_dis_options how = {(size_t)o->indent, o->annotate ? 30 : 0,
                            o->memo ? &p->memo : NULL};
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_status st = find(p);

    if (st != PILA_OK) return st;
    if (o->what == TO_JSON) st = to_json(p, write, ctx, &err);
    else if (o->globals) st = globals(p, write, ctx, &err);
    else st = pila_pickle_dis(pila_buf_view(&p->data), &p->at, &how, write, ctx, &err);
    return st == PILA_OK ? st : malformed(p, st, err.offset, err.message);
}

static pila_status into_buf(void *ctx, pila_str text)
{
    return pila_buf_add(ctx, text);
}

/* Lines of the text at hand, else of the next pickle's. */
static bool lines_refill(pila_iter *it)
{
    pickling *p = it->state;
    pila_status st = PILA_OK;
    size_t n = 0;

    while (st == PILA_OK && p->shown == p->text.len) {
        pila_buf_clear(&p->text);
        p->shown = 0;
        st = show_next(p, into_buf, &p->text);
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    while (n < LINES_AT_ONCE && p->shown < p->text.len) {
        const char *from = p->shown ? p->text.data + p->shown : p->text.data;
        const char *end = memchr(from, '\n', p->text.len - p->shown);
        size_t len = end ? (size_t)(end - from) : p->text.len - p->shown;
        p->lines[n++] = pila_str_of(from, len);
        p->shown += len + (end != NULL);
    }
    it->cur = (const char *)p->lines;
    it->end = (const char *)(p->lines + n);
    return true;
}

/* ---- pickles of text ---- */

static pila_status no_json(pickling *p, const pila_error *err)
{
    const char *name = p->flow->place.name;

    if (!*err->message) return err->status;
    if (name) cli_malformed(name, p->line, err->column, err->message);
    else cli_trouble(NULL, "%s", err->message);
    cli_answer(p->flow, CLI_NO);
    return CLI_SAID;
}

static bool pickles_refill(pila_iter *it)
{
    pickling *p = it->state;
    const pickle_options *o = p->flow->options;
    bool fresh = p->items.cur == p->items.end;
    const void *item = pila_next_item(&p->items);
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_doc doc = {0};
    pila_value v;
    pila_str text;

    if (!item) return pila_iter_end(it, p->items.status);
    p->line = fresh ? p->flow->place.line : p->line + 1;
    pila_buf_clear(&p->room);
    pila_buf_clear(&p->text);
    pila_status st = cli_text_of(p->items.type, item, &p->room, &text);
    if (st == PILA_OK) st = cli_pickle_from_json(&doc, text, &v, &err);
    if (st == PILA_OK) {
        st = pila_pickle_dumps(v, (int)o->protocol, &p->text, &err);
        err.column = 0;
    }
    if (st != PILA_OK && st != PILA_ENOMEM) st = no_json(p, &err);
    pila_doc_done(&doc);
    if (st != PILA_OK) return pila_iter_end(it, st);
    p->lines[0] = pila_buf_view(&p->text);
    it->cur = (const char *)p->lines;
    it->end = (const char *)(p->lines + 1);
    return true;
}

static pila_iter pickles_drop(pila_iter *it)
{
    pickling *p = it->state;
    pila_iter items = p->items;

    p->items = pila_failed(PILA_END);
    return items;
}

/* ---- the command ---- */

static int check(const cli_flow *flow)
{
    static const char *const names[] = {"dis", "to-json", "from-json"};
    pickle_options *o = flow->options;
    int what = 0;

    while (what < 3 && strcmp(flow->argument[0], names[what]) != 0) what++;
    if (what == 3)
        return cli_trouble(flow->argument[0], "is not dis, to-json or from-json");
    o->what = (action)what;
    if (o->what != DIS && (o->annotate || o->memo || o->globals))
        return cli_trouble(NULL, "--annotate, --memo and --globals are for dis");
    if (o->what != TO_JSON && o->tuples)
        return cli_trouble(NULL, "--tuples is for to-json");
    if (o->protocol > PILA_PICKLE_HIGHEST)
        return cli_trouble(NULL, "--protocol is 0 to %d", PILA_PICKLE_HIGHEST);
    if (o->common.errors != CLI_FAIL)
        return cli_trouble(NULL, "--errors: what is malformed ends it");
    if (o->what == FROM_JSON && flow->stage < flow->stages)
        return cli_trouble(NULL, "from-json writes pickles: it can only be the last "
                                 "stage");
    if (o->what == FROM_JSON) return cli_check_no_key(flow);
    if (flow->stage > 1)
        return cli_trouble(NULL, "%s reads pickles: it can only be the first stage",
                           flow->argument[0]);
    return cli_check_no_input(flow);
}

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops lines = {lines_refill, NULL, NULL},
                               pickles = {pickles_refill, pickles_drop, NULL};
    const pickle_options *o = flow->options;
    pickling *p = pila_alloc_zero(1, sizeof *p);

    flow->own = p;
    if (!p) {
        pila_iter_drop(&flow->upstream);
        return pila_failed(PILA_ENOMEM);
    }
    p->flow = flow;
    p->items = pila_failed(PILA_END);
    if (o->what == FROM_JSON) p->items = cli_items(flow);
    flow->names = NULL;
    flow->keeps = false;
    flow->form = o->what == TO_JSON ? CLI_JSONL : CLI_LINES;
    return pila_iter_make(&pila_view, o->what == FROM_JSON ? &pickles : &lines, p);
}

static pila_status into_output(void *ctx, pila_str text)
{
    cli_output *out = ctx;

    cli_write(out, text.ptr, text.len);
    return out->failed ? PILA_END : PILA_OK; /* which is said when it is closed */
}

/* What is malformed ends dis, but what comes before it is worth seeing. */
static pila_status write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const pickle_options *o = flow->options;
    pila_status st = PILA_OK;
    const pila_str *one;

    if (o->what == FROM_JSON) {
        while (!out->failed && (one = pila_next(items, sizeof *one)))
            cli_write(out, one->ptr, one->len);
        return items->status;
    }
    if (o->common.out != CLI_LINES) return cli_write_items(flow, out, items);
    while (st == PILA_OK) st = show_next(flow->own, into_output, out);
    return st == CLI_SAID && !o->common.output ? PILA_END : st;
}

static void done(cli_flow *flow)
{
    pickling *p = flow->own;

    if (!p) return;
    if (p->open) cli_input_close(&p->in);
    pila_buf_done(&p->data);
    pila_buf_done(&p->text);
    pila_buf_done(&p->room);
    pila_dis_memo_done(&p->memo);
    pila_free(p);
}

static const pickle_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                        .indent = 4,
                                        .protocol = PILA_PICKLE_DEFAULT};

static const cli_row sections[] = {
    {"What it does",
     "dis prints the opcodes of pickles; to-json prints what they hold, a line of JSON "
     "for each; from-json writes a pickle of each line of JSON. A FILE may hold "
     "several "
     "pickles, one after the other. Nothing in a pickle is ever imported or called."},
    {"JSON",
     "What JSON lacks is an object whose first key says what it is: __bytes__ and "
     "__bytearray__ in base64, __set__, __frozenset__, __tuple__ (--tuples), "
     "__complex__, __float__, __dict__ as pairs where keys are not text, __global__ as "
     "module:name, and __object__ for what a call would make, with how, args, state, "
     "items, pairs and kwargs. from-json understands them all. What was one object "
     "twice is written twice."},
    {"Many machines", "There is no --partial: the outputs for several FILEs, one after "
                      "the other, are the output of one run."},
    {NULL, NULL}};

const cli_command cmd_pickle = {
    .name = "pickle",
    .summary = "show what pickles hold, unrun, and make them of JSON",
    .usage = "dis [OPTION...] [FILE...]\nto-json [OPTION...] [FILE...]\n"
             "from-json [OPTION...] [FILE...]",
    .examples = "  $ pila pickle dis model.pkl\n"
                "  $ pila pickle dis --globals model.pkl then unique\n"
                "  $ pila pickle to-json data.pkl >data.jsonl\n"
                "  $ pila pickle from-json --protocol 5 data.jsonl >data.pkl\n",
    .python =
        "  python -m pickletools FILE; json.dumps(pickle.load(open(FILE, 'rb')))\n",
    .description = "Reads pickles of the FILEs, or of stdin, or makes them.",
    .sections = sections,
    .memory = "O(FILE): of to-json some 100 bytes a byte at most; of from-json "
              "O(longest record).",
    .exits = {"done", "malformed input, or a value that cannot be written",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 1,
    .argument = {"dis, to-json or from-json"},
    .options = options,
    .common = cli_common_options,
    .size = sizeof(pickle_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = write,
    .done = done};
