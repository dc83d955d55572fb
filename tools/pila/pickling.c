/* pickling.c - see pickling.h.
 *
 *     {"__bytes__": "c3BhbQ=="}           base64; __bytearray__ alike
 *     {"__set__": [...]}                  __frozenset__, __tuple__ alike
 *     {"__float__": "nan"}                inf, -inf and nan; {"__complex__": [re, im]}
 *     {"__dict__": [[key, value], ...]}   keys that are no text, or begin with "__"
 *     {"__global__": "module:name"}       a class or function, named
 *     {"__object__": "module:name", "how": "newobj", "args": [...], "state": ...}
 *         what a call of it would make: how is reduce, newobj, newobj_ex, inst or obj;
 *         state, items, pairs (key and value in turn) and kwargs where there are some
 *     {"__persistent__": id}  {"__extension__": code}  {"__buffer__": [number,
 * readonly]}
 *
 * No plain dict looks like one of these, so reading them back is unambiguous. Writing
 * goes along a stack of its own, as values nest as deep as they like; what contains
 * itself ends at the depth that readers of JSON stop at. What was one object twice is
 * written twice: text goes out in pieces, so that it costs no memory.
 */
#include "pickling.h"

#include <pila/serial/json.h>

#include <stdio.h>
#include <string.h>

enum { DEEPEST = 1000, PIECE = 32 << 10 };

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char *const hows[] = {[PILA_OBJECT_REDUCE] = "reduce",
                                   [PILA_OBJECT_NEWOBJ] = "newobj",
                                   [PILA_OBJECT_NEWOBJ_EX] = "newobj_ex",
                                   [PILA_OBJECT_INST] = "inst",
                                   [PILA_OBJECT_OBJ] = "obj"};
static const char *const part_names[] = {[PILA_PART_CALLABLE] = "__object__",
                                         [PILA_PART_ARGS] = "args",
                                         [PILA_PART_STATE] = "state",
                                         [PILA_PART_ITEMS] = "items",
                                         [PILA_PART_PAIRS] = "pairs",
                                         [PILA_PART_KWARGS] = "kwargs",
                                         [PILA_PART_VIEW] = NULL};

/* ---- writing ---- */

typedef enum form { ITEMS, ENTRIES, PAIRS, KEYS, PARTS } form;

/* A container that is being written. */
typedef struct level {
    form form;
    const pila_value *items; /* of ITEMS and PARTS */
    const pila_dict_body *dict;
    size_t n, at, written;
    const char *close;
    const char *how; /* of PARTS */
} level;

typedef struct writing {
    level level[DEEPEST];
    size_t depth;
    bool tuples;
    pila_buf out;
    cli_sink *write;
    void *ctx;
    const char *why;
} writing;

static pila_status text(writing *w, const char *s)
{
    return pila_buf_add(&w->out, pila_cstr(s));
}

static pila_status opened(writing *w, const char *open, level l)
{
    if (w->depth == DEEPEST) {
        w->why = "it nests deeper than 1000, or contains itself";
        return PILA_EVALUE;
    }
    w->level[w->depth++] = l;
    return text(w, open);
}

static pila_status scalar(writing *w, pila_value v)
{
    pila_status st = pila_json_dumps(v, NULL, &w->out, NULL);

    if (st == PILA_EVALUE) w->why = "an integer has more than 4300 digits";
    return st;
}

static pila_status base64(writing *w, const char *open, pila_str s)
{
    pila_status st = text(w, open);

    for (size_t k = 0; k < s.len && st == PILA_OK; k += 3) {
        const unsigned char *p = (const unsigned char *)s.ptr + k;
        size_t left = s.len - k;
        unsigned bits = (unsigned)p[0] << 16 | (left > 1 ? (unsigned)p[1] << 8 : 0) |
                        (left > 2 ? p[2] : 0);
        char four[4] = {letters[bits >> 18], letters[bits >> 12 & 63],
                        left > 1 ? letters[bits >> 6 & 63] : '=',
                        left > 2 ? letters[bits & 63] : '='};
        st = pila_buf_add(&w->out, pila_str_of(four, 4));
    }
    return st == PILA_OK ? text(w, "\"}") : st;
}

