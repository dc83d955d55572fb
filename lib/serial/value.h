/* value.h - Python's values as data: 16-byte nodes in a document.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/number
 *        serial/memo serial/printable
 * Use:
 *     pila_doc doc = {0};
 *     pila_value list = pila_value_none();
 *     pila_status st = pila_value_list(&doc, NULL, 0, &list);
 *     if (st == PILA_OK) st = pila_value_append(&doc, list, pila_value_int(42));
 *     pila_buf out = {0};
 *     if (st == PILA_OK) st = pila_value_repr(list, &out);
 *     if (st == PILA_OK) printf("%.*s\n", (int)out.len, out.data);   // prints: [42]
 *     pila_buf_done(&out);
 *     pila_doc_done(&doc);
 *
 * A pila_value is what a name is in Python: a number, a truth or None itself, and of
 * everything else a reference. Copying the node copies the reference; two nodes of one
 * list see each other's changes. What is referred to lives in a document, an arena that
 * is freed as a whole: nothing in it is freed alone, and a value is valid for as long
 * as its document. json and pickle read into, and write, the same values.
 *
 * Nothing here recurses: depth is bounded by memory alone.
 */
#ifndef PILA_VALUE_H
#define PILA_VALUE_H

#include "../core/iter.h"

/* ---- the document ---- */

typedef struct pila_doc {       /* {0} is a valid empty document */
    char *free, *end;           /* what is left of the newest block */
    struct pila__block *blocks; /* newest first */
    size_t held;                /* bytes of all blocks */
} pila_doc;

/* A moment of a document: pila_doc_release goes back to it. */
typedef struct pila_doc_mark {
    char *free, *end;
    struct pila__block *blocks;
} pila_doc_mark;

/* ---- the node ---- */

typedef enum pila_value_kind {
    PILA_VALUE_NONE, /* {0} is None */
    PILA_VALUE_BOOL,
    PILA_VALUE_INT,    /* fits int64_t */
    PILA_VALUE_BIGINT, /* does not */
    PILA_VALUE_FLOAT,
    PILA_VALUE_COMPLEX,
    PILA_VALUE_NUMERAL, /* a number kept as its text */
    PILA_VALUE_STR,     /* UTF-8, in which lone surrogates may stand as three bytes */
    PILA_VALUE_BYTES,
    PILA_VALUE_BYTEARRAY,
    PILA_VALUE_LIST,
    PILA_VALUE_TUPLE,
    PILA_VALUE_DICT,
    PILA_VALUE_SET,
    PILA_VALUE_FROZENSET,
    PILA_VALUE_OBJECT, /* what pickle has of classes, as data */
    PILA__VALUE_DEAD   /* the key of an entry that was deleted */
} pila_value_kind;

/* How a PILA_VALUE_OBJECT came to be, and its parts. What is absent is None. */
typedef enum pila_object_how {
    PILA_OBJECT_GLOBAL,     /* module, qualified name */
    PILA_OBJECT_EXTENSION,  /* code in the extension registry */
    PILA_OBJECT_PERSISTENT, /* id */
    PILA_OBJECT_REDUCE,     /* callable, arguments, then PILA_PART_STATE ... */
    PILA_OBJECT_NEWOBJ,     /* class, arguments, ... */
    PILA_OBJECT_NEWOBJ_EX,  /* class, arguments, ..., keyword arguments */
    PILA_OBJECT_INST,       /* class, arguments, ...; by the opcode INST */
    PILA_OBJECT_OBJ,        /* class, arguments, ...; by the opcode OBJ */
    PILA_OBJECT_BUFFER      /* number of the out-of-band buffer, whether read only */
} pila_object_how;

/* The parts of what was made by a call. */
enum {
    PILA_PART_CALLABLE,
    PILA_PART_ARGS,
    PILA_PART_STATE, /* what BUILD gave */
    PILA_PART_ITEMS, /* a list: what APPEND, APPENDS and ADDITEMS gave */
    PILA_PART_PAIRS, /* a list of keys and values in turn, from SETITEM and SETITEMS */
    PILA_PART_KWARGS,
    PILA_PART_VIEW, /* what an allow-list's function made of it; None: nothing */
    PILA_PARTS
};

