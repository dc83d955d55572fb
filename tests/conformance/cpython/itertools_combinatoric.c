/* itertools_combinatoric.c - itertools.product, permutations, combinations and
 * combinations_with_replacement.
 *
 * part[0] is the pools: a tuple of tuples of product, else a tuple. given is the number
 * of the next item; what is unpickled begins there, by pila's functions called _from.
 */
#include "itertools.h"

#include <pila/itertools/combinatorics.h>

static PyTypeObject product_type, permutations_type, combinations_type, again_type;

static const py_raise many_raises[] = {{PILA_EOVERFLOW, &PyExc_OverflowError,
                                        "r or repeat is too large"},
                                       {PILA_OK, NULL, NULL}};

/* The items of a tuple, which lives as long as the tool. */
static pila_iter pool_of(PyObject *tuple)
{
    return pila_span(PySequence_Fast_ITEMS(tuple), (size_t)PyTuple_GET_SIZE(tuple),
                     &py_type);
}

/* ---- product: at[0] is repeat ---- */

static pila_iter product_make(py_tool *t)
{
    size_t n = (size_t)PyTuple_GET_SIZE(t->part[0]);
    pila_iter *pools = PyMem_Calloc(n, sizeof *pools), it;

    if (!pools) return pila_failed(PILA_ENOMEM);
    for (size_t k = 0; k < n; k++)
        pools[k] = pool_of(PyTuple_GET_ITEM(t->part[0], (Py_ssize_t)k));
    it = pila_product_from(pools, n, t->at[0], t->given, UINT64_MAX);
    PyMem_Free(pools);
    return it;
}

static const tool_kind product_kind = {.make = product_make,
                                       .convert = tool_tuple,
                                       .raises = many_raises,
                                       .keeps = true};

/* A tuple of the tuples of the first n iterables. */
static PyObject *product_pools(PyObject *iterables, Py_ssize_t n)
{
    PyObject *pools = PyTuple_New(n), *pool;

    for (Py_ssize_t k = 0; pools && k < n; k++)
        if ((pool = PySequence_Tuple(PyTuple_GET_ITEM(iterables, k))) == NULL)
            Py_CLEAR(pools);
        else PyTuple_SET_ITEM(pools, k, pool);
    return pools;
}

static bool product_repeat(PyObject *kwargs, Py_ssize_t *repeat)
{
    static char *names[] = {"repeat", NULL};
    PyObject *none = PyTuple_New(0);
    bool good =
        none && PyArg_ParseTupleAndKeywords(none, kwargs, "|n:product", names, repeat);

    Py_XDECREF(none);
    if (!good || *repeat >= 0) return good;
    PyErr_SetString(PyExc_ValueError, "repeat argument cannot be negative");
    return false;
}

static PyObject *product_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t repeat = 1;
    py_tool *t =
        product_repeat(kwargs, &repeat) ? tool_new(type, &product_kind, 0) : NULL;

    if (!t) return NULL;
    t->at[0] = (size_t)repeat;
    t->part[0] = product_pools(args, repeat ? PyTuple_GET_SIZE(args) : 0);
    if (t->part[0]) return tool_ready(t);
    Py_DECREF(t);
    return NULL;
}

/* The length of the pool of the k-th position. */
static size_t product_size(const py_tool *t, size_t k)
{
    Py_ssize_t n = PyTuple_GET_SIZE(t->part[0]);

    return (size_t)PyTuple_GET_SIZE(PyTuple_GET_ITEM(t->part[0], (Py_ssize_t)k % n));
}

static size_t product_positions(const py_tool *t)
{
    return (size_t)PyTuple_GET_SIZE(t->part[0]) * t->at[0];
}

/* Where in the pools the last item was taken from, as a tuple. */
static PyObject *product_last(const py_tool *t)
{
    size_t n = (size_t)PyTuple_GET_SIZE(t->part[0]), all = product_positions(t);
    size_t *sizes = PyMem_Calloc(n + all, sizeof *sizes), *at = sizes + n;
    PyObject *last = sizes ? PyTuple_New((Py_ssize_t)all) : PyErr_NoMemory();

    for (size_t k = 0; last && k < n; k++) sizes[k] = product_size(t, k);
    if (last &&
        CORE(pila_nth_product(sizes, n, t->at[0], t->given - 1, at)) != PILA_OK) {
        py_fail(PILA_EINDEX, NULL);
        Py_CLEAR(last);
    }
    for (size_t k = 0; last && k < all; k++)
        PyTuple_SET_ITEM(last, (Py_ssize_t)k, PyLong_FromSize_t(at[k]));
    PyMem_Free(sizes);
    return last;
}

static PyObject *product_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *pools = PySequence_Repeat(t->part[0], (Py_ssize_t)t->at[0]);

    (void)none;
    if (!t->given) return Py_BuildValue("ON", Py_TYPE(self), pools);
    return Py_BuildValue("ONN", Py_TYPE(self), pools, product_last(t));
}

/* The number of the item at these positions, which are cut to the pools: their places
 * are digits, the pools' lengths the bases. */
static bool product_number(py_tool *t, PyObject *positions, uint64_t *number)
{
    *number = 0;
    for (size_t k = 0; k < product_positions(t); k++) {
        size_t size = product_size(t, k);
        Py_ssize_t at = PyLong_AsSsize_t(PyTuple_GET_ITEM(positions, (Py_ssize_t)k));
        if (at == -1 && PyErr_Occurred()) return false;
        at = at < 0 || size == 0 ? 0 : (size_t)at < size ? at : (Py_ssize_t)size - 1;
        if (__builtin_mul_overflow(*number, size, number) ||
            __builtin_add_overflow(*number, (uint64_t)at, number)) {
            PyErr_SetString(PyExc_OverflowError, "more than 2**64 items");
            return false;
        }
    }
    return true;
}

