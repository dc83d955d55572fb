/* type.c - the cold half of type.h: showing an item, holding one over a callback,
 * pairs. */
#include "type.h"

const pila_type pila_view_padded = PILA__TYPE(PILA_KIND_STR, pila_str, "str");

pila_status pila__hold_copy(pila__held *h, const pila_type *t, const void *item)
{
    void *room = h->room.bytes;

    h->type = t;
    h->block = NULL;
    if (t->size > sizeof h->room) {
        room = h->block = pila_alloc(t->size, 1);
        if (!room) return PILA_ENOMEM;
    }
    pila_status st = PILA_OK;
    if (item) st = pila_type_copy(t, room, item);
    else memset(room, 0, t->size);
    if (st != PILA_OK) pila_free(h->block);
    h->item = room;
    return st;
}

void pila__let_go_copy(pila__held *h)
{
    void *item = h->block ? h->block : h->room.bytes;

    pila_type_drop(h->type, item);
    pila_free(h->block);
}

static pila_status repr_text(const pila_type *t, pila_str text, pila_buf *out)
{
    size_t was = out->len;
    pila_status st = PILA_OK;

    if (t->name[0] == 'b') st = pila_buf_add_char(out, 'b');
    if (st == PILA_OK) st = pila_buf_add_repr(out, text, t->name[0] != 'b');
    if (st != PILA_OK) out->len = was;
    return st;
}

pila_status pila_type_repr(const pila_type *t, const void *item, pila_buf *out)
{
#define TYPE_REPR(KIND, T, add, as)                                                    \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, item);                                                        \
        return add(out, (as)x);                                                        \
    }
    if (t->repr) return t->repr(t->ctx, item, out);
    switch (t->kind) {
        TYPE_REPR(PILA_KIND_I8, int8_t, pila_buf_add_int, int64_t)
        TYPE_REPR(PILA_KIND_I16, int16_t, pila_buf_add_int, int64_t)
        TYPE_REPR(PILA_KIND_I32, int32_t, pila_buf_add_int, int64_t)
        TYPE_REPR(PILA_KIND_I64, int64_t, pila_buf_add_int, int64_t)
        TYPE_REPR(PILA_KIND_U8, uint8_t, pila_buf_add_uint, uint64_t)
        TYPE_REPR(PILA_KIND_U16, uint16_t, pila_buf_add_uint, uint64_t)
        TYPE_REPR(PILA_KIND_U32, uint32_t, pila_buf_add_uint, uint64_t)
        TYPE_REPR(PILA_KIND_U64, uint64_t, pila_buf_add_uint, uint64_t)
        TYPE_REPR(PILA_KIND_F32, float, pila_buf_add_float, double)
        TYPE_REPR(PILA_KIND_F64, double, pila_buf_add_float, double)
    case PILA_KIND_STR: return repr_text(t, *(const pila_str *)item, out);
    case PILA_KIND_STRING:
        return repr_text(t, pila_string_view((const pila_string *)item), out);
    case PILA_KIND_PTR: /* addresses are not shown */
    case PILA_KIND_OTHER: break;
    }
#undef TYPE_REPR
    return PILA_ETYPE;
}

/* ---- pairs ---- */

static const char *pair_second(const pila_pair *p, const void *item)
{
    return (const char *)item + p->second_at;
}

pila_status pila__pair_hash(void *ctx, const void *item, uint64_t *out)
{
    const pila_pair *p = (const pila_pair *)ctx;
    uint64_t a, b;
    pila_status st = pila_type_hash(p->first, item, &a);

    if (st == PILA_OK) st = pila_type_hash(p->second, pair_second(p, item), &b);
    if (st == PILA_OK) *out = pila__hash_16(a, b);
    return st;
}

pila_status pila__pair_eq(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_pair *p = (const pila_pair *)ctx;
    bool same;
    pila_status st = pila_type_eq(p->first, a, b, &same);

    if (st == PILA_OK && same)
        st = pila_type_eq(p->second, pair_second(p, a), pair_second(p, b), &same);
    if (st == PILA_OK) *out = same;
    return st;
}

/* As tuples: the first members that differ decide, and none is asked for its order
 * before it is known to differ. A ready-made kind can skip that question. */
