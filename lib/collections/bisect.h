/* bisect.h - Python's bisect: where an item belongs in what is sorted, and putting it
 * there.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/array collections/list collections/deque collections/sort
 *        collections/item
 * Use:
 *     PILA_LIST(Ints, int)
 *     PILA_BISECT(Ints)
 *     Ints row = {0};
 *     size_t at = 0;
 *     pila_status st = PILA_OK;
 *     for (int x = 9; x > 0 && st == PILA_OK; x -= 4)
 *         st = Ints_insort_right(&row, x, 0, PILA_NONE, NULL);
 *     if (st == PILA_OK) st = Ints_bisect_left(&row, 6, 0, PILA_NONE, &at);
 *     if (st == PILA_OK) printf("%zu\n", at);   // prints: 2
 *     Ints_done(&row);
 *
 * bisect_left gives the first place where x keeps the order, before what is equal to
 * it; bisect_right the last, behind. Operands are CPython's, less(item, x) to the left
 * and less(x, item) to the right. Where comparing or making a key calls out, so are the
 * items that are looked at; ready-made kinds look at others, which makes a difference
 * in what is not sorted alone.
 *
 * lo and hi bound the search to [lo, hi). hi may be PILA_NONE, or -1, for the length.
 * It may be beyond the end: looking at an item that is not there is PILA_EINDEX.
 */
#ifndef PILA_BISECT_H
#define PILA_BISECT_H

#include "array.h"
#include "deque.h"
#include "list.h"

/* ---- the core ---- */

/* The item at a place of what is searched. */
typedef const char *pila__bisect_at(const void *in, size_t i, size_t size);

PILA_INLINE const char *pila__bisect_item(const void *items, size_t i, size_t size)
{
    return (const char *)items + i * size;
}

/* Bytes that are near: nothing is fetched ahead. In more, the last steps miss, too. */
enum { PILA__BISECT_NEAR = 16384 };

/* Where to go on after one step: at lo, or half further. The compiler is told that
 * nobody knows which, so that it takes no branch. */
PILA_INLINE size_t pila__bisect_step(const void *in, pila__bisect_at *at, size_t lo,
                                     size_t half, const pila_type *t, const void *x,
                                     bool right)
{
    const char *item = at(in, lo + half - 1, t->size);
    size_t next = lo + half;
    bool less = false;

    (void)!pila_type_less(t, right ? x : item, right ? item : x, &less);
    return __builtin_expect_with_probability(less != right, 1, 0.5) ? next : lo;
}

/* In [lo, lo + n), of items that compare without calling out. Every step halves n
 * whatever a comparison says, so that steps wait for nothing but the place, several
 * searches run side by side, and both items that may be asked next are fetched ahead
 * where that pays. */
PILA_INLINE size_t pila__bisect_steps(const void *in, pila__bisect_at *at, size_t lo,
                                      size_t n, const pila_type *t, const void *x,
                                      bool right)
{
    bool far = n > PILA__BISECT_NEAR / t->size;
    size_t half;

    while (far && n > 0) {
        half = (n + 1) / 2;
        n -= half;
        __builtin_prefetch(at(in, lo + n / 2, t->size));
        __builtin_prefetch(at(in, lo + half + n / 2, t->size));
        lo = pila__bisect_step(in, at, lo, half, t, x, right);
    }
    for (; n > 0; n -= half) {
        half = (n + 1) / 2;
        lo = pila__bisect_step(in, at, lo, half, t, x, right);
    }
    return lo;
}

/* What is searched: a list, or else a deque. Only insort changes it. */
typedef struct pila__bisected {
    pila__list *list;
    pila__deque *deque;
    const pila_type *type;
    const pila_key *key; /* may be NULL */
} pila__bisected;

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__bisect(const pila__bisected *in, const void *x,
                                            ptrdiff_t lo, ptrdiff_t hi, bool right,
                                            size_t *out);
PILA_API PILA_MUST pila_status pila__insort(const pila__bisected *in, const void *item,
                                            ptrdiff_t lo, ptrdiff_t hi, bool right);
PILA_END_C

PILA_INLINE pila__bisected pila__bisected_list(const pila__list *l, const pila_type *t,
                                               const pila_key *key)
{
    pila__bisected in;

    in.list = (pila__list *)(uintptr_t)l;
    in.deque = NULL;
    in.type = t;
    in.key = key;
    return in;
}

PILA_INLINE pila__bisected pila__bisected_deque(const pila__deque *d,
                                                const pila_type *t, const pila_key *key)
{
    pila__bisected in;

    in.list = NULL;
    in.deque = (pila__deque *)(uintptr_t)d;
    in.type = t;
    in.key = key;
    return in;
}

/* Inline is a whole list of what compares without calling out. */
PILA_INLINE PILA_MUST pila_status pila__bisect_in(const pila__bisected *in,
                                                  const void *x, ptrdiff_t lo,
                                                  ptrdiff_t hi, bool right, size_t *out)
{
    const pila_type *t = in->type;

    if (!in->list || in->key || lo != 0 || hi != PILA_NONE || pila_type_calls_out(t))
        return pila__bisect(in, x, lo, hi, right, out);
    *out = pila__bisect_steps(in->list->items, pila__bisect_item, 0, in->list->len, t,
                              x, right);
    return PILA_OK;
}

