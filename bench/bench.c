/* bench.c - see bench.h for the rules of a contest.
 *
 * The median is what is compared, because the machine is shared: a round that another
 * process disturbed moves the mean and the maximum, but not the median. Minimum and
 * maximum are printed beside it so that a reader sees how quiet the machine was.
 *
 * A contestant with no prepare, check or finish is timed over all its repeats at once.
 * One that has them is timed run by run; two clock readings cost about 50 ns, so such
 * a run must take microseconds.
 *
 * The Python peers are processes that wait: one line down their stdin asks for one
 * round, and they answer with their own clock's reading. So they are interleaved with
 * the others, and neither start-up nor reading the input is in their time.
 */
#define _GNU_SOURCE /* pipe2 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef BENCH_DIR
#define BENCH_DIR "bench" /* where this file is; the build gives the full path */
#endif

enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 101, QUICK_ROUNDS = 2, MOST_ARGS = 16 };
static const double seconds_each = 0.5; /* of all rounds of one contestant, about */

static struct {
    unsigned met, missed, skipped;
} bars_seen; /* for bench_end */

extern char **environ;

/* ---- settings ---- */

void bench_die(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fputs("bench: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool bench_quick(void)
{
    const char *text = getenv("PILA_BENCH_QUICK");
    return text && *text && strcmp(text, "0") != 0;
}

size_t bench_size(size_t n, size_t quick)
{
    const char *text = getenv("PILA_BENCH_MAX_N");
    size_t most = text ? strtoull(text, NULL, 10) : 0;

    if (bench_quick()) n = quick;
    return most && n > most ? most : n;
}

size_t bench_repeat(size_t n)
{
    size_t items = bench_quick() ? 10000 : 1000000;
    return n < items ? items / (n ? n : 1) : 1;
}

/* ---- inputs ---- */

void *bench_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);

    if (!p) bench_die("no memory for %zu items of %zu bytes", n, size);
    return p;
}

uint64_t bench_mix(uint64_t x) /* splitmix64's finisher */
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

void bench_random(int64_t *out, size_t n, uint64_t from)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = (int64_t)bench_mix((from + k + 1) * UINT64_C(0x9e3779b97f4a7c15));
    }
}

void bench_shuffle(int64_t *items, size_t n, uint64_t seed)
{
    for (size_t k = n; k > 1; k--) {
        size_t other = bench_mix(seed + k * UINT64_C(0x9e3779b97f4a7c15)) % k;
        int64_t held = items[other];
        items[other] = items[k - 1];
        items[k - 1] = held;
    }
}

/* A made-up word for a rank: 1 to 12 letters that depend on the rank alone. */
static size_t bench_word_of(uint64_t rank, char *out)
{
    uint64_t bits = bench_mix(rank);
    size_t len =
        1 + (size_t)((bits >> 60) % 4) + (rank > 40 ? 2 : 0) + (rank > 2000 ? 3 : 0);

    for (size_t k = 0; k < len; k++, bits /= 26) out[k] = (char)('a' + bits % 26);
    return len;
}

/* Ranks fall off as 1/rank, about as in real text; a line has ten words. */
static size_t bench_made_up(char *out, size_t want)
{
    size_t at = 0;

    for (uint64_t k = 1; at + 16 < want; k++) {
        double u = (double)(bench_mix(k * 77) >> 11) * 0x1p-53;
        at += bench_word_of((uint64_t)exp(u * log(200000.0)), out + at);
        out[at++] = k % 10 ? ' ' : '\n';
    }
    if (at) out[at - 1] = '\n';
    return at;
}

static size_t bench_cut(char *text, size_t n)
{
    size_t end = n;

    while (end && text[end - 1] != '\n') end--;
    if (end == 0) end = n;
    for (size_t k = 0; k < end; k++) {
        if (text[k] == '\0') text[k] = ' ';
    }
    return end;
}

