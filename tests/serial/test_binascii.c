/* test_binascii.c - the promises of binascii.h. What CPython says is in
 * binascii_rows.h.
 */
#include "check.h"

#include <pila/serial/binascii.h>

typedef enum function {
    HEXLIFY,
    UNHEXLIFY,
    A2B_UU,
    B2A_UU,
    A2B_QP,
    B2A_QP,
    A2B_BASE64,
    B2A_BASE64,
    CRC_HQX
} function;

typedef struct binascii_row {
    function f;
    const char *in;
    size_t n;
    int a, b, c; /* its arguments behind the first */
    const char *want;
    size_t want_n;
    const char *message; /* or NULL */
} binascii_row;

#include "binascii_rows.h"

static pila_status crc(pila_str in, int value, pila_buf *out)
{
    char digits[5];

    snprintf(digits, sizeof digits, "%04x", pila_crc_hqx((uint16_t)value, in));
    return pila_buf_add(out, pila_cstr(digits));
}

static pila_status call(const binascii_row *r, pila_str in, pila_buf *out,
                        pila_error *err)
{
    char sep = (char)r->a;

    switch (r->f) {
    case HEXLIFY: return pila_hexlify(in, pila_str_of(&sep, r->a != 0), r->b, out);
    case UNHEXLIFY: return pila_unhexlify(in, pila_cstr(""), out, err);
    case A2B_UU: return pila_a2b_uu(in, out, err);
    case B2A_UU: return pila_b2a_uu(in, r->a, out);
    case A2B_QP: return pila_a2b_qp(in, r->a, out);
    case B2A_QP: return pila_b2a_qp(in, r->a, r->b, r->c, out);
    case A2B_BASE64: return pila_a2b_base64(in, r->a, out, err);
    case B2A_BASE64: return pila_b2a_base64(in, r->a, out);
    default: return crc(in, r->a, out);
    }
}

/* Each from a block of its own, so that a sanitizer sees what is read behind it. */
static void test_rows_of_cpython(void **state)
{
    char name[160];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(binascii_rows); k++) {
        const binascii_row *r = &binascii_rows[k];
        char *in = malloc(r->n + 1);
        pila_buf out = {0};
        pila_error err = {0};
        snprintf(name, sizeof name, "row %zu: function %d of \"%.60s\", %d %d %d", k,
                 r->f, r->in, r->a, r->b, r->c);
        ROW(name);
        memcpy(in + 1, r->in, r->n);
        CHECK_OK(pila_buf_add_char(&out, '>'));
        pila_status st = call(r, pila_str_of(in + 1, r->n), &out, &err);
        CHECK_STATUS(st, r->message ? PILA_ESYNTAX : PILA_OK);
        if (r->message) CHECK_TEXT(pila_cstr(err.message), r->message);
        CHECK(pila_str_eq(pila_str_of(out.data + 1, out.len - 1),
                          pila_str_of(r->want, r->want_n)));
        pila_buf_done(&out);
        free(in);
    }
}

static void test_places_of_faults(void **state)
{
    static const struct {
        function f;
        const char *text, *message;
        size_t offset;
    } rows[] = {
        {UNHEXLIFY, "616", "Odd-length string", 3},
        {UNHEXLIFY, "61g6", "Non-hexadecimal digit found", 2},
        {A2B_UU, "#86~C\n", "Illegal char", 3},
        {A2B_UU, "#86)C \nx", "Trailing garbage", 7},
        {A2B_BASE64, "YWJjY",
         "Invalid base64-encoded string: number of data characters "
         "(5) cannot be 1 more than a multiple of 4",
         5},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        binascii_row row = {rows[k].f, NULL, 0, 0, 0, 0, NULL, 0, NULL};
        pila_buf out = {0};
        pila_error err;
        ROW(rows[k].text);
        CHECK_STATUS(call(&row, pila_cstr(rows[k].text), &out, &err), PILA_ESYNTAX);
        CHECK_TEXT(pila_cstr(err.message), rows[k].message);
        CHECK_INT(err.offset, rows[k].offset);
        CHECK_STATUS(call(&row, pila_cstr(rows[k].text), &out, NULL), PILA_ESYNTAX);
        CHECK_INT(out.len, 0);
        pila_buf_done(&out);
    }
}

static void test_ignorechars(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_OK(pila_unhexlify(pila_cstr("b9:01-ef"), pila_cstr(":-"), &out, &err));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_cstr("\xb9\x01\xef")));
    CHECK_STATUS(pila_unhexlify(pila_cstr("b9:0"), pila_cstr(":"), &out, &err),
                 PILA_ESYNTAX);
    CHECK_TEXT(pila_cstr(err.message), "Odd-length string");
    CHECK_STATUS(pila_unhexlify(pila_cstr("b9:01"), pila_cstr("-"), &out, &err),
                 PILA_ESYNTAX);
    CHECK_INT(err.offset, 2);
    pila_buf_done(&out);
}

