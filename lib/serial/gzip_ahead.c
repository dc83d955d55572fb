/* gzip_ahead.c - see gzip_ahead.h.
 *
 * Two slots, half a buffer each: the thread fills one while the other is being used.
 * Inflating takes so much longer than anything done with the output that more slots
 * bring nothing but memory; what is gained is the time of reads, copies and writes.
 *
 * Slot k is the thread's from when `used` says that its last content is used until
 * `made` counts it; then the user's. So what is in a slot needs no lock, and the two
 * never wait both. The slot that says why there are no more is the thread's last act.
 */
#include "gzip_ahead.h"

static void *gzip_ahead_run(void *ctx)
{
    pila__gzip_ahead *a = (pila__gzip_ahead *)ctx;
    bool more = true;

    pthread_mutex_lock(&a->lock);
    while (more) {
        while (a->made - a->used == PILA__GZIP_SLOTS && !a->stop)
            pthread_cond_wait(&a->turn, &a->lock);
        if (a->stop) break;
        pila__gzip_slot *s = &a->slot[a->made % PILA__GZIP_SLOTS];
        pthread_mutex_unlock(&a->lock);
        more = pila__gzip_members_read(a->members, s->bytes, PILA__GZIP_SLOT,
                                       &s->len) == PILA_OK;
        s->header = a->members->header;
        if (!more) s->error = a->members->error;
        pthread_mutex_lock(&a->lock);
        a->made++;
        pthread_cond_signal(&a->turn);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

pila_status pila__gzip_ahead_next(pila__gzip_ahead *a, pila__gzip_slot **slot)
{
    if (!a->running) {
        if (pthread_create(&a->thread, NULL, gzip_ahead_run, a) != 0)
            return PILA_ENOMEM;
        a->running = true;
    }
    pthread_mutex_lock(&a->lock);
    if (a->lent) {
        a->used++;
        pthread_cond_signal(&a->turn);
    }
    while (a->made == a->used) pthread_cond_wait(&a->turn, &a->lock);
    *slot = &a->slot[a->used % PILA__GZIP_SLOTS];
    a->lent = true;
    pthread_mutex_unlock(&a->lock);
    return PILA_OK;
}

void pila__gzip_ahead_stop(pila__gzip_ahead *a)
{
    if (a->running) {
        pthread_mutex_lock(&a->lock);
        a->stop = true;
        pthread_cond_signal(&a->turn);
        pthread_mutex_unlock(&a->lock);
        pthread_join(a->thread, NULL);
    }
    a->running = a->lent = a->stop = false;
    a->made = a->used = 0;
}

pila_status pila__gzip_ahead_init(pila__gzip_ahead *a, pila__gzip_members *members,
                                  char *bytes)
{
    memset(a, 0, sizeof *a);
    a->members = members;
    for (size_t k = 0; k < PILA__GZIP_SLOTS; k++)
        a->slot[k].bytes = bytes + k * PILA__GZIP_SLOT;
    return pthread_mutex_init(&a->lock, NULL) | pthread_cond_init(&a->turn, NULL)
               ? PILA_ENOMEM
               : PILA_OK;
}

void pila__gzip_ahead_done(pila__gzip_ahead *a)
{
    pila__gzip_ahead_stop(a);
    pthread_cond_destroy(&a->turn);
    pthread_mutex_destroy(&a->lock);
}
