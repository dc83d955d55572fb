/* blocks.c - an item and its key as one run of bytes, that can be moved and written.
 *
 *     [key] [item]       of pairs;  [item] alone where items are their own keys
 *
 *     key of text        u32 length, the bytes
 *     key of a number    16 bytes: kind, sign, u32 digits, the value; then the digits
 *     item of text       u32 length, the bytes
 *     any other item     its struct, aligned, and behind it what its views and rows
 *                        show, in the order in which a walk over its members meets them
 *
 * Pointers in a struct are those of the place where it lay: whoever moved the block
 * makes them anew by the same walk, since all lengths are in the struct. So a block
 * needs no table of its parts, and one that comes back from a file is used in place.
 */
#include "sorting.h"

#include <string.h>

enum { LENGTH = 4, NUMBER = 16 }; /* bytes of a length, of a number without digits */

static size_t round_up(size_t n)
{
    return (n + CLI_BLOCK_ALIGN - 1) / CLI_BLOCK_ALIGN * CLI_BLOCK_ALIGN;
}

static char *aligned(const char *p)
{
    uintptr_t at = (uintptr_t)p;
    return (char *)(uintptr_t)p +
           ((at + CLI_BLOCK_ALIGN - 1) / CLI_BLOCK_ALIGN * CLI_BLOCK_ALIGN - at);
}

static uint32_t load_length(const char *at)
{
    uint32_t n;

    memcpy(&n, at, sizeof n);
    return n;
}

static char *put_text(char *at, pila_str text)
{
    uint32_t n = (uint32_t)text.len;

    memcpy(at, &n, sizeof n);
    if (text.len) memcpy(at + LENGTH, text.ptr, text.len);
    return at + LENGTH + text.len;
}

static bool is_text(const cli_order *o) { return o->item->kind == PILA_KIND_STR; }

/* ---- items that are no text ---- */

bool cli_block_holds(const pila_type *type)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    bool good = type->align <= CLI_BLOCK_ALIGN;

    if (p) return good && cli_block_holds(p->first) && cli_block_holds(p->second);
    if (!t) return good && (type == &cli_number_type || pila_type_plain(type));
    for (size_t k = 0; t->member && k < t->n; k++)
        good = good && cli_block_holds(t->member[k].type);
    return good && (t->member || cli_block_holds(t->each));
}

/* Bytes behind the struct, at most. */
static size_t behind(const pila_type *type, const char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    size_t sum = 0;

    if (type->kind == PILA_KIND_STR) return ((const pila_str *)(const void *)item)->len;
    if (type == &cli_number_type)
        return ((const cli_number *)(const void *)item)->digits.len;
    if (p) return behind(p->first, item) + behind(p->second, item + p->second_at);
    if (!t) return 0;
    if (t->is_row) sum = CLI_BLOCK_ALIGN + pila_tuple_len(t, item) * t->each->size;
    for (size_t k = 0; k < pila_tuple_len(t, item); k++) {
        const pila_type *of;
        const char *member = pila_tuple_at(t, item, k, &of);
        sum += behind(of, member);
    }
    return sum;
}

static void lay_bytes(const char **ptr, size_t n, char **at, bool copy)
{
    if (copy && n) memcpy(*at, *ptr, n);
    *ptr = *at;
    *at += n;
}

/* The walk: what views and rows of an item show lies at *at, or is copied there. */
static void lay(const pila_type *type, char *item, char **at, bool copy)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (type->kind == PILA_KIND_STR) {
        pila_str *text = (pila_str *)(void *)item;
        lay_bytes(&text->ptr, text->len, at, copy);
    } else if (type == &cli_number_type) {
        cli_number *n = (cli_number *)(void *)item;
        n->owned = NULL;
        lay_bytes(&n->digits.ptr, n->digits.len, at, copy);
    } else if (p) {
        lay(p->first, item, at, copy);
        lay(p->second, item + p->second_at, at, copy);
    } else if (t) {
        if (t->is_row) {
            pila_row *row = (pila_row *)(void *)item;
            const char *items = row->items;
            *at = aligned(*at);
            lay_bytes(&items, row->n * t->each->size, at, copy);
            row->items = items;
        }
        for (size_t k = 0; k < pila_tuple_len(t, item); k++) {
            const pila_type *of;
            const void *member = pila_tuple_at(t, item, k, &of);
            lay(of, (char *)(uintptr_t)member, at, copy);
        }
    }
}

