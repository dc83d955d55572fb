/* deque.c - blocks of 512 items behind a ring of pointers to them.
 *
 *     blocks:   [ 2 | 3 | - | - | - | - | 0 | 1 ]     head = 6, used = 4, cap = 8
 *     block 0:  [ . . . a b c ]   left is at a         block 3: [ d e . . . . ]   right
 *                                                                       is behind e
 *
 * Invariants: without blocks all pointers are NULL. With two or more, the first and the
 * last hold an item, so left is never at the end of its block nor right at the begin of
 * its own; those between are full. A single block may hold none: then left == right,
 * before the end. The block emptied last is kept in `spare` and is the next one filled,
 * so a queue in steady state allocates nothing and stays in cache. Item i is at
 * position (left - left_begin) + i, which a shift and a mask split into block and slot.
 *
 * Rejected: one power-of-two ring of items, where 10 M appends cost 8.5 ns each with
 * its growth and page faults, a queue 1.9 (blocks 0.6 and 0.8); a linked list of blocks
 * as in CPython, whose index is O(n); a count beside the cursors, one more store an
 * operation for what three subtractions tell.
 *
 * Code of the user (copy, eq, less, repr, drop) may use the deque it is called from. So
 * an item is copied aside before the deque makes room for it, is compared as a copy,
 * and has left its slot before it is dropped.
 */
#include "deque.h"

#include "item.h"

enum { DEQUE_RING = 8 }; /* pointers in the first ring: one cache line */

static size_t deque_maxlen(const pila__deque *d) { return SIZE_MAX - d->cut; }

static size_t deque_len(const pila__deque *d, const pila_type *t)
{
    return pila__deque_len(d, t->size);
}

/* The item i from the left, which is there. */
static char *deque_item(const pila__deque *d, size_t size, size_t i)
{
    return pila__deque_at(d, size, pila__deque_begin(d, size) + i);
}

/* ---- blocks ---- */

static pila_status deque_grow_ring(pila__deque *d)
{
    size_t cap = d->cap ? d->cap * 2 : (size_t)DEQUE_RING;
    char **ring = (char **)pila_alloc(cap, sizeof *ring);

    if (!ring) return PILA_ENOMEM;
    for (size_t k = 0; k < d->used; k++)
        ring[k] = d->blocks[(d->head + k) & (d->cap - 1)];
    pila_free(d->blocks);
    d->blocks = ring;
    d->cap = cap;
    d->head = 0;
    return PILA_OK;
}

/* See to a spare block and a free place in the ring: deque_link then cannot fail. */
static pila_status deque_prepare(pila__deque *d, size_t size)
{
    if (d->used == d->cap) {
        pila_status st = deque_grow_ring(d);
        if (st != PILA_OK) return st;
    }
    if (!d->spare)
        d->spare = (char *)pila_alloc((size_t)1 << pila__deque_shift(size), size);
    return d->spare ? PILA_OK : PILA_ENOMEM;
}

/* The spare block becomes the first or the last; its room is at that end. */
static void deque_link(pila__deque *d, size_t size, bool left)
{
    char *block = d->spare, *end = block + pila__deque_block_bytes(size);

    d->spare = NULL;
    if (left) d->head = (d->head - 1) & (d->cap - 1);
    d->blocks[(d->head + (left ? 0 : d->used)) & (d->cap - 1)] = block;
    d->used++;
    if (left || d->used == 1) {
        d->left_begin = block;
        d->left = left ? end : block;
    }
    if (!left || d->used == 1) {
        d->right_end = end;
        d->right = left ? end : block;
    }
    pila__deque_set_stops(d);
}

pila_status pila__deque_room(pila__deque *d, size_t size, bool left)
{
    pila_status st;

    if (d->used == 1 && d->left == d->right) { /* empty: all of its block is room */
        d->left = d->right = left ? d->right_end : d->left_begin;
        pila__deque_set_stops(d);
        return PILA_OK;
    }
    st = deque_prepare(d, size);
    if (st == PILA_OK) deque_link(d, size, left);
    return st;
}

static void deque_keep_spare(pila__deque *d, char *block)
{
    if (d->spare) pila_free(block);
    else d->spare = block;
}

static void deque_unlink(pila__deque *d, size_t size, bool left)
{
    size_t mask = d->cap - 1;

    d->used--;
    if (left) {
        deque_keep_spare(d, d->blocks[d->head]);
        d->head = (d->head + 1) & mask;
        d->left = d->left_begin = d->blocks[d->head];
    } else {
        deque_keep_spare(d, d->blocks[(d->head + d->used) & mask]);
        d->right_end = d->blocks[(d->head + d->used - 1) & mask];
        d->right = d->right_end += pila__deque_block_bytes(size);
    }
}

/* A cursor has come to the far end of its block, which holds nothing more. */
void pila__deque_step(pila__deque *d, size_t size, bool left)
{
    if (d->used > 1) deque_unlink(d, size, left);
    else if (left) d->left = d->right = d->left_begin;
    pila__deque_set_stops(d);
}

