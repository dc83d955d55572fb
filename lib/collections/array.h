/* array.h - numbers of one C type side by side: Python's array.array.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/list collections/item
 * Use:
 *     PILA_ARRAY(Samples, double)
 *     Samples s = {0};
 *     pila_buf text = {0};
 *     pila_status st = Samples_append(&s, 1.5);
 *     if (st == PILA_OK) st = Samples_extend(&s, pila_span("\1\2", 2, &pila_i8));
 *     if (st == PILA_OK) st = Samples_repr(&s, &text);
 *     if (st == PILA_OK) printf("%.*s\n", (int)text.len, text.data);
 *     // prints: array('d', [1.5, 1.0, 2.0])
 *     pila_buf_done(&text);
 *     Samples_done(&s);
 *
 * Two faces: PILA_ARRAY(Name, T) makes a type and inline functions Name_append(&a, x)
 * for one of the twelve C types below; pila_array takes the typecode at run time, and
 * items by address of that C type, or as a pila_number, whatever the typecode is. The
 * contracts stand at the latter; the former say the same, with items by value.
 *
 *     b signed char   h short            i int        l long            f float
 *     B unsigned char H unsigned short   I unsigned   L unsigned long   d double
 *     q long long     Q unsigned long long
 *
 * Python's u and w hold characters and are left out: text here is UTF-8 in a
 * pila_string, and an array of code points is one of I.
 *
 * An array is a list of numbers (list.h), and what is said there holds here: indices
 * below 0, pointers into it that die at the next structural change, iterators that end
 * with PILA_EMUTATED. But numbers compare by value, as Python's array does: across
 * typecodes, exactly, and a NaN equals nothing.
 */
#ifndef PILA_ARRAY_H
#define PILA_ARRAY_H

#include "list.h"

#include <stdio.h>

#define PILA_ARRAY_TYPECODES "bBhHiIlLqQfd"

/* ---- a number of any typecode ---- */

typedef enum pila_number_kind {
    PILA_NUMBER_INT,
    PILA_NUMBER_UINT, /* what comes out of an array is of this kind above INT64_MAX */
    PILA_NUMBER_FLOAT
} pila_number_kind;

typedef struct pila_number {
    pila_number_kind kind; /* which member it is */
    union {
        int64_t i;
        uint64_t u;
        double f;
    } as;
} pila_number;

/* pila_number_int - a signed integer as a number.
 *
 * Cost:    O(1)
 * Python:  int
 */
PILA_INLINE pila_number pila_number_int(int64_t x)
{
    pila_number n;

    n.kind = PILA_NUMBER_INT;
    n.as.i = x;
    return n;
}

/* pila_number_uint - an unsigned integer as a number.
 *
 * Cost:    O(1)
 * Python:  int
 */
PILA_INLINE pila_number pila_number_uint(uint64_t x)
{
    pila_number n;

    n.kind = PILA_NUMBER_UINT;
    n.as.u = x;
    return n;
}

/* pila_number_float - a double as a number.
 *
 * Cost:    O(1)
 * Python:  float
 */
PILA_INLINE pila_number pila_number_float(double x)
{
    pila_number n;

    n.kind = PILA_NUMBER_FLOAT;
    n.as.f = x;
    return n;
}

/* ---- the core: a list of a ready-made kind of number ---- */

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__array_extend(pila__list *l, const pila_type *t,
                                                  pila_iter items);
PILA_API PILA_MUST pila_status pila__array_fromlist(pila__list *l, const pila_type *t,
                                                    pila_iter items);
PILA_API PILA_MUST pila_status pila__array_from(pila__list *to, const pila_type *t,
                                                pila_iter items);
PILA_API PILA_MUST pila_status pila__array_set_slice(pila__list *l, const pila_type *t,
                                                     pila_slice s,
                                                     const pila__list *from);
PILA_API PILA_MUST pila_status pila__array_repeat(pila__list *to,
                                                  const pila__list *from,
                                                  const pila_type *t, ptrdiff_t n);
