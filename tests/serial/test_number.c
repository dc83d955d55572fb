/* test_number.c - the promises of number.h; rows decided by CPython are in
 * number_rows.h, and printed by number_rows.py.
 */
#include "check.h"

#include <pila/serial/number.h>

#include <math.h>

/* ---- helpers ---- */

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* In a block of its own length, so that AddressSanitizer sees a byte read too far. */
static double read_all(const char *text)
{
    size_t n = strlen(text);
    char *own = malloc(n + 1);
    double x = -1;

    memcpy(own, text, n);
    own = realloc(own, n ? n : 1);
    CHECK(pila__double_read(own, own + n, &x) == own + n);
    free(own);
    return x;
}

static const char *written(double x)
{
    static char text[PILA__DOUBLE_ROOM + 1];

    text[pila__double_write(text, x)] = 0;
    return text;
}

/* ---- rows ---- */

static const struct row {
    const char *text;
    uint64_t bits;
    const char *repr;
} rows[] = {
#include "number_rows.h"
};

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        double x = read_all(rows[k].text);
        ROW(rows[k].text);
        CHECK(bits_of(x) == rows[k].bits);
        CHECK_TEXT(pila_cstr(written(x)), rows[k].repr);
    }
}

static void inf_and_nan(void **state)
{
    (void)state;
    CHECK_TEXT(pila_cstr(written(INFINITY)), "inf");
    CHECK_TEXT(pila_cstr(written(-INFINITY)), "-inf");
    CHECK_TEXT(pila_cstr(written(NAN)), "nan");
    CHECK_TEXT(pila_cstr(written(-NAN)), "nan");
}

static void where_a_number_ends(void **state)
{
    static const struct {
        const char *text;
        int end; /* -1: no number */
        double x;
    } all[] = {
        {"", -1, 0},
        {"-", -1, 0},
        {".", -1, 0},
        {"-.e1", -1, 0},
        {"e5", -1, 0},
        {"+1", -1, 0},
        {"1,", 1, 1},
        {"1e", 1, 1},
        {"1e+", 1, 1},
        {"1E-x", 1, 1},
        {"1.5.2", 3, 1.5},
        {"00012", 5, 12},
        {"1.", 2, 1},
        {".5", 2, 0.5},
        {"-1e2e3", 4, -100},
        {"12345678a", 8, 12345678},
        {"123456789", 9, 123456789},
        {"1e0000000000000000000000001", 27, 10},
        {"NaN", -1, 0},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(all); k++) {
        const char *text = all[k].text;
        double x = 77;
        const char *end = pila__double_read(text, text + strlen(text), &x);
        ROW(text);
        CHECK_INT(end ? end - text : -1, all[k].end);
        CHECK(x == (end ? all[k].x : 77));
    }
}

static void digits_1e6_are_linear(void **state)
{
    size_t n = 1000000;
    char *text = calloc(n, 1);
    double x = 0;

    (void)state;
    memset(text, '9', n);
    text[1] = '.';
    CHECK(pila__double_read(text, text + n, &x) == text + n);
    CHECK(x == 10);
    memset(text + 2, '0', n - 2);
    text[n - 1] = '1';
    text[0] = '1';
    CHECK(pila__double_read(text, text + n, &x) == text + n);
    CHECK(x == 1);
    free(text);
}

/* ---- against the C library ---- */

static bool same_digits(const char *a, const char *b)
{
    char digits[2][64];

    for (int k = 0; k < 2; k++) {
        const char *p = k ? b : a;
        size_t n = 0;
        for (; *p && *p != 'e'; p++)
            if (*p >= '0' && *p <= '9' && (n || *p != '0')) digits[k][n++] = *p;
        while (n && digits[k][n - 1] == '0') n--;
        digits[k][n] = 0;
    }
    return strcmp(digits[0], digits[1]) == 0;
}

/* The first precision that reads back; printf rounds correctly. */
static bool is_shortest(const char *text, double x)
{
    char model[64];

    for (int precision = 0; precision < 17; precision++) {
        snprintf(model, sizeof model, "%.*e", precision, x);
        if (strtod(model, NULL) == x) return same_digits(text, model);
    }
    return false;
}

