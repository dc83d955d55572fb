/* fuzz_deque.c - deque, bounded or not, against an array: see support/fuzz.h. */
#include "fuzz.h"

#include <pila/collections/deque.h>

static pila_deque deque[2];
static fuzz_seq model[2], numbers, made;
static size_t maxlen[2];
static const pila_type *type;

static void check(void)
{
    for (int k = 0; k < 2; k++) {
        const pila_deque *d = &deque[k];
        const fuzz_seq *m = &model[k];
        FUZZ_CHECK(pila__deque_valid(&d->base, type));
        FUZZ_CHECK(pila_deque_len(d) == m->n && m->n <= maxlen[k]);
        FUZZ_CHECK(pila_deque_maxlen(d) == maxlen[k]);
        fuzz_yields(pila_deque_iter(d), m, false);
        fuzz_yields(pila_deque_reversed(d), m, true);
        if (!m->n) continue;
        size_t middle = m->n / 2;
        FUZZ_CHECK(fuzz_value(type, pila_deque_at(d, middle)) == m->at[middle]);
        FUZZ_CHECK(fuzz_value(type, pila_deque_get(d, -1)) == m->at[m->n - 1]);
    }
}

static bool done(pila_status st, pila_status want)
{
    if (fuzz_starved(st)) return false;
    FUZZ_CHECK(st == want);
    return st == PILA_OK;
}

/* Put in at an end; what is too much leaves at the other. */
static void put(fuzz_seq *m, size_t most, int64_t value, bool left)
{
    if (most == 0) return;
    if (m->n == most) (void)seq_take(m, left ? m->n - 1 : 0);
    seq_insert(m, left ? 0 : m->n, value);
}

