/* bench_checksum.c - CRC-32 and Adler-32 of 64 KB, and of short texts. */
#include "../bench.h"
#include "peers/deflate.h"

#include <pila/serial/checksum.h>
#include <pila/serial/checksum_kernels.h>

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

typedef struct lane {
    const char *data;
    size_t n;
    size_t kernel; /* which of pila's; the last is plain C */
} lane;

static const bench_bar crc_bars[] = {{"pila", BENCH_RATE, 40.0, NULL},
                                     {"pila", BENCH_FASTER, 5.0, "zlib"}};
static const bench_bar adler_bars[] = {{"pila", BENCH_RATE, 40.0, NULL},
                                       {"pila", BENCH_FASTER, 5.0, "zlib"}};

static uint64_t crc_best(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return pila_crc32(PILA_CRC32_START, pila_str_of(l->data, l->n));
}

static uint64_t crc_other(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return pila__crc32_by(pila__crc32_kernel_at(l->kernel), PILA_CRC32_START, l->data,
                          l->n);
}

static uint64_t crc_zlib(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return crc32(0, (const Bytef *)l->data, (uInt)l->n);
}

static uint64_t crc_libdeflate(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return deflate_libdeflate.crc32(0, l->data, l->n);
}

static uint64_t adler_best(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return pila_adler32(PILA_ADLER32_START, pila_str_of(l->data, l->n));
}

static uint64_t adler_other(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return pila__adler32_by(pila__adler32_kernel_at(l->kernel), PILA_ADLER32_START,
                            l->data, l->n);
}

static uint64_t adler_zlib(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return adler32(1, (const Bytef *)l->data, (uInt)l->n);
}

static uint64_t adler_libdeflate(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return deflate_libdeflate.adler32(1, l->data, l->n);
}

typedef uint64_t work(void *ctx);

static void contest(const char *name, work *const runs[4], const char *data, size_t n,
                    const bench_bar *bars, size_t bar_count)
{
    char *file = bench_file(data, n), what[60];
    const char *const args[] = {name, file, NULL};
    lane best = {data, n, 0}, second = {data, n, 1}, plain = {data, n, 2};
    bench_contestant all[] = {{.name = "pila", .run = runs[0], .ctx = &best},
                              {.name = "pila, next best",
                               .run = runs[1],
                               .ctx = &second},
                              {.name = "pila, plain C", .run = runs[1], .ctx = &plain},
                              {.name = "zlib", .run = runs[2], .ctx = &best},
                              {.name = "libdeflate",
                               .run = runs[3],
                               .ctx = &best,
                               .skipped = deflate_libdeflate.skipped},
                              bench_python("serial/peers/checksum_cpython.py", args)};

    all[5].name = "CPython";
    snprintf(what, sizeof what, "checksum: %s of %zu bytes", name, n);
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .unit = BENCH_GB_S,
                               .repeat = bench_repeat(n / 64 + 1),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[5]);
    bench_file_end(file);
}

int main(void)
{
    static work *const crc[] = {crc_best, crc_other, crc_zlib, crc_libdeflate};
    static work *const adler[] = {adler_best, adler_other, adler_zlib,
                                  adler_libdeflate};
    static const size_t sizes[] = {65536, 1024, 32};
    char *data = (char *)bench_alloc(sizes[0], 1);

    bench_begin("CRC-32 and Adler-32.");
    for (size_t k = 0; k < sizes[0]; k++) data[k] = (char)bench_mix(k);
    for (size_t k = 0; k < BENCH_COUNT(sizes); k++) {
        contest("crc32", crc, data, sizes[k], crc_bars, k ? 0 : BENCH_COUNT(crc_bars));
        contest("adler32", adler, data, sizes[k], adler_bars,
                k ? 0 : BENCH_COUNT(adler_bars));
    }
    free(data);
    return bench_end();
}
