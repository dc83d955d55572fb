/* cmd_json.c - pila json: check JSON, lay it out, turn it into lines and back.
 *
 * Text goes through pila_jsontext in blocks, as it is read: no values are built,
 * numbers and strings stay as they are written, and memory is a bit for each open
 * bracket. Where values are asked for (--sort-keys, --python) the text is first brought
 * into one value a line, and each line is read and written by itself.
 *
 *     FILEs, or items -> pila_jsontext -> [each line: loads, dumps] -> [as one list]
 *
 * At the end of a pipeline all of that is written as it comes; before another stage it
 * is cut into lines, its items.
 */
#include "cli.h"

#include <pila/serial/json.h>
#include <pila/serial/jsontext.h>

#include <string.h>

typedef enum what { VALID, PRETTY, MIN, LINES, ARRAY, GET, UNKNOWN } what;

typedef struct json_options {
    cli_common common;
    int tab, no_indent, sort_keys, python;
    int64_t indent, depth;
} json_options;

#define AT(member) offsetof(json_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is JSON"),
    {0, "python", CLI_SET, AT(python), 1, NULL,
     "read and print as Python's json: NaN and Infinity too, numbers as Python shows "
     "them, strings in ASCII"},
    {0, "depth", CLI_INT, AT(depth), 1, "N", "levels allowed (1024)"},
    CLI_GROUP("What comes out"),
    {0, "indent", CLI_INT, AT(indent), 0, "N", "of pretty: blanks a level (4)"},
    {0, "tab", CLI_SET, AT(tab), 1, NULL, "of pretty: indent by tabs"},
    {0, "no-indent", CLI_SET, AT(no_indent), 1, NULL, "of pretty: all on one line"},
    {0, "sort-keys", CLI_SET, AT(sort_keys), 1, NULL,
     "members of objects in the order of their keys"},
    CLI_LAST};
static const json_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                      .indent = -1,
                                      .depth = PILA_JSONTEXT_DEPTH};

enum { BLOCK = 128 << 10 };

typedef struct run {
    cli_flow *flow;
    what what;
    const char *const *file;
    size_t files, next; /* operands, and the one to open next */
    bool values;        /* each line is read and written by itself */
    pila_iter given;    /* of a later stage */
    cli_input in;
    bool open;
    const char *name; /* of what is read, for messages */
    pila_jsontext *text;
    pila_buf whole; /* for get: all of it */
    pila_buf line;  /* for values: of which the end has not come */
    pila_doc doc;
    size_t count;    /* values in a list */
    cli_output *out; /* NULL: into made */
    pila_buf made;
    size_t at; /* what of it has been yielded */
    pila_str item;
    bool ended;
    char block[BLOCK];
} run;

/* ---- operands ---- */

static what what_of(const char *name)
{
    static const char *const names[] = {"valid", "pretty", "min",
                                        "lines", "array",  "get"};
    what k = VALID;

    while (k < UNKNOWN && strcmp(names[k], name) != 0) k++;
    return k;
}

static int check(const cli_flow *flow)
{
    const json_options *o = flow->options;
    what is = what_of(flow->argument[0]);
    size_t files = flow->files - (is == GET && flow->files);
    bool lays_out = o->indent >= 0 || o->tab || o->no_indent;

    if (is == UNKNOWN)
        return cli_trouble(NULL,
                           "'%s' is none of valid, pretty, min, lines, array, get",
                           flow->argument[0]);
    if (is == GET && !flow->files)
        return cli_trouble(NULL, "POINTER is missing; --help shows the usage");
    if (flow->stage > 1 && files)
        return cli_trouble(flow->file[flow->files - files],
                           "the items come from the stage before; no FILE can be read "
                           "here");
    if (lays_out && is != PRETTY)
        return cli_trouble(NULL, "--indent, --tab and --no-indent are for pretty");
    if ((o->indent >= 0) + o->tab + o->no_indent > 1)
        return cli_trouble(NULL, "--indent, --tab and --no-indent: one of them");
    if (o->sort_keys && (is == VALID || is == GET))
        return cli_trouble(NULL, "--sort-keys means nothing with %s",
                           flow->argument[0]);
    if ((o->common.in && o->common.in != CLI_JSONL) || o->common.header)
        return cli_trouble(NULL, "what is read is JSON, or with --in jsonl JSON Lines");
    if (is == GET && o->common.in)
        return cli_trouble(NULL, "for a value of each line: pila json lines FILE then "
                                 "json get POINTER");
    if (o->common.out) return cli_trouble(NULL, "--out: what is printed is JSON");
    return cli_check_no_key(flow);
}

/* ---- output ---- */

