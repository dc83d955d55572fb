/* test_json.c - the promises of json.h about reading; rows decided by CPython are in
 * json_rows.h, and more are in the corpora, where PILA_CORPORA names them.
 *
 * Each text is read in every way there is: by the reader that tells faults, and by the
 * quick one with each index, from the copy and from the text itself. They must agree.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <pila/serial/json.h>
#include <pila/serial/json_read.h>

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

/* ---- helpers ---- */

static pila_status same_hook(void *ctx, pila_doc *doc, pila_value given,
                             pila_value *out)
{
    (void)ctx;
    (void)doc;
    *out = given;
    return PILA_OK;
}

static void show(pila_value v, pila_buf *out)
{
    pila_buf_clear(out);
    CHECK_OK(pila_value_repr(v, out));
    CHECK_OK(pila_buf_add_char(out, '\0'));
    out->len--;
}

/* What the quick reader says, if it says anything, must be what `want` shows; `st` is
 * what the other one answered. */
static void quick_agrees(pila_str text, const pila_json_load_options *options,
                         pila_status st, pila_str want)
{
    char *own = malloc(text.len + PILA_JSON_PAD);
    pila_json_load_options o = *options;
    pila__json_scan_fn *scan;

    CHECK(own);
    for (unsigned k = 0; (scan = pila__json_scan_way(k / 2)) != NULL; k++) {
        pila_doc doc = {0};
        pila_value v = pila_value_none();
        pila_buf out = {0};
        /* what stands behind the text must not matter */
        memset(own, k & 2 ? '1' : '"', text.len + PILA_JSON_PAD);
        if (text.len) memcpy(own, text.ptr, text.len);
        o.borrow = k % 2;
        pila_status got =
            pila__json_quick(&doc, pila_str_of(own, text.len), &o, scan, &v);
        CHECK(got == PILA_OK || got == PILA_END);
        if (got == PILA_OK) {
            CHECK_OK(st);
            show(v, &out);
            CHECK(pila_str_eq(pila_buf_view(&out), want));
        }
        pila_buf_done(&out);
        pila_doc_done(&doc);
    }
    free(own);
}

/* Read in all ways; shown is a repr, or empty on failure. */
static pila_status read_all_ways(pila_str text, const pila_json_load_options *options,
                                 pila_buf *shown, pila_json_error *error)
{
    pila_json_load_options o = *options;
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    pila_buf again = {0};
    pila_status st;

    o.array_hook = same_hook;
    st = pila_json_loads(&doc, text, &o, &v, error);
    pila_buf_clear(shown);
    if (st == PILA_OK) show(v, shown);
    else CHECK(doc.blocks == NULL);
    pila_doc_done(&doc);
    CHECK_STATUS(pila_json_loads(&doc, text, options, &v, NULL), st);
    if (st == PILA_OK) {
        show(v, &again);
        CHECK(pila_str_eq(pila_buf_view(&again), pila_buf_view(shown)));
    }
    pila_doc_done(&doc);
    pila_buf_done(&again);
    if (!options->bytes) quick_agrees(text, options, st, pila_buf_view(shown));
    return st;
}

/* ---- rows ---- */

typedef enum row_kind { TEXT, BYTES } row_kind;

typedef struct json_row {
    row_kind kind;
    const char *text;
    size_t len;
    int lax;
    const char *shown; /* NULL: it is a fault */
    const char *why;
    size_t pos, lineno, colno;
    long raw_end; /* -1: raw_decode fails */
} json_row;

static const json_row rows[] = {
#include "json_rows.h"
};

static void rows_of_cpython_hold(void **state)
{
    pila_buf shown = {0};

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const json_row *r = &rows[k];
        pila_json_load_options o = {0};
        pila_json_error e = {0};
        char name[64];
        snprintf(name, sizeof name, "row %zu: %.40s", k, r->text);
        ROW(name);
        o.lax = r->lax;
        o.bytes = r->kind == BYTES;
        pila_status st = read_all_ways(pila_str_of(r->text, r->len), &o, &shown, &e);
        CHECK_STATUS(st, r->shown ? PILA_OK : PILA_ESYNTAX);
        if (r->shown) {
            CHECK_TEXT(pila_buf_view(&shown), r->shown);
        } else {
            CHECK_STATUS(e.at.status, st);
            CHECK_TEXT(pila_cstr(e.at.message), r->why);
            CHECK_INT(e.pos, r->pos);
            CHECK_INT(e.lineno, r->lineno);
            CHECK_INT(e.colno, r->colno);
            CHECK_INT(e.at.line, r->lineno);
            CHECK(e.at.offset <= r->len);
        }
    }
    pila_buf_done(&shown);
    check_alloc_stop();
}

static void raw_decode_rows_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const json_row *r = &rows[k];
        pila_json_load_options o = {0};
        pila_doc doc = {0};
        pila_value v = pila_value_none();
        size_t at = 0;
        if (r->kind != TEXT) continue;
        ROW(r->text);
        o.lax = r->lax;
        pila_status st =
            pila_json_raw_decode(&doc, pila_str_of(r->text, r->len), &at, &o, &v, NULL);
        CHECK_INT(st == PILA_OK ? (long)at : -1, r->raw_end);
        if (st != PILA_OK) CHECK_INT(at, 0);
        pila_doc_done(&doc);
    }
}

/* ---- faults and limits ---- */

typedef struct fault_row {
    const char *promise, *text;
    pila_json_load_options options;
    pila_status st;
    size_t offset;
    const char *why;
} fault_row;

