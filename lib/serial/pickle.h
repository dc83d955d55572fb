/* pickle.h - Python's pickles, protocols 0 to 5: written as CPython does, read as data.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/value
 *        serial/memo serial/number serial/opcodes
 * Use:
 *     pila_doc doc = {0};
 *     pila_value v = pila_value_none();
 *     pila_error err;
 *     pila_str text = pila_str_of("\x80\x04](K\x01\x8c\x04spame.", 14);
 *     pila_buf out = {0};
 *     pila_status st = pila_pickle_loads(&doc, text, NULL, &v, NULL, &err);
 *     if (st == PILA_OK) st = pila_value_repr(v, &out);
 *     if (st == PILA_OK) printf("%.*s\n", (int)out.len, out.data);
 *     // prints: [1, 'spam']
 *     pila_buf_done(&out);
 *     pila_doc_done(&doc);
 *
 * A pickle is a program that may call anything. Here nothing is called: what a pickle
 * has of classes and functions stays data, values of PILA_VALUE_OBJECT, which are
 * written back as they were read. An allow-list may give such objects a view: see
 * pila_pickle_class. Only what is built into Python and is a kind of value.h (sets,
 * bytes, bytearrays, complex numbers) is made where old protocols write it as a call.
 *
 * Nothing recurses, and memory is asked for by what is there, never by what a length
 * says.
 */
#ifndef PILA_PICKLE_H
#define PILA_PICKLE_H

#include "memo.h"
#include "value.h"

#include <stdio.h>

enum {
    PILA_PICKLE_HIGHEST = 5, /* pickle.HIGHEST_PROTOCOL */
    PILA_PICKLE_DEFAULT = 4, /* pickle.DEFAULT_PROTOCOL */
    PILA__PICKLE_SHAPES = 32
};

/* What is read or written as EXT1, EXT2 or EXT4: copyreg.add_extension. */
typedef struct pila_pickle_extension {
    const char *module, *name;
    int32_t code; /* above 0 */
} pila_pickle_extension;

/* A class or function that may be named, exactly so. Once a pickle has been read, view
 * is called for each object that one made, in the order they began: it may set *out,
 * which becomes PILA_PART_VIEW of the object. NULL: the object has none. */
typedef struct pila_pickle_class {
    const char *module, *name;
    pila_status (*view)(void *ctx, pila_doc *doc, pila_value object, pila_value *out);
    void *ctx;
} pila_pickle_class;

/* How str of Python 2 is read. */
typedef enum pila_pickle_encoding {
    PILA_PICKLE_ASCII,
    PILA_PICKLE_LATIN1,
    PILA_PICKLE_UTF8,
    PILA_PICKLE_BYTES /* as bytes */
} pila_pickle_encoding;

/* What is done where that is impossible. */
typedef enum pila_pickle_errors {
    PILA_PICKLE_STRICT, /* PILA_EVALUE */
    PILA_PICKLE_IGNORE,
    PILA_PICKLE_REPLACE, /* U+FFFD */
    PILA_PICKLE_SURROGATEESCAPE
} pila_pickle_errors;

/* Bytes that a pickle refers to, and does not have. */
typedef struct pila_pickle_buffer {
    pila_str bytes;
    bool readonly;
} pila_pickle_buffer;

/* {0} is what NULL is. All is borrowed until the last load. */
typedef struct pila_pickle_load_options {
    const pila_pickle_class *allow;
    size_t n_allow;
    bool strict;     /* refuse what is not in allow: PILA_EREFUSED */
    bool borrow;     /* text looks at the input, which must outlive the document */
    bool keep_names; /* fix_imports=False: names of Python 2 stay */
    pila_pickle_encoding encoding;
    pila_pickle_errors errors;
    const pila_pickle_extension *extensions; /* others stay data */
    size_t n_extensions;
    const pila_pickle_buffer *buffers; /* NULL: references stay data; else the n-th one
                                          becomes bytes, or a copy, a bytearray */
    size_t n_buffers;
    pila_status (*persistent_load)(void *ctx, pila_doc *doc, pila_value id,
                                   pila_value *out); /* NULL: ids stay data */
    void *ctx;
} pila_pickle_load_options;

