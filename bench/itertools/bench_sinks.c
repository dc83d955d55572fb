/* bench_sinks.c - sums, products, extremes, equality, join and write_lines against
 * loops by hand.
 *
 * Items lie in an array, or text in an array of views, for all alike. The doubles are
 * multiples of 1/1024 whose sums are exact, so that sums with and without compensation
 * agree. What a writer writes is compared in a temporary file; the timed rounds go to
 * /dev/null.
 */
#define _GNU_SOURCE /* fwrite_unlocked */
#include "../bench.h"

#include <pila/collections/list.h>
#include <pila/itertools/records.h>
#include <pila/itertools/sinks.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KIB = 1 << 10, MIB = 1 << 20, BLOCK = 64 * KIB };

PILA_LIST(Views, pila_str)

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("a sink: %s", pila_status_text(st));
}

static bench_contestant python(const char *name, const char *operation,
                               const char *path)
{
    bench_contestant made = bench_python("itertools/peers/sinks.py",
                                         (const char *[]){operation, path, NULL});
    made.name = name;
    return made;
}

/* ---- numbers ---- */

typedef struct numbers {
    const int64_t *whole;
    const double *real;
    size_t n;
} numbers;

static pila_iter whole_iter(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    return pila_span(in->whole, in->n, &pila_i64);
}

static pila_iter real_iter(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    return pila_span(in->real, in->n, &pila_f64);
}

/* A multiple of 1/1024 as the integer that checksums are made of. */
static uint64_t scaled(double x) { return (uint64_t)(int64_t)(x * 1024); }

static uint64_t pila_sum_whole(void *ctx)
{
    int64_t sum = 0;

    must(pila_sum_i64(whole_iter(ctx), &sum));
    return (uint64_t)sum;
}

/* Modulo 2**64. */
static uint64_t plain_sum_whole(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < in->n; k++) sum += (uint64_t)in->whole[k];
    return sum;
}

/* Stops where the sum so far does not fit, though that of all may. */
static uint64_t checked_sum_whole(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    int64_t sum = 0;

    for (size_t k = 0; k < in->n; k++)
        if (__builtin_add_overflow(sum, in->whole[k], &sum)) bench_die("overflow");
    return (uint64_t)sum;
}

/* In 128 bits, as pila_sum_i64: only the sum of all has to fit. */
static uint64_t exact_sum_whole(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    uint64_t low = 0;
    int64_t high = 0;

    for (size_t k = 0; k < in->n; k++) {
        int64_t x = in->whole[k];
        bool carry = __builtin_add_overflow(low, (uint64_t)x, &low);
        high += carry - (x < 0);
    }
    if (high != (low > INT64_MAX ? -1 : 0)) bench_die("overflow");
    return low;
}

static uint64_t pila_sum_real(void *ctx)
{
    double sum = 0;

    must(pila_sum_f64(real_iter(ctx), &sum));
    return scaled(sum);
}

static uint64_t plain_sum_real(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    double sum = 0;

    for (size_t k = 0; k < in->n; k++) sum += in->real[k];
    return scaled(sum);
}

static uint64_t neumaier_sum_real(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    double sum = 0, lost = 0;

    for (size_t k = 0; k < in->n; k++) {
        double x = in->real[k], next = sum + x;
        if (fabs(sum) >= fabs(x)) lost += (sum - next) + x;
        else lost += (x - next) + sum;
        sum = next;
    }
    return scaled(sum + lost);
}

static uint64_t pila_least(void *ctx)
{
    int64_t least = 0;

    must(pila_min_i64(whole_iter(ctx), &least));
    return (uint64_t)least;
}

static uint64_t plain_least(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    int64_t least = in->whole[0];

    for (size_t k = 1; k < in->n; k++)
        if (in->whole[k] < least) least = in->whole[k];
    return (uint64_t)least;
}

static uint64_t pila_greatest(void *ctx)
{
    double greatest = 0;

    must(pila_max_f64(real_iter(ctx), &greatest));
    return scaled(greatest);
}

static uint64_t plain_greatest(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    double greatest = in->real[0];

    for (size_t k = 1; k < in->n; k++)
        if (in->real[k] > greatest) greatest = in->real[k];
    return scaled(greatest);
}

