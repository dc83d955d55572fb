/* test_struct.c - struct: what CPython packs and says, C structs against a naive model,
 * and, where PILA_CORPORA names a folder of outside data, its cases.
 */
#include "check.h"

#include <pila/serial/struct.h>

#include <math.h>

typedef struct size_row {
    const char *format;
    size_t size, items;
    const char *error;
} size_row;

typedef struct pack_row {
    const char *format, *values, *packed, *error;
} pack_row;

typedef struct unpack_row {
    const char *format, *packed, *values, *error;
} unpack_row;

typedef struct place_row {
    const char *format;
    size_t len;
    ptrdiff_t offset;
    const char *into, *from;
} place_row;

typedef struct iter_row {
    const char *format;
    size_t len;
    const char *error;
    size_t records;
} iter_row;

#include "struct_rows.h"

enum { MOST_VALUES = 32, MOST_BYTES = 4096 };

/* Rows without a standard order are of a machine like CPython's was. */
static bool like_row(const char *format)
{
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

    if (little && sizeof(long) == 8 && sizeof(void *) == 8) return true;
    return format[0] == '<' || format[0] == '>' || format[0] == '!';
}

/* ---- values and bytes as rows have them ---- */

static size_t from_hex(const char *hex, size_t n, char *out)
{
    for (size_t k = 0; k + 1 < n; k += 2) {
        char pair[3] = {hex[k], hex[k + 1], 0};
        out[k / 2] = (char)strtoul(pair, NULL, 16);
    }
    return n / 2;
}

static double from_bits(const char *hex)
{
    char digits[17] = "";
    uint64_t bits;
    double x;

    memcpy(digits, hex, 16);
    bits = strtoull(digits, NULL, 16);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static pila_value power_of_ten(pila_doc *doc, size_t n)
{
    static char digits[1000];
    pila_value v;

    memset(digits, '0', sizeof digits);
    digits[0] = '1';
    CHECK_OK(pila_value_from_decimal(doc, pila_str_of(digits, n + 1), &v));
    return v;
}

static pila_value value_of(pila_doc *doc, char kind, const char *text, size_t n)
{
    static char bytes[MOST_BYTES];
    pila_value v = pila_value_none();

    switch (kind) {
    case 'i':
        CHECK_OK(pila_value_from_decimal(doc, pila_str_of(text, n), &v));
        return v;
    case 'x': return power_of_ten(doc, strtoul(text, NULL, 10));
    case 'f': return pila_value_float(from_bits(text));
    case 'b':
        CHECK_OK(
            pila_value_bytes(doc, pila_str_of(bytes, from_hex(text, n, bytes)), &v));
        return v;
    case 'a':
        n = from_hex(text, n, bytes);
        CHECK_OK(pila_value_bytearray(doc, pila_str_of(bytes, n), &v));
        return v;
    case 's': CHECK_OK(pila_value_str(doc, pila_str_of(text, n), &v)); return v;
    case 't': return pila_value_bool(true);
    default: return v;
    }
}

static size_t values_of(pila_doc *doc, const char *text, pila_value *out)
{
    size_t n = 0;

    while (*text) {
        size_t len = strcspn(text, " ");
        CHECK(n < MOST_VALUES);
        out[n++] = value_of(doc, text[0], text + 1, len - 1);
        text += len + (text[len] == ' ');
    }
    return n;
}

/* What CPython says, as `class: message`. A message is cut where it is too long. */
static void check_fault(pila_status st, const pila_error *err, const char *want)
{
    const char *colon = strstr(want, ": ");

    CHECK(colon && st != PILA_OK);
    CHECK_STATUS(err->status, st);
    if (strncmp(err->message, colon + 2, sizeof err->message - 1) != 0)
        fail_msg("%s: got \"%s\", want \"%s\"", check_row, err->message, colon + 2);
    if (strncmp(want, "OverflowError", 13) == 0 || strstr(want, "too long"))
        CHECK_STATUS(st, PILA_EOVERFLOW);
    else if (strstr(want, "is not a") || strstr(want, "must be a"))
        CHECK_STATUS(st, PILA_ETYPE);
    else CHECK(st == PILA_EVALUE || (st == PILA_ETYPE && strstr(want, "of length 1")));
}

static bool as_3_13(const char *error) { return strstr(error, "Negative size"); }

/* ---- rows ---- */

static void sizes_are_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(size_rows); k++) {
        const size_row *r = &size_rows[k];
        pila_struct s;
        pila_error err = {0};
        size_t size = 7;
        if (!like_row(r->format)) continue;
        ROW(r->format);
        check_alloc_start();
        pila_status st = pila_struct_calcsize(pila_cstr(r->format), &size, &err);
        if (r->error[0]) {
            check_fault(st, &err, r->error);
            CHECK_INT(size, 7);
            CHECK_STATUS(pila_struct_init(&s, pila_cstr(r->format), NULL), st);
        } else {
            CHECK_OK(st);
            CHECK(size == r->size);
            CHECK_OK(pila_struct_init(&s, pila_cstr(r->format), &err));
            CHECK(s.size == size);
            CHECK(r->items == SIZE_MAX || s.items == r->items);
            CHECK_TEXT(s.format, r->format);
            pila_struct_done(&s);
            pila_struct_done(&s);
        }
        check_alloc_stop();
    }
    ROW(NULL);
}

