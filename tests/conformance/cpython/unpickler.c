/* unpickler.c - _pickle.Unpickler: see pickles.h. */
#include "pickles.h"

/* ---- Unpickler: what it is ---- */

static void unpickler_forget(py_unpickler *u)
{
    py_map made = u->made;

    py_map_done(&u->begun);
    memset(&u->made, 0, sizeof u->made);
    for (size_t i = 0; made.slots && i <= made.mask; i++)
        if (made.slots[i].b)
            Py_DECREF((PyObject *)(uintptr_t)made.slots[i].value.as.text);
    py_map_done(&made);
}

/* pila's encodings, of which only these are needed: others are as ASCII. */
static pila_pickle_encoding encoding_of(const char *name)
{
    static const struct {
        const char *name;
        pila_pickle_encoding is;
    } known[] = {{"bytes", PILA_PICKLE_BYTES},    {"latin1", PILA_PICKLE_LATIN1},
                 {"latin-1", PILA_PICKLE_LATIN1}, {"iso-8859-1", PILA_PICKLE_LATIN1},
                 {"utf-8", PILA_PICKLE_UTF8},     {"utf8", PILA_PICKLE_UTF8}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!PyOS_stricmp(name, known[i].name)) return known[i].is;
    return PILA_PICKLE_ASCII;
}

static pila_pickle_errors errors_of(const char *name)
{
    return !strcmp(name, "ignore")            ? PILA_PICKLE_IGNORE
           : !strcmp(name, "replace")         ? PILA_PICKLE_REPLACE
           : !strcmp(name, "surrogateescape") ? PILA_PICKLE_SURROGATEESCAPE
                                              : PILA_PICKLE_STRICT;
}

/* As much as is needed, so that the file stands behind the pickle when that is read. */
static pila_status read_file(void *ctx, char *room, size_t least, size_t most,
                             size_t *got)
{
    PyObject *data =
        PyObject_CallFunction(UNPICKLER(ctx)->read, "n", (Py_ssize_t)least);
    pila_status st = PILA_EUSER;

    *got = 0;
    if (data && !PyBytes_Check(data))
        PyErr_Format(PyExc_ValueError, "read() returned non-bytes object (%R)",
                     Py_TYPE(data));
    else if (data && (size_t)PyBytes_GET_SIZE(data) > most)
        PyErr_SetString(PyExc_ValueError, "read() returned more than it was asked for");
    else if (data) {
        *got = (size_t)PyBytes_GET_SIZE(data);
        memcpy(room, PyBytes_AS_STRING(data), *got);
        st = PILA_OK;
    }
    Py_XDECREF(data);
    return st;
}

int unpickler_begin(py_unpickler *u, PyObject *file, int fix_imports,
                    const char *encoding, const char *errors, PyObject *buffers)
{
    pila_pickle_load_options options = {.keep_names = !fix_imports,
                                        .encoding = encoding_of(encoding),
                                        .errors = errors_of(errors)};
    PyObject *read = NULL, *readline = NULL, *iterator = NULL;

    if (file) {
        if (attribute(file, "read", &read) < 0 ||
            attribute(file, "readline", &readline) < 0) {
            Py_XDECREF(read);
            return -1;
        }
        Py_XDECREF(readline);
        if (!read || !readline) {
            Py_XDECREF(read);
            PyErr_SetString(PyExc_TypeError,
                            "file must have 'read' and 'readline' attributes");
            return -1;
        }
        Py_XSETREF(u->read, read);
    }
    if (buffers && buffers != Py_None && (iterator = PyObject_GetIter(buffers)) == NULL)
        return -1;
    Py_XSETREF(u->buffers, iterator);
    Py_XSETREF(u->fetched, PyList_New(0));
    u->fix_imports = fix_imports;
    unpickler_forget(u);
    pila_unpickler_done(&u->core);
    pila_doc_clear(&u->doc);
    pila_unpickler_init(&u->core, &u->doc, &options);
    if (file) pila_unpickler_open_read(&u->core, read_file, u);
    return u->fetched ? 0 : -1;
}

/* ---- Unpickler: what it does ---- */

PyObject *unpickler_run(py_unpickler *u)
{
    pila_error err = {0};
    pila_value v;
    pila_status st;
    PyObject *made = NULL, *ask = NULL;
    const py_raise raises[] = {{PILA_ESYNTAX, &unpickling_error, err.message},
                               {PILA_OK, NULL, NULL}};

    if (u->loading)
        return PyErr_Format(PyExc_RuntimeError, "this Unpickler is loading already");
    if (attribute((PyObject *)u, "persistent_load", &ask) < 0) return NULL;
    u->loading = true;
    st = CORE(pila_unpickler_load(&u->core, &v, &err));
    if (st == PILA_ESYNTAX) py_fail(st, raises);
    else if (st != PILA_OK) py_zero_told(st, &err);
    else {
        u->ask_id = ask;
        made = unpickler_object(u, v);
        u->ask_id = NULL;
    }
    u->loading = false;
    Py_XDECREF(ask);
    return made;
}

