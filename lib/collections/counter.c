/* counter.c - counting, ranking and multiset arithmetic over the engine of dict.
 *
 * Counting is where the time goes, so it works on a window of items at a time: hash
 * them all and ask for the index line of each, then look each up and ask for its entry,
 * then count. The lines of a large table arrive while the next keys are being hashed
 * (22.6 million words of text, 1.46 million distinct: 0.37 s; one at a time 0.46 s).
 *
 * Ranking all counts is a stable radix sort on the bytes that differ (Knuth, TAOCP 3,
 * 5.2.5): most counts are small, so two or three passes do. Ranking n of them keeps a
 * heap of the n best seen.
 */
#include "counter.h"

#include "item.h"

enum {
    COUNTER_BATCH = 128, /* keys in flight: their strings and hashes stay in L1 */
    COUNTER_DIGITS = 256
};

/* ---- counting ---- */

/* Everything of a batch that is computed before its first look-up. */
typedef struct counter_batch {
    const void *key[COUNTER_BATCH];
    uint64_t hash[COUNTER_BATCH];
    pila_string string[COUNTER_BATCH];
} counter_batch;

/* The keys of the window's first n items, and their hashes; ready kinds cannot fail. */
PILA_INLINE void counter_hash(const pila__dict *d, const pila_type *kt,
                              const pila_type *from, bool padded, const char *items,
                              size_t n, counter_batch *b)
{
    for (size_t k = 0; k < n; k++) {
        const char *item = items + k * from->size;
        if (kt->kind == PILA_KIND_STRING && from->kind == PILA_KIND_STR) {
            pila_str text = *(const pila_str *)(const void *)item;
            b->string[k] =
                padded ? pila__string_borrow_padded(text) : pila_string_borrow(text);
            item = (const char *)&b->string[k];
        }
        b->key[k] = item;
        (void)!pila_type_hash(kt, item, &b->hash[k]);
        __builtin_prefetch(pila__dict_group_at(d, b->hash[k]));
    }
}

/* Ask for the entry of the first candidate of each. */
PILA_INLINE void counter_fetch(const pila__dict *d, const pila_pair *t, size_t n,
                               const counter_batch *b)
{
    for (size_t k = 0; k < n; k++) {
        const pila__dict_group *g = pila__dict_group_at(d, b->hash[k]);
        uint32_t found = pila__dict_match(g, b->hash[k]);
        if (found)
            __builtin_prefetch(
                pila__dict_entry(d, t, g->entry[(unsigned)__builtin_ctz(found)]), 1);
    }
}

PILA_INLINE pila_status counter_bump(pila__dict *d, const pila_type *kt,
                                     const pila_pair *t, const void *key, uint64_t hash,
                                     int64_t each)
{
    pila_status st = PILA_OK;
    size_t e = pila__dict_find(d, kt, t, key, hash, &st);
    void *at = NULL;
    int64_t count;

    if (PILA_LIKELY(e != PILA__DICT_NONE))
        at = pila__dict_entry(d, t, e) + t->second_at;
    else if ((st = pila__dict_push(d, kt, t, key, NULL, hash, &at)) != PILA_OK)
        return st;
    memcpy(&count, at, sizeof count);
    if (PILA_UNLIKELY(__builtin_add_overflow(count, each, &count)))
        return PILA_EOVERFLOW;
    memcpy(at, &count, sizeof count);
    return PILA_OK;
}

/* The whole iterator, a batch at a time. Neither hashing nor comparing runs user code,
 * so nothing changes under a window. */
PILA_INLINE pila_status counter_windows(pila__dict *d, const pila_type *kt,
                                        const pila_pair *t, const pila_type *from,
                                        bool padded, pila_iter *it, int64_t each)
{
    counter_batch b;
    pila_status st = PILA_OK;
    size_t n;

    while (st == PILA_OK && (n = pila_iter_ready(it)) != 0) {
        if (n > COUNTER_BATCH) n = COUNTER_BATCH;
        if (!d->groups && (st = pila__dict_grow(d, t, 1)) != PILA_OK) break;
        counter_hash(d, kt, from, padded, it->cur, n, &b);
        counter_fetch(d, t, n, &b);
        for (size_t k = 0; k < n && st == PILA_OK; k++)
            st = counter_bump(d, kt, t, b.key[k], b.hash[k], each);
        pila_iter_skip(it, n);
    }
    return st;
}

