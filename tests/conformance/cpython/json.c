/* json.c - _json, over lib/serial/json: the scanner, the encoder and their functions of
 * text. What hooks and `default` make is an object here and there is a handle, a value
 * that says which of the held objects it stands for.
 */
#include "values.h"

#include <pila/serial/json.h>

typedef struct py_held { /* what a conversion keeps */
    pila_doc doc;
    PyObject *objects; /* a list: handles are its indices */
    PyObject *keys;    /* a dict: a str for itself */
} py_held;

static bool held_begin(py_held *h)
{
    memset(h, 0, sizeof *h);
    h->objects = PyList_New(0);
    h->keys = PyDict_New();
    return h->objects && h->keys;
}

static void held_end(py_held *h)
{
    pila_doc_done(&h->doc);
    Py_XDECREF(h->objects);
    Py_XDECREF(h->keys);
}

static int handle_for(py_held *h, pila_doc *doc, PyObject *o, pila_value *out)
{
    Py_ssize_t at = PyList_GET_SIZE(h->objects);
    size_t n;

    if (PyList_Append(h->objects, o) ||
        py_zero(pila_value_object(doc, PILA_OBJECT_PERSISTENT, 1, out), NULL))
        return -1;
    *pila_value_parts(*out, &n) = pila_value_int(at);
    return 0;
}

static PyObject *held_by(const py_held *h, pila_value handle)
{
    size_t n;

    return PyList_GET_ITEM(h->objects, pila_value_parts(handle, &n)->as.i);
}

/* ---- values to objects ---- */

static PyObject *object_of(py_held *h, pila_value v);

/* A list or tuple. */
static PyObject *sequence_of(py_held *h, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    bool list = pila_value_kind_of(v) == PILA_VALUE_LIST;
    PyObject *made = list ? PyList_New((Py_ssize_t)n) : PyTuple_New((Py_ssize_t)n);

    for (size_t i = 0; made && i < n; i++) {
        PyObject *item = object_of(h, items[i]);
        if (!item) Py_CLEAR(made);
        else if (list) PyList_SET_ITEM(made, (Py_ssize_t)i, item);
        else PyTuple_SET_ITEM(made, (Py_ssize_t)i, item);
    }
    return made;
}

/* A key: equal ones are one object. */
static PyObject *key_of(py_held *h, pila_value v)
{
    PyObject *made = py_str_of(pila_value_text(v));
    PyObject *first = made ? PyDict_SetDefault(h->keys, made, made) : NULL;

    Py_XINCREF(first);
    Py_XDECREF(made);
    return first;
}

static PyObject *dict_of(py_held *h, pila_value v)
{
    pila_iter it = pila_value_items(v);
    PyObject *made = PyDict_New();
    const pila_entry *e;

    while (made && (e = pila_next_item(&it)) != NULL) {
        PyObject *key = key_of(h, e->key), *value = key ? object_of(h, e->value) : NULL;
        if (!value || PyDict_SetItem(made, key, value)) Py_CLEAR(made);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    pila_iter_drop(&it);
    return made;
}

static PyObject *object_of(py_held *h, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_LIST:
    case PILA_VALUE_TUPLE: return sequence_of(h, v);
    case PILA_VALUE_DICT: return dict_of(h, v);
    case PILA_VALUE_OBJECT: return Py_NewRef(held_by(h, v));
    default: return py_plain_of(v);
    }
}

/* A list of (key, value), as object_pairs_hook is given. */
static PyObject *pairs_of(py_held *h, pila_value v)
{
    size_t n, two;
    const pila_value *items = pila_value_data(v, &n), *pair;
    PyObject *made = PyList_New((Py_ssize_t)n);

    for (size_t i = 0; made && i < n; i++) {
        pair = pila_value_data(items[i], &two);
        PyObject *key = key_of(h, pair[0]), *value = object_of(h, pair[1]);
        PyObject *item = key && value ? PyTuple_Pack(2, key, value) : NULL;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (item) PyList_SET_ITEM(made, (Py_ssize_t)i, item);
        else Py_CLEAR(made);
    }
    return made;
}

/* ---- the scanner ---- */

enum { HOOK_OBJECT, HOOK_PAIRS, HOOK_FLOAT, HOOK_INT, HOOK_CONSTANT, HOOKS };
static const char *const hook_names[HOOKS] = {"object_hook", "object_pairs_hook",
                                              "parse_float", "parse_int",
                                              "parse_constant"};

