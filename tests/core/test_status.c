/* test_status.c - the table of statuses, its names and its numbers, and what stands
 * beyond it. That each exception is one of CPython's was checked by asking its
 * builtins. */
#include "check.h"

static const struct row {
    const char *promise;
    int number;
    const char *name, *exception;
} rows[] = {
    {"0 is success, no exception", 0, "PILA_OK", ""},
    {"the end of an iterator", 1, "PILA_END", "StopIteration"},
    {"no memory", 2, "PILA_ENOMEM", "MemoryError"},
    {"pop from an empty deque", 3, "PILA_EEMPTY", "IndexError"},
    {"an absent key", 4, "PILA_EKEY", "KeyError"},
    {"an index past the end", 5, "PILA_EINDEX", "IndexError"},
    {"list.remove of an absent value", 6, "PILA_EVALUE", "ValueError"},
    {"an unhashable key", 7, "PILA_ETYPE", "TypeError"},
    {"a number too large for C", 8, "PILA_EOVERFLOW", "OverflowError"},
    {"a dict changed while it was walked", 9, "PILA_EMUTATED", "RuntimeError"},
    {"a buffer without room", 10, "PILA_EFULL", "BufferError"},
    {"a limit", 11, "PILA_ELIMIT", "RecursionError"},
    {"malformed input", 12, "PILA_ESYNTAX", "SyntaxError"},
    {"input that ends too early", 13, "PILA_EEOF", "EOFError"},
    {"a read that failed", 14, "PILA_EIO", "OSError"},
    {"a policy says no", 15, "PILA_EREFUSED", "PermissionError"},
    {"a number between the table and the callbacks'", 16, "PILA_EUSER", "Exception"},
    {"the last such number", 255, "PILA_EUSER", "Exception"},
    {"the first number of callbacks", 256, "PILA_EUSER", "Exception"},
    {"any later number of callbacks", 100000, "PILA_EUSER", "Exception"},
};

static void test_rows(void **state)
{
    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++) {
        pila_status st = (pila_status)r->number;
        ROW(r->promise);
        assert_string_equal(pila_status_name(st), r->name);
        assert_string_equal(pila_status_exception(st), r->exception);
    }
    ROW(NULL);
}

/* The rows above miss none of the table: their count is the table's, and the four
 * behind it. */
static void test_no_status_is_missing(void **state)
{
    size_t count = 0;

    (void)state;
#define COUNT_ONE(name, exception, text) count += (size_t)name == count;
    PILA_STATUSES(COUNT_ONE)
#undef COUNT_ONE
    CHECK_INT(count, COUNT_OF(rows) - 4);
    CHECK_INT(PILA_EUSER, 256);
}

static void test_texts_are_words_without_capital_or_stop(void **state)
{
    (void)state;
    for (int k = 0; k < 17; k++) {
        const char *text = pila_status_text((pila_status)k);
        ROW(pila_status_name((pila_status)k));
        CHECK(strlen(text) > 3);
        CHECK(text[0] >= 'a' && text[0] <= 'z');
        CHECK(text[strlen(text) - 1] != '.');
        for (int other = 0; other < k; other++)
            CHECK(strcmp(text, pila_status_text((pila_status)other)) != 0);
    }
    ROW(NULL);
}

static void test_a_negative_number_is_a_callbacks(void **state)
{
    (void)state;
    assert_string_equal(pila_status_name((pila_status)-1), "PILA_EUSER");
    assert_string_equal(pila_status_text((pila_status)-1), "a callback failed");
}

/* The answers are constants: two calls give the same pointer, so nobody frees or copies
 * them and they may be kept. */
static void test_texts_are_static(void **state)
{
    (void)state;
    CHECK(pila_status_name(PILA_EKEY) == pila_status_name(PILA_EKEY));
    CHECK(pila_status_text(PILA_EUSER) == pila_status_text((pila_status)300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_status_is_missing),
        cmocka_unit_test(test_texts_are_words_without_capital_or_stop),
        cmocka_unit_test(test_a_negative_number_is_a_callbacks),
        cmocka_unit_test(test_texts_are_static),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
