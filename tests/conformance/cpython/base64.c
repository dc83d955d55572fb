/* base64.c - the functions of base64, over lib/serial/base64: arguments are taken as
 * Python takes them, and all else, messages included, is pila's.
 */
#include "bytes.h"

#include <pila/serial/base64.h>

static PyObject *binascii_error;

typedef pila_status encoder(pila_str, const pila_base64_options *, pila_buf *);
typedef pila_status decoder(pila_str, const pila_base64_options *, pila_buf *,
                            pila_error *);

/* ---- arguments and answers ---- */

/* For "O&": as py_text, or None, which leaves it without a buffer. */
static int maybe_text(PyObject *o, void *out)
{
    return o == Py_None ? 1 : py_text(o, out);
}

/* The same, but no str. */
static int maybe_bytes(PyObject *o, void *out)
{
    if (!o || !PyUnicode_Check(o)) return maybe_text(o, out);
    PyErr_SetString(PyExc_TypeError, "a bytes-like object is required, not 'str'");
    return 0;
}

/* Of one byte an item, in one dimension: encodebytes and decodebytes insist. */
static bool is_plain(PyObject *o)
{
    Py_buffer b;
    bool plain;

    if (PyObject_GetBuffer(o, &b, PyBUF_FULL_RO)) return false;
    plain = b.ndim == 1 && strchr("cbB", b.format ? *b.format : 'B');
    PyBuffer_Release(&b);
    if (!plain) PyErr_SetString(PyExc_TypeError, "expected bytes in one dimension");
    return plain;
}

static PyObject *encoded(encoder *to, const Py_buffer *data,
                         const pila_base64_options *how)
{
    /* Python asserts, without a text. */
    const py_raise raises[] = {{PILA_EVALUE, &PyExc_AssertionError, ""},
                               {PILA_OK, NULL, NULL}};
    pila_buf out = {0};

    return py_bytes(CORE(to(py_view(data), how, &out)), &out, raises);
}

static PyObject *decoded(decoder *back, const Py_buffer *text, pila_base64_options how,
                         PyObject *fault)
{
    pila_buf out = {0};
    pila_error err = {0};
    const py_raise raises[] = {{PILA_ESYNTAX, &fault, err.message},
                               {PILA_EVALUE, &PyExc_AssertionError, ""},
                               {PILA_OK, NULL, NULL}};

    how.policy = PILA_BASE64_PYTHON;
    return py_bytes(CORE(back(py_view(text), &how, &out, &err)), &out, raises);
}

/* ---- base64 ---- */

static PyObject *b64encode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"s", "altchars", NULL};
    Py_buffer data = {0}, alt = {0};
    pila_base64_options how = {.policy = PILA_BASE64_PYTHON};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|O&:b64encode", names, &data,
                                     maybe_bytes, &alt))
        return NULL;
    how.altchars = py_view(&alt);
    PyObject *object = encoded(pila_b64encode, &data, &how);
    PyBuffer_Release(&data);
    PyBuffer_Release(&alt);
    return object;
}

static PyObject *b64decode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"s", "altchars", "validate", NULL};
    Py_buffer text = {0}, alt = {0};
    int validate = 0;
    pila_base64_options how = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|O&p:b64decode", names, py_text,
                                     &text, maybe_text, &alt, &validate))
        return NULL;
    how.altchars = py_view(&alt);
    how.validate = validate;
    PyObject *object = decoded(pila_b64decode, &text, how, binascii_error);
    PyBuffer_Release(&text);
    PyBuffer_Release(&alt);
    return object;
}

/* Those without options. */
static PyObject *encoded_plainly(PyObject *o, encoder *to)
{
    pila_base64_options how = {.policy = PILA_BASE64_PYTHON};
    Py_buffer data;

    if (PyObject_GetBuffer(o, &data, PyBUF_SIMPLE)) return NULL;
    PyObject *object = encoded(to, &data, &how);
    PyBuffer_Release(&data);
    return object;
}

static PyObject *decoded_plainly(PyObject *o, decoder *back, PyObject *fault)
{
    pila_base64_options how = {0};
    Py_buffer text = {0};

    if (!py_text(o, &text)) return NULL;
    PyObject *object = decoded(back, &text, how, fault);
    PyBuffer_Release(&text);
    return object;
}

