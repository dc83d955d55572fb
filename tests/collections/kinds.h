/* kinds.h - an item of every ready-made kind that stands for a number from 0 to 99: for
 * what the run-time faces choose by kind.
 */
#ifndef KINDS_H
#define KINDS_H

#include "check.h"

#include <pila/core/type.h>

static const pila_type *const kinds[] = {&pila_i8,  &pila_i16, &pila_i32, &pila_i64,
                                         &pila_u8,  &pila_u16, &pila_u32, &pila_u64,
                                         &pila_f32, &pila_f64, &pila_ptr, &pila_view,
                                         &pila_text};

typedef union kind_item {
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    void *ptr;
    pila_str view;
    pila_string text;
} kind_item;

/* It owns nothing. Texts are long where the number is odd, and have its order. */
static inline const void *kind_of(const pila_type *t, int n, kind_item *out)
{
    static char texts[100][32], bytes[100];

    memset(out, 0, sizeof *out);
    snprintf(texts[n], sizeof texts[n], n % 2 ? "%02d, and more text" : "%02d", n);
    switch (t->kind) {
    case PILA_KIND_F32: out->f32 = (float)n; break;
    case PILA_KIND_F64: out->f64 = n; break;
    case PILA_KIND_PTR: out->ptr = &bytes[n]; break;
    case PILA_KIND_STR: out->view = pila_cstr(texts[n]); break;
    case PILA_KIND_STRING: out->text = pila_string_borrow(pila_cstr(texts[n])); break;
    default: /* an integer */
        if (t->size == 1) out->u8 = (uint8_t)n;
        else if (t->size == 2) out->u16 = (uint16_t)n;
        else if (t->size == 4) out->u32 = (uint32_t)n;
        else out->u64 = (uint64_t)n;
    }
    return out;
}

static inline bool kind_is(const pila_type *t, const void *item, int n)
{
    kind_item want;
    bool same = false;

    CHECK_OK(pila_type_eq(t, item, kind_of(t, n, &want), &same));
    return same;
}

#endif
