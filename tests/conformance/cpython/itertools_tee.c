/* itertools_tee.c - itertools.tee and its branches.
 *
 * The branches of one tee share an object that has their feed. CPython's keep what
 * waits in objects of Python; here it is pila that keeps it. */
#include "itertools.h"

#include <pila/itertools/tee.h>

static PyTypeObject branch_type, shared_type;

static const py_raise tee_raises[] = {{PILA_EVALUE, &PyExc_RuntimeError,
                                       "cannot re-enter the tee iterator"},
                                      {PILA_OK, NULL, NULL}};

/* ---- what they share: a feed; given is how far the branch that leads has come ---- */

static const tool_kind shared_kind = {.raises = tee_raises};

static PyObject *shared_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;

    if (!tool_no_keywords(type, &shared_type, kwargs) ||
        !PyArg_UnpackTuple(args, "_tee_shared", 1, 1, &iterable))
        return NULL;
    py_tool *t = tool_new(type, &shared_kind, 1);
    if (t && tool_feed(t, 0, iterable)) return (PyObject *)t;
    Py_XDECREF(t);
    return NULL;
}

static PyObject *shared_reduce(PyObject *self, PyObject *none)
{
    (void)none;
    return Py_BuildValue("O(N)", Py_TYPE(self), tool_rest(TOOL(self), 0));
}

static PyMethodDef shared_methods[] = {{"__reduce__", shared_reduce, METH_NOARGS, NULL},
                                       {NULL, NULL, 0, NULL}};

TOOL_TYPE(shared_type, "_tee_shared", 0, shared_new, shared_methods,
          .tp_doc = "What the branches of a tee share.");

/* A branch at the start, for what is unpickled: its iterator is in `shared` until one
 * of the branches is read. */
static pila_iter shared_start(py_tool *shared)
{
    if (!shared->flag) CORE(pila_tee(tool_ref(shared, 0), 1, 0, &shared->it));
    shared->flag = true;
    return CORE(pila_tee_copy(&shared->it));
}

/* ---- branches: part[0] is what they share; part[1], of what was unpickled, a list of
 * what waited for it, up to at[0] read ---- */

static const tool_kind branch_kind = {.raises = tee_raises};

/* Whether t is a branch now, by this pila iterator. */
static bool branch_set(py_tool *t, PyObject *shared, pila_iter it, uint64_t given)
{
    pila_iter_drop(&t->it);
    t->it = it;
    t->given = given;
    Py_XSETREF(t->part[0], Py_NewRef(shared));
    if (pila_iter_outcome(&it) == PILA_OK) return true;
    py_fail(it.status, tee_raises);
    return false;
}

/* The first branch of a new tee. */
static PyObject *branch_first(PyObject *iterable)
{
    py_tool *shared = tool_new(&shared_type, &shared_kind, 1);
    py_tool *t = shared ? tool_new(&branch_type, &branch_kind, 0) : NULL;
    pila_iter it;

    if (t && tool_feed(shared, 0, iterable)) {
        CORE(pila_tee(tool_ref(shared, 0), 1, 0, &it));
        if (!branch_set(t, (PyObject *)shared, it, 0)) Py_CLEAR(t);
    } else Py_CLEAR(t);
    Py_XDECREF(shared);
    return (PyObject *)t;
}

static PyObject *branch_copy(PyObject *self, PyObject *none)
{
    py_tool *from = TOOL(self), *t = tool_new(&branch_type, &branch_kind, 0);

    (void)none;
    if (!t || !from->part[0]) return (PyObject *)t; /* of one that has ended */
    t->part[1] = Py_XNewRef(from->part[1]);
    t->at[0] = from->at[0];
    if (!branch_set(t, from->part[0], CORE(pila_tee_copy(&from->it)), from->given))
        Py_CLEAR(t);
    return (PyObject *)t;
}

static PyObject *branch_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;

    if (!tool_no_keywords(type, &branch_type, kwargs) ||
        !PyArg_UnpackTuple(args, "_tee", 1, 1, &iterable))
        return NULL;
    return Py_TYPE(iterable) == &branch_type ? branch_copy(iterable, NULL)
                                             : branch_first(iterable);
}

/* Others may be in the same tee meanwhile, which is for pila to see. After an exception
 * a branch has ended; CPython's asks the iterable again. */
