/* functools.c - _functools' reduce, partial, cmp_to_key and _lru_cache_wrapper, over
 * lib/itertools/functools and lib/collections/lru_cache. */
#include "binding.h"

#include <pila/collections/lru_cache.h>
#include <pila/itertools/functools.h>

#define NEW_TYPE(name, T)                                                              \
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = name, .tp_basicsize = sizeof(T)

/* ---- reduce ---- */

static pila_status call_two(void *ctx, const void *a, const void *b, void *out)
{
    PyObject *made = PyObject_CallFunctionObjArgs(ctx, *(PyObject *const *)a,
                                                  *(PyObject *const *)b, NULL);
    *(PyObject **)out = made;
    return made ? PILA_OK : PILA_EUSER;
}

static PyObject *py_reduce(PyObject *self, PyObject *args)
{
    static const py_raise raises[] = {
        {PILA_ETYPE, &PyExc_TypeError,
         "reduce() of empty iterable with no initial value"},
        {PILA_OK, NULL, NULL}};
    PyObject *fn, *iterable, *initial = NULL, *made = NULL, *iterator;

    (void)self;
    if (!PyArg_UnpackTuple(args, "reduce", 2, 3, &fn, &iterable, &initial)) return NULL;
    iterator = PyObject_GetIter(iterable);
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, "reduce() arg 2 must support iteration");
        return NULL;
    }
    pila_status st = CORE(pila_reduce_fn(py_source(iterator), call_two, fn,
                                         initial ? &initial : NULL, &py_type, &made));
    return st == PILA_OK ? made : py_fail(st, raises);
}

/* ---- cmp_to_key ---- */

typedef struct py_key {
    PyObject_HEAD PyObject *cmp, *object;
} py_key;

static PyTypeObject key_type;

/* What the user's function says; ctx tells whether for what is greater. */
typedef struct py_cmp {
    PyObject *fn;
    bool turned;
} py_cmp;

static pila_status call_cmp(void *ctx, const void *a, const void *b, int *out)
{
    py_cmp *c = ctx;
    PyObject *said = PyObject_CallFunctionObjArgs(c->fn, *(PyObject *const *)a,
                                                  *(PyObject *const *)b, NULL);
    PyObject *zero = said ? PyLong_FromLong(0) : NULL;
    int less = zero ? PyObject_RichCompareBool(said, zero, Py_LT) : -1;
    int more = less == 0 ? PyObject_RichCompareBool(said, zero, Py_GT) : 0;

    Py_XDECREF(said);
    Py_XDECREF(zero);
    if (less < 0 || more < 0) return PILA_EUSER;
    *out = c->turned ? less - more : more - less;
    return PILA_OK;
}

static PyObject *key_compare(PyObject *self, PyObject *other, int op)
{
    py_key *a = (py_key *)self, *b = (py_key *)other;
    py_cmp c = {a->cmp, op == Py_GT || op == Py_LE};
    pila_cmp order;
    bool is;

    if (!Py_IS_TYPE(other, &key_type)) {
        PyErr_Format(PyExc_TypeError, "other argument must be K instance");
        return NULL;
    }
    if (!a->object || !b->object) {
        PyErr_Format(PyExc_AttributeError, "object");
        return NULL;
    }
    pila_cmp_to_key(&order, &py_type, call_cmp, &c);
    pila_status st =
        op == Py_EQ || op == Py_NE
            ? CORE(pila_type_eq(&order.type, &a->object, &b->object, &is))
            : CORE(pila_type_less(&order.type, &a->object, &b->object, &is));
    if (st != PILA_OK) return py_fail(st, NULL);
    return PyBool_FromLong(is != (op == Py_NE || op == Py_LE || op == Py_GE));
}

static PyObject *key_make(PyObject *cmp, PyObject *object)
{
    py_key *k = PyObject_GC_New(py_key, &key_type);

    if (!k) return NULL;
    k->cmp = Py_NewRef(cmp);
    k->object = Py_XNewRef(object);
    PyObject_GC_Track(k);
    return (PyObject *)k;
}

