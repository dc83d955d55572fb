/* bench_gzip.c - a text from and to gzip: by readers and writers, by loops over zlib,
 * and by pigz, as a program between a file and a pipe.
 *
 * Who reads adds up the CRC-32 of what it gets, a piece at a time; what is written is
 * decompressed by zlib, outside of the time. Where pigz is a contestant, pila reads the
 * same file, and what pigz costs to start is a few ms of it.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "../bench.h"

#include <pila/serial/checksum.h>
#include <pila/serial/gzip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 64 << 10 };

typedef struct lane {
    pila_str text, packed;
    const char *file; /* of the text, or of what is packed */
    int level;
    unsigned threads;
    bool ahead;
    char program[200]; /* pigz, as it is called */
    pila_buf out;
} lane;

static const bench_bar read_bars[] = {{"pila", BENCH_FASTER, 0.98, "zlib"}};
static const bench_bar pigz_bars[] = {{"pila", BENCH_FASTER, 1.0, "pigz"}};

static void good(bool ok)
{
    if (!ok) bench_die("it failed");
}

/* ---- reading ---- */

static uint64_t drain(pila_gzip_reader *r)
{
    pila_str view;
    uint32_t crc = 0;

    good(r != NULL);
    do {
        good(pila_gzip_read_view(r, &view) == PILA_OK);
        crc = pila_crc32(crc, view);
    } while (view.len);
    pila_gzip_reader_free(r);
    return crc;
}

static uint64_t pila_reads(void *ctx)
{
    return drain(pila_gzip_reader_new(pila_gzip_from_mem(((lane *)ctx)->packed), NULL));
}

/* zlib's loop of zpipe.c, which checks the CRC, too. */
static uint64_t zlib_reads(void *ctx)
{
    const lane *l = (const lane *)ctx;
    static unsigned char room[2 * PIECE];
    uint32_t crc = 0;
    z_stream z;
    int r;

    memset(&z, 0, sizeof z);
    good(inflateInit2(&z, 31) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)l->packed.ptr;
    z.avail_in = (uInt)l->packed.len;
    do {
        z.next_out = room;
        z.avail_out = sizeof room;
        r = inflate(&z, Z_NO_FLUSH);
        good(r == Z_OK || r == Z_STREAM_END);
        crc = pila_crc32(crc, pila_str_of((char *)room, sizeof room - z.avail_out));
    } while (r != Z_STREAM_END);
    inflateEnd(&z);
    return crc;
}

static uint64_t pila_at_once(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    good(pila_gzip_decompress(l->packed, l->text.len, &l->out, NULL) == PILA_OK);
    return 0;
}

static uint64_t crc_of_out(void *ctx)
{
    return pila_crc32(0, pila_buf_view(&((lane *)ctx)->out));
}

static uint64_t pila_reads_file(void *ctx)
{
    const lane *l = (const lane *)ctx;
    pila_gzip_read_options o = {l->ahead};
    pila_gzip_reader *r = NULL;

    good(pila_gzip_open(&r, l->file, &o) == PILA_OK);
    return drain(r);
}

/* All that a program writes. */
static void run_program(const char *program, pila_status (*take)(void *, pila_str),
                        void *ctx)
{
    static char room[PIECE];
    FILE *f = popen(program, "r");
    size_t n;

    good(f != NULL);
    while ((n = fread(room, 1, sizeof room, f)) > 0)
        good(take(ctx, pila_str_of(room, n)) == PILA_OK);
    good(pclose(f) == 0);
}

static pila_status take_crc(void *ctx, pila_str bytes)
{
    *(uint32_t *)ctx = pila_crc32(*(uint32_t *)ctx, bytes);
    return PILA_OK;
}

static pila_status take_bytes(void *ctx, pila_str bytes)
{
    return pila_buf_add((pila_buf *)ctx, bytes);
}

static uint64_t pigz_reads(void *ctx)
{
    uint32_t crc = 0;

    run_program(((lane *)ctx)->program, take_crc, &crc);
    return crc;
}

/* ---- writing ---- */

static uint64_t pila_writes(void *ctx)
{
    lane *l = (lane *)ctx;
    pila_gzip_write_options o = {l->level, 0, {NULL, 0}, l->threads, PILA_GZIP_LINKED};
    pila_gzip_writer *w = NULL;
    FILE *f = l->file ? fopen(l->file, "rb") : NULL;
    static char room[PIECE];

    l->out.len = 0;
    good(pila_gzip_writer_new(&w, pila_gzip_to_buf(&l->out), &o) == PILA_OK);
    if (f)
        for (size_t n; (n = fread(room, 1, sizeof room, f)) > 0;)
            good(pila_gzip_write(w, pila_str_of(room, n)) == PILA_OK);
    else good(pila_gzip_write(w, l->text) == PILA_OK);
    good(pila_gzip_finish(w) == PILA_OK);
    pila_gzip_writer_free(w);
    if (f) fclose(f);
    return 0;
}

