/* set.c - set algebra over the engine of dict, and frozensets.
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
 *
 * A frozenset is a counted reference to a table. Rejected: a table of its own for each
 * copy; holding an element over a comparison, which a look-up of a key does, would then
 * copy all of it.
 */
#include "set.h"

#include "item.h"

enum {
    SET_BATCH = 64, /* keys in flight: their answers fit a word */
    SET_FIRST = 8,  /* keys of the first batch of a question that may end early */
    SET_FEW = 4,    /* an operand is small below this share of the other, as CPython */
    SET_VERY_FEW = 8,  /* the same for -=, as CPython */
    SET_WORD = 64,     /* bits */
    SET_NEAR = 1 << 17 /* bytes of index: below, asking for lines ahead does not pay */
};

const pila__dict pila__set_empty = {0};

/* ---- a batch of keys of a set, or of an iterator: of ready kinds only ---- */

enum { SET_KEY = 16 }; /* bytes: the most of a ready kind */

typedef struct set_batch {
    const char *keys; /* side by side, in the entries of a set or in room */
    size_t first;     /* in the entries: the number of the first */
    uint64_t hash[SET_BATCH];
    uint32_t where[SET_BATCH]; /* of those that were found, where that was */
    uint32_t at[SET_BATCH];    /* in room: the number of each */
    union {
        char bytes[SET_BATCH * SET_KEY];
        pila_string string[SET_BATCH];
    } room;
} set_batch;

