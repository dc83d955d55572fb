/* hmac.c - what _hashlib has of HMAC, over lib/serial/hmac. */
#include "hashes.h"

#include <pila/serial/hmac.h>

typedef struct py_hmac {
    PyObject_HEAD pila_hmac core;
} py_hmac;

#define CORE_OF(o) (&((py_hmac *)(o))->core)

/* ---- the type ---- */

static PyObject *update(PyObject *self, PyObject *o)
{
    Py_buffer data;

    if (PyUnicode_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "Strings must be encoded before hashing");
        return NULL;
    }
    if (PyObject_GetBuffer(o, &data, PyBUF_SIMPLE)) return NULL;
    pila_status st = CORE(pila_hmac_update(CORE_OF(self), py_view(&data)));
    PyBuffer_Release(&data);
    return py_none(st, NULL);
}

static PyObject *digest(PyObject *self, PyObject *none)
{
    pila_buf out = {0};

    (void)none;
    return py_bytes(CORE(pila_hmac_digest(CORE_OF(self), &out)), &out, NULL);
}

static PyObject *hexdigest(PyObject *self, PyObject *none)
{
    pila_buf out = {0};

    (void)none;
    return py_hex(CORE(pila_hmac_hexdigest(CORE_OF(self), &out)), &out);
}

static PyObject *copy(PyObject *self, PyObject *none)
{
    py_hmac *h = PyObject_New(py_hmac, &hmac_type);
    pila_status st;

    (void)none;
    if (!h) return NULL;
    memset(&h->core, 0, sizeof h->core);
    st = CORE(pila_hmac_copy(CORE_OF(self), &h->core));
    if (st == PILA_OK) return (PyObject *)h;
    Py_DECREF(h);
    return py_fail(st, NULL);
}

static PyObject *repr(PyObject *self)
{
    return PyUnicode_FromFormat("<%s object @ %p>", CORE_OF(self)->name, self);
}

static PyObject *name(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(CORE_OF(self)->name);
}

static PyObject *digest_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(CORE_OF(self)->digest_size);
}

static PyObject *block_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(CORE_OF(self)->block_size);
}

static void dealloc(PyObject *self)
{
    pila_hmac_done(CORE_OF(self));
    PyObject_Free(self);
}

static PyMethodDef methods[] = {
    {"update", update, METH_O, "Go on with more of the message."},
    {"digest", digest, METH_NOARGS, "The digest so far."},
    {"hexdigest", hexdigest, METH_NOARGS, "The same in hexadecimal."},
    {"copy", copy, METH_NOARGS, "An independent duplicate."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef attributes[] = {{"name", name, NULL, "of the algorithm", NULL},
                                   {"digest_size", digest_size, NULL, "in bytes", NULL},
                                   {"block_size", block_size, NULL, "in bytes", NULL},
                                   {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject hmac_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_hashlib.HMAC",
                          .tp_basicsize = sizeof(py_hmac),
                          .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE |
                                      Py_TPFLAGS_DISALLOW_INSTANTIATION,
                          .tp_dealloc = dealloc,
                          .tp_repr = repr,
                          .tp_methods = methods,
                          .tp_getset = attributes};

/* ---- the functions ---- */

/* The text of a digestmod; *kept holds it. False and raised. */
static bool name_of(PyObject *digestmod, PyObject **kept, pila_str *out)
{
    const char *text = NULL;
    Py_ssize_t n;

    *kept = py_digest_name(digestmod);
    if (*kept) text = PyUnicode_AsUTF8AndSize(*kept, &n);
    if (text) *out = pila_str_of(text, (size_t)n);
    return text != NULL;
}

static PyObject *hmac_new(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "msg", "digestmod", NULL};
    Py_buffer key = {0};
    PyObject *message = Py_None, *digestmod = NULL, *kept = NULL, *said = NULL;
    py_hmac *h = NULL;
    pila_str algorithm;
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|OO:hmac_new", names, &key,
                                     &message, &digestmod))
        return NULL;
    if (!digestmod)
        PyErr_SetString(PyExc_TypeError, "Missing required parameter 'digestmod'.");
    else if (name_of(digestmod, &kept, &algorithm))
        h = PyObject_New(py_hmac, &hmac_type);
    if (h) {
        memset(&h->core, 0, sizeof h->core);
        pila_status st = CORE(pila_hmac_init(&h->core, py_view(&key), algorithm, &err));
        if (st != PILA_OK) py_told(st, &err);
        else
            said = message == Py_None ? Py_NewRef(Py_None)
                                      : update((PyObject *)h, message);
        if (!said) Py_CLEAR(h);
    }
    PyBuffer_Release(&key);
    Py_XDECREF(kept);
    Py_XDECREF(said);
    return (PyObject *)h;
}

static PyObject *hmac_digest(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "msg", "digest", NULL};
    Py_buffer key = {0}, message = {0};
    PyObject *digestmod, *kept = NULL, *made = NULL;
    pila_str algorithm;
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*y*O:hmac_digest", names, &key,
                                     &message, &digestmod))
        return NULL;
    if (name_of(digestmod, &kept, &algorithm)) {
        pila_status st = CORE(
            pila_hmac_once(py_view(&key), py_view(&message), algorithm, &out, &err));
        made = st == PILA_OK ? py_bytes(st, &out, NULL) : py_told(st, &err);
    }
    PyBuffer_Release(&key);
    PyBuffer_Release(&message);
    Py_XDECREF(kept);
    return made;
}

/* Both bytes, or both text of ASCII. */
static PyObject *compare_digest(PyObject *self, PyObject *args)
{
    PyObject *both[2], *answer = NULL;
    Py_buffer a = {0}, b = {0};

    (void)self;
    if (!PyArg_ParseTuple(args, "OO:compare_digest", &both[0], &both[1])) return NULL;
    bool text = PyUnicode_Check(both[0]) && PyUnicode_IS_ASCII(both[0]) &&
                PyUnicode_Check(both[1]) && PyUnicode_IS_ASCII(both[1]);
    if (!text && (PyUnicode_Check(both[0]) || PyUnicode_Check(both[1])))
        PyErr_SetString(PyExc_TypeError,
                        "comparing strings with non-ASCII characters is not supported");
    else if (py_text(both[0], &a) && py_text(both[1], &b))
        answer =
            PyBool_FromLong(CORE(pila_hmac_compare_digest(py_view(&a), py_view(&b))));
    PyBuffer_Release(&a);
    PyBuffer_Release(&b);
    return answer;
}

PyMethodDef hmac_methods[] = {
    {"hmac_new", PY_KEYWORDS(hmac_new), "An HMAC."},
    {"hmac_digest", PY_KEYWORDS(hmac_digest), "The HMAC of one message."},
    {"compare_digest", compare_digest, METH_VARARGS, "Whether both are the same."},
    {"_compare_digest", compare_digest, METH_VARARGS, "Whether both are the same."},
    {NULL, NULL, 0, NULL}};
