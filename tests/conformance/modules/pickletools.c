/* pickletools.c - pickletools: streams taken apart. */
#include "values.h"

#include <pila/serial/pickletools.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

static pila_str stream(const json *op) { return pila_value_text(arg_value(op, 1)); }

static void say_fault(pila_status st, const pila_error *err)
{
    if (st == PILA_EVALUE) say_exception("ValueError", err->message);
    else say_status(st);
}

static pila_status into_buffer(void *ctx, pila_str text)
{
    return pila_buf_add((pila_buf *)ctx, text);
}

static void dis(const json *op)
{
    pila_dis_options how = {.indent = (size_t)arg_int(op, 2, 4)};
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_pickle_dis(stream(op), NULL, &how, into_buffer, &out, &err);

    if (st != PILA_OK && st != PILA_EVALUE) {
        say_status(st);
        pila_buf_done(&out);
        return;
    }
    say_open('[');
    say_value(pila_value_str_of(pila_buf_view(&out)));
    if (st == PILA_OK) say_null();
    else say_value(pila_value_str_of(pila_cstr(err.message)));
    say_close(']');
    pila_buf_done(&out);
}

static void say_op(const pila_pickle_op *x)
{
    say_map("t");
    say_open('[');
    say_text(x->info->name, strlen(x->info->name));
    say_value(x->arg);
    say_int((int64_t)x->pos);
    say_close(']');
    say_close('}');
}

/* All of them, or what ended them. */
static void genops(const json *op)
{
    pila_iter it = pila_pickle_genops(stream(op), 0), again;

    PILA_FOR(pila_pickle_op, x, &it) (void)x;
    if (it.status != PILA_END) say_fault(it.status, pila_pickle_genops_error(&it));
    else {
        again = pila_pickle_genops(stream(op), 0);
        say_open('[');
        PILA_FOR(pila_pickle_op, x, &again) say_op(x);
        say_close(']');
        pila_iter_drop(&again);
    }
    pila_iter_drop(&it);
}

static void optimize(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_pickle_optimize(stream(op), &out, &err);

    if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else say_fault(st, &err);
    pila_buf_done(&out);
}

static const operation operations[] = {{"dis", dis},
                                       {"genops", genops},
                                       {"optimize", optimize},
                                       {NULL, NULL}};

const module pickletools_module = {"pickletools", operations, true,
                                   begin,         say_null,   value_forget};
