/* defaultdict.c - a factory beside the engine of dict.
 *
 * A hit is inline and that of dict. What is missing comes here, with its hash. Where no
 * code of the user can run (a ready-made key, zero bytes or a plain value) the entry is
 * appended at once, so that counting new keys costs one look-up, as setdefault does.
 * Else the key is copied and the value made aside first, both are held, and then the
 * pair is put in by a second look-up: whatever the factory has done to the dict in the
 * meantime, this is d[key] = value after it, as in CPython.
 *
 * Invariant: factory.value is a block with one item of the value's type where the kind
 * is PILA_FACTORY_VALUE, else NULL; make is set where the kind is PILA_FACTORY_CALL.
 *
 * Rejected: only factories that are called, as in Python: a new key then takes two to
 * four times as long as one whose value is zero bytes (integers, 1e5 and 1e3 keys).
 */
#include "defaultdict.h"

#include "item.h"

static pila_factory defaultdict_no_factory(void)
{
    pila_factory none = {PILA_FACTORY_NONE, NULL, NULL, NULL};
    return none;
}

static void defaultdict_drop_factory(pila_factory *f, const pila_type *vt)
{
    if (f->value) pila_type_drop(vt, f->value);
    pila_free(f->value);
}

/* ---- what is missing ---- */

/* The key copied and the value made, both outside of the dict, then stored. */
static pila_status defaultdict_make(pila__dict *d, const pila_factory *f,
                                    const pila_pair *t, const void *key, uint64_t hash,
                                    void **out)
{
    pila__held k, v;
    pila_status st = pila__hold_copy(&k, t->first, key);

    if (st != PILA_OK) return st;
    pila_factory now = *f; /* copying the key may have set another */
    st = now.kind == PILA_FACTORY_NONE ? PILA_EKEY
                                       : pila__hold_copy(&v, t->second, now.value);
    if (st == PILA_OK && now.kind == PILA_FACTORY_CALL) {
        st = now.make(now.ctx, (void *)(uintptr_t)v.item);
        if (st != PILA_OK) pila_free(v.block);
    }
    if (st == PILA_OK) return pila__dict_put_given(d, t, &k, &v, hash, out);
    pila__let_go_copy(&k);
    return st;
}

pila_status pila__defaultdict_missing(pila__dict *d, const pila_factory *f,
                                      const pila_pair *t, const void *key,
                                      uint64_t hash, void **out)
{
    const pila_type *kt = t->first, *vt = t->second;
    bool quiet = !pila_type_calls_out(kt);

    if (f->kind == PILA_FACTORY_NONE) return PILA_EKEY;
    if (quiet && !d->groups) { /* the secrets may not have been drawn */
        pila_hash_init();
        (void)!pila_type_hash(kt, key, &hash);
    }
    if (f->kind == PILA_FACTORY_CALL) quiet = false;
    if (f->kind == PILA_FACTORY_VALUE && pila_type_calls_out(vt))
        quiet = quiet && pila_type_plain(vt);
    if (!quiet) return defaultdict_make(d, f, t, key, hash, out);
    if (!d->groups) {
        pila_status st = pila__dict_grow(d, t, 1);
        if (st != PILA_OK) return st;
    }
    return pila__dict_push(d, kt, t, key, f->value, hash, out);
}

/* Where hashing and comparing run user code. A fault of theirs is no missing key. */
pila_status pila__defaultdict_at_slow(pila__dict *d, const pila_factory *f,
                                      const pila_pair *t, const void *key, void **out)
{
    uint64_t hash;
    pila_status st;

    pila_hash_init();
    st = pila_type_hash(t->first, key, &hash);
    if (st != PILA_OK) return st;
    size_t e = d->groups ? pila__dict_find_more(d, t, key, hash, &st) : PILA__DICT_NONE;
    if (st != PILA_OK) return st;
    if (e == PILA__DICT_NONE) return pila__defaultdict_missing(d, f, t, key, hash, out);
    *out = pila__dict_entry(d, t, e) + t->second_at;
    return PILA_OK;
}

/* ---- the factory, and the whole ---- */

