/* merge.c - see merge.h.
 *
 * The iterator is a tree of losers over the heads of its sources: a new head plays
 * against the log n losers above it. Numbers play by rank, a word that orders as they
 * do and is kept in the tree's own memory; text is compared in place; what compares by
 * callbacks is copied first. A source that wins twice is played against the best of the
 * others alone, as far as its window goes, and that run is yielded as one window. The
 * run is found item by item, not by halving: sources that are not sorted then give what
 * Python gives.
 */
#include "merge.h"

#include <assert.h>

enum {
    MERGE_WINDOW = 4096, /* bytes of numbers that take turns */
    MERGE_RUN =
        8 /* items that are yielded in place, at least, where others are copied */
};

typedef enum merge_plays { MERGE_BY_RANK, MERGE_BY_TEXT, MERGE_BY_CALL } merge_plays;

typedef struct merge_head {
    uint64_t rank; /* of a number: orders as it does; all ones when there is none */
    size_t order;  /* of the source; n more when it has ended */
} merge_head;

typedef struct merge_state {
    pila_sources drop; /* first: the sources, whose block this is */
    merge_head *tree;  /* [0]: who won; [1, n): who lost at that node */
    bool *has_key;     /* n of them: the key, or copy, of a source is there */
    char *keys;        /* keys, or copies of items; NULL: the heads lie in place */
    char *window;      /* for numbers without keys: copies; else NULL */
    size_t n, live;    /* sources; those that have not ended */
    const pila_type *type;
    pila_key key; /* fn NULL: none */
    merge_plays plays;
    bool reverse, busy, started;
    bool again; /* who won had won the time before */
} merge_state;

static char *merge_key_at(const merge_state *m, size_t k)
{
    return m->keys + k * m->type->size;
}

static const void *merge_played(const merge_state *m, size_t k)
{
    return m->keys ? merge_key_at(m, k) : m->drop.iter[k].cur;
}

static void merge_drop_key(merge_state *m, size_t k)
{
    if (!m->has_key[k]) return;
    m->has_key[k] = false;
    pila_type_drop(m->type, merge_key_at(m, k));
}

/* The order of numbers as that of words. t is a constant where it pays. */
PILA_INLINE uint64_t merge_rank_of(const pila_type *t, const void *item, bool reverse)
{
    const uint64_t sign = (uint64_t)1 << 63;
    uint64_t rank = 0;
#define MERGE_RANK(KIND, T, as)                                                        \
    case KIND: {                                                                       \
        PILA__LOAD(T, x, item);                                                        \
        rank = (as);                                                                   \
        break;                                                                         \
    }
    switch (t->kind) {
        MERGE_RANK(PILA_KIND_I8, int8_t, (uint64_t)x ^ sign)
        MERGE_RANK(PILA_KIND_I16, int16_t, (uint64_t)x ^ sign)
        MERGE_RANK(PILA_KIND_I32, int32_t, (uint64_t)x ^ sign)
        MERGE_RANK(PILA_KIND_I64, int64_t, (uint64_t)x ^ sign)
        MERGE_RANK(PILA_KIND_U8, uint8_t, x)
        MERGE_RANK(PILA_KIND_U16, uint16_t, x)
        MERGE_RANK(PILA_KIND_U32, uint32_t, x)
        MERGE_RANK(PILA_KIND_U64, uint64_t, x)
        MERGE_RANK(PILA_KIND_PTR, uintptr_t, x)
    default: {
        double x = 0;
        if (t->kind == PILA_KIND_F32) {
            PILA__LOAD(float, f, item);
            x = (double)f;
        } else memcpy(&x, item, sizeof x);
        x += 0.0; /* -0.0 becomes 0.0 */
        memcpy(&rank, &x, sizeof rank);
        rank = rank & sign ? ~rank : rank | sign;
    }
    }
#undef MERGE_RANK
    return reverse ? ~rank : rank;
}

static bool merge_stale(const pila_iter *it) { return *it->stamp != it->seen; }

static size_t merge_who(const merge_state *m, const merge_head *head)
{
    return head->order < m->n ? head->order : head->order - m->n;
}

/* Whether a goes before b, where that is no matter of words. The later source has to be
 * strictly before: so one question is enough. */
