/* set.c - sets over their algebra (algebra.c), and frozensets.
 *
 * A set is a table whose entries are keys alone. A frozenset is a counted reference to
 * one. Rejected: a table of its own for each copy; holding an element over a
 * comparison, which a look-up of a key does, would then copy all of it.
 */
#include "set.h"

#include "item.h"

/* ---- frozensets ---- */

/* With t beside it, for the run-time face. */
typedef struct frozen_kept {
    pila__frozen head;
    pila_pair types;
} frozen_kept;

/* Of a sum, in which order does not matter, of hashes that are mixed once more, so that
 * no sum of two is that of two others. */
static uint64_t frozen_hash_of(const pila__dict *d, const pila_pair *t)
{
    uint64_t sum = 0;

    for (size_t e = pila__dict_scan(d, d->front, false); e < d->used;
         e = pila__dict_scan(d, e + 1, false)) {
        uint64_t hash = 0;
        if (d->hashes) hash = d->hashes[e];
        else (void)!pila_type_hash(t->first, pila__dict_entry(d, t, e), &hash);
        sum += pila__hash_16(hash, ~hash);
    }
    return pila__hash_16(sum, d->live);
}

static const pila_pair *frozen_types(const pila_pair *t, const pila__frozen *f,
                                     bool kept)
{
    return kept ? &((const frozen_kept *)(const void *)f)->types : t;
}

static void frozen_release(pila__frozen *f, const pila_pair *t)
{
    if (!f || __atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL)) return;
    pila__dict_done(&f->base, t);
    pila_free(f);
}

/* made, which becomes empty, as a frozenset; NULL for an empty one. */
static pila_status frozen_make(pila__frozen **out, pila__dict *made, const pila_pair *t,
                               bool keep)
{
    pila__frozen *f;

    *out = NULL;
    if (made->live == 0) {
        pila__dict_done(made, t);
        return PILA_OK;
    }
    f = (pila__frozen *)pila_alloc(1, keep ? sizeof(frozen_kept) : sizeof *f);
    if (!f) return PILA_ENOMEM;
    if (keep) ((frozen_kept *)(void *)f)->types = *t;
    f->refs = 1;
    f->hash = frozen_hash_of(made, t);
    memset(&f->base, 0, sizeof f->base);
    pila__dict_move(&f->base, made, t);
    *out = f;
    return PILA_OK;
}

/* What st has left of made takes the place of what out is. */
static pila_status frozen_hand_over(pila__frozen **out, pila__dict *made,
                                    const pila_pair *t, bool keep, pila_status st)
{
    pila__frozen *fresh = NULL, *was = *out;

    if (st == PILA_OK) st = frozen_make(&fresh, made, t, keep);
    pila__dict_done(made, t);
    if (st != PILA_OK) return st;
    *out = fresh;
    frozen_release(was, frozen_types(t, was, keep));
    return PILA_OK;
}

pila_status pila__frozen_from(pila__frozen **out, const pila_pair *t, pila_iter items,
                              bool keep)
{
    return pila__frozen_combine_iter(out, &pila__set_empty, t, items, PILA__SET_OR,
                                     keep);
}

pila_status pila__frozen_combine(pila__frozen **out, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t,
                                 pila__set_op op, bool keep)
{
    pila__dict made = {0};
    pila_status st = pila__set_make(&made, a, b, t, op);
    return frozen_hand_over(out, &made, t, keep, st);
}

pila_status pila__frozen_combine_iter(pila__frozen **out, const pila__dict *a,
                                      const pila_pair *t, pila_iter items,
                                      pila__set_op op, bool keep)
{
    pila__dict made = {0};
    pila_status st = pila__set_make_iter(&made, a, t, items, op);
    return frozen_hand_over(out, &made, t, keep, st);
}

static pila__frozen *frozen_share(pila__frozen *f)
{
    if (f) (void)__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
    return f;
}

void pila__frozen_copy(pila__frozen **out, pila__frozen *f, const pila_pair *t)
{
    pila__frozen *was = *out;

    *out = frozen_share(f);
    frozen_release(was, t);
}

void pila__frozen_move(pila__frozen **out, pila__frozen **f, const pila_pair *t)
{
    pila__frozen *was = *out;

    if (out == f) return;
    *out = *f;
    *f = NULL;
    frozen_release(was, t);
}

