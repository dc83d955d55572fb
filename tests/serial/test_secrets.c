/* test_secrets.c - the promises of secrets.h. The system calls that it makes are ours:
 * they give known bytes, few at a time, are interrupted, or fail.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pila/serial/secrets.h>

typedef struct token_row {
    size_t n;
    const char *hex, *urlsafe;
} token_row;

#include "secrets_rows.h"

/* ---- a kernel that does as it is told ---- */

static struct {
    const char *bytes; /* to give, again and again; NULL: the kernel's own */
    size_t len, at;
    size_t most;          /* bytes a call gives at most; 0: any */
    long interrupt, fail; /* every so many-th call; the call that fails */
    int error;            /* and its errno; 0: it gives nothing at all */
    int absent;           /* getrandom's errno, where there is none */
    int stat_error;       /* of fstat */
    bool no_device;       /* /dev/urandom is a plain file */
    long calls, device_calls;
} kernel;

static char data[5000]; /* as secrets_rows.py has it */

static void kernel_as_it_is(void) { memset(&kernel, 0, sizeof kernel); }

static void kernel_gives(const char *bytes, size_t len)
{
    kernel_as_it_is();
    kernel.bytes = bytes;
    kernel.len = len;
}

static int setup(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(31 * k + 7);
    kernel_as_it_is();
    return 0;
}

static ssize_t kernel_answer(void *into, size_t n, ssize_t (*real)(void *, size_t))
{
    long call = ++kernel.calls;
    char *to = into;

    if (kernel.fail == call) {
        errno = kernel.error;
        return kernel.error ? -1 : 0;
    }
    if (kernel.interrupt && call % kernel.interrupt == 0) {
        errno = EINTR;
        return -1;
    }
    if (kernel.most && n > kernel.most) n = kernel.most;
    if (!kernel.bytes) return real(into, n);
    for (size_t k = 0; k < n; k++) to[k] = kernel.bytes[kernel.at++ % kernel.len];
    return (ssize_t)n;
}

static ssize_t real_random(void *into, size_t n)
{
    return syscall(SYS_getrandom, into, n, 0);
}

static int device_fd;
static ssize_t real_read(void *into, size_t n)
{
    return syscall(SYS_read, device_fd, into, n);
}

/* In place of libc's. */
ssize_t getrandom(void *into, size_t n, unsigned flags)
{
    (void)flags;
    if (kernel.absent) {
        errno = kernel.absent;
        return -1;
    }
    return kernel_answer(into, n, real_random);
}

ssize_t read(int fd, void *into, size_t n)
{
    if (!kernel.absent) return syscall(SYS_read, fd, into, n);
    device_fd = fd;
    kernel.device_calls++;
    return kernel_answer(into, n, real_read);
}

int fstat(int fd, struct stat *is)
{
    if (kernel.stat_error) {
        errno = kernel.stat_error;
        return -1;
    }
    if (fstatat(fd, "", is, AT_EMPTY_PATH) < 0) return -1;
    if (kernel.no_device) is->st_mode = S_IFREG;
    return 0;
}

/* ---- tokens ---- */

static void tokens_are_cpythons(void **state)
{
    pila_buf out = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(token_rows); k++) {
        const token_row *row = &token_rows[k];
        ROW(row->hex);
        kernel_gives(data, sizeof data);
        out.len = 0;
        CHECK_OK(pila_secrets_token_bytes(row->n, &out));
        CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(data, row->n)));
        kernel_gives(data, sizeof data);
        out.len = 0;
        CHECK_OK(pila_secrets_token_hex(row->n, &out));
        CHECK_TEXT(pila_buf_view(&out), row->hex);
        kernel_gives(data, sizeof data);
        out.len = 0;
        CHECK_OK(pila_secrets_token_urlsafe(row->n, &out));
        CHECK_TEXT(pila_buf_view(&out), row->urlsafe);
    }
    ROW(NULL);
    kernel_as_it_is();
    CHECK_INT(PILA_SECRETS_DEFAULT, 32);
    pila_buf_done(&out);
}