/* Where user code may run, one item at a time. */
static pila_status counter_one_by_one(pila__dict *d, const pila_pair *t, pila_iter *it,
                                      int64_t each)
{
    pila_status st = PILA_OK;
    const void *item;

    while (st == PILA_OK && (item = pila_next_item(it)) != NULL) {
        pila__held key; /* the item may lie in a container that a callback changes */
        if ((st = pila__hold(&key, t->first, item)) != PILA_OK) break;
        st = pila__counter_add(d, t->first, t, key.item, each);
        pila__let_go(&key, t->first);
    }
    return st;
}

static pila_status counter_count(pila__dict *d, const pila_pair *t, pila_iter *it,
                                 int64_t each)
{
    const pila_type *from = it->type;

    switch (t->first->kind) {
    case PILA_KIND_OTHER: return counter_one_by_one(d, t, it, each);
    case PILA_KIND_STRING:
        if (from == &pila_view_padded)
            return counter_windows(d, &pila_text, t, &pila_view, true, it, each);
        if (from->kind == PILA_KIND_STR)
            return counter_windows(d, &pila_text, t, &pila_view, false, it, each);
        return counter_windows(d, &pila_text, t, &pila_text, false, it, each);
    case PILA_KIND_I64:
        return counter_windows(d, &pila_i64, t, &pila_i64, false, it, each);
    case PILA_KIND_U64:
        return counter_windows(d, &pila_u64, t, &pila_u64, false, it, each);
    default: return counter_windows(d, t->first, t, from, false, it, each);
    }
}

pila_status pila__counter_update(pila__dict *d, const pila_pair *t, pila_iter items,
                                 int64_t each)
{
    pila_status st = PILA_OK;

    if (items.status == PILA_OK && !pila_type_accepts(t->first, items.type))
        st = PILA_ETYPE;
    if (st == PILA_OK) st = counter_count(d, t, &items, each);
    if (st == PILA_OK) st = pila_iter_outcome(&items);
    pila_iter_drop(&items);
    return st;
}

static pila_status counter_add_or_take(pila__dict *d, const pila_pair *t,
                                       const void *key, int64_t n, bool subtract)
{
    if (subtract && n == INT64_MIN) { /* -n does not exist, nor does 0 - n */
        void *at = NULL;
        int64_t count;
        pila_status st = pila__dict_at(d, t->first, t, key, &at);
        if (st != PILA_OK) return st == PILA_EKEY ? PILA_EOVERFLOW : st;
        memcpy(&count, at, sizeof count);
        if (__builtin_sub_overflow(count, n, &count)) return PILA_EOVERFLOW;
        memcpy(at, &count, sizeof count);
        return PILA_OK;
    }
    return pila__counter_add(d, t->first, t, key, subtract ? -n : n);
}

pila_status pila__counter_pairs(pila__dict *d, const pila_pair *t, pila_iter pairs,
                                bool subtract)
{
    pila__two from = {NULL, NULL, 0, false};
    pila_status st = PILA_OK;
    const char *item;

    if (pairs.status == PILA_OK) {
        from = pila__two_of(pairs.type);
        if (!from.first || !pila_type_accepts(t->first, from.first) ||
            from.second->kind != PILA_KIND_I64)
            st = PILA_ETYPE;
    }
    while (st == PILA_OK && (item = (const char *)pila_next_item(&pairs)) != NULL) {
        const char *second, *first = pila__two_at(&from, item, &second);
        if (!first) {
            st = PILA_EVALUE;
            break;
        }
        pila_string room;
        const void *key = pila_type_adapt(t->first, from.first, first, &room);
        pila__held held;
        int64_t n;
        memcpy(&n, second, sizeof n);
        if ((st = pila__hold(&held, t->first, key)) != PILA_OK) break;
        st = counter_add_or_take(d, t, held.item, n, subtract);
        pila__let_go(&held, t->first);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&pairs);
    pila_iter_drop(&pairs);
    return st;
}

/* ---- going through a counter whose callbacks may change it ---- */

typedef struct counter_walk {
    const pila__dict *dict;
    const pila_pair *types;
    pila_iter it;
    pila__held key; /* of the item, held until the next one */
    bool holding;
    int64_t count;
} counter_walk;

static counter_walk counter_walk_start(const pila__dict *d, const pila_pair *t)
{
    counter_walk w = {0};

    w.dict = d;
    w.types = t;
    w.it = pila__dict_items(d, t);
    return w;
}

