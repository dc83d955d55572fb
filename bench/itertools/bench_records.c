/* bench_records.c - reading a file line by line and word by word. The rate is that of
 * the file's bytes; the file is in the page cache. */
#include "../bench.h"
#include "peers/lines.h"

#include <stdio.h>
#include <stdlib.h>

enum { MIB = 1 << 20 };

static const lines_peer *const peers[] = {&lines_pila, &lines_getline, &lines_fgets,
                                          &lines_std};

static const bench_bar bars[] = {
    {"pila", BENCH_FASTER, 2.0, "getline"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const lines_peer *peer;
    const char *path;
} lane;

static uint64_t lines(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return l->peer->lines(l->path);
}

static uint64_t words(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return l->peer->words(l->path);
}

static void contest(const char *what, uint64_t (*run)(void *), const char *path,
                    size_t len)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char title[64];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k], path};
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .run = run,
                                    .ctx = &lanes[k]};
    }
    all[PEERS] =
        bench_python("itertools/peers/lines.py", (const char *[]){what, path, NULL});
    snprintf(title, sizeof title, "%s of a file, in bytes", what);
    bench_run(&(bench_contest){.what = title,
                               .n = len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[PEERS]);
}

int main(void)
{
    size_t len;

    bench_begin("Reading a file line by line and word by word.");
    char *text = bench_text(bench_size(32 * MIB, MIB), &len);
    char *path = bench_file(text, len);
    free(text);
    contest("lines", lines, path, len);
    contest("words", words, path, len);
    bench_file_end(path);
    return bench_end();
}
