/* inputs.c - several inputs side by side: what zip, product and merge work on.
 *
 * Each FILE has a reader with a place of its own, opened when it is first asked for. In
 * a later stage the items that it is given are an input too. An input that is named
 * twice by - is read once, an item for whoever asks: that is Python's zip(f, f), and
 * paste - -.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct cli_input_flow {
    cli_flow flow;
    cli_common common;
} cli_input_flow;

static bool is_given(const char *file) { return strcmp(file, "-") == 0; }

/* How many of the FILEs are -, which in a later stage is what it is given. */
static size_t count_given(const cli_flow *flow)
{
    size_t n = 0;

    for (size_t k = 0; k < flow->files; k++) n += is_given(flow->file[k]);
    return n;
}

/* The records of one FILE, in the form of the items where nothing else is said. */
static pila_iter open_file(cli_flow *flow, cli_input_flow *own, const char *const *file)
{
    static const cli_split whole = {0, 0};

    own->flow = *flow;
    own->common = *flow->common;
    own->flow.common = &own->common;
    own->flow.upstream = pila_failed(PILA_END);
    own->flow.first = &own->flow;
    if (flow->stage > 1 && !own->common.in) own->common.in = (int)flow->form;
    memset(&own->flow.place, 0, sizeof own->flow.place);
    return cli_read(&own->flow, CLI_RECORDS, whole, file, 1);
}

/* What the first - is: stdin, or the items. */
static pila_iter open_given(cli_flow *flow, cli_input_flow *own)
{
    static const char *const only_stdin[] = {"-"};

    return flow->stage > 1 ? cli_items(flow) : open_file(flow, own, only_stdin);
}

/* Text of a FILE and of the items must mean the same, for one output. */
static bool same_form(cli_flow *flow)
{
    cli_format in = (cli_format)flow->common->in;

    if (flow->stage == 1 || !in || !flow->files) return true;
    if ((in == CLI_NUL ? CLI_LINES : in) == flow->form) return true;
    cli_answer(flow, cli_trouble(NULL, "--in: the FILEs must be what the items are"));
    return false;
}

pila_status cli_inputs_open(cli_flow *flow, cli_inputs *in)
{
    size_t given = count_given(flow),
           first = given ? 0 : flow->stage > 1 || !flow->files;

    in->n = 0;
    in->shared = pila_failed(PILA_END);
    in->flows = flow->files + 1;
    in->iter = pila_alloc(flow->files + first, sizeof *in->iter);
    in->flow = pila_alloc_zero(flow->files + 1, sizeof *in->flow);
    if (!in->iter || !in->flow) return PILA_ENOMEM;
    if (!same_form(flow)) return CLI_SAID;
    if (given > 1) in->shared = open_given(flow, &in->flow[flow->files]);
    if (first) in->iter[in->n++] = open_given(flow, &in->flow[flow->files]);
    for (size_t k = 0; k < flow->files; k++) {
        cli_input_flow *own = &in->flow[k];
        if (!is_given(flow->file[k]))
            in->iter[in->n++] = open_file(flow, own, &flow->file[k]);
        else if (given > 1) in->iter[in->n++] = pila_ref(&in->shared);
        else in->iter[in->n++] = open_given(flow, own);
    }
    return PILA_OK;
}

void cli_inputs_done(cli_inputs *in)
{
    pila_iter_drop(&in->shared);
    for (size_t k = 0; in->flow && k < in->flows; k++) {
        pila_buf_done(&in->flow[k].flow.place.header);
        pila_buf_done(&in->flow[k].flow.title);
    }
    pila_free(in->iter);
    pila_free(in->flow);
}
