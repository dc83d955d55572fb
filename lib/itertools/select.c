/* select.c - see select.h.
 *
 * A predicate tells a flag for each of at most 512 items that are ready. takewhile and
 * dropwhile look for the first false one and yield the source's items in place;
 * filterfalse and compress close up the items that are wanted in a window of their own.
 * Every item is written, and the place moves on after those that stay, so that nothing
 * is mispredicted whatever the flags are. compress makes its flags from the selectors
 * by their kind.
 *
 * compress has two sources, in Python's order: an item of data, then its selector. What
 * asking for selectors could overwrite is one item of data, which is copied for that
 * call; so a window of selectors costs one copy, and no order is lost. It carries the
 * stamp of data, whose items it yields (the selectors' where data never changes), and
 * looks at both at each refill.
 *
 * Callbacks are as in adaptors.c: `busy` turns an iterator that is asked by its own
 * callback into PILA_EVALUE.
 *
 * Rejected: flags for the whole window of an array, which told a million items to find
 * the second; and compress as a filter of zip2, 1.5 ns an item and not 0.5.
 */
#include "select.h"

#include "../core/keep.h"
#include "stage.h"

#include <assert.h>

enum { SELECT_FLAGS = 512 }; /* items told at a time: as many as 8-byte ones in 4 KiB */

/* ---- predicates ---- */

typedef struct tell_stage {
    pila__stage base;
    pila_kernel kernel;
    bool turned; /* the first false one has been seen */
    bool flags[SELECT_FLAGS];
} tell_stage;

/* Tell what is ready, at most 512 and at most `most`; 0: src has ended. */
static size_t tell_ready(tell_stage *s, size_t most)
{
    size_t n = pila_iter_ready(&s->base.src);

    if (n > most) n = most;
    if (n) s->kernel.tell(s->flags, s->base.src.cur, n, s->kernel.ctx);
    return n;
}

/* How many of n flags are true before the first that is not. */
static size_t tell_lead(const tell_stage *s, size_t n)
{
    const bool *stop = (const bool *)memchr(s->flags, false, n);

    return stop ? (size_t)(stop - s->flags) : n;
}