/* ---- raw items: bytes that move, and no code of the user ---- */

static const char *deque_last(const pila__deque *d, size_t size, bool left)
{
    return left ? d->left : d->right - size;
}

/* Put an item's bytes at an end. At maxlen the item at the other end goes, after that.
 */
static pila_status deque_give(pila__deque *d, const pila_type *t, const void *item,
                              bool left)
{
    size_t maxlen = deque_maxlen(d);
    bool full = d->cut && deque_len(d, t) >= maxlen;
    pila__held out;
    pila_status st = full ? pila__room_open(&out, t) : PILA_OK;

    if (st != PILA_OK) return st;
    if (full) pila__room_fill(&out, t, maxlen ? deque_last(d, t->size, !left) : item);
    st = pila__deque_put_plain(d, t->size, item, left);
    if (full && st == PILA_OK) pila__room_drop(&out, t);
    else if (full) pila__room_shut(&out);
    return st;
}

/* Items [from, from + n) each go one place to the right. */
static void deque_slide_right(pila__deque *d, size_t size, size_t from, size_t n)
{
    size_t mask = ((size_t)1 << pila__deque_shift(size)) - 1;
    size_t to = pila__deque_begin(d, size) + from + n; /* where the last one goes */

    while (n) {
        size_t run = (to & mask) < n ? to & mask : n;
        char *slot = pila__deque_at(d, size, to);
        memmove(slot - run * size + size, slot - run * size, run * size);
        to -= run;
        n -= run;
        if (n == 0) break;
        memcpy(pila__deque_at(d, size, to), pila__deque_at(d, size, to - 1), size);
        to--;
        n--;
    }
}

/* Items [from, from + n) each go one place to the left. */
static void deque_slide_left(pila__deque *d, size_t size, size_t from, size_t n)
{
    size_t mask = ((size_t)1 << pila__deque_shift(size)) - 1;
    size_t to = pila__deque_begin(d, size) + from - 1; /* where the first one goes */

    while (n) {
        size_t room = mask - (to & mask), run = room < n ? room : n;
        char *slot = pila__deque_at(d, size, to);
        memmove(slot, slot + size, run * size);
        to += run;
        n -= run;
        if (n == 0) break;
        memcpy(pila__deque_at(d, size, to), pila__deque_at(d, size, to + 1), size);
        to++;
        n--;
    }
}

/* ---- adding and taking ---- */

pila_status pila__deque_put(pila__deque *d, const pila_type *t, const void *item,
                            bool left)
{
    pila__held in;
    pila_status st = pila__hold_copy(&in, t, item);

    if (st != PILA_OK) return st;
    st = deque_give(d, t, in.item, left);
    if (st == PILA_OK) pila__room_shut(&in);
    else pila__let_go_copy(&in);
    return st;
}

pila_status pila__deque_discard(pila__deque *d, const pila_type *t, bool left)
{
    pila__held out;
    pila_status st = pila__deque_empty(d) ? PILA_EEMPTY : pila__room_open(&out, t);

    if (st != PILA_OK) return st;
    pila__room_fill(&out, t, deque_last(d, t->size, left));
    pila__deque_shrink(d, t->size, 1, left);
    pila__room_drop(&out, t);
    return PILA_OK;
}

/* Windows of plain items, appended whole. */
static pila_status deque_extend_plain(pila__deque *d, size_t size, pila_iter *it)
{
    for (size_t ready, n; (ready = pila_iter_ready(it)) > 0; pila_iter_skip(it, n)) {
        if (d->right == d->right_end) {
            pila_status st = pila__deque_room(d, size, false);
            if (st != PILA_OK) return st;
        }
        n = (size_t)(d->right_end - d->right) / size;
        if (n > ready) n = ready;
        d->version++;
        memcpy(d->right, it->cur, n * size);
        d->right += n * size;
    }
    return pila_iter_outcome(it);
}

static pila_status deque_put_any(pila__deque *d, const pila_type *t, const void *item,
                                 bool left)
{
    return left ? pila__deque_appendleft(d, t, item) : pila__deque_append(d, t, item);
}

static pila_status deque_extend_each(pila__deque *d, const pila_type *t, pila_iter *it,
                                     bool left)
{
    const void *item;
    pila_string text;

    while ((item = pila_next_item(it)) != NULL) {
        pila_status st;
        if (deque_maxlen(d) == 0) continue; /* consumed, as Python does */
        item = pila_type_adapt(t, it->type, item, &text);
        st = deque_put_any(d, t, item, left);
        if (st != PILA_OK) return st;
    }
    return pila_iter_outcome(it);
}

