/* json_write.h - the shape of what writes JSON, as bench_json_write.c drives it.
 *
 * A peer reads the text in its own way, before the clock runs, and then writes it again
 * and again, minified and with text above ASCII as it is. What it returns is good until
 * the next call.
 */
#ifndef PEERS_JSON_WRITE_H
#define PEERS_JSON_WRITE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_write_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    void *(*load)(const char *text, size_t n); /* NULL: it cannot */
    const char *(*write)(void *document, size_t *n);
    void (*free)(void *document);
} json_write_peer;

extern const json_write_peer json_write_pila, json_write_pieces, json_write_rapidjson,
    json_write_simdjson;

#ifdef __cplusplus
}
#endif

#endif