pila_status pila__pair_less(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_pair *p = (const pila_pair *)ctx;
    const void *x = pair_second(p, a), *y = pair_second(p, b);
    bool same = false;
    pila_status st = pila_type_eq(p->first, a, b, &same);

    if (st != PILA_OK) return st;
    if (!same) return pila_type_less(p->first, a, b, out);
    same = false;
    if (p->second->eq) st = pila_type_eq(p->second, x, y, &same);
    if (st != PILA_OK) return st;
    if (!same) return pila_type_less(p->second, x, y, out);
    *out = false;
    return PILA_OK;
}

pila_status pila__pair_copy(void *ctx, void *out, const void *item)
{
    const pila_pair *p = (const pila_pair *)ctx;
    char *to = (char *)out;
    pila_status st = pila_type_copy(p->first, to, item);

    if (st != PILA_OK) return st;
    st = pila_type_copy(p->second, to + p->second_at, pair_second(p, item));
    if (st != PILA_OK) pila_type_drop(p->first, to);
    return st;
}

void pila__pair_drop(void *ctx, void *item)
{
    const pila_pair *p = (const pila_pair *)ctx;

    pila_type_drop(p->first, item);
    pila_type_drop(p->second, (char *)item + p->second_at);
}

pila_status pila__pair_repr(void *ctx, const void *item, pila_buf *out)
{
    const pila_pair *p = (const pila_pair *)ctx;
    size_t was = out->len;
    pila_status st = pila_buf_add_char(out, '(');

    if (st == PILA_OK) st = pila_type_repr(p->first, item, out);
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(", "));
    if (st == PILA_OK) st = pila_type_repr(p->second, pair_second(p, item), out);
    if (st == PILA_OK) st = pila_buf_add_char(out, ')');
    if (st != PILA_OK) out->len = was;
    return st;
}

pila_status pila_pair_init(pila_pair *p, const pila_type *first,
                           const pila_type *second)
{
    size_t align = first->align > second->align ? first->align : second->align;
    size_t at, size;

    if (!pila_add(first->size, second->align - 1, &at)) return PILA_EOVERFLOW;
    at -= at % second->align;
    if (!pila_add(at, second->size, &size) || !pila_add(size, align - 1, &size) ||
        size > PTRDIFF_MAX)
        return PILA_EOVERFLOW;
    size -= size % align;
    p->first = first;
    p->second = second;
    p->second_at = at;
    memset(&p->type, 0, sizeof p->type);
    p->type.kind = PILA_KIND_OTHER;
    p->type.size = size;
    p->type.align = align;
    p->type.name = "tuple";
    p->type.ctx = p;
    p->type.hash = pila__pair_hash;
    p->type.eq = pila__pair_eq;
    p->type.less = pila__pair_less;
    p->type.copy = pila__pair_copy;
    p->type.drop = pila__pair_drop;
    p->type.repr = pila__pair_repr;
    return PILA_OK;
}

/* Plain bytes, or a pair of such: what memcpy copies and nobody drops. */
static bool type_is_bytes(const pila_type *t)
{
    const pila_pair *p = pila_pair_of(t);

    return p ? type_is_bytes(p->first) && type_is_bytes(p->second) : pila_type_plain(t);
}

static bool type_same_member(const pila_type *a, const pila_type *b)
{
    return a->kind == b->kind && pila_type_accepts(a, b);
}

/* Of kind OTHER both: the same callbacks on the same context; or pairs of the same; or,
 * for a struct that is told as PILA_PLAIN_TYPE, a pair of plain members of its size. */
bool pila__type_same(const pila_type *to, const pila_type *from)
{
    const pila_pair *p = pila_pair_of(to), *q = pila_pair_of(from);

    if (to->size != from->size) return false;
    if (p && q)
        return p->second_at == q->second_at && type_same_member(p->first, q->first) &&
               type_same_member(p->second, q->second);
    if (q && pila_type_plain(to) && !to->eq && !to->hash && !to->less)
        return to->align == from->align && type_is_bytes(from);
    return to->ctx == from->ctx && to->eq == from->eq && to->less == from->less &&
           to->hash == from->hash && to->copy == from->copy && to->drop == from->drop;
}
