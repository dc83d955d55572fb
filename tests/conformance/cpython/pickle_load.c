/* pickle_load.c - values to objects: see pickles.h. */
#include "pickles.h"

/* ---- what is known ---- */

PyObject *made_of(const py_unpickler *u, pila_value v)
{
    const pila_value *found = py_map_find(&u->made, (uint64_t)v.as.i, v.tag);

    return found ? (PyObject *)(uintptr_t)found->as.text : NULL;
}

PyObject *note(py_unpickler *u, pila_value v, PyObject *o)
{
    pila_value holds = pila_value_none();

    if (!o) return NULL;
    holds.as.text = (char *)o;
    if (py_map_put(&u->made, (uint64_t)v.as.i, v.tag, holds)) Py_CLEAR(o);
    else Py_INCREF(o);
    return o;
}

static bool is_begun(const py_unpickler *u, pila_value v)
{
    const pila_value *found = py_map_find(&u->begun, (uint64_t)v.as.i, v.tag);

    return found && found->as.i;
}

/* 0, or -1 and raised. */
static int set_begun(py_unpickler *u, pila_value v, bool is)
{
    return py_map_put(&u->begun, (uint64_t)v.as.i, v.tag, pila_value_bool(is));
}

/* ---- what is found elsewhere ---- */

static PyObject *load(py_unpickler *u, pila_value v);

static PyObject *find_class(py_unpickler *u, PyObject *module, PyObject *name)
{
    PyObject *found = NULL;

    if (module && name)
        found = PyObject_CallMethod((PyObject *)u, "find_class", "OO", module, name);
    Py_XDECREF(module);
    Py_XDECREF(name);
    return found;
}

static PyObject *load_global(py_unpickler *u, const pila_value *parts)
{
    return find_class(u, load(u, parts[0]), load(u, parts[1]));
}

/* By its code: copyreg knows names, and what was found by them before. */
static PyObject *load_extension(py_unpickler *u, const pila_value *parts)
{
    PyObject *cache = PyObject_GetAttrString(copyreg, "_extension_cache");
    PyObject *names = PyObject_GetAttrString(copyreg, "_inverted_registry");
    PyObject *code = PyLong_FromLongLong(parts[0].as.i), *pair, *found = NULL;

    if (!cache || !names || !code) goto end;
    if ((found = PyDict_GetItemWithError(cache, code)) != NULL) {
        Py_INCREF(found);
        goto end;
    }
    pair = PyErr_Occurred() ? NULL : PyDict_GetItemWithError(names, code);
    if (pair && PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2) {
        found = find_class(u, Py_NewRef(PyTuple_GET_ITEM(pair, 0)),
                           Py_NewRef(PyTuple_GET_ITEM(pair, 1)));
        if (found && PyDict_SetItem(cache, code, found)) Py_CLEAR(found);
    } else if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "unregistered extension code %S", code);
end:
    Py_XDECREF(cache);
    Py_XDECREF(names);
    Py_XDECREF(code);
    return found;
}

static PyObject *load_id(py_unpickler *u, const pila_value *parts)
{
    PyObject *id, *found;

    if (!u->ask_id) {
        PyErr_SetString(unpickling_error,
                        "A load persistent id instruction was encountered, but no "
                        "persistent_load function was specified.");
        return NULL;
    }
    id = load(u, parts[0]);
    found = id ? PyObject_CallOneArg(u->ask_id, id) : NULL;
    Py_XDECREF(id);
    return found;
}

static PyObject *load_buffer(py_unpickler *u, const pila_value *parts)
{
    PyObject *buffer = NULL, *view = NULL;

    if (!u->buffers) {
        PyErr_SetString(unpickling_error,
                        "pickle stream refers to out-of-band data but no *buffers* "
                        "argument was given");
        return NULL;
    }
    while (PyList_GET_SIZE(u->fetched) <= parts[0].as.i) {
        if ((buffer = PyIter_Next(u->buffers)) == NULL) {
            if (!PyErr_Occurred())
                PyErr_SetString(unpickling_error, "not enough out-of-band buffers");
            return NULL;
        }
        int full = PyList_Append(u->fetched, buffer);
        Py_DECREF(buffer);
        if (full) return NULL;
    }
    buffer = Py_NewRef(PyList_GET_ITEM(u->fetched, parts[0].as.i));
    if (!parts[1].as.i) return buffer;
    if ((view = PyMemoryView_FromObject(buffer)) == NULL) Py_CLEAR(buffer);
    else if (!PyMemoryView_GET_BUFFER(view)->readonly)
        Py_SETREF(buffer, PyObject_CallMethod(view, "toreadonly", NULL));
    Py_XDECREF(view);
    return buffer;
}

