/* sources.c - see sources.h.
 *
 * A range is how many items are left and a window of the last 512. Items are computed
 * modulo 2^64: every one that is yielded fits int64_t, so wrapping on the way to it is
 * harmless, and neither edge needs a case of its own. The count of a range never
 * exceeds 2^64 - 1, since stop itself is left out.
 *
 * Every window after the first is the one before plus 512 steps: one addition an item,
 * over a constant number of items, which compilers turn into vectors at -O2. It is done
 * to whole windows; what lies behind the end of the last one is never read.
 *
 * Rejected: computing start + k * step, a 64-bit multiply that SSE2 lacks; and windows
 * of 1 or 16 KiB, which made no difference beyond noise.
 */
#include "sources.h"

enum { RANGE_WINDOW = 512 }; /* items: 4 KiB */

typedef struct range_state {
    uint64_t next; /* the first item, until the first window is made */
    uint64_t step; /* modulo 2^64, so a negative one is large */
    uint64_t left; /* items not yet in a window */
    bool started;
    uint64_t window[RANGE_WINDOW];
} range_state;

static void range_first(range_state *r, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        r->window[k] = r->next;
        r->next += r->step;
    }
    r->started = true;
}

static void range_advance(range_state *r)
{
    uint64_t hop = r->step * RANGE_WINDOW;

    for (size_t k = 0; k < RANGE_WINDOW; k++) r->window[k] += hop;
}

static bool range_refill(pila_iter *it)
{
    range_state *r = (range_state *)it->state;
    size_t n = r->left < RANGE_WINDOW ? (size_t)r->left : (size_t)RANGE_WINDOW;

    if (n == 0) return pila_iter_end(it, PILA_END);
    if (r->started) range_advance(r);
    else range_first(r, n);
    r->left -= n;
    it->cur = (const char *)r->window;
    it->end = (const char *)(r->window + n);
    return true;
}

static pila_iter range_drop(pila_iter *it)
{
    pila_free(it->state);
    return pila_failed(PILA_END);
}

static size_t range_hint(const pila_iter *it)
{
    uint64_t left = ((const range_state *)it->state)->left;

    return left > SIZE_MAX ? SIZE_MAX : (size_t)left;
}

/* Items of range(start, stop, step); step is not 0. */
static uint64_t range_count(int64_t start, int64_t stop, int64_t step)
{
    uint64_t span, stride;

    if (step > 0 ? start >= stop : start <= stop) return 0;
    span =
        step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    return (span - 1) / stride + 1;
}

static pila_iter range_make(uint64_t first, uint64_t step, uint64_t count)
{
    static const pila_iter_ops ops = {range_refill, range_drop, range_hint};
    range_state *r = (range_state *)pila_alloc(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    r->next = first;
    r->step = step;
    r->left = count;
    r->started = false;
    return pila_iter_make(&pila_i64, &ops, r);
}

pila_iter pila_range(int64_t start, int64_t stop, int64_t step)
{
    if (step == 0) return pila_failed(PILA_EVALUE);
    return range_make((uint64_t)start, (uint64_t)step, range_count(start, stop, step));
}

pila_iter pila_range_reversed(int64_t start, int64_t stop, int64_t step)
{
    uint64_t count, last;

    if (step == 0) return pila_failed(PILA_EVALUE);
    count = range_count(start, stop, step);
    last = (uint64_t)start + (count - 1) * (uint64_t)step;
    return range_make(last, 0 - (uint64_t)step, count);
}
