/* json.h - a small reader of JSON, for the tools of the conformance suite alone: a
 * library must not be judged by its own reader.
 *
 * It reads what the suite writes: a document a line, integers of 64 bits, text of any
 * characters. Documents live until json_forget.
 */
#ifndef CONFORMANCE_JSON_H
#define CONFORMANCE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_MAP
} json_kind;

typedef struct json {
    json_kind kind;
    const char *text; /* of TEXT its bytes, of NUMBER its digits; ended by a 0 */
    size_t len;
    int64_t number; /* if it is whole */
    bool whole;
    const char *key; /* in a map */
    struct json *first, *next;
    size_t n; /* members */
} json;

/* NULL: not one document, or out of memory. */
const json *json_read(const char *text, size_t len);
void json_forget(void);

/* NULL: map is none, or has no such key. */
const json *json_get(const json *map, const char *key);
/* The k-th member, or NULL. */
const json *json_at(const json *list, size_t k);
bool json_is(const json *j, const char *text);
/* Whether both say the same; maps in any order. */
bool json_same(const json *a, const json *b);

#endif
