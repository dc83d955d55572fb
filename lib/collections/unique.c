/* unique.c - see unique.h.
 *
 * unique_everseen puts each item, or its key, into a table of keys alone; the count of
 * live entries tells whether it was new. Where nothing calls out, a window is gone
 * through as a whole, hashed in batches whose cache lines are asked for ahead, and
 * yielded in place, as runs of new items; which are new is kept as bits. While few
 * differ, a number is first looked for in an array of numbers seen, one place for each:
 * most are found by one comparison, and none is hashed.
 *
 * What a callback may run upon is held: the key of an item, or else a copy, and with it
 * what it shows. So hashing, comparing and copying may change the source.
 *
 * unique goes along what pila_sorted keeps, in place: one window, so that an item can
 * be compared with the one before. Runs without repeats are yielded whole.
 */
#include "unique.h"

#include "../core/keep.h"
#include "item.h"
#include "sorted.h"
#include "table.h"

#include <assert.h>

enum {
    UNIQUE_BATCH = 64, /* items hashed ahead */
    UNIQUE_SHORT = 8,  /* the same while most are found before that */
    UNIQUE_FEW = 4096, /* so many may differ; places for numbers seen, 32 KB */
    UNIQUE_FEW_BITS = 12,
    UNIQUE_FEW_PAYS = 512 /* items gone by: to clear the places takes a microsecond */
};

typedef struct unique_state {
    pila_iter src;
    pila_key key; /* fn NULL: none */
    pila__dict seen;
    pila_pair entry;
    pila__kept kept;     /* what views in keys show */
    const pila_type *kt; /* of what tells items apart, as it comes */
    char *room;          /* for what tells an item apart, twice */
    pila__kept shown;    /* what the one that is held shows, or in text */
    pila_buf text;
    uint64_t *few;       /* for numbers: some that were seen; may be NULL */
    size_t met;          /* items gone by */
    uint64_t fresh;      /* of the items seen ahead: bits of those that are new */
    size_t seen_ahead;   /* how many were; of repeats alone it may be more than bits */
    pila_status later;   /* a fault that comes when what is yielded has been read */
    bool shows, borrows; /* long text in the table is that of kept */
    bool busy;
    bool any, has_last; /* unique: an item has gone by; its key is kept */
} unique_state;

static pila_iter unique_refused(pila_iter *src, pila_status why)
{
    pila_iter_drop(src);
    return pila_failed(why);
}

static bool unique_yield(pila_iter *it, const pila_iter *src, const char *cur,
                         size_t bytes)
{
    it->cur = cur;
    it->end = cur + bytes;
    it->stamp = src->stamp;
    it->seen = src->seen;
    return true;
}

static size_t unique_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const unique_state *)it->state)->src);
}

static unique_state *unique_new(const pila_iter *src, const pila_key *key, bool held)
{
    const pila_type *kt = key ? key->type : src->type;
    unique_state *s = (unique_state *)pila_alloc_zero(1, sizeof *s);

    if (!s) return NULL;
    if (held && !(s->room = (char *)pila_alloc(2, kt->size))) {
        pila_free(s);
        return NULL;
    }
    s->src = *src;
    s->kt = kt;
    if (key) s->key = *key;
    return s;
}

/* ---- everseen ---- */

/* Put what tells an item apart among what has been seen. */
static pila_status unique_see(unique_state *s, const void *key, bool *fresh)
{
    pila_string text;
    size_t live = s->seen.live;
    pila_status st = pila__dict_put(&s->seen, s->entry.first, &s->entry,
                                    pila_type_adapt(s->entry.first, s->kt, key, &text),
                                    NULL, false, NULL);

    if (st != PILA_OK) return st;
    *fresh = s->seen.live != live;
    if (!*fresh || !s->shows) return PILA_OK;
    return pila__kept_add(&s->kept, s->entry.first,
                          pila__dict_entry(&s->seen, &s->entry, s->seen.used - 1));
}

/* A number's bytes as a word. Words that are equal are equal numbers. */
PILA_INLINE uint64_t unique_word(const pila_type *t, const char *item)
{
    uint64_t wide = 0;
    uint32_t narrow;

    if (t->size == sizeof wide) memcpy(&wide, item, sizeof wide);
    if (t->size != sizeof narrow) return wide;
    memcpy(&narrow, item, sizeof narrow);
    return narrow;
}

/* By the golden ratio: words that follow one another part. Those that somebody has
 * chosen to crowd are looked up in the table, which is keyed. */
PILA_INLINE size_t unique_place(uint64_t word)
{
    return (size_t)(word * 0x9e3779b97f4a7c15u >> (64 - UNIQUE_FEW_BITS));
}

