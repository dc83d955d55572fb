/* kernel.h - pure functions over a window of items, written by a macro.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 * Use:
 *     PILA_MAPPER(square, int64_t, int64_t, x, x * x)      // at file scope
 *
 *     const int64_t in[] = {3, 4};
 *     int64_t out[2];
 *     size_t n = square.run(out, in, 2, square.ctx);
 *     printf("%zu %d %d\n", n, (int)out[0], (int)out[1]);   // prints: 2 9 16
 *
 * The compiler sees the loop whole, so an item costs no call. What a kernel's
 * expression computes must depend on the item and ctx alone: it may run for items that
 * are never asked for.
 */
#ifndef PILA_KERNEL_H
#define PILA_KERNEL_H

#include "../core/type.h"

/* Reads n items at in, writes at most n at out, and says how many. */
typedef size_t pila_kernel_fn(void *PILA_RESTRICT out, const void *PILA_RESTRICT in,
                              size_t n, const void *ctx);

typedef struct pila_kernel {
    pila_kernel_fn *run;
    pila_kernel_fn *tell; /* of a predicate: a bool at out for each item; else NULL */
    size_t in_size;       /* bytes of an item that goes in */
    const pila_type *to;  /* what comes out; NULL: items of the source, some left out */
    const void *ctx;      /* seen by run                                     borrowed */
} pila_kernel;

/* pila_kernel_with - a kernel with its context.
 *
 *   ctx    what the kernel's expression sees; outlives its iterators  borrowed
 *
 * Cost:    O(1)
 * Python:  functools.partial, a closure
 */
PILA_INLINE pila_kernel pila_kernel_with(pila_kernel kernel, const void *ctx)
{
    kernel.ctx = ctx;
    return kernel;
}

/* PILA_MAPPER(name, TO, TI, x, expr) - the kernel `name`: for each TI x, the TO expr.
 *
 * At file scope. expr is evaluated once an item and has no side effects; it may run for
 * items that are never asked for. PILA_MAPPER_CTX(name, TO, TI, x, C, expr) also sees
 * `ctx`, a const C * bound by pila_kernel_with(name, &data).
 *
 * Python:  lambda x: expr
 */
#define PILA_MAPPER_CTX(name, TO, TI, x, C, expr)                                      \
    static size_t name##_run(void *PILA_RESTRICT to_, const void *PILA_RESTRICT from_, \
                             size_t n_, const void *ctx_)                              \
    {                                                                                  \
        TO *PILA_RESTRICT out_ = (TO *)to_;                                            \
        const TI *PILA_RESTRICT in_ = (const TI *)from_;                               \
        const C *ctx __attribute__((unused)) = (const C *)ctx_;                        \
        for (size_t k_ = 0; k_ < n_; k_++) {                                           \
            const TI x = in_[k_];                                                      \
            out_[k_] = (expr);                                                         \
        }                                                                              \
        return n_;                                                                     \
    }                                                                                  \
    static const pila_type name##_plain __attribute__((unused)) = PILA_PLAIN_TYPE(TO); \
    static const pila_kernel name                                                      \
        __attribute__((unused)) = {name##_run, NULL, sizeof(TI),                       \
                                   PILA_TYPE_OF(TO, &name##_plain), NULL};

#define PILA_MAPPER(name, TO, TI, x, expr) PILA_MAPPER_CTX(name, TO, TI, x, char, expr)

/* PILA_PREDICATE(name, T, x, expr) - the kernel `name` that keeps a T x if expr is
 * true.
 *
 * As PILA_MAPPER; PILA_PREDICATE_CTX(name, T, x, C, expr) sees `ctx` too. It writes
 * every item and moves on after those that are kept, so that nothing is mispredicted.
 */
#define PILA_PREDICATE_CTX(name, T, x, C, expr)                                        \
    static size_t name##_run(void *PILA_RESTRICT to_, const void *PILA_RESTRICT from_, \
                             size_t n_, const void *ctx_)                              \
    {                                                                                  \
        T *PILA_RESTRICT out_ = (T *)to_;                                              \
        const T *PILA_RESTRICT in_ = (const T *)from_;                                 \
        const C *ctx __attribute__((unused)) = (const C *)ctx_;                        \
        size_t kept_ = 0;                                                              \
        for (size_t k_ = 0; k_ < n_; k_++) {                                           \
            const T x = in_[k_];                                                       \
            out_[kept_] = x;                                                           \
            kept_ += (expr) ? 1 : 0;                                                   \
        }                                                                              \
        return kept_;                                                                  \
    }                                                                                  \
    static size_t name##_tell(void *PILA_RESTRICT to_,                                 \
                              const void *PILA_RESTRICT from_, size_t n_,              \
                              const void *ctx_)                                        \
    {                                                                                  \
        bool *PILA_RESTRICT out_ = (bool *)to_;                                        \
        const T *PILA_RESTRICT in_ = (const T *)from_;                                 \
        const C *ctx __attribute__((unused)) = (const C *)ctx_;                        \
        for (size_t k_ = 0; k_ < n_; k_++) {                                           \
            const T x = in_[k_];                                                       \
            out_[k_] = (expr) ? true : false;                                          \
        }                                                                              \
        return n_;                                                                     \
    }                                                                                  \
    static const pila_kernel name                                                      \
        __attribute__((unused)) = {name##_run, name##_tell, sizeof(T), NULL, NULL};

#define PILA_PREDICATE(name, T, x, expr) PILA_PREDICATE_CTX(name, T, x, char, expr)

#endif
