/* struct.c - _struct, over lib/serial/struct: arguments become the values that their
 * codes ask for, and everything else, messages included, is pila's.
 */
#include "values.h"

#include <pila/serial/struct.h>

typedef struct py_struct {
    PyObject_HEAD pila_struct core;
    PyObject *weak;
} py_struct;

typedef struct py_walk { /* of iter_unpack */
    PyObject_HEAD PyObject *of;
    Py_buffer data;
    pila_iter it;
} py_walk;

static PyTypeObject struct_type, walk_type;
static PyObject *struct_error;

#define CORE_OF(o) (&((py_struct *)(o))->core)

static PyObject *fault(pila_status st, const pila_error *err)
{
    const py_raise raises[] = {{PILA_EVALUE, &struct_error, err->message},
                               {PILA_ETYPE, &struct_error, err->message},
                               {PILA_EOVERFLOW, &PyExc_OverflowError, err->message},
                               {PILA_OK, NULL, NULL}};

    return py_fail(st, raises);
}

static bool compile(PyObject *format, pila_struct *out)
{
    PyObject *ascii = NULL;
    pila_error err = {0};
    pila_status st;

    if (PyUnicode_Check(format)) ascii = PyUnicode_AsASCIIString(format);
    else if (PyBytes_Check(format)) ascii = Py_NewRef(format);
    else
        PyErr_Format(PyExc_TypeError,
                     "Struct() argument 1 must be a str or bytes object, not %.200s",
                     Py_TYPE(format)->tp_name);
    if (!ascii) return false;
    st = CORE(pila_struct_init(out,
                               pila_str_of(PyBytes_AS_STRING(ascii),
                                           (size_t)PyBytes_GET_SIZE(ascii)),
                               &err));
    Py_DECREF(ascii);
    /* The one overflow of a format is no OverflowError. */
    if (st != PILA_OK) fault(st == PILA_EOVERFLOW ? PILA_EVALUE : st, &err);
    return st == PILA_OK;
}

/* ---- arguments to values ---- */

/* What a code takes. None, which no code but ? takes, for what cannot become that. */
static int value_for(char code, PyObject *o, pila_doc *doc, pila_value *out)
{
    *out = pila_value_none();
    if (code == '?') {
        int truth = PyObject_IsTrue(o);
        *out = pila_value_bool(truth > 0);
        return truth < 0 ? -1 : 0;
    }
    if (PyBytes_Check(o) || PyByteArray_Check(o)) return py_bytes_value(doc, o, out);
    if (strchr("efdFD", code) && !PyLong_Check(o)) {
        double x = PyFloat_AsDouble(o);
        if (x != -1 || !PyErr_Occurred()) *out = pila_value_float(x);
        PyErr_Clear();
        return 0;
    }
    if (PyFloat_Check(o)) {
        *out = pila_value_float(PyFloat_AS_DOUBLE(o));
        return 0;
    }
    if (!PyIndex_Check(o)) return 0;
    PyObject *index = PyNumber_Index(o);
    int done = index ? py_int_value(doc, index, out) : -1;
    Py_XDECREF(index);
    return done;
}

static pila_value *values_for(const pila_struct *s, PyObject *const *args, size_t n,
                              pila_doc *doc)
{
    pila_value *values = PyMem_Calloc(n + 1, sizeof *values), *v = values;

    if (!values) PyErr_NoMemory();
    if (!values || n != s->items) return values; /* pila says that it is not */
    for (size_t i = 0; i < s->ops; i++) {
        const pila_struct_op *op = &s->op[i];
        size_t items = op->code == 'x'                      ? 0
                       : op->code == 's' || op->code == 'p' ? 1
                                                            : op->count;
        for (; items > 0; items--)
            if (value_for(op->code, *args++, doc, v++)) {
                PyMem_Free(values);
                return NULL;
            }
    }
    return values;
}

/* ---- pack and unpack ---- */

static PyObject *packed(const pila_struct *s, PyObject *const *args, Py_ssize_t n)
{
    pila_doc doc = {0};
    pila_buf out = {0};
    pila_error err = {0};
    PyObject *made = NULL;
    pila_value *values = values_for(s, args, (size_t)n, &doc);

    if (values) {
        pila_status st =
            CORE(pila_struct_pack_values(s, values, (size_t)n, &out, &err));
        made = st == PILA_OK ? PyBytes_FromStringAndSize(out.data, (Py_ssize_t)out.len)
                             : fault(st, &err);
    }
    PyMem_Free(values);
    pila_buf_done(&out);
    pila_doc_done(&doc);
    return made;
}