static void counter_walk_end(counter_walk *w)
{
    if (w->holding) pila__let_go(&w->key, w->types->first);
    w->holding = false;
}

/* The next key and count; PILA_END after the last. */
static pila_status counter_walk_next(counter_walk *w)
{
    counter_walk_end(w);
    const char *item = (const char *)pila_next_item(&w->it);
    if (!item) return w->it.status;
    memcpy(&w->count, item + w->types->second_at, sizeof w->count);
    pila_status st = pila__hold(&w->key, w->types->first, item);
    w->holding = st == PILA_OK;
    return st;
}

/* ---- from one counter into another ---- */

pila_status pila__counter_merge(pila__dict *d, const pila_pair *t,
                                const pila__dict *from, bool subtract)
{
    counter_walk w = counter_walk_start(from, t);
    pila_status st;

    while ((st = counter_walk_next(&w)) == PILA_OK)
        if ((st = counter_add_or_take(d, t, w.key.item, w.count, subtract)) != PILA_OK)
            break;
    counter_walk_end(&w);
    return st == PILA_END ? PILA_OK : st;
}

/* What becomes of two counts; there_a: the key is in a. 0 or less: left out. */
static pila_status counter_apply(pila__counter_op op, int64_t a, int64_t b,
                                 int64_t *out)
{
    bool over = false;

    switch (op) {
    case PILA__COUNTER_ADD: over = __builtin_add_overflow(a, b, out); break;
    case PILA__COUNTER_SUB: over = __builtin_sub_overflow(a, b, out); break;
    case PILA__COUNTER_AND: *out = a < b ? a : b; break;
    case PILA__COUNTER_OR: *out = a > b ? a : b; break;
    case PILA__COUNTER_XOR:
        over = a > b ? __builtin_sub_overflow(a, b, out)
                     : __builtin_sub_overflow(b, a, out);
    }
    if (over && op != PILA__COUNTER_XOR && (op == PILA__COUNTER_ADD ? a < 0 : b > 0)) {
        *out = 0; /* below every int64_t: left out anyway */
        over = false;
    }
    return over ? PILA_EOVERFLOW : PILA_OK;
}

/* a's keys, with what the other has of each, into made. */
static pila_status counter_left(pila__dict *made, const pila__dict *a,
                                const pila__dict *b, const pila_pair *t,
                                pila__counter_op op)
{
    counter_walk w = counter_walk_start(a, t);
    pila_status st;

    while ((st = counter_walk_next(&w)) == PILA_OK) {
        int64_t other = 0, count = 0;
        st = pila__counter_get(b, t->first, t, w.key.item, &other);
        if (st == PILA_OK) st = counter_apply(op, w.count, other, &count);
        if (st == PILA_OK && count > 0)
            st = pila__counter_add(made, t->first, t, w.key.item, count);
        if (st != PILA_OK) break;
    }
    counter_walk_end(&w);
    return st == PILA_END ? PILA_OK : st;
}

/* Then the keys of b that a does not have. */
static pila_status counter_right(pila__dict *made, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t,
                                 pila__counter_op op)
{
    counter_walk w = counter_walk_start(b, t);
    pila_status st;

    while ((st = counter_walk_next(&w)) == PILA_OK) {
        bool there = false;
        int64_t count = 0;
        st = pila__dict_has(a, t->first, t, w.key.item, &there);
        if (st == PILA_OK && !there) st = counter_apply(op, 0, w.count, &count);
        if (st == PILA_OK && count > 0)
            st = pila__counter_add(made, t->first, t, w.key.item, count);
        if (st != PILA_OK) break;
    }
    counter_walk_end(&w);
    return st == PILA_END ? PILA_OK : st;
}

pila_status pila__counter_combine(pila__dict *out, const pila__dict *a,
                                  const pila__dict *b, const pila_pair *t,
                                  pila__counter_op op)
{
    pila__dict made = {0};
    pila_status st = counter_left(&made, a, b, t, op);

    if (st == PILA_OK && op != PILA__COUNTER_AND)
        st = counter_right(&made, a, b, t, op);
    if (st == PILA_OK) pila__dict_move(out, &made, t);
    pila__dict_done(&made, t);
    return st;
}

