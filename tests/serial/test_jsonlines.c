/* test_jsonlines.c - the promises of jsonlines.h. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <unistd.h>

#include <pila/serial/jsonlines.h>

/* ---- helpers ---- */

/* The items, each shown as Python's repr and behind a bar; the iterator is dropped. */
static pila_status show(pila_iter it, pila_buf *out)
{
    pila_status st = PILA_OK;

    out->len = 0;
    PILA_FOR(pila_value, v, &it) {
        if (st == PILA_OK) st = pila_value_repr(*v, out);
        if (st == PILA_OK) st = pila_buf_add_char(out, '|');
        if (st != PILA_OK) break;
    }
    if (st == PILA_OK) st = it.status;
    CHECK(st != it.status || !pila_next_item(&it));
    CHECK(st != it.status || it.status == st); /* for ever */
    pila_iter_drop(&it);
    pila_iter_drop(&it);
    return st;
}

/* A source of views of `cut` bytes each, and then a status. */
typedef struct pieces {
    pila_str text, view;
    size_t cut;
    pila_status end;
    int *drops;
} pieces;

static bool pieces_refill(pila_iter *it)
{
    pieces *p = it->state;
    size_t n = p->cut < p->text.len ? p->cut : p->text.len;

    if (n == 0) return pila_iter_end(it, p->end);
    p->view = pila_str_of(p->text.ptr, n);
    p->text = pila_str_of(p->text.ptr + n, p->text.len - n);
    it->cur = (const char *)&p->view;
    it->end = it->cur + sizeof p->view;
    return true;
}

static pila_iter pieces_drop(pila_iter *it)
{
    ++*((pieces *)it->state)->drops;
    return pila_failed(PILA_END);
}

static pila_iter pieces_of(pieces *p)
{
    static const pila_iter_ops ops = {pieces_refill, pieces_drop, NULL};

    return pila_iter_make(&pila_view, &ops, p);
}

/* ---- lines ---- */

static const struct {
    const char *what, *text;
    bool strict;
    pila_status end;
    const char *want;
    size_t line, column, offset;
} line_rows[] = {
    {"a value a line", "1\n[2, 3]\n{\"a\": null}\n", false, PILA_END,
     "1|[2, 3]|{'a': None}|", 0, 0, 0},
    {"the last line may be open", "1\n2", false, PILA_END, "1|2|", 0, 0, 0},
    {"carriage returns are white space", "1\r\n2\r\n", false, PILA_END, "1|2|", 0, 0,
     0},
    {"blank lines are passed over", "\n1\n \t\r\n\n2\n\n", false, PILA_END, "1|2|", 0,
     0, 0},
    {"or are what they are for Python", "1\n\n2\n", true, PILA_ESYNTAX, "1|", 2, 1, 2},
    {"a fault has its line", "1\n[1,\n2\n", false, PILA_ESYNTAX, "1|", 2, 4, 5},
    {"two values are no line", "1\n\n2 3\n", false, PILA_ESYNTAX, "1|", 3, 3, 5},
    {"nothing is no line", "", false, PILA_END, "", 0, 0, 0},
    {"NaN is Python's", "NaN\n", false, PILA_END, "nan|", 0, 0, 0},
};

static void lines_are_values(void **state)
{
    pila_buf out = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(line_rows); k++) {
        pila_json_error error = {{0}, 0, 0, 0};
        pila_jsonlines_options o = {.strict = line_rows[k].strict, .error = &error};

        ROW(line_rows[k].what);
        CHECK_STATUS(show(pila_jsonlines_of(pila_cstr(line_rows[k].text), &o), &out),
                     line_rows[k].end);
        CHECK_TEXT(pila_buf_view(&out), line_rows[k].want);
        CHECK_INT(error.at.line, line_rows[k].line);
        CHECK_INT(error.lineno, line_rows[k].line);
        CHECK_INT(error.at.column, line_rows[k].column);
        CHECK_INT(error.at.offset, line_rows[k].offset);
    }
    ROW(NULL);
    pila_buf_done(&out);
}

