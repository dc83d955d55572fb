/* counter.c - collections.Counter, over lib/collections/counter.
 *
 * A count is an int64_t, until one is set that is none: the core is then made a dict of
 * objects for good, and what a counter does with that, or for a subclass that sets or
 * gets its own way, Python's own methods do. They work on any object that has the
 * methods of a dict. What update or subtract would count beyond an int64_t raises
 * OverflowError, and what came before it stays.
 */
#include "mapping.h"

#define CORE_OF(o) (&MAPPING(o)->core.counter)
#define IS_COUNTER(o) PyObject_TypeCheck(o, &counter_type)

/* Python's Counter, and the class of what update takes for a mapping. */
static PyObject *python_counter, *python_mapping;
/* The method of the type itself. */
static PyObject *own_get;

/* Python's own method, on these objects; b may be NULL. */
static PyObject *by_python(const char *name, PyObject *a, PyObject *b)
{
    PyObject *method = PyObject_GetAttrString(python_counter, name), *answer;

    if (!method) return NULL;
    answer = PyObject_CallFunctionObjArgs(method, a, b, NULL);
    Py_DECREF(method);
    return answer;
}

/* ---- counts ---- */

static int counter_set(PyObject *self, PyObject *key, PyObject *value);
static PyObject *counter_get(PyObject *self, PyObject *key);

static bool is_narrow(PyObject *self)
{
    return DICT_OF(self)->types.second->kind == PILA_KIND_I64;
}

/* Whether the core may count by itself. */
static bool counts(PyObject *self)
{
    PyObject *get;

    if (!is_narrow(self) || Py_TYPE(self) == &counter_type) return is_narrow(self);
    get = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "get");
    Py_XDECREF(get); /* its type has it */
    PyErr_Clear();
    return get == own_get &&
           Py_TYPE(self)->tp_as_mapping->mp_ass_subscript == counter_set;
}

static bool both_count(PyObject *a, PyObject *b)
{
    return IS_COUNTER(a) && IS_COUNTER(b) && counts(a) && counts(b);
}

/* A dict of objects from now on, beside the core: that may be at work. */
static pila_status counter_widen(PyObject *self)
{
    pila_dict *wide = &MAPPING(self)->wide;
    size_t value_at = DICT_OF(self)->types.second_at;
    pila_iter it = CORE(pila_dict_items(DICT_OF(self)));
    pila_status st = PILA_OK;
    const char *item;

    while (st == PILA_OK && (item = pila_next_item(&it)) != NULL) {
        PyObject *key = py_object(item);
        PyObject *n = PyLong_FromLongLong(*(const int64_t *)(item + value_at));
        st = n ? CORE(pila_dict_set(wide, &key, &n)) : PILA_EUSER;
        Py_DECREF(key);
        Py_XDECREF(n);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    if (st != PILA_OK) {
        pila_dict_clear(wide);
        return st;
    }
    MAPPING(self)->dict = wide;
    CORE(pila_counter_clear(CORE_OF(self)));
    return PILA_OK;
}

/* Whether it is an int, and one that a count can be. */
static bool is_count(PyObject *value, int64_t *n)
{
    int over;

    if (!PyLong_CheckExact(value)) return false;
    *n = PyLong_AsLongLongAndOverflow(value, &over);
    return !over;
}

static int counter_set(PyObject *self, PyObject *key, PyObject *value)
{
    int64_t n;

    if (is_narrow(self)) {
        if (!value) return py_zero(CORE(pila_counter_del(CORE_OF(self), &key)), NULL);
        if (is_count(value, &n))
            return py_zero(CORE(pila_counter_set(CORE_OF(self), &key, n)), NULL);
        if (py_zero(counter_widen(self), NULL)) return -1;
    }
    if (value) return mapping_set(self, key, value);
    pila_status st = CORE(pila_dict_del(DICT_OF(self), &key));
    return py_zero(st == PILA_EKEY ? PILA_OK : st, NULL);
}

static PyObject *counter_get(PyObject *self, PyObject *key)
{
    int64_t n;

    if (Py_TYPE(self) != &counter_type || !is_narrow(self))
        return mapping_get(self, key);
    pila_status st = CORE(pila_counter_count(CORE_OF(self), &key, &n));
    return st == PILA_OK ? PyLong_FromLongLong(n) : py_fail(st, NULL);
}

static PyObject *counter_missing(PyObject *self, PyObject *key)
{
    (void)self, (void)key;
    return PyLong_FromLong(0);
}

/* ---- from nothing ---- */

static PyObject *counter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = mapping_alloc(type);

    (void)args, (void)kwargs;
    return mapping_made(self,
                        self ? pila_counter_init(CORE_OF(self), &py_type) : PILA_OK);
}

