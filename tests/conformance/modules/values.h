/* values.h - values of every kind in requests and answers; ../values.py says how.
 */
#ifndef CONFORMANCE_MODULES_VALUES_H
#define CONFORMANCE_MODULES_VALUES_H

#include "../adapter.h"

#include <pila/serial/value.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All values of a case live here; value_forget ends them. */
static pila_doc values;
static pila_value known_values[64]; /* by {"def"} */

static void value_forget(void) { pila_doc_done(&values); }

/* ---- from JSON ---- */

static pila_value value_of(const json *j);

static pila_value sure(pila_status st, pila_value v)
{
    if (st != PILA_OK) abort(); /* of memory there is enough */
    return v;
}

static unsigned char hex_digit(char c)
{
    return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The bytes that a text of hex digits says, in the document. */
static pila_str bytes_of(const json *j)
{
    char *bytes = pila_doc_alloc(&values, j->len / 2 + 1);

    for (size_t k = 0; k < j->len / 2; k++)
        bytes[k] =
            (char)(hex_digit(j->text[2 * k]) << 4 | hex_digit(j->text[2 * k + 1]));
    return pila_str_of(bytes, j->len / 2);
}

/* CPython has one object of each str of one character below 256, of each byte, and of
 * what is empty; a document has one of each thing that is put into it. */
static bool is_single(pila_str text, bool utf8, unsigned char *which)
{
    unsigned char first = text.len ? (unsigned char)text.ptr[0] : 0;

    *which = first;
    if (!utf8 || first < 0x80) return text.len == 1;
    *which = (unsigned char)(first << 6 | (text.ptr[1] & 0x3f));
    return text.len == 2 && first < 0xc4;
}

static pila_value text_of(pila_value_kind kind, pila_str text)
{
    static char single[2][256][2];
    bool utf8 = kind == PILA_VALUE_STR;
    unsigned char which;
    pila_value v = pila_value_none();

    if (text.len == 0) text.ptr = single[utf8][0];
    else if (is_single(text, utf8, &which)) {
        memcpy(single[utf8][which], text.ptr, text.len);
        text.ptr = single[utf8][which];
    } else {
        sure(pila_value_str(&values, text, &v), v);
        text = pila_value_text(v);
    }
    return pila__value_text_of(kind, text);
}

static pila_value *items_of_list(const json *j)
{
    pila_value *items = pila_doc_alloc(&values, (j->n + 1) * sizeof *items);
    size_t k = 0;

    for (const json *x = j->first; x; x = x->next) items[k++] = value_of(x);
    return items;
}

static void fill_list(pila_value list, const json *j)
{
    for (const json *x = j->first; x; x = x->next)
        sure(pila_value_append(&values, list, value_of(x)), list);
}

static void fill_dict(pila_value dict, const json *j)
{
    for (const json *x = j->first; x; x = x->next) {
        pila_value key = value_of(json_at(x, 0));
        sure(pila_value_setitem(&values, dict, key, value_of(json_at(x, 1))), dict);
    }
}

static double float_of(const json *j) { return strtod(json_get(j, "f")->text, NULL); }

static pila_value value_of_map(const json *j)
{
    const json *x = j->first;
    pila_value v = pila_value_none();

    if (strcmp(x->key, "ref") == 0) return known_values[x->number];
    if (strcmp(x->key, "i") == 0)
        return sure(pila_value_from_decimal(&values, pila_str_of(x->text, x->len), &v),
                    v);
    if (strcmp(x->key, "f") == 0) return pila_value_float(float_of(j));
    switch (x->key[0]) {
    case 'c':
        sure(pila_value_complex(&values, float_of(json_at(x, 0)),
                                float_of(json_at(x, 1)), &v),
             v);
        return v;
    case 't': sure(pila_value_tuple(&values, items_of_list(x), x->n, &v), v); return v;
    case 'd':
        sure(pila_value_dict(&values, 0, &v), v);
        fill_dict(v, x);
        return v;
    case 'b':
        if (x->key[1]) sure(pila_value_bytearray(&values, bytes_of(x), &v), v);
        else v = text_of(PILA_VALUE_BYTES, bytes_of(x));
        return v;
    case 'f':
        sure(pila_value_frozenset(&values, items_of_list(x), x->n, &v), v);
        return v;
    default:
        if (strcmp(x->key, "s") == 0) return text_of(PILA_VALUE_STR, bytes_of(x));
        sure(pila_value_set(&values, 0, &v), v);
        for (const json *y = x->first; y; y = y->next)
            sure(pila_value_add(&values, v, value_of(y)), v);
        return v;
    }
}

/* {"def": n, "v": value}: a list or dict may hold itself. */
static pila_value value_defined(const json *j)
{
    pila_value *slot = &known_values[json_get(j, "def")->number];
    const json *inner = json_get(j, "v"), *pairs = json_get(inner, "d");

    if (inner->kind == JSON_LIST) {
        sure(pila_value_list(&values, NULL, 0, slot), *slot);
        fill_list(*slot, inner);
    } else if (pairs) {
        sure(pila_value_dict(&values, 0, slot), *slot);
        fill_dict(*slot, pairs);
    } else *slot = value_of(inner);
    return *slot;
}

static pila_value value_of(const json *j)
{
    pila_value v = pila_value_none();

    switch (j->kind) {
    case JSON_NULL: return v;
    case JSON_FALSE:
    case JSON_TRUE: return pila_value_bool(j->kind == JSON_TRUE);
    case JSON_NUMBER: return pila_value_int(j->number);
    case JSON_TEXT: return text_of(PILA_VALUE_STR, pila_str_of(j->text, j->len));
    case JSON_LIST:
        sure(pila_value_list(&values, NULL, 0, &v), v);
        fill_list(v, j);
        return v;
    default: return json_get(j, "def") ? value_defined(j) : value_of_map(j);
    }
}

/* The k-th argument of an operation; None where there is none. */
static pila_value arg_value(const json *op, size_t k)
{
    return arg(op, k) ? value_of(arg(op, k)) : pila_value_none();
}

/* ---- to JSON ---- */

static void say_value(pila_value v);

static void say_map(const char *key)
{
    say_open('{');
    say_key(key);
}

static void say_hex(const char *key, pila_str bytes)
{
    char *text = malloc(2 * bytes.len + 1);

    if (!text) abort();
    for (size_t k = 0; k < bytes.len; k++)
        snprintf(text + 2 * k, 3, "%02x", (unsigned char)bytes.ptr[k]);
    say_map(key);
    say_text(text, 2 * bytes.len);
    say_close('}');
    free(text);
}

static bool is_utf8(pila_str text)
{
    for (size_t k = 0, n; k < text.len; k += n) {
        n = pila_utf8_sequence(text.ptr + k, text.len - k);
        if (n == 0) return false;
    }
    return true;
}

static void say_list(const char *key, pila_iter it)
{
    if (key) say_map(key);
    say_open('[');
    PILA_FOR(pila_value, x, &it) say_value(*x);
    say_close(']');
    if (key) say_close('}');
    if (it.status != PILA_END) say_error(pila_status_exception(it.status));
    pila_iter_drop(&it);
}

/* The members of a set, in the order of their reprs. */
typedef struct shown {
    pila_value value;
    pila_buf text;
} shown;

static int shown_order(const void *a, const void *b)
{
    const shown *x = a, *y = b;
    return pila_str_cmp(pila_buf_view(&x->text), pila_buf_view(&y->text));
}

static void say_set(const char *key, pila_value v)
{
    size_t n = v.as.dict->len, k = 0;
    shown *all = calloc(n + 1, sizeof *all);
    pila_iter it = pila_value_iter(v);

    PILA_FOR(pila_value, x, &it) {
        all[k].value = *x;
        sure(pila_value_repr(*x, &all[k++].text), v);
    }
    qsort(all, n, sizeof *all, shown_order);
    say_map(key);
    say_open('[');
    for (k = 0; k < n; k++) {
        say_value(all[k].value);
        pila_buf_done(&all[k].text);
    }
    say_close(']');
    say_close('}');
    pila_iter_drop(&it);
    free(all);
}

static void say_dict(pila_value v)
{
    pila_iter it = pila_value_items(v);

    say_map("d");
    say_open('[');
    PILA_FOR(pila_entry, e, &it) {
        say_open('[');
        say_value(e->key);
        say_value(e->value);
        say_close(']');
    }
    say_close(']');
    say_close('}');
}

static void say_big(pila_value v)
{
    pila_buf text = {0};

    if (pila_value_repr(v, &text) != PILA_OK) abort();
    say_map("i");
    say_text(text.data, text.len);
    say_close('}');
    pila_buf_done(&text);
}

static void say_value(pila_value v)
{
    pila_str text = pila_value_text(v);

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: say_null(); break;
    case PILA_VALUE_BOOL: say_bool(v.as.i != 0); break;
    case PILA_VALUE_INT: say_int(v.as.i); break;
    case PILA_VALUE_BIGINT: say_big(v); break;
    case PILA_VALUE_FLOAT: say_float(v.as.f); break;
    case PILA_VALUE_COMPLEX:
        say_map("c");
        say_open('[');
        say_float(v.as.parts[0]);
        say_float(v.as.parts[1]);
        say_close(']');
        say_close('}');
        break;
    case PILA_VALUE_STR:
        if (is_utf8(text)) say_text(text.ptr, text.len);
        else say_hex("s", text);
        break;
    case PILA_VALUE_BYTES: say_hex("b", text); break;
    case PILA_VALUE_BYTEARRAY: say_hex("ba", text); break;
    case PILA_VALUE_LIST: say_list(NULL, pila_value_iter(v)); break;
    case PILA_VALUE_TUPLE: say_list("t", pila_value_iter(v)); break;
    case PILA_VALUE_DICT: say_dict(v); break;
    case PILA_VALUE_SET: say_set("set", v); break;
    case PILA_VALUE_FROZENSET: say_set("fs", v); break;
    default: say_error("a value that no case asks for");
    }
}

/* An exception by its name, with what it says. */
static inline void say_exception(const char *name, const char *text)
{
    say_map("err");
    say_text(name, strlen(name));
    say_key("says");
    say_text(text, strlen(text));
    say_close('}');
}

#endif
