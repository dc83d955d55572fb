/* deque.c - _collections.deque, over lib/collections/deque. */
#include "binding.h"

#include <pila/collections/deque.h>

typedef struct py_deque {
    PyObject_HEAD pila_deque core;
    PyObject *weak;
} py_deque;

typedef struct py_walk { /* an iterator, either way */
    PyObject_HEAD py_deque *deque;
    pila_iter it;
} py_walk;

static PyTypeObject deque_type, walk_type, walk_back_type;

static const py_raise raises[] = {
    {PILA_EINDEX, &PyExc_IndexError, "deque index out of range"},
    {PILA_EFULL, &PyExc_IndexError, "deque already at its maximum size"},
    {PILA_EOVERFLOW, &PyExc_MemoryError, "the deque is too long"},
    {PILA_EMUTATED, &PyExc_RuntimeError, "deque mutated during iteration"},
    {PILA_OK, NULL, NULL}};
static const py_raise pop_raises[] = {{PILA_EEMPTY, &PyExc_IndexError,
                                       "pop from an empty deque"},
                                      {PILA_OK, NULL, NULL}};
static const py_raise remove_raises[] = {{PILA_EVALUE, &PyExc_ValueError,
                                          "deque.remove(x): x not in deque"},
                                         {PILA_EMUTATED, &PyExc_IndexError,
                                          "deque mutated during remove()."},
                                         {PILA_OK, NULL, NULL}};

#define SELF ((py_deque *)self)
#define CORE_OF(o) (&((py_deque *)(o))->core)
#define IS_DEQUE(o) PyObject_TypeCheck(o, &deque_type)

/* ---- from nothing, and to it ---- */

static PyObject *deque_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = type->tp_alloc(type, 0);

    (void)args, (void)kwargs;
    if (self) pila_deque_init(CORE_OF(self), &py_type);
    return self;
}

static int deque_extend_core(PyObject *self, PyObject *iterable, bool left)
{
    pila_iter it;

    if (iterable == self) {
        it = pila_deque_iter(CORE_OF(self));
        return py_zero(left ? CORE(pila_deque_extendleft(CORE_OF(self), it))
                            : CORE(pila_deque_extend(CORE_OF(self), it)),
                       raises);
    }
    it = py_iterable(iterable);
    return py_zero(left ? CORE(pila_deque_extendleft(CORE_OF(self), it))
                        : CORE(pila_deque_extend(CORE_OF(self), it)),
                   raises);
}

static int deque_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "maxlen", NULL};
    PyObject *iterable = NULL, *bound = NULL;
    size_t maxlen = PILA_UNBOUNDED;
    pila_deque before = SELF->core;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:deque", names, &iterable,
                                     &bound))
        return -1;
    if (bound && bound != Py_None) {
        Py_ssize_t n = PyLong_AsSsize_t(bound);
        if (n == -1 && PyErr_Occurred()) return -1;
        if (n < 0) {
            PyErr_SetString(PyExc_ValueError, "maxlen must be non-negative");
            return -1;
        }
        maxlen = (size_t)n;
    }
    pila_deque_init_max(&SELF->core, &py_type, maxlen);
    SELF->core.base.version = before.base.version + 1; /* for those who iterate */
    pila_deque_done(&before);
    return iterable ? deque_extend_core(self, iterable, false) : 0;
}

static int deque_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (size_t k = 0; k < pila_deque_len(CORE_OF(self)); k++)
        PY_VISIT_ITEM(pila_deque_at(CORE_OF(self), k));
    return 0;
}

static int deque_tp_clear(PyObject *self)
{
    pila_deque_clear(CORE_OF(self));
    return 0;
}

static void deque_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, deque_dealloc) if (SELF->weak) PyObject_ClearWeakRefs(self);
    pila_deque_done(CORE_OF(self));
    type->tp_free(self);
    Py_TRASHCAN_END
}

