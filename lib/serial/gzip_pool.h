/* gzip_pool.h - for gzip's own sources: blocks that threads compress, given back in
 * order.
 */
#ifndef PILA_GZIP_POOL_H
#define PILA_GZIP_POOL_H

#include "gzip_member.h"

enum { PILA__GZIP_WINDOW = 32 << 10 /* bytes that a block may refer to before it */ };

typedef struct pila__gzip_block {
    char *in;    /* PILA__GZIP_WINDOW bytes, the last `dict` of them used, then len */
    size_t dict; /* of the blocks before */
    size_t len;  /* at most PILA_GZIP_BLOCK */
    int flush;   /* zlib's, to end it with */
    char *out;
    size_t made; /* bytes at out */
    uint32_t crc;
    bool done;
    pila_status status;
} pila__gzip_block;

typedef struct pila__gzip_pool pila__gzip_pool;

PILA_BEGIN_C

/* NULL: no memory. level is zlib's. */
pila__gzip_pool *pila__gzip_pool_new(int level, unsigned threads, bool linked);

/* The next block to be filled, empty. NULL: there is none before
 * pila__gzip_pool_oldest has given one back. */
PILA_MUST pila_status pila__gzip_pool_block(pila__gzip_pool *p, pila__gzip_block **b);

/* Have the block to be filled compressed; last: no other follows. */
PILA_MUST pila_status pila__gzip_pool_submit(pila__gzip_pool *p, int flush, bool last);

/* The oldest that was submitted, when it is done: to be used before the next call.
 * NULL: there is none, or it would have to be waited for. */
pila__gzip_block *pila__gzip_pool_oldest(pila__gzip_pool *p, bool wait);

/* No thread is left behind. */
void pila__gzip_pool_free(pila__gzip_pool *p);

PILA_END_C

#endif