typedef struct py_scanner {
    PyObject_HEAD PyObject *hooks[HOOKS]; /* NULL: as JSON has it */
    bool lax;
} py_scanner;

typedef struct py_scan { /* one reading */
    py_held held;
    py_scanner *by;
} py_scan;

static pila_status hooked(void *ctx, pila_doc *doc, PyObject *given, int which,
                          pila_value *out)
{
    py_scan *s = ctx;
    PyObject *made = given ? PyObject_CallOneArg(s->by->hooks[which], given) : NULL;
    int done = made ? handle_for(&s->held, doc, made, out) : -1;

    Py_XDECREF(given);
    Py_XDECREF(made);
    return done ? PILA_EUSER : PILA_OK;
}

#define HOOK(name, which, convert)                                                     \
    static pila_status name(void *ctx, pila_doc *doc, pila_value given,                \
                            pila_value *out)                                           \
    {                                                                                  \
        return hooked(ctx, doc, convert(&((py_scan *)ctx)->held, given), which, out);  \
    }
HOOK(object_hook, HOOK_OBJECT, object_of)
HOOK(pairs_hook, HOOK_PAIRS, pairs_of)
HOOK(float_hook, HOOK_FLOAT, object_of)
HOOK(int_hook, HOOK_INT, object_of)
HOOK(constant_hook, HOOK_CONSTANT, object_of)

static pila_json_load_options options_of(py_scan *s)
{
    pila_json_load_options o = {.lax = s->by->lax, .ctx = s};
    PyObject *digits = PySys_GetObject("get_int_max_str_digits");
    PyObject *most = digits ? PyObject_CallNoArgs(digits) : NULL;

    if (s->by->hooks[HOOK_OBJECT]) o.object_hook = object_hook;
    if (s->by->hooks[HOOK_PAIRS]) o.object_pairs_hook = pairs_hook;
    if (s->by->hooks[HOOK_FLOAT]) o.parse_float = float_hook;
    if (s->by->hooks[HOOK_INT]) o.parse_int = int_hook;
    if (s->by->hooks[HOOK_CONSTANT]) o.parse_constant = constant_hook;
    if (most) o.max_digits = PyLong_AsSize_t(most);
    if (most && !o.max_digits) o.max_digits = PILA_JSON_NO_LIMIT;
    Py_XDECREF(most);
    return o;
}

static void raise_decode_error(const char *message, PyObject *text, size_t pos)
{
    PyObject *module = PyImport_ImportModule("json.decoder");
    PyObject *type = module ? PyObject_GetAttrString(module, "JSONDecodeError") : NULL;
    PyObject *made =
        type ? PyObject_CallFunction(type, "sOn", message, text, (Py_ssize_t)pos)
             : NULL;

    if (made) PyErr_SetObject(type, made);
    Py_XDECREF(made);
    Py_XDECREF(type);
    Py_XDECREF(module);
}

static void raise_stop(size_t pos)
{
    PyObject *at = PyLong_FromSize_t(pos);

    if (at) PyErr_SetObject(PyExc_StopIteration, at);
    Py_XDECREF(at);
}

static size_t characters(const char *text, size_t bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes; i++) n += (text[i] & 0xc0) != 0x80;
    return n;
}

/* Where the n-th character begins. */
static size_t byte_of(const char *text, size_t n)
{
    size_t i = 0;

    for (; n > 0; n--) do
            i++;
        while ((text[i] & 0xc0) == 0x80);
    return i;
}

/* How a reading ended: the object, or NULL and raised. Positions are in `whole`, and
 * count from `before`. */
static PyObject *told(py_scan *s, pila_status st, pila_value v,
                      const pila_json_error *err, PyObject *whole, size_t before)
{
    if (st == PILA_OK) return object_of(&s->held, v);
    if (st != PILA_ESYNTAX || PyErr_Occurred()) py_zero_told(st, &err->at);
    else raise_decode_error(err->at.message, whole, before + err->pos);
    return NULL;
}

