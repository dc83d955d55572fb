/* tee.c - see tee.h.
 *
 * What goes by is kept in a list of chunks. A chunk counts who refers to it: the
 * branches that stand on it, the chunk before it, and the buffer for the last one. When
 * a branch steps off the oldest chunk the count falls to zero and the chunk is freed,
 * and with it its reference to the next: so memory is what lies between the first
 * branch and the last, and no branch knows of another. It is CPython's design, with
 * windows: a chunk takes what the source has ready in one copy, and is yielded in
 * place.
 *
 * Invariant: chunk->n only grows, and items in a chunk do not move; so the window of a
 * branch may lie in a chunk that is still being filled.
 *
 * Text of views lies behind them in the chunk. That of items with views among their
 * members is copied into one block a copy (pila__keep), which cannot grow later: they
 * have a chunk for each window of the source, while all others fill up the last one,
 * also where they come one by one. A chunk is as large as what waits already, and from
 * 2 MiB on of 8: measured, most of the time of a branch that lags by megabytes went
 * into faults for small pages.
 *
 * cycle keeps the same list from its head on. The first time it yields the source's
 * window, as the copies are of use only later.
 *
 * Rejected: a ring that all share, which would have to grow and move under windows; and
 * to yield the source's window to the branch that leads, whose copy could not be
 * copied.
 */
#include "tee.h"

#include "../core/keep.h"
#include "select.h"
#include "stage.h"

enum { TEE_ALIGN = 16 };      /* what pila_alloc gives */
enum { TEE_MANY = 2 << 20 };  /* bytes that wait: from so many on, chunks are ... */
enum { TEE_LARGE = 8 << 20 }; /* ... of so many, which then come in large pages */
enum { TEE_TEXT = 64 };       /* bytes that a line is taken to have at most */
enum { TEE_PAD = 16 };        /* readable behind a view, as in pila__keep */

typedef struct tee_chunk {
    struct tee_chunk *next;
    size_t refs, n, room; /* items in it, items that fit */
    pila_buf text;
    char *items;
    char *views_at; /* of lines: where the text of the next goes, */
    size_t left;    /* and the bytes that there are */
} tee_chunk;

/* The end of a list of chunks. */
typedef struct tee_buffer {
    const pila_type *type;
    tee_chunk *last;
    bool appends; /* to the last chunk: items have no views */
} tee_buffer;

/* A chunk for so many items and, behind them, text of theirs. */
static tee_chunk *tee_chunk_new(const pila_type *type, size_t room, size_t text)
{
    size_t head = (sizeof(tee_chunk) + TEE_ALIGN - 1) / TEE_ALIGN * TEE_ALIGN;
    size_t slack = type->align > TEE_ALIGN ? type->align : 0, bytes;
    tee_chunk *c;

    if (!pila_mul(room, type->size, &bytes) || !pila_add(bytes, head + slack, &bytes) ||
        !pila_add(bytes, text, &bytes))
        return NULL;
    c = (tee_chunk *)pila_alloc(bytes, 1);
    if (!c) return NULL;
    pila_mem_huge(c, bytes);
    memset(c, 0, sizeof *c);
    c->refs = 1;
    c->room = room;
    c->items = (char *)c + head;
    if (slack) c->items += slack - (uintptr_t)c->items % slack;
    c->views_at = c->items + room * type->size;
    c->left = text;
    return c;
}

/* One reference less; and what only it referred to, in a loop. */
static void tee_release(tee_chunk *c, const pila_type *type)
{
    while (c && --c->refs == 0) {
        tee_chunk *next = c->next;
        pila__unkeep(type, c->items, c->n);
        pila_buf_done(&c->text);
        pila_free(c);
        c = next;
    }
}

/* Items of a window in one chunk. */
static size_t tee_room(const pila_type *type)
{
    return type->size > PILA__STAGE_WINDOW ? 1 : PILA__STAGE_WINDOW / type->size;
}

