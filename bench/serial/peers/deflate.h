/* deflate.h - libdeflate, for bench_checksum.c and bench_zlib.c. */
#ifndef PEERS_DEFLATE_H
#define PEERS_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct deflate_peer {
    const char *name, *skipped;
    uint32_t (*crc32)(uint32_t value, const void *data, size_t n);
    uint32_t (*adler32)(uint32_t value, const void *data, size_t n);
    /* In zlib's container, into out: how many bytes they are, 0 if they do not fit. */
    size_t (*compress)(const void *data, size_t n, int level, void *out, size_t room);
    size_t (*decompress)(const void *data, size_t n, void *out, size_t room);
} deflate_peer;

extern const deflate_peer deflate_libdeflate;

#endif