static pila_status number(writing *w, pila_value v)
{
    double x = v.as.f;
    pila_status st;

    if (x - x == 0) return scalar(w, v);
    st = text(w, "{\"__float__\":\"");
    if (st == PILA_OK) st = text(w, x != x ? "nan" : x > 0 ? "inf" : "-inf");
    return st == PILA_OK ? text(w, "\"}") : st;
}

static pila_status complex_number(writing *w, const double *parts)
{
    pila_status st = text(w, "{\"__complex__\":[");

    if (st == PILA_OK) st = number(w, pila_value_float(parts[0]));
    if (st == PILA_OK) st = text(w, ",");
    if (st == PILA_OK) st = number(w, pila_value_float(parts[1]));
    return st == PILA_OK ? text(w, "]}") : st;
}

/* Whether a JSON object can be this dict, and nothing else. */
static bool is_plain(const pila_dict_body *d)
{
    const pila_entry *e;

    for (size_t at = 0; (e = pila__value_entry(d, &at));) {
        pila_str key = pila_value_text(e->key);
        if (pila_value_kind_of(e->key) != PILA_VALUE_STR) return false;
        if (key.len >= 2 && memcmp(key.ptr, "__", 2) == 0) return false;
    }
    return true;
}

static pila_status global(writing *w, const pila_value *part)
{
    pila_str module = pila_value_text(part[0]), name = pila_value_text(part[1]);
    pila_buf joined = {0};
    pila_status st = pila_buf_add(&joined, module);

    if (st == PILA_OK) st = pila_buf_add_char(&joined, ':');
    if (st == PILA_OK) st = pila_buf_add(&joined, name);
    if (st == PILA_OK) st = scalar(w, pila_value_str_of(pila_buf_view(&joined)));
    pila_buf_done(&joined);
    return st;
}

static bool is_global(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_OBJECT &&
           pila_value_how(v) == PILA_OBJECT_GLOBAL;
}

static pila_status object(writing *w, pila_value v)
{
    size_t n;
    const pila_value *part = pila_value_parts(v, &n);
    pila_status st;

    switch (pila_value_how(v)) {
    case PILA_OBJECT_GLOBAL:
        st = text(w, "{\"__global__\":");
        if (st == PILA_OK) st = global(w, part);
        return st == PILA_OK ? text(w, "}") : st;
    case PILA_OBJECT_EXTENSION:
        return opened(w,
                      "{\"__extension__\":", (level){ITEMS, part, 0, 1, 0, 0, "}", 0});
    case PILA_OBJECT_PERSISTENT:
        return opened(w,
                      "{\"__persistent__\":", (level){ITEMS, part, 0, 1, 0, 0, "}", 0});
    case PILA_OBJECT_BUFFER:
        return opened(w, "{\"__buffer__\":[",
                      (level){ITEMS, part, 0, 2, 0, 0, "]}", 0});
    default: break;
    }
    return opened(w, "{",
                  (level){PARTS, part, 0, n, 0, 0, "}", hows[pila_value_how(v)]});
}

/* A value, or what stands before its items. long: a line or two for each kind. */
static pila_status begin(writing *w, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    const pila_dict_body *d = v.as.dict;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_FLOAT: return number(w, v);
    case PILA_VALUE_COMPLEX: return complex_number(w, v.as.parts);
    case PILA_VALUE_BYTES: return base64(w, "{\"__bytes__\":\"", pila_value_text(v));
    case PILA_VALUE_BYTEARRAY:
        return base64(w, "{\"__bytearray__\":\"", pila_value_text(v));
    case PILA_VALUE_TUPLE:
        if (w->tuples)
            return opened(w, "{\"__tuple__\":[",
                          (level){ITEMS, items, 0, n, 0, 0, "]}", 0});
        return opened(w, "[", (level){ITEMS, items, 0, n, 0, 0, "]", 0});
    case PILA_VALUE_LIST:
        return opened(w, "[", (level){ITEMS, items, 0, n, 0, 0, "]", 0});
    case PILA_VALUE_SET:
        return opened(w, "{\"__set__\":[", (level){KEYS, 0, d, 0, 0, 0, "]}", 0});
    case PILA_VALUE_FROZENSET:
        return opened(w, "{\"__frozenset__\":[", (level){KEYS, 0, d, 0, 0, 0, "]}", 0});
    case PILA_VALUE_DICT:
        if (is_plain(d)) return opened(w, "{", (level){ENTRIES, 0, d, 0, 0, 0, "}", 0});
        return opened(w, "{\"__dict__\":[", (level){PAIRS, 0, d, 0, 0, 0, "]}", 0});
    case PILA_VALUE_OBJECT: return object(w, v);
    default: return scalar(w, v);
    }
}

