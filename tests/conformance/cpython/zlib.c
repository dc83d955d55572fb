/* zlib.c - zlib, over lib/serial/zlib and checksum: compressed data, both ways, at once
 * and by objects. Messages are pila's; from them it is known what is zlib.error.
 */
#include "binding.h"

#include <pila/serial/checksum.h>
#include <pila/serial/zlib.h>

typedef struct py_compress {
    PyObject_HEAD pila_zlib_compressobj *core;
} py_compress;

typedef struct py_decompress {
    PyObject_HEAD pila_zlib_decompressobj *core;
} py_decompress;

static PyTypeObject compress_type, decompress_type;
static PyObject *zlib_error;

#define COMPRESS(o) (((py_compress *)(o))->core)
#define DECOMPRESS(o) (((py_decompress *)(o))->core)

static PyObject *fault(pila_status st, const pila_error *err)
{
    bool own = strncmp(err->message, "Error ", 6) == 0 ||
               strncmp(err->message, "Bad ", 4) == 0;
    const py_raise raises[] = {{PILA_ESYNTAX, &zlib_error, err->message},
                               {PILA_EEOF, &zlib_error, err->message},
                               {PILA_EVALUE, own ? &zlib_error : &PyExc_ValueError,
                                err->message},
                               {PILA_OK, NULL, NULL}};

    return py_fail(st, raises);
}

static pila_str view(const Py_buffer *b)
{
    return pila_str_of((const char *)b->buf, (size_t)b->len);
}

static PyObject *bytes_of(pila_str s)
{
    return PyBytes_FromStringAndSize(s.ptr, (Py_ssize_t)s.len);
}

/* What a call has appended, or its fault; the buffer ends here. */
static PyObject *made_of(pila_status st, pila_buf *out, const pila_error *err)
{
    PyObject *made = st == PILA_OK ? bytes_of(pila_buf_view(out)) : fault(st, err);

    pila_buf_done(out);
    return made;
}

/* ---- functions ---- */

static PyObject *compress(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "level", "wbits", NULL};
    int level = PILA_Z_DEFAULT_COMPRESSION, wbits = PILA_ZLIB_WBITS;
    pila_buf out = {0};
    pila_error err = {0};
    Py_buffer data;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|ii:compress", names, &data,
                                     &level, &wbits))
        return NULL;
    pila_status st = CORE(pila_zlib_compress(view(&data), level, wbits, &out, &err));
    PyBuffer_Release(&data);
    return made_of(st, &out, &err);
}

static PyObject *decompress(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "wbits", "bufsize", NULL};
    int wbits = PILA_ZLIB_WBITS;
    Py_ssize_t size = 16384;
    pila_buf out = {0};
    pila_error err = {0};
    Py_buffer data;
    pila_status st;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|in:decompress", names, &data,
                                     &wbits, &size))
        return NULL;
    if (size < 0) {
        PyBuffer_Release(&data);
        PyErr_SetString(PyExc_ValueError, "bufsize must be non-negative");
        return NULL;
    }
    st = pila_buf_reserve(&out, (size_t)size);
    if (st == PILA_OK)
        st = CORE(
            pila_zlib_decompress(view(&data), wbits, PILA_ZLIB_UNLIMITED, &out, &err));
    PyBuffer_Release(&data);
    return made_of(st, &out, &err);
}

static PyObject *checksum(PyObject *args, const char *format, unsigned value,
                          uint32_t (*of)(uint32_t, pila_str))
{
    Py_buffer data;

    if (!PyArg_ParseTuple(args, format, &data, &value)) return NULL;
    value = CORE(of(value, view(&data)));
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(value);
}

static PyObject *crc32(PyObject *self, PyObject *args)
{
    (void)self;
    return checksum(args, "y*|I:crc32", PILA_CRC32_START, pila_crc32);
}

static PyObject *adler32(PyObject *self, PyObject *args)
{
    (void)self;
    return checksum(args, "y*|I:adler32", PILA_ADLER32_START, pila_adler32);
}

/* ---- Compress ---- */

static PyObject *compress_made(pila_status st, pila_zlib_compressobj *core,
                               const pila_error *err)
{
    py_compress *c;

    if (st != PILA_OK) return fault(st, err);
    c = PyObject_New(py_compress, &compress_type);
    if (c) c->core = core;
    else pila_zlib_compressobj_free(core);
    return (PyObject *)c;
}

static PyObject *compressobj(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"level",    "method", "wbits", "memLevel",
                            "strategy", "zdict",  NULL};
    int level = PILA_Z_DEFAULT_COMPRESSION, wbits = PILA_ZLIB_WBITS;
    pila_zlib_options how = {.method = 8, .mem_level = 8};
    pila_zlib_compressobj *core = NULL;
    pila_error err = {0};
    Py_buffer zdict = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiiy*:compressobj", names,
                                     &level, &how.method, &wbits, &how.mem_level,
                                     &how.strategy, &zdict))
        return NULL;
    pila_str dictionary = view(&zdict);
    if (zdict.obj) how.zdict = &dictionary;
    pila_status st = CORE(pila_zlib_compressobj_new(level, wbits, &how, &core, &err));
    PyBuffer_Release(&zdict);
    return compress_made(st, core, &err);
}

