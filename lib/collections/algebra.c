/* algebra.c - see algebra.h.
 *
 * A set is a table whose entries are keys alone, so its entries are an array of its
 * elements. Where neither hashing nor comparing runs user code, that is what all goes
 * by: 64 keys are hashed and the index lines they need asked for, then the entries of
 * their first candidates, then compared, without a branch a key; the answer is a word
 * with a bit for each key that was found. What an operation makes of that word is a few
 * lines.
 *
 * A new set is written as an array first: keys that come from one set, or from two and
 * were not found in the other, differ, so nothing is looked up in the result. Its index
 * is made at the end, of the size that fits, in one pass (at 1e6 integers, half of them
 * common, a union takes a third of the time of adding them one by one). Where the
 * result is nearly the left operand, that one is copied with its index, as bytes, and
 * changed. The symmetric difference looks up one operand's keys alone, and marks what
 * they hit in the other.
 *
 * Where user code runs, the operations look up what CPython looks up, in the same sets
 * (setobject.c), so that a type that tells its operands apart is asked the same and the
 * same of two equal elements stays. Keys are held meanwhile, and what is walked must
 * not change: PILA_EMUTATED. Hashes are beside the entries and are not asked for again.
 */
#include "algebra.h"

#include "item.h"

enum {
    ALGEBRA_BATCH = 64, /* keys in flight: their answers fit a word */
    ALGEBRA_FIRST = 8,  /* keys of the first batch of a question that may end early */
    ALGEBRA_FEW = 4, /* an operand is small below this share of the other, as CPython */
    ALGEBRA_VERY_FEW = 8, /* the same for -=, as CPython */
    ALGEBRA_WORD = 64,    /* bits */
    ALGEBRA_NEAR =
        1 << 17 /* bytes of index: below, asking for lines ahead does not pay */
};

const pila__dict pila__set_empty = {0};

/* ---- a batch of keys of a set, or of an iterator: of ready kinds only ---- */

enum { ALGEBRA_KEY = 16 }; /* bytes: the most of a ready kind */

typedef struct algebra_batch {
    const char *keys; /* side by side, in the entries of a set or in room */
    size_t first;     /* in the entries: the number of the first */
    uint64_t hash[ALGEBRA_BATCH];
    uint32_t where[ALGEBRA_BATCH]; /* of those that were found, where that was */
    uint32_t at[ALGEBRA_BATCH];    /* in room: the number of each */
    union {
        char bytes[ALGEBRA_BATCH * ALGEBRA_KEY];
        pila_string string[ALGEBRA_BATCH];
    } room;
} algebra_batch;

