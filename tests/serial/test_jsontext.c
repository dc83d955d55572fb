/* test_jsontext.c - the promises of jsontext.h. What CPython says is in
 * jsontext_rows.h; everything is read by the machine and by each kernel, whole and in
 * pieces. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <dirent.h>

#include <pila/serial/jsontext.h>

typedef struct fault_row {
    const char *text;
    size_t n, offset, line, column;
    const char *message; /* NULL: it is fine */
} fault_row;

typedef struct layout_row {
    const char *text;
    pila_jsontext_layout layout;
    size_t indent;
    bool tab;
    const char *want;
} layout_row;

#include "jsontext_rows.h"

/* ---- a run ---- */

enum { READERS = 3, MACHINE = 0 }; /* the machine, and the kernels of this machine */

static pila_status take(void *ctx, pila_str text)
{
    return pila_buf_add((pila_buf *)ctx, text);
}

/* Read by one of the readers, `cut` bytes at a time; 0: all at once. */
static pila_status read_by(size_t reader, size_t cut, pila_str text,
                           const pila_jsontext_options *o, pila_buf *out,
                           pila_error *err)
{
    pila_jsontext *t = pila_jsontext_new(o, take, out);
    pila_status st = PILA_OK;

    assert_non_null(t);
    out->len = 0;
    memset(err, 0, sizeof *err);
    pila__jsontext_use(t, reader == MACHINE ? 99 : reader - 1);
    while (st == PILA_OK && text.len) {
        size_t n = cut && cut < text.len ? cut : text.len;
        /* A piece of its own, so that a sanitizer sees what is read behind it. */
        char *piece = malloc(n);
        memcpy(piece, text.ptr, n);
        st = pila_jsontext_feed(t, pila_str_of(piece, n), err);
        free(piece);
        text = pila_str_of(text.ptr + n, text.len - n);
    }
    if (st == PILA_OK) st = pila_jsontext_finish(t, err);
    pila_jsontext_free(t);
    return st;
}

/* Whether all readers say the same as the machine does. */
static bool all_agree(pila_str text, const pila_jsontext_options *o, size_t cut)
{
    pila_buf want = {0}, got = {0};
    pila_error want_err, got_err;
    pila_status st = read_by(MACHINE, 0, text, o, &want, &want_err);
    bool same = true;

    for (size_t reader = 0; reader < READERS; reader++) {
        pila_status is = read_by(reader, reader ? cut : 7, text, o, &got, &got_err);
        same =
            same && is == st && memcmp(&want_err, &got_err, sizeof got_err) == 0 &&
            (st != PILA_OK || pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
    }
    pila_buf_done(&want);
    pila_buf_done(&got);
    return same;
}

static const size_t cuts[] = {0, 1, 3, 100};

/* ---- faults ---- */

static void faults_are_cpythons(void **state)
{
    pila_jsontext_options o = {.layout = PILA_JSONTEXT_NONE, .python = true};
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(fault_rows) * READERS * COUNT_OF(cuts); k++) {
        const fault_row *r = &fault_rows[k / READERS / COUNT_OF(cuts)];
        pila_str text = pila_str_of(r->text, r->n);

        ROW(r->text);
        CHECK_STATUS(read_by(k % READERS, cuts[k / READERS % COUNT_OF(cuts)], text, &o,
                             &out, &err),
                     r->message ? PILA_ESYNTAX : PILA_OK);
        CHECK_INT(err.offset, r->offset);
        CHECK_INT(err.line, r->line);
        CHECK_INT(err.column, r->column);
        if (r->message) CHECK_TEXT(pila_cstr(err.message), r->message);
    }
    assert_null(out.data);
}

/* Levels are bits of words: brackets that open and close, wrongly once, around a depth
 * that fills a word. */
static void kernels_agree_where_a_word_of_depth_ends(void **state)
{
    pila_jsontext_options o = {.layout = PILA_JSONTEXT_MIN};
    char text[512];

    (void)state;
    for (size_t depth = 58; depth < 136; depth++)
        for (size_t closed = 0; closed < 12; closed++)
            for (size_t wrong = 0; wrong < 3; wrong++) {
                size_t n = depth;
                memset(text, '[', depth);
                for (size_t k = 0; k < closed; k++) text[n++] = ']';
                text[n++] = ",}x"[wrong];
                for (size_t k = 0; k < 8; k++) text[n++] = "[1,{}]]]"[k];
                memset(text + n, ']', 64);
                ROW("[[[...]]] and a fault");
                CHECK(all_agree(pila_str_of(text, n + 64), &o, 0));
            }
}