static uint64_t set_first_bits(size_t n)
{
    return n < SET_WORD ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

/* The number of the k-th key in the set it is from. */
PILA_INLINE size_t set_at(const set_batch *b, size_t k)
{
    return b->keys == b->room.bytes ? b->at[k] : b->first + k;
}

/* The bytes of the keys whose bits in skip are 0, as many as there is room for. */
PILA_INLINE size_t set_gather_as(const pila__dict *d, size_t size, const uint64_t *skip,
                                 size_t *from, set_batch *b)
{
    size_t n = 0, e = *from;

    for (; e < d->used && n < SET_BATCH; e++) {
        memcpy(b->room.bytes + n * size, d->entries + e * size, size);
        b->at[n] = (uint32_t)e;
        n += ~skip[e / SET_WORD] >> (e % SET_WORD) & 1;
    }
    b->keys = b->room.bytes;
    b->first = 0;
    *from = e;
    return n;
}

/* The next keys from entry *from on, at most `most` where they lie side by side; skip,
 * if given, has a bit for each entry that is to be left out, the dead included. */
static size_t set_gather(const pila__dict *d, const pila_pair *t, const uint64_t *skip,
                         size_t *from, size_t most, set_batch *b)
{
    size_t n, size = t->type.size;

    if (*from >= d->used) return 0;
    if (!skip && d->used - d->front != d->live) skip = pila__dict_dead(d);
    if (skip) switch (size) {
        case 4: return set_gather_as(d, 4, skip, from, b);
        case 8: return set_gather_as(d, 8, skip, from, b);
        case 16: return set_gather_as(d, 16, skip, from, b);
        default: return set_gather_as(d, size, skip, from, b);
        }
    n = d->used - *from < most ? d->used - *from : most;
    b->keys = d->entries + *from * size;
    b->first = *from;
    *from += n;
    return n;
}

/* The items of a window as keys. They are not taken yet. */
static size_t set_window(pila_iter *it, const pila_type *kt, set_batch *b)
{
    size_t n = pila_iter_ready(it);

    if (n > SET_BATCH) n = SET_BATCH;
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

PILA_INLINE void set_hash_as(const pila__dict *d, const pila_type *kt, size_t n,
                             set_batch *b)
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
typedef struct set_hint {
    uint32_t match, entry;
    bool more;
} set_hint;

PILA_INLINE set_hint set_hint_of(const char *groups, size_t mask, uint64_t hash)
{
    const pila__dict_group *g =
        (const pila__dict_group *)(const void *)(groups + (hash & mask));
    uint32_t last = (uint32_t)1 << (PILA__DICT_SLOTS - 1);
    set_hint h;

    h.match = pila__dict_match(g, hash);
    h.entry = g->entry[(unsigned)__builtin_ctz(h.match | last)];
    h.more = ((h.match & (h.match - 1)) | g->state >> 16) != 0;
    return h;
}

/* Whether the key is where the hint says. The entry of no matter which may be a dead
 * one: a number is compared all the same, and the answer not used. */
PILA_INLINE bool set_hint_holds(const pila_type *kt, const char *entries, bool match,
                                uint32_t e, const char *key)
{
    bool same = false;

    if ((kt->kind == PILA_KIND_STR || kt->kind == PILA_KIND_STRING) && !match)
        return false;
    (void)!pila_type_eq(kt, entries + (size_t)e * kt->size, key, &same);
    return same & match;
}

/* Of keys that were not where they were looked for first, those that are elsewhere. */
static uint64_t set_probe_further(const pila__dict *d, const pila_pair *t,
                                  uint64_t which, set_batch *b)
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
PILA_INLINE uint64_t set_probe_near(const pila__dict *d, const pila_type *kt,
                                    const pila_pair *t, size_t n, set_batch *b)
{
    const char *groups = (const char *)d->groups, *entries = d->entries,
               *keys = b->keys;
    size_t mask = d->mask;
    uint64_t more = 0, found = 0;

    for (size_t k = n; k-- > 0;) {
        uint64_t hash = 0;
        const char *key = keys + k * kt->size;
        (void)!pila_type_hash(kt, key, &hash);
        set_hint h = set_hint_of(groups, mask, hash);
        more = more * 2 + h.more;
        found = found * 2 + set_hint_holds(kt, entries, h.match != 0, h.entry, key);
    }
    more &= ~found;
    return more ? found | set_probe_further(d, t, more, b) : found;
}

/* The same for any, in three steps, each of which asks for the lines that the next one
 * needs; hash and where are kept. */
PILA_INLINE uint64_t set_probe_far(const pila__dict *d, const pila_type *kt,
                                   const pila_pair *t, size_t n, set_batch *b)
{
    const char *groups = (const char *)d->groups, *entries = d->entries,
               *keys = b->keys;
    size_t mask = d->mask;
    uint64_t more = 0, found = 0, match = 0;

    set_hash_as(d, kt, n, b);
    for (size_t k = n; k-- > 0;) {
        set_hint h = set_hint_of(groups, mask, b->hash[k]);
        b->where[k] = h.entry;
        __builtin_prefetch(entries + (size_t)h.entry * kt->size);
        more = more * 2 + h.more;
        match = match * 2 + (h.match != 0);
    }
    for (size_t k = n; k-- > 0;)
        found = found * 2 + set_hint_holds(kt, entries, match >> k & 1, b->where[k],
                                           keys + k * kt->size);
    more &= ~found;
    return more ? found | set_probe_further(d, t, more, b) : found;
}

/* Which of n keys are in d. */
static uint64_t set_probe(const pila__dict *d, const pila_pair *t, size_t n,
                          set_batch *b)
{
    bool near = d->mask < SET_NEAR;

    if (d->live == 0) return 0;
    switch (t->first->kind) {
    case PILA_KIND_I32:
        return near ? set_probe_near(d, &pila_i32, t, n, b)
                    : set_probe_far(d, &pila_i32, t, n, b);
    case PILA_KIND_I64:
    case PILA_KIND_U64:
        return near ? set_probe_near(d, &pila_i64, t, n, b)
                    : set_probe_far(d, &pila_i64, t, n, b);
    case PILA_KIND_STRING: return set_probe_far(d, &pila_text, t, n, b);
    default: return set_probe_far(d, t->first, t, n, b);
    }
}

/* And where; with their hashes. */
static uint64_t set_locate(const pila__dict *d, const pila_pair *t, size_t n,
                           set_batch *b)
{
    if (d->live == 0) return 0;
    switch (t->first->kind) {
    case PILA_KIND_I64:
    case PILA_KIND_U64: return set_probe_far(d, &pila_i64, t, n, b);
    case PILA_KIND_STRING: return set_probe_far(d, &pila_text, t, n, b);
    default: return set_probe_far(d, t->first, t, n, b);
    }
}

/* ---- a bit an entry: those to be left out ---- */

/* The dead ones of d, as a block of its own. */
static uint64_t *set_skips(const pila__dict *d)
{
    size_t words = d->used / SET_WORD + 1;
    uint64_t *skip = (uint64_t *)pila_alloc_zero(words, sizeof *skip);

    if (skip && d->groups) memcpy(skip, pila__dict_dead(d), words * sizeof *skip);
    return skip;
}

static void set_skip(uint64_t *skip, size_t e)
{
    skip[e / SET_WORD] |= (uint64_t)1 << (e % SET_WORD);
}

static bool set_skipped(const uint64_t *skip, size_t e)
{
    return skip[e / SET_WORD] >> (e % SET_WORD) & 1;
}

/* Of the n keys of a batch those whose bits are set. */
static void set_skip_each(uint64_t *skip, const set_batch *b, size_t n, uint64_t which)
{
    for (size_t k = 0; k < n; k++) {
        size_t e = set_at(b, k);
        skip[e / SET_WORD] |= (which >> k & 1) << (e % SET_WORD);
    }
}

/* ---- a result on its way: elements that differ, without an index yet ---- */

typedef struct set_made {
    char *entries;
    size_t n, room;
} set_made;

static pila_status set_open(set_made *m, const pila_pair *t, size_t most)
{
    m->n = 0;
    m->room = pila__dict_room_for(most);
    m->entries = (char *)pila_alloc(m->room, t->type.size);
    if (!m->entries) return PILA_ENOMEM;
    pila_mem_huge(m->entries, m->room * t->type.size);
    return PILA_OK;
}

/* What st has left of it goes to out, which is {0}. */
static pila_status set_shut(set_made *m, const pila_pair *t, pila_status st,
                            pila__dict *out)
{
    if (st == PILA_OK && m->n) st = pila__dict_adopt(out, t, m->entries, m->n, m->room);
    if (st == PILA_OK && m->n) return PILA_OK;
    for (size_t k = 0; k < m->n; k++)
        pila_type_drop(t->first, m->entries + k * t->type.size);
    pila_free(m->entries);
    return st;
}

PILA_INLINE size_t set_pack(char *to, const set_batch *b, size_t n, uint64_t keep,
                            size_t size)
{
    size_t kept = 0;

    for (size_t k = 0; k < n; k++) {
        memcpy(to + kept * size, b->keys + k * size, size);
        kept += keep >> k & 1;
    }
    return kept;
}

/* Copy the keys whose bits are set, of n, to the end. */
static pila_status set_emit(set_made *m, const pila_pair *t, const set_batch *b,
                            size_t n, uint64_t keep)
{
    const pila_type *kt = t->first;
    char *to = m->entries + m->n * t->type.size;

    if (n <= m->room - m->n && kt->size == 8) m->n += set_pack(to, b, n, keep, 8);
    else if (n <= m->room - m->n && kt->size == 4) m->n += set_pack(to, b, n, keep, 4);
    else
        for (keep &= set_first_bits(n); keep; keep &= keep - 1, to += t->type.size) {
            if (m->n == m->room) return PILA_EOVERFLOW;
            const char *key = b->keys + (size_t)__builtin_ctzll(keep) * kt->size;
            pila_status st = pila_type_copy(kt, to, key);
            if (st != PILA_OK) return st;
            m->n++;
        }
    return PILA_OK;
}

/* All of d's but those to be skipped. */
static pila_status set_emit_all(set_made *m, const pila_pair *t, const pila__dict *d,
                                const uint64_t *skip)
{
    set_batch b;
    size_t n, from = d->front;
    pila_status st = PILA_OK;

    if (!skip && pila_type_plain(t->first) && d->used - d->front == d->live) {
        memcpy(m->entries + m->n * t->type.size, pila__dict_entry(d, t, d->front),
               d->live * t->type.size);
        m->n += d->live;
        return PILA_OK;
    }
    while (st == PILA_OK && (n = set_gather(d, t, skip, &from, SET_BATCH, &b)) != 0)
        st = set_emit(m, t, &b, n, UINT64_MAX);
    return st;
}

/* Of w those that are in `in`, or those that are not. */
static pila_status set_emit_found(set_made *m, const pila_pair *t, const pila__dict *w,
                                  const pila__dict *in, bool wanted)
{
    set_batch b;
    size_t n, from = w->front;
    pila_status st = PILA_OK;

    while (st == PILA_OK && (n = set_gather(w, t, NULL, &from, SET_BATCH, &b)) != 0) {
        uint64_t found = set_probe(in, t, n, &b);
        st = set_emit(m, t, &b, n, wanted ? found : ~found);
    }
    return st;
}

/* ---- changes in place, a batch at a time ---- */

/* A key that is not in s, which has room for it. */
PILA_INLINE pila_status set_append_one(pila__dict *s, const pila_type *kt,
                                       const void *key, uint64_t hash)
{
    pila_status st = pila_type_copy(kt, s->entries + s->used * kt->size, key);

    if (st != PILA_OK) return st;
    pila__dict_link(s, hash, s->used++);
    s->live++;
    s->version++;
    return PILA_OK;
}

PILA_INLINE pila_status set_append_as(pila__dict *s, const pila_type *kt,
                                      const set_batch *b, uint64_t which)
{
    pila_status st = PILA_OK;

    for (; which && st == PILA_OK; which &= which - 1) {
        unsigned k = (unsigned)__builtin_ctzll(which);
        st = set_append_one(s, kt, b->keys + k * kt->size, b->hash[k]);
    }
    return st;
}

/* Keys that are not in s, which has room for them; hashed. */
static pila_status set_append(pila__dict *s, const pila_pair *t, const set_batch *b,
                              uint64_t which)
{
    switch (t->first->kind) {
    case PILA_KIND_I32: return set_append_as(s, &pila_i32, b, which);
    case PILA_KIND_I64:
    case PILA_KIND_U64: return set_append_as(s, &pila_i64, b, which);
    case PILA_KIND_STRING: return set_append_as(s, &pila_text, b, which);
    default: return set_append_as(s, t->first, b, which);
    }
}

static void set_hash(const pila__dict *s, const pila_pair *t, size_t n, set_batch *b)
{
    switch (t->first->kind) {
    case PILA_KIND_I64: set_hash_as(s, &pila_i64, n, b); break;
    case PILA_KIND_STRING: set_hash_as(s, &pila_text, n, b); break;
    default: set_hash_as(s, t->first, n, b);
    }
}

/* Keys that are in s, as entries where[k]; hashed. */
static void set_take_out(pila__dict *s, const pila_pair *t, const set_batch *b,
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
static size_t set_lacks(const pila__dict *s, const pila__dict *b, const pila_pair *t,
                        uint64_t *skip)
{
    set_batch batch;
    size_t n, from = b->front, lacks = b->live;

    while ((n = set_gather(b, t, NULL, &from, SET_BATCH, &batch)) != 0) {
        uint64_t found = set_probe(s, t, n, &batch);
        set_skip_each(skip, &batch, n, found);
        lacks -= (size_t)__builtin_popcountll(found);
    }
    return lacks;
}

/* s |= b where s may lack room: what it lacks is counted, room made once, and added. */
static pila_status set_merge_growing(pila__dict *s, const pila__dict *b,
                                     const pila_pair *t)
{
    set_batch batch;
    uint64_t *skip = set_skips(b);
    size_t n, from = b->front;

    if (!skip) return PILA_ENOMEM;
    pila_status st = pila__dict_reserve(s, t, s->live + set_lacks(s, b, t, skip));
    while (st == PILA_OK &&
           (n = set_gather(b, t, skip, &from, SET_BATCH, &batch)) != 0) {
        set_hash(s, t, n, &batch);
        st = set_append(s, t, &batch, set_first_bits(n));
    }
    pila_free(skip);
    return st;
}

static pila_status set_merge(pila__dict *s, const pila__dict *b, const pila_pair *t)
{
    set_batch batch;
    size_t n, from = b->front;
    pila_status st = PILA_OK;

    if (s->room - s->used < b->live) return set_merge_growing(s, b, t);
    while (st == PILA_OK &&
           (n = set_gather(b, t, NULL, &from, SET_BATCH, &batch)) != 0) {
        uint64_t found = set_locate(s, t, n, &batch);
        if (s->live == 0) set_hash(s, t, n, &batch);
        st = set_append(s, t, &batch, ~found & set_first_bits(n));
    }
    return st;
}

/* s -= b, going through the smaller. */
static pila_status set_subtract(pila__dict *s, const pila__dict *b, const pila_pair *t)
{
    set_batch batch;
    bool through_b = b->live < s->live;
    const pila__dict *w = through_b ? b : s;
    size_t n, from = w->front;

    while ((n = set_gather(w, t, NULL, &from, SET_BATCH, &batch)) != 0) {
        uint64_t found = set_locate(through_b ? s : b, t, n, &batch);
        for (size_t k = 0; k < n && !through_b; k++)
            batch.where[k] = (uint32_t)set_at(&batch, k);
        set_take_out(s, t, &batch, found);
    }
    return PILA_OK;
}

/* s ^= b, for a b that is small or elements that are no plain bytes. */
static pila_status set_toggle(pila__dict *s, const pila__dict *b, const pila_pair *t)
{
    set_batch batch;
    size_t n, from = b->front;
    pila_status st = PILA_OK;

    if (s->room - s->used < b->live) st = pila__dict_reserve(s, t, s->live + b->live);
    while (st == PILA_OK &&
           (n = set_gather(b, t, NULL, &from, SET_BATCH, &batch)) != 0) {
        uint64_t found = set_locate(s, t, n, &batch);
        if (s->live == 0) set_hash(s, t, n, &batch);
        set_take_out(s, t, &batch, found);
        st = set_append(s, t, &batch, ~found & set_first_bits(n));
    }
    return st;
}

/* ---- new sets, where no user code runs: made is {0} ---- */

static pila_status set_copy_quick(pila__dict *made, const pila__dict *d,
                                  const pila_pair *t)
{
    set_made m;
    pila_status st;

    if (pila_type_plain(t->first)) return pila__dict_clone(made, d, t);
    st = set_open(&m, t, d->live);
    if (st != PILA_OK) return st;
    st = set_emit_all(&m, t, d, NULL);
    return set_shut(&m, t, st, made);
}

/* A copy of a, changed. */
static pila_status set_copy_and(pila__dict *made, const pila__dict *a,
                                const pila__dict *b, const pila_pair *t,
                                pila_status (*change)(pila__dict *, const pila__dict *,
                                                      const pila_pair *))
{
    pila_status st = pila__dict_clone(made, a, t);
    return st == PILA_OK ? change(made, b, t) : st;
}

static pila_status set_or_quick(pila__dict *made, const pila__dict *a,
                                const pila__dict *b, const pila_pair *t)
{
    set_made m;
    pila_status st;

    if (pila_type_plain(t->first) && b->live <= a->room - a->used)
        return set_copy_and(made, a, b, t, set_merge);
    if ((st = set_open(&m, t, a->live + b->live)) != PILA_OK) return st;
    st = set_emit_all(&m, t, a, NULL);
    if (st == PILA_OK) st = set_emit_found(&m, t, b, a, false);
    return set_shut(&m, t, st, made);
}

static pila_status set_and_quick(pila__dict *made, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t)
{
    const pila__dict *w = b->live <= a->live ? b : a;
    set_made m;
    pila_status st = set_open(&m, t, w->live);

    if (st != PILA_OK) return st;
    st = set_emit_found(&m, t, w, w == a ? b : a, true);
    return set_shut(&m, t, st, made);
}

static pila_status set_sub_quick(pila__dict *made, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t)
{
    set_made m;
    pila_status st;

    if (pila_type_plain(t->first) && a->live / SET_FEW > b->live)
        return set_copy_and(made, a, b, t, set_subtract);
    if ((st = set_open(&m, t, a->live)) != PILA_OK) return st;
    st = set_emit_found(&m, t, a, b, false);
    return set_shut(&m, t, st, made);
}

/* Mark what w and `in` have in common, in the bits of either. */
static void set_mark_common(const pila__dict *w, uint64_t *skip_w, const pila__dict *in,
                            uint64_t *skip_in, const pila_pair *t)
{
    set_batch b;
    size_t n, from = w->front;

    while ((n = set_gather(w, t, NULL, &from, SET_BATCH, &b)) != 0) {
        uint64_t found = set_locate(in, t, n, &b);
        set_skip_each(skip_w, &b, n, found);
        for (; found; found &= found - 1)
            set_skip(skip_in, b.where[__builtin_ctzll(found)]);
    }
}

static pila_status set_xor_quick(pila__dict *made, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t)
{
    set_made m = {NULL, 0, 0};
    pila_status st = PILA_ENOMEM;

    if (pila_type_plain(t->first) && a->live / SET_FEW > b->live)
        return set_copy_and(made, a, b, t, set_toggle);
    uint64_t *skip_a = set_skips(a), *skip_b = set_skips(b);
    if (skip_a && skip_b) {
        if (a->live < b->live) set_mark_common(a, skip_a, b, skip_b, t);
        else set_mark_common(b, skip_b, a, skip_a, t);
        st = set_open(&m, t, a->live + b->live);
    }
    if (st == PILA_OK) st = set_emit_all(&m, t, a, skip_a);
    if (st == PILA_OK) st = set_emit_all(&m, t, b, skip_b);
    pila_free(skip_a);
    pila_free(skip_b);
    return set_shut(&m, t, st, made);
}

PILA_INLINE bool set_all_as(const pila__dict *d, const pila_type *kt,
                            const pila_pair *t, size_t n, const set_batch *b,
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
static bool set_all_first(const pila__dict *d, const pila_pair *t, size_t n,
                          const set_batch *b, bool wanted)
{
    if (n == 0) return true; /* d may be empty as well */
    switch (t->first->kind) {
    case PILA_KIND_I64:
    case PILA_KIND_U64: return set_all_as(d, &pila_i64, t, n, b, wanted);
    default: return set_all_as(d, t->first, t, n, b, wanted);
    }
}

/* Whether all of a are in b, or (not wanted) none is. */
static bool set_all_quick(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                          bool wanted)
{
    set_batch batch;
    size_t from = a->front, n = set_gather(a, t, NULL, &from, SET_FIRST, &batch);

    if (!set_all_first(b, t, n, &batch, wanted)) return false;
    while ((n = set_gather(a, t, NULL, &from, SET_BATCH, &batch)) != 0)
        if (set_probe(b, t, n, &batch) != (wanted ? set_first_bits(n) : 0))
            return false;
    return true;
}

/* ---- going through a set whose callbacks may change it ---- */

typedef struct set_walk {
    const pila__dict *dict;
    const pila_pair *types;
    size_t at, next;  /* this entry, and where to look for the next */
    uint64_t version; /* at the start */
    uint64_t hash;    /* of the key, where hashing runs user code */
    pila__held key;   /* until the next one */
    bool holding;
} set_walk;

static void set_walk_start(set_walk *w, const pila__dict *d, const pila_pair *t)
{
    w->dict = d;
    w->types = t;
    w->next = d->front;
    w->version = d->version;
    w->hash = 0;
    w->holding = false;
}

static void set_walk_end(set_walk *w)
{
    if (w->holding) pila__let_go(&w->key, w->types->first);
    w->holding = false;
}

static bool set_walk_broken(const set_walk *w)
{
    return w->dict->version != w->version;
}

/* The next key; PILA_END after the last. */
static pila_status set_walk_next(set_walk *w)
{
    const pila__dict *d = w->dict;

    set_walk_end(w);
    if (set_walk_broken(w)) return PILA_EMUTATED;
    w->at = pila__dict_scan(d, w->next, false);
    if (w->at >= d->used) return PILA_END;
    w->next = w->at + 1;
    if (d->hashes) w->hash = d->hashes[w->at];
    pila_status st =
        pila__hold(&w->key, w->types->first, pila__dict_entry(d, w->types, w->at));
    w->holding = st == PILA_OK;
    return st == PILA_OK && set_walk_broken(w) ? PILA_EMUTATED : st;
}

/* Where in d the walk's key is; d is not to change meanwhile. */
static pila_status set_walk_find(const set_walk *w, const pila__dict *d, size_t *e)
{
    uint64_t version = d->version;
    pila_status st = PILA_OK;

    *e = pila__dict_look_up(d, w->types, w->key.item, w->hash, &st);
    return st == PILA_OK && d->version != version ? PILA_EMUTATED : st;
}

static pila_status set_walk_put(const set_walk *w, pila__dict *d, bool fresh)
{
    return pila__dict_put_hashed(d, w->types, w->key.item, w->hash, fresh);
}

static pila_status set_walk_outcome(set_walk *w, pila_status st)
{
    set_walk_end(w);
    if (st == PILA_END) st = PILA_OK;
    return st == PILA_OK && set_walk_broken(w) ? PILA_EMUTATED : st;
}

/* ---- the operations, where user code may run ---- */

/* b's elements into s. fresh: s has none of them, and nobody else can change s. */
static pila_status set_merge_calling(pila__dict *s, const pila__dict *b,
                                     const pila_pair *t, bool fresh)
{
    set_walk w;
    pila_status st;

    set_walk_start(&w, b, t);
    while ((st = set_walk_next(&w)) == PILA_OK)
        if ((st = set_walk_put(&w, s, fresh)) != PILA_OK) break;
    return set_walk_outcome(&w, st);
}

static pila_status set_copy_calling(pila__dict *made, const pila__dict *d,
                                    const pila_pair *t)
{
    pila_status st = pila__dict_reserve(made, t, d->live);
    return st == PILA_OK ? set_merge_calling(made, d, t, true) : st;
}

/* Of a those that are in b, or those that are not, into made. */
static pila_status set_filter_calling(pila__dict *made, const pila__dict *a,
                                      const pila__dict *b, const pila_pair *t,
                                      bool wanted)
{
    set_walk w;
    pila_status st;
    size_t e;
    uint64_t version = b->version;

    set_walk_start(&w, a, t);
    while ((st = set_walk_next(&w)) == PILA_OK) {
        st = set_walk_find(&w, b, &e);
        if (st == PILA_OK && (e != PILA__DICT_NONE) == wanted)
            st = set_walk_put(&w, made, true);
        if (st == PILA_OK && b->version != version) st = PILA_EMUTATED;
        if (st != PILA_OK) break;
    }
    return set_walk_outcome(&w, st);
}

static pila_status set_and_calling(pila__dict *made, const pila__dict *a,
                                   const pila__dict *b, const pila_pair *t)
{
    return b->live <= a->live ? set_filter_calling(made, b, a, t, true)
                              : set_filter_calling(made, a, b, t, true);
}

/* b's elements out of s. */
static pila_status set_subtract_all(pila__dict *s, const pila__dict *b,
                                    const pila_pair *t)
{
    set_walk w;
    pila_status st;

    set_walk_start(&w, b, t);
    while ((st = set_walk_next(&w)) == PILA_OK) {
        st = pila__dict_remove_slow(s, t, w.key.item, w.hash, NULL);
        if (st != PILA_OK && st != PILA_EKEY) break;
    }
    return set_walk_outcome(&w, st);
}

/* s -= b; where b is much the larger, it is asked for the elements of s first. */
static pila_status set_subtract_calling(pila__dict *s, const pila__dict *b,
                                        const pila_pair *t)
{
    pila__dict common = {0};

    if (b->live / SET_VERY_FEW <= s->live) return set_subtract_all(s, b, t);
    pila_status st = set_filter_calling(&common, s, b, t, true);
    if (st == PILA_OK) st = set_subtract_all(s, &common, t);
    pila__dict_done(&common, t);
    return st;
}

static pila_status set_sub_calling(pila__dict *made, const pila__dict *a,
                                   const pila__dict *b, const pila_pair *t)
{
    if (a->live / SET_FEW <= b->live) return set_filter_calling(made, a, b, t, false);
    pila_status st = set_copy_calling(made, a, t);
    return st == PILA_OK ? set_subtract_all(made, b, t) : st;
}

static pila_status set_toggle_calling(pila__dict *s, const pila__dict *b,
                                      const pila_pair *t)
{
    set_walk w;
    pila_status st;

    set_walk_start(&w, b, t);
    while ((st = set_walk_next(&w)) == PILA_OK) {
        st = pila__dict_remove_slow(s, t, w.key.item, w.hash, NULL);
        if (st == PILA_EKEY) st = set_walk_put(&w, s, false);
        if (st != PILA_OK) break;
    }
    return set_walk_outcome(&w, st);
}

/* a's elements that are not in b; those of b that they equal are skipped. */
static pila_status set_xor_left(pila__dict *made, const pila__dict *a,
                                const pila__dict *b, const pila_pair *t, uint64_t *skip,
                                uint64_t version)
{
    set_walk w;
    pila_status st;
    size_t e;

    set_walk_start(&w, a, t);
    while ((st = set_walk_next(&w)) == PILA_OK) {
        st = b->version == version ? set_walk_find(&w, b, &e) : PILA_EMUTATED;
        if (st == PILA_OK && e != PILA__DICT_NONE) set_skip(skip, e);
        else if (st == PILA_OK) st = set_walk_put(&w, made, true);
        if (st != PILA_OK) break;
    }
    return set_walk_outcome(&w, st);
}

static pila_status set_xor_right(pila__dict *made, const pila__dict *b,
                                 const pila_pair *t, const uint64_t *skip,
                                 uint64_t version)
{
    set_walk w;
    pila_status st;

    set_walk_start(&w, b, t);
    w.version = version;
    while ((st = set_walk_next(&w)) == PILA_OK) {
        if (!set_skipped(skip, w.at)) st = set_walk_put(&w, made, true);
        if (st != PILA_OK) break;
    }
    return set_walk_outcome(&w, st);
}

static pila_status set_xor_calling(pila__dict *made, const pila__dict *a,
                                   const pila__dict *b, const pila_pair *t)
{
    uint64_t version = b->version, version_a = a->version, *skip = set_skips(b);
    pila_status st = skip ? PILA_OK : PILA_ENOMEM;

    if (st == PILA_OK) st = set_xor_left(made, a, b, t, skip, version);
    if (st == PILA_OK) st = set_xor_right(made, b, t, skip, version);
    if (st == PILA_OK && a->version != version_a) st = PILA_EMUTATED;
    pila_free(skip);
    return st;
}

/* As set_all_quick. */
static pila_status set_all_calling(const pila__dict *a, const pila__dict *b,
                                   const pila_pair *t, bool wanted, bool *out)
{
    set_walk w;
    pila_status st;
    bool good = true;
    size_t e;

    set_walk_start(&w, a, t);
    while (good && (st = set_walk_next(&w)) == PILA_OK) {
        if ((st = set_walk_find(&w, b, &e)) != PILA_OK) break;
        good = (e != PILA__DICT_NONE) == wanted;
    }
    st = set_walk_outcome(&w, good ? st : PILA_OK);
    if (st == PILA_OK) *out = good;
    return st;
}

/* ---- the operations ---- */

static pila_status set_copy_into(pila__dict *made, const pila__dict *d,
                                 const pila_pair *t)
{
    if (d->live == 0) return PILA_OK;
    return pila_type_calls_out(t->first) ? set_copy_calling(made, d, t)
                                         : set_copy_quick(made, d, t);
}

/* The result of a step at made becomes out, or is dropped. */
static pila_status set_hand_over(pila__dict *out, pila__dict *made, const pila_pair *t,
                                 pila_status st)
{
    if (st == PILA_OK) pila__dict_move(out, made, t);
    pila__dict_done(made, t);
    return st;
}

pila_status pila__set_copy(pila__dict *out, const pila__dict *d, const pila_pair *t)
{
    pila__dict made = {0};
    return set_hand_over(out, &made, t, set_copy_into(&made, d, t));
}

/* What an operation needs not look at b for; false: it must. */
static bool set_trivial(pila__dict *made, const pila__dict *a, const pila__dict *b,
                        const pila_pair *t, pila__set_op op, pila_status *st)
{
    bool copies_a = a == b ? op == PILA__SET_OR || op == PILA__SET_AND
                           : b->live == 0 && op != PILA__SET_AND;

    *st = PILA_OK;
    if (copies_a) *st = set_copy_into(made, a, t);
    else if (a->live == 0 && (op == PILA__SET_OR || op == PILA__SET_XOR))
        *st = set_copy_into(made, b, t);
    return copies_a || a == b || a->live == 0 || b->live == 0;
}

/* a op b into made, which is {0}. */
static pila_status set_combine_into(pila__dict *made, const pila__dict *a,
                                    const pila__dict *b, const pila_pair *t,
                                    pila__set_op op)
{
    bool calls = pila_type_calls_out(t->first);
    pila_status st;

    if (set_trivial(made, a, b, t, op, &st)) return st;
    switch (op) {
    case PILA__SET_OR:
        if (!calls) return set_or_quick(made, a, b, t);
        st = set_copy_calling(made, a, t);
        return st == PILA_OK ? set_merge_calling(made, b, t, false) : st;
    case PILA__SET_AND:
        return calls ? set_and_calling(made, a, b, t) : set_and_quick(made, a, b, t);
    case PILA__SET_SUB:
        return calls ? set_sub_calling(made, a, b, t) : set_sub_quick(made, a, b, t);
    default:
        return calls ? set_xor_calling(made, a, b, t) : set_xor_quick(made, a, b, t);
    }
}

pila_status pila__set_combine(pila__dict *out, const pila__dict *a, const pila__dict *b,
                              const pila_pair *t, pila__set_op op)
{
    pila__dict made = {0};
    return set_hand_over(out, &made, t, set_combine_into(&made, a, b, t, op));
}

/* s op= s */
static void set_change_by_itself(pila__dict *s, const pila_pair *t, pila__set_op op)
{
    if (op == PILA__SET_SUB || op == PILA__SET_XOR) pila__dict_clear(s, t);
}

/* Whether s ^= b is better made anew. */
static bool set_xor_anew(const pila__dict *s, const pila__dict *b, const pila_pair *t)
{
    return pila_type_plain(t->first) && s->live / SET_FEW <= b->live;
}

pila_status pila__set_change(pila__dict *s, const pila__dict *b, const pila_pair *t,
                             pila__set_op op)
{
    bool calls = pila_type_calls_out(t->first);

    if (s == b) set_change_by_itself(s, t, op);
    if (s == b || (b->live == 0 && op != PILA__SET_AND)) return PILA_OK;
    switch (op) {
    case PILA__SET_OR:
        return calls ? set_merge_calling(s, b, t, false) : set_merge(s, b, t);
    case PILA__SET_AND: return pila__set_combine(s, s, b, t, op);
    case PILA__SET_SUB:
        return calls ? set_subtract_calling(s, b, t) : set_subtract(s, b, t);
    default:
        if (calls) return set_toggle_calling(s, b, t);
        return set_xor_anew(s, b, t) ? pila__set_combine(s, s, b, t, op)
                                     : set_toggle(s, b, t);
    }
}

/* Whether all of a are in b, or (not wanted) none is. */
static pila_status set_all(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                           bool wanted, bool *out)
{
    if (pila_type_calls_out(t->first)) return set_all_calling(a, b, t, wanted, out);
    *out = set_all_quick(a, b, t, wanted);
    return PILA_OK;
}

static pila_status set_apart(const pila__dict *a, const pila__dict *b,
                             const pila_pair *t, bool *out)
{
    if (a == b) {
        *out = a->live == 0;
        return PILA_OK;
    }
    return b->live <= a->live ? set_all(b, a, t, false, out)
                              : set_all(a, b, t, false, out);
}

pila_status pila__set_le(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                         bool *out)
{
    if (a == b || a->live > b->live) {
        *out = a == b;
        return PILA_OK;
    }
    return set_all(a, b, t, true, out);
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
static const pila__dict *set_of_iter(const pila_iter *it, const pila_pair *t)
{
    const pila__dict *d = (const pila__dict *)it->state;

    if (it->status != PILA_OK || it->ops != &pila__set_ops || it->cur) return NULL;
    if (d->version != it->seen) return NULL;
    return pila__alike(t->first, it->type) ? d : NULL;
}

static bool set_takes(const pila_iter *it, const pila_pair *t)
{
    return it->status != PILA_OK || pila_type_accepts(t->first, it->type);
}

/* Whether the set that the items lie in has changed, and they are not to be read. */
static bool set_pulled_away(const pila_iter *it) { return *it->stamp != it->seen; }

PILA_INLINE pila_status set_add_as(pila__dict *s, const pila_type *kt,
                                   const pila_pair *t, const pila_iter *it, size_t n,
                                   set_batch *b, size_t *taken)
{
    pila_status st = PILA_OK;
    size_t k = 0;

    set_hash_as(s, kt, n, b);
    for (size_t j = 0; j < n; j++)
        __builtin_prefetch(
            s->entries +
            set_hint_of((const char *)s->groups, s->mask, b->hash[j]).entry * kt->size);
    while (k < n && st == PILA_OK && !set_pulled_away(it)) {
        const char *key = b->keys + k * kt->size;
        size_t e = pila__dict_find(s, kt, t, key, b->hash[k], &st);
        if (e == PILA__DICT_NONE)
            st = s->used < s->room
                     ? set_append_one(s, kt, key, b->hash[k])
                     : pila__dict_push_full(s, t, key, NULL, b->hash[k], NULL);
        k++;
    }
    *taken = k;
    return st;
}

static pila_status set_add_window(pila__dict *s, const pila_pair *t, pila_iter *it,
                                  size_t n, set_batch *b, size_t *taken)
{
    switch (t->first->kind) {
    case PILA_KIND_I32: return set_add_as(s, &pila_i32, t, it, n, b, taken);
    case PILA_KIND_I64: return set_add_as(s, &pila_i64, t, it, n, b, taken);
    case PILA_KIND_STRING: return set_add_as(s, &pila_text, t, it, n, b, taken);
    default: return set_add_as(s, t->first, t, it, n, b, taken);
    }
}

static pila_status set_discard_window(pila__dict *s, const pila_pair *t, pila_iter *it,
                                      size_t n, set_batch *b, size_t *taken)
{
    uint64_t found = set_locate(s, t, n, b);
    pila_status st = PILA_OK;

    *taken = n;
    for (; found && st == PILA_OK; found &= found - 1) {
        unsigned k = (unsigned)__builtin_ctzll(found);
        st = pila__dict_remove_slow(s, t, b->keys + k * t->type.size, b->hash[k], NULL);
        if (st == PILA_EKEY) st = PILA_OK; /* it was there twice in the window */
        *taken = k + 1;
        if (set_pulled_away(it)) return st;
    }
    *taken = n;
    return st;
}

/* Add all items to s, or take them out: no user code runs. */
static pila_status set_change_windows(pila__dict *s, const pila_pair *t, pila_iter *it,
                                      bool add)
{
    set_batch b;
    pila_status st = PILA_OK;
    size_t n, taken;

    while (st == PILA_OK && (n = set_window(it, t->first, &b)) != 0) {
        if (add && !s->groups) st = pila__dict_grow(s, t, 1);
        if (st != PILA_OK) break;
        st = add ? set_add_window(s, t, it, n, &b, &taken)
                 : set_discard_window(s, t, it, n, &b, &taken);
        pila_iter_skip(it, taken);
    }
    return st;
}

/* An item, hashed, in a place of its own: it may lie in what a callback changes. */
static pila_status set_hold_item(pila__held *key, const pila_type *kt, const void *item,
                                 uint64_t *hash)
{
    pila_status st = pila__hold(key, kt, item);

    if (st != PILA_OK) return st;
    pila_hash_init();
    st = pila_type_hash(kt, key->item, hash);
    if (st != PILA_OK) pila__let_go(key, kt);
    return st;
}

static pila_status set_change_one_by_one(pila__dict *s, const pila_pair *t,
                                         pila_iter *it, bool add)
{
    pila_status st = PILA_OK;
    const void *item;
    uint64_t hash;

    while (st == PILA_OK && (item = pila_next_item(it)) != NULL) {
        pila__held key;
        if ((st = set_hold_item(&key, t->first, item, &hash)) != PILA_OK) break;
        st = add ? pila__dict_put_hashed(s, t, key.item, hash, false)
                 : pila__dict_remove_slow(s, t, key.item, hash, NULL);
        if (!add && st == PILA_EKEY) st = PILA_OK;
        pila__let_go(&key, t->first);
    }
    return st;
}

/* The end of whoever reads an iterator. */
static pila_status set_finish(pila_iter *it, pila_status st)
{
    if (st == PILA_OK) st = pila_iter_outcome(it);
    pila_iter_drop(it);
    return st;
}

static pila_status set_read(pila__dict *s, const pila_pair *t, pila_iter items,
                            bool add)
{
    pila_status st = set_takes(&items, t) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK)
        st = pila_type_calls_out(t->first) ? set_change_one_by_one(s, t, &items, add)
                                           : set_change_windows(s, t, &items, add);
    return set_finish(&items, st);
}

/* Those of a window that are in s, into made. */
static pila_status set_keep_window(pila__dict *made, const pila__dict *s,
                                   const pila_pair *t, size_t n, set_batch *b)
{
    pila_status st = PILA_OK;

    for (uint64_t found = set_probe(s, t, n, b); found && st == PILA_OK;
         found &= found - 1)
        st = pila__dict_put(made, t->first, t,
                            b->keys + (size_t)__builtin_ctzll(found) * t->type.size,
                            NULL, false, NULL);
    return st;
}

static pila_status set_keep_one(pila__dict *made, const pila__dict *s,
                                const pila_pair *t, const void *item)
{
    uint64_t hash = 0;
    pila__held key;
    pila_status st = set_hold_item(&key, t->first, item, &hash);

    if (st != PILA_OK) return st;
    if (pila__dict_look_up(s, t, key.item, hash, &st) != PILA__DICT_NONE)
        st = pila__dict_put_hashed(made, t, key.item, hash, false);
    pila__let_go(&key, t->first);
    return st;
}

/* The items that are in s, into made. */
static pila_status set_keep_read(pila__dict *made, const pila__dict *s,
                                 const pila_pair *t, pila_iter items)
{
    pila_status st = set_takes(&items, t) ? PILA_OK : PILA_ETYPE;
    bool calls = pila_type_calls_out(t->first);
    const void *item;
    set_batch b;
    size_t n;

    while (st == PILA_OK && calls && (item = pila_next_item(&items)) != NULL)
        st = set_keep_one(made, s, t, item);
    while (st == PILA_OK && !calls && (n = set_window(&items, t->first, &b)) != 0) {
        st = set_keep_window(made, s, t, n, &b);
        pila_iter_skip(&items, n);
    }
    return set_finish(&items, st);
}

/* a op items into made, which is {0}; the items are read. */
static pila_status set_combine_read(pila__dict *made, const pila__dict *a,
                                    const pila_pair *t, pila_iter items,
                                    pila__set_op op)
{
    pila__dict other = {0};
    pila_status st;

    if (op == PILA__SET_AND) return set_keep_read(made, a, t, items);
    if (op == PILA__SET_XOR) {
        st = set_read(&other, t, items, true);
        if (st == PILA_OK) st = set_combine_into(made, a, &other, t, op);
        pila__dict_done(&other, t);
        return st;
    }
    st = set_copy_into(made, a, t);
    if (st == PILA_OK) return set_read(made, t, items, op == PILA__SET_OR);
    pila_iter_drop(&items);
    return st;
}

/* The iterator is dropped, whatever it was. */
static pila_status set_combine_any(pila__dict *made, const pila__dict *a,
                                   const pila_pair *t, pila_iter items, pila__set_op op)
{
    const pila__dict *b = set_of_iter(&items, t);

    return b ? set_combine_into(made, a, b, t, op)
             : set_combine_read(made, a, t, items, op);
}

pila_status pila__set_combine_iter(pila__dict *out, const pila__dict *a,
                                   const pila_pair *t, pila_iter items, pila__set_op op)
{
    pila__dict made = {0};
    return set_hand_over(out, &made, t, set_combine_any(&made, a, t, items, op));
}

pila_status pila__set_from(pila__dict *out, const pila_pair *t, pila_iter items)
{
    return pila__set_combine_iter(out, &pila__set_empty, t, items, PILA__SET_OR);
}

pila_status pila__set_change_iter(pila__dict *s, const pila_pair *t, pila_iter items,
                                  pila__set_op op)
{
    const pila__dict *b = set_of_iter(&items, t);
    pila__dict other = {0};
    pila_status st;

    if (b) return pila__set_change(s, b, t, op);
    if (op == PILA__SET_AND) return pila__set_combine_iter(s, s, t, items, op);
    if (op != PILA__SET_XOR) return set_read(s, t, items, op == PILA__SET_OR);
    st = set_read(&other, t, items, true);
    if (st == PILA_OK) st = pila__set_change(s, &other, t, op);
    pila__dict_done(&other, t);
    return st;
}

/* s and all the others have in common; s changes at the end. */
static pila_status set_and_many(pila__dict *s, const pila_pair *t,
                                const pila_iter *items, size_t n)
{
    pila__dict made = {0};
    pila_status st =
        n ? set_combine_any(&made, s, t, items[0], PILA__SET_AND) : PILA_OK;

    for (size_t k = 1; k < n; k++) {
        pila_iter next = items[k];
        if (st == PILA_OK) st = pila__set_change_iter(&made, t, next, PILA__SET_AND);
        else pila_iter_drop(&next);
    }
    if (n == 0) return PILA_OK;
    return set_hand_over(s, &made, t, st);
}

pila_status pila__set_change_many(pila__dict *s, const pila_pair *t,
                                  const pila_iter *items, size_t n, pila__set_op op)
{
    pila_status st = PILA_OK;

    if (op == PILA__SET_AND) return set_and_many(s, t, items, n);
    for (size_t k = 0; k < n; k++) {
        pila_iter next = items[k];
        if (st == PILA_OK) st = pila__set_change_iter(s, t, next, op);
        else pila_iter_drop(&next);
    }
    return st;
}

/* Whether all items are in s, or (not wanted) none is, read as far as is needed. */
static pila_status set_all_windows(const pila__dict *s, const pila_pair *t,
                                   pila_iter *it, bool wanted, bool *good)
{
    set_batch b;
    size_t n;

    while (*good && (n = set_window(it, t->first, &b)) != 0) {
        uint64_t found = set_probe(s, t, n, &b);
        uint64_t bad = (wanted ? ~found : found) & set_first_bits(n);
        *good = bad == 0;
        pila_iter_skip(it, bad ? (size_t)__builtin_ctzll(bad) + 1 : n);
    }
    return PILA_OK;
}

static pila_status set_all_one_by_one(const pila__dict *s, const pila_pair *t,
                                      pila_iter *it, bool wanted, bool *good)
{
    pila_status st = PILA_OK;
    const void *item;
    uint64_t hash = 0;

    while (st == PILA_OK && *good && (item = pila_next_item(it)) != NULL) {
        pila__held key;
        if ((st = set_hold_item(&key, t->first, item, &hash)) != PILA_OK) break;
        size_t e = pila__dict_look_up(s, t, key.item, hash, &st);
        *good = (e != PILA__DICT_NONE) == wanted;
        pila__let_go(&key, t->first);
    }
    return st;
}

static pila_status set_all_read(const pila__dict *s, const pila_pair *t,
                                pila_iter items, bool wanted, bool *out)
{
    bool good = true;
    pila_status st = set_takes(&items, t) ? PILA_OK : PILA_ETYPE;

    if (st == PILA_OK)
        st = pila_type_calls_out(t->first)
                 ? set_all_one_by_one(s, t, &items, wanted, &good)
                 : set_all_windows(s, t, &items, wanted, &good);
    if (st == PILA_OK && !good) pila_iter_drop(&items);
    else st = set_finish(&items, st);
    if (st == PILA_OK) *out = good;
    return st;
}

pila_status pila__set_ask(const pila__dict *s, const pila_pair *t, pila_iter items,
                          pila__set_question question, bool *out)
{
    const pila__dict *b = set_of_iter(&items, t);
    pila__dict other = {0};
    pila_status st;

    if (b && question == PILA__SET_ISDISJOINT) return set_apart(s, b, t, out);
    if (b && question == PILA__SET_ISSUBSET) return pila__set_le(s, b, t, out);
    if (b) return pila__set_le(b, s, t, out);
    if (question != PILA__SET_ISSUBSET)
        return set_all_read(s, t, items, question == PILA__SET_ISSUPERSET, out);
    st = set_read(&other, t, items, true);
    if (st == PILA_OK) st = pila__set_le(s, &other, t, out);
    pila__dict_done(&other, t);
    return st;
}

/* ---- showing ---- */

static pila_status set_show(const pila__dict *d, const pila_pair *t, pila_buf *out)
{
    set_walk w;
    pila_status st;

    set_walk_start(&w, d, t);
    for (bool first = true; (st = set_walk_next(&w)) == PILA_OK; first = false) {
        st = pila_buf_add(out, pila_cstr(first ? "{" : ", "));
        if (st == PILA_OK) st = pila_type_repr(t->first, w.key.item, out);
        if (st != PILA_OK) break;
    }
    st = set_walk_outcome(&w, st);
    return st == PILA_OK ? pila_buf_add_char(out, '}') : st;
}

pila_status pila__set_repr(const pila__dict *d, const pila_pair *t, bool frozen,
                           pila_buf *out)
{
    size_t was = out->len;
    bool bare = d->live && !frozen; /* {1} else set(), frozenset(), frozenset({1}) */
    pila_status st = PILA_OK;

    if (!bare) st = pila_buf_add(out, pila_cstr(frozen ? "frozenset(" : "set("));
    if (st == PILA_OK && d->live) st = set_show(d, t, out);
    if (st == PILA_OK && !bare) st = pila_buf_add_char(out, ')');
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- frozensets ---- */

/* With t beside it, for the run-time face. */
typedef struct frozen_kept {
    pila__frozen head;
    pila_pair types;
} frozen_kept;

/* Of a sum, in which order does not matter, of hashes that are mixed once more, so that
 * no sum of two is that of two others. */
static uint64_t frozen_hash_of(const pila__dict *d, const pila_pair *t)
{
    uint64_t sum = 0;

    for (size_t e = pila__dict_scan(d, d->front, false); e < d->used;
         e = pila__dict_scan(d, e + 1, false)) {
        uint64_t hash = 0;
        if (d->hashes) hash = d->hashes[e];
        else (void)!pila_type_hash(t->first, pila__dict_entry(d, t, e), &hash);
        sum += pila__hash_16(hash, ~hash);
    }
    return pila__hash_16(sum, d->live);
}

static const pila_pair *frozen_types(const pila_pair *t, const pila__frozen *f,
                                     bool kept)
{
    return kept ? &((const frozen_kept *)(const void *)f)->types : t;
}

static void frozen_release(pila__frozen *f, const pila_pair *t)
{
    if (!f || __atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL)) return;
    pila__dict_done(&f->base, t);
    pila_free(f);
}

/* made, which becomes empty, as a frozenset; NULL for an empty one. */
static pila_status frozen_make(pila__frozen **out, pila__dict *made, const pila_pair *t,
                               bool keep)
{
    pila__frozen *f;

    *out = NULL;
    if (made->live == 0) {
        pila__dict_done(made, t);
        return PILA_OK;
    }
    f = (pila__frozen *)pila_alloc(1, keep ? sizeof(frozen_kept) : sizeof *f);
    if (!f) return PILA_ENOMEM;
    if (keep) ((frozen_kept *)(void *)f)->types = *t;
    f->refs = 1;
    f->hash = frozen_hash_of(made, t);
    memset(&f->base, 0, sizeof f->base);
    pila__dict_move(&f->base, made, t);
    *out = f;
    return PILA_OK;
}

/* What st has left of made takes the place of what out is. */
static pila_status frozen_hand_over(pila__frozen **out, pila__dict *made,
                                    const pila_pair *t, bool keep, pila_status st)
{
    pila__frozen *fresh = NULL, *was = *out;

    if (st == PILA_OK) st = frozen_make(&fresh, made, t, keep);
    pila__dict_done(made, t);
    if (st != PILA_OK) return st;
    *out = fresh;
    frozen_release(was, frozen_types(t, was, keep));
    return PILA_OK;
}

pila_status pila__frozen_from(pila__frozen **out, const pila_pair *t, pila_iter items,
                              bool keep)
{
    return pila__frozen_combine_iter(out, &pila__set_empty, t, items, PILA__SET_OR,
                                     keep);
}

pila_status pila__frozen_combine(pila__frozen **out, const pila__dict *a,
                                 const pila__dict *b, const pila_pair *t,
                                 pila__set_op op, bool keep)
{
    pila__dict made = {0};
    pila_status st = set_combine_into(&made, a, b, t, op);
    return frozen_hand_over(out, &made, t, keep, st);
}

pila_status pila__frozen_combine_iter(pila__frozen **out, const pila__dict *a,
                                      const pila_pair *t, pila_iter items,
                                      pila__set_op op, bool keep)
{
    pila__dict made = {0};
    pila_status st = set_combine_any(&made, a, t, items, op);
    return frozen_hand_over(out, &made, t, keep, st);
}

static pila__frozen *frozen_share(pila__frozen *f)
{
    if (f) (void)__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
    return f;
}

void pila__frozen_copy(pila__frozen **out, pila__frozen *f, const pila_pair *t)
{
    pila__frozen *was = *out;

    *out = frozen_share(f);
    frozen_release(was, t);
}

void pila__frozen_move(pila__frozen **out, pila__frozen **f, const pila_pair *t)
{
    pila__frozen *was = *out;

    if (out == f) return;
    *out = *f;
    *f = NULL;
    frozen_release(was, t);
}

void pila__frozen_done(pila__frozen **f, const pila_pair *t)
{
    pila__frozen *was = *f;

    *f = NULL;
    frozen_release(was, t);
}

uint64_t pila__frozen_hash(const pila__frozen *f)
{
    if (f) return f->hash;
    pila_hash_init();
    return pila__hash_16(0, 0);
}

static pila_status frozen_eq(const pila__frozen *a, const pila__frozen *b,
                             const pila_pair *t, bool *out)
{
    if (a && b && a->hash == b->hash) return pila__set_eq(&a->base, &b->base, t, out);
    *out = a == b;
    return PILA_OK;
}

/* The first member of any frozenset. */
static pila__frozen *frozen_at(const void *item)
{
    return *(pila__frozen *const *)item;
}

pila_status pila__frozen_type_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    *out = pila__frozen_hash(frozen_at(item));
    return PILA_OK;
}

pila_status pila__frozen_type_eq(void *ctx, const void *a, const void *b, bool *out)
{
    return frozen_eq(frozen_at(a), frozen_at(b), (const pila_pair *)ctx, out);
}

pila_status pila__frozen_type_less(void *ctx, const void *a, const void *b, bool *out)
{
    return pila__set_lt(pila__frozen_dict(frozen_at(a)),
                        pila__frozen_dict(frozen_at(b)), (const pila_pair *)ctx, out);
}

pila_status pila__frozen_type_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    *(pila__frozen **)out = frozen_share(frozen_at(item));
    return PILA_OK;
}

void pila__frozen_type_drop(void *ctx, void *item)
{
    frozen_release(frozen_at(item), (const pila_pair *)ctx);
}

pila_status pila__frozen_type_repr(void *ctx, const void *item, pila_buf *out)
{
    return pila__set_repr(pila__frozen_dict(frozen_at(item)), (const pila_pair *)ctx,
                          true, out);
}

/* ---- the run-time face: set ---- */

/* The rest of a function: call(kt) with a constant descriptor where there is one. */
#define SET_BY_KIND(s, call)                                                           \
    PILA__BY_KIND((s)->types.first, call, call((s)->types.first))

/* It points to nothing of its own, so what holds it may be moved as bytes. */
static void set_types(pila_pair *t, const pila_type *type)
{
    t->first = type;
    t->second = &pila__nothing;
    t->second_at = type->size;
    memset(&t->type, 0, sizeof t->type);
    t->type.kind = PILA_KIND_OTHER;
    t->type.size = type->size;
    t->type.align = type->align;
    t->type.name = type->name;
}

static pila_status set_type_fits(const pila_type *type)
{
    if (type->size == 0) return PILA_ETYPE;
    return type->size > PTRDIFF_MAX ? PILA_EOVERFLOW : PILA_OK;
}

static bool set_alike(const pila_set *a, const pila_set *b)
{
    return pila__alike(a->types.first, b->types.first);
}

pila_status pila_set_init(pila_set *s, const pila_type *type)
{
    pila_status st = set_type_fits(type);

    if (st != PILA_OK) return st;
    memset(&s->base, 0, sizeof s->base);
    set_types(&s->types, type);
    return PILA_OK;
}

void pila_set_done(pila_set *s) { pila__dict_done(&s->base, &s->types); }

pila_set *pila_set_new(const pila_type *type)
{
    pila_set *s = (pila_set *)pila_alloc(1, sizeof *s);

    if (s && pila_set_init(s, type) == PILA_OK) return s;
    pila_free(s);
    return NULL;
}

void pila_set_free(pila_set *s)
{
    if (s) pila_set_done(s);
    pila_free(s);
}

/* out drops what it held by its old type, when it is of the new one already. */
static void set_become(pila_set *out, pila__dict *made, const pila_pair *t)
{
    pila_pair was = out->types, now = *t;

    out->types = now;
    pila__dict_move(&out->base, made, &was);
}

pila_status pila_set_from(pila_set *out, pila_iter items)
{
    return pila__set_from(&out->base, &out->types, items);
}

pila_status pila_set_copy(pila_set *out, const pila_set *s)
{
    pila__dict made = {0};
    pila_status st = set_copy_into(&made, &s->base, &s->types);

    if (st == PILA_OK) set_become(out, &made, &s->types);
    else pila__dict_done(&made, &s->types);
    return st;
}

void pila_set_move(pila_set *out, pila_set *s)
{
    if (out != s) set_become(out, &s->base, &s->types);
}

size_t pila_set_len(const pila_set *s) { return s->base.live; }

pila_status pila_set_contains(const pila_set *s, const void *item, bool *out){
#define SET_CALL(kt) pila__dict_has(&s->base, kt, &s->types, item, out)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_add(pila_set *s, const void *item){
#define SET_CALL(kt) pila__set_add(&s->base, kt, &s->types, item)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_discard(pila_set *s, const void *item){
#define SET_CALL(kt) pila__set_discard(&s->base, kt, &s->types, item)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

pila_status pila_set_remove(pila_set *s, const void *item){
#define SET_CALL(kt) pila__dict_remove(&s->base, kt, &s->types, item, NULL)
    SET_BY_KIND(s, SET_CALL)
#undef SET_CALL
}

#undef SET_BY_KIND

pila_status pila_set_pop(pila_set *s, void *out)
{
    return pila__dict_popitem(&s->base, &s->types, true, out, NULL);
}

void pila_set_clear(pila_set *s) { pila__dict_clear(&s->base, &s->types); }

pila_status pila_set_reserve(pila_set *s, size_t n)
{
    return pila__dict_reserve(&s->base, &s->types, n);
}

pila_status pila_set_shrink(pila_set *s)
{
    return pila__dict_shrink(&s->base, &s->types);
}

pila_iter pila_set_iter(const pila_set *s)
{
    return pila__set_iter(&s->base, s->types.first);
}

pila_iter pila_set_reversed(const pila_set *s)
{
    return pila__set_reversed(&s->base, s->types.first);
}

pila_status pila_set_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_OR);
}

pila_status pila_set_intersection_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_AND);
}

