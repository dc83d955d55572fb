/* seq.h - the shape of what makes one sequence of another, as bench_sorted.c and
 * bench_unique.c drive it: the sum of (place from 1) * item over what comes out. */
#ifndef BENCH_SEQ_H
#define BENCH_SEQ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t seq_work(const int64_t *items, size_t n);

typedef struct seq_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    seq_work *sorted, *reversed, *everseen, *unique;
} seq_peer;

extern const seq_peer seq_pila, seq_std;

#ifdef __cplusplus
}
#endif

#endif
