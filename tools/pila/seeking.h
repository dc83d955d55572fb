/* seeking.h - records of a sorted file, found without reading it: for pila bisect.
 */
#ifndef PILA_SEEKING_H
#define PILA_SEEKING_H

#include "sorting.h"

enum { CLI_SEEK_BLOCKS = 256 };

typedef struct cli_seek_block {
    int64_t number;
    size_t n; /* bytes; 0: none */
} cli_seek_block;

typedef struct cli_seek {
    cli_flow *flow;
    cli_input in;
    int64_t start, size; /* of the records: behind the header */
    char separator;
    bool unterminated; /* the last record has none behind it */
    cli_flow own;      /* with a place for messages */
    cli_common common;
    pila_buf record;
    char *block; /* those that are held, one behind the other */
    cli_seek_block held[CLI_SEEK_BLOCKS];
} cli_seek;

/* PILA_OK: it is open. PILA_END: it can't be searched by seeking, since it is no
 * regular file of records that end with a separator. */
pila_status cli_seek_open(cli_seek *s, cli_flow *flow, const char *file);
/* Once it is open: what is at its ends. */
pila_status cli_seek_begin(cli_seek *s);
void cli_seek_close(cli_seek *s);
/* What is asked of a record: its key, of what the order says. */
typedef pila_status cli_seek_told(void *ctx, const cli_order *order, const void *given,
                                  bool *before);
/* The offset of the first record for which `told` does not say that it is before what
 * is looked for: O(log size) reads. Faults have been said. */
pila_status cli_seek_first(cli_seek *s, const cli_ordering *how, cli_seek_told *told,
                           void *ctx, int64_t *out);
/* How many records start before each of n offsets, which are in order. */
pila_status cli_seek_count(cli_seek *s, const int64_t *offset, size_t n, int64_t *out);
/* The records in [from, to). */
pila_iter cli_seek_records(cli_seek *s, int64_t from, int64_t to);

#endif
