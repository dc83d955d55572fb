/* test_json_write.c - the promises of the writing half of json.h. Rows decided by
 * CPython are in json_write_rows.h; their values are Python's literals, read here.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* fileno */
#endif
#include "check.h"

#include <pila/serial/json.h>

#include <errno.h>
#include <math.h>
#include <unistd.h>

/* ---- values from Python's literals ---- */

typedef struct reader {
    pila_doc *doc;
    const char *p;
} reader;

static pila_value read_value(reader *r);

static void add_utf8(pila_buf *b, unsigned c)
{
    char out[4] = {(char)c, 0, 0, 0};
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t k = n - 1; n > 1 && k > 0; k--, c >>= 6)
        out[k] = (char)(0x80 | (c & 0x3f));
    if (n > 1) out[0] = (char)(0xf0 << (4 - n) | (int)c);
    CHECK_OK(pila_buf_add(b, pila_str_of(out, n)));
}

static pila_value read_text(reader *r, bool bytes)
{
    char quote = *r->p++;
    pila_buf b = {0};
    pila_value v;

    while (*r->p != quote) {
        char c = *r->p++, digits[9] = {0};
        size_t n = 0;
        if (c != '\\') {
            CHECK_OK(pila_buf_add_char(&b, c));
            continue;
        }
        c = *r->p++;
        n = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        memcpy(digits, r->p, n);
        r->p += n;
        if (n) add_utf8(&b, (unsigned)strtoul(digits, NULL, 16));
        else
            CHECK_OK(pila_buf_add_char(&b, c == 'n'   ? '\n'
                                           : c == 't' ? '\t'
                                           : c == 'r' ? '\r'
                                                      : c));
    }
    r->p++;
    CHECK_OK(
        (bytes ? pila_value_bytes : pila_value_str)(r->doc, pila_buf_view(&b), &v));
    pila_buf_done(&b);
    return v;
}

static pila_value read_number(reader *r)
{
    size_t n = strspn(r->p, "+-.0123456789e");
    char digits[4400];
    pila_value v;

    if (strncmp(r->p + n, "**", 2) == 0) n += 2 + strspn(r->p + n + 2, "0123456789");
    memcpy(digits, r->p, n);
    digits[n] = 0;
    r->p += n;
    if (strpbrk(digits, ".e")) return pila_value_float(strtod(digits, NULL));
    if (strchr(digits, '*')) { /* a power of ten */
        size_t zeros = strtoul(strchr(digits, '*') + 2, NULL, 10);
        memset(digits, '0', zeros + 1);
        digits[0] = '1';
        n = zeros + 1;
    }
    CHECK_OK(pila_value_from_decimal(r->doc, pila_str_of(digits, n), &v));
    return v;
}

static bool read_sign(reader *r, char c)
{
    r->p += strspn(r->p, " ");
    if (*r->p != c) return false;
    r->p++;
    return true;
}

static pila_value read_items(reader *r, char end)
{
    pila_value items[1000], v, set;
    size_t n = 0;
    bool dict = end == '}';

    while (!read_sign(r, end)) {
        items[n++] = read_value(r);
        if (end == '}' && n == 1) dict = *r->p == ':';
        if (!read_sign(r, ':')) read_sign(r, ',');
    }
    if (end == ']') CHECK_OK(pila_value_list(r->doc, items, n, &v));
    if (end == ')') CHECK_OK(pila_value_tuple(r->doc, items, n, &v));
    if (end != '}') return v;
    CHECK_OK(pila_value_set(r->doc, 0, &set));
    CHECK_OK(pila_value_dict(r->doc, 0, &v));
    for (size_t k = 0; k < n; k++) {
        if (!dict) CHECK_OK(pila_value_add(r->doc, set, items[k]));
        else if (k % 2) CHECK_OK(pila_value_setitem(r->doc, v, items[k - 1], items[k]));
    }
    return dict ? v : set;
}

static bool read_word(reader *r, const char *word)
{
    if (strncmp(r->p, word, strlen(word)) != 0) return false;
    r->p += strlen(word);
    return true;
}

