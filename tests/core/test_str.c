/* test_str.c - views, owned strings at the border of 15 bytes, and the buffer; what
 * CPython writes for floats, str and bytes is in tables that it made. */
#include "check.h"

#include <locale.h>
#include <math.h>

/* ---- views ---- */

static const struct order_row {
    const char *promise;
    const char *a;
    size_t a_len;
    const char *b;
    size_t b_len;
    int order;
} orders[] = {
    {"equal", "spam", 4, "spam", 4, 0},
    {"empty and empty", "", 0, NULL, 0, 0},
    {"empty comes first", NULL, 0, "a", 1, -1},
    {"a prefix comes first", "spam", 4, "spamm", 5, -1},
    {"the first byte that differs decides", "spbm", 4, "spamzzz", 7, 1},
    {"bytes are unsigned: as code points in UTF-8", "\xc3\xb1", 2, "z", 1, 1},
    {"beyond the BMP too", "\xf0\x9f\x98\x80", 4, "\xef\xbf\xbd", 3, 1},
    {"a NUL is a byte like any", "a\0b", 3, "a\0c", 3, -1},
    {"and is less than nothing more", "a\0", 2, "a", 1, 1},
};

static void test_views(void **state)
{
    (void)state;
    for (const struct order_row *r = orders; r < orders + COUNT_OF(orders); r++) {
        pila_str a = pila_str_of(r->a, r->a_len), b = pila_str_of(r->b, r->b_len);
        int got = pila_str_cmp(a, b), back = pila_str_cmp(b, a);
        ROW(r->promise);
        CHECK_INT((got > 0) - (got < 0), r->order);
        CHECK_INT((back > 0) - (back < 0), -r->order);
        CHECK(pila_str_eq(a, b) == (r->order == 0));
        CHECK(pila_str_eq(b, a) == (r->order == 0));
    }
    ROW(NULL);
    CHECK_INT(pila_cstr("spam").len, 4);
    CHECK_INT(pila_cstr("").len, 0);
}

/* ---- owned strings ---- */

static const size_t lengths[] = {0,  1,  2,  7,  8,  9,   14,  15,
                                 16, 17, 31, 32, 33, 255, 256, 5000};

static void fill(char *text, size_t n, char first)
{
    for (size_t k = 0; k < n; k++) text[k] = (char)(first + (char)(k % 23));
}

static void test_short_and_long(void **state)
{
    char text[5000], same[5000];

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(lengths); k++) {
        size_t n = lengths[k];
        pila_string owned, borrowed;
        fill(text, n, 'a');
        fill(same, n, 'a');
        CHECK_OK(pila_string_init(&owned, pila_str_of(text, n)));
        CHECK_INT(check_alloc_live(), n > PILA_STRING_SHORT_MAX);
        borrowed = pila_string_borrow(pila_str_of(same, n));
        CHECK(pila_string_is_long(&owned) == (n > PILA_STRING_SHORT_MAX));
        CHECK(pila_str_eq(pila_string_view(&owned), pila_str_of(text, n)));
        CHECK(pila_str_eq(pila_string_view(&borrowed), pila_str_of(text, n)));
        CHECK(pila_string_eq(&owned, &borrowed) && pila_string_eq(&borrowed, &owned));
        memset(text, '?', n); /* an owned one keeps its own bytes */
        CHECK(pila_str_eq(pila_string_view(&owned), pila_str_of(same, n)));
        pila_string_done(&owned);
        CHECK_INT(pila_string_view(&owned).len, 0);
        pila_string_done(&owned);
        CHECK_INT(check_alloc_live(), 0);
    }
    check_alloc_stop();
}

/* Equality and hash agree over every pair of lengths, and every byte counts. */
static void test_equality_and_hash(void **state)
{
    char text[5000];

    (void)state;
    pila_hash_init();
    fill(text, sizeof text, 'a');
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        for (size_t j = 0; j < COUNT_OF(lengths); j++) {
            pila_string a = pila_string_borrow(pila_str_of(text, lengths[i]));
            pila_string b = pila_string_borrow(pila_str_of(text, lengths[j]));
            CHECK(pila_string_eq(&a, &b) == (i == j));
            CHECK((pila__string_hash(&a) == pila__string_hash(&b)) == (i == j));
            CHECK(pila__string_hash(&a) == pila__str_hash(pila_string_view(&a)));
        }
    for (size_t i = 0; i < COUNT_OF(lengths) - 1; i++) {
        size_t n = lengths[i];
        char other[256];
        for (size_t k = 0; k < n; k++) {
            memcpy(other, text, n);
            other[k] ^= 1;
            pila_string a = pila_string_borrow(pila_str_of(text, n));
            pila_string b = pila_string_borrow(pila_str_of(other, n));
            CHECK(!pila_string_eq(&a, &b));
        }
    }
}

