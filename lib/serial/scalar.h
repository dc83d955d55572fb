/* scalar.h - values that nest nothing: how they compare and hash. For this package.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/value
 *        serial/number
 */
#ifndef PILA_SCALAR_H
#define PILA_SCALAR_H

#include "value.h"

PILA_BEGIN_C

/* Whether a value nests nothing: all but containers and objects. */
PILA_INLINE bool pila__scalar_is(pila_value v)
{
    return pila_value_kind_of(v) <= PILA_VALUE_BYTEARRAY;
}

PILA_INLINE bool pila__scalar_is_number(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    return kind >= PILA_VALUE_BOOL && kind <= PILA_VALUE_COMPLEX;
}

/* The limbs of a big integer, and how many. */
PILA_INLINE const uint64_t *pila__big_limbs(pila_value v, size_t *n)
{
    *n = (size_t)(v.tag >> 9);
    return v.as.limbs;
}

PILA_INLINE bool pila__big_negative(pila_value v) { return (v.tag & 0x100) != 0; }

/* An integer of this magnitude, which loses its spare limbs. The limbs are the value's
 * from now on: they live in its document.                              taken */
pila_value pila__value_big(uint64_t *limbs, size_t n, bool negative);

/* Whether a == b, where one of them is a scalar. */
bool pila__scalar_eq(pila_value a, pila_value b);

/* The order of two numbers that are not complex: below 0, 0, above 0, or
 * PILA__UNORDERED with a NaN. */
enum { PILA__UNORDERED = 2 };
int pila__scalar_compare(pila_value a, pila_value b);

/* The keyed hash of a scalar. The secrets must be drawn. PILA_ETYPE of a bytearray. */
PILA_MUST pila_status pila__scalar_hash(pila_value v, uint64_t *out);

/* The number of the entry of a key that equals this one, or SIZE_MAX. How it failed, if
 * it did: as pila_value_hash and pila_value_eq. */
PILA_MUST pila_status pila__value_find(const pila_dict_body *d, pila_value key,
                                       size_t *at);

PILA_END_C

#endif
