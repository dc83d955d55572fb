/* fuzz_chainmap.c - ChainMap against lists of arrays of pairs: see fuzz_pairs.h.
 *
 * A pool of models stands for all dicts there have been: three that the run lends, and
 * those that chains have made and share. A chain's model is the numbers of its maps;
 * INNER is a chain over two of the lent ones.
 */
#include "fuzz_pairs.h"

#include <pila/collections/chainmap.h>

enum { LENT = 3, POOL = 24, MAPS_MOST = 12, INNER = -1 };

static pila_dict lent[LENT];
static fuzz_pairs pool[POOL], made;
static int pooled;
static pila_chainmap chain[2], inner;
static struct maps {
    int n, at[MAPS_MOST];
} model[2];
static const struct maps of_inner = {2, {1, 2}};
static const pila_type *kt, *vt;

static int pool_new(const fuzz_pairs *from)
{
    if (from) pool[pooled] = *from;
    else pool[pooled].key.n = pool[pooled].value.n = 0;
    return pooled++;
}

/* ---- what a chain holds ---- */

static bool chain_find(const struct maps *c, int64_t key, int64_t *value)
{
    for (int k = 0; k < c->n; k++) {
        if (c->at[k] == INNER) {
            if (chain_find(&of_inner, key, value)) return true;
            continue;
        }
        size_t at = pairs_find(&pool[c->at[k]], key);
        if (at == SIZE_MAX) continue;
        *value = pool[c->at[k]].value.at[at];
        return true;
    }
    return false;
}

/* All keys, those of the last map first. */
static void chain_keys(const struct maps *c, fuzz_seq *keys)
{
    for (int k = c->n - 1; k >= 0; k--) {
        if (c->at[k] == INNER) {
            chain_keys(&of_inner, keys);
            continue;
        }
        const fuzz_seq *more = &pool[c->at[k]].key;
        for (size_t j = 0; j < more->n; j++)
            if (seq_find(keys, more->at[j], 0, SIZE_MAX) == SIZE_MAX)
                seq_add(keys, more->at[j]);
    }
}

static bool chain_pairs(const struct maps *c, fuzz_pairs *out)
{
    size_t all = 0;

    for (int k = 0; k < POOL; k++) all += k < pooled ? pool[k].key.n : 0;
    if (all > FUZZ_MOST) return false; /* too many to look at */
    out->key.n = out->value.n = 0;
    chain_keys(c, &out->key);
    for (size_t k = 0; k < out->key.n; k++) {
        int64_t value = 0;
        FUZZ_CHECK(chain_find(c, out->key.at[k], &value));
        seq_add(&out->value, FUZZ_PLANTED && k == 3 ? -1 : value);
    }
    return true;
}

/* The dict that a chain writes to, or NULL: a chain without maps. */
static fuzz_pairs *first_of(const struct maps *c)
{
    if (!c->n) return NULL;
    return &pool[c->at[0] == INNER ? of_inner.at[0] : c->at[0]];
}

static pila_dict *first_dict(int which)
{
    pila_mapping m;

    if (model[which].at[0] == INNER) return &lent[of_inner.at[0]];
    FUZZ_CHECK(pila_chainmap_map(&chain[which], 0, &m) == PILA_OK);
    return m.map;
}

/* ---- checking ---- */

static void check(void)
{
    for (int k = 0; k < LENT; k++) pairs_check(&lent[k], &pool[k]);
    for (int which = 0; which < 2; which++) {
        const struct maps *c = &model[which];
        size_t len = 0;
        bool any = false;
        FUZZ_CHECK(pila_chainmap_map_count(&chain[which]) == (size_t)c->n);
        for (int k = 0; k < c->n; k++) {
            pila_mapping m;
            FUZZ_CHECK(pila_chainmap_map(&chain[which], k, &m) == PILA_OK);
            FUZZ_CHECK((m.kind == PILA_MAPPING_CHAIN) == (c->at[k] == INNER));
            if (c->at[k] == INNER) FUZZ_CHECK(m.map == &inner);
            else pairs_check(m.map, &pool[c->at[k]]);
        }
        if (!chain_pairs(c, &made)) continue;
        FUZZ_CHECK(pila_chainmap_len(&chain[which], &len) == PILA_OK);
        FUZZ_CHECK(len == made.key.n);
        FUZZ_CHECK(pila_chainmap_any(&chain[which], &any) == PILA_OK &&
                   any == (len > 0));
        pairs_yields(pila_chainmap_items(&chain[which]), &chain[which].types, &made,
                     false);
        fuzz_yields(pila_chainmap_keys(&chain[which]), &made.key, false);
        fuzz_yields(pila_chainmap_values(&chain[which]), &made.value, false);
    }
}