/* The items are in d itself: a copy of them all, and then they move. */
static pila_status deque_extend_self(pila__deque *d, const pila_type *t, pila_iter *it,
                                     bool left)
{
    pila__deque made = {0};
    pila_status st = deque_extend_each(&made, t, it, false);

    while (st == PILA_OK && !pila__deque_empty(&made)) {
        st = deque_give(d, t, made.left, left);
        if (st == PILA_OK) pila__deque_shrink(&made, t->size, 1, true);
    }
    pila__deque_done(&made, t);
    return st;
}

pila_status pila__deque_extend(pila__deque *d, const pila_type *t, pila_iter items,
                               bool left)
{
    pila_status st = PILA_ETYPE;

    if (items.status != PILA_OK) st = pila_iter_outcome(&items);
    else if (pila_type_accepts(t, items.type)) {
        if (items.stamp == &d->version) st = deque_extend_self(d, t, &items, left);
        else if (pila_type_plain(t) && !left && !d->cut)
            st = deque_extend_plain(d, t->size, &items);
        else st = deque_extend_each(d, t, &items, left);
    }
    pila_iter_drop(&items);
    return st;
}

/* A slot at index i, by moving the items of the shorter side. */
static pila_status deque_open_slot(pila__deque *d, size_t size, size_t i)
{
    size_t n = pila__deque_len(d, size);
    bool left = i < n - i;
    pila_status st = pila__deque_open(d, size, left);

    if (st != PILA_OK) return st;
    if (left) deque_slide_left(d, size, 1, i);
    else deque_slide_right(d, size, i, n - i);
    pila__deque_set_stops(d);
    return PILA_OK;
}

pila_status pila__deque_insert(pila__deque *d, const pila_type *t, ptrdiff_t i,
                               const void *item)
{
    pila__held in;
    pila_status st = pila__hold_copy(&in, t, item);
    size_t n, at;

    if (st != PILA_OK) return st;
    n = deque_len(d, t);
    at = i >= 0 ? (size_t)i : n - ((size_t)0 - (size_t)i);
    if (at > n) at = i < 0 ? 0 : n;
    st = n >= deque_maxlen(d) ? PILA_EINDEX : deque_open_slot(d, t->size, at);
    if (st == PILA_OK) {
        memcpy(deque_item(d, t->size, at), in.item, t->size);
        pila__room_shut(&in);
    } else pila__let_go_copy(&in);
    return st;
}

/* The copy may change the deque: where the index leads is looked up after it. */
pila_status pila__deque_set_held(pila__deque *d, const pila_type *t, ptrdiff_t i,
                                 const void *item)
{
    size_t position;
    pila__held in;
    pila_status st;

    if (!pila__deque_locate(d, t->size, i, &position)) return PILA_EINDEX;
    st = pila__hold_copy(&in, t, item);
    if (st != PILA_OK) return st;
    if (pila__deque_locate(d, t->size, i, &position)) {
        char *slot = pila__deque_at(d, t->size, position);
        pila__swap(slot, (void *)(uintptr_t)in.item, t->size);
    } else st = PILA_EINDEX;
    pila__let_go_copy(&in);
    return st;
}

static pila_status deque_del_at(pila__deque *d, const pila_type *t, size_t i)
{
    size_t n = deque_len(d, t);
    bool left = i < n - 1 - i;
    pila__held out;
    pila_status st = pila__room_open(&out, t);

    if (st != PILA_OK) return st;
    pila__room_fill(&out, t, deque_item(d, t->size, i));
    if (left) deque_slide_right(d, t->size, 0, i);
    else deque_slide_left(d, t->size, i + 1, n - 1 - i);
    pila__deque_shrink(d, t->size, 1, left);
    pila__room_drop(&out, t);
    return PILA_OK;
}

pila_status pila__deque_del(pila__deque *d, const pila_type *t, ptrdiff_t i)
{
    size_t position;

    if (!pila__deque_locate(d, t->size, i, &position)) return PILA_EINDEX;
    return deque_del_at(d, t, position - pila__deque_begin(d, t->size));
}

/* ---- looking ---- */

/* The items from index i that lie together, at most `most` of them. */
PILA_INLINE const char *deque_span(const pila__deque *d, size_t size, size_t i,
                                   size_t most, size_t *n)
{
    size_t block = (size_t)1 << pila__deque_shift(size);
    size_t position = pila__deque_begin(d, size) + i;
    size_t room = block - (position & (block - 1));

    *n = room < most ? room : most;
    return pila__deque_at(d, size, position);
}

/* The first equal item of [i, stop), or stop; comparing calls nothing. */
PILA_INLINE size_t deque_scan(const pila__deque *d, const pila_type *t, size_t i,
                              size_t stop, const void *value)
{
    for (size_t n; i < stop; i += n) {
        const char *p = deque_span(d, t->size, i, stop - i, &n);
        for (size_t k = 0; k < n; k++) {
            bool same = false;
            (void)!pila_type_eq(t, p + k * t->size, value, &same);
            if (same) return i + k;
        }
    }
    return stop;
}

