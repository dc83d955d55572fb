/* json_read.c - reading JSON as CPython does.
 *
 * That is: what is accepted, in which order hooks are called, and
 * which fault is told, with its place.
 *
 * There are two readers. The quick one (json_quick.c) goes first, wherever it can do
 * what is asked: no hooks, no numerals, a machine with an index. It says what the value
 * is, or nothing. The one here says everything, and begins anew: so the quick one needs
 * no messages and this one no tricks, and a fault costs the time of both. All that they
 * share is the layout of the stack.
 *
 * Values are on one stack. An open container is a frame of two nodes: whether the one
 * around is a dict, and where its frame is; and where in the text it began, which tells
 * the place of a repeated key. Rules that look odd are CPython's: a number ends before
 * a point or an e that no digit follows; \u needs a character behind its digits.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "json_read.h"

#include "number.h"

#include <errno.h>
#include <unistd.h>

enum {
    JSON_READ_FRAME = 2,       /* nodes of an open container */
    JSON_READ_CHUNK = 1 << 16, /* bytes of a file that are asked for at once */
    JSON_READ_WHY = 200,       /* characters of a message, as pila_error has */
    JSON_READ_STEP = 32        /* values that the stack first has room for */
};

typedef struct json_read {
    pila_doc *doc;
    const pila_json_load_options *o;
    const char *begin, *p, *end;
    bool check; /* UTF-8, as nobody has */
    pila_value *stack;
    size_t used, room;
    size_t frame, depth;
    bool in_dict;
    const char *where; /* of the fault */
    char why[JSON_READ_WHY];
} json_read;

/* ---- faults ---- */

static pila_status json_read_fail(json_read *r, pila_status st, const char *where,
                                  const char *why)
{
    r->where = where;
    snprintf(r->why, sizeof r->why, "%s", why);
    return st;
}

static pila_status json_read_syntax(json_read *r, const char *where, const char *why)
{
    return json_read_fail(r, PILA_ESYNTAX, where, why);
}

static pila_status json_read_too_long(json_read *r, size_t digits, size_t most)
{
    r->where = r->p;
    snprintf(r->why, sizeof r->why,
             "Exceeds the limit (%zu digits) for integer string conversion: value has "
             "%zu digits; use sys.set_int_max_str_digits() to increase the limit",
             most, digits);
    return PILA_EVALUE;
}