static PyObject *key_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", NULL};
    PyObject *object;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:K", names, &object)) return NULL;
    return key_make(((py_key *)self)->cmp, object);
}

static PyObject *py_cmp_to_key(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"mycmp", NULL};
    PyObject *cmp;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:cmp_to_key", names, &cmp))
        return NULL;
    return key_make(cmp, NULL);
}

static int key_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((py_key *)self)->cmp);
    Py_VISIT(((py_key *)self)->object);
    return 0;
}

static void key_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((py_key *)self)->cmp);
    Py_XDECREF(((py_key *)self)->object);
    PyObject_GC_Del(self);
}

static PyMemberDef key_members[] = {{"obj", T_OBJECT, offsetof(py_key, object), 0,
                                     "Value wrapped by a key function."},
                                    {NULL, 0, 0, 0, NULL}};

static PyTypeObject key_type = {NEW_TYPE("functools.KeyWrapper", py_key),
                                .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                                            Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                .tp_dealloc = key_dealloc,
                                .tp_traverse = key_traverse,
                                .tp_call = key_call,
                                .tp_richcompare = key_compare,
                                .tp_hash = PyObject_HashNotImplemented,
                                .tp_getattro = PyObject_GenericGetAttr,
                                .tp_members = key_members};

/* ---- partial ---- */

typedef struct py_partial {
    PyObject_HEAD PyObject *fn, *args, *kwargs, *dict, *weak;
} py_partial;

static PyTypeObject partial_type;

/* The core binds one argument of two: the bound ones are a tuple, and so are the rest.
 */
typedef struct py_bound_call {
    py_partial *partial;
    PyObject *kwargs; /* of this call, or NULL */
} py_bound_call;

static pila_status call_joined(void *ctx, const void *first, const void *rest,
                               void *out)
{
    py_bound_call *call = ctx;
    PyObject *kwargs = call->partial->kwargs, *made = NULL;
    PyObject *args =
        PySequence_Concat(*(PyObject *const *)first, *(PyObject *const *)rest);

    kwargs = call->kwargs || PyDict_GET_SIZE(kwargs) ? PyDict_Copy(kwargs) : NULL;
    if (args && !PyErr_Occurred() &&
        (!call->kwargs || PyDict_Merge(kwargs, call->kwargs, 1) == 0))
        made = PyObject_Call(call->partial->fn, args, kwargs);
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    *(PyObject **)out = made;
    return made ? PILA_OK : PILA_EUSER;
}

static PyObject *partial_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    py_partial *p = (py_partial *)self;
    PyObject *bound = Py_NewRef(p->args), *made;
    py_bound_call call = {p, kwargs};
    pila_partial core = {call_joined, &call, &bound};

    pila_status st = CORE(pila_partial_call(&core, &args, &made));
    Py_DECREF(bound);
    return st == PILA_OK ? made : py_fail(st, NULL);
}

static PyObject *partial_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *fn = n ? PyTuple_GET_ITEM(args, 0) : NULL;
    py_partial *inner = NULL, *p;

    if (!fn) {
        PyErr_SetString(PyExc_TypeError, "type 'partial' takes at least one argument");
        return NULL;
    }
    if (!PyCallable_Check(fn)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    /* One of a partial is one, unless the inner has attributes of its own. */
    if (Py_TYPE(fn)->tp_call == partial_call && type == &partial_type &&
        !((py_partial *)fn)->dict)
        inner = (py_partial *)fn;
    p = (py_partial *)type->tp_alloc(type, 0);
    if (!p) return NULL;
    p->fn = Py_NewRef(inner ? inner->fn : fn);
    p->args = PyTuple_GetSlice(args, 1, n);
    if (p->args && inner) Py_SETREF(p->args, PySequence_Concat(inner->args, p->args));
    p->kwargs = inner ? PyDict_Copy(inner->kwargs) : PyDict_New();
    if (!p->args || !p->kwargs || (kwargs && PyDict_Merge(p->kwargs, kwargs, 1) < 0))
        Py_CLEAR(p);
    return (PyObject *)p;
}