static PyObject *counter_empty(void) { return counter_new(&counter_type, NULL, NULL); }

static int done(PyObject *answer)
{
    Py_XDECREF(answer);
    return answer ? 0 : -1;
}

/* By the core: all of another counter, or the pairs of a mapping. */
static int tally_mapping(PyObject *self, PyObject *other, bool less)
{
    const char *name = less ? "subtract" : "update";
    PyObject *counter;
    pila_status st;

    if (both_count(self, other))
        return py_zero(
            less ? CORE(pila_counter_subtract_counter(CORE_OF(self), CORE_OF(other)))
                 : CORE(pila_counter_update_counter(CORE_OF(self), CORE_OF(other))),
            NULL);
    if (!less && pila_dict_len(DICT_OF(self)) == 0) return mapping_take(self, other);
    if (!counts(self)) return done(by_python(name, self, other));
    if ((counter = counter_empty()) == NULL) return -1;
    if (mapping_take(counter, other)) return Py_DECREF(counter), -1;
    if (is_narrow(counter)) {
        pila_iter pairs = CORE(pila_dict_items(DICT_OF(counter)));
        st = less ? CORE(pila_counter_subtract_pairs(CORE_OF(self), pairs))
                  : CORE(pila_counter_update_pairs(CORE_OF(self), pairs));
        Py_DECREF(counter);
        return py_zero(st, NULL);
    }
    int failed = done(by_python(name, self, counter));
    Py_DECREF(counter);
    return failed;
}

static int tally(PyObject *self, PyObject *other, bool less)
{
    int mapping = PyObject_IsInstance(other, python_mapping);

    if (mapping < 0) return -1;
    if (mapping) return tally_mapping(self, other, less);
    if (!counts(self))
        return done(by_python(less ? "subtract" : "update", self, other));
    pila_iter items = py_iterable(other);
    return py_zero(less ? CORE(pila_counter_subtract(CORE_OF(self), items))
                        : CORE(pila_counter_update(CORE_OF(self), items)),
                   NULL);
}

static int tally_all(PyObject *self, const char *name, PyObject *args, PyObject *kwargs,
                     bool less)
{
    PyObject *other = Py_None;

    if (!PyArg_UnpackTuple(args, name, 0, 1, &other)) return -1;
    if (other != Py_None && tally(self, other, less)) return -1;
    return kwargs ? tally_mapping(self, kwargs, less) : 0;
}

static int counter_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return tally_all(self, "Counter", args, kwargs, false);
}

static PyObject *counter_init_method(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return counter_init(self, args, kwargs) ? NULL : Py_NewRef(Py_None);
}

static PyObject *counter_update(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return tally_all(self, "update", args, kwargs, false) ? NULL : Py_NewRef(Py_None);
}

static PyObject *counter_subtract(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return tally_all(self, "subtract", args, kwargs, true) ? NULL : Py_NewRef(Py_None);
}

static PyObject *counter_fromkeys(PyObject *type, PyObject *args)
{
    (void)type, (void)args;
    PyErr_SetString(PyExc_NotImplementedError,
                    "Counter.fromkeys() is undefined.  Use Counter(iterable) instead.");
    return NULL;
}

/* ---- what was counted ---- */

