/* pickle_load.h - what the parts of the reader of pickles share.
 */
#ifndef PILA_PICKLE_LOAD_H
#define PILA_PICKLE_LOAD_H

#include "pickle.h"

enum {
    LOAD_AHEAD = 272,      /* bytes that an opcode of load_quick may look at */
    LOAD_WINDOW = 1 << 16, /* of a stream are asked for at a time */
    LOAD_ROOM_FIRST = 16,  /* nodes */
    LOAD_MEMO_BYTES = 64,  /* of the input, for each of which the memo has room ... */
    LOAD_MEMO_FIRST = 1 << 16, /* ... up to so much of it from the start */
    LOAD_MANY = 1000,          /* items of a batch that another may follow */
    LOAD_FAR = 64,             /* a memo index so much beyond is far */
    LOAD_DIGITS_MOST = 4300,   /* of an integer, sys.int_info */
    LOAD_MADE_BYTE = 4,        /* what calls may copy for each byte */
    LOAD_KEY_SHORT = 128,      /* bytes of text that are one part of a key */
    LOAD_KEYS_FREE = 1 << 14,  /* parts of keys that need no input ... */
    LOAD_KEYS_BYTE = 128       /* ... and so many more for each byte */
};

PILA_BEGIN_C

/* ---- pickle_input.c ---- */

