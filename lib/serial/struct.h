/* struct.h - records of bytes by a format, Python's struct.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/number
 *        serial/value serial/struct_ops
 * Use:
 *     typedef struct point { uint16_t id; float x; } point;
 *     pila_struct of;
 *     pila_status st = pila_struct_init(&of, pila_cstr(">Hf"), NULL);
 *     pila_str data = {"\0\7\x40\x20\0\0\0\x8\xbf\x80\0\0", 12};
 *     pila_iter it = st ? pila_failed(st) : pila_struct_iter_unpack(&of, data, NULL);
 *     PILA_FOR(point, p, &it) printf("%d %g\n", (int)p->id, (double)p->x);
 *     // prints: 7 2.5
 *     // prints: 8 -1
 *     pila_iter_drop(&it);
 *     if (st == PILA_OK) pila_struct_done(&of);
 *
 * A format is a prefix, for the order of bytes, and codes, each with a repeat count
 * before it or not. An item of a code is, in C,
 *
 *     b B  int8_t, uint8_t        n N  as size_t is       c    char
 *     h H  int16_t, uint16_t      e f  float              ?    bool
 *     i I  int32_t, uint32_t      d    double             s p  pila_str, one a count
 *     l L  int32_t, uint32_t; native: as long is          P    void *
 *     q Q  int64_t, uint64_t      F D  float[2], double[2]: real, imaginary
 *     x    no item
 *
 * and the items of a record are the members of a C struct, in their order: `3hd` is
 * struct { int16_t a[3]; double b; }. There are three ways to it: a compiled format and
 * such C structs; a compiled format and values, as in Python; and, where the record is
 * known when the program is compiled, PILA_STRUCT.
 *
 * What may fail takes a pila_error, or NULL, for CPython's message. Its offset is that
 * of the byte in the format, or in the packed record or buffer.
 */
#ifndef PILA_STRUCT_H
#define PILA_STRUCT_H

#include "struct_ops.h"
#include "value.h"

PILA_BEGIN_C

/* ---- formats ---- */

/* pila_struct_init - compile a format.
 *
 *   s        set on success, untouched on failure                     given
 *   format   copied                                                   borrowed
 *   err      why not; may be NULL                                     given
 *
 * s->size, s->items, s->format and the size of the C struct, s->record_size, may be
 * read.
 *
 * Fails:   PILA_EVALUE      no format: the message is CPython's
 *          PILA_EOVERFLOW   "total struct size too long"
 *          PILA_ENOMEM      no memory
 * Cost:    O(n) of the format's length, whatever its counts; one allocation
 * Python:  struct.Struct(format); F and D as of 3.14. A format that is not ASCII is
 *          struct.error, not UnicodeEncodeError
 */
PILA_API PILA_MUST pila_status pila_struct_init(pila_struct *s, pila_str format,
                                                pila_error *err);

/* pila_struct_done - free it and leave it empty; twice is fine.
 *
 *   s      made by pila_struct_init, or {0}                           taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_struct_done(pila_struct *s);

/* pila_struct_calcsize - the bytes of a record of a format.
 *
 *   out    untouched on failure                                       given
 *   err    may be NULL                                                given
 *
 * Fails:   PILA_EVALUE, PILA_EOVERFLOW   as pila_struct_init
 * Cost:    O(n), no allocation
 * Python:  struct.calcsize(format)
 */
PILA_API PILA_MUST pila_status pila_struct_calcsize(pila_str format, size_t *out,
                                                    pila_error *err);

/* ---- C structs ---- */

/* pila_struct_pack - append C structs as packed records.
 *
 *   records   n of s->record_size bytes each                          borrowed
 *   out       as it was on failure                                    borrowed
 *   err       may be NULL                                             given
 *
 * Fails:   PILA_EOVERFLOW   "float too large to pack with e format", or more bytes
 *                           than a size_t says
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(bytes); no allocation where the buffer has room
 * Python:  b"".join(s.pack(*record) for record in records)
 */
PILA_API PILA_MUST pila_status pila_struct_pack(const pila_struct *s,
                                                const void *records, size_t n,
                                                pila_buf *out, pila_error *err);