/* ---- the ends ---- */

static PyObject *deque_append(PyObject *self, PyObject *x)
{
    return py_none(CORE(pila_deque_append(CORE_OF(self), &x)), raises);
}

static PyObject *deque_appendleft(PyObject *self, PyObject *x)
{
    return py_none(CORE(pila_deque_appendleft(CORE_OF(self), &x)), raises);
}

static PyObject *deque_pop(PyObject *self, PyObject *none)
{
    PyObject *x;
    (void)none;
    pila_status st = CORE(pila_deque_pop(CORE_OF(self), &x));
    return st == PILA_OK ? x : py_fail(st, pop_raises);
}

static PyObject *deque_popleft(PyObject *self, PyObject *none)
{
    PyObject *x;
    (void)none;
    pila_status st = CORE(pila_deque_popleft(CORE_OF(self), &x));
    return st == PILA_OK ? x : py_fail(st, pop_raises);
}

static PyObject *deque_extend(PyObject *self, PyObject *iterable)
{
    return deque_extend_core(self, iterable, false) ? NULL : Py_NewRef(Py_None);
}

static PyObject *deque_extendleft(PyObject *self, PyObject *iterable)
{
    return deque_extend_core(self, iterable, true) ? NULL : Py_NewRef(Py_None);
}

/* ---- the middle ---- */

static PyObject *deque_insert(PyObject *self, PyObject *args)
{
    Py_ssize_t i;
    PyObject *x;

    if (!PyArg_ParseTuple(args, "nO:insert", &i, &x)) return NULL;
    return py_none(CORE(pila_deque_insert(CORE_OF(self), i, &x)), raises);
}

static PyObject *deque_remove(PyObject *self, PyObject *x)
{
    return py_none(CORE(pila_deque_remove(CORE_OF(self), &x)), remove_raises);
}

static PyObject *deque_rotate(PyObject *self, PyObject *args)
{
    Py_ssize_t n = 1;

    if (!PyArg_ParseTuple(args, "|n:rotate", &n)) return NULL;
    return py_none(CORE(pila_deque_rotate(CORE_OF(self), n)), raises);
}

static PyObject *deque_reverse(PyObject *self, PyObject *none)
{
    (void)none;
    CORE(pila_deque_reverse(CORE_OF(self)));
    Py_RETURN_NONE;
}

static PyObject *deque_clear(PyObject *self, PyObject *none)
{
    (void)none;
    CORE(pila_deque_clear(CORE_OF(self)));
    Py_RETURN_NONE;
}

static PyObject *deque_count(PyObject *self, PyObject *x)
{
    size_t n;
    pila_status st = CORE(pila_deque_count(CORE_OF(self), &x, &n));
    return st == PILA_OK ? PyLong_FromSize_t(n) : py_fail(st, raises);
}

static PyObject *deque_index(PyObject *self, PyObject *args)
{
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
    PyObject *x;
    size_t at;

    if (!PyArg_ParseTuple(args, "O|O&O&:index", &x, py_bound, &start, py_bound, &stop))
        return NULL;
    pila_status st = CORE(pila_deque_index(CORE_OF(self), &x, start, stop, &at));
    if (st == PILA_OK) return PyLong_FromSize_t(at);
    if (st == PILA_EVALUE && !PyErr_Occurred())
        return PyErr_Format(PyExc_ValueError, "%R is not in deque", x);
    return py_fail(st, raises);
}

static int deque_contains(PyObject *self, PyObject *x)
{
    bool in;
    pila_status st = CORE(pila_deque_contains(CORE_OF(self), &x, &in));
    return st == PILA_OK ? in : py_zero(st, raises);
}

static Py_ssize_t deque_len(PyObject *self)
{
    return (Py_ssize_t)pila_deque_len(CORE_OF(self));
}