/* ---- objects that are made by a call ---- */

static PyObject *call(pila_object_how how, PyObject *callable, PyObject *args,
                      PyObject *kwargs)
{
    const char *op = how == PILA_OBJECT_NEWOBJ ? "NEWOBJ" : "NEWOBJ_EX";

    if (how == PILA_OBJECT_REDUCE) return PyObject_CallObject(callable, args);
    if (how == PILA_OBJECT_INST || how == PILA_OBJECT_OBJ) {
        PyObject *with;
        if (PyTuple_GET_SIZE(args) || !PyType_Check(callable))
            return PyObject_CallObject(callable, args);
        if (attribute(callable, "__getinitargs__", &with) < 0) return NULL;
        if (!with) return PyObject_CallMethod(callable, "__new__", "O", callable);
        Py_DECREF(with);
        return PyObject_CallObject(callable, args);
    }
    if (!PyType_Check(callable))
        return PyErr_Format(unpickling_error,
                            "%s class argument must be a type, not %.200s", op,
                            Py_TYPE(callable)->tp_name);
    if (!((PyTypeObject *)callable)->tp_new)
        return PyErr_Format(unpickling_error,
                            "%s class argument '%.200s' doesn't have "
                            "__new__",
                            op, ((PyTypeObject *)callable)->tp_name);
    return ((PyTypeObject *)callable)->tp_new((PyTypeObject *)callable, args, kwargs);
}

/* One method for each item. */
static int each(PyObject *o, const char *method, PyObject *items)
{
    PyObject *f = PyObject_GetAttrString(o, method), *said;
    int done = f ? 0 : -1;

    for (Py_ssize_t i = 0; !done && i < PyList_GET_SIZE(items); i++) {
        said = PyObject_CallOneArg(f, PyList_GET_ITEM(items, i));
        if (!said) done = -1;
        Py_XDECREF(said);
    }
    Py_XDECREF(f);
    return done;
}

/* What APPENDS or ADDITEMS gave: pila keeps them alike. */
static int give_items(PyObject *o, PyObject *items)
{
    PyObject *extend, *said;

    if (PySet_Check(o)) return _PySet_Update(o, items);
    if (PyList_CheckExact(o))
        return PyList_SetSlice(o, PY_SSIZE_T_MAX, PY_SSIZE_T_MAX, items);
    if (attribute(o, "extend", &extend) < 0) return -1;
    if (extend) {
        said = PyObject_CallOneArg(extend, items);
        Py_DECREF(extend);
        Py_XDECREF(said);
        return said ? 0 : -1;
    }
    return each(o,
                PyObject_HasAttrString(o, "append") ? "append"
                : PyObject_HasAttrString(o, "add")  ? "add"
                                                    : "append",
                items);
}

static int give_pairs(PyObject *o, PyObject *pairs)
{
    int done = 0;

    for (Py_ssize_t i = 0; !done && i + 1 < PyList_GET_SIZE(pairs); i += 2)
        done = PyObject_SetItem(o, PyList_GET_ITEM(pairs, i),
                                PyList_GET_ITEM(pairs, i + 1));
    return done;
}

/* Each entry of a dict, into a dict by its item or as an attribute. */
static int give_attributes(PyObject *o, PyObject *state, bool slots)
{
    Py_ssize_t at = 0;
    PyObject *k, *v, *to = slots ? Py_NewRef(o) : PyObject_GetAttrString(o, "__dict__");
    int done = to ? 0 : -1;

    while (!done && PyDict_Next(state, &at, &k, &v)) {
        Py_INCREF(k);
        Py_INCREF(v);
        if (!slots && PyUnicode_CheckExact(k)) PyUnicode_InternInPlace(&k);
        done = slots ? PyObject_SetAttr(to, k, v) : PyObject_SetItem(to, k, v);
        Py_DECREF(k);
        Py_DECREF(v);
    }
    Py_XDECREF(to);
    return done;
}