pila_status pila__load_fault(pila_unpickler *u, pila_status st, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *pila__load_kind(pila_value v);

/* Read on until n bytes are there. */
PILA_MUST pila_status pila__load_more(pila_unpickler *u, size_t n);

/* Up to a newline, which is read and not part of it. CPython wants `least` characters
 * with the newline. */
PILA_MUST pila_status pila__load_line(pila_unpickler *u, size_t least, pila_str *out);

PILA_MUST pila_status pila__load_number(pila_unpickler *u, size_t bytes, uint64_t *out);

/* Bytes after their length. */
PILA_MUST pila_status pila__load_counted(pila_unpickler *u, size_t bytes,
                                         const char *what, pila_str *out);

PILA_MUST pila_status pila__load_grow(pila_value **array, size_t *room, size_t need);

PILA_MUST pila_status pila__load_underflow(pila_unpickler *u);

PILA_MUST pila_status pila__load_mark(pila_unpickler *u);

PILA_MUST pila_status pila__load_memo_put(pila_unpickler *u, uint64_t index);

PILA_MUST pila_status pila__load_memo_get(pila_unpickler *u, uint64_t index);

/* ---- pickle_text.c ---- */

PILA_MUST pila_status pila__load_int(pila_unpickler *u);

PILA_MUST pila_status pila__load_long(pila_unpickler *u);

/* The number in a line, of GET and PUT. */
PILA_MUST pila_status pila__load_index_of(pila_unpickler *u, pila_str text,
                                          int64_t *out);

PILA_MUST pila_status pila__load_counted_long(pila_unpickler *u, size_t bytes);

PILA_MUST pila_status pila__load_float(pila_unpickler *u);

PILA_MUST pila_status pila__load_binfloat(pila_unpickler *u);

/* A str or bytes of the input. */
PILA_MUST pila_status pila__load_text(pila_unpickler *u, pila_value_kind kind,
                                      pila_str text, bool stays, pila_value *out);

bool pila__load_is_ascii(pila_str text);

PILA_MUST pila_status pila__load_utf8(pila_unpickler *u, pila_str text,
                                      bool surrogates);

PILA_MUST pila_status pila__load_unicode_counted(pila_unpickler *u, size_t bytes);

PILA_MUST pila_status pila__load_bytes_counted(pila_unpickler *u, size_t bytes);

PILA_MUST pila_status pila__load_bytearray(pila_unpickler *u);

PILA_MUST pila_status pila__load_unicode_line(pila_unpickler *u);

PILA_MUST pila_status pila__load_string_counted(pila_unpickler *u, size_t bytes);

PILA_MUST pila_status pila__load_string_line(pila_unpickler *u);

/* ---- pickle_items.c ---- */

/* The n topmost things become a tuple. */
PILA_MUST pila_status pila__load_tuple(pila_unpickler *u, size_t n);

PILA_MUST pila_status pila__load_key(pila_unpickler *u, pila_value key);

/* What of n things has no hash, for the message: and in it, along the first tuples. */
PILA_MUST pila_status pila__load_unhashable_of(pila_unpickler *u,
                                               const pila_value *items, size_t n);

/* What is held goes to where it belongs; what lies above it moves down. */
PILA_MUST pila_status pila__load_release(pila_unpickler *u);

/* Take the last mark away: where on the stack it was. */
PILA_MUST pila_status pila__load_unmark(pila_unpickler *u, size_t *at);

PILA_MUST pila_status pila__load_marked_tuple(pila_unpickler *u);

PILA_MUST pila_status pila__load_marked_list(pila_unpickler *u);

PILA_MUST pila_status pila__load_new_dict(pila_unpickler *u);

PILA_MUST pila_status pila__load_marked_dict(pila_unpickler *u);

PILA_MUST pila_status pila__load_new_list(pila_unpickler *u);

PILA_MUST pila_status pila__load_new_set(pila_unpickler *u);

PILA_MUST pila_status pila__load_frozenset(pila_unpickler *u);

/* The parts of what was made by a call; NULL for anything else. */
pila_value *pila__load_parts(pila_value v);

PILA_MUST pila_status pila__load_no_attribute(pila_unpickler *u, pila_value v,
                                              const char *name);

PILA_MUST pila_status pila__load_append(pila_unpickler *u);

PILA_MUST pila_status pila__load_appends(pila_unpickler *u);

PILA_MUST pila_status pila__load_setitem_op(pila_unpickler *u);

PILA_MUST pila_status pila__load_setitems(pila_unpickler *u);

PILA_MUST pila_status pila__load_additems(pila_unpickler *u);

/* ---- pickle_objects.c ---- */

PILA_MUST pila_status pila__load_global(pila_unpickler *u);

PILA_MUST pila_status pila__load_stack_global(pila_unpickler *u);

PILA_MUST pila_status pila__load_extension(pila_unpickler *u, size_t bytes);

PILA_MUST pila_status pila__load_reduce(pila_unpickler *u);

PILA_MUST pila_status pila__load_newobj(pila_unpickler *u, bool ex);

PILA_MUST pila_status pila__load_inst(pila_unpickler *u);

PILA_MUST pila_status pila__load_obj(pila_unpickler *u);

PILA_MUST pila_status pila__load_build(pila_unpickler *u);

PILA_MUST pila_status pila__load_persid(pila_unpickler *u);

PILA_MUST pila_status pila__load_binpersid(pila_unpickler *u);

PILA_MUST pila_status pila__load_next_buffer(pila_unpickler *u);

PILA_MUST pila_status pila__load_readonly(pila_unpickler *u);

PILA_END_C

PILA_INLINE size_t pila__load_have(const pila_unpickler *u)
{
    return (size_t)(u->end - u->at);
}

PILA_INLINE pila_status pila__load_need(pila_unpickler *u, size_t n)
{
    return PILA_LIKELY(pila__load_have(u) >= n) ? PILA_OK : pila__load_more(u, n);
}

PILA_INLINE uint64_t pila__load_number_at(const char *s, size_t bytes)
{
    uint64_t x = 0;

    for (size_t i = bytes; i--;) x = x << 8 | (unsigned char)s[i];
    return x;
}

/* What is on the stack from a place on; there may be no stack yet. */
PILA_INLINE pila_value *pila__load_from(const pila_unpickler *u, size_t at)
{
    return at ? u->stack + at : u->stack;
}

PILA_INLINE pila_status pila__load_push(pila_unpickler *u, pila_value v)
{
    if (PILA_UNLIKELY(u->len == u->room)) {
        pila_status st = pila__load_grow(&u->stack, &u->room, u->len + 1);
        if (st != PILA_OK) return st;
    }
    u->stack[u->len++] = v;
    return PILA_OK;
}

/* Whether n things may be taken: what is above the last mark. */
PILA_INLINE bool pila__load_has(const pila_unpickler *u, size_t n)
{
    return u->len - u->fence >= n;
}

PILA_INLINE double pila__load_double_at(const char *s)
{
    uint64_t bits;
    double x;

    memcpy(&bits, s, 8);
    bits = __builtin_bswap64(bits);
    memcpy(&x, &bits, 8);
    return x;
}

#endif