static pila_value read_value(reader *r)
{
    pila_value v;

    r->p += strspn(r->p, " ");
    if (read_word(r, "None")) return pila_value_none();
    if (read_word(r, "True")) return pila_value_bool(true);
    if (read_word(r, "False")) return pila_value_bool(false);
    if (read_word(r, "nan")) return pila_value_float(NAN);
    if (read_word(r, "inf")) return pila_value_float(INFINITY);
    if (read_word(r, "-inf")) return pila_value_float(-INFINITY);
    if (read_word(r, "set()")) {
        CHECK_OK(pila_value_set(r->doc, 0, &v));
        return v;
    }
    if (read_sign(r, '[')) return read_items(r, ']');
    if (read_sign(r, '(')) return read_items(r, ')');
    if (read_sign(r, '{')) return read_items(r, '}');
    if (*r->p == 'b') return r->p++, read_text(r, true);
    if (*r->p == '"' || *r->p == '\'') return read_text(r, false);
    return read_number(r);
}

static pila_value literal(pila_doc *doc, const char *text)
{
    reader r = {doc, text};

    return read_value(&r);
}

/* ---- options from JSON ---- */

static bool option(pila_value how, const char *name, bool otherwise)
{
    const pila_value *v = pila_value_get(how, pila_cstr(name));

    return v ? pila_value_truth(*v) : otherwise;
}

static pila_json_dump_options options_of(pila_value how)
{
    pila_json_dump_options o = {0};
    const pila_value *v = pila_value_get(how, pila_cstr("indent"));
    size_t n = 0;

    o.indented = v && pila_value_kind_of(*v) != PILA_VALUE_NONE;
    if (o.indented && pila_value_kind_of(*v) == PILA_VALUE_INT) o.indent = (int)v->as.i;
    else if (o.indented) o.indent_text = pila_value_text(*v);
    if ((v = pila_value_get(how, pila_cstr("separators"))) != NULL) {
        v = pila_value_data(*v, &n);
        o.separated = true;
        o.item_separator = pila_value_text(v[0]);
        o.key_separator = pila_value_text(v[1]);
    }
    o.sort_keys = option(how, "sort_keys", false);
    o.skip_keys = option(how, "skipkeys", false);
    o.keep_unicode = !option(how, "ensure_ascii", true);
    o.refuse_nan = !option(how, "allow_nan", true);
    o.trust_no_cycle = !option(how, "check_circular", true);
    return o;
}

static pila_json_dump_options options(pila_doc *doc, const char *json)
{
    pila_value how = pila_value_none();

    CHECK_OK(pila_json_loads(doc, pila_cstr(json), NULL, &how, NULL));
    return options_of(how);
}

/* ---- what is written, in every way there is ---- */

static pila_status collect(void *ctx, pila_str piece)
{
    return pila_buf_add(ctx, piece);
}

/* Written to a buffer, to one with a cap, in pieces, and by the instructions that all
 * machines have: each time the same. The answer is "!Exception: message" where it
 * fails. */
static pila_buf written(pila_value v, const pila_json_dump_options *o)
{
    const pila_json_dump_options none = {0};
    pila_buf all[4] = {{0}, {0}, {0}, {0}};
    pila_error error;

    for (int k = 0; k < 4; k++) {
        pila_buf *b = &all[k];
        pila_status st;
        memset(&error, 0, sizeof error);
        b->cap = k == 1 ? 1 << 30 : 0;
        CHECK_OK(pila_buf_add(b, pila_cstr(">")));
        if (k == 3) st = pila__json_dumps_narrow(v, o ? o : &none, b, &error);
        else
            st = k < 2 ? pila_json_dumps(v, o, b, &error)
                       : pila_json_encode(v, o, collect, b, &error);
        CHECK(error.status == st);
        if (st == PILA_OK) continue;
        CHECK(k == 2 || b->len == 1);
        b->len = 1;
        CHECK_OK(pila_buf_add(b, pila_cstr("!")));
        CHECK_OK(pila_buf_add(b, pila_cstr(pila_status_exception(st))));
        CHECK_OK(pila_buf_add(b, pila_cstr(": ")));
        CHECK_OK(pila_buf_add(b, pila_cstr(error.message)));
    }
    for (int k = 1; k < 4; k++) {
        CHECK(pila_str_eq(pila_buf_view(&all[0]), pila_buf_view(&all[k])));
        pila_buf_done(&all[k]);
    }
    memmove(all[0].data, all[0].data + 1, --all[0].len);
    return all[0];
}

