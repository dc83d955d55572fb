/* fold.h - reductions over a window of items, written by a macro.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 * Use:
 *     PILA_FOLD(mul, int64_t, int64_t, acc, x, acc * x)      // at file scope
 *
 *     const int64_t in[] = {2, 3, 4};
 *     int64_t acc = 10, each[3];
 *     mul.scan(each, in, 3, &acc, mul.ctx);
 *     printf("%d %d\n", (int)each[1], (int)acc);   // prints: 60 240
 *
 * What PILA_MAPPER is to map, PILA_FOLD is to reduce and accumulate: the compiler sees
 * the loop whole, with the accumulator in a register. The expression must depend on the
 * accumulator, the item and ctx alone.
 */
#ifndef PILA_FOLD_H
#define PILA_FOLD_H

#include "../core/type.h"

/* acc goes through n items at in. */
typedef void pila_fold_reduce_fn(void *acc, const void *PILA_RESTRICT in, size_t n,
                                 const void *ctx);
/* The same, and writes it at out after each: n of them. */
typedef void pila_fold_scan_fn(void *PILA_RESTRICT out, const void *PILA_RESTRICT in,
                               size_t n, void *acc, const void *ctx);

typedef struct pila_fold {
    pila_fold_reduce_fn *reduce;
    pila_fold_scan_fn *scan;
    size_t in_size;            /* bytes of an item that goes in */
    const pila_type *acc_type; /* what is made of them: plain bytes */
    const void *ctx;           /* seen by both                           borrowed */
} pila_fold;

/* pila_fold_with - a fold with its context.
 *
 *   ctx    what the fold's expression sees; outlives its iterators    borrowed
 *
 * Cost:    O(1)
 * Python:  functools.partial, a closure
 */
PILA_INLINE pila_fold pila_fold_with(pila_fold fold, const void *ctx)
{
    fold.ctx = ctx;
    return fold;
}

/* PILA_FOLD(name, TA, TX, acc, x, expr) - the fold `name`: a TA acc and a TX x make the
 * TA expr.
 *
 * At file scope. expr is evaluated once an item, in order, and has no side effects.
 * PILA_FOLD_CTX(name, TA, TX, acc, x, C, expr) also sees `ctx`, a const C * bound by
 * pila_fold_with(name, &data).
 *
 * Python:  lambda acc, x: expr
 */
#define PILA_FOLD_CTX(name, TA, TX, acc, x, C, expr)                                   \
    static void name##_reduce(void *acc_, const void *PILA_RESTRICT in_, size_t n_,    \
                              const void *ctx_)                                        \
    {                                                                                  \
        const TX *PILA_RESTRICT from_ = (const TX *)in_;                               \
        const C *ctx __attribute__((unused)) = (const C *)ctx_;                        \
        TA acc = *(TA *)acc_;                                                          \
        for (size_t k_ = 0; k_ < n_; k_++) {                                           \
            const TX x = from_[k_];                                                    \
            acc = (expr);                                                              \
        }                                                                              \
        *(TA *)acc_ = acc;                                                             \
    }                                                                                  \
    static void name##_scan(void *PILA_RESTRICT out_, const void *PILA_RESTRICT in_,   \
                            size_t n_, void *acc_, const void *ctx_)                   \
    {                                                                                  \
        const TX *PILA_RESTRICT from_ = (const TX *)in_;                               \
        TA *PILA_RESTRICT to_ = (TA *)out_;                                            \
        const C *ctx __attribute__((unused)) = (const C *)ctx_;                        \
        TA acc = *(TA *)acc_;                                                          \
        for (size_t k_ = 0; k_ < n_; k_++) {                                           \
            const TX x = from_[k_];                                                    \
            acc = (expr);                                                              \
            to_[k_] = acc;                                                             \
        }                                                                              \
        *(TA *)acc_ = acc;                                                             \
    }                                                                                  \
    static const pila_type name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(TA); \
    static const pila_fold name                                                        \
        __attribute__((unused)) = {name##_reduce, name##_scan, sizeof(TX),             \
                                   PILA_TYPE_OF(TA, &name##_plain), NULL};

#define PILA_FOLD(name, TA, TX, acc, x, expr)                                          \
    PILA_FOLD_CTX(name, TA, TX, acc, x, char, expr)

#endif