static void test_zero_is_the_empty_string(void **state)
{
    pila_string zero = {{0, 0}}, made;

    (void)state;
    CHECK_INT(pila_string_view(&zero).len, 0);
    CHECK_OK(pila_string_init(&made, pila_str_of(NULL, 0)));
    CHECK(pila_string_eq(&zero, &made));
    CHECK(memcmp(&zero, &made, sizeof zero) == 0);
    CHECK_INT(sizeof zero, 16);
    pila_string_done(&zero);
}

/* A short one with NULs at its end is told by its length, not by its bytes. */
static void test_nul_at_the_end_counts(void **state)
{
    static const char nuls[16];

    (void)state;
    pila_hash_init();
    for (size_t i = 0; i <= 16; i++)
        for (size_t j = 0; j < i; j++) {
            pila_string a = pila_string_borrow(pila_str_of(nuls, i));
            pila_string b = pila_string_borrow(pila_str_of(nuls, j));
            CHECK(!pila_string_eq(&a, &b));
            CHECK(pila__string_hash(&a) != pila__string_hash(&b));
        }
}

static void test_string_init_without_memory(void **state)
{
    pila_string s = {{1, 2}};

    (void)state;
    check_alloc_start();
    check_alloc_fail(1, 1);
    CHECK_STATUS(pila_string_init(&s, pila_cstr("sixteen bytes...")), PILA_ENOMEM);
    CHECK(s.word[0] == 1 && s.word[1] == 2); /* untouched */
    CHECK_OK(pila_string_init(&s, pila_cstr("fifteen bytes..")));
    check_alloc_fail(0, 0);
    pila_string_done(&s);
    check_alloc_stop();
}

/* ---- numbers ---- */