static int partial_traverse(PyObject *self, visitproc visit, void *arg)
{
    py_partial *p = (py_partial *)self;

    Py_VISIT(p->fn);
    Py_VISIT(p->args);
    Py_VISIT(p->kwargs);
    Py_VISIT(p->dict);
    return 0;
}

static int partial_clear(PyObject *self)
{
    py_partial *p = (py_partial *)self;

    Py_CLEAR(p->fn);
    Py_CLEAR(p->args);
    Py_CLEAR(p->kwargs);
    Py_CLEAR(p->dict);
    return 0;
}

static void partial_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((py_partial *)self)->weak) PyObject_ClearWeakRefs(self);
    partial_clear(self);
    Py_TYPE(self)->tp_free(self);
}

/* name=value, name=value behind what text has. */
static PyObject *repr_kwargs(PyObject *text, PyObject *kwargs)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;

    while (text && PyDict_Next(kwargs, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        Py_SETREF(text, PyUnicode_FromFormat("%U, %S=%R", text, key, value));
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return text;
}

static PyObject *partial_repr(PyObject *self)
{
    py_partial *p = (py_partial *)self;
    PyTypeObject *type = Py_TYPE(self);
    const char *name = type == &partial_type ? "functools.partial" : type->tp_name;
    int inside = Py_ReprEnter(self);

    if (inside) return inside < 0 ? NULL : PyUnicode_FromString("...");
    PyObject *fn = Py_NewRef(p->fn), *args = Py_NewRef(p->args);
    PyObject *kwargs = Py_NewRef(p->kwargs);
    PyObject *text = PyUnicode_FromFormat("%s(%R", name, fn);
    for (Py_ssize_t k = 0; text && k < PyTuple_GET_SIZE(args); k++)
        Py_SETREF(text,
                  PyUnicode_FromFormat("%U, %R", text, PyTuple_GET_ITEM(args, k)));
    text = repr_kwargs(text, kwargs);
    if (text) Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
    Py_DECREF(fn);
    Py_DECREF(args);
    Py_DECREF(kwargs);
    Py_ReprLeave(self);
    return text;
}

static PyObject *partial_reduce(PyObject *self, PyObject *none)
{
    py_partial *p = (py_partial *)self;

    (void)none;
    return Py_BuildValue("O(O)(OOOO)", Py_TYPE(self), p->fn, p->fn, p->args, p->kwargs,
                         p->dict ? p->dict : Py_None);
}

static PyObject *partial_setstate(PyObject *self, PyObject *state)
{
    py_partial *p = (py_partial *)self;
    PyObject *fn, *args, *kwargs, *dict;

    if (!PyTuple_Check(state) ||
        !PyArg_ParseTuple(state, "OOOO", &fn, &args, &kwargs, &dict) ||
        !PyCallable_Check(fn) || !PyTuple_Check(args) ||
        (kwargs != Py_None && !PyDict_Check(kwargs))) {
        PyErr_SetString(PyExc_TypeError, "invalid partial state");
        return NULL;
    }
    args = PyTuple_CheckExact(args) ? Py_NewRef(args) : PySequence_Tuple(args);
    if (!args) return NULL;
    kwargs = kwargs == Py_None           ? PyDict_New()
             : PyDict_CheckExact(kwargs) ? Py_NewRef(kwargs)
                                         : PyDict_Copy(kwargs);
    if (!kwargs) {
        Py_DECREF(args);
        return NULL;
    }
    Py_INCREF(fn);
    Py_SETREF(p->fn, fn);
    Py_SETREF(p->args, args);
    Py_SETREF(p->kwargs, kwargs);
    Py_XSETREF(p->dict, dict == Py_None ? NULL : Py_NewRef(dict));
    Py_RETURN_NONE;
}

static PyMethodDef partial_methods[] = {
    {"__reduce__", partial_reduce, METH_NOARGS, NULL},
    {"__setstate__", partial_setstate, METH_O, NULL},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL}};
