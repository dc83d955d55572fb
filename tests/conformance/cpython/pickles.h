/* pickles.h - what the sources of _pickle's stand-in share.
 *
 * Pickler: a graph of objects becomes a graph of values, in the order in which CPython
 * saves it, so that __reduce_ex__ and its kin are called in their order
 * (pickle_save.c); then pila writes the values (pickler.c). What was an object stays
 * known by its id, and is kept alive, as long as the memo lives.
 *
 * Unpickler: pila reads values, in which what has classes is data (unpickler.c); then
 * the values become objects from the inside out, which is the order of the stream:
 * classes are found, called, and what they made is filled (pickle_load.c).
 */
#ifndef CONFORMANCE_PICKLES_H
#define CONFORMANCE_PICKLES_H

#include "values.h"

#include <pila/serial/pickle.h>

extern PyTypeObject pickler_type, pickler_memo_type;
extern PyTypeObject unpickler_type, unpickler_memo_type;
extern PyObject *pickling_error, *unpickling_error; /* CPython's own */
extern PyObject *copyreg, *partial;                 /* a module; of functools */

/* A function of pickle.py: new, or NULL and raised. */
PyObject *pickle_py(const char *name);
/* An attribute, or NULL; -1: raised. */
int attribute(PyObject *o, const char *name, PyObject **out);
/* Keep a callable, as persistent_id and persistent_load are set. */
int set_callable(PyObject **at, PyObject *f, const char *name);

static inline pila_value *parts_of(pila_value v)
{
    size_t n;

    return pila_value_parts(v, &n);
}

/* ---- Pickler ---- */

typedef struct py_pickler {
    PyObject_HEAD pila_pickler core;
    pila_doc doc;
    py_map known;    /* id -> value */
    PyObject *held;  /* a list of what is known */
    PyObject *roots; /* a list of what was dumped since the memo was empty */
    PyObject *write; /* NULL: it was never begun */
    PyObject *buffer_callback, *dispatch_table, *persistent_id;
    int fix_imports, fast, bin;
    int64_t serial; /* of objects: none equals another */
    int64_t buffers;
    PyObject *ask_id, *ask_reducer, *ask_table; /* while it dumps; or NULL */
} py_pickler;

#define PICKLER(o) ((py_pickler *)(o))

/* These answer 0, or -1 and raised. */
int pickler_begin(py_pickler *p, PyObject *file, PyObject *protocol, int fix_imports,
                  PyObject *callback);
/* The value of an object, by all that a Pickler has to say. */
int pickler_value(py_pickler *p, PyObject *o, pila_value *out);
/* To the file, or appended to out. */
int pickler_run(py_pickler *p, PyObject *o, pila_buf *out);

/* ---- Unpickler ---- */

typedef struct py_unpickler {
    PyObject_HEAD pila_unpickler core;
    pila_doc doc;
    py_map made;    /* reference -> PyObject *, owned */
    py_map begun;   /* reference -> whether it is empty yet, or waits for arguments */
    int forced;     /* arguments that lead back to their call are being loaded */
    PyObject *read; /* NULL: it was never begun */
    PyObject *buffers, *fetched; /* an iterator, or NULL; a list of what it gave */
    PyObject *persistent_load;
    PyObject *ask_id; /* while it loads; or NULL */
    int fix_imports;
    bool loading;
} py_unpickler;

#define UNPICKLER(o) ((py_unpickler *)(o))

int unpickler_begin(py_unpickler *u, PyObject *file, int fix_imports,
                    const char *encoding, const char *errors, PyObject *buffers);
/* The object of the next pickle: new, or NULL and raised. */
PyObject *unpickler_run(py_unpickler *u);
/* The object of a value: new, or NULL and raised. */
PyObject *unpickler_object(py_unpickler *u, pila_value v);
/* The object that a value was made, borrowed; NULL: none yet. */
PyObject *made_of(const py_unpickler *u, pila_value v);
/* Note what a value is: the object, which is returned. */
PyObject *note(py_unpickler *u, pila_value v, PyObject *o);

/* ---- their memos ---- */

typedef struct py_memo {
    PyObject_HEAD PyObject *of;
} py_memo;

#define MEMO_OF(o) (((py_memo *)(o))->of)

PyObject *memo_of(PyObject *self, PyTypeObject *type);
int memo_traverse(PyObject *self, visitproc visit, void *arg);
int memo_tp_clear(PyObject *self);
void memo_dealloc(PyObject *self);

#endif