static const struct float_row {
    const char *want; /* repr() */
    uint64_t bits;
} floats[] = {
    {"0.0", UINT64_C(0x0000000000000000)},
    {"-0.0", UINT64_C(0x8000000000000000)},
    {"1.0", UINT64_C(0x3ff0000000000000)},
    {"-1.0", UINT64_C(0xbff0000000000000)},
    {"0.1", UINT64_C(0x3fb999999999999a)},
    {"0.2", UINT64_C(0x3fc999999999999a)},
    {"0.3", UINT64_C(0x3fd3333333333333)},
    {"0.5", UINT64_C(0x3fe0000000000000)},
    {"1.5", UINT64_C(0x3ff8000000000000)},
    {"2.5", UINT64_C(0x4004000000000000)},
    {"3.14", UINT64_C(0x40091eb851eb851f)},
    {"100000.0", UINT64_C(0x40f86a0000000000)},
    {"123456.0", UINT64_C(0x40fe240000000000)},
    {"1000000000000000.0", UINT64_C(0x430c6bf526340000)},
    {"1e+16", UINT64_C(0x4341c37937e08000)},
    {"1e+17", UINT64_C(0x4376345785d8a000)},
    {"1e+22", UINT64_C(0x4480f0cf064dd592)},
    {"1e+23", UINT64_C(0x44b52d02c7e14af6)},
    {"9007199254740992.0", UINT64_C(0x4340000000000000)},
    {"9999999999999998.0", UINT64_C(0x4341c37937e07fff)},
    {"1.2345678901234568e+17", UINT64_C(0x437b69b4ba630f35)},
    {"1234567890123456.8", UINT64_C(0x43118b54f22aeb03)},
    {"1.2345678901234568e+16", UINT64_C(0x4345ee2a2eb5a5c4)},
    {"999999999999999.9", UINT64_C(0x430c6bf52633ffff)},
    {"0.0001", UINT64_C(0x3f1a36e2eb1c432d)},
    {"1e-05", UINT64_C(0x3ee4f8b588e368f1)},
    {"0.00012345", UINT64_C(0x3f202e4b6ce5dc68)},
    {"9.9999e-05", UINT64_C(0x3f1a36d1bd105b06)},
    {"1e-07", UINT64_C(0x3e7ad7f29abcaf48)},
    {"1e-10", UINT64_C(0x3ddb7cdfd9d7bdbb)},
    {"1.7976931348623157e+308", UINT64_C(0x7fefffffffffffff)},
    {"-1.7976931348623157e+308", UINT64_C(0xffefffffffffffff)},
    {"2.2250738585072014e-308", UINT64_C(0x0010000000000000)},
    {"2.225073858507201e-308", UINT64_C(0x000fffffffffffff)},
    {"5e-324", UINT64_C(0x0000000000000001)},
    {"1e-323", UINT64_C(0x0000000000000002)},
    {"4.9407e-320", UINT64_C(0x0000000000002710)},
    {"3.141592653589793", UINT64_C(0x400921fb54442d18)},
    {"2.718281828459045", UINT64_C(0x4005bf0a8b145769)},
    {"1.4142135623730951", UINT64_C(0x3ff6a09e667f3bcd)},
    {"0.3333333333333333", UINT64_C(0x3fd5555555555555)},
    {"0.6666666666666666", UINT64_C(0x3fe5555555555555)},
    {"1e+100", UINT64_C(0x54b249ad2594c37d)},
    {"1e-100", UINT64_C(0x2b2bff2ee48e0530)},
    {"1e+300", UINT64_C(0x7e37e43c8800759c)},
    {"1e-300", UINT64_C(0x01a56e1fc2f8f359)},
    {"1.23e+47", UINT64_C(0x49b58b82c0e0bb00)},
    {"6.02214076e+23", UINT64_C(0x44dfe185ca57c517)},
    {"6.62607015e-34", UINT64_C(0x390b860bde023111)},
    {"299792458.0", UINT64_C(0x41b1de784a000000)},
    {"4.35", UINT64_C(0x4011666666666666)},
    {"4.349999999999999", UINT64_C(0x4011666666666665)},
    {"100.0", UINT64_C(0x4059000000000000)},
    {"1000000.0", UINT64_C(0x412e848000000000)},
    {"12345.678", UINT64_C(0x40c81cd6c8b43958)},
    {"5.684341886080802e-14", UINT64_C(0x3d30000000000000)},
    {"7.291122019556398e-304", UINT64_C(0x0100000000000000)},
    {"8.209073602596753e-289", UINT64_C(0x0420000000000000)},
    {"2.0", UINT64_C(0x4000000000000000)},
    {"4.0", UINT64_C(0x4010000000000000)},
    {"9.5367431640625e-07", UINT64_C(0x3eb0000000000000)},
    {"1.1102230246251565e-16", UINT64_C(0x3ca0000000000000)},
    {"2.220446049250313e-16", UINT64_C(0x3cb0000000000000)},
    {"1.0000000000000002", UINT64_C(0x3ff0000000000001)},
    {"0.9999999999999999", UINT64_C(0x3fefffffffffffff)},
    {"1.4411518807585587e+17", UINT64_C(0x4380000000000000)},
    {"1.152921504606847e+18", UINT64_C(0x43b0000000000000)},
    {"9.223372036854776e+18", UINT64_C(0x43e0000000000000)},
    {"1.8446744073709552e+19", UINT64_C(0x43f0000000000000)},
    {"0.30000000000000004", UINT64_C(0x3fd3333333333334)},
    {"1.1", UINT64_C(0x3ff199999999999a)},
    {"2.675", UINT64_C(0x4005666666666666)},
    {"1e+21", UINT64_C(0x444b1ae4d6e2ef50)},
    {"1e-06", UINT64_C(0x3eb0c6f7a0b5ed8d)},
    {"nan", UINT64_C(0x7ff8000000000000)},
    {"inf", UINT64_C(0x7ff0000000000000)},
    {"-inf", UINT64_C(0xfff0000000000000)},
};

static const char *float_text(double x)
{
    static char text[64];
    pila_buf b = {0};

    CHECK_OK(pila_buf_add_float(&b, x));
    CHECK(b.len < sizeof text);
    memcpy(text, b.data, b.len);
    text[b.len] = '\0';
    pila_buf_done(&b);
    return text;
}