static pila_iter tell_make(pila_iter src, pila_kernel predicate, bool own_window,
                           const pila_iter_ops *ops)
{
    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    if (!predicate.tell || predicate.in_size != src.type->size)
        return pila__stage_refused(&src, PILA_ETYPE);
    tell_stage *s =
        (tell_stage *)pila__stage_new(&src, sizeof *s, own_window ? src.type : NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->kernel = predicate;
    return pila_iter_make(src.type, ops, s);
}

static bool take_refill(pila_iter *it)
{
    tell_stage *s = (tell_stage *)it->state;
    pila_iter *src = &s->base.src;
    const char *cur;
    size_t n, good;

    if (s->turned) return pila_iter_end(it, PILA_END);
    n = tell_ready(s, SELECT_FLAGS);
    if (n == 0) return pila_iter_end(it, src->status);
    good = tell_lead(s, n);
    s->turned = good < n;
    cur = src->cur;
    pila_iter_skip(src, s->turned ? good + 1 : good);
    if (good == 0) return pila_iter_end(it, PILA_END);
    return pila__stage_yield(it, src, cur, good * it->type->size);
}

pila_iter pila_takewhile(pila_iter src, pila_kernel predicate)
{
    static const pila_iter_ops ops = {take_refill, pila__stage_drop, NULL};

    return tell_make(src, predicate, false, &ops);
}

/* All that is ready, in place. */
static bool select_rest(pila_iter *it, pila_iter *src)
{
    const char *cur;

    if (!pila__iter_more(src, 0)) return pila_iter_end(it, src->status);
    cur = src->cur;
    src->cur = src->end;
    return pila__stage_yield(it, src, cur, (size_t)(src->end - cur));
}

static bool dropwhile_refill(pila_iter *it)
{
    tell_stage *s = (tell_stage *)it->state;
    pila_iter *src = &s->base.src;

    while (!s->turned) {
        size_t n = tell_ready(s, SELECT_FLAGS);
        if (n == 0) return pila_iter_end(it, src->status);
        size_t good = tell_lead(s, n);
        s->turned = good < n;
        pila_iter_skip(src, good);
    }
    return select_rest(it, src);
}

static size_t dropwhile_hint(const pila_iter *it)
{
    const tell_stage *s = (const tell_stage *)it->state;

    return s->turned ? pila__stage_hint(it) : 0;
}

pila_iter pila_dropwhile(pila_iter src, pila_kernel predicate)
{
    static const pila_iter_ops ops = {dropwhile_refill, pila__stage_drop,
                                      dropwhile_hint};

    return tell_make(src, predicate, false, &ops);
}

/* Of n items those whose flag is 0, or is not, closed up; inlined with constants. */
PILA_INLINE size_t select_pack_sized(char *out, const char *in,
                                     const unsigned char *flags, bool wanted, size_t n,
                                     size_t size)
{
    size_t kept = 0;

    for (size_t k = 0; k < n; k++, in += size) {
        memcpy(out + kept * size, in, size);
        kept += (flags[k] != 0) == wanted;
    }
    return kept;
}

PILA_INLINE size_t select_pack(char *out, const char *in, const void *by, bool wanted,
                               size_t n, size_t size)
{
    const unsigned char *flags = (const unsigned char *)by;

    switch (size) {
    case 1: return select_pack_sized(out, in, flags, wanted, n, 1);
    case 4: return select_pack_sized(out, in, flags, wanted, n, 4);
    case 8: return select_pack_sized(out, in, flags, wanted, n, 8);
    case 16: return select_pack_sized(out, in, flags, wanted, n, 16);
    default: return select_pack_sized(out, in, flags, wanted, n, size);
    }
}

static bool false_refill(pila_iter *it)
{
    tell_stage *s = (tell_stage *)it->state;
    pila_iter *src = &s->base.src;
    size_t most = s->base.room < SELECT_FLAGS ? s->base.room : (size_t)SELECT_FLAGS;
    size_t size = it->type->size, kept;

    do {
        size_t n = tell_ready(s, most);
        if (n == 0) return pila_iter_end(it, src->status);
        kept = select_pack(s->base.window, src->cur, s->flags, false, n, size);
        pila_iter_skip(src, n);
    } while (kept == 0);
    return pila__stage_yield(it, src, s->base.window, kept * size);
}

pila_iter pila_filterfalse(pila_iter src, pila_kernel predicate)
{
    static const pila_iter_ops ops = {false_refill, pila__stage_drop, NULL};

    return tell_make(src, predicate, true, &ops);
}

/* ---- callbacks ---- */

typedef struct ask_stage {
    pila__stage base;
    pila_filter_callback *fn;
    void *ctx;
    size_t size;
    bool turned; /* of dropwhile: fn was false once */
    bool busy;
} ask_stage;

/* What fn says of the next item, which is behind src->cur then. */
PILA_INLINE pila_status ask_next(ask_stage *s, bool *yes)
{
    const void *item = pila_next(&s->base.src, s->size);

    *yes = false;
    return item ? s->fn(s->ctx, item, yes) : s->base.src.status;
}

/* Yield the item before src->cur, unless the call spoilt it. */
PILA_INLINE bool ask_finish(pila_iter *it, ask_stage *s, pila_status st)
{
    pila_iter *src = &s->base.src;

    s->busy = false;
    if (it->status != PILA_OK) return false; /* it was asked meanwhile */
    if (st == PILA_OK && *src->stamp != src->seen) st = PILA_EMUTATED;
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, src, src->cur - s->size, s->size);
}

static pila_iter ask_drop(pila_iter *it)
{
    assert(!((ask_stage *)it->state)->busy && "dropped by its own callback");
    return pila__stage_drop(it);
}

