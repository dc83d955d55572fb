/* cmd_zip_longest.c - pila zip-longest: the FILEs side by side, until all have ended.
 *
 * The fill is text, and a column has one type: so what an earlier stage makes, if it is
 * no text, becomes text here.
 */
#include "cli.h"

#include <pila/itertools/zip.h>

#include <stdlib.h>
#include <string.h>

typedef struct longest_options {
    cli_common common;
    const char *fill;
} longest_options;

static const cli_option options[] = {
    CLI_GROUP("What comes out"),
    {0, "fill", CLI_TEXT, offsetof(longest_options, fill), 0, "X",
     "what stands for a record that is not there; default: nothing, or null"},
    CLI_LAST};
static const longest_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

/* In JSON a fill is a value, null if nothing is said. */
static int check(const cli_flow *flow)
{
    longest_options *o = flow->options;
    pila_buf room = {0};
    pila_str value;
    size_t column;

    if (!o->fill) o->fill = flow->form == CLI_JSONL ? "null" : "";
    if (flow->form == CLI_JSONL) {
        pila_status st = cli_json_value(pila_cstr(o->fill), "", &room, &value, &column);
        pila_buf_done(&room);
        if (st != PILA_OK)
            return cli_trouble(NULL, "--fill: '%s' is no JSON value", o->fill);
    }
    return cli_check_no_key(flow);
}

/* An input whose items become text. */
typedef struct textual {
    const pila_type *from;
    pila_buf room;
} textual;

typedef struct longest {
    cli_inputs in;
    textual *text; /* one for each input */
    const void **fill;
    pila_str view;
} longest;

static pila_status text_of(void *ctx, const void *item, void *out)
{
    textual *t = ctx;

    t->room.len = 0;
    pila_status st = pila_buf_reserve(&t->room, cli_text_most(t->from, item) + 1);
    return st == PILA_OK ? cli_text_of(t->from, item, &t->room, out) : st;
}

static pila_iter as_text(textual *t, pila_iter it)
{
    static const pila_str nothing;

    if (it.status == PILA_END) return pila_span(&nothing, 0, &pila_view);
    if (it.status != PILA_OK || it.type->kind == PILA_KIND_STR) return it;
    t->from = it.type;
    return pila_map_fn(it, &cli_plain, text_of, t);
}

static pila_iter make_rows(cli_flow *flow, longest *z)
{
    const longest_options *o = flow->options;
    pila_status st = cli_inputs_open(flow, &z->in);

    if (st != PILA_OK) return pila_failed(st);
    z->view = pila_cstr(o->fill);
    z->fill = calloc(z->in.n, sizeof *z->fill);
    z->text = calloc(z->in.n, sizeof *z->text);
    bool good = z->fill && z->text;
    for (size_t k = 0; k < z->in.n; k++) {
        if (!good) pila_iter_drop(&z->in.iter[k]);
        else z->in.iter[k] = as_text(&z->text[k], z->in.iter[k]);
        if (good) z->fill[k] = &z->view;
    }
    if (!good) return pila_failed(PILA_ENOMEM);
    flow->names = NULL;
    return pila_zip_longest(z->in.iter, z->in.n, z->fill);
}

static pila_iter make(cli_flow *flow)
{
    longest *z = calloc(1, sizeof *z);

    flow->own = z;
    if (!z) return pila_failed(PILA_ENOMEM);
    z->in.shared = pila_failed(PILA_END);
    return make_rows(flow, z);
}

static void done(cli_flow *flow)
{
    longest *z = flow->own;

    if (!z) return;
    for (size_t k = 0; z->text && k < z->in.n; k++) pila_buf_done(&z->text[k].room);
    cli_inputs_done(&z->in);
    free(z->text);
    free(z->fill);
    free(z);
}

static const cli_row sections[] = {
    {"Output", "A record for each row, tabs between its fields, or as --out says: a "
               "record of fields, or an array. X is text as it stands, in JSON Lines a "
               "JSON value."},
    {"Inputs",
     "Each FILE is an input; in a later stage what it is given is one too, the first "
     "if no - says where it stands. Where - is written several times the same input "
     "is read in turn. Numbers and rows of an earlier stage become text here."},
    {"Many machines", "There is no --partial: cut all inputs behind the same number of "
                      "records, and the outputs of the parts, one after the other, are "
                      "the output of the whole."},
    {NULL, NULL}};

const cli_command cmd_zip_longest = {
    .name = "zip-longest",
    .summary = "print the records of several files side by side, filled up",
    .usage = "[OPTION...] FILE...",
    .examples = "  $ pila zip-longest --fill - names.txt ages.txt\n"
                "  $ pila zip-longest --out csv a.txt b.txt c.txt\n",
    .python = "  itertools.zip_longest(open(A, 'rb'), open(B, 'rb'), fillvalue=X)\n",
    .description = "Makes a row of the first record of each FILE, then one of the "
                   "second, and so on until all of them have ended.",
    .sections = sections,
    .memory = "O(number of FILEs * longest record).",
    .exits = {"done", "a record is too long", "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(longest_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .done = done};
