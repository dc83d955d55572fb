/* mem.h - allocation with checked arithmetic and one hook.
 *
 * Needs: core/status
 * Use:
 *     int64_t *row = (int64_t *)pila_alloc(1000, sizeof *row);
 *     if (row) row[0] = 7; // NULL where there is no memory, or 1000 * 8 overflows
 *     pila_free(row);      // NULL is fine
 *
 * Every byte the library owns comes through here, so one hook sees all of it: an
 * arena, an accountant, or a test that makes the n-th allocation fail.
 */
#ifndef PILA_MEM_H
#define PILA_MEM_H

#include "status.h"

#include <stdbool.h>

typedef struct pila_allocator {
    /* p == NULL: allocate. bytes is never 0. NULL on failure, and p is then as it was.
     */
    void *(*resize)(void *ctx, void *p, size_t bytes);
    void (*release)(void *ctx, void *p); /* p may be NULL */
    void *ctx;
} pila_allocator;

/* pila_add - a + b, checked.
 *
 *   out    untouched on failure
 *
 * Fails:   false   the sum exceeds SIZE_MAX
 * Cost:    O(1)
 */
PILA_INLINE bool pila_add(size_t a, size_t b, size_t *out)
{
    size_t sum;

    if (__builtin_add_overflow(a, b, &sum)) return false;
    *out = sum;
    return true;
}

/* pila_mul - a * b, checked.
 *
 *   out    untouched on failure
 *
 * Fails:   false   the product exceeds SIZE_MAX
 * Cost:    O(1)
 */
PILA_INLINE bool pila_mul(size_t a, size_t b, size_t *out)
{
    size_t product;

    if (__builtin_mul_overflow(a, b, &product)) return false;
    *out = product;
    return true;
}

PILA_BEGIN_C

/* pila_mem_hook - route every allocation through a hook; NULL restores malloc.
 *
 *   hook   copied; its functions must be callable from any thread     borrowed
 *
 * Set it before the library's first allocation, or when nothing is live: a block is
 * released by the hook in force at that time.
 *
 * Cost:    O(1)
 * Python:  PyMem_SetAllocator
 */
PILA_API void pila_mem_hook(const pila_allocator *hook);

/* pila_alloc - room for n items of size bytes, aligned as malloc aligns.
 *
 * Fails:   NULL  n * size overflows or there is no memory; n * size == 0 gives a block
 * Cost:    O(1)
 */
PILA_API void *pila_alloc(size_t n, size_t size);

/* pila_alloc_zero - the same, all bytes zero.
 *
 * Fails:   NULL  as pila_alloc
 * Cost:    O(n * size), or O(1) where the system gives zero pages
 */
PILA_API void *pila_alloc_zero(size_t n, size_t size);

/* pila_realloc - p made to hold n items of size bytes; p may be NULL.
 *
 * Fails:   NULL  as pila_alloc; p is untouched and still the caller's
 * Cost:    O(n * size) at most
 */
PILA_API void *pila_realloc(void *p, size_t n, size_t size);

/* pila_free - give a block back.
 *
 *   p      from one of the above, or NULL                             taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_free(void *p);

/* pila_mem_huge - ask the system to back a large block with large pages.
 *
 * A hint: look-ups in tables of many megabytes miss the TLB less. Does nothing below
 * 4 MiB, where there is no such thing, or under a hook.
 *
 *   p, bytes   a block, whole or in part                              borrowed
 *
 * Cost:    one madvise, or nothing
 */
PILA_API void pila_mem_huge(void *p, size_t bytes);

/* pila_mem_grow - a capacity of at least need items, about half as much again as have.
 *
 * Fails:   0  need * size exceeds PTRDIFF_MAX
 * Cost:    O(1); n appends reallocate O(log n) times
 */
PILA_API size_t pila_mem_grow(size_t have, size_t need, size_t size);

PILA_END_C

#endif
