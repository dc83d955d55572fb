/* list.c - one array, a length and a capacity.
 *
 * Invariant: items [0, len) are whole, and len <= room. Room grows by half, so that n
 * appends move O(n) items; it never shrinks by itself.
 *
 * Code of the user (copy, eq, less, repr, drop) may use the list it is called from. So
 * an item is copied aside before the list makes room for it, is compared and shown as a
 * copy, and has left the array before it is dropped; a loop over callbacks tests its
 * bounds at each turn, against the list as it then is, as CPython does. What takes many
 * items (a slice assigned, concatenation) is built aside and then moved, so that a
 * failure leaves the old list; a slice that is replaced changes places with the new
 * items, which are then dropped like any list.
 *
 * Sorting detaches the array: meanwhile the list is empty, and what a callback does to
 * it can neither disturb the sort nor go unnoticed.
 */
#include "list.h"

#include "item.h"

enum { LIST_HINT_MOST = 1 << 20 }; /* items; a hint of more may be a mistake */

static char *list_item(const pila__list *l, const pila_type *t, size_t i)
{
    return l->items + i * t->size;
}

/* ---- room ---- */

/* Room for `need` items; *item may point into the array, and then does so again. */
static pila_status list_grow(pila__list *l, size_t size, size_t need, const void **item)
{
    uintptr_t at = item ? (uintptr_t)*item : 0, base = (uintptr_t)l->items;
    bool inside = at && base && at >= base && at < base + l->len * size;
    size_t room;
    char *items;

    if (need <= l->room) return PILA_OK;
    room = pila_mem_grow(l->room, need, size);
    items = room ? (char *)pila_realloc(l->items, room, size) : NULL;
    if (!items) return PILA_ENOMEM;
    if (inside) *item = items + (at - base);
    l->items = items;
    l->room = room;
    l->version++;
    return PILA_OK;
}

pila_status pila__list_more(pila__list *l, size_t size, const void **item)
{
    return list_grow(l, size, l->len + 1, item);
}

pila_status pila__list_reserve(pila__list *l, size_t size, size_t n)
{
    char *items;

    if (n <= l->room) return PILA_OK;
    items = (char *)pila_realloc(l->items, n, size);
    if (!items) return PILA_ENOMEM;
    l->items = items;
    l->room = n;
    l->version++;
    return PILA_OK;
}

/* What l holds, in `was`; l has nothing then, and no storage. */
static void list_detach(pila__list *l, pila__list *was)
{
    *was = *l;
    l->items = NULL;
    l->len = l->room = 0;
    l->version++;
}

static void list_drop_items(pila__list *was, const pila_type *t)
{
    for (size_t i = 0; pila__drops(t) && i < was->len; i++)
        pila_type_drop(t, list_item(was, t, i));
    was->len = 0;
}

/* The end of a list that nobody else sees. */
static void list_free(pila__list *was, const pila_type *t)
{
    list_drop_items(was, t);
    pila_free(was->items);
}

/* `made` becomes l, whose items are dropped then; or it is dropped itself. */
static pila_status list_finish(pila__list *l, pila__list *made, const pila_type *t,
                               pila_status st)
{
    if (st == PILA_OK) pila__list_move(l, made, t);
    pila__list_done(made, t);
    return st;
}

/* ---- adding ---- */

pila_status pila__list_append_held(pila__list *l, const pila_type *t, const void *item)
{
    pila__held in;
    pila_status st = pila__hold_copy(&in, t, item);

    if (st != PILA_OK) return st;
    st = list_grow(l, t->size, l->len + 1, NULL);
    if (st != PILA_OK) {
        pila__let_go_copy(&in);
        return st;
    }
    memcpy(list_item(l, t, l->len), in.item, t->size);
    pila__room_shut(&in);
    l->len++;
    l->version++;
    return PILA_OK;
}

/* Windows of plain items, appended whole. */
static pila_status list_extend_plain(pila__list *l, size_t size, pila_iter *it)
{
    for (size_t n; (n = pila_iter_ready(it)) > 0; pila_iter_skip(it, n)) {
        const void *from = it->cur;
        size_t need;
        pila_status st;
        if (!pila_add(l->len, n, &need)) return PILA_ENOMEM;
        st = list_grow(l, size, need, &from);
        if (st != PILA_OK) return st;
        memcpy(l->items + l->len * size, from, n * size);
        l->len = need;
        l->version++;
    }
    return pila_iter_outcome(it);
}