/* What is not UTF-8, as CPython's exception shows it. */
static pila_status json_read_not_utf8(json_read *r, pila_str fault, const char *why)
{
    size_t at = (size_t)(fault.ptr - r->begin);

    r->where = fault.ptr;
    if (fault.len == 1)
        snprintf(r->why, sizeof r->why,
                 "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                 (unsigned char)*fault.ptr, at, why);
    else
        snprintf(r->why, sizeof r->why,
                 "'utf-8' codec can't decode bytes in position %zu-%zu: %s", at,
                 at + fault.len - 1, why);
    return PILA_ESYNTAX;
}

/* Bytes that a character of so many takes in another encoding. */
static size_t json_read_width(pila_json_encoding encoding, size_t bytes)
{
    if (encoding <= PILA_JSON_UTF_8_SIG) return bytes;
    return encoding >= PILA_JSON_UTF_32 || bytes == 4 ? 4 : 2;
}

/* Say where it failed. The text was `encoding`, of which `before` bytes were a mark. */
static void json_read_report(const json_read *r, pila_status st,
                             pila_json_encoding encoding, size_t before,
                             pila_json_error *error)
{
    pila_json_error e;
    const char *p = r->begin;
    size_t line_at = 0, line_pos = 0;

    memset(&e, 0, sizeof e);
    e.at.offset = before;
    e.at.line = 1;
    while (p < r->where) {
        bool newline = *p == '\n';
        const char *from = p++;
        while (p < r->where && ((unsigned char)*p & 0xc0) == 0x80) p++;
        e.at.offset += json_read_width(encoding, (size_t)(p - from));
        e.pos++;
        if (!newline) continue;
        e.at.line++;
        line_at = e.at.offset;
        line_pos = e.pos;
    }
    e.at.status = st;
    e.at.column = e.at.offset - line_at + 1;
    e.lineno = e.at.line;
    e.colno = e.pos - line_pos + 1;
    snprintf(e.at.message, sizeof e.at.message, "%s",
             *r->why ? r->why : pila_status_text(st));
    if (error) *error = e;
}

/* ---- text ---- */

static bool json_read_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void json_read_blanks(json_read *r)
{
    while (r->p < r->end && json_read_blank(*r->p)) r->p++;
}

/* The character at hand, or one that JSON does not know. */
static char json_read_peek(const json_read *r) { return r->p < r->end ? *r->p : '\1'; }

static bool json_read_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

static bool json_read_hex(const char *p)
{
    for (size_t k = 0; k < 4; k++) {
        char low = (char)(p[k] | 0x20);
        if (!(p[k] >= '0' && p[k] <= '9') && !(low >= 'a' && low <= 'f')) return false;
    }
    return true;
}

static bool json_read_word(json_read *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
    r->p += n;
    return true;
}

/* Text that a value may keep. */
static pila_status json_read_keep(json_read *r, pila_str text, pila_str *out)
{
    char *copy;

    if (r->o->borrow || text.len == 0) {
        *out = text;
        return PILA_OK;
    }
    copy = (char *)pila_doc_alloc(r->doc, text.len);
    if (!copy) return PILA_ENOMEM;
    memcpy(copy, text.ptr, text.len);
    *out = pila_str_of(copy, text.len);
    return PILA_OK;
}

static pila_status json_read_push(json_read *r, pila_value v)
{
    if (r->used == r->room) {
        size_t room = pila_mem_grow(r->room, r->used + JSON_READ_STEP, sizeof v);
        pila_value *made =
            room ? (pila_value *)pila_realloc(r->stack, room, sizeof v) : NULL;
        if (!made) return PILA_ENOMEM;
        r->stack = made;
        r->room = room;
    }
    r->stack[r->used++] = v;
    return PILA_OK;
}

/* ---- strings ---- */

/* The escape at q: behind it. */
static pila_status json_read_escape(json_read *r, const char *open, const char **q)
{
    const char *p = *q;

    if (r->end - p < 2)
        return json_read_syntax(r, open, "Unterminated string starting at");
    if (p[1] != 'u') {
        *q = p + 2;
        return memchr("\"\\/bfnrt", p[1], 8)
                   ? PILA_OK
                   : json_read_syntax(r, p, "Invalid \\escape");
    }
    *q = p + 6;
    return r->end - p > 6 && json_read_hex(p + 2)
               ? PILA_OK
               : json_read_syntax(r, p + 1, "Invalid \\uXXXX escape");
}

/* A character above ASCII: behind it. */
static pila_status json_read_character(json_read *r, const char **q)
{
    pila_str one = pila_str_of(*q, (size_t)(r->end - *q)), fault;
    const char *why;

    if (one.len > 4) one.len = 4;
    if (r->check && pila__json_utf8_fault(one, r->o->bytes, &fault, &why) &&
        fault.ptr == *q)
        return json_read_not_utf8(r, fault, why);
    do ++*q;
    while (*q < r->end && ((unsigned char)**q & 0xc0) == 0x80);
    return PILA_OK;
}

/* Behind the string at r->p, and whether it has escapes. */
static pila_status json_read_string_end(json_read *r, const char **out, bool *escapes)
{
    const char *q = r->p + 1;
    pila_status st = PILA_OK;

    while (st == PILA_OK && q < r->end && *q != '"') {
        unsigned char c = (unsigned char)*q;
        if (c == '\\') {
            *escapes = true;
            st = json_read_escape(r, r->p, &q);
        } else if (c < 0x20 && !r->o->lax) {
            st = json_read_syntax(r, q, "Invalid control character at");
        } else if (c < 0x80) {
            q++;
        } else {
            st = json_read_character(r, &q);
        }
    }
    if (st == PILA_OK && q >= r->end)
        st = json_read_syntax(r, r->p, "Unterminated string starting at");
    *out = q + 1;
    return st;
}

static pila_status json_read_string(json_read *r)
{
    const char *end;
    bool escapes = false;
    pila_status st = json_read_string_end(r, &end, &escapes);
    pila_str text;

    if (st != PILA_OK) return st;
    text = pila_str_of(r->p + 1, (size_t)(end - r->p) - 2);
    if (escapes) {
        char *made = (char *)pila_doc_alloc(r->doc, text.len);
        if (!made) return PILA_ENOMEM;
        text.len =
            (size_t)(pila__json_unescape(text.ptr, text.ptr + text.len, made) - made);
        text.ptr = made;
    } else {
        st = json_read_keep(r, text, &text);
    }
    r->p = end;
    return st == PILA_OK ? json_read_push(r, pila_value_str_of(text)) : st;
}

/* ---- numbers ---- */

/* Behind the number at r->p, or there: it is none. */
static const char *json_read_number_end(const json_read *r, bool *is_float)
{
    const char *q = r->p + (*r->p == '-'), *e;

    if (!json_read_digit(q, r->end)) return r->p;
    if (*q == '0') q++;
    else
        while (json_read_digit(q, r->end)) q++;
    if (q < r->end && *q == '.' && json_read_digit(q + 1, r->end)) {
        *is_float = true;
        for (q += 2; json_read_digit(q, r->end);) q++;
    }
    if (q >= r->end || (*q != 'e' && *q != 'E')) return q;
    e = q + 1;
    if (e < r->end && (*e == '+' || *e == '-')) e++;
    if (!json_read_digit(e, r->end)) return q;
    *is_float = true;
    while (json_read_digit(e, r->end)) e++;
    return e;
}

/* Call a hook for a value that is not pushed yet, and push what it makes. */
static pila_status json_read_hook(json_read *r, pila_json_hook *hook, pila_value given)
{
    pila_status st = hook ? hook(r->o->ctx, r->doc, given, &given) : PILA_OK;

    return st == PILA_OK ? json_read_push(r, given) : st;
}

static pila_status json_read_as_text(json_read *r, pila_str text, pila_json_hook *hook)
{
    pila_status st = json_read_keep(r, text, &text);

    return st == PILA_OK ? json_read_hook(r, hook, pila_value_numeral_of(text)) : st;
}

static pila_status json_read_number(json_read *r)
{
    bool is_float = false;
    const char *end = json_read_number_end(r, &is_float);
    pila_json_hook *hook = is_float ? r->o->parse_float : r->o->parse_int;
    pila_str text = pila_str_of(r->p, (size_t)(end - r->p));
    size_t most = pila__json_max_digits(r->o);
    pila_status st = PILA_OK;
    pila_value v;
    double x = 0;

    if (text.len == 0) return json_read_syntax(r, r->p, "Expecting value");
    if (hook || (is_float ? r->o->float_text : r->o->int_text)) {
        st = json_read_as_text(r, text, hook);
    } else if (is_float) {
        pila__double_read(r->p, end, &x);
        st = json_read_push(r, pila_value_float(x));
    } else {
        size_t digits = text.len - (*r->p == '-');
        if (digits > most) return json_read_too_long(r, digits, most);
        st = pila_value_from_decimal(r->doc, text, &v);
        if (st == PILA_OK) st = json_read_push(r, v);
    }
    if (st == PILA_OK) r->p = end;
    return st;
}

/* NaN and what is like it. */
static pila_status json_read_constant(json_read *r, const char *name, double x)
{
    if (!r->o->parse_constant) return json_read_push(r, pila_value_float(x));
    return json_read_hook(r, r->o->parse_constant, pila_value_str_of(pila_cstr(name)));
}

static pila_status json_read_scalar(json_read *r)
{
    if (json_read_peek(r) == '"') return json_read_string(r);
    if (json_read_word(r, "null")) return json_read_push(r, pila_value_none());
    if (json_read_word(r, "true")) return json_read_push(r, pila_value_bool(true));
    if (json_read_word(r, "false")) return json_read_push(r, pila_value_bool(false));
    if (!r->o->refuse_nan) {
        if (json_read_word(r, "NaN"))
            return json_read_constant(r, "NaN", __builtin_nan(""));
        if (json_read_word(r, "Infinity"))
            return json_read_constant(r, "Infinity", __builtin_inf());
        if (json_read_word(r, "-Infinity"))
            return json_read_constant(r, "-Infinity", -__builtin_inf());
    }
    if (r->p == r->end) return json_read_syntax(r, r->p, "Expecting value");
    return json_read_number(r);
}

/* ---- containers ---- */

static pila_status json_read_open(json_read *r, bool dict)
{
    size_t most = pila__json_max_depth(r->o);
    pila_value node = pila_value_bool(r->in_dict), place = pila_value_none();
    pila_status st;

    if (r->depth == most)
        return json_read_fail(r, PILA_ELIMIT, r->p,
                              dict ? "maximum recursion depth exceeded while decoding "
                                     "a JSON object from a unicode string"
                                   : "maximum recursion depth exceeded while decoding "
                                     "a JSON array from a unicode string");
    node.tag |= (uint64_t)r->frame << 8;
    place.as.text = ++r->p;
    st = json_read_push(r, node);
    if (st == PILA_OK) st = json_read_push(r, place);
    if (st != PILA_OK) return st;
    r->frame = r->used - JSON_READ_FRAME;
    r->in_dict = dict;
    r->depth++;
    json_read_blanks(r);
    return PILA_OK;
}

/* Where the n-th member's key begins, p being behind the brace. The text is right. */
static const char *json_read_member(const char *p, size_t n)
{
    for (size_t depth = 0; n || json_read_blank(*p); p++) {
        if (*p == '"')
            for (p++; *p != '"';) p += *p == '\\' ? 2 : 1;
        else if (*p == '{' || *p == '[') depth++;
        else if (*p == '}' || *p == ']') depth--;
        else if (*p == ',' && depth == 0) n--;
    }
    return p;
}

static pila_status json_read_pairs(json_read *r, const pila_value *items, size_t n,
                                   pila_value *out)
{
    pila_status st = pila_value_list(r->doc, NULL, 0, out);

    for (size_t k = 0; st == PILA_OK && k < n; k += 2) {
        pila_value pair;
        st = pila_value_tuple(r->doc, items + k, 2, &pair);
        if (st == PILA_OK) st = pila_value_append(r->doc, *out, pair);
    }
    return st;
}

static pila_status json_read_dict(json_read *r, const pila_value *items, size_t n,
                                  pila_value *out)
{
    size_t repeated = n;
    pila_status st = pila__value_dict_of(r->doc, items, n / 2, out, &repeated);

    if (st != PILA_OK || repeated == n || !r->o->refuse_repeated) return st;
    return json_read_fail(r, PILA_EVALUE, json_read_member(items[-1].as.text, repeated),
                          "Repeated key");
}

/* The container ends: one value stands for its frame and all above. */
static pila_status json_read_close(json_read *r)
{
    pila_value *node = r->stack + r->frame, *items = node + JSON_READ_FRAME, made;
    size_t n = r->used - r->frame - JSON_READ_FRAME;
    pila_json_hook *hook = r->in_dict ? r->o->object_hook : r->o->array_hook;
    pila_status st;

    if (r->in_dict && r->o->object_pairs_hook) {
        hook = r->o->object_pairs_hook;
        st = json_read_pairs(r, items, n, &made);
    } else if (r->in_dict) {
        st = json_read_dict(r, items, n, &made);
    } else {
        st = pila_value_list(r->doc, items, n, &made);
    }
    if (st != PILA_OK) return st;
    r->p++;
    r->used = r->frame;
    r->in_dict = node->as.i != 0;
    r->frame = (size_t)(node->tag >> 8);
    r->depth--;
    return json_read_hook(r, hook, made);
}

/* A key and its colon, up to the value. */
static pila_status json_read_key(json_read *r)
{
    pila_status st;

    if (json_read_peek(r) != '"')
        return json_read_syntax(r, r->p,
                                "Expecting property name enclosed in double quotes");
    st = json_read_string(r);
    if (st != PILA_OK) return st;
    json_read_blanks(r);
    if (json_read_peek(r) != ':')
        return json_read_syntax(r, r->p, "Expecting ':' delimiter");
    r->p++;
    json_read_blanks(r);
    return PILA_OK;
}

/* Behind a value: the containers that end here, and the comma. */
static pila_status json_read_after(json_read *r)
{
    while (r->depth) {
        pila_status st;
        json_read_blanks(r);
        if (json_read_peek(r) == ',') {
            r->p++;
            json_read_blanks(r);
            return r->in_dict ? json_read_key(r) : PILA_OK;
        }
        if (json_read_peek(r) != (r->in_dict ? '}' : ']'))
            return json_read_syntax(r, r->p, "Expecting ',' delimiter");
        st = json_read_close(r);
        if (st != PILA_OK) return st;
    }
    return PILA_OK;
}

/* The value at r->p, and all in it. */
static pila_status json_read_value(json_read *r)
{
    pila_status st = PILA_OK;

    do {
        char c = json_read_peek(r);
        if (c == '{' || c == '[') {
            st = json_read_open(r, c == '{');
            if (st != PILA_OK) break;
            if (json_read_peek(r) == (c == '{' ? '}' : ']')) {
                st = json_read_close(r);
            } else {
                if (c == '{') st = json_read_key(r);
                if (st == PILA_OK) continue;
            }
        } else {
            st = json_read_scalar(r);
        }
        if (st == PILA_OK) st = json_read_after(r);
    } while (st == PILA_OK && r->depth);
    return st;
}

/* ---- whole texts ---- */

static pila_status json_read_all(json_read *r)
{
    pila_str fault, text = pila_str_of(r->begin, (size_t)(r->end - r->begin));
    const char *why;
    pila_status st;

    if (pila__json_utf8_fault(text, r->o->bytes, &fault, &why))
        return json_read_not_utf8(r, fault, why);
    if (!r->o->bytes && text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
        return json_read_syntax(r, r->p,
                                "Unexpected UTF-8 BOM (decode using utf-8-sig)");
    json_read_blanks(r);
    st = json_read_value(r);
    if (st != PILA_OK) return st;
    json_read_blanks(r);
    return r->p == r->end ? PILA_OK : json_read_syntax(r, r->p, "Extra data");
}

static void json_read_start(json_read *r, pila_doc *doc, pila_str text,
                            const pila_json_load_options *options)
{
    memset(r, 0, sizeof *r);
    r->doc = doc;
    r->o = options;
    r->begin = r->p = text.ptr ? text.ptr : "";
    r->end = r->begin + text.len;
}

/* Give the result out, or go back to the mark and say why. */
static pila_status json_read_finish(json_read *r, pila_status st, pila_doc_mark mark,
                                    pila_value *out)
{
    if (st == PILA_OK) *out = r->stack[0];
    else pila_doc_release(r->doc, mark);
    pila_free(r->stack);
    r->stack = NULL;
    if (!r->where) r->where = r->p;
    return st;
}

/* A text in UTF-8 without a mark, by this reader. */
static pila_status json_read_slow(json_read *r, pila_value *out)
{
    pila_doc_mark mark = pila_doc_here(r->doc);

    return json_read_finish(r, json_read_all(r), mark, out);
}

static const pila_json_load_options json_read_default = {NULL,  NULL,  NULL,  NULL,
                                                         NULL,  NULL,  NULL,  false,
                                                         false, false, false, false,
                                                         false, false, 0,     0};
static const pila_buf json_read_no_text = {NULL, 0, 0, 0};

static bool json_read_has_hooks(const pila_json_load_options *o)
{
    return o->object_hook || o->object_pairs_hook || o->array_hook || o->parse_float ||
           o->parse_int || o->float_text || o->int_text;
}

/* An encoding other than UTF-8. */
static pila_status json_read_encoded(pila_doc *doc, pila_str bytes,
                                     pila_json_encoding encoding,
                                     const pila_json_load_options *options,
                                     pila_value *out, pila_json_error *error)
{
    bool wide = encoding >= PILA_JSON_UTF_32;
    bool marked = encoding == PILA_JSON_UTF_16 || encoding == PILA_JSON_UTF_32;
    pila_json_load_options o = *options;
    pila_buf text = json_read_no_text;
    size_t at = 0;
    json_read r;
    pila_status st = pila__json_to_utf8(bytes, encoding, &text, &at);

    o.borrow = false;
    json_read_start(&r, doc, pila_buf_view(&text), &o);
    if (st == PILA_OK) {
        st = json_read_slow(&r, out);
    } else {
        if (st == PILA_ESYNTAX)
            snprintf(r.why, sizeof r.why,
                     "'utf-%s' codec can't decode bytes in position %zu-%zu",
                     wide ? "32" : "16", at, bytes.len - 1);
        r.where = r.end;
    }
    if (st != PILA_OK)
        json_read_report(&r, st, encoding, marked ? (wide ? 4 : 2) : 0, error);
    pila_buf_done(&text);
    return st;
}

pila_status pila_json_loads(pila_doc *doc, pila_str text,
                            const pila_json_load_options *options, pila_value *out,
                            pila_json_error *error)
{
    const pila_json_load_options *o = options ? options : &json_read_default;
    pila_json_encoding encoding =
        o->bytes ? pila_json_detect_encoding(text) : PILA_JSON_UTF_8;
    pila__json_scan_fn *scan = pila__json_scan_way(0);
    size_t before = encoding == PILA_JSON_UTF_8_SIG ? 3 : 0;
    pila_status st = PILA_END;
    json_read r;

    if (encoding > PILA_JSON_UTF_8_SIG)
        return json_read_encoded(doc, text, encoding, o, out, error);
    if (before) text = pila_str_of(text.ptr + before, text.len - before);
    json_read_start(&r, doc, text, o);
    if (scan && !json_read_has_hooks(o)) st = pila__json_quick(doc, text, o, scan, out);
    if (st == PILA_END) st = json_read_slow(&r, out);
    else r.where = r.begin;
    if (st != PILA_OK) json_read_report(&r, st, encoding, before, error);
    return st;
}

pila_status pila_json_raw_decode(pila_doc *doc, pila_str text, size_t *at,
                                 const pila_json_load_options *options, pila_value *out,
                                 pila_json_error *error)
{
    pila_doc_mark mark = pila_doc_here(doc);
    json_read r;
    pila_status st;

    json_read_start(&r, doc, text, options ? options : &json_read_default);
    r.check = true;
    r.p += *at < text.len ? *at : text.len;
    st = json_read_finish(&r, json_read_value(&r), mark, out);
    if (st == PILA_OK) *at = (size_t)(r.p - r.begin);
    else json_read_report(&r, st, PILA_JSON_UTF_8, 0, error);
    return st;
}

/* ---- files ---- */

/* A file or a descriptor. */
typedef struct json_read_source {
    FILE *file; /* NULL: fd */
    int fd;
} json_read_source;

/* More bytes; 0 at the end, below 0 on failure. */
static ptrdiff_t json_read_some(const json_read_source *s, char *into, size_t n)
{
    ptrdiff_t got;

    if (s->file) {
        n = fread(into, 1, n, s->file);
        return n == 0 && ferror(s->file) ? -1 : (ptrdiff_t)n;
    }
    do got = read(s->fd, into, n);
    while (got < 0 && errno == EINTR);
    return got;
}

static pila_status json_read_source_all(const json_read_source *s, pila_buf *text)
{
    ptrdiff_t got;

    do {
        size_t n = text->len + JSON_READ_CHUNK;
        pila_status st = pila_buf_reserve(text, n);
        if (st != PILA_OK) return st;
        got = json_read_some(s, text->data + text->len, text->room - text->len);
        if (got > 0) text->len += (size_t)got;
    } while (got > 0);
    return got < 0 ? PILA_EIO : PILA_OK;
}

static pila_status json_read_source_value(const json_read_source *s, pila_doc *doc,
                                          const pila_json_load_options *options,
                                          pila_value *out, pila_json_error *error)
{
    pila_json_load_options o = options ? *options : json_read_default;
    pila_buf text = json_read_no_text;
    pila_status st = json_read_source_all(s, &text);
    int why = errno;
    json_read r;

    o.borrow = false;
    json_read_start(&r, doc, pila_buf_view(&text), &o);
    r.where = r.end;
    if (st == PILA_OK) st = pila_json_loads(doc, pila_buf_view(&text), &o, out, error);
    else json_read_report(&r, st, PILA_JSON_UTF_8, 0, error);
    pila_buf_done(&text);
    errno = why;
    return st;
}

pila_status pila_json_load(pila_doc *doc, FILE *file,
                           const pila_json_load_options *options, pila_value *out,
                           pila_json_error *error)
{
    json_read_source s = {file, -1};

    return json_read_source_value(&s, doc, options, out, error);
}

pila_status pila_json_load_fd(pila_doc *doc, int fd,
                              const pila_json_load_options *options, pila_value *out,
                              pila_json_error *error)
{
    json_read_source s = {NULL, fd};

    return json_read_source_value(&s, doc, options, out, error);
}

/* ---- errors ---- */

pila_status pila_json_error_text(const pila_json_error *error, pila_buf *out)
{
    char text[JSON_READ_WHY + 96];
    int n = snprintf(text, sizeof text, "%s: line %zu column %zu (char %zu)",
                     error->at.message, error->lineno, error->colno, error->pos);

    return pila_buf_add(out, pila_str_of(text, (size_t)n));
}
