/* heapq.c - see heapq.h.
 *
 * The order of a heap is restored in two ways that leave the same array. Kinds that
 * compare without calling out carry the item over a hole (in the header, so that typed
 * faces fold). Everything else goes by index: two items are asked and two change
 * places, so that at every moment each item is there once, and no pointer into the
 * storage is kept over a callback; lists and arrays are storage of that kind, whose
 * items are held while they are compared. Both follow CPython's _heapqmodule.c step by
 * step, as far as the order in which heapify visits its nodes.
 *
 * nlargest keeps a buffer of at least 2n candidates, sorts it when it is full, and
 * throws all behind the n-th away; that one is then the threshold, which a window of
 * plain items is compared with in blocks. A stable sort makes it stable. Rejected:
 * Python's heap of (item, order), twice the memory, and slower where many are better.
 */
#include "heapq.h"

#include "item.h"
#include "merge.h"

/* ---- by index ---- */

static pila_status heap_by_down(const pila_heap_by *h, size_t start, size_t pos)
{
    pila_status st = PILA_OK;
    bool less = true;

    while (pos > start) {
        size_t parent = (pos - 1) / 2;
        st = h->less(h->ctx, pos, parent, &less);
        if (st == PILA_OK && less) st = h->swap(h->ctx, parent, pos);
        if (st != PILA_OK || !less) break;
        pos = parent;
    }
    return st;
}

static pila_status heap_by_up(const pila_heap_by *h, size_t n, size_t start)
{
    size_t pos = start;
    pila_status st = PILA_OK;

    while (pos < n / 2) {
        size_t child = 2 * pos + 1;
        bool less = true;
        if (child + 1 < n) st = h->less(h->ctx, child, child + 1, &less);
        child += !less;
        if (st == PILA_OK) st = h->swap(h->ctx, child, pos);
        if (st != PILA_OK) return st;
        pos = child;
    }
    return heap_by_down(h, start, pos);
}

/* ---- an array, by index or by kind ---- */

typedef struct heap_array {
    pila__list *list;
    const pila_type *type;
    size_t n; /* the list's length, which must stay */
    bool max;
} heap_array;

/* Hold both items, as either copy may run code of the user, and ask. */
static pila_status heap_ask(const heap_array *a, size_t i, size_t j, bool *out)
{
    const pila_type *t = a->type;
    pila__held x, y;
    pila_status st = pila__hold_copy(&x, t, a->list->items + i * t->size);

    if (st != PILA_OK) return st;
    st = a->list->len == a->n ? pila__hold_copy(&y, t, a->list->items + j * t->size)
                              : PILA_EMUTATED;
    if (st == PILA_OK) {
        st = pila_type_less(t, x.item, y.item, out);
        pila__let_go_copy(&y);
    }
    pila__let_go_copy(&x);
    return st;
}

static pila_status heap_array_less(void *ctx, size_t i, size_t j, bool *out)
{
    const heap_array *a = (const heap_array *)ctx;
    pila_status st = a->max ? heap_ask(a, j, i, out) : heap_ask(a, i, j, out);

    return st == PILA_OK && a->list->len != a->n ? PILA_EMUTATED : st;
}

static pila_status heap_array_swap(void *ctx, size_t i, size_t j)
{
    const heap_array *a = (const heap_array *)ctx;
    size_t size = a->type->size;

    pila__swap(a->list->items + i * size, a->list->items + j * size, size);
    return PILA_OK;
}

static heap_array heap_array_of(pila__list *l, const pila_type *t, bool max)
{
    heap_array a;

    a.list = l;
    a.type = t;
    a.n = l->len;
    a.max = max;
    return a;
}

static pila_heap_by heap_array_by(heap_array *a)
{
    pila_heap_by h;

    h.ctx = a;
    h.less = heap_array_less;
    h.swap = heap_array_swap;
    return h;
}

/* ---- heapify ---- */

/* Sift at `i`, then at its parents as long as it is a left child: their subtrees are
 * still in the cache then. `sift` is inlined. */
PILA_INLINE pila_status heap_ify_climb(void *ctx, size_t i,
                                       pila_status (*sift)(void *ctx, size_t i))
{
    pila_status st = sift(ctx, i);

    while (st == PILA_OK && (i & 1)) {
        i /= 2;
        st = sift(ctx, i);
    }
    return st;
}

