/* sinks.c - see sinks.h.
 *
 * A sink asks for a window, works on it in a loop whose item type is a constant, and
 * skips it. Integers are summed in blocks of 256 with nothing carried between items,
 * two at a time. If all of an eight-byte block have less than 54 bits, it cannot
 * overflow 64, which one OR an item tells. Else each item is cut into its low and high
 * 32 bits, added up apart; signed ones are shifted by 2^63 first, for SSE2 has no
 * signed shift of 64 bits. Only the sums of a block go into the total of 128 bits.
 *
 * min and max hold their best item as a copy, made with the type in which it is handed
 * out, since the item itself goes with its window. A callback that changes the
 * container under the iterator is noticed before the item is touched again.
 *
 * A product of integers grows with each factor but 0, so its size and sign are kept
 * apart, and only one that has grown too large to the end is a fault. Products of two
 * items go into two totals of 128 bits, of their low and of their high halves.
 *
 * What goes through two iterators asks the first one first, and copies its items before
 * it asks the second: both may take from the same one.
 *
 * Output goes through a buffer of our own, whatever it goes to. A FILE is flushed and
 * then written by its descriptor: C libraries drop what is in a FILE's buffer when a
 * write is interrupted, so a FILE cannot be asked to try again.
 *
 * Rejected: add with carry for each item (no slower than cutting them up, but the short
 * path takes 60 to 75 % of its time), and the compilers' 128-bit type, absent on 32-bit
 * machines.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "sinks.h"

#include "../core/keep.h"
#include "stage.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

/* The outcome of a sink: its own fault, or the iterator's. errno is kept for PILA_EIO.
 */
static pila_status sink_end(pila_iter *it, pila_status st)
{
    int kept = errno;

    if (st == PILA_OK) st = pila_iter_outcome(it);
    pila_iter_drop(it);
    errno = kept;
    return st;
}

/* ---- sums ---- */

enum { SUM_BLOCK = 256 }; /* items added up before they go into the total */

typedef struct wide { /* high * 2^64 + low */
    int64_t high;
    uint64_t low;
} wide;

static void wide_add(wide *w, int64_t high, uint64_t low)
{
    w->low += low;
    w->high += high + (w->low < low);
}

static void wide_subtract(wide *w, int64_t high, uint64_t low)
{
    w->high -= high + (w->low < low);
    w->low -= low;
}

static bool sum_takes(pila_kind kind)
{
    return kind >= PILA_KIND_I8 && kind <= PILA_KIND_U64;
}

/* Two items of any eight-byte type; the vector extension of the compilers, since their
 * own vectorisers give up on loads that may alias. */
typedef uint64_t lanes __attribute__((vector_size(16)));
typedef uint64_t item_lanes __attribute__((vector_size(16), may_alias, aligned(1)));

static void sum_split_tail(wide *w, const char *item, uint64_t bias)
{
    PILA__LOAD(uint64_t, x, item);
    wide_add(w, 0, x ^ bias);
    if (bias) wide_subtract(w, 0, bias);
}

/* n eight-byte items, each shifted by `bias` (0, or 2^63 for signed ones). */
static void sum_split(wide *w, const char *items, size_t n, uint64_t bias)
{
    const lanes mask = {UINT32_MAX, UINT32_MAX}, half = {32, 32}, shift = {bias, bias};
    const item_lanes *pairs = (const item_lanes *)(const void *)items;
    lanes low = {0, 0}, high = {0, 0};

    for (size_t k = 0; k < n / 2; k++) {
        lanes x = pairs[k] ^ shift;
        low += x & mask;
        high += x >> half;
    }
    wide_add(w, (int64_t)((high[0] + high[1]) >> 32), (high[0] + high[1]) << 32);
    wide_add(w, 0, low[0] + low[1]);
    if (bias) wide_subtract(w, (int64_t)(n / 2), 0);
}

/* The same for items of less than 54 bits, as nearly all are: false if one is not. */
PILA_INLINE bool sum_short(wide *w, const char *items, size_t n, uint64_t bias)
{
    const uint64_t origin = bias ? (uint64_t)1 << 53 : 0;
    const lanes shift = {origin, origin};
    const item_lanes *pairs = (const item_lanes *)(const void *)items;
    lanes sum = {0, 0}, bits = {0, 0};

    for (size_t k = 0; k < n / 2; k++) {
        lanes x = pairs[k];
        sum += x;
        bits |= x + shift;
    }
    if ((bits[0] | bits[1]) >> 54) return false;
    wide_add(w, (int64_t)(sum[0] + sum[1]) < 0 ? -1 : 0, sum[0] + sum[1]);
    return true;
}

PILA_INLINE void sum_words(wide *w, const char *items, size_t n, uint64_t bias)
{
    if (!sum_short(w, items, n, bias)) sum_split(w, items, n, bias);
    if (n % 2) sum_split_tail(w, items + (n - 1) * sizeof(uint64_t), bias);
}

PILA_INLINE int64_t sum_load(pila_kind kind, const char *items, size_t k)
{
#define SUM_LOAD(KIND, T)                                                              \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, items + k * sizeof(T));                                       \
        return x;                                                                      \
    }
    switch (kind) {
        SUM_LOAD(PILA_KIND_I8, int8_t)
        SUM_LOAD(PILA_KIND_I16, int16_t)
        SUM_LOAD(PILA_KIND_I32, int32_t)
        SUM_LOAD(PILA_KIND_U8, uint8_t)
        SUM_LOAD(PILA_KIND_U16, uint16_t)
        SUM_LOAD(PILA_KIND_U32, uint32_t)
    default: return 0; /* not reached: eight bytes are split */
    }
#undef SUM_LOAD
}

PILA_INLINE void sum_block(wide *w, pila_kind kind, const char *items, size_t n)
{
    int64_t sum = 0;

    if (kind == PILA_KIND_I64) {
        sum_words(w, items, n, (uint64_t)1 << 63);
    } else if (kind == PILA_KIND_U64) {
        sum_words(w, items, n, 0);
    } else {
        for (size_t k = 0; k < n; k++) sum += sum_load(kind, items, k);
        wide_add(w, sum < 0 ? -1 : 0, (uint64_t)sum);
    }
}

PILA_INLINE void sum_window(wide *w, pila_kind kind, size_t size, const char *items,
                            size_t n)
{
    for (; n >= SUM_BLOCK; n -= SUM_BLOCK, items += SUM_BLOCK * size)
        sum_block(w, kind, items, SUM_BLOCK);
    if (n) sum_block(w, kind, items, n);
}