static pila_status emit(run *r, pila_str text)
{
    const char *end;

    if (!r->out) return pila_buf_add(&r->made, text);
    while (r->out->by_line && (end = memchr(text.ptr, '\n', text.len))) {
        size_t n = (size_t)(end - text.ptr);
        cli_write_line(r->out, text.ptr, n, '\n');
        text = pila_str_of(end + 1, text.len - n - 1);
    }
    cli_write(r->out, text.ptr, text.len);
    return r->out->failed ? PILA_END : PILA_OK; /* which is said when it is closed */
}

/* Lines, each of them a value; in a list, a comma goes before the newline between two.
 */
static pila_status emit_lines(run *r, pila_str text)
{
    pila_status st = PILA_OK;

    if (r->what != ARRAY) return emit(r, text);
    while (text.len && st == PILA_OK) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t n = end ? (size_t)(end - text.ptr) : text.len;
        if (!r->line.len) st = emit(r, pila_cstr(r->count++ ? ",\n" : ""));
        if (st == PILA_OK) st = emit(r, pila_str_of(text.ptr, n));
        r->line.len = !end; /* a value is open; it is used for values alone otherwise */
        text = pila_str_of(text.ptr + n + !!end, text.len - n - !!end);
    }
    return st;
}

/* ---- values ---- */

static pila_status rewrite(run *r, pila_str text)
{
    const json_options *o = r->flow->options;
    pila_json_load_options load = {.float_text = !o->python,
                                   .int_text = !o->python,
                                   .max_depth = (size_t)o->depth};
    pila_json_dump_options how = {.indented = r->what == PRETTY && !o->no_indent,
                                  .indent = o->indent < 0           ? 4
                                            : o->indent > INT32_MAX ? INT32_MAX
                                                                    : (int)o->indent,
                                  .indent_text = pila_cstr(o->tab ? "\t" : ""),
                                  .separated = r->what != PRETTY,
                                  .item_separator = pila_cstr(","),
                                  .key_separator = pila_cstr(":"),
                                  .sort_keys = o->sort_keys,
                                  .keep_unicode = !o->python};
    pila_value v = pila_value_none();
    pila_json_error why;
    pila_buf out = {0};

    pila_doc_clear(&r->doc);
    pila_status st = pila_json_loads(&r->doc, text, &load, &v, &why);
    if (st == PILA_OK) st = pila_json_dumps(v, &how, &out, &why.at);
    if (st == PILA_OK) st = pila_buf_add_char(&out, '\n');
    if (st == PILA_OK && r->what == ARRAY) {
        st = emit(r, pila_cstr(r->count++ ? ",\n" : ""));
        out.len--;
    }
    if (st == PILA_OK) st = emit(r, pila_buf_view(&out));
    else if (st != PILA_ENOMEM) {
        (void)cli_trouble(r->name, "%s", why.at.message);
        cli_answer(r->flow, CLI_NO);
        st = CLI_SAID;
    }
    pila_buf_done(&out);
    return st;
}

/* What comes out of pila_jsontext. */
static pila_status take(void *ctx, pila_str text)
{
    run *r = ctx;
    pila_status st = PILA_OK;

    if (!r->values) return emit_lines(r, text);
    while (text.len && st == PILA_OK) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t n = end ? (size_t)(end - text.ptr) : text.len;
        st = pila_buf_add(&r->line, pila_str_of(text.ptr, n));
        text = pila_str_of(text.ptr + n + !!end, text.len - n - !!end);
        if (!end || st != PILA_OK) continue;
        st = rewrite(r, pila_buf_view(&r->line));
        r->line.len = 0;
    }
    return st;
}

/* ---- one text ---- */

static pila_jsontext_options text_options(const run *r)
{
    const json_options *o = r->flow->options;
    bool many = r->flow->stage > 1 || o->common.in == CLI_JSONL;
    pila_jsontext_options t = {.values = many ? PILA_JSONTEXT_MANY : PILA_JSONTEXT_ONE,
                               .python = o->python,
                               .tab = o->tab,
                               .indent = o->indent < 0 ? 4 : (size_t)o->indent,
                               .depth = (size_t)o->depth};

    if (r->what == LINES) t.values = PILA_JSONTEXT_EITHER;
    if (r->what == LINES && many) t.values = PILA_JSONTEXT_MANY;
    if (r->what == ARRAY) t.values = PILA_JSONTEXT_MANY;
    if (r->what == VALID) t.layout = PILA_JSONTEXT_NONE;
    if (r->what == PRETTY && !r->values)
        t.layout = o->no_indent ? PILA_JSONTEXT_LINE : PILA_JSONTEXT_INDENT;
    return t;
}