pila_status pila_set_difference_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_SUB);
}

pila_status pila_set_symmetric_difference_update(pila_set *s, pila_iter items)
{
    return pila__set_change_iter(&s->base, &s->types, items, PILA__SET_XOR);
}

pila_status pila_set_update_many(pila_set *s, const pila_iter *items, size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_OR);
}

pila_status pila_set_intersection_update_many(pila_set *s, const pila_iter *items,
                                              size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_AND);
}

pila_status pila_set_difference_update_many(pila_set *s, const pila_iter *items,
                                            size_t n)
{
    return pila__set_change_many(&s->base, &s->types, items, n, PILA__SET_SUB);
}

/* made, as st left it, becomes out. */
static pila_status set_result(pila_set *out, pila__dict *made, const pila_pair *t,
                              pila_status st)
{
    if (st == PILA_OK) set_become(out, made, t);
    else pila__dict_done(made, t);
    return st;
}

static pila_status set_method(pila_set *out, const pila_set *s, pila_iter items,
                              pila__set_op op)
{
    pila__dict made = {0};
    pila_status st = set_combine_any(&made, &s->base, &s->types, items, op);
    return set_result(out, &made, &s->types, st);
}

pila_status pila_set_union(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_OR);
}

pila_status pila_set_intersection(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_AND);
}

