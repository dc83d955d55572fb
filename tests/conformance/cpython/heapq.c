/* heapq.c - _heapq, and heapq's nlargest, nsmallest and merge, over
 * lib/collections/heapq. A heap is Python's own list, known to the core by index alone.
 */
#include "binding.h"

#include <pila/collections/heapq.h>

/* ---- a list by index ---- */

typedef struct py_heap {
    PyObject *list;
    Py_ssize_t n; /* which its length must stay */
    bool max;
} py_heap;

static pila_status heap_less(void *ctx, size_t i, size_t j, bool *out)
{
    py_heap *h = ctx;
    PyObject *a = Py_NewRef(PyList_GET_ITEM(h->list, (Py_ssize_t)(h->max ? j : i)));
    PyObject *b = Py_NewRef(PyList_GET_ITEM(h->list, (Py_ssize_t)(h->max ? i : j)));
    int less = PyObject_RichCompareBool(a, b, Py_LT);

    Py_DECREF(a);
    Py_DECREF(b);
    if (less < 0) return PILA_EUSER;
    *out = less;
    return PyList_GET_SIZE(h->list) == h->n ? PILA_OK : PILA_EMUTATED;
}

static pila_status heap_swap(void *ctx, size_t i, size_t j)
{
    PyObject *list = ((py_heap *)ctx)->list, *a = PyList_GET_ITEM(list, (Py_ssize_t)i);

    PyList_SET_ITEM(list, (Py_ssize_t)i, PyList_GET_ITEM(list, (Py_ssize_t)j));
    PyList_SET_ITEM(list, (Py_ssize_t)j, a);
    return PILA_OK;
}

static const py_raise raises[] = {{PILA_EMUTATED, &PyExc_RuntimeError,
                                   "list changed size during iteration"},
                                  {PILA_OK, NULL, NULL}};

static int heap_settle(PyObject *list, Py_ssize_t i, bool max)
{
    py_heap heap = {list, PyList_GET_SIZE(list), max};
    pila_heap_by by = {&heap, heap_less, heap_swap};

    return py_zero(CORE(pila_heap_changed_by(&by, (size_t)heap.n, (size_t)i)), raises);
}

static bool is_list(PyObject *heap)
{
    if (PyList_Check(heap)) return true;
    PyErr_Format(PyExc_TypeError, "heap argument must be a list, not %.200s",
                 Py_TYPE(heap)->tp_name);
    return false;
}

/* ---- _heapq ---- */

static PyObject *heapify(PyObject *list, bool max)
{
    if (!is_list(list)) return NULL;
    py_heap heap = {list, PyList_GET_SIZE(list), max};
    pila_heap_by by = {&heap, heap_less, heap_swap};
    return py_none(CORE(pila_heapify_by(&by, (size_t)heap.n)), raises);
}

