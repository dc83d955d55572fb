/* itertools.c - the extension module whose types stand in for itertools', and what they
 * share; see itertools.h. */
#include "itertools.h"

#include <pila/itertools/adaptors.h>

static const py_raise busy_raises[] = {{PILA_EVALUE, &PyExc_ValueError,
                                        "iterator already executing"},
                                       {PILA_OK, NULL, NULL}};

/* ---- a tool's life ---- */

py_tool *tool_new(PyTypeObject *type, const tool_kind *kind, size_t feeds)
{
    py_feed *feed = PyMem_Calloc(feeds, sizeof *feed);
    py_tool *t = feed ? (py_tool *)type->tp_alloc(type, 0) : NULL;

    if (!t) {
        PyMem_Free(feed);
        return (py_tool *)PyErr_NoMemory();
    }
    t->kind = kind;
    t->it = pila_failed(PILA_END);
    t->feed = feed;
    t->feeds = feeds;
    for (size_t k = 0; k < feeds; k++) feed[k].it = pila_failed(PILA_END);
    return t;
}

static bool feed_open(py_feed *f, PyObject *iterator)
{
    f->from = NULL;
    pila_iter_drop(&f->it);
    f->it = py_source(iterator);
    if (f->it.status == PILA_OK) f->from = iterator;
    return f->from != NULL;
}

bool tool_feed(py_tool *t, size_t k, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable);

    if (!iterator) return false;
    if (feed_open(&t->feed[k], iterator)) return true;
    py_fail(t->feed[k].it.status, NULL);
    return false;
}

pila_iter tool_ref(py_tool *t, size_t k) { return pila_ref(&t->feed[k].it); }

/* A feed that raised is opened again: Python's iterators may go on. */
static bool tool_make(py_tool *t)
{
    pila_iter_drop(&t->it);
    for (size_t k = 0; k < t->feeds; k++) {
        py_feed *f = &t->feed[k];
        if (pila_iter_outcome(&f->it) != PILA_OK && f->from)
            (void)!feed_open(f, Py_NewRef(f->from));
    }
    t->it = CORE(t->kind->make(t));
    if (pila_iter_outcome(&t->it) == PILA_OK) return true;
    py_fail(t->it.status, t->kind->raises);
    return false;
}

PyObject *tool_ready(py_tool *t)
{
    if (tool_make(t)) return (PyObject *)t;
    Py_DECREF(t);
    return NULL;
}

PyObject *tool_anew(py_tool *t)
{
    if (!tool_idle(t) || !tool_make(t)) return NULL;
    Py_RETURN_NONE;
}

void tool_let_go(py_tool *t)
{
    pila_iter_drop(&t->it);
    for (size_t k = 0; k < t->feeds; k++) {
        t->feed[k].from = NULL;
        pila_iter_drop(&t->feed[k].it);
    }
    Py_CLEAR(t->part[0]);
    Py_CLEAR(t->part[1]);
}

bool tool_idle(py_tool *t)
{
    if (t->busy) py_fail(PILA_EVALUE, busy_raises);
    return !t->busy;
}

PyObject *tool_end(py_tool *t)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    if (t->kind->keeps) pila_iter_drop(&t->it);
    else tool_let_go(t);
    PyErr_Restore(type, value, traceback);
    return NULL;
}

PyObject *tool_stop(py_tool *t)
{
    pila_status st = t->it.status;

    if (st != PILA_END) py_fail(st, t->kind->raises);
    return st != PILA_END && t->kind->goes_on ? NULL : tool_end(t);
}

static const void *tool_pull(py_tool *t)
{
    const void *item;

    t->busy = true;
    item = CORE(pila_next_item(&t->it));
    t->busy = false;
    return item;
}

PyObject *tool_next(PyObject *self)
{
    py_tool *t = TOOL(self);
    const void *item;

    if (!tool_idle(t)) return NULL;
    if (pila_iter_outcome(&t->it) != PILA_OK && !tool_make(t)) return NULL;
    item = tool_pull(t);
    if (!item && t->kind->anew && t->it.status == t->kind->anew)
        item = tool_make(t) ? tool_pull(t) : NULL;
    if (!item) return tool_stop(t);
    t->given++;
    return t->kind->convert ? t->kind->convert(t, item) : py_object(item);
}

/* ---- the collector ---- */

