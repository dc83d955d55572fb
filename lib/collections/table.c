/* table.c - the compact hash table in order of insertion: its cold half.
 *
 * Two blocks. The entries lie in order of insertion, so going through a dict is a walk
 * along memory and growing it is a realloc. The index is an array of 64-byte groups,
 * each of twelve hash bytes and the twelve entry numbers that go with them: a look-up
 * loads one line, compares twelve bytes at once, and goes to the entry. A key that
 * finds its group full moves on by a step that depends on its hash and leaves a mark in
 * each group it passes; a miss ends at the first group without its mark.
 *
 * Invariant: entries [front, used) are those handed out; a bit says which are dead; the
 * first and the last are live; each live one has exactly one slot, on its key's walk,
 * and each group it passed counts it in `state`, up to 15, where the count sticks.
 *
 * A deleted entry stays behind as dead until the entries are full; then they are either
 * closed up, or doubled, so deletes cost O(1) amortised and order survives.
 * So does the old entry of a key that is moved to an end.
 *
 * Sources: F14 (Bronson and Shi, Facebook, 2019) for groups with their numbers in the
 * same line and counted overflow; the compact dict of CPython (Hettinger, 2012) for
 * entries apart from the index. Rejected: entries inside the index, which have no
 * order; entries copied into fresh large pages when they grow, rather than remapped: no
 * faster to look up, and clearing the pages took half of the time of inserting 1e7
 * keys.
 */
#include "table.h"

enum {
    DICT_GROUP_LOAD = 9, /* keys a group, on average at most, of its 12 slots */
    DICT_LINE = 64,      /* bytes: groups are aligned to cache lines */
    DICT_BATCH = 128     /* keys hashed and prefetched ahead while relinking: with 32
                            an index of 16 MB took 1.9 times as long */
};
#define DICT_MOST_ENTRIES ((size_t)UINT32_MAX)

/* ---- the bit an entry ---- */

static bool dict_is_dead(const pila__dict *d, size_t e)
{
    return pila__dict_dead(d)[e / 64] >> (e % 64) & 1;
}

static void dict_flip_dead(pila__dict *d, size_t e)
{
    pila__dict_dead(d)[e / 64] ^= (uint64_t)1 << (e % 64);
}

/* The first entry at or after e that is dead (or live), or used. */
static size_t dict_scan(const pila__dict *d, size_t e, bool dead)
{
    if (e >= d->used || (dead && d->used - d->front == d->live)) return d->used;
    const uint64_t *bits = pila__dict_dead(d), flip = dead ? 0 : UINT64_MAX;

    while (e < d->used) {
        uint64_t word = (bits[e / 64] ^ flip) >> (e % 64);
        if (word) e += (size_t)__builtin_ctzll(word);
        else e = (e / 64 + 1) * 64;
        if (word) break;
    }
    return e < d->used ? e : d->used;
}

static size_t dict_next_live(const pila__dict *d, size_t e)
{
    return dict_scan(d, e, false);
}

#define DICT_EACH(d, e)                                                                \
    for (size_t e = dict_next_live(d, (d)->front); e < (d)->used;                      \
         e = dict_next_live(d, e + 1))

/* ---- the hash of an entry that is there already ---- */

PILA_INLINE uint64_t dict_hash_of(const pila__dict *d, const pila_type *kt,
                                  const pila_pair *t, size_t e)
{
    uint64_t hash = 0;

    if (pila_type_calls_out(kt)) return d->hashes[e];
    (void)!pila_type_hash(kt, pila__dict_entry(d, t, e), &hash); /* cannot fail */
    return hash;
}

/* ---- size ---- */

static size_t dict_room_of(size_t groups)
{
    size_t room = groups == 1 ? (size_t)PILA__DICT_SLOTS : groups * DICT_GROUP_LOAD;
    return room < DICT_MOST_ENTRIES ? room : DICT_MOST_ENTRIES;
}

/* Groups for n entries, a power of two; 0 when there may not be so many. */
static size_t dict_groups_for(size_t n)
{
    size_t groups = 1;

    if (n > DICT_MOST_ENTRIES) return 0;
    while (dict_room_of(groups) < n) groups *= 2;
    return groups;
}

static size_t dict_groups(const pila__dict *d)
{
    return d->mask / sizeof(pila__dict_group) + 1;
}

static size_t dict_bitmap_bytes(size_t groups)
{
    return (dict_room_of(groups) / 64 + 1) * sizeof(uint64_t);
}

/* An empty index: groups aligned to a line, then the bits, all zero. */
static void *dict_new_block(size_t groups, pila__dict_group **aligned)
{
    size_t bytes;

    if (!pila_mul(groups, sizeof(pila__dict_group), &bytes) ||
        !pila_add(bytes, dict_bitmap_bytes(groups) + DICT_LINE, &bytes))
        return NULL;
    char *block = (char *)pila_alloc_zero(bytes, 1);
    if (!block) return NULL;
    pila_mem_huge(block, bytes);
    *aligned =
        (pila__dict_group *)(void *)(block + (-(uintptr_t)block & (DICT_LINE - 1)));
    return block;
}

/* The entries last: when this fails they have not moved, and windows into them hold. */
static pila_status dict_resize_entries(pila__dict *d, const pila_pair *t, size_t room)
{
    if (pila_type_calls_out(t->first)) {
        uint64_t *hashes = (uint64_t *)pila_realloc(d->hashes, room, sizeof *hashes);
        if (!hashes) return PILA_ENOMEM;
        d->hashes = hashes;
    }
    char *entries = (char *)pila_realloc(d->entries, room, t->type.size);
    if (!entries) return PILA_ENOMEM;
    d->entries = entries;
    pila_mem_huge(entries, room * t->type.size);
    return PILA_OK;
}

/* Move the live entries to the very front, in order. The bits are then stale. */
static void dict_close_up(pila__dict *d, const pila_pair *t)
{
    size_t to = 0;

    if (d->front == 0 && d->live == d->used) return;
    for (size_t from = dict_next_live(d, d->front); from < d->used;) {
        size_t end = dict_scan(d, from, true), n = end - from;
        memmove(pila__dict_entry(d, t, to), pila__dict_entry(d, t, from),
                n * t->type.size);
        if (d->hashes) memmove(d->hashes + to, d->hashes + from, n * sizeof *d->hashes);
        to += n;
        from = dict_next_live(d, end);
    }
    d->front = 0;
    d->used = to;
}

