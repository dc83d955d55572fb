/* gzip_pool.c - see gzip_pool.h.
 *
 *     ring:   written ... taken ... submitted   (free)
 *             done, or    being     to be
 *             being made  made      made
 *
 * A ring of blocks, counted from the first to the last; block k is at k % room. The
 * user fills the one at `submitted`; threads take the one at `taken`; the user gets
 * them back at `written`, in order. Each is the user's or one thread's, and only the
 * counts and `done` are looked at under the lock.
 *
 * A block is compressed by itself: it begins with the window that was before it, as
 * pigz does, and ends at a byte. What comes out depends on the blocks alone, not on who
 * compresses them or when, so one thread makes what ten make.
 *
 * Threads are started as blocks come, and all memory is the user's to allocate: a
 * thread only compresses. The user's own thread is not one of them: it has input to
 * read and output to write. One block alone is done right there.
 */
#include "gzip_pool.h"

#include "checksum.h"

#include <errno.h>
#include <pthread.h>

enum {
    GZIP_POOL_MOST = 512,  /* threads */
    GZIP_POOL_SLACK = 1024 /* bytes beyond zlib's bound: for the marker of a flush */
};

typedef struct gzip_pool_thread {
    pila__gzip_pool *pool;
    pthread_t id;
    z_stream z;
} gzip_pool_thread;

struct pila__gzip_pool {
    pthread_mutex_t lock; /* for the counts, `stop`, and each block's `done` */
    pthread_cond_t work;  /* there is a block to be taken, or to stop */
    pthread_cond_t done;  /* one is done */
    uint64_t taken, submitted;
    bool stop;
    /* the user's */
    uint64_t written;
    int level;
    bool linked;
    unsigned most, started, running; /* threads: allowed, made, to be joined */
    size_t bound;                    /* bytes at a block's out */
    size_t room;
    pila__gzip_block *ring;
    gzip_pool_thread *thread;
};

/* ---- a block ---- */

static void gzip_pool_compress(z_stream *z, pila__gzip_block *b)
{
    const char *data = b->in + PILA__GZIP_WINDOW;
    size_t room = b->made;
    int r = deflateReset(z);

    if (r == Z_OK && b->dict)
        r = deflateSetDictionary(z, (const Bytef *)(data - b->dict), (uInt)b->dict);
    z->next_in = (Bytef *)(b->in + PILA__GZIP_WINDOW);
    z->avail_in = (uInt)b->len;
    z->next_out = (Bytef *)b->out;
    z->avail_out = (uInt)room;
    if (r == Z_OK) r = deflate(z, b->flush);
    b->made = room - z->avail_out;
    b->crc = pila_crc32(0, pila_str_of(data, b->len));
    bool whole = r == (b->flush == Z_FINISH ? Z_STREAM_END : Z_OK);
    b->status = whole && z->avail_in == 0 && z->avail_out ? PILA_OK : PILA_EOVERFLOW;
}

static void *gzip_pool_run(void *ctx)
{
    gzip_pool_thread *t = (gzip_pool_thread *)ctx;
    pila__gzip_pool *p = t->pool;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->taken == p->submitted && !p->stop)
            pthread_cond_wait(&p->work, &p->lock);
        if (p->stop) break;
        pila__gzip_block *b = &p->ring[p->taken++ % p->room];
        pthread_mutex_unlock(&p->lock);
        gzip_pool_compress(&t->z, b);
        pthread_mutex_lock(&p->lock);
        b->done = true;
        pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- threads ---- */

