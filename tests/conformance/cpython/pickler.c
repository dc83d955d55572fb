/* pickler.c - _pickle.Pickler: see pickles.h. */
#include "pickles.h"

/* ---- Pickler: what it is ---- */

static void pickler_forget(py_pickler *p)
{
    pila_pickler_clear_memo(&p->core);
    py_map_done(&p->known);
    pila_doc_clear(&p->doc);
    PyObject *held = p->held, *roots = p->roots;
    p->held = PyList_New(0);
    p->roots = PyList_New(0);
    Py_XDECREF(held);
    Py_XDECREF(roots);
}

int pickler_begin(py_pickler *p, PyObject *file, PyObject *protocol, int fix_imports,
                  PyObject *callback)
{
    long number = PILA_PICKLE_DEFAULT;
    pila_pickle_dump_options options = {.keep_names = !fix_imports};

    if (protocol && protocol != Py_None) {
        number = PyLong_AsLong(protocol);
        if (number == -1 && PyErr_Occurred()) return -1;
        if (number > PILA_PICKLE_HIGHEST) {
            PyErr_Format(PyExc_ValueError, "pickle protocol must be <= %d",
                         PILA_PICKLE_HIGHEST);
            return -1;
        }
    }
    if (number < 0) number = PILA_PICKLE_HIGHEST;
    if (callback == Py_None) callback = NULL;
    if (callback && number < 5) {
        PyErr_SetString(PyExc_ValueError, "buffer_callback needs protocol >= 5");
        return -1;
    }
    if (file) {
        PyObject *write;
        if (attribute(file, "write", &write) < 0) return -1;
        if (!write) {
            PyErr_SetString(PyExc_TypeError, "file must have a 'write' attribute");
            return -1;
        }
        Py_XSETREF(p->write, write);
    }
    pila_pickler_done(&p->core);
    if (py_zero(pila_pickler_init(&p->core, (int)number, &options), NULL)) return -1;
    pickler_forget(p);
    Py_XINCREF(callback);
    Py_XSETREF(p->buffer_callback, callback);
    p->fix_imports = fix_imports;
    p->bin = number > 0;
    p->fast = 0;
    return p->held && p->roots ? 0 : -1;
}

/* ---- Pickler: what it does ---- */

static void raise_dump(pila_status st, const pila_error *err)
{
    bool refused = st == PILA_EVALUE && *err->message &&
                   strncmp(err->message, "Exceeds the limit", 17) &&
                   strncmp(err->message, "fast mode", 9);
    const py_raise raises[] = {{PILA_EVALUE, &pickling_error, err->message},
                               {PILA_OK, NULL, NULL}};

    if (refused) py_fail(st, raises);
    else py_zero_told(st, err);
}

static pila_status write_file(void *ctx, pila_str bytes)
{
    PyObject *data = PyBytes_FromStringAndSize(bytes.ptr, (Py_ssize_t)bytes.len);
    PyObject *said = data ? PyObject_CallOneArg(PICKLER(ctx)->write, data) : NULL;

    Py_XDECREF(data);
    Py_XDECREF(said);
    return said ? PILA_OK : PILA_EUSER;
}

int pickler_run(py_pickler *p, PyObject *o, pila_buf *out)
{
    pila_error err = {0};
    pila_value v;
    pila_status st;
    int done = pickler_value(p, o, &v);

    if (!done) {
        p->core.options.fast = p->fast;
        st = out ? CORE(pila_pickler_dumps(&p->core, v, out, &err))
                 : CORE(pila_pickler_dump(&p->core, v, write_file, p, &err));
        if (st != PILA_OK) {
            raise_dump(st, &err);
            done = -1;
        }
    }
    if (done) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        pickler_forget(p);
        PyErr_Restore(type, value, traceback);
        return -1;
    }
    return PyList_Append(p->roots, o);
}

static PyObject *pickler_dump(PyObject *self, PyObject *o)
{
    if (!PICKLER(self)->write)
        return PyErr_Format(pickling_error,
                            "Pickler.__init__() was not called by %s.__init__()",
                            Py_TYPE(self)->tp_name);
    return pickler_run(PICKLER(self), o, NULL) ? NULL : Py_NewRef(Py_None);
}

static PyObject *pickler_clear_memo(PyObject *self, PyObject *none)
{
    (void)none;
    pickler_forget(PICKLER(self));
    Py_RETURN_NONE;
}

static int pickler_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"file", "protocol", "fix_imports", "buffer_callback", NULL};
    PyObject *file, *protocol = NULL, *callback = NULL;
    int fix_imports = 1;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OpO:Pickler", names, &file,
                                     &protocol, &fix_imports, &callback))
        return -1;
    return pickler_begin(PICKLER(self), file, protocol, fix_imports, callback);
}