/* The nodes that have children, each after its children; as CPython orders them. */
PILA_INLINE pila_status heap_ify(void *ctx, size_t n,
                                 pila_status (*sift)(void *ctx, size_t i))
{
    size_t m = n / 2, row = 1;
    pila_status st = PILA_OK;

    if (n <= 2500) {
        for (size_t i = m; i-- > 0 && st == PILA_OK;) st = sift(ctx, i);
        return st;
    }
    while (row <= (m + 1) / 2) row *= 2;
    row--; /* the leftmost node in the row of m */
    for (size_t i = row; i-- > m / 2 && st == PILA_OK;)
        st = heap_ify_climb(ctx, i, sift);
    for (size_t i = m; i-- > row && st == PILA_OK;) st = heap_ify_climb(ctx, i, sift);
    return st;
}

typedef struct heap_by_n {
    const pila_heap_by *by;
    size_t n;
} heap_by_n;

static pila_status heap_sift_by(void *ctx, size_t i)
{
    const heap_by_n *h = (const heap_by_n *)ctx;

    return heap_by_up(h->by, h->n, i);
}

pila_status pila_heapify_by(const pila_heap_by *h, size_t n)
{
    heap_by_n by = {h, n};

    return heap_ify(&by, n, heap_sift_by);
}

/* One function for each kind that is common, made of its constant descriptor. */
#define HEAP_SIFT(name, t)                                                             \
    static pila_status name(void *ctx, size_t i)                                       \
    {                                                                                  \
        const heap_array *a = (const heap_array *)ctx;                                 \
        pila__heap_up(a->list->items, a->n, i, t, a->max);                             \
        return PILA_OK;                                                                \
    }
HEAP_SIFT(heap_sift_i32, &pila_i32)
HEAP_SIFT(heap_sift_i64, &pila_i64)
HEAP_SIFT(heap_sift_f64, &pila_f64)
HEAP_SIFT(heap_sift_text, &pila_text)
HEAP_SIFT(heap_sift_any, a->type)
#undef HEAP_SIFT

static pila_status heap_ify_ready(heap_array *a)
{
    switch (a->type->kind) {
    case PILA_KIND_I32: return heap_ify(a, a->n, heap_sift_i32);
    case PILA_KIND_I64: return heap_ify(a, a->n, heap_sift_i64);
    case PILA_KIND_F64: return heap_ify(a, a->n, heap_sift_f64);
    case PILA_KIND_STRING: return heap_ify(a, a->n, heap_sift_text);
    default: return heap_ify(a, a->n, heap_sift_any);
    }
}

pila_status pila__heapify(pila__list *l, const pila_type *t, bool max)
{
    heap_array a = heap_array_of(l, t, max);
    pila_heap_by by = heap_array_by(&a);

    return pila_type_calls_out(t) ? pila_heapify_by(&by, a.n) : heap_ify_ready(&a);
}

/* ---- one item ---- */

pila_status pila_heap_changed_by(const pila_heap_by *h, size_t n, size_t i)
{
    pila_status st = i < n ? heap_by_up(h, n, i) : PILA_EINDEX;

    return st == PILA_OK ? heap_by_down(h, 0, i) : st;
}

pila_status pila__heap_changed(pila__list *l, const pila_type *t, ptrdiff_t i, bool max)
{
    heap_array a = heap_array_of(l, t, max);
    pila_heap_by by = heap_array_by(&a);
    size_t at;

    if (!pila__list_locate(l, i, &at)) return PILA_EINDEX;
    if (pila_type_calls_out(t)) return pila_heap_changed_by(&by, a.n, at);
    pila__heap_up(l->items, l->len, at, t, max);
    pila__heap_down(l->items, 0, at, t, max);
    return PILA_OK;
}

pila_status pila__heappush_any(pila__list *l, const pila_type *t, const void *item,
                               bool max)
{
    pila_status st = pila__list_append(l, t, item);
    heap_array a = heap_array_of(l, t, max);
    pila_heap_by by = heap_array_by(&a);

    return st == PILA_OK ? heap_by_down(&by, 0, a.n - 1) : st;
}

/* Room for the bytes of an item on its way out. */
static pila_status heap_open(pila__held *room, const pila_type *t)
{
    bool large = t->size > sizeof room->room;

    room->type = t;
    room->block = large ? pila_alloc(1, t->size) : NULL;
    room->item = large ? room->block : room->room.bytes;
    return room->item ? PILA_OK : PILA_ENOMEM;
}

static void heap_fill(pila__held *room, const void *item)
{
    memcpy((void *)(uintptr_t)room->item, item, room->type->size);
}

