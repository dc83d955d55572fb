/* fuzz_list.c - list against an array: see support/fuzz.h. */
#include "fuzz_slices.h"

static pila_list list[2];
static fuzz_seq model[2], numbers, made;
static const pila_type *type;

static void check(void)
{
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_list_len(&list[k]) == model[k].n);
        FUZZ_CHECK(list[k].base.len <= list[k].base.room);
        fuzz_yields(pila_list_iter(&list[k]), &model[k], false);
        fuzz_yields(pila_list_reversed(&list[k]), &model[k], true);
    }
}

/* An answer that is not ENOMEM is this one; ENOMEM leaves all as it was. */
static bool done(pila_status st, pila_status want)
{
    if (fuzz_starved(st)) return false;
    FUZZ_CHECK(st == want);
    return st == PILA_OK;
}

/* What of numbers was appended before memory ran out stays. */
static void extend(pila_list *l, fuzz_seq *m, fuzz_in *in)
{
    bool itself = fuzz_byte(in) & 1;
    size_t n = m->n;

    fuzz_numbers(in, &numbers);
    if (itself) numbers = *m;
    if (m->n + numbers.n > FUZZ_MOST) return;
    pila_iter it = itself ? pila_list_iter(l) : fuzz_items(&numbers, type, true);
    fuzz_arm(in);
    bool whole = done(pila_list_extend(l, it), PILA_OK);
    FUZZ_CHECK(l->base.len >= n && l->base.len <= n + numbers.n);
    FUZZ_CHECK(!whole || l->base.len == n + numbers.n);
    for (size_t k = 0; m->n < l->base.len; k++) seq_add(m, numbers.at[k]);
}

static void slice(unsigned op, int which, fuzz_in *in)
{
    pila_list *l = &list[which];
    fuzz_seq *m = &model[which];
    pila_slice s = slice_from(in, m->n), plain;
    bool good = slice_indices(s, m, &made, &plain);
    pila_status st = good ? PILA_OK : PILA_EVALUE;

    if (op == 0) {
        for (size_t k = 0; good && k < made.n; k++) made.at[k] = m->at[made.at[k]];
        fuzz_arm(in);
        if (done(pila_list_slice(&list[!which], l, s), st)) model[!which] = made;
    } else if (op == 1) {
        fuzz_arm(in);
        if (done(pila_list_del_slice(l, s), st)) slice_del(m, &made);
    } else {
        bool itself = fuzz_byte(in) & 1;
        fuzz_numbers(in, &numbers);
        if (itself) numbers = *m;
        if (m->n + numbers.n > FUZZ_MOST) return;
        if (good && plain.step != 1 && numbers.n != made.n) st = PILA_EVALUE;
        pila_iter it = itself ? pila_list_iter(l) : fuzz_items(&numbers, type, true);
        fuzz_arm(in);
        if (done(pila_list_set_slice(l, s, it), st))
            slice_set(m, &made, plain, &numbers);
    }
}

static void search(pila_list *l, const fuzz_seq *m, fuzz_in *in)
{
    int64_t value = fuzz_byte(in);
    ptrdiff_t start = fuzz_index(in, m->n), stop = fuzz_index(in, m->n);
    size_t at = seq_find(m, value, seq_bound(m, start), seq_bound(m, stop)), got = 0;
    size_t count = 0;
    bool there = false;
    pila_status st = pila_list_index(l, fuzz_item(type, value), start, stop, &got);

    FUZZ_CHECK(st == (at == SIZE_MAX ? PILA_EVALUE : PILA_OK));
    FUZZ_CHECK(st != PILA_OK || got == at);
    FUZZ_CHECK(pila_list_count(l, fuzz_item(type, value), &got) == PILA_OK);
    for (size_t k = 0; k < m->n; k++) count += m->at[k] == value;
    FUZZ_CHECK(got == count);
    FUZZ_CHECK(pila_list_contains(l, fuzz_item(type, value), &there) == PILA_OK);
    FUZZ_CHECK(there == (count > 0));
}

static void compare(void)
{
    bool eq = false;
    int order = 9;

    FUZZ_CHECK(pila_list_eq(&list[0], &list[1], &eq) == PILA_OK);
    FUZZ_CHECK(eq == seq_eq(&model[0], &model[1]));
    FUZZ_CHECK(pila_list_compare(&list[0], &list[1], &order) == PILA_OK);
    FUZZ_CHECK(order == seq_order(&model[0], &model[1]));
}

static void repeat(int which, ptrdiff_t n, fuzz_in *in)
{
    size_t times = n < 0 ? 0 : (size_t)n;

    if (model[which].n * times > FUZZ_MOST) return;
    made.n = 0;
    for (size_t k = 0; k < times; k++) seq_extend(&made, &model[which]);
    int to = fuzz_byte(in) & 1;
    fuzz_arm(in);
    if (done(pila_list_repeat(&list[to], &list[which], n), PILA_OK)) model[to] = made;
}

