/* jsontext.h - who minifies text, for bench_jsontext.c. simdjson checks nothing. */
#ifndef PEERS_JSONTEXT_H
#define PEERS_JSONTEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jsontext_peer {
    const char *name, *skipped;
    /* Into out, which has room for n bytes: how many they are. */
    size_t (*minify)(const char *text, size_t n, char *out);
} jsontext_peer;

extern const jsontext_peer jsontext_simdjson;

#ifdef __cplusplus
}
#endif

#endif
