/* cmd_product.c - pila product: every row with a record of each FILE. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

#include <stdlib.h>

static const cli_option options[] = {CLI_GROUP("What comes out"),
                                     {0, "repeat", CLI_INT,
                                      offsetof(cli_choose_options, r), 0, "N",
                                      "the FILEs N times one after another; default 1"},
                                     CLI_CHOOSE_ROWS};

typedef struct product {
    cli_inputs in;
    uint64_t total;
} product;

static size_t repeats(const cli_choose_options *o)
{
    return o->r < 0 ? 1 : (size_t)o->r;
}

static pila_iter make_total(cli_flow *flow, product *p)
{
    size_t *sizes = calloc(p->in.n, sizeof *sizes);
    pila_status st = sizes ? PILA_OK : PILA_ENOMEM;

    for (size_t k = 0; k < p->in.n; k++) {
        if (st == PILA_OK) st = cli_length(p->in.iter[k], &sizes[k]);
        else pila_iter_drop(&p->in.iter[k]);
    }
    if (st == PILA_OK)
        st = pila_product_count(sizes, p->in.n, repeats(flow->options), &p->total);
    free(sizes);
    return cli_total(flow, st, &p->total);
}

static pila_iter make(cli_flow *flow)
{
    const cli_choose_options *o = flow->options;
    product *p = calloc(1, sizeof *p);

    flow->own = p;
    if (!p) return pila_failed(PILA_ENOMEM);
    p->in.shared = pila_failed(PILA_END);
    pila_status st = cli_inputs_open(flow, &p->in);
    if (st != PILA_OK) return pila_failed(st);
    flow->names = NULL;
    if (o->total) return make_total(flow, p);
    return pila_product_from(p->in.iter, p->in.n, repeats(o), (uint64_t)o->start,
                             cli_choose_count(o));
}

static void done(cli_flow *flow)
{
    product *p = flow->own;

    if (p) cli_inputs_done(&p->in);
    free(p);
}

static const cli_row sections[] = {
    {"Output", "A record for each row, tabs between its fields, or as --out says: a "
               "record of fields, or an array. The last FILE goes fastest."},
    {"Inputs",
     "Each FILE is a pool; in a later stage what it is given is one too, the first if "
     "no - says where it stands."},
    CLI_CHOOSE_SECTION,
    {NULL, NULL}};

const cli_command cmd_product = {
    .name = "product",
    .summary = "print every row with a record of each file",
    .usage = "[OPTION...] FILE...",
    .examples = "  $ pila product sizes.txt colours.txt\n"
                "  $ pila product --repeat 3 bits.txt\n"
                "  $ pila product --start 1000000 --count 10 a.txt b.txt c.txt\n",
    .python = "  itertools.product(open(A, 'rb'), open(B, 'rb'), repeat=1)\n",
    .description = "Prints every way to take a record of each FILE, as nested loops "
                   "over the FILEs would.",
    .sections = sections,
    .memory = "O(input).",
    .exits = {"done", "2^64 or more of them (--total), a record is too long",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_choose_options),
    .defaults = &cli_choose_defaults,
    .check = cli_choose_check,
    .make = make,
    .done = done,
    .overflow = "there are 2^64 of them, or more"};
