/* cmd_nsmallest.c - pila nsmallest: the N least records. */
#include "sorting.h"

static pila_iter make(cli_flow *flow) { return cli_first_make(flow, false); }

static const cli_first_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

const cli_command cmd_nsmallest = {
    .name = "nsmallest",
    .summary = "print the N least records, the least first",
    .usage = "[OPTION...] N [FILE...]",
    .examples = "  $ pila nsmallest 10 -n -f 3 scores.txt\n"
                "  $ pila nsmallest 3 -n -f age -H --in csv --out csv people.csv\n"
                "  $ pila counter --words book.txt then nsmallest 10 -f count\n",
    .python =
        "  heapq.nsmallest(N, open(FILE, 'rb').read().split(b'\\n')[:-1], key=key)\n",
    .description = "Prints the N records of the FILEs, or of stdin, whose keys are the "
                   "least.",
    .sections = cli_first_sections,
    .memory = "O(N), and the longest record.",
    .exits = {"done", "a malformed record", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 1,
    .argument = {"N"},
    .keeps = true,
    .options = cli_first_table,
    .common = cli_common_options,
    .size = sizeof(cli_first_options),
    .defaults = &defaults,
    .check = cli_first_check,
    .make = make,
    .write = cli_first_write,
    .done = cli_first_done};