pila_status pila__factory_set(pila_factory *f, const pila_type *vt,
                              pila_factory_kind kind, pila_factory_make *make,
                              void *ctx, const void *value)
{
    pila_factory made = {kind, make, ctx, NULL}, was;

    if (kind == PILA_FACTORY_CALL && !make) made = defaultdict_no_factory();
    if (kind == PILA_FACTORY_VALUE) {
        made.value = pila_alloc(1, vt->size);
        if (!made.value) return PILA_ENOMEM;
        pila_status st = pila_type_copy(vt, made.value, value);
        if (st != PILA_OK) {
            pila_free(made.value);
            return st;
        }
    }
    was = *f;
    *f = made;
    defaultdict_drop_factory(&was, vt);
    return PILA_OK;
}

void pila__defaultdict_done(pila__dict *d, pila_factory *f, const pila_pair *t)
{
    pila_factory was = *f;

    *f = defaultdict_no_factory();
    pila__dict_done(d, t);
    defaultdict_drop_factory(&was, t->second);
}

/* The factory first: a drop that re-enters finds out whole. */
void pila__defaultdict_move(pila__dict *out, pila_factory *out_f, pila__dict *d,
                            pila_factory *f, const pila_pair *t)
{
    pila_factory was = *out_f;

    if (out == d) return;
    *out_f = *f;
    *f = defaultdict_no_factory();
    pila__dict_move(out, d, t);
    defaultdict_drop_factory(&was, t->second);
}

pila_status pila__defaultdict_join(pila__dict *out, pila_factory *out_f,
                                   const pila__dict *a, const pila__dict *b,
                                   const pila_factory *f, const pila_pair *t)
{
    pila__dict made = {0};
    pila_factory made_f = defaultdict_no_factory();
    pila_status st =
        pila__factory_set(&made_f, t->second, f->kind, f->make, f->ctx, f->value);

    if (st == PILA_OK)
        st = b ? pila__dict_or(&made, a, b, t) : pila__dict_copy(&made, a, t);
    if (st == PILA_OK) pila__defaultdict_move(out, out_f, &made, &made_f, t);
    pila__defaultdict_done(&made, &made_f, t);
    return st;
}

pila_status pila__defaultdict_fromkeys(pila__dict *out, pila_factory *out_f,
                                       const pila_pair *t, pila_iter keys,
                                       const void *value)
{
    pila__dict made = {0};
    pila_factory none = defaultdict_no_factory();
    pila_status st = pila__dict_fromkeys(&made, t, keys, value);

    if (st == PILA_OK) pila__defaultdict_move(out, out_f, &made, &none, t);
    return st;
}

/* ---- showing ---- */

static pila_status defaultdict_show_factory(const pila_factory *f, const pila_type *vt,
                                            pila_buf *out)
{
    pila__held value;
    pila_status st;

    if (f->kind == PILA_FACTORY_NONE) return pila_buf_add(out, pila_cstr("None"));
    if (f->kind == PILA_FACTORY_CALL) return pila_buf_add(out, pila_cstr("<function>"));
    if (f->kind == PILA_FACTORY_EMPTY) {
        st = pila_buf_add(out, pila_cstr("<class '"));
        if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(vt->name));
        return st == PILA_OK ? pila_buf_add(out, pila_cstr("'>")) : st;
    }
    st = pila_buf_add(out, pila_cstr("<value "));
    if (st == PILA_OK) st = pila__hold(&value, vt, f->value);
    if (st != PILA_OK) return st;
    st = pila_type_repr(vt, value.item, out);
    pila__let_go(&value, vt);
    return st == PILA_OK ? pila_buf_add_char(out, '>') : st;
}

pila_status pila__defaultdict_repr(const pila__dict *d, const pila_factory *f,
                                   const pila_pair *t, pila_buf *out)
{
    size_t was = out->len;
    pila_status st = pila_buf_add(out, pila_cstr("defaultdict("));

    if (st == PILA_OK) st = defaultdict_show_factory(f, t->second, out);
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(", "));
    if (st == PILA_OK) st = pila__dict_repr(d, t, out);
    if (st == PILA_OK) st = pila_buf_add_char(out, ')');
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- the run-time face ---- */

pila_status pila_defaultdict_init(pila_defaultdict *d, const pila_type *key,
                                  const pila_type *value)
{
    d->factory = defaultdict_no_factory();
    return pila_dict_init(&d->dict, key, value);
}