static void packing_is_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(pack_rows); k++) {
        const pack_row *r = &pack_rows[k];
        char want[MOST_BYTES], into[MOST_BYTES], before[MOST_BYTES];
        pila_value values[MOST_VALUES];
        pila_doc doc = {0};
        pila_error err = {0};
        pila_buf out = {0};
        pila_struct s;
        if (!like_row(r->format)) continue;
        ROW(r->format);
        check_alloc_start();
        size_t n = values_of(&doc, r->values, values);
        size_t len = from_hex(r->packed, strlen(r->packed), want);
        CHECK_OK(pila_buf_add(&out, pila_cstr("ab")));
        pila_status st =
            pila_struct_pack_once(pila_cstr(r->format), values, n, &out, &err);
        memset(into, '~', sizeof into);
        memcpy(before, into, sizeof into);
        CHECK_OK(pila_struct_init(&s, pila_cstr(r->format), NULL));
        CHECK_STATUS(pila_struct_pack_values_into(&s, values, n, into, sizeof into, 3,
                                                  NULL),
                     st);
        if (r->error[0]) {
            check_fault(st, &err, r->error);
            len = 0;
        } else {
            CHECK_OK(st);
            memcpy(before + 3, want, len);
        }
        CHECK(out.len == len + 2 && memcmp(out.data + 2, want, len) == 0);
        CHECK(memcmp(into, before, sizeof into) == 0);
        pila_struct_done(&s);
        pila_buf_done(&out);
        pila_doc_done(&doc);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* The first record of an iterator over C structs shows as the tuple does, and is packed
 * as the values are. */
static void check_record(const char *format, pila_str data, pila_value tuple)
{
    pila_struct s;
    pila_buf want = {0}, got = {0};
    size_t n;

    CHECK_OK(pila_struct_init(&s, pila_cstr(format), NULL));
    if (s.size) {
        pila_iter it = pila_struct_iter_unpack(&s, data, NULL);
        CHECK(it.type->size == s.record_size && it.type->align == s.record_align);
        const void *record = pila_next_item(&it);
        CHECK(record);
        if (!strchr(format, 'P')) {
            CHECK_OK(pila_type_repr(it.type, record, &got));
            CHECK_OK(pila_value_repr(tuple, &want));
            CHECK(pila_str_eq(pila_buf_view(&got), pila_buf_view(&want)));
        }
        got.len = want.len = 0;
        CHECK_OK(pila_struct_pack(&s, record, 1, &got, NULL));
        const pila_value *values = pila_value_data(tuple, &n);
        CHECK_OK(pila_struct_pack_values(&s, values, n, &want, NULL));
        CHECK(pila_str_eq(pila_buf_view(&got), pila_buf_view(&want)));
        CHECK(!pila_next_item(&it) && it.status == PILA_END);
        pila_iter_drop(&it);
    }
    pila_buf_done(&want);
    pila_buf_done(&got);
    pila_struct_done(&s);
}

static void unpacking_is_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(unpack_rows); k++) {
        const unpack_row *r = &unpack_rows[k];
        char bytes[MOST_BYTES];
        pila_doc doc = {0};
        pila_error err = {0};
        pila_buf out = {0};
        pila_value tuple;
        if (!like_row(r->format)) continue;
        ROW(r->format);
        check_alloc_start();
        pila_str data =
            pila_str_of(bytes, from_hex(r->packed, strlen(r->packed), bytes));
        pila_status st =
            pila_struct_unpack_once(pila_cstr(r->format), data, &doc, &tuple, &err);
        if (r->error[0]) check_fault(st, &err, r->error);
        else {
            CHECK_OK(st);
            CHECK_OK(pila_value_repr(tuple, &out));
            CHECK_TEXT(pila_buf_view(&out), r->values);
            check_record(r->format, data, tuple);
        }
        pila_buf_done(&out);
        pila_doc_done(&doc);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void places_are_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(place_rows); k++) {
        const place_row *r = &place_rows[k];
        char buffer[16], record[32] = "";
        pila_value zeros[3] = {pila_value_int(0), pila_value_int(0), pila_value_int(0)};
        pila_error err = {0};
        pila_doc doc = {0};
        pila_value tuple;
        pila_struct s;
        ROW(r->format);
        memset(buffer, 7, sizeof buffer);
        CHECK_OK(pila_struct_init(&s, pila_cstr(r->format), NULL));
        pila_str data = pila_str_of(buffer, r->len);
        pila_status st = pila_struct_unpack_from(&s, data, r->offset, record, &err);
        if (r->from[0]) check_fault(st, &err, r->from);
        else CHECK_OK(st);
        CHECK(record[0] == (r->from[0] || !s.size ? 0 : 7));
        CHECK_STATUS(pila_struct_unpack_values_from(&s, data, r->offset, &doc, &tuple,
                                                    NULL),
                     st);
        memset(record, 0, sizeof record);
        st = pila_struct_pack_into(&s, record, buffer, r->len, r->offset, &err);
        if (r->into[0]) check_fault(st, &err, r->into);
        else CHECK_OK(st);
        CHECK_STATUS(pila_struct_pack_values_into(&s, zeros, s.items, buffer, r->len,
                                                  r->offset, NULL),
                     st);
        ptrdiff_t at = r->offset < 0 ? r->offset + (ptrdiff_t)r->len : r->offset;
        for (ptrdiff_t i = 0; i < 16; i++) {
            bool zero = !r->into[0] && i >= at && i - at < (ptrdiff_t)s.size;
            CHECK_INT(buffer[i], zero ? 0 : 7);
        }
        pila_doc_done(&doc);
        pila_struct_done(&s);
    }
    ROW(NULL);
}

