/* mapping.c - see mapping.h. */
#include "mapping.h"

#include <string.h>

typedef enum view_kind { KEYS, VALUES, ITEMS } view_kind;

typedef struct py_view {
    PyObject_HEAD PyObject *mapping;
    view_kind kind;
} py_view;

typedef struct py_walk {             /* an iterator */
    PyObject_HEAD PyObject *mapping; /* NULL: it has ended */
    pila_iter it;
    size_t len; /* of the mapping, when it began */
} py_walk;

typedef struct py_pair {
    PyObject *key, *value;
} py_pair;

PILA_PAIR(pair_type, py_pair, value, &py_type, &py_type);

static PyTypeObject keys_type, values_type, items_type, walk_type;

static const py_raise raises[] = {{PILA_EMUTATED, &PyExc_RuntimeError,
                                   "dictionary changed during the call"},
                                  {PILA_EOVERFLOW, &PyExc_MemoryError,
                                   "the dictionary is too large"},
                                  {PILA_OK, NULL, NULL}};

#define VIEW(o) ((py_view *)(o))
#define WALK(o) ((py_walk *)(o))
#define IS_KEYS(o) PyObject_TypeCheck(o, &keys_type)
#define IS_ITEMS(o) PyObject_TypeCheck(o, &items_type)

/* ---- items and faults ---- */

/* A new reference: of an object, an int, or a pair of these. */
static PyObject *object_of(const pila_type *type, const void *item)
{
    const pila_pair *pair = pila_pair_of(type);

    if (type->kind == PILA_KIND_I64) return PyLong_FromLongLong(*(const int64_t *)item);
    if (!pair) return py_object(item);
    PyObject *key = object_of(pair->first, item);
    PyObject *value = object_of(pair->second, (const char *)item + pair->second_at);
    PyObject *made = key && value ? PyTuple_Pack(2, key, value) : NULL;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return made;
}

/* The same of a value that a core has handed over. */
static PyObject *given(const pila_type *type, const void *item)
{
    return type == &py_type ? *(PyObject *const *)item : object_of(type, item);
}

static PyObject *value_of(const pila_dict *d, const void *value)
{
    return object_of(d->types.second, value);
}

PyObject *mapping_fail(pila_status st, PyObject *key)
{
    PyObject *args;

    if (st != PILA_EKEY || PyErr_Occurred()) return py_fail(st, raises);
    if ((args = PyTuple_Pack(1, key)) == NULL) return NULL; /* the key may be a tuple */
    PyErr_SetObject(PyExc_KeyError, args);
    Py_DECREF(args);
    return NULL;
}

PyObject *mapping_made(PyObject *made, pila_status st)
{
    if (!made || st == PILA_OK) return made;
    py_fail(st, raises);
    Py_DECREF(made);
    return NULL;
}

PyObject *mapping_text(pila_buf *text, pila_status st)
{
    pila_str all = pila_buf_view(text);
    PyObject *made = st == PILA_OK
                         ? PyUnicode_DecodeUTF8(all.ptr, (Py_ssize_t)all.len, NULL)
                         : py_fail(st, raises);
    pila_buf_done(text);
    return made;
}

const char *mapping_name(PyObject *self)
{
    const char *dot = strrchr(Py_TYPE(self)->tp_name, '.');
    return dot ? dot + 1 : Py_TYPE(self)->tp_name;
}

/* ---- from nothing, and to it ---- */

PyObject *mapping_alloc(PyTypeObject *type)
{
    PyObject *self = PyDict_Type.tp_new(type, NULL, NULL);

    if (!self) return NULL;
    MAPPING(self)->dict = &MAPPING(self)->core.dict;
    return mapping_made(self, pila_dict_init(&MAPPING(self)->wide, &py_type, &py_type));
}

static int visit_items(const pila_dict *d, visitproc visit, void *arg)
{
    pila_iter it = pila_dict_items(d);
    const char *pair;

    while ((pair = pila_next_item(&it)) != NULL) {
        PY_VISIT_ITEM(pair);
        if (d->types.second == &py_type) PY_VISIT_ITEM(pair + d->types.second_at);
    }
    return 0;
}

