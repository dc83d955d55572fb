/* itertools_groupby.c - itertools.groupby and its groups. */
#include "itertools.h"

#include <pila/itertools/runs.h>

static PyTypeObject groupby_type, group_type;

/* part[0] is the key function; at[0] is the number of the run, for its group to know
 * whether it is still the one. */
typedef struct py_group {
    PyObject_HEAD py_tool *by;
    pila_iter it; /* a part of by's, while it is that run's turn */
    size_t run;
    PyObject *rest; /* what a pickle had read of it, an iterator; or NULL */
} py_group;

#define GROUP(o) ((py_group *)(o))

/* ---- groups ---- */

static PyObject *group_of(py_tool *t, pila_iter it)
{
    py_group *g = PyObject_GC_New(py_group, &group_type);

    if (!g) return NULL;
    g->by = (py_tool *)Py_NewRef(t);
    g->it = it;
    g->run = t->at[0];
    g->rest = NULL;
    PyObject_GC_Track(g);
    return (PyObject *)g;
}

static bool group_lives(const py_group *g)
{
    return g->by->it.status == PILA_OK && g->by->at[0] == g->run;
}

/* A fault in a group is one of all groups after it, so groupby is to be made anew. */
static PyObject *group_stop(py_group *g)
{
    pila_status st = g->it.status;

    if (st == PILA_END) return NULL;
    py_fail(st, NULL);
    pila_iter_drop(&g->by->it);
    g->by->it = pila_failed(st);
    return NULL;
}

static PyObject *group_next(PyObject *self)
{
    py_group *g = GROUP(self);
    const void *item;

    if (!tool_idle(g->by) || !group_lives(g)) return NULL;
    if (g->rest) return PyIter_Next(g->rest);
    g->by->busy = true;
    item = CORE(pila_next_item(&g->it));
    g->by->busy = false;
    return item ? py_object(item) : group_stop(g);
}

/* To be pickled a group is read to its end; it then goes on with what was read. */
static PyObject *group_reduce(PyObject *self, PyObject *none)
{
    PyObject *iter = PyDict_GetItemString(PyEval_GetBuiltins(), "iter");
    PyObject *rest = PySequence_Tuple(self);

    (void)none;
    if (!rest) return NULL;
    Py_XSETREF(GROUP(self)->rest, PyObject_GetIter(rest));
    return Py_BuildValue("O(N)", iter, rest);
}

static int group_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(GROUP(self)->by);
    Py_VISIT(GROUP(self)->rest);
    return 0;
}

static void group_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(GROUP(self)->by);
    Py_XDECREF(GROUP(self)->rest);
    PyObject_GC_Del(self);
}

static PyMethodDef group_methods[] = {{"__reduce__", group_reduce, METH_NOARGS, NULL},
                                      {NULL, NULL, 0, NULL}};

static PyTypeObject group_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                      "itertools._grouper",
                                  .tp_basicsize = sizeof(py_group),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                                              Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                  .tp_dealloc = group_dealloc,
                                  .tp_traverse = group_traverse,
                                  .tp_getattro = PyObject_GenericGetAttr,
                                  .tp_iter = PyObject_SelfIter,
                                  .tp_iternext = group_next,
                                  .tp_methods = group_methods};

/* ---- groupby ---- */

static pila_status groupby_key(void *ctx, const void *item, void *out)
{
    return tool_call(TOOL(ctx)->part[0], *(PyObject *const *)item, out);
}

/* One that is made anew after an exception begins a run, where CPython's may go on with
 * the one that it was in. */
static pila_iter groupby_make(py_tool *t)
{
    t->at[0]++; /* groups of the one before have nothing to read */
    return t->part[0] == Py_None
               ? pila_groupby(tool_ref(t, 0))
               : pila_groupby_fn(tool_ref(t, 0), &py_type, groupby_key, t);
}

static PyObject *groupby_convert(py_tool *t, const void *item)
{
    const char *group = (const char *)item + pila_pair_of(t->it.type)->second_at;

    t->at[0]++;
    return Py_BuildValue("NN", py_object(item),
                         group_of(t, *(const pila_iter *)(const void *)group));
}

static const tool_kind groupby_kind = {.make = groupby_make,
                                       .convert = groupby_convert,
                                       .goes_on = true};

static PyObject *groupby_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "key", NULL};
    PyObject *iterable, *key = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:groupby", names, &iterable,
                                     &key))
        return NULL;
    py_tool *t = tool_new(type, &groupby_kind, 1);
    if (!t) return NULL;
    t->part[0] = Py_NewRef(key);
    if (tool_feed(t, 0, iterable)) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

/* The first item of the next run may have been read, and only pila has it. CPython's
 * can be pickled then, too. */
static PyObject *groupby_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);

    (void)none;
    if (t->given && t->it.status != PILA_END) {
        PyErr_SetString(PyExc_TypeError, "cannot pickle a groupby that has begun");
        return NULL;
    }
    return Py_BuildValue("O(NO)", Py_TYPE(self), tool_rest(t, 0),
                         t->part[0] ? t->part[0] : Py_None);
}

static PyMethodDef groupby_methods[] = {{"__reduce__", groupby_reduce, METH_NOARGS,
                                         NULL},
                                        {NULL, NULL, 0, NULL}};

TOOL_TYPE(groupby_type, "groupby", Py_TPFLAGS_BASETYPE, groupby_new, groupby_methods,
          .tp_iternext = tool_next);

int add_groupby(PyObject *module)
{
    return PyModule_AddType(module, &groupby_type) ||
           PyModule_AddType(module, &group_type);
}
