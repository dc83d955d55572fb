/* fuzz_pairs.h - the model of a dict, an array of pairs in order, and the operations
 * that every kind of dict has: see support/fuzz.h.
 */
#ifndef FUZZ_PAIRS_H
#define FUZZ_PAIRS_H

#include "fuzz.h"

#include <pila/collections/dict.h>

typedef struct fuzz_pairs {
    fuzz_seq key, value;
} fuzz_pairs;

FUZZ_USE size_t pairs_find(const fuzz_pairs *m, int64_t key)
{
    return seq_find(&m->key, key, 0, SIZE_MAX);
}

FUZZ_USE void pairs_put(fuzz_pairs *m, int64_t key, int64_t value)
{
    size_t at = pairs_find(m, key);

    if (at != SIZE_MAX) m->value.at[at] = value;
    else {
        seq_add(&m->key, key);
        seq_add(&m->value, value);
    }
}

FUZZ_USE int64_t pairs_take(fuzz_pairs *m, size_t at)
{
    (void)seq_take(&m->key, at);
    return seq_take(&m->value, at);
}

FUZZ_USE void pairs_merge(fuzz_pairs *m, const fuzz_pairs *from)
{
    size_t n = from->key.n;

    for (size_t k = 0; k < n; k++) pairs_put(m, from->key.at[k], from->value.at[k]);
}

FUZZ_USE bool pairs_within(const fuzz_pairs *a, const fuzz_pairs *b, bool values)
{
    for (size_t k = 0; k < a->key.n; k++) {
        size_t at = pairs_find(b, a->key.at[k]);
        if (at == SIZE_MAX || (values && b->value.at[at] != a->value.at[k]))
            return false;
    }
    return true;
}

/* An entry that an iterator over items yields against the model's k-th pair. */
FUZZ_USE void pairs_yields(pila_iter it, const pila_pair *t, const fuzz_pairs *m,
                           bool backwards)
{
    size_t k = 0, n = m->key.n;
    const char *entry;

    for (; (entry = pila_next_item(&it)); k++) {
        FUZZ_CHECK(k < n);
        size_t at = backwards ? n - 1 - k : k;
        FUZZ_CHECK(fuzz_value(t->first, entry) == m->key.at[at]);
        FUZZ_CHECK(fuzz_value(t->second, entry + t->second_at) == m->value.at[at]);
    }
    FUZZ_CHECK(it.status == PILA_END && k == n);
    pila_iter_drop(&it);
}

/* All of a dict against its model. */
FUZZ_USE void pairs_check(const pila_dict *d, const fuzz_pairs *m)
{
    FUZZ_CHECK(pila__dict_valid(&d->base, &d->types));
    FUZZ_CHECK(pila_dict_len(d) == m->key.n);
    pairs_yields(pila_dict_items(d), &d->types, m, false);
    pairs_yields(pila_dict_items_reversed(d), &d->types, m, true);
    for (size_t k = 0; k < m->key.n; k++) {
        void *value;
        const void *key = fuzz_item(d->types.first, m->key.at[k]);
        FUZZ_CHECK(pila_dict_find(d, key, &value) == PILA_OK);
        FUZZ_CHECK(fuzz_value(d->types.second, value) == m->value.at[k]);
    }
}

/* An answer that is not ENOMEM is this one; ENOMEM leaves all as it was. */
FUZZ_USE bool pairs_done(pila_status st, pila_status want)
{
    if (fuzz_starved(st)) return false;
    FUZZ_CHECK(st == want);
    return st == PILA_OK;
}

/* Pairs from the input, and an iterator over them as entries of d; it lives until the
 * next call. */
FUZZ_USE void pairs_numbers(fuzz_in *in, fuzz_pairs *out)
{
    unsigned more;

    fuzz_numbers(in, &out->key);
    more = fuzz_byte(in);
    out->value.n = 0;
    for (size_t k = 0; k < out->key.n; k++)
        seq_add(&out->value, (int64_t)(k * more % 256));
}

FUZZ_USE pila_iter pairs_items(const fuzz_pairs *p, const pila_pair *t)
{
    static char room[FUZZ_MOST * 2 * sizeof(fuzz_any)];
    static char texts[2][FUZZ_MOST][FUZZ_TEXT];
    fuzz_any one;

    for (size_t k = 0; k < p->key.n; k++) {
        char *entry = room + k * t->type.size;
        fuzz_make(t->first, p->key.at[k], &one, texts[0][k]);
        memcpy(entry, &one, t->first->size);
        fuzz_make(t->second, p->value.at[k], &one, texts[1][k]);
        memcpy(entry + t->second_at, &one, t->second->size);
    }
    return pila_span(room, p->key.n, &t->type);
}

FUZZ_USE bool pairs_agree(const pila_dict *d, const fuzz_pairs *m)
{
    if (pila_dict_len(d) != m->key.n) return false;
    for (size_t k = 0; k < m->key.n; k++) {
        void *value;
        if (pila_dict_find(d, fuzz_item(d->types.first, m->key.at[k]), &value) !=
            PILA_OK)
            return false;
        if (fuzz_value(d->types.second, value) != m->value.at[k]) return false;
    }
    return true;
}

