/* dict.c - the run-time face of dict: types are told by descriptors, and the kind of
 * key is looked at once a call. Everything else is in table.c.
 */
#include "dict.h"

#include "item.h"

/* The rest of a function: call(d, kt) with a constant descriptor where the key has one.
 */
#define DICT_BY_KEY(d, call)                                                           \
    PILA__BY_KIND((d)->types.first, call, call((d)->types.first))

static bool dict_keys_match(const pila_dict *a, const pila_dict *b)
{
    return pila__alike(a->types.first, b->types.first);
}

bool pila__dict_alike(const pila_pair *a, const pila_pair *b)
{
    return pila__alike(a->first, b->first) && pila__alike(a->second, b->second);
}

static bool dict_types_match(const pila_dict *a, const pila_dict *b)
{
    return pila__dict_alike(&a->types, &b->types);
}

pila_status pila_dict_init(pila_dict *d, const pila_type *key, const pila_type *value)
{
    pila_pair types;
    pila_status st = pila_pair_init(&types, key, value);

    if (st != PILA_OK) return st;
    memset(&d->base, 0, sizeof d->base);
    return pila_pair_init(&d->types, key, value);
}

void pila_dict_done(pila_dict *d) { pila__dict_done(&d->base, &d->types); }

pila_dict *pila_dict_new(const pila_type *key, const pila_type *value)
{
    pila_dict *d = (pila_dict *)pila_alloc(1, sizeof *d);

    if (d && pila_dict_init(d, key, value) == PILA_OK) return d;
    pila_free(d);
    return NULL;
}

void pila_dict_free(pila_dict *d)
{
    if (d) pila_dict_done(d);
    pila_free(d);
}

/* out drops what it held by its old types, when it is of the new ones already. */
void pila__dict_become(pila_dict *out, pila__dict *made, const pila_pair *types)
{
    pila_pair was = out->types;

    (void)!pila_pair_init(&out->types, types->first, types->second); /* as those did */
    pila__dict_move(&out->base, made, &was);
}

pila_status pila_dict_copy(pila_dict *out, const pila_dict *d)
{
    pila__dict made = {0};
    pila_status st = pila__dict_copy(&made, &d->base, &d->types);

    if (st == PILA_OK) pila__dict_become(out, &made, &d->types);
    return st;
}

void pila_dict_move(pila_dict *out, pila_dict *d)
{
    if (out != d) pila__dict_become(out, &d->base, &d->types);
}

size_t pila_dict_len(const pila_dict *d) { return d->base.live; }

pila_status pila_dict_contains(const pila_dict *d, const void *key, bool *out){
#define DICT_CALL(kt) pila__dict_has(&d->base, kt, &d->types, key, out)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_find(const pila_dict *d, const void *key, void **value){
#define DICT_CALL(kt) pila__dict_at(&d->base, kt, &d->types, key, value)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_get(const pila_dict *d, const void *key, const void *def,
                          const void **value)
{
    void *at = NULL;
    pila_status st = pila_dict_find(d, key, &at);

    if (st == PILA_OK) *value = at;
    else if (st == PILA_EKEY) *value = def;
    return st == PILA_EKEY ? PILA_OK : st;
}

/* A value lent from inside the dict itself would move with it. */
static bool dict_lends(const pila_dict *d, const void *p)
{
    uintptr_t at = (uintptr_t)p, from = (uintptr_t)d->base.entries;
    return d->base.entries && at >= from &&
           at < from + d->base.used * d->types.type.size;
}

pila_status pila_dict_set(pila_dict *d, const void *key, const void *value)
{
    if (dict_lends(d, value))
        return pila__dict_put_slow(&d->base, &d->types, key, value, true, NULL);

#define DICT_CALL(kt) pila__dict_put(&d->base, kt, &d->types, key, value, true, NULL)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_setdefault(pila_dict *d, const void *key, const void *def,
                                 void **value)
{
    if (dict_lends(d, def))
        return pila__dict_put_slow(&d->base, &d->types, key, def, false, value);

#define DICT_CALL(kt) pila__dict_put(&d->base, kt, &d->types, key, def, false, value)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_del(pila_dict *d, const void *key){
#define DICT_CALL(kt) pila__dict_remove(&d->base, kt, &d->types, key, NULL)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_pop(pila_dict *d, const void *key, void *value){
#define DICT_CALL(kt) pila__dict_remove(&d->base, kt, &d->types, key, value)
    DICT_BY_KEY(d, DICT_CALL)
#undef DICT_CALL
}