/* Numbers of one or two bytes have no word here. */
static bool unique_has_few(const unique_state *s)
{
    return s->kt->kind < PILA_KIND_STR && (s->kt->size == 4 || s->kt->size == 8) &&
           s->seen.live <= UNIQUE_FEW;
}

/* An empty place holds the word 0, whose own is the first: that one holds another. */
static pila_status unique_open_few(unique_state *s)
{
    s->few = (uint64_t *)pila_alloc_zero(UNIQUE_FEW, sizeof *s->few);
    if (!s->few) return PILA_ENOMEM;
    s->few[0] = 1;
    return PILA_OK;
}

static void unique_note(unique_state *s, uint64_t word)
{
    s->few[unique_place(word)] = word;
}

/* How many items from the first are among the few. */
PILA_INLINE size_t unique_repeats(const unique_state *s, const char *items, size_t n,
                                  const pila_type *t)
{
    const uint64_t *few = s->few;
    size_t k = 0;

    for (; k < n; k++) {
        uint64_t word = unique_word(t, items + k * t->size);
        if (few[unique_place(word)] != word) break;
    }
    return k;
}

/* A new key. Long text goes into rows of text, which cost no call of malloc for each
 * and are freed as a whole: what is in the table then borrows it. */
PILA_INLINE pila_status unique_push(unique_state *s, const pila_type *t,
                                    const void *key, uint64_t hash)
{
    const pila_type bytes = PILA_PLAIN_TYPE(pila_string);
    pila__dict *d = &s->seen;
    pila_string text;
    pila_status st = PILA_OK;

    if (t->kind != PILA_KIND_STRING)
        return pila__dict_push(d, t, &s->entry, key, NULL, hash, NULL);
    memcpy(&text, key, sizeof text);
    if (d->used == d->room) st = pila__dict_grow(d, &s->entry, 1);
    if (st == PILA_OK && pila_string_is_long(&text)) {
        pila_str view = pila_string_view(&text);
        st = pila__kept_add(&s->kept, &pila_view, &view);
        text = pila_string_borrow(view);
    }
    if (st != PILA_OK) return st;
    return pila__dict_push(d, &bytes, &s->entry, &text, NULL, hash, NULL);
}

/* n items of a window, of a batch at most; nothing calls out. t is a constant where it
 * pays. Lines are fetched ahead step by step: of the index, of the table, of text. */
PILA_INLINE void unique_hash(const unique_state *s, const char *items, size_t n,
                             const pila_type *t, uint64_t *hash)
{
    const pila__dict *d = &s->seen;

    for (size_t j = 0; j < n; j++) {
        pila_string text;
        (void)!pila_type_hash(t,
                              pila_type_adapt(t, s->kt, items + j * s->kt->size, &text),
                              &hash[j]);
        __builtin_prefetch(pila__dict_group_at(d, hash[j]), 1);
    }
    for (size_t j = 0; t->kind == PILA_KIND_STRING && j < n; j++) {
        const pila__dict_group *g = pila__dict_group_at(d, hash[j]);
        uint32_t found = pila__dict_match(g, hash[j]);
        if (!found) continue;
        size_t e = g->entry[(unsigned)__builtin_ctz(found)];
        __builtin_prefetch(pila__dict_entry(d, &s->entry, e));
    }
}

/* Which of the items at hand are new, as bits. */
PILA_INLINE pila_status unique_see_batch(unique_state *s, const char *items, size_t n,
                                         const pila_type *t)
{
    pila__dict *d = &s->seen;
    uint64_t hash[UNIQUE_BATCH];
    size_t k = 0, size = s->kt->size;
    bool few = s->few && unique_has_few(s);
    pila_status st = PILA_OK;

    s->fresh = 0;
    s->seen_ahead = few ? unique_repeats(s, items, n, t) : 0;
    if (s->seen_ahead) return PILA_OK;
    if (n > UNIQUE_BATCH) n = UNIQUE_BATCH;
    if (few && n > UNIQUE_SHORT) n = UNIQUE_SHORT;
    if (!d->groups && (st = pila__dict_grow(d, &s->entry, 1)) != PILA_OK) return st;
    unique_hash(s, items, n, t, hash);
    for (; k < n; k++) {
        pila_string text;
        const void *key = pila_type_adapt(t, s->kt, items + k * size, &text);
        bool here =
            pila__dict_find(d, t, &s->entry, key, hash[k], &st) == PILA__DICT_NONE;
        if (here) st = unique_push(s, t, key, hash[k]);
        if (st != PILA_OK) break;
        s->fresh |= (uint64_t)here << k;
        if (few) unique_note(s, unique_word(t, items + k * size));
    }
    s->seen_ahead = k;
    s->later = st; /* a fault comes after the items before it */
    return k ? PILA_OK : st;
}