static double double_of(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void test_float_repr_as_cpython(void **state)
{
    (void)state;
    for (const struct float_row *r = floats; r < floats + COUNT_OF(floats); r++) {
        ROW(r->want);
        assert_string_equal(float_text(double_of(r->bits)), r->want);
    }
    ROW(NULL);
    assert_string_equal(float_text(-(double)NAN), "nan");
}

/* Shortest: no decimal with one digit less reads back, whichever way it is rounded. */
static bool could_be_shorter(double x, int digits)
{
    char text[64];

    if (digits < 2) return false;
    snprintf(text, sizeof text, "%.*e", digits - 2, x);
    char *last = strchr(text, 'e') - 1;
    for (char near = *last == '0' ? '0' : (char)(*last - 1), end = (char)(*last + 1);
         near <= end && near <= '9'; near++) {
        *last = near;
        if (strtod(text, NULL) == x) return true;
    }
    return false;
}

static int digits_in(const char *text)
{
    int n = 0, zeros = 0;
    bool leading = true;

    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9') continue;
        if (*text == '0' && leading) continue;
        leading = false;
        n++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return n - zeros;
}

static void check_float(double x)
{
    const char *text = float_text(x);

    if (isnan(x)) CHECK(strcmp(text, "nan") == 0);
    else if (bits_of(strtod(text, NULL)) != bits_of(x))
        fail_msg("%s does not read back as %a", text, x);
    else if (x - x == 0 && could_be_shorter(x, digits_in(text)))
        fail_msg("%s could be shorter", text);
}

static void test_float_repr_reads_back(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (int k = 0; k < 100000; k++) check_float(double_of(check_rng_next(&r)));
}

/* Around powers of two, where the gap below is half the gap above, and of ten. */
static void test_float_repr_at_the_edges(void **state)
{
    (void)state;
    for (uint64_t exponent = 0; exponent < 2047; exponent++)
        for (uint64_t near = 0; near < 3; near++) {
            check_float(double_of((exponent << 52) + near));
            check_float(double_of((exponent << 52) - near));
        }
    for (int k = -323; k < 309; k++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", k);
        uint64_t bits = bits_of(strtod(text, NULL));
        check_float(double_of(bits));
        check_float(double_of(bits + 1));
        check_float(double_of(bits - 1));
    }
}

static void test_float_repr_in_a_locale_with_commas(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                        "es_ES.UTF-8"};
    const char *set = NULL;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(names) && !set; k++)
        set = setlocale(LC_NUMERIC, names[k]);
    if (!set) skip();
    char point = localeconv()->decimal_point[0];
    char text[32];
    strcpy(text, float_text(1234.5678));
    setlocale(LC_NUMERIC, "C");
    CHECK(point == ',');
    assert_string_equal(text, "1234.5678");
}