void pila__frozen_done(pila__frozen **f, const pila_pair *t)
{
    pila__frozen *was = *f;

    *f = NULL;
    frozen_release(was, t);
}

uint64_t pila__frozen_hash(const pila__frozen *f)
{
    if (f) return f->hash;
    pila_hash_init();
    return pila__hash_16(0, 0);
}

static pila_status frozen_eq(const pila__frozen *a, const pila__frozen *b,
                             const pila_pair *t, bool *out)
{
    if (a && b && a->hash == b->hash) return pila__set_eq(&a->base, &b->base, t, out);
    *out = a == b;
    return PILA_OK;
}

/* The first member of any frozenset. */
static pila__frozen *frozen_at(const void *item)
{
    return *(pila__frozen *const *)item;
}

pila_status pila__frozen_type_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    *out = pila__frozen_hash(frozen_at(item));
    return PILA_OK;
}

pila_status pila__frozen_type_eq(void *ctx, const void *a, const void *b, bool *out)
{
    return frozen_eq(frozen_at(a), frozen_at(b), (const pila_pair *)ctx, out);
}

pila_status pila__frozen_type_less(void *ctx, const void *a, const void *b, bool *out)
{
    return pila__set_lt(pila__frozen_dict(frozen_at(a)),
                        pila__frozen_dict(frozen_at(b)), (const pila_pair *)ctx, out);
}

pila_status pila__frozen_type_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    *(pila__frozen **)out = frozen_share(frozen_at(item));
    return PILA_OK;
}

void pila__frozen_type_drop(void *ctx, void *item)
{
    frozen_release(frozen_at(item), (const pila_pair *)ctx);
}

pila_status pila__frozen_type_repr(void *ctx, const void *item, pila_buf *out)
{
    return pila__set_repr(pila__frozen_dict(frozen_at(item)), (const pila_pair *)ctx,
                          true, out);
}

/* ---- the run-time face: set ---- */

/* The rest of a function: call(kt) with a constant descriptor where there is one. */
#define SET_BY_KIND(s, call)                                                           \
    PILA__BY_KIND((s)->types.first, call, call((s)->types.first))

/* It points to nothing of its own, so what holds it may be moved as bytes. */
static void set_types(pila_pair *t, const pila_type *type)
{
    t->first = type;
    t->second = &pila__nothing;
    t->second_at = type->size;
    memset(&t->type, 0, sizeof t->type);
    t->type.kind = PILA_KIND_OTHER;
    t->type.size = type->size;
    t->type.align = type->align;
    t->type.name = type->name;
}

static pila_status set_type_fits(const pila_type *type)
{
    if (type->size == 0) return PILA_ETYPE;
    return type->size > PTRDIFF_MAX ? PILA_EOVERFLOW : PILA_OK;
}

static bool set_alike(const pila_set *a, const pila_set *b)
{
    return pila__alike(a->types.first, b->types.first);
}

pila_status pila_set_init(pila_set *s, const pila_type *type)
{
    pila_status st = set_type_fits(type);

    if (st != PILA_OK) return st;
    memset(&s->base, 0, sizeof s->base);
    set_types(&s->types, type);
    return PILA_OK;
}

void pila_set_done(pila_set *s) { pila__dict_done(&s->base, &s->types); }

pila_set *pila_set_new(const pila_type *type)
{
    pila_set *s = (pila_set *)pila_alloc(1, sizeof *s);

    if (s && pila_set_init(s, type) == PILA_OK) return s;
    pila_free(s);
    return NULL;
}

void pila_set_free(pila_set *s)
{
    if (s) pila_set_done(s);
    pila_free(s);
}

/* out drops what it held by its old type, when it is of the new one already. */
static void set_become(pila_set *out, pila__dict *made, const pila_pair *t)
{
    pila_pair was = out->types, now = *t;

    out->types = now;
    pila__dict_move(&out->base, made, &was);
}

pila_status pila_set_from(pila_set *out, pila_iter items)
{
    return pila__set_from(&out->base, &out->types, items);
}

pila_status pila_set_copy(pila_set *out, const pila_set *s)
{
    pila__dict made = {0};
    pila_status st = pila__set_make_copy(&made, &s->base, &s->types);

    if (st == PILA_OK) set_become(out, &made, &s->types);
    else pila__dict_done(&made, &s->types);
    return st;
}

