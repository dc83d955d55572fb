/* type.h - what an item is: size, and how to hash, compare, copy, drop and show it.
 *
 * Needs: core/status core/mem core/hash core/str
 * Use:
 *     typedef struct point { int x, y; } point;
 *     static const pila_type point_type = PILA_PLAIN_TYPE(point);
 *     // no eq, hash or less: a deque of points works, deque_index answers PILA_ETYPE
 *     printf("%zu\n", point_type.size);   // prints: 8
 *
 * A container's core takes a descriptor beside the data. Where it is a constant, as in
 * every typed face, the switches below fold away; where it is not, a ready-made kind
 * costs a predicted jump and PILA_KIND_OTHER a call through a pointer.
 *
 * Items are lent to a container and copied with `copy`; what a container hands out by
 * pop is given, and dropped by whoever got it.
 */
#ifndef PILA_TYPE_H
#define PILA_TYPE_H

#include "str.h"

typedef enum pila_kind {
    PILA_KIND_OTHER, /* everything goes through the callbacks */
    PILA_KIND_I8,
    PILA_KIND_I16,
    PILA_KIND_I32,
    PILA_KIND_I64,
    PILA_KIND_U8,
    PILA_KIND_U16,
    PILA_KIND_U32,
    PILA_KIND_U64,
    PILA_KIND_F32,
    PILA_KIND_F64,
    PILA_KIND_PTR,   /* void *, compared by address */
    PILA_KIND_STR,   /* pila_str: whoever puts it in keeps the bytes alive */
    PILA_KIND_STRING /* pila_string: owned, copied and dropped */
} pila_kind;

/* The callbacks are those of PILA_KIND_OTHER; a ready-made kind answers for itself, and
 * only its repr may be set. Any may be NULL: what needs it then answers PILA_ETYPE;
 * without copy an item is copied by its bytes, without drop there is nothing to free.
 * Each may fail, and may change the container that called it. ctx is handed to each. */
typedef struct pila_type {
    pila_kind kind;
    size_t size, align; /* bytes */
    const char *name;   /* Python's name of it, for messages */
    void *ctx;
    pila_status (*hash)(void *ctx, const void *item, uint64_t *out);
    pila_status (*eq)(void *ctx, const void *a, const void *b, bool *out);
    pila_status (*less)(void *ctx, const void *a, const void *b, bool *out);
    pila_status (*copy)(void *ctx, void *out, const void *item);
    void (*drop)(void *ctx, void *item);
    pila_status (*repr)(void *ctx, const void *item, pila_buf *out);
} pila_type;

#if defined(__cplusplus)
#define PILA_ALIGNOF(T) alignof(T)
#else
#define PILA_ALIGNOF(T) _Alignof(T)
#endif

#define PILA__TYPE(kind, T, name)                                                      \
    {                                                                                  \
        kind, sizeof(T), PILA_ALIGNOF(T), name, NULL, NULL, NULL, NULL, NULL, NULL,    \
            NULL                                                                       \
    }

/* A descriptor of T as bytes: copied, not compared. */
#define PILA_PLAIN_TYPE(T) PILA__TYPE(PILA_KIND_OTHER, T, #T)

/* The ready-made ones. They are constants in every file, so that they fold. */
#define PILA__READY(name, kind, T, python)                                             \
    static const pila_type name __attribute__((unused)) = PILA__TYPE(kind, T, python)

PILA__READY(pila_i8, PILA_KIND_I8, int8_t, "int");
PILA__READY(pila_i16, PILA_KIND_I16, int16_t, "int");
PILA__READY(pila_i32, PILA_KIND_I32, int32_t, "int");
PILA__READY(pila_i64, PILA_KIND_I64, int64_t, "int");
PILA__READY(pila_u8, PILA_KIND_U8, uint8_t, "int");
PILA__READY(pila_u16, PILA_KIND_U16, uint16_t, "int");
PILA__READY(pila_u32, PILA_KIND_U32, uint32_t, "int");
PILA__READY(pila_u64, PILA_KIND_U64, uint64_t, "int");
PILA__READY(pila_f32, PILA_KIND_F32, float, "float");
PILA__READY(pila_f64, PILA_KIND_F64, double, "float");
PILA__READY(pila_ptr, PILA_KIND_PTR, void *, "pointer");
PILA__READY(pila_view, PILA_KIND_STR, pila_str, "str");
PILA__READY(pila_text, PILA_KIND_STRING, pila_string, "str");
PILA__READY(pila_bytes, PILA_KIND_STRING, pila_string, "bytes");