static void check_written(pila_value v, const pila_json_dump_options *o, pila_str want)
{
    pila_buf got = written(v, o);

    if (!pila_str_eq(pila_buf_view(&got), want))
        fail_msg("%s:\n got %.*s\nwant %.*s", check_row, (int)got.len, got.data,
                 (int)want.len, want.ptr);
    pila_buf_done(&got);
}

static const struct row {
    const char *value, *options, *want;
    size_t len;
} rows[] = {
#include "json_write_rows.h"
};

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        pila_doc doc = {0};
        pila_json_dump_options o = options(&doc, rows[k].options);
        ROW(rows[k].value);
        check_written(literal(&doc, rows[k].value), &o,
                      pila_str_of(rows[k].want, rows[k].len));
        pila_doc_done(&doc);
    }
}

static void rows_from_outside(void **state)
{
    const char *folder = getenv("PILA_CORPORA");
    char path[512], line[1 << 14];
    size_t seen = 0;
    FILE *f;

    (void)state;
    if (!folder) skip();
    snprintf(path, sizeof path, "%s/json-python-golden/dumps.jsonl", folder);
    f = fopen(path, "r");
    CHECK(f != NULL);
    for (; fgets(line, sizeof line, f); seen++) {
        pila_doc doc = {0};
        pila_value row, value;
        const pila_value *out, *error;
        pila_json_dump_options o;
        pila_buf want = {0};
        CHECK_OK(pila_json_loads(&doc, pila_cstr(line), NULL, &row, NULL));
        ROW(line);
        o = options_of(*pila_value_get(row, pila_cstr("opts")));
        CHECK_OK(pila_buf_add(&want, pila_value_text(
                                         *pila_value_get(row, pila_cstr("repr")))));
        CHECK_OK(pila_buf_add_char(&want, 0));
        value = literal(&doc, want.data);
        pila_buf_clear(&want);
        out = pila_value_get(row, pila_cstr("out"));
        error = pila_value_get(row, pila_cstr("error"));
        if (error) CHECK_OK(pila_buf_add_char(&want, '!'));
        CHECK_OK(pila_buf_add(&want, pila_value_text(error ? *error : *out)));
        check_written(value, &o, pila_buf_view(&want));
        pila_buf_done(&want);
        pila_doc_done(&doc);
    }
    fclose(f);
    CHECK(seen > 300);
}

/* ---- numbers and text ---- */

static void integers_up_to_the_limit(void **state)
{
    static const struct {
        size_t digits;
        bool fits;
    } all[] = {{19, true},   {20, true},    {4299, true},
               {4300, true}, {4301, false}, {9000, false}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all); k++)
        for (int minus = 0; minus < 2; minus++) {
            pila_doc doc = {0};
            pila_value v, list;
            char *text = malloc(all[k].digits + 3);
            size_t n = all[k].digits + (size_t)minus;
            memset(text, '9', n + 2);
            text[0] = '[';
            if (minus) text[1] = '-';
            CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(text + 1, n), &v));
            CHECK_OK(pila_value_list(&doc, &v, 1, &list));
            text[n + 1] = ']';
            check_written(list, NULL,
                          all[k].fits
                              ? pila_str_of(text, n + 2)
                              : pila_cstr(
                                    "!ValueError: Exceeds the limit (4300 digits) "
                                    "for integer string conversion; use "
                                    "sys.set_int_max_str_digits() to increase the "
                                    "limit"));
            free(text);
            pila_doc_done(&doc);
        }
}

static void numerals_are_written_as_they_are(void **state)
{
    pila_doc doc = {0};
    pila_value items[2], list, dict;

    (void)state;
    items[0] = pila_value_numeral_of(pila_cstr("1.2300"));
    items[1] = pila_value_numeral_of(pila_cstr("1E400"));
    CHECK_OK(pila_value_list(&doc, items, 2, &list));
    CHECK_OK(pila_value_dict(&doc, 0, &dict));
    CHECK_OK(pila_value_setitem(&doc, dict, items[0], list));
    check_written(dict, NULL, pila_cstr("{\"1.2300\": [1.2300, 1E400]}"));
    pila_doc_done(&doc);
}