static pila_status malformed(run *r, pila_status st, const pila_error *why)
{
    if (st != PILA_ESYNTAX && st != PILA_ELIMIT) return st;
    cli_answer(r->flow, cli_malformed(r->name, why->line, why->column, why->message));
    return CLI_SAID;
}

static pila_status text_begin(run *r)
{
    pila_jsontext_options o = text_options(r);

    r->whole.len = r->line.len = 0;
    if (r->what == GET) return PILA_OK;
    r->text = pila_jsontext_new(&o, take, r);
    return r->text ? PILA_OK : PILA_ENOMEM;
}

static pila_status text_feed(run *r, pila_str piece)
{
    pila_error why;

    if (r->what == GET) return pila_buf_add(&r->whole, piece);
    return malformed(r, pila_jsontext_feed(r->text, piece, &why), &why);
}

/* Nothing waits for more input that is there already. */
static pila_status text_flush(run *r)
{
    pila_error why;

    if (r->what == GET) return PILA_OK;
    return malformed(r, pila_jsontext_flush(r->text, &why), &why);
}

static pila_status get(run *r)
{
    pila_jsontext_options o = text_options(r);
    pila_error why = {PILA_OK, 0, 0, 0, ""};
    pila_str found;
    pila_status st = pila_jsontext_get(pila_buf_view(&r->whole),
                                       pila_cstr(r->flow->file[0]), &o, &found, &why);

    if (why.status != PILA_OK) return malformed(r, st, &why);
    if (st == PILA_OK) st = emit(r, found);
    if (st == PILA_OK) return emit(r, pila_cstr("\n"));
    if (st == PILA_ESYNTAX) {
        cli_answer(r->flow, cli_trouble(r->flow->file[0], "is no JSON Pointer"));
        return CLI_SAID;
    }
    if (st == PILA_ENOMEM || st == PILA_END) return st;
    cli_answer(r->flow, CLI_NO); /* it is not there */
    return PILA_OK;
}

/* All of a text was read. */
static pila_status text_end(run *r)
{
    pila_error why;
    pila_status st;

    if (r->what == GET) return get(r);
    st = malformed(r, pila_jsontext_finish(r->text, &why), &why);
    if (st != PILA_OK || r->what == VALID) return st;
    if (text_options(r).values != PILA_JSONTEXT_ONE) return PILA_OK;
    return take(r, pila_cstr("\n")); /* the end of the one value */
}

/* ---- all of them ---- */

static void close_input(run *r)
{
    if (r->open) cli_input_close(&r->in);
    r->open = false;
    pila_jsontext_free(r->text);
    r->text = NULL;
}

/* The next operand; PILA_END behind the last. What can't be opened is said, and left
 * out. */
static pila_status open_next(run *r)
{
    for (;;) {
        if (r->next >= (r->files ? r->files : 1)) return PILA_END;
        const char *operand = r->files ? r->file[r->next] : "-";
        r->next++;
        int code = cli_input_open(&r->in, operand);
        r->open = true;
        r->name = r->in.name;
        if (code == CLI_DONE) return text_begin(r);
        cli_answer(r->flow, code);
        close_input(r);
    }
}

/* A block of a FILE: PILA_OK; PILA_END behind the last; or a fault. */
static pila_status step_file(run *r)
{
    pila_status st = r->open ? PILA_OK : open_next(r);

    if (st != PILA_OK) return st;
    pila_bytes_in in = cli_input_bytes(&r->in, r->flow->common);
    ptrdiff_t n = in.read(in.ctx, r->block, BLOCK);
    if (n < 0) {
        cli_answer(r->flow, cli_trouble_status(r->name, PILA_EIO));
        st = CLI_SAID;
    } else st = n ? text_feed(r, pila_str_of(r->block, (size_t)n)) : text_end(r);
    if (n > 0 && st == PILA_OK) st = text_flush(r);
    if (n > 0 && st == PILA_OK) return st;
    close_input(r);
    return r->what == VALID && st == CLI_SAID ? PILA_OK : st; /* look at the others */
}

/* A window of items: each is a line, or for get a text of its own. */
static pila_status step_items(run *r)
{
    pila_buf room = {0};
    pila_status st = r->text ? PILA_OK : text_begin(r);
    size_t n = st == PILA_OK ? pila_iter_ready(&r->given) : 0;

    if (st == PILA_OK && !n) {
        if (r->given.status != PILA_END) return r->given.status;
        if (r->what != GET) st = text_end(r);
        return st == PILA_OK ? PILA_END : st;
    }
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        pila_str text = {NULL, 0};
        room.len = r->whole.len = 0;
        st = cli_text_of(r->given.type, r->given.cur + k * r->given.type->size, &room,
                         &text);
        if (st == PILA_OK) st = text_feed(r, text);
        if (st == PILA_OK) st = r->what == GET ? get(r) : text_feed(r, pila_cstr("\n"));
    }
    if (st == PILA_OK) st = text_flush(r);
    pila_iter_skip(&r->given, n);
    pila_buf_done(&room);
    return st;
}