#define ENCODES(name)                                                                  \
    static PyObject *name(PyObject *self, PyObject *o)                                 \
    {                                                                                  \
        (void)self;                                                                    \
        return encoded_plainly(o, pila_##name);                                        \
    }
#define DECODES(name, fault)                                                           \
    static PyObject *name(PyObject *self, PyObject *o)                                 \
    {                                                                                  \
        (void)self;                                                                    \
        return decoded_plainly(o, pila_##name, fault);                                 \
    }

ENCODES(standard_b64encode)
ENCODES(urlsafe_b64encode)
ENCODES(b32encode)
ENCODES(b32hexencode)
ENCODES(b16encode)
DECODES(standard_b64decode, binascii_error)
DECODES(urlsafe_b64decode, binascii_error)
DECODES(b85decode, PyExc_ValueError)

/* ---- base64 in lines, and of files ---- */

static pila_status in_lines(pila_str data, const pila_base64_options *how,
                            pila_buf *out)
{
    (void)how;
    return pila_encodebytes(data, out);
}

static PyObject *encodebytes(PyObject *self, PyObject *o)
{
    (void)self;
    return is_plain(o) ? encoded_plainly(o, in_lines) : NULL;
}

static PyObject *decodebytes(PyObject *self, PyObject *o)
{
    (void)self;
    return is_plain(o) ? decoded_plainly(o, pila_decodebytes, binascii_error) : NULL;
}

/* 0, or -1 and raised. */
static int write_to(PyObject *file, pila_buf *out)
{
    PyObject *said =
        PyObject_CallMethod(file, "write", "y#", out->data, (Py_ssize_t)out->len);

    out->len = 0;
    Py_XDECREF(said);
    return said ? 0 : -1;
}

/* A piece of a file through an encoder: 1, 0 at its end, or -1 and raised. */
static int encode_piece(PyObject *file, pila_base64_encoder *e, pila_buf *out)
{
    PyObject *piece = PyObject_CallMethod(file, "read", "i", 57);
    Py_buffer data;
    int more = -1;

    if (piece && !PyObject_GetBuffer(piece, &data, PyBUF_SIMPLE)) {
        pila_status st = CORE(pila_base64_encoder_feed(e, py_view(&data), out));
        more = st == PILA_OK ? data.len > 0 : py_zero(st, NULL);
        PyBuffer_Release(&data);
    }
    Py_XDECREF(piece);
    return more;
}

static PyObject *encode(PyObject *self, PyObject *args)
{
    PyObject *input, *output;
    pila_base64_encoder *e;
    pila_buf out = {0};
    int more = 1;

    (void)self;
    if (!PyArg_ParseTuple(args, "OO:encode", &input, &output)) return NULL;
    pila_status st = CORE(pila_base64_encoder_new(PILA_BASE64_BYTES, NULL, &e));
    if (st != PILA_OK) return py_fail(st, NULL);
    while (more > 0) {
        more = encode_piece(input, e, &out);
        if (more == 0) more = py_zero(CORE(pila_base64_encoder_finish(e, &out)), NULL);
        if (more >= 0 && out.len && write_to(output, &out)) more = -1;
    }
    pila_base64_encoder_free(e);
    pila_buf_done(&out);
    return more < 0 ? NULL : Py_NewRef(Py_None);
}

/* Line by line, as Python has it. */
static PyObject *decode(PyObject *self, PyObject *args)
{
    PyObject *input, *output, *line, *bytes, *said;

    (void)self;
    if (!PyArg_ParseTuple(args, "OO:decode", &input, &output)) return NULL;
    while ((line = PyObject_CallMethod(input, "readline", NULL))) {
        bool more = PyObject_IsTrue(line) > 0;
        bytes = more ? decoded_plainly(line, pila_standard_b64decode, binascii_error)
                     : NULL;
        Py_DECREF(line);
        if (!more) break;
        said = bytes ? PyObject_CallMethod(output, "write", "O", bytes) : NULL;
        Py_XDECREF(bytes);
        Py_XDECREF(said);
        if (!said) break;
    }
    return py_none(PyErr_Occurred() ? PILA_EUSER : PILA_OK, NULL);
}

/* ---- base32, base16 ---- */

static PyObject *decoded_with_case(PyObject *args, PyObject *kwargs, const char *format,
                                   decoder *back)
{
    static char *names[] = {"s", "casefold", NULL};
    Py_buffer text = {0};
    int casefold = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, py_text, &text,
                                     &casefold))
        return NULL;
    pila_base64_options how = {.casefold = casefold};
    PyObject *object = decoded(back, &text, how, binascii_error);
    PyBuffer_Release(&text);
    return object;
}

