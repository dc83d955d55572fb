/* pickle_save.c - objects to values: see pickles.h. */
#include "pickles.h"

/* ---- what has a kind of its own ---- */

static int save(py_pickler *p, PyObject *o, bool asked, pila_value *out);

static int remember(py_pickler *p, PyObject *o, pila_value v)
{
    return PyList_Append(p->held, o) ? -1 : py_map_put(&p->known, 0, (uintptr_t)o, v);
}

static bool recall(py_pickler *p, PyObject *o, pila_value *out)
{
    const pila_value *known = py_map_find(&p->known, 0, (uintptr_t)o);

    if (known) *out = *known;
    return known != NULL;
}

/* An object as data. In Python it equals no other; here its number says so. */
static int object_value(py_pickler *p, pila_object_how how, size_t parts,
                        pila_value *out)
{
    static const size_t numbered[] = {[PILA_OBJECT_PERSISTENT] = 1,
                                      [PILA_OBJECT_REDUCE] = PILA_PART_KWARGS,
                                      [PILA_OBJECT_NEWOBJ] = PILA_PART_KWARGS,
                                      [PILA_OBJECT_NEWOBJ_EX] = PILA_PARTS,
                                      [PILA_OBJECT_BUFFER] = 2};
    size_t at = how == PILA_OBJECT_GLOBAL || how == PILA_OBJECT_EXTENSION
                    ? parts
                    : numbered[how];
    size_t n;

    if (py_zero(pila_value_object(&p->doc, how, parts > at ? parts : at + 1, out),
                NULL))
        return -1;
    pila_value_parts(*out, &n)[at] = pila_value_int(p->serial++);
    return 0;
}

static int save_text(py_pickler *p, PyObject *o, pila_value *out)
{
    if (PyUnicode_Check(o) ? py_str_value(&p->doc, o, out)
                           : py_bytes_value(&p->doc, o, out))
        return -1;
    return remember(p, o, *out);
}

/* A str that is written as part of something else. */
static int save_name(py_pickler *p, PyObject *o, pila_value *out)
{
    return recall(p, o, out) ? 0 : save_text(p, o, out);
}

static int save_list(py_pickler *p, PyObject *o, pila_value *out)
{
    pila_value item;

    if (py_zero(pila_value_list(&p->doc, NULL, 0, out), NULL) || remember(p, o, *out))
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(o); i++) {
        PyObject *x = Py_NewRef(PyList_GET_ITEM(o, i));
        int done = save(p, x, false, &item);
        Py_DECREF(x);
        if (done || py_zero(pila_value_append(&p->doc, *out, item), NULL)) return -1;
    }
    return 0;
}

/* A tuple's items may lead back to it: then it is known when they are done. */
static int save_tuple(py_pickler *p, PyObject *o, pila_value *out)
{
    Py_ssize_t n = PyTuple_GET_SIZE(o);
    pila_value *items = PyMem_Calloc((size_t)n + 1, sizeof *items);
    int done = items ? 0 : py_zero(PILA_ENOMEM, NULL);

    for (Py_ssize_t i = 0; !done && i < n; i++)
        done = save(p, PyTuple_GET_ITEM(o, i), false, &items[i]);
    if (!done && !recall(p, o, out)) {
        done = py_zero(pila_value_tuple(&p->doc, items, (size_t)n, out), NULL);
        if (!done) done = remember(p, o, *out);
    }
    PyMem_Free(items);
    return done;
}

static int save_dict(py_pickler *p, PyObject *o, pila_value *out)
{
    Py_ssize_t at = 0, size = PyDict_GET_SIZE(o);
    PyObject *k, *v;
    pila_value key, value;

    if (py_zero(pila_value_dict(&p->doc, (size_t)size, out), NULL) ||
        remember(p, o, *out))
        return -1;
    while (PyDict_Next(o, &at, &k, &v)) {
        Py_INCREF(k);
        Py_INCREF(v);
        int done = save(p, k, false, &key) || save(p, v, false, &value);
        Py_DECREF(k);
        Py_DECREF(v);
        if (done || py_zero(pila_value_setitem(&p->doc, *out, key, value), NULL))
            return -1;
        if (PyDict_GET_SIZE(o) != size) {
            PyErr_SetString(PyExc_RuntimeError,
                            "dictionary changed size during iteration");
            return -1;
        }
    }
    return 0;
}

