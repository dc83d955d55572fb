/* zip.c - see zip.h.
 *
 * A zip is its sources and a window of rows. Where every source has items ready, as
 * many rows as the least of them has are written column by column: a strided copy whose
 * loop knows the item's size, and no call. Where one has to be asked, a single row is
 * made in Python's order, and each member that stands before a source still to be asked
 * is copied out of its window (pila__keep): asking may run a callback, or move the very
 * iterator that the member came from. So nothing is guessed about who shares what, and
 * plain sources pay for one such row a window.
 *
 * Invariant: a member of the row is either a copy of ours (`kept`), which is let go
 * before the next row, or borrowed from a window that no call has touched since.
 *
 * An iterator carries one stamp, so rows over several containers cannot all be guarded
 * by it. Each refill looks at every source's stamp first; rows that borrow come one at
 * a time then, rows of plain bytes still come by the window.
 *
 * roundrobin is the same matter without rows: a circle of sources, whose windows are
 * laced when all of them have items, and otherwise yield one item in place. grouper
 * needs no rows either: n items that are ready are a group where they lie.
 *
 * Rejected: grouper as a zip of n references, 7.6 ns an item and not 0.4; copies of
 * all members in all rows, 34 ns for two texts and not 1.1.
 */
#include "zip.h"

#include "../core/keep.h"
#include "stage.h"

/* ---- what the three share ---- */

/* A window of items, aligned, in a block of its own. */
static pila__stage *zip_block(const pila_type *item)
{
    pila_iter none = pila_failed(PILA_END);

    return (pila__stage *)pila__stage_new(&none, sizeof(pila__stage), item);
}

/* What the windows of several sources stand on: containers that change have stamps of
 * their own, whatever else has is known by its address as far as possible. */
typedef struct zip_ground {
    const pila_iter *first; /* over a container; NULL: none is */
    bool mixed;             /* over several */
} zip_ground;

static zip_ground zip_ground_of(void)
{
    zip_ground g;

    g.first = NULL;
    g.mixed = false;
    return g;
}

static void zip_ground_add(zip_ground *g, const pila_iter *src)
{
    if (src->stamp == &pila__still) return;
    if (!g->first) g->first = src;
    else if (g->first->stamp != src->stamp) g->mixed = true;
}

static bool zip_yield(pila_iter *it, const zip_ground *g, const char *cur, size_t bytes)
{
    it->cur = cur;
    it->end = cur + bytes;
    it->stamp = g->first ? g->first->stamp : &pila__still;
    it->seen = g->first ? g->first->seen : 0;
    return true;
}

/* n items to every `stride` bytes, from every `hop`; inlined with a constant size. */
PILA_INLINE void zip_lace_sized(char *out, size_t stride, const char *in, size_t hop,
                                size_t n, size_t size)
{
    for (size_t k = 0; k < n; k++, out += stride, in += hop) memcpy(out, in, size);
}

static void zip_lace(char *out, size_t stride, const char *in, size_t hop, size_t n,
                     size_t size)
{
    switch (size) {
    case 1: zip_lace_sized(out, stride, in, hop, n, 1); break;
    case 4: zip_lace_sized(out, stride, in, hop, n, 4); break;
    case 8: zip_lace_sized(out, stride, in, hop, n, 8); break;
    case 16: zip_lace_sized(out, stride, in, hop, n, 16); break;
    default: zip_lace_sized(out, stride, in, hop, n, size); break;
    }
}

/* One item: memcpy of a size that is not constant is a call. */
static void zip_copy(char *out, const char *in, size_t size)
{
    if (size == 8) memcpy(out, in, 8);
    else if (size == 16) memcpy(out, in, 16);
    else memcpy(out, in, size);
}

/* Whether items of both are read alike. */
static bool zip_type_same(const pila_type *a, const pila_type *b)
{
    return a->kind == b->kind && a->size == b->size && pila_type_accepts(a, b);
}

/* The first fault among sources; an end is none. */
static pila_status zip_fault(const pila_iter *iters, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (iters[k].status != PILA_OK && iters[k].status != PILA_END)
            return iters[k].status;
    return PILA_OK;
}