static pila_status key_of(writing *w, level *l, const char *name)
{
    pila_status st = l->written++ ? text(w, ",") : PILA_OK;

    if (st == PILA_OK) st = scalar(w, pila_value_str_of(pila_cstr(name)));
    return st == PILA_OK ? text(w, ":") : st;
}

/* The next part of an object, if it has one. Between the first two it says how. */
static pila_status next_part(writing *w, level *l)
{
    size_t k = l->at++;
    pila_value v = l->items[k];
    pila_status st = PILA_OK;

    if (k == PILA_PART_ARGS) {
        st = key_of(w, l, "how");
        if (st == PILA_OK) st = scalar(w, pila_value_str_of(pila_cstr(l->how)));
    }
    if (st != PILA_OK || !part_names[k]) return st;
    if (k > PILA_PART_ARGS && pila_value_kind_of(v) == PILA_VALUE_NONE) return st;
    st = key_of(w, l, part_names[k]);
    if (st != PILA_OK) return st;
    if (k == PILA_PART_CALLABLE && is_global(v)) return global(w, v.as.items);
    if (k == PILA_PART_ARGS && pila_value_kind_of(v) == PILA_VALUE_TUPLE) {
        size_t n;
        const pila_value *items = pila_value_data(v, &n);
        return opened(w, "[", (level){ITEMS, items, 0, n, 0, 0, "]", 0});
    }
    return begin(w, v);
}

/* One more item of the innermost container, or its end. */
static pila_status step(writing *w)
{
    level *l = &w->level[w->depth - 1];
    const pila_entry *e = NULL;
    bool more = l->at < l->n;
    pila_status st = PILA_OK;

    if (l->form == PARTS && more) return next_part(w, l);
    if (l->dict) more = (e = pila__value_entry(l->dict, &l->at)) != NULL;
    if (!more) {
        w->depth--;
        return text(w, l->close);
    }
    if (l->written++) st = text(w, ",");
    if (st != PILA_OK) return st;
    if (l->form == PAIRS)
        return opened(w, "[",
                      (level){ITEMS, (const pila_value *)e, 0, 2, 0, 0, "]", 0});
    if (l->form == KEYS) return begin(w, e->key);
    if (l->form == ITEMS) return begin(w, l->items[l->at++]);
    st = scalar(w, e->key);
    if (st == PILA_OK) st = text(w, ":");
    return st == PILA_OK ? begin(w, e->value) : st;
}

pila_status cli_pickle_to_json(pila_value v, bool tuples, cli_sink *write, void *ctx,
                               const char **why)
{
    writing *w = (writing *)pila_alloc_zero(1, sizeof *w);
    pila_status st = PILA_ENOMEM;

    if (!w) return st;
    w->tuples = tuples;
    st = begin(w, v);
    while (st == PILA_OK && w->depth) {
        st = step(w);
        if (st != PILA_OK || (w->out.len < PIECE && w->depth)) continue;
        st = write(ctx, pila_buf_view(&w->out));
        pila_buf_clear(&w->out);
    }
    if (st == PILA_OK && w->out.len) st = write(ctx, pila_buf_view(&w->out));
    *why = w->why;
    pila_buf_done(&w->out);
    pila_free(w);
    return st;
}

/* ---- reading ---- */

typedef struct reading {
    const char *why;
} reading;

static pila_status wrong(reading *r, const char *why)
{
    r->why = why;
    return PILA_EVALUE;
}

static bool is(pila_value v, pila_value_kind kind)
{
    return pila_value_kind_of(v) == kind;
}

