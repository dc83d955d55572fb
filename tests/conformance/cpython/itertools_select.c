/* itertools_select.c - the tools over one iterable, or one and selectors: filterfalse
 * takewhile dropwhile starmap accumulate compress islice pairwise. */
#include "itertools.h"

#include <pila/itertools/runs.h>
#include <pila/itertools/select.h>
#include <pila/itertools/zip.h>

static PyTypeObject filterfalse_type, takewhile_type, dropwhile_type, starmap_type;
static PyTypeObject accumulate_type, compress_type, islice_type, pairwise_type;

/* ---- name(predicate, iterable): part[0] is the predicate, flag that it was false ----
 */

static pila_status predicate_ask(void *ctx, const void *item, bool *yes)
{
    return tool_truth(TOOL(ctx)->part[0], item, yes);
}

/* takewhile and dropwhile call whatever they are given. */
static pila_status predicate_turn(void *ctx, const void *item, bool *yes)
{
    py_tool *t = ctx;
    PyObject *answer, *x = py_object(item);
    pila_status st = tool_call(t->part[0], x, &answer);

    Py_DECREF(x);
    if (st != PILA_OK) return st;
    int truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    *yes = truth > 0;
    t->flag = t->flag || truth == 0;
    return truth < 0 ? PILA_EUSER : PILA_OK;
}

static pila_iter filterfalse_make(py_tool *t)
{
    return pila_filterfalse_fn(tool_ref(t, 0), predicate_ask, t);
}

static pila_iter takewhile_make(py_tool *t)
{
    if (t->flag) return pila_failed(PILA_END);
    return pila_takewhile_fn(tool_ref(t, 0), predicate_turn, t);
}

static pila_iter dropwhile_make(py_tool *t)
{
    if (t->flag) return tool_ref(t, 0); /* what is left passes */
    return pila_dropwhile_fn(tool_ref(t, 0), predicate_turn, t);
}

/* Each row is any iterable of Python, so it is an item here. */
static pila_status starmap_call(void *ctx, const void *item, void *out)
{
    PyObject *row = PySequence_Tuple(*(PyObject *const *)item);
    PyObject *made = row ? PyObject_Call(TOOL(ctx)->part[0], row, NULL) : NULL;

    Py_XDECREF(row);
    *(PyObject **)out = made;
    return made ? PILA_OK : PILA_EUSER;
}

static pila_iter starmap_make(py_tool *t)
{
    return pila_starmap_fn(tool_ref(t, 0), &py_type, starmap_call, t);
}

static PyObject *call_reduce(PyObject *self, PyObject *none)
{
    (void)none;
    return tool_reduce_call(TOOL(self), NULL);
}

static PyObject *turn_reduce(PyObject *self, PyObject *none)
{
    (void)none;
    return tool_reduce_call(TOOL(self), PyLong_FromLong(TOOL(self)->flag));
}

static PyObject *turn_setstate(PyObject *self, PyObject *state)
{
    int turned = PyObject_IsTrue(state);

    if (turned < 0) return NULL;
    TOOL(self)->flag = turned;
    return tool_anew(TOOL(self));
}

static PyMethodDef call_methods[] = {{"__reduce__", call_reduce, METH_NOARGS, NULL},
                                     {NULL, NULL, 0, NULL}};
static PyMethodDef turn_methods[] = {{"__reduce__", turn_reduce, METH_NOARGS, NULL},
                                     {"__setstate__", turn_setstate, METH_O, NULL},
                                     {NULL, NULL, 0, NULL}};

