/* bisect.c - _bisect, over lib/collections/bisect: any sequence, known by index alone.
 */
#include "binding.h"

#include <pila/collections/bisect.h>

typedef struct py_search {
    PyObject *sequence, *x, *key;
    bool right;
} py_search;

/* Whether item i goes before x, or x before item i. */
static pila_status search_less(void *ctx, size_t i, bool *out)
{
    py_search *s = ctx;
    PyObject *item = PySequence_GetItem(s->sequence, (Py_ssize_t)i);

    if (item && s->key != Py_None) {
        PyObject *made = PyObject_CallOneArg(s->key, item);
        Py_SETREF(item, made);
    }
    if (!item) return PILA_EUSER;
    int less = s->right ? PyObject_RichCompareBool(s->x, item, Py_LT)
                        : PyObject_RichCompareBool(item, s->x, Py_LT);
    Py_DECREF(item);
    if (less < 0) return PILA_EUSER;
    *out = less;
    return PILA_OK;
}

/* Where x belongs, or -1 and raised. */
static Py_ssize_t search(py_search *s, Py_ssize_t lo, Py_ssize_t hi)
{
    static const py_raise raises[] = {{PILA_EVALUE, &PyExc_ValueError,
                                       "lo must be non-negative"},
                                      {PILA_OK, NULL, NULL}};
    size_t at;

    if (lo >= 0 && hi == -1) hi = PySequence_Size(s->sequence);
    if (hi < 0 && lo >= 0 && PyErr_Occurred()) return -1;
    pila_status st =
        CORE((s->right ? pila_bisect_right_by : pila_bisect_left_by)(search_less, s, lo,
                                                                     hi, &at));
    return st == PILA_OK ? (Py_ssize_t)at : py_zero(st, raises);
}

static int bound(PyObject *o, void *out)
{
    if (o == Py_None) {
        *(Py_ssize_t *)out = -1;
        return 1;
    }
    *(Py_ssize_t *)out = PyNumber_AsSsize_t(o, PyExc_OverflowError);
    return !PyErr_Occurred();
}

static bool parse(PyObject *args, PyObject *kwargs, const char *format, py_search *s,
                  Py_ssize_t *lo, Py_ssize_t *hi)
{
    static char *names[] = {"a", "x", "lo", "hi", "key", NULL};

    *lo = 0;
    *hi = -1;
    s->key = Py_None;
    return PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &s->sequence, &s->x,
                                       lo, bound, hi, &s->key);
}

static PyObject *bisect(PyObject *args, PyObject *kwargs, bool right)
{
    py_search s = {.right = right};
    Py_ssize_t lo, hi, at;

    if (!parse(args, kwargs, right ? "OO|nO&$O:bisect_right" : "OO|nO&$O:bisect_left",
               &s, &lo, &hi))
        return NULL;
    at = search(&s, lo, hi);
    return at < 0 ? NULL : PyLong_FromSsize_t(at);
}

static PyObject *insort(PyObject *args, PyObject *kwargs, bool right)
{
    py_search s = {.right = right};
    Py_ssize_t lo, hi, at;
    PyObject *item, *done;

    if (!parse(args, kwargs, right ? "OO|nO&$O:insort_right" : "OO|nO&$O:insort_left",
               &s, &lo, &hi))
        return NULL;
    item = s.x;
    s.x = s.key == Py_None ? Py_NewRef(item) : PyObject_CallOneArg(s.key, item);
    if (!s.x) return NULL;
    at = search(&s, lo, hi);
    Py_DECREF(s.x);
    if (at < 0) return NULL;
    if (PyList_CheckExact(s.sequence)) {
        if (PyList_Insert(s.sequence, at, item) < 0) return NULL;
        Py_RETURN_NONE;
    }
    done = PyObject_CallMethod(s.sequence, "insert", "nO", at, item);
    if (!done) return NULL;
    Py_DECREF(done);
    Py_RETURN_NONE;
}

#define SIDES(name)                                                                    \
    static PyObject *name##_left(PyObject *self, PyObject *args, PyObject *kwargs)     \
    {                                                                                  \
        (void)self;                                                                    \
        return name(args, kwargs, false);                                              \
    }                                                                                  \
    static PyObject *name##_right(PyObject *self, PyObject *args, PyObject *kwargs)    \
    {                                                                                  \
        (void)self;                                                                    \
        return name(args, kwargs, true);                                               \
    }
SIDES(bisect)
SIDES(insort)

#define METHOD(name, f, text)                                                          \
    {                                                                                  \
        name, (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS, text     \
    }

PyMODINIT_FUNC PyInit_pila_bisect(void)
{
    static PyMethodDef methods[] = {
        METHOD("bisect_left", bisect_left, "Where to insert x, before what is equal."),
        METHOD("bisect_right", bisect_right,
               "Where to insert x, behind what is equal."),
        METHOD("bisect", bisect_right, "The same as bisect_right."),
        METHOD("insort_left", insort_left, "Insert x, before what is equal."),
        METHOD("insort_right", insort_right, "Insert x, behind what is equal."),
        METHOD("insort", insort_right, "The same as insort_right."),
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_bisect", NULL, -1, methods, NULL, NULL, NULL, NULL};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    return PyModule_Create(&definition);
}
