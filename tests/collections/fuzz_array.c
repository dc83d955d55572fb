/* fuzz_array.c - array against an array: see support/fuzz.h.
 *
 * The model keeps each item as the bytes of its C type, in an int64_t. Numbers are
 * compared as whole ones of 128 bits and as doubles, exactly.
 */
#include "fuzz_slices.h"

#include <pila/collections/array.h>

#include <math.h>

static pila_array array[2];
static fuzz_seq model[2], made;
static char code[2]; /* the typecodes */

/* ---- numbers ---- */

static size_t size_of(char typecode)
{
    switch (typecode) {
    case 'b':
    case 'B': return 1;
    case 'h':
    case 'H': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    default: return 8;
    }
}

static bool is_float(char typecode) { return typecode == 'f' || typecode == 'd'; }

__extension__ typedef __int128 i128;

typedef struct exact {
    bool is_float;
    i128 whole;
    double f;
} exact;

static exact exact_whole(i128 n) { return (exact){false, n, 0}; }
static exact exact_float(double f) { return (exact){true, 0, f}; }

/* What an item is, from its bytes. */
static exact value_of(char typecode, int64_t bits)
{
    double d;
    float f;

    switch (typecode) {
    case 'b': return exact_whole((int8_t)bits);
    case 'B': return exact_whole((uint8_t)bits);
    case 'h': return exact_whole((int16_t)bits);
    case 'H': return exact_whole((uint16_t)bits);
    case 'i': return exact_whole((int32_t)bits);
    case 'I': return exact_whole((uint32_t)bits);
    case 'l':
    case 'q': return exact_whole(bits);
    case 'L':
    case 'Q': return exact_whole((uint64_t)bits);
    case 'f': memcpy(&f, &bits, sizeof f); return exact_float((double)f);
    default: memcpy(&d, &bits, sizeof d); return exact_float(d);
    }
}

static exact value_in(pila_number x)
{
    return x.kind == PILA_NUMBER_INT    ? exact_whole(x.as.i)
           : x.kind == PILA_NUMBER_UINT ? exact_whole(x.as.u)
                                        : exact_float(x.as.f);
}

/* -1, 0, 1, or 2 where one is a NaN. */
static int order(exact a, exact b)
{
    if (!a.is_float && !b.is_float) return (a.whole > b.whole) - (a.whole < b.whole);
    if (isnan(a.f) || isnan(b.f)) return 2;
    if (a.is_float && b.is_float) return (a.f > b.f) - (a.f < b.f);
    if (!a.is_float) return -order(b, a);
    if (a.f >= 0x1p64 || a.f < -0x1p63) return a.f > 0 ? 1 : -1;
    i128 cut = (i128)a.f; /* towards 0, and a double holds it */
    if (cut != b.whole) return cut < b.whole ? -1 : 1;
    return (a.f > (double)cut) - (a.f < (double)cut);
}

static bool equal(exact a, exact b) { return order(a, b) == 0; }

/* The bytes of a number as an item; PILA_OK, PILA_EOVERFLOW or PILA_ETYPE. */
static pila_status bits_of(char typecode, pila_number x, int64_t *bits)
{
    exact value = value_in(x);
    float f = value.is_float ? (float)value.f : (float)value.whole;
    double d = value.is_float ? value.f : (double)value.whole;

    *bits = 0;
    if (typecode == 'f') memcpy(bits, &f, sizeof f);
    else if (typecode == 'd') memcpy(bits, &d, sizeof d);
    else {
        if (value.is_float) return PILA_ETYPE;
        int64_t cut = x.as.i; /* of a uint the same bits */
        if (size_of(typecode) < 8) cut &= ((int64_t)1 << (8 * size_of(typecode))) - 1;
        *bits = cut;
        if (!equal(value_of(typecode, cut), value)) return PILA_EOVERFLOW;
    }
    return PILA_OK;
}

