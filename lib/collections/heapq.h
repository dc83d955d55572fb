/* heapq.h - Python's heapq: a list whose first item is the least, merge, nlargest.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/list collections/sort collections/item collections/merge
 * Use:
 *     PILA_LIST(Ints, int)
 *     PILA_HEAPQ(Ints)
 *     Ints heap = {0};
 *     pila_status st = PILA_OK;
 *     for (int i = 5; i > 0 && st == PILA_OK; i--) st = Ints_heappush(&heap, i * i);
 *     for (int least; st == PILA_OK && (st = Ints_heappop(&heap, &least)) == PILA_OK;)
 *         printf("<%d>", least);   // prints: <1><4><9><16><25>
 *     Ints_done(&heap);
 *
 * A heap is a list with item[k] <= item[2k + 1] and item[k] <= item[2k + 2]. After each
 * call its items lie where CPython's heapq puts them, and what a comparison is asked,
 * less(a, b), is asked in CPython's order. Functions in _max keep the greatest first.
 *
 * A comparison may fail, or change the list (another length is PILA_EMUTATED). The list
 * is then left as CPython leaves it: what was pushed is in it. But an item on its way
 * out, which Python drops, is put at the end: none is lost, none is there twice, and
 * heapify makes a heap of them again.
 */
#ifndef PILA_HEAPQ_H
#define PILA_HEAPQ_H

#include "list.h"

/* ---- the core: kinds that compare without calling out ---- */

/* Where the greatest is first, the operands change places. */
PILA_INLINE bool pila__heap_less(const pila_type *t, const void *a, const void *b,
                                 bool max)
{
    bool less = false;

    (void)!pila_type_less(t, max ? b : a, max ? a : b, &less);
    return less;
}

/* The item at pos, which may be less than those above it, goes up as far as start. */
PILA_INLINE void pila__heap_down(char *items, size_t start, size_t pos,
                                 const pila_type *t, bool max)
{
    char item[16] __attribute__((aligned(16))); /* no ready-made kind is larger */
    size_t size = t->size;

    memcpy(item, items + pos * size, size);
    while (pos > start) {
        size_t parent = (pos - 1) / 2;
        if (!pila__heap_less(t, item, items + parent * size, max)) break;
        memcpy(items + pos * size, items + parent * size, size);
        pos = parent;
    }
    memcpy(items + pos * size, item, size);
}

/* The item at start, any, goes down to a leaf along the lesser children, and up again
 * to its place: the child is chosen without a branch, and few leaves go far up. */
PILA_INLINE void pila__heap_up(char *items, size_t n, size_t start, const pila_type *t,
                               bool max)
{
    char item[16] __attribute__((aligned(16)));
    size_t size = t->size, pos = start, child = 2 * pos + 1;

    memcpy(item, items + pos * size, size);
    while (child + 1 < n) {
        const char *left = items + child * size;
        __builtin_prefetch((const void *)((uintptr_t)items + (4 * pos + 7) * size));
        child += !pila__heap_less(t, left, left + size, max);
        memcpy(items + pos * size, items + child * size, size);
        pos = child;
        child = 2 * pos + 1;
    }
    if (child < n) {
        memcpy(items + pos * size, items + child * size, size);
        pos = child;
    }
    memcpy(items + pos * size, item, size);
    pila__heap_down(items, start, pos, t, max);
}

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__heapify(pila__list *l, const pila_type *t,
                                             bool max);
PILA_API PILA_MUST pila_status pila__heap_changed(pila__list *l, const pila_type *t,
                                                  ptrdiff_t i, bool max);
/* As the inline ones below, for every type and also for out == NULL. */
PILA_API PILA_MUST pila_status pila__heappush_any(pila__list *l, const pila_type *t,
                                                  const void *item, bool max);
PILA_API PILA_MUST pila_status pila__heappop_any(pila__list *l, const pila_type *t,
                                                 void *out, bool max);
/* push: the item is handed back where it would be the first. */
PILA_API PILA_MUST pila_status pila__heapreplace_any(pila__list *l, const pila_type *t,
                                                     const void *item, void *out,
                                                     bool max, bool push);
PILA_END_C