/* pila_struct_pack_into - write a C struct as a packed record.
 *
 *   record        s->record_size bytes                                borrowed
 *   buffer, len   as it was on failure                                borrowed
 *   offset        where; from the end where it is negative
 *   err           may be NULL                                         given
 *
 * Fails:   PILA_EVALUE      the record does not fit there
 *          PILA_EOVERFLOW   "float too large to pack with e format"
 * Cost:    O(bytes), no allocation
 * Python:  s.pack_into(buffer, offset, *record)
 */
PILA_API PILA_MUST pila_status pila_struct_pack_into(const pila_struct *s,
                                                     const void *record, void *buffer,
                                                     size_t len, ptrdiff_t offset,
                                                     pila_error *err);

/* pila_struct_unpack - read a packed record to a C struct.
 *
 *   data     s->size bytes; items of s and p look at them             borrowed
 *   record   room for s->record_size bytes, untouched on failure; bytes between members
 *            are unspecified                                          given
 *   err      may be NULL                                              given
 *
 * Fails:   PILA_EVALUE   data has another length
 * Cost:    O(bytes), no allocation
 * Python:  s.unpack(data); 0p is b'', as of 3.13
 */
PILA_API PILA_MUST pila_status pila_struct_unpack(const pila_struct *s, pila_str data,
                                                  void *record, pila_error *err);

/* pila_struct_unpack_from - the same within a buffer.
 *
 *   data     as in pila_struct_unpack, but of any length              borrowed
 *   offset   where; from the end where it is negative
 *   record   as in pila_struct_unpack                                 given
 *   err      may be NULL                                              given
 *
 * Fails:   PILA_EVALUE   data has no record there
 * Cost:    O(bytes), no allocation
 * Python:  s.unpack_from(data, offset)
 */
PILA_API PILA_MUST pila_status pila_struct_unpack_from(const pila_struct *s,
                                                       pila_str data, ptrdiff_t offset,
                                                       void *record, pila_error *err);

/* pila_struct_unpack_many - read all records of some data to C structs.
 *
 *   data      whole records; items of s and p look at them            borrowed
 *   records   room for data.len / s->size of them                     given
 *   err       may be NULL                                             given
 *
 * Fails:   PILA_EVALUE   as pila_struct_iter_unpack
 * Cost:    O(bytes), no allocation
 * Python:  list(s.iter_unpack(data))
 */
PILA_API PILA_MUST pila_status pila_struct_unpack_many(const pila_struct *s,
                                                       pila_str data, void *records,
                                                       pila_error *err);

/* pila_struct_iter_unpack - the records of some data, as C structs.
 *
 *   s      outlives the iterator                                      borrowed
 *   data   whole records; outlives the iterator                       borrowed
 *   err    may be NULL                                                given
 *
 * Items are tuples of their members (pila_tuple_of), of a type that the iterator owns.
 *
 * Fails:   PILA_EVALUE   a record has no bytes; data ends within a record
 *          PILA_ENOMEM   no memory
 * Cost:    one copy of each record; windows of some kilobytes
 * Python:  s.iter_unpack(data)
 */
PILA_API pila_iter pila_struct_iter_unpack(const pila_struct *s, pila_str data,
                                           pila_error *err);

/* ---- values ---- */

/* pila_struct_pack_values - append values as a packed record.
 *
 *   values   n of them                                                borrowed
 *   out      as it was on failure                                     borrowed
 *   err      may be NULL                                              given
 *
 * Fails:   PILA_ETYPE       a value is of a kind that its code does not take
 *          PILA_EVALUE      a value out of its code's range; n is not s->items
 *          PILA_EOVERFLOW   "float too large to pack with f format", or e
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(bytes)
 * Python:  s.pack(*values): all but PILA_EOVERFLOW, an OverflowError, is struct.error
 */
PILA_API PILA_MUST pila_status pila_struct_pack_values(const pila_struct *s,
                                                       const pila_value *values,
                                                       size_t n, pila_buf *out,
                                                       pila_error *err);

/* pila_struct_pack_values_into - write values as a packed record.
 *
 *   values        n of them                                           borrowed
 *   buffer, len   as it was on failure                                borrowed
 *   offset        where; from the end where it is negative
 *   err           may be NULL                                         given
 *
 * Fails:   PILA_EVALUE   the record does not fit there; as pila_struct_pack_values
 *          PILA_ETYPE, PILA_EOVERFLOW   as pila_struct_pack_values
 * Cost:    O(bytes), no allocation
 * Python:  s.pack_into(buffer, offset, *values), which may write half of them and fail
 */