static pila_iter ask_make(pila_iter src, pila_filter_callback *fn, void *ctx,
                          const pila_iter_ops *ops)
{
    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    ask_stage *s = (ask_stage *)pila__stage_new(&src, sizeof *s, NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->fn = fn;
    s->ctx = ctx;
    s->size = src.type->size;
    return pila_iter_make(src.type, ops, s);
}

static bool take_fn_refill(pila_iter *it)
{
    ask_stage *s = (ask_stage *)it->state;
    pila_status st;
    bool yes;

    if (PILA_UNLIKELY(s->busy)) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    st = ask_next(s, &yes);
    if (st == PILA_OK && !yes) st = PILA_END;
    return ask_finish(it, s, st);
}

pila_iter pila_takewhile_fn(pila_iter src, pila_filter_callback *fn, void *ctx)
{
    static const pila_iter_ops ops = {take_fn_refill, ask_drop, NULL};

    return ask_make(src, fn, ctx, &ops);
}

/* On to the first item for which fn is false, and yield it. */
static bool ask_until_false(pila_iter *it, ask_stage *s)
{
    pila_status st;
    bool yes;

    if (PILA_UNLIKELY(s->busy)) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    do st = ask_next(s, &yes);
    while (st == PILA_OK && yes);
    s->turned = st == PILA_OK;
    return ask_finish(it, s, st);
}

static bool dropwhile_fn_refill(pila_iter *it)
{
    ask_stage *s = (ask_stage *)it->state;

    return s->turned ? select_rest(it, &s->base.src) : ask_until_false(it, s);
}

static size_t dropwhile_fn_hint(const pila_iter *it)
{
    const ask_stage *s = (const ask_stage *)it->state;

    return s->turned ? pila__stage_hint(it) : 0;
}

pila_iter pila_dropwhile_fn(pila_iter src, pila_filter_callback *fn, void *ctx)
{
    static const pila_iter_ops ops = {dropwhile_fn_refill, ask_drop, dropwhile_fn_hint};

    return ask_make(src, fn, ctx, &ops);
}

static bool false_fn_refill(pila_iter *it)
{
    return ask_until_false(it, (ask_stage *)it->state);
}

pila_iter pila_filterfalse_fn(pila_iter src, pila_filter_callback *fn, void *ctx)
{
    static const pila_iter_ops ops = {false_fn_refill, ask_drop, NULL};

    return ask_make(src, fn, ctx, &ops);
}

/* ---- compress ---- */

enum { COMPRESS_DATA, COMPRESS_BY, COMPRESS_SOURCES };

typedef struct compress_state {
    pila_sources drop; /* both are handed back in this block */
    pila_iter src[COMPRESS_SOURCES];
    pila__stage *out;
    pila_buf text; /* what the views of a kept item show */
    bool plain;    /* bytes are all there is to a copy */
    bool kept;     /* the item in the window is a copy of ours */
    bool busy;
    bool flags[SELECT_FLAGS];
} compress_state;

/* A byte for each of n items that is not 0 where the item is true, as Python's bool()
 * says: at flags, or the items themselves. */
static const void *compress_tell(bool *flags, const pila_type *type, const char *items,
                                 size_t n)
{
#define COMPRESS_TELL(KIND, T, true_of)                                                \
    case KIND:                                                                         \
        for (size_t k = 0; k < n; k++) {                                               \
            PILA__LOAD(T, x, items + k * sizeof(T));                                   \
            flags[k] = (true_of) != 0;                                                 \
        }                                                                              \
        break;
    switch (type->kind) {
    case PILA_KIND_I8:
    case PILA_KIND_U8: return items;
    case PILA_KIND_I16: COMPRESS_TELL(PILA_KIND_U16, uint16_t, x)
    case PILA_KIND_I32: COMPRESS_TELL(PILA_KIND_U32, uint32_t, x)
    case PILA_KIND_I64:
        COMPRESS_TELL(PILA_KIND_U64, uint64_t, x)
        COMPRESS_TELL(PILA_KIND_F32, float, x)
        COMPRESS_TELL(PILA_KIND_F64, double, x)
        COMPRESS_TELL(PILA_KIND_PTR, uintptr_t, x)
        COMPRESS_TELL(PILA_KIND_STR, pila_str, x.len)
        COMPRESS_TELL(PILA_KIND_STRING, pila_string, pila_string_view(&x).len)
    case PILA_KIND_OTHER: break;
    }
#undef COMPRESS_TELL
    return flags;
}

static void compress_let_go(compress_state *s)
{
    if (!s->kept) return;
    s->kept = false;
    pila__unkeep(s->src[COMPRESS_DATA].type, s->out->window, 1);
}

/* An item of data, held while its selector is asked for. It stays in the window. */
static pila_status compress_one(compress_state *s, size_t *kept)
{
    pila_iter *data = &s->src[COMPRESS_DATA], *by = &s->src[COMPRESS_BY];
    pila_status st = PILA_OK;

    if (s->plain) memcpy(s->out->window, data->cur, data->type->size);
    else st = pila__keep(data->type, s->out->window, data->cur, 1, &s->text);
    if (st != PILA_OK) return st;
    s->kept = !s->plain;
    pila_iter_skip(data, 1);
    if (!pila_iter_ready(by)) return by->status;
    const void *flag = compress_tell(s->flags, by->type, by->cur, 1);
    *kept = *(const unsigned char *)flag != 0;
    pila_iter_skip(by, 1);
    return PILA_OK;
}

/* As many as both have ready. */
static size_t compress_many(compress_state *s, size_t n)
{
    pila_iter *data = &s->src[COMPRESS_DATA], *by = &s->src[COMPRESS_BY];
    size_t flags = pila_iter_ready(by), kept;

    if (n > flags) n = flags;
    if (n > s->out->room) n = s->out->room;
    if (n > SELECT_FLAGS) n = SELECT_FLAGS;
    const void *told = compress_tell(s->flags, by->type, by->cur, n);
    kept = select_pack(s->out->window, data->cur, told, true, n, data->type->size);
    pila_iter_skip(data, n);
    pila_iter_skip(by, n);
    return kept;
}

static pila_status compress_find(compress_state *s, size_t *kept)
{
    pila_iter *data = &s->src[COMPRESS_DATA], *by = &s->src[COMPRESS_BY];
    pila_status st = PILA_OK;

    *kept = 0;
    while (st == PILA_OK && *kept == 0) {
        compress_let_go(s);
        if (*by->stamp != by->seen) return PILA_EMUTATED;
        size_t n = pila_iter_ready(data);
        if (n == 0) return data->status;
        if (pila__iter_warm(by)) *kept = compress_many(s, n);
        else st = compress_one(s, kept);
    }
    return st;
}

/* Whose stamp the window carries. */
static const pila_iter *compress_ground(const compress_state *s)
{
    bool still = s->src[COMPRESS_DATA].stamp == &pila__still;

    return &s->src[still ? COMPRESS_BY : COMPRESS_DATA];
}

static bool compress_refill(pila_iter *it)
{
    compress_state *s = (compress_state *)it->state;
    size_t kept;
    pila_status st;

    if (PILA_UNLIKELY(s->busy)) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    st = compress_find(s, &kept);
    s->busy = false;
    if (it->status != PILA_OK) return false; /* it was asked meanwhile */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, compress_ground(s), s->out->window,
                             kept * it->type->size);
}

