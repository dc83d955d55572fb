/* test_value.c - the promises of value.h; rows decided by CPython are in value_rows.h.
 */
#include "value_recipe.h"

#include <pila/serial/memo.h>
#include <pila/serial/printable.h>

#include <math.h>
#include <time.h>

/* ---- helpers ---- */

static pila_value str_of(const char *text)
{
    return pila_value_str_of(pila_cstr(text));
}

static bool eq(pila_value a, pila_value b)
{
    bool same = false;

    CHECK_OK(pila_value_eq(a, b, &same));
    return same;
}

static uint64_t hash(pila_value v)
{
    uint64_t h = 0;

    CHECK_OK(pila_value_hash(v, &h));
    return h;
}

static void shows(pila_value v, const char *want)
{
    pila_buf out = {0};

    CHECK_OK(pila_value_repr(v, &out));
    CHECK_TEXT(pila_buf_view(&out), want);
    pila_buf_done(&out);
}

static size_t length(pila_value v)
{
    size_t n = 0;

    CHECK_OK(pila_value_len(v, &n));
    return n;
}

static double seconds(void)
{
    struct timespec t;

    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- rows of CPython ---- */

typedef struct value_row {
    const char *recipe, *repr;
    int hashes;
    const char *eq, *less; /* with each of the rows that have these */
} value_row;

static const value_row rows[] = {
#include "value_rows.h"
};

static void reprs_of_cpython_hold(void **state)
{
    pila_doc doc = {0}, other = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pila_value v, copy;

        ROW(rows[i].recipe);
        v = value_of(&doc, rows[i].recipe);
        shows(v, rows[i].repr);
        CHECK_OK(pila_value_copy(&other, v, &copy));
        pila_doc_clear(&doc);
        shows(copy, rows[i].repr);
        pila_doc_clear(&other);
    }
    ROW(NULL);
    pila_doc_done(&doc);
    pila_doc_done(&other);
}

/* Whether a pair compares as said, and hashes alike if it is equal. */
static void check_pair(pila_value a, pila_value b, char same, char less, int hashes)
{
    bool out = !(less == '1');
    pila_status st = pila_value_less(a, b, &out);

    CHECK_INT(eq(a, b), same == '1');
    CHECK_STATUS(st, less == 'E' ? PILA_ETYPE : PILA_OK);
    if (st == PILA_OK) CHECK_INT(out, less == '1');
    if (same == '1' && hashes) CHECK(hash(a) == hash(b));
}

static void pairs_compare_as_in_cpython(void **state)
{
    enum { MOST = 200 };
    pila_doc doc = {0};
    pila_value a[MOST], b[MOST];
    size_t n = 0;

    (void)state;
    for (; rows[n].eq; n++) {
        uint64_t h;

        assert_true(n < MOST);
        ROW(rows[n].recipe);
        a[n] = value_of(&doc, rows[n].recipe);
        CHECK_OK(pila_value_copy(&doc, a[n], &b[n]));
        CHECK_STATUS(pila_value_hash(a[n], &h), rows[n].hashes ? PILA_OK : PILA_ETYPE);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            bool hashes = rows[i].hashes && rows[k].hashes;
            char text[4096];

            snprintf(text, sizeof text, "%.2000s and %.2000s", rows[i].recipe,
                     rows[k].recipe);
            ROW(text);
            check_pair(a[i], a[k], rows[i].eq[k], rows[i].less[k], hashes);
            /* A complex NaN is itself by its place alone. */
            check_pair(a[i], b[k], rows[i].eq[k], rows[i].less[k], hashes);
        }
    ROW(NULL);
    pila_doc_done(&doc);
}

/* Each row as a key of one dict finds its equals, among few and among many. */
static void equal_keys_are_one_key(void **state)
{
    pila_doc doc = {0};
    pila_value many = value_of(&doc, "d0"), few, v, got;

    (void)state;
    for (size_t i = 0; rows[i].eq; i++) {
        if (!rows[i].hashes) continue;
        v = value_of(&doc, rows[i].recipe);
        if (!eq(v, v)) continue;
        ROW(rows[i].recipe);
        CHECK_OK(pila_value_dict(&doc, 0, &few));
        CHECK_OK(pila_value_setitem(&doc, few, v, pila_value_int((int64_t)i)));
        CHECK_OK(pila_value_setitem(&doc, many, v, pila_value_int((int64_t)i)));
        for (size_t k = 0; rows[k].eq; k++) {
            bool same = rows[i].eq[k] == '1';
            pila_value key = value_of(&doc, rows[k].recipe);

            if (!rows[k].hashes) {
                CHECK_STATUS(pila_value_getitem(many, key, &got), PILA_ETYPE);
                CHECK_STATUS(pila_value_getitem(few, key, &got), PILA_ETYPE);
                continue;
            }
            CHECK_STATUS(pila_value_getitem(few, key, &got),
                         same ? PILA_OK : PILA_EKEY);
            if (!same) continue;
            CHECK_OK(pila_value_getitem(many, key, &got));
            CHECK_INT(got.as.i, i);
        }
    }
    ROW(NULL);
    pila_doc_done(&doc);
}

/* ---- documents ---- */

static void documents_begin_empty_and_go_back(void **state)
{
    pila_doc doc = {0};
    pila_value v, kept;
    pila_doc_mark mark;
    size_t held;
    char *p;

    (void)state;
    check_alloc_start();
    pila_doc_clear(&doc);
    pila_doc_done(&doc);
    ROW("an empty thing is made in an empty document");
    CHECK_OK(pila_value_tuple(&doc, NULL, 0, &v));
    shows(v, "()");
    pila_doc_done(&doc);
    CHECK_OK(pila_value_str(&doc, pila_cstr(""), &v));
    shows(v, "''");
    pila_doc_done(&doc);
    CHECK_OK(pila_value_object(&doc, PILA_OBJECT_GLOBAL, 0, &v));
    shows(v, "<object>");
    ROW("release goes back to the mark, and no further");
    kept = value_of(&doc, "s6869 i1 l2");
    mark = pila_doc_here(&doc);
    held = doc.held;
    for (int i = 0; i < 3; i++) {
        for (size_t n = 1; n < 100000; n = n * 3 + 1) {
            p = (char *)pila_doc_alloc(&doc, n);
            CHECK(p && (uintptr_t)p % 8 == 0);
            memset(p, 0xee, n);
        }
        pila_doc_release(&doc, mark);
        CHECK(doc.held == held);
        shows(kept, "['hi', 1]");
    }
    ROW(NULL);
    pila_doc_done(&doc);
    check_alloc_stop();
}

static void clear_keeps_the_room(void **state)
{
    pila_doc doc = {0};
    pila_value v;
    size_t held;

    (void)state;
    check_alloc_start();
    ROW("clear makes one block of several, with the room of all");
    for (int i = 0; i < 1000; i++) v = value_of(&doc, "i1 i2 l2");
    held = doc.held;
    CHECK(check_alloc_live() > 1);
    pila_doc_clear(&doc);
    CHECK_INT(check_alloc_live(), 1);
    CHECK_INT(doc.held, held);
    for (int i = 0; i < 1000; i++) v = value_of(&doc, "i1 i2 l2");
    CHECK_INT(check_alloc_live(), 1);
    ROW("or holds nothing where there is no memory for it");
    CHECK(pila_doc_alloc(&doc, doc.held));
    check_alloc_fail(1, 1);
    pila_doc_clear(&doc);
    check_alloc_fail(0, 0);
    CHECK_INT(check_alloc_live(), 0);
    CHECK_INT(doc.held, 0);
    v = value_of(&doc, "i1 i2 l2");
    shows(v, "[1, 2]");
    CHECK_INT(check_alloc_live(), 1);
    pila_doc_done(&doc);
    pila_doc_done(&doc);
    CHECK_INT(doc.held, 0);
    ROW(NULL);
    check_alloc_stop();
}

static void sizes_that_no_memory_has(void **state)
{
    pila_doc doc = {0};
    pila_value v;

    (void)state;
    check_alloc_start();
    CHECK(!pila_doc_alloc(&doc, SIZE_MAX));
    CHECK(!pila_doc_alloc(&doc, SIZE_MAX - 7));
    CHECK(!pila_doc_alloc(&doc, SIZE_MAX - 40));
    CHECK_STATUS(pila_value_tuple(&doc, &v, SIZE_MAX / 16 + 2, &v), PILA_ENOMEM);
    CHECK_STATUS(pila_value_list(&doc, &v, SIZE_MAX / 8, &v), PILA_ENOMEM);
    CHECK_STATUS(pila_value_object(&doc, PILA_OBJECT_REDUCE, SIZE_MAX / 16 + 1, &v),
                 PILA_ENOMEM);
    CHECK_STATUS(pila_value_dict(&doc, SIZE_MAX, &v), PILA_EOVERFLOW);
    CHECK_STATUS(pila_value_set(&doc, (size_t)UINT32_MAX, &v), PILA_EOVERFLOW);
    CHECK_STATUS(pila_value_frozenset(&doc, &v, (size_t)UINT32_MAX, &v),
                 PILA_EOVERFLOW);
    pila_doc_done(&doc);
    check_alloc_stop();
}

/* ---- scalars ---- */

static void check_bytes(pila_doc *doc, const char *decimal, const char *hex)
{
    char room[64];
    pila_str want = recipe_hex(hex, strlen(hex), room);
    pila_value v, back;
    pila_buf out = {0};

    ROW(decimal);
    CHECK_OK(pila_value_from_decimal(doc, pila_cstr(decimal), &v));
    CHECK_OK(pila_value_to_bytes(v, &out));
    CHECK(pila_str_eq(pila_buf_view(&out), want));
    CHECK_OK(pila_value_from_bytes(doc, want, &back));
    CHECK(back.tag == v.tag && eq(back, v));
    /* More bytes of the sign say the same. */
    memset(room + want.len, want.len && room[want.len - 1] < 0 ? 0xff : 0, 20);
    CHECK_OK(pila_value_from_bytes(doc, pila_str_of(room, want.len + 20), &back));
    CHECK(back.tag == v.tag && eq(back, v));
    shows(back, decimal);
    pila_buf_done(&out);
}

