/* itertools_sources.c - itertools.count, repeat and cycle. */
#include "itertools.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/sources.h>
#include <pila/itertools/tee.h>

/* ---- count: part[0] is the last number given (flag) or the first, part[1] the step
 * ---- */

static PyTypeObject count_type;

static PyObject *count_value(const py_tool *t)
{
    return t->flag ? PyNumber_Add(t->part[0], t->part[1]) : Py_NewRef(t->part[0]);
}

static pila_status count_object(void *ctx, void *out)
{
    return (*(PyObject **)out = count_value(ctx)) ? PILA_OK : PILA_EUSER;
}

static bool count_int64(PyObject *o, int64_t *out)
{
    int overflow = 1;

    if (PyLong_CheckExact(o)) *out = PyLong_AsLongLongAndOverflow(o, &overflow);
    return !overflow;
}

/* Integers of 64 bits and doubles are counted by pila. It has no other numbers: for
 * those Python adds, and pila_from_fn gives what comes of it. */
static pila_iter count_make(py_tool *t)
{
    PyObject *next = count_value(t), *step = t->part[1];
    int64_t start, by;
    double addend = 0;

    if (!next) return pila_failed(PILA_EUSER);
    Py_SETREF(t->part[0], next);
    t->flag = false;
    if (count_int64(next, &start) && count_int64(step, &by))
        return pila_count(start, by);
    bool doubles = PyFloat_CheckExact(next) &&
                   (PyFloat_CheckExact(step) || PyLong_CheckExact(step));
    if (doubles) addend = PyFloat_AsDouble(step);
    if (doubles && !PyErr_Occurred())
        return pila_count_f64(PyFloat_AS_DOUBLE(next), addend);
    PyErr_Clear();
    return pila_from_fn(&py_type, count_object, t);
}

static PyObject *count_convert(py_tool *t, const void *item)
{
    PyObject *x = t->it.type == &py_type ? py_object(item)
                  : t->it.type->kind == PILA_KIND_F64
                      ? PyFloat_FromDouble(*(const double *)item)
                      : PyLong_FromLongLong(*(const int64_t *)item);

    if (!x) return NULL;
    Py_SETREF(t->part[0], Py_NewRef(x));
    t->flag = true;
    return x;
}

/* Where the next number has more than 64 bits, make goes on with Python's. */
static const tool_kind count_kind = {.make = count_make,
                                     .convert = count_convert,
                                     .goes_on = true,
                                     .anew = PILA_EOVERFLOW};

static PyObject *count_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"start", "step", NULL};
    PyObject *start = NULL, *step = NULL;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:count", names, &start, &step))
        return NULL;
    if ((start && !PyNumber_Check(start)) || (step && !PyNumber_Check(step))) {
        PyErr_SetString(PyExc_TypeError, "a number is required");
        return NULL;
    }
    py_tool *t = tool_new(type, &count_kind, 0);
    if (!t) return NULL;
    t->part[0] = start ? Py_NewRef(start) : PyLong_FromLong(0);
    t->part[1] = step ? Py_NewRef(step) : PyLong_FromLong(1);
    return tool_ready(t);
}

static PyObject *count_repr(PyObject *self)
{
    PyObject *next = count_value(TOOL(self)), *step = TOOL(self)->part[1], *text;
    const char *name = _PyType_Name(Py_TYPE(self));

    if (!next) return NULL;
    if (PyLong_Check(step) && PyLong_AsLong(step) == 1)
        text = PyUnicode_FromFormat("%s(%R)", name, next);
    else {
        PyErr_Clear(); /* of a step that is no long */
        text = PyUnicode_FromFormat("%s(%R, %R)", name, next, step);
    }
    Py_DECREF(next);
    return text;
}

static PyObject *count_reduce(PyObject *self, PyObject *none)
{
    PyObject *next = count_value(TOOL(self));

    (void)none;
    return next ? Py_BuildValue("O(NO)", Py_TYPE(self), next, TOOL(self)->part[1])
                : NULL;
}

static PyMethodDef count_methods[] = {{"__reduce__", count_reduce, METH_NOARGS, NULL},
                                      {NULL, NULL, 0, NULL}};

TOOL_TYPE(count_type, "count", Py_TPFLAGS_BASETYPE, count_new, count_methods,
          .tp_iternext = tool_next, .tp_repr = count_repr);

/* ---- repeat: part[0] is the object, at[0] how often, or PILA_FOREVER ---- */

static PyTypeObject repeat_type;

static pila_iter repeat_make(py_tool *t)
{
    return pila_repeat(&t->part[0], &py_type, t->at[0]);
}

static const tool_kind repeat_kind = {.make = repeat_make, .keeps = true};

static PyObject *repeat_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"object", "times", NULL};
    PyObject *object;
    Py_ssize_t times = -1;
    Py_ssize_t given = PyTuple_GET_SIZE(args) + (kwargs ? PyDict_GET_SIZE(kwargs) : 0);

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|n:repeat", names, &object,
                                     &times))
        return NULL;
    py_tool *t = tool_new(type, &repeat_kind, 0);
    if (!t) return NULL;
    t->part[0] = Py_NewRef(object);
    t->at[0] = given == 1 ? PILA_FOREVER : times < 0 ? 0 : (size_t)times;
    return tool_ready(t);
}