static void test_arguments(void **state)
{
    char data[46] = "";
    pila_buf out = {0};
    pila_str huge = pila_str_of("", SIZE_MAX / 2);

    (void)state;
    CHECK_STATUS(pila_hexlify(pila_cstr("a"), pila_cstr("::"), 1, &out), PILA_EVALUE);
    CHECK_STATUS(pila_hexlify(pila_cstr("a"), pila_cstr("\xff"), 1, &out), PILA_EVALUE);
    CHECK_STATUS(pila_hexlify(huge, pila_cstr(":"), 1, &out), PILA_EOVERFLOW);
    CHECK_STATUS(pila_b2a_qp(huge, false, true, false, &out), PILA_EOVERFLOW);
    CHECK_STATUS(pila_b2a_uu(pila_str_of(data, 46), false, &out), PILA_EVALUE);
    CHECK_OK(pila_hexlify(pila_cstr("abc"), pila_cstr(":"), PTRDIFF_MIN, &out));
    CHECK_OK(pila_hexlify(pila_cstr("abc"), pila_cstr(":"), PTRDIFF_MAX, &out));
    CHECK_TEXT(pila_buf_view(&out), "616263616263");
    out.len = 0;
    CHECK_OK(pila_a2b_uu(pila_cstr(""), &out, NULL));
    CHECK_INT(out.len, 0);
    pila_buf_done(&out);
}

/* By eight bytes a step as by one. */
static void test_crc_in_pieces(void **state)
{
    char data[9001];
    uint16_t sum = 0x1234;

    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(k * k >> 3);
    for (size_t k = 0; k < sizeof data; k += 91)
        sum =
            pila_crc_hqx(sum, pila_str_of(data + k,
                                          sizeof data - k < 91 ? sizeof data - k : 91));
    CHECK_INT(pila_crc_hqx(0x1234, pila_str_of(data, sizeof data)), sum);
}

/* Whatever the bytes and the way: what was written is read back. */
static bool random_run(bool planted)
{
    check_rng r = check_rng_start();
    bool same = true;

    for (int round = 0; round < 2000 && same; round++) {
        char data[300];
        size_t n = (size_t)check_rng_below(&r, sizeof data);
        uint64_t how = check_rng_next(&r);
        pila_buf text = {0}, back = {0};
        for (size_t k = 0; k < n; k++)
            data[k] = how >> 8 & 1 ? " \t\n.=_a\xff"[check_rng_below(&r, 8)]
                                   : (char)check_rng_next(&r);
        if (how % 3 == 0) { /* a text would have ends of lines of its own */
            CHECK_OK(pila_b2a_qp(pila_str_of(data, n), how >> 9 & 1, false,
                                 how >> 10 & 1, &text));
            CHECK_OK(pila_a2b_qp(pila_buf_view(&text), how >> 10 & 1, &back));
        } else if (how % 3 == 1) {
            CHECK_OK(pila_hexlify(pila_str_of(data, n), pila_cstr("-"),
                                  (int)(how >> 9 & 15) - 8, &text));
            CHECK_OK(pila_unhexlify(pila_buf_view(&text), pila_cstr("-"), &back, NULL));
        } else {
            n = n < PILA_UU_LINE ? n : PILA_UU_LINE;
            CHECK_OK(pila_b2a_uu(pila_str_of(data, n), how >> 9 & 1, &text));
            CHECK_OK(pila_a2b_uu(pila_buf_view(&text), &back, NULL));
        }
        if (planted && round == 1000) CHECK_OK(pila_buf_add_char(&back, 'x'));
        same = pila_str_eq(pila_buf_view(&back), pila_str_of(data, n));
        pila_buf_done(&text);
        pila_buf_done(&back);
    }
    return same;
}

static void test_random_run(void **state)
{
    (void)state;
    assert_true(random_run(false));
    assert_false(random_run(true)); /* the run sees a planted fault */
}

static pila_status memory_scenario(void *ctx)
{
    const binascii_row *r = (const binascii_row *)ctx;
    pila_buf out = {0};
    pila_status st = call(r, pila_str_of(r->in, r->n), &out, NULL);

    if (st != PILA_OK) CHECK_INT(out.len, 0);
    pila_buf_done(&out);
    return st;
}

static void test_memory(void **state)
{
    (void)state;
    for (int f = HEXLIFY; f < CRC_HQX; f++) {
        binascii_row row = {(function)f, "616263", 6, 0, 1, 0, NULL, 0, NULL};
        if (f == A2B_UU) row.in = "#86)C\n";
        if (f == A2B_BASE64) row.n = 4;
        if (f == B2A_BASE64) row.a = 1;
        check_alloc_sweep(memory_scenario, &row);
    }
}

static void test_caps(void **state)
{
    pila_buf out = {.cap = 5};

    (void)state;
    CHECK_STATUS(pila_hexlify(pila_cstr("abc"), pila_cstr(""), 1, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_b2a_qp(pila_cstr("======"), false, true, false, &out),
                 PILA_ELIMIT);
    CHECK_STATUS(pila_b2a_base64(pila_cstr("abcd"), true, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_b2a_uu(pila_cstr("abcd"), true, &out), PILA_ELIMIT);
    CHECK_INT(out.len, 0);
    CHECK_OK(pila_b2a_base64(pila_cstr("abc"), true, &out));
    CHECK_TEXT(pila_buf_view(&out), "YWJj\n");
    out.len = 1;
    CHECK_STATUS(pila_b2a_base64(pila_cstr("abc"), true, &out), PILA_ELIMIT);
    CHECK_INT(out.len, 1);
    pila_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_cpython), cmocka_unit_test(test_places_of_faults),
        cmocka_unit_test(test_ignorechars),     cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_crc_in_pieces),   cmocka_unit_test(test_random_run),
        cmocka_unit_test(test_memory),          cmocka_unit_test(test_caps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