static const fault_row faults[] = {
    {"a repeated key is refused where it stands",
     "{\"a\":[{\"x\":1,\"y\":[1,\"}\"],\n \"x\":2}]}",
     {.refuse_repeated = true},
     PILA_EVALUE,
     27,
     "Repeated key"},
    {"an escape makes it repeated, too",
     "{\"a\":1,\"\\u0061\":1}",
     {.refuse_repeated = true},
     PILA_EVALUE,
     7,
     "Repeated key"},
    {"among many keys",
     "{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"1\":"
     "0}",
     {.refuse_repeated = true},
     PILA_EVALUE,
     55,
     "Repeated key"},
    {"a list too deep",
     "[[[1]]]",
     {.max_depth = 2},
     PILA_ELIMIT,
     2,
     "maximum recursion depth exceeded while decoding a JSON array from a unicode "
     "string"},
    {"a dict too deep",
     "[{\"a\":{}}]",
     {.max_depth = 2},
     PILA_ELIMIT,
     6,
     "maximum recursion depth exceeded while decoding a JSON object from a unicode "
     "string"},
    {"an integer too long",
     "[1, -1234]",
     {.max_digits = 3},
     PILA_EVALUE,
     4,
     "Exceeds the limit (3 digits) for integer string conversion: value has 4 digits; "
     "use sys.set_int_max_str_digits() to increase the limit"},
    {"NaN refused", "[NaN]", {.refuse_nan = true}, PILA_ESYNTAX, 1, "Expecting value"},
    {"-Infinity refused",
     "[1,-Infinity]",
     {.refuse_nan = true},
     PILA_ESYNTAX,
     3,
     "Expecting value"},
    {"invalid UTF-8 goes before syntax, with its byte",
     "[x, \"\xc3\xa9\xff\"]",
     {0},
     PILA_ESYNTAX,
     7,
     "'utf-8' codec can't decode byte 0xff in position 7: invalid start byte"},
    {"surrogates are no UTF-8",
     "[\"\xed\xa0\x80\"]",
     {0},
     PILA_ESYNTAX,
     2,
     "'utf-8' codec can't decode byte 0xed in position 2: invalid continuation byte"},
    {"offsets are in bytes",
     "[\"\xc3\xa9\xe2\x82\xac\",\n \"\xc3\xa9\" 1]",
     {0},
     PILA_ESYNTAX,
     16,
     "Expecting ',' delimiter"},
};

static void faults_are_told(void **state)
{
    pila_buf shown = {0};

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(faults); k++) {
        const fault_row *f = &faults[k];
        pila_json_error e = {0};
        ROW(f->promise);
        CHECK_STATUS(read_all_ways(pila_cstr(f->text), &f->options, &shown, &e), f->st);
        CHECK_STATUS(e.at.status, f->st);
        CHECK_INT(e.at.offset, f->offset);
        CHECK_TEXT(pila_cstr(e.at.message), f->why);
    }
    pila_buf_done(&shown);
    check_alloc_stop();
}

static void a_fault_leaves_outputs_and_document(void **state)
{
    pila_doc doc = {0};
    pila_value first = pila_value_none(), v = pila_value_int(7);
    pila_json_error e = {0};
    pila_buf out = {0};

    (void)state;
    CHECK_OK(pila_json_loads(&doc, pila_cstr("{\"a\": [1, \"x\"]}"), NULL, &first, &e));
    CHECK_STATUS(e.at.status, PILA_OK);
    char *free_at = doc.free;
    CHECK_STATUS(pila_json_loads(&doc, pila_cstr("[1, [2], \"\\n\", x]"), NULL, &v, &e),
                 PILA_ESYNTAX);
    CHECK(pila_value_kind_of(v) == PILA_VALUE_INT && v.as.i == 7);
    CHECK(doc.free == free_at);
    CHECK_OK(pila_json_error_text(&e, &out));
    CHECK_TEXT(pila_buf_view(&out), "Expecting value: line 1 column 16 (char 15)");
    show(first, &out);
    CHECK_TEXT(pila_buf_view(&out), "{'a': [1, 'x']}");
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static void nul_in_text_is_text(void **state)
{
    pila_doc doc = {0};
    pila_value v;
    pila_json_load_options lax = {.lax = true};

    (void)state;
    CHECK_OK(pila_json_loads(&doc, pila_str_of("\"a\0b\"", 5), &lax, &v, NULL));
    CHECK(pila_str_eq(pila_value_text(v), pila_str_of("a\0b", 3)));
    CHECK_OK(pila_json_loads(&doc, pila_cstr("\"a\\u0000b\""), NULL, &v, NULL));
    CHECK(pila_str_eq(pila_value_text(v), pila_str_of("a\0b", 3)));
    CHECK_STATUS(pila_json_loads(&doc, pila_str_of(NULL, 0), NULL, &v, NULL),
                 PILA_ESYNTAX);
    pila_doc_done(&doc);
}

/* ---- hooks ---- */

typedef struct hook_log {
    pila_buf text;
    long fail_at, calls;
} hook_log;

static pila_status log_hook(void *ctx, pila_doc *doc, pila_value given, pila_value *out)
{
    hook_log *log = ctx;
    pila_buf one = {0};
    pila_status st = pila_value_repr(given, &one);

    if (++log->calls == log->fail_at) st = (pila_status)(PILA_EUSER + 3);
    if (st == PILA_OK && log->text.len) st = pila_buf_add(&log->text, pila_cstr(" | "));
    if (st == PILA_OK) st = pila_buf_add(&log->text, pila_buf_view(&one));
    if (st == PILA_OK) {
        char name[24];
        snprintf(name, sizeof name, "h%ld", log->calls);
        st = pila_value_str(doc, pila_cstr(name), out);
    }
    pila_buf_done(&one);
    return st;
}

typedef struct hook_row {
    const char *promise;
    pila_json_load_options options;
    const char *log, *shown;
} hook_row;

static const char hook_text[] =
    "{\"a\": [1, 2.5, {\"b\": NaN}], \"c\": {}, \"d\": [-Infinity, 1e5]}";

/* By CPython, with hooks that give 'h' and the number of the call. */
static const hook_row hook_rows[] = {
    {"object_hook",
     {.object_hook = log_hook},
     "{'b': nan} | {} | {'a': [1, 2.5, 'h1'], 'c': 'h2', 'd': [-inf, 100000.0]}",
     "'h3'"},
    {"object_pairs_hook goes before object_hook",
     {.object_hook = same_hook, .object_pairs_hook = log_hook},
     "[('b', nan)] | [] | [('a', [1, 2.5, 'h1']), ('c', 'h2'), ('d', [-inf, "
     "100000.0])]",
     "'h3'"},
    {"array_hook",
     {.array_hook = log_hook},
     "[1, 2.5, {'b': nan}] | [-inf, 100000.0]",
     "{'a': 'h1', 'c': {}, 'd': 'h2'}"},
    {"parse_float",
     {.parse_float = log_hook},
     "2.5 | 1e5",
     "{'a': [1, 'h1', {'b': nan}], 'c': {}, 'd': [-inf, 'h2']}"},
    {"parse_int",
     {.parse_int = log_hook},
     "1",
     "{'a': ['h1', 2.5, {'b': nan}], 'c': {}, 'd': [-inf, 100000.0]}"},
    {"parse_constant",
     {.parse_constant = log_hook},
     "'NaN' | '-Infinity'",
     "{'a': [1, 2.5, {'b': 'h1'}], 'c': {}, 'd': ['h2', 100000.0]}"},
    {"all numbers kept as text",
     {.float_text = true, .int_text = true},
     "",
     "{'a': [1, 2.5, {'b': nan}], 'c': {}, 'd': [-inf, 1e5]}"},
};

static void hooks_are_called_in_order(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(hook_rows); k++) {
        const hook_row *h = &hook_rows[k];
        pila_json_load_options o = h->options;
        long calls = 1;
        ROW(h->promise);
        for (long fail_at = 0; fail_at <= calls; fail_at++) {
            hook_log log = {{0}, fail_at, 0};
            pila_doc doc = {0};
            pila_value v = pila_value_none();
            pila_buf shown = {0};
            o.ctx = &log;
            pila_status st = pila_json_loads(&doc, pila_cstr(hook_text), &o, &v, NULL);
            if (fail_at && log.calls >= fail_at) {
                CHECK_INT(st, PILA_EUSER + 3);
                CHECK(doc.blocks == NULL);
            } else {
                CHECK_OK(st);
                CHECK_TEXT(pila_buf_view(&log.text), h->log);
                show(v, &shown);
                CHECK_TEXT(pila_buf_view(&shown), h->shown);
            }
            if (fail_at == 0) calls = log.calls;
            pila_buf_done(&shown);
            pila_buf_done(&log.text);
            pila_doc_done(&doc);
        }
    }
}