static PyMemberDef partial_members[] = {
    {"func", T_OBJECT, offsetof(py_partial, fn), READONLY, "function of future calls"},
    {"args", T_OBJECT, offsetof(py_partial, args), READONLY,
     "arguments of future calls"},
    {"keywords", T_OBJECT, offsetof(py_partial, kwargs), READONLY, "keywords of them"},
    {NULL, 0, 0, 0, NULL}};
static PyGetSetDef dict_attribute[] = {{"__dict__", PyObject_GenericGetDict,
                                        PyObject_GenericSetDict, NULL, NULL},
                                       {NULL, NULL, NULL, NULL, NULL}};

static PyTypeObject partial_type = {
    NEW_TYPE("functools.partial", py_partial),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE |
                Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = partial_new,
    .tp_dealloc = partial_dealloc,
    .tp_traverse = partial_traverse,
    .tp_clear = partial_clear,
    .tp_call = partial_call,
    .tp_repr = partial_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_methods = partial_methods,
    .tp_members = partial_members,
    .tp_getset = dict_attribute,
    .tp_dictoffset = offsetof(py_partial, dict),
    .tp_weaklistoffset = offsetof(py_partial, weak),
    .tp_doc =
        "partial(func, *args, **keywords) - new function with partial application"};

/* ---- lru_cache ---- */

/* What a call is known by, and what it was: the latter lives as long as the call. */
typedef struct lru_key {
    PyObject *key;
    Py_hash_t hash; /* asked once a call */
    PyObject *args, *kwargs;
} lru_key;

static pila_status lru_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    *out = (uint64_t)((const lru_key *)item)->hash * UINT64_C(0x9e3779b97f4a7c15);
    return PILA_OK;
}

static pila_status lru_eq(void *ctx, const void *a, const void *b, bool *out)
{
    int same = PyObject_RichCompareBool(((const lru_key *)a)->key,
                                        ((const lru_key *)b)->key, Py_EQ);
    (void)ctx;
    if (same < 0) return PILA_EUSER;
    *out = same;
    return PILA_OK;
}

static pila_status lru_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    *(lru_key *)out = *(const lru_key *)item;
    Py_INCREF(((lru_key *)out)->key);
    return PILA_OK;
}

static void lru_drop(void *ctx, void *item)
{
    (void)ctx;
    Py_DECREF(((lru_key *)item)->key);
}

static const pila_type lru_key_type = {PILA_KIND_OTHER,
                                       sizeof(lru_key),
                                       _Alignof(lru_key),
                                       "call",
                                       NULL,
                                       lru_hash,
                                       lru_eq,
                                       NULL,
                                       lru_copy,
                                       lru_drop,
                                       NULL};

typedef struct py_lru {
    PyObject_HEAD pila_lru_cache core;
    PyObject *fn, *info, *maxsize, *dict, *weak;
    bool typed;
} py_lru;

static PyTypeObject lru_type;
static PyObject *keyword_mark;

static pila_status lru_function(void *ctx, const void *key, void *out)
{
    const lru_key *k = key;
    PyObject *made = PyObject_Call(ctx, k->args, k->kwargs);

    *(PyObject **)out = made;
    return made ? PILA_OK : PILA_EUSER;
}

/* Append x, or its type, to a list; x is borrowed. */
static bool add_to(PyObject *list, PyObject *x, bool its_type)
{
    return PyList_Append(list, its_type ? (PyObject *)Py_TYPE(x) : x) == 0;
}

