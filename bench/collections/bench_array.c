/* bench_array.c - arrays of numbers: appending, filling from a range, and bytes.
 *
 * Turning bytes round is measured within the cache, against a loop by hand and against
 * memcpy, which reads and writes as much: that is the roof.
 */
#include "../bench.h"
#include "peers/array.h"

#include <pila/core/str.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef HAVE_CXX
const array_peer array_std = {.name = "std::vector", .skipped = "no C++ compiler"};
#endif

static const array_peer *const arrays[] = {&array_pila, &array_dynamic, &array_std};

static const bench_bar append_bars[] = {
    {"pila", BENCH_AT_MOST, 1.1, "std::vector"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};
static const bench_bar extend_bars[] = {{"pila", BENCH_FASTER, 8.0, "CPython"}};
static const bench_bar swap_bars[] = {
    {"pila", BENCH_RATE, 10.0, NULL},
    {"pila", BENCH_AT_MOST, 1.0, "loop by hand"},
    {"pila", BENCH_AT_MOST, 1.5, "memcpy"},
    {"pila", BENCH_FASTER, 1.0, "CPython"},
};
static const bench_bar copy_bars[] = {{"pila", BENCH_AT_MOST, 1.25, "memcpy"}};

enum { ARRAYS = BENCH_COUNT(arrays) };

/* ---- appending, filling ---- */

typedef struct array_lane {
    const array_peer *peer;
    size_t n;
    void *(*make)(size_t n);
    uint64_t (*sum)(void *array);
    void *array;
} array_lane;

static uint64_t make(void *ctx)
{
    array_lane *l = (array_lane *)ctx;

    l->array = l->make(l->n);
    return 0;
}

static uint64_t total(void *ctx)
{
    return ((array_lane *)ctx)->sum(((array_lane *)ctx)->array);
}

static void freed(void *ctx)
{
    ((array_lane *)ctx)->peer->free(((array_lane *)ctx)->array);
}

static void filling(const char *operation, size_t n, const bench_bar *bars,
                    size_t count)
{
    bench_contestant all[ARRAYS + 1];
    array_lane lanes[ARRAYS];
    char text[32], what[64];
    bool narrow = operation[0] == 'n';
    size_t taking = 0;

    for (size_t k = 0; k < ARRAYS; k++) {
        const array_peer *p = arrays[k];
        void *(*how)(size_t) = operation[0] == 'a'   ? p->append
                               : operation[0] == 'e' ? p->extend
                                                     : p->narrow;
        if (!how && !p->skipped) continue;
        lanes[k] = (array_lane){p, n, how, narrow ? p->sum_narrow : p->sum, NULL};
        all[taking++] = (bench_contestant){.name = p->name,
                                           .skipped = p->skipped,
                                           .ctx = &lanes[k],
                                           .run = make,
                                           .check = total,
                                           .finish = freed};
    }
    snprintf(text, sizeof text, "%zu", n);
    snprintf(what, sizeof what, "array: %s", narrow ? "extend, to int32" : operation);
    all[taking] = bench_python("collections/peers/array_cpython.py",
                               (const char *[]){operation, text, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = taking + 1,
                               .bars = bars,
                               .bar_count = count});
    bench_python_end(&all[taking]);
}

/* ---- bytes ---- */

typedef struct byte_lane {
    const swap_peer *peer; /* NULL: memcpy */
    const char *input, *swapped;
    char *out;
    size_t n, width;
    void *array;
    pila_buf buf;
} byte_lane;

static uint64_t weighed(const void *bytes, size_t n)
{
    uint64_t sum = 0, word;

    for (size_t k = 0; k < n / sizeof word; k++) {
        memcpy(&word, (const char *)bytes + k * sizeof word, sizeof word);
        sum += (k + 1) * word;
    }
    return sum;
}

static void refilled(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    if (l->peer) l->peer->fill(l->array, l->input, l->n);
}

static uint64_t swap(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    if (l->peer) l->peer->swap(l->array);
    else memcpy(l->out, l->swapped, l->n);
    return 0;
}

static uint64_t from(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    if (l->peer) l->peer->fill(l->array, l->input, l->n);
    else memcpy(l->out, l->input, l->n);
    return 0;
}

static uint64_t to(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    if (l->peer) l->peer->copy_out(l->array, &l->buf);
    else memcpy(l->out, l->input, l->n);
    return 0;
}

static uint64_t held(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    return weighed(l->peer ? l->peer->bytes(l->array) : l->out, l->n);
}

static uint64_t written(void *ctx)
{
    byte_lane *l = (byte_lane *)ctx;

    return weighed(l->peer ? l->buf.data : l->out, l->n);
}

/* What each takes part with: a lane of its own over the same bytes. */
static void lanes_open(byte_lane *lanes, bench_contestant *all, size_t taking,
                       const byte_lane *given, bench_contestant how)
{
    const swap_peer *const peers[] = {&swap_pila, NULL, &swap_hand};

    for (size_t k = 0; k < taking; k++) {
        const swap_peer *p = peers[k];
        lanes[k] = *given;
        lanes[k].peer = p;
        lanes[k].array = p ? p->open(given->width) : NULL;
        refilled(&lanes[k]);
        all[k] = how;
        all[k].name = p ? p->name : "memcpy";
        all[k].ctx = &lanes[k];
    }
}

static void lanes_close(byte_lane *lanes, size_t taking)
{
    for (size_t k = 0; k < taking; k++) {
        pila_buf_done(&lanes[k].buf);
        if (lanes[k].peer) lanes[k].peer->close(lanes[k].array);
    }
}

/* The work `how`; `hand` tells whether a loop by hand takes part. */
static void bytes_contest(const char *operation, size_t width, size_t n, bool hand,
                          bench_contestant how, const bench_bar *bars, size_t count)
{
    char *input = (char *)bench_alloc(n, 1), *swapped = (char *)bench_alloc(n, 1);
    char *out = (char *)bench_alloc(n, 1), *path, text[32], what[64];
    bench_contestant all[4];
    byte_lane lanes[3],
        given = {NULL, input, swapped, out, n, width, NULL, {NULL, 0, 0, 0}};
    size_t taking = hand ? 3 : 2;

    bench_random((int64_t *)(void *)input, n / sizeof(int64_t), 1u << 20);
    for (size_t k = 0; k < n; k++)
        swapped[k] = input[k / width * width + (width - 1 - k % width)];
    lanes_open(lanes, all, taking, &given, how);
    path = bench_file(input, n);
    snprintf(text, sizeof text, "%zu", width);
    snprintf(what, sizeof what, "array: %s, %zu bytes an item", operation, width);
    all[taking] = bench_python("collections/peers/array_cpython.py",
                               (const char *[]){operation, text, path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .unit = BENCH_GB_S,
                               .repeat = bench_repeat(n / 8),
                               .contestants = all,
                               .count = taking + 1,
                               .bars = bars,
                               .bar_count = count});
    bench_python_end(&all[taking]);
    bench_file_end(path);
    lanes_close(lanes, taking);
    free(input);
    free(swapped);
    free(out);
}

static void bytes(size_t n)
{
    const bench_contestant swaps = {.prepare = refilled, .run = swap, .check = held};
    const bench_contestant froms = {.run = from, .check = held};
    const bench_contestant tos = {.run = to, .check = written};

    for (size_t width = 2; width <= 8; width *= 2)
        bytes_contest("byteswap", width, n, true, swaps, swap_bars,
                      BENCH_COUNT(swap_bars));
    bytes_contest("frombytes", 8, n, false, froms, copy_bars, BENCH_COUNT(copy_bars));
    bytes_contest("tobytes", 8, n, false, tos, copy_bars, BENCH_COUNT(copy_bars));
}

int main(void)
{
    bench_begin("Arrays of numbers.");
    filling("append", 1000, append_bars, BENCH_COUNT(append_bars));
    filling("append", bench_size(10000000, 10000), append_bars,
            BENCH_COUNT(append_bars));
    filling("extend", 1000, extend_bars, BENCH_COUNT(extend_bars));
    filling("extend", bench_size(1000000, 10000), extend_bars,
            BENCH_COUNT(extend_bars));
    filling("narrow", bench_size(1000000, 10000), extend_bars,
            BENCH_COUNT(extend_bars));
    bytes(64 << 10);
    bytes(256 << 10);
    return bench_end();
}