static PyObject *b32decode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"s", "casefold", "map01", NULL};
    Py_buffer text = {0}, map = {0};
    PyObject *object = NULL;
    int casefold = 0;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|pO&:b32decode", names, py_text,
                                     &text, &casefold, maybe_text, &map))
        return NULL;
    pila_base64_options how = {.casefold = casefold,
                               .map01 = map.len == 1 ? *(char *)map.buf : 0};
    if (map.obj && map.len != 1) PyErr_SetString(PyExc_AssertionError, "map01");
    else object = decoded(pila_b32decode, &text, how, binascii_error);
    PyBuffer_Release(&text);
    PyBuffer_Release(&map);
    return object;
}

static PyObject *b32hexdecode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return decoded_with_case(args, kwargs, "O&|p:b32hexdecode", pila_b32hexdecode);
}

static PyObject *b16decode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return decoded_with_case(args, kwargs, "O&|p:b16decode", pila_b16decode);
}

/* ---- Ascii85, base85 ---- */

static PyObject *a85encode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"b", "foldspaces", "wrapcol", "pad", "adobe", NULL};
    Py_buffer data = {0};
    int foldspaces = 0, pad = 0, adobe = 0;
    Py_ssize_t wrapcol = 0;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$pnpp:a85encode", names, &data,
                                     &foldspaces, &wrapcol, &pad, &adobe))
        return NULL;
    pila_base64_options how = {.policy = PILA_BASE64_PYTHON,
                               .foldspaces = foldspaces,
                               .wrapcol = wrapcol < 0 ? 1 : (size_t)wrapcol,
                               .pad = pad,
                               .adobe = adobe};
    PyObject *object = encoded(pila_a85encode, &data, &how);
    PyBuffer_Release(&data);
    return object;
}

static PyObject *a85decode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"b", "foldspaces", "adobe", "ignorechars", NULL};
    Py_buffer text = {0}, ignored = {0};
    int foldspaces = 0, adobe = 0;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$ppy*:a85decode", names, py_text,
                                     &text, &foldspaces, &adobe, &ignored))
        return NULL;
    pila_base64_options how = {.foldspaces = foldspaces,
                               .adobe = adobe,
                               .ignorechars = py_view(&ignored)};
    PyObject *object = decoded(pila_a85decode, &text, how, PyExc_ValueError);
    PyBuffer_Release(&text);
    PyBuffer_Release(&ignored);
    return object;
}

static PyObject *b85encode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"b", "pad", NULL};
    Py_buffer data = {0};
    int pad = 0;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|p:b85encode", names, &data,
                                     &pad))
        return NULL;
    pila_base64_options how = {.policy = PILA_BASE64_PYTHON, .pad = pad};
    PyObject *object = encoded(pila_b85encode, &data, &how);
    PyBuffer_Release(&data);
    return object;
}

PyMODINIT_FUNC PyInit_pila_base64(void)
{
    static PyMethodDef methods[] = {
        {"b64encode", PY_KEYWORDS(b64encode), "Base64."},
        {"b64decode", PY_KEYWORDS(b64decode), "Base64 back."},
        {"standard_b64encode", standard_b64encode, METH_O, "Base64 by + and /."},
        {"standard_b64decode", standard_b64decode, METH_O, "The same back."},
        {"urlsafe_b64encode", urlsafe_b64encode, METH_O, "Base64 by - and _."},
        {"urlsafe_b64decode", urlsafe_b64decode, METH_O, "The same back."},
        {"encodebytes", encodebytes, METH_O, "Base64 in lines of 76."},
        {"decodebytes", decodebytes, METH_O, "The same back."},
        {"encode", encode, METH_VARARGS, "A file to lines of base64."},
        {"decode", decode, METH_VARARGS, "The same back."},
        {"b32encode", b32encode, METH_O, "Base32."},
        {"b32decode", PY_KEYWORDS(b32decode), "Base32 back."},
        {"b32hexencode", b32hexencode, METH_O, "Base32 that sorts."},
        {"b32hexdecode", PY_KEYWORDS(b32hexdecode), "The same back."},
        {"b16encode", b16encode, METH_O, "Base16."},
        {"b16decode", PY_KEYWORDS(b16decode), "Base16 back."},
        {"a85encode", PY_KEYWORDS(a85encode), "Ascii85."},
        {"a85decode", PY_KEYWORDS(a85decode), "Ascii85 back."},
        {"b85encode", PY_KEYWORDS(b85encode), "Base85."},
        {"b85decode", b85decode, METH_O, "Base85 back."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "base64", NULL, -1, methods, NULL, NULL, NULL, NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    binascii_error = py_binascii_error();
    return binascii_error ? PyModule_Create(&definition) : NULL;
}