char *bench_text(size_t want, size_t *len)
{
    const char *given = getenv("PILA_BENCH_TEXT");
    FILE *f = fopen(given ? given : BENCH_DIR "/../build/corpus/text", "rb");
    char *text = (char *)bench_alloc(want + 1, 1);

    if (!f && given) bench_die("%s: %s", given, strerror(errno));
    *len = f ? bench_cut(text, fread(text, 1, want, f)) : bench_made_up(text, want);
    if (f) fclose(f);
    printf("Text: %zu bytes, %s.\n\n", *len,
           f ? "real" : "made up (there is no corpus)");
    return text;
}

char *bench_file(const void *bytes, size_t n)
{
    const char *folder = getenv("TMPDIR");
    char *path = (char *)bench_alloc(4096, 1);

    snprintf(path, 4096, "%s/pila-bench-XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f) bench_die("%s: %s", path, strerror(errno));
    size_t done = fwrite(bytes, 1, n, f);
    if (fclose(f) != 0 || done != n) bench_die("%s: %s", path, strerror(errno));
    return path;
}

void bench_file_end(char *path)
{
    if (path) unlink(path);
    free(path);
}

/* ---- one round of one contestant ---- */

static double bench_one(const bench_contestant *c, uint64_t *sum)
{
    if (c->prepare) c->prepare(c->ctx);
    double start = bench_now();
    *sum += c->run(c->ctx);
    double took = bench_now() - start;
    if (c->check) *sum += c->check(c->ctx);
    if (c->finish) c->finish(c->ctx);
    return took;
}

static double bench_all_at_once(const bench_contestant *c, size_t repeat, uint64_t *sum)
{
    double start = bench_now();

    for (size_t k = 0; k < repeat; k++) *sum += c->run(c->ctx);
    return bench_now() - start;
}

static double bench_round(const bench_contestant *c, size_t repeat, uint64_t *sum)
{
    double took = 0;

    *sum = 0;
    if (c->clocked) return c->clocked(c->ctx, repeat, sum);
    if (!c->prepare && !c->check && !c->finish)
        return bench_all_at_once(c, repeat, sum);
    for (size_t k = 0; k < repeat; k++) took += bench_one(c, sum);
    return took;
}

/* ---- a contest ---- */

struct score {
    double seconds[MOST_ROUNDS]; /* of a round; sorted once all are in */
    double median;
};

struct state {
    const bench_contest *contest;
    size_t repeat, first; /* first: index of the first that takes part, or count */
    uint64_t sum;         /* first's checksum */
    size_t rounds;
    struct score scores[BENCH_MOST];
};

static bool bench_plays(const struct state *s, size_t k)
{
    return s->contest->contestants[k].skipped == NULL;
}

static void bench_compare(const struct state *s, size_t k, uint64_t sum)
{
    const bench_contest *c = s->contest;

    if (sum == s->sum) return;
    bench_die("%s, n = %zu: %s answers %" PRIx64 ", %s answers %" PRIx64, c->what, c->n,
              c->contestants[k].name, sum, c->contestants[s->first].name, s->sum);
}

/* Every contestant once: the answers are compared and the caches warmed. */
static void bench_verify(struct state *s)
{
    const bench_contest *c = s->contest;
    uint64_t sum;

    s->first = c->count;
    for (size_t k = 0; k < c->count; k++) {
        if (!bench_plays(s, k)) continue;
        bench_round(&c->contestants[k], s->repeat, &sum);
        if (s->first == c->count) {
            s->first = k;
            s->sum = sum;
        }
        bench_compare(s, k, sum);
    }
}

static size_t bench_plan(size_t count, double pass)
{
    double rounds = seconds_each * (double)count / (pass > 1e-9 ? pass : 1e-9);

    if (bench_quick()) return QUICK_ROUNDS;
    if (rounds < LEAST_ROUNDS) return LEAST_ROUNDS;
    return rounds > MOST_ROUNDS ? MOST_ROUNDS : (size_t)rounds;
}

static int bench_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bench_settle(struct score *score, size_t rounds)
{
    qsort(score->seconds, rounds, sizeof(double), bench_ascending);
    score->median = (score->seconds[(rounds - 1) / 2] + score->seconds[rounds / 2]) / 2;
}

/* In an order of its own each time: nobody always runs after the one that leaves the
 * caches cold. */
static void bench_one_round(struct state *s, size_t r)
{
    const bench_contest *c = s->contest;
    int64_t order[BENCH_MOST];
    uint64_t sum;

    for (size_t k = 0; k < c->count; k++) order[k] = (int64_t)k;
    bench_shuffle(order, c->count, r);
    for (size_t place = 0; place < c->count; place++) {
        size_t k = (size_t)order[place];
        if (!bench_plays(s, k)) continue;
        s->scores[k].seconds[r] = bench_round(&c->contestants[k], s->repeat, &sum);
        bench_compare(s, k, sum);
    }
}

static void bench_rounds(struct state *s)
{
    for (size_t r = 0; r < s->rounds; r++) bench_one_round(s, r);
    for (size_t k = 0; k < s->contest->count; k++) {
        bench_settle(&s->scores[k], s->rounds);
    }
}

/* ---- the table ---- */

static double bench_in_unit(const struct state *s, double seconds)
{
    const bench_contest *c = s->contest;
    double amount = (c->amount > 0 ? c->amount : (double)c->n) * (double)s->repeat;

    if (seconds < 1e-12) seconds = 1e-12;
    if (c->unit == BENCH_GB_S) return amount / seconds * 1e-9;
    return c->unit == BENCH_MS ? seconds / (double)s->repeat * 1e3
                               : seconds / amount * 1e9;
}

static const char *bench_unit_name(bench_unit unit)
{
    return unit == BENCH_GB_S ? "GB/s" : unit == BENCH_MS ? "ms" : "ns an item";
}

/* Three digits that say something. */
static const char *bench_number(double value, char out[32])
{
    int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.0995 ? 2 : 4;

    snprintf(out, 32, "%.*f", decimals, value);
    return out;
}

static void bench_row(const struct state *s, size_t k)
{
    const struct score *score = &s->scores[k];
    char median[32], low[32], high[32], ratio[32];

    bench_number(bench_in_unit(s, score->median), median);
    bench_number(bench_in_unit(s, score->seconds[0]), low);
    bench_number(bench_in_unit(s, score->seconds[s->rounds - 1]), high);
    bench_number(score->median / s->scores[s->first].median, ratio);
    printf("| %s | %s | %s to %s | %s |\n", s->contest->contestants[k].name, median,
           low, high, ratio);
}

static void bench_table(const struct state *s)
{
    const bench_contest *c = s->contest;
    bool any = s->first < c->count;

    printf("### %s, n = %zu\n\n", c->what, c->n);
    printf("| contestant | median, %s | fastest to slowest of %zu | time / %s |\n",
           bench_unit_name(c->unit), s->rounds,
           any ? c->contestants[s->first].name : "");
    puts("|---|--:|--:|--:|");
    for (size_t k = 0; k < c->count; k++) {
        const bench_contestant *one = &c->contestants[k];
        if (bench_plays(s, k)) bench_row(s, k);
        else printf("| %s | SKIPPED: %s | | |\n", one->name, one->skipped);
    }
    putchar('\n');
}

/* ---- bars ---- */

static void bench_verdict(bool met, double value)
{
    char text[32];

    printf(": %s (%s)\n", met ? "met" : "MISSED", bench_number(value, text));
    if (met) bars_seen.met++;
    else bars_seen.missed++;
}

static void bench_bar_skipped(const char *name)
{
    printf(": SKIPPED (%s did not take part)\n", name);
    bars_seen.skipped++;
}

/* ratio: who's time / peer's time. */
static void bench_judge(const bench_bar *bar, double ratio)
{
    if (bar->op == BENCH_AT_MOST) bench_verdict(ratio <= bar->value, ratio);
    else bench_verdict(1 / ratio >= bar->value, 1 / ratio);
}

static void bench_bar_name(const bench_bar *bar, const char *peer, const char *unit)
{
    char value[32];

    bench_number(bar->value, value);
    if (bar->op == BENCH_AT_MOST) printf("%s time <= %s x %s", bar->who, value, peer);
    if (bar->op == BENCH_FASTER)
        printf("%s >= %s x as fast as %s", bar->who, value, peer);
    if (bar->op == BENCH_RATE) printf("%s does %s %s", bar->who, value, unit);
}

/* The index of a contestant that took part, or count. */
static size_t bench_find(const struct state *s, const char *name)
{
    size_t k = 0;

    while (k < s->contest->count &&
           !(bench_plays(s, k) && strcmp(s->contest->contestants[k].name, name) == 0)) {
        k++;
    }
    return k;
}

static void bench_rate(const struct state *s, const bench_bar *bar, size_t who)
{
    double got = bench_in_unit(s, s->scores[who].median);

    bench_verdict(s->contest->unit == BENCH_GB_S ? got >= bar->value
                                                 : got <= bar->value,
                  got);
}

static void bench_bar_line(const struct state *s, const bench_bar *bar)
{
    size_t count = s->contest->count, who = bench_find(s, bar->who);
    size_t peer = bar->peer ? bench_find(s, bar->peer) : 0;

    printf("- bar: ");
    bench_bar_name(bar, bar->peer, bench_unit_name(s->contest->unit));
    if (who == count) bench_bar_skipped(bar->who);
    else if (bar->op == BENCH_RATE) bench_rate(s, bar, who);
    else if (peer == count) bench_bar_skipped(bar->peer);
    else bench_judge(bar, s->scores[who].median / s->scores[peer].median);
}

/* ---- the tally ---- */

static struct bench_tally_row *bench_tally_row(bench_tally *tally, const char *name)
{
    size_t k = 0;

    while (k < tally->count && strcmp(tally->rows[k].name, name) != 0) k++;
    if (k == BENCH_MOST) bench_die("a tally has at most %d rows", (int)BENCH_MOST);
    if (k == tally->count)
        tally->rows[tally->count++] = (struct bench_tally_row){name, 0, 0};
    return &tally->rows[k];
}

static void bench_tally_add(const struct state *s, bench_tally *tally)
{
    const bench_contest *c = s->contest;

    if (s->first == c->count) return;
    tally->first = c->contestants[s->first].name;
    for (size_t k = s->first + 1; k < c->count; k++) {
        if (!bench_plays(s, k)) continue;
        struct bench_tally_row *row = bench_tally_row(tally, c->contestants[k].name);
        row->log_sum += log(s->scores[k].median / s->scores[s->first].median);
        row->contests++;
    }
}

static double bench_mean(const struct bench_tally_row *row)
{
    return exp(row->log_sum / (double)row->contests);
}

static void bench_tally_bar(const bench_tally *tally, const bench_bar *bar)
{
    bool about = tally->first && strcmp(tally->first, bar->who) == 0;

    for (size_t k = 0; k < tally->count; k++) {
        const struct bench_tally_row *row = &tally->rows[k];
        if (bar->peer && strcmp(bar->peer, row->name) != 0) continue;
        printf("- bar: geometric mean, ");
        bench_bar_name(bar, row->name, "");
        if (about) bench_judge(bar, 1 / bench_mean(row));
        else bench_bar_skipped(bar->who);
    }
}

void bench_tally_report(const bench_tally *tally, const char *what,
                        const bench_bar *bars, size_t bar_count)
{
    char ratio[32];

    if (tally->count == 0) return;
    printf(
        "### %s, geometric mean\n\n| against | time / %s | contests |\n|---|--:|--:|\n",
        what, tally->first);
    for (size_t k = 0; k < tally->count; k++) {
        bench_number(bench_mean(&tally->rows[k]), ratio);
        printf("| %s | %s | %zu |\n", tally->rows[k].name, ratio,
               tally->rows[k].contests);
    }
    putchar('\n');
    for (size_t k = 0; k < bar_count; k++) bench_tally_bar(tally, &bars[k]);
    if (bar_count) putchar('\n');
    fflush(stdout);
}

/* ---- running it ---- */

void bench_run(const bench_contest *contest)
{
    struct state *s = (struct state *)bench_alloc(1, sizeof *s);

    if (contest->count > BENCH_MOST)
        bench_die("%s: too many contestants", contest->what);
    s->contest = contest;
    s->repeat = contest->repeat ? contest->repeat : 1;
    double start = bench_now();
    bench_verify(s);
    s->rounds = bench_plan(contest->count, bench_now() - start);
    bench_rounds(s);
    bench_table(s);
    for (size_t k = 0; k < contest->bar_count; k++)
        bench_bar_line(s, &contest->bars[k]);
    if (contest->bar_count) putchar('\n');
    if (contest->tally) bench_tally_add(s, contest->tally);
    fflush(stdout);
    free(s);
}

void bench_begin(const char *title)
{
    printf("%s\n\n", title);
    if (bench_quick())
        puts("A quick run: it shows that all works; its numbers mean little.\n");
    fflush(stdout);
}

int bench_end(void)
{
    if (bars_seen.met + bars_seen.missed + bars_seen.skipped > 0) {
        printf("Bars: %u met, %u missed, %u skipped.\n", bars_seen.met,
               bars_seen.missed, bars_seen.skipped);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- a contestant in a CPython process ---- */

struct python {
    pid_t pid;
    FILE *ask, *answer;
    char script[4096];
};

static double bench_python_round(void *ctx, size_t repeat, uint64_t *sum)
{
    struct python *p = (struct python *)ctx;
    double seconds;

    fprintf(p->ask, "%zu\n", repeat);
    fflush(p->ask);
    if (fscanf(p->answer, "%lf %" SCNu64, &seconds, sum) != 2) {
        bench_die("%s gave no answer", p->script);
    }
    return seconds;
}

/* Spawns argv with the pipe ends as its stdin and stdout: 0 or an errno. */
static int bench_spawn(struct python *p, char **argv, int in, int out)
{
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    int failed = posix_spawnp(&p->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int bench_python_start(struct python *p, char **argv)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) bench_die("no pipe");
    signal(SIGPIPE, SIG_IGN); /* a script that dies is seen at its missing answer */
    setenv("PYTHONPATH", BENCH_DIR, 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    int failed = bench_spawn(p, argv, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    p->ask = fdopen(to[1], "w");
    p->answer = fdopen(from[0], "r");
    if (!p->ask || !p->answer) bench_die("no stream for a pipe");
    return failed;
}

static void bench_python_close(struct python *p)
{
    fclose(p->ask); /* end of file is the script's signal to leave */
    fclose(p->answer);
    free(p);
}

bench_contestant bench_python(const char *script, const char *const *args)
{
    bench_contestant made = {.name = "CPython", .clocked = bench_python_round};
    struct python *p = (struct python *)bench_alloc(1, sizeof *p);
    char *argv[MOST_ARGS + 3] = {(char *)(uintptr_t) "python3", p->script};

    for (size_t k = 0; args[k] && k < MOST_ARGS; k++)
        argv[k + 2] = (char *)(uintptr_t)args[k];
    snprintf(p->script, sizeof p->script, "%s/%s", BENCH_DIR, script);
    made.ctx = p;
    if (bench_python_start(p, argv) != 0) {
        bench_python_close(p);
        made.ctx = NULL;
        made.skipped = "python3 not found";
    }
    return made;
}

void bench_python_end(bench_contestant *contestant)
{
    struct python *p = (struct python *)contestant->ctx;

    if (!p) return;
    pid_t pid = p->pid;
    bench_python_close(p);
    waitpid(pid, NULL, 0);
    contestant->ctx = NULL;
}