static void contest(const char *what, numbers *in, bench_contestant *all, size_t count,
                    const bench_bar *bars, size_t bar_count)
{
    for (size_t k = 0; k < count; k++)
        if (all[k].run) all[k].ctx = in;
    bench_run(&(bench_contest){.what = what,
                               .n = in->n,
                               .repeat = bench_repeat(in->n),
                               .contestants = all,
                               .count = count,
                               .bars = bars,
                               .bar_count = bar_count});
    for (size_t k = 0; k < count; k++)
        if (all[k].clocked) bench_python_end(&all[k]);
}

static void sum_whole(const char *what, numbers *in)
{
    static const bench_bar bars[] = {
        {"pila", BENCH_AT_MOST, 1.1, "loop in 128 bits"},
        {"pila", BENCH_FASTER, 8.0, "CPython"},
    };
    char *path = bench_file(in->whole, in->n * sizeof *in->whole);
    bench_contestant all[] = {
        {.name = "pila", .run = pila_sum_whole},
        {.name = "plain loop", .run = plain_sum_whole},
        {.name = "checked loop", .run = checked_sum_whole},
        {.name = "loop in 128 bits", .run = exact_sum_whole},
        python("CPython", "sum_i64", path),
    };

    contest(what, in, all, BENCH_COUNT(all), bars, BENCH_COUNT(bars));
    bench_file_end(path);
}

static void sum_real(numbers *in)
{
    static const bench_bar bars[] = {
        {"pila", BENCH_AT_MOST, 1.1, "Neumaier by hand"},
        {"pila", BENCH_FASTER, 2.0, "CPython"},
        {"pila", BENCH_FASTER, 2.0, "CPython, math.fsum"},
    };
    char *path = bench_file(in->real, in->n * sizeof *in->real);
    bench_contestant all[] = {
        {.name = "pila", .run = pila_sum_real},
        {.name = "Neumaier by hand", .run = neumaier_sum_real},
        {.name = "plain loop", .run = plain_sum_real},
        python("CPython", "sum_f64", path),
        python("CPython, math.fsum", "fsum", path),
    };

    contest("sum_f64", in, all, BENCH_COUNT(all), bars, BENCH_COUNT(bars));
    bench_file_end(path);
}

