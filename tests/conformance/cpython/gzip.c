/* gzip.c - what pila_gzip.py makes a GzipFile of: a reader and a writer over Python's
 * file objects, and gzip's two functions, all over lib/serial/gzip.
 */
#include "binding.h"

#include <pila/serial/gzip.h>

#include <errno.h>

typedef struct py_reader {
    PyObject_HEAD PyObject *file;
    pila_gzip_reader *core;
} py_reader;

typedef struct py_writer {
    PyObject_HEAD PyObject *file;
    pila_gzip_writer *core;
} py_writer;

static PyObject *bad_gzip_file, *zlib_error; /* CPython's own */

static PyObject *fault(pila_status st, const pila_error *err)
{
    bool zlib = strncmp(err->message, "Error ", 6) == 0;
    const py_raise raises[] = {{PILA_ESYNTAX, zlib ? &zlib_error : &bad_gzip_file,
                                err->message},
                               {PILA_EEOF, &PyExc_EOFError, err->message},
                               {PILA_OK, NULL, NULL}};

    return py_fail(st, raises);
}

/* Of a level or an mtime. */
static PyObject *refused(pila_status st)
{
    static const py_raise raises[] = {{PILA_EVALUE, &zlib_error,
                                       "Bad compression level, or mtime"},
                                      {PILA_OK, NULL, NULL}};

    return py_fail(st, raises);
}

/* mtime=None is now; what else there is becomes a whole number. */
static bool mtime_of(PyObject *o, int64_t *out)
{
    PyObject *whole;

    *out = PILA_GZIP_NOW;
    if (o == Py_None) return true;
    whole = PyNumber_Long(o);
    if (whole) *out = PyLong_AsLongLong(whole);
    Py_XDECREF(whole);
    return !PyErr_Occurred();
}

/* A size, where None is below 0. For "O&". */
static int size_of(PyObject *o, void *out)
{
    Py_ssize_t n = o == Py_None ? -1 : PyNumber_AsSsize_t(o, PyExc_OverflowError);

    *(Py_ssize_t *)out = n;
    return n != -1 || !PyErr_Occurred();
}

static PyObject *made_of(pila_buf *out)
{
    PyObject *made = PyBytes_FromStringAndSize(out->data, (Py_ssize_t)out->len);

    pila_buf_done(out);
    return made;
}

/* ---- reading ---- */

static ptrdiff_t file_read(void *ctx, void *into, size_t room)
{
    PyObject *bytes =
        PyObject_CallMethod((PyObject *)ctx, "read", "n", (Py_ssize_t)room);
    ptrdiff_t n = -1;

    if (bytes && !PyBytes_Check(bytes))
        PyErr_SetString(PyExc_TypeError, "read() should return bytes");
    else if (bytes && PyBytes_GET_SIZE(bytes) <= (Py_ssize_t)room) {
        n = PyBytes_GET_SIZE(bytes);
        memcpy(into, PyBytes_AS_STRING(bytes), (size_t)n);
    }
    Py_XDECREF(bytes);
    errno = EIO;
    return n;
}

static bool file_rewind(void *ctx)
{
    PyObject *place = PyObject_CallMethod((PyObject *)ctx, "seek", "i", 0);

    Py_XDECREF(place);
    errno = EIO;
    return place != NULL;
}

#define READER(o) (((py_reader *)(o))->core)

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    py_reader *r;
    PyObject *file;

    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O:Reader", &file)) return NULL;
    pila_gzip_in in = pila_gzip_from_read(file_read, file);
    in.rewind = file_rewind;
    if ((r = (py_reader *)type->tp_alloc(type, 0)) == NULL) return NULL;
    r->file = Py_NewRef(file);
    r->core = CORE(pila_gzip_reader_new(in, NULL));
    if (r->core) return (PyObject *)r;
    Py_DECREF(r);
    return PyErr_NoMemory();
}

