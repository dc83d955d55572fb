/* choose.c - what product, permutations and combinations share. */
#include "cli.h"

#include <pila/itertools/combinatorics.h>

const cli_choose_options cli_choose_defaults = {
    .common = {.max_record = CLI_RECORD_MOST}, .r = -1, .count = -1};

uint64_t cli_choose_count(const cli_choose_options *o)
{
    return o->count < 0 ? UINT64_MAX : (uint64_t)o->count;
}

pila_status cli_length(pila_iter items, size_t *out)
{
    size_t n;

    *out = 0;
    while ((n = pila_iter_ready(&items))) {
        *out += n;
        pila_iter_skip(&items, n);
    }
    pila_status st = pila_iter_outcome(&items);
    pila_iter_drop(&items);
    return st;
}

pila_iter cli_total(cli_flow *flow, pila_status st, uint64_t *room)
{
    flow->form = CLI_LINES;
    return st == PILA_OK ? pila_span(room, 1, &pila_u64) : pila_failed(st);
}

int cli_choose_check(const cli_flow *flow)
{
    const cli_choose_options *o = flow->options;

    if (o->total && (o->start || o->count >= 0))
        return cli_trouble(NULL,
                           "--total is of all: it takes no --start and no --count");
    return cli_check_no_key(flow);
}

int cli_choose_check_r(const cli_flow *flow)
{
    const cli_choose_options *o = flow->options;

    if (o->r < 0) return cli_trouble(NULL, "-r is missing: how many make a row");
    return cli_choose_check(flow);
}

pila_iter cli_choose(cli_flow *flow, cli_choose_from *from, cli_choose_total *total)
{
    static uint64_t all; /* a later stage has read it before it sets its own */
    const cli_choose_options *o = flow->options;
    pila_iter pool = cli_items(flow);
    size_t n, r = o->r < 0 ? PILA_ALL : (size_t)o->r;

    flow->names = NULL;
    if (!o->total) return from(pool, r, (uint64_t)o->start, cli_choose_count(o));
    pila_status st = cli_length(pool, &n);
    if (st == PILA_OK) st = total(n, r, &all);
    return cli_total(flow, st, &all);
}