PILA_INLINE PILA_MUST pila_status pila__heappush(pila__list *l, const pila_type *t,
                                                 const void *item, bool max)
{
    pila_status st;

    if (pila_type_calls_out(t)) return pila__heappush_any(l, t, item, max);
    st = pila__list_append(l, t, item);
    if (st == PILA_OK) pila__heap_down(l->items, 0, l->len - 1, t, max);
    return st;
}

PILA_INLINE PILA_MUST pila_status pila__heappop(pila__list *l, const pila_type *t,
                                                void *out, bool max)
{
    if (pila_type_calls_out(t) || !out) return pila__heappop_any(l, t, out, max);
    if (PILA_UNLIKELY(l->len == 0)) return PILA_EEMPTY;
    char *items = l->items;
    size_t n = --l->len;
    l->version++;
    memcpy(out, items, t->size);
    if (PILA_UNLIKELY(n == 0)) return PILA_OK;
    memcpy(items, items + n * t->size, t->size);
    pila__heap_up(items, n, 0, t, max);
    return PILA_OK;
}

PILA_INLINE PILA_MUST pila_status pila__heapreplace(pila__list *l, const pila_type *t,
                                                    const void *item, void *out,
                                                    bool max, bool push)
{
    char held[16] __attribute__((aligned(16)));

    if (!out || !pila_type_plain(t) || pila_type_calls_out(t))
        return pila__heapreplace_any(l, t, item, out, max, push);
    if (l->len == 0 && !push) return PILA_EEMPTY;
    memcpy(held, item, t->size);
    if (push && (l->len == 0 || !pila__heap_less(t, l->items, held, max))) {
        memcpy(out, held, t->size);
        return PILA_OK;
    }
    memcpy(out, l->items, t->size);
    memcpy(l->items, held, t->size);
    pila__heap_up(l->items, l->len, 0, t, max);
    return PILA_OK;
}

/* ---- the run-time face: on any pila_list ---- */

PILA_BEGIN_C

/* pila_heapify - put the items of a list in the order of a heap.
 *
 *   l      any list, whose type has an order                          borrowed
 *
 * Fails:   PILA_ETYPE      the type has no order, and there are two items
 *          PILA_EMUTATED   a comparison made the list longer or shorter
 *          PILA_ENOMEM     an item, held over a comparison, could not be copied
 *          any             what less answered; for each of these no item is lost
 * Cost:    O(n), no structural change
 * Python:  heapq.heapify(l)
 */
PILA_API PILA_MUST pila_status pila_heapify(pila_list *l);

/* pila_heappush - add an item.
 *
 *   item   copied; may be inside l                                    borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           as pila_heapify; if it was not the copy that failed, the item
 *                        is in the list
 * Cost:    O(log n)
 * Python:  heapq.heappush(l, item)
 */
PILA_API PILA_MUST pila_status pila_heappush(pila_list *l, const void *item);

/* pila_heappop - take the least item.
 *
 *   out    raw room for it, NULL to drop it                           given
 *
 * Fails:   PILA_EEMPTY   there is none
 *          any           as pila_heapify; the least is then at the end of the list
 * Cost:    O(log n)
 * Python:  heapq.heappop(l), but a failed one drops the item
 */
PILA_API PILA_MUST pila_status pila_heappop(pila_list *l, void *out);

/* pila_heappushpop - push, then pop: the item itself where nothing is less.
 *
 *   item   copied; may be inside l                                    borrowed
 *   out    raw room for what is popped, NULL to drop it               given
 *
 * Fails:   PILA_EEMPTY   a comparison took all items out
 *          any           as pila_heappush; what was the least is then at the end
 * Cost:    O(log n), O(1) where nothing is less
 * Python:  heapq.heappushpop(l, item), but a failed one drops an item
 */
PILA_API PILA_MUST pila_status pila_heappushpop(pila_list *l, const void *item,
                                                void *out);

/* pila_heapreplace - pop, then push: out may be greater than the item.
 *
 * Fails:   PILA_EEMPTY   there is none
 *          any           as pila_heappushpop
 * Cost:    O(log n)
 * Python:  heapq.heapreplace(l, item), but a failed one drops an item
 */
PILA_API PILA_MUST pila_status pila_heapreplace(pila_list *l, const void *item,
                                                void *out);