static void sum_items(wide *w, pila_kind kind, const char *items, size_t n)
{
    switch (kind) {
    case PILA_KIND_I8: sum_window(w, PILA_KIND_I8, 1, items, n); break;
    case PILA_KIND_I16: sum_window(w, PILA_KIND_I16, 2, items, n); break;
    case PILA_KIND_I32: sum_window(w, PILA_KIND_I32, 4, items, n); break;
    case PILA_KIND_I64: sum_window(w, PILA_KIND_I64, 8, items, n); break;
    case PILA_KIND_U8: sum_window(w, PILA_KIND_U8, 1, items, n); break;
    case PILA_KIND_U16: sum_window(w, PILA_KIND_U16, 2, items, n); break;
    case PILA_KIND_U32: sum_window(w, PILA_KIND_U32, 4, items, n); break;
    default: sum_window(w, PILA_KIND_U64, 8, items, n); break;
    }
}

static pila_status sum_integers(pila_iter *it, wide *w)
{
    w->high = 0;
    w->low = 0;
    if (it->status == PILA_OK && !sum_takes(it->type->kind))
        return sink_end(it, PILA_ETYPE);
    for (size_t n; (n = pila_iter_ready(it)) > 0; pila_iter_skip(it, n))
        sum_items(w, it->type->kind, it->cur, n);
    return sink_end(it, PILA_OK);
}

pila_status pila_sum_i64(pila_iter it, int64_t *out)
{
    wide w;
    pila_status st = sum_integers(&it, &w);

    if (st != PILA_OK) return st;
    if (w.high != (w.low > INT64_MAX ? -1 : 0)) return PILA_EOVERFLOW;
    *out = (int64_t)w.low;
    return PILA_OK;
}

pila_status pila_sum_u64(pila_iter it, uint64_t *out)
{
    wide w;
    pila_status st = sum_integers(&it, &w);

    if (st != PILA_OK) return st;
    if (w.high != 0) return PILA_EOVERFLOW;
    *out = w.low;
    return PILA_OK;
}

typedef struct neumaier {
    double sum, lost; /* what rounding took away so far */
} neumaier;

static void neumaier_add(neumaier *total, const char *items, size_t n, bool wide_items)
{
    double sum = total->sum, lost = total->lost;

    for (size_t k = 0; k < n; k++) {
        double x, next;
        if (wide_items) memcpy(&x, items + k * sizeof x, sizeof x);
        else {
            PILA__LOAD(float, f, items + k * sizeof f);
            x = (double)f;
        }
        next = sum + x;
        /* A branch, since the sum soon stays the larger: predicted, it beats both a
         * select and Knuth's TwoSum, which needs no comparison. */
        if (fabs(sum) >= fabs(x)) lost += (sum - next) + x;
        else lost += (x - next) + sum;
        sum = next;
    }
    total->sum = sum;
    total->lost = lost;
}

pila_status pila_sum_f64(pila_iter it, double *out)
{
    neumaier total = {0, 0};
    pila_kind kind = it.type->kind;
    bool takes = kind == PILA_KIND_F32 || kind == PILA_KIND_F64;
    pila_status st;

    if (it.status == PILA_OK && !takes) return sink_end(&it, PILA_ETYPE);
    for (size_t n; (n = pila_iter_ready(&it)) > 0; pila_iter_skip(&it, n))
        neumaier_add(&total, it.cur, n, kind == PILA_KIND_F64);
    st = sink_end(&it, PILA_OK);
    if (st != PILA_OK) return st;
    /* Once a sum is infinite what it lost is not a number: as CPython, leave it out. */
    *out = isfinite(total.lost) && total.lost != 0 ? total.sum + total.lost : total.sum;
    return PILA_OK;
}

/* ---- products ---- */

typedef struct factors {
    uint64_t size; /* without the sign */
    bool below;    /* an odd number of factors below 0 */
    bool large;    /* size has left 64 bits: a fault, unless a factor is 0 */
    bool zero;
} factors;

/* Of two's complement: its size, and whether it is below 0. */
static uint64_t product_size(pila_kind kind, uint64_t x, bool *below)
{
    *below = kind != PILA_KIND_U64 && x >> 63;
    return *below ? 0 - x : x;
}

PILA_INLINE uint64_t product_load(pila_kind kind, const char *items, size_t k)
{
    if (kind != PILA_KIND_I64 && kind != PILA_KIND_U64)
        return (uint64_t)sum_load(kind, items, k);
    PILA__LOAD(uint64_t, x, items + k * sizeof(uint64_t));
    return x;
}

static void product_multiply(factors *p, pila_kind kind, const char *items, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        bool below;
        uint64_t size = product_size(kind, product_load(kind, items, k), &below);
        p->below = p->below != below;
        p->zero = p->zero || size == 0;
        if (!p->large) p->large = __builtin_mul_overflow(p->size, size, &p->size);
    }
}

pila_status pila_prod_i64(pila_iter it, int64_t *out)
{
    factors p = {1, false, false, false};
    pila_status st = PILA_OK;

    if (it.status == PILA_OK && !sum_takes(it.type->kind)) st = PILA_ETYPE;
    for (size_t n; st == PILA_OK && (n = pila_iter_ready(&it)) > 0;
         pila_iter_skip(&it, n))
        product_multiply(&p, it.type->kind, it.cur, n);
    st = sink_end(&it, st);
    if (st != PILA_OK) return st;
    if (p.zero) p.size = 0;
    else if (p.large || p.size > (uint64_t)INT64_MAX + p.below) return PILA_EOVERFLOW;
    *out = (int64_t)(p.below ? 0 - p.size : p.size);
    return PILA_OK;
}

pila_status pila_prod_f64(pila_iter it, double *out)
{
    pila_kind kind = it.type->kind;
    bool takes = kind == PILA_KIND_F32 || kind == PILA_KIND_F64;
    double all = 1;
    pila_status st;

    if (it.status == PILA_OK && !takes) return sink_end(&it, PILA_ETYPE);
    for (size_t n; (n = pila_iter_ready(&it)) > 0; pila_iter_skip(&it, n))
        for (size_t k = 0; k < n; k++) {
            if (kind == PILA_KIND_F64) {
                PILA__LOAD(double, x, it.cur + k * sizeof x);
                all *= x;
            } else {
                PILA__LOAD(float, x, it.cur + k * sizeof x);
                all *= (double)x;
            }
        }
    st = sink_end(&it, PILA_OK);
    if (st == PILA_OK) *out = all;
    return st;
}

