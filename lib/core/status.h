/* status.h - what a call may answer, and the Python exception each answer stands for.
 *
 * Needs: nothing
 * Use:
 *     pila_status st = PILA_EKEY;
 *     printf("%s: %s\n", pila_status_exception(st), pila_status_text(st));
 *     // prints: KeyError: no such key
 *
 * 0 is success. PILA_END is no fault: the iterator has nothing more, Python's
 * StopIteration. Everything else is a fault, and what failed is as it was before the
 * call. A callback may answer with any of these, or with a number of its own from
 * PILA_EUSER up; the container passes it on unchanged.
 */
#ifndef PILA_STATUS_H
#define PILA_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
#define PILA_BEGIN_C extern "C" {
#define PILA_END_C }
#define PILA_RESTRICT __restrict
#else
#define PILA_BEGIN_C
#define PILA_END_C
#define PILA_RESTRICT restrict
#endif

#define PILA_API __attribute__((visibility("default")))
#define PILA_MUST __attribute__((warn_unused_result))
/* Cores: always inlined, so that a constant descriptor folds away. A build that counts
 * branches asks for plain functions instead (tools/dev/coverage). */
#ifndef PILA_INLINE
#define PILA_INLINE static inline __attribute__((always_inline, unused))
#endif
/* What a typed face generates; unused ones must not warn in the user's file. */
#define PILA_FACE static inline __attribute__((unused))
#define PILA_LIKELY(x) __builtin_expect(!!(x), 1)
#define PILA_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* clang-format off */
/*    name            Python exception        what happened */
#define PILA_STATUSES(X)                                                                 \
    X(PILA_OK,        "",                     "success")                                 \
    X(PILA_END,       "StopIteration",        "nothing more")                            \
    X(PILA_ENOMEM,    "MemoryError",          "out of memory")                           \
    X(PILA_EEMPTY,    "IndexError",           "empty container")                         \
    X(PILA_EKEY,      "KeyError",             "no such key")                             \
    X(PILA_EINDEX,    "IndexError",           "index out of range")                      \
    X(PILA_EVALUE,    "ValueError",           "no such value, or a value out of range")  \
    X(PILA_ETYPE,     "TypeError",            "the type cannot do this")                 \
    X(PILA_EOVERFLOW, "OverflowError",        "a size or a number is too large")         \
    X(PILA_EMUTATED,  "RuntimeError",         "container changed during the operation")  \
    X(PILA_EFULL,     "BufferError",          "no room left")                            \
    X(PILA_ELIMIT,    "RecursionError",       "a set limit was reached")                 \
    X(PILA_ESYNTAX,   "SyntaxError",          "malformed input")                         \
    X(PILA_EEOF,      "EOFError",             "input ended too early")                   \
    X(PILA_EIO,       "OSError",              "input or output failed, errno says how")  \
    X(PILA_EREFUSED,  "PermissionError",      "refused by policy")

typedef enum pila_status {
#define PILA_STATUS_ENUM(name, exception, text) name,
    PILA_STATUSES(PILA_STATUS_ENUM)
#undef PILA_STATUS_ENUM
    PILA_EUSER = 256 /* the first number free for callbacks */
} pila_status;
/* clang-format on */

/* Where and why a parser stopped. */
typedef struct pila_error {
    pila_status status;
    size_t offset;     /* bytes from the start of the input */
    size_t line;       /* from 1 */
    size_t column;     /* from 1, in bytes */
    char message[200]; /* enough for any of CPython's with its numbers */
} pila_error;

PILA_BEGIN_C

/* pila_status_name - the C name, such as "PILA_EKEY"; "PILA_EUSER" from there up.
 *
 * Cost:    O(1), no allocation
 */
PILA_API const char *pila_status_name(pila_status st);

/* pila_status_exception - the Python exception that the status stands for.
 *
 * Cost:    O(1), no allocation
 * Python:  the class name; "" for PILA_OK, "Exception" for a callback's own number
 */
PILA_API const char *pila_status_exception(pila_status st);

/* pila_status_text - a few English words without a capital or a full stop.
 *
 * Cost:    O(1), no allocation
 */
PILA_API const char *pila_status_text(pila_status st);

PILA_END_C

#endif
