/* bytes.h - arguments that are bytes, or text of ASCII, and the calls that take them.
 */
#ifndef CONFORMANCE_BYTES_H
#define CONFORMANCE_BYTES_H

#include "binding.h"

/* What a buffer holds; with a NULL ptr if it holds none. */
static inline pila_str py_view(const Py_buffer *b)
{
    return pila_str_of(b->buf, (size_t)b->len);
}

/* For "O&" into a Py_buffer: an object that has a buffer, or a str of ASCII. */
static inline int py_text(PyObject *o, void *out)
{
    Py_buffer *b = out;

    if (!o) {
        PyBuffer_Release(b);
        return 1;
    }
    if (!PyUnicode_Check(o))
        return PyObject_GetBuffer(o, b, PyBUF_SIMPLE) ? 0 : Py_CLEANUP_SUPPORTED;
    if (!PyUnicode_IS_ASCII(o)) {
        PyErr_SetString(PyExc_ValueError,
                        "string argument should contain only ASCII characters");
        return 0;
    }
    return PyBuffer_FillInfo(b, o, PyUnicode_DATA(o), PyUnicode_GET_LENGTH(o), 1, 0)
               ? 0
               : Py_CLEANUP_SUPPORTED;
}

/* The bytes that a buffer of pila's holds, which ends, if st is PILA_OK; or py_fail. */
static inline PyObject *py_bytes(pila_status st, pila_buf *out, const py_raise *table)
{
    PyObject *made = st == PILA_OK
                         ? PyBytes_FromStringAndSize(out->data, (Py_ssize_t)out->len)
                         : py_fail(st, table);

    pila_buf_done(out);
    return made;
}

/* binascii.Error, a new reference; NULL and raised. */
static inline PyObject *py_binascii_error(void)
{
    PyObject *binascii = PyImport_ImportModule("binascii");
    PyObject *error = binascii ? PyObject_GetAttrString(binascii, "Error") : NULL;

    Py_XDECREF(binascii);
    return error;
}

#define PY_KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS

#endif
