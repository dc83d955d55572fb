/* ordereddict.c - collections.OrderedDict. */
#define SUBJECT (&ordered.dict)
#define WALK_LEFT pila_dict_len(SUBJECT)

#include <pila/collections/ordereddict.h>

static pila_ordereddict ordered;

#include "dictlike.h"

static pila_status begin(const json *request)
{
    value_type = item_type;
    return fill(pila_ordereddict_init(&ordered, item_type, value_type), request);
}

static void end(void)
{
    walk_end();
    pila_ordereddict_done(&ordered);
}

static pila_status find(const void *key, void **value)
{
    return pila_dict_find(SUBJECT, key, value);
}

static pila_status erase(const void *key) { return pila_dict_del(SUBJECT, key); }

static pila_status feed(const json *list)
{
    return pila_dict_update(SUBJECT, pairs_of(list));
}

static pila_status join(pila_dict *other) { return pila_dict_merge(SUBJECT, other); }
static pila_status show(pila_buf *out) { return pila_ordereddict_repr(&ordered, out); }

static void move_to_end(const json *op)
{
    cell key;
    const json *last = arg(op, 2);
    say_status(pila_ordereddict_move_to_end(&ordered, arg_item(op, 1, &key),
                                            !last || last->kind == JSON_TRUE));
}

static void copy_ordered(const json *op)
{
    pila_ordereddict made;
    pila_status st = pila_ordereddict_init(&made, item_type, value_type);

    (void)op;
    if (st == PILA_OK) st = pila_ordereddict_copy(&made, &ordered);
    say_made(st, &made.dict);
}

static void eq_ordered(const json *op)
{
    pila_ordereddict other;
    bool same = false;
    pila_status st = pila_ordereddict_init(&other, item_type, value_type);

    if (st == PILA_OK) st = pila_dict_update(&other.dict, pairs_of(arg(op, 1)));
    if (st == PILA_OK) st = pila_ordereddict_eq(&ordered, &other, &same);
    say_bool_if(st, same);
    pila_ordereddict_done(&other);
}

static const operation operations[] = {{"copy", copy_ordered}, /* before dict's */
                                       DICTLIKE_OPERATIONS,          MADE_OPERATIONS,
                                       {"move_to_end", move_to_end}, {"eq", eq_ordered},
                                       {"eq_dict", eq_dict},         {NULL, NULL}};

const module ordereddict_module = {"ordereddict", operations, false, begin, state, end};
