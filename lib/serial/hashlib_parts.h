/* hashlib_parts.h - what the sources of hashlib share: not for users.
 *
 * Needs: serial/hashlib
 */
#ifndef PILA_HASHLIB_PARTS_H
#define PILA_HASHLIB_PARTS_H

#include "hashlib.h"

PILA_BEGIN_C

/* h with what `from` has seen, of which it was a copy before: its room is used again.
 */
PILA_MUST pila_status pila__hashlib_assign(pila_hashlib *h, const pila_hashlib *from);

PILA_END_C

#endif