/* Every row deep within a long text, at each place of a block. */
static void kernels_agree_wherever_a_block_begins(void **state)
{
    char text[2048];

    (void)state;
    for (size_t row = 0; row < COUNT_OF(fault_rows); row++)
        for (size_t shift = 0; shift < 70; shift++) {
            const fault_row *r = &fault_rows[row];
            pila_jsontext_options o = {.layout = PILA_JSONTEXT_INDENT, .indent = 1};
            int n =
                snprintf(text, sizeof text, "[{\"k\":%*s[0,\"\\\\\",", (int)shift, "");

            if (r->n > 100) continue;
            memcpy(text + n, r->text, r->n);
            size_t len = (size_t)n + r->n;
            memset(text + len, ' ', 600);
            memcpy(text + len + 300, ",[1,{}]]}]", 10);
            ROW(r->text);
            CHECK(all_agree(pila_str_of(text, len + 600), &o, 0));
        }
}

static const struct {
    const char *what, *text;
    pila_status want;
    size_t offset;
    const char *message;
} strict_rows[] = {
    {"NaN is no JSON", "[NaN]", PILA_ESYNTAX, 1, "Expecting value"},
    {"nor is Infinity", "Infinity", PILA_ESYNTAX, 0, "Expecting value"},
    {"nor is -Infinity", "[1, -Infinity]", PILA_ESYNTAX, 4, "Expecting value"},
    {"a stray continuation byte", "[\"a\x80\"]", PILA_ESYNTAX, 3,
     "not UTF-8: invalid start byte"},
    {"a lead without its tail", "\"a\xc3\"", PILA_ESYNTAX, 2,
     "not UTF-8: invalid continuation byte"},
    {"a text that ends within a character", "\"a\xe6\xbc", PILA_ESYNTAX, 2,
     "not UTF-8: unexpected end of data"},
    {"an overlong slash", "\"\xc0\xaf\"", PILA_ESYNTAX, 1,
     "not UTF-8: invalid start byte"},
    {"an overlong of three", "\"\xe0\x9f\xbf\"", PILA_ESYNTAX, 1,
     "not UTF-8: invalid continuation byte"},
    {"a surrogate in UTF-8", "\"\xed\xa0\x80\"", PILA_ESYNTAX, 1,
     "not UTF-8: invalid continuation byte"},
    {"an overlong of four", "\"\xf0\x8f\xbf\xbf\"", PILA_ESYNTAX, 1,
     "not UTF-8: invalid continuation byte"},
    {"above U+10FFFF", "\"\xf4\x90\x80\x80\"", PILA_ESYNTAX, 1,
     "not UTF-8: invalid continuation byte"},
    {"the last character there is", "\"\xf4\x8f\xbf\xbf\"", PILA_OK, 0, ""},
};

static void strict_is_rfc_8259(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(strict_rows) * READERS; k++) {
        size_t row = k / READERS;
        char text[400] = "[[1, 2]";

        ROW(strict_rows[row].what);
        CHECK_STATUS(read_by(k % READERS, k % 3, pila_cstr(strict_rows[row].text), NULL,
                             &out, &err),
                     strict_rows[row].want);
        CHECK_INT(err.offset, strict_rows[row].offset);
        CHECK_TEXT(pila_cstr(err.message), strict_rows[row].message);
        for (size_t shift = 7; shift < 80; shift++) { /* in blocks, too */
            memset(text + 7, ' ', sizeof text - 7);
            text[shift] = ',';
            memcpy(text + shift + 1, strict_rows[row].text,
                   strlen(strict_rows[row].text));
            text[sizeof text - 1] = ']';
            CHECK(all_agree(pila_str_of(text, sizeof text), NULL, 0));
        }
    }
    pila_buf_done(&out);
}

/* ---- layouts and shapes ---- */

