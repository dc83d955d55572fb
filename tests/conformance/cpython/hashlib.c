/* hashlib.c - _hashlib, and the modules that hashlib has without OpenSSL, over
 * lib/serial/hashlib. Both are pila's: a constructor differs by the type it makes.
 */
#include "hashes.h"

#include <pila/serial/hashlib.h>

typedef struct py_hash {
    PyObject_HEAD pila_hashlib core;
} py_hash;

#define CORE_OF(o) (&((py_hash *)(o))->core)

static PyTypeObject hash_type, xof_type, plain_type, blake2b_type, blake2s_type;
static PyObject *digest_names; /* constructor -> the name of its algorithm */

PyObject *py_told(pila_status st, const pila_error *err)
{
    const py_raise raises[] = {{PILA_EVALUE, &PyExc_ValueError, err->message},
                               {PILA_ETYPE, &PyExc_TypeError, err->message},
                               {PILA_EOVERFLOW, &PyExc_OverflowError, err->message},
                               {PILA_OK, NULL, NULL}};

    return py_fail(st, *err->message ? raises : NULL);
}

PyObject *py_hex(pila_status st, pila_buf *out)
{
    PyObject *made = st == PILA_OK
                         ? PyUnicode_FromStringAndSize(out->data, (Py_ssize_t)out->len)
                         : py_fail(st, NULL);

    pila_buf_done(out);
    return made;
}

/* ---- a hash ---- */

static PyObject *hash_update(PyObject *self, PyObject *o)
{
    Py_buffer data;

    if (PyUnicode_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "Strings must be encoded before hashing");
        return NULL;
    }
    if (PyObject_GetBuffer(o, &data, PyBUF_SIMPLE)) return NULL;
    pila_status st = CORE(pila_hashlib_update(CORE_OF(self), py_view(&data)));
    PyBuffer_Release(&data);
    return py_none(st, NULL);
}

/* A hash of a type, with its first data, if any. */
static PyObject *hash_of(PyTypeObject *type, pila_str name,
                         const pila_hashlib_options *how, PyObject *data)
{
    pila_error err = {0};
    pila_hashlib core;
    pila_status st = CORE(pila_hashlib_init(&core, name, how, &err));

    if (st != PILA_OK) return py_told(st, &err);
    if (type == &hash_type && core.xof) type = &xof_type;
    py_hash *h = PyObject_New(py_hash, type);
    if (!h) {
        pila_hashlib_done(&core);
        return NULL;
    }
    h->core = core;
    PyObject *done = data ? hash_update((PyObject *)h, data) : Py_NewRef(Py_None);
    if (!done) Py_CLEAR(h);
    Py_XDECREF(done);
    return (PyObject *)h;
}

static void hash_dealloc(PyObject *self)
{
    pila_hashlib_done(CORE_OF(self));
    Py_TYPE(self)->tp_free(self);
}

/* The bytes asked for: of a SHAKE alone. */
static bool length_of(PyObject *self, PyObject *args, PyObject *kwargs, size_t *out)
{
    static char *names[] = {"length", NULL};
    static char *no_names[] = {NULL};
    Py_ssize_t length = 0;

    *out = 0;
    if (!CORE_OF(self)->xof)
        return PyArg_ParseTupleAndKeywords(args, kwargs, ":digest", no_names);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "n:digest", names, &length))
        return false;
    *out = (size_t)length;
    if (length >= 0 && length < 1 << 29) return true;
    PyErr_SetString(PyExc_ValueError, "length is too large, or negative");
    return false;
}

static PyObject *hash_digest(PyObject *self, PyObject *args, PyObject *kwargs)
{
    pila_buf out = {0};
    size_t length;

    if (!length_of(self, args, kwargs, &length)) return NULL;
    return py_bytes(CORE(pila_hashlib_digest(CORE_OF(self), length, &out)), &out, NULL);
}

static PyObject *hash_hexdigest(PyObject *self, PyObject *args, PyObject *kwargs)
{
    pila_buf out = {0};
    size_t length;

    if (!length_of(self, args, kwargs, &length)) return NULL;
    return py_hex(CORE(pila_hashlib_hexdigest(CORE_OF(self), length, &out)), &out);
}

static PyObject *hash_copy(PyObject *self, PyObject *none)
{
    py_hash *h = PyObject_New(py_hash, Py_TYPE(self));
    pila_status st;

    (void)none;
    if (!h) return NULL;
    memset(&h->core, 0, sizeof h->core);
    st = CORE(pila_hashlib_copy(CORE_OF(self), &h->core));
    if (st == PILA_OK) return (PyObject *)h;
    Py_DECREF(h);
    return py_fail(st, NULL);
}

