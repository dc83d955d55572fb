/* fuzz_counter.c - Counter against an array of pairs: see fuzz_pairs.h. */
#include "fuzz_pairs.h"

#include <pila/collections/counter.h>

static pila_counter counter[2];
static fuzz_pairs model[2], made;
static const pila_type *type;

/* Counts of all sizes, so that sums overflow. */
static int64_t count_from(fuzz_in *in)
{
    static const int64_t far[] = {INT64_MAX,     INT64_MIN,     INT64_MAX - 1,
                                  INT64_MIN + 1, INT64_MAX / 2, INT64_MIN / 2};
    int b = (int8_t)fuzz_byte(in);

    return b >= 120 && b < 126 ? far[b - 120] : b % 8;
}

static int64_t count_of(const fuzz_pairs *m, int64_t key)
{
    size_t at = pairs_find(m, key);
    return at == SIZE_MAX ? 0 : m->value.at[at];
}

static void add(int which, bool set, fuzz_in *in)
{
    fuzz_pairs *m = &model[which];
    int64_t key = fuzz_byte(in), n = count_from(in), sum = n;
    const void *item = fuzz_item(type, key);
    bool over = !set && __builtin_add_overflow(count_of(m, key), n, &sum);

    if (m->key.n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st = set ? pila_counter_set(&counter[which], item, n)
                         : pila_counter_add(&counter[which], item, n);
    if (pairs_done(st, over ? PILA_EOVERFLOW : PILA_OK)) pairs_put(m, key, sum);
}

/* As many of the keys as were counted before a fault: found by comparing. */
static void follow(int which, const fuzz_pairs *all, bool whole, bool minus)
{
    fuzz_pairs *m = &model[which];

    for (size_t k = 0; k < all->key.n; k++) {
        int64_t sum = count_of(m, all->key.at[k]), n = all->value.at[k];
        if (!whole && pairs_agree(&counter[which].dict, m)) return;
        bool over = minus ? __builtin_sub_overflow(sum, n, &sum)
                          : __builtin_add_overflow(sum, n, &sum);
        if (over) FUZZ_CHECK(!whole && pairs_agree(&counter[which].dict, m));
        if (over) return;
        pairs_put(m, all->key.at[k], sum);
    }
}

/* Whether adding all overflows somewhere. */
static bool overflows(const fuzz_pairs *m, const fuzz_pairs *all, bool minus)
{
    made = *m;
    for (size_t k = 0; k < all->key.n; k++) {
        int64_t sum = count_of(&made, all->key.at[k]), n = all->value.at[k];
        if (minus ? __builtin_sub_overflow(sum, n, &sum)
                  : __builtin_add_overflow(sum, n, &sum))
            return true;
        pairs_put(&made, all->key.at[k], sum);
    }
    return false;
}

static void update(int which, unsigned how, bool minus, fuzz_in *in)
{
    static fuzz_pairs all;
    pila_counter *c = &counter[which];
    pila_iter it;
    pila_status st;
    int source = fuzz_byte(in) & 1; /* of how 2; may be itself */

    if (how == 2) all = model[source];
    else {
        fuzz_numbers(in, &all.key);
        all.value.n = 0;
        for (size_t k = 0; k < all.key.n; k++)
            seq_add(&all.value, how == 0 ? 1 : count_from(in));
    }
    if (model[which].key.n + all.key.n > FUZZ_MOST) return;
    const pila_counter *from = &counter[source];
    if (how == 0) it = fuzz_items(&all.key, type, true);
    else it = how == 1 ? pairs_items(&all, &c->dict.types) : pila_failed(PILA_END);
    bool over = overflows(&model[which], &all, minus);
    fuzz_arm(in);
    if (how == 0)
        st = minus ? pila_counter_subtract(c, it) : pila_counter_update(c, it);
    else if (how == 1)
        st = minus ? pila_counter_subtract_pairs(c, it)
                   : pila_counter_update_pairs(c, it);
    else
        st = minus ? pila_counter_subtract_counter(c, from)
                   : pila_counter_update_counter(c, from);
    follow(which, &all, pairs_done(st, over ? PILA_EOVERFLOW : PILA_OK), minus);
}

/* What an operator makes of two counts, and whether it fits. */
static bool operate(unsigned op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case 0: return !__builtin_add_overflow(a, b, out);
    case 1: return !__builtin_sub_overflow(a, b, out);
    case 2: *out = a < b ? a : b; return true;
    case 3: *out = a > b ? a : b; return true;
    default:
        return a > b ? !__builtin_sub_overflow(a, b, out)
                     : !__builtin_sub_overflow(b, a, out);
    }
}