static void layouts_are_those_of_json_tool(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(layout_rows) * READERS * COUNT_OF(cuts); k++) {
        const layout_row *r = &layout_rows[k / READERS / COUNT_OF(cuts)];
        pila_jsontext_options o = {.layout = r->layout,
                                   .indent = r->indent,
                                   .tab = r->tab};

        ROW(r->text);
        CHECK_OK(read_by(k % READERS, cuts[k / READERS % COUNT_OF(cuts)],
                         pila_cstr(r->text), &o, &out, &err));
        CHECK_TEXT(pila_buf_view(&out), r->want);
    }
    pila_buf_done(&out);
}

static const struct {
    const char *what, *text;
    pila_jsontext_values values;
    bool gather;
    pila_status st;
    const char *want; /* the output, or the message */
} shape_rows[] = {
    {"one value, and no line end", " [1] ", PILA_JSONTEXT_ONE, false, PILA_OK, "[1]"},
    {"one value is not none", " ", PILA_JSONTEXT_ONE, false, PILA_ESYNTAX,
     "Expecting value"},
    {"nor two", "1 2", PILA_JSONTEXT_ONE, false, PILA_ESYNTAX, "Extra data"},
    {"many are a line each", "{} [1 ,2]\n\n\"a\"\"b\"1 2[]null", PILA_JSONTEXT_MANY,
     false, PILA_OK, "{}\n[1,2]\n\"a\"\n\"b\"\n1\n2\n[]\nnull\n"},
    {"many may be none", " \n", PILA_JSONTEXT_MANY, false, PILA_OK, ""},
    {"two numbers need something between them", "1-2", PILA_JSONTEXT_MANY, false,
     PILA_ESYNTAX, "Extra data"},
    {"so do two words", "truenull", PILA_JSONTEXT_MANY, false, PILA_ESYNTAX,
     "Extra data"},
    {"what is none stays none", "{} ]", PILA_JSONTEXT_MANY, false, PILA_ESYNTAX,
     "Expecting value"},
    {"many gathered are one list", "{} [1 ,2]\n3", PILA_JSONTEXT_MANY, true, PILA_OK,
     "[{},[1,2],3]"},
    {"none are an empty one", "", PILA_JSONTEXT_MANY, true, PILA_OK, "[]"},
    {"one gathered is a list of one", "7", PILA_JSONTEXT_ONE, true, PILA_OK, "[7]"},
    {"items are a line each", "[1, [2, 3] ,{\"a\":[]}]", PILA_JSONTEXT_ITEMS, false,
     PILA_OK, "1\n[2,3]\n{\"a\":[]}\n"},
    {"a list may be empty", "[ ]", PILA_JSONTEXT_ITEMS, false, PILA_OK, ""},
    {"a list must be one", "{}", PILA_JSONTEXT_ITEMS, false, PILA_ESYNTAX,
     "Expecting a list"},
    {"nothing is none", "", PILA_JSONTEXT_ITEMS, false, PILA_ESYNTAX,
     "Expecting value"},
    {"a list must be closed", "[1", PILA_JSONTEXT_ITEMS, false, PILA_ESYNTAX,
     "Expecting ',' delimiter"},
    {"a list must be closed as one", "[1}", PILA_JSONTEXT_ITEMS, false, PILA_ESYNTAX,
     "Expecting ',' delimiter"},
    {"and nothing behind it", "[1] 2", PILA_JSONTEXT_ITEMS, false, PILA_ESYNTAX,
     "Extra data"},
    {"items gathered are the list", "[ 1, [] ]", PILA_JSONTEXT_ITEMS, true, PILA_OK,
     "[1,[]]"},
    {"either: a list's items", " [1, 2]", PILA_JSONTEXT_EITHER, false, PILA_OK,
     "1\n2\n"},
    {"either: many values", "{} [1, 2]", PILA_JSONTEXT_EITHER, false, PILA_OK,
     "{}\n[1,2]\n"},
    {"either: or none", "", PILA_JSONTEXT_EITHER, false, PILA_OK, ""},
};

