/* test_hmac.c - the promises of hmac.h. Rows of what CPython says are in hmac_rows.h.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>

#include <pila/serial/hmac.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

typedef struct algorithm_row {
    const char *digestmod, *name;
    size_t digest_size, block_size;
    const char *abc, *chain;
} algorithm_row;

typedef struct rfc_row {
    const char *digestmod, *key, *message, *digest;
} rfc_row;

#include "hmac_rows.h"

/* ---- helpers ---- */

static char data[5000]; /* as hmac_rows.py has it */

static pila_str bytes(size_t at, size_t n) { return pila_str_of(data + at, n); }

static int fill_data(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(31 * k + 7);
    return 0;
}

static pila_hmac make(pila_str key, const char *digestmod)
{
    pila_hmac h;

    CHECK_OK(pila_hmac_init(&h, key, pila_cstr(digestmod), NULL));
    return h;
}

static void unhex(const char *text, pila_buf *out)
{
    unsigned byte;

    out->len = 0;
    for (; *text; text += 2) {
        CHECK_INT(sscanf(text, "%2x", &byte), 1);
        CHECK_OK(pila_buf_add_char(out, (char)byte));
    }
}

/* ---- digests ---- */

/* As hmac_rows.py makes it; way: by once, by an object each, or by copies. */
static void check_chain(const algorithm_row *row, int way)
{
    pila_hashlib chain;
    pila_buf out = {0};

    CHECK_OK(pila_hashlib_init(&chain, pila_cstr("sha256"), NULL, NULL));
    for (size_t k = 0; k < 100; k++) {
        pila_str key = bytes(0, 5 * k % 301), message = bytes(9, 3 * k);
        pila_hmac h = make(key, row->digestmod), other;

        out.len = 0;
        CHECK_OK(pila_hmac_update(&h, bytes(9, k)));
        CHECK_OK(pila_hmac_copy(&h, &other));
        CHECK_OK(pila_hmac_update(&h, bytes(9 + k, 2 * k)));
        CHECK_OK(pila_hmac_update(&other, bytes(9 + k, 2 * k)));
        if (way == 0)
            CHECK_OK(
                pila_hmac_once(key, message, pila_cstr(row->digestmod), &out, NULL));
        if (way == 1) CHECK_OK(pila_hmac_digest(&h, &out));
        if (way == 2) CHECK_OK(pila_hmac_finish(&other, &out));
        if (way == 3) { /* again, with the key it has */
            CHECK_OK(pila_hmac_finish(&h, &out));
            CHECK_OK(pila_hmac_update(&h, bytes(0, 77)));
            CHECK_OK(pila_hmac_reset(&h));
            CHECK_OK(pila_hmac_update(&h, message));
            out.len = 0;
            CHECK_OK(pila_hmac_finish(&h, &out));
        }
        if (way == 4) { /* a copy that is used again */
            CHECK_OK(pila_hmac_reset(&other));
            CHECK_OK(pila_hmac_update(&other, message));
            CHECK_OK(pila_hmac_digest(&other, &out));
        }
        CHECK_INT(out.len, row->digest_size);
        CHECK_OK(pila_hashlib_update(&chain, pila_buf_view(&out)));
        pila_hmac_done(&h);
        pila_hmac_done(&other);
    }
    out.len = 0;
    CHECK_OK(pila_hashlib_hexdigest(&chain, 0, &out));
    CHECK_TEXT(pila_buf_view(&out), row->chain);
    pila_hashlib_done(&chain);
    pila_buf_done(&out);
}

static void digests_are_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(algorithm_rows); k++) {
        const algorithm_row *row = &algorithm_rows[k];
        pila_hmac h = make(bytes(0, 5), row->digestmod);
        pila_buf out = {0};

        ROW(row->digestmod);
        CHECK_TEXT(pila_cstr(h.name), row->name);
        CHECK_INT(h.digest_size, row->digest_size);
        CHECK_INT(h.block_size, row->block_size);
        CHECK_OK(pila_hmac_update(&h, pila_cstr("abc")));
        CHECK_OK(pila_hmac_update(&h, pila_str_of(NULL, 0)));
        CHECK_OK(pila_hmac_hexdigest(&h, &out));
        CHECK_TEXT(pila_buf_view(&out), row->abc);
        for (int way = 0; way < 5; way++) check_chain(row, way);
        pila_hmac_done(&h);
        pila_hmac_done(&h);
        pila_buf_done(&out);
    }
    ROW(NULL);
}

static void digests_are_those_of_rfcs_2202_and_4231(void **state)
{
    pila_buf key = {0}, message = {0}, out = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rfc_rows); k++) {
        ROW(rfc_rows[k].digest);
        unhex(rfc_rows[k].key, &key);
        unhex(rfc_rows[k].message, &message);
        pila_hmac h = make(pila_buf_view(&key), rfc_rows[k].digestmod);
        CHECK_OK(pila_hmac_update(&h, pila_buf_view(&message)));
        out.len = 0;
        CHECK_OK(pila_hmac_hexdigest(&h, &out));
        CHECK_TEXT(pila_buf_view(&out), rfc_rows[k].digest);
        pila_hmac_done(&h);
    }
    ROW(NULL);
    pila_buf_done(&key);
    pila_buf_done(&message);
    pila_buf_done(&out);
}

