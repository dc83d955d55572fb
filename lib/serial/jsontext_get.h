/* jsontext_get.h - a JSON Pointer, followed in text. For jsontext.
 *
 * Needs: core/status core/mem core/hash core/str
 */
#ifndef PILA_JSONTEXT_GET_H
#define PILA_JSONTEXT_GET_H

#include "../core/str.h"

PILA_BEGIN_C

/* The text of the value that a pointer leads to, in a text that is known to be one JSON
 * value. Statuses as pila_jsontext_get has them. */
PILA_MUST pila_status pila__jsontext_walk(pila_str text, pila_str pointer,
                                          pila_str *out);

PILA_END_C

#endif