static void values_are_one_many_or_items(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(shape_rows) * READERS * 2; k++) {
        size_t row = k / READERS / 2;
        pila_jsontext_options o = {.values = shape_rows[row].values,
                                   .gather = shape_rows[row].gather};

        ROW(shape_rows[row].what);
        CHECK_STATUS(read_by(k % READERS, k / READERS % 2,
                             pila_cstr(shape_rows[row].text), &o, &out, &err),
                     shape_rows[row].st);
        if (err.status != PILA_OK)
            CHECK_TEXT(pila_cstr(err.message), shape_rows[row].want);
        else CHECK_TEXT(pila_buf_view(&out), shape_rows[row].want);
    }
    pila_buf_done(&out);
}

static void numbers_and_strings_stay_as_they_are(void **state)
{
    static const char text[] = "[1.0,1E+05,-0,0.10,1e400,"
                               "123456789012345678901234567890,\"\\u0041\\/\xc3\xa9\"]";
    pila_buf out = {0};

    (void)state;
    CHECK_OK(pila_jsontext_format(pila_cstr(text), NULL, &out, NULL));
    CHECK_TEXT(pila_buf_view(&out), text);
    pila_buf_done(&out);
}

/* ---- limits ---- */

static char *nested(size_t depth, size_t *n)
{
    char *text = malloc(*n = 2 * depth);

    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return text;
}

static void depth_has_a_limit(void **state)
{
    static const struct {
        size_t depth, most;
        pila_status want;
    } rows[] = {{1024, 0, PILA_OK},    {1025, 0, PILA_ELIMIT},       {3, 3, PILA_OK},
                {4, 3, PILA_ELIMIT},   {1000000, SIZE_MAX, PILA_OK}, {64, 64, PILA_OK},
                {65, 64, PILA_ELIMIT}, {129, 128, PILA_ELIMIT}};
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows) * READERS; k++) {
        pila_jsontext_options o = {.depth = rows[k / READERS].most};
        size_t n, depth = rows[k / READERS].depth;
        char *text = nested(depth, &n);

        CHECK_STATUS(read_by(k % READERS, 0, pila_str_of(text, n), &o, &out, &err),
                     rows[k / READERS].want);
        if (err.status == PILA_OK) CHECK_INT(out.len, n);
        else CHECK_INT(err.offset, o.depth ? o.depth : PILA_JSONTEXT_DEPTH);
        free(text);
    }
    pila_buf_done(&out);
}

static void indents_that_overflow_are_refused(void **state)
{
    pila_jsontext_options o = {.layout = PILA_JSONTEXT_INDENT,
                               .indent = SIZE_MAX / 2 + 1};
    pila_buf out = {0};

    (void)state;
    CHECK_STATUS(pila_jsontext_format(pila_cstr("[[1]]"), &o, &out, NULL), PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    o.indent = SIZE_MAX;
    CHECK_STATUS(pila_jsontext_format(pila_cstr("[[1]]"), &o, &out, NULL),
                 PILA_EOVERFLOW);
    pila_buf_done(&out);
}

/* ---- all at once ---- */

static void format_appends_or_leaves_as_it_was(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_OK(pila_buf_add(&out, pila_cstr("> ")));
    CHECK_OK(pila_jsontext_format(pila_cstr("[ 1 ]"), NULL, &out, &err));
    CHECK_TEXT(pila_buf_view(&out), "> [1]");
    CHECK_STATUS(pila_jsontext_format(pila_cstr("[ 1, 2, ]"), NULL, &out, &err),
                 PILA_ESYNTAX);
    CHECK_TEXT(pila_buf_view(&out), "> [1]");
    CHECK_INT(err.offset, 8);
    out.cap = out.len + 2;
    CHECK_STATUS(pila_jsontext_format(pila_cstr("[ 1 ]"), NULL, &out, &err),
                 PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&out), "> [1]");
    CHECK_STATUS(pila_jsontext_valid(pila_cstr("[1}"), NULL, NULL), PILA_ESYNTAX);
    pila_buf_done(&out);
}

/* ---- pieces ---- */

static pila_status refuse(void *ctx, pila_str text)
{
    (void)text;
    ++*(int *)ctx;
    return (pila_status)(PILA_EUSER + 7);
}