/* The tag: the kind in the low 8 bits, above them a length or less. */
typedef struct pila_value {
    uint64_t tag;
    union {
        int64_t i;                   /* of a bool: 0 or 1 */
        double f;                    /* of a float */
        const double *parts;         /* of a complex: real, imaginary */
        const char *text;            /* of a str, bytes, numeral: tag >> 8 bytes */
        const uint64_t *limbs;       /* of a big integer: tag >> 9 of them, the
                                        least first; bit 8 of tag: negative */
        struct pila_value *items;    /* of a tuple: tag >> 8; of an object: its
                                        parts, the how in bits 8 to 15, their
                                        number from bit 16 on */
        struct pila_list_body *list; /* of a list */
        struct pila_bytearray_body *array; /* of a bytearray */
        struct pila_dict_body *dict;       /* of a dict, set or frozenset */
    } as;
} pila_value;

/* The bodies: for reading; they change by the functions below alone. */
typedef struct pila_list_body {
    uint64_t version;
    size_t len, room;
    pila_value *items;
} pila_list_body;

typedef struct pila_bytearray_body {
    uint64_t version;
    size_t len, room;
    char *data;
} pila_bytearray_body;

typedef struct pila_entry { /* of a dict; the value of a set's is None */
    pila_value key, value;
} pila_entry;

/* Entries in the order of insertion, entries[0..used), len of them alive; and where
 * there are more than a few, an index of their numbers by their keys' hashes. */
typedef struct pila_dict_body {
    uint64_t version;
    size_t len, used, room;
    pila_entry *entries;
    uint64_t
        *index; /* mask + 1 slots: high half of the hash << 32 | number + 1, or 0 */
    size_t mask;
} pila_dict_body;

PILA_BEGIN_C

/* pila_doc_clear - empty it; its room is kept for the next use, as one block.
 *
 * Every value in it is dead then.
 *
 * Cost:    O(blocks); where there are several, one allocation in place of all of them,
 *          and without memory for it the document holds nothing
 * Python:  none: values there are freed one by one
 */
PILA_API void pila_doc_clear(pila_doc *doc);

/* pila_doc_done - free all that is in it and leave it empty; twice is fine.
 *
 *   doc    any document, {0} included                                 taken
 *
 * Cost:    O(blocks)
 */
PILA_API void pila_doc_done(pila_doc *doc);

/* pila_doc_release - go back to a mark: what was allocated since is dead.
 *
 *   mark   from pila_doc_here of this document, not older than the last clear
 *
 * Cost:    O(blocks made since)
 * Python:  none
 */
PILA_API void pila_doc_release(pila_doc *doc, pila_doc_mark mark);

PILA_API void *pila__doc_more(pila_doc *doc, size_t bytes);

PILA_END_C

/* pila_doc_here - a mark of this moment.
 *
 * Cost:    O(1), no allocation
 * Python:  none
 */
PILA_INLINE pila_doc_mark pila_doc_here(const pila_doc *doc)
{
    pila_doc_mark mark;

    mark.free = doc->free;
    mark.end = doc->end;
    mark.blocks = doc->blocks;
    return mark;
}

/* pila_doc_alloc - bytes that live as long as the document, aligned to 8.
 *
 * Fails:   NULL  no memory
 * Cost:    O(1)
 * Python:  none
 */
PILA_INLINE void *pila_doc_alloc(pila_doc *doc, size_t bytes)
{
    char *p = doc->free;

    /* Nor is there room for nothing in a document without a block. */
    if (PILA_UNLIKELY(bytes >= (size_t)(doc->end - p)))
        return pila__doc_more(doc, bytes);
    bytes = (bytes + 7) & ~(size_t)7; /* blocks are multiples of 8 */
    doc->free = p + bytes;
    return p;
}

/* ---- make: what needs no document ---- */