/* A view with at least 16 readable bytes behind its last one, so that a consumer may
 * load whole words; told by its address, in every other way a pila_view. */
PILA_BEGIN_C
PILA_API extern const pila_type pila_view_padded;
PILA_END_C

/* The ready-made descriptor of a C type, else `plain`. */
#define PILA_KIND_OF_SIZE(s, u, T)                                                     \
    (sizeof(T) == 1   ? &pila_##s##8                                                   \
     : sizeof(T) == 2 ? &pila_##s##16                                                  \
     : sizeof(T) == 4 ? &pila_##s##32                                                  \
                      : &pila_##s##64)

#if defined(__cplusplus)
extern "C++" {
#define PILA__TYPE_OF static constexpr inline const pila_type *
#define PILA__OVERLOAD(T, ready)                                                       \
    PILA__TYPE_OF pila__type_of(T *, const pila_type *) { return ready; }
#define PILA__OVERLOAD_INT(T)                                                          \
    PILA__OVERLOAD(signed T, PILA_KIND_OF_SIZE(i, u, T))                               \
    PILA__OVERLOAD(unsigned T, PILA_KIND_OF_SIZE(u, u, T))
PILA__OVERLOAD_INT(char)
PILA__OVERLOAD_INT(short)
PILA__OVERLOAD_INT(int)
PILA__OVERLOAD_INT(long)
PILA__OVERLOAD_INT(long long)
PILA__OVERLOAD(char, char(-1) < 0 ? &pila_i8 : &pila_u8)
PILA__OVERLOAD(bool, &pila_u8)
PILA__OVERLOAD(float, &pila_f32)
PILA__OVERLOAD(double, &pila_f64)
PILA__OVERLOAD(pila_str, &pila_view)
PILA__OVERLOAD(pila_string, &pila_text)
PILA__OVERLOAD(void *, &pila_ptr)
PILA__TYPE_OF pila__type_of(void *, const pila_type *plain) { return plain; }
#undef PILA__TYPE_OF
#undef PILA__OVERLOAD
#undef PILA__OVERLOAD_INT
}
#define PILA_TYPE_OF(T, plain) pila__type_of((T *)0, plain)
#else
#define PILA__CHOOSE_INT(T)                                                            \
    signed T * : PILA_KIND_OF_SIZE(i, u, T), unsigned T * : PILA_KIND_OF_SIZE(u, u, T)
#define PILA_TYPE_OF(T, plain)                                                         \
    _Generic((T *)0,                                                                     \
        PILA__CHOOSE_INT(char),                                                          \
        PILA__CHOOSE_INT(short),                                                         \
        PILA__CHOOSE_INT(int),                                                           \
        PILA__CHOOSE_INT(long),                                                          \
        PILA__CHOOSE_INT(long long),                                                     \
        char *: (char)-1 < 0 ? &pila_i8 : &pila_u8,                                      \
        bool *: &pila_u8,                                                                \
        float *: &pila_f32,                                                              \
        double *: &pila_f64,                                                             \
        pila_str *: &pila_view,                                                          \
        pila_string *: &pila_text,                                                       \
        void **: &pila_ptr,                                                              \
        default: (plain))
#endif

/* pila_type_plain - whether items are plain bytes: copied by memcpy, nothing to drop.
 *
 * Cost:    O(1)
 */
PILA_INLINE bool pila_type_plain(const pila_type *t)
{
    if (t->kind != PILA_KIND_OTHER) return t->kind != PILA_KIND_STRING;
    return !t->copy && !t->drop;
}

/* pila_type_calls_out - whether comparing or hashing runs code of the user.
 *
 * That may do anything, change or end the container that called it included.
 *
 * Cost:    O(1)
 */
PILA_INLINE bool pila_type_calls_out(const pila_type *t)
{
    return t->kind == PILA_KIND_OTHER;
}

#define PILA__LOAD(T, name, p)                                                         \
    T name;                                                                            \
    memcpy(&name, (p), sizeof name)

/* pila_type_hash - the keyed hash of an item. The secrets must be drawn.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE    the type has no hash
 *          any           what the callback answered
 * Cost:    O(1) for a kind of fixed size
 * Python:  hash(); equal floats hash alike, -0.0 as 0.0
 */
PILA_INLINE pila_status pila_type_hash(const pila_type *t, const void *item,
                                       uint64_t *out)
{
#define PILA__HASH_INT(KIND, T)                                                        \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, item);                                                        \
        *out = pila__hash_u64((uint64_t)x);                                            \
        return PILA_OK;                                                                \
    }
    switch (t->kind) {
        PILA__HASH_INT(PILA_KIND_I8, int8_t)
        PILA__HASH_INT(PILA_KIND_I16, int16_t)
        PILA__HASH_INT(PILA_KIND_I32, int32_t)
        PILA__HASH_INT(PILA_KIND_I64, int64_t)
        PILA__HASH_INT(PILA_KIND_U8, uint8_t)
        PILA__HASH_INT(PILA_KIND_U16, uint16_t)
        PILA__HASH_INT(PILA_KIND_U32, uint32_t)
        PILA__HASH_INT(PILA_KIND_U64, uint64_t)
        PILA__HASH_INT(PILA_KIND_PTR, uintptr_t)
    case PILA_KIND_F32:
    case PILA_KIND_F64: {
        double x = 0;
        uint64_t bits;
        if (t->kind == PILA_KIND_F32) {
            PILA__LOAD(float, f, item);
            x = (double)f;
        } else memcpy(&x, item, sizeof x);
        x += 0.0; /* -0.0 becomes 0.0 */
        memcpy(&bits, &x, sizeof bits);
        *out = pila__hash_u64(bits);
        return PILA_OK;
    }
    case PILA_KIND_STR: *out = pila__str_hash(*(const pila_str *)item); return PILA_OK;
    case PILA_KIND_STRING:
        *out = pila__string_hash((const pila_string *)item);
        return PILA_OK;
    case PILA_KIND_OTHER: break;
    }
#undef PILA__HASH_INT
    return t->hash ? t->hash(t->ctx, item, out) : PILA_ETYPE;
}

