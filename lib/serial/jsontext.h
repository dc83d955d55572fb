/* jsontext.h - JSON from text to text: check it, minify it, lay it out; no values.
 *
 * Needs: core/status core/mem core/hash core/str
 * Use:
 *     pila_buf out = {0};
 *     pila_status st = pila_jsontext_format(pila_cstr(" { \"a\" : [ 1.0, 2 ] } "),
 *                                           NULL, &out, NULL);
 *     if (st == PILA_OK) printf("%.*s\n", (int)out.len, out.data);
 *     // prints: {"a":[1.0,2]}
 *     pila_buf_done(&out);
 *
 * Numbers and strings are copied as they are written. What is checked is all of RFC
 * 8259 and that text is UTF-8. Memory is a bit for each level that is open, and a
 * buffer.
 *
 * Messages and places of faults are CPython's, but that a place is in bytes, and that
 * the first fault is reported, where Python looks for invalid UTF-8 before all else.
 */
#ifndef PILA_JSONTEXT_H
#define PILA_JSONTEXT_H

#include "../core/str.h"

typedef enum pila_jsontext_layout {
    PILA_JSONTEXT_MIN,    /* no white space */
    PILA_JSONTEXT_LINE,   /* one line, with ", " and ": " */
    PILA_JSONTEXT_INDENT, /* a line for each item; empty lists and objects stay on one
                           */
    PILA_JSONTEXT_NONE    /* no output at all */
} pila_jsontext_layout;

typedef enum pila_jsontext_values {
    PILA_JSONTEXT_ONE,   /* the text is one value */
    PILA_JSONTEXT_MANY,  /* any number of them, one behind the other: JSON Lines too */
    PILA_JSONTEXT_ITEMS, /* one list, whose items are the values */
    PILA_JSONTEXT_EITHER /* ITEMS where it begins with '[', else MANY */
} pila_jsontext_values;

enum { PILA_JSONTEXT_DEPTH = 1024 };

typedef struct pila_jsontext_options { /* {0}: RFC 8259, one value, minified */
    pila_jsontext_layout layout;
    pila_jsontext_values values;
    bool gather; /* write the values as one list; else each of several ends with '\n' */
    bool tab;    /* indent by tabs, one a level */
    bool python; /* NaN, Infinity and -Infinity are numbers */
    size_t indent; /* blanks a level */
    size_t depth;  /* levels allowed; 0: PILA_JSONTEXT_DEPTH, SIZE_MAX: any */
} pila_jsontext_options;

/* Takes the next bytes of output, borrowed for the call; a fault ends the work. */
typedef pila_status pila_jsontext_sink(void *ctx, pila_str text);

typedef struct pila_jsontext pila_jsontext;

PILA_BEGIN_C

/* ---- all of a text at once ---- */

/* pila_jsontext_valid - whether a text is JSON.
 *
 *   options   layout means nothing here; NULL: {0}                    borrowed
 *   err       where and why it is not; NULL: nobody asks              given
 *
 * Fails:   PILA_ESYNTAX   it is not
 *          PILA_ELIMIT    it nests deeper than options->depth
 *          PILA_ENOMEM    no memory
 * Cost:    O(n); two allocations, and a bit for each level
 * Python:  json.loads(text), for whether it raises
 * Source:  RFC 8259
 */
PILA_API PILA_MUST pila_status pila_jsontext_valid(pila_str text,
                                                   const pila_jsontext_options *options,
                                                   pila_error *err);

/* pila_jsontext_format - append a text in another layout, checking it.
 *
 *   text      not inside out                                          borrowed
 *   options   NULL: {0}, minified                                     borrowed
 *   out       as it was on failure
 *   err       as in pila_jsontext_valid                               given
 *
 * Fails:   as pila_jsontext_valid; PILA_ELIMIT also from out
 *          PILA_EOVERFLOW   levels times options->indent exceeds SIZE_MAX
 * Cost:    O(n + length of the output)
 * Python:  json.dumps(json.loads(text)) with indent and separators as json.tool sets
 *          them, but numbers and strings stay as they are
 */
