/* queue_glib.c - GQueue, a doubly linked list; an item lives in its data pointer. */
#include "queue.h"

#include <glib.h>

_Static_assert(sizeof(gpointer) == sizeof(int64_t), "an int64 must fit a pointer");

static int64_t glib_unbox(gpointer p) { return (int64_t)(intptr_t)p; }

static void *glib_make(void) { return g_queue_new(); }

static void glib_free(void *q) { g_queue_free((GQueue *)q); }

static void glib_push(void *q, size_t n)
{
    for (size_t k = 0; k < n; k++)
        g_queue_push_tail((GQueue *)q, (gpointer)(intptr_t)k);
}

static uint64_t glib_sum(void *q)
{
    uint64_t total = 0;

    for (uint64_t place = 1; !g_queue_is_empty((GQueue *)q); place++) {
        total += place * (uint64_t)glib_unbox(g_queue_pop_head((GQueue *)q));
    }
    return total;
}

static uint64_t glib_fifo(void *q, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t item = glib_unbox(g_queue_pop_head((GQueue *)q));
        total += (uint64_t)item;
        g_queue_push_tail((GQueue *)q, (gpointer)(intptr_t)(item + 1));
    }
    return total;
}

/* The links themselves move, so nothing is allocated. */
static uint64_t glib_rotate(void *q, size_t steps, size_t n)
{
    GQueue *queue = (GQueue *)q;
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        for (size_t s = 0; s < steps; s++) {
            g_queue_push_head_link(queue, g_queue_pop_tail_link(queue));
        }
        total += (uint64_t)glib_unbox(g_queue_peek_head(queue));
    }
    return total;
}

static uint64_t glib_walk(const void *q)
{
    uint64_t total = 0;

    for (const GList *link = ((const GQueue *)q)->head; link; link = link->next)
        total += (uint64_t)glib_unbox(link->data);
    return total;
}

const queue_peer queue_glib = {
    .name = "GQueue",
    .make = glib_make,
    .free = glib_free,
    .push = glib_push,
    .sum = glib_sum,
    .fifo = glib_fifo,
    .rotate = glib_rotate,
    .walk = glib_walk,
};