static pila_status unique_see_window(unique_state *s, const char *items, size_t n)
{
    if (s->met >= UNIQUE_FEW_PAYS && !s->few && unique_has_few(s)) {
        pila_status st = unique_open_few(s);
        if (st != PILA_OK) return st;
    }
#define UNIQUE_CALL(t) unique_see_batch(s, items, n, t)
    PILA__BY_KIND(s->entry.first, UNIQUE_CALL, UNIQUE_CALL(s->entry.first))
#undef UNIQUE_CALL
}

/* Of the items seen ahead, how many are alike, from the first. */
static size_t unique_alike(const unique_state *s, bool fresh)
{
    uint64_t others = fresh ? ~s->fresh : s->fresh;
    size_t run = others ? (size_t)__builtin_ctzll(others) : s->seen_ahead;

    return run < s->seen_ahead ? run : s->seen_ahead;
}

static void unique_pass(unique_state *s, size_t run)
{
    pila_iter_skip(&s->src, run);
    s->fresh = run < UNIQUE_BATCH ? s->fresh >> run : 0;
    s->seen_ahead -= run;
    s->met += run;
}

/* Runs of new items, in place. */
static bool unique_refill_windows(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t run = 0;

    while (run == 0) {
        size_t n = s->seen_ahead || s->later == PILA_OK ? pila_iter_ready(src) : 0;
        pila_status st = s->seen_ahead ? PILA_OK : s->later;
        if (st != PILA_OK) return pila_iter_end(it, st);
        if (n == 0) return pila_iter_end(it, src->status);
        if (!s->seen_ahead) st = unique_see_window(s, src->cur, n);
        if (st != PILA_OK) return pila_iter_end(it, st);
        unique_pass(s, unique_alike(s, false));
        run = unique_alike(s, true);
    }
    unique_pass(s, run);
    run *= it->type->size;
    return unique_yield(it, src, src->cur - run, run);
}

static pila_status unique_still(const unique_state *s, pila_status st)
{
    return st == PILA_OK && *s->src.stamp != s->src.seen ? PILA_EMUTATED : st;
}

/* What the bytes in the room show becomes their own. */
static pila_status unique_hold_shown(unique_state *s)
{
    if (pila_type_plain(s->kt)) return pila__keep(s->kt, s->room, s->room, 1, &s->text);
    return pila__kept_add(&s->shown, s->kt, s->room);
}

static void unique_let_go(unique_state *s)
{
    if (s->shows) pila__unkeep(s->kt, s->room, 1);
    else pila_type_drop(s->kt, s->room);
    pila__kept_done(&s->shown);
    memset(&s->shown, 0, sizeof s->shown);
}

/* What tells an item apart, in the room: it is good whatever becomes of the source. The
 * bytes of an item are taken first, as its copy may move the others; and nothing that
 * is shown is read once the source has changed. */
static pila_status unique_hold(unique_state *s, const void *item)
{
    const pila_type *t = s->kt;
    char *raw = s->room + t->size;
    pila_status st;

    if (!s->key.fn) memcpy(raw, item, t->size);
    st = s->key.fn ? s->key.fn(s->key.ctx, item, s->room)
                   : pila_type_copy(t, s->room, raw);
    if (st != PILA_OK) return st;
    st = unique_still(s, st);
    if (st != PILA_OK) pila_type_drop(t, s->room);
    else if (s->shows && (st = unique_hold_shown(s)) != PILA_OK) unique_let_go(s);
    return st;
}

/* One item, where a callback may run. */
static pila_status unique_ask(unique_state *s, const void *item, bool *fresh)
{
    pila_status st = unique_hold(s, item);

    if (st != PILA_OK) return st;
    st = unique_see(s, s->room, fresh);
    unique_let_go(s);
    return unique_still(s, st);
}

static bool unique_refill_each(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t size = it->type->size;
    pila_status st = PILA_OK;
    bool fresh = false;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    while (st == PILA_OK && !fresh) {
        const void *item = pila_next(src, size);
        st = item ? unique_ask(s, item, &fresh) : src->status;
    }
    s->busy = false;
    if (it->status != PILA_OK) return false; /* it re-entered itself */
    if (st != PILA_OK) return pila_iter_end(it, st);
    return unique_yield(it, src, src->cur - size, size);
}

/* Keys go with their rows; where there are none the table drops them. */
static void unique_drop_seen(unique_state *s)
{
    if (s->borrows) s->seen.live = s->seen.front = s->seen.used = 0;
    else if (s->shows) {
        for (size_t e = s->seen.front; e < s->seen.used; e++) /* none is dead */
            pila__unkeep(s->entry.first, pila__dict_entry(&s->seen, &s->entry, e), 1);
        s->seen.live = s->seen.front = s->seen.used = 0;
    }
    pila__dict_done(&s->seen, &s->entry);
}