static size_t deque_find_ready(const pila__deque *d, const pila_type *type, size_t i,
                               size_t stop, const void *value)
{
#define DEQUE_CALL(t) deque_scan(d, t, i, stop, value)
    PILA__BY_KIND(type, DEQUE_CALL, deque_scan(d, type, i, stop, value))
#undef DEQUE_CALL
}

/* Compare the item at index i, as a copy. */
static pila_status deque_same(const pila__deque *d, const pila_type *t, size_t i,
                              const void *value, bool *same)
{
    pila__held item;
    pila_status st = pila__hold_copy(&item, t, deque_item(d, t->size, i));

    if (st != PILA_OK) return st;
    st = pila_type_eq(t, item.item, value, same);
    pila__let_go_copy(&item);
    return st;
}

/* The same with the user's eq. It stops at the first item that is equal, and at the
 * first comparison that fails or changes the deque; *same tells whether that one was
 * equal. */
static pila_status deque_find_user(const pila__deque *d, const pila_type *t, size_t *i,
                                   size_t stop, const void *value, bool *same)
{
    uint64_t version = d->version;
    pila__held v;
    pila_status st = t->eq ? pila__hold_copy(&v, t, value) : PILA_ETYPE;

    if (st != PILA_OK) return st;
    *same = false;
    for (; *i < stop; ++*i) {
        if (version != d->version) st = PILA_EMUTATED;
        if (st == PILA_OK) st = deque_same(d, t, *i, v.item, same);
        if (st != PILA_OK || *same) break;
    }
    if (st == PILA_OK && version != d->version) st = PILA_EMUTATED;
    pila__let_go_copy(&v);
    return st;
}

/* PILA_OK and the first equal item in [*i, stop), or PILA_EVALUE. As in Python a change
 * counts only where the comparison that made it did not find the item. */
static pila_status deque_find(const pila__deque *d, const pila_type *t, size_t *i,
                              size_t stop, const void *value)
{
    bool same = false;
    pila_status st;

    if (!pila_type_calls_out(t)) {
        *i = deque_find_ready(d, t, *i, stop, value);
        return *i < stop ? PILA_OK : PILA_EVALUE;
    }
    st = deque_find_user(d, t, i, stop, value, &same);
    if (st == PILA_EMUTATED && same) st = PILA_OK;
    return st == PILA_OK && !same ? PILA_EVALUE : st;
}

pila_status pila__deque_remove(pila__deque *d, const pila_type *t, const void *value)
{
    uint64_t version = d->version;
    size_t i = 0;
    pila_status st = deque_find(d, t, &i, deque_len(d, t), value);

    if (st == PILA_OK && version != d->version) st = PILA_EMUTATED;
    return st == PILA_OK ? deque_del_at(d, t, i) : st;
}

/* A bound as Python's index takes it: below 0 from the right, and cut to [0, n]. */
static size_t deque_bound(ptrdiff_t i, size_t n)
{
    size_t back = (size_t)0 - (size_t)i;

    if (i < 0) return back < n ? n - back : 0;
    return (size_t)i < n ? (size_t)i : n;
}

pila_status pila__deque_index(const pila__deque *d, const pila_type *t,
                              const void *value, ptrdiff_t start, ptrdiff_t stop,
                              size_t *out)
{
    size_t n = deque_len(d, t), i = deque_bound(start, n);
    pila_status st = deque_find(d, t, &i, deque_bound(stop, n), value);

    if (st == PILA_OK) *out = i;
    return st;
}

pila_status pila__deque_contains(const pila__deque *d, const pila_type *t,
                                 const void *value, bool *out)
{
    size_t i = 0;
    pila_status st = deque_find(d, t, &i, deque_len(d, t), value);

    if (st == PILA_OK || st == PILA_EVALUE) *out = st == PILA_OK;
    return st == PILA_EVALUE ? PILA_OK : st;
}

PILA_INLINE size_t deque_tally(const pila__deque *d, const pila_type *t,
                               const void *value)
{
    size_t len = pila__deque_len(d, t->size), found = 0;

    for (size_t i = 0, n; i < len; i += n) {
        const char *p = deque_span(d, t->size, i, len - i, &n);
        for (size_t k = 0; k < n; k++) {
            bool same = false;
            (void)!pila_type_eq(t, p + k * t->size, value, &same);
            found += same;
        }
    }
    return found;
}

static size_t deque_count_ready(const pila__deque *d, const pila_type *type,
                                const void *value){
#define DEQUE_CALL(t) deque_tally(d, t, value)
    PILA__BY_KIND(type, DEQUE_CALL, deque_tally(d, type, value))
#undef DEQUE_CALL
}