static void numerals_keep_their_text(void **state)
{
    pila_doc doc = {0};
    pila_value v;
    pila_json_load_options o = {.float_text = true, .int_text = true};
    size_t n;

    (void)state;
    CHECK_OK(pila_json_loads(&doc, pila_cstr("[1.10, -0, 1E400]"), &o, &v, NULL));
    const pila_value *items = pila_value_data(v, &n);
    CHECK_INT(n, 3);
    for (size_t k = 0; k < n; k++)
        CHECK(pila_value_kind_of(items[k]) == PILA_VALUE_NUMERAL);
    CHECK_TEXT(pila_value_text(items[0]), "1.10");
    CHECK_TEXT(pila_value_text(items[1]), "-0");
    CHECK_TEXT(pila_value_text(items[2]), "1E400");
    pila_doc_done(&doc);
}

/* ---- whose text it is ---- */

static void strings_are_owned_or_borrowed(void **state)
{
    char text[128] = "[\"plain\", \"with \\\" escape\"]\n";
    size_t len = strlen(text), n;
    pila_json_load_options o = {0};

    (void)state;
    for (int borrow = 0; borrow < 2; borrow++) {
        pila_doc doc = {0};
        pila_value v;
        o.borrow = borrow;
        CHECK_OK(pila_json_loads(&doc, pila_str_of(text, len), &o, &v, NULL));
        const pila_value *items = pila_value_data(v, &n);
        CHECK((items[0].as.text == text + 2) == (borrow == 1));
        if (!borrow) memset(text, 'x', len);
        CHECK_TEXT(pila_value_text(items[0]), "plain");
        CHECK_TEXT(pila_value_text(items[1]), "with \" escape");
        pila_doc_done(&doc);
        strcpy(text, "[\"plain\", \"with \\\" escape\"]\n");
    }
}

/* ---- files ---- */