static PyObject *counter_total(PyObject *self, PyObject *none)
{
    int64_t total;

    (void)none;
    pila_status st = is_narrow(self) ? CORE(pila_counter_total(CORE_OF(self), &total))
                                     : PILA_EOVERFLOW;
    if (st == PILA_EOVERFLOW) return by_python("total", self, NULL);
    return st == PILA_OK ? PyLong_FromLongLong(total) : py_fail(st, NULL);
}

static PyObject *counter_most_common(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"n", NULL};
    PyObject *n = Py_None, *walk, *list;
    size_t most = SIZE_MAX;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:most_common", names, &n))
        return NULL;
    if (!is_narrow(self)) return by_python("most_common", self, n);
    if (n != Py_None) {
        Py_ssize_t k = PyNumber_AsSsize_t(n, NULL);
        if (k == -1 && PyErr_Occurred()) return NULL;
        most = k < 0 ? 0 : (size_t)k;
    }
    walk = mapping_walk(self, CORE(pila_counter_most_common(CORE_OF(self), most)));
    list = walk ? PySequence_List(walk) : NULL;
    Py_XDECREF(walk);
    return list;
}

static PyObject *counter_elements(PyObject *self, PyObject *none)
{
    (void)none;
    if (!is_narrow(self)) return by_python("elements", self, NULL);
    return mapping_walk(self, CORE(pila_counter_elements(CORE_OF(self))));
}

/* The core's own text, but a subclass has its own name. */
static PyObject *counter_repr(PyObject *self)
{
    pila_buf buf = {0};
    PyObject *text, *rest, *answer = NULL;

    if (!is_narrow(self)) return by_python("__repr__", self, NULL);
    text = mapping_text(&buf, CORE(pila_counter_repr(CORE_OF(self), &buf)));
    rest = text ? PyUnicode_Substring(text, strlen("Counter"), PY_SSIZE_T_MAX) : NULL;
    if (rest) answer = PyUnicode_FromFormat("%s%U", mapping_name(self), rest);
    Py_XDECREF(text);
    Py_XDECREF(rest);
    return answer;
}

static PyObject *counter_copy(PyObject *self, PyObject *none)
{
    PyObject *made;

    (void)none;
    if (Py_TYPE(self) != &counter_type || !is_narrow(self))
        return PyObject_CallOneArg((PyObject *)Py_TYPE(self), self);
    made = counter_empty();
    return mapping_made(made,
                        made ? CORE(pila_counter_copy(CORE_OF(made), CORE_OF(self)))
                             : PILA_OK);
}

static PyObject *as_dict(PyObject *o)
{
    return PyObject_CallOneArg((PyObject *)&PyDict_Type, o);
}

static PyObject *counter_reduce(PyObject *self, PyObject *none)
{
    PyObject *dict = as_dict(self);

    (void)none;
    return dict ? Py_BuildValue("O(N)", Py_TYPE(self), dict) : NULL;
}

/* ---- two counters ---- */

typedef pila_status two_counters(pila_counter *, const pila_counter *,
                                 const pila_counter *);
typedef pila_status onto_counter(pila_counter *, const pila_counter *);

static PyObject *counter_combine(PyObject *a, PyObject *b, two_counters *core,
                                 const char *name)
{
    PyObject *made;
    pila_status st;

    if (!IS_COUNTER(a) || !IS_COUNTER(b)) Py_RETURN_NOTIMPLEMENTED;
    if (!both_count(a, b)) return by_python(name, a, b);
    if ((made = counter_empty()) == NULL) return NULL;
    st = CORE(core(CORE_OF(made), CORE_OF(a), CORE_OF(b)));
    if (st != PILA_EOVERFLOW) return mapping_made(made, st);
    Py_DECREF(made);
    return by_python(name, a, b);
}

static PyObject *counter_combine_onto(PyObject *a, PyObject *b, onto_counter *core,
                                      const char *name)
{
    pila_status st =
        both_count(a, b) ? CORE(core(CORE_OF(a), CORE_OF(b))) : PILA_EOVERFLOW;

    if (st == PILA_EOVERFLOW) return by_python(name, a, b);
    return st == PILA_OK ? Py_NewRef(a) : py_fail(st, NULL);
}