static uint64_t algebra_first_bits(size_t n)
{
    return n < ALGEBRA_WORD ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

/* The number of the k-th key in the set it is from. */
PILA_INLINE size_t algebra_at(const algebra_batch *b, size_t k)
{
    return b->keys == b->room.bytes ? b->at[k] : b->first + k;
}

/* The bytes of the keys whose bits in skip are 0, as many as there is room for. */
PILA_INLINE size_t algebra_gather_as(const pila__dict *d, size_t size,
                                     const uint64_t *skip, size_t *from,
                                     algebra_batch *b)
{
    size_t n = 0, e = *from;

    for (; e < d->used && n < ALGEBRA_BATCH; e++) {
        memcpy(b->room.bytes + n * size, d->entries + e * size, size);
        b->at[n] = (uint32_t)e;
        n += ~skip[e / ALGEBRA_WORD] >> (e % ALGEBRA_WORD) & 1;
    }
    b->keys = b->room.bytes;
    b->first = 0;
    *from = e;
    return n;
}

/* The next keys from entry *from on, at most `most` where they lie side by side; skip,
 * if given, has a bit for each entry that is to be left out, the dead included. */
static size_t algebra_gather(const pila__dict *d, const pila_pair *t,
                             const uint64_t *skip, size_t *from, size_t most,
                             algebra_batch *b)
{
    size_t n, size = t->type.size;

    if (*from >= d->used) return 0;
    if (!skip && d->used - d->front != d->live) skip = pila__dict_dead(d);
    if (skip) switch (size) {
        case 4: return algebra_gather_as(d, 4, skip, from, b);
        case 8: return algebra_gather_as(d, 8, skip, from, b);
        case 16: return algebra_gather_as(d, 16, skip, from, b);
        default: return algebra_gather_as(d, size, skip, from, b);
        }
    n = d->used - *from < most ? d->used - *from : most;
    b->keys = d->entries + *from * size;
    b->first = *from;
    *from += n;
    return n;
}

/* The items of a window as keys. They are not taken yet. */
static size_t algebra_window(pila_iter *it, const pila_type *kt, algebra_batch *b)
{
    size_t n = pila_iter_ready(it);

    if (n > ALGEBRA_BATCH) n = ALGEBRA_BATCH;
    b->keys = it->cur;
    b->first = 0;
    if (kt->kind != PILA_KIND_STRING || it->type->kind != PILA_KIND_STR) return n;
    for (size_t k = 0; k < n; k++) {
        pila_str text = ((const pila_str *)(const void *)it->cur)[k];
        b->room.string[k] = it->type == &pila_view_padded
                                ? pila__string_borrow_padded(text)
                                : pila_string_borrow(text);
    }
    b->keys = b->room.bytes;
    return n;
}

/* ---- looking a batch up ---- */

PILA_INLINE void algebra_hash_as(const pila__dict *d, const pila_type *kt, size_t n,
                                 algebra_batch *b)
{
    const char *groups = (const char *)d->groups, *keys = b->keys;
    size_t mask = d->mask;

    for (size_t k = 0; k < n; k++) {
        uint64_t hash = 0;
        (void)!pila_type_hash(kt, keys + k * kt->size, &hash); /* cannot fail */
        b->hash[k] = hash;
        __builtin_prefetch(groups + (hash & mask));
    }
}

/* What a group says of a hash: the slots that may hold it, the entry of the first of
 * them (of no matter which if there is none), and whether it may be elsewhere. */
typedef struct algebra_hint {
    uint32_t match, entry;
    bool more;
} algebra_hint;

PILA_INLINE algebra_hint algebra_hint_of(const char *groups, size_t mask, uint64_t hash)
{
    const pila__dict_group *g =
        (const pila__dict_group *)(const void *)(groups + (hash & mask));
    uint32_t last = (uint32_t)1 << (PILA__DICT_SLOTS - 1);
    algebra_hint h;

    h.match = pila__dict_match(g, hash);
    h.entry = g->entry[(unsigned)__builtin_ctz(h.match | last)];
    h.more = ((h.match & (h.match - 1)) | g->state >> 16) != 0;
    return h;
}

/* Whether the key is where the hint says. The entry of no matter which may be a dead
 * one: a number is compared all the same, and the answer not used. */
PILA_INLINE bool algebra_hint_holds(const pila_type *kt, const char *entries,
                                    bool match, uint32_t e, const char *key)
{
    bool same = false;

    if ((kt->kind == PILA_KIND_STR || kt->kind == PILA_KIND_STRING) && !match)
        return false;
    (void)!pila_type_eq(kt, entries + (size_t)e * kt->size, key, &same);
    return same & match;
}

/* Of keys that were not where they were looked for first, those that are elsewhere. */
static uint64_t algebra_probe_further(const pila__dict *d, const pila_pair *t,
                                      uint64_t which, algebra_batch *b)
{
    uint64_t found = 0;
    pila_status st = PILA_OK;

    for (; which; which &= which - 1) {
        unsigned k = (unsigned)__builtin_ctzll(which);
        const char *key = b->keys + k * t->type.size;
        uint64_t hash = 0;
        (void)!pila_type_hash(t->first, key, &hash);
        const pila__dict_group *g = pila__dict_group_at(d, hash);
        uint32_t match = pila__dict_match(g, hash);
        if (!(match & (match - 1)) && !pila__dict_spilt(g, hash)) continue;
        size_t e = pila__dict_find_more(d, t, key, hash, &st);
        b->where[k] = (uint32_t)e;
        found |= (uint64_t)(e != PILA__DICT_NONE) << k;
    }
    return found;
}

/* Whether n keys are in d, for tables in a near cache: a key at a time, without a
 * branch; the processor works at several. */
PILA_INLINE uint64_t algebra_probe_near(const pila__dict *d, const pila_type *kt,
                                        const pila_pair *t, size_t n, algebra_batch *b)
{
    const char *groups = (const char *)d->groups, *entries = d->entries,
               *keys = b->keys;
    size_t mask = d->mask;
    uint64_t more = 0, found = 0;

    for (size_t k = n; k-- > 0;) {
        uint64_t hash = 0;
        const char *key = keys + k * kt->size;
        (void)!pila_type_hash(kt, key, &hash);
        algebra_hint h = algebra_hint_of(groups, mask, hash);
        more = more * 2 + h.more;
        found = found * 2 + algebra_hint_holds(kt, entries, h.match != 0, h.entry, key);
    }
    more &= ~found;
    return more ? found | algebra_probe_further(d, t, more, b) : found;
}

/* The same for any, in three steps, each of which asks for the lines that the next one
 * needs; hash and where are kept. */
PILA_INLINE uint64_t algebra_probe_far(const pila__dict *d, const pila_type *kt,
                                       const pila_pair *t, size_t n, algebra_batch *b)
{
    const char *groups = (const char *)d->groups, *entries = d->entries,
               *keys = b->keys;
    size_t mask = d->mask;
    uint64_t more = 0, found = 0, match = 0;

    algebra_hash_as(d, kt, n, b);
    for (size_t k = n; k-- > 0;) {
        algebra_hint h = algebra_hint_of(groups, mask, b->hash[k]);
        b->where[k] = h.entry;
        __builtin_prefetch(entries + (size_t)h.entry * kt->size);
        more = more * 2 + h.more;
        match = match * 2 + (h.match != 0);
    }
    for (size_t k = n; k-- > 0;)
        found = found * 2 + algebra_hint_holds(kt, entries, match >> k & 1, b->where[k],
                                               keys + k * kt->size);
    more &= ~found;
    return more ? found | algebra_probe_further(d, t, more, b) : found;
}

/* Which of n keys are in d. */
static uint64_t algebra_probe(const pila__dict *d, const pila_pair *t, size_t n,
                              algebra_batch *b)
{
    bool near = d->mask < ALGEBRA_NEAR;

    if (d->live == 0) return 0;
    switch (t->first->kind) {
    case PILA_KIND_I32:
        return near ? algebra_probe_near(d, &pila_i32, t, n, b)
                    : algebra_probe_far(d, &pila_i32, t, n, b);
    case PILA_KIND_I64:
    case PILA_KIND_U64:
        return near ? algebra_probe_near(d, &pila_i64, t, n, b)
                    : algebra_probe_far(d, &pila_i64, t, n, b);
    case PILA_KIND_STRING: return algebra_probe_far(d, &pila_text, t, n, b);
    default: return algebra_probe_far(d, t->first, t, n, b);
    }
}

/* And where; with their hashes. */
static uint64_t algebra_locate(const pila__dict *d, const pila_pair *t, size_t n,
                               algebra_batch *b)
{
    if (d->live == 0) return 0;
    switch (t->first->kind) {
    case PILA_KIND_I64:
    case PILA_KIND_U64: return algebra_probe_far(d, &pila_i64, t, n, b);
    case PILA_KIND_STRING: return algebra_probe_far(d, &pila_text, t, n, b);
    default: return algebra_probe_far(d, t->first, t, n, b);
    }
}

/* ---- a bit an entry: those to be left out ---- */

/* The dead ones of d, as a block of its own. */
static uint64_t *algebra_skips(const pila__dict *d)
{
    size_t words = d->used / ALGEBRA_WORD + 1;
    uint64_t *skip = (uint64_t *)pila_alloc_zero(words, sizeof *skip);

    if (skip && d->groups) memcpy(skip, pila__dict_dead(d), words * sizeof *skip);
    return skip;
}

static void algebra_skip(uint64_t *skip, size_t e)
{
    skip[e / ALGEBRA_WORD] |= (uint64_t)1 << (e % ALGEBRA_WORD);
}

static bool algebra_skipped(const uint64_t *skip, size_t e)
{
    return skip[e / ALGEBRA_WORD] >> (e % ALGEBRA_WORD) & 1;
}

/* Of the n keys of a batch those whose bits are set. */
static void algebra_skip_each(uint64_t *skip, const algebra_batch *b, size_t n,
                              uint64_t which)
{
    for (size_t k = 0; k < n; k++) {
        size_t e = algebra_at(b, k);
        skip[e / ALGEBRA_WORD] |= (which >> k & 1) << (e % ALGEBRA_WORD);
    }
}

/* ---- a result on its way: elements that differ, without an index yet ---- */

typedef struct algebra_made {
    char *entries;
    size_t n, room;
} algebra_made;

static pila_status algebra_open(algebra_made *m, const pila_pair *t, size_t most)
{
    m->n = 0;
    m->room = pila__dict_room_for(most);
    m->entries = (char *)pila_alloc(m->room, t->type.size);
    if (!m->entries) return PILA_ENOMEM;
    pila_mem_huge(m->entries, m->room * t->type.size);
    return PILA_OK;
}

/* What st has left of it goes to out, which is {0}. */
static pila_status algebra_shut(algebra_made *m, const pila_pair *t, pila_status st,
                                pila__dict *out)
{
    if (st == PILA_OK && m->n) st = pila__dict_adopt(out, t, m->entries, m->n, m->room);
    if (st == PILA_OK && m->n) return PILA_OK;
    for (size_t k = 0; k < m->n; k++)
        pila_type_drop(t->first, m->entries + k * t->type.size);
    pila_free(m->entries);
    return st;
}

PILA_INLINE size_t algebra_pack(char *to, const algebra_batch *b, size_t n,
                                uint64_t keep, size_t size)
{
    size_t kept = 0;

    for (size_t k = 0; k < n; k++) {
        memcpy(to + kept * size, b->keys + k * size, size);
        kept += keep >> k & 1;
    }
    return kept;
}

/* Copy the keys whose bits are set, of n, to the end. */
static pila_status algebra_emit(algebra_made *m, const pila_pair *t,
                                const algebra_batch *b, size_t n, uint64_t keep)
{
    const pila_type *kt = t->first;
    char *to = m->entries + m->n * t->type.size;

    if (n <= m->room - m->n && kt->size == 8) m->n += algebra_pack(to, b, n, keep, 8);
    else if (n <= m->room - m->n && kt->size == 4)
        m->n += algebra_pack(to, b, n, keep, 4);
    else
        for (keep &= algebra_first_bits(n); keep;
             keep &= keep - 1, to += t->type.size) {
            if (m->n == m->room) return PILA_EOVERFLOW;
            const char *key = b->keys + (size_t)__builtin_ctzll(keep) * kt->size;
            pila_status st = pila_type_copy(kt, to, key);
            if (st != PILA_OK) return st;
            m->n++;
        }
    return PILA_OK;
}

/* All of d's but those to be skipped. */
static pila_status algebra_emit_all(algebra_made *m, const pila_pair *t,
                                    const pila__dict *d, const uint64_t *skip)
{
    algebra_batch b;
    size_t n, from = d->front;
    pila_status st = PILA_OK;

    if (!skip && pila_type_plain(t->first) && d->used - d->front == d->live) {
        memcpy(m->entries + m->n * t->type.size, pila__dict_entry(d, t, d->front),
               d->live * t->type.size);
        m->n += d->live;
        return PILA_OK;
    }
    while (st == PILA_OK &&
           (n = algebra_gather(d, t, skip, &from, ALGEBRA_BATCH, &b)) != 0)
        st = algebra_emit(m, t, &b, n, UINT64_MAX);
    return st;
}

/* Of w those that are in `in`, or those that are not. */
static pila_status algebra_emit_found(algebra_made *m, const pila_pair *t,
                                      const pila__dict *w, const pila__dict *in,
                                      bool wanted)
{
    algebra_batch b;
    size_t n, from = w->front;
    pila_status st = PILA_OK;

    while (st == PILA_OK &&
           (n = algebra_gather(w, t, NULL, &from, ALGEBRA_BATCH, &b)) != 0) {
        uint64_t found = algebra_probe(in, t, n, &b);
        st = algebra_emit(m, t, &b, n, wanted ? found : ~found);
    }
    return st;
}

/* ---- changes in place, a batch at a time ---- */

/* A key that is not in s, which has room for it. */
PILA_INLINE pila_status algebra_append_one(pila__dict *s, const pila_type *kt,
                                           const void *key, uint64_t hash)
{
    pila_status st = pila_type_copy(kt, s->entries + s->used * kt->size, key);

    if (st != PILA_OK) return st;
    pila__dict_link(s, hash, s->used++);
    s->live++;
    s->version++;
    return PILA_OK;
}

PILA_INLINE pila_status algebra_append_as(pila__dict *s, const pila_type *kt,
                                          const algebra_batch *b, uint64_t which)
{
    pila_status st = PILA_OK;

    for (; which && st == PILA_OK; which &= which - 1) {
        unsigned k = (unsigned)__builtin_ctzll(which);
        st = algebra_append_one(s, kt, b->keys + k * kt->size, b->hash[k]);
    }
    return st;
}

/* Keys that are not in s, which has room for them; hashed. */
static pila_status algebra_append(pila__dict *s, const pila_pair *t,
                                  const algebra_batch *b, uint64_t which)
{
    switch (t->first->kind) {
    case PILA_KIND_I32: return algebra_append_as(s, &pila_i32, b, which);
    case PILA_KIND_I64:
    case PILA_KIND_U64: return algebra_append_as(s, &pila_i64, b, which);
    case PILA_KIND_STRING: return algebra_append_as(s, &pila_text, b, which);
    default: return algebra_append_as(s, t->first, b, which);
    }
}

static void algebra_hash(const pila__dict *s, const pila_pair *t, size_t n,
                         algebra_batch *b)
{
    switch (t->first->kind) {
    case PILA_KIND_I64: algebra_hash_as(s, &pila_i64, n, b); break;
    case PILA_KIND_STRING: algebra_hash_as(s, &pila_text, n, b); break;
    default: algebra_hash_as(s, t->first, n, b);
    }
}

/* Keys that are in s, as entries where[k]; hashed. */
static void algebra_take_out(pila__dict *s, const pila_pair *t, const algebra_batch *b,
                             uint64_t which)
{
    for (; which; which &= which - 1) {
        unsigned k = (unsigned)__builtin_ctzll(which);
        if (t->first->kind != PILA_KIND_STRING)
            pila__dict_unlink(s, b->where[k], b->hash[k]);
        else /* which is too small to fail */
            (void)!pila__dict_take(s, t, b->where[k], b->hash[k], NULL, NULL);
    }
}

/* How many of b's elements s lacks; the others are skipped. */
static size_t algebra_lacks(const pila__dict *s, const pila__dict *b,
                            const pila_pair *t, uint64_t *skip)
{
    algebra_batch batch;
    size_t n, from = b->front, lacks = b->live;

    while ((n = algebra_gather(b, t, NULL, &from, ALGEBRA_BATCH, &batch)) != 0) {
        uint64_t found = algebra_probe(s, t, n, &batch);
        algebra_skip_each(skip, &batch, n, found);
        lacks -= (size_t)__builtin_popcountll(found);
    }
    return lacks;
}

/* s |= b where s may lack room: what it lacks is counted, room made once, and added. */
static pila_status algebra_merge_growing(pila__dict *s, const pila__dict *b,
                                         const pila_pair *t)
{
    algebra_batch batch;
    uint64_t *skip = algebra_skips(b);
    size_t n, from = b->front;

    if (!skip) return PILA_ENOMEM;
    pila_status st = pila__dict_reserve(s, t, s->live + algebra_lacks(s, b, t, skip));
    while (st == PILA_OK &&
           (n = algebra_gather(b, t, skip, &from, ALGEBRA_BATCH, &batch)) != 0) {
        algebra_hash(s, t, n, &batch);
        st = algebra_append(s, t, &batch, algebra_first_bits(n));
    }
    pila_free(skip);
    return st;
}

static pila_status algebra_merge(pila__dict *s, const pila__dict *b, const pila_pair *t)
{
    algebra_batch batch;
    size_t n, from = b->front;
    pila_status st = PILA_OK;

    if (s->room - s->used < b->live) return algebra_merge_growing(s, b, t);
    while (st == PILA_OK &&
           (n = algebra_gather(b, t, NULL, &from, ALGEBRA_BATCH, &batch)) != 0) {
        uint64_t found = algebra_locate(s, t, n, &batch);
        if (s->live == 0) algebra_hash(s, t, n, &batch);
        st = algebra_append(s, t, &batch, ~found & algebra_first_bits(n));
    }
    return st;
}

/* s -= b, going through the smaller. */
static pila_status algebra_subtract(pila__dict *s, const pila__dict *b,
                                    const pila_pair *t)
{
    algebra_batch batch;
    bool through_b = b->live < s->live;
    const pila__dict *w = through_b ? b : s;
    size_t n, from = w->front;

    while ((n = algebra_gather(w, t, NULL, &from, ALGEBRA_BATCH, &batch)) != 0) {
        uint64_t found = algebra_locate(through_b ? s : b, t, n, &batch);
        for (size_t k = 0; k < n && !through_b; k++)
            batch.where[k] = (uint32_t)algebra_at(&batch, k);
        algebra_take_out(s, t, &batch, found);
    }
    return PILA_OK;
}

/* s ^= b, for a b that is small or elements that are no plain bytes. */
static pila_status algebra_toggle(pila__dict *s, const pila__dict *b,
                                  const pila_pair *t)
{
    algebra_batch batch;
    size_t n, from = b->front;
    pila_status st = PILA_OK;

    if (s->room - s->used < b->live) st = pila__dict_reserve(s, t, s->live + b->live);
    while (st == PILA_OK &&
           (n = algebra_gather(b, t, NULL, &from, ALGEBRA_BATCH, &batch)) != 0) {
        uint64_t found = algebra_locate(s, t, n, &batch);
        if (s->live == 0) algebra_hash(s, t, n, &batch);
        algebra_take_out(s, t, &batch, found);
        st = algebra_append(s, t, &batch, ~found & algebra_first_bits(n));
    }
    return st;
}

/* ---- new sets, where no user code runs: made is {0} ---- */

static pila_status algebra_copy_quick(pila__dict *made, const pila__dict *d,
                                      const pila_pair *t)
{
    algebra_made m;
    pila_status st;

    if (pila_type_plain(t->first)) return pila__dict_clone(made, d, t);
    st = algebra_open(&m, t, d->live);
    if (st != PILA_OK) return st;
    st = algebra_emit_all(&m, t, d, NULL);
    return algebra_shut(&m, t, st, made);
}

/* A copy of a, changed. */
static pila_status algebra_copy_and(
    pila__dict *made, const pila__dict *a, const pila__dict *b, const pila_pair *t,
    pila_status (*change)(pila__dict *, const pila__dict *, const pila_pair *))
{
    pila_status st = pila__dict_clone(made, a, t);
    return st == PILA_OK ? change(made, b, t) : st;
}

static pila_status algebra_or_quick(pila__dict *made, const pila__dict *a,
                                    const pila__dict *b, const pila_pair *t)
{
    algebra_made m;
    pila_status st;

    if (pila_type_plain(t->first) && b->live <= a->room - a->used)
        return algebra_copy_and(made, a, b, t, algebra_merge);
    if ((st = algebra_open(&m, t, a->live + b->live)) != PILA_OK) return st;
    st = algebra_emit_all(&m, t, a, NULL);
    if (st == PILA_OK) st = algebra_emit_found(&m, t, b, a, false);
    return algebra_shut(&m, t, st, made);
}

static pila_status algebra_and_quick(pila__dict *made, const pila__dict *a,
                                     const pila__dict *b, const pila_pair *t)
{
    const pila__dict *w = b->live <= a->live ? b : a;
    algebra_made m;
    pila_status st = algebra_open(&m, t, w->live);

    if (st != PILA_OK) return st;
    st = algebra_emit_found(&m, t, w, w == a ? b : a, true);
    return algebra_shut(&m, t, st, made);
}

static pila_status algebra_sub_quick(pila__dict *made, const pila__dict *a,
                                     const pila__dict *b, const pila_pair *t)
{
    algebra_made m;
    pila_status st;

    if (pila_type_plain(t->first) && a->live / ALGEBRA_FEW > b->live)
        return algebra_copy_and(made, a, b, t, algebra_subtract);
    if ((st = algebra_open(&m, t, a->live)) != PILA_OK) return st;
    st = algebra_emit_found(&m, t, a, b, false);
    return algebra_shut(&m, t, st, made);
}

/* Mark what w and `in` have in common, in the bits of either. */
static void algebra_mark_common(const pila__dict *w, uint64_t *skip_w,
                                const pila__dict *in, uint64_t *skip_in,
                                const pila_pair *t)
{
    algebra_batch b;
    size_t n, from = w->front;

    while ((n = algebra_gather(w, t, NULL, &from, ALGEBRA_BATCH, &b)) != 0) {
        uint64_t found = algebra_locate(in, t, n, &b);
        algebra_skip_each(skip_w, &b, n, found);
        for (; found; found &= found - 1)
            algebra_skip(skip_in, b.where[__builtin_ctzll(found)]);
    }
}

static pila_status algebra_xor_quick(pila__dict *made, const pila__dict *a,
                                     const pila__dict *b, const pila_pair *t)
{
    algebra_made m = {NULL, 0, 0};
    pila_status st = PILA_ENOMEM;

    if (pila_type_plain(t->first) && a->live / ALGEBRA_FEW > b->live)
        return algebra_copy_and(made, a, b, t, algebra_toggle);
    uint64_t *skip_a = algebra_skips(a), *skip_b = algebra_skips(b);
    if (skip_a && skip_b) {
        if (a->live < b->live) algebra_mark_common(a, skip_a, b, skip_b, t);
        else algebra_mark_common(b, skip_b, a, skip_a, t);
        st = algebra_open(&m, t, a->live + b->live);
    }
    if (st == PILA_OK) st = algebra_emit_all(&m, t, a, skip_a);
    if (st == PILA_OK) st = algebra_emit_all(&m, t, b, skip_b);
    pila_free(skip_a);
    pila_free(skip_b);
    return algebra_shut(&m, t, st, made);
}

PILA_INLINE bool algebra_all_as(const pila__dict *d, const pila_type *kt,
                                const pila_pair *t, size_t n, const algebra_batch *b,
                                bool wanted)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n; k++) {
        const char *key = b->keys + k * kt->size;
        uint64_t hash = 0;
        (void)!pila_type_hash(kt, key, &hash);
        if ((pila__dict_find(d, kt, t, key, hash, &st) != PILA__DICT_NONE) != wanted)
            return false;
    }
    return true;
}

