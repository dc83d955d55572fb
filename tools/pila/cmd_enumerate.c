/* cmd_enumerate.c - pila enumerate: each record with its number. */
#include "cli.h"

#include <pila/itertools/adaptors.h>

typedef struct enumerate_options {
    cli_common common;
    int64_t start;
} enumerate_options;

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {0, "start", CLI_INT,
                                      offsetof(enumerate_options, start), INT64_MIN,
                                      "N", "the number of the first; default 0"},
                                     CLI_LAST};
static const enumerate_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

static pila_iter make(cli_flow *flow)
{
    const enumerate_options *o = flow->options;
    pila_iter items = cli_items(flow);

    flow->names = NULL;
    return pila_enumerate(items, o->start);
}

static const cli_row sections[] = {
    {"Output", "number<TAB>record, or as --out says: two fields, or an array of two."},
    {"Many machines", "A part starts at --start N, where N is how many records are "
                      "before it; the outputs of "
                      "parts, one after the other, are then the output of the whole."},
    {NULL, NULL}};

const cli_command cmd_enumerate = {
    .name = "enumerate",
    .summary = "print each record with its number",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila enumerate names.txt\n"
                "  $ pila enumerate --start 1 --out jsonl names.txt\n",
    .python = "  enumerate(open(FILE, 'rb'), start=0)\n",
    .description = "Counts the records of the FILEs, or of stdin, and prints each "
                   "behind its number.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a number beyond 64 bits, a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(enumerate_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .overflow = "the next number exceeds 64 bits"};