static const struct {
    const char *what, *digestmod;
    pila_status want;
    const char *message;
} refused_rows[] = {
    {"none", "", PILA_ETYPE, "Missing required parameter 'digestmod'."},
    {"no such", "foo", PILA_EVALUE, "unsupported hash type foo"},
    {"a SHAKE has no size", "shake_128", PILA_EVALUE, "no HMAC with shake_128"},
    {"nor has what hashes nothing", "NULL", PILA_EVALUE, "no HMAC with NULL"},
};

static void algorithms_may_be_refused(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(refused_rows); k++) {
        pila_str name = pila_cstr(refused_rows[k].digestmod);
        pila_error err;
        pila_buf out = {0};
        pila_hmac h;

        ROW(refused_rows[k].what);
        memset(&h, 7, sizeof h);
        CHECK_STATUS(pila_hmac_init(&h, bytes(0, 1), name, &err), refused_rows[k].want);
        CHECK_TEXT(pila_cstr(err.message), refused_rows[k].message);
        CHECK_INT(h.name[0], 7); /* untouched */
        CHECK_STATUS(pila_hmac_once(bytes(0, 1), bytes(0, 1), name, &out, &err),
                     refused_rows[k].want);
        CHECK_TEXT(pila_cstr(err.message), refused_rows[k].message);
        CHECK_STATUS(pila_hmac_once(bytes(0, 1), bytes(0, 1), name, &out, NULL),
                     refused_rows[k].want);
        CHECK_INT(ERR_peek_error(), 0);
    }
    ROW(NULL);
}