/* Items of a new chunk where so many wait: the more, the larger. */
static size_t tee_chunk_room(const pila_type *type, size_t waits)
{
    size_t least = tee_room(type);
    size_t room = waits < TEE_MANY / type->size ? waits : TEE_LARGE / type->size;

    return room > least ? room : least;
}

/* An empty chunk, to which the buffer and whoever reads from the start refer. */
static bool tee_buffer_init(tee_buffer *b, const pila_type *type)
{
    b->type = type;
    b->appends =
        pila__keep_is_plain(type) ||
        (type->kind != PILA_KIND_STR && !pila_pair_of(type) && !pila_tuple_of(type));
    b->last = tee_chunk_new(type, b->appends ? tee_room(type) : 0, 0);
    return b->last != NULL;
}

/* A new chunk at the end. */
static void tee_append(tee_buffer *b, tee_chunk *c)
{
    tee_chunk *was = b->last;

    was->next = c; /* one more reference, by the chunk before */
    c->refs++;
    b->last = c;
    tee_release(was, b->type); /* that of the buffer */
}

/* Room for views and their text, as long on the average as that of the first n. */
static tee_chunk *tee_views_new(const pila_type *type, const pila_str *in, size_t n,
                                size_t waits)
{
    size_t room = tee_chunk_room(type, waits), need = 0, each, most;

    for (size_t k = 0; k < n; k++)
        if (!pila_add(need, in[k].len, &need)) return NULL;
    each = need / n < TEE_TEXT ? need / n + 1 : (size_t)TEE_TEXT;
    most = TEE_LARGE / (type->size + each);
    if (room > most) room = most;
    if (need < each * room) need = each * room;
    return pila_add(need, TEE_PAD, &need) ? tee_chunk_new(type, room, need) : NULL;
}

/* Lines, a text behind the other: as tee_keep. */
static pila_status tee_keep_views(tee_buffer *b, const pila_str *in, size_t *n,
                                  size_t waits)
{
    tee_chunk *c = b->last;
    size_t most = tee_room(b->type), k;

    if (*n > most) *n = most;
    if (c->n == c->room || c->left < TEE_PAD || in->len > c->left - TEE_PAD) {
        c = tee_views_new(b->type, in, *n, waits);
        if (!c) return PILA_ENOMEM;
        tee_append(b, c);
    }
    pila_str *out = (pila_str *)(void *)c->items + c->n;
    if (*n > c->room - c->n) *n = c->room - c->n;
    for (k = 0; k < *n && in[k].len <= c->left - TEE_PAD; k++) {
        if (in[k].len) memcpy(c->views_at, in[k].ptr, in[k].len);
        out[k] = pila_str_of(c->views_at, in[k].len);
        c->views_at += in[k].len;
        c->left -= in[k].len;
    }
    c->n += k;
    *n = k;
    return PILA_OK;
}

/* Keep the first of n items, as many as a window has and one chunk: *n then. So many
 * wait already. */
static pila_status tee_keep(tee_buffer *b, const char *items, size_t *n, size_t waits)
{
    tee_chunk *c = b->last;
    size_t most = tee_room(b->type);
    pila_status st;

    if (b->type->kind == PILA_KIND_STR)
        return tee_keep_views(b, (const pila_str *)(const void *)items, n, waits);
    if (*n > most) *n = most;
    if (c->n == c->room) {
        c = tee_chunk_new(b->type, b->appends ? tee_chunk_room(b->type, waits) : *n, 0);
        if (!c) return PILA_ENOMEM;
    }
    if (*n > c->room - c->n) *n = c->room - c->n;
    st = pila__keep(b->type, c->items + c->n * b->type->size, items, *n, &c->text);
    if (st == PILA_OK) c->n += *n;
    if (c == b->last) return st;
    if (st == PILA_OK) tee_append(b, c);
    else tee_release(c, b->type);
    return st;
}

/* ---- tee ---- */

struct tee_branch;