/* ---- sums of products ---- */

enum { DOT_BLOCK = 256 }; /* items copied from a before b is asked */

/* The next pairs, *most or less: how many, a's at `items`; 0: *st says why, PILA_OK for
 * an end. No more is copied than twice what b had ready before. */
static size_t dot_pairs(pila_iter *a, pila_iter *b, char *items, size_t *most,
                        pila_status *st)
{
    size_t n = pila_iter_ready(a), m;

    *st = pila_iter_outcome(a);
    if (n == 0 && *st != PILA_OK) return 0;
    if (n > *most) n = *most;
    if (n) memcpy(items, a->cur, n * a->type->size);
    m = pila_iter_ready(b);
    if (m < n) n = m;
    *most = m < DOT_BLOCK / 2 ? 2 * m : (size_t)DOT_BLOCK;
    if (n) pila_iter_skip(a, n);
    if (b->status != PILA_OK) *st = pila_iter_outcome(b);
    if (*st == PILA_OK && n == 0 && (m || a->status == PILA_OK)) *st = PILA_EVALUE;
    return n;
}

static pila_status dot_end(pila_iter *a, pila_iter *b, pila_status st)
{
    int kept = errno;

    pila_iter_drop(a);
    pila_iter_drop(b);
    errno = kept;
    return st;
}

/* One that has ended is of no type. */
static bool dot_takes(const pila_iter *it, bool whole)
{
    pila_kind kind = it->type->kind;

    return it->status != PILA_OK || (whole ? sum_takes(kind) : kind == PILA_KIND_F64);
}

typedef struct dot_total { /* high * 2^64 + low */
    wide high, low;
} dot_total;

static void wide_add_signed(wide *w, uint64_t x) { wide_add(w, x >> 63 ? -1 : 0, x); }

/* The product of two that does not fit, in two's complement of 128 bits; then, for
 * those that have no sign, what taking their top bit for one has cost. */
static void dot_add_large(dot_total *t, uint64_t x, bool x_signed, uint64_t y,
                          bool y_signed)
{
    uint64_t p = x >> 63 ? 0 - x : x, q = y >> 63 ? 0 - y : y;
    uint64_t a = p >> 32, b = p & UINT32_MAX, c = q >> 32, d = q & UINT32_MAX;
    uint64_t middle = (b * d >> 32) + (a * d & UINT32_MAX) + (b * c & UINT32_MAX);
    uint64_t low = p * q, high = a * c + (a * d >> 32) + (b * c >> 32) + (middle >> 32);
    bool x_more = x >> 63 && !x_signed, y_more = y >> 63 && !y_signed;

    if ((x ^ y) >> 63) {
        low = 0 - low;
        high = ~high + (low == 0);
    }
    wide_add(&t->low, 0, low);
    wide_add_signed(&t->high, high);
    if (x_more) wide_add_signed(&t->high, y);
    if (y_more) wide_add_signed(&t->high, x);
    if (x_more && y_more) wide_add(&t->high, 1, 0);
}

/* Sums stay in 64 bits as long as they fit. */
PILA_INLINE void dot_block(dot_total *t, pila_kind a_kind, const char *a,
                           pila_kind b_kind, const char *b, size_t n)
{
    bool a_signed = a_kind != PILA_KIND_U64, b_signed = b_kind != PILA_KIND_U64;
    int64_t sum = 0, both, next;

    for (size_t k = 0; k < n; k++) {
        uint64_t x = product_load(a_kind, a, k), y = product_load(b_kind, b, k);
        bool large = __builtin_mul_overflow((int64_t)x, (int64_t)y, &both);
        if ((!a_signed && x >> 63) || (!b_signed && y >> 63)) large = true;
        if (PILA_LIKELY(!large && !__builtin_add_overflow(sum, both, &next))) {
            sum = next;
            continue;
        }
        wide_add_signed(&t->low, (uint64_t)sum);
        sum = large ? 0 : both;
        if (large) dot_add_large(t, x, a_signed, y, b_signed);
    }
    wide_add_signed(&t->low, (uint64_t)sum);
}

static pila_status dot_fits(const dot_total *t, int64_t *out)
{
    wide top = t->high;

    wide_add_signed(&top, (uint64_t)t->low.high); /* all above the low 64 bits */
    if (top.high != (t->low.low >> 63 ? -1 : 0) || top.low != (uint64_t)top.high)
        return PILA_EOVERFLOW;
    *out = (int64_t)t->low.low;
    return PILA_OK;
}

pila_status pila_dotproduct_i64(pila_iter a, pila_iter b, int64_t *out)
{
    dot_total t = {{0, 0}, {0, 0}};
    char items[DOT_BLOCK * sizeof(uint64_t)];
    size_t most = DOT_BLOCK;
    pila_status st = PILA_ETYPE;

    if (!dot_takes(&a, true) || !dot_takes(&b, true)) return dot_end(&a, &b, st);
    for (size_t n; (n = dot_pairs(&a, &b, items, &most, &st)) > 0;
         pila_iter_skip(&b, n)) {
        if (a.type->kind == PILA_KIND_I64 && b.type->kind == PILA_KIND_I64)
            dot_block(&t, PILA_KIND_I64, items, PILA_KIND_I64, b.cur, n);
        else dot_block(&t, a.type->kind, items, b.type->kind, b.cur, n);
    }
    st = dot_end(&a, &b, st);
    return st == PILA_OK ? dot_fits(&t, out) : st;
}

/* a + b without rounding: the sum, and what it lost. D. E. Knuth. */
PILA_INLINE double two_sum(double a, double b, double *lost)
{
    double sum = a + b, rest = sum - a;

    *lost = (a - (sum - rest)) + (b - rest);
    return sum;
}

/* x as a high and a low half of its bits, scaled where that would overflow. G. W.
 * Veltkamp. */
PILA_INLINE double two_halves(double x, double *low)
{
    double scale = fabs(x) > 0x1p990 ? 0x1p-28 : 1;
    double wider = x * scale * 134217729.0; /* 2^27 + 1 */
    double high = (wider - (wider - x * scale)) / scale;

    *low = x - high;
    return high;
}

