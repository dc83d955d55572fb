/* bench_counter.c - counting the words of a text that is in memory and already split.
 *
 * What is timed is one table from empty to full: hashing, look-ups, growth, new keys.
 * Reading and splitting belong to whole programs, which bench/cli compares, and the
 * bars are about those.
 */
#include "../bench.h"
#include "peers/wordcount.h"

#include <stdlib.h>

enum { MIB = 1 << 20 };

/* pila first: the ratios are to it. */
static const wordcount_peer *const peers[] = {
    &wordcount_pila, &wordcount_boost, &wordcount_absl,   &wordcount_std,
    &wordcount_tsl,  &wordcount_glib,  &wordcount_uthash, &wordcount_rust,
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const wordcount_peer *peer;
    const wordcount_word *words;
    size_t n;
    void *table;
} lane;

static uint64_t count(void *ctx)
{
    lane *l = (lane *)ctx;

    l->table = l->peer->count(l->words, l->n);
    return 0;
}

static uint64_t counted(void *ctx)
{
    return ((lane *)ctx)->peer->sum(((lane *)ctx)->table);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->table); }

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Python's bytes.split(): out has room for one word in two bytes. */
static size_t split(const char *text, size_t len, wordcount_word *out)
{
    size_t n = 0;

    for (size_t at = 0; at < len;) {
        size_t start = at;
        while (at < len && !is_space(text[at])) at++;
        if (at > start) out[n++] = (wordcount_word){text + start, at - start};
        while (at < len && is_space(text[at])) at++;
    }
    return n;
}

static void contest(const char *what, const wordcount_word *words, size_t n,
                    const char *path)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k], words, n, NULL};
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .ctx = &lanes[k],
                                    .run = count,
                                    .check = counted,
                                    .finish = freed};
    }
    all[PEERS] =
        bench_python("collections/peers/wordcount.py", (const char *[]){path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = PEERS + 1});
    bench_python_end(&all[PEERS]);
}

static void text(const char *what, size_t bytes)
{
    size_t len;
    char *held = bench_text(bytes, &len);
    char *path = bench_file(held, len);
    wordcount_word *words =
        (wordcount_word *)bench_alloc(len / 2 + 1, sizeof(wordcount_word));

    contest(what, words, split(held, len, words), path);
    bench_file_end(path);
    free(words);
    free(held);
}

int main(void)
{
    bench_begin("Counting words that are in memory, already split.");
    text("words of a short text", bench_size(MIB / 4, MIB / 16));
    text("words of a long text", bench_size(64 * MIB, MIB));
    return bench_end();
}