static void tokens_are_never_the_same(void **state)
{
    pila_buf a = {0}, b = {0};

    (void)state;
    CHECK_OK(pila_secrets_token_bytes(PILA_SECRETS_DEFAULT, &a));
    CHECK_OK(pila_secrets_token_bytes(PILA_SECRETS_DEFAULT, &b));
    CHECK(!pila_str_eq(pila_buf_view(&a), pila_buf_view(&b)));
    kernel.absent = ENOSYS; /* nor are those of the device */
    a.len = 0;
    CHECK_OK(pila_secrets_token_bytes(PILA_SECRETS_DEFAULT, &a));
    CHECK(!pila_str_eq(pila_buf_view(&a), pila_buf_view(&b)));
    kernel_as_it_is();
    pila_buf_done(&a);
    pila_buf_done(&b);
}

/* Every function that draws, into out or a number; n bytes or so. */
static pila_status draw(size_t which, size_t n, pila_buf *out)
{
    uint64_t number = 0;
    size_t index = 0;
    pila_status st;

    switch (which) {
    case 0: return pila_secrets_token_bytes(n, out);
    case 1: return pila_secrets_token_hex(n, out);
    case 2: return pila_secrets_token_urlsafe(n, out);
    case 3: return pila_secrets_randbits_big(8 * n - 3, out);
    case 4: return pila_secrets_randbelow_big(pila_str_of(data, n), out);
    case 5: st = pila_secrets_randbits(64, &number); break;
    case 6: st = pila_secrets_randbelow(1000, &number); break;
    default: st = pila_secrets_choice(1000, &index); number = index;
    }
    if (st != PILA_OK) CHECK_INT(number, 0); /* untouched */
    if (st == PILA_OK) st = pila_buf_add(out, pila_str_of((char *)&number, 8));
    return st;
}
enum { DRAWS = 8, BIG_DRAWS = 5 /* those that write to a buffer */ };

static const struct {
    const char *what;
    size_t most;
    long interrupt, fail;
    int error, absent;
    pila_status want;
} call_rows[] = {
    {"one byte at a time", 1, 0, 0, 0, 0, PILA_OK},
    {"seven bytes at a time", 7, 0, 0, 0, 0, PILA_OK},
    {"every second call is interrupted", 7, 2, 0, 0, 0, PILA_OK},
    {"the first call fails", 0, 0, 1, EFAULT, 0, PILA_EIO},
    {"a later call fails", 1, 0, 5, EIO, 0, PILA_EIO},
    {"no getrandom: the device", 0, 0, 0, 0, ENOSYS, PILA_OK},
    {"it is forbidden: the device", 0, 0, 0, 0, EPERM, PILA_OK},
    {"the device gives one byte at a time", 1, 0, 0, 0, ENOSYS, PILA_OK},
    {"reading it is interrupted", 7, 2, 0, 0, ENOSYS, PILA_OK},
    {"reading it fails", 1, 0, 5, EIO, ENOSYS, PILA_EIO},
    {"it ends", 1, 0, 3, 0, ENOSYS, PILA_EIO},
};

static void calls_may_be_short_or_fail(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(call_rows); k++)
        for (size_t which = 0; which < DRAWS; which++) {
            pila_buf want = {0}, out = {0};

            ROW(call_rows[k].what);
            kernel_gives(data + 1, 2048);
            CHECK_OK(draw(which, 50, &want));
            kernel_gives(data + 1, 2048);
            kernel.most = call_rows[k].most;
            kernel.interrupt = call_rows[k].interrupt;
            kernel.fail = call_rows[k].fail;
            kernel.error = call_rows[k].error;
            kernel.absent = call_rows[k].absent;
            CHECK_OK(pila_buf_add(&out, pila_cstr("abc")));
            CHECK_STATUS(draw(which, 50, &out), call_rows[k].want);
            int error = errno;
            if (kernel.absent) CHECK(kernel.device_calls > 0);
            if (call_rows[k].want == PILA_OK) {
                CHECK_INT(out.len, 3 + want.len);
                CHECK(memcmp(out.data + 3, want.data, want.len) == 0);
            } else {
                CHECK_INT(error, call_rows[k].error ? call_rows[k].error : EIO);
                CHECK_INT(out.len, 3);
                kernel_as_it_is();
                CHECK_OK(draw(which, 50, &out)); /* and then it goes on */
            }
            kernel_as_it_is();
            pila_buf_done(&want);
            pila_buf_done(&out);
        }
    ROW(NULL);
}