/* The same, with half of the room there is left in front of them. */
static void dict_close_up_between(pila__dict *d, const pila_pair *t, size_t room)
{
    size_t front = (room - d->live + 1) / 2;

    dict_close_up(d, t);
    memmove(pila__dict_entry(d, t, front), d->entries, d->live * t->type.size);
    if (d->hashes) memmove(d->hashes + front, d->hashes, d->live * sizeof *d->hashes);
    d->front = front;
    d->used = front + d->live;
}

PILA_INLINE void dict_relink_as(pila__dict *d, const pila_type *kt, const pila_pair *t)
{
    uint64_t hash[DICT_BATCH];

    for (size_t e = d->front; e < d->used; e += DICT_BATCH) {
        size_t n = d->used - e < DICT_BATCH ? d->used - e : (size_t)DICT_BATCH;
        for (size_t k = 0; k < n; k++) {
            hash[k] = dict_hash_of(d, kt, t, e + k);
            __builtin_prefetch(pila__dict_group_at(d, hash[k]), 1);
        }
        for (size_t k = 0; k < n; k++) pila__dict_link(d, hash[k], e + k);
    }
}

/* Every entry into an empty index. No entry is dead, and nothing here can fail. */
static void dict_relink(pila__dict *d, const pila_pair *t)
{
    switch (t->first->kind) {
    case PILA_KIND_I32: dict_relink_as(d, &pila_i32, t); break;
    case PILA_KIND_I64: dict_relink_as(d, &pila_i64, t); break;
    case PILA_KIND_U64: dict_relink_as(d, &pila_u64, t); break;
    case PILA_KIND_STRING: dict_relink_as(d, &pila_text, t); break;
    default: dict_relink_as(d, t->first, t);
    }
}

/* Where the room of a table made anew is to be. */
typedef enum dict_slack { DICT_SLACK_BEHIND, DICT_SLACK_BOTH_SIDES } dict_slack;

static void dict_lay_out(pila__dict *d, const pila_pair *t, size_t room,
                         dict_slack slack)
{
    if (slack == DICT_SLACK_BEHIND) dict_close_up(d, t);
    else dict_close_up_between(d, t, room);
}

/* The table made anew with so many groups; without dead entries. */
static pila_status dict_rebuild(pila__dict *d, const pila_pair *t, size_t groups,
                                dict_slack slack)
{
    size_t room = dict_room_of(groups);
    pila__dict_group *aligned = NULL;
    void *block = dict_new_block(groups, &aligned);
    bool wider = room > d->room;
    pila_status st = PILA_OK;

    if (!block) return PILA_ENOMEM;
    if (wider && (st = dict_resize_entries(d, t, room)) != PILA_OK) {
        pila_free(block);
        return st;
    }
    if (d->groups) dict_lay_out(d, t, room, slack);
    pila_free(d->block);
    d->block = block;
    d->groups = aligned;
    d->mask = (groups - 1) * sizeof(pila__dict_group);
    d->room = room;
    d->version++;
    dict_relink(d, t);
    return wider ? PILA_OK : dict_resize_entries(d, t, room);
}

/* The same in place: only dead entries are given up. */
static void dict_tidy(pila__dict *d, const pila_pair *t, dict_slack slack)
{
    size_t groups = dict_groups(d);

    dict_lay_out(d, t, d->room, slack);
    memset(d->groups, 0, groups * sizeof *d->groups + dict_bitmap_bytes(groups));
    d->version++;
    dict_relink(d, t);
}

/* Room for `more` further entries. A table that is not full of dead ones is doubled: of
 * the same size it would be full again after few deletes and as many new keys. */
static pila_status dict_grow(pila__dict *d, const pila_pair *t, size_t more,
                             dict_slack slack)
{
    size_t need, groups;

    pila_hash_init();
    d->size = t->type.size;
    d->value_at = t->second_at;
    if (!pila_add(d->live, more, &need)) return PILA_EOVERFLOW;
    if (d->groups && need <= d->room / 2 + d->room / 8) {
        dict_tidy(d, t, slack);
        return PILA_OK;
    }
    groups = dict_groups_for(need);
    if (groups == 0) return PILA_EOVERFLOW;
    if (d->groups && groups <= dict_groups(d) && d->room < DICT_MOST_ENTRIES)
        groups = 2 * dict_groups(d);
    return dict_rebuild(d, t, groups, slack);
}

pila_status pila__dict_grow(pila__dict *d, const pila_pair *t, size_t more)
{
    return dict_grow(d, t, more, DICT_SLACK_BEHIND);
}

pila_status pila__dict_reserve(pila__dict *d, const pila_pair *t, size_t n)
{
    if (n <= d->live || n - d->live <= d->room - d->used) return PILA_OK;
    return pila__dict_grow(d, t, n - d->live);
}

pila_status pila__dict_shrink(pila__dict *d, const pila_pair *t)
{
    size_t groups = dict_groups_for(d->live);

    if (d->live == 0) {
        pila__dict_done(d, t);
        return PILA_OK;
    }
    if (groups >= dict_groups(d)) return PILA_OK;
    return dict_rebuild(d, t, groups, DICT_SLACK_BEHIND);
}

/* ---- look-up where comparing runs user code ---- */

/* Whether entry e has this key. The entry is held over the callback. */
static pila_status dict_same_key(const pila__dict *d, const pila_pair *t, size_t e,
                                 const void *key, bool *same)
{
    pila__held h;
    pila_status st = pila__hold(&h, t->first, pila__dict_entry(d, t, e));

    if (st != PILA_OK) return st;
    st = pila_type_eq(t->first, h.item, key, same);
    pila__let_go(&h, t->first);
    return st;
}

/* As pila__dict_find, where comparing runs user code: the full hashes are compared
 * first, and when a callback changes the dict, the look-up starts again. */
