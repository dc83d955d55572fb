/* cmd_merge.c - pila merge: sorted inputs as one. */
#include "sorting.h"

#include <stdlib.h>
#include <string.h>

typedef struct merge_options {
    cli_common common;
    cli_ordering how;
    int check;
} merge_options;

#define AT(member) offsetof(merge_options, member)

static const cli_option options[] = {
    CLI_GROUP("The order"),
    {'n', "numeric", CLI_SET, AT(how.number), 1, NULL,
     "keys are numbers: integers of any size, and floats"},
    {'r', "reverse", CLI_SET, AT(how.reverse), 1, NULL, "the inputs are descending"},
    {0, "locale", CLI_SET, AT(how.locale), 1, NULL,
     "text in the order of the language that the environment names"},
    {0, "check", CLI_SET, AT(check), 1, NULL,
     "stop at a record that is not in order; without it, it comes when its turn comes"},
    CLI_LAST};

/* Each input reads for itself, and knows its place. */
typedef struct source {
    cli_flow flow;
    cli_order order;
    bool is_given; /* what the stage before made */
} source;

typedef struct sources {
    size_t n;
    source *source;
    pila_iter *iter; /* until they are merged */
} sources;

static int check(const cli_flow *flow)
{
    const merge_options *o = flow->options;
    size_t given = 0;

    for (size_t k = 0; k < flow->files; k++) given += strcmp(flow->file[k], "-") == 0;
    if (given > 1) return cli_trouble(NULL, "- can be one input only");
    bool text = !flow->given || flow->given->kind == PILA_KIND_STR;
    if (!text && flow->files > given)
        return cli_trouble(NULL, "the items of the stage before are no records, as "
                                 "those of FILEs are");
    if (!text && o->check && !flow->common->field)
        return cli_trouble(NULL, "--check: rows need --field");
    return CLI_DONE;
}

/* "file:line", counted from the record that its window begins with. */
static pila_status not_in_order(void *ctx, size_t input, const void *given)
{
    cli_flow *flow = ctx;
    const sources *all = flow->own;
    const source *s = &all->source[input];
    const cli_place *place = &s->flow.place;
    const char *record = given, *at = place->from;
    char separator = cli_separator(s->flow.common);
    size_t line = place->line;

    if (s->is_given) {
        (void)cli_trouble(NULL, "an item is not in order");
        cli_answer(flow, CLI_NO);
        return CLI_SAID;
    }
    record = ((const pila_str *)(const void *)(record + s->order.item_at))->ptr;
    for (; at && at < record; at++) line += *at == separator;
    cli_answer(flow, cli_malformed(place->name, line, 0, "not in order"));
    return CLI_SAID;
}

/* ---- the inputs ---- */

/* NULL: what the stage before made. */
static pila_iter open_source(cli_flow *flow, source *s, const char *const *file)
{
    static const cli_split whole = {0, 0};
    const merge_options *o = flow->options;
    pila_iter items;

    s->flow = *flow;
    s->is_given = !file;
    memset(&s->flow.place, 0, sizeof s->flow.place);
    s->flow.beside = true;
    if (s->is_given) items = cli_items(flow);
    else {
        s->flow.first = &s->flow;
        items = cli_read(&s->flow, CLI_RECORDS, whole, file, 1);
    }
    s->flow.upstream = pila_failed(PILA_END);
    return cli_order_items(&s->flow, items, &o->how, &s->order);
}

/* In a later stage what it is given is an input too, the first if no - says where it
 * stands. */
static pila_status open_sources(cli_flow *flow, sources *all)
{
    static const char *const only_stdin[] = {"-"};
    bool later = flow->stage > 1, said = false;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < flow->files; k++)
        said = said || strcmp(flow->file[k], "-") == 0;
    all->source = calloc(flow->files + 1, sizeof *all->source);
    all->iter = calloc(flow->files + 1, sizeof *all->iter);
    if (!all->source || !all->iter) return PILA_ENOMEM;
    if ((later && !said) || !flow->files) {
        all->iter[0] = open_source(flow, &all->source[0], later ? NULL : only_stdin);
        all->n = 1;
    }
    for (size_t k = 0; k < flow->files; k++, all->n++) {
        bool is_given = later && strcmp(flow->file[k], "-") == 0;
        all->iter[all->n] =
            open_source(flow, &all->source[all->n], is_given ? NULL : &flow->file[k]);
    }
    for (size_t k = 0; k < all->n && st == PILA_OK; k++)
        if (all->iter[k].status != PILA_END) st = all->iter[k].status;
    return st;
}

static void drop_sources(sources *all)
{
    for (size_t k = 0; all->iter && k < all->n; k++) pila_iter_drop(&all->iter[k]);
}

/* ---- what comes out: with no newline invented ---- */

typedef struct merged_state {
    pila_iter items; /* from the first refill on */
    cli_flow *flow;
    bool started;
} merged_state;

/* The first window of each: where none can be read there is no result, and their first
 * header is that of all. */