/* Some more output; PILA_END when there is no more to come. */
static pila_status step(run *r)
{
    pila_status st = PILA_OK;

    if (r->ended) return PILA_END;
    if (r->what == ARRAY && !r->count && !r->next && !r->text)
        st = emit(r, pila_cstr("[\n"));
    if (st == PILA_OK) st = r->flow->stage > 1 ? step_items(r) : step_file(r);
    if (st != PILA_END) return st;
    r->ended = true;
    if (r->what == ARRAY) (void)emit(r, pila_cstr(r->count ? "\n]\n" : "]\n"));
    return PILA_OK;
}

/* ---- as a stage, and as the last one ---- */

static bool refill(pila_iter *it)
{
    run *r = it->state;
    const char *from, *end;

    for (;;) {
        from = r->at ? r->made.data + r->at : r->made.data;
        end = r->made.len > r->at ? memchr(from, '\n', r->made.len - r->at) : NULL;
        if (end) break;
        if (r->at) memmove(r->made.data, from, r->made.len -= r->at);
        r->at = 0;
        pila_status st = step(r);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    r->item = pila_str_of(from, (size_t)(end - from));
    r->at += r->item.len + 1;
    it->cur = (const char *)&r->item;
    it->end = it->cur + sizeof r->item;
    return true;
}

static pila_iter drop(pila_iter *it)
{
    run *r = it->state;
    pila_iter given = r->given;

    close_input(r);
    pila_buf_done(&r->whole);
    pila_buf_done(&r->line);
    pila_buf_done(&r->made);
    pila_doc_done(&r->doc);
    pila_free(r);
    return given;
}

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops ops = {refill, drop, NULL};
    const json_options *o = flow->options;
    run *r = pila_alloc_zero(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    r->flow = flow;
    r->what = what_of(flow->argument[0]);
    r->values = o->sort_keys || (o->python && r->what != VALID && r->what != GET);
    r->file = flow->file + (r->what == GET);
    r->files = flow->files - (r->what == GET);
    r->name = "items";
    r->given = pila_failed(PILA_END);
    if (flow->stage > 1) r->given = cli_items(flow);
    flow->own = r;
    flow->names = NULL;
    flow->form =
        r->what == MIN || r->what == LINES || r->what == GET ? CLI_JSONL : CLI_LINES;
    return pila_iter_make(&pila_view, &ops, r);
}

static pila_status write_all(cli_flow *flow, cli_output *out, pila_iter *items)
{
    run *r = flow->own;
    pila_status st = items->status;

    r->out = out;
    while (st == PILA_OK && !r->ended) st = step(r);
    return st;
}

static const cli_row sections[] = {
    {"COMMAND",
     "valid prints nothing: its answer is the exit status, and for each FILE that is "
     "no "
     "JSON a message. pretty indents, min takes out white space. lines prints a line "
     "for each value, where many stand in a FILE, or for each item, where it is one "
     "list; with --in jsonl a list is a value like any other. array makes one list of "
     "them all. get POINTER prints the value that a JSON Pointer (RFC 6901) names, as "
     "it "
     "stands in the FILE."},
    {"Output",
     "Numbers and strings stay as they are written. --sort-keys writes strings anew, "
     "and "
     "of a key that comes twice keeps the last; numbers still stay. --python writes "
     "everything as json.tool does."},
    {"Many values",
     "A FILE is one value, for valid, pretty, min and get; with --in jsonl "
     "it may hold many, one behind the other."},
    {NULL, NULL}};

const cli_command cmd_json = {
    .name = "json",
    .summary = "check JSON, lay it out, turn it into lines and back",
    .usage = "[OPTION...] valid|pretty|min|lines|array [FILE...]\n"
             "[OPTION...] get POINTER [FILE...]",
    .examples = "  $ pila json pretty --indent 2 data.json\n"
                "  $ pila json get /users/0/id data.json\n"
                "  $ pila json lines big.json then islice 10\n"
                "  $ pila json array events.jsonl -o events.json\n",
    .python =
        "  python3 -m json.tool FILE, but that numbers stay as they are written\n",
    .description = "Reads the FILEs, or stdin, as RFC 8259 has it, in UTF-8.",
    .sections = sections,
    .memory =
        "O(depth); O(largest value) with --sort-keys and --python, O(input) of get.",
    .exits = {"done", "a FILE is no JSON, get finds nothing", "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .arguments = 1,
    .argument = {"COMMAND"},
    .options = options,
    .common = cli_common_options,
    .size = sizeof(json_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = write_all};