#define CALL_TYPE(name, methods)                                                       \
    static const tool_kind name##_kind = {.make = name##_make, .goes_on = true};       \
    static PyObject *name##_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)  \
    {                                                                                  \
        return tool_new_call(type, &name##_type, &name##_kind, args, kwargs);          \
    }                                                                                  \
    TOOL_TYPE(name##_type, #name, Py_TPFLAGS_BASETYPE, name##_new, methods,            \
              .tp_iternext = tool_next)

CALL_TYPE(filterfalse, call_methods);
CALL_TYPE(starmap, call_methods);
CALL_TYPE(takewhile, turn_methods);
CALL_TYPE(dropwhile, turn_methods);

/* ---- accumulate: part[0] is the function, part[1] the total: given (flag), or given
 * as the initial one ---- */

static pila_status accumulate_call(void *ctx, const void *acc, const void *item,
                                   void *out)
{
    PyObject *function = TOOL(ctx)->part[0], *a = py_object(acc), *x = py_object(item);
    PyObject *made = function == Py_None
                         ? PyNumber_Add(a, x)
                         : PyObject_CallFunctionObjArgs(function, a, x, NULL);

    Py_DECREF(a);
    Py_DECREF(x);
    *(PyObject **)out = made;
    return made ? PILA_OK : PILA_EUSER;
}

/* One that goes on has its total for the initial result, which was given already. */
static pila_iter accumulate_make(py_tool *t)
{
    pila_iter it = pila_accumulate_fn(tool_ref(t, 0), &py_type, accumulate_call, t,
                                      t->part[1] ? &t->part[1] : NULL);

    return t->flag ? pila_islice(it, 1, PILA_TO_END, 1) : it;
}

static PyObject *accumulate_convert(py_tool *t, const void *item)
{
    PyObject *x = py_object(item);

    Py_XSETREF(t->part[1], Py_NewRef(x));
    t->flag = true;
    return x;
}

static const tool_kind accumulate_kind = {.make = accumulate_make,
                                          .convert = accumulate_convert,
                                          .goes_on = true};

static PyObject *accumulate_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "func", "initial", NULL};
    PyObject *iterable, *function = Py_None, *initial = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O$O:accumulate", names, &iterable,
                                     &function, &initial))
        return NULL;
    py_tool *t = tool_new(type, &accumulate_kind, 1);
    if (!t) return NULL;
    t->part[0] = Py_NewRef(function);
    if (initial != Py_None) t->part[1] = Py_NewRef(initial);
    if (tool_feed(t, 0, iterable)) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

/* The state is a pair here: whether the total was given, and the total, which may be
 * None. CPython wraps the iterable instead. */
static PyObject *accumulate_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *function = t->part[0] ? t->part[0] : Py_None, *rest = tool_rest(t, 0);

    (void)none;
    if (!t->part[1]) return Py_BuildValue("O(NO)", Py_TYPE(self), rest, function);
    return Py_BuildValue("O(NO)(iO)", Py_TYPE(self), rest, function, t->flag,
                         t->part[1]);
}

static PyObject *accumulate_setstate(PyObject *self, PyObject *state)
{
    PyObject *total;
    int given;

    if (!PyTuple_Check(state) || !PyArg_ParseTuple(state, "pO", &given, &total)) {
        PyErr_SetString(PyExc_TypeError, "state is not a pair");
        return NULL;
    }
    Py_XSETREF(TOOL(self)->part[1], Py_NewRef(total));
    TOOL(self)->flag = given != 0;
    return tool_anew(TOOL(self));
}

static PyMethodDef accumulate_methods[] = {{"__reduce__", accumulate_reduce,
                                            METH_NOARGS, NULL},
                                           {"__setstate__", accumulate_setstate, METH_O,
                                            NULL},
                                           {NULL, NULL, 0, NULL}};

TOOL_TYPE(accumulate_type, "accumulate", Py_TPFLAGS_BASETYPE, accumulate_new,
          accumulate_methods, .tp_iternext = tool_next);

/* ---- compress ---- */

static pila_status selector_truth(void *ctx, const void *item, void *out)
{
    bool yes;
    pila_status st = tool_truth(ctx, item, &yes);

    *(uint8_t *)out = yes;
    return st;
}

static pila_iter compress_make(py_tool *t)
{
    return pila_compress(tool_ref(t, 0), pila_map_fn(tool_ref(t, 1), &pila_u8,
                                                     selector_truth, Py_None));
}

static const tool_kind compress_kind = {.make = compress_make, .goes_on = true};

static PyObject *compress_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "selectors", NULL};
    PyObject *data, *selectors;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO:compress", names, &data,
                                     &selectors))
        return NULL;
    py_tool *t = tool_new(type, &compress_kind, 2);
    if (t && tool_feed(t, 0, data) && tool_feed(t, 1, selectors)) return tool_ready(t);
    Py_XDECREF(t);
    return NULL;
}

static PyObject *compress_reduce(PyObject *self, PyObject *none)
{
    (void)none;
    return Py_BuildValue("O(NN)", Py_TYPE(self), tool_rest(TOOL(self), 0),
                         tool_rest(TOOL(self), 1));
}

static PyMethodDef compress_methods[] = {{"__reduce__", compress_reduce, METH_NOARGS,
                                          NULL},
                                         {NULL, NULL, 0, NULL}};

TOOL_TYPE(compress_type, "compress", Py_TPFLAGS_BASETYPE, compress_new,
          compress_methods, .tp_iternext = tool_next);

/* ---- islice: at is start, stop (PILA_TO_END for none) and step ---- */

