/* memo.h - numbers by address: what was met before, and what it was given.
 *
 * Needs: core/status core/mem core/hash
 * Use:
 *     pila__memo memo = {0};
 *     int x = 0;
 *     pila_status st = pila__memo_put(&memo, pila__memo_key(&x), 7);
 *     if (st == PILA_OK) printf("%zu\n", pila__memo_get(&memo, pila__memo_key(&x)));
 *     // prints: 7
 *     pila__memo_done(&memo);
 *
 * For the walks of this package over shared and cyclic values: pickle's memo, copy's,
 * and the containers on the path from the root to here. Keys are 64 bits and not 0.
 */
#ifndef PILA_MEMO_H
#define PILA_MEMO_H

#include "../core/hash.h"
#include "../core/mem.h"

#define PILA__MEMO_NONE SIZE_MAX

typedef struct pila__memo_slot {
    uint64_t key; /* 0: nobody's */
    size_t number;
} pila__memo_slot;

/* Linear probing in a power of two of slots, at most half of them taken: there is
 * always a free one to stop at. {0} is a valid empty memo. */
typedef struct pila__memo {
    pila__memo_slot *slots;
    size_t len, mask;
} pila__memo;

/* pila__memo_key - the key of what lies at p, which is not NULL.
 *
 * Cost:    O(1), no allocation
 */
PILA_INLINE uint64_t pila__memo_key(const void *p) { return (uint64_t)(uintptr_t)p; }

/* Where the key is, or would be put; there are slots. */
PILA_INLINE size_t pila__memo_slot_of(const pila__memo *m, uint64_t key)
{
    size_t at = (size_t)pila__hash_u64(key) & m->mask;

    while (m->slots[at].key != key && m->slots[at].key) at = (at + 1) & m->mask;
    return at;
}

/* pila__memo_get - the number put under a key.
 *
 * Fails:   PILA__MEMO_NONE   there is none
 * Cost:    O(1), no allocation
 */
PILA_INLINE size_t pila__memo_get(const pila__memo *m, uint64_t key)
{
    const pila__memo_slot *slot;

    if (!m->slots) return PILA__MEMO_NONE;
    slot = &m->slots[pila__memo_slot_of(m, key)];
    return slot->key ? slot->number : PILA__MEMO_NONE;
}

PILA_BEGIN_C

/* pila__memo_grow - make room for one key more.
 *
 * Fails:   PILA_ENOMEM   no memory; the memo is as it was
 * Cost:    amortised O(1)
 */
PILA_MUST pila_status pila__memo_grow(pila__memo *m);

/* pila__memo_remove - forget a key, if it is there.
 *
 * Cost:    O(1), no allocation
 */
void pila__memo_remove(pila__memo *m, uint64_t key);

/* pila__memo_clear - forget all; the slots stay.
 *
 * Cost:    O(slots)
 */
void pila__memo_clear(pila__memo *m);

/* pila__memo_done - free it and leave it empty; twice is fine.
 *
 *   m      any memo, {0} included                                     taken
 *
 * Cost:    O(1)
 */
void pila__memo_done(pila__memo *m);

PILA_END_C

/* pila__memo_put - keep a number under a key, in the place of what is there.
 *
 *   key      not 0
 *   number   not PILA__MEMO_NONE
 *
 * Fails:   PILA_ENOMEM   no memory; the memo is as it was
 * Cost:    amortised O(1)
 */
PILA_INLINE PILA_MUST pila_status pila__memo_put(pila__memo *m, uint64_t key,
                                                 size_t number)
{
    pila__memo_slot *slot;

    if (PILA_UNLIKELY(!m->slots || m->len > m->mask / 2)) {
        pila_status st = pila__memo_grow(m);
        if (st != PILA_OK) return st;
    }
    slot = &m->slots[pila__memo_slot_of(m, key)];
    m->len += !slot->key;
    slot->key = key;
    slot->number = number;
    return PILA_OK;
}

#endif