PILA_INLINE double two_product(double x, double y, double *lost)
{
    double product = x * y, a, b, c, d;

    a = two_halves(x, &b);
    c = two_halves(y, &d);
    *lost = b * d - (((product - a * c) - b * c) - a * d);
    return product;
}

typedef struct triple { /* unevaluated sums, each far below the one before */
    double sum, low, tiny;
    double beyond; /* plain sums from where those would not be finite */
} triple;

static double triple_value(const triple *t)
{
    double rest, lost, low = two_sum(t->low, t->tiny, &rest);
    double sum = two_sum(t->sum, low, &lost);

    return sum + (lost + rest);
}

PILA_INLINE void triple_add(triple *t, double x, double y)
{
    double lost, carry, small, rest, low;
    double product = two_product(x, y, &lost), sum = two_sum(t->sum, product, &carry);

    if (PILA_UNLIKELY(!isfinite(sum))) {
        t->beyond += triple_value(t);
        t->beyond += x * y;
        t->sum = t->low = t->tiny = 0;
        return;
    }
    low = two_sum(t->low, lost, &small);
    t->sum = sum;
    t->low = two_sum(low, carry, &rest);
    t->tiny += small + rest;
}

pila_status pila_dotproduct_f64(pila_iter a, pila_iter b, double *out)
{
    triple t = {0, 0, 0, 0};
    double items[DOT_BLOCK];
    size_t most = DOT_BLOCK;
    pila_status st = PILA_ETYPE;

    if (!dot_takes(&a, false) || !dot_takes(&b, false)) return dot_end(&a, &b, st);
    for (size_t n; (n = dot_pairs(&a, &b, (char *)items, &most, &st)) > 0;
         pila_iter_skip(&b, n))
        for (size_t k = 0; k < n; k++) {
            PILA__LOAD(double, y, b.cur + k * sizeof y);
            triple_add(&t, items[k], y);
        }
    st = dot_end(&a, &b, st);
    if (st == PILA_OK) *out = t.beyond + triple_value(&t);
    return st;
}

/* ---- min and max ---- */

typedef struct extreme {
    const pila_type *type;     /* of the best item: what is handed out */
    const pila_type *key_type; /* NULL: items are compared themselves */
    pila_key_callback *key;
    void *ctx;
    bool most; /* max */
    pila__held best;
    bool any; /* best holds an item, and best_key its key */
    void *keys,
        *fresh; /* a block of two keys, and which of them the next one goes to */
} extreme;

/* a comes before b: in min when it is less, in max when it is greater. */
PILA_INLINE pila_status extreme_beats(const pila_type *t, bool most, const void *a,
                                      const void *b, bool *out)
{
    return most ? pila_type_less(t, b, a, out) : pila_type_less(t, a, b, out);
}

static void *extreme_best_key(const extreme *e)
{
    char *first = (char *)e->keys, *second = first + e->key_type->size;

    return e->fresh == first ? second : first;
}

static void extreme_done(extreme *e)
{
    if (e->any && e->key_type) pila_type_drop(e->key_type, extreme_best_key(e));
    if (e->any) pila__let_go_copy(&e->best);
    e->any = false;
}

/* Make the item the best one; its key is at fresh. */
static pila_status extreme_take(extreme *e, const void *item)
{
    pila__held held;
    pila_status st = pila__hold_copy(&held, e->type, item);

    if (st != PILA_OK) return st;
    extreme_done(e);
    e->best = held;
    if (held.item == held.room.bytes) e->best.item = e->best.room.bytes;
    if (e->key_type) e->fresh = extreme_best_key(e);
    e->any = true;
    return PILA_OK;
}

/* The iterator's container may have been changed by the callback that just ran. */
static pila_status extreme_still(const pila_iter *it, pila_status st)
{
    return st == PILA_OK && *it->stamp != it->seen ? PILA_EMUTATED : st;
}

static pila_status extreme_offer_key(extreme *e, const pila_iter *it, const void *item,
                                     const void *lent)
{
    bool beats = true;
    pila_status st = e->key(e->ctx, lent, e->fresh);

    if (st != PILA_OK) return st;
    if (e->any)
        st = extreme_beats(e->key_type, e->most, e->fresh, extreme_best_key(e), &beats);
    st = extreme_still(it, st);
    if (st == PILA_OK && beats) st = extreme_take(e, item);
    else beats = false;
    if (!beats || st != PILA_OK) pila_type_drop(e->key_type, e->fresh);
    return st;
}

static pila_status extreme_offer(extreme *e, const pila_iter *it, const void *lent)
{
    pila_string room;
    const void *item = pila_type_adapt(e->type, it->type, lent, &room);
    bool beats = true;
    pila_status st = PILA_OK;

    if (e->key_type) return extreme_offer_key(e, it, item, lent);
    if (e->any) st = extreme_beats(e->type, e->most, item, e->best.item, &beats);
    st = extreme_still(it, st);
    return st == PILA_OK && beats ? extreme_take(e, item) : st;
}

/* Numbers: the best is a value, and nothing can fail. t is a constant. */
PILA_INLINE bool extreme_numbers(pila_iter *it, const pila_type *t, bool most,
                                 void *out)
{
    uint64_t best = 0; /* its bytes, as many as t has */
    bool any = false, beats;

    for (size_t n; (n = pila_iter_ready(it)) > 0; pila_iter_skip(it, n)) {
        const char *item = it->cur;
        if (!any) memcpy(&best, item, t->size);
        any = true;
        for (size_t k = 0; k < n; k++, item += t->size) {
            (void)extreme_beats(t, most, item, &best, &beats);
            if (beats) memcpy(&best, item, t->size);
        }
    }
    if (any && it->status == PILA_END) memcpy(out, &best, t->size);
    return any;
}

PILA_INLINE bool extreme_of_kind(pila_iter *it, bool most, void *out)
{
    switch (it->type->kind) {
    case PILA_KIND_I8: return extreme_numbers(it, &pila_i8, most, out);
    case PILA_KIND_I16: return extreme_numbers(it, &pila_i16, most, out);
    case PILA_KIND_I32: return extreme_numbers(it, &pila_i32, most, out);
    case PILA_KIND_I64: return extreme_numbers(it, &pila_i64, most, out);
    case PILA_KIND_U8: return extreme_numbers(it, &pila_u8, most, out);
    case PILA_KIND_U16: return extreme_numbers(it, &pila_u16, most, out);
    case PILA_KIND_U32: return extreme_numbers(it, &pila_u32, most, out);
    case PILA_KIND_U64: return extreme_numbers(it, &pila_u64, most, out);
    case PILA_KIND_F32: return extreme_numbers(it, &pila_f32, most, out);
    default: return extreme_numbers(it, &pila_f64, most, out);
    }
}