static void reader_dealloc(PyObject *self)
{
    pila_gzip_reader_free(READER(self));
    Py_XDECREF(((py_reader *)self)->file);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *reader_fault(PyObject *self, pila_status st)
{
    return fault(st, pila_gzip_reader_error(READER(self)));
}

static PyObject *reader_all(PyObject *self)
{
    pila_buf out = {0};
    pila_status st = CORE(pila_gzip_read_all(READER(self), PILA_GZIP_UNLIMITED, &out));

    if (st == PILA_OK) return made_of(&out);
    pila_buf_done(&out);
    return reader_fault(self, st);
}

/* Up to n bytes by one of the core's functions; many are asked for by parts, as there
 * may be few. */
static PyObject *reader_some(PyObject *self, size_t n,
                             pila_status (*by)(pila_gzip_reader *, void *, size_t,
                                               size_t *))
{
    pila_buf out = {0};
    size_t got = 1;
    pila_status st = PILA_OK;

    while (st == PILA_OK && got && out.len < n) {
        size_t room = n - out.len < (1u << 20) ? n - out.len : 1u << 20;
        st = pila_buf_reserve(&out, room);
        if (st == PILA_OK) st = CORE(by(READER(self), out.data + out.len, room, &got));
        if (st == PILA_OK) out.len += got;
        if (by == pila_gzip_read1) break;
    }
    if (st == PILA_OK || out.len) return made_of(&out);
    pila_buf_done(&out);
    return reader_fault(self, st);
}

static PyObject *reader_read(PyObject *self, PyObject *args)
{
    Py_ssize_t n = -1;

    if (!PyArg_ParseTuple(args, "|O&:read", size_of, &n)) return NULL;
    return n < 0 ? reader_all(self) : reader_some(self, (size_t)n, pila_gzip_read);
}

static PyObject *reader_read1(PyObject *self, PyObject *args)
{
    Py_ssize_t n = -1;

    if (!PyArg_ParseTuple(args, "|O&:read1", size_of, &n)) return NULL;
    return reader_some(self, n < 0 ? 8192 : (size_t)n, pila_gzip_read1);
}

static PyObject *reader_peek(PyObject *self, PyObject *n)
{
    pila_str seen;
    pila_status st = CORE(pila_gzip_peek(READER(self), &seen));

    (void)n; /* as many as there are, in CPython too */
    if (st != PILA_OK) return reader_fault(self, st);
    return PyBytes_FromStringAndSize(seen.ptr, (Py_ssize_t)seen.len);
}

static PyObject *reader_readline(PyObject *self, PyObject *args)
{
    Py_ssize_t n = -1;
    pila_buf out = {0};
    pila_status st;

    if (!PyArg_ParseTuple(args, "|O&:readline", size_of, &n)) return NULL;
    st = CORE(pila_gzip_readline(READER(self), n < 0 ? SIZE_MAX : (size_t)n, &out));
    if (st == PILA_OK) return made_of(&out);
    pila_buf_done(&out);
    return reader_fault(self, st);
}

static PyObject *reader_tell(PyObject *self, PyObject *none)
{
    (void)none;
    return PyLong_FromUnsignedLongLong(CORE(pila_gzip_tell(READER(self))));
}

static PyObject *reader_seek(PyObject *self, PyObject *args)
{
    long long offset;
    int whence = SEEK_SET;

    if (!PyArg_ParseTuple(args, "L|i:seek", &offset, &whence)) return NULL;
    pila_status st = CORE(pila_gzip_seek(READER(self), offset, whence));
    return st == PILA_OK ? reader_tell(self, NULL) : reader_fault(self, st);
}

static PyObject *reader_close(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    Py_RETURN_NONE; /* its file is not its own */
}

/* The last member's, or None: nothing has been read. */
static PyObject *reader_mtime(PyObject *self, void *closure)
{
    const pila_gzip_header *h = CORE(pila_gzip_reader_header(READER(self)));

    (void)closure;
    return h ? PyLong_FromUnsignedLong(h->mtime) : Py_NewRef(Py_None);
}

static PyObject *reader_raw(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(self);
}

static PyObject *reader_file(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(((py_reader *)self)->file);
}

static PyMethodDef reader_methods[] = {
    {"read", reader_read, METH_VARARGS, "The next bytes."},
    {"read1", reader_read1, METH_VARARGS, "Those that are ready."},
    {"peek", reader_peek, METH_VARARGS, "Those that are next."},
    {"readline", reader_readline, METH_VARARGS, "The rest of a line."},
    {"seek", reader_seek, METH_VARARGS, "Go to a place."},
    {"tell", reader_tell, METH_NOARGS, "Where it is."},
    {"close", reader_close, METH_NOARGS, "Nothing."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef reader_attributes[] = {{"_last_mtime", reader_mtime, NULL,
                                           "The header's mtime.", NULL},
                                          {"raw", reader_raw, NULL, "Itself.", NULL},
                                          {"_fp", reader_file, NULL, "The file.", NULL},
                                          {NULL, NULL, NULL, NULL, NULL}};

static PyTypeObject reader_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                       "gzip._GzipReader",
                                   .tp_basicsize = sizeof(py_reader),
                                   .tp_flags = Py_TPFLAGS_DEFAULT,
                                   .tp_new = reader_new,
                                   .tp_dealloc = reader_dealloc,
                                   .tp_methods = reader_methods,
                                   .tp_getset = reader_attributes};

/* ---- writing ---- */

static pila_status file_write(void *ctx, pila_str bytes)
{
    PyObject *n = PyObject_CallMethod((PyObject *)ctx, "write", "y#", bytes.ptr,
                                      (Py_ssize_t)bytes.len);

    Py_XDECREF(n);
    return n ? PILA_OK : PILA_EUSER;
}

#define WRITER(o) (((py_writer *)(o))->core)

static PyObject *writer_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *file, *mtime;
    const char *name;
    Py_ssize_t name_len;
    pila_gzip_write_options how = {0};
    py_writer *w;
    pila_status st;

    (void)kwargs;
    if (!PyArg_ParseTuple(args, "OiOs#:Writer", &file, &how.level, &mtime, &name,
                          &name_len) ||
        !mtime_of(mtime, &how.mtime))
        return NULL;
    if (how.level == 0) how.level = PILA_GZIP_STORED;
    how.name = pila_str_of(name, (size_t)name_len);
    if ((w = (py_writer *)type->tp_alloc(type, 0)) == NULL) return NULL;
    w->file = Py_NewRef(file);
    st =
        CORE(pila_gzip_writer_new(&w->core, pila_gzip_to_sink(file_write, file), &how));
    if (st == PILA_OK) return (PyObject *)w;
    Py_DECREF(w);
    return refused(st);
}

static void writer_dealloc(PyObject *self)
{
    pila_gzip_writer_free(WRITER(self));
    Py_XDECREF(((py_writer *)self)->file);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *writer_write(PyObject *self, PyObject *args)
{
    Py_buffer data;
    Py_ssize_t n;

    if (!PyArg_ParseTuple(args, "y*:write", &data)) return NULL;
    n = data.len;
    pila_status st = CORE(
        pila_gzip_write(WRITER(self), pila_str_of((const char *)data.buf, (size_t)n)));
    PyBuffer_Release(&data);
    return st == PILA_OK ? PyLong_FromSsize_t(n) : py_fail(st, NULL);
}

static PyObject *writer_flush(PyObject *self, PyObject *args)
{
    int full;

    if (!PyArg_ParseTuple(args, "p:flush", &full)) return NULL;
    return py_none(CORE(pila_gzip_flush(WRITER(self), full ? PILA_GZIP_FULL_FLUSH
                                                           : PILA_GZIP_SYNC_FLUSH)),
                   NULL);
}

static PyObject *writer_seek(PyObject *self, PyObject *args)
{
    static const py_raise backwards[] = {{PILA_EVALUE, &PyExc_OSError,
                                          "Negative seek in write mode"},
                                         {PILA_OK, NULL, NULL}};
    long long offset;
    int whence;

    if (!PyArg_ParseTuple(args, "Li:seek", &offset, &whence)) return NULL;
    pila_status st = CORE(pila_gzip_write_seek(WRITER(self), offset, whence));
    if (st != PILA_OK) return py_fail(st, whence == SEEK_END ? NULL : backwards);
    return PyLong_FromUnsignedLongLong(CORE(pila_gzip_write_tell(WRITER(self))));
}

static PyObject *writer_finish(PyObject *self, PyObject *none)
{
    (void)none;
    return py_none(CORE(pila_gzip_finish(WRITER(self))), NULL);
}

static PyMethodDef writer_methods[] = {
    {"write", writer_write, METH_VARARGS, "Compress some more."},
    {"flush", writer_flush, METH_VARARGS, "Write what is held back."},
    {"seek", writer_seek, METH_VARARGS, "Write zeros."},
    {"finish", writer_finish, METH_NOARGS, "Write the end."},
    {NULL, NULL, 0, NULL}};

static PyTypeObject writer_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                       "gzip._GzipWriter",
                                   .tp_basicsize = sizeof(py_writer),
                                   .tp_flags = Py_TPFLAGS_DEFAULT,
                                   .tp_new = writer_new,
                                   .tp_dealloc = writer_dealloc,
                                   .tp_methods = writer_methods};

/* ---- at once ---- */

static PyObject *compress(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "compresslevel", "mtime", NULL};
    PyObject *mtime = Py_None;
    Py_buffer data;
    int level = 9;
    int64_t when;
    pila_buf out = {0};
    pila_status st = PILA_EUSER;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|i$O:compress", names, &data,
                                     &level, &mtime))
        return NULL;
    if (mtime_of(mtime, &when))
        st = CORE(
            pila_gzip_compress(pila_str_of((const char *)data.buf, (size_t)data.len),
                               level, when, &out));
    PyBuffer_Release(&data);
    return st == PILA_OK ? made_of(&out) : refused(st);
}