/* All that an iterator yields, or pairs of it, one after the other. */
static int save_iterator(py_pickler *p, PyObject *it, bool pairs, pila_value *out)
{
    PyObject *x;
    pila_value item;
    int done = py_zero(pila_value_list(&p->doc, NULL, 0, out), NULL);

    while (!done && (x = PyIter_Next(it)) != NULL) {
        if (pairs && (!PyTuple_Check(x) || PyTuple_GET_SIZE(x) != 2)) {
            PyErr_SetString(PyExc_TypeError,
                            "dict items iterator must return 2-tuples");
            done = -1;
        }
        for (int i = 0; !done && i < (pairs ? 2 : 1); i++) {
            done = save(p, pairs ? PyTuple_GET_ITEM(x, i) : x, false, &item);
            if (!done) done = py_zero(pila_value_append(&p->doc, *out, item), NULL);
        }
        if (PyList_Append(p->held, x)) done = -1;
        Py_DECREF(x);
    }
    return done || PyErr_Occurred() ? -1 : 0;
}

static int save_set(py_pickler *p, PyObject *o, pila_value *out)
{
    PyObject *it, *x;
    pila_value item;
    int done = 0;

    if (py_zero(pila_value_set(&p->doc, 0, out), NULL) || remember(p, o, *out) ||
        (it = PyObject_GetIter(o)) == NULL)
        return -1;
    while (!done && (x = PyIter_Next(it)) != NULL) {
        done = save(p, x, false, &item);
        if (!done) done = py_zero(pila_value_add(&p->doc, *out, item), NULL);
        Py_DECREF(x);
    }
    Py_DECREF(it);
    return done || PyErr_Occurred() ? -1 : 0;
}

static int save_frozenset(py_pickler *p, PyObject *o, pila_value *out)
{
    PyObject *it = PyObject_GetIter(o);
    pila_value list;
    size_t n;
    int done = it ? save_iterator(p, it, false, &list) : -1;

    Py_XDECREF(it);
    if (done || recall(p, o, out)) return done;
    const pila_value *items = pila_value_data(list, &n);
    if (py_zero(pila_value_frozenset(&p->doc, items, n, out), NULL)) return -1;
    return remember(p, o, *out);
}

/* Bytes of the pickle or, if the callback says so, a reference to what is outside. */
static int save_buffer(py_pickler *p, PyObject *o, pila_value *out)
{
    const Py_buffer *view;
    int in_band = 1;

    if (p->core.protocol < 5) {
        PyErr_SetString(pickling_error,
                        "PickleBuffer can only pickled with protocol >= 5");
        return -1;
    }
    if ((view = PyPickleBuffer_GetBuffer(o)) == NULL) return -1;
    if (view->suboffsets || !PyBuffer_IsContiguous(view, 'A')) {
        PyErr_SetString(pickling_error, "PickleBuffer can not be pickled when pointing "
                                        "to a non-contiguous buffer");
        return -1;
    }
    if (p->buffer_callback) {
        PyObject *said = PyObject_CallOneArg(p->buffer_callback, o);
        in_band = said ? PyObject_IsTrue(said) : -1;
        Py_XDECREF(said);
        if (in_band < 0) return -1;
    }
    pila_str bytes = pila_str_of(view->buf, (size_t)view->len);
    if (in_band) {
        if (py_zero(view->readonly ? pila_value_bytes(&p->doc, bytes, out)
                                   : pila_value_bytearray(&p->doc, bytes, out),
                    NULL))
            return -1;
        return remember(p, o, *out);
    }
    if (object_value(p, PILA_OBJECT_BUFFER, 2, out)) return -1;
    parts_of(*out)[0] = pila_value_int(p->buffers++);
    parts_of(*out)[1] = pila_value_bool(view->readonly);
    return 0;
}

/* The value of a part that nobody else holds: it is held. */
static int save_part(py_pickler *p, PyObject *made, pila_value *out)
{
    int done = made ? PyList_Append(p->held, made) : -1;

    if (!done) done = save(p, made, false, out);
    Py_XDECREF(made);
    return done;
}

/* ---- classes and functions, by their names ---- */

/* Look a name up in a module, as CPython does to be sure: what has its last part, or
 * NULL and raised. */
