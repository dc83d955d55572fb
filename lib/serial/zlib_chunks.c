/* zlib_chunks.c - see zlib.h: its iterators.
 *
 * Both are an object and 64 KiB of output, which they yield as a view when it is full,
 * or, of what was decompressed, as soon as there is some. They call zlib a step at a
 * time, as no step has to be taken back: a fault ends them for ever. Of a chunk they
 * keep the part that has not been read; it is good until the source is asked again,
 * which is when nothing is left of it.
 */
#include "zlib.h"

#include "zlib_steps.h"

#define ZLIB_VIEW ((size_t)64 << 10) /* bytes yielded at a time, at most */

typedef struct zlib_chunks {
    pila_iter src;
    pila_zlib_compressobj *c; /* one of the two */
    pila_zlib_decompressobj *d;
    pila_error *err;
    size_t left; /* bytes that may be yielded */
    pila_str data, view;
    bool busy, full, ended, over; /* full: there may be more without more data; ended:
                                     the source has; over: all has been yielded */
    char out[ZLIB_VIEW];
} zlib_chunks;

/* The next chunk; false: the iterator has ended. */
static bool zlib_chunks_next(pila_iter *it, zlib_chunks *s)
{
    s->busy = true;
    const void *item = pila_next(&s->src, sizeof s->data);
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (item) memcpy(&s->data, item, sizeof s->data);
    else if (s->src.status != PILA_END) return pila_iter_end(it, s->src.status);
    else s->ended = true;
    return true;
}

static bool zlib_chunks_yield(pila_iter *it, zlib_chunks *s, size_t n)
{
    s->view = pila_str_of(s->out, n);
    it->cur = (const char *)&s->view;
    it->end = it->cur + sizeof s->view;
    return true;
}

static bool zlib_compressed_refill(pila_iter *it)
{
    zlib_chunks *s = (zlib_chunks *)it->state;
    pila__zlib_step step = {s->out, ZLIB_VIEW, 0, false};
    size_t made = 0;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    while (!s->over && made < ZLIB_VIEW) {
        if (!s->data.len && !s->full && !s->ended && !zlib_chunks_next(it, s))
            return false;
        step.into = s->out + made;
        step.room = ZLIB_VIEW - made;
        pila_status st =
            pila__zlib_deflate_step(s->c, &s->data,
                                    s->ended ? PILA_Z_FINISH : PILA_Z_NO_FLUSH, &step,
                                    NULL);
        if (st != PILA_OK) return pila_iter_end(it, st);
        s->full = step.made == step.room;
        s->over = step.ended;
        made += step.made;
    }
    return made ? zlib_chunks_yield(it, s, made) : pila_iter_end(it, PILA_END);
}

/* There is no more data: that is fine at the end of the stream alone. */
static bool zlib_chunks_short(pila_iter *it, const zlib_chunks *s)
{
    pila__zlib_say(s->err, PILA_EEOF, pila__zlib_taken(s->d),
                   "Error -5 while decompressing data: incomplete or truncated stream");
    return pila_iter_end(it, PILA_EEOF);
}

static bool zlib_decompressed_refill(pila_iter *it)
{
    zlib_chunks *s = (zlib_chunks *)it->state;
    pila__zlib_step step;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    while (!s->over) {
        if (!s->data.len && !s->full) {
            if (s->ended) return zlib_chunks_short(it, s);
            if (!zlib_chunks_next(it, s)) return false;
        }
        step.into = s->out;
        step.room = s->left < ZLIB_VIEW ? s->left : ZLIB_VIEW;
        if (!step.room) step.room = 1; /* is there more? */
        pila_status st = pila__zlib_inflate_step(s->d, &s->data, &step, s->err);
        if (step.made > s->left)
            return pila_iter_end(it, pila__zlib_say(s->err, PILA_ELIMIT,
                                                    pila__zlib_taken(s->d),
                                                    pila_status_text(PILA_ELIMIT)));
        s->left -= s->left == PILA_ZLIB_UNLIMITED ? 0 : step.made;
        s->full = step.made == step.room || st != PILA_OK;
        s->over = step.ended;
        if (step.made) return zlib_chunks_yield(it, s, step.made);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    return pila_iter_end(it, PILA_END);
}

static pila_iter zlib_chunks_drop(pila_iter *it)
{
    zlib_chunks *s = (zlib_chunks *)it->state;
    pila_iter src = s->src;

    pila_zlib_compressobj_free(s->c);
    pila_zlib_decompressobj_free(s->d);
    pila_free(s);
    return src;
}

/* An iterator without its object, or one that has ended. */
static pila_iter zlib_chunks_make(pila_iter chunks, const pila_iter_ops *ops)
{
    bool views = chunks.status != PILA_OK || chunks.type->kind == PILA_KIND_STR;
    zlib_chunks *s = views ? (zlib_chunks *)pila_alloc(1, sizeof *s) : NULL;

    if (!s) {
        pila_iter_drop(&chunks);
        return pila_failed(views ? PILA_ENOMEM : PILA_ETYPE);
    }
    memset(s, 0, offsetof(zlib_chunks, out));
    s->src = chunks;
    return pila_iter_make(&pila_view, ops, s);
}

/* The iterator whose object has been made, or why it was not. */
static pila_iter zlib_chunks_begin(pila_iter it, pila_status st)
{
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

pila_iter pila_zlib_compressed(pila_iter chunks, int level, int wbits,
                               const pila_zlib_options *options)
{
    static const pila_iter_ops ops = {zlib_compressed_refill, zlib_chunks_drop, NULL};
    pila_iter it = zlib_chunks_make(chunks, &ops);
    zlib_chunks *s = (zlib_chunks *)it.state;

    if (it.status != PILA_OK) return it;
    return zlib_chunks_begin(it, pila_zlib_compressobj_new(level, wbits, options, &s->c,
                                                           NULL));
}

pila_iter pila_zlib_decompressed(pila_iter chunks, int wbits, const pila_str *zdict,
                                 size_t most, pila_error *err)
{
    static const pila_iter_ops ops = {zlib_decompressed_refill, zlib_chunks_drop, NULL};
    pila_iter it = zlib_chunks_make(chunks, &ops);
    zlib_chunks *s = (zlib_chunks *)it.state;

    if (it.status != PILA_OK) return it;
    s->left = most;
    s->err = err;
    return zlib_chunks_begin(it, pila_zlib_decompressobj_new(wbits, zdict, &s->d, err));
}
