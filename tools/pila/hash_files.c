/* hash_files.c - digests of files, on threads, in the order of the files.
 *
 * Jobs stand in a ring: put at its tail, begun from there on by whichever thread is
 * free, taken from its head when they are done. Three numbers that only grow say which
 * is which:
 *
 *        head        next         tail        head + SLOTS
 *     ----|-----------|------------|-------------|
 *          begun, done   to be begun   to be put
 *
 * A thread is started when a job waits and none is free, so that one file takes none:
 * whoever takes it then reads it. Each thread keeps its block and its digests; a file
 * costs no allocation but for a name that is longer than those before.
 *
 * Between lock and unlock a thread only moves these numbers. A job belongs to who put
 * it until it is begun, then to its thread until it is ready. stdin is read by one at a
 * time, and the first `-` by the first.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 2 * CLI_THREADS_MOST, TELL_MS = 100 };

typedef struct reader {
    cli_digester digester[CLI_SUMS_MOST];
    char block[CLI_HASH_BLOCK];
} reader;

struct cli_pool {
    size_t threads, started, idle;
    cli_split part;
    size_t head, next, tail;
    bool taken;      /* the head is in use by who took it */
    bool stdin_busy; /* somebody reads it */
    bool stop;
    int64_t read; /* bytes that the progress does not know of yet */
    pthread_mutex_t lock;
    pthread_cond_t work, ready;
    reader *own; /* of who takes */
    pthread_t thread[CLI_THREADS_MOST];
    cli_file_job job[SLOTS];
};

pila_status cli_job_name(cli_file_job *job, pila_str name)
{
    pila_status st = pila_buf_add(&job->name, name);

    return st == PILA_OK ? pila_buf_add_char(&job->name, '\0') : st;
}

pila_str cli_job_hex(const cli_file_job *job, size_t k)
{
    const char *hex = job->hex.data;

    for (size_t i = 0; i < k; i++) hex += 2 * job->sum[i].bytes + 1;
    return pila_str_of(hex, 2 * job->sum[k].bytes);
}

/* ---- one file ---- */

static bool is_stdin(const cli_file_job *job)
{
    return !job->line && strcmp(job->name.data, "-") == 0;
}

static pila_status begin(reader *r, const cli_file_job *job)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < job->n && st == PILA_OK; k++)
        st = cli_digester_begin(&r->digester[k], &job->sum[k], NULL);
    return st;
}

static pila_status finish(reader *r, cli_file_job *job)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < job->n && st == PILA_OK; k++) {
        st = cli_digester_finish(&r->digester[k], &job->hex);
        if (st == PILA_OK) st = pila_buf_add_char(&job->hex, '\0');
    }
    return st;
}

/* To the first byte of the part: how many it has, or -1 and errno. */
static int64_t to_part(int fd, cli_split s)
{
    struct stat is;

    if (!s.parts) return INT64_MAX;
    if (fstat(fd, &is) != 0) return -1;
    if (!S_ISREG(is.st_mode)) {
        errno = ESPIPE;
        return -1;
    }
    int64_t one = is.st_size / s.parts, rest = is.st_size % s.parts;
    int64_t from = one * (s.part - 1) + rest * (s.part - 1) / s.parts;
    return lseek(fd, from, SEEK_SET) < 0
               ? -1
               : one * s.part + rest * s.part / s.parts - from;
}

static void tell(cli_pool *p)
{
    cli_progress_add(__atomic_exchange_n(&p->read, 0, __ATOMIC_RELAXED));
}

static pila_status read_all(cli_pool *p, reader *r, cli_file_job *job, int fd)
{
    int64_t left = to_part(fd, p->part);
    pila_status st = PILA_OK;

    if (left < 0) return PILA_EIO;
    while (st == PILA_OK && left && !__atomic_load_n(&p->stop, __ATOMIC_RELAXED)) {
        size_t room = left < CLI_HASH_BLOCK ? (size_t)left : CLI_HASH_BLOCK;
        ssize_t n = read(fd, r->block, room);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return PILA_EIO;
        if (n == 0) break;
        left -= n;
        job->size += n;
        for (size_t k = 0; k < job->n && st == PILA_OK; k++)
            st = cli_digester_update(&r->digester[k], pila_str_of(r->block, (size_t)n));
        (void)__atomic_fetch_add(&p->read, n, __ATOMIC_RELAXED);
        if (r == p->own) tell(p);
    }
    return st;
}