pila_status pila_set_difference(pila_set *out, const pila_set *s, pila_iter items)
{
    return set_method(out, s, items, PILA__SET_SUB);
}

pila_status pila_set_symmetric_difference(pila_set *out, const pila_set *s,
                                          pila_iter items)
{
    return set_method(out, s, items, PILA__SET_XOR);
}

static pila_status set_operate(pila_set *out, const pila_set *a, const pila_set *b,
                               pila__set_op op)
{
    pila__dict made = {0};

    if (!set_alike(a, b)) return PILA_ETYPE;
    pila_status st = set_combine_into(&made, &a->base, &b->base, &a->types, op);
    return set_result(out, &made, &a->types, st);
}

pila_status pila_set_or(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_OR);
}

pila_status pila_set_and(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_AND);
}

pila_status pila_set_sub(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_SUB);
}

pila_status pila_set_xor(pila_set *out, const pila_set *a, const pila_set *b)
{
    return set_operate(out, a, b, PILA__SET_XOR);
}

static pila_status set_operate_in_place(pila_set *s, const pila_set *b, pila__set_op op)
{
    if (!set_alike(s, b)) return PILA_ETYPE;
    return pila__set_change(&s->base, &b->base, &s->types, op);
}

pila_status pila_set_ior(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_OR);
}