/* ---- keys ---- */

static size_t key_size(const cli_order *o, const void *given)
{
    if (!o->keyed) return 0;
    if (o->by == CLI_BY_TEXT) return LENGTH + ((const pila_str *)given)->len;
    return NUMBER + ((const cli_number *)given)->digits.len;
}

static char *put_number(char *at, const cli_number *n)
{
    uint32_t digits = (uint32_t)n->digits.len;

    at[0] = (char)n->kind;
    at[1] = n->negative;
    at[2] = at[3] = 0;
    memcpy(at + 4, &digits, sizeof digits);
    if (n->kind == CLI_NUMBER_INT) memcpy(at + 8, &n->small, sizeof n->small);
    else memcpy(at + 8, &n->value, sizeof n->value);
    if (digits) memcpy(at + NUMBER, n->digits.ptr, digits);
    return at + NUMBER + digits;
}

cli_number cli_block_number(const char *at)
{
    cli_number n = {.kind = (cli_number_kind)at[0], .negative = at[1]};

    if (n.kind == CLI_NUMBER_INT) memcpy(&n.small, at + 8, sizeof n.small);
    else memcpy(&n.value, at + 8, sizeof n.value);
    n.digits = pila_str_of(at + NUMBER, load_length(at + 4));
    return n;
}

pila_str cli_block_text(const char *at)
{
    return pila_str_of(at + LENGTH, load_length(at));
}

/* Where the item is. */
static const char *behind_key(const cli_order *o, const char *at)
{
    if (o->keyed && o->by == CLI_BY_TEXT) at += LENGTH + load_length(at);
    else if (o->keyed) at += NUMBER + load_length(at + 4);
    return is_text(o) ? at : aligned(at);
}

/* ---- blocks ---- */

size_t cli_block_front(const cli_order *o)
{
    if (!is_text(o)) return CLI_BLOCK_ALIGN;
    return o->keyed ? LENGTH : 0; /* a record alone says itself how long it is */
}

bool cli_block_size(const cli_order *o, const void *given, size_t *out)
{
    const char *item = (const char *)given + o->item_at;
    size_t size = key_size(o, given);

    if (is_text(o)) size += LENGTH + ((const pila_str *)(const void *)item)->len;
    else {
        size = round_up(size) + round_up(o->item->size);
        size = round_up(size + behind(o->item, item));
    }
    *out = size;
    return size < UINT32_MAX;
}

size_t cli_block_bytes(const cli_order *o, const char *at)
{
    size_t front = cli_block_front(o);

    return front ? load_length(at - front) : LENGTH + load_length(at);
}

void cli_block_make(const cli_order *o, const void *given, size_t size, char *at)
{
    const char *item = (const char *)given + o->item_at;
    uint32_t n = (uint32_t)size;
    size_t front = cli_block_front(o);

    if (front) memcpy(at - front, &n, sizeof n);
    if (o->keyed && o->by == CLI_BY_TEXT) at = put_text(at, *(const pila_str *)given);
    else if (o->keyed) at = put_number(at, given);
    if (is_text(o)) {
        put_text(at, *(const pila_str *)(const void *)item);
        return;
    }
    at = aligned(at);
    memcpy(at, item, o->item->size);
    char *more = at + round_up(o->item->size);
    lay(o->item, at, &more, true);
}

void cli_block_item(const cli_order *o, const char *at, void *out)
{
    at = behind_key(o, at);
    if (is_text(o)) {
        *(pila_str *)out = cli_block_text(at);
        return;
    }
    char *item = (char *)(uintptr_t)at, *more = item + round_up(o->item->size);
    lay(o->item, item, &more, false);
    memcpy(out, item, o->item->size);
}

void cli_block_given(const cli_order *o, const char *at, void *out)
{
    if (o->keyed && o->by == CLI_BY_TEXT) *(pila_str *)out = cli_block_text(at);
    else if (o->keyed) *(cli_number *)out = cli_block_number(at);
    cli_block_item(o, at, (char *)out + o->item_at);
}