static pila_str view_of(PyObject *bytes)
{
    return pila_str_of(PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
}

/* The value at a byte of text, a bytes; *at moves behind it. Where the text begins,
 * `before` characters of `whole` are over. */
static PyObject *scanned(py_scanner *by, PyObject *text, size_t *at, PyObject *whole,
                         size_t before, bool stops)
{
    py_scan s = {.by = by};
    PyObject *made = NULL;
    pila_value v;
    pila_json_error err = {{0}};

    if (held_begin(&s.held)) {
        pila_json_load_options options = options_of(&s);
        options.bytes = true; /* a str may have surrogates */
        pila_status st = CORE(
            pila_json_raw_decode(&s.held.doc, view_of(text), at, &options, &v, &err));
        if (stops && st == PILA_ESYNTAX && !strcmp(err.at.message, "Expecting value"))
            raise_stop(before + err.pos);
        else made = told(&s, st, v, &err, whole, before);
    }
    held_end(&s.held);
    return made;
}

static PyObject *scanner_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"string", "idx", NULL};
    PyObject *string, *text, *made;
    Py_ssize_t idx;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:scan_once", names, &string,
                                     &idx))
        return NULL;
    if (!PyUnicode_Check(string))
        return PyErr_Format(PyExc_TypeError,
                            "first argument must be a string, not %.80s",
                            Py_TYPE(string)->tp_name);
    if (idx < 0) return PyErr_Format(PyExc_ValueError, "idx cannot be negative");
    if (idx >= PyUnicode_GET_LENGTH(string)) {
        raise_stop((size_t)idx);
        return NULL;
    }
    if ((text = py_utf8(string)) == NULL) return NULL;
    size_t at = byte_of(PyBytes_AS_STRING(text), (size_t)idx);
    made = scanned((py_scanner *)self, text, &at, string, 0, true);
    Py_ssize_t end = (Py_ssize_t)characters(PyBytes_AS_STRING(text), at);
    Py_DECREF(text);
    return made ? Py_BuildValue("Nn", made, end) : NULL;
}

static PyObject *scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"context", NULL};
    PyObject *context, *strict;
    py_scanner *s;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:make_scanner", names, &context) ||
        (s = (py_scanner *)type->tp_alloc(type, 0)) == NULL)
        return NULL;
    strict = PyObject_GetAttrString(context, "strict");
    int is = strict ? PyObject_IsTrue(strict) : -1;
    Py_XDECREF(strict);
    s->lax = !is;
    for (int i = 0; is >= 0 && i < HOOKS; i++) {
        PyObject *hook = PyObject_GetAttrString(context, hook_names[i]);
        if (!hook) is = -1;
        else if (hook == Py_None ||
                 (i == HOOK_FLOAT && hook == (void *)&PyFloat_Type) ||
                 (i == HOOK_INT && hook == (void *)&PyLong_Type))
            Py_DECREF(hook);
        else s->hooks[i] = hook;
    }
    if (is < 0) Py_CLEAR(s);
    return (PyObject *)s;
}

static int scanner_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (int i = 0; i < HOOKS; i++) Py_VISIT(((py_scanner *)self)->hooks[i]);
    return 0;
}

static int scanner_clear(PyObject *self)
{
    for (int i = 0; i < HOOKS; i++) Py_CLEAR(((py_scanner *)self)->hooks[i]);
    return 0;
}

static void scanner_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    scanner_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject scanner_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                        "_json.Scanner",
                                    .tp_basicsize = sizeof(py_scanner),
                                    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                    .tp_new = scanner_new,
                                    .tp_dealloc = scanner_dealloc,
                                    .tp_traverse = scanner_traverse,
                                    .tp_clear = scanner_clear,
                                    .tp_call = scanner_call};

/* JSONDecoder.decode(self, s): all of a text. A byte order mark is for loads alone to
 * complain about. */
static PyObject *decode(PyObject *none, PyObject *args)
{
    PyObject *self, *string, *text, *scanner, *made = NULL;
    py_scan s = {.by = NULL};
    pila_value v;
    pila_json_error err = {{0}};
    bool surrogates = false;

    (void)none;
    if (!PyArg_ParseTuple(args, "OU:decode", &self, &string)) return NULL;
    if (PyUnicode_GET_LENGTH(string) && PyUnicode_READ_CHAR(string, 0) == 0xfeff) {
        raise_decode_error("Expecting value", string, 0);
        return NULL;
    }
    if ((text = PyUnicode_AsUTF8String(string)) == NULL) {
        PyErr_Clear();
        surrogates = true;
        if ((text = py_utf8(string)) == NULL) return NULL;
    }
    scanner = PyObject_GetAttrString(self, "scan_once");
    if (scanner && !Py_IS_TYPE(scanner, &scanner_type))
        PyErr_SetString(PyExc_TypeError, "scan_once is not what make_scanner makes");
    else if (scanner && held_begin(&s.held)) {
        s.by = (py_scanner *)scanner;
        pila_json_load_options options = options_of(&s);
        options.bytes = surrogates;
        pila_status st =
            CORE(pila_json_loads(&s.held.doc, view_of(text), &options, &v, &err));
        made = told(&s, st, v, &err, string, 0);
    }
    held_end(&s.held);
    Py_XDECREF(scanner);
    Py_DECREF(text);
    return made;
}