void pila_defaultdict_done(pila_defaultdict *d)
{
    pila__defaultdict_done(&d->dict.base, &d->factory, &d->dict.types);
}

pila_defaultdict *pila_defaultdict_new(const pila_type *key, const pila_type *value)
{
    pila_defaultdict *d = (pila_defaultdict *)pila_alloc(1, sizeof *d);

    if (d && pila_defaultdict_init(d, key, value) == PILA_OK) return d;
    pila_free(d);
    return NULL;
}

void pila_defaultdict_free(pila_defaultdict *d)
{
    if (d) pila_defaultdict_done(d);
    pila_free(d);
}

/* out may be of other types until now, by which it drops what it held. */
static void defaultdict_become(pila_defaultdict *out, pila__dict *made, pila_factory *f,
                               const pila_pair *types)
{
    pila_factory was = out->factory;
    const pila_type *was_of = out->dict.types.second;

    out->factory = *f;
    *f = defaultdict_no_factory();
    pila__dict_become(&out->dict, made, types);
    defaultdict_drop_factory(&was, was_of);
}

/* a, and b over it where there is one, with this factory; all of the same types. */
static pila_status defaultdict_join(pila_defaultdict *out, const pila_dict *a,
                                    const pila_dict *b, const pila_factory *f)
{
    pila__dict made = {0};
    pila_factory made_f = defaultdict_no_factory();

    if (b && !pila__dict_alike(&a->types, &b->types)) return PILA_ETYPE;
    pila_status st = pila__defaultdict_join(&made, &made_f, &a->base,
                                            b ? &b->base : NULL, f, &a->types);
    if (st == PILA_OK) defaultdict_become(out, &made, &made_f, &a->types);
    return st;
}

pila_status pila_defaultdict_copy(pila_defaultdict *out, const pila_defaultdict *d)
{
    return defaultdict_join(out, &d->dict, NULL, &d->factory);
}

void pila_defaultdict_move(pila_defaultdict *out, pila_defaultdict *d)
{
    if (out != d) defaultdict_become(out, &d->dict.base, &d->factory, &d->dict.types);
}

void pila_defaultdict_default_empty(pila_defaultdict *d)
{
    (void)!pila__factory_set(&d->factory, d->dict.types.second, PILA_FACTORY_EMPTY,
                             NULL, NULL, NULL);
}

pila_status pila_defaultdict_default_value(pila_defaultdict *d, const void *value)
{
    return pila__factory_set(&d->factory, d->dict.types.second, PILA_FACTORY_VALUE,
                             NULL, NULL, value);
}

void pila_defaultdict_default_call(pila_defaultdict *d, pila_factory_make *make,
                                   void *ctx)
{
    (void)!pila__factory_set(&d->factory, d->dict.types.second, PILA_FACTORY_CALL, make,
                             ctx, NULL);
}

const pila_factory *pila_defaultdict_factory(const pila_defaultdict *d)
{
    return &d->factory;
}

pila_status pila_defaultdict_find(pila_defaultdict *d, const void *key, void **value){
#define DEFAULTDICT_CALL(kt)                                                           \
    pila__defaultdict_at(&d->dict.base, &d->factory, kt, &d->dict.types, key, value)
    PILA__BY_KIND(d->dict.types.first, DEFAULTDICT_CALL,
                  DEFAULTDICT_CALL(d->dict.types.first))
#undef DEFAULTDICT_CALL
}

pila_status pila_defaultdict_or(pila_defaultdict *out, const pila_defaultdict *a,
                                const pila_dict *b)
{
    return defaultdict_join(out, &a->dict, b, &a->factory);
}

pila_status pila_defaultdict_ror(pila_defaultdict *out, const pila_dict *a,
                                 const pila_defaultdict *b)
{
    return defaultdict_join(out, a, &b->dict, &b->factory);
}

pila_status pila_defaultdict_fromkeys(pila_defaultdict *out, pila_iter keys,
                                      const void *value)
{
    return pila__defaultdict_fromkeys(&out->dict.base, &out->factory, &out->dict.types,
                                      keys, value);
}

pila_status pila_defaultdict_repr(const pila_defaultdict *d, pila_buf *out)
{
    return pila__defaultdict_repr(&d->dict.base, &d->factory, &d->dict.types, out);
}