static PyObject *hash_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<%s %s object @ %p>", CORE_OF(self)->name,
                                Py_TYPE(self)->tp_name, self);
}

static PyObject *hash_name(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(CORE_OF(self)->name);
}

static PyObject *hash_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(CORE_OF(self)->digest_size);
}

static PyObject *hash_block(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(CORE_OF(self)->block_size);
}

static PyMethodDef hash_methods[] = {
    {"update", hash_update, METH_O, "Go on with more data."},
    {"digest", PY_KEYWORDS(hash_digest), "The digest so far."},
    {"hexdigest", PY_KEYWORDS(hash_hexdigest), "The same in hexadecimal."},
    {"copy", hash_copy, METH_NOARGS, "An independent duplicate."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef hash_attributes[] = {
    {"name", hash_name, NULL, "of the algorithm", NULL},
    {"digest_size", hash_size, NULL, "in bytes", NULL},
    {"block_size", hash_block, NULL, "in bytes", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

#define HASH_TYPE(NAME, FLAGS)                                                         \
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = NAME, .tp_basicsize = sizeof(py_hash),    \
                                .tp_flags = Py_TPFLAGS_DEFAULT |                       \
                                            Py_TPFLAGS_IMMUTABLETYPE | (FLAGS),        \
                                .tp_dealloc = hash_dealloc, .tp_repr = hash_repr,      \
                                .tp_methods = hash_methods,                            \
                                .tp_getset = hash_attributes

static PyTypeObject hash_type = {
    HASH_TYPE("_hashlib.HASH",
              Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION)};
static PyTypeObject xof_type = {
    HASH_TYPE("_hashlib.HASHXOF", Py_TPFLAGS_DISALLOW_INSTANTIATION)};
/* Of _md5, _sha1, _sha256, _sha512 and _sha3. */
static PyTypeObject plain_type = {
    HASH_TYPE("_pila.hash", Py_TPFLAGS_DISALLOW_INSTANTIATION)};

/* ---- blake2b and blake2s ---- */

/* A number that must not be negative; false and raised. */
static bool unsigned_of(PyObject *o, uint64_t *out)
{
    if (!o) return true;
    PyObject *zero = PyLong_FromLong(0);
    int below = zero ? PyObject_RichCompareBool(o, zero, Py_LT) : -1;
    Py_XDECREF(zero);
    if (below > 0) PyErr_SetString(PyExc_ValueError, "value must be positive");
    if (below == 0) *out = PyLong_AsUnsignedLongLong(o);
    return !PyErr_Occurred();
}

static PyObject *blake2_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"",
                            "digest_size",
                            "key",
                            "salt",
                            "person",
                            "fanout",
                            "depth",
                            "leaf_size",
                            "node_offset",
                            "node_depth",
                            "inner_size",
                            "last_node",
                            "usedforsecurity",
                            NULL};
    Py_buffer key = {0}, salt = {0}, person = {0};
    PyObject *data = NULL, *leaf_size = NULL, *node_offset = NULL, *made = NULL;
    int size = type == &blake2b_type ? 64 : 32, fanout = 1, depth = 1, node_depth = 0;
    int inner_size = 0, last_node = 0, secure = 1;
    pila_blake2_tree tree = {0};
    uint64_t leaf = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$iy*y*y*iiOOiipp:blake2", names,
                                     &data, &size, &key, &salt, &person, &fanout,
                                     &depth, &leaf_size, &node_offset, &node_depth,
                                     &inner_size, &last_node, &secure))
        return NULL;
    if (unsigned_of(leaf_size, &leaf) && unsigned_of(node_offset, &tree.node_offset)) {
        tree.fanout = fanout;
        tree.depth = depth;
        tree.leaf_size = leaf > INT64_MAX ? INT64_MAX : (int64_t)leaf;
        tree.node_depth = node_depth;
        tree.inner_size = inner_size;
        tree.last_node = last_node;
        pila_hashlib_options how = {.not_for_security = !secure,
                                    .digest_size = size ? size : -1, /* 0 is a fault */
                                    .key = py_view(&key),
                                    .salt = py_view(&salt),
                                    .person = py_view(&person),
                                    .tree = &tree};
        made = hash_of(type, pila_cstr(strrchr(type->tp_name, '.') + 1), &how, data);
    }
    PyBuffer_Release(&key);
    PyBuffer_Release(&salt);
    PyBuffer_Release(&person);
    return made;
}

static PyTypeObject blake2b_type = {HASH_TYPE("_blake2.blake2b", 0),
                                    .tp_new = blake2_new};