/* Whether of n keys all are in d, or (not wanted) none is, asked one by one: where the
 * answer is no, most of the time one of the first says it. */
static bool algebra_all_first(const pila__dict *d, const pila_pair *t, size_t n,
                              const algebra_batch *b, bool wanted)
{
    if (n == 0) return true; /* d may be empty as well */
    switch (t->first->kind) {
    case PILA_KIND_I64:
    case PILA_KIND_U64: return algebra_all_as(d, &pila_i64, t, n, b, wanted);
    default: return algebra_all_as(d, t->first, t, n, b, wanted);
    }
}

/* Whether all of a are in b, or (not wanted) none is. */
static bool algebra_all_quick(const pila__dict *a, const pila__dict *b,
                              const pila_pair *t, bool wanted)
{
    algebra_batch batch;
    size_t from = a->front,
           n = algebra_gather(a, t, NULL, &from, ALGEBRA_FIRST, &batch);

    if (!algebra_all_first(b, t, n, &batch, wanted)) return false;
    while ((n = algebra_gather(a, t, NULL, &from, ALGEBRA_BATCH, &batch)) != 0)
        if (algebra_probe(b, t, n, &batch) != (wanted ? algebra_first_bits(n) : 0))
            return false;
    return true;
}

/* ---- going through a set whose callbacks may change it ---- */