PILA_INLINE pila_value pila__value_tagged(pila_value_kind kind, uint64_t above)
{
    pila_value v;

    v.tag = (uint64_t)kind | above << 8;
    v.as.i = 0;
    return v;
}

/* pila_value_none - None.
 *
 * Cost:    O(1), no allocation
 * Python:  None
 */
PILA_INLINE pila_value pila_value_none(void)
{
    return pila__value_tagged(PILA_VALUE_NONE, 0);
}

/* pila_value_bool - a truth.
 *
 * Cost:    O(1), no allocation
 * Python:  bool(x)
 */
PILA_INLINE pila_value pila_value_bool(bool x)
{
    pila_value v = pila__value_tagged(PILA_VALUE_BOOL, 0);

    v.as.i = x;
    return v;
}

/* pila_value_int - an integer.
 *
 * Cost:    O(1), no allocation
 * Python:  int(x)
 */
PILA_INLINE pila_value pila_value_int(int64_t x)
{
    pila_value v = pila__value_tagged(PILA_VALUE_INT, 0);

    v.as.i = x;
    return v;
}

/* pila_value_float - a float.
 *
 * Cost:    O(1), no allocation
 * Python:  float(x)
 */
PILA_INLINE pila_value pila_value_float(double x)
{
    pila_value v = pila__value_tagged(PILA_VALUE_FLOAT, 0);

    v.as.f = x;
    return v;
}

PILA_INLINE pila_value pila__value_text_of(pila_value_kind kind, pila_str text)
{
    pila_value v = pila__value_tagged(kind, text.len);

    v.as.text = text.ptr;
    return v;
}

/* pila_value_str_of - a str that looks at text; pila_value_str copies it.
 *
 *   text   UTF-8, lone surrogates as three bytes; outlives the value   borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  str
 */
PILA_INLINE pila_value pila_value_str_of(pila_str text)
{
    return pila__value_text_of(PILA_VALUE_STR, text);
}

/* pila_value_bytes_of - bytes that look at others; pila_value_bytes copies them.
 *
 *   bytes  outlive the value                                          borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  bytes
 */
PILA_INLINE pila_value pila_value_bytes_of(pila_str bytes)
{
    return pila__value_text_of(PILA_VALUE_BYTES, bytes);
}

/* pila_value_numeral_of - a number kept as its text; equal when the texts are.
 *
 *   text   ASCII; outlives the value                                  borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  what parse_float=decimal.Decimal is used for
 */
PILA_INLINE pila_value pila_value_numeral_of(pila_str text)
{
    return pila__value_text_of(PILA_VALUE_NUMERAL, text);
}

/* ---- make: in a document ---- */

PILA_BEGIN_C

/* pila_value_uint - an integer above INT64_MAX, too.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(1)
 * Python:  int(x)
 */
PILA_API PILA_MUST pila_status pila_value_uint(pila_doc *doc, uint64_t x,
                                               pila_value *out);

/* pila_value_from_bytes - the integer that bytes hold in two's complement.
 *
 *   bytes   the least significant first; none are 0                   borrowed
 *   out     untouched on failure                                      given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(n)
 * Python:  int.from_bytes(bytes, 'little', signed=True)
 */
PILA_API PILA_MUST pila_status pila_value_from_bytes(pila_doc *doc, pila_str bytes,
                                                     pila_value *out);

/* pila_value_to_bytes - append an integer in two's complement, in the fewest bytes.
 *
 *   v      an integer; 0 appends nothing                              borrowed
 *   out    the least significant byte first; as it was on failure
 *
 * Fails:   PILA_ETYPE    v is no integer
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(bytes)
 * Python:  int.to_bytes(n, 'little', signed=True), as pickle's encode_long
 */
PILA_API PILA_MUST pila_status pila_value_to_bytes(pila_value v, pila_buf *out);