pila_status pila_set_iand(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_AND);
}

pila_status pila_set_isub(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_SUB);
}

pila_status pila_set_ixor(pila_set *s, const pila_set *b)
{
    return set_operate_in_place(s, b, PILA__SET_XOR);
}

pila_status pila_set_isdisjoint(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISDISJOINT, out);
}

pila_status pila_set_issubset(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISSUBSET, out);
}

pila_status pila_set_issuperset(const pila_set *s, pila_iter items, bool *out)
{
    return pila__set_ask(&s->base, &s->types, items, PILA__SET_ISSUPERSET, out);
}

pila_status pila_set_eq(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_eq(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_le(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_le(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_lt(const pila_set *a, const pila_set *b, bool *out)
{
    if (!set_alike(a, b)) return PILA_ETYPE;
    return pila__set_lt(&a->base, &b->base, &a->types, out);
}

pila_status pila_set_repr(const pila_set *s, pila_buf *out)
{
    return pila__set_repr(&s->base, &s->types, false, out);
}

/* ---- the run-time face: frozenset ---- */

/* Its pair of types: kept with the elements, where there are any. */
static const pila_pair *frozenset_types(const pila_frozenset *f, pila_pair *room)
{
    if (f->at) return frozen_types(NULL, f->at, true);
    set_types(room, f->type);
    return room;
}

static bool frozenset_alike(const pila_frozenset *a, const pila_frozenset *b)
{
    return pila__alike(a->type, b->type);
}

/* By its own types, which are with its elements. */
static void frozenset_release(pila__frozen *f)
{
    if (f) frozen_release(f, frozen_types(NULL, f, true));
}

pila_status pila_frozenset_init(pila_frozenset *f, const pila_type *type)
{
    pila_status st = set_type_fits(type);

    if (st != PILA_OK) return st;
    f->at = NULL;
    f->type = type;
    return PILA_OK;
}

void pila_frozenset_done(pila_frozenset *f)
{
    pila__frozen *was = f->at;

    f->at = NULL;
    frozenset_release(was);
}

pila_frozenset *pila_frozenset_new(const pila_type *type)
{
    pila_frozenset *f = (pila_frozenset *)pila_alloc(1, sizeof *f);

    if (f && pila_frozenset_init(f, type) == PILA_OK) return f;
    pila_free(f);
    return NULL;
}

void pila_frozenset_free(pila_frozenset *f)
{
    if (f) pila_frozenset_done(f);
    pila_free(f);
}

/* out becomes what st left in made. */
static pila_status frozenset_result(pila_frozenset *out, pila__dict *made,
                                    const pila_pair *t, pila_status st)
{
    pila__frozen *fresh = NULL, *was = out->at;
    const pila_type *type = t->first;

    if (st == PILA_OK) st = frozen_make(&fresh, made, t, true);
    pila__dict_done(made, t);
    if (st != PILA_OK) return st;
    out->at = fresh;
    out->type = type;
    frozenset_release(was);
    return PILA_OK;
}

static pila_status frozenset_method(pila_frozenset *out, const pila_frozenset *f,
                                    pila_iter items, pila__set_op op)
{
    pila_pair room = {NULL, NULL, 0, PILA_PLAIN_TYPE(char)};
    const pila_pair *t = frozenset_types(f, &room);
    pila__dict made = {0};
    pila_status st = set_combine_any(&made, pila__frozen_dict(f->at), t, items, op);
    return frozenset_result(out, &made, t, st);
}

static pila_status frozenset_operate(pila_frozenset *out, const pila_frozenset *a,
                                     const pila_frozenset *b, pila__set_op op)
{
    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return frozenset_method(out, a, pila_frozenset_iter(b), op);
}

pila_status pila_frozenset_from(pila_frozenset *out, pila_iter items)
{
    pila_frozenset none = {NULL, out->type};
    return frozenset_method(out, &none, items, PILA__SET_OR);
}

void pila_frozenset_copy(pila_frozenset *out, const pila_frozenset *f)
{
    pila__frozen *was = out->at;

    out->at = frozen_share(f->at);
    out->type = f->type;
    frozenset_release(was);
}

void pila_frozenset_move(pila_frozenset *out, pila_frozenset *f)
{
    pila__frozen *was = out->at;

    if (out == f) return;
    *out = *f;
    f->at = NULL;
    frozenset_release(was);
}

size_t pila_frozenset_len(const pila_frozenset *f)
{
    return pila__frozen_dict(f->at)->live;
}

pila_status pila_frozenset_contains(const pila_frozenset *f, const void *item,
                                    bool *out)
{
    pila_pair room;
    const pila_pair *t = frozenset_types(f, &room);
    return pila__dict_has(pila__frozen_dict(f->at), t->first, t, item, out);
}

uint64_t pila_frozenset_hash(const pila_frozenset *f)
{
    return pila__frozen_hash(f->at);
}

pila_iter pila_frozenset_iter(const pila_frozenset *f)
{
    return pila__set_iter(pila__frozen_dict(f->at), f->type);
}

pila_iter pila_frozenset_reversed(const pila_frozenset *f)
{
    return pila__set_reversed(pila__frozen_dict(f->at), f->type);
}

pila_status pila_frozenset_union(pila_frozenset *out, const pila_frozenset *f,
                                 pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_OR);
}

pila_status pila_frozenset_intersection(pila_frozenset *out, const pila_frozenset *f,
                                        pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_AND);
}

pila_status pila_frozenset_difference(pila_frozenset *out, const pila_frozenset *f,
                                      pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_SUB);
}

pila_status pila_frozenset_symmetric_difference(pila_frozenset *out,
                                                const pila_frozenset *f,
                                                pila_iter items)
{
    return frozenset_method(out, f, items, PILA__SET_XOR);
}

pila_status pila_frozenset_or(pila_frozenset *out, const pila_frozenset *a,
                              const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_OR);
}