static void files_and_descriptors(void **state)
{
    static const char text[] = "{\"a\": [1, 2]} \n";
    int ends[2];
    FILE *f = tmpfile();
    pila_doc doc = {0};
    pila_value v;
    pila_json_error e;
    pila_buf shown = {0};

    (void)state;
    CHECK(f && fputs(text, f) >= 0);
    rewind(f);
    CHECK_OK(pila_json_load(&doc, f, NULL, &v, NULL));
    show(v, &shown);
    CHECK_TEXT(pila_buf_view(&shown), "{'a': [1, 2]}");
    CHECK_STATUS(pila_json_load(&doc, f, NULL, &v, &e), PILA_ESYNTAX);
    fclose(f);
    CHECK_INT(pipe(ends), 0);
    CHECK_INT(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    CHECK_OK(pila_json_load_fd(&doc, ends[0], NULL, &v, NULL));
    show(v, &shown);
    CHECK_TEXT(pila_buf_view(&shown), "{'a': [1, 2]}");
    close(ends[0]);
    CHECK_STATUS(pila_json_load_fd(&doc, ends[0], NULL, &v, &e), PILA_EIO);
    CHECK_INT(errno, EBADF);
    CHECK_STATUS(e.at.status, PILA_EIO);
    pila_buf_done(&shown);
    pila_doc_done(&doc);
}

/* ---- JSON Pointer ---- */

typedef struct pointer_row {
    const char *pointer;
    pila_status st;
    const char *shown;
} pointer_row;

/* The first rows are those of RFC 6901. */
static const char pointer_text[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, "
    "\"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8, \"0\": {\"-\": "
    "9}}";

static const pointer_row pointers[] = {
    {"/foo", PILA_OK, "['bar', 'baz']"},
    {"/foo/0", PILA_OK, "'bar'"},
    {"/", PILA_OK, "0"},
    {"/a~1b", PILA_OK, "1"},
    {"/c%d", PILA_OK, "2"},
    {"/e^f", PILA_OK, "3"},
    {"/g|h", PILA_OK, "4"},
    {"/i\\j", PILA_OK, "5"},
    {"/k\"l", PILA_OK, "6"},
    {"/ ", PILA_OK, "7"},
    {"/m~0n", PILA_OK, "8"},
    {"/0/-", PILA_OK, "9"},
    {"/foo/1", PILA_OK, "'baz'"},
    {"/foo/2", PILA_EINDEX, NULL},
    {"/foo/-", PILA_EINDEX, NULL},
    {"/foo/99999999999999999999999999", PILA_EINDEX, NULL},
    {"/foo/18446744073709551616", PILA_EINDEX, NULL},
    {"/foo/00", PILA_EVALUE, NULL},
    {"/foo/", PILA_EVALUE, NULL},
    {"/foo/1a", PILA_EVALUE, NULL},
    {"/foo/-1", PILA_EVALUE, NULL},
    {"/bar", PILA_EKEY, NULL},
    {"/a~01b", PILA_EKEY, NULL},
    {"//", PILA_ETYPE, NULL},
    {"/foo/0/0", PILA_ETYPE, NULL},
    {"foo", PILA_ESYNTAX, NULL},
    {"/a~", PILA_ESYNTAX, NULL},
    {"/a~2", PILA_ESYNTAX, NULL},
    {"/a~/0", PILA_ESYNTAX, NULL},
};

static void pointers_lead(void **state)
{
    pila_doc doc = {0};
    pila_value root, v;
    pila_buf shown = {0};

    (void)state;
    CHECK_OK(pila_json_loads(&doc, pila_cstr(pointer_text), NULL, &root, NULL));
    for (size_t k = 0; k < COUNT_OF(pointers); k++) {
        ROW(pointers[k].pointer);
        v = pila_value_int(-1);
        CHECK_STATUS(pila_json_pointer(root, pila_cstr(pointers[k].pointer), &v),
                     pointers[k].st);
        show(v, &shown);
        CHECK_TEXT(pila_buf_view(&shown), pointers[k].shown ? pointers[k].shown : "-1");
    }
    CHECK_OK(pila_json_pointer(root, pila_str_of(NULL, 0), &v));
    CHECK(v.as.dict == root.as.dict);
    pila_buf_done(&shown);
    pila_doc_done(&doc);
}

static void encodings_detected(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        pila_json_encoding want;
    } all[] = {
        {"", 0, PILA_JSON_UTF_8},
        {"1", 1, PILA_JSON_UTF_8},
        {"\0", 1, PILA_JSON_UTF_8},
        {"1\0", 2, PILA_JSON_UTF_16_LE},
        {"\0"
         "1",
         2, PILA_JSON_UTF_16_BE},
        {"1\0\0", 3, PILA_JSON_UTF_8},
        {"1\0\0\0", 4, PILA_JSON_UTF_32_LE},
        {"\0\0\0"
         "1",
         4, PILA_JSON_UTF_32_BE},
        {"[\0"
         "1\0",
         4, PILA_JSON_UTF_16_LE},
        {"\0[\0"
         "1",
         4, PILA_JSON_UTF_16_BE},
        {"\xff\xfe"
         "1\0",
         4, PILA_JSON_UTF_16},
        {"\xfe\xff\0"
         "1",
         4, PILA_JSON_UTF_16},
        {"\xff\xfe\0\0", 4, PILA_JSON_UTF_32},
        {"\0\0\xfe\xff", 4, PILA_JSON_UTF_32},
        {"\xef\xbb\xbf", 3, PILA_JSON_UTF_8_SIG},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all); k++)
        CHECK_INT(pila_json_detect_encoding(pila_str_of(all[k].bytes, all[k].n)),
                  all[k].want);
}

/* ---- without memory ---- */

static pila_status scenario(void *ctx)
{
    static const char text[] =
        "{\"a\":[1,2.5,\"x\\n\",{}],\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,"
        "\"7\":0,\"8\":0,\"b\":123456789012345678901234567890, \"\":[[[[[]]]]]}";
    pila_doc doc = {0};
    pila_value v = pila_value_int(3);
    pila_json_error e = {0};
    pila_buf big = {0};
    pila_status st = pila_buf_add(&big, pila_cstr("["));

    for (int k = 0; st == PILA_OK && k < 40; k++) {
        st = pila_buf_add(&big, pila_cstr(text));
        if (st == PILA_OK) st = pila_buf_add(&big, pila_cstr(k < 39 ? "," : "]"));
    }
    if (st == PILA_OK) st = pila_json_loads(&doc, pila_buf_view(&big), ctx, &v, &e);
    if (st != PILA_OK) {
        CHECK(pila_value_kind_of(v) == PILA_VALUE_INT);
        CHECK(doc.blocks == NULL);
    }
    pila_buf_done(&big);
    pila_doc_done(&doc);
    return st;
}

static pila_status bytes_scenario(void *ctx)
{
    static const char text[] = "[\0\"\0a\0\\\0n\0\"\0]\0";
    pila_json_load_options o = {.bytes = true};
    pila_doc doc = {0};
    pila_value v;
    pila_status st =
        pila_json_loads(&doc, pila_str_of(text, sizeof text - 1), &o, &v, NULL);

    (void)ctx;
    if (st == PILA_OK) st = pila_json_pointer(v, pila_cstr("/0"), &v);
    pila_doc_done(&doc);
    return st;
}