/* The text of base64, as bytes. */
static pila_status bytes_of(reading *r, pila_doc *doc, pila_value v, pila_str *out)
{
    pila_str s = pila_value_text(v);
    char *made = (char *)pila_doc_alloc(doc, s.len / 4 * 3 + 1);
    size_t n = 0, pad = 0;

    if (!made) return PILA_ENOMEM;
    if (!is(v, PILA_VALUE_STR) || s.len % 4)
        return wrong(r, "__bytes__ needs text in base64");
    while (pad < 2 && pad < s.len && s.ptr[s.len - 1 - pad] == '=') pad++;
    for (size_t k = 0; k < s.len; k += 4) {
        unsigned bits = 0;
        for (size_t j = k; j < k + 4; j++) {
            char c = j >= s.len - pad ? 'A' : s.ptr[j];
            const char *at = c ? strchr(letters, c) : NULL;
            if (!at) return wrong(r, "__bytes__ needs text in base64");
            bits = bits << 6 | (unsigned)(at - letters);
        }
        for (int j = 16; j >= 0; j -= 8) made[n++] = (char)(bits >> j & 0xff);
    }
    *out = pila_str_of(made, n - pad);
    return PILA_OK;
}

static pila_status set_of(reading *r, pila_doc *doc, pila_value v, pila_value *out)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = pila_value_set(doc, n, out);

    for (size_t k = 0; k < n && st == PILA_OK; k++)
        st = pila_value_add(doc, *out, items[k]);
    return st == PILA_ETYPE ? wrong(r, "__set__ of what has no hash") : st;
}

static pila_status dict_of(reading *r, pila_doc *doc, pila_value v, pila_value *out)
{
    size_t n, two = 0;
    const pila_value *pairs = pila_value_data(v, &n);
    pila_status st = pila_value_dict(doc, n, out);

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_value *pair = pila_value_data(pairs[k], &two);
        if (two != 2) return wrong(r, "__dict__ needs pairs");
        st = pila_value_setitem(doc, *out, pair[0], pair[1]);
    }
    return st == PILA_ETYPE ? wrong(r, "__dict__ with a key that has no hash") : st;
}

static pila_status float_of(reading *r, pila_value v, pila_value *out)
{
    pila_str s = pila_value_text(v);
    double inf = (double)__builtin_inff();

    if (pila_str_eq(s, pila_cstr("nan")))
        *out = pila_value_float((double)__builtin_nanf(""));
    else if (pila_str_eq(s, pila_cstr("inf"))) *out = pila_value_float(inf);
    else if (pila_str_eq(s, pila_cstr("-inf"))) *out = pila_value_float(-inf);
    else return wrong(r, "__float__ is nan, inf or -inf");
    return PILA_OK;
}

static pila_status complex_of(reading *r, pila_doc *doc, pila_value v, pila_value *out)
{
    size_t n;
    const pila_value *parts = pila_value_data(v, &n);
    double re = 0, im = 0;

    if (n != 2 || pila_value_to_double(parts[0], &re) != PILA_OK ||
        pila_value_to_double(parts[1], &im) != PILA_OK)
        return wrong(r, "__complex__ needs two numbers");
    return pila_value_complex(doc, re, im, out);
}

/* An object of up to two parts. */
static pila_status object_of(pila_doc *doc, pila_object_how how,
                             const pila_value *parts, size_t n, pila_value *out)
{
    size_t room;
    pila_status st = pila_value_object(doc, how, n, out);

    if (st == PILA_OK) memcpy(pila_value_parts(*out, &room), parts, n * sizeof *parts);
    return st;
}

static pila_status global_of(reading *r, pila_doc *doc, pila_value v, pila_value *out)
{
    pila_str s = pila_value_text(v);
    const char *colon = s.len ? (const char *)memchr(s.ptr, ':', s.len) : NULL;

    if (!colon) return wrong(r, "a global is \"module:name\"");
    size_t n = (size_t)(colon - s.ptr);
    pila_value parts[2] = {pila_value_str_of(pila_str_of(s.ptr, n)),
                           pila_value_str_of(pila_str_of(colon + 1, s.len - n - 1))};
    return object_of(doc, PILA_OBJECT_GLOBAL, parts, 2, out);
}

