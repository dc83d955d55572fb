/* dict.c - dict. */
#define SUBJECT (&dict)
#define WALK_LEFT SIZE_MAX

#include <pila/collections/dict.h>

static pila_dict dict;

#include "dictlike.h"

static pila_status begin(const json *request)
{
    value_type = item_type;
    return fill(pila_dict_init(&dict, item_type, value_type), request);
}

static void end(void)
{
    walk_end();
    pila_dict_done(&dict);
}

static pila_status find(const void *key, void **value)
{
    return pila_dict_find(&dict, key, value);
}

static pila_status erase(const void *key) { return pila_dict_del(&dict, key); }

static pila_status feed(const json *list)
{
    return pila_dict_update(&dict, pairs_of(list));
}

static pila_status join(pila_dict *other) { return pila_dict_merge(&dict, other); }
static pila_status show(pila_buf *out) { return pila_dict_repr(&dict, out); }

/* ---- the keys as a set ---- */

static void say_keys(const json *op,
                     pila_iter (*combine)(const pila_dict *, const pila_dict *))
{
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    if (st == PILA_OK) say_all(combine(&dict, &other));
    else say_status(st);
    pila_dict_done(&other);
}

static void keys_and(const json *op) { say_keys(op, pila_dict_keys_and); }
static void keys_sub(const json *op) { say_keys(op, pila_dict_keys_sub); }
static void keys_or(const json *op) { say_keys(op, pila_dict_keys_or); }
static void keys_xor(const json *op) { say_keys(op, pila_dict_keys_xor); }

static void keys_le(const json *op) { say_whether(op, pila_dict_keys_within); }
static void disjoint(const json *op) { say_whether(op, pila_dict_keys_isdisjoint); }

static const operation operations[] = {DICTLIKE_OPERATIONS,
                                       MADE_OPERATIONS,
                                       {"eq", eq_dict},
                                       {"keys_and", keys_and},
                                       {"keys_sub", keys_sub},
                                       {"keys_or", keys_or},
                                       {"keys_xor", keys_xor},
                                       {"keys_le", keys_le},
                                       {"keys_isdisjoint", disjoint},
                                       {NULL, NULL}};

const module dict_module = {"dict", operations, false, begin, state, end};