static PyTypeObject blake2s_type = {HASH_TYPE("_blake2.blake2s", 0),
                                    .tp_new = blake2_new};

static int blake2_ready(PyTypeObject *type, long size)
{
    const struct {
        const char *name;
        long size;
    } constants[] = {{"SALT_SIZE", size / 4},
                     {"PERSON_SIZE", size / 4},
                     {"MAX_KEY_SIZE", size},
                     {"MAX_DIGEST_SIZE", size}};

    if (PyType_Ready(type)) return -1;
    for (size_t k = 0; k < sizeof constants / sizeof *constants; k++) {
        PyObject *x = PyLong_FromLong(constants[k].size);
        if (!x || PyDict_SetItemString(type->tp_dict, constants[k].name, x)) return -1;
        Py_DECREF(x);
    }
    return 0;
}

/* ---- constructors: each knows its algorithm by its self ---- */

static PyObject *hash_by(PyTypeObject *type, PyObject *name, PyObject *args,
                         PyObject *kwargs)
{
    static char *names[] = {"string", "usedforsecurity", NULL};
    PyObject *data = NULL;
    int secure = 1;
    Py_ssize_t n;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$p", names, &data, &secure))
        return NULL;
    pila_hashlib_options how = {.not_for_security = !secure};
    const char *text = PyUnicode_AsUTF8AndSize(name, &n);
    return text ? hash_of(type, pila_str_of(text, (size_t)n), &how, data) : NULL;
}

static PyObject *openssl_hash(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return hash_by(&hash_type, self, args, kwargs);
}

static PyObject *plain_hash(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return hash_by(&plain_type, self, args, kwargs);
}

static PyObject *new_hash(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *name, *rest, *made;

    (void)self;
    if (PyTuple_GET_SIZE(args) == 0 || !PyUnicode_Check(PyTuple_GET_ITEM(args, 0))) {
        PyErr_SetString(PyExc_TypeError, "name must be a string");
        return NULL;
    }
    name = PyTuple_GET_ITEM(args, 0);
    rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    made = rest ? hash_by(&hash_type, name, rest, kwargs) : NULL;
    Py_XDECREF(rest);
    return made;
}

/* Put into a module, under `name`, a constructor of an algorithm. */
static int add_constructor(PyObject *module, PyMethodDef *definition,
                           const char *algorithm)
{
    PyObject *self = PyUnicode_FromString(algorithm);
    PyObject *function = self ? PyCFunction_New(definition, self) : NULL;
    int done = function ? PyDict_SetItem(digest_names, function, self) : -1;

    if (!done) done = PyModule_AddObjectRef(module, definition->ml_name, function);
    Py_XDECREF(self);
    Py_XDECREF(function);
    return done;
}

static int add_constructors(PyObject *module)
{
#define BOTH(name)                                                                     \
    {                                                                                  \
        {"openssl_" #name, PY_KEYWORDS(openssl_hash), "A hash of " #name "."},         \
        {                                                                              \
#name, PY_KEYWORDS(plain_hash), "A hash of " #name "."                     \
        }                                                                              \
    }
    static PyMethodDef all[][2] = {BOTH(md5),      BOTH(sha1),      BOTH(sha224),
                                   BOTH(sha256),   BOTH(sha384),    BOTH(sha512),
                                   BOTH(sha3_224), BOTH(sha3_256),  BOTH(sha3_384),
                                   BOTH(sha3_512), BOTH(shake_128), BOTH(shake_256)};
#undef BOTH

    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (add_constructor(module, &all[k][0], all[k][1].ml_name) ||
            add_constructor(module, &all[k][1], all[k][1].ml_name))
            return -1;
    return 0;
}

PyObject *py_digest_name(PyObject *digestmod)
{
    PyObject *name, *openssl, *unsupported;

    if (PyUnicode_Check(digestmod)) return Py_NewRef(digestmod);
    name = PyDict_GetItemWithError(digest_names, digestmod);
    if (name || PyErr_Occurred()) return Py_XNewRef(name);
    openssl = PyImport_ImportModule("_hashlib");
    unsupported =
        openssl ? PyObject_GetAttrString(openssl, "UnsupportedDigestmodError") : NULL;
    if (unsupported) PyErr_Format(unsupported, "Unsupported digestmod %R", digestmod);
    Py_XDECREF(openssl);
    Py_XDECREF(unsupported);
    return NULL;
}

/* ---- keys ---- */

static PyObject *pbkdf2_hmac(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"hash_name",  "password", "salt",
                            "iterations", "dklen",    NULL};
    Py_buffer password = {0}, salt = {0};
    long iterations, length = PILA_DKLEN_NONE;
    PyObject *hash, *dklen = Py_None, *made = NULL;
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Uy*y*l|O:pbkdf2_hmac", names, &hash,
                                     &password, &salt, &iterations, &dklen))
        return NULL;
    if (dklen != Py_None) length = PyLong_AsLong(dklen);
    if (!PyErr_Occurred() && PyUnicode_AsUTF8(hash)) {
        pila_status st =
            CORE(pila_hashlib_pbkdf2_hmac(pila_cstr(PyUnicode_AsUTF8(hash)),
                                          py_view(&password), py_view(&salt),
                                          iterations, length, &out, &err));
        made = st == PILA_OK ? py_bytes(st, &out, NULL) : py_told(st, &err);
    }
    PyBuffer_Release(&password);
    PyBuffer_Release(&salt);
    return made;
}