static PyObject *deque_item(PyObject *self, Py_ssize_t i)
{
    const void *x = i < 0 ? NULL : CORE(pila_deque_get(CORE_OF(self), i));
    return x ? py_object(x) : py_fail(PILA_EINDEX, raises);
}

static int deque_set_item(PyObject *self, Py_ssize_t i, PyObject *x)
{
    if (i < 0) return py_zero(PILA_EINDEX, raises);
    return py_zero(x ? CORE(pila_deque_set(CORE_OF(self), i, &x))
                     : CORE(pila_deque_del(CORE_OF(self), i)),
                   raises);
}

/* ---- whole deques ---- */

static PyObject *bound_of(PyObject *self)
{
    size_t n = pila_deque_maxlen(CORE_OF(self));
    return n == PILA_UNBOUNDED ? Py_NewRef(Py_None) : PyLong_FromSize_t(n);
}

static PyObject *deque_copy(PyObject *self, PyObject *none)
{
    PyTypeObject *type = Py_TYPE(self);

    (void)none;
    if (type == &deque_type) {
        PyObject *made = deque_new(type, NULL, NULL);
        pila_status st =
            made ? CORE(pila_deque_copy(CORE_OF(made), CORE_OF(self))) : PILA_ENOMEM;
        if (st == PILA_OK) return made;
        Py_XDECREF(made);
        return py_fail(st, raises);
    }
    PyObject *bound = bound_of(self), *made;
    if (!bound) return NULL;
    made = bound == Py_None
               ? PyObject_CallOneArg((PyObject *)type, self)
               : PyObject_CallFunctionObjArgs((PyObject *)type, self, bound, NULL);
    Py_DECREF(bound);
    if (made && !IS_DEQUE(made)) {
        PyErr_Format(PyExc_TypeError, "%.200s() must return a deque, not %.200s",
                     type->tp_name, Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}

static PyObject *deque_concat(PyObject *self, PyObject *other)
{
    if (!IS_DEQUE(other))
        return PyErr_Format(PyExc_TypeError,
                            "can only concatenate deque (not \"%.200s\") to deque",
                            Py_TYPE(other)->tp_name);
    PyObject *made = deque_copy(self, NULL);
    if (made && deque_extend_core(made, other, false)) Py_CLEAR(made);
    return made;
}

static PyObject *deque_inplace_concat(PyObject *self, PyObject *other)
{
    return deque_extend_core(self, other, false) ? NULL : Py_NewRef(self);
}

static PyObject *deque_inplace_repeat(PyObject *self, Py_ssize_t n)
{
    pila_status st = CORE(pila_deque_repeat(CORE_OF(self), CORE_OF(self), n));
    return st == PILA_OK ? Py_NewRef(self) : py_fail(st, raises);
}

static PyObject *deque_repeat(PyObject *self, Py_ssize_t n)
{
    PyObject *made = deque_copy(self, NULL), *answer;

    if (!made) return NULL;
    answer = deque_inplace_repeat(made, n);
    Py_DECREF(made);
    return answer;
}

static PyObject *deque_compare(PyObject *self, PyObject *other, int op)
{
    pila_status st;
    bool same;
    int order;

    if (!IS_DEQUE(self) || !IS_DEQUE(other)) Py_RETURN_NOTIMPLEMENTED;
    if (op == Py_EQ || op == Py_NE) {
        st = CORE(pila_deque_eq(CORE_OF(self), CORE_OF(other), &same));
        order = st == PILA_OK && !same;
    } else st = CORE(pila_deque_compare(CORE_OF(self), CORE_OF(other), &order));
    if (st != PILA_OK) return py_fail(st, raises);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

static PyObject *deque_repr(PyObject *self)
{
    pila_buf text = {0};
    PyObject *answer = NULL;
    int inside = Py_ReprEnter(self);

    if (inside) return inside < 0 ? NULL : PyUnicode_FromString("[...]");
    pila_status st = CORE(pila_deque_repr(CORE_OF(self), &text));
    pila_str all = pila_buf_view(&text);
    const char *dot = strrchr(Py_TYPE(self)->tp_name, '.');
    if (st == PILA_OK) { /* a subclass has its own name */
        PyObject *rest =
            PyUnicode_DecodeUTF8(all.ptr + 5, (Py_ssize_t)all.len - 5, NULL);
        if (rest)
            answer = PyUnicode_FromFormat("%s%U",
                                          dot ? dot + 1 : Py_TYPE(self)->tp_name, rest);
        Py_XDECREF(rest);
    } else py_fail(st, raises);
    Py_ReprLeave(self);
    pila_buf_done(&text);
    return answer;
}

static PyObject *deque_reduce(PyObject *self, PyObject *none)
{
    PyObject *state = PyObject_CallMethod(self, "__getstate__", NULL);
    PyObject *it = state ? PyObject_GetIter(self) : NULL;
    PyObject *bound = it ? bound_of(self) : NULL;

    (void)none;
    if (!bound) {
        Py_XDECREF(state);
        Py_XDECREF(it);
        return NULL;
    }
    if (bound != Py_None)
        return Py_BuildValue("O(()N)NN", Py_TYPE(self), bound, state, it);
    Py_DECREF(bound);
    return Py_BuildValue("O()NN", Py_TYPE(self), state, it);
}

static PyObject *deque_maxlen(PyObject *self, void *closure)
{
    (void)closure;
    return bound_of(self);
}

/* ---- iterators ---- */

static PyObject *walk_of(PyObject *self, bool back)
{
    py_walk *w = PyObject_GC_New(py_walk, back ? &walk_back_type : &walk_type);

    if (!w) return NULL;
    w->deque = (py_deque *)Py_NewRef(self);
    w->it = back ? CORE(pila_deque_reversed(CORE_OF(self)))
                 : CORE(pila_deque_iter(CORE_OF(self)));
    PyObject_GC_Track(w);
    return (PyObject *)w;
}

static PyObject *deque_iter(PyObject *self) { return walk_of(self, false); }

static PyObject *deque_reversed(PyObject *self, PyObject *none)
{
    (void)none;
    return walk_of(self, true);
}

static PyObject *walk_next(PyObject *self)
{
    pila_iter *it = &((py_walk *)self)->it;
    const void *x = CORE(pila_next_item(it));

    if (x) return py_object(x);
    return it->status == PILA_END ? NULL : py_fail(it->status, raises);
}

/* type(deque, index): the iterator that has given `index` items, for copies. */
static PyObject *walk_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *deque, *made, *x;
    Py_ssize_t i = 0;

    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O!|n", &deque_type, &deque, &i)) return NULL;
    made = walk_of(deque, type == &walk_back_type);
    for (; made && i > 0; i--) {
        if ((x = walk_next(made)) == NULL && PyErr_Occurred()) Py_CLEAR(made);
        if (!x) break;
        Py_DECREF(x);
    }
    return made;
}

static PyObject *walk_hint(PyObject *self, PyObject *none)
{
    pila_iter *it = &((py_walk *)self)->it;

    (void)none;
    return PyLong_FromSize_t(it->status == PILA_OK ? pila_iter_length_hint(it) : 0);
}

static PyObject *walk_reduce(PyObject *self, PyObject *none)
{
    py_walk *w = (py_walk *)self;
    size_t left = w->it.status == PILA_OK ? pila_iter_length_hint(&w->it) : 0;

    (void)none;
    return Py_BuildValue("O(On)", Py_TYPE(self), w->deque,
                         (Py_ssize_t)(pila_deque_len(&w->deque->core) - left));
}

static int walk_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((py_walk *)self)->deque);
    return 0;
}