static void do_job(cli_pool *p, reader *r, cli_file_job *job)
{
    int fd = STDIN_FILENO;

    job->hex.len = 0;
    job->size = 0;
    job->error = 0;
    job->status = begin(r, job);
    if (job->status != PILA_OK) return;
    if (!is_stdin(job)) do
            fd = open(job->name.data, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        while (fd < 0 && errno == EINTR);
    job->status = fd < 0 ? PILA_EIO : read_all(p, r, job, fd);
    if (job->status == PILA_EIO) job->error = errno;
    if (job->status == PILA_OK) job->status = finish(r, job);
    if (fd > STDIN_FILENO) (void)close(fd);
}

/* ---- threads ---- */

static cli_file_job *job_at(cli_pool *p, size_t k) { return &p->job[k % SLOTS]; }

static bool may_begin(cli_pool *p)
{
    return p->next < p->tail && !(p->stdin_busy && is_stdin(job_at(p, p->next)));
}

/* The next that is to be begun, NULL to end; the lock is held. */
static cli_file_job *begin_next(cli_pool *p)
{
    p->idle++;
    while (!p->stop && !may_begin(p)) pthread_cond_wait(&p->work, &p->lock);
    p->idle--;
    if (p->stop) return NULL;
    cli_file_job *job = job_at(p, p->next++);
    if (is_stdin(job)) p->stdin_busy = true;
    return job;
}

static void reader_free(reader *r)
{
    for (size_t k = 0; r && k < CLI_SUMS_MOST; k++) cli_digester_done(&r->digester[k]);
    pila_free(r);
}

static void *run(void *ctx)
{
    cli_pool *p = ctx;
    reader *r = pila_alloc_zero(1, sizeof *r);
    cli_file_job *job;

    pthread_mutex_lock(&p->lock);
    while ((job = begin_next(p))) {
        bool held = is_stdin(job);
        pthread_mutex_unlock(&p->lock);
        if (!r) job->status = PILA_ENOMEM;
        else if (!job->line) do_job(p, r, job);
        pthread_mutex_lock(&p->lock);
        if (held) {
            p->stdin_busy = false;
            pthread_cond_broadcast(&p->work);
        }
        job->ready = true;
        if (job == job_at(p, p->head)) pthread_cond_signal(&p->ready);
    }
    pthread_mutex_unlock(&p->lock);
    reader_free(r);
    return NULL;
}

/* One more, if a job waits for it; the lock is held. Without it there are fewer. */
static void start_thread(cli_pool *p)
{
    if (p->started == p->threads || p->threads == 1 || p->tail - p->next <= p->idle ||
        p->tail - p->head < 2)
        return;
    if (pthread_create(&p->thread[p->started], NULL, run, p) == 0) p->started++;
    else p->threads = p->started ? p->started : 1;
}

/* ---- the ring ---- */

cli_pool *cli_pool_new(size_t threads, cli_split part)
{
    cli_pool *p = pila_alloc_zero(1, sizeof *p);

    if (!p) return NULL;
    p->threads = threads < CLI_THREADS_MOST ? threads : CLI_THREADS_MOST;
    p->part = part;
    if (pthread_mutex_init(&p->lock, NULL) != 0) goto no_lock;
    if (pthread_cond_init(&p->work, NULL) != 0) goto no_work;
    if (pthread_cond_init(&p->ready, NULL) == 0) return p;
    (void)pthread_cond_destroy(&p->work);
no_work:
    (void)pthread_mutex_destroy(&p->lock);
no_lock:
    pila_free(p);
    return NULL;
}

/* The head that was taken last is free again; the lock is held. */
static void let_go(cli_pool *p)
{
    if (p->taken) p->head++;
    p->taken = false;
}

cli_file_job *cli_pool_room(cli_pool *p)
{
    if (p->tail - p->head == SLOTS) return NULL;
    cli_file_job *job = job_at(p, p->tail);
    job->name.len = job->want.len = job->line = 0;
    job->status = PILA_OK;
    job->ready = false;
    return job;
}

void cli_pool_put(cli_pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->tail++;
    start_thread(p);
    if (p->idle) pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
}

static void wait_a_little(cli_pool *p)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TELL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&p->ready, &p->lock, &until);
}

/* Without threads. */
static void do_here(cli_pool *p, cli_file_job *job)
{
    p->next++;
    if (!job->line && !p->own) p->own = pila_alloc_zero(1, sizeof *p->own);
    if (!job->line && !p->own) job->status = PILA_ENOMEM;
    else if (!job->line) do_job(p, p->own, job);
    job->ready = true;
}

cli_file_job *cli_pool_take(cli_pool *p)
{
    cli_file_job *job = NULL;

    pthread_mutex_lock(&p->lock);
    let_go(p);
    if (p->head < p->tail) {
        job = job_at(p, p->head);
        if (!p->started) do_here(p, job);
        while (!job->ready) {
            wait_a_little(p);
            tell(p);
        }
        p->taken = true;
    }
    pthread_mutex_unlock(&p->lock);
    tell(p);
    cli_progress_end(); /* a line may follow */
    return job;
}

void cli_pool_free(cli_pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    __atomic_store_n(&p->stop, true, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (size_t k = 0; k < p->started; k++) (void)pthread_join(p->thread[k], NULL);
    reader_free(p->own);
    for (size_t k = 0; k < SLOTS; k++) {
        pila_buf_done(&p->job[k].name);
        pila_buf_done(&p->job[k].want);
        pila_buf_done(&p->job[k].hex);
    }
    (void)pthread_cond_destroy(&p->ready);
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_mutex_destroy(&p->lock);
    pila_free(p);
}