/* Three numbers that must be given; false and raised. */
static bool costs_of(PyObject *const *given, pila_scrypt *cost)
{
    uint64_t *out[] = {&cost->n, &cost->r, &cost->p};

    for (size_t k = 0; k < 3; k++) {
        if (!given[k] || !PyLong_Check(given[k])) {
            PyErr_Format(PyExc_TypeError, "%c is required and must be an unsigned int",
                         "nrp"[k]);
            return false;
        }
        *out[k] = PyLong_AsUnsignedLongLong(given[k]);
        if (PyErr_Occurred()) return false;
    }
    return true;
}

static PyObject *scrypt(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"password", "salt", "n", "r", "p", "maxmem", "dklen", NULL};
    Py_buffer password = {0}, salt = {0};
    PyObject *numbers[3] = {NULL, NULL, NULL}, *made = NULL;
    long maxmem = 0, dklen = 64;
    pila_scrypt cost = {0};
    pila_buf out = {0};
    pila_error err = {0};

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$y*OOOll:scrypt", names,
                                     &password, &salt, &numbers[0], &numbers[1],
                                     &numbers[2], &maxmem, &dklen))
        return NULL;
    if (!salt.obj) PyErr_SetString(PyExc_TypeError, "salt is required");
    else if (costs_of(numbers, &cost)) {
        cost.maxmem = maxmem;
        pila_status st = CORE(pila_hashlib_scrypt(py_view(&password), py_view(&salt),
                                                  &cost, dklen, &out, &err));
        made = st == PILA_OK ? py_bytes(st, &out, NULL) : py_told(st, &err);
    }
    PyBuffer_Release(&password);
    PyBuffer_Release(&salt);
    return made;
}

/* ---- the module ---- */

static PyObject *available(void)
{
    pila_iter it = CORE(pila_hashlib_algorithms_available());
    PyObject *names = PyList_New(0), *made = NULL;

    PILA_FOR(pila_str, name, &it) {
        PyObject *text = PyUnicode_FromStringAndSize(name->ptr, (Py_ssize_t)name->len);
        if (!names || !text || PyList_Append(names, text)) Py_CLEAR(names);
        Py_XDECREF(text);
    }
    if (names) made = PyFrozenSet_New(names);
    pila_iter_drop(&it);
    Py_XDECREF(names);
    return made;
}

PyMODINIT_FUNC PyInit_pila_hashlib(void)
{
    static PyMethodDef methods[] = {
        {"new", PY_KEYWORDS(new_hash), "A hash by the name of its algorithm."},
        {"pbkdf2_hmac", PY_KEYWORDS(pbkdf2_hmac), "A key made from a password."},
        {"scrypt", PY_KEYWORDS(scrypt), "A key at a cost of memory."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_hashlib", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module, *names;

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    xof_type.tp_base = &hash_type;
    digest_names = PyDict_New();
    if (!digest_names || PyType_Ready(&hash_type) || PyType_Ready(&xof_type) ||
        PyType_Ready(&plain_type) || blake2_ready(&blake2b_type, 64) ||
        blake2_ready(&blake2s_type, 32))
        return NULL;
    module = PyModule_Create(&definition);
    names = available();
    if (!module || !names || add_constructors(module) ||
        PyModule_AddFunctions(module, hmac_methods) ||
        PyModule_AddObject(module, "openssl_md_meth_names", names) ||
        PyModule_AddType(module, &hash_type) || PyModule_AddType(module, &xof_type) ||
        PyModule_AddType(module, &hmac_type) ||
        PyModule_AddType(module, &blake2b_type) ||
        PyModule_AddType(module, &blake2s_type))
        return NULL;
    return module;
}