pila_status pila__deque_count(const pila__deque *d, const pila_type *t,
                              const void *value, size_t *out)
{
    size_t found = 0, len = deque_len(d, t);
    uint64_t version = d->version;
    pila__held v;
    pila_status st;

    if (!pila_type_calls_out(t)) {
        *out = deque_count_ready(d, t, value);
        return PILA_OK;
    }
    st = t->eq ? pila__hold_copy(&v, t, value) : PILA_ETYPE;
    if (st != PILA_OK) return st;
    for (size_t i = 0; i < len && st == PILA_OK; i++) {
        bool same = false;
        st = version == d->version ? deque_same(d, t, i, v.item, &same) : PILA_EMUTATED;
        found += same;
    }
    if (st == PILA_OK && version != d->version) st = PILA_EMUTATED;
    pila__let_go_copy(&v);
    if (st == PILA_OK) *out = found;
    return st;
}

/* Whether two items differ, or their order; x is held already, y is held here. */
static pila_status deque_pair(const pila_type *t, const void *x, const void *y,
                              bool order, int *out)
{
    pila__held held;
    bool differ = false;
    pila_status st = pila__hold(&held, t, y);

    if (st != PILA_OK) return st;
    if (order) st = pila__item_differ(t, x, held.item, &differ);
    else {
        st = pila_type_eq(t, x, held.item, &differ);
        differ = !differ;
    }
    *out = differ;
    if (st == PILA_OK && differ && order) st = pila__item_order(t, x, held.item, out);
    pila__let_go(&held, t);
    return st;
}

/* The next of each. Both iterators tell whether the user's code changed their deque. */
static pila_status deque_match_next(pila_iter *i, pila_iter *j, const pila_type *t,
                                    bool order, int *out)
{
    const void *x = pila_next_item(i), *y;
    pila__held held;
    pila_status st = x ? pila__hold(&held, t, x) : pila_iter_outcome(i);

    if (st != PILA_OK) return st;
    y = pila_next_item(j);
    if (!y) st = pila_iter_outcome(j);
    if (st == PILA_OK && x && y) st = deque_pair(t, held.item, y, order, out);
    else if (st == PILA_OK) *out = order ? (x != NULL) - (y != NULL) : x || y;
    if (x) pila__let_go(&held, t);
    return st == PILA_OK && !x && !y ? PILA_END : st;
}

/* 0 where all items are equal, else what deque_pair says of the first that differ. */
static pila_status deque_match(const pila__deque *a, const pila__deque *b,
                               const pila_type *t, bool order, int *out)
{
    pila_iter i = pila__deque_iter(a, t), j = pila__deque_iter(b, t);
    pila_status st = PILA_OK;

    for (*out = 0; st == PILA_OK && *out == 0;)
        st = deque_match_next(&i, &j, t, order, out);
    return st == PILA_END ? PILA_OK : st;
}

pila_status pila__deque_eq(const pila__deque *a, const pila__deque *b,
                           const pila_type *t, bool *out)
{
    int differ = deque_len(a, t) != deque_len(b, t);
    pila_status st = differ ? PILA_OK : deque_match(a, b, t, false, &differ);

    if (st == PILA_OK) *out = !differ;
    return st;
}

pila_status pila__deque_compare(const pila__deque *a, const pila__deque *b,
                                const pila_type *t, int *out)
{
    int order = 0;
    pila_status st = deque_match(a, b, t, true, &order);

    if (st == PILA_OK) *out = order;
    return st;
}

/* `at` counts the items that windows have held. */
static bool deque_refill(pila_iter *it)
{
    const pila__deque *d = (const pila__deque *)it->state;
    size_t size = it->type->size, len = pila__deque_len(d, size), n;

    if (it->at == len) return pila_iter_end(it, PILA_END);
    it->cur = deque_span(d, size, it->at, len - it->at, &n);
    it->end = it->cur + n * size;
    it->at += n;
    return true;
}

static bool deque_refill_reversed(pila_iter *it)
{
    const pila__deque *d = (const pila__deque *)it->state;
    size_t size = it->type->size, len = pila__deque_len(d, size);

    if (it->at == len) return pila_iter_end(it, PILA_END);
    it->cur = deque_item(d, size, len - 1 - it->at++);
    it->end = it->cur + size;
    return true;
}

static size_t deque_hint(const pila_iter *it)
{
    const pila__deque *d = (const pila__deque *)it->state;
    size_t len = pila__deque_len(d, it->type->size);

    return len > it->at ? len - it->at : 0;
}

static pila_iter deque_iter_by(const pila__deque *d, const pila_type *t,
                               const pila_iter_ops *ops)
{
    pila_iter it = pila_iter_make(t, ops, (void *)(uintptr_t)d);

    it.stamp = &d->version;
    it.seen = d->version;
    return it;
}

pila_iter pila__deque_iter(const pila__deque *d, const pila_type *t)
{
    static const pila_iter_ops ops = {deque_refill, NULL, deque_hint};
    return deque_iter_by(d, t, &ops);
}

pila_iter pila__deque_reversed(const pila__deque *d, const pila_type *t)
{
    static const pila_iter_ops ops = {deque_refill_reversed, NULL, deque_hint};
    return deque_iter_by(d, t, &ops);
}

