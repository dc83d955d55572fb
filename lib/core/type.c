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

/* ---- tuples: a struct of members, an array, or a row ---- */

static pila_status tuple_hash(void *ctx, const void *item, uint64_t *out)
{
    const pila_tuple *t = (const pila_tuple *)ctx;
    size_t n = pila_tuple_len(t, item);
    uint64_t all = pila__hash_u64(n), one;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_type *type;
        const void *member = pila_tuple_at(t, item, k, &type);
        st = pila_type_hash(type, member, &one);
        if (st == PILA_OK) all = pila__hash_16(all, one);
    }
    if (st == PILA_OK) *out = all;
    return st;
}

/* The first member in which two items differ; where none does, the shorter length. */
static pila_status tuple_differ(const pila_tuple *t, const void *a, const void *b,
                                size_t *out)
{
    size_t n = pila_tuple_len(t, a), m = pila_tuple_len(t, b), k;
    pila_status st = PILA_OK;
    bool same = true;

    if (m < n) n = m;
    for (k = 0; k < n && same; k++) {
        const pila_type *type;
        const void *x = pila_tuple_at(t, a, k, &type),
                   *y = pila_tuple_at(t, b, k, NULL);
        st = pila_type_eq(type, x, y, &same);
        if (st != PILA_OK) return st;
    }
    *out = same ? n : k - 1;
    return PILA_OK;
}

static pila_status tuple_eq(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_tuple *t = (const pila_tuple *)ctx;
    size_t n = pila_tuple_len(t, a), at = 0;
    pila_status st = PILA_OK;
    bool same = n == pila_tuple_len(t, b);

    if (same) st = tuple_differ(t, a, b, &at);
    if (st == PILA_OK) *out = same && at == n;
    return st;
}

static pila_status tuple_less(void *ctx, const void *a, const void *b, bool *out)
{
    const pila_tuple *t = (const pila_tuple *)ctx;
    size_t n = pila_tuple_len(t, a), m = pila_tuple_len(t, b), at;
    const pila_type *type;
    pila_status st = tuple_differ(t, a, b, &at);

    if (st != PILA_OK) return st;
    if (at < n && at < m) {
        const void *x = pila_tuple_at(t, a, at, &type);
        return pila_type_less(type, x, pila_tuple_at(t, b, at, NULL), out);
    }
    *out = n < m;
    return PILA_OK;
}

static void tuple_drop_first(const pila_tuple *t, void *item, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const pila_type *type;
        size_t at = (size_t)((const char *)pila_tuple_at(t, item, k, &type) -
                             (const char *)item);
        pila_type_drop(type, (char *)item + at);
    }
}

static pila_status tuple_copy(void *ctx, void *out, const void *item)
{
    const pila_tuple *t = (const pila_tuple *)ctx;
    pila_status st = PILA_OK;
    size_t k;

    for (k = 0; k < t->n && st == PILA_OK; k++) {
        const pila_type *type;
        const void *member = pila_tuple_at(t, item, k, &type);
        size_t at = (size_t)((const char *)member - (const char *)item);
        st = pila_type_copy(type, (char *)out + at, member);
    }
    if (st != PILA_OK) tuple_drop_first(t, out, k - 1);
    return st;
}

static void tuple_drop(void *ctx, void *item)
{
    const pila_tuple *t = (const pila_tuple *)ctx;

    tuple_drop_first(t, item, t->n);
}

static pila_status tuple_repr(void *ctx, const void *item, pila_buf *out)
{
    const pila_tuple *t = (const pila_tuple *)ctx;
    size_t n = pila_tuple_len(t, item), was = out->len;
    pila_status st = pila_buf_add_char(out, '(');

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        const pila_type *type;
        const void *member = pila_tuple_at(t, item, k, &type);
        if (k) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = pila_type_repr(type, member, out);
    }
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(n == 1 ? ",)" : ")"));
    if (st != PILA_OK) out->len = was;
    return st;
}

/* Bytes alone are copied by memcpy, and so is a row. */
static void tuple_init(pila_tuple *t, size_t size, size_t align, bool bytes)
{
    memset(&t->type, 0, sizeof t->type);
    t->type.kind = PILA_KIND_OTHER;
    t->type.size = size;
    t->type.align = align;
    t->type.name = "tuple";
    t->type.ctx = t;
    t->type.hash = tuple_hash;
    t->type.eq = tuple_eq;
    t->type.less = tuple_less;
    t->type.copy = bytes ? NULL : tuple_copy;
    t->type.drop = bytes ? NULL : tuple_drop;
    t->type.repr = tuple_repr;
}

static bool tuple_round(size_t *size, size_t align)
{
    if (!pila_add(*size, align - 1, size) || *size > PTRDIFF_MAX) return false;
    *size -= *size % align;
    return true;
}