pila_status pila_dict_popitem(pila_dict *d, bool last, void *key, void *value)
{
    return pila__dict_popitem(&d->base, &d->types, last, key, value);
}

void pila_dict_clear(pila_dict *d) { pila__dict_clear(&d->base, &d->types); }

pila_status pila_dict_reserve(pila_dict *d, size_t n)
{
    return pila__dict_reserve(&d->base, &d->types, n);
}

pila_status pila_dict_shrink(pila_dict *d)
{
    return pila__dict_shrink(&d->base, &d->types);
}

pila_status pila_dict_update(pila_dict *d, pila_iter items)
{
    return pila__dict_update(&d->base, &d->types, items);
}

pila_status pila_dict_merge(pila_dict *d, const pila_dict *from)
{
    if (!dict_types_match(d, from)) return PILA_ETYPE;
    return pila__dict_merge(&d->base, &d->types, &from->base);
}

pila_status pila_dict_or(pila_dict *out, const pila_dict *a, const pila_dict *b)
{
    pila__dict made = {0};

    if (!dict_types_match(a, b)) return PILA_ETYPE;
    pila_status st = pila__dict_or(&made, &a->base, &b->base, &a->types);
    if (st == PILA_OK) pila__dict_become(out, &made, &a->types);
    return st;
}

pila_status pila_dict_fromkeys(pila_dict *out, pila_iter keys, const void *value)
{
    return pila__dict_fromkeys(&out->base, &out->types, keys, value);
}

pila_status pila_dict_eq(const pila_dict *a, const pila_dict *b, bool *out)
{
    if (!dict_types_match(a, b)) return PILA_ETYPE;
    return pila__dict_eq(&a->base, &b->base, &a->types, out);
}

pila_iter pila_dict_items(const pila_dict *d)
{
    return pila__dict_items(&d->base, &d->types);
}
pila_iter pila_dict_keys(const pila_dict *d)
{
    return pila__dict_keys(&d->base, &d->types);
}

pila_iter pila_dict_values(const pila_dict *d)
{
    return pila__dict_values(&d->base, &d->types);
}

pila_iter pila_dict_items_reversed(const pila_dict *d)
{
    return pila__dict_iter(&d->base, &d->types.type, &pila__dict_items_back,
                           d->base.used);
}

pila_iter pila_dict_keys_reversed(const pila_dict *d)
{
    return pila__dict_iter(&d->base, d->types.first, &pila__dict_keys_back,
                           d->base.used);
}

pila_iter pila_dict_values_reversed(const pila_dict *d)
{
    return pila__dict_iter(&d->base, d->types.second, &pila__dict_values_back,
                           d->base.used);
}

static pila_iter dict_keys_op(const pila_dict *a, const pila_dict *b, pila__dict_op op)
{
    if (!dict_keys_match(a, b)) return pila_failed(PILA_ETYPE);
    return pila__dict_keys_op(&a->base, &a->types, &b->base, &b->types, op);
}

pila_iter pila_dict_keys_and(const pila_dict *a, const pila_dict *b)
{
    return dict_keys_op(a, b, PILA__KEYS_AND);
}

pila_iter pila_dict_keys_sub(const pila_dict *a, const pila_dict *b)
{
    return dict_keys_op(a, b, PILA__KEYS_SUB);
}

pila_iter pila_dict_keys_or(const pila_dict *a, const pila_dict *b)
{
    return dict_keys_op(a, b, PILA__KEYS_OR);
}

pila_iter pila_dict_keys_xor(const pila_dict *a, const pila_dict *b)
{
    return dict_keys_op(a, b, PILA__KEYS_XOR);
}

pila_status pila_dict_keys_within(const pila_dict *a, const pila_dict *b, bool *out)
{
    if (!dict_keys_match(a, b)) return PILA_ETYPE;
    return pila__dict_keys_within(&a->base, &a->types, &b->base, &b->types, out);
}

pila_status pila_dict_keys_isdisjoint(const pila_dict *a, const pila_dict *b, bool *out)
{
    if (!dict_keys_match(a, b)) return PILA_ETYPE;
    return pila__dict_keys_apart(&a->base, &a->types, &b->base, &b->types, out);
}

pila_status pila_dict_repr(const pila_dict *d, pila_buf *out)
{
    return pila__dict_repr(&d->base, &d->types, out);
}
