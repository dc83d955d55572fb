/* choose.c - what product, permutations and combinations share. */
#include "cli.h"

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