/* pila_value_from_decimal - the integer that decimal digits say.
 *
 *   text   digits, at least one, after a minus or nothing             borrowed
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_EVALUE   anything else
 *          PILA_ENOMEM   no memory
 * Cost:    O(n), beyond 19 digits O(n^2): the caller bounds n
 * Python:  int(text)
 */
PILA_API PILA_MUST pila_status pila_value_from_decimal(pila_doc *doc, pila_str text,
                                                       pila_value *out);

/* pila_value_complex - a complex number.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(1)
 * Python:  complex(real, imag)
 */
PILA_API PILA_MUST pila_status pila_value_complex(pila_doc *doc, double real,
                                                  double imag, pila_value *out);

/* pila_value_str - a str of its own.
 *
 *   text   UTF-8, which is not checked; lone surrogates as three bytes   borrowed
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(n)
 * Python:  str
 */
PILA_API PILA_MUST pila_status pila_value_str(pila_doc *doc, pila_str text,
                                              pila_value *out);

/* pila_value_bytes - as pila_value_str, but bytes. */
PILA_API PILA_MUST pila_status pila_value_bytes(pila_doc *doc, pila_str bytes,
                                                pila_value *out);

/* pila_value_bytearray - as pila_value_str, but bytes that can change. */
PILA_API PILA_MUST pila_status pila_value_bytearray(pila_doc *doc, pila_str bytes,
                                                    pila_value *out);

/* pila_value_list - a list of n items.
 *
 *   items   n of them, copied as references; NULL when n is 0         borrowed
 *   out     untouched on failure                                      given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(n)
 * Python:  list(items)
 */
PILA_API PILA_MUST pila_status pila_value_list(pila_doc *doc, const pila_value *items,
                                               size_t n, pila_value *out);

/* pila_value_tuple - as pila_value_list, but a tuple. */
PILA_API PILA_MUST pila_status pila_value_tuple(pila_doc *doc, const pila_value *items,
                                                size_t n, pila_value *out);

/* pila_value_dict - an empty dict.
 *
 *   room   entries to make room for
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 *          PILA_EOVERFLOW   room is above 2^32 - 2
 * Cost:    O(1), O(room) memory
 * Python:  {}
 */
PILA_API PILA_MUST pila_status pila_value_dict(pila_doc *doc, size_t room,
                                               pila_value *out);

/* pila_value_set - as pila_value_dict, but a set. */
PILA_API PILA_MUST pila_status pila_value_set(pila_doc *doc, size_t room,
                                              pila_value *out);

/* pila_value_frozenset - a frozenset of n items, repeated ones once.
 *
 *   items   n of them                                                 borrowed
 *   out     untouched on failure                                      given
 *
 * Fails:   PILA_ETYPE    an item has no hash
 *          PILA_ENOMEM   no memory
 *          PILA_EOVERFLOW   n is above 2^32 - 2
 * Cost:    O(n)
 * Python:  frozenset(items)
 */
PILA_API PILA_MUST pila_status pila_value_frozenset(pila_doc *doc,
                                                    const pila_value *items, size_t n,
                                                    pila_value *out);

/* pila_value_object - an object as data, its parts None.
 *
 *   n      parts: PILA_PARTS of what was made by a call
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(n)
 * Python:  none: there it would be made
 */
PILA_API PILA_MUST pila_status pila_value_object(pila_doc *doc, pila_object_how how,
                                                 size_t n, pila_value *out);

PILA_END_C

/* ---- read ---- */

/* pila_value_kind_of - what kind of value it is.
 *
 * Cost:    O(1), no allocation
 * Python:  type(v)
 */
PILA_INLINE pila_value_kind pila_value_kind_of(pila_value v)
{
    return (pila_value_kind)(v.tag & 0xff);
}

/* pila_value_text - the bytes of a str, bytes, bytearray or numeral.
 *
 * The view of a bytearray dies when that changes.
 *
 * Fails:   {NULL, 0}   it is none of these
 * Cost:    O(1), no allocation
 * Python:  memoryview(v); of a str its UTF-8
 */