static size_t dict_find_calling(const pila__dict *d, const pila_pair *t,
                                const void *key, uint64_t hash, pila_status *st)
{
    size_t at = hash, tries = 0;
    uint64_t version = d->version;

    while (d->live && tries++ < dict_groups(d)) {
        const pila__dict_group *g = pila__dict_group_at(d, at);
        uint32_t found = pila__dict_match(g, hash);
        for (; found && d->version == version; found &= found - 1) {
            size_t e = g->entry[__builtin_ctz(found)];
            bool same = false;
            if (d->hashes[e] != hash) continue;
            pila_status asked = dict_same_key(d, t, e, key, &same);
            if (asked != PILA_OK) *st = asked;
            if (asked != PILA_OK) return PILA__DICT_NONE;
            if (same && d->version == version) return e;
        }
        if (d->version != version) {
            version = d->version;
            at = hash;
            tries = 0;
        } else if (!pila__dict_spilt(g, hash)) break;
        else at = pila__dict_next(at, hash);
    }
    return PILA__DICT_NONE;
}

PILA_INLINE size_t dict_find_as(const pila__dict *d, const pila_type *kt,
                                const pila_pair *t, const void *key, uint64_t hash)
{
    size_t at = hash;

    for (size_t tries = dict_groups(d); tries;
         tries--, at = pila__dict_next(at, hash)) {
        const pila__dict_group *g = pila__dict_group_at(d, at);
        for (uint32_t found = pila__dict_match(g, hash); found; found &= found - 1) {
            size_t e = g->entry[__builtin_ctz(found)];
            bool same = false;
            (void)!pila_type_eq(kt, pila__dict_entry(d, t, e), key, &same);
            if (same) return e;
        }
        if (!pila__dict_spilt(g, hash)) break;
    }
    return PILA__DICT_NONE;
}

/* What pila__dict_find leaves: further candidates, further groups, calling out. */
size_t pila__dict_find_more(const pila__dict *d, const pila_pair *t, const void *key,
                            uint64_t hash, pila_status *st)
{
    switch (t->first->kind) {
    case PILA_KIND_OTHER: return dict_find_calling(d, t, key, hash, st);
    case PILA_KIND_I64: return dict_find_as(d, &pila_i64, t, key, hash);
    case PILA_KIND_U64: return dict_find_as(d, &pila_u64, t, key, hash);
    case PILA_KIND_STRING: return dict_find_as(d, &pila_text, t, key, hash);
    default: return dict_find_as(d, t->first, t, key, hash);
    }
}

/* By any kind of key. */
static size_t dict_find(const pila__dict *d, const pila_pair *t, const void *key,
                        uint64_t hash, pila_status *st)
{
    if (!d->groups) return PILA__DICT_NONE;
    return pila__dict_find(d, t->first, t, key, hash, st);
}

/* ---- adding, where copying runs user code or a value owns something ---- */

static void dict_swap(char *a, char *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        char was = a[k];
        a[k] = b[k];
        b[k] = was;
    }
}

/* What is held is now somebody else's: only its room is given back. */
static void dict_give_up(pila__held *h) { pila_free(h->block); }

/* The key is there, as entry e: its value replaced, the old one dropped last. */
static pila_status dict_overwrite(pila__dict *d, const pila_pair *t, size_t e,
                                  const void *value, bool *again)
{
    uint64_t version = d->version;
    pila__held fresh;
    pila_status st = pila__hold_copy(&fresh, t->second, value);

    if (st != PILA_OK) return st;
    *again = d->version != version;
    if (!*again)
        dict_swap(pila__dict_entry(d, t, e) + t->second_at,
                  (char *)(uintptr_t)fresh.item, t->second->size);
    pila__let_go_copy(&fresh);
    return PILA_OK;
}

/* Append what is held already: on success the pair is the dict's. */
static pila_status dict_add_held(pila__dict *d, const pila_pair *t, pila__held *k,
                                 pila__held *v, uint64_t hash)
{
    if (d->used == d->room) {
        pila_status st = pila__dict_grow(d, t, 1);
        if (st != PILA_OK) return st;
    }
    char *entry = pila__dict_entry(d, t, d->used);
    memcpy(entry, k->item, t->first->size);
    memcpy(entry + t->second_at, v->item, t->second->size);
    if (d->hashes) d->hashes[d->used] = hash;
    pila__dict_link(d, hash, d->used++);
    d->live++;
    d->version++;
    dict_give_up(k);
    dict_give_up(v);
    return PILA_OK;
}

/* Own copies of both made first, since making them may change the dict. */
static pila_status dict_add(pila__dict *d, const pila_pair *t, const void *key,
                            const void *value, uint64_t hash, bool *again)
{
    uint64_t version = d->version;
    pila__held k, v;
    pila_status st = pila__hold_copy(&k, t->first, key);

    if (st != PILA_OK) return st;
    st = pila__hold_copy(&v, t->second, value);
    if (st != PILA_OK) {
        pila__let_go_copy(&k);
        return st;
    }
    *again = d->version != version;
    if (!*again) st = dict_add_held(d, t, &k, &v, hash);
    if (*again || st != PILA_OK) {
        pila__let_go_copy(&v);
        pila__let_go_copy(&k);
    }
    return st;
}

/* pila__dict_push where the entries are full. Key and value may lie in them, and are
 * copied before those move; so when a copy fails, nothing has moved. */
pila_status pila__dict_push_full(pila__dict *d, const pila_pair *t, const void *key,
                                 const void *value, uint64_t hash, void **out)
{
    bool again; /* no: nothing here calls out */
    pila_status st = dict_add(d, t, key, value, hash, &again);

    if (st == PILA_OK && out) *out = pila__dict_entry(d, t, d->used - 1) + t->second_at;
    return st;
}

/* As pila__dict_put, for any types. When a copy callback changes the dict, the look-up
 * starts again. *out is where the value is unless an old one was overwritten. */
pila_status pila__dict_put_slow(pila__dict *d, const pila_pair *t, const void *key,
                                const void *value, bool overwrite, void **out)
{
    bool again = true;
    uint64_t hash;
    pila_status st = PILA_OK;

    pila_hash_init();
    st = pila_type_hash(t->first, key, &hash);
    while (st == PILA_OK && again) {
        size_t e = dict_find(d, t, key, hash, &st);
        again = false;
        if (st != PILA_OK) break;
        if (e == PILA__DICT_NONE) {
            st = dict_add(d, t, key, value, hash, &again);
            e = d->used - 1;
        } else if (overwrite) {
            st = dict_overwrite(d, t, e, value, &again);
            continue;
        }
        if (st == PILA_OK && !again && out)
            *out = pila__dict_entry(d, t, e) + t->second_at;
    }
    return st;
}