PILA_API PILA_MUST pila_status pila_struct_pack_values_into(
    const pila_struct *s, const pila_value *values, size_t n, void *buffer, size_t len,
    ptrdiff_t offset, pila_error *err);

/* pila_struct_unpack_values - read a packed record to a tuple of values.
 *
 *   data   s->size bytes                                              borrowed
 *   doc    where the tuple and its text live                          borrowed
 *   out    untouched on failure                                       given
 *   err    may be NULL                                                given
 *
 * Fails:   PILA_EVALUE   data has another length
 *          PILA_ENOMEM   no memory
 * Cost:    O(bytes)
 * Python:  s.unpack(data)
 */
PILA_API PILA_MUST pila_status pila_struct_unpack_values(const pila_struct *s,
                                                         pila_str data, pila_doc *doc,
                                                         pila_value *out,
                                                         pila_error *err);

/* pila_struct_unpack_values_from - the same within a buffer.
 *
 *   data     of any length                                            borrowed
 *   offset   where; from the end where it is negative
 *   doc      where the tuple and its text live                        borrowed
 *   out      untouched on failure                                     given
 *   err      may be NULL                                              given
 *
 * Fails:   PILA_EVALUE   data has no record there
 *          PILA_ENOMEM   no memory
 * Cost:    O(bytes)
 * Python:  s.unpack_from(data, offset)
 */
PILA_API PILA_MUST pila_status
pila_struct_unpack_values_from(const pila_struct *s, pila_str data, ptrdiff_t offset,
                               pila_doc *doc, pila_value *out, pila_error *err);

/* pila_struct_iter_unpack_values - the records of some data, as tuples of values.
 *
 *   s, data   outlive the iterator                                    borrowed
 *   doc       where tuples live, and outlive the iterator; NULL: in the iterator, until
 *             the next call on it                                     borrowed
 *   err       may be NULL                                             given
 *
 * Items are of pila_value_type.
 *
 * Fails:   PILA_EVALUE   as pila_struct_iter_unpack
 *          PILA_ENOMEM   no memory; also later
 * Cost:    O(bytes)
 * Python:  s.iter_unpack(data)
 */
PILA_API pila_iter pila_struct_iter_unpack_values(const pila_struct *s, pila_str data,
                                                  pila_doc *doc, pila_error *err);

/* pila_struct_pack_once - pila_struct_pack_values by a format that is used once.
 *
 *   format   as in pila_struct_init                                   borrowed
 *   values   n of them                                                borrowed
 *   out      as it was on failure                                     borrowed
 *   err      may be NULL                                              given
 *
 * Fails:   as pila_struct_init
 *          as pila_struct_pack_values
 * Cost:    O(bytes), and compiles the format
 * Python:  struct.pack(format, *values)
 */
PILA_API PILA_MUST pila_status pila_struct_pack_once(pila_str format,
                                                     const pila_value *values, size_t n,
                                                     pila_buf *out, pila_error *err);

/* pila_struct_unpack_once - pila_struct_unpack_values by a format that is used once.
 *
 *   format   as in pila_struct_init                                   borrowed
 *   data     as long as the record                                    borrowed
 *   doc      where the tuple and its text live                        borrowed
 *   out      untouched on failure                                     given
 *   err      may be NULL                                              given
 *
 * Fails:   as pila_struct_init
 *          as pila_struct_unpack_values
 * Cost:    O(bytes), and compiles the format
 * Python:  struct.unpack(format, data)
 */
PILA_API PILA_MUST pila_status pila_struct_unpack_once(pila_str format, pila_str data,
                                                       pila_doc *doc, pila_value *out,
                                                       pila_error *err);

PILA_END_C