/* The item that is held goes to out, or is dropped. */
static void heap_give(pila__held *room, void *out)
{
    if (out) {
        memcpy(out, room->item, room->type->size);
        pila_free(room->block);
    } else pila__let_go_copy(room);
}

/* It goes back to the list, at the end. There is room, unless a callback has used it
 * up, and then memory as well. */
static void heap_put_back(pila__list *l, pila__held *room)
{
    size_t size = room->type->size;

    if (l->len == l->room && pila__list_more(l, size, NULL) != PILA_OK) {
        pila__let_go_copy(room);
        return;
    }
    memcpy(l->items + l->len * size, room->item, size);
    l->len++;
    l->version++;
    pila_free(room->block);
}

/* The first item is in the room; another has its place: restore the order, hand out. */
static pila_status heap_settle(pila__list *l, const pila_type *t, pila__held *room,
                               void *out, bool max)
{
    heap_array a = heap_array_of(l, t, max);
    pila_heap_by by = heap_array_by(&a);
    pila_status st = PILA_OK;

    if (pila_type_calls_out(t)) st = heap_by_up(&by, a.n, 0);
    else if (a.n) pila__heap_up(l->items, a.n, 0, t, max);
    if (st == PILA_OK) heap_give(room, out);
    else heap_put_back(l, room);
    return st;
}

pila_status pila__heappop_any(pila__list *l, const pila_type *t, void *out, bool max)
{
    pila__held room;
    pila_status st = l->len ? heap_open(&room, t) : PILA_EEMPTY;

    if (st != PILA_OK) return st;
    heap_fill(&room, l->items);
    l->len--;
    l->version++;
    memmove(l->items, l->items + l->len * t->size, t->size);
    return heap_settle(l, t, &room, out, max);
}

/* Whether the first item goes before the one that is held. */
static pila_status heap_first_less(const pila__list *l, const pila_type *t,
                                   const void *item, bool max, bool *out)
{
    pila__held first;
    pila_status st = pila__hold_copy(&first, t, l->items);

    if (st != PILA_OK) return st;
    if (max) st = pila_type_less(t, item, first.item, out);
    else st = pila_type_less(t, first.item, item, out);
    pila__let_go_copy(&first);
    return st;
}

/* The held item takes the place of the first, which goes to the room; and the list has
 * room for it to come back. */
static pila_status heap_exchange(pila__list *l, const pila_type *t, pila__held *in,
                                 pila__held *room)
{
    pila_status st = l->len ? heap_open(room, t) : PILA_EEMPTY;

    if (st != PILA_OK) return st;
    if (l->len == l->room && (st = pila__list_more(l, t->size, NULL)) != PILA_OK) {
        pila_free(room->block);
        return st;
    }
    heap_fill(room, l->items);
    memcpy(l->items, in->item, t->size);
    pila_free(in->block);
    return PILA_OK;
}

pila_status pila__heapreplace_any(pila__list *l, const pila_type *t, const void *item,
                                  void *out, bool max, bool push)
{
    bool replaces = true;
    pila__held in, room;
    pila_status st = push || l->len ? pila__hold_copy(&in, t, item) : PILA_EEMPTY;

    if (st != PILA_OK) return st;
    if (push) replaces = l->len > 0; /* after the copy, which is code of the user */
    if (push && replaces) st = heap_first_less(l, t, in.item, max, &replaces);
    if (st == PILA_OK && !replaces) {
        heap_give(&in, out);
        return PILA_OK;
    }
    if (st == PILA_OK) st = heap_exchange(l, t, &in, &room);
    if (st == PILA_OK) return heap_settle(l, t, &room, out, max);
    pila__let_go_copy(&in);
    return st;
}

/* ---- the run-time face ---- */

static pila_status heap_push(pila_list *l, const void *item, bool max)
{
#define HEAP_CALL(t) pila__heappush(&l->base, t, item, max)
    PILA__BY_KIND(l->type, HEAP_CALL, HEAP_CALL(l->type))
#undef HEAP_CALL
}

static pila_status heap_pop(pila_list *l, void *out, bool max)
{
#define HEAP_CALL(t) pila__heappop(&l->base, t, out, max)
    PILA__BY_KIND(l->type, HEAP_CALL, HEAP_CALL(l->type))
#undef HEAP_CALL
}

static pila_status heap_replace(pila_list *l, const void *item, void *out, bool max,
                                bool push){
#define HEAP_CALL(t) pila__heapreplace(&l->base, t, item, out, max, push)
    PILA__BY_KIND(l->type, HEAP_CALL, HEAP_CALL(l->type))
#undef HEAP_CALL
}