/* pila_type_eq - whether two items are equal; a comes first, as in a == b.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE    the type has no eq
 *          any           what the callback answered
 * Cost:    O(1) for a kind of fixed size
 * Python:  `a is b or a == b`, as containers compare: a NaN equals the same NaN bits
 */
PILA_INLINE pila_status pila_type_eq(const pila_type *t, const void *a, const void *b,
                                     bool *out)
{
#define PILA__EQ(KIND, T, same)                                                        \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, a);                                                           \
        PILA__LOAD(T, y, b);                                                           \
        *out = (same);                                                                 \
        return PILA_OK;                                                                \
    }
    switch (t->kind) {
        PILA__EQ(PILA_KIND_I8, int8_t, x == y)
        PILA__EQ(PILA_KIND_I16, int16_t, x == y)
        PILA__EQ(PILA_KIND_I32, int32_t, x == y)
        PILA__EQ(PILA_KIND_I64, int64_t, x == y)
        PILA__EQ(PILA_KIND_U8, uint8_t, x == y)
        PILA__EQ(PILA_KIND_U16, uint16_t, x == y)
        PILA__EQ(PILA_KIND_U32, uint32_t, x == y)
        PILA__EQ(PILA_KIND_U64, uint64_t, x == y)
        PILA__EQ(PILA_KIND_PTR, void *, x == y)
        PILA__EQ(PILA_KIND_F32, float, x == y || memcmp(&x, &y, sizeof x) == 0)
        PILA__EQ(PILA_KIND_F64, double, x == y || memcmp(&x, &y, sizeof x) == 0)
    case PILA_KIND_STR:
        *out = pila_str_eq(*(const pila_str *)a, *(const pila_str *)b);
        return PILA_OK;
    case PILA_KIND_STRING:
        *out = pila_string_eq((const pila_string *)a, (const pila_string *)b);
        return PILA_OK;
    case PILA_KIND_OTHER: break;
    }