static PyObject *parent_of(PyObject *o, PyObject *module_name, PyObject *name)
{
    PyObject *lookup = pickle_py("_getattribute"), *found = NULL, *parent = NULL;
    PyObject *module =
        PyImport_ImportModuleLevelObject(module_name, NULL, NULL, NULL, 0);

    if (module) Py_SETREF(module, PyImport_GetModule(module_name));
    if (module && lookup)
        found = PyObject_CallFunctionObjArgs(lookup, module, name, NULL);
    if (found && PyTuple_GET_ITEM(found, 0) == o)
        parent = Py_NewRef(PyTuple_GET_ITEM(found, 1));
    else if (found)
        PyErr_Format(pickling_error,
                     "Can't pickle %R: it's not the same object as %S.%S", o,
                     module_name, name);
    else if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_ImportError) ||
             PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        PyErr_Format(pickling_error,
                     "Can't pickle %R: attribute lookup %S on %S failed", o, name,
                     module_name);
    }
    Py_XDECREF(found);
    Py_XDECREF(module);
    Py_XDECREF(lookup);
    return parent;
}

/* The code of a registered class: 0: it has none; -1: raised. */
static long extension_code(PyObject *module_name, PyObject *name)
{
    PyObject *registry = PyObject_GetAttrString(copyreg, "_extension_registry");
    PyObject *key = registry ? PyTuple_Pack(2, module_name, name) : NULL;
    PyObject *code = key ? PyDict_GetItemWithError(registry, key) : NULL;
    long n = code ? PyLong_AsLong(code) : PyErr_Occurred() ? -1 : 0;

    Py_XDECREF(key);
    Py_XDECREF(registry);
    return n;
}

/* getattr(parent, the last part of name), as it is written below protocol 4. */
static int save_attribute(py_pickler *p, PyObject *o, PyObject *parent, PyObject *name,
                          pila_value *out)
{
    PyObject *get = PyDict_GetItemString(PyEval_GetBuiltins(), "getattr");
    PyObject *cut = PyObject_CallMethod(name, "rpartition", "s", ".");
    PyObject *args = cut ? PyTuple_Pack(2, parent, PyTuple_GET_ITEM(cut, 2)) : NULL;
    pila_value called[2];
    int done = args && get ? save(p, get, false, &called[0]) : -1;

    Py_XDECREF(cut);
    if (done) Py_XDECREF(args);
    if (done || save_part(p, args, &called[1]) ||
        object_value(p, PILA_OBJECT_REDUCE, PILA_PARTS, out))
        return -1;
    parts_of(*out)[PILA_PART_CALLABLE] = called[0];
    parts_of(*out)[PILA_PART_ARGS] = called[1];
    return remember(p, o, *out);
}

static int save_global_as(py_pickler *p, PyObject *o, PyObject *module_name,
                          PyObject *name, pila_value *out)
{
    PyObject *parent = parent_of(o, module_name, name);
    long code = parent && p->core.protocol >= 2 ? extension_code(module_name, name) : 0;
    bool dotted = parent && !PyModule_Check(parent) && p->core.protocol < 4;
    int done = parent && code >= 0 ? 0 : -1;

    if (!done && code > 0) { /* not put into the memo: each time anew */
        done = object_value(p, PILA_OBJECT_EXTENSION, 1, out);
        if (!done) parts_of(*out)[0] = pila_value_int(code);
    } else if (!done && dotted) done = save_attribute(p, o, parent, name, out);
    else if (!done)
        done = object_value(p, PILA_OBJECT_GLOBAL, 2, out) ||
               save_name(p, module_name, &parts_of(*out)[0]) ||
               save_name(p, name, &parts_of(*out)[1]) || remember(p, o, *out);
    Py_XDECREF(parent);
    return done ? -1 : 0;
}

static int save_global(py_pickler *p, PyObject *o, PyObject *name, pila_value *out)
{
    PyObject *which = pickle_py("whichmodule"), *module_name = NULL;
    int done = -1;

    Py_XINCREF(name);
    if (which && !name && attribute(o, "__qualname__", &name) == 0)
        name = PyObject_GetAttrString(o, "__name__");
    if (which && name) module_name = PyObject_CallFunctionObjArgs(which, o, name, NULL);
    if (module_name) done = save_global_as(p, o, module_name, name, out);
    Py_XDECREF(module_name);
    Py_XDECREF(name);
    Py_XDECREF(which);
    return done;
}