typedef pila_status binary(pila_counter *, const pila_counter *, const pila_counter *);

static void combine(int which, unsigned op, bool in_place, fuzz_in *in)
{
    static binary *const out_of[] = {pila_counter_plus, pila_counter_minus,
                                     pila_counter_and, pila_counter_or,
                                     pila_counter_xor};
    static pila_status (*const onto[])(pila_counter *, const pila_counter *) = {
        pila_counter_iplus, pila_counter_iminus, pila_counter_iand, pila_counter_ior,
        pila_counter_ixor};
    const fuzz_pairs *a = &model[which], *b = &model[!which];
    int to = in_place ? which : (int)(fuzz_byte(in) & 1);
    int64_t n;
    bool over = false;

    if (a->key.n + b->key.n > FUZZ_MOST) return;
    made.key.n = made.value.n = 0;
    for (size_t k = 0; k < a->key.n + b->key.n; k++) {
        bool first = k < a->key.n;
        int64_t key = first ? a->key.at[k] : b->key.at[k - a->key.n];
        if (!first && pairs_find(a, key) != SIZE_MAX) continue;
        if (!operate(op, count_of(a, key), count_of(b, key), &n)) over = true;
        else if (n > 0) pairs_put(&made, key, n);
    }
    fuzz_arm(in);
    pila_status st = in_place
                         ? onto[op](&counter[which], &counter[!which])
                         : out_of[op](&counter[to], &counter[which], &counter[!which]);
    if (pairs_done(st, over ? PILA_EOVERFLOW : PILA_OK)) model[to] = made;
}

static void one_sign(int which, bool negative, fuzz_in *in)
{
    const fuzz_pairs *m = &model[which];
    bool over = false;
    int to = fuzz_byte(in) & 1;

    made.key.n = made.value.n = 0;
    for (size_t k = 0; k < m->key.n; k++) {
        int64_t n = m->value.at[k];
        if (negative) {
            if (n == INT64_MIN) over = true;
            else n = -n;
        }
        if (n > 0) pairs_put(&made, m->key.at[k], n);
    }
    fuzz_arm(in);
    pila_status st = negative ? pila_counter_neg(&counter[to], &counter[which])
                              : pila_counter_pos(&counter[to], &counter[which]);
    if (pairs_done(st, over ? PILA_EOVERFLOW : PILA_OK)) model[to] = made;
}

/* The ranking: again and again the first of the best that are left. */
static void ranked(int which, bool most, fuzz_in *in)
{
    const pila_pair *t = &counter[which].dict.types;
    size_t n = fuzz_byte(in), yielded = 0;
    const char *entry;

    made = model[which];
    if (n >= 200) n = SIZE_MAX;
    fuzz_arm(in);
    pila_iter it = most ? pila_counter_most_common(&counter[which], n)
                        : pila_counter_least_common(&counter[which], n);
    for (; (entry = pila_next_item(&it)); yielded++) {
        size_t best = 0;
        for (size_t k = 1; k < made.key.n; k++)
            if (most ? made.value.at[k] > made.value.at[best]
                     : made.value.at[k] < made.value.at[best])
                best = k;
        FUZZ_CHECK(made.key.n && fuzz_value(type, entry) == made.key.at[best]);
        int64_t count = pairs_take(&made, FUZZ_PLANTED ? 0 : best);
        FUZZ_CHECK(fuzz_value(&pila_i64, entry + t->second_at) == count);
    }
    if (!fuzz_starved(it.status)) {
        size_t len = model[which].key.n;
        FUZZ_CHECK(it.status == PILA_END && yielded == (n < len ? n : len));
    }
    pila_iter_drop(&it);
}

