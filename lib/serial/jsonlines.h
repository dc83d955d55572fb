/* jsonlines.h - values one after the other: JSON Lines, and the items of a long list.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/value
 *        serial/json serial/jsontext
 * Use:
 *     pila_str text = pila_cstr("{\"n\": 1}\n{\"n\": 2}\n");
 *     pila_iter it = pila_jsonlines_of(text, NULL);
 *     PILA_FOR(pila_value, v, &it) {
 *         const pila_value *n = pila_value_get(*v, pila_cstr("n"));
 *         if (n) printf("<%d>", (int)n->as.i);   // prints: <1><2>
 *     }
 *     if (it.status != PILA_END) printf("%s\n", pila_status_name(it.status));
 *     pila_iter_drop(&it);
 *
 * Items are of pila_value_type, one at a time: each is read when it is asked for, into
 * one document that is cleared for the next, so that memory is that of one item. What
 * is to be kept is copied (pila_value_copy, or pila_value_type_in).
 */
#ifndef PILA_JSONLINES_H
#define PILA_JSONLINES_H

#include "json.h"

typedef struct pila_jsonlines_options { /* {0}: Python's loads, blank lines skipped */
    pila_json_load_options load;        /* but `borrow`, which is not looked at */
    bool strict;                        /* a line of white space alone is a fault */
    pila_json_error *error; /* NULL, or gets why an iterator ended; must outlive
                               it                                    borrowed */
} pila_jsonlines_options;

PILA_BEGIN_C

/* pila_jsonlines - the value that each line says.
 *
 *   lines     views of text, an item a line, as pila_lines yields them; '\r' at an end
 *             is white space                                          taken
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Lines of white space alone are passed over, as files tend to end with one; under
 * `strict` they are what they are for Python: "Expecting value". In the error, at.line,
 * lineno and at.offset count from the first line on, a line's end as one byte; the
 * others are those of the line.
 *
 * Fails:   PILA_ETYPE    lines are no views
 *          PILA_ENOMEM   no memory
 *          PILA_EVALUE   later: a hook asked the iterator that called it
 *          any           later: the fault of lines, or as pila_json_loads
 * Cost:    as pila_json_loads, a line at a time; O(longest line) memory
 * Python:  (json.loads(line) for line in lines if line.strip())
 * Source:  jsonlines.org
 */
PILA_API pila_iter pila_jsonlines(pila_iter lines,
                                  const pila_jsonlines_options *options);

/* pila_jsonlines_of - the same of a text.
 *
 *   text      outlives the iterator                                   borrowed
 *   options   as pila_jsonlines                                       borrowed
 *
 * Fails:   as pila_jsonlines
 * Cost:    as pila_jsonlines
 * Python:  as pila_jsonlines, with text.split("\n")
 */
PILA_API pila_iter pila_jsonlines_of(pila_str text,
                                     const pila_jsonlines_options *options);

/* pila_json_items - the items of one long list, from its text in chunks.
 *
 *   chunks    views, cut anywhere                                     taken
 *   options   copied; load.lax and load.bytes mean nothing here; NULL: {0}   borrowed
 *
 * What stands before a fault is yielded before the fault. Its place is one in the whole
 * text; pos, lineno and colno are in bytes, too. What only reading an item finds, such
 * as a repeated key that is refused, has the number of the item, from 1, as its line.
 *
 * Fails:   PILA_ETYPE     chunks are no views
 *          PILA_ENOMEM    no memory
 *          PILA_ESYNTAX   later: the text is no list, or no JSON
 *          PILA_EVALUE    later: a hook asked the iterator that called it
 *          any            later: the fault of chunks, or as pila_json_loads
 * Cost:    as pila_jsontext_feed and pila_json_loads; O(longest item + chunk) memory
 * Python:  iter(json.load(file)), but that it begins before the text ends
 */
PILA_API pila_iter pila_json_items(pila_iter chunks,
                                   const pila_jsonlines_options *options);

/* pila_json_items_of - the same from a text in memory.
 *
 *   text      outlives the iterator                                   borrowed
 *   options   as pila_json_items                                      borrowed
 *
 * Fails:   as pila_json_items
 * Cost:    as pila_json_items
 * Python:  iter(json.loads(text))
 */
PILA_API pila_iter pila_json_items_of(pila_str text,
                                      const pila_jsonlines_options *options);

/* pila_json_items_file - the same from the rest of a file.
 *
 *   file      outlives the iterator, and is not closed                borrowed
 *   options   as pila_json_items                                      borrowed
 *
 * Fails:   PILA_EIO   later: reading failed, errno says how
 *          and as pila_json_items
 * Cost:    as pila_json_items, chunks of 64 KiB
 * Python:  iter(json.load(file))
 */
PILA_API pila_iter pila_json_items_file(FILE *file,
                                        const pila_jsonlines_options *options);

/* pila_json_items_fd - the same from a descriptor, as soon as it has some.
 *
 *   options   as pila_json_items                                      borrowed
 *
 * Fails:   as pila_json_items_file
 * Cost:    as pila_json_items_file
 * Python:  iter(json.load(open(fd, closefd=False)))
 */
PILA_API pila_iter pila_json_items_fd(int fd, const pila_jsonlines_options *options);

/* pila_jsonlines_write - a line for each value.
 *
 *   values   of pila_value_type                                       taken
 *   how      as pila_json_dumps; not indented; NULL: {0}              borrowed
 *   sink     gets some 64 KiB at a time                               borrowed
 *   error    as pila_json_dumps, its line that of the value           given
 *
 * Fails:   PILA_ETYPE    values are of another type
 *          PILA_EVALUE   how is indented: that would be several lines
 *          any           the fault of values, what the sink answered, or as
 *                        pila_json_dumps; what stands before it has been written
 * Cost:    as pila_json_dumps
 * Python:  for v in values: print(json.dumps(v), file=sink)
 */
PILA_API PILA_MUST pila_status pila_jsonlines_write(pila_iter values,
                                                    const pila_json_dump_options *how,
                                                    pila_json_sink *sink, void *ctx,
                                                    pila_error *error);

PILA_END_C

#endif
