/* cmd_takewhile.c - pila takewhile: the records before the first that fails a
 * condition. */
#include "cli.h"

#include <pila/itertools/select.h>

static pila_iter make(cli_flow *flow)
{
    return cli_conditional(flow, cli_items(flow), pila_takewhile, pila_takewhile_fn,
                           false);
}

static const cli_row sections[] = {
    CLI_CONDITION_SECTION,
    {"Reading", "Nothing is read behind the first record that fails, nor is a FILE "
                "opened that is not needed."},
    {"Many machines", "There is no --partial: where the run ends depends on all that "
                      "comes before, so a part of "
                      "a file alone can't say. Split the output, not the input."},
    {NULL, NULL}};

const cli_command cmd_takewhile = {
    .name = "takewhile",
    .summary = "print records until one fails a condition",
    .usage = "[CONDITION...] [OPTION...] [FILE...]",
    .examples = "  $ pila takewhile --ne END notes.txt\n"
                "  $ pila takewhile -n -f 2 --lt 100 sizes.txt\n"
                "  $ pila count 1 then takewhile -n --le 10\n",
    .python = "  itertools.takewhile(lambda line: line != b'END', open(FILE, 'rb'))\n",
    .description =
        "Passes on the records of the FILEs, or of stdin, up to the first for which a "
        "condition does not hold; that one and all behind it are left out.",
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
