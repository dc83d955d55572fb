/* struct_ops.h - a format of struct.h as a table of operations, and what moves bytes by
 * it.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 * Use:
 *     pila_struct pair;
 *     pila_status st = pila__struct_init(&pair, pila_cstr(">hi"), NULL);
 *     if (st == PILA_OK)
 *         printf("%d %d\n", (int)pair.size, (int)pair.record_size);   // prints: 6 8
 *     pila__struct_done(&pair);
 *
 * For the sources of struct.h, which has the words.
 */
#ifndef PILA_STRUCT_OPS_H
#define PILA_STRUCT_OPS_H

#include "../core/type.h"

/* A run of items of one code, or of bytes that are none. */
typedef struct pila_struct_op {
    size_t count;       /* items; of s and p, which are one item, and of x: bytes */
    size_t at;          /* bytes from the start of the packed record */
    size_t to;          /* bytes from the start of the C struct */
    size_t bytes;       /* of a copy: how many, with those that follow */
    size_t runs;        /* moves of a record: of a copy 1, or 0 for one that follows */
    size_t from;        /* bytes from the start of the format */
    unsigned char how;  /* it moves: struct_how of struct_ops.c */
    unsigned char wide; /* bytes of one item packed; of a complex, of one part */
    char code;          /* as in the format; x also for alignment */
} pila_struct_op;

/* A compiled format; for reading. It may be moved. */
typedef struct pila_struct {
    size_t size;        /* bytes of a packed record */
    size_t items;       /* values of a record */
    size_t record_size; /* of the C struct; SIZE_MAX where no memory could hold one */
    size_t record_align;
    pila_str format; /* its own copy */
    pila_struct_op *op;
    size_t ops;
    bool host;  /* the bytes of a number are in the order of this machine */
    bool exact; /* without a prefix, or @: native sizes and alignment */
    bool halves;
    size_t block; /* records moved at a time */
} pila_struct;

PILA_BEGIN_C

/* Format, size, number of items and of operations, without memory; op is NULL. */
PILA_MUST pila_status pila__struct_measure(pila_struct *s, pila_str format,
                                           pila_error *err);

/* The same with its operations: pila_struct_init. */
PILA_MUST pila_status pila__struct_init(pila_struct *s, pila_str format,
                                        pila_error *err);
void pila__struct_done(pila_struct *s);

/* The type of the items of an operation that is not x, and how many they are. */
const pila_type *pila__struct_type(const pila_struct_op *op);
size_t pila__struct_items(const pila_struct_op *op);

/* n packed records to n C structs. */
void pila__struct_unpack(const pila_struct *s, const char *from, char *to, size_t n);

/* And back; nothing is written when PILA_EOVERFLOW says that a number is too large for
 * e. */
PILA_MUST pila_status pila__struct_pack(const pila_struct *s, const char *from,
                                        char *to, size_t n, pila_error *err);

/* The number nearest to x with 11 bits of mantissa, half to even; false: too large. */
PILA_API bool pila__struct_half(double x, uint16_t *out);
PILA_API float pila__struct_from_half(uint16_t half);

/* Say what is wrong, as printf does, at a byte; `st`. err may be NULL. */
pila_status pila__struct_fail(pila_error *err, pila_status st, size_t offset,
                              const char *format, ...)
    __attribute__((format(printf, 4, 5)));

PILA_END_C

/* Some bytes, in the other order where they are a number of 2, 4 or 8 bytes that swaps:
 * all but the pointers is constant. */
PILA_INLINE void pila__struct_move(void *to, const void *from, size_t wide, bool swaps)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    if (wide == 2 && swaps) {
        memcpy(&two, from, 2);
        two = __builtin_bswap16(two);
        memcpy(to, &two, 2);
    } else if (wide == 4 && swaps) {
        memcpy(&four, from, 4);
        four = __builtin_bswap32(four);
        memcpy(to, &four, 4);
    } else if (wide == 8 && swaps) {
        memcpy(&eight, from, 8);
        eight = __builtin_bswap64(eight);
        memcpy(to, &eight, 8);
    } else memcpy(to, from, wide);
}

#endif
