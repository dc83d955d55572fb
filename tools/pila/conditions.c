/* conditions.c - predicates as options: what takewhile, dropwhile, filter, filterfalse
 * and compress ask of a record.
 *
 * A list of comparisons, which must all hold. Plain text is looked at a window at a
 * time, by a kernel; keys, which have to be taken out of records or read as numbers,
 * come in pairs with their items, one at a time, so that nothing is said of a record
 * that is never reached.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { EQ, NE, LT, LE, GT, GE, CONTAINS, STARTS, ENDS };

#define AT(member) offsetof(cli_condition_options, where.member)

const cli_option cli_condition_rows[] = {
    CLI_GROUP("Conditions"),
    {0, "eq", CLI_TEXTS, AT(list), EQ, "X", "it is X"},
    {0, "ne", CLI_TEXTS, AT(list), NE, "X", "it is not X"},
    {0, "lt", CLI_TEXTS, AT(list), LT, "X", "it comes before X"},
    {0, "le", CLI_TEXTS, AT(list), LE, "X", "it comes before X, or is X"},
    {0, "gt", CLI_TEXTS, AT(list), GT, "X", "it comes after X"},
    {0, "ge", CLI_TEXTS, AT(list), GE, "X", "it comes after X, or is X"},
    {0, "contains", CLI_TEXTS, AT(list), CONTAINS, "TEXT", "TEXT is in it"},
    {0, "startswith", CLI_TEXTS, AT(list), STARTS, "TEXT", "it starts with TEXT"},
    {0, "endswith", CLI_TEXTS, AT(list), ENDS, "TEXT", "it ends with TEXT"},
    {'n', "numeric", CLI_SET, AT(numbers), 1, NULL,
     "it is a number, and compares as one"},
    CLI_LAST};

const cli_condition_options cli_condition_defaults = {
    .common = {.max_record = CLI_RECORD_MOST}};

static cli_conditions *conditions_of(const cli_flow *flow)
{
    return &((cli_condition_options *)flow->options)->where;
}

/* ---- what was asked for ---- */

static int check_number(cli_conditions *where, size_t k)
{
    const char *text = where->list.item[k].text;

    if (where->list.item[k].what >= CONTAINS)
        return cli_trouble(NULL, "--contains, --startswith and --endswith are of text, "
                                 "not of numbers");
    pila_status st = cli_number_parse(pila_cstr(text), &where->operand[k]);
    if (st == PILA_ESYNTAX) return cli_trouble(NULL, "'%s' is no number", text);
    return st == PILA_OK ? CLI_DONE : cli_trouble_status(NULL, st);
}

int cli_conditions_check(const cli_flow *flow)
{
    cli_conditions *where = conditions_of(flow);
    int code = CLI_DONE;

    if (!where->numbers) return CLI_DONE;
    where->operand = calloc(CLI_LIST_MOST, sizeof *where->operand);
    if (!where->operand) return cli_trouble_status(NULL, PILA_ENOMEM);
    for (size_t k = 0; k < where->list.n && code == CLI_DONE; k++)
        code = check_number(where, k);
    return code;
}

void cli_conditions_done(cli_flow *flow) { free(conditions_of(flow)->operand); }

/* ---- asking ---- */

static bool holds(int64_t what, int order)
{
    switch (what) {
    case EQ: return order == 0;
    case NE: return order != 0;
    case LT: return order == -1;
    case LE: return order == -1 || order == 0;
    case GT: return order == 1;
    default: return order == 1 || order == 0;
    }
}

static bool text_meets(pila_str text, int64_t what, pila_str operand)
{
    size_t n = operand.len;

    switch (what) {
    case EQ: return pila_str_eq(text, operand);
    case NE: return !pila_str_eq(text, operand);
    case CONTAINS:
        return !n || (text.len && memmem(text.ptr, text.len, operand.ptr, n));
    case STARTS: return text.len >= n && !(n && memcmp(text.ptr, operand.ptr, n));
    case ENDS:
        return text.len >= n && !(n && memcmp(text.ptr + text.len - n, operand.ptr, n));
    default: break;
    }
    int order = pila_str_cmp(text, operand);
    return holds(what, order < 0 ? -1 : order > 0);
}

static bool text_meets_all(pila_str text, const cli_conditions *where)
{
    const cli_list *list = &where->list;

    for (size_t k = 0; k < list->n; k++)
        if (!text_meets(text, list->item[k].what, pila_cstr(list->item[k].text)))
            return false;
    return list->n || text.len;
}

static bool number_meets_all(const cli_number *number, const cli_conditions *where)
{
    const cli_list *list = &where->list;

    for (size_t k = 0; k < list->n; k++)
        if (!holds(list->item[k].what, cli_number_compare(number, &where->operand[k])))
            return false;
    cli_number zero = cli_number_of_int(0);
    return list->n || cli_number_compare(number, &zero) != 0;
}

PILA_PREDICATE_CTX(conditions_kernel, pila_str, text, cli_conditions,
                   text_meets_all(text, ctx))

/* The key is the first member of the item, or the item. */
static pila_status conditions_call(void *ctx, const void *item, bool *keep)
{
    const cli_conditions *where = ctx;

    *keep = where->numbers ? number_meets_all(item, where)
                           : text_meets_all(*(const pila_str *)item, where);
    if (where->until && !*keep) where->until->keyless = true;
    return PILA_OK;
}

/* ---- of items ---- */

/* Whether the record is the key. */
static bool is_plain(const cli_flow *flow, const pila_iter *items)
{
    return items->status == PILA_OK && items->type->kind == PILA_KIND_STR &&
           !conditions_of(flow)->numbers && !flow->common->field &&
           flow->form != CLI_JSONL;
}

pila_iter cli_conditional(
    cli_flow *flow, pila_iter items, pila_iter (*by_kernel)(pila_iter, pila_kernel),
    pila_iter (*by_call)(pila_iter, pila_filter_callback *, void *), bool until)
{
    cli_conditions *where = conditions_of(flow);

    if (is_plain(flow, &items))
        return by_kernel(items, pila_kernel_with(conditions_kernel, where));
    where->until = until ? flow : NULL;
    items = where->numbers ? cli_numbered(flow, items) : cli_keyed(flow, items);
    return cli_unkeyed(by_call(items, conditions_call, where));
}

static pila_status tell(void *ctx, const void *item, void *out)
{
    bool keep = false;
    pila_status st = conditions_call(ctx, item, &keep);

    *(uint8_t *)out = keep;
    return st;
}

pila_iter cli_told(cli_flow *flow, pila_iter items)
{
    cli_conditions *where = conditions_of(flow);

    if (!is_plain(flow, &items))
        items = where->numbers ? cli_numbered(flow, items) : cli_keyed(flow, items);
    return pila_map_fn(items, &pila_u8, tell, where);
}