static PyObject *compress_compress(PyObject *self, PyObject *args)
{
    pila_buf out = {0};
    pila_error err = {0};
    Py_buffer data;

    if (!PyArg_ParseTuple(args, "y*:compress", &data)) return NULL;
    pila_status st =
        CORE(pila_zlib_compressobj_compress(COMPRESS(self), view(&data), &out, &err));
    PyBuffer_Release(&data);
    return made_of(st, &out, &err);
}

static PyObject *compress_flush(PyObject *self, PyObject *args)
{
    int mode = PILA_Z_FINISH;
    pila_buf out = {0};
    pila_error err = {0};

    if (!PyArg_ParseTuple(args, "|i:flush", &mode)) return NULL;
    pila_status st =
        CORE(pila_zlib_compressobj_flush(COMPRESS(self), mode, &out, &err));
    return made_of(st, &out, &err);
}

/* copy(), and __deepcopy__ with its memo. */
static PyObject *compress_copy(PyObject *self, PyObject *none)
{
    pila_zlib_compressobj *core = NULL;
    pila_error err = {0};
    pila_status st = CORE(pila_zlib_compressobj_copy(COMPRESS(self), &core, &err));

    (void)none;
    return compress_made(st, core, &err);
}

static void compress_dealloc(PyObject *self)
{
    pila_zlib_compressobj_free(COMPRESS(self));
    PyObject_Free(self);
}

static PyMethodDef compress_methods[] = {
    {"compress", compress_compress, METH_VARARGS, "Some of the stream."},
    {"flush", compress_flush, METH_VARARGS, "What was held back."},
    {"copy", compress_copy, METH_NOARGS, "Another that goes on from here."},
    {"__copy__", compress_copy, METH_NOARGS, NULL},
    {"__deepcopy__", compress_copy, METH_O, NULL},
    {NULL, NULL, 0, NULL}};

#define TYPE(NAME, STATE)                                                              \
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = NAME, .tp_basicsize = sizeof(STATE),      \
                                .tp_flags = Py_TPFLAGS_DEFAULT |                       \
                                            Py_TPFLAGS_IMMUTABLETYPE |                 \
                                            Py_TPFLAGS_DISALLOW_INSTANTIATION

static PyTypeObject compress_type = {TYPE("zlib.Compress", py_compress),
                                     .tp_dealloc = compress_dealloc,
                                     .tp_methods = compress_methods};

/* ---- Decompress ---- */

static PyObject *decompress_made(pila_status st, pila_zlib_decompressobj *core,
                                 const pila_error *err)
{
    py_decompress *d;

    if (st != PILA_OK) return fault(st, err);
    d = PyObject_New(py_decompress, &decompress_type);
    if (d) d->core = core;
    else pila_zlib_decompressobj_free(core);
    return (PyObject *)d;
}

static PyObject *decompressobj(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"wbits", "zdict", NULL};
    int wbits = PILA_ZLIB_WBITS;
    pila_zlib_decompressobj *core = NULL;
    pila_error err = {0};
    Py_buffer zdict = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iy*:decompressobj", names, &wbits,
                                     &zdict))
        return NULL;
    pila_str dictionary = view(&zdict);
    pila_status st =
        CORE(pila_zlib_decompressobj_new(wbits, zdict.obj ? &dictionary : NULL, &core,
                                         &err));
    PyBuffer_Release(&zdict);
    return decompress_made(st, core, &err);
}

static PyObject *decompress_decompress(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "max_length", NULL};
    Py_ssize_t most = 0;
    pila_buf out = {0};
    pila_error err = {0};
    Py_buffer data;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|n:decompress", names, &data,
                                     &most))
        return NULL;
    if (most < 0) {
        PyBuffer_Release(&data);
        PyErr_SetString(PyExc_ValueError, "max_length must be non-negative");
        return NULL;
    }
    pila_status st = CORE(
        pila_zlib_decompressobj_decompress(DECOMPRESS(self), view(&data),
                                           most ? (size_t)most : PILA_ZLIB_UNLIMITED,
                                           &out, &err));
    PyBuffer_Release(&data);
    return made_of(st, &out, &err);
}

static PyObject *decompress_flush(PyObject *self, PyObject *args)
{
    Py_ssize_t length = 16384;
    pila_buf out = {0};
    pila_error err = {0};

    if (!PyArg_ParseTuple(args, "|n:flush", &length)) return NULL;
    pila_status st = CORE(
        pila_zlib_decompressobj_flush(DECOMPRESS(self), length < 0 ? 0 : (size_t)length,
                                      PILA_ZLIB_UNLIMITED, &out, &err));
    return made_of(st, &out, &err);
}

