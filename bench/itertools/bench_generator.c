/* bench_generator.c - generators: numbers yielded and added up, a dialogue by send, a
 * hundred levels of yield from, and many that live shortly.
 */
#include "../bench.h"
#include "peers/coroutine.h"

#include <stdio.h>

static const coroutine_peer *const peers[] = {
    &coroutine_pila,     &coroutine_pila_many, &coroutine_pila_kept,
    &coroutine_ucontext, &coroutine_boost,     &coroutine_std,
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    uint64_t (*work)(size_t n);
    size_t n;
} lane;

static uint64_t work(void *ctx)
{
    const lane *l = (const lane *)ctx;
    return l->work(l->n);
}

static uint64_t (*operation(const coroutine_peer *p, size_t which))(size_t n)
{
    uint64_t (*const all[])(size_t) = {p->numbers, p->dialogue, p->levels, p->few};

    return all[which];
}

static void contest(const char *what, size_t which, size_t n, const bench_bar *bars,
                    size_t bar_count)
{
    static const char *const names[] = {"numbers", "dialogue", "levels", "few"};
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char text[32];
    size_t count = 0;

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){operation(peers[k], which), n};
        if (!lanes[k].work && !peers[k]->skipped) continue;
        all[count++] = (bench_contestant){.name = peers[k]->name,
                                          .skipped = peers[k]->skipped,
                                          .run = work,
                                          .ctx = &lanes[k]};
    }
    snprintf(text, sizeof text, "%zu", n);
    all[count] = bench_python("itertools/peers/coroutine.py",
                              (const char *[]){names[which], text, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = count + 1,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[count]);
}

int main(void)
{
    const bench_bar numbers[] = {
        {"pila", BENCH_RATE, 15.0, NULL},
        {"pila", BENCH_FASTER, 15.0, "ucontext"},
        {"pila", BENCH_AT_MOST, 1.0, "boost.context"},
        {"pila", BENCH_FASTER, 3.0, "CPython"},
        {"pila, windows of 64", BENCH_FASTER, 15.0, "CPython"},
    };
    const bench_bar dialogue[] = {{"pila", BENCH_RATE, 15.0, NULL},
                                  {"pila", BENCH_FASTER, 3.0, "CPython"}};
    const bench_bar levels[] = {{"pila", BENCH_FASTER, 15.0, "CPython"}};
    const bench_bar few[] = {{"pila, kept stacks", BENCH_AT_MOST, 1.0, "CPython"}};

    bench_begin("Generators: a row's time is that of one item, or of one generator.");
    contest("numbers, one by one", 0, bench_size(1000000, 100000), numbers,
            BENCH_COUNT(numbers));
    contest("a dialogue by send", 1, bench_size(1000000, 100000), dialogue,
            BENCH_COUNT(dialogue));
    contest("yield from, 100 levels", 2, bench_size(100000, 10000), levels,
            BENCH_COUNT(levels));
    contest("generators of three numbers", 3, bench_size(10000, 1000), few,
            BENCH_COUNT(few));
    return bench_end();
}