/* -1, 0, 1, or 2 where the items that decide have no order. */
PILA_API int pila__array_order(const pila__list *a, const pila_type *ta,
                               const pila__list *b, const pila_type *tb);
PILA_API PILA_MUST pila_status pila__array_repr(const pila__list *l, const pila_type *t,
                                                char typecode, pila_buf *out);
PILA_API void pila__array_byteswap(pila__list *l, size_t size);
PILA_API PILA_MUST pila_status pila__array_frombytes(pila__list *l, const pila_type *t,
                                                     pila_str bytes);
PILA_API PILA_MUST pila_status pila__array_fromfile(pila__list *l, const pila_type *t,
                                                    FILE *f, size_t n);
PILA_API PILA_MUST pila_status pila__array_tofile(const pila__list *l, size_t size,
                                                  FILE *f);
PILA_END_C

/* Whether a value equals nothing: a NaN. Then it is not looked for; a list would find
 * the same bits. */
PILA_INLINE bool pila__array_absent(const pila_type *t, const void *value)
{
    if (t->kind == PILA_KIND_F32) {
        PILA__LOAD(float, x, value);
        return x != x;
    }
    if (t->kind == PILA_KIND_F64) {
        PILA__LOAD(double, x, value);
        return x != x;
    }
    return false;
}

PILA_INLINE PILA_MUST pila_status pila__array_index(const pila__list *l,
                                                    const pila_type *t,
                                                    const void *value, ptrdiff_t start,
                                                    ptrdiff_t stop, size_t *out)
{
    if (pila__array_absent(t, value)) return PILA_EVALUE;
    return pila__list_index(l, t, value, start, stop, out);
}

PILA_INLINE PILA_MUST pila_status pila__array_contains(const pila__list *l,
                                                       const pila_type *t,
                                                       const void *value, bool *out)
{
    *out = false;
    return pila__array_absent(t, value) ? PILA_OK
                                        : pila__list_contains(l, t, value, out);
}

PILA_INLINE PILA_MUST pila_status pila__array_count(const pila__list *l,
                                                    const pila_type *t,
                                                    const void *value, size_t *out)
{
    *out = 0;
    return pila__array_absent(t, value) ? PILA_OK : pila__list_count(l, t, value, out);
}

PILA_INLINE PILA_MUST pila_status pila__array_remove(pila__list *l, const pila_type *t,
                                                     const void *value)
{
    if (pila__array_absent(t, value)) return PILA_EVALUE;
    return pila__list_remove(l, t, value);
}

PILA_INLINE pila_str pila__array_bytes(const pila__list *l, size_t size)
{
    return pila_str_of(l->items, l->len * size);
}

/* ---- the run-time face ---- */

typedef struct pila_array {
    pila_list list; /* an array is one: what pila_list_ offers to read, pila_list_sort
                       and pila_list_reverse work on it too */
    char typecode;
} pila_array;

PILA_BEGIN_C

/* pila_array_init - an empty array.
 *
 *   a         raw storage; untouched on failure                       given
 *   typecode  one of PILA_ARRAY_TYPECODES
 *
 * Fails:   PILA_EVALUE   there is no such typecode
 * Cost:    O(1), no allocation
 * Python:  array(typecode); not 'u' and 'w', whose items are characters
 */
PILA_API PILA_MUST pila_status pila_array_init(pila_array *a, char typecode);

/* pila_array_new - the same on the heap, for pila_array_free.
 *
 * Fails:   NULL  no memory, or no such typecode
 * Cost:    O(1)
 */
PILA_API pila_array *pila_array_new(char typecode);

/* pila_array_from - make `to` the numbers of an iterator.
 *
 *   to     initialised; its items go. Untouched on failure; the iterator may be over
 *          `to` itself
 *   items  numbers of any kind; dropped, on failure too               taken
 *
 * Fails:   as pila_array_extend, but `to` is as it was
 * Cost:    O(n)
 * Python:  to = array(to.typecode, iterable)
 */