#undef PILA__EQ
    return t->eq ? t->eq(t->ctx, a, b, out) : PILA_ETYPE;
}

/* pila_type_less - whether a < b. Orderings use nothing else.
 *
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE    the type has no order
 *          any           what the callback answered
 * Cost:    O(1) for a kind of fixed size
 * Python:  a < b
 */
PILA_INLINE pila_status pila_type_less(const pila_type *t, const void *a, const void *b,
                                       bool *out)
{
#define PILA__LESS(KIND, T)                                                            \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, a);                                                           \
        PILA__LOAD(T, y, b);                                                           \
        *out = x < y;                                                                  \
        return PILA_OK;                                                                \
    }
    switch (t->kind) {
        PILA__LESS(PILA_KIND_I8, int8_t)
        PILA__LESS(PILA_KIND_I16, int16_t)
        PILA__LESS(PILA_KIND_I32, int32_t)
        PILA__LESS(PILA_KIND_I64, int64_t)
        PILA__LESS(PILA_KIND_U8, uint8_t)
        PILA__LESS(PILA_KIND_U16, uint16_t)
        PILA__LESS(PILA_KIND_U32, uint32_t)
        PILA__LESS(PILA_KIND_U64, uint64_t)
        PILA__LESS(PILA_KIND_F32, float)
        PILA__LESS(PILA_KIND_F64, double)
        PILA__LESS(PILA_KIND_PTR, uintptr_t)
    case PILA_KIND_STR:
        *out = pila_str_cmp(*(const pila_str *)a, *(const pila_str *)b) < 0;
        return PILA_OK;
    case PILA_KIND_STRING:
        *out = pila_str_cmp(pila_string_view((const pila_string *)a),
                            pila_string_view((const pila_string *)b)) < 0;
        return PILA_OK;
    case PILA_KIND_OTHER: break;
    }
#undef PILA__LESS
    return t->less ? t->less(t->ctx, a, b, out) : PILA_ETYPE;
}

/* pila_type_copy - an independent duplicate at out.
 *
 *   out    raw room for one item; untouched on failure                given
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           what the callback answered
 * Cost:    O(1) for a kind of fixed size
 */
PILA_INLINE pila_status pila_type_copy(const pila_type *t, void *out, const void *item)
{
    if (t->kind == PILA_KIND_STRING)
        return pila_string_init((pila_string *)out,
                                pila_string_view((const pila_string *)item));
    if (t->kind == PILA_KIND_OTHER && t->copy) return t->copy(t->ctx, out, item);
    memcpy(out, item, t->size);
    return PILA_OK;
}

/* pila_type_drop - free what the item owns; its room becomes raw.
 *
 *   item   an item                                                    taken
 *
 * Cost:    O(1) for a kind of fixed size
 */
PILA_INLINE void pila_type_drop(const pila_type *t, void *item)
{
    if (t->kind == PILA_KIND_STRING) pila_string_done((pila_string *)item);
    else if (t->kind == PILA_KIND_OTHER && t->drop) t->drop(t->ctx, item);
}

/* ---- pairs: a tuple is a C struct ----
 *
 * What struct { A first; B second; } is to the compiler, as a descriptor: the entries
 * of a dict, what enumerate yields. A constant one is made by PILA_PAIR; one whose
 * members are known at run time by pila_pair_init. It must stay where it is: its type
 * points back at it.
 */