static pila_iter islice_make(py_tool *t)
{
    return pila_islice(tool_ref(t, 0), t->at[0], t->at[1], t->at[2]);
}

static const tool_kind islice_kind = {.make = islice_make};

/* A number that is at least `least`, or None for what is there. */
static bool islice_number(PyObject *o, size_t least, size_t *out, const char *text)
{
    if (!o || o == Py_None) return true;
    Py_ssize_t n = PyNumber_AsSsize_t(o, PyExc_OverflowError);
    if (n >= 0 && (size_t)n >= least) {
        *out = (size_t)n;
        return true;
    }
    PyErr_SetString(PyExc_ValueError, text);
    return false;
}

static bool islice_numbers(py_tool *t, PyObject *start, PyObject *stop, PyObject *step)
{
    t->at[0] = 0;
    t->at[1] = PILA_TO_END;
    t->at[2] = 1;
    return islice_number(stop, 0, &t->at[1],
                         "Stop argument for islice() must be None or an integer: "
                         "0 <= x <= sys.maxsize.") &&
           islice_number(start, 0, &t->at[0],
                         "Indices for islice() must be None or an integer: "
                         "0 <= x <= sys.maxsize.") &&
           islice_number(step, 1, &t->at[2],
                         "Step for islice() must be a positive integer or None.");
}

static PyObject *islice_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable, *start = NULL, *stop = NULL, *step = NULL;

    if (!tool_no_keywords(type, &islice_type, kwargs) ||
        !PyArg_UnpackTuple(args, "islice", 2, 4, &iterable, &start, &stop, &step))
        return NULL;
    if (!stop) {
        stop = start;
        start = NULL;
    }
    py_tool *t = tool_new(type, &islice_kind, 1);
    if (t && islice_numbers(t, start, stop, step) && tool_feed(t, 0, iterable))
        return tool_ready(t);
    Py_XDECREF(t);
    return NULL;
}

/* Where a start that was met `given` times has come to, at most at stop. */
static size_t islice_place(const py_tool *t, uint64_t given)
{
    size_t place;

    if (__builtin_mul_overflow(given, t->at[2], &place) ||
        __builtin_add_overflow(place, t->at[0], &place) || place > t->at[1])
        return t->at[1];
    return place;
}

/* What is left of it, as a slice of what is left of the iterable. */
static PyObject *islice_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    size_t gone = t->given ? islice_place(t, t->given - 1) + 1 : 0;
    size_t start = islice_place(t, t->given);
    PyObject *rest = tool_rest(t, 0), *stop;

    (void)none;
    if (!t->given) start = t->at[0]; /* start may lie beyond stop */
    stop = t->at[1] == PILA_TO_END ? Py_NewRef(Py_None)
                                   : PyLong_FromSize_t(t->at[1] - gone);
    return Py_BuildValue("O(NnNn)", Py_TYPE(self), rest, (Py_ssize_t)(start - gone),
                         stop, (Py_ssize_t)t->at[2]);
}

static PyMethodDef islice_methods[] = {{"__reduce__", islice_reduce, METH_NOARGS, NULL},
                                       {NULL, NULL, 0, NULL}};

TOOL_TYPE(islice_type, "islice", Py_TPFLAGS_BASETYPE, islice_new, islice_methods,
          .tp_iternext = tool_next);

/* ---- pairwise, which CPython does not pickle either ---- */

static pila_iter pairwise_make(py_tool *t) { return pila_pairwise(tool_ref(t, 0)); }

static const tool_kind pairwise_kind = {.make = pairwise_make, .convert = tool_tuple};

static PyObject *pairwise_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;

    if (!tool_no_keywords(type, &pairwise_type, kwargs) ||
        !PyArg_UnpackTuple(args, "pairwise", 1, 1, &iterable))
        return NULL;
    py_tool *t = tool_new(type, &pairwise_kind, 1);
    if (t && tool_feed(t, 0, iterable)) return tool_ready(t);
    Py_XDECREF(t);
    return NULL;
}

TOOL_TYPE(pairwise_type, "pairwise", Py_TPFLAGS_BASETYPE, pairwise_new, NULL,
          .tp_iternext = tool_next);

int add_select(PyObject *module)
{
    PyTypeObject *types[] = {&filterfalse_type, &takewhile_type,  &dropwhile_type,
                             &starmap_type,     &accumulate_type, &compress_type,
                             &islice_type,      &pairwise_type};

    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++)
        if (PyModule_AddType(module, types[k])) return -1;
    return 0;
}