static pila_status list_extend_each(pila__list *l, const pila_type *t, pila_iter *it)
{
    size_t hint = pila_iter_length_hint(it);
    pila_status st = PILA_OK;
    const void *item;
    pila_string text;

    if (hint <= LIST_HINT_MOST) st = list_grow(l, t->size, l->len + hint, NULL);
    while (st == PILA_OK && (item = pila_next_item(it)) != NULL)
        st = pila__list_append(l, t, pila_type_adapt(t, it->type, item, &text));
    return st == PILA_OK ? pila_iter_outcome(it) : st;
}

/* The items are in l itself: a copy of them all, and then they move. */
static pila_status list_extend_self(pila__list *l, const pila_type *t, pila_iter *it)
{
    pila__list made = {0};
    pila_status st = list_extend_each(&made, t, it);
    size_t need;

    if (st == PILA_OK && made.len) {
        st = pila_add(l->len, made.len, &need) ? list_grow(l, t->size, need, NULL)
                                               : PILA_ENOMEM;
        if (st == PILA_OK) {
            memcpy(list_item(l, t, l->len), made.items, made.len * t->size);
            l->len = need;
            l->version++;
            made.len = 0;
        }
    }
    pila__list_done(&made, t);
    return st;
}

pila_status pila__list_extend(pila__list *l, const pila_type *t, pila_iter items)
{
    pila_status st = PILA_ETYPE;

    if (items.status != PILA_OK) st = pila_iter_outcome(&items);
    else if (pila_type_accepts(t, items.type)) {
        if (items.stamp == &l->version) st = list_extend_self(l, t, &items);
        else if (pila_type_plain(t)) st = list_extend_plain(l, t->size, &items);
        else st = list_extend_each(l, t, &items);
    }
    pila_iter_drop(&items);
    return st;
}

pila_status pila__list_from(pila__list *to, const pila_type *t, pila_iter items)
{
    pila__list made = {0};

    return list_finish(to, &made, t, pila__list_extend(&made, t, items));
}

pila_status pila__list_insert(pila__list *l, const pila_type *t, ptrdiff_t i,
                              const void *item)
{
    pila__held in;
    pila_status st = pila__hold_copy(&in, t, item);
    size_t at = (size_t)i;
    char *slot;

    if (st != PILA_OK) return st;
    st = list_grow(l, t->size, l->len + 1, NULL);
    if (st != PILA_OK) {
        pila__let_go_copy(&in);
        return st;
    }
    if (i < 0) at = (size_t)0 - at < l->len ? l->len + at : 0;
    if (at > l->len) at = l->len;
    slot = list_item(l, t, at);
    memmove(slot + t->size, slot, (l->len - at) * t->size);
    memcpy(slot, in.item, t->size);
    pila__room_shut(&in);
    l->len++;
    l->version++;
    return PILA_OK;
}

/* The copy may change the list: where the index leads is looked up after it. */
pila_status pila__list_set_held(pila__list *l, const pila_type *t, ptrdiff_t i,
                                const void *item)
{
    size_t at;
    pila__held in;
    pila_status st;

    if (!pila__list_locate(l, i, &at)) return PILA_EINDEX;
    st = pila__hold_copy(&in, t, item);
    if (st != PILA_OK) return st;
    if (pila__list_locate(l, i, &at))
        pila__swap(list_item(l, t, at), (void *)(uintptr_t)in.item, t->size);
    else st = PILA_EINDEX;
    pila__let_go_copy(&in);
    return st;
}

/* ---- taking ---- */

pila_status pila__list_pop_at(pila__list *l, const pila_type *t, ptrdiff_t i, void *out)
{
    pila__held room;
    pila_status st;
    size_t at;
    char *slot;

    if (l->len == 0) return PILA_EEMPTY;
    if (!pila__list_locate(l, i, &at)) return PILA_EINDEX;
    st = out ? PILA_OK : pila__room_open(&room, t);
    if (st != PILA_OK) return st;
    slot = list_item(l, t, at);
    if (out) memcpy(out, slot, t->size);
    else pila__room_fill(&room, t, slot);
    l->len--;
    l->version++;
    memmove(slot, slot + t->size, (l->len - at) * t->size);
    if (!out) pila__room_drop(&room, t);
    return PILA_OK;
}