static PyObject *decompress_copy(PyObject *self, PyObject *none)
{
    pila_zlib_decompressobj *core = NULL;
    pila_error err = {0};
    pila_status st = CORE(pila_zlib_decompressobj_copy(DECOMPRESS(self), &core, &err));

    (void)none;
    return decompress_made(st, core, &err);
}

static PyObject *decompress_unused(PyObject *self, void *closure)
{
    (void)closure;
    return bytes_of(CORE(pila_zlib_decompressobj_unused_data(DECOMPRESS(self))));
}

static PyObject *decompress_tail(PyObject *self, void *closure)
{
    (void)closure;
    return bytes_of(CORE(pila_zlib_decompressobj_unconsumed_tail(DECOMPRESS(self))));
}

static PyObject *decompress_eof(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(CORE(pila_zlib_decompressobj_eof(DECOMPRESS(self))));
}

static void decompress_dealloc(PyObject *self)
{
    pila_zlib_decompressobj_free(DECOMPRESS(self));
    PyObject_Free(self);
}

static PyMethodDef decompress_methods[] = {
    {"decompress", (PyCFunction)(void (*)(void))decompress_decompress,
     METH_VARARGS | METH_KEYWORDS, "What some of the stream was before."},
    {"flush", decompress_flush, METH_VARARGS, "What the tail was before."},
    {"copy", decompress_copy, METH_NOARGS, "Another that goes on from here."},
    {"__copy__", decompress_copy, METH_NOARGS, NULL},
    {"__deepcopy__", decompress_copy, METH_O, NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef decompress_attributes[] = {
    {"unused_data", decompress_unused, NULL, "Behind the end.", NULL},
    {"unconsumed_tail", decompress_tail, NULL, "Not read yet.", NULL},
    {"eof", decompress_eof, NULL, "Whether the end was reached.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyTypeObject decompress_type = {TYPE("zlib.Decompress", py_decompress),
                                       .tp_dealloc = decompress_dealloc,
                                       .tp_methods = decompress_methods,
                                       .tp_getset = decompress_attributes};

/* ---- the module ---- */

static int add_constants(PyObject *module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"MAX_WBITS", PILA_ZLIB_WBITS},
                     {"Z_NO_COMPRESSION", PILA_Z_NO_COMPRESSION},
                     {"Z_BEST_SPEED", PILA_Z_BEST_SPEED},
                     {"Z_BEST_COMPRESSION", PILA_Z_BEST_COMPRESSION},
                     {"Z_DEFAULT_COMPRESSION", PILA_Z_DEFAULT_COMPRESSION},
                     {"Z_FILTERED", PILA_Z_FILTERED},
                     {"Z_HUFFMAN_ONLY", PILA_Z_HUFFMAN_ONLY},
                     {"Z_RLE", PILA_Z_RLE},
                     {"Z_FIXED", PILA_Z_FIXED},
                     {"Z_DEFAULT_STRATEGY", PILA_Z_DEFAULT_STRATEGY},
                     {"Z_NO_FLUSH", PILA_Z_NO_FLUSH},
                     {"Z_PARTIAL_FLUSH", PILA_Z_PARTIAL_FLUSH},
                     {"Z_SYNC_FLUSH", PILA_Z_SYNC_FLUSH},
                     {"Z_FULL_FLUSH", PILA_Z_FULL_FLUSH},
                     {"Z_FINISH", PILA_Z_FINISH},
                     {"Z_BLOCK", PILA_Z_BLOCK},
                     {"Z_TREES", PILA_Z_TREES}};

    for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
        if (PyModule_AddIntConstant(module, constants[k].name, constants[k].value))
            return -1;
    return 0;
}

#define KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS

PyMODINIT_FUNC PyInit_pila_zlib(void)
{
    static PyMethodDef methods[] = {
        {"compress", KEYWORDS(compress), "Data compressed."},
        {"decompress", KEYWORDS(decompress), "Data as it was before."},
        {"compressobj", KEYWORDS(compressobj), "Compress by pieces."},
        {"decompressobj", KEYWORDS(decompressobj), "Decompress by pieces."},
        {"crc32", crc32, METH_VARARGS, "A CRC-32."},
        {"adler32", adler32, METH_VARARGS, "An Adler-32."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "zlib", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module;

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    module = PyModule_Create(&definition);
    zlib_error = PyErr_NewException("zlib.error", NULL, NULL);
    if (!module || !zlib_error || PyType_Ready(&compress_type) ||
        PyType_Ready(&decompress_type) || add_constants(module) ||
        PyModule_AddObjectRef(module, "error", zlib_error))
        Py_CLEAR(module);
    return module;
}
