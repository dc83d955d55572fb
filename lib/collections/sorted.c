/* sorted.c - see sorted.h.
 *
 * A list of copies, sorted or turned round, and yielded as one window. The source stays
 * alive as long as that: the descriptor of its items may be its own.
 *
 * Copies are made in two steps. A type's copy makes what is owned; what is only shown
 * then follows, member by member: the bytes of a view, and the items of a row, which
 * are copies in turn. They go to blocks that never move, so that a list that grows
 * takes nothing along. The nesting is that of the type. Rejected: owned strings in
 * place of views, which are another type than the source's, and an allocation each.
 */
#include "sorted.h"

#include "item.h"
#include "list.h"

enum {
    SORTED_BLOCK = 16384,       /* bytes of a block, or more if one thing needs more */
    SORTED_HINT_MOST = 1 << 20, /* items; a hint of more may be a mistake */
    SORTED_PAD = 16,            /* readable behind a padded view */
    SORTED_ALIGN = 16           /* what pila_alloc gives */
};

/* ---- items that are kept ---- */

typedef struct pila__kept_block {
    struct pila__kept_block *next;
    size_t used, size; /* bytes of room, which lies behind this header */
} pila__kept_block;

static char *sorted_room_of(pila__kept_block *b)
{
    size_t at = (sizeof *b + SORTED_ALIGN - 1) / SORTED_ALIGN * SORTED_ALIGN;

    return (char *)b + at;
}

/* Room that stays; NULL: no memory. */
static char *sorted_room(pila__kept *k, size_t bytes, size_t align)
{
    pila__kept_block *b = k->block;
    size_t used = b ? (b->used + align - 1) / align * align : 0, size;

    if (!b || used > b->size || bytes > b->size - used) {
        size = bytes > SORTED_BLOCK ? bytes : (size_t)SORTED_BLOCK;
        if (!pila_add(size, sizeof *b + SORTED_ALIGN + SORTED_PAD, &used)) return NULL;
        b = (pila__kept_block *)pila_alloc(used, 1);
        if (!b) return NULL;
        b->next = k->block;
        b->size = size;
        k->block = b;
        used = 0;
    }
    b->used = used + bytes;
    return sorted_room_of(b) + used;
}

void pila__kept_done(pila__kept *k)
{
    while (k->block) {
        pila__kept_block *b = k->block;
        k->block = b->next;
        pila_free(b);
    }
}

bool pila__kept_shows(const pila_type *type)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) return pila__kept_shows(p->first) || pila__kept_shows(p->second);
    if (!t) return type->kind == PILA_KIND_STR;
    for (size_t k = 0; t->member && k < t->n; k++)
        if (pila__kept_shows(t->member[k].type)) return true;
    return t->is_row || (!t->member && pila__kept_shows(t->each));
}

/* The items of a row as copies; what does not succeed is no longer shown. */
static pila_status sorted_keep_row(pila__kept *k, const pila_type *each, pila_row *row)
{
    const char *from = (const char *)row->items;
    size_t n = row->n, bytes;
    char *to = NULL;
    pila_status st = PILA_OK;

    row->n = 0;
    if (pila_mul(n, each->size, &bytes)) to = sorted_room(k, bytes, each->align);
    if (!to) return PILA_ENOMEM;
    row->items = to;
    while (row->n < n && st == PILA_OK) {
        size_t at = row->n * each->size;
        st = pila_type_copy(each, to + at, from + at);
        if (st != PILA_OK) break;
        row->n++;
        st = pila__kept_add(k, each, to + at);
    }
    return st;
}

static pila_status sorted_keep_text(pila__kept *k, pila_str *view)
{
    char *room = sorted_room(k, view->len, 1);

    if (!room) return PILA_ENOMEM;
    if (view->len) memcpy(room, view->ptr, view->len);
    view->ptr = room;
    return PILA_OK;
}

/* Rows that have not become copies show nothing, so that dropping them is right. */
static void sorted_hide_rows(const pila_type *type, char *item);

static void sorted_hide_member(const pila_tuple *t, size_t k, char *item)
{
    const pila_type *of;
    size_t at = (size_t)((const char *)pila_tuple_at(t, item, k, &of) - item);

    sorted_hide_rows(of, item + at);
}

static void sorted_hide_rows(const pila_type *type, char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) {
        sorted_hide_rows(p->first, item);
        sorted_hide_rows(p->second, item + p->second_at);
    } else if (t && t->is_row) ((pila_row *)(void *)item)->n = 0;
    else if (t)
        for (size_t k = 0; k < t->n; k++) sorted_hide_member(t, k, item);
}

pila_status pila__kept_add(pila__kept *k, const pila_type *type, void *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    char *bytes = (char *)item;
    pila_status st = PILA_OK;

    if (!p && !t)
        return type->kind == PILA_KIND_STR ? sorted_keep_text(k, (pila_str *)item)
                                           : PILA_OK;
    if (!pila__kept_shows(type)) return PILA_OK;
    if (p) {
        st = pila__kept_add(k, p->first, bytes);
        if (st == PILA_OK) return pila__kept_add(k, p->second, bytes + p->second_at);
        sorted_hide_rows(p->second, bytes + p->second_at);
        return st;
    }
    if (t->is_row) return sorted_keep_row(k, t->each, (pila_row *)item);
    for (size_t m = 0; m < t->n; m++) {
        const pila_type *of;
        size_t at = (size_t)((const char *)pila_tuple_at(t, item, m, &of) - bytes);
        if (st == PILA_OK) st = pila__kept_add(k, of, bytes + at);
        else sorted_hide_rows(of, bytes + at);
    }
    return st;
}

/* The items of rows first; the type's own drop knows the rest. */
static void sorted_drop_rows(const pila_type *type, char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) {
        sorted_drop_rows(p->first, item);
        sorted_drop_rows(p->second, item + p->second_at);
    }
    for (size_t k = 0; t && k < pila_tuple_len(t, item); k++) {
        const pila_type *of;
        char *member = (char *)(uintptr_t)pila_tuple_at(t, item, k, &of);
        if (t->is_row) pila__kept_drop(of, member);
        else sorted_drop_rows(of, member);
    }
}

void pila__kept_drop(const pila_type *type, void *item)
{
    if (pila__kept_shows(type)) sorted_drop_rows(type, (char *)item);
    pila_type_drop(type, item);
}

/* ---- the iterator ---- */

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
    if (*s->src.stamp != s->src.seen) { /* the copy was code of the user */
        sorted_hide_rows(t, s->items.items + (s->items.len - 1) * t->size);
        return PILA_EMUTATED;
    }
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

    for (size_t k = 0; k < s->items.len && (s->shows || pila__drops(t)); k++)
        pila__kept_drop(t, s->items.items + k * t->size);
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
