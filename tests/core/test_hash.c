/* test_hash.c - the secrets, the fold against schoolbook multiplication, and how well
 * hashes spread.
 *
 * Spread depends on the secrets, which are random. So that this test says the same in
 * every run, it puts secrets of its own in place, a hundred sets drawn as
 * pila_hash_init would draw them, and asks of how many a promise holds: a hash of one
 * multiply has secrets that are worse than others for a given stride, and what counts
 * is that they are rare. The numbers asked for leave room below what twenty seeds
 * measured: of the 300 windows 243 or more are good and 9 or fewer bad. What must hold
 * for every secret is tested with the process's own.
 *
 * The program runs itself: `--print` prints what this process hashes, `--race` draws
 * the secrets from eight threads at once. */
#define _DEFAULT_SOURCE /* barriers, MAP_ANONYMOUS */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t mersenne = ((uint64_t)1 << 61) - 1;

/* ---- running this program once more ---- */

/* What the child prints, at most n - 1 bytes; its exit status. */
static int run_self(const char *mode, char *out, size_t n)
{
    int ends[2], status = -1;
    size_t used = 0;
    ssize_t got;

    CHECK_INT(pipe(ends), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "test_core_hash", mode, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while (used < n - 1 && (got = read(ends[0], out + used, n - 1 - used)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int print_hashes(void)
{
    printf("%llx %llx %llx %llx\n", (unsigned long long)pila_hash_int(1),
           (unsigned long long)pila_hash_bytes("spam", 4),
           (unsigned long long)pila_hash_bytes("a text longer than fifteen bytes", 32),
           (unsigned long long)pila__hash.a);
    return 0;
}

enum { THREADS = 8 };
static pthread_barrier_t gate;

static void *draw(void *out)
{
    pthread_barrier_wait(&gate);
    pila_hash_init();
    memcpy(out, &pila__hash, sizeof pila__hash);
    return NULL;
}

static int race(void)
{
    pthread_t threads[THREADS];
    pila_hash_secrets seen[THREADS];

    pthread_barrier_init(&gate, NULL, THREADS);
    for (int k = 0; k < THREADS; k++)
        if (pthread_create(&threads[k], NULL, draw, &seen[k]) != 0) return 2;
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    for (int k = 1; k < THREADS; k++)
        if (memcmp(&seen[k], &seen[0], sizeof seen[0]) != 0) return 1;
    return 0;
}

static void test_seed_differs_per_process(void **state)
{
    char one[200], two[200];

    (void)state;
    CHECK_INT(run_self("--print", one, sizeof one), 0);
    CHECK_INT(run_self("--print", two, sizeof two), 0);
    CHECK(strlen(one) > 20);
    assert_string_not_equal(one, two);
}

static void test_init_from_8_threads_draws_once(void **state)
{
    char out[10];

    (void)state;
    for (int turn = 0; turn < 20; turn++) CHECK_INT(run_self("--race", out, 10), 0);
}

static void test_equal_within_a_process(void **state)
{
    pila_hash_init();
    pila_hash_secrets before = pila__hash;
    uint64_t a = pila_hash_int(42), b = pila_hash_bytes("spam", 4);

    (void)state;
    pila_hash_init();
    CHECK(memcmp(&before, &pila__hash, sizeof before) == 0);
    CHECK(pila_hash_int(42) == a && pila__hash_u64(42) == a);
    CHECK(pila_hash_bytes("spam", 4) == b);
}

static bool spreads(uint64_t x)
{
    int ones = __builtin_popcountll(x);
    return (x & 1) && ones >= 24 && ones <= 40;
}

static void test_secrets_are_good_factors(void **state)
{
    const uint64_t *s = &pila__hash.a;
    uint64_t all[4];

    (void)state;
    pila_hash_init();
    memcpy(all, s, sizeof all);
    for (int k = 0; k < 4; k++) {
        CHECK(spreads(all[k]));
        for (int other = 0; other < k; other++) CHECK(all[k] != all[other]);
    }
}

/* ---- the arithmetic ---- */

/* The fold by schoolbook multiplication of bytes; `wrong` forgets one carry. */
static uint64_t fold_slowly(uint64_t a, uint64_t b, bool wrong)
{
    unsigned digit[17] = {0};
    uint64_t low = 0, high = 0;

    for (int i = 0; i < 8; i++) {
        unsigned carry = 0;
        for (int j = 0; j < 8; j++) {
            unsigned x = (unsigned)(a >> 8 * i & 255) * (unsigned)(b >> 8 * j & 255) +
                         digit[i + j] + carry;
            digit[i + j] = x & 255;
            carry = wrong && i == 3 && j == 4 ? 0 : x >> 8;
        }
        digit[i + 8] += carry;
    }
    for (int k = 7; k >= 0; k--) {
        low = low << 8 | digit[k];
        high = high << 8 | digit[k + 8];
    }
    return low ^ high;
}

static bool fold_run(int turns, bool wrong)
{
    check_rng r = check_rng_start();

    for (int turn = 0; turn < turns; turn++) {
        uint64_t a = check_rng_next(&r) >> check_rng_below(&r, 64);
        uint64_t b = check_rng_next(&r) << check_rng_below(&r, 64);
        if (pila__hash_fold(a, b) != fold_slowly(a, b, wrong)) return false;
    }
    return true;
}

static void test_fold_against_schoolbook(void **state)
{
    (void)state;
    CHECK(fold_run(50000, false));
    CHECK(!fold_run(50000, true)); /* the planted fault is seen */
    CHECK(pila__hash_fold(UINT64_MAX, UINT64_MAX) ==
          fold_slowly(UINT64_MAX, UINT64_MAX, false));
}

/* ---- bytes ---- */

static void test_every_length_has_its_own_hash(void **state)
{
    static const char zeros[600];
    uint64_t seen[600];

    (void)state;
    for (size_t n = 0; n < 600; n++) {
        seen[n] = pila_hash_bytes(zeros, n);
        for (size_t k = 0; k < n; k++) CHECK(seen[k] != seen[n]);
    }
    CHECK(pila_hash_bytes(NULL, 0) == seen[0]);
}

static void test_every_bit_counts(void **state)
{
    char text[300];
    size_t changed = 0, flips = 0;

    (void)state;
    for (size_t k = 0; k < sizeof text; k++) text[k] = (char)(k * 37);
    for (size_t n = 1; n <= sizeof text; n++) {
        uint64_t was = pila_hash_bytes(text, n);
        for (size_t bit = 0; bit < 8 * n; bit += 1 + n / 32) {
            text[bit / 8] ^= (char)(1 << bit % 8);
            changed += pila_hash_bytes(text, n) != was;
            flips++;
            text[bit / 8] ^= (char)(1 << bit % 8);
        }
        CHECK(pila_hash_bytes(text, n) == was);
    }
    CHECK_INT(changed, flips);
}

static void test_blocks_that_change_places_count(void **state)
{
    char text[256], moved[256];

    (void)state;
    for (size_t k = 0; k < sizeof text; k++) text[k] = (char)(k * 91 + (k >> 3));
    for (size_t i = 0; i < sizeof text; i += 8)
        for (size_t j = 0; j < i; j += 8) {
            memcpy(moved, text, sizeof text);
            memcpy(moved + i, text + j, 8);
            memcpy(moved + j, text + i, 8);
            CHECK(pila_hash_bytes(moved, sizeof text) !=
                  pila_hash_bytes(text, sizeof text));
        }
}

/* The same bytes anywhere, between two pages that may not be read. */
static void test_reads_its_bytes_and_no_more(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *room = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char text[400];

    (void)state;
    assert_true(room != MAP_FAILED);
    CHECK_INT(mprotect(room + page, page, PROT_READ | PROT_WRITE), 0);
    for (size_t k = 0; k < sizeof text; k++) text[k] = (char)(k * 7 + 1);
    for (size_t n = 0; n <= sizeof text; n++) {
        char *first = room + page, *last = room + 2 * page - n;
        uint64_t want = pila_hash_bytes(text, n);
        memcpy(first, text, n);
        CHECK(pila_hash_bytes(first, n) == want);
        memmove(last, text, n);
        CHECK(pila_hash_bytes(last, n) == want);
        memcpy(first + n % 16 + 1, text, n);
        CHECK(pila_hash_bytes(first + n % 16 + 1, n) == want);
    }
    munmap(room, 3 * page);
}

static void test_views_and_strings_hash_alike(void **state)
{
    char text[64];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        pila_str v = pila_str_of(text, n);
        pila_string borrowed = pila_string_borrow(v), owned;
        CHECK_OK(pila_string_init(&owned, v));
        uint64_t want = pila_hash_bytes(text, n);
        CHECK(pila__str_hash(v) == want);
        CHECK(pila__string_hash(&borrowed) == want);
        CHECK(pila__string_hash(&owned) == want);
        pila_string_done(&owned);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static size_t repeats(uint64_t *hashes, size_t n)
{
    size_t count = 0;

    qsort(hashes, n, sizeof *hashes, by_value);
    for (size_t k = 1; k < n; k++) count += hashes[k] == hashes[k - 1];
    return count;
}

/* Of a million keys about 2^-25 pairs would share 64 random bits. */
static void test_a_million_keys_do_not_meet(void **state)
{
    enum { N = 1000000 };
    uint64_t *hashes = malloc(N * sizeof *hashes);
    char text[40];

    (void)state;
    for (size_t k = 0; k < N; k++) hashes[k] = pila_hash_int(k);
    CHECK_INT(repeats(hashes, N), 0);
    for (size_t k = 0; k < N; k++) hashes[k] = pila_hash_int(k * mersenne);
    CHECK_INT(repeats(hashes, N), 0);
    for (size_t k = 0; k < N; k++)
        hashes[k] = pila_hash_bytes(text, (size_t)sprintf(text, "key %zu", k));
    CHECK_INT(repeats(hashes, N), 0);
    for (size_t k = 0; k < N; k++)
        hashes[k] =
            pila_hash_bytes(text, (size_t)sprintf(text, "a key that is long %zu", k));
    CHECK_INT(repeats(hashes, N), 0);
    free(hashes);
}

/* ---- spread, over a hundred sets of secrets ---- */

enum { SETS = 100 };

static uint64_t drawn(check_rng *r)
{
    uint64_t x = check_rng_next(r);

    while (!spreads(x)) x = check_rng_next(r);
    return x;
}

static void put_secrets(check_rng *r)
{
    pila__hash.a = drawn(r);
    pila__hash.b = drawn(r);
    pila__hash.c = drawn(r);
    pila__hash.d = drawn(r);
}

/* Bits that flip in the hash when one bit of the input does, on average over inputs:
 * ideally 32 of 64. Every bit of input is near that, in every set of secrets. */
static void flips_of_ints(check_rng *r, double *least, double *most)
{
    for (int bit = 0; bit < 64; bit++) {
        double flips = 0;
        for (int k = 0; k < 64; k++) {
            uint64_t x = check_rng_next(r);
            flips += __builtin_popcountll(pila__hash_u64(x) ^
                                          pila__hash_u64(x ^ (uint64_t)1 << bit));
        }
        if (flips / 64 < *least) *least = flips / 64;
        if (flips / 64 > *most) *most = flips / 64;
    }
}

static void flips_of_bytes(check_rng *r, size_t n, double *least, double *most)
{
    char text[256];

    for (size_t bit = 0; bit < 8 * n; bit += 1 + n / 8) {
        double flips = 0;
        for (int k = 0; k < 64; k++) {
            for (size_t i = 0; i < n; i++) text[i] = (char)check_rng_next(r);
            uint64_t was = pila_hash_bytes(text, n);
            text[bit / 8] ^= (char)(1 << bit % 8);
            flips += __builtin_popcountll(was ^ pila_hash_bytes(text, n));
        }
        if (flips / 64 < *least) *least = flips / 64;
        if (flips / 64 > *most) *most = flips / 64;
    }
}

static void test_avalanche(void **state)
{
    check_rng r = check_rng_start();
    double ints[2] = {64, 0}, bytes[2] = {64, 0};

    (void)state;
    pila_hash_init();
    pila_hash_secrets own = pila__hash;
    for (int set = 0; set < SETS; set++) {
        put_secrets(&r);
        flips_of_ints(&r, &ints[0], &ints[1]);
        flips_of_bytes(&r, 1 + (size_t)set, &bytes[0], &bytes[1]);
        flips_of_bytes(&r, 1 + (size_t)set * 2, &bytes[0], &bytes[1]);
    }
    pila__hash = own;
    CHECK(ints[0] > 18 && ints[1] < 46);
    CHECK(bytes[0] > 18 && bytes[1] < 46);
}

/* Pearson's statistic of 8 bits of n hashes: 255 when random, spread 22.6. */
static double chi_square(const uint64_t *hashes, size_t n, unsigned shift)
{
    unsigned count[256] = {0};
    double want = (double)n / 256, sum = 0;

    for (size_t k = 0; k < n; k++) count[hashes[k] >> shift & 255]++;
    for (int k = 0; k < 256; k++)
        sum += ((double)count[k] - want) * ((double)count[k] - want) / want;
    return sum;
}

enum { KEYS = 4096, WINDOWS = 3 };
/* The low bits, a table's index, the top byte. */
static const unsigned windows[WINDOWS] = {0, 6, 56};

/* Of SETS * WINDOWS windows, how many are spread no worse than a random function's
 * would be once in ten thousand times (6 sigma; better than random is welcome), and in
 * how many twice as many pairs of keys meet as would at random. */
struct spread {
    size_t good, double_meetings;
};

static void judge(const uint64_t *hashes, struct spread *s)
{
    for (size_t w = 0; w < WINDOWS; w++) {
        double chi = chi_square(hashes, KEYS, windows[w]);
        s->good += chi < 255 + 6 * 22.6;
        s->double_meetings += chi > KEYS;
    }
}

static void want_spread(const char *promise, const struct spread *s, size_t good)
{
    if (s->good < good || s->double_meetings > 0)
        fail_msg("%s: of %d windows %zu are good, %zu bad", promise, SETS * WINDOWS,
                 s->good, s->double_meetings);
}

static const struct spread_row {
    const char *promise;
    uint64_t stride;
} spreading[] = {
    {"sequential integers", 1},
    {"multiples of 8, as addresses", 8},
    {"multiples of 16", 16},
    {"multiples of 10", 10},
    {"multiples of 1000003", 1000003},
    {"multiples of 2^12, as pages", (uint64_t)1 << 12},
    {"multiples of 2^20", (uint64_t)1 << 20},
    {"multiples of 2^32", (uint64_t)1 << 32},
    {"multiples of 2^40", (uint64_t)1 << 40},
    {"multiples of 2^48", (uint64_t)1 << 48},
    {"multiples of 2^52", (uint64_t)1 << 52},
    {"multiples of 2^61 - 1", ((uint64_t)1 << 61) - 1},
    {"multiples of minus 1", UINT64_MAX},
};

static void test_integers_spread(void **state)
{
    check_rng r = check_rng_start();
    static uint64_t hashes[KEYS];

    (void)state;
    pila_hash_init();
    pila_hash_secrets own = pila__hash;
    for (const struct spread_row *row = spreading;
         row < spreading + COUNT_OF(spreading); row++) {
        struct spread s = {0, 0};
        ROW(row->promise);
        for (int set = 0; set < SETS; set++) {
            put_secrets(&r);
            for (uint64_t k = 0; k < KEYS; k++)
                hashes[k] = pila__hash_u64(k * row->stride);
            judge(hashes, &s);
        }
        want_spread(row->promise, &s, 280);
    }
    ROW(NULL);
    pila__hash = own;
}

static const struct text_row {
    const char *promise, *format;
    size_t good; /* windows of 300 */
} texts[] = {
    {"short decimal numbers", "%zu", 270},
    {"numbers after a letter, eight bytes", "k%07zu", 270},
    {"numbers after a word", "user-%08zu", 270},
    {"numbers before a word", "%zu-user", 270},
    {"long texts that differ at the end", "/usr/share/doc/package/%zu", 295},
    {"long texts that differ in front", "%08zu/usr/share/doc/package", 295},
};

static void test_texts_spread(void **state)
{
    check_rng r = check_rng_start();
    static uint64_t hashes[KEYS];
    char text[64];

    (void)state;
    pila_hash_init();
    pila_hash_secrets own = pila__hash;
    for (const struct text_row *row = texts; row < texts + COUNT_OF(texts); row++) {
        struct spread s = {0, 0};
        ROW(row->promise);
        for (int set = 0; set < SETS; set++) {
            put_secrets(&r);
            for (size_t k = 0; k < KEYS; k++)
                hashes[k] =
                    pila_hash_bytes(text, (size_t)sprintf(text, row->format, k));
            judge(hashes, &s);
        }
        want_spread(row->promise, &s, row->good);
    }
    ROW(NULL);
    pila__hash = own;
}

/* The statistic itself must be able to fail: identity spreads no multiples of 256. */
static void test_a_bad_hash_is_seen(void **state)
{
    static uint64_t hashes[KEYS];
    struct spread s = {0, 0};

    (void)state;
    for (uint64_t k = 0; k < KEYS; k++) hashes[k] = k << 20;
    judge(hashes, &s);
    CHECK_INT(s.good, 0);
    CHECK_INT(s.double_meetings, WINDOWS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seed_differs_per_process),
        cmocka_unit_test(test_init_from_8_threads_draws_once),
        cmocka_unit_test(test_equal_within_a_process),
        cmocka_unit_test(test_secrets_are_good_factors),
        cmocka_unit_test(test_fold_against_schoolbook),
        cmocka_unit_test(test_every_length_has_its_own_hash),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_blocks_that_change_places_count),
        cmocka_unit_test(test_reads_its_bytes_and_no_more),
        cmocka_unit_test(test_views_and_strings_hash_alike),
        cmocka_unit_test(test_a_million_keys_do_not_meet),
        cmocka_unit_test(test_avalanche),
        cmocka_unit_test(test_integers_spread),
        cmocka_unit_test(test_texts_spread),
        cmocka_unit_test(test_a_bad_hash_is_seen),
    };

    if (argc > 1 && strcmp(argv[1], "--print") == 0) return print_hashes();
    if (argc > 1 && strcmp(argv[1], "--race") == 0) return race();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
