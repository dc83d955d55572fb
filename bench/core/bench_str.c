/* bench_str.c - a buffer that grows by short pieces and by single bytes, and floats as
 * Python's repr.
 *
 * The pieces are words of one to twelve letters. A buffer starts empty and has reserved
 * nothing. The floats are random bit patterns, of 16 or 17 digits, and prices, of few.
 */
#include "../bench.h"
#include "peers/text.h"

#include <pila/core/str.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pila first: the ratios are to it. */
static const text_peer *const peers[] = {&text_pila, &text_std, &text_glib, &text_hand};

enum { PEERS = BENCH_COUNT(peers) };

/* ---- appending ---- */

typedef struct lane {
    const text_peer *peer;
    const text_pieces *pieces;
    void *buffer;
} lane;

static uint64_t append(void *ctx)
{
    lane *l = (lane *)ctx;

    l->buffer = l->peer->append(l->pieces);
    return 0;
}

static uint64_t append_chars(void *ctx)
{
    lane *l = (lane *)ctx;

    l->buffer = l->peer->append_chars(l->pieces->text, l->pieces->at[l->pieces->n]);
    return 0;
}

static uint64_t appended(void *ctx)
{
    const lane *l = (const lane *)ctx;
    size_t len;
    const char *data = l->peer->data(l->buffer, &len);
    uint64_t sum = len;

    for (size_t k = 0; k < len; k++) sum = sum * 31 + (unsigned char)data[k];
    return sum;
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->buffer); }

static void contest(const char *what, uint64_t (*run)(void *), size_t n,
                    const text_pieces *pieces, const bench_bar *bar)
{
    bench_contestant all[PEERS];
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k], pieces, NULL};
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .ctx = &lanes[k],
                                    .run = run,
                                    .check = appended,
                                    .finish = freed};
    }
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = PEERS,
                               .bars = bar,
                               .bar_count = bar ? 1 : 0});
}

static void appends(size_t n)
{
    uint32_t *at = (uint32_t *)bench_alloc(n + 1, sizeof *at);
    char *text = (char *)bench_alloc(n, 12);
    text_pieces pieces = {text, at, n};
    const bench_bar bar = {"pila", BENCH_AT_MOST, 1.2, "GString"};

    for (size_t k = 0; k < n; k++)
        at[k + 1] = at[k] + 1 + (uint32_t)(bench_mix(k) % 12);
    for (size_t k = 0; k < at[n]; k++) text[k] = (char)('a' + bench_mix(k) % 26);
    contest("append words", append, n, &pieces, &bar);
    contest("append bytes", append_chars, at[n], &pieces, NULL);
    free(text);
    free(at);
}

/* ---- floats ---- */

typedef struct floats {
    const double *items;
    size_t n;
} floats;

static uint64_t repr(void *ctx)
{
    const floats *f = (const floats *)ctx;
    pila_buf out = {0};
    uint64_t sum = 0;

    for (size_t k = 0; k < f->n; k++) {
        pila_buf_clear(&out);
        if (pila_buf_add_float(&out, f->items[k]) != PILA_OK) bench_die("no memory");
        sum += out.len;
    }
    pila_buf_done(&out);
    return sum;
}

static void reprs(const char *what, const double *items, size_t n)
{
    floats f = {items, n};
    char *path = bench_file(items, n * sizeof *items), text[32];

    snprintf(text, sizeof text, "%zu", n);
    bench_contestant all[] = {{.name = "pila", .run = repr, .ctx = &f},
                              bench_python("core/peers/text.py",
                                           (const char *[]){path, text, NULL})};
    bench_run(&(bench_contest){.what = what, .n = n, .contestants = all, .count = 2});
    bench_python_end(&all[1]);
    bench_file_end(path);
}

static void all_reprs(size_t n)
{
    double *items = (double *)bench_alloc(n, sizeof *items);

    for (size_t k = 0; k < n; k++) { /* no infinity, no NaN */
        uint64_t bits = bench_mix(k + 1) & ~(UINT64_C(1) << 62);
        memcpy(&items[k], &bits, sizeof bits);
    }
    reprs("repr of random floats", items, n);
    for (size_t k = 0; k < n; k++) items[k] = (double)(bench_mix(k) % 100000) / 100;
    reprs("repr of prices", items, n);
    free(items);
}

int main(void)
{
    bench_begin("Growing text, and floats as text.");
    appends(bench_size(1000000, 10000));
    all_reprs(bench_size(100000, 1000));
    return bench_end();
}