static const struct int_row {
    int64_t x;
    const char *want;
} ints[] = {
    {0, "0"},
    {7, "7"},
    {-1, "-1"},
    {10, "10"},
    {-100, "-100"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

static void test_integers(void **state)
{
    pila_buf b = {0};

    (void)state;
    for (const struct int_row *r = ints; r < ints + COUNT_OF(ints); r++) {
        pila_buf_clear(&b);
        CHECK_OK(pila_buf_add_int(&b, r->x));
        CHECK_TEXT(pila_buf_view(&b), r->want);
    }
    pila_buf_clear(&b);
    CHECK_OK(pila_buf_add_uint(&b, UINT64_MAX));
    CHECK_OK(pila_buf_add_uint(&b, 0));
    CHECK_TEXT(pila_buf_view(&b), "184467440737095516150");
    pila_buf_done(&b);
}

/* ---- repr of text ---- */

static const struct repr_row {
    const char *text;
    size_t len;
    bool utf8;
    const char *want; /* repr(), without the b of bytes */
} reprs[] = {
    {"", 0, true, "''"},
    {"spam", 4, true, "'spam'"},
    {"it's", 4, true, "\"it's\""},
    {"say \"hi\"", 8, true, "'say \"hi\"'"},
    {"it's \"both\"", 11, true, "'it\\'s \"both\"'"},
    {"a\\b", 3, true, "'a\\\\b'"},
    {"\x0a\x0d\x09", 3, true, "'\\n\\r\\t'"},
    {"\x00", 1, true, "'\\x00'"},
    {"a\x00"
     "b",
     3, true, "'a\\x00b'"},
    {"\x1b[0m", 4, true, "'\\x1b[0m'"},
    {"\x7f", 1, true, "'\\x7f'"},
    {"tab\x09here", 8, true, "'tab\\there'"},
    {"\xc3\xb1", 2, true, "'\xc3\xb1'"},
    {"\xc3\xbc"
     "ber",
     5, true,
     "'\xc3\xbc"
     "ber'"},
    {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 9, true,
     "'\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e'"},
    {"\xf0\x9f\x98\x80", 4, true, "'\xf0\x9f\x98\x80'"},
    {"a'\xc3\xb1\"b", 6, true, "'a\\'\xc3\xb1\"b'"},
    {"\xc2\xa1", 2, true, "'\xc2\xa1'"},
    {"\xef\xbf\xbd", 3, true, "'\xef\xbf\xbd'"},
    {"e\xcc\x81", 3, true, "'e\xcc\x81'"},
    {"'", 1, true, "\"'\""},
    {"\"", 1, true, "'\"'"},
    {"\\'", 2, true, "\"\\\\'\""},
    {"\x00\x01\x1f ~", 5, true, "'\\x00\\x01\\x1f ~'"},
    {"\xce\x95\xce\xbb\xce\xbb\xce\xac\xce\xb4\xce\xb1", 12, true,
     "'\xce\x95\xce\xbb\xce\xbb\xce\xac\xce\xb4\xce\xb1'"},
    {"\xe2\x82\xac", 3, true, "'\xe2\x82\xac'"},
    {"", 0, false, "''"},
    {"spam", 4, false, "'spam'"},
    {"it's", 4, false, "\"it's\""},
    {"say \"hi\"", 8, false, "'say \"hi\"'"},
    {"it's \"both\"", 11, false, "'it\\'s \"both\"'"},
    {"a\\b", 3, false, "'a\\\\b'"},
    {"\x0a\x0d\x09\x0b\x0c\x08\x07", 7, false, "'\\n\\r\\t\\x0b\\x0c\\x08\\x07'"},
    {"\x00", 1, false, "'\\x00'"},
    {"\xff\xfe", 2, false, "'\\xff\\xfe'"},
    {"\xc3\xb1", 2, false, "'\\xc3\\xb1'"},
    {"\x7f\x80", 2, false, "'\\x7f\\x80'"},
    {"'", 1, false, "\"'\""},
    {"\"", 1, false, "'\"'"},
    {"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16, false,
     "'\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\t\\n\\x0b\\x0c\\r\\x0e\\x0f'"},
    {"xyz{|}~\x7f\x80\x81\x82\x83\x84\x85\x86\x87", 16, false,
     "'xyz{|}~\\x7f\\x80\\x81\\x82\\x83\\x84\\x85\\x86\\x87'"},
    {"\xc3\xb1'\"", 4, false, "'\\xc3\\xb1\\'\"'"},
};

/* Where it is no UTF-8: what decoding with errors="backslashreplace" makes of it. */
static const struct broken_row {
    const char *text;
    size_t len;
    const char *want;
} brokens[] = {
    {"\xff", 1, "'\\xff'"},
    {"\x80", 1, "'\\x80'"},
    {"a\xc3", 2, "'a\\xc3'"},
    {"\xc3(", 2, "'\\xc3('"},
    {"\xc0\xaf", 2, "'\\xc0\\xaf'"},
    {"\xc1\xbf", 2, "'\\xc1\\xbf'"},
    {"\xe0\x80\xaf", 3, "'\\xe0\\x80\\xaf'"},
    {"\xe2\x82", 2, "'\\xe2\\x82'"},
    {"\xe2(\xa1", 3, "'\\xe2(\\xa1'"},
    {"\xed\xa0\x80", 3, "'\\xed\\xa0\\x80'"},
    {"\xed\xbf\xbf", 3, "'\\xed\\xbf\\xbf'"},
    {"\xed\x9f\xbf", 3, "'\xed\x9f\xbf'"},
    {"\xee\x80\x80", 3, "'\xee\x80\x80'"},
    {"\xf0\x80\x80\x80", 4, "'\\xf0\\x80\\x80\\x80'"},
    {"\xf0\x90\x80\x80", 4, "'\xf0\x90\x80\x80'"},
    {"\xf4\x8f\xbf\xbf", 4, "'\xf4\x8f\xbf\xbf'"},
    {"\xf4\x90\x80\x80", 4, "'\\xf4\\x90\\x80\\x80'"},
    {"\xf5\x80\x80\x80", 4, "'\\xf5\\x80\\x80\\x80'"},
    {"\xf0\x9f\x98", 3, "'\\xf0\\x9f\\x98'"},
    {"ok\xfe\xc3\xb1", 5, "'ok\\xfe\xc3\xb1'"},
};

static void test_repr_as_cpython(void **state)
{
    pila_buf b = {0};

    (void)state;
    for (const struct repr_row *r = reprs; r < reprs + COUNT_OF(reprs); r++) {
        ROW(r->want);
        pila_buf_clear(&b);
        CHECK_OK(pila_buf_add_repr(&b, pila_str_of(r->text, r->len), r->utf8));
        CHECK_TEXT(pila_buf_view(&b), r->want);
    }
    for (const struct broken_row *r = brokens; r < brokens + COUNT_OF(brokens); r++) {
        ROW(r->want);
        pila_buf_clear(&b);
        CHECK_OK(pila_buf_add_repr(&b, pila_str_of(r->text, r->len), true));
        CHECK_TEXT(pila_buf_view(&b), r->want);
    }
    ROW(NULL);
    pila_buf_clear(&b);
    CHECK_OK(pila_buf_add_repr(&b, pila_str_of(NULL, 0), true));
    CHECK_TEXT(pila_buf_view(&b), "''");
    pila_buf_done(&b);
}

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The text that a repr stands for. */
static size_t read_back(pila_str repr, char *out)
{
    size_t n = 0;

    for (const char *p = repr.ptr + 1; p < repr.ptr + repr.len - 1; p++) {
        if (*p != '\\') {
            out[n++] = *p;
            continue;
        }
        switch (*++p) {
        case 'n': out[n++] = '\n'; break;
        case 'r': out[n++] = '\r'; break;
        case 't': out[n++] = '\t'; break;
        case 'x':
            out[n++] = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
            p += 2;
            break;
        default: out[n++] = *p;
        }
    }
    return n;
}

static void test_repr_reads_back(void **state)
{
    static const char likely[] = "'\"\\\n\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x80 az\x7f";
    check_rng r = check_rng_start();
    pila_buf b = {0};
    char text[40], back[40];

    (void)state;
    for (int turn = 0; turn < 50000; turn++) {
        size_t n = check_rng_below(&r, sizeof text);
        for (size_t k = 0; k < n; k++)
            text[k] = check_rng_below(&r, 4)
                          ? likely[check_rng_below(&r, sizeof likely)]
                          : (char)check_rng_next(&r);
        pila_buf_clear(&b);
        CHECK_OK(pila_buf_add_repr(&b, pila_str_of(text, n), turn % 2));
        CHECK(pila_str_eq(pila_str_of(back, read_back(pila_buf_view(&b), back)),
                          pila_str_of(text, n)));
        for (size_t k = 0; k < b.len; k++)
            CHECK((unsigned char)b.data[k] >= 0x20 && b.data[k] != 0x7f &&
                  (turn % 2 || (unsigned char)b.data[k] < 0x80));
    }
    pila_buf_done(&b);
}

/* ---- the buffer ---- */

static void test_zero_is_an_empty_buffer(void **state)
{
    pila_buf b = {0};

    (void)state;
    CHECK_INT(pila_buf_view(&b).len, 0);
    CHECK_OK(pila_buf_reserve(&b, 0));
    CHECK_OK(pila_buf_add(&b, pila_str_of(NULL, 0)));
    CHECK(b.data == NULL);
    pila_buf_clear(&b);
    pila_buf_done(&b);
    pila_buf_done(&b);
}

static void test_clear_keeps_room_and_done_frees(void **state)
{
    pila_buf b = {0};

    (void)state;
    check_alloc_start();
    CHECK_OK(pila_buf_add(&b, pila_cstr("spam")));
    size_t room = b.room;
    pila_buf_clear(&b);
    CHECK(b.len == 0 && b.room == room && b.data);
    CHECK_OK(pila_buf_add(&b, pila_cstr("eggs")));
    CHECK_TEXT(pila_buf_view(&b), "eggs");
    pila_buf_done(&b);
    CHECK(b.len == 0 && b.room == 0 && !b.data);
    CHECK_INT(check_alloc_live(), 0);
    CHECK_OK(pila_buf_add_char(&b, 'x')); /* and it can be used again */
    pila_buf_done(&b);
    check_alloc_stop();
}

static void test_text_inside_itself(void **state)
{
    pila_buf b = {0};
    char want[4096] = "abc";
    size_t n = 3;

    (void)state;
    CHECK_OK(pila_buf_add(&b, pila_cstr("abc")));
    while (n < 1000) { /* doubling moves the block many times */
        CHECK_OK(pila_buf_add(&b, pila_buf_view(&b)));
        memcpy(want + n, want, n);
        n *= 2;
        CHECK(pila_str_eq(pila_buf_view(&b), pila_str_of(want, n)));
    }
    CHECK_OK(pila_buf_add(&b, pila_str_of(b.data + 5, 7)));
    CHECK(memcmp(b.data + n, want + 5, 7) == 0);
    pila_buf_done(&b);
}

static pila_status add_spam(pila_buf *b) { return pila_buf_add(b, pila_cstr("spam")); }
static pila_status add_char(pila_buf *b) { return pila_buf_add_char(b, 'x'); }
static pila_status add_int(pila_buf *b) { return pila_buf_add_int(b, -42); }
static pila_status add_uint(pila_buf *b) { return pila_buf_add_uint(b, 1234567); }
static pila_status add_float(pila_buf *b) { return pila_buf_add_float(b, 1.5); }
static pila_status add_nan(pila_buf *b) { return pila_buf_add_float(b, (double)NAN); }
static pila_status add_repr(pila_buf *b)
{
    return pila_buf_add_repr(b, pila_cstr("it's\n"), true);
}

static const struct cap_row {
    const char *promise;
    pila_status (*add)(pila_buf *b);
    size_t bytes;
} caps[] = {
    {"text", add_spam, 4},      {"a character", add_char, 1},
    {"an integer", add_int, 3}, {"an unsigned integer", add_uint, 7},
    {"a float", add_float, 3},  {"a NaN", add_nan, 3},
    {"a repr", add_repr, 8},
};

/* Exactly what fits is taken; one byte less is a limit and nothing is written. */
static void test_cap(void **state)
{
    (void)state;
    for (const struct cap_row *r = caps; r < caps + COUNT_OF(caps); r++)
        for (size_t cap = 5; cap <= 5 + r->bytes; cap++) {
            pila_buf b = {0};
            ROW(r->promise);
            b.cap = cap;
            CHECK_OK(pila_buf_add(&b, pila_cstr("12345")));
            pila_status st = r->add(&b);
            CHECK_STATUS(st, cap < 5 + r->bytes ? PILA_ELIMIT : PILA_OK);
            CHECK_INT(b.len, st == PILA_OK ? 5 + r->bytes : 5);
            CHECK(memcmp(b.data, "12345", 5) == 0);
            CHECK(b.room <= cap);
            pila_buf_done(&b);
            CHECK_INT(b.cap, cap); /* it outlives done */
        }
    ROW(NULL);
}

/* A cap lowered below the length lets nothing more in, whatever room there is. */
static void test_cap_below_length(void **state)
{
    pila_buf b = {0};

    (void)state;
    CHECK_OK(pila_buf_add(&b, pila_cstr("spam and eggs")));
    CHECK_OK(pila_buf_reserve(&b, 100));
    b.cap = 4;
    CHECK_STATUS(pila_buf_add_char(&b, 'x'), PILA_ELIMIT);
    CHECK_STATUS(pila_buf_reserve(&b, SIZE_MAX), PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&b), "spam and eggs");
    pila_buf_clear(&b);
    CHECK_OK(add_spam(&b));
    CHECK_STATUS(add_char(&b), PILA_ELIMIT);
    pila_buf_done(&b);
}

static void test_reserve_wraparound(void **state)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 3, (size_t)PTRDIFF_MAX + 1,
                                   (size_t)PTRDIFF_MAX - 3};
    pila_buf b = {0};

    (void)state;
    check_alloc_start();
    CHECK_OK(add_spam(&b));
    check_alloc_fail(0, 0);
    for (size_t k = 0; k < COUNT_OF(sizes); k++)
        CHECK_STATUS(pila_buf_reserve(&b, sizes[k]), PILA_ELIMIT);
    CHECK_STATUS(pila_buf_add(&b, pila_str_of("x", SIZE_MAX - 2)), PILA_ELIMIT);
    CHECK_INT(check_alloc_fail(0, 0), 0);
    CHECK_TEXT(pila_buf_view(&b), "spam");
    pila_buf_done(&b);
    check_alloc_stop();
}