static void lines_come_from_an_iterator(void **state)
{
    const pila_str lines[] = {pila_cstr("[1]"), pila_cstr(""), pila_cstr("\"two\"")};
    const int64_t numbers[] = {1};
    pila_buf out = {0};
    int drops = 0;
    pieces broken = {pila_cstr("1234"), {0}, 2, PILA_EIO, &drops};

    (void)state;
    CHECK_STATUS(show(pila_jsonlines(pila_span(lines, 3, &pila_view), NULL), &out),
                 PILA_END);
    CHECK_TEXT(pila_buf_view(&out), "[1]|'two'|");
    CHECK_STATUS(show(pila_jsonlines(pila_span(numbers, 1, &pila_i64), NULL), &out),
                 PILA_ETYPE);
    CHECK_STATUS(show(pila_jsonlines(pila_failed(PILA_EKEY), NULL), &out), PILA_EKEY);
    CHECK_STATUS(show(pila_jsonlines(pila_failed(PILA_END), NULL), &out), PILA_END);
    CHECK_STATUS(show(pila_jsonlines(pieces_of(&broken), NULL), &out), PILA_EIO);
    CHECK_TEXT(pila_buf_view(&out), "12|34|"); /* then the fault of the source */
    CHECK_INT(drops, 1);
    pila_buf_done(&out);
}

/* ---- items ---- */

static const struct {
    const char *what, *text;
    pila_status end;
    const char *want;
    size_t line, column, offset;
} item_rows[] = {
    {"each item of a list", "[1, [2,\n 3], {\"a\": \"b\\n\"}]", PILA_END,
     "1|[2, 3]|{'a': 'b\\n'}|", 0, 0, 0},
    {"none of an empty one", " [ ] ", PILA_END, "", 0, 0, 0},
    {"what stands before a fault", "[1, [2],\n x]", PILA_ESYNTAX, "1|[2]|", 2, 2, 10},
    {"a list that does not end", "[1, 2", PILA_ESYNTAX, "1|", 1, 6, 5},
    {"what is no list", "{}", PILA_ESYNTAX, "", 1, 1, 0},
    {"what stands behind the list", "[1] 2", PILA_ESYNTAX, "1|", 1, 5, 4},
    {"nothing", "", PILA_ESYNTAX, "", 1, 1, 0},
    {"NaN is Python's", "[NaN]", PILA_END, "nan|", 0, 0, 0},
};

enum { OF_TEXT, OF_CHUNKS, OF_BYTES, OF_FILE, OF_FD, SOURCES };

static pila_iter items_from(int source, const char *text, pieces *p,
                            const pila_jsonlines_options *o, FILE **file)
{
    p->text = pila_cstr(text);
    p->cut = source == OF_BYTES ? 1 : 1000;
    p->end = PILA_END;
    *file = NULL;
    if (source == OF_TEXT) return pila_json_items_of(p->text, o);
    if (source == OF_CHUNKS || source == OF_BYTES)
        return pila_json_items(pieces_of(p), o);
    *file = tmpfile();
    assert_non_null(*file);
    assert_int_equal(fwrite(text, 1, p->text.len, *file), p->text.len);
    rewind(*file);
    if (source == OF_FILE) return pila_json_items_file(*file, o);
    return pila_json_items_fd(fileno(*file), o);
}

static void items_are_values(void **state)
{
    pila_buf out = {0};
    int drops = 0;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(item_rows) * SOURCES; k++) {
        size_t row = k / SOURCES;
        pila_json_error error = {{0}, 0, 0, 0};
        pila_jsonlines_options o = {.error = &error};
        pieces p = {.drops = &drops};
        FILE *file;

        ROW(item_rows[row].what);
        CHECK_STATUS(show(items_from((int)(k % SOURCES), item_rows[row].text, &p, &o,
                                     &file),
                          &out),
                     item_rows[row].end);
        CHECK_TEXT(pila_buf_view(&out), item_rows[row].want);
        CHECK_INT(error.at.line, item_rows[row].line);
        CHECK_INT(error.at.column, item_rows[row].column);
        CHECK_INT(error.at.offset, item_rows[row].offset);
        if (file) fclose(file);
    }
    CHECK_INT(drops, 2 * COUNT_OF(item_rows));
    ROW(NULL);
    pila_buf_done(&out);
}

