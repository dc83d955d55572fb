/* defaultdict.c - _collections.defaultdict, over lib/collections/defaultdict. */
#include "mapping.h"

#define CORE_OF(o) (&MAPPING(o)->core.defaults)
#define IS_DEFAULT(o) PyObject_TypeCheck(o, &defaultdict_type)

/* ---- the factory ---- */

/* What a factory makes; ctx is the object, which the call may take from its dict. */
static pila_status factory_make(void *ctx, void *value)
{
    PyObject *factory = Py_NewRef((PyObject *)ctx);
    PyObject *made = PyObject_CallNoArgs(factory);

    Py_DECREF(factory);
    if (!made) return PILA_EUSER;
    *(PyObject **)value = made;
    return PILA_OK;
}

static PyObject *get_factory(PyObject *self, void *closure)
{
    PyObject *factory = MAPPING(self)->factory;

    (void)closure;
    return Py_NewRef(factory ? factory : Py_None);
}

static int set_factory(PyObject *self, PyObject *factory, void *closure)
{
    PyObject *before = MAPPING(self)->factory;

    (void)closure;
    if (factory == Py_None) factory = NULL;
    MAPPING(self)->factory = Py_XNewRef(factory);
    CORE(pila_defaultdict_default_call(CORE_OF(self), factory ? factory_make : NULL,
                                       factory));
    Py_XDECREF(before);
    return 0;
}

/* ---- from nothing ---- */

static PyObject *defaultdict_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = mapping_alloc(type);

    (void)args, (void)kwargs;
    return mapping_made(self,
                        self ? pila_defaultdict_init(CORE_OF(self), &py_type, &py_type)
                             : PILA_OK);
}

static int defaultdict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *factory = n ? PyTuple_GET_ITEM(args, 0) : Py_None, *rest;
    int failed;

    if (factory != Py_None && !PyCallable_Check(factory)) {
        PyErr_SetString(PyExc_TypeError, "first argument must be callable or None");
        return -1;
    }
    if ((rest = PyTuple_GetSlice(args, 1, n)) == NULL) return -1;
    set_factory(self, factory, NULL);
    failed = mapping_fill(self, "defaultdict", rest, kwargs);
    Py_DECREF(rest);
    return failed;
}

/* One of the same type and factory; other's pairs, where a subclass makes it. */
static PyObject *defaultdict_like(PyObject *self, PyObject *other)
{
    PyObject *type = (PyObject *)Py_TYPE(self), *factory = MAPPING(self)->factory,
             *made;

    if (Py_TYPE(self) != &defaultdict_type)
        return PyObject_CallFunctionObjArgs(type, factory ? factory : Py_None, other,
                                            NULL);
    made = defaultdict_new(&defaultdict_type, NULL, NULL);
    if (made) set_factory(made, factory, NULL);
    return made;
}

/* ---- what is missing ---- */

static PyObject *defaultdict_missing(PyObject *self, PyObject *key)
{
    PyObject *factory = MAPPING(self)->factory, *value;

    if (!factory) return mapping_fail(PILA_EKEY, key);
    if (factory_make(factory, &value) != PILA_OK) return NULL;
    if (PyObject_SetItem(self, key, value)) Py_CLEAR(value);
    return value;
}

static PyObject *defaultdict_get(PyObject *self, PyObject *key)
{
    void *value;

    if (Py_TYPE(self) != &defaultdict_type) return mapping_get(self, key);
    pila_status st = CORE(pila_defaultdict_find(CORE_OF(self), &key, &value));
    return st == PILA_OK ? py_object(value) : mapping_fail(st, key);
}

/* ---- whole ones ---- */

static PyObject *defaultdict_copy(PyObject *self, PyObject *none)
{
    PyObject *made = defaultdict_like(self, self);

    (void)none;
    if (!made || Py_TYPE(self) != &defaultdict_type) return made;
    return mapping_made(made,
                        CORE(pila_defaultdict_copy(CORE_OF(made), CORE_OF(self))));
}

