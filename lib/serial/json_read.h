/* json_read.h - what the parts of json's reader share.
 */
#ifndef PILA_JSON_READ_H
#define PILA_JSON_READ_H

#include "json.h"
#include "json_scan.h"

/* What options say, or 0 for the default. */
PILA_INLINE size_t pila__json_max_depth(const pila_json_load_options *o)
{
    return o->max_depth ? o->max_depth : 1024;
}

PILA_INLINE size_t pila__json_max_digits(const pila_json_load_options *o)
{
    return o->max_digits ? o->max_digits : 4300;
}

PILA_BEGIN_C

/* The quick reader: no hooks, no numerals, strict UTF-8. PILA_END is undecided: there
 * is a fault, or something it leaves to the other one; the document is as it was. */
PILA_MUST pila_status pila__json_quick(pila_doc *doc, pila_str text,
                                       const pila_json_load_options *options,
                                       pila__json_scan_fn *scan, pila_value *out);

/* What a string without its quotes says; returns where it ends, at `to` or behind it,
 * or NULL: an escape is wrong.
 *
 *   text, end   in which no quote stands unescaped; the byte at end is readable
 *   to          as much room, or text itself
 */
char *pila__json_unescape(const char *text, const char *end, char *to);

/* Of the bytes that are not UTF-8, the first one and how many, or false: there are
 * none. why: as CPython says it.
 *
 *   surrogates   let surrogates pass
 */
bool pila__json_utf8_fault(pila_str text, bool surrogates, pila_str *fault,
                           const char **why);

/* Append UTF-16 or UTF-32 as UTF-8, in which surrogates may stand. PILA_ESYNTAX: it
 * ends within a character, at *at; or that is above U+10FFFF. */
PILA_MUST pila_status pila__json_to_utf8(pila_str bytes, pila_json_encoding encoding,
                                         pila_buf *out, size_t *at);

PILA_END_C

#endif
