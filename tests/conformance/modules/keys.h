/* keys.h - the key functions that a case may name: what sorts and searches shares them.
 *
 * "neg" and "mod" are for integers alone; "width" and "repr" go by how an item is
 * shown, "same" is the item itself. tests/conformance/keys.py has the same for CPython.
 */
#ifndef CONFORMANCE_KEYS_H
#define CONFORMANCE_KEYS_H

#include "../adapter.h"

#include <pila/collections/sort.h>

typedef struct named_key {
    pila_key key;           /* its ctx is this one: it must stay where it is */
    const pila_type *items; /* the items' type, which need not be item_type */
} named_key;

static inline pila_status key_neg(void *ctx, const void *item, void *out)
{
    const named_key *k = ctx;
    int64_t x = -item_int(k->items, item);

    memcpy(out, &x, sizeof x);
    return call_out("key");
}

static inline pila_status key_mod(void *ctx, const void *item, void *out)
{
    const named_key *k = ctx;
    int64_t x = (item_int(k->items, item) % 3 + 3) % 3;

    memcpy(out, &x, sizeof x);
    return call_out("key");
}

static inline pila_status key_repr(void *ctx, const void *item, void *out)
{
    const named_key *k = ctx;
    pila_buf text = {0};
    pila_status st = pila_type_repr(k->items, item, &text);

    if (st == PILA_OK) st = call_out("key");
    if (st == PILA_OK) st = pila_string_init(out, pila_buf_view(&text));
    pila_buf_done(&text);
    return st;
}

static inline pila_status key_width(void *ctx, const void *item, void *out)
{
    const named_key *k = ctx;
    pila_buf text = {0};
    pila_status st = pila_type_repr(k->items, item, &text);
    int64_t x = (int64_t)text.len;

    memcpy(out, &x, sizeof x);
    pila_buf_done(&text);
    return st == PILA_OK ? call_out("key") : st;
}

static inline pila_status key_same(void *ctx, const void *item, void *out)
{
    const named_key *k = ctx;
    pila_status st = call_out("key");

    return st == PILA_OK ? pila_type_copy(k->items, out, item) : st;
}

/* The key of a name, of items of a type; NULL: there is no name. */
static inline const pila_key *key_of(const json *name, const pila_type *items,
                                     named_key *room)
{
    static const struct {
        const char *name;
        const pila_type *type; /* NULL: the items' */
        pila_status (*fn)(void *ctx, const void *item, void *out);
    } all[] = {{"neg", &pila_i64, key_neg},
               {"mod", &pila_i64, key_mod},
               {"repr", &pila_text, key_repr},
               {"width", &pila_i64, key_width},
               {"same", NULL, key_same}};

    room->items = items;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (json_is(name, all[k].name)) {
            const pila_type *t = all[k].type ? all[k].type : items;
            room->key = (pila_key){t, all[k].fn, room};
            return &room->key;
        }
    return NULL;
}

static inline bool arg_true(const json *op, size_t k)
{
    return has_arg(op, k) && arg(op, k)->kind == JSON_TRUE;
}

#endif
