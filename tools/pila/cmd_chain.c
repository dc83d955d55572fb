/* cmd_chain.c - pila chain: the FILEs, one after the other.
 *
 * As the first stage that is what every command reads. In a later one the items that it
 * is given stand among the FILEs, whose runs between two - are one reader each.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const cli_option options[] = {CLI_LAST};
static const cli_common defaults = {.max_record = CLI_RECORD_MOST};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

/* The FILEs from k on before the next -, and the place behind them. */
static pila_iter read_run(cli_flow *flow, size_t *k)
{
    static const cli_split whole = {0, 0};
    size_t from = *k;

    while (*k < flow->files && strcmp(flow->file[*k], "-") != 0) ++*k;
    return cli_read(flow, CLI_RECORDS, whole, flow->file + from, *k - from);
}

static int refused(cli_flow *flow, const char *why)
{
    cli_answer(flow, cli_trouble(NULL, "%s", why));
    return CLI_TROUBLE;
}

static int can_chain(cli_flow *flow, const pila_iter *given, size_t dashes)
{
    cli_format in = (cli_format)flow->common->in;

    if (dashes > 1) return refused(flow, "the items come only once: write - once");
    if (in && (in == CLI_NUL ? CLI_LINES : in) != flow->form)
        return refused(flow, "--in: the FILEs must be what the items are");
    if (given->status == PILA_OK && given->type->kind != PILA_KIND_STR)
        return refused(flow, "the items are rows or numbers, the FILEs' records text");
    return CLI_DONE;
}

/* What is given, and the FILEs before and behind it. */
static pila_iter make_later(cli_flow *flow)
{
    pila_iter given = cli_items(flow), it = given;
    size_t k = 0, dashes = 0;

    for (size_t i = 0; i < flow->files; i++) dashes += strcmp(flow->file[i], "-") == 0;
    if (flow->files == 0 || given.status != PILA_OK) return given;
    if (can_chain(flow, &given, dashes) != CLI_DONE) {
        pila_iter_drop(&given);
        return pila_failed(CLI_SAID);
    }
    flow->beside = true;
    if (dashes && strcmp(flow->file[0], "-") != 0) it = read_run(flow, &k);
    it = k ? pila_chain2(it, given) : given;
    k += dashes;
    return k < flow->files ? pila_chain2(it, read_run(flow, &k)) : it;
}

static pila_iter make(cli_flow *flow)
{
    return flow->stage == 1 ? cli_items(flow) : make_later(flow);
}

static const cli_row sections[] = {
    {"Inputs", "In a later stage what it is given stands where - is among the FILEs, "
               "before them if there is none."},
    {"Many machines",
     "The outputs of parts, one after the other, are the output of the "
     "whole: chain is how they are put together."},
    {NULL, NULL}};

const cli_command cmd_chain = {
    .name = "chain",
    .summary = "print the records of files one after the other",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila chain jan.txt feb.txt then counter\n"
                "  $ pila islice 10 a.txt then chain - b.txt\n"
                "  $ pila chain -H --in csv --out csv a.csv b.csv\n",
    .python = "  itertools.chain(open(A, 'rb'), open(B, 'rb'))\n",
    .description = "Passes on the records of each FILE in turn. Unlike cat it ends the "
                   "last record of a file before the next one starts, and with -H "
                   "prints the header once.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a record is too long", "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_common),
    .defaults = &defaults,
    .check = check,
    .make = make};
