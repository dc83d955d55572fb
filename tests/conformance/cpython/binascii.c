/* binascii.c - binascii, over lib/serial/binascii: arguments are taken as Python takes
 * them, and all else, messages included, is pila's.
 */
#include "bytes.h"

#include <pila/serial/binascii.h>
#include <pila/serial/checksum.h>

static PyObject *binascii_error;

/* The bytes, or binascii.Error; the argument is given back. */
static PyObject *made(pila_status st, pila_buf *out, const pila_error *err,
                      Py_buffer *from)
{
    const py_raise raises[] = {{PILA_ESYNTAX, &binascii_error, err ? err->message : ""},
                               {PILA_OK, NULL, NULL}};

    PyBuffer_Release(from);
    return py_bytes(st, out, raises);
}

/* ---- hexadecimal ---- */

static PyObject *hexlify(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "sep", "bytes_per_sep", NULL};
    Py_buffer data = {0}, sep = {0};
    PyObject *given = NULL;
    int every = 1;
    pila_buf out = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|Oi:hexlify", names, &data,
                                     &given, &every))
        return NULL;
    if (given && !py_text(given, &sep)) {
        PyBuffer_Release(&data);
        return NULL;
    }
    pila_status st = CORE(pila_hexlify(py_view(&data), py_view(&sep), every, &out));
    PyBuffer_Release(&sep);
    return made(st, &out, NULL, &data);
}

static PyObject *unhexlify(PyObject *self, PyObject *o)
{
    Py_buffer text = {0};
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!py_text(o, &text)) return NULL;
    pila_status st = CORE(pila_unhexlify(py_view(&text), pila_cstr(""), &out, &err));
    return made(st, &out, &err, &text);
}

/* ---- uuencode ---- */

static PyObject *a2b_uu(PyObject *self, PyObject *o)
{
    Py_buffer text = {0};
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!py_text(o, &text)) return NULL;
    pila_status st = CORE(pila_a2b_uu(py_view(&text), &out, &err));
    return made(st, &out, &err, &text);
}

static PyObject *b2a_uu(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "backtick", NULL};
    Py_buffer data = {0};
    int backtick = 0;
    pila_buf out = {0};
    pila_error err = {.message = "At most 45 bytes at once"};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$p:b2a_uu", names, &data,
                                     &backtick))
        return NULL;
    pila_status st = CORE(pila_b2a_uu(py_view(&data), backtick, &out));
    return made(st == PILA_EVALUE ? PILA_ESYNTAX : st, &out, &err, &data);
}

/* ---- quoted-printable ---- */

static PyObject *a2b_qp(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "header", NULL};
    Py_buffer text = {0};
    int header = 0;
    pila_buf out = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|p:a2b_qp", names, py_text, &text,
                                     &header))
        return NULL;
    pila_status st = CORE(pila_a2b_qp(py_view(&text), header, &out));
    return made(st, &out, NULL, &text);
}

static PyObject *b2a_qp(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "quotetabs", "istext", "header", NULL};
    Py_buffer data = {0};
    int quotetabs = 0, istext = 1, header = 0;
    pila_buf out = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|ppp:b2a_qp", names, &data,
                                     &quotetabs, &istext, &header))
        return NULL;
    pila_status st = CORE(pila_b2a_qp(py_view(&data), quotetabs, istext, header, &out));
    return made(st, &out, NULL, &data);
}

/* ---- base64 ---- */

static PyObject *a2b_base64(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "strict_mode", NULL};
    Py_buffer text = {0};
    int strict = 0;
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$p:a2b_base64", names, py_text,
                                     &text, &strict))
        return NULL;
    pila_status st = CORE(pila_a2b_base64(py_view(&text), strict, &out, &err));
    return made(st, &out, &err, &text);
}

static PyObject *b2a_base64(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "newline", NULL};
    Py_buffer data = {0};
    int newline = 1;
    pila_buf out = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$p:b2a_base64", names, &data,
                                     &newline))
        return NULL;
    pila_status st = CORE(pila_b2a_base64(py_view(&data), newline, &out));
    return made(st, &out, NULL, &data);
}

/* ---- checksums ---- */

static PyObject *crc_hqx(PyObject *self, PyObject *args)
{
    Py_buffer data;
    unsigned value;

    (void)self;
    if (!PyArg_ParseTuple(args, "y*I:crc_hqx", &data, &value)) return NULL;
    value = CORE(pila_crc_hqx((uint16_t)value, py_view(&data)));
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(value);
}

static PyObject *crc32(PyObject *self, PyObject *args)
{
    Py_buffer data;
    unsigned value = PILA_CRC32_START;

    (void)self;
    if (!PyArg_ParseTuple(args, "y*|I:crc32", &data, &value)) return NULL;
    value = CORE(pila_crc32(value, py_view(&data)));
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(value);
}

PyMODINIT_FUNC PyInit_pila_binascii(void)
{
    static PyMethodDef methods[] = {
        {"hexlify", PY_KEYWORDS(hexlify), "Bytes to hexadecimal."},
        {"b2a_hex", PY_KEYWORDS(hexlify), "Bytes to hexadecimal."},
        {"unhexlify", unhexlify, METH_O, "Hexadecimal to bytes."},
        {"a2b_hex", unhexlify, METH_O, "Hexadecimal to bytes."},
        {"a2b_uu", a2b_uu, METH_O, "A line of uuencode to bytes."},
        {"b2a_uu", PY_KEYWORDS(b2a_uu), "Bytes to a line of uuencode."},
        {"a2b_qp", PY_KEYWORDS(a2b_qp), "Quoted-printable to bytes."},
        {"b2a_qp", PY_KEYWORDS(b2a_qp), "Bytes to quoted-printable."},
        {"a2b_base64", PY_KEYWORDS(a2b_base64), "Base64 to bytes."},
        {"b2a_base64", PY_KEYWORDS(b2a_base64), "Bytes to base64."},
        {"crc_hqx", crc_hqx, METH_VARARGS, "The checksum of binhex4."},
        {"crc32", crc32, METH_VARARGS, "The checksum of gzip."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "binascii", NULL, -1, methods, NULL, NULL, NULL, NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    binascii_error = py_binascii_error();
    return binascii_error ? PyModule_Create(&definition) : NULL;
}
