/* value_scalar.c - values that nest nothing.
 *
 * Python's numbers are one family: 1 == 1.0 == True == (1+0j), and what is equal hashes
 * alike. So a float that is whole counts as the integer that it is, exactly, however
 * large: doubles reach 2^1024, 17 limbs, and an integer is never rounded to be
 * compared. A big integer is never one that fits 64 bits, so that the two cannot be
 * equal.
 */
#include "value_scalar.h"

#include "number.h"

#include <math.h>

enum {
    VALUE_LIMBS = 17,        /* of the largest double */
    VALUE_NONE_HASH = 0x4e6f /* any number: None's */
};

pila_value pila__value_big(uint64_t *limbs, size_t n, bool negative)
{
    pila_value v;

    while (n && limbs[n - 1] == 0) n--;
    if (n == 0) return pila_value_int(0);
    if (n == 1 && limbs[0] <= (uint64_t)INT64_MAX + negative)
        return pila_value_int(negative ? (int64_t)(0 - limbs[0]) : (int64_t)limbs[0]);
    v.tag = (uint64_t)PILA_VALUE_BIGINT | (uint64_t)negative << 8 | (uint64_t)n << 9;
    v.as.limbs = limbs;
    return v;
}

/* ---- order ---- */

static int value_sign(pila_value v)
{
    if (pila_value_kind_of(v) == PILA_VALUE_BIGINT)
        return pila__big_negative(v) ? -1 : 1;
    return (v.as.i > 0) - (v.as.i < 0);
}

static int value_compare_bigs(pila_value a, pila_value b)
{
    size_t n, m;
    const uint64_t *x = pila__big_limbs(a, &n), *y = pila__big_limbs(b, &m);
    int order = (n > m) - (n < m);

    while (order == 0 && n--) order = (x[n] > y[n]) - (x[n] < y[n]);
    return pila__big_negative(a) ? -order : order;
}

/* Both are integers. A big one lies beyond every other on its side. */
static int value_compare_ints(pila_value a, pila_value b)
{
    bool big = pila_value_kind_of(a) == PILA_VALUE_BIGINT;
    bool other = pila_value_kind_of(b) == PILA_VALUE_BIGINT;

    if (!big && !other) return (a.as.i > b.as.i) - (a.as.i < b.as.i);
    if (!big) return -value_sign(b);
    if (!other || value_sign(a) != value_sign(b)) return value_sign(a);
    return value_compare_bigs(a, b);
}

/* An integer and a double. */
static int value_compare_mixed(pila_value a, double x)
{
    const double two_63 = 9223372036854775808.0;
    size_t n;

    if (isnan(x)) return PILA__UNORDERED;
    if (pila_value_kind_of(a) == PILA_VALUE_BIGINT) {
        const uint64_t *limbs = pila__big_limbs(a, &n);
        int sign = value_sign(a);

        if ((sign < 0) != (x < 0)) return sign;
        return sign * pila__big_compare(limbs, n, fabs(x));
    }
    if (x >= two_63) return -1;
    if (x < -two_63) return 1;
    int64_t whole = (int64_t)x; /* towards 0 */
    if (a.as.i != whole) return a.as.i < whole ? -1 : 1;
    double rest = x - (double)whole; /* exact: whole has no more bits than x */
    return (rest < 0) - (rest > 0);
}

int pila__scalar_compare(pila_value a, pila_value b)
{
    bool af = pila_value_kind_of(a) == PILA_VALUE_FLOAT;
    bool bf = pila_value_kind_of(b) == PILA_VALUE_FLOAT;
    int order;

    if (!af && !bf) return value_compare_ints(a, b);
    if (!af) return value_compare_mixed(a, b.as.f);
    if (!bf) {
        order = value_compare_mixed(b, a.as.f);
        return order == PILA__UNORDERED ? order : -order;
    }
    if (isnan(a.as.f) || isnan(b.as.f)) return PILA__UNORDERED;
    return (a.as.f > b.as.f) - (a.as.f < b.as.f);
}