/* ---- looking ---- */

/* The first equal item of [i, stop), or stop; comparing calls nothing. */
PILA_INLINE size_t list_scan(const pila__list *l, const pila_type *t, size_t i,
                             size_t stop, const void *value)
{
    for (; i < stop; i++) {
        bool same = false;
        (void)!pila_type_eq(t, l->items + i * t->size, value, &same);
        if (same) break;
    }
    return i;
}

static size_t list_find_ready(const pila__list *l, const pila_type *type, size_t i,
                              size_t stop, const void *value)
{
#define LIST_CALL(t) list_scan(l, t, i, stop, value)
    PILA__BY_KIND(type, LIST_CALL, list_scan(l, type, i, stop, value))
#undef LIST_CALL
}

/* Compare the item at index i, as a copy. */
static pila_status list_same(const pila__list *l, const pila_type *t, size_t i,
                             const void *value, bool *same)
{
    pila__held item;
    pila_status st = pila__hold_copy(&item, t, list_item(l, t, i));

    if (st != PILA_OK) return st;
    st = pila_type_eq(t, item.item, value, same);
    pila__let_go_copy(&item);
    return st;
}

static pila_status list_find_user(const pila__list *l, const pila_type *t, size_t *i,
                                  size_t stop, const void *value)
{
    bool same = false;
    pila__held v;
    pila_status st = t->eq ? pila__hold_copy(&v, t, value) : PILA_ETYPE;

    if (st != PILA_OK) return st;
    for (; *i < stop && *i < l->len; ++*i) {
        st = list_same(l, t, *i, v.item, &same);
        if (st != PILA_OK || same) break;
    }
    pila__let_go_copy(&v);
    return st == PILA_OK && !same ? PILA_EVALUE : st;
}

/* PILA_OK and the first equal item from *i on before stop, or PILA_EVALUE. */
static pila_status list_find(const pila__list *l, const pila_type *t, size_t *i,
                             size_t stop, const void *value)
{
    if (pila_type_calls_out(t)) return list_find_user(l, t, i, stop, value);
    if (stop > l->len) stop = l->len;
    *i = list_find_ready(l, t, *i, stop, value);
    return *i < stop ? PILA_OK : PILA_EVALUE;
}

pila_status pila__list_remove(pila__list *l, const pila_type *t, const void *value)
{
    size_t i = 0;
    pila_status st = list_find(l, t, &i, SIZE_MAX, value);

    if (st != PILA_OK || i >= l->len) return st;
    return pila__list_pop_at(l, t, (ptrdiff_t)i, NULL);
}

/* A bound as Python's index takes it: below 0 from the right, but not beyond the left.
 */
static size_t list_bound(ptrdiff_t i, size_t n)
{
    size_t back = (size_t)0 - (size_t)i;

    if (i >= 0) return (size_t)i;
    return back < n ? n - back : 0;
}

pila_status pila__list_index(const pila__list *l, const pila_type *t, const void *value,
                             ptrdiff_t start, ptrdiff_t stop, size_t *out)
{
    size_t i = list_bound(start, l->len);
    pila_status st = list_find(l, t, &i, list_bound(stop, l->len), value);

    if (st == PILA_OK) *out = i;
    return st;
}

pila_status pila__list_contains(const pila__list *l, const pila_type *t,
                                const void *value, bool *out)
{
    size_t i = 0;
    pila_status st = list_find(l, t, &i, SIZE_MAX, value);

    if (st == PILA_OK || st == PILA_EVALUE) *out = st == PILA_OK;
    return st == PILA_EVALUE ? PILA_OK : st;
}

PILA_INLINE size_t list_tally(const pila__list *l, const pila_type *t,
                              const void *value)
{
    size_t found = 0;

    for (size_t i = 0; i < l->len; i++) {
        bool same = false;
        (void)!pila_type_eq(t, l->items + i * t->size, value, &same);
        found += same;
    }
    return found;
}

static size_t list_count_ready(const pila__list *l, const pila_type *type,
                               const void *value){
#define LIST_CALL(t) list_tally(l, t, value)
    PILA__BY_KIND(type, LIST_CALL, list_tally(l, type, value))
#undef LIST_CALL
}

