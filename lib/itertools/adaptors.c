/* adaptors.c - see adaptors.h.
 *
 * An adaptor's state is its source, what it does, and, if its items are new ones, a
 * window of 4 KiB behind them in the same block (stage.h). A refill takes what the
 * source has ready (one window at most, so that nothing is read ahead of need), and
 * yields either items of its own window or the source's in place.
 *
 * Invariant: after each refill the adaptor carries its source's stamp, in place or not.
 * So a change of the container at the bottom is seen at the next item of the last
 * adaptor, although a window of results may still be at hand; and a chain needs no
 * second check, since a stamp stands for the one container that the window came from.
 *
 * Callbacks may do anything, and pull from the very iterator that calls them: `busy`
 * turns that into PILA_EVALUE, and what runs meanwhile looks again at its own status.
 * The source is asked through pila_next there, not pila_iter_ready, which divides.
 *
 * Rejected: windows of 1 or 16 KiB, which made no difference beyond noise; and a copy
 * of each item held over filter callbacks, an allocation an item for owned strings, to
 * yield one item more before the same error.
 */
#include "adaptors.h"
#include "stage.h"

#include <assert.h>

/* ---- kernels ---- */

typedef struct kernel_stage {
    pila__stage base;
    pila_kernel kernel;
} kernel_stage;

static bool kernel_refill(pila_iter *it)
{
    kernel_stage *s = (kernel_stage *)it->state;
    pila_iter *src = &s->base.src;
    size_t kept;

    do {
        size_t n = pila_iter_ready(src);
        if (n == 0) return pila_iter_end(it, src->status);
        if (n > s->base.room) n = s->base.room;
        kept = s->kernel.run(s->base.window, src->cur, n, s->kernel.ctx);
        pila_iter_skip(src, n);
    } while (kept == 0);
    return pila__stage_yield(it, src, s->base.window, kept * it->type->size);
}

static pila_iter kernel_make(pila_iter src, pila_kernel kernel, const pila_type *to,
                             const pila_iter_ops *ops)
{
    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    if (kernel.in_size != src.type->size) return pila__stage_refused(&src, PILA_ETYPE);
    kernel_stage *s = (kernel_stage *)pila__stage_new(&src, sizeof *s, to);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->kernel = kernel;
    return pila_iter_make(to, ops, s);
}

pila_iter pila_map(pila_iter src, pila_kernel mapper)
{
    static const pila_iter_ops ops = {kernel_refill, pila__stage_drop,
                                      pila__stage_hint};

    if (!mapper.to)
        return pila__stage_refused(&src, src.status ? src.status : PILA_ETYPE);
    return kernel_make(src, mapper, mapper.to, &ops);
}

pila_iter pila_filter(pila_iter src, pila_kernel predicate)
{
    static const pila_iter_ops ops = {kernel_refill, pila__stage_drop, NULL};

    if (predicate.to)
        return pila__stage_refused(&src, src.status ? src.status : PILA_ETYPE);
    return kernel_make(src, predicate, src.type, &ops);
}

/* ---- callbacks ---- */

/* Whether the callback stage may be entered, and whether its window is to be dropped.
 */
typedef enum guard { GUARD_IDLE, GUARD_OWNS, GUARD_BUSY } guard;

typedef struct map_stage {
    pila__stage base;
    pila_map_callback *fn;
    void *ctx;
    size_t in_size;
    guard now;
    guard between; /* calls: OWNS where items have something to drop, else IDLE */
} map_stage;

static void map_let_go(map_stage *s, const pila_type *type)
{
    if (s->now != GUARD_OWNS) return;
    s->now = GUARD_BUSY; /* a drop may run anything, too */
    pila_type_drop(type, s->base.window);
    s->now = GUARD_IDLE;
}

/* There is no item, the callback failed, or the iterator was asked while it ran. */
static bool map_stop(pila_iter *it, map_stage *s, pila_status st)
{
    bool made = st == PILA_OK && s->between == GUARD_OWNS;

    if (it->status == PILA_OK) return pila_iter_end(it, st);
    if (made) s->now = GUARD_OWNS; /* dropped with the iterator */
    return false;
}