typedef struct pila_pair {
    const pila_type *first, *second;
    size_t second_at; /* bytes from the start of the pair */
    pila_type type;   /* compares, hashes and shows as a tuple of two */
} pila_pair;

/* static const pila_pair `name` for struct S, whose members have these descriptors. */
#define PILA_PAIR(name, S, second_member, first_type, second_type)                     \
    static const pila_pair name __attribute__((                                        \
        unused)) = {first_type,                                                        \
                    second_type,                                                       \
                    offsetof(S, second_member),                                        \
                    {PILA_KIND_OTHER, sizeof(S), PILA_ALIGNOF(S), "tuple",             \
                     (void *)&name, pila__pair_hash, pila__pair_eq, pila__pair_less,   \
                     pila__pair_copy, pila__pair_drop, pila__pair_repr}}

/* ---- tuples of any length ----
 *
 * What zip, product and records yield: a C struct of its members, an array of n items,
 * or a row, which is a view of a run of items whose length differs from row to row. It
 * must stay where it is: its type points back at it.
 */
typedef struct pila_member {
    const pila_type *type;
    size_t at; /* bytes from the start of the struct */
} pila_member;

typedef struct pila_row { /* items[0..n), borrowed: Python's tuple of any length */
    const void *items;
    size_t n;
} pila_row;

typedef struct pila_tuple {
    size_t n;                  /* members; of a row: 0 */
    const pila_member *member; /* of a struct; NULL: all are `each` */
    const pila_type *each;
    bool is_row;
    pila_type type; /* compares, hashes and shows as a Python tuple */
} pila_tuple;

/* An element held over a callback that could free it: its own copy where user code can
 * run, the element in place where it cannot. pila__hold_copy always copies; an item
 * NULL stands for zero bytes. */
typedef struct pila__held {
    const pila_type *type;
    const void *item;
    void *block; /* for items larger than room */
    union {
        char bytes[64];
        long double align;
    } room;
} pila__held;

PILA_BEGIN_C

PILA_API PILA_MUST pila_status pila__hold_copy(pila__held *h, const pila_type *t,
                                               const void *item);
PILA_API void pila__let_go_copy(pila__held *h);

/* pila_pair_init - the descriptor of a pair laid out as a C struct of the two.
 *
 *   first, second   must outlive the pair; second may have size 0     borrowed
 *
 * Fails:   PILA_EOVERFLOW   the struct would exceed PTRDIFF_MAX bytes
 * Cost:    O(1)
 * Python:  tuple
 */
PILA_API PILA_MUST pila_status pila_pair_init(pila_pair *p, const pila_type *first,
                                              const pila_type *second);

/* pila_tuple_struct - the descriptor of a C struct of these members, in their order.
 *
 *   member   n of them with their types; where each is gets written. Outlives the
 *            tuple, and so do the types                               borrowed
 *   n        0: the empty tuple, which has one byte, as every item has some
 *
 * Fails:   PILA_EOVERFLOW   the struct would exceed PTRDIFF_MAX bytes
 * Cost:    O(n), no allocation
 * Python:  tuple
 */
PILA_API PILA_MUST pila_status pila_tuple_struct(pila_tuple *t, pila_member *member,
                                                 size_t n);

/* pila_tuple_array - the descriptor of an array of n items of a type.
 *
 *   each   outlives the tuple                                         borrowed
 *   n      0: the empty tuple, of one byte
 *
 * Fails:   PILA_EOVERFLOW   n items would exceed PTRDIFF_MAX bytes
 * Cost:    O(1)
 * Python:  tuple
 */
PILA_API PILA_MUST pila_status pila_tuple_array(pila_tuple *t, const pila_type *each,
                                                size_t n);

/* pila_tuple_row - the descriptor of a pila_row of items of a type.
 *
 *   each   outlives the tuple                                         borrowed
 *
 * A row is a view, like a pila_str: copying it copies no items.
 *
 * Cost:    O(1)
 * Python:  tuple
 */
PILA_API void pila_tuple_row(pila_tuple *t, const pila_type *each);