/* pila_heap_changed - restore the order after the item at an index was overwritten.
 *
 *   i      from the left, or below 0 from the right
 *
 * Fails:   PILA_EINDEX   out of range
 *          any           as pila_heapify
 * Cost:    O(log n)
 * Python:  heapq._siftup(l, i); heapq._siftdown(l, 0, i)
 */
PILA_API PILA_MUST pila_status pila_heap_changed(pila_list *l, ptrdiff_t i);

/* pila_heapify_max - as pila_heapify, the greatest first: heapq.heapify_max of 3.14. */
PILA_API PILA_MUST pila_status pila_heapify_max(pila_list *l);

/* pila_heappush_max - as pila_heappush, the greatest first. */
PILA_API PILA_MUST pila_status pila_heappush_max(pila_list *l, const void *item);

/* pila_heappop_max - as pila_heappop, but it takes the greatest. */
PILA_API PILA_MUST pila_status pila_heappop_max(pila_list *l, void *out);

/* pila_heappushpop_max - as pila_heappushpop, but it takes the greatest. */
PILA_API PILA_MUST pila_status pila_heappushpop_max(pila_list *l, const void *item,
                                                    void *out);

/* pila_heapreplace_max - as pila_heapreplace, but it takes the greatest. */
PILA_API PILA_MUST pila_status pila_heapreplace_max(pila_list *l, const void *item,
                                                    void *out);

/* pila_heap_changed_max - as pila_heap_changed, the greatest first. */
PILA_API PILA_MUST pila_status pila_heap_changed_max(pila_list *l, ptrdiff_t i);

/* ---- plain arrays, and storage of other kinds ---- */

/* pila_heapify_items - put the n items of an array in the order of a heap.
 *
 *   items  n items of type->size bytes                                borrowed
 *   max    true: the greatest first
 *
 * Fails:   as pila_heapify; the array cannot get longer
 * Cost:    O(n)
 * Python:  heapq.heapify(items)
 */
PILA_API PILA_MUST pila_status pila_heapify_items(void *items, size_t n,
                                                  const pila_type *type, bool max);

/* pila_heap_changed_items - restore the order after the item at i was overwritten.
 *
 * With i = n - 1 it is the second half of a push: put the item behind the others, then
 * call. A pop swaps the first and the last, and calls with one item less and i = 0.
 *
 * Fails:   PILA_EINDEX   i is not below n
 *          any           as pila_heapify
 * Cost:    O(log n)
 * Python:  heapq._siftup(items, i); heapq._siftdown(items, 0, i)
 */
PILA_API PILA_MUST pila_status pila_heap_changed_items(void *items, size_t n,
                                                       const pila_type *type, size_t i,
                                                       bool max);

/* A heap in storage of any kind, whose items are known by index alone: less says
 * whether the i-th goes before the j-th, swap lets two change places. Each may move the
 * storage; none may make it shorter. */
typedef struct pila_heap_by {
    void *ctx;
    pila_status (*less)(void *ctx, size_t i, size_t j, bool *out);
    pila_status (*swap)(void *ctx, size_t i, size_t j);
} pila_heap_by;

/* pila_heapify_by - put n items in the order of a heap.
 *
 *   h      borrowed
 *
 * Fails:   any   what less or swap answered; what was swapped stays so
 * Cost:    O(n) calls, no allocation
 * Python:  heapq.heapify(items)
 */
PILA_API PILA_MUST pila_status pila_heapify_by(const pila_heap_by *h, size_t n);

/* pila_heap_changed_by - restore the order after the i-th item was changed.
 *
 * Fails:   PILA_EINDEX   i is not below n
 *          any           as pila_heapify_by
 * Cost:    O(log n) calls, no allocation
 * Python:  heapq._siftup(items, i); heapq._siftdown(items, 0, i)
 */
PILA_API PILA_MUST pila_status pila_heap_changed_by(const pila_heap_by *h, size_t n,
                                                    size_t i);

/* ---- iterators ---- */

