/* pipeline.h - range(0, n), those divisible by 3, squared, added up modulo 2**64; and
 * one adaptor at a time over ranges, what it yields added up. */
#ifndef BENCH_PIPELINE_H
#define BENCH_PIPELINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pipeline_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    uint64_t (*sum)(int64_t n);
} pipeline_peer;

extern const pipeline_peer pipeline_pila_kernels, pipeline_pila_callbacks,
    pipeline_hand, pipeline_vtable, pipeline_callbacks, pipeline_rust_boxed,
    pipeline_rust_static;

/* All modulo 2**64. */
typedef struct adaptor_peer {
    const char *name;
    uint64_t (*enumerate)(int64_t n); /* range(n) from 1 on: index times item */
    uint64_t (*chain)(int64_t n);     /* range(n / 2), then range(n / 2, n) */
    uint64_t (*slice)(int64_t n);     /* the middle of range(n), without its tenths */
    uint64_t (*thirds)(int64_t n);    /* every third of range(n) */
} adaptor_peer;

extern const adaptor_peer adaptor_pila, adaptor_hand;

#ifdef __cplusplus
}
#endif

#endif