static pila_status deque_repr_items(const pila__deque *d, const pila_type *t,
                                    pila_buf *out)
{
    pila_status st = pila_buf_add(out, pila_cstr("deque(["));

    for (size_t i = 0, n = deque_len(d, t); i < n && st == PILA_OK; i++) {
        if (i) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = pila_type_repr(t, deque_item(d, t->size, i), out);
    }
    if (st == PILA_OK) st = pila_buf_add_char(out, ']');
    if (st == PILA_OK && d->cut) st = pila_buf_add(out, pila_cstr(", maxlen="));
    if (st == PILA_OK && d->cut) st = pila_buf_add_uint(out, deque_maxlen(d));
    return st == PILA_OK ? pila_buf_add_char(out, ')') : st;
}

/* The user's repr may change the deque: as in Python, it is shown as it was. */
pila_status pila__deque_repr(const pila__deque *d, const pila_type *t, pila_buf *out)
{
    size_t was = out->len;
    pila__deque shown = {0};
    pila_status st = t->repr ? pila__deque_copy(&shown, d, t) : PILA_OK;

    if (st == PILA_OK) st = deque_repr_items(t->repr ? &shown : d, t, out);
    if (st != PILA_OK) out->len = was;
    pila__deque_done(&shown, t);
    return st;
}

/* ---- changing the whole ---- */

void pila__deque_reverse(pila__deque *d, const pila_type *t)
{
    size_t n = deque_len(d, t);

    for (size_t i = 0; i < n / 2; i++)
        pila__swap(deque_item(d, t->size, i), deque_item(d, t->size, n - 1 - i),
                   t->size);
}

/* Items of one block that can go over at once: those it holds, the room there, n. */
static size_t deque_chunk(const pila__deque *d, size_t size, size_t n, bool left)
{
    size_t bytes = pila__deque_block_bytes(size), there, held;

    there = (size_t)(left ? d->left - d->left_begin : d->right_end - d->right) / size;
    held = (left ? bytes - (size_t)(d->right_end - d->right)
                 : bytes - (size_t)(d->left - d->left_begin)) /
           size;
    if (n > there) n = there;
    return n > held ? held : n;
}

/* Move n items, at most half of them, to the left end or to the right one. The block
 * that was prepared is the only one needed: each later one has been emptied meanwhile.
 */
static void deque_turn(pila__deque *d, size_t size, size_t n, bool left)
{
    for (size_t k; n; n -= k) {
        if (left ? d->left == d->left_begin : d->right == d->right_end)
            deque_link(d, size, left);
        k = deque_chunk(d, size, n, left);
        if (left) {
            d->left -= k * size;
            memcpy(d->left, d->right - k * size, k * size);
        } else {
            memcpy(d->right, d->left, k * size);
            d->right += k * size;
        }
        pila__deque_shrink(d, size, k, !left);
    }
}

pila_status pila__deque_rotate(pila__deque *d, const pila_type *t, ptrdiff_t n)
{
    size_t len = deque_len(d, t), back = (size_t)0 - (size_t)n, right, steps, room;
    bool left;

    if (len < 2) return PILA_OK;
    right = n >= 0 ? (size_t)n % len : (len - back % len) % len;
    left = right <= len - right; /* items go to the left end */
    steps = left ? right : len - right;
    room = (size_t)(left ? d->left - d->left_begin : d->right_end - d->right) / t->size;
    if (room < steps) {
        pila_status st = deque_prepare(d, t->size);
        if (st != PILA_OK) return st;
    }
    d->version++;
    deque_turn(d, t->size, steps, left);
    pila__deque_set_stops(d);
    return PILA_OK;
}

pila_status pila__deque_copy(pila__deque *to, const pila__deque *from,
                             const pila_type *t)
{
    return pila__deque_repeat(to, from, t, 1);
}

pila_status pila__deque_concat(pila__deque *to, const pila__deque *a,
                               const pila__deque *b, const pila_type *t)
{
    pila__deque made = {0};
    pila_status st;

    made.cut = a->cut;
    st = pila__deque_extend(&made, t, pila__deque_iter(a, t), false);
    if (st == PILA_OK) st = pila__deque_extend(&made, t, pila__deque_iter(b, t), false);
    if (st == PILA_OK) pila__deque_move(to, &made, t);
    pila__deque_done(&made, t);
    return st;
}

pila_status pila__deque_repeat(pila__deque *to, const pila__deque *from,
                               const pila_type *t, ptrdiff_t n)
{
    pila__deque made = {0};
    size_t len = deque_len(from, t), times = n > 0 && len ? (size_t)n : 0;
    size_t most = deque_maxlen(from), total;
    pila_status st = PILA_OK;

    made.cut = from->cut;
    if (!pila_mul(len, times, &total)) total = SIZE_MAX;
    if (total > most) times = most / len + 1; /* the last of them are the same */
    if ((total < most ? total : most) > (size_t)PTRDIFF_MAX / t->size)
        return PILA_ENOMEM;
    while (st == PILA_OK && times--)
        st = pila__deque_extend(&made, t, pila__deque_iter(from, t), false);
    if (st == PILA_OK) pila__deque_move(to, &made, t);
    pila__deque_done(&made, t);
    return st;
}

