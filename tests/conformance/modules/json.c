/* json.c - json: text read to values, and values written. */
#include "values.h"

#include <pila/serial/json.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

/* ---- reading ---- */

static void say_decode_error(pila_status st, const pila_json_error *error)
{
    pila_buf text = {0};

    if (st != PILA_ESYNTAX) {
        say_exception(pila_status_exception(st), error->at.message);
        return;
    }
    sure(pila_json_error_text(error, &text), pila_value_none());
    sure(pila_buf_add_char(&text, 0), pila_value_none());
    say_exception("JSONDecodeError", text.data);
    pila_buf_done(&text);
}

static void loads(const json *op)
{
    pila_json_load_options how = {.lax = has_arg(op, 2)};
    pila_json_error error;
    pila_value made;
    pila_status st = pila_json_loads(&values, pila_value_text(arg_value(op, 1)), &how,
                                     &made, &error);

    if (st == PILA_OK) say_value(made);
    else say_decode_error(st, &error);
}

/* Where the k-th character begins, and how many begin before a byte. */
static size_t byte_of(pila_str text, size_t k)
{
    size_t at = 0;

    for (; k && at < text.len; k--)
        at += pila_utf8_sequence(text.ptr + at, text.len - at);
    return at;
}

static size_t character_of(pila_str text, size_t byte)
{
    size_t n = 0;

    for (size_t k = 0; k < byte; k++) n += ((unsigned char)text.ptr[k] & 0xc0) != 0x80;
    return n;
}

static void raw_decode(const json *op)
{
    pila_str text = pila_value_text(arg_value(op, 1));
    size_t at = byte_of(text, (size_t)arg_int(op, 2, 0));
    pila_json_error error;
    pila_value made;
    pila_status st = pila_json_raw_decode(&values, text, &at, NULL, &made, &error);

    if (st != PILA_OK) {
        say_decode_error(st, &error);
        return;
    }
    say_map("t");
    say_open('[');
    say_value(made);
    say_int((int64_t)character_of(text, at));
    say_close(']');
    say_close('}');
}

/* ---- hooks: each tells what it was given, and makes something of it ---- */

static pila_value told; /* a list of (name, given) */

static pila_value text_of_c(const char *text)
{
    return text_of(PILA_VALUE_STR, pila_cstr(text));
}

static pila_status tell(pila_doc *doc, const char *name, pila_value given)
{
    pila_value both[2] = {text_of_c(name), given}, tuple;
    pila_status st = pila_value_tuple(doc, both, 2, &tuple);

    return st == PILA_OK ? pila_value_append(doc, told, tuple) : st;
}

static pila_status object_hook(void *ctx, pila_doc *doc, pila_value given,
                               pila_value *out)
{
    pila_value both[2] = {text_of_c("object"),
                          pila_value_int((int64_t)given.as.dict->len)};

    (void)ctx;
    sure(tell(doc, "object_hook", given), given);
    return pila_value_tuple(doc, both, 2, out);
}

static pila_status object_pairs_hook(void *ctx, pila_doc *doc, pila_value given,
                                     pila_value *out)
{
    size_t n;
    const pila_value *items = pila_value_data(given, &n);

    (void)ctx;
    sure(tell(doc, "object_pairs_hook", given), given);
    return pila_value_tuple(doc, items, n, out);
}

/* What a hook of numbers is given, as Python's str. */
static pila_value as_str(pila_value numeral)
{
    return pila_value_str_of(pila_value_text(numeral));
}

static pila_status parse_float(void *ctx, pila_doc *doc, pila_value given,
                               pila_value *out)
{
    (void)ctx;
    *out = as_str(given);
    return tell(doc, "parse_float", *out);
}

static pila_status parse_int(void *ctx, pila_doc *doc, pila_value given,
                             pila_value *out)
{
    pila_buf text = {0};
    pila_status st = tell(doc, "parse_int", as_str(given));

    (void)ctx;
    sure(pila_buf_add(&text, pila_value_text(given)), given);
    sure(pila_buf_add_char(&text, '!'), given);
    if (st == PILA_OK) st = pila_value_str(doc, pila_buf_view(&text), out);
    pila_buf_done(&text);
    return st;
}