static pila_iter compress_drop(pila_iter *it)
{
    compress_state *s = (compress_state *)it->state;

    s->busy = true;
    compress_let_go(s);
    pila_buf_done(&s->text);
    pila_free(s->out);
    s->drop.iter = s->src;
    s->drop.n = COMPRESS_SOURCES;
    return pila_iter_sources(&s->drop, &s->drop);
}

static pila_iter compress_refused(pila_iter *data, pila_iter *selectors,
                                  pila_status why)
{
    pila_iter_drop(selectors);
    return pila__stage_refused(data, why);
}

pila_iter pila_compress(pila_iter data, pila_iter selectors)
{
    static const pila_iter_ops ops = {compress_refill, compress_drop, NULL};
    pila_status st = data.status;

    if (selectors.status != PILA_END && (st == PILA_OK || st == PILA_END)) {
        if (selectors.status != PILA_OK) st = selectors.status;
        else if (selectors.type->kind == PILA_KIND_OTHER) st = PILA_ETYPE;
    }
    if (st != PILA_OK) return compress_refused(&data, &selectors, st);
    compress_state *s = (compress_state *)pila_alloc_zero(1, sizeof *s);
    pila_iter none = pila_failed(PILA_END);
    if (s) s->out = (pila__stage *)pila__stage_new(&none, sizeof *s->out, data.type);
    if (!s || !s->out) {
        pila_free(s);
        return compress_refused(&data, &selectors, PILA_ENOMEM);
    }
    s->src[COMPRESS_DATA] = data;
    s->src[COMPRESS_BY] = selectors;
    s->plain = pila__keep_is_plain(data.type);
    return pila_iter_make(data.type, &ops, s);
}