static pila_status extreme_fast(pila_iter *it, bool most, void *out)
{
    bool any = most ? extreme_of_kind(it, true, out) : extreme_of_kind(it, false, out);
    pila_status st = sink_end(it, PILA_OK);

    return st == PILA_OK && !any ? PILA_EVALUE : st;
}

static pila_status extreme_run(extreme *e, pila_iter *it)
{
    pila_status st = PILA_OK;
    const void *item;

    if (e->key_type) {
        e->keys = e->fresh = pila_alloc(2, e->key_type->size);
        if (!e->keys) return PILA_ENOMEM;
    }
    while (st == PILA_OK && (item = pila_next_item(it)) != NULL)
        st = extreme_offer(e, it, item);
    return st == PILA_OK ? pila_iter_outcome(it) : st;
}

static pila_status extreme_find(extreme *e, pila_iter *it, void *out)
{
    pila_status st = extreme_run(e, it);

    if (st == PILA_OK && !e->any) st = PILA_EVALUE;
    if (st == PILA_OK) { /* the item is handed over: its room goes, not what it owns */
        memcpy(out, e->best.item, e->type->size);
        if (e->key_type) pila_type_drop(e->key_type, extreme_best_key(e));
        pila_free(e->best.block);
        e->any = false;
    }
    st = sink_end(it, st);
    extreme_done(e);
    pila_free(e->keys);
    return st;
}

static pila_status extreme_start(pila_iter *it, const pila_type *key_type,
                                 pila_key_callback *key, void *ctx,
                                 const pila_type *type, bool most, void *out)
{
    extreme e;
    bool number = it->type->kind >= PILA_KIND_I8 && it->type->kind <= PILA_KIND_F64;

    if (it->status != PILA_OK) {
        pila_status st = sink_end(it, PILA_OK);
        return st == PILA_OK ? PILA_EVALUE : st;
    }
    if (!pila_type_accepts(type, it->type) ||
        (type->kind == PILA_KIND_STR && it->type == &pila_view_padded))
        return sink_end(it, PILA_ETYPE);
    if (number && !key_type) return extreme_fast(it, most, out);
    memset(&e, 0, sizeof e);
    e.type = type;
    e.key_type = key_type;
    e.key = key;
    e.ctx = ctx;
    e.most = most;
    return extreme_find(&e, it, out);
}

pila_status pila_min(pila_iter it, const pila_type *type, void *out)
{
    return extreme_start(&it, NULL, NULL, NULL, type, false, out);
}

pila_status pila_max(pila_iter it, const pila_type *type, void *out)
{
    return extreme_start(&it, NULL, NULL, NULL, type, true, out);
}

pila_status pila_min_by(pila_iter it, const pila_type *key_type, pila_key_callback *key,
                        void *ctx, const pila_type *type, void *out)
{
    return extreme_start(&it, key_type, key, ctx, type, false, out);
}

pila_status pila_max_by(pila_iter it, const pila_type *key_type, pila_key_callback *key,
                        void *ctx, const pila_type *type, void *out)
{
    return extreme_start(&it, key_type, key, ctx, type, true, out);
}

pila_status pila_min_i64(pila_iter it, int64_t *out)
{
    return pila_min(it, &pila_i64, out);
}
pila_status pila_max_i64(pila_iter it, int64_t *out)
{
    return pila_max(it, &pila_i64, out);
}
pila_status pila_min_f64(pila_iter it, double *out)
{
    return pila_min(it, &pila_f64, out);
}
pila_status pila_max_f64(pila_iter it, double *out)
{
    return pila_max(it, &pila_f64, out);
}

/* ---- any, all ---- */

PILA_INLINE pila_str text_of(pila_kind kind, const void *item)
{
    return kind == PILA_KIND_STR ? *(const pila_str *)item
                                 : pila_string_view((const pila_string *)item);
}

static bool is_text(pila_kind kind)
{
    return kind == PILA_KIND_STR || kind == PILA_KIND_STRING;
}

PILA_INLINE bool truth(pila_kind kind, const char *item)
{
#define TRUTH(KIND, T)                                                                 \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, item);                                                        \
        return x != 0;                                                                 \
    }
    switch (kind) {
    case PILA_KIND_I8:
        return *item != 0;
        TRUTH(PILA_KIND_I16, int16_t)
        TRUTH(PILA_KIND_I32, int32_t)
        TRUTH(PILA_KIND_I64, int64_t)
    case PILA_KIND_U8:
        return *item != 0;
        TRUTH(PILA_KIND_U16, uint16_t)
        TRUTH(PILA_KIND_U32, uint32_t)
        TRUTH(PILA_KIND_U64, uint64_t)
        TRUTH(PILA_KIND_F32, float)
        TRUTH(PILA_KIND_F64, double)
        TRUTH(PILA_KIND_PTR, uintptr_t)
    case PILA_KIND_STR: return text_of(PILA_KIND_STR, item).len != 0;
    case PILA_KIND_STRING: return text_of(PILA_KIND_STRING, item).len != 0;
    case PILA_KIND_OTHER: break;
    }
#undef TRUTH
    return false;
}

/* Whether an item's truth is `wanted`; the search stops there. */
static pila_status truth_find(pila_iter *it, bool wanted, bool *found)
{
    const char *item;

    *found = false;
    if (it->status == PILA_OK && it->type->kind == PILA_KIND_OTHER)
        return sink_end(it, PILA_ETYPE);
    while (!*found && (item = (const char *)pila_next_item(it)) != NULL)
        *found = truth(it->type->kind, item) == wanted;
    return sink_end(it, PILA_OK);
}

pila_status pila_any(pila_iter it, bool *out)
{
    bool found;
    pila_status st = truth_find(&it, true, &found);

    if (st == PILA_OK) *out = found;
    return st;
}

pila_status pila_all(pila_iter it, bool *out)
{
    bool found;
    pila_status st = truth_find(&it, false, &found);

    if (st == PILA_OK) *out = !found;
    return st;
}