static pila_iter unique_drop(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter src = s->src;

    assert(!s->busy && "dropped by its own callback");
    unique_drop_seen(s);
    if (s->has_last) pila_type_drop(s->kt, s->room + s->kt->size);
    pila__kept_done(&s->kept);
    pila_buf_done(&s->text);
    pila_free(s->few);
    pila_free(s->room);
    pila_free(s);
    return src;
}

pila_iter pila_unique_everseen(pila_iter src, const pila_key *key)
{
    static const pila_iter_ops each = {unique_refill_each, unique_drop, unique_hint};
    static const pila_iter_ops windows = {unique_refill_windows, unique_drop,
                                          unique_hint};
    const pila_type *kt = key ? key->type : src.type, *kept;
    unique_state *s;
    pila_status st;

    if (src.status != PILA_OK) return unique_refused(&src, src.status);
    if (pila_type_calls_out(kt) && (!kt->hash || !kt->eq))
        return unique_refused(&src, PILA_ETYPE);
    s = unique_new(&src, key, key || pila_type_calls_out(kt));
    if (!s) return unique_refused(&src, PILA_ENOMEM);
    kept = kt->kind == PILA_KIND_STR ? &pila_text : kt;
    s->shows = pila__kept_shows(kept);
    st = pila_pair_init(&s->entry, kept, &pila__nothing);
    if (st != PILA_OK) {
        pila_free(s->room);
        pila_free(s);
        return unique_refused(&src, st);
    }
    if (s->room) return pila_iter_make(src.type, &each, s);
    s->borrows = kept->kind == PILA_KIND_STRING;
    return pila_iter_make(src.type, &windows, s);
}

/* ---- unique: along what is sorted ---- */

/* How many items from the first, which is new, differ each from the one before. */
static size_t unique_run(const pila_type *t, const char *items, size_t n)
{
    size_t k = 1;

    for (bool same = false; k < n; k++) {
        const char *item = items + k * t->size;
        (void)!pila_type_eq(t, item - t->size, item, &same);
        if (same) break;
    }
    return k;
}

/* The key of an item against that of the one before, whose place it takes. */
static pila_status unique_key_differs(unique_state *s, const char *item, bool *same)
{
    char *last = s->room + s->kt->size;
    pila_status st = s->key.fn(s->key.ctx, item, s->room);

    if (st != PILA_OK) return st;
    if (s->has_last) st = pila_type_eq(s->kt, last, s->room, same);
    if (s->has_last) pila_type_drop(s->kt, last);
    memcpy(last, s->room, s->kt->size);
    s->has_last = true;
    return st;
}

/* Whether an item differs from the one before, which lies before it. */
static pila_status unique_differs(unique_state *s, const char *item, bool *differs)
{
    bool same = false;
    pila_status st = PILA_OK;

    if (s->key.fn) st = unique_key_differs(s, item, &same);
    else if (s->any) st = pila_type_eq(s->kt, item - s->kt->size, item, &same);
    s->any = true;
    *differs = !same;
    return st;
}

static bool unique_refill_sorted(pila_iter *it)
{
    unique_state *s = (unique_state *)it->state;
    pila_iter *src = &s->src;
    size_t size = it->type->size, n = 0, run = 1;
    pila_status st = PILA_OK;
    bool differs = false;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true;
    while (st == PILA_OK && !differs && (n = pila_iter_ready(src)) > 0) {
        st = unique_differs(s, src->cur, &differs);
        if (st == PILA_OK) pila_iter_skip(src, 1);
    }
    s->busy = false;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (!differs) return pila_iter_end(it, src->status);
    if (!s->key.fn && !pila_type_calls_out(s->kt))
        run = unique_run(s->kt, src->cur - size, n);
    pila_iter_skip(src, run - 1);
    return unique_yield(it, src, src->cur - run * size, run * size);
}

pila_iter pila_unique(pila_iter src, const pila_key *key, bool reverse)
{
    static const pila_iter_ops ops = {unique_refill_sorted, unique_drop, unique_hint};
    const pila_type *kt = key ? key->type : src.type;
    unique_state *s;

    if (src.status == PILA_OK && pila_type_calls_out(kt) && !kt->eq)
        return unique_refused(&src, PILA_ETYPE);
    src = pila_sorted(src, key, reverse);
    if (src.status != PILA_OK) return src;
    s = unique_new(&src, key, key != NULL);
    if (!s) return unique_refused(&src, PILA_ENOMEM);
    (void)!pila_pair_init(&s->entry, &pila_u8, &pila__nothing); /* nothing is put in */
    return pila_iter_make(src.type, &ops, s);
}