static PyObject *product_setstate(PyObject *self, PyObject *state)
{
    py_tool *t = TOOL(self);
    uint64_t number;

    if (!PyTuple_Check(state) ||
        (size_t)PyTuple_GET_SIZE(state) != product_positions(t)) {
        PyErr_SetString(PyExc_ValueError, "invalid arguments");
        return NULL;
    }
    if (!product_number(t, state, &number)) return NULL;
    t->given = number + 1;
    return tool_anew(t);
}

static PyMethodDef product_methods[] = {{"__reduce__", product_reduce, METH_NOARGS,
                                         NULL},
                                        {"__setstate__", product_setstate, METH_O,
                                         NULL},
                                        {NULL, NULL, 0, NULL}};

TOOL_TYPE(product_type, "product", Py_TPFLAGS_BASETYPE, product_new, product_methods,
          .tp_iternext = tool_next);

/* ---- the others, of one pool: at[0] is r ---- */

static PyObject *choice_new(PyTypeObject *type, const tool_kind *kind,
                            PyObject *iterable, Py_ssize_t r, bool all)
{
    PyObject *pool = PySequence_Tuple(iterable);
    py_tool *t;

    if (pool && !all && r < 0) {
        PyErr_SetString(PyExc_ValueError, "r must be non-negative");
        Py_CLEAR(pool);
    }
    t = pool ? tool_new(type, kind, 0) : NULL;
    if (!t) {
        Py_XDECREF(pool);
        return NULL;
    }
    t->part[0] = pool;
    t->at[0] = all ? PILA_ALL : (size_t)r;
    return tool_ready(t);
}

static char *choice_names[] = {"iterable", "r", NULL};

/* The state is the number of the next item; CPython's is what its algorithm needs. */
static PyObject *choice_reduce(PyObject *self, PyObject *none)
{
    py_tool *t = TOOL(self);
    PyObject *r =
        t->at[0] == PILA_ALL ? Py_NewRef(Py_None) : PyLong_FromSize_t(t->at[0]);

    (void)none;
    if (!t->given) return Py_BuildValue("O(ON)", Py_TYPE(self), t->part[0], r);
    return Py_BuildValue("O(ON)K", Py_TYPE(self), t->part[0], r,
                         (unsigned long long)t->given);
}

static PyObject *choice_setstate(PyObject *self, PyObject *state)
{
    unsigned long long next = PyLong_AsUnsignedLongLong(state);

    if (next == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
    TOOL(self)->given = next;
    return tool_anew(TOOL(self));
}

static PyMethodDef choice_methods[] = {{"__reduce__", choice_reduce, METH_NOARGS, NULL},
                                       {"__setstate__", choice_setstate, METH_O, NULL},
                                       {NULL, NULL, 0, NULL}};

#define CHOICE_KIND(name)                                                              \
    static pila_iter name##_make(py_tool *t)                                           \
    {                                                                                  \
        return pila_##name##_from(pool_of(t->part[0]), t->at[0], t->given,             \
                                  UINT64_MAX);                                         \
    }                                                                                  \
    static const tool_kind name##_kind = {.make = name##_make,                         \
                                          .convert = tool_tuple,                       \
                                          .raises = many_raises,                       \
                                          .keeps = true}
#define CHOICE_NEW(name)                                                               \
    static PyObject *name##_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)  \
    {                                                                                  \
        PyObject *iterable;                                                            \
        Py_ssize_t r;                                                                  \
        if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:" #name, choice_names,      \
                                         &iterable, &r))                               \
            return NULL;                                                               \
        return choice_new(type, &name##_kind, iterable, r, false);                     \
    }

CHOICE_KIND(permutations);
CHOICE_KIND(combinations);
CHOICE_KIND(combinations_with_replacement);
CHOICE_NEW(combinations)
CHOICE_NEW(combinations_with_replacement)

static PyObject *permutations_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable, *r = Py_None;
    Py_ssize_t n = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:permutations", choice_names,
                                     &iterable, &r))
        return NULL;
    if (r != Py_None && !PyLong_Check(r)) {
        PyErr_SetString(PyExc_TypeError, "Expected int as r");
        return NULL;
    }
    if (r != Py_None) n = PyLong_AsSsize_t(r);
    if (n == -1 && PyErr_Occurred()) return NULL;
    return choice_new(type, &permutations_kind, iterable, n, r == Py_None);
}

TOOL_TYPE(permutations_type, "permutations", Py_TPFLAGS_BASETYPE, permutations_new,
          choice_methods, .tp_iternext = tool_next);
TOOL_TYPE(combinations_type, "combinations", Py_TPFLAGS_BASETYPE, combinations_new,
          choice_methods, .tp_iternext = tool_next);
TOOL_TYPE(again_type, "combinations_with_replacement", Py_TPFLAGS_BASETYPE,
          combinations_with_replacement_new, choice_methods, .tp_iternext = tool_next);

int add_combinatoric(PyObject *module)
{
    return PyModule_AddType(module, &product_type) ||
           PyModule_AddType(module, &permutations_type) ||
           PyModule_AddType(module, &combinations_type) ||
           PyModule_AddType(module, &again_type);
}
