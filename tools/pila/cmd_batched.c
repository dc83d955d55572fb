/* cmd_batched.c - pila batched: records in rows of N. */
#include "cli.h"

#include <pila/itertools/runs.h>

typedef struct batched_options {
    cli_common common;
    int strict;
    int64_t n;
} batched_options;

static const cli_option options[] = {
    CLI_GROUP("What comes out"),
    {0, "strict", CLI_SET, offsetof(batched_options, strict), 1, NULL,
     "fail if there are too few records for the last row"},
    CLI_LAST};
static const batched_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static int check(const cli_flow *flow)
{
    batched_options *o = flow->options;
    int code = cli_integer("N", flow->argument[0], 1, &o->n);

    return code == CLI_DONE ? cli_check_no_key(flow) : code;
}

static pila_iter make(cli_flow *flow)
{
    const batched_options *o = flow->options;
    pila_iter items = cli_items(flow);

    flow->names = NULL;
    return o->strict ? pila_batched_strict(items, (size_t)o->n)
                     : pila_batched(items, (size_t)o->n);
}

static const cli_row sections[] = {
    {"Output", "A record for each row, its N separated by tabs, or as --out says: a "
               "record of N fields, or an array of N. The last row may be shorter."},
    {"Many machines",
     "There is no --partial: rows do not end where parts do. Parts of a multiple of N "
     "records each have the rows of the whole."},
    {NULL, NULL}};

const cli_command cmd_batched = {
    .name = "batched",
    .summary = "print records in rows of N",
    .usage = "[OPTION...] N [FILE...]",
    .examples = "  $ pila batched 3 names.txt\n"
                "  $ pila batched 2 --strict --out csv pairs.txt\n"
                "  $ find . -print0 | pila batched -z 100\n",
    .python = "  itertools.batched(open(FILE, 'rb'), N, strict=False)\n",
    .description = "Puts the records of the FILEs, or of stdin, into rows of N.",
    .sections = sections,
    .memory = "O(N records).",
    .exits = {"done", "the last row is too short (--strict), a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 1,
    .argument = {"N"},
    .options = options,
    .common = cli_common_options,
    .size = sizeof(batched_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .value = "the last row has too few records (--strict)"};