static bool slow_escape(pila_buf *b, const char *p, size_t n, bool ascii)
{
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)p[k];
        char unit[8];
        static const char special[] = "\b\f\n\r\t\"\\";
        const char *at = strchr(special, c);
        if (c && at) {
            unit[0] = '\\';
            unit[1] = "bfnrt\"\\"[at - special];
            unit[2] = 0;
        } else if (c < ' ' || (ascii && c == 0x7f))
            snprintf(unit, sizeof unit, "\\u%04x", c);
        else if (ascii && c == 0xe2) { /* the euro sign alone is above ASCII here */
            memcpy(unit, "\\u20ac", 7);
            k += 2;
        } else {
            unit[0] = (char)c;
            unit[1] = 0;
        }
        if (c == 0) memcpy(unit, "\\u0000", 7);
        if (pila_buf_add(b, pila_cstr(unit)) != PILA_OK) return false;
    }
    return true;
}

/* Text of any length, whatever may lie in it, in a block of its own size. */
static bool text_run(int steps, int planted)
{
    check_rng rng = check_rng_start();
    bool good = true;

    for (int step = 0; step < steps && good; step++) {
        size_t n = check_rng_below(&rng, step % 50 ? 70 : 20000), at = 0;
        uint64_t dirt = check_rng_below(&rng, 3) ? 40 : 1;
        bool ascii = check_rng_below(&rng, 2);
        pila_json_dump_options o = {0};
        char *text = malloc(n ? n : 1);
        pila_buf want = {0}, got = {0};
        while (at < n) {
            bool dirty = check_rng_below(&rng, dirt) == 0;
            if (dirty && n - at >= 3 && check_rng_below(&rng, 2))
                memcpy(text + at, "\xe2\x82\xac", 3), at += 3;
            else if (dirty)
                text[at++] = "\0\x1f\"\\\n\x7f\b\x1b"[check_rng_below(&rng, 8)];
            else text[at++] = (char)('!' + 2 + check_rng_below(&rng, 50));
        }
        o.keep_unicode = !ascii;
        good = pila_buf_add_char(&want, '"') == PILA_OK &&
               slow_escape(&want, text, n, ascii) &&
               pila_buf_add_char(&want, '"') == PILA_OK;
        if (step == planted) want.data[want.len / 2] ^= 1;
        good = good &&
               (step % 2
                    ? pila_json_dumps
                    : pila__json_dumps_narrow)(pila_value_str_of(pila_str_of(text, n)),
                                               &o, &got, NULL) == PILA_OK &&
               pila_str_eq(pila_buf_view(&got), pila_buf_view(&want));
        pila_buf_done(&want);
        pila_buf_done(&got);
        free(text);
    }
    return good;
}

static void text_against_a_slow_model(void **state)
{
    (void)state;
    assert_true(text_run(20000, -1));
    assert_false(text_run(20000, 777)); /* the run sees a planted fault */
}

static void bytes_that_are_no_utf8(void **state)
{
    static const struct {
        const char *text, *want;
    } all[] = {
        {"\xff", "\"\\udcff\""},
        {"a\xc3", "\"a\\udcc3\""},
        {"\xc0\x80", "\"\\udcc0\\udc80\""},
        {"\xe2\x82", "\"\\udce2\\udc82\""},
        {"\xf0\x9f\x98", "\"\\udcf0\\udc9f\\udc98\""},
        {"\xf5\x80\x80\x80", "\"\\udcf5\\udc80\\udc80\\udc80\""},
        {"\xe0\x80\x80", "\"\\udce0\\udc80\\udc80\""},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all); k++) {
        size_t n = strlen(all[k].text);
        char *own = malloc(n);
        pila_json_dump_options keep = {0};
        pila_buf kept = {0};
        memcpy(own, all[k].text, n);
        ROW(all[k].want);
        check_written(pila_value_str_of(pila_str_of(own, n)), NULL,
                      pila_cstr(all[k].want));
        keep.keep_unicode = true;
        CHECK_OK(pila_json_dumps(pila_value_str_of(pila_str_of(own, n)), &keep, &kept,
                                 NULL));
        CHECK(kept.len == n + 2 && memcmp(kept.data + 1, own, n) == 0);
        pila_buf_done(&kept);
        free(own);
    }
}