static void elements(int which)
{
    const fuzz_pairs *m = &model[which];
    pila_iter it = pila_counter_elements(&counter[which]);
    const void *item = pila_next_item(&it);

    for (size_t k = 0; k < m->key.n; k++) {
        if (m->value.at[k] > 1000) break; /* for ever, nearly */
        for (int64_t n = 0; n < m->value.at[k]; n++) {
            FUZZ_CHECK(item && fuzz_value(type, item) == m->key.at[k]);
            item = pila_next_item(&it);
        }
        if (k + 1 == m->key.n) FUZZ_CHECK(!item && it.status == PILA_END);
    }
    pila_iter_drop(&it);
}

static void compare(fuzz_in *in)
{
    bool le = true, eq = true, got = false;
    int64_t total = 0, sum = 0, key = fuzz_byte(in);
    bool over = false;

    for (int which = 0; which < 2; which++)
        for (size_t k = 0; k < model[which].key.n; k++) {
            int64_t a = count_of(&model[0], model[which].key.at[k]);
            int64_t b = count_of(&model[1], model[which].key.at[k]);
            le = le && a <= b;
            eq = eq && a == b;
        }
    FUZZ_CHECK(pila_counter_eq(&counter[0], &counter[1], &got) == PILA_OK && got == eq);
    FUZZ_CHECK(pila_counter_le(&counter[0], &counter[1], &got) == PILA_OK && got == le);
    FUZZ_CHECK(pila_counter_lt(&counter[0], &counter[1], &got) == PILA_OK);
    FUZZ_CHECK(got == (le && !eq));
    for (size_t k = 0; k < model[0].key.n && !over; k++)
        over = __builtin_add_overflow(sum, model[0].value.at[k], &sum);
    pila_status st = pila_counter_total(&counter[0], &total);
    /* What overflows under way may fit in the end. */
    FUZZ_CHECK(over ? st == PILA_EOVERFLOW || st == PILA_OK : st == PILA_OK);
    FUZZ_CHECK(over || total == sum);
    FUZZ_CHECK(pila_counter_count(&counter[0], fuzz_item(type, key), &total) ==
               PILA_OK);
    FUZZ_CHECK(total == count_of(&model[0], key));
}

static void del(int which, fuzz_in *in)
{
    int64_t key = fuzz_byte(in);
    size_t at = pairs_find(&model[which], key);

    fuzz_arm(in);
    if (!pairs_done(pila_counter_del(&counter[which], fuzz_item(type, key)), PILA_OK))
        return;
    if (at != SIZE_MAX) (void)pairs_take(&model[which], at);
}

static void step(unsigned op, int which, fuzz_in *in)
{
    switch (op) {
    case 0:
    case 1: add(which, op == 1, in); break;
    case 2:
    case 3:
    case 4: update(which, op - 2, false, in); break;
    case 5:
    case 6:
    case 7: update(which, op - 5, true, in); break;
    case 18:
    case 19: one_sign(which, op == 19, in); break;
    case 20:
    case 21: ranked(which, op == 20, in); break;
    case 22: elements(which); break;
    case 23: compare(in); break;
    case 24: del(which, in); break;
    case 25:
        fuzz_arm(in);
        if (pairs_done(pila_counter_copy(&counter[!which], &counter[which]), PILA_OK))
            model[!which] = model[which];
        break;
    case 26:
        pila_counter_move(&counter[!which], &counter[which]);
        model[!which] = model[which];
        model[which].key.n = model[which].value.n = 0;
        break;
    case 27:
        pila_counter_clear(&counter[which]);
        model[which].key.n = model[which].value.n = 0;
        break;
    default: combine(which, (op - 8) % 5, op >= 13, in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    type = &fuzz_types[fuzz_below(&in, FUZZ_TYPES)];
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_counter_init(&counter[k], type) == PILA_OK);
        model[k].key.n = model[k].value.n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 28, op >= 128, &in);
        fuzz_disarm();
        for (int k = 0; k < 2; k++) pairs_check(&counter[k].dict, &model[k]);
    }
    for (int k = 0; k < 2; k++) pila_counter_done(&counter[k]);
    fuzz_stop();
    return 0;
}