/* scanstring(string, end, strict): the string whose first character is at end. */
static PyObject *scanstring(PyObject *self, PyObject *args)
{
    py_scanner by = {.lax = false};
    PyObject *string, *rest, *text, *made = NULL;
    Py_ssize_t end;
    int strict = 1;
    size_t at = 0;

    (void)self;
    if (!PyArg_ParseTuple(args, "On|p:scanstring", &string, &end, &strict)) return NULL;
    if (!PyUnicode_Check(string))
        return PyErr_Format(PyExc_TypeError,
                            "first argument must be a string, not %.80s",
                            Py_TYPE(string)->tp_name);
    if (end < 1 || end > PyUnicode_GET_LENGTH(string))
        return PyErr_Format(PyExc_ValueError, "end is out of bounds");
    by.lax = !strict;
    rest = PyUnicode_Substring(string, end, PY_SSIZE_T_MAX);
    Py_XSETREF(rest, rest ? PyUnicode_FromFormat("\"%U", rest) : NULL);
    text = rest ? py_utf8(rest) : NULL;
    if (text) {
        made = scanned(&by, text, &at, string, (size_t)end - 1, false);
        end += (Py_ssize_t)characters(PyBytes_AS_STRING(text), at) - 1;
    }
    Py_XDECREF(text);
    Py_XDECREF(rest);
    return made ? Py_BuildValue("Nn", made, end) : NULL;
}

/* ---- functions of text ---- */

static PyObject *quoted(PyObject *o, bool keep_unicode)
{
    pila_json_dump_options how = {.keep_unicode = keep_unicode};
    pila_doc doc = {0};
    pila_buf out = {0};
    pila_value v;
    PyObject *made = NULL;

    if (!PyUnicode_Check(o))
        return PyErr_Format(PyExc_TypeError,
                            "first argument must be a string, not %.80s",
                            Py_TYPE(o)->tp_name);
    if (!py_str_value(&doc, o, &v) &&
        !py_zero(CORE(pila_json_dumps(v, &how, &out, NULL)), NULL))
        made = py_str_of(pila_buf_view(&out));
    pila_buf_done(&out);
    pila_doc_done(&doc);
    return made;
}

static PyObject *encode_basestring(PyObject *self, PyObject *o)
{
    (void)self;
    return quoted(o, true);
}

static PyObject *encode_basestring_ascii(PyObject *self, PyObject *o)
{
    (void)self;
    return quoted(o, false);
}

/* ---- objects to values ---- */

typedef struct py_encoder {
    PyObject_HEAD PyObject *markers, *fallback, *encoder, *indent, *colon, *comma;
    bool sort, skip, allow_nan, pieces; /* pieces: iterencode */
} py_encoder;

typedef struct py_encoding { /* one writing */
    py_held held;
    py_map known; /* id -> value */
    py_encoder *by;
    PyObject *encoder; /* NULL: pila's own */
} py_encoding;

static int value_for(py_encoding *e, PyObject *o, pila_value *out);

/* Text by an encoder that is not ours: written as that has it. */
static int text_by_encoder(py_encoding *e, PyObject *o, pila_value *out)
{
    PyObject *made = PyObject_CallOneArg(e->encoder, o);
    int done = -1;

    if (made && !PyUnicode_Check(made))
        PyErr_Format(PyExc_TypeError, "encoder() must return a string, not %.80s",
                     Py_TYPE(made)->tp_name);
    else if (made) done = py_str_value(&e->held.doc, made, out);
    Py_XDECREF(made);
    if (!done) *out = pila_value_numeral_of(pila_value_text(*out));
    return done;
}