/* ---- maps ---- */

static pila_mapping mapping_of(int at)
{
    return at == INNER ? pila_mapping_chain(&inner) : pila_mapping_dict(&lent[at]);
}

static int lent_from(fuzz_in *in) { return (int)fuzz_below(in, LENT + 1) - 1; }

static void set_maps(int which, fuzz_in *in)
{
    struct maps c = {(int)fuzz_below(in, 5), {0}};
    pila_mapping maps[MAPS_MOST];
    const struct maps *other = &model[!which];

    for (int k = 0; k < c.n; k++) {
        unsigned b = fuzz_byte(in);
        if (b & 1 && other->n) { /* one that another chain has, perhaps its own */
            int i = (int)(b / 2) % other->n;
            FUZZ_CHECK(pila_chainmap_map(&chain[!which], i, &maps[k]) == PILA_OK);
            c.at[k] = other->at[i];
        } else maps[k] = mapping_of(c.at[k] = (int)(b / 2) % (LENT + 1) - 1);
    }
    fuzz_arm(in);
    if (pairs_done(pila_chainmap_set_maps(&chain[which], maps, (size_t)c.n), PILA_OK))
        model[which] = c;
}

static void append_map(int which, fuzz_in *in)
{
    int at = lent_from(in);

    if (model[which].n == MAPS_MOST) return;
    fuzz_arm(in);
    if (pairs_done(pila_chainmap_append_map(&chain[which], mapping_of(at)), PILA_OK))
        model[which].at[model[which].n++] = at;
}

static void new_child(int which, fuzz_in *in)
{
    int at = lent_from(in), to = fuzz_byte(in) & 1;
    bool own = fuzz_byte(in) & 1;
    pila_mapping m = mapping_of(at);
    struct maps c = {1, {at}};

    if (model[which].n == MAPS_MOST || pooled == POOL) return;
    for (int k = 0; k < model[which].n; k++) c.at[c.n++] = model[which].at[k];
    fuzz_arm(in);
    pila_status st =
        pila_chainmap_new_child(&chain[to], &chain[which], own ? NULL : &m);
    if (!pairs_done(st, PILA_OK)) return;
    if (own) c.at[0] = pool_new(NULL);
    model[to] = c;
}

static void parents(int which, fuzz_in *in)
{
    struct maps c = {0, {0}};
    int to = fuzz_byte(in) & 1;

    if (pooled == POOL) return;
    for (int k = 1; k < model[which].n; k++) c.at[c.n++] = model[which].at[k];
    fuzz_arm(in);
    if (!pairs_done(pila_chainmap_parents(&chain[to], &chain[which]), PILA_OK)) return;
    if (!c.n) c.at[c.n++] = pool_new(NULL);
    model[to] = c;
}