void pila_set_move(pila_set *out, pila_set *s)
{
    if (out != s) set_become(out, &s->base, &s->types);
}

size_t pila_set_len(const pila_set *s) { return s->base.live; }

pila_status pila_set_contains(const pila_set *s, const void *item, bool *out){
#define SET_CALL(kt) pila__dict_has(&s->base, kt, &s->types, item, out)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_add(pila_set *s, const void *item){
#define SET_CALL(kt) pila__set_add(&s->base, kt, &s->types, item)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_discard(pila_set *s, const void *item){
#define SET_CALL(kt) pila__set_discard(&s->base, kt, &s->types, item)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_remove(pila_set *s, const void *item){
#define SET_CALL(kt) pila__dict_remove(&s->base, kt, &s->types, item, NULL)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

#undef SET_BY_KIND

pila_status pila_set_pop(pila_set *s, void *out)
{
    return pila__dict_popitem(&s->base, &s->types, true, out, NULL);
}

void pila_set_clear(pila_set *s) { pila__dict_clear(&s->base, &s->types); }

pila_status pila_set_reserve(pila_set *s, size_t n)
{
    return pila__dict_reserve(&s->base, &s->types, n);
}

pila_status pila_set_shrink(pila_set *s)
{
    return pila__dict_shrink(&s->base, &s->types);
}

pila_iter pila_set_iter(const pila_set *s)
{
    return pila__set_iter(&s->base, s->types.first);
}

pila_iter pila_set_reversed(const pila_set *s)
{
    return pila__set_reversed(&s->base, s->types.first);
}

pila_status pila_set_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_OR);
}

pila_status pila_set_intersection_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_AND);
}

pila_status pila_set_difference_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_SUB);
}

pila_status pila_set_symmetric_difference_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_XOR);
}

pila_status pila_set_update_many(pila_set *s, const pila_iter *items, size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_OR);
}

pila_status pila_set_intersection_update_many(pila_set *s, const pila_iter *items,
                                              size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_AND);
}

pila_status pila_set_difference_update_many(pila_set *s, const pila_iter *items,
                                            size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_SUB);
}

/* made, as st left it, becomes out. */
static pila_status set_result(pila_set *out, pila__dict *made, const pila_pair *t,
                              pila_status st)
{
    if (st == PILA_OK) set_become(out, made, t);
    else pila__dict_done(made, t);
    return st;
}

static pila_status set_method(pila_set *out, const pila_set *s, pila_iter items,
                              pila__set_op op)
{
    pila__dict made = {0};
    pila_status st = pila__set_make_iter(&made, &s->base, &s->types, items, op);
    return set_result(out, &made, &s->types, st);
}

pila_status pila_set_union(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_OR);
}

pila_status pila_set_intersection(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_AND);
}

pila_status pila_set_difference(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_SUB);
}

pila_status pila_set_symmetric_difference(pila_set *out, const pila_set *s,
                                          pila_iter items)
{
    return set_method(out, s, items, PILA__SET_XOR);
}

static pila_status set_operate(pila_set *out, const pila_set *a, const pila_set *b,
                               pila__set_op op)
{
    pila__dict made = {0};

    if (!set_alike(a, b)) return PILA_ETYPE;
    pila_status st = pila__set_make(&made, &a->base, &b->base, &a->types, op);
    return set_result(out, &made, &a->types, st);
}

pila_status pila_set_or(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_OR);
}

pila_status pila_set_and(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_AND);
}

pila_status pila_set_sub(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_SUB);
}

pila_status pila_set_xor(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_XOR);
}

static pila_status set_operate_in_place(pila_set *s, const pila_set *b, pila__set_op op)
{
    if (!set_alike(s, b)) return PILA_ETYPE;
    return pila__set_change(&s->base, &b->base, &s->types, op);
}

pila_status pila_set_ior(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_OR);
}

pila_status pila_set_iand(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_AND);
}

pila_status pila_set_isub(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_SUB);
}

pila_status pila_set_ixor(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_XOR);
}

pila_status pila_set_isdisjoint(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISDISJOINT, out);
}

pila_status pila_set_issubset(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISSUBSET, out);
}

pila_status pila_set_issuperset(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISSUPERSET, out);
}

