/* pickle.c - _pickle, over lib/serial/pickle: the module, and what its types share. See
 * pickles.h.
 */
#include "pickles.h"

PyObject *pickling_error, *unpickling_error, *copyreg, *partial;

PyObject *pickle_py(const char *name)
{
    PyObject *module = PyImport_ImportModule("pickle");
    PyObject *f = module ? PyObject_GetAttrString(module, name) : NULL;

    Py_XDECREF(module);
    return f;
}

int attribute(PyObject *o, const char *name, PyObject **out)
{
    PyObject *text = PyUnicode_InternFromString(name);
    int found = text ? _PyObject_LookupAttr(o, text, out) : -1;

    Py_XDECREF(text);
    return found;
}

int set_callable(PyObject **at, PyObject *f, const char *name)
{
    if (!f || !PyCallable_Check(f)) {
        PyErr_Format(PyExc_TypeError,
                     f ? "%s must be a callable taking one argument"
                       : "attribute deletion is not supported",
                     name);
        return -1;
    }
    Py_XSETREF(*at, Py_NewRef(f));
    return 0;
}

/* ---- the memos, as Python sees them ---- */

PyObject *memo_of(PyObject *self, PyTypeObject *type)
{
    py_memo *memo = PyObject_GC_New(py_memo, type);

    if (!memo) return NULL;
    memo->of = Py_NewRef(self);
    PyObject_GC_Track(memo);
    return (PyObject *)memo;
}

int memo_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(MEMO_OF(self));
    return 0;
}

int memo_tp_clear(PyObject *self)
{
    Py_CLEAR(MEMO_OF(self));
    return 0;
}

void memo_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    memo_tp_clear(self);
    PyObject_GC_Del(self);
}

/* ---- the functions ---- */

static PyObject *begun_pickler(PyObject *file, PyObject *protocol, int fix_imports,
                               PyObject *callback)
{
    PyObject *p = pickler_type.tp_alloc(&pickler_type, 0);

    if (p && pickler_begin(PICKLER(p), file, protocol, fix_imports, callback))
        Py_CLEAR(p);
    return p;
}

static PyObject *dump(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", "file", "protocol", "fix_imports", "buffer_callback",
                            NULL};
    PyObject *o, *file, *protocol = NULL, *callback = NULL, *p, *made = NULL;
    int fix_imports = 1;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O$pO:dump", names, &o, &file,
                                     &protocol, &fix_imports, &callback) ||
        (p = begun_pickler(file, protocol, fix_imports, callback)) == NULL)
        return NULL;
    if (!pickler_run(PICKLER(p), o, NULL)) made = Py_NewRef(Py_None);
    Py_DECREF(p);
    return made;
}

static PyObject *dumps(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", "protocol", "fix_imports", "buffer_callback", NULL};
    PyObject *o, *protocol = NULL, *callback = NULL, *p, *made = NULL;
    pila_buf out = {0};
    int fix_imports = 1;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O$pO:dumps", names, &o, &protocol,
                                     &fix_imports, &callback) ||
        (p = begun_pickler(NULL, protocol, fix_imports, callback)) == NULL)
        return NULL;
    if (!pickler_run(PICKLER(p), o, &out))
        made = PyBytes_FromStringAndSize(out.data, (Py_ssize_t)out.len);
    pila_buf_done(&out);
    Py_DECREF(p);
    return made;
}

/* Of a file, or of bytes. */
static PyObject *load_from(PyObject *args, PyObject *kwargs, bool bytes)
{
    static char *of_file[] = {"file",   "fix_imports", "encoding",
                              "errors", "buffers",     NULL};
    static char *of_bytes[] = {"",       "fix_imports", "encoding",
                               "errors", "buffers",     NULL};
    PyObject *from, *buffers = NULL, *u, *made = NULL;
    const char *encoding = "ASCII", *errors = "strict";
    int fix_imports = 1;
    Py_buffer view = {0};

    if (!PyArg_ParseTupleAndKeywords(args, kwargs,
                                     bytes ? "O|$pssO:loads" : "O|$pssO:load",
                                     bytes ? of_bytes : of_file, &from, &fix_imports,
                                     &encoding, &errors, &buffers) ||
        (bytes && PyObject_GetBuffer(from, &view, PyBUF_SIMPLE)))
        return NULL;
    u = unpickler_type.tp_alloc(&unpickler_type, 0);
    if (u && !unpickler_begin(UNPICKLER(u), bytes ? NULL : from, fix_imports, encoding,
                              errors, buffers)) {
        if (bytes)
            pila_unpickler_open(&UNPICKLER(u)->core,
                                pila_str_of(view.buf, (size_t)view.len));
        made = unpickler_run(UNPICKLER(u));
    }
    Py_XDECREF(u);
    PyBuffer_Release(&view);
    return made;
}

static PyObject *load_file(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return load_from(args, kwargs, false);
}

static PyObject *load_bytes(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return load_from(args, kwargs, true);
}

#define KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS

/* The exceptions are CPython's. */
static int take_names(void)
{
    PyObject *true_one = PyImport_ImportModule("_pickle");
    PyObject *functools = PyImport_ImportModule("functools");

    copyreg = PyImport_ImportModule("copyreg");
    if (true_one) {
        pickling_error = PyObject_GetAttrString(true_one, "PicklingError");
        unpickling_error = PyObject_GetAttrString(true_one, "UnpicklingError");
    }
    if (functools) partial = PyObject_GetAttrString(functools, "partial");
    Py_XDECREF(true_one);
    Py_XDECREF(functools);
    return copyreg && partial && pickling_error && unpickling_error ? 0 : -1;
}

PyMODINIT_FUNC PyInit_pila_pickle(void)
{
    static PyMethodDef methods[] = {
        {"dump", KEYWORDS(dump), "Write a pickle to a file."},
        {"dumps", KEYWORDS(dumps), "A pickle as bytes."},
        {"load", KEYWORDS(load_file), "The object of a pickle in a file."},
        {"loads", KEYWORDS(load_bytes), "The object of a pickle."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_pickle", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module;

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    module = take_names() ? NULL : PyModule_Create(&definition);
    if (!module || PyModule_AddType(module, &pickler_type) ||
        PyModule_AddType(module, &unpickler_type) || PyType_Ready(&pickler_memo_type) ||
        PyType_Ready(&unpickler_memo_type))
        Py_CLEAR(module);
    return module;
}
