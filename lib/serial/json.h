/* json.h - JSON: Python's loads and dumps over values.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/value
 *        serial/number
 * Use:
 *     pila_doc doc = {0};
 *     pila_value v = pila_value_none();
 *     pila_str text = pila_cstr("{\"eggs\": [1, 2.50, null]}");
 *     pila_buf out = {0};
 *     pila_status st = pila_json_loads(&doc, text, NULL, &v, NULL);
 *     if (st == PILA_OK) st = pila_value_repr(v, &out);
 *     if (st == PILA_OK) printf("%.*s\n", (int)out.len, out.data);
 *     // prints: {'eggs': [1, 2.5, None]}
 *     pila_buf_done(&out);
 *     pila_doc_done(&doc);
 *
 * Text is UTF-8. Depth costs memory and never the C stack.
 */
#ifndef PILA_JSON_H
#define PILA_JSON_H

#include "value.h"

#include <stdio.h>

/* ---- reading ---- */

/* What Python's hooks are: given what was read, it makes what stands in its place. A
 * status that is not PILA_OK ends the reading, which answers with it. */
typedef pila_status pila_json_hook(void *ctx, pila_doc *doc, pila_value given,
                                   pila_value *out);

#define PILA_JSON_NO_LIMIT SIZE_MAX

/* {0} is Python's default, but that text is checked to be UTF-8. */
typedef struct pila_json_load_options {
    pila_json_hook *object_hook;       /* given a dict */
    pila_json_hook *object_pairs_hook; /* given a list of (key, value); goes before */
    pila_json_hook *array_hook;        /* given a list */
    pila_json_hook *parse_float;       /* given a numeral, that is its text */
    pila_json_hook *parse_int;         /* the same */
    pila_json_hook *parse_constant;    /* given 'NaN', 'Infinity' or '-Infinity' */
    void *ctx;                         /* of all hooks */
    bool lax;             /* strict=False: control characters in strings are fine */
    bool bytes;           /* as Python takes bytes: the encoding is detected, a byte
                             order mark is fine, and surrogates in UTF-8 pass */
    bool refuse_nan;      /* NaN, Infinity and -Infinity are no values */
    bool refuse_repeated; /* nor is an object with one key twice */
    bool float_text;      /* keep numbers with a point or an exponent as numerals */
    bool int_text;        /* keep the others as numerals */
    bool borrow;          /* strings look at the text where they can: it outlives the
                             document, and PILA_JSON_PAD bytes behind it are readable */
    size_t max_depth;     /* of lists and dicts in one another; 0: 1024 */
    size_t max_digits;    /* of an integer; 0: 4300 */
} pila_json_load_options;

enum { PILA_JSON_PAD = 64 };

/* A JSONDecodeError. at.message is msg; positions are in characters, as Python counts
 * them, and those of `at` in bytes. */
typedef struct pila_json_error {
    pila_error at;
    size_t pos;    /* from 0 */
    size_t lineno; /* from 1 */
    size_t colno;  /* from 1 */
} pila_json_error;

typedef enum pila_json_encoding {
    PILA_JSON_UTF_8,
    PILA_JSON_UTF_8_SIG, /* after a byte order mark */
    PILA_JSON_UTF_16,    /* the same, of either order */
    PILA_JSON_UTF_16_LE,
    PILA_JSON_UTF_16_BE,
    PILA_JSON_UTF_32,
    PILA_JSON_UTF_32_LE,
    PILA_JSON_UTF_32_BE
} pila_json_encoding;

PILA_BEGIN_C

/* pila_json_loads - the value that a text says.
 *
 * All that the value refers to is in the document, unless options say borrow. Of a key
 * that is there more than once the last value stands, at the first one's place.
 *
 *   text      UTF-8, or what options say                              borrowed
 *   options   NULL: {0}                                               borrowed
 *   out       untouched on failure, as is the document                given
 *   error     where and why it failed; untouched on success; may be NULL
 *
 * Fails:   PILA_ESYNTAX   it is no JSON, or not UTF-8: message and place are Python's
 *          PILA_EVALUE    an integer has more than max_digits, or a key is repeated
 *          PILA_ELIMIT    it nests deeper than max_depth
 *          PILA_ENOMEM    no memory
 *          any            what a hook answered
 * Cost:    O(n), about 1 ns for 3 bytes; integers of many digits O(digits^2)
 * Python:  json.loads(text)
 * Source:  RFC 8259; Python also takes NaN, Infinity and -Infinity
 */