PILA_API PILA_MUST pila_status pila_array_from(pila_array *to, pila_iter items);

/* pila_array_reserve - make room for n items in all, so that appends up to there cannot
 * fail for memory.
 *
 * Fails:   PILA_ENOMEM   no memory, or n items are no size
 * Cost:    O(len) at most
 */
PILA_API PILA_MUST pila_status pila_array_reserve(pila_array *a, size_t n);

/* pila_array_len - how many items.
 *
 * Cost:    O(1)
 * Python:  len(a)
 */
PILA_API size_t pila_array_len(const pila_array *a);

/* pila_array_typecode - the letter that it was made with.
 *
 * Cost:    O(1)
 * Python:  a.typecode
 */
PILA_API char pila_array_typecode(const pila_array *a);

/* pila_array_itemsize - bytes of an item.
 *
 * Cost:    O(1)
 * Python:  a.itemsize
 */
PILA_API size_t pila_array_itemsize(const pila_array *a);

/* pila_array_data - the items, one after the other; may be NULL when there are none.
 *
 * A view: it dies at the next structural change. Items may be overwritten through it.
 *
 * Cost:    O(1), no allocation
 * Python:  memoryview(a), which forbids changes of the length meanwhile
 */
PILA_API void *pila_array_data(const pila_array *a);

/* pila_array_buffer_info - where the items are, and how many.
 *
 *   address   a view, as pila_array_data                              borrowed
 *   count     items, not bytes
 *
 * Cost:    O(1)
 * Python:  address, count = a.buffer_info()
 */
PILA_API void pila_array_buffer_info(const pila_array *a, void **address,
                                     size_t *count);

/* pila_array_bytes - the items as bytes, without a copy.
 *
 * A view, as pila_array_data.
 *
 * Cost:    O(1)
 * Python:  memoryview(a).cast('B')
 */
PILA_API pila_str pila_array_bytes(const pila_array *a);

/* pila_array_get - the item at an index, inside the array, of the typecode's C type.
 *
 *   i      from the left, or below 0 from the right
 *
 * Fails:   NULL  the index is out of range (PILA_EINDEX elsewhere)
 * Cost:    O(1)
 * Python:  a[i]
 */
PILA_API const void *pila_array_get(const pila_array *a, ptrdiff_t i);

/* pila_array_number - the item at an index, as a number.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_EINDEX   out of range
 * Cost:    O(1)
 * Python:  a[i]
 */
PILA_API PILA_MUST pila_status pila_array_number(const pila_array *a, ptrdiff_t i,
                                                 pila_number *out);

/* pila_array_iter - the items from left to right, in one window, as pila_list_iter.
 *
 *   a      must outlive the iterator                                  borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  iter(a); a.tolist() is pila_list_from of it
 */
PILA_API pila_iter pila_array_iter(const pila_array *a);

/* pila_array_reversed - the items from right to left, one at a time.
 *
 * Cost:    O(1), no allocation
 * Python:  reversed(a)
 */
PILA_API pila_iter pila_array_reversed(const pila_array *a);

/* pila_array_index - where the first equal item is.
 *
 *   value  of the typecode's C type                                   borrowed
 *   start, stop   look at [start, stop) only; below 0 from the right; 0 and PTRDIFF_MAX
 *          for all
 *   out    an index from the left; untouched on failure
 *
 * Fails:   PILA_EVALUE   no equal item there; a NaN equals none
 * Cost:    O(n)
 * Python:  a.index(x, start, stop)
 */
PILA_API PILA_MUST pila_status pila_array_index(const pila_array *a, const void *value,
                                                ptrdiff_t start, ptrdiff_t stop,
                                                size_t *out);

/* pila_array_index_number - the same for a number of any kind, compared exactly: what
 * the typecode cannot hold is not there.
 *
 * Fails:   as pila_array_index
 * Cost:    O(n)
 * Python:  a.index(x, start, stop)
 */