/* ---- the end ---- */

/* What d holds, in `was`; d has nothing then, and no storage. */
static void deque_detach(pila__deque *d, pila__deque *was)
{
    *was = *d;
    memset(d, 0, sizeof *d);
    d->cut = was->cut;
    d->version = was->version + 1;
}

/* Drop the items, then free the blocks. */
static void deque_free(pila__deque *was, const pila_type *t)
{
    for (size_t i = 0, n = pila__drops(t) ? deque_len(was, t) : 0; i < n; i++)
        pila_type_drop(t, deque_item(was, t->size, i));
    for (size_t k = 0; k < was->used; k++)
        pila_free(was->blocks[(was->head + k) & (was->cap - 1)]);
    was->used = 0;
    pila_free(was->spare);
    pila_free(was->blocks);
}

void pila__deque_move(pila__deque *to, pila__deque *from, const pila_type *t)
{
    pila__deque was, now;

    if (to == from) return;
    deque_detach(to, &was);
    deque_detach(from, &now);
    now.version = to->version;
    *to = now;
    deque_free(&was, t);
}

/* The storage comes back unless a drop has made d take new one. */
void pila__deque_clear(pila__deque *d, const pila_type *t)
{
    pila__deque was;
    char **ring, *block;
    size_t cap;

    if (pila__deque_empty(d)) return;
    deque_detach(d, &was);
    ring = was.blocks;
    cap = was.cap;
    block = was.spare;
    was.spare = NULL;
    for (size_t i = 0, n = pila__drops(t) ? deque_len(&was, t) : 0; i < n; i++)
        pila_type_drop(t, deque_item(&was, t->size, i));
    for (size_t k = 0; k < was.used; k++) {
        char *b = ring[(was.head + k) & (cap - 1)];
        if (block) pila_free(b);
        else block = b;
    }
    if (d->blocks) {
        pila_free(ring);
        deque_keep_spare(d, block);
    } else {
        d->blocks = ring;
        d->cap = cap;
        d->spare = block;
    }
}

void pila__deque_done(pila__deque *d, const pila_type *t)
{
    pila__deque was;

    deque_detach(d, &was);
    d->cut = 0;
    deque_free(&was, t);
}

bool pila__deque_valid(const pila__deque *d, const pila_type *t)
{
    size_t bytes = pila__deque_block_bytes(t->size);

    if (d->cap & (d->cap - 1) || d->used > d->cap || !d->cap != !d->blocks)
        return false;
    if (d->used == 0)
        return !d->left && !d->left_begin && !d->left_stop && !d->right &&
               !d->right_end && !d->right_stop;
    if (d->left_begin != d->blocks[d->head & (d->cap - 1)]) return false;
    if (d->right_end != d->blocks[(d->head + d->used - 1) & (d->cap - 1)] + bytes)
        return false;
    if (d->left < d->left_begin || d->left >= d->left_begin + bytes) return false;
    if (d->right > d->right_end || d->right < d->right_end - bytes) return false;
    if (d->used > 1 ? d->right == d->right_end - bytes : d->left > d->right)
        return false;
    if (!d->cut) return d->left_stop == d->left_begin && d->right_stop == d->right_end;
    return d->left_stop >= d->left_begin && d->left_stop <= d->left &&
           d->right_stop <= d->right_end && d->right_stop >= d->right &&
           deque_len(d, t) + (size_t)(d->left - d->left_stop) / t->size +
                   (size_t)(d->right_stop - d->right) / t->size <=
               deque_maxlen(d);
}

/* ---- the run-time face ---- */

void pila_deque_init(pila_deque *d, const pila_type *type)
{
    pila_deque_init_max(d, type, PILA_UNBOUNDED);
}

void pila_deque_init_max(pila_deque *d, const pila_type *type, size_t maxlen)
{
    memset(d, 0, sizeof *d);
    d->base.cut = SIZE_MAX - maxlen;
    d->type = type;
}

pila_deque *pila_deque_new(const pila_type *type, size_t maxlen)
{
    pila_deque *d = (pila_deque *)pila_alloc(1, sizeof *d);

    if (d) pila_deque_init_max(d, type, maxlen);
    return d;
}

size_t pila_deque_len(const pila_deque *d) { return deque_len(&d->base, d->type); }
size_t pila_deque_maxlen(const pila_deque *d) { return deque_maxlen(&d->base); }