static pila_status pointer_scenario(void *ctx)
{
    pila_doc doc = {0};
    pila_value v;
    pila_status st = pila_json_loads(&doc, pila_cstr("{\"a/b\": 1}"), NULL, &v, NULL);

    (void)ctx;
    if (st == PILA_OK) st = pila_json_pointer(v, pila_cstr("/a~1b"), &v);
    pila_doc_done(&doc);
    return st;
}

static void without_memory(void **state)
{
    pila_json_load_options none = {0}, slow = {.array_hook = same_hook},
                           pairs = {.object_pairs_hook = same_hook, .int_text = true};

    (void)state;
    check_alloc_sweep(scenario, &none);
    check_alloc_sweep(scenario, &slow);
    check_alloc_sweep(scenario, &pairs);
    check_alloc_sweep(bytes_scenario, NULL);
    check_alloc_sweep(pointer_scenario, NULL);
}

static void a_document_is_used_again_after_no_memory(void **state)
{
    pila_doc doc = {0};
    pila_value v, kept;
    pila_buf shown = {0};
    pila_str deep = pila_cstr("[{\"a\":[{\"b\":1,\"c\":\"\\n\"},2.5]},[[[[]]]]]");

    (void)state;
    check_alloc_start();
    CHECK_OK(pila_json_loads(&doc, deep, NULL, &kept, NULL));
    CHECK(pila_doc_alloc(&doc, (size_t)(doc.end - doc.free)));
    check_alloc_fail(1, 1);
    CHECK_STATUS(pila_json_loads(&doc, deep, NULL, &v, NULL), PILA_ENOMEM);
    check_alloc_fail(0, 0);
    CHECK_OK(pila_json_loads(&doc, deep, NULL, &v, NULL));
    show(kept, &shown);
    CHECK_TEXT(pila_buf_view(&shown), "[{'a': [{'b': 1, 'c': '\\n'}, 2.5]}, [[[[]]]]]");
    pila_doc_done(&doc);
    pila_buf_done(&shown);
    check_alloc_stop();
}

/* ---- against a model: texts made with the value they say ---- */

static void add_string(pila_buf *text, pila_buf *shown, check_rng *r)
{
    static const char *const parts[][2] = {
        {"a", "a"},
        {"\\n", "\\n"},
        {"\\u0041", "A"},
        {"\xc3\xa9", "\xc3\xa9"},
        {"\\\\", "\\\\"},
        {"\\\"", "\""},
        {"\\/", "/"},
        {"{", "{"},
        {",", ","},
        {"\xe2\x82\xac", "\xe2\x82\xac"},
        {"]", "]"},
        {"\\u20ac", "\xe2\x82\xac"},
        {"0123456789012345", "0123456789012345"},
    };
    size_t n = check_rng_below(r, 4) ? check_rng_below(r, 6) : check_rng_below(r, 90);

    CHECK_OK(pila_buf_add_char(text, '"'));
    CHECK_OK(pila_buf_add_char(shown, '\''));
    while (n--) {
        size_t k = check_rng_below(r, COUNT_OF(parts));
        CHECK_OK(pila_buf_add(text, pila_cstr(parts[k][0])));
        CHECK_OK(pila_buf_add(shown, pila_cstr(parts[k][1])));
    }
    CHECK_OK(pila_buf_add_char(text, '"'));
    CHECK_OK(pila_buf_add_char(shown, '\''));
}

static void add_blanks(pila_buf *text, check_rng *r)
{
    size_t n = check_rng_below(r, 4) ? check_rng_below(r, 2) : check_rng_below(r, 70);

    while (n--) CHECK_OK(pila_buf_add_char(text, " \n\t\r"[check_rng_below(r, 4)]));
}

static void add_value(pila_buf *text, pila_buf *shown, check_rng *r, int depth)
{
    static const char *const words[][2] = {{"null", "None"},
                                           {"true", "True"},
                                           {"false", "False"},
                                           {"1.5", "1.5"},
                                           {"-12e2", "-1200.0"},
                                           {"0", "0"},
                                           {"1E22", "1e+22"},
                                           {"-7", "-7"},
                                           {"0.001", "0.001"},
                                           {"NaN", "nan"},
                                           {"12345678901234567890",
                                            "12345678901234567890"}};
    size_t kind = check_rng_below(r, depth > 6 ? 2 : 4), n = check_rng_below(r, 14);

    add_blanks(text, r);
    if (kind == 0) {
        size_t k = check_rng_below(r, COUNT_OF(words));
        CHECK_OK(pila_buf_add(text, pila_cstr(words[k][0])));
        CHECK_OK(pila_buf_add(shown, pila_cstr(words[k][1])));
    } else if (kind == 1) {
        add_string(text, shown, r);
    } else {
        CHECK_OK(pila_buf_add_char(text, kind == 2 ? '[' : '{'));
        CHECK_OK(pila_buf_add_char(shown, kind == 2 ? '[' : '{'));
        for (size_t k = 0; k < n; k++) {
            if (k) CHECK_OK(pila_buf_add_char(text, ','));
            if (k) CHECK_OK(pila_buf_add(shown, pila_cstr(", ")));
            if (kind == 3) {
                char key[64];
                snprintf(key, sizeof key, "\"%zukey%zu\":", k, k * 7919);
                CHECK_OK(pila_buf_add(text, pila_cstr(key)));
                snprintf(key, sizeof key, "'%zukey%zu': ", k, k * 7919);
                CHECK_OK(pila_buf_add(shown, pila_cstr(key)));
            }
            add_value(text, shown, r, depth + 1 + (n > 6));
        }
        add_blanks(text, r);
        CHECK_OK(pila_buf_add_char(text, kind == 2 ? ']' : '}'));
        CHECK_OK(pila_buf_add_char(shown, kind == 2 ? ']' : '}'));
    }
    add_blanks(text, r);
}

