/* cmd_pairwise.c - pila pairwise: each record with the one behind it. */
#include "cli.h"

#include <pila/itertools/runs.h>

static const cli_option options[] = {CLI_LAST};
static const cli_common defaults = {.max_record = CLI_RECORD_MOST};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

static pila_iter make(cli_flow *flow)
{
    pila_iter items = cli_items(flow);

    flow->names = NULL;
    return pila_pairwise(items);
}

static const cli_row sections[] = {
    {"Output", "A record for each pair, its two separated by a tab, or as --out says: "
               "a record of two fields, or an array of two."},
    {"Many machines",
     "There is no --partial: the pair over a cut belongs to neither part. Give each "
     "part the first record of the next too, and the outputs are those of the whole."},
    {NULL, NULL}};

const cli_command cmd_pairwise = {
    .name = "pairwise",
    .summary = "print each record with the one behind it",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila pairwise stations.txt\n"
                "  $ pila pairwise --out jsonl stations.txt\n",
    .python = "  itertools.pairwise(open(FILE, 'rb'))\n",
    .description =
        "Pairs each record of the FILEs, or of stdin, with the one behind it.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a record is too long", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_common),
    .defaults = &defaults,
    .check = check,
    .make = make};