static PyObject *unpickler_load(PyObject *self, PyObject *none)
{
    (void)none;
    if (!UNPICKLER(self)->read)
        return PyErr_Format(unpickling_error,
                            "Unpickler.__init__() was not called by %s.__init__()",
                            Py_TYPE(self)->tp_name);
    return unpickler_run(UNPICKLER(self));
}

/* The object that a module has under a name, dotted or not. */
static PyObject *found_in(PyObject *module, PyObject *name, bool dotted)
{
    PyObject *lookup, *pair, *found = NULL;

    if (!dotted) {
        found = PyObject_GetAttr(module, name);
        if (!found && PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Format(PyExc_AttributeError, "Can't get attribute %R on %R", name,
                         module);
        return found;
    }
    lookup = pickle_py("_getattribute");
    pair = lookup ? PyObject_CallFunctionObjArgs(lookup, module, name, NULL) : NULL;
    if (pair) found = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
    Py_XDECREF(pair);
    Py_XDECREF(lookup);
    return found;
}

/* pila has put the names of Python 2 right. */
static PyObject *unpickler_find_class(PyObject *self, PyObject *args)
{
    PyObject *module_name, *name, *module, *found;

    if (!PyArg_ParseTuple(args, "UU:find_class", &module_name, &name) ||
        PySys_Audit("pickle.find_class", "OO", module_name, name) ||
        (module = PyImport_Import(module_name)) == NULL)
        return NULL;
    found = found_in(module, name, UNPICKLER(self)->core.protocol >= 4);
    Py_DECREF(module);
    return found;
}

static int unpickler_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"file",   "fix_imports", "encoding",
                            "errors", "buffers",     NULL};
    PyObject *file, *buffers = NULL;
    const char *encoding = "ASCII", *errors = "strict";
    int fix_imports = 1;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$pssO:Unpickler", names, &file,
                                     &fix_imports, &encoding, &errors, &buffers))
        return -1;
    return unpickler_begin(UNPICKLER(self), file, fix_imports, encoding, errors,
                           buffers);
}

static int unpickler_traverse(PyObject *self, visitproc visit, void *arg)
{
    py_unpickler *u = UNPICKLER(self);

    for (size_t i = 0; u->made.slots && i <= u->made.mask; i++)
        if (u->made.slots[i].b)
            Py_VISIT((PyObject *)(uintptr_t)u->made.slots[i].value.as.text);
    Py_VISIT(u->read);
    Py_VISIT(u->buffers);
    Py_VISIT(u->fetched);
    Py_VISIT(u->persistent_load);
    return 0;
}

static int unpickler_tp_clear(PyObject *self)
{
    py_unpickler *u = UNPICKLER(self);

    unpickler_forget(u);
    Py_CLEAR(u->read);
    Py_CLEAR(u->buffers);
    Py_CLEAR(u->fetched);
    Py_CLEAR(u->persistent_load);
    return 0;
}

static void unpickler_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    unpickler_tp_clear(self);
    pila_unpickler_done(&UNPICKLER(self)->core);
    pila_doc_done(&UNPICKLER(self)->doc);
    Py_TYPE(self)->tp_free(self);
}

/* The memo as a dict: what pila has there, and is an object already. */
static PyObject *unpickler_memo_copy(PyObject *self, PyObject *none)
{
    py_unpickler *u = UNPICKLER(MEMO_OF(self));
    PyObject *made = PyDict_New();

    (void)none;
    for (size_t i = 0; made && i < u->core.memo_len; i++) {
        PyObject *o = made_of(u, u->core.memo[i]), *key;
        if (!o) continue;
        if ((key = PyLong_FromSize_t(i)) == NULL || PyDict_SetItem(made, key, o))
            Py_CLEAR(made);
        Py_XDECREF(key);
    }
    return made;
}

/* A pickle that puts n persistent objects into the memo, and is a list of them. */
static int priming(PyObject *dict, pila_buf *out)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    char op[12] = {'J', 0, 0, 0, 0, 'Q', 'r'};
    pila_status st = pila_buf_add(out, pila_cstr("\x80\x04("));

    for (uint32_t n = 0; st == PILA_OK && PyDict_Next(dict, &at, &key, &value); n++) {
        if (!PyLong_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "memo key must be integers");
            return -1;
        }
        long long index = PyLong_AsLongLong(key);
        if (index == -1 && PyErr_Occurred()) return -1;
        if (index < 0 || index > UINT32_MAX) {
            PyErr_SetString(PyExc_ValueError, "memo key must be positive integers.");
            return -1;
        }
        for (int i = 0; i < 4; i++) {
            op[1 + i] = (char)(n >> 8 * i);
            op[7 + i] = (char)(index >> 8 * i);
        }
        st = pila_buf_add(out, pila_str_of(op, 11));
    }
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr("l."));
    return py_zero(st, NULL);
}

