/* ordering.c - how items compare: by text, by numbers, in the order of a language, or
 * tuples as Python compares them.
 *
 * What is ordered is told apart once, here: records that are their own keys stay views
 * in the reader's window; else each comes with its key, as cli_keyed has them. A member
 * of a tuple that is a number is one without being asked for, since its text has an
 * order that nobody means. Collation is a key too: strxfrm makes text whose bytes have
 * the order of the language.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "sorting.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers as words ---- */

#define SIGN ((uint64_t)1 << 63)

static uint64_t word_of(double x)
{
    uint64_t bits;

    if (x != x) return UINT64_MAX - 1; /* behind infinity */
    x += 0.0;                          /* -0.0 becomes 0.0 */
    memcpy(&bits, &x, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

/* Rounding to a double keeps the order, if not all that is different apart. */
uint64_t cli_number_word(const cli_number *n)
{
    return word_of(n->kind == CLI_NUMBER_INT ? (double)n->small : n->value);
}

bool cli_number_word_is_exact(uint64_t word)
{
    uint64_t most = word_of(0x1p53);

    return word < most && word > ~most;
}

/* ---- comparing ---- */

static bool is_nan(const cli_number *n)
{
    return n->kind == CLI_NUMBER_FLOAT && n->value != n->value;
}

static bool number_before(const cli_number *a, const cli_number *b)
{
    if (is_nan(a) || is_nan(b)) return !is_nan(a) && is_nan(b);
    return cli_number_compare(a, b) < 0;
}

pila_status cli_order_before(const cli_order *o, const void *a, const void *b,
                             bool *out)
{
    const void *x = o->reverse ? b : a, *y = o->reverse ? a : b;

    if (o->by == CLI_BY_ITEM) return pila_type_less(o->item, x, y, out);
    if (o->by == CLI_BY_NUMBER) *out = number_before(x, y);
    else *out = pila_str_cmp(*(const pila_str *)x, *(const pila_str *)y) < 0;
    return PILA_OK;
}

/* ---- collation ---- */

typedef struct collated_state {
    pila_iter pairs;
    pila_pair pair; /* where items are their own keys: of those and their items */
    bool bare;
    size_t size, item_at, item_size;
    pila_buf copy, room; /* NUL-terminated text; what it becomes */
    char *window;
} collated_state;

enum { COLLATED_WINDOW = 256 };

/* Each run of bytes between NULs becomes one; a NUL stays, and is below all others. */
static pila_status collate(collated_state *s, pila_str text)
{
    size_t from = 0, n;
    pila_status st;

    s->copy.len = 0;
    st = pila_buf_add(&s->copy, text);
    if (st == PILA_OK) st = pila_buf_add_char(&s->copy, '\0');
    while (st == PILA_OK) {
        const char *part = s->copy.data + from;
        st = pila_buf_reserve(&s->room, 1);
        if (st != PILA_OK) break;
        n = strxfrm(s->room.data + s->room.len, part, s->room.room - s->room.len);
        if (n >= s->room.room - s->room.len) {
            st = pila_buf_reserve(&s->room, n + 1);
            if (st != PILA_OK) break;
            n = strxfrm(s->room.data + s->room.len, part, n + 1);
        }
        s->room.len += n;
        from += strlen(part) + 1;
        if (from > text.len) break;
        st = pila_buf_add_char(&s->room, '\0');
    }
    return st;
}

/* The keys of a window, one behind the other; views are made when none moves any more.
 */
static bool collated_refill(pila_iter *it)
{
    collated_state *s = it->state;
    size_t n = pila_iter_ready(&s->pairs), at = 0;
    size_t ends[COLLATED_WINDOW];
    pila_status st = PILA_OK;

    if (n == 0) return pila_iter_end(it, s->pairs.status);
    if (n > COLLATED_WINDOW) n = COLLATED_WINDOW;
    s->room.len = 0;
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const char *given = s->pairs.cur + k * s->pairs.type->size;
        st = collate(s, *(const pila_str *)(const void *)given);
        ends[k] = s->room.len;
        memcpy(s->window + k * s->size + s->item_at, given + (s->bare ? 0 : s->item_at),
               s->item_size);
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    for (size_t k = 0; k < n; k++) {
        pila_str key = pila_str_of(s->room.data + at, ends[k] - at);
        memcpy(s->window + k * s->size, &key, sizeof key);
        at = ends[k];
    }
    pila_iter_skip(&s->pairs, n);
    it->cur = s->window;
    it->end = s->window + n * s->size;
    return true;
}

static pila_iter collated_drop(pila_iter *it)
{
    collated_state *s = it->state;
    pila_iter pairs = s->pairs;

    pila_buf_done(&s->copy);
    pila_buf_done(&s->room);
    pila_free(s->window);
    pila_free(s);
    return pairs;
}

/* Text keys made into those that compare as the locale of the environment says. */
static pila_iter collated(pila_iter pairs)
{
    static const pila_iter_ops ops = {collated_refill, collated_drop, NULL};
    collated_state *s = pairs.status == PILA_OK ? pila_alloc_zero(1, sizeof *s) : NULL;
    pila_status st = pairs.status != PILA_OK ? pairs.status : PILA_ENOMEM;
    const pila_pair *p;

    if (!s) goto failed;
    s->bare = pairs.type->kind == PILA_KIND_STR;
    if (s->bare && (st = pila_pair_init(&s->pair, &pila_view, &pila_view)) != PILA_OK)
        goto failed;
    p = s->bare ? &s->pair : pila_pair_of(pairs.type);
    s->pairs = pairs;
    s->size = p->type.size;
    s->item_at = p->second_at;
    s->item_size = p->second->size;
    s->window = pila_alloc(COLLATED_WINDOW, s->size);
    st = s->window ? PILA_OK : PILA_ENOMEM;
    if (st == PILA_OK) {
        if (setlocale(LC_COLLATE, "")) setlocale(LC_CTYPE, "");
        return pila_iter_make(&p->type, &ops, s);
    }
failed:
    pila_free(s);
    pila_iter_drop(&pairs);
    return pila_failed(st);
}

/* ---- telling them apart ---- */

static bool is_number(const pila_type *type)
{
    return type == &cli_number_type ||
           (type->kind > PILA_KIND_OTHER && type->kind < PILA_KIND_PTR);
}

/* The k-th member of tuples in tuples; NULL: it has none, or that depends on the item.
 */
static const pila_type *member_type(const pila_type *type, size_t *k)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    const pila_type *found = NULL;

    if (!p && !t) return (*k)-- == 0 ? type : NULL;
    if (p && (found = member_type(p->first, k))) return found;
    if (p) return member_type(p->second, k);
    for (size_t i = 0; i < t->n && !found; i++)
        found = member_type(t->member ? t->member[i].type : t->each, k);
    return found;
}

/* Whether the items, or what -f names of them, are numbers anyway. */
static bool numeric(const cli_flow *flow, const pila_type *type)
{
    const char *field = flow->common->field;
    size_t k = 0;

    if (!field) return is_number(type);
    if (!field[strspn(field, "0123456789")]) k = strtoul(field, NULL, 10) - 1;
    else
        while (flow->names && flow->names[k] && strcmp(flow->names[k], field) != 0) k++;
    type = member_type(type, &k);
    return type && is_number(type);
}

pila_iter cli_order_items(cli_flow *flow, pila_iter items, const cli_ordering *o,
                          cli_order *order)
{
    bool text = items.status == PILA_OK && items.type->kind == PILA_KIND_STR;
    bool bare = !flow->common->field && (!text || flow->form != CLI_JSONL);

    memset(order, 0, sizeof *order);
    if (items.status != PILA_OK) return items;
    order->flow = flow;
    order->reverse = o->reverse;
    order->item = items.type;
    if (!cli_block_holds(items.type)) {
        pila_iter_drop(&items);
        return pila_failed(PILA_ETYPE);
    }
    if (o->number || (!text && numeric(flow, items.type))) order->by = CLI_BY_NUMBER;
    else if (bare && !text) order->by = CLI_BY_ITEM;
    order->keyed = order->by == CLI_BY_NUMBER || !bare || o->locale;
    if (order->by == CLI_BY_NUMBER) items = cli_numbered(flow, items);
    else if (!bare) items = cli_keyed(flow, items);
    if (o->locale && order->by == CLI_BY_TEXT) items = collated(items);
    else if (order->by == CLI_BY_ITEM) order->keyed = false;
    order->given = items.type;
    if (order->keyed && items.status == PILA_OK)
        order->item_at = pila_pair_of(items.type)->second_at;
    return items;
}