PILA_API PILA_MUST pila_status pila_array_index_number(const pila_array *a,
                                                       pila_number x, ptrdiff_t start,
                                                       ptrdiff_t stop, size_t *out);

/* pila_array_contains - whether an item is equal. Always PILA_OK.
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n)
 * Python:  x in a
 */
PILA_API PILA_MUST pila_status pila_array_contains(const pila_array *a,
                                                   const void *value, bool *out);

/* pila_array_contains_number - the same for a number of any kind.
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n)
 * Python:  x in a
 */
PILA_API PILA_MUST pila_status pila_array_contains_number(const pila_array *a,
                                                          pila_number x, bool *out);

/* pila_array_count - how many items are equal. Always PILA_OK.
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n)
 * Python:  a.count(x)
 */
PILA_API PILA_MUST pila_status pila_array_count(const pila_array *a, const void *value,
                                                size_t *out);

/* pila_array_count_number - the same for a number of any kind.
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n)
 * Python:  a.count(x)
 */
PILA_API PILA_MUST pila_status pila_array_count_number(const pila_array *a,
                                                       pila_number x, size_t *out);

/* pila_array_eq - whether both have equal items in the same order, by value: their
 * typecodes may differ. Always PILA_OK.
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n); O(1) where the lengths differ
 * Python:  a == b: with a NaN in it an array does not even equal itself
 */
PILA_API PILA_MUST pila_status pila_array_eq(const pila_array *a, const pila_array *b,
                                             bool *out);

/* pila_array_compare - the order of two arrays, by value: of the first items that
 * differ, else of their lengths. Always PILA_OK.
 *
 *   out    -1 for a < b, 0 for equal, 1 for a > b, 2 where the items that differ have
 *          no order (a NaN): then each of Python's <, <=, >, >= is False
 *
 * Fails:   never: PILA_OK; a status as in the other containers
 * Cost:    O(n)
 * Python:  a < b, a <= b, a > b, a >= b
 */
PILA_API PILA_MUST pila_status pila_array_compare(const pila_array *a,
                                                  const pila_array *b, int *out);

/* pila_array_repr - append the array as Python shows it: array('i', [1, 2]),
 * array('i').
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(length of the text)
 * Python:  repr(a)
 */
PILA_API PILA_MUST pila_status pila_array_repr(const pila_array *a, pila_buf *out);

/* pila_array_append - add an item at the end.
 *
 *   item   of the typecode's C type; may be inside a                  borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    amortised O(1)
 * Python:  a.append(x)
 */
PILA_API PILA_MUST pila_status pila_array_append(pila_array *a, const void *item);

/* pila_array_append_number - the same for a number of any kind.
 *
 * Fails:   PILA_EOVERFLOW   the typecode's C type does not hold it
 *          PILA_ETYPE       a float, for an array of integers
 *          PILA_ENOMEM      no memory
 * Cost:    amortised O(1)
 * Python:  a.append(x): to an array of floats x goes as the nearest one, and is
 *          infinite in one of f where float cannot hold it
 */
PILA_API PILA_MUST pila_status pila_array_append_number(pila_array *a, pila_number x);

/* pila_array_extend - append all numbers of an iterator; one over a is read to its end
 * first.
 *
 *   items  of any ready-made kind of number; dropped, on failure too  taken
 *
 * Fails:   PILA_EOVERFLOW   the typecode's C type does not hold one
 *          PILA_ETYPE       its items are no numbers, or floats for an array of
 *                           integers; nothing was consumed
 *          PILA_ENOMEM, any no memory, or the fault of the iterator
 *          What came before the fault stays.
 * Cost:    O(n); a memcpy a window where the C types are the same
 * Python:  a.extend(iterable)
 */
PILA_API PILA_MUST pila_status pila_array_extend(pila_array *a, pila_iter items);

/* pila_array_extend_array - append all items of another array.
 *
 *   from   of the same typecode; may be a itself                      borrowed
 *
 * Fails:   PILA_ETYPE    another typecode (pila_array_extend of its iterator converts)
 *          PILA_ENOMEM   no memory; a is as it was
 * Cost:    O(n), a memcpy
 * Python:  a.extend(b), a += b
 */