pila_status pila__counter_signed(pila__dict *out, const pila__dict *d,
                                 const pila_pair *t, bool negative)
{
    static const pila__dict none = {0};

    if (negative) return pila__counter_combine(out, &none, d, t, PILA__COUNTER_SUB);
    return pila__counter_combine(out, d, &none, t, PILA__COUNTER_ADD);
}

/* Of one side: whether its counts are at most (or at least, `turned`) the other's, and
 * all equal. */
static pila_status counter_compare_side(const pila__dict *a, const pila__dict *b,
                                        const pila_pair *t, bool turned, bool *le,
                                        bool *eq)
{
    counter_walk w = counter_walk_start(a, t);
    pila_status st;

    while ((*le || *eq) && (st = counter_walk_next(&w)) == PILA_OK) {
        int64_t other = 0;
        st = pila__counter_get(b, t->first, t, w.key.item, &other);
        if (st != PILA_OK) break;
        if (turned ? other > w.count : w.count > other) *le = false;
        if (w.count != other) *eq = false;
    }
    counter_walk_end(&w);
    return !*le && !*eq ? PILA_OK : st == PILA_END ? PILA_OK : st;
}

pila_status pila__counter_compare(const pila__dict *a, const pila__dict *b,
                                  const pila_pair *t, bool *le, bool *eq)
{
    bool at_most = true, equal = true;
    pila_status st = counter_compare_side(a, b, t, false, &at_most, &equal);

    if (st == PILA_OK) st = counter_compare_side(b, a, t, true, &at_most, &equal);
    if (st != PILA_OK) return st;
    *le = at_most;
    *eq = equal;
    return PILA_OK;
}

pila_status pila__counter_total(const pila__dict *d, const pila_pair *t, int64_t *out)
{
    pila_iter items = pila__dict_items(d, t);
    int64_t high = 0; /* the sum is high * 2^32 + low, so that no order overflows */
    uint64_t low = 0;
    const char *item;

    while ((item = (const char *)pila_next_item(&items)) != NULL) {
        int64_t n;
        memcpy(&n, item + t->second_at, sizeof n);
        high += n >> 32;
        low += (uint32_t)n;
        high += (int64_t)(low >> 32);
        low = (uint32_t)low;
    }
    if (high > INT32_MAX || high < INT32_MIN) return PILA_EOVERFLOW;
    *out = (int64_t)((uint64_t)high << 32 | low);
    return PILA_OK;
}

/* ---- ranking ---- */

typedef struct counter_rank {
    uint64_t key; /* the lower, the earlier */
    size_t entry;
} counter_rank;

typedef struct counter_ranking {
    const pila__dict *dict;
    const pila_pair *types;
    size_t n, next;
    counter_rank *rank; /* n of them, behind this struct */
} counter_ranking;

static bool rank_before(counter_rank a, counter_rank b)
{
    return a.key < b.key || (a.key == b.key && a.entry < b.entry);
}

/* Heap of n with the one that ranks last at the top: sift down from i. */
static void rank_sift(counter_rank *h, size_t n, size_t i)
{
    counter_rank moving = h[i];

    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && rank_before(h[child], h[child + 1])) child++;
        if (!rank_before(moving, h[child])) break;
        h[i] = h[child];
    }
    h[i] = moving;
}

/* The heap into ranked order, first the first. */
static void rank_unheap(counter_rank *h, size_t n)
{
    while (n > 1) {
        counter_rank last = h[0];
        h[0] = h[--n];
        h[n] = last;
        rank_sift(h, n, 0);
    }
}

/* One stable pass by the digit at shift; false: all digits are the same. */
static bool rank_pass(counter_rank *to, const counter_rank *from, size_t n,
                      unsigned shift)
{
    size_t start[COUNTER_DIGITS] = {0}, sum = 0;

    for (size_t k = 0; k < n; k++) start[from[k].key >> shift & 255]++;
    if (start[from[0].key >> shift & 255] == n) return false;
    for (size_t digit = 0; digit < COUNTER_DIGITS; digit++) {
        size_t count = start[digit];
        start[digit] = sum;
        sum += count;
    }
    for (size_t k = 0; k < n; k++) to[start[from[k].key >> shift & 255]++] = from[k];
    return true;
}

static pila_status rank_sort(counter_rank *rank, size_t n)
{
    counter_rank *from = rank, *to = (counter_rank *)pila_alloc(n, sizeof *to),
                 *spare = to;

    if (!to) return PILA_ENOMEM;
    for (unsigned shift = 0; shift < 64 && n; shift += 8) {
        if (!rank_pass(to, from, n, shift)) continue;
        counter_rank *was = from;
        from = to;
        to = was;
    }
    if (from != rank) memcpy(rank, from, n * sizeof *rank);
    pila_free(spare);
    return PILA_OK;
}