static PyObject *lru_long_key(PyObject *args, PyObject *kwargs, bool typed)
{
    PyObject *parts = PySequence_List(args), *key, *value, *made = NULL;
    Py_ssize_t at = 0;
    bool good = parts != NULL;

    if (good && kwargs && PyDict_GET_SIZE(kwargs)) {
        good = add_to(parts, keyword_mark, false);
        while (good && PyDict_Next(kwargs, &at, &key, &value))
            good = add_to(parts, key, false) && add_to(parts, value, false);
    }
    for (Py_ssize_t k = 0; good && typed && k < PyTuple_GET_SIZE(args); k++)
        good = add_to(parts, PyTuple_GET_ITEM(args, k), true);
    for (at = 0; good && typed && kwargs && PyDict_Next(kwargs, &at, &key, &value);)
        good = add_to(parts, value, true);
    if (good) made = PyList_AsTuple(parts);
    Py_XDECREF(parts);
    return made;
}

static PyObject *lru_make_key(PyObject *args, PyObject *kwargs, bool typed)
{
    if (typed || (kwargs && PyDict_GET_SIZE(kwargs)))
        return lru_long_key(args, kwargs, typed);
    if (PyTuple_GET_SIZE(args) == 1) { /* what is its own key */
        PyObject *x = PyTuple_GET_ITEM(args, 0);
        if (PyUnicode_CheckExact(x) || PyLong_CheckExact(x)) return Py_NewRef(x);
    }
    return Py_NewRef(args);
}

static PyObject *lru_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    py_lru *c = (py_lru *)self;
    PyObject *made = NULL;
    lru_key key = {lru_make_key(args, kwargs, c->typed), 0, args, kwargs};

    if (!key.key) return NULL;
    /* A cache of nothing asks for no hash. */
    if (pila_lru_cache_info(&c->core).maxsize) key.hash = PyObject_Hash(key.key);
    if (key.hash == -1) {
        Py_DECREF(key.key);
        return NULL;
    }
    pila_status st = CORE(pila_lru_cache_call(&c->core, &key, &made));
    Py_DECREF(key.key);
    return st == PILA_OK ? made : py_fail(st, NULL);
}

static PyObject *lru_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"user_function", "maxsize", "typed", "cache_info_type",
                            NULL};
    PyObject *fn, *maxsize, *info;
    int typed;
    size_t most = PILA_UNLIMITED;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOpO:lru_cache", names, &fn,
                                     &maxsize, &typed, &info))
        return NULL;
    if (!PyCallable_Check(fn)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    if (maxsize != Py_None) {
        Py_ssize_t n = PyIndex_Check(maxsize) ? PyNumber_AsSsize_t(maxsize, NULL) : -1;
        if (!PyIndex_Check(maxsize))
            PyErr_SetString(PyExc_TypeError, "maxsize should be integer or None");
        if (PyErr_Occurred()) return NULL;
        most = n < 0 ? 0 : (size_t)n;
    }
    py_lru *c = (py_lru *)type->tp_alloc(type, 0);
    if (!c) return NULL;
    c->fn = Py_NewRef(fn);
    c->info = Py_NewRef(info);
    c->typed = typed;
    pila_status st = pila_lru_cache_init(&c->core, &lru_key_type, &py_type,
                                         lru_function, c->fn, most);
    if (st == PILA_OK) return (PyObject *)c;
    Py_DECREF(c);
    return py_fail(st, NULL);
}

static PyObject *lru_info(PyObject *self, PyObject *none)
{
    py_lru *c = (py_lru *)self;
    pila_lru_info info = CORE(pila_lru_cache_info(&c->core));

    (void)none;
    if (info.maxsize == PILA_UNLIMITED)
        return PyObject_CallFunction(c->info, "nnOn", (Py_ssize_t)info.hits,
                                     (Py_ssize_t)info.misses, Py_None,
                                     (Py_ssize_t)info.currsize);
    return PyObject_CallFunction(c->info, "nnnn", (Py_ssize_t)info.hits,
                                 (Py_ssize_t)info.misses, (Py_ssize_t)info.maxsize,
                                 (Py_ssize_t)info.currsize);
}