/* A quote is shown with the other quotes outside; none is made in this run's strings.
 */
static void random_texts_say_their_values(void **state)
{
    check_rng r = check_rng_start();
    pila_json_load_options o = {0};

    (void)state;
    for (int round = 0; round < 300; round++) {
        pila_buf text = {0}, want = {0}, got = {0};
        size_t len;
        add_value(&text, &want, &r, 0);
        CHECK_OK(read_all_ways(pila_buf_view(&text), &o, &got, NULL));
        CHECK(pila_str_eq(pila_buf_view(&got), pila_buf_view(&want)));
        /* one byte changed: whatever it is now, all ways agree */
        len = text.len;
        for (int k = 0; k < 8; k++) {
            size_t at = check_rng_below(&r, len);
            char was = text.data[at];
            text.data[at] = "[]{},:\"\\ x1\n\xff"[check_rng_below(&r, 13)];
            (void)!read_all_ways(pila_buf_view(&text), &o, &got, NULL);
            text.data[at] = was;
        }
        pila_buf_done(&text);
        pila_buf_done(&want);
        pila_buf_done(&got);
    }
}

/* The run above must be able to fail. */
static void a_planted_fault_shows(void **state)
{
    check_rng r = check_rng_start();
    pila_json_load_options o = {0};
    int found = 0;

    (void)state;
    for (int round = 0; round < 50; round++) {
        pila_buf text = {0}, want = {0}, got = {0};
        add_value(&text, &want, &r, 0);
        for (size_t k = 0; k < text.len; k++)
            if (text.data[k] == '7') text.data[k] = '8';
        CHECK_OK(read_all_ways(pila_buf_view(&text), &o, &got, NULL));
        found += !pila_str_eq(pila_buf_view(&got), pila_buf_view(&want));
        pila_buf_done(&text);
        pila_buf_done(&want);
        pila_buf_done(&got);
    }
    CHECK(found > 0);
}

/* ---- hostile texts ---- */

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pila_str repeated(const char *head, const char *body, size_t times,
                         const char *tail)
{
    size_t h = strlen(head), b = strlen(body), t = strlen(tail);
    char *made = malloc(h + b * times + t + 1);

    CHECK(made);
    memcpy(made, head, h);
    for (size_t k = 0; k < times; k++) memcpy(made + h + k * b, body, b);
    memcpy(made + h + b * times, tail, t);
    return pila_str_of(made, h + b * times + t);
}

static void depth_1e6(void **state)
{
    enum { DEPTH = 1000000 };
    pila_json_load_options none = {0}, deep = {.max_depth = PILA_JSON_NO_LIMIT},
                           slow = deep, exact = {.max_depth = DEPTH};
    pila_doc doc = {0};
    pila_value v;
    char *text = malloc(2 * DEPTH);
    size_t n = 0;

    (void)state;
    CHECK(text);
    slow.array_hook = same_hook;
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    pila_str all = pila_str_of(text, 2 * DEPTH);
    CHECK_STATUS(pila_json_loads(&doc, all, NULL, &v, NULL), PILA_ELIMIT);
    CHECK_STATUS(pila_json_loads(&doc, all, &none, &v, NULL), PILA_ELIMIT);
    CHECK_OK(pila_json_loads(&doc, all, &deep, &v, NULL));
    for (; pila_value_data(v, &n) && n == 1; v = pila_value_data(v, &n)[0]) {}
    CHECK_INT(n, 0);
    CHECK_OK(pila_json_loads(&doc, all, &slow, &v, NULL));
    CHECK_OK(pila_json_loads(&doc, all, &exact, &v, NULL));
    exact.max_depth--;
    CHECK_STATUS(pila_json_loads(&doc, all, &exact, &v, NULL), PILA_ELIMIT);
    all.len--;
    CHECK_STATUS(pila_json_loads(&doc, all, &deep, &v, NULL), PILA_ESYNTAX);
    free(text);
    pila_doc_done(&doc);
}

static void digits_1e6(void **state)
{
    pila_str ints = repeated("[", "7", 1000000, "]");
    pila_str floats = repeated("[0.", "7", 1000000, "]");
    pila_doc doc = {0};
    pila_value v;
    pila_json_error e;
    size_t n;

    (void)state;
    CHECK_STATUS(pila_json_loads(&doc, ints, NULL, &v, &e), PILA_EVALUE);
    CHECK_INT(e.pos, 1);
    CHECK_OK(pila_json_loads(&doc, floats, NULL, &v, &e));
    CHECK(pila_value_data(v, &n)[0].as.f == 7.0 / 9);
    free((char *)ints.ptr);
    free((char *)floats.ptr);
    pila_doc_done(&doc);
}

/* Time for four times as much, which is two doublings: the best of some runs, or of
 * more where the machine is noisy. */
