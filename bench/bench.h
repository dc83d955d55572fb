/* bench.h - contests: the same work by several contestants on the same input.
 *
 * Needs:  bench.c, POSIX.1-2008, libm. C11 and C++17.
 *
 * A contest first runs every contestant once, untimed, and compares the checksums: one
 * that disagrees ends the program before any time is shown. Then come the rounds; in
 * each of them every contestant runs in turn, in another order each time, so that a
 * noisy minute on the machine hits all alike. Then one Markdown table on stdout, and a
 * line for each bar.
 *
 * Use:
 *     static uint64_t by_hand(void *ctx) { return sum_by_hand(*(size_t *)ctx); }
 *     static uint64_t by_call(void *ctx) { return sum_by_call(*(size_t *)ctx); }
 *
 *     bench_contestant all[] = {{.name = "pila", .run = by_call, .ctx = &n},
 *                               {.name = "hand loop", .run = by_hand, .ctx = &n}};
 *     bench_bar bars[] = {{"pila", BENCH_AT_MOST, 3.0, "hand loop"}};
 *     bench_run(&(bench_contest){.what = "sum", .n = n, .contestants = all, .count = 2,
 *                                .bars = bars, .bar_count = 1});
 *
 * Environment:  PILA_BENCH_QUICK=1   two rounds; the benches choose small inputs
 *               PILA_BENCH_MAX_N     the benches leave out inputs that are larger
 *               PILA_BENCH_TEXT      the text to read instead of build/corpus/text
 */
#ifndef PILA_BENCH_H
#define PILA_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_MOST = 32 }; /* contestants in a contest, and rows in a tally */

#define BENCH_COUNT(array) (sizeof(array) / sizeof *(array))

typedef enum bench_unit {
    BENCH_NS_ITEM, /* nanoseconds an item */
    BENCH_GB_S,    /* 1e9 bytes a second */
    BENCH_MS,      /* milliseconds a run */
} bench_unit;

/* One way to do the work. Of the functions only run is timed; the others may be NULL.
 * The checksum of a run is what run returned plus what check returned. */
typedef struct bench_contestant {
    const char *name;
    uint64_t (*run)(void *ctx);
    void *ctx;
    void (*prepare)(void *ctx);   /* before each run */
    uint64_t (*check)(void *ctx); /* after each run */
    void (*finish)(void *ctx);    /* after check */
    const char *skipped;          /* why it does not take part; NULL: it does */
    /* Instead of run, for another process: seconds of `repeat` runs by its clock. */
    double (*clocked)(void *ctx, size_t repeat, uint64_t *sum);
} bench_contestant;

typedef enum bench_op {
    BENCH_AT_MOST, /* who's time <= value x peer's time */
    BENCH_FASTER,  /* peer's time >= value x who's time */
    BENCH_RATE,    /* who does value, in the contest's unit, or better; no peer */
} bench_op;

/* What a contestant promises. A bar about one that is absent or skipped is SKIPPED. */
typedef struct bench_bar {
    const char *who;
    bench_op op;
    double value;
    const char *peer;
} bench_bar;

/* Ratios of several contests; {0} is an empty one. See bench_tally_report. */
typedef struct bench_tally {
    const char *first; /* the contestant the ratios are to */
    size_t count;
    struct bench_tally_row {
        const char *name;
        double log_sum; /* of (its time / first's time) */
        size_t contests;
    } rows[BENCH_MOST];
} bench_tally;

typedef struct bench_contest {
    const char *what;
    size_t n; /* the input's size, as printed */
    bench_unit unit;
    double amount; /* items or bytes in one run; 0: n */
    size_t repeat; /* runs in a round, so that one takes a millisecond; 0: 1 */
    /* The ratios are to the first that takes part. */
    const bench_contestant *contestants;
    size_t count;
    const bench_bar *bars;
    size_t bar_count;
    bench_tally *tally; /* receives the ratios; may be NULL */
} bench_contest;

/* bench_begin - say what follows; the first call of a bench program.
 * bench_end   - print how many bars were met; its value is main's. */
void bench_begin(const char *title);
int bench_end(void);

/* bench_run - verify, time and print a contest.
 *
 * Rounds:  2 when quick; else about half a second a contestant, from 5 to 101.
 * Fails:   a checksum differs, now or in a later round: says whose and exits with 1
 */
void bench_run(const bench_contest *contest);

/* bench_tally_report - geometric means over the contests that shared the tally.
 * A bar's peer may be NULL: every peer of the tally in turn. */
void bench_tally_report(const bench_tally *tally, const char *what,
                        const bench_bar *bars, size_t bar_count);

/* bench_python - a contestant in a CPython process that lives until bench_python_end.
 *
 *   script   path below bench/; it ends by calling rounds() of rounds.py   borrowed
 *   args     its arguments, then NULL                                      borrowed
 *
 * The process answers each round with `seconds checksum`. Where there is no python3 the
 * contestant is SKIPPED; a script that dies is fatal.
 */
bench_contestant bench_python(const char *script, const char *const *args);
void bench_python_end(bench_contestant *contestant);

/* Settings. */
bool bench_quick(void);
size_t bench_size(size_t n,
                  size_t quick); /* quick when quick; at most PILA_BENCH_MAX_N */
size_t bench_repeat(size_t n);   /* runs of n items that make a million items */

/* Inputs. Every one is the same in every run. Those that allocate never return NULL. */
void *bench_alloc(size_t n, size_t size);
void bench_random(int64_t *out, size_t n,
                  uint64_t from); /* distinct over from .. from+n */
void bench_shuffle(int64_t *items, size_t n, uint64_t seed);
uint64_t bench_mix(uint64_t x); /* a bijection that scatters */

/* bench_text - the first `want` bytes of the corpus, cut at a line end, without NUL
 * bytes; made-up words when there is no corpus. Which of the two is printed. */
char *bench_text(size_t want, size_t *len);

/* bench_file - a temporary file that holds these bytes; its path is given.
 * bench_file_end removes it. */
char *bench_file(const void *bytes, size_t n);
void bench_file_end(char *path);

double bench_now(void); /* seconds, monotonic */

#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 1, 2)))
#endif
void bench_die(const char *format, ...); /* `bench: ...` on stderr, exit 1 */

#ifdef __cplusplus
}
#endif

#endif
