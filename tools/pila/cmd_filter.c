/* cmd_filter.c - pila filter: the records that meet the conditions. */
#include "cli.h"

#include <pila/itertools/adaptors.h>

static pila_iter make(cli_flow *flow)
{
    return cli_conditional(flow, cli_items(flow), pila_filter, pila_filter_fn, false);
}

static const cli_row sections[] = {
    CLI_CONDITION_SECTION,
    {"Many machines", "Each record is looked at alone: the outputs of parts, one after "
                      "the other, are the output of the whole."},
    {NULL, NULL}};

const cli_command cmd_filter = {
    .name = "filter",
    .summary = "print the records that meet conditions",
    .usage = "[CONDITION...] [OPTION...] [FILE...]",
    .examples = "  $ pila filter --contains error --ne '' log.txt\n"
                "  $ pila filter -n -f 3 --ge 10 --lt 20 table.txt\n"
                "  $ pila counter words.txt then filter -n -f count --ge 5\n",
    .python = "  filter(lambda line: b'error' in line, open(FILE, 'rb'))\n",
    .description = "Passes on the records of the FILEs, or of stdin, for which all "
                   "conditions hold.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a malformed record", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .keeps = true,
    .options = cli_condition_rows,
    .common = cli_common_options,
    .size = sizeof(cli_condition_options),
    .defaults = &cli_condition_defaults,
    .check = cli_conditions_check,
    .make = make,
    .done = cli_conditions_done};