static counter_rank rank_of(const pila__dict *d, const pila_pair *t, const char *item,
                            bool most)
{
    uint64_t key;

    memcpy(&key, item + t->second_at, sizeof key);
    key ^= (uint64_t)1 << 63; /* in the order of the signed counts */
    counter_rank made = {most ? ~key : key, (size_t)(item - d->entries) / t->type.size};
    return made;
}

/* The n that rank first, as a heap while there are more. */
static pila_status rank_collect(counter_ranking *r, size_t n, bool most)
{
    pila_iter items = pila__dict_items(r->dict, r->types);
    const char *item;

    while ((item = (const char *)pila_next_item(&items)) != NULL) {
        counter_rank rank = rank_of(r->dict, r->types, item, most);
        if (r->n < n) r->rank[r->n++] = rank;
        else if (rank_before(rank, r->rank[0])) {
            r->rank[0] = rank;
            rank_sift(r->rank, n, 0);
        }
        if (r->n == n && n < r->dict->live && !r->next) {
            for (size_t k = n / 2; k--;) rank_sift(r->rank, n, k);
            r->next = 1; /* it is a heap now */
        }
    }
    if (r->next) rank_unheap(r->rank, n);
    else return rank_sort(r->rank, r->n);
    r->next = 0;
    return PILA_OK;
}

static bool ranking_refill(pila_iter *it)
{
    counter_ranking *r = (counter_ranking *)it->state;

    if (r->next == r->n) return pila_iter_end(it, PILA_END);
    it->cur = pila__dict_entry(r->dict, r->types, r->rank[r->next++].entry);
    it->end = it->cur + it->type->size;
    return true;
}

static pila_iter counter_state_drop(pila_iter *it)
{
    pila_free(it->state);
    return pila_failed(PILA_END);
}

static size_t ranking_hint(const pila_iter *it)
{
    const counter_ranking *r = (const counter_ranking *)it->state;
    return r->n - r->next;
}

pila_iter pila__counter_ranked(const pila__dict *d, const pila_pair *t, size_t n,
                               bool most)
{
    static const pila_iter_ops ops = {ranking_refill, counter_state_drop, ranking_hint};
    size_t bytes;

    if (n > d->live) n = d->live;
    if (n == 0) return pila_failed(PILA_END);
    if (!pila_mul(n, sizeof(counter_rank), &bytes) ||
        !pila_add(bytes, sizeof(counter_ranking), &bytes))
        return pila_failed(PILA_EOVERFLOW);
    counter_ranking *r = (counter_ranking *)pila_alloc(bytes, 1);
    if (!r) return pila_failed(PILA_ENOMEM);
    counter_ranking made = {d, t, 0, 0, (counter_rank *)(void *)(r + 1)};
    *r = made;
    pila_status st = rank_collect(r, n, most);
    if (st != PILA_OK) {
        pila_free(r);
        return pila_failed(st);
    }
    return pila__dict_iter_over(d, &t->type, &ops, r);
}

/* ---- elements ---- */

typedef struct counter_repeat {
    pila_iter items;
    const pila_pair *types;
    const char *key;
    int64_t left;
} counter_repeat;

static bool repeat_refill(pila_iter *it)
{
    counter_repeat *r = (counter_repeat *)it->state;

    while (r->left <= 0) {
        r->key = (const char *)pila_next_item(&r->items);
        if (!r->key) return pila_iter_end(it, r->items.status);
        memcpy(&r->left, r->key + r->types->second_at, sizeof r->left);
    }
    r->left--;
    it->cur = r->key;
    it->end = r->key + it->type->size;
    return true;
}

pila_iter pila__counter_elements(const pila__dict *d, const pila_pair *t)
{
    static const pila_iter_ops ops = {repeat_refill, counter_state_drop, NULL};
    counter_repeat *r = (counter_repeat *)pila_alloc(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    counter_repeat made = {pila__dict_items(d, t), t, NULL, 0};
    *r = made;
    return pila__dict_iter_over(d, t->first, &ops, r);
}

/* ---- showing ---- */

/* "key: count" of an item that is in place; the key is held while it is shown. */
static pila_status counter_show(const pila_pair *t, const char *item, pila_buf *out)
{
    pila__held key;
    int64_t n;

    memcpy(&n, item + t->second_at,
           sizeof n); /* holding the key may change the counter */
    pila_status st = pila__hold(&key, t->first, item);
    if (st != PILA_OK) return st;
    st = pila_type_repr(t->first, key.item, out);
    pila__let_go(&key, t->first);
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(": "));
    return st == PILA_OK ? pila_buf_add_int(out, n) : st;
}