static void time_is_linear(void **state)
{
    static const struct {
        const char *name, *head, *body, *tail;
        pila_json_load_options options;
    } shapes[] = {
        {"lists", "[0", ",[]", "]", {0}},
        {"unclosed lists", "", "[", "", {.max_depth = PILA_JSON_NO_LIMIT}},
        {"unclosed dicts", "", "{\"a\":", "", {.max_depth = PILA_JSON_NO_LIMIT}},
        {"one key again and again", "{\"a\":0", ",\"a\":1", "}", {0}},
        {"escapes", "[\"", "\\ud83d\\ude00\\n", "\"]", {0}},
        {"backslashes", "[\"", "\\\\", "\"]", {0}},
        {"an unclosed string", "[\"", "\\\\\\n", "", {0}},
        {"dicts of one shape and a repeated key",
         "[0",
         ",{\"a1\":0,\"a2\":0,\"a3\":0,\"a4\":0,\"a5\":0,\"a6\":0,\"a7\":0,\"a1\":0}",
         "]",
         {0}},
        {"floats in need of all digits",
         "[0",
         ",9007199254740993.0000000000000001",
         "]",
         {0}},
        {"lines before a fault", "[", "\n", "x", {0}},
        {"not UTF-8 at the end", "[\"", "\xe2\x82\xac", "\xff\"]", {0}},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(shapes); k++) {
        size_t times = 20000;
        double best[2] = {1e9, 1e9};
        ROW(shapes[k].name);
        for (int round = 0; round < 200; round++) {
            if (round >= 14 && best[1] < 2.3 * 2.3 * best[0]) break;
            pila_str text = repeated(shapes[k].head, shapes[k].body,
                                     times << 2 * (round % 2), shapes[k].tail);
            pila_doc doc = {0};
            pila_value v;
            double from = seconds();
            (void)!pila_json_loads(&doc, text, &shapes[k].options, &v, NULL);
            from = seconds() - from;
            if (from < best[round % 2]) best[round % 2] = from;
            pila_doc_done(&doc);
            free((char *)text.ptr);
        }
        CHECK(best[1] < 2.3 * 2.3 * best[0]);
    }
}

/* ---- the corpora ---- */

static char *file_text(const char *folder, const char *name, pila_str *out)
{
    char path[600];
    pila_buf text = {0};
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (!f) fail_msg("cannot open %s", path);
    do {
        CHECK_OK(pila_buf_reserve(&text, 1 << 16));
        n = fread(text.data + text.len, 1, 1 << 16, f);
        text.len += n;
    } while (n);
    fclose(f);
    *out = pila_buf_view(&text);
    return text.data;
}

static const char *corpora(void)
{
    const char *folder = getenv("PILA_CORPORA");

    if (!folder) skip();
    return folder;
}