pila_status pila_tuple_struct(pila_tuple *t, pila_member *member, size_t n)
{
    size_t size = 0, align = 1;
    bool bytes = true;

    for (size_t k = 0; k < n; k++) {
        const pila_type *type = member[k].type;
        if (!tuple_round(&size, type->align)) return PILA_EOVERFLOW;
        member[k].at = size;
        if (!pila_add(size, type->size, &size)) return PILA_EOVERFLOW;
        if (type->align > align) align = type->align;
        bytes = bytes && pila_type_plain(type);
    }
    if (!tuple_round(&size, align)) return PILA_EOVERFLOW;
    t->n = n;
    t->member = member;
    t->each = NULL;
    t->is_row = false;
    tuple_init(t, size ? size : 1, align, bytes);
    return PILA_OK;
}

pila_status pila_tuple_array(pila_tuple *t, const pila_type *each, size_t n)
{
    size_t size;

    if (!pila_mul(n, each->size, &size) || size > PTRDIFF_MAX) return PILA_EOVERFLOW;
    t->n = n;
    t->member = NULL;
    t->each = each;
    t->is_row = false;
    tuple_init(t, size ? size : 1, size ? each->align : 1, pila_type_plain(each));
    return PILA_OK;
}

void pila_tuple_row(pila_tuple *t, const pila_type *each)
{
    t->n = 0;
    t->member = NULL;
    t->each = each;
    t->is_row = true;
    tuple_init(t, sizeof(pila_row), PILA_ALIGNOF(pila_row), true);
}

const pila_tuple *pila_tuple_of(const pila_type *t)
{
    return t->repr == tuple_repr ? (const pila_tuple *)t->ctx : NULL;
}

static bool tuple_is_bytes(const pila_tuple *t);

/* Plain bytes, or tuples of such: what memcpy copies and nobody drops. */
static bool type_is_bytes(const pila_type *t)
{
    const pila_pair *p = pila_pair_of(t);
    const pila_tuple *q = pila_tuple_of(t);

    if (p) return type_is_bytes(p->first) && type_is_bytes(p->second);
    return q ? tuple_is_bytes(q) : pila_type_plain(t);
}

static bool tuple_is_bytes(const pila_tuple *t)
{
    for (size_t k = 0; t->member && k < t->n; k++)
        if (!type_is_bytes(t->member[k].type)) return false;
    return t->member ? true : t->is_row || type_is_bytes(t->each);
}

static bool type_same_member(const pila_type *a, const pila_type *b)
{
    return a->kind == b->kind && pila_type_accepts(a, b);
}

/* Members of a pair, a struct or an array, which are laid out by the same rule; no row
 * has any. */
static size_t type_members(const pila_type *t)
{
    const pila_tuple *q = pila_tuple_of(t);

    return q ? q->n : 2;
}

static const pila_type *type_member(const pila_type *t, size_t k, size_t *at)
{
    const pila_pair *p = pila_pair_of(t);
    const pila_tuple *q = pila_tuple_of(t);

    if (p) {
        *at = k ? p->second_at : 0;
        return k ? p->second : p->first;
    }
    *at = q->member ? q->member[k].at : k * q->each->size;
    return q->member ? q->member[k].type : q->each;
}

/* Pairs or tuples both. */
static bool type_same_members(const pila_type *to, const pila_type *from)
{
    const pila_tuple *t = pila_tuple_of(to), *u = pila_tuple_of(from);
    bool row = t && t->is_row, other_row = u && u->is_row;
    size_t n = type_members(to), at, other_at;

    if (row || other_row) return row && other_row && type_same_member(t->each, u->each);
    if (n != type_members(from)) return false;
    for (size_t k = 0; k < n; k++) {
        const pila_type *a = type_member(to, k, &at);
        const pila_type *b = type_member(from, k, &other_at);
        if (at != other_at || !type_same_member(a, b)) return false;
    }
    return true;
}

/* Of kind OTHER both: the same callbacks on the same context; or tuples of the same,
 * whatever tells of them; or, for a struct that is told as PILA_PLAIN_TYPE, a tuple of
 * plain members of its size. */
bool pila__type_same(const pila_type *to, const pila_type *from)
{
    bool told = pila_pair_of(to) || pila_tuple_of(to);
    bool tuple = pila_pair_of(from) || pila_tuple_of(from);

    if (to->size != from->size) return false;
    if (told && tuple) return type_same_members(to, from);
    if (tuple && pila_type_plain(to) && !to->eq && !to->hash && !to->less)
        return to->align == from->align && type_is_bytes(from);
    return to->ctx == from->ctx && to->eq == from->eq && to->less == from->less &&
           to->hash == from->hash && to->copy == from->copy && to->drop == from->drop;
}