static void integers(void **state)
{
    static const struct {
        const char *decimal, *hex; /* encode_long of CPython's pickle */
    } table[] = {
        {"0", ""},
        {"255", "ff00"},
        {"32767", "ff7f"},
        {"-256", "00ff"},
        {"-32768", "0080"},
        {"-128", "80"},
        {"127", "7f"},
        {"-1", "ff"},
        {"9223372036854775807", "ffffffffffffff7f"},
        {"9223372036854775808", "000000000000008000"},
        {"-9223372036854775808", "0000000000000080"},
        {"-9223372036854775809", "ffffffffffffff7fff"},
        {"18446744073709551615", "ffffffffffffffff00"},
        {"18446744073709551616", "000000000000000001"},
        {"-18446744073709551616", "0000000000000000ff"},
        {"-340282366920938463463374607431768211456",
         "00000000000000000000000000000000ff"},
    };
    static const char *const bad[] = {"", "-", "+1", "1 ", "--1", "1_0", "0x1"};
    pila_doc doc = {0};
    pila_value v = pila_value_none();

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++)
        check_bytes(&doc, table[k].decimal, table[k].hex);
    for (size_t k = 0; k < COUNT_OF(bad); k++) {
        ROW(bad[k]);
        CHECK_STATUS(pila_value_from_decimal(&doc, pila_cstr(bad[k]), &v), PILA_EVALUE);
    }
    ROW(NULL);
    pila_doc_done(&doc);
}

static void integers_of_many_digits(void **state)
{
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    double x = 7;
    pila_buf out = {0};
    char digits[5000];

    (void)state;
    ROW("zeros in front, and many of them");
    memset(digits, '0', sizeof digits);
    digits[4999] = '7';
    CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(digits, 5000), &v));
    shows(v, "7");
    ROW("4300 digits have a repr, and one more is too many");
    digits[0] = '-';
    digits[1] = '9';
    CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(digits, 4301), &v));
    CHECK_OK(pila_value_repr(v, &out));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(digits, 4301)));
    CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(digits, 4302), &v));
    CHECK_STATUS(pila_value_repr(v, &out), PILA_EVALUE);
    CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(digits, 5000), &v));
    CHECK_STATUS(pila_value_repr(v, &out), PILA_EVALUE);
    CHECK_INT(out.len, 4301);
    pila_buf_done(&out);
    ROW("beyond the largest double");
    CHECK_OK(pila_value_from_decimal(&doc, pila_str_of(digits, 400), &v));
    CHECK_STATUS(pila_value_to_double(v, &x), PILA_EOVERFLOW);
    ROW(NULL);
    pila_doc_done(&doc);
}

static void integers_that_fit_and_do_not(void **state)
{
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    uint64_t u = 7;
    int64_t i = 7;
    double x = 7;
    pila_buf out = {0};

    (void)state;
    CHECK_OK(pila_value_uint(&doc, UINT64_MAX, &v));
    CHECK_OK(pila_value_to_uint64(v, &u));
    CHECK(u == UINT64_MAX);
    CHECK_STATUS(pila_value_to_int64(v, &i), PILA_EOVERFLOW);
    CHECK_OK(pila_value_to_double(v, &x));
    CHECK(x == 18446744073709551616.0);
    CHECK_OK(pila_value_to_double(pila_value_float(0.5), &x));
    CHECK(x == 0.5);
    CHECK_OK(pila_value_to_uint64(pila_value_int(5), &u));
    CHECK_INT(u, 5);
    CHECK_OK(pila_value_uint(&doc, 5, &v));
    CHECK_INT(pila_value_kind_of(v), PILA_VALUE_INT);
    CHECK_STATUS(pila_value_to_uint64(pila_value_int(-1), &u), PILA_EOVERFLOW);
    CHECK_STATUS(pila_value_to_uint64(value_of(&doc, "i18446744073709551616"), &u),
                 PILA_EOVERFLOW);
    CHECK_STATUS(pila_value_to_uint64(value_of(&doc, "i-9223372036854775809"), &u),
                 PILA_EOVERFLOW);
    CHECK_STATUS(pila_value_to_uint64(pila_value_float(1), &u), PILA_ETYPE);
    CHECK_OK(pila_value_to_int64(pila_value_bool(true), &i));
    CHECK_INT(i, 1);
    CHECK_STATUS(pila_value_to_int64(pila_value_float(1), &i), PILA_ETYPE);
    CHECK_STATUS(pila_value_to_double(pila_value_none(), &x), PILA_ETYPE);
    CHECK_OK(pila_value_to_double(pila_value_int(9007199254740993), &x));
    CHECK(x == 9007199254740992.0);
    CHECK_STATUS(pila_value_to_bytes(pila_value_float(1), &out), PILA_ETYPE);
    pila_doc_done(&doc);
}

static void reading(void **state)
{
    static const struct {
        const char *v, *key, *want; /* want: a recipe, or the name of a status */
    } table[] = {
        {"i1 i2 l2", "i-1", "i2"},
        {"i1 i2 l2", "i2", "PILA_EINDEX"},
        {"i1 i2 t2", "i0", "i1"},
        {"i1 i2 t2", "i-3", "PILA_EINDEX"},
        {"i1 t1", "T", "PILA_EINDEX"},
        {"i1 t1", "F", "i1"},
        {"i1 t1", "N", "PILA_ETYPE"},
        {"i1 t1", "i99999999999999999999", "PILA_EINDEX"},
        {"sc3a9f09f9880ed a080", "", ""},
        {"sc3a9f09f9880eda08061", "i0", "sc3a9"},
        {"sc3a9f09f9880eda08061", "i1", "sf09f9880"},
        {"sc3a9f09f9880eda08061", "i-2", "seda080"},
        {"sc3a9f09f9880eda08061", "i3", "s61"},
        {"sc3a9f09f9880eda08061", "i4", "PILA_EINDEX"},
        {"b61ff", "i1", "i255"},
        {"y61ff", "i-2", "i97"},
        {"y", "i0", "PILA_EINDEX"},
        {"i1 i2 d1", "T", "i2"},
        {"i1 i2 d1", "i2", "PILA_EKEY"},
        {"i1 i2 d1", "l0", "PILA_ETYPE"},
        {"d0", "l0 t1", "PILA_ETYPE"},
        {"i1 S1", "i0", "PILA_ETYPE"},
        {"i1", "i0", "PILA_ETYPE"},
        {"N", "i0", "PILA_ETYPE"},
        {"l0", "i0", "PILA_EINDEX"},
    };
    pila_doc doc = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        pila_value got = pila_value_int(-7);
        pila_status st;

        if (!table[k].want[0]) continue;
        ROW(table[k].v);
        st = pila_value_getitem(value_of(&doc, table[k].v),
                                value_of(&doc, table[k].key), &got);
        if (strncmp(table[k].want, "PILA", 4) == 0) {
            assert_string_equal(pila_status_name(st), table[k].want);
            CHECK_INT(got.as.i, -7);
        } else CHECK(st == PILA_OK && eq(got, value_of(&doc, table[k].want)));
    }
    ROW("lengths");
    CHECK_INT(length(value_of(&doc, "sc3a9f09f9880eda08061")), 4);
    CHECK_INT(length(value_of(&doc, "b616263")), 3);
    CHECK_INT(length(value_of(&doc, "i1 i2 S2")), 2);
    size_t n = 9;
    CHECK_STATUS(pila_value_len(pila_value_int(1), &n), PILA_ETYPE);
    CHECK_INT(n, 9);
    ROW(NULL);
    pila_doc_done(&doc);
}

static void truth(void **state)
{
    static const char *const no[] = {"N",
                                     "F",
                                     "i0",
                                     "f0000000000000000",
                                     "f8000000000000000 f0000000000000000 c",
                                     "s",
                                     "b",
                                     "y",
                                     "l0",
                                     "t0",
                                     "d0",
                                     "S0",
                                     "z0"};
    static const char *const yes[] = {"T",
                                      "i-1",
                                      "f7ff8000000000000",
                                      "f0000000000000000 f3ff0000000000000 c",
                                      "s30",
                                      "b00",
                                      "y00",
                                      "N l1",
                                      "N t1",
                                      "i0 i0 d1",
                                      "i0 S1",
                                      "l0 l1",
                                      "i99999999999999999999"};
    pila_doc doc = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(no); k++) {
        ROW(no[k]);
        CHECK(!pila_value_truth(value_of(&doc, no[k])));
    }
    for (size_t k = 0; k < COUNT_OF(yes); k++) {
        ROW(yes[k]);
        CHECK(pila_value_truth(value_of(&doc, yes[k])));
    }
    ROW(NULL);
    pila_doc_done(&doc);
}

static void contains(void **state)
{
    static const struct {
        const char *v, *x;
        int want; /* or minus a status */
    } table[] = {
        {"i1 i2 l2", "f4000000000000000", 1},
        {"i1 i2 l2", "i3", 0},
        {"i1 i2 t1 t2", "i2 t1", 1},
        {"l0 l1", "l0", 1},
        {"f7ff8000000000000 l1", "f7ff8000000000000", 1},
        {"s616263", "s6263", 1},
        {"s616263", "s", 1},
        {"s616263", "s6264", 0},
        {"s616162", "s6162", 1},
        {"s", "s61", 0},
        {"s61", "b61", -PILA_ETYPE},
        {"b616263", "y6263", 1},
        {"y616263", "i99", 1},
        {"b616263", "i100", 0},
        {"b61", "i256", -PILA_EVALUE},
        {"b61", "i-1", -PILA_EVALUE},
        {"b61", "s61", -PILA_ETYPE},
        {"b61", "i99999999999999999999", -PILA_EVALUE},
        {"i1 i2 d1", "i1", 1},
        {"i1 i2 d1", "i2", 0},
        {"i1 S1", "l0", -PILA_ETYPE},
        {"i1 z1 S1", "i1 z1", 1},
        {"i1", "i1", -PILA_ETYPE},
        {"N", "i1", -PILA_ETYPE},
    };
    pila_doc doc = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        bool out = table[k].want == 0;
        int want = table[k].want;

        ROW(table[k].v);
        CHECK_STATUS(pila_value_contains(value_of(&doc, table[k].v),
                                         value_of(&doc, table[k].x), &out),
                     (pila_status)(want < 0 ? -want : 0));
        if (want >= 0) CHECK_INT(out, want);
    }
    ROW(NULL);
    pila_doc_done(&doc);
}