pila_status pila__dict_put_given(pila__dict *d, const pila_pair *t, pila__held *key,
                                 pila__held *value, uint64_t hash, void **out)
{
    pila_status st = PILA_OK;
    size_t e = dict_find(d, t, key->item, hash, &st);

    if (st == PILA_OK && e == PILA__DICT_NONE) {
        st = dict_add_held(d, t, key, value, hash);
        if (st == PILA_OK) *out = pila__dict_entry(d, t, d->used - 1) + t->second_at;
        if (st == PILA_OK) return PILA_OK;
    }
    uint64_t version = d->version;
    char *at = st == PILA_OK ? pila__dict_entry(d, t, e) + t->second_at : NULL;
    if (at) dict_swap(at, (char *)(uintptr_t)value->item, t->second->size);
    pila__let_go_copy(value);
    pila__let_go_copy(key);
    if (st == PILA_OK && d->version != version) return PILA_EMUTATED;
    if (st == PILA_OK) *out = at;
    return st;
}

/* ---- taking out ---- */

/* Keep the first and the last of [front, used) live. */
void pila__dict_trim(pila__dict *d)
{
    while (d->used > d->front && dict_is_dead(d, d->used - 1))
        dict_flip_dead(d, --d->used);
    while (d->front < d->used && dict_is_dead(d, d->front))
        dict_flip_dead(d, d->front++);
    if (d->front == d->used) d->front = d->used = 0;
}

/* Entry e out of the index, and dead. */
void pila__dict_unlink(pila__dict *d, size_t e, uint64_t hash)
{
    for (size_t at = hash;; at = pila__dict_next(at, hash)) {
        pila__dict_group *g = pila__dict_group_at(d, at);
        uint32_t found = pila__dict_match(g, hash);
        while (found && g->entry[__builtin_ctz(found)] != e) found &= found - 1;
        if (found) {
            g->state &= ~(found & (0u - found));
            break;
        }
        if (pila__dict_spilt(g, hash) != PILA__DICT_SPILL_STUCK)
            g->state -= 1u << pila__dict_lane(hash);
    }
    pila__dict_bury(d, e);
}

/* An entry moved out of the table, so that drops may do what they like to the dict. */
typedef struct dict_taken {
    char room[128];
    char *bytes;
} dict_taken;

/* Take entry e out. Its key and value go to where they are wanted, else are dropped. */
pila_status pila__dict_take(pila__dict *d, const pila_pair *t, size_t e, uint64_t hash,
                            void *key, void *value)
{
    dict_taken was;
    size_t size = t->type.size;

    was.bytes = size <= sizeof was.room ? was.room : (char *)pila_alloc(size, 1);
    if (!was.bytes) return PILA_ENOMEM;
    memcpy(was.bytes, pila__dict_entry(d, t, e), size);
    pila__dict_unlink(d, e, hash);
    if (key) memcpy(key, was.bytes, t->first->size);
    if (value) memcpy(value, was.bytes + t->second_at, t->second->size);
    if (!key) pila_type_drop(t->first, was.bytes);
    if (!value) pila_type_drop(t->second, was.bytes + t->second_at);
    if (was.bytes != was.room) pila_free(was.bytes);
    return PILA_OK;
}

pila_status pila__dict_remove_slow(pila__dict *d, const pila_pair *t, const void *key,
                                   uint64_t hash, void *value_out)
{
    pila_status st = PILA_EKEY;
    size_t e = dict_find(d, t, key, hash, &st);

    return e == PILA__DICT_NONE ? st : pila__dict_take(d, t, e, hash, NULL, value_out);
}

pila_status pila__dict_popitem(pila__dict *d, const pila_pair *t, bool last, void *key,
                               void *value)
{
    if (d->live == 0) return PILA_EKEY;
    size_t e = last ? d->used - 1 : d->front;
    return pila__dict_take(d, t, e, dict_hash_of(d, t->first, t, e), key, value);
}

/* ---- moving an entry to an end ----
 *
 * Its bytes go to a fresh entry at that end and its slot gets the new number; the old
 * entry is a dead one. Where that end has no room the table is tidied or doubled, and
 * for the front half of the room is left there: so at least 3/16 of the room is used up
 * before entries move again, at either end.
 */

/* How many live entries come before e. */
static size_t dict_rank(const pila__dict *d, size_t e)
{
    const uint64_t *bits = pila__dict_dead(d);
    size_t dead = 0;

    for (size_t word = d->front / 64; word <= e / 64; word++) {
        uint64_t w = bits[word]; /* entries before the front are not marked */
        if (word == e / 64) w &= ((uint64_t)1 << (e % 64)) - 1;
        dead += (size_t)__builtin_popcountll(w);
    }
    return e - d->front - dead;
}

/* The slot of entry e holds another number from now on. */
static void dict_renumber(pila__dict *d, uint64_t hash, size_t e, size_t number)
{
    for (size_t at = hash;; at = pila__dict_next(at, hash)) {
        pila__dict_group *g = pila__dict_group_at(d, at);
        for (uint32_t found = pila__dict_match(g, hash); found; found &= found - 1)
            if (g->entry[__builtin_ctz(found)] == e) {
                g->entry[__builtin_ctz(found)] = (uint32_t)number;
                return;
            }
    }
}

pila_status pila__dict_reorder(pila__dict *d, const pila_pair *t, size_t e,
                               uint64_t hash, bool last)
{
    if (e == (last ? d->used - 1 : d->front)) return PILA_OK;
    if (last ? d->used == d->room : d->front == 0) {
        size_t rank = dict_rank(d, e);
        dict_slack slack = last ? DICT_SLACK_BEHIND : DICT_SLACK_BOTH_SIDES;
        pila_status st = dict_grow(d, t, 1, slack);
        if (st != PILA_OK) return st;
        e = d->front + rank;
    }
    size_t to = last ? d->used++ : --d->front;
    memcpy(pila__dict_entry(d, t, to), pila__dict_entry(d, t, e), t->type.size);
    if (d->hashes) d->hashes[to] = d->hashes[e];
    dict_renumber(d, hash, e, to);
    d->live++; /* it is there twice, until one is buried */
    pila__dict_bury(d, e);
    return PILA_OK;
}

pila_status pila__dict_move_to_end_slow(pila__dict *d, const pila_pair *t,
                                        const void *key, bool last)
{
    uint64_t hash;
    pila_status st = pila_type_hash(t->first, key, &hash);

    if (st != PILA_OK) return st;
    st = PILA_EKEY;
    size_t e = dict_find(d, t, key, hash, &st);
    return e == PILA__DICT_NONE ? st : pila__dict_reorder(d, t, e, hash, last);
}