static void the_device_must_be_one(void **state)
{
    struct rlimit files, none = {0, 0};
    pila_buf out = {0};

    (void)state;
    kernel.absent = ENOSYS;
    kernel.no_device = true;
    CHECK_STATUS(pila_secrets_token_bytes(8, &out), PILA_EIO);
    CHECK_INT(errno, ENODEV);
    kernel.no_device = false;
    kernel.stat_error = EACCES;
    CHECK_STATUS(pila_secrets_token_bytes(8, &out), PILA_EIO);
    CHECK_INT(errno, EACCES);
    kernel.stat_error = 0;
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &files), 0);
    none.rlim_max = files.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
    pila_status st = pila_secrets_token_bytes(8, &out);
    int error = errno;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &files), 0);
    CHECK_STATUS(st, PILA_EIO);
    CHECK_INT(error, EMFILE);
    CHECK_INT(out.len, 0);
    kernel_as_it_is();
    pila_buf_done(&out);
}

static void sizes_may_overflow(void **state)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 4 * 3 + 9};
    pila_buf out = {0}, small = {.cap = 9};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        CHECK_STATUS(pila_secrets_token_bytes(sizes[k], &out), PILA_ELIMIT);
        CHECK_STATUS(pila_secrets_token_hex(sizes[k], &out), PILA_ELIMIT);
        CHECK_STATUS(pila_secrets_token_urlsafe(sizes[k], &out), PILA_ELIMIT);
    }
    for (size_t which = 0; which < BIG_DRAWS; which++)
        CHECK_STATUS(draw(which, 50, &small), PILA_ELIMIT);
    CHECK_INT(out.len + small.len, 0);
    pila_buf_done(&out);
    pila_buf_done(&small);
}

/* ---- numbers ---- */

static const struct {
    const char *what;
    pila_status want;
    size_t k;
} bits_rows[] = {
    {"no bit at all is 0", PILA_OK, 0},
    {"one bit", PILA_OK, 1},
    {"63 bits", PILA_OK, 63},
    {"64 bits", PILA_OK, 64},
    {"65 are too many", PILA_EOVERFLOW, 65},
    {"as are these", PILA_EOVERFLOW, SIZE_MAX},
};

static void numbers_have_so_many_bits(void **state)
{
    pila_buf out = {0};

    (void)state;
    kernel_gives("\xff", 1);
    for (size_t k = 0; k < COUNT_OF(bits_rows); k++) {
        uint64_t x = 77, all = 77;
        ROW(bits_rows[k].what);
        if (bits_rows[k].want == PILA_OK)
            all = bits_rows[k].k ? UINT64_MAX >> (64 - bits_rows[k].k) : 0;
        CHECK_STATUS(pila_secrets_randbits(bits_rows[k].k, &x), bits_rows[k].want);
        CHECK(x == all);
    }
    ROW(NULL);
    for (size_t k = 0; k < 70; k++) {
        out.len = 0;
        CHECK_OK(pila_secrets_randbits_big(k, &out));
        CHECK_INT(out.len, (k + 7) / 8);
        size_t ones = 0;
        for (size_t byte = 0; byte < out.len; byte++)
            ones += (size_t)__builtin_popcount((unsigned char)out.data[byte]);
        CHECK_INT(ones, k);
        if (k % 8) CHECK_INT((unsigned char)out.data[0], (1 << k % 8) - 1);
    }
    CHECK_STATUS(pila_secrets_randbits_big(SIZE_MAX, &(pila_buf){.cap = 1}),
                 PILA_ELIMIT);
    kernel_as_it_is();
    pila_buf_done(&out);
}

/* Each number of as many bits as the bound has comes once: those below it are answers,
 * the others are drawn again. So all answers are as likely as one another. */
