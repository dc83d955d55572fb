/* logged.h - what callbacks write down, and a thing whose comparisons are written down.
 */
#ifndef LOGGED_H
#define LOGGED_H

#include "thing.h"

#include <stdarg.h>

static char log_text[16384];

static inline void log_add(const char *format, ...)
{
    size_t n = strlen(log_text);
    va_list args;

    va_start(args, format);
    if (n) snprintf(log_text + n, sizeof log_text - n, " ");
    n = strlen(log_text);
    vsnprintf(log_text + n, sizeof log_text - n, format, args);
    va_end(args);
}

static inline pila_status logged_less(void *ctx, const void *a, const void *b,
                                      bool *out)
{
    log_add("%d<%d", (int)((const thing *)a)->value, (int)((const thing *)b)->value);
    return thing_less(ctx, a, b, out);
}

static const pila_type logged_type = {
    PILA_KIND_OTHER, sizeof(thing), PILA_ALIGNOF(thing), "thing",    &thing_size, NULL,
    thing_eq,        logged_less,   thing_copy,          thing_drop, thing_repr};

#endif