/* ---- equality ---- */

/* The real part of a number; *imag gets the other. */
static pila_value value_real(pila_value v, double *imag)
{
    *imag = 0;
    if (pila_value_kind_of(v) != PILA_VALUE_COMPLEX) return v;
    *imag = v.as.parts[1];
    return pila_value_float(v.as.parts[0]);
}

static bool value_is_bytes(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_BYTES ||
           pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY;
}

bool pila__scalar_eq(pila_value a, pila_value b)
{
    double ai, bi;

    if (pila__scalar_is_number(a) && pila__scalar_is_number(b)) {
        a = value_real(a, &ai);
        b = value_real(b, &bi);
        return ai == bi && pila__scalar_compare(a, b) == 0;
    }
    if (pila_value_kind_of(a) != pila_value_kind_of(b) &&
        !(value_is_bytes(a) && value_is_bytes(b)))
        return false;
    return pila_value_kind_of(a) == PILA_VALUE_NONE ||
           pila_str_eq(pila_value_text(a), pila_value_text(b));
}

/* ---- hash ---- */

static uint64_t value_hash_big(const uint64_t *limbs, size_t n, bool negative)
{
    return pila_hash_bytes(limbs, n * sizeof *limbs) ^ negative;
}

/* A whole double of 2^63 or more as limbs; returns how many. */
static size_t value_limbs(double x, uint64_t limbs[VALUE_LIMBS])
{
    int exponent;
    uint64_t bits = (uint64_t)ldexp(frexp(x, &exponent), 53);
    size_t shift = (size_t)(exponent - 53), at = shift / 64;

    memset(limbs, 0, VALUE_LIMBS * sizeof *limbs);
    limbs[at] = bits << shift % 64;
    if (shift % 64) limbs[at + 1] = bits >> (64 - shift % 64);
    return limbs[at + 1] ? at + 2 : at + 1;
}

static uint64_t value_hash_float(double x)
{
    const double two_63 = 9223372036854775808.0;
    uint64_t limbs[VALUE_LIMBS + 1], bits;

    if (x >= -two_63 && x < two_63) {
        if ((double)(int64_t)x == x) return pila__hash_u64((uint64_t)(int64_t)x);
    } else if (isfinite(x)) {
        return value_hash_big(limbs, value_limbs(fabs(x), limbs), x < 0);
    }
    memcpy(&bits, &x, sizeof bits);
    return pila__hash_u64(bits);
}

pila_status pila__scalar_hash(pila_value v, uint64_t *out)
{
    pila_value_kind kind = pila_value_kind_of(v);
    const uint64_t *limbs;
    double imag;
    size_t n;

    switch (kind) {
    case PILA_VALUE_NONE: *out = pila__hash_u64(VALUE_NONE_HASH); return PILA_OK;
    case PILA_VALUE_BOOL:
    case PILA_VALUE_INT: *out = pila__hash_u64((uint64_t)v.as.i); return PILA_OK;
    case PILA_VALUE_BIGINT:
        limbs = pila__big_limbs(v, &n);
        *out = value_hash_big(limbs, n, pila__big_negative(v));
        return PILA_OK;
    case PILA_VALUE_FLOAT: *out = value_hash_float(v.as.f); return PILA_OK;
    case PILA_VALUE_COMPLEX:
        v = value_real(v, &imag);
        *out = value_hash_float(v.as.f);
        if (imag != 0) *out = pila__hash_u64(*out ^ value_hash_float(imag) * 3);
        return PILA_OK;
    case PILA_VALUE_NUMERAL:
    case PILA_VALUE_STR:
    case PILA_VALUE_BYTES: *out = pila__str_hash(pila_value_text(v)); return PILA_OK;
    default: return PILA_ETYPE;
    }
}
