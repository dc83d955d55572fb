/* value.c - value: what Python's operators say of values of every kind. */
#include "values.h"

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

static void eq(const json *op)
{
    bool answer = false;
    pila_status st = pila_value_eq(arg_value(op, 1), arg_value(op, 2), &answer);

    say_bool_if(st, answer);
}

static void less(const json *op)
{
    bool answer = false;
    pila_status st = pila_value_less(arg_value(op, 1), arg_value(op, 2), &answer);

    say_bool_if(st, answer);
}

static void repr(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_value_repr(arg_value(op, 1), &out);

    if (st != PILA_OK) say_status(st);
    else say_value(pila_value_str_of(pila_buf_view(&out)));
    pila_buf_done(&out);
}

static void len(const json *op)
{
    size_t n = 0;
    pila_status st = pila_value_len(arg_value(op, 1), &n);

    say_int_if(st, n);
}

static void truth(const json *op) { say_bool(pila_value_truth(arg_value(op, 1))); }

static void to_float(const json *op)
{
    double x = 0;
    pila_status st = pila_value_to_double(arg_value(op, 1), &x);

    if (st == PILA_OK) say_float(x);
    else say_status(st);
}

static void hashable(const json *op)
{
    uint64_t hash = 0;
    say_bool_if(pila_value_hash(arg_value(op, 1), &hash), true);
}

static void same_hash(const json *op)
{
    pila_value a = arg_value(op, 1), b = arg_value(op, 2);
    uint64_t first = 0, second = 0;
    bool equal = false;
    pila_status st = pila_value_eq(a, b, &equal);

    if (st == PILA_OK && equal) st = pila_value_hash(a, &first);
    if (st == PILA_OK && equal) st = pila_value_hash(b, &second);
    say_bool_if(st, first == second);
}

static void contains(const json *op)
{
    bool answer = false;
    pila_status st = pila_value_contains(arg_value(op, 1), arg_value(op, 2), &answer);

    say_bool_if(st, answer);
}

static void getitem(const json *op)
{
    pila_value x = pila_value_none();
    pila_status st = pila_value_getitem(arg_value(op, 1), arg_value(op, 2), &x);

    if (st == PILA_OK) say_value(x);
    else say_status(st);
}

static void iter(const json *op)
{
    pila_iter it = pila_value_iter(arg_value(op, 1));

    if (it.status == PILA_OK || it.status == PILA_END) say_list(NULL, it);
    else say_status(it.status);
}

/* ---- changes ---- */

static pila_status step(pila_value v, const json *says)
{
    pila_value x = arg_value(says, 1), y = arg_value(says, 2);
    const pila_value *items;
    size_t n;

    if (json_is(says->first, "append")) return pila_value_append(&values, v, x);
    if (json_is(says->first, "insert"))
        return pila_value_insert(&values, v, (ptrdiff_t)x.as.i, y);
    if (json_is(says->first, "setitem")) return pila_value_setitem(&values, v, x, y);
    if (json_is(says->first, "delitem")) return pila_value_delitem(v, x);
    if (json_is(says->first, "clear")) return pila_value_clear(v);
    if (json_is(says->first, "add")) return pila_value_add(&values, v, x);
    if (json_is(says->first, "discard")) return pila_value_discard(v, x);
    items = pila_value_data(x, &n);
    return pila_value_extend(&values, v, items, n);
}

static void change(const json *op)
{
    pila_value v = arg_value(op, 1);

    say_open('[');
    say_open('[');
    for (const json *j = arg(op, 2)->first; j; j = j->next) {
        pila_status st = step(v, j);
        const char *name = pila_status_exception(st);
        if (st == PILA_OK) say_null();
        else say_text(name, strlen(name));
    }
    say_close(']');
    say_value(v);
    if (pila_value_kind_of(v) != PILA_VALUE_DICT) say_null();
    else {
        pila_iter it = pila_value_items(v);
        say_open('[');
        PILA_FOR(pila_entry, e, &it) {
            say_map("t");
            say_open('[');
            say_value(e->key);
            say_value(e->value);
            say_close(']');
            say_close('}');
        }
        say_close(']');
        pila_iter_drop(&it);
    }
    say_close(']');
}

static const operation operations[] = {{"eq", eq},
                                       {"less", less},
                                       {"repr", repr},
                                       {"len", len},
                                       {"truth", truth},
                                       {"float", to_float},
                                       {"hashable", hashable},
                                       {"same_hash", same_hash},
                                       {"contains", contains},
                                       {"getitem", getitem},
                                       {"iter", iter},
                                       {"change", change},
                                       {NULL, NULL}};

const module value_module = {"value", operations, true, begin, say_null, value_forget};
