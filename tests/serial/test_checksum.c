/* test_checksum.c - the promises of checksum.h. What CPython says is in
 * checksum_rows.h; every kernel of this machine, plain C, and zlib must agree. */
#include "check.h"

#include <zlib.h>

#include <pila/serial/checksum.h>
#include <pila/serial/checksum_kernels.h>

enum { MADE_UP = 256, KERNELS = 3, MOST = 70000 };

typedef struct checksum_row {
    size_t n;
    int fill; /* a byte, or MADE_UP */
    uint32_t value, crc, adler;
} checksum_row;

#include "checksum_rows.h"

static unsigned char data[MOST + 64];

static void make_data(size_t n, int fill)
{
    for (size_t k = 0; k < n; k++)
        data[k] = (unsigned char)(fill == MADE_UP ? k * k * 7 + k / 3 : (size_t)fill);
}

static pila_str view(size_t from, size_t n)
{
    return pila_str_of((const char *)data + from, n);
}

static void cpython_says_the_same(void **state)
{
    char name[80];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(checksum_rows); k++) {
        const checksum_row *r = &checksum_rows[k];
        make_data(r->n, r->fill);
        snprintf(name, sizeof name, "%zu bytes of %d from %08x", r->n, r->fill,
                 (unsigned)r->value);
        ROW(name);
        CHECK_INT(pila_crc32(r->value, view(0, r->n)), r->crc);
        CHECK_INT(pila_adler32(r->value, view(0, r->n)), r->adler);
        for (size_t by = 0; by < KERNELS; by++) { /* the last are plain C */
            CHECK_INT(pila__crc32_by(pila__crc32_kernel_at(by), r->value, data, r->n),
                      r->crc);
            CHECK_INT(pila__adler32_by(pila__adler32_kernel_at(by), r->value, data,
                                       r->n),
                      r->adler);
        }
    }
    ROW(NULL);
}

static void check_values_of_standards(void **state)
{
    (void)state;
    /* the customary check value; and RFC 1950's of no bytes */
    CHECK_INT(pila_crc32(PILA_CRC32_START, pila_cstr("123456789")), 0xcbf43926);
    CHECK_INT(pila_adler32(PILA_ADLER32_START, pila_cstr("123456789")), 0x091e01de);
    CHECK_INT(pila_crc32(PILA_CRC32_START, pila_str_of(NULL, 0)), PILA_CRC32_START);
    CHECK_INT(pila_adler32(PILA_ADLER32_START, pila_str_of(NULL, 0)),
              PILA_ADLER32_START);
}

/* By every kernel, from a block of its own, so that a sanitizer sees what is read
 * behind it; planted: one bit of what zlib says is wrong. */
static bool agree(size_t from, size_t n, uint32_t value, bool planted)
{
    unsigned char *piece = malloc(n ? n : 1);
    uint32_t crc, adler, start = value % PILA__ADLER32_BASE;
    bool good = true;

    if (n) memcpy(piece, data + from, n);
    crc = (uint32_t)crc32(value, piece, (uInt)n) ^ planted;
    adler = (uint32_t)adler32(start, piece, (uInt)n);
    for (size_t by = 0; by < KERNELS; by++) {
        good = good &&
               pila__crc32_by(pila__crc32_kernel_at(by), value, piece, n) == crc &&
               pila__adler32_by(pila__adler32_kernel_at(by), start, piece, n) == adler;
    }
    free(piece);
    return good;
}

static void kernels_plain_c_and_zlib_agree_at_every_length(void **state)
{
    (void)state;
    make_data(sizeof data, MADE_UP);
    for (size_t n = 0; n < 1300; n++)
        CHECK(agree(n % 64, n, (uint32_t)n * 0x9e3779b9, 0));
    CHECK(!agree(0, 100, 0, true)); /* the comparison sees a planted fault */
}

static void kernels_plain_c_and_zlib_agree_at_random(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < sizeof data; k++)
        data[k] = (unsigned char)check_rng_next(&r);
    for (int k = 0; k < 300; k++)
        CHECK(agree(check_rng_below(&r, 64), check_rng_below(&r, MOST),
                    (uint32_t)check_rng_next(&r), false));
}