typedef struct algebra_walk {
    const pila__dict *dict;
    const pila_pair *types;
    size_t at, next;  /* this entry, and where to look for the next */
    uint64_t version; /* at the start */
    uint64_t hash;    /* of the key, where hashing runs user code */
    pila__held key;   /* until the next one */
    bool holding;
} algebra_walk;

static void algebra_walk_start(algebra_walk *w, const pila__dict *d, const pila_pair *t)
{
    w->dict = d;
    w->types = t;
    w->next = d->front;
    w->version = d->version;
    w->hash = 0;
    w->holding = false;
}

static void algebra_walk_end(algebra_walk *w)
{
    if (w->holding) pila__let_go(&w->key, w->types->first);
    w->holding = false;
}

static bool algebra_walk_broken(const algebra_walk *w)
{
    return w->dict->version != w->version;
}

/* The next key; PILA_END after the last. */
static pila_status algebra_walk_next(algebra_walk *w)
{
    const pila__dict *d = w->dict;

    algebra_walk_end(w);
    if (algebra_walk_broken(w)) return PILA_EMUTATED;
    w->at = pila__dict_scan(d, w->next, false);
    if (w->at >= d->used) return PILA_END;
    w->next = w->at + 1;
    if (d->hashes) w->hash = d->hashes[w->at];
    pila_status st =
        pila__hold(&w->key, w->types->first, pila__dict_entry(d, w->types, w->at));
    w->holding = st == PILA_OK;
    return st == PILA_OK && algebra_walk_broken(w) ? PILA_EMUTATED : st;
}