/* ---- a record known when the program is compiled ----
 *
 * A list of members, each with its code, gives a C struct and straight-line code:
 *
 *     #define HEADER(ONE, MANY) MANY(s, magic, 4) ONE(H, kind) ONE(d, value)
 *     PILA_STRUCT(header, "<", HEADER)
 *
 * makes
 *
 *     struct header { char magic[4]; uint16_t kind; double value; }
 *     header_format       "<" "4s" "H" "d"
 *     header_size         14
 *     header_pack         write one to header_size bytes
 *     header_unpack       read one from data of exactly so many
 *     header_pack_many    append n to a buffer
 *     header_unpack_many  read data.len / header_size of them
 *
 * with the statuses of the functions above; only e makes packing one fail, and what was
 * written then is unspecified. The order is "<", ">", "=" or "!" and sizes are standard
 * (a native record is its C struct); the codes are c b B h H i I l L q Q e f d s. An
 * s is an array of char, as long as it is.
 */
#define PILA__STRUCT_T_c char
#define PILA__STRUCT_T_s char
#define PILA__STRUCT_T_b int8_t
#define PILA__STRUCT_T_B uint8_t
#define PILA__STRUCT_T_h int16_t
#define PILA__STRUCT_T_H uint16_t
#define PILA__STRUCT_T_i int32_t
#define PILA__STRUCT_T_I uint32_t
#define PILA__STRUCT_T_l int32_t
#define PILA__STRUCT_T_L uint32_t
#define PILA__STRUCT_T_q int64_t
#define PILA__STRUCT_T_Q uint64_t
#define PILA__STRUCT_T_e float
#define PILA__STRUCT_T_f float
#define PILA__STRUCT_T_d double

/* Packed bytes of one item. */
enum {
    PILA__STRUCT_WIDE_c = 1,
    PILA__STRUCT_WIDE_s = 1,
    PILA__STRUCT_WIDE_b = 1,
    PILA__STRUCT_WIDE_B = 1,
    PILA__STRUCT_WIDE_h = 2,
    PILA__STRUCT_WIDE_H = 2,
    PILA__STRUCT_WIDE_e = 2,
    PILA__STRUCT_WIDE_i = 4,
    PILA__STRUCT_WIDE_I = 4,
    PILA__STRUCT_WIDE_l = 4,
    PILA__STRUCT_WIDE_L = 4,
    PILA__STRUCT_WIDE_f = 4,
    PILA__STRUCT_WIDE_q = 8,
    PILA__STRUCT_WIDE_Q = 8,
    PILA__STRUCT_WIDE_d = 8
};

/* Numbers in the other order than the machine's. */
PILA_INLINE bool pila__struct_swaps(const char *order)
{
    bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

    return order[0] == '<' ? big : order[0] == '=' ? false : !big;
}

/* n items of a code, from packed bytes. */
PILA_INLINE void pila__struct_load(char code, bool swaps, void *to, const char *from,
                                   size_t wide, size_t n)
{
    char *out = (char *)to;

    if (code != 'e' && (!swaps || wide == 1)) memcpy(out, from, n * wide);
    else
        for (size_t k = 0; k < n; k++) {
            uint16_t half;
            float x;
            if (code != 'e') {
                pila__struct_move(out + k * wide, from + k * wide, wide, swaps);
                continue;
            }
            pila__struct_move(&half, from + 2 * k, 2, swaps);
            x = pila__struct_from_half(half);
            memcpy(out + k * sizeof x, &x, sizeof x);
        }
}

/* n items of a code, to packed bytes; false: one is too large for e. */
PILA_INLINE bool pila__struct_store(char code, bool swaps, char *to, const void *from,
                                    size_t wide, size_t n)
{
    const char *in = (const char *)from;

    if (code != 'e' && (!swaps || wide == 1)) memcpy(to, in, n * wide);
    else
        for (size_t k = 0; k < n; k++) {
            uint16_t half;
            float x;
            if (code != 'e') {
                pila__struct_move(to + k * wide, in + k * wide, wide, swaps);
                continue;
            }
            memcpy(&x, in + k * sizeof x, sizeof x);
            if (!pila__struct_half((double)x, &half)) return false;
            pila__struct_move(to + 2 * k, &half, 2, swaps);
        }
    return true;
}

#define PILA__STRUCT_ONE(code, name) PILA__STRUCT_T_##code name;
#define PILA__STRUCT_MANY(code, name, n) PILA__STRUCT_T_##code name[n];
#define PILA__STRUCT_ONE_TEXT(code, name) #code
#define PILA__STRUCT_MANY_TEXT(code, name, n) #n #code
#define PILA__STRUCT_ONE_SIZE(code, name) +PILA__STRUCT_WIDE_##code
#define PILA__STRUCT_MANY_SIZE(code, name, n) +PILA__STRUCT_WIDE_##code *(n)
#define PILA__STRUCT_ONE_LOAD(code, name)                                              \
    pila__struct_load(#code[0], swaps_, &out_->name, at_, PILA__STRUCT_WIDE_##code,    \
                      1);                                                              \
    at_ += PILA__STRUCT_WIDE_##code;