static int mapping_traverse(PyObject *self, visitproc visit, void *arg)
{
    int stop = visit_items(&MAPPING(self)->core.dict, visit, arg);

    if (!stop) stop = visit_items(&MAPPING(self)->wide, visit, arg);
    if (stop) return stop;
    Py_VISIT(MAPPING(self)->factory);
    Py_VISIT(MAPPING(self)->attributes);
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int mapping_tp_clear(PyObject *self)
{
    pila_dict_clear(&MAPPING(self)->core.dict);
    pila_dict_clear(&MAPPING(self)->wide);
    if (MAPPING(self)->factory)
        pila_defaultdict_default_call(&MAPPING(self)->core.defaults, NULL, NULL);
    Py_CLEAR(MAPPING(self)->factory);
    Py_CLEAR(MAPPING(self)->attributes);
    return PyDict_Type.tp_clear(self);
}

static void mapping_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, mapping_dealloc) if (MAPPING(self)->weak)
        PyObject_ClearWeakRefs(self);
    pila_dict_done(&MAPPING(self)->core.dict); /* all that any of the cores holds */
    pila_dict_done(&MAPPING(self)->wide);
    Py_CLEAR(MAPPING(self)->attributes);
    Py_CLEAR(MAPPING(self)->factory);
    PyDict_Type.tp_dealloc(self);
    Py_TRASHCAN_END
}

static PyObject *mapping_sizeof(PyObject *self, PyObject *none)
{
    const pila_dict *d = DICT_OF(self);
    size_t index = d->base.groups ? d->base.mask + sizeof(pila__dict_group) : 0;

    (void)none;
    return PyLong_FromSize_t((size_t)Py_TYPE(self)->tp_basicsize + index +
                             d->base.room * d->types.type.size);
}

/* ---- one key ---- */

PyObject *mapping_get(PyObject *self, PyObject *key)
{
    PyObject *type = (PyObject *)Py_TYPE(self), *missing, *answer;
    const pila_dict *d = DICT_OF(self);
    void *value;
    pila_status st = CORE(pila_dict_find(d, &key, &value));

    if (st == PILA_OK) return value_of(d, value);
    if (st != PILA_EKEY || !PyObject_HasAttrString(type, "__missing__"))
        return mapping_fail(st, key);
    if ((missing = PyObject_GetAttrString(type, "__missing__")) == NULL) return NULL;
    answer = PyObject_CallFunctionObjArgs(missing, self, key, NULL);
    Py_DECREF(missing);
    return answer;
}

int mapping_set(PyObject *self, PyObject *key, PyObject *value)
{
    pila_status st = value ? CORE(pila_dict_set(DICT_OF(self), &key, &value))
                           : CORE(pila_dict_del(DICT_OF(self), &key));
    if (st == PILA_OK) return 0;
    mapping_fail(st, key);
    return -1;
}

/* Whether to set a key is pila_dict_set, and nothing of a subclass. */
static bool sets_plainly(PyObject *o)
{
    return IS_MAPPING(o) && Py_TYPE(o)->tp_as_mapping->mp_ass_subscript == mapping_set;
}

static int mapping_contains(PyObject *self, PyObject *key)
{
    bool in;
    pila_status st = CORE(pila_dict_contains(DICT_OF(self), &key, &in));
    return st == PILA_OK ? in : py_zero(st, raises);
}

static PyObject *mapping_get_method(PyObject *self, PyObject *args)
{
    const pila_dict *d = DICT_OF(self);
    PyObject *key, *def = Py_None;
    const void *value;

    if (!PyArg_UnpackTuple(args, "get", 1, 2, &key, &def)) return NULL;
    pila_status st = CORE(pila_dict_get(d, &key, NULL, &value));
    if (st != PILA_OK) return py_fail(st, raises);
    return value ? value_of(d, value) : Py_NewRef(def);
}

static PyObject *mapping_setdefault(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "default", NULL};
    PyObject *key, *def = Py_None;
    void *value;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:setdefault", names, &key, &def))
        return NULL;
    if (sets_plainly(self)) {
        pila_status st = CORE(pila_dict_setdefault(DICT_OF(self), &key, &def, &value));
        return st == PILA_OK ? py_object(value) : py_fail(st, raises);
    }
    int in = PySequence_Contains(self, key);
    if (in < 0) return NULL;
    if (in) return PyObject_GetItem(self, key);
    return PyObject_SetItem(self, key, def) ? NULL : Py_NewRef(def);
}

static PyObject *mapping_pop(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "default", NULL};
    pila_dict *d = DICT_OF(self);
    PyObject *key, *def = NULL;
    union {
        PyObject *object;
        int64_t n;
    } value;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:pop", names, &key, &def))
        return NULL;
    pila_status st = CORE(pila_dict_pop(d, &key, &value));
    if (st == PILA_OK) return given(d->types.second, &value);
    if (st == PILA_EKEY && def && !PyErr_Occurred()) return Py_NewRef(def);
    return mapping_fail(st, key);
}