/* {0} is what NULL is. All is borrowed until the last dump. */
typedef struct pila_pickle_dump_options {
    bool fast;       /* no memo: what is shared is written again */
    bool keep_names; /* fix_imports=False: Python 3's names below protocol 3 */
    const pila_pickle_extension *extensions; /* protocol 2 and above */
    size_t n_extensions;
    /* Asked for each value; an id other than None is written in its place. */
    pila_status (*persistent_id)(void *ctx, pila_value v, pila_value *id);
    /* Protocol 5: asked for each bytes and bytearray; true in *taken: the callback has
     * it, and the pickle refers to its next buffer. */
    pila_status (*buffer)(void *ctx, pila_value v, bool *taken);
    void *ctx;
} pila_pickle_dump_options;

/* Where pickles come from: between least and most bytes are put into room, fewer than
 * least at the end of the input. */
typedef pila_status pila_pickle_read(void *ctx, char *room, size_t least, size_t most,
                                     size_t *got);

/* Where pickles go. */
typedef pila_status pila_pickle_write(void *ctx, pila_str bytes);

struct pila__dump_level;

typedef struct pila__dump_slot { /* of the memo; see pickle_output.c */
    uint64_t key, check;
} pila__dump_slot;

typedef struct pila_pickler {
    int protocol;
    pila_pickle_dump_options options;
    pila_buf out;   /* what is not yet written */
    size_t flushed; /* bytes that were */
    size_t frame;   /* where in out the frame begins */
    size_t full;    /* where out is to be looked at: the frame, or the sink's part */
    size_t begun;   /* out.len when the pickle began */
    pila_pickle_write *write; /* NULL: all stays in out */
    void *write_ctx;
    struct pila__dump_level *levels;
    size_t depth, levels_room;
    pila__dump_slot *slots;
    size_t slots_mask, memo_keys;
    uint64_t memo_len;
    pila__memo path; /* fast: containers that are being written */
    pila_error *err;
} pila_pickler;

typedef struct pila_unpickler {
    pila_doc *doc;
    pila_pickle_load_options options;
    const char *start, *at, *end; /* the input, or a part of it */
    size_t before;                /* bytes of the input before start */
    pila_pickle_read *read;       /* NULL: there is no more than that */
    void *read_ctx;
    pila_buf window; /* what read gave */
    pila_value *stack;
    size_t len, room, fence;
    size_t held, held_at, held_marks; /* items of batches that others follow */
    size_t *marks;
    size_t n_marks, marks_room;
    pila_value *memo; /* dense; what is far beyond it is in others */
    size_t memo_len, memo_end, memo_room; /* objects, nodes in use, nodes */
    pila__memo far;
    pila_value *others;
    size_t n_others, others_room;
    pila_value globals;                                /* a dict: "module\0name" */
    const pila_dict_body *shapes[PILA__PICKLE_SHAPES]; /* dicts that others are like */
    pila_value *viewed; /* objects that an allow-list wants to see */
    size_t n_viewed, viewed_room;
    size_t made, hashed; /* what calls were turned into; parts of keys */
    size_t next_buffer;
    int protocol;
    pila_error *err;
} pila_unpickler;

PILA_BEGIN_C

/* ---- write ---- */

/* pila_pickle_dumps - append the pickle of a value.
 *
 *   v          borrowed
 *   protocol   0 to 5; below 0: the highest
 *   out        as it was on failure
 *   err        may be NULL; its offset counts the pickle's bytes        given
 *
 * Bytes are those of CPython 3.11's pickle.dumps. What is one object twice, that is,
 * the same reference, is written once. A numeral is written as a decimal.Decimal.
 *
 * Fails:   PILA_EVALUE      no such protocol; or the value, or a part of it, cannot be
 *                           written in it: an integer above 4300 digits below 2
 *          PILA_EOVERFLOW   more than 4 GiB of text below protocol 4
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer; PILA_ENOMEM also for the memo
 * Cost:    O(size); memory O(objects) for the memo
 * Python:  pickle.dumps(v, protocol)
 */