/* ---- equal ---- */

/* An item of one iterator held over a call on another, or on itself. */
typedef struct keeper {
    pila__held room; /* raw: its bytes are pila__keep's */
    pila_buf text;
    const pila_type *type;
    void *item; /* NULL: none */
} keeper;

static pila_status keeper_take(keeper *k, const pila_type *type, const void *item)
{
    pila_status st;

    k->type = type;
    k->room.block = type->size > sizeof k->room.room ? pila_alloc(1, type->size) : NULL;
    if (type->size > sizeof k->room.room && !k->room.block) return PILA_ENOMEM;
    k->item = k->room.block ? k->room.block : k->room.room.bytes;
    st = pila__keep(type, k->item, item, 1, &k->text);
    if (st == PILA_OK) return st;
    pila_free(k->room.block);
    k->item = NULL;
    return st;
}

static void keeper_drop(keeper *k)
{
    if (!k->item) return;
    pila__unkeep(k->type, k->item, 1);
    pila_free(k->room.block);
    k->item = NULL;
}

/* Whether n items of `size` bytes equal the first, one by one; step 0: that one only.
 * What eq does to the container of `it` is seen before the next. */
PILA_INLINE pila_status equal_run(const pila_type *t, const char *a, size_t a_step,
                                  const pila_iter *it, size_t n, bool *same)
{
    size_t size = it->type->size;
    const char *b = it->cur;
    pila_status st = PILA_OK;

    for (size_t k = 0; st == PILA_OK && *same && k < n; k++, a += a_step, b += size)
        st = extreme_still(it, pila_type_eq(t, a, b, same));
    return st;
}

/* Whether a == b is to have the same bytes. */
static bool equal_is_bytes(const pila_type *t)
{
    return sum_takes(t->kind) || t->kind == PILA_KIND_PTR;
}

/* The same, at once where bytes say it: items equal to the first and each to the next
 * are all equal. */
static pila_status equal_items(const pila_type *t, const char *a, size_t a_step,
                               const pila_iter *it, size_t n, bool *same)
{
    const char *b = it->cur;
    size_t size = t->size;

    if (t->kind == PILA_KIND_F64)
        return equal_run(&pila_f64, a, a_step ? sizeof(double) : 0, it, n, same);
    if (!equal_is_bytes(t)) return equal_run(t, a, a_step, it, n, same);
    if (a_step) *same = memcmp(a, b, n * size) == 0;
    else *same = memcmp(a, b, size) == 0 && memcmp(b, b + size, (n - 1) * size) == 0;
    return PILA_OK;
}

pila_status pila_all_equal(pila_iter it, bool *out)
{
    keeper first = {{NULL, NULL, NULL, {{0}}}, {NULL, 0, 0, 0}, NULL, NULL};
    bool same = true;
    pila_status st = PILA_OK;
    size_t n = pila_iter_ready(&it);

    if (n) st = keeper_take(&first, it.type, it.cur);
    if (n && st == PILA_OK) st = extreme_still(&it, st);
    if (n) pila_iter_skip(&it, 1);
    for (; st == PILA_OK && same && (n = pila_iter_ready(&it)) > 0;
         pila_iter_skip(&it, n))
        st = equal_items(it.type, (const char *)first.item, 0, &it, n, &same);
    st = sink_end(&it, st);
    keeper_drop(&first);
    pila_buf_done(&first.text);
    if (st == PILA_OK) *out = same;
    return st;
}

static bool equal_alike(const pila_iter *a, const pila_iter *b)
{
    if (a->status != PILA_OK || b->status != PILA_OK) return true;
    if (is_text(a->type->kind)) return is_text(b->type->kind);
    return a->type->kind == b->type->kind && a->type->size == b->type->size &&
           pila_type_accepts(a->type, b->type);
}

/* n items of a that are at `from`, and b's next; text may be viewed or owned. */
static pila_status equal_pairs(const pila_iter *a, const char *from, const pila_iter *b,
                               size_t n, bool *same)
{
    pila_kind x = a->type->kind, y = b->type->kind;

    if (x == y) return equal_items(a->type, from, a->type->size, b, n, same);
    for (size_t k = 0; *same && k < n; k++)
        *same = pila_str_eq(text_of(x, from + k * a->type->size),
                            text_of(y, b->cur + k * b->type->size));
    return PILA_OK;
}

/* The next item of a beside one of b that has to be made: a's is held meanwhile. */
static pila_status equal_over(pila_iter *a, pila_iter *b, keeper *k, bool *same)
{
    pila_status st = keeper_take(k, a->type, a->cur);

    if (st == PILA_OK) st = extreme_still(a, st);
    pila_iter_skip(a, 1);
    if (st == PILA_OK && pila_iter_ready(b)) {
        st = equal_pairs(a, (const char *)k->item, b, 1, same);
        pila_iter_skip(b, 1);
    } else if (st == PILA_OK) {
        st = pila_iter_outcome(b);
        *same = false;
    }
    keeper_drop(k);
    return st;
}

/* The items that both have ready, in place; a may be changed by eq as well. */
static pila_status equal_ready(pila_iter *a, pila_iter *b, size_t n, bool *same)
{
    size_t m = pila_iter_ready(b), each;
    pila_status st = PILA_OK;

    if (m < n) n = m;
    each = pila_type_calls_out(a->type) ? 1 : n;
    for (; n && st == PILA_OK && *same; n -= each) {
        st = extreme_still(a, equal_pairs(a, a->cur, b, each, same));
        pila_iter_skip(a, each);
        pila_iter_skip(b, each);
    }
    return st;
}

pila_status pila_equal(pila_iter a, pila_iter b, bool *out)
{
    keeper k = {{NULL, NULL, NULL, {{0}}}, {NULL, 0, 0, 0}, NULL, NULL};
    bool same = true;
    pila_status st = equal_alike(&a, &b) ? PILA_OK : PILA_ETYPE;

    for (size_t n; st == PILA_OK && same && (n = pila_iter_ready(&a)) > 0;)
        st = pila__iter_warm(&b) ? equal_ready(&a, &b, n, &same)
                                 : equal_over(&a, &b, &k, &same);
    if (st == PILA_OK && same) st = pila_iter_outcome(&a);
    if (st == PILA_OK && same) {
        same = pila_iter_ready(&b) == 0;
        st = pila_iter_outcome(&b);
    }
    pila_buf_done(&k.text);
    st = dot_end(&a, &b, st);
    if (st == PILA_OK) *out = same;
    return st;
}

