/* cmd_unique.c - pila unique: records without those that came before. */
#include "cli.h"

#include <pila/collections/unique.h>
#include <pila/itertools/runs.h>

#include <string.h>

typedef struct unique_options {
    cli_common common;
    int justseen, number;
} unique_options;

#define AT(member) offsetof(unique_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is left out"),
    {0, "justseen", CLI_SET, AT(justseen), 1, NULL,
     "only records like the one right before them; nothing is remembered"},
    {'n', "numeric", CLI_SET, AT(number), 1, NULL,
     "keys are numbers: 1, 1.0 and 01 are one"},
    CLI_LAST};

/* The first member of a pair: lent, as what it shows is. */
static pila_status key_of(void *ctx, const void *item, void *out)
{
    (void)ctx;
    *(pila_str *)out = *(const pila_str *)item;
    return PILA_OK;
}

static pila_status number_of(void *ctx, const void *item, void *out)
{
    (void)ctx;
    return pila_type_copy(&cli_number_type, out, item);
}

/* ---- those whose key is not that of the one before: the items stay where they are
 * ----
 */

enum { WINDOW = 256 };

typedef struct just_state {
    pila_iter pairs;
    const pila_pair *pair;
    bool any, number;
    pila_buf text; /* the last key of a window that is gone, or its digits */
    pila_str key;
    cli_number last;
    char *window; /* of items */
} just_state;

static bool is_same(const just_state *s, const void *key)
{
    const pila_str *text = key;

    if (!s->any) return false;
    if (s->number) return cli_number_compare(&s->last, key) == 0;
    return pila_str_eq(s->key, *text);
}

/* The last key outlives its window. */
static pila_status just_hold(just_state *s)
{
    pila_str *shown = s->number ? &s->last.digits : &s->key;

    pila_buf_clear(&s->text);
    pila_status st = pila_buf_add(&s->text, *shown);
    *shown = pila_buf_view(&s->text);
    return st;
}

static bool just_refill(pila_iter *it)
{
    just_state *s = it->state;
    size_t size = s->pair->second->size, n = 0, ready;

    while (n == 0) {
        pila_status st = s->any ? just_hold(s) : PILA_OK;
        if (st != PILA_OK) return pila_iter_end(it, st);
        ready = pila_iter_ready(&s->pairs);
        if (ready == 0) return pila_iter_end(it, s->pairs.status);
        if (ready > WINDOW) ready = WINDOW;
        for (size_t k = 0; k < ready; k++) {
            const char *pair = s->pairs.cur + k * s->pair->type.size;
            if (is_same(s, pair)) continue;
            s->any = true;
            if (s->number) s->last = *(const cli_number *)(const void *)pair;
            else s->key = *(const pila_str *)(const void *)pair;
            memcpy(s->window + n++ * size, pair + s->pair->second_at, size);
        }
        pila_iter_skip(&s->pairs, ready);
    }
    it->cur = s->window;
    it->end = s->window + n * size;
    return true;
}

static pila_iter just_drop(pila_iter *it)
{
    just_state *s = it->state;
    pila_iter pairs = s->pairs;

    pila_buf_done(&s->text);
    pila_free(s->window);
    pila_free(s);
    return pairs;
}

static pila_iter just_unlike(pila_iter pairs, bool number)
{
    static const pila_iter_ops ops = {just_refill, just_drop, NULL};
    just_state *s = pairs.status == PILA_OK ? pila_alloc_zero(1, sizeof *s) : NULL;
    pila_status st = pairs.status != PILA_OK ? pairs.status : PILA_ENOMEM;

    if (s) {
        s->pairs = pairs;
        s->pair = pila_pair_of(pairs.type);
        s->number = number;
        s->window = pila_alloc(WINDOW, s->pair->second->size);
        if (s->window) return pila_iter_make(s->pair->second, &ops, s);
        pila_free(s);
    }
    pila_iter_drop(&pairs);
    return pila_failed(st);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    const unique_options *o = flow->options;
    pila_iter items = cli_items(flow);
    bool text = items.status == PILA_OK && items.type->kind == PILA_KIND_STR;
    pila_key key = {o->number ? &cli_number_type : &pila_view,
                    o->number ? number_of : key_of, NULL};

    if (!o->number && !o->common.field && (!text || flow->form != CLI_JSONL))
        return o->justseen ? pila_unique_justseen(items)
                           : pila_unique_everseen(items, NULL);
    items = o->number ? cli_numbered(flow, items) : cli_keyed(flow, items);
    if (o->justseen) return just_unlike(items, o->number);
    return cli_unkeyed(pila_unique_everseen(items, &key));
}

static const unique_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static const cli_row sections[] = {
    {"Output",
     "The first record of each key, as it is read: what comes first is printed "
     "before the rest is read. To count them there is counter."},
    {"Many machines",
     "There is no --partial: what one part has seen, another has not. But parts may "
     "each be made unique first: unique of the outputs of consecutive parts, one after "
     "the other, is unique of the whole, and so it is with --justseen."},
    {NULL, NULL}};

const cli_command cmd_unique = {
    .name = "unique",
    .summary = "leave out records that came before",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila unique names.txt\n"
                "  $ pila unique -f user -H --in csv visits.csv\n"
                "  $ pila sorted words.txt then unique --justseen\n",
    .python = "  unique_everseen(open(FILE, 'rb'), key) of the itertools recipes;\n"
              "  --justseen is unique_justseen\n",
    .description =
        "Passes on the records of the FILEs, or of stdin, but none whose key "
        "has come before. The key is the record, or what -f names.",
    .sections = sections,
    .memory = "O(distinct keys); --justseen: O(longest record).",
    .exits = {"done", "a malformed record", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(unique_options),
    .defaults = &defaults,
    .make = make};