static void pop(pila_list *l, fuzz_seq *m, fuzz_in *in)
{
    ptrdiff_t i = fuzz_byte(in) & 1 ? -1 : fuzz_index(in, m->n);
    bool keep = fuzz_byte(in) & 1, there;
    fuzz_any out;
    size_t at;

    there = seq_place(m, i, &at);
    fuzz_arm(in);
    pila_status st = pila_list_pop(l, i, keep ? &out : NULL);
    if (!done(st, !m->n ? PILA_EEMPTY : there ? PILA_OK : PILA_EINDEX)) return;
    int64_t value = seq_take(m, at);
    FUZZ_CHECK(!keep || fuzz_given(type, &out) == value);
}

/* A change under an iterator ends it. */
static void change_under(pila_list *l, fuzz_seq *m)
{
    pila_iter it = pila_list_iter(l);

    if (!m->n || m->n == FUZZ_MOST) return;
    FUZZ_CHECK(pila_next_item(&it));
    if (pila_list_append(l, fuzz_item(type, 1)) != PILA_OK) abort();
    seq_add(m, 1);
    FUZZ_CHECK(!pila_next_item(&it) && it.status == PILA_EMUTATED);
    pila_iter_drop(&it);
}

static void step(unsigned op, int which, fuzz_in *in)
{
    pila_list *l = &list[which];
    fuzz_seq *m = &model[which];
    ptrdiff_t i = 0;
    int64_t value;
    size_t at;
    bool there, flag;

    switch (op) {
    case 0:
    case 1:
        value = fuzz_byte(in);
        if (op) i = fuzz_index(in, m->n);
        if (m->n == FUZZ_MOST) return;
        fuzz_arm(in);
        pila_status st = op ? pila_list_insert(l, i, fuzz_item(type, value))
                            : pila_list_append(l, fuzz_item(type, value));
        if (done(st, PILA_OK)) seq_insert(m, op ? seq_bound(m, i) : m->n, value);
        break;
    case 2:
        value = fuzz_byte(in);
        there = seq_place(m, i = fuzz_index(in, m->n), &at);
        fuzz_arm(in);
        st = pila_list_set(l, i, fuzz_item(type, value));
        if (done(st, there ? PILA_OK : PILA_EINDEX)) m->at[at] = value;
        break;
    case 3: pop(l, m, in); break;
    case 4:
        there = seq_place(m, i = fuzz_index(in, m->n), &at);
        fuzz_arm(in);
        if (done(pila_list_del(l, i), there ? PILA_OK : PILA_EINDEX))
            (void)seq_take(m, at);
        break;
    case 5:
        value = fuzz_byte(in);
        at = seq_find(m, value, 0, SIZE_MAX);
        fuzz_arm(in);
        st = pila_list_remove(l, fuzz_item(type, value));
        if (done(st, at == SIZE_MAX ? PILA_EVALUE : PILA_OK)) (void)seq_take(m, at);
        break;
    case 6: search(l, m, in); break;
    case 7:
        pila_list_reverse(l);
        if (!FUZZ_PLANTED) seq_reverse(m);
        break;
    case 8:
        flag = fuzz_byte(in) & 1;
        fuzz_arm(in);
        if (done(pila_list_sort(l, NULL, flag), PILA_OK)) seq_sort(m, flag);
        break;
    case 9:
    case 10:
    case 11: slice(op - 9, which, in); break;
    case 12: extend(l, m, in); break;
    case 13:
        fuzz_arm(in);
        if (done(pila_list_copy(&list[!which], l), PILA_OK)) model[!which] = *m;
        break;
    case 14:
        if (model[0].n + model[1].n > FUZZ_MOST) return;
        made = *m;
        seq_extend(&made, &model[!which]);
        flag = fuzz_byte(in) & 1;
        fuzz_arm(in);
        if (done(pila_list_concat(&list[flag], l, &list[!which]), PILA_OK))
            model[flag] = made;
        break;
    case 15: repeat(which, (int8_t)fuzz_byte(in) % 8, in); break;
    case 16: compare(); break;
    case 17:
        pila_list_move(&list[!which], l);
        model[!which] = *m;
        m->n = 0;
        break;
    case 18:
        at = fuzz_byte(in);
        fuzz_arm(in);
        if (done(pila_list_reserve(l, 4 * at), PILA_OK))
            FUZZ_CHECK(l->base.room >= 4 * at);
        break;
    case 19: change_under(l, m); break;
    case 20:
        pila_list_clear(l);
        m->n = 0;
        break;
    case 21:
        pila_list_done(l);
        m->n = 0;
        break;
    case 22:
        fuzz_numbers(in, &numbers);
        pila_iter it = fuzz_items(&numbers, type, true);
        fuzz_arm(in);
        if (done(pila_list_from(l, it), PILA_OK)) *m = numbers;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    type = &fuzz_types[fuzz_below(&in, FUZZ_TYPES)];
    for (int k = 0; k < 2; k++) {
        pila_list_init(&list[k], type);
        model[k].n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 23, op >= 128, &in);
        fuzz_disarm();
        check();
    }
    for (int k = 0; k < 2; k++) pila_list_done(&list[k]);
    fuzz_stop();
    return 0;
}