static void a_fault_of_the_sink_is_for_ever(void **state)
{
    int calls = 0;
    pila_error err;
    pila_jsontext *t = pila_jsontext_new(NULL, refuse, &calls);

    (void)state;
    CHECK_OK(pila_jsontext_feed(t, pila_cstr("[1"), &err));
    CHECK_STATUS(pila_jsontext_flush(t, &err), PILA_EUSER + 7);
    CHECK_STATUS(pila_jsontext_feed(t, pila_cstr("]"), &err), PILA_EUSER + 7);
    CHECK_STATUS(pila_jsontext_finish(t, &err), PILA_EUSER + 7);
    CHECK_INT(calls, 1);
    CHECK_INT(err.status, PILA_EUSER + 7);
    pila_jsontext_free(t);
    pila_jsontext_free(NULL);
}

static void a_fault_is_for_ever_and_what_stood_before_is_out(void **state)
{
    pila_jsontext_options o = {.values = PILA_JSONTEXT_MANY};
    pila_buf out = {0};
    pila_error err;
    pila_jsontext *t = pila_jsontext_new(&o, take, &out);

    (void)state;
    CHECK_STATUS(pila_jsontext_feed(t, pila_cstr("[1]\n[2]\n]"), &err), PILA_ESYNTAX);
    CHECK_TEXT(pila_buf_view(&out), "[1]\n[2]\n");
    CHECK_STATUS(pila_jsontext_feed(t, pila_cstr("[3]"), &err), PILA_ESYNTAX);
    CHECK_STATUS(pila_jsontext_finish(t, &err), PILA_ESYNTAX);
    CHECK_INT(err.offset, 8);
    CHECK_INT(err.line, 3);
    CHECK_TEXT(pila_buf_view(&out), "[1]\n[2]\n");
    pila_jsontext_free(t);
    pila_buf_done(&out);
}

/* ---- pointers ---- */

static const char store[] = " {\"a\" : [10, {\"b\": 1.50}, \"x]\\\"y\"], \"\": 0, "
                            "\"a/b\": 1, \"m~n\": 2, \"\\u00e9\":"
                            " 3,\n\"k\": {\"k\": [ ] }, \"\\ud83d\\ude00\": 5, "
                            "\"dup\": 1, \"dup\": [ 2 ], \"n\\n\": 6} ";

static const struct {
    const char *what, *pointer;
    pila_status st;
    const char *want;
} get_rows[] = {
    {"an item", "/a/0", PILA_OK, "10"},
    {"a number as it is written", "/a/1/b", PILA_OK, "1.50"},
    {"a string in its quotes", "/a/2", PILA_OK, "\"x]\\\"y\""},
    {"the empty key", "/", PILA_OK, "0"},
    {"~1 is a slash", "/a~1b", PILA_OK, "1"},
    {"~0 is a tilde", "/m~0n", PILA_OK, "2"},
    {"an escaped key is what it says", "/\xc3\xa9", PILA_OK, "3"},
    {"so is a pair of surrogates", "/\xf0\x9f\x98\x80", PILA_OK, "5"},
    {"and a short escape", "/n\n", PILA_OK, "6"},
    {"an empty list", "/k/k", PILA_OK, "[ ]"},
    {"of a key that comes again the last", "/dup", PILA_OK, "[ 2 ]"},
    {"no such key", "/b", PILA_EKEY, NULL},
    {"a key is all of it", "/du", PILA_EKEY, NULL},
    {"and not more", "/dupe", PILA_EKEY, NULL},
    {"no such item", "/a/3", PILA_EINDEX, NULL},
    {"the item behind the last", "/a/-", PILA_EINDEX, NULL},
    {"an index beyond all", "/a/99999999999999999999999", PILA_EINDEX, NULL},
    {"no index", "/a/x", PILA_EVALUE, NULL},
    {"an index with a zero before it", "/a/00", PILA_EVALUE, NULL},
    {"an empty index", "/a/", PILA_EVALUE, NULL},
    {"a number has no items", "/a/0/0", PILA_ETYPE, NULL},
    {"no slash", "a", PILA_ESYNTAX, NULL},
    {"a tilde of no sort", "/~2", PILA_ESYNTAX, NULL},
    {"a tilde at the end", "/~", PILA_ESYNTAX, NULL},
};

