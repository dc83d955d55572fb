/* unique.c - see unique.h.
 *
 * unique_everseen puts each item, or its key, into a table of keys alone; the count of
 * live entries tells whether it was new. Where nothing calls out, a window is gone
 * through as a whole, hashed in batches whose cache lines are asked for ahead, and
 * yielded in place, as runs of new items. A batch may end before its hashes are used up
 * (a repeat ends the run); they are then made again, which is cheaper than to keep
 * them.
 *
 * unique goes along what pila_sorted keeps, in place: one window, so that an item can
 * be compared with the one before. Runs without repeats are yielded whole.
 */
#include "unique.h"

#include "../core/keep.h"
#include "item.h"
#include "sorted.h"
#include "table.h"

#include <assert.h>

enum { UNIQUE_BATCH = 64 }; /* items hashed ahead */

typedef struct unique_state {
    pila_iter src;
    pila_key key; /* fn NULL: none */
    pila__dict seen;
    pila_pair entry;
    pila__kept kept;     /* what views in keys show */
    const pila_type *kt; /* of what tells items apart, as it comes */
    char *room;          /* for the key of an item, and the one before */
    bool shows, busy;
    bool any, has_last; /* unique: an item has gone by; its key is kept */
} unique_state;

static pila_iter unique_refused(pila_iter *src, pila_status why)
{
    pila_iter_drop(src);
    return pila_failed(why);
}

static bool unique_yield(pila_iter *it, const pila_iter *src, const char *cur,
                         size_t bytes)
{
    it->cur = cur;
    it->end = cur + bytes;
    it->stamp = src->stamp;
    it->seen = src->seen;
    return true;
}

static size_t unique_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const unique_state *)it->state)->src);
}

static unique_state *unique_new(const pila_iter *src, const pila_key *key, size_t keys)
{
    const pila_type *kt = key ? key->type : src->type;
    unique_state *s = (unique_state *)pila_alloc_zero(1, sizeof *s);

    if (!s) return NULL;
    if (key && !(s->room = (char *)pila_alloc(keys, kt->size))) {
        pila_free(s);
        return NULL;
    }
    s->src = *src;
    s->kt = kt;
    if (key) s->key = *key;
    return s;
}

/* ---- everseen ---- */

/* Put what tells an item apart among what has been seen. */
static pila_status unique_see(unique_state *s, const void *key, bool *fresh)
{
    pila_string text;
    size_t live = s->seen.live;
    pila_status st = pila__dict_put(&s->seen, s->entry.first, &s->entry,
                                    pila_type_adapt(s->entry.first, s->kt, key, &text),
                                    NULL, false, NULL);

    if (st != PILA_OK) return st;
    *fresh = s->seen.live != live;
    if (!*fresh || !s->shows) return PILA_OK;
    return pila__kept_add(&s->kept, s->entry.first,
                          pila__dict_entry(&s->seen, &s->entry, s->seen.used - 1));
}

/* The same for n items of a window, as long as they are alike; nothing calls out. t is
 * a constant where it pays. */
PILA_INLINE pila_status unique_see_run(unique_state *s, const char *items, size_t n,
                                       const pila_type *t, size_t *run, bool *fresh)
{
    pila__dict *d = &s->seen;
    uint64_t hash[UNIQUE_BATCH];
    size_t k = 0, size = s->kt->size;
    pila_status st = PILA_OK;

    if (n > UNIQUE_BATCH) n = UNIQUE_BATCH;
    if (!d->groups && (st = pila__dict_grow(d, &s->entry, 1)) != PILA_OK) return st;
    for (size_t j = 0; j < n; j++) {
        pila_string text;
        (void)!pila_type_hash(t, pila_type_adapt(t, s->kt, items + j * size, &text),
                              &hash[j]);
        __builtin_prefetch(pila__dict_group_at(d, hash[j]), 1);
    }
    for (; k < n && st == PILA_OK; k++) {
        pila_string text;
        const void *key = pila_type_adapt(t, s->kt, items + k * size, &text);
        bool here =
            pila__dict_find(d, t, &s->entry, key, hash[k], &st) == PILA__DICT_NONE;
        if (k == 0) *fresh = here;
        if (here != *fresh) break;
        if (here) st = pila__dict_push(d, t, &s->entry, key, NULL, hash[k], NULL);
        if (st != PILA_OK) break;
    }
    *run = k;
    return k ? PILA_OK : st; /* a fault shows again, after the items before it */
}

static pila_status unique_see_window(unique_state *s, const char *items, size_t n,
                                     size_t *run, bool *fresh)
{
#define UNIQUE_CALL(t) unique_see_run(s, items, n, t, run, fresh)
    PILA__BY_KIND(s->entry.first, UNIQUE_CALL, UNIQUE_CALL(s->entry.first))
#undef UNIQUE_CALL
}

/* Runs of new items, in place. */
static bool unique_refill_windows(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t run = 0;
    bool fresh = false;

    while (!fresh) {
        size_t n = pila_iter_ready(src);
        if (n == 0) return pila_iter_end(it, src->status);
        pila_status st = unique_see_window(s, src->cur, n, &run, &fresh);
        if (st != PILA_OK) return pila_iter_end(it, st);
        pila_iter_skip(src, run);
    }
    run *= it->type->size;
    return unique_yield(it, src, src->cur - run, run);
}

