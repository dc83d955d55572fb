/* item.h - what the sources of this package share: an instance for each common kind,
 * room for an item on its way out, the order of two items. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 */
#ifndef PILA_COLLECTIONS_ITEM_H
#define PILA_COLLECTIONS_ITEM_H

#include "../core/type.h"

/* Whether dropping an item does something; it may then run code of the user. */
PILA_INLINE bool pila__drops(const pila_type *t)
{
    return t->kind == PILA_KIND_STRING || (t->kind == PILA_KIND_OTHER && t->drop);
}

/* Return call(constant) where the kind of t is a common one, else `other`. */
#define PILA__BY_KIND(t, call, other)                                                  \
    switch ((t)->kind) {                                                               \
    case PILA_KIND_I32: return call(&pila_i32);                                        \
    case PILA_KIND_I64: return call(&pila_i64);                                        \
    case PILA_KIND_U64: return call(&pila_u64);                                        \
    case PILA_KIND_F64: return call(&pila_f64);                                        \
    case PILA_KIND_PTR: return call(&pila_ptr);                                        \
    case PILA_KIND_STR: return call(&pila_view);                                       \
    case PILA_KIND_STRING: return call(&pila_text);                                    \
    default: return other;                                                             \
    }

/* The same for what moves items and never looks into them: kinds of a size share. */
#define PILA__BY_WIDTH(t, call, other)                                                 \
    switch ((t)->kind) {                                                               \
    case PILA_KIND_I32: return call(&pila_i32);                                        \
    case PILA_KIND_I64:                                                                \
    case PILA_KIND_U64:                                                                \
    case PILA_KIND_F64: return call(&pila_i64);                                        \
    case PILA_KIND_PTR: return call(&pila_ptr);                                        \
    case PILA_KIND_STR: return call(&pila_view);                                       \
    case PILA_KIND_STRING: return call(&pila_text);                                    \
    default: return other;                                                             \
    }

/* Whether containers of these types compare and combine: views and owned strings do
 * not. */
PILA_INLINE bool pila__alike(const pila_type *a, const pila_type *b)
{
    return a->kind == b->kind && pila_type_accepts(a, b);
}

/* ---- room for an item on its way out ----
 *
 * A drop may re-enter the container, which may then fill the slot that the item was in.
 * So what is taken out leaves its slot before its drop runs; the room for it is opened
 * before anything changes, as that can fail for an item of more than 64 bytes.
 */

static inline __attribute__((unused)) PILA_MUST pila_status
pila__room_open(pila__held *room, const pila_type *t)
{
    bool large = pila__drops(t) && t->size > sizeof room->room;

    room->type = t;
    room->block = large ? pila_alloc(1, t->size) : NULL;
    room->item = room->block ? room->block : room->room.bytes;
    return large && !room->block ? PILA_ENOMEM : PILA_OK;
}

PILA_INLINE void pila__room_fill(pila__held *room, const pila_type *t, const void *item)
{
    if (!pila__drops(t)) return;
    memcpy(room->block ? room->block : room->room.bytes, item, t->size);
}

/* The item in it is dropped. */
PILA_INLINE void pila__room_drop(pila__held *room, const pila_type *t)
{
    if (pila__drops(t)) pila__let_go_copy(room);
}

/* Nothing was put in, or the bytes of the item have moved on. */
PILA_INLINE void pila__room_shut(pila__held *room) { pila_free(room->block); }

/* ---- two items ---- */

static inline __attribute__((unused)) void pila__swap(void *a, void *b, size_t size)
{
    char *p = (char *)a, *q = (char *)b, room[64];

    for (size_t n; size; size -= n, p += n, q += n) {
        n = size < sizeof room ? size : sizeof room;
        memcpy(room, p, n);
        memmove(p, q, n);
        memcpy(q, room, n);
    }
}

/* Whether two items differ: by eq, or where the type has none by less alone. */
static inline __attribute__((unused)) PILA_MUST pila_status
pila__item_differ(const pila_type *t, const void *a, const void *b, bool *out)
{
    bool less = false, more = false, equal = false;
    pila_status st;

    if (t->kind || t->eq) {
        st = pila_type_eq(t, a, b, &equal);
        if (st == PILA_OK) *out = !equal;
        return st;
    }
    st = pila_type_less(t, a, b, &less);
    if (st == PILA_OK && !less) st = pila_type_less(t, b, a, &more);
    if (st == PILA_OK) *out = less || more;
    return st;
}

/* The order of two that differ: -1, 1, or 2 where neither is less. */
static inline __attribute__((unused)) PILA_MUST pila_status
pila__item_order(const pila_type *t, const void *a, const void *b, int *out)
{
    bool less = false, more = false;
    pila_status st = pila_type_less(t, a, b, &less);

    if (st == PILA_OK && !less) st = pila_type_less(t, b, a, &more);
    if (st == PILA_OK) *out = less ? -1 : more ? 1 : 2;
    return st;
}

#endif