/* ---- objects, by what their reduce functions say ---- */

typedef struct py_reduced {
    PyObject *callable, *args, *state, *items, *pairs, *setter; /* borrowed */
} py_reduced;

static int refuse(const char *text)
{
    PyErr_SetString(pickling_error, text);
    return -1;
}

static int reduced_of(PyObject *tuple, py_reduced *r)
{
    PyObject **parts = &r->callable;
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);

    if (n < 2 || n > 6)
        return refuse("tuple returned by __reduce__ must contain 2 through 6 elements");
    for (Py_ssize_t i = 0; i < 6; i++) {
        parts[i] = i < n ? PyTuple_GET_ITEM(tuple, i) : NULL;
        if (i >= 2 && parts[i] == Py_None) parts[i] = NULL;
    }
    if (!PyCallable_Check(r->callable))
        return refuse(
            "first item of the tuple returned by __reduce__ must be callable");
    if (!PyTuple_Check(r->args))
        return refuse(
            "second item of the tuple returned by __reduce__ must be a tuple");
    if (r->items && !PyIter_Check(r->items))
        return refuse("fourth element of the tuple returned by __reduce__ must be an "
                      "iterator");
    if (r->pairs && !PyIter_Check(r->pairs))
        return refuse("fifth element of the tuple returned by __reduce__ must be an "
                      "iterator");
    if (r->setter)
        return refuse(
            "pila has no place for the sixth element of the tuple returned by "
            "__reduce__");
    return 0;
}

/* partial(class.__new__, class, *args, **kwargs) */
static PyObject *partial_new(PyObject *class_, PyObject *args, PyObject *kwargs)
{
    PyObject *new = PyObject_GetAttrString(class_, "__new__");
    PyObject *first = new ? PyTuple_Pack(2, new, class_) : NULL;
    PyObject *all = first ? PySequence_Concat(first, args) : NULL;
    PyObject *made = all ? PyObject_Call(partial, all, kwargs) : NULL;

    Py_XDECREF(new);
    Py_XDECREF(first);
    Py_XDECREF(all);
    return made;
}

/* Class, arguments, keyword arguments; below protocol 4 a partial that is called. */
static int save_newobj_ex(py_pickler *p, const py_reduced *r, pila_value *out)
{
    pila_value called[3] = {{0}};
    PyObject *class_, *args, *kwargs;

    if (PyTuple_GET_SIZE(r->args) != 3) {
        PyErr_Format(
            pickling_error,
            "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd",
            PyTuple_GET_SIZE(r->args));
        return -1;
    }
    class_ = PyTuple_GET_ITEM(r->args, 0);
    args = PyTuple_GET_ITEM(r->args, 1);
    kwargs = PyTuple_GET_ITEM(r->args, 2);
    if (!PyType_Check(class_))
        return refuse("first item from NEWOBJ_EX argument tuple must be a class");
    if (!PyTuple_Check(args))
        return refuse("second item from NEWOBJ_EX argument tuple must be a tuple");
    if (!PyDict_Check(kwargs))
        return refuse("third item from NEWOBJ_EX argument tuple must be a dict");
    if (p->core.protocol >= 4) {
        if (save(p, class_, false, &called[0]) || save(p, args, false, &called[1]) ||
            save(p, kwargs, false, &called[2]) ||
            object_value(p, PILA_OBJECT_NEWOBJ_EX, PILA_PARTS, out))
            return -1;
        parts_of(*out)[PILA_PART_KWARGS] = called[2];
    } else if (save_part(p, partial_new(class_, args, kwargs), &called[0]) ||
               save_part(p, PyTuple_New(0), &called[1]) ||
               object_value(p, PILA_OBJECT_REDUCE, PILA_PARTS, out))
        return -1;
    parts_of(*out)[PILA_PART_CALLABLE] = called[0];
    parts_of(*out)[PILA_PART_ARGS] = called[1];
    return 0;
}

