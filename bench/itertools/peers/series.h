/* series.h - one iterator of itertools at a time, for bench_zip, bench_select and
 * bench_sources: what it yields is added up modulo 2**64. A peer has NULL for what its
 * language's library lacks. */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct series {
    int64_t n;            /* items */
    const int64_t *items; /* 0, 1, ... */
    const uint8_t *flags; /* whether an item is divisible by three */
} series;

typedef uint64_t series_work(const series *s);

typedef struct series_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    /* zip */
    series_work *zip;     /* of range(n) and range(n): products */
    series_work *longest; /* of range(n) and half of it, filled by 1: products */
    series_work *starmap; /* map of both ranges by mul */
    series_work *robin;   /* a third of n, three times, in turn */
    series_work *grouper; /* pairs of range(n): products */
    /* select */
    series_work *takewhile;   /* range(n) below nine tenths of n */
    series_work *dropwhile;   /* the same, dropped */
    series_work *filterfalse; /* range(n) but for what is divisible by three */
    series_work *compress;    /* the items by the flags */
    /* sources */
    series_work *range;
    series_work *count;     /* n of count(1, 2) */
    series_work *count_f64; /* n of count(0.0, 0.5) */
    series_work *repeat;    /* 7, n times */
    series_work *reversed;  /* the items, last one first */
    series_work *from_fn;   /* what a function makes, until it has made n */
} series_peer;

/* With kernels and PILA_FOR, with callbacks, and with pila_sum_i64. */
extern const series_peer series_pila, series_pila_fn, series_pila_sum;
extern const series_peer series_rust;

#ifdef __cplusplus
}
#endif

#endif
