/* struct.c - struct: formats, and values packed and unpacked by them. */
#include "values.h"

#include <pila/serial/struct.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

/* Of Python's exceptions here all are struct.error but that of a float too large. */
static void say_fault(pila_status st, const pila_error *err, bool packing)
{
    say_exception(packing && st == PILA_EOVERFLOW ? "OverflowError" : "error",
                  err->message);
}

/* The compiled format of an operation; what is wrong with it is said. */
static bool compiled(const json *op, pila_struct *s)
{
    pila_error err;
    const json *format = arg(op, 1);
    pila_status st = pila_struct_init(s, pila_str_of(format->text, format->len), &err);

    if (st != PILA_OK) say_fault(st, &err, false);
    return st == PILA_OK;
}

static void calcsize(const json *op)
{
    pila_error err;
    const json *format = arg(op, 1);
    size_t size = 0;
    pila_status st =
        pila_struct_calcsize(pila_str_of(format->text, format->len), &size, &err);

    if (st == PILA_OK) say_int((int64_t)size);
    else say_fault(st, &err, false);
}

static void pack(const json *op)
{
    pila_struct s;
    pila_error err;
    pila_buf out = {0};
    size_t n;
    const pila_value *items;

    if (!compiled(op, &s)) return;
    items = pila_value_data(arg_value(op, 2), &n);
    pila_status st = pila_struct_pack_values(&s, items, n, &out, &err);
    if (st == PILA_OK) say_hex("b", pila_buf_view(&out));
    else say_fault(st, &err, true);
    pila_buf_done(&out);
    pila_struct_done(&s);
}

static void pack_into(const json *op)
{
    pila_struct s;
    pila_error err;
    size_t n;
    pila_value buffer = arg_value(op, 2);
    const pila_value *items;

    if (!compiled(op, &s)) return;
    items = pila_value_data(arg_value(op, 4), &n);
    pila_status st =
        pila_struct_pack_values_into(&s, items, n, buffer.as.array->data,
                                     buffer.as.array->len, arg_index(op, 3, 0), &err);
    if (st == PILA_OK) say_value(buffer);
    else say_fault(st, &err, true);
    pila_struct_done(&s);
}

static void unpack(const json *op)
{
    pila_struct s;
    pila_error err;
    pila_value made, data = arg_value(op, 2);
    pila_status st;

    if (!compiled(op, &s)) return;
    st =
        json_is(op->first, "unpack")
            ? pila_struct_unpack_values(&s, pila_value_text(data), &values, &made, &err)
            : pila_struct_unpack_values_from(&s, pila_value_text(data),
                                             arg_index(op, 3, 0), &values, &made, &err);
    if (st == PILA_OK) say_value(made);
    else say_fault(st, &err, false);
    pila_struct_done(&s);
}

static void iter_unpack(const json *op)
{
    pila_struct s;
    pila_error err;
    pila_value data = arg_value(op, 2);

    if (!compiled(op, &s)) return;
    pila_iter it =
        pila_struct_iter_unpack_values(&s, pila_value_text(data), NULL, &err);
    if (it.status == PILA_OK || it.status == PILA_END) say_list(NULL, it);
    else say_fault(it.status, &err, false);
    pila_struct_done(&s);
}

static const operation operations[] = {{"calcsize", calcsize},
                                       {"pack", pack},
                                       {"pack_into", pack_into},
                                       {"unpack", unpack},
                                       {"unpack_from", unpack},
                                       {"iter_unpack", iter_unpack},
                                       {NULL, NULL}};

const module struct_module = {"struct", operations, true,
                              begin,    say_null,   value_forget};