static uint64_t random_bits(check_rng *rng)
{
    uint64_t word = check_rng_next(rng) >> 1, small = word >> check_rng_below(rng, 60);

    switch (check_rng_below(rng, 6)) {
    case 0: return word % 0x7ff0000000000000;
    case 1: return word & 0x000fffffffffffff >> check_rng_below(rng, 52);
    case 2: return bits_of((double)small);
    case 3: return bits_of((double)small * 0x1p-10);
    case 4: return bits_of((double)(word % 1000000) / 1000);
    default: return bits_of((double)small * 0.1);
    }
}

static void random_text(check_rng *rng, char *out)
{
    size_t n = check_rng_below(rng, 30) + 1, point = check_rng_below(rng, 2 * n);
    int e = (int)check_rng_below(rng, 700) - 350;

    for (size_t k = 0; k < n; k++) {
        if (k && k == point) *out++ = '.';
        *out++ = (char)('0' + check_rng_below(rng, 10));
    }
    *out = 0;
    if (e & 1) snprintf(out, 16, "e%d", e);
}

static bool random_run(long steps, long planted)
{
    check_rng rng = check_rng_start();
    bool good = true;

    for (long step = 0; step < steps && good; step++) {
        double x = of_bits(random_bits(&rng)), y = -1;
        const char *text = written(x);
        char digits[64];
        good = strtod(text, NULL) == x &&
               pila__double_read(text, text + strlen(text), &y) && y == x &&
               (step % 16 || x == 0 || is_shortest(text, x));
        random_text(&rng, digits);
        if (!pila__double_read(digits, digits + strlen(digits), &y)) return false;
        good = good && bits_of(y) + (step == planted) == bits_of(strtod(digits, NULL));
    }
    return good;
}

static void as_the_c_library_has_it(void **state)
{
    (void)state;
    assert_true(random_run(200000, -1));
    assert_false(random_run(200000, 777)); /* the run sees a planted fault */
}

/* ---- integers ---- */

static void integers(void **state)
{
    check_rng rng = check_rng_start();
    uint64_t power = 1;

    (void)state;
    for (int k = 0; k < 100000; k++) {
        uint64_t x = k < 60 ? power - (k & 1)
                            : check_rng_next(&rng) >> check_rng_below(&rng, 64);
        char out[PILA__INT_ROOM + 1], want[32];
        if (k & 1 && k < 40) power *= 10;
        if (k == 50) x = UINT64_MAX;
        if (k == 51) x = (uint64_t)INT64_MIN;
        out[pila__uint_write(out, x)] = 0;
        snprintf(want, sizeof want, "%llu", (unsigned long long)x);
        CHECK_TEXT(pila_cstr(out), want);
        out[pila__int_write(out, (int64_t)x)] = 0;
        snprintf(want, sizeof want, "%lld", (long long)x);
        CHECK_TEXT(pila_cstr(out), want);
    }
}

enum { MOST_LIMBS = 64 };

/* Digits to limbs and back; and the double nearest to them against strtod. */
static bool big_run(int steps, int planted)
{
    check_rng rng = check_rng_start();
    uint64_t limbs[MOST_LIMBS], copy[MOST_LIMBS];
    char text[800], back[MOST_LIMBS * 20];

    for (int step = 0; step < steps; step++) {
        size_t n = check_rng_below(&rng, step % 3 ? 40 : 600) + 1, used, len, room = 0;
        bool repeat = check_rng_below(&rng, 4) == 0;
        double x, y = -1;
        for (size_t k = 0; k < n; k++)
            text[k] =
                repeat ? (k ? '0' : '1') : (char)('0' + check_rng_below(&rng, 10));
        if (text[0] == '0') text[0] = '7';
        text[n] = 0;
        used = pila__big_from_decimal(text, n, limbs);
        if (used > pila__big_room(n) || limbs[used - 1] == 0) return false;
        memcpy(copy, limbs, sizeof copy);
        copy[0] ^= step == planted;
        if (!pila__big_digits(used, &room) || room > sizeof back) return false;
        len = pila__big_to_decimal(copy, used, back);
        if (len > room || len != n || memcmp(back, text, n) != 0) return false;
        x = strtod(text, NULL);
        if (pila__big_to_double(limbs, used, &y) != !isinf(x)) return false;
        if (!isinf(x) && y != x) return false;
        /* %.0f prints all digits of a double. */
        len = (size_t)snprintf(back, sizeof back, "%.0f", x);
        int order = len != n ? (n < len ? -1 : 1) : strcmp(text, back);
        int got = pila__big_compare(limbs, used, x);
        if (isinf(x) ? got >= 0 : (got > 0) - (got < 0) != (order > 0) - (order < 0))
            return false;
    }
    return true;
}