/* ---- the run-time face ---- */

PILA_BEGIN_C

/* pila_bisect_left - where to put x, before what is equal to it.
 *
 *   l       sorted, by key if there is one                            borrowed
 *   x       an item; with a key, what the key of an item is           borrowed
 *   lo, hi  look at [lo, hi) only; 0 and PILA_NONE for all
 *   key     called for each item that is looked at, and not for x; NULL: items compare
 *           themselves                                                borrowed
 *   out     an index; untouched on failure
 *
 * Fails:   PILA_EVALUE   lo is below 0
 *          PILA_EINDEX   hi is beyond the end, and an item there was looked at; or a
 *                        callback made the list so short
 *          PILA_ETYPE    no order
 *          PILA_ENOMEM   an item, held over a callback, could not be copied
 *          any           what less or the key answered
 * Cost:    O(log n) comparisons; no branch on them for ready-made kinds
 * Python:  bisect.bisect_left(l, x, lo, hi, key=key)
 */
PILA_API PILA_MUST pila_status pila_bisect_left(const pila_list *l, const void *x,
                                                ptrdiff_t lo, ptrdiff_t hi,
                                                const pila_key *key, size_t *out);

/* pila_bisect_right - where to put x, behind what is equal to it.
 *
 * Fails:   as pila_bisect_left
 * Cost:    as pila_bisect_left
 * Python:  bisect.bisect_right(l, x, lo, hi, key=key), bisect.bisect
 */
PILA_API PILA_MUST pila_status pila_bisect_right(const pila_list *l, const void *x,
                                                 ptrdiff_t lo, ptrdiff_t hi,
                                                 const pila_key *key, size_t *out);

/* pila_insort_left - put an item where it belongs, before what is equal to it.
 *
 *   item   copied; may be inside l                                    borrowed
 *   key    called for the item, then as in pila_bisect_left           borrowed
 *
 * Fails:   as pila_bisect_left, and as pila_list_insert
 * Cost:    O(n)
 * Python:  bisect.insort_left(l, item, lo, hi, key=key)
 */
PILA_API PILA_MUST pila_status pila_insort_left(pila_list *l, const void *item,
                                                ptrdiff_t lo, ptrdiff_t hi,
                                                const pila_key *key);

/* pila_insort_right - put an item where it belongs, behind what is equal to it.
 *
 * Fails:   as pila_insort_left
 * Cost:    as pila_insort_left
 * Python:  bisect.insort_right(l, item, lo, hi, key=key), bisect.insort
 */
PILA_API PILA_MUST pila_status pila_insort_right(pila_list *l, const void *item,
                                                 ptrdiff_t lo, ptrdiff_t hi,
                                                 const pila_key *key);

/* pila_array_bisect_left - as pila_bisect_left, in an array of numbers; x is one. */
PILA_API PILA_MUST pila_status pila_array_bisect_left(const pila_array *a,
                                                      const void *x, ptrdiff_t lo,
                                                      ptrdiff_t hi, const pila_key *key,
                                                      size_t *out);

/* pila_array_bisect_right - as pila_bisect_right, in an array of numbers. */
PILA_API PILA_MUST pila_status pila_array_bisect_right(const pila_array *a,
                                                       const void *x, ptrdiff_t lo,
                                                       ptrdiff_t hi,
                                                       const pila_key *key,
                                                       size_t *out);

/* pila_array_insort_left - as pila_insort_left, in an array of numbers. */
PILA_API PILA_MUST pila_status pila_array_insort_left(pila_array *a, const void *item,
                                                      ptrdiff_t lo, ptrdiff_t hi,
                                                      const pila_key *key);

/* pila_array_insort_right - as pila_insort_right, in an array of numbers. */
PILA_API PILA_MUST pila_status pila_array_insort_right(pila_array *a, const void *item,
                                                       ptrdiff_t lo, ptrdiff_t hi,
                                                       const pila_key *key);

/* pila_deque_bisect_left - as pila_bisect_left, in a deque. */
PILA_API PILA_MUST pila_status pila_deque_bisect_left(const pila_deque *d,
                                                      const void *x, ptrdiff_t lo,
                                                      ptrdiff_t hi, const pila_key *key,
                                                      size_t *out);

/* pila_deque_bisect_right - as pila_bisect_right, in a deque. */
PILA_API PILA_MUST pila_status pila_deque_bisect_right(const pila_deque *d,
                                                       const void *x, ptrdiff_t lo,
                                                       ptrdiff_t hi,
                                                       const pila_key *key,
                                                       size_t *out);

/* pila_deque_insort_left - put an item where it belongs, before what is equal to it.
 *
 *   item, lo, hi, key   as in pila_insort_left
 *
 * Fails:   as pila_bisect_left, and as pila_deque_insert: PILA_EINDEX at maxlen
 * Cost:    O(distance to the nearer end)
 * Python:  bisect.insort_left(d, item, lo, hi, key=key)
 */