/* The largest request that passes the arithmetic is the allocator's to refuse. */
static void test_grow_overflow(void **state)
{
    pila_buf b = {0};

    (void)state;
    check_alloc_start();
    CHECK_OK(add_spam(&b));
    check_alloc_fail(1, 1);
    CHECK_STATUS(pila_buf_reserve(&b, (size_t)PTRDIFF_MAX - 4), PILA_ENOMEM);
    check_alloc_fail(0, 0);
    CHECK_TEXT(pila_buf_view(&b), "spam");
    CHECK_OK(add_spam(&b));
    CHECK_TEXT(pila_buf_view(&b), "spamspam");
    pila_buf_done(&b);
    check_alloc_stop();
}

/* Each entry point in turn, every allocation failing: a failed call leaves the text as
 * it was, and the same call works where there is memory again. */
static pila_status every_entry_point(void *ctx)
{
    pila_buf b = {0};
    pila_string s = {{0, 0}};
    pila_status st = PILA_OK;

    (void)ctx;
    for (int turn = 0; turn < 4 && st == PILA_OK; turn++)
        for (const struct cap_row *r = caps; r < caps + COUNT_OF(caps); r++) {
            size_t was = b.len;
            st = r->add(&b);
            if (st == PILA_OK) continue;
            CHECK_INT(b.len, was);
            pila_status again = r->add(&b);
            CHECK(again == PILA_OK || again == st);
            CHECK_INT(b.len, again == PILA_OK ? was + r->bytes : was);
            break;
        }
    if (st == PILA_OK) st = pila_string_init(&s, pila_buf_view(&b));
    pila_string_done(&s);
    pila_buf_done(&b);
    return st;
}