static pila_status parse_constant(void *ctx, pila_doc *doc, pila_value given,
                                  pila_value *out)
{
    pila_status st = tell(doc, "parse_constant", given);

    (void)ctx;
    if (st == PILA_OK) st = pila_value_str(doc, pila_value_text(given), out);
    if (st == PILA_OK) {
        char *text = (char *)(uintptr_t)out->as.text;
        for (size_t k = 0; k < pila_value_text(*out).len; k++)
            if (text[k] >= 'A' && text[k] <= 'Z') text[k] = (char)(text[k] + 32);
    }
    return st;
}

static void hooks(const json *op)
{
    pila_json_load_options how = {0};
    pila_json_error error;
    pila_value made;

    for (const json *j = arg(op, 2)->first; j; j = j->next) {
        if (json_is(j, "object_hook")) how.object_hook = object_hook;
        if (json_is(j, "object_pairs_hook")) how.object_pairs_hook = object_pairs_hook;
        if (json_is(j, "parse_float")) how.parse_float = parse_float;
        if (json_is(j, "parse_int")) how.parse_int = parse_int;
        if (json_is(j, "parse_constant")) how.parse_constant = parse_constant;
    }
    sure(pila_value_list(&values, NULL, 0, &told), told);
    pila_status st = pila_json_loads(&values, pila_value_text(arg_value(op, 1)), &how,
                                     &made, &error);
    if (st != PILA_OK) {
        say_decode_error(st, &error);
        return;
    }
    say_open('[');
    say_value(made);
    say_value(told);
    say_close(']');
}

/* ---- writing ---- */

static void set_option(pila_json_dump_options *how, const char *name, pila_value x)
{
    size_t n;
    const pila_value *items = pila_value_data(x, &n);

    if (strcmp(name, "indent") == 0 && pila_value_kind_of(x) != PILA_VALUE_NONE) {
        how->indented = true;
        if (pila_value_kind_of(x) == PILA_VALUE_INT) how->indent = (int)x.as.i;
        else how->indent_text = pila_value_text(x);
    } else if (strcmp(name, "separators") == 0) {
        how->separated = true;
        how->item_separator = pila_value_text(items[0]);
        how->key_separator = pila_value_text(items[1]);
    } else if (strcmp(name, "sort_keys") == 0) how->sort_keys = pila_value_truth(x);
    else if (strcmp(name, "ensure_ascii") == 0)
        how->keep_unicode = !pila_value_truth(x);
    else if (strcmp(name, "allow_nan") == 0) how->refuse_nan = !pila_value_truth(x);
    else if (strcmp(name, "skipkeys") == 0) how->skip_keys = pila_value_truth(x);
    else if (strcmp(name, "check_circular") == 0)
        how->trust_no_cycle = !pila_value_truth(x);
}

static void say_written(pila_status st, const pila_buf *out, const pila_error *error)
{
    if (st == PILA_OK) say_value(pila_value_str_of(pila_buf_view(out)));
    else say_exception(pila_status_exception(st), error->message);
}

static void dumps(const json *op)
{
    pila_json_dump_options how = {0};
    pila_buf out = {0};
    pila_error error;
    const json *options = json_get(arg(op, 2), "d");

    for (const json *j = options->first; j; j = j->next)
        set_option(&how, json_at(j, 0)->text, value_of(json_at(j, 1)));
    pila_status st = pila_json_dumps(arg_value(op, 1), &how, &out, &error);
    say_written(st, &out, &error);
    pila_buf_done(&out);
}

static pila_status into_buffer(void *ctx, pila_str piece)
{
    return pila_buf_add((pila_buf *)ctx, piece);
}

static void iterencode(const json *op)
{
    pila_buf out = {0};
    pila_error error;
    pila_status st =
        pila_json_encode(arg_value(op, 1), NULL, into_buffer, &out, &error);

    say_written(st, &out, &error);
    pila_buf_done(&out);
}

static const operation operations[] = {
    {"loads", loads}, {"raw_decode", raw_decode}, {"hooks", hooks},
    {"dumps", dumps}, {"iterencode", iterencode}, {NULL, NULL}};

const module json_module = {"json", operations, true, begin, say_null, value_forget};