PILA_API PILA_MUST pila_status pila_array_extend_array(pila_array *a,
                                                       const pila_array *from);

/* pila_array_fromlist - append all numbers of an iterator, or none.
 *
 * Fails:   as pila_array_extend, but a is as it was
 * Cost:    O(n)
 * Python:  a.fromlist(list), of any iterable here
 */
PILA_API PILA_MUST pila_status pila_array_fromlist(pila_array *a, pila_iter items);

/* pila_array_frombytes - append the items that these bytes are in memory.
 *
 *   bytes  may be inside a                                            borrowed
 *
 * Fails:   PILA_EVALUE   no whole number of items; a is as it was
 *          PILA_ENOMEM   no memory; a is as it was
 * Cost:    O(n), a memcpy
 * Python:  a.frombytes(bytes)
 */
PILA_API PILA_MUST pila_status pila_array_frombytes(pila_array *a, pila_str bytes);

/* pila_array_fromfile - append n items as they are in memory, read from a file.
 *
 * Reading an interrupted file goes on. Memory is taken as the bytes come in, so that a
 * count which is too high costs none.
 *
 *   f      open for reading, in binary                                borrowed
 *   n      items
 *
 * Fails:   PILA_EEOF     the file had fewer; those it had are appended all the same. It
 *                        may end within an item, whose bytes are then lost
 *          PILA_EIO      reading failed, errno says how; a is as it was
 *          PILA_ENOMEM   no memory, or n items are no size; a is as it was
 * Cost:    O(n); moved once more in memory unless a is empty
 * Python:  a.fromfile(f, n), where an end within an item is a ValueError and what was
 *          read before it is lost as well
 */
PILA_API PILA_MUST pila_status pila_array_fromfile(pila_array *a, FILE *f, size_t n);

/* pila_array_insert - put an item before the one at an index.
 *
 *   i      beyond an end means that end; below 0 from the right
 *   item   of the typecode's C type; may be inside a                  borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(len - i)
 * Python:  a.insert(i, x)
 */
PILA_API PILA_MUST pila_status pila_array_insert(pila_array *a, ptrdiff_t i,
                                                 const void *item);

/* pila_array_insert_number - the same for a number of any kind.
 *
 * Fails:   as pila_array_append_number
 * Cost:    O(len - i)
 * Python:  a.insert(i, x)
 */
PILA_API PILA_MUST pila_status pila_array_insert_number(pila_array *a, ptrdiff_t i,
                                                        pila_number x);

/* pila_array_set - put another item in place of the one at an index.
 *
 * Fails:   PILA_EINDEX   out of range
 * Cost:    O(1); no structural change
 * Python:  a[i] = x
 */
PILA_API PILA_MUST pila_status pila_array_set(pila_array *a, ptrdiff_t i,
                                              const void *item);

/* pila_array_set_number - the same for a number of any kind.
 *
 * Fails:   PILA_EINDEX   out of range, whatever the number is
 *          PILA_EOVERFLOW, PILA_ETYPE   as pila_array_append_number
 * Cost:    O(1); no structural change
 * Python:  a[i] = x
 */
PILA_API PILA_MUST pila_status pila_array_set_number(pila_array *a, ptrdiff_t i,
                                                     pila_number x);

/* pila_array_pop - take the item at an index; -1 is the last.
 *
 *   out    room for one of the typecode's C type, or NULL             given
 *
 * Fails:   PILA_EEMPTY   there is none at all
 *          PILA_EINDEX   out of range
 * Cost:    O(len - i)
 * Python:  a.pop(i)
 */
PILA_API PILA_MUST pila_status pila_array_pop(pila_array *a, ptrdiff_t i, void *out);

/* pila_array_pop_number - the same, as a number.
 *
 * Fails:   as pila_array_pop
 * Cost:    O(len - i)
 * Python:  a.pop(i)
 */
