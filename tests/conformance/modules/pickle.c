/* pickle.c - pickle: values written by every protocol, and streams read. */
#include "values.h"

#include <pila/serial/pickle.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

/* Nothing is called, and no id is known. */
static pila_status no_ids(void *ctx, pila_doc *doc, pila_value id, pila_value *out)
{
    (void)ctx, (void)doc, (void)id, (void)out;
    return PILA_EREFUSED;
}

static const pila_pickle_load_options strictly = {.strict = true,
                                                  .persistent_load = no_ids};

static void say_fault(pila_status st, const pila_error *err)
{
    if (st == PILA_ESYNTAX) say_exception("UnpicklingError", err->message);
    else if (st == PILA_EEOF) say_exception("EOFError", err->message);
    else if (st == PILA_EREFUSED) say_error("Refused");
    else say_status(st);
}

static void say_pickle(pila_status st, const pila_buf *out, const pila_error *err)
{
    if (st == PILA_OK) say_hex("b", pila_buf_view(out));
    else say_fault(st, err);
}

static void dumps(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st =
        pila_pickle_dumps(arg_value(op, 1), (int)arg_int(op, 2, 0), &out, &err);

    say_pickle(st, &out, &err);
    pila_buf_done(&out);
}

static pila_status load(const json *op, pila_value *out, pila_error *err)
{
    return pila_pickle_loads(&values, pila_value_text(arg_value(op, 1)), &strictly, out,
                             NULL, err);
}

static void loads(const json *op)
{
    pila_value made;
    pila_error err;
    pila_status st = load(op, &made, &err);

    if (st == PILA_OK) say_value(made);
    else say_fault(st, &err);
}

static void again(const json *op)
{
    pila_value made;
    pila_error err;
    pila_buf out = {0};
    pila_status st = load(op, &made, &err);

    if (st == PILA_OK) st = pila_pickle_dumps(made, (int)arg_int(op, 2, 0), &out, &err);
    say_pickle(st, &out, &err);
    pila_buf_done(&out);
}

static void fast(const json *op)
{
    pila_pickle_dump_options how = {.fast = true};
    pila_pickler p;
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_pickler_init(&p, (int)arg_int(op, 2, 0), &how);

    if (st == PILA_OK) st = pila_pickler_dumps(&p, arg_value(op, 1), &out, &err);
    say_pickle(st, &out, &err);
    pila_pickler_done(&p);
    pila_buf_done(&out);
}

static void several(const json *op)
{
    pila_pickler p;
    pila_unpickler u;
    pila_buf out = {0};
    pila_error err;
    pila_value made;
    pila_iter it = pila_value_iter(arg_value(op, 1));
    pila_status st = pila_pickler_init(&p, (int)arg_int(op, 2, 0), NULL);

    PILA_FOR(pila_value, v, &it)
        if (st == PILA_OK) st = pila_pickler_dumps(&p, *v, &out, &err);
    pila_iter_drop(&it);
    say_open('[');
    say_pickle(st, &out, &err);
    say_open('[');
    pila_unpickler_init(&u, &values, &strictly);
    pila_unpickler_open(&u, pila_buf_view(&out));
    while (st == PILA_OK) {
        st = pila_unpickler_load(&u, &made, &err);
        if (st == PILA_OK) say_value(made);
        else if (st != PILA_EEOF) say_fault(st, &err);
    }
    say_close(']');
    say_close(']');
    pila_unpickler_done(&u);
    pila_pickler_done(&p);
    pila_buf_done(&out);
}

static const operation operations[] = {{"dumps", dumps},     {"loads", loads},
                                       {"again", again},     {"fast", fast},
                                       {"several", several}, {NULL, NULL}};

const module pickle_module = {"pickle", operations, true,
                              begin,    say_null,   value_forget};
