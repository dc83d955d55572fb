/* cmd_permutations.c - pila permutations: N records in every order. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {'r', "length", CLI_INT,
                                      offsetof(cli_choose_options, r), 0, "N",
                                      "how many make a row; default: all"},
                                     CLI_CHOOSE_ROWS};

static pila_iter make(cli_flow *flow)
{
    return cli_choose(flow, pila_permutations_from, pila_permutations_count);
}

static const cli_row sections[] = {CLI_CHOOSE_PLACES, CLI_CHOOSE_SECTION, {NULL, NULL}};

const cli_command cmd_permutations = {
    .name = "permutations",
    .summary = "print the orders of records, or of N of them",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila permutations names.txt\n"
                "  $ pila permutations -r 2 --out csv names.txt\n"
                "  $ pila permutations --start 1000000 --count 10 names.txt\n",
    .python = "  itertools.permutations(open(FILE, 'rb'), r=N)\n",
    .description = "Prints the records of the FILEs, or of stdin, in every order; with "
                   "-r, every order of N of them. Sorted input gives sorted output.",
    .sections = sections,
    .memory = "O(input).",
    .exits = {"done", "2^64 or more of them (--total), a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_choose_options),
    .defaults = &cli_choose_defaults,
    .check = cli_choose_check,
    .make = make,
    .overflow = "there are 2^64 of them, or more"};
