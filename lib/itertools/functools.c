/* functools.c - see functools.h.
 *
 * A fold is a loop that the compiler saw whole, so reduce only finds windows for it.
 * The accumulator is not in the caller's room, which keeps what it holds if the
 * iterator fails at its last item.
 *
 * A callback's result is made beside what there is so far, since it may read that to
 * its end, and fail; then the two change places. So the same function serves reduce and
 * accumulate.
 *
 * A key of cmp_to_key is a copy of the item. CPython's is a reference; here it would
 * dangle as soon as an iterator moves on, as in min by key. A list of that type has no
 * need of keys.
 */
#include "functools.h"

enum { FUNCTOOLS_ROOM = 128 }; /* bytes, for accumulators without an allocation */

typedef struct functools_room {
    char *at;
    void *block;
    union {
        char bytes[FUNCTOOLS_ROOM];
        long double align;
    } own;
} functools_room;

/* Room for n items: false where there is none. */
static bool functools_open(functools_room *r, size_t n, const pila_type *type)
{
    size_t slack = type->align > PILA_ALIGNOF(long double) ? type->align : 0, bytes;

    r->block = NULL;
    r->at = r->own.bytes;
    if (!pila_mul(n, type->size, &bytes) || !pila_add(bytes, slack, &bytes))
        return false;
    if (bytes > FUNCTOOLS_ROOM) r->at = (char *)(r->block = pila_alloc(bytes, 1));
    if (r->at && slack) r->at += (slack - (uintptr_t)r->at % slack) % slack;
    return r->at != NULL;
}

static pila_status functools_end(pila_iter *it, functools_room *r, pila_status st)
{
    if (r) pila_free(r->block);
    if (st == PILA_OK) st = pila_iter_outcome(it);
    pila_iter_drop(it);
    return st;
}

/* Whether a result of this type may be one of the items: views of a reader's buffer are
 * gone with it. */
static bool functools_lasts(const pila_type *type, const pila_type *item)
{
    return type->kind != PILA_KIND_STR || item != &pila_view_padded;
}

/* ---- reduce ---- */

static pila_status reduce_fits(const pila_iter *it, const pila_fold *fold,
                               const void *initial)
{
    if (it->status != PILA_OK && it->status != PILA_END) return it->status;
    if (!pila_type_plain(fold->acc_type)) return PILA_ETYPE;
    if (it->status == PILA_END) return initial ? PILA_OK : PILA_ETYPE;
    if (fold->in_size != it->type->size || !functools_lasts(fold->acc_type, it->type))
        return PILA_ETYPE;
    if (initial) return PILA_OK;
    return it->type->kind == fold->acc_type->kind &&
                   pila_type_accepts(fold->acc_type, it->type)
               ? PILA_OK
               : PILA_ETYPE;
}

/* The accumulator's first value. */
static pila_status reduce_begin(pila_iter *it, const pila_fold *fold,
                                const void *initial, char *acc)
{
    if (!initial) {
        if (pila_iter_ready(it) == 0)
            return it->status == PILA_END ? PILA_ETYPE : it->status;
        initial = it->cur;
        pila_iter_skip(it, 1);
    }
    memcpy(acc, initial, fold->acc_type->size);
    return PILA_OK;
}

pila_status pila_reduce(pila_iter it, pila_fold fold, const void *initial, void *out)
{
    functools_room room;
    pila_status st = reduce_fits(&it, &fold, initial);

    if (st == PILA_OK && !functools_open(&room, 1, fold.acc_type)) st = PILA_ENOMEM;
    if (st != PILA_OK) return functools_end(&it, NULL, st);
    st = reduce_begin(&it, &fold, initial, room.at);
    if (st == PILA_OK) {
        for (size_t n; (n = pila_iter_ready(&it)) > 0;) {
            fold.reduce(room.at, it.cur, n, fold.ctx);
            pila_iter_skip(&it, n);
        }
        st = pila_iter_outcome(&it);
        if (st == PILA_OK) memcpy(out, room.at, fold.acc_type->size);
    }
    return functools_end(&it, &room, st);
}

/* What the callback has made so far, and room for what it makes next. */
typedef struct reduction {
    const pila_type *type;
    char *acc, *next;
} reduction;

