/* coroutine_ucontext.c - a coroutine by hand on POSIX's ucontext. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "../../bench.h"
#include "coroutine.h"

#include <stdlib.h>
#include <ucontext.h>

enum { STACK = 64 << 10 };

typedef struct coroutine {
    ucontext_t self, back;
    char *stack;
    size_t n;
    int64_t item, sent;
    int done;
} coroutine;

static coroutine *made; /* by start, for the function that begins */

static void yields(void)
{
    coroutine *c = made;

    for (size_t k = 0; k < c->n; k++) {
        c->item = (int64_t)k;
        swapcontext(&c->self, &c->back);
    }
    c->done = 1;
    swapcontext(&c->self, &c->back);
}

static void echoes(void)
{
    coroutine *c = made;

    for (;;) {
        swapcontext(&c->self, &c->back);
        c->item = c->sent + 1;
    }
}

static void start(coroutine *c, void (*body)(void), size_t n)
{
    getcontext(&c->self);
    c->stack = (char *)bench_alloc(STACK, 1);
    c->self.uc_stack.ss_sp = c->stack;
    c->self.uc_stack.ss_size = STACK;
    c->self.uc_link = NULL;
    c->n = n;
    c->done = 0;
    makecontext(&c->self, body, 0);
    made = c;
}

static uint64_t numbers(size_t n)
{
    coroutine c;
    uint64_t sum = 0;

    start(&c, yields, n);
    for (;;) {
        swapcontext(&c.back, &c.self);
        if (c.done) break;
        sum += (uint64_t)c.item;
    }
    free(c.stack);
    return sum;
}

static uint64_t dialogue(size_t n)
{
    coroutine c;
    uint64_t sum = 0;

    start(&c, echoes, n);
    swapcontext(&c.back, &c.self);
    for (size_t k = 0; k < n; k++) {
        c.sent = (int64_t)k;
        swapcontext(&c.back, &c.self);
        sum += (uint64_t)c.item;
    }
    free(c.stack);
    return sum;
}

static uint64_t few(size_t n)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) sum += numbers(COROUTINE_FEW);
    return sum;
}

const coroutine_peer coroutine_ucontext = {.name = "ucontext",
                                           .numbers = numbers,
                                           .dialogue = dialogue,
                                           .few = few};