int tool_traverse(PyObject *self, visitproc visit, void *arg)
{
    py_tool *t = TOOL(self);

    for (size_t k = 0; k < t->feeds; k++) {
        const pila_iter *it = &t->feed[k].it;
        Py_VISIT(t->feed[k].from);
        if (it->status == PILA_OK && it->end) /* the one item of its window */
            PY_VISIT_ITEM(it->end - sizeof(PyObject *));
    }
    Py_VISIT(t->part[0]);
    Py_VISIT(t->part[1]);
    return 0;
}

int tool_clear(PyObject *self)
{
    tool_let_go(TOOL(self));
    return 0;
}

void tool_dealloc(PyObject *self)
{
    py_tool *t = TOOL(self);

    PyObject_GC_UnTrack(self);
    if (t->weak) PyObject_ClearWeakRefs(self);
    tool_let_go(t);
    PyMem_Free(t->feed);
    Py_TYPE(self)->tp_free(self);
}

/* ---- arguments ---- */

bool tool_no_keywords(PyTypeObject *type, PyTypeObject *base, PyObject *kwargs)
{
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0) return true;
    if (type != base && type->tp_init != base->tp_init) return true;
    PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments",
                 strrchr(base->tp_name, '.') + 1);
    return false;
}

PyObject *tool_new_call(PyTypeObject *type, PyTypeObject *base, const tool_kind *kind,
                        PyObject *args, PyObject *kwargs)
{
    PyObject *function, *iterable;
    const char *name = strrchr(base->tp_name, '.') + 1;

    if (!tool_no_keywords(type, base, kwargs) ||
        !PyArg_UnpackTuple(args, name, 2, 2, &function, &iterable))
        return NULL;
    py_tool *t = tool_new(type, kind, 1);
    if (!t) return NULL;
    t->part[0] = Py_NewRef(function);
    if (tool_feed(t, 0, iterable)) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

/* ---- for __reduce__ ---- */

PyObject *tool_rest(py_tool *t, size_t k)
{
    return t->feed[k].from ? Py_NewRef(t->feed[k].from) : PyTuple_New(0);
}

PyObject *tool_reduce_call(py_tool *t, PyObject *state)
{
    PyObject *function = t->part[0] ? t->part[0] : Py_None, *rest = tool_rest(t, 0);

    if (!state) return Py_BuildValue("O(ON)", Py_TYPE(t), function, rest);
    return Py_BuildValue("O(ON)N", Py_TYPE(t), function, rest, state);
}

/* ---- conversions ---- */

PyObject *tool_tuple(py_tool *t, const void *item)
{
    const pila_tuple *tuple = pila_tuple_of(t->it.type);
    Py_ssize_t n = (Py_ssize_t)pila_tuple_len(tuple, item);
    PyObject *made = PyTuple_New(n);

    for (Py_ssize_t k = 0; made && k < n; k++)
        PyTuple_SET_ITEM(made, k,
                         py_object(pila_tuple_at(tuple, item, (size_t)k, NULL)));
    return made;
}

pila_status tool_call(PyObject *function, PyObject *x, PyObject **out)
{
    *out = PyObject_CallOneArg(function, x);
    return *out ? PILA_OK : PILA_EUSER;
}

pila_status tool_truth(PyObject *function, const void *item, bool *out)
{
    PyObject *x = py_object(item), *answer = NULL;
    bool itself = function == Py_None || function == (PyObject *)&PyBool_Type;
    pila_status st = itself ? PILA_OK : tool_call(function, x, &answer);
    int truth = st == PILA_OK ? PyObject_IsTrue(itself ? x : answer) : -1;

    Py_DECREF(x);
    Py_XDECREF(answer);
    *out = truth > 0;
    return truth < 0 ? PILA_EUSER : PILA_OK;
}

/* ---- the module ---- */

PyMODINIT_FUNC PyInit_pila_itertools(void)
{
    static PyMethodDef methods[2];
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                            "pila_itertools",
                                            NULL,
                                            -1,
                                            methods,
                                            NULL,
                                            NULL,
                                            NULL,
                                            NULL};

    methods[0] = core_calls_method;
    PyObject *module = PyModule_Create(&definition);
    if (module && (add_sources(module) || add_select(module) || add_several(module) ||
                   add_combinatoric(module) || add_groupby(module) || add_tee(module)))
        Py_CLEAR(module);
    return module;
}