pila_status pila__counter_repr(const pila__dict *d, const pila_pair *t, pila_buf *out)
{
    size_t was = out->len;
    pila_iter top = pila__counter_ranked(d, t, SIZE_MAX, true);
    pila_status st = pila_buf_add(out, pila_cstr(d->live ? "Counter({" : "Counter("));
    const char *item;

    for (bool first = true;
         st == PILA_OK && (item = (const char *)pila_next_item(&top)); first = false) {
        if (!first) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = counter_show(t, item, out);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&top);
    if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(d->live ? "})" : ")"));
    pila_iter_drop(&top);
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- the run-time face ---- */

/* What most functions below take: the engine and its types. */
#define ENGINE(c) &(c)->dict.base, &(c)->dict.types

static bool counter_same_keys(const pila_counter *a, const pila_counter *b)
{
    return pila__alike(a->dict.types.first, b->dict.types.first);
}

pila_status pila_counter_init(pila_counter *c, const pila_type *key)
{
    return pila_dict_init(&c->dict, key, &pila_i64);
}

void pila_counter_done(pila_counter *c) { pila_dict_done(&c->dict); }

pila_counter *pila_counter_new(const pila_type *key)
{
    pila_counter *c = (pila_counter *)pila_alloc(1, sizeof *c);

    if (c && pila_counter_init(c, key) == PILA_OK) return c;
    pila_free(c);
    return NULL;
}

void pila_counter_free(pila_counter *c)
{
    if (c) pila_counter_done(c);
    pila_free(c);
}

pila_status pila_counter_copy(pila_counter *out, const pila_counter *c)
{
    return pila_dict_copy(&out->dict, &c->dict);
}

void pila_counter_move(pila_counter *out, pila_counter *c)
{
    pila_dict_move(&out->dict, &c->dict);
}

size_t pila_counter_len(const pila_counter *c) { return c->dict.base.live; }
void pila_counter_clear(pila_counter *c) { pila_dict_clear(&c->dict); }

pila_status pila_counter_count(const pila_counter *c, const void *key, int64_t *out)
{
    const pila_type *kt = c->dict.types.first;
    return pila__counter_get(&c->dict.base, kt, &c->dict.types, key, out);
}

pila_status pila_counter_add(pila_counter *c, const void *key, int64_t n)
{
    const pila_type *kt = c->dict.types.first;
    return pila__counter_add(&c->dict.base, kt, &c->dict.types, key, n);
}

pila_status pila_counter_set(pila_counter *c, const void *key, int64_t n)
{
    return pila_dict_set(&c->dict, key, &n);
}

pila_status pila_counter_del(pila_counter *c, const void *key)
{
    pila_status st = pila_dict_del(&c->dict, key);
    return st == PILA_EKEY ? PILA_OK : st;
}

pila_status pila_counter_update(pila_counter *c, pila_iter items)
{
    return pila__counter_update(ENGINE(c), items, 1);
}

pila_status pila_counter_update_pairs(pila_counter *c, pila_iter pairs)
{
    return pila__counter_pairs(ENGINE(c), pairs, false);
}

pila_status pila_counter_update_counter(pila_counter *c, const pila_counter *from)
{
    if (!counter_same_keys(c, from)) return PILA_ETYPE;
    return pila__counter_merge(ENGINE(c), &from->dict.base, false);
}

pila_status pila_counter_subtract(pila_counter *c, pila_iter items)
{
    return pila__counter_update(ENGINE(c), items, -1);
}

pila_status pila_counter_subtract_pairs(pila_counter *c, pila_iter pairs)
{
    return pila__counter_pairs(ENGINE(c), pairs, true);
}

pila_status pila_counter_subtract_counter(pila_counter *c, const pila_counter *from)
{
    if (!counter_same_keys(c, from)) return PILA_ETYPE;
    return pila__counter_merge(ENGINE(c), &from->dict.base, true);
}