#define OPERATOR(verb, name)                                                           \
    static PyObject *counter_##verb(PyObject *a, PyObject *b)                          \
    {                                                                                  \
        return counter_combine(a, b, pila_counter_##verb, "__" name "__");             \
    }                                                                                  \
    static PyObject *counter_i##verb(PyObject *a, PyObject *b)                         \
    {                                                                                  \
        return counter_combine_onto(a, b, pila_counter_i##verb, "__i" name "__");      \
    }

OPERATOR(plus, "add")
OPERATOR(minus, "sub")
OPERATOR(and, "and")
OPERATOR(or, "or")

/* With a dict that is no counter, what dict does. */
static PyObject *counter_or_dict(PyObject *a, PyObject *b)
{
    PyObject *left, *right, *answer = NULL;

    if (!PyDict_CheckExact(a) && !PyDict_CheckExact(b)) return counter_or(a, b);
    left = as_dict(a);
    right = left && PyDict_Check(b) ? as_dict(b) : NULL;
    if (right) answer = PyNumber_Or(left, right);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return answer;
}

static PyObject *counter_sign(PyObject *self, onto_counter *core, const char *name)
{
    PyObject *made = is_narrow(self) ? counter_empty() : NULL;

    if (made) {
        pila_status st = CORE(core(CORE_OF(made), CORE_OF(self)));
        if (st != PILA_EOVERFLOW) return mapping_made(made, st);
        Py_DECREF(made);
    }
    return PyErr_Occurred() ? NULL : by_python(name, self, NULL);
}

static PyObject *counter_pos(PyObject *self)
{
    return counter_sign(self, pila_counter_pos, "__pos__");
}

static PyObject *counter_neg(PyObject *self)
{
    return counter_sign(self, pila_counter_neg, "__neg__");
}

/* For Python's own methods. */
static PyObject *counter_keep_positive(PyObject *self, PyObject *none)
{
    (void)none;
    return by_python("_keep_positive", self, NULL);
}

static PyObject *counter_compare(PyObject *a, PyObject *b, int op)
{
    static const char *const names[] = {
        [Py_LT] = "__lt__", [Py_LE] = "__le__", [Py_EQ] = "__eq__",
        [Py_NE] = "__ne__", [Py_GT] = "__gt__", [Py_GE] = "__ge__"};
    pila_status st;
    bool answer;

    if (!IS_COUNTER(a) || !IS_COUNTER(b)) return mapping_type.tp_richcompare(a, b, op);
    if (!both_count(a, b)) return by_python(names[op], a, b);
    switch (op) {
    case Py_LT: st = CORE(pila_counter_lt(CORE_OF(a), CORE_OF(b), &answer)); break;
    case Py_LE: st = CORE(pila_counter_le(CORE_OF(a), CORE_OF(b), &answer)); break;
    case Py_GT: st = CORE(pila_counter_lt(CORE_OF(b), CORE_OF(a), &answer)); break;
    case Py_GE: st = CORE(pila_counter_le(CORE_OF(b), CORE_OF(a), &answer)); break;
    default: st = CORE(pila_counter_eq(CORE_OF(a), CORE_OF(b), &answer)); break;
    }
    if (st != PILA_OK) return py_fail(st, NULL);
    return PyBool_FromLong(answer == (op != Py_NE));
}

/* ---- the type ---- */

/* The operators are here too, to have the texts of Python's, which hold doctests. */
static PyMethodDef counter_methods[] = {
    {"copy", counter_copy, METH_NOARGS, NULL},
    {"elements", counter_elements, METH_NOARGS, NULL},
    {"fromkeys", counter_fromkeys, METH_VARARGS | METH_CLASS, NULL},
    {"most_common", (PyCFunction)(void (*)(void))counter_most_common,
     METH_VARARGS | METH_KEYWORDS, NULL},
    {"subtract", (PyCFunction)(void (*)(void))counter_subtract,
     METH_VARARGS | METH_KEYWORDS, NULL},
    {"total", counter_total, METH_NOARGS, NULL},
    {"update", (PyCFunction)(void (*)(void))counter_update,
     METH_VARARGS | METH_KEYWORDS, NULL},
    {"__init__", (PyCFunction)(void (*)(void))counter_init_method,
     METH_VARARGS | METH_KEYWORDS | METH_COEXIST, NULL},
    {"__add__", counter_plus, METH_O | METH_COEXIST, NULL},
    {"__sub__", counter_minus, METH_O | METH_COEXIST, NULL},
    {"__and__", counter_and, METH_O | METH_COEXIST, NULL},
    {"__or__", counter_or_dict, METH_O | METH_COEXIST, NULL},
    {"__iadd__", counter_iplus, METH_O | METH_COEXIST, NULL},
    {"__isub__", counter_iminus, METH_O | METH_COEXIST, NULL},
    {"__iand__", counter_iand, METH_O | METH_COEXIST, NULL},
    {"__ior__", counter_ior, METH_O | METH_COEXIST, NULL},
    {"__missing__", counter_missing, METH_O, NULL},
    {"__reduce__", counter_reduce, METH_NOARGS, NULL},
    {"_keep_positive", counter_keep_positive, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyNumberMethods counter_as_number = {.nb_add = counter_plus,
                                            .nb_subtract = counter_minus,
                                            .nb_and = counter_and,
                                            .nb_or = counter_or_dict,
                                            .nb_positive = counter_pos,
                                            .nb_negative = counter_neg,
                                            .nb_inplace_add = counter_iplus,
                                            .nb_inplace_subtract = counter_iminus,
                                            .nb_inplace_and = counter_iand,
                                            .nb_inplace_or = counter_ior};
static PyMappingMethods counter_as_mapping = {.mp_subscript = counter_get,
                                              .mp_ass_subscript = counter_set};

PyTypeObject counter_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                 "collections.Counter",
                             .tp_basicsize = sizeof(py_mapping),
                             .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
                                         Py_TPFLAGS_IMMUTABLETYPE,
                             .tp_base = &mapping_type,
                             .tp_new = counter_new,
                             .tp_init = counter_init,
                             .tp_hash = PyObject_HashNotImplemented,
                             .tp_repr = counter_repr,
                             .tp_richcompare = counter_compare,
                             .tp_weaklistoffset = offsetof(py_mapping, weak),
                             .tp_dictoffset = offsetof(py_mapping, attributes),
                             .tp_as_number = &counter_as_number,
                             .tp_as_mapping = &counter_as_mapping,
                             .tp_methods = counter_methods,
                             .tp_getset = mapping_attributes};

/* The text of an attribute, which lives as long as Python's Counter; NULL: none. */
static const char *text_of(PyObject *owner, const char *name)
{
    PyObject *o = name ? PyObject_GetAttrString(owner, name) : Py_NewRef(owner);
    PyObject *text = o ? PyObject_GetAttrString(o, "__doc__") : NULL;
    const char *bytes = text && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    Py_XDECREF(o);
    Py_XDECREF(text);
    PyErr_Clear();
    return bytes;
}

/* An attribute of a module that is still Python's own: before any overlay. */
static PyObject *import_from(const char *module, const char *name)
{
    PyObject *from = PyImport_ImportModule(module);
    PyObject *o = from ? PyObject_GetAttrString(from, name) : NULL;

    Py_XDECREF(from);
    return o;
}

int add_counter(PyObject *module)
{
    if ((python_counter = import_from("collections", "Counter")) == NULL ||
        (python_mapping = import_from("_collections_abc", "Mapping")) == NULL)
        return -1;
    counter_type.tp_doc = text_of(python_counter, NULL);
    for (PyMethodDef *m = counter_methods; m->ml_name; m++)
        m->ml_doc = text_of(python_counter, m->ml_name);
    if (PyModule_AddType(module, &counter_type) ||
        (own_get = PyObject_GetAttrString((PyObject *)&counter_type, "get")) == NULL)
        return -1;
    return 0;
}