/* Where in d the walk's key is; d is not to change meanwhile. */
static pila_status algebra_walk_find(const algebra_walk *w, const pila__dict *d,
                                     size_t *e)
{
    uint64_t version = d->version;
    pila_status st = PILA_OK;

    *e = pila__dict_look_up(d, w->types, w->key.item, w->hash, &st);
    return st == PILA_OK && d->version != version ? PILA_EMUTATED : st;
}

static pila_status algebra_walk_put(const algebra_walk *w, pila__dict *d, bool fresh)
{
    return pila__dict_put_hashed(d, w->types, w->key.item, w->hash, fresh);
}

static pila_status algebra_walk_outcome(algebra_walk *w, pila_status st)
{
    algebra_walk_end(w);
    if (st == PILA_END) st = PILA_OK;
    return st == PILA_OK && algebra_walk_broken(w) ? PILA_EMUTATED : st;
}

/* ---- the operations, where user code may run ---- */

/* b's elements into s. fresh: s has none of them, and nobody else can change s. */
static pila_status algebra_merge_calling(pila__dict *s, const pila__dict *b,
                                         const pila_pair *t, bool fresh)
{
    algebra_walk w;
    pila_status st;

    algebra_walk_start(&w, b, t);
    while ((st = algebra_walk_next(&w)) == PILA_OK)
        if ((st = algebra_walk_put(&w, s, fresh)) != PILA_OK) break;
    return algebra_walk_outcome(&w, st);
}

static pila_status algebra_copy_calling(pila__dict *made, const pila__dict *d,
                                        const pila_pair *t)
{
    pila_status st = pila__dict_reserve(made, t, d->live);
    return st == PILA_OK ? algebra_merge_calling(made, d, t, true) : st;
}

/* Of a those that are in b, or those that are not, into made. */
static pila_status algebra_filter_calling(pila__dict *made, const pila__dict *a,
                                          const pila__dict *b, const pila_pair *t,
                                          bool wanted)
{
    algebra_walk w;
    pila_status st;
    size_t e;
    uint64_t version = b->version;

    algebra_walk_start(&w, a, t);
    while ((st = algebra_walk_next(&w)) == PILA_OK) {
        st = algebra_walk_find(&w, b, &e);
        if (st == PILA_OK && (e != PILA__DICT_NONE) == wanted)
            st = algebra_walk_put(&w, made, true);
        if (st == PILA_OK && b->version != version) st = PILA_EMUTATED;
        if (st != PILA_OK) break;
    }
    return algebra_walk_outcome(&w, st);
}

static pila_status algebra_and_calling(pila__dict *made, const pila__dict *a,
                                       const pila__dict *b, const pila_pair *t)
{
    return b->live <= a->live ? algebra_filter_calling(made, b, a, t, true)
                              : algebra_filter_calling(made, a, b, t, true);
}

/* b's elements out of s. */
static pila_status algebra_subtract_all(pila__dict *s, const pila__dict *b,
                                        const pila_pair *t)
{
    algebra_walk w;
    pila_status st;

    algebra_walk_start(&w, b, t);
    while ((st = algebra_walk_next(&w)) == PILA_OK) {
        st = pila__dict_remove_slow(s, t, w.key.item, w.hash, NULL);
        if (st != PILA_OK && st != PILA_EKEY) break;
    }
    return algebra_walk_outcome(&w, st);
}

/* s -= b; where b is much the larger, it is asked for the elements of s first. */
static pila_status algebra_subtract_calling(pila__dict *s, const pila__dict *b,
                                            const pila_pair *t)
{
    pila__dict common = {0};

    if (b->live / ALGEBRA_VERY_FEW <= s->live) return algebra_subtract_all(s, b, t);
    pila_status st = algebra_filter_calling(&common, s, b, t, true);
    if (st == PILA_OK) st = algebra_subtract_all(s, &common, t);
    pila__dict_done(&common, t);
    return st;
}

static pila_status algebra_sub_calling(pila__dict *made, const pila__dict *a,
                                       const pila__dict *b, const pila_pair *t)
{
    if (a->live / ALGEBRA_FEW <= b->live)
        return algebra_filter_calling(made, a, b, t, false);
    pila_status st = algebra_copy_calling(made, a, t);
    return st == PILA_OK ? algebra_subtract_all(made, b, t) : st;
}

static pila_status algebra_toggle_calling(pila__dict *s, const pila__dict *b,
                                          const pila_pair *t)
{
    algebra_walk w;
    pila_status st;

    algebra_walk_start(&w, b, t);
    while ((st = algebra_walk_next(&w)) == PILA_OK) {
        st = pila__dict_remove_slow(s, t, w.key.item, w.hash, NULL);
        if (st == PILA_EKEY) st = algebra_walk_put(&w, s, false);
        if (st != PILA_OK) break;
    }
    return algebra_walk_outcome(&w, st);
}

/* a's elements that are not in b; those of b that they equal are skipped. */
static pila_status algebra_xor_left(pila__dict *made, const pila__dict *a,
                                    const pila__dict *b, const pila_pair *t,
                                    uint64_t *skip, uint64_t version)
{
    algebra_walk w;
    pila_status st;
    size_t e;

    algebra_walk_start(&w, a, t);
    while ((st = algebra_walk_next(&w)) == PILA_OK) {
        st = b->version == version ? algebra_walk_find(&w, b, &e) : PILA_EMUTATED;
        if (st == PILA_OK && e != PILA__DICT_NONE) algebra_skip(skip, e);
        else if (st == PILA_OK) st = algebra_walk_put(&w, made, true);
        if (st != PILA_OK) break;
    }
    return algebra_walk_outcome(&w, st);
}

static pila_status algebra_xor_right(pila__dict *made, const pila__dict *b,
                                     const pila_pair *t, const uint64_t *skip,
                                     uint64_t version)
{
    algebra_walk w;
    pila_status st;

    algebra_walk_start(&w, b, t);
    w.version = version;
    while ((st = algebra_walk_next(&w)) == PILA_OK) {
        if (!algebra_skipped(skip, w.at)) st = algebra_walk_put(&w, made, true);
        if (st != PILA_OK) break;
    }
    return algebra_walk_outcome(&w, st);
}