PyObject *mapping_popitem(PyObject *self, bool last)
{
    pila_dict *d = DICT_OF(self);
    PyObject *key, *made;
    union {
        PyObject *object;
        int64_t n;
    } value;
    pila_status st = CORE(pila_dict_popitem(d, last, &key, &value));

    if (st == PILA_EKEY)
        PyErr_SetString(PyExc_KeyError, IS_ORDERED(self)
                                            ? "dictionary is empty"
                                            : "popitem(): dictionary is empty");
    if (st != PILA_OK) return py_fail(st, raises);
    PyObject *taken = given(d->types.second, &value);
    made = taken ? PyTuple_Pack(2, key, taken) : NULL;
    Py_DECREF(key);
    Py_XDECREF(taken);
    return made;
}

static PyObject *mapping_popitem_method(PyObject *self, PyObject *none)
{
    (void)none;
    return mapping_popitem(self, true);
}

static PyObject *mapping_clear(PyObject *self, PyObject *none)
{
    (void)none;
    CORE(pila_dict_clear(DICT_OF(self)));
    Py_RETURN_NONE;
}

static Py_ssize_t mapping_len(PyObject *self)
{
    return (Py_ssize_t)pila_dict_len(DICT_OF(self));
}

/* ---- pairs, of whatever there is ---- */

typedef struct pairs_state {
    PyObject *iterator;
    PyObject *mapping; /* whose keys these are; NULL: they are pairs */
    py_pair pair;      /* the window */
    Py_ssize_t n;
} pairs_state;

static bool pairs_unpack(pairs_state *s, PyObject *item)
{
    PyObject *two = PySequence_Fast(item, "");

    if (!two) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(
                PyExc_TypeError,
                "cannot convert dictionary update sequence element #%zd to a sequence",
                s->n);
        return false;
    }
    Py_ssize_t n = PySequence_Fast_GET_SIZE(two);
    if (n == 2) {
        s->pair.key = Py_NewRef(PySequence_Fast_GET_ITEM(two, 0));
        s->pair.value = Py_NewRef(PySequence_Fast_GET_ITEM(two, 1));
    } else
        PyErr_Format(
            PyExc_ValueError,
            "dictionary update sequence element #%zd has length %zd; 2 is required",
            s->n, n);
    Py_DECREF(two);
    return n == 2;
}

static bool pairs_refill(pila_iter *it)
{
    pairs_state *s = it->state;
    PyObject *item;
    bool ok;

    Py_CLEAR(s->pair.key);
    Py_CLEAR(s->pair.value);
    item = PyIter_Next(s->iterator);
    if (!item) return pila_iter_end(it, PyErr_Occurred() ? PILA_EUSER : PILA_END);
    if (s->mapping) {
        s->pair.key = item;
        s->pair.value = PyObject_GetItem(s->mapping, item);
        ok = s->pair.value != NULL;
    } else {
        ok = pairs_unpack(s, item);
        Py_DECREF(item);
    }
    if (!ok) return pila_iter_end(it, PILA_EUSER);
    s->n++;
    it->cur = (const char *)&s->pair;
    it->end = it->cur + sizeof s->pair;
    return true;
}

static pila_iter pairs_drop(pila_iter *it)
{
    pairs_state *s = it->state;

    Py_XDECREF(s->iterator);
    Py_XDECREF(s->mapping);
    Py_XDECREF(s->pair.key);
    Py_XDECREF(s->pair.value);
    PyMem_Free(s);
    return pila_failed(PILA_END);
}

/* The pairs of anything that update takes. */
static pila_iter py_pairs(PyObject *other)
{
    static const pila_iter_ops ops = {pairs_refill, pairs_drop, NULL};
    PyObject *keys_method = NULL, *keys;
    pairs_state *s = PyMem_Calloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    pila_iter it = pila_iter_make(&pair_type.type, &ops, s);
    if (PyObject_HasAttrString(other, "keys")) {
        keys_method = PyObject_GetAttrString(other, "keys");
        keys = keys_method ? PyObject_CallNoArgs(keys_method) : NULL;
        s->mapping = Py_NewRef(other);
    } else keys = Py_NewRef(other);
    s->iterator = keys ? PyObject_GetIter(keys) : NULL;
    Py_XDECREF(keys_method);
    Py_XDECREF(keys);
    if (s->iterator) return it;
    pila_iter_drop(&it);
    return pila_failed(PILA_EUSER);
}

static bool holds_objects(PyObject *o)
{
    return IS_MAPPING(o) && DICT_OF(o)->types.second == &py_type;
}

