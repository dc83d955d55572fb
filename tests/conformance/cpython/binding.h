/* binding.h - what the extension modules share: Python's objects as items of pila, its
 * exceptions as statuses, its iterables as iterators.
 *
 * The binding exists to run CPython's own tests against the cores. It converts, and
 * decides nothing that a core decides.
 */
#ifndef CONFORMANCE_BINDING_H
#define CONFORMANCE_BINDING_H

#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#include <structmember.h>

#include <pila/core/iter.h>

/* An item is a PyObject *, owned; a callback that raises answers PILA_EUSER and leaves
 * the exception set. */
extern const pila_type py_type;

/* Calls of a core, which the report shows beside the tests that passed. */
extern unsigned long core_calls;
#define CORE(call) (core_calls++, (call))
/* core_calls(), for a module's method table. */
extern PyMethodDef core_calls_method;

/* What a status is in Python where its own exception, or text, is not the right one. */
typedef struct py_raise {
    pila_status status; /* PILA_OK ends the table */
    PyObject **exception;
    const char *text;
} py_raise;

/* Raise what a status stands for, unless something is raised already; NULL. */
PyObject *py_fail(pila_status st, const py_raise *table);
/* None, or py_fail. */
PyObject *py_none(pila_status st, const py_raise *table);
/* 0, or -1 and raised. */
int py_zero(pila_status st, const py_raise *table);

/* The items of a Python iterator, one a window. It is taken. */
pila_iter py_source(PyObject *iterator);
/* The same of anything that iter() takes; ended with PILA_EUSER where that raises. */
pila_iter py_iterable(PyObject *iterable);

/* The object of an item, a new reference. */
static inline PyObject *py_object(const void *item)
{
    return Py_NewRef(*(PyObject *const *)item);
}

/* Visit an item, for tp_traverse. */
#define PY_VISIT_ITEM(item) Py_VISIT(*(PyObject *const *)(item))

/* An index or a bound as slices take them: any __index__, cut to what there is. For
 * "O&" of PyArg_ParseTuple. */
int py_bound(PyObject *o, void *out);

#endif
