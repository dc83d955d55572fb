/* queue.h - the shape of a deque of int64, as bench_deque.c drives it. */
#ifndef BENCH_QUEUE_H
#define BENCH_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct queue_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    void *(*make)(void); /* empty */
    void (*free)(void *queue);
    /* Append 0, 1, ... n-1. */
    void (*push)(void *queue, size_t n);
    /* Pop all from the left: the sum of place times item, from place 1. */
    uint64_t (*sum)(void *queue);
    /* n times: pop left, add it up, append it + 1. */
    uint64_t (*fifo)(void *queue, size_t n);
    /* The sum of the items at these places; NULL where it is no O(1) operation. */
    uint64_t (*index)(void *queue, const int64_t *at, size_t n);
    /* n times: rotate by `steps` to the right, add up what is leftmost then. */
    uint64_t (*rotate)(void *queue, size_t steps, size_t n);
    /* The sum of all items, from left to right. */
    uint64_t (*walk)(const void *queue);
} queue_peer;

extern const queue_peer queue_pila, queue_std, queue_glib, queue_array;

#ifdef __cplusplus
}
#endif

#endif