pila_status pila__list_count(const pila__list *l, const pila_type *t, const void *value,
                             size_t *out)
{
    size_t found = 0;
    pila__held v;
    pila_status st;

    if (!pila_type_calls_out(t)) {
        *out = list_count_ready(l, t, value);
        return PILA_OK;
    }
    st = t->eq ? pila__hold_copy(&v, t, value) : PILA_ETYPE;
    if (st != PILA_OK) return st;
    for (size_t i = 0; i < l->len && st == PILA_OK; i++) {
        bool same = false;
        st = list_same(l, t, i, v.item, &same);
        found += same;
    }
    pila__let_go_copy(&v);
    if (st == PILA_OK) *out = found;
    return st;
}

/* What to ask of two items. */
typedef enum list_asks { LIST_EQUAL, LIST_DIFFER, LIST_ORDER } list_asks;

static pila_status list_ask(const pila_type *t, list_asks asks, const void *x,
                            const void *y, int *out)
{
    bool yes = false;
    pila_status st;

    if (asks == LIST_ORDER) return pila__item_order(t, x, y, out);
    if (asks == LIST_DIFFER) st = pila__item_differ(t, x, y, &yes);
    else st = pila_type_eq(t, x, y, &yes);
    *out = asks == LIST_DIFFER ? yes : !yes;
    return st;
}

/* Ask it of the items at i, both held; *there tells whether both lists have one. */
static pila_status list_pair(const pila__list *a, const pila__list *b,
                             const pila_type *t, size_t i, list_asks asks, bool *there,
                             int *out)
{
    pila__held x, y;
    pila_status st;

    *there = i < a->len && i < b->len;
    if (!*there) return PILA_OK;
    st = pila__hold(&x, t, list_item(a, t, i));
    if (st != PILA_OK) return st;
    *there = i < b->len; /* the copy was code of the user */
    if (*there) st = pila__hold(&y, t, list_item(b, t, i));
    if (*there && st == PILA_OK) {
        st = list_ask(t, asks, x.item, y.item, out);
        pila__let_go(&y, t);
    }
    pila__let_go(&x, t);
    return st;
}

/* As CPython: the first items that differ are fetched again for their order, and where
 * the comparison has taken them away the lengths decide. *out is 0 for equal. */
static pila_status list_match(const pila__list *a, const pila__list *b,
                              const pila_type *t, bool order, int *out)
{
    int differ = 0;
    bool there = true;
    pila_status st = PILA_OK;
    size_t i = 0;

    for (;; i++) {
        st = list_pair(a, b, t, i, order ? LIST_DIFFER : LIST_EQUAL, &there, &differ);
        if (st != PILA_OK || differ || !there) break;
    }
    if (st == PILA_OK && differ) {
        there = i < a->len && i < b->len;
        if (there && !order) *out = 1;
        if (there && order) st = list_pair(a, b, t, i, LIST_ORDER, &there, out);
    }
    if (st == PILA_OK && !there) *out = (a->len > b->len) - (a->len < b->len);
    return st;
}

pila_status pila__list_eq(const pila__list *a, const pila__list *b, const pila_type *t,
                          bool *out)
{
    int differ = a->len != b->len;
    pila_status st = differ ? PILA_OK : list_match(a, b, t, false, &differ);

    if (st == PILA_OK) *out = !differ;
    return st;
}

pila_status pila__list_compare(const pila__list *a, const pila__list *b,
                               const pila_type *t, int *out)
{
    int order = 0;
    pila_status st = list_match(a, b, t, true, &order);

    if (st == PILA_OK) *out = order;
    return st;
}

/* `at` counts the items that windows have held. */
static bool list_refill(pila_iter *it)
{
    const pila__list *l = (const pila__list *)it->state;

    if (it->at == l->len) return pila_iter_end(it, PILA_END);
    it->cur = l->items;
    it->end = l->items + l->len * it->type->size;
    it->at = l->len;
    return true;
}

static bool list_refill_reversed(pila_iter *it)
{
    const pila__list *l = (const pila__list *)it->state;

    if (it->at == l->len) return pila_iter_end(it, PILA_END);
    it->cur = list_item(l, it->type, l->len - 1 - it->at++);
    it->end = it->cur + it->type->size;
    return true;
}