/* ---- the whole ---- */

static void dict_drop_entries(pila__dict *d, const pila_pair *t)
{
    if (pila_type_plain(t->first) && pila_type_plain(t->second)) return;
    DICT_EACH(d, e)
    {
        pila_type_drop(t->first, pila__dict_entry(d, t, e));
        pila_type_drop(t->second, pila__dict_entry(d, t, e) + t->second_at);
    }
}

static void dict_free_blocks(pila__dict *d)
{
    pila_free(d->entries);
    pila_free(d->hashes);
    pila_free(d->block);
}

/* All storage out of the dict, which is then empty and may be used by what is dropped.
 */
static pila__dict dict_detach(pila__dict *d)
{
    pila__dict was = *d;

    memset(d, 0, sizeof *d);
    d->version = was.version + 1;
    return was;
}

void pila__dict_done(pila__dict *d, const pila_pair *t)
{
    pila__dict was = dict_detach(d);

    dict_drop_entries(&was, t);
    dict_free_blocks(&was);
}

void pila__dict_clear(pila__dict *d, const pila_pair *t)
{
    if (d->live == 0) return;
    pila__dict was = dict_detach(d);

    dict_drop_entries(&was, t);
    if (d->groups) { /* a drop has put something in: that stays */
        dict_free_blocks(&was);
        return;
    }
    dict_free_blocks(d); /* what a failed attempt to put something in has left */
    was.version = d->version + 1;
    was.live = was.front = was.used = 0;
    *d = was;
    dict_tidy(d, t, DICT_SLACK_BEHIND);
}

void pila__dict_move(pila__dict *out, pila__dict *d, const pila_pair *t)
{
    if (out == d) return;
    pila__dict was = dict_detach(out);
    uint64_t version = out->version;
    *out = dict_detach(d);
    out->version += version;
    dict_drop_entries(&was, t);
    dict_free_blocks(&was);
}

/* A table of plain bytes is copied as it is, dead entries and all. */
static pila_status dict_clone(pila__dict *made, const pila__dict *d, const pila_pair *t)
{
    size_t groups = dict_groups(d);
    pila__dict clone = *d;

    clone.entries = NULL;
    clone.block = dict_new_block(groups, &clone.groups);
    if (!clone.block) return PILA_ENOMEM;
    pila_status st = dict_resize_entries(&clone, t, d->room);
    if (st != PILA_OK) {
        dict_free_blocks(&clone);
        return st;
    }
    memcpy(clone.groups, d->groups,
           groups * sizeof *d->groups + dict_bitmap_bytes(groups));
    memcpy(clone.entries, d->entries, d->used * t->type.size);
    *made = clone;
    return PILA_OK;
}

static bool dict_is_plain(const pila__dict *d, const pila_pair *t)
{
    return !d->hashes && pila_type_plain(t->first) && pila_type_plain(t->second);
}

/* d's pairs into made, which is empty. */
static pila_status dict_copy_into(pila__dict *made, const pila__dict *d,
                                  const pila_pair *t)
{
    if (d->live == 0) return PILA_OK;
    if (dict_is_plain(d, t)) return dict_clone(made, d, t);
    pila_status st = pila__dict_reserve(made, t, d->live);
    return st == PILA_OK ? pila__dict_merge(made, t, d) : st;
}

pila_status pila__dict_copy(pila__dict *out, const pila__dict *d, const pila_pair *t)
{
    pila__dict made = {0};
    pila_status st = dict_copy_into(&made, d, t);

    if (st == PILA_OK) pila__dict_move(out, &made, t);
    pila__dict_done(&made, t);
    return st;
}

/* Put a pair that lies in a container, which callbacks may change: it is held. */
static pila_status dict_put_held(pila__dict *d, const pila_pair *t, const void *key,
                                 const void *value, const uint64_t *stamp,
                                 uint64_t seen)
{
    pila__held k, v;
    pila_status st = pila__hold_copy(&k, t->first, key);

    if (st != PILA_OK) return st;
    if (*stamp != seen) st = PILA_EMUTATED;
    if (st == PILA_OK) st = pila__hold_copy(&v, t->second, value);
    if (st == PILA_OK) {
        st = pila__dict_put(d, t->first, t, k.item, v.item, true, NULL);
        pila__let_go_copy(&v);
    }
    pila__let_go_copy(&k);
    return st;
}

static pila_status dict_put_lent(pila__dict *d, const pila_pair *t, const void *key,
                                 const void *value, const uint64_t *stamp,
                                 uint64_t seen)
{
    bool quiet = !pila_type_calls_out(t->second) || pila_type_plain(t->second);

    if (pila_type_calls_out(t->first) || !quiet)
        return dict_put_held(d, t, key, value, stamp, seen);
    return pila__dict_put(d, t->first, t, key, value, true, NULL);
}

pila_status pila__dict_merge(pila__dict *d, const pila_pair *t, const pila__dict *from)
{
    uint64_t version = from->version;
    pila_status st = PILA_OK;

    if (d == from) return PILA_OK;
    for (size_t e = from->front; st == PILA_OK && from->live; e++) {
        e = dict_next_live(from, e);
        if (e >= from->used) break;
        const char *entry = pila__dict_entry(from, t, e);
        st = dict_put_lent(d, t, entry, entry + t->second_at, &from->version, version);
        if (st == PILA_OK && from->version != version) st = PILA_EMUTATED;
    }
    return st;
}

pila_status pila__dict_or(pila__dict *out, const pila__dict *a, const pila__dict *b,
                          const pila_pair *t)
{
    pila__dict made = {0};
    pila_status st = dict_copy_into(&made, a, t);

    if (st == PILA_OK) st = pila__dict_merge(&made, t, b);
    if (st == PILA_OK) pila__dict_move(out, &made, t);
    pila__dict_done(&made, t);
    return st;
}