pila_status pila_frozenset_and(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_AND);
}

pila_status pila_frozenset_sub(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_SUB);
}

pila_status pila_frozenset_xor(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b)
{
    return frozenset_operate(out, a, b, PILA__SET_XOR);
}

static pila_status frozenset_ask(const pila_frozenset *f, pila_iter items,
                                 pila__set_question question, bool *out)
{
    pila_pair room;
    const pila_pair *t = frozenset_types(f, &room);
    return pila__set_ask(pila__frozen_dict(f->at), t, items, question, out);
}

pila_status pila_frozenset_isdisjoint(const pila_frozenset *f, pila_iter items,
                                      bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISDISJOINT, out);
}

pila_status pila_frozenset_issubset(const pila_frozenset *f, pila_iter items, bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISSUBSET, out);
}

pila_status pila_frozenset_issuperset(const pila_frozenset *f, pila_iter items,
                                      bool *out)
{
    return frozenset_ask(f, items, PILA__SET_ISSUPERSET, out);
}

pila_status pila_frozenset_eq(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    pila_pair room;

    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return frozen_eq(a->at, b->at, frozenset_types(a, &room), out);
}

pila_status pila_frozenset_le(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    pila_pair room;

    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    return pila__set_le(pila__frozen_dict(a->at), pila__frozen_dict(b->at),
                        frozenset_types(a, &room), out);
}