/* ---- some of the items ---- */

/* Whether items may be handed out as `type`; views of a reader's buffer not. */
static bool take_accepts(const pila_type *type, const pila_iter *it)
{
    if (it->status != PILA_OK) return true;
    return pila_type_accepts(type, it->type) &&
           !(type->kind == PILA_KIND_STR && it->type == &pila_view_padded);
}

static pila_status take_item(pila_iter *it, const pila_type *type, const void *item,
                             void *out)
{
    pila_string room;
    pila_status st =
        pila_type_copy(type, out, pila_type_adapt(type, it->type, item, &room));

    if (st != PILA_OK) return st;
    st = extreme_still(it, st);
    if (st != PILA_OK) pila_type_drop(type, out);
    return st;
}

/* Up to n items; *done of them are copies, whatever the answer. */
static pila_status take_items(pila_iter *it, size_t n, const pila_type *type, char *out,
                              size_t *done)
{
    bool plain = pila_type_plain(type);
    pila_status st = PILA_OK;

    while (st == PILA_OK && *done < n) {
        size_t ready = pila_iter_ready(it);
        if (ready == 0) return pila_iter_outcome(it);
        if (ready > n - *done) ready = n - *done;
        if (!plain) ready = 1;
        if (plain) memcpy(out, it->cur, ready * type->size);
        else st = take_item(it, type, it->cur, out);
        pila_iter_skip(it, ready);
        out += ready * type->size;
        if (st == PILA_OK) *done += ready;
    }
    return st;
}

pila_status pila_take(pila_iter it, size_t n, const pila_type *type, void *out,
                      size_t *taken)
{
    size_t done = 0;
    pila_status st = take_accepts(type, &it) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK) st = take_items(&it, n, type, (char *)out, &done);
    if (st != PILA_OK)
        while (done > 0) pila_type_drop(type, (char *)out + --done * type->size);
    st = dot_end(&it, &it, st);
    if (st == PILA_OK) *taken = done;
    return st;
}

pila_status pila_advance(pila_iter *it, size_t n)
{
    for (size_t ready; n > 0; n -= ready) {
        ready = pila_iter_ready(it);
        if (ready == 0) return pila_iter_outcome(it);
        if (ready > n) ready = n;
        pila_iter_skip(it, ready);
    }
    return PILA_OK;
}

pila_status pila_nth(pila_iter it, size_t n, const pila_type *type, void *out)
{
    size_t done = 0;
    pila_status st = take_accepts(type, &it) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK) st = pila_advance(&it, n);
    if (st == PILA_OK) st = take_items(&it, 1, type, (char *)out, &done);
    if (st == PILA_OK && done == 0) st = PILA_END;
    return dot_end(&it, &it, st);
}

/* ---- len, consume ---- */

pila_status pila_len(pila_iter it, size_t *out)
{
    size_t total = 0;
    pila_status st = PILA_OK;

    for (size_t n; st == PILA_OK && (n = pila_iter_ready(&it)) > 0;
         pila_iter_skip(&it, n))
        if (!pila_add(total, n, &total)) st = PILA_EOVERFLOW;
    st = sink_end(&it, st);
    if (st == PILA_OK) *out = total;
    return st;
}

pila_status pila_consume(pila_iter it)
{
    for (size_t n; (n = pila_iter_ready(&it)) > 0;) pila_iter_skip(&it, n);
    return sink_end(&it, PILA_OK);
}

/* ---- text ---- */

/* Words are short, and a call of memcpy for each takes longer than its copy. Two moves
 * that may overlap do, and go beyond neither end. */
PILA_INLINE char *text_put(char *to, pila_str text)
{
    size_t n = text.len;

    if (n > 16) memcpy(to, text.ptr, n);
    else if (n >= 8) {
        uint64_t head, tail;
        memcpy(&head, text.ptr, 8);
        memcpy(&tail, text.ptr + n - 8, 8);
        memcpy(to, &head, 8);
        memcpy(to + n - 8, &tail, 8);
    } else if (n >= 4) {
        uint32_t head, tail;
        memcpy(&head, text.ptr, 4);
        memcpy(&tail, text.ptr + n - 4, 4);
        memcpy(to, &head, 4);
        memcpy(to + n - 4, &tail, 4);
    } else if (n) {
        char middle = text.ptr[n / 2], last = text.ptr[n - 1];
        to[0] = text.ptr[0];
        to[n / 2] = middle;
        to[n - 1] = last;
    }
    return to + n;
}

/* The bytes of n items, SIZE_MAX for too many. */
PILA_INLINE size_t join_bytes(pila_kind kind, const pila_iter *it, size_t n, size_t sep)
{
    size_t total, size = it->type->size;

    if (!pila_mul(n, sep, &total)) return SIZE_MAX;
    for (size_t k = 0; k < n; k++)
        if (!pila_add(total, text_of(kind, it->cur + k * size).len, &total))
            return SIZE_MAX;
    return total;
}

enum { JOIN_SHORT = 16 }; /* bytes of a separator that is stored as one */

/* The separator; what is too much is written over by what follows. */
PILA_INLINE char *join_between(char *to, const char *end, pila_str sep,
                               const char *padded)
{
    if (sep.len > JOIN_SHORT || end - to < JOIN_SHORT) return text_put(to, sep);
    memcpy(to, padded, JOIN_SHORT);
    return to + sep.len;
}

PILA_INLINE pila_status join_window(pila_kind kind, const pila_iter *it, size_t n,
                                    pila_str sep, bool first, pila_buf *out)
{
    size_t need = join_bytes(kind, it, n, sep.len), size = it->type->size;
    pila_status st;

    if (first && need != SIZE_MAX) need -= sep.len;
    st = pila_buf_reserve(out, need);
    if (st != PILA_OK || need == 0) return st;
    char *to = out->data + out->len, *end = to + need;
    char between[JOIN_SHORT] = {0};
    if (sep.len && sep.len <= JOIN_SHORT) memcpy(between, sep.ptr, sep.len);
    for (size_t k = 0; k < n; k++) {
        if (k || !first) to = join_between(to, end, sep, between);
        to = text_put(to, text_of(kind, it->cur + k * size));
    }
    out->len += need;
    return PILA_OK;
}