/* A number, text or None; 1: it is none of these. */
static int scalar_for(py_encoding *e, PyObject *o, pila_value *out)
{
    if (o == Py_None) *out = pila_value_none();
    else if (PyBool_Check(o)) *out = pila_value_bool(o == Py_True);
    else if (PyUnicode_Check(o)) return py_str_value(&e->held.doc, o, out);
    else if (PyLong_Check(o)) return py_int_value(&e->held.doc, o, out);
    else if (PyFloat_Check(o)) *out = pila_value_float(PyFloat_AS_DOUBLE(o));
    else return 1;
    return 0;
}

/* A key: tuples and bytes for the sake of the message, what else there is a handle. */
static int key_for(py_encoding *e, PyObject *o, pila_value *out)
{
    int done;

    if (e->encoder && PyUnicode_Check(o) && text_by_encoder(e, o, out)) return -1;
    if ((done = scalar_for(e, o, out)) <= 0) return done;
    if (PyBytes_CheckExact(o)) return py_bytes_value(&e->held.doc, o, out);
    if (!PyTuple_CheckExact(o)) return handle_for(&e->held, &e->held.doc, o, out);
    Py_ssize_t n = PyTuple_GET_SIZE(o);
    pila_value *items = PyMem_Calloc((size_t)n + 1, sizeof *items);
    done = items ? 0 : py_zero(PILA_ENOMEM, NULL);
    for (Py_ssize_t i = 0; !done && i < n; i++)
        done = key_for(e, PyTuple_GET_ITEM(o, i), &items[i]);
    if (!done)
        done = py_zero(pila_value_tuple(&e->held.doc, items, (size_t)n, out), NULL);
    PyMem_Free(items);
    return done;
}

static int fill_list(py_encoding *e, PyObject *o, pila_value list)
{
    PyObject *items = PySequence_Fast(o, "an array is made of a sequence");
    int done = items ? 0 : -1;
    pila_value item;

    for (Py_ssize_t i = 0; !done && i < PySequence_Fast_GET_SIZE(items); i++) {
        done = value_for(e, PySequence_Fast_GET_ITEM(items, i), &item);
        if (!done) done = py_zero(pila_value_append(&e->held.doc, list, item), NULL);
    }
    Py_XDECREF(items);
    return done;
}

static int fill_dict(py_encoding *e, PyObject *o, pila_value dict)
{
    PyObject *items = PyDict_GET_SIZE(o) ? PyMapping_Items(o) : PyList_New(0);
    int done = items ? PyList_Append(e->held.objects, items) : -1;

    for (Py_ssize_t i = 0; !done && i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i);
        pila_value key, value;
        if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 2) {
            PyErr_SetString(PyExc_ValueError, "items must return 2-tuples");
            done = -1;
        } else if (key_for(e, PyTuple_GET_ITEM(item, 0), &key) ||
                   value_for(e, PyTuple_GET_ITEM(item, 1), &value))
            done = -1;
        else done = py_zero(pila_value_setitem(&e->held.doc, dict, key, value), NULL);
    }
    Py_XDECREF(items);
    return done;
}

/* Known by its id before it is filled, so that a cycle is one; but where nobody looks
 * for cycles, it is gone round until the stack ends, as CPython does. */
static int container_for(py_encoding *e, PyObject *o, pila_value *out)
{
    bool dict = PyDict_Check(o);
    int done;

    if (py_zero(dict ? pila_value_dict(&e->held.doc, 0, out)
                     : pila_value_list(&e->held.doc, NULL, 0, out),
                NULL) ||
        (e->by->markers != Py_None && py_map_put(&e->known, 0, (uintptr_t)o, *out)))
        return -1;
    if (Py_EnterRecursiveCall(" while encoding a JSON object")) return -1;
    done = dict ? fill_dict(e, o, *out) : fill_list(e, o, *out);
    Py_LeaveRecursiveCall();
    return done;
}

static int value_for(py_encoding *e, PyObject *o, pila_value *out)
{
    pila_value *known;
    int done;

    if (e->encoder && PyUnicode_Check(o)) return text_by_encoder(e, o, out);
    if ((done = scalar_for(e, o, out)) <= 0) return done;
    if ((known = py_map_find(&e->known, 0, (uintptr_t)o)) != NULL) {
        *out = *known;
        return 0;
    }
    if (PyList_Check(o) || PyTuple_Check(o) || PyDict_Check(o)) {
        if (PyList_Append(e->held.objects, o)) return -1;
        return container_for(e, o, out);
    }
    if (handle_for(&e->held, &e->held.doc, o, out)) return -1;
    return py_map_put(&e->known, 0, (uintptr_t)o, *out);
}

