/* fuzz_set.c - set and frozenset against an array: see support/fuzz.h. */
#include "fuzz.h"

#include <pila/collections/set.h>

static pila_set set[2];
static pila_frozenset frozen[2]; /* made of the sets now and then */
static fuzz_seq model[2], ice[2], numbers, made, got;
static const pila_type *type;

static bool has(const fuzz_seq *s, int64_t value)
{
    return seq_find(s, value, 0, SIZE_MAX) != SIZE_MAX;
}

static void put(fuzz_seq *s, int64_t value)
{
    if (!has(s, value)) seq_add(s, value);
}

static void toggle(fuzz_seq *s, int64_t value)
{
    if (has(s, value)) (void)seq_take(s, seq_find(s, value, 0, SIZE_MAX));
    else seq_add(s, value);
}

static bool within(const fuzz_seq *a, const fuzz_seq *b)
{
    for (size_t k = 0; k < a->n; k++)
        if (!has(b, a->at[k])) return false;
    return true;
}

static bool apart(const fuzz_seq *a, const fuzz_seq *b)
{
    for (size_t k = 0; k < a->n; k++)
        if (has(b, a->at[k])) return false;
    return true;
}

static void check(void)
{
    const pila_pair *t = &set[0].types;

    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila__dict_valid(&set[k].base, t));
        FUZZ_CHECK(pila_set_len(&set[k]) == model[k].n);
        fuzz_yields(pila_set_iter(&set[k]), &model[k], false);
        fuzz_yields(pila_set_reversed(&set[k]), &model[k], true);
        for (size_t j = 0; j < model[k].n; j++) {
            bool there = false;
            const void *item = fuzz_item(type, model[k].at[j]);
            FUZZ_CHECK(pila_set_contains(&set[k], item, &there) == PILA_OK && there);
        }
        FUZZ_CHECK(pila__dict_valid(pila__frozen_dict(frozen[k].at), t));
        fuzz_yields(pila_frozenset_iter(&frozen[k]), &ice[k], false);
    }
}

static bool done(pila_status st, pila_status want)
{
    if (fuzz_starved(st)) return false;
    FUZZ_CHECK(st == want);
    return st == PILA_OK;
}

/* After an operation in place that ran out of memory: what it did before stays, so only
 * these may have come or gone, and the others are in their order. */
static void partly(int which, const fuzz_seq *touched)
{
    size_t j = 0;

    pila_iter it = pila_set_iter(&set[which]);
    fuzz_drain(&it, &got);
    for (size_t k = 0; k < model[which].n; k++) {
        if (has(touched, model[which].at[k])) continue;
        while (j < got.n && has(touched, got.at[j])) j++;
        FUZZ_CHECK(j < got.n && got.at[j++] == model[which].at[k]);
    }
    for (; j < got.n; j++) FUZZ_CHECK(has(touched, got.at[j]));
    model[which] = got;
}

/* What a method makes of s and items, in its order. smaller: items are a set's. */
static void combine(unsigned op, const fuzz_seq *s, const fuzz_seq *items, bool smaller)
{
    made.n = 0;
    if (op == 0) {
        made = *s;
        for (size_t k = 0; k < items->n; k++) put(&made, items->at[k]);
    } else if (op == 1) {
        bool first = smaller && s->n < items->n;
        const fuzz_seq *from = first ? s : items, *in = first ? items : s;
        for (size_t k = 0; k < from->n; k++)
            if (has(in, from->at[k])) put(&made, from->at[k]);
    } else {
        for (size_t k = 0; k < s->n; k++)
            if (!has(items, s->at[k])) seq_add(&made, s->at[k]);
        for (size_t k = 0; op == 3 && k < items->n; k++)
            if (!has(s, items->at[k])) put(&made, items->at[k]);
    }
    if (FUZZ_PLANTED && op == 2) made = *s;
}

/* Numbers of the input, or a set: the other one, itself, a frozenset. */
static pila_iter items_from(int which, fuzz_in *in, bool *is_set)
{
    unsigned from = fuzz_below(in, 8);

    *is_set = from < 4;
    fuzz_numbers(in, &numbers);
    switch (from) {
    case 0:
    case 1: numbers = model[!which]; return pila_set_iter(&set[!which]);
    case 2: numbers = model[which]; return pila_set_iter(&set[which]);
    case 3: numbers = ice[which]; return pila_frozenset_iter(&frozen[which]);
    case 4: /* one that does not stand for a set, since it goes backwards */
        numbers = model[!which];
        seq_reverse(&numbers);
        return pila_set_reversed(&set[!which]);
    default: return fuzz_items(&numbers, type, true);
    }
}