PILA_API PILA_MUST pila_status pila_pickle_dumps(pila_value v, int protocol,
                                                 pila_buf *out, pila_error *err);

/* pila_pickle_dump - write the pickle of a value to a file.
 *
 *   v      borrowed
 *   file   open for writing                                           borrowed
 *   err    may be NULL                                                given
 *
 * Fails:   as pila_pickle_dumps
 *          PILA_EIO   what was written stays written, as with any fault
 * Cost:    as pila_pickle_dumps; text of 64 KiB and more is not copied
 * Python:  pickle.dump(v, file, protocol)
 */
PILA_API PILA_MUST pila_status pila_pickle_dump(pila_value v, int protocol, FILE *file,
                                                pila_error *err);

/* pila_pickler_init - a writer of several pickles that share one memo.
 *
 *   options   NULL: none; copied                                      borrowed
 *
 * Fails:   PILA_EVALUE   no such protocol
 * Cost:    O(1), no allocation
 * Python:  pickle.Pickler(file, protocol)
 */
PILA_API PILA_MUST pila_status pila_pickler_init(
    pila_pickler *p, int protocol, const pila_pickle_dump_options *options);

/* pila_pickler_dumps - append a pickle; it may refer to those before.
 *
 *   out    as it was on failure; the memo is then empty
 *   err    may be NULL                                                given
 *
 * Fails:   as pila_pickle_dumps
 *          any   what a callback answered
 * Cost:    as pila_pickle_dumps
 * Python:  Pickler.dump(v)
 */
PILA_API PILA_MUST pila_status pila_pickler_dumps(pila_pickler *p, pila_value v,
                                                  pila_buf *out, pila_error *err);

/* pila_pickler_dump - write a pickle, piece by piece.
 *
 *   write   called with some 64 KiB at a time
 *   err     may be NULL                                               given
 *
 * Fails:   as pila_pickler_dumps
 *          any   what write answered
 * Cost:    as pila_pickle_dumps
 * Python:  Pickler.dump(v)
 */
PILA_API PILA_MUST pila_status pila_pickler_dump(pila_pickler *p, pila_value v,
                                                 pila_pickle_write *write, void *ctx,
                                                 pila_error *err);

/* pila_pickler_clear_memo - forget what was written.
 *
 * Cost:    O(memo)
 * Python:  Pickler.clear_memo()
 */
PILA_API void pila_pickler_clear_memo(pila_pickler *p);

/* pila_pickler_done - free it; {0} and twice are fine.
 *
 *   p      from pila_pickler_init, or {0}                             taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_pickler_done(pila_pickler *p);

/* ---- read ---- */

/* pila_pickle_loads - the value that a pickle describes.
 *
 *   doc       gets the value
 *   text      one pickle, and whatever follows it                     borrowed
 *   options   NULL: none                                              borrowed
 *   out       untouched on failure                                    given
 *   used      the pickle's bytes; untouched on failure; may be NULL   given
 *   err       may be NULL; the offset is that of the opcode           given
 *
 * The message of err is CPython's, and so is the status that of its exception:
 * PILA_ESYNTAX stands for UnpicklingError.
 *
 * Fails:   PILA_EEOF       it ends at an opcode's place: "Ran out of input"
 *          PILA_ESYNTAX    malformed, or truncated
 *          PILA_EVALUE     text that is not of its encoding, numbers out of range;
 *                          strict, and an extension code without a name
 *          PILA_ETYPE      a key without a hash, items for what has none
 *          PILA_EOVERFLOW  a length beyond SSIZE_MAX, a float beyond the largest
 *          PILA_EREFUSED   strict, and a name that is not allowed
 *          PILA_ENOMEM     no memory
 *          any             what a callback answered
 * Cost:    O(text): some 100 bytes a byte at most, however hostile
 * Python:  pickle.loads(text), but nothing is called
 */