/* A character lies across each border of a segment. */
static void characters_across_segments(void **state)
{
    size_t n = 40000;
    char *text = malloc(n), *want = malloc(2 * n + 2);

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        size_t len = shift, to = 0;
        memset(text, 'x', shift);
        while (len + 4 <= n) memcpy(text + len, "\xf0\x9f\x98\x80", 4), len += 4;
        want = realloc(want, 2 + shift + (len - shift) * 3);
        want[to++] = '"';
        memset(want + to, 'x', shift);
        to += shift;
        for (size_t k = shift; k < len; k += 4, to += 12)
            memcpy(want + to, "\\ud83d\\ude00", 12);
        want[to++] = '"';
        check_written(pila_value_str_of(pila_str_of(text, len)), NULL,
                      pila_str_of(want, to));
    }
    free(text);
    free(want);
}

/* ---- cycles and depth ---- */

static pila_value nested(pila_doc *doc, size_t depth, pila_value *innermost)
{
    pila_value v, outer;

    CHECK_OK(pila_value_list(doc, NULL, 0, &v));
    if (innermost) *innermost = v;
    for (; depth > 1; depth--, v = outer) CHECK_OK(pila_value_list(doc, &v, 1, &outer));
    return v;
}

static void depth_1e6(void **state)
{
    const size_t depth = 1000000;
    pila_doc doc = {0};
    pila_buf b = {0};
    pila_value v = nested(&doc, depth, NULL);

    (void)state;
    CHECK_OK(pila_json_dumps(v, NULL, &b, NULL));
    CHECK_INT(b.len, 2 * depth);
    for (size_t k = 0; k < b.len; k++) CHECK(b.data[k] == (k < depth ? '[' : ']'));
    pila_buf_done(&b);
    pila_doc_done(&doc);
}

static void cycles_at_any_depth(void **state)
{
    static const size_t depths[] = {1, 2, 3, 63, 64, 65, 66, 127, 128, 129, 1000, 5000};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(depths); k++)
        for (size_t back = 1; back <= depths[k]; back += 1 + back / 2) {
            pila_doc doc = {0};
            pila_value inner, whole, to;
            whole = nested(&doc, depths[k], &inner);
            to = whole;
            for (size_t d = back; d < depths[k]; d++) to = to.as.list->items[0];
            CHECK_OK(pila_value_append(&doc, inner, to));
            check_written(whole, NULL,
                          pila_cstr("!ValueError: Circular reference detected"));
            pila_doc_done(&doc);
        }
}

static void what_is_met_twice_is_no_cycle(void **state)
{
    pila_doc doc = {0};
    pila_value one, pair[2], v, dict;

    (void)state;
    CHECK_OK(pila_value_list(&doc, NULL, 0, &one));
    CHECK_OK(pila_value_append(&doc, one, pila_value_int(1)));
    pair[0] = pair[1] = one;
    CHECK_OK(pila_value_tuple(&doc, pair, 2, &v));
    check_written(v, NULL, pila_cstr("[[1], [1]]"));
    CHECK_OK(pila_value_dict(&doc, 0, &dict));
    CHECK_OK(pila_value_setitem(&doc, dict, pila_value_int(1), dict));
    check_written(dict, NULL, pila_cstr("!ValueError: Circular reference detected"));
    pila_doc_done(&doc);
}

static void deleted_entries_are_not_seen(void **state)
{
    pila_doc doc = {0};
    pila_value v = literal(&doc, "{'a': 1, 'b': 2, 'c': 3, 'd': 4}");

    (void)state;
    CHECK_OK(pila_value_delitem(v, pila_value_str_of(pila_cstr("a"))));
    check_written(v, NULL, pila_cstr("{\"b\": 2, \"c\": 3, \"d\": 4}"));
    CHECK_OK(pila_value_delitem(v, pila_value_str_of(pila_cstr("d"))));
    check_written(v, NULL, pila_cstr("{\"b\": 2, \"c\": 3}"));
    pila_doc_done(&doc);
}

/* ---- the fallback ---- */

typedef struct stand_in {
    pila_doc *doc;
    pila_value gives, grows;
    pila_status st;
    bool same; /* gives what it was given */
    size_t calls;
} stand_in;