static int give_state(PyObject *o, PyObject *state)
{
    PyObject *set, *said, *slots = Py_None;

    if (attribute(o, "__setstate__", &set) < 0) return -1;
    if (set) {
        said = PyObject_CallOneArg(set, state);
        Py_DECREF(set);
        Py_XDECREF(said);
        return said ? 0 : -1;
    }
    if (PyTuple_Check(state) && PyTuple_GET_SIZE(state) == 2) {
        slots = PyTuple_GET_ITEM(state, 1);
        state = PyTuple_GET_ITEM(state, 0);
    }
    if (state != Py_None && !PyDict_Check(state)) {
        PyErr_SetString(unpickling_error, "state is not a dictionary");
        return -1;
    }
    if (slots != Py_None && !PyDict_Check(slots)) {
        PyErr_SetString(unpickling_error, "slot state is not a dictionary");
        return -1;
    }
    if (state != Py_None && give_attributes(o, state, false)) return -1;
    return slots != Py_None ? give_attributes(o, slots, true) : 0;
}

/* Items, pairs and state, as far as there are any. */
static int fill(py_unpickler *u, const pila_value *parts, PyObject *o)
{
    static int (*const give[])(PyObject *, PyObject *) = {give_items, give_pairs,
                                                          give_state};
    static const int which[] = {PILA_PART_ITEMS, PILA_PART_PAIRS, PILA_PART_STATE};
    int done = 0;

    for (int i = 0; !done && i < 3; i++) {
        if (pila_value_kind_of(parts[which[i]]) == PILA_VALUE_NONE) continue;
        PyObject *part = load(u, parts[which[i]]);
        done = part ? give[i](o, part) : -1;
        Py_XDECREF(part);
    }
    return done;
}

/* What is called, and with what. Where that leads back to this very call, the stream
 * began elsewhere: its containers were full when this was called. See load. */
static bool load_called(py_unpickler *u, pila_value v, PyObject **called)
{
    static const int which[] = {PILA_PART_CALLABLE, PILA_PART_ARGS, PILA_PART_KWARGS};
    int n = pila_value_how(v) == PILA_OBJECT_NEWOBJ_EX ? 3 : 2;
    bool again = is_begun(u, v), all = !set_begun(u, v, true);

    u->forced += again;
    for (int i = 0; all && i < n; i++)
        all = (called[i] = load(u, parts_of(v)[which[i]])) != NULL;
    u->forced -= again;
    return all && !set_begun(u, v, false);
}

static PyObject *load_call(py_unpickler *u, pila_value v)
{
    PyObject *called[3] = {NULL}, *made = NULL;

    if (load_called(u, v, called)) {
        made = made_of(u, v);
        Py_XINCREF(made);
        if (!made) {
            made = note(u, v, call(pila_value_how(v), called[0], called[1], called[2]));
            if (made && fill(u, parts_of(v), made)) Py_CLEAR(made);
        }
    }
    for (int i = 0; i < 3; i++) Py_XDECREF(called[i]);
    return made;
}

static PyObject *load_object(py_unpickler *u, pila_value v)
{
    switch (pila_value_how(v)) {
    case PILA_OBJECT_GLOBAL: return note(u, v, load_global(u, parts_of(v)));
    case PILA_OBJECT_EXTENSION: return note(u, v, load_extension(u, parts_of(v)));
    case PILA_OBJECT_PERSISTENT: return note(u, v, load_id(u, parts_of(v)));
    case PILA_OBJECT_BUFFER: return note(u, v, load_buffer(u, parts_of(v)));
    default: return load_call(u, v);
    }
}

/* ---- containers ---- */

/* A new list of what n values stand for. */
static PyObject *load_all(py_unpickler *u, const pila_value *values, size_t n)
{
    PyObject *made = PyList_New((Py_ssize_t)n), *item;

    for (size_t i = 0; made && i < n; i++)
        if ((item = load(u, values[i])) != NULL)
            PyList_SET_ITEM(made, (Py_ssize_t)i, item);
        else Py_CLEAR(made);
    return made;
}