static pila_iter zip_refused(const pila_iter *iters, size_t n, pila_status why)
{
    for (size_t k = 0; k < n; k++) {
        pila_iter src = iters[k];
        pila_iter_drop(&src);
    }
    return pila_failed(why);
}

/* Bytes of a block with a head and `each` for every source; false: no array of
 * iterators is that long. */
static bool zip_bytes(size_t head, size_t n, size_t each, size_t *out)
{
    return pila_mul(n, each + sizeof(pila_iter), out) && pila_add(*out, head, out) &&
           *out <= PTRDIFF_MAX;
}

/* ---- zip ---- */

typedef enum zip_until { ZIP_SHORTEST, ZIP_STRICT, ZIP_LONGEST } zip_until;

typedef struct zip_column {
    pila_buf text; /* what the views of a kept member show */
    pila_buf fill_text;
    bool plain;  /* bytes are all there is to a copy */
    bool kept;   /* the member in the row is a copy of ours */
    bool filled; /* the fill is a copy of ours */
    bool ended;  /* of zip_longest: the fill from now on */
} zip_column;

typedef struct zip_state {
    pila_sources drop; /* n sources at drop.iter: this block is what they are handed
                        * back in */
    pila_iter *src;
    zip_column *column;
    pila_member *member;
    size_t n, active; /* sources; those that have not ended */
    pila_tuple tuple;
    pila__stage *rows;
    pila__stage *fills; /* a row of them; NULL: not zip_longest */
    zip_until until;
    bool plain; /* every column is */
    bool owns;  /* something is kept */
    bool busy;
} zip_state;

static void zip_let_go(zip_state *z)
{
    if (PILA_LIKELY(!z->owns)) return;
    z->owns = false;
    for (size_t k = 0; k < z->n; k++) {
        if (!z->column[k].kept) continue;
        z->column[k].kept = false;
        pila__unkeep(z->member[k].type, z->rows->window + z->member[k].at, 1);
    }
}

/* Rows that need nobody asked; 0: somebody has to be. `ask` is the last such source,
 * and the members before it are copied. */
static pila_status zip_ready(const zip_state *z, zip_ground *g, size_t *rows,
                             size_t *ask)
{
    size_t least = z->rows->room;
    bool cold = false;

    for (size_t k = 0; k < z->n; k++) {
        const pila_iter *src = &z->src[k];
        if (z->column[k].ended) continue;
        if (PILA_UNLIKELY(*src->stamp != src->seen)) return PILA_EMUTATED;
        zip_ground_add(g, src);
        if (src->cur != src->end) continue;
        cold = true;
        *ask = k;
    }
    if (g->mixed && !z->plain) least = 1;
    for (size_t k = 0; k < z->n && !cold && least > 1; k++) {
        const pila_iter *src = &z->src[k];
        if (z->column[k].ended) continue;
        size_t ready = (size_t)(src->end - src->cur) / src->type->size;
        if (ready < least) least = ready;
    }
    *rows = cold ? 0 : least;
    return PILA_OK;
}

static void zip_columns(zip_state *z, size_t rows)
{
    size_t stride = z->tuple.type.size;

    for (size_t k = 0; k < z->n; k++) {
        pila_iter *src = &z->src[k];
        size_t at = z->member[k].at, size = z->member[k].type->size;
        char *out = z->rows->window + at;
        if (z->column[k].ended) {
            zip_lace(out, stride, z->fills->window + at, 0, rows, size);
            continue;
        }
        zip_lace(out, stride, src->cur, size, rows, size);
        src->cur += rows * size;
    }
}

/* All of the sources after an ended first one must have ended too. */
static pila_status zip_strict_end(zip_state *z)
{
    for (size_t k = 1; k < z->n; k++) {
        if (pila_next_item(&z->src[k])) return PILA_EVALUE;
        if (z->src[k].status != PILA_END) return z->src[k].status;
    }
    return PILA_END;
}