static bool next_line(pila_str *rest, pila_str *line)
{
    const char *end;

    if (rest->len == 0) return false;
    end = memchr(rest->ptr, '\n', rest->len);
    *line = pila_str_of(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
    end = line->ptr + line->len + (end != NULL);
    *rest = pila_str_of(end, rest->len - (size_t)(end - rest->ptr));
    return true;
}

static pila_str member_text(pila_value dict, const char *key)
{
    const pila_value *v = pila_value_get(dict, pila_cstr(key));

    return v ? pila_value_text(*v) : pila_str_of(NULL, 0);
}

static int64_t member_int(pila_value dict, const char *key)
{
    const pila_value *v = pila_value_get(dict, pila_cstr(key));

    return v ? v->as.i : -1;
}

/* What CPython's str(error) is, but for the advice at the end of one. */
static void golden_error(const pila_json_error *e, pila_str want)
{
    pila_buf got = {0};

    if (e->at.status == PILA_EVALUE)
        CHECK_OK(pila_buf_add(&got, pila_cstr(e->at.message)));
    else CHECK_OK(pila_json_error_text(e, &got));
    if (e->at.status == PILA_EVALUE && want.len > got.len) want.len = got.len;
    CHECK(pila_str_eq(pila_buf_view(&got), want));
    pila_buf_done(&got);
}

static int64_t characters(pila_str text)
{
    int64_t n = 0;

    for (size_t k = 0; k < text.len; k++)
        n += ((unsigned char)text.ptr[k] & 0xc0) != 0x80;
    return n;
}

static void golden_case(pila_value c)
{
    pila_str doc = member_text(c, "doc"), raw = member_text(c, "raw_decode_error");
    const pila_value *error = pila_value_get(c, pila_cstr("error"));
    pila_json_load_options o = {0};
    pila_json_error e = {0};
    pila_buf shown = {0};
    pila_doc made = {0};
    pila_value v;
    size_t at = 0;
    pila_status st;

    o.lax = !pila_value_get(c, pila_cstr("strict"))->as.i;
    o.bytes = true; /* lone surrogates in the text */
    if (doc.len >= 3 && memcmp(doc.ptr, "\xef\xbb\xbf", 3) == 0) o.bytes = false;
    if (memchr(doc.ptr ? doc.ptr : "", 0, doc.len)) o.bytes = false;
    st = read_all_ways(doc, &o, &shown, &e);
    CHECK((st != PILA_OK) == (error != NULL));
    if (error) golden_error(&e, member_text(*error, "str"));
    else if (!strstr(member_text(c, "repr").ptr, "\\U")) /* pila shows it as it is */
        CHECK(pila_str_eq(pila_buf_view(&shown), member_text(c, "repr")));
    if (error && member_int(*error, "pos") >= 0) {
        CHECK_INT(e.pos, member_int(*error, "pos"));
        CHECK_INT(e.lineno, member_int(*error, "lineno"));
        CHECK_INT(e.colno, member_int(*error, "colno"));
    }
    o.bytes = true;
    st = pila_json_raw_decode(&made, doc, &at, &o, &v, &e);
    if (st != PILA_OK) golden_error(&e, raw);
    else
        CHECK_INT(characters(pila_str_of(doc.ptr, at)),
                  member_int(c, "raw_decode_end"));
    CHECK((st != PILA_OK) == (raw.ptr != NULL));
    pila_buf_done(&shown);
    pila_doc_done(&made);
}

static void golden_cases_agree(void **state)
{
    char folder[512];
    pila_str rest, line;
    char *text;
    int n = 0;

    (void)state;
    snprintf(folder, sizeof folder, "%s/json-python-golden", corpora());
    text = file_text(folder, "loads.jsonl", &rest);
    while (next_line(&rest, &line)) {
        pila_doc doc = {0};
        pila_value c;
        char name[24];
        snprintf(name, sizeof name, "line %d", ++n);
        ROW(name);
        CHECK_OK(pila_json_loads(&doc, line, NULL, &c, NULL));
        golden_case(c);
        pila_doc_done(&doc);
    }
    CHECK(n > 100);
    pila_free(text);
}

/* y_ is taken, n_ refused; CPython's verdict is on every file. */
static void json_test_suite(void **state)
{
    char folder[512], name[256], verdict[16];
    pila_str rest, line;
    char *verdicts;
    int n = 0;

    (void)state;
    snprintf(folder, sizeof folder, "%s/json-testsuite", corpora());
    verdicts = file_text(folder, "python311_verdict.tsv", &rest);
    while (next_line(&rest, &line)) {
        pila_str text;
        char *own, *copy = strndup(line.ptr, line.len);
        pila_json_load_options strict = {.refuse_nan = true}, python = {.bytes = true};
        pila_buf shown = {0};
        CHECK(copy);
        if (sscanf(copy, "%255[^\t]\t%15[^\t]", name, verdict) == 2 &&
            strchr(name, '/')) {
            const char *base = strchr(name, '/') + 1;
            ROW(name);
            own = file_text(folder, name, &text);
            pila_status st = read_all_ways(text, &strict, &shown, NULL);
            if (base[1] == '_' && *base == 'y') CHECK_OK(st);
            if (base[1] == '_' && *base == 'n') CHECK(st != PILA_OK);
            st = read_all_ways(text, &python, &shown, NULL);
            CHECK_INT(st == PILA_OK, strcmp(verdict, "accept") == 0);
            pila_free(own);
            n++;
        }
        free(copy);
        pila_buf_done(&shown);
    }
    CHECK(n > 300);
    pila_free(verdicts);
}

/* One number a line; each is read in a list, in all ways, and strtod decides. */
static void number_file(const char *folder, const char *name)
{
    bool pass = strstr(name, "_pass") != NULL || strstr(name, "_bignum") != NULL;
    pila_json_load_options o = {.refuse_nan = true, .max_digits = PILA_JSON_NO_LIMIT};
    pila_buf text = {0}, shown = {0}, want = {0};
    pila_str rest, line;
    char *own = file_text(folder, name, &rest);

    while (next_line(&rest, &line)) {
        if (line.len == 0 || line.ptr[0] == '#') continue;
        if (line.len > 4300) continue; /* repr does not show it */
        pila_buf_clear(&text);
        bool list = memchr(line.ptr, ',', line.len) == NULL;
        CHECK_OK(pila_buf_add_char(&text, list ? '[' : ' '));
        CHECK_OK(pila_buf_add(&text, line));
        CHECK_OK(pila_buf_add_char(&text, list ? ']' : ' '));
        pila_status st = read_all_ways(pila_buf_view(&text), &o, &shown, NULL);
        if ((st == PILA_OK) != pass)
            fail_msg("%s: %.*s", name, (int)line.len, line.ptr);
        if (!pass || strncmp(name, "real", 4) != 0) continue;
        pila_doc doc = {0};
        pila_value v;
        size_t n;
        CHECK_OK(pila_json_loads(&doc, pila_buf_view(&text), &o, &v, NULL));
        CHECK_OK(pila_buf_add_char(&text, '\0'));
        v = pila_value_data(v, &n)[0];
        if (pila_value_kind_of(v) == PILA_VALUE_FLOAT) {
            double x = strtod(text.data + 1, NULL);
            CHECK(memcmp(&x, &v.as.f, sizeof x) == 0);
        }
        pila_doc_done(&doc);
    }
    pila_buf_done(&text);
    pila_buf_done(&shown);
    pila_buf_done(&want);
    pila_free(own);
}

static void json_numbers(void **state)
{
    char folder[512];
    struct dirent *entry;
    DIR *d;
    int n = 0;

    (void)state;
    snprintf(folder, sizeof folder, "%s/json-numbers/yyjson", corpora());
    d = opendir(folder);
    CHECK(d);
    while ((entry = readdir(d)) != NULL) {
        if (!strstr(entry->d_name, ".txt") ||
            strstr(entry->d_name, "nan_inf_literal_pass"))
            continue;
        ROW(entry->d_name);
        number_file(folder, entry->d_name);
        n++;
    }
    CHECK(n > 10);
    closedir(d);
}

static void benchmark_files_agree(void **state)
{
    char folder[512];
    struct dirent *entry;
    DIR *d;

    (void)state;
    snprintf(folder, sizeof folder, "%s/json-bench", corpora());
    d = opendir(folder);
    CHECK(d);
    while ((entry = readdir(d)) != NULL) {
        pila_json_load_options o = {0};
        pila_buf shown = {0};
        pila_str text;
        char *own;
        size_t n = strlen(entry->d_name);
        if (n < 5 || strcmp(entry->d_name + n - 5, ".json") != 0) continue;
        ROW(entry->d_name);
        own = file_text(folder, entry->d_name, &text);
        CHECK_OK(read_all_ways(text, &o, &shown, NULL));
        pila_free(own);
        pila_buf_done(&shown);
    }
    closedir(d);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(raw_decode_rows_hold),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(a_fault_leaves_outputs_and_document),
        cmocka_unit_test(nul_in_text_is_text),
        cmocka_unit_test(hooks_are_called_in_order),
        cmocka_unit_test(numerals_keep_their_text),
        cmocka_unit_test(strings_are_owned_or_borrowed),
        cmocka_unit_test(files_and_descriptors),
        cmocka_unit_test(pointers_lead),
        cmocka_unit_test(encodings_detected),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(a_document_is_used_again_after_no_memory),
        cmocka_unit_test(random_texts_say_their_values),
        cmocka_unit_test(a_planted_fault_shows),
        cmocka_unit_test(depth_1e6),
        cmocka_unit_test(digits_1e6),
        cmocka_unit_test(time_is_linear),
        cmocka_unit_test(golden_cases_agree),
        cmocka_unit_test(json_test_suite),
        cmocka_unit_test(json_numbers),
        cmocka_unit_test(benchmark_files_agree),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