/* self[key] = value in Python's way: of keys, or where value is NULL, of pairs. */
static pila_status set_each(PyObject *self, pila_iter it, PyObject *value)
{
    pila_status st = PILA_OK;
    const py_pair *pair;

    while (st == PILA_OK && (pair = pila_next_item(&it)) != NULL)
        if (PyObject_SetItem(self, pair->key, value ? value : pair->value))
            st = PILA_EUSER;
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

int mapping_take(PyObject *self, PyObject *other)
{
    PyTypeObject *type = Py_TYPE(other);

    if (sets_plainly(self) && (type == &ordereddict_type || type == &defaultdict_type))
        return py_zero(CORE(pila_dict_merge(DICT_OF(self), DICT_OF(other))), raises);
    pila_iter it = py_pairs(other);
    return py_zero(sets_plainly(self) ? CORE(pila_dict_update(DICT_OF(self), it))
                                      : set_each(self, it, NULL),
                   raises);
}

int mapping_fill(PyObject *self, const char *name, PyObject *args, PyObject *kwargs)
{
    PyObject *other = NULL;

    if (!PyArg_UnpackTuple(args, name, 0, 1, &other)) return -1;
    if (other && mapping_take(self, other)) return -1;
    return kwargs ? mapping_take(self, kwargs) : 0;
}

static int mapping_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return mapping_fill(self, mapping_name(self), args, kwargs);
}

static PyObject *mapping_update(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return mapping_fill(self, "update", args, kwargs) ? NULL : Py_NewRef(Py_None);
}

static PyObject *mapping_ior(PyObject *self, PyObject *other)
{
    return mapping_take(self, other) ? NULL : Py_NewRef(self);
}

static PyObject *mapping_fromkeys(PyObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "value", NULL};
    PyObject *keys, *value = Py_None, *made;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:fromkeys", names, &keys,
                                     &value) ||
        (made = PyObject_CallNoArgs(type)) == NULL)
        return NULL;
    pila_iter it = py_iterable(keys);
    if (sets_plainly(made) && pila_dict_len(DICT_OF(made)) == 0)
        return mapping_made(made, CORE(pila_dict_fromkeys(DICT_OF(made), it, &value)));
    return mapping_made(made, set_each(made, it, value));
}

/* ---- two mappings ---- */

const pila_dict *mapping_open(PyObject *o, pila_dict *room)
{
    pila_status st = pila_dict_init(room, &py_type, &py_type);

    if (holds_objects(o)) return DICT_OF(o);
    if (st == PILA_OK) st = CORE(pila_dict_update(room, py_pairs(o)));
    if (st == PILA_OK) return room;
    py_fail(st, raises);
    return NULL;
}

PyObject *mapping_or(PyObject *made, PyObject *self, PyObject *left, PyObject *right,
                     mapping_join *join)
{
    pila_dict left_room, right_room;

    if (!made) return NULL;
    const pila_dict *a = mapping_open(left, &left_room),
                    *b = mapping_open(right, &right_room);
    made = mapping_made(made, a && b ? join(made, self, a, b) : PILA_EUSER);
    pila_dict_done(&left_room);
    pila_dict_done(&right_room);
    return made;
}