/* The k-th source has nothing more. PILA_OK: the fill takes its place. */
static pila_status zip_over(zip_state *z, size_t k)
{
    pila_status why = z->src[k].status;

    if (why != PILA_END || z->until == ZIP_SHORTEST) return why;
    if (z->until == ZIP_STRICT) return k ? PILA_EVALUE : zip_strict_end(z);
    if (--z->active == 0) return PILA_END;
    z->column[k].ended = true;
    return PILA_OK;
}

/* The k-th member of a single row; `hold`: a source after it is going to be asked. */
static pila_status zip_member(zip_state *z, size_t k, bool hold)
{
    const pila_member *m = &z->member[k];
    zip_column *c = &z->column[k];
    char *out = z->rows->window + m->at;
    const void *item = c->ended ? NULL : pila_next_item(&z->src[k]);
    pila_status st = PILA_OK;

    if (!item && !c->ended) st = zip_over(z, k);
    if (st != PILA_OK) return st;
    if (c->ended) zip_copy(out, z->fills->window + m->at, m->type->size);
    else if (c->plain || !hold) zip_copy(out, (const char *)item, m->type->size);
    else {
        st = pila__keep(m->type, out, item, 1, &c->text);
        c->kept = st == PILA_OK;
        z->owns = z->owns || c->kept;
    }
    return st;
}

static pila_status zip_row(zip_state *z, zip_ground *g, size_t ask)
{
    pila_status st = PILA_OK;

    *g = zip_ground_of(); /* who is asked may stand elsewhere then */
    for (size_t k = 0; k < z->n && st == PILA_OK; k++) {
        st = zip_member(z, k, k < ask);
        zip_ground_add(g, &z->src[k]);
    }
    return st;
}

static bool zip_refill(pila_iter *it)
{
    zip_state *z = (zip_state *)it->state;
    zip_ground g = zip_ground_of();
    size_t rows = 0, ask = 0;
    pila_status st;

    if (PILA_UNLIKELY(z->busy)) return pila_iter_end(it, PILA_EVALUE);
    z->busy = true;
    zip_let_go(z);
    st = zip_ready(z, &g, &rows, &ask);
    if (st == PILA_OK && rows) zip_columns(z, rows);
    else if (st == PILA_OK) {
        st = zip_row(z, &g, ask);
        rows = 1;
    }
    z->busy = false;
    if (it->status != PILA_OK) return false; /* it was asked meanwhile */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return zip_yield(it, &g, z->rows->window, rows * it->type->size);
}

/* The columns' own things; the sources are left. */
static void zip_done(zip_state *z)
{
    z->busy = true;
    if (z->rows) zip_let_go(z);
    for (size_t k = 0; k < z->n; k++) {
        zip_column *c = &z->column[k];
        if (c->filled)
            pila__unkeep(z->member[k].type, z->fills->window + z->member[k].at, 1);
        pila_buf_done(&c->text);
        pila_buf_done(&c->fill_text);
    }
    pila_free(z->rows);
    pila_free(z->fills);
}

static pila_iter zip_drop(pila_iter *it)
{
    zip_state *z = (zip_state *)it->state;

    zip_done(z);
    return pila_iter_sources(&z->drop, &z->drop);
}

static size_t zip_hint(const pila_iter *it)
{
    const zip_state *z = (const zip_state *)it->state;
    bool longest = z->until == ZIP_LONGEST;
    size_t hint = longest ? 0 : SIZE_MAX;

    for (size_t k = 0; k < z->n; k++) {
        size_t one = pila_iter_length_hint(&z->src[k]);
        if (longest ? one > hint : one < hint) hint = one;
    }
    return hint;
}

/* A state with its sources; NULL: no memory, and they are as they were. */
static zip_state *zip_new(const pila_iter *iters, size_t n, size_t bytes)
{
    char *block = (char *)pila_alloc_zero(bytes, 1);
    zip_state *z = (zip_state *)(void *)block;

    if (!z) return NULL;
    z->src = z->drop.iter = (pila_iter *)(void *)(block + sizeof *z);
    z->column = (zip_column *)(void *)(z->src + n);
    z->member = (pila_member *)(void *)(z->column + n);
    z->n = z->active = z->drop.n = n;
    memcpy(z->src, iters, n * sizeof *iters);
    z->plain = true;
    for (size_t k = 0; k < n; k++) {
        z->member[k].type = iters[k].type;
        z->column[k].plain = pila__keep_is_plain(iters[k].type);
        z->plain = z->plain && z->column[k].plain;
    }
    return z;
}

