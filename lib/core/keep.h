/* keep.h - copies of items with what their views show: of text the bytes, of rows the
 * items. What all packages hold items with over a call on their source. Not for users.
 *
 * Needs: core/status core/mem core/hash core/str core/type
 *
 * An item is good until the next call on its iterator. What holds one longer copies it
 * here: owned things by the type's copy, and text and rows that are only views into
 * room that belongs to the copies. So a pair of lines is a pair of lines also where the
 * reader has moved on. The views in a copy are good as long as that room is: it takes
 * the place of the buffer they came from, padding included.
 */
#ifndef PILA_KEEP_H
#define PILA_KEEP_H

#include "type.h"

PILA_BEGIN_C

/* Whether bytes are all there is to a copy. */
PILA_API bool pila__keep_is_plain(const pila_type *type);

/* ---- a few items: the room is one buffer, used again ---- */

/* Copy n items to raw room, or where they are, with what their views show in *text,
 * which is emptied first and keeps its room between calls. On failure there are no
 * copies: PILA_EMUTATED where a type's copy changed what the items show. */
PILA_API PILA_MUST pila_status pila__keep(const pila_type *type, void *out,
                                          const void *items, size_t n, pila_buf *text);

/* Drop n copies, made here or below, before their room is. */
PILA_API void pila__unkeep(const pila_type *type, void *items, size_t n);

/* ---- more and more of them: the room is blocks, which never move ---- */

typedef struct pila__kept { /* {0} has none */
    struct pila__kept_block *block;
    char *at; /* free room, and how much is left of it */
    size_t left;
    int how;
    pila_status status; /* the first failure; from then on nothing is copied */
} pila__kept;

/* Whether copies of a type show text, or hold rows, of somebody else. */
PILA_API bool pila__kept_shows(const pila_type *type);

/* Copy what a copy by its type shows. After a failure, this or an earlier one, the item
 * has no rows that are not its own, so that pila__unkeep is right. */
PILA_API PILA_MUST pila_status pila__kept_add(pila__kept *k, const pila_type *type,
                                              void *item);

PILA_API void pila__kept_done(pila__kept *k);

PILA_END_C

#endif