/* A new list of a set's items, or of a dict's keys and values in turn. */
static PyObject *load_entries(py_unpickler *u, pila_value v, bool pairs)
{
    PyObject *made = PyList_New(0), *item;
    pila_iter it = pairs ? pila_value_items(v) : pila_value_iter(v);
    const void *at;

    while (made && (at = pila_next_item(&it)) != NULL)
        for (int i = 0; made && i < (pairs ? 2 : 1); i++) {
            item = load(u, ((const pila_value *)at)[i]);
            if (!item || PyList_Append(made, item)) Py_CLEAR(made);
            Py_XDECREF(item);
        }
    pila_iter_drop(&it);
    return made;
}

static PyObject *load_items(py_unpickler *u, pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);
    size_t n;
    const pila_value *data = pila_value_data(v, &n);

    return kind == PILA_VALUE_LIST ? load_all(u, data, n)
                                   : load_entries(u, v, kind == PILA_VALUE_DICT);
}

static int give(pila_value v, PyObject *made, PyObject *items)
{
    return pila_value_kind_of(v) == PILA_VALUE_DICT ? give_pairs(made, items)
                                                    : give_items(made, items);
}

/* Fill a container, unless load_forced did so meanwhile. */
static int load_into(py_unpickler *u, pila_value v, PyObject *made)
{
    PyObject *items = load_items(u, v);
    int done = items ? 0 : -1;

    if (items && is_begun(u, v)) done = set_begun(u, v, false) || give(v, made, items);
    Py_XDECREF(items);
    return done;
}

/* Fill it at once, with what its items are by now. */
static int load_forced(py_unpickler *u, pila_value v, PyObject *made)
{
    int forced = u->forced, done = set_begun(u, v, false);
    PyObject *items;

    u->forced = 0;
    items = done ? NULL : load_items(u, v);
    u->forced = forced;
    done = items ? give(v, made, items) : -1;
    Py_XDECREF(items);
    return done;
}

/* Made first, then its items, then filled: they may lead back to it. */
static PyObject *load_mutable(py_unpickler *u, pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);
    PyObject *made = kind == PILA_VALUE_LIST   ? PyList_New(0)
                     : kind == PILA_VALUE_DICT ? PyDict_New()
                                               : PySet_New(NULL);

    made = note(u, v, made);
    if (made && (set_begun(u, v, true) || load_into(u, v, made))) Py_CLEAR(made);
    return made;
}

/* Made when the items are, if they have not led back to it. */
static PyObject *load_frozen(py_unpickler *u, pila_value v)
{
    bool tuple = pila_value_kind_of(v) == PILA_VALUE_TUPLE;
    size_t n;
    const pila_value *data = pila_value_data(v, &n);
    PyObject *items = tuple ? load_all(u, data, n) : load_entries(u, v, false);
    PyObject *made = items ? made_of(u, v) : NULL;

    if (made) Py_INCREF(made);
    else if (items)
        made = note(u, v, tuple ? PyList_AsTuple(items) : PyFrozenSet_New(items));
    Py_XDECREF(items);
    return made;
}

static PyObject *load_container(py_unpickler *u, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_LIST:
    case PILA_VALUE_DICT:
    case PILA_VALUE_SET: return load_mutable(u, v);
    case PILA_VALUE_TUPLE:
    case PILA_VALUE_FROZENSET: return load_frozen(u, v);
    case PILA_VALUE_OBJECT: return load_object(u, v);
    default: return note(u, v, py_plain_of(v));
    }
}

static bool is_mutable(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_LIST ||
           pila_value_kind_of(v) == PILA_VALUE_DICT ||
           pila_value_kind_of(v) == PILA_VALUE_SET;
}

static PyObject *load(py_unpickler *u, pila_value v)
{
    PyObject *made;

    if (pila_value_kind_of(v) <= PILA_VALUE_FLOAT) return py_plain_of(v);
    if ((made = made_of(u, v)) != NULL) {
        if (u->forced && is_mutable(v) && is_begun(u, v) && load_forced(u, v, made))
            return NULL;
        return Py_NewRef(made);
    }
    if (Py_EnterRecursiveCall(" while unpickling an object")) return NULL;
    made = load_container(u, v);
    Py_LeaveRecursiveCall();
    return made;
}

PyObject *unpickler_object(py_unpickler *u, pila_value v) { return load(u, v); }