static void append(int which, bool left, fuzz_in *in)
{
    int64_t value = fuzz_byte(in);

    if (model[which].n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st = left ? pila_deque_appendleft(&deque[which], fuzz_item(type, value))
                          : pila_deque_append(&deque[which], fuzz_item(type, value));
    if (done(st, PILA_OK)) put(&model[which], maxlen[which], value, left);
}

static void pop(int which, bool left, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    bool keep = fuzz_byte(in) & 1;
    fuzz_any out;

    fuzz_arm(in);
    pila_status st = left ? pila_deque_popleft(&deque[which], keep ? &out : NULL)
                          : pila_deque_pop(&deque[which], keep ? &out : NULL);
    if (!done(st, m->n ? PILA_OK : PILA_EEMPTY)) return;
    int64_t value = seq_take(m, left && !FUZZ_PLANTED ? 0 : m->n - 1);
    FUZZ_CHECK(!keep || fuzz_given(type, &out) == value);
}

/* Where memory runs out, what was put in before stays: so many that all agrees. */
static void extend(int which, bool left, fuzz_in *in)
{
    pila_deque *d = &deque[which];
    fuzz_seq *m = &model[which];
    bool itself = fuzz_byte(in) & 1;
    uint64_t version;

    fuzz_numbers(in, &numbers);
    if (itself) numbers = *m;
    if (m->n + numbers.n > FUZZ_MOST) return;
    pila_iter it = itself ? pila_deque_iter(d) : fuzz_items(&numbers, type, true);
    fuzz_arm(in);
    version = d->base.version;
    pila_status st = left ? pila_deque_extendleft(d, it) : pila_deque_extend(d, it);
    bool whole = done(st, PILA_OK);
    size_t n = whole ? numbers.n : 0, len = pila_deque_len(d);
    if (whole || d->base.version == version) {
        for (size_t k = 0; k < n; k++) put(m, maxlen[which], numbers.at[k], left);
        return;
    }
    for (size_t k = 0; k < numbers.n; k++) { /* found by comparing */
        bool same = m->n == len;
        for (size_t j = 0; same && j < len; j++)
            same = fuzz_value(type, pila_deque_at(d, j)) == m->at[j];
        if (same) return;
        put(m, maxlen[which], numbers.at[k], left);
    }
}

static void insert(int which, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    int64_t value = fuzz_byte(in);
    ptrdiff_t i = fuzz_index(in, m->n);

    if (m->n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st = pila_deque_insert(&deque[which], i, fuzz_item(type, value));
    if (done(st, m->n == maxlen[which] ? PILA_EINDEX : PILA_OK))
        seq_insert(m, seq_bound(m, i), value);
}

static void search(const pila_deque *d, const fuzz_seq *m, fuzz_in *in)
{
    int64_t value = fuzz_byte(in);
    ptrdiff_t start = fuzz_index(in, m->n), stop = fuzz_index(in, m->n);
    size_t at = seq_find(m, value, seq_bound(m, start), seq_bound(m, stop)), got = 0;
    size_t count = 0;
    bool there = false;
    pila_status st = pila_deque_index(d, fuzz_item(type, value), start, stop, &got);

    FUZZ_CHECK(st == (at == SIZE_MAX ? PILA_EVALUE : PILA_OK));
    FUZZ_CHECK(st != PILA_OK || got == at);
    FUZZ_CHECK(pila_deque_count(d, fuzz_item(type, value), &got) == PILA_OK);
    for (size_t k = 0; k < m->n; k++) count += m->at[k] == value;
    FUZZ_CHECK(got == count);
    FUZZ_CHECK(pila_deque_contains(d, fuzz_item(type, value), &there) == PILA_OK);
    FUZZ_CHECK(there == (count > 0));
}

static void compare(void)
{
    bool eq = false;
    int order = 9;

    FUZZ_CHECK(pila_deque_eq(&deque[0], &deque[1], &eq) == PILA_OK);
    FUZZ_CHECK(eq == seq_eq(&model[0], &model[1]));
    FUZZ_CHECK(pila_deque_compare(&deque[0], &deque[1], &order) == PILA_OK);
    FUZZ_CHECK(order == seq_order(&model[0], &model[1]));
}

static void rotate(int which, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    ptrdiff_t n = fuzz_index(in, m->n), by = m->n ? n % (ptrdiff_t)m->n : 0;

    fuzz_arm(in);
    if (!done(pila_deque_rotate(&deque[which], n), PILA_OK)) return;
    for (; by > 0; by--) seq_insert(m, 0, seq_take(m, m->n - 1));
    for (; by < 0; by++) seq_add(m, seq_take(m, 0));
}

/* made, of which the last items fit, becomes the model of deque[to]. */
static void become(int to, size_t most)
{
    while (made.n > most) (void)seq_take(&made, 0);
    model[to] = made;
    maxlen[to] = most;
}

static void join(int which, bool repeat, fuzz_in *in)
{
    ptrdiff_t n = (int8_t)fuzz_byte(in) % 8;
    int to = fuzz_byte(in) & 1;

    if (model[which].n * (n < 0 ? 0 : (size_t)n) > FUZZ_MOST) return;
    if (model[0].n + model[1].n > FUZZ_MOST) return;
    made.n = 0;
    if (!repeat) seq_extend(&made, &model[which]);
    if (!repeat) seq_extend(&made, &model[!which]);
    for (ptrdiff_t k = 0; repeat && k < n; k++) seq_extend(&made, &model[which]);
    fuzz_arm(in);
    pila_status st = repeat
                         ? pila_deque_repeat(&deque[to], &deque[which], n)
                         : pila_deque_concat(&deque[to], &deque[which], &deque[!which]);
    if (done(st, PILA_OK)) become(to, maxlen[which]);
}

static void change_under(int which, fuzz_in *in)
{
    pila_deque *d = &deque[which];
    pila_iter it = fuzz_byte(in) & 1 ? pila_deque_reversed(d) : pila_deque_iter(d);

    if (!model[which].n || model[which].n == FUZZ_MOST) return;
    FUZZ_CHECK(pila_next_item(&it));
    append(which, fuzz_byte(in) & 1, in);
    if (d->base.version != it.seen)
        FUZZ_CHECK(!pila_next_item(&it) && it.status == PILA_EMUTATED);
    pila_iter_drop(&it);
}

static void at_index(int which, bool set, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    int64_t value = fuzz_byte(in);
    ptrdiff_t i = fuzz_index(in, m->n);
    size_t at;
    bool there = seq_place(m, i, &at);

    fuzz_arm(in);
    pila_status st = set ? pila_deque_set(&deque[which], i, fuzz_item(type, value))
                         : pila_deque_del(&deque[which], i);
    if (!done(st, there ? PILA_OK : PILA_EINDEX)) return;
    if (set) m->at[at] = value;
    else (void)seq_take(m, at);
}

static void step(unsigned op, int which, fuzz_in *in)
{
    pila_deque *d = &deque[which];
    fuzz_seq *m = &model[which];
    int64_t value;
    size_t at;

    switch (op) {
    case 0:
    case 1: append(which, op, in); break;
    case 2:
    case 3: pop(which, op == 3, in); break;
    case 4:
    case 5: extend(which, op == 5, in); break;
    case 6: insert(which, in); break;
    case 7:
    case 8: at_index(which, op == 7, in); break;
    case 9:
        value = fuzz_byte(in);
        at = seq_find(m, value, 0, SIZE_MAX);
        fuzz_arm(in);
        pila_status st = pila_deque_remove(d, fuzz_item(type, value));
        if (done(st, at == SIZE_MAX ? PILA_EVALUE : PILA_OK)) (void)seq_take(m, at);
        break;
    case 10: search(d, m, in); break;
    case 11:
        pila_deque_reverse(d);
        seq_reverse(m);
        break;
    case 12: rotate(which, in); break;
    case 13:
        fuzz_arm(in);
        if (!done(pila_deque_copy(&deque[!which], d), PILA_OK)) break;
        model[!which] = *m;
        maxlen[!which] = maxlen[which];
        break;
    case 14:
    case 15: join(which, op == 15, in); break;
    case 16: compare(); break;
    case 17:
        pila_deque_move(&deque[!which], d);
        model[!which] = *m;
        maxlen[!which] = maxlen[which];
        m->n = 0;
        break;
    case 18: change_under(which, in); break;
    case 19:
        pila_deque_clear(d);
        m->n = 0;
        break;
    case 20:
        pila_deque_done(d);
        m->n = 0;
        at = fuzz_byte(in);
        maxlen[which] = at < 200 ? at : PILA_UNBOUNDED;
        pila_deque_init_max(d, type, maxlen[which]);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    type = &fuzz_types[fuzz_below(&in, FUZZ_TYPES)];
    for (int k = 0; k < 2; k++) {
        unsigned most = fuzz_byte(&in);
        maxlen[k] = most < 60 ? most : PILA_UNBOUNDED;
        pila_deque_init_max(&deque[k], type, maxlen[k]);
        model[k].n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 21, op >= 128, &in);
        fuzz_disarm();
        check();
    }
    for (int k = 0; k < 2; k++) pila_deque_done(&deque[k]);
    fuzz_stop();
    return 0;
}
