/* gzip_ahead.h - for gzip's own sources: a thread that reads members ahead of its user.
 */
#ifndef PILA_GZIP_AHEAD_H
#define PILA_GZIP_AHEAD_H

#include "gzip_member.h"

#include <pthread.h>

enum { PILA__GZIP_SLOTS = 2, PILA__GZIP_SLOT = 64 << 10 /* bytes */ };

typedef struct pila__gzip_slot {
    char *bytes; /* of the reader */
    size_t len;  /* 0: error says why */
    pila_gzip_header header;
    pila_error error;
} pila__gzip_slot;

typedef struct pila__gzip_ahead {
    pila__gzip_members *members; /* the thread's, while it runs */
    pthread_t thread;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t turn;
    uint64_t made, used; /* slots: made - used of them are full */
    bool stop;
    bool running, lent; /* the user's: whether it has a slot */
    pila__gzip_slot slot[PILA__GZIP_SLOTS];
} pila__gzip_ahead;

PILA_BEGIN_C

/* bytes: room for all slots. */
PILA_MUST pila_status pila__gzip_ahead_init(pila__gzip_ahead *a,
                                            pila__gzip_members *members, char *bytes);
void pila__gzip_ahead_done(pila__gzip_ahead *a);

/* The next slot, in place of the last one; starts the thread, waits for it. */
PILA_MUST pila_status pila__gzip_ahead_next(pila__gzip_ahead *a,
                                            pila__gzip_slot **slot);

/* Afterwards there is no thread, the slots are empty, and the members are the user's.
 */
void pila__gzip_ahead_stop(pila__gzip_ahead *a);

PILA_END_C

#endif