pila__two pila__two_of(const pila_type *t)
{
    const pila_pair *pair = pila_pair_of(t);
    const pila_tuple *tuple = pila_tuple_of(t);
    pila__two two = {NULL, NULL, 0, false};

    if (pair) {
        two.first = pair->first;
        two.second = pair->second;
        two.second_at = pair->second_at;
    } else if (tuple && tuple->member && tuple->n == 2) {
        two.first = tuple->member[0].type;
        two.second = tuple->member[1].type;
        two.second_at = tuple->member[1].at;
    } else if (tuple && !tuple->member && (tuple->is_row || tuple->n == 2)) {
        two.first = two.second = tuple->each;
        two.second_at = tuple->each->size;
        two.rows = tuple->is_row;
    }
    return two;
}

const char *pila__two_at(const pila__two *t, const char *item, const char **second)
{
    if (t->rows) {
        const pila_row *row = (const pila_row *)(const void *)item;
        if (row->n != 2) return NULL;
        item = (const char *)row->items;
    }
    *second = item + t->second_at;
    return item;
}

pila_status pila__dict_update(pila__dict *d, const pila_pair *t, pila_iter items)
{
    pila__two from = {NULL, NULL, 0, false};
    pila_status st = PILA_OK;
    const char *item;

    if (items.status == PILA_OK) {
        from = pila__two_of(items.type);
        if (!from.first || !pila_type_accepts(t->first, from.first) ||
            !pila_type_accepts(t->second, from.second))
            st = PILA_ETYPE;
    }
    while (st == PILA_OK && (item = (const char *)pila_next_item(&items)) != NULL) {
        pila_string key_room, value_room;
        const char *second, *first = pila__two_at(&from, item, &second);
        if (!first) {
            st = PILA_EVALUE;
            break;
        }
        const void *key = pila_type_adapt(t->first, from.first, first, &key_room);
        const void *value =
            pila_type_adapt(t->second, from.second, second, &value_room);
        st = dict_put_lent(d, t, key, value, items.stamp, items.seen);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&items);
    pila_iter_drop(&items);
    return st;
}

pila_status pila__dict_fromkeys(pila__dict *out, const pila_pair *t, pila_iter keys,
                                const void *value)
{
    pila__dict made = {0};
    pila_status st = PILA_OK;
    const void *item;

    if (keys.status == PILA_OK && !pila_type_accepts(t->first, keys.type))
        st = PILA_ETYPE;
    while (st == PILA_OK && (item = pila_next_item(&keys)) != NULL) {
        pila_string room;
        const void *key = pila_type_adapt(t->first, keys.type, item, &room);
        pila__held k;
        if ((st = pila__hold(&k, t->first, key)) != PILA_OK) break;
        st = pila__dict_put(&made, t->first, t, k.item, value, value != NULL, NULL);
        pila__let_go(&k, t->first);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&keys);
    pila_iter_drop(&keys);
    if (st == PILA_OK) pila__dict_move(out, &made, t);
    pila__dict_done(&made, t);
    return st;
}

/* ---- comparing ---- */

/* Whether b has a's entry e, with an equal value. a is not to change meanwhile. */
static pila_status dict_same_item(const pila__dict *a, const pila__dict *b,
                                  const pila_pair *t, size_t e, bool *same)
{
    uint64_t hash = dict_hash_of(a, t->first, t, e);
    uint64_t version_a = a->version, version_b = b->version;
    pila__held key, value;
    pila_status st = pila__hold(&key, t->first, pila__dict_entry(a, t, e));

    if (st != PILA_OK) return st;
    if (a->version != version_a) st = PILA_EMUTATED;
    if (st == PILA_OK)
        st = pila__hold(&value, t->second, pila__dict_entry(a, t, e) + t->second_at);
    if (st == PILA_OK) {
        size_t in_b = dict_find(b, t, key.item, hash, &st);
        pila__held other;
        *same = false;
        if (st == PILA_OK && in_b != PILA__DICT_NONE) {
            st = pila__hold(&other, t->second,
                            pila__dict_entry(b, t, in_b) + t->second_at);
            if (st == PILA_OK) {
                st = pila_type_eq(t->second, other.item, value.item, same);
                pila__let_go(&other, t->second);
            }
        }
        pila__let_go(&value, t->second);
    }
    pila__let_go(&key, t->first);
    if (st == PILA_OK && b->version != version_b) st = PILA_EMUTATED;
    return st;
}

pila_status pila__dict_eq(const pila__dict *a, const pila__dict *b, const pila_pair *t,
                          bool *out)
{
    uint64_t version = a->version;
    bool same = a->live == b->live;
    pila_status st = PILA_OK;

    for (size_t e = a->front; same && a != b; e++) {
        e = dict_next_live(a, e);
        if (e >= a->used) break;
        st = dict_same_item(a, b, t, e, &same);
        if (st == PILA_OK && a->version != version) st = PILA_EMUTATED;
        if (st != PILA_OK) return st;
    }
    *out = same;
    return PILA_OK;
}

/* Whether the keys in these entries are equal; neither dict is to change meanwhile. */
static pila_status dict_same_key_in(const pila__dict *a, size_t in_a,
                                    const pila__dict *b, size_t in_b,
                                    const pila_pair *t, bool *same)
{
    uint64_t version_a = a->version, version_b = b->version;
    pila__held key, other;
    pila_status st = pila__hold(&key, t->first, pila__dict_entry(a, t, in_a));

    if (st != PILA_OK) return st;
    if (b->version != version_b) st = PILA_EMUTATED;
    if (st == PILA_OK) st = pila__hold(&other, t->first, pila__dict_entry(b, t, in_b));
    if (st == PILA_OK) {
        st = pila_type_eq(t->first, key.item, other.item, same);
        pila__let_go(&other, t->first);
    }
    pila__let_go(&key, t->first);
    if (st == PILA_OK && (a->version != version_a || b->version != version_b))
        st = PILA_EMUTATED;
    return st;
}

/* First as dicts, then the keys side by side. */
pila_status pila__dict_eq_ordered(const pila__dict *a, const pila__dict *b,
                                  const pila_pair *t, bool *out)
{
    bool same = true;
    pila_status st = pila__dict_eq(a, b, t, &same);
    size_t in_a = a->front, in_b = b->front;

    for (; st == PILA_OK && same && a != b; in_a++, in_b++) {
        in_a = dict_next_live(a, in_a);
        in_b = dict_next_live(b, in_b);
        if (in_a >= a->used || in_b >= b->used) break;
        st = dict_same_key_in(a, in_a, b, in_b, t, &same);
    }
    if (st == PILA_OK) *out = same;
    return st;
}