pila_status pila_frozenset_lt(const pila_frozenset *a, const pila_frozenset *b,
                              bool *out)
{
    if (pila_frozenset_len(a) < pila_frozenset_len(b))
        return pila_frozenset_le(a, b, out);
    if (!frozenset_alike(a, b)) return PILA_ETYPE;
    *out = false;
    return PILA_OK;
}

pila_status pila_frozenset_repr(const pila_frozenset *f, pila_buf *out)
{
    pila_pair room;
    return pila__set_repr(pila__frozen_dict(f->at), frozenset_types(f, &room), true,
                          out);
}

/* ---- its descriptor ---- */

static pila_status frozenset_type_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    return pila_frozenset_eq((const pila_frozenset *)a, (const pila_frozenset *)b, out);
}

static pila_status frozenset_type_less(void *ctx, const void *a, const void *b,
                                       bool *out)
{
    (void)ctx;
    return pila_frozenset_lt((const pila_frozenset *)a, (const pila_frozenset *)b, out);
}

static pila_status frozenset_type_copy(void *ctx, void *out, const void *item)
{
    pila_frozenset made = *(const pila_frozenset *)item;

    (void)ctx;
    made.at = frozen_share(made.at);
    *(pila_frozenset *)out = made;
    return PILA_OK;
}

