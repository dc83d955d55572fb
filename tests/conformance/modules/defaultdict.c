/* defaultdict.c - collections.defaultdict. A factory is said as null, or
 *     {"empty": x}   the zero bytes of the items' type, where x is what they are
 *     {"value": x}   copies of x
 *     {"call": x}    a function, which scripts count as "factory", that makes x
 *     {"count": n}   the same, that makes n and then the next number each time
 */
#define SUBJECT (&defaults.dict)
#define WALK_LEFT SIZE_MAX

#include <pila/collections/defaultdict.h>

static pila_defaultdict defaults;

#include "dictlike.h"

/* ---- the factory ---- */

static int64_t counted;

static pila_status make(void *ctx, void *value)
{
    pila_status st = call_out("factory");
    cell room;

    if (st != PILA_OK) return st;
    if (!ctx) return pila_type_copy(item_type, value, item_of_int(counted++, &room));
    return pila_type_copy(item_type, value, arg_item(ctx, 0, &room));
}

static pila_status set_factory(const json *says)
{
    const json *value = json_get(says, "value"), *empty = json_get(says, "empty"),
               *count = json_get(says, "count");
    cell room;

    if (count) counted = count->number;
    if (count) pila_defaultdict_default_call(&defaults, make, NULL);
    else if (json_get(says, "call")) /* its first member is x */
        pila_defaultdict_default_call(&defaults, make, (void *)(uintptr_t)says);
    else if (empty && (item_of(empty, &room), item_type != &boxed_type))
        pila_defaultdict_default_empty(&defaults);
    else if (value || empty)
        return pila_defaultdict_default_value(&defaults,
                                              item_of(value ? value : empty, &room));
    else pila_defaultdict_default_call(&defaults, NULL, NULL);
    return PILA_OK;
}

static void factory(const json *op) { say_status(set_factory(arg(op, 1))); }

static void has_factory(const json *op)
{
    (void)op;
    say_bool(pila_defaultdict_factory(&defaults)->kind != PILA_FACTORY_NONE);
}

/* ---- what mapping.h wants ---- */

static pila_status begin(const json *request)
{
    value_type = item_type;
    pila_status st = pila_defaultdict_init(&defaults, item_type, value_type);
    if (st == PILA_OK) st = set_factory(json_get(request, "factory"));
    st = fill(st, request);
    if (st != PILA_OK) pila_defaultdict_done(&defaults);
    return st;
}

static void end(void)
{
    walk_end();
    pila_defaultdict_done(&defaults);
}

static pila_status find(const void *key, void **value)
{
    return pila_defaultdict_find(&defaults, key, value);
}

static pila_status erase(const void *key) { return pila_dict_del(SUBJECT, key); }

static pila_status feed(const json *list)
{
    return pila_dict_update(SUBJECT, pairs_of(list));
}

static pila_status join(pila_dict *other) { return pila_dict_merge(SUBJECT, other); }
static pila_status show(pila_buf *out) { return pila_defaultdict_repr(&defaults, out); }

/* ---- new ones: where the operation has one more argument, that key is asked for, and
 * so the factory that they have ---- */

static void say_new(pila_status st, pila_defaultdict *made, const json *op, size_t k)
{
    cell key;
    void *value;

    if (st == PILA_OK && args(op) >= k)
        st = pila_defaultdict_find(made, arg_item(op, k, &key), &value);
    if (st == PILA_OK) say_dict(&made->dict);
    else say_status(st);
    pila_defaultdict_done(made);
}

static void copy_defaults(const json *op)
{
    pila_defaultdict made;
    pila_status st = pila_defaultdict_init(&made, item_type, value_type);

    if (st == PILA_OK) st = pila_defaultdict_copy(&made, &defaults);
    say_new(st, &made, op, 1);
}

static void or_dict(const json *op)
{
    pila_defaultdict made;
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    if (pila_defaultdict_init(&made, item_type, value_type) != PILA_OK) abort();
    if (st == PILA_OK) st = pila_defaultdict_or(&made, &defaults, &other);
    say_new(st, &made, op, 2);
    pila_dict_done(&other);
}

static void dict_or(const json *op)
{
    pila_defaultdict made;
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    if (pila_defaultdict_init(&made, item_type, value_type) != PILA_OK) abort();
    if (st == PILA_OK) st = pila_defaultdict_ror(&made, &other, &defaults);
    say_new(st, &made, op, 2);
    pila_dict_done(&other);
}

static void fromkeys_defaults(const json *op)
{
    pila_defaultdict made;
    cell value;
    pila_status st = pila_defaultdict_init(&made, item_type, value_type);

    if (st == PILA_OK)
        st =
            pila_defaultdict_fromkeys(&made, arg_iter(op, 1), arg_value(op, 2, &value));
    say_new(st, &made, op, 3);
}

static const operation operations[] = {{"factory", factory},
                                       {"has_factory", has_factory},
                                       {"copy", copy_defaults},
                                       {"or", or_dict},
                                       {"ror", dict_or},
                                       {"fromkeys", fromkeys_defaults},
                                       DICTLIKE_OPERATIONS,
                                       {"update_self", update_self},
                                       {"merge_self", merge_self},
                                       {"ior", merge},
                                       {"ior_pairs", update},
                                       {"eq", eq_dict},
                                       {NULL, NULL}};

const module defaultdict_module = {"defaultdict", operations, false, begin, state, end};