static void big_integers(void **state)
{
    uint64_t limbs[4] = {1};
    char out[20];
    double x = 5;
    size_t n = 7;

    (void)state;
    assert_true(big_run(20000, -1));
    assert_false(big_run(20000, 99)); /* the run sees a planted fault */
    CHECK_INT(pila__big_from_decimal("0000", 4, limbs), 0);
    CHECK_INT(pila__big_from_decimal("", 0, limbs), 0);
    CHECK_INT(pila__big_to_decimal(limbs, 0, out), 1);
    CHECK(out[0] == '0');
    CHECK(pila__big_to_double(limbs, 0, &x) && x == 0);
    CHECK(!pila__big_digits(SIZE_MAX / 4, &n) && n == 7);
    limbs[0] = 1;
    CHECK(pila__big_compare(limbs, 1, 0.5) > 0);
    CHECK(pila__big_compare(limbs, 1, 1) == 0);
    CHECK(pila__big_compare(limbs, 1, 1.5) < 0);
    CHECK(pila__big_compare(limbs, 1, 5e-324) > 0);
    CHECK(pila__big_compare(limbs, 0, 0) == 0);
    CHECK(pila__big_compare(limbs, 0, 5e-324) < 0);
    CHECK(pila__big_compare(limbs, 1, INFINITY) < 0);
}

/* What 2^1024 - 2^970 is the least of: it rounds to beyond the largest double. */
static void beyond_the_largest_double(void **state)
{
    uint64_t limbs[17] = {0};
    double x = 5;

    (void)state;
    limbs[15] = 0xfffffffffffffc00;
    CHECK(!pila__big_to_double(limbs, 16, &x) && x == 5);
    limbs[15] = 0xfffffffffffffbff;
    CHECK(pila__big_to_double(limbs, 16, &x) && x == 1.7976931348623157e308);
    limbs[16] = 1;
    CHECK(!pila__big_to_double(limbs, 17, &x));
}

/* ---- numbers from outside ---- */

static size_t check_file(const char *folder, const char *name)
{
    char path[512], line[4096];
    size_t rows_seen = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/json-numbers/yyjson/%s", folder, name);
    if (!(f = fopen(path, "r"))) return 0;
    while (fgets(line, sizeof line, f)) {
        double x = -1;
        line[strcspn(line, "\r\n")] = 0;
        if (line[0] == '#' || line[0] == 0 || strlen(line) > 4000) continue;
        ROW(line);
        CHECK(pila__double_read(line, line + strlen(line), &x) == line + strlen(line));
        CHECK(bits_of(x) == bits_of(strtod(line, NULL)));
        CHECK(isinf(x) || strtod(written(x), NULL) == x);
        rows_seen++;
    }
    fclose(f);
    return rows_seen;
}

static void numbers_from_outside(void **state)
{
    static const char *const names[] = {"real_pass_1.txt", "real_pass_2.txt",
                                        "real_pass_3.txt", "real_pass_4.txt",
                                        "real_pass_5.txt", "real_pass_6.txt",
                                        "sint_pass.txt",   "sint_bignum.txt",
                                        "uint_pass.txt",   "uint_bignum.txt"};
    const char *folder = getenv("PILA_CORPORA");

    (void)state;
    if (!folder) skip();
    for (size_t k = 0; k < COUNT_OF(names); k++)
        CHECK(check_file(folder, names[k]) > 0);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(inf_and_nan),
        cmocka_unit_test(where_a_number_ends),
        cmocka_unit_test(digits_1e6_are_linear),
        cmocka_unit_test(as_the_c_library_has_it),
        cmocka_unit_test(integers),
        cmocka_unit_test(big_integers),
        cmocka_unit_test(beyond_the_largest_double),
        cmocka_unit_test(numbers_from_outside),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
