/* pickletools.c - genops, dis and optimize of pickletools, over lib/serial/pickletools.
 * Opcodes are told by CPython's own OpcodeInfo of the same byte.
 */
#include "values.h"

#include <pila/serial/pickletools.h>

static PyTypeObject ops_type;

/* ---- where a pickle is ---- */

typedef struct py_input {
    PyObject *bytes;
    PyObject *file; /* NULL: there is none */
    size_t at;      /* where the pickle begins */
} py_input;

static void input_done(py_input *in)
{
    Py_XDECREF(in->bytes);
    Py_XDECREF(in->file);
}

/* The file stands there: 0, or -1 and raised. */
static int input_seek(const py_input *in, size_t at)
{
    PyObject *said;

    if (!in->file) return 0;
    said = PyObject_CallMethod(in->file, "seek", "n", (Py_ssize_t)at);
    Py_XDECREF(said);
    return said ? 0 : -1;
}

/* Bytes, or all that a file has: what lies before its place is read, too, for the sake
 * of positions. */
static bool input_begin(PyObject *pickle, py_input *in)
{
    PyObject *told;

    memset(in, 0, sizeof *in);
    if (!PyObject_HasAttrString(pickle, "read")) {
        in->bytes = PyBytes_FromObject(pickle);
        return in->bytes != NULL;
    }
    in->file = Py_NewRef(pickle);
    told = PyObject_CallMethod(pickle, "tell", NULL);
    if (told) in->at = PyLong_AsSize_t(told);
    if (told && !PyErr_Occurred() && !input_seek(in, 0))
        in->bytes = PyObject_CallMethod(pickle, "read", NULL);
    Py_XDECREF(told);
    if (in->bytes && PyBytes_Check(in->bytes)) return true;
    if (in->bytes) PyErr_SetString(PyExc_TypeError, "read() returned no bytes");
    input_done(in);
    return false;
}

static pila_str input_text(const py_input *in)
{
    return pila_str_of(PyBytes_AS_STRING(in->bytes),
                       (size_t)PyBytes_GET_SIZE(in->bytes));
}

/* ---- genops ---- */

typedef struct py_ops {
    PyObject_HEAD py_input in;
    PyObject *code2op;
    pila_iter it;
} py_ops;

static PyObject *genops(PyObject *self, PyObject *pickle)
{
    PyObject *module = PyImport_ImportModule("pickletools");
    py_ops *ops = module ? PyObject_New(py_ops, &ops_type) : NULL;

    (void)self;
    if (ops) {
        ops->it = pila_failed(PILA_END);
        ops->code2op = PyObject_GetAttrString(module, "code2op");
        if (!input_begin(pickle, &ops->in) || !ops->code2op) Py_CLEAR(ops);
        else ops->it = CORE(pila_pickle_genops(input_text(&ops->in), ops->in.at));
    }
    Py_XDECREF(module);
    return (PyObject *)ops;
}

static PyObject *ops_next(PyObject *self)
{
    py_ops *ops = (py_ops *)self;
    const pila_pickle_op *op = CORE(pila_next_item(&ops->it));
    const pila_error *err = op ? NULL : pila_pickle_genops_error(&ops->it);

    if (!op) {
        if (ops->it.status == PILA_END) return NULL;
        if (err) py_zero_told(ops->it.status, err);
        else py_fail(ops->it.status, NULL);
        return NULL;
    }
    if (op->info->code == '.' && input_seek(&ops->in, op->end)) return NULL;
    PyObject *code = PyUnicode_FromOrdinal(op->info->code);
    PyObject *info = code ? PyObject_GetItem(ops->code2op, code) : NULL;
    Py_XDECREF(code);
    return info ? Py_BuildValue("NNn", info, py_plain_of(op->arg), (Py_ssize_t)op->pos)
                : NULL;
}

static void ops_dealloc(PyObject *self)
{
    py_ops *ops = (py_ops *)self;

    pila_iter_drop(&ops->it);
    input_done(&ops->in);
    Py_XDECREF(ops->code2op);
    PyObject_Free(self);
}