static void items_pass_faults_on(void **state)
{
    const int64_t numbers[] = {1};
    pila_buf out = {0};
    int drops = 0, ends[2];
    pieces broken = {pila_cstr("[1,2"), {0}, 3, PILA_EIO, &drops};
    pila_json_error error = {{0}, 0, 0, 0};
    pila_jsonlines_options o = {.load = {.refuse_repeated = true}, .error = &error};

    (void)state;
    CHECK_STATUS(show(pila_json_items(pieces_of(&broken), NULL), &out), PILA_EIO);
    CHECK_TEXT(pila_buf_view(&out), "1|");
    CHECK_INT(drops, 1);
    CHECK_STATUS(show(pila_json_items(pila_span(numbers, 1, &pila_i64), NULL), &out),
                 PILA_ETYPE);
    CHECK_STATUS(show(pila_json_items_of(pila_cstr("[1, {\"a\":1, \"a\":2}]"), &o),
                      &out),
                 PILA_EVALUE);
    CHECK_INT(error.at.line, 2); /* the number of the item */
    assert_int_equal(pipe(ends), 0);
    CHECK_STATUS(show(pila_json_items_fd(ends[1], NULL), &out), PILA_EIO);
    CHECK_INT(errno, EBADF);
    close(ends[0]);
    close(ends[1]);
    o.load.refuse_nan = true;
    CHECK_STATUS(show(pila_json_items_of(pila_cstr("[NaN]"), &o), &out), PILA_ESYNTAX);
    o.load.max_depth = 2;
    CHECK_STATUS(show(pila_json_items_of(pila_cstr("[[[]]]"), &o), &out), PILA_END);
    CHECK_STATUS(show(pila_json_items_of(pila_cstr("[[[[]]]]"), &o), &out),
                 PILA_ELIMIT);
    pila_buf_done(&out);
}