static int save_newobj(py_pickler *p, const py_reduced *r, PyObject *o, pila_value *out)
{
    pila_value called[2];
    PyObject *class_, *of;

    if (PyTuple_GET_SIZE(r->args) < 1) return refuse("__newobj__ arglist is empty");
    class_ = PyTuple_GET_ITEM(r->args, 0);
    if (!PyObject_HasAttrString(class_, "__new__"))
        return refuse("args[0] from __newobj__ args has no __new__");
    if (o) {
        if ((of = PyObject_GetAttrString(o, "__class__")) == NULL) return -1;
        Py_DECREF(of);
        if (of != class_)
            return refuse("args[0] from __newobj__ args has the wrong class");
    }
    if (save(p, class_, false, &called[0]) ||
        save_part(p, PyTuple_GetSlice(r->args, 1, PY_SSIZE_T_MAX), &called[1]) ||
        object_value(p, PILA_OBJECT_NEWOBJ, PILA_PARTS, out))
        return -1;
    parts_of(*out)[PILA_PART_CALLABLE] = called[0];
    parts_of(*out)[PILA_PART_ARGS] = called[1];
    return 0;
}

static int save_call(py_pickler *p, const py_reduced *r, PyObject *o, pila_value *out)
{
    PyObject *name = NULL;
    pila_value called[2];
    bool ex, plain;

    if (p->core.protocol >= 2 && attribute(r->callable, "__name__", &name) < 0)
        return -1;
    ex = name && PyUnicode_Check(name) &&
         PyUnicode_CompareWithASCIIString(name, "__newobj_ex__") == 0;
    plain = name && PyUnicode_Check(name) &&
            PyUnicode_CompareWithASCIIString(name, "__newobj__") == 0;
    Py_XDECREF(name);
    if (ex) return save_newobj_ex(p, r, out);
    if (plain) return save_newobj(p, r, o, out);
    if (save(p, r->callable, false, &called[0]) ||
        save(p, r->args, false, &called[1]) ||
        object_value(p, PILA_OBJECT_REDUCE, PILA_PARTS, out))
        return -1;
    parts_of(*out)[PILA_PART_CALLABLE] = called[0];
    parts_of(*out)[PILA_PART_ARGS] = called[1];
    return 0;
}

static int save_reduced(py_pickler *p, PyObject *tuple, PyObject *o, pila_value *out)
{
    py_reduced r;
    pila_value *parts;

    if (PyList_Append(p->held, tuple) || reduced_of(tuple, &r) ||
        save_call(p, &r, o, out))
        return -1;
    if (recall(p, o, out)) return 0; /* its arguments led back to it */
    if (remember(p, o, *out)) return -1;
    parts = parts_of(*out);
    if (r.items && save_iterator(p, r.items, false, &parts[PILA_PART_ITEMS])) return -1;
    if (r.pairs && save_iterator(p, r.pairs, true, &parts[PILA_PART_PAIRS])) return -1;
    return r.state ? save(p, r.state, false, &parts[PILA_PART_STATE]) : 0;
}

/* What a reduce function of any kind says: new; NULL without an exception: the object
 * is to be found by its name. */
static PyObject *reduce(py_pickler *p, PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    PyObject *f = NULL, *said;

    if (p->ask_reducer) {
        said = PyObject_CallOneArg(p->ask_reducer, o);
        if (said != Py_NotImplemented) return said;
        Py_DECREF(said);
    }
    if (o == (PyObject *)Py_TYPE(Py_None))
        return Py_BuildValue("O(O)", &PyType_Type, Py_None);
    if (o == (PyObject *)Py_TYPE(Py_Ellipsis))
        return Py_BuildValue("O(O)", &PyType_Type, Py_Ellipsis);
    if (o == (PyObject *)Py_TYPE(Py_NotImplemented))
        return Py_BuildValue("O(O)", &PyType_Type, Py_NotImplemented);
    if (type == &PyType_Type || type == &PyFunction_Type) return NULL;
    f = PyObject_GetItem(p->ask_table, (PyObject *)type);
    if (!f && !PyErr_ExceptionMatches(PyExc_KeyError)) return NULL;
    PyErr_Clear();
    if (f) {
        said = PyObject_CallOneArg(f, o);
        Py_DECREF(f);
        return said;
    }
    if (PyType_IsSubtype(type, &PyType_Type)) return NULL;
    if (attribute(o, "__reduce_ex__", &f) < 0) return NULL;
    if (f) said = PyObject_CallFunction(f, "i", p->core.protocol);
    else if (attribute(o, "__reduce__", &f) < 0) return NULL;
    else if (f) said = PyObject_CallNoArgs(f);
    else
        said = PyErr_Format(pickling_error, "can't pickle '%.200s' object: %R",
                            type->tp_name, o);
    Py_XDECREF(f);
    return said;
}