static void pieces_give_what_the_whole_gives(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    make_data(MOST, MADE_UP);
    uint32_t crc = pila_crc32(0, view(0, MOST)), adler = pila_adler32(1, view(0, MOST));
    for (int k = 0; k < 20; k++) {
        uint32_t a = PILA_CRC32_START, b = PILA_ADLER32_START;
        for (size_t at = 0, n; at < MOST; at += n) {
            n = check_rng_below(&r, 3000);
            if (n > MOST - at) n = MOST - at;
            a = pila_crc32(a, view(at, n));
            b = pila_adler32(b, view(at, n));
        }
        CHECK_INT(a, crc);
        CHECK_INT(b, adler);
    }
}

static void adler_sums_of_many_megabytes_do_not_overflow(void **state)
{
    size_t n = ((size_t)9 << 20) + 1; /* beyond two runs of the widest kernel */
    unsigned char *full = malloc(n);

    (void)state;
    memset(full, 255, n);
    uint32_t want = (uint32_t)adler32(0xfff0fff0, full, (uInt)n);
    for (size_t by = 0; by < KERNELS; by++)
        CHECK_INT(pila__adler32_by(pila__adler32_kernel_at(by), 0xfff0fff0, full, n),
                  want);
    free(full);
}

static void parts_are_put_together(void **state)
{
    static const size_t cuts[] = {0, 1, 2, 15, 300, 5552, 65521, 69999, 70000};

    (void)state;
    make_data(MOST, MADE_UP);
    for (size_t k = 0; k < COUNT_OF(cuts); k++) {
        size_t at = cuts[k], rest = MOST - at;
        uint32_t a = pila_crc32(0, view(0, at)), b = pila_crc32(0, view(at, rest));
        CHECK_INT(pila_crc32_combine(a, b, rest), pila_crc32(0, view(0, MOST)));
        a = pila_adler32(1, view(0, at));
        b = pila_adler32(1, view(at, rest));
        CHECK_INT(pila_adler32_combine(a, b, rest), pila_adler32(1, view(0, MOST)));
    }
}

static void combine_is_zlibs_for_any_numbers(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (int k = 0; k < 20000; k++) {
        uint32_t a = (uint32_t)check_rng_next(&r), b = (uint32_t)check_rng_next(&r);
        uint64_t n = check_rng_next(&r) >> (1 + check_rng_below(&r, 63));
        CHECK_INT(pila_crc32_combine(a, b, n),
                  (uint32_t)crc32_combine(a, b, (z_off_t)n));
        CHECK_INT(pila_adler32_combine(a, b, n),
                  (uint32_t)adler32_combine(a, b, (z_off_t)n));
    }
}

static const unsigned char zeros[1 << 20];

/* Of zeros: twice as many again and again, up to 2^64 - 1 bytes. */
static void combine_takes_lengths_of_64_bits(void **state)
{
    uint32_t crc = pila_crc32(0, pila_str_of("", 1)), all = crc;

    (void)state;
    for (int k = 1; k < 64; k++) {
        crc = pila_crc32_combine(crc, crc, (uint64_t)1 << (k - 1)); /* of 2^k */
        all = pila_crc32_combine(all, crc, (uint64_t)1 << k); /* of 2^(k + 1) - 1 */
        if (k < 20) CHECK_INT(all, crc32(0, zeros, (2u << k) - 1));
    }
    CHECK_INT(all, 0); /* x has the order 2^32 - 1, of which 2^64 - 1 is a multiple */
    CHECK_INT(pila_crc32_combine(0x12345678, 0, UINT32_MAX), 0x12345678);
    CHECK_INT(pila_crc32_combine(0x12345678, 0, UINT64_MAX), 0x12345678);
    /* a zero byte adds the first sum to the second */
    CHECK_INT(pila_adler32_combine(2, UINT64_MAX % PILA__ADLER32_BASE << 16 | 1,
                                   UINT64_MAX),
              2 * (UINT64_MAX % PILA__ADLER32_BASE) % PILA__ADLER32_BASE << 16 | 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpython_says_the_same),
        cmocka_unit_test(check_values_of_standards),
        cmocka_unit_test(kernels_plain_c_and_zlib_agree_at_every_length),
        cmocka_unit_test(kernels_plain_c_and_zlib_agree_at_random),
        cmocka_unit_test(pieces_give_what_the_whole_gives),
        cmocka_unit_test(adler_sums_of_many_megabytes_do_not_overflow),
        cmocka_unit_test(parts_are_put_together),
        cmocka_unit_test(combine_is_zlibs_for_any_numbers),
        cmocka_unit_test(combine_takes_lengths_of_64_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