static PyObject *packed_into(const pila_struct *s, PyObject *const *args, Py_ssize_t n)
{
    pila_doc doc = {0};
    pila_error err = {0};
    Py_buffer to;
    Py_ssize_t at;
    pila_value *values;
    pila_status st = PILA_EUSER;

    if (n < 2) {
        PyErr_Format(PyExc_TypeError, "pack_into expected %s argument",
                     n == 0 ? "buffer" : "offset");
        return NULL;
    }
    if (PyObject_GetBuffer(args[0], &to, PyBUF_WRITABLE)) return NULL;
    at = PyNumber_AsSsize_t(args[1], PyExc_IndexError);
    values = at == -1 && PyErr_Occurred()
                 ? NULL
                 : values_for(s, args + 2, (size_t)n - 2, &doc);
    if (values)
        st = CORE(pila_struct_pack_values_into(s, values, (size_t)n - 2, to.buf,
                                               (size_t)to.len, at, &err));
    PyMem_Free(values);
    PyBuffer_Release(&to);
    pila_doc_done(&doc);
    return st == PILA_OK ? Py_NewRef(Py_None) : fault(st, &err);
}

/* All of the data, or what begins at *offset. */
static PyObject *unpacked(const pila_struct *s, PyObject *data,
                          const Py_ssize_t *offset)
{
    pila_doc doc = {0};
    pila_value tuple = pila_value_none();
    pila_error err = {0};
    PyObject *made;
    Py_buffer from;
    pila_status st;

    if (PyObject_GetBuffer(data, &from, PyBUF_SIMPLE)) return NULL;
    pila_str text = pila_str_of(from.buf, (size_t)from.len);
    st =
        offset
            ? CORE(pila_struct_unpack_values_from(s, text, *offset, &doc, &tuple, &err))
            : CORE(pila_struct_unpack_values(s, text, &doc, &tuple, &err));
    made = st == PILA_OK ? py_plain_of(tuple) : fault(st, &err);
    PyBuffer_Release(&from);
    pila_doc_done(&doc);
    return made;
}

static bool parse_from(PyObject *args, PyObject *kwargs, PyObject **data,
                       Py_ssize_t *offset)
{
    static char *names[] = {"buffer", "offset", NULL};

    return PyArg_ParseTupleAndKeywords(args, kwargs, "O|n:unpack_from", names, data,
                                       offset);
}

/* ---- the iterator ---- */

static PyObject *struct_of(PyObject *format)
{
    return PyObject_CallOneArg((PyObject *)&struct_type, format);
}

static PyObject *walk_of(PyObject *format, PyObject *data)
{
    py_walk *w = PyObject_New(py_walk, &walk_type);
    pila_error err = {0};

    if (!w) return NULL;
    w->data.obj = NULL;
    w->it = pila_failed(PILA_END);
    w->of = struct_of(format);
    if (w->of && !PyObject_GetBuffer(data, &w->data, PyBUF_SIMPLE)) {
        w->it = CORE(pila_struct_iter_unpack_values(
            CORE_OF(w->of), pila_str_of(w->data.buf, (size_t)w->data.len), NULL, &err));
        if (w->it.status == PILA_OK) return (PyObject *)w;
        fault(w->it.status, &err);
    }
    Py_DECREF(w);
    return NULL;
}

static PyObject *walk_next(PyObject *self)
{
    pila_iter *it = &((py_walk *)self)->it;
    const void *tuple = CORE(pila_next_item(it));

    if (tuple) return py_plain_of(*(const pila_value *)tuple);
    return it->status == PILA_END ? NULL : py_fail(it->status, NULL);
}

static PyObject *walk_hint(PyObject *self, PyObject *none)
{
    pila_iter *it = &((py_walk *)self)->it;

    (void)none;
    return PyLong_FromSize_t(it->status == PILA_OK ? pila_iter_length_hint(it) : 0);
}

static void walk_dealloc(PyObject *self)
{
    py_walk *w = (py_walk *)self;

    pila_iter_drop(&w->it);
    PyBuffer_Release(&w->data);
    Py_XDECREF(w->of);
    PyObject_Free(self);
}

static PyMethodDef walk_methods[] = {{"__length_hint__", walk_hint, METH_NOARGS, NULL},
                                     {NULL, NULL, 0, NULL}};

static PyTypeObject walk_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                     "_struct.unpack_iterator",
                                 .tp_basicsize = sizeof(py_walk),
                                 .tp_flags = Py_TPFLAGS_DEFAULT |
                                             Py_TPFLAGS_IMMUTABLETYPE |
                                             Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                 .tp_dealloc = walk_dealloc,
                                 .tp_iter = PyObject_SelfIter,
                                 .tp_iternext = walk_next,
                                 .tp_methods = walk_methods};

/* ---- Struct ---- */

static int struct_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"format", NULL};
    PyObject *format;
    pila_struct made;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:Struct", names, &format) ||
        !compile(format, &made))
        return -1;
    pila_struct_done(CORE_OF(self));
    *CORE_OF(self) = made;
    return 0;
}

static void struct_dealloc(PyObject *self)
{
    if (((py_struct *)self)->weak) PyObject_ClearWeakRefs(self);
    pila_struct_done(CORE_OF(self));
    Py_TYPE(self)->tp_free(self);
}

static PyObject *struct_pack(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return packed(CORE_OF(self), args, n);
}

static PyObject *struct_pack_into(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return packed_into(CORE_OF(self), args, n);
}

static PyObject *struct_unpack(PyObject *self, PyObject *data)
{
    return unpacked(CORE_OF(self), data, NULL);
}