static int save_object(py_pickler *p, PyObject *o, pila_value *out)
{
    PyObject *said = reduce(p, o);
    int done;

    if (!said) return PyErr_Occurred() ? -1 : save_global(p, o, NULL, out);
    if (PyUnicode_Check(said)) done = save_global(p, o, said, out);
    else if (PyTuple_Check(said)) done = save_reduced(p, said, o, out);
    else done = refuse("__reduce__ must return a string or tuple");
    Py_DECREF(said);
    return done;
}

/* ---- any object ---- */

/* The id that stands for an object: 1: there is one. */
static int save_id(py_pickler *p, PyObject *o, pila_value *out)
{
    PyObject *id = PyObject_CallOneArg(p->ask_id, o);
    pila_value v;

    if (id == Py_None) {
        Py_DECREF(id);
        return 0;
    }
    if (id && p->core.protocol == 0) Py_SETREF(id, PyObject_Str(id));
    int done = id ? PyList_Append(p->held, id) : -1;
    if (!done) done = save(p, id, true, &v);
    Py_XDECREF(id);
    if (done || object_value(p, PILA_OBJECT_PERSISTENT, 1, out)) return -1;
    parts_of(*out)[0] = v;
    return 1;
}

static int save_known_type(py_pickler *p, PyObject *o, pila_value *out)
{
    if (PyUnicode_CheckExact(o) || PyBytes_CheckExact(o) || PyByteArray_CheckExact(o))
        return save_text(p, o, out);
    if (PyDict_CheckExact(o)) return save_dict(p, o, out);
    if (PyList_CheckExact(o)) return save_list(p, o, out);
    if (PyTuple_CheckExact(o)) return save_tuple(p, o, out);
    if (Py_IS_TYPE(o, &PySet_Type)) return save_set(p, o, out);
    if (PyFrozenSet_CheckExact(o)) return save_frozenset(p, o, out);
    if (PyPickleBuffer_Check(o)) return save_buffer(p, o, out);
    return save_object(p, o, out);
}

/* asked: it is an id itself. */
static int save(py_pickler *p, PyObject *o, bool asked, pila_value *out)
{
    int done = p->ask_id && !asked ? save_id(p, o, out) : 0;

    if (done) return done < 0 ? -1 : 0;
    if (o == Py_None) *out = pila_value_none();
    else if (PyBool_Check(o)) *out = pila_value_bool(o == Py_True);
    else if (PyLong_CheckExact(o)) return py_int_value(&p->doc, o, out);
    else if (PyFloat_CheckExact(o)) *out = pila_value_float(PyFloat_AS_DOUBLE(o));
    else if (!recall(p, o, out)) {
        if (Py_EnterRecursiveCall(" while pickling an object")) return -1;
        done = save_known_type(p, o, out);
        Py_LeaveRecursiveCall();
    }
    return done;
}

/* Find out whom to ask, and make the value. */
int pickler_value(py_pickler *p, PyObject *o, pila_value *out)
{
    PyObject *id = NULL, *reducer = NULL, *table = NULL;
    int done = -1;

    if (p->ask_table) {
        PyErr_SetString(PyExc_RuntimeError, "this Pickler is dumping already");
        return -1;
    }
    if (attribute((PyObject *)p, "persistent_id", &id) >= 0 &&
        attribute((PyObject *)p, "reducer_override", &reducer) >= 0 &&
        attribute((PyObject *)p, "dispatch_table", &table) >= 0) {
        if (!table) table = PyObject_GetAttrString(copyreg, "dispatch_table");
        p->ask_id = id;
        p->ask_reducer = reducer;
        p->ask_table = table;
        done = table ? PyList_Append(p->held, o) : -1;
        if (!done) done = save(p, o, false, out);
        p->ask_id = p->ask_reducer = p->ask_table = NULL;
    }
    Py_XDECREF(id);
    Py_XDECREF(reducer);
    Py_XDECREF(table);
    return done;
}