static pila_status merge_plays_slow(const merge_state *m, const merge_head *a,
                                    const merge_head *b, bool *wins)
{
    size_t first = a->order < b->order ? a->order : b->order;
    size_t later = a->order < b->order ? b->order : a->order;
    bool less = false;
    pila_status st;

    *wins = a->order == first;
    if (later >= m->n) return PILA_OK;
    if (!m->keys &&
        (merge_stale(&m->drop.iter[first]) || merge_stale(&m->drop.iter[later])))
        return PILA_EMUTATED;
    if (m->reverse)
        st = pila_type_less(m->type, merge_played(m, first), merge_played(m, later),
                            &less);
    else
        st = pila_type_less(m->type, merge_played(m, later), merge_played(m, first),
                            &less);
    *wins = less == (a->order == later);
    return st;
}

/* By rank, then by order: as one number, the carry of a subtraction tells. */
PILA_INLINE bool merge_rank_wins(const merge_head *a, const merge_head *b)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 merge_u128;

    return ((merge_u128)a->rank << 64 | a->order) <
           ((merge_u128)b->rank << 64 | b->order);
#else
    return (a->rank < b->rank) | ((a->rank == b->rank) & (a->order < b->order));
#endif
}

PILA_INLINE pila_status merge_wins(const merge_state *m, const merge_head *a,
                                   const merge_head *b, bool *wins)
{
    if (m->plays != MERGE_BY_RANK) return merge_plays_slow(m, a, b, wins);
    *wins = merge_rank_wins(a, b);
    return PILA_OK;
}

/* Source w has a new head: up the tree with it. */
static pila_status merge_replay(merge_state *m, size_t w, merge_head head)
{
    size_t order = head.order;

    for (size_t node = (m->n + w) / 2; node > 0; node /= 2) {
        merge_head other = m->tree[node];
        bool wins = false;
        pila_status st = merge_wins(m, &other, &head, &wins);
        if (PILA_UNLIKELY(st != PILA_OK)) return st;
        if (!wins) continue;
        m->tree[node] = head;
        head = other;
    }
    m->again = head.order == order;
    m->tree[0] = head;
    return PILA_OK;
}

/* The same for numbers, without a branch: who loses stays, by a mask. */
PILA_INLINE merge_head merge_replay_ranks(merge_head *tree, size_t leaf,
                                          merge_head head)
{
    for (size_t node = leaf / 2; node > 0; node /= 2) {
        merge_head other = tree[node];
        size_t wins = (size_t)0 - (size_t)merge_rank_wins(&other, &head);
        uint64_t rank = (other.rank ^ head.rank) & wins;
        size_t order = (other.order ^ head.order) & wins;
        tree[node].rank = other.rank ^ rank;
        tree[node].order = other.order ^ order;
        head.rank ^= rank;
        head.order ^= order;
    }
    return head;
}

/* All play: at [n, 2n) are the heads, and [1, n) is for the winners; behind those of
 * the losers. */
static pila_status merge_first_round(merge_state *m)
{
    size_t n = m->n;
    merge_head *won = m->tree + n;

    for (size_t node = n; node-- > 1;) {
        const merge_head *a = &won[2 * node], *b = a + 1;
        bool wins = false;
        pila_status st = merge_wins(m, a, b, &wins);
        if (st != PILA_OK) return st;
        won[node] = wins ? *a : *b;
        m->tree[node] = wins ? *b : *a;
    }
    m->tree[0] = won[1];
    return PILA_OK;
}

pila_status pila__merge_key(const pila_key *key, const pila_type *type,
                            const pila_iter *it, const void *item, void *out)
{
    pila_str view;
    pila_status st;

    if (type == key->type) return key->fn(key->ctx, item, out);
    st = key->fn(key->ctx, item, &view);
    if (st == PILA_OK && merge_stale(it)) return PILA_EMUTATED;
    return st == PILA_OK ? pila_string_init((pila_string *)out, view) : st;
}

const pila_type *pila__merge_key_type(const pila_key *key)
{
    return key->type->kind == PILA_KIND_STR ? &pila_text : key->type;
}

/* The key of the head of source k, or a copy of it, which is then taken. */
static pila_status merge_set_key(merge_state *m, size_t k)
{
    pila_iter *src = &m->drop.iter[k];
    pila_status st;

    merge_drop_key(m, k);
    if (merge_stale(src)) return PILA_EMUTATED; /* by that drop */
    if (m->key.fn)
        st = pila__merge_key(&m->key, m->type, src, src->cur, merge_key_at(m, k));
    else st = pila_type_copy(m->type, merge_key_at(m, k), src->cur);
    if (st != PILA_OK) return st;
    m->has_key[k] = true;
    if (merge_stale(src)) return PILA_EMUTATED;
    if (!m->key.fn) pila_iter_skip(src, 1);
    return PILA_OK;
}

