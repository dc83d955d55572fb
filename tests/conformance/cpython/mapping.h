/* mapping.h - what the dicts of collections share: the type they all come from, which
 * is a pila_dict behind a type that isinstance knows as a dict.
 */
#ifndef CONFORMANCE_CPYTHON_MAPPING_H
#define CONFORMANCE_CPYTHON_MAPPING_H

#include "binding.h"

#include <pila/collections/counter.h>
#include <pila/collections/defaultdict.h>
#include <pila/collections/ordereddict.h>

typedef struct py_mapping {
    PyDictObject none; /* stays empty: all that is wanted of it is its type */
    pila_dict *dict;   /* the core; of a counter of other objects than int, wide */
    union {
        pila_dict dict; /* each of the others is one */
        pila_ordereddict ordered;
        pila_defaultdict defaults;
        pila_counter counter;
    } core;
    pila_dict wide;
    PyObject *factory;           /* of a defaultdict, or NULL */
    PyObject *attributes, *weak; /* where the type has these */
} py_mapping;

extern PyTypeObject mapping_type, ordereddict_type, defaultdict_type, counter_type;

#define MAPPING(o) ((py_mapping *)(o))
#define DICT_OF(o) (MAPPING(o)->dict)
#define IS_MAPPING(o) PyObject_TypeCheck(o, &mapping_type)
#define IS_ORDERED(o) PyObject_TypeCheck(o, &ordereddict_type)

/* The name of its type. */
const char *mapping_name(PyObject *self);
/* __dict__, for the types that have it. */
extern PyGetSetDef mapping_attributes[];

/* An object with no core as yet, for tp_new. */
PyObject *mapping_alloc(PyTypeObject *type);
/* The core's answer in Python: made, or NULL, made released and raised. */
PyObject *mapping_made(PyObject *made, pila_status st);

/* Raise KeyError(key) where the status says so, and else what it stands for; NULL. */
PyObject *mapping_fail(pila_status st, PyObject *key);
/* self[key], by __missing__ where there is one and no such key. */
PyObject *mapping_get(PyObject *self, PyObject *key);
/* self[key] = value; NULL: del self[key]. */
int mapping_set(PyObject *self, PyObject *key, PyObject *value);
/* The pair that popitem takes, from the end. */
PyObject *mapping_popitem(PyObject *self, bool last);

/* self.update(*args, **kwargs), which is called `name` should it fail. */
int mapping_fill(PyObject *self, const char *name, PyObject *args, PyObject *kwargs);
/* The pairs of a mapping, or of an iterable of pairs, set one after the other. */
int mapping_take(PyObject *self, PyObject *other);
/* o as a dict of objects: its core, or one made in room, which the caller ends, on
 * failure too. NULL: raised. */
const pila_dict *mapping_open(PyObject *o, pila_dict *room);

/* made, which may be NULL, after join has put left and right into its core. self is the
 * one of the two that made is of the type of. */
typedef pila_status mapping_join(PyObject *made, PyObject *self, const pila_dict *left,
                                 const pila_dict *right);
PyObject *mapping_or(PyObject *made, PyObject *self, PyObject *left, PyObject *right,
                     mapping_join *join);

/* A Python iterator of what a core iterates; it is taken. */
PyObject *mapping_walk(PyObject *self, pila_iter it);
/* iter(self.items()) */
PyObject *mapping_iter_items(PyObject *self);
/* What an appended text is as a str; it ends. */
PyObject *mapping_text(pila_buf *text, pila_status st);

#endif