static pila_status fallback(void *ctx, pila_value v, pila_value *out)
{
    stand_in *s = ctx;

    s->calls++;
    if (s->same) *out = v;
    else *out = s->gives;
    if (pila_value_kind_of(s->grows) == PILA_VALUE_LIST)
        CHECK_OK(pila_value_append(s->doc, s->grows, pila_value_int(9)));
    return s->st;
}

static pila_status fallback_nests(void *ctx, pila_value v, pila_value *out)
{
    stand_in *s = ctx;

    (void)v;
    s->calls++;
    return pila_value_set(s->doc, 0, out);
}

static void what_stands_for_others(void **state)
{
    pila_doc doc = {0};
    stand_in s = {0};
    pila_json_dump_options o = {0};
    pila_value set = literal(&doc, "{1}"), list;

    (void)state;
    s.doc = &doc;
    o.ctx = &s;
    o.fallback = fallback;
    list = literal(&doc, "[1, b'x', {'k': set()}, 2]");
    s.gives = literal(&doc, "['in', {'its': 'place'}]");
    check_written(list, &o,
                  pila_cstr("[1, [\"in\", {\"its\": \"place\"}], {\"k\": [\"in\", "
                            "{\"its\": \"place\"}]}, 2]"));
    CHECK_INT(s.calls, 8); /* four ways */
    s.gives = pila_value_int(7);
    check_written(set, &o, pila_cstr("7"));
    s.gives = set;
    check_written(list, &o, pila_cstr("!ValueError: Circular reference detected"));
    s.same = true;
    check_written(list, &o, pila_cstr("!ValueError: Circular reference detected"));
    o.trust_no_cycle = true;
    check_written(list, &o, pila_cstr("!RecursionError: a set limit was reached"));
    o.trust_no_cycle = s.same = false;
    s.gives = list; /* what is around it */
    check_written(list, &o, pila_cstr("!ValueError: Circular reference detected"));
    s.gives = pila_value_none();
    s.st = PILA_EIO;
    check_written(list, &o,
                  pila_cstr("!OSError: input or output failed, errno says how"));
    s.st = PILA_OK;
    s.grows = list;
    check_written(list, &o,
                  pila_cstr("!RuntimeError: container changed during the operation"));
    o.fallback = fallback_nests;
    check_written(list, &o, pila_cstr("!RecursionError: a set limit was reached"));
    pila_doc_done(&doc);
}

/* ---- where it goes ---- */

typedef struct pieces {
    size_t count, most, bytes, fail_at;
} pieces;

static pila_status count_pieces(void *ctx, pila_str piece)
{
    pieces *p = ctx;

    if (++p->count == p->fail_at) return (pila_status)(PILA_EUSER + 5);
    if (piece.len > p->most) p->most = piece.len;
    p->bytes += piece.len;
    return PILA_OK;
}

static void in_pieces_of_bounded_size(void **state)
{
    pila_doc doc = {0};
    size_t n = 1000000;
    char *text = calloc(n, 1);
    pila_value v = pila_value_str_of(pila_str_of(text, n));
    pila_json_dump_options o = {0};
    pieces p = {0, 0, 0, 0};

    (void)state;
    CHECK_OK(pila_json_encode(v, NULL, count_pieces, &p, NULL));
    CHECK(p.bytes == 6 * n + 2 && p.most <= 65536 && p.count > 90);
    p = (pieces){0, 0, 0, 3};
    CHECK_STATUS(pila_json_encode(v, NULL, count_pieces, &p, NULL),
                 (pila_status)(PILA_EUSER + 5));
    CHECK_INT(p.count, 3);
    p = (pieces){0, 0, 0, 0}; /* separators and indentation that are long */
    o.indented = o.separated = true;
    o.indent_text = o.item_separator = o.key_separator = pila_str_of(text, 100000);
    CHECK_OK(
        pila_json_encode(literal(&doc, "{'a': [1, 2]}"), &o, count_pieces, &p, NULL));
    CHECK(p.bytes == 800014 && p.most <= 65536);
    o.indent_text.len = o.item_separator.len = o.key_separator.len = 0;
    o.indent = 100000;
    p = (pieces){0, 0, 0, 0};
    CHECK_OK(
        pila_json_encode(literal(&doc, "{'a': [1, 2]}"), &o, count_pieces, &p, NULL));
    CHECK(p.bytes == 600014 && p.most <= 65536);
    free(text);
    pila_doc_done(&doc);
}