static void frozenset_type_drop(void *ctx, void *item)
{
    (void)ctx;
    frozenset_release(((pila_frozenset *)item)->at);
}

static pila_status frozenset_type_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_frozenset_repr((const pila_frozenset *)item, out);
}

/* By kind, so that two descriptors of one kind of elements are the same to
 * pila_type_accepts, from whichever file they come. */
static const pila_type *frozenset_inner(const pila_type *inner)
{
    static const pila_type *const ready[] = {NULL,       &pila_i8,  &pila_i16,
                                             &pila_i32,  &pila_i64, &pila_u8,
                                             &pila_u16,  &pila_u32, &pila_u64,
                                             &pila_f32,  &pila_f64, &pila_ptr,
                                             &pila_view, &pila_text};

    return inner->kind == PILA_KIND_OTHER ? inner : ready[inner->kind];
}

pila_type pila_frozenset_type(const pila_type *inner)
{
    pila_type t = {PILA_KIND_OTHER,
                   sizeof(pila_frozenset),
                   PILA_ALIGNOF(pila_frozenset),
                   "frozenset",
                   (void *)(uintptr_t)frozenset_inner(inner),
                   pila__frozen_type_hash,
                   frozenset_type_eq,
                   frozenset_type_less,
                   frozenset_type_copy,
                   frozenset_type_drop,
                   frozenset_type_repr};
    return t;
}
