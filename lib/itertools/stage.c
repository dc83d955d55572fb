/* stage.c - see stage.h.
 *
 * An adaptor is one block: its state, the first member of which holds the source, and
 * behind it a window for items of its own where it makes some. One block is one
 * allocation that can fail, and one free. The window is as large as a few cache lines
 * of pages, so that what fills it stays near, or one item where that is larger; an item
 * of unusual alignment moves its start.
 */
#include "stage.h"

enum { STAGE_ALIGN = 16 }; /* what pila_alloc gives */

/* The bytes of a state with `bytes` of its own and a window of items, and where the
 * window starts at the earliest. */
static bool stage_layout(size_t bytes, const pila_type *item, size_t *at, size_t *total)
{
    size_t window =
        item->size > PILA__STAGE_WINDOW ? item->size : (size_t)PILA__STAGE_WINDOW;
    size_t slack = item->align > STAGE_ALIGN ? item->align : 0;

    *at = (bytes + STAGE_ALIGN - 1) / STAGE_ALIGN * STAGE_ALIGN;
    return pila_add(*at, slack, total) && pila_add(*total, window, total);
}

void *pila__stage_new(const pila_iter *src, size_t bytes, const pila_type *item)
{
    size_t at = 0, total = bytes;

    if (item && !stage_layout(bytes, item, &at, &total)) return NULL;
    pila__stage *s = (pila__stage *)pila_alloc(total, 1);
    if (!s) return NULL;
    memset(s, 0, bytes);
    s->src = *src;
    if (!item) return s;
    uintptr_t base = (uintptr_t)s, window = base + at;
    window = (window + item->align - 1) & ~(uintptr_t)(item->align - 1);
    s->window = (char *)s + (window - base);
    s->room = item->size > PILA__STAGE_WINDOW ? 1 : PILA__STAGE_WINDOW / item->size;
    return s;
}

pila_iter pila__stage_drop(pila_iter *it)
{
    pila_iter src = ((pila__stage *)it->state)->src;

    pila_free(it->state);
    return src;
}

size_t pila__stage_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const pila__stage *)it->state)->src);
}

pila_iter pila__stage_refused(pila_iter *src, pila_status why)
{
    pila_iter_drop(src);
    return pila_failed(why);
}