/* Take the next item of source k, whose last one is gone. */
static pila_status merge_take(merge_state *m, size_t k, merge_head *head)
{
    pila_iter *src = &m->drop.iter[k];
    pila_status st = PILA_OK;

    head->rank = 0;
    head->order = k;
    if (!pila__iter_more(src, 0)) {
        if (src->status != PILA_END) return src->status;
        head->rank = UINT64_MAX;
        head->order += m->n;
        m->live--;
        merge_drop_key(m, k);
        return PILA_OK;
    }
    if (m->keys) st = merge_set_key(m, k);
    if (st == PILA_OK && m->plays == MERGE_BY_RANK)
        head->rank = merge_rank_of(m->type, merge_played(m, k), m->reverse);
    return st;
}

static pila_status merge_start(merge_state *m)
{
    merge_head *heads = m->tree + 2 * m->n;
    pila_status st = PILA_OK;

    m->started = true;
    for (size_t k = 0; k < m->n && st == PILA_OK; k++) st = merge_take(m, k, &heads[k]);
    return st == PILA_OK ? merge_first_round(m) : st;
}

/* The one that goes next when w does not: the best of those that lost to it. */
static pila_status merge_runner_up(const merge_state *m, size_t w, merge_head *best)
{
    size_t node = (m->n + w) / 2;
    pila_status st = PILA_OK;

    *best = m->tree[node];
    while (st == PILA_OK && (node /= 2) > 0) {
        bool wins = false;
        st = merge_wins(m, &m->tree[node], best, &wins);
        if (wins) *best = m->tree[node];
    }
    return st;
}

/* How many of n items go before a rank, at least one; t is a constant. */
PILA_INLINE size_t merge_run_ranks(const char *items, size_t n, uint64_t limit,
                                   const pila_type *t, bool reverse)
{
    size_t k = 1;

    while (k < n && merge_rank_of(t, items + k * t->size, reverse) < limit) k++;
    return k;
}

/* How many items of the window of the winner go before another head, all numbers. */
static size_t merge_run_numbers(const merge_state *m, const merge_head *other)
{
    const pila_iter *src = &m->drop.iter[m->tree[0].order];
    size_t n = (size_t)(src->end - src->cur) / src->type->size;
    uint64_t limit = other->rank;

    if (m->tree[0].order < other->order && limit++ == UINT64_MAX) return n;
    switch (m->type->kind) {
    case PILA_KIND_I32:
        return merge_run_ranks(src->cur, n, limit, &pila_i32, m->reverse);
    case PILA_KIND_I64:
        return merge_run_ranks(src->cur, n, limit, &pila_i64, m->reverse);
    case PILA_KIND_F64:
        return merge_run_ranks(src->cur, n, limit, &pila_f64, m->reverse);
    default: return merge_run_ranks(src->cur, n, limit, m->type, m->reverse);
    }
}

/* The same for text, which calls nothing. */
static size_t merge_run_text(const merge_state *m, const merge_head *other)
{
    const pila_iter *src = &m->drop.iter[m->tree[0].order];
    size_t n = (size_t)(src->end - src->cur) / src->type->size, k = 1;
    const char *mark = m->drop.iter[other->order].cur;
    bool later = m->tree[0].order > other->order;

    for (bool less = false; k < n; k++) {
        const char *item = src->cur + k * m->type->size;
        const void *x = later == m->reverse ? mark : item;
        const void *y = later == m->reverse ? item : mark;
        (void)!pila_type_less(m->type, x, y, &less);
        if (less != later) break;
    }
    return k;
}

static bool merge_yield(pila_iter *it, pila_iter *src, const char *cur, size_t bytes)
{
    it->cur = cur;
    it->end = cur + bytes;
    it->stamp = src->stamp;
    it->seen = src->seen;
    return true;
}

/* Whether one look at one stamp tells of a change under any source that is left. */
static bool merge_one_stamp(const merge_state *m)
{
    const pila_iter *src = &m->drop.iter[m->tree[0].order];

    for (size_t k = 1; k < m->n; k++) {
        const merge_head *head = &m->tree[k];
        const pila_iter *other = &m->drop.iter[merge_who(m, head)];
        if (head->order < m->n &&
            (other->stamp != src->stamp || other->seen != src->seen))
            return false;
    }
    return true;
}

