/* check.h - what every test file includes: cmocka, and allocation that fails on demand.
 *
 * A test file is a table of promises and a few scenarios. A scenario is a function that
 * builds, uses and frees objects and returns the first status that was not PILA_OK. It
 * is run once for every allocation it makes, that allocation failing (once, then with
 * all later ones); each run must answer PILA_ENOMEM and leave no block behind, and a
 * scenario checks itself that a failed call left its object as it was and usable.
 */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pila/core/iter.h>

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

/* A failure names the row: ROW(r) before the asserts of a table's row. */
extern const char *check_row;
#define ROW(text) (check_row = (text))
#define CHECK(expr)                                                                    \
    do {                                                                               \
        if (!(expr)) fail_msg("%s: %s", check_row ? check_row : __func__, #expr);      \
    } while (0)
#define CHECK_INT(got, want)                                                           \
    do {                                                                               \
        long long got_ = (long long)(got), want_ = (long long)(want);                  \
        if (got_ != want_)                                                             \
            fail_msg("%s: %s: got %lld, want %lld", check_row ? check_row : __func__,  \
                     #got, got_, want_);                                               \
    } while (0)
#define CHECK_STATUS(got, want)                                                        \
    do {                                                                               \
        pila_status got_ = (got), want_ = (want);                                      \
        if (got_ != want_)                                                             \
            fail_msg("%s: %s: got %s, want %s", check_row ? check_row : __func__,      \
                     #got, pila_status_name(got_), pila_status_name(want_));           \
    } while (0)
#define CHECK_OK(got) CHECK_STATUS(got, PILA_OK)
/* got is a pila_str, want a C string. */
#define CHECK_TEXT(got, want)                                                          \
    do {                                                                               \
        pila_str got_ = (got), want_ = pila_cstr(want);                                \
        if (!pila_str_eq(got_, want_))                                                 \
            fail_msg("%s: %s: got \"%.*s\", want \"%s\"",                              \
                     check_row ? check_row : __func__, #got, (int)got_.len,            \
                     got_.len ? got_.ptr : "", want_.ptr);                             \
    } while (0)

/* Blocks of the library now allocated; counted from check_alloc_start. */
void check_alloc_start(void);
long check_alloc_live(void);
void check_alloc_stop(void); /* fails the test if a block is still live */

/* Let the n-th allocation from now (1 is the next) fail, alone or with all later ones;
 * 0: none. Returns how many allocations were asked for since the last arming. */
long check_alloc_fail(long n, int forever);

/* Run the scenario with every allocation failing in turn, as said above. */
void check_alloc_sweep(pila_status (*scenario)(void *ctx), void *ctx);

/* A small deterministic generator (splitmix64) for the random tests; a failing run
 * names its seed. PILA_SEED in the environment sets another. */
typedef struct check_rng {
    uint64_t state;
} check_rng;
check_rng check_rng_start(void);
uint64_t check_rng_next(check_rng *r);
uint64_t check_rng_below(check_rng *r, uint64_t n);

#endif