static PyObject *heappush(PyObject *list, PyObject *item)
{
    if (!is_list(list) || PyList_Append(list, item) < 0 ||
        heap_settle(list, PyList_GET_SIZE(list) - 1, false) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* An item in the place of the first, which is handed out. */
static PyObject *exchange(PyObject *list, PyObject *item, bool max)
{
    PyObject *first = PyList_GET_ITEM(list, 0);

    PyList_SET_ITEM(list, 0, Py_NewRef(item));
    if (heap_settle(list, 0, max) == 0) return first;
    Py_DECREF(first);
    return NULL;
}

static PyObject *heappop(PyObject *list, bool max)
{
    Py_ssize_t n = is_list(list) ? PyList_GET_SIZE(list) : -1;

    if (n == 0) PyErr_SetString(PyExc_IndexError, "index out of range");
    if (n <= 0) return NULL;
    PyObject *last = Py_NewRef(PyList_GET_ITEM(list, n - 1)), *first;
    if (PyList_SetSlice(list, n - 1, n, NULL) < 0) {
        Py_DECREF(last);
        return NULL;
    }
    if (n == 1) return last;
    first = exchange(list, last, max);
    Py_DECREF(last);
    return first;
}

static PyObject *heapreplace(PyObject *list, PyObject *item, bool max)
{
    if (!is_list(list)) return NULL;
    if (PyList_GET_SIZE(list)) return exchange(list, item, max);
    PyErr_SetString(PyExc_IndexError, "index out of range");
    return NULL;
}

static PyObject *heappushpop(PyObject *list, PyObject *item)
{
    if (!is_list(list)) return NULL;
    if (PyList_GET_SIZE(list) == 0) return Py_NewRef(item);
    PyObject *first = Py_NewRef(PyList_GET_ITEM(list, 0));
    int less = PyObject_RichCompareBool(first, item, Py_LT);
    Py_DECREF(first);
    if (less <= 0) return less < 0 ? NULL : Py_NewRef(item);
    return heapreplace(list, item, false);
}

#define ONE(name, call)                                                                \
    static PyObject *py_##name(PyObject *self, PyObject *list)                         \
    {                                                                                  \
        (void)self;                                                                    \
        return call;                                                                   \
    }
#define TWO(name, call)                                                                \
    static PyObject *py_##name(PyObject *self, PyObject *args)                         \
    {                                                                                  \
        PyObject *list, *item;                                                         \
        (void)self;                                                                    \
        return PyArg_UnpackTuple(args, #name, 2, 2, &list, &item) ? call : NULL;       \
    }

ONE(heapify, heapify(list, false))
ONE(heapify_max, heapify(list, true))
ONE(heappop, heappop(list, false))
ONE(heappop_max, heappop(list, true))
TWO(heappush, heappush(list, item))
TWO(heappushpop, heappushpop(list, item))
TWO(heapreplace, heapreplace(list, item, false))
TWO(heapreplace_max, heapreplace(list, item, true))

/* ---- nlargest, nsmallest ---- */

static pila_status key_of(void *ctx, const void *item, void *out)
{
    *(PyObject **)out = PyObject_CallOneArg(ctx, *(PyObject *const *)item);
    return *(PyObject **)out ? PILA_OK : PILA_EUSER;
}

static PyObject *choose(PyObject *args, PyObject *kwargs, bool most)
{
    static char *names[] = {"n", "iterable", "key", NULL};
    PyObject *count, *iterable, *fn = Py_None, *made;
    pila_list best;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O", names, &count, &iterable,
                                     &fn))
        return NULL;
    Py_ssize_t n =
        PyNumber_AsSsize_t(count, NULL); /* of any size: as many as there are */
    if (n == -1 && PyErr_Occurred()) return NULL;
    pila_key key = {&py_type, key_of, fn};
    pila_iter it = py_iterable(iterable);
    pila_list_init(&best, &py_type);
    pila_status st = CORE(
        (most ? pila_nlargest : pila_nsmallest)(it, n > 0 ? (size_t)n : 0,
                                                fn == Py_None ? NULL : &key, &best));
    if (st != PILA_OK) {
        pila_list_done(&best);
        return py_fail(st, NULL);
    }
    made = PyList_New((Py_ssize_t)pila_list_len(&best));
    for (size_t k = 0; made && k < pila_list_len(&best); k++)
        PyList_SET_ITEM(made, (Py_ssize_t)k,
                        py_object(pila_list_get(&best, (ptrdiff_t)k)));
    pila_list_done(&best);
    return made;
}

static PyObject *py_nlargest(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return choose(args, kwargs, true);
}

static PyObject *py_nsmallest(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return choose(args, kwargs, false);
}

/* ---- merge: a lazy iterator; what it is of is asked first when it is ---- */

typedef struct py_merge {
    PyObject_HEAD PyObject *iterables, *key; /* iterables NULL: merged is there */
    bool reverse, begun;
    pila_key core_key;
    pila_iter merged;
} py_merge;

static PyTypeObject merge_type;

static int merge_begin(py_merge *m)
{
    Py_ssize_t n = PyTuple_GET_SIZE(m->iterables);
    pila_iter *sources = PyMem_Calloc((size_t)n + 1, sizeof *sources);

    m->begun = true;
    if (!sources) return PyErr_NoMemory(), -1;
    for (Py_ssize_t k = 0; k < n; k++)
        sources[k] = py_iterable(PyTuple_GET_ITEM(m->iterables, k));
    m->core_key = (pila_key){&py_type, key_of, m->key};
    m->merged = CORE(pila_merge(sources, (size_t)n,
                                m->key == Py_None ? NULL : &m->core_key, m->reverse));
    PyMem_Free(sources);
    return 0;
}

static PyObject *merge_next(PyObject *self)
{
    py_merge *m = (py_merge *)self;

    if (!m->begun && merge_begin(m) < 0) return NULL;
    const void *x = CORE(pila_next_item(&m->merged));
    if (x) return py_object(x);
    if (m->merged.status != PILA_END) {
        py_fail(m->merged.status, NULL);
        pila_iter_drop(&m->merged); /* a fault is raised once */
    }
    return NULL;
}

static PyObject *py_merged(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "reverse", NULL};
    PyObject *none = PyTuple_New(0), *key = Py_None;
    int reverse = 0;

    (void)self;
    if (!none ||
        !PyArg_ParseTupleAndKeywords(none, kwargs, "|$Op", names, &key, &reverse)) {
        Py_XDECREF(none);
        return NULL;
    }
    Py_DECREF(none);
    py_merge *m = PyObject_GC_New(py_merge, &merge_type);
    if (!m) return NULL;
    m->iterables = Py_NewRef(args);
    m->key = Py_NewRef(key);
    m->reverse = reverse;
    m->begun = false;
    m->merged = pila_failed(PILA_END);
    PyObject_GC_Track(m);
    return (PyObject *)m;
}

