/* json.h - the shape of what reads JSON into values, as bench_json.c drives it.
 *
 * A run reads the text and frees what was made; what may be used again (a parser, an
 * arena) is kept from run to run, as the peer's documentation advises. The sum is one
 * of all values and keys, by sum_number, sum_text and the constants.
 */
#ifndef PEERS_JSON_H
#define PEERS_JSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    void *(*open)(const char *text, size_t n); /* text outlives it */
    int (*run)(void *state);                   /* 0: it cannot read the text */
    uint64_t (*sum)(void *state);
    void (*close)(void *state);
} json_peer;

extern const json_peer json_pila, json_pila_new, json_simdjson, json_rapidjson,
    json_rapidjson_full, json_cjson, json_jsonc, json_jansson;

enum { SUM_NULL = 1, SUM_FALSE = 2, SUM_TRUE = 3, SUM_LIST = 11, SUM_DICT = 13 };

/* By three places before the point: some peers round the last ones otherwise. */
static inline uint64_t sum_number(double x)
{
    x = x < 0 ? -x : x;
    return x < 1e15 ? 5 + (uint64_t)(x + 0.0003) % 1000 : 5;
}

static inline uint64_t sum_text(size_t bytes) { return 7 + (uint64_t)bytes; }

#ifdef __cplusplus
}
#endif

#endif