static int unpickler_prime(py_unpickler *u, PyObject *dict)
{
    pila_buf pickle = {0};
    pila_pickle_load_options options = u->core.options;
    pila_value list;
    size_t n = 0;
    const pila_value *items = NULL;
    Py_ssize_t at = 0;
    PyObject *key, *value;
    int done = priming(dict, &pickle);

    if (!done) {
        unpickler_forget(u);
        pila_unpickler_done(&u->core);
        pila_doc_clear(&u->doc);
        pila_unpickler_init(&u->core, &u->doc, &options);
        pila_unpickler_open(&u->core, pila_buf_view(&pickle));
        done = py_zero(CORE(pila_unpickler_load(&u->core, &list, NULL)), NULL);
    }
    if (!done) items = pila_value_data(list, &n);
    for (size_t i = 0; !done && i < n && PyDict_Next(dict, &at, &key, &value); i++) {
        value = note(u, items[i], Py_NewRef(value));
        done = value ? 0 : -1;
        Py_XDECREF(value);
    }
    if (u->read) pila_unpickler_open_read(&u->core, read_file, u);
    pila_buf_done(&pickle);
    return done;
}

static PyObject *unpickler_memo_clear(PyObject *self, PyObject *none)
{
    PyObject *empty = PyDict_New();
    int done = empty ? unpickler_prime(UNPICKLER(MEMO_OF(self)), empty) : -1;

    (void)none;
    Py_XDECREF(empty);
    return done ? NULL : Py_NewRef(Py_None);
}

static PyObject *unpickler_memo_reduce(PyObject *self, PyObject *none)
{
    PyObject *copy = unpickler_memo_copy(self, none);

    return copy ? Py_BuildValue("O(N)", &PyDict_Type, copy) : NULL;
}

static PyMethodDef unpickler_memo_methods[] = {
    {"clear", unpickler_memo_clear, METH_NOARGS, "Remove all items from memo."},
    {"copy", unpickler_memo_copy, METH_NOARGS, "Copy the memo to a new object."},
    {"__reduce__", unpickler_memo_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyObject *unpickler_memo(PyObject *self, void *closure)
{
    (void)closure;
    return memo_of(self, &unpickler_memo_type);
}

static int unpickler_set_memo(PyObject *self, PyObject *memo, void *closure)
{
    PyObject *dict = NULL;

    (void)closure;
    if (memo && Py_IS_TYPE(memo, &unpickler_memo_type))
        dict = unpickler_memo_copy(memo, NULL);
    else if (memo && PyDict_Check(memo)) dict = Py_NewRef(memo);
    else
        PyErr_Format(
            PyExc_TypeError,
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not "
            "%.200s",
            memo ? Py_TYPE(memo)->tp_name : "nothing");
    int done = dict ? unpickler_prime(UNPICKLER(self), dict) : -1;
    Py_XDECREF(dict);
    return done;
}

static PyObject *unpickler_id(PyObject *self, void *closure)
{
    (void)closure;
    if (UNPICKLER(self)->persistent_load)
        return Py_NewRef(UNPICKLER(self)->persistent_load);
    PyErr_SetString(PyExc_AttributeError, "persistent_load");
    return NULL;
}

static int unpickler_set_id(PyObject *self, PyObject *f, void *closure)
{
    (void)closure;
    return set_callable(&UNPICKLER(self)->persistent_load, f, "persistent_load");
}

static PyMethodDef unpickler_methods[] = {{"load", unpickler_load, METH_NOARGS,
                                           "Read a pickle."},
                                          {"find_class", unpickler_find_class,
                                           METH_VARARGS, "An object by its name."},
                                          {NULL, NULL, 0, NULL}};

static PyGetSetDef unpickler_attributes[] = {{"memo", unpickler_memo,
                                              unpickler_set_memo, NULL, NULL},
                                             {"persistent_load", unpickler_id,
                                              unpickler_set_id, NULL, NULL},
                                             {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject unpickler_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                   "_pickle.Unpickler",
                               .tp_basicsize = sizeof(py_unpickler),
                               .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
                                           Py_TPFLAGS_HAVE_GC,
                               .tp_new = PyType_GenericNew,
                               .tp_init = unpickler_init,
                               .tp_dealloc = unpickler_dealloc,
                               .tp_traverse = unpickler_traverse,
                               .tp_clear = unpickler_tp_clear,
                               .tp_methods = unpickler_methods,
                               .tp_getset = unpickler_attributes};

PyTypeObject unpickler_memo_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                        "_pickle.UnpicklerMemoProxy",
                                    .tp_basicsize = sizeof(py_memo),
                                    .tp_flags = Py_TPFLAGS_DEFAULT |
                                                Py_TPFLAGS_HAVE_GC |
                                                Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                    .tp_dealloc = memo_dealloc,
                                    .tp_traverse = memo_traverse,
                                    .tp_clear = memo_tp_clear,
                                    .tp_methods = unpickler_memo_methods};