static void a_digest_is_appended_or_nothing(void **state)
{
    pila_hmac h = make(bytes(0, 9), "sha256");
    pila_buf out = {.cap = 20}, want = {0};
    pila_error err;

    (void)state;
    CHECK_OK(pila_hmac_update(&h, bytes(0, 100)));
    CHECK_OK(pila_buf_add(&out, pila_cstr("abc")));
    CHECK_STATUS(pila_hmac_digest(&h, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hmac_hexdigest(&h, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hmac_finish(&h, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hmac_once(bytes(0, 9), bytes(0, 9), pila_cstr("sha256"), &out,
                                &err),
                 PILA_ELIMIT);
    CHECK_STATUS(err.status, PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&out), "abc");
    out.cap = 0;
    CHECK_OK(pila_hmac_finish(&h, &out)); /* the object is as it was */
    CHECK_OK(pila_buf_add(&want, pila_cstr("abc")));
    CHECK_OK(
        pila_hmac_once(bytes(0, 9), bytes(0, 100), pila_cstr("sha256"), &want, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&want)));
    pila_hmac_done(&h);
    pila_buf_done(&out);
    pila_buf_done(&want);
}

static pila_status sign(void *ctx)
{
    pila_buf out = {0}, all = {0};
    pila_error err;
    pila_hmac h = make(bytes(0, 9), "sha256");
    pila_status st = pila_buf_reserve(&all, 100), first = st;

    (void)ctx;
    CHECK_OK(pila_hmac_update(&h, bytes(0, 100)));
    if (st == PILA_OK) st = first = pila_hmac_digest(&h, &out);
    if (st == PILA_OK) st = pila_hmac_hexdigest(&h, &out);
    if (st == PILA_OK)
        st =
            pila_hmac_once(bytes(0, 9), bytes(0, 100), pila_cstr("sha256"), &out, &err);
    if (first != PILA_OK) CHECK_INT(out.len, 0);
    if (all.room) CHECK_OK(pila_hmac_finish(&h, &all)); /* the object is as it was */
    if (all.room && st == PILA_OK) CHECK(memcmp(all.data, out.data, 32) == 0);
    pila_hmac_done(&h);
    pila_buf_done(&out);
    pila_buf_done(&all);
    return st;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    check_alloc_sweep(sign, NULL);
}

/* Objects and the messages they have seen, against one hash of all; the model is made
 * wrong for the planted-th digest. */
static bool random_run(long steps, long planted)
{
    static const char *const names[] = {"md5", "sha512", "sha3_224", "blake2s"};
    enum { OBJECTS = 8 };
    pila_hmac h[OBJECTS];
    pila_buf seen[OBJECTS] = {{0}}, got = {0}, want = {0};
    check_rng rng = check_rng_start();
    long digests = 0;
    bool same = true;

    for (size_t k = 0; k < OBJECTS; k++)
        h[k] = make(bytes(k / 4, 60 * k), names[k % 4]);
    for (long step = 0; step < steps && same; step++) {
        size_t k = check_rng_below(&rng, OBJECTS), n = check_rng_below(&rng, 300);
        pila_str piece = bytes(check_rng_below(&rng, 4000), n);
        switch (check_rng_below(&rng, 6)) {
        case 0:
            CHECK_OK(pila_hmac_reset(&h[k]));
            seen[k].len = 0;
            break;
        case 1: {
            pila_hmac copy;
            CHECK_OK(pila_hmac_copy(&h[k], &copy));
            pila_hmac_done(&h[k]);
            h[k] = copy;
            break;
        }
        case 2:
            got.len = want.len = 0;
            if (++digests == planted) CHECK_OK(pila_buf_add_char(&seen[k], 'x'));
            CHECK_OK(pila_hmac_once(bytes(k / 4, 60 * k), pila_buf_view(&seen[k]),
                                    pila_cstr(names[k % 4]), &want, NULL));
            if (n % 2) CHECK_OK(pila_hmac_digest(&h[k], &got));
            else {
                CHECK_OK(pila_hmac_finish(&h[k], &got));
                seen[k].len = 0;
            }
            same = pila_hmac_compare_digest(pila_buf_view(&got), pila_buf_view(&want));
            break;
        default:
            CHECK_OK(pila_hmac_update(&h[k], piece));
            CHECK_OK(pila_buf_add(&seen[k], piece));
        }
    }
    for (size_t k = 0; k < OBJECTS; k++) {
        pila_hmac_done(&h[k]);
        pila_buf_done(&seen[k]);
    }
    pila_buf_done(&got);
    pila_buf_done(&want);
    return same;
}

static void objects_against_a_model(void **state)
{
    (void)state;
    assert_true(random_run(10000, 0));
    assert_false(random_run(10000, 777)); /* the run sees a planted fault */
}

/* ---- comparing ---- */

static void compare_tells_every_difference(void **state)
{
    char a[100], b[100];

    (void)state;
    for (size_t n = 0; n < sizeof a; n++) {
        memcpy(a, data, n);
        memcpy(b, data, n);
        CHECK(pila_hmac_compare_digest(pila_str_of(a, n), pila_str_of(b, n)));
        for (size_t k = 0; k < n; k++)
            for (unsigned bit = 0; bit < 8; bit++) {
                b[k] = (char)(b[k] ^ (1 << bit));
                CHECK(!pila_hmac_compare_digest(pila_str_of(a, n), pila_str_of(b, n)));
                b[k] = a[k];
            }
        if (n == 0) continue;
        CHECK(!pila_hmac_compare_digest(pila_str_of(a, n), pila_str_of(b, n - 1)));
        CHECK(!pila_hmac_compare_digest(pila_str_of(a, n - 1), pila_str_of(b, n)));
    }
    CHECK(pila_hmac_compare_digest(pila_str_of(NULL, 0), pila_str_of(NULL, 0)));
    CHECK(!pila_hmac_compare_digest(pila_str_of(NULL, 0), pila_cstr("x")));
    CHECK(!pila_hmac_compare_digest(pila_cstr("x"), pila_str_of(NULL, 0)));
}

/* The instructions of one comparison: a child is stepped through it, one by one. -1
 * where that is not allowed. */
static long instructions(pila_str a, pila_str b)
{
    long steps = 0;
    int status;
#if defined(RUNNING_ON_VALGRIND)
    if (RUNNING_ON_VALGRIND) return -1; /* which has a processor of its own */
#endif
    pid_t child = fork();

    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) _exit(1);
        raise(SIGSTOP);
        bool same = pila_hmac_compare_digest(a, b);
        raise(SIGSTOP);
        _exit(same ? 2 : 3);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return -1;
    for (;;) {
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) < 0) steps = -1;
        if (steps < 0 || waitpid(child, &status, 0) != child) break;
        if (!WIFSTOPPED(status) || WSTOPSIG(status) == SIGSTOP) break;
        steps++;
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return steps;
}

/* Wherever two texts differ, comparing them takes the same instructions. */
static void compare_constant_time(void **state)
{
    char a[67], b[67];
    pila_str whole = pila_str_of(a, sizeof a), other = pila_str_of(b, sizeof b);

    (void)state;
    memcpy(a, data, sizeof a);
    memcpy(b, data, sizeof b);
    long same = instructions(whole, other);
    if (same <= 0) skip(); /* under valgrind, or where nobody may trace */
    for (size_t k = 0; k < sizeof b; k += 11) {
        b[k] ^= 0x55;
        CHECK_INT(instructions(whole, other), same);
        b[k] = a[k];
    }
    memset(b, 0, sizeof b);
    CHECK_INT(instructions(whole, other), same);
    CHECK_INT(instructions(pila_str_of(a, 3), other),
              instructions(bytes(0, 60), other));
    CHECK(instructions(whole, pila_str_of(b, 3)) < same); /* b's length may be known */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_cpythons),
        cmocka_unit_test(digests_are_those_of_rfcs_2202_and_4231),
        cmocka_unit_test(algorithms_may_be_refused),
        cmocka_unit_test(a_digest_is_appended_or_nothing),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(objects_against_a_model),
        cmocka_unit_test(compare_tells_every_difference),
        cmocka_unit_test(compare_constant_time),
    };

    return cmocka_run_group_tests(tests, fill_data, NULL);
}