typedef struct tee_shared {
    pila_iter src;
    tee_buffer buffer;
    struct tee_branch *branches; /* a list, for the lag */
    size_t fetched, cap;         /* items; cap is SIZE_MAX for none */
    pila_status why;             /* what src ended with; PILA_OK: it has not */
    bool busy;
} tee_shared;

typedef struct tee_branch {
    tee_shared *shared;
    struct tee_branch *next, **link; /* link is what points here */
    tee_chunk *chunk;
    size_t at;   /* items of chunk that are or were in the window */
    size_t gone; /* items of all that are or were */
    bool over;   /* it has ended: it lags behind nobody, and keeps nothing */
    bool busy;
} tee_branch;

/* Items that wait for the branch that is last. */
static size_t tee_lag(const tee_shared *s)
{
    size_t lag = 0;

    for (const tee_branch *b = s->branches; b; b = b->next)
        if (!b->over && s->fetched - b->gone > lag) lag = s->fetched - b->gone;
    return lag;
}

/* What src has ready into the buffer, as far as the cap allows. */
static pila_status tee_fetch(tee_shared *s)
{
    size_t lag = tee_lag(s), n;

    if (s->busy) return PILA_EVALUE;
    if (s->why != PILA_OK) return s->why;
    if (lag >= s->cap) return PILA_ELIMIT;
    s->busy = true;
    n = pila_iter_ready(&s->src);
    if (n > s->cap - lag) n = s->cap - lag;
    s->why = n ? tee_keep(&s->buffer, s->src.cur, &n, lag) : s->src.status;
    s->busy = false;
    if (s->why != PILA_OK) return s->why;
    pila_iter_skip(&s->src, n);
    s->fetched += n;
    return PILA_OK;
}

/* Off a chunk that is used up, onto the next. */
static void tee_step(tee_branch *b)
{
    tee_chunk *was = b->chunk;

    b->chunk = was->next;
    b->chunk->refs++;
    b->at = 0;
    tee_release(was, b->shared->buffer.type);
}

static bool tee_end(pila_iter *it, tee_branch *b, pila_status why)
{
    tee_chunk *chunk = b->chunk;
    const pila_type *type = b->shared->buffer.type;

    pila_iter_end(it, why);
    b->over = true;
    b->chunk = NULL;
    tee_release(chunk, type);
    return false;
}

static bool tee_refill(pila_iter *it)
{
    tee_branch *b = (tee_branch *)it->state;
    tee_shared *s = b->shared;
    pila_status st = PILA_OK;
    bool fetches = b->at == b->chunk->n && !b->chunk->next;

    if (b->busy) return pila_iter_end(it, PILA_EVALUE);
    b->busy = true; /* a drop may run anything, too */
    if (fetches) st = tee_fetch(s);
    if (st == PILA_OK && b->at == b->chunk->n) tee_step(b);
    b->busy = false;
    if (it->status != PILA_OK) st = it->status; /* it asked itself */
    if (st != PILA_OK) return tee_end(it, b, st);
    it->cur = b->chunk->items + b->at * it->type->size;
    it->end = b->chunk->items + b->chunk->n * it->type->size;
    it->stamp = fetches ? s->src.stamp : &pila__still;
    it->seen = fetches ? s->src.seen : 0;
    b->gone += b->chunk->n - b->at;
    b->at = b->chunk->n;
    return true;
}

static size_t tee_hint(const pila_iter *it)
{
    const tee_branch *b = (const tee_branch *)it->state;
    size_t more = pila_iter_length_hint(&b->shared->src);
    size_t waits = b->shared->fetched - b->gone;

    return more > SIZE_MAX - waits ? SIZE_MAX : more + waits;
}

/* A drop of an item may drop other branches: nothing is looked at behind it. */
static pila_iter tee_drop(pila_iter *it)
{
    tee_branch *b = (tee_branch *)it->state;
    tee_shared *s = b->shared;
    tee_chunk *chunk = b->chunk, *last = NULL;
    const pila_type *type = s->buffer.type;
    pila_iter src = pila_failed(PILA_END);

    *b->link = b->next;
    if (b->next) b->next->link = b->link;
    pila_free(b);
    if (!s->branches) {
        src = s->src;
        last = s->buffer.last;
        pila_free(s);
    }
    tee_release(chunk, type);
    tee_release(last, type);
    return src;
}