pila_status pila_counter_total(const pila_counter *c, int64_t *out)
{
    return pila__counter_total(ENGINE(c), out);
}

pila_iter pila_counter_most_common(const pila_counter *c, size_t n)
{
    return pila__counter_ranked(ENGINE(c), n, true);
}

pila_iter pila_counter_least_common(const pila_counter *c, size_t n)
{
    return pila__counter_ranked(ENGINE(c), n, false);
}

pila_iter pila_counter_elements(const pila_counter *c)
{
    return pila__counter_elements(ENGINE(c));
}

static pila_status counter_operate(pila_counter *out, const pila_counter *a,
                                   const pila_counter *b, pila__counter_op op)
{
    const pila_pair *types = &a->dict.types;
    pila__dict made = {0};

    if (!counter_same_keys(a, b)) return PILA_ETYPE;
    pila_status st =
        pila__counter_combine(&made, &a->dict.base, &b->dict.base, types, op);
    if (st == PILA_OK) pila__dict_become(&out->dict, &made, types);
    return st;
}

pila_status pila_counter_plus(pila_counter *out, const pila_counter *a,
                              const pila_counter *b)
{
    return counter_operate(out, a, b, PILA__COUNTER_ADD);
}

pila_status pila_counter_minus(pila_counter *out, const pila_counter *a,
                               const pila_counter *b)
{
    return counter_operate(out, a, b, PILA__COUNTER_SUB);
}

pila_status pila_counter_and(pila_counter *out, const pila_counter *a,
                             const pila_counter *b)
{
    return counter_operate(out, a, b, PILA__COUNTER_AND);
}

pila_status pila_counter_or(pila_counter *out, const pila_counter *a,
                            const pila_counter *b)
{
    return counter_operate(out, a, b, PILA__COUNTER_OR);
}

pila_status pila_counter_xor(pila_counter *out, const pila_counter *a,
                             const pila_counter *b)
{
    return counter_operate(out, a, b, PILA__COUNTER_XOR);
}

pila_status pila_counter_iplus(pila_counter *c, const pila_counter *b)
{
    return counter_operate(c, c, b, PILA__COUNTER_ADD);
}

pila_status pila_counter_iminus(pila_counter *c, const pila_counter *b)
{
    return counter_operate(c, c, b, PILA__COUNTER_SUB);
}

pila_status pila_counter_iand(pila_counter *c, const pila_counter *b)
{
    return counter_operate(c, c, b, PILA__COUNTER_AND);
}

pila_status pila_counter_ior(pila_counter *c, const pila_counter *b)
{
    return counter_operate(c, c, b, PILA__COUNTER_OR);
}

pila_status pila_counter_ixor(pila_counter *c, const pila_counter *b)
{
    return counter_operate(c, c, b, PILA__COUNTER_XOR);
}

static pila_status counter_signed(pila_counter *out, const pila_counter *c,
                                  bool negative)
{
    pila__dict made = {0};
    pila_status st =
        pila__counter_signed(&made, &c->dict.base, &c->dict.types, negative);

    if (st == PILA_OK) pila__dict_become(&out->dict, &made, &c->dict.types);
    return st;
}

pila_status pila_counter_pos(pila_counter *out, const pila_counter *c)
{
    return counter_signed(out, c, false);
}

pila_status pila_counter_neg(pila_counter *out, const pila_counter *c)
{
    return counter_signed(out, c, true);
}

static pila_status counter_compare(const pila_counter *a, const pila_counter *b,
                                   bool *le, bool *eq)
{
    if (!counter_same_keys(a, b)) return PILA_ETYPE;
    return pila__counter_compare(&a->dict.base, &b->dict.base, &a->dict.types, le, eq);
}

pila_status pila_counter_eq(const pila_counter *a, const pila_counter *b, bool *out)
{
    bool le;
    return counter_compare(a, b, &le, out);
}

pila_status pila_counter_le(const pila_counter *a, const pila_counter *b, bool *out)
{
    bool eq;
    return counter_compare(a, b, out, &eq);
}

pila_status pila_counter_lt(const pila_counter *a, const pila_counter *b, bool *out)
{
    bool le, eq;
    pila_status st = counter_compare(a, b, &le, &eq);

    if (st == PILA_OK) *out = le && !eq;
    return st;
}

pila_status pila_counter_repr(const pila_counter *c, pila_buf *out)
{
    return pila__counter_repr(ENGINE(c), out);
}
