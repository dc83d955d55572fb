/* cmd_lines.c - pila lines: the records, as they are read. */
#include "cli.h"

static const cli_option options[] = {CLI_LAST};
static const cli_common defaults = {.max_record = CLI_RECORD_MOST};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

static const cli_row sections[] = {
    {"Stages",
     "Behind a stage that gives text it changes nothing: it says what the next "
     "one is given."},
    {NULL, NULL}};

const cli_command cmd_lines = {
    .name = "lines",
    .summary = "print each line or record",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila gunzip access.log.gz then lines then counter -c 10\n"
                "  $ find . -print0 | pila lines --in nul --out jsonl\n",
    .python = "  for line in open(FILE, 'rb')\n",
    .description = "Prints the records of the FILEs, or of stdin, one after the other: "
                   "lines, or what --in says, as --out says.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a record is too long", "usage, I/O or memory"},
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_common),
    .defaults = &defaults,
    .check = check,
    .make = cli_items};