static void items_come_before_the_text_ends(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pila_iter it = pila_json_items_fd(ends[0], NULL);
    assert_int_equal(write(ends[1], "[[1], 2,", 8), 8);
    assert_non_null(pila_next_item(&it));
    assert_non_null(pila_next_item(&it)); /* and the list is still open */
    assert_int_equal(write(ends[1], "3]", 2), 2);
    assert_non_null(pila_next_item(&it));
    close(ends[1]);
    assert_null(pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    close(ends[0]);
}

static void many_items_take_the_memory_of_one(void **state)
{
    enum { ITEMS = 20000 };
    pila_buf text = {0};
    size_t n = 0;

    (void)state;
    for (size_t k = 0; k < ITEMS; k++) {
        CHECK_OK(pila_buf_add(&text, pila_cstr(k ? ", {\"k\": [" : "[ {\"k\": [")));
        CHECK_OK(pila_buf_add_uint(&text, k));
        CHECK_OK(pila_buf_add(&text, pila_cstr(", \"some text\"]}")));
    }
    CHECK_OK(pila_buf_add_char(&text, ']'));
    check_alloc_start();
    check_alloc_fail(0, 0);
    pila_iter it = pila_json_items_of(pila_buf_view(&text), NULL);
    PILA_FOR(pila_value, v, &it) {
        const pila_value *list = pila_value_get(*v, pila_cstr("k"));
        CHECK(list && (size_t)list->as.list->items[0].as.i == n);
        n++;
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(n, ITEMS);
    CHECK(check_alloc_live() < 20);
    pila_iter_drop(&it);
    check_alloc_stop();
    pila_buf_done(&text);
}

/* ---- hooks ---- */

static pila_status ask(void *ctx, pila_doc *doc, pila_value given, pila_value *out)
{
    (void)doc;
    (void)given;
    CHECK(!pila_next_item((pila_iter *)ctx)); /* the iterator that is being asked */
    *out = pila_value_none();
    return PILA_OK;
}

static void a_hook_may_not_ask_the_iterator(void **state)
{
    pila_iter it = pila_failed(PILA_END);
    pila_jsonlines_options o = {.load = {.object_hook = ask, .ctx = &it}};

    (void)state;
    it = pila_jsonlines_of(pila_cstr("{}\n1\n"), &o);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EVALUE);
    pila_iter_drop(&it);
}

/* ---- writing ---- */

static pila_status take(void *ctx, pila_str text)
{
    return pila_buf_add((pila_buf *)ctx, text);
}

static pila_status refuse(void *ctx, pila_str text)
{
    (void)ctx;
    (void)text;
    return (pila_status)(PILA_EUSER + 3);
}

static void values_are_written_as_lines(void **state)
{
    static const char text[] = "{\"a\": [1, 2.5]}\n\"b\\n\"\nnull\n";
    pila_json_dump_options compact = {.separated = true,
                                      .item_separator = pila_cstr(","),
                                      .key_separator = pila_cstr(":")};
    pila_json_dump_options indented = {.indented = true, .indent = 2};
    const int64_t numbers[] = {1};
    pila_value bytes = pila_value_bytes_of(pila_cstr("x")), two[2] = {{0}};
    pila_buf out = {0};
    pila_error error;

    (void)state;
    CHECK_OK(pila_jsonlines_write(pila_jsonlines_of(pila_cstr(text), NULL), NULL, take,
                                  &out, NULL));
    CHECK_TEXT(pila_buf_view(&out), text);
    out.len = 0;
    CHECK_OK(pila_jsonlines_write(pila_jsonlines_of(pila_cstr("[1, 2]"), NULL),
                                  &compact, take, &out, NULL));
    CHECK_TEXT(pila_buf_view(&out), "[1,2]\n");
    CHECK_STATUS(pila_jsonlines_write(pila_jsonlines_of(pila_cstr("1"), NULL),
                                      &indented, take, &out, NULL),
                 PILA_EVALUE);
    CHECK_STATUS(pila_jsonlines_write(pila_span(numbers, 1, &pila_i64), NULL, take,
                                      &out, NULL),
                 PILA_ETYPE);
    CHECK_STATUS(pila_jsonlines_write(pila_jsonlines_of(pila_cstr("1"), NULL), NULL,
                                      refuse, NULL, NULL),
                 PILA_EUSER + 3);
    out.len = 0;
    two[0] = pila_value_int(7);
    two[1] = bytes; /* which JSON lacks */
    CHECK_STATUS(pila_jsonlines_write(pila_span(two, 2, &pila_value_type), NULL, take,
                                      &out, &error),
                 PILA_ETYPE);
    CHECK_TEXT(pila_buf_view(&out), "7\n");
    CHECK_INT(error.line, 2);
    CHECK_STATUS(pila_jsonlines_write(pila_jsonlines_of(pila_cstr("1\n]"), NULL), NULL,
                                      take, &out, NULL),
                 PILA_ESYNTAX);
    CHECK_TEXT(pila_buf_view(&out), "7\n1\n");
    CHECK_OK(pila_jsonlines_write(pila_failed(PILA_END), NULL, take, &out, NULL));
    pila_buf_done(&out);
}

/* ---- memory ---- */

static pila_status scenario(void *ctx)
{
    pila_buf out = {0};
    pila_status st =
        show(pila_jsonlines_of(pila_cstr("[1]\n{\"a\": \"b\"}"), NULL), &out);

    (void)ctx;
    if (st == PILA_END)
        st = show(pila_json_items_of(pila_cstr("[1,[2],{}]"), NULL), &out);
    if (st == PILA_END) st = PILA_OK;
    if (st == PILA_OK)
        st = pila_jsonlines_write(pila_jsonlines_of(pila_cstr("[1]\n2"), NULL), NULL,
                                  take, &out, NULL);
    FILE *file = st == PILA_OK ? tmpfile() : NULL;
    if (file) {
        st = show(pila_json_items_file(file, NULL), &out);
        if (st == PILA_ESYNTAX) st = PILA_OK; /* it is empty */
        fclose(file);
    }
    pila_buf_done(&out);
    return st;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    check_alloc_sweep(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_values),
        cmocka_unit_test(lines_come_from_an_iterator),
        cmocka_unit_test(items_are_values),
        cmocka_unit_test(items_pass_faults_on),
        cmocka_unit_test(items_come_before_the_text_ends),
        cmocka_unit_test(many_items_take_the_memory_of_one),
        cmocka_unit_test(a_hook_may_not_ask_the_iterator),
        cmocka_unit_test(values_are_written_as_lines),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