/* Whether the keys of a are all in b (wanted), or all not in b (not wanted). */
static pila_status dict_keys_all(const pila__dict *a, const pila_pair *ta,
                                 const pila__dict *b, const pila_pair *tb, bool wanted,
                                 bool *out)
{
    uint64_t version = a->version;
    bool good = true;

    for (size_t e = a->front; good; e++) {
        pila_status st = PILA_OK;
        pila__held key;
        e = dict_next_live(a, e);
        if (e >= a->used) break;
        uint64_t hash = dict_hash_of(a, ta->first, ta, e);
        st = pila__hold(&key, ta->first, pila__dict_entry(a, ta, e));
        if (st != PILA_OK) return st;
        good = (dict_find(b, tb, key.item, hash, &st) != PILA__DICT_NONE) == wanted;
        pila__let_go(&key, ta->first);
        if (st == PILA_OK && a->version != version) st = PILA_EMUTATED;
        if (st != PILA_OK) return st;
    }
    *out = good;
    return PILA_OK;
}

pila_status pila__dict_keys_within(const pila__dict *a, const pila_pair *ta,
                                   const pila__dict *b, const pila_pair *tb, bool *out)
{
    if (a->live <= b->live) return dict_keys_all(a, ta, b, tb, true, out);
    *out = false;
    return PILA_OK;
}

pila_status pila__dict_keys_apart(const pila__dict *a, const pila_pair *ta,
                                  const pila__dict *b, const pila_pair *tb, bool *out)
{
    return dict_keys_all(a, ta, b, tb, false, out);
}

/* ---- showing ---- */

/* An element shown while held, since showing may run user code. */
static pila_status dict_show(const pila__dict *d, const pila_type *type, size_t e,
                             size_t at, pila_buf *out)
{
    pila__held h;
    uint64_t version = d->version;
    pila_status st = pila__hold(&h, type, d->entries + e * d->size + at);

    if (st != PILA_OK) return st;
    st = pila_type_repr(type, h.item, out);
    pila__let_go(&h, type);
    return st == PILA_OK && d->version != version ? PILA_EMUTATED : st;
}