static int pickler_traverse(PyObject *self, visitproc visit, void *arg)
{
    py_pickler *p = PICKLER(self);

    Py_VISIT(p->held);
    Py_VISIT(p->roots);
    Py_VISIT(p->write);
    Py_VISIT(p->buffer_callback);
    Py_VISIT(p->dispatch_table);
    Py_VISIT(p->persistent_id);
    return 0;
}

static int pickler_tp_clear(PyObject *self)
{
    py_pickler *p = PICKLER(self);

    Py_CLEAR(p->held);
    Py_CLEAR(p->roots);
    Py_CLEAR(p->write);
    Py_CLEAR(p->buffer_callback);
    Py_CLEAR(p->dispatch_table);
    Py_CLEAR(p->persistent_id);
    return 0;
}

static void pickler_dealloc(PyObject *self)
{
    py_pickler *p = PICKLER(self);

    PyObject_GC_UnTrack(self);
    pickler_tp_clear(self);
    pila_pickler_done(&p->core);
    py_map_done(&p->known);
    pila_doc_done(&p->doc);
    Py_TYPE(self)->tp_free(self);
}

/* ---- Pickler: what it has ---- */

static PyObject *pickler_memo_clear(PyObject *self, PyObject *none)
{
    return pickler_clear_memo(MEMO_OF(self), none);
}

static PyMethodDef pickler_memo_methods[] = {{"clear", pickler_memo_clear, METH_NOARGS,
                                              "Remove all items from memo."},
                                             {NULL, NULL, 0, NULL}};

static PyObject *pickler_memo(PyObject *self, void *closure)
{
    (void)closure;
    return memo_of(self, &pickler_memo_type);
}

/* The memo of another: what that dumped is dumped again, to nowhere. */
static int pickler_set_memo(PyObject *self, PyObject *memo, void *closure)
{
    pila_buf nowhere = {0};
    PyObject *roots;
    int done = 0;

    (void)closure;
    if (!memo || !Py_IS_TYPE(memo, &pickler_memo_type)) {
        PyErr_Format(PyExc_TypeError,
                     "'memo' attribute must be a PicklerMemoProxy object, not %.200s",
                     memo ? Py_TYPE(memo)->tp_name : "nothing");
        return -1;
    }
    roots = PyList_AsTuple(PICKLER(MEMO_OF(memo))->roots);
    if (!roots) return -1;
    pickler_forget(PICKLER(self));
    for (Py_ssize_t i = 0; !done && i < PyTuple_GET_SIZE(roots); i++)
        done = pickler_run(PICKLER(self), PyTuple_GET_ITEM(roots, i), &nowhere);
    pila_buf_done(&nowhere);
    Py_DECREF(roots);
    return done;
}

static PyObject *pickler_id(PyObject *self, void *closure)
{
    (void)closure;
    if (PICKLER(self)->persistent_id) return Py_NewRef(PICKLER(self)->persistent_id);
    PyErr_SetString(PyExc_AttributeError, "persistent_id");
    return NULL;
}

static int pickler_set_id(PyObject *self, PyObject *f, void *closure)
{
    (void)closure;
    return set_callable(&PICKLER(self)->persistent_id, f, "persistent_id");
}

static PyMethodDef pickler_methods[] = {{"dump", pickler_dump, METH_O,
                                         "Write the pickle of an object."},
                                        {"clear_memo", pickler_clear_memo, METH_NOARGS,
                                         "Forget what was written."},
                                        {NULL, NULL, 0, NULL}};

static PyMemberDef pickler_members[] = {
    {"bin", T_INT, offsetof(py_pickler, bin), 0, NULL},
    {"fast", T_INT, offsetof(py_pickler, fast), 0, NULL},
    {"dispatch_table", T_OBJECT_EX, offsetof(py_pickler, dispatch_table), 0, NULL},
    {NULL, 0, 0, 0, NULL}};

static PyGetSetDef pickler_attributes[] = {{"memo", pickler_memo, pickler_set_memo,
                                            NULL, NULL},
                                           {"persistent_id", pickler_id, pickler_set_id,
                                            NULL, NULL},
                                           {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject pickler_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_pickle.Pickler",
                             .tp_basicsize = sizeof(py_pickler),
                             .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
                                         Py_TPFLAGS_HAVE_GC,
                             .tp_new = PyType_GenericNew,
                             .tp_init = pickler_init,
                             .tp_dealloc = pickler_dealloc,
                             .tp_traverse = pickler_traverse,
                             .tp_clear = pickler_tp_clear,
                             .tp_methods = pickler_methods,
                             .tp_members = pickler_members,
                             .tp_getset = pickler_attributes};

PyTypeObject pickler_memo_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                      "_pickle.PicklerMemoProxy",
                                  .tp_basicsize = sizeof(py_memo),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                                              Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                  .tp_dealloc = memo_dealloc,
                                  .tp_traverse = memo_traverse,
                                  .tp_clear = memo_tp_clear,
                                  .tp_methods = pickler_memo_methods};
