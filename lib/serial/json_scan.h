/* json_scan.h - where the tokens of a JSON text begin, found 64 bytes at a time. For
 * json's reader.
 */
#ifndef PILA_JSON_SCAN_H
#define PILA_JSON_SCAN_H

#include "../core/str.h"

enum {
    PILA__JSON_BLOCK = 64,
    PILA__JSON_SLACK = 64 /* tokens that may be written behind the last one */
};

/* What one block tells the next; {0} at the start of a text. */
typedef struct pila__json_scan {
    uint64_t in_string; /* all ones: the last block ended within a string */
    uint64_t escaped;   /* 1: and with a backslash that escapes what follows */
    uint64_t scalar;    /* 1: and with a character of a number or literal */
    uint64_t high;      /* not 0: it had bytes above ASCII */
    uint64_t controls;  /* not 0: some string had control characters */
    uint64_t invalid;   /* not 0: some of it is not UTF-8 */
    char last[PILA__JSON_BLOCK];
} pila__json_scan;

/* Go through n blocks, copying them to `to` unless that is NULL, and write the numbers
 * of their tokens, the first block's first byte being number 0; returns how many.
 * Tokens are structural characters, quotes that are not escaped, the first characters
 * of what is none of these nor blank, and, in strings, backslashes that begin an
 * escape. Room: 64 for each block, and the slack. */
typedef size_t pila__json_scan_fn(pila__json_scan *s, const char *text, char *to,
                                  size_t n, uint32_t *tokens);

/* The ways that this machine has, the best one first; NULL behind the last. */
pila__json_scan_fn *pila__json_scan_way(unsigned number);

#endif