typedef pila_status change(pila_set *, pila_iter);
typedef pila_status make(pila_set *, const pila_set *, pila_iter);
typedef pila_status make_frozen(pila_frozenset *, const pila_frozenset *, pila_iter);

static void method(int which, unsigned op, unsigned how, fuzz_in *in)
{
    static change *const changes[] = {pila_set_update, pila_set_intersection_update,
                                      pila_set_difference_update,
                                      pila_set_symmetric_difference_update};
    static make *const makes[] = {pila_set_union, pila_set_intersection,
                                  pila_set_difference, pila_set_symmetric_difference};
    static make_frozen *const freezes[] = {pila_frozenset_union,
                                           pila_frozenset_intersection,
                                           pila_frozenset_difference,
                                           pila_frozenset_symmetric_difference};
    bool is_set;
    int to = fuzz_byte(in) & 1;
    pila_iter it = items_from(which, in, &is_set);
    const fuzz_seq *s = how == 2 ? &ice[which] : &model[which];

    if (s->n + numbers.n > FUZZ_MOST) return;
    combine(op, s, &numbers, is_set);
    fuzz_arm(in);
    if (how == 0) {
        if (done(changes[op](&set[which], it), PILA_OK)) model[which] = made;
        else if (op != 1) partly(which, &numbers);
    } else if (how == 1) {
        if (done(makes[op](&set[to], &set[which], it), PILA_OK)) model[to] = made;
    } else if (done(freezes[op](&frozen[to], &frozen[which], it), PILA_OK))
        ice[to] = made;
}

typedef pila_status onto(pila_set *, const pila_set *);
typedef pila_status out_of(pila_set *, const pila_set *, const pila_set *);
typedef pila_status out_of_frozen(pila_frozenset *, const pila_frozenset *,
                                  const pila_frozenset *);

static void operate(int which, unsigned op, unsigned how, fuzz_in *in)
{
    static onto *const ontos[] = {pila_set_ior, pila_set_iand, pila_set_isub,
                                  pila_set_ixor};
    static out_of *const outs[] = {pila_set_or, pila_set_and, pila_set_sub,
                                   pila_set_xor};
    static out_of_frozen *const freezes[] = {pila_frozenset_or, pila_frozenset_and,
                                             pila_frozenset_sub, pila_frozenset_xor};
    unsigned b = fuzz_byte(in);
    int to = b & 1, other = b & 2 ? which : !which;
    const fuzz_seq *s = how == 2 ? ice : model;

    if (s[which].n + s[other].n > FUZZ_MOST) return;
    numbers = s[other];
    combine(op, &s[which], &numbers, true);
    fuzz_arm(in);
    if (how == 0) {
        if (done(ontos[op](&set[which], &set[other]), PILA_OK)) model[which] = made;
        else if (op != 1) partly(which, &numbers);
    } else if (how == 1) {
        if (done(outs[op](&set[to], &set[which], &set[other]), PILA_OK))
            model[to] = made;
    } else if (done(freezes[op](&frozen[to], &frozen[which], &frozen[other]), PILA_OK))
        ice[to] = made;
}

static void one(int which, unsigned op, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    pila_set *s = &set[which];
    int64_t value = fuzz_byte(in);
    const void *item = fuzz_item(type, value);
    bool there = has(m, value), keep = value & 1;
    fuzz_any out;

    if (m->n == FUZZ_MOST) return;
    fuzz_arm(in);
    if (op == 0) {
        if (done(pila_set_add(s, item), PILA_OK)) put(m, value);
    } else if (op == 1) {
        if (done(pila_set_discard(s, item), PILA_OK) && there) toggle(m, value);
    } else if (op == 2) {
        if (done(pila_set_remove(s, item), there ? PILA_OK : PILA_EKEY))
            toggle(m, value);
    } else if (done(pila_set_pop(s, keep ? &out : NULL), m->n ? PILA_OK : PILA_EKEY)) {
        value = seq_take(m, m->n - 1);
        FUZZ_CHECK(!keep || fuzz_given(type, &out) == value);
    }
}