static pila_status start(cli_flow *flow, sources *all)
{
    bool some = false;

    for (size_t k = 0; k < all->n; k++) {
        source *s = &all->source[k];
        pila_status st = pila_iter_ready(&all->iter[k]) ? PILA_OK : all->iter[k].status;
        if (st != PILA_OK && st != PILA_END) return st;
        some = some || s->is_given || st == PILA_OK || !s->flow.unread;
        if (s->is_given || !s->flow.titled || flow->titled) continue;
        flow->titled = true;
        st = pila_buf_add(&flow->title, pila_buf_view(&s->flow.title));
        if (st != PILA_OK) return st;
    }
    return some ? PILA_OK : CLI_SAID;
}

static pila_status merged_start(merged_state *s)
{
    const merge_options *o = s->flow->options;
    sources *all = s->flow->own;
    pila_status st = start(s->flow, all);

    if (st != PILA_OK) return st;
    s->started = true;
    s->items = cli_merge_sorted(&all->source[0].order, all->iter, all->n, false,
                                o->check ? not_in_order : NULL, s->flow);
    free(all->iter);
    all->iter = NULL;
    return s->items.status == PILA_END ? PILA_OK : s->items.status;
}

/* Where the last record of a window was the last of its file, that says whether it had
 * a newline. */
static bool merged_refill(pila_iter *it)
{
    merged_state *s = it->state;
    const sources *all = s->flow->own;
    pila_status st = s->started ? PILA_OK : merged_start(s);

    if (st != PILA_OK) return pila_iter_end(it, st);
    if (!pila_iter_ready(&s->items)) return pila_iter_end(it, s->items.status);
    it->cur = s->items.cur;
    it->end = s->items.end;
    s->items.cur = s->items.end;
    if (s->flow->stage > 1) return true;
    const char *last = ((const pila_str *)(const void *)it->end)[-1].ptr;
    s->flow->tail = NULL;
    for (size_t k = 0; k < all->n; k++)
        if (all->source[k].flow.tail == last) s->flow->tail = last;
    return true;
}

static pila_iter merged_drop(pila_iter *it)
{
    merged_state *s = it->state;
    pila_iter items = s->items;

    drop_sources(s->flow->own);
    pila_free(s);
    return items;
}

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops ops = {merged_refill, merged_drop, NULL};
    sources *all = calloc(1, sizeof *all);
    merged_state *s = pila_alloc_zero(1, sizeof *s);
    pila_status st = PILA_ENOMEM;

    flow->own = all;
    if (all && s) st = open_sources(flow, all);
    if (st == PILA_OK) {
        const pila_type *type = all->source[0].order.item;
        s->items = pila_failed(PILA_END);
        s->flow = flow;
        return pila_iter_make(type == &pila_view_padded ? &pila_view : type, &ops, s);
    }
    if (all) drop_sources(all);
    pila_free(s);
    pila_iter_drop(&flow->upstream);
    return pila_failed(st);
}

static void done(cli_flow *flow)
{
    sources *all = flow->own;

    if (!all) return;
    for (size_t k = 0; k < all->n; k++) {
        pila_buf_done(&all->source[k].flow.place.header);
        pila_buf_done(&all->source[k].flow.title);
    }
    free(all->source);
    free(all->iter);
    free(all);
}

static const merge_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static const cli_row sections[] = {
    {"Output", "Of equal keys, those of the first FILE come first. What comes out is "
               "printed as it is known: nothing waits for the end of an input."},
    {"Inputs",
     "Each FILE is an input. In a later stage what it is given is one too, the first "
     "if "
     "no - says where it stands. One that is not sorted is not refused without "
     "--check: "
     "always the least of the records at hand comes next, as heapq.merge has it."},
    {"Many machines", "It is itself what joins sorted parts: merge of the outputs of "
                      "sorted, in the order of the parts, is sorted of the whole."},
    {NULL, NULL}};

static const cli_row environment[] = {
    {"LC_ALL", "And LC_COLLATE, LANG: the language of --locale."},
    {"NO_COLOR", "Set and not empty: no colour, unless --color=always."},
    {"TERM", "Not set, or dumb: no colour and no progress, unless asked for."},
    {NULL, NULL}};

const cli_command cmd_merge = {
    .name = "merge",
    .summary = "merge sorted files into one that is sorted",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila merge monday.log tuesday.log\n"
                "  $ pila merge --check -n -f 2 part.*\n"
                "  $ pila sorted today.csv then merge - all.csv\n",
    .python =
        "  heapq.merge(*inputs, key=key, reverse=False), of lines without newlines\n",
    .description =
        "Prints the records of all FILEs, which are sorted, in one order. The "
        "key is the record, or what -f names.",
    .sections = sections,
    .memory = "O(FILEs): 128 KiB for each, and its longest record.",
    .exits = {"merged", "a malformed record, or --check found one that is not in order",
              "usage, I/O or memory"},
    .environment = environment,
    .operands = CLI_OPERAND_INPUTS,
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(merge_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .done = done};