/* One more compressor, not yet a thread. */
static pila_status gzip_pool_add(pila__gzip_pool *p)
{
    gzip_pool_thread *t = &p->thread[p->started];

    memset(t, 0, sizeof *t);
    t->pool = p;
    t->z.zalloc = pila__gzip_zalloc;
    t->z.zfree = pila__gzip_zfree;
    if (deflateInit2(&t->z, p->level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return PILA_ENOMEM;
    if (p->started++ == 0)
        p->bound = deflateBound(&t->z, PILA_GZIP_BLOCK) + GZIP_POOL_SLACK;
    return PILA_OK;
}

/* A thread for each compressor; where the system has no more, the others do. */
static pila_status gzip_pool_start(pila__gzip_pool *p)
{
    while (p->running < p->started) {
        gzip_pool_thread *t = &p->thread[p->running];

        int why = pthread_create(&t->id, NULL, gzip_pool_run, t);
        if (why != 0) {
            errno = why;
            return p->running ? PILA_OK : PILA_EIO;
        }
        p->running++;
    }
    return PILA_OK;
}

/* ---- blocks ---- */

/* What a block may refer to: the end of the one before, with what was before that. */
static void gzip_pool_link(pila__gzip_block *b, const pila__gzip_block *before)
{
    size_t n = before->dict + before->len;
    const char *end = before->in + PILA__GZIP_WINDOW + before->len;

    if (n > PILA__GZIP_WINDOW) n = PILA__GZIP_WINDOW;
    memcpy(b->in + PILA__GZIP_WINDOW - n, end - n, n);
    b->dict = n;
}

pila_status pila__gzip_pool_block(pila__gzip_pool *p, pila__gzip_block **out)
{
    pila__gzip_block *b = &p->ring[p->submitted % p->room];
    pila__gzip_block *before = &p->ring[(p->submitted + p->room - 1) % p->room];
    pila_status st = PILA_OK;

    *out = NULL;
    if (p->submitted - p->written == p->room) return PILA_OK;
    if (p->started == 0) st = gzip_pool_add(p);
    if (st != PILA_OK) return st;
    if (!b->in) b->in = (char *)pila_alloc(PILA__GZIP_WINDOW + PILA_GZIP_BLOCK, 1);
    if (b->in && !b->out) b->out = (char *)pila_alloc(p->bound, 1);
    if (!b->in || !b->out) return PILA_ENOMEM;
    b->dict = b->len = 0;
    if (p->linked && p->submitted && before->flush == Z_SYNC_FLUSH)
        gzip_pool_link(b, before);
    *out = b;
    return PILA_OK;
}

pila_status pila__gzip_pool_submit(pila__gzip_pool *p, int flush, bool last)
{
    pila__gzip_block *b = &p->ring[p->submitted % p->room];
    bool alone = last && p->running == 0;
    pila_status st = PILA_OK;

    b->flush = flush;
    b->made = p->bound;
    b->done = alone;
    if (p->submitted - p->written >= p->started && p->started < p->most)
        st = gzip_pool_add(p);
    if (st == PILA_OK && !alone) st = gzip_pool_start(p);
    if (st != PILA_OK) return st;
    if (alone) gzip_pool_compress(&p->thread[0].z, b);
    pthread_mutex_lock(&p->lock);
    p->submitted++;
    p->taken += alone;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
    return PILA_OK;
}

pila__gzip_block *pila__gzip_pool_oldest(pila__gzip_pool *p, bool wait)
{
    pila__gzip_block *b = &p->ring[p->written % p->room];

    if (p->written == p->submitted) return NULL;
    pthread_mutex_lock(&p->lock);
    while (wait && !b->done) pthread_cond_wait(&p->done, &p->lock);
    bool done = b->done;
    pthread_mutex_unlock(&p->lock);
    p->written += done;
    return done ? b : NULL;
}

/* ---- make and end ---- */

pila__gzip_pool *pila__gzip_pool_new(int level, unsigned threads, bool linked)
{
    pila__gzip_pool *p = (pila__gzip_pool *)pila_alloc_zero(1, sizeof *p);

    if (!p) return NULL;
    p->level = level;
    p->linked = linked;
    p->most = threads < GZIP_POOL_MOST ? threads : (unsigned)GZIP_POOL_MOST;
    p->room = 2 * (size_t)p->most + 2;
    p->ring = (pila__gzip_block *)pila_alloc_zero(p->room, sizeof *p->ring);
    p->thread = (gzip_pool_thread *)pila_alloc(p->most, sizeof *p->thread);
    if (p->ring && p->thread)
        if ((pthread_mutex_init(&p->lock, NULL) | pthread_cond_init(&p->work, NULL) |
             pthread_cond_init(&p->done, NULL)) == 0)
            return p;
    pila_free(p->ring);
    pila_free(p->thread);
    pila_free(p);
    return NULL;
}

void pila__gzip_pool_free(pila__gzip_pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    while (p->running) pthread_join(p->thread[--p->running].id, NULL);
    while (p->started) deflateEnd(&p->thread[--p->started].z);
    for (size_t k = 0; k < p->room; k++) {
        pila_free(p->ring[k].in);
        pila_free(p->ring[k].out);
    }
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    pila_free(p->ring);
    pila_free(p->thread);
    pila_free(p);
}
