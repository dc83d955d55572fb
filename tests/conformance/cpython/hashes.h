/* hashes.h - what hashlib.c and hmac.c share. */
#ifndef CONFORMANCE_HASHES_H
#define CONFORMANCE_HASHES_H

#include "bytes.h"

/* The functions of _hashlib that have to do with HMAC, ended by a NULL name. */
extern PyMethodDef hmac_methods[];
extern PyTypeObject hmac_type;

/* The name of an algorithm that a digestmod says: a str, or one of our constructors;
 * UnsupportedDigestmodError of anything else. A new reference, or NULL and raised. */
PyObject *py_digest_name(PyObject *digestmod);
/* Raise what a status stands for, with pila's message; NULL. */
PyObject *py_told(pila_status st, const pila_error *err);
/* A str of what a buffer of pila's holds, which ends. */
PyObject *py_hex(pila_status st, pila_buf *out);

#endif