PILA_API PILA_MUST pila_status
pila_pickle_loads(pila_doc *doc, pila_str text, const pila_pickle_load_options *options,
                  pila_value *out, size_t *used, pila_error *err);

/* pila_pickle_load - the same from a file, of which no byte is read beyond the pickle.
 *
 *   doc       gets the value
 *   file      open for reading                                        borrowed
 *   options   NULL: none                                              borrowed
 *   out       untouched on failure                                    given
 *   err       may be NULL                                             given
 *
 * Fails:   as pila_pickle_loads
 *          PILA_EIO   the file cannot be read
 * Cost:    as pila_pickle_loads
 * Python:  pickle.load(file)
 */
PILA_API PILA_MUST pila_status pila_pickle_load(pila_doc *doc, FILE *file,
                                                const pila_pickle_load_options *options,
                                                pila_value *out, pila_error *err);

/* pila_unpickler_init - a reader of pickles that come one after the other.
 *
 *   doc       gets the values; outlives the reader                    borrowed
 *   options   NULL: none; copied                                      borrowed
 *
 * A pickle may refer to the memo of those before.
 *
 * Cost:    O(1), no allocation
 * Python:  pickle.Unpickler(file)
 */
PILA_API void pila_unpickler_init(pila_unpickler *u, pila_doc *doc,
                                  const pila_pickle_load_options *options);

/* pila_unpickler_open - read from memory.
 *
 *   text   pickles; outlives the reader                               borrowed
 *
 * Cost:    O(1)
 * Python:  pickle.Unpickler(io.BytesIO(text))
 */
PILA_API void pila_unpickler_open(pila_unpickler *u, pila_str text);

/* pila_unpickler_open_read - read what a callback gives.
 *
 *   read   asked for more than is needed: what it gives is kept for the next load
 *
 * Cost:    O(1)
 * Python:  pickle.Unpickler(file)
 */
PILA_API void pila_unpickler_open_read(pila_unpickler *u, pila_pickle_read *read,
                                       void *ctx);

/* pila_unpickler_load - the value of the next pickle.
 *
 *   out    untouched on failure                                       given
 *   err    may be NULL; offsets count from where the reader was opened   given
 *
 * Fails:   as pila_pickle_loads; PILA_EEOF where there is no other
 *          any   what read answered
 * Cost:    as pila_pickle_loads
 * Python:  Unpickler.load()
 */
PILA_API PILA_MUST pila_status pila_unpickler_load(pila_unpickler *u, pila_value *out,
                                                   pila_error *err);

/* pila_unpickler_tell - bytes used by the pickles that were read.
 *
 * Cost:    O(1), no allocation
 * Python:  file.tell()
 */
PILA_API size_t pila_unpickler_tell(const pila_unpickler *u);

/* pila_unpickler_done - free it; {0} and twice are fine. The values stay.
 *
 *   u      from pila_unpickler_init, or {0}                           taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_unpickler_done(pila_unpickler *u);

/* ---- what is known ---- */

/* pila_pickle_known - an allow-list for some classes of the standard library.
 *
 *   n      how many                                                   given
 *
 * There are views of these: of OrderedDict and defaultdict a dict, of Counter its dict,
 * of deque a list; of date, time and datetime ISO text as of isoformat(), of timedelta
 * a tuple (days, seconds, microseconds), of timezone its offset as such a tuple; of
 * Decimal a numeral; of Fraction a tuple (numerator, denominator); of UUID text. None
 * where the parts are not those that CPython writes.
 *
 * Cost:    O(1), no allocation
 * Python:  the example of Unpickler.find_class in its documentation
 */
PILA_API const pila_pickle_class *pila_pickle_known(size_t *n);

/* Names of Python 2 as those of 3 and back, as in _compat_pickle. */
void pila__pickle_names_2to3(pila_str *module, pila_str *name);
void pila__pickle_names_3to2(pila_str *module, pila_str *name);

/* One-byte bytes that calls below protocol 3 make are one object, as in CPython. */
extern const char pila__pickle_bytes[256];

PILA_END_C

#endif
