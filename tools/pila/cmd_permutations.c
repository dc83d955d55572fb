/* cmd_permutations.c - pila permutations: N records in every order. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {'r', "length", CLI_INT,
                                      offsetof(cli_choose_options, r), 0, "N",
                                      "how many make a row; default: all"},
                                     CLI_CHOOSE_ROWS};

static int check(const cli_flow *flow)
{
    const cli_choose_options *o = flow->options;

    if (o->total && (o->start || o->count >= 0))
        return cli_trouble(NULL,
                           "--total is of all: it takes no --start and no --count");
    return cli_check_no_key(flow);
}

static pila_iter make_total(cli_flow *flow, pila_iter pool)
{
    static uint64_t total;
    const cli_choose_options *o = flow->options;
    size_t n;
    pila_status st = cli_length(pool, &n);

    if (st == PILA_OK)
        st = pila_permutations_count(n, o->r < 0 ? PILA_ALL : (size_t)o->r, &total);
    return cli_total(flow, st, &total);
}

static pila_iter make(cli_flow *flow)
{
    const cli_choose_options *o = flow->options;
    pila_iter pool = cli_held(flow, cli_items(flow));

    flow->names = NULL;
    if (o->total) return make_total(flow, pool);
    return pila_permutations_from(pool, o->r < 0 ? PILA_ALL : (size_t)o->r,
                                  (uint64_t)o->start, cli_choose_count(o));
}

static const cli_row sections[] = {
    {"Output", "A record for each row, tabs between its fields, or as --out says: a "
               "record of fields, or an array. Records are different by their places, "
               "not by what they say."},
    CLI_CHOOSE_SECTION,
    {NULL, NULL}};

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
    .check = check,
    .make = make,
    .overflow = "there are 2^64 of them, or more"};