/* Numbers that take turns, copied one by one, until one source has no more ready: that
 * one won last, and is asked at the next refill. t is a constant. */
PILA_INLINE size_t merge_fill_numbers(merge_state *m, const pila_type *t)
{
    char *out = m->window, *full = out + MERGE_WINDOW / t->size * t->size;
    merge_head head = m->tree[0];
    size_t n = m->n, size = t->size;

    for (;;) {
        size_t w = head.order;
        pila_iter *src = &m->drop.iter[w];
        memcpy(out, src->cur, size);
        src->cur += size;
        out += size;
        if (src->cur == src->end || out == full) break;
        head.rank = merge_rank_of(t, src->cur, m->reverse);
        head = merge_replay_ranks(m->tree, n + w, head);
    }
    m->tree[0] = head;
    m->again = false;
    return (size_t)(out - m->window);
}

static bool merge_yield_numbers(pila_iter *it, merge_state *m)
{
    pila_iter *src;
    size_t bytes;

    switch (m->type->kind) {
    case PILA_KIND_I32: bytes = merge_fill_numbers(m, &pila_i32); break;
    case PILA_KIND_I64: bytes = merge_fill_numbers(m, &pila_i64); break;
    case PILA_KIND_F64: bytes = merge_fill_numbers(m, &pila_f64); break;
    default: bytes = merge_fill_numbers(m, m->type); break;
    }
    src = &m->drop.iter[m->tree[0].order];
    return merge_yield(it, src, m->window, bytes);
}

/* How many items of the winner's window go before all others; 0: cannot be told. */
static size_t merge_run(const merge_state *m, pila_status *st)
{
    merge_head other;

    *st = merge_runner_up(m, m->tree[0].order, &other);
    if (*st != PILA_OK) return 0;
    return m->plays == MERGE_BY_RANK ? merge_run_numbers(m, &other)
                                     : merge_run_text(m, &other);
}

/* Yield of the source that won: its copy, a run in place, or its head. */
static bool merge_yield_winner(pila_iter *it, merge_state *m)
{
    size_t w = m->tree[0].order, n = 1, size = it->type->size;
    pila_iter *src = &m->drop.iter[w];
    const char *cur = src->cur;
    size_t ready = (size_t)(src->end - cur) / size;
    pila_status st = PILA_OK;

    if (m->keys && !m->key.fn) return merge_yield(it, src, merge_key_at(m, w), size);
    if (merge_stale(src)) return pila_iter_end(it, PILA_EMUTATED);
    if (m->live == 1) n = ready;
    else if (!m->key.fn && ready > 1 && (m->again || m->window)) n = merge_run(m, &st);
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (n < MERGE_RUN && ready > 1 && m->live > 1 && m->window) {
        if (merge_one_stamp(m)) return merge_yield_numbers(it, m);
        pila_free(m->window); /* nor will they have one later */
        m->window = NULL;
    }
    pila_iter_skip(src, n);
    return merge_yield(it, src, cur, n * size);
}

/* With one source left nothing is compared any more, and no key is made. */
static bool merge_pass_on(pila_iter *it, merge_state *m)
{
    pila_iter *src = &m->drop.iter[m->tree[0].order];
    size_t n;

    m->busy = true;
    n = pila_iter_ready(src);
    m->busy = false;
    if (it->status != PILA_OK) return false; /* it re-entered itself */
    if (n == 0) return pila_iter_end(it, src->status);
    pila_iter_skip(src, n);
    return merge_yield(it, src, src->end - n * it->type->size, n * it->type->size);
}

static pila_status merge_next_winner(merge_state *m)
{
    merge_head head;
    size_t w = m->tree[0].order;
    pila_status st;

    if (!m->started) return merge_start(m);
    st = merge_take(m, w, &head);
    return st == PILA_OK ? merge_replay(m, w, head) : st;
}

static bool merge_refill(pila_iter *it)
{
    merge_state *m = (merge_state *)it->state;
    pila_status st;

    if (PILA_UNLIKELY(m->busy)) return pila_iter_end(it, PILA_EVALUE);
    if (m->live == 1 && m->started) return merge_pass_on(it, m);
    m->busy = true;
    st = merge_next_winner(m);
    m->busy = false;
    if (PILA_UNLIKELY(it->status != PILA_OK)) return false; /* it re-entered itself */
    if (PILA_UNLIKELY(st != PILA_OK)) return pila_iter_end(it, st);
    if (m->live == 0) return pila_iter_end(it, PILA_END);
    return merge_yield_winner(it, m);
}

