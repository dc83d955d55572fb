/* stage.h - what the adaptors of this package share: a state with its source and a
 * window. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 */
#ifndef PILA_STAGE_H
#define PILA_STAGE_H

#include "../core/iter.h"

enum { PILA__STAGE_WINDOW = 4096 }; /* bytes, or one item if that is larger */

/* The first member of an adaptor's state, so that one drop serves most of them. */
typedef struct pila__stage {
    pila_iter src;
    char *window; /* for items of the adaptor's own; NULL: it yields the source's */
    size_t room;  /* items of the window */
} pila__stage;

PILA_BEGIN_C

/* A state of `bytes`, all zero but for the source and, if item is not NULL, a window
 * for such items behind it in the same block. NULL: no memory, and src is as it was. */
void *pila__stage_new(const pila_iter *src, size_t bytes, const pila_type *item);
/* For ops.drop: free the state, hand the source back. */
pila_iter pila__stage_drop(pila_iter *it);
/* For ops.length_hint of what yields an item for an item, at most. */
size_t pila__stage_hint(const pila_iter *it);
/* Drop the source; an iterator that has ended with why. */
pila_iter pila__stage_refused(pila_iter *src, pila_status why);

PILA_END_C

/* Yield [cur, cur + bytes), which is good as long as the source's container is. */
PILA_INLINE bool pila__stage_yield(pila_iter *it, const pila_iter *src, const char *cur,
                                   size_t bytes)
{
    it->cur = cur;
    it->end = cur + bytes;
    it->stamp = src->stamp;
    it->seen = src->seen;
    return true;
}

#endif
