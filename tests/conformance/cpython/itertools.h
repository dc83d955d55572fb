/* itertools.h - what the types of pila_itertools share.
 *
 * Each of them is a tool: a pila iterator over feeds, which are Python's iterators. The
 * pila iterator only refers to the feeds (pila_ref), so that it can be made anew over
 * them, and so that the collector sees what they hold. It does not see what pila holds:
 * pools, what waits in a tee, the row or the result that was given last. A cycle of
 * garbage through those is not found.
 *
 * A tool that is asked for an item while it makes one raises ValueError; CPython's make
 * another meanwhile, and pila's iterators that run callbacks refuse like this.
 */
#ifndef CONFORMANCE_ITERTOOLS_H
#define CONFORMANCE_ITERTOOLS_H

#include "binding.h"

typedef struct py_tool py_tool;

/* What one type does its own way. */
typedef struct tool_kind {
    /* The pila iterator, from where the tool is now: PILA_EUSER if Python raised. */
    pila_iter (*make)(py_tool *t);
    /* An item for Python; NULL: py_object. */
    PyObject *(*convert)(py_tool *t, const void *item);
    const py_raise *raises;
    /* Where CPython's can be asked again after an exception and goes on. One of pila
     * stays failed: it is made anew then, over the same feeds. */
    bool goes_on;
    bool keeps;       /* its feeds and parts, also when it has ended */
    pila_status anew; /* ends the pila iterator, but not the tool: make it again */
} tool_kind;

typedef struct py_feed {
    pila_iter it;   /* of the Python iterator, which it owns */
    PyObject *from; /* that one; NULL: there is none, or none any more */
} py_feed;

struct py_tool {
    PyObject_HEAD const tool_kind *kind;
    pila_iter it;
    py_feed *feed;
    size_t feeds;
    PyObject *part[2]; /* a function and what else it was given */
    size_t at[3];      /* numbers it was given */
    uint64_t given;    /* items, so far */
    bool flag;         /* its state, if that is one bit */
    bool busy;         /* asked, and has not answered yet */
    PyObject *weak;
};

#define TOOL(o) ((py_tool *)(o))

/* ---- a tool's life ---- */

/* One of a kind, without feeds yet. */
py_tool *tool_new(PyTypeObject *type, const tool_kind *kind, size_t feeds);
/* Whether the k-th feed is now over this iterable. */
bool tool_feed(py_tool *t, size_t k, PyObject *iterable);
/* The k-th feed, for make. */
pila_iter tool_ref(py_tool *t, size_t k);
/* Make the pila iterator: the tool, or NULL and raised, and it is gone. */
PyObject *tool_ready(py_tool *t);
/* The same after a change of its state: None, or NULL and raised. */
PyObject *tool_anew(py_tool *t);
/* Let go of the pila iterator, the feeds, and the parts. */
void tool_let_go(py_tool *t);
/* What next() answers when the pila iterator gave nothing: NULL, and raised for a
 * fault. */
PyObject *tool_stop(py_tool *t);
/* NULL; the tool has ended, and what was raised still is. */
PyObject *tool_end(py_tool *t);
/* false, and raised, where it is asked for an item while it makes one. */
bool tool_idle(py_tool *t);

PyObject *tool_next(PyObject *self);
int tool_traverse(PyObject *self, visitproc visit, void *arg);
int tool_clear(PyObject *self);
void tool_dealloc(PyObject *self);

/* ---- arguments ---- */

/* false, and raised, where there are keywords and `type` has no __init__ that takes
 * them. */
bool tool_no_keywords(PyTypeObject *type, PyTypeObject *base, PyObject *kwargs);
/* `name(function, iterable)`: the tool, or NULL. */
PyObject *tool_new_call(PyTypeObject *type, PyTypeObject *base, const tool_kind *kind,
                        PyObject *args, PyObject *kwargs);

/* ---- for __reduce__ ---- */

/* The k-th feed, a new reference: its iterator, or an empty tuple. */
PyObject *tool_rest(py_tool *t, size_t k);
/* (type, (function, rest)) or, if there is a state, with it; the state is taken. */
PyObject *tool_reduce_call(py_tool *t, PyObject *state);

/* ---- conversions ---- */

/* The tuple of Python objects that a tuple of pila is. */
PyObject *tool_tuple(py_tool *t, const void *item);
/* Call a function with one object. */
pila_status tool_call(PyObject *function, PyObject *x, PyObject **out);
/* Whether what the function says of an item is true; None and bool: the item. */
pila_status tool_truth(PyObject *function, const void *item, bool *out);

/* A type of the module. What comes after the name is what is special about it. */
#define TOOL_TYPE(type, name, flags, new_, methods, ...)                               \
    static PyTypeObject type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =               \
                                    "itertools." name,                                 \
                                .tp_basicsize = sizeof(py_tool),                       \
                                .tp_flags =                                            \
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | (flags), \
                                .tp_new = new_,                                        \
                                .tp_dealloc = tool_dealloc,                            \
                                .tp_traverse = tool_traverse,                          \
                                .tp_clear = tool_clear,                                \
                                .tp_getattro = PyObject_GenericGetAttr,                \
                                .tp_iter = PyObject_SelfIter,                          \
                                .tp_methods = methods,                                 \
                                __VA_ARGS__}

/* ---- the files ---- */

int add_sources(PyObject *module);
int add_select(PyObject *module);
int add_several(PyObject *module);
int add_combinatoric(PyObject *module);
int add_groupby(PyObject *module);
int add_tee(PyObject *module);

#endif
