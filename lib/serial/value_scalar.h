/* value_scalar.h - values that nest nothing: how they compare and hash.
 */
#ifndef PILA_VALUE_SCALAR_H
#define PILA_VALUE_SCALAR_H

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

/* The index of a dict or set that has one, made anew. How it failed: as
 * pila_value_hash. */
PILA_MUST pila_status pila__value_reindex(pila_dict_body *d);

PILA_END_C

#endif
