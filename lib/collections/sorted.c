/* sorted.c - see sorted.h.
 *
 * A list of copies, sorted or turned round, and yielded as one window. The source stays
 * alive as long as that: the descriptor of its items may be its own.
 *
 * The list copies by the type; what the copies show goes to blocks that never move
 * (pila__kept), so that a list that grows takes nothing along. Items that are bytes are
 * read by the window, into a list that knows from the source's hint how long it gets.
 */
#include "sorted.h"

#include "../core/keep.h"
#include "item.h"
#include "list.h"

enum { SORTED_HINT_MOST = 1 << 20 }; /* items; a hint of more may be a mistake */

typedef struct sorted_state {
    pila_iter src; /* has ended; what its type is made of lives as long as this */
    pila__list items;
    pila__kept kept;
    bool shows;
} sorted_state;

static pila_status sorted_add(sorted_state *s, const void *item)
{
    const pila_type *t = s->src.type;
    pila_status st = pila__list_append(&s->items, t, item);

    if (st != PILA_OK || !s->shows) return st;
    if (*s->src.stamp != s->src.seen) /* the copy was code of the user */
        s->kept.status = PILA_EMUTATED;
    return pila__kept_add(&s->kept, t, s->items.items + (s->items.len - 1) * t->size);
}

/* Windows of plain items, appended whole. */
static pila_status sorted_read_windows(sorted_state *s)
{
    size_t size = s->src.type->size, need;

    for (size_t n; (n = pila_iter_ready(&s->src)) > 0; pila_iter_skip(&s->src, n)) {
        pila__list *l = &s->items;
        pila_status st = PILA_OK;
        if (!pila_add(l->len, n, &need)) return PILA_ENOMEM;
        if (need > l->room) {
            size_t room = pila_mem_grow(l->room, need, size);
            st = room ? pila__list_reserve(l, size, room) : PILA_ENOMEM;
        }
        if (st != PILA_OK) return st;
        memcpy(l->items + l->len * size, s->src.cur, n * size);
        l->len = need;
    }
    return pila_iter_outcome(&s->src);
}

static pila_status sorted_reserve(sorted_state *s)
{
    size_t hint = pila_iter_length_hint(&s->src);

    if (hint > SORTED_HINT_MOST) return PILA_OK;
    return pila__list_reserve(&s->items, s->src.type->size, hint);
}

/* Every item of the source, and then what it ended with. */
static pila_status sorted_read(sorted_state *s)
{
    const void *item;
    pila_status st = PILA_OK;

    st = sorted_reserve(s);
    if (st != PILA_OK) return st;
    s->shows = pila__kept_shows(s->src.type);
    if (!s->shows && pila_type_plain(s->src.type)) return sorted_read_windows(s);
    while (st == PILA_OK && (item = pila_next_item(&s->src)) != NULL)
        st = sorted_add(s, item);
    return st == PILA_OK ? pila_iter_outcome(&s->src) : st;
}

static bool sorted_refill(pila_iter *it)
{
    const sorted_state *s = (const sorted_state *)it->state;

    if (it->at == s->items.len) return pila_iter_end(it, PILA_END);
    it->cur = s->items.items;
    it->end = it->cur + s->items.len * it->type->size;
    it->at = s->items.len;
    return true;
}

static pila_iter sorted_drop(pila_iter *it)
{
    sorted_state *s = (sorted_state *)it->state;
    const pila_type *t = s->src.type;
    pila_iter src = s->src;

    pila__unkeep(t, s->items.items, s->items.len);
    pila_free(s->items.items);
    pila__kept_done(&s->kept);
    pila_free(s);
    return src;
}

static size_t sorted_hint(const pila_iter *it)
{
    return ((const sorted_state *)it->state)->items.len - it->at;
}

/* The iterator over all that src yields, or why there is none. */
static pila_iter sorted_make(pila_iter src, pila_status *st)
{
    static const pila_iter_ops ops = {sorted_refill, sorted_drop, sorted_hint};
    sorted_state *s = NULL;
    pila_iter it;

    *st = src.status;
    if (src.status == PILA_OK) {
        s = (sorted_state *)pila_alloc_zero(1, sizeof *s);
        if (!s) *st = PILA_ENOMEM;
    }
    if (!s) {
        pila_iter_drop(&src);
        return pila_failed(*st);
    }
    s->src = src;
    it = pila_iter_make(src.type, &ops, s);
    *st = sorted_read(s);
    return it;
}

static pila_iter sorted_finish(pila_iter it, pila_status st)
{
    if (it.status != PILA_OK || st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

pila_iter pila_sorted(pila_iter src, const pila_key *key, bool reverse)
{
    pila_status st;
    pila_iter it = sorted_make(src, &st);

    if (it.status == PILA_OK && st == PILA_OK) {
        const pila__list *l = &((sorted_state *)it.state)->items;
        st = pila__sort(l->items, l->len, it.type, key, reverse);
    }
    return sorted_finish(it, st);
}

/* n items turned round; size is a constant where it pays. */
PILA_INLINE void sorted_turn(char *items, size_t n, size_t size)
{
    char room[16];

    if (n < 2) return;
    for (char *a = items, *b = items + (n - 1) * size; a < b; a += size, b -= size) {
        memcpy(room, a, size);
        memcpy(a, b, size);
        memcpy(b, room, size);
    }
}

static void sorted_reverse(pila__list *l, const pila_type *t)
{
    switch (t->size) {
    case 4: sorted_turn(l->items, l->len, 4); break;
    case 8: sorted_turn(l->items, l->len, 8); break;
    case 16: sorted_turn(l->items, l->len, 16); break;
    default: pila__list_reverse(l, t); break;
    }
}

pila_iter pila_reversed(pila_iter src)
{
    pila_status st;
    pila_iter it = sorted_make(src, &st);

    if (it.status == PILA_OK && st == PILA_OK)
        sorted_reverse(&((sorted_state *)it.state)->items, it.type);
    return sorted_finish(it, st);
}