static pila_iter merge_drop(pila_iter *it)
{
    merge_state *m = (merge_state *)it->state;

    assert(!m->busy && "dropped by its own callback");
    for (size_t k = 0; k < m->n; k++) merge_drop_key(m, k);
    pila_free(m->keys);
    pila_free(m->window);
    m->drop.n = m->n;
    return pila_iter_sources(&m->drop, &m->drop);
}

static size_t merge_hint(const pila_iter *it)
{
    const merge_state *m = (const merge_state *)it->state;
    size_t total = 0;

    for (size_t k = 0; k < m->n; k++)
        if (!pila_add(total, pila_iter_length_hint(&m->drop.iter[k]), &total))
            return SIZE_MAX;
    return total;
}

/* The one type of all that have not ended: of two readings of views, the weaker. */
static pila_status merge_type(const pila_iter *iters, size_t n, const pila_type **out)
{
    const pila_type *type = NULL;

    for (size_t k = 0; k < n; k++) {
        const pila_type *t = iters[k].type;
        if (iters[k].status == PILA_END) continue;
        if (iters[k].status != PILA_OK) return iters[k].status;
        if (!type) type = t;
        if (type->kind != t->kind || !pila_type_accepts(type, t)) return PILA_ETYPE;
        if (type == &pila_view_padded) type = t;
    }
    *out = type;
    return type ? PILA_OK : PILA_END;
}

static merge_plays merge_plays_by(const pila_type *type)
{
    if (pila_type_calls_out(type)) return MERGE_BY_CALL;
    return type->kind < PILA_KIND_STR ? MERGE_BY_RANK : MERGE_BY_TEXT;
}

/* One block: the state, the iterators, losers, winners and heads, whose keys there are.
 * NULL: no memory. */
static merge_state *merge_new(size_t n)
{
    size_t each = sizeof(pila_iter) + 3 * sizeof(merge_head) + sizeof(bool), bytes;
    merge_state *m = NULL;

    if (pila_mul(n, each, &bytes) && pila_add(bytes, sizeof *m, &bytes))
        m = (merge_state *)pila_alloc_zero(bytes, 1);
    if (!m) return NULL;
    m->drop.iter = (pila_iter *)(void *)(m + 1);
    m->tree = (merge_head *)(void *)(m->drop.iter + n);
    m->has_key = (bool *)(void *)(m->tree + 3 * n);
    return m;
}

/* Take the iterators that have not ended. */
static void merge_fill(merge_state *m, const pila_iter *iters, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        pila_iter src = iters[k];
        if (src.status == PILA_END) pila_iter_drop(&src);
        else m->drop.iter[m->n++] = src;
    }
    m->live = m->n;
}

static pila_status merge_make(merge_state **out, size_t n, const pila_type *type,
                              const pila_key *key)
{
    const pila_type *played = key ? pila__merge_key_type(key) : type;
    merge_state *m;
    bool made = true;

    if (pila_type_calls_out(played) && !played->less) return PILA_ETYPE;
    m = merge_new(n);
    if (!m) return PILA_ENOMEM;
    m->type = played;
    m->plays = merge_plays_by(played);
    if (key) m->key = *key;
    if (key || m->plays == MERGE_BY_CALL)
        made = (m->keys = (char *)pila_alloc(n, played->size)) != NULL;
    else if (m->plays == MERGE_BY_RANK && n > 1)
        made = (m->window = (char *)pila_alloc(MERGE_WINDOW, 1)) != NULL;
    if (!made) {
        pila_free(m);
        return PILA_ENOMEM;
    }
    *out = m;
    return PILA_OK;
}

pila_iter pila__merge(const pila_iter *iters, size_t n, const pila_key *key,
                      bool reverse)
{
    static const pila_iter_ops ops = {merge_refill, merge_drop, merge_hint};
    const pila_type *type = NULL;
    merge_state *m = NULL;
    pila_status st = merge_type(iters, n, &type);

    if (st == PILA_OK) st = merge_make(&m, n, type, key);
    if (st != PILA_OK) {
        for (size_t k = 0; k < n; k++) {
            pila_iter src = iters[k];
            pila_iter_drop(&src);
        }
        return pila_failed(st);
    }
    m->reverse = reverse;
    merge_fill(m, iters, n);
    return pila_iter_make(type, &ops, m);
}