/* Copies of the fills, in the places that they have in a row. */
static pila_status zip_keep_fills(zip_state *z, const void *const *fills)
{
    pila_status st = PILA_OK;

    z->fills = zip_block(&z->tuple.type);
    if (!z->fills) return PILA_ENOMEM;
    memset(z->fills->window, 0, z->tuple.type.size);
    for (size_t k = 0; fills && k < z->n && st == PILA_OK; k++) {
        if (!fills[k]) continue;
        st = pila__keep(z->member[k].type, z->fills->window + z->member[k].at, fills[k],
                        1, &z->column[k].fill_text);
        z->column[k].filled = st == PILA_OK;
    }
    return st;
}

static pila_status zip_open(zip_state *z, const void *const *fills)
{
    pila_status st = pila_tuple_struct(&z->tuple, z->member, z->n);

    if (st == PILA_OK && !(z->rows = zip_block(&z->tuple.type))) st = PILA_ENOMEM;
    if (st == PILA_OK) /* no garbage in padding */
        memset(z->rows->window, 0, z->rows->room * z->tuple.type.size);
    if (st == PILA_OK && z->until == ZIP_LONGEST) st = zip_keep_fills(z, fills);
    return st;
}

static pila_iter zip_make(const pila_iter *iters, size_t n, zip_until until,
                          const void *const *fills)
{
    static const pila_iter_ops ops = {zip_refill, zip_drop, zip_hint};
    size_t bytes;
    pila_status st;

    if (n == 0) return pila_failed(PILA_END);
    if (!zip_bytes(sizeof(zip_state), n, sizeof(zip_column) + sizeof(pila_member),
                   &bytes))
        return pila_failed(PILA_EOVERFLOW);
    st = zip_fault(iters, n);
    if (st != PILA_OK) return zip_refused(iters, n, st);
    zip_state *z = zip_new(iters, n, bytes);
    if (!z) return zip_refused(iters, n, PILA_ENOMEM);
    z->until = until;
    st = zip_open(z, fills);
    pila_iter it = pila_iter_make(&z->tuple.type, &ops, z);
    if (st != PILA_OK) return pila__stage_refused(&it, st);
    return it;
}

pila_iter pila_zip(const pila_iter *iters, size_t n)
{
    return zip_make(iters, n, ZIP_SHORTEST, NULL);
}

pila_iter pila_zip2(pila_iter a, pila_iter b)
{
    pila_iter both[2];

    both[0] = a;
    both[1] = b;
    return pila_zip(both, 2);
}

pila_iter pila_zip_strict(const pila_iter *iters, size_t n)
{
    return zip_make(iters, n, ZIP_STRICT, NULL);
}

pila_iter pila_zip_longest(const pila_iter *iters, size_t n, const void *const *fills)
{
    return zip_make(iters, n, ZIP_LONGEST, fills);
}

/* What has ended without a type gets the one of the others. */
pila_iter pila_zip_longest_with(const pila_iter *iters, size_t n, const pila_type *type,
                                const void *fill)
{
    size_t each = sizeof *iters + sizeof fill, bytes;

    if (!pila_mul(n, each, &bytes) || bytes > PTRDIFF_MAX)
        return pila_failed(PILA_EOVERFLOW);
    pila_status st = zip_fault(iters, n);
    for (size_t k = 0; k < n && st == PILA_OK; k++)
        if (iters[k].type->size && !zip_type_same(iters[k].type, type)) st = PILA_ETYPE;
    if (st != PILA_OK) return zip_refused(iters, n, st);
    pila_iter *typed = (pila_iter *)pila_alloc(n, each);
    if (!typed) return zip_refused(iters, n, PILA_ENOMEM);
    const void **fills = (const void **)(void *)(typed + n);
    for (size_t k = 0; k < n; k++) {
        typed[k] = iters[k];
        if (!typed[k].type->size) typed[k].type = type;
        fills[k] = fill;
    }
    pila_iter it = pila_zip_longest(typed, n, fills);
    pila_free(typed);
    return it;
}