PILA_INLINE pila_str pila_value_text(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    if (kind == PILA_VALUE_BYTEARRAY)
        return pila_str_of(v.as.array->data, v.as.array->len);
    if (kind < PILA_VALUE_NUMERAL || kind > PILA_VALUE_BYTES)
        return pila_str_of(NULL, 0);
    return pila_str_of(v.as.text, (size_t)(v.tag >> 8));
}

/* pila_value_data - the items of a list or tuple, one after the other.
 *
 *   n      how many; 0 for anything else                              given
 *
 * The array dies when the list changes.
 *
 * Cost:    O(1), no allocation
 * Python:  none: v[:] without the copy
 */
PILA_INLINE const pila_value *pila_value_data(pila_value v, size_t *n)
{
    pila_value_kind kind = pila_value_kind_of(v);

    *n = kind == PILA_VALUE_LIST    ? v.as.list->len
         : kind == PILA_VALUE_TUPLE ? (size_t)(v.tag >> 8)
                                    : 0;
    return kind == PILA_VALUE_LIST    ? v.as.list->items
           : kind == PILA_VALUE_TUPLE ? v.as.items
                                      : NULL;
}

/* pila_value_how - how an object came to be.
 *
 *   v      of kind PILA_VALUE_OBJECT
 *
 * Cost:    O(1), no allocation
 * Python:  pickletools.genops, the opcode that made it
 */
PILA_INLINE pila_object_how pila_value_how(pila_value v)
{
    return (pila_object_how)(v.tag >> 8 & 0xff);
}

/* pila_value_parts - the parts of an object, to be read and written.
 *
 *   v      of kind PILA_VALUE_OBJECT
 *   n      how many                                                   given
 *
 * Cost:    O(1), no allocation
 * Python:  object.__reduce_ex__
 */
PILA_INLINE pila_value *pila_value_parts(pila_value v, size_t *n)
{
    *n = (size_t)(v.tag >> 16);
    return v.as.items;
}

/* Whether a value is an object that a call made. */
PILA_INLINE bool pila__object_is_made(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_OBJECT &&
           pila_value_how(v) >= PILA_OBJECT_REDUCE &&
           pila_value_how(v) <= PILA_OBJECT_OBJ;
}

/* The limbs of a big integer, and how many. */
PILA_INLINE const uint64_t *pila__big_limbs(pila_value v, size_t *n)
{
    *n = (size_t)(v.tag >> 9);
    return v.as.limbs;
}

PILA_INLINE bool pila__big_negative(pila_value v) { return (v.tag & 0x100) != 0; }

/* Whether both are one object: the same reference, or the same number or None. */
PILA_INLINE bool pila__value_same(pila_value a, pila_value b)
{
    return a.tag == b.tag && a.as.i == b.as.i;
}

/* The next live entry of a dict or set at or after *at, which moves behind it; NULL at
 * the end. */
PILA_INLINE const pila_entry *pila__value_entry(const pila_dict_body *d, size_t *at)
{
    while (*at < d->used) {
        const pila_entry *e = &d->entries[(*at)++];

        if (pila_value_kind_of(e->key) != PILA__VALUE_DEAD) return e;
    }
    return NULL;
}

PILA_BEGIN_C

/* pila_value_len - how many items, keys, characters or bytes.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE   it has no length
 * Cost:    O(1); of a str O(bytes)
 * Python:  len(v)
 */
PILA_API PILA_MUST pila_status pila_value_len(pila_value v, size_t *out);

/* pila_value_truth - whether Python takes it for true.
 *
 * Cost:    O(1), no allocation
 * Python:  bool(v); of objects always true
 */
PILA_API bool pila_value_truth(pila_value v);

/* pila_value_to_int64 - an int or bool as a number.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE       it is neither
 *          PILA_EOVERFLOW   it is beyond int64_t
 * Cost:    O(1)
 * Python:  operator.index(v)
 */
PILA_API PILA_MUST pila_status pila_value_to_int64(pila_value v, int64_t *out);