PILA_API PILA_MUST pila_status pila_json_loads(pila_doc *doc, pila_str text,
                                               const pila_json_load_options *options,
                                               pila_value *out, pila_json_error *error);

/* pila_json_load - the value that the rest of a file says.
 *
 *   file      read to its end                                         borrowed
 *   options   but borrow, which is not looked at                      borrowed
 *   out       untouched on failure, as is the document                given
 *   error     as pila_json_loads
 *
 * Fails:   PILA_EIO   reading failed, errno says how
 *          and as pila_json_loads
 * Cost:    O(n)
 * Python:  json.load(file); of a file opened as bytes, with the option bytes
 */
PILA_API PILA_MUST pila_status pila_json_load(pila_doc *doc, FILE *file,
                                              const pila_json_load_options *options,
                                              pila_value *out, pila_json_error *error);

/* pila_json_load_fd - as pila_json_load, but from a descriptor. */
PILA_API PILA_MUST pila_status pila_json_load_fd(pila_doc *doc, int fd,
                                                 const pila_json_load_options *options,
                                                 pila_value *out,
                                                 pila_json_error *error);

/* pila_json_raw_decode - the value that begins at a place in a text; what follows it is
 * not looked at.
 *
 *   text      UTF-8; all positions are in it                          borrowed
 *   at        where the value begins, in bytes; blanks are no value. On success, where
 *             it ends, else untouched
 *   options   but bytes, which lets surrogates pass alone             borrowed
 *   out       untouched on failure, as is the document                given
 *   error     as pila_json_loads
 *
 * Fails:   as pila_json_loads
 * Cost:    O(length of the value)
 * Python:  json.JSONDecoder().raw_decode(text, at)
 */
PILA_API PILA_MUST pila_status pila_json_raw_decode(
    pila_doc *doc, pila_str text, size_t *at, const pila_json_load_options *options,
    pila_value *out, pila_json_error *error);

/* pila_json_detect_encoding - how bytes that are JSON are encoded.
 *
 *   bytes   of any length                                             borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  json.detect_encoding(bytes)
 */
PILA_API pila_json_encoding pila_json_detect_encoding(pila_str bytes);

/* pila_json_error_text - append what Python shows of the error.
 *
 *   error   from a function that failed                               borrowed
 *   out     gets "Expecting value: line 1 column 1 (char 0)"
 *
 * Fails:   as pila_buf_reserve
 * Cost:    O(1)
 * Python:  str(error)
 */
PILA_API PILA_MUST pila_status pila_json_error_text(const pila_json_error *error,
                                                    pila_buf *out);

/* pila_json_pointer - the value that a JSON Pointer leads to.
 *
 *   root      anything                                                borrowed
 *   pointer   "" is root itself, "/a/0" the first item of its a; in names ~1 is a
 *             slash and ~0 a tilde                                    borrowed
 *   out       untouched on failure                                    given
 *
 * Fails:   PILA_ESYNTAX   it begins with no slash, or ~ stands before no 0 or 1
 *          PILA_EKEY      a dict has no such key
 *          PILA_EINDEX    a list has no such item; "-" is the one behind the last
 *          PILA_EVALUE    for a list, what is no number, or begins with 0 and goes on
 *          PILA_ETYPE     it leads into what has no items
 *          PILA_ENOMEM    no memory for a name with a tilde
 * Cost:    O(length of the pointer)
 * Python:  functools.reduce(operator.getitem, names, root)
 * Source:  RFC 6901
 */
PILA_API PILA_MUST pila_status pila_json_pointer(pila_value root, pila_str pointer,
                                                 pila_value *out);

PILA_END_C

/* ---- writing ---- */