/* ---- roundrobin ---- */

typedef struct robin_state {
    pila_sources drop;
    pila_iter *src;
    size_t *next; /* the circle of those that have not ended */
    size_t last;  /* whose next is to be asked */
    size_t n, active;
    size_t turn; /* items yielded in this round, singly */
    pila__stage *laced;
    bool plain, busy;
} robin_state;

/* Rounds that need nobody asked and fit the window; 0: a single item is to be taken. */
static size_t robin_ready(const robin_state *r, zip_ground *g)
{
    size_t least = r->laced->room / r->active, at = r->last, size;

    if (least == 0) return 0;
    for (size_t k = 0; k < r->active; k++) {
        at = r->next[at];
        if (!pila__iter_warm(&r->src[at])) return 0;
        zip_ground_add(g, &r->src[at]);
    }
    if (g->mixed && !r->plain) return 0;
    size = r->src[at].type->size;
    for (size_t k = 0; k < r->active; k++, at = r->next[at]) {
        size_t ready = (size_t)(r->src[at].end - r->src[at].cur) / size;
        if (ready < least) least = ready;
    }
    return least;
}

static bool robin_lace(pila_iter *it, robin_state *r, const zip_ground *g,
                       size_t rounds)
{
    size_t size = it->type->size, at = r->last;

    for (size_t k = 0; k < r->active; k++) {
        pila_iter *src = &r->src[at = r->next[at]];
        zip_lace(r->laced->window + k * size, r->active * size, src->cur, size, rounds,
                 size);
        src->cur += rounds * size;
    }
    return zip_yield(it, g, r->laced->window, rounds * r->active * size);
}

/* Take the one after last out of the circle; it has ended. It is not dropped before the
 * others are: the type of all may be its own. */
static void robin_leave(robin_state *r, size_t at)
{
    r->next[r->last] = r->next[at];
    r->active--;
    if (r->turn == r->active) r->turn = 0;
}

/* The next item in turn, at its source. */
static pila_status robin_pull(robin_state *r, const char **item, size_t *from)
{
    while (r->active) {
        size_t at = r->next[r->last];
        *item = (const char *)pila_next_item(&r->src[at]);
        if (*item) {
            *from = r->last = at;
            r->turn = r->turn + 1 == r->active ? 0 : r->turn + 1;
            return PILA_OK;
        }
        if (r->src[at].status != PILA_END) return r->src[at].status;
        robin_leave(r, at);
    }
    return PILA_END;
}

static bool robin_refill(pila_iter *it)
{
    robin_state *r = (robin_state *)it->state;
    zip_ground g = zip_ground_of();
    const char *item = NULL;
    size_t rounds = 0, from = 0;
    pila_status st;

    if (PILA_UNLIKELY(r->busy)) return pila_iter_end(it, PILA_EVALUE);
    if (r->turn == 0 && r->active) /* once a round, so an item costs O(1) */
        rounds = robin_ready(r, &g);
    if (rounds) return robin_lace(it, r, &g, rounds);
    r->busy = true;
    st = robin_pull(r, &item, &from);
    r->busy = false;
    if (it->status != PILA_OK) return false; /* it was asked meanwhile */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, &r->src[from], item, it->type->size);
}

static pila_iter robin_drop(pila_iter *it)
{
    robin_state *r = (robin_state *)it->state;

    r->busy = true;
    pila_free(r->laced);
    return pila_iter_sources(&r->drop, &r->drop);
}

static size_t robin_hint(const pila_iter *it)
{
    const robin_state *r = (const robin_state *)it->state;
    size_t total = 0;

    for (size_t k = 0; k < r->n; k++)
        if (!pila_add(total, pila_iter_length_hint(&r->src[k]), &total))
            return SIZE_MAX;
    return total;
}