static const bench_bar extreme_bars[] = {
    {"pila", BENCH_AT_MOST, 1.5, "plain loop"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};

static void least(numbers *in)
{
    char *path = bench_file(in->whole, in->n * sizeof *in->whole);
    bench_contestant all[] = {
        {.name = "pila", .run = pila_least},
        {.name = "plain loop", .run = plain_least},
        python("CPython", "min_i64", path),
    };

    contest("min_i64", in, all, BENCH_COUNT(all), extreme_bars,
            BENCH_COUNT(extreme_bars));
    bench_file_end(path);
}

static void greatest(numbers *in)
{
    char *path = bench_file(in->real, in->n * sizeof *in->real);
    bench_contestant all[] = {
        {.name = "pila", .run = pila_greatest},
        {.name = "plain loop", .run = plain_greatest},
        python("CPython", "max_f64", path),
    };

    contest("max_f64", in, all, BENCH_COUNT(all), extreme_bars,
            BENCH_COUNT(extreme_bars));
    bench_file_end(path);
}

/* Random items of 40 bits, and doubles of 20; then of 62, where every other one is the
 * complement of that before it, so that no sum on the way overflows. */
static void all_numbers(size_t n)
{
    int64_t *whole = (int64_t *)bench_alloc(n, sizeof *whole);
    double *real = (double *)bench_alloc(n, sizeof *real);
    numbers in = {whole, real, n};

    bench_random(whole, n, 0);
    for (size_t k = 0; k < n; k++) {
        real[k] = (double)(whole[k] >> 44) / 1024;
        whole[k] >>= 24;
    }
    sum_whole("sum_i64", &in);
    least(&in);
    sum_real(&in);
    greatest(&in);
    bench_random(whole, n, n);
    for (size_t k = 0; k < n; k++) whole[k] = k % 2 ? ~whole[k - 1] : whole[k] >> 2;
    sum_whole("sum_i64, wide items", &in);
    free(whole);
    free(real);
}

/* ---- products and pairs ---- */

static uint64_t pila_prod(void *ctx)
{
    int64_t prod = 0;

    must(pila_prod_i64(whole_iter(ctx), &prod));
    return (uint64_t)prod;
}

static uint64_t checked_prod(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    int64_t prod = 1;

    for (size_t k = 0; k < in->n; k++)
        if (__builtin_mul_overflow(prod, in->whole[k], &prod)) bench_die("overflow");
    return (uint64_t)prod;
}

static uint64_t pila_dot_whole(void *ctx)
{
    int64_t dot = 0;

    must(pila_dotproduct_i64(whole_iter(ctx), whole_iter(ctx), &dot));
    return (uint64_t)dot;
}

static uint64_t checked_dot(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    int64_t dot = 0, one;

    for (size_t k = 0; k < in->n; k++)
        if (__builtin_mul_overflow(in->whole[k], in->whole[k], &one) ||
            __builtin_add_overflow(dot, one, &dot))
            bench_die("overflow");
    return (uint64_t)dot;
}

static uint64_t pila_dot_real(void *ctx)
{
    double dot = 0;

    must(pila_dotproduct_f64(real_iter(ctx), real_iter(ctx), &dot));
    return scaled(dot);
}

static uint64_t plain_dot_real(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    double dot = 0;

    for (size_t k = 0; k < in->n; k++) dot += in->real[k] * in->real[k];
    return scaled(dot);
}

static uint64_t pila_same(void *ctx)
{
    bool same = false;

    must(pila_equal(whole_iter(ctx), whole_iter(ctx), &same));
    return same;
}

static uint64_t pila_same_all(void *ctx)
{
    bool same = false;

    must(pila_all_equal(whole_iter(ctx), &same));
    return same;
}

static uint64_t plain_same(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    size_t k = 0;

    while (k < in->n && in->whole[k] == in->whole[0]) k++;
    return k == in->n;
}

static uint64_t pila_takes(void *ctx)
{
    const numbers *in = (const numbers *)ctx;
    int64_t *room = (int64_t *)bench_alloc(in->n, sizeof *room);
    size_t n = 0;

    must(pila_take(whole_iter(ctx), in->n, &pila_i64, room, &n));
    free(room);
    return n;
}

static void pair_of(const char *what, const char *operation, uint64_t (*pila)(void *),
                    uint64_t (*loop)(void *), numbers *in, bool real, double bar)
{
    const bench_bar bars[] = {{"pila", BENCH_FASTER, bar, "CPython"}};
    const void *items = real ? (const void *)in->real : (const void *)in->whole;
    char *path = bench_file(items, in->n * sizeof(int64_t));
    bench_contestant all[3] = {{.name = "pila", .run = pila},
                               python("CPython", operation, path),
                               {.name = "plain loop", .run = loop}};

    contest(what, in, all, loop ? 3 : 2, bars, 1);
    bench_file_end(path);
}

/* Ones, but for a few that are -1; and small numbers whose squares have an exact sum.
 */
static void all_pairs(size_t n)
{
    int64_t *whole = (int64_t *)bench_alloc(n, sizeof *whole);
    double *real = (double *)bench_alloc(n, sizeof *real);
    numbers in = {whole, real, n};

    for (size_t k = 0; k < n; k++) whole[k] = 7;
    pair_of("equal", "equal", pila_same, NULL, &in, false, 15);
    pair_of("all_equal", "all_equal", pila_same_all, plain_same, &in, false, 15);
    pair_of("take", "take", pila_takes, NULL, &in, false, 4);
    for (size_t k = 0; k < n; k++) whole[k] = k % 100 ? 1 : -1;
    pair_of("prod_i64", "prod_i64", pila_prod, checked_prod, &in, false, 4);
    for (size_t k = 0; k < n; k++) {
        whole[k] = (int64_t)(bench_mix(k) >> 40) - (1 << 23);
        real[k] = (double)(bench_mix(k) >> 52) / 32;
    }
    pair_of("dotproduct_i64", "dot_i64", pila_dot_whole, checked_dot, &in, false, 15);
    pair_of("dotproduct_f64, against plain sums", "dot_f64", pila_dot_real,
            plain_dot_real, &in, true, 2);
    free(whole);
    free(real);
}

/* ---- text ---- */

typedef struct lane {
    const Views *views;
    void (*write)(const Views *views, const char *path);
    char *text; /* what join made */
    size_t len;
    uint64_t answer; /* what write wrote */
} lane;

/* Adler-32 of RFC 1950, as Python's zlib.adler32. */
static uint64_t checksum(const char *text, size_t len)
{
    uint32_t low = 1, high = 0;

    for (size_t k = 0; k < len; k++) {
        low = (low + (unsigned char)text[k]) % 65521;
        high = (high + low) % 65521;
    }
    return high << 16 | low;
}

static uint64_t joined(void *ctx)
{
    return checksum(((lane *)ctx)->text, ((lane *)ctx)->len);
}

static void freed(void *ctx) { free(((lane *)ctx)->text); }

static void pila_freed(void *ctx) { pila_free(((lane *)ctx)->text); }

static uint64_t pila_joins(void *ctx)
{
    lane *l = (lane *)ctx;
    pila_buf out = {0};

    must(pila_join(Views_iter(l->views), pila_cstr(", "), &out));
    l->text = out.data;
    l->len = out.len;
    return 0;
}

static char *put(char *to, const char *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

/* Measured first, then copied. */
static uint64_t joins_twice(void *ctx)
{
    lane *l = (lane *)ctx;
    const pila_str *words = Views_data(l->views);
    size_t n = Views_len(l->views), need = 2 * (n - 1);

    for (size_t k = 0; k < n; k++) need += words[k].len;
    char *to = l->text = (char *)malloc(need);
    if (!to) bench_die("no memory");
    for (size_t k = 0; k < n; k++) {
        if (k) to = put(to, ", ", 2);
        to = put(to, words[k].ptr, words[k].len);
    }
    l->len = need;
    return 0;
}

static void append(lane *l, size_t *room, const char *bytes, size_t n)
{
    if (*room - l->len < n) {
        *room = 2 * (*room + n);
        l->text = (char *)realloc(l->text, *room);
        if (!l->text) bench_die("no memory");
    }
    put(l->text + l->len, bytes, n);
    l->len += n;
}

static uint64_t joins_growing(void *ctx)
{
    lane *l = (lane *)ctx;
    const pila_str *words = Views_data(l->views);
    size_t room = 0;

    l->text = NULL;
    l->len = 0;
    for (size_t k = 0; k < Views_len(l->views); k++) {
        if (k) append(l, &room, ", ", 2);
        append(l, &room, words[k].ptr, words[k].len);
    }
    return 0;
}

static void joins(const Views *words, const char *path, size_t len)
{
    static const bench_bar bars[] = {
        {"pila", BENCH_AT_MOST, 1.1, "measured, then copied"},
        {"pila", BENCH_FASTER, 2.0, "CPython"},
    };
    lane lanes[3] = {{.views = words}, {.views = words}, {.views = words}};
    bench_contestant all[] = {
        {.name = "pila", .run = pila_joins, .ctx = &lanes[0], .finish = pila_freed},
        {.name = "measured, then copied", .run = joins_twice, .ctx = &lanes[1]},
        {.name = "realloc by hand", .run = joins_growing, .ctx = &lanes[2]},
        python("CPython", "join", path),
    };

    for (size_t k = 0; k < 3; k++) {
        all[k].check = joined;
        if (!all[k].finish) all[k].finish = freed;
    }
    bench_run(&(bench_contest){.what = "join of words, in bytes of the text",
                               .n = len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[3]);
}

/* ---- writing ---- */

static void pila_writes(const Views *lines, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0) bench_die("%s does not open", path);
    must(pila_write_lines(Views_iter(lines), pila_cstr("\n"), pila_to_fd(fd)));
    if (close(fd) != 0) bench_die("%s does not close", path);
}

static FILE *opened(const char *path)
{
    FILE *f = fopen(path, "wb");

    if (!f) bench_die("%s does not open", path);
    return f;
}

static void closed(FILE *f, const char *path)
{
    bool failed = ferror(f) != 0;

    if (fclose(f) != 0 || failed) bench_die("%s: a write failed", path);
}

static void puts_lines(FILE *f, const Views *lines)
{
    const pila_str *line = Views_data(lines);

    for (size_t k = 0; k < Views_len(lines); k++) {
        fwrite(line[k].ptr, 1, line[k].len, f);
        putc('\n', f);
    }
}

static void stdio_writes(const Views *lines, const char *path)
{
    FILE *f = opened(path);

    puts_lines(f, lines);
    closed(f, path);
}

static void blocks_write(const Views *lines, const char *path)
{
    static char block[BLOCK];
    FILE *f = opened(path);

    setvbuf(f, block, _IOFBF, sizeof block);
    puts_lines(f, lines);
    closed(f, path);
}

#ifdef __GLIBC__
static void unlocked_writes(const Views *lines, const char *path)
{
    static char block[BLOCK];
    FILE *f = opened(path);
    const pila_str *line = Views_data(lines);

    setvbuf(f, block, _IOFBF, sizeof block);
    for (size_t k = 0; k < Views_len(lines); k++) {
        fwrite_unlocked(line[k].ptr, 1, line[k].len, f);
        putc_unlocked('\n', f);
    }
    closed(f, path);
}
#endif

static uint64_t writes(void *ctx)
{
    const lane *l = (const lane *)ctx;

    l->write(l->views, "/dev/null");
    return l->answer;
}

/* What the writer writes to a file, of which it looks at the first `most` bytes. */
static uint64_t written(const lane *l, size_t most)
{
    char *path = bench_file("", 0), *text = (char *)bench_alloc(most, 1);

    l->write(l->views, path);
    FILE *f = fopen(path, "rb");
    if (!f) bench_die("%s does not open", path);
    uint64_t sum = checksum(text, fread(text, 1, most, f));
    fclose(f);
    bench_file_end(path);
    free(text);
    return sum;
}

static const struct {
    const char *name;
    void (*write)(const Views *lines, const char *path);
} writers[] = {
    {"pila", pila_writes},
    {"fwrite and putc", stdio_writes},
    {"the same, 64 KiB at a time", blocks_write},
#ifdef __GLIBC__
    {"the same, unlocked", unlocked_writes},
#endif
};

enum { WRITERS = BENCH_COUNT(writers) };

static void writing(const Views *lines, const char *path, size_t len)
{
    static const bench_bar bars[] = {
        {"pila", BENCH_FASTER, 2.0, "fwrite and putc"},
        {"pila", BENCH_FASTER, 8.0, "CPython"},
    };
    bench_contestant all[WRITERS + 1];
    lane lanes[WRITERS];

    for (size_t k = 0; k < WRITERS; k++) {
        lanes[k] = (lane){.views = lines, .write = writers[k].write};
        lanes[k].answer = written(&lanes[k], 2 * len); /* more than there should be */
        all[k] = (bench_contestant){.name = writers[k].name,
                                    .run = writes,
                                    .ctx = &lanes[k]};
    }
    all[WRITERS] = python("CPython", "write_lines", path);
    bench_run(&(bench_contest){.what = "write_lines, in bytes",
                               .n = len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = WRITERS + 1,
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[WRITERS]);
}

static void all_text(size_t want)
{
    size_t len;
    char *text = bench_text(want, &len), *path = bench_file(text, len);
    pila_str all = pila_str_of(text, len);
    Views words = {0}, lines = {0};

    must(Views_from(&words, pila_words(pila_from_mem(all))));
    must(Views_from(&lines, pila_lines(pila_from_mem(all))));
    joins(&words, path, len);
    writing(&lines, path, len);
    Views_done(&words);
    Views_done(&lines);
    bench_file_end(path);
    free(text);
}

int main(void)
{
    bench_begin("Sinks. The time of a row of numbers is that of one item.");
    all_numbers(bench_size(100000, 10000));
    all_pairs(bench_size(100000, 10000));
    all_text(bench_size(16 * MIB, 256 * KIB));
    return bench_end();
}
