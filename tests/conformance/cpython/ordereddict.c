/* ordereddict.c - _collections.OrderedDict, over lib/collections/ordereddict. */
#include "mapping.h"

#define CORE_OF(o) (&MAPPING(o)->core.ordered)

static PyObject *ordereddict_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = mapping_alloc(type);

    (void)args, (void)kwargs;
    return mapping_made(self,
                        self ? pila_ordereddict_init(CORE_OF(self), &py_type, &py_type)
                             : PILA_OK);
}

static PyObject *ordereddict_move_to_end(PyObject *self, PyObject *args,
                                         PyObject *kwargs)
{
    static char *names[] = {"key", "last", NULL};
    PyObject *key;
    int last = 1;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|p:move_to_end", names, &key,
                                     &last))
        return NULL;
    pila_status st = CORE(pila_ordereddict_move_to_end(CORE_OF(self), &key, last));
    return st == PILA_OK ? Py_NewRef(Py_None) : mapping_fail(st, key);
}

static PyObject *ordereddict_popitem(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"last", NULL};
    int last = 1;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:popitem", names, &last))
        return NULL;
    return mapping_popitem(self, last);
}

static PyObject *ordereddict_copy(PyObject *self, PyObject *none)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *made = type == &ordereddict_type ? ordereddict_new(type, NULL, NULL)
                                               : PyObject_CallNoArgs((PyObject *)type);
    (void)none;
    if (!made) return NULL;
    if (type == &ordereddict_type)
        return mapping_made(made,
                            CORE(pila_ordereddict_copy(CORE_OF(made), CORE_OF(self))));
    if (mapping_take(made, self)) Py_CLEAR(made);
    return made;
}

static pila_status ordereddict_join(PyObject *made, PyObject *self,
                                    const pila_dict *left, const pila_dict *right)
{
    (void)self;
    return CORE(pila_dict_or(DICT_OF(made), left, right));
}

static PyObject *ordereddict_or(PyObject *left, PyObject *right)
{
    PyObject *self = IS_ORDERED(left) ? left : right, *type = (PyObject *)Py_TYPE(self);
    PyObject *made;

    if (!PyDict_Check(left) || !PyDict_Check(right)) Py_RETURN_NOTIMPLEMENTED;
    if (Py_TYPE(self) == &ordereddict_type)
        return mapping_or(ordereddict_new(&ordereddict_type, NULL, NULL), self, left,
                          right, ordereddict_join);
    made = PyObject_CallOneArg(type, left);
    if (made && mapping_take(made, right)) Py_CLEAR(made);
    return made;
}

/* As in 3.11, a list of pairs; pila shows what 3.12 does. */
static PyObject *ordereddict_repr(PyObject *self)
{
    const char *name = mapping_name(self);
    PyObject *it, *list = NULL, *text = NULL;
    int inside;

    if (pila_dict_len(DICT_OF(self)) == 0) return PyUnicode_FromFormat("%s()", name);
    inside = Py_ReprEnter(self);
    if (inside) return inside < 0 ? NULL : PyUnicode_FromString("...");
    if ((it = mapping_iter_items(self)) != NULL) list = PySequence_List(it);
    if (list) text = PyUnicode_FromFormat("%s(%R)", name, list);
    Py_XDECREF(it);
    Py_XDECREF(list);
    Py_ReprLeave(self);
    return text;
}

static PyObject *ordereddict_reduce(PyObject *self, PyObject *none)
{
    PyObject *state = PyObject_CallMethod(self, "__getstate__", NULL);
    PyObject *items = state ? PyObject_CallMethod(self, "items", NULL) : NULL;
    PyObject *it = items ? PyObject_GetIter(items) : NULL;

    (void)none;
    Py_XDECREF(items);
    if (it) return Py_BuildValue("O()NON", Py_TYPE(self), state, Py_None, it);
    Py_XDECREF(state);
    return NULL;
}

static PyMethodDef ordereddict_methods[] = {
    {"copy", ordereddict_copy, METH_NOARGS, "A shallow copy."},
    {"move_to_end", (PyCFunction)(void (*)(void))ordereddict_move_to_end,
     METH_VARARGS | METH_KEYWORDS, "Make a key the last one, or the first."},
    {"popitem", (PyCFunction)(void (*)(void))ordereddict_popitem,
     METH_VARARGS | METH_KEYWORDS, "Remove and return the last pair, or the first."},
    {"__reduce__", ordereddict_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyNumberMethods ordereddict_as_number = {.nb_or = ordereddict_or};

PyTypeObject ordereddict_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                     "collections.OrderedDict",
                                 .tp_basicsize = sizeof(py_mapping),
                                 .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
                                             Py_TPFLAGS_IMMUTABLETYPE,
                                 .tp_base = &mapping_type,
                                 .tp_new = ordereddict_new,
                                 .tp_repr = ordereddict_repr,
                                 .tp_weaklistoffset = offsetof(py_mapping, weak),
                                 .tp_dictoffset = offsetof(py_mapping, attributes),
                                 .tp_as_number = &ordereddict_as_number,
                                 .tp_methods = ordereddict_methods,
                                 .tp_getset = mapping_attributes,
                                 .tp_doc = "Dictionary that remembers insertion order"};

int add_ordereddict(PyObject *module)
{
    return PyModule_AddType(module, &ordereddict_type);
}