static void iterating_is_cpythons(void **state)
{
    static const char zeros[64];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(iter_rows); k++) {
        const iter_row *r = &iter_rows[k];
        pila_str data = pila_str_of(zeros, r->len);
        pila_struct s;
        ROW(r->format);
        check_alloc_start();
        CHECK_OK(pila_struct_init(&s, pila_cstr(r->format), NULL));
        for (int values = 0; values < 2; values++) {
            pila_error err = {0};
            pila_iter it = values ? pila_struct_iter_unpack_values(&s, data, NULL, &err)
                                  : pila_struct_iter_unpack(&s, data, &err);
            size_t n = 0;
            if (!r->error[0]) CHECK_INT(pila_iter_length_hint(&it), r->records);
            while (pila_next_item(&it)) n++;
            CHECK_INT(n, r->records);
            if (r->error[0]) check_fault(it.status, &err, r->error);
            else CHECK_STATUS(it.status, PILA_END);
            pila_iter_drop(&it);
        }
        pila_struct_done(&s);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- known defects of others ---- */

static void count_2_63(void **state)
{
    static const char *const formats[] = {"9223372036854775808s",
                                          "9223372036854775808x",
                                          "<9223372036854775808B",
                                          "18446744073709551616i",
                                          "9223372036854775808p"};
    pila_error err;
    size_t size;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(formats); k++) {
        ROW(formats[k]);
        CHECK_STATUS(pila_struct_calcsize(pila_cstr(formats[k]), &size, &err),
                     PILA_EOVERFLOW);
        CHECK_TEXT(pila_cstr(err.message), "total struct size too long");
    }
    ROW(NULL);
}

static void size_sum_overflow(void **state)
{
    static const char *const formats[] = {"4611686018427387904s4611686018427387904s",
                                          "9223372036854775807xx",
                                          "x1152921504606846976q",
                                          "9223372036854775801x0q",
                                          "<1152921504606846976d"};
    pila_error err;
    size_t size;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(formats); k++) {
        ROW(formats[k]);
        CHECK_STATUS(pila_struct_calcsize(pila_cstr(formats[k]), &size, &err),
                     PILA_EOVERFLOW);
    }
    ROW(NULL);
    CHECK(err.offset == 1 && err.line == 1 && err.column == 2);
}

static void offset_negative(void **state)
{
    char buffer[8] = "1234567";
    uint16_t x = 0x4241;
    pila_struct s;

    (void)state;
    CHECK_OK(pila_struct_init(&s, pila_cstr("<H"), NULL));
    CHECK_OK(pila_struct_pack_into(&s, &x, buffer, 7, -2, NULL));
    CHECK_TEXT(pila_cstr(buffer), "12345AB");
    CHECK_STATUS(pila_struct_pack_into(&s, &x, buffer, 7, -1, NULL), PILA_EVALUE);
    CHECK_STATUS(pila_struct_pack_into(&s, &x, buffer, 7, PTRDIFF_MIN, NULL),
                 PILA_EVALUE);
    CHECK_STATUS(pila_struct_pack_into(&s, &x, buffer, 7, PTRDIFF_MAX, NULL),
                 PILA_EVALUE);
    CHECK_STATUS(pila_struct_pack_into(&s, &x, NULL, 0, -2, NULL), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(buffer), "12345AB");
    pila_struct_done(&s);
}

