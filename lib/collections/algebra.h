/* algebra.h - what two sets make, for sets and frozensets. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/table collections/item
 */
#ifndef PILA_ALGEBRA_H
#define PILA_ALGEBRA_H

#include "table.h"

typedef enum pila__set_op {
    PILA__SET_OR,
    PILA__SET_AND,
    PILA__SET_SUB,
    PILA__SET_XOR
} pila__set_op;

typedef enum pila__set_question {
    PILA__SET_ISDISJOINT,
    PILA__SET_ISSUBSET,
    PILA__SET_ISSUPERSET
} pila__set_question;

PILA_BEGIN_C
PILA_API extern const pila__dict pila__set_empty;

/* Of sets with one type of elements, t. out is any set, and may be an operand. */
PILA_API PILA_MUST pila_status pila__set_copy(pila__dict *out, const pila__dict *d,
                                              const pila_pair *t);
PILA_API PILA_MUST pila_status pila__set_from(pila__dict *out, const pila_pair *t,
                                              pila_iter items);
PILA_API PILA_MUST pila_status pila__set_combine(pila__dict *out, const pila__dict *a,
                                                 const pila__dict *b,
                                                 const pila_pair *t, pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_combine_iter(pila__dict *out,
                                                      const pila__dict *a,
                                                      const pila_pair *t,
                                                      pila_iter items, pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_change(pila__dict *s, const pila__dict *b,
                                                const pila_pair *t, pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_change_iter(pila__dict *s, const pila_pair *t,
                                                     pila_iter items, pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_change_many(pila__dict *s, const pila_pair *t,
                                                     const pila_iter *items, size_t n,
                                                     pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_ask(const pila__dict *s, const pila_pair *t,
                                             pila_iter items,
                                             pila__set_question question, bool *out);
PILA_API PILA_MUST pila_status pila__set_eq(const pila__dict *a, const pila__dict *b,
                                            const pila_pair *t, bool *out);
PILA_API PILA_MUST pila_status pila__set_le(const pila__dict *a, const pila__dict *b,
                                            const pila_pair *t, bool *out);
PILA_API PILA_MUST pila_status pila__set_lt(const pila__dict *a, const pila__dict *b,
                                            const pila_pair *t, bool *out);
PILA_API PILA_MUST pila_status pila__set_repr(const pila__dict *d, const pila_pair *t,
                                              bool frozen, pila_buf *out);

/* The same as copy, combine and combine_iter, where made is {0}. */
PILA_API PILA_MUST pila_status pila__set_make_copy(pila__dict *made,
                                                   const pila__dict *d,
                                                   const pila_pair *t);
PILA_API PILA_MUST pila_status pila__set_make(pila__dict *made, const pila__dict *a,
                                              const pila__dict *b, const pila_pair *t,
                                              pila__set_op op);
PILA_API PILA_MUST pila_status pila__set_make_iter(pila__dict *made,
                                                   const pila__dict *a,
                                                   const pila_pair *t, pila_iter items,
                                                   pila__set_op op);
PILA_END_C

#endif
