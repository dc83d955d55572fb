/* cmd_compress.c - pila compress: the records whose selector is true.
 *
 * Unlike pila_compress, which can't know whether its two sources share one, this reads
 * two files: a record is yielded where it lies, in runs, while selectors are asked for.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static bool is_stdin(const char *file) { return strcmp(file, "-") == 0; }

static int check(const cli_flow *flow)
{
    bool twice = flow->stage > 1 || flow->files == 0;

    for (size_t k = 0; k < flow->files; k++) twice = twice || is_stdin(flow->file[k]);
    if (twice && is_stdin(flow->argument[0]))
        return cli_trouble(NULL,
                           "SELECTORS can't be - too: the records come from there");
    return cli_conditions_check(flow);
}

/* ---- the iterator ---- */

typedef struct compress_state {
    pila_iter items, told;
} compress_state;

static bool ask(compress_state *s, bool *keep)
{
    const uint8_t *told = pila_next(&s->told, sizeof *told);

    if (told) *keep = *told;
    return told;
}

/* The next run of selected records, in place. */
static bool compress_refill(pila_iter *it)
{
    compress_state *s = it->state;
    size_t run = 0, n = 0;
    bool keep = false;

    while (!run) {
        if (!(n = pila_iter_ready(&s->items)))
            return pila_iter_end(it, s->items.status);
        if (!ask(s, &keep)) return pila_iter_end(it, s->told.status);
        run = keep;
        if (!keep) pila_iter_skip(&s->items, 1);
    }
    while (run < n && pila__iter_warm(&s->told)) {
        (void)ask(s, &keep);
        if (!keep) break;
        run++;
    }
    it->cur = s->items.cur;
    it->end = s->items.cur + run * it->type->size;
    pila_iter_skip(&s->items, run + (run < n && !keep));
    return true;
}

static pila_iter compress_drop(pila_iter *it)
{
    compress_state *s = it->state;
    pila_iter items = s->items;

    pila_iter_drop(&s->told);
    pila_free(s);
    return items;
}

static pila_iter compress(pila_iter items, pila_iter told)
{
    static const pila_iter_ops ops = {compress_refill, compress_drop, NULL};
    pila_status st = items.status != PILA_OK ? items.status : told.status;
    compress_state *s = st == PILA_OK ? pila_alloc(1, sizeof *s) : NULL;

    if (s) {
        s->items = items;
        s->told = told;
        return pila_iter_make(items.type, &ops, s);
    }
    pila_iter_drop(&items);
    pila_iter_drop(&told);
    return pila_failed(st == PILA_OK ? PILA_ENOMEM : st);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    static const cli_split whole = {0, 0};
    cli_flow *s = calloc(1, sizeof *s); /* the selectors have a place of their own */
    pila_iter items = cli_items(flow);

    flow->own = s;
    if (!s) {
        pila_iter_drop(&items);
        return pila_failed(PILA_ENOMEM);
    }
    *s = *flow;
    s->form = flow->common->in == CLI_NUL ? CLI_LINES : (cli_format)flow->common->in;
    s->names = NULL;
    s->first = s;
    memset(&s->place, 0, sizeof s->place);
    pila_iter from = cli_read(s, CLI_RECORDS, whole, flow->argument, 1);
    return compress(items, cli_told(s, from));
}

static void done(cli_flow *flow)
{
    cli_flow *s = flow->own;

    if (s) {
        pila_buf_done(&s->place.header);
        pila_buf_done(&s->title);
    }
    free(s);
    cli_conditions_done(flow);
}

static const cli_row sections[] = {
    {"Selectors",
     "The records of the file SELECTORS, in the format of --in; the conditions, -f and "
     "-n are asked of them. 0 is text like any other: with -n it is zero, and false. "
     "It ends with the records or the selectors, whichever end first."},
    CLI_CONDITION_SECTION,
    {"Many machines", "There is no --partial: cut the records and the selectors behind "
                      "the same number, and the outputs of the parts, one after the "
                      "other, are the output of the whole."},
    {NULL, NULL}};

const cli_command cmd_compress = {
    .name = "compress",
    .summary = "print the records whose selector is true",
    .usage = "[CONDITION...] [OPTION...] SELECTORS [FILE...]",
    .examples = "  $ pila compress -n flags.txt names.txt\n"
                "  $ pila compress --eq yes answers.txt people.txt\n",
    .python =
        "  itertools.compress(open(FILE, 'rb'), map(condition, open(SELECTORS)))\n",
    .description = "Passes on those records of the FILEs, or of stdin, whose selector, "
                   "the record at the same place in SELECTORS, meets the conditions.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a malformed selector", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 1,
    .argument = {"SELECTORS"},
    .keeps = true,
    .options = cli_condition_rows,
    .common = cli_common_options,
    .size = sizeof(cli_condition_options),
    .defaults = &cli_condition_defaults,
    .check = check,
    .make = make,
    .done = done};