static void every_number_is_as_likely(void **state)
{
    (void)state;
    for (uint64_t upper = 1; upper <= 200; upper++) {
        size_t bits = 0, again = 0;
        size_t index = 777;
        while ((uint64_t)1 << bits < upper) bits++;
        for (uint64_t first = 0; first < (uint64_t)1 << bits; first++) {
            uint64_t draws[2] = {bits ? first << (64 - bits) : 0, 0}, x = 777;
            kernel_gives((char *)draws, sizeof draws);
            CHECK_OK(pila_secrets_randbelow(upper, &x));
            CHECK_INT(x, first < upper ? first : 0);
            CHECK_INT(kernel.calls, first < upper ? 1 : 2);
            again += first >= upper;
            kernel_gives((char *)draws, sizeof draws);
            CHECK_OK(pila_secrets_choice((size_t)upper, &index));
            CHECK_INT(index, x);
        }
        CHECK(2 * again < (size_t)1 << bits || again == 0);
    }
    uint64_t high = UINT64_MAX, x = 0;
    kernel_gives((char *)&high, sizeof high - 1); /* 0xff for ever */
    CHECK_OK(pila_secrets_randbelow((uint64_t)1 << 63, &x));
    CHECK(x == UINT64_MAX >> 1);
    kernel_as_it_is();
}

static void numbers_below_nothing_are_none(void **state)
{
    uint64_t x = 77;
    size_t index = 77;
    pila_buf out = {0};

    (void)state;
    CHECK_STATUS(pila_secrets_randbelow(0, &x), PILA_EVALUE);
    CHECK_STATUS(pila_secrets_choice(0, &index), PILA_EEMPTY);
    CHECK_STATUS(pila_secrets_randbelow_big(pila_str_of(NULL, 0), &out), PILA_EVALUE);
    CHECK_STATUS(pila_secrets_randbelow_big(pila_str_of("\0\0", 2), &out), PILA_EVALUE);
    CHECK(x == 77 && index == 77 && out.len == 0);
}

/* A stream of bytes that is known, against the definition: bytes are drawn, the spare
 * bits of the first dropped, until the number is below the bound. */
static bool random_run(long steps, long planted)
{
    check_rng rng = check_rng_start();
    pila_buf out = {0};
    bool same = true;

    for (long step = 0; step < steps && same; step++) {
        unsigned char bound[20] = {0}, stream[640], want[20] = {0};
        size_t len = 1 + check_rng_below(&rng, 20), zeros = check_rng_below(&rng, len);
        for (size_t k = zeros; k < len; k++)
            bound[k] = (unsigned char)check_rng_next(&rng);
        if (bound[zeros] == 0) bound[zeros] = 1;
        bound[len - 1] |= 1;
        for (size_t k = 0; k < sizeof stream; k++)
            stream[k] = (unsigned char)check_rng_next(&rng);
        unsigned spare = 0;
        while (255u >> (spare + 1) >= bound[zeros]) spare++;
        for (size_t at = 0;; at += len - zeros) {
            bool below = false;
            for (size_t k = len; k-- > zeros;) { /* from the lowest byte */
                want[k] = stream[(at + k - zeros) % sizeof stream];
                if (k == zeros) want[k] = (unsigned char)(want[k] >> spare);
                if (want[k] != bound[k]) below = want[k] < bound[k];
            }
            if (below) break;
        }
        if (step == planted) want[len - 1] ^= 1;
        kernel_gives((char *)stream, sizeof stream);
        out.len = 0;
        CHECK_OK(pila_secrets_randbelow_big(pila_str_of((char *)bound, len), &out));
        same = out.len == len && memcmp(out.data, want, len) == 0;
    }
    kernel_as_it_is();
    pila_buf_done(&out);
    return same;
}

static void numbers_against_a_model(void **state)
{
    (void)state;
    assert_true(random_run(5000, -1));
    assert_false(random_run(5000, 777)); /* the run sees a planted fault */
}

static pila_status draw_all(void *ctx)
{
    pila_status st = PILA_OK;

    (void)ctx;
    for (size_t which = 0; which < BIG_DRAWS && st == PILA_OK; which++) {
        pila_buf out = {0};
        st = draw(which, 50, &out);
        if (st != PILA_OK) CHECK_INT(out.len, 0);
        pila_buf_done(&out);
    }
    return st;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    check_alloc_sweep(draw_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_cpythons),
        cmocka_unit_test(tokens_are_never_the_same),
        cmocka_unit_test(calls_may_be_short_or_fail),
        cmocka_unit_test(the_device_must_be_one),
        cmocka_unit_test(sizes_may_overflow),
        cmocka_unit_test(numbers_have_so_many_bits),
        cmocka_unit_test(every_number_is_as_likely),
        cmocka_unit_test(numbers_below_nothing_are_none),
        cmocka_unit_test(numbers_against_a_model),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
