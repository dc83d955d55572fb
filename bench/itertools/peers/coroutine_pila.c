/* coroutine_pila.c - generators of pila, for bench_generator. */
#include "../../bench.h"
#include "coroutine.h"

#include <pila/itertools/generator.h>

enum { MANY = 64 };

static pila_status one_by_one(pila_generator *g, void *ctx)
{
    size_t n = *(size_t *)ctx;
    pila_status st = PILA_OK;

    for (size_t k = 0; st == PILA_OK && k < n; k++) {
        int64_t item = (int64_t)k;
        st = pila_yield(g, &item);
    }
    return st;
}

static pila_status many(pila_generator *g, void *ctx)
{
    size_t n = *(size_t *)ctx;
    int64_t items[MANY];
    pila_status st = PILA_OK;

    for (size_t k = 0; st == PILA_OK && k < n;) {
        size_t m = 0;
        while (m < MANY && k < n) items[m++] = (int64_t)k++;
        st = pila_yield_many(g, items, m);
    }
    return st;
}

static uint64_t total(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += (uint64_t)*x;
    if (it.status != PILA_END) bench_die("generator: %s", pila_status_text(it.status));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t numbers(size_t n)
{
    return total(pila_generate(one_by_one, &n, &pila_i64));
}

static uint64_t numbers_many(size_t n)
{
    return total(pila_generate(many, &n, &pila_i64));
}

static pila_status echo(pila_generator *g, void *ctx)
{
    int64_t item = 0;

    (void)ctx;
    for (;;) {
        pila_status st = pila_yield(g, &item);
        if (st != PILA_OK) return st;
        item = *(const int64_t *)pila_sent(g) + 1;
    }
}

static uint64_t dialogue(size_t n)
{
    pila_iter it = pila_generate(echo, NULL, &pila_i64);
    const void *item = pila_next_item(&it);
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t x = (int64_t)k;
        if (pila_generator_send(&it, &x, &item) != PILA_OK) bench_die("send");
        sum += (uint64_t) * (const int64_t *)item;
    }
    pila_iter_drop(&it);
    return sum;
}

typedef struct level {
    size_t n;
    int above;
} level;

static pila_status from_below(pila_generator *g, void *ctx)
{
    level l = *(level *)ctx;

    if (l.above-- == 0) return one_by_one(g, &l.n);
    return pila_yield_from(g, pila_generate(from_below, &l, &pila_i64), NULL);
}

static uint64_t levels(size_t n)
{
    level l = {n, COROUTINE_LEVELS};

    return total(pila_generate(from_below, &l, &pila_i64));
}

static uint64_t few_with(size_t n, pila_stacks *stacks)
{
    pila_generator_options o = {0, NULL, stacks, false};
    size_t three = COROUTINE_FEW;
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += total(pila_generate_with(one_by_one, &three, &pila_i64, &o));
    return sum;
}

static uint64_t few(size_t n) { return few_with(n, NULL); }

static uint64_t few_kept(size_t n)
{
    pila_stacks stacks = {0, 0, 0, NULL};
    uint64_t sum = few_with(n, &stacks);

    pila_stacks_done(&stacks);
    return sum;
}

const coroutine_peer coroutine_pila = {"pila", NULL, numbers, dialogue, levels, few};
const coroutine_peer coroutine_pila_many = {.name = "pila, windows of 64",
                                            .numbers = numbers_many};
const coroutine_peer coroutine_pila_kept = {.name = "pila, kept stacks",
                                            .few = few_kept};
