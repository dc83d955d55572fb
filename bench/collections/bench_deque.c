/* bench_deque.c - a deque of int64 against std::deque, GQueue and CPython's.
 *
 * push: n appends to an empty one. fifo: pop left and append, with 1000 items held.
 * index: items at random places. rotate: by 7, with 1000 items held. walk: adding up
 * all items.
 */
#include "../bench.h"
#include "peers/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIFO_HELD = 1000, STEPS = 7 }; /* queue.py turns by the same 7 */

static const queue_peer *const peers[] = {&queue_pila, &queue_std, &queue_glib,
                                          &queue_array};

static const bench_bar push_bars[] = {
    {"pila", BENCH_AT_MOST, 1.1, "std::deque"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};
static const bench_bar fifo_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::deque"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};
static const bench_bar index_bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "std::deque"},
    {"pila", BENCH_FASTER, 8.0, "CPython"},
};
static const bench_bar walk_bars[] = {{"pila", BENCH_AT_MOST, 1.6, "array by hand"}};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct work {
    const char *name;
    size_t n, held;
    const int64_t *at; /* n places, for index */
} work;

typedef struct lane {
    const queue_peer *peer;
    const work *w;
    void *queue;
} lane;

/* ---- what a run does ---- */

static void empty(void *ctx) { ((lane *)ctx)->queue = ((lane *)ctx)->peer->make(); }

static void filled(void *ctx)
{
    empty(ctx);
    ((lane *)ctx)->peer->push(((lane *)ctx)->queue, ((lane *)ctx)->w->held);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->queue); }

static uint64_t push(void *ctx)
{
    lane *l = (lane *)ctx;

    l->peer->push(l->queue, l->w->n);
    return 0;
}

static uint64_t pushed(void *ctx)
{
    return ((lane *)ctx)->peer->sum(((lane *)ctx)->queue);
}

static uint64_t fifo(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->fifo(l->queue, l->w->n);
}

static uint64_t at(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->index(l->queue, l->w->at, l->w->n);
}

static uint64_t rotate(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->rotate(l->queue, STEPS, l->w->n);
}

static uint64_t walk(void *ctx)
{
    return ((lane *)ctx)->peer->walk(((lane *)ctx)->queue);
}

/* ---- contests ---- */

static void contest(const work *w, bench_contestant how, const bench_bar *bars,
                    size_t bar_count, bench_contestant python)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char what[64];

    for (size_t k = 0; k < PEERS; k++) {
        bool unable = how.run == at && !peers[k]->index;
        lanes[k] = (lane){peers[k], w, NULL};
        all[k] = how;
        all[k].name = peers[k]->name;
        all[k].ctx = &lanes[k];
        all[k].skipped = peers[k]->skipped ? peers[k]->skipped
                         : unable          ? "indexing walks the list"
                                           : NULL;
    }
    all[PEERS] = python;
    snprintf(what, sizeof what, "deque of %zu: %s", w->held ? w->held : w->n, w->name);
    bench_run(&(bench_contest){.what = what,
                               .n = w->n,
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[PEERS]);
}

static bench_contestant python(const work *w, const char *path)
{
    char n[32], held[32];

    snprintf(n, sizeof n, "%zu", w->n);
    snprintf(held, sizeof held, "%zu", w->held);
    return bench_python("collections/peers/queue.py",
                        (const char *[]){w->name, n, held, path, NULL});
}

static void pushes(void)
{
    work w = {"push", bench_size(10000000, 10000), 0, NULL};

    contest(&w,
            (bench_contestant){
                .run = push, .prepare = empty, .check = pushed, .finish = freed},
            push_bars, BENCH_COUNT(push_bars), python(&w, NULL));
}

static void fifos(void)
{
    work w = {"fifo", bench_size(10000000, 10000), FIFO_HELD, NULL};

    contest(&w, (bench_contestant){.run = fifo, .prepare = filled, .finish = freed},
            fifo_bars, BENCH_COUNT(fifo_bars), python(&w, NULL));
}

/* In a large deque CPython's walk over the blocks would take minutes. */
static void indexes(size_t held, bool with_python)
{
    size_t n = bench_size(1000000, 10000);
    int64_t *places = (int64_t *)bench_alloc(n, sizeof *places);
    work w = {"index", n, held, places};
    bench_contestant left_out = {.name = "CPython",
                                 .skipped = "indexing walks the blocks"};

    bench_random(places, n, 0);
    for (size_t k = 0; k < n; k++) places[k] = (int64_t)((uint64_t)places[k] % held);
    char *path = bench_file(places, n * sizeof *places);
    contest(&w, (bench_contestant){.run = at, .prepare = filled, .finish = freed},
            index_bars, BENCH_COUNT(index_bars) - !with_python,
            with_python ? python(&w, path) : left_out);
    bench_file_end(path);
    free(places);
}

static void rotations(void)
{
    work w = {"rotate", bench_size(1000000, 10000), FIFO_HELD, NULL};

    contest(&w, (bench_contestant){.run = rotate, .prepare = filled, .finish = freed},
            NULL, 0, python(&w, NULL));
}

static void walks(size_t held)
{
    work w = {"walk", held, held, NULL};

    contest(&w, (bench_contestant){.run = walk, .prepare = filled, .finish = freed},
            walk_bars, BENCH_COUNT(walk_bars), python(&w, NULL));
}

int main(void)
{
    bench_begin(
        "Deques of int64. Rotations are by 7; a row's time is that of one operation.");
    pushes();
    fifos();
    indexes(bench_size(10000, 1000), true);
    indexes(bench_size(10000000, 10000), false);
    rotations();
    walks(bench_size(10000, 10000));
    walks(bench_size(1000000, 20000));
    return bench_end();
}