/* How values are written; {0} is what json.dumps does without arguments. */
typedef struct pila_json_dump_options {
    bool indented;           /* each item on a line of its own */
    int indent;              /* blanks a level; below 0 is 0 */
    pila_str indent_text;    /* instead, text a level, where it is not empty */
    bool separated;          /* by the next two, instead of Python's */
    pila_str item_separator; /* Python's: ", " or, indented, "," */
    pila_str key_separator;  /* Python's: ": " */
    bool sort_keys;          /* entries of a dict in the order of sorted() */
    bool keep_unicode;       /* ensure_ascii=False: text above ASCII as it is */
    bool refuse_nan;         /* allow_nan=False */
    bool skip_keys;          /* skipkeys=True: what cannot be a key is left out */
    bool trust_no_cycle;     /* check_circular=False: a cycle ends with the memory */
    /* Python's default: *out takes the place of v, which JSON lacks, and must live on
     * until all is written. NULL: such a value is a fault. */
    pila_status (*fallback)(void *ctx, pila_value v, pila_value *out);
    void *ctx; /* of the fallback */
} pila_json_dump_options;

/* Where text goes, piece by piece; a piece dies with the call. */
typedef pila_status pila_json_sink(void *ctx, pila_str piece);

PILA_BEGIN_C

/* pila_json_dumps - append a value as JSON.
 *
 * A tuple is an array; keys that are numbers, truths and None become strings; numerals
 * are written as they are. Depth is bounded by memory alone: 48 bytes a level.
 *
 *   v       must not change meanwhile                                 borrowed
 *   how     NULL: as {0}                                              borrowed
 *   out     as it was on failure
 *   error   may be NULL; its message is CPython's; it names no place  given
 *
 * Fails:   PILA_ETYPE      a value JSON lacks, without a fallback; a key that no string
 *                          stands for; keys without an order, when they are sorted
 *          PILA_EVALUE     a cycle; NaN or an infinity that is refused; an integer of
 *                          more than 4300 digits
 *          PILA_ELIMIT     a fallback for what a fallback gave, 1000 deep
 *          PILA_EMUTATED   the fallback changed a container that is being written
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer; PILA_ENOMEM also for depth
 *          any             what the fallback answered
 * Cost:    O(length of the text); O(depth) memory, O(entries) where keys are sorted
 * Python:  json.dumps(v, ...)
 * Source:  RFC 8259
 */
PILA_API PILA_MUST pila_status pila_json_dumps(pila_value v,
                                               const pila_json_dump_options *how,
                                               pila_buf *out, pila_error *error);

/* pila_json_encode - the same in pieces of at most 64 KiB.
 *
 *   v, how, error   as pila_json_dumps                                borrowed
 *   sink            called with one piece after another; it has had some when the
 *                   value turns out to be faulty                      borrowed
 *
 * Fails:   as pila_json_dumps
 *          any   what the sink answered
 * Cost:    as pila_json_dumps, and 64 KiB of memory
 * Python:  json.JSONEncoder(...).iterencode(v)
 */
PILA_API PILA_MUST pila_status pila_json_encode(pila_value v,
                                                const pila_json_dump_options *how,
                                                pila_json_sink *sink, void *ctx,
                                                pila_error *error);

/* pila_json_dump - the same into a file, which is not flushed.
 *
 *   v, how, error   as pila_json_dumps                                borrowed
 *   file            open for writing                                  borrowed
 *
 * Fails:   as pila_json_dumps
 *          PILA_EIO   the file took less; errno says why
 * Cost:    as pila_json_encode
 * Python:  json.dump(v, file, ...)
 */
PILA_API PILA_MUST pila_status pila_json_dump(pila_value v,
                                              const pila_json_dump_options *how,
                                              FILE *file, pila_error *error);

/* pila_json_dump_fd - the same to a descriptor; interrupted and short writes go on.
 *
 *   v, how, error   as pila_json_dumps                                borrowed
 *   fd              open for writing
 *
 * Fails:   as pila_json_dumps
 *          PILA_EIO   a write failed; errno says why
 * Cost:    as pila_json_encode
 * Python:  json.dump(v, open(fd, "w", closefd=False), ...)
 */
PILA_API PILA_MUST pila_status pila_json_dump_fd(pila_value v,
                                                 const pila_json_dump_options *how,
                                                 int fd, pila_error *error);

/* For tests: pila_json_dumps into a buffer without a cap, by the instructions that
 * every machine has; `how` is not NULL. */
PILA_API PILA_MUST pila_status pila__json_dumps_narrow(
    pila_value v, const pila_json_dump_options *how, pila_buf *out, pila_error *error);

PILA_END_C

#endif