static PyObject *mapping_compare(PyObject *self, PyObject *other, int op)
{
    pila_dict self_room, other_room;
    pila_status st = PILA_EUSER;
    bool same = false;

    if ((op != Py_EQ && op != Py_NE) || !IS_MAPPING(self) || !PyDict_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    const pila_dict *a = mapping_open(self, &self_room),
                    *b = mapping_open(other, &other_room);
    if (a && b && IS_ORDERED(self) && IS_ORDERED(other) && a != &self_room &&
        b != &other_room)
        st = CORE(pila_ordereddict_eq(&MAPPING(self)->core.ordered,
                                      &MAPPING(other)->core.ordered, &same));
    else if (a && b) st = CORE(pila_dict_eq(a, b, &same));
    pila_dict_done(&self_room);
    pila_dict_done(&other_room);
    if (st != PILA_OK) return py_fail(st, raises);
    return PyBool_FromLong(same == (op == Py_EQ));
}

/* ---- iterators ---- */

PyObject *mapping_walk(PyObject *self, pila_iter it)
{
    py_walk *w = PyObject_GC_New(py_walk, &walk_type);

    if (!w) {
        pila_iter_drop(&it);
        return NULL;
    }
    w->mapping = Py_NewRef(self);
    w->it = it;
    w->len = pila_dict_len(DICT_OF(self));
    PyObject_GC_Track(w);
    return (PyObject *)w;
}

/* What the mapping's iterators raise; a size that differs has a text of its own. */
static PyObject *walk_fail(py_walk *w)
{
    static const py_raise ordered[] = {{PILA_EMUTATED, &PyExc_RuntimeError,
                                        "OrderedDict mutated during iteration"},
                                       {PILA_OK, NULL, NULL}};
    static const py_raise resized[] = {{PILA_EMUTATED, &PyExc_RuntimeError,
                                        "dictionary changed size during iteration"},
                                       {PILA_OK, NULL, NULL}};
    static const py_raise rekeyed[] = {{PILA_EMUTATED, &PyExc_RuntimeError,
                                        "dictionary keys changed during iteration"},
                                       {PILA_OK, NULL, NULL}};

    if (IS_ORDERED(w->mapping)) return py_fail(w->it.status, ordered);
    return py_fail(w->it.status,
                   w->len == pila_dict_len(DICT_OF(w->mapping)) ? rekeyed : resized);
}

static PyObject *walk_next(PyObject *self)
{
    py_walk *w = WALK(self);

    if (!w->mapping) return NULL;
    const pila_type *type = w->it.type;
    const void *item = CORE(pila_next_item(&w->it));
    if (item) return object_of(type, item);
    if (w->it.status != PILA_END) return walk_fail(w);
    pila_iter_drop(&w->it);
    Py_CLEAR(w->mapping); /* it may end now, and run code that calls this again */
    return NULL;
}

static PyObject *walk_hint(PyObject *self, PyObject *none)
{
    (void)none;
    return PyLong_FromSize_t(
        WALK(self)->mapping ? pila_iter_length_hint(&WALK(self)->it) : 0);
}

/* iter() of a list of what is left, by a copy of an iterator that has no state. */
static PyObject *walk_reduce(PyObject *self, PyObject *none)
{
    py_walk *w = WALK(self);
    PyObject *builtins, *iter, *copy = NULL, *left;

    (void)none;
    if (w->it.ops->drop)
        return PyErr_Format(PyExc_TypeError, "cannot pickle this iterator");
    if (w->mapping && (copy = mapping_walk(w->mapping, w->it)) == NULL) return NULL;
    left = copy ? PySequence_List(copy) : PyList_New(0);
    Py_XDECREF(copy);
    builtins = left ? PyImport_ImportModule("builtins") : NULL;
    iter = builtins ? PyObject_GetAttrString(builtins, "iter") : NULL;
    Py_XDECREF(builtins);
    if (iter) return Py_BuildValue("N(N)", iter, left);
    Py_XDECREF(left);
    return NULL;
}

static int walk_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(WALK(self)->mapping);
    return 0;
}

static void walk_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    pila_iter_drop(&WALK(self)->it);
    Py_XDECREF(WALK(self)->mapping);
    PyObject_GC_Del(self);
}

static PyMethodDef walk_methods[] = {{"__length_hint__", walk_hint, METH_NOARGS, NULL},
                                     {"__reduce__", walk_reduce, METH_NOARGS, NULL},
                                     {NULL, NULL, 0, NULL}};

static PyTypeObject walk_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                     "collections.dict_iterator",
                                 .tp_basicsize = sizeof(py_walk),
                                 .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                                             Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                 .tp_dealloc = walk_dealloc,
                                 .tp_traverse = walk_traverse,
                                 .tp_iter = PyObject_SelfIter,
                                 .tp_iternext = walk_next,
                                 .tp_methods = walk_methods};

static PyObject *walk_kind(PyObject *mapping, view_kind kind, bool back)
{
    static pila_iter (*const forwards[])(
        const pila_dict *) = {pila_dict_keys, pila_dict_values, pila_dict_items};
    static pila_iter (*const backwards[])(
        const pila_dict *) = {pila_dict_keys_reversed, pila_dict_values_reversed,
                              pila_dict_items_reversed};

    return mapping_walk(mapping,
                        CORE((back ? backwards : forwards)[kind](DICT_OF(mapping))));
}

static PyObject *mapping_iter(PyObject *self) { return walk_kind(self, KEYS, false); }

PyObject *mapping_iter_items(PyObject *self) { return walk_kind(self, ITEMS, false); }

static PyObject *mapping_reversed(PyObject *self, PyObject *none)
{
    (void)none;
    return walk_kind(self, KEYS, true);
}

/* ---- views ---- */

