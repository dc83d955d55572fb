/* itertools_infinite.c - count, cycle and repeat, and what is cut off of them. */
#include "expr.h"

#include <pila/itertools/tee.h>

/* Without end, as far as 64 bits go: the cases stop before. */
static pila_iter node_count(const json *e)
{
    const json *start = json_at(e, 1), *step = json_at(e, 2);

    return as_items(
        pila_count(start ? start->number : 0, is_null(step) ? 1 : step->number));
}

static double float_arg(const json *e, size_t k)
{
    const json *j = json_at(e, k), *real = json_get(j, "f");
    return real ? strtod(real->text, NULL) : (double)j->number;
}

static pila_iter node_count_float(const json *e)
{
    return pila_count_f64(float_arg(e, 1), float_arg(e, 2));
}

static pila_iter node_cycle(const json *e) { return pila_cycle(child(e, 1)); }

static pila_iter node_repeat(const json *e)
{
    const json *times = json_at(e, 2);
    size_t n = PILA_FOREVER;
    cell room;

    /* fewer than none is none, to Python; a size_t cannot say so */
    if (!is_null(times)) n = times->number < 0 ? 0 : (size_t)times->number;
    return pila_repeat(item_of(json_at(e, 1), &room), item_type, n);
}

/* A repeat of floating-point numbers, to go with the other count. */
static pila_iter node_repeat_float(const json *e)
{
    double x = float_arg(e, 1);

    return pila_repeat(&x, &pila_f64, size_arg(e, 2, PILA_FOREVER));
}

static const node *own_nodes(void)
{
    static const node own[] = {{"count", node_count},
                               {"count_float", node_count_float},
                               {"cycle", node_cycle},
                               {"repeat", node_repeat},
                               {"repeat_float", node_repeat_float},
                               {NULL, NULL}};
    return own;
}

static const operation operations[] = {EXPR_OPERATIONS,
                                       {"skip", op_skip},
                                       {NULL, NULL}};

const module itertools_infinite_module = {"itertools_infinite", operations, false,
                                          expr_begin,           expr_state, expr_end};