static size_t repeat_left(PyObject *self)
{
    return CORE(pila_iter_length_hint(&TOOL(self)->it));
}

static PyObject *repeat_repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    PyObject *object = TOOL(self)->part[0];

    return TOOL(self)->at[0] == PILA_FOREVER
               ? PyUnicode_FromFormat("%s(%R)", name, object)
               : PyUnicode_FromFormat("%s(%R, %zu)", name, object, repeat_left(self));
}

static PyObject *repeat_reduce(PyObject *self, PyObject *none)
{
    PyObject *object = TOOL(self)->part[0];

    (void)none;
    return TOOL(self)->at[0] == PILA_FOREVER
               ? Py_BuildValue("O(O)", Py_TYPE(self), object)
               : Py_BuildValue("O(On)", Py_TYPE(self), object,
                               (Py_ssize_t)repeat_left(self));
}

static PyObject *repeat_hint(PyObject *self, PyObject *none)
{
    (void)none;
    if (TOOL(self)->at[0] != PILA_FOREVER) return PyLong_FromSize_t(repeat_left(self));
    PyErr_SetString(PyExc_TypeError, "len() of unsized object");
    return NULL;
}

static PyMethodDef repeat_methods[] = {{"__length_hint__", repeat_hint, METH_NOARGS,
                                        NULL},
                                       {"__reduce__", repeat_reduce, METH_NOARGS, NULL},
                                       {NULL, NULL, 0, NULL}};

TOOL_TYPE(repeat_type, "repeat", Py_TPFLAGS_BASETYPE, repeat_new, repeat_methods,
          .tp_iternext = tool_next, .tp_repr = repeat_repr);

/* ---- cycle: part[0] is a list of the items seen, for __reduce__ only; flag: it has
 * all there are; at[0] counts the items of later rounds ---- */

static PyTypeObject cycle_type;

/* One that goes on, from a pickle or after an exception, has seen items already: they
 * come after the rest of the feed. */
static pila_iter cycle_make(py_tool *t)
{
    if (!t->flag && PyList_GET_SIZE(t->part[0]) == 0) return pila_cycle(tool_ref(t, 0));
    return pila_chain2(tool_ref(t, 0), pila_cycle(py_iterable(t->part[0])));
}

static PyObject *cycle_convert(py_tool *t, const void *item)
{
    PyObject *x = py_object(item);

    if (t->feed[0].it.status != PILA_OK) t->at[0]++;
    else if (!t->flag && PyList_Append(t->part[0], x)) Py_CLEAR(x);
    return x;
}

static const tool_kind cycle_kind = {.make = cycle_make,
                                     .convert = cycle_convert,
                                     .goes_on = true};

static PyObject *cycle_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;

    if (!tool_no_keywords(type, &cycle_type, kwargs) ||
        !PyArg_UnpackTuple(args, "cycle", 1, 1, &iterable))
        return NULL;
    py_tool *t = tool_new(type, &cycle_kind, 1);
    if (!t) return NULL;
    t->part[0] = PyList_New(0);
    if (t->part[0] && tool_feed(t, 0, iterable)) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

/* Within the first round: the rest, and what was seen. Later: the rest of the round. */
static PyObject *cycle_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *seen = t->part[0] ? Py_NewRef(t->part[0]) : PyList_New(0), *rest;

    (void)none;
    if (!seen) return NULL;
    if (t->feed[0].it.status == PILA_OK) rest = tool_rest(t, 0);
    else {
        Py_ssize_t n = PyList_GET_SIZE(seen), at = n ? (Py_ssize_t)t->at[0] % n : 0;
        PyObject *list = PyList_GetSlice(seen, at, n);
        rest = list ? PyObject_GetIter(list) : NULL;
        Py_XDECREF(list);
    }
    bool all = t->flag || t->feed[0].it.status != PILA_OK;
    return Py_BuildValue("O(N)(Ni)", Py_TYPE(self), rest, seen, all);
}

static PyObject *cycle_setstate(PyObject *self, PyObject *state)
{
    PyObject *seen;
    int all;

    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O!i", &PyList_Type, &seen, &all)) return NULL;
    Py_XSETREF(TOOL(self)->part[0], Py_NewRef(seen));
    TOOL(self)->flag = all != 0;
    return tool_anew(TOOL(self));
}

static PyMethodDef cycle_methods[] = {{"__reduce__", cycle_reduce, METH_NOARGS, NULL},
                                      {"__setstate__", cycle_setstate, METH_O, NULL},
                                      {NULL, NULL, 0, NULL}};

TOOL_TYPE(cycle_type, "cycle", Py_TPFLAGS_BASETYPE, cycle_new, cycle_methods,
          .tp_iternext = tool_next);

int add_sources(PyObject *module)
{
    return PyModule_AddType(module, &count_type) ||
           PyModule_AddType(module, &repeat_type) ||
           PyModule_AddType(module, &cycle_type);
}