static size_t list_hint(const pila_iter *it)
{
    const pila__list *l = (const pila__list *)it->state;

    return l->len > it->at ? l->len - it->at : 0;
}

static pila_iter list_iter_by(const pila__list *l, const pila_type *t,
                              const pila_iter_ops *ops)
{
    pila_iter it = pila_iter_make(t, ops, (void *)(uintptr_t)l);

    it.stamp = &l->version;
    it.seen = l->version;
    return it;
}

pila_iter pila__list_iter(const pila__list *l, const pila_type *t)
{
    static const pila_iter_ops ops = {list_refill, NULL, list_hint};
    return list_iter_by(l, t, &ops);
}

pila_iter pila__list_reversed(const pila__list *l, const pila_type *t)
{
    static const pila_iter_ops ops = {list_refill_reversed, NULL, list_hint};
    return list_iter_by(l, t, &ops);
}

static pila_status list_repr_item(const pila__list *l, const pila_type *t, size_t i,
                                  pila_buf *out)
{
    pila__held item;
    pila_status st;

    if (!t->repr) return pila_type_repr(t, list_item(l, t, i), out);
    st = pila__hold_copy(&item, t, list_item(l, t, i));
    if (st != PILA_OK) return st;
    st = pila_type_repr(t, item.item, out);
    pila__let_go_copy(&item);
    return st;
}

