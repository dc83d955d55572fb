/* cmd_dropwhile.c - pila dropwhile: the first record that fails a condition, and all
 * behind it. */
#include "cli.h"

#include <pila/itertools/select.h>

static pila_iter make(cli_flow *flow)
{
    return cli_conditional(flow, cli_items(flow), pila_dropwhile, pila_dropwhile_fn,
                           true);
}

static const cli_row sections[] = {CLI_CONDITION_SECTION,
                                   {"Many machines",
                                    "There is no --partial: where the run starts "
                                    "depends on all that comes before, so a part of "
                                    "a file alone can't say. filter and filterfalse "
                                    "look at each record alone and need no merging."},
                                   {NULL, NULL}};

const cli_command cmd_dropwhile = {
    .name = "dropwhile",
    .summary = "leave out records until one fails a condition",
    .usage = "[CONDITION...] [OPTION...] [FILE...]",
    .examples = "  $ pila dropwhile --startswith '#' notes.txt\n"
                "  $ pila dropwhile -n -f 1 --lt 100 log.txt then islice 10\n",
    .python =
        "  itertools.dropwhile(lambda line: line.startswith(b'#'), open(FILE, 'rb'))\n",
    .description =
        "Leaves out the records of the FILEs, or of stdin, before the first for which "
        "a condition does not hold; that one and all behind it are passed on.",
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