static void get_follows_a_pointer(void **state)
{
    pila_str whole = pila_cstr(store), out;
    pila_error err;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(get_rows); k++) {
        out = pila_cstr("untouched");
        ROW(get_rows[k].what);
        CHECK_STATUS(pila_jsontext_get(whole, pila_cstr(get_rows[k].pointer), NULL,
                                       &out, &err),
                     get_rows[k].st);
        CHECK_TEXT(out, get_rows[k].want ? get_rows[k].want : "untouched");
    }
    CHECK_OK(pila_jsontext_get(whole, pila_cstr(""), NULL, &out, &err));
    CHECK_INT(out.len, sizeof store - 3); /* less the blanks around it */
    CHECK_STATUS(pila_jsontext_get(pila_cstr("[1,]"), pila_cstr("/0"), NULL, &out,
                                   &err),
                 PILA_ESYNTAX);
    CHECK_INT(err.offset, 3);
    CHECK_OK(pila_jsontext_get(pila_cstr("7"), pila_cstr(""), NULL, &out, &err));
    CHECK_TEXT(out, "7");
}

/* ---- memory ---- */

static pila_status scenario(void *ctx)
{
    pila_jsontext_options o = {.layout = PILA_JSONTEXT_INDENT,
                               .indent = 2,
                               .depth = SIZE_MAX};
    pila_buf out = {0};
    pila_str text = *(pila_str *)ctx;
    pila_status st = pila_jsontext_format(text, NULL, &out, NULL);

    CHECK(st == PILA_OK || out.len == 0);
    if (st == PILA_OK) st = pila_jsontext_format(text, &o, &out, NULL);
    o.layout = PILA_JSONTEXT_NONE;
    if (st == PILA_OK) st = pila_jsontext_valid(text, &o, NULL);
    pila_buf_done(&out);
    return st;
}

static void memory_may_run_out(void **state)
{
    char deep[2500];
    pila_str text = pila_cstr(store);
    pila_jsontext_options any = {.depth = SIZE_MAX};
    pila_error err;

    (void)state;
    check_alloc_sweep(scenario, &text);
    memset(deep, '[', sizeof deep);
    check_alloc_start();
    check_alloc_fail(3, 0); /* more than 1024 levels ask for more */
    CHECK_STATUS(pila_jsontext_valid(pila_str_of(deep, sizeof deep), &any, &err),
                 PILA_ENOMEM);
    CHECK_INT(err.offset, 1024);
    check_alloc_fail(1, 0);
    CHECK_STATUS(pila_jsontext_valid(text, NULL, &err), PILA_ENOMEM);
    CHECK_INT(err.status, PILA_ENOMEM);
    check_alloc_fail(0, 0);
    check_alloc_stop();
}

/* ---- random texts ---- */

/* A value of about n tokens, for the most part. */
static void add_random(check_rng *r, pila_buf *out, unsigned n)
{
    static const char *const atoms[] = {
        "0",
        "-1.5e-10",
        "true",
        "null",
        "false",
        "\"\"",
        "\"\\\\\\\"\"",
        "1E5",
        "-0",
        "\"\\u00e9\\n\"",
        "12",
        "\"{[,:]}\"",
        "100.25",
        "\"\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80\"",
        "\"a long one, of more than sixty-four bytes, so that it goes over a block\""};
    static const char *const blanks[] = {"", "", "", " ", "\n   ", "\t", "\r\n"};

    if (n < 2 || check_rng_below(r, 8) == 0) {
        CHECK_OK(
            pila_buf_add(out, pila_cstr(atoms[check_rng_below(r, COUNT_OF(atoms))])));
        return;
    }
    bool object = check_rng_below(r, 2);
    const char *blank = blanks[check_rng_below(r, COUNT_OF(blanks))];
    unsigned items = (unsigned)check_rng_below(r, 6);

    CHECK_OK(pila_buf_add_char(out, object ? '{' : '['));
    for (unsigned k = 0; k < items; k++) {
        if (k) CHECK_OK(pila_buf_add_char(out, ','));
        CHECK_OK(pila_buf_add(out, pila_cstr(blank)));
        if (object) CHECK_OK(pila_buf_add(out, pila_cstr("\"key\\n\" :")));
        add_random(r, out, n / (items + 1) + 1);
        CHECK_OK(pila_buf_add(out, pila_cstr(blank)));
    }
    CHECK_OK(pila_buf_add_char(out, object ? '}' : ']'));
}

