/* gzip_member.h - for gzip's own sources: the members of a source, one after the other,
 * as a run of bytes.
 */
#ifndef PILA_GZIP_MEMBER_H
#define PILA_GZIP_MEMBER_H

#include "gzip.h"

#include <sys/types.h>

#include <zlib.h>

enum { PILA__GZIP_INPUT = 64 << 10 /* bytes read at a time */ };

typedef enum pila__gzip_phase {
    PILA__GZIP_HEADER,
    PILA__GZIP_BODY,
    PILA__GZIP_TRAILER
} pila__gzip_phase;

typedef struct pila__gzip_members {
    z_stream z;
    pila_gzip_in in;
    pila_iter *chunks; /* instead of in, or NULL                       borrowed */
    char *room;        /* for what is read; NULL: in memory, or chunks */
    off_t start;       /* of a file: where it began; -1: it cannot go back */
    pila_str left;     /* of what the source gave */
    uint64_t taken;    /* bytes it gave in all */
    bool ended;        /* it gives no more */
    bool at_once;      /* gzip.decompress has other words than GzipFile */
    bool full;         /* inflate may have more without more input */
    pila__gzip_phase phase;
    uint64_t members; /* whose header has been read */
    uint32_t crc;     /* of the member at hand */
    uint64_t size;
    pila_gzip_header header;
    pila_error error; /* its status: PILA_OK, PILA_END or a fault, which stays */
} pila__gzip_members;

PILA_BEGIN_C

/* zlib's memory is the library's. */
voidpf pila__gzip_zalloc(voidpf opaque, uInt items, uInt size);
void pila__gzip_zfree(voidpf opaque, voidpf block);

/* All memory that it will need; on failure there is nothing to end. */
PILA_MUST pila_status pila__gzip_members_init(pila__gzip_members *m, pila_gzip_in in,
                                              pila_iter *chunks);
void pila__gzip_members_done(pila__gzip_members *m);

/* The next bytes: at least one, without waiting for input when there are some. None,
 * and PILA_END or the fault: for ever. */
PILA_MUST pila_status pila__gzip_members_read(pila__gzip_members *m, char *into,
                                              size_t room, size_t *got);

/* Whether going back may work; going back. */
bool pila__gzip_members_can_rewind(const pila__gzip_members *m);
bool pila__gzip_members_rewind(pila__gzip_members *m);

/* A descriptor, as open's; interrupted, it is tried again. */
int pila__gzip_open(const char *path, int flags);

/* A reader of chunks, which outlive it; NULL: no memory. */
pila_gzip_reader *pila__gzip_reader_over(pila_iter *chunks);

PILA_END_C

#endif