static int merge_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((py_merge *)self)->iterables);
    Py_VISIT(((py_merge *)self)->key);
    return 0;
}

static void merge_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    pila_iter_drop(&((py_merge *)self)->merged);
    Py_XDECREF(((py_merge *)self)->iterables);
    Py_XDECREF(((py_merge *)self)->key);
    PyObject_GC_Del(self);
}

static PyTypeObject merge_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                      "heapq.merge",
                                  .tp_basicsize = sizeof(py_merge),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                  .tp_dealloc = merge_dealloc,
                                  .tp_traverse = merge_traverse,
                                  .tp_iter = PyObject_SelfIter,
                                  .tp_iternext = merge_next};

#define KEYWORDS(f) ((PyCFunction)(void (*)(void))(f)), METH_VARARGS | METH_KEYWORDS

PyMODINIT_FUNC PyInit_pila_heapq(void)
{
    static PyMethodDef methods[] = {
        {"heapify", py_heapify, METH_O, "Transform list into a heap, in-place."},
        {"heappush", py_heappush, METH_VARARGS, "Push item onto heap."},
        {"heappop", py_heappop, METH_O, "Pop the smallest item off the heap."},
        {"heappushpop", py_heappushpop, METH_VARARGS, "Push item, then pop."},
        {"heapreplace", py_heapreplace, METH_VARARGS, "Pop, then push item."},
        {"_heapify_max", py_heapify_max, METH_O, NULL},
        {"_heappop_max", py_heappop_max, METH_O, NULL},
        {"_heapreplace_max", py_heapreplace_max, METH_VARARGS, NULL},
        {"nlargest", KEYWORDS(py_nlargest), "The n largest elements."},
        {"nsmallest", KEYWORDS(py_nsmallest), "The n smallest elements."},
        {"merge", KEYWORDS(py_merged), "Merge sorted inputs into one."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_heapq", NULL, -1, methods, NULL, NULL, NULL, NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    if (PyType_Ready(&merge_type) < 0) return NULL;
    return PyModule_Create(&definition);
}
