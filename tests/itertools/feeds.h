/* feeds.h - items of four kinds that are all numbers, and a source of them that spoils
 * its last window at every call.
 */
#ifndef FEEDS_H
#define FEEDS_H

#include "check.h"

#include <pila/core/iter.h>

/* ---- items of four kinds, all numbers ---- */

typedef struct boxed {
    int64_t *at;
} boxed;

static struct {
    long live, copies, copy_fails, asked, eq_fails;
    void (*in_eq)(void *ctx);
    void (*in_drop)(void *ctx);
    void (*in_copy)(void *ctx);
    void *ctx;
} boxes;

static inline boxed boxed_of(int64_t x)
{
    boxed b = {malloc(sizeof x)};

    *b.at = x;
    boxes.live++;
    return b;
}

static inline pila_status boxed_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    if (++boxes.asked == boxes.eq_fails) return PILA_EUSER;
    if (boxes.in_eq) boxes.in_eq(boxes.ctx);
    *out = *((const boxed *)a)->at == *((const boxed *)b)->at;
    return PILA_OK;
}

static inline pila_status boxed_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    if (++boxes.copies == boxes.copy_fails) return PILA_EUSER;
    boxed b = boxed_of(*((const boxed *)item)->at);
    memcpy(out, &b, sizeof b);
    if (boxes.in_copy) boxes.in_copy(boxes.ctx);
    return PILA_OK;
}

static inline void boxed_drop(void *ctx, void *item)
{
    (void)ctx;
    boxes.live--;
    *((boxed *)item)->at = -1;
    free(((boxed *)item)->at);
    if (boxes.in_drop) boxes.in_drop(boxes.ctx);
}

static inline pila_status boxed_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_buf_add_int(out, *((const boxed *)item)->at);
}

static const pila_type boxed_type = {PILA_KIND_OTHER, sizeof(boxed), _Alignof(boxed),
                                     "box",           NULL,          NULL,
                                     boxed_eq,        NULL,          boxed_copy,
                                     boxed_drop,      boxed_repr};

typedef enum face_id { INT, VIEW, TEXT, BOXED, FACES } face_id;
static const pila_type *const face_types[] = {&pila_i64, &pila_view, &pila_text,
                                              &boxed_type};

/* ---- the source ---- */

enum { FEED_MOST = 64 };

typedef struct feed {
    face_id face;
    const int64_t *v;
    size_t n, window, at, refills, fail_at;
    pila_status fault;
    int drops;
    bool quiet;              /* its own drops run nothing */
    void (*hook)(void *ctx); /* run by the hook_at-th refill */
    void *hook_ctx;
    size_t hook_at, ready;
    uint64_t version;
    union {
        int64_t ints[FEED_MOST];
        pila_str views[FEED_MOST];
        pila_string texts[FEED_MOST];
        boxed boxes[FEED_MOST];
    } item;
    char text[FEED_MOST][32];
} feed;

static inline void feed_spoil(feed *f)
{
    void (*in_drop)(void *) = boxes.in_drop;

    if (f->quiet) boxes.in_drop = NULL;
    for (size_t k = 0; k < f->ready; k++) {
        if (f->face == TEXT) pila_string_done(&f->item.texts[k]);
        if (f->face == BOXED) boxed_drop(NULL, &f->item.boxes[k]);
    }
    boxes.in_drop = in_drop;
    f->ready = 0;
    memset(f->text, '#', sizeof f->text);
    memset(&f->item, '#', sizeof f->item);
}

static inline pila_status feed_make(feed *f, size_t k, int64_t x)
{
    int len = snprintf(f->text[k], sizeof f->text[k], "%s%lld",
                       f->face == TEXT ? "on the heap so long " : "", (long long)x);
    pila_str text = {f->text[k], (size_t)len};

    if (f->face == INT) f->item.ints[k] = x;
    if (f->face == VIEW) f->item.views[k] = text;
    if (f->face == BOXED) f->item.boxes[k] = boxed_of(x);
    return f->face == TEXT ? pila_string_init(&f->item.texts[k], text) : PILA_OK;
}

static inline bool feed_refill(pila_iter *it)
{
    feed *f = it->state;
    size_t n = f->n - f->at < f->window ? f->n - f->at : f->window;

    feed_spoil(f);
    if (++f->refills == f->hook_at) f->hook(f->hook_ctx);
    if (f->refills == f->fail_at) return pila_iter_end(it, f->fault);
    if (n == 0) return pila_iter_end(it, PILA_END);
    for (; f->ready < n; f->ready++) {
        pila_status st = feed_make(f, f->ready, f->v[f->at + f->ready]);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    f->at += n;
    it->cur = (const char *)&f->item;
    it->end = it->cur + n * it->type->size;
    return true;
}

static inline pila_iter feed_drop(pila_iter *it)
{
    feed *f = it->state;

    feed_spoil(f);
    f->drops++;
    return pila_failed(PILA_END);
}

static inline size_t feed_hint(const pila_iter *it)
{
    const feed *f = it->state;
    return f->n - f->at;
}

static inline pila_iter feed_iter(feed *f)
{
    static const pila_iter_ops ops = {feed_refill, feed_drop, feed_hint};
    pila_iter it = pila_iter_make(face_types[f->face], &ops, f);

    it.stamp = &f->version;
    it.seen = f->version;
    return it;
}

static inline feed feed_of(face_id face, const int64_t *v, size_t n, size_t window)
{
    feed f;

    memset(&f, 0, sizeof f);
    f.face = face;
    f.v = v;
    f.n = n;
    f.window = window;
    return f;
}

/* ---- what comes out ---- */

/* The number that an item is. */
static inline int64_t number(const pila_type *type, const void *item)
{
    if (type == &boxed_type) return *((const boxed *)item)->at;
    if (type->kind == PILA_KIND_I64) return *(const int64_t *)item;
    pila_str s = type->kind == PILA_KIND_STR
                     ? *(const pila_str *)item
                     : pila_string_view((const pila_string *)item);
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)s.len, s.ptr);
    return strtoll(text + strcspn(text, "-0123456789"), NULL, 10);
}

/* `x@k y@k` without the counts. */
static inline const char *uncounted(const char *steps)
{
    static char text[8192];
    char *to = text;

    for (const char *p = steps; *p; p++) {
        if (*p == '@') p += strcspn(p, " ");
        if (!*p) break;
        *to++ = *p;
    }
    *to = '\0';
    return text;
}

#endif