static const pila_iter_ops tee_ops = {tee_refill, tee_drop, tee_hint};

/* A branch of s, on a chunk and at an item of it. */
static pila_iter tee_branch_new(tee_shared *s, tee_chunk *chunk, size_t at, size_t gone)
{
    tee_branch *b = (tee_branch *)pila_alloc(1, sizeof *b);

    if (!b) return pila_failed(PILA_ENOMEM);
    b->shared = s;
    b->chunk = chunk;
    chunk->refs++;
    b->at = at;
    b->gone = gone;
    b->over = b->busy = false;
    b->link = &s->branches;
    b->next = s->branches;
    if (b->next) b->next->link = &b->next;
    s->branches = b;
    return pila_iter_make(s->buffer.type, &tee_ops, b);
}

pila_iter pila_tee_copy(const pila_iter *branch)
{
    const tee_branch *b = (const tee_branch *)branch->state;
    size_t unread;

    if (branch->status != PILA_OK) return pila_failed(branch->status);
    if (branch->ops != &tee_ops) return pila_failed(PILA_ETYPE);
    unread = (size_t)(branch->end - branch->cur) / branch->type->size;
    return tee_branch_new(b->shared, b->chunk, b->at - unread, b->gone - unread);
}

/* The first branch of a new tee. */
static pila_iter tee_first(pila_iter *src, size_t cap)
{
    tee_shared *s = (tee_shared *)pila_alloc(1, sizeof *s);
    pila_iter it = pila_failed(PILA_ENOMEM);

    if (s) {
        memset(s, 0, sizeof *s);
        s->src = *src;
        s->cap = cap ? cap : SIZE_MAX;
        if (tee_buffer_init(&s->buffer, src->type)) {
            it = tee_branch_new(s, s->buffer.last, 0, 0);
            if (it.status == PILA_OK) return it;
            tee_release(s->buffer.last, src->type);
        }
    }
    pila_free(s);
    pila_iter_drop(src);
    return it;
}

/* A branch as it would be new: what is in its window comes again. */
static pila_iter tee_again(pila_iter *branch)
{
    pila_iter it = pila_tee_copy(branch);

    pila_iter_drop(branch);
    return it;
}

void pila_tee(pila_iter src, size_t n, size_t lag_cap, pila_iter *out)
{
    pila_iter it = src;
    pila_status st;

    if (n == 0) {
        pila_iter_drop(&src);
        return;
    }
    if (src.status == PILA_OK)
        it = src.ops == &tee_ops ? tee_again(&src) : tee_first(&src, lag_cap);
    else it = pila__stage_refused(&src, src.status);
    st = it.status;
    out[0] = it;
    for (size_t k = 1; k < n; k++) {
        out[k] = st == PILA_OK ? pila_tee_copy(&out[0]) : pila_failed(st);
        if (st == PILA_OK) st = out[k].status;
    }
    for (size_t k = 0; st != PILA_OK && k < n; k++)
        out[k] = pila__stage_refused(&out[k], st);
}

/* ---- partition ---- */

/* Both or none. */
static void tee_both(pila_iter *out)
{
    pila_status st = out[0].status != PILA_OK ? out[0].status : out[1].status;

    if (st == PILA_OK) return;
    out[0] = pila__stage_refused(&out[0], st);
    out[1] = pila__stage_refused(&out[1], st);
}

void pila_partition(pila_iter src, pila_kernel predicate, pila_iter *out)
{
    pila_tee(src, 2, 0, out);
    out[0] = pila_filterfalse(out[0], predicate);
    out[1] = pila_filter(out[1], predicate);
    tee_both(out);
}

