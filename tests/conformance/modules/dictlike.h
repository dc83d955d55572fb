/* dictlike.h - over mapping.h, what its modules share whose subject is a dict, or
 * begins with one: SUBJECT, of which this is written. */
#ifndef CONFORMANCE_DICTLIKE_H
#define CONFORMANCE_DICTLIKE_H

#define MAPPING(op) pila_dict_##op
#include "mapping.h"

#define SHARED static __attribute__((unused)) /* some modules do without */

static void popitem(const json *op)
{
    cell key, value;
    const json *last = arg(op, 1);
    pila_status st =
        pila_dict_popitem(SUBJECT, !last || last->kind == JSON_TRUE, &key, &value);

    say_pair_if(st, &key, &value);
}

static void length(const json *op)
{
    (void)op;
    say_int((int64_t)pila_dict_len(SUBJECT));
}

static void reversed(const json *op)
{
    const json *of = arg(op, 1);

    if (json_is(of, "values")) walk_along(pila_dict_values_reversed(SUBJECT));
    else if (json_is(of, "items")) walk_along(pila_dict_items_reversed(SUBJECT));
    else walk_along(pila_dict_keys_reversed(SUBJECT));
}

static pila_status wipe(void)
{
    pila_dict_clear(SUBJECT);
    return PILA_OK;
}

/* Says what a call made, and drops it. */
static void say_made(pila_status st, pila_dict *made)
{
    if (st == PILA_OK) say_dict(made);
    else say_status(st);
    pila_dict_done(made);
}

/* The rest of begin: the dict was made, and gets the request's pairs. */
static pila_status fill(pila_status st, const json *request)
{
    walks = false;
    if (st == PILA_OK)
        st = pila_dict_update(SUBJECT, pairs_of(json_get(request, "init")));
    if (st != PILA_OK) pila_dict_done(SUBJECT);
    return st;
}

static void state(void) { say_dict(SUBJECT); }

SHARED void update_self(const json *op)
{
    (void)op;
    say_status(pila_dict_update(SUBJECT, pila_dict_items(SUBJECT)));
}

SHARED void merge_self(const json *op)
{
    (void)op;
    say_status(pila_dict_merge(SUBJECT, SUBJECT));
}

/* A new dict of the types of this. */
SHARED void fresh(pila_dict *made)
{
    if (pila_dict_init(made, item_type, value_type) != PILA_OK) abort();
}

SHARED void copy(const json *op)
{
    pila_dict made;

    (void)op;
    fresh(&made);
    pila_status st = pila_dict_copy(&made, SUBJECT);
    say_made(st, &made);
}

SHARED void either(const json *op)
{
    pila_dict made, other;
    pila_status st = dict_of(&other, arg(op, 1));

    fresh(&made);
    if (st == PILA_OK) st = pila_dict_or(&made, SUBJECT, &other);
    say_made(st, &made);
    pila_dict_done(&other);
}

SHARED void ror(const json *op)
{
    pila_dict made, other;
    pila_status st = dict_of(&other, arg(op, 1));

    fresh(&made);
    if (st == PILA_OK) st = pila_dict_or(&made, &other, SUBJECT);
    say_made(st, &made);
    pila_dict_done(&other);
}

SHARED void fromkeys(const json *op)
{
    pila_dict made;
    cell value;
    const void *all = arg_value(op, 2, &value);

    fresh(&made);
    /* zero bytes are None, which is the default in Python */
    pila_status st =
        pila_dict_fromkeys(&made, arg_iter(op, 1), has_arg(op, 2) ? all : NULL);
    say_made(st, &made);
}

SHARED void say_whether(const json *op, pila_status (*ask)(const pila_dict *,
                                                           const pila_dict *, bool *))
{
    pila_dict other;
    bool so = false;
    pila_status st = dict_of(&other, arg(op, 1));

    if (st == PILA_OK) st = ask(SUBJECT, &other, &so);
    say_bool_if(st, so);
    pila_dict_done(&other);
}

SHARED void eq_dict(const json *op) { say_whether(op, pila_dict_eq); }

#define DICTLIKE_OPERATIONS                                                            \
    MAPPING_OPERATIONS, { "reversed", reversed }

#define MADE_OPERATIONS                                                                \
    {"update_self", update_self}, {"merge_self", merge_self}, {"copy", copy},          \
        {"or", either}, {"ror", ror}, {"ior", merge}, {"ior_pairs", update},           \
    {                                                                                  \
        "fromkeys", fromkeys                                                           \
    }

#endif