PILA_API PILA_MUST pila_status pila_array_pop_number(pila_array *a, ptrdiff_t i,
                                                     pila_number *out);

/* pila_array_del - take out the item at an index.
 *
 * Fails:   PILA_EINDEX   out of range
 * Cost:    O(len - i)
 * Python:  del a[i]
 */
PILA_API PILA_MUST pila_status pila_array_del(pila_array *a, ptrdiff_t i);

/* pila_array_remove - take out the first equal item.
 *
 * Fails:   PILA_EVALUE   there is none
 * Cost:    O(n)
 * Python:  a.remove(x)
 */
PILA_API PILA_MUST pila_status pila_array_remove(pila_array *a, const void *value);

/* pila_array_remove_number - the same for a number of any kind.
 *
 * Fails:   PILA_EVALUE   there is none
 * Cost:    O(n)
 * Python:  a.remove(x)
 */
PILA_API PILA_MUST pila_status pila_array_remove_number(pila_array *a, pila_number x);

/* pila_array_reverse - turn the order round, in place.
 *
 * Cost:    O(n), no allocation; no structural change
 * Python:  a.reverse()
 */
PILA_API void pila_array_reverse(pila_array *a);

/* pila_array_byteswap - turn round the bytes of every item, in place: from the other
 * byte order, or to it.
 *
 * Cost:    O(n), about the speed of memcpy; no structural change
 * Python:  a.byteswap()
 */
PILA_API void pila_array_byteswap(pila_array *a);

/* pila_array_slice - make `to` a copy of a slice.
 *
 *   to     initialised; its items go, and its typecode becomes that of a, which it may
 *          be. Untouched on failure
 *
 * Fails:   PILA_EVALUE   the step is 0
 *          PILA_ENOMEM   no memory
 * Cost:    O(length of the slice)
 * Python:  to = a[start:stop:step]
 */
PILA_API PILA_MUST pila_status pila_array_slice(pila_array *to, const pila_array *a,
                                                pila_slice s);

/* pila_array_set_slice - put the items of an array in place of a slice.
 *
 *   s      with a step of 1 the number of items may change; with another it may not,
 *          but for an empty array, which deletes the slice
 *   from   of the same typecode; may be a itself                      borrowed
 *
 * Fails:   PILA_ETYPE    another typecode
 *          PILA_EVALUE   the step is 0, or another number of items for a step that is
 *                        not 1
 *          PILA_ENOMEM   no memory; a is as it was
 * Cost:    O(len + n)
 * Python:  a[start:stop:step] = from
 */
PILA_API PILA_MUST pila_status pila_array_set_slice(pila_array *a, pila_slice s,
                                                    const pila_array *from);

/* pila_array_del_slice - take out a slice.
 *
 * Fails:   PILA_EVALUE   the step is 0
 * Cost:    O(len - start)
 * Python:  del a[start:stop:step]
 */
PILA_API PILA_MUST pila_status pila_array_del_slice(pila_array *a, pila_slice s);

/* pila_array_copy - make `to` an independent duplicate.
 *
 * Fails:   PILA_ENOMEM   no memory; `to` is as it was
 * Cost:    O(n)
 * Python:  to = copy.copy(a)
 */
PILA_API PILA_MUST pila_status pila_array_copy(pila_array *to, const pila_array *from);

/* pila_array_concat - make `to` the items of a, then those of b.
 *
 *   to     as in pila_array_slice; may be a or b
 *
 * Fails:   PILA_ETYPE    the typecodes differ
 *          PILA_ENOMEM   no memory
 * Cost:    O(n)
 * Python:  to = a + b
 */
PILA_API PILA_MUST pila_status pila_array_concat(pila_array *to, const pila_array *a,
                                                 const pila_array *b);

/* pila_array_repeat - make `to` the items of a, n times over.
 *
 *   to     as in pila_array_slice; a itself for Python's *=
 *   n      0 and less make it empty
 *
 * Fails:   PILA_ENOMEM   no memory, or n * len is no size
 * Cost:    O(n * len), a few memcpy
 * Python:  to = a * n, a *= n
 */
