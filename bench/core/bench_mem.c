/* bench_mem.c - what pila_alloc, pila_realloc and pila_free cost over malloc, which
 * they call through the hook: checked arithmetic and an indirect call.
 *
 * pairs: a block and its release, again and again. batch: a thousand blocks of mixed
 * sizes, then all released. growth: a block that is made half as large again until it
 * holds a MiB.
 */
#include "../bench.h"

#include <pila/core/mem.h>

#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000, GROW_TO = 1 << 20 };

typedef struct heap {
    void *(*alloc)(size_t bytes);
    void *(*resize)(void *p, size_t bytes);
    void (*release)(void *p);
} heap;

/* Each is called through a pointer, so that neither side is inlined, nor a pair of
 * malloc and free left out. */
static void *pila_heap_alloc(size_t bytes) { return pila_alloc(bytes, 1); }

static void *pila_heap_resize(void *p, size_t bytes)
{
    return pila_realloc(p, bytes, 1);
}

static const heap by_pila = {pila_heap_alloc, pila_heap_resize, pila_free};
static const heap by_malloc = {malloc, realloc, free};

static void *must(void *p)
{
    if (!p) bench_die("no memory");
    return p;
}

typedef struct lane {
    const heap *heap;
    size_t n;
} lane;

static uint64_t pairs(void *ctx)
{
    const lane *l = (const lane *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < l->n; k++) {
        unsigned char *p = (unsigned char *)must(l->heap->alloc(16 + k % 64));
        p[15] = (unsigned char)k;
        sum += p[15];
        l->heap->release(p);
    }
    return sum;
}

static uint64_t batches(void *ctx)
{
    const lane *l = (const lane *)ctx;
    unsigned char *blocks[BATCH];
    uint64_t sum = 0;

    for (size_t done = 0; done < l->n; done += BATCH) {
        for (size_t k = 0; k < BATCH; k++) {
            blocks[k] = (unsigned char *)must(l->heap->alloc(16 + k * 37 % 500));
            blocks[k][0] = (unsigned char)k;
        }
        for (size_t k = 0; k < BATCH; k++) {
            sum += blocks[k][0];
            l->heap->release(blocks[k]);
        }
    }
    return sum;
}

static uint64_t growth(void *ctx)
{
    const lane *l = (const lane *)ctx;
    uint64_t steps = 0;

    for (size_t k = 0; k < l->n; k++) {
        size_t bytes = 16;
        void *p = must(l->heap->alloc(bytes));
        for (; bytes < GROW_TO; steps++) {
            bytes = pila_mem_grow(bytes, bytes + 1, 1);
            p = must(l->heap->resize(p, bytes));
        }
        l->heap->release(p);
    }
    return steps;
}

static void contest(const char *what, uint64_t (*run)(void *), size_t n)
{
    static const bench_bar bar = {"pila", BENCH_AT_MOST, 1.4, "malloc"};
    lane lanes[] = {{&by_pila, n}, {&by_malloc, n}};
    bench_contestant all[] = {{.name = "pila", .run = run, .ctx = &lanes[0]},
                              {.name = "malloc", .run = run, .ctx = &lanes[1]}};

    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .repeat = bench_repeat(n),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = &bar,
                               .bar_count = 1});
}

int main(void)
{
    bench_begin("Allocation through the hook, and without it.");
    contest("alloc and free, 16 to 79 bytes", pairs, bench_size(1000000, 10000));
    contest("a batch of blocks, 16 to 515 bytes", batches, bench_size(1000000, 10000));
    contest("realloc up to a MiB", growth, bench_size(1000, 10));
    return bench_end();
}