static void test_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(every_entry_point, NULL);
}

/* ---- a random run against a naive array of bytes with a cap ---- */

struct model {
    char bytes[3000];
    size_t len, cap; /* cap 0: none */
};

static bool model_add(struct model *m, const char *text, size_t n)
{
    if (m->cap && m->len + n > m->cap) return false;
    memcpy(m->bytes + m->len, text, n);
    m->len += n;
    return true;
}

static bool same(const pila_buf *b, const struct model *m)
{
    bool shape = b->len <= b->room && (b->room == 0) == (b->data == NULL) &&
                 (!m->cap || b->room <= m->cap);
    return shape && pila_str_eq(pila_buf_view(b), pila_str_of(m->bytes, m->len));
}

/* One operation on both; false when they answer differently. */
static bool step(pila_buf *b, struct model *m, check_rng *r)
{
    char text[64], number[32];
    size_t n = check_rng_below(r, sizeof text), at;
    int64_t x = (int64_t)check_rng_next(r) >> check_rng_below(r, 64);

    if (m->len > 2800) {
        pila_buf_clear(b);
        m->len = 0;
    }
    switch (check_rng_below(r, 10)) {
    case 0:
        pila_buf_clear(b);
        m->len = 0;
        return true;
    case 1:
        pila_buf_done(b);
        b->cap = m->cap = check_rng_below(r, 2) ? 0 : 1 + check_rng_below(r, 2000);
        m->len = 0;
        return true;
    case 2: { /* more than there can be, or than there is memory for */
        check_alloc_fail(1, 0);
        pila_status st = pila_buf_reserve(b, n * 10);
        check_alloc_fail(0, 0);
        return st == PILA_OK || st == PILA_ENOMEM ||
               (st == PILA_ELIMIT && m->cap && m->len + n * 10 > m->cap);
    }
    case 3:
        text[0] = (char)x;
        return (pila_buf_add_char(b, text[0]) == PILA_OK) == model_add(m, text, 1);
    case 4:
        at = (size_t)snprintf(number, sizeof number, "%lld", (long long)x);
        return (pila_buf_add_int(b, x) == PILA_OK) == model_add(m, number, at);
    case 5:
        at = (size_t)snprintf(number, sizeof number, "%llu", (unsigned long long)x);
        return (pila_buf_add_uint(b, (uint64_t)x) == PILA_OK) ==
               model_add(m, number, at);
    case 6: /* from itself */
        at = check_rng_below(r, m->len + 1);
        if (n > m->len - at) n = m->len - at;
        memcpy(text, m->bytes + at, n);
        return (pila_buf_add(b, pila_str_of(b->data ? b->data + at : NULL, n)) ==
                PILA_OK) == model_add(m, text, n);
    default:
        for (size_t k = 0; k < n; k++) text[k] = (char)check_rng_next(r);
        return (pila_buf_add(b, pila_str_of(text, n)) == PILA_OK) ==
               model_add(m, text, n);
    }
}