/* One type for all: of two readings of the same kind the weaker. NULL: none has one. */
static pila_status robin_type(const pila_iter *iters, size_t n, const pila_type **out)
{
    const pila_type *type = NULL;

    for (size_t k = 0; k < n; k++) {
        const pila_type *one = iters[k].type;
        if (iters[k].status != PILA_OK || one == type) continue;
        if (type && !zip_type_same(type, one)) return PILA_ETYPE;
        if (!type || type == &pila_view_padded) type = one;
    }
    *out = type;
    return PILA_OK;
}

static robin_state *robin_new(const pila_iter *iters, size_t n, size_t bytes,
                              const pila_type *type)
{
    char *block = (char *)pila_alloc_zero(bytes, 1);
    robin_state *r = (robin_state *)(void *)block;

    if (r && !(r->laced = zip_block(type))) {
        pila_free(r);
        return NULL;
    }
    if (!r) return NULL;
    r->src = r->drop.iter = (pila_iter *)(void *)(block + sizeof *r);
    r->next = (size_t *)(void *)(r->src + n);
    r->n = r->active = r->drop.n = n;
    r->last = n - 1;
    r->plain = pila__keep_is_plain(type);
    memcpy(r->src, iters, n * sizeof *iters);
    for (size_t k = 0; k < n; k++) r->next[k] = k + 1 < n ? k + 1 : 0;
    return r;
}

pila_iter pila_roundrobin(const pila_iter *iters, size_t n)
{
    static const pila_iter_ops ops = {robin_refill, robin_drop, robin_hint};
    const pila_type *type = NULL;
    size_t bytes;
    pila_status st;

    if (!zip_bytes(sizeof(robin_state), n, sizeof(size_t), &bytes))
        return pila_failed(PILA_EOVERFLOW);
    st = zip_fault(iters, n);
    if (st == PILA_OK) st = robin_type(iters, n, &type);
    if (st == PILA_OK && !type) st = PILA_END;
    if (st != PILA_OK) return zip_refused(iters, n, st);
    robin_state *r = robin_new(iters, n, bytes, type);
    if (!r) return zip_refused(iters, n, PILA_ENOMEM);
    return pila_iter_make(type, &ops, r);
}

/* ---- grouper ---- */

typedef struct group_state {
    pila__stage base; /* the window is of groups; those that are gathered use one */
    pila_tuple tuple;
    pila_incomplete incomplete;
    bool plain, busy;
    bool filled;        /* the fill is a copy of ours */
    size_t kept;        /* items in the window that are copies of ours */
    pila_buf *text;     /* what each of them shows; NULL: they are plain */
    pila__stage *fills; /* an item; NULL: none is needed */
    pila_buf fill_text;
} group_state;

static void group_let_go(group_state *s)
{
    size_t kept = s->kept, size = s->tuple.each->size;

    s->kept = 0;
    for (size_t k = 0; k < kept; k++)
        pila__unkeep(s->tuple.each, s->base.window + k * size, 1);
}

/* m items that are ready, to be the got-th of the group and those after it. */
static pila_status group_keep(group_state *s, size_t got, size_t m)
{
    const char *items = s->base.src.cur;
    size_t size = s->tuple.each->size;
    char *out = s->base.window + got * size;
    pila_status st = PILA_OK;

    pila_iter_skip(&s->base.src, m);
    if (s->plain) memcpy(out, items, m * size);
    for (size_t k = 0; k < m && !s->plain && st == PILA_OK; k++) {
        st = pila__keep(s->tuple.each, out + k * size, items + k * size, 1,
                        &s->text[got + k]);
        if (st == PILA_OK) s->kept++;
    }
    return st;
}

/* src has ended with `got` items of a group. */
static pila_status group_over(group_state *s, size_t got)
{
    size_t size = s->tuple.each->size;
    pila_status why = s->base.src.status;

    if (why != PILA_END || s->incomplete == PILA_INCOMPLETE_IGNORE) return why;
    if (s->incomplete == PILA_INCOMPLETE_STRICT) return PILA_EVALUE;
    zip_lace(s->base.window + got * size, size, s->fills->window, 0, s->tuple.n - got,
             size);
    return PILA_OK;
}