static pila_status algebra_xor_calling(pila__dict *made, const pila__dict *a,
                                       const pila__dict *b, const pila_pair *t)
{
    uint64_t version = b->version, version_a = a->version, *skip = algebra_skips(b);
    pila_status st = skip ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK) st = algebra_xor_left(made, a, b, t, skip, version);
    if (st == PILA_OK) st = algebra_xor_right(made, b, t, skip, version);
    if (st == PILA_OK && a->version != version_a) st = PILA_EMUTATED;
    pila_free(skip);
    return st;
}

/* As algebra_all_quick. */
static pila_status algebra_all_calling(const pila__dict *a, const pila__dict *b,
                                       const pila_pair *t, bool wanted, bool *out)
{
    algebra_walk w;
    pila_status st;
    bool good = true;
    size_t e;

    algebra_walk_start(&w, a, t);
    while (good && (st = algebra_walk_next(&w)) == PILA_OK) {
        if ((st = algebra_walk_find(&w, b, &e)) != PILA_OK) break;
        good = (e != PILA__DICT_NONE) == wanted;
    }
    st = algebra_walk_outcome(&w, good ? st : PILA_OK);
    if (st == PILA_OK) *out = good;
    return st;
}

/* ---- the operations ---- */

pila_status pila__set_make_copy(pila__dict *made, const pila__dict *d,
                                const pila_pair *t)
{
    if (d->live == 0) return PILA_OK;
    return pila_type_calls_out(t->first) ? algebra_copy_calling(made, d, t)
                                         : algebra_copy_quick(made, d, t);
}

/* The result of a step at made becomes out, or is dropped. */
static pila_status algebra_hand_over(pila__dict *out, pila__dict *made,
                                     const pila_pair *t, pila_status st)
{
    if (st == PILA_OK) pila__dict_move(out, made, t);
    pila__dict_done(made, t);
    return st;
}

pila_status pila__set_copy(pila__dict *out, const pila__dict *d, const pila_pair *t)
{
    pila__dict made = {0};
    return algebra_hand_over(out, &made, t, pila__set_make_copy(&made, d, t));
}

/* What an operation needs not look at b for; false: it must. */
static bool algebra_trivial(pila__dict *made, const pila__dict *a, const pila__dict *b,
                            const pila_pair *t, pila__set_op op, pila_status *st)
{
    bool copies_a = a == b ? op == PILA__SET_OR || op == PILA__SET_AND
                           : b->live == 0 && op != PILA__SET_AND;

    *st = PILA_OK;
    if (copies_a) *st = pila__set_make_copy(made, a, t);
    else if (a->live == 0 && (op == PILA__SET_OR || op == PILA__SET_XOR))
        *st = pila__set_make_copy(made, b, t);
    return copies_a || a == b || a->live == 0 || b->live == 0;
}

/* a op b into made, which is {0}. */
pila_status pila__set_make(pila__dict *made, const pila__dict *a, const pila__dict *b,
                           const pila_pair *t, pila__set_op op)
{
    bool calls = pila_type_calls_out(t->first);
    pila_status st;

    if (algebra_trivial(made, a, b, t, op, &st)) return st;
    switch (op) {
    case PILA__SET_OR:
        if (!calls) return algebra_or_quick(made, a, b, t);
        st = algebra_copy_calling(made, a, t);
        return st == PILA_OK ? algebra_merge_calling(made, b, t, false) : st;
    case PILA__SET_AND:
        return calls ? algebra_and_calling(made, a, b, t)
                     : algebra_and_quick(made, a, b, t);
    case PILA__SET_SUB:
        return calls ? algebra_sub_calling(made, a, b, t)
                     : algebra_sub_quick(made, a, b, t);
    default:
        return calls ? algebra_xor_calling(made, a, b, t)
                     : algebra_xor_quick(made, a, b, t);
    }
}

pila_status pila__set_combine(pila__dict *out, const pila__dict *a, const pila__dict *b,
                              const pila_pair *t, pila__set_op op)
{
    pila__dict made = {0};
    return algebra_hand_over(out, &made, t, pila__set_make(&made, a, b, t, op));
}

/* s op= s */
static void algebra_change_by_itself(pila__dict *s, const pila_pair *t, pila__set_op op)
{
    if (op == PILA__SET_SUB || op == PILA__SET_XOR) pila__dict_clear(s, t);
}

/* Whether s ^= b is better made anew. */
static bool algebra_xor_anew(const pila__dict *s, const pila__dict *b,
                             const pila_pair *t)
{
    return pila_type_plain(t->first) && s->live / ALGEBRA_FEW <= b->live;
}

pila_status pila__set_change(pila__dict *s, const pila__dict *b, const pila_pair *t,
                             pila__set_op op)
{
    bool calls = pila_type_calls_out(t->first);

    if (s == b) algebra_change_by_itself(s, t, op);
    if (s == b || (b->live == 0 && op != PILA__SET_AND)) return PILA_OK;
    switch (op) {
    case PILA__SET_OR:
        return calls ? algebra_merge_calling(s, b, t, false) : algebra_merge(s, b, t);
    case PILA__SET_AND: return pila__set_combine(s, s, b, t, op);
    case PILA__SET_SUB:
        return calls ? algebra_subtract_calling(s, b, t) : algebra_subtract(s, b, t);
    default:
        if (calls) return algebra_toggle_calling(s, b, t);
        return algebra_xor_anew(s, b, t) ? pila__set_combine(s, s, b, t, op)
                                         : algebra_toggle(s, b, t);
    }
}

/* Whether all of a are in b, or (not wanted) none is. */
static pila_status algebra_all(const pila__dict *a, const pila__dict *b,
                               const pila_pair *t, bool wanted, bool *out)
{
    if (pila_type_calls_out(t->first)) return algebra_all_calling(a, b, t, wanted, out);
    *out = algebra_all_quick(a, b, t, wanted);
    return PILA_OK;
}

static pila_status algebra_apart(const pila__dict *a, const pila__dict *b,
                                 const pila_pair *t, bool *out)
{
    if (a == b) {
        *out = a->live == 0;
        return PILA_OK;
    }
    return b->live <= a->live ? algebra_all(b, a, t, false, out)
                              : algebra_all(a, b, t, false, out);
}

pila_status pila__set_le(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                         bool *out)
{
    if (a == b || a->live > b->live) {
        *out = a == b;
        return PILA_OK;
    }
    return algebra_all(a, b, t, true, out);
}

pila_status pila__set_lt(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                         bool *out)
{
    if (a->live < b->live) return pila__set_le(a, b, t, out);
    *out = false;
    return PILA_OK;
}

pila_status pila__set_eq(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                         bool *out)
{
    if (a->live == b->live) return pila__set_le(a, b, t, out);
    *out = false;
    return PILA_OK;
}

/* ---- the same with whatever yields items ---- */

/* The set that an iterator stands for: it has just been made, and that has not changed
 * since. NULL: it is to be read. */
static const pila__dict *algebra_of_iter(const pila_iter *it, const pila_pair *t)
{
    const pila__dict *d = (const pila__dict *)it->state;

    if (it->status != PILA_OK || it->ops != &pila__set_ops || it->cur) return NULL;
    if (d->version != it->seen) return NULL;
    return pila__alike(t->first, it->type) ? d : NULL;
}

static bool algebra_takes(const pila_iter *it, const pila_pair *t)
{
    return it->status != PILA_OK || pila_type_accepts(t->first, it->type);
}