/* ---- the encoder ---- */

static pila_status fallback(void *ctx, pila_value v, pila_value *out)
{
    py_encoding *e = ctx;
    PyObject *made = PyObject_CallOneArg(e->by->fallback, held_by(&e->held, v));
    int done = made ? value_for(e, made, out) : -1;

    Py_XDECREF(made);
    return done ? PILA_EUSER : PILA_OK;
}

static pila_status to_buffer(void *ctx, pila_str piece)
{
    return pila_buf_add(ctx, piece);
}

static bool is_ours(PyObject *encoder, PyCFunction f)
{
    return PyCFunction_Check(encoder) && PyCFunction_GetFunction(encoder) == f;
}

/* 0, or -1 and raised; *a and the others look at the bytes of texts. */
static int options_for(py_encoder *by, pila_json_dump_options *how, PyObject **texts)
{
    pila_str *to[] = {&how->item_separator, &how->key_separator, &how->indent_text};
    PyObject *from[] = {by->comma, by->colon, by->indent};

    how->separated = true;
    how->sort_keys = by->sort;
    how->skip_keys = by->skip;
    how->refuse_nan = !by->allow_nan;
    how->trust_no_cycle = by->markers == Py_None;
    how->keep_unicode = is_ours(by->encoder, encode_basestring);
    how->fallback = fallback;
    how->indented = by->indent != Py_None;
    for (int i = 0; i < 3; i++) {
        if (!PyUnicode_Check(from[i])) continue;
        if ((texts[i] = py_utf8(from[i])) == NULL) return -1;
        *to[i] = pila_str_of(PyBytes_AS_STRING(texts[i]),
                             (size_t)PyBytes_GET_SIZE(texts[i]));
    }
    if (how->indented && !PyUnicode_Check(by->indent)) {
        long n = PyLong_AsLong(by->indent);
        if (n == -1 && PyErr_Occurred()) return -1;
        how->indent = n < 0 ? 0 : (int)n;
    }
    return 0;
}

static PyObject *written(py_encoding *e, PyObject *o, const pila_json_dump_options *how)
{
    pila_buf out = {0};
    pila_error err = {0};
    PyObject *made = NULL;
    pila_value v;

    if (!value_for(e, o, &v)) {
        pila_status st = e->by->pieces
                             ? CORE(pila_json_encode(v, how, to_buffer, &out, &err))
                             : CORE(pila_json_dumps(v, how, &out, &err));
        if (st == PILA_OK) made = py_str_of(pila_buf_view(&out));
        else py_zero_told(st, &err);
    }
    pila_buf_done(&out);
    return made;
}

static PyObject *encoder_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", "_current_indent_level", NULL};
    py_encoding e = {.by = (py_encoder *)self};
    pila_json_dump_options how = {.ctx = &e};
    PyObject *o, *texts[3] = {NULL}, *made = NULL;
    Py_ssize_t level;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:_iterencode", names, &o, &level))
        return NULL;
    if (!is_ours(e.by->encoder, encode_basestring) &&
        !is_ours(e.by->encoder, encode_basestring_ascii))
        e.encoder = e.by->encoder;
    if (held_begin(&e.held) && !options_for(e.by, &how, texts))
        made = written(&e, o, &how);
    for (int i = 0; i < 3; i++) Py_XDECREF(texts[i]);
    py_map_done(&e.known);
    held_end(&e.held);
    return made ? Py_BuildValue("(N)", made) : NULL;
}

static PyTypeObject encoder_type;

static PyObject *encoder_of(PyTypeObject *type, const py_encoder *like)
{
    py_encoder *e;
    PyObject *const *from = &like->markers;

    if (like->markers != Py_None && !PyDict_Check(like->markers))
        return PyErr_Format(
            PyExc_TypeError,
            "make_encoder() argument 1 must be dict or None, not %.200s",
            Py_TYPE(like->markers)->tp_name);
    if ((e = (py_encoder *)type->tp_alloc(type, 0)) == NULL) return NULL;
    for (int i = 0; i < 6; i++) (&e->markers)[i] = Py_NewRef(from[i]);
    e->sort = like->sort;
    e->skip = like->skip;
    e->allow_nan = like->allow_nan;
    e->pieces = like->pieces;
    return (PyObject *)e;
}