static PyObject *decompress(PyObject *self, PyObject *args)
{
    Py_buffer data;
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTuple(args, "y*:decompress", &data)) return NULL;
    pila_status st =
        CORE(pila_gzip_decompress(pila_str_of((const char *)data.buf, (size_t)data.len),
                                  PILA_GZIP_UNLIMITED, &out, &err));
    PyBuffer_Release(&data);
    return st == PILA_OK ? made_of(&out) : fault(st, &err);
}

/* An attribute of a module, kept for ever. */
static PyObject *attribute(const char *module, const char *name)
{
    PyObject *from = PyImport_ImportModule(module);
    PyObject *found = from ? PyObject_GetAttrString(from, name) : NULL;

    Py_XDECREF(from);
    return found;
}

PyMODINIT_FUNC PyInit_pila_gzip_core(void)
{
    static PyMethodDef methods[] = {{"compress", (PyCFunction)(void (*)(void))compress,
                                     METH_VARARGS | METH_KEYWORDS,
                                     "A file of one member."},
                                    {"decompress", decompress, METH_VARARGS,
                                     "What all members hold."},
                                    {NULL, NULL, 0, NULL},
                                    {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "gzip", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module;

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    module = PyModule_Create(&definition);
    bad_gzip_file = attribute("gzip", "BadGzipFile");
    zlib_error = attribute("zlib", "error");
    if (!module || !bad_gzip_file || !zlib_error || PyType_Ready(&reader_type) ||
        PyType_Ready(&writer_type) ||
        PyModule_AddObjectRef(module, "Reader", (PyObject *)&reader_type) ||
        PyModule_AddObjectRef(module, "Writer", (PyObject *)&writer_type))
        Py_CLEAR(module);
    return module;
}