static pila_number number_from(fuzz_in *in)
{
    static const int64_t edges[] = {127,
                                    128,
                                    255,
                                    256,
                                    32767,
                                    32768,
                                    65535,
                                    65536,
                                    INT32_MAX,
                                    (int64_t)INT32_MAX + 1,
                                    UINT32_MAX,
                                    (int64_t)UINT32_MAX + 1,
                                    INT64_MAX,
                                    INT64_MIN,
                                    INT32_MIN,
                                    (int64_t)INT32_MIN - 1,
                                    -129,
                                    -32769,
                                    (int64_t)1 << 53,
                                    ((int64_t)1 << 53) + 1};
    static const double floats[] = {0.5,
                                    -0.0,
                                    1e300,
                                    -1e300,
                                    3e38,
                                    1e-40,
                                    65536.0,
                                    9223372036854775808.0,
                                    18446744073709551616.0};
    unsigned b = fuzz_byte(in);

    if (b < 160) return pila_number_int((int64_t)b % 16 - 4);
    if (b < 200) return pila_number_int(edges[b % (sizeof edges / sizeof *edges)]);
    if (b < 210) return pila_number_uint(UINT64_MAX - b % 3);
    if (b < 230) return pila_number_float((double)((int)b - 220));
    if (b < 250) return pila_number_float(floats[b % 9]);
    return pila_number_float(b & 1 ? (double)NAN : -(double)INFINITY);
}

/* ---- checking ---- */

static void check(void)
{
    for (int k = 0; k < 2; k++) {
        const pila_array *a = &array[k];
        size_t size = size_of(code[k]), n = model[k].n;
        FUZZ_CHECK(pila_array_typecode(a) == code[k] && pila_array_itemsize(a) == size);
        FUZZ_CHECK(pila_array_len(a) == n && a->list.base.room >= n);
        const char *bytes = pila_array_bytes(a).ptr;
        for (size_t j = 0; j < n; j++)
            FUZZ_CHECK(memcmp(bytes + j * size, &model[k].at[j], size) == 0);
        pila_iter it = pila_array_iter(a);
        for (size_t j = 0; j < n; j++)
            FUZZ_CHECK(pila_next_item(&it) == bytes + j * size);
        FUZZ_CHECK(!pila_next_item(&it) && it.status == PILA_END);
    }
}

static bool done(pila_status st, pila_status want)
{
    if (fuzz_starved(st)) return false;
    FUZZ_CHECK(st == want);
    return st == PILA_OK;
}

static void insert(int which, unsigned op, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    pila_number x = number_from(in);
    ptrdiff_t i = fuzz_index(in, m->n);
    int64_t bits;
    size_t at;
    pila_status st = bits_of(code[which], x, &bits), got;
    bool there = seq_place(m, i, &at);

    if (m->n == FUZZ_MOST) return;
    if (op == 2 && !there) st = PILA_EINDEX;
    fuzz_arm(in);
    got = op == 0   ? pila_array_append_number(&array[which], x)
          : op == 1 ? pila_array_insert_number(&array[which], i, x)
                    : pila_array_set_number(&array[which], i, x);
    if (!done(got, st)) return;
    if (op == 2) m->at[at] = bits;
    else seq_insert(m, op ? seq_bound(m, i) : m->n, bits);
}

static void take(int which, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    ptrdiff_t i = fuzz_byte(in) & 1 ? -1 : fuzz_index(in, m->n);
    pila_number out;
    int64_t bits;
    size_t at;
    bool there = seq_place(m, i, &at);

    pila_status st = pila_array_pop_number(&array[which], i, &out);
    if (!done(st, !m->n ? PILA_EEMPTY : there ? PILA_OK : PILA_EINDEX)) return;
    FUZZ_CHECK(bits_of(code[which], out, &bits) == PILA_OK);
    int64_t was = seq_take(m, at);
    exact value = value_of(code[which], was);
    FUZZ_CHECK(isnan(value.f) || memcmp(&was, &bits, size_of(code[which])) == 0);
}

