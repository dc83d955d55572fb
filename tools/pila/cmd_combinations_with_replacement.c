/* cmd_combinations_with_replacement.c - pila combinations-with-replacement: choices of
 * N records that may come again. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {'r', "length", CLI_INT,
                                      offsetof(cli_choose_options, r), 0, "N",
                                      "how many make a row"},
                                     CLI_CHOOSE_ROWS};

static pila_iter make(cli_flow *flow)
{
    return cli_choose(flow, pila_combinations_with_replacement_from,
                      pila_combinations_with_replacement_count);
}

static const cli_row sections[] = {CLI_CHOOSE_PLACES, CLI_CHOOSE_SECTION, {NULL, NULL}};

const cli_command cmd_combinations_with_replacement = {
    .name = "combinations-with-replacement",
    .summary = "print N records at a time, repeats too",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila combinations-with-replacement -r 2 dice.txt\n"
                "  $ pila combinations-with-replacement -r 5 --total dice.txt\n",
    .python = "  itertools.combinations_with_replacement(open(FILE, 'rb'), r=N)\n",
    .description = "Prints every choice of N of the records of the FILEs, or of stdin, "
                   "where a record may come again, in the order of the input.",
    .sections = sections,
    .memory = "O(input).",
    .exits = {"done", "2^64 or more of them (--total), a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_choose_options),
    .defaults = &cli_choose_defaults,
    .check = cli_choose_check_r,
    .make = make,
    .overflow = "there are 2^64 of them, or more"};
