/* numbered.h - rows of numbers as text, and the items of any type that stand for them.
 */
#ifndef NUMBERED_H
#define NUMBERED_H

#include "kinds.h"
#include "thing.h"

static inline size_t numbers(const char *text, int *out)
{
    size_t n = 0;
    int used;

    while (sscanf(text, "%d%n", &out[n], &used) == 1) {
        text += used;
        n++;
    }
    return n;
}

static inline const void *item_of(const pila_type *t, int value, sample *s,
                                  kind_item *k)
{
    return t->kind == PILA_KIND_OTHER ? sample_of(t, value, s) : kind_of(t, value, k);
}

static inline bool item_is(const pila_type *t, const void *item, int value)
{
    return t->kind == PILA_KIND_OTHER ? sample_value(t, item) == value
                                      : kind_is(t, item, value);
}

#endif