static pila_status reduction_begin(const reduction *r, pila_iter *it,
                                   const void *initial)
{
    pila_string text;
    const void *item;

    if (initial) return pila_type_copy(r->type, r->acc, initial);
    item = pila_next_item(it);
    if (!item) return it->status == PILA_END ? PILA_ETYPE : it->status;
    item = pila_type_adapt(r->type, it->type, item, &text);
    return pila_type_copy(r->type, r->acc, item);
}

/* All items; on failure nothing is left. */
static pila_status reduction_run(reduction *r, pila_iter *it, pila_binary_callback *fn,
                                 void *ctx)
{
    pila_status st = PILA_OK;

    for (const void *item; st == PILA_OK && (item = pila_next_item(it));) {
        char *old = r->acc;
        st = fn(ctx, old, item, r->next);
        if (st != PILA_OK) break;
        r->acc = r->next;
        r->next = old;
        pila_type_drop(r->type, old);
    }
    if (st == PILA_OK) st = pila_iter_outcome(it);
    if (st != PILA_OK) pila_type_drop(r->type, r->acc);
    return st;
}

pila_status pila_reduce_fn(pila_iter it, pila_binary_callback *fn, void *ctx,
                           const void *initial, const pila_type *type, void *out)
{
    functools_room room;
    pila_status st = it.status;

    if (st == PILA_END) st = initial ? PILA_OK : PILA_ETYPE;
    else if (st == PILA_OK && !initial && !pila_type_accepts(type, it.type))
        st = PILA_ETYPE;
    else if (st == PILA_OK && !functools_lasts(type, it.type)) st = PILA_ETYPE;
    if (st == PILA_OK && !functools_open(&room, 2, type)) st = PILA_ENOMEM;
    if (st != PILA_OK) return functools_end(&it, NULL, st);
    reduction r = {type, room.at, room.at + type->size};
    st = reduction_begin(&r, &it, initial);
    if (st == PILA_OK) st = reduction_run(&r, &it, fn, ctx);
    if (st == PILA_OK) memcpy(out, r.acc, type->size);
    return functools_end(&it, &room, st);
}

/* ---- partial ---- */

pila_status pila_partial_call(void *partial, const void *item, void *out)
{
    const pila_partial *p = (const pila_partial *)partial;

    return p->fn(p->ctx, p->first, item, out);
}

pila_status pila_partial_test(void *partial, const void *item, bool *keep)
{
    return pila_partial_call(partial, item, keep);
}

/* ---- cmp_to_key ---- */

static pila_status cmp_less(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_cmp *c = (const pila_cmp *)ctx;
    int order = 0;
    pila_status st = c->fn(c->ctx, a, b, &order);

    if (st == PILA_OK) *out = order < 0;
    return st;
}

static pila_status cmp_eq(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_cmp *c = (const pila_cmp *)ctx;
    int order = 0;
    pila_status st = c->fn(c->ctx, a, b, &order);

    if (st == PILA_OK) *out = order == 0;
    return st;
}

static pila_status cmp_copy(void *ctx, void *out, const void *item)
{
    return pila_type_copy(((const pila_cmp *)ctx)->base, out, item);
}

static void cmp_drop(void *ctx, void *item)
{
    pila_type_drop(((const pila_cmp *)ctx)->base, item);
}

static pila_status cmp_repr(void *ctx, const void *item, pila_buf *out)
{
    return pila_type_repr(((const pila_cmp *)ctx)->base, item, out);
}

void pila_cmp_to_key(pila_cmp *c, const pila_type *base, pila_cmp_callback *fn,
                     void *ctx)
{
    bool plain = pila_type_plain(base);
    pila_type type = {
        PILA_KIND_OTHER, base->size, base->align, base->name, c,       NULL,
        cmp_eq,          cmp_less,   NULL,        NULL,       cmp_repr};

    if (!plain) {
        type.copy = cmp_copy;
        type.drop = cmp_drop;
    }
    c->base = base;
    c->fn = fn;
    c->ctx = ctx;
    c->type = type;
}

pila_status pila_cmp_key(void *cmp, const void *item, void *out)
{
    return pila_type_copy(((const pila_cmp *)cmp)->base, out, item);
}