static void search(int which, fuzz_in *in)
{
    const fuzz_seq *m = &model[which];
    pila_number x = number_from(in);
    exact value = value_in(x);
    ptrdiff_t start = fuzz_index(in, m->n), stop = fuzz_index(in, m->n);
    size_t from = seq_bound(m, start), to = seq_bound(m, stop), count = 0, got = 0;
    bool there = false;

    for (size_t k = 0; k < m->n; k++)
        count += equal(value_of(code[which], m->at[k]), value);
    while (from < to && !equal(value_of(code[which], m->at[from]), value)) from++;
    pila_status st = pila_array_index_number(&array[which], x, start, stop, &got);
    FUZZ_CHECK(st == (from < to ? PILA_OK : PILA_EVALUE));
    FUZZ_CHECK(st != PILA_OK || got == from);
    FUZZ_CHECK(pila_array_count_number(&array[which], x, &got) == PILA_OK);
    FUZZ_CHECK(got == count);
    FUZZ_CHECK(pila_array_contains_number(&array[which], x, &there) == PILA_OK);
    FUZZ_CHECK(there == (count > 0));
    if (!(fuzz_byte(in) & 1)) return;
    st = pila_array_remove_number(&array[which], x);
    FUZZ_CHECK(st == (count ? PILA_OK : PILA_EVALUE));
    for (size_t k = 0; count; k++)
        if (equal(value_of(code[which], m->at[k]), value)) {
            (void)seq_take(&model[which], k);
            count = 0;
        }
}

static void compare(void)
{
    bool eq = false;
    int got = 9, want = 0;

    for (size_t k = 0; !want && k < model[0].n && k < model[1].n; k++) {
        want =
            order(value_of(code[0], model[0].at[k]), value_of(code[1], model[1].at[k]));
    }
    if (!want) want = (model[0].n > model[1].n) - (model[0].n < model[1].n);
    FUZZ_CHECK(pila_array_compare(&array[0], &array[1], &got) == PILA_OK);
    FUZZ_CHECK(got == want);
    FUZZ_CHECK(pila_array_eq(&array[0], &array[1], &eq) == PILA_OK &&
               eq == (want == 0));
}

/* Numbers of another typecode: the first that does not fit is a fault, and with
 * fromlist and from nothing changes then. */
static void extend(int which, unsigned op, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    const fuzz_seq *from = &model[!which];
    pila_array *a = &array[which];
    char to = code[which], of = code[!which];
    pila_status want = PILA_OK, st;

    made = op == 2 ? (fuzz_seq){0} : *m;
    if (made.n + from->n > FUZZ_MOST) return;
    if (is_float(of) && !is_float(to)) want = PILA_ETYPE;
    for (size_t k = 0; want == PILA_OK && k < from->n; k++) {
        exact value = value_of(of, from->at[k]);
        pila_number x = value.is_float    ? pila_number_float(value.f)
                        : value.whole < 0 ? pila_number_int((int64_t)value.whole)
                                          : pila_number_uint((uint64_t)value.whole);
        int64_t bits;
        want = bits_of(to, x, &bits);
        if (to == of) bits = from->at[k]; /* a NaN too */
        if (want == PILA_OK) seq_add(&made, bits);
    }
    pila_iter it = pila_array_iter(&array[!which]);
    fuzz_arm(in);
    st = op == 0   ? pila_array_extend(a, it)
         : op == 1 ? pila_array_fromlist(a, it)
                   : pila_array_from(a, it);
    bool whole = done(st, want);
    if (whole || (op == 0 && st == want)) {
        *m = made;
        return;
    }
    FUZZ_CHECK(a->list.base.len >= m->n && (op == 0 || a->list.base.len == m->n));
    while (m->n < a->list.base.len) seq_add(m, made.at[m->n]); /* before ENOMEM */
}

static void slice(int which, unsigned op, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    pila_slice s = slice_from(in, m->n), plain;
    bool good = slice_indices(s, m, &made, &plain);
    pila_status st = good ? PILA_OK : PILA_EVALUE;

    if (op == 0) {
        for (size_t k = 0; good && k < made.n; k++) made.at[k] = m->at[made.at[k]];
        fuzz_arm(in);
        if (!done(pila_array_slice(&array[!which], &array[which], s), st)) return;
        model[!which] = made;
        code[!which] = code[which];
    } else if (op == 1) {
        fuzz_arm(in);
        if (done(pila_array_del_slice(&array[which], s), st)) slice_del(m, &made);
    } else {
        static fuzz_seq items;
        int from = fuzz_byte(in) & 1;
        items = model[from];
        if (m->n + items.n > FUZZ_MOST) return;
        if (good && plain.step != 1 && items.n && items.n != made.n) st = PILA_EVALUE;
        if (good && code[from] != code[which]) st = PILA_ETYPE;
        fuzz_arm(in);
        if (!done(pila_array_set_slice(&array[which], s, &array[from]), st)) return;
        if (plain.step != 1 && !items.n) slice_del(m, &made);
        else slice_set(m, &made, plain, &items);
    }
}

