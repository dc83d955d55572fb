/* values.c - see values.h. */
#include "values.h"

/* ---- the map: open addressing ---- */

static size_t map_slot(const py_map *m, uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    size_t i = (size_t)(h >> 32) & m->mask;

    while (m->slots[i].b && (m->slots[i].a != a || m->slots[i].b != b))
        i = (i + 1) & m->mask;
    return i;
}

pila_value *py_map_find(const py_map *m, uint64_t a, uint64_t b)
{
    size_t i;

    if (!m->slots) return NULL;
    i = map_slot(m, a, b);
    return m->slots[i].b ? &m->slots[i].value : NULL;
}

static int map_grow(py_map *m)
{
    py_map bigger = {NULL, m->len, m->slots ? m->mask * 2 + 1 : 63};

    bigger.slots = PyMem_Calloc(bigger.mask + 1, sizeof *bigger.slots);
    if (!bigger.slots) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; m->slots && i <= m->mask; i++)
        if (m->slots[i].b)
            bigger.slots[map_slot(&bigger, m->slots[i].a, m->slots[i].b)] = m->slots[i];
    PyMem_Free(m->slots);
    *m = bigger;
    return 0;
}

int py_map_put(py_map *m, uint64_t a, uint64_t b, pila_value value)
{
    py_map_slot *slot;

    if ((!m->slots || m->len * 3 > m->mask * 2) && map_grow(m)) return -1;
    slot = &m->slots[map_slot(m, a, b)];
    m->len += !slot->b;
    slot->a = a;
    slot->b = b;
    slot->value = value;
    return 0;
}

void py_map_done(py_map *m)
{
    PyMem_Free(m->slots);
    memset(m, 0, sizeof *m);
}

/* ---- objects to values ---- */

int py_int_value(pila_doc *doc, PyObject *o, pila_value *out)
{
    int beyond;
    long long x = PyLong_AsLongLongAndOverflow(o, &beyond);
    size_t n;
    unsigned char *bytes;
    pila_status st;

    if (x == -1 && PyErr_Occurred()) return -1;
    if (!beyond) {
        *out = pila_value_int(x);
        return 0;
    }
    n = _PyLong_NumBits(o) / 8 + 1;
    bytes = PyMem_Malloc(n);
    if (!bytes || _PyLong_AsByteArray((PyLongObject *)o, bytes, n, 1, 1)) {
        PyMem_Free(bytes);
        return py_zero(PILA_ENOMEM, NULL);
    }
    st = pila_value_from_bytes(doc, pila_str_of((char *)bytes, n), out);
    PyMem_Free(bytes);
    return py_zero(st, NULL);
}

PyObject *py_utf8(PyObject *str)
{
    return PyUnicode_AsEncodedString(str, "utf-8", "surrogatepass");
}

int py_str_value(pila_doc *doc, PyObject *o, pila_value *out)
{
    PyObject *utf8 = py_utf8(o);
    pila_status st;

    if (!utf8) return -1;
    st = pila_value_str(
        doc, pila_str_of(PyBytes_AS_STRING(utf8), (size_t)PyBytes_GET_SIZE(utf8)), out);
    Py_DECREF(utf8);
    return py_zero(st, NULL);
}

int py_bytes_value(pila_doc *doc, PyObject *o, pila_value *out)
{
    if (PyBytes_Check(o))
        return py_zero(pila_value_bytes(doc,
                                        pila_str_of(PyBytes_AS_STRING(o),
                                                    (size_t)PyBytes_GET_SIZE(o)),
                                        out),
                       NULL);
    return py_zero(pila_value_bytearray(doc,
                                        pila_str_of(PyByteArray_AS_STRING(o),
                                                    (size_t)PyByteArray_GET_SIZE(o)),
                                        out),
                   NULL);
}

/* ---- values to objects ---- */

PyObject *py_str_of(pila_str text)
{
    return PyUnicode_DecodeUTF8(text.ptr, (Py_ssize_t)text.len, "surrogatepass");
}

static PyObject *int_of(pila_value v)
{
    pila_buf bytes = {0};
    PyObject *made = NULL;
    pila_status st = pila_value_to_bytes(v, &bytes);

    if (st == PILA_OK)
        made = _PyLong_FromByteArray((unsigned char *)bytes.data, bytes.len, 1, 1);
    else py_fail(st, NULL);
    pila_buf_done(&bytes);
    return made;
}

static PyObject *tuple_of(pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    PyObject *made = PyTuple_New((Py_ssize_t)n), *item;

    for (size_t i = 0; made && i < n; i++)
        if ((item = py_plain_of(items[i])) != NULL)
            PyTuple_SET_ITEM(made, (Py_ssize_t)i, item);
        else Py_CLEAR(made);
    return made;
}

PyObject *py_plain_of(pila_value v)
{
    pila_str text = pila_value_text(v);

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: Py_RETURN_NONE;
    case PILA_VALUE_BOOL: return PyBool_FromLong(v.as.i != 0);
    case PILA_VALUE_INT: return PyLong_FromLongLong(v.as.i);
    case PILA_VALUE_BIGINT: return int_of(v);
    case PILA_VALUE_FLOAT: return PyFloat_FromDouble(v.as.f);
    case PILA_VALUE_COMPLEX: return PyComplex_FromDoubles(v.as.parts[0], v.as.parts[1]);
    case PILA_VALUE_STR:
    case PILA_VALUE_NUMERAL: return py_str_of(text);
    case PILA_VALUE_BYTES:
        return PyBytes_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    case PILA_VALUE_BYTEARRAY:
        return PyByteArray_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    case PILA_VALUE_TUPLE: return tuple_of(v);
    default:
        PyErr_SetString(PyExc_SystemError, "a value that is not plain");
        return NULL;
    }
}

/* ---- faults ---- */

int py_zero_told(pila_status st, const pila_error *err)
{
    PyObject **const exceptions[] = {
        [PILA_EEMPTY] = &PyExc_IndexError,     [PILA_EKEY] = &PyExc_KeyError,
        [PILA_EINDEX] = &PyExc_IndexError,     [PILA_EVALUE] = &PyExc_ValueError,
        [PILA_ETYPE] = &PyExc_TypeError,       [PILA_EOVERFLOW] = &PyExc_OverflowError,
        [PILA_EMUTATED] = &PyExc_RuntimeError, [PILA_ELIMIT] = &PyExc_RecursionError,
        [PILA_EEOF] = &PyExc_EOFError,         [PILA_EIO] = &PyExc_OSError};
    bool has = (size_t)st < sizeof exceptions / sizeof *exceptions && exceptions[st];
    const char *text = *err->message ? err->message : pila_status_text(st);
    PyObject *said;

    if (st == PILA_OK) return 0;
    if (!has || PyErr_Occurred()) return py_zero(st, NULL);
    /* A message may show bytes that are no text. */
    said = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "backslashreplace");
    if (said) PyErr_SetObject(*exceptions[st], said);
    Py_XDECREF(said);
    return -1;
}