#define PILA__STRUCT_MANY_LOAD(code, name, n)                                          \
    pila__struct_load(#code[0], swaps_, out_->name, at_, PILA__STRUCT_WIDE_##code, n); \
    at_ += PILA__STRUCT_WIDE_##code * (n);
#define PILA__STRUCT_ONE_STORE(code, name)                                             \
    if (!pila__struct_store(#code[0], swaps_, at_, &record_->name,                     \
                            PILA__STRUCT_WIDE_##code, 1))                              \
        return PILA_EOVERFLOW;                                                         \
    at_ += PILA__STRUCT_WIDE_##code;
#define PILA__STRUCT_MANY_STORE(code, name, n)                                         \
    if (!pila__struct_store(#code[0], swaps_, at_, record_->name,                      \
                            PILA__STRUCT_WIDE_##code, n))                              \
        return PILA_EOVERFLOW;                                                         \
    at_ += PILA__STRUCT_WIDE_##code * (n);

#define PILA_STRUCT(Name, order, MEMBERS)                                              \
    typedef struct Name {                                                              \
        MEMBERS(PILA__STRUCT_ONE, PILA__STRUCT_MANY)                                   \
    } Name;                                                                            \
    static const char Name##_format[] __attribute__((unused)) =                        \
        order MEMBERS(PILA__STRUCT_ONE_TEXT, PILA__STRUCT_MANY_TEXT);                  \
    enum { Name##_size = 0 MEMBERS(PILA__STRUCT_ONE_SIZE, PILA__STRUCT_MANY_SIZE) };   \
    PILA_INLINE PILA_MUST pila_status Name##_pack(const Name *record_, void *out_)     \
    {                                                                                  \
        const bool swaps_ = pila__struct_swaps(order);                                 \
        char *at_ = (char *)out_;                                                      \
        MEMBERS(PILA__STRUCT_ONE_STORE, PILA__STRUCT_MANY_STORE)                       \
        (void)at_, (void)swaps_;                                                       \
        return PILA_OK;                                                                \
    }                                                                                  \
    PILA_INLINE PILA_MUST pila_status Name##_unpack(pila_str data_, Name *out_)        \
    {                                                                                  \
        const bool swaps_ = pila__struct_swaps(order);                                 \
        const char *at_ = data_.ptr;                                                   \
        if (data_.len != Name##_size) return PILA_EVALUE;                              \
        MEMBERS(PILA__STRUCT_ONE_LOAD, PILA__STRUCT_MANY_LOAD)                         \
        (void)at_, (void)swaps_;                                                       \
        return PILA_OK;                                                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_pack_many(const Name *records_, size_t n_,  \
                                                     pila_buf *out_)                   \
    {                                                                                  \
        size_t bytes_;                                                                 \
        pila_status st_ = PILA_EOVERFLOW;                                              \
        if (pila_mul(n_, Name##_size, &bytes_)) st_ = pila_buf_reserve(out_, bytes_);  \
        if (st_ != PILA_OK || n_ == 0) return st_;                                     \
        char *at_ = out_->data + out_->len;                                            \
        for (size_t k_ = 0; k_ < n_; k_++, at_ += Name##_size)                         \
            if ((st_ = Name##_pack(&records_[k_], at_)) != PILA_OK) return st_;        \
        out_->len += bytes_;                                                           \
        return PILA_OK;                                                                \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_unpack_many(pila_str data_, Name *records_) \
    {                                                                                  \
        const char *at_ = data_.ptr;                                                   \
        size_t n_ = data_.len / Name##_size;                                           \
        if (data_.len % Name##_size) return PILA_EVALUE;                               \
        for (size_t k_ = 0; k_ < n_; k_++, at_ += Name##_size)                         \
            (void)!Name##_unpack(pila_str_of(at_, Name##_size), &records_[k_]);        \
        return PILA_OK;                                                                \
    }

#endif