/* pila_merge - the items of n sorted iterators as one sorted iterator.
 *
 * Of equal items, those of the first iterator come first. The first call takes
 * one item of each, in order; each later one takes one of the iterator whose item was
 * yielded last, and none of any other.
 *
 *   iters    n iterators; the array is borrowed, the iterators in it are taken
 *   key      called once an item, when it is taken; copied; NULL: items compare
 *            themselves                                               borrowed
 *   reverse  the iterators are sorted in descending order, and so is this one
 *
 * Items are yielded in place, as far as their own iterator has them ready: one is good
 * until the next call that takes from its own iterator. If items themselves compare by
 * callbacks, a copy of each is held, and yielded. A NaN, which has no order, comes
 * before or after all numbers.
 *
 * Fails:   PILA_ETYPE      the items are not all of one type, or have no order
 *          PILA_ENOMEM     no memory
 *          PILA_EVALUE     later: a callback asked the iterator that called it
 *          PILA_EMUTATED   later: the container of an item changed before its turn
 *          any             later: the fault of an iterator, or what a callback answered
 * Cost:    O(log n) comparisons an item, 1 while one iterator is ahead, 0 when only one
 *          is left; O(n) memory
 * Python:  heapq.merge(*iterables, key=key, reverse=reverse)
 * Source:  Knuth, The Art of Computer Programming, 5.4.1 (the tree of losers)
 */
PILA_API pila_iter pila_merge(const pila_iter *iters, size_t n, const pila_key *key,
                              bool reverse);

/* pila_nlargest - make a list of the n greatest items, the greatest first.
 *
 *   items  an iterator                                                taken
 *   n      all of them, sorted, where there are not so many; 0 takes nothing
 *   key    called once an item, in order; it may point into the item, if it is text;
 *          NULL: items compare themselves                             borrowed
 *   out    initialised, of the items' type, or pila_text for views of text; what it
 *          held is dropped. Untouched on failure
 *
 * Of equal ones, those that came first are taken, and come first.
 *
 * Fails:   PILA_ETYPE      out cannot hold the items, or they have no order
 *          PILA_ENOMEM     no memory
 *          PILA_EMUTATED   a callback changed the container that the items are in
 *          any             the iterator's fault, or what a callback answered
 * Cost:    O(items * log n) at most, near O(items) in random order; O(n) memory
 * Python:  heapq.nlargest(n, iterable, key)
 */
PILA_API PILA_MUST pila_status pila_nlargest(pila_iter items, size_t n,
                                             const pila_key *key, pila_list *out);

/* pila_nsmallest - make a list of the n least items, the least first.
 *
 * Fails:   as pila_nlargest
 * Cost:    as pila_nlargest
 * Python:  heapq.nsmallest(n, iterable, key)
 */
PILA_API PILA_MUST pila_status pila_nsmallest(pila_iter items, size_t n,
                                              const pila_key *key, pila_list *out);

PILA_END_C

/* ---- the typed face ----
 *
 * After PILA_LIST(Name, T), PILA_HEAPQ(Name) gives the list Name_heapify(&l),
 * Name_heappush(&l, item), Name_heappop(&l, &out), Name_heappushpop(&l, item, &out),
 * Name_heapreplace(&l, item, &out), Name_heap_changed(&l, i), and the same in _max.
 */
#define PILA_HEAPQ(Name)                                                               \
    typedef __typeof__(*Name##_data((const Name *)0)) Name##_heap_item;                \
    PILA__HEAPQ_FACE(Name, Name##_heap_item, , false)                                  \
    PILA__HEAPQ_FACE(Name, Name##_heap_item, _max, true)

#define PILA__HEAPQ_FACE(Name, T, suffix, max)                                         \
    PILA_FACE PILA_MUST pila_status Name##_heapify##suffix(Name *l)                    \
    {                                                                                  \
        return pila__heapify(&l->base, Name##_type(), max);                            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_heappush##suffix(Name *l, T item)           \
    {                                                                                  \
        return pila__heappush(&l->base, Name##_type(), &item, max);                    \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_heappop##suffix(Name *l, T *out)            \
    {                                                                                  \
        return pila__heappop(&l->base, Name##_type(), out, max);                       \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_heappushpop##suffix(Name *l, T item,        \
                                                               T *out)                 \
    {                                                                                  \
        return pila__heapreplace(&l->base, Name##_type(), &item, out, max, true);      \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_heapreplace##suffix(Name *l, T item,        \
                                                               T *out)                 \
    {                                                                                  \
        return pila__heapreplace(&l->base, Name##_type(), &item, out, max, false);     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_heap_changed##suffix(Name *l, ptrdiff_t i)  \
    {                                                                                  \
        return pila__heap_changed(&l->base, Name##_type(), i, max);                    \
    }

#endif