static PyObject *encoder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"markers",   "default",       "encoder",
                            "indent",    "key_separator", "item_separator",
                            "sort_keys", "skipkeys",      "allow_nan",
                            NULL};
    py_encoder e;
    int sort, skip, allow_nan;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOUUppp:make_encoder", names,
                                     &e.markers, &e.fallback, &e.encoder, &e.indent,
                                     &e.colon, &e.comma, &sort, &skip, &allow_nan))
        return NULL;
    e.sort = sort;
    e.skip = skip;
    e.allow_nan = allow_nan;
    e.pieces = false;
    return encoder_of(type, &e);
}

/* json.encoder's _make_iterencode. _floatstr is a closure that knows allow_nan: asked.
 */
static PyObject *make_iterencode(PyObject *self, PyObject *args)
{
    py_encoder e;
    PyObject *floatstr, *said;
    int sort, skip, one_shot;

    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOUUppp:_make_iterencode", &e.markers, &e.fallback,
                          &e.encoder, &e.indent, &floatstr, &e.colon, &e.comma, &sort,
                          &skip, &one_shot))
        return NULL;
    said = PyObject_CallFunction(floatstr, "d", Py_NAN);
    if (!said && !PyErr_ExceptionMatches(PyExc_ValueError)) return NULL;
    PyErr_Clear();
    e.allow_nan = said != NULL;
    Py_XDECREF(said);
    e.sort = sort;
    e.skip = skip;
    e.pieces = !one_shot;
    return encoder_of(&encoder_type, &e);
}

static int encoder_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (int i = 0; i < 6; i++) Py_VISIT((&((py_encoder *)self)->markers)[i]);
    return 0;
}

static int encoder_clear(PyObject *self)
{
    for (int i = 0; i < 6; i++) Py_CLEAR((&((py_encoder *)self)->markers)[i]);
    return 0;
}

static void encoder_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    encoder_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject encoder_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name =
                                        "_json.Encoder",
                                    .tp_basicsize = sizeof(py_encoder),
                                    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                    .tp_new = encoder_new,
                                    .tp_dealloc = encoder_dealloc,
                                    .tp_traverse = encoder_traverse,
                                    .tp_clear = encoder_clear,
                                    .tp_call = encoder_call};

/* ---- the module ---- */

static PyObject *detect_encoding(PyObject *self, PyObject *bytes)
{
    static const char *const names[] = {"utf-8",     "utf-8-sig", "utf-16",
                                        "utf-16-le", "utf-16-be", "utf-32",
                                        "utf-32-le", "utf-32-be"};
    Py_buffer b;

    (void)self;
    if (PyObject_GetBuffer(bytes, &b, PyBUF_SIMPLE)) return NULL;
    pila_json_encoding is =
        CORE(pila_json_detect_encoding(pila_str_of(b.buf, (size_t)b.len)));
    PyBuffer_Release(&b);
    return PyUnicode_FromString(names[is]);
}

PyMODINIT_FUNC PyInit_pila_json(void)
{
    static PyMethodDef methods[] = {
        {"encode_basestring", encode_basestring, METH_O, "A JSON string."},
        {"encode_basestring_ascii", encode_basestring_ascii, METH_O,
         "A JSON string of ASCII alone."},
        {"scanstring", scanstring, METH_VARARGS, "Read a JSON string."},
        {"_make_iterencode", make_iterencode, METH_VARARGS, "The encoder's loop."},
        {"detect_encoding", detect_encoding, METH_O, "How bytes are encoded."},
        {NULL, NULL, 0, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_json", NULL, -1, methods, NULL, NULL, NULL, NULL};
    PyObject *module;

    static PyMethodDef method = {"decode", decode, METH_VARARGS,
                                 "The value of a text."};

    methods[sizeof methods / sizeof *methods - 2] = core_calls_method;
    module = PyModule_Create(&definition);
    PyObject *function = PyCFunction_New(&method, NULL);
    PyObject *binds = function ? PyInstanceMethod_New(function) : NULL;
    Py_XDECREF(function);
    if (!module || !binds ||
        PyModule_AddObjectRef(module, "JSONDecoder_decode", binds) ||
        PyType_Ready(&scanner_type) || PyType_Ready(&encoder_type) ||
        PyModule_AddObjectRef(module, "make_scanner", (PyObject *)&scanner_type) ||
        PyModule_AddObjectRef(module, "make_encoder", (PyObject *)&encoder_type))
        Py_CLEAR(module);
    return module;
}