static uint64_t zlib_writes(void *ctx)
{
    lane *l = (lane *)ctx;
    z_stream z;

    memset(&z, 0, sizeof z);
    good(deflateInit2(&z, l->level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    l->out.len = 0;
    good(pila_buf_reserve(&l->out, deflateBound(&z, l->text.len)) == PILA_OK);
    z.next_in = (Bytef *)(uintptr_t)l->text.ptr;
    z.avail_in = (uInt)l->text.len;
    z.next_out = (Bytef *)l->out.data;
    z.avail_out = (uInt)l->out.room;
    good(deflate(&z, Z_FINISH) == Z_STREAM_END);
    l->out.len = z.total_out;
    deflateEnd(&z);
    return 0;
}

static uint64_t pigz_writes(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    run_program(l->program, take_bytes, &l->out);
    return 0;
}

/* What has been written, read by zlib. */
static uint64_t unpacked(void *ctx)
{
    lane back = *(lane *)ctx;

    back.packed = pila_buf_view(&back.out);
    return zlib_reads(&back);
}

/* ---- contests ---- */

static void contest(const char *what, lane *l, bench_contestant *all, size_t count,
                    const char *python, const char *file, const bench_bar *bar)
{
    const char *const args[] = {python, file, NULL};

    if (python) {
        all[count] = bench_python("serial/peers/gzip_cpython.py", args);
        all[count].name = "CPython";
    }
    bench_run(&(bench_contest){.what = what,
                               .n = l->text.len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = count + (python != NULL),
                               .bars = bar,
                               .bar_count = bar != NULL});
    if (python) bench_python_end(&all[count]);
}

static void reading(lane *l, const char *packed_file, const char *no_pigz)
{
    bench_contestant pieces[3] = {{.name = "pila", .run = pila_reads, .ctx = l},
                                  {.name = "zlib", .run = zlib_reads, .ctx = l}};
    bench_contestant once[2] = {
        {.name = "pila", .run = pila_at_once, .ctx = l, .check = crc_of_out}};
    lane here = *l, ahead = *l, pigz = *l;
    bench_contestant files[3] = {{.name = "pila", .run = pila_reads_file, .ctx = &here},
                                 {.name = "pila, ahead",
                                  .run = pila_reads_file,
                                  .ctx = &ahead},
                                 {.name = "pigz", .run = pigz_reads, .ctx = &pigz}};

    here.file = ahead.file = packed_file;
    ahead.ahead = true;
    files[2].skipped = no_pigz;
    snprintf(pigz.program, sizeof pigz.program, "pigz -dc <%s", packed_file);
    contest("gzip: read in pieces", l, pieces, 2, "read", packed_file, read_bars);
    contest("gzip: decompress", l, once, 1, "once", packed_file, NULL);
    contest("gzip: read a file", l, files, 3, NULL, NULL, pigz_bars);
}

static void writing(lane *l, const char *text_file, const char *no_pigz)
{
    bench_contestant plain[3] = {
        {.name = "pila", .run = pila_writes, .ctx = l, .check = unpacked},
        {.name = "zlib", .run = zlib_writes, .ctx = l, .check = unpacked}};

    contest("gzip: write, level 6", l, plain, 2, "write", text_file, read_bars);
    for (int k = 0; k < 6; k++) {
        static const int levels[] = {1, 6, 9};
        lane mine = *l, theirs = *l;
        bench_contestant both[2] = {
            {.name = "pila", .run = pila_writes, .ctx = &mine, .check = unpacked},
            {.name = "pigz", .run = pigz_writes, .ctx = &theirs, .check = unpacked}};
        char what[60];

        mine.file = text_file;
        mine.level = levels[k / 2];
        mine.threads = 1 + (unsigned)(k % 2);
        memset(&mine.out, 0, sizeof mine.out);
        memset(&theirs.out, 0, sizeof theirs.out);
        both[1].skipped = no_pigz;
        snprintf(theirs.program, sizeof theirs.program, "pigz -c -%d -p %u <%s",
                 mine.level, mine.threads, text_file);
        snprintf(what, sizeof what, "gzip: write, level %d, threads %u", mine.level,
                 mine.threads);
        contest(what, &mine, both, 2, NULL, NULL, pigz_bars);
        pila_buf_done(&mine.out);
        pila_buf_done(&theirs.out);
    }
}

int main(void)
{
    lane l;
    size_t n = 0;

    bench_begin("gzip, from and to files.");
    memset(&l, 0, sizeof l);
    char *text = bench_text(bench_size(20000000, 500000), &n);
    const char *no_pigz =
        system("pigz --version >/dev/null 2>&1") ? "pigz not found" : NULL;
    l.text = pila_str_of(text, n);
    l.level = 6;
    pila_buf packed = {0};
    good(pila_gzip_compress(l.text, 6, 0, &packed) == PILA_OK);
    l.packed = pila_buf_view(&packed);
    char *packed_file = bench_file(packed.data, packed.len);
    char *text_file = bench_file(text, n);
    reading(&l, packed_file, no_pigz);
    writing(&l, text_file, no_pigz);
    bench_file_end(packed_file);
    bench_file_end(text_file);
    pila_buf_done(&l.out);
    pila_buf_done(&packed);
    free(text);
    return bench_end();
}