/* ---- change ---- */

static void changes_that_are_refused(void **state)
{
    pila_doc doc = {0};
    pila_value list = value_of(&doc, "i1 i2 l2"), array = value_of(&doc, "y6162");
    pila_value dict = value_of(&doc, "i1 i2 d1"), set = value_of(&doc, "i1 S1");
    pila_value tuple = value_of(&doc, "i1 t1"), one = pila_value_int(1);
    pila_value byte = pila_value_int(256), none = pila_value_none();

    (void)state;
    CHECK_STATUS(pila_value_append(&doc, tuple, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_append(&doc, set, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_append(&doc, array, none), PILA_ETYPE);
    CHECK_STATUS(pila_value_append(&doc, array, byte), PILA_EVALUE);
    CHECK_STATUS(pila_value_append(&doc, array, pila_value_int(-1)), PILA_EVALUE);
    CHECK_STATUS(pila_value_extend(&doc, array, &one, 1), PILA_ETYPE);
    CHECK_STATUS(pila_value_insert(&doc, tuple, 0, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_insert(&doc, one, 0, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_setitem(&doc, tuple, pila_value_int(0), one), PILA_ETYPE);
    CHECK_STATUS(pila_value_setitem(&doc, list, pila_value_int(2), one), PILA_EINDEX);
    CHECK_STATUS(pila_value_setitem(&doc, list, none, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_setitem(&doc, array, one, byte), PILA_EVALUE);
    CHECK_STATUS(pila_value_setitem(&doc, array, one, none), PILA_ETYPE);
    CHECK_STATUS(pila_value_setitem(&doc, array, pila_value_int(-3), one), PILA_EINDEX);
    CHECK_STATUS(pila_value_setitem(&doc, dict, list, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_delitem(array, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_delitem(list, pila_value_int(-3)), PILA_EINDEX);
    CHECK_STATUS(pila_value_delitem(dict, pila_value_int(2)), PILA_EKEY);
    CHECK_STATUS(pila_value_delitem(dict, list), PILA_ETYPE);
    CHECK_STATUS(pila_value_delitem(list, none), PILA_ETYPE);
    CHECK_STATUS(pila_value_add(&doc, dict, one), PILA_ETYPE);
    CHECK_STATUS(pila_value_add(&doc, value_of(&doc, "z0"), one), PILA_ETYPE);
    CHECK_STATUS(pila_value_add(&doc, set, array), PILA_ETYPE);
    CHECK_STATUS(pila_value_discard(set, array), PILA_ETYPE);
    CHECK_STATUS(pila_value_discard(list, one), PILA_ETYPE);
    CHECK_OK(pila_value_discard(set, none));
    CHECK_STATUS(pila_value_clear(tuple), PILA_ETYPE);
    CHECK_STATUS(pila_value_clear(value_of(&doc, "z0")), PILA_ETYPE);
    CHECK_STATUS(pila_value_frozenset(&doc, &list, 1, &list), PILA_ETYPE);
    shows(list, "[1, 2]");
    shows(array, "bytearray(b'ab')");
    shows(dict, "{1: 2}");
    shows(set, "{1}");
    pila_doc_done(&doc);
}

static void lists_and_bytearrays(void **state)
{
    pila_doc doc = {0};
    pila_value list = value_of(&doc, "l0"), array = value_of(&doc, "y"), other;
    size_t n;

    (void)state;
    for (int i = 0; i < 5; i++)
        CHECK_OK(pila_value_append(&doc, list, pila_value_int(i)));
    CHECK_OK(pila_value_insert(&doc, list, -1, str_of("x")));
    CHECK_OK(pila_value_insert(&doc, list, 100, str_of("last")));
    CHECK_OK(pila_value_insert(&doc, list, PTRDIFF_MIN, str_of("first")));
    shows(list, "['first', 0, 1, 2, 3, 'x', 4, 'last']");
    ROW("a list is extended by itself");
    for (int i = 0; i < 3; i++)
        CHECK_OK(pila_value_extend(&doc, list, list.as.list->items, list.as.list->len));
    CHECK_INT(length(list), 64);
    CHECK(eq(pila_value_data(list, &n)[56 + 5], str_of("x")));
    while (length(list) > 2) CHECK_OK(pila_value_delitem(list, pila_value_int(-2)));
    shows(list, "['first', 'last']");
    CHECK_OK(pila_value_setitem(&doc, list, pila_value_bool(true), list));
    shows(list, "['first', [...]]");
    CHECK_OK(pila_value_clear(list));
    shows(list, "[]");
    ROW("two that grow in turn do not meet");
    other = value_of(&doc, "l0");
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(pila_value_append(&doc, list, pila_value_int(i)));
        CHECK_OK(pila_value_append(&doc, other, pila_value_int(-i)));
        CHECK_OK(pila_value_append(&doc, array, pila_value_int(i % 256)));
    }
    for (int i = 0; i < 1000; i++) {
        CHECK_INT(pila_value_data(list, &n)[i].as.i, i);
        CHECK_INT(pila_value_data(other, &n)[i].as.i, -i);
        CHECK_INT((unsigned char)pila_value_text(array).ptr[i], i % 256);
    }
    CHECK_OK(pila_value_setitem(&doc, array, pila_value_int(-1), pila_value_int(65)));
    CHECK_INT(pila_value_text(array).ptr[999], 65);
    CHECK_OK(pila_value_clear(array));
    shows(array, "bytearray(b'')");
    ROW(NULL);
    pila_doc_done(&doc);
}

/* ---- dicts and sets against a model that is two arrays ---- */

enum { MODEL_KEYS = 60 };

typedef struct model {
    int order[MODEL_KEYS], value[MODEL_KEYS]; /* in the order of insertion */
    size_t n;
} model;

static bool planted;

static size_t model_find(const model *m, int key)
{
    size_t at = 0;

    while (at < m->n && m->order[at] != key) at++;
    return at;
}

static void model_put(model *m, int key, int value)
{
    size_t at = model_find(m, key);

    if (at == m->n) m->order[m->n++] = key;
    m->value[at] = value;
}

static void model_remove(model *m, size_t at)
{
    m->n--;
    if (planted && at < m->n) { /* the last takes its place: the order is lost */
        m->order[at] = m->order[m->n];
        m->value[at] = m->value[m->n];
        return;
    }
    memmove(m->order + at, m->order + at + 1, (m->n - at) * sizeof *m->order);
    memmove(m->value + at, m->value + at + 1, (m->n - at) * sizeof *m->value);
}

/* The k-th key: of every kind that hashes, none equal to another. */
static pila_value model_key(pila_doc *doc, int k)
{
    char text[80];

    switch (k % 6) {
    case 0: return pila_value_int(k);
    case 1: return pila_value_float(k + 0.5);
    case 2: snprintf(text, sizeof text, "s%02x%02x", 'a' + k % 20, 'a' + k); break;
    case 3: snprintf(text, sizeof text, "i%d s61 t2", k); break;
    case 4: snprintf(text, sizeof text, "i%d i%d t1 z2", k, k); break;
    default: snprintf(text, sizeof text, "i%d0000000000000000000000", k);
    }
    return value_of(doc, text);
}

static bool model_holds(pila_doc *doc, pila_value v, const model *m)
{
    bool dict = pila_value_kind_of(v) == PILA_VALUE_DICT;
    pila_iter it = pila_value_iter(v);
    const void *item;
    size_t at = 0;

    if (length(v) != m->n) return false;
    for (; (item = pila_next_item(&it)) != NULL; at++)
        if (at >= m->n || !eq(*(const pila_value *)item, model_key(doc, m->order[at])))
            return false;
    pila_iter_drop(&it);
    for (int k = 0; k < MODEL_KEYS; k++) {
        pila_value got, key = model_key(doc, k);
        bool in = false;

        at = model_find(m, k);
        CHECK_OK(pila_value_contains(v, key, &in));
        if (in != (at < m->n)) return false;
        if (!dict) continue;
        CHECK_STATUS(pila_value_getitem(v, key, &got), in ? PILA_OK : PILA_EKEY);
        if (in && got.as.i != m->value[at]) return false;
    }
    return true;
}

/* One operation on a dict and a set and their models. */
static void model_step(pila_doc *doc, pila_value v[2], model m[2], check_rng *rng,
                       uint64_t keys)
{
    int which = (int)check_rng_below(rng, 2), key = (int)check_rng_below(rng, keys);
    unsigned op = (unsigned)check_rng_below(rng, 100);
    pila_value k = model_key(doc, key);
    size_t at = model_find(&m[which], key);

    if (op < 55) {
        int x = which ? 0 : (int)check_rng_below(rng, 1000);

        CHECK_OK(which ? pila_value_add(doc, v[1], k)
                       : pila_value_setitem(doc, v[0], k, pila_value_int(x)));
        model_put(&m[which], key, x);
    } else if (op < 98) {
        if (which) CHECK_OK(pila_value_discard(v[1], k));
        else
            CHECK_STATUS(pila_value_delitem(v[0], k),
                         at < m[0].n ? PILA_OK : PILA_EKEY);
        if (at < m[which].n) model_remove(&m[which], at);
    } else if (op == 98) {
        CHECK_OK(pila_value_clear(v[which]));
        m[which].n = 0;
    } else CHECK_OK(pila_value_copy(doc, v[which], &v[which]));
}

static bool model_run(uint64_t seed)
{
    check_rng rng = {seed};
    pila_doc doc = {0};
    pila_value v[2] = {value_of(&doc, "d0"), value_of(&doc, "S0")};
    model m[2] = {{{0}, {0}, 0}, {{0}, {0}, 0}};
    uint64_t keys = seed % 2 ? MODEL_KEYS : 10;
    bool good = true;

    for (int step = 0; step < 300 && good; step++) {
        model_step(&doc, v, m, &rng, keys);
        if (step % 7 == 0)
            good = model_holds(&doc, v[0], &m[0]) && model_holds(&doc, v[1], &m[1]);
    }
    pila_doc_done(&doc);
    return good;
}

static void dicts_and_sets_agree_with_a_model(void **state)
{
    check_rng rng = check_rng_start();

    (void)state;
    for (int i = 0; i < 60; i++) CHECK(model_run(check_rng_next(&rng)));
    planted = true;
    bool found = false;
    for (int i = 0; i < 5; i++) found |= !model_run(check_rng_next(&rng));
    planted = false;
    CHECK(found);
}

static void dict_of_pairs(void **state)
{
    pila_doc doc = {0};
    pila_value pairs[60], v;
    size_t repeated = 77;

    (void)state;
    for (int i = 0; i < 30; i++) {
        char text[16];

        snprintf(text, sizeof text, "s%02x", 'a' + (i == 29 ? 3 : i == 28 ? 5 : i));
        pairs[2 * i] = value_of(&doc, text);
        pairs[2 * i + 1] = pila_value_int(i);
    }
    ROW("no key is repeated");
    CHECK_OK(pila__value_dict_of(&doc, pairs, 28, &v, &repeated));
    CHECK_INT(repeated, 77);
    CHECK_INT(length(v), 28);
    ROW("the last value stands at the first one's place");
    CHECK_OK(pila__value_dict_of(&doc, pairs, 30, &v, &repeated));
    CHECK_INT(repeated, 28);
    CHECK_INT(length(v), 28);
    CHECK_INT(pila_value_get(v, pila_cstr("d"))->as.i, 29);
    CHECK_INT(v.as.dict->entries[5].value.as.i, 28);
    CHECK(!pila_value_get(v, pila_cstr("zz")) &&
          !pila_value_get(pairs[0], pila_cstr("")));
    pairs[2] = pairs[0];
    CHECK_OK(pila__value_dict_of(&doc, pairs, 3, &v, NULL));
    shows(v, "{'a': 1, 'c': 2}");
    CHECK_OK(pila__value_dict_of(&doc, NULL, 0, &v, NULL));
    shows(v, "{}");
    ROW(NULL);
    pila_doc_done(&doc);
}

static double filled(const pila_value *keys, size_t n)
{
    double best = 1e9;

    for (int turn = 0; turn < 5; turn++) {
        pila_doc doc = {0};
        pila_value dict;
        double start = seconds();

        CHECK_OK(pila_value_dict(&doc, 0, &dict));
        for (size_t i = 0; i < n; i++)
            CHECK_OK(pila_value_setitem(&doc, dict, keys[i], keys[i]));
        CHECK_INT(length(dict), n);
        if (seconds() - start < best) best = seconds() - start;
        pila_doc_done(&doc);
    }
    return best;
}

/* Whether a dict of these keys costs at most twice as much; a noisy moment may lie. */
static bool fairly(const pila_value *keys, size_t n, double fair)
{
    for (int turn = 0; turn < 4; turn++)
        if (filled(keys, n) < 2 * fair) return true;
    return false;
}

/* Keys that crowd into one place of a table by an unkeyed hash. */
static void flood(void **state)
{
    enum { N = 100000 };
    static pila_value keys[N];
    static char text[N][16];
    check_rng rng = check_rng_start();
    double fair;

    (void)state;
    for (size_t i = 0; i < N; i++)
        keys[i] = pila_value_int((int64_t)check_rng_next(&rng));
    fair = filled(keys, N) + 0.002;
    ROW("multiples of 2^61 - 1, of 2^32, of 2^48");
    for (size_t i = 0; i < N; i++)
        keys[i] = pila_value_int((int64_t)(i * (((uint64_t)1 << 61) - 1)));
    CHECK(fairly(keys, N, fair));
    for (size_t i = 0; i < N; i++) keys[i] = pila_value_int((int64_t)(i << 32));
    CHECK(fairly(keys, N, fair));
    for (size_t i = 0; i < N; i++)
        keys[i] = pila_value_float((double)(i + 1) * 281474976710656.0);
    CHECK(fairly(keys, N, fair));
    ROW("str");
    for (size_t i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "%014llx",
                 (unsigned long long)check_rng_next(&rng) >> 8);
        keys[i] = str_of(text[i]);
    }
    fair = filled(keys, N) + 0.002;
    for (size_t i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "%014zu", i);
        keys[i] = str_of(text[i]);
    }
    CHECK(fairly(keys, N, fair));
    ROW(NULL);
}

/* ---- iterate ---- */

static void iterating(void **state)
{
    pila_doc doc = {0};
    pila_value list = value_of(&doc, "i1 i2 i3 l3"), tuple = value_of(&doc, "i1 i2 t2");
    pila_value dict = value_of(&doc, "i1 s61 i2 s62 i3 s63 d3"), back;
    pila_value set = value_of(&doc, "i5 i6 S2");
    pila_iter it;

    (void)state;
    CHECK_OK(pila_value_list_of(&doc, pila_value_iter(list), &back));
    shows(back, "[1, 2, 3]");
    CHECK_OK(pila_value_list_of(&doc, pila_value_iter(tuple), &back));
    shows(back, "[1, 2]");
    CHECK_OK(pila_value_list_of(&doc, pila_value_iter(set), &back));
    shows(back, "[5, 6]");
    CHECK_OK(pila_value_delitem(dict, pila_value_int(2)));
    CHECK_OK(pila_value_list_of(&doc, pila_value_iter(dict), &back));
    shows(back, "[1, 3]");
    CHECK_OK(pila_value_list_of(&doc, pila_value_values(dict), &back));
    shows(back, "['a', 'c']");
    ROW("entries, in runs of those that live");
    it = pila_value_items(dict);
    for (int k = 1; k <= 3; k += 2) {
        const pila_entry *e = pila_next_item(&it);
        CHECK(e && e->key.as.i == k);
    }
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    CHECK_STATUS(pila_value_list_of(&doc, pila_value_items(dict), &back), PILA_ETYPE);
    ROW("what cannot be iterated");
    CHECK_STATUS(pila_value_list_of(&doc, pila_value_iter(str_of("ab")), &back),
                 PILA_ETYPE);
    CHECK_STATUS(pila_value_list_of(&doc, pila_value_items(list), &back), PILA_ETYPE);
    CHECK_STATUS(pila_value_list_of(&doc, pila_value_values(set), &back), PILA_ETYPE);
    ROW("hints");
    it = pila_value_iter(list);
    CHECK_INT(pila_iter_length_hint(&it), 3);
    CHECK_INT(pila_iter_ready(&it), 3);
    pila_iter_drop(&it);
    it = pila_value_iter(dict);
    CHECK_INT(pila_iter_length_hint(&it), 2);
    pila_iter_drop(&it);
    ROW(NULL);
    pila_doc_done(&doc);
}

static void mutate_while_iter(void **state)
{
    static const char *const row[] = {"i1 i2 i3 l3", "i1 i2 i3 i4 d2", "i1 i2 S2"};
    pila_doc doc = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(row); k++)
        for (int way = 0; way < (k == 1 ? 3 : 1); way++) {
            pila_value v = value_of(&doc, row[k]), one = pila_value_int(1);
            pila_iter it = way == 0   ? pila_value_iter(v)
                           : way == 1 ? pila_value_values(v)
                                      : pila_value_items(v);

            ROW(row[k]);
            CHECK(pila_next_item(&it));
            if (k == 0) CHECK_OK(pila_value_append(&doc, v, one));
            if (k == 1) CHECK_OK(pila_value_delitem(v, one));
            if (k == 2) CHECK_OK(pila_value_add(&doc, v, pila_value_int(9)));
            while (pila_next_item(&it)) continue;
            CHECK_STATUS(it.status, PILA_EMUTATED);
            pila_iter_drop(&it);
        }
    ROW("a value in the place of another is no change of the dict");
    pila_value dict = value_of(&doc, "i1 i2 i3 i4 d2");
    pila_iter it = pila_value_iter(dict);
    CHECK(pila_next_item(&it));
    CHECK_OK(pila_value_setitem(&doc, dict, pila_value_int(1), pila_value_int(7)));
    CHECK(pila_next_item(&it) && !pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    ROW(NULL);
    pila_doc_done(&doc);
}

static void lists_of_other_items(void **state)
{
    const int8_t i8[] = {-1, 2};
    const uint64_t u64[] = {1, UINT64_MAX};
    const int16_t i16[] = {-300, 2};
    const uint32_t u32[] = {UINT32_MAX, 2};
    const int32_t i32[] = {INT32_MIN};
    const int64_t i64[] = {INT64_MIN};
    const uint8_t u8[] = {255};
    const uint16_t u16[] = {65535};
    const double f64[] = {0.1, 1e300};
    const float f32[] = {1.5f, -0.0f};
    const pila_str text[] = {{"ab", 2}, {"a text that is longer than 15", 29}};
    pila_string owned[2] = {pila_string_borrow(text[0]), pila_string_borrow(text[1])};
    const pila_type plain = PILA_PLAIN_TYPE(double);
    pila_doc doc = {0};
    pila_value v;

    (void)state;
    CHECK_OK(pila_value_list_of(&doc, pila_span(i8, 2, &pila_i8), &v));
    shows(v, "[-1, 2]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(u64, 2, &pila_u64), &v));
    shows(v, "[1, 18446744073709551615]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(i16, 2, &pila_i16), &v));
    shows(v, "[-300, 2]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(u32, 2, &pila_u32), &v));
    shows(v, "[4294967295, 2]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(i32, 1, &pila_i32), &v));
    shows(v, "[-2147483648]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(i64, 1, &pila_i64), &v));
    shows(v, "[-9223372036854775808]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(u8, 1, &pila_u8), &v));
    shows(v, "[255]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(u16, 1, &pila_u16), &v));
    shows(v, "[65535]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(f64, 2, &pila_f64), &v));
    shows(v, "[0.1, 1e+300]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(f32, 2, &pila_f32), &v));
    shows(v, "[1.5, -0.0]");
    CHECK_OK(pila_value_list_of(&doc, pila_span(text, 2, &pila_view), &v));
    shows(v, "['ab', 'a text that is longer than 15']");
    CHECK_OK(pila_value_list_of(&doc, pila_span(owned, 2, &pila_bytes), &v));
    shows(v, "[b'ab', b'a text that is longer than 15']");
    CHECK_STATUS(pila_value_list_of(&doc, pila_span(i8, 1, &plain), &v), PILA_ETYPE);
    CHECK_STATUS(pila_value_list_of(&doc, pila_failed(PILA_EIO), &v), PILA_EIO);
    pila_doc_done(&doc);
}

/* ---- depth ---- */

enum { DEEP = 1000000 };
typedef pila_status nest_fn(pila_doc *doc, const pila_value *items, size_t n,
                            pila_value *out);

static pila_value nested(pila_doc *doc, nest_fn *nest, size_t depth, pila_value core)
{
    while (depth--) CHECK_OK(nest(doc, &core, 1, &core));
    return core;
}

static pila_status nest_dict(pila_doc *doc, const pila_value *item, size_t n,
                             pila_value *out)
{
    pila_value value = *item;

    (void)n;
    CHECK_OK(pila_value_dict(doc, 1, out));
    return pila_value_setitem(doc, *out, pila_value_int(1), value);
}

static pila_status nest_object(pila_doc *doc, const pila_value *item, size_t n,
                               pila_value *out)
{
    pila_value part = *item;
    pila_status st = pila_value_object(doc, PILA_OBJECT_PERSISTENT, 1, out);

    (void)n;
    if (st == PILA_OK) out->as.items[0] = part;
    return st;
}

static void depth_1e6(void **state)
{
    static const struct {
        const char *what;
        nest_fn *nest;
        bool hashes, orders;
    } table[] = {
        {"lists", pila_value_list, false, true},
        {"tuples", pila_value_tuple, true, true},
        {"dicts", nest_dict, false, false},
        {"persistent ids", nest_object, true, false},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        pila_doc doc = {0}, other = {0};
        pila_value a = nested(&doc, table[k].nest, DEEP, pila_value_int(1));
        pila_value b = nested(&doc, table[k].nest, DEEP, pila_value_int(2)), c;
        pila_buf out = {0};
        bool less = false;
        uint64_t h;

        ROW(table[k].what);
        CHECK(!eq(a, b));
        CHECK_STATUS(pila_value_less(a, b, &less),
                     table[k].orders ? PILA_OK : PILA_ETYPE);
        CHECK_INT(less, table[k].orders);
        CHECK_OK(pila_value_copy(&other, a, &c));
        CHECK(eq(a, c));
        CHECK_STATUS(pila_value_hash(a, &h), table[k].hashes ? PILA_OK : PILA_ETYPE);
        if (table[k].hashes) CHECK(hash(a) == hash(c));
        CHECK_OK(pila_value_repr(c, &out));
        CHECK(out.len >= 2 * (size_t)DEEP);
        pila_buf_done(&out);
        pila_doc_done(&doc);
        pila_doc_done(&other);
    }
    ROW(NULL);
}

/* A frozenset in a frozenset in ... as a key: each look-up hashes what is below. */
static void keys_nest_deeply(void **state)
{
    enum { KEYS = 2000 };
    pila_doc doc = {0}, other = {0};
    pila_value a = pila_value_int(1), copy;

    (void)state;
    for (int i = 0; i < KEYS; i++) {
        pila_value pair[3] = {a, pila_value_int(i), a};

        CHECK_OK(pila_value_tuple(&doc, pair, 2, &pair[2]));
        CHECK_OK(pila_value_frozenset(&doc, pair, 3, &a));
    }
    CHECK_OK(pila_value_copy(&other, a, &copy));
    CHECK(eq(a, copy) && hash(a) == hash(copy));
    pila_doc_done(&doc);
    pila_doc_done(&other);
}

/* t = (t, t), a hundred times: 2^100 ways to the bottom. */
static void billion_laughs(void **state)
{
    pila_doc doc = {0};
    pila_value a[3] = {{0, {0}}, {0, {0}}, {0, {0}}}, b[2], copy, dict;
    pila_buf out = {0};
    bool less;

    (void)state;
    for (int i = 0; i < 100; i++) {
        a[1] = a[0];
        CHECK_OK(pila_value_tuple(&doc, a, 2, &a[0]));
    }
    CHECK_OK(pila_value_copy(&doc, a[0], &copy));
    CHECK(doc.held < 100000);
    CHECK(eq(a[0], copy) && hash(a[0]) == hash(copy));
    CHECK_OK(pila_value_less(a[0], copy, &less));
    CHECK(!less);
    b[0] = copy;
    b[1] = pila_value_int(1);
    CHECK_OK(pila_value_tuple(&doc, b, 2, &copy));
    CHECK(!eq(a[0], copy));
    dict = value_of(&doc, "d0");
    CHECK_OK(pila_value_setitem(&doc, dict, a[0], b[0]));
    CHECK_OK(pila_value_setitem(&doc, dict, b[0], a[0]));
    CHECK_INT(length(dict), 1);
    ROW("frozensets, too");
    a[0] = b[0] = pila_value_int(1);
    for (int i = 0; i < 60; i++) {
        a[1] = a[0];
        CHECK_OK(pila_value_tuple(&doc, a, 2, &a[1]));
        CHECK_OK(pila_value_frozenset(&doc, a, 2, &a[0]));
        b[1] = b[0];
        CHECK_OK(pila_value_tuple(&doc, b, 2, &b[1]));
        CHECK_OK(pila_value_frozenset(&doc, b, 2, &b[0]));
    }
    CHECK(eq(a[0], b[0]) && hash(a[0]) == hash(b[0]));
    ROW("only text is as long as it is; a cap bounds it");
    out.cap = 10000;
    CHECK_STATUS(pila_value_repr(a[0], &out), PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    pila_buf_done(&out);
    ROW(NULL);
    pila_doc_done(&doc);
}

/* ---- cycles ---- */

/* A list of period lists, each the last item of the one before, after a tail of others;
 * each begins with so many numbers. */
static pila_value cycle(pila_doc *doc, size_t tail, size_t period, size_t numbers)
{
    pila_value first = pila_value_none(), last = first, list = first, back = first;

    for (size_t i = 0; i < tail + period; i++) {
        CHECK_OK(pila_value_list(doc, NULL, 0, &list));
        for (size_t k = 0; k < numbers; k++)
            CHECK_OK(pila_value_append(doc, list, pila_value_int(1)));
        if (i == 0) first = list;
        else CHECK_OK(pila_value_append(doc, last, list));
        if (i == tail) back = list;
        last = list;
    }
    CHECK_OK(pila_value_append(doc, last, back));
    return first;
}

static void cycles_end(void **state)
{
    static const struct {
        const char *what;
        size_t tail[2], period[2], numbers;
    } table[] = {
        {"lists that hold themselves", {0, 0}, {1, 1}, 0},
        {"one that begins later", {0, 1000}, {1, 1}, 2},
        {"of different periods", {5, 3}, {1, 3001}, 1},
        {"of periods without a common factor", {100, 0}, {97, 101}, 0},
        {"a long tail, and much beside the cycle", {2000, 2000}, {1, 1}, 200},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        pila_doc doc = {0};
        pila_value a =
            cycle(&doc, table[k].tail[0], table[k].period[0], table[k].numbers);
        pila_value b =
            cycle(&doc, table[k].tail[1], table[k].period[1], table[k].numbers);
        pila_value copy;
        bool out = true;

        ROW(table[k].what);
        CHECK_STATUS(pila_value_eq(a, b, &out), PILA_ELIMIT);
        CHECK_STATUS(pila_value_less(a, b, &out), PILA_ELIMIT);
        CHECK(eq(a, a) && out);
        CHECK_OK(pila_value_copy(&doc, a, &copy));
        CHECK_STATUS(pila_value_eq(a, copy, &out), PILA_ELIMIT);
        pila_doc_done(&doc);
    }
    ROW(NULL);
}

static void cycles_show_and_copy(void **state)
{
    pila_doc doc = {0}, other = {0};
    pila_value list = value_of(&doc, "i1 l1"), dict = value_of(&doc, "d0");
    pila_value tuple, object, copy, parts[2];
    uint64_t h = 5;

    (void)state;
    CHECK_OK(pila_value_tuple(&doc, &list, 1, &tuple));
    CHECK_OK(pila_value_append(&doc, list, tuple));
    CHECK_OK(pila_value_setitem(&doc, dict, str_of("me"), dict));
    CHECK_OK(pila_value_append(&doc, list, dict));
    CHECK_OK(pila_value_append(&doc, list, dict));
    shows(list, "[1, ([...],), {'me': {...}}, {'me': {...}}]");
    shows(tuple, "([1, (...), {'me': {...}}, {'me': {...}}],)");
    CHECK_OK(pila_value_copy(&other, list, &copy));
    shows(copy, "[1, ([...],), {'me': {...}}, {'me': {...}}]");
    CHECK(copy.as.list->items[1].as.items[0].as.list == copy.as.list);
    CHECK(copy.as.list->items[2].as.dict == copy.as.list->items[3].as.dict);
    CHECK(copy.as.list->items[2].as.dict->entries[0].value.as.dict ==
          copy.as.list->items[2].as.dict);
    ROW("an object, a set and a frozenset that hold themselves");
    CHECK_OK(pila_value_object(&doc, PILA_OBJECT_REDUCE, PILA_PARTS, &object));
    CHECK_OK(pila_value_object(&doc, PILA_OBJECT_GLOBAL, 2, &parts[0]));
    parts[0].as.items[0] = str_of("m");
    parts[0].as.items[1] = str_of("C.D");
    object.as.items[PILA_PART_CALLABLE] = parts[0];
    CHECK_OK(pila_value_frozenset(&doc, &object, 1, &parts[1]));
    object.as.items[PILA_PART_STATE] = parts[1];
    shows(parts[1], "frozenset({m.C.D(state=frozenset(...))})");
    shows(object, "m.C.D(state=frozenset({<...>}))");
    CHECK_OK(pila_value_hash(object, &h));
    parts[1] = value_of(&doc, "S0");
    CHECK_OK(pila_value_add(&doc, parts[1], object));
    object.as.items[PILA_PART_STATE] = parts[1];
    shows(parts[1], "{m.C.D(state=set(...))}");
    ROW("a tuple that holds itself has no hash");
    tuple.as.items[0] = tuple;
    CHECK_STATUS(pila_value_hash(tuple, &h), PILA_ELIMIT);
    shows(tuple, "((...),)");
    ROW(NULL);
    pila_doc_done(&doc);
    pila_doc_done(&other);
}

/* ---- copies ---- */

static void copies_share_what_was_shared(void **state)
{
    pila_doc doc = {0}, other = {0};
    pila_value s = value_of(&doc, "s68656c6c6f"),
               big = value_of(&doc, "i999999999999999999999");
    pila_value c = value_of(&doc, "f3ff0000000000000 f4000000000000000 c");
    pila_value prefix = pila_value_str_of(pila_str_of(s.as.text, 2));
    pila_value items[12] = {s, prefix, s, big, big, c, c, value_of(&doc, "y6161")};
    pila_value list, copy, empty[2];

    (void)state;
    items[8] = items[7];
    items[9] = pila_value_str_of(pila_str_of(s.as.text, 0));
    CHECK_OK(pila_value_tuple(&doc, NULL, 0, &items[10]));
    CHECK_OK(pila_value_list(&doc, items, 11, &list)); /* at the tuple's address */
    CHECK_OK(pila_value_append(&doc, list, list));
    CHECK_OK(pila_value_copy(&other, list, &copy));
    CHECK_OK(pila_value_delitem(copy, pila_value_int(-1)));
    CHECK_OK(pila_value_delitem(list, pila_value_int(-1)));
    CHECK(eq(copy, list));
    for (size_t i = 0; i < 11; i++) {
        items[i] = copy.as.list->items[i];
        if (i != 10) CHECK(items[i].as.i != list.as.list->items[i].as.i);
    }
    CHECK(items[0].as.text == items[2].as.text);
    CHECK(items[3].as.limbs == items[4].as.limbs);
    CHECK(items[5].as.parts == items[6].as.parts);
    CHECK(items[7].as.array == items[8].as.array);
    pila_doc_done(&doc);
    shows(copy, "['hello', 'he', 'hello', 999999999999999999999, "
                "999999999999999999999, (1+2j), (1+2j), bytearray(b'aa'), "
                "bytearray(b'aa'), '', ()]");
    ROW("empty ones");
    empty[0] = value_of(&other, "t0");
    CHECK_OK(pila_value_object(&other, PILA_OBJECT_OBJ, 0, &empty[1]));
    CHECK_OK(pila_value_copy(&doc, empty[0], &copy));
    shows(copy, "()");
    CHECK_OK(pila_value_copy(&doc, empty[1], &copy));
    shows(copy, "<object>");
    CHECK_INT(doc.held, 0);
    ROW(NULL);
    pila_doc_done(&other);
}

/* ---- equal in spite of how they came to be ---- */

static void deleted_keys_do_not_count(void **state)
{
    pila_doc doc = {0};
    pila_value a = value_of(&doc, "i0 t1 i1 i1 t1 i2 i2 i3 d3"), copy;
    pila_value b = value_of(&doc, "i2 i3 i1 t1 i2 d2"),
               set = value_of(&doc, "i1 i2 S2");
    bool less = true;

    (void)state;
    CHECK_OK(pila_value_delitem(a, value_of(&doc, "i0 t1")));
    shows(a, "{(1,): 2, 2: 3}");
    CHECK(eq(a, b) && eq(b, a));
    CHECK_OK(pila_value_copy(&doc, a, &copy));
    shows(copy, "{(1,): 2, 2: 3}");
    CHECK(eq(a, copy));
    CHECK_OK(pila_value_discard(set, pila_value_int(1)));
    shows(set, "{2}");
    CHECK(eq(set, value_of(&doc, "i2 z1")));
    CHECK_OK(pila_value_less(set, value_of(&doc, "i2 i3 z2"), &less));
    CHECK(less);
    CHECK_OK(pila_value_clear(a));
    shows(a, "{}");
    ROW("keys and values that are shared");
    for (int i = 0; i < 20; i++) {
        pila_value key = value_of(&doc, "i1 t1 z1"), pair[2] = {key, pila_value_int(i)};

        CHECK_OK(pila_value_tuple(&doc, pair, 2, &key));
        CHECK_OK(pila_value_setitem(&doc, a, key, key));
        CHECK_OK(pila_value_setitem(&doc, b, key, key));
        if (i == 3) CHECK_OK(pila_value_delitem(b, value_of(&doc, "i1 t1")));
        if (i == 3) CHECK_OK(pila_value_delitem(b, pila_value_int(2)));
        CHECK_INT(eq(a, b), i >= 3);
    }
    CHECK_OK(pila_value_setitem(&doc, b, value_of(&doc, "i1 t1 z1 i7 t2"), set));
    CHECK(!eq(a, b));
    ROW(NULL);
    pila_doc_done(&doc);
}

/* ---- objects ---- */

static pila_value object_of(pila_doc *doc, pila_object_how how, size_t n)
{
    pila_value v = pila_value_none();

    CHECK_OK(pila_value_object(doc, how, n, &v));
    return v;
}

/* Objects hash by their addresses, which are others in the copy. */
static void copies_find_keys_that_are_objects(void **state)
{
    pila_doc doc = {0}, other = {0};
    pila_value dict = value_of(&doc, "d0"), first = pila_value_none(), copy, x;

    (void)state;
    for (int k = 0; k < 40; k++) {
        pila_value object = object_of(&doc, PILA_OBJECT_NEWOBJ, PILA_PARTS), key;

        if (k == 0) first = object;
        CHECK_OK(pila_value_tuple(&doc, &object, 1, &key));
        CHECK_OK(pila_value_setitem(&doc, dict, k % 2 ? key : object, dict));
    }
    first.as.items[PILA_PART_STATE] = dict; /* met before its keys are copied */
    CHECK_OK(pila_value_copy(&other, first, &copy));
    dict = copy.as.items[PILA_PART_STATE];
    for (size_t k = 0; k < dict.as.dict->used; k++) {
        CHECK_OK(pila_value_getitem(dict, dict.as.dict->entries[k].key, &x));
        CHECK(x.as.dict == dict.as.dict);
    }
    CHECK_OK(pila_value_getitem(dict, copy, &x));
    pila_doc_done(&doc);
    pila_doc_done(&other);
}

static pila_value class_of(pila_doc *doc)
{
    pila_value v = object_of(doc, PILA_OBJECT_GLOBAL, 2);

    v.as.items[0] = str_of("collections");
    v.as.items[1] = str_of("OrderedDict");
    return v;
}

static void names_are_shown(void **state)
{
    pila_doc doc = {0};
    pila_value a;

    (void)state;
    shows(class_of(&doc), "collections.OrderedDict");
    a = object_of(&doc, PILA_OBJECT_GLOBAL, 2);
    a.as.items[0] = str_of("a\nb");
    a.as.items[1] = pila_value_int(1);
    shows(a, "<global 'a\\nb', 1>");
    a = object_of(&doc, PILA_OBJECT_EXTENSION, 1);
    a.as.items[0] = pila_value_int(240);
    shows(a, "<extension 240>");
    a = object_of(&doc, PILA_OBJECT_PERSISTENT, 1);
    a.as.items[0] = str_of("id");
    shows(a, "<persistent 'id'>");
    a = object_of(&doc, PILA_OBJECT_BUFFER, 2);
    a.as.items[1] = pila_value_bool(true);
    shows(a, "<buffer None, True>");
    shows(object_of(&doc, PILA_OBJECT_REDUCE, 1), "<object None>");
    pila_doc_done(&doc);
}

static void calls_are_shown(void **state)
{
    pila_doc doc = {0};
    pila_value a;
    pila_value *p;
    size_t n;

    (void)state;
    a = object_of(&doc, PILA_OBJECT_REDUCE, PILA_PARTS);
    p = pila_value_parts(a, &n);
    CHECK_INT(n, PILA_PARTS);
    p[PILA_PART_CALLABLE] = class_of(&doc);
    shows(a, "collections.OrderedDict()");
    p[PILA_PART_ARGS] = value_of(&doc, "t0");
    shows(a, "collections.OrderedDict()");
    p[PILA_PART_PAIRS] = value_of(&doc, "s61 i1 s62 l0 l4");
    shows(a, "collections.OrderedDict(pairs={'a': 1, 'b': []})");
    p[PILA_PART_ARGS] = value_of(&doc, "i1 i2 t2");
    p[PILA_PART_STATE] = value_of(&doc, "s78 i1 d1");
    p[PILA_PART_ITEMS] = value_of(&doc, "i1 l1");
    p[PILA_PART_KWARGS] = value_of(&doc, "s6b i2 d1");
    p[PILA_PART_VIEW] = pila_value_int(5);
    shows(a, "collections.OrderedDict(1, 2, state={'x': 1}, items=[1], "
             "pairs={'a': 1, 'b': []}, **{'k': 2})");
    p[PILA_PART_ARGS] = value_of(&doc, "i1 l1");
    p[PILA_PART_PAIRS] = value_of(&doc, "i1 l1");
    shows(a, "collections.OrderedDict(*[1], state={'x': 1}, items=[1], pairs=[1], "
             "**{'k': 2})");
    pila_doc_done(&doc);
}

static void what_a_call_made_is_itself_alone(void **state)
{
    pila_doc doc = {0};
    pila_value a = object_of(&doc, PILA_OBJECT_REDUCE, PILA_PARTS), b, set;
    uint64_t before;
    size_t n;
    bool out;

    (void)state;
    a.as.items[PILA_PART_CALLABLE] = class_of(&doc);
    a.as.items[PILA_PART_ARGS] = value_of(&doc, "i1 t1");
    b = object_of(&doc, PILA_OBJECT_REDUCE, PILA_PARTS);
    memcpy(b.as.items, a.as.items, PILA_PARTS * sizeof a);
    CHECK(eq(a, a) && !eq(a, b) && hash(a) != hash(b));
    CHECK_OK(pila_value_copy(&doc, a, &b));
    CHECK(!eq(a, b));
    CHECK_INT(pila_value_how(b), PILA_OBJECT_REDUCE);
    CHECK_STATUS(pila_value_less(a, b, &out), PILA_ETYPE);
    CHECK_STATUS(pila_value_len(a, &n), PILA_ETYPE);
    CHECK(pila_value_truth(a));
    before = hash(a);
    a.as.items[PILA_PART_STATE] = value_of(&doc, "l0");
    CHECK(hash(a) == before);
    ROW("two of equal parts are two items of a set");
    set = value_of(&doc, "S0");
    CHECK_OK(pila_value_add(&doc, set, a));
    CHECK_OK(pila_value_add(&doc, set, b));
    CHECK_OK(pila_value_add(&doc, set, a));
    CHECK_INT(set.as.dict->len, 2);
    ROW(NULL);
    pila_doc_done(&doc);
}

static void names_are_equal_by_their_parts(void **state)
{
    pila_doc doc = {0};
    pila_value cls = class_of(&doc), a, b;
    uint64_t h;

    (void)state;
    CHECK_OK(pila_value_copy(&doc, cls, &b));
    CHECK(eq(cls, b) && hash(cls) == hash(b));
    b.as.items[1] = str_of("defaultdict");
    CHECK(!eq(cls, b) && hash(cls) != hash(b));
    a = object_of(&doc, PILA_OBJECT_PERSISTENT, 1);
    b = object_of(&doc, PILA_OBJECT_PERSISTENT, 1);
    a.as.items[0] = value_of(&doc, "i1 s6964 t2");
    b.as.items[0] = value_of(&doc, "T s6964 t2");
    CHECK(eq(a, b) && hash(a) == hash(b));
    CHECK(!eq(a, a.as.items[0]));
    b = object_of(&doc, PILA_OBJECT_EXTENSION, 1);
    b.as.items[0] = a.as.items[0];
    CHECK(!eq(a, b) && hash(a) != hash(b));
    a.as.items[0] = value_of(&doc, "l0");
    CHECK_STATUS(pila_value_hash(a, &h), PILA_ETYPE);
    pila_doc_done(&doc);
}

static void numerals(void **state)
{
    pila_value a = pila_value_numeral_of(pila_cstr("1.0"));
    bool out;

    (void)state;
    shows(a, "1.0");
    CHECK(eq(a, pila_value_numeral_of(pila_cstr("1.0"))));
    CHECK(!eq(a, pila_value_numeral_of(pila_cstr("1.00"))));
    CHECK(!eq(a, pila_value_float(1)) && !eq(a, str_of("1.0")));
    CHECK_STATUS(pila_value_less(a, a, &out), PILA_ETYPE);
    CHECK(hash(a) == hash(pila_value_numeral_of(pila_cstr("1.0"))));
}

static void bytes_of_no_character_are_shown(void **state)
{
    (void)state;
    shows(pila_value_str_of(pila_str_of("\xff\xed\xa0\xc3", 4)),
          "'\\xff\\xed\\xa0\\xc3'");
}

/* ---- the type ---- */

static void items_of_containers(void **state)
{
    pila_doc doc = {0}, own = {0};
    pila_type in = pila_value_type_in(&own);
    pila_value nan = pila_value_float(NAN), list = value_of(&doc, "s6162 l1"), made;
    pila_value other = value_of(&doc, "s6162 l1");
    pila_buf out = {0};
    bool same = false;
    uint64_t h;

    (void)state;
    CHECK_OK(pila_value_type.eq(NULL, &nan, &nan, &same));
    CHECK(same && !eq(nan, nan));
    CHECK_OK(pila_value_type.eq(NULL, &list, &other, &same));
    CHECK(same);
    CHECK_OK(pila_value_type.less(NULL, &list, &other, &same));
    CHECK(!same);
    CHECK_STATUS(pila_value_type.hash(NULL, &list, &h), PILA_ETYPE);
    CHECK_OK(pila_value_type.repr(NULL, &list, &out));
    CHECK_TEXT(pila_buf_view(&out), "['ab']");
    pila_buf_done(&out);
    CHECK_OK(in.copy(in.ctx, &made, &list));
    pila_doc_done(&doc);
    shows(made, "['ab']");
    pila_doc_done(&own);
}

/* How many str.isprintable are, and sum(c * n for n, c in enumerate(those, 1)). */
static void printable_as_in_cpython(void **state)
{
    uint64_t n = 0, sum = 0;

    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++)
        if (pila__printable(c)) sum += c * ++n;
    CHECK_INT(n, 144516);
    CHECK_INT(sum, 1472026571491984);
}

/* ---- the memo ---- */

static void memo_agrees_with_an_array(void **state)
{
    enum { KEYS = 300 };
    static size_t want[KEYS + 1];
    pila__memo m = {0};
    check_rng rng = check_rng_start();

    (void)state;
    check_alloc_start();
    pila__memo_remove(&m, 8);
    pila__memo_clear(&m);
    CHECK(pila__memo_get(&m, 8) == PILA__MEMO_NONE);
    for (size_t k = 1; k <= KEYS; k++) want[k] = PILA__MEMO_NONE;
    for (int step = 0; step < 100000; step++) {
        size_t key = 1 + check_rng_below(&rng, step % 20000 < 10000 ? KEYS : 40);
        uint64_t at = (uint64_t)key * 16;

        switch (check_rng_below(&rng, 3)) {
        case 0:
            want[key] = (size_t)step;
            CHECK_OK(pila__memo_put(&m, at, want[key]));
            break;
        case 1:
            want[key] = PILA__MEMO_NONE;
            pila__memo_remove(&m, at);
            break;
        default: CHECK(pila__memo_get(&m, at) == want[key]);
        }
    }
    pila__memo_clear(&m);
    CHECK(m.len == 0 && pila__memo_get(&m, 16) == PILA__MEMO_NONE);
    pila__memo_done(&m);
    pila__memo_done(&m);
    check_alloc_stop();
}

/* ---- memory ---- */

static pila_status sweep_memo(void *ctx)
{
    pila__memo m = {0};
    pila_status st = PILA_OK;

    (void)ctx;
    for (size_t k = 1; k <= 200 && st == PILA_OK; k++) {
        st = pila__memo_put(&m, k, k);
        if (st == PILA_OK) continue;
        CHECK(pila__memo_get(&m, k) == PILA__MEMO_NONE);
        CHECK(k == 1 || pila__memo_get(&m, k - 1) == k - 1);
    }
    pila__memo_done(&m);
    return st;
}

/* Grows a list, a dict and a set; what failed left them as they were. */
static pila_status sweep_change(void *ctx)
{
    pila_doc doc = {0};
    pila_value list, dict, set, array;
    pila_status st = recipe_make(&doc, "l0", &list);

    (void)ctx;
    if (st == PILA_OK) st = recipe_make(&doc, "d0", &dict);
    if (st == PILA_OK) st = recipe_make(&doc, "S0", &set);
    if (st == PILA_OK) st = recipe_make(&doc, "y", &array);
    for (int i = 0; i < 150 && st == PILA_OK; i++) {
        pila_value x, pair[2] = {pila_value_int(i), pila_value_int(i)};
        size_t n = (size_t)i;

        st = pila_value_append(&doc, list, pair[0]);
        CHECK_INT(length(list), st == PILA_OK ? n + 1 : n);
        if (st == PILA_OK) st = pila_value_append(&doc, array, pair[0]);
        if (st == PILA_OK) st = pila_value_tuple(&doc, pair, 2, &x);
        if (st != PILA_OK) break;
        st = pila_value_setitem(&doc, dict, x, pair[0]);
        CHECK_INT(length(dict), st == PILA_OK ? n + 1 : n);
        if (st == PILA_OK) st = pila_value_add(&doc, set, pair[0]);
        if (st == PILA_OK && i % 3 == 0) st = pila_value_delitem(dict, x);
        if (st == PILA_OK && i % 3 == 0) st = pila_value_setitem(&doc, dict, x, x);
        if (i && (st != PILA_OK || i == 149)) { /* still in use */
            pila_value last;

            CHECK_OK(pila_value_getitem(list, pila_value_int(i - 1), &last));
            CHECK_INT(last.as.i, i - 1);
        }
    }
    pila_doc_done(&doc);
    return st;
}

static pila_status sweep_walks(void *ctx)
{
    pila_doc doc = {0}, other = {0};
    pila_value v = pila_value_int(1), copy = pila_value_int(-7), mark = copy, twice[2];
    pila_buf out = {0};
    bool same = false;
    uint64_t h = 0;
    pila_status st = PILA_OK;

    (void)ctx;
    for (int i = 0; i < 700 && st == PILA_OK; i++) {
        twice[0] = twice[1] = v;
        st = pila_value_tuple(&doc, twice, i % 100 ? 1 : 2, &v);
    }
    if (st == PILA_OK) st = pila_value_frozenset(&doc, &v, 1, &v);
    if (st == PILA_OK) st = recipe_make(&other, "s6b657074", &mark);
    if (st == PILA_OK) {
        st = pila_value_copy(&other, v, &copy);
        if (st != PILA_OK) CHECK_INT(copy.as.i, -7);
        CHECK_TEXT(pila_value_text(mark), "kept");
    }
    if (st == PILA_OK) st = pila_value_eq(v, copy, &same);
    if (st == PILA_OK) st = pila_value_hash(v, &h);
    if (st == PILA_OK) {
        CHECK(same);
        st = pila_value_less(v.as.dict->entries[0].key, copy.as.dict->entries[0].key,
                             &same);
    }
    if (st == PILA_OK) {
        CHECK(!same);
        st = pila_value_repr(v, &out);
        if (st != PILA_OK) CHECK_INT(out.len, 0);
    }
    pila_buf_done(&out);
    pila_doc_done(&doc);
    pila_doc_done(&other);
    return st;
}

static pila_status sweep_rows(void *ctx)
{
    const char *recipe = ctx;
    pila_doc doc = {0}, other = {0};
    pila_value v, copy;
    pila_buf out = {0};
    bool same = false;
    pila_status st = recipe_make(&doc, recipe, &v);

    if (st == PILA_OK) st = pila_value_copy(&other, v, &copy);
    if (st == PILA_OK) st = pila_value_eq(v, copy, &same);
    if (st == PILA_OK) st = pila_value_repr(copy, &out);
    pila_buf_done(&out);
    pila_doc_done(&doc);
    pila_doc_done(&other);
    return st;
}

/* Keys that need memory to be hashed and compared, few and many. */
static pila_status sweep_hunts(void *ctx)
{
    pila_doc doc = {0}, other = {0};
    pila_value few, many, x, copy[2];
    bool same = true;
    pila_status st = pila_value_set(&doc, 0, &few);

    (void)ctx;
    if (st == PILA_OK) st = pila_value_dict(&doc, 0, &many);
    for (int i = 0; i < 12 && st == PILA_OK; i++) {
        x = pila_value_int(i);
        for (int k = 0; k < 20 && st == PILA_OK; k++)
            st = pila_value_tuple(&doc, &x, 1, &x);
        if (st == PILA_OK && i < 3) st = pila_value_add(&doc, few, x);
        if (st == PILA_OK) st = pila_value_setitem(&doc, many, x, few);
    }
    if (st == PILA_OK) st = pila_value_copy(&other, few, &copy[0]);
    if (st == PILA_OK) st = pila_value_copy(&other, many, &copy[1]);
    if (st == PILA_OK) st = pila_value_eq(few, copy[0], &same);
    if (st == PILA_OK) st = pila_value_eq(many, copy[1], &same);
    if (st == PILA_OK) {
        CHECK(same);
        x = copy[0].as.dict->entries[2].key; /* the last place now has another key */
        st = pila_value_discard(copy[0], x);
    }
    if (st == PILA_OK) st = pila_value_add(&other, copy[0], pila_value_int(1));
    if (st == PILA_OK) st = pila_value_eq(few, copy[0], &same);
    if (st == PILA_OK) CHECK(!same);
    if (st == PILA_OK) st = pila_value_less(few, copy[0], &same);
    if (st == PILA_OK) CHECK(!same);
    pila_doc_done(&doc);
    pila_doc_done(&other);
    return st;
}

/* A document in which so many bytes are left, and no memory for another block: each
 * thing that is made there is made, or there is none. */
enum { FULL_OPS = 15 };

static pila_status full_op(pila_doc *doc, pila_value list, int op, pila_value *out)
{
    static const char bytes[] = "0123456789abcdef-a-number-of-many-bytes";
    pila_str text = pila_str_of(bytes, sizeof bytes - 1);
    pila_value items[20];

    for (int i = 0; i < 20; i++) items[i] = str_of(bytes + i);
    switch (op) {
    case 0: return pila_value_uint(doc, UINT64_MAX, out);
    case 1: return pila_value_from_bytes(doc, text, out);
    case 2: return pila_value_from_bytes(doc, pila_str_of(bytes, 15), out);
    case 3: return pila_value_from_decimal(doc, pila_cstr("99999999999999999999"), out);
    case 4: return pila_value_complex(doc, 1, 2, out);
    case 5: return pila_value_str(doc, text, out);
    case 6: return pila_value_bytearray(doc, text, out);
    case 7: return pila_value_list(doc, items, 5, out);
    case 8: return pila_value_tuple(doc, items, 5, out);
    case 9: return pila_value_dict(doc, 3, out);
    case 10: return pila_value_set(doc, 9, out);
    case 11: return pila_value_frozenset(doc, items, 20, out);
    case 12: return pila__value_dict_of(doc, items, 10, out, NULL);
    case 13: return pila_value_copy(doc, list, out);
    default: return pila_value_object(doc, PILA_OBJECT_REDUCE, PILA_PARTS, out);
    }
}

/* The same for what exists: it grows by one, or stays as it was. */
static void full_growth(pila_doc *doc, pila_value v, const char *was, int op)
{
    pila_value one = pila_value_int(1), text = str_of("new");
    pila_buf out = {0};
    pila_status st = op == 0   ? pila_value_append(doc, v, one)
                     : op == 1 ? pila_value_insert(doc, v, 0, one)
                     : op == 2 ? pila_value_setitem(doc, v, text, one)
                               : pila_value_add(doc, v, text);

    check_alloc_fail(0, 0);
    CHECK(st == PILA_OK || st == PILA_ENOMEM);
    CHECK_OK(pila_value_repr(v, &out));
    if (st == PILA_ENOMEM) CHECK_TEXT(pila_buf_view(&out), was);
    else CHECK(out.len > strlen(was));
    pila_buf_done(&out);
}

static void fill_up(pila_doc *doc, size_t left)
{
    while ((size_t)(doc->end - doc->free) < left) CHECK(pila_doc_alloc(doc, 8));
    CHECK(pila_doc_alloc(doc, (size_t)(doc->end - doc->free) - left));
    check_alloc_fail(1, true);
}

static void documents_run_full(void **state)
{
    static const char *const grows[][2] = {
        {"i1 i2 l2", "[1, 2]"},
        {"i1 i2 l2", "[1, 2]"},
        {"i1 i2 i3 i4 i5 i6 i7 i8 i9 i10 i11 i12 i13 i14 i15 i16 d8",
         "{1: 2, 3: 4, 5: 6, 7: 8, 9: 10, 11: 12, 13: 14, 15: 16}"},
        {"i1 t1 i2 t1 i3 t1 i4 t1 i5 t1 i6 t1 i7 t1 i8 t1 S8",
         "{(1,), (2,), (3,), (4,), (5,), (6,), (7,), (8,)}"},
        {"y616263", "bytearray(b'abc')"}};

    (void)state;
    check_alloc_start();
    for (size_t left = 0; left <= 640; left += 8) {
        pila_doc doc = {0}, own = {0};
        pila_value list = value_of(&own, "s6162 i99999999999999999999 b63 y64 i1 t1 i1 "
                                         "i2 i1 d1 l7");

        for (int k = 0; k < 20; k++)
            CHECK_OK(pila_value_append(&own, list, pila_value_int(k)));
        for (int op = 0; op < FULL_OPS; op++) {
            pila_value v = pila_value_int(-7);
            pila_status st;

            fill_up(&doc, left);
            st = full_op(&doc, list, op, &v);
            check_alloc_fail(0, 0);
            CHECK(st == PILA_OK || (st == PILA_ENOMEM && v.as.i == -7));
            CHECK_OK(full_op(&doc, list, op, &v));
        }
        for (size_t k = 0; k < COUNT_OF(grows); k++) {
            pila_value v = value_of(&doc, grows[k][0]);

            if (k == 4) {
                while (v.as.array->len < v.as.array->room)
                    CHECK_OK(pila_value_append(&doc, v, pila_value_int(65)));
            }
            fill_up(&doc, left);
            full_growth(&doc, v, grows[k][1], k == 4 ? 0 : (int)k);
        }
        pila_doc_done(&doc);
        pila_doc_done(&own);
    }
    check_alloc_stop();
}

/* A cap at any place of the text stops it, and nothing of it stays. */
static void repr_stops_at_any_cap(void **state)
{
    pila_doc doc = {0};
    pila_value cls = object_of(&doc, PILA_OBJECT_GLOBAL, 2), v[40];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; n < 38; i += 9)
        if (strlen(rows[i].repr) < 300) v[n++] = value_of(&doc, rows[i].recipe);
    cls.as.items[0] = str_of("m");
    cls.as.items[1] = str_of("C");
    v[n++] = object_of(&doc, PILA_OBJECT_REDUCE, PILA_PARTS);
    for (int i = 1; i < PILA_PARTS; i++)
        v[n - 1].as.items[i] = value_of(&doc, "i1 i2 l2");
    v[n - 1].as.items[0] = cls;
    v[n++] = value_of(&doc, "f0000000000000000 f8000000000000000 c b27225c y80 i1 t1 "
                            "f8000000000000000 f3ff0000000000000 c l5");
    for (size_t i = 0; i < n; i++) {
        pila_buf all = {0}, part = {0};

        CHECK_OK(pila_value_repr(v[i], &all));
        CHECK_OK(pila_buf_add(&part, pila_cstr("x")));
        for (part.cap = 1; part.cap <= all.len; part.cap++) {
            CHECK_STATUS(pila_value_repr(v[i], &part), PILA_ELIMIT);
            CHECK_TEXT(pila_buf_view(&part), "x");
        }
        CHECK_OK(pila_value_repr(v[i], &part));
        CHECK_INT(part.len, all.len + 1);
        pila_buf_done(&all);
        pila_buf_done(&part);
    }
    pila_doc_done(&doc);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_memo, NULL);
    check_alloc_sweep(sweep_change, NULL);
    check_alloc_sweep(sweep_walks, NULL);
    check_alloc_sweep(sweep_hunts, NULL);
    for (size_t i = 0; i < COUNT_OF(rows); i += rows[i].eq ? 1 : 5) {
        ROW(rows[i].recipe);
        check_alloc_sweep(sweep_rows, (void *)(uintptr_t)rows[i].recipe);
    }
    ROW(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reprs_of_cpython_hold),
        cmocka_unit_test(pairs_compare_as_in_cpython),
        cmocka_unit_test(equal_keys_are_one_key),
        cmocka_unit_test(documents_begin_empty_and_go_back),
        cmocka_unit_test(clear_keeps_the_room),
        cmocka_unit_test(sizes_that_no_memory_has),
        cmocka_unit_test(integers),
        cmocka_unit_test(integers_of_many_digits),
        cmocka_unit_test(integers_that_fit_and_do_not),
        cmocka_unit_test(reading),
        cmocka_unit_test(truth),
        cmocka_unit_test(contains),
        cmocka_unit_test(changes_that_are_refused),
        cmocka_unit_test(lists_and_bytearrays),
        cmocka_unit_test(dicts_and_sets_agree_with_a_model),
        cmocka_unit_test(dict_of_pairs),
        cmocka_unit_test(flood),
        cmocka_unit_test(iterating),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(lists_of_other_items),
        cmocka_unit_test(depth_1e6),
        cmocka_unit_test(keys_nest_deeply),
        cmocka_unit_test(billion_laughs),
        cmocka_unit_test(cycles_end),
        cmocka_unit_test(cycles_show_and_copy),
        cmocka_unit_test(copies_share_what_was_shared),
        cmocka_unit_test(deleted_keys_do_not_count),
        cmocka_unit_test(names_are_shown),
        cmocka_unit_test(calls_are_shown),
        cmocka_unit_test(what_a_call_made_is_itself_alone),
        cmocka_unit_test(names_are_equal_by_their_parts),
        cmocka_unit_test(numerals),
        cmocka_unit_test(bytes_of_no_character_are_shown),
        cmocka_unit_test(copies_find_keys_that_are_objects),
        cmocka_unit_test(items_of_containers),
        cmocka_unit_test(printable_as_in_cpython),
        cmocka_unit_test(memo_agrees_with_an_array),
        cmocka_unit_test(documents_run_full),
        cmocka_unit_test(repr_stops_at_any_cap),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
