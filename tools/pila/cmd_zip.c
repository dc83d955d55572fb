/* cmd_zip.c - pila zip: the FILEs side by side, until one ends. */
#include "cli.h"

#include <pila/itertools/zip.h>

#include <stdlib.h>

typedef struct zip_options {
    cli_common common;
    int strict;
} zip_options;

static const cli_option options[] = {
    CLI_GROUP("What comes out"),
    {0, "strict", CLI_SET, offsetof(zip_options, strict), 1, NULL,
     "fail if one of the inputs is shorter than the others"},
    CLI_LAST};
static const zip_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static int check(const cli_flow *flow) { return cli_check_no_key(flow); }

static pila_iter make(cli_flow *flow)
{
    const zip_options *o = flow->options;
    cli_inputs *in = calloc(1, sizeof *in);

    flow->own = in;
    pila_status st = in ? cli_inputs_open(flow, in) : PILA_ENOMEM;
    if (st != PILA_OK) return pila_failed(st);
    flow->names = NULL;
    return o->strict ? pila_zip_strict(in->iter, in->n) : pila_zip(in->iter, in->n);
}

static void done(cli_flow *flow)
{
    if (flow->own) cli_inputs_done(flow->own);
    free(flow->own);
}

static const cli_row sections[] = {
    {"Output", "A record for each row, tabs between its fields, or as --out says: a "
               "record of fields, or an array."},
    {"Inputs",
     "Each FILE is an input; in a later stage what it is given is one too, the first "
     "if no - says where it stands. Where - is written several times the same input "
     "is read in turn: zip - - makes pairs of the lines of stdin."},
    {"Many machines", "There is no --partial: cut all inputs behind the same number of "
                      "records, and the outputs of the parts, one after the other, are "
                      "the output of the whole."},
    {NULL, NULL}};

const cli_command cmd_zip = {
    .name = "zip",
    .summary = "print the records of several files side by side",
    .usage = "[OPTION...] FILE...",
    .examples = "  $ pila zip names.txt ages.txt\n"
                "  $ pila zip --strict --out csv a.txt b.txt c.txt\n"
                "  $ pila count 1 then zip - names.txt\n",
    .python = "  zip(open(A, 'rb'), open(B, 'rb'), strict=False)\n",
    .description = "Makes a row of the first record of each FILE, then one of the "
                   "second, and so on until one of them ends.",
    .sections = sections,
    .memory = "O(number of FILEs * longest record).",
    .exits = {"done", "one input is shorter (--strict), a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(zip_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .done = done,
    .value = "one of the inputs is shorter than the others (--strict)"};