PILA_API PILA_MUST pila_status pila_array_repeat(pila_array *to, const pila_array *a,
                                                 ptrdiff_t n);

/* pila_array_tobytes - append the items to a buffer as the bytes that they are in
 * memory; pila_array_bytes lends the same without a copy.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(n), a memcpy
 * Python:  a.tobytes()
 */
PILA_API PILA_MUST pila_status pila_array_tobytes(const pila_array *a, pila_buf *out);

/* pila_array_tofile - write the items to a file as the bytes that they are in memory.
 *
 * What f keeps in its own buffer may still fail when f is flushed or closed.
 *
 *   f      open for writing, in binary                                borrowed
 *
 * Fails:   PILA_EIO       writing failed, errno says how; part may have been written
 *          PILA_EMUTATED  a stream's own function changed the array; part was written
 * Cost:    O(n)
 * Python:  a.tofile(f)
 */
PILA_API PILA_MUST pila_status pila_array_tofile(const pila_array *a, FILE *f);

/* pila_array_move - take over the items and the typecode of `from`, which becomes
 * empty.
 *
 *   to     initialised; its items go. `from` itself is fine
 *
 * Cost:    O(1)
 */
PILA_API void pila_array_move(pila_array *to, pila_array *from);

/* pila_array_clear - take out all items; the room is kept.
 *
 * Cost:    O(1)
 * Python:  a.clear(), since 3.13
 */
PILA_API void pila_array_clear(pila_array *a);

/* pila_array_done - free the storage. It is then empty and may be used again.
 *
 *   a      initialised; twice is fine                                 taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_array_done(pila_array *a);

/* pila_array_free - the same for what pila_array_new made; NULL is fine.
 *
 * Cost:    O(1)
 */
PILA_API void pila_array_free(pila_array *a);

PILA_END_C

/* The typecode of one of the twelve C types; of another, the compiler says so. */
#if defined(__cplusplus)
extern "C++" {
#define PILA__TYPECODE(T, code)                                                        \
    PILA_FACE constexpr char pila__typecode_of(T *) { return code; }
PILA__TYPECODE(signed char, 'b')
PILA__TYPECODE(unsigned char, 'B')
PILA__TYPECODE(short, 'h')
PILA__TYPECODE(unsigned short, 'H')
PILA__TYPECODE(int, 'i')
PILA__TYPECODE(unsigned, 'I')
PILA__TYPECODE(long, 'l')
PILA__TYPECODE(unsigned long, 'L')
PILA__TYPECODE(long long, 'q')
PILA__TYPECODE(unsigned long long, 'Q')
PILA__TYPECODE(float, 'f')
PILA__TYPECODE(double, 'd')
#undef PILA__TYPECODE
}
#define PILA_TYPECODE_OF(T) pila__typecode_of((T *)0)
#else
#define PILA_TYPECODE_OF(T)                                                            \
    _Generic((T *)0,                                                                     \
        signed char *: 'b',                                                              \
        unsigned char *: 'B',                                                            \
        short *: 'h',                                                                    \
        unsigned short *: 'H',                                                           \
        int *: 'i',                                                                      \
        unsigned *: 'I',                                                                 \
        long *: 'l',                                                                     \
        unsigned long *: 'L',                                                            \
        long long *: 'q',                                                                \
        unsigned long long *: 'Q',                                                       \
        float *: 'f',                                                                    \
        double *: 'd')
#endif

/* ---- the typed face ----
 *
 * PILA_ARRAY(Name, T) defines struct Name and Name_append(Name *, T) and so on, one for
 * each function above but init, new, free and those of a pila_number: {0} is an empty
 * one. Name_get(&a, i) is a const T *, borrowed, or NULL; Name_data(&a) is a T *;
 * index, remove and the like take the value as a T.
 */
