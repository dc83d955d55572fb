/* cmd_cycle.c - pila cycle: the records, and then again. */
#include "cli.h"

#include <pila/itertools/tee.h>

typedef struct cycle_options {
    cli_common common;
    int64_t times;
} cycle_options;

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {0, "times", CLI_INT,
                                      offsetof(cycle_options, times), 0, "N",
                                      "N times in all; default: for ever"},
                                     CLI_LAST};
static const cycle_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                       .times = -1};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

static pila_iter make(cli_flow *flow)
{
    const cycle_options *o = flow->options;
    pila_iter items = cli_items(flow);

    return o->times < 0 ? pila_cycle(items) : pila_ncycles(items, (size_t)o->times);
}

static const cli_row sections[] = {
    {"The end",
     "Without --times it ends when its reader does: cycle then islice 100, or a pipe "
     "that closes. "
     "Of nothing it makes nothing. With --times all is read before any is printed."},
    {NULL, NULL}};

const cli_command cmd_cycle = {
    .name = "cycle",
    .summary = "print the records again and again",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila cycle colours.txt then islice 100\n"
                "  $ pila cycle --times 3 verse.txt\n",
    .python = "  itertools.cycle(open(FILE, 'rb'))\n",
    .description = "Passes on the records of the FILEs, or of stdin, and then all of "
                   "them again, for ever or N times.",
    .sections = sections,
    .memory = "O(input).",
    .exits = {"done", "a record is too long", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cycle_options),
    .defaults = &defaults,
    .check = check,
    .make = make};