pila_status pila_heapify(pila_list *l)
{
    return pila__heapify(&l->base, l->type, false);
}

pila_status pila_heappush(pila_list *l, const void *item)
{
    return heap_push(l, item, false);
}

pila_status pila_heappop(pila_list *l, void *out) { return heap_pop(l, out, false); }

pila_status pila_heappushpop(pila_list *l, const void *item, void *out)
{
    return heap_replace(l, item, out, false, true);
}

pila_status pila_heapreplace(pila_list *l, const void *item, void *out)
{
    return heap_replace(l, item, out, false, false);
}

pila_status pila_heap_changed(pila_list *l, ptrdiff_t i)
{
    return pila__heap_changed(&l->base, l->type, i, false);
}

pila_status pila_heapify_max(pila_list *l)
{
    return pila__heapify(&l->base, l->type, true);
}

pila_status pila_heappush_max(pila_list *l, const void *item)
{
    return heap_push(l, item, true);
}

pila_status pila_heappop_max(pila_list *l, void *out) { return heap_pop(l, out, true); }

pila_status pila_heappushpop_max(pila_list *l, const void *item, void *out)
{
    return heap_replace(l, item, out, true, true);
}

pila_status pila_heapreplace_max(pila_list *l, const void *item, void *out)
{
    return heap_replace(l, item, out, true, false);
}

pila_status pila_heap_changed_max(pila_list *l, ptrdiff_t i)
{
    return pila__heap_changed(&l->base, l->type, i, true);
}

static pila__list heap_of_items(void *items, size_t n)
{
    pila__list l = {(char *)items, n, n, 0};

    return l;
}

pila_status pila_heapify_items(void *items, size_t n, const pila_type *type, bool max)
{
    pila__list l = heap_of_items(items, n);

    return pila__heapify(&l, type, max);
}

pila_status pila_heap_changed_items(void *items, size_t n, const pila_type *type,
                                    size_t i, bool max)
{
    pila__list l = heap_of_items(items, n);

    return i < n ? pila__heap_changed(&l, type, (ptrdiff_t)i, max) : PILA_EINDEX;
}

/* ---- merge ---- */

pila_iter pila_merge(const pila_iter *iters, size_t n, const pila_key *key,
                     bool reverse)
{
    return pila__merge(iters, n, key, reverse);
}

/* ---- nlargest, nsmallest ---- */

enum { HEAP_SLACK = 256, HEAP_BLOCK = 64 }; /* candidates at least; items of a look */

/* Records: the key, if there is one, then the item. */
typedef struct heap_best {
    const pila_type *type; /* of items, as they are kept */
    const pila_type *kt;   /* of keys, as they are kept; NULL: none */
    const pila_key *key;
    size_t item_at, size; /* bytes of a record */
    size_t n, len, room, most_room;
    char *records;
    bool most, full; /* full: the record at n - 1 is the threshold */
} heap_best;

static char *heap_record(const heap_best *b, size_t k)
{
    return b->records + k * b->size;
}

static pila_status heap_best_init(heap_best *b, size_t n, const pila_key *key,
                                  const pila_type *type, bool most)
{
    pila_pair record;
    pila_status st = PILA_OK;

    memset(b, 0, sizeof *b);
    b->type = type;
    b->size = type->size;
    b->n = n;
    b->most = most;
    if (!pila_add(n, n < HEAP_SLACK ? (size_t)HEAP_SLACK : n, &b->most_room))
        b->most_room = SIZE_MAX;
    if (!key) return PILA_OK;
    b->key = key;
    b->kt = pila__merge_key_type(key);
    st = pila_pair_init(&record, b->kt, type);
    if (st != PILA_OK) return st;
    b->item_at = record.second_at;
    b->size = record.type.size;
    return PILA_OK;
}

/* Records from k on go. */
static void heap_best_cut(heap_best *b, size_t k)
{
    size_t len = b->len;

    b->len = k;
    for (; k < len; k++) {
        if (b->kt) pila_type_drop(b->kt, heap_record(b, k));
        pila_type_drop(b->type, heap_record(b, k) + b->item_at);
    }
}

/* A record sorts by its key's bytes, which stay its own: nothing is dropped. */
static pila_status heap_key_of_record(void *ctx, const void *record, void *out)
{
    const heap_best *b = (const heap_best *)ctx;

    if (b->kt->kind == PILA_KIND_STRING) {
        pila_str view = pila_string_view((const pila_string *)record);
        memcpy(out, &view, sizeof view);
    } else memcpy(out, record, b->kt->size);
    return PILA_OK;
}