static pila_status defaultdict_join(PyObject *made, PyObject *self,
                                    const pila_dict *left, const pila_dict *right)
{
    if (left == DICT_OF(self))
        return CORE(pila_defaultdict_or(CORE_OF(made), CORE_OF(self), right));
    return CORE(pila_defaultdict_ror(CORE_OF(made), left, CORE_OF(self)));
}

static PyObject *defaultdict_or(PyObject *left, PyObject *right)
{
    PyObject *self = IS_DEFAULT(left) ? left : right, *made;

    if (!PyDict_Check(left) || !PyDict_Check(right)) Py_RETURN_NOTIMPLEMENTED;
    made = defaultdict_like(self, left);
    if (Py_TYPE(self) == &defaultdict_type)
        return mapping_or(made, self, left, right, defaultdict_join);
    if (made && mapping_take(made, right)) Py_CLEAR(made);
    return made;
}

static PyObject *factory_repr(PyObject *factory)
{
    int inside = factory ? Py_ReprEnter(factory) : 0;
    PyObject *text;

    if (!factory) return PyUnicode_FromString("None");
    if (inside) return inside < 0 ? NULL : PyUnicode_FromString("...");
    text = PyObject_Repr(factory);
    Py_ReprLeave(factory);
    return text;
}

/* The factory as Python shows it, beside the core's pairs. */
static PyObject *defaultdict_repr(PyObject *self)
{
    PyObject *pairs, *factory, *text = NULL;
    pila_buf buf = {0};
    int inside = Py_ReprEnter(self);

    if (inside < 0) return NULL;
    if (inside) pairs = PyUnicode_FromString("{...}");
    else {
        pairs = mapping_text(&buf, CORE(pila_dict_repr(DICT_OF(self), &buf)));
        Py_ReprLeave(self);
    }
    factory = pairs ? factory_repr(MAPPING(self)->factory) : NULL;
    if (factory)
        text = PyUnicode_FromFormat("%s(%U, %U)", mapping_name(self), factory, pairs);
    Py_XDECREF(factory);
    Py_XDECREF(pairs);
    return text;
}

static PyObject *defaultdict_reduce(PyObject *self, PyObject *none)
{
    PyObject *factory = MAPPING(self)->factory;
    PyObject *args = factory ? PyTuple_Pack(1, factory) : PyTuple_New(0);
    PyObject *items = args ? PyObject_CallMethod(self, "items", NULL) : NULL;
    PyObject *it = items ? PyObject_GetIter(items) : NULL;

    (void)none;
    Py_XDECREF(items);
    if (it) return Py_BuildValue("ONOON", Py_TYPE(self), args, Py_None, Py_None, it);
    Py_XDECREF(args);
    return NULL;
}

/* ---- the type ---- */

static PyMethodDef defaultdict_methods[] = {
    {"copy", defaultdict_copy, METH_NOARGS, "A shallow copy."},
    {"__copy__", defaultdict_copy, METH_NOARGS, "A shallow copy."},
    {"__missing__", defaultdict_missing, METH_O, "Make, set and return a value."},
    {"__reduce__", defaultdict_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef defaultdict_attributes[] = {{"default_factory", get_factory,
                                                set_factory,
                                                "what makes the value of a missing key",
                                                NULL},
                                               {NULL, NULL, NULL, NULL, NULL}};

static PyNumberMethods defaultdict_as_number = {.nb_or = defaultdict_or};
static PyMappingMethods defaultdict_as_mapping = {.mp_subscript = defaultdict_get};

PyTypeObject defaultdict_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "collections.defaultdict",
    .tp_basicsize = sizeof(py_mapping),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_base = &mapping_type,
    .tp_new = defaultdict_new,
    .tp_init = defaultdict_init,
    .tp_repr = defaultdict_repr,
    .tp_as_number = &defaultdict_as_number,
    .tp_as_mapping = &defaultdict_as_mapping,
    .tp_methods = defaultdict_methods,
    .tp_getset = defaultdict_attributes,
    .tp_doc =
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory"};

int add_defaultdict(PyObject *module)
{
    return PyModule_AddType(module, &defaultdict_type);
}
