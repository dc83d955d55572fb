/* cmd_combinations_with_replacement.c - pila combinations-with-replacement: choices of
 * N records that may come again. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {'r', "length", CLI_INT,
                                      offsetof(cli_choose_options, r), 0, "N",
                                      "how many make a row"},
                                     CLI_CHOOSE_ROWS};

static int check(const cli_flow *flow)
{
    const cli_choose_options *o = flow->options;

    if (o->r < 0) return cli_trouble(NULL, "-r is missing: how many make a row");
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
        st = pila_combinations_with_replacement_count(n, (size_t)o->r, &total);
    return cli_total(flow, st, &total);
}

static pila_iter make(cli_flow *flow)
{
    const cli_choose_options *o = flow->options;
    pila_iter pool = cli_held(flow, cli_items(flow));

    flow->names = NULL;
    if (o->total) return make_total(flow, pool);
    return pila_combinations_with_replacement_from(pool, (size_t)o->r,
                                                   (uint64_t)o->start,
                                                   cli_choose_count(o));
}

static const cli_row sections[] = {
    {"Output", "A record for each row, tabs between its fields, or as --out says: a "
               "record of fields, or an array. Records are different by their places, "
               "not by what they say."},
    CLI_CHOOSE_SECTION,
    {NULL, NULL}};

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
    .check = check,
    .make = make,
    .overflow = "there are 2^64 of them, or more"};
