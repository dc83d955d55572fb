/* bench_set.c - algebra of sets of int64, against the sets of C, C++ and CPython.
 *
 * Random elements. Two sets of a size, half of them common; two of a size without a
 * common element; a small set, a hundredth, with a large one, and the other way round,
 * half of the small one common. A subset is the whole of the other set, put in in
 * another order, or a hundredth of it. The result is a new set, and freeing it is not
 * timed. The time is for an element of either operand, but for issubset, where it is
 * for one of the first.
 */
#include "../bench.h"
#include "peers/setops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pila first: the ratios are to it. */
static const setops_peer *const peers[] = {&setops_pila, &setops_boost, &setops_absl,
                                           &setops_std, &setops_glib};

enum { PEERS = BENCH_COUNT(peers), ISSUBSET = SETOPS_BINARY, SMALL = 100 };

static const char *const operations[] = {"union", "intersection", "difference",
                                         "symmetric difference", "issubset"};

static const bench_bar bars[] = {
    {"pila", BENCH_AT_MOST, 1.0, "boost::unordered_flat_set"},
    {"pila", BENCH_FASTER, 4.0, "CPython"},
};

/* The elements of two sets, side by side. */
typedef struct inputs {
    const char *shape;
    int64_t *keys;
    size_t n, m;
} inputs;

typedef struct lane {
    const setops_peer *peer;
    void *a, *b, *made;
    int op;
} lane;

static uint64_t combine(void *ctx)
{
    lane *l = (lane *)ctx;

    l->made = l->peer->combine[l->op](l->a, l->b);
    return 0;
}

static uint64_t combined(void *ctx)
{
    return ((lane *)ctx)->peer->sum(((lane *)ctx)->made);
}

static void freed(void *ctx) { ((lane *)ctx)->peer->free(((lane *)ctx)->made); }

static uint64_t issubset(void *ctx)
{
    lane *l = (lane *)ctx;
    return l->peer->issubset(l->a, l->b);
}

static bench_contestant python(int op, const inputs *in, const char *path)
{
    char n[32], m[32];

    snprintf(n, sizeof n, "%zu", in->n);
    snprintf(m, sizeof m, "%zu", in->m);
    return bench_python("collections/peers/setops.py",
                        (const char *[]){operations[op], path, n, m, NULL});
}

static void contest(int op, const inputs *in, lane *lanes, const char *path,
                    bench_tally *tally)
{
    bench_contestant all[PEERS + 1];
    char what[96];
    size_t items = op == ISSUBSET ? in->n : in->n + in->m;

    for (size_t k = 0; k < PEERS; k++) {
        all[k] = op == ISSUBSET ? (bench_contestant){.run = issubset}
                                : (bench_contestant){.run = combine,
                                                     .check = combined,
                                                     .finish = freed};
        all[k].name = lanes[k].peer->name;
        all[k].skipped = lanes[k].peer->skipped;
        all[k].ctx = &lanes[k];
        lanes[k].op = op;
    }
    all[PEERS] = python(op, in, path);
    snprintf(what, sizeof what, "int64 set: %s, %s", operations[op], in->shape);
    bench_run(&(bench_contest){.what = what,
                               .n = in->n > in->m ? in->n : in->m,
                               .amount = (double)items,
                               .repeat = bench_repeat(items),
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars),
                               .tally = tally});
    bench_python_end(&all[PEERS]);
}

static void shape(const inputs *in, int from, int to, bench_tally *tally)
{
    char *path = bench_file(in->keys, (in->n + in->m) * sizeof *in->keys);
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){.peer = peers[k]};
        if (peers[k]->skipped) continue;
        lanes[k].a = peers[k]->make(in->keys, in->n);
        lanes[k].b = peers[k]->make(in->keys + in->n, in->m);
    }
    for (int op = from; op < to; op++) contest(op, in, lanes, path, tally);
    for (size_t k = 0; k < PEERS; k++) {
        if (peers[k]->skipped) continue;
        peers[k]->free(lanes[k].a);
        peers[k]->free(lanes[k].b);
    }
    bench_file_end(path);
}

/* n elements and m others, of which `common` are among the n. */
static inputs make_inputs(const char *name, size_t n, size_t m, size_t common)
{
    int64_t *keys = (int64_t *)bench_alloc(n + m, sizeof *keys);
    inputs in = {name, keys, n, m};

    bench_random(keys, n, 0);
    memcpy(keys + n, keys, common * sizeof *keys);
    bench_random(keys + n + common, m - common, UINT64_C(1) << 40);
    bench_shuffle(keys + n, m, 1);
    bench_shuffle(keys, n, 2);
    return in;
}

/* The other way round. */
static void turn(inputs *in, const char *name)
{
    size_t all = in->n + in->m, n = in->n;
    int64_t *turned = (int64_t *)bench_alloc(all, sizeof *turned);

    memcpy(turned, in->keys + n, in->m * sizeof *turned);
    memcpy(turned + in->m, in->keys, n * sizeof *turned);
    free(in->keys);
    *in = (inputs){name, turned, in->m, n};
}

static void size(size_t n, bench_tally *tally)
{
    size_t small = n / SMALL;
    inputs in = make_inputs("half common", n, n, n / 2);

    shape(&in, 0, SETOPS_BINARY, tally);
    free(in.keys);
    in = make_inputs("nothing common", n, n, 0);
    shape(&in, 0, SETOPS_BINARY, tally);
    free(in.keys);
    in = make_inputs("large and small", n, small, small / 2);
    shape(&in, 0, SETOPS_BINARY, tally);
    turn(&in, "small and large");
    shape(&in, 0, SETOPS_BINARY, tally);
    free(in.keys);
    in = make_inputs("all", n, n, n);
    shape(&in, ISSUBSET, ISSUBSET + 1, tally);
    free(in.keys);
    in = make_inputs("a hundredth", n, small, small);
    turn(&in, "a hundredth");
    shape(&in, ISSUBSET, ISSUBSET + 1, tally);
    free(in.keys);
}

int main(void)
{
    static const size_t sizes[] = {1000, 100000, 1000000};
    static const size_t quick[] = {300, 1000, 3000};
    bench_tally tally = {0};
    size_t done = 0;

    bench_begin("Algebra of sets of int64, random elements.");
    for (size_t k = 0; k < BENCH_COUNT(sizes); k++) {
        size_t n = bench_size(sizes[k], quick[k]);
        if (n > done) size(n, &tally);
        done = n;
    }
    bench_tally_report(&tally, "int64 set: all operations, shapes and sizes", bars,
                       BENCH_COUNT(bars));
    return bench_end();
}
