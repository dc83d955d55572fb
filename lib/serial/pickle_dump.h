/* pickle_dump.h - what the parts of the writer of pickles share.
 */
#ifndef PILA_PICKLE_DUMP_H
#define PILA_PICKLE_DUMP_H

#include "pickle.h"

enum {
    DUMP_BATCH = 1000,         /* items after a MARK */
    DUMP_FRAME_HEAD = 9,       /* FRAME and its length */
    DUMP_FRAME_FULL = 1 << 16, /* bytes after which a frame ends */
    DUMP_FRAME_LEAST = 4,
    DUMP_SHORT_ROOM = 300,   /* and short text */
    DUMP_SLACK = 32,         /* room that most opcodes have without asking */
    DUMP_AHEAD = 8,          /* nodes whose memo slots are asked for ahead */
    DUMP_MOVED = 1 << 21,    /* bytes of a buffer from which it moves by hand */
    DUMP_MEASURED = 1 << 12, /* bytes by which the size of the rest is guessed */
    DUMP_SLOTS_FIRST = 64,
    DUMP_SLOTS_MANY = 1 << 14, /* with more, what comes is looked at ahead */
    DUMP_NEAR = 32,            /* slots of 512 bytes of addresses */
    DUMP_PATH_FROM = 50,       /* fast: levels from which cycles are looked for */
};
#define DUMP_NONE UINT64_MAX

/* What CPython has once, and this file writes. */
typedef enum dump_name {
    DUMP_BUILTINS,
    DUMP_CODECS,
    DUMP_ENCODE,
    DUMP_LATIN1,
    DUMP_SET,
    DUMP_FROZENSET,
    DUMP_BYTEARRAY,
    DUMP_BYTES,
    DUMP_COMPLEX,
    DUMP_GETATTR,
    DUMP_DECIMAL,
    DUMP_DECIMAL_CLASS,
    DUMP_COPYREG,
    DUMP_NEWOBJ,
    DUMP_NEWOBJ_EX,
    DUMP_NAMES
} dump_name;

typedef enum dump_what {
    DUMP_ITEMS,   /* of a list: APPENDS */
    DUMP_PAIRS,   /* of a dict: SETITEMS */
    DUMP_MEMBERS, /* of a set: ADDITEMS; below protocol 4 in a list */
    DUMP_TUPLE,
    DUMP_FROZEN, /* a frozenset's, protocol 4 */
    DUMP_CALL,   /* the parts of an object */
    DUMP_ARGS,   /* the items of a tuple, without the tuple */
    DUMP_ID      /* v, and then BINPERSID */
} dump_what;

typedef struct pila__dump_level {
    pila_value v;
    const pila_value *items; /* nodes; of a dict or set the entries, two for each */
    size_t at, stop;         /* nodes: the next one, and where the batch ends */
    size_t left;   /* entries that no batch has yet; of a call, the next step */
    uint64_t path; /* what it has put there, or 0 */
    uint8_t what;
    bool exact; /* batches as of a list or dict itself, not of an object's */
    bool dense; /* every node is written, one after the other */
    bool open, single, full; /* a batch is being written; of one item; of 1000 */
} dump_level;

PILA_BEGIN_C

/* ---- pickle_output.c ---- */

pila_status pila__dump_fault(pila_pickler *p, pila_status st, const char *message);

PILA_MUST pila_status pila__dump_grow(pila_pickler *p, size_t n);

/* An opcode and a number of so many bytes. */
PILA_MUST pila_status pila__dump_op_number(pila_pickler *p, int op, uint64_t x,
                                           size_t bytes);

PILA_MUST pila_status pila__dump_text(pila_pickler *p, pila_str text);

/* An opcode, text, a newline. */
PILA_MUST pila_status pila__dump_line(pila_pickler *p, int op, pila_str text);

PILA_MUST pila_status pila__dump_flush(pila_pickler *p);

void pila__dump_frame_end(pila_pickler *p);

PILA_MUST pila_status pila__dump_frame_begin(pila_pickler *p);

/* What is full: end the frame and begin the next, give the sink its part. */
PILA_MUST pila_status pila__dump_boundary(pila_pickler *p);

/* Text of 64 KiB and more stands between frames, and goes to the sink as it is. */
PILA_MUST pila_status pila__dump_large(pila_pickler *p, const char *head, size_t n,
                                       pila_str text);

/* Put what nobody will ask for again: CPython's own arguments of calls. */
PILA_MUST pila_status pila__dump_put_unnamed(pila_pickler *p);

PILA_MUST pila_status pila__dump_put(pila_pickler *p, pila_value v);

uint64_t pila__dump_number_of(const pila_pickler *p, pila_value v);

/* Let what is in the memo be found under another node as well. */
PILA_MUST pila_status pila__dump_alias(pila_pickler *p, pila_value v, pila_value other);

PILA_MUST pila_status pila__dump_get(pila_pickler *p, uint64_t n);