/* Kernels against the machine, on texts that are right or nearly so; planted: the
 * machine is given another byte, once. */
static bool random_run(bool planted)
{
    static const char odd[] = "{}[]:,\"\\ \n0123.eE+-tfn/\x01\x80\xc2\xe0\xed\xf4\xff";
    check_rng r = check_rng_start();
    bool same = true;

    for (int round = 0; round < 1500 && same; round++) {
        pila_buf text = {0};
        pila_jsontext_options o = {.layout =
                                       (pila_jsontext_layout)check_rng_below(&r, 4),
                                   .values =
                                       (pila_jsontext_values)check_rng_below(&r, 4),
                                   .gather = check_rng_below(&r, 3) == 0,
                                   .indent = check_rng_below(&r, 4),
                                   .depth = check_rng_below(&r, 2) ? SIZE_MAX : 6};
        for (uint64_t n = 1 + check_rng_below(&r, 3); n; n--)
            add_random(&r, &text, (unsigned)check_rng_below(&r, 300));
        for (uint64_t n = check_rng_below(&r, 3); n && text.len; n--)
            text.data[check_rng_below(&r, text.len)] =
                odd[check_rng_below(&r, sizeof odd)];
        same = all_agree(pila_buf_view(&text), &o, check_rng_below(&r, 3000));
        if (planted && round == 700) {
            pila_buf want = {0}, got = {0};
            pila_error err;
            read_by(MACHINE, 0, pila_cstr("[1, [2]]"), &o, &want, &err);
            pila_status st = err.status;
            read_by(1, 0, pila_cstr("[1, [2}]"), &o, &got, &err);
            same = st == err.status;
            pila_buf_done(&want);
            pila_buf_done(&got);
        }
        pila_buf_done(&text);
    }
    return same;
}

static void kernels_read_as_the_machine_does(void **state)
{
    (void)state;
    assert_true(random_run(false));
    assert_false(random_run(true)); /* the run sees a planted fault */
}

/* ---- JSONTestSuite ---- */

static pila_str load(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(1 << 20);

    assert_true(f && text);
    size_t n = fread(text, 1, 1 << 20, f);
    fclose(f);
    return pila_str_of(text, n);
}

static void jsontestsuite_is_told_apart(void **state)
{
    const char *corpora = getenv("PILA_CORPORA");
    char path[512];
    int seen[256] = {0};

    (void)state;
    if (!corpora) skip();
    snprintf(path, sizeof path, "%s/json-testsuite/test_parsing", corpora);
    DIR *folder = opendir(path);
    if (!folder) skip();
    for (struct dirent *e; (e = readdir(folder));) {
        char file[800];
        pila_buf out = {0};
        pila_error err;

        if (e->d_name[1] != '_') continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        pila_str text = load(file);
        ROW(e->d_name);
        for (size_t reader = 0; reader < READERS; reader++) {
            pila_status st = read_by(reader, 0, text, NULL, &out, &err);
            if (*e->d_name == 'y') CHECK_OK(st);
            if (*e->d_name == 'n') CHECK(st == PILA_ESYNTAX || st == PILA_ELIMIT);
        }
        seen[(unsigned char)*e->d_name]++;
        free((char *)(uintptr_t)text.ptr);
        pila_buf_done(&out);
    }
    closedir(folder);
    CHECK_INT(seen['y'], 95);
    CHECK_INT(seen['n'], 188);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_cpythons),
        cmocka_unit_test(kernels_agree_where_a_word_of_depth_ends),
        cmocka_unit_test(kernels_agree_wherever_a_block_begins),
        cmocka_unit_test(strict_is_rfc_8259),
        cmocka_unit_test(layouts_are_those_of_json_tool),
        cmocka_unit_test(values_are_one_many_or_items),
        cmocka_unit_test(numbers_and_strings_stay_as_they_are),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(indents_that_overflow_are_refused),
        cmocka_unit_test(format_appends_or_leaves_as_it_was),
        cmocka_unit_test(a_fault_of_the_sink_is_for_ever),
        cmocka_unit_test(a_fault_is_for_ever_and_what_stood_before_is_out),
        cmocka_unit_test(get_follows_a_pointer),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(kernels_read_as_the_machine_does),
        cmocka_unit_test(jsontestsuite_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