static pila_status heap_best_sort(heap_best *b)
{
    pila_type record = PILA_PLAIN_TYPE(char), lent;
    pila_key key;

    if (!b->kt) return pila__sort(b->records, b->len, b->type, NULL, b->most);
    record.size = b->size;
    lent = b->kt->kind == PILA_KIND_STRING ? pila_view : *b->kt;
    lent.copy = NULL;
    lent.drop = NULL;
    key.type = &lent;
    key.fn = heap_key_of_record;
    key.ctx = b;
    return pila__sort(b->records, b->len, &record, &key, b->most);
}

/* Sorted, and none but the best n. */
static pila_status heap_best_trim(heap_best *b)
{
    pila_status st = heap_best_sort(b);

    if (st != PILA_OK || b->len < b->n) return st;
    heap_best_cut(b, b->n);
    b->full = true;
    return PILA_OK;
}

/* Raw room for one more record behind the others. */
static pila_status heap_best_open(heap_best *b)
{
    size_t room;
    char *records;

    if (b->len == b->most_room) return heap_best_trim(b);
    if (b->len < b->room) return PILA_OK;
    room = pila_mem_grow(b->room, b->len + 1, b->size);
    if (room > b->most_room) room = b->most_room;
    records = room ? (char *)pila_realloc(b->records, room, b->size) : NULL;
    if (!records) return PILA_ENOMEM;
    b->records = records;
    b->room = room;
    return PILA_OK;
}

/* Whether the first operand of a comparison with the threshold is the threshold. */
PILA_INLINE pila_status heap_beats(const pila_type *t, const void *item,
                                   const void *mark, bool most, bool *out)
{
    return most ? pila_type_less(t, mark, item, out)
                : pila_type_less(t, item, mark, out);
}

/* The first of n items that beats the threshold, or n. Numbers are looked at in blocks,
 * without a branch an item. t is a constant. */
PILA_INLINE size_t heap_scan(const char *items, size_t n, const void *mark,
                             const pila_type *t, bool most)
{
    size_t k = 0;
    bool beats = false;

    for (; t->kind < PILA_KIND_STR && k + HEAP_BLOCK <= n; k += HEAP_BLOCK) {
        unsigned any = 0;
        for (size_t j = k; j < k + HEAP_BLOCK; j++) {
            (void)!heap_beats(t, items + j * t->size, mark, most, &beats);
            any |= beats;
        }
        if (any) break;
    }
    for (; k < n; k++) {
        (void)!heap_beats(t, items + k * t->size, mark, most, &beats);
        if (beats) break;
    }
    return k;
}

static size_t heap_scan_kind(const char *items, size_t n, const void *mark,
                             const pila_type *type, bool most)
{
#define HEAP_CALL(t)                                                                   \
    (most ? heap_scan(items, n, mark, t, true) : heap_scan(items, n, mark, t, false))
    PILA__BY_KIND(type, HEAP_CALL, heap_scan(items, n, mark, type, most))
#undef HEAP_CALL
}

/* The threshold, as one of the type of the items that come. */
static const void *heap_mark(const heap_best *b, const pila_type *from, pila_str *room)
{
    const void *mark = heap_record(b, b->n - 1);

    if (b->type->kind != PILA_KIND_STRING || from->kind != PILA_KIND_STR) return mark;
    *room = pila_string_view((const pila_string *)mark);
    return room;
}

/* All of a window, of items that compare without calling out. */
static pila_status heap_best_window(heap_best *b, const pila_type *from,
                                    const char *items, size_t n)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        pila_string text;
        pila_str view;
        st = heap_best_open(b);
        if (st == PILA_OK && b->full)
            k += heap_scan_kind(items + k * from->size, n - k,
                                heap_mark(b, from, &view), from, b->most);
        if (k == n || st != PILA_OK) break;
        st = pila_type_copy(b->type, heap_record(b, b->len),
                            pila_type_adapt(b->type, from, items + k * from->size,
                                            &text));
        if (st == PILA_OK) b->len++;
    }
    return st;
}

static pila_status heap_best_windows(heap_best *b, pila_iter *it)
{
    pila_status st = PILA_OK;

    for (size_t n; st == PILA_OK && (n = pila_iter_ready(it)) > 0;) {
        st = heap_best_window(b, it->type, it->cur, n);
        pila_iter_skip(it, n);
    }
    return st;
}