/* pila_value_to_uint64 - as pila_value_to_int64, but for uint64_t. */
PILA_API PILA_MUST pila_status pila_value_to_uint64(pila_value v, uint64_t *out);

/* pila_value_to_double - a number as a double, correctly rounded.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE       it is no int, bool or float
 *          PILA_EOVERFLOW   an integer beyond the largest double
 * Cost:    O(1)
 * Python:  float(v)
 */
PILA_API PILA_MUST pila_status pila_value_to_double(pila_value v, double *out);

/* pila_value_getitem - the item at an index, or of a key.
 *
 *   v      a list, tuple, str, bytes, bytearray or dict               borrowed
 *   key    an integer, negative from the end; of a dict any           borrowed
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_EINDEX   no such index
 *          PILA_EKEY     no such key
 *          PILA_ETYPE    v has no items, or key is no index, or has no hash
 *          PILA_ENOMEM   a key that nests, and no memory to compare it
 * Cost:    O(1); in a str O(bytes)
 * Python:  v[key]
 */
PILA_API PILA_MUST pila_status pila_value_getitem(pila_value v, pila_value key,
                                                  pila_value *out);

/* pila_value_get - the value of a str key.
 *
 *   dict   anything                                                   borrowed
 *   key    its text                                                   borrowed
 *
 * Fails:   NULL   there is none, or dict is no dict
 * Cost:    O(1) expected, no allocation; the answer is valid until the dict changes
 * Python:  dict.get(key)
 */
PILA_API const pila_value *pila_value_get(pila_value dict, pila_str key);

/* pila_value_contains - whether it has the item; a dict, the key; a str, the text.
 *
 *   v      a list, tuple, dict, set, frozenset, str, bytes, bytearray  borrowed
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE    v has no items, or x is of no kind that v can hold
 *          PILA_ENOMEM   items that nest, and no memory to compare them
 *          PILA_ELIMIT   items that contain themselves
 * Cost:    O(1) expected in a dict or set, else O(n)
 * Python:  x in v
 */
PILA_API PILA_MUST pila_status pila_value_contains(pila_value v, pila_value x,
                                                   bool *out);

/* ---- change ---- */

/* pila_value_append - put an item behind the others.
 *
 *   v      a list, or a bytearray, whose items are 0 to 255
 *
 * Fails:   PILA_ETYPE    v is neither, or x no item of a bytearray
 *          PILA_EVALUE   x is no byte
 *          PILA_ENOMEM   no memory
 * Cost:    amortised O(1)
 * Python:  v.append(x)
 */
PILA_API PILA_MUST pila_status pila_value_append(pila_doc *doc, pila_value v,
                                                 pila_value x);

/* pila_value_extend - put n items behind the others of a list.
 *
 *   items   n of them, which may be the list's own                    borrowed
 *
 * Fails:   PILA_ETYPE    v is no list
 *          PILA_ENOMEM   no memory
 * Cost:    amortised O(n)
 * Python:  v.extend(items)
 */
PILA_API PILA_MUST pila_status pila_value_extend(pila_doc *doc, pila_value v,
                                                 const pila_value *items, size_t n);

/* pila_value_insert - put an item before another one of a list.
 *
 *   at     as in Python: negative from the end, out of range at the nearest end
 *
 * Fails:   as pila_value_extend
 * Cost:    O(n)
 * Python:  v.insert(at, x)
 */
PILA_API PILA_MUST pila_status pila_value_insert(pila_doc *doc, pila_value v,
                                                 ptrdiff_t at, pila_value x);

/* pila_value_setitem - put an item in the place of another, or under a key.
 *
 *   v      a list, bytearray or dict
 *
 * Fails:   PILA_EINDEX   no such index
 *          PILA_EVALUE   x is no byte
 *          PILA_ETYPE    v cannot do that, or key is no index, or has no hash
 *          PILA_ENOMEM   no memory
 *          PILA_EOVERFLOW   a dict of 2^32 - 2 entries
 * Cost:    amortised O(1)
 * Python:  v[key] = x
 */