static PyObject *view_of(PyObject *mapping, PyTypeObject *type, view_kind kind)
{
    py_view *view = PyObject_GC_New(py_view, type);

    if (!view) return NULL;
    view->mapping = Py_NewRef(mapping);
    view->kind = kind;
    PyObject_GC_Track(view);
    return (PyObject *)view;
}

static PyObject *mapping_keys(PyObject *self, PyObject *none)
{
    (void)none;
    return view_of(self, &keys_type, KEYS);
}

static PyObject *mapping_values(PyObject *self, PyObject *none)
{
    (void)none;
    return view_of(self, &values_type, VALUES);
}

static PyObject *mapping_items(PyObject *self, PyObject *none)
{
    (void)none;
    return view_of(self, &items_type, ITEMS);
}

static int view_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(VIEW(self)->mapping);
    return 0;
}

static void view_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_DECREF(VIEW(self)->mapping);
    PyObject_GC_Del(self);
}

static PyObject *view_iter(PyObject *self)
{
    return walk_kind(VIEW(self)->mapping, VIEW(self)->kind, false);
}

static PyObject *view_reversed(PyObject *self, PyObject *none)
{
    (void)none;
    return walk_kind(VIEW(self)->mapping, VIEW(self)->kind, true);
}

static Py_ssize_t view_len(PyObject *self) { return mapping_len(VIEW(self)->mapping); }

static PyObject *view_repr(PyObject *self)
{
    int inside = Py_ReprEnter(self);
    PyObject *list, *text = NULL;

    if (inside) return inside < 0 ? NULL : PyUnicode_FromString("...");
    if ((list = PySequence_List(self)) != NULL)
        text =
            PyUnicode_FromFormat("%s%s(%R)", IS_ORDERED(VIEW(self)->mapping) ? "o" : "",
                                 mapping_name(self), list);
    Py_XDECREF(list);
    Py_ReprLeave(self);
    return text;
}

static PyObject *view_mapping(PyObject *self, void *closure)
{
    (void)closure;
    return PyDictProxy_New(VIEW(self)->mapping);
}

static int keys_contains(PyObject *self, PyObject *key)
{
    return mapping_contains(VIEW(self)->mapping, key);
}

static int items_contains(PyObject *self, PyObject *pair)
{
    const pila_dict *d = DICT_OF(VIEW(self)->mapping);
    PyObject *key, *value;
    const void *at;

    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) return 0;
    key = PyTuple_GET_ITEM(pair, 0);
    pila_status st = CORE(pila_dict_get(d, &key, NULL, &at));
    if (st != PILA_OK || !at) return py_zero(st, raises);
    if ((value = value_of(d, at)) == NULL) return -1;
    int same = PyObject_RichCompareBool(value, PyTuple_GET_ITEM(pair, 1), Py_EQ);
    Py_DECREF(value);
    return same;
}

/* ---- views as sets ---- */

static bool is_set(PyObject *o)
{
    return PyAnySet_Check(o) || PyDictViewSet_Check(o) || IS_KEYS(o) || IS_ITEMS(o);
}