static void a_cap_is_kept_and_filled(void **state)
{
    pila_doc doc = {0};
    pila_value v = literal(&doc, "['0123456789', 1]");
    pila_buf b = {0};

    (void)state;
    b.cap = 20;
    CHECK_OK(pila_buf_add(&b, pila_cstr("..")));
    CHECK_OK(pila_json_dumps(v, NULL, &b, NULL));
    CHECK_TEXT(pila_buf_view(&b), "..[\"0123456789\", 1]");
    b.len = 4;
    CHECK_STATUS(pila_json_dumps(v, NULL, &b, NULL), PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&b), "..[\"");
    pila_buf_done(&b);
    pila_doc_done(&doc);
}

static void to_files_and_descriptors(void **state)
{
    pila_doc doc = {0};
    pila_value v = literal(&doc, "[1, 'two']");
    FILE *f = tmpfile();
    char back[64] = {0};
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    CHECK_OK(pila_json_dump(v, NULL, f, NULL));
    CHECK(fflush(f) == 0);
    CHECK_OK(pila_json_dump_fd(v, NULL, fileno(f), NULL));
    rewind(f);
    CHECK_INT(fread(back, 1, sizeof back, f), 20);
    CHECK_TEXT(pila_cstr(back), "[1, \"two\"][1, \"two\"]");
    fclose(f);
    CHECK_STATUS(pila_json_dump_fd(v, NULL, -1, NULL), PILA_EIO);
    CHECK(errno == EBADF);
    if (full) {
        setvbuf(full, NULL, _IONBF, 0);
        CHECK_STATUS(pila_json_dump(v, NULL, full, NULL), PILA_EIO);
        CHECK_STATUS(pila_json_dump_fd(v, NULL, fileno(full), NULL), PILA_EIO);
        fclose(full);
    }
    pila_doc_done(&doc);
}

/* ---- without memory ---- */

static pila_status scenario(void *ctx)
{
    pila_json_dump_options o = {0};
    pila_value v = *(pila_value *)ctx;
    pila_buf b = {0};
    pieces p = {0, 0, 0, 0};
    pila_status st, other;

    o.sort_keys = true;
    st = pila_buf_add(&b, pila_cstr("kept"));
    if (st == PILA_OK) {
        st = pila_json_dumps(v, &o, &b, NULL);
        if (st != PILA_OK) CHECK_TEXT(pila_buf_view(&b), "kept");
    }
    pila_buf_done(&b);
    b.cap = 100000;
    other = pila_json_dumps(v, &o, &b, NULL);
    if (other != PILA_OK) CHECK_INT(b.len, 0);
    pila_buf_done(&b);
    if (st == PILA_OK) st = other;
    other = pila_json_encode(v, &o, count_pieces, &p, NULL);
    return st == PILA_OK ? other : st;
}

static void without_memory(void **state)
{
    pila_doc doc = {0};
    pila_value v = literal(&doc, "[{'b': {'y': 1, 'x': [2, [3, [4, [5]]]]}, 'a': 6}]");
    pila_value deep = nested(&doc, 200, NULL);

    (void)state;
    CHECK_OK(pila_value_append(&doc, v, deep));
    check_alloc_sweep(scenario, &v);
    pila_doc_done(&doc);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(rows_from_outside),
        cmocka_unit_test(integers_up_to_the_limit),
        cmocka_unit_test(numerals_are_written_as_they_are),
        cmocka_unit_test(text_against_a_slow_model),
        cmocka_unit_test(bytes_that_are_no_utf8),
        cmocka_unit_test(characters_across_segments),
        cmocka_unit_test(depth_1e6),
        cmocka_unit_test(cycles_at_any_depth),
        cmocka_unit_test(what_is_met_twice_is_no_cycle),
        cmocka_unit_test(deleted_entries_are_not_seen),
        cmocka_unit_test(what_stands_for_others),
        cmocka_unit_test(in_pieces_of_bounded_size),
        cmocka_unit_test(a_cap_is_kept_and_filled),
        cmocka_unit_test(to_files_and_descriptors),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