static void ask(int which, fuzz_in *in)
{
    static pila_status (*const asks[])(const pila_set *, pila_iter,
                                       bool *) = {pila_set_isdisjoint,
                                                  pila_set_issubset,
                                                  pila_set_issuperset};
    bool is_set, answer = false;
    unsigned op = fuzz_below(in, 3);
    pila_iter it = items_from(which, in, &is_set);
    const fuzz_seq *m = &model[which];
    bool want = op == 0   ? apart(m, &numbers)
                : op == 1 ? within(m, &numbers)
                          : within(&numbers, m);

    fuzz_arm(in);
    if (done(asks[op](&set[which], it, &answer), PILA_OK)) FUZZ_CHECK(answer == want);
}

static void compare(void)
{
    bool answer = false, le = within(&model[0], &model[1]);
    bool eq = le && model[0].n == model[1].n;

    FUZZ_CHECK(pila_set_eq(&set[0], &set[1], &answer) == PILA_OK && answer == eq);
    FUZZ_CHECK(pila_set_le(&set[0], &set[1], &answer) == PILA_OK && answer == le);
    FUZZ_CHECK(pila_set_lt(&set[0], &set[1], &answer) == PILA_OK);
    FUZZ_CHECK(answer == (le && !eq));
    le = within(&ice[0], &ice[1]);
    eq = le && ice[0].n == ice[1].n;
    FUZZ_CHECK(pila_frozenset_eq(&frozen[0], &frozen[1], &answer) == PILA_OK);
    FUZZ_CHECK(answer == eq);
    FUZZ_CHECK(pila_frozenset_le(&frozen[0], &frozen[1], &answer) == PILA_OK);
    FUZZ_CHECK(answer == le);
    if (eq)
        FUZZ_CHECK(pila_frozenset_hash(&frozen[0]) == pila_frozenset_hash(&frozen[1]));
}

static void from(int which, bool freeze, fuzz_in *in)
{
    bool is_set;
    pila_iter it = items_from(which, in, &is_set);

    made.n = 0;
    for (size_t k = 0; k < numbers.n; k++) put(&made, numbers.at[k]);
    fuzz_arm(in);
    pila_status st = freeze ? pila_frozenset_from(&frozen[which], it)
                            : pila_set_from(&set[which], it);
    if (!done(st, PILA_OK)) return;
    if (freeze) ice[which] = made;
    else model[which] = made;
}

static void step(unsigned op, int which, fuzz_in *in)
{
    size_t n;

    switch (op) {
    case 12:
    case 13: from(which, op == 13, in); break;
    case 14: ask(which, in); break;
    case 15: compare(); break;
    case 16:
        fuzz_arm(in);
        if (done(pila_set_copy(&set[!which], &set[which]), PILA_OK))
            model[!which] = model[which];
        break;
    case 17:
        pila_set_move(&set[!which], &set[which]);
        model[!which] = model[which];
        model[which].n = 0;
        break;
    case 18:
        if (fuzz_byte(in) & 1) {
            pila_frozenset_copy(&frozen[!which], &frozen[which]);
            ice[!which] = ice[which];
            break;
        }
        pila_frozenset_move(&frozen[!which], &frozen[which]);
        ice[!which] = ice[which];
        ice[which].n = 0;
        break;
    case 19:
        n = fuzz_byte(in);
        fuzz_arm(in);
        (void)done(pila_set_reserve(&set[which], 4 * n), PILA_OK);
        break;
    case 20:
        fuzz_arm(in);
        (void)done(pila_set_shrink(&set[which]), PILA_OK);
        break;
    case 21:
        pila_set_clear(&set[which]);
        model[which].n = 0;
        break;
    default:
        if (op < 4) one(which, op, in);
        else if (op < 8) method(which, op - 4, fuzz_below(in, 3), in);
        else operate(which, op - 8, fuzz_below(in, 3), in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    type = &fuzz_types[fuzz_below(&in, FUZZ_TYPES)];
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_set_init(&set[k], type) == PILA_OK);
        FUZZ_CHECK(pila_frozenset_init(&frozen[k], type) == PILA_OK);
        model[k].n = ice[k].n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 22, op >= 128, &in);
        fuzz_disarm();
        check();
    }
    for (int k = 0; k < 2; k++) {
        pila_set_done(&set[k]);
        pila_frozenset_done(&frozen[k]);
    }
    fuzz_stop();
    return 0;
}