/* The window is one item: its end never moves, and cur goes back to the start. */
static bool map_refill(pila_iter *it)
{
    map_stage *s = (map_stage *)it->state;
    pila_iter *src = &s->base.src;
    const void *item;
    pila_status st;

    if (PILA_UNLIKELY(s->now == GUARD_BUSY)) return pila_iter_end(it, PILA_EVALUE);
    if (PILA_UNLIKELY(s->now == GUARD_OWNS)) map_let_go(s, it->type);
    s->now = GUARD_BUSY;
    item = pila_next(src, s->in_size);
    st = item ? s->fn(s->ctx, item, s->base.window) : src->status;
    s->now = GUARD_IDLE;
    if (PILA_UNLIKELY(st != PILA_OK || it->status != PILA_OK))
        return map_stop(it, s, st);
    s->now = s->between;
    it->cur = s->base.window;
    it->stamp = src->stamp;
    it->seen = src->seen;
    return true;
}

static pila_iter map_drop(pila_iter *it)
{
    map_stage *s = (map_stage *)it->state;

    assert(s->now != GUARD_BUSY && "an iterator is dropped by its own callback");
    map_let_go(s, it->type);
    return pila__stage_drop(it);
}

pila_iter pila_map_fn(pila_iter src, const pila_type *out_type, pila_map_callback *fn,
                      void *ctx)
{
    static const pila_iter_ops ops = {map_refill, map_drop, pila__stage_hint};
    pila_iter it;

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    map_stage *s = (map_stage *)pila__stage_new(&src, sizeof *s, out_type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->fn = fn;
    s->ctx = ctx;
    s->in_size = src.type->size;
    s->between = pila_type_plain(out_type) ? GUARD_IDLE : GUARD_OWNS;
    it = pila_iter_make(out_type, &ops, s);
    it.cur = it.end = s->base.window + out_type->size;
    return it;
}

typedef struct filter_stage {
    pila__stage base;
    pila_filter_callback *fn;
    void *ctx;
    size_t size;
    bool busy;
} filter_stage;

/* On to the next item that is kept; it is behind src->cur then. */
PILA_INLINE pila_status filter_pull(filter_stage *s, pila_iter *src, size_t size)
{
    bool keep = false;

    for (;;) {
        const void *item = pila_next(src, size);
        if (PILA_UNLIKELY(!item)) return src->status;
        pila_status st = s->fn(s->ctx, item, &keep);
        if (PILA_UNLIKELY(st != PILA_OK)) return st;
        if (keep) return *src->stamp == src->seen ? PILA_OK : PILA_EMUTATED;
    }
}

static bool filter_refill(pila_iter *it)
{
    filter_stage *s = (filter_stage *)it->state;
    pila_iter *src = &s->base.src;
    pila_status st;

    if (PILA_UNLIKELY(s->busy)) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    st = filter_pull(s, src, s->size);
    s->busy = false;
    if (PILA_UNLIKELY(it->status != PILA_OK)) return false; /* it re-entered itself */
    if (PILA_UNLIKELY(st != PILA_OK)) return pila_iter_end(it, st);
    return pila__stage_yield(it, src, src->cur - s->size, s->size);
}

static pila_iter filter_drop(pila_iter *it)
{
    assert(!((filter_stage *)it->state)->busy && "dropped by its own callback");
    return pila__stage_drop(it);
}

pila_iter pila_filter_fn(pila_iter src, pila_filter_callback *fn, void *ctx)
{
    static const pila_iter_ops ops = {filter_refill, filter_drop, NULL};

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    filter_stage *s = (filter_stage *)pila__stage_new(&src, sizeof *s, NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->fn = fn;
    s->ctx = ctx;
    s->size = src.type->size;
    return pila_iter_make(src.type, &ops, s);
}

/* ---- enumerate ---- */

typedef struct pair_stage {
    pila__stage base;
    int64_t next;
    bool spent; /* INT64_MAX has been used */
    pila_pair pair;
} pair_stage;

/* n pairs of items of a size; inlined with a constant one. */
PILA_INLINE void pair_fill(pair_stage *s, const char *items, size_t n, size_t size)
{
    char *pair = s->base.window;
    size_t at = s->pair.second_at, stride = s->pair.type.size;
    uint64_t index = (uint64_t)s->next;

    for (size_t k = 0; k < n; k++, pair += stride, items += size, index++) {
        memcpy(pair, &index, sizeof index);
        memcpy(pair + at, items, size);
    }
}

static void pair_fill_window(pair_stage *s, const char *items, size_t n)
{
    size_t size = s->pair.second->size;

    switch (size) {
    case 4: pair_fill(s, items, n, 4); break;
    case 8: pair_fill(s, items, n, 8); break;
    case 16: pair_fill(s, items, n, 16); break;
    default: pair_fill(s, items, n, size); break;
    }
}

static bool pair_refill(pila_iter *it)
{
    pair_stage *s = (pair_stage *)it->state;
    pila_iter *src = &s->base.src;
    size_t n = pila_iter_ready(src);
    uint64_t indices = (uint64_t)INT64_MAX - (uint64_t)s->next; /* after this one */

    if (n == 0) return pila_iter_end(it, src->status);
    if (s->spent) return pila_iter_end(it, PILA_EOVERFLOW);
    if (n > s->base.room) n = s->base.room;
    if (n - 1 >= indices) {
        n = (size_t)indices + 1;
        s->spent = true;
    }
    pair_fill_window(s, src->cur, n);
    s->next = (int64_t)((uint64_t)s->next + n);
    pila_iter_skip(src, n);
    return pila__stage_yield(it, src, s->base.window, n * s->pair.type.size);
}

pila_iter pila_enumerate(pila_iter src, int64_t start)
{
    static const pila_iter_ops ops = {pair_refill, pila__stage_drop, pila__stage_hint};
    pila_pair pair;
    pila_status st;

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    st = pila_pair_init(&pair, &pila_i64, src.type);
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    pair_stage *s = (pair_stage *)pila__stage_new(&src, sizeof *s, &pair.type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->next = start;
    (void)!pila_pair_init(&s->pair, &pila_i64, s->base.src.type); /* as before */
    memset(s->base.window, 0,
           s->base.room * pair.type.size); /* no garbage in padding */
    return pila_iter_make(&s->pair.type, &ops, s);
}

/* ---- chain: a list of sources, so that two chains join in O(1) ---- */

typedef struct chain_link {
    pila_sources drop; /* next is the next link; the rest serves its drop */
    pila_iter src;
} chain_link;

/* The window, when there is one, is head's. */
typedef struct chain_state {
    chain_link *head, *tail;
    chain_link *typed; /* the first that has ended, if its type may be the chain's */
    bool busy;         /* a source is asked, or dropped */
} chain_state;

static bool chain_refill(pila_iter *it);
static pila_iter chain_drop(pila_iter *it);
static size_t chain_hint(const pila_iter *it);

static const pila_iter_ops chain_ops = {chain_refill, chain_drop, chain_hint};

static chain_link *chain_next(const chain_link *link)
{
    return (chain_link *)(void *)link->drop.next;
}

static void chain_pop(chain_state *c, const pila_type *type)
{
    chain_link *link = c->head;

    c->head = chain_next(link);
    if (!c->head) c->tail = NULL;
    if (!c->typed && link->src.type == type) {
        c->typed = link; /* an enumerate's type, say, goes when it is dropped */
        return;
    }
    pila_iter_drop(&link->src);
    pila_free(link);
}

static bool chain_refill(pila_iter *it)
{
    chain_state *c = (chain_state *)it->state;
    pila_iter *src = NULL;
    size_t n = 0;

    if (c->busy) return pila_iter_end(it, PILA_EVALUE);
    c->busy = true;
    while (c->head && n == 0) {
        src = &c->head->src;
        n = pila_iter_ready(src);
        if (n == 0 && src->status != PILA_END) break;
        if (n == 0) chain_pop(c, it->type);
    }
    c->busy = false;
    if (it->status != PILA_OK) return false;
    if (n == 0) return pila_iter_end(it, c->head ? src->status : PILA_END);
    const char *cur = src->cur;
    src->cur = src->end;
    return pila__stage_yield(it, src, cur, (size_t)(src->end - cur));
}

static pila_iter chain_drop(pila_iter *it)
{
    chain_state *c = (chain_state *)it->state;
    chain_link *head = c->head, *tail = c->tail;

    if (c->typed) {
        c->typed->drop.next = head ? &head->drop : NULL;
        head = c->typed;
        if (!tail) tail = head;
    }
    pila_free(c);
    for (chain_link *link = head; link; link = chain_next(link)) {
        link->drop.n = 1;
        link->drop.iter = &link->src;
    }
    return head ? pila_iter_sources(&head->drop, &tail->drop) : pila_failed(PILA_END);
}

static size_t chain_hint(const pila_iter *it)
{
    const chain_state *c = (const chain_state *)it->state;
    size_t total = 0;

    for (const chain_link *link = c->head; link; link = chain_next(link))
        if (!pila_add(total, pila_iter_length_hint(&link->src), &total))
            return SIZE_MAX;
    return total;
}

static pila_iter chain_new(void)
{
    chain_state *c = (chain_state *)pila_alloc(1, sizeof *c);

    if (!c) return pila_failed(PILA_ENOMEM);
    c->head = c->tail = c->typed = NULL;
    c->busy = false;
    return pila_iter_make(NULL, &chain_ops, c);
}

/* A chain that has been read from gives the rest of its window back to its head. */
static void chain_splice(chain_state *c, const pila_type *type, pila_iter *b)
{
    chain_state *from = (chain_state *)b->state;

    if (!c->typed && type == b->type) {
        c->typed = from->typed;
        from->typed = NULL;
    }
    if (b->cur != b->end) from->head->src.cur = b->cur;
    if (!from->head) return;
    if (c->tail) c->tail->drop.next = &from->head->drop;
    else c->head = from->head;
    c->tail = from->tail;
    from->head = from->tail = NULL;
}

/* The type of a chain of both: which of two readings of the same kind is the weaker. */
static bool chain_type(pila_iter *it, const pila_iter *src)
{
    if (src->status != PILA_OK || it->type == src->type) return true;
    if (!it->type) it->type = src->type;
    else if (it->type->kind != src->type->kind || it->type->size != src->type->size ||
             !pila_type_accepts(it->type, src->type))
        return false;
    else if (it->type == &pila_view_padded) it->type = src->type;
    return true;
}

/* Take src over, at the end of the chain; whatever the answer, it is dropped or in. */
static pila_status chain_add(pila_iter *it, pila_iter *src)
{
    chain_state *c = (chain_state *)it->state;
    pila_status st = chain_type(it, src) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK && src->status == PILA_OK && src->ops == &chain_ops) {
        chain_splice(c, it->type, src);
    } else if (st == PILA_OK) {
        chain_link *link = (chain_link *)pila_alloc(1, sizeof *link);
        if (!link) st = PILA_ENOMEM;
        else {
            link->src = *src;
            link->drop.next = NULL;
            if (c->tail) c->tail->drop.next = &link->drop;
            else c->head = link;
            c->tail = link;
            return PILA_OK;
        }
    }
    pila_iter_drop(src);
    return st;
}

static pila_iter chain_finish(pila_iter *it, pila_status st)
{
    if (st != PILA_OK) return pila__stage_refused(it, st);
    if (it->type) return *it;
    (void)chain_refill(it); /* nothing in it can yield: only why is left to know */
    return pila__stage_refused(it, it->status);
}

pila_iter pila_chain(const pila_iter *iters, size_t n)
{
    pila_iter it = chain_new();
    pila_status st = it.status;

    for (size_t k = 0; k < n; k++) {
        pila_iter src = iters[k];
        if (st == PILA_OK) st = chain_add(&it, &src);
        else pila_iter_drop(&src);
    }
    return chain_finish(&it, st);
}

pila_iter pila_chain2(pila_iter a, pila_iter b)
{
    pila_iter both[2];
    pila_status st;

    if (a.status == PILA_OK && a.ops == &chain_ops) {
        st = chain_add(&a, &b);
        return chain_finish(&a, st);
    }
    both[0] = a;
    both[1] = b;
    return pila_chain(both, 2);
}

/* ---- chain of what is in items ---- */

static bool flat_refill(pila_iter *it)
{
    pila_iter *src = &((pila__stage *)it->state)->src;
    const pila_tuple *t = pila_tuple_of(src->type);
    size_t n = pila_iter_ready(src), many = t->is_row ? 1 : n;
    const char *cur = src->cur;
    size_t bytes = n * src->type->size; /* arrays lie side by side: one window */

    while (n && t->is_row) {
        const pila_row *row = (const pila_row *)(const void *)src->cur;
        cur = (const char *)row->items;
        bytes = row->n * it->type->size;
        if (bytes) break;
        pila_iter_skip(src, 1);
        n = pila_iter_ready(src);
    }
    if (n == 0) return pila_iter_end(it, src->status);
    pila_iter_skip(src, many);
    return pila__stage_yield(it, src, cur, bytes);
}

pila_iter pila_chain_from_iterable(pila_iter src)
{
    static const pila_iter_ops ops = {flat_refill, pila__stage_drop, NULL};

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    const pila_tuple *t = pila_tuple_of(src.type);
    if (!t || !t->each || (!t->is_row && t->n == 0))
        return pila__stage_refused(&src, PILA_ETYPE);
    pila__stage *s = (pila__stage *)pila__stage_new(&src, sizeof *s, NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    return pila_iter_make(t->each, &ops, s);
}

enum { NESTED_SRC, NESTED_INNER };

typedef struct nested_stage {
    pila_sources drop; /* of both */
    pila_iter src[2];  /* what is asked for items, and the iterator of one of them */
    pila_chain_callback *fn;
    void *ctx;
    bool busy;
} nested_stage;

/* The iterator of the next item. */
static pila_status nested_next(nested_stage *s, const pila_type *type)
{
    pila_iter *src = &s->src[NESTED_SRC], inner = pila_failed(PILA_END);
    const void *item = pila_next_item(src);
    pila_status st = item ? s->fn(s->ctx, item, &inner) : src->status;

    if (st == PILA_OK && inner.status == PILA_OK &&
        (inner.type->kind != type->kind || inner.type->size != type->size ||
         !pila_type_accepts(type, inner.type)))
        st = PILA_ETYPE;
    if (st != PILA_OK) pila_iter_drop(&inner);
    else s->src[NESTED_INNER] = inner;
    return st;
}

static bool nested_refill(pila_iter *it)
{
    nested_stage *s = (nested_stage *)it->state;
    pila_iter *inner = &s->src[NESTED_INNER];
    pila_status st = PILA_OK;
    size_t n = 0;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    while (st == PILA_OK && (n = pila_iter_ready(inner)) == 0) {
        st = pila_iter_outcome(inner);
        pila_iter_drop(inner);
        if (st == PILA_OK) st = nested_next(s, it->type);
    }
    s->busy = false;
    if (it->status != PILA_OK) return false; /* it re-entered itself */
    if (st != PILA_OK) return pila_iter_end(it, st);
    const char *cur = inner->cur;
    pila_iter_skip(inner, n);
    return pila__stage_yield(it, inner, cur, n * it->type->size);
}

static pila_iter nested_drop(pila_iter *it)
{
    nested_stage *s = (nested_stage *)it->state;

    assert(!s->busy && "an iterator is dropped by its own callback");
    s->drop.n = 2;
    s->drop.iter = s->src;
    return pila_iter_sources(&s->drop, &s->drop);
}

pila_iter pila_chain_from_fn(pila_iter src, const pila_type *type,
                             pila_chain_callback *fn, void *ctx)
{
    static const pila_iter_ops ops = {nested_refill, nested_drop, NULL};

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    nested_stage *s = (nested_stage *)pila_alloc(1, sizeof *s);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    memset(s, 0, sizeof *s);
    s->src[NESTED_SRC] = src;
    s->src[NESTED_INNER] = pila_failed(PILA_END);
    s->fn = fn;
    s->ctx = ctx;
    return pila_iter_make(type, &ops, s);
}

/* ---- islice ---- */

typedef struct slice_stage {
    pila__stage base;
    size_t taken; /* items of the source gone by */
    size_t next;  /* the position of the next item to yield, at most stop */
    size_t stop, step;
} slice_stage;

/* Skip to position next; false: the source ended before. */
static bool slice_skip(slice_stage *s)
{
    while (s->taken < s->next) {
        size_t n = pila_iter_ready(&s->base.src);
        if (n == 0) return false;
        if (n > s->next - s->taken) n = s->next - s->taken;
        pila_iter_skip(&s->base.src, n);
        s->taken += n;
    }
    return true;
}

static void slice_move(slice_stage *s, size_t yielded)
{
    size_t next;

    if (!pila_mul(yielded, s->step, &next) || !pila_add(s->next, next, &next) ||
        next > s->stop)
        next = s->stop;
    s->next = next;
}

static bool slice_in_place(pila_iter *it, slice_stage *s, size_t n)
{
    pila_iter *src = &s->base.src;
    const char *cur = src->cur;

    pila_iter_skip(src, n);
    s->taken += n;
    slice_move(s, n);
    return pila__stage_yield(it, src, cur, n * it->type->size);
}

/* Of n items that are ready, every step-th into the window. */
PILA_INLINE size_t slice_pick(slice_stage *s, size_t n, size_t size)
{
    const char *in = s->base.src.cur;
    size_t count = (n - 1) / s->step + 1, room = s->base.room, hop = s->step * size;

    if (count > room) count = room;
    for (size_t k = 0; k < count; k++)
        memcpy(s->base.window + k * size, in + k * hop, size);
    return count;
}

static bool slice_gather(pila_iter *it, slice_stage *s, size_t n)
{
    size_t size = it->type->size, count;

    switch (size) {
    case 4: count = slice_pick(s, n, 4); break;
    case 8: count = slice_pick(s, n, 8); break;
    case 16: count = slice_pick(s, n, 16); break;
    default: count = slice_pick(s, n, size); break;
    }
    n = (count - 1) * s->step + 1; /* up to the last one, and nothing behind it */
    pila_iter_skip(&s->base.src, n);
    s->taken += n;
    slice_move(s, count);
    return pila__stage_yield(it, &s->base.src, s->base.window, count * size);
}

static bool slice_refill(pila_iter *it)
{
    slice_stage *s = (slice_stage *)it->state;
    size_t n;

    if (!slice_skip(s)) return pila_iter_end(it, s->base.src.status);
    if (s->taken >= s->stop) return pila_iter_end(it, PILA_END);
    n = pila_iter_ready(&s->base.src);
    if (n == 0) return pila_iter_end(it, s->base.src.status);
    if (n > s->stop - s->taken) n = s->stop - s->taken;
    if (s->step == 1 || n <= s->step)
        return slice_in_place(it, s, s->step == 1 ? n : 1);
    return slice_gather(it, s, n);
}

static size_t slice_hint(const pila_iter *it)
{
    const slice_stage *s = (const slice_stage *)it->state;
    size_t last = pila_iter_length_hint(&s->base.src);

    if (!pila_add(last, s->taken, &last) || last > s->stop) last = s->stop;
    return last <= s->next ? 0 : (last - s->next - 1) / s->step + 1;
}

pila_iter pila_islice(pila_iter src, size_t start, size_t stop, size_t step)
{
    static const pila_iter_ops ops = {slice_refill, pila__stage_drop, slice_hint};

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    if (step == 0) return pila__stage_refused(&src, PILA_EVALUE);
    slice_stage *s =
        (slice_stage *)pila__stage_new(&src, sizeof *s, step > 1 ? src.type : NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->next = start;
    s->stop = stop;
    s->step = step;
    return pila_iter_make(src.type, &ops, s);
}

/* ---- ref ---- */

static bool ref_refill(pila_iter *it)
{
    pila_iter *src = (pila_iter *)it->state;
    const char *item = (const char *)pila_next_item(src);

    if (!item) return pila_iter_end(it, src->status);
    return pila__stage_yield(it, src, item, it->type->size);
}

static size_t ref_hint(const pila_iter *it)
{
    return pila_iter_length_hint((const pila_iter *)it->state);
}

pila_iter pila_ref(pila_iter *it)
{
    static const pila_iter_ops ops = {ref_refill, NULL, ref_hint};

    pila_iter made = pila_iter_make(it->type, &ops, it);

    made.status = it->status; /* and its items have a type all the same */
    return made;
}