static pila_status call_of(reading *r, pila_doc *doc, pila_value given, pila_value *out)
{
    const pila_value *how = pila_value_get(given, pila_cstr("how"));
    size_t h = 0, n = 0;

    for (; h < sizeof hows / sizeof *hows; h++)
        if (hows[h] && how && pila_str_eq(pila_value_text(*how), pila_cstr(hows[h])))
            break;
    if (h == sizeof hows / sizeof *hows)
        return wrong(r, "__object__ needs how: reduce, newobj, newobj_ex, inst or obj");
    pila_status st = pila_value_object(doc, (pila_object_how)h, PILA_PARTS, out);
    if (st != PILA_OK) return st;
    pila_value *part = pila_value_parts(*out, &n);
    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_value *v =
            part_names[k] ? pila_value_get(given, pila_cstr(part_names[k])) : NULL;
        size_t items;
        if (!v) continue;
        part[k] = *v;
        if (k == PILA_PART_CALLABLE && is(*v, PILA_VALUE_STR))
            st = global_of(r, doc, *v, &part[k]);
        if (k != PILA_PART_ARGS || !is(*v, PILA_VALUE_LIST)) continue;
        const pila_value *data = pila_value_data(*v, &items);
        st = pila_value_tuple(doc, data, items, &part[k]);
    }
    return st;
}

static bool says(pila_str key, const char *name)
{
    return pila_str_eq(key, pila_cstr(name));
}

/* What an object of JSON stands for, if its first key says so.
 * long: a line for each of these keys */
static pila_status meant(void *ctx, pila_doc *doc, pila_value given, pila_value *out)
{
    reading *r = (reading *)ctx;
    size_t at = 0, n;
    const pila_entry *e = pila__value_entry(given.as.dict, &at);
    pila_str key = e ? pila_value_text(e->key) : pila_str_of(NULL, 0), bytes;
    pila_status st = PILA_OK;

    *out = given;
    if (key.len < 4 || memcmp(key.ptr, "__", 2) != 0) return PILA_OK;
    if (says(key, "__object__")) return call_of(r, doc, given, out);
    if (given.as.dict->len != 1) return PILA_OK;
    const pila_value v = e->value, *items = pila_value_data(v, &n);
    if (says(key, "__bytes__") || says(key, "__bytearray__")) {
        st = bytes_of(r, doc, v, &bytes);
        if (st != PILA_OK) return st;
        return says(key, "__bytes__") ? pila_value_bytes(doc, bytes, out)
                                      : pila_value_bytearray(doc, bytes, out);
    }
    if (says(key, "__float__")) return float_of(r, v, out);
    if (says(key, "__global__")) return global_of(r, doc, v, out);
    if (says(key, "__extension__"))
        return object_of(doc, PILA_OBJECT_EXTENSION, &v, 1, out);
    if (says(key, "__persistent__"))
        return object_of(doc, PILA_OBJECT_PERSISTENT, &v, 1, out);
    if (!is(v, PILA_VALUE_LIST)) return PILA_OK;
    if (says(key, "__tuple__")) return pila_value_tuple(doc, items, n, out);
    if (says(key, "__set__")) return set_of(r, doc, v, out);
    if (says(key, "__dict__")) return dict_of(r, doc, v, out);
    if (says(key, "__complex__")) return complex_of(r, doc, v, out);
    if (says(key, "__buffer__") && n == 2)
        return object_of(doc, PILA_OBJECT_BUFFER, items, 2, out);
    if (says(key, "__frozenset__")) st = pila_value_frozenset(doc, items, n, out);
    return st == PILA_ETYPE ? wrong(r, "__frozenset__ of what has no hash") : st;
}

pila_status cli_pickle_from_json(pila_doc *doc, pila_str text, pila_value *out,
                                 pila_error *err)
{
    reading r = {NULL};
    pila_json_load_options how = {0};
    pila_json_error e = {0};

    how.object_hook = meant;
    how.max_depth = 2 * DEEPEST + 1; /* a tuple is an array in an object */
    how.ctx = &r;
    pila_status st = pila_json_loads(doc, text, &how, out, &e);
    *err = e.at;
    if (r.why) snprintf(err->message, sizeof err->message, "%s", r.why);
    return st;
}