/* The container under the item may have been changed by the callback that just ran. */
static pila_status heap_still(const pila_iter *it, pila_status st)
{
    return st == PILA_OK && *it->stamp != it->seen ? PILA_EMUTATED : st;
}

/* An item with its key: made where the next record will be, compared, and kept. */
static pila_status heap_offer_key(heap_best *b, const pila_iter *it, const void *item)
{
    char *record = heap_record(b, b->len);
    bool beats = true;
    pila_string text;
    pila_status st = pila__merge_key(b->key, b->kt, it, item, record);

    if (st != PILA_OK) return st;
    if (b->full)
        st = heap_beats(b->kt, record, heap_record(b, b->n - 1), b->most, &beats);
    st = heap_still(it, st);
    if (st == PILA_OK && beats)
        st = pila_type_copy(b->type, record + b->item_at,
                            pila_type_adapt(b->type, it->type, item, &text));
    if (st == PILA_OK && beats) b->len++;
    else pila_type_drop(b->kt, record);
    return st;
}

/* An item that compares by callbacks: copied first, and held by that. */
static pila_status heap_offer(heap_best *b, const void *item)
{
    char *record = heap_record(b, b->len);
    bool beats = true;
    pila_status st = pila_type_copy(b->type, record, item);

    if (st != PILA_OK) return st;
    if (b->full)
        st = heap_beats(b->type, record, heap_record(b, b->n - 1), b->most, &beats);
    if (st == PILA_OK && beats) b->len++;
    else pila_type_drop(b->type, record);
    return st;
}

static pila_status heap_best_each(heap_best *b, pila_iter *it)
{
    pila_status st = PILA_OK;
    const void *item;

    while (st == PILA_OK && (item = pila_next_item(it)) != NULL) {
        st = heap_still(it, heap_best_open(b)); /* it sorts, and drops */
        if (st == PILA_OK)
            st = b->key ? heap_offer_key(b, it, item) : heap_offer(b, item);
    }
    return st;
}

/* The items to a list of their own; of records, all but the keys. */
static pila_status heap_best_give(heap_best *b, pila__list *made)
{
    pila_status st = b->key ? pila__list_reserve(made, b->type->size, b->len) : PILA_OK;

    if (st != PILA_OK) return st;
    if (!b->key) {
        made->items = b->records;
        made->room = b->room;
        b->records = NULL;
    }
    for (size_t k = 0; b->key && k < b->len; k++) {
        pila_type_drop(b->kt, heap_record(b, k));
        memcpy(made->items + k * b->type->size, heap_record(b, k) + b->item_at,
               b->type->size);
    }
    made->len = b->len;
    b->len = 0;
    return PILA_OK;
}

static pila_status heap_choose(pila_iter *it, size_t n, const pila_key *key,
                               const pila_type *type, bool most, pila__list *made)
{
    const pila_type *played = key ? pila__merge_key_type(key) : type;
    heap_best b;
    pila_status st = heap_best_init(&b, n, key, type, most);

    if (st == PILA_OK && pila_type_calls_out(played) && !played->less) st = PILA_ETYPE;
    if (st == PILA_OK)
        st = key || pila_type_calls_out(type) ? heap_best_each(&b, it)
                                              : heap_best_windows(&b, it);
    if (st == PILA_OK) st = pila_iter_outcome(it);
    if (st == PILA_OK) st = heap_best_trim(&b);
    if (st == PILA_OK) st = heap_best_give(&b, made);
    heap_best_cut(&b, 0);
    pila_free(b.records);
    return st;
}

static pila_status heap_select(pila_iter *it, size_t n, const pila_key *key, bool most,
                               pila_list *out)
{
    const pila_type *type = out->type;
    pila__list made = {0};
    pila_status st = pila_iter_outcome(it);

    if (it->status == PILA_OK) {
        st = PILA_ETYPE;
        if (pila_type_accepts(type, it->type))
            st = n ? heap_choose(it, n, key, type, most, &made) : PILA_OK;
    }
    pila_iter_drop(it);
    if (st == PILA_OK) pila__list_move(&out->base, &made, type);
    pila__list_done(&made, type);
    return st;
}

pila_status pila_nlargest(pila_iter items, size_t n, const pila_key *key,
                          pila_list *out)
{
    return heap_select(&items, n, key, true, out);
}

pila_status pila_nsmallest(pila_iter items, size_t n, const pila_key *key,
                           pila_list *out)
{
    return heap_select(&items, n, key, false, out);
}