/* Whether buffer and model agree all along; from turn `fault` on the model is wrong. */
static bool random_run(int turns, int fault)
{
    static struct model m;
    check_rng r = check_rng_start();
    pila_buf b = {0};
    bool good = true;

    m.len = m.cap = 0;
    check_alloc_start();
    for (int turn = 0; turn < turns && good; turn++) {
        good = step(&b, &m, &r);
        if (turn >= fault && m.len) m.bytes[m.len - 1] ^= 1;
        good = good && same(&b, &m);
    }
    pila_buf_done(&b);
    check_alloc_stop();
    return good;
}

static void test_random_run(void **state)
{
    (void)state;
    CHECK(random_run(200000, 1 << 30));
    CHECK(!random_run(200000, 1000)); /* the planted fault is seen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_short_and_long),
        cmocka_unit_test(test_equality_and_hash),
        cmocka_unit_test(test_zero_is_the_empty_string),
        cmocka_unit_test(test_nul_at_the_end_counts),
        cmocka_unit_test(test_string_init_without_memory),
        cmocka_unit_test(test_float_repr_as_cpython),
        cmocka_unit_test(test_float_repr_reads_back),
        cmocka_unit_test(test_float_repr_at_the_edges),
        cmocka_unit_test(test_float_repr_in_a_locale_with_commas),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_repr_as_cpython),
        cmocka_unit_test(test_repr_reads_back),
        cmocka_unit_test(test_zero_is_an_empty_buffer),
        cmocka_unit_test(test_clear_keeps_room_and_done_frees),
        cmocka_unit_test(test_text_inside_itself),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_cap_below_length),
        cmocka_unit_test(test_reserve_wraparound),
        cmocka_unit_test(test_grow_overflow),
        cmocka_unit_test(test_alloc_sweep),
        cmocka_unit_test(test_random_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
