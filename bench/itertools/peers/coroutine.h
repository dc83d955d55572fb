/* coroutine.h - the work of bench_generator: what a coroutine yields is added up modulo
 * 2**64. A peer has NULL for what it leaves out. */
#ifndef BENCH_COROUTINE_H
#define BENCH_COROUTINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { COROUTINE_LEVELS = 100, COROUTINE_FEW = 3 };

typedef struct coroutine_peer {
    const char *name;
    const char *skipped;            /* why it does not take part; NULL: it does */
    uint64_t (*numbers)(size_t n);  /* 0, 1, ... */
    uint64_t (*dialogue)(size_t n); /* each number sent comes back plus one */
    uint64_t (*levels)(size_t n);   /* the numbers, yielded from below 100 times */
    uint64_t (*few)(size_t n);      /* n coroutines of three numbers each */
} coroutine_peer;

/* One by one; windows of 64; one by one with kept stacks. */
extern const coroutine_peer coroutine_pila, coroutine_pila_many, coroutine_pila_kept;
extern const coroutine_peer coroutine_ucontext, coroutine_std, coroutine_boost;

#ifdef __cplusplus
}
#endif

#endif
