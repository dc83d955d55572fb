/* base64.h - OpenSSL's codec, for bench_base64.c. */
#ifndef PEERS_BASE64_H
#define PEERS_BASE64_H

#include <stddef.h>

typedef struct base64_peer {
    const char *name, *skipped;
    /* Into out, which has room for twice n bytes: how many they are. */
    size_t (*encode)(const char *data, size_t n, char *out);
    size_t (*decode)(const char *text, size_t n, char *out);
} base64_peer;

extern const base64_peer base64_openssl;

#endif