#define PILA_ARRAY(Name, T)                                                            \
    PILA__LIST_FACE(Name, T, PILA_TYPE_OF(T, NULL))                                    \
    PILA_FACE char Name##_typecode(const Name *a)                                      \
    {                                                                                  \
        (void)a;                                                                       \
        return (char)PILA_TYPECODE_OF(T);                                              \
    }                                                                                  \
    PILA_FACE size_t Name##_itemsize(const Name *a)                                    \
    {                                                                                  \
        (void)a;                                                                       \
        return sizeof(T);                                                              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_from(Name *to, pila_iter items)             \
    {                                                                                  \
        return pila__array_from(&to->base, Name##_type(), items);                      \
    }                                                                                  \
    PILA_FACE void Name##_buffer_info(const Name *a, T **address, size_t *count)       \
    {                                                                                  \
        *address = Name##_data(a);                                                     \
        *count = a->base.len;                                                          \
    }                                                                                  \
    PILA_FACE pila_str Name##_bytes(const Name *a)                                     \
    {                                                                                  \
        return pila__array_bytes(&a->base, sizeof(T));                                 \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_index(const Name *a, T value,               \
                                                 ptrdiff_t start, ptrdiff_t stop,      \
                                                 size_t *out)                          \
    {                                                                                  \
        return pila__array_index(&a->base, Name##_type(), &value, start, stop, out);   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_contains(const Name *a, T value, bool *out) \
    {                                                                                  \
        return pila__array_contains(&a->base, Name##_type(), &value, out);             \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_count(const Name *a, T value, size_t *out)  \
    {                                                                                  \
        return pila__array_count(&a->base, Name##_type(), &value, out);                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_compare(const Name *a, const Name *b,       \
                                                   int *out)                           \
    {                                                                                  \
        *out = pila__array_order(&a->base, Name##_type(), &b->base, Name##_type());    \
        return PILA_OK;                                                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_eq(const Name *a, const Name *b, bool *out) \
    {                                                                                  \
        *out = a->base.len == b->base.len &&                                           \
               !pila__array_order(&a->base, Name##_type(), &b->base, Name##_type());   \
        return PILA_OK;                                                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *a, pila_buf *out)          \
    {                                                                                  \
        return pila__array_repr(&a->base, Name##_type(), Name##_typecode(a), out);     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_extend(Name *a, pila_iter items)            \
    {                                                                                  \
        return pila__array_extend(&a->base, Name##_type(), items);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_extend_array(Name *a, const Name *from)     \
    {                                                                                  \
        return pila__list_extend(&a->base, Name##_type(), Name##_iter(from));          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_fromlist(Name *a, pila_iter items)          \
    {                                                                                  \
        return pila__array_fromlist(&a->base, Name##_type(), items);                   \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_frombytes(Name *a, pila_str bytes)          \
    {                                                                                  \
        return pila__array_frombytes(&a->base, Name##_type(), bytes);                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_fromfile(Name *a, FILE *f, size_t n)        \
    {                                                                                  \
        return pila__array_fromfile(&a->base, Name##_type(), f, n);                    \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_remove(Name *a, T value)                    \
    {                                                                                  \
        return pila__array_remove(&a->base, Name##_type(), &value);                    \
    }                                                                                  \
    PILA_FACE void Name##_byteswap(Name *a)                                            \
    {                                                                                  \
        pila__array_byteswap(&a->base, sizeof(T));                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_set_slice(Name *a, pila_slice s,            \
                                                     const Name *from)                 \
    {                                                                                  \
        return pila__array_set_slice(&a->base, Name##_type(), s, &from->base);         \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_repeat(Name *to, const Name *a,             \
                                                  ptrdiff_t n)                         \
    {                                                                                  \
        return pila__array_repeat(&to->base, &a->base, Name##_type(), n);              \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_tobytes(const Name *a, pila_buf *out)       \
    {                                                                                  \
        return pila_buf_add(out, Name##_bytes(a));                                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_tofile(const Name *a, FILE *f)              \
    {                                                                                  \
        return pila__array_tofile(&a->base, sizeof(T), f);                             \
    }

#endif