const void *pila_deque_get(const pila_deque *d, ptrdiff_t i)
{
#define DEQUE_CALL(t) pila__deque_get(&d->base, t, i)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

const void *pila_deque_at(const pila_deque *d, size_t i)
{
    return pila__deque_nth(&d->base, d->type, i);
}

pila_iter pila_deque_iter(const pila_deque *d)
{
    return pila__deque_iter(&d->base, d->type);
}

pila_iter pila_deque_reversed(const pila_deque *d)
{
    return pila__deque_reversed(&d->base, d->type);
}

pila_status pila_deque_index(const pila_deque *d, const void *value, ptrdiff_t start,
                             ptrdiff_t stop, size_t *out)
{
    return pila__deque_index(&d->base, d->type, value, start, stop, out);
}

pila_status pila_deque_contains(const pila_deque *d, const void *value, bool *out)
{
    return pila__deque_contains(&d->base, d->type, value, out);
}

pila_status pila_deque_count(const pila_deque *d, const void *value, size_t *out)
{
    return pila__deque_count(&d->base, d->type, value, out);
}

pila_status pila_deque_eq(const pila_deque *a, const pila_deque *b, bool *out)
{
    if (!pila__alike(a->type, b->type)) return PILA_ETYPE;
    return pila__deque_eq(&a->base, &b->base, a->type, out);
}

pila_status pila_deque_compare(const pila_deque *a, const pila_deque *b, int *out)
{
    if (!pila__alike(a->type, b->type)) return PILA_ETYPE;
    return pila__deque_compare(&a->base, &b->base, a->type, out);
}

pila_status pila_deque_repr(const pila_deque *d, pila_buf *out)
{
    return pila__deque_repr(&d->base, d->type, out);
}

pila_status pila_deque_append(pila_deque *d, const void *item){
#define DEQUE_CALL(t) pila__deque_append(&d->base, t, item)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

pila_status pila_deque_appendleft(pila_deque *d, const void *item){
#define DEQUE_CALL(t) pila__deque_appendleft(&d->base, t, item)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

pila_status pila_deque_pop(pila_deque *d, void *out){
#define DEQUE_CALL(t) pila__deque_pop(&d->base, t, out)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

pila_status pila_deque_popleft(pila_deque *d, void *out){
#define DEQUE_CALL(t) pila__deque_popleft(&d->base, t, out)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

pila_status pila_deque_extend(pila_deque *d, pila_iter items)
{
    return pila__deque_extend(&d->base, d->type, items, false);
}

pila_status pila_deque_extendleft(pila_deque *d, pila_iter items)
{
    return pila__deque_extend(&d->base, d->type, items, true);
}

pila_status pila_deque_insert(pila_deque *d, ptrdiff_t i, const void *item)
{
    return pila__deque_insert(&d->base, d->type, i, item);
}

pila_status pila_deque_set(pila_deque *d, ptrdiff_t i, const void *item){
#define DEQUE_CALL(t) pila__deque_set(&d->base, t, i, item)
    PILA__BY_WIDTH(d->type, DEQUE_CALL, DEQUE_CALL(d->type))
#undef DEQUE_CALL
}

pila_status pila_deque_del(pila_deque *d, ptrdiff_t i)
{
    return pila__deque_del(&d->base, d->type, i);
}

pila_status pila_deque_remove(pila_deque *d, const void *value)
{
    return pila__deque_remove(&d->base, d->type, value);
}

void pila_deque_reverse(pila_deque *d) { pila__deque_reverse(&d->base, d->type); }

pila_status pila_deque_rotate(pila_deque *d, ptrdiff_t n)
{
    return pila__deque_rotate(&d->base, d->type, n);
}

/* `to` drops what it held by its old type, when it is of the new one already. */
static void deque_become(pila_deque *to, pila__deque *made, const pila_type *type)
{
    const pila_type *old = to->type;

    to->type = type;
    pila__deque_move(&to->base, made, old);
}

pila_status pila_deque_copy(pila_deque *to, const pila_deque *from)
{
    return pila_deque_repeat(to, from, 1);
}

pila_status pila_deque_concat(pila_deque *to, const pila_deque *a, const pila_deque *b)
{
    const pila_type *type = a->type;
    pila__deque made = {0};
    pila_status st = pila__deque_copy(&made, &a->base, type);

    if (st == PILA_OK) st = pila__deque_extend(&made, type, pila_deque_iter(b), false);
    if (st == PILA_OK) deque_become(to, &made, type);
    pila__deque_done(&made, type);
    return st;
}

pila_status pila_deque_repeat(pila_deque *to, const pila_deque *d, ptrdiff_t n)
{
    const pila_type *type = d->type;
    pila__deque made = {0};
    pila_status st = pila__deque_repeat(&made, &d->base, type, n);

    if (st == PILA_OK) deque_become(to, &made, type);
    pila__deque_done(&made, type);
    return st;
}

void pila_deque_move(pila_deque *to, pila_deque *from)
{
    deque_become(to, &from->base, from->type);
}

void pila_deque_clear(pila_deque *d) { pila__deque_clear(&d->base, d->type); }
void pila_deque_done(pila_deque *d) { pila__deque_done(&d->base, d->type); }

void pila_deque_free(pila_deque *d)
{
    if (d) pila_deque_done(d);
    pila_free(d);
}