/* The pairs are set one after the other. Where memory ran out under way, what was set
 * before stays: the first few of them. */
FUZZ_USE void pairs_follow(const pila_dict *d, fuzz_pairs *m, const fuzz_pairs *from,
                           bool whole)
{
    static fuzz_pairs all;

    all = *from; /* which may be m */
    for (size_t k = 0; k < all.key.n && (whole || !pairs_agree(d, m)); k++)
        pairs_put(m, all.key.at[k], all.value.at[k]);
}

FUZZ_USE void pairs_key_views(const pila_dict *a, const fuzz_pairs *ma,
                              const pila_dict *b, const fuzz_pairs *mb, unsigned op,
                              fuzz_in *in)
{
    static fuzz_seq want, got;
    pila_iter it;

    want.n = 0;
    for (size_t k = 0; k < ma->key.n; k++) {
        bool both = pairs_find(mb, ma->key.at[k]) != SIZE_MAX;
        if (op == 2 || (op == 0) == both) seq_add(&want, ma->key.at[k]);
    }
    for (size_t k = 0; op >= 2 && k < mb->key.n; k++)
        if (pairs_find(ma, mb->key.at[k]) == SIZE_MAX) {
            if (want.n == FUZZ_MOST) return;
            seq_add(&want, mb->key.at[k]);
        }
    fuzz_arm(in);
    it = op == 0   ? pila_dict_keys_and(a, b)
         : op == 1 ? pila_dict_keys_sub(a, b)
         : op == 2 ? pila_dict_keys_or(a, b)
                   : pila_dict_keys_xor(a, b);
    got.n = 0;
    for (const void *key; (key = pila_next_item(&it));)
        seq_add(&got, fuzz_value(it.type, key));
    if (!fuzz_starved(it.status))
        FUZZ_CHECK(it.status == PILA_END && seq_eq(&got, &want));
    pila_iter_drop(&it);
}

FUZZ_USE void pairs_ask(const pila_dict *d, const fuzz_pairs *m, fuzz_in *in)
{
    int64_t key = fuzz_byte(in), none = 0;
    const void *item = fuzz_item(d->types.first, key), *value = NULL;
    size_t at = pairs_find(m, key);
    bool there = at == SIZE_MAX;

    FUZZ_CHECK(pila_dict_contains(d, item, &there) == PILA_OK);
    FUZZ_CHECK(there == (at != SIZE_MAX));
    FUZZ_CHECK(pila_dict_get(d, item, &none, &value) == PILA_OK);
    FUZZ_CHECK(there ? fuzz_value(d->types.second, value) == m->value.at[at]
                     : value == &none);
    fuzz_yields(pila_dict_keys(d), &m->key, false);
    fuzz_yields(pila_dict_keys_reversed(d), &m->key, true);
    fuzz_yields(pila_dict_values(d), &m->value, false);
    fuzz_yields(pila_dict_values_reversed(d), &m->value, true);
}

FUZZ_USE void pairs_compare(const pila_dict *a, const fuzz_pairs *ma,
                            const pila_dict *b, const fuzz_pairs *mb)
{
    bool eq = false, within = false, apart = false, none = true;

    for (size_t k = 0; k < ma->key.n; k++)
        none = none && pairs_find(mb, ma->key.at[k]) == SIZE_MAX;
    FUZZ_CHECK(pila_dict_eq(a, b, &eq) == PILA_OK);
    FUZZ_CHECK(eq == (ma->key.n == mb->key.n && pairs_within(ma, mb, true)));
    FUZZ_CHECK(pila_dict_keys_within(a, b, &within) == PILA_OK);
    FUZZ_CHECK(within == pairs_within(ma, mb, false));
    FUZZ_CHECK(pila_dict_keys_isdisjoint(a, b, &apart) == PILA_OK);
    FUZZ_CHECK(apart == none);
}

/* Take out: del, pop, or popitem at either end. */
FUZZ_USE void pairs_remove(pila_dict *d, fuzz_pairs *m, unsigned op, fuzz_in *in)
{
    const pila_type *kt = d->types.first, *vt = d->types.second;
    int64_t key = fuzz_byte(in), value;
    size_t at = pairs_find(m, key);
    fuzz_any k, v;
    bool keep = key & 1;
    pila_status st, want;

    if (op < 2) {
        fuzz_arm(in);
        st = op ? pila_dict_pop(d, fuzz_item(kt, key), &v)
                : pila_dict_del(d, fuzz_item(kt, key));
        if (!pairs_done(st, at == SIZE_MAX ? PILA_EKEY : PILA_OK)) return;
        value = pairs_take(m, at);
        FUZZ_CHECK(!op || fuzz_given(vt, &v) == value);
        return;
    }
    fuzz_arm(in);
    st = pila_dict_popitem(d, op == 2, keep ? &k : NULL, keep ? &v : NULL);
    want = m->key.n ? PILA_OK : PILA_EKEY;
    if (!pairs_done(st, want)) return;
    at = op == 2 && !FUZZ_PLANTED ? m->key.n - 1 : 0;
    key = m->key.at[at];
    value = pairs_take(m, at);
    FUZZ_CHECK(!keep || (fuzz_given(kt, &k) == key && fuzz_given(vt, &v) == value));
}