static PyObject *branch_next(PyObject *self)
{
    py_tool *t = TOOL(self), *shared = TOOL(t->part[0]);
    const void *item;
    bool busy = t->busy;

    if (t->part[1] && (Py_ssize_t)t->at[0] < PyList_GET_SIZE(t->part[1]))
        return Py_NewRef(PyList_GET_ITEM(t->part[1], (Py_ssize_t)t->at[0]++));
    if (shared) pila_iter_drop(&shared->it);
    t->busy = true; /* it is not to be dropped meanwhile */
    item = CORE(pila_next_item(&t->it));
    t->busy = busy;
    if (item) {
        if (++t->given > shared->given) shared->given = t->given;
        return py_object(item);
    }
    if (t->it.status == PILA_EVALUE) return py_fail(PILA_EVALUE, tee_raises);
    return tool_stop(t);
}

/* What waits for a branch: it is read from a copy, as it is there for all. */
static PyObject *branch_waiting(py_tool *t)
{
    PyObject *list = t->part[1] ? PyList_GetSlice(t->part[1], (Py_ssize_t)t->at[0],
                                                  PyList_GET_SIZE(t->part[1]))
                                : PyList_New(0);
    pila_iter it = CORE(pila_tee_copy(&t->it));

    for (uint64_t k = t->given; list && k < TOOL(t->part[0])->given; k++) {
        const void *item = CORE(pila_next_item(&it));
        if (!item) break;
        if (PyList_Append(list, *(PyObject *const *)item)) Py_CLEAR(list);
    }
    pila_iter_drop(&it);
    return list;
}

/* As CPython's: a branch of nothing, whose state is what it shares and what waits. */
static PyObject *branch_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *list;

    (void)none;
    if (!t->part[0]) return Py_BuildValue("O(())", Py_TYPE(self));
    list = branch_waiting(t);
    return list ? Py_BuildValue("O(())(ON)", Py_TYPE(self), t->part[0], list) : NULL;
}

static PyObject *branch_setstate(PyObject *self, PyObject *state)
{
    PyObject *shared, *list;
    py_tool *t = TOOL(self);

    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O!O!", &shared_type, &shared, &PyList_Type, &list))
        return NULL;
    if (!tool_idle(t)) return NULL;
    Py_XSETREF(t->part[1], Py_NewRef(list));
    t->at[0] = 0;
    if (!branch_set(t, shared, shared_start(TOOL(shared)), 0)) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef branch_methods[] = {{"__copy__", branch_copy, METH_NOARGS, NULL},
                                       {"__reduce__", branch_reduce, METH_NOARGS, NULL},
                                       {"__setstate__", branch_setstate, METH_O, NULL},
                                       {NULL, NULL, 0, NULL}};

TOOL_TYPE(branch_type, "_tee", 0, branch_new, branch_methods,
          .tp_iternext = branch_next, .tp_weaklistoffset = offsetof(py_tool, weak));

/* ---- tee() ---- */

/* n iterators: the first, and copies of it. */
static PyObject *tee_copies(PyObject *first, Py_ssize_t n)
{
    PyObject *all = PyTuple_New(n), *one;

    for (Py_ssize_t k = 0; all && k < n; k++) {
        one = k ? PyObject_CallMethod(first, "__copy__", NULL) : Py_NewRef(first);
        if (one) PyTuple_SET_ITEM(all, k, one);
        else Py_CLEAR(all);
    }
    return all;
}

static PyObject *tee(PyObject *module, PyObject *args)
{
    PyObject *iterable, *count = NULL, *first, *all;
    Py_ssize_t n = 2;

    (void)module;
    if (!PyArg_UnpackTuple(args, "tee", 1, 2, &iterable, &count)) return NULL;
    if (count) n = PyNumber_AsSsize_t(count, PyExc_OverflowError);
    if (n == -1 && PyErr_Occurred()) return NULL;
    if (n < 0) {
        PyErr_SetString(PyExc_ValueError, "n must be >= 0");
        return NULL;
    }
    if (n == 0) return PyTuple_New(0);
    first = PyObject_GetIter(iterable);
    if (first && !PyObject_HasAttrString(first, "__copy__"))
        Py_SETREF(first, branch_first(first));
    all = first ? tee_copies(first, n) : NULL;
    Py_XDECREF(first);
    return all;
}

int add_tee(PyObject *module)
{
    static PyMethodDef methods[] = {{"tee", tee, METH_VARARGS, NULL},
                                    {NULL, NULL, 0, NULL}};

    return PyModule_AddType(module, &shared_type) ||
           PyModule_AddType(module, &branch_type) ||
           PyModule_AddFunctions(module, methods);
}