pila_status pila__list_repr(const pila__list *l, const pila_type *t, pila_buf *out)
{
    size_t was = out->len;
    pila_status st = pila_buf_add_char(out, '[');

    for (size_t i = 0; i < l->len && st == PILA_OK; i++) {
        if (i) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = list_repr_item(l, t, i, out);
    }
    if (st == PILA_OK) st = pila_buf_add_char(out, ']');
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- order ---- */

void pila__list_reverse(pila__list *l, const pila_type *t)
{
    size_t n = l->len;

    for (size_t i = 0; i < n / 2; i++)
        pila__swap(list_item(l, t, i), list_item(l, t, n - 1 - i), t->size);
}

pila_status pila__list_sort(pila__list *l, const pila_type *t, const pila_key *key,
                            bool reverse)
{
    pila__list mine, added;
    uint64_t version;
    pila_status st;

    list_detach(l, &mine);
    version = l->version;
    st = pila__sort(mine.items, mine.len, t, key, reverse);
    if (st == PILA_OK && l->version != version) st = PILA_EVALUE;
    list_detach(l, &added);
    mine.version = l->version;
    *l = mine;
    list_free(&added, t);
    return st;
}

/* ---- slices ---- */

/* A bound of a slice, cut to [least, most] after it is counted from the left. */
static ptrdiff_t slice_bound(ptrdiff_t i, ptrdiff_t len, ptrdiff_t least,
                             ptrdiff_t most)
{
    if (i < 0) i = i < -len ? least : i + len;
    return i < least ? least : i > most ? most : i;
}

pila_status pila_slice_indices(pila_slice s, size_t len, pila_slice *out, size_t *n)
{
    ptrdiff_t step = s.step == PILA_NONE ? 1 : s.step, size = (ptrdiff_t)len;
    ptrdiff_t least = step < 0 ? -1 : 0, most = step < 0 ? size - 1 : size;
    ptrdiff_t start = step < 0 ? most : least, stop = step < 0 ? least : most;
    size_t pace;

    if (step == 0) return PILA_EVALUE;
    if (s.start != PILA_NONE) start = slice_bound(s.start, size, least, most);
    if (s.stop != PILA_NONE) stop = slice_bound(s.stop, size, least, most);
    *out = pila_slice_of(start, stop, step);
    if (step < 0) { /* as many as there are from the other side */
        ptrdiff_t from = start;
        start = stop;
        stop = from;
    }
    pace = step < 0 ? (size_t)0 - (size_t)step : (size_t)step;
    *n = start < stop ? (size_t)(stop - start - 1) / pace + 1 : 0;
    return PILA_OK;
}

static size_t slice_at(const pila_slice *s, size_t k)
{
    return (size_t)s->start + k * (size_t)s->step;
}

pila_status pila__list_slice(pila__list *to, const pila__list *from, const pila_type *t,
                             pila_slice s)
{
    uint64_t version = from->version;
    pila__list made = {0};
    size_t n = 0;
    pila_status st = pila_slice_indices(s, from->len, &s, &n);

    if (st == PILA_OK) st = pila__list_reserve(&made, t->size, n);
    if (st == PILA_OK && n && s.step == 1 && pila_type_plain(t)) {
        memcpy(made.items, list_item(from, t, slice_at(&s, 0)), n * t->size);
        made.len = n;
    }
    while (st == PILA_OK && made.len < n) {
        const char *item = list_item(from, t, slice_at(&s, made.len));
        st = pila_type_copy(t, list_item(&made, t, made.len), item);
        if (st == PILA_OK) made.len++;
        if (st == PILA_OK && from->version != version) st = PILA_EMUTATED;
    }
    return list_finish(to, &made, t, st);
}

/* Put the items of `made` in place of n items at `at`, which are in it afterwards. */
static pila_status list_splice(pila__list *l, const pila_type *t, size_t at, size_t n,
                               pila__list *made)
{
    size_t m = made->len, both = n < m ? n : m, tail = l->len - at - n, need;
    pila_status st = PILA_OK;
    char *slot;

    if (m > n)
        st = pila_add(l->len, m - n, &need) ? list_grow(l, t->size, need, NULL)
                                            : PILA_ENOMEM;
    else if (pila__drops(t)) st = pila__list_reserve(made, t->size, n);
    if (st != PILA_OK || n + m == 0) return st;
    slot = list_item(l, t, at);
    if (both) pila__swap(slot, made->items, both * t->size);
    slot += both * t->size;
    if (m > n) {
        memmove(slot + (m - n) * t->size, slot, tail * t->size);
        memcpy(slot, list_item(made, t, n), (m - n) * t->size);
    } else if (n > m) {
        if (pila__drops(t)) memcpy(list_item(made, t, m), slot, (n - m) * t->size);
        memmove(slot, slot + (n - m) * t->size, tail * t->size);
    }
    made->len = pila__drops(t) ? n : 0;
    l->len = at + m + tail;
    if (m != n) l->version++;
    return PILA_OK;
}

pila_status pila__list_set_slice(pila__list *l, const pila_type *t, pila_slice s,
                                 pila_iter items)
{
    pila__list made = {0};
    pila_slice in;
    size_t n = 0;
    pila_status st = s.step == 0 ? PILA_EVALUE : PILA_OK;

    if (st == PILA_OK) st = pila__list_extend(&made, t, items);
    else pila_iter_drop(&items);
    if (st == PILA_OK) st = pila_slice_indices(s, l->len, &in, &n); /* as it now is */
    if (st == PILA_OK && in.step == 1)
        st = list_splice(l, t, (size_t)in.start, n, &made);
    else if (st == PILA_OK && made.len != n) st = PILA_EVALUE;
    else if (st == PILA_OK)
        for (size_t k = 0; k < n; k++) {
            char *slot = list_item(l, t, slice_at(&in, k));
            pila__swap(slot, list_item(&made, t, k), t->size);
        }
    pila__list_done(&made, t);
    return st;
}

/* Every step-th of n items from `at` leaves; they are in `gone` if they are to be
 * dropped, which has room. */
static void list_thin(pila__list *l, const pila_type *t, size_t at, size_t step,
                      size_t n, pila__list *gone)
{
    char *to = list_item(l, t, at);

    for (size_t k = 0; k < n; k++) {
        size_t from = at + k * step, next = k + 1 < n ? from + step : l->len;
        const char *item = list_item(l, t, from);
        if (pila__drops(t)) memcpy(list_item(gone, t, gone->len++), item, t->size);
        memmove(to, item + t->size, (next - from - 1) * t->size);
        to += (next - from - 1) * t->size;
    }
    l->len -= n;
    l->version++;
}

pila_status pila__list_del_slice(pila__list *l, const pila_type *t, pila_slice s)
{
    pila__list gone = {0};
    size_t n = 0;
    pila_status st = pila_slice_indices(s, l->len, &s, &n);

    if (st != PILA_OK || n == 0) return st;
    if (n == l->len) {
        pila__list_clear(l, t);
        return PILA_OK;
    }
    if (s.step == 1) st = list_splice(l, t, (size_t)s.start, n, &gone);
    else {
        bool down = s.step < 0;
        size_t at = slice_at(&s, down ? n - 1 : 0);
        size_t step = down ? (size_t)0 - (size_t)s.step : (size_t)s.step;
        if (pila__drops(t)) st = pila__list_reserve(&gone, t->size, n);
        if (st == PILA_OK) list_thin(l, t, at, step, n, &gone);
    }
    pila__list_done(&gone, t);
    return st;
}

/* ---- the whole ---- */

pila_status pila__list_copy(pila__list *to, const pila__list *from, const pila_type *t)
{
    return pila__list_from(to, t, pila__list_iter(from, t));
}

pila_status pila__list_concat(pila__list *to, const pila__list *a, const pila__list *b,
                              const pila_type *t)
{
    pila__list made = {0};
    pila_status st = pila__list_extend(&made, t, pila__list_iter(a, t));

    if (st == PILA_OK) st = pila__list_extend(&made, t, pila__list_iter(b, t));
    return list_finish(to, &made, t, st);
}

pila_status pila__list_repeat(pila__list *to, const pila__list *from,
                              const pila_type *t, ptrdiff_t n)
{
    size_t times = n > 0 && from->len ? (size_t)n : 0, total;
    pila__list made = {0};
    pila_status st = PILA_ENOMEM;

    if (pila_mul(from->len, times, &total))
        st = pila__list_reserve(&made, t->size, total);
    while (st == PILA_OK && times--)
        st = pila__list_extend(&made, t, pila__list_iter(from, t));
    return list_finish(to, &made, t, st);
}

void pila__list_move(pila__list *to, pila__list *from, const pila_type *t)
{
    pila__list was, now;

    if (to == from) return;
    list_detach(to, &was);
    list_detach(from, &now);
    now.version = to->version;
    *to = now;
    list_free(&was, t);
}

/* The storage comes back unless a drop has made l take new one. */
void pila__list_clear(pila__list *l, const pila_type *t)
{
    pila__list was;

    if (l->len == 0) return;
    list_detach(l, &was);
    list_drop_items(&was, t);
    if (l->items) pila_free(was.items);
    else {
        l->items = was.items;
        l->room = was.room;
    }
}

void pila__list_done(pila__list *l, const pila_type *t)
{
    pila__list was;

    list_detach(l, &was);
    list_free(&was, t);
}

/* ---- the run-time face ---- */

void pila_list_init(pila_list *l, const pila_type *type)
{
    memset(l, 0, sizeof *l);
    l->type = type;
}

pila_list *pila_list_new(const pila_type *type)
{
    pila_list *l = (pila_list *)pila_alloc(1, sizeof *l);

    if (l) pila_list_init(l, type);
    return l;
}

/* `to` drops what it held by its old type, when it is of the new one already. */
static pila_status list_become(pila_list *to, pila__list *made, const pila_type *type,
                               pila_status st)
{
    const pila_type *old = to->type;

    if (st == PILA_OK) {
        to->type = type;
        pila__list_move(&to->base, made, old);
    }
    pila__list_done(made, type);
    return st;
}

pila_status pila_list_from(pila_list *to, pila_iter items)
{
    return pila__list_from(&to->base, to->type, items);
}

pila_status pila_list_reserve(pila_list *l, size_t n)
{
    return pila__list_reserve(&l->base, l->type->size, n);
}

size_t pila_list_len(const pila_list *l) { return l->base.len; }
void *pila_list_data(const pila_list *l) { return l->base.items; }

const void *pila_list_get(const pila_list *l, ptrdiff_t i)
{
    return pila__list_get(&l->base, l->type, i);
}

pila_iter pila_list_iter(const pila_list *l)
{
    return pila__list_iter(&l->base, l->type);
}

pila_iter pila_list_reversed(const pila_list *l)
{
    return pila__list_reversed(&l->base, l->type);
}

pila_status pila_list_index(const pila_list *l, const void *value, ptrdiff_t start,
                            ptrdiff_t stop, size_t *out)
{
    return pila__list_index(&l->base, l->type, value, start, stop, out);
}

pila_status pila_list_contains(const pila_list *l, const void *value, bool *out)
{
    return pila__list_contains(&l->base, l->type, value, out);
}

pila_status pila_list_count(const pila_list *l, const void *value, size_t *out)
{
    return pila__list_count(&l->base, l->type, value, out);
}

pila_status pila_list_eq(const pila_list *a, const pila_list *b, bool *out)
{
    if (!pila__alike(a->type, b->type)) return PILA_ETYPE;
    return pila__list_eq(&a->base, &b->base, a->type, out);
}

pila_status pila_list_compare(const pila_list *a, const pila_list *b, int *out)
{
    if (!pila__alike(a->type, b->type)) return PILA_ETYPE;
    return pila__list_compare(&a->base, &b->base, a->type, out);
}

pila_status pila_list_repr(const pila_list *l, pila_buf *out)
{
    return pila__list_repr(&l->base, l->type, out);
}

pila_status pila_list_append(pila_list *l, const void *item){
#define LIST_CALL(t) pila__list_append(&l->base, t, item)
    PILA__BY_WIDTH(l->type, LIST_CALL, LIST_CALL(l->type))
#undef LIST_CALL
}

pila_status pila_list_extend(pila_list *l, pila_iter items)
{
    return pila__list_extend(&l->base, l->type, items);
}

pila_status pila_list_insert(pila_list *l, ptrdiff_t i, const void *item)
{
    return pila__list_insert(&l->base, l->type, i, item);
}

pila_status pila_list_set(pila_list *l, ptrdiff_t i, const void *item){
#define LIST_CALL(t) pila__list_set(&l->base, t, i, item)
    PILA__BY_WIDTH(l->type, LIST_CALL, LIST_CALL(l->type))
#undef LIST_CALL
}

pila_status pila_list_pop(pila_list *l, ptrdiff_t i, void *out){
#define LIST_CALL(t) pila__list_pop(&l->base, t, i, out)
    PILA__BY_WIDTH(l->type, LIST_CALL, LIST_CALL(l->type))
#undef LIST_CALL
}

pila_status pila_list_del(pila_list *l, ptrdiff_t i)
{
    return l->base.len ? pila__list_pop_at(&l->base, l->type, i, NULL) : PILA_EINDEX;
}

pila_status pila_list_remove(pila_list *l, const void *value)
{
    return pila__list_remove(&l->base, l->type, value);
}

void pila_list_reverse(pila_list *l) { pila__list_reverse(&l->base, l->type); }

pila_status pila_list_sort(pila_list *l, const pila_key *key, bool reverse)
{
    return pila__list_sort(&l->base, l->type, key, reverse);
}

pila_status pila_list_slice(pila_list *to, const pila_list *l, pila_slice s)
{
    const pila_type *type = l->type;
    pila__list made = {0};

    return list_become(to, &made, type, pila__list_slice(&made, &l->base, type, s));
}

pila_status pila_list_set_slice(pila_list *l, pila_slice s, pila_iter items)
{
    return pila__list_set_slice(&l->base, l->type, s, items);
}

pila_status pila_list_del_slice(pila_list *l, pila_slice s)
{
    return pila__list_del_slice(&l->base, l->type, s);
}

pila_status pila_list_copy(pila_list *to, const pila_list *from)
{
    return pila_list_repeat(to, from, 1);
}

pila_status pila_list_concat(pila_list *to, const pila_list *a, const pila_list *b)
{
    const pila_type *type = a->type;
    pila__list made = {0};
    pila_status st = pila__list_copy(&made, &a->base, type);

    if (st == PILA_OK) st = pila__list_extend(&made, type, pila_list_iter(b));
    return list_become(to, &made, type, st);
}

pila_status pila_list_repeat(pila_list *to, const pila_list *l, ptrdiff_t n)
{
    const pila_type *type = l->type;
    pila__list made = {0};

    return list_become(to, &made, type, pila__list_repeat(&made, &l->base, type, n));
}

void pila_list_move(pila_list *to, pila_list *from)
{
    const pila_type *old = to->type;

    to->type = from->type;
    pila__list_move(&to->base, &from->base, old);
}

void pila_list_clear(pila_list *l) { pila__list_clear(&l->base, l->type); }
void pila_list_done(pila_list *l) { pila__list_done(&l->base, l->type); }

void pila_list_free(pila_list *l)
{
    if (l) pila_list_done(l);
    pila_free(l);
}