PILA_API PILA_MUST pila_status pila_deque_insort_left(pila_deque *d, const void *item,
                                                      ptrdiff_t lo, ptrdiff_t hi,
                                                      const pila_key *key);

/* pila_deque_insort_right - as pila_deque_insort_left, behind what is equal to it. */
PILA_API PILA_MUST pila_status pila_deque_insort_right(pila_deque *d, const void *item,
                                                       ptrdiff_t lo, ptrdiff_t hi,
                                                       const pila_key *key);

/* ---- plain arrays, and storage of other kinds ---- */

/* pila_bisect_left_items - pila_bisect_left in n items of an array.
 *
 *   items  n items of type->size bytes; a part of an array has its own begin and n
 *                                                                     borrowed
 *
 * Fails:   as pila_bisect_left, but neither PILA_EVALUE nor PILA_EINDEX
 * Cost:    as pila_bisect_left
 * Python:  bisect.bisect_left(items, x, key=key)
 */
PILA_API PILA_MUST pila_status pila_bisect_left_items(const void *items, size_t n,
                                                      const pila_type *type,
                                                      const void *x,
                                                      const pila_key *key, size_t *out);

/* pila_bisect_right_items - as pila_bisect_left_items, behind what is equal to x. */
PILA_API PILA_MUST pila_status pila_bisect_right_items(const void *items, size_t n,
                                                       const pila_type *type,
                                                       const void *x,
                                                       const pila_key *key,
                                                       size_t *out);

/* Say how the i-th item and what is looked for compare: see who calls. */
typedef pila_status pila_bisect_callback(void *ctx, size_t i, bool *out);

/* pila_bisect_left_by - where to put it in storage of any kind.
 *
 *   less, ctx   says whether the i-th item is less than what is looked for
 *   lo, hi      look at [lo, hi)
 *   out         untouched on failure
 *
 * Fails:   PILA_EVALUE   lo is below 0
 *          any           what less answered
 * Cost:    O(log n) calls, no allocation
 * Python:  bisect.bisect_left of a class with __getitem__
 */
PILA_API PILA_MUST pila_status pila_bisect_left_by(pila_bisect_callback *less,
                                                   void *ctx, ptrdiff_t lo,
                                                   ptrdiff_t hi, size_t *out);

/* pila_bisect_right_by - the same, behind what is equal to it.
 *
 *   less, ctx   says whether what is looked for is less than the i-th item
 *
 * Fails:   as pila_bisect_left_by
 * Cost:    as pila_bisect_left_by
 * Python:  bisect.bisect_right of a class with __getitem__
 */
PILA_API PILA_MUST pila_status pila_bisect_right_by(pila_bisect_callback *less,
                                                    void *ctx, ptrdiff_t lo,
                                                    ptrdiff_t hi, size_t *out);

PILA_END_C

/* ---- the typed face ----
 *
 * After PILA_LIST(Name, T) or PILA_ARRAY(Name, T), PILA_BISECT(Name) gives
 * Name_bisect_left(&l, x, lo, hi, &at), Name_bisect_left_key(&l, &k, lo, hi, key, &at),
 * where k is a key, Name_insort_left(&l, item, lo, hi, key), and the same to the right.
 * PILA_BISECT_DEQUE(Name) does so after PILA_DEQUE(Name, T).
 */
#define PILA_BISECT(Name) PILA__BISECT_FACE(Name, pila__bisected_list)
#define PILA_BISECT_DEQUE(Name) PILA__BISECT_FACE(Name, pila__bisected_deque)

#define PILA__BISECT_FACE(Name, searched)                                              \
    typedef __typeof__(*Name##_get((const Name *)0, 0)) Name##_bisect_item;            \
    PILA__BISECT_SIDE(Name, Name##_bisect_item, searched, left, false)                 \
    PILA__BISECT_SIDE(Name, Name##_bisect_item, searched, right, true)

/* T is const: as a parameter by value that is nothing to the caller. */
#define PILA__BISECT_SIDE(Name, T, searched, side, right)                              \
    PILA_FACE PILA_MUST pila_status Name##_bisect_##side(const Name *s, T x,           \
                                                         ptrdiff_t lo, ptrdiff_t hi,   \
                                                         size_t *out)                  \
    {                                                                                  \
        pila__bisected in = searched(&s->base, Name##_type(), NULL);                   \
        return pila__bisect_in(&in, &x, lo, hi, right, out);                           \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status                                                    \
        Name##_bisect_##side##_key(const Name *s, const void *x, ptrdiff_t lo,         \
                                   ptrdiff_t hi, const pila_key *key, size_t *out)     \
    {                                                                                  \
        pila__bisected in = searched(&s->base, Name##_type(), key);                    \
        return pila__bisect(&in, x, lo, hi, right, out);                               \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_insort_##side(Name *s, T item,              \
                                                         ptrdiff_t lo, ptrdiff_t hi,   \
                                                         const pila_key *key)          \
    {                                                                                  \
        pila__bisected in = searched(&s->base, Name##_type(), key);                    \
        return pila__insort(&in, &item, lo, hi, right);                                \
    }

#endif