/* Whether all of a's items are in b, or else any of them is; -1: raised. */
static int items_in(PyObject *a, PyObject *b, bool all)
{
    PyObject *it = PyObject_GetIter(a), *item;
    int in = all;

    if (!it) return -1;
    while (in == all && (item = PyIter_Next(it)) != NULL) {
        in = PySequence_Contains(b, item);
        Py_DECREF(item);
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : in;
}

static int view_within(PyObject *a, PyObject *b)
{
    bool within;

    if (!IS_KEYS(a) || !IS_KEYS(b)) return items_in(a, b, true);
    pila_status st = CORE(pila_dict_keys_within(DICT_OF(VIEW(a)->mapping),
                                                DICT_OF(VIEW(b)->mapping), &within));
    return st == PILA_OK ? within : py_zero(st, raises);
}

static PyObject *view_compare(PyObject *self, PyObject *other, int op)
{
    bool swap = op == Py_GT || op == Py_GE, strict = op == Py_LT || op == Py_GT;
    bool equal = op == Py_EQ || op == Py_NE;
    int answer;

    if (!is_set(self) || !is_set(other)) Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t n = PyObject_Size(self), m = PyObject_Size(other);
    if (n < 0 || m < 0) return NULL;
    if (swap) {
        Py_ssize_t size = n;
        n = m, m = size;
    }
    if (equal ? n != m : strict ? n >= m : n > m) answer = 0;
    else answer = swap ? view_within(other, self) : view_within(self, other);
    if (answer < 0) return NULL;
    return PyBool_FromLong(op == Py_NE ? !answer : answer);
}

static PyObject *view_isdisjoint(PyObject *self, PyObject *other)
{
    bool apart;
    int any;

    if (IS_KEYS(self) && IS_KEYS(other)) {
        pila_status st =
            CORE(pila_dict_keys_isdisjoint(DICT_OF(VIEW(self)->mapping),
                                           DICT_OF(VIEW(other)->mapping), &apart));
        return st == PILA_OK ? PyBool_FromLong(apart) : py_fail(st, raises);
    }
    any = items_in(other, self, false);
    return any < 0 ? NULL : PyBool_FromLong(!any);
}

typedef pila_iter keys_algebra(const pila_dict *, const pila_dict *);

/* A set of what the core yields; NULL with nothing raised: not both are keys. */
static PyObject *keys_combine(PyObject *a, PyObject *b, keys_algebra *core)
{
    PyObject *walk, *made;

    if (!IS_KEYS(a) || !IS_KEYS(b)) return NULL;
    const pila_dict *left = DICT_OF(VIEW(a)->mapping),
                    *right = DICT_OF(VIEW(b)->mapping);
    walk = mapping_walk(VIEW(a)->mapping, CORE(core(left, right)));
    made = walk ? PySet_New(walk) : NULL;
    Py_XDECREF(walk);
    return made;
}

/* What of b is in the view: items of the mapping that have no hash do no harm. */
static PyObject *view_and(PyObject *a, PyObject *b)
{
    PyObject *made = keys_combine(a, b, pila_dict_keys_and), *it, *item;
    PyObject *view = IS_KEYS(a) || IS_ITEMS(a) ? a : b;
    int in = 0;

    if (made || PyErr_Occurred()) return made;
    if ((it = PyObject_GetIter(view == a ? b : a)) == NULL) return NULL;
    made = PySet_New(NULL);
    while (made && in >= 0 && (item = PyIter_Next(it)) != NULL) {
        in = PySequence_Contains(view, item);
        if (in > 0 && PySet_Add(made, item)) in = -1;
        Py_DECREF(item);
    }
    Py_DECREF(it);
    if (PyErr_Occurred()) Py_CLEAR(made);
    return made;
}

/* The same by a method of set. */
static PyObject *view_combine(PyObject *a, PyObject *b, keys_algebra *core,
                              const char *method)
{
    PyObject *made = keys_combine(a, b, core), *none;

    if (made || PyErr_Occurred() || (made = PySet_New(a)) == NULL) return made;
    if ((none = PyObject_CallMethod(made, method, "O", b)) == NULL) Py_CLEAR(made);
    Py_XDECREF(none);
    return made;
}

#define VIEW_OPERATOR(name, method)                                                    \
    static PyObject *view_##name(PyObject *a, PyObject *b)                             \
    {                                                                                  \
        return view_combine(a, b, pila_dict_keys_##name, method);                      \
    }

VIEW_OPERATOR(or, "update")
VIEW_OPERATOR(sub, "difference_update")
VIEW_OPERATOR(xor, "symmetric_difference_update")

static PyMethodDef view_methods[] = {{"isdisjoint", view_isdisjoint, METH_O,
                                      "Whether no item is in another iterable."},
                                     {"__reversed__", view_reversed, METH_NOARGS, NULL},
                                     {NULL, NULL, 0, NULL}};

static PyGetSetDef view_attributes[] = {{"mapping", view_mapping, NULL,
                                         "the mapping, which can't be changed by this",
                                         NULL},
                                        {NULL, NULL, NULL, NULL, NULL}};

static PyNumberMethods view_as_set = {.nb_and = view_and,
                                      .nb_or = view_or,
                                      .nb_subtract = view_sub,
                                      .nb_xor = view_xor};
static PySequenceMethods keys_as_sequence = {.sq_length = view_len,
                                             .sq_contains = keys_contains};
static PySequenceMethods items_as_sequence = {.sq_length = view_len,
                                              .sq_contains = items_contains};
static PySequenceMethods values_as_sequence = {.sq_length = view_len};

#define VIEW_TYPE(variable, name, sequence, number, compare, methods)                  \
    static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = name,     \
                                    .tp_basicsize = sizeof(py_view),                   \
                                    .tp_flags = Py_TPFLAGS_DEFAULT |                   \
                                                Py_TPFLAGS_HAVE_GC |                   \
                                                Py_TPFLAGS_DISALLOW_INSTANTIATION,     \
                                    .tp_dealloc = view_dealloc,                        \
                                    .tp_traverse = view_traverse,                      \
                                    .tp_repr = view_repr,                              \
                                    .tp_iter = view_iter,                              \
                                    .tp_as_sequence = &sequence,                       \
                                    .tp_as_number = number,                            \
                                    .tp_richcompare = compare,                         \
                                    .tp_methods = methods,                             \
                                    .tp_getset = view_attributes}

VIEW_TYPE(keys_type, "collections.dict_keys", keys_as_sequence, &view_as_set,
          view_compare, view_methods);
VIEW_TYPE(items_type, "collections.dict_items", items_as_sequence, &view_as_set,
          view_compare, view_methods);
VIEW_TYPE(values_type, "collections.dict_values", values_as_sequence, NULL, NULL,
          view_methods + 1); /* isdisjoint is of sets */

/* ---- the type ---- */

static PyMethodDef mapping_methods[] = {
    {"clear", mapping_clear, METH_NOARGS, "Remove all items."},
    {"fromkeys", (PyCFunction)(void (*)(void))mapping_fromkeys,
     METH_VARARGS | METH_KEYWORDS | METH_CLASS, "Keys of an iterable, with one value."},
    {"get", mapping_get_method, METH_VARARGS, "The value of a key, or a default."},
    {"items", mapping_items, METH_NOARGS, "A view of the pairs."},
    {"keys", mapping_keys, METH_NOARGS, "A view of the keys."},
    {"pop", (PyCFunction)(void (*)(void))mapping_pop, METH_VARARGS | METH_KEYWORDS,
     "Remove a key and return its value, or a default."},
    {"popitem", mapping_popitem_method, METH_NOARGS,
     "Remove and return the last pair."},
    {"setdefault", (PyCFunction)(void (*)(void))mapping_setdefault,
     METH_VARARGS | METH_KEYWORDS,
     "The value of a key, which is set if it is not there."},
    {"update", (PyCFunction)(void (*)(void))mapping_update,
     METH_VARARGS | METH_KEYWORDS,
     "Set the pairs of a mapping or an iterable, and keywords."},
    {"values", mapping_values, METH_NOARGS, "A view of the values."},
    {"__reversed__", mapping_reversed, METH_NOARGS, NULL},
    {"__sizeof__", mapping_sizeof, METH_NOARGS, NULL},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL}};