static void swap_bytes(int which)
{
    size_t size = size_of(code[which]);

    pila_array_byteswap(&array[which]);
    for (size_t k = 0; k < model[which].n; k++) {
        unsigned char was[8], *item = (unsigned char *)&model[which].at[k];
        memcpy(was, item, size);
        for (size_t j = 0; j < size; j++)
            item[j] = was[FUZZ_PLANTED ? j : size - 1 - j];
    }
}

static void bytes(int which, fuzz_in *in)
{
    fuzz_seq *m = &model[which];
    size_t n = fuzz_below(in, 40), size = size_of(code[which]);

    if (n > (size_t)(in->end - in->p)) n = (size_t)(in->end - in->p);
    pila_str text = pila_str_of((const char *)in->p, n);
    in->p += n;
    if (m->n + n > FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st = pila_array_frombytes(&array[which], text);
    if (!done(st, n % size ? PILA_EVALUE : PILA_OK)) return;
    for (size_t k = 0; k < n; k += size) {
        int64_t bits = 0;
        memcpy(&bits, text.ptr + k, size);
        seq_add(m, bits);
    }
}

static void join(int which, unsigned op, fuzz_in *in)
{
    ptrdiff_t n = (int8_t)fuzz_byte(in) % 8;
    int to = fuzz_byte(in) & 1;
    pila_status st = PILA_OK;

    if (model[which].n * (n < 0 ? 0 : (size_t)n) > FUZZ_MOST) return;
    if (model[0].n + model[1].n > FUZZ_MOST) return;
    made = model[which];
    if (op != 1) seq_extend(&made, &model[!which]);
    else made.n = 0;
    for (ptrdiff_t k = 0; op == 1 && k < n; k++) seq_extend(&made, &model[which]);
    if (op != 1 && code[0] != code[1]) st = PILA_ETYPE;
    if (op == 2) to = which;
    fuzz_arm(in);
    pila_status got =
        op == 0   ? pila_array_concat(&array[to], &array[which], &array[!which])
        : op == 1 ? pila_array_repeat(&array[to], &array[which], n)
                  : pila_array_extend_array(&array[which], &array[!which]);
    if (!done(got, st)) return;
    model[to] = made;
    code[to] = code[which];
}

static void step(unsigned op, int which, fuzz_in *in)
{
    switch (op) {
    case 0:
    case 1:
    case 2: insert(which, op, in); break;
    case 3: take(which, in); break;
    case 4: search(which, in); break;
    case 5: compare(); break;
    case 6:
    case 7:
    case 8: extend(which, op - 6, in); break;
    case 9:
    case 10:
    case 11: slice(which, op - 9, in); break;
    case 12: swap_bytes(which); break;
    case 13: bytes(which, in); break;
    case 14:
    case 15:
    case 16: join(which, op - 14, in); break;
    case 17:
        pila_array_reverse(&array[which]);
        seq_reverse(&model[which]);
        break;
    case 18:
        fuzz_arm(in);
        if (!done(pila_array_copy(&array[!which], &array[which]), PILA_OK)) break;
        model[!which] = model[which];
        code[!which] = code[which];
        break;
    case 19:
        pila_array_move(&array[!which], &array[which]);
        model[!which] = model[which];
        code[!which] = code[which];
        model[which].n = 0;
        break;
    case 20:
        if (fuzz_byte(in) & 1) pila_array_clear(&array[which]);
        else {
            pila_array_done(&array[which]);
            code[which] = PILA_ARRAY_TYPECODES[fuzz_below(in, 12)];
            FUZZ_CHECK(pila_array_init(&array[which], code[which]) == PILA_OK);
        }
        model[which].n = 0;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};

    fuzz_start();
    for (int k = 0; k < 2; k++) {
        code[k] = PILA_ARRAY_TYPECODES[fuzz_below(&in, 12)];
        FUZZ_CHECK(pila_array_init(&array[k], code[k]) == PILA_OK);
        model[k].n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        step(op % 21, op >= 128, &in);
        fuzz_disarm();
        check();
    }
    for (int k = 0; k < 2; k++) pila_array_done(&array[k]);
    fuzz_stop();
    return 0;
}