/* A copy of the first map, with another mapping's pairs over it or not. */
static void copy(int which, bool with, fuzz_in *in)
{
    struct maps c = model[which];
    int to = fuzz_byte(in) & 1, over = (int)fuzz_below(in, LENT);

    if (pooled == POOL || (c.n && c.at[0] == INNER)) return;
    if (c.n && pool[c.at[0]].key.n + pool[over].key.n > FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st = with ? pila_chainmap_or(&chain[to], &chain[which],
                                             pila_mapping_dict(&lent[over]))
                          : pila_chainmap_copy(&chain[to], &chain[which]);
    if (!pairs_done(st, c.n ? PILA_OK : PILA_EINDEX)) return;
    c.at[0] = pool_new(&pool[c.at[0]]);
    if (with) pairs_merge(&pool[c.at[0]], &pool[over]);
    model[to] = c;
}

static void ror(int which, fuzz_in *in)
{
    static fuzz_pairs all, sum;
    int to = fuzz_byte(in) & 1, d = (int)fuzz_below(in, LENT);

    if (pooled == POOL || !chain_pairs(&model[which], &all)) return;
    sum = pool[d];
    if (sum.key.n + all.key.n > FUZZ_MOST) return;
    pairs_merge(&sum, &all);
    fuzz_arm(in);
    pila_status st = pila_chainmap_ror(&chain[to], &lent[d], &chain[which]);
    if (!pairs_done(st, PILA_OK)) return;
    model[to].n = 1;
    model[to].at[0] = pool_new(&sum);
}

static void fromkeys(int which, fuzz_in *in)
{
    static fuzz_seq keys;
    int64_t value = fuzz_byte(in);

    fuzz_numbers(in, &keys);
    if (pooled == POOL) return;
    pila_iter it = fuzz_items(&keys, kt, true);
    fuzz_arm(in);
    pila_status st = pila_chainmap_fromkeys(&chain[which], it, fuzz_item(vt, value));
    if (!pairs_done(st, PILA_OK)) return;
    model[which].n = 1;
    model[which].at[0] = pool_new(NULL);
    for (size_t k = 0; k < keys.n; k++)
        pairs_put(&pool[model[which].at[0]], keys.at[k], value);
}

/* ---- reading and writing ---- */

static void ask(int which, fuzz_in *in)
{
    int64_t key = fuzz_byte(in), want = 0, none = 0;
    bool found = chain_find(&model[which], key, &want), there = !found, eq = false;
    const void *item = fuzz_item(kt, key), *value = NULL;
    void *at = NULL;

    FUZZ_CHECK(pila_chainmap_find(&chain[which], item, &at) ==
               (found ? PILA_OK : PILA_EKEY));
    FUZZ_CHECK(!found || fuzz_value(vt, at) == want);
    FUZZ_CHECK(pila_chainmap_get(&chain[which], item, &none, &value) == PILA_OK);
    FUZZ_CHECK(found ? fuzz_value(vt, value) == want : value == &none);
    FUZZ_CHECK(pila_chainmap_contains(&chain[which], item, &there) == PILA_OK);
    FUZZ_CHECK(there == found);
    int d = (int)fuzz_below(in, LENT);
    if (!chain_pairs(&model[which], &made)) return;
    fuzz_arm(in);
    pila_status st = pila_chainmap_eq(&chain[which], pila_mapping_dict(&lent[d]), &eq);
    if (pairs_done(st, PILA_OK))
        FUZZ_CHECK(
            eq == (made.key.n == pool[d].key.n && pairs_within(&made, &pool[d], true)));
}

static void set(int which, bool overwrite, fuzz_in *in)
{
    int64_t key = fuzz_byte(in), value = fuzz_byte(in), is = 0;
    fuzz_pairs *first = first_of(&model[which]);
    bool found = chain_find(&model[which], key, &is);
    void *slot = NULL;

    if (first && first->key.n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st =
        overwrite
            ? pila_chainmap_set(&chain[which], fuzz_item(kt, key), fuzz_item(vt, value))
            : pila_chainmap_setdefault(&chain[which], fuzz_item(kt, key),
                                       fuzz_item(vt, value), &slot);
    if (!pairs_done(st, first ? PILA_OK : PILA_EINDEX)) return;
    if (overwrite || !found) pairs_put(first, key, value);
    else value = is;
    FUZZ_CHECK(overwrite || fuzz_value(vt, slot) == value);
}

static void take(int which, unsigned op, fuzz_in *in)
{
    int64_t key = fuzz_byte(in);
    fuzz_pairs *first = first_of(&model[which]);
    size_t at = !first ? SIZE_MAX : op == 2 ? first->key.n - 1 : pairs_find(first, key);
    fuzz_any k, v;

    fuzz_arm(in);
    pila_status st = op == 0 ? pila_chainmap_del(&chain[which], fuzz_item(kt, key))
                     : op == 1
                         ? pila_chainmap_pop(&chain[which], fuzz_item(kt, key), &v)
                         : pila_chainmap_popitem(&chain[which], &k, &v);
    pila_status want = !first ? PILA_EINDEX : at == SIZE_MAX ? PILA_EKEY : PILA_OK;
    if (!pairs_done(st, want)) return;
    key = first->key.at[at];
    int64_t value = pairs_take(first, at);
    FUZZ_CHECK(op < 2 || fuzz_given(kt, &k) == key);
    FUZZ_CHECK(op < 1 || fuzz_given(vt, &v) == value);
}

static void update(int which, bool merge, fuzz_in *in)
{
    static fuzz_pairs all;
    fuzz_pairs *first = first_of(&model[which]);
    int d = (int)fuzz_below(in, LENT);
    pila_iter it = pila_failed(PILA_END);

    pairs_numbers(in, &all);
    if (merge) all = pool[d];
    else it = pairs_items(&all, &lent[0].types);
    if (first && first->key.n + all.key.n > FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st =
        merge ? pila_chainmap_merge(&chain[which], pila_mapping_dict(&lent[d]))
              : pila_chainmap_update(&chain[which], it);
    bool whole = pairs_done(st, first ? PILA_OK : PILA_EINDEX);
    if (first) pairs_follow(first_dict(which), first, &all, whole);
}

static void step(unsigned op, int which, fuzz_in *in)
{
    fuzz_pairs *first = first_of(&model[which]);

    switch (op) {
    case 0: set_maps(which, in); break;
    case 1: append_map(which, in); break;
    case 2: new_child(which, in); break;
    case 3: parents(which, in); break;
    case 4:
    case 5: copy(which, op == 5, in); break;
    case 6: ror(which, in); break;
    case 7: fromkeys(which, in); break;
    case 8: ask(which, in); break;
    case 9:
    case 10: set(which, op == 9, in); break;
    case 11:
    case 12:
    case 13: take(which, op - 11, in); break;
    case 14:
    case 15: update(which, op == 15, in); break;
    case 16:
        FUZZ_CHECK(pila_chainmap_clear(&chain[which]) ==
                   (first ? PILA_OK : PILA_EINDEX));
        if (first) first->key.n = first->value.n = 0;
        break;
    case 17:
        if (pooled == POOL) break;
        pila_chainmap_move(&chain[!which], &chain[which]);
        model[!which] = model[which];
        model[which].n = 1;
        model[which].at[0] = pool_new(NULL);
        break;
    case 18:
        op = fuzz_below(in, PAIRS_STEPS);
        which = (int)fuzz_below(in, LENT);
        int other = (which + 1) % LENT;
        pairs_step(op, &lent[which], &pool[which], &lent[other], &pool[other], in);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    pairs_types(&in, &kt, &vt);
    pooled = 0;
    for (int k = 0; k < LENT; k++) {
        FUZZ_CHECK(pila_dict_init(&lent[k], kt, vt) == PILA_OK);
        (void)pool_new(NULL);
    }
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_chainmap_init(&chain[k], kt, vt) == PILA_OK);
        model[k].n = 1;
        model[k].at[0] = pool_new(NULL);
    }
    FUZZ_CHECK(pila_chainmap_init(&inner, kt, vt) == PILA_OK);
    pila_mapping maps[] = {mapping_of(of_inner.at[0]), mapping_of(of_inner.at[1])};
    FUZZ_CHECK(pila_chainmap_set_maps(&inner, maps, 2) == PILA_OK);
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 19, op >= 128, &in);
        fuzz_disarm();
        check();
    }
    for (int k = 0; k < 2; k++) pila_chainmap_done(&chain[k]);
    pila_chainmap_done(&inner);
    for (int k = 0; k < LENT; k++) pila_dict_done(&lent[k]);
    fuzz_stop();
    return 0;
}