PILA_API PILA_MUST pila_status pila_value_setitem(pila_doc *doc, pila_value v,
                                                  pila_value key, pila_value x);

/* pila_value_delitem - take an item out of a list or dict.
 *
 * Fails:   PILA_EINDEX, PILA_EKEY   it is not there
 *          PILA_ETYPE    v cannot do that, or key is no index, or has no hash
 *          PILA_ENOMEM   a key that nests, and no memory to compare it
 * Cost:    O(1) of a dict, O(n) of a list
 * Python:  del v[key]
 */
PILA_API PILA_MUST pila_status pila_value_delitem(pila_value v, pila_value key);

/* pila_value_add - put an item into a set.
 *
 * Fails:   PILA_ETYPE    v is no set, or x has no hash
 *          PILA_ENOMEM   no memory
 *          PILA_EOVERFLOW   a set of 2^32 - 2 items
 * Cost:    amortised O(1)
 * Python:  v.add(x)
 */
PILA_API PILA_MUST pila_status pila_value_add(pila_doc *doc, pila_value v,
                                              pila_value x);

/* pila_value_discard - take an item out of a set, if it is there.
 *
 * Fails:   PILA_ETYPE    v is no set, or x has no hash
 *          PILA_ENOMEM   an item that nests, and no memory to compare it
 * Cost:    O(1)
 * Python:  v.discard(x)
 */
PILA_API PILA_MUST pila_status pila_value_discard(pila_value v, pila_value x);

/* pila_value_clear - take everything out of a list, bytearray, dict or set.
 *
 * Fails:   PILA_ETYPE    v is none of these
 * Cost:    O(1)
 * Python:  v.clear()
 */
PILA_API PILA_MUST pila_status pila_value_clear(pila_value v);

/* ---- compare, show, copy ---- */

/* pila_value_eq - whether two values are equal.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   they nest deeper than a few levels, and no memory
 *          PILA_ELIMIT   both contain themselves without an end
 * Cost:    O(size)
 * Python:  a == b: 1 == 1.0 == True; inside containers `is or ==`, where a NaN is one
 *          with the same bits. What a call made equals only itself; names, extension
 *          codes, persistent ids and buffers are equal when their parts are
 */
PILA_API PILA_MUST pila_status pila_value_eq(pila_value a, pila_value b, bool *out);

/* pila_value_less - whether a < b.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE    they have no order
 *          PILA_ENOMEM, PILA_ELIMIT   as pila_value_eq
 * Cost:    O(size)
 * Python:  a < b: numbers, text, bytes, lists and tuples; of sets, whether a is a
 *          proper subset
 */
PILA_API PILA_MUST pila_status pila_value_less(pila_value a, pila_value b, bool *out);

/* pila_value_hash - the keyed hash of a value.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE    a bytearray, list, dict, set; a tuple, frozenset or persistent
 *                        id that holds one
 *          PILA_ENOMEM   tuples nest deeper than a few levels, and no memory
 *          PILA_ELIMIT   a tuple contains itself without an end
 * Cost:    O(size)
 * Python:  hash(v): equal values hash alike; what a call made, by its address
 */
PILA_API PILA_MUST pila_status pila_value_hash(pila_value v, uint64_t *out);

/* pila_value_repr - append a value as Python's repr shows it.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_EVALUE   an integer of more than 4300 digits
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer; PILA_ENOMEM also for the stack
 * Cost:    O(length of the text)
 * Python:  repr(v); of objects, the call that pickle has
 */
PILA_API PILA_MUST pila_status pila_value_repr(pila_value v, pila_buf *out);

/* pila_value_copy - a duplicate in another document, or the same one.
 *
 * What was one object twice, strings included, is one object twice in the copy; cycles
 * are copied as cycles.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    O(size)
 * Python:  copy.deepcopy(v); text is copied, too
 */
PILA_API PILA_MUST pila_status pila_value_copy(pila_doc *doc, pila_value v,
                                               pila_value *out);

/* ---- iterate ---- */