pila_status pila_join(pila_iter it, pila_str sep, pila_buf *out)
{
    size_t was = out->len, n;
    bool first = true, views = it.type->kind == PILA_KIND_STR;
    pila_status st = PILA_OK;

    if (it.status == PILA_OK && !is_text(it.type->kind)) st = PILA_ETYPE;
    while (st == PILA_OK && (n = pila_iter_ready(&it)) > 0) {
        st = views ? join_window(PILA_KIND_STR, &it, n, sep, first, out)
                   : join_window(PILA_KIND_STRING, &it, n, sep, first, out);
        first = false;
        if (st == PILA_OK) pila_iter_skip(&it, n);
    }
    st = sink_end(&it, st);
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- writing ---- */

enum {
    /* bytes of the buffer; larger items are written from where they are */
    WRITE_ROOM = 64 << 10,
    WRITE_SLACK = 16,    /* a short padded item is copied as 16 bytes */
    WRITE_MOST = 1 << 30 /* bytes asked of the system at a time */
};

typedef struct writer {
    pila_bytes_out to;
    char *data;
    size_t used;
} writer;

pila_bytes_out pila_to_fd(int fd)
{
    pila_bytes_out to = {NULL, NULL, fd, NULL};

    return to;
}

pila_bytes_out pila_to_write(pila_write_callback *write_some, void *ctx)
{
    pila_bytes_out to = {write_some, ctx, -1, NULL};

    return to;
}

/* For a FILE without a descriptor, such as one in memory. An interrupted write is a
 * failed one here: how much was written is not known. */
static ptrdiff_t write_stdio(void *ctx, const void *bytes, size_t n)
{
    size_t done = fwrite(bytes, 1, n, (FILE *)ctx);

    if (done == 0 && errno == EINTR) errno = EIO;
    return done ? (ptrdiff_t)done : -1;
}

pila_bytes_out pila_to_file(FILE *file)
{
    int kept = errno;
    pila_bytes_out to = {NULL, file, fileno(file), file};

    if (to.fd < 0) to.write = write_stdio;
    errno = kept;
    return to;
}

static pila_status write_all(const pila_bytes_out *to, const char *bytes, size_t n)
{
    while (n) {
        size_t ask = n < WRITE_MOST ? n : (size_t)WRITE_MOST;
        errno = 0;
        ptrdiff_t done = to->write ? to->write(to->ctx, bytes, ask)
                                   : (ptrdiff_t)write(to->fd, bytes, ask);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            if (errno == 0) errno = EIO;
            return PILA_EIO;
        }
        bytes += done;
        n -= (size_t)done;
    }
    return PILA_OK;
}

static pila_status writer_flush(writer *w)
{
    size_t used = w->used;

    w->used = 0;
    return write_all(&w->to, w->data, used);
}

/* What does not fit beside the rest. */
static pila_status writer_put(writer *w, pila_str text)
{
    pila_status st = PILA_OK;

    if (text.len > WRITE_ROOM - w->used) st = writer_flush(w);
    if (st != PILA_OK) return st;
    if (text.len >= WRITE_ROOM) return write_all(&w->to, text.ptr, text.len);
    w->used = (size_t)(text_put(w->data + w->used, text) - w->data);
    return PILA_OK;
}

PILA_INLINE pila_status writer_window(writer *w, pila_kind kind, bool padded,
                                      const pila_iter *it, size_t n, pila_str end)
{
    size_t size = it->type->size;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        pila_str text = text_of(kind, it->cur + k * size);
        if (PILA_LIKELY(end.len <= WRITE_SLACK && text.len < WRITE_ROOM - WRITE_SLACK &&
                        w->used + text.len + end.len <= WRITE_ROOM)) {
            char *to = w->data + w->used;
            if (padded && text.len <= WRITE_SLACK) {
                memcpy(to, text.ptr, WRITE_SLACK);
                to += text.len;
            } else to = text_put(to, text);
            if (end.len == 1) *to++ = *end.ptr;
            else to = text_put(to, end);
            w->used = (size_t)(to - w->data);
        } else {
            st = writer_put(w, text);
            if (st == PILA_OK) st = writer_put(w, end);
        }
    }
    return st;
}

static pila_status writer_run(writer *w, pila_iter *it, pila_str end)
{
    bool views = it->type->kind == PILA_KIND_STR;
    bool padded = it->type == &pila_view_padded;
    pila_status st = PILA_OK;

    for (size_t n; st == PILA_OK && (n = pila_iter_ready(it)) > 0;) {
        if (padded) st = writer_window(w, PILA_KIND_STR, true, it, n, end);
        else if (views) st = writer_window(w, PILA_KIND_STR, false, it, n, end);
        else st = writer_window(w, PILA_KIND_STRING, false, it, n, end);
        pila_iter_skip(it, n);
    }
    return st;
}

/* What the FILE holds goes first; after that flush its descriptor may be used beside
 * it. */
static pila_status writer_open_file(const pila_bytes_out *to)
{
    return to->file && fflush(to->file) != 0 ? PILA_EIO : PILA_OK;
}

static pila_status writer_close_file(const pila_bytes_out *to)
{
    return to->file && to->write && fflush(to->file) != 0 ? PILA_EIO : PILA_OK;
}

/* What the iterator gave before it failed is written; its fault is the answer. */
static pila_status writer_finish(writer *w, pila_iter *it, pila_status st)
{
    int kept;

    if (st != PILA_OK) return st;
    kept = errno;
    st = writer_flush(w);
    if (st == PILA_OK) st = writer_close_file(&w->to);
    if (pila_iter_outcome(it) == PILA_OK) return st;
    errno = kept;
    return pila_iter_outcome(it);
}

pila_status pila_write_lines(pila_iter it, pila_str end, pila_bytes_out to)
{
    writer w = {to, NULL, 0};
    pila_status st = PILA_OK;

    if (it.status == PILA_OK && !is_text(it.type->kind))
        return sink_end(&it, PILA_ETYPE);
    w.data = (char *)pila_alloc(WRITE_ROOM + WRITE_SLACK, 1);
    if (!w.data) return sink_end(&it, PILA_ENOMEM);
    st = writer_open_file(&to);
    if (st == PILA_OK) st = writer_finish(&w, &it, writer_run(&w, &it, end));
    st = sink_end(&it, st);
    int kept = errno;
    pila_free(w.data);
    errno = kept;
    return st;
}