static void walk_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    pila_iter_drop(&((py_walk *)self)->it);
    Py_XDECREF(((py_walk *)self)->deque);
    PyObject_GC_Del(self);
}

static PyMethodDef walk_methods[] = {{"__length_hint__", walk_hint, METH_NOARGS, NULL},
                                     {"__reduce__", walk_reduce, METH_NOARGS, NULL},
                                     {NULL, NULL, 0, NULL}};

#define WALK_TYPE(variable, name)                                                      \
    static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = name,     \
                                    .tp_basicsize = sizeof(py_walk),                   \
                                    .tp_flags =                                        \
                                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,       \
                                    .tp_dealloc = walk_dealloc,                        \
                                    .tp_traverse = walk_traverse,                      \
                                    .tp_iter = PyObject_SelfIter,                      \
                                    .tp_iternext = walk_next,                          \
                                    .tp_methods = walk_methods,                        \
                                    .tp_new = walk_new}

WALK_TYPE(walk_type, "_collections._deque_iterator");
WALK_TYPE(walk_back_type, "_collections._deque_reverse_iterator");

/* ---- the type ---- */

static PyMethodDef deque_methods[] = {
    {"append", deque_append, METH_O, "Add an element to the right side."},
    {"appendleft", deque_appendleft, METH_O, "Add an element to the left side."},
    {"clear", deque_clear, METH_NOARGS, "Remove all elements."},
    {"copy", deque_copy, METH_NOARGS, "A shallow copy."},
    {"__copy__", deque_copy, METH_NOARGS, "A shallow copy."},
    {"count", deque_count, METH_O, "Number of occurrences of value."},
    {"extend", deque_extend, METH_O, "Extend the right side."},
    {"extendleft", deque_extendleft, METH_O, "Extend the left side."},
    {"index", deque_index, METH_VARARGS, "First index of value."},
    {"insert", deque_insert, METH_VARARGS, "Insert before index."},
    {"pop", deque_pop, METH_NOARGS, "Remove and return the rightmost element."},
    {"popleft", deque_popleft, METH_NOARGS, "Remove and return the leftmost element."},
    {"remove", deque_remove, METH_O, "Remove first occurrence of value."},
    {"reverse", deque_reverse, METH_NOARGS, "Reverse in place."},
    {"rotate", deque_rotate, METH_VARARGS, "Rotate n steps to the right."},
    {"__reduce__", deque_reduce, METH_NOARGS, NULL},
    {"__reversed__", deque_reversed, METH_NOARGS, NULL},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef deque_attributes[] = {
    {"maxlen", deque_maxlen, NULL, "maximum size of a deque or None if unbounded",
     NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PySequenceMethods deque_as_sequence = {.sq_length = deque_len,
                                              .sq_concat = deque_concat,
                                              .sq_repeat = deque_repeat,
                                              .sq_item = deque_item,
                                              .sq_ass_item = deque_set_item,
                                              .sq_contains = deque_contains,
                                              .sq_inplace_concat = deque_inplace_concat,
                                              .sq_inplace_repeat =
                                                  deque_inplace_repeat};

static PyTypeObject deque_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "collections.deque",
    .tp_basicsize = sizeof(py_deque),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = deque_new,
    .tp_init = deque_init,
    .tp_dealloc = deque_dealloc,
    .tp_traverse = deque_traverse,
    .tp_clear = deque_tp_clear,
    .tp_weaklistoffset = offsetof(py_deque, weak),
    .tp_repr = deque_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = deque_compare,
    .tp_iter = deque_iter,
    .tp_as_sequence = &deque_as_sequence,
    .tp_methods = deque_methods,
    .tp_getset = deque_attributes,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_doc = "deque([iterable[, maxlen]]) --> deque object\n\n"
              "A list-like sequence optimized for data accesses near its endpoints."};

int add_deque(PyObject *module)
{
    return PyModule_AddType(module, &deque_type) ||
           PyModule_AddType(module, &walk_type) ||
           PyModule_AddType(module, &walk_back_type);
}