void pila_partition_fn(pila_iter src, pila_filter_callback *fn, void *ctx,
                       pila_iter *out)
{
    pila_tee(src, 2, 0, out);
    out[0] = pila_filterfalse_fn(out[0], fn, ctx);
    out[1] = pila_filter_fn(out[1], fn, ctx);
    tee_both(out);
}

/* ---- cycle, ncycles ---- */

typedef struct cycle_stage {
    pila__stage base; /* its source may own the type: it stays */
    tee_buffer buffer;
    tee_chunk *first, *now; /* now: the chunk to be yielded next; NULL: src is read */
    size_t kept;            /* items of all chunks */
    size_t left;            /* times to go; endless: 1 for ever */
    bool endless, busy;
} cycle_stage;

/* All n items that src has ready. */
static pila_status cycle_keep(cycle_stage *s, size_t n)
{
    const char *items = s->base.src.cur;
    pila_status st = PILA_OK;

    while (n && st == PILA_OK) {
        size_t took = n;
        st = tee_keep(&s->buffer, items, &took, s->kept);
        s->kept += took;
        items += took * s->buffer.type->size;
        n -= took;
    }
    return st;
}

static bool cycle_again(pila_iter *it, cycle_stage *s)
{
    const tee_chunk *c;

    while (s->now && s->now->n == 0) s->now = s->now->next; /* the first may be empty */
    if (!s->now && s->left) {
        if (!s->endless) s->left--;
        s->now = s->first->n ? s->first : s->first->next;
    }
    c = s->now;
    if (!c) return pila_iter_end(it, PILA_END);
    s->now = c->next;
    return pila__stage_yield(it, &s->base.src, c->items, c->n * it->type->size);
}

static bool cycle_refill(pila_iter *it)
{
    cycle_stage *s = (cycle_stage *)it->state;
    pila_iter *src = &s->base.src;
    pila_status st;
    size_t n;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    if (src->status == PILA_END) return cycle_again(it, s);
    s->busy = true;
    n = pila_iter_ready(src);
    st = n ? cycle_keep(s, n) : src->status;
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (st == PILA_END) return cycle_again(it, s);
    if (st != PILA_OK) return pila_iter_end(it, st);
    const char *cur = src->cur;
    pila_iter_skip(src, n);
    return pila__stage_yield(it, src, cur, n * it->type->size);
}

static pila_iter cycle_drop(pila_iter *it)
{
    cycle_stage *s = (cycle_stage *)it->state;

    tee_release(s->first, s->buffer.type);
    tee_release(s->buffer.last, s->buffer.type);
    return pila__stage_drop(it);
}

static pila_iter cycle_make(pila_iter src, bool endless, size_t times)
{
    static const pila_iter_ops ops = {cycle_refill, cycle_drop, NULL};

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    cycle_stage *s = (cycle_stage *)pila__stage_new(&src, sizeof *s, NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    pila_iter it = pila_iter_make(src.type, &ops, s);
    if (!tee_buffer_init(&s->buffer, src.type))
        return pila__stage_refused(&it, PILA_ENOMEM);
    s->first = s->buffer.last;
    s->first->refs++;
    s->endless = endless;
    s->left = times;
    return it;
}

pila_iter pila_cycle(pila_iter src) { return cycle_make(src, true, 1); }

pila_iter pila_ncycles(pila_iter src, size_t n)
{
    pila_iter it = cycle_make(src, false, n);
    pila_status st = it.status;

    if (st != PILA_OK) return it;
    cycle_stage *s = (cycle_stage *)it.state;
    pila_iter *from = &s->base.src;
    size_t ready;
    while (st == PILA_OK && (ready = pila_iter_ready(from)) > 0) {
        st = cycle_keep(s, ready);
        pila_iter_skip(from, ready);
    }
    if (st == PILA_OK && from->status != PILA_END) st = from->status;
    return st == PILA_OK ? it : pila__stage_refused(&it, st);
}

/* ---- prepend ---- */

pila_iter pila_prepend(const void *item, const pila_type *type, pila_iter src)
{
    return pila_chain2(pila_span(item, 1, type), src);
}
