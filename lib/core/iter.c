/* iter.c - the cold paths of the protocol, and the two iterators that need no state.
 *
 * What is tested once a window stands here, so that the loop over it is two compares:
 * whether the container has changed, whether the caller's item is the iterator's, and
 * only then the refill. An end clears the window and takes a stamp that never changes,
 * so an iterator that has ended stays so and looks at no container again.
 *
 * A chain is freed in a loop: each drop hands back its source instead of dropping it.
 * Recursion would need stack for every link of a chain that the caller's data built.
 * Where a drop hands back several sources they wait in a list, which their own blocks
 * make up, so that a tree of iterators needs neither stack nor memory to be freed.
 */
#include "iter.h"

const uint64_t pila__still = 0;

static const pila_type iter_nothing = {
    PILA_KIND_OTHER, 0, 1, "nothing", NULL, NULL, NULL, NULL, NULL, NULL, NULL};

bool pila_iter_end(pila_iter *it, pila_status why)
{
    it->cur = it->end = NULL;
    it->stamp = &pila__still;
    it->seen = 0;
    it->status = why;
    return false;
}

bool pila__iter_refill(pila_iter *it, size_t size)
{
    if (it->status != PILA_OK) return false;
    if (*it->stamp != it->seen)
        return pila_iter_end(it, it->seen & PILA__OVER ? PILA_END : PILA_EMUTATED);
    if (size && size != it->type->size) return pila_iter_end(it, PILA_ETYPE);
    return it->ops->refill(it);
}

/* Not to be read: a list of sources on its way from ops.drop to pila_iter_drop. */
static const pila_iter_ops iter_sources = {NULL, NULL, NULL};

pila_iter pila_iter_sources(pila_sources *first, pila_sources *last)
{
    pila_iter it = pila_iter_make(&iter_nothing, &iter_sources, first);

    it.stamp = (const uint64_t *)(const void *)last;
    return it;
}

/* The next of those that wait; false: none is left. */
static bool iter_next_waiting(pila_sources **waiting, pila_iter *it)
{
    pila_sources *s;

    while ((s = *waiting) && s->n == 0) {
        *waiting = s->next;
        pila_free(s);
    }
    if (!s) return false;
    *it = s->iter[--s->n];
    return true;
}

void pila_iter_drop(pila_iter *it)
{
    pila_iter rest = *it;
    pila_sources *waiting = NULL;

    *it = pila_failed(PILA_END);
    do {
        while (rest.ops->drop) rest = rest.ops->drop(&rest);
        if (rest.ops != &iter_sources) continue;
        ((pila_sources *)(uintptr_t)rest.stamp)->next = waiting;
        waiting = (pila_sources *)rest.state;
    } while (iter_next_waiting(&waiting, &rest));
}

size_t pila_iter_length_hint(const pila_iter *it)
{
    size_t ready, later;

    if (it->status != PILA_OK || it->type->size == 0) return 0;
    ready = (size_t)(it->end - it->cur) / it->type->size;
    later = it->ops->length_hint ? it->ops->length_hint(it) : 0;
    return later > SIZE_MAX - ready ? SIZE_MAX : ready + later;
}

static bool iter_no_more(pila_iter *it) { return pila_iter_end(it, PILA_END); }

pila_iter pila_failed(pila_status why)
{
    static const pila_iter_ops ops = {iter_no_more, NULL, NULL};
    pila_iter it = pila_iter_make(&iter_nothing, &ops, NULL);

    it.status = why;
    return it;
}

/* state is the first item, at the count; both go into the window at the first refill.
 */
static bool array_refill(pila_iter *it)
{
    size_t n = it->at;

    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)it->state;
    it->end = it->cur + n * it->type->size;
    it->at = 0;
    return true;
}

static size_t array_hint(const pila_iter *it) { return it->at; }

pila_iter pila_span(const void *items, size_t n, const pila_type *type)
{
    static const pila_iter_ops ops = {array_refill, NULL, array_hint};
    pila_iter it = pila_iter_make(type, &ops, (void *)(uintptr_t)items);
    size_t bytes;

    if (type->size == 0) return pila_failed(PILA_ETYPE);
    if (!pila_mul(n, type->size, &bytes) || bytes > PTRDIFF_MAX)
        return pila_failed(PILA_EOVERFLOW);
    it.at = n;
    return it;
}