/* Text of two bytes at most: what CPython has once, by its value. */
pila_value pila__dump_single(pila_value v);

/* ---- pickle_atoms.c ---- */

PILA_MUST pila_status pila__dump_int(pila_pickler *p, pila_value v);

PILA_MUST pila_status pila__dump_float(pila_pickler *p, double x);

PILA_MUST pila_status pila__dump_bool(pila_pickler *p, bool x);

/* A str under an identity, which is another node where CPython has it once. */
PILA_MUST pila_status pila__dump_str_as(pila_pickler *p, pila_value v,
                                        pila_value identity);

pila_value pila__dump_class_identity(dump_name name);

/* Which of them a text is, up to a bound; that bound if it is none. */
dump_name pila__dump_name_of(pila_value v);

bool pila__dump_is_ascii(pila_str text);

PILA_MUST pila_status pila__dump_global_line(pila_pickler *p, int op, pila_str module,
                                             pila_str name);

PILA_MUST pila_status pila__dump_extension(pila_pickler *p, int64_t code);

/* The tuple of n parts that were just written, which nobody else has. */
PILA_MUST pila_status pila__dump_own_tuple(pila_pickler *p, int n);

/* A MARK where tuples of a few parts need one. */
PILA_MUST pila_status pila__dump_own_mark(pila_pickler *p);

/* A class or function by its name, kept in the memo as identity. */
PILA_MUST pila_status pila__dump_global(pila_pickler *p, pila_value module,
                                        pila_value name, pila_value identity);

PILA_MUST pila_status pila__dump_known(pila_pickler *p, dump_name module,
                                       dump_name name);

/* Bytes that are not in the memo; identity NULL: nobody will look for them there. */
PILA_MUST pila_status pila__dump_bytes_text(pila_pickler *p, pila_str bytes,
                                            const pila_value *identity);

/* A bytearray of its own bytes: below protocol 5, bytearray(bytes). */
PILA_MUST pila_status pila__dump_bytearray(pila_pickler *p, pila_value v);

PILA_MUST pila_status pila__dump_complex(pila_pickler *p, pila_value v);

/* A number kept as its text: decimal.Decimal(text). */
PILA_MUST pila_status pila__dump_numeral(pila_pickler *p, pila_value v);

/* ---- pickle_run.c ---- */

/* Write nodes from the top level on, into lists and dicts and out of them, up to the
 * first that needs more, or to where the memo, the room or the frame is to be looked
 * at. Protocol 4 and above.
 * long: one loop, whose variables stay in registers. */
void pila__dump_run(pila_pickler *p);

/* Whether dump_run may be asked. */
bool pila__dump_runs(const pila_pickler *p);

PILA_END_C

PILA_INLINE pila_status pila__dump_reserve(pila_pickler *p, size_t n)
{
    return PILA_LIKELY(p->out.room - p->out.len >= n) ? PILA_OK : pila__dump_grow(p, n);
}

/* Where there is room already. */
PILA_INLINE void pila__dump_byte(pila_pickler *p, int c)
{
    p->out.data[p->out.len++] = (char)c;
}

PILA_INLINE void pila__dump_number(char *to, uint64_t x, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) to[i] = (char)(x >> (8 * i));
}

PILA_INLINE pila_status pila__dump_op(pila_pickler *p, int op)
{
    pila_status st = pila__dump_reserve(p, DUMP_SLACK);

    if (st == PILA_OK) pila__dump_byte(p, op);
    return st;
}

/* Key and check of a node: see the essay. The check's high half is left for the number.
 * Text is at most 2^44 bytes here, and addresses have 48 bits. */
PILA_INLINE uint64_t pila__dump_key(pila_value v)
{
    return (uint64_t)(uintptr_t)v.as.text ^ v.tag >> 36 << 48;
}

PILA_INLINE uint32_t pila__dump_check(pila_value v)
{
    return (uint32_t)(v.tag & 0xf) | (uint32_t)(v.tag >> 8) << 4;
}

PILA_INLINE size_t pila__dump_home(const pila_pickler *p, uint64_t key)
{
    uint64_t window = pila__hash_u64(key >> 9);

    return (size_t)(window * DUMP_NEAR + (key >> 4) % DUMP_NEAR) & p->slots_mask;
}

PILA_INLINE size_t pila__dump_find(const pila_pickler *p, uint64_t key, uint32_t check)
{
    size_t at = pila__dump_home(p, key);

    while (p->slots[at].key &&
           (p->slots[at].key != key || (uint32_t)p->slots[at].check != check))
        at = (at + 1) & p->slots_mask;
    return at;
}

/* The node under which a value is in the memo. */
PILA_INLINE pila_value pila__dump_identity(pila_value v)
{
    return v.tag >> 8 > 2 ? v : pila__dump_single(v);
}

PILA_INLINE uint64_t pila__dump_double_bits(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

PILA_INLINE const pila_value *pila__dump_nodes(const pila_dict_body *d)
{
    return (const pila_value *)(const void *)d->entries;
}

#endif