/* Whether the set that the items lie in has changed, and they are not to be read. */
static bool algebra_pulled_away(const pila_iter *it) { return *it->stamp != it->seen; }

PILA_INLINE pila_status algebra_add_as(pila__dict *s, const pila_type *kt,
                                       const pila_pair *t, const pila_iter *it,
                                       size_t n, algebra_batch *b, size_t *taken)
{
    pila_status st = PILA_OK;
    size_t k = 0;

    algebra_hash_as(s, kt, n, b);
    for (size_t j = 0; j < n; j++)
        __builtin_prefetch(
            s->entries +
            algebra_hint_of((const char *)s->groups, s->mask, b->hash[j]).entry *
                kt->size);
    while (k < n && st == PILA_OK && !algebra_pulled_away(it)) {
        const char *key = b->keys + k * kt->size;
        size_t e = pila__dict_find(s, kt, t, key, b->hash[k], &st);
        if (e == PILA__DICT_NONE)
            st = s->used < s->room
                     ? algebra_append_one(s, kt, key, b->hash[k])
                     : pila__dict_push_full(s, t, key, NULL, b->hash[k], NULL);
        k++;
    }
    *taken = k;
    return st;
}

static pila_status algebra_add_window(pila__dict *s, const pila_pair *t, pila_iter *it,
                                      size_t n, algebra_batch *b, size_t *taken)
{
    switch (t->first->kind) {
    case PILA_KIND_I32: return algebra_add_as(s, &pila_i32, t, it, n, b, taken);
    case PILA_KIND_I64: return algebra_add_as(s, &pila_i64, t, it, n, b, taken);
    case PILA_KIND_STRING: return algebra_add_as(s, &pila_text, t, it, n, b, taken);
    default: return algebra_add_as(s, t->first, t, it, n, b, taken);
    }
}

static pila_status algebra_discard_window(pila__dict *s, const pila_pair *t,
                                          pila_iter *it, size_t n, algebra_batch *b,
                                          size_t *taken)
{
    uint64_t found = algebra_locate(s, t, n, b);
    pila_status st = PILA_OK;

    *taken = n;
    for (; found && st == PILA_OK; found &= found - 1) {
        unsigned k = (unsigned)__builtin_ctzll(found);
        st = pila__dict_remove_slow(s, t, b->keys + k * t->type.size, b->hash[k], NULL);
        if (st == PILA_EKEY) st = PILA_OK; /* it was there twice in the window */
        *taken = k + 1;
        if (algebra_pulled_away(it)) return st;
    }
    *taken = n;
    return st;
}

/* Add all items to s, or take them out: no user code runs. */
static pila_status algebra_change_windows(pila__dict *s, const pila_pair *t,
                                          pila_iter *it, bool add)
{
    algebra_batch b;
    pila_status st = PILA_OK;
    size_t n, taken;

    while (st == PILA_OK && (n = algebra_window(it, t->first, &b)) != 0) {
        if (add && !s->groups) st = pila__dict_grow(s, t, 1);
        if (st != PILA_OK) break;
        st = add ? algebra_add_window(s, t, it, n, &b, &taken)
                 : algebra_discard_window(s, t, it, n, &b, &taken);
        pila_iter_skip(it, taken);
    }
    return st;
}

/* An item, hashed, in a place of its own: it may lie in what a callback changes. */
static pila_status algebra_hold_item(pila__held *key, const pila_type *kt,
                                     const void *item, uint64_t *hash)
{
    pila_status st = pila__hold(key, kt, item);

    if (st != PILA_OK) return st;
    pila_hash_init();
    st = pila_type_hash(kt, key->item, hash);
    if (st != PILA_OK) pila__let_go(key, kt);
    return st;
}

static pila_status algebra_change_one_by_one(pila__dict *s, const pila_pair *t,
                                             pila_iter *it, bool add)
{
    pila_status st = PILA_OK;
    const void *item;
    uint64_t hash;

    while (st == PILA_OK && (item = pila_next_item(it)) != NULL) {
        pila__held key;
        if ((st = algebra_hold_item(&key, t->first, item, &hash)) != PILA_OK) break;
        st = add ? pila__dict_put_hashed(s, t, key.item, hash, false)
                 : pila__dict_remove_slow(s, t, key.item, hash, NULL);
        if (!add && st == PILA_EKEY) st = PILA_OK;
        pila__let_go(&key, t->first);
    }
    return st;
}

/* The end of whoever reads an iterator. */
static pila_status algebra_finish(pila_iter *it, pila_status st)
{
    if (st == PILA_OK) st = pila_iter_outcome(it);
    pila_iter_drop(it);
    return st;
}

static pila_status algebra_read(pila__dict *s, const pila_pair *t, pila_iter items,
                                bool add)
{
    pila_status st = algebra_takes(&items, t) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK)
        st = pila_type_calls_out(t->first)
                 ? algebra_change_one_by_one(s, t, &items, add)
                 : algebra_change_windows(s, t, &items, add);
    return algebra_finish(&items, st);
}

/* Those of a window that are in s, into made; *whole: these are all of s. */
static pila_status algebra_keep_window(pila__dict *made, const pila__dict *s,
                                       const pila_pair *t, size_t n, algebra_batch *b,
                                       bool *whole)
{
    pila_status st = PILA_OK;

    for (uint64_t found = algebra_probe(s, t, n, b); found && st == PILA_OK;
         found &= found - 1)
        st = pila__dict_put(made, t->first, t,
                            b->keys + (size_t)__builtin_ctzll(found) * t->type.size,
                            NULL, false, NULL);
    *whole = made->live && made->live == s->live;
    return st;
}

static pila_status algebra_keep_one(pila__dict *made, const pila__dict *s,
                                    const pila_pair *t, const void *item, bool *whole)
{
    uint64_t hash = 0;
    pila__held key;
    pila_status st = algebra_hold_item(&key, t->first, item, &hash);

    if (st != PILA_OK) return st;
    if (pila__dict_look_up(s, t, key.item, hash, &st) != PILA__DICT_NONE) {
        st = pila__dict_put_hashed(made, t, key.item, hash, false);
        *whole = made->live >= s->live; /* asked here alone, as CPython does */
    }
    pila__let_go(&key, t->first);
    return st;
}

/* The items that are in s, into made; read until all of s was among them. */
static pila_status algebra_keep_read(pila__dict *made, const pila__dict *s,
                                     const pila_pair *t, pila_iter items)
{
    pila_status st = algebra_takes(&items, t) ? PILA_OK : PILA_ETYPE;
    bool calls = pila_type_calls_out(t->first), whole = false;
    const void *item;
    algebra_batch b;
    size_t n;

    while (st == PILA_OK && calls && !whole && (item = pila_next_item(&items)) != NULL)
        st = algebra_keep_one(made, s, t, item, &whole);
    while (st == PILA_OK && !calls && !whole &&
           (n = algebra_window(&items, t->first, &b)) != 0) {
        st = algebra_keep_window(made, s, t, n, &b, &whole);
        pila_iter_skip(&items, n);
    }
    if (st != PILA_OK || !whole) return algebra_finish(&items, st);
    pila_iter_drop(&items);
    return PILA_OK;
}