/* One item, where a callback may run; it is held, or its key is. */
static pila_status unique_ask(unique_state *s, const void *item, bool *fresh)
{
    pila__held held;
    pila_status st;

    if (s->key.fn) {
        st = s->key.fn(s->key.ctx, item, s->room);
        if (st != PILA_OK) return st;
        if (*s->src.stamp != s->src.seen) st = PILA_EMUTATED; /* it may show the item */
        if (st == PILA_OK) st = unique_see(s, s->room, fresh);
        pila_type_drop(s->kt, s->room);
    } else {
        st = pila__hold_copy(&held, s->kt, item);
        if (st != PILA_OK) return st;
        st = unique_see(s, held.item, fresh);
        pila__let_go_copy(&held);
    }
    return st == PILA_OK && *s->src.stamp != s->src.seen ? PILA_EMUTATED : st;
}

static bool unique_refill_each(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t size = it->type->size;
    pila_status st = PILA_OK;
    bool fresh = false;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    while (st == PILA_OK && !fresh) {
        const void *item = pila_next(src, size);
        st = item ? unique_ask(s, item, &fresh) : src->status;
    }
    s->busy = false;
    if (it->status != PILA_OK) return false; /* it re-entered itself */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return unique_yield(it, src, src->cur - size, size);
}

/* Keys go with their rows; where there are none the table drops them. */
static void unique_drop_seen(unique_state *s)
{
    if (s->shows) {
        for (size_t e = s->seen.front; e < s->seen.used; e++) /* none is dead */
            pila__unkeep(s->entry.first, pila__dict_entry(&s->seen, &s->entry, e), 1);
        s->seen.live = s->seen.front = s->seen.used = 0;
    }
    pila__dict_done(&s->seen, &s->entry);
}

static pila_iter unique_drop(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter src = s->src;

    assert(!s->busy && "dropped by its own callback");
    unique_drop_seen(s);
    if (s->has_last) pila_type_drop(s->kt, s->room + s->kt->size);
    pila__kept_done(&s->kept);
    pila_free(s->room);
    pila_free(s);
    return src;
}

pila_iter pila_unique_everseen(pila_iter src, const pila_key *key)
{
    static const pila_iter_ops each = {unique_refill_each, unique_drop, unique_hint};
    static const pila_iter_ops windows = {unique_refill_windows, unique_drop,
                                          unique_hint};
    const pila_type *kt = key ? key->type : src.type, *kept;
    unique_state *s;
    pila_status st;

    if (src.status != PILA_OK) return unique_refused(&src, src.status);
    if (pila_type_calls_out(kt) && (!kt->hash || !kt->eq))
        return unique_refused(&src, PILA_ETYPE);
    s = unique_new(&src, key, 1);
    if (!s) return unique_refused(&src, PILA_ENOMEM);
    kept = kt->kind == PILA_KIND_STR ? &pila_text : kt;
    s->shows = pila__kept_shows(kept);
    st = pila_pair_init(&s->entry, kept, &pila__nothing);
    if (st != PILA_OK) {
        pila_free(s->room);
        pila_free(s);
        return unique_refused(&src, st);
    }
    return pila_iter_make(src.type, key || pila_type_calls_out(kt) ? &each : &windows,
                          s);
}

/* ---- unique: along what is sorted ---- */

/* How many items from the first, which is new, differ each from the one before. */
static size_t unique_run(const pila_type *t, const char *items, size_t n)
{
    size_t k = 1;

    for (bool same = false; k < n; k++) {
        const char *item = items + k * t->size;
        (void)!pila_type_eq(t, item - t->size, item, &same);
        if (same) break;
    }
    return k;
}

/* The key of an item against that of the one before, whose place it takes. */
static pila_status unique_key_differs(unique_state *s, const char *item, bool *same)
{
    char *last = s->room + s->kt->size;
    pila_status st = s->key.fn(s->key.ctx, item, s->room);

    if (st != PILA_OK) return st;
    if (s->has_last) st = pila_type_eq(s->kt, last, s->room, same);
    if (s->has_last) pila_type_drop(s->kt, last);
    memcpy(last, s->room, s->kt->size);
    s->has_last = true;
    return st;
}

/* Whether an item differs from the one before, which lies before it. */
static pila_status unique_differs(unique_state *s, const char *item, bool *differs)
{
    bool same = false;
    pila_status st = PILA_OK;

    if (s->key.fn) st = unique_key_differs(s, item, &same);
    else if (s->any) st = pila_type_eq(s->kt, item - s->kt->size, item, &same);
    s->any = true;
    *differs = !same;
    return st;
}

static bool unique_refill_sorted(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t size = it->type->size, n = 0, run = 1;
    pila_status st = PILA_OK;
    bool differs = false;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    while (st == PILA_OK && !differs && (n = pila_iter_ready(src)) > 0) {
        st = unique_differs(s, src->cur, &differs);
        if (st == PILA_OK) pila_iter_skip(src, 1);
    }
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (!differs) return pila_iter_end(it, src->status);
    if (!s->key.fn && !pila_type_calls_out(s->kt))
        run = unique_run(s->kt, src->cur - size, n);
    pila_iter_skip(src, run - 1);
    return unique_yield(it, src, src->cur - run * size, run * size);
}

pila_iter pila_unique(pila_iter src, const pila_key *key, bool reverse)
{
    static const pila_iter_ops ops = {unique_refill_sorted, unique_drop, unique_hint};
    const pila_type *kt = key ? key->type : src.type;
    unique_state *s;

    if (src.status == PILA_OK && pila_type_calls_out(kt) && !kt->eq)
        return unique_refused(&src, PILA_ETYPE);
    src = pila_sorted(src, key, reverse);
    if (src.status != PILA_OK) return src;
    s = unique_new(&src, key, 2);
    if (!s) return unique_refused(&src, PILA_ENOMEM);
    (void)!pila_pair_init(&s->entry, &pila_u8, &pila__nothing); /* nothing is put in */
    return pila_iter_make(src.type, &ops, s);
}