PyGetSetDef mapping_attributes[] = {{"__dict__", PyObject_GenericGetDict,
                                     PyObject_GenericSetDict, NULL, NULL},
                                    {NULL, NULL, NULL, NULL, NULL}};

static PyMappingMethods mapping_as_mapping = {.mp_length = mapping_len,
                                              .mp_subscript = mapping_get,
                                              .mp_ass_subscript = mapping_set};
static PySequenceMethods mapping_as_sequence = {.sq_contains = mapping_contains};
static PyNumberMethods mapping_as_number = {.nb_inplace_or = mapping_ior};

PyTypeObject mapping_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                 "collections._pila_dict",
                             .tp_basicsize = sizeof(py_mapping),
                             .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
                                         Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
                                         Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             .tp_base = &PyDict_Type,
                             .tp_init = mapping_init,
                             .tp_dealloc = mapping_dealloc,
                             .tp_traverse = mapping_traverse,
                             .tp_clear = mapping_tp_clear,
                             .tp_hash = PyObject_HashNotImplemented,
                             .tp_richcompare = mapping_compare,
                             .tp_iter = mapping_iter,
                             .tp_as_mapping = &mapping_as_mapping,
                             .tp_as_sequence = &mapping_as_sequence,
                             .tp_as_number = &mapping_as_number,
                             .tp_methods = mapping_methods};

/* So that isinstance knows a view for what it is. */
static int register_view(PyObject *abc, const char *name, PyTypeObject *type)
{
    PyObject *base = PyObject_GetAttrString(abc, name);
    PyObject *done = base ? PyObject_CallMethod(base, "register", "O", type) : NULL;

    Py_XDECREF(base);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

int add_mapping(PyObject *module)
{
    PyObject *abc;
    int failed;

    if (PyModule_AddType(module, &mapping_type) || PyType_Ready(&walk_type) ||
        PyType_Ready(&keys_type) || PyType_Ready(&values_type) ||
        PyType_Ready(&items_type) ||
        (abc = PyImport_ImportModule("_collections_abc")) == NULL)
        return -1;
    failed = register_view(abc, "KeysView", &keys_type) ||
             register_view(abc, "ValuesView", &values_type) ||
             register_view(abc, "ItemsView", &items_type);
    Py_DECREF(abc);
    return failed ? -1 : 0;
}
