/* values.h - Python's objects as pila's values, and back.
 *
 * Numbers and text are converted as they are. What is one object here is one reference
 * there: a py_map says which, by id or by reference, and its owner keeps the objects
 * alive as long.
 */
#ifndef CONFORMANCE_VALUES_H
#define CONFORMANCE_VALUES_H

#include "binding.h"

#include <pila/serial/value.h>

/* ---- a map of what is one object ---- */

typedef struct py_map_slot {
    uint64_t a, b; /* b: never 0 of what is there */
    pila_value value;
} py_map_slot;

typedef struct py_map { /* {0} is empty */
    py_map_slot *slots;
    size_t len, mask;
} py_map;

/* The value of a key; NULL: there is none. Valid until the next put. */
pila_value *py_map_find(const py_map *m, uint64_t a, uint64_t b);
/* 0, or -1 and raised. */
int py_map_put(py_map *m, uint64_t a, uint64_t b, pila_value value);
void py_map_done(py_map *m);

/* ---- objects to values: 0, or -1 and raised ---- */

int py_int_value(pila_doc *doc, PyObject *o, pila_value *out);
/* A str, lone surrogates included; a bytes or bytearray. Text is copied. */
int py_str_value(pila_doc *doc, PyObject *o, pila_value *out);
int py_bytes_value(pila_doc *doc, PyObject *o, pila_value *out);
/* A str as UTF-8, lone surrogates included: a new bytes. */
PyObject *py_utf8(PyObject *str);

/* ---- values to objects: a new reference, or NULL and raised ---- */

PyObject *py_str_of(pila_str text);
/* Of a value that holds no other but in a tuple. */
PyObject *py_plain_of(pila_value v);

/* ---- faults ---- */

/* 0, or -1 and raised: what a status stands for, with pila's message. */
int py_zero_told(pila_status st, const pila_error *err);

#endif
