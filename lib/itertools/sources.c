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
 * A count is a range of as many items as int64_t holds, and ends with a fault. One of
 * doubles adds up, as Python does: start + k * step would be other numbers.
 *
 * repeat writes its window once and hands it out again: the first item in it is a copy
 * that it owns, the others are the same bytes.
 *
 * Rejected: computing start + k * step, a 64-bit multiply that SSE2 lacks; and windows
 * of 1 or 16 KiB, which made no difference beyond noise.
 */
#include "sources.h"

#include "../core/keep.h"
#include "stage.h"

#include <assert.h>

enum { RANGE_WINDOW = 512 }; /* items: 4 KiB */

/* All of them have one stamp, so that what reads several sees that none changes. */
static pila_iter source_make(const pila_type *type, const pila_iter_ops *ops,
                             void *state)
{
    pila_iter it = pila_iter_make(type, ops, state);

    it.stamp = &pila__still;
    return it;
}

/* A state with a window for items, and no source; NULL: no memory. */
static void *source_new(size_t bytes, const pila_type *type)
{
    pila_iter none = pila_failed(PILA_END);

    return pila__stage_new(&none, bytes, type);
}

/* ---- range and count ---- */

typedef struct range_state {
    uint64_t next; /* the first item, until the first window is made */
    uint64_t step; /* modulo 2^64, so a negative one is large */
    uint64_t left; /* items not yet in a window */
    bool started;
    pila_status why; /* it ends */
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

    if (n == 0) return pila_iter_end(it, r->why);
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

static pila_iter range_make(uint64_t first, uint64_t step, uint64_t count,
                            pila_status why)
{
    static const pila_iter_ops ops = {range_refill, range_drop, range_hint};
    range_state *r = (range_state *)pila_alloc(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    r->next = first;
    r->step = step;
    r->left = count;
    r->started = false;
    r->why = why;
    return source_make(&pila_i64, &ops, r);
}

pila_iter pila_range(int64_t start, int64_t stop, int64_t step)
{
    if (step == 0) return pila_failed(PILA_EVALUE);
    return range_make((uint64_t)start, (uint64_t)step, range_count(start, stop, step),
                      PILA_END);
}

pila_iter pila_range_reversed(int64_t start, int64_t stop, int64_t step)
{
    uint64_t count, last;

    if (step == 0) return pila_failed(PILA_EVALUE);
    count = range_count(start, stop, step);
    last = (uint64_t)start + (count - 1) * (uint64_t)step;
    return range_make(last, 0 - (uint64_t)step, count, PILA_END);
}

/* Items that fit int64_t: one more than before its last value, if it is not met. Of all
 * 2^64 of them, by steps of 1, the last is left out: that is 600 years off. */
pila_iter pila_count(int64_t start, int64_t step)
{
    int64_t edge = step > 0 ? INT64_MAX : INT64_MIN;
    uint64_t span, stride, count;

    if (step == 0) return pila_repeat(&start, &pila_i64, PILA_FOREVER);
    span =
        step > 0 ? (uint64_t)edge - (uint64_t)start : (uint64_t)start - (uint64_t)edge;
    stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    count = span / stride;
    if (count != UINT64_MAX) count++;
    return range_make((uint64_t)start, (uint64_t)step, count, PILA_EOVERFLOW);
}

typedef struct count_state {
    double next, step;
    double window[RANGE_WINDOW];
} count_state;

static bool count_refill(pila_iter *it)
{
    count_state *c = (count_state *)it->state;
    double next = c->next;

    for (size_t k = 0; k < RANGE_WINDOW; k++, next += c->step) c->window[k] = next;
    c->next = next;
    it->cur = (const char *)c->window;
    it->end = (const char *)(c->window + RANGE_WINDOW);
    return true;
}

static size_t count_hint(const pila_iter *it)
{
    (void)it;
    return SIZE_MAX;
}

pila_iter pila_count_f64(double start, double step)
{
    static const pila_iter_ops ops = {count_refill, range_drop, count_hint};
    count_state *c = (count_state *)pila_alloc(1, sizeof *c);

    if (!c) return pila_failed(PILA_ENOMEM);
    c->next = start;
    c->step = step;
    return source_make(&pila_f64, &ops, c);
}

/* ---- repeat ---- */

typedef struct again_state {
    pila__stage base;
    const pila_type *type;
    pila_buf text; /* what the views of the item show */
    size_t left;   /* PILA_FOREVER stays */
} again_state;

static bool again_refill(pila_iter *it)
{
    again_state *r = (again_state *)it->state;
    size_t n = r->left < r->base.room ? r->left : r->base.room;

    if (n == 0) return pila_iter_end(it, PILA_END);
    if (r->left != PILA_FOREVER) r->left -= n;
    it->cur = r->base.window;
    it->end = it->cur + n * r->type->size;
    return true;
}

static pila_iter again_drop(pila_iter *it)
{
    again_state *r = (again_state *)it->state;

    pila__unkeep(r->type, r->base.window, 1);
    pila_buf_done(&r->text);
    return pila__stage_drop(it);
}

static size_t again_hint(const pila_iter *it)
{
    return ((const again_state *)it->state)->left;
}

pila_iter pila_repeat(const void *item, const pila_type *type, size_t times)
{
    static const pila_iter_ops ops = {again_refill, again_drop, again_hint};
    pila_status st;

    if (type->size == 0) return pila_failed(PILA_ETYPE);
    again_state *r = (again_state *)source_new(sizeof *r, type);
    if (!r) return pila_failed(PILA_ENOMEM);
    r->type = type;
    r->left = times;
    st = pila__keep(type, r->base.window, item, 1, &r->text);
    if (st != PILA_OK) {
        pila_buf_done(&r->text);
        pila_free(r);
        return pila_failed(st);
    }
    size_t n = times < r->base.room ? times : r->base.room;
    for (size_t k = 1; k < n; k++)
        memcpy(r->base.window + k * type->size, r->base.window, type->size);
    return source_make(type, &ops, r);
}

/* ---- an array backwards ---- */

typedef struct back_state {
    pila__stage base;
    const char *items;
    size_t left; /* of the array, not yet in a window */
} back_state;

/* n items before `from`, last one first; inlined with a constant size. Two at a time:
 * of small ones that is one load and one store. */
PILA_INLINE void back_fill(char *out, const char *from, size_t n, size_t size)
{
    size_t k = 0;

    for (; k + 2 <= n; k += 2, out += 2 * size) {
        from -= 2 * size;
        memcpy(out, from + size, size);
        memcpy(out + size, from, size);
    }
    if (k < n) memcpy(out, from - size, size);
}

static bool back_refill(pila_iter *it)
{
    back_state *b = (back_state *)it->state;
    size_t size = it->type->size;
    size_t n = b->left < b->base.room ? b->left : b->base.room;
    const char *from = b->items + b->left * size;

    if (n == 0) return pila_iter_end(it, PILA_END);
    switch (size) {
    case 4: back_fill(b->base.window, from, n, 4); break;
    case 8: back_fill(b->base.window, from, n, 8); break;
    case 16: back_fill(b->base.window, from, n, 16); break;
    default: back_fill(b->base.window, from, n, size); break;
    }
    b->left -= n;
    it->cur = b->base.window;
    it->end = it->cur + n * size;
    return true;
}

static size_t back_hint(const pila_iter *it)
{
    return ((const back_state *)it->state)->left;
}

pila_iter pila_span_reversed(const void *items, size_t n, const pila_type *type)
{
    static const pila_iter_ops ops = {back_refill, pila__stage_drop, back_hint};
    pila_iter forward = pila_span(items, n, type); /* checks the same */

    if (forward.status != PILA_OK || n == 0) return forward;
    back_state *b = (back_state *)source_new(sizeof *b, type);
    if (!b) return pila_failed(PILA_ENOMEM);
    b->items = (const char *)items;
    b->left = n;
    return source_make(type, &ops, b);
}

/* ---- callbacks ---- */

typedef enum make_guard { MAKE_IDLE, MAKE_OWNS, MAKE_BUSY } make_guard;

typedef struct make_state {
    pila__stage base;
    pila_make_callback *fn;
    void *ctx;
    const pila_type *type;
    const void *sentinel; /* NULL: none */
    make_guard now;
    make_guard between; /* calls: OWNS where items have something to drop, else IDLE */
} make_state;

static void make_let_go(make_state *m)
{
    if (m->now != MAKE_OWNS) return;
    m->now = MAKE_BUSY; /* a drop may run anything, too */
    pila_type_drop(m->type, m->base.window);
    m->now = MAKE_IDLE;
}

/* An item that equals the sentinel is the end, and is dropped. */
static pila_status make_compare(make_state *m)
{
    bool same = false;
    pila_status st = pila_type_eq(m->type, m->sentinel, m->base.window, &same);

    if (st == PILA_OK && same) st = PILA_END;
    if (st != PILA_OK) pila_type_drop(m->type, m->base.window);
    return st;
}

/* The window is one item: its end never moves, and cur goes back to the start. */
static bool make_refill(pila_iter *it)
{
    make_state *m = (make_state *)it->state;
    pila_status st;

    if (PILA_UNLIKELY(m->now == MAKE_BUSY)) return pila_iter_end(it, PILA_EVALUE);
    make_let_go(m);
    m->now = MAKE_BUSY;
    st = m->fn(m->ctx, m->base.window);
    if (st == PILA_OK && m->sentinel) st = make_compare(m);
    m->now = st == PILA_OK ? m->between : MAKE_IDLE;
    if (PILA_UNLIKELY(it->status != PILA_OK)) return false; /* it was asked meanwhile */
    if (PILA_UNLIKELY(st != PILA_OK)) return pila_iter_end(it, st);
    it->cur = m->base.window;
    return true;
}

static pila_iter make_drop(pila_iter *it)
{
    make_state *m = (make_state *)it->state;

    assert(m->now != MAKE_BUSY && "an iterator is dropped by its own callback");
    make_let_go(m);
    return pila__stage_drop(it);
}

pila_iter pila_from_fn_until(const pila_type *type, pila_make_callback *fn, void *ctx,
                             const void *sentinel)
{
    static const pila_iter_ops ops = {make_refill, make_drop, NULL};

    if (type->size == 0) return pila_failed(PILA_ETYPE);
    make_state *m = (make_state *)source_new(sizeof *m, type);
    if (!m) return pila_failed(PILA_ENOMEM);
    m->fn = fn;
    m->ctx = ctx;
    m->type = type;
    m->sentinel = sentinel;
    m->between = pila_type_plain(type) ? MAKE_IDLE : MAKE_OWNS;
    pila_iter it = source_make(type, &ops, m);
    it.cur = it.end = m->base.window + type->size;
    return it;
}

pila_iter pila_from_fn(const pila_type *type, pila_make_callback *fn, void *ctx)
{
    return pila_from_fn_until(type, fn, ctx, NULL);
}
