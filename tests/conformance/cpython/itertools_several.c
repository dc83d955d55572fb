/* itertools_several.c - the tools over several iterables: chain zip_longest. */
#include "itertools.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/zip.h>

/* ---- chain: feed 0 gives iterables, feed 1 is over the one whose turn it is ---- */

static PyTypeObject chain_type;

enum { CHAIN_ALL, CHAIN_NOW };

static pila_status chain_open(void *ctx, const void *item, pila_iter *out)
{
    if (!tool_feed(ctx, CHAIN_NOW, *(PyObject *const *)item)) return PILA_EUSER;
    *out = tool_ref(ctx, CHAIN_NOW);
    return PILA_OK;
}

/* After an exception, or from a pickle, there may be one that has been begun. */
static pila_iter chain_make(py_tool *t)
{
    return pila_chain2(tool_ref(t, CHAIN_NOW),
                       pila_chain_from_fn(tool_ref(t, CHAIN_ALL), &py_type, chain_open,
                                          t));
}

static const tool_kind chain_kind = {.make = chain_make, .goes_on = true};

/* It goes on after an exception in what it chains; one of the iterable of those, or of
 * iter(), is its end. */
static PyObject *chain_next(PyObject *self)
{
    py_tool *t = TOOL(self);
    PyObject *x = tool_next(self);

    if (x || t->busy || pila_iter_outcome(&t->feed[CHAIN_NOW].it) != PILA_OK) return x;
    return tool_end(t);
}

static PyObject *chain_of(PyTypeObject *type, PyObject *iterables)
{
    py_tool *t = tool_new(type, &chain_kind, 2);

    if (t && tool_feed(t, CHAIN_ALL, iterables)) return tool_ready(t);
    Py_XDECREF(t);
    return NULL;
}

static PyObject *chain_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return tool_no_keywords(type, &chain_type, kwargs) ? chain_of(type, args) : NULL;
}

static PyObject *chain_from_iterable(PyObject *type, PyObject *iterables)
{
    return chain_of((PyTypeObject *)type, iterables);
}

static PyObject *chain_reduce(PyObject *self, PyObject *none)
{
    PyObject *all = TOOL(self)->feed[CHAIN_ALL].from,
             *now = TOOL(self)->feed[CHAIN_NOW].from;

    (void)none;
    if (!all) return Py_BuildValue("O()", Py_TYPE(self));
    return now ? Py_BuildValue("O()(OO)", Py_TYPE(self), all, now)
               : Py_BuildValue("O()(O)", Py_TYPE(self), all);
}

static PyObject *chain_setstate(PyObject *self, PyObject *state)
{
    PyObject *all, *now = NULL;

    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O|O", &all, &now)) return NULL;
    if (!PyIter_Check(all) || (now && !PyIter_Check(now))) {
        PyErr_SetString(PyExc_TypeError, "Arguments must be iterators.");
        return NULL;
    }
    if (!tool_idle(TOOL(self)) || !tool_feed(TOOL(self), CHAIN_ALL, all) ||
        (now && !tool_feed(TOOL(self), CHAIN_NOW, now)))
        return NULL;
    return tool_anew(TOOL(self));
}

static PyMethodDef chain_methods[] = {{"from_iterable", chain_from_iterable,
                                       METH_O | METH_CLASS, NULL},
                                      {"__reduce__", chain_reduce, METH_NOARGS, NULL},
                                      {"__setstate__", chain_setstate, METH_O, NULL},
                                      {"__class_getitem__", Py_GenericAlias,
                                       METH_O | METH_CLASS, NULL},
                                      {NULL, NULL, 0, NULL}};

TOOL_TYPE(chain_type, "chain", Py_TPFLAGS_BASETYPE, chain_new, chain_methods,
          .tp_iternext = chain_next);

/* ---- zip_longest: part[0] is the fill ---- */

static PyTypeObject zip_longest_type;

static pila_iter zip_longest_make(py_tool *t)
{
    pila_iter *refs = PyMem_Calloc(t->feeds, sizeof *refs), it;

    if (!refs) return pila_failed(PILA_ENOMEM);
    for (size_t k = 0; k < t->feeds; k++) refs[k] = tool_ref(t, k);
    it = pila_zip_longest_with(refs, t->feeds, &py_type, &t->part[0]);
    PyMem_Free(refs);
    return it;
}

static const tool_kind zip_longest_kind = {.make = zip_longest_make,
                                           .convert = tool_tuple};

/* The fill, None where it is not given; NULL and raised for another keyword. */
static PyObject *zip_longest_fill(PyObject *kwargs)
{
    PyObject *fill = kwargs ? PyDict_GetItemString(kwargs, "fillvalue") : NULL;

    if (kwargs && PyDict_GET_SIZE(kwargs) > (fill != NULL)) {
        PyErr_SetString(PyExc_TypeError,
                        "zip_longest() got an unexpected keyword argument");
        return NULL;
    }
    return fill ? fill : Py_None;
}

static PyObject *zip_longest_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *fill = zip_longest_fill(kwargs);
    size_t n = (size_t)PyTuple_GET_SIZE(args), k;
    py_tool *t = fill ? tool_new(type, &zip_longest_kind, n) : NULL;

    if (!t) return NULL;
    t->part[0] = Py_NewRef(fill);
    for (k = 0; k < n && tool_feed(t, k, PyTuple_GET_ITEM(args, (Py_ssize_t)k));) k++;
    if (k == n) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

static PyObject *zip_longest_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *rests = PyTuple_New((Py_ssize_t)t->feeds), *rest;

    (void)none;
    for (size_t k = 0; rests && k < t->feeds; k++)
        if ((rest = tool_rest(t, k)) == NULL) Py_CLEAR(rests);
        else PyTuple_SET_ITEM(rests, (Py_ssize_t)k, rest);
    return Py_BuildValue("ONO", Py_TYPE(self), rests,
                         t->part[0] ? t->part[0] : Py_None);
}

static PyObject *zip_longest_setstate(PyObject *self, PyObject *fill)
{
    Py_XSETREF(TOOL(self)->part[0], Py_NewRef(fill));
    return tool_anew(TOOL(self));
}

static PyMethodDef zip_longest_methods[] = {{"__reduce__", zip_longest_reduce,
                                             METH_NOARGS, NULL},
                                            {"__setstate__", zip_longest_setstate,
                                             METH_O, NULL},
                                            {NULL, NULL, 0, NULL}};

TOOL_TYPE(zip_longest_type, "zip_longest", Py_TPFLAGS_BASETYPE, zip_longest_new,
          zip_longest_methods, .tp_iternext = tool_next);

int add_several(PyObject *module)
{
    return PyModule_AddType(module, &chain_type) ||
           PyModule_AddType(module, &zip_longest_type);
}