static void short_buffer(void **state)
{
    uint32_t x = 5;
    pila_error err;
    pila_struct s;

    (void)state;
    CHECK_OK(pila_struct_init(&s, pila_cstr("I"), NULL));
    CHECK_STATUS(pila_struct_unpack(&s, pila_str_of("abc", 3), &x, &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "unpack requires a buffer of 4 bytes");
    CHECK_STATUS(pila_struct_unpack_from(&s, pila_str_of("abc", 3), 0, &x, &err),
                 PILA_EVALUE);
    CHECK_STATUS(pila_struct_unpack_many(&s, pila_str_of("abcde", 5), &x, &err),
                 PILA_EVALUE);
    CHECK_INT(err.offset, 4);
    CHECK_INT(x, 5);
    pila_struct_done(&s);
}

/* Up to 3.12, CPython packs 0p and then cannot unpack it. */
static void zero_p(void **state)
{
    pila_str text = pila_cstr("abc");
    pila_buf out = {0};
    pila_struct s;

    (void)state;
    CHECK_OK(pila_struct_init(&s, pila_cstr("0p"), NULL));
    CHECK(s.size == 0 && s.items == 1);
    CHECK_OK(pila_struct_pack(&s, &text, 1, &out, NULL));
    CHECK_INT(out.len, 0);
    CHECK_OK(pila_struct_unpack(&s, pila_str_of("", 0), &text, NULL));
    CHECK_INT(text.len, 0);
    pila_struct_done(&s);
    CHECK_OK(pila_struct_init(&s, pila_cstr("b0pb"), NULL));
    struct {
        int8_t a;
        pila_str b;
        int8_t c;
    } r = {0};
    CHECK_OK(pila_struct_unpack(&s, pila_str_of("\1\2", 2), &r, NULL));
    CHECK(r.a == 1 && r.b.len == 0 && r.c == 2);
    pila_struct_done(&s);
    pila_buf_done(&out);
}

static void a_format_with_nul(void **state)
{
    pila_error err;
    pila_struct s;
    size_t size;

    (void)state;
    CHECK_STATUS(pila_struct_calcsize(pila_str_of("z\0", 2), &size, &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "embedded null character");
    CHECK_INT(err.offset, 1);
    CHECK_STATUS(pila_struct_init(&s, pila_cstr("i\xff"), &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "bad char in struct format");
    CHECK_INT(err.offset, 1);
}

static void counts_cost_no_memory(void **state)
{
    static const char *const formats[] = {
        "9999999999s",          "9999999999x",         "9999999999i",
        "x9999999999q",         "999999999999999999p", "4611686018427387903e",
        "9223372036854775807?", "576460752303423487D"};
    pila_error err;
    pila_struct s;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(formats); k++) {
        pila_buf out = {0};
        ROW(formats[k]);
        out.cap = 1 << 20;
        CHECK_OK(pila_struct_init(&s, pila_cstr(formats[k]), NULL));
        CHECK(s.ops <= 3);
        CHECK_STATUS(pila_struct_pack(&s, NULL, 1, &out, &err), PILA_ELIMIT);
        CHECK_STATUS(pila_struct_pack(&s, NULL, SIZE_MAX / 2, &out, &err),
                     PILA_EOVERFLOW);
        CHECK_STATUS(pila_struct_unpack(&s, pila_cstr("abc"), NULL, &err), PILA_EVALUE);
        pila_iter it = pila_struct_iter_unpack(&s, pila_str_of("", 0), &err);
        CHECK(!pila_next_item(&it) && it.status == PILA_END);
        pila_struct_done(&s);
    }
    ROW(NULL);
}

/* ---- C structs ---- */

typedef struct every {
    char c;
    int8_t b;
    uint8_t B;
    bool truth;
    int16_t h;
    uint16_t H;
    int32_t i;
    uint32_t I;
    long l;
    unsigned long L;
    int64_t q;
    uint64_t Q;
    ptrdiff_t n;
    size_t N;
    float e, f;
    double d;
    pila_str s, p;
    void *P;
    float F[2];
    double D[2];
} every;

static void a_struct_as_the_compiler_has_it(void **state)
{
    pila_str format = pila_cstr("cbB?hHiIlLqQnNefd5s5pPFD");
    static int there;
    every in = {'x',        -1,          200,     true,   -2,        65535,
                -3,         4000000000u, -4,      5,      INT64_MIN, UINT64_MAX,
                -6,         7,           -0.5f,   1.5f,   2.5,       {"hello", 5},
                {"abc", 3}, &there,      {1, -2}, {3, -4}};
    every out;
    pila_struct s;
    pila_buf packed = {0};
    char buffer[300] = "";

    (void)state;
    CHECK_OK(pila_struct_init(&s, format, NULL));
    CHECK(s.record_size == sizeof(every) && s.record_align == PILA_ALIGNOF(every));
    CHECK_OK(pila_struct_pack(&s, &in, 1, &packed, NULL));
    memset(&out, 0xff, sizeof out);
    CHECK_OK(pila_struct_unpack(&s, pila_buf_view(&packed), &out, NULL));
    CHECK(out.c == in.c && out.b == in.b && out.B == in.B && out.truth == in.truth);
    CHECK(out.h == in.h && out.H == in.H && out.i == in.i && out.I == in.I);
    CHECK(out.l == in.l && out.L == in.L && out.q == in.q && out.Q == in.Q);
    CHECK(out.n == in.n && out.N == in.N && out.e == in.e && out.f == in.f);
    CHECK(out.d == in.d && out.P == in.P && out.F[1] == in.F[1] && out.D[1] == in.D[1]);
    CHECK(pila_str_eq(out.s, in.s) && pila_str_eq(out.p, in.p));
    CHECK_OK(pila_struct_pack_into(&s, &in, buffer, sizeof buffer, 9, NULL));
    CHECK(memcmp(buffer + 9, packed.data, packed.len) == 0);
    CHECK(buffer[8] == 0 && buffer[9 + packed.len] == 0);
    pila_buf_done(&packed);
    pila_struct_done(&s);
}

static void a_half_that_is_too_large(void **state)
{
    struct {
        int32_t before;
        float x[2];
    } bad[3] = {{1, {2, 3}}, {4, {5, 65520}}, {6, {7, 8}}};
    char buffer[8] = "untouch";
    pila_buf out = {0};
    pila_error err;
    pila_struct s;

    (void)state;
    CHECK_OK(pila_struct_init(&s, pila_cstr(">i2e"), NULL));
    CHECK_OK(pila_buf_add(&out, pila_cstr("ab")));
    CHECK_STATUS(pila_struct_pack(&s, bad, 3, &out, &err), PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(err.message), "float too large to pack with e format");
    CHECK_INT(err.offset, 8 + 6);
    CHECK_TEXT(pila_buf_view(&out), "ab");
    CHECK_STATUS(pila_struct_pack_into(&s, &bad[1], buffer, 8, 0, NULL),
                 PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(buffer), "untouch");
    pila_buf_done(&out);
    pila_struct_done(&s);
}

static void every_half(void **state)
{
    pila_struct s;
    static uint16_t in[65536];
    static float out[65536];
    pila_buf packed = {0};

    (void)state;
    for (size_t k = 0; k < 65536; k++) in[k] = (uint16_t)k;
    CHECK_OK(pila_struct_init(&s, pila_cstr("=e"), NULL));
    CHECK_OK(
        pila_struct_unpack_many(&s, pila_str_of((char *)in, sizeof in), out, NULL));
    CHECK_OK(pila_struct_pack(&s, out, 65536, &packed, NULL));
    for (int k = 0; k < 65536; k++) {
        int exponent = k >> 10 & 31, mantissa = k & 1023;
        double want = exponent == 31  ? (mantissa ? NAN : INFINITY)
                      : exponent == 0 ? ldexp(mantissa, -24)
                                      : ldexp(1024 + mantissa, exponent - 25);
        uint16_t back;
        memcpy(&back, packed.data + 2 * k, 2);
        if (isnan(want)) CHECK(isnan(out[k]) && back == ((k & 0x8000) | 0x7e00));
        else {
            CHECK((double)out[k] == (k & 0x8000 ? -want : want));
            CHECK_INT(back, k);
        }
        CHECK(!signbit(out[k]) == !(k & 0x8000));
    }
    pila_buf_done(&packed);
    pila_struct_done(&s);
}

static void text_that_does_not_fit(void **state)
{
    static char long_text[300];
    pila_str text[2];
    pila_buf out = {0};
    pila_struct s;

    (void)state;
    memset(long_text, 'q', sizeof long_text);
    CHECK_OK(pila_struct_init(&s, pila_cstr("3s300p"), NULL));
    text[0] = text[1] = pila_str_of(long_text, 300);
    CHECK_OK(pila_struct_pack(&s, text, 1, &out, NULL));
    CHECK(out.len == 303 && (unsigned char)out.data[3] == 255 && out.data[302] == 'q');
    CHECK_OK(pila_struct_unpack(&s, pila_buf_view(&out), text, NULL));
    CHECK(text[0].len == 3 && text[1].len == 255 && text[1].ptr == out.data + 4);
    text[0] = text[1] = pila_str_of(NULL, 0);
    out.len = 0;
    CHECK_OK(pila_struct_pack(&s, text, 1, &out, NULL));
    for (size_t k = 0; k < 303; k++) CHECK_INT(out.data[k], 0);
    pila_buf_done(&out);
    pila_struct_done(&s);
}

/* ---- a random run against a model that goes byte by byte ---- */

static bool planted; /* the model takes q for aligned to 4 */

typedef struct model_item {
    char code;
    size_t at, to, wide, made;
} model_item;

typedef struct model {
    model_item item[512];
    size_t n, size, record_size, align;
    char order;
} model;

static size_t upto(size_t at, size_t align) { return (at + align - 1) / align * align; }

static void model_add(model *m, char code, size_t count)
{
    size_t wide = strchr("xcbB?sp", code) ? 1 : strchr("hHe", code) ? 2 : 4;
    bool text = code == 's' || code == 'p';

    if (strchr("qQd", code) || (strchr("lLnNP", code) && m->order == '@')) wide = 8;
    if (m->order == '@') m->size = upto(m->size, planted && wide == 8 ? 4 : wide);
    for (size_t k = 0; k < (text ? 1 : count); k++) {
        size_t made = text ? sizeof(pila_str) : code == 'e' ? 4 : wide;
        size_t align = text ? PILA_ALIGNOF(pila_str) : made;
        model_item i = {code, m->size, upto(m->record_size, align), text ? count : wide,
                        made};
        m->size += i.wide;
        if (code == 'x') continue;
        m->record_size = i.to + made;
        if (align > m->align) m->align = align;
        m->item[m->n++] = i;
    }
}

static size_t model_format(model *m, check_rng *rng, char *format)
{
    static const char native[] = "xcbB?hHiIlLqQnNefdspP";
    static const char standard[] = "xcbB?hHiIlLqQefdsp";
    size_t len = 0, codes = check_rng_below(rng, 8);

    memset(m, 0, sizeof *m);
    m->align = 1;
    m->order = "@<>"[check_rng_below(rng, 3)];
    format[len++] = m->order;
    for (size_t k = 0; k < codes; k++) {
        uint64_t which = check_rng_next(rng) >> 20;
        char code = m->order == '@' ? native[which % (sizeof native - 1)]
                                    : standard[which % (sizeof standard - 1)];
        size_t count = 1;
        if (check_rng_below(rng, 3) == 0) {
            count = check_rng_below(rng, 5) ? check_rng_below(rng, 6)
                                            : check_rng_below(rng, 60);
            len += (size_t)sprintf(format + len, "%u", (unsigned)count);
        }
        model_add(m, code, count);
        format[len++] = code;
        if (check_rng_below(rng, 9) == 0) format[len++] = ' ';
    }
    m->record_size = upto(m->record_size, m->align);
    if (m->record_size == 0) m->record_size = 1;
    return len;
}

static bool model_number(const model *m, const model_item *i, const char *packed,
                         const char *made)
{
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    bool swap = m->order != '@' && (m->order == '<') != little;

    for (size_t k = 0; k < i->wide; k++)
        if (made[k] != packed[swap ? i->wide - 1 - k : k]) return false;
    return true;
}

/* Whether the C struct has what the packed record says; the latter becomes what is
 * packed again. */
static bool model_agrees(const model *m, char *packed, const char *record)
{
    char again[8192];

    memset(again, 0, m->size + 1);
    for (size_t k = 0; k < m->n; k++) {
        const model_item *i = &m->item[k];
        const char *from = packed + i->at, *made = record + i->to;
        pila_str text;
        float x;
        if (i->code == '?') {
            if (*made != (*from != 0)) return false;
            again[i->at] = *made;
        } else if (i->code == 's' || i->code == 'p') {
            size_t head = i->code == 'p' && i->wide, len = i->wide - head;
            if (head && (unsigned char)*from < len) len = (unsigned char)*from;
            memcpy(&text, made, sizeof text);
            if (text.len != len || (len && memcmp(text.ptr, from + head, len) != 0))
                return false;
            if (head) again[i->at] = (char)(len < 255 ? len : 255);
            memcpy(again + i->at + head, from + head, len);
        } else if (i->code == 'e') { /* every_half has their values */
            memcpy(&x, made, sizeof x);
            memcpy(again + i->at, from, 2);
            if (isnan(x)) return true;
        } else {
            if (!model_number(m, i, from, made)) return false;
            memcpy(again + i->at, from, i->wide);
        }
    }
    memcpy(packed, again, m->size);
    return true;
}

static bool random_run(int rounds)
{
    static char data[300 * 8192], records[300 * 8192];
    static model m;
    check_rng rng = check_rng_start();
    bool good = true;

    for (int round = 0; round < rounds && good; round++) {
        char format[128];
        pila_struct s;
        pila_buf out = {0};
        size_t len = model_format(&m, &rng, format);
        size_t n = check_rng_below(&rng, 4) ? check_rng_below(&rng, 9)
                                            : check_rng_below(&rng, 300);
        CHECK_OK(pila_struct_init(&s, pila_str_of(format, len), NULL));
        good = s.size == m.size && s.record_size == m.record_size && s.items == m.n;
        if (!good || s.size == 0) {
            pila_struct_done(&s);
            continue;
        }
        for (size_t k = 0; k < n * s.size; k++) data[k] = (char)check_rng_next(&rng);
        for (size_t k = 0; k < m.n; k++) /* no NaN in halves */
            for (size_t j = 0; m.item[k].code == 'e' && j < n; j++)
                data[j * s.size + m.item[k].at + (m.order != '>')] &= 0x3f;
        pila_str all = pila_str_of(data, n * s.size);
        memset(records, 0xa5, (n + 1) * s.record_size);
        CHECK_OK(pila_struct_unpack_many(&s, all, records, NULL));
        CHECK((unsigned char)records[n * s.record_size] == 0xa5);
        pila_iter it = pila_struct_iter_unpack(&s, all, NULL);
        CHECK_OK(pila_struct_pack(&s, records, n, &out, NULL));
        CHECK(out.len == n * s.size);
        for (size_t k = 0; k < n && good; k++) {
            const char *record = pila_next_item(&it);
            CHECK(record);
            good = model_agrees(&m, data + k * s.size, record);
        }
        CHECK(!pila_next_item(&it) && it.status == PILA_END);
        good = good && memcmp(out.data ? out.data : "", data, out.len) == 0;
        pila_iter_drop(&it);
        pila_buf_done(&out);
        pila_struct_done(&s);
    }
    return good;
}

static void random_formats_against_a_model(void **state)
{
    (void)state;
    check_alloc_start();
    CHECK(random_run(3000));
    planted = true;
    CHECK(!random_run(3000));
    planted = false;
    check_alloc_stop();
}

/* ---- records known when the program is compiled ---- */

#define MIXED(ONE, MANY)                                                               \
    MANY(s, magic, 4)                                                                  \
    ONE(H, kind) ONE(d, value) ONE(b, small) MANY(i, counts, 3) ONE(e, half) ONE(Q, id)
PILA_STRUCT(mixed_little, "<", MIXED)
PILA_STRUCT(mixed_big, ">", MIXED)
PILA_STRUCT(mixed_host, "=", MIXED)

static void records_known_when_compiled(void **state)
{
    mixed_big in[2] = {{{'a', 'b', 'c', 'd'}, 7, 2.5, -3, {1, -2, 3}, 0.5f, 1u << 31},
                       {{0}, 65535, -1, 1, {4, 5, 6}, -2, 9}};
    mixed_big out[2];
    mixed_little little;
    mixed_host host;
    pila_buf packed = {0};
    pila_doc doc = {0};
    pila_value tuple;
    pila_buf text = {0};
    char bytes[mixed_little_size] = {0};

    (void)state;
    CHECK_INT(mixed_big_size, 4 + 2 + 8 + 1 + 12 + 2 + 8);
    CHECK_TEXT(pila_cstr(mixed_big_format), ">4sHdb3ieQ");
    CHECK_OK(mixed_big_pack_many(in, 2, &packed));
    CHECK_INT(packed.len, 2 * mixed_big_size);
    CHECK_OK(pila_struct_unpack_once(pila_cstr(mixed_big_format),
                                     pila_str_of(packed.data, mixed_big_size), &doc,
                                     &tuple, NULL));
    CHECK_OK(pila_value_repr(tuple, &text));
    CHECK_TEXT(pila_buf_view(&text),
               "(b'abcd', 7, 2.5, -3, 1, -2, 3, 0.5, 2147483648)");
    memset(out, 0, sizeof out);
    CHECK_OK(mixed_big_unpack_many(pila_buf_view(&packed), out));
    CHECK(out[0].kind == 7 && out[0].counts[1] == -2 && out[1].half == -2 &&
          out[1].id == 9 && out[0].magic[3] == 'd' && out[1].value == -1);
    CHECK_STATUS(mixed_big_unpack(pila_str_of(packed.data, 3), out), PILA_EVALUE);
    CHECK_STATUS(mixed_big_unpack_many(pila_str_of(packed.data, 3), out), PILA_EVALUE);
    in[1].half = 70000;
    CHECK_STATUS(mixed_big_pack_many(in, 2, &packed), PILA_EOVERFLOW);
    CHECK_INT(packed.len, 2 * mixed_big_size);

    memcpy(&little, &in[0], sizeof little);
    CHECK_OK(mixed_little_pack(&little, bytes));
    CHECK(bytes[4] == 7 && bytes[5] == 0);
    CHECK_OK(mixed_little_unpack(pila_str_of(bytes, sizeof bytes), &little));
    CHECK(little.kind == 7 && little.value == 2.5 && little.counts[2] == 3);
    memcpy(&host, &in[0], sizeof host);
    CHECK_OK(mixed_host_pack(&host, bytes));
    CHECK_OK(mixed_host_unpack(pila_str_of(bytes, sizeof bytes), &host));
    CHECK(host.id == 1u << 31 && host.small == -3);
    pila_buf_done(&text);
    pila_doc_done(&doc);
    pila_buf_done(&packed);
}

/* ---- values ---- */

static void complex_values(void **state)
{
    pila_doc doc = {0};
    pila_value v[2], tuple;
    pila_buf out = {0}, text = {0};
    pila_error err;

    (void)state;
    CHECK_OK(pila_value_complex(&doc, 1.5, -2, &v[0]));
    v[1] = pila_value_int(3);
    CHECK_OK(pila_struct_pack_once(pila_cstr("<FD"), v, 2, &out, NULL));
    CHECK_INT(out.len, 24);
    CHECK_OK(pila_struct_unpack_once(pila_cstr("<FD"), pila_buf_view(&out), &doc,
                                     &tuple, NULL));
    CHECK_OK(pila_value_repr(tuple, &text));
    CHECK_TEXT(pila_buf_view(&text), "((1.5-2j), (3+0j))");
    v[0] = pila_value_none();
    CHECK_STATUS(pila_struct_pack_once(pila_cstr("D"), v, 1, &out, &err), PILA_ETYPE);
    CHECK_TEXT(pila_cstr(err.message), "required argument is not a complex");
    CHECK_OK(pila_value_complex(&doc, 1, 1e300, &v[0]));
    CHECK_STATUS(pila_struct_pack_once(pila_cstr(">F"), v, 1, &out, &err),
                 PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(err.message), "float too large to pack with f format");
    CHECK_OK(pila_struct_pack_once(pila_cstr("F"), v, 1, &out, &err));
    pila_buf_done(&out);
    pila_buf_done(&text);
    pila_doc_done(&doc);
}

/* The offset is that of the item in the record. */
static void a_fault_says_where(void **state)
{
    pila_value v[3] = {pila_value_int(1), pila_value_int(2), pila_value_int(300)};
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_STATUS(pila_struct_pack_once(pila_cstr("<i2B"), v, 3, &out, &err),
                 PILA_EVALUE);
    CHECK_INT(err.offset, 5);
    CHECK_INT(out.len, 0);
    pila_buf_done(&out);
}

static void tuples_of_a_document(void **state)
{
    pila_doc doc = {0};
    pila_value kept[3];
    pila_struct s;
    pila_buf text = {0};
    size_t n = 0;

    (void)state;
    CHECK_OK(pila_struct_init(&s, pila_cstr("B2s"), NULL));
    pila_iter it =
        pila_struct_iter_unpack_values(&s, pila_cstr("1ab2cd3ef"), &doc, NULL);
    PILA_FOR(pila_value, v, &it) kept[n++] = *v;
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    CHECK_INT(n, 3);
    for (size_t k = 0; k < 3; k++) CHECK_OK(pila_value_repr(kept[k], &text));
    CHECK_TEXT(pila_buf_view(&text), "(49, b'ab')(50, b'cd')(51, b'ef')");
    pila_buf_done(&text);
    pila_struct_done(&s);
    pila_doc_done(&doc);
}

/* ---- without memory ---- */

static pila_status scenario(void *ctx)
{
    const char *format = ctx;
    static const char data[] = "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22";
    pila_struct s;
    pila_doc doc = {0};
    pila_buf out = {0};
    pila_value tuple = pila_value_none();
    char record[128];
    pila_status st = pila_struct_init(&s, pila_cstr(format), NULL);

    if (st != PILA_OK) return st;
    pila_str all = pila_str_of(data, s.size * 2);
    pila_iter it = pila_struct_iter_unpack(&s, all, NULL);
    while (pila_next_item(&it)) continue;
    st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    it = pila_struct_iter_unpack_values(&s, all, NULL, NULL);
    while (pila_next_item(&it)) continue;
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    CHECK_OK(pila_struct_unpack(&s, pila_str_of(data, s.size), record, NULL));
    if (st == PILA_OK) st = pila_struct_pack(&s, record, 1, &out, NULL);
    if (st != PILA_OK) CHECK_INT(out.len, 0);
    pila_str one = pila_str_of(data, s.size);
    if (st == PILA_OK)
        st = pila_struct_unpack_once(pila_cstr(format), one, &doc, &tuple, NULL);
    size_t n;
    const pila_value *values = pila_value_data(tuple, &n);
    if (st == PILA_OK)
        st = pila_struct_pack_once(pila_cstr(format), values, n, &out, NULL);
    if (st == PILA_OK) CHECK_INT(out.len, 2 * s.size);
    pila_buf_done(&out);
    pila_doc_done(&doc);
    pila_struct_done(&s);
    return st;
}

static void without_memory(void **state)
{
    char first[] = "<H3shc", second[] = ">QB";

    (void)state;
    check_alloc_sweep(scenario, first);
    check_alloc_sweep(scenario, second);
}

/* ---- outside data ---- */

/* Of a line of JSON the text behind a key, up to the quote or bracket that ends it. */
static bool field(const char *line, const char *key, pila_str *out)
{
    char quoted[32];
    const char *at;

    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    at = strstr(line, quoted);
    if (!at) return false;
    at += strlen(quoted);
    *out = *at == '"'   ? pila_str_of(at + 1, strcspn(at + 1, "\""))
           : *at == '[' ? pila_str_of(at + 1, strcspn(at + 1, "]"))
                        : pila_str_of(at, strcspn(at, ",}"));
    return true;
}

/* The next item of a list without nesting: its text, without quotes. */
static bool next_item(pila_str *list, pila_str *out)
{
    size_t n = 0;

    while (n < list->len && list->ptr[n] != ',') n++;
    *out = pila_str_of(list->ptr, n);
    if (n == 0) return false;
    if (out->ptr[0] == '"') *out = pila_str_of(out->ptr + 1, n - 2);
    n += n < list->len ? 2 : 0;
    *list = pila_str_of(list->ptr + n, list->len - n);
    return true;
}

/* A list whose items have these types: int, float as bits, bytes as hex, str; or are
 * true or false. */
static size_t listed(pila_doc *doc, pila_str list, pila_str types, pila_value *out)
{
    pila_str item, type;
    size_t n = 0;

    while (next_item(&list, &item)) {
        CHECK(next_item(&types, &type) && n < MOST_VALUES);
        bool is_true = pila_str_eq(item, pila_cstr("true"));
        if (is_true || pila_str_eq(item, pila_cstr("false"))) {
            out[n++] = pila_value_bool(is_true);
            continue;
        }
        char kind = pila_str_eq(type, pila_cstr("bytes")) ? 'b' : type.ptr[0];
        out[n++] = value_of(doc, kind, item.ptr, item.len);
    }
    return n;
}

static void corpus_line(const char *line)
{
    static char format[256], error[512], want[MOST_BYTES];
    pila_str text, list = {0}, types = {0};
    pila_value values[MOST_VALUES], back[MOST_VALUES], tuple;
    pila_doc doc = {0};
    pila_buf out = {0};
    pila_error err = {0};
    size_t size = 0, len;
    bool eq = false;

    CHECK(field(line, "fmt", &text) && field(line, "args", &list) &&
          field(line, "types", &types));
    snprintf(format, sizeof format, "%.*s", (int)text.len, text.ptr);
    ROW(format);
    size_t n = listed(&doc, list, types, values);
    pila_status st = pila_struct_calcsize(pila_cstr(format), &size, &err);
    if (field(line, "calcsize_error", &text)) {
        snprintf(error, sizeof error, "error: %.*s", (int)text.len, text.ptr);
        check_fault(st, &err, error);
    } else {
        CHECK_OK(st);
        CHECK(field(line, "calcsize", &text));
        CHECK_INT(size, strtoll(text.ptr, NULL, 10));
    }
    st = pila_struct_pack_once(pila_cstr(format), values, n, &out, &err);
    if (field(line, "error", &text) &&
        (snprintf(error, sizeof error, "%s", text.ptr), !as_3_13(error))) {
        *strstr(error, "\"}") = 0; /* a message may have quotes, single ones */
        check_fault(st, &err, error);
    } else {
        CHECK_OK(st);
        CHECK(field(line, "packed", &text));
        len = from_hex(text.ptr, text.len, want);
        CHECK(out.len == len && (!len || memcmp(out.data, want, len) == 0));
        CHECK_OK(pila_struct_unpack_once(pila_cstr(format), pila_buf_view(&out), &doc,
                                         &tuple, &err));
    }
    if (field(line, "unpacked", &list)) {
        CHECK(listed(&doc, list, types, back) == n);
        const pila_value *got = pila_value_data(tuple, &len);
        CHECK(len == n);
        for (size_t k = 0; k < n; k++) {
            bool nan =
                pila_value_kind_of(got[k]) == PILA_VALUE_FLOAT && isnan(got[k].as.f);
            CHECK_OK(pila_value_eq(got[k], back[k], &eq));
            CHECK(eq || (nan && isnan(back[k].as.f)));
        }
    }
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static void outside_cases_agree(void **state)
{
    const char *folder = getenv("PILA_CORPORA");
    static char path[4096], line[1 << 16];
    size_t lines = 0;

    (void)state;
    if (!folder) skip();
    snprintf(path, sizeof path, "%s/struct/cpython311_struct.jsonl", folder);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("%s is not there", path);
    while (fgets(line, sizeof line, f)) {
        corpus_line(line);
        lines++;
    }
    fclose(f);
    ROW(NULL);
    CHECK_INT(lines, 1314);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(sizes_are_cpythons),
        cmocka_unit_test(packing_is_cpythons),
        cmocka_unit_test(unpacking_is_cpythons),
        cmocka_unit_test(places_are_cpythons),
        cmocka_unit_test(iterating_is_cpythons),
        cmocka_unit_test(count_2_63),
        cmocka_unit_test(size_sum_overflow),
        cmocka_unit_test(offset_negative),
        cmocka_unit_test(short_buffer),
        cmocka_unit_test(zero_p),
        cmocka_unit_test(a_format_with_nul),
        cmocka_unit_test(counts_cost_no_memory),
        cmocka_unit_test(a_struct_as_the_compiler_has_it),
        cmocka_unit_test(a_half_that_is_too_large),
        cmocka_unit_test(every_half),
        cmocka_unit_test(text_that_does_not_fit),
        cmocka_unit_test(random_formats_against_a_model),
        cmocka_unit_test(records_known_when_compiled),
        cmocka_unit_test(complex_values),
        cmocka_unit_test(a_fault_says_where),
        cmocka_unit_test(tuples_of_a_document),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(outside_cases_agree),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