pila_status pila_set_eq(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_eq(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_le(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_le(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_lt(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_lt(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_repr(const pila_set *s, pila_buf *out)
{
    return pila__set_repr(&s->base, &s->types, false, out);
}

/* ---- the run-time face: frozenset ---- */

/* Its pair of types: kept with the elements, where there are any. */
static const pila_pair *frozenset_types(const pila_frozenset *f, pila_pair *room)
{
    if (f->at) return frozen_types(NULL, f->at, true);
    set_types(room, f->type);
    return room;
}

static bool frozenset_alike(const pila_frozenset *a, const pila_frozenset *b)
{
    return pila__alike(a->type, b->type);
}

/* By its own types, which are with its elements. */
static void frozenset_release(pila__frozen *f)
{
    if (f) frozen_release(f, frozen_types(NULL, f, true));
}

pila_status pila_frozenset_init(pila_frozenset *f, const pila_type *type)
{
    pila_status st = set_type_fits(type);

    if (st != PILA_OK) return st;
    f->at = NULL;
    f->type = type;
    return PILA_OK;
}

void pila_frozenset_done(pila_frozenset *f)
{
    pila__frozen *was = f->at;

    f->at = NULL;
    frozenset_release(was);
}

pila_frozenset *pila_frozenset_new(const pila_type *type)
{
    pila_frozenset *f = (pila_frozenset *)pila_alloc(1, sizeof *f);

    if (f && pila_frozenset_init(f, type) == PILA_OK) return f;
    pila_free(f);
    return NULL;
}

void pila_frozenset_free(pila_frozenset *f)
{
    if (f) pila_frozenset_done(f);
    pila_free(f);
}

/* out becomes what st left in made. */
static pila_status frozenset_result(pila_frozenset *out, pila__dict *made,
                                    const pila_pair *t, pila_status st)
{
    pila__frozen *fresh = NULL, *was = out->at;
    const pila_type *type = t->first;

    if (st == PILA_OK) st = frozen_make(&fresh, made, t, true);
    pila__dict_done(made, t);
    if (st != PILA_OK) return st;
    out->at = fresh;
    out->type = type;
    frozenset_release(was);
    return PILA_OK;
}

static pila_status frozenset_method(pila_frozenset *out, const pila_frozenset *f,
                                    pila_iter items, pila__set_op op)
{
    pila_pair room = {NULL, NULL, 0, PILA_PLAIN_TYPE(char)};
    const pila_pair *t = frozenset_types(f, &room);
    pila__dict made = {0};
    pila_status st = pila__set_make_iter(&made, pila__frozen_dict(f->at), t, items, op);
    return frozenset_result(out, &made, t, st);
}

static pila_status frozenset_operate(pila_frozenset *out, const pila_frozenset *a,
                                     const pila_frozenset *b, pila__set_op op)
{
    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return frozenset_method(out, a, pila_frozenset_iter(b), op);
}

pila_status pila_frozenset_from(pila_frozenset *out, pila_iter items)
{
    pila_frozenset none = {NULL, out->type};
    return frozenset_method(out, &none, items, PILA__SET_OR);
}

void pila_frozenset_copy(pila_frozenset *out, const pila_frozenset *f)
{
    pila__frozen *was = out->at;

    out->at = frozen_share(f->at);
    out->type = f->type;
    frozenset_release(was);
}

void pila_frozenset_move(pila_frozenset *out, pila_frozenset *f)
{
    pila__frozen *was = out->at;

    if (out == f) return;
    *out = *f;
    f->at = NULL;
    frozenset_release(was);
}

size_t pila_frozenset_len(const pila_frozenset *f)
{
    return pila__frozen_dict(f->at)->live;
}

pila_status pila_frozenset_contains(const pila_frozenset *f, const void *item,
                                    bool *out)
{
    pila_pair room;
    const pila_pair *t = frozenset_types(f, &room);
    return pila__dict_has(pila__frozen_dict(f->at), t->first, t, item, out);
}

uint64_t pila_frozenset_hash(const pila_frozenset *f)
{
    return pila__frozen_hash(f->at);
}

pila_iter pila_frozenset_iter(const pila_frozenset *f)
{
    return pila__set_iter(pila__frozen_dict(f->at), f->type);
}

pila_iter pila_frozenset_reversed(const pila_frozenset *f)
{
    return pila__set_reversed(pila__frozen_dict(f->at), f->type);
}

pila_status pila_frozenset_union(pila_frozenset *out, const pila_frozenset *f,
                                 pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_OR);
}

pila_status pila_frozenset_intersection(pila_frozenset *out, const pila_frozenset *f,
                                        pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_AND);
}

pila_status pila_frozenset_difference(pila_frozenset *out, const pila_frozenset *f,
                                      pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_SUB);
}

pila_status pila_frozenset_symmetric_difference(pila_frozenset *out,
                                                const pila_frozenset *f,
                                                pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_XOR);
}

pila_status pila_frozenset_or(pila_frozenset *out, const pila_frozenset *a,
                              const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_OR);
}

pila_status pila_frozenset_and(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_AND);
}