/* a op items into made, which is {0}; the items are read. */
static pila_status algebra_combine_read(pila__dict *made, const pila__dict *a,
                                        const pila_pair *t, pila_iter items,
                                        pila__set_op op)
{
    pila__dict other = {0};
    pila_status st;

    if (op == PILA__SET_AND) return algebra_keep_read(made, a, t, items);
    if (op == PILA__SET_XOR) {
        st = algebra_read(&other, t, items, true);
        if (st == PILA_OK) st = pila__set_make(made, a, &other, t, op);
        pila__dict_done(&other, t);
        return st;
    }
    st = pila__set_make_copy(made, a, t);
    if (st == PILA_OK) return algebra_read(made, t, items, op == PILA__SET_OR);
    pila_iter_drop(&items);
    return st;
}

/* The iterator is dropped, whatever it was. */
pila_status pila__set_make_iter(pila__dict *made, const pila__dict *a,
                                const pila_pair *t, pila_iter items, pila__set_op op)
{
    const pila__dict *b = algebra_of_iter(&items, t);

    return b ? pila__set_make(made, a, b, t, op)
             : algebra_combine_read(made, a, t, items, op);
}

pila_status pila__set_combine_iter(pila__dict *out, const pila__dict *a,
                                   const pila_pair *t, pila_iter items, pila__set_op op)
{
    pila__dict made = {0};
    return algebra_hand_over(out, &made, t,
                             pila__set_make_iter(&made, a, t, items, op));
}

pila_status pila__set_from(pila__dict *out, const pila_pair *t, pila_iter items)
{
    return pila__set_combine_iter(out, &pila__set_empty, t, items, PILA__SET_OR);
}

pila_status pila__set_change_iter(pila__dict *s, const pila_pair *t, pila_iter items,
                                  pila__set_op op)
{
    const pila__dict *b = algebra_of_iter(&items, t);
    pila__dict other = {0};
    pila_status st;

    if (b) return pila__set_change(s, b, t, op);
    if (op == PILA__SET_AND) return pila__set_combine_iter(s, s, t, items, op);
    if (op != PILA__SET_XOR) return algebra_read(s, t, items, op == PILA__SET_OR);
    st = algebra_read(&other, t, items, true);
    if (st == PILA_OK) st = pila__set_change(s, &other, t, op);
    pila__dict_done(&other, t);
    return st;
}

/* s and all the others have in common; s changes at the end. */
static pila_status algebra_and_many(pila__dict *s, const pila_pair *t,
                                    const pila_iter *items, size_t n)
{
    pila__dict made = {0};
    pila_status st =
        n ? pila__set_make_iter(&made, s, t, items[0], PILA__SET_AND) : PILA_OK;

    for (size_t k = 1; k < n; k++) {
        pila_iter next = items[k];
        if (st == PILA_OK) st = pila__set_change_iter(&made, t, next, PILA__SET_AND);
        else pila_iter_drop(&next);
    }
    if (n == 0) return PILA_OK;
    return algebra_hand_over(s, &made, t, st);
}

pila_status pila__set_change_many(pila__dict *s, const pila_pair *t,
                                  const pila_iter *items, size_t n, pila__set_op op)
{
    pila_status st = PILA_OK;

    if (op == PILA__SET_AND) return algebra_and_many(s, t, items, n);
    for (size_t k = 0; k < n; k++) {
        pila_iter next = items[k];
        if (st == PILA_OK) st = pila__set_change_iter(s, t, next, op);
        else pila_iter_drop(&next);
    }
    return st;
}

/* Whether all items are in s, or (not wanted) none is, read as far as is needed. */
static pila_status algebra_all_windows(const pila__dict *s, const pila_pair *t,
                                       pila_iter *it, bool wanted, bool *good)
{
    algebra_batch b;
    size_t n;

    while (*good && (n = algebra_window(it, t->first, &b)) != 0) {
        uint64_t found = algebra_probe(s, t, n, &b);
        uint64_t bad = (wanted ? ~found : found) & algebra_first_bits(n);
        *good = bad == 0;
        pila_iter_skip(it, bad ? (size_t)__builtin_ctzll(bad) + 1 : n);
    }
    return PILA_OK;
}

static pila_status algebra_all_one_by_one(const pila__dict *s, const pila_pair *t,
                                          pila_iter *it, bool wanted, bool *good)
{
    pila_status st = PILA_OK;
    const void *item;
    uint64_t hash = 0;

    while (st == PILA_OK && *good && (item = pila_next_item(it)) != NULL) {
        pila__held key;
        if ((st = algebra_hold_item(&key, t->first, item, &hash)) != PILA_OK) break;
        size_t e = pila__dict_look_up(s, t, key.item, hash, &st);
        *good = (e != PILA__DICT_NONE) == wanted;
        pila__let_go(&key, t->first);
    }
    return st;
}

static pila_status algebra_all_read(const pila__dict *s, const pila_pair *t,
                                    pila_iter items, bool wanted, bool *out)
{
    bool good = true;
    pila_status st = algebra_takes(&items, t) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK)
        st = pila_type_calls_out(t->first)
                 ? algebra_all_one_by_one(s, t, &items, wanted, &good)
                 : algebra_all_windows(s, t, &items, wanted, &good);
    if (st == PILA_OK && !good) pila_iter_drop(&items);
    else st = algebra_finish(&items, st);
    if (st == PILA_OK) *out = good;
    return st;
}

pila_status pila__set_ask(const pila__dict *s, const pila_pair *t, pila_iter items,
                          pila__set_question question, bool *out)
{
    const pila__dict *b = algebra_of_iter(&items, t);
    pila__dict other = {0};
    pila_status st;

    if (b && question == PILA__SET_ISDISJOINT) return algebra_apart(s, b, t, out);
    if (b && question == PILA__SET_ISSUBSET) return pila__set_le(s, b, t, out);
    if (b) return pila__set_le(b, s, t, out);
    if (question != PILA__SET_ISSUBSET)
        return algebra_all_read(s, t, items, question == PILA__SET_ISSUPERSET, out);
    st = algebra_read(&other, t, items, true);
    if (st == PILA_OK) st = pila__set_le(s, &other, t, out);
    pila__dict_done(&other, t);
    return st;
}

/* ---- showing ---- */

static pila_status algebra_show(const pila__dict *d, const pila_pair *t, pila_buf *out)
{
    algebra_walk w;
    pila_status st;

    algebra_walk_start(&w, d, t);
    for (bool first = true; (st = algebra_walk_next(&w)) == PILA_OK; first = false) {
        st = pila_buf_add(out, pila_cstr(first ? "{" : ", "));
        if (st == PILA_OK) st = pila_type_repr(t->first, w.key.item, out);
        if (st != PILA_OK) break;
    }
    st = algebra_walk_outcome(&w, st);
    return st == PILA_OK ? pila_buf_add_char(out, '}') : st;
}

pila_status pila__set_repr(const pila__dict *d, const pila_pair *t, bool frozen,
                           pila_buf *out)
{
    size_t was = out->len;
    bool bare = d->live && !frozen; /* {1} else set(), frozenset(), frozenset({1}) */
    pila_status st = PILA_OK;

    if (!bare) st = pila_buf_add(out, pila_cstr(frozen ? "frozenset(" : "set("));
    if (st == PILA_OK && d->live) st = algebra_show(d, t, out);
    if (st == PILA_OK && !bare) st = pila_buf_add_char(out, ')');
    if (st != PILA_OK) out->len = was;
    return st;
}
