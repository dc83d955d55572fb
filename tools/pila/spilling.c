/* spilling.c - runs: what is sorted and does not fit into memory, in temporary files.
 *
 * A file has no name while it is used, so whatever ends the program, a signal included,
 * frees it: it is opened without one (O_TMPFILE), or where that can't be done its name
 * is taken away at once, while signals wait. A run is blocks one behind the other, each
 * with its size in front. They are read into a buffer and used where they lie; a window
 * ends where the buffer does, so that no view moves.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sorting.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUT_BUFFER = 256 << 10, RUN_WINDOW = 256 };

static const char *folder(void)
{
    const char *given = getenv("TMPDIR");

    return given && *given ? given : "/tmp";
}

static pila_status spilling_failed(cli_flow *flow, int why)
{
    cli_answer(flow, cli_trouble(folder(), "temporary file: %s", strerror(why)));
    return CLI_SAID;
}

/* ---- writing ---- */

static int open_named(void)
{
    char path[PATH_MAX];
    sigset_t all, was;
    int n = snprintf(path, sizeof path, "%s/pila.XXXXXX", folder()), fd, why;

    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &was);
    fd = mkostemp(path, O_CLOEXEC);
    why = errno;
    if (fd >= 0) (void)unlink(path);
    (void)sigprocmask(SIG_SETMASK, &was, NULL);
    errno = why;
    return fd;
}

pila_status cli_run_open(cli_run_out *o, cli_flow *flow)
{
    int fd = -1;

    memset(o, 0, sizeof *o);
#ifdef O_TMPFILE
    fd = open(folder(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
#endif
    if (fd < 0) fd = open_named();
    o->flow = flow;
    o->run.fd = fd;
    if (fd < 0) return spilling_failed(flow, errno);
    o->buffer = pila_alloc(OUT_BUFFER, 1);
    if (o->buffer) return PILA_OK;
    (void)close(fd);
    return PILA_ENOMEM;
}

static pila_status run_flush(cli_run_out *o)
{
    const char *p = o->buffer;

    while (o->used) {
        ssize_t n = write(o->run.fd, p, o->used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return spilling_failed(o->flow, errno);
        p += n;
        o->used -= (size_t)n;
    }
    return PILA_OK;
}

pila_status cli_run_write(cli_run_out *o, const char *bytes, size_t n)
{
    while (n) {
        size_t room = OUT_BUFFER - o->used, now = n < room ? n : room;
        memcpy(o->buffer + o->used, bytes, now);
        o->used += now;
        bytes += now;
        n -= now;
        if (o->used < OUT_BUFFER) continue;
        pila_status st = run_flush(o);
        if (st != PILA_OK) return st;
    }
    return PILA_OK;
}

pila_status cli_run_close(cli_run_out *o, pila_status st, cli_run *out)
{
    if (st == PILA_OK) st = run_flush(o);
    pila_free(o->buffer);
    if (st == PILA_OK && lseek(o->run.fd, 0, SEEK_SET) < 0)
        st = spilling_failed(o->flow, errno);
    if (st != PILA_OK) (void)close(o->run.fd);
    *out = o->run;
    return st;
}

/* ---- reading ---- */

typedef struct run_state {
    cli_order order;
    cli_run run;
    char *data;
    size_t start, end, room;
    bool at_end;
    char *window;
} run_state;

/* More bytes behind those that are left, which move to the front. */
static pila_status run_fill(run_state *s, size_t need)
{
    size_t left = s->end - s->start;

    memmove(s->data, s->data + s->start, left);
    s->start = 0;
    s->end = left;
    if (need > s->room) {
        char *data = pila_realloc(s->data, need, 1);
        if (!data) return PILA_ENOMEM;
        s->data = data;
        s->room = need;
    }
    while (!s->at_end && s->end < need) {
        ssize_t n = read(s->run.fd, s->data + s->end, s->room - s->end);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return spilling_failed(s->order.flow, errno);
        s->at_end = n == 0;
        s->end += (size_t)n;
    }
    return s->end >= need ? PILA_OK : PILA_EEOF;
}

/* Bytes of the block at the start, its front included; 0: not all of it is there, and
 * *need says how much has to be. */
static size_t run_block(const run_state *s, size_t *need)
{
    size_t front = cli_block_front(&s->order), left = s->end - s->start;

    *need = front ? front : sizeof(uint32_t);
    if (left < *need) return 0;
    *need = front + cli_block_bytes(&s->order, s->data + s->start + front);
    return left < *need ? 0 : *need;
}

static bool run_refill(pila_iter *it)
{
    run_state *s = it->state;
    size_t front = cli_block_front(&s->order), n = 0, need, size;
    pila_status st = PILA_OK;

    while (!run_block(s, &need)) {
        bool none = s->start == s->end;
        st = run_fill(s, need);
        if (st == PILA_EEOF && none) return pila_iter_end(it, PILA_END);
        if (st == PILA_EEOF)
            st = spilling_failed(s->order.flow, EIO); /* somebody cut it */
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    while (n < RUN_WINDOW && (size = run_block(s, &need))) {
        const char *at = s->data + s->start + front;
        cli_block_given(&s->order, at, s->window + n++ * it->type->size);
        s->start += size;
    }
    it->cur = s->window;
    it->end = s->window + n * it->type->size;
    return true;
}

static pila_iter run_drop(pila_iter *it)
{
    run_state *s = it->state;

    (void)close(s->run.fd);
    pila_free(s->data);
    pila_free(s->window);
    pila_free(s);
    return pila_failed(PILA_END);
}

pila_iter cli_run_items(const cli_order *order, cli_run run, size_t buffer)
{
    static const pila_iter_ops ops = {run_refill, run_drop, NULL};
    const pila_type *type = order->given;
    run_state *s = pila_alloc_zero(1, sizeof *s);

    if (s) {
        s->order = *order;
        s->run = run;
        s->room = buffer;
        s->data = pila_alloc(buffer, 1);
        s->window = pila_alloc(RUN_WINDOW, type->size);
        if (s->data && s->window)
            return pila_iter_make(type == &pila_view_padded ? &pila_view : type, &ops,
                                  s);
        pila_free(s->data);
        pila_free(s->window);
        pila_free(s);
    }
    (void)close(run.fd);
    return pila_failed(PILA_ENOMEM);
}