/* pila_tuple_of - the tuple that a descriptor describes.
 *
 * Fails:   NULL   it describes none
 * Cost:    O(1)
 */
PILA_API const pila_tuple *pila_tuple_of(const pila_type *t);

PILA_API bool pila__type_same(const pila_type *to, const pila_type *from);

/* The callbacks of every pair; ctx is the pila_pair. */
PILA_API pila_status pila__pair_hash(void *ctx, const void *item, uint64_t *out);
PILA_API pila_status pila__pair_eq(void *ctx, const void *a, const void *b, bool *out);
PILA_API pila_status pila__pair_less(void *ctx, const void *a, const void *b,
                                     bool *out);
PILA_API pila_status pila__pair_copy(void *ctx, void *out, const void *item);
PILA_API void pila__pair_drop(void *ctx, void *item);
PILA_API pila_status pila__pair_repr(void *ctx, const void *item, pila_buf *out);

/* pila_type_repr - append an item as Python's repr would show it.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_ETYPE    the type has no repr
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 *          any           what the callback answered
 * Cost:    O(length of the text)
 * Python:  repr()
 */
PILA_API PILA_MUST pila_status pila_type_repr(const pila_type *t, const void *item,
                                              pila_buf *out);

PILA_END_C

/* pila_tuple_len - how many members an item of a tuple's type has.
 *
 * Cost:    O(1)
 * Python:  len(item)
 */
PILA_INLINE size_t pila_tuple_len(const pila_tuple *t, const void *item)
{
    return t->is_row ? ((const pila_row *)item)->n : t->n;
}

/* pila_tuple_at - the k-th member of an item, inside it, and its type.
 *
 *   item   an item of the tuple's type                                borrowed
 *   k      below pila_tuple_len
 *   type   may be NULL                                                given
 *
 * Cost:    O(1), no allocation
 * Python:  item[k]
 */
PILA_INLINE const void *pila_tuple_at(const pila_tuple *t, const void *item, size_t k,
                                      const pila_type **type)
{
    if (type) *type = t->member ? t->member[k].type : t->each;
    if (t->member) return (const char *)item + t->member[k].at;
    if (t->is_row) item = ((const pila_row *)item)->items;
    return (const char *)item + k * t->each->size;
}

/* pila_type_accepts - whether items of type `from` may be put where `to` is kept.
 *
 * That is: the same type, or a view of text into owned strings.
 *
 * Cost:    O(1)
 */
PILA_INLINE bool pila_type_accepts(const pila_type *to, const pila_type *from)
{
    if (to->kind != from->kind)
        return to->kind == PILA_KIND_STRING && from->kind == PILA_KIND_STR;
    return to == from || to->kind != PILA_KIND_OTHER || pila__type_same(to, from);
}

/* pila_type_adapt - the item as one of type `to`, which accepts it.
 *
 *   item   what is returned, unless it is a view for a string          borrowed
 *   room   for the string that borrows from the view; lives as long as the answer
 *
 * Cost:    O(1), no allocation
 */
PILA_INLINE const void *pila_type_adapt(const pila_type *to, const pila_type *from,
                                        const void *item, pila_string *room)
{
    if (to->kind != PILA_KIND_STRING || from->kind != PILA_KIND_STR) return item;
    *room = pila_string_borrow(*(const pila_str *)item);
    return room;
}

/* pila_pair_of - the pair that a descriptor describes.
 *
 * Fails:   NULL   it describes none
 * Cost:    O(1)
 */
PILA_INLINE const pila_pair *pila_pair_of(const pila_type *t)
{
    return t->copy == pila__pair_copy ? (const pila_pair *)t->ctx : NULL;
}

PILA_INLINE PILA_MUST pila_status pila__hold(pila__held *h, const pila_type *t,
                                             const void *item)
{
    if (pila_type_calls_out(t)) return pila__hold_copy(h, t, item);
    h->item = item;
    return PILA_OK;
}

PILA_INLINE void pila__let_go(pila__held *h, const pila_type *t)
{
    if (pila_type_calls_out(t)) pila__let_go_copy(h);
}

#endif