pila_status pila__dict_repr(const pila__dict *d, const pila_pair *t, pila_buf *out)
{
    size_t was = out->len;
    pila_status st = pila_buf_add_char(out, '{');

    for (size_t e = d->front; st == PILA_OK; e++) {
        e = dict_next_live(d, e);
        if (e >= d->used) break;
        if (e != d->front) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = dict_show(d, t->first, e, 0, out);
        if (st == PILA_OK) st = pila_buf_add(out, pila_cstr(": "));
        if (st == PILA_OK) st = dict_show(d, t->second, e, t->second_at, out);
    }
    if (st == PILA_OK) st = pila_buf_add_char(out, '}');
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- iterators: at is the next entry forwards, the last one yielded backwards ---- */

/* Entries from at on, as far as items of this type lie side by side. */
static bool dict_walk(pila_iter *it, size_t offset)
{
    const pila__dict *d = (const pila__dict *)it->state;
    size_t from = dict_next_live(d, it->at), to;

    if (from >= d->used) return pila_iter_end(it, PILA_END);
    to = it->type->size == d->size ? dict_scan(d, from, true) : from + 1;
    it->cur = d->entries + from * d->size + offset;
    it->end = it->cur + (to - from) * it->type->size;
    it->at = to;
    return true;
}

static bool dict_back(pila_iter *it, size_t offset)
{
    const pila__dict *d = (const pila__dict *)it->state;

    while (it->at > d->front && dict_is_dead(d, it->at - 1)) it->at--;
    if (it->at == d->front) return pila_iter_end(it, PILA_END);
    it->cur = d->entries + --it->at * d->size + offset;
    it->end = it->cur + it->type->size;
    return true;
}

static bool dict_walk_pairs(pila_iter *it) { return dict_walk(it, 0); }
static bool dict_back_pairs(pila_iter *it) { return dict_back(it, 0); }

static size_t dict_value_at(const pila_iter *it)
{
    return ((const pila__dict *)it->state)->value_at;
}

static bool dict_walk_values(pila_iter *it) { return dict_walk(it, dict_value_at(it)); }
static bool dict_back_values(pila_iter *it) { return dict_back(it, dict_value_at(it)); }

static size_t dict_hint(const pila_iter *it)
{
    const pila__dict *d = (const pila__dict *)it->state;
    size_t left = d->used > it->at ? d->used - it->at : 0;
    return left < d->live ? left : d->live;
}

static size_t dict_back_hint(const pila_iter *it)
{
    const pila__dict *d = (const pila__dict *)it->state;
    size_t left = it->at > d->front ? it->at - d->front : 0;
    return left < d->live ? left : d->live;
}

const pila_iter_ops pila__dict_keys_ops = {dict_walk_pairs, NULL, dict_hint};
const pila_iter_ops pila__dict_items_ops = {dict_walk_pairs, NULL, dict_hint};
const pila_iter_ops pila__dict_values_ops = {dict_walk_values, NULL, dict_hint};
const pila_iter_ops pila__dict_keys_back = {dict_back_pairs, NULL, dict_back_hint};
const pila_iter_ops pila__dict_items_back = {dict_back_pairs, NULL, dict_back_hint};
const pila_iter_ops pila__dict_values_back = {dict_back_values, NULL, dict_back_hint};

/* ---- set operations on keys: a walk of a, then for some a walk of b ---- */

typedef struct dict_keys_side {
    const pila__dict *dict;
    const pila_pair *types;
    uint64_t seen; /* its version when the iterator was made */
} dict_keys_side;

typedef struct dict_keys_state {
    dict_keys_side walked, other;
    pila__dict_op op;
    bool second_walk;
} dict_keys_state;

/* Whether a key of the dict walked is to be yielded, given whether the other has it. */
static bool dict_keys_wanted(const dict_keys_state *s, bool there)
{
    if (s->op == PILA__KEYS_AND) return there;
    if (s->op == PILA__KEYS_OR && !s->second_walk) return true;
    return !there;
}

static bool dict_keys_turn(pila_iter *it, dict_keys_state *s)
{
    dict_keys_side first = s->walked;

    if (s->second_walk || s->op == PILA__KEYS_AND || s->op == PILA__KEYS_SUB)
        return false;
    s->second_walk = true;
    s->walked = s->other;
    s->other = first;
    it->at = s->walked.dict->front;
    it->stamp = &s->walked.dict->version;
    it->seen = s->walked.seen;
    return true;
}

static bool dict_side_changed(const dict_keys_side *s)
{
    return s->dict->version != s->seen;
}

/* Whether the other dict has the key of entry e. */
static pila_status dict_keys_ask(const dict_keys_state *s, size_t e, bool *there)
{
    const pila_pair *t = s->walked.types;
    uint64_t hash = dict_hash_of(s->walked.dict, t->first, t, e);
    pila__held key;
    pila_status st = pila__hold(&key, t->first, pila__dict_entry(s->walked.dict, t, e));

    if (st != PILA_OK) return st;
    *there = dict_find(s->other.dict, s->other.types, key.item, hash, &st) !=
             PILA__DICT_NONE;
    pila__let_go(&key, t->first);
    if (st == PILA_OK &&
        (dict_side_changed(&s->walked) || dict_side_changed(&s->other)))
        st = PILA_EMUTATED;
    return st;
}

static bool dict_keys_refill(pila_iter *it)
{
    dict_keys_state *s = (dict_keys_state *)it->state;

    if (dict_side_changed(&s->other)) return pila_iter_end(it, PILA_EMUTATED);
    for (;;) {
        bool there = false;
        it->at = dict_next_live(s->walked.dict, it->at);
        if (it->at >= s->walked.dict->used) {
            if (!dict_keys_turn(it, s)) return pila_iter_end(it, PILA_END);
            continue;
        }
        pila_status st = dict_keys_ask(s, it->at++, &there);
        if (st != PILA_OK) return pila_iter_end(it, st);
        if (dict_keys_wanted(s, there)) break;
    }
    it->cur = pila__dict_entry(s->walked.dict, s->walked.types, it->at - 1);
    it->end = it->cur + it->type->size;
    return true;
}

static pila_iter dict_keys_drop(pila_iter *it)
{
    pila_free(it->state);
    return pila_failed(PILA_END);
}

pila_iter pila__dict_keys_op(const pila__dict *a, const pila_pair *ta,
                             const pila__dict *b, const pila_pair *tb, pila__dict_op op)
{
    static const pila_iter_ops ops = {dict_keys_refill, dict_keys_drop, NULL};
    dict_keys_state *s = (dict_keys_state *)pila_alloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    dict_keys_state made = {{a, ta, a->version}, {b, tb, b->version}, op, false};
    *s = made;
    pila_iter it = pila__dict_iter_over(a, ta->first, &ops, s);
    it.at = a->front;
    return it;
}

/* ---- set algebra: what set.c needs of the table ---- */

const pila_iter_ops pila__set_ops = {dict_walk_pairs, NULL, dict_hint};
const pila_iter_ops pila__set_back = {dict_back_pairs, NULL, dict_back_hint};

size_t pila__dict_scan(const pila__dict *d, size_t e, bool dead)
{
    return dict_scan(d, e, dead);
}

size_t pila__dict_look_up(const pila__dict *d, const pila_pair *t, const void *key,
                          uint64_t hash, pila_status *st)
{
    return dict_find(d, t, key, hash, st);
}

size_t pila__dict_room_for(size_t n)
{
    return n > DICT_MOST_ENTRIES ? DICT_MOST_ENTRIES : dict_room_of(dict_groups_for(n));
}

pila_status pila__dict_clone(pila__dict *made, const pila__dict *d, const pila_pair *t)
{
    return d->live ? dict_clone(made, d, t) : PILA_OK;
}

pila_status pila__dict_adopt(pila__dict *made, const pila_pair *t, char *entries,
                             size_t n, size_t room)
{
    size_t groups = dict_groups_for(n);
    pila__dict d = {0};

    d.entries = entries;
    d.block = dict_new_block(groups, &d.groups);
    if (!d.block) return PILA_ENOMEM;
    d.room = dict_room_of(groups);
    if (room != d.room && dict_resize_entries(&d, t, d.room) != PILA_OK) {
        pila_free(d.block);
        return PILA_ENOMEM;
    }
    d.mask = (groups - 1) * sizeof(pila__dict_group);
    d.used = d.live = n;
    d.size = t->type.size;
    d.value_at = t->second_at;
    dict_relink(&d, t);
    *made = d;
    return PILA_OK;
}

pila_status pila__dict_put_hashed(pila__dict *d, const pila_pair *t, const void *key,
                                  uint64_t hash, bool fresh)
{
    bool again = true;
    pila_status st = PILA_OK;

    while (st == PILA_OK && again) {
        size_t e = fresh ? PILA__DICT_NONE : dict_find(d, t, key, hash, &st);
        again = false;
        if (st == PILA_OK && e == PILA__DICT_NONE)
            st = dict_add(d, t, key, NULL, hash, &again);
    }
    return st;
}

/* ---- the invariant, checked: for tests ---- */

static bool dict_slot_of(const pila__dict *d, size_t e, uint64_t hash)
{
    size_t at = hash;

    for (size_t tries = dict_groups(d); tries;
         tries--, at = pila__dict_next(at, hash)) {
        const pila__dict_group *g = pila__dict_group_at(d, at);
        for (uint32_t found = pila__dict_match(g, hash); found; found &= found - 1)
            if (g->entry[__builtin_ctz(found)] == e) return true;
        if (!pila__dict_spilt(g, hash)) return false; /* a look-up would end here */
    }
    return false;
}

bool pila__dict_valid(const pila__dict *d, const pila_pair *t)
{
    size_t live = 0, slots = 0;

    if (!d->groups) return !d->live && !d->used && !d->front && !d->room;
    if (d->front > d->used || d->used > d->room || (d->live == 0) != (d->used == 0))
        return false;
    if (d->live && (dict_is_dead(d, d->front) || dict_is_dead(d, d->used - 1)))
        return false;
    for (size_t e = 0; e < d->room; e++) {
        bool handed_out = e >= d->front && e < d->used;
        if (!handed_out && dict_is_dead(d, e)) return false;
        if (!handed_out || dict_is_dead(d, e)) continue;
        if (!dict_slot_of(d, e, dict_hash_of(d, t->first, t, e))) return false;
        live++;
    }
    for (size_t g = 0; g < dict_groups(d); g++)
        slots += (size_t)__builtin_popcount(d->groups[g].state & PILA__DICT_ALL);
    return live == d->live && slots == live;
}