PILA_API PILA_MUST pila_status
pila_jsontext_format(pila_str text, const pila_jsontext_options *options, pila_buf *out,
                     pila_error *err);

/* pila_jsontext_get - the text of the value that a JSON Pointer names.
 *
 *   text      one value                                               borrowed
 *   pointer   "" for the whole; "/a/0" for an item; ~0 is ~, ~1 is /  borrowed
 *   options   NULL: {0}                                               borrowed
 *   out       a view into text; untouched on failure                  given
 *   err       of the text; as in pila_jsontext_valid                  given
 *
 * Fails:   PILA_EKEY     an object has no such key
 *          PILA_EINDEX   a list has no such item; "-" is the one behind the last
 *          PILA_EVALUE   for a list, what is no number, or begins with 0 and goes on
 *          PILA_ETYPE    it leads into what has no items
 *          PILA_ESYNTAX  pointer begins with no '/', or has a ~ before neither 0 nor 1,
 *                        which leaves err untouched; or the text is no JSON
 *          PILA_ELIMIT, PILA_ENOMEM   as pila_jsontext_valid
 * Cost:    O(n)
 * Python:  json.loads(text)['a'][0]; of a key that comes again the last one counts
 * Source:  RFC 6901
 */
PILA_API PILA_MUST pila_status pila_jsontext_get(pila_str text, pila_str pointer,
                                                 const pila_jsontext_options *options,
                                                 pila_str *out, pila_error *err);

/* ---- text that comes in pieces ---- */

/* pila_jsontext_new - ready for the first piece.
 *
 *   options   copied; NULL: {0}                                       borrowed
 *   sink      gets the output; NULL: there is none, as with PILA_JSONTEXT_NONE
 *   ctx       handed to it                                            borrowed
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 * Python:  codecs.IncrementalDecoder, in manner
 */
PILA_API pila_jsontext *pila_jsontext_new(const pila_jsontext_options *options,
                                          pila_jsontext_sink *sink, void *ctx);

/* pila_jsontext_feed - the next piece of any size.
 *
 * Output comes when there are some 64 KiB of it, when all is finished, and what stands
 * before a fault with the fault. That is for ever: every later call answers it again.
 *
 *   piece   may be cut anywhere                                       borrowed
 *   err     as in pila_jsontext_valid; offsets are from the first piece on   given
 *
 * Fails:   as pila_jsontext_valid
 *          any   what the sink answered
 * Cost:    O(n + length of the output)
 * Python:  json.load, a piece at a time
 */
PILA_API PILA_MUST pila_status pila_jsontext_feed(pila_jsontext *t, pila_str piece,
                                                  pila_error *err);

/* pila_jsontext_flush - let the sink have all output of what was fed so far.
 *
 *   err    as in pila_jsontext_feed                                   given
 *
 * Fails:   as pila_jsontext_feed
 * Cost:    O(output that is left)
 * Python:  io.BufferedWriter.flush
 */
PILA_API PILA_MUST pila_status pila_jsontext_flush(pila_jsontext *t, pila_error *err);

/* pila_jsontext_finish - there are no more pieces.
 *
 *   err    as in pila_jsontext_feed                                   given
 *
 * Fails:   as pila_jsontext_feed
 * Cost:    O(output that is left)
 * Python:  the end of the file
 */
PILA_API PILA_MUST pila_status pila_jsontext_finish(pila_jsontext *t, pila_error *err);

/* pila_jsontext_free - end it; NULL is fine.
 *
 *   t      finished or not                                            taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_jsontext_free(pila_jsontext *t);

/* For tests: the k-th kernel of this machine from now on; false, and none, where there
 * are not that many. */
PILA_API bool pila__jsontext_use(pila_jsontext *t, size_t k);

PILA_END_C

#endif