pila_status pila_frozenset_sub(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_SUB);
}

pila_status pila_frozenset_xor(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_XOR);
}

static pila_status frozenset_ask(const pila_frozenset *f, pila_iter items,
                                 pila__set_question question, bool *out)
{
    pila_pair room;
    const pila_pair *t = frozenset_types(f, &room);
    return pila__set_ask(pila__frozen_dict(f->at), t, items, question, out);
}

pila_status pila_frozenset_isdisjoint(const pila_frozenset *f, pila_iter items,
                                      bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISDISJOINT, out);
}

pila_status pila_frozenset_issubset(const pila_frozenset *f, pila_iter items, bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISSUBSET, out);
}

pila_status pila_frozenset_issuperset(const pila_frozenset *f, pila_iter items,
                                      bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISSUPERSET, out);
}

pila_status pila_frozenset_eq(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    pila_pair room;

    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return frozen_eq(a->at, b->at, frozenset_types(a, &room), out);
}

pila_status pila_frozenset_le(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    pila_pair room;

    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return pila__set_le(pila__frozen_dict(a->at), pila__frozen_dict(b->at),
                        frozenset_types(a, &room), out);
}

pila_status pila_frozenset_lt(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    if (pila_frozenset_len(a) < pila_frozenset_len(b))
        return pila_frozenset_le(a, b, out);
    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    *out = false;
    return PILA_OK;
}

pila_status pila_frozenset_repr(const pila_frozenset *f, pila_buf *out)
{
    pila_pair room;
    return pila__set_repr(pila__frozen_dict(f->at), frozenset_types(f, &room), true,
                          out);
}

/* ---- its descriptor ---- */

static pila_status frozenset_type_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    return pila_frozenset_eq((const pila_frozenset *)a, (const pila_frozenset *)b, out);
}

static pila_status frozenset_type_less(void *ctx, const void *a, const void *b,
                                       bool *out)
{
    (void)ctx;
    return pila_frozenset_lt((const pila_frozenset *)a, (const pila_frozenset *)b, out);
}

static pila_status frozenset_type_copy(void *ctx, void *out, const void *item)
{
    pila_frozenset made = *(const pila_frozenset *)item;

    (void)ctx;
    made.at = frozen_share(made.at);
    *(pila_frozenset *)out = made;
    return PILA_OK;
}

static void frozenset_type_drop(void *ctx, void *item)
{
    (void)ctx;
    frozenset_release(((pila_frozenset *)item)->at);
}

static pila_status frozenset_type_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_frozenset_repr((const pila_frozenset *)item, out);
}

/* By kind, so that two descriptors of one kind of elements are the same to
 * pila_type_accepts, from whichever file they come. */
static const pila_type *frozenset_inner(const pila_type *inner)
{
    static const pila_type *const ready[] = {NULL,       &pila_i8,  &pila_i16,
                                             &pila_i32,  &pila_i64, &pila_u8,
                                             &pila_u16,  &pila_u32, &pila_u64,
                                             &pila_f32,  &pila_f64, &pila_ptr,
                                             &pila_view, &pila_text};

    return inner->kind == PILA_KIND_OTHER ? inner : ready[inner->kind];
}

pila_type pila_frozenset_type(const pila_type *inner)
{
    pila_type t = {PILA_KIND_OTHER,
                   sizeof(pila_frozenset),
                   PILA_ALIGNOF(pila_frozenset),
                   "frozenset",
                   (void *)(uintptr_t)frozenset_inner(inner),
                   pila__frozen_type_hash,
                   frozenset_type_eq,
                   frozenset_type_less,
                   frozenset_type_copy,
                   frozenset_type_drop,
                   frozenset_type_repr};
    return t;
}