static PyTypeObject ops_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                    "pickletools.genops",
                                .tp_basicsize = sizeof(py_ops),
                                .tp_flags = Py_TPFLAGS_DEFAULT |
                                            Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                .tp_dealloc = ops_dealloc,
                                .tp_iter = PyObject_SelfIter,
                                .tp_iternext = ops_next};

/* ---- dis ---- */

static void free_memo(PyObject *capsule)
{
    pila_dis_memo *memo = PyCapsule_GetPointer(capsule, "pila_dis_memo");

    pila_dis_memo_done(memo);
    PyMem_Free(memo);
}

/* pila's memo that goes with a dict: kept in it, under a key of its own. */
static pila_dis_memo *memo_in(PyObject *dict)
{
    PyObject *capsule = PyDict_GetItemString(dict, "pila");
    pila_dis_memo *memo;

    if (capsule) return PyCapsule_GetPointer(capsule, "pila_dis_memo");
    memo = PyMem_Calloc(1, sizeof *memo);
    capsule = memo ? PyCapsule_New(memo, "pila_dis_memo", free_memo) : PyErr_NoMemory();
    int done = capsule ? PyDict_SetItemString(dict, "pila", capsule) : -1;
    Py_XDECREF(capsule);
    return done ? NULL : memo;
}

static pila_status write_text(void *ctx, pila_str text)
{
    PyObject *str = py_str_of(text);
    PyObject *said = str ? PyObject_CallMethod(ctx, "write", "O", str) : NULL;

    Py_XDECREF(str);
    Py_XDECREF(said);
    return said ? PILA_OK : PILA_EUSER;
}

static PyObject *dis(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"pickle", "out", "memo", "indentlevel", "annotate", NULL};
    PyObject *pickle, *out = Py_None, *memo = Py_None, *made = NULL;
    Py_ssize_t indent = 4, annotate = 0;
    pila_dis_options options = {0};
    pila_error err = {0};
    py_input in;
    size_t at;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOnn:dis", names, &pickle, &out,
                                     &memo, &indent, &annotate) ||
        (PyDict_Check(memo) && (options.memo = memo_in(memo)) == NULL) ||
        !input_begin(pickle, &in))
        return NULL;
    if (out == Py_None) out = PySys_GetObject("stdout");
    at = in.at;
    options.indent = (size_t)indent;
    options.annotate = (size_t)annotate;
    Py_INCREF(out);
    pila_status st =
        CORE(pila_pickle_dis(input_text(&in), &at, &options, write_text, out, &err));
    Py_DECREF(out);
    if (st != PILA_OK) py_zero_told(st, &err);
    else if (!input_seek(&in, at)) made = Py_NewRef(Py_None);
    input_done(&in);
    return made;
}

/* ---- optimize ---- */

static PyObject *optimize(PyObject *self, PyObject *pickle)
{
    pila_buf out = {0};
    pila_error err = {0};
    PyObject *made = NULL;
    py_input in;

    (void)self;
    if (!input_begin(pickle, &in)) return NULL;
    pila_status st = CORE(pila_pickle_optimize(input_text(&in), &out, &err));
    if (st == PILA_OK) made = PyBytes_FromStringAndSize(out.data, (Py_ssize_t)out.len);
    else py_zero_told(st, &err);
    pila_buf_done(&out);
    input_done(&in);
    return made;
}

PyMODINIT_FUNC PyInit_pila_pickletools(void)
{
    static PyMethodDef methods[] = {
        {"genops", genops, METH_O, "The opcodes of a pickle."},
        {"dis", (PyCFunction)(void (*)(void))dis, METH_VARARGS | METH_KEYWORDS,
         "Write what a pickle consists of."},
        {"optimize", optimize, METH_O, "The pickle without what nobody gets."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                            "pickletools",
                                            NULL,
                                            -1,
                                            methods,
                                            NULL,
                                            NULL,
                                            NULL,
                                            NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    return PyType_Ready(&ops_type) ? NULL : PyModule_Create(&definition);
}