static PyObject *lru_cache_clear(PyObject *self, PyObject *none)
{
    (void)none;
    CORE(pila_lru_cache_clear(&((py_lru *)self)->core));
    Py_RETURN_NONE;
}

static PyObject *lru_get(PyObject *self, PyObject *object, PyObject *type)
{
    (void)type;
    if (!object || object == Py_None) return Py_NewRef(self);
    return PyMethod_New(self, object);
}

static PyObject *lru_copied(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(self);
}

static PyObject *lru_reduce(PyObject *self, PyObject *none)
{
    (void)none;
    return PyObject_GetAttrString(self, "__qualname__");
}

static int lru_traverse(PyObject *self, visitproc visit, void *arg)
{
    py_lru *c = (py_lru *)self;

    Py_VISIT(c->fn);
    Py_VISIT(c->info);
    Py_VISIT(c->dict);
    return 0; /* what is kept is not visited: the core has no iterator of a cache */
}

static int lru_tp_clear(PyObject *self)
{
    py_lru *c = (py_lru *)self;

    pila_lru_cache_clear(&c->core);
    Py_CLEAR(c->dict);
    return 0;
}

static void lru_dealloc(PyObject *self)
{
    py_lru *c = (py_lru *)self;

    PyObject_GC_UnTrack(self);
    if (c->weak) PyObject_ClearWeakRefs(self);
    if (c->core.types.first) pila_lru_cache_done(&c->core);
    Py_CLEAR(c->dict);
    Py_CLEAR(c->fn);
    Py_CLEAR(c->info);
    Py_TYPE(self)->tp_free(self);
}

static PyMethodDef lru_methods[] = {{"cache_info", lru_info, METH_NOARGS,
                                     "Report cache statistics"},
                                    {"cache_clear", lru_cache_clear, METH_NOARGS,
                                     "Clear the cache and its statistics"},
                                    {"__reduce__", lru_reduce, METH_NOARGS, NULL},
                                    {"__copy__", lru_copied, METH_NOARGS, NULL},
                                    {"__deepcopy__", lru_copied, METH_O, NULL},
                                    {NULL, NULL, 0, NULL}};

static PyTypeObject lru_type = {NEW_TYPE("functools._lru_cache_wrapper", py_lru),
                                .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                                            Py_TPFLAGS_BASETYPE |
                                            Py_TPFLAGS_METHOD_DESCRIPTOR |
                                            Py_TPFLAGS_IMMUTABLETYPE,
                                .tp_new = lru_new,
                                .tp_dealloc = lru_dealloc,
                                .tp_traverse = lru_traverse,
                                .tp_clear = lru_tp_clear,
                                .tp_call = lru_call,
                                .tp_descr_get = lru_get,
                                .tp_getattro = PyObject_GenericGetAttr,
                                .tp_setattro = PyObject_GenericSetAttr,
                                .tp_methods = lru_methods,
                                .tp_getset = dict_attribute,
                                .tp_dictoffset = offsetof(py_lru, dict),
                                .tp_weaklistoffset = offsetof(py_lru, weak)};

/* ---- the module ---- */

PyMODINIT_FUNC PyInit_pila_functools(void)
{
    static PyMethodDef methods[] = {
        {"reduce", py_reduce, METH_VARARGS, "Fold an iterable by a function of two."},
        {"cmp_to_key", (PyCFunction)(void (*)(void))py_cmp_to_key,
         METH_VARARGS | METH_KEYWORDS, "Convert a cmp= function into a key= function."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_functools", NULL, -1, methods, NULL, NULL, NULL, NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    keyword_mark = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type);
    if (!keyword_mark || PyType_Ready(&key_type) < 0) return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module && (PyModule_AddType(module, &partial_type) ||
                   PyModule_AddType(module, &lru_type)))
        Py_CLEAR(module);
    return module;
}