/* One group out of several windows, of which the first has `ready` items. */
static pila_status group_gather(group_state *s, size_t ready)
{
    size_t got = 0, n = s->tuple.n;
    pila_status st = PILA_OK;

    for (; st == PILA_OK && got < n; ready = pila_iter_ready(&s->base.src)) {
        size_t m = ready < n - got ? ready : n - got;
        if (m == 0) return group_over(s, got);
        st = group_keep(s, got, m);
        got += m;
        if (got == n) break; /* and nothing more is asked for */
    }
    return st;
}

static bool group_refill(pila_iter *it)
{
    group_state *s = (group_state *)it->state;
    pila_iter *src = &s->base.src;
    const char *cur = s->base.window;
    size_t ready, groups = 1;
    pila_status st = PILA_OK;

    if (PILA_UNLIKELY(s->busy)) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    group_let_go(s);
    ready = pila_iter_ready(src);
    if (ready == 0) st = src->status;
    else if (ready >= s->tuple.n) {
        groups = ready / s->tuple.n;
        cur = src->cur;
        pila_iter_skip(src, groups * s->tuple.n);
    } else st = group_gather(s, ready);
    s->busy = false;
    if (it->status != PILA_OK) return false; /* it was asked meanwhile */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, src, cur, groups * it->type->size);
}

static pila_iter group_drop(pila_iter *it)
{
    group_state *s = (group_state *)it->state;

    s->busy = true;
    group_let_go(s);
    if (s->filled) pila__unkeep(s->tuple.each, s->fills->window, 1);
    for (size_t k = 0; s->text && k < s->tuple.n; k++) pila_buf_done(&s->text[k]);
    pila_buf_done(&s->fill_text);
    pila_free(s->text);
    pila_free(s->fills);
    return pila__stage_drop(it);
}

static size_t group_hint(const pila_iter *it)
{
    const group_state *s = (const group_state *)it->state;
    size_t items = pila_iter_length_hint(&s->base.src), n = s->tuple.n;

    if (s->incomplete == PILA_INCOMPLETE_IGNORE) return items / n;
    return items / n + (items % n != 0);
}

static pila_status group_open(group_state *s, const void *fill)
{
    const pila_type *each = s->tuple.each;
    pila_status st = PILA_OK;

    if (!s->plain) {
        s->text = (pila_buf *)pila_alloc_zero(s->tuple.n, sizeof *s->text);
        if (!s->text) return PILA_ENOMEM;
    }
    if (s->incomplete != PILA_INCOMPLETE_FILL) return PILA_OK;
    s->fills = zip_block(each);
    if (!s->fills) return PILA_ENOMEM;
    if (!fill) memset(s->fills->window, 0, each->size);
    else {
        st = pila__keep(each, s->fills->window, fill, 1, &s->fill_text);
        s->filled = st == PILA_OK;
    }
    return st;
}

pila_iter pila_grouper(pila_iter src, size_t n, pila_incomplete incomplete,
                       const void *fill)
{
    static const pila_iter_ops ops = {group_refill, group_drop, group_hint};
    pila_tuple tuple;
    pila_status st = src.status;

    if (st == PILA_OK && (unsigned)incomplete > PILA_INCOMPLETE_IGNORE)
        st = PILA_EVALUE;
    if (st == PILA_OK && n == 0) st = PILA_END;
    if (st == PILA_OK) st = pila_tuple_array(&tuple, src.type, n);
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    group_state *s = (group_state *)pila__stage_new(&src, sizeof *s, &tuple.type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    (void)!pila_tuple_array(&s->tuple, s->base.src.type, n); /* as before */
    s->incomplete = incomplete;
    s->plain = pila__keep_is_plain(s->tuple.each);
    st = group_open(s, fill);
    pila_iter it = pila_iter_make(&s->tuple.type, &ops, s);
    if (st != PILA_OK) return pila__stage_refused(&it, st);
    return it;
}
