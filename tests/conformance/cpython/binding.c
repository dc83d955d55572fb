/* binding.c - see binding.h. */
#include "binding.h"

#include <string.h>

unsigned long core_calls;

static PyObject *get_core_calls(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return PyLong_FromUnsignedLong(core_calls);
}

PyMethodDef core_calls_method = {"core_calls", get_core_calls, METH_NOARGS,
                                 "How often a core was called."};

/* ---- items ---- */

static PyObject *object_of(const void *item)
{
    PyObject *o;

    memcpy(&o, item, sizeof o);
    return o;
}

static pila_status item_hash(void *ctx, const void *item, uint64_t *out)
{
    Py_hash_t h = PyObject_Hash(object_of(item));

    (void)ctx;
    if (h == -1) return PILA_EUSER;
    *out = (uint64_t)h * UINT64_C(0x9e3779b97f4a7c15);
    return PILA_OK;
}

static pila_status item_compare(const void *a, const void *b, int op, bool *out)
{
    int answer = PyObject_RichCompareBool(object_of(a), object_of(b), op);

    if (answer < 0) return PILA_EUSER;
    *out = answer;
    return PILA_OK;
}

static pila_status item_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    return item_compare(a, b, Py_EQ, out);
}

static pila_status item_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    return item_compare(a, b, Py_LT, out);
}

static pila_status item_copy(void *ctx, void *out, const void *item)
{
    PyObject *o = object_of(item);

    (void)ctx;
    Py_XINCREF(o);
    memcpy(out, &o, sizeof o);
    return PILA_OK;
}

static void item_drop(void *ctx, void *item)
{
    PyObject *o = object_of(item);

    (void)ctx;
    Py_XDECREF(o);
}

static pila_status item_repr(void *ctx, const void *item, pila_buf *out)
{
    PyObject *text = PyObject_Repr(object_of(item));
    Py_ssize_t n;
    const char *bytes = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
    pila_status st = PILA_EUSER;

    (void)ctx;
    if (bytes) st = pila_buf_add(out, (pila_str){bytes, (size_t)n});
    Py_XDECREF(text);
    return st;
}

const pila_type py_type = {PILA_KIND_OTHER,
                           sizeof(PyObject *),
                           _Alignof(PyObject *),
                           "object",
                           NULL,
                           item_hash,
                           item_eq,
                           item_less,
                           item_copy,
                           item_drop,
                           item_repr};

/* ---- exceptions ---- */

PyObject *py_fail(pila_status st, const py_raise *table)
{
    if (PyErr_Occurred()) return NULL;
    for (; table && table->status != PILA_OK; table++)
        if (table->status == st) {
            PyErr_SetString(*table->exception, table->text);
            return NULL;
        }
    switch (st) {
    case PILA_ENOMEM: return PyErr_NoMemory();
    case PILA_EEMPTY:
    case PILA_EINDEX: PyErr_SetString(PyExc_IndexError, pila_status_text(st)); break;
    case PILA_EKEY: PyErr_SetString(PyExc_KeyError, pila_status_text(st)); break;
    case PILA_EVALUE: PyErr_SetString(PyExc_ValueError, pila_status_text(st)); break;
    case PILA_ETYPE: PyErr_SetString(PyExc_TypeError, pila_status_text(st)); break;
    case PILA_EOVERFLOW:
        PyErr_SetString(PyExc_OverflowError, pila_status_text(st));
        break;
    case PILA_EMUTATED:
        PyErr_SetString(PyExc_RuntimeError, pila_status_text(st));
        break;
    default: PyErr_SetString(PyExc_SystemError, pila_status_name(st)); break;
    }
    return NULL;
}

PyObject *py_none(pila_status st, const py_raise *table)
{
    return st == PILA_OK ? Py_NewRef(Py_None) : py_fail(st, table);
}

int py_zero(pila_status st, const py_raise *table)
{
    if (st == PILA_OK) return 0;
    py_fail(st, table);
    return -1;
}

/* ---- iterators ---- */

typedef struct py_source_state {
    PyObject *iterator, *item; /* item: the window */
} py_source_state;

static bool source_refill(pila_iter *it)
{
    py_source_state *s = it->state;
    PyObject *before = s->item;

    s->item = PyIter_Next(s->iterator);
    Py_XDECREF(before);
    if (!s->item) return pila_iter_end(it, PyErr_Occurred() ? PILA_EUSER : PILA_END);
    it->cur = (const char *)&s->item;
    it->end = it->cur + sizeof s->item;
    return true;
}

static pila_iter source_drop(pila_iter *it)
{
    py_source_state *s = it->state;

    Py_XDECREF(s->iterator);
    Py_XDECREF(s->item);
    PyMem_Free(s);
    return pila_failed(PILA_END);
}

pila_iter py_source(PyObject *iterator)
{
    static const pila_iter_ops ops = {source_refill, source_drop, NULL};
    py_source_state *s = PyMem_Malloc(sizeof *s);

    if (!s) {
        Py_DECREF(iterator);
        return pila_failed(PILA_ENOMEM);
    }
    s->iterator = iterator;
    s->item = NULL;
    return pila_iter_make(&py_type, &ops, s);
}

pila_iter py_iterable(PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable);

    return iterator ? py_source(iterator) : pila_failed(PILA_EUSER);
}

int py_bound(PyObject *o, void *out)
{
    if (!PyIndex_Check(o)) {
        PyErr_SetString(PyExc_TypeError,
                        "slice indices must be integers or have an __index__ method");
        return 0;
    }
    Py_ssize_t i = PyNumber_AsSsize_t(o, NULL);
    if (i == -1 && PyErr_Occurred()) return 0;
    *(Py_ssize_t *)out = i;
    return 1;
}