/* pila_value_iter - the items of a list or tuple, the keys of a dict, a set's items.
 *
 *   v      must outlive the iterator                                  borrowed
 *
 * Items are of pila_value_type.
 *
 * Fails:   PILA_ETYPE      v is none of these
 *          PILA_EMUTATED   later: v changed
 * Cost:    O(1), no allocation; a list is one window
 * Python:  iter(v)
 */
PILA_API pila_iter pila_value_iter(pila_value v);

/* pila_value_values - the values of a dict.
 *
 *   v      must outlive the iterator                                  borrowed
 *
 * Fails:   as pila_value_iter
 * Cost:    O(1), no allocation
 * Python:  v.values()
 */
PILA_API pila_iter pila_value_values(pila_value v);

/* pila_value_items - the entries of a dict, as pairs.
 *
 *   v      must outlive the iterator                                  borrowed
 *
 * Items are of pila_value_pair, that is pila_entry. Windows are runs of live entries.
 *
 * Fails:   as pila_value_iter
 * Cost:    O(1), no allocation
 * Python:  v.items()
 */
PILA_API pila_iter pila_value_items(pila_value v);

/* pila_value_list_of - a list of what an iterator yields.
 *
 *   src    items of pila_value_type, or of any ready-made type: numbers, text   taken
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_ETYPE    items are of another type
 *          PILA_ENOMEM   no memory
 *          any           the fault of src
 * Cost:    O(n); text is copied into the document
 * Python:  list(src)
 */
PILA_API PILA_MUST pila_status pila_value_list_of(pila_doc *doc, pila_iter src,
                                                  pila_value *out);

/* The callbacks of pila_value_type; those of copying: ctx is a document. */
PILA_API pila_status pila__value_type_hash(void *ctx, const void *item, uint64_t *out);
PILA_API pila_status pila__value_type_eq(void *ctx, const void *a, const void *b,
                                         bool *out);
PILA_API pila_status pila__value_type_less(void *ctx, const void *a, const void *b,
                                           bool *out);
PILA_API pila_status pila__value_type_copy(void *ctx, void *out, const void *item);
PILA_API pila_status pila__value_type_repr(void *ctx, const void *item, pila_buf *out);

/* A dict of n pairs, key and value in turn, all keys str: of equal keys the last one's
 * value stands at the first one's place. `repeated` (may be NULL) gets the pair number
 * of the first key that was there before, or stays. For readers. */
PILA_API PILA_MUST pila_status pila__value_dict_of(pila_doc *doc,
                                                   const pila_value *pairs, size_t n,
                                                   pila_value *out, size_t *repeated);

/* The same into an empty dict of room 0. `like` (may be NULL) is one that may have the
 * same keys, the same objects in the same order: then no key is hashed or compared. */
PILA_API PILA_MUST pila_status pila__value_dict_fill(pila_doc *doc, pila_dict_body *d,
                                                     const pila_value *pairs, size_t n,
                                                     const pila_dict_body *like);

PILA_END_C

/* ---- the type of items ---- */

/* A value as an item of a container: the reference is copied, as in Python, so that the
 * document must outlive the container. */
static const pila_type pila_value_type
    __attribute__((unused)) = {PILA_KIND_OTHER,
                               sizeof(pila_value),
                               PILA_ALIGNOF(pila_value),
                               "object",
                               NULL,
                               pila__value_type_hash,
                               pila__value_type_eq,
                               pila__value_type_less,
                               NULL,
                               NULL,
                               pila__value_type_repr};

PILA_PAIR(pila_value_pair, pila_entry, value, &pila_value_type, &pila_value_type);

/* pila_value_type_in - a type of items whose copies go into a document of their own.
 *
 * For a container that outlives the values put into it.
 *
 *   doc    outlives the type, and what is copied by it                borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  items that are copied deeply as they are kept
 */
PILA_INLINE pila_type pila_value_type_in(pila_doc *doc)
{
    pila_type t = pila_value_type;

    t.ctx = doc;
    t.copy = pila__value_type_copy;
    return t;
}

#endif