static PyObject *struct_unpack_from(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *data;
    Py_ssize_t offset = 0;

    if (!parse_from(args, kwargs, &data, &offset)) return NULL;
    return unpacked(CORE_OF(self), data, &offset);
}

static PyObject *struct_format(PyObject *self, void *closure)
{
    (void)closure;
    return py_str_of(CORE_OF(self)->format);
}

static PyObject *struct_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(CORE_OF(self)->size);
}

static PyObject *struct_iter_unpack(PyObject *self, PyObject *data)
{
    PyObject *format = struct_format(self, NULL);
    PyObject *made = format ? walk_of(format, data) : NULL;

    Py_XDECREF(format);
    return made;
}

#define KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS
#define FAST(f) (PyCFunction)(void (*)(void))(f), METH_FASTCALL

static PyMethodDef struct_methods[] = {
    {"iter_unpack", struct_iter_unpack, METH_O, "Read record after record."},
    {"pack", FAST(struct_pack), "Values to bytes."},
    {"pack_into", FAST(struct_pack_into), "Values into a buffer."},
    {"unpack", struct_unpack, METH_O, "Bytes to values."},
    {"unpack_from", KEYWORDS(struct_unpack_from), "A part of a buffer to values."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef struct_attributes[] = {{"format", struct_format, NULL,
                                           "struct format string", NULL},
                                          {"size", struct_size, NULL,
                                           "struct size in bytes", NULL},
                                          {NULL, NULL, NULL, NULL, NULL}};

static PyTypeObject struct_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_struct.Struct",
    .tp_basicsize = sizeof(py_struct),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = PyType_GenericNew,
    .tp_init = struct_init,
    .tp_dealloc = struct_dealloc,
    .tp_weaklistoffset = offsetof(py_struct, weak),
    .tp_methods = struct_methods,
    .tp_getset = struct_attributes,
    .tp_doc = "Struct(fmt) --> compiled struct object"};

/* ---- the functions: of a format, each time anew ---- */

/* The compiled format that comes first. */
static bool first_format(PyObject *const *args, Py_ssize_t n, pila_struct *out)
{
    if (n > 0) return compile(args[0], out);
    PyErr_SetString(PyExc_TypeError, "missing format argument");
    return false;
}

static PyObject *pack(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    pila_struct s;
    PyObject *made;

    (void)self;
    if (!first_format(args, n, &s)) return NULL;
    made = packed(&s, args + 1, n - 1);
    pila_struct_done(&s);
    return made;
}

static PyObject *pack_into(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    pila_struct s;
    PyObject *made;

    (void)self;
    if (!first_format(args, n, &s)) return NULL;
    made = packed_into(&s, args + 1, n - 1);
    pila_struct_done(&s);
    return made;
}

static PyObject *unpack(PyObject *self, PyObject *args)
{
    PyObject *format, *data, *made;
    pila_struct s;

    (void)self;
    if (!PyArg_ParseTuple(args, "OO:unpack", &format, &data) || !compile(format, &s))
        return NULL;
    made = unpacked(&s, data, NULL);
    pila_struct_done(&s);
    return made;
}

static PyObject *unpack_from(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"format", "buffer", "offset", NULL};
    PyObject *format, *data, *made;
    Py_ssize_t offset = 0;
    pila_struct s;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|n:unpack_from", names, &format,
                                     &data, &offset) ||
        !compile(format, &s))
        return NULL;
    made = unpacked(&s, data, &offset);
    pila_struct_done(&s);
    return made;
}

static PyObject *iter_unpack(PyObject *self, PyObject *args)
{
    PyObject *format, *data;

    (void)self;
    if (!PyArg_ParseTuple(args, "OO:iter_unpack", &format, &data)) return NULL;
    return walk_of(format, data);
}

static PyObject *calcsize(PyObject *self, PyObject *format)
{
    pila_struct s;
    size_t size;

    (void)self;
    if (!compile(format, &s)) return NULL;
    size = s.size;
    pila_struct_done(&s);
    return PyLong_FromSize_t(size);
}

static PyObject *clear_cache(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    Py_RETURN_NONE; /* there is none */
}

PyMODINIT_FUNC PyInit_pila_struct(void)
{
    static PyMethodDef methods[] = {
        {"_clearcache", clear_cache, METH_NOARGS, "Nothing is kept."},
        {"calcsize", calcsize, METH_O, "The bytes of a record."},
        {"iter_unpack", iter_unpack, METH_VARARGS, "Read record after record."},
        {"pack", FAST(pack), "Values to bytes."},
        {"pack_into", FAST(pack_into), "Values into a buffer."},
        {"unpack", unpack, METH_VARARGS, "Bytes to values."},
        {"unpack_from", KEYWORDS(unpack_from), "A part of a buffer to values."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_struct", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module;

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    module = PyModule_Create(&definition);
    struct_error = PyErr_NewException("struct.error", NULL, NULL);
    if (!module || !struct_error || PyModule_AddType(module, &struct_type) ||
        PyType_Ready(&walk_type) ||
        PyModule_AddObjectRef(module, "error", struct_error))
        Py_CLEAR(module);
    return module;
}