FUZZ_USE void pairs_set(pila_dict *d, fuzz_pairs *m, bool overwrite, fuzz_in *in)
{
    const pila_type *kt = d->types.first, *vt = d->types.second;
    int64_t key = fuzz_byte(in), value = fuzz_byte(in);
    size_t at = pairs_find(m, key);
    void *slot = NULL;

    if (m->key.n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st =
        overwrite
            ? pila_dict_set(d, fuzz_item(kt, key), fuzz_item(vt, value))
            : pila_dict_setdefault(d, fuzz_item(kt, key), fuzz_item(vt, value), &slot);
    if (!pairs_done(st, PILA_OK)) return;
    if (overwrite || at == SIZE_MAX) pairs_put(m, key, value);
    if (!overwrite) FUZZ_CHECK(fuzz_value(vt, slot) == m->value.at[pairs_find(m, key)]);
}

FUZZ_USE void pairs_change_under(pila_dict *d, fuzz_pairs *m, fuzz_in *in)
{
    pila_iter it = fuzz_byte(in) & 1 ? pila_dict_items(d) : pila_dict_keys_reversed(d);

    if (!m->key.n) return;
    FUZZ_CHECK(pila_next_item(&it));
    size_t n = m->key.n;
    pairs_set(d, m, true, in);
    if (m->key.n != n) FUZZ_CHECK(!pila_next_item(&it) && it.status == PILA_EMUTATED);
    pila_iter_drop(&it);
}

enum { PAIRS_STEPS = 21 };

/* An operation of dict on one of two, d and m, with the other ones. */
FUZZ_USE void pairs_step(unsigned op, pila_dict *d, fuzz_pairs *m, pila_dict *other,
                         fuzz_pairs *mo, fuzz_in *in)
{
    static fuzz_pairs made;
    size_t n;
    pila_iter it;

    switch (op) {
    case 0:
    case 1: pairs_set(d, m, op == 0, in); break;
    case 2:
    case 3:
    case 4:
    case 5: pairs_remove(d, m, op - 2, in); break;
    case 6: pairs_ask(d, m, in); break;
    case 7: pairs_compare(d, m, other, mo); break;
    case 8:
    case 9:
    case 10:
    case 11: pairs_key_views(d, m, other, mo, op - 8, in); break;
    case 12:
        pairs_numbers(in, &made);
        if (m->key.n + made.key.n > FUZZ_MOST) break;
        it = pairs_items(&made, &d->types);
        fuzz_arm(in);
        pairs_follow(d, m, &made, pairs_done(pila_dict_update(d, it), PILA_OK));
        break;
    case 13:
        if (m->key.n + mo->key.n > FUZZ_MOST) break;
        fuzz_arm(in);
        pairs_follow(d, m, mo, pairs_done(pila_dict_merge(d, other), PILA_OK));
        break;
    case 14:
        if (m->key.n + mo->key.n > FUZZ_MOST) break;
        made = *m;
        pairs_merge(&made, mo);
        fuzz_arm(in);
        if (pairs_done(pila_dict_or(d, d, other), PILA_OK)) *m = made;
        break;
    case 15:
        fuzz_arm(in);
        if (pairs_done(pila_dict_copy(other, d), PILA_OK)) *mo = *m;
        break;
    case 16:
        n = fuzz_byte(in);
        fuzz_arm(in);
        if (pairs_done(pila_dict_reserve(d, 4 * n), PILA_OK)) {
            fuzz_memory.asked = 0; /* so that nothing is asked for up to there */
            FUZZ_CHECK(d->base.room - d->base.used + d->base.live >= 4 * n);
        }
        break;
    case 17:
        fuzz_arm(in);
        (void)pairs_done(pila_dict_shrink(d), PILA_OK);
        break;
    case 18: pairs_change_under(d, m, in); break;
    case 19:
        pila_dict_move(other, d);
        *mo = *m;
        m->key.n = m->value.n = 0;
        break;
    case 20:
        pila_dict_clear(d);
        m->key.n = m->value.n = 0;
        break;
    }
}

/* The types of a run: not twice the widest. */
FUZZ_USE void pairs_types(fuzz_in *in, const pila_type **key, const pila_type **value)
{
    unsigned b = fuzz_byte(in);

    *key = &fuzz_types[b % FUZZ_TYPES];
    *value = &fuzz_types[b / FUZZ_TYPES % FUZZ_TYPES];
}

#endif
